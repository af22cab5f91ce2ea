#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How the time of a solve grows with the grid, and what varying coefficients cost:

    scaling.py CLPOISSON [NODES...]

Per grid of NODES x NODES, medians of 5 in one run: seconds of solving per unknown for a source between held sides to a
relative residual of 1e-8 and for a disc that conducts 1e6 times as well, steps, how much of the solve making the levels
takes, and how much longer a step with the disc takes."""
import json
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

program = str(pathlib.Path(sys.argv[1]).resolve())
sizes = [int(text) for text in sys.argv[2:]] or [1025, 2049, 4097, 8193]
folder = pathlib.Path(tempfile.mkdtemp())
ROUNDS = 5
DISC_MOST = 4097  # beyond, a conductance per edge takes more memory than small machines have


def solve(nodes, disc):
    problem = {"domain": {"size": [1, 1], "nodes": [nodes, nodes]}, "boundary": {"top": 1, "bottom": 0, "left": 0, "right": 0},
               "source": "sin(40*x)*cos(31*y) + 1", "solver": {"criterion": "residual", "tolerance": 1e-8},
               "output": {"report": "-"}}
    if disc:
        problem["regions"] = [{"shape": "circle", "center": [0.45, 0.55], "radius": 0.26, "conductivity": 1e6}]
    (folder / "problem.yaml").write_text(json.dumps(problem))
    done = subprocess.run([program, "solve", "problem.yaml", "-v"], cwd=folder, capture_output=True, text=True)
    report = json.loads(done.stdout)
    made = re.search(r"made in ([0-9.]+) ms", done.stderr)
    report["levels"] = float(made[1]) / 1e3 / report["seconds"]["solve"] if made else float("nan")
    history = report["history"]
    step = (history[-1]["seconds"] - history[0]["seconds"]) / max(len(history) - 1, 1)
    return report["seconds"]["solve"], step, report


for nodes in sizes:
    discs = nodes <= DISC_MOST
    for disc in (False, True)[:1 + discs]:
        solve(nodes, disc)  # builds the kernels
    plain, varied = [], []
    for _ in range(ROUNDS):
        plain.append(solve(nodes, False))
        if discs:
            varied.append(solve(nodes, True))
    print(f"{nodes}^2:", *(f"{name} {1e9 * statistics.median(run[0] for run in runs) / runs[0][2]['problem']['unknowns']:.0f} ns per unknown, "
                           f"{100 * statistics.median(run[2]['levels'] for run in runs):.0f} % making levels, "
                           f"{runs[0][2]['solver']['iterations']} steps ({runs[0][2]['solver']['reason']}), "
                           f"{runs[0][2]['memory']['bytes_per_unknown']:.0f} bytes;" for name, runs in (("plain", plain), ("disc", varied)) if runs),
          f"a step with the disc takes {statistics.median(b[1] / a[1] for a, b in zip(plain, varied)):.2f} times as long" if discs else "", flush=True)
