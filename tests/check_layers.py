#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The layers of src/: each file may include only its own layer and those below it. check_layers.py ROOT"""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
# What each layer may include besides itself and the public headers. The program sees the public headers only.
allowed = {
    "base": set(),
    "grid": {"base"},
    "backend": {"base", "grid"},
    "transport": {"base", "grid", "backend"},
    "problem": {"base", "grid", "backend", "transport"},
    "solver": {"base", "grid", "backend", "transport", "problem"},
    "transient": {"base", "grid", "backend", "transport", "problem", "solver"},
    "io": {"base", "grid", "backend", "transport", "problem", "solver", "transient"},
    "app": set(),
}
errors = []
count = 0
for path in sorted((root / "src").rglob("*.[ch]")):
    layer = path.relative_to(root / "src").parts[0]
    opencl = "backend/opencl" in path.as_posix()
    for number, line in enumerate(path.read_text().splitlines(), 1):
        match = re.match(r'\s*#\s*include\s*(["<])([^">]+)[">]', line)
        if not match:
            continue
        count += 1
        quoted, name = match.group(1) == '"', match.group(2)
        where = f"{path.relative_to(root)}:{number}"
        if quoted:
            target = name.split("/")[0]
            if not (root / "src" / name).exists():
                errors.append(f"{where}: {name} is not a path from src/")
            elif target != layer and target not in allowed[layer]:
                errors.append(f"{where}: {layer} may not include {target}")
            elif "backend/opencl" in name and not opencl:
                errors.append(f"{where}: only backend/opencl may include {name}")
        elif name.startswith("CL/") and not opencl:
            errors.append(f"{where}: only backend/opencl may include {name}")
for layer in {path.relative_to(root / "src").parts[0] for path in (root / "src").rglob("*.[ch]")}:
    if layer not in allowed:
        errors.append(f"src/{layer}: no such layer; add it to the list with what it may include")
print(f"{count} includes checked")
if errors or count < 100:
    print("\n".join(errors))
    sys.exit(1)
