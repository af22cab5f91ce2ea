/* SPDX-License-Identifier: MIT */
#include "app/launch.h"

#include "app/options.h"
#include "app/terminal.h"
#include "app/threads.h"

#include <math.h>
#include <unistd.h>

static char **own_arguments;

void app_launch_init(char **arguments)
{
    own_arguments = arguments;
}

static size_t most_processes(void)
{
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);
    const size_t least = 16, wanted = processors > 0 ? 4 * (size_t)processors : least;
    return wanted < least ? least : wanted > CLP_LAUNCH_MAX ? CLP_LAUNCH_MAX : wanted;
}

int app_launch(size_t count)
{
    int result;
    if (count > most_processes()) {
        app_error(
            "%zu processes are more than this machine has use for; take up to %zu, or several machines and "
            "mpirun",
            count, most_processes());
        return EXIT_USAGE;
    }
    app_share_processors((long)count);
    clp_status status = clp_ranks_launch(count, own_arguments, &result);
    return status == CLP_OK ? result : app_fail(status);
}

/* Nodes of the largest part of so many, halos included, of those of the whole; INFINITY: it has not as many.
 */
static double largest_share(const clp_grid *grid, size_t count)
{
    static const bool periodic[CLP_AXES];
    const int dimensions = clp_grid_dimensions(grid);
    const double halo = dimensions == 3 ? 8 : 32;
    size_t parts[CLP_AXES];
    double share = 1;
    if (clp_grid_divide(grid, periodic, count, parts) != CLP_OK) return INFINITY;
    for (int axis = 0; axis < dimensions; axis++) {
        double nodes = (double)grid->nodes[axis], own = ceil(nodes / (double)parts[axis]) + 2 * halo;
        if (parts[axis] > 1) share *= fmin(own / nodes, 1);
    }
    return share;
}

size_t app_parts_needed(const clp_device_info *device, const clp_grid *grid, const clp_estimate *estimate)
{
    const double limit = (double)device->max_allocation_bytes, memory = (double)device->memory_bytes,
                 padding = 1.05; /* of rows, of which shorter ones have more */
    if (limit <= 0 || (double)estimate->largest_bytes <= limit) return 1;
    for (size_t count = 2; count <= most_processes(); count++) {
        const double share = padding * largest_share(grid, count);
        if (memory > 0 && share * (double)count * (double)estimate->device_bytes > memory) continue;
        if (share * (double)estimate->largest_bytes <= limit) return count;
    }
    return 1;
}
