#!/usr/bin/python3
"""Every product that measures energy starts by its name alone, in every way it can be wired, and
shows all its circuits with sane values."""

import json
import subprocess
import unittest

from service import BINARY, Service, refused

LINES = {"3P3W": 3 ** 0.5}
FOUR_CLAMPS = ("--source", "sim:house,at=12:00,day=172,aux=1,pv=9")


def models_that_measure():
    """(name, model) of those with a circuit and a highest current."""
    done = subprocess.run([BINARY, "models", "--format", "json"], capture_output=True, text=True,
                          check=True)
    for record in map(json.loads, done.stdout.splitlines()):
        done = subprocess.run([BINARY, "model", record["name"], "--json"], capture_output=True,
                              text=True, check=True)
        model = json.loads(done.stdout)
        if any(layout["circuits"] for layout in model.get("layouts") or []):
            yield record["name"], model


def all_have_values(now):
    return all(circuit["values"] for circuit in now["circuits"])


class Models(unittest.TestCase):
    def check(self, name, layout, un_v, imax_a, words):
        with Service("--speed", "20", *words, model=name) as service:
            now = service.wait(all_have_values)
            meter = service.json("/meters")["meters"][0]
        self.assertEqual(meter["layout"], layout["name"])
        self.assertEqual([c["name"] for c in now["circuits"]],
                         [c["name"] for c in layout["circuits"]])
        for circuit, expected in zip(now["circuits"], layout["circuits"]):
            values = circuit["values"]
            un = un_v * LINES.get(expected["wiring"], 1)
            self.assertEqual(len(values["u"]), circuit["elements"])
            for u, i, p, s in zip(values["u"], values["i"], values["p"], values["s"]):
                self.assertAlmostEqual(u / un, 1, delta=0.1)
                self.assertLess(i, imax_a)
                self.assertLessEqual(abs(p), s * 1.0001)
            self.assertAlmostEqual(values["f"], 50, delta=0.5)
        self.assertGreater(max(now["circuits"][0]["values"]["i"]), 0)

    def test_every_model_starts_with_a_source_that_suits_it(self):
        """One of each family: the others differ in their ratings only."""
        seen = set()
        for name, model in models_that_measure():
            ratings = model["ratings"]
            shape = (model["kind"], str(model["layouts"]), ratings["imax"] > 150)
            if shape in seen:
                continue
            seen.add(shape)
            for k, layout in enumerate(model["layouts"]):
                words = ["--layout", layout["name"]] if k else []
                with self.subTest(model=name, layout=layout["name"]):
                    self.check(name, layout, ratings["un_ln"], ratings["imax"], words)
        self.assertGreater(len(seen), 8)

    def test_a_second_circuit_has_its_own_clamp(self):
        """The roof of the house feeds L1, and IL4 is around its wire."""
        with Service(*FOUR_CLAMPS, model="3CT-S") as service:
            grid, aux = service.wait(all_have_values)["circuits"]
        self.assertEqual((grid["name"], aux["name"]), ("grid", "aux"))
        self.assertLess(aux["values"]["p_total"], -200)
        self.assertAlmostEqual(aux["values"]["u"][0], grid["values"]["u"][0], delta=0.001)

    def test_what_is_wrong_gets_one_line(self):
        code, error = refused("3CT-S", "--layout", "2P9W")
        self.assertEqual((code, error.count("\n")), (2, 1))
        for word in ["--layout", "2P9W", "three-phase"]:
            self.assertIn(word, error)
        code, error = refused("3CT-S", "--source", "sim:grid")
        self.assertEqual((code, error.count("\n")), (1, 1))
        self.assertIn("I4", error)


if __name__ == "__main__":
    unittest.main()
