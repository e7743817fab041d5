#!/usr/bin/env python3
"""Runs the examples of a manual page in Markdown: readme.py BLONDEL FILE...

In blocks fenced as ```sh every line that begins with `$ blondel` is run by bash in an empty folder
that all examples of a file share, the binary under test first in the path. What stands below it,
up to the next `$` or the end of the block, must be its output: line by line in this order, where
`...` stands for anything within a line or for any lines. Without such lines the exit status alone
counts. A command that goes on by itself (`blondel run`) is stopped with Ctrl-C once it has told its
address.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time


def examples(text):
    """(line number, command, expected lines) of every example."""
    found, inside = [], False
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("```"):
            inside = not inside and line.strip() == "```sh"
            open_example = False
        elif inside and line.startswith("$ "):
            open_example = line.startswith("$ blondel")
            if open_example:
                found.append((number, line[2:], []))
        elif inside and open_example:
            found[-1][2].append(line)
    return found


def matches(expected, lines):
    """Whether the expected lines stand in `lines` in this order, one below the other."""
    at, loose = 0, False
    for want in expected:
        if want.strip() in ("...", ""):
            loose = True
            continue
        pattern = ".*".join(re.escape(part) for part in want.rstrip().split("..."))
        while at < len(lines) and not re.fullmatch(pattern, lines[at].rstrip()):
            if not loose:
                return f"{lines[at]!r} where {want!r} should be"
            at += 1
        if at == len(lines):
            return f"no line is {want!r}"
        at, loose = at + 1, False
    return None


def stop_when_ready(process):
    """Reads what a server says until it names its address, then presses Ctrl-C."""
    shown = b""
    deadline = time.monotonic() + 60
    while b"http://" not in shown and time.monotonic() < deadline:
        piece = os.read(process.stdout.fileno(), 4096)
        if not piece:
            break
        shown += piece
    os.killpg(process.pid, signal.SIGINT)
    return shown


def run_example(command, folder, binary):
    env = {**os.environ, "PATH": os.path.dirname(binary) + ":" + os.environ["PATH"]}
    process = subprocess.Popen(["bash", "-c", command], cwd=folder, env=env,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               start_new_session=True)
    shown = stop_when_ready(process) if command.startswith("blondel run") else b""
    out, _ = process.communicate(timeout=120)
    return process.returncode, (shown + out).decode(errors="replace").split("\n")


def check_file(path, binary):
    with open(path, encoding="utf-8") as file:
        found = examples(file.read())
    faults = 0 if found else 1
    if not found:
        print(f"{path}: there is no example in it")
    with tempfile.TemporaryDirectory() as folder:
        for number, command, expected in found:
            status, lines = run_example(command, folder, binary)
            wrong = f"exit status {status}: {lines[:3]}" if status else matches(expected, lines)
            print(f"{'FAILED' if wrong else 'ok':6} {path}:{number}: {command}")
            if wrong:
                print("       ", wrong)
                faults += 1
    return faults


def main():
    binary = os.path.abspath(sys.argv[1])
    sys.exit(1 if sum(check_file(path, binary) for path in sys.argv[2:]) else 0)


if __name__ == "__main__":
    main()
