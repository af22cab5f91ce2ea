/* SPDX-License-Identifier: MIT */
#include "backend/backend.h"

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
    static const char *const names[] = {"auto", "single", "double"};
    return (unsigned)precision < sizeof names / sizeof *names ? names[precision] : "unknown";
}

clp_norms clp_norms_from_sums(double largest, double squares, double field, double scale)
{
    /* A maximum can lose a NaN, a sum cannot. */
    if (!isfinite(squares)) return (clp_norms){.largest = squares, .two = squares, .field = squares};
    return (clp_norms){.largest = largest, .two = sqrt(squares) * scale, .field = field};
}

static bool fits(const clp_layout *layout, size_t fields, unsigned long long largest,
                 unsigned long long total)
{
    return (!largest || layout->bytes <= largest) &&
           (!total || (double)layout->bytes * (double)fields <= (double)total);
}

/* The largest grid of about the same shape that fits; a plate too thin to shrink in both axes gets shorter.
 */
static clp_grid largest_grid(const clp_layout *layout, size_t fields, unsigned long long largest,
                             unsigned long long total)
{
    clp_grid grid;
    clp_layout shrunk = *layout;
    for (double factor = 1; !fits(&shrunk, fields, largest, total) && factor > 1e-12; factor *= 0.99) {
        double side = sqrt(factor);
        int thin = layout->nodes[1] < layout->nodes[0],
            both = (double)layout->nodes[thin] * side >= CLP_NODES_MIN;
        for (int axis = 0; axis < CLP_AXES; axis++) {
            double scaled = (double)layout->nodes[axis] * (both ? side : axis == thin ? 1 : factor);
            grid.nodes[axis] = scaled < CLP_NODES_MIN ? CLP_NODES_MIN : (size_t)scaled;
        }
        if (clp_layout_init(&shrunk, &grid, layout->element_bytes) != CLP_OK) break;
    }
    return grid;
}

clp_status clp_backend_check_memory(const clp_layout *layout, size_t fields, unsigned long long largest,
                                    unsigned long long total, const char *device_name)
{
    if (fits(layout, fields, largest, total)) return CLP_OK;
    clp_grid grid = largest_grid(layout, fields, largest, total);
    bool one = largest && layout->bytes > largest;
    double needed = one ? (double)layout->bytes : (double)layout->bytes * (double)fields;
    unsigned long long available = one ? largest : total;
    char need_text[32], have_text[32];
    return clp_fail(
        CLP_ERROR_MEMORY,
        "%zu x %zu nodes need %.0f bytes (%s) in %s on %s, which has %llu bytes (%s) %s; the largest grid "
        "of this shape that fits has %zu x %zu nodes",
        layout->nodes[0], layout->nodes[1], needed,
        clp_bytes_text((unsigned long long)needed, need_text, sizeof need_text), one ? "one buffer" : "all",
        device_name, available, clp_bytes_text(available, have_text, sizeof have_text),
        one ? "as its largest allocation" : "of memory", grid.nodes[0], grid.nodes[1]);
}
