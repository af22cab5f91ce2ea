/* SPDX-License-Identifier: MIT */
/* The four peaks of examples/four-peaks.yaml in plain C, as one writes it: four_peaks FINER STEPS. Prints the
 * seconds of stepping, the largest value, the sum and the value in the middle. -fopenmp makes it use all
 * cores. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

int main(int count, char **arguments)
{
    const size_t finer = count > 1 ? (size_t)atol(arguments[1]) : 1,
                 steps = count > 2 ? (size_t)atol(arguments[2]) : 7075;
    const size_t n = 266 * finer + 2;
    const double h = 20.0 / 266 / (double)finer;
    double *u = calloc(n * n, sizeof *u), *v = calloc(n * n, sizeof *v);
    if (!u || !v) return 1;
    for (size_t j = 1; j < n - 1; j++)
        for (size_t i = 1; i < n - 1; i++) {
            double x = -10 + (double)(i - 1) * h, y = -10 + (double)(j - 1) * h;
            u[j * n + i] = (1 - fabs(1 - fabs(4 * x / 20))) * (1 - fabs(1 - fabs(4 * y / 20)));
        }
    const double began = now(), w = 0.25; /* the step over h^2 */
    for (size_t step = 0; step < steps; step++) {
#pragma omp parallel for schedule(static)
        for (size_t j = 1; j < n - 1; j++) {
            const double *restrict c = u + j * n;
            double *restrict out = v + j * n;
            for (size_t i = 1; i < n - 1; i++)
                out[i] = c[i] + w * (c[i - 1] + c[i + 1] + c[i - n] + c[i + n] - 4 * c[i]);
        }
        double *old = u;
        u = v;
        v = old;
    }
    const double took = now() - began;
    double largest = 0, sum = 0;
    for (size_t p = 0; p < n * n; p++) {
        largest = fmax(largest, u[p]);
        sum += u[p];
    }
    printf("%.6f %.12f %.9f %.12f\n", took, largest, sum, u[n / 2 * n + n / 2]);
    free(u);
    free(v);
    return 0;
}
