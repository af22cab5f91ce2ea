/* SPDX-License-Identifier: MIT */
/* Stands in for problem_file.c where libyaml was not there to build with. */
#include <clpoisson/problem_file.h>

#include "base/status.h"

clp_status clp_problem_file_read(const char *path, const char *const *settings, size_t count,
                                 clp_problem_file **file)
{
    (void)settings;
    (void)count;
    *file = NULL;
    return clp_fail(
        CLP_ERROR_UNSUPPORTED,
        "%s: reading problem files needs libyaml, which this build is without; install libyaml-dev "
        "and build again",
        path);
}

clp_status clp_problem_file_read_part(const char *path, const char *const *settings, size_t count,
                                      clp_ranks *ranks, const size_t parts[CLP_AXES], clp_problem_file **file)
{
    (void)ranks;
    (void)parts;
    return clp_problem_file_read(path, settings, count, file);
}

void clp_problem_file_destroy(clp_problem_file *file)
{
    (void)file;
}

const clp_problem *clp_problem_file_problem(const clp_problem_file *file)
{
    (void)file;
    return NULL;
}

const clp_solver_options *clp_problem_file_solver(const clp_problem_file *file)
{
    (void)file;
    return NULL;
}

const clp_time_options *clp_problem_file_time(const clp_problem_file *file)
{
    (void)file;
    return NULL;
}

const clp_probe *clp_problem_file_probes(const clp_problem_file *file, size_t *count)
{
    (void)file;
    *count = 0;
    return NULL;
}

const clp_problem_output *clp_problem_file_output(const clp_problem_file *file)
{
    (void)file;
    return NULL;
}

const char *clp_problem_file_place(const clp_problem_file *file, const char *message, char *text, size_t size)
{
    (void)file;
    (void)message;
    if (size > 0) *text = '\0';
    return text;
}

bool clp_problem_file_reads(const clp_problem_file *file, const char *path)
{
    (void)file;
    (void)path;
    return false;
}
