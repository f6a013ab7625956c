#include <lmdb.h>
#include <stdint.h>

// Asks the processor for the records that a walk forwards meets next; no address can make it fail.
//
// LMDB fills a page from its end, so the next record lies before this one; and pages that were
// appended in a row lie in a row, so that behind this record, by a page, lies one that is met a
// page later. Without that every page costs three waits for memory, one after the other: for its
// header, its node, its record. A few lines a record: a whole page at once is more than the
// processor takes note of, and it drops the rest.
// Answers the number of the record's page, which the next call is given.
static inline uintptr_t shim_prefetch_walk(const void *record, uintptr_t page) {
    const char *at = (const char *)record;
    uintptr_t own = (uintptr_t)at >> 12;
    for (int line = 0; line < 5; line++) __builtin_prefetch(at + 4096 - 512 + 64 * line);
    for (int line = 0; line < 4; line++) __builtin_prefetch(at - 768 + 64 * line);
    if (own != page) {
        const char *start = (const char *)(own << 12);
        __builtin_prefetch(start + 4096 + 64);
        __builtin_prefetch(start + 8192);
    }
    return own;
}
