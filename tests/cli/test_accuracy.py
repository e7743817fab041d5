#!/usr/bin/env python3
"""`blondel measure` against closed-form truth, key by key, by pipe of 24-bit samples."""

import math
import random

import numpy as np

from meter import main, measure, run
from waveforms import (Element, Signal, System, angle_of, bytes_s24, counts, degrees, sample,
                       spectrum, unbalance)

RATE = 12800
U_FULL, I_FULL = 800.0, 100.0
PPM = 1e-6


def feed(names, signals, f, seconds, *words, rate=RATE):
    scales = [U_FULL if name.startswith("U") else I_FULL for name in names]
    spec = (f"raw:-,format=s24,rate={rate},channels={';'.join(names)},"
            f"u-full-scale={U_FULL},i-full-scale={I_FULL}")
    data = bytes_s24(counts(sample(signals, f, rate, seconds), scales))
    return measure(spec, *words, data=data)


def check_element(check, label, window, k, element, reference):
    for key, signal in (("u", element.u), ("i", element.i)):
        check.near(f"{label} {key}", window[key][k], signal.rms(), signal.rms() * PPM)
        angle = degrees(angle_of(signal.phasor()) - reference)
        got = window[f"{key}_angle"][k]
        turned = angle if got is None else got + degrees(angle - got)
        check.near(f"{label} {key}_angle", got, turned, 0.001)
        check.near(f"{label} thd_{key}", window[f"thd_{key}"][k], signal.thd(), 0.002)
        crest = signal.peak() / signal.rms()
        check.near(f"{label} crest_{key}", window[f"crest_{key}"][k], crest, crest * 0.01)
    for key in ("p", "q1"):
        check.near(f"{label} {key}", window[key][k], getattr(element, key), element.s * PPM)
    check.near(f"{label} s", window["s"][k], element.s, element.s * 2 * PPM)
    check.near(f"{label} pf", window["pf"][k], element.pf, 3 * PPM)
    # q = sqrt(s2 - p2): its error grows as p nears s; its sign is that of q1, if that has one.
    tolerance = 4 * PPM * element.s ** 2 / max(abs(element.q), element.s * 0.01)
    sign = -1 if abs(element.q1) < element.s * PPM and window["q"][k] * element.q < 0 else 1
    check.near(f"{label} q", sign * window["q"][k], element.q, tolerance)


def check_harmonics(check, label, window, k, element):
    """0.02 % of reading, and a millionth of the fundamental for the smallest of them."""
    for key, signal in (("u", element.u), ("i", element.i)):
        got = window[f"harmonics_{key}"][k]
        check.true(f"{label} harmonics_{key} has orders 0..63", len(got) == 64)
        for n, (rms, _) in signal.harmonics.items():
            check.near(f"{label} order {n} harmonics_{key}", got[n], rms,
                       rms * 2e-4 + signal.harmonics[1][0] * PPM)
        floor = signal.harmonics[1][0] * 2e-5  # 0.002 points of THD
        for n in set(range(2, 64)) - set(signal.harmonics):
            check.near(f"{label} order {n} harmonics_floor_{key}", got[n], 0, floor)


def check_system(check, label, window, system):
    check.near(f"{label} f", window["f"], system.f, 5e-5)
    reference = angle_of(system.elements[0].u.phasor())
    for k, element in enumerate(system.elements):
        check_element(check, f"{label} phase {k + 1}", window, k, element, reference)
        if "harmonics_u" in window:
            check_harmonics(check, f"{label} phase {k + 1}", window, k, element)
    for key, value in (("p_total", system.p), ("q1_total", system.q1), ("s_total", system.s)):
        check.near(f"{label} {key}", window[key], value, system.s * 2 * PPM)
    check.near(f"{label} pf_total", window["pf_total"], system.p / system.s, 3 * PPM)
    check.true(f"{label} has {len(system.lines)} line voltages",
               len(window["u_ll"]) == len(system.lines))
    for k, line in enumerate(system.lines):
        check.near(f"{label} u_ll", window["u_ll"][k], line.rms(), line.rms() * PPM)
    for key, value in (("u2_percent", system.sequence), ("u0_percent", system.zero_sequence)):
        if value is None:
            check.true(f"{label} {key} is null", window[key] is None)
        else:
            check.near(f"{label} {key}", window[key], value, 0.002)


def check_windows(check, label, result, system, seconds):
    windows = result.windows()
    whole = [w for w in windows if not w["partial"]]
    nominal = 10 if system.f < 55 else 12
    check.true(f"{label}: {len(whole)} windows in {seconds} s",
               abs(len(whole) - seconds * system.f / nominal) < 1.2)
    for number, window in enumerate(whole):
        check_system(check, f"{label} window {number}", window, system)
        check.true(f"{label} cycles", window["cycles"] == nominal)
        check.near(f"{label} length_s", window["length_s"], nominal / system.f, 2 / RATE)
    for before, after in zip(whole, whole[1:]):
        check.near(f"{label} t", after["t"], before["t"] + before["length_s"], 1e-9)


def check_summary(check, label, result, system, seconds):
    summary = result.summary()
    check.near(f"{label} summary p_total", summary["p_total"], system.p, system.s * 2 * PPM)
    check.near(f"{label} summary u", summary["u"][0], system.elements[0].u.rms(),
               system.elements[0].u.rms() * 2 * PPM)
    hours = seconds / 3600
    quadrant = {(True, True): 1, (False, True): 2, (False, False): 3, (True, False): 4}
    own = quadrant[system.p >= 0, system.q1 >= 0]
    active = "wh_import" if system.p >= 0 else "wh_export"
    # What is no whole number of cycles carries the ripple of its last part: p swings by s.
    ripple = system.s / (4 * 3.14 * system.f) / 3600
    expected = {"wh_import": 0, "wh_export": 0, "varh_q1": 0, "varh_q2": 0, "varh_q3": 0,
                "varh_q4": 0, active: abs(system.p) * hours,
                f"varh_q{own}": abs(system.q1) * hours, "vah": system.s * hours}
    for key, value in expected.items():
        check.near(f"{label} summary {key}", summary[key], value, ripple + system.s * hours * PPM)


def three_phases(rng, angle_i, share_u=0.05, share_i=0.3, orders=range(2, 64)):
    elements = []
    for k in range(3):
        u = Signal(spectrum(rng, 230 * (1 + 0.01 * k), -120 * k + 10, orders, share_u))
        i = Signal(spectrum(rng, 10 + 3 * k, -120 * k + 10 + angle_i, orders, share_i))
        elements.append(Element(u, i))
    return elements


def wye(f, elements):
    voltages = [e.u for e in elements]
    lines = [voltages[k].minus(voltages[(k + 1) % 3]) for k in range(3)]
    u2, u0 = unbalance([u.phasor() for u in voltages])
    return System(f, elements, lines, u0, u2)


NAMES = ["U1", "U2", "U3", "I1", "I2", "I3"]


def measure_wye(check, f, angle_i, seconds, *words, **shares):
    rng = random.Random(int(f * 1000) + int(angle_i))
    elements = three_phases(rng, angle_i, **shares)
    signals = [e.u for e in elements] + [e.i for e in elements]
    system = wye(f, elements)
    label = f"{f} Hz {angle_i} deg"
    result = feed(NAMES, signals, f, seconds, *words)
    check_windows(check, label, result, system, seconds)
    check_summary(check, label, result, system, seconds)
    return result


def test_frequencies_with_harmonics(check, _folder):
    for f in (42.5, 47.3, 50, 50.03, 55.1, 60, 69):
        measure_wye(check, f, -60, 1.3, "--harmonics")


def test_power_factors(check, _folder):
    for angle in (0, -60, -36.87, 36.87, 60, 89, 180, 120, -120, -150):
        measure_wye(check, 50.03, angle, 0.9)


def test_pure_sine(check, _folder):
    """No harmonic may be seen where there is none."""
    measure_wye(check, 49.37, -30, 1.1, "--harmonics", orders=())


def test_all_keys(check, _folder):
    """Every key the manual promises is there, in windows and in the summary."""
    result = measure_wye(check, 50, -60, 0.7, "--harmonics")
    keys = """f u i p q1 q s pf u_angle i_angle thd_u thd_i crest_u crest_i u_ll u2_percent
              u0_percent p_total q1_total s_total pf_total harmonics_u harmonics_i length_s cycles
              flags""".split()
    for key in keys:
        check.true(f"window has {key}", key in result.windows()[0])
        check.true(f"summary has {key}", key in result.summary())
    for key in ("t", "partial", "segment"):
        check.true(f"window has {key}", key in result.windows()[0])
    listed = {word for line in run("measure", "--keys").out.splitlines() if line.startswith("  ")
              for word in line[2:21].replace(",", "").split()}
    printed = set(result.windows()[0]) | set(result.summary())
    check.true(f"--keys misses {printed - listed}", printed <= listed)
    check.true(f"--keys invents {listed - printed}", listed - printed == {"circuit"})
    plain = feed(NAMES, [Signal({1: (230, 0)})] * 3 + [Signal({1: (9, 0)})] * 3, 50, 0.5)
    check.true("harmonics only when asked for", "harmonics_u" not in plain.windows()[0])


def test_single_phase(check, _folder):
    element = Element(Signal({1: (230, 20), 3: (10, 5)}), Signal({1: (15, -10), 3: (4, 40)}))
    result = feed(["U1", "I1"], [element.u, element.i], 50.03, 1.0)
    system = System(50.03, [element])
    check_windows(check, "1p2w", result, system, 1.0)
    check_summary(check, "1p2w", result, system, 1.0)


def test_split_phase(check, _folder):
    elements = [Element(Signal({1: (120, 0), 5: (3, 10)}), Signal({1: (20, -25)})),
                Element(Signal({1: (121, 180.2)}), Signal({1: (12, 170)}))]
    system = System(59.97, elements, [elements[0].u.minus(elements[1].u)])
    signals = [e.u for e in elements] + [e.i for e in elements]
    result = feed(["U1", "U2", "I1", "I2"], signals, 59.97, 1.0, "--wiring", "1p3w")
    check_windows(check, "1p3w", result, system, 1.0)
    check_summary(check, "1p3w", result, system, 1.0)


def test_aron(check, _folder):
    """Two elements: U12 with I1, U32 with I3. What three wires cannot tell is null."""
    rng = random.Random(33)
    phases = three_phases(rng, -40, orders=(5, 7, 11, 13))
    u12, u32 = phases[0].u.minus(phases[1].u), phases[2].u.minus(phases[1].u)
    u31 = phases[2].u.minus(phases[0].u)
    elements = [Element(u12, phases[0].i), Element(u32, phases[2].i)]
    u23 = phases[1].u.minus(phases[2].u)
    sequence, _ = unbalance([p.u.phasor() for p in phases])
    system = System(50.03, elements, [u12, u23, u31], None, sequence)
    # Two elements stand for three phases: sqrt(3)/2 of their sum, sqrt(3) U I when balanced.
    system.s = 3 ** 0.5 / 2 * sum(e.s for e in elements)
    signals = [u12, u32, phases[0].i, phases[2].i]
    result = feed(["U12", "U32", "I1", "I3"], signals, 50.03, 1.0)
    check_windows(check, "3p3w", result, system, 1.0)
    check_summary(check, "3p3w", result, system, 1.0)
    for window in result.windows():
        check.true("3p3w says that zero sequence is unknown", "no-zero-sequence" in window["flags"])


def test_high_leg_delta(check, _folder):
    voltages = [Signal({1: (120, 0)}), Signal({1: (120, 180)}), Signal({1: (207.846, 90)})]
    currents = [Signal({1: (20, -20)}), Signal({1: (18, 165)}), Signal({1: (12, 60)})]
    elements = [Element(u, i) for u, i in zip(voltages, currents)]
    result = feed(NAMES, voltages + currents, 60.02, 1.0, "--wiring", "3p4wd")
    windows = [w for w in result.windows() if not w["partial"]]
    check.true("there are windows", len(windows) >= 4)
    for window in windows:
        for k, element in enumerate(elements):
            check_element(check, f"3p4wd phase {k + 1}", window, k, element, 0)
        check.near("3p4wd p_total", window["p_total"], sum(e.p for e in elements), 0.01)


def test_stronger_than_the_first(check, _folder):
    """The high leg is the strongest voltage, but nobody knew when the first window began."""
    for f, rate in ((45.845, 44100), (48.712, 8000), (55.674, 25600), (67.3, 12800)):
        voltages = [Signal({1: (120, 0), 5: (4, 10)}), Signal({1: (120, 180)}),
                    Signal({1: (207.846, 90), 31: (3, 80)})]
        currents = [Signal({1: (20, -20)}), Signal({1: (18, 165)}), Signal({1: (12, 60)})]
        result = feed(NAMES, voltages + currents, f, 0.7, "--wiring", "3p4wd", "--harmonics",
                      rate=rate)
        for window in result.windows():
            check.near(f"{f} Hz f", window["f"], f, 5e-5)
            check.near(f"{f} Hz 5th", window["harmonics_u"][0][5], 4, 4 * 2e-4)
            check.near(f"{f} Hz 31st", window["harmonics_u"][2][31], 3, 3 * 2e-4)


def short(signals, f, seconds, rate=RATE):
    """A recording that may be too short to be measured."""
    scales = [U_FULL, I_FULL]
    spec = (f"raw:-,format=s24,rate={rate},channels=U1;I1,u-full-scale={U_FULL},"
            f"i-full-scale={I_FULL}")
    data = bytes_s24(counts(sample(signals, f, rate, seconds), scales))
    return run("measure", spec, "--format", "json", "--quiet", data=data)


def test_a_few_cycles(check, _folder):
    """One to three cycles at any frequency: measured over whole cycles of just that."""
    rng = random.Random(13)
    for f in (42.5, 47, 50, 53, 60, 69):
        for cycles in (1, 1.4, 2, 2.3, 3):
            for share, rate in ((0, 8000), (0, 50000), (0, 1120), (0.03, 8000)):
                start = rng.uniform(-180, 180)
                element = Element(Signal(spectrum(rng, 230, start, (3, 5, 7, 11), 3 * share)),
                                  Signal(spectrum(rng, 10, start - 40, (3, 5, 7), 9 * share)))
                seconds = math.ceil(cycles / f * rate - 1e-6) / rate
                result = short([element.u, element.i], f, seconds, rate)
                window = result.windows()[0]
                label = f"{cycles} cycles of {f} Hz at {rate}"
                check.true(f"{label} partial", window["partial"] and "partial" in window["flags"])
                check.true(f"{label} cycles", window["cycles"] == int(cycles))
                check.near(f"{label} f", window["f"], f, f * (2e-3 if share else 2e-5))
                for key, rms in (("u", element.u.rms()), ("i", element.i.rms())):
                    check.near(f"{label} {key}", window[key][0], rms, rms * 1e-3)
                check.near(f"{label} p", window["p"][0], element.p, element.s * 2e-3)
                check.near(f"{label} q1", window["q1"][0], element.q1, element.s * 1e-3)


def test_less_than_a_cycle(check, _folder):
    """What is not a whole cycle, or no tone at all, is refused and not guessed."""
    signals = [Signal({1: (230, 20)}), Signal({1: (10, -60)})]
    for f in (42.5, 47, 50, 60, 69):
        for cycles in (0.3, 0.72, 0.9, 0.97):
            result = short(signals, f, cycles / f)
            check.true(f"{cycles} cycles of {f} Hz", result.status == 1 and not result.out)
            check.true(f"why: {result.err}", "too short" in result.err and
                       result.err.count("\n") == 1)
    rng = random.Random(5)
    noise = [[int(rng.uniform(-1, 1) * 2 ** 20) for _ in range(2)] for _ in range(400)]
    spec = "raw:-,format=s24,rate=12800,channels=U1;I1,u-full-scale=800,i-full-scale=100"
    result = run("measure", spec, "--quiet", data=bytes_s24(np.array(noise)))
    check.true("noise has no frequency", result.status == 1 and "too short" in result.err)


def test_lost_reference(check, _folder):
    """The voltage that was followed goes: the others stay, no frequency is made up."""
    f, seconds = 50.02, 1.6
    signals = [Signal({1: (230, -120 * k)}) for k in range(3)] + \
        [Signal({1: (10, -120 * k - 30)}) for k in range(3)]
    data = sample(signals, f, RATE, seconds)
    data[int(0.93 * RATE):, 0] = 0
    spec = (f"raw:-,format=s24,rate={RATE},channels={';'.join(NAMES)},u-full-scale={U_FULL},"
            f"i-full-scale={I_FULL}")
    result = measure(spec, data=bytes_s24(counts(data, [U_FULL] * 3 + [I_FULL] * 3)))
    for window in result.windows():
        lost = window["t"] < 0.93 < window["t"] + window["length_s"]
        if not lost and window["f"] is not None:
            check.near("f", window["f"], f, 5e-5)
        check.true("null is flagged", window["f"] is not None or "settling" in window["flags"])
        check.near("u of L2", window["u"][1], 230, 230 * PPM)


def test_a_voltage_that_comes_later(check, _folder):
    """Whatever its frequency and the nominal one: found in two windows, flagged until then."""
    for nominal in (50, 60):
        for f in (42.5, 47, 50, 55, 60, 65, 69):
            signals = [Signal({1: (230, 0), 5: (9, 20)}), Signal({1: (10, -30)})]
            data = sample(signals, f, RATE, 2.4)
            data[:RATE] = 0
            spec = (f"raw:-,format=s24,rate={RATE},channels=U1;I1,u-full-scale={U_FULL},"
                    f"i-full-scale={I_FULL}")
            result = measure(spec, "--nominal", f"230,{nominal}",
                             data=bytes_s24(counts(data, [U_FULL, I_FULL])))
            there = [w for w in result.windows() if w["t"] >= 1]
            label = f"{f} Hz after nothing at {nominal} Hz"
            check.true(f"{label}: {len(there)} windows", len(there) >= 4)
            for k, window in enumerate(there):
                said = "settling" in window["flags"] or "no-sync" in window["flags"]
                if k > 1 or not said:
                    check.near(f"{label} f", window["f"], f, 5e-5)
                    check.near(f"{label} u", window["u"][0], signals[0].rms(), 230 * PPM)


def test_a_step_of_the_frequency(check, _folder):
    """It is followed, and the window in which it happens is flagged."""
    for before, after in ((50, 48), (50, 60), (60, 50), (45, 65)):
        t = np.arange(3 * RATE) / RATE
        turns = np.where(t < 1.513, before * t, before * 1.513 + after * (t - 1.513))
        data = np.stack([230 * 2 ** 0.5 * np.cos(2 * np.pi * turns),
                         10 * 2 ** 0.5 * np.cos(2 * np.pi * turns - 0.5)], axis=1)
        spec = (f"raw:-,format=s24,rate={RATE},channels=U1;I1,u-full-scale={U_FULL},"
                f"i-full-scale={I_FULL}")
        windows = measure(spec, data=bytes_s24(counts(data, [U_FULL, I_FULL]))).windows()
        label = f"{before} to {after} Hz"
        step = next(w for w in windows if w["t"] <= 1.513 < w["t"] + w["length_s"])
        for window in windows:
            if "no-sync" in window["flags"]:
                check.true(f"{label}: nothing made up", all(
                    window[key][0] is None for key in ("q1", "q", "u1", "p1", "phi", "u_angle")))
                check.near(f"{label} u", window["u"][0], 230, 0.01)
        near = abs(step["f"] - before) < 0.5 and abs(step["p"][0] / 2300 / math.cos(0.5) - 1) < 1e-3
        check.true(f"{label}: {step['flags']}", near or "settling" in step["flags"])
        check.near(f"{label} f", windows[-2]["f"], after, 5e-5)
        check.near(f"{label} p", windows[-2]["p"][0], 2300 * math.cos(0.5), 2300 * PPM)
        check.near(f"{label} q1", windows[-2]["q1"][0], 2300 * math.sin(0.5), 2300 * PPM)


def test_less_than_a_cycle_left_over(check, _folder):
    """The rest of a lagging load's recording may run backwards; that is no export."""
    for cycles in (20.1, 20.3, 20.9, 40.6):
        for start in (0, 60, 120, 200, 300):
            signals = [Signal({1: (230, start)}), Signal({1: (10, start - 80)})]
            summary = feed(["U1", "I1"], signals, 50.02, cycles / 50.02).summary()
            for key in ("wh_export", "varh_q2", "varh_q3", "varh_q4"):
                check.true(f"{cycles} cycles from {start}: no {key}", summary[key] == 0)


def test_low_level(check, _folder):
    """A tenth of full scale is still within a part in a million."""
    elements = [Element(Signal({1: (0.1 * U_FULL / 2 ** 0.5, 0)}),
                        Signal({1: (0.1 * I_FULL / 2 ** 0.5, -60)}))]
    result = feed(["U1", "I1"], [elements[0].u, elements[0].i], 50.03, 1.0)
    check_windows(check, "10 %", result, System(50.03, elements), 1.0)


def test_direct_current(check, _folder):
    """DC in a current does not disturb P, and is in the r.m.s. value."""
    element = Element(Signal({1: (230, 0)}), Signal({1: (10, -60)}, dc=3.0))
    result = feed(["U1", "I1"], [element.u, element.i], 50.03, 1.0)
    for window in [w for w in result.windows() if not w["partial"]]:
        check.near("p", window["p"][0], element.p, element.s * PPM)
        check.near("i", window["i"][0], element.i.rms(), element.i.rms() * PPM)
        check.near("i_dc", window["i_dc"][0], 3.0, 3.0 * 10 * PPM)


def test_short_last_window(check, _folder):
    """What is left over is measured over whole cycles and marked."""
    f, seconds = 50.03, 0.53
    element = Element(Signal({1: (230, 0), 5: (10, 20)}), Signal({1: (10, -60), 7: (2, 5)}))
    result = feed(["U1", "I1"], [element.u, element.i], f, seconds)
    windows = result.windows()
    check.true("only the last is partial", [w["partial"] for w in windows] == [False, False, True])
    last = windows[-1]
    check.true("it spans whole cycles", 1 <= last["cycles"] <= 9)
    check.true("the flag is said", "partial" in last["flags"] and "partial" not in
               windows[0]["flags"])
    check.near("length_s", last["length_s"], last["cycles"] / f, 1.5 / RATE)
    check.near("it ends with the last whole cycle", last["t"] + last["length_s"], 26 / f, 2 / RATE)
    check_system(check, "partial", last, System(f, [element]))


def test_partial_windows_everywhere(check, _folder):
    """However much is left, and with a full spectrum, a part in a million holds."""
    for f in (42.5, 47.3, 50, 50.03, 55.1, 60, 69):
        for seconds in (0.9, 1.03, 1.3, 1.317):
            rng = random.Random(f * seconds)
            element = Element(Signal(spectrum(rng, 230, 10, range(2, 64), 0.05)),
                              Signal(spectrum(rng, 10, -50, range(2, 64), 0.3)))
            result = feed(["U1", "I1"], [element.u, element.i], f, seconds)
            check_element(check, f"{f} Hz {seconds} s", result.windows()[-1], 0, element, 10)
            mean = result.summary()
            check.near("summary u", mean["u"][0], element.u.rms(), element.u.rms() * PPM)
            check.near("summary length_s", mean["length_s"], seconds, 1.1 / f)


def test_low_rate(check, _folder):
    """At 32 samples a cycle orders beyond the rate are null and said to be, the rest holds."""
    element = Element(Signal({1: (230, 0), 3: (12, 40), 7: (9, -20)}),
                      Signal({1: (10, -60), 5: (2, 10)}))
    result = feed(["U1", "I1"], [element.u, element.i], 50.03, 1.0, "--harmonics", rate=1600)
    for window in [w for w in result.windows() if not w["partial"]]:
        check.true("the flag says so", "rate-low" in window["flags"])
        orders = window["harmonics_u"][0]
        check.true("orders beyond are null", all(v is None for v in orders[16:]))
        check.true("orders within are not", all(v is not None for v in orders[:12]))
        for n, (rms, _) in element.u.harmonics.items():
            check.near(f"order {n} harmonics_u", orders[n], rms, rms * 2e-4)
        for key in ("u", "i"):
            rms = getattr(element, key).rms()
            check.near(key, window[key][0], rms, rms * PPM)
        check.near("p", window["p"][0], element.p, element.s * PPM)
        check.near("q1", window["q1"][0], element.q1, element.s * PPM)


def test_clipping(check, _folder):
    """A sample at its limit is told."""
    signals = [Signal({1: (230, 0)}), Signal({1: (10, -60)})]
    integers = counts(sample(signals, 50, RATE, 0.7), [U_FULL, I_FULL])
    integers[RATE // 3, 1] = 2 ** 23 - 1  # in the second window
    spec = (f"raw:-,format=s24,rate={RATE},channels=U1;I1,u-full-scale={U_FULL},"
            f"i-full-scale={I_FULL}")
    flagged = ["clipped" in w["flags"] for w in measure(spec, data=bytes_s24(integers)).windows()]
    check.true(f"only the second: {flagged}", flagged[:3] == [False, True, False])


if __name__ == "__main__":
    main(globals())
