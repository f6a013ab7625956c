// The raw C that `ledger bench` is measured against: LMDB alone, doing the ledger's puts.
//
//   reference DIR append             1 caller, 1 event a transaction
//   reference DIR group NT           NT blocked callers; one takes all that wait, commits once
//   reference DIR processes NP NT    NP processes of NT such callers
//   reference DIR batch SIZE         1 caller, SIZE events a transaction
//   reference DIR scan               reads the ledger's log in DIR, adds the time of each record:
//                                    once as it stands, once with every checksum checked
//
// with --seconds S (3 unless given; a scan reads its records again until then). One line of JSON on
// stdout for each piece of work. A scan changes nothing. For the others, every event is one MDB_APPEND of 256 bytes under its position in "log" (MDB_INTEGERKEY);
// every commit also puts 32 bytes under "clock" in the main table, and is fully synced. DIR is made
// and emptied; it should lie on the disk that is to be measured.
#define _GNU_SOURCE
#define XXH_INLINE_ALL
#include <lmdb.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <xxhash.h>

enum { event_bytes = 256, clock_bytes = 32, time_offset = 24, samples_max = 1 << 20 };

struct store {
    MDB_env *env;
    MDB_dbi log, main;
};

// What all processes count together, in shared memory.
struct tally {
    _Atomic uint64_t events, samples;
    uint32_t microseconds[samples_max];
};

static struct store store;
static struct tally *tally;
static double deadline;

static void check(int code, const char *doing) {
    if (code == 0) return;
    fprintf(stderr, "%s: %s\n", doing, mdb_strerror(code));
    exit(1);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void open_store(const char *folder, int fresh) {
    if (fresh) {
        char path[4096];
        mkdir(folder, 0700);
        for (int i = 0; i < 2; i++) {
            snprintf(path, sizeof path, "%s/%s", folder, i ? "lock.mdb" : "data.mdb");
            unlink(path);
        }
    }
    check(mdb_env_create(&store.env), "creating");
    check(mdb_env_set_maxdbs(store.env, 4), "creating");
    check(mdb_env_set_mapsize(store.env, (size_t)256 << 30), "setting the map");
    check(mdb_env_open(store.env, folder, MDB_NOTLS, 0600), folder);
    MDB_txn *txn;
    check(mdb_txn_begin(store.env, NULL, 0, &txn), "beginning");
    check(mdb_dbi_open(txn, "log", MDB_CREATE | MDB_INTEGERKEY, &store.log), "opening the log");
    check(mdb_dbi_open(txn, NULL, 0, &store.main), "opening the main table");
    check(mdb_txn_commit(txn), "committing");
}

static MDB_txn *begin(void) {
    MDB_txn *txn;
    check(mdb_txn_begin(store.env, NULL, 0, &txn), "beginning");
    return txn;
}

// Appends `count` events and commits durably. The position is read inside the transaction: other
// processes append too.
static void commit(MDB_txn *txn, uint64_t count) {
    static const uint8_t clock_value[clock_bytes];
    uint8_t event[event_bytes];
    memset(event, 0xA5, sizeof event);
    MDB_stat stat;
    check(mdb_stat(txn, store.log, &stat), "counting");
    uint64_t position = stat.ms_entries;
    for (uint64_t i = 0; i < count; i++, position++) {
        memcpy(event + 8, &position, sizeof position);
        MDB_val key = {sizeof position, &position}, value = {sizeof event, event};
        check(mdb_put(txn, store.log, &key, &value, MDB_APPEND), "appending");
    }
    MDB_val key = {5, "clock"}, value = {sizeof clock_value, (void *)clock_value};
    check(mdb_put(txn, store.main, &key, &value, 0), "putting the clock");
    check(mdb_txn_commit(txn), "committing");
}

static void sample(double began, uint64_t events) {
    tally->events += events;
    uint64_t slot = tally->samples++;
    if (slot < samples_max) tally->microseconds[slot] = (uint32_t)((now() - began) * 1e6);
}

// Group commit: a caller that finds no leader becomes it, begins, takes all that wait by then,
// itself included, commits them at once and wakes them.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t done = PTHREAD_COND_INITIALIZER;
static uint64_t asked, durable;
static int led;

static void append_with_others(void) {
    pthread_mutex_lock(&lock);
    uint64_t ticket = ++asked;
    while (durable < ticket) {
        if (led) {
            pthread_cond_wait(&done, &lock);
            continue;
        }
        led = 1;
        pthread_mutex_unlock(&lock);
        MDB_txn *txn = begin();
        pthread_mutex_lock(&lock);
        uint64_t first = durable, last = asked;
        pthread_mutex_unlock(&lock);
        commit(txn, last - first);
        pthread_mutex_lock(&lock);
        durable = last;
        led = 0;
        pthread_cond_broadcast(&done);
    }
    pthread_mutex_unlock(&lock);
}

static void *caller(void *unused) {
    while (now() < deadline) {
        double began = now();
        append_with_others();
        sample(began, 1);
    }
    return unused;
}

static void run_callers(int count) {
    pthread_t threads[count];
    for (int i = 0; i < count; i++) pthread_create(&threads[i], NULL, caller, NULL);
    for (int i = 0; i < count; i++) pthread_join(threads[i], NULL);
}

// An environment must not cross a fork: each process opens its own.
static void run_processes(const char *folder, int processes, int callers) {
    mdb_env_close(store.env);
    for (int i = 0; i < processes; i++) {
        if (fork() == 0) {
            open_store(folder, 0);
            run_callers(callers);
            mdb_env_close(store.env);
            _exit(0);
        }
    }
    for (int i = 0, status; i < processes; i++) {
        wait(&status);
        if (status != 0) check(MDB_PANIC, "a process failed");
    }
    open_store(folder, 0);
}

// A record ends in XXH3-64 of what is before it.
static uint64_t scan(int checked) {
    MDB_txn *txn;
    MDB_cursor *cursor;
    MDB_val key, value;
    uint64_t sum = 0, word, events = 0;
    double began = now();
    check(mdb_txn_begin(store.env, NULL, MDB_RDONLY, &txn), "beginning");
    check(mdb_cursor_open(txn, store.log, &cursor), "opening a cursor");
    while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0) {
        const uint8_t *record = value.mv_data;
        if (checked) {
            memcpy(&word, record + value.mv_size - 8, sizeof word);
            if (XXH3_64bits(record, value.mv_size - 8) != word) check(MDB_CORRUPTED, "a record");
        }
        memcpy(&word, record + time_offset, sizeof word);
        sum += word;
        events++;
    }
    mdb_cursor_close(cursor);
    mdb_txn_abort(txn);
    sample(began, events);
    return sum;
}

static int ascending(const void *left, const void *right) {
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

static void report(const char *work, double seconds, uint64_t hash) {
    size_t count = tally->samples < samples_max ? tally->samples : samples_max;
    qsort(tally->microseconds, count, sizeof(uint32_t), ascending);
    printf("{\"work\":\"%s\",\"events_per_second\":%.0f,\"p50_us\":%u,\"p99_us\":%u,"
           "\"events\":%llu,\"hash\":\"%llx\"}\n",
           work, (double)tally->events / seconds, count ? tally->microseconds[count / 2] : 0,
           count ? tally->microseconds[count * 99 / 100] : 0, (unsigned long long)tally->events,
           (unsigned long long)hash);
}

static int usage(void) {
    fputs("usage: reference DIR append|group NT|processes NP NT|batch SIZE|scan "
          "[--seconds S]\n", stderr);
    return 64;
}

// Counts what is in the log: with positions without gaps, the hash of the result.
static uint64_t count(void) {
    MDB_txn *txn;
    MDB_stat stat;
    check(mdb_txn_begin(store.env, NULL, MDB_RDONLY, &txn), "beginning");
    check(mdb_stat(txn, store.log, &stat), "counting");
    mdb_txn_abort(txn);
    return stat.ms_entries;
}

static void run_alone(uint64_t size) {
    while (now() < deadline) {
        double start = now();
        commit(begin(), size);
        sample(start, size);
    }
}

// Reads the log once unmeasured, so that it is in memory; then measures both ways.
static void run_scans(double seconds) {
    scan(1);
    for (int checked = 0; checked < 2; checked++) {
        uint64_t sum;
        tally->events = tally->samples = 0;
        double began = now();
        deadline = began + seconds;
        do sum = scan(checked);
        while (now() < deadline);
        report(checked ? "scan-checked" : "scan", now() - began, sum);
    }
}

int main(int argc, char **argv) {
    double seconds = 3;
    uint64_t a = 0, b = 0;
    if (argc > 4 && strcmp(argv[argc - 2], "--seconds") == 0) {
        seconds = atof(argv[argc - 1]);
        argc -= 2;
    }
    if (argc < 3) return usage();
    const char *folder = argv[1], *mode = argv[2];
    if (argc > 3) a = strtoull(argv[3], NULL, 10);
    if (argc > 4) b = strtoull(argv[4], NULL, 10);
    int scans = strcmp(mode, "scan") == 0;
    int arguments = scans || strcmp(mode, "append") == 0 ? 0 : strcmp(mode, "processes") == 0 ? 2 : 1;
    if (argc != 3 + arguments || (arguments > 0 && a == 0) || (arguments > 1 && b == 0))
        return usage();
    tally = mmap(NULL, sizeof *tally, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (tally == MAP_FAILED) check(MDB_PANIC, "mapping memory");
    open_store(folder, !scans);
    if (scans) {
        run_scans(seconds);
        mdb_env_close(store.env);
        return 0;
    }

    char work[64];
    double began = now();
    deadline = began + seconds;
    if (strcmp(mode, "append") == 0) {
        snprintf(work, sizeof work, "append-1");
        run_alone(1);
    } else if (strcmp(mode, "group") == 0) {
        snprintf(work, sizeof work, "append-%d", (int)a);
        run_callers((int)a);
    } else if (strcmp(mode, "processes") == 0) {
        snprintf(work, sizeof work, "append-%dx%d", (int)a, (int)b);
        run_processes(folder, (int)a, (int)b);
    } else if (strcmp(mode, "batch") == 0) {
        snprintf(work, sizeof work, "batch-%d", (int)a);
        run_alone(a);
    } else {
        return usage();
    }
    report(work, now() - began, count());
    mdb_env_close(store.env);
    return 0;
}
