/* SPDX-License-Identifier: MIT */
/*
 * What a user would write instead of fused kernels: Jacobi sweeps in plain C with OpenMP, streaming through
 * two fields. Four stencils: plane-single, plane-double (5 points), cube-single (7 points), and
 * network-single (5 points with a conductance per edge and the reciprocal diagonal per node, the arrays that
 * clPoisson keeps).
 *
 *   plain_jacobi STENCIL NODES SWEEPS    NODES per axis; prints G updates/s
 *
 * Compile it as one would: -O3 -march=native -ffast-math -fopenmp. bench/against_plain.py does.
 */
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOR_ROWS _Pragma("omp parallel for schedule(static)")

#define DEFINE_PLANE(NAME, REAL)                                                                             \
    static void NAME(REAL *out, const REAL *in, size_t n)                                                    \
    {                                                                                                        \
        FOR_ROWS for (size_t y = 1; y < n - 1; y++)                                                          \
        {                                                                                                    \
            REAL *restrict o = out + y * n;                                                                  \
            const REAL *restrict u = in + y * n;                                                             \
            for (size_t x = 1; x < n - 1; x++)                                                               \
                o[x] = (REAL)0.25 * ((u[x - 1] + u[x + 1]) + (u[x - n] + u[x + n]));                         \
        }                                                                                                    \
    }

DEFINE_PLANE(plane_single, float)
DEFINE_PLANE(plane_double, double)

static void cube_single(float *out, const float *in, size_t n)
{
    FOR_ROWS for (size_t row = n; row < (n - 1) * n; row++)
    {
        float *restrict o = out + row * n;
        const float *restrict u = in + row * n;
        if (row % n == 0 || row % n == n - 1) continue;
        for (size_t x = 1; x < n - 1; x++)
            o[x] =
                (1.F / 6) * ((u[x - 1] + u[x + 1]) + (u[x - n] + u[x + n]) + (u[x - n * n] + u[x + n * n]));
    }
}

static float *gx, *gy, *inverse;

static void network_single(float *out, const float *in, size_t n)
{
    FOR_ROWS for (size_t y = 1; y < n - 1; y++)
    {
        float *restrict o = out + y * n;
        const float *restrict u = in + y * n, *restrict east = gx + y * n, *restrict north = gy + y * n,
                              *restrict over = inverse + y * n;
        for (size_t x = 1; x < n - 1; x++)
            o[x] = u[x] + over[x] * (east[x - 1] * (u[x - 1] - u[x]) + east[x] * (u[x + 1] - u[x]) +
                                     north[x - n] * (u[x - n] - u[x]) + north[x] * (u[x + n] - u[x]));
    }
}

static void *field(size_t count, size_t bytes)
{
    char *made = aligned_alloc(64, (count * bytes + 63) / 64 * 64);
    if (!made) exit(1);
    FOR_ROWS for (size_t at = 0; at < count; at += 1024)
        memset(made + at * bytes, 0, (count - at < 1024 ? count - at : 1024) * bytes);
    return made;
}

static float *ones(size_t count)
{
    float *made = field(count, sizeof *made);
    FOR_ROWS for (size_t i = 0; i < count; i++) made[i] = 1 + 0.001F * (float)(i % 7);
    return made;
}

int main(int count, char **arguments)
{
    const char *name = count > 3 ? arguments[1] : "";
    size_t n = count > 3 ? strtoul(arguments[2], NULL, 10) : 0;
    int sweeps = count > 3 ? atoi(arguments[3]) : 0, cube = !strcmp(name, "cube-single"),
        wide = !strcmp(name, "plane-double"), network = !strcmp(name, "network-single");
    if (n < 3 || sweeps < 1 || !(cube || wide || network || !strcmp(name, "plane-single"))) {
        fprintf(stderr,
                "usage: plain_jacobi plane-single|plane-double|cube-single|network-single NODES SWEEPS\n");
        return 2;
    }
    size_t nodes = cube ? n * n * n : n * n, bytes = wide ? sizeof(double) : sizeof(float);
    void *u = field(nodes, bytes), *v = field(nodes, bytes);
    if (network) {
        gx = ones(nodes);
        gy = ones(nodes);
        inverse = ones(nodes);
        for (size_t i = 0; i < nodes; i++) inverse[i] *= 0.25F;
    }
    for (int pass = 0; pass < 2; pass++) { /* the first one warms up */
        double start = omp_get_wtime();
        for (int k = 0; k < sweeps; k++) {
            if (cube)
                cube_single(v, u, n);
            else if (network)
                network_single(v, u, n);
            else if (wide)
                plane_double(v, u, n);
            else
                plane_single(v, u, n);
            void *swap = u;
            u = v;
            v = swap;
        }
        double seconds = omp_get_wtime() - start;
        if (pass) printf("%.3f G updates/s\n", 1e-9 * sweeps * (double)nodes / seconds);
    }
    return ((float *)u)[n + 1] > 0;
}
