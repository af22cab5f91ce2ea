# SPDX-License-Identifier: MIT
"""What a sweep of Jacobi's method and a multigrid cycle take on P ranks in two dimensions: the operations that the program
does on the busiest rank, one after the other, each with the time that a device takes for it, and the messages between."""
import bisect
import math

COARSE_DEPTH, SLICE_DEPTH, REACH = 8, 10, 2  # as in grid/part.c, transport/shared.h, shared_transfer.c
SMOOTHING, BATCH, DIRECT_MOST = 4, 256, 1 << 19  # solver/hierarchy.h, jacobi.c, separable.c
EVER = math.inf
SETTINGS = ("halo", "gathered", "overlap")  # by which a run may differ from what the program chooses

# Larger platforms: what the device of a rank does, and a link of its own to a switch. "GPUs": as large ones are said to be (not
# measured here), fused sweeps at 2.5 times what streaming allows; "cores": those of the machine that was measured.
DEVICES = {
    "GPUs": {"launch": 5e-6, "fused": 16, "sweeps_per_second": 1.34e12, "bytes_per_second": 4e12,
             "staging": 10e-6, "staging_bytes_per_second": 5e10, "host_bytes_per_second": 1e11,
             "latency": 2e-6, "bandwidth": 5e10},
    "cores": {"measured": True, "latency": 2e-6, "bandwidth": 1.25e10}}
SLOW = {"cores by gigabit": {"measured": True, "latency": 5e-5, "bandwidth": 1.25e8}}


def usual(device, ranks):
    """Depth of halos, and nodes a side of the largest grid that all have whole, as transport/ranks.c chooses by the device."""
    return (32, 513 if ranks < 64 else 129) if device == "GPUs" else (16, 129 if ranks < 64 else 65)


class Times:
    """Seconds of operations, from lines NAME BYTES NODES FIXED EACH GROUP (work.h)."""

    def __init__(self, lines):
        self.lines = sorted(lines)
        self.kinds = {}
        for name, size, nodes, fixed, each, group in self.lines:
            self.kinds.setdefault((name, size), []).append((nodes, fixed, each, group))

    def text(self):
        return "".join(f"{name} {size} {nodes} {fixed:.9g} {each:.9g} {group}\n" for name, size, nodes, fixed, each, group in self.lines)

    def seconds(self, name, size, nodes, sweeps=1):
        rows = self.kinds[name, size]
        at = min(max(bisect.bisect_left([row[0] for row in rows], nodes), 1), max(len(rows) - 1, 0))
        values = [math.ceil(sweeps / group) * fixed + sweeps * each for _, fixed, each, group in rows[max(at - 1, 0):at + 1]]
        if len(values) == 1:
            return values[0]
        low, high = rows[at - 1][0], rows[at][0]
        return max(values[0] + (values[1] - values[0]) * (nodes - low) / (high - low), 0)


def device_times(d):
    """Lines for a device that launches kernels: numbers of fields that an operation moves, and launches."""
    moved = {"residual": 3, "residual_norms": 2, "change_norms": 2, "combine": 3, "restrict": 1.25, "prolong": 2.25,
             "smooth_restrict": 2.25, "prolong_smooth": 3.25, "clear": 1, "field_create": 1, "box_copy": 2, "solve_direct": 2, "factor": 2}
    waits = {"residual_norms", "change_norms", "defect"}  # their result is wanted by the host
    host = {"host_residual": 2, "host_rounding": 2, "host_load": 2, "host_interpolate": 2, "host_estimate": 2}
    lines = []
    for size in (4, 8):
        each = size / 4 / d["sweeps_per_second"]
        kinds = {name: fields * size for name, fields in moved.items()}
        kinds["defect"] = 2 * size + 4
        kinds["prolong_smooth_total"] = kinds["prolong_smooth"] + 2 * 8
        for name, count in kinds.items():
            sweeps = each if "smooth_" in name or "_smooth" in name else 0
            for nodes in (0, 1 << 20):
                lines.append((name, size, nodes, d["launch"] + (d["staging"] if name in waits else 0)
                              + nodes * count / d["bytes_per_second"], nodes * sweeps, SMOOTHING))
        for name in ("sweep", "sweep_sourceless"):
            lines += [(name, size, nodes, d["launch"], nodes * each, d["fused"]) for nodes in (0, 1 << 20)]
        for name in ("boxes_read", "boxes_write", "field_read", "field_write", "field_fill"):
            wide, fixed = (size, d["launch"] + d["staging"]) if name.startswith("boxes") else (8, d["staging"])
            lines += [(name, size, nodes, fixed, nodes * wide / d["staging_bytes_per_second"], 1) for nodes in (0, 1 << 20)]
        for name, count in host.items():
            lines += [(name, size, nodes, 0, nodes * count * 8 / d["host_bytes_per_second"], 1) for nodes in (0, 1 << 20)]
    return Times(lines)


class Network:
    """Messages of `latency` seconds, and a link of `bandwidth` bytes per second in each direction for each rank."""

    def __init__(self, latency, bandwidth):
        self.latency, self.bandwidth = latency, bandwidth

    def swap(self, size):
        return self.latency + size / self.bandwidth if size else 0

    def reduce(self, ranks, size=8):
        """By recursive doubling; other than powers of two take a step before and one behind."""
        if ranks == 1:
            return 0
        steps = math.floor(math.log2(ranks)) + (0 if ranks & (ranks - 1) == 0 else 2)
        return steps * (self.latency + size / self.bandwidth)

    def gather(self, ranks, size):
        """As Open MPI 4.1 decides by the bytes of each rank: few steps up to a limit, P/2 (even) or P - 1 among neighbours above."""
        if ranks == 1:
            return 0
        limit = next(most for count, most in ((32, EVER), (64, 1024), (256, 512), (512, 1024), (1024, 2048), (EVER, 4096)) if ranks < count)
        few = math.floor(math.log2(ranks)) + (0 if ranks & (ranks - 1) == 0 else 2)
        steps = few if size < limit else ranks - 1 if ranks % 2 else ranks / 2
        return steps * self.latency + (ranks - 1) * size / self.bandwidth


def blocks(ranks):
    """Of the least surface on a square, fewer along x."""
    x = max(n for n in range(1, int(math.isqrt(ranks)) + 1) if ranks % n == 0)
    return x, ranks // x


class Level:
    """The part of a grid that the busiest rank has, or all of it."""

    def __init__(self, whole, parts, depth, split=True):
        self.whole, self.parts, self.split = whole, parts, split and max(parts) > 1
        self.own = [math.ceil(n / p) if self.split else n for n, p in zip(whole, parts)]
        self.sides = [min(p - 1, 2) if self.split else 0 for p in parts]
        self.depth = depth if self.split else EVER
        self.thinnest = [n // p for n, p in zip(whole, parts)]
        self.nodes_along = [n + s * depth if s else n for n, s in zip(self.own, self.sides)]
        self.nodes = self.nodes_along[0] * self.nodes_along[1]


class Field:
    def __init__(self, level, size, valid=None):
        self.level, self.size = level, size
        self.valid = level.depth if valid is None else valid


def less(valid, by):
    return valid if valid == EVER else max(valid - by, 0)


class Rank:
    """Adds up what the busiest rank does, by kind: work, halos (with packing), gathers, sums, whole (work on grids that every
    rank has whole)."""

    def __init__(self, times, network, ranks):
        self.times, self.network, self.ranks = times, network, ranks
        self.spent = dict.fromkeys(("work", "halos", "gathers", "sums", "whole"), 0.0)

    def do(self, kind, name, size, nodes, sweeps=1):
        self.spent[kind] += self.times.seconds(name, size, nodes, sweeps)

    def on(self, level, name, size, sweeps=1):
        self.do("work" if level.split or self.ranks == 1 else "whole", name, size, level.nodes, sweeps)

    def exchange(self, field):
        level = field.level
        nodes = level.nodes - level.own[0] * level.own[1]
        if nodes:
            self.do("halos", "boxes_read", field.size, nodes)
            self.do("halos", "boxes_write", field.size, nodes)
        self.spent["halos"] += self.network.swap(nodes * field.size)

    def need(self, field, depth):
        if field.valid < depth:
            self.exchange(field)
            field.valid = field.level.depth

    def sweep_behind(self, u, name, sweeps):
        """While halos are exchanged: what neighbours wait for first, by itself (transport/borders.c)."""
        level = u.level
        halo = level.nodes - level.own[0] * level.own[1]
        for axis in (0, 1):
            wide = 3 * level.depth * level.nodes_along[1 - axis]
            for _ in range(level.sides[axis]):
                self.do("halos", "box_copy", u.size, wide)
                self.do("halos", name, u.size, wide, sweeps)
                self.do("halos", "boxes_read", u.size, halo // sum(level.sides))
        before = sum(self.spent.values())
        self.on(level, name, u.size, sweeps)
        swept = sum(self.spent.values()) - before
        self.spent["halos"] += max(self.network.swap(halo * u.size) - swept, 0)
        self.do("halos", "boxes_write", u.size, halo)
        u.valid = level.depth

    def sum(self, size=8):
        self.spent["sums"] += self.network.reduce(self.ranks, size)

    def gather(self, level, size):
        """Of the slices to a level that every rank has whole (transport/gathering.c)."""
        own = math.ceil(math.prod(level.whole) / self.ranks)
        self.do("gathers", "boxes_read", size, own)
        self.spent["gathers"] += self.network.gather(self.ranks, own * size)
        self.do("gathers", "boxes_write", size, level.nodes)

    def join(self, fine, level, size):
        """Of the slices of a team to their common part (transport/joining.c)."""
        own = math.prod(math.ceil(n / p) for n, p in zip(level.whole, fine.parts))
        others = math.prod(f // c for f, c in zip(fine.parts, level.parts)) - 1
        self.do("gathers", "boxes_read", size, own)
        self.do("gathers", "box_copy", size, own)
        self.spent["gathers"] += self.network.swap(others * own * size)
        for _ in range(others):
            self.do("gathers", "boxes_write", size, own)

    def slice(self, level, size):
        nodes = math.prod(math.ceil(n / p) + min(p - 1, 2) * SLICE_DEPTH for n, p in zip(level.whole, level.parts))
        self.do("gathers", "box_copy", size, nodes)

    def total(self):
        return sum(self.spent.values())


def jacobi(times, network, nodes, ranks, depth, every=256, size=4, sourceless=True, overlap=False):
    """Seconds of a sweep, by kind: of as many between two tests."""
    parts = blocks(ranks)
    thin = min(n // p for n, p in zip(nodes, parts))
    rank = Rank(times, network, ranks)
    level = Level(nodes, parts, min(depth, thin))
    u, name = Field(level, size), "sweep_sourceless" if sourceless else "sweep"
    for _ in range(2):  # the second one counts: halos are then as they always are
        rank.spent = dict.fromkeys(rank.spent, 0.0)
        for batch in [BATCH] * (every // BATCH) + [every % BATCH]:
            while batch > 0:
                now = min(batch, level.depth)
                rank.need(u, now)
                batch -= now
                if overlap and batch > 0 and 2 * level.depth <= thin:
                    rank.sweep_behind(u, name, now)
                    continue
                rank.on(level, name, size, now)
                u.valid = less(u.valid, now)
        rank.need(u, 1)
        rank.on(level, "residual_norms", size)
        rank.sum(24)
        rank.sum()
    return {kind: seconds / every for kind, seconds in rank.spent.items()}


def hierarchy(nodes, parts, depth, gathered, thinnest, joins):
    levels = [Level(nodes, parts, min(depth, min(n // p for n, p in zip(nodes, parts))))]
    while True:
        level = levels[-1]
        if not level.split and 2 * math.prod(level.whole) * sum(level.whole) <= DIRECT_MOST:
            return levels
        coarse = tuple(n // 2 + 1 for n in level.whole)

        def are_thin():
            return tuple(p > 1 and n // p * (c - 1) // (n - 1) < thinnest for c, n, p in zip(coarse, level.whole, parts))
        thin = are_thin()
        joined = tuple(p // 2 if t else p for p, t in zip(parts, thin))
        if joins and any(thin) and all(p % 2 == 0 for p, t in zip(parts, thin) if t) and max(joined) > 1:
            parts = joined
        split = level.split and math.prod(coarse) > gathered and not any(are_thin())
        levels.append(Level(coarse, parts, min(COARSE_DEPTH, thinnest), split))


def cycle(rank, levels, index, u, q, total, size):
    """As clp_hierarchy_cycle and the rules of transport/shared.c and shared_transfer.c have it; gives u."""
    level = levels[index]
    if index + 1 == len(levels):
        rank.on(level, "solve_direct", size)
        return u
    coarse = levels[index + 1]
    gathers = level.split and not coarse.split
    joins = level.split and coarse.split and coarse.parts != level.parts
    whole = EVER if not coarse.split else 0
    coarse_q, coarse_u = Field(coarse, size, whole), Field(coarse, size, whole)
    if level.depth < SMOOTHING + 1 + REACH:  # in steps
        u.valid = level.depth
        rank.need(q, SMOOTHING - 1)
        rank.on(level, "combine", size)
        for left in range(SMOOTHING - 1, 0, -level.depth):
            rank.need(u, min(left, level.depth))
            rank.on(level, "sweep", size, min(left, level.depth))
            u.valid = less(u.valid, min(left, level.depth))
        rank.need(u, 1)
        rank.on(level, "residual", size)
        r = Field(level, size, min(less(u.valid, 1), q.valid))
        rank.need(r, REACH)
        rank.on(level, "restrict", size)
    else:
        rank.need(q, SMOOTHING + REACH)
        rank.on(level, "smooth_restrict", size, SMOOTHING)
        u.valid = less(min(q.valid, less(level.depth, 1)), SMOOTHING - 1)
    if gathers:
        rank.gather(coarse, size)
    elif joins:
        rank.join(level, coarse, size)
    coarse_u = cycle(rank, levels, index + 1, coarse_u, coarse_q, None, size)
    if gathers:
        rank.slice(coarse, size)
    elif coarse.split:
        rank.need(coarse_u, coarse.depth)
        if joins:
            rank.slice(Level(coarse.whole, level.parts, 0), size)
    reached = less(2 * (SLICE_DEPTH if gathers else coarse_u.valid), REACH)
    if level.depth < SMOOTHING or reached < SMOOTHING:
        rank.on(level, "prolong", size)
        u.valid = min(u.valid, reached)
        for left in range(SMOOTHING, 0, -level.depth):
            rank.need(u, min(left, level.depth))
            rank.on(level, "sweep", size, min(left, level.depth))
            u.valid = less(u.valid, min(left, level.depth))
        if total:
            rank.on(level, "combine", total.size)
    else:
        rank.need(u, SMOOTHING)
        rank.need(q, SMOOTHING - 1)
        rank.on(level, "prolong_smooth_total" if total else "prolong_smooth", size, SMOOTHING)
        u.valid = less(min(u.valid, q.valid, reached), SMOOTHING)
    if total:
        total.valid = min(total.valid, u.valid)
    return u


def multigrid(times, network, nodes, ranks, depth, gathered, joins=True, thinnest=COARSE_DEPTH, cycles=3):
    """Seconds of a cycle with its test, by kind; in single precision, of a solution in double."""
    levels = hierarchy(nodes, blocks(ranks), depth, gathered, thinnest, joins)
    rank = Rank(times, network, ranks)
    total = Field(levels[0], 8, levels[0].depth)
    for _ in range(cycles):
        rank.need(total, 1)
        rank.on(levels[0], "defect", 8)
        rank.sum(24)
        rank.sum()
        r = Field(levels[0], 4, less(total.valid, 1))
        cycle(rank, levels, 0, Field(levels[0], 4), r, total, 4)
    return {kind: seconds / cycles for kind, seconds in rank.spent.items()}
