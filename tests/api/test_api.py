#!/usr/bin/python3
"""The JSON of /api/v1: correct, consistent with itself and with `blondel measure`."""

import json
import socket
import subprocess
import unittest

from service import ANSWER_S, BINARY, Service, refused

GRID = "sim:grid,i=10,phi=30"


def is_settled(now):
    circuit = now["circuits"][0]
    return circuit["values"] is not None and not circuit["flags"]


class Live(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = Service("--source", GRID)
        cls.service.wait(is_settled)
        cls.meter = cls.service.meter()

    @classmethod
    def tearDownClass(cls):
        assert cls.service.end() == 0

    def get(self, path):
        return self.service.json(f"/meters/{self.meter}{path}")

    def test_index_lists_paths_that_exist(self):
        for path in self.service.json("")["paths"]:
            if path.endswith("/stream"):
                continue
            path = path.replace("{id}", self.meter).replace("{obis or name}", "1.8.0")
            self.assertEqual(self.service.ask(path)[0], 200, path)

    def test_values_are_those_of_the_source(self):
        values = self.get("/now")["circuits"][0]["values"]
        for phase in range(3):
            self.assertAlmostEqual(values["u"][phase], 230, delta=0.01)
            self.assertAlmostEqual(values["i"][phase], 10, delta=0.001)
            self.assertAlmostEqual(values["phi"][phase], 30, delta=0.01)
            self.assertAlmostEqual(values["p"][phase], 2300 * 0.8660254, delta=0.1)
        self.assertAlmostEqual(values["f"], 50, delta=0.001)

    def test_name_and_code_give_one_value(self):
        rows = self.get("/registers")["registers"]
        self.assertGreater(len(rows), 50)
        coded = [row for row in rows if row["obis"]]
        for row in coded:
            by_name = self.get(f"/registers/{row['name']}")
            by_code = self.get(f"/registers/{row['obis'].replace(':', '%3A')}")
            self.assertEqual((by_name["name"], by_name["unit"]), (by_code["name"], by_code["unit"]))
            self.assertEqual(by_name["obis"], row["obis"])

    def test_energy_grows_by_power_times_time(self):
        before = self.get("/registers/wh_import")["value"]
        power = self.get("/now")["circuits"][0]["values"]["p_total"]
        self.service.wait(lambda now: now["circuits"][0]["energy"]["wh_import"] - before > 5)
        after = self.get("/now")["circuits"][0]["energy"]
        self.assertGreater(after["wh_import"], before)
        self.assertEqual(after["wh_export"], 0)
        parts = sum(after[f"wh_import_l{k}"] for k in (1, 2, 3))
        self.assertAlmostEqual(parts, after["wh_import"], delta=0.005)
        self.assertGreater(power, 5900)

    def test_waveform_and_harmonics(self):
        wave = self.get("/waveform")
        self.assertEqual((len(wave["u"]), len(wave["u"][0])), (3, wave["frames"]))
        self.assertAlmostEqual(max(wave["u"][0]), 230 * 2 ** 0.5, delta=1)
        self.assertGreater(wave["frames"] / wave["rate_hz"], 0.06)
        harmonics = self.get("/harmonics")
        self.assertEqual(len(harmonics["u"][0]["rms"]), harmonics["order_max"] + 1)
        self.assertAlmostEqual(harmonics["u"][0]["subgroup"][1], 230, delta=0.1)

    def test_trend_has_a_row_a_second(self):
        """A busy machine is late now and then; it comes back to a row a second."""
        def newest_are_steady(_):
            times = [row[0] for row in self.get("/trend")["rows"][-4:]]
            gaps = [later - earlier for earlier, later in zip(times, times[1:])]
            return len(gaps) == 3 and all(0.5 < gap < 1.5 for gap in gaps)

        self.service.wait(newest_are_steady)
        rows = self.get("/trend")["rows"]
        self.assertEqual(rows, sorted(rows, key=lambda row: row[0]))
        self.assertAlmostEqual(rows[-1][1], sum(rows[-1][2]), delta=1)

    def test_stream_tells_once_a_second(self):
        address = (self.service.host, self.service.port)
        with socket.create_connection(address, timeout=ANSWER_S) as link:
            link.sendall(b"GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
            text = b""
            while text.count(b"\n\n") < 4:
                text += link.recv(65536)
        self.assertIn(b"text/event-stream", text)
        ids = [int(line[4:]) for line in text.split(b"\n") if line.startswith(b"id: ")]
        self.assertEqual(ids, list(range(ids[0], ids[0] + len(ids))))
        self.assertIn(b"\nretry: 2000\n", text)
        data = next(line for line in text.split(b"\n") if line.startswith(b"data: "))
        self.assertEqual(json.loads(data[6:])["meters"][0]["meter"], self.meter)

    def test_unknown_things_are_json_errors(self):
        registers = f"/api/v1/meters/{self.meter}/registers"
        for path in ["/api/v1/meters/none/now", f"{registers}/nothing", f"{registers}/9-9:9.9.9",
                     "/api/v1/x", "/nothing.js"]:
            status, headers, body = self.service.ask(path)
            self.assertEqual(status, 404, path)
            self.assertEqual(headers["Content-Type"], "application/json")
            self.assertEqual(json.loads(body)["error"]["status"], 404)


class End(unittest.TestCase):
    def test_energy_is_that_of_measure(self):
        """Through thread, queue and meter at full speed comes what metrology counted."""
        source = "sim:house,duration=60,rate=4000"
        with Service("--source", source, "--speed", "max") as service:
            now = service.wait(lambda now: now["state"] == "ended")
        self.assertTrue(now["old"])
        self.assertEqual(now["dropped"], 0)
        measured = subprocess.run([BINARY, "measure", source, "--format", "json", "--quiet"],
                                  check=True, capture_output=True, text=True).stdout
        summary = json.loads(measured.splitlines()[-1])
        self.assertTrue(summary["summary"])
        energy = now["circuits"][0]["energy"]
        for name in ["wh_import", "wh_export"]:
            self.assertAlmostEqual(energy[name], summary[name], delta=0.002, msg=name)
        self.assertGreater(energy["wh_import"] + energy["wh_export"], 1)
        # 1000 imp/kWh: a whole watt-hour each.
        self.assertEqual(now["circuits"][0]["pulses"]["active"], int(energy["wh_absolute"]))

    def test_a_loop_begins_again(self):
        with Service("--source", "sim:grid,duration=0.5", "--loop") as service:
            service.wait(lambda now: now["sequence"] > 6)
            self.assertEqual(service.now()["state"], "live")


class Refusals(unittest.TestCase):
    def check(self, status, words, *arguments):
        code, error = refused(*arguments)
        self.assertEqual(code, status, error)
        self.assertEqual(error.count("\n"), 1, error)
        self.assertTrue(error.startswith("blondel: "), error)
        for word in words:
            self.assertIn(word, error)

    def test_addresses(self):
        self.check(2, ["--http", "other machines"], "SED302", "--http", "0.0.0.0:8080")
        self.check(2, ["--http", "other machines"], "SED302", "--http", "[::]:8080")
        self.check(2, ["--http", "not an address"], "SED302", "--http", "8080")
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            self.check(1, [f":{port}", "in use"], "SED302", "--http", f"127.0.0.1:{port}")
        with Service("--source", GRID) as service:
            self.check(1, ["in use"], "SED302", "--http", f"127.0.0.1:{service.port}")

    def test_models_sources_and_speeds(self):
        self.check(1, ["SED303"], "SED303")
        self.check(1, ["G30", "no energy"], "G30")
        self.check(1, ["/nothing.wav"], "SED302", "--source", "/nothing.wav")
        self.check(1, ["U2"], "SED302", "--source", "sim:grid,wiring=1p2w")
        self.check(1, ["U9"], "SED302", "--source", GRID, "--map", "U9=1")
        self.check(2, ["--speed"], "SED302", "--speed", "-1")
        self.check(2, ["--speed"], "SED302", "--speed", "fast")
        self.check(2, ["--speed"], "SED302", "--speed", "0")

    def test_v6_loopback(self):
        try:
            socket.create_server(("::1", 0), family=socket.AF_INET6).close()
        except OSError:
            self.skipTest("no IPv6 here")
        with Service("--source", GRID, address="[::1]:0") as service:
            self.assertEqual(service.json("")["version"][0], "0")


if __name__ == "__main__":
    unittest.main()
