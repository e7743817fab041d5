#!/usr/bin/env python3
"""Drives `blondel models` and `blondel model` as a person and as a program would."""

import csv
import io
import json
import subprocess
import sys
import unittest

BLONDEL = sys.argv.pop(1) if len(sys.argv) > 1 else "build/blondel"


def blondel(*words):
    done = subprocess.run([BLONDEL, *words], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


class Models(unittest.TestCase):
    def records(self):
        status, out, _ = blondel("models", "--format", "json")
        self.assertEqual(status, 0)
        return [json.loads(line) for line in out.splitlines()]

    def test_text_json_and_csv_list_the_same_products(self):
        names = [record["name"] for record in self.records()]
        _, out, _ = blondel("models", "--format", "csv")
        rows = list(csv.DictReader(io.StringIO(out)))
        self.assertEqual([row["name"] for row in rows], names)
        _, out, _ = blondel("models")
        self.assertEqual([name for name in names if f"  {name} " not in out], [])
        self.assertNotIn("\033", out)
        self.assertTrue(all(line == line.rstrip() for line in out.splitlines()))

    def test_csv_and_json_hold_the_same_values(self):
        _, out, _ = blondel("models", "--format", "csv")
        for row, record in zip(csv.DictReader(io.StringIO(out)), self.records()):
            for key, value in record.items():
                if isinstance(value, bool):
                    value = str(int(value))
                self.assertEqual(row[key], value or "")

    def test_another_format_is_wrong_usage(self):
        status, out, err = blondel("models", "--format", "xml")
        self.assertEqual((status, out), (2, ""))
        self.assertEqual(err, 'blondel: --format: "xml" is none of text, json, csv\n')


class Model(unittest.TestCase):
    def test_every_listed_model_has_its_json_and_its_sheet(self):
        _, out, _ = blondel("models", "--format", "json")
        for record in map(json.loads, out.splitlines()):
            status, text, _ = blondel("model", record["name"], "--json")
            self.assertEqual(status, 0)
            model = json.loads(text)
            self.assertEqual(model["name"], record["name"])
            self.assertEqual(model["maker"], record["maker"])
            status, sheet, _ = blondel("model", f"{record['maker']} {record['name'].lower()}")
            self.assertEqual(status, 0)
            self.assertTrue(sheet.startswith(record["name"] + "  "))

    def test_conventions_are_declared(self):
        conventions = json.loads(blondel("model", "SM307", "--json")[1])["conventions"]
        for key in ["total_import_export", "apparent", "reactive", "power_factor_sign", "signs",
                    "quadrants", "absolute", "net", "no_load", "register_digits", "reporting"]:
            self.assertTrue(conventions[key], key)

    def test_an_unknown_name_gets_one_line_and_status_1(self):
        self.assertEqual(blondel("model", "SM37"),
                         (1, "", 'blondel: no model "SM37"; did you mean SM307?\n'))
        self.assertEqual(blondel("model", "toaster"),
                         (1, "", 'blondel: no model "toaster"; `blondel models` lists them\n'))

    def test_a_name_is_needed(self):
        status, out, err = blondel("model")
        self.assertEqual((status, out), (2, ""))
        self.assertEqual(err.count("\n"), 1)


if __name__ == "__main__":
    unittest.main()
