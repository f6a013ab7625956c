// Compiled as C, not by Swift's importer: that neither unrolls its loops nor keeps its sums in
// registers, which makes a record's checksum twice as slow.
#define XXH_INLINE_ALL
#include "CXXHash.h"
#include <xxhash.h>

uint64_t shim_xxh3_64(const void *bytes, size_t count) {
#if defined(__x86_64__)
    // Only what is longer than 240 bytes is hashed in lanes.
    if (count > 240 && __builtin_cpu_supports("avx2")) return shim_xxh3_64_avx2(bytes, count);
#endif
    return XXH3_64bits(bytes, count);
}

void shim_xxh3_128(const void *bytes, size_t count, uint64_t seed, uint64_t *low, uint64_t *high) {
    XXH128_hash_t hash = XXH3_128bits_withSeed(bytes, count, seed);
    *low = hash.low64;
    *high = hash.high64;
}
