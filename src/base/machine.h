/* SPDX-License-Identifier: MIT */
/* The machine we run on: time and memory. */
#ifndef CLP_BASE_MACHINE_H
#define CLP_BASE_MACHINE_H

/* Seconds since some fixed moment; never goes back. */
double clp_seconds(void);

/* Bytes of memory that a program could still take, as the system tells it; 0 where it does not tell. */
unsigned long long clp_memory_available(void);

#endif
