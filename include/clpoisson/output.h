/* SPDX-License-Identifier: MIT */
/** @file
 * Results to files. Every file is written under another name first and renamed when it is whole, so that an
 * error leaves an older file as it was. The path "-" is standard output.
 */
#ifndef CLPOISSON_OUTPUT_H
#define CLPOISSON_OUTPUT_H

#include <clpoisson/device.h>
#include <clpoisson/grid.h>
#include <clpoisson/problem_file.h>
#include <clpoisson/ranks.h>
#include <clpoisson/report.h>

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Checks, before the work is done, that a file could be written there: the folder exists and may be written,
 * the path is no folder. Errors: CLP_ERROR_FILE.
 */
CLP_API clp_status clp_output_check(const char *path);

/**
 * Writes values on the nodes, [z][y][x] or [y][x] in two dimensions, as a NumPy file (.npy, version 1.0,
 * little-endian, C order): float64, or float32 with `single`. Errors: CLP_ERROR_FILE, CLP_ERROR_MEMORY.
 */
CLP_API clp_status clp_field_write_npy(const char *path, const clp_grid *grid, const double *values,
                                       bool single);

/**
 * Likewise where several ranks have a part of it each: into one file, which all of them must reach. Values
 * are on the nodes of the part, right on its own nodes and on those beside them. Errors likewise, the same in
 * all ranks.
 */
CLP_API clp_status clp_field_write_npy_parts(clp_ranks *ranks, const char *path, const clp_grid *part,
                                             const double *values, bool single);

/**
 * The value at a point of the box, as clp_grid_interpolate has it, of a field whose parts several ranks have;
 * the same in all of them. Without ranks the grid is whole. Errors: CLP_ERROR_DEVICE.
 */
CLP_API clp_status clp_field_at(clp_ranks *ranks, const clp_grid *part, const double *values,
                                const double point[CLP_AXES], double *value);

/**
 * The field of all parts on a grid of at most so many nodes along an axis, linear between its nodes: for
 * pictures. Values are [z][y][x][components]. *grid is that grid; *reduced is what rank 0 receives, to be
 * freed with free(), and NULL in the others. Errors: CLP_ERROR_MEMORY, CLP_ERROR_DEVICE.
 */
CLP_API clp_status clp_field_reduce(clp_ranks *ranks, const clp_grid *part, const double *values,
                                    int components, size_t most, clp_grid *grid, double **reduced);

/** The same of numbers of cells: those of that grid get the number of the cell at their centre. */
CLP_API clp_status clp_field_reduce_cells(clp_ranks *ranks, const clp_grid *part, const uint16_t *cells,
                                          size_t most, clp_grid *grid, uint16_t **reduced);

/** The smallest and the largest value on the nodes of all parts. Errors: CLP_ERROR_DEVICE. */
CLP_API clp_status clp_field_range(clp_ranks *ranks, const clp_grid *part, const double *values, double *low,
                                   double *high);

/**
 * Reads a field of two or three dimensions from a NumPy file: `nodes` receives its extents (x first; nodes[2]
 * is 0 in two dimensions), *values its numbers, which the caller frees with free(). NaN is read as it is.
 * Errors: CLP_ERROR_FILE, CLP_ERROR_INPUT where it is no such array, CLP_ERROR_MEMORY.
 */
CLP_API clp_status clp_field_read_npy(const char *path, size_t nodes[CLP_AXES], double **values);

typedef struct clp_series clp_series;

/**
 * Begins a NumPy file of fields at several times, [t][z][y][x] or [t][y][x], of which several ranks have a
 * part each, or one (NULL) has all. The caller owns *series, NULL after an error, and finishes it. Errors,
 * the same in all ranks: CLP_ERROR_FILE, CLP_ERROR_INPUT for standard output and the like, CLP_ERROR_MEMORY.
 */
CLP_API clp_status clp_series_create(clp_ranks *ranks, const char *path, const clp_grid *part, bool single,
                                     clp_series **series);

/** Adds a field. CLP_ERROR_MEMORY; what goes wrong with the file may be told at the end only. */
CLP_API clp_status clp_series_add(clp_series *series, const double *values);

/** Puts the file in its place, or gives it up, and frees the series; NULL is allowed. CLP_ERROR_FILE. */
CLP_API clp_status clp_series_finish(clp_series *series, bool keep);

/**
 * Writes a list of files at times (.pvd), which ParaView shows as an animation; names relative to the list's
 * folder. Errors: CLP_ERROR_FILE.
 */
CLP_API clp_status clp_collection_write(const char *path, const double *times, const char *const *files,
                                        size_t count);

/** What probes noted: `values` is [rows][count], a row for each time. */
typedef struct clp_probe_notes {
    const clp_probe *probes;
    size_t count;
    const double *times, *values;
    size_t rows;
} clp_probe_notes;

/** Writes it as a table. Errors: CLP_ERROR_FILE. */
CLP_API clp_status clp_probes_write_csv(const char *path, const clp_probe_notes *notes);

/** Draws it over time, as a PNG. Errors: CLP_ERROR_FILE, CLP_ERROR_MEMORY, CLP_ERROR_UNSUPPORTED (built
 * without cairo). */
CLP_API clp_status clp_probes_write_png(const char *path, const clp_probe_notes *notes);

/** How the numbers of an array are kept in a .vti file. */
typedef enum clp_vti_type {
    CLP_VTI_FLOAT64 = 0, /**< from double */
    CLP_VTI_FLOAT32,     /**< from double, rounded */
    CLP_VTI_UINT16,      /**< from uint16_t */
} clp_vti_type;

/** An array for clp_field_write_vti. */
typedef struct clp_vti_array {
    const char *name; /**< UTF-8, not empty; no two arrays on nodes, or on cells, should share one */
    bool on_cells;    /**< [z][y][x] counts cells, else nodes */
    int components;   /**< numbers per node or cell, 1 to 9; two are written as three, the third zero, because
                           that is what VTK takes for a vector */
    clp_vti_type type;
    const void *values; /**< [z][y][x][component]: double for both kinds of float, uint16_t for UINT16 */
} clp_vti_array;

/**
 * Writes arrays as VTK ImageData (.vti) for ParaView, VisIt and the like: XML with raw data behind it,
 * little-endian. A two-dimensional grid has one plane of nodes. The first arrays of one and of three
 * components are marked as the scalars and the vectors to show. Errors: CLP_ERROR_INPUT (grid, names,
 * components), CLP_ERROR_FILE, CLP_ERROR_MEMORY.
 */
CLP_API clp_status clp_field_write_vti(const char *path, const clp_grid *grid, const clp_vti_array *arrays,
                                       size_t count);

/**
 * Likewise where several ranks have a part of them each: into one file, which all of them must reach. Arrays
 * are on the nodes and cells of the part. Errors likewise, the same in all ranks.
 */
CLP_API clp_status clp_field_write_vti_parts(clp_ranks *ranks, const char *path, const clp_grid *part,
                                             const clp_vti_array *arrays, size_t count);

/** How a flux is drawn over the map. */
typedef enum clp_flux_style {
    CLP_FLUX_NONE = 0,
    CLP_FLUX_ARROWS, /**< arrows on a raster; length grows with the magnitude */
    CLP_FLUX_LINES,  /**< field lines, evenly spaced: they tell the direction, not the magnitude */
} clp_flux_style;

/** The colour of a place between 0 and 1 on the heat map's scale: red, green, blue. */
CLP_API void clp_color_of(double place, unsigned char color[3]);

/** Which planes of a three-dimensional field are drawn. */
typedef enum clp_slice {
    CLP_SLICE_MIDDLE = 0, /**< the three planes through the middle, between two planes of nodes if need be */
    CLP_SLICE_X,          /**< the plane of nodes x[slice] */
    CLP_SLICE_Y,          /**< the plane of nodes y[slice] */
    CLP_SLICE_Z,          /**< the plane of nodes z[slice] */
} clp_slice;

/** How to draw; all zero is a usable default. */
typedef struct clp_picture_options {
    size_t width;            /**< pixels, 100 to 20000; 0: 1000 */
    const char *title;       /**< NULL: none */
    const char *mark;        /**< a warning to print into the picture ("not converged"); NULL: none */
    const uint16_t *regions; /**< an id for each cell, [z][y][x]: where it changes, an outline; NULL: none */
    const double *flux;      /**< vectors on the nodes, [z][y][x][dimensions]; NULL: -grad u */
    clp_flux_style flux_style;
    clp_slice slice_across; /**< of a field of three dimensions */
    size_t slice;           /**< index of the plane of nodes, where an axis is chosen */
    double low, high;       /**< range of the colours; the same: that of the values that are shown */
} clp_picture_options;

/**
 * Draws values on the nodes, [z][y][x] or [y][x], as a PNG: heat map with y (or z) upwards, isolines, colour
 * bar, axes, title. Errors: CLP_ERROR_INPUT, CLP_ERROR_FILE,
 * CLP_ERROR_MEMORY, CLP_ERROR_UNSUPPORTED (built without cairo).
 */
CLP_API clp_status clp_picture_write(const char *path, const clp_grid *grid, const double *values,
                                     const clp_picture_options *options);

typedef struct clp_film clp_film;

/**
 * Begins a film (an animated WebP, which browsers play, over and over) whose frames stay for so many seconds.
 * The caller owns *film, NULL after an error, and finishes it. Errors: CLP_ERROR_FILE, CLP_ERROR_INPUT,
 * CLP_ERROR_MEMORY, CLP_ERROR_UNSUPPORTED (built without libwebp or cairo).
 */
CLP_API clp_status clp_film_create(const char *path, double seconds, clp_film **film);

/** Draws a frame as clp_picture_write does, 720 pixels wide by default; all of one size. Errors likewise. */
CLP_API clp_status clp_film_add(clp_film *film, const clp_grid *grid, const double *values,
                                const clp_picture_options *options);

/** Writes the film, or gives it up, and frees it; NULL is allowed. CLP_ERROR_FILE, CLP_ERROR_MEMORY. */
CLP_API clp_status clp_film_finish(clp_film *film, bool keep);

/**
 * Draws the history of a report as a PNG: the criterion's value over the method's steps, on a logarithmic
 * scale. Errors: CLP_ERROR_FILE, CLP_ERROR_MEMORY, CLP_ERROR_UNSUPPORTED (built without cairo).
 */
CLP_API clp_status clp_convergence_write_png(const char *path, const clp_report *report);

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
