"""service.py: a `blondel run` for a test, on a free port of loopback, and plain ways to ask it."""

import faulthandler
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import time

BINARY = os.environ.get("BLONDEL", "build/blondel")
# How long one waits for what comes at once on an idle machine; who waits in vain has found a fault.
START_S = 60
ANSWER_S = 30
STUCK_S = 280  # a program that takes longer says where it is and ends
faulthandler.dump_traceback_later(STUCK_S, exit=True)


class Service:
    def __init__(self, *arguments, model="SED302", address="127.0.0.1:0"):
        self.process = subprocess.Popen([BINARY, "run", model, "--http", address, *arguments],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        found = re.search(r"http://([^ ]+):(\d+)", line)
        if not found:
            raise RuntimeError(f"no address in {line!r}: {self.process.communicate()}")
        self.host, self.port = found.group(1).strip("[]"), int(found.group(2))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def end(self, number=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(number)
        self.process.communicate(timeout=ANSWER_S)
        return self.process.returncode

    def ask(self, path, method="GET", headers=None, body=None):
        """The status, the headers and the body of one request."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=ANSWER_S)
        try:
            connection.putrequest(method, path, skip_host=bool(headers and "Host" in headers))
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            connection.endheaders(body)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def json(self, path):
        status, _, body = self.ask(f"/api/v1{path}")
        if status != 200:
            raise RuntimeError(f"{path}: {status} {body!r}")
        return json.loads(body, parse_constant=lambda word: 1 / 0)  # NaN is no JSON

    def meter(self):
        return self.json("/meters")["meters"][0]["id"]

    def now(self):
        return self.json(f"/meters/{self.meter()}/now")

    def wait(self, condition, seconds=START_S):
        """The first `now` that fulfils the condition."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            now = self.now()
            if condition(now):
                return now
            time.sleep(0.05)
        raise RuntimeError(f"not within {seconds} s: {now}")

    def raw(self, data, seconds=5):
        """What comes back for these bytes, until the other side closes or time is up."""
        with socket.create_connection((self.host, self.port), timeout=seconds) as link:
            link.sendall(data)
            received = b""
            try:
                while piece := link.recv(65536):
                    received += piece
            except (socket.timeout, ConnectionResetError):
                pass
            return received

    def resident_kb(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            return int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1))


def refused(*arguments):
    """Status and words of a `blondel run` that must not start."""
    ended = subprocess.run([BINARY, "run", *arguments], capture_output=True, text=True,
                           timeout=START_S, check=False)
    return ended.returncode, ended.stderr
