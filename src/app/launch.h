/* SPDX-License-Identifier: MIT */
/* Becoming several processes, which share the problem as those that mpirun starts. */
#ifndef APP_LAUNCH_H
#define APP_LAUNCH_H

#include <clpoisson/clpoisson.h>

/* Keeps the program's arguments, which all of them get. */
void app_launch_init(char **arguments);

/* Runs the same command as so many ranks, and waits for them. Answers an exit status, with errors said. More
 * than a machine can make use of are refused: each takes the memory that a driver does, however small its
 * part. */
int app_launch(size_t count);

/* How many processes it takes for every buffer of a grid to fit the device's largest allocation; 1 where one
 * will do, and where more of them would not help. */
size_t app_parts_needed(const clp_device_info *device, const clp_grid *grid, const clp_estimate *estimate);

#endif
