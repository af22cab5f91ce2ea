/* SPDX-License-Identifier: MIT */
/* From what the user declares to the operator, the right-hand side and the first field. */
#ifndef CLP_PROBLEM_ASSEMBLE_H
#define CLP_PROBLEM_ASSEMBLE_H

#include "problem/sample.h"
#include "transport/transport.h"

#include <clpoisson/problem.h>

/* Who holds a node: a side (its number), a region (6 + its index), or nobody. */
enum { CLP_HOLDER_REGION = CLP_SIDES, CLP_HOLDER_NONE = 0xffff };

/* An edge that ends at the outline of an electrode before it reaches the next node. */
typedef struct clp_cut {
    size_t node;            /* where it begins */
    double conductance;     /* g / theta, as in the network; part of the node's shunt */
    double value;           /* what the electrode holds there */
    double point[CLP_AXES]; /* where that is */
    uint16_t holder;
} clp_cut;

typedef struct clp_cuts {
    clp_cut *list;
    size_t count, capacity;
} clp_cuts;

/*
 * Everything that a user can declare becomes this here and nowhere else. All arrays have the shape of the
 * grid and belong to the assembly, which must stay where it is: op points to its network.
 */
typedef struct clp_assembly {
    clp_operator op;
    clp_network network;
    clp_sampler sampler;
    clp_ranks *ranks; /* that have the other parts; NULL: there are none */
    double *source;   /* q, in the operator's units; NULL: 0 everywhere */
    double *values;   /* first guess, held nodes in place; floating electrodes are held at 0 */
    uint16_t *holder; /* of a network's nodes; NULL without one: those of held sides */
    clp_cuts cuts;
    double *side_feed[CLP_SIDES];  /* what a side feeds its nodes with, as in q, [slower][faster axis]; may be
                                      NULL */
    double *side_shunt[CLP_SIDES]; /* what it drains them by, as in the network's shunts; may be NULL */
    double held_low, held_high;    /* range of the held values; low > high where nothing is held */
    bool singular;                 /* any constant may be added to the solution */
    double imbalance;              /* of a singular problem: what was taken from the sources, per volume */
    double time;                   /* t */
    bool in_time;                  /* to be stepped: there is a capacity, and nothing need balance */
    double capacity;               /* of every node, without a network */
    double *mass;                  /* in a network: of the node's control volume, over that of a whole one */
    bool undriven; /* no source, no flux, no ambient, no reaction: no value leaves the held range */
} clp_assembly;

/* What solving the problem needs besides u and a scratch field: fields on the device, bytes per node on the
 * host. To be asked before anything large is allocated. */
typedef struct clp_assembly_need {
    size_t fields, host_bytes_per_node;
} clp_assembly_need;

clp_assembly_need clp_assembly_needs(const clp_problem *problem);

/* Assembles a checked problem; the device may help with it, NULL: none is there to. Errors: CLP_ERROR_INPUT
 * names the place of a bad coefficient; CLP_ERROR_MEMORY. */
clp_status clp_assemble(const clp_problem *problem, clp_device *device, clp_assembly *assembly);

/* Likewise for stepping in time from t = 0 on; checked by clp_problem_check_in_time. */
clp_status clp_assemble_in_time(const clp_problem *problem, clp_device *device, clp_assembly *assembly);

/* Brings what depends on t to another time: source, held values, those of cuts, what sides feed. Errors:
 * CLP_ERROR_INPUT names a place without a finite value; CLP_ERROR_MEMORY. */
clp_status clp_assembly_move(const clp_problem *problem, double time, clp_assembly *assembly);

void clp_assembly_finish(clp_assembly *assembly);

/* Whether nothing but constants and whole sides is declared, so that the operator needs no network. */
bool clp_problem_is_plain(const clp_problem *problem);
bool clp_problem_is_plain_in_time(const clp_problem *problem);

/* Tells of regions of which the assembly has nothing: neither cells nor held nodes nor cuts. Errors:
 * CLP_ERROR_MEMORY. */
clp_status clp_note_lost_regions(const clp_problem *problem, const clp_assembly *assembly);

/* ---- what the files of assembling share ---- */

/* Fills holder and cuts with what regions and materials hold. */
clp_status clp_electrodes_find(const clp_problem *problem, clp_assembly *assembly);

/* Adds a cut, or gives an error of memory. */
clp_status clp_cuts_add(clp_cuts *cuts, clp_cut cut);

/* The region's held value at a node or a point; 0 for a floating one. */
clp_status clp_electrode_value(const clp_problem *problem, size_t region, double time,
                               const double point[CLP_AXES], double *value);

/* Conductances of the network's edges, from the conductivity of the cells. */
clp_status clp_conductances_fill(const clp_problem *problem, const clp_sampler *sampler,
                                 clp_network *network);

/* Sources (into assembly->source) and reaction (into its network's shunt) per volume, with those of sides;
 * NULL where 0 everywhere. Arrays that are there already are written over. */
clp_status clp_sources_create(const clp_problem *problem, clp_assembly *assembly);
clp_status clp_shunts_create(const clp_problem *problem, clp_assembly *assembly);

/* Per whole control volume in a network, with what cuts feed; 0 on held nodes. */
clp_status clp_sources_finish(const clp_problem *problem, clp_assembly *assembly);

/* The capacity of control volumes, of a network (into assembly->mass). */
clp_status clp_mass_create(const clp_problem *problem, clp_assembly *assembly);

/* First guess, then the values that sides and electrodes hold; those alone. */
clp_status clp_values_create(const clp_problem *problem, clp_assembly *assembly);
clp_status clp_values_hold(const clp_problem *problem, clp_assembly *assembly);

#endif
