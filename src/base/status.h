/* SPDX-License-Identifier: MIT */
/* Failing with a message. A function that owns nothing hands errors on with CLP_TRY; one that owns something
 * jumps to its `cleanup:` label. */
#ifndef CLP_BASE_STATUS_H
#define CLP_BASE_STATUS_H

#include <clpoisson/status.h>

/* Stores the message of this thread and returns `status`. */
__attribute__((format(printf, 2, 3))) clp_status clp_fail(clp_status status, const char *format, ...);

/* Puts text before the stored message: where the failure happened. Returns `status`. */
__attribute__((format(printf, 2, 3))) clp_status clp_fail_within(clp_status status, const char *format, ...);

/* CLP_ERROR_MEMORY for `bytes` on the host. */
clp_status clp_fail_host_memory(size_t bytes);

/* Tells a notice to whoever listens. */
__attribute__((format(printf, 1, 2))) void clp_notice(const char *format, ...);

#define CLP_TRY(call)                                                                                        \
    do {                                                                                                     \
        clp_status clp_try_status_ = (call);                                                                 \
        if (clp_try_status_ != CLP_OK) return clp_try_status_;                                               \
    } while (0)

#endif
