/* SPDX-License-Identifier: MIT */
/*
 * The reference backend with every operation between work_begin and work_end. The linker gives it to the
 * program in place of the plain one (--wrap), and likewise what the host computes in double.
 */
#include "backend/reference/reference.h"
#include "solver/cascade.h"
#include "work.h"

extern const clp_backend __real_clp_reference_backend;
clp_backend __wrap_clp_reference_backend; /* filled when the program is loaded */
#define REAL (&__real_clp_reference_backend)

static int within; /* other work, of which it is a part */

static double begin(void)
{
    within++;
    return work_begin();
}

static clp_status end(clp_status status, double start, const char *name, const clp_level *level, size_t nodes,
                      size_t sweeps)
{
    const work done = {name, clp_precision_bytes(level->precision), nodes, sweeps};
    if (--within == 0) work_end(&done, start);
    return status;
}

static size_t all(const clp_level *level)
{
    return level->layout.nodes[0] * clp_layout_rows(&level->layout);
}

static size_t of_boxes(const clp_box *boxes, size_t count)
{
    size_t nodes = 0;
    for (const clp_box *box = boxes; box < boxes + count; box++)
        nodes += box->count[0] * box->count[1] * box->count[2];
    return nodes;
}

static clp_status timed_open(const clp_device_options *options, clp_device **device)
{
    work_open();
    CLP_TRY(REAL->open(options, device));
    (*device)->backend = &__wrap_clp_reference_backend;
    return CLP_OK;
}

static void timed_close(clp_device *device)
{
    REAL->close(device);
    work_close();
}

static clp_status timed_field_create(clp_level *level, clp_field **field)
{
    double start = begin();
    return end(REAL->field_create(level, field), start, "field_create", level, all(level), 1);
}

static clp_status timed_field_write(clp_field *field, size_t row, size_t rows, const double *values)
{
    double start = begin();
    return end(REAL->field_write(field, row, rows, values), start, "field_write", field->level,
               rows * field->level->layout.nodes[0], 1);
}

static clp_status timed_field_read(clp_field *field, size_t row, size_t rows, double *values)
{
    double start = begin();
    return end(REAL->field_read(field, row, rows, values), start, "field_read", field->level,
               rows * field->level->layout.nodes[0], 1);
}

static clp_status timed_boxes_read(const clp_field *field, const clp_box *boxes, size_t count, void *packed)
{
    double start = begin();
    return end(REAL->boxes_read(field, boxes, count, packed), start, "boxes_read", field->level,
               of_boxes(boxes, count), 1);
}

static clp_status timed_boxes_write(clp_field *field, const clp_box *boxes, size_t count, const void *packed)
{
    double start = begin();
    return end(REAL->boxes_write(field, boxes, count, packed), start, "boxes_write", field->level,
               of_boxes(boxes, count), 1);
}

static clp_status timed_box_copy(const clp_field *from, const clp_box *box, clp_field *field,
                                 const size_t to[CLP_AXES])
{
    double start = begin();
    return end(REAL->box_copy(from, box, field, to), start, "box_copy", field->level, of_boxes(box, 1), 1);
}

static clp_status timed_field_fill(clp_field *field, clp_fill_columns fill, const void *context)
{
    double start = begin();
    return end(REAL->field_fill(field, fill, context), start, "field_fill", field->level, all(field->level),
               1);
}

static clp_status timed_sweep(clp_field *u, clp_field *scratch, const clp_field *q, const double *weights,
                              size_t count)
{
    double start = begin();
    return end(REAL->sweep(u, scratch, q, weights, count), start, q ? "sweep" : "sweep_sourceless", u->level,
               all(u->level), count);
}

static clp_status timed_residual(const clp_field *u, const clp_field *q, clp_field *r)
{
    double start = begin();
    return end(REAL->residual(u, q, r), start, "residual", u->level, all(u->level), 1);
}

static clp_status timed_combine(clp_field *y, double a, const clp_field *x, double b)
{
    double start = begin();
    return end(REAL->combine(y, a, x, b), start, "combine", y->level, all(y->level), 1);
}

static clp_status timed_restrict(const clp_transfer *transfer, const clp_field *fine, clp_field *coarse)
{
    double start = begin();
    return end(REAL->restrict_field(transfer, fine, coarse), start, "restrict", fine->level, all(fine->level),
               1);
}

static clp_status timed_prolong(const clp_transfer *transfer, const clp_field *coarse, clp_field *fine)
{
    double start = begin();
    return end(REAL->prolong_add(transfer, coarse, fine), start, "prolong", fine->level, all(fine->level), 1);
}

static clp_status timed_smooth_restrict(const clp_transfer *transfer, clp_field *u, clp_field *scratch,
                                        const clp_field *q, const double *weights, size_t count,
                                        clp_field *coarse)
{
    double start = begin();
    return end(REAL->smooth_restrict(transfer, u, scratch, q, weights, count, coarse), start,
               "smooth_restrict", u->level, all(u->level), count);
}

static clp_status timed_prolong_smooth(const clp_transfer *transfer, const clp_field *coarse, clp_field *u,
                                       clp_field *scratch, const clp_field *q, const double *weights,
                                       size_t count, double factor, clp_field *total)
{
    double start = begin();
    return end(REAL->prolong_smooth(transfer, coarse, u, scratch, q, weights, count, factor, total), start,
               total ? "prolong_smooth_total" : "prolong_smooth", u->level, all(u->level), count);
}

static clp_status timed_solve_direct(clp_field *u, const clp_field *q)
{
    double start = begin();
    return end(REAL->solve_direct(u, q), start, "solve_direct", u->level, all(u->level), 1);
}

static clp_status timed_factor(clp_level *level)
{
    double start = begin();
    return end(REAL->factor(level), start, "factor", level, all(level), 1);
}

static clp_status timed_clear(clp_field *u)
{
    double start = begin();
    return end(REAL->clear(u), start, "clear", u->level, all(u->level), 1);
}

static clp_status timed_residual_norms(const clp_field *u, const clp_field *q, clp_norms *norms)
{
    double start = begin();
    return end(REAL->residual_norms(u, q, norms), start, "residual_norms", u->level, all(u->level), 1);
}

static clp_status timed_defect(const clp_field *u, const clp_field *q, double factor, clp_field *r,
                               clp_norms *norms)
{
    double start = begin();
    return end(REAL->defect(u, q, factor, r, norms), start, "defect", u->level, all(u->level), 1);
}

static clp_status timed_change_norms(const clp_field *u, const clp_field *v, clp_norms *norms)
{
    double start = begin();
    return end(REAL->change_norms(u, v, norms), start, "change_norms", u->level, all(u->level), 1);
}

/* ---- what the host does ---- */

static void end_on_host(double start, const char *name, const clp_operator *op)
{
    const work done = {name, sizeof(double), clp_grid_node_count(&op->grid), 1};
    if (--within == 0) work_end(&done, start);
}

extern __typeof__(clp_reference_residual) __real_clp_reference_residual, __wrap_clp_reference_residual;
extern __typeof__(clp_reference_rounding) __real_clp_reference_rounding, __wrap_clp_reference_rounding;
extern __typeof__(clp_reference_load) __real_clp_reference_load, __wrap_clp_reference_load;
extern __typeof__(clp_cascade_interpolate) __real_clp_cascade_interpolate, __wrap_clp_cascade_interpolate;
extern __typeof__(clp_solver_estimate_discretization) __real_clp_solver_estimate_discretization,
    __wrap_clp_solver_estimate_discretization;

clp_norms __wrap_clp_reference_residual(const clp_operator *op, const double *values, const double *source)
{
    double start = begin();
    clp_norms norms = __real_clp_reference_residual(op, values, source);
    end_on_host(start, "host_residual", op);
    return norms;
}

double __wrap_clp_reference_rounding(const clp_operator *op, const double *values, const double *source,
                                     double *each)
{
    double start = begin();
    double rounding = __real_clp_reference_rounding(op, values, source, each);
    end_on_host(start, "host_rounding", op);
    return rounding;
}

double __wrap_clp_reference_load(const clp_operator *op, const double *values, const double *source)
{
    double start = begin();
    double load = __real_clp_reference_load(op, values, source);
    end_on_host(start, "host_load", op);
    return load;
}

clp_status __wrap_clp_cascade_interpolate(const clp_solver *solver, const double *source, double *values)
{
    double start = begin();
    clp_status status = __real_clp_cascade_interpolate(solver, source, values);
    end_on_host(start, "host_interpolate", &solver->assembly.op);
    return status;
}

double __wrap_clp_solver_estimate_discretization(const clp_solver *solver)
{
    double start = begin();
    double estimate = __real_clp_solver_estimate_discretization(solver);
    end_on_host(start, "host_estimate", &solver->assembly.op);
    return estimate;
}

/* ---- the table ---- */

/* The plain one, but for these: what networks and steps in time need is not timed. */
__attribute__((constructor)) static void fill_table(void)
{
    clp_backend *timed = &__wrap_clp_reference_backend;
    *timed = __real_clp_reference_backend;
    timed->open = timed_open;
    timed->close = timed_close;
    timed->field_create = timed_field_create;
    timed->field_write = timed_field_write;
    timed->field_read = timed_field_read;
    timed->boxes_read = timed_boxes_read;
    timed->boxes_write = timed_boxes_write;
    timed->box_copy = timed_box_copy;
    timed->field_fill = timed_field_fill;
    timed->sweep = timed_sweep;
    timed->residual = timed_residual;
    timed->combine = timed_combine;
    timed->restrict_field = timed_restrict;
    timed->prolong_add = timed_prolong;
    timed->smooth_restrict = timed_smooth_restrict;
    timed->prolong_smooth = timed_prolong_smooth;
    timed->solve_direct = timed_solve_direct;
    timed->factor = timed_factor;
    timed->clear = timed_clear;
    timed->residual_norms = timed_residual_norms;
    timed->defect = timed_defect;
    timed->change_norms = timed_change_norms;
}
