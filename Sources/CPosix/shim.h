// What Swift cannot call as it stands: variadic fcntl, macros, struct flock beside flock().
#include <errno.h>
#include <fcntl.h>
#include <linux/stat.h>
#include <stdint.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

// Linux's own numbers: glibc shows them only with _GNU_SOURCE, which would change other headers too.
#ifndef F_OFD_SETLK
#define F_OFD_SETLK 37
#define F_OFD_SETLKW 38
#endif

// Takes or tries an exclusive open-file-description lock on the whole file; 0 or errno.
static inline int shim_ofd_lock(int fd, int wait) {
    struct flock lock;
    memset(&lock, 0, sizeof lock);
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    int result;
    do { result = fcntl(fd, wait ? F_OFD_SETLKW : F_OFD_SETLK, &lock); } while (result == -1 && errno == EINTR);
    return result == -1 ? errno : 0;
}

// Takes or tries a lock that several may hold at once; one that was exclusive becomes such a one.
static inline int shim_ofd_share(int fd) {
    struct flock lock;
    memset(&lock, 0, sizeof lock);
    lock.l_type = F_RDLCK;
    lock.l_whence = SEEK_SET;
    return fcntl(fd, F_OFD_SETLK, &lock) == -1 ? errno : 0;
}

// The number of a file on its file system and the moment when it was made (nanoseconds since 1970, 0
// where the file system does not say); 0 or errno. glibc shows statx only with _GNU_SOURCE.
static inline int shim_file_birth(const char *path, uint64_t *number, int64_t *born) {
    struct statx info;
    memset(&info, 0, sizeof info);
    if (syscall(SYS_statx, AT_FDCWD, path, 0, STATX_INO | STATX_BTIME, &info) != 0) return errno;
    *number = info.stx_ino;
    *born = info.stx_mask & STATX_BTIME
        ? (int64_t)info.stx_btime.tv_sec * 1000000000 + info.stx_btime.tv_nsec : 0;
    return 0;
}

static inline int shim_ofd_unlock(int fd) {
    struct flock lock;
    memset(&lock, 0, sizeof lock);
    lock.l_type = F_UNLCK;
    lock.l_whence = SEEK_SET;
    return fcntl(fd, F_OFD_SETLK, &lock) == -1 ? errno : 0;
}

// The kernel's number for the file system that holds path, or -1.
static inline int64_t shim_filesystem_type(const char *path) {
    struct statfs info;
    return statfs(path, &info) == 0 ? (int64_t)(uint32_t)info.f_type : -1;
}

// 1 if the kernel says that its clock is synchronised, 0 if not, -1 if it will not say.
static inline int shim_clock_synchronised(void) {
    struct timex info;
    memset(&info, 0, sizeof info);
    int state = adjtimex(&info);
    if (state == -1) return -1;
    return state != TIME_ERROR && !(info.status & STA_UNSYNC);
}

static inline int64_t shim_clock_nanoseconds(int clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

// Size of a file, or -1; whether it is a folder, links not followed.
static inline int64_t shim_file_size(const char *path) {
    struct stat info;
    return stat(path, &info) == 0 ? (int64_t)info.st_size : -1;
}

static inline int shim_is_folder(const char *path) {
    struct stat info;
    return lstat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static inline int shim_open(const char *path, int flags, unsigned mode) {
    return open(path, flags | O_CLOEXEC, mode);
}

// A pipe whose ends no other process inherits; 0 or -1.
static inline int shim_pipe(int ends[2]) {
    if (pipe(ends) != 0) return -1;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    return 0;
}

// glibc shows syncfs only with _GNU_SOURCE.
extern int syncfs(int fd);

// Flushes the file system that an open file lies on; 0 or errno.
static inline int shim_sync_all(int fd) { return syncfs(fd) == 0 ? 0 : errno; }
