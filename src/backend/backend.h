/* SPDX-License-Identifier: MIT */
/*
 * What a backend is: the numerical operations on the fields of one grid, behind one table.
 *
 * An operation is coarse (sweeps, norms), never a raw device call, so that fusing is the backend's private
 * matter. Operations return when the work is queued; those that give scalars or host arrays wait for it.
 * Arguments have been checked by the caller: fields belong to the level, counts are not 0.
 */
#ifndef CLP_BACKEND_BACKEND_H
#define CLP_BACKEND_BACKEND_H

#include "backend/formula.h"
#include "backend/operator.h"
#include "backend/tuning.h"
#include "base/status.h"
#include "grid/layout.h"

#include <clpoisson/device.h>

typedef struct clp_backend clp_backend;
typedef struct clp_level clp_level;
typedef struct clp_field clp_field;
typedef struct clp_transfer clp_transfer;

/*
 * Norms over the unknown nodes. NaN anywhere in the field shows as NaN or infinity in every one of them. In
 * `largest` a residual counts relative to clp_operator_measure, in a network.
 */
typedef struct clp_norms {
    double largest; /* max |r| / measure, or max |u - v| */
    double two;     /* sqrt(sum r^2), or sqrt(sum (u - v)^2) */
    double field;   /* max |u| */
} clp_norms;

/* An opened device. Backends extend it: this is their first member. */
struct clp_device {
    const clp_backend *backend;
    clp_device_info info;
    double compile_seconds; /* spent in building kernels so far */
};

/* An operator made ready on a device (kernels, scratch memory). Backends extend it. */
struct clp_level {
    clp_device *device;
    clp_operator op;
    clp_layout layout;
    clp_precision precision; /* single or double */
    size_t sweeps_per_pass;  /* sweeps that one pass over memory does */
    const char *sweep;       /* the name of its variant of the sweep; NULL where there is one only */
};

/* Values on the nodes of a level, in the device's memory. Backends extend it. */
struct clp_field {
    clp_level *level;
};

/* The way from a level to a coarser one of the same box and precision, and back. Backends extend it. The
 * coarse level must outlive it. */
struct clp_transfer {
    clp_level *fine, *coarse;
};

/* Makes values of a row, counted through all planes, from a column on; called by several threads at once. */
typedef void (*clp_fill_columns)(const void *context, size_t row, size_t first, size_t count, double *values);
enum { CLP_FILL_COLUMNS = 512 }; /* at a time, at most */

/* What a caller will allocate. */
typedef struct clp_memory_use {
    size_t fields;              /* on the device, coefficients of a network included */
    double bytes_per_node;      /* on the device, beside the fields: coarser levels */
    double largest_per_node;    /* bytes of the largest buffer beside the fields */
    size_t host_bytes_per_node; /* on the host, beside the fields */
} clp_memory_use;

enum { CLP_CHAIN = 256 };

enum { CLP_BOXES_MOST = 26 };

/* A multiple of what fused sweeps do in a pass: for counts that must not depend on the device. */
enum { CLP_SWEEPS_TOGETHER = 32 };

struct clp_backend {
    const char *name;
    const char *summary; /* for --help */

    clp_status (*open)(const clp_device_options *options, clp_device **device);
    void (*close)(clp_device *device);

    /* Names of the variants of the sweep, NULL-terminated; the first is what runs everywhere. */
    const char *const *sweep_variants;

    /*
     * CLP_ERROR_MEMORY if that use of a grid does not fit the device and the host, CLP_ERROR_UNSUPPORTED if
     * the device has not that precision. To be asked before anything large is made.
     */
    clp_status (*fits)(clp_device *device, const clp_grid *grid, clp_precision precision,
                       const clp_memory_use *use);

    /*
     * Builds kernels for an operator and brings its network, if it has one, to the device; the network must
     * outlive the level. `sweep_variant` is one of the names above, or NULL for the device's best.
     */
    clp_status (*level_create)(clp_device *device, const clp_operator *op, clp_precision precision,
                               const char *sweep_variant, clp_level **level);
    void (*level_destroy)(clp_level *level);

    /* A field of zeros. */
    clp_status (*field_create)(clp_level *level, clp_field **field);
    void (*field_destroy)(clp_field *field);

    /* Rows [row, row + rows), counted through all planes, from and to host values of shape [rows][nodes[0]],
     * rounded to the level's precision. */
    clp_status (*field_write)(clp_field *field, size_t row, size_t rows, const double *values);
    clp_status (*field_read)(clp_field *field, size_t row, size_t rows, double *values);

    /* Boxes of nodes, one after the other, packed in the level's precision, x fastest, from and to the host:
     * what neighbours exchange. CLP_BOXES_MOST of them at most. */
    clp_status (*boxes_read)(const clp_field *field, const clp_box *boxes, size_t count, void *packed);
    clp_status (*boxes_write)(clp_field *field, const clp_box *boxes, size_t count, const void *packed);

    /* A box of nodes to another field of the same precision, of another level perhaps, from its node `to` on.
     */
    clp_status (*box_copy)(const clp_field *from, const clp_box *box, clp_field *field,
                           const size_t to[CLP_AXES]);

    /* Memory of the host through which boxes of a level's fields come and go fastest. To be asked for once;
     * the level's own, to the end. What is written out of it may be on its way until boxes are next
     * read of any level of the device. */
    clp_status (*staging)(clp_level *level, size_t bytes, void **room);

    /* Held nodes take what host values of the grid's shape have there, rounded likewise. */
    clp_status (*hold)(clp_field *u, const double *values);

    /* All nodes by a function of the host, rounded likewise: without an array of them where the field lies in
     * the host's memory. */
    clp_status (*field_fill)(clp_field *field, clp_fill_columns fill, const void *context);

    /*
     * The sweep: count times u <- u + w[k] / D (q - A u). The result is in `u`; `scratch` (a field of the
     * same level) is overwritten, and after a single sweep (count = 1) holds the u from before. q may be
     * NULL, for 0.
     */
    clp_status (*sweep)(clp_field *u, clp_field *scratch, const clp_field *q, const double *weights,
                        size_t count);

    /* Likewise, and before that factor u is added to `sum`, another field of the level: on held sides and the
     * nodes next to them, elsewhere as well or not. */
    clp_status (*sweep_adding)(clp_field *u, clp_field *scratch, const clp_field *q, const double *weights,
                               size_t count, clp_field *sum, double factor);

    /*
     * Relaxation: count times, for one colour of nodes after the other, the sweep's formula with one weight,
     * each colour seeing the one before. Red-black Gauss-Seidel with weight 1, over-relaxed above 1. The
     * result is in `u`; `scratch` is as after a sweep. q may be NULL.
     */
    clp_status (*relax)(clp_field *u, clp_field *scratch, const clp_field *q, double weight, size_t count);

    /* r = q - A u, and 0 on held nodes. q may be NULL; r is another field than u and q. */
    clp_status (*residual)(const clp_field *u, const clp_field *q, clp_field *r);

    /* y = a x + b y on all nodes; with b = 0 what y held does not matter. x may belong to a level of the same
     * grid in another precision; the sum is rounded to y's. */
    clp_status (*combine)(clp_field *y, double a, const clp_field *x, double b);

    /* y = x, then CLP_CHAIN times y <- a y + b, on all nodes: to measure what a device computes. */
    clp_status (*chain)(clp_field *y, const clp_field *x, double a, double b);

    /*
     * The sum of x y over the unknowns, weighted by the parts of their control volumes where there is no
     * network: the inner product in which A is symmetric. x (in the units of u) may be of another precision
     * than y (in those of q).
     */
    clp_status (*dot)(const clp_field *x, const clp_field *y, double *sum);

    /* u.A u of a network, which must be 0 on held nodes: a sum of what edges and shunts take, none of it
     * below 0. */
    clp_status (*energy)(const clp_field *u, double *energy);

    /* For levels without a network; see backend/transfer.h. Destroys those of coarsen() as well. */
    clp_status (*transfer_create)(clp_level *fine, clp_level *coarse, clp_transfer **transfer);
    void (*transfer_destroy)(clp_transfer *transfer);

    /*
     * A coarser level by Galerkin's principle, P^T A P, from one with a network or one made so itself, and
     * the way there. `coarse` is what clp_operator_coarsen_galerkin() gave. P is black-box interpolation (J.
     * E. Dendy, J. Comput. Phys. 48, 1982). On a level made so only fields, sweeps, residuals and transfers
     * are for use.
     */
    clp_status (*coarsen)(clp_level *fine, const clp_operator *coarse, clp_level **level,
                          clp_transfer **transfer);

    /* A level like one made so, on another grid and with coefficients of 0; only coefficients_write, fields,
     * sweeps, residuals, coarsen and factor are for it. */
    clp_status (*level_like)(clp_level *like, const clp_operator *op, clp_level **level);

    /* Coefficients of a level made so, in a box of nodes, packed as in boxes_read, array after array; how
     * many arrays there are. */
    size_t (*coefficient_arrays)(const clp_level *level);
    clp_status (*coefficients_read)(const clp_level *level, const clp_box *box, void *packed);
    clp_status (*coefficients_write)(clp_level *level, const clp_box *box, const void *packed);

    /* Prepares a small level made so, or one that is separable (backend/separable.h), for solve_direct.
     * CLP_ERROR_MEMORY. */
    clp_status (*factor)(clp_level *level);

    /* u = A^-1 q, on a level that is prepared; of a singular A a pseudo-inverse. */
    clp_status (*solve_direct)(clp_field *u, const clp_field *q);

    /* The coarse field from the fine one; 0 on held nodes, as the fine one must be and residuals are. */
    clp_status (*restrict_field)(const clp_transfer *transfer, const clp_field *fine, clp_field *coarse);

    /* The fine field plus the interpolated coarse one, which must be 0 on held nodes. */
    clp_status (*prolong_add)(const clp_transfer *transfer, const clp_field *coarse, clp_field *fine);

    /*
     * The half of a cycle down to a coarser level: u from 0 by sweeps as above, then the restricted q - A u
     * into `coarse`. q must be 0 on held nodes. `scratch` is overwritten.
     */
    clp_status (*smooth_restrict)(const clp_transfer *transfer, clp_field *u, clp_field *scratch,
                                  const clp_field *q, const double *weights, size_t count, clp_field *coarse);

    /* And back: u plus the interpolated coarse field, which must be 0 on held nodes, then sweeps. Where there
     * is a `total`, of the same grid, factor u is added to it, and what u holds then is not to be used. */
    clp_status (*prolong_smooth)(const clp_transfer *transfer, const clp_field *coarse, clp_field *u,
                                 clp_field *scratch, const clp_field *q, const double *weights, size_t count,
                                 double factor, clp_field *total);

    /* Whether these two overwrite `scratch` at that count of sweeps, with fields of a level (NULL: none) as
     * the total; where not, it may be NULL. */
    bool (*needs_scratch)(const clp_transfer *transfer, size_t count, const clp_level *total);

    /* All nodes 0. */
    clp_status (*clear)(clp_field *u);

    /* The formula's value on every node of the level's grid at time t, in the level's precision; NaN where it
     * has none. */
    clp_status (*evaluate)(clp_field *field, const clp_formula *formula, double t);

    /* Norms of r = q - A u, without storing it. */
    clp_status (*residual_norms)(const clp_field *u, const clp_field *q, clp_norms *norms);

    /* Likewise, and factor r into a field of the same grid, in that one's precision. */
    clp_status (*defect)(const clp_field *u, const clp_field *q, double factor, clp_field *r,
                         clp_norms *norms);

    /* Norms of u - v. */
    clp_status (*change_norms)(const clp_field *u, const clp_field *v, clp_norms *norms);

    /* What tuning chooses from, NULL-named at the end; NULL: there is nothing to tune. */
    const clp_parameter *parameters;

    /* Whether a variant of the sweep may be the fastest on a device. */
    bool (*is_worth_trying)(const clp_device *device, const char *variant);

    /* Whether two ways to run a kind come to the same: a choice may be what the default is. */
    bool (*runs_alike)(const clp_device *device, clp_tuning_kind kind, const clp_tuning *a,
                       const clp_tuning *b);

    /* Levels of a kind are made so from now on. */
    void (*tune)(clp_device *device, clp_tuning_kind kind, const clp_tuning *tuning);
    clp_tuning (*tuned)(const clp_device *device, clp_tuning_kind kind);

    /* Writes what was set for when the device is opened again; *path receives where. Where nothing is, what
     * was written before is removed. CLP_ERROR_FILE. */
    clp_status (*tuning_keep)(clp_device *device, char *path, size_t path_size);

    /* Waits until everything queued is done. */
    clp_status (*finish)(clp_device *device);

    /* Remembers what was queued so far; whether what was last remembered is done, without waiting. */
    clp_status (*mark)(clp_device *device);
    clp_status (*has_reached)(clp_device *device, bool *reached);
};

extern const clp_backend clp_opencl_backend;
extern const clp_backend clp_reference_backend;

/* field_fill by field_write. CLP_ERROR_MEMORY. */
clp_status clp_field_fill_in_blocks(clp_field *field, clp_fill_columns fill, const void *context);

/* Sweeps from u = 0, of a q that is 0 on held nodes. */
clp_status clp_sweep_from_zero(clp_field *u, clp_field *scratch, const clp_field *q, const double *weights,
                               size_t count);

/* sweep_adding, smooth_restrict and prolong_smooth by the operations that they are made of. */
clp_status clp_sweep_adding_in_steps(clp_field *u, clp_field *scratch, const clp_field *q,
                                     const double *weights, size_t count, clp_field *sum, double factor);
clp_status clp_smooth_restrict_in_steps(const clp_transfer *transfer, clp_field *u, clp_field *scratch,
                                        const clp_field *q, const double *weights, size_t count,
                                        clp_field *coarse);
clp_status clp_prolong_smooth_in_steps(const clp_transfer *transfer, const clp_field *coarse, clp_field *u,
                                       clp_field *scratch, const clp_field *q, const double *weights,
                                       size_t count, double factor, clp_field *total);
bool clp_steps_need_scratch(const clp_transfer *transfer, size_t count, const clp_level *total);

/* Bytes of a value in a precision. */
static inline size_t clp_precision_bytes(clp_precision precision)
{
    return precision == CLP_PRECISION_SINGLE ? sizeof(float) : sizeof(double);
}

/* The precision of a name; auto where there is none. */
clp_precision clp_precision_named(const char *name);

/* Unit round-off of a precision. */
static inline double clp_precision_epsilon(clp_precision precision)
{
    return precision == CLP_PRECISION_SINGLE ? 0x1p-24 : 0x1p-53;
}

/* Puts raw sums into norms: `largest` and `field` as they are, `squares` of values divided by `scale`. */
clp_norms clp_norms_from_sums(double largest, double squares, double field, double scale);

/* The memory there is. 0 stands for what is not known. */
typedef struct clp_memory_limits {
    const char *device_name;
    unsigned long long largest; /* bytes of a single buffer */
    unsigned long long total;   /* of all fields */
    unsigned long long host;    /* of the host */
    bool shared;                /* fields lie in the host's memory too */
} clp_memory_limits;

/* Bytes of the largest buffer of a use. */
double clp_memory_largest(const clp_layout *layout, const clp_memory_use *use);

/*
 * CLP_ERROR_MEMORY if what is to be allocated does not fit: the message tells needed and available bytes, and
 * the largest grid of the same shape that fits.
 */
clp_status clp_backend_check_memory(const clp_layout *layout, const clp_memory_use *use,
                                    const clp_memory_limits *limits);

#endif
