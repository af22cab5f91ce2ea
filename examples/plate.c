/* SPDX-License-Identifier: MIT */
/* The heated plate through the library:  cc plate.c $(pkg-config --cflags --libs clpoisson) -o plate &&
 * ./plate */
#include <clpoisson/clpoisson.h>

#include <stdio.h>

int main(void)
{
    clp_grid grid = {.nodes = {129, 129}, .size = {1, 1}};
    clp_device *device = NULL;
    clp_problem *problem = NULL;
    clp_solver *solver = NULL;

    clp_status status = clp_device_open(NULL, &device);
    if (status == CLP_OK) status = clp_problem_create(&grid, &problem);
    if (status == CLP_OK) status = clp_problem_hold_side(problem, CLP_SIDE_TOP, 100);
    if (status == CLP_OK) status = clp_problem_hold_side(problem, CLP_SIDE_LEFT, 75);
    if (status == CLP_OK) status = clp_problem_hold_side(problem, CLP_SIDE_RIGHT, 50);
    if (status == CLP_OK) status = clp_problem_hold_side(problem, CLP_SIDE_BOTTOM, 0);
    if (status == CLP_OK) status = clp_solver_create(device, problem, NULL, &solver);
    if (status == CLP_OK) status = clp_solver_run(solver);
    if (status == CLP_OK)
        printf("%.3f in the middle, right to %.2g\n", clp_solver_values(solver)[64 * 129 + 64],
               clp_solver_report(solver)->algebraic_bound);
    else
        fprintf(stderr, "plate: %s\n", clp_error_message());

    clp_solver_destroy(solver);
    clp_problem_destroy(problem);
    clp_device_close(device);
    return status != CLP_OK;
}
