/* SPDX-License-Identifier: MIT */
/* The keys of the problem file: one table, from which come the reading, the documentation, the suggestions
 * and what error messages call allowed. To add a key, add a row (and a field of clp_declaration). */
#ifndef CLP_IO_KEYS_H
#define CLP_IO_KEYS_H

#include <clpoisson/problem_file.h>

#include "io/tree.h"

#include <stdbool.h>
#include <stddef.h>

/* What a problem file says, before it becomes a problem. Texts stay in the tree that was read. */
typedef struct clp_declared_side {
    clp_boundary boundary;
    const clp_tree *entry; /* what names the side; NULL: not mentioned */
    const clp_tree *said;  /* what says what happens there; NULL: nothing yet */
} clp_declared_side;

typedef struct clp_declaration {
    clp_grid grid;
    clp_declared_side sides[CLP_SIDES];
    double initial;
    int method, criterion, precision, check; /* numbers out of the rows' choices */
    double tolerance;
    size_t check_every, max_iterations;
    const char *picture, *field, *report;
} clp_declaration;

/* Kinds of values. The comment names what lies at the row's offset. */
typedef enum clp_key_kind {
    CLP_KEY_LATER,      /* nothing: refused, whatever the value */
    CLP_KEY_FIXED,      /* nothing: only the default may be written */
    CLP_KEY_NUMBER,     /* double */
    CLP_KEY_PAIR,       /* double[2] */
    CLP_KEY_NODES,      /* size_t[2] */
    CLP_KEY_TOLERANCE,  /* double; 0 for auto */
    CLP_KEY_COUNT,      /* size_t; 0 for auto */
    CLP_KEY_CHOICE,     /* int */
    CLP_KEY_FILE,       /* const char * */
    CLP_KEY_SIDE,       /* clp_declared_side[CLP_SIDES] */
    CLP_KEY_SIDE_VALUE, /* in a clp_declared_side, likewise below */
    CLP_KEY_SIDE_FLUX,
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
    bool field;                /* later versions take expressions and files of values too */
    const clp_choice *choices; /* CLP_KEY_CHOICE */
    const char *example;       /* "size: [1, 1]" */
    const char *instead;       /* what to do instead of what this version refuses */
} clp_key;

extern const clp_choice clp_method_choices[];

/* Whether a name is that of a side (*index is 0 to 5, as in clp_side, then z_min, z_max) or of an axis. */
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
