/* SPDX-License-Identifier: MIT */
/** @file
 * Text for people, as the library's own messages use it.
 */
#ifndef CLPOISSON_TEXT_H
#define CLPOISSON_TEXT_H

#include <clpoisson/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The candidate nearest to `text` by edits, case ignored, or NULL where none is near enough to be meant. */
CLP_API const char *clp_nearest(const char *text, const char *const *candidates, size_t count);

/** A number of bytes such as "1.5 GiB" into `text`, cut to `size`; returns `text`. */
CLP_API const char *clp_bytes_text(unsigned long long bytes, char *text, size_t size);

#ifdef __cplusplus
}
#endif
#endif
