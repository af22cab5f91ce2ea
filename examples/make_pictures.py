#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes what the examples read, and the pictures of docs/images. Needs NumPy.

    make_pictures.py             the inputs: *.png and *.npy in this folder
    make_pictures.py CLPOISSON   these, and with that program the pictures
"""
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

import png

HERE = pathlib.Path(__file__).resolve().parent
IMAGES = HERE.parent / "docs/images"
PICTURES = {"heated-plate": [], "wall": ["--plot", "flux"], "coax": [], "microstrip": ["--plot", "flux"],
            "coupled-microstrip": ["--plot", "flux"], "fin": ["--plot", "arrows"], "dam": ["--plot", "flux"],
            "lattice": [], "heat-sink": []}
COLORS = {"white": (255, 255, 255), "gray": (128, 128, 128), "red": (255, 0, 0), "blue": (0, 0, 255),
          "green": (0, 128, 0), "navy": (0, 0, 128)}


def draw(path, size, background, rectangles=(), circles=()):
    """Draws shapes over one another: rectangles (color, x from, to, y from, to), circles (color, diameter) around
    the middle. y grows upwards, as everywhere in clPoisson."""
    width, height = size
    names = list(COLORS)
    pixels = np.full((height, width), names.index(background))
    x, y = np.meshgrid(np.arange(width) + 0.5 - width / 2, np.arange(height) + 0.5 - height / 2)
    for color, diameter in circles:
        pixels[np.hypot(x, y) < diameter / 2] = names.index(color)
    for color, left, right, bottom, top in rectangles:
        pixels[bottom:top, left:right] = names.index(color)
    png.write(path, pixels[::-1], [COLORS[name] for name in names])


def board(strips):
    """A board in a box of metal, 20 pixels per millimetre: 2 of metal all around, 32 of board, strips 1 thick."""
    parts = [("white", 2, 402, 2, 258), ("green", 2, 402, 2, 34)]
    return parts + [(color, middle - 30, middle + 30, 34, 35) for color, middle in strips]


def hills():
    """A smooth picture in greys, 120 x 160, [y][x]."""
    y, x = np.mgrid[0:120, 0:160]
    bumps = ((45, 40, 26, 120), (110, 75, 34, -90), (60, 95, 20, 60), (130, 25, 22, 70))
    grey = 120 + sum(h * np.exp(-((x - a) ** 2 + (y - b) ** 2) / (2 * s * s)) for a, b, s, h in bumps)
    return np.rint(np.clip(grey, 1, 255)).astype(np.uint8)


def missing():
    """Where that picture is damaged: two scratches and a hole."""
    y, x = np.mgrid[0:120, 0:160]
    scratch = np.abs(y - 12 - 0.6 * x - 6 * np.sin(x / 9)) < 3.5
    crack = (np.abs(x - 118 + 0.35 * y) < 2) & (y > 20)
    return scratch | crack | (np.hypot(x - 42, y - 88) < 9)


def inputs():
    draw(HERE / "coax.png", (820, 820), "navy", circles=[("white", 800), ("red", 320)])
    draw(HERE / "microstrip.png", (404, 260), "gray", board([("red", 202)]))
    draw(HERE / "coupled-microstrip.png", (404, 260), "gray", board([("red", 162), ("blue", 242)]))
    np.save(HERE / "inpainting-known.npy", (~missing()).astype(np.uint8))
    np.save(HERE / "inpainting-damaged.npy", np.where(missing(), 0, hills()).astype(np.uint8))


def run(program, name, outputs):
    """Solves an example; what it writes besides goes to a folder that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([program, "solve", HERE / f"{name}.yaml", "--quiet", *outputs], cwd=folder, check=True)


def before_and_after(program, path):
    """The damaged picture and what became of it, side by side in grey, the missing pixels in red."""
    with tempfile.TemporaryDirectory() as folder:
        field = pathlib.Path(folder) / "field.npy"
        run(program, "inpainting", ["--field", field])
        mended = np.rint(np.load(field)).astype(int)
    damaged = np.where(missing(), 0, hills())
    pixels = np.hstack([damaged, np.full((120, 8), 255), mended])[::-1].repeat(2, 0).repeat(2, 1)
    png.write(path, pixels, [(255, 0, 0)] + [(grey, grey, grey) for grey in range(1, 256)])


def pictures(program):
    for name, options in PICTURES.items():
        run(program, name, ["--picture", IMAGES / f"{name}.png", *options])
        png.shrink(IMAGES / f"{name}.png")
    before_and_after(program, IMAGES / "inpainting.png")


def main():
    inputs()
    if len(sys.argv) > 1:
        pictures(pathlib.Path(sys.argv[1]).resolve())


if __name__ == "__main__":
    main()
