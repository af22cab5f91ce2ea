# SPDX-License-Identifier: MIT
"""Processes that the program starts itself, and that share memory, against one alone.

    test_processes.py CLPOISSON FAULT_LAYER
"""
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

try:
    import numpy as np
except ImportError:
    sys.exit(77)  # meson: skipped

program, fault_layer = (os.path.abspath(path) for path in sys.argv[1:3])
failures = []

SWEEPS = """
domain: {size: [1, 1], nodes: [165, 149]}
boundary: {top: 100, left: "20*y", bottom: 0, right: {flux: 3}}
source: "x*y"
solver: {method: jacobi, tolerance: 1}
"""
SEAMS = """
domain: {size: [1, 1, 0.7], nodes: [21, 19, 17]}
boundary: {top: 100, x: periodic, z: periodic, bottom: "x"}
source: "sin(2*pi*z/0.7)"
solver: {method: jacobi, tolerance: 1e-3}
"""
PLATE = """
domain: {size: [1, 1.7], nodes: [437, 590]}
boundary: {top: "100*x", left: {flux: 2}, bottom: 0}
source: "sin(9*x)*y"
"""
MATERIALS = """
domain: {size: [2, 1], nodes: [601, 801]}
boundary: {top: 100, bottom: 0}
regions:
  - {shape: circle, center: [0.7, 0.5], radius: 0.17, value: 50}
  - {shape: rectangle, min: [1.2, 0.2], max: [1.5, 0.77], conductivity: 200, source: 5}
"""
SPACE = """
domain: {size: [1, 1, 2], nodes: [70, 81, 92]}
boundary: {z: periodic, left: 1, right: {flux: "y"}, top: "x"}
source: "x*z*(2-z)"
"""
IN_TIME = """
domain: {size: [1, 1], nodes: [257, 257]}
boundary: {top: 100, left: 0, right: 0, bottom: {flux: "10*t"}}
initial: "100*y"
time: {end: 0.02, output_every: 0.01}
"""


def check(ok, what):
    if not ok:
        failures.append(what)
        print("FAILED:", what)


def solve(file, *arguments, **environment):
    return subprocess.run([program, "solve", *map(str, (file, *arguments))], capture_output=True, text=True, timeout=120,
                          env={**os.environ, **environment})


def solved(folder, text, *arguments, output="--field", **environment):
    """What is in the field, and the report."""
    file, field, told = folder / "problem.yaml", folder / "u.npy", folder / "told.json"
    file.write_text(text)
    done = solve(file, output, field, "--report", told, *arguments, **environment)
    check(done.returncode == 0, f"{arguments}: exit status {done.returncode}\n{done.stderr}")
    check(bool(done.stderr) == ("-v" in arguments), f"{arguments}: without a terminal it says\n{done.stderr}")
    return np.load(field), json.loads(told.read_text()), done


def sweeps_have_the_same_bits(folder):
    for text, counts in ((SWEEPS, ("2", "3", "2x2")), (SEAMS, ("4", "1x2x2"))):
        one, alone, _ = solved(folder, text, "--backend", "reference")
        check(alone["ranks"] is None, "one process has ranks in its report")
        for count in counts:
            many, report, _ = solved(folder, text, "--backend", "reference", "--ranks", count)
            check(report["ranks"]["transport"] == "shm" and report["ranks"]["count"] == np.prod([*map(int, count.split("x"))]),
                  f"--ranks {count}: {report['ranks']}")
            if "x" in count:
                check("x".join(map(str, report["ranks"]["parts"][:1 + count.count("x")])) == count, f"--ranks {count}: {report['ranks']['parts']}")
            check(one.tobytes() == many.tobytes(), f"--ranks {count}: other bits than alone")


def answers_agree(folder):
    for text, backend, count, output in ((PLATE, "opencl", "2", "--field"), (SPACE, "reference", "3", "--field"),
                                         (MATERIALS, "reference", "1x2", "--field"), (IN_TIME, "opencl", "2", "--series")):
        one, alone, _ = solved(folder, text, "--backend", backend, output=output)
        many, report, _ = solved(folder, text, "--backend", backend, "--ranks", count, output=output)
        bound = (alone["error"]["algebraic_bound"] or 0) + (report["error"]["algebraic_bound"] or 0)
        if output == "--series":
            bound = 1e-3 * np.ptp(one)  # of the steps' own tolerance
        check(one.shape == many.shape and np.abs(one - many).max() <= bound,
              f"{count} on {backend} are {np.abs(one - many).max()} off, with bounds of {bound}")


def large_fields_are_split(folder):
    """A device that gives buffers smaller than a field: as many processes as it takes share it."""
    layer = {"OPENCL_LAYERS": fault_layer}
    for text, largest, least, output in ((MATERIALS, 2 << 20, 2, "--field"), (IN_TIME, 400000, 2, "--series")):
        one, alone, _ = solved(folder, text, output=output)
        few = {**layer, "CLP_FAULT_LARGEST": str(largest)}
        many, report, done = solved(folder, text, "-v", output=output, **few)
        check(report["ranks"] and report["ranks"]["count"] >= least and "processes share the grid" in done.stderr,
              f"buffers of {largest} bytes: {report['ranks']}\n{done.stderr}")
        bound = (alone["error"]["algebraic_bound"] or 0) + (report["error"]["algebraic_bound"] or 0)
        if output == "--series":
            bound = 1e-3 * np.ptp(one)
        check(one.shape == many.shape and np.abs(one - many).max() <= bound,
              f"buffers of {largest} bytes: {np.abs(one - many).max()} off, with bounds of {bound}")
        said = solve(folder / "problem.yaml", "--dry-run", **few).stdout
        check("processes for smaller buffers" in said and "DOES NOT FIT" not in said, f"--dry-run says\n{said}")
    done = solve(folder / "problem.yaml", "--transport", "none", **few)
    check(done.returncode == 1 and "as its largest allocation" in done.stderr and "(--ranks" in done.stderr,
          f"alone with small buffers: {done.returncode}\n{done.stderr}")


def errors(folder):
    file, wrong = folder / "plain.yaml", folder / "wrong.yaml"
    file.write_text(SWEEPS)
    wrong.write_text(SWEEPS.replace("x*y", "sqrt(x - 0.2)"))
    for what, problem, arguments, environment, status, words in (
            ("too many", file, ("--ranks", "300"), {}, 2, "more than this machine has use for"),
            ("more than fit", file, ("--ranks", "2", "--set", "domain.nodes=[3, 3]"), {}, 2, "cannot share 3 x 3 nodes"),
            ("parts that are none", file, ("--ranks", "2x"), {}, 2, "--ranks 2x: write how many"),
            ("nobody to talk to", file, ("--ranks", "2", "--transport", "none"), {}, 2, "starts no others"),
            ("not started", file, ("--transport", "shm"), {}, 2, "clpoisson solve --ranks 2"),
            ("half a start", file, (), {"CLPOISSON_RANK": "0"}, 2, "CLPOISSON_RANK is set"),
            ("an unknown device", file, ("--ranks", "2", "--device", "nonesuch"), {}, 2, "no device fits"),
            ("a family", file, ("--ranks", "2", "--sweep", "boundary.top=1:2:2"), {}, 2, "without --ranks"),
            ("an error of one", wrong, ("--ranks", "2x1", "--backend", "reference"), {}, 2, "square root")):
        done = solve(problem, *arguments, **environment)
        check(done.returncode == status and done.stderr.count(words) == 1,
              f"{what}: exit status {done.returncode}, and not once '{words}' in\n{done.stderr}")
    check(solve(file, "--ranks", "1", "--field", folder / "u.npy").returncode == 0, "--ranks 1")
    told = folder / "short.json"
    done = solve(file, "--ranks", "2", "--set", "solver.max_iterations=5", "--report", told)
    check(done.returncode == 3 and not json.loads(told.read_text())["solver"]["converged"],
          f"too few sweeps: exit status {done.returncode}")


def begin(folder, *arguments):
    """A run that would take long, once it sweeps; the ranks' process numbers."""
    slow = folder / "slow.yaml"
    slow.write_text(SWEEPS.replace("165, 149", "999, 999").replace("tolerance: 1", "tolerance: 1e-9"))
    started = subprocess.Popen([program, "solve", slow, "--ranks", "3", "--backend", "reference", *map(str, arguments)],
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)
    ranks = []
    for _ in range(100):
        time.sleep(0.1)
        ranks = subprocess.run(["pgrep", "-P", str(started.pid)], capture_output=True, text=True).stdout.split()
        if len(ranks) == 3:
            break
    check(len(ranks) == 3, f"three ranks: {ranks}")
    time.sleep(1.5)
    return started, [int(rank) for rank in ranks]


def is_alive(process):
    """What nobody waited for yet is not."""
    try:
        return pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def end_of(started, ranks):
    try:
        said, _ = started.communicate(timeout=30)
    except subprocess.TimeoutExpired:
        os.killpg(started.pid, signal.SIGKILL)
        said, _ = started.communicate()
        check(False, "they went on for 30 s")
    left = [rank for rank in ranks if is_alive(rank)]
    check(not left, f"processes {left} are left")
    return said


def ends(folder):
    started, ranks = begin(folder)
    os.kill(ranks[1], signal.SIGKILL)
    said = end_of(started, ranks)
    check(started.returncode == 1 and said.count("was ended by signal 9") == 1,
          f"one was killed: exit status {started.returncode}\n{said}")
    started, ranks = begin(folder)
    started.kill()
    started.communicate()
    time.sleep(0.5)
    end_of(started, ranks)
    for number, everywhere in ((signal.SIGINT, False), (signal.SIGINT, True), (signal.SIGTERM, True)):
        field, told = folder / "slow.npy", folder / "slow.json"
        field.unlink(missing_ok=True)
        started, ranks = begin(folder, "--field", field, "--report", told)
        (os.killpg if everywhere else os.kill)(started.pid, number)
        said = end_of(started, ranks)
        check(started.returncode == 3 and "it was interrupted" in said and field.exists(),
              f"{number.name}, everywhere: {everywhere}: exit status {started.returncode}\n{said}")


with tempfile.TemporaryDirectory() as name:
    here = pathlib.Path(name)
    for part in (sweeps_have_the_same_bits, answers_agree, large_fields_are_split, errors, ends):
        before = time.monotonic()
        part(here)
        print(f"{part.__name__}: {time.monotonic() - before:.1f} s")
print(f"{len(failures)} failed")
sys.exit(1 if failures else 0)
