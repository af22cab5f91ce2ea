/* SPDX-License-Identifier: MIT */
/** @file
 * What a call answers: a status code, and a message that says what went wrong, where, and what to do.
 *
 * Every function of the library that can fail returns a clp_status. The library never exits, prints or
 * aborts.
 */
#ifndef CLPOISSON_STATUS_H
#define CLPOISSON_STATUS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Marks what the shared library exports. */
#if defined(__GNUC__)
#define CLP_API __attribute__((visibility("default")))
#else
#define CLP_API
#endif

/** The status codes: X(name, code, meaning). */
#define CLP_STATUS_LIST(X)                                                                                   \
    X(OK, 0, "success")                                                                                      \
    X(ERROR_INPUT, 1, "the problem, an option or an argument is wrong")                                      \
    X(ERROR_MEMORY, 2, "not enough memory on the host or on the device")                                     \
    X(ERROR_FILE, 3, "a file could not be read or written")                                                  \
    X(ERROR_DEVICE, 4, "a device could not be found, opened or used, or computed wrongly")                   \
    X(ERROR_DIVERGED, 5, "the field turned NaN or grew without end")                                         \
    X(ERROR_UNSUPPORTED, 6, "this build, device or version cannot do what was asked")

typedef enum clp_status {
#define CLP_STATUS_ENUM(name, code, meaning) CLP_##name = code,
    CLP_STATUS_LIST(CLP_STATUS_ENUM)
#undef CLP_STATUS_ENUM
} clp_status;

/** The symbolic name of a status, such as "CLP_ERROR_FILE". Static storage. */
CLP_API const char *clp_status_name(clp_status status);

/** What a status means, in a few words. Static storage. */
CLP_API const char *clp_status_meaning(clp_status status);

/**
 * The message of the last failed call of this thread: what, where, and what to do. Valid until the next
 * failing call of the same thread; empty if none has failed. Never NULL.
 */
CLP_API const char *clp_error_message(void);

/** Receives notices (a device passed over, a cache that cannot be written). One line, no newline. */
typedef void clp_notice_function(void *user, const char *text);

/** Sets who receives notices; NULL (the default) drops them. Not thread-safe: call it once, at the start. */
CLP_API void clp_set_notice_function(clp_notice_function *function, void *user);

/** The library's version, such as "0.1.0". Static storage. */
CLP_API const char *clp_version(void);

#ifdef __cplusplus
}
#endif
#endif
