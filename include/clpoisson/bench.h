/* SPDX-License-Identifier: MIT */
/** @file
 * How fast a device is at what solving consists of, every timed result compared with the reference backend's.
 */
#ifndef CLPOISSON_BENCH_H
#define CLPOISSON_BENCH_H

#include <clpoisson/device.h>
#include <clpoisson/grid.h>

#include <stdbool.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A timed operation. Figures that do not exist are NAN. */
typedef struct clp_bench_row {
    const char *name;           /**< of the operation: "copy", "sweep", "solve" */
    const char *variant;        /**< of its kernel; "" where there is one only */
    const char *coefficients;   /**< "constant", or "varying": a conductance per edge; "" where it has none */
    clp_precision precision;    /**< of the fields */
    size_t nodes[CLP_AXES];     /**< nodes[2] is 0 in two dimensions */
    double seconds;             /**< of one run: the median */
    double spread;              /**< what the middle half of the runs spans, over the median */
    size_t runs, outliers;      /**< outliers took longer than the middle half by three times what it spans */
    double updates_per_second;  /**< nodes times sweeps, or nodes of which something is computed */
    double bytes_per_second;    /**< that have to move: each field once per pass over memory */
    double part_of_streaming;   /**< of the bytes per second of the triad in the same precision */
    double flops;               /**< multiplications and additions per second */
    double part_of_arithmetic;  /**< of those of the row "arithmetic" in the same precision */
    double unknowns_per_second; /**< of a solve */
    double joules;              /**< of one run, on a processor whose counters can be read */
    double relative_residual;   /**< that a solve reached */
    bool right;                 /**< the result is the reference's, as far as rounding explains */
    double difference, allowed; /**< to the reference's; what rounding explains */
    const char *message;        /**< why there are no figures, or what is wrong; "" */
} clp_bench_row;

/** Told each row as it is done; its texts are valid during the call. Answers false to stop. */
typedef bool clp_bench_function(void *user, const clp_bench_row *row);

/** How to measure; all zero is usable. */
typedef struct clp_bench_options {
    bool quick; /**< fewer operations on smaller grids */
} clp_bench_options;

/**
 * Times operations and solves on a device and tells each. Timing begins after a run that builds the kernels
 * and is checked, and ends when the spread is known. *seconds_compile (may be NULL) receives what building
 * kernels took. What goes wrong on the device is a row that says so; errors: CLP_ERROR_MEMORY of the host.
 */
CLP_API clp_status clp_device_bench(clp_device *device, const clp_bench_options *options,
                                    clp_bench_function *function, void *user, double *seconds_compile);

/** What a run on a device found. */
typedef struct clp_bench_device {
    clp_device_info info;
    double seconds_open, seconds_compile;
    clp_bench_row *rows;
    size_t row_count;
    const char *message; /**< why there are no rows; "" */
} clp_bench_device;

/** Writes what was found as JSON; docs/bench.md has the format. Errors: CLP_ERROR_FILE, CLP_ERROR_MEMORY,
 * CLP_ERROR_UNSUPPORTED (built without jansson). */
CLP_API clp_status clp_bench_write_json(const char *path, const clp_bench_device *devices, size_t count,
                                        bool quick);

/** Writes what was found as one HTML page with bars, which needs no network. Errors: CLP_ERROR_FILE,
 * CLP_ERROR_MEMORY. */
CLP_API clp_status clp_bench_write_html(const char *path, const clp_bench_device *devices, size_t count,
                                        bool quick);

/** A report read back. */
typedef struct clp_bench_report {
    const char *version; /**< of clPoisson */
    bool quick;
    clp_bench_device *devices;
    size_t count;
    void *document; /**< owns the texts */
} clp_bench_report;

/** Reads what clp_bench_write_json() wrote; the caller finishes *report. Errors: CLP_ERROR_FILE,
 * CLP_ERROR_INPUT (no such report, or of another format), CLP_ERROR_MEMORY, CLP_ERROR_UNSUPPORTED (built
 * without jansson). */
CLP_API clp_status clp_bench_read_json(const char *path, clp_bench_report *report);
CLP_API void clp_bench_report_finish(clp_bench_report *report);

/**
 * Prints the devices of several reports side by side: the figure of each operation, and how many times that
 * of the first device it is. Errors: CLP_ERROR_INPUT where the reports are of different versions or sets,
 * named by `names`; CLP_ERROR_MEMORY.
 */
CLP_API clp_status clp_bench_print_comparison(FILE *to, const clp_bench_report *reports,
                                              const char *const *names, size_t count);

/** The same as one HTML page, a bar per device and operation. Errors: those of clp_bench_print_comparison();
 * CLP_ERROR_FILE. */
CLP_API clp_status clp_bench_write_comparison(const char *path, const clp_bench_report *reports,
                                              const char *const *names, size_t count);

/** Prints a table as it comes: its heading, and a line per row. */
CLP_API void clp_bench_print_heading(FILE *to);
CLP_API void clp_bench_print_row(FILE *to, const clp_bench_row *row);

/** Writes what was found as tables in Markdown. Errors: CLP_ERROR_FILE, CLP_ERROR_MEMORY. */
CLP_API clp_status clp_bench_write_markdown(const char *path, const clp_bench_device *devices, size_t count);

#ifdef __cplusplus
}
#endif
#endif
