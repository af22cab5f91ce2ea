#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A coaxial cable from a picture of 1350 x 1350 pixels, by atlc (Debian's package of that name) and by clpoisson: how near
each comes to the exact figure, and how long each takes, in one run: against_atlc.py CLPOISSON [PIXELS]"""
import json
import math
import pathlib
import re
import statistics
import struct
import subprocess
import sys
import tempfile
import time
import zlib

import numpy

program, pixels = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1350
outer, inner = 0.963 * pixels, 0.385 * pixels
folder = pathlib.Path(tempfile.mkdtemp())
y, x = numpy.mgrid[0:pixels, 0:pixels] + 0.5
radius = numpy.hypot(x - pixels / 2, y - pixels / 2)
rgb = numpy.full((pixels, pixels, 3), 255, numpy.uint8)
rgb[radius < inner / 2] = (255, 0, 0)
rgb[radius >= outer / 2] = (0, 255, 0)


def write_bmp(path):
    rows = b"".join(row[:, ::-1].tobytes() + b"\0" * (-3 * pixels % 4) for row in rgb[::-1])
    head = struct.pack("<IHHIIiiHHIIiiII", 54 + len(rows), 0, 0, 54, 40, pixels, pixels, 1, 24, 0, len(rows), 2835, 2835, 0, 0)
    path.write_bytes(b"BM" + head + rows)


def write_png(path):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + row.tobytes() for row in rgb)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", pixels, pixels, 8, 2, 0, 0, 0))
                     + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def timed(command):
    start = time.monotonic()
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return time.monotonic() - start, result.stdout


write_bmp(folder / "coax.bmp")
write_png(folder / "coax.png")
(folder / "coax.yaml").write_text("""image:
  file: coax.png
  colors:
    "#00ff00": {name: shield, value: 0}
    "#ffffff": {name: gap}
    "#ff0000": {name: wire, value: 1}
solver: {tolerance: 1e-3}
output: {report: "-"}
""")
solve = [program, "solve", "coax.yaml"]
timed(solve)  # builds its kernels, once and for all
ours = [timed(solve) for _ in range(3)]
theirs = timed(["atlc", "coax.bmp"])
impedance = float(re.search(r"Zo=\s*([0-9.]+)", theirs[1]).group(1))
vacuum = 376.730313668 / (2 * math.pi)
report = json.loads(ours[0][1])
capacitance = report["quantities"]["capacitance"] / (2 * math.pi / math.log(outer / inner)) - 1
seconds = statistics.median(run[0] for run in ours)
print(f"atlc       {theirs[0]:7.2f} s   off by {100 * (impedance / (vacuum * math.log(outer / inner)) - 1):+.4f} %")
print(f"clpoisson  {seconds:7.2f} s   off by {100 * capacitance:+.4f} %   ({theirs[0] / seconds:.1f} times as fast)")
