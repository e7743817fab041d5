#!/usr/bin/env python3
"""The same known wave through every kind of file, and what the options make of it."""

import csv
import io
import os

import numpy as np

from meter import main, measure, run
from waveforms import (Element, Signal, bytes_s24, counts, sample, write_comtrade, write_csv,
                       write_wav)

RATE, F, SECONDS = 6400, 50.03, 0.65
PPM = 1e-6


def phases():
    return [Element(Signal({1: (230 + k, -120 * k), 5: (6, 30)}),
                    Signal({1: (10 + k, -120 * k - 30), 3: (1, 50)})) for k in range(3)]


def frames(elements, rate=RATE, seconds=SECONDS):
    return sample([e.u for e in elements] + [e.i for e in elements], F, rate, seconds)


def check_wave(check, label, result, elements, tolerance=PPM, factor_u=1.0, factor_i=1.0):
    whole = [w for w in result.windows() if not w["partial"]]
    check.true(f"{label}: three windows", len(whole) == 3)
    for window in whole:
        for k, element in enumerate(elements):
            u, i = element.u.rms() * factor_u, element.i.rms() * factor_i
            s = element.s * factor_u * factor_i
            check.near(f"{label} u", window["u"][k], u, u * tolerance)
            check.near(f"{label} i", window["i"][k], i, i * tolerance)
            check.near(f"{label} p", window["p"][k], element.p * factor_u * factor_i, s * tolerance)
            check.near(f"{label} q1", window["q1"][k], element.q1 * factor_u * factor_i,
                       s * tolerance)


def test_csv(check, folder):
    """Channels are found by name and unit, in any order."""
    elements = phases()
    data = frames(elements)
    path = os.path.join(folder, "a.csv")
    write_csv(path, ["Ua [V]", "Ub [V]", "Uc [V]", "Ia [A]", "Ib [A]", "Ic [A]"], data, RATE)
    check_wave(check, "csv", measure(path), elements)
    order = [3, 0, 4, 1, 5, 2]
    write_csv(path, ["I_L1 (A)", "U_L1 (V)", "I_L2 (A)", "U_L2 (V)", "I_L3 (A)", "U_L3 (V)"],
              data[:, order], RATE)
    check_wave(check, "csv in another order", measure(path), elements)
    write_csv(path, ["p", "q", "r", "s", "t", "u"], data[:, order], RATE)
    check_wave(check, "csv by map", measure(path, "--map", "U1=q,U2=s,U3=u,I1=p,I2=r,I3=t"),
               elements)
    names = [f'"U{p}, terminals; front [V]"' for p in "abc"] + \
        [f'"I{p}, clamp [A]"' for p in "abc"]
    write_csv(path, names, data, RATE)
    check_wave(check, "csv with separators in quotes", measure(path), elements)


def test_wav(check, folder):
    elements = phases()
    path = os.path.join(folder, "a.wav")
    scales = [500.0] * 3 + [40.0] * 3
    write_wav(path, counts(frames(elements), scales), RATE)
    named = f"{path},channels=U1;U2;U3;I1;I2;I3,u-full-scale=500,i-full-scale=40"
    check_wave(check, "wav by spec", measure(named), elements)
    mapped = measure(path, "--map", "U1=1,U2=2,U3=3,I1=4,I2=5,I3=6", "--u-full-scale", "500",
                     "--i-full-scale", "40")
    check_wave(check, "wav by options", mapped, elements)
    one = measure(path, "--map", "U1=2,I1=5", "--u-full-scale", "500", "--i-full-scale", "40")
    check_wave(check, "wav, one phase of it", one, elements[1:2])


def test_comtrade(check, folder):
    elements = phases()
    data = frames(elements)
    channels = [(f"U{p}", "V", 1, 1, "P") for p in "abc"] + \
        [(f"I{p}", "A", 1, 1, "P") for p in "abc"]
    for kind, revision, tolerance in (("ASCII", "1991", 5 * PPM), ("ASCII", "1999", 5 * PPM),
                                      ("BINARY", "1999", 10 * PPM), ("BINARY32", "2013", PPM),
                                      ("FLOAT32", "2013", PPM)):
        path = os.path.join(folder, f"{kind}{revision}")
        write_comtrade(path, channels, data, RATE, 50, kind, revision)
        check_wave(check, f"{kind} {revision}", measure(path + ".cfg"), elements, tolerance)


def test_transformer_ratios(check, folder):
    """A file on the secondary side: as it is, and turned into primary values, and by --ct, --vt."""
    elements = phases()
    data = frames(elements)
    path = os.path.join(folder, "secondary")
    channels = [(f"U{p}", "V", 20000, 100, "S") for p in "abc"] + \
        [(f"I{p}", "A", 300, 5, "S") for p in "abc"]
    write_comtrade(path, channels, data, RATE, 50)
    check_wave(check, "as the file has it", measure(path + ".cfg"), elements)
    check_wave(check, "--secondary", measure(path + ".cfg", "--secondary"), elements)
    primary = measure(path + ".cfg", "--primary")
    check_wave(check, "--primary", primary, elements, PPM, 200, 60)
    check.true("the note says so", "secondary values turned into primary" in primary.err)
    plain = os.path.join(folder, "plain.csv")
    write_csv(plain, ["U1 [V]", "U2 [V]", "U3 [V]", "I1 [A]", "I2 [A]", "I3 [A]"], data, RATE)
    check_wave(check, "--ct", measure(plain, "--ct", "100/5", "--vt", "11000/110"), elements, PPM,
               100, 20)
    check_wave(check, "--ct --secondary", measure(plain, "--ct", "100/5", "--secondary"), elements)


def test_raw_formats(check, _folder):
    elements = phases()
    data = frames(elements)
    scales = [500.0] * 3 + [40.0] * 3
    names = "channels=U1;U2;U3;I1;I2;I3,u-full-scale=500,i-full-scale=40"
    spec = f"raw:-,rate={RATE},{names}"
    feeds = {
        "s16": (counts(data, scales, 16).astype("<i2").tobytes(), 20 * PPM),
        "s16be": (counts(data, scales, 16).astype(">i2").tobytes(), 20 * PPM),
        "s24": (bytes_s24(counts(data, scales)), PPM),
        "s32": (counts(data, scales, 32).astype("<i4").tobytes(), PPM),
        "f32": ((data / scales).astype("<f4").tobytes(), PPM),
    }
    for name, (stream, tolerance) in feeds.items():
        result = measure(f"{spec},format={name}", data=stream)
        check_wave(check, name, result, elements, tolerance)
    options = measure("raw:-,format=s24,channels=U1;U2;U3;I1;I2;I3", "--rate", str(RATE),
                      "--u-full-scale", "500", "--i-full-scale", "40", data=feeds["s24"][0])
    check_wave(check, "scale and rate by options", options, elements)


def test_csv_without_a_time_column(check, folder):
    """--rate says what the file does not."""
    elements = [Element(Signal({1: (230, 0)}), Signal({1: (10, -30)}))]
    path = os.path.join(folder, "bare.csv")
    with open(path, "w", encoding="utf-8") as file:
        file.write("U1 [V],I1 [A],I7 [A]\n")
        for u, i in frames(elements):
            file.write(f"{u:.9g},{i:.9g},0\n")
    result = run("measure", path, "--rate", str(RATE), "--wiring", "1p2w", "--format", "json")
    check.near("u", result.summary()["u"][0], 230, 230 * 1e-6)
    check.near("f", result.summary()["f"], F, 1e-4)
    check.true("without it, it is asked for", "rate=" in run("measure", path).err)


def test_what_is_not_measured_is_named(check, folder):
    """A channel that nobody understood does not vanish without a word."""
    element = Element(Signal({1: (230, 0)}), Signal({1: (10, -30)}))
    path = os.path.join(folder, "odd.csv")
    write_csv(path, ["U1 [V]", "I1 [A]", "Probe [V]"],
              np.column_stack([frames([element]), frames([element])[:, 0]]), RATE)
    check.true("named", '3 "Probe"' in run("measure", path).err)


def three_phase_csv(folder, seconds=SECONDS):
    elements = phases()
    path = os.path.join(folder, "a.csv")
    write_csv(path, ["U1 [V]", "U2 [V]", "U3 [V]", "I1 [A]", "I2 [A]", "I3 [A]"],
              frames(elements, seconds=seconds), RATE)
    return path, elements


def test_from_and_to(check, folder):
    path, elements = three_phase_csv(folder, 1.5)
    result = measure(path, "--from", "0.4", "--to", "1.05")
    check_wave(check, "a part", result, elements)
    first, last = result.windows()[0], result.windows()[-1]
    check.near("t of the first", first["t"], 0.4, 1.1 / F)
    check.true("the end is kept", last["t"] + last["length_s"] <= 1.05 + 1 / RATE)
    # Energy is that of 0.65 s exactly, save the ripple of the broken cycle.
    hours = 0.65 / 3600
    p = sum(e.p for e in elements)
    ripple = sum(e.s for e in elements) / (4 * 3.14 * F) / 3600
    check.near("wh_import", result.summary()["wh_import"], p * hours, ripple)
    nothing = run("measure", path, "--from", "99")
    check.true("nothing there: status 1", nothing.status == 1)
    check.true("and one line", nothing.err.count("\n") == 1 and "--from" in nothing.err)


def test_every(check, folder):
    """Records of a second are put together from windows; the last is marked partial."""
    path, elements = three_phase_csv(folder, 2.5)
    result = measure(path, "--every", "1")
    records = result.windows()
    check.true("three records", [r["partial"] for r in records] == [False, False, True])
    for number, record in enumerate(records):
        check.near("t", record["t"], number, 1e-9)
        check.near("length", record["length_s"], 1 if number < 2 else 0.5, 0.02)
        for k, element in enumerate(elements):
            check.near("u of a second", record["u"][k], element.u.rms(), element.u.rms() * PPM)
            check.near("p of a second", record["p"][k], element.p, element.s * PPM)
    refused = run("measure", path, "--every", "0.1")
    check.true("shorter than a window is refused", refused.status == 2 and "--every" in refused.err)


def test_signs(check, folder):
    path, elements = three_phase_csv(folder)
    for words in (["--invert", "I2"], ["--map", "I1=4,I2=-5,I3=6"]):
        for window in measure(path, *words).windows()[:3]:
            check.near("p of the turned one", window["p"][1], -elements[1].p, elements[1].s * PPM)
            check.near("q1 of the turned one", window["q1"][1], -elements[1].q1,
                       elements[1].s * PPM)
            check.near("p beside it", window["p"][0], elements[0].p, elements[0].s * PPM)


def test_circuits(check, folder):
    elements = phases()
    extra = Signal({1: (4, -100)})
    data = sample([e.u for e in elements] + [e.i for e in elements] + [extra], F, RATE, SECONDS)
    path = os.path.join(folder, "a.csv")
    write_csv(path, ["U1 [V]", "U2 [V]", "U3 [V]", "I1 [A]", "I2 [A]", "I3 [A]", "I4 [A]"], data,
              RATE)
    result = measure(path)
    names = [w["circuit"] for w in result.windows()]
    check.true("circuits take turns", names[:4] == ["main", "I4", "main", "I4"])
    on_u1 = Element(elements[0].u, extra)
    check.near("I4 on U1 p", result.windows()[1]["p"][0], on_u1.p, on_u1.s * PPM)
    check.true("a summary each", [r["circuit"] for r in result.records()[-2:]] == ["main", "I4"])
    result = measure(path, "--circuits", "grid:3p4w:I1,I2,I3/pump:1p2w:U2*I4")
    on_u2 = Element(elements[1].u, extra)
    pump = [w for w in result.windows() if w["circuit"] == "pump"]
    check.near("pump p", pump[0]["p"][0], on_u2.p, on_u2.s * PPM)
    check.near("pump p_total", pump[0]["p_total"], on_u2.p, on_u2.s * PPM)


def test_neutral(check, folder):
    elements = phases()
    neutral = Signal({1: (2.5, 10), 3: (1.5, 0)})
    data = sample([e.u for e in elements] + [e.i for e in elements] + [neutral], F, RATE, SECONDS)
    path = os.path.join(folder, "a.csv")
    write_csv(path, ["U1 [V]", "U2 [V]", "U3 [V]", "I1 [A]", "I2 [A]", "I3 [A]", "IN [A]"], data,
              RATE)
    total = Signal({}).minus(elements[0].i).minus(elements[1].i).minus(elements[2].i)
    for words, truth in (([], neutral), (["--neutral", "measured"], neutral),
                         (["--neutral", "computed"], total)):
        window = measure(path, *words).windows()[0]
        check.near(f"{words} i_n", window["i_n"], truth.rms(), truth.rms() * 5 * PPM)


def test_unknown_is_null(check, folder):
    """What nobody recorded, and what cannot be known without voltage, is never a number."""
    elements = phases()
    path = os.path.join(folder, "a.csv")
    data = sample([e.u for e in elements] + [elements[0].i], F, RATE, SECONDS)
    write_csv(path, ["U1 [V]", "U2 [V]", "U3 [V]", "I1 [A]"], data, RATE)
    result = measure(path)
    window, summary = result.windows()[0], result.summary()
    check.near("u of all", window["u"][2], elements[2].u.rms(), elements[2].u.rms() * PPM)
    check.near("p of the one current", window["p"][0], elements[0].p, elements[0].s * PPM)
    for key in ("i", "p", "q1", "s", "pf", "thd_i", "i_angle", "crest_i"):
        check.true(f"{key} of L2 is null", window[key][1] is None)
    for key in ("p_total", "s_total", "i_n", "i_avg"):
        check.true(f"{key} is null", window[key] is None and summary[key] is None)
    check.true("energy is null", summary["wh_import"] is None and summary["vah"] is None)
    dead = data.copy()
    dead[:, 1] = 0
    write_csv(path, ["U1 [V]", "U2 [V]", "U3 [V]", "I1 [A]"], dead, RATE)
    window = measure(path).windows()[0]
    check.true("no angle without voltage", window["u_angle"][1] is None)
    check.true("and the flag says why", "no-voltage" in window["flags"])


def test_rates(check, folder):
    """A segment that is too slow is named and skipped; the rest is measured."""
    elements = phases()
    fast, slow = frames(elements), frames(elements)[:20]
    path = os.path.join(folder, "two")
    channels = [(f"U{p}", "V", 1, 1, "P") for p in "abc"] + \
        [(f"I{p}", "A", 1, 1, "P") for p in "abc"]
    write_comtrade(path, channels, np.concatenate([fast, slow]), RATE, 50,
                   segments=[(RATE, len(fast)), (50, len(fast) + len(slow))])
    result = measure(path + ".cfg")
    check_wave(check, "the fast segment", result, elements)
    check.true("the slow one is named", "segment 2: 50 Hz sampling is 1.0 samples a cycle; at "
               "least 16 are needed; skipped" in result.err)
    spec = "raw:-,format=f32,rate=700,channels=U1;I1,u-full-scale=1,i-full-scale=1"
    low = run("measure", spec, data=bytes(8 * 700))
    check.true("all too slow: status 1", low.status == 1)
    check.true("one line", low.err.count("\n") == 1 and "14.0 samples a cycle" in low.err)


def test_csv_output(check, folder):
    """The same figures as JSON, under a head of names and units."""
    path, _ = three_phase_csv(folder)
    as_json = measure(path, "--harmonics")
    done = run("measure", path, "--harmonics", "--format", "csv")
    check.true("status 0", done.status == 0)
    rows = list(csv.DictReader(io.StringIO(done.out)))
    check.true("as many records", len(rows) == len(as_json.records()))
    check.true("no column without a name", None not in rows[0] and "" not in rows[0])
    for row, record in zip(rows, as_json.windows()):
        check.near("t", float(row["t [s]"]), record["t"], 1e-9)
        check.near("u", float(row["u_L2 [V]"]), record["u"][1], 1e-6)
        check.near("u1", float(row["u1_L1 [V]"]), record["u1"][0], 1e-6)
        check.near("u_ll", float(row["u_ll_31 [V]"]), record["u_ll"][2], 1e-6)
        check.near("p_total", float(row["p_total [W]"]), record["p_total"], 1e-5)
        check.near("f", float(row["f [Hz]"]), record["f"], 1e-8)
        check.near("harmonic", float(row["harmonics_u_L3_5 [V]"]), record["harmonics_u"][2][5],
                   1e-6)
    check.true("the last is the summary", rows[-1]["record"] == "summary")
    summary = as_json.summary()
    for key, column in (("wh_import", "wh_import [Wh]"), ("varh_q1", "varh_q1 [varh]"),
                        ("vah", "vah [VAh]"), ("p_total", "p_total [W]")):
        check.near(f"summary {key}", float(rows[-1][column]), summary[key], 1e-6)


def test_text_output(check, folder):
    path, elements = three_phase_csv(folder)
    done = run("measure", path)
    check.true("status 0", done.status == 0)
    check.true("no colour in a pipe", "\x1b" not in done.out + done.err)
    lines = done.out.splitlines()
    check.true("head", lines[0].split()[:4] == ["t", "f", "phase", "U"])
    check.true("units", lines[1].split()[:5] == ["s", "Hz", "V", "A", "W"])
    first = lines[2].split()
    check.true("first line is L1", first[2] == "L1")
    check.near("u", float(first[3]), elements[0].u.rms(), 0.001)
    check.near("p", float(first[5]), elements[0].p, 0.01)
    check.true("a total", lines[5].split()[0] == "total")
    check.near("p total", float(lines[5].split()[1]), sum(e.p for e in elements), 0.05)
    check.true("energy", any(line.split()[:2] == ["active", "Wh"] for line in lines))
    check.true("notes tell the channels", 'U1  = channel 1 "U1"' in done.err)
    check.true("--quiet is quiet", run("measure", path, "--quiet").err == "")
    orders = run("measure", path, "--harmonics").out
    check.true("64 orders", sum(line.split()[:1] == ["63"] for line in orders.splitlines()) == 1)


def test_means_and_extremes(check, folder):
    path, _ = three_phase_csv(folder, 1.0)
    result = measure(path, "--nominal", "230,60")
    windows, summary = result.windows(), result.summary()
    check.true("12 cycles by --nominal", windows[0]["cycles"] == 12)
    for key in ("f", "p_total", "u2_percent"):
        values = [w[key] for w in windows]
        check.near(f"max {key}", summary["max"][key], max(values), 1e-9)
        check.near(f"min {key}", summary["min"][key], min(values), 1e-9)
        at = windows[values.index(max(values))]["t"]
        check.near(f"when {key}", summary["max_t"][key], at, 1e-9)


if __name__ == "__main__":
    main(globals())
