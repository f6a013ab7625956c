#include <zlib.h>

// inflateInit2 is a macro; 15 + 16 reads gzip alone, with its checksum.
static inline int shim_inflate_gzip(z_stream *stream) { return inflateInit2(stream, 15 + 16); }
