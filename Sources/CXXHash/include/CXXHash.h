// Debian's libxxhash-dev, and a hint to the processor.
#include <stddef.h>
#include <stdint.h>

// XXH3 with 64 bits.
uint64_t shim_xxh3_64(const void *bytes, size_t count);

// The same, where the processor has AVX2.
uint64_t shim_xxh3_64_avx2(const void *bytes, size_t count);

// XXH3 with 128 bits.
void shim_xxh3_128(const void *bytes, size_t count, uint64_t seed, uint64_t *low, uint64_t *high);

// Asks the processor for the lines that hold `count` bytes, which will be needed, and perhaps
// changed, soon. No address can make it fail.
static inline void shim_prefetch(const void *address, size_t count) {
    const char *first = (const char *)address;
    for (size_t at = 0; at < count; at += 64) __builtin_prefetch(first + at, 1, 3);
    if (count > 0) __builtin_prefetch(first + count - 1, 1, 3);
}
