/* SPDX-License-Identifier: MIT */
#include "app/outputs.h"

#include "app/options.h"
#include "app/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whether two paths lead to one regular file, or would: by what is there, or else by folder and name. */
static bool same_place(const char *a, const char *b)
{
    struct stat first, second;
    if (strcmp(a, "-") == 0 || strcmp(b, "-") == 0) return strcmp(a, b) == 0;
    bool there = stat(a, &first) == 0, other_there = stat(b, &second) == 0;
    if (there != other_there) return false;
    if (there)
        return S_ISREG(first.st_mode) && first.st_dev == second.st_dev && first.st_ino == second.st_ino;
    const char *name = strrchr(a, '/'), *other_name = strrchr(b, '/');
    if (strcmp(name ? name + 1 : a, other_name ? other_name + 1 : b)) return false;
    char *folder = name ? strndup(a, (size_t)(name - a) + 1) : strdup(".");
    char *other_folder = other_name ? strndup(b, (size_t)(other_name - b) + 1) : strdup(".");
    bool same = folder && other_folder && stat(folder, &first) == 0 && stat(other_folder, &second) == 0 &&
                first.st_dev == second.st_dev && first.st_ino == second.st_ino;
    free(folder);
    free(other_folder);
    return same;
}

/* A file's name that promises another format than it gets. */
static void note_ending(const char *what, const char *path, const char *ending)
{
    const char *dot = strrchr(path, '.'), *slash = strrchr(path, '/');
    if (strcmp(path, "-") && dot && !(slash && slash > dot) && strcasecmp(dot, ending))
        app_warn("%s: the %s is a %s file, whatever its name ends in", path, what, ending);
}

int app_check_output(const char *problem_path, const char *name, const char *path)
{
    if (same_place(path, problem_path)) {
        app_error("%s: the %s would overwrite the problem file; give it another name", path, name);
        return EXIT_USAGE;
    }
    clp_status status = clp_output_check(path);
    return status == CLP_OK ? -1 : app_fail(status);
}

int app_check_outputs(const char *problem_path, const clp_problem_output *output)
{
    const struct {
        const char *name, *path;
        bool binary;
        const char *ending;
    } outputs[] = {{"picture", output->picture, true, ".png"},
                   {"field", output->field, true, ".npy"},
                   {"vtk", output->vtk, true, ".vti"},
                   {"convergence", output->convergence, true, ".png"},
                   {"report", output->report, false, ".json"},
                   {"series", output->series, true, ".npy"},
                   {"animation", output->animation, true, ".pvd"},
                   {"frames", output->frames, true, ".png"},
                   {"film", output->film, true, ".webp"},
                   {"probes", output->probes, false, ".csv"},
                   {"plot of probes", output->probes_plot, true, ".png"}};
    for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++) {
        const char *path = outputs[i].path;
        if (!path) continue;
        for (size_t j = 0; j < i; j++) {
            if (!outputs[j].path || !same_place(path, outputs[j].path)) continue;
            app_error("%s: both the %s and the %s would be written there; give one another name", path,
                      outputs[j].name, outputs[i].name);
            return EXIT_USAGE;
        }
        if (outputs[i].binary && strcmp(path, "-") == 0 && isatty(STDOUT_FILENO)) {
            app_error("the %s is no text for a terminal; %s", outputs[i].name,
                      clp_ranks_are_started() ? "several processes have one between them; name a file"
                                              : "send standard output to a file or another program");
            return EXIT_USAGE;
        }
        if (outputs[i].binary) note_ending(outputs[i].name, path, outputs[i].ending);
        int status = app_check_output(problem_path, outputs[i].name, path);
        if (status >= 0) return status;
    }
    return -1;
}

void app_list_outputs(const clp_problem_output *output, const char *paths[APP_OUTPUTS])
{
    const char *const all[APP_OUTPUTS] = {output->picture,     output->field,      output->vtk,
                                          output->convergence, output->report,     output->series,
                                          output->animation,   output->frames,     output->film,
                                          output->probes,      output->probes_plot};
    memcpy(paths, all, sizeof all);
}

void app_written(clp_status status, const char **path, clp_status *first)
{
    if (status == CLP_OK) return;
    app_error("%s", clp_error_message());
    *path = NULL;
    if (*first == CLP_OK) *first = status;
}
