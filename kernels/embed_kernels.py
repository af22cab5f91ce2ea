#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes kernel files as a C table: embed_kernels.py OUTPUT FILE..."""
import os
import sys

output, files = sys.argv[1], sys.argv[2:]
with open(output, "w", encoding="ascii") as out:
    out.write('#include "backend/opencl/opencl.h"\n\n')
    for number, path in enumerate(files):
        # A list of numbers, not a string: C99 promises string literals of 4095 bytes only.
        data = open(path, "rb").read() + b"\0"
        out.write(f"static const char file_{number}[] = {{")
        out.write(",".join(str(byte) for byte in data))
        out.write("};\n")
    out.write("\nconst clp_kernel_file clp_kernel_files[] = {\n")
    for number, path in enumerate(files):
        out.write(f'    {{"{os.path.basename(path)}", file_{number}}},\n')
    out.write("    {0, 0},\n};\n")
