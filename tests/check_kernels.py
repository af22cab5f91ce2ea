#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compiles the kernels for other vendors' targets with every combination of macros that the host asks for, and each file
on its own with the defaults: check_kernels.py KERNEL_DIR CLANG"""
import concurrent.futures
import itertools
import pathlib
import subprocess
import sys

kernels, clang = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2]
targets = ["spir64", "amdgcn-amd-amdhsa", "nvptx64"]
sweeps = ["sweep_linear.cl", "sweep_nodes.cl", "sweep_rows.cl"]
norms = [(1, 16), (64, 1), (128, 1)]  # ITEMS, LANES of the tuning table


def compile_one(job):
    target, files, macros = job
    command = [clang, "-x", "cl", "-cl-std=CL1.2", "-Xclang", "-finclude-default-header", "-target", target, "-c",
               "-emit-llvm", "-o", "/dev/null", "-Wall", "-Werror", *(["-nogpulib"] if target.startswith("amdgcn") else []), *macros]
    if target == "spir64":  # enough to check; the others are taken down to their machine's code
        command[command.index("-emit-llvm")] = "-fsyntax-only"
    source = "".join(f'#include "{kernels / name}"\n' for name in ["common.cl", *files])
    result = subprocess.run([*command, "-"], input=source, text=True, capture_output=True)
    return None if result.returncode == 0 else f"{' '.join(command)}\n{source}{result.stderr}"


jobs = [(target, [path.name], []) for target in targets for path in sorted(kernels.glob("*.cl")) if path.name != "common.cl"]
jobs += [(target, ["norms.cl", sweep],
          [f"-DREAL={real}", f"-DHAS_SOURCE={source}", f"-DHELD={held}", f"-DITEMS={items}", f"-DLANES={lanes}",
           "-DWIDTH=160", "-DTILE=144", "-DSWEEPS=16"] + (["-DUSE_FP64"] if real == "double" else []))
         for target, sweep, real, source, held, (items, lanes)
         in itertools.product(targets, sweeps, ("float", "double"), (0, 1), range(1, 16), norms[:1])]
jobs += [(target, ["norms.cl"], [f"-DREAL={real}", f"-DITEMS={items}", f"-DLANES={lanes}"]
          + (["-DUSE_FP64"] if real == "double" else []))
         for target, real, (items, lanes) in itertools.product(targets, ("float", "double"), norms)]
with concurrent.futures.ThreadPoolExecutor(2) as pool:
    errors = [error for error in pool.map(compile_one, jobs) if error]
print(f"{len(jobs)} compilations, {len(errors)} failed")
print("\n".join(errors[:3]))
sys.exit(1 if errors else 0)
