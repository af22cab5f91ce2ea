#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The plate that this line began with, 1024 x 1024 nodes, sides at 100, 75, 50 and 0: how long until every value is
within 1e-4 of the solution of the equations, and how long the first run ever takes:

    plate.py CLPOISSON [NODES]

Medians of 5. The true error is the difference from a solve to a relative residual of 1e-14 in double precision. "First" is with empty caches."""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

program = str(pathlib.Path(sys.argv[1]).resolve())
nodes = int(sys.argv[2]) if len(sys.argv) > 2 else 1024
ROUNDS = 5


def solve(folder, settings, caches):
    problem = {"domain": {"size": [1, 1], "nodes": [nodes, nodes]}, "boundary": {"top": 100, "left": 75, "right": 50, "bottom": 0},
               "solver": settings}
    (folder / "plate.yaml").write_text(json.dumps(problem))
    began = time.monotonic()
    subprocess.run([program, "solve", "plate.yaml", "--quiet", "--field", "u.npy", "--report", "report.json"], cwd=folder,
                   check=True, env={**os.environ, "XDG_CACHE_HOME": str(caches), "POCL_CACHE_DIR": str(caches / "pocl")})
    took = time.monotonic() - began
    return json.loads((folder / "report.json").read_text()), np.load(folder / "u.npy"), took


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    first = []
    for number in range(ROUNDS):
        caches = folder / f"caches{number}"
        (caches / "pocl").mkdir(parents=True)
        first.append(solve(folder, {"tolerance": 1e-4}, caches)[2])
    _, exact, _ = solve(folder, {"criterion": "residual", "tolerance": 1e-14, "precision": "double"}, caches)
    runs = [solve(folder, {"tolerance": 1e-4}, caches) for _ in range(ROUNDS)]
    error = max(np.abs(u - exact).max() for _, u, _ in runs)
    print(f"{nodes}^2: within {error:.2g} of the solution of the equations (certified {runs[0][0]['error']['algebraic_bound']:.2g}); "
          f"solving {statistics.median(run[0]['seconds']['solve'] for run in runs):.3f} s, "
          f"whole process {statistics.median(run[2] for run in runs):.2f} s, first run ever {statistics.median(first):.1f} s")
