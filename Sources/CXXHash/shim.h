// Debian's libxxhash-dev, inlined: one 256-byte record is hashed without a call.
#define XXH_INLINE_ALL
#include <xxhash.h>

static inline unsigned long long shim_xxh3_64(const void *bytes, size_t count) {
    return XXH3_64bits(bytes, count);
}

static inline void shim_xxh3_128(const void *bytes, size_t count, unsigned long long seed,
                                 unsigned long long *low, unsigned long long *high) {
    XXH128_hash_t hash = XXH3_128bits_withSeed(bytes, count, seed);
    *low = hash.low64;
    *high = hash.high64;
}

// Asks the processor to fetch a line that will be needed soon; no address can make it fail.
static inline void shim_prefetch(const void *address) { __builtin_prefetch(address, 1, 3); }
