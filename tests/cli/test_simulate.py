"""blondel simulate: samples that measure reads back, and a truth that measure finds."""

import json
import os

from meter import main, measure, run

SPEC = "grid,i=10,pf=0.5,i2=4,pf2=0.8lead,p3=-1500,q3=200,uh=5:6:30,ih=3:20/7:5,rate=12800"
TOLERANCE = {"u": 1e-6, "i": 1e-6, "p": 1e-6, "q1": 1e-6}


def truth_of(*words):
    result = run("simulate", *words, "--truth")
    assert result.status == 0, result.err
    return [json.loads(line) for line in result.out.splitlines()]


def compare(check, truth, summary):
    for key, tolerance in TOLERANCE.items():
        for phase in range(3):
            scale = truth["s"][phase] if key in ("p", "q1") else truth[key][phase]
            check.near(f"phase {phase + 1} {key}", summary[key][phase], truth[key][phase],
                       tolerance * scale)
    check.near("i_n", summary["i_n"], truth["i_n"], 1e-5)


def test_measure_finds_the_truth(check, folder):
    truth = truth_of(SPEC)[0]
    compare(check, truth, measure(f"sim:{SPEC},duration=2").summary())
    path = os.path.join(folder, "grid.csv")
    with open(path, "w", encoding="ascii") as file:
        file.write(run("simulate", SPEC, "--duration", "2").out)
    compare(check, truth, measure(path).summary())


def test_energy_of_a_house(check, folder):
    """A quarter of an hour around noon: what the simulator says flowed, metrology counts."""
    spec = "house,at=11:00,seed=4,rate=1600"
    last = truth_of(spec, "--duration", "900.4", "--every", "900")[-1]
    summary = measure(f"sim:{spec},duration=900").summary()
    net = summary["wh_import"] - summary["wh_export"]
    truth = last["wh_import"] - last["wh_export"]
    check.near("net energy", net, truth, 1e-6 * abs(truth))


def test_keys_and_bad_words(check, folder):
    keys = run("simulate", "--keys")
    for word in ("fault-reversed-ct", "ct-curve", "f-step", "house"):
        check.true(f"--keys names {word}", word in keys.out)
    for words, status, part in [(["grid,x=1"], 1, "no such key"), ([], 2, "what?"),
                                (["grid", "--every", "0"], 2, "--every"),
                                (["moon"], 1, "no such scene")]:
        result = run("simulate", *words)
        check.true(f"{words}: {result.err}", result.status == status and part in result.err)


if __name__ == "__main__":
    main(globals())
