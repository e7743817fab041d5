"""blondel calibrate: by script and by a person at a terminal; what it finds, measure takes out."""

import os
import pty
import select
import signal
import subprocess
import time

import meter

FRONT = ("u-gain=0.8,u-gain2=-1.3,i-gain=-1.7,i-delay=-27,i-delay2=31,u-offset=1.2,i-offset=0.03,"
         "adc-noise=8")


def load(current, extra=""):
    return f"sim:grid,i={current},pf=0.5,{FRONT}{extra}"


def calibrate(path):
    result = meter.run("calibrate", load(10), "--reference", "u=230,i=10,pf=0.5", "--no-load",
                       f"sim:grid,i=0,{FRONT}", "--output", path)
    assert result.status == 0, result.err
    return result


def test_a_bad_front_end_becomes_a_good_one(check, folder):
    path = os.path.join(folder, "meter.cal")
    calibrate(path)
    # Another load, with the 5th harmonic in U and I: P = U1 I1 (0.5 + 0.04 cos(5 x 60)).
    spec = load(7, ",wave=fifth,duration=3")
    want = 230 * 7 * (0.5 + 0.02)
    before = meter.measure(spec).summary()
    after = meter.measure(spec, "--calibration", path).summary()
    for phase in range(3):
        check.true("the front end is bad", abs(before["p"][phase] / want - 1) > 0.001)
        check.near(f"P of phase {phase + 1}", after["p"][phase] / want, 1, 1e-4)
        check.near(f"Q1 of phase {phase + 1}", after["q1"][phase] / (230 * 7 * 0.75 ** 0.5),
                   1, 1e-4)
        check.near("direct voltage", after["u_dc"][phase], 0, 1e-3)


def test_a_curve_is_taken_out(check, folder):
    path = os.path.join(folder, "curve.cal")
    front = "ct=CTO-100,ct-model=delay,pf=0.5,duration=10"
    points = [f"sim:grid,i={i},{front}" for i in (100, 20, 5)]
    result = meter.run("calibrate", *points, "--reference", "u=230,i=100,pf=0.5/i=20/i=5",
                       "--output", path)
    check.true(result.err, result.status == 0)
    with open(path, encoding="ascii") as file:
        check.true("three curves", file.read().count("curve =") == 3)
    for current in (100, 20, 5):
        want = 230 * current * 0.5
        spec = f"sim:grid,i={current},{front}"
        windows = meter.measure(spec, "--calibration", path).windows()
        for window in windows[2:]:  # the first ones teach the curve where it is
            check.near(f"P at {current} A", window["p"][0] / want, 1, 1e-5)


def test_bad_words_and_files(check, folder):
    path = os.path.join(folder, "bad.cal")
    with open(path, "w", encoding="ascii") as file:
        file.write("version = 1\n[I1]\ngain_ppb = many\n")
    cases = [
        (["measure", load(1, ",duration=1"), "--calibration", path], 1, "bad.cal:3:"),
        (["measure", load(1, ",duration=1"), "--calibration", path + "x"], 1, "No such file"),
        (["calibrate", load(1)], 2, "--reference"),
        (["calibrate", load(1), "--reference", "u=x"], 2, "not a number"),
        (["calibrate", load(1), load(2), "--reference", "u=230,i=1"], 2, "one per point"),
        (["calibrate", load(1), "--reference", "u=230,i=1", "--time", "0"], 2, "--time"),
        (["calibrate", load(1, ",duration=2"), "--reference", "u=230,i=1,pf=0.5"], 1, "shorter"),
        (["calibrate", load(9), "--reference", "u=230,i=1,pf=0.5"], 1, "nothing was written"),
        (["calibrate", "sim:fault-reversed-ct:2,i=5", "--reference", "u=230,i=5"], 1, "L2"),
    ]
    for words, status, part in cases:
        result = meter.run(*words)
        check.true(f"{words}: exit status {result.status}: {result.err}", result.status == status)
        lines = [line for line in result.err.splitlines() if line.startswith("blondel:")]
        check.true(f"{words}: {result.err}", len(lines) == 1 and part in lines[0])


class Person:
    """A terminal with somebody at it."""

    def __init__(self, folder, *words):
        self.master, terminal = pty.openpty()
        self.process = subprocess.Popen([meter.BLONDEL, *words], stdin=terminal, stdout=terminal,
                                        stderr=terminal, cwd=folder, start_new_session=True)
        os.close(terminal)
        self.seen = ""

    def read(self, seconds):
        if select.select([self.master], [], [], seconds)[0]:
            try:
                self.seen += os.read(self.master, 4096).decode()
            except OSError:
                return False
        return True

    def wait_for(self, text):
        end = time.monotonic() + 60
        while text not in self.seen and time.monotonic() < end and self.read(0.5):
            pass
        assert text in self.seen, f"waited for {text!r}, saw {self.seen!r}"
        self.seen = self.seen.split(text, 1)[1]

    def say(self, line):
        os.write(self.master, (line + "\n").encode())

    def leave(self):
        while self.read(0.2) and self.process.poll() is None:
            pass
        status = self.process.wait(timeout=60)
        os.close(self.master)
        return status


def test_a_person_is_led_through(check, folder):
    person = Person(folder, "calibrate", load(10))
    person.wait_for("s to skip")
    person.say("s")
    person.wait_for("what does the reference say?")
    person.say("u=230,i=ten")
    person.wait_for("not a number")
    person.wait_for("what does the reference say?")
    person.say("u=230,i=10,pf=0.5")
    person.wait_for("what does the reference say?")
    person.say("")
    person.wait_for("Write blondel.cal?")
    person.say("y")
    person.wait_for("7 channels")
    check.true("status 0", person.leave() == 0)
    check.true("one file", sorted(os.listdir(folder)) == ["blondel.cal"])


def test_interrupting_leaves_the_old_file_whole(check, folder):
    path = os.path.join(folder, "blondel.cal")
    with open(path, "w", encoding="ascii") as file:
        file.write("version = 1\n")
    person = Person(folder, "calibrate", load(10))
    person.wait_for("s to skip")
    person.say("")
    person.wait_for("what does the reference say?")
    os.kill(person.process.pid, signal.SIGINT)
    person.wait_for("nothing was written")
    check.true("status 1", person.leave() == 1)
    with open(path, encoding="ascii") as file:
        check.true("the old file", file.read() == "version = 1\n")
    check.true("no other file", sorted(os.listdir(folder)) == ["blondel.cal"])


if __name__ == "__main__":
    meter.main(globals())
