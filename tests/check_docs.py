#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check_docs.py KEYS_PROGRAM PROBLEM_FILE.md

Fails if the table of keys in the documentation is not the one that the library prints.
"""
import difflib
import subprocess
import sys

BEGIN, END = "<!-- keys -->", "<!-- /keys -->"


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    program, document = sys.argv[1:]
    printed = subprocess.run([program], check=True, capture_output=True, encoding="utf-8").stdout
    with open(document, encoding="utf-8") as file:
        text = file.read()
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        sys.exit(f"{document}: needs one {BEGIN} and, after it, one {END}")
    written = text.split(BEGIN)[1].split(END)[0]
    difference = list(difflib.unified_diff(written.strip().splitlines(), printed.strip().splitlines(),
                                           document, program, lineterm=""))
    if difference:
        print("\n".join(difference))
        sys.exit(f"{document}: the table of keys is out of date; put the output of {program} between the markers")


if __name__ == "__main__":
    main()
