/* SPDX-License-Identifier: MIT */
/** @file
 * Results to files. Every file is written under another name first and renamed when it is whole, so that an
 * error leaves an older file as it was. The path "-" is standard output.
 */
#ifndef CLPOISSON_OUTPUT_H
#define CLPOISSON_OUTPUT_H

#include <clpoisson/device.h>
#include <clpoisson/grid.h>
#include <clpoisson/report.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Checks, before the work is done, that a file could be written there: the folder exists and may be written,
 * the path is no folder. Errors: CLP_ERROR_FILE.
 */
CLP_API clp_status clp_output_check(const char *path);

/**
 * Writes values of shape [nodes[1]][nodes[0]] as a NumPy file (.npy, version 1.0, little-endian, C order):
 * float64, or float32 with `single`. Errors: CLP_ERROR_FILE.
 */
CLP_API clp_status clp_field_write_npy(const char *path, const clp_grid *grid, const double *values,
                                       bool single);

/** How to draw; all zero is a usable default. */
typedef struct clp_picture_options {
    size_t width;      /**< pixels, 100 to 20000; 0: 1000 */
    const char *title; /**< NULL: none */
    const char *mark;  /**< a warning to print into the picture ("not converged"); NULL: none */
} clp_picture_options;

/**
 * Draws values of shape [nodes[1]][nodes[0]] as a PNG: heat map with y upwards, isolines, colour bar, axes,
 * title. Errors: CLP_ERROR_INPUT, CLP_ERROR_FILE, CLP_ERROR_MEMORY, CLP_ERROR_UNSUPPORTED (built without
 * cairo).
 */
CLP_API clp_status clp_picture_write(const char *path, const clp_grid *grid, const double *values,
                                     const clp_picture_options *options);

/** Writes a report as JSON. Errors: CLP_ERROR_FILE, CLP_ERROR_UNSUPPORTED (built without jansson). */
CLP_API clp_status clp_report_write_json(const char *path, const clp_report *report);

/** Writes the list of devices as JSON: {"devices": [...], "chosen": index or null, "notes": [...]}. Errors as
 * above. */
CLP_API clp_status clp_device_list_write_json(const char *path, const clp_device_list *list,
                                              const char *wanted);

#ifdef __cplusplus
}
#endif
#endif
