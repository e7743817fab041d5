#!/usr/bin/env python3
"""A meter's memory in a file: what a stop, a kill, a second process and a full disk leave of it."""

import math
import math
import os
import resource
import signal
import subprocess
import tempfile
import unittest

from service import BINARY, START_S, Service, refused

FAST = ["--source", "sim:grid,i=10", "--speed", "120"]
LOSS_S = 60
NAME = "SED302-00000001.blondel"


def energy(service):
    return service.json(f"/meters/{service.meter()}/registers/1.8.0")["value"]


def seconds(service):
    return service.json(f"/meters/{service.meter()}/registers/operating_time")["value"]


def names(service):
    return [event["name"] for event in service.json(f"/meters/{service.meter()}/events")["events"]]


class State(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.folder = os.path.join(self.scratch.name, "state")

    def tearDown(self):
        self.scratch.cleanup()

    def run_until(self, condition, *arguments):
        """A meter that runs until the condition holds; still running."""
        service = Service(*(arguments or FAST), "--state", self.folder)
        self.addCleanup(service.end, signal.SIGKILL)  # also if the test fails on its way
        service.wait(lambda _now: condition(service))
        return service

    def test_a_stop_loses_nothing(self):
        service = self.run_until(lambda s: energy(s) > 100)
        before, runs = energy(service), seconds(service)
        self.assertEqual(service.end(), 0)
        with Service("--source", "sim:grid,i=0", "--state", self.folder) as again:
            again.wait(lambda now: now["state"] == "live")
            self.assertGreaterEqual(energy(again), before)
            self.assertGreaterEqual(seconds(again), runs)
            after = energy(again)
            kept = names(again)
            self.assertEqual(kept.count("power_down"), 1)
            self.assertEqual(kept.count("power_up"), 2)
            failures = again.json(f"/meters/{again.meter()}/registers/0-0:96.7.0.255")
            self.assertEqual(failures["value"], 1)
        self.assertLess(after - before, 6900 / 3600 * 120 * 10)  # no more than it ran meanwhile

    def test_time_goes_on_where_a_recording_begins_again(self):
        """A recording says when it was; its second turn is after the first one."""
        recording = os.path.join(self.scratch.name, "turn.cfg")
        with open(recording, "w", encoding="ascii") as file:
            file.write("st,rec,1999\n6,6A,0D\n")
            for k, name in enumerate(("U1", "U2", "U3", "I1", "I2", "I3")):
                unit, scale = ("V", 0.02) if name[0] == "U" else ("A", 0.001)
                file.write(f"{k + 1},{name},,,{unit},{scale},0,0,-32767,32767,1,1,P\n")
            file.write("50\n1\n2000,40000\n" + "01/08/2026,10:00:00.000000\n" * 2 + "ASCII\n1\n")
        with open(recording.replace(".cfg", ".dat"), "w", encoding="ascii") as file:
            for k in range(40000):
                wave = [round(16000 * math.sin(2 * math.pi * (50 * k / 2000 - phase / 3)))
                        for phase in (0, 1, 2)]
                file.write(",".join(map(str, [k + 1, k * 500, *wave, *wave])) + "\n")
        service = self.run_until(lambda s: seconds(s) > 400, "--source", recording, "--loop",
                                 "--speed", "max")
        with service:
            demand = service.json(f"/meters/{service.meter()}/registers/p_import_max")["value"]
            self.assertLess(demand, 8000)  # 7680 W flow

    def test_a_kill_loses_the_bound_at_most(self):
        service = self.run_until(lambda s: seconds(s) > 400)
        before = energy(service)
        self.assertEqual(service.end(signal.SIGKILL), -signal.SIGKILL)
        with Service("--source", "sim:grid,i=0", "--state", self.folder) as again:
            again.wait(lambda now: now["state"] == "live")
            # 6.9 kW; what it measured between the last answer and the kill only adds
            self.assertGreaterEqual(energy(again), before - 6900 * LOSS_S / 3600 - 0.1)
            kept = names(again)
            self.assertEqual(kept.count("power_down"), kept.count("power_up") - 1)

    def test_the_profile_is_kept(self):
        service = self.run_until(
            lambda s: len(s.json(f"/meters/{s.meter()}/profile")["entries"]) >= 3,
            "--source", "sim:grid,i=10", "--speed", "max")
        service.end()
        with Service("--source", "sim:grid,i=0", "--state", self.folder) as again:
            again.wait(lambda now: now["state"] == "live")
            profile = again.json(f"/meters/{again.meter()}/profile")
            names_of = [column["name"] for column in profile["columns"]]
            self.assertEqual(names_of[:2], ["clock", "profile_status"])
            whole = [entry for entry in profile["entries"] if entry["status"] == 0]
            interval = names_of.index("wh_import_interval")
            for entry in whole:
                self.assertAlmostEqual(entry["values"][interval], 6900 / 4, delta=0.01)
            numbers = [entry["number"] for entry in profile["entries"]]
            self.assertEqual(numbers, list(range(numbers[0], numbers[0] + len(numbers))))

    def test_a_recording_older_than_any_clock_is_counted(self):
        path = os.path.join(self.scratch.name, "old.cfg")
        channels = ["1,U1,A,,V,0.01,0,0,-32767,32767,1,1,P",
                    "2,I1,A,,A,0.001,0,0,-32767,32767,1,1,P"]
        moment = "01/02/1998,10:00:00.000000"
        with open(path, "w", encoding="ascii") as file:
            file.write("\n".join(["S,D,1999", "2,2A,0D", *channels, "50", "1", "4000,4000", moment,
                                  moment, "ASCII", "1", ""]))
        with open(path.replace("cfg", "dat"), "w", encoding="ascii") as file:
            for k in range(4000):
                sine = math.sin(2 * math.pi * 50 * k / 4000)
                file.write(f"{k + 1},{250 * k},{round(32500 * sine)},{round(14142 * sine)}\n")
        with Service("--source", path, model="SM120B2") as service:
            service.wait(lambda now: now["state"] == "ended")
            self.assertAlmostEqual(energy(service), 325 * 14.142 / 2 / 3600, delta=0.001)

    def test_one_process_at_a_time(self):
        service = self.run_until(lambda s: True)
        status, words = refused("SED302", "--http", "127.0.0.1:0", "--state", self.folder)
        self.assertEqual(status, 1)
        self.assertIn(NAME, words)
        self.assertIn(str(service.process.pid), words)
        self.assertEqual(words.count("\n"), 1)
        self.assertEqual(service.end(), 0)

    def test_foreign_files_stay_as_they_are(self):
        os.mkdir(self.folder)
        path = os.path.join(self.folder, NAME)
        for content in (b"a letter to a friend\n", b"\0" * 1888256):
            with open(path, "wb") as file:
                file.write(content)
            status, words = refused("SED302", "--http", "127.0.0.1:0", "--state", self.folder)
            self.assertEqual((status, words.count("\n")), (1, 1), words)
            self.assertIn(NAME, words)
            with open(path, "rb") as file:
                self.assertEqual(file.read(), content)

    def test_another_model_is_refused(self):
        self.run_until(lambda s: True).end()
        os.rename(os.path.join(self.folder, NAME),
                  os.path.join(self.folder, "SM120B2-00000001.blondel"))
        status, words = refused("SM120B2", "--http", "127.0.0.1:0", "--state", self.folder)
        self.assertEqual((status, words.count("\n")), (1, 1), words)

    def test_a_full_disk_is_said_at_the_start(self):
        def little_room():
            resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

        ended = subprocess.run(
            [BINARY, "run", "SED302", "--http", "127.0.0.1:0", "--state", self.folder],
            capture_output=True, text=True, timeout=START_S, check=False, preexec_fn=little_room)
        self.assertEqual((ended.returncode, ended.stderr.count("\n")), (1, 1), ended.stderr)
        self.assertIn(NAME, ended.stderr)
        self.assertEqual(os.listdir(self.folder), [])


if __name__ == "__main__":
    unittest.main()
