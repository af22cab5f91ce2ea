# SPDX-License-Identifier: MIT
"""Tables and plots of docs/scaling.md: what was measured and simulated beside the model, and the model where nothing else reaches
(Debian: python3-matplotlib)."""
import math
import pathlib

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

import model

DOCS = pathlib.Path(__file__).resolve().parent.parent.parent / "docs"
CORES = 2  # of the machine that was measured
RANKS = [4 ** n for n in range(9)] + [131072]
METHODS = {"jacobi": ("Jacobi's method", "sweep"), "multigrid": ("multigrid", "cycle")}
COLORS = {"GPUs": "#1b6ca8", "cores": "#c1502e", "this machine": "#555555"}
STRONG, WEAK = (4097, 16385, 65537), {"GPUs": 8193, "cores": 1025}
HALOS, GATHERED = (2, 4, 8, 16, 32, 64), (65, 129, 257, 513)


def predict(place, row):
    """By kind, as bench/ranks.py names a run."""
    times, network = place[row["device"]]
    size = (row["nodes"], row["nodes"])
    halo, gathered = model.usual(row["device"], row["ranks"])
    halo, gathered = row.get("halo", halo), row.get("gathered", gathered)
    if row["method"] == "jacobi":
        spent = model.jacobi(times, network, size, row["ranks"], depth=halo, overlap=row.get("overlap") == "yes")
    else:
        spent = model.multigrid(times, network, size, row["ranks"], depth=halo, gathered=gathered ** 2, joins=row["device"] != "GPUs")
    share = max(row["ranks"] / CORES, 1) if row["device"] == "this machine" else 1
    return {kind: seconds * (share if kind in ("work", "whole", "halos") else 1) for kind, seconds in spent.items()}


def seconds(place, **row):
    return sum(predict(place, row).values())


def quantity(value):
    for unit, scale in (("s", 1), ("ms", 1e-3), ("µs", 1e-6)):
        if value >= scale or unit == "µs":
            return f"{value / scale:.3g} {unit}"


def found(rows, **key):
    """The step of a run with just these settings."""
    for row in rows:
        if all(row.get(name) == value for name, value in key.items()) and all((name in row) == (name in key) for name in model.SETTINGS):
            return row.get("step")
    return None


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def beside(value, other):
    return f"{quantity(value)} ({value / other:.2f})"


def of_this_machine(data, place):
    rows = []
    for row in data["measured"]:
        key = {"device": "this machine"} | {name: row[name] for name in ("method", "nodes", "ranks")}
        rows.append([METHODS[row["method"]][0], f"{row['nodes']}²", str(row["ranks"]), quantity(row["step"]),
                     beside(found(data["simulated"], **key), row["step"]), beside(seconds(place, **key), row["step"])])
    return table(["", "nodes", "ranks", "measured", "simulated", "model"], rows)


def of_platforms(data, place):
    rows = []
    for row in data["simulated"]:
        if row["device"] == "this machine" or any(name in row for name in model.SETTINGS) or not row["step"]:
            continue
        rows.append([row["device"], METHODS[row["method"]][0], f"{row['nodes']}²", str(row["ranks"]), quantity(row["step"]),
                     beside(seconds(place, **row), row["step"])])
    return table(["", "", "nodes", "ranks", "simulated", "model"], sorted(rows, key=lambda r: (r[0], r[1], int(r[2][:-1]), int(r[3]))))


def of_overlap(data, place):
    """Sweeps that wait for halos, and sweeps that do not."""
    rows = []
    for row in data["simulated"]:
        if row.get("overlap") != "yes" or not row["step"]:
            continue
        key = {name: row[name] for name in ("device", "method", "nodes", "ranks")}
        waiting = found(data["simulated"], **key) or found(data["simulated"], **key, overlap="no")
        rows.append([row["device"], f"{row['nodes']}²", str(row["ranks"]), quantity(waiting), beside(row["step"], waiting),
                     beside(seconds(place, **row), seconds(place, **key))])
    return table(["", "nodes", "ranks", "a sweep that waits", "with overlap", "by the model"], rows)


def strong_ends(place):
    """Where more ranks no longer help, and where half of them is wasted."""
    rows = []
    for device in WEAK:
        for method, (name, step) in METHODS.items():
            for nodes in STRONG:
                times = {ranks: seconds(place, device=device, method=method, nodes=nodes, ranks=ranks) for ranks in RANKS
                         if nodes ** 2 / ranks >= 32 ** 2}
                best = min(times, key=times.get)
                half = max(ranks for ranks in times if times[1] / (ranks * times[ranks]) >= 0.5)
                rows.append([device, name, f"{nodes}²", quantity(times[1]), str(half), f"{best}: {quantity(times[best])} a {step}"])
    return table(["", "", "nodes", "1 rank", "50 % efficient up to, ranks", "shortest, at ranks"], rows)


def weak_ends(place):
    rows = []
    for device, part in WEAK.items():
        for method, (name, _) in METHODS.items():
            times = {ranks: seconds(place, device=device, method=method, nodes=(part - 1) * math.isqrt(ranks) + 1, ranks=ranks)
                     for ranks in (1, 16, 1024, 16384, 65536)}
            rows.append([device, name, f"{part}²", quantity(times[1]), *(f"{times[1] / times[ranks]:.0%}" for ranks in list(times)[1:])])
    return table(["", "", "nodes per rank", "1 rank", "16", "1024", "16384", "65536 ranks"], rows)


def by_ranks(data, place):
    fig, axes = plt.subplots(2, 2, figsize=(10, 7.6))
    for column, (method, (name, step)) in enumerate(METHODS.items()):
        strong, weak = axes[0][column], axes[1][column]
        for device in WEAK:
            for nodes, style in zip(STRONG, ("-", "--", ":")):
                ranks = [r for r in RANKS if nodes ** 2 / r >= 32 ** 2]
                strong.plot(ranks, [seconds(place, device=device, method=method, nodes=nodes, ranks=r) for r in ranks], style,
                            color=COLORS[device], label=f"{device}, {nodes}²")
            dots = [(r["ranks"], r["step"]) for r in data["simulated"] if r["device"] == device and r["method"] == method
                    and r["nodes"] == STRONG[0] and not any(name in r for name in model.SETTINGS) and r["step"]]
            strong.plot(*zip(*dots), "o", color=COLORS[device], markersize=5)
            for part, style in ((129, "-"), (WEAK[device], "--")):
                squares = [r for r in RANKS if math.isqrt(r) ** 2 == r]
                times = [seconds(place, device=device, method=method, nodes=(part - 1) * math.isqrt(r) + 1, ranks=r) for r in squares]
                weak.plot(squares, times, style, color=COLORS[device], label=f"{device}, {part}² for each rank")
            dots = [(r, found(data["simulated"], device=device, method=method, nodes=128 * math.isqrt(r) + 1, ranks=r))
                    for r in (4, 16, 64, 256, 1024)]
            weak.plot(*zip(*(dot for dot in dots if dot[1])), "o", color=COLORS[device], markersize=5)
        strong.set_title(f"{name}: one problem, more ranks")
        weak.set_title(f"{name}: as many nodes for each rank")
        for ax in (strong, weak):
            ax.set(xscale="log", yscale="log", xlabel="ranks", ylabel=f"seconds for a {step}")
            ax.grid(alpha=0.3)
            ax.legend(fontsize=7)
    fig.tight_layout()
    fig.savefig(DOCS / "images" / "scaling-ranks.png", dpi=110)


def by_settings(data, place):
    fig, (halos, gathers) = plt.subplots(1, 2, figsize=(10, 3.8))
    for device in WEAK:
        for ax, method, name, values, nodes, ranks in ((halos, "jacobi", "halo", HALOS, 2049, 256),
                                                       (gathers, "multigrid", "gathered", GATHERED, 1025, 64)):
            key = {"device": device, "nodes": nodes, "ranks": ranks}
            ax.plot(values, [seconds(place, **key, method=method, **{name: value}) for value in values], "-", color=COLORS[device], label=device)
            dots = [(v, found(data["simulated"], **key, method=method, **{name: v})) for v in values]
            ax.plot(*zip(*(dot for dot in dots if dot[1])), "o", color=COLORS[device], markersize=5)
    halos.set(title="2049² on 256 ranks, Jacobi's method", xlabel="depth of halos, nodes", ylabel="seconds for a sweep")
    gathers.set(title="1025² on 64 ranks, multigrid", xlabel="largest grid that every rank has whole, nodes a side", ylabel="seconds for a cycle")
    for ax, values in ((halos, HALOS), (gathers, GATHERED)):
        ax.set(xscale="log", yscale="log")
        ax.set_xticks(values, map(str, values))
        ax.minorticks_off()
        ax.grid(alpha=0.3)
        ax.legend(fontsize=8)
    fig.tight_layout()
    fig.savefig(DOCS / "images" / "scaling-settings.png", dpi=110)


def by_kind(place):
    fig, axes = plt.subplots(1, 2, figsize=(10, 3.8))
    kinds = {"work": "on own nodes", "halos": "halos", "sums": "sums", "gathers": "gathering", "whole": "grids that all have whole"}
    for ax, device in zip(axes, WEAK):
        ranks = [r for r in RANKS if STRONG[2] ** 2 / r >= 32 ** 2]
        parts = [predict(place, {"device": device, "method": "multigrid", "nodes": STRONG[2], "ranks": r}) for r in ranks]
        shares = [[part[kind] / sum(part.values()) for part in parts] for kind in kinds]
        ax.stackplot(ranks, shares, labels=kinds.values(), colors=("#3b7d4f", "#d9a441", "#8d6cab", "#c1502e", "#7d7d7d"))
        ax.set(xscale="log", xlabel="ranks", ylabel="part of a cycle", title=f"multigrid, {STRONG[2]}², {device}", xlim=(1, ranks[-1]), ylim=(0, 1))
    axes[0].legend(fontsize=8, loc="lower left")
    fig.tight_layout()
    fig.savefig(DOCS / "images" / "scaling-kinds.png", dpi=110)


def between(text, mark, made):
    begin, end = f"<!-- {mark} -->\n", f"<!-- end of {mark} -->"
    return text[:text.index(begin) + len(begin)] + made + "\n" + text[text.index(end):]


def report(data, place):
    """`place` gives each device's times and network."""
    by_ranks(data, place)
    by_settings(data, place)
    by_kind(place)
    path = DOCS / "scaling.md"
    text = path.read_text()
    for mark, made in (("this machine", of_this_machine(data, place)), ("platforms", of_platforms(data, place)),
                       ("strong", strong_ends(place)), ("weak", weak_ends(place)),
                       ("overlap", of_overlap(data, place))):
        text = between(text, mark, made)
    path.write_text(text)
