#pragma once

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The E.164 spelling of a number that a person wrote, such as "+27821234567".
///
/// `text` has `length` bytes of UTF-8. `region` is the country that a national number is dialled
/// in, as two capital letters; with NULL only international numbers are read. What is written to
/// `out` (at most `capacity` bytes) has no zero at its end.
///
/// Answers how many bytes were written; 0 where the text is no number that could be dialled, or
/// does not fit.
size_t ledger_phonenumber_e164(
    const char *text, size_t length, const char *region, char *out, size_t capacity);

/// Whether the library knows numbers of a region: 1 or 0.
int ledger_phonenumber_knows_region(const char *region);

#ifdef __cplusplus
}
#endif
