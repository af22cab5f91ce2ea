#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The sweep against the kernel that this line of programs began with: one work-item per node in a 1-D range, row and
column by / and %. Both in one run, taking turns; medians. Needs python3-pyopencl, python3-numpy.
usage: against_original.py BENCH_SWEEP [NODES [ROUNDS]]"""
import re
import statistics
import subprocess
import sys
import time

import numpy
import pyopencl

KERNEL = """
__kernel void sweep(__global const float *from, __global float *to)
{
    const int i = get_global_id(0), row = i / WIDTH, column = i % WIDTH;
    if (row > 0 && row < WIDTH - 1 && column > 0 && column < WIDTH - 1)
        to[i] = (from[i - WIDTH] + from[i + WIDTH] + from[i - 1] + from[i + 1]) / 4;
}"""


def original(nodes, sweeps=32):
    """G updates/s of the original kernel on the first device."""
    context = pyopencl.create_some_context(interactive=False)
    queue = pyopencl.CommandQueue(context)
    field = numpy.zeros((nodes, nodes), numpy.float32)
    field[0] = 100
    flags = pyopencl.mem_flags
    buffers = [pyopencl.Buffer(context, flags.READ_WRITE | flags.COPY_HOST_PTR, hostbuf=field) for _ in range(2)]
    kernel = pyopencl.Program(context, KERNEL).build([f"-DWIDTH={nodes}"]).sweep
    rates = []
    for _ in range(3):  # the first warms up
        start = time.perf_counter()
        for k in range(sweeps):
            kernel(queue, (nodes * nodes,), None, buffers[k % 2], buffers[1 - k % 2])
        queue.finish()
        rates.append(1e-9 * sweeps * nodes * nodes / (time.perf_counter() - start))
    return max(rates[1:])


program, nodes = sys.argv[1], int((sys.argv + ["4096"])[2])
rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 5
ours, theirs = [], []
for _ in range(rounds):
    theirs.append(original(nodes))
    output = subprocess.run([program, str(nodes)], check=True, capture_output=True, text=True).stdout
    ours.append(max(float(rate) for rate in re.findall(r"([0-9.]+) G updates/s", output)))
ratios = [a / b for a, b in zip(ours, theirs)]
print(f"{nodes}^2 single: original {statistics.median(theirs):.2f}, best variant {statistics.median(ours):.2f} G updates/s, "
      f"{statistics.median(ratios):.1f} x (from {min(ratios):.1f} to {max(ratios):.1f})")
