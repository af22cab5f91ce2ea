#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Poisson's equation between sides held at 0, to a relative residual of 1e-8 in double, beside a direct solver by sine
transforms (FFTW) and hypre's PFMG with conjugate gradients, in turns in one run; medians of the ratios:

    against_solvers.py CLPOISSON FFTW_PROGRAM HYPRE_PROGRAM [DIMENSIONSxINTERIOR...]

The programs print "solve SECONDS s", hypre's "total SECONDS s" of set-up and solve. clPoisson's time is the report's
seconds.solve: first guess from coarser grids, cycles, and the check of the residual on the host."""
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

program, fftw, hypre = (str(pathlib.Path(name).resolve()) for name in sys.argv[1:4])
sizes = [tuple(map(int, text.split("x"))) for text in sys.argv[4:]] or [(2, 1023), (2, 2047), (2, 4095), (3, 255)]
folder = pathlib.Path(tempfile.mkdtemp())
ROUNDS = 5


def seconds_of(command, word, **environment):
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True,
                            env={**os.environ, **environment})
    return float(re.search(word + r" ([0-9.]+) s", result.stdout).group(1))


def solve(dimensions, interior):
    nodes = [interior + 2] * dimensions
    sides = ["left", "right", "bottom", "top", "front", "back"][:2 * dimensions]
    (folder / "box.yaml").write_text(json.dumps({
        "domain": {"size": [1] * dimensions, "nodes": nodes}, "boundary": {side: 0 for side in sides},
        "source": "sin(40*x)*cos(31*y) + 1", "solver": {"criterion": "residual", "tolerance": 1e-8},
        "output": {"report": "-"}}))
    return json.loads(subprocess.run([program, "solve", "box.yaml"], cwd=folder, capture_output=True, text=True,
                                     check=True).stdout)


for dimensions, interior in sizes:
    solve(dimensions, interior)  # builds the kernels
    ratios = {"fftw": [], "hypre": []}
    for _ in range(ROUNDS):
        report = solve(dimensions, interior)
        ours = report["seconds"]["solve"]
        peers = {"fftw": seconds_of([fftw, str(dimensions), str(interior)], "solve"),
                 "hypre": seconds_of(["mpirun", "-np", "2", hypre, str(dimensions), str(interior), "pcg", "1e-8"], "total",
                                     OMP_NUM_THREADS="1", OMPI_ALLOW_RUN_AS_ROOT="1",
                                     OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")}
        for name, seconds in peers.items():
            ratios[name].append(seconds / ours)
    print(f"{dimensions}-D, {interior} interior: ours {ours:.3f} s with set-up of {report['seconds']['setup']:.3f} s, "
          f"{report['solver']['iterations']} of {report['solver']['method']}, "
          f"{report['memory']['bytes_per_unknown']:.0f} bytes per unknown; "
          + ", ".join(f"{name} takes {statistics.median(values):.2f} times as long" for name, values in ratios.items()),
          flush=True)
