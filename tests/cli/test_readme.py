#!/usr/bin/env python3
"""That readme.py finds examples, runs them and notices when they no longer hold."""

import os
import subprocess
import sys

from meter import BLONDEL, main

README = os.path.join(os.path.dirname(os.path.abspath(__file__)), "readme.py")


def verdict(folder, text):
    path = os.path.join(folder, "page.md")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    done = subprocess.run([sys.executable, README, BLONDEL, path], capture_output=True, check=False)
    return done.returncode, done.stdout.decode()


def test_examples(check, folder):
    good = "words\n```sh\n$ make\n$ blondel --version\nblondel ...\n$ blondel help\n...\n" \
        "Commands:\n...\n```\n"
    status, out = verdict(folder, good)
    check.true(f"good examples pass: {out}", status == 0 and out.count("ok ") == 2)
    for label, old, new in (("a wrong output", "blondel ...", "grundel ..."),
                            ("a failing command", "blondel help", "blondel hlep"),
                            ("a line that does not follow", "...\nCommands:", "Commands:"),
                            ("no examples", "```sh", "```text")):
        status, out = verdict(folder, good.replace(old, new))
        check.true(f"{label} fails: {out}", status == 1)
    status, out = verdict(folder, "```sh\n$ blondel help > made\n$ blondel --version < made\n```\n")
    check.true(f"examples share a folder: {out}", status == 0)
    check.true("which is not that of the file", os.listdir(folder) == ["page.md"])


if __name__ == "__main__":
    main(globals())
