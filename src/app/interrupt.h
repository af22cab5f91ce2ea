/* SPDX-License-Identifier: MIT */
/* Ctrl-C, SIGTERM and a terminal that is closed: the first one asks to stop at the next good moment, a second
 * one ends the program at once. */
#ifndef APP_INTERRUPT_H
#define APP_INTERRUPT_H

#include <stdbool.h>

/* Not where whoever started the program had them ignored (nohup, background jobs). */
void app_catch_interrupts(void);

bool app_interrupted(void);

#endif
