# SPDX-License-Identifier: MIT
"""Runs of the program on several ranks: really, by mpirun, or on a platform that SimGrid simulates."""
import json
import os
import pathlib
import re
import resource
import subprocess
import tempfile
import time

ENVIRONMENT = {"GOMP_SPINCOUNT": "0"}  # else the program starts itself anew, to set it

# Messages take a latency and a time per byte, nothing else; what the host computes takes what is injected.
SIMULATION = {"smpi/simulate-computation": "no", "smpi/host-speed": "1e9f", "smpi/lat-factor": "0:1", "smpi/bw-factor": "0:1",
              "network/TCP-gamma": "0", "network/weight-S": "0", "network/crosstraffic": "0", "smpi/coll-selector": "ompi", "smpi/init": "0",
              "smpi/wtime": "0", "smpi/test": "1e-7", "smpi/display-timing": "no", "smpi/cpu-threshold": "0",
              "smpi/tmpdir": tempfile.gettempdir()}


def problem(method, nodes, steps):
    """Sides held at values, with a source for multigrid: what four.py does not converge by itself."""
    solver = {"method": method, "criterion": "residual", "tolerance": 1e-8}
    declared = {"domain": {"size": [1, 1], "nodes": list(nodes)}, "boundary": {"top": 1, "bottom": 0, "left": 0, "right": 0}}
    if method == "jacobi":
        solver |= {"max_iterations": steps, "check_every": steps // 2, "precision": "single", "tolerance": 1e-30}
    else:
        declared["source"] = "sin(40*x)*cos(31*y) + 1"
    return declared | {"solver": solver}


def outcome(report):
    """Seconds of a sweep or a cycle between the first test and the last one, and what ranks say of halos."""
    history = report["history"]
    first = 1 if report["solver"]["method"] == "jacobi" else 0  # the first sweeps touch memory for the first time
    steps = history[-1]["iterations"] - history[first]["iterations"]
    each = (report.get("ranks") or {}).get("each", [])
    return {"step": (history[-1]["seconds"] - history[first]["seconds"]) / max(steps, 1),
            "solve": report["seconds"]["solve"], "steps": report["solver"]["iterations"],
            "residual": history[-1]["residual"], "parts": (report.get("ranks") or {}).get("parts"),
            "exchanges": max((rank["exchanges"] for rank in each), default=0),
            "halo_bytes": max((rank["halo_bytes"] for rank in each), default=0),
            "waiting": [pick(rank["seconds_waiting"] for rank in each) if each else 0 for pick in (min, max)]}


def execute(command, declared, *more, **environment):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder)
        (path / "problem.yaml").write_text(json.dumps(declared))
        options = ["solve", "problem.yaml", "--backend", "reference", "--threads", "1", "--quiet", "--report", "report.json", *more]
        began = time.monotonic()
        done = subprocess.run([*command, *options], cwd=folder, capture_output=True, text=True,
                              env={**os.environ, **ENVIRONMENT, **environment})
        took = time.monotonic() - began
        if not (path / "report.json").exists():
            raise RuntimeError(f"{' '.join(map(str, command))}: exit status {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
        result = outcome(json.loads((path / "report.json").read_text()))
        result["wall"] = took
        return result


def really(program, ranks, declared, *more, **environment):
    launch = ["mpirun", "--oversubscribe", "-n", str(ranks)] if ranks > 1 else []
    allowed = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
    return execute([*launch, program], declared, *more, **allowed, **environment)


def star(ranks, latency, bandwidth):
    """A host for each rank, a link of its own to a switch that never is the limit."""
    return (f'<cluster id="all" prefix="host" suffix="" radical="0-{ranks - 1}" speed="1Gf" bw="{bandwidth}Bps" lat="{latency / 2}s" '
            f'loopback_bw="{bandwidth}Bps" loopback_lat="{latency}s"/>', [f"host{i}" for i in range(ranks)])


def one_machine(ranks, cores, latency, bandwidth):
    return (f'<zone id="all" routing="Full"><host id="host" speed="1Gf" core="{cores}"/>'
            f'<link id="memory" bandwidth="{bandwidth}Bps" latency="{latency}s" sharing_policy="FATPIPE"/>'
            '<route src="host" dst="host"><link_ctn id="memory"/></route></zone>', ["host"] * ranks)


def launcher(program, platform, folder):
    """What starts a program on a platform, whose files go to a folder."""
    xml, hosts = platform
    path = pathlib.Path(folder)
    (path / "platform.xml").write_text(f'<?xml version="1.0"?><!DOCTYPE platform SYSTEM "https://simgrid.org/simgrid.dtd">'
                                       f'<platform version="4.1">{xml}</platform>')
    (path / "hosts").write_text("\n".join(hosts) + "\n")
    return ["smpirun", "-np", str(len(hosts)), "-platform", path / "platform.xml", "-hostfile", path / "hosts",
            *(f"--cfg={key}:{value}" for key, value in SIMULATION.items()), "--log=root.thres:critical", program]


def simulated(program, platform, times, declared, *more):
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "times").write_text(times.text())
        mark = {"PMI_SIZE": str(len(platform[1])), "CLPOISSON_TIMES": str(pathlib.Path(folder) / "times")}
        result = execute(launcher(program, platform, folder), declared, *more, **mark)
    result["memory"] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    return result


def messages(command, **environment):
    """Seconds by kind and bytes, of bench_messages."""
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, **environment})
    found = re.findall(r"^(\w+) (\d+) ([0-9.e+-]+)$", done.stdout, re.M)
    return [(name, int(size), float(seconds)) for name, size, seconds in found]
