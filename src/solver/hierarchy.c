/* SPDX-License-Identifier: MIT */
#include "solver/hierarchy.h"

#include "backend/transfer.h"
#include "solver/method.h"

#include <math.h>
#include <stdlib.h>

/* For errors of the spectrum from `low` on. */
static void set_weights(clp_rung *rung, double low, size_t sweeps)
{
    rung->sweeps = sweeps;
    for (size_t k = 0; k < sweeps; k++)
        rung->weights[k] = clp_chebyshev_weight(low, M_PI * (double)(2 * k + 1) / (double)(2 * sweeps));
}

/* Whether the sweeps on the coarsest level solve it: error below a hundredth. */
static bool sweeps_solve(const clp_operator *op)
{
    double low = clp_lowest_eigenvalue(op), high = clp_highest_eigenvalue, z = (high + low) / (high - low);
    return low >= high || cosh(CLP_COARSEST_SWEEPS * acosh(z)) > 100;
}

static clp_status rung_create(clp_device *device, const clp_operator *op, clp_precision precision,
                              clp_rung *rung)
{
    const clp_backend *backend = device->backend;
    CLP_TRY(backend->level_create(device, op, precision, getenv("CLPOISSON_SWEEP"), &rung->level));
    CLP_TRY(backend->field_create(rung->level, &rung->u));
    CLP_TRY(backend->field_create(rung->level, &rung->scratch));
    return backend->field_create(rung->level, &rung->q);
}

/* The equations over the diagonal, for an unknown near 1: nothing leaves the range of single precision. */
static clp_operator normal_form(const clp_operator *op)
{
    clp_operator normal = *op;
    for (int axis = 0; axis < CLP_AXES; axis++) normal.conductance[axis] /= op->diagonal;
    normal.shunt /= op->diagonal;
    normal.diagonal = normal.scale = 1;
    return normal;
}

static clp_status add_rungs(clp_device *device, const clp_operator *op, clp_precision precision,
                            clp_hierarchy *hierarchy)
{
    clp_operator here = normal_form(op), coarser;
    for (;;) {
        size_t index = hierarchy->count++;
        clp_rung *rung = &hierarchy->rungs[index];
        CLP_TRY(rung_create(device, &here, precision, rung));
        if (index > 0) CLP_TRY(device->backend->transfer_create(rung[-1].level, rung->level, &rung[-1].down));
        if (hierarchy->count == CLP_RUNGS || sweeps_solve(&here) || !clp_operator_coarsen(&here, &coarser)) {
            set_weights(rung, fmin(clp_lowest_eigenvalue(&here), 1), CLP_COARSEST_SWEEPS);
            return CLP_OK;
        }
        set_weights(rung, clp_operator_rough_from(&here, &coarser), CLP_SMOOTHING);
        here = coarser;
    }
}

clp_status clp_hierarchy_create(clp_device *device, const clp_operator *op, clp_precision precision,
                                clp_hierarchy **hierarchy)
{
    *hierarchy = NULL;
    clp_hierarchy *created = calloc(1, sizeof *created);
    if (!created) return clp_fail_host_memory(sizeof *created);
    clp_status status = add_rungs(device, op, precision, created);
    if (status == CLP_OK)
        *hierarchy = created;
    else
        clp_hierarchy_destroy(created);
    return status;
}

void clp_hierarchy_destroy(clp_hierarchy *hierarchy)
{
    if (!hierarchy) return;
    for (size_t i = 0; i < hierarchy->count; i++) {
        clp_rung *rung = &hierarchy->rungs[i];
        if (!rung->level) continue;
        const clp_backend *backend = rung->level->device->backend;
        backend->transfer_destroy(rung->down);
        backend->field_destroy(rung->u);
        backend->field_destroy(rung->scratch);
        backend->field_destroy(rung->q);
    }
    for (size_t i = 0; i < hierarchy->count; i++)
        if (hierarchy->rungs[i].level)
            hierarchy->rungs[i].level->device->backend->level_destroy(hierarchy->rungs[i].level);
    free(hierarchy);
}

static clp_status cycle(clp_hierarchy *hierarchy, size_t index)
{
    clp_rung *rung = &hierarchy->rungs[index], *next = rung + 1;
    const clp_backend *backend = rung->level->device->backend;
    CLP_TRY(backend->clear(rung->u));
    CLP_TRY(backend->sweep(rung->u, rung->scratch, rung->q, rung->weights, rung->sweeps));
    if (!rung->down) return CLP_OK;
    CLP_TRY(backend->residual(rung->u, rung->q, rung->scratch));
    CLP_TRY(backend->restrict_field(rung->down, rung->scratch, next->q));
    CLP_TRY(cycle(hierarchy, index + 1));
    CLP_TRY(backend->prolong_add(rung->down, next->u, rung->u));
    return backend->sweep(rung->u, rung->scratch, rung->q, rung->weights, rung->sweeps);
}

clp_status clp_hierarchy_cycle(clp_hierarchy *hierarchy, size_t *sweeps)
{
    *sweeps = (hierarchy->rungs[0].down ? 2 : 1) * hierarchy->rungs[0].sweeps;
    return cycle(hierarchy, 0);
}

unsigned long long clp_hierarchy_bytes(const clp_hierarchy *hierarchy)
{
    unsigned long long bytes = 0;
    for (size_t i = 0; hierarchy && i < hierarchy->count; i++)
        bytes += 3ULL * hierarchy->rungs[i].level->layout.bytes;
    return bytes;
}

double clp_hierarchy_fields(const clp_operator *op)
{
    clp_operator here = *op, coarser;
    double finest = 0, nodes = 0;
    for (;;) {
        double own = (double)clp_grid_node_count(&here.grid);
        if (finest == 0) finest = own;
        nodes += own;
        if (sweeps_solve(&here) || !clp_operator_coarsen(&here, &coarser)) return 3 * nodes / finest;
        here = coarser;
    }
}
