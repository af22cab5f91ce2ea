#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every public header compiles on its own, as C and as C++: check_headers.py INCLUDE_DIR CC CXX"""
import pathlib
import shutil
import subprocess
import sys

include, cc, cxx = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
if not shutil.which(cxx):
    print(f"{cxx} is not installed")
    sys.exit(77)
failed = 0
headers = sorted(include.rglob("*.h"))
for header in headers:
    name = header.relative_to(include)
    for compiler, options in ((cc, ["-xc", "-std=c99"]), (cc, ["-xc", "-std=c11"]), (cxx, ["-xc++", "-std=c++11"])):
        command = [compiler, *options, "-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", "-Werror", f"-I{include}", "-"]
        result = subprocess.run(command, input=f"#include <{name}>\nint main(void) {{ return 0; }}\n", text=True,
                                capture_output=True)
        if result.returncode:
            failed += 1
            print(" ".join(command), f"<{name}>", result.stderr, sep="\n")
print(f"{len(headers)} headers")
sys.exit(1 if failed or not headers else 0)
