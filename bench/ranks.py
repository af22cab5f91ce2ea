#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How problems scale on many ranks: measured on this machine, simulated on larger ones, and by a model (docs/scaling.md).

    ranks.py setup FOLDER                     two builds there, of the program that notes times and of the one that spends them
    ranks.py measure FOLDER [--seconds S]     operations, messages and runs of 1, 2 and 4 ranks on this machine
    ranks.py simulate FOLDER [--seconds S]    the program on platforms of up to 1024 ranks (Debian: libsimgrid-dev)
    ranks.py report                           the tables of docs/scaling.md and its plots in docs/images, from the data alone

Results go to bench/results/ranks.json; what stands there already is not run again, and after S seconds nothing new begins."""
import argparse
import json
import pathlib
import platform
import subprocess
import sys
import tempfile
import time

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here / "ranks"))
import model
import runs
from model import DEVICES, SLOW

DATA = here / "results" / "ranks.json"
SWEEPS, ROUNDS, CALIBRATIONS = 256, 9, 5  # of which the fastest counts: others have this machine as well
OPTIONS = [f"-D{name}=disabled" for name in ("tests", "picture", "image", "film", "cache")]


def load():
    return json.loads(DATA.read_text()) if DATA.exists() else {"operations": [], "messages": {}, "measured": [], "simulated": []}


def save(data):
    lines = (f"{json.dumps(key)}: " + ("[\n" + ",\n".join(json.dumps(row) for row in value) + "\n]" if isinstance(value, list)
                                       else json.dumps(value)) for key, value in data.items())
    DATA.write_text("{" + ",\n".join(lines) + "}\n")


def setup(folder):
    simgrid = ["-Dmpi=disabled", "-Dga=disabled", "-Dopenmp=disabled", "-Dc_args=-include smpi/smpi_helpers.h -I/usr/include/smpi -DSMPI_NO_OVERRIDE_MALLOC"]
    for name, more, suffix in (("measured", [], ""), ("simulated", simgrid, ".so")):
        subprocess.run(["meson", "setup", folder / name, here.parent, f"-Dranks_bench={name}", *OPTIONS, *more], check=True)
        subprocess.run(["ninja", "-C", folder / name, f"bench/bench_ranks{suffix}", f"bench/bench_messages{suffix}"], check=True)


def noted(path):
    """What bench_ranks has written of its operations: a line for each, per sweep."""
    for text in path.read_text().splitlines():
        name, size, nodes, sweeps, count, seconds = text.split()
        yield name, int(size), int(nodes), int(sweeps), int(count), float(seconds)


def calibrate(program, data):
    """Times of operations on whole squares; of what only several ranks do, and of the boxes that they exchange, on parts."""
    found = {}
    for ranks, sizes, more in ((1, (17, 33, 65, 129, 257, 513, 1025, 2049, 3073), ()), (2, (129, 257, 513, 1025, 2049), ()),
                               (2, (129, 513, 1025), ("--halo", "4"))):
        alone = {key[:2] for key in found} if ranks > 1 and not more else alone if more else set()
        for nodes in sizes:
            for method, source in (("multigrid", True), ("jacobi", False), ("jacobi", True)):
                declared = runs.problem(method, (nodes, nodes), 64)
                if source:
                    declared["source"] = "sin(40*x)*cos(31*y) + 1"
                for _ in range(CALIBRATIONS):
                    with tempfile.TemporaryDirectory() as folder:
                        path = pathlib.Path(folder) / "times"
                        runs.really(program, ranks, declared, *more, CLPOISSON_TIMES=str(path))
                        for name, size, count, sweeps, calls, seconds in noted(path.with_suffix(".0")):
                            best = found.get((name, size, count), (0, 0))
                            if (name, size) not in alone and (calls, -seconds / sweeps) > (best[0], -best[1]):
                                found[name, size, count] = (calls, seconds / sweeps)
    data["operations"] = [[*key, 0, seconds, 1] for key, (_, seconds) in sorted(found.items())]


def same(row, key):
    return all(row.get(name) == value for name, value in key.items())


def core(data):
    return model.Times([tuple(line) for line in data["operations"]])


def own_network(data):
    """Latency and bandwidth of this machine's messages between two ranks: of the shortest, and of those up to the longest."""
    swaps = {size: seconds for name, size, seconds in data["messages"]["2"] if name == "swap"}
    longest = max(swaps)
    return model.Network(swaps[min(swaps)], (longest - 8) / (swaps[longest] - swaps[min(swaps)]))


def measure(folder, until):
    data = load()
    program = folder / "measured" / "bench" / "bench_ranks"
    talker = folder / "measured" / "bench" / "bench_messages"
    if not data["operations"]:
        calibrate(program, data)
        save(data)
    for ranks in (2, 4):
        if str(ranks) not in data["messages"]:
            data["messages"][str(ranks)] = runs.messages(["mpirun", "--oversubscribe", "-n", str(ranks), talker],
                                                         OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")
            save(data)
    for method in ("jacobi", "multigrid"):
        for nodes in (257, 513, 1025, 2049):
            for ranks in (1, 2, 4):
                key = {"method": method, "nodes": nodes, "ranks": ranks}
                if any(same(row, key) for row in data["measured"]) or time.monotonic() > until:
                    continue
                rounds = [runs.really(program, ranks, runs.problem(method, (nodes, nodes), SWEEPS)) for _ in range(ROUNDS)]
                data["measured"].append(key | min(rounds, key=lambda run: run["step"]))
                save(data)


def platform_of(data, device, ranks):
    """What SimGrid simulates, the times of operations there, and the model's network."""
    if device == "this machine":
        network = own_network(data)
        return runs.one_machine(ranks, 2, network.latency, network.bandwidth), core(data), network
    d = (DEVICES | SLOW)[device]
    network = model.Network(d["latency"], d["bandwidth"])
    times = core(data) if d.get("measured") else model.device_times(d)
    return runs.star(ranks, d["latency"], d["bandwidth"]), times, network


def plan():
    """All runs to simulate, the most telling first."""
    for nodes in (257, 513, 1025, 2049):
        for method in ("jacobi", "multigrid"):
            for ranks in (1, 2, 4):
                yield {"device": "this machine", "method": method, "nodes": nodes, "ranks": ranks}
    for ranks, weak in ((4, 257), (16, 513), (64, 1025), (256, 2049), (1024, 4097)):
        for device in DEVICES:
            for method in ("jacobi", "multigrid"):
                for nodes in sorted({weak, 4097}):
                    yield {"device": device, "method": method, "nodes": nodes, "ranks": ranks}
    for device in DEVICES:
        for halo in (2, 4, 8, 16, 32, 64):
            yield {"device": device, "method": "jacobi", "nodes": 2049, "ranks": 256, "halo": halo}
        for gathered in (65, 129, 257, 513):
            yield {"device": device, "method": "multigrid", "nodes": 1025, "ranks": 64, "gathered": gathered}
    for gathered in (17, 33, 65, 129):
        yield {"device": "cores", "method": "multigrid", "nodes": 513, "ranks": 256, "gathered": gathered}
    for device, ranks in (("cores by gigabit", 4), ("cores by gigabit", 16), ("cores by gigabit", 64), ("GPUs", 4), ("GPUs", 16)):
        for overlap in ("no", "yes") if device in SLOW else ("yes",):
            yield {"device": device, "method": "jacobi", "nodes": 4097, "ranks": ranks, "overlap": overlap}


def options(row):
    """What is computed by plain C is to choose as on the device whose times it takes."""
    halo, gathered = model.usual(row["device"], row["ranks"])
    return ["--halo", str(row.get("halo", halo)), "--gathered", str(row.get("gathered", gathered) ** 2),
            "--overlap", row.get("overlap", "no")]


def simulate(folder, until):
    program = folder / "simulated" / "bench" / "bench_ranks.so"
    data = load()
    for key in plan():
        if any(same(row, key) and row.keys() - key.keys() >= {"step"} and all((name in row) == (name in key)
                                                                                         for name in model.SETTINGS) for row in data["simulated"]):
            continue
        if time.monotonic() > until:
            return
        place, times, _ = platform_of(data, key["device"], key["ranks"])
        try:
            result = runs.simulated(program, place, times, runs.problem(key["method"], (key["nodes"],) * 2, SWEEPS), *options(key))
        except RuntimeError as error:
            result = {"step": None, "error": str(error)[-300:]}
        data["simulated"].append(key | result)
        save(data)
        print(key, result.get("step"), f"{result.get('wall', 0):.1f} s", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["setup", "measure", "simulate", "report"])
    parser.add_argument("folder", nargs="?", type=pathlib.Path)
    parser.add_argument("--seconds", type=float, default=float("inf"))
    given = parser.parse_args()
    until = time.monotonic() + given.seconds
    if given.what == "setup":
        setup(given.folder.resolve())
    elif given.what == "measure":
        measure(given.folder.resolve(), until)
    elif given.what == "simulate":
        simulate(given.folder.resolve(), until)
    else:
        import draw
        data = load()
        draw.report(data, {device: platform_of(data, device, 1)[1:] for device in ("this machine", *DEVICES, *SLOW)})


main()
