/* SPDX-License-Identifier: MIT */
/* What can be tuned: how a backend runs the operations on a kind of problem. */
#ifndef CLP_BACKEND_TUNING_H
#define CLP_BACKEND_TUNING_H

#include <clpoisson/grid.h>

#include <stdbool.h>
#include <stddef.h>

/* Problems that want the same. */
typedef struct clp_tuning_kind {
    bool deep;    /* three dimensions */
    bool doubled; /* double precision */
    bool network; /* varying coefficients */
} clp_tuning_kind;

enum { CLP_TUNING_KINDS = 8, CLP_PARAMETERS = 9, CLP_CHOICES = 7 };

/* Something that a number says: how many sweeps a pass does, how wide a tile is. */
typedef struct clp_parameter {
    const char *name;
    size_t choices[CLP_CHOICES]; /* 0 at the end */
    const char *variant;         /* of the sweep that it is for; NULL: any */
    bool flat, deep;             /* dimensions that it is for */
} clp_parameter;

/* A variant of the sweep, NULL for the default, and a number for each parameter, 0 for the default. */
typedef struct clp_tuning {
    const char *variant;
    size_t values[CLP_PARAMETERS];
} clp_tuning;

/* From 0 to CLP_TUNING_KINDS - 1, and back. */
size_t clp_tuning_kind_index(clp_tuning_kind kind);
clp_tuning_kind clp_tuning_kind_at(size_t index);

/* "2-D constant single". Static storage. */
const char *clp_tuning_kind_name(clp_tuning_kind kind);

/* "rows sweeps=8 interleave=2": what is not the default. */
void clp_tuning_text(const clp_parameter *parameters, const clp_tuning *tuning, char *text, size_t size);

/* And back; false where the text is nothing that clp_tuning_text() makes: of no known variant, or with other
 * numbers than the choices. */
bool clp_tuning_parse(const clp_parameter *parameters, const char *const *variants, const char *text,
                      clp_tuning *tuning);

#endif
