/* SPDX-License-Identifier: MIT */
/** @file
 * Devices: what OpenCL offers on this machine, which one to take, and opening it.
 */
#ifndef CLPOISSON_DEVICE_H
#define CLPOISSON_DEVICE_H

#include <clpoisson/status.h>

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum clp_device_type {
    CLP_DEVICE_CPU,
    CLP_DEVICE_GPU,
    CLP_DEVICE_ACCELERATOR,
    CLP_DEVICE_OTHER,
} clp_device_type;

/** "cpu", "gpu", "accelerator" or "other". Static storage. */
CLP_API const char *clp_device_type_name(clp_device_type type);

/** The type of the values on a device. */
typedef enum clp_precision {
    CLP_PRECISION_AUTO = 0, /**< double where the device has it, mixed with multigrid; else single */
    CLP_PRECISION_SINGLE,
    CLP_PRECISION_DOUBLE,
    CLP_PRECISION_MIXED, /**< solution and residual in double, multigrid cycles in single */
} clp_precision;

/** "auto", "single", "double", "mixed". Static storage. */
CLP_API const char *clp_precision_name(clp_precision precision);

/** What a device says of itself. Texts are cut to fit. */
typedef struct clp_device_info {
    char backend[16];
    char name[128];
    char vendor[128];
    char platform[128];
    char version[64]; /**< OpenCL version */
    char driver[64];
    clp_device_type type;
    unsigned compute_units;
    unsigned clock_mhz; /**< 0 where the device does not tell */
    unsigned long long memory_bytes;
    unsigned long long max_allocation_bytes;
    unsigned long long local_memory_bytes;
    unsigned long long max_group_items;
    unsigned vector_bytes; /**< of the vectors that it computes with; 0 where the device does not tell */
    bool fp64;
    bool host_memory; /**< the device works in the host's memory */
    bool tuned;       /**< opened, it runs what clpoisson tune has found for it */
} clp_device_info;

typedef struct clp_device_list clp_device_list;

/**
 * Finds every OpenCL device of every platform. Platforms without devices and .icd files whose library cannot
 * be loaded are passed over and said in the notes. An empty list is no error. The caller owns *list. Errors:
 * CLP_ERROR_MEMORY, CLP_ERROR_DEVICE.
 */
CLP_API clp_status clp_device_list_create(clp_device_list **list);

/** Frees a list; NULL is allowed. */
CLP_API void clp_device_list_destroy(clp_device_list *list);

CLP_API size_t clp_device_list_count(const clp_device_list *list);

/** The device with an index below the count; valid as long as the list. */
CLP_API const clp_device_info *clp_device_list_info(const clp_device_list *list, size_t index);

/** What was passed over, and why: a text per index below the count of notes. */
CLP_API size_t clp_device_list_note_count(const clp_device_list *list);
CLP_API const char *clp_device_list_note(const clp_device_list *list, size_t index);

/**
 * Chooses a device: by index, by part of a name (case ignored), "cpu" or "gpu"; NULL or "" takes the fastest
 * GPU or accelerator, else the CPU. *index is the device, *reason (may be NULL) a static text that says why.
 * Errors: CLP_ERROR_INPUT if the text fits none or several (the message lists the candidates),
 * CLP_ERROR_DEVICE if there is no device at all (the message says which package brings one).
 */
CLP_API clp_status clp_device_list_choose(const clp_device_list *list, const char *wanted, size_t *index,
                                          const char **reason);

/** How to open a device; all zero is a usable default. */
typedef struct clp_device_options {
    const char *backend; /**< "opencl" (default) or "reference" */
    const char
        *device; /**< as in clp_device_list_choose; NULL: the environment's CLPOISSON_DEVICE, else the best */
    unsigned threads; /**< threads of the reference backend; 0: all cores */
} clp_device_options;

/** An opened device of a backend. Use it from one thread at a time. */
typedef struct clp_device clp_device;

/**
 * Opens a device. With no device asked for by name, one that fails to open is passed over with a notice.
 * The caller owns *device and closes it after everything made with it.
 * Errors: CLP_ERROR_INPUT (unknown backend or device), CLP_ERROR_DEVICE, CLP_ERROR_MEMORY.
 */
CLP_API clp_status clp_device_open(const clp_device_options *options, clp_device **device);

/** Closes a device; NULL is allowed. */
CLP_API void clp_device_close(clp_device *device);

/** What the opened device says of itself; valid until it is closed. */
CLP_API const clp_device_info *clp_device_get_info(const clp_device *device);

/** Names of the backends of this build, NULL-terminated. Static storage. */
CLP_API const char *const *clp_backend_names(void);

/** One known-answer test on a device. */
typedef struct clp_check_result {
    const char *name; /**< of the operation and the variant of its kernel */
    bool passed;
    double difference;   /**< largest difference to the reference backend, in units of the field */
    double allowed;      /**< what rounding explains */
    const char *message; /**< what failed; empty if passed */
} clp_check_result;

typedef void clp_check_function(void *user, const clp_check_result *result);

/**
 * Runs the known-answer tests of every kernel in every precision of the device against the reference backend,
 * and tells each result to `function` (may be NULL). *failures counts those not passed. Errors:
 * CLP_ERROR_MEMORY; a device that errs counts as a failure.
 */
CLP_API clp_status clp_device_check(clp_device *device, clp_check_function *function, void *user,
                                    size_t *failures);

#ifdef __cplusplus
}
#endif
#endif
