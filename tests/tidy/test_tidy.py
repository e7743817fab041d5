#!/usr/bin/env python3
"""Each rule of tools/tidy accepts a good sample and names the place of a bad one."""

import importlib.machinery
import importlib.util
import os
import subprocess
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def load(name):
    loader = importlib.machinery.SourceFileLoader(name, os.path.join(ROOT, "tools", name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    loader.exec_module(module)
    return module


tidy = load("tidy")


def lines(count, last="}\n"):
    return "void a(void)\n{\n" + "    b();\n" * (count - 3) + last


# rule: (good files, [(bad files, place of the fault)])
SAMPLES = {
    "include": (
        {"core/meter/a.c": '#include "base/err.h"\n#include "metrology/quantities.h"\n',
         "core/base/b.c": '#include "base/err_p.h"\n#include <string.h>\n',
         "host/apps/c.c": '#include "device/device.h"\n#include <stdio.h>\n'},
        [({"core/meter/a.c": '#include "metrology/metrology.h"\n'}, "core/meter/a.c:1"),
         ({"core/modbus/a.c": '\n#include "optical/optical.h"\n'}, "core/modbus/a.c:2"),
         ({"core/base/a.c": '#include "meter/meter.h"\n'}, "core/base/a.c:1"),
         ({"core/base/a.c": "#include <stdio.h>\n"}, "core/base/a.c:1"),
         ({"core/meter/a.c": '#include "base/err_p.h"\n'}, "core/meter/a.c:1"),
         ({"core/device/a.c": '#include "sources/source.h"\n'}, "core/device/a.c:1"),
         ({"host/sources/a.c": '#include "meter/meter.h"\n'}, "host/sources/a.c:1"),
         ({"core/new/a.c": '\n#include "meter/meter.h"\n'}, "core/new/a.c:1")]),
    "product": (
        {"models/zz99_b.c": "", "core/base/a.c": "int zz999;\n"},
        [({"models/zz99_b.c": "", "core/base/a.c": "\n/* as in the ZZ99-B */\n"},
          "core/base/a.c:2")]),
    "function": (
        {"core/a.c": lines(70), "tools/b.py": "def a():\n" + "    b()\n" * 69,
         "ui/c.js": "function a() {\n" + "  b();\n" * 68 + "}\n"},
        [({"core/a.c": "int x;\n\n" + lines(71)}, "core/a.c:3"),
         ({"tools/b.py": "def a():\n" + "    b()\n" * 70}, "tools/b.py:1"),
         ({"ui/c.js": "\nfunction a() {\n" + "  b();\n" * 69 + "}\n"}, "ui/c.js:2")]),
    "file": ({"core/a.c": "\n" * 800}, [({"core/a.c": "\n" * 801}, "core/a.c:801")]),
    "column": ({"core/a.c": "x" * 100 + "\n", "a.md": "x" * 200},
               [({"core/a.c": "\n" + "x" * 101 + "\n"}, "core/a.c:2")]),
    "text": ({"core/a.c": "x\n", "Makefile": "a:\n\tb\n"},
             [({"core/a.c": "x"}, "core/a.c:1"), ({"core/a.c": "x \n"}, "core/a.c:1"),
              ({"core/a.c": "x\r\n"}, "core/a.c:1"), ({"core/a.c": "\tx\n"}, "core/a.c:1")]),
    "banned": (
        {"core/a.c": "/* malloc(1) */ x = self->time(1); my_free(1); s = \"rand()\";\n",
         "host/b.c": "p = malloc(1); t = time(NULL);\n"},
        [({"core/a.c": "\n\nx = malloc (1);\n"}, "core/a.c:3"),
         ({"core/a.c": "x = time(0);\n"}, "core/a.c:1"),
         ({"core/a.c": "printf(x);\n"}, "core/a.c:1"),
         ({"host/b.c": "x = atoi(y);\n"}, "host/b.c:1"),
         ({"tests/unit/test_c.c": "strcpy(x, y);\n"}, "tests/unit/test_c.c:1")]),
    "header": (
        {"core/base/a.h": "/*\n * base/a.h: bytes.\n */\n", "core/base/b.h": "/* base/b.h: b */\n"},
        [({"core/base/a.h": "#ifndef A\n"}, "core/base/a.h:1"),
         ({"core/base/a.h": "/* base/b.h: bytes */\n"}, "core/base/a.h:1"),
         ({"core/base/a.h": "/*\n * base/a.h:\n */\n"}, "core/base/a.h:1")]),
    "leftover": ({"core/a.c": "/* done */\n"},
                 [({"core/a.c": "\n/* TO" "DO: more */\n"}, "core/a.c:2"),
                  ({"a.md": "FIX" "ME\n"}, "a.md:1")]),
    "foreign": ({"a.md": "http://127.0.0.1:8080 and home/user/x\n"},
                [({"a.md": "\nsee /wor" "k/notes\n"}, "a.md:2"),
                 ({"ui/package-lock.json": '{"u": "https://registry.npm' 'js.org/x"}\n'},
                  "ui/package-lock.json:1")]),
    "orphan": (
        {"core/a.c": '#include "base/a.h"\n', "core/base/a.h": "", "tests/unit/test_a.c": "",
         "tests/portable/b.c": "", "tests/portable/tests.cmake": "add_executable(b b.c)\n"},
        [({"tests/portable/b.c": ""}, "tests/portable/b.c:1"),
         ({"tests/unit/helper.c": ""}, "tests/unit/helper.c:1"),
         ({"core/base/a.h": ""}, "core/base/a.h:1"),
         ({"tests/cli/test_x.py": ""}, "tests/cli/test_x.py:1")]),
    "model": (
        {"models/a.c": "const struct model a = {\n    .name = X(1),\n};\n",
         "models/registry.c": "int find(void)\n{\n    return 1;\n}\n"},
        [({"models/a.c": "const int x = 1;\n\nint f(int x)\n{\n    return x;\n}\n"},
          "models/a.c:3")]),
    "doc": (
        {"a.md": "`core/base/` and `core/base/a.c`, `tests/KIND/tests.cmake`, `other/b.c`\n",
         "core/base/a.c": ""},
        [({"a.md": "\nsee `core/base/b.c`\n"}, "a.md:2"),
         ({"a.md": "![page](docs/page.png)\n"}, "a.md:1")]),
    "fuzz": (
        {"core/a.c": "int a_parse(int x)\n{\n}\nstatic int b_parse(int x)\n{\n}\n",
         "core/b.c": "static int b_parse(int x)\n{\n}\n",
         "host/s.c": "const struct source_kind s = {\n};\n", "tests/fuzz/fuzz_a.c": "",
         "tests/fuzz/corpus/a/seed": "",
         "tests/fuzz/parsers.txt": "# head\ncore/a.c fuzz_a\nhost/s.c - makes its own samples\n"},
        [({"core/a.c": "\n\nint a_parse(int x)\n{\n}\n"}, "core/a.c:1"),
         ({"host/s.c": "const struct source_kind s = {\n};\n"}, "host/s.c:1"),
         ({"core/a.c": "int a_parse(int x)\n{\n}\n", "tests/fuzz/parsers.txt": "core/a.c fuzz_a\n"},
          "tests/fuzz/parsers.txt:1"),
         ({"core/a.c": "int a_parse(int x)\n{\n}\n", "tests/fuzz/fuzz_a.c": "",
           "tests/fuzz/parsers.txt": "core/a.c fuzz_a\n"}, "tests/fuzz/parsers.txt:1"),
         ({"tests/fuzz/parsers.txt": "\ncore/gone.c - old\n"}, "tests/fuzz/parsers.txt:2")]),
}


def faults(files, rule):
    """The places that `rule` names in a tree of these files."""
    with tempfile.TemporaryDirectory() as root:
        for path, text in files.items():
            place = os.path.join(root, path)
            os.makedirs(os.path.dirname(place), exist_ok=True)
            with open(place, "w", encoding="utf-8", newline="") as file:
                file.write(text)
        return [f"{path}:{line}" for path, line, _ in tidy.RULES[rule](tidy.Project(root))]


class Rules(unittest.TestCase):
    def test_every_rule_has_samples(self):
        self.assertEqual(set(tidy.RULES), set(SAMPLES))

    def test_good_samples_pass(self):
        for rule, (good, _) in SAMPLES.items():
            with self.subTest(rule=rule):
                self.assertEqual(faults(good, rule), [])

    def test_bad_samples_are_named(self):
        for rule, (_, bad) in SAMPLES.items():
            for number, (files, place) in enumerate(bad):
                with self.subTest(rule=rule, sample=number):
                    self.assertEqual(faults(files, rule), [place])

    def test_exit_status(self):
        with tempfile.TemporaryDirectory() as root:
            with open(os.path.join(root, "a.c"), "w", encoding="utf-8") as file:
                file.write("x = atoi(y);\n")
            command = [os.path.join(ROOT, "tools", "tidy"), "--root", root, "banned"]
            result = subprocess.run(command, capture_output=True, text=True, check=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn("a.c:1: banned: atoi(): strtol", result.stdout)
        command = [os.path.join(ROOT, "tools", "tidy"), "--rules"]
        self.assertEqual(subprocess.run(command, capture_output=True, check=False).returncode, 0)


if __name__ == "__main__":
    unittest.main()
