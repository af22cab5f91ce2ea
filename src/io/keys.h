/* SPDX-License-Identifier: MIT */
/* The keys of the problem file: one table, from which come the reading, the documentation, the suggestions
 * and what error messages call allowed. To add a key, add a row (and a field of clp_declaration). */
#ifndef CLP_IO_KEYS_H
#define CLP_IO_KEYS_H

#include <clpoisson/problem_file.h>

#include "io/tree.h"

#include <stdbool.h>
#include <stddef.h>

/* Room for a key with everything above it, such as "regions.wire.conductivity", fit for a message. */
enum { CLP_PATH_SIZE = 192 };

/* What a problem file says, before it becomes a problem: what each key gave. Texts stay in the tree that was
 * read. `node` is where it stood; NULL: it was not given. */
typedef struct clp_given_numbers {
    const clp_tree *node;
    size_t count;
    double at[CLP_AXES];
} clp_given_numbers;

typedef struct clp_given_nodes {
    const clp_tree *node;
    size_t count, at[CLP_AXES];
} clp_given_nodes;

typedef struct clp_given_flag {
    const clp_tree *node;
    bool on;
} clp_given_flag;

/* A number, an expression, or the name of a file with an array. */
typedef struct clp_given_value {
    const clp_tree *node;
    char path[CLP_PATH_SIZE];
    clp_value value; /* without array and table */
    const char *file;
    bool table; /* it holds times and values */
} clp_given_value;

typedef struct clp_given_side {
    const clp_tree *entry; /* what names the side */
    const clp_tree *said;  /* what says what happens there; NULL: nothing yet */
    clp_boundary_kind kind;
    clp_given_value value, transfer, ambient; /* value: the flux, too */
} clp_given_side;

/* A region, or what a colour of a picture stands for, which has no shape. */
typedef struct clp_given_region {
    const clp_tree *entry;
    char path[CLP_PATH_SIZE];
    const char *name;
    int shape; /* a clp_shape_kind, plus 1 */
    clp_given_numbers center, radius, radii, angle, min, max, width, z, from, to;
    const clp_tree *points;
    clp_given_flag floating;
    clp_given_value value, conductivity, reaction, source, capacity;
} clp_given_region;

typedef struct clp_given_regions {
    const clp_tree *node;
    clp_given_region *list; /* owned */
    size_t count;
} clp_given_regions;

typedef struct clp_given_probes {
    const clp_tree *node;
    clp_probe *list; /* owned; names are the tree's */
    size_t count;
} clp_given_probes;

typedef struct clp_declaration {
    clp_given_numbers size, origin;
    clp_given_nodes nodes;
    clp_given_side sides[CLP_SIDES];
    const clp_tree *periodic[CLP_AXES]; /* where it says so */
    clp_given_value conductivity, reaction, source, initial, capacity;
    clp_given_numbers end, output_every;
    double step, time_tolerance;
    int time_method, until;
    clp_given_probes probes;
    clp_given_regions regions, colors;
    const char *image;
    clp_given_numbers color_tolerance;
    int method, criterion, precision, check, preconditioner; /* numbers out of the rows' choices */
    double tolerance;
    size_t check_every, max_iterations;
    const char *picture, *field, *vtk, *convergence, *report, *series, *animation, *frames, *film,
        *probe_table, *probe_plot;
} clp_declaration;

/* Kinds of values. The comment names what lies at the row's offset. */
typedef enum clp_key_kind {
    CLP_KEY_LATER,     /* nothing: refused, whatever the value */
    CLP_KEY_NUMBER,    /* clp_given_numbers, one of them */
    CLP_KEY_POINT,     /* clp_given_numbers, two or three */
    CLP_KEY_RANGE,     /* clp_given_numbers, two */
    CLP_KEY_POINTS,    /* const clp_tree *: read when the number of dimensions is known */
    CLP_KEY_NODES,     /* clp_given_nodes */
    CLP_KEY_VALUE,     /* clp_given_value */
    CLP_KEY_FLAG,      /* clp_given_flag */
    CLP_KEY_TOLERANCE, /* double; 0 for auto */
    CLP_KEY_COUNT,     /* size_t; 0 for auto */
    CLP_KEY_CHOICE,    /* int */
    CLP_KEY_NAME,      /* const char * */
    CLP_KEY_FILE,      /* const char * */
    CLP_KEY_SIDE,      /* clp_given_side[CLP_SIDES] */
    CLP_KEY_HELD,      /* in a clp_given_side, likewise the next ones */
    CLP_KEY_FLUX,
    CLP_KEY_TRANSFER,
    CLP_KEY_AMBIENT,
    CLP_KEY_AXIS,    /* const clp_tree *[CLP_AXES] */
    CLP_KEY_REGIONS, /* clp_given_regions, a list */
    CLP_KEY_COLORS,  /* clp_given_regions, by their colours */
    CLP_KEY_PROBES,  /* clp_given_probes */
} clp_key_kind;

typedef struct clp_choice {
    const char *name; /* NULL ends the list */
    int value;
    bool available;
} clp_choice;

typedef struct clp_key {
    clp_key_help help;
    clp_key_kind kind;
    size_t offset;
    bool positive;             /* numbers must be above 0 */
    bool not_negative;         /* numbers must be 0 or above */
    bool no_file;              /* CLP_KEY_VALUE: files of values are not for this one */
    const clp_choice *choices; /* CLP_KEY_CHOICE */
    const char *example;       /* "size: [1, 1]" */
    const char *instead;       /* what to do instead of what this version refuses */
} clp_key;

extern const clp_choice clp_method_choices[], clp_time_choices[];

/* Whether a name is that of a side (*index is as in clp_side) or of an axis. */
bool clp_key_is_side(const char *name, int *index);
bool clp_key_is_axis(const char *name);

/* Names of keys, for suggestions. */
typedef struct clp_key_names {
    char text[24][16];
    const char *list[24];
    size_t count;
} clp_key_names;

/* Writes the key of `name` inside the group `group` ("" at the top) the way the table spells it, with SIDE
 * for every side and AXIS for every axis; false if it cannot be a key of the table. */
bool clp_key_spell(const char *group, const char *name, char *spelled, size_t size);

/* The row of a key, or NULL; whether keys lie below it; the names right below it. */
const clp_key *clp_key_find(const char *spelled);
bool clp_key_is_group(const char *spelled);
void clp_key_list(const char *group, clp_key_names *names);

/* The rows one by one; NULL after the last. */
const clp_key *clp_key_row(size_t index);

#endif
