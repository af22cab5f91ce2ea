#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Ranks beside one process, on a machine of two cores: sweeps of two ranks and of one on one core; multigrid of two ranks
with a thread each, of one with two, and of hypre with two ranks; memory of four ranks. In turns in one run, medians of the
ratios.

    rank_floors.py CLPOISSON [HYPRE_PROGRAM]

The latter is hypre's PFMG with conjugate gradients, as in against_solvers.py, and prints "total SECONDS s"."""
import json
import os
import pathlib
import re
import resource
import statistics
import subprocess
import sys
import tempfile

program = str(pathlib.Path(sys.argv[1]).resolve())
hypre = str(pathlib.Path(sys.argv[2]).resolve()) if len(sys.argv) > 2 else None
ROUNDS = 5
folder = pathlib.Path(tempfile.mkdtemp())
environment = {**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
               "OMPI_MCA_rmaps_base_oversubscribe": "1"}
ONE_CORE = {"POCL_MAX_PTHREAD_COUNT": "1", "OMP_NUM_THREADS": "1"}


def problem(name, nodes, **solver):
    (folder / name).write_text(json.dumps({
        "domain": {"size": [1, 1], "nodes": [nodes, nodes]},
        "boundary": {"top": 100 if solver["method"] == "jacobi" else 0, "left": 0, "bottom": 0, "right": 0},
        "source": 0 if solver["method"] == "jacobi" else "sin(40*x)*cos(31*y) + 1",
        "solver": solver}))
    return name


def seconds(name, ranks=1, threads=2, core=None):
    start = ["mpirun", "--bind-to", "core", "-n", str(ranks)] if ranks > 1 else ["taskset", "-c", "0"] if core else []
    more = ONE_CORE if threads == 1 else {}
    subprocess.run([*start, program, "solve", name, "--report", "r.json"], cwd=folder, capture_output=True,
                   env={**environment, **more})
    return json.loads((folder / "r.json").read_text())["seconds"]["solve"]


def peak(name, ranks):
    """Bytes of the largest process, by GNU time."""
    start = ["mpirun", "-n", str(ranks)] if ranks > 1 else []
    done = subprocess.run([*start, "/usr/bin/time", "-f", "peak %M", program, "solve", name, "--report", "r.json"], cwd=folder,
                          capture_output=True, text=True, env={**environment, **ONE_CORE})
    return max(int(kilobytes) for kilobytes in re.findall(r"peak (\d+)", done.stderr)) * 1024


def tell(what, ratios, floor):
    print(f"{what}: {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}); floor {floor}", flush=True)


sweeps = problem("sweeps.yaml", 4096, method="jacobi", precision="single", max_iterations=800, check_every=400,
                 criterion="step", tolerance=1e-30)
cycles = problem("cycles.yaml", 4095, method="multigrid", criterion="residual", tolerance=1e-8)
for name in (sweeps, cycles):  # kernels are built
    seconds(name, threads=1, core=0)
    seconds(name, ranks=2, threads=1)
    seconds(name)
tell("Jacobi 4096^2, 2 ranks beside 1 rank on one core",
     [seconds(sweeps, threads=1, core=True) / seconds(sweeps, ranks=2, threads=1) for _ in range(ROUNDS)], 1.8)
tell("multigrid 4095^2, 2 ranks of a thread beside 1 of two",
     [seconds(cycles) / seconds(cycles, ranks=2, threads=1) for _ in range(ROUNDS)], 0.8)
large = problem("large.yaml", 6145, method="multigrid", criterion="residual", tolerance=1e-6)
empty = problem("empty.yaml", 33, method="multigrid", criterion="residual", tolerance=1e-6)
base = peak(empty, 1)
one, four = peak(large, 1), peak(large, 4)
print(f"memory of the largest of four ranks, 6145^2: {(four - base) / (one - base):.2f} of one process' "
      f"({four / 2**20:.0f} and {one / 2**20:.0f} MiB, of which {base / 2**20:.0f} for a problem of 33^2); floor 0.30")
if hypre:
    ratios = []
    for _ in range(ROUNDS):
        done = subprocess.run(["mpirun", "--bind-to", "core", "-n", "2", hypre, "2", "4093", "pcg", "1e-8"], capture_output=True,
                              text=True, check=True, env={**environment, "OMP_NUM_THREADS": "1"})
        theirs = float(re.search(r"total ([0-9.]+) s", done.stdout).group(1))
        ratios.append(theirs / seconds(cycles, ranks=2, threads=1))
    tell("hypre 4095^2 with 2 ranks beside ours", ratios, "see docs/performance.md, times 0.8")
