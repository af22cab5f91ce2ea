# SPDX-License-Identifier: MIT
"""Every example, with both backends, against each other and against figures that owe nothing to clPoisson.

    test_examples.py CLPOISSON EXAMPLES_FOLDER [NAME...]
"""
import itertools
import json
import math
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

try:
    import numpy as np
except ImportError:
    sys.exit(77)  # meson: skipped

IMPEDANCE = 376.730313  # of empty space, in ohms: 1 / (c epsilon_0)
WITHOUT_BOARD = "image.colors.green.conductivity=1"
failures = []


def check(ok, what):
    if not ok:
        failures.append(what)
        print("FAILED:", what)


def near(what, got, expected, relative):
    print(f"  {what}: {got:.6g}, independently {expected:.6g} ({100 * (got / expected - 1):+.3f} %)")
    check(abs(got - expected) <= relative * abs(expected),
          f"{what} is {got:.9g}, further than {100 * relative:g} % from {expected:.9g}")


class Example:
    def __init__(self, program, folder, name):
        self.program, self.folder, self.name = program, folder, name

    def solve_with(self, backend, settings, options):
        field, report = self.folder / "field.npy", self.folder / "report.json"
        arguments = [argument for setting in settings for argument in ("--set", setting)]
        threads = ["--threads", "1"] if backend == "reference" else []  # several wait for each other on a busy machine
        done = subprocess.run([self.program, "solve", self.folder / f"{self.name}.yaml", "--quiet", "--backend",
                               backend, *threads, "--field", field, "--report", report, *arguments, *options],
                              capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{self.name} {settings} on {backend}: exit status {done.returncode}\n{done.stderr}")
        return json.loads(report.read_text()), np.load(field)

    def solve(self, *settings, options=()):
        """The report and field of the device, once they agree with those of the reference backend."""
        (report, u), (other, v) = (self.solve_with(backend, settings, options) for backend in ("opencl", "reference"))
        what = " ".join((self.name, *settings))
        for each in (report, other):
            check(each["solver"]["converged"], f"{what}: not converged on {each['device']['backend']}")
            check(each["error"]["bound_is_certified"], f"{what}: no certified bound on {each['device']['backend']}")
        bounds = report["error"]["algebraic_bound"] + other["error"]["algebraic_bound"]
        apart = np.abs(u - v).max()
        check(apart <= bounds + 1e-12 * np.abs(u).max(),
              f"{what}: the backends are {apart:g} apart, their bounds allow {bounds:g}")
        return report["quantities"], u, report["error"]["algebraic_bound"]

    def follow(self, *settings):
        """The same of a problem with time: quantities, field and what it took."""
        (report, u), (_, v) = (self.solve_with(backend, settings, ()) for backend in ("opencl", "reference"))
        check(np.abs(u - v).max() <= 1e-5 * np.ptp(u), f"{self.name}: the backends are {np.abs(u - v).max():g} apart")
        return report["quantities"], u, report["time"]

    def agree(self):
        """All methods, on the reference backend and on grids small enough for the slow ones: no two results are
        further apart than their bounds allow."""
        text = (self.folder / f"{self.name}.yaml").read_text()
        nodes = re.search(r"nodes: *\[([^]]*)\]", text)
        fewer = [str(max(int(n) // 5, 17)) for n in nodes[1].split(",")] if nodes else []
        coarse = [f"domain.nodes=[{','.join(fewer)}]"] if nodes and self.name != "inpainting" else []
        report, u = self.solve_with("reference", coarse, ())
        span = np.ptp(u)
        found = {"auto": (u, report["error"]["algebraic_bound"])}
        for method in ("multigrid", "cg", "chebyshev", "sor", "jacobi"):
            if method in ("jacobi", "chebyshev", "cg") and not nodes and self.name != "inpainting":
                continue  # as many pixels as there are take minutes; auto is cg there
            report, u = self.solve_with("reference", [*coarse, f"solver.method={method}", f"solver.tolerance={1e-3 * span:g}"],
                                        ())
            check(report["solver"]["converged"], f"{self.name}: {method} did not converge")
            check(report["error"]["bound_is_certified"], f"{self.name}: no certified bound by {method}")
            found[method] = u, report["error"]["algebraic_bound"]
        apart = 0
        for one, other in itertools.combinations(found, 2):
            (u, bound), (v, other_bound) = found[one], found[other]
            apart = max(apart, np.abs(u - v).max())
            check(np.abs(u - v).max() <= bound + other_bound + 1e-12 * np.abs(u).max(),
                  f"{self.name}: {one} and {other} are {np.abs(u - v).max():g} apart, their bounds allow {bound + other_bound:g}")
        print(f"  {', '.join(found)} agree to {apart / span:.1e} of the range")


def heated_plate(example):
    _, u, _ = example.solve()
    n = np.arange(1, 200, 2)

    def held_side(along, away):  # the series for a side at 1, the others at 0, at a distance from that side
        decay = np.exp(-n * np.pi * away) * -np.expm1(-2 * n * np.pi * (1 - away)) / -np.expm1(-2 * n * np.pi)
        return np.sum(4 / (n * np.pi) * np.sin(n * np.pi * along) * decay)

    for x, y in ((0.5, 0.5), (0.25, 0.5), (0.75, 0.75), (0.5, 0.125)):
        exact = 100 * held_side(x, 1 - y) + 75 * held_side(y, x) + 50 * held_side(y, 1 - x)
        near(f"temperature at {x}, {y}", u[round(y * 256), round(x * 256)], exact, 2e-4)


def wall(example):
    def loss(insulation):  # of 0.6 m of a wall of layers
        return 30 * 0.6 / (1 / 7.7 + 0.0125 / 0.25 + 0.16 / insulation + 0.02 / 0.05 + 1 / 25)

    plain, _, bound = example.solve("regions.stud.conductivity=0.036")
    near("loss without stud", plain["flux"]["bottom"], loss(0.036), 1e-12 + 7.7 * 0.6 * bound / loss(0.036))
    parallel = 0.9 * loss(0.036) + 0.1 * loss(0.13)
    isothermal = loss(0.9 * 0.036 + 0.1 * 0.13)
    found, _, _ = example.solve()
    print(f"  loss with stud: {parallel:.4f} < {found['flux']['bottom']:.4f} < {isothermal:.4f}")
    check(parallel < found["flux"]["bottom"] < isothermal, "the loss with stud is outside the limits")
    near("what leaves", -found["flux"]["top"], found["flux"]["bottom"], 1e-4)


def coax(example):
    found, _, _ = example.solve()
    near("capacitance", found["capacitance"], 2 * math.pi / math.log(800 / 320), 2e-3)


def single_strip(u, er):
    """Impedance with and without the board, Hammerstad and Jensen, IEEE MTT-S Digest 1980, p. 407; u = width /
    height of the board, no thickness."""
    f = 6 + (2 * math.pi - 6) * math.exp(-(30.666 / u) ** 0.7528)
    return IMPEDANCE / (2 * math.pi) * math.log(f / u + math.hypot(1, 2 / u)), effective(u, er)


def effective(u, er):
    a = 1 + math.log((u ** 4 + (u / 52) ** 2) / (u ** 4 + 0.432)) / 49 + math.log1p((u / 18.1) ** 3) / 18.7
    b = 0.564 * ((er - 0.9) / (er + 3)) ** 0.053
    return (er + 1) / 2 + (er - 1) / 2 * (1 + 10 / u) ** (-a * b)


def thick_strip(u, t, er):
    """The same with a strip of thickness t, in heights of the board: impedance and effective permittivity."""
    wider = t / math.pi * math.log1p(4 * math.e / (t / math.tanh(math.sqrt(6.517 * u)) ** 2))
    on_board = u + wider / 2 * (1 + 1 / math.cosh(math.sqrt(er - 1)))
    air, _ = single_strip(u + wider, er)
    z, e = single_strip(on_board, er)
    return z / math.sqrt(e), e * (air / z) ** 2


def strip_pair(u, g, er):
    """Even and odd impedance of two strips, Kirschning and Jansen, IEEE Trans. MTT 32 (1984) p. 83, at low
    frequency; u = width / height, g = gap / height, no thickness."""
    exp, log = math.exp, math.log
    alone, e0 = single_strip(u, er)
    v = u * (20 + g * g) / (10 + g * g) + g * exp(-g)
    b = 0.747 * er / (0.15 + er)
    c, d = b - (b - 0.207) * exp(-0.414 * u), 0.593 + 0.694 * exp(-0.562 * u)
    a = 0.7287 * (e0 - (er + 1) / 2) * (1 - exp(-0.179 * u))
    e_odd = ((er + 1) / 2 + a - e0) * exp(-c * g ** d) + e0
    q1, q2 = 0.8695 * u ** 0.194, 1 + 0.7519 * g + 0.189 * g ** 2.31
    q3 = 0.1975 + (16.6 + (8.4 / g) ** 6) ** -0.387 + log(g ** 10 / (1 + (g / 3.4) ** 10)) / 241
    q4 = 2 * q1 / q2 / (exp(-g) * u ** q3 + (2 - exp(-g)) * u ** -q3)
    q5 = 1.794 + 1.14 * log(1 + 0.638 / (g + 0.517 * g ** 2.43))
    q6 = 0.2305 + log(g ** 10 / (1 + (g / 5.8) ** 10)) / 281.3 + log(1 + 0.598 * g ** 1.154) / 5.1
    q7 = (10 + 190 * g * g) / (1 + 82.3 * g ** 3)
    q9 = log(q7) * (exp(-6.5 - 0.95 * log(g) - (g / 0.15) ** 5) + 1 / 16.5)
    q10 = (q2 * q4 - q5 * exp(log(u) * q6 * u ** -q9)) / q2
    return (alone / math.sqrt(effective(v, er)) / (1 - alone / IMPEDANCE * q4),
            alone / math.sqrt(e_odd) / (1 - alone / IMPEDANCE * q10))


def microstrip(example):
    with_board, without = (example.solve(*settings)[0]["capacitance"] for settings in ((), (WITHOUT_BOARD,)))
    impedance, permittivity = thick_strip(3 / 1.6, 0.05 / 1.6, 4.2)
    near("impedance", IMPEDANCE / math.sqrt(with_board * without), impedance, 0.03)
    near("effective permittivity", with_board / without, permittivity, 0.03)


def coupled_microstrip(example):
    modes = []
    for settings in ((), (WITHOUT_BOARD,)):
        found, _, _ = example.solve(*settings, options=("--matrix",))
        c, names = np.array(found["matrix"]["values"]), found["matrix"]["conductors"]
        check(sorted(names) == ["ground", "left strip", "right strip"], f"conductors {names}")
        left, right = names.index("left strip"), names.index("right strip")
        scale = c.max() * 1e-5
        check(np.abs(c - c.T).max() < scale, "the matrix is not symmetric")
        check(np.abs(c.sum(0)).max() < scale, "charges do not add up to 0")
        check(abs(c[left, left] - c[right, right]) < scale, "the strips differ")
        near("charge in the odd mode", found["flux"]["left strip"], c[left, left] - c[left, right], 1e-3)
        modes.append((c[left, left] + c[left, right], c[left, left] - c[left, right]))
    check(modes[0][1] > modes[0][0] > 0 and modes[1][1] > modes[1][0] > 0, f"odd is not above even: {modes}")
    even, odd = (IMPEDANCE / math.sqrt(c * c0) for c, c0 in zip(*modes))
    expected = strip_pair(3 / 1.6, 1 / 1.6, 4.2)
    near("even impedance", even, expected[0], 0.05)
    near("odd impedance", odd, expected[1], 0.05)


def fin(example):
    found, _, _ = example.solve()
    k, h, thick, length = 45, 100, 0.01, 0.1
    m = math.sqrt(2 * h / (k * thick))
    near("heat given off", found["flux"]["left"], k * thick * m * 80 * math.tanh(m * (length + thick / 2)), 0.01)
    check(abs(found["balance"]["imbalance"]) < 0.1, "heat gets lost")


def elliptic_k(modulus):
    a, b = 1.0, math.sqrt(1 - modulus * modulus)
    for _ in range(40):
        a, b = (a + b) / 2, math.sqrt(a * b)
    return math.pi / 2 / a


def dam(example):
    def flow(pile):  # Harr, Groundwater and Seepage (1962), chapter 5: a layer without end, a pile without thickness
        s, b = math.pi * pile / (2 * 20), math.pi * 10 / (2 * 20)
        modulus = math.cos(s) * math.hypot(math.tanh(b), math.tan(s))
        return 8 * elliptic_k(math.sqrt(1 - modulus * modulus)) / (2 * elliptic_k(modulus))

    for settings, pile, limit in (((), 10, 0.01), (("regions.pile.conductivity=1",), 0, 0.003)):
        found, _, _ = example.solve(*settings)
        near(f"seepage, pile {pile} m", found["flux"]["lake"], flow(pile), limit)
        near("what comes out", -found["flux"]["river"], found["flux"]["lake"], 1e-4)


def lattice(example):
    found, u, bound = example.solve()
    n = np.arange(-24, 25)
    kx, ky = np.meshgrid(n, n)
    k2 = np.pi ** 2 * (kx ** 2 + ky ** 2)
    charges = sum(sign * np.exp(-2j * np.pi * (kx * x + ky * y)) for x, y, sign in
                  ((0.25, 0.25, 1), (0.75, 0.75, 1), (0.75, 0.25, -1), (0.25, 0.75, -1)))
    terms = np.where(k2 > 0, charges * np.exp(-k2 / 200) / np.where(k2 > 0, 4 * k2, 1), 0)
    at = np.exp(2j * np.pi * np.outer(n, np.linspace(0, 1, 257)))
    exact = (at.T @ terms @ at).real
    near("potential of a charge", u[64, 64], exact[64, 64], 1e-3)
    check(np.abs(u - exact).max() < 1e-3 * exact.max(), f"{np.abs(u - exact).max():g} from the Fourier series")
    check(abs(found["mean"]) < bound + 1e-12, f"the mean is {found['mean']:g}")


def heat_sink(example):
    found, _, bound = example.solve()
    area, k, base, thick = 5 * 2 * 0.04 * 0.02, 200, 0.042 * 0.04, 0.004
    near("heat of the chip", found["balance"]["source"], 10, 1e-9)
    near("heat given off", found["balance"]["sink"], 10, 1e-9 + 50 * area * bound / 10)
    check(found["maximum"] > 10 / (50 * area), "cooler than a heat sink that conducts perfectly")
    m = math.sqrt(2 * 50 / (k * 0.002)) * 0.02
    cooling = 50 * area * math.tanh(m) / m  # W per degree of the fins' feet
    # The plate: Lee, Song, Au and Moran (1995), a round source on a round plate with the same areas.
    a, b = 0.01 / math.sqrt(math.pi), math.sqrt(base / math.pi)
    flat, ratio, biot = thick / b, a / b, cooling / base * b / k
    decay = math.pi + 1 / (math.sqrt(math.pi) * ratio)
    phi = (math.tanh(decay * flat) + decay / biot) / (1 + decay / biot * math.tanh(decay * flat))
    plate = (ratio * flat + (1 - ratio) * phi) / (math.pi * k * a)
    chip = 0.001 / (2 * 130 * 0.01 ** 2)
    near("highest temperature", found["maximum"], 10 * (1 / cooling + plate + chip), 0.03)


def inpainting(example):
    import make_pictures  # what made the damaged picture

    known, damaged = (np.load(example.folder / f"inpainting-{name}.npy") for name in ("known", "damaged"))
    whole, missing = make_pictures.hills().astype(float), make_pictures.missing()
    check(np.array_equal(known, ~missing) and np.array_equal(damaged, np.where(missing, 0, whole)),
          "the inputs are not what make_pictures.py makes")
    _, u, bound = example.solve()
    check(np.abs(u - damaged)[~missing].max() < bound + 1e-3, "a known pixel is lost")
    around = np.pad(u, 1, mode="reflect")
    beside = np.stack([around[:-2, 1:-1], around[2:, 1:-1], around[1:-1, :-2], around[1:-1, 2:]])
    check(np.abs(beside.mean(0) - u)[missing].max() < 2 * bound, "a mended pixel is not the mean of its neighbours")
    inside = missing & (u - beside.max(0) <= 2 * bound) & (beside.min(0) - u <= 2 * bound)
    check(np.array_equal(inside, missing), "the maximum principle is broken")
    low, high = whole[~missing].min(), whole[~missing].max()
    check(low - bound <= u[missing].min() and u[missing].max() <= high + bound, "mended pixels exceed the known ones")
    off = np.abs(u - whole)[missing]
    print(f"  mended pixels differ from the picture by {off.mean():.2f} on average, {off.max():.2f} at most")
    check(off.mean() < 1.5 and off.max() < 10, "the mended pixels are far from those of the whole picture")


def four_peaks(example):
    settings = ("time.method=trbdf2", "time.step=auto", "time.end=9.999152015376719")
    found, u, _ = example.follow()
    near("largest value", found["maximum"], 0.227983222909, 1e-9)
    near("in the middle", u[134, 134], 0.227975146067, 1e-9)
    near("sum", u.sum(), 8461.299893035, 1e-9)
    _, v, used = example.follow(*settings)
    check(np.abs(u - v).max() < 1e-4 * u.max(), f"steps of its own choice are {np.abs(u - v).max():g} off")
    check(20 * used["applications"] <= 7075, f"{used['applications']} times the operator")


def ground(example):
    depth = np.linspace(15, 0, 151)
    d = math.sqrt(2 * 129600 / 2.5e6 * 365 / (2 * math.pi))  # Fourier (1822): a wave that dies out with depth
    for days in (1095, 850.0):
        _, u, used = example.follow(f"time.end={days}", "time.output_every=50")
        exact = 10 + 12 * np.exp(-depth / d) * np.cos(2 * math.pi * days / 365 - depth / d)
        near("2 m down", u[130, 2], exact[130], 2e-3)
        check(np.abs(u - exact[:, None]).max() < 0.03, f"{np.abs(u - exact[:, None]).max():g} degrees off")
        balance = [abs(interval["imbalance"]) / 2.5e6 for interval in used["intervals"]]
        check(max(balance) < 1e-2, f"heat gets lost: {max(balance):g} degrees of a metre")


EXAMPLES = {"heated-plate": heated_plate, "wall": wall, "coax": coax, "microstrip": microstrip,
            "coupled-microstrip": coupled_microstrip, "fin": fin, "dam": dam, "lattice": lattice,
            "heat-sink": heat_sink, "inpainting": inpainting, "four-peaks": four_peaks, "ground": ground}


def main():
    program, source, *names = sys.argv[1:]
    found = {path.stem for path in pathlib.Path(source).glob("*.yaml")}
    check(found == set(EXAMPLES), f"examples and tests differ: {sorted(found ^ set(EXAMPLES))}")
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch) / "examples"
        shutil.copytree(source, folder)
        sys.dont_write_bytecode = True
        sys.path.insert(0, str(folder))
        for name in names or EXAMPLES:
            print(name)
            path = folder / f"{name}.yaml"
            path.write_text(path.read_text().split("\noutput:")[0] + "\n")  # pictures need cairo, and time
            try:
                example = Example(pathlib.Path(program).resolve(), folder, name)
                EXAMPLES[name](example)
                if "\ntime:" not in path.read_text():
                    example.agree()
            except RuntimeError as error:
                check(False, str(error))
    print(f"{len(failures)} failures" if failures else "all hold")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
