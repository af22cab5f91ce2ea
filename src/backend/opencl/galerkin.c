/* SPDX-License-Identifier: MIT */
/* Levels made by Galerkin's principle: kernels/box.cl, coarsen.cl, galerkin.cl. */
#include "backend/galerkin.h"

#include "backend/opencl/opencl.h"
#include "base/checked.h"

#include <stdint.h>
#include <stdlib.h>

static size_t elements_of(const clp_layout *layout)
{
    return layout->bytes / layout->element_bytes;
}

/* Couplings of half a stencil, and the leaks. */
static size_t array_count(const clp_layout *layout)
{
    return layout->nodes[2] > 1 ? 14 : 5;
}

/* ---- making a level ---- */

/* Sweeps of galerkin_pipeline.cl; rows in use at a time of three fields per stage, and of couplings, leaks,
 * inverse diagonals and q. */
enum { STAGES = 4, ROWS_IN_USE = 3 * STAGES + 7 * (STAGES + 2) };

/* Several where rows are short enough for so many of them to stay in the cache. */
static size_t sweeps_per_pass(const opencl_level *level)
{
    const clp_operator *op = &level->base.op;
    bool periodic = op->periodic[0] || op->periodic[1], planar = op->grid.nodes[2] <= 1;
    if (!level->tuning.rows || !planar || periodic) return 1;
    return clp_opencl_tiles_of(level, level->tile_most, STAGES, ROWS_IN_USE).across == 1 ? STAGES : 1;
}

static clp_status create_level(const clp_level *fine, const clp_operator *op, opencl_level **level)
{
    opencl_level *created = calloc(1, sizeof *created);
    *level = created;
    if (!created) return clp_fail_host_memory(sizeof *created);
    created->device = (opencl_device *)fine->device;
    created->tuning = ((const opencl_level *)fine)->tuning;
    created->sweep = &clp_opencl_sweep_galerkin;
    created->finer = (const opencl_level *)fine;
    created->axes = clp_galerkin_axes(&fine->op, op);
    created->base = (clp_level){.device = fine->device, .op = *op, .precision = fine->precision};
    clp_layout *layout = &created->base.layout;
    CLP_TRY(clp_layout_init(layout, &op->grid, clp_precision_bytes(fine->precision)));
    created->tile_most = clp_opencl_tile_most(created->tuning.tile_bytes, layout);
    created->base.sweeps_per_pass = sweeps_per_pass(created);
    CLP_TRY(clp_opencl_buffer_create_zero(created->device, array_count(layout) * layout->bytes,
                                          &created->couplings));
    return clp_opencl_field_create(&created->base, &created->network[NETWORK_INVERSE]);
}

static clp_status create_transfer(clp_level *fine, opencl_level *coarse, opencl_transfer **transfer)
{
    opencl_transfer *created = calloc(1, sizeof *created);
    *transfer = created;
    if (!created) return clp_fail_host_memory(sizeof *created);
    created->base = (clp_transfer){.fine = fine, .coarse = &coarse->base};
    size_t codes = 1;
    for (unsigned axes = coarse->axes; axes; axes >>= 1) codes *= axes & 1 ? 3 : 1;
    return clp_opencl_buffer_create_zero(coarse->device, (codes - 1) * coarse->base.layout.bytes,
                                         &created->weight);
}

/* The arguments that end with the fine level's operator. */
static void argument_operator(clp_arguments *arguments, const opencl_level *fine)
{
    if (fine->base.op.galerkin) {
        clp_argument_buffer(arguments, fine->couplings);
        clp_argument_buffer(arguments, ((const opencl_field *)fine->network[NETWORK_INVERSE])->buffer);
        clp_argument_size(arguments, elements_of(&fine->base.layout));
    } else {
        clp_argument_network(arguments, fine);
    }
}

static clp_arguments begin(const opencl_transfer *transfer, cl_kernel kernel, const clp_field *lost)
{
    const clp_level *fine = transfer->base.fine, *coarse = transfer->base.coarse;
    clp_arguments arguments = {.kernel = kernel, .precision = fine->precision};
    clp_argument_buffer(&arguments, transfer->weight);
    clp_argument_buffer(&arguments, ((const opencl_field *)lost)->buffer);
    clp_argument_layout(&arguments, &fine->layout);
    clp_argument_layout(&arguments, &coarse->layout);
    clp_argument_size(&arguments, elements_of(&coarse->layout));
    return arguments;
}

/* Weights of nodes with one odd axis, then with two, then three: each uses those before. */
static clp_status interpolate(opencl_transfer *transfer, opencl_kernels *kernels, const clp_field *lost)
{
    opencl_level *fine = (opencl_level *)transfer->base.fine, *coarse = (opencl_level *)transfer->base.coarse;
    static const unsigned order[] = {1, 2, 4, 3, 5, 6, 7};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        if (order[i] & ~coarse->axes) continue;
        clp_arguments arguments = begin(transfer, kernels->kernel[KERNEL_INTERPOLATION], lost);
        clp_argument_int(&arguments, order[i]);
        argument_operator(&arguments, fine);
        CLP_TRY(clp_opencl_launch_nodes(fine->device, &arguments, "interpolation", &coarse->base.layout));
    }
    return CLP_OK;
}

static clp_status project(opencl_transfer *transfer, opencl_kernels *kernels, const clp_field *lost)
{
    opencl_level *fine = (opencl_level *)transfer->base.fine, *coarse = (opencl_level *)transfer->base.coarse;
    clp_arguments arguments = begin(transfer, kernels->kernel[KERNEL_COARSEN], lost);
    clp_argument_buffer(&arguments, coarse->couplings);
    clp_argument_buffer(&arguments, ((opencl_field *)coarse->network[NETWORK_INVERSE])->buffer);
    clp_argument_size(&arguments, elements_of(&coarse->base.layout));
    argument_operator(&arguments, fine);
    return clp_opencl_launch_rows(coarse, &arguments, "coarsen", &coarse->base.layout);
}

static clp_status fill(opencl_transfer *transfer)
{
    clp_field *lost;
    opencl_kernels *kernels;
    opencl_level *fine = (opencl_level *)transfer->base.fine, *coarse = (opencl_level *)transfer->base.coarse;
    CLP_TRY(clp_opencl_level_kernels(coarse, KIT_COARSEN, false, &kernels));
    CLP_TRY(clp_opencl_field_create(&fine->base, &lost));
    clp_status status = interpolate(transfer, kernels, lost);
    if (status == CLP_OK) status = project(transfer, kernels, lost);
    clp_opencl_field_destroy(lost);
    return status;
}

clp_status clp_opencl_coarsen(clp_level *fine, const clp_operator *coarse, clp_level **level,
                              clp_transfer **transfer)
{
    opencl_level *made;
    opencl_transfer *way = NULL;
    *level = NULL;
    *transfer = NULL;
    clp_status status = create_level(fine, coarse, &made);
    if (status == CLP_OK) status = create_transfer(fine, made, &way);
    if (status == CLP_OK) status = fill(way);
    if (status == CLP_OK) {
        *level = &made->base;
        *transfer = &way->base;
        return CLP_OK;
    }
    if (way) clp_opencl_transfer_destroy(&way->base);
    if (made) clp_opencl_level_destroy(&made->base);
    return status;
}

clp_status clp_opencl_level_like(clp_level *like, const clp_operator *op, clp_level **level)
{
    opencl_level *made;
    *level = NULL;
    clp_status status = create_level(like, op, &made);
    if (status == CLP_OK) {
        made->axes = ((const opencl_level *)like)->axes;
        made->finer = ((const opencl_level *)like)->finer;
        *level = &made->base;
    } else if (made) {
        clp_opencl_level_destroy(&made->base);
    }
    return status;
}

/* Couplings, leaks, inverse diagonals. */
size_t clp_opencl_coefficient_arrays(const clp_level *level)
{
    return array_count(&level->layout) + 1;
}

static clp_status move_coefficients(const clp_level *level, const clp_box *box, const char *write, char *read)
{
    const opencl_level *made = (const opencl_level *)level;
    size_t count = array_count(&level->layout),
           bytes = box->count[0] * box->count[1] * box->count[2] * level->layout.element_bytes;
    for (size_t i = 0; i <= count; i++) {
        bool inverse = i == count;
        cl_mem buffer =
            inverse ? ((const opencl_field *)made->network[NETWORK_INVERSE])->buffer : made->couplings;
        CLP_TRY(clp_opencl_move_box(made, buffer, inverse ? 0 : i, box, write ? write + i * bytes : NULL,
                                    read ? read + i * bytes : NULL));
    }
    return CLP_OK;
}

clp_status clp_opencl_coefficients_read(const clp_level *level, const clp_box *box, void *packed)
{
    return move_coefficients(level, box, NULL, packed);
}

clp_status clp_opencl_coefficients_write(clp_level *level, const clp_box *box, const void *packed)
{
    return move_coefficients(level, box, packed, NULL);
}

/* ---- working on it ---- */

/* Arguments up to the operator; without a source q is u, times 0. */
static clp_arguments apply(opencl_level *level, cl_kernel kernel, cl_mem u, cl_mem to, cl_mem q)
{
    clp_arguments arguments = {.kernel = kernel, .precision = level->base.precision};
    clp_argument_buffer(&arguments, u);
    clp_argument_buffer(&arguments, to);
    clp_argument_buffer(&arguments, q ? q : u);
    clp_argument_layout(&arguments, &level->base.layout);
    argument_operator(&arguments, level);
    return arguments;
}

static clp_status launch_pipeline(opencl_level *level, const opencl_kernels *kernels, const opencl_pass *pass)
{
    double lengths[STAGES] = {0};
    const size_t strip = clp_opencl_tiles_of(level, level->tile_most, pass->count, ROWS_IN_USE).rows,
                 group = 1;
    const size_t strips = (level->base.layout.nodes[1] + strip - 1) / strip;
    for (size_t k = 0; k < pass->count; k++) lengths[k] = pass->weights[k];
    clp_arguments arguments =
        apply(level, kernels->kernel[KERNEL_GALERKIN_SWEEPS], pass->from, pass->to, pass->q);
    clp_argument_size(&arguments, strip);
    clp_argument_int(&arguments, pass->count);
    clp_argument_reals(&arguments, lengths, STAGES);
    clp_argument_real(&arguments, pass->q ? 1 / level->base.op.diagonal : 0);
    return clp_opencl_launch(level->device, &arguments, "galerkin_sweeps", 1, &strips, &group);
}

static clp_status launch_sweep(opencl_level *level, const opencl_pass *pass)
{
    opencl_kernels *kernels;
    CLP_TRY(clp_opencl_level_kernels(level, KIT_GALERKIN, false, &kernels));
    if (pass->count > 1) return launch_pipeline(level, kernels, pass);
    clp_arguments arguments =
        apply(level, kernels->kernel[KERNEL_GALERKIN_SWEEP], pass->from, pass->to, pass->q);
    clp_argument_real(&arguments, pass->weights[0]);
    clp_argument_real(&arguments, pass->q ? 1 / level->base.op.diagonal : 0);
    return clp_opencl_launch_rows(level, &arguments, "galerkin_sweep", &level->base.layout);
}

const opencl_sweep clp_opencl_sweep_galerkin = {.name = "galerkin", .launch = launch_sweep};

clp_status clp_opencl_galerkin_residual(opencl_level *level, cl_mem u, cl_mem q, cl_mem r)
{
    opencl_kernels *kernels;
    CLP_TRY(clp_opencl_level_kernels(level, KIT_GALERKIN, false, &kernels));
    clp_arguments arguments = apply(level, kernels->kernel[KERNEL_GALERKIN_RESIDUAL], u, r, q);
    clp_argument_real(&arguments, level->base.op.diagonal);
    clp_argument_real(&arguments, q ? 1 : 0);
    return clp_opencl_launch_rows(level, &arguments, "galerkin_residual", &level->base.layout);
}

/* Down or up between the levels of a transfer. */
static clp_status move(const opencl_transfer *transfer, int kernel, const char *name, const clp_field *from,
                       const clp_field *to)
{
    opencl_kernels *kernels;
    opencl_level *coarse = (opencl_level *)transfer->base.coarse;
    CLP_TRY(clp_opencl_level_kernels(coarse, KIT_GALERKIN, false, &kernels));
    clp_arguments arguments = {.kernel = kernels->kernel[kernel], .precision = coarse->base.precision};
    clp_argument_buffer(&arguments, ((const opencl_field *)from)->buffer);
    clp_argument_buffer(&arguments, ((const opencl_field *)to)->buffer);
    clp_argument_buffer(&arguments, transfer->weight);
    clp_argument_size(&arguments, elements_of(&coarse->base.layout));
    clp_argument_layout(&arguments, &transfer->base.fine->layout);
    clp_argument_layout(&arguments, &coarse->base.layout);
    return clp_opencl_launch_rows(coarse, &arguments, name, &to->level->layout);
}

clp_status clp_opencl_galerkin_restrict(const opencl_transfer *transfer, const clp_field *fine,
                                        clp_field *coarse)
{
    return move(transfer, KERNEL_GALERKIN_RESTRICT, "galerkin_restrict", fine, coarse);
}

clp_status clp_opencl_galerkin_prolong(const opencl_transfer *transfer, const clp_field *coarse,
                                       clp_field *fine)
{
    return move(transfer, KERNEL_GALERKIN_PROLONG, "galerkin_prolong", coarse, fine);
}

/* ---- solving at once ---- */

/* An array of the level, brought to the host. */
static clp_status read_array(opencl_level *level, cl_mem buffer, size_t array, double *values)
{
    const clp_layout *layout = &level->base.layout;
    void *raw = malloc(layout->bytes);
    if (!raw) return clp_fail_host_memory(layout->bytes);
    cl_int code = clEnqueueReadBuffer(level->device->queue, buffer, CL_TRUE, array * layout->bytes,
                                      layout->bytes, raw, 0, NULL, NULL);
    for (size_t row = 0; row < clp_layout_rows(layout); row++)
        for (size_t i = 0; i < layout->nodes[0]; i++) {
            size_t at = clp_layout_row(layout, row) + i;
            values[row * layout->nodes[0] + i] = layout->element_bytes == sizeof(float)
                                                     ? (double)((const float *)raw)[at]
                                                     : ((const double *)raw)[at];
        }
    free(raw);
    return clp_opencl_check(&level->device->base.info, "clEnqueueReadBuffer", code);
}

/* Whole stencils from one half of the couplings, the leaks (behind the last) and the inverse diagonal (behind
 * those). */
static void fill_stencils(const opencl_level *level, const double *arrays, double *stencil)
{
    const clp_operator *op = &level->base.op;
    size_t size = clp_grid_node_count(&op->grid), count = array_count(&level->base.layout);
    int half = (int)count - 1, points = clp_galerkin_points(op);
    for (size_t p = 0; p < size; p++) {
        bool held = arrays[count * size + p] == 0;
        double sum = arrays[(size_t)half * size + p], *centre = stencil + p * (size_t)points + half;
        for (int h = 0; h < half && !held; h++) {
            size_t before = clp_offset_node(op, p, half - 1 - h),
                   behind = clp_offset_node(op, p, half + 1 + h);
            double forth = behind != SIZE_MAX ? arrays[(size_t)h * size + p] : 0;
            double back = before != SIZE_MAX ? arrays[(size_t)h * size + before] : 0;
            centre[1 + h] = -forth;
            centre[-1 - h] = -back;
            sum += forth + back;
        }
        *centre = held ? 0 : sum;
    }
}

clp_status clp_opencl_factor(clp_level *level)
{
    opencl_level *made = (opencl_level *)level;
    if (!level->op.galerkin) return clp_opencl_separable_factor(made);
    size_t size = clp_grid_node_count(&level->op.grid), count = array_count(&level->layout);
    double *arrays = calloc((count + 1) * size, sizeof *arrays),
           *inverse = calloc(size * size, sizeof *inverse);
    double *stencil = calloc(size * (size_t)clp_galerkin_points(&level->op), sizeof *stencil);
    clp_status status = CLP_OK;
    if (!arrays || !inverse || !stencil) status = clp_fail_host_memory(size * size * sizeof *inverse);
    for (size_t i = 0; i < count && status == CLP_OK; i++)
        status = read_array(made, made->couplings, i, arrays + i * size);
    if (status == CLP_OK)
        status = read_array(made, ((opencl_field *)made->network[NETWORK_INVERSE])->buffer, 0,
                            arrays + count * size);
    if (status == CLP_OK) fill_stencils(made, arrays, stencil);
    if (status == CLP_OK) status = clp_galerkin_inverse(&level->op, stencil, inverse);
    if (status == CLP_OK) {
        /* the couplings count in units of the diagonal */
        for (size_t i = 0; i < size * size; i++) inverse[i] /= level->op.diagonal;
        clp_opencl_buffer_destroy(made->device, made->direct);
        made->direct = NULL;
        status = clp_opencl_upload_reals(made->device, level->precision, inverse, size * size, &made->direct);
    }
    free(arrays);
    free(inverse);
    free(stencil);
    return status;
}

clp_status clp_opencl_solve_direct(clp_field *u, const clp_field *q)
{
    opencl_kernels *kernels;
    opencl_level *level = (opencl_level *)u->level;
    if (!level->base.op.galerkin) return clp_opencl_separable_solve(u, q);
    CLP_TRY(clp_opencl_level_kernels(level, KIT_GALERKIN, false, &kernels));
    clp_arguments arguments = {.kernel = kernels->kernel[KERNEL_DENSE], .precision = level->base.precision};
    clp_argument_buffer(&arguments, level->direct);
    clp_argument_buffer(&arguments, ((const opencl_field *)q)->buffer);
    clp_argument_buffer(&arguments, ((opencl_field *)u)->buffer);
    clp_argument_layout(&arguments, &level->base.layout);
    return clp_opencl_launch_nodes(level->device, &arguments, "dense", &level->base.layout);
}
