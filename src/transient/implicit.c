/* SPDX-License-Identifier: MIT */
/*
 * Implicit stages: u = y + theta L(u) is (M / theta + A) delta = q - A y with u = y + delta, so that what is
 * solved for is small, and delta / theta is the rate. Solved by the cycles of the steady solver, of the same
 * operator with M / theta added to what nodes are drained by.
 */
#include "transient/state.h"

#include "solver/quantities.h"

#include <math.h>
#include <stdlib.h>

/*
 * Sweeps on the way down and up: a good guess needs one cycle, and one with a single sweep is enough for it
 * if what it is off by is smooth. Where sides move it is not, and where spacings differ a sweep smooths less:
 * what is left was taken for the step's own error, and steps got shorter (519 for 6 on 65 x 601 nodes of 1 x
 * 15). Around conjugate gradients one is enough all the same.
 */
static size_t smoothing(const clp_transient *transient)
{
    const double alike = 1.3;
    const clp_operator *op = &transient->assembly.op;
    double least = op->conductance[0], most = op->conductance[0];
    for (int axis = 1; axis < clp_grid_dimensions(&op->grid); axis++) {
        least = fmin(least, op->conductance[axis]);
        most = fmax(most, op->conductance[axis]);
    }
    if (!transient->plain) return 1;
    return transient->holds || transient->feeds || most > alike * least ? 2 : 1;
}

/* A shunt of M / theta more, at every node that is not held. */
static clp_status add_mass(clp_transient *transient, double theta, clp_operator *op)
{
    const clp_assembly *assembly = &transient->assembly;
    const clp_network *network = &assembly->network;
    clp_network *own = &transient->implicit.network;
    size_t count = clp_grid_node_count(&op->grid);
    if (transient->plain) {
        op->shunt += assembly->capacity / theta;
        op->diagonal = clp_operator_stencil_diagonal(op);
        return CLP_OK;
    }
    if (!own->shunt) {
        *own = *network;
        own->shunt = malloc(count * sizeof *own->shunt);
        own->diagonal = own->shunt ? malloc(count * sizeof *own->diagonal) : NULL;
        if (!own->diagonal) return clp_fail_host_memory(2 * count * sizeof *own->shunt);
    }
    double largest = 0;
#pragma omp parallel for schedule(static) reduction(max : largest)
    for (size_t p = 0; p < count; p++) {
        double more = network->diagonal[p] == 0 ? 0 : assembly->mass[p] / theta;
        own->shunt[p] = more + (network->shunt ? network->shunt[p] : 0);
        own->diagonal[p] = network->diagonal[p] + more;
        if (own->diagonal[p] > largest) largest = own->diagonal[p];
    }
    CLP_TRY(clp_reduce(assembly->ranks, CLP_REDUCE_MAX, &largest, 1));
    op->network = own;
    op->diagonal = largest;
    op->least = 0;
    return CLP_OK;
}

static void destroy_levels(clp_transient *transient)
{
    const clp_backend *backend = transient->device->backend;
    clp_implicit *implicit = &transient->implicit;
    backend->field_destroy(implicit->delta);
    backend->field_destroy(implicit->correction);
    clp_hierarchy_destroy(implicit->hierarchy);
    backend->level_destroy(implicit->level);
    implicit->delta = implicit->correction = NULL;
    implicit->hierarchy = NULL;
    implicit->level = NULL;
    implicit->theta = 0;
}

void clp_implicit_finish(clp_transient *transient)
{
    destroy_levels(transient);
    free(transient->implicit.network.shunt);
    free(transient->implicit.network.diagonal);
}

clp_status clp_implicit_prepare(clp_transient *transient, double theta)
{
    const clp_backend *backend = transient->device->backend;
    clp_implicit *implicit = &transient->implicit;
    if (implicit->theta == theta) return CLP_OK;
    destroy_levels(transient);
    clp_operator op = transient->assembly.op;
    CLP_TRY(add_mass(transient, theta, &op));
    CLP_TRY(backend->level_create(transient->device, &op, transient->outer, NULL, &implicit->level));
    CLP_TRY(backend->field_create(implicit->level, &implicit->delta));
    CLP_TRY(clp_hierarchy_create(transient->device, &op, transient->inner,
                                 transient->plain ? implicit->level : NULL, smoothing(transient),
                                 &implicit->hierarchy));
    if (!transient->plain)
        CLP_TRY(backend->field_create(implicit->hierarchy->rungs[0].level, &implicit->correction));
    implicit->theta = theta;
    return CLP_OK;
}

/* What is left of S (y + theta k) = ... where k is a guess of the stage's rate: r = q - A (y + theta k) - M
 * k; y becomes y + theta k. */
clp_status clp_implicit_residual(clp_transient *transient, clp_field *y, const clp_field *rate,
                                 const clp_field **r)
{
    const clp_backend *backend = transient->device->backend;
    clp_implicit *implicit = &transient->implicit;
    double theta = implicit->theta;
    *r = transient->error;
    if (transient->plain) {
        CLP_TRY(backend->combine(y, theta, rate, 1));
        CLP_TRY(clp_transient_residual(transient, y, true, transient->error));
        return backend->combine(transient->error, -transient->assembly.capacity, rate, 1);
    }
    /* M k is known as S (theta k) - A (theta k). */
    CLP_TRY(clp_transient_residual(transient, y, true, transient->error));
    CLP_TRY(backend->combine(implicit->delta, theta, rate, 0));
    CLP_TRY(backend->combine(y, 1, implicit->delta, 1));
    CLP_TRY(backend->residual(implicit->delta, transient->error, transient->scratch));
    transient->in_time.applications++;
    *r = transient->scratch;
    return CLP_OK;
}

/*
 * Whether what is left is small enough: by what a cycle has corrected, as the third level has it. Of such
 * smooth corrections one cycle leaves 1e-3 without a network, rough ones are hardly in what is left of a
 * guess. Without coarser levels sweeps leave a hundredth.
 */
static clp_status is_solved(clp_transient *transient, int cycles, double *first, bool *solved)
{
    const double part = 1e-6; /* of the first correction, which is about as large as the step's error */
    const double left_by_sweeps = 0.01, left_by_cycle = transient->plain ? 0.02 : 0.2;
    clp_implicit *implicit = &transient->implicit;
    double corrected;
    if (implicit->hierarchy->count > 1) {
        CLP_TRY(clp_iteration_corrected(&implicit->iteration, &corrected));
        corrected *= left_by_cycle;
    } else {
        CLP_TRY(clp_transient_largest(implicit->delta, transient->spare, &corrected));
        corrected *= pow(left_by_sweeps, cycles);
    }
    if (cycles == 1) *first = corrected;
    double rounding = 4 * clp_precision_epsilon(transient->outer) * transient->magnitude;
    *solved = corrected <= fmax(fmax(transient->enough, part * *first), rounding);
    return CLP_OK;
}

/* Whether r is no more than rounding leaves of what it is the difference of: there is nothing to solve then.
 */
static clp_status is_rounding(clp_transient *transient, const clp_field *r, bool *rounding)
{
    clp_norms norms;
    double terms = transient->implicit.level->op.diagonal * transient->magnitude;
    CLP_TRY(transient->device->backend->clear(transient->spare));
    CLP_TRY(transient->device->backend->change_norms(r, transient->spare, &norms));
    *rounding = norms.largest <= 16 * clp_precision_epsilon(transient->inner) * terms;
    return CLP_OK;
}

clp_status clp_implicit_solve(clp_transient *transient, const clp_field *r)
{
    enum { CYCLES = 60 };
    const clp_backend *backend = transient->device->backend;
    clp_implicit *implicit = &transient->implicit;
    const clp_method *method = transient->plain ? &clp_method_multigrid : &clp_method_cg;
    bool solved = false;
    double first = 0;
    clp_iteration *iteration = &implicit->iteration;
    *iteration = clp_iteration_begin(implicit->delta, NULL, r);
    iteration->hierarchy = implicit->hierarchy;
    iteration->correction = implicit->correction;
    iteration->shares = true;
    if (transient->magnitude > 0) iteration->unit = transient->magnitude;
    /* From 0 on: the residual is r. */
    CLP_TRY(backend->clear(implicit->delta));
    CLP_TRY(backend->combine(implicit->hierarchy->rungs[0].q,
                             1 / (implicit->hierarchy->norm * iteration->unit), r, 0));
    iteration->prepared = true;
    iteration->left = iteration->unit * implicit->level->op.diagonal;
    for (int cycle = 0; cycle < CYCLES && !solved && !iteration->broken; cycle++) {
        size_t sweeps;
        if (cycle > 0) transient->in_time.applications++; /* for its residual */
        CLP_TRY(method->iterate(iteration, 1, false, &sweeps));
        transient->in_time.applications += sweeps; /* the first is from 0, but one residual is restricted */
        transient->in_time.cycles++;
        CLP_TRY(is_solved(transient, cycle + 1, &first, &solved));
    }
    if (!solved && iteration->broken) CLP_TRY(is_rounding(transient, r, &solved));
    if (solved) return CLP_OK;
    return clp_fail(CLP_ERROR_DIVERGED,
                    "the equations of the step at t = %g could not be solved to %.2g; try precision: double",
                    transient->time, transient->enough);
}
