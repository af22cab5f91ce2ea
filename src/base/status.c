/* SPDX-License-Identifier: MIT */
#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Build logs are long; the end of one is cut rather than the call that failed. */
enum { MESSAGE_SIZE = 8192 };

static _Thread_local char message[MESSAGE_SIZE];
static clp_notice_function *notice_function;
static void *notice_user;

const char *clp_status_name(clp_status status)
{
    switch (status) {
#define NAME(name, code, meaning)                                                                            \
    case CLP_##name:                                                                                         \
        return "CLP_" #name;
        CLP_STATUS_LIST(NAME)
#undef NAME
    }
    return "CLP_STATUS_UNKNOWN";
}

const char *clp_status_meaning(clp_status status)
{
    switch (status) {
#define MEANING(name, code, meaning)                                                                         \
    case CLP_##name:                                                                                         \
        return meaning;
        CLP_STATUS_LIST(MEANING)
#undef MEANING
    }
    return "unknown status";
}

const char *clp_error_message(void)
{
    return message;
}

const char *clp_version(void)
{
    return CLP_VERSION;
}

clp_status clp_fail(clp_status status, const char *format, ...)
{
    char text[MESSAGE_SIZE]; /* the arguments may point into the old message */
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    memcpy(message, text, sizeof message);
    return status;
}

clp_status clp_fail_within(clp_status status, const char *format, ...)
{
    char text[MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length >= 0 && (size_t)length < sizeof text)
        snprintf(text + length, sizeof text - (size_t)length, "%s", message);
    memcpy(message, text, sizeof message);
    return status;
}

clp_status clp_fail_host_memory(size_t bytes)
{
    return clp_fail(CLP_ERROR_MEMORY, "the host has no %zu bytes of memory left", bytes);
}

void clp_set_notice_function(clp_notice_function *function, void *user)
{
    notice_function = function;
    notice_user = user;
}

void clp_notice(const char *format, ...)
{
    if (!notice_function) return;
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    notice_function(notice_user, text);
}
