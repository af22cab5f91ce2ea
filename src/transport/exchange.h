/* SPDX-License-Identifier: MIT */
/* Halos: copies of the neighbours' nodes. */
#ifndef CLP_TRANSPORT_EXCHANGE_H
#define CLP_TRANSPORT_EXCHANGE_H

#include "transport/transport.h"

/* What moves boxes of whatever it is, packed, x fastest. */
typedef struct clp_boxes {
    void *whose;
    clp_status (*read)(void *whose, const clp_box *box, void *packed);
    clp_status (*write)(void *whose, const clp_box *box, const void *packed);
    size_t element_bytes;
} clp_boxes;

/* Bytes that an exchange needs room for. */
size_t clp_exchange_bytes(const clp_grid *part, size_t element_bytes);

/* Fills the halo of a part, through that room; axis after axis, so that corners come along. */
clp_status clp_exchange(clp_ranks *ranks, const clp_grid *part, const clp_boxes *boxes, void *room);

#endif
