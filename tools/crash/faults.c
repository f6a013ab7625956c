// Faults at every step: a library for LD_PRELOAD that counts what a process does to files below
// one folder, and at a chosen call kills it, or lets the call fail, or writes all calls into a
// journal.
//
//   gcc -shared -fPIC -O1 -o faults.so faults.c
//
//   LEDGER_FAULT_UNDER=DIR    only calls on files in and below DIR count
//   LEDGER_FAULT_KILL_AT=K    SIGKILL just before the K-th call; after it with LEDGER_FAULT_AFTER=1
//   LEDGER_FAULT_FAIL_AT=K    the K-th call fails; with LEDGER_FAULT_ALWAYS=1 all later ones too
//   LEDGER_FAULT_ERRNO=NAME   how: ENOSPC (only calls that want room), EIO or EINTR
//   LEDGER_FAULT_LOG=FILE     the journal: an entry for each call, and for what goes to stdout
//
// Counted: write writev pwrite pwritev fdatasync fsync msync ftruncate posix_fallocate rename
// unlink rmdir remove mkdir, and open with O_CREAT. The memory map of LMDB is read-only, so this is
// all that reaches a disk. An entry of the journal is a line "KIND PATH NUMBER NUMBER" with tabs
// between, then as many bytes as the last number says: W offset, D the same through O_DSYNC, T size
// (truncate), C (create), O (open), M (mkdir), U (remove), R (rename; the bytes are the new path),
// S (sync), A (bytes written to stdout), X (a call that the system itself refused).
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define DESCRIPTORS 1024

static struct {
    char *path;
    bool is_dsync;
} files[DESCRIPTORS];

static const char *under;
static long kill_at, fail_at;
static bool kills_after, fails_always;
static int fault;
static int journal = -1;
static atomic_long calls;
static _Thread_local long number;
// With a journal, calls are made one at a time: its order is the order in which they were done.
static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;

#define REAL(name) ((__typeof__(&name))real(#name))

static void *real(const char *name) {
    void *function = dlsym(RTLD_NEXT, name);
    if (!function) abort();
    return function;
}

static long setting(const char *name) {
    const char *text = getenv(name);
    return text ? atol(text) : 0;
}

__attribute__((constructor)) static void begin(void) {
    under = getenv("LEDGER_FAULT_UNDER");
    kill_at = setting("LEDGER_FAULT_KILL_AT");
    kills_after = setting("LEDGER_FAULT_AFTER");
    fail_at = setting("LEDGER_FAULT_FAIL_AT");
    fails_always = setting("LEDGER_FAULT_ALWAYS");
    const char *name = getenv("LEDGER_FAULT_ERRNO");
    fault = !name || !strcmp(name, "EIO") ? EIO : !strcmp(name, "ENOSPC") ? ENOSPC : EINTR;
    const char *log = getenv("LEDGER_FAULT_LOG");
    if (log) journal = REAL(open)(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static bool counts(const char *path) {
    return under && path && !strncmp(path, under, strlen(under));
}

static const char *path_of(int fd) {
    return fd >= 0 && fd < DESCRIPTORS ? files[fd].path : NULL;
}

static void put(const void *bytes, size_t size) {
    const char *at = bytes;
    while (size > 0) {
        ssize_t done = REAL(write)(journal, at, size);
        if (done <= 0) abort();
        at += done;
        size -= done;
    }
}

static void note(char kind, const char *path, off_t at, size_t size) {
    char head[4200];
    if (journal < 0) return;
    put(head, snprintf(head, sizeof head, "%c\t%s\t%lld\t%zu\n", kind, path, (long long)at, size));
}

// Begins a counted call: false where it is to fail.
static bool enter(bool wants_room) {
    number = atomic_fetch_add(&calls, 1) + 1;
    if (number == kill_at && !kills_after) kill(getpid(), SIGKILL);
    bool is_hit = fail_at && (number == fail_at || (fails_always && number > fail_at));
    if (is_hit && (wants_room || fault != ENOSPC)) {
        errno = fault;
        return false;
    }
    if (journal >= 0) pthread_mutex_lock(&order);
    return true;
}

static void leave(void) {
    int kept = errno;
    if (journal >= 0) pthread_mutex_unlock(&order);
    if (number == kill_at && kills_after) kill(getpid(), SIGKILL);
    errno = kept;
}

// MARK: - Files by descriptor

static int opened(const char *name, const char *path, int flags, mode_t mode) {
    int (*call)(const char *, int, ...) = real(name);
    bool counted = counts(path) && (flags & O_CREAT);
    if (counted && !enter(true)) return -1;
    bool is_new = counted && access(path, F_OK) != 0;
    int fd = call(path, flags, mode);
    if (fd >= 0 && fd < DESCRIPTORS) {
        files[fd].path = counts(path) ? strdup(path) : NULL;
        files[fd].is_dsync = (flags & O_DSYNC) == O_DSYNC;
    }
    if (!counted) return fd;
    note(fd < 0 ? 'X' : is_new ? 'C' : flags & O_TRUNC ? 'T' : 'O', path, 0, 0);
    leave();
    return fd;
}

#define OPEN(name)                                \
    int name(const char *path, int flags, ...) {  \
        va_list rest;                             \
        va_start(rest, flags);                    \
        mode_t mode = va_arg(rest, mode_t);       \
        va_end(rest);                             \
        return opened(#name, path, flags, mode);  \
    }
OPEN(open)
OPEN(open64)

int close(int fd) {
    if (fd >= 0 && fd < DESCRIPTORS) files[fd].path = NULL;
    return REAL(close)(fd);
}

static void note_write(int fd, off_t at, const struct iovec *parts, int count, ssize_t done) {
    if (journal < 0) return;
    if (done < 0) {
        note('X', path_of(fd), 0, 0);
        return;
    }
    note(files[fd].is_dsync ? 'D' : 'W', path_of(fd), at, done);
    for (int part = 0; part < count && done > 0; part++) {
        size_t size = parts[part].iov_len < (size_t)done ? parts[part].iov_len : (size_t)done;
        put(parts[part].iov_base, size);
        done -= size;
    }
}

// What goes to stdout is an acknowledgement: it stands in the journal before anyone can read it.
static void note_answer(int fd, const void *bytes, size_t size) {
    if (fd != 1 || journal < 0 || path_of(fd)) return;
    pthread_mutex_lock(&order);
    note('A', "stdout", 0, size);
    put(bytes, size);
    pthread_mutex_unlock(&order);
}

#define WRITE(at, parts, count, call)              \
    do {                                           \
        if (!enter(true)) return -1;               \
        off_t place = (at);                        \
        ssize_t done = (call);                     \
        note_write(fd, place, parts, count, done); \
        leave();                                   \
        return done;                               \
    } while (0)

ssize_t write(int fd, const void *bytes, size_t size) {
    if (!path_of(fd)) {
        note_answer(fd, bytes, size);
        return REAL(write)(fd, bytes, size);
    }
    struct iovec part = {(void *)bytes, size};
    WRITE(lseek(fd, 0, SEEK_CUR), &part, 1, REAL(write)(fd, bytes, size));
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    if (!path_of(fd)) return REAL(writev)(fd, parts, count);
    WRITE(lseek(fd, 0, SEEK_CUR), parts, count, REAL(writev)(fd, parts, count));
}

#define PWRITE(name)                                                   \
    ssize_t name(int fd, const void *bytes, size_t size, off_t at) {   \
        if (!path_of(fd)) return REAL(name)(fd, bytes, size, at);      \
        struct iovec part = {(void *)bytes, size};                     \
        WRITE(at, &part, 1, REAL(name)(fd, bytes, size, at));          \
    }
PWRITE(pwrite)
PWRITE(pwrite64)

#define PWRITEV(name)                                                    \
    ssize_t name(int fd, const struct iovec *parts, int count, off_t at) { \
        if (!path_of(fd)) return REAL(name)(fd, parts, count, at);       \
        WRITE(at, parts, count, REAL(name)(fd, parts, count, at));       \
    }
PWRITEV(pwritev)
PWRITEV(pwritev64)

// One counted call that answers 0 or -1, and its entry.
#define STEP(room, kind, path, at, call)                 \
    do {                                                 \
        if (!enter(room)) return -1;                     \
        int code = (call);                               \
        note(code == 0 ? (kind) : 'X', path, at, 0);     \
        leave();                                         \
        return code;                                     \
    } while (0)

#define SYNC(name)                                          \
    int name(int fd) {                                      \
        if (!path_of(fd)) return REAL(name)(fd);            \
        STEP(false, 'S', path_of(fd), 0, REAL(name)(fd));   \
    }
SYNC(fsync)
SYNC(fdatasync)

#define TRUNCATE(name)                                            \
    int name(int fd, off_t size) {                                \
        if (!path_of(fd)) return REAL(name)(fd, size);            \
        STEP(true, 'T', path_of(fd), size, REAL(name)(fd, size)); \
    }
TRUNCATE(ftruncate)
TRUNCATE(ftruncate64)

// The one file that is reserved so has its full size already: for a journal this is a mere call.
#define RESERVE(name)                                             \
    int name(int fd, off_t at, off_t size) {                      \
        if (!path_of(fd)) return REAL(name)(fd, at, size);        \
        if (!enter(true)) return errno;                           \
        int code = REAL(name)(fd, at, size);                      \
        note(code == 0 ? 'O' : 'X', path_of(fd), 0, 0);           \
        leave();                                                  \
        return code;                                              \
    }
RESERVE(posix_fallocate)
RESERVE(posix_fallocate64)

int msync(void *start, size_t size, int flags) {
    STEP(false, 'O', "map", 0, REAL(msync)(start, size, flags));
}

// MARK: - Names

int mkdir(const char *path, mode_t mode) {
    if (!counts(path)) return REAL(mkdir)(path, mode);
    STEP(true, 'M', path, 0, REAL(mkdir)(path, mode));
}

#define REMOVE(name)                                    \
    int name(const char *path) {                        \
        if (!counts(path)) return REAL(name)(path);     \
        STEP(false, 'U', path, 0, REAL(name)(path));    \
    }
REMOVE(unlink)
REMOVE(rmdir)
REMOVE(remove)

int rename(const char *from, const char *to) {
    if (!counts(from)) return REAL(rename)(from, to);
    if (!enter(true)) return -1;
    int code = REAL(rename)(from, to);
    if (code == 0) {
        note('R', from, 0, strlen(to));
        if (journal >= 0) put(to, strlen(to));
    } else {
        note('X', from, 0, 0);
    }
    leave();
    return code;
}

// MARK: - The same file

// A ledger knows its log's file from a copy by its number and its birth. The images of a disk are
// copies: to every process they look like the file of which they are an image.
long syscall(long kind, ...) {
    long words[6];
    va_list list;
    va_start(list, kind);
    for (int word = 0; word < 6; word++) words[word] = va_arg(list, long);
    va_end(list);
    long code = REAL(syscall)(kind, words[0], words[1], words[2], words[3], words[4], words[5]);
    if (kind == SYS_statx && code == 0) {
        static const char log[] = "/log/data.mdb";
        const char *path = (const char *)words[1];
        size_t length = path ? strlen(path) : 0;
        if (length >= sizeof log - 1 && !strcmp(path + length - (sizeof log - 1), log)) {
            struct statx *info = (struct statx *)words[4];
            info->stx_ino = 1;
            memset(&info->stx_btime, 0, sizeof info->stx_btime);
            info->stx_btime.tv_sec = 1;
            info->stx_mask |= STATX_BTIME;
        }
    }
    return code;
}
