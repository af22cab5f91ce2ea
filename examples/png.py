# SPDX-License-Identifier: MIT
"""PNG files with nothing but NumPy: pictures with a palette are written, what clPoisson draws is made smaller."""
import struct
import zlib

import numpy as np


def write(path, pixels, palette):
    """Writes pixels[row from the top][column], which are numbers of a palette of (r, g, b)."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    height, width = pixels.shape
    rows = b"".join(b"\0" + row.tobytes() for row in pixels.astype(np.uint8))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)) +
                     chunk(b"PLTE", bytes(np.array(palette, np.uint8).ravel())) +
                     chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))


def _paeth(left, above, corner):
    guess = left + above - corner
    a, b, c = abs(guess - left), abs(guess - above), abs(guess - corner)
    return left if a <= b and a <= c else above if b <= c else corner


def read(path):
    """The pixels [row][column][r, g, b] of a picture of 8 bits per colour, as cairo writes them."""
    data, at, packed = path.read_bytes(), 8, b""
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + length]
        if kind == b"IHDR":
            width, height, *form = struct.unpack(">IIBBBBB", body)
            assert form == [8, 2, 0, 0, 0], f"{path}: not 8-bit RGB"
        packed += body if kind == b"IDAT" else b""
        at += 12 + length
    rows = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(height, 1 + 3 * width)
    pixels = np.zeros((height + 1, width + 1, 3), np.uint8)  # a row and a column of 0 before the first ones
    for j, row in enumerate(rows):
        line, above = row[1:].reshape(width, 3), pixels[j]
        if row[0] < 3:
            made = line if row[0] == 0 else np.cumsum(line, 0, np.uint8) if row[0] == 1 else line + above[1:]
        else:
            made, left = np.empty_like(line), [0, 0, 0]
            before = above.tolist()
            for i, pixel in enumerate(line.tolist()):
                left = [(pixel[c] + ((left[c] + before[i + 1][c]) // 2 if row[0] == 3 else
                                     _paeth(left[c], before[i + 1][c], before[i][c]))) & 255 for c in range(3)]
                made[i] = left
        pixels[j + 1, 1:] = made
    return pixels[1:, 1:]


def _averages(old, new):
    """The matrix that averages `old` pixels into `new` ones."""
    edges = np.arange(new + 1) * old / new
    low, high = np.maximum(edges[:-1, None], np.arange(old)), np.minimum(edges[1:, None], np.arange(1, old + 1))
    return np.maximum(high - low, 0) * new / old


def _palette(pixels, count):
    """Colours by median cut: the box of colours that is widest and most used is cut in two, again and again."""
    colors, used = np.unique(pixels.reshape(-1, 3), axis=0, return_counts=True)
    weight = used ** 0.75
    boxes = [np.arange(len(colors))]

    def size(box):
        return weight[box].sum() * float(np.ptp(colors[box], axis=0).max())

    sizes = [size(boxes[0])]
    while len(boxes) < count and max(sizes) > 0:
        k = int(np.argmax(sizes))
        box = boxes[k]
        axis = np.argmax(np.ptp(colors[box], axis=0))
        box = box[np.argsort(colors[box, axis], kind="stable")]
        total = np.cumsum(weight[box])
        cut = min(max(int(np.searchsorted(total, total[-1] / 2)), 1), len(box) - 1)
        boxes[k], sizes[k] = box[:cut], size(box[:cut])
        boxes.append(box[cut:])
        sizes.append(size(box[cut:]))
    return np.rint([np.average(colors[box], axis=0, weights=used[box]) for box in boxes])


def shrink(path, width=720):
    """Makes a picture narrower and its colours 256, which takes a fifth of the bytes."""
    pixels = read(path).astype(float)
    rows, columns = pixels.shape[:2]
    pixels = np.tensordot(_averages(rows, round(rows * width / columns)), pixels, (1, 0))
    pixels = np.rint(np.einsum("ij,rjc->ric", _averages(columns, width), pixels)).astype(np.int64)
    palette = _palette(pixels, 256)
    keys, where = np.unique(pixels @ [65536, 256, 1], return_inverse=True)
    colors = np.stack([keys >> 16, keys >> 8 & 255, keys & 255], 1)
    nearest = np.array([((palette - color) ** 2).sum(1).argmin() for color in colors])
    write(path, nearest[where].reshape(pixels.shape[:2]), palette)
