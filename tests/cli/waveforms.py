"""Waveforms whose every figure is known in closed form, and the files that hold them.

A signal is a direct component and harmonics, {order: (r.m.s., angle in degrees)}:
x(t) = dc + sum of sqrt(2) X cos(2 pi n f t + angle). Truth is computed from these numbers alone,
never from samples; only the crest factor needs a fine grid.
"""

import math
import struct

import numpy as np


class Signal:
    def __init__(self, harmonics, dc=0.0):
        self.harmonics = dict(harmonics)
        self.dc = dc

    def phasor(self, order=1):
        rms, angle = self.harmonics.get(order, (0.0, 0.0))
        return rms * complex(math.cos(math.radians(angle)), math.sin(math.radians(angle)))

    def rms(self):
        return math.sqrt(self.dc ** 2 + sum(rms ** 2 for rms, _ in self.harmonics.values()))

    def thd(self, most=63):
        rest = sum(rms ** 2 for n, (rms, _) in self.harmonics.items() if 2 <= n <= most)
        return 100 * math.sqrt(rest) / self.harmonics[1][0]

    def samples(self, t, f):
        x = np.full(len(t), self.dc)
        for n, (rms, angle) in self.harmonics.items():
            # Reduced to a turn before it meets pi: an hour is as exact as a second.
            turns = np.modf(n * f * t)[0]
            x += math.sqrt(2) * rms * np.cos(2 * math.pi * turns + math.radians(angle))
        return x

    def peak(self):
        turn = np.arange(0, 1, 1 / 65536)
        return float(np.max(np.abs(self.samples(turn, 1.0))))

    def minus(self, other):
        harmonics = {}
        for n in set(self.harmonics) | set(other.harmonics):
            value = self.phasor(n) - other.phasor(n)
            harmonics[n] = (abs(value), math.degrees(math.atan2(value.imag, value.real)))
        return Signal(harmonics, self.dc - other.dc)


def degrees(value):
    """In (-180, 180]."""
    return value - 360 * math.ceil((value - 180) / 360)


def angle_of(value):
    return math.degrees(math.atan2(value.imag, value.real))


class Element:
    """A voltage with a current, and all that follows from the two."""

    def __init__(self, u, i):
        self.u, self.i = u, i
        self.p = u.dc * i.dc + sum((u.phasor(n) * i.phasor(n).conjugate()).real
                                   for n in u.harmonics)
        self.q1 = (u.phasor() * i.phasor().conjugate()).imag
        self.s = u.rms() * i.rms()
        self.q = math.copysign(math.sqrt(max(self.s ** 2 - self.p ** 2, 0)), self.q1)
        self.pf = self.p / self.s


class System:
    """Voltages, currents, and which of them are elements; `lines` are the pairs of u_ll."""

    def __init__(self, f, elements, lines=(), zero_sequence=None, sequence=None):
        self.f = f
        self.elements = elements
        self.lines = lines
        self.p = sum(e.p for e in elements)
        self.q1 = sum(e.q1 for e in elements)
        self.s = sum(e.s for e in elements)
        self.sequence = sequence
        self.zero_sequence = zero_sequence


def unbalance(phases):
    """u2 and u0 in percent, from three fundamental phasors."""
    a = complex(-0.5, math.sqrt(0.75))
    u1, u2, u3 = phases
    positive = (u1 + a * u2 + a * a * u3) / 3
    negative = (u1 + a * a * u2 + a * u3) / 3
    zero = (u1 + u2 + u3) / 3
    return 100 * abs(negative) / abs(positive), 100 * abs(zero) / abs(positive)


def spectrum(rng, rms, angle, orders, share):
    """A fundamental and harmonics of random angle that fall with their order."""
    harmonics = {1: (rms, angle)}
    for n in orders:
        harmonics[n] = (rms * share / n * rng.uniform(0.5, 1), rng.uniform(-180, 180))
    return harmonics


def sample(signals, f, rate, seconds, start=0.0):
    t = (np.arange(int(round(seconds * rate))) + 0.0) / rate + start
    return np.stack([signal.samples(t, f) for signal in signals], axis=1)


def counts(frames, full_scales, bits=24):
    """Integers of `bits` bits; nothing may clip."""
    scaled = np.rint(frames / np.array(full_scales) * 2 ** (bits - 1)).astype(np.int64)
    assert np.max(np.abs(scaled)) < 2 ** (bits - 1), "the test's own full scale is too small"
    return scaled


def bytes_s24(integers):
    whole = integers.astype("<i4").tobytes()
    return np.frombuffer(whole, np.uint8).reshape(-1, 4)[:, :3].tobytes()


def write_wav(path, integers, rate):
    channels = integers.shape[1]
    data = bytes_s24(integers)
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(data), b"WAVE", b"fmt ", 16, 1,
                       channels, rate, rate * channels * 3, channels * 3, 24, b"data", len(data))
    with open(path, "wb") as file:
        file.write(head + data)


def write_csv(path, names, frames, rate):
    with open(path, "w", encoding="utf-8") as file:
        file.write("time [s]," + ",".join(names) + "\n")
        for k, row in enumerate(frames):
            file.write(f"{k / rate:.9f}," + ",".join(f"{x:.9g}" for x in row) + "\n")


def write_comtrade(path, channels, frames, rate, f, kind="FLOAT32", revision="2013", segments=None):
    """`channels`: (name, unit, primary, secondary, "P" or "S"). Writes path.cfg and path.dat.

    99999 in ASCII would be a missing value. `segments` is a list of (rate, last
    frame); by default there is one."""
    count, n = len(channels), len(frames)
    top = {"ASCII": 90000, "BINARY": 32767, "BINARY32": 2 ** 31 - 1}.get(kind)
    scale = [1.0 if top is None else float(np.max(np.abs(frames[:, k]))) / top
             for k in range(count)]
    first = "station,recorder" if revision == "1991" else f"station,recorder,{revision}"
    lines = [first, f"{count},{count}A,0D"]
    for k, (name, unit, primary, secondary, side) in enumerate(channels):
        low, high = (-3.4028235e38, 3.4028235e38) if top is None else (-top, top)
        ratio = "" if revision == "1991" else f",{primary},{secondary},{side}"
        lines.append(f"{k + 1},{name},,,{unit},{scale[k]:.17g},0,0,{low},{high}{ratio}")
    segments = segments or [(rate, n)]
    lines += [f"{f:g}", str(len(segments))] + [f"{r:g},{last}" for r, last in segments]
    lines += ["01/01/2024,00:00:00.000000"] * 2 + [kind] + (["1"] if revision != "1991" else [])
    if revision == "2013":
        lines += ["0,0", "0,0"]
    with open(path + ".cfg", "w", encoding="ascii", newline="") as file:
        file.write("\r\n".join(lines) + "\r\n")
    stamps = [int(round(k / rate * 1e6)) for k in range(n)]
    if kind == "FLOAT32":
        values = frames.astype("<f4")
    else:
        values = np.rint(frames / np.array(scale)).astype({"BINARY": "<i2"}.get(kind, "<i4"))
    with open(path + ".dat", "wb") as file:
        for k in range(n):
            if kind == "ASCII":
                row = [str(k + 1), str(stamps[k])] + [str(int(v)) for v in values[k]]
                file.write((",".join(row) + "\r\n").encode())
            else:
                file.write(struct.pack("<II", k + 1, stamps[k]) + values[k].tobytes())
