/* SPDX-License-Identifier: MIT */
#include "solver/hierarchy.h"

#include "backend/galerkin.h"
#include "backend/separable.h"
#include "backend/transfer.h"
#include "base/checked.h"
#include "solver/method.h"
#include "transport/transport.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

/*
 * Chebyshev polynomials of the fourth kind: what they leave of an error in V-cycles is the least, and they do
 * not ask where rough errors begin (J. Lottes, Numer. Linear Algebra Appl. 30, e2518, 2023). At 3 sweeps
 * cycles shrink residuals by 0.08 where those of the first kind do by 0.1, at 4 by 0.05 where those do by
 * 0.08.
 */
static void set_smoothing(clp_rung *rung, double highest, size_t sweeps)
{
    rung->sweeps = sweeps;
    for (size_t k = 0; k < rung->sweeps; k++) {
        double angle = M_PI * (double)(k + 1) / ((double)rung->sweeps + 0.5);
        rung->weights[k] = 2 / (highest * (1 - cos(angle)));
    }
}

/* What solving by sweeps divides errors by at least. */
enum { SOLVED = 100 };

/* Enough sweeps to solve the coarsest level, whose spectrum goes from `low` to `high`: fewer where it is
 * narrow. */
static void set_solving(clp_rung *rung, double low, double high)
{
    double stretch = clp_highest_eigenvalue / high;
    rung->sweeps = CLP_COARSEST_SWEEPS;
    if (low < high) {
        double rate = acosh((high + low) / (high - low));
        rung->sweeps = (size_t)fmin(fmax(ceil(acosh(SOLVED) / rate), 2), CLP_COARSEST_SWEEPS);
    }
    for (size_t k = 0; k < rung->sweeps; k++)
        rung->weights[k] = stretch * clp_chebyshev_weight(low * stretch, M_PI * (double)(2 * k + 1) /
                                                                             (double)(2 * rung->sweeps));
}

/* Whether as many sweeps solve it: error below a hundredth. */
static bool sweeps_solve(const clp_operator *op, size_t sweeps)
{
    double low = clp_lowest_eigenvalue(op), high = clp_highest_eigenvalue, z = (high + low) / (high - low);
    return low >= high || cosh((double)sweeps * acosh(z)) > SOLVED;
}

static clp_status create_fields(clp_rung *rung)
{
    const clp_backend *backend = rung->level->device->backend;
    CLP_TRY(backend->field_create(rung->level, &rung->u));
    return backend->field_create(rung->level, &rung->q);
}

static clp_status rung_create(clp_device *device, const clp_operator *op, clp_precision precision,
                              clp_rung *rung)
{
    CLP_TRY(device->backend->level_create(device, op, precision, getenv("CLPOISSON_SWEEP"), &rung->level));
    return create_fields(rung);
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

static clp_status add_plain_rungs(clp_device *device, const clp_operator *op, clp_precision precision,
                                  clp_hierarchy *hierarchy)
{
    clp_operator here = normal_form(op), coarser;
    for (;;) {
        size_t index = hierarchy->count++;
        clp_rung *rung = &hierarchy->rungs[index];
        CLP_TRY(rung_create(device, &here, precision, rung));
        if (index > 0) CLP_TRY(device->backend->transfer_create(rung[-1].level, rung->level, &rung[-1].down));
        rung->direct = clp_operator_is_separable(&here);
        if (rung->direct) return device->backend->factor(rung->level);
        /* On the finest level not more of them than a cycle has. */
        size_t few = index > 0 ? CLP_COARSEST_SWEEPS : 2 * hierarchy->smoothing + 1;
        if (hierarchy->count == CLP_RUNGS || sweeps_solve(&here, few) ||
            !clp_operator_coarsen(&here, &coarser)) {
            set_solving(rung, fmin(clp_lowest_eigenvalue(&here), 1), clp_highest_eigenvalue);
            return CLP_OK;
        }
        set_smoothing(rung, clp_highest_eigenvalue, hierarchy->smoothing);
        here = coarser;
    }
}

/* ---- with a network ---- */

/* Typical couplings along the axes, but for the conductivity. */
static void fill_along(const clp_operator *op, double along[CLP_AXES])
{
    for (int axis = 0; axis < CLP_AXES; axis++) {
        double spacing = clp_grid_spacing(&op->grid, axis);
        along[axis] = axis < clp_grid_dimensions(&op->grid) ? 1 / (spacing * spacing) : 0;
    }
}

/* Rows that the host works on at a time: about a MB of them. */
static size_t rows_at_a_time(const clp_field *u)
{
    return clp_min(clp_layout_rows(&u->level->layout), clp_max((1 << 17) / u->level->layout.nodes[0], 1));
}

/* Numbers between -1 and 1 that hardly resemble their neighbours; always the same ones. */
static clp_status fill_rough(clp_field *u)
{
    size_t nx = u->level->layout.nodes[0], rows = clp_layout_rows(&u->level->layout),
           block = rows_at_a_time(u);
    double *values = malloc(nx * block * sizeof *values);
    uint32_t state = 1;
    clp_status status = CLP_OK;
    if (!values) return clp_fail_host_memory(nx * block * sizeof *values);
    for (size_t row = 0; row < rows && status == CLP_OK; row += block) {
        size_t now = clp_min(block, rows - row);
        for (size_t i = 0; i < nx * now; i++) {
            state = state * 1664525 + 1013904223;
            values[i] = (double)(state >> 8) * 0x1p-23 - 1;
        }
        status = u->level->device->backend->field_write(u, row, now, values);
    }
    free(values);
    return status;
}

static bool is_own(const clp_layout *layout, size_t i, size_t row)
{
    size_t j = row % layout->nodes[1], k = row / layout->nodes[1];
    return i >= layout->begin[0] && i < layout->end[0] && j >= layout->begin[1] && j < layout->end[1] &&
           k >= layout->begin[2] && k < layout->end[2];
}

/* x.y of fields that the host reads. */
static clp_status product(clp_field *x, clp_field *y, double *sum)
{
    const clp_backend *backend = x->level->device->backend;
    size_t nx = x->level->layout.nodes[0], rows = clp_layout_rows(&x->level->layout),
           block = rows_at_a_time(x);
    double *values = malloc(2 * nx * block * sizeof *values);
    clp_status status = CLP_OK;
    if (!values) return clp_fail_host_memory(2 * nx * block * sizeof *values);
    *sum = 0;
    for (size_t row = 0; row < rows && status == CLP_OK; row += block) {
        size_t now = clp_min(block, rows - row), count = nx * now;
        status = backend->field_read(x, row, now, values);
        if (status == CLP_OK) status = backend->field_read(y, row, now, values + count);
        for (size_t i = 0; i < count && status == CLP_OK; i++)
            if (is_own(&x->level->layout, i % nx, row + i / nx)) *sum += values[i] * values[count + i];
    }
    free(values);
    bool shared = clp_grid_is_part(&x->level->op.grid);
    if (status == CLP_OK && shared)
        status = clp_reduce(clp_ranks_of(x->level->device), CLP_REDUCE_SUM, sum, 1);
    return status;
}

/*
 * The largest eigenvalue of D^-1 A, from below: the quotient (D^-1 A v, A v) / (v, A v) of rough numbers in
 * which sweeps have raised what lies above 1, by the Chebyshev polynomial of [0, 1], by more than the same
 * number of steps of the power method would. Smoothing bears a fifth of error: its polynomial is as small as
 * it is on the spectrum, and grows slowly behind.
 */
static clp_status highest_eigenvalue(clp_rung *rung, double *highest)
{
    enum { SWEEPS = 8 };
    const double whole = 1, margin = 1.08;
    const clp_backend *backend = rung->level->device->backend;
    double before = 0, after = 0, weights[SWEEPS];
    for (int k = 0; k < SWEEPS; k++) weights[k] = 2 / (1 + cos(M_PI * (2 * k + 1) / (2 * SWEEPS)));
    CLP_TRY(fill_rough(rung->q));
    CLP_TRY(backend->clear(rung->u)); /* as held nodes stay */
    CLP_TRY(backend->sweep(rung->u, rung->scratch, rung->q, &whole, 1));
    CLP_TRY(backend->sweep(rung->u, rung->scratch, NULL, weights, SWEEPS));
    CLP_TRY(backend->residual(rung->u, NULL, rung->q));
    CLP_TRY(product(rung->u, rung->q, &before));
    CLP_TRY(backend->clear(rung->u));
    CLP_TRY(backend->sweep(rung->u, rung->scratch, rung->q, &whole, 1));
    CLP_TRY(product(rung->u, rung->q, &after));
    double quotient = before != 0 ? margin * fabs(after / before) : 0;
    *highest = quotient > 0.1 && quotient < 10 ? quotient : clp_highest_eigenvalue;
    return CLP_OK;
}

static clp_status add_network_rungs(clp_device *device, const clp_operator *op, clp_precision precision,
                                    clp_hierarchy *hierarchy)
{
    const clp_backend *backend = device->backend;
    clp_operator coarser, finest = *op;
    double along[CLP_AXES], highest = clp_highest_eigenvalue;
    clp_rung *rung = hierarchy->rungs;
    fill_along(op, along);
    finest.scale = 1; /* cycles work on an unknown near 1 */
    hierarchy->count = 1;
    CLP_TRY(rung_create(device, &finest, precision, rung));
    while (hierarchy->count < CLP_RUNGS && clp_operator_coarsen_galerkin(&rung->level->op, along, &coarser)) {
        set_smoothing(rung, highest, hierarchy->smoothing);
        hierarchy->count++;
        CLP_TRY(backend->coarsen(rung->level, &coarser, &rung[1].level, &rung->down));
        rung++;
        CLP_TRY(create_fields(rung));
        CLP_TRY(backend->field_create(rung->level, &rung->scratch));
        CLP_TRY(highest_eigenvalue(rung, &highest));
    }
    rung->direct = rung->level->op.galerkin && clp_grid_node_count(&rung->level->op.grid) <= CLP_DIRECT_NODES;
    if (rung->direct) return backend->factor(rung->level);
    set_solving(rung, highest / CLP_COARSEST_SWEEPS / CLP_COARSEST_SWEEPS, highest);
    return CLP_OK;
}

/* Scratch for all rungs that have none yet and do not do without. */
static clp_status create_scratch(clp_hierarchy *hierarchy, const clp_level *total)
{
    for (size_t i = 0; i < hierarchy->count; i++) {
        clp_rung *rung = &hierarchy->rungs[i];
        const clp_backend *backend = rung->level->device->backend;
        bool needs = rung->down ? backend->needs_scratch(rung->down, rung->sweeps, i == 0 ? total : NULL)
                                : !rung->direct;
        if (needs && !rung->scratch) CLP_TRY(backend->field_create(rung->level, &rung->scratch));
    }
    return CLP_OK;
}

clp_status clp_hierarchy_create(clp_device *device, const clp_operator *op, clp_precision precision,
                                const clp_level *total, size_t sweeps, clp_hierarchy **hierarchy)
{
    *hierarchy = NULL;
    clp_hierarchy *created = calloc(1, sizeof *created);
    if (!created) return clp_fail_host_memory(sizeof *created);
    created->norm = op->network ? 1 : op->diagonal;
    created->smoothing = sweeps;
    clp_status status = op->network ? add_network_rungs(device, op, precision, created)
                                    : add_plain_rungs(device, op, precision, created);
    if (status == CLP_OK) status = create_scratch(created, total);
    if (status == CLP_OK)
        *hierarchy = created;
    else
        clp_hierarchy_destroy(created);
    return status;
}

static bool is_near(double a, double b)
{
    return fabs(a - b) <= 1e-9 * fabs(b);
}

/* Whether a level has an operator, but for a factor. */
static bool is_level_of(const clp_operator *level, double factor, const clp_operator *op)
{
    bool part = clp_grid_is_part(&level->grid);
    bool same = part == clp_grid_is_part(&op->grid) && !level->network && !level->galerkin && !op->network &&
                is_near(factor * level->shunt, op->shunt);
    for (int axis = 0; axis < CLP_AXES; axis++)
        same = same && level->grid.nodes[axis] == op->grid.nodes[axis] &&
               clp_grid_team(&level->grid, axis) == clp_grid_team(&op->grid, axis) &&
               level->periodic[axis] == op->periodic[axis] &&
               is_near(factor * level->conductance[axis], op->conductance[axis]);
    for (int side = 0; side < CLP_SIDES; side++) same = same && level->held[side] == op->held[side];
    return same;
}

clp_status clp_hierarchy_share(const clp_hierarchy *finer, const clp_operator *op, clp_precision precision,
                               clp_hierarchy **hierarchy)
{
    *hierarchy = NULL;
    if (!finer || finer->count < 2) return CLP_OK;
    const clp_level *level = finer->rungs[1].level;
    if (level->precision != precision || !is_level_of(&level->op, finer->norm, op)) return CLP_OK;
    clp_hierarchy *made = calloc(1, sizeof *made);
    if (!made) return clp_fail_host_memory(sizeof *made);
    *made = (clp_hierarchy){.count = finer->count - 1, .norm = finer->norm, .shared = true};
    for (size_t i = 0; i < made->count; i++) made->rungs[i] = finer->rungs[i + 1];
    *hierarchy = made;
    return CLP_OK;
}

void clp_hierarchy_destroy(clp_hierarchy *hierarchy)
{
    if (!hierarchy) return;
    if (hierarchy->shared) hierarchy->count = 0;
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

clp_status clp_rung_solve(const clp_rung *rung)
{
    const clp_backend *backend = rung->level->device->backend;
    if (rung->direct) return backend->solve_direct(rung->u, rung->q);
    return clp_sweep_from_zero(rung->u, rung->scratch, rung->q, rung->weights, rung->sweeps);
}

/* u of a rung from its q; where there is a total, factor u is added to it instead. */
static clp_status cycle(clp_hierarchy *hierarchy, size_t index, double factor, clp_field *total)
{
    clp_rung *rung = &hierarchy->rungs[index], *next = rung + 1;
    const clp_backend *backend = rung->level->device->backend;
    if (!rung->down) {
        CLP_TRY(clp_rung_solve(rung));
        return total ? backend->combine(total, factor, rung->u, 1) : CLP_OK;
    }
    CLP_TRY(backend->smooth_restrict(rung->down, rung->u, rung->scratch, rung->q, rung->weights, rung->sweeps,
                                     next->q));
    CLP_TRY(cycle(hierarchy, index + 1, 0, NULL));
    return backend->prolong_smooth(rung->down, next->u, rung->u, rung->scratch, rung->q, rung->weights,
                                   rung->sweeps, factor, total);
}

clp_status clp_hierarchy_cycle(clp_hierarchy *hierarchy, double factor, clp_field *total, size_t *sweeps)
{
    const clp_rung *finest = &hierarchy->rungs[0];
    *sweeps = finest->direct ? 1 : (finest->down ? 2 : 1) * finest->sweeps; /* a solution counts as one */
    return cycle(hierarchy, 0, factor, total);
}

/* Numbers per node of what an operator is made of: a network; half a stencil, leak, diagonal, and weights of
 * the interpolation from there. */
static int coefficients(const clp_operator *op)
{
    int dimensions = clp_grid_dimensions(&op->grid), points = clp_galerkin_points(op);
    if (op->network) return dimensions + 1 + (op->network->shunt != NULL);
    return op->galerkin ? points / 2 + 2 + points - 1 : 0;
}

unsigned long long clp_hierarchy_bytes(const clp_hierarchy *hierarchy)
{
    unsigned long long bytes = 0;
    for (size_t i = 0; hierarchy && !hierarchy->shared && i < hierarchy->count; i++) {
        const clp_level *level = hierarchy->rungs[i].level;
        int fields = hierarchy->rungs[i].scratch ? 3 : 2;
        bytes += (unsigned long long)(fields + coefficients(&level->op)) * level->layout.bytes;
    }
    return bytes;
}

/* Those of a network on all levels, and the most that Galerkin's levels can have. */
static double network_fields(const clp_operator *op)
{
    clp_operator here = *op, coarser;
    double along[CLP_AXES], finest = (double)clp_grid_node_count(&op->grid), numbers = 0;
    fill_along(op, along);
    numbers = finest * (3 + 2 + clp_grid_dimensions(&op->grid));
    while (clp_operator_coarsen_galerkin(&here, along, &coarser)) {
        here = coarser;
        numbers += (double)clp_grid_node_count(&here.grid) * (3 + coefficients(&here));
    }
    return numbers / finest;
}

double clp_hierarchy_largest(const clp_operator *op, bool plain)
{
    clp_operator coarser;
    double along[CLP_AXES], weights = 1;
    if (plain) return 1;
    fill_along(op, along);
    if (!clp_operator_coarsen_galerkin(op, along, &coarser)) return 1;
    for (unsigned axes = clp_galerkin_axes(op, &coarser); axes; axes >>= 1) weights *= axes & 1 ? 3 : 1;
    const int couplings = clp_galerkin_points(&coarser) / 2 + 1;
    return fmax(couplings, weights - 1) * (double)clp_grid_node_count(&coarser.grid) /
           (double)clp_grid_node_count(&op->grid);
}

double clp_hierarchy_fields(const clp_operator *op, bool plain)
{
    if (!plain) return network_fields(op);
    clp_operator here = *op, coarser;
    double finest = 0, nodes = 0;
    for (;;) {
        double own = (double)clp_grid_node_count(&here.grid);
        if (finest == 0) finest = own;
        nodes += own;
        if (clp_operator_is_separable(&here) || sweeps_solve(&here, CLP_COARSEST_SWEEPS) ||
            !clp_operator_coarsen(&here, &coarser))
            return 3 * nodes / finest;
        here = coarser;
    }
}
