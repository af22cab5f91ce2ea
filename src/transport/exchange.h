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

/* What goes, box after box, in the order in which boxes are read. */
const clp_box *clp_exchange_own(const clp_exchange *exchange, size_t *count);

/* Another one of the same halo, of whose own boxes number i comes from `send[i]`, which its maker fills. */
clp_status clp_exchange_create_twin(const clp_exchange *exchange, void *const *send, clp_exchange **twin);

/* Done by all ranks together. */
clp_status clp_exchange_run(clp_exchange *exchange, const clp_boxes *boxes);

/* The two halves of it: what goes is on its way after the first one, which does not wait for it, and has
 * been read (NULL: by the caller) before; what came is written by the second (NULL: to nowhere), without
 * which nothing that was started is to be left. In between no other exchange is to be started;
 * clp_exchange_advance lets messages move on, and says whether they are there. */
clp_status clp_exchange_start(clp_exchange *exchange, const clp_boxes *boxes);
clp_status clp_exchange_advance(const clp_exchange *exchange, bool *done);
clp_status clp_exchange_finish(clp_exchange *exchange, const clp_boxes *boxes);

/* Once, through room that it makes. */
clp_status clp_exchange_once(clp_ranks *ranks, const clp_grid *part, size_t element_bytes,
                             const clp_boxes *boxes);

#endif
