/* SPDX-License-Identifier: MIT */
/** @file
 * clPoisson: steady temperatures, potentials and concentrations on grids, on any OpenCL device.
 */
#ifndef CLPOISSON_H
#define CLPOISSON_H

#include <clpoisson/bench.h>
#include <clpoisson/device.h>
#include <clpoisson/grid.h>
#include <clpoisson/output.h>
#include <clpoisson/problem.h>
#include <clpoisson/problem_file.h>
#include <clpoisson/ranks.h>
#include <clpoisson/report.h>
#include <clpoisson/shape.h>
#include <clpoisson/solver.h>
#include <clpoisson/status.h>
#include <clpoisson/text.h>
#include <clpoisson/transient.h>
#include <clpoisson/tune.h>

#endif
