"""Runs the binary under test and reads what it prints; the checks all tests share."""

import json
import os
import subprocess
import sys
import tempfile
import traceback

BLONDEL = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else "build/blondel"


class Result:
    def __init__(self, done):
        self.status = done.returncode
        self.out = done.stdout.decode()
        self.err = done.stderr.decode()

    def records(self):
        return [json.loads(line) for line in self.out.splitlines()]

    def windows(self):
        return [r for r in self.records() if "summary" not in r]

    def summary(self):
        last = self.records()[-1]
        assert last.get("summary") is True, "the last line is no summary"
        return last


def run(*words, data=None, env=None):
    done = subprocess.run([BLONDEL, *words], input=data if data is not None else b"",
                          capture_output=True, timeout=120, check=False,
                          env={**os.environ, **(env or {})})
    return Result(done)


def measure(*words, data=None):
    """A measurement that must work, in JSON."""
    result = run("measure", *words, "--format", "json", data=data)
    assert result.status == 0, f"exit status {result.status}: {result.err}"
    return result


class Checker:
    """Collects what is wrong, and how close it came, instead of stopping at the first."""

    def __init__(self):
        self.faults = []
        self.worst = {}
        self.checks = 0

    def near(self, what, got, want, tolerance):
        self.checks += 1
        if got is None:
            self.faults.append(f"{what}: null, not {want:.10g}")
            return
        share = abs(got - want) / tolerance
        key = what.split()[-1]
        self.worst[key] = max(self.worst.get(key, 0), share)
        if not share <= 1:
            self.faults.append(f"{what}: {got:.10g}, not {want:.10g} +- {tolerance:.3g}")

    def true(self, what, condition):
        self.checks += 1
        if not condition:
            self.faults.append(what)


def main(tests):
    """Runs functions named test_*; each takes a directory of its own."""
    failed = 0
    for name, test in sorted(tests.items()):
        if not name.startswith("test_"):
            continue
        with tempfile.TemporaryDirectory() as folder:
            try:
                checker = Checker()
                test(checker, folder)
                faults = checker.faults
                assert checker.checks > 0, "the test checked nothing"
            except Exception as error:  # the test goes on to the next function
                place = traceback.extract_tb(error.__traceback__)[-1]
                faults = [f"{os.path.basename(place.filename)}:{place.lineno}: {error!r}"]
        failed += bool(faults)
        worst = sorted(checker.worst.items(), key=lambda item: -item[1])[:6]
        shares = ", ".join(f"{key} {100 * share:.3g} %" for key, share in worst)
        print(f"{'FAILED' if faults else 'ok':6} {name}: {checker.checks} checks"
              + (f"; of the tolerance used: {shares}" if shares else ""))
        for fault in faults[:20]:
            print("       ", fault)
    sys.exit(1 if failed else 0)
