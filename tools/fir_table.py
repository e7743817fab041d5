#!/usr/bin/python3
"""Designs the fractional-delay filters of core/metrology/input.c and prints delay_table.h.

Two families of 16-tap FIR filters, each tap a polynomial of the wanted delay (Farrow structure):
  plain   H(w) = exp(-jw(7+d))                         a delay of 7+d samples, 0 <= d <= 1
  rising  the same times tan(w/2)/(w/2), which undoes what the trapezoid rule of the Rogowski
          integrator does to high orders
For each d a least-squares fit over 0..0.34 of the sampling rate, with value, slope and curvature
at w = 0 held exactly, so that the line frequency itself suffers no error at any rate. The
polynomial in d - 1/2 is then fitted through 33 delays. Numbers are Q28, for some exceed two.

Usage: tools/fir_table.py > core/metrology/delay_table.h     (needs python3-numpy)
       tools/fir_table.py --check                            prints the worst errors
"""
import sys
import numpy as np

TAPS, ORDER, BAND = 16, 7, 0.34


def target(w, d, rising):
    shape = np.ones_like(w)
    if rising:
        shape[w > 0] = np.tan(w[w > 0] / 2) / (w[w > 0] / 2)
    return shape * np.exp(-1j * w * (7 + d))


def design(d, rising):
    w = np.linspace(0, 2 * np.pi * BAND, 800)
    k = np.arange(TAPS)
    a = np.exp(-1j * np.outer(w, k))
    weight = np.where(w < 2 * np.pi * 0.1, 300.0, np.where(w < 2 * np.pi * 0.25, 20.0, 1.0))
    a_real = np.vstack([a.real * weight[:, None], a.imag * weight[:, None]])
    t = target(w, d, rising) * weight
    b = np.concatenate([t.real, t.imag])
    # Moments about the wanted delay: h sums to one, has no slope, and the curvature of the target.
    m = k - 7 - d
    second = -2 * (1 / 12) if rising else 0.0  # tan(x)/x = 1 + x^2/3, x = w/2
    c = np.vstack([np.ones(TAPS), m, m * m, m**3])
    e = np.array([1.0, 0.0, second, 0.0])
    kkt = np.block([[a_real.T @ a_real, c.T], [c, np.zeros((4, 4))]])
    return np.linalg.solve(kkt, np.concatenate([a_real.T @ b, e]))[:TAPS]


def farrow(rising):
    d = np.linspace(0, 1, 33)
    h = np.array([design(x, rising) for x in d])
    v = np.vander(d - 0.5, ORDER + 1, increasing=True)
    return np.linalg.lstsq(v, h, rcond=None)[0].T  # taps x (order + 1)


def evaluate(q28, d):
    """As input.c does it: Horner in integers, then the middle tap makes the sum exactly one."""
    x = int(round((d - 0.5) * 2**30))
    taps = []
    for row in q28:
        acc = 0
        for c in reversed(row):
            acc = ((acc * x + (1 << 29)) >> 30) + c
        taps.append(acc * 4)
    taps[7] += 2**30 - sum(taps)
    return np.array(taps) / 2**30


def check(name, q28, rising):
    worst = {}
    for d in np.linspace(0, 0.999, 101):
        h = evaluate(q28, d)
        for edge in (0.005, 0.02, 0.1, 0.25, 0.33, 0.36, 0.40):
            w = np.linspace(1e-4, 2 * np.pi * edge, 200)
            got = np.exp(-1j * np.outer(w, np.arange(TAPS))) @ h
            error = np.abs(got / target(w, d, rising) - 1)
            worst[edge] = max(worst.get(edge, 0), error.max())
    print(name, " ".join(f"{k}:{v:.2g}" for k, v in worst.items()))


def row_text(row):
    text = "    {" + ", ".join(str(x) for x in row) + "},"
    if len(text) <= 100:
        return text
    return ("    {" + ", ".join(str(x) for x in row[:6]) + ",\n     "
            + ", ".join(str(x) for x in row[6:]) + "},")


def main():
    tables = [(n, np.rint(farrow(r) * 2**28).astype(int).tolist(), r)
              for n, r in (("plain", False), ("rising", True))]
    if "--check" in sys.argv:
        for name, q28, rising in tables:
            check(name, q28, rising)
        return
    print("/*\n * metrology/delay_table.h: made by tools/fir_table.py, which tells how.")
    print(" */\n/* clang-format off */")
    print("#ifndef METROLOGY_DELAY_TABLE_H\n#define METROLOGY_DELAY_TABLE_H\n")
    print("#include <stdint.h>\n")
    print(f"#define DELAY_ORDER {ORDER}\n")
    for name, q28, _ in tables:
        print(f"static const int32_t delay_{name}_q28[{TAPS}][DELAY_ORDER + 1] = {{")
        print("\n".join(row_text(row) for row in q28))
        print("};\n")
    print("#endif")


main()
