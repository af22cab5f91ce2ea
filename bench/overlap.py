#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Sweeps that go on while halos are exchanged, and sweeps that wait for them: Jacobi's method by two ranks on two machines,
which are network namespaces on this one, with a cable of some megabits a second between them (needs root, ip and tc; Open
MPI). In turns in one run, medians.

    overlap.py CLPOISSON [MEGABITS ...]"""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

program = str(pathlib.Path(sys.argv[1]).resolve())
SPEEDS = [int(word) for word in sys.argv[2:]] or [100, 1000, 10000]
ROUNDS = 5
SPACES = [f"overlap{os.getpid()}{end}" for end in "ab"]
AGENT = """#!/bin/sh
number=${1##*.}; shift
[ "$number" = 1 ] && space=%s || space=%s
exec ip netns exec $space unshare --uts sh -c "hostname machine$number; taskset -c $((number - 1)) $*"
"""
PROBLEM = """
domain: {size: [1, 1], nodes: [2048, 2048]}
boundary: {top: 100}
solver: {method: jacobi, precision: single, max_iterations: 320, check_every: 320, criterion: step, tolerance: 1e-30}
"""
environment = {**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMP_NUM_THREADS": "1",
               "POCL_MAX_PTHREAD_COUNT": "1"}


def system(*command):
    subprocess.run(command, check=True, capture_output=True)


def connect():
    for space in SPACES:
        system("ip", "netns", "add", space)
        system("ip", "-n", space, "link", "set", "lo", "up")
    system("ip", "link", "add", "cable", "netns", SPACES[0], "type", "veth", "peer", "name", "cable", "netns", SPACES[1])
    for number, space in enumerate(SPACES, 1):
        system("ip", "-n", space, "addr", "add", f"10.78.0.{number}/24", "dev", "cable")
        system("ip", "-n", space, "link", "set", "cable", "up")


def limit(megabits):
    for space in SPACES:
        subprocess.run(["ip", "netns", "exec", space, "tc", "qdisc", "del", "dev", "cable", "root"], capture_output=True)
        system("ip", "netns", "exec", space, "tc", "qdisc", "add", "dev", "cable", "root", "tbf", "rate",
               f"{megabits}mbit", "burst", str(max(16384, megabits * 500)), "latency", "400ms")


def solve(folder, backend, overlap):
    mca = {"plm_rsh_agent": folder / "agent", "pml": "ob1", "btl": "tcp,self", "btl_tcp_if_include": "10.78.0.0/24",
           "oob_tcp_if_include": "10.78.0.0/24"}
    options = [str(word) for name, value in mca.items() for word in ("--mca", name, value)]
    start = ["ip", "netns", "exec", SPACES[0], "unshare", "--uts", "sh", "-c", 'hostname machine1; exec taskset -c 0 "$@"', "sh"]
    command = [*start, "mpirun", *options, "--bind-to", "none", "-H", "10.78.0.1:1,10.78.0.2:1", "-x", "OMP_NUM_THREADS", "-x",
               "POCL_MAX_PTHREAD_COUNT", "-n", "2", program, "solve", "p.yaml", "-q", "--ranks", "1x2", "--backend", backend,
               "--overlap", overlap, "--report", "r.json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment)
    if done.returncode != 3:
        sys.exit(done.stderr)
    report = json.loads((folder / "r.json").read_text())
    return report["seconds"]["solve"], report["ranks"]["each"][0]


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    (folder / "p.yaml").write_text(PROBLEM)
    (folder / "agent").write_text(AGENT % tuple(SPACES))
    (folder / "agent").chmod(0o755)
    try:
        connect()
        for megabits in SPEEDS:
            limit(megabits)
            for backend in ("reference", "opencl"):
                runs = [{way: solve(folder, backend, way) for way in ("no", "yes", "auto")} for _ in range(ROUNDS)]
                waiting = statistics.median(run["no"][1]["seconds_waiting"] / run["no"][0] for run in runs)
                ratios = {way: sorted(run["no"][0] / run[way][0] for run in runs) for way in ("yes", "auto")}
                overlapped = statistics.median(run["auto"][1]["overlapped"] for run in runs)
                told = "; ".join(f"{way} {statistics.median(r):.2f} times as fast ({r[0]:.2f} to {r[-1]:.2f})"
                                 for way, r in ratios.items())
                print(f"{megabits} Mbit/s, {backend}: waits {100 * waiting:.0f} % of the time; {told}, "
                      f"{overlapped:.0f} of {runs[0]['auto'][1]['exchanges']} exchanges by auto", flush=True)
    finally:
        for space in SPACES:
            subprocess.run(["ip", "netns", "del", space], capture_output=True)
