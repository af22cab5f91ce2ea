# SPDX-License-Identifier: MIT
"""Ranks on two machines that talk TCP: two network namespaces with a cable between them, where the system lets us make them.

    test_machines.py CLPOISSON MPIRUN
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

program, mpirun = (os.path.abspath(path) for path in sys.argv[1:3])
SKIPPED = 77
SPACES = [f"clp{os.getpid()}{end}" for end in "ab"]
PROBLEM = """
domain: {size: [1, 1], nodes: [301, 249]}
boundary: {top: 100, left: "20*y", bottom: 0, right: {flux: 3}}
regions: [{shape: circle, center: [0.4, 0.6], radius: 0.2, conductivity: 7}]
solver: {method: jacobi, tolerance: 1e-30, max_iterations: 200}
"""
# What mpirun takes for ssh: AGENT 10.77.0.N COMMAND ...
AGENT = """#!/bin/sh
number=${1##*.}; shift
[ "$number" = 1 ] && space=%s || space=%s
exec ip netns exec $space unshare --uts sh -c "hostname machine$number; $*"
"""


def system(*command):
    return subprocess.run(command, capture_output=True, text=True)


def connect():
    """False where that is not for us to do."""
    for space in SPACES:
        if system("ip", "netns", "add", space).returncode or system("ip", "-n", space, "link", "set", "lo", "up").returncode:
            return False
    made = system("ip", "link", "add", "cable", "netns", SPACES[0], "type", "veth", "peer", "name", "cable", "netns", SPACES[1])
    for number, space in enumerate(SPACES, 1):
        system("ip", "-n", space, "addr", "add", f"10.77.0.{number}/24", "dev", "cable")
        made.returncode |= system("ip", "-n", space, "link", "set", "cable", "up").returncode
    return made.returncode == 0 and system("unshare", "--uts", "true").returncode == 0


def disconnect():
    for space in SPACES:
        system("ip", "netns", "del", space)


def command(folder, *arguments):
    """Of a rank on each machine."""
    mca = {"plm_rsh_agent": folder / "agent", "pml": "ob1", "btl": "tcp,self", "btl_tcp_if_include": "10.77.0.0/24",
           "oob_tcp_if_include": "10.77.0.0/24"}
    options = [str(word) for name, value in mca.items() for word in ("--mca", name, value)]
    start = ["ip", "netns", "exec", SPACES[0], "unshare", "--uts", "sh", "-c", 'hostname machine1; exec "$@"', "sh"]
    return [*start, mpirun, *options, "-H", "10.77.0.1:1,10.77.0.2:1", "-n", "2", program, "solve", *map(str, arguments)]


def carried():
    """Bytes that the second machine got through the cable."""
    told = json.loads(system("ip", "-n", SPACES[1], "-json", "-s", "link", "show", "cable").stdout)
    return told[0]["stats64"]["rx"]["bytes"]


def check(ok, what):
    if not ok:
        disconnect()
        sys.exit(f"FAILED: {what}")


def solve(folder):
    file, one, two, told = (folder / name for name in ("p.yaml", "one.npy", "two.npy", "r.json"))
    file.write_text(PROBLEM)
    options = ("--backend", "reference", "--report", told)
    done = system(program, "solve", str(file), "--field", str(one), *map(str, options))
    check(one.exists(), f"alone: {done.stderr}")
    before = carried()
    done = system(*command(folder, file, "--field", two, *options))
    check(done.returncode == 3, f"on two machines: exit status {done.returncode}, not converged is 3\n{done.stderr}")
    check(two.read_bytes() == one.read_bytes(), "two machines have other bits than one process")
    ranks = json.loads(told.read_text())["ranks"]["each"]
    through = carried() - before
    check(through >= ranks[0]["halo_bytes"] > 0, f"{through} bytes went through the cable, of {ranks[0]['halo_bytes']} in halos")
    print(f"  {through} bytes went through the cable")


def sweep_behind(folder):
    """By a slow cable ranks find by themselves that exchanges behind sweeps pay; what they compute stays the same."""
    file, one, two, told = (folder / name for name in ("p.yaml", "one.npy", "two.npy", "r.json"))
    for space in SPACES:
        slow = system("ip", "netns", "exec", space, "tc", "qdisc", "add", "dev", "cable", "root", "tbf", "rate", "10mbit", "burst", "16384",
                      "latency", "400ms")
        if slow.returncode:
            print(f"  left out, a slow cable: {slow.stderr}")
            return
    done = system(*command(folder, file, "--field", two, "--backend", "reference", "--report", told, "--set", "solver.check_every=200"))
    check(done.returncode == 3, f"by a slow cable: exit status {done.returncode}\n{done.stderr}")
    check(two.read_bytes() == one.read_bytes(), "exchanges behind sweeps by a slow cable: other bits than one process")
    overlapped = [rank["overlapped"] for rank in json.loads(told.read_text())["ranks"]["each"]]
    check(all(overlapped), f"by a slow cable {overlapped} exchanges were behind sweeps")
    for space in SPACES:
        system("ip", "netns", "exec", space, "tc", "qdisc", "del", "dev", "cable", "root")


def fail(folder):
    """What goes wrong on the other machine ends both."""
    wrong = folder / "wrong.yaml"
    wrong.write_text(PROBLEM + 'source: "sqrt(0.8 - x)"\n')
    before = time.monotonic()
    done = system(*command(folder, wrong, "--backend", "reference", "--ranks", "2x1"))
    took = time.monotonic() - before
    check(done.returncode == 2 and "rank 1 on machine2: " in done.stderr and "square root" in done.stderr,
          f"an error on the other machine: exit status {done.returncode}\n{done.stderr}")
    check(took < 15, f"an error on the other machine ended all after {took:.1f} s")


os.environ |= {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMP_NUM_THREADS": "1"}
with tempfile.TemporaryDirectory() as name:
    here = pathlib.Path(name)
    (here / "agent").write_text(AGENT % tuple(SPACES))
    (here / "agent").chmod(0o755)
    try:
        if not connect():
            sys.exit(SKIPPED)
        solve(here)
        sweep_behind(here)
        fail(here)
    except FileNotFoundError as missing:
        print(f"  left out: {missing}")
        sys.exit(SKIPPED)
    finally:
        try:
            disconnect()
        except FileNotFoundError:
            pass
