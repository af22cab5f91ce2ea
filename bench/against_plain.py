#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Fused sweeps against plain C with OpenMP that streams (bench/plain_jacobi.c, built here with -O3 -march=native
-ffast-math), in turns in one run; medians of the ratios.

    against_plain.py BENCH_SWEEP [STENCIL[:NODES] ...]

Stencils: plane-single, plane-double, cube-single, network-single."""
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

ROUNDS = 5
OPTIONS = {"plane-single": [], "plane-double": ["--double"], "cube-single": ["--cube"], "network-single": ["--network"]}
WHOLE = ["plane-single:4096", "plane-single:8192", "plane-double:4096", "plane-double:8192", "cube-single:384",
         "network-single:4096"]

ours = str(pathlib.Path(sys.argv[1]).resolve())
folder = tempfile.TemporaryDirectory()
theirs = folder.name + "/plain_jacobi"
source = pathlib.Path(__file__).with_name("plain_jacobi.c")
subprocess.run([os.environ.get("CC", "gcc"), "-O3", "-march=native", "-ffast-math", "-fopenmp", "-o", theirs, source],
               check=True)


def rate(command):
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return float(re.search(r"([0-9.]+) G updates/s", output).group(1))


for case in sys.argv[2:] or WHOLE:
    stencil, _, nodes = case.partition(":")
    nodes = nodes or "4096"
    cells = int(nodes) ** (3 if stencil.startswith("cube") else 2)
    sweeps = str(max(20, 10**9 // cells))
    pairs = []
    for _ in range(ROUNDS):
        plain = rate([theirs, stencil, nodes, sweeps])
        fused = rate([ours, *OPTIONS[stencil], "--variant", "rows", nodes])
        pairs.append((fused / plain, fused, plain))
    ratio, fused, plain = (statistics.median(values) for values in zip(*pairs))
    print(f"{stencil} {nodes}: {fused:.2f} G updates/s, plain C {plain:.2f}, {ratio:.2f} x "
          f"(from {min(pairs)[0]:.2f} to {max(pairs)[0]:.2f})", flush=True)
