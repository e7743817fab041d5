"""blondel wiring: each fault of the simulator in words, and what is none let pass."""

import json

import meter

FAULTS = {
    "reversed-ct": ("ct-reversed", "CT on L1 is reversed: 2.16 kW flows from load to grid"),
    "swapped-voltages": ("voltages-swapped", "The voltages of L1 and L2 are exchanged"),
    "swapped-currents": ("currents-swapped", "The clamps of L1 and L2 are exchanged"),
    "no-neutral": ("no-neutral", "The neutral is missing"),
    "neutral-swapped": ("l-n-swapped", "L1 and N are exchanged"),
    "no-current": ("no-current", "The clamp of L1 sees nothing"),
    "ct-on-neutral": ("ct-on-neutral", "The clamp of L1 is around the neutral"),
    "no-voltage": ("no-voltage", "L1 has no voltage"),
}
LOAD = "phi=20,i2=7,phi3=35,rate=3200"


def wiring(*words):
    return meter.run("wiring", "--quiet", *words)


def test_each_fault_is_named(check, _folder):
    for fault, (word, sentence) in FAULTS.items():
        text = wiring(f"sim:fault-{fault},{LOAD}")
        check.true(f"{fault}: status {text.status}", text.status == 1)
        joined = " ".join(text.out.split())
        check.true(f"{fault}: says {sentence}: {text.out}", sentence in joined)
        told = wiring(f"sim:fault-{fault},{LOAD}", "--format", "json")
        verdict = json.loads(told.out)
        check.true(f"{fault}: {verdict}", verdict["verdict"] == "fault")
        check.true(f"{fault}: one finding {word}",
                   [f["fault"] for f in verdict["findings"]] == [word])
        check.true(f"{fault}: the same words", sentence in verdict["findings"][0]["text"])


def test_right_wiring(check, _folder):
    for load in (LOAD, "phi=60", "phi=-50", "phi=180", "phi=170,i=4", "phi2=180,i2=30",
                 "wiring=3p3w,phi=20", "wiring=1p2w", "wiring=1p3w,phi=10"):
        told = wiring(f"sim:grid,rate=3200,{load}", "--format", "json")
        verdict = json.loads(told.out)
        check.true(f"{load}: {verdict}", verdict["verdict"] == "right" and told.status == 0)


def test_no_generation_makes_export_a_fault(check, _folder):
    spec = "sim:grid,rate=3200,phi=180"
    told = wiring(spec, "--generation", "none")
    check.true(f"accused: {told.out}", told.status == 1 and "All CTs are reversed" in told.out)
    check.true("not with generation", wiring(spec, "--generation", "present").status == 0)


def test_little_load(check, _folder):
    told = wiring("sim:grid,rate=3200,i=0.01")
    check.true(f"said: {told.out}", told.status == 0 and "cannot be judged" in told.out
               and "too little current" in " ".join(told.out.split()))
    told = wiring("sim:fault-reversed-ct,rate=3200,i=0.01", "--i-floor", "0.001")
    check.true(f"a lower floor: {told.out}", told.status == 1)


def test_bad_options(check, _folder):
    for words in (("--generation", "some"), ("--i-floor", "0"), ("--i-floor", "x"),
                  ("--format", "csv")):
        told = wiring("sim:grid", *words)
        check.true(f"{words}: {told.err}", told.status == 2 and told.err.count("\n") == 1
                   and words[0] in told.err)
    check.true("no such file", wiring("/nowhere.csv").status == 1)


if __name__ == "__main__":
    meter.main(globals())
