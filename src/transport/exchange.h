/* SPDX-License-Identifier: MIT */
/* Halos: copies of the neighbours' nodes. */
#ifndef CLP_TRANSPORT_EXCHANGE_H
#define CLP_TRANSPORT_EXCHANGE_H

#include "transport/transport.h"

/* What moves boxes of whatever it is, packed one behind the other, x fastest. */
typedef struct clp_boxes {
    void *whose;
    clp_status (*read)(void *whose, const clp_box *boxes, size_t count, void *packed);
    clp_status (*write)(void *whose, const clp_box *boxes, size_t count, const void *packed);
} clp_boxes;

/* How the halo of a part is filled, from all around it at once. */
typedef struct clp_exchange clp_exchange;

/* Bytes that it needs room for. */
size_t clp_exchange_bytes(const clp_grid *part, size_t element_bytes);

/* Made by each rank for itself; it keeps `room`, which stays the caller's. */
clp_status clp_exchange_create(clp_ranks *ranks, const clp_grid *part, size_t element_bytes, void *room,
                               clp_exchange **exchange);
void clp_exchange_destroy(clp_exchange *exchange);

/* Done by all ranks together. */
clp_status clp_exchange_run(clp_exchange *exchange, const clp_boxes *boxes);

/* Once, through room that it makes. */
clp_status clp_exchange_once(clp_ranks *ranks, const clp_grid *part, size_t element_bytes,
                             const clp_boxes *boxes);

#endif
