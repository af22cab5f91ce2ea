/* SPDX-License-Identifier: MIT */
#include "backend/backend.h"

#include "base/checked.h"
#include "base/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const clp_backend *const backends[] = {&clp_opencl_backend, &clp_reference_backend};
enum { BACKENDS = sizeof backends / sizeof *backends };

const char *const *clp_backend_names(void)
{
    static const char *names[BACKENDS + 1];
    for (int i = 0; i < BACKENDS; i++) names[i] = backends[i]->name;
    return names;
}

clp_status clp_device_open(const clp_device_options *options, clp_device **device)
{
    static const clp_device_options defaults;
    if (!options) options = &defaults;
    const char *name = options->backend ? options->backend : backends[0]->name;
    *device = NULL;
    for (int i = 0; i < BACKENDS; i++)
        if (strcmp(name, backends[i]->name) == 0) return backends[i]->open(options, device);
    const char *nearest = clp_nearest(name, clp_backend_names(), BACKENDS);
    return clp_fail(CLP_ERROR_INPUT, "there is no backend '%s'; choose %s", name,
                    nearest ? nearest : "opencl or reference");
}

void clp_device_close(clp_device *device)
{
    if (device) device->backend->close(device);
}

const clp_device_info *clp_device_get_info(const clp_device *device)
{
    return &device->info;
}

const char *clp_device_type_name(clp_device_type type)
{
    static const char *const names[] = {"cpu", "gpu", "accelerator", "other"};
    return (unsigned)type < sizeof names / sizeof *names ? names[type] : "other";
}

const char *clp_precision_name(clp_precision precision)
{
    static const char *const names[] = {"auto", "single", "double", "mixed"};
    return (unsigned)precision < sizeof names / sizeof *names ? names[precision] : "unknown";
}

clp_precision clp_precision_named(const char *name)
{
    for (clp_precision p = CLP_PRECISION_SINGLE; p <= CLP_PRECISION_MIXED; p++)
        if (strcmp(name, clp_precision_name(p)) == 0) return p;
    return CLP_PRECISION_AUTO;
}

clp_norms clp_norms_from_sums(double largest, double squares, double field, double scale)
{
    /* A maximum can lose a NaN, a sum cannot. */
    if (!isfinite(squares)) return (clp_norms){.largest = squares, .two = squares, .field = squares};
    return (clp_norms){.largest = largest, .two = sqrt(squares) * scale, .field = field};
}

clp_status clp_field_fill_in_blocks(clp_field *field, clp_fill_columns fill, const void *context)
{
    const clp_layout *layout = &field->level->layout;
    size_t nx = layout->nodes[0], rows = clp_layout_rows(layout);
    size_t block = clp_min(rows, clp_max((1 << 17) / nx, 1)); /* about a MB */
    double *values = malloc(nx * block * sizeof *values);
    clp_status status = CLP_OK;
    if (!values) return clp_fail_host_memory(nx * block * sizeof *values);
    for (size_t row = 0; row < rows && status == CLP_OK; row += block) {
        size_t now = clp_min(block, rows - row);
#pragma omp parallel for schedule(static)
        for (size_t r = 0; r < now; r++)
            for (size_t i = 0; i < nx; i += CLP_FILL_COLUMNS)
                fill(context, row + r, i, clp_min(nx - i, CLP_FILL_COLUMNS), values + r * nx + i);
        status = field->level->device->backend->field_write(field, row, now, values);
    }
    free(values);
    return status;
}

/* Where all nodes have one diagonal, the first sweep from 0 is a product. */
clp_status clp_sweep_from_zero(clp_field *u, clp_field *scratch, const clp_field *q, const double *weights,
                               size_t count)
{
    const clp_operator *op = &u->level->op;
    const clp_backend *backend = u->level->device->backend;
    bool plain = !op->network && !op->galerkin;
    if (!plain) {
        CLP_TRY(backend->clear(u));
        return backend->sweep(u, scratch, q, weights, count);
    }
    CLP_TRY(backend->combine(u, weights[0] / op->diagonal, q, 0));
    return count > 1 ? backend->sweep(u, scratch, q, weights + 1, count - 1) : CLP_OK;
}

clp_status clp_sweep_adding_in_steps(clp_field *u, clp_field *scratch, const clp_field *q,
                                     const double *weights, size_t count, clp_field *sum, double factor)
{
    const clp_backend *backend = u->level->device->backend;
    CLP_TRY(backend->combine(sum, factor, u, 1));
    return backend->sweep(u, scratch, q, weights, count);
}

clp_status clp_smooth_restrict_in_steps(const clp_transfer *transfer, clp_field *u, clp_field *scratch,
                                        const clp_field *q, const double *weights, size_t count,
                                        clp_field *coarse)
{
    const clp_backend *backend = transfer->fine->device->backend;
    CLP_TRY(clp_sweep_from_zero(u, scratch, q, weights, count));
    CLP_TRY(backend->residual(u, q, scratch));
    return backend->restrict_field(transfer, scratch, coarse);
}

bool clp_steps_need_scratch(const clp_transfer *transfer, size_t count, const clp_level *total)
{
    (void)transfer, (void)count, (void)total;
    return true;
}

clp_status clp_prolong_smooth_in_steps(const clp_transfer *transfer, const clp_field *coarse, clp_field *u,
                                       clp_field *scratch, const clp_field *q, const double *weights,
                                       size_t count, double factor, clp_field *total)
{
    const clp_backend *backend = transfer->fine->device->backend;
    CLP_TRY(backend->prolong_add(transfer, coarse, u));
    CLP_TRY(backend->sweep(u, scratch, q, weights, count));
    return total ? backend->combine(total, factor, u, 1) : CLP_OK;
}
