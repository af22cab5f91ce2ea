#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Explicit steps on the four peaks (examples/four-peaks.yaml) in double precision, against plain C on one core, on four
times finer spacing against plain C with OpenMP, and against NumPy and pure Python, of which a slice is timed; in turns
in one run, medians of the ratios. And how often steps of its own choice need the operator.

    four_peaks.py CLPOISSON"""
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
here = pathlib.Path(__file__).parent
ROUNDS = 5
folder = pathlib.Path(tempfile.mkdtemp())


def build(name, *options):
    subprocess.run([os.environ.get("CC", "gcc"), "-O3", *options, "-o", folder / name, here / "four_peaks.c", "-lm"], check=True)
    return folder / name


def plain(binary, finer, steps):
    return [float(figure) for figure in
            subprocess.run([binary, str(finer), str(steps)], capture_output=True, text=True, check=True).stdout.split()]


def ours(finer, steps, **keys):
    h = 20 / 266 / finer
    nodes = 266 * finer + 2
    problem = {"domain": {"size": [(nodes - 1) * h] * 2, "nodes": [nodes, nodes], "origin": [-10 - h] * 2},
               "boundary": dict.fromkeys(("left", "right", "bottom", "top"), 0),
               "initial": "(1 - abs(1 - abs(4*x/20)))*(1 - abs(1 - abs(4*y/20)))",
               "time": {"end": steps * 0.25 * h * h * (1 + 1e-9), "step": 0.25 * h * h, "method": "explicit", **keys}}
    problem["time"] = {key: value for key, value in problem["time"].items() if value is not None}
    (folder / "peaks.yaml").write_text(json.dumps(problem))
    subprocess.run([program, "solve", "peaks.yaml", "--quiet", "--field", "u.npy", "--report", "r.json"], cwd=folder, check=True)
    return json.loads((folder / "r.json").read_text()), np.load(folder / "u.npy")


def numpy_seconds(steps):
    x = -10 + np.arange(266) * 20 / 266
    a = 1 - abs(1 - abs(4 * x / 20))
    u = np.pad(np.outer(a, a), 1)
    began = time.monotonic()
    for _ in range(steps):
        v = u.copy()
        v[1:-1, 1:-1] = u[1:-1, 1:-1] + 0.25 * (u[1:-1, :-2] + u[1:-1, 2:] + u[:-2, 1:-1] + u[2:, 1:-1] - 4 * u[1:-1, 1:-1])
        u = v
    return (time.monotonic() - began) / steps


def python_seconds(steps):
    u = [[0.0] * 268 for _ in range(268)]
    began = time.monotonic()
    for _ in range(steps):
        v = [row[:] for row in u]
        for j in range(1, 267):
            for i in range(1, 267):
                v[j][i] = u[j][i] + 0.25 * (u[j][i - 1] + u[j][i + 1] + u[j - 1][i] + u[j + 1][i] - 4 * u[j][i])
        u = v
    return (time.monotonic() - began) / steps


def compare(name, binary, finer, steps):
    ratios = []
    for _ in range(ROUNDS):
        theirs, (report, u) = plain(binary, finer, steps), ours(finer, steps)
        assert abs(u.max() - theirs[1]) < 1e-9 and abs(u.sum() / theirs[2] - 1) < 1e-9, "not the same field"
        assert report["time"]["steps"] == steps
        ratios.append((theirs[0] / report["seconds"]["solve"], theirs[0], report["seconds"]["solve"]))
    ratio, other, own = sorted(ratios)[ROUNDS // 2]
    print(f"{name}: {own:.3f} s, {other:.3f} s: {ratio:.2f} x", flush=True)
    return own


own = compare("268^2, 7075 steps, plain C on one core", build("one"), 1, 7075) / 7075
compare("1066^2, 7075 steps, plain C with OpenMP", build("many", "-fopenmp"), 4, 7075)
print(f"NumPy: {statistics.median(numpy_seconds(100) for _ in range(ROUNDS)) / own:.0f} x as long a step")
print(f"pure Python: {statistics.median(python_seconds(3) for _ in range(ROUNDS)) / own:.0f} x as long a step")
explicit, u = ours(1, 7075)
chosen, v = ours(1, 7075, step=None, method="trbdf2")
print(f"trbdf2 with steps of its own: {chosen['time']['steps']} steps, {chosen['time']['applications']} times the operator "
      f"(explicit {explicit['time']['applications']}: {explicit['time']['applications'] / chosen['time']['applications']:.1f} x), "
      f"{chosen['seconds']['solve']:.3f} s, {abs(u - v).max() / u.max():.1e} of the largest value apart")
