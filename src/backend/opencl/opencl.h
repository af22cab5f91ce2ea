/* SPDX-License-Identifier: MIT */
/* What the files of the OpenCL backend share. The only header of the project that includes CL/cl.h. */
#ifndef CLP_BACKEND_OPENCL_OPENCL_H
#define CLP_BACKEND_OPENCL_OPENCL_H

#define CL_TARGET_OPENCL_VERSION 120

#include "backend/backend.h"

#include <CL/cl.h>

/* ---- devices ---- */

typedef struct opencl_device {
    clp_device base;
    cl_device_id id;
    cl_context context;
    cl_command_queue queue;
    cl_event mark;                /* clp_backend.mark */
    unsigned long long allocated; /* bytes of live buffers */
    struct opencl_built *built;   /* kernels that its levels share */
    clp_tuning tuned[CLP_TUNING_KINDS];
} opencl_device;

struct clp_device_list {
    struct opencl_entry {
        cl_device_id id;
        clp_device_info info;
    } * entries;
    size_t count;
    char (*notes)[512];
    size_t note_count;
};

/* What a device says of itself. */
void clp_opencl_describe(cl_device_id id, const char *platform, clp_device_info *info);

/* Adds notes on .icd files whose library cannot be loaded. Call it after the loader has loaded its libraries.
 */
void clp_opencl_note_broken_icds(clp_device_list *list);

__attribute__((format(printf, 2, 3))) void clp_device_list_add_note(clp_device_list *list, const char *format,
                                                                    ...);

clp_status clp_opencl_open(const clp_device_options *options, clp_device **device);
void clp_opencl_close(clp_device *device);

/* ---- errors ---- */

/* "CL_OUT_OF_RESOURCES". */
const char *clp_opencl_error_name(cl_int code);

/* CLP_OK, or CLP_ERROR_DEVICE (CLP_ERROR_MEMORY) with the call's text, the code's name and the device. */
clp_status clp_opencl_check(const clp_device_info *info, const char *call, cl_int code);

/* Calls OpenCL and hands an error on; only where nothing is owned. `device` is an opencl_device. */
#define CLP_CL_TRY(device, call) CLP_TRY(clp_opencl_check(&(device)->base.info, #call, call))

/* ---- programs ---- */

typedef struct clp_kernel_file {
    const char *name;
    const char *text;
} clp_kernel_file;

/* The files of kernels/, embedded at build time; common.cl first; NULL-named at the end. */
extern const clp_kernel_file clp_kernel_files[];

/* Builds the named kernel files (NULL-terminated), with text behind them if `appended` is not NULL, into one
 * program, out of the disk cache if it is there. */
clp_status clp_opencl_program(opencl_device *device, const char *const *files, const char *appended,
                              const char *options, cl_program *program);

/* A key of the disk cache. */
typedef struct clp_cache_key {
    unsigned char bytes[16];
} clp_cache_key;

/* The key of `count` texts. */
clp_cache_key clp_cache_key_of(const char *const *texts, size_t count);

/* Finds an entry; NULL if there is none or it is damaged. The caller frees it. */
unsigned char *clp_cache_load(const clp_cache_key *key, size_t *size);

/* Whether there is a folder to keep entries in. */
bool clp_cache_can_store(void);

/* Keeps an entry; failing to is no error. */
void clp_cache_store(const clp_cache_key *key, const unsigned char *data, size_t size);

/* Removes an entry that turned out to be of no use. */
void clp_cache_remove(const clp_cache_key *key);

/* ---- levels ---- */

enum {
    ROWS_PER_ITEM = 8, /* ROWS of rows.cl */
    SWEEPS_MAX = 32,   /* weights of a launch travel as one argument */
    PLANES_MAX = 4,    /* STAGES of sweep_planes.cl */
    STREAM_MAX = 8     /* STAGES of sweep_stream.cl, at most: each takes registers */
};

typedef struct opencl_level opencl_level;

/* How to run an operation on a class of devices. */
typedef struct opencl_tuning {
    const char *sweep;   /* name of a variant */
    size_t sweeps;       /* per pass, where the variant can fuse */
    size_t tile_bytes;   /* of a row of a tile at most, where the variant tiles */
    size_t plane_bytes;  /* of a plane of a tile likewise */
    size_t cache_bytes;  /* that the rows of a tile in use should fit; 0: any number of them */
    size_t rows;         /* per work-item, where a work-item is a vectorised loop; 0: one per node */
    size_t vector_bytes; /* of a vector, where kernels are written in vectors */
    size_t interleave;   /* vectors of a row that a loop works on at a time */
    size_t group[2];     /* items of a group along x and y, where the variant streams */
    size_t layers;       /* of a tile then, along the last axis */
    size_t items;        /* per work-group of the norms */
    size_t lanes;        /* sums per item of the norms */
    size_t groups;       /* of the norms, per compute unit */
} opencl_tuning;

/* What tuning chooses from. */
extern const clp_parameter clp_opencl_parameters[];

/* How to run a kind of problem: the table of device classes, and what was tuned. */
opencl_tuning clp_opencl_tuning(const opencl_device *device, clp_tuning_kind kind);
void clp_opencl_tune(clp_device *device, clp_tuning_kind kind, const clp_tuning *tuning);
bool clp_opencl_is_worth_trying(const clp_device *device, const char *variant);
bool clp_opencl_runs_alike(const clp_device *device, clp_tuning_kind kind, const clp_tuning *a,
                           const clp_tuning *b);
clp_tuning clp_opencl_tuned(const clp_device *device, clp_tuning_kind kind);

/* Reads what was kept of a device, if it is of use. */
void clp_opencl_tuned_load(opencl_device *device);
clp_status clp_opencl_tuning_keep(clp_device *device, char *path, size_t path_size);

/* Fills in what it does not say of sweeps that stream, and makes it fit the device. What groups read again
 * for their halos is a sixteenth in two dimensions by default, and as much as they read at all in three. */
void clp_opencl_tune_stream(opencl_tuning *tuning, const clp_device_info *info, const clp_layout *layout);

enum { SWEEP_FILES = 5 };

/* Sweeps that one launch does. */
typedef struct opencl_pass {
    cl_mem from, to, q; /* q may be NULL */
    const double *weights;
    size_t count;
    bool colored; /* each takes every other node only: even ones first */
    cl_mem sum;   /* what factor `from` is added to, by variants that add; NULL: nothing */
    double factor;
} opencl_pass;

/* A variant of the sweep: a kernel file, and how it is launched. */
typedef struct opencl_sweep {
    const char *name;
    const char *files[SWEEP_FILES]; /* the kernel's, and those before it */
    const char *kernel;
    size_t fuses; /* sweeps that one launch does, at most; 0 counts as 1 */
    bool streams; /* its groups have a shape of their own, known when it is built */
    bool planar;  /* for two dimensions only: through planes in three */
    bool adds;    /* what it begins from to a field beside it */
    clp_status (*launch)(opencl_level *level, const opencl_pass *pass); /* queues it */
} opencl_sweep;

extern const opencl_sweep clp_opencl_sweep_linear, clp_opencl_sweep_nodes, clp_opencl_sweep_rows,
    clp_opencl_sweep_planes, clp_opencl_sweep_stream, clp_opencl_sweep_galerkin;

/* Kernels come in kits, a program each: what every solve needs, and what some methods need. */
typedef enum opencl_kit {
    KIT_SWEEP,
    KIT_DEFECT,
    KIT_CHANGE,
    KIT_RELAX,
    KIT_VECTORS,
    KIT_SEPARABLE,
    KIT_DOT,
    KIT_TRANSFER,
    KIT_SMOOTH,
    KIT_GALERKIN,
    KIT_COARSEN,
    KIT_CHAIN,
    KIT_HOLD,
    KIT_BOXES,
    KITS
} opencl_kit;
enum { KERNELS_MAX = 6 };
enum { KERNEL_RESIDUAL_NORMS, KERNEL_RESIDUAL, KERNEL_SWEEP };
enum { KERNEL_DEFECT };
enum { KERNEL_CHANGE_NORMS };
enum { KERNEL_RELAX };
enum { KERNEL_COMBINE, KERNEL_NORMS_FINISH };
enum { KERNEL_SEPARABLE };
enum { KERNEL_DOT, KERNEL_ENERGY };
enum { KERNEL_RESTRICT, KERNEL_PROLONG };
enum { KERNEL_SMOOTH, KERNEL_RESTRICT_PLANES };
enum {
    KERNEL_GALERKIN_SWEEP,
    KERNEL_GALERKIN_RESIDUAL,
    KERNEL_GALERKIN_RESTRICT,
    KERNEL_GALERKIN_PROLONG,
    KERNEL_DENSE,
    KERNEL_GALERKIN_SWEEPS
};
enum { KERNEL_INTERPOLATION, KERNEL_COARSEN };
enum { KERNEL_CHAIN };
enum { KERNEL_HOLD };
enum { KERNEL_PACK, KERNEL_UNPACK };

/* Arrays of a network, in the order of the kernels' parameters; those that an operator has not are left out.
 */
enum { NETWORK_X, NETWORK_Y, NETWORK_Z, NETWORK_SHUNT, NETWORK_INVERSE, NETWORK_ARRAYS };

/* The kernels of a kit in one variant. */
typedef struct opencl_kernels {
    cl_program program;
    cl_kernel kernel[KERNELS_MAX];
} opencl_kernels;

/* Kernels built on a device stay until it is closed: levels of one kind share them. */
typedef struct opencl_built {
    char *key; /* what tells them from others */
    opencl_kernels kernels;
    struct opencl_built *next;
} opencl_built;

void clp_opencl_built_destroy(opencl_device *device);

/* Boxes whose places a device has; the same ones are asked for again and again. */
typedef struct opencl_boxes {
    clp_box box[CLP_BOXES_MOST];
    size_t count, nodes;
    cl_mem table; /* boxes.cl */
} opencl_boxes;

/* What boxes travel through. */
typedef struct opencl_staging {
    char *room;
    size_t bytes;
    cl_mem pinned; /* that `room` is mapped from; NULL: it is of the host's memory, and so are fields */
    cl_mem packed; /* on the device */
    opencl_boxes boxes[2]; /* what was read last, and written */
} opencl_staging;

struct opencl_level {
    clp_level base;
    opencl_device *device;
    opencl_tuning tuning;
    const opencl_sweep *sweep;
    size_t tile_most;                   /* columns per tile, as far as the kernels go */
    size_t plane_most;                  /* values in a plane of a tile, likewise */
    opencl_kernels *kits[KITS][2];      /* the device's, by variant */
    clp_field *network[NETWORK_ARRAYS]; /* divided by the operator's diagonal */
    cl_mem partial, result;             /* of the norms */
    size_t groups;
    cl_mem held; /* where held nodes are in a buffer; NULL: not asked for yet */
    size_t held_count;
    opencl_staging staging;
    cl_mem direct; /* what solving at once takes: an inverse, or numbers of backend/separable.h */
    /* of levels made by Galerkin's principle: */
    cl_mem couplings;
    const opencl_level *finer;
    unsigned axes; /* bit per axis along which that has other nodes */
};

typedef struct opencl_transfer {
    clp_transfer base;
    cl_mem index, weight; /* the tables of all axes behind one another: tables.cl; or weights: coarsen.cl */
    cl_mem first; /* the first node that each coarse one gathers, outside the box perhaps, along each axis */
    int taps[CLP_AXES];
    bool nested; /* every other node of a row is a coarse one */
} opencl_transfer;

typedef struct opencl_field {
    clp_field base;
    cl_mem buffer;
} opencl_field;

clp_status clp_opencl_level_create(clp_device *device, const clp_operator *op, clp_precision precision,
                                   const char *sweep_variant, clp_level **level);
void clp_opencl_level_destroy(clp_level *level);

/* Whether red-black relaxation is done by the kernel that sweeps: where one launch does both colours, those
 * whose indices add up to an even number first. */
bool clp_opencl_relaxes_by_sweeps(const opencl_level *level);

/* The kernels of a kit in a variant, built when first asked for: of KIT_SWEEP and KIT_RELAX without or with a
 * source term, of KIT_VECTORS, KIT_DOT, KIT_DEFECT and KIT_SMOOTH for another field in single or
 * double precision; the others have one. */
clp_status clp_opencl_level_kernels(opencl_level *level, opencl_kit kit, bool variant,
                                    opencl_kernels **kernels);

/* The kernels that take a source or none: whichever of the two is there already, else the one that is
 * likelier to be asked for later. */
clp_status clp_opencl_level_any_kernels(opencl_level *level, bool sourced, opencl_kernels **kernels);

/* A program for a formula on the fields of a level; the caller releases it. */
clp_status clp_opencl_level_program(opencl_level *level, const char *const *files, const char *formula,
                                    cl_program *program);

/* A buffer, counted in device->allocated. */
clp_status clp_opencl_buffer_create(opencl_device *device, size_t bytes, cl_mem *buffer);
/* Likewise, full of zeros. Whatever the status, *buffer is the caller's to destroy. */
clp_status clp_opencl_buffer_create_zero(opencl_device *device, size_t bytes, cl_mem *buffer);
void clp_opencl_buffer_destroy(opencl_device *device, cl_mem buffer);

/* A buffer that holds data, or numbers in a precision. */
clp_status clp_opencl_upload(opencl_device *device, const void *data, size_t bytes, cl_mem *buffer);
clp_status clp_opencl_upload_reals(opencl_device *device, clp_precision precision, const double *values,
                                   size_t count, cl_mem *buffer);

clp_status clp_opencl_field_create(clp_level *level, clp_field **field);
void clp_opencl_field_destroy(clp_field *field);
clp_status clp_opencl_field_write(clp_field *field, size_t row, size_t rows, const double *values);
clp_status clp_opencl_field_read(clp_field *field, size_t row, size_t rows, double *values);
/* A box of an array of the level's layout (`array` of them stand before it in the buffer) from `write` or to
 * `read`; the other one is NULL. */
clp_status clp_opencl_move_box(const opencl_level *level, cl_mem buffer, size_t array, const clp_box *box,
                               const void *write, void *read);
clp_status clp_opencl_boxes_read(const clp_field *field, const clp_box *boxes, size_t count, void *packed);
clp_status clp_opencl_boxes_write(clp_field *field, const clp_box *boxes, size_t count, const void *packed);
clp_status clp_opencl_box_copy(const clp_field *from, const clp_box *box, clp_field *field,
                               const size_t to[CLP_AXES]);
clp_status clp_opencl_staging(clp_level *level, size_t bytes, void **room);
void clp_opencl_staging_destroy(opencl_level *level);
clp_status clp_opencl_field_fill(clp_field *field, clp_fill_columns fill, const void *context);

clp_status clp_opencl_sweep(clp_field *u, clp_field *scratch, const clp_field *q, const double *weights,
                            size_t count);
clp_status clp_opencl_sweep_adding(clp_field *u, clp_field *scratch, const clp_field *q,
                                   const double *weights, size_t count, clp_field *sum, double factor);
clp_status clp_opencl_relax(clp_field *u, clp_field *scratch, const clp_field *q, double weight,
                            size_t count);
clp_status clp_opencl_residual(const clp_field *u, const clp_field *q, clp_field *r);
clp_status clp_opencl_hold(clp_field *u, const double *values);
clp_status clp_opencl_combine(clp_field *y, double a, const clp_field *x, double b);
clp_status clp_opencl_chain(clp_field *y, const clp_field *x, double a, double b);
clp_status clp_opencl_dot(const clp_field *x, const clp_field *y, double *sum);
clp_status clp_opencl_transfer_create(clp_level *fine, clp_level *coarse, clp_transfer **transfer);
void clp_opencl_transfer_destroy(clp_transfer *transfer);
clp_status clp_opencl_restrict(const clp_transfer *transfer, const clp_field *fine, clp_field *coarse);
clp_status clp_opencl_prolong_add(const clp_transfer *transfer, const clp_field *coarse, clp_field *fine);
clp_status clp_opencl_smooth_restrict(const clp_transfer *transfer, clp_field *u, clp_field *scratch,
                                      const clp_field *q, const double *weights, size_t count,
                                      clp_field *coarse);
clp_status clp_opencl_prolong_smooth(const clp_transfer *transfer, const clp_field *coarse, clp_field *u,
                                     clp_field *scratch, const clp_field *q, const double *weights,
                                     size_t count, double factor, clp_field *total);
bool clp_opencl_needs_scratch(const clp_transfer *transfer, size_t count, const clp_level *total);
clp_status clp_opencl_coarsen(clp_level *fine, const clp_operator *coarse, clp_level **level,
                              clp_transfer **transfer);
clp_status clp_opencl_factor(clp_level *level);
clp_status clp_opencl_level_like(clp_level *like, const clp_operator *op, clp_level **level);
size_t clp_opencl_coefficient_arrays(const clp_level *level);
clp_status clp_opencl_coefficients_read(const clp_level *level, const clp_box *box, void *packed);
clp_status clp_opencl_coefficients_write(clp_level *level, const clp_box *box, const void *packed);
clp_status clp_opencl_solve_direct(clp_field *u, const clp_field *q);
clp_status clp_opencl_separable_factor(opencl_level *level);
clp_status clp_opencl_separable_solve(clp_field *u, const clp_field *q);
clp_status clp_opencl_galerkin_residual(opencl_level *level, cl_mem u, cl_mem q, cl_mem r);
clp_status clp_opencl_galerkin_restrict(const opencl_transfer *transfer, const clp_field *fine,
                                        clp_field *coarse);
clp_status clp_opencl_galerkin_prolong(const opencl_transfer *transfer, const clp_field *coarse,
                                       clp_field *fine);
clp_status clp_opencl_field_clear(clp_field *field);
clp_status clp_opencl_evaluate(clp_field *field, const clp_formula *formula, double t);
/* Reduces what all groups have left in level->partial on the device and brings the three numbers back. */
clp_status clp_opencl_reduce(opencl_level *level, double results[3]);
/* Adds up what they have left there as sums; see sum.cl. */
clp_status clp_opencl_sum(opencl_level *level, double *sum);

clp_status clp_opencl_defect(const clp_field *u, const clp_field *q, double factor, clp_field *r,
                             clp_norms *norms);
clp_status clp_opencl_residual_norms(const clp_field *u, const clp_field *q, clp_norms *norms);
clp_status clp_opencl_energy(const clp_field *u, double *energy);
clp_status clp_opencl_change_norms(const clp_field *u, const clp_field *v, clp_norms *norms);

/* ---- launching ---- */

/* How pipelines over rows are cut into tiles: tiles beside one another, columns and rows of each. */
typedef struct clp_opencl_tiles {
    size_t across, columns, rows;
} clp_opencl_tiles;

/* Of a tile of sweep_planes.cl: columns, rows, planes; and how many tiles there are along each axis. */
typedef struct clp_opencl_plane_tiles {
    size_t nodes[CLP_AXES], count[CLP_AXES];
} clp_opencl_plane_tiles;

/* For tiles that compute `halo` nodes of their neighbours as well. */
clp_opencl_plane_tiles clp_opencl_plane_tiles_of(const opencl_level *level, size_t halo);

/* Sweeps that a pass through planes does. */
size_t clp_opencl_planes_per_pass(const opencl_level *level);

/* Columns of a tile, as far as kernels go. */
size_t clp_opencl_tile_most(size_t bytes, const clp_layout *layout);

/* For tiles that compute `halo` rows of their neighbours as well and have `alive` rows in use at once. As
 * wide as these fit the cache: memory is read in long pieces then. */
clp_opencl_tiles clp_opencl_tiles_of(const opencl_level *level, size_t most, size_t halo, size_t alive);

/* Columns per tile of sweep_rows.cl, which has more rows in use than others, at most. */
size_t clp_opencl_sweep_tile_most(const opencl_level *level);

/* Arguments of a kernel, set one after the other; the first error is kept. */
typedef struct clp_arguments {
    cl_kernel kernel;
    clp_precision precision;
    cl_uint index;
    cl_int error;
} clp_arguments;

/* The arguments that kernels on fields begin with: three buffers, then how the nodes lie in them. */
clp_arguments clp_opencl_arguments(const opencl_level *level, cl_kernel kernel, cl_mem a, cl_mem b, cl_mem c);

void clp_argument_buffer(clp_arguments *arguments, cl_mem buffer);
void clp_argument_size(clp_arguments *arguments, size_t value);
void clp_argument_layout(clp_arguments *arguments, const clp_layout *layout); /* layout_t by value */
void clp_argument_int(clp_arguments *arguments, size_t value);
void clp_argument_real(clp_arguments *arguments, double value);
void clp_argument_reals(clp_arguments *arguments, const double *values, size_t count); /* an array by value */

/* The arguments that such kernels end with: the arrays of the network, if there is one. */
void clp_argument_network(clp_arguments *arguments, const opencl_level *level);

enum { WEIGHTS = 5 };

/* weights_t of the kernels for a sweep of that weight. */
void clp_opencl_weights(const clp_operator *op, double weight, double weights[WEIGHTS]);

/* Queues a kernel with a work-item per node of a layout. */
clp_status clp_opencl_launch_nodes(opencl_device *device, const clp_arguments *arguments, const char *name,
                                   const clp_layout *layout);

/* Likewise, or a work-item per some rows, as the device's tuning has it. */
clp_status clp_opencl_launch_rows(const opencl_level *level, const clp_arguments *arguments, const char *name,
                                  const clp_layout *layout);

/* Likewise for a reduction: the level's groups, of as many items as the device's tuning has. */
clp_status clp_opencl_launch_groups(const opencl_level *level, const clp_arguments *arguments,
                                    const char *name);

/* Queues a kernel whose arguments are set, named in errors. `group` may be NULL. */
clp_status clp_opencl_launch(opencl_device *device, const clp_arguments *arguments, const char *name,
                             cl_uint dimensions, const size_t *global, const size_t *group);

#endif
