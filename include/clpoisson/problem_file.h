/* SPDX-License-Identifier: MIT */
/** @file
 * The problem file: a YAML text that declares a problem, how to solve it and what to write.
 */
#ifndef CLPOISSON_PROBLEM_FILE_H
#define CLPOISSON_PROBLEM_FILE_H

#include <clpoisson/problem.h>
#include <clpoisson/ranks.h>
#include <clpoisson/solver.h>
#include <clpoisson/transient.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct clp_problem_file clp_problem_file;

/**
 * Reads a problem file: UTF-8 text of at most 1 MiB. `settings` are `count` texts "key=value" that override
 * the file or add to it, later ones winning, such as "domain.nodes=[512,512]" or "boundary.top=50"; the value
 * is YAML, and a lone - (standard output) needs no quotes. Files of values and pictures that it names are
 * read at once, relative names from the problem file's folder on. The problem is complete and checked
 * (clp_problem_check). The caller owns *file, which is NULL after an error; path and settings are not kept.
 * Errors: CLP_ERROR_INPUT for anything wrong in the text, with "file:line: what, and what to write instead",
 * or "--set key=value: ..." for a setting; an expression follows on lines of its own, with a mark below the
 * place. CLP_ERROR_FILE if a file cannot be read; CLP_ERROR_MEMORY; CLP_ERROR_UNSUPPORTED (built without
 * libyaml, or without libpng where the file names a picture).
 */
CLP_API clp_status clp_problem_file_read(const char *path, const char *const *settings, size_t count,
                                         clp_problem_file **file);

/**
 * Likewise for one of several ranks, which all read the same file: the problem is that of the rank's part of
 * the grid. `parts` along each axis, or all 0 (or NULL): of the least surface. Without ranks it is whole.
 */
CLP_API clp_status clp_problem_file_read_part(const char *path, const char *const *settings, size_t count,
                                              clp_ranks *ranks, const size_t parts[CLP_AXES],
                                              clp_problem_file **file);

/** Frees it; NULL is allowed. */
CLP_API void clp_problem_file_destroy(clp_problem_file *file);

/** The problem; valid as long as the file. */
CLP_API const clp_problem *clp_problem_file_problem(const clp_problem_file *file);

/** How to solve; texts are valid as long as the file. */
CLP_API const clp_solver_options *clp_problem_file_solver(const clp_problem_file *file);

/** How to step in time; NULL where the problem is a steady one. Valid as long as the file. */
CLP_API const clp_time_options *clp_problem_file_time(const clp_problem_file *file);

/** A place where u is to be noted. */
typedef struct clp_probe {
    const char *name;
    double at[CLP_AXES];
} clp_probe;

/** The probes, inside the box; *count receives their number. Valid as long as the file. */
CLP_API const clp_probe *clp_problem_file_probes(const clp_problem_file *file, size_t *count);

/** What to write: paths as given (relative to the current folder, "-" is standard output), NULL where not
 * asked for. No two are the same. */
typedef struct clp_problem_output {
    const char *picture;
    const char *field;
    const char *vtk;
    const char *convergence;
    const char *report;
    const char *series, *animation, *frames, *film, *probes, *probes_plot; /**< of problems with time */
} clp_problem_output;

/** What to write; valid as long as the file, texts included. */
CLP_API const clp_problem_output *clp_problem_file_output(const clp_problem_file *file);

/**
 * Where the file, or a setting, declares what a message of clp_solver_create or clp_solver_run with
 * CLP_ERROR_INPUT is about: "plate.yaml:5", as far as its words tell. Writes at most `size` bytes and returns
 * `text`.
 */
CLP_API const char *clp_problem_file_place(const clp_problem_file *file, const char *message, char *text,
                                           size_t size);

/** Whether the problem file named that file as an input: it must not be written over. */
CLP_API bool clp_problem_file_reads(const clp_problem_file *file, const char *path);

/** A key of the problem file, as documented. In a key, SIDE stands for the name of a side, AXIS for that of
 * an axis, REGION for the name or number of a region and COLOR for a colour. */
typedef struct clp_key_help {
    const char *key;     /**< "domain.nodes" */
    const char *value;   /**< what it takes: "auto, or a number above 0" */
    const char *initial; /**< what holds where it is left out, "" where the key is required */
    const char *text;    /**< what it does, one line */
    bool available;      /**< false: known, refused by this version */
} clp_key_help;

/** All keys; *count receives their number. Static storage. */
CLP_API const clp_key_help *clp_problem_file_keys(size_t *count);

#ifdef __cplusplus
}
#endif
#endif
