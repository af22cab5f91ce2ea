#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Adds up the results in Meson's test logs: count_results.py LOG..."""
import json
import sys

counts = {"passed": 0, "failed": 0, "skipped": 0}
for path in sys.argv[1:]:
    try:
        with open(path) as log:
            for line in log:
                result = json.loads(line)["result"]
                counts["passed" if result == "OK" else "skipped" if result == "SKIP" else "failed"] += 1
    except OSError as error:
        print(f"{path}: {error.strerror}; its tests did not run")
        counts["failed"] += 1
print("{passed} passed, {failed} failed, {skipped} skipped".format(**counts))
sys.exit(1 if counts["failed"] or not counts["passed"] else 0)
