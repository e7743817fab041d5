#!/usr/bin/env python3
"""tools/tidy_core passes a good core and names each fault of a bad one."""

import os
import subprocess
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

GOOD = """
#include <string.h>
static const char *const names[] = {"a", "b"};
static int leaf(int x) { return x + 1; }
int good(int x) { return leaf(x) + (int)strlen(names[x & 1]); }
"""
BAD = {
    "data: count can change": "int f(void) { static int count; return ++count; }",
    "data: total can change": "int total = 3;",
    "data: rows can change": "struct row { int *p; }; static int k = 1;"
                             "struct row rows[1] = {{&k}};",
    "outside: malloc() is not for core": "void *malloc(unsigned long); void *f(void)"
                                         "{ return malloc(3); }",
    "outside: puts() is not for core": "int puts(const char *); int f(void) { return puts(\"\"); }",
    "recursion: ": "int g(int); int f(int x) { return x ? g(x - 1) : 0; }"
                   "int g(int x) { return f(x); }",
    "recursion: self -> self": "int self(int x) { return x ? self(x - 1) : 0; }",
    "frame: its size has no bound": "int h(char *); int f(int x) { char v[x]; return h(v); }"
                                    "int h(char *v) { return v[0]; }",
}


def check(text, *options):
    with tempfile.TemporaryDirectory() as root:
        os.makedirs(os.path.join(root, "core", "base"))
        with open(os.path.join(root, "core", "base", "a.c"), "w", encoding="utf-8") as file:
            file.write(text)
        command = [os.path.join(ROOT, "tools", "tidy_core"), "--root", root, *options]
        return subprocess.run(command, capture_output=True, text=True, check=False)


class Objects(unittest.TestCase):
    def test_good(self):
        result = check(GOOD)
        self.assertEqual((result.returncode, result.stdout),
                         (0, "tidy_core: 2 functions, 0 faults\n"))

    def test_stack_is_the_deepest_chain(self):
        text = ("int g(char *);int big(void) { char v[1000]; return g(v); }"
                "int small(void) { char v[10]; return g(v); } int g(char *v) { return v[0]; }"
                "int top(int x) { return x ? big() : small(); }")
        line = check(text, "--stack", "top").stdout.splitlines()[0].split()
        self.assertEqual((line[0], line[2]), ("stack_top", "bytes"))
        self.assertTrue(1000 < int(line[1]) < 1400)

    def test_stack_through_a_pointer(self):
        text = ("int g(char *); static int big(void) { char v[1000]; return g(v); }"
                "int g(char *v) { return v[0]; } int (*const table[])(void) = {big};"
                "int top(int x) { return table[x](); }")
        sizes = [int(check(text, *options, "--stack", "top").stdout.split()[1])
                 for options in [(), ("--pointer", "top=big")]]
        self.assertTrue(sizes[0] < 200 and 1000 < sizes[1] < 1400)
        self.assertIn("there is no such", check(text, "--pointer", "top=small").stdout)
        self.assertIn("recursion", check(text, "--pointer", "g=top", "--pointer", "top=big").stdout)

    def test_bad(self):
        for fault, text in BAD.items():
            with self.subTest(fault=fault):
                result = check(text)
                self.assertEqual(result.returncode, 1)
                self.assertIn(fault, result.stdout)


if __name__ == "__main__":
    unittest.main()
