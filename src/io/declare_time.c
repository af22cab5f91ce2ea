/* SPDX-License-Identifier: MIT */
/* What the problem file says of time. */
#include "io/declare.h"

#include "io/show.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_MOST = 60 };

static clp_status read_probe(const clp_key_value *v, const clp_tree *entry, clp_probe *probe)
{
    char path[CLP_PATH_SIZE], shown[CLP_SHOWN_SIZE];
    size_t count;
    clp_path_join(path, v->path, entry->key);
    if (strlen(entry->key) > NAME_MOST || strcmp(clp_show(entry->key, shown), entry->key) != 0 ||
        strpbrk(entry->key, ",\""))
        return clp_fail_at(
            entry,
            "'%s' is no name for a probe: it may have up to %d letters, digits and signs, but no "
            "commas or quotes",
            shown, NAME_MOST);
    probe->name = entry->key;
    return clp_value_numbers(&(clp_key_value){v->key, path, entry, NULL}, 2, 3, probe->at, &count);
}

clp_status clp_probes_read(const clp_key_value *v)
{
    clp_given_probes *probes = v->target;
    size_t count = 0;
    if (v->node->kind != CLP_TREE_MAP) return clp_value_fail(v);
    for (const clp_tree *entry = v->node->first; entry; entry = entry->next) count++;
    probes->node = v->node;
    probes->list = calloc(count + 1, sizeof *probes->list);
    if (!probes->list) return clp_fail_host_memory(count * sizeof *probes->list);
    for (const clp_tree *entry = v->node->first; entry; entry = entry->next)
        CLP_TRY(read_probe(v, entry, &probes->list[probes->count++]));
    return CLP_OK;
}

static clp_status check_probes(const clp_declaration *d)
{
    const clp_tree *entry = d->probes.node ? d->probes.node->first : NULL;
    for (size_t i = 0; i < d->probes.count; i++, entry = entry->next) {
        size_t given = 0;
        for (const clp_tree *number = entry->first; number; number = number->next) given++;
        if (d->size.node && given != d->size.count)
            return clp_fail_at(entry, "'probes.%s' has %zu coordinates, but the box has %zu dimensions",
                               entry->key, given, d->size.count);
        for (size_t axis = 0; d->size.node && axis < given; axis++) {
            double low = d->origin.node ? d->origin.at[axis] : 0, at = d->probes.list[i].at[axis];
            if (at >= low && at <= low + d->size.at[axis]) continue;
            return clp_fail_at(entry, "'probes.%s' lies outside the box: %c = %g is not between %g and %g",
                               entry->key, "xyz"[axis], at, low, low + d->size.at[axis]);
        }
    }
    return CLP_OK;
}

static clp_status check_steps(const clp_tree *in_time, const clp_declaration *d)
{
    double end = d->end.at[0], every = d->output_every.node ? fmin(d->output_every.at[0], end) : end;
    const clp_tree *step = clp_tree_find(in_time, "step");
    if (d->step > every * (1 + 1e-9))
        return clp_fail_at(
            step,
            "'time.step': %g is longer than the time between outputs, %g; make the step shorter or "
            "'time.%s' longer",
            d->step, every, d->output_every.node && every < end ? "output_every" : "end");
    return CLP_OK;
}

/* Keys that only make sense with time, or without it. */
static clp_status check_company(const clp_tree *root, bool in_time)
{
    static const struct {
        const char *name, *instead;
    } with_time[] = {{"series", "field"}, {"animation", "vtk"}, {"frames", "picture"},
                     {"film", "picture"}, {"probes", "field"},  {"probes_plot", "picture"}};
    const clp_tree *output = clp_tree_find(root, "output"), *found;
    if (!output || output->kind != CLP_TREE_MAP) return CLP_OK;
    for (size_t i = 0; i < sizeof with_time / sizeof *with_time && !in_time; i++)
        if ((found = clp_tree_find(output, with_time[i].name)))
            return clp_fail_at(
                found, "'output.%s' is for problems with time; add time: {end: ...}, or write output.%s",
                with_time[i].name, with_time[i].instead);
    found = clp_tree_find(output, "convergence");
    if (found && in_time)
        return clp_fail_at(found, "'output.convergence' is for steady problems; leave it out");
    return CLP_OK;
}

clp_status clp_time_check(const clp_tree *root, const clp_declaration *d)
{
    const clp_tree *in_time = clp_tree_find(root, "time");
    CLP_TRY(check_company(root, in_time));
    if (!in_time) return CLP_OK;
    if (!d->end.node)
        return clp_fail_at(in_time->line ? in_time : root,
                           "'time.end' is missing; write how long to follow the field, for example end: 10");
    CLP_TRY(check_steps(in_time, d));
    return check_probes(d);
}
