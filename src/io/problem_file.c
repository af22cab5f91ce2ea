/* SPDX-License-Identifier: MIT */
#include <clpoisson/problem_file.h>

#include "base/file.h"
#include "base/status.h"
#include "io/declare.h"
#include "io/place.h"
#include "io/scalar.h"
#include "io/settings.h"
#include "io/yaml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct clp_problem_file {
    clp_problem *problem;
    clp_solver_options solver;
    clp_time_options in_time; /* its end is 0 where there is no time */
    clp_probe *probes;
    size_t probe_count;
    clp_problem_output output;
    clp_input_list inputs;
    char *path;
    clp_tree *tree; /* holds the texts of the above */
};

static clp_status read_tree(const char *path, clp_tree **tree)
{
    char *data = NULL;
    size_t size;
    *tree = NULL;
    clp_status status = clp_read_file(path, CLP_YAML_BYTES, &data, &size);
    if (status == CLP_ERROR_INPUT)
        return clp_fail(CLP_ERROR_INPUT,
                        "%s:1: the file is larger than 1 MiB; a problem file is a short text, "
                        "and arrays belong in .npy files of their own",
                        path);
    if (status != CLP_OK) return status;
    status =
        clp_yaml_parse(&(clp_yaml_source){.where = path, .lines = true, .text = data, .size = size}, tree);
    free(data);
    if (status == CLP_OK && (!*tree || clp_scalar_is_null(*tree)))
        return clp_fail(CLP_ERROR_INPUT,
                        "%s:1: the file is empty; write at least domain: {size: [1, 1], nodes: "
                        "[257, 257]} and boundary: {top: 100}",
                        path);
    return status;
}

static clp_status apply_settings(clp_tree *root, const char *const *settings, size_t count,
                                 char (*labels)[CLP_SETTING_LABEL_SIZE])
{
    if (root->kind != CLP_TREE_MAP) return CLP_OK; /* what is wrong with it is said later */
    for (size_t i = 0; i < count; i++) CLP_TRY(clp_setting_apply(root, settings[i], labels[i]));
    return CLP_OK;
}

static clp_status compare(clp_ranks *ranks, const char *path)
{
    char other[CLP_RANK_TEXT];
    CLP_TRY(clp_ranks_compare(ranks, other));
    if (!*other) return CLP_OK;
    return clp_fail(
        CLP_ERROR_INPUT,
        "%s: the ranks read different files, or have different options: %s has others than rank 0; "
        "give all the same",
        path, other);
}

/* Ranks that read different files would wait for each other for ever. */
static clp_status check_alike(clp_ranks *ranks, const char *path, const char *const *settings, size_t count)
{
    char *data = NULL;
    size_t size = 0;
    if (!ranks) return CLP_OK;
    CLP_TRY(clp_ranks_agree(ranks, clp_read_file(path, CLP_YAML_BYTES, &data, &size)));
    clp_ranks_mix(ranks, data, size);
    for (size_t i = 0; i < count; i++) clp_ranks_mix(ranks, settings[i], strlen(settings[i]) + 1);
    free(data);
    return compare(ranks, path);
}

/* How to solve and what to write. */
static void take_options(const clp_declaration *declared, clp_problem_file *file)
{
    file->solver = (clp_solver_options){
        .method = declared->method ? clp_method_choices[declared->method].name : NULL,
        .criterion = (clp_criterion)declared->criterion,
        .precision = (clp_precision)declared->precision,
        .check = (clp_check)declared->check,
        .preconditioner = (clp_preconditioner)declared->preconditioner,
        .tolerance = declared->tolerance,
        .check_every = declared->check_every,
        .max_iterations = declared->max_iterations,
    };
    file->in_time = (clp_time_options){
        .end = declared->end.at[0],
        .step = declared->step,
        .method = declared->time_method ? clp_time_choices[declared->time_method].name : NULL,
        .tolerance = declared->time_tolerance,
        .output_every = declared->output_every.at[0],
        .until_steady = declared->until,
        .precision = (clp_precision)declared->precision,
    };
    file->output = (clp_problem_output){.picture = declared->picture,
                                        .field = declared->field,
                                        .vtk = declared->vtk,
                                        .convergence = declared->convergence,
                                        .report = declared->report,
                                        .series = declared->series,
                                        .animation = declared->animation,
                                        .frames = declared->frames,
                                        .film = declared->film,
                                        .probes = declared->probe_table,
                                        .probes_plot = declared->probe_plot};
}

clp_status clp_problem_file_read(const char *path, const char *const *settings, size_t count,
                                 clp_problem_file **file)
{
    return clp_problem_file_read_part(path, settings, count, NULL, NULL, file);
}

clp_status clp_problem_file_read_part(const char *path, const char *const *settings, size_t count,
                                      clp_ranks *ranks, const size_t parts[CLP_AXES], clp_problem_file **file)
{
    clp_sharing sharing = {.ranks = ranks};
    for (int axis = 0; parts && axis < CLP_AXES; axis++) sharing.parts[axis] = parts[axis];
    *file = NULL;
    clp_status status;
    clp_declaration declared = {0};
    clp_problem_file *read = calloc(1, sizeof *read);
    char(*labels)[CLP_SETTING_LABEL_SIZE] = calloc(count + 1, sizeof *labels);
    if (!read || !labels) {
        status = clp_fail_host_memory(sizeof *read + count * sizeof *labels);
        goto cleanup;
    }
    read->path = strdup(path);
    status = read->path ? read_tree(path, &read->tree) : clp_fail_host_memory(strlen(path) + 1);
    status = clp_ranks_agree(ranks, status);
    if (status == CLP_OK) status = check_alike(ranks, path, settings, count);
    if (status == CLP_OK) status = apply_settings(read->tree, settings, count, labels);
    if (status == CLP_OK) status = clp_declaration_read(read->tree, &declared);
    if (status == CLP_OK)
        status = clp_declaration_build(read->tree, &declared, path, &sharing, &read->inputs, &read->problem);
    status = clp_ranks_agree(ranks, status);
    if (status == CLP_OK && ranks) status = compare(ranks, path);
    if (status != CLP_OK) goto cleanup;
    take_options(&declared, read);
    read->probes = declared.probes.list;
    read->probe_count = declared.probes.count;
    declared.probes.list = NULL;
    *file = read;
    read = NULL;
cleanup:
    clp_declaration_finish(&declared);
    clp_problem_file_destroy(read);
    free(labels);
    return status;
}

void clp_problem_file_destroy(clp_problem_file *file)
{
    if (!file) return;
    clp_problem_destroy(file->problem);
    clp_tree_destroy(file->tree);
    clp_input_list_finish(&file->inputs);
    free(file->probes);
    free(file->path);
    free(file);
}

const clp_problem *clp_problem_file_problem(const clp_problem_file *file)
{
    return file->problem;
}

const clp_solver_options *clp_problem_file_solver(const clp_problem_file *file)
{
    return &file->solver;
}

const char *clp_problem_file_place(const clp_problem_file *file, const char *message, char *text, size_t size)
{
    const clp_tree *place = clp_tree_about(file->tree, message);
    if (place->line)
        snprintf(text, size, "%s:%zu", file->path, place->line);
    else
        snprintf(text, size, "%s", file->path);
    return text;
}

bool clp_problem_file_reads(const clp_problem_file *file, const char *path)
{
    return clp_input_list_has(&file->inputs, path);
}

const clp_time_options *clp_problem_file_time(const clp_problem_file *file)
{
    return file->in_time.end > 0 ? &file->in_time : NULL;
}

const clp_probe *clp_problem_file_probes(const clp_problem_file *file, size_t *count)
{
    *count = file->probe_count;
    return file->probes;
}

const clp_problem_output *clp_problem_file_output(const clp_problem_file *file)
{
    return &file->output;
}
