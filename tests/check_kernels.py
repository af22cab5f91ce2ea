#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compiles the kernels for other vendors' targets with combinations of macros that the host asks for, and each file
on its own with the defaults: check_kernels.py KERNEL_DIR CLANG"""
import concurrent.futures
import itertools
import pathlib
import subprocess
import sys

kernels, clang = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2]
targets = ["spir64", "amdgcn-amd-amdhsa", "nvptx64"]
sweeps = ["sweep_linear.cl", "sweep_nodes.cl", "sweep_stream.cl", "sweep_rows.cl", "sweep_planes.cl"]
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


# What the host can ask for, thinned where macros do not meet in the code: sides matter without a network only, the
# seams of a periodic axis in relax.cl only.
def operators():
    for dimensions, network in itertools.product((2, 3), (0, 1)):
        sides = range(1 << 2 * dimensions) if dimensions == 2 and not network else (0, 21, 42, 63) if dimensions == 3 else (0, 6, 15)
        for held, shunt in itertools.product(sides, (0, 1) if network else (0,)):
            for periodic in range(1 << dimensions):
                if all(not (periodic >> axis & 1 and held >> 2 * axis & 3) for axis in range(dimensions)):
                    for seams in {0, periodic}:
                        yield [f"-DDIM={dimensions}", f"-DNETWORK={network}", f"-DHAS_SHUNT={shunt}", f"-DHELD={held}",
                               f"-DPERIODIC={periodic}", f"-DSEAMS={seams}"]


def galerkin():
    for dimensions, network in itertools.product((2, 3), (0, 1)):
        for axes, periodic, shunt in itertools.product((1, 2, 3) if dimensions == 2 else (3, 6, 7), (0, 1, (1 << dimensions) - 1), (0, 1) if network else (0,)):
            yield network, [f"-DDIM={dimensions}", f"-DNETWORK={network}", f"-DHAS_SHUNT={shunt}", f"-DPERIODIC={periodic}", f"-DAXES={axes}"]


def precisions(macros):
    return (next(macro for macro in macros if macro.startswith(f"-D{name}=")).partition("=")[2] for name in ("REAL", "OTHER"))


pipeline = ["row_copies.cl", "tile.cl", "strands.cl", "strand_sweeps.cl"]
needs = {"chain.cl": ["strands.cl"], "coarsen_nodes.cl": ["box.cl", "coarsen.cl"], "coarsen_rows.cl": ["box.cl", "coarsen.cl"], "galerkin.cl": ["box.cl"], "galerkin_rows.cl": ["box.cl"], "dense.cl": ["box.cl"], "norms.cl": ["reduce.cl"], "norms_rows.cl": ["reduce.cl", "rows.cl"], "norms_finish.cl": ["reduce.cl"], "residual_rows.cl": ["rows.cl"],
         "sweep_rows.cl": pipeline, "sweep_planes.cl": ["rows.cl", "row_copies.cl"], "restrict_planes.cl": ["rows.cl", "row_copies.cl", "tables.cl", "between_rows.cl"], "smooth_rows.cl": ["row_copies.cl", "tile.cl", "tables.cl", "between_rows.cl"],
         "transfer_rows.cl": ["tables.cl", "between_rows.cl"], "transfer.cl": ["tables.cl"], "change.cl": ["reduce.cl"], "dot.cl": ["reduce.cl", "sum.cl"], "dot_rows.cl": ["reduce.cl", "sum.cl", "rows.cl"],
         "energy.cl": ["reduce.cl", "sum.cl"], "energy_rows.cl": ["reduce.cl", "sum.cl"]}
jobs = [(target, [*needs.get(path.name, []), path.name], []) for target in targets for path in sorted(kernels.glob("*.cl")) if path.name not in ("common.cl", "row_copies.cl", "strands.cl", "strand_sweeps.cl", "tile.cl", "between_rows.cl", "sum.cl", "coarsen.cl")]  # which have nothing of their own
for number, macros in enumerate(operators()):
    for sweep, real, source in itertools.product(sweeps, ("float", "double"), (0, 1)):
        if (number + source) % 7:  # odd: sources of both kinds come in all precisions
            continue  # what differs by sides and source is in functions that all share
        if (sweep == "sweep_rows.cl" and "-DDIM=3" in macros) or (sweep == "sweep_planes.cl" and "-DDIM=2" in macros):
            continue
        vector = (16, 32, 64)[(number + source) // 7 % 3]
        turn = number // 7 + source  # which is not the same for all that are left
        items, lanes = norms[turn % len(norms)]
        target = targets[(turn + (real == "double")) % len(targets)]
        rows, tiles = sweep in ("sweep_rows.cl", "sweep_planes.cl"), sweep == "sweep_rows.cl"
        files = ["reduce.cl", "norms_finish.cl", "rows.cl", "norms_rows.cl" if rows else "norms.cl", "change.cl",
                 "residual_rows.cl" if rows else "residual.cl", *(["row_copies.cl"] if rows else []), *(pipeline[1:] if tiles else []), sweep]
        energy = [f"energy{'_rows' if rows else ''}.cl"] if "-DNETWORK=1" in macros else []
        if sweep == "sweep_nodes.cl":
            files += ["relax.cl", "combine.cl", "sum.cl", "dot.cl", *energy] + (["tables.cl", "transfer.cl"] if not source else [])
        if rows and not source:
            files += ["combine_rows.cl", "sum.cl", "dot_rows.cl", *energy] + (["tables.cl", "between_rows.cl", "transfer_rows.cl"] if not tiles else [])
        options = ([*macros, f"-DREAL={real}", f"-DHAS_SOURCE={source}", f"-DITEMS={items}", f"-DLANES={lanes}",
                    "-DTILE=160", "-DSWEEPS=16", f"-DVECTOR_BYTES={vector}", f"-DSTRANDS={vector // (4 if real == 'float' else 8)}"]
                   + (["-DCOLORED=1"] if not source and number % 4 == 0 else [])
                   + (["-DINTERLEAVE=4"] if rows and target == "spir64" else [])
                   + (["-DSTAGES=2", "-DGROUP_X=32", "-DGROUP_Y=8"] if sweep == "sweep_stream.cl" and "-DDIM=3" in macros else [])
                   + (["-DUSE_FP64"] if real == "double" or number % 2 else [])
                   + (["-DOTHER=double", "-DWIDE=double"] if number % 2 else [f"-DOTHER=float", f"-DWIDE={real}"]))
        jobs.append((target, files, options))
        if tiles and source and "-DNETWORK=0" in macros:
            jobs.append((target, [*needs["smooth_rows.cl"], "smooth_rows.cl"], options))
        if sweep == "sweep_planes.cl" and source and "-DNETWORK=0" in macros and "-DCOLORED=1" not in options:
            jobs.append((target, [*needs["restrict_planes.cl"], sweep, "restrict_planes.cl"], [*options, "-DSMOOTH=1"]))
seen = {(file, *precisions(macros)) for _, files, macros in jobs for file in files if "-DSWEEPS=16" in macros}
missing = [pair for pair in itertools.product({file for file, *_ in seen}, ("float", "double"), ("float", "double")) if pair not in seen]
if missing:
    sys.exit(f"not compiled with these of REAL and OTHER: {missing}")
jobs += [(target, ["separable.cl"], [f"-DDIM={dimensions}", "-DREAL=double", "-DUSE_FP64"]) for target in targets for dimensions in (2, 3)]
coarsening = [["coarsen.cl", "coarsen_nodes.cl"], ["coarsen.cl", "coarsen_rows.cl"]]
for number, (network, macros) in enumerate(galerkin()):
    for files in (coarsening if network else [*coarsening, ["dense.cl", "galerkin.cl"], ["dense.cl", "galerkin_rows.cl", "galerkin_pipeline.cl"]]):
        real = ["-DREAL=double", "-DUSE_FP64"] if number % 2 else ["-DREAL=float"]
        jobs.append((targets[number % len(targets)], ["box.cl", *files], [*macros, *real]))
with concurrent.futures.ThreadPoolExecutor(2) as pool:
    errors = [error for error in pool.map(compile_one, jobs) if error]
print(f"{len(jobs)} compilations, {len(errors)} failed")
print("\n".join(errors[:3]))
sys.exit(1 if errors else 0)
