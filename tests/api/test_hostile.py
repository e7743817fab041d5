#!/usr/bin/python3
"""What strangers try: wrong hosts, wrong methods, floods, drips and readers that do not read."""

import json
import socket
import time
import unittest

from service import ANSWER_S, Service

HEADERS_DEADLINE_S = 10
STREAMS_MAX = 24
GONE_S = 30  # a client that left is noticed with the next snapshots, in a second or two
LATE_S = 20  # what a busy machine may add to a deadline


class Hostile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = Service("--source", "sim:grid")
        cls.service.wait(lambda now: now["circuits"][0]["values"])

    @classmethod
    def tearDownClass(cls):
        assert cls.service.end() == 0

    def tearDown(self):
        self.assertEqual(self.service.ask("/api/v1")[0], 200, "the service still answers")

    def connect(self):
        return socket.create_connection((self.service.host, self.service.port), timeout=ANSWER_S)

    def test_every_answer_carries_the_policy(self):
        for path in ["/", "/app.js", "/api/v1", "/nothing", "/api/v1/x"]:
            _, headers, _ = self.service.ask(path)
            self.assertTrue(headers["Content-Security-Policy"].startswith("default-src 'none';"))
            self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
            self.assertNotIn("Access-Control-Allow-Origin", headers)

    def test_caching(self):
        status, headers, body = self.service.ask("/app.js")
        self.assertEqual((status, headers["Cache-Control"]), (200, "no-cache"))
        self.assertIn(b"import", body)
        again = self.service.ask("/app.js", headers={"If-None-Match": headers["ETag"]})
        self.assertEqual((again[0], again[2]), (304, b""))
        self.assertEqual(self.service.ask("/api/v1")[1]["Cache-Control"], "no-store")

    def test_foreign_hosts(self):
        for host in ["example.com", "localhost.example.com:80", "10.0.0.1", "", "[::2]"]:
            status, _, body = self.service.ask("/api/v1", headers={"Host": host})
            self.assertEqual(status, 421, host)
            self.assertIn("Host", json.loads(body)["error"]["message"])
        self.assertEqual(self.service.ask("/api/v1", headers={"Host": "localhost"})[0], 200)

    def test_methods_and_bodies(self):
        for method in ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "X"]:
            status, headers, _ = self.service.ask("/api/v1", method)
            self.assertEqual(status, 405, method)
            self.assertEqual(headers["Allow"], "GET, HEAD")
        status, _, _ = self.service.ask("/api/v1", headers={"Content-Length": "5"}, body=b"hello")
        self.assertEqual(status, 400)
        status, headers, body = self.service.ask("/api/v1", "HEAD")
        self.assertEqual((status, body), (200, b""))
        self.assertGreater(int(headers["Content-Length"]), 10)

    def test_paths_that_climb(self):
        for path in ["/../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd", "/ui/../app.js",
                     "/app.js%00.html", "/api/v1/meters/..%2f..%2fx/now", "/%", "/api/v1/%zz"]:
            self.assertIn(self.service.ask(path)[0], (400, 404), path)

    def test_malformed_requests(self):
        for data in [b"\r\n\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n",
                     b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc" * 20,
                     b"GET / HTTP/1.1\r\nHost localhost\r\n\r\n", b"\0" * 2000,
                     b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n"]:
            answer = self.service.raw(data + b"\r\n\r\n", 1)
            self.assertFalse(answer.startswith(b"HTTP/1.1 200"), data)

    def test_oversized_requests(self):
        long = b"x" * 100000
        for data in [b"GET /" + long + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
                     b"GET / HTTP/1.1\r\nHost: localhost\r\nA: " + long + b"\r\n\r\n",
                     b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"A: b\r\n" * 20000 + b"\r\n"]:
            try:
                answer = self.service.raw(data, 2)
            except (BrokenPipeError, ConnectionResetError):
                continue
            self.assertRegex(answer[:12] or b"HTTP/1.1 4", rb"HTTP/1.1 4")

    def test_dripped_headers_end(self):
        started = time.monotonic()
        with self.connect() as link:
            link.sendall(b"GET / HTTP/1.1\r\n")
            try:
                while time.monotonic() - started < HEADERS_DEADLINE_S + LATE_S + 2:
                    link.sendall(b"A: b\r\n")
                    time.sleep(0.25)
            except (BrokenPipeError, ConnectionResetError):
                pass
        self.assertLess(time.monotonic() - started, HEADERS_DEADLINE_S + LATE_S)

    def test_many_connections(self):
        links = [self.connect() for _ in range(40)]
        self.assertEqual(self.service.ask("/api/v1")[0], 200)
        for link in links:
            link.close()
        time.sleep(0.2)

    def stream(self):
        link = self.connect()
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        link.sendall(b"GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
        return link, link.recv(64)

    def stream_when_free(self):
        """A stream, as soon as the places of those who left are free again."""
        until = time.monotonic() + GONE_S
        while True:
            link, head = self.stream()
            if b" 503 " not in head or time.monotonic() > until:
                self.assertIn(b" 200 ", head)
                return link
            link.close()
            time.sleep(0.1)

    def test_streams_are_bounded_and_lazy_readers_cost_nothing(self):
        links = []
        try:
            for _ in range(STREAMS_MAX):
                links.append(self.stream_when_free())
            link, head = self.stream()
            links.append(link)
            self.assertIn(b" 503 ", head)
            before = self.service.resident_kb()
            time.sleep(4)
            self.assertLess(self.service.resident_kb() - before, 1500)
        finally:
            for link in links:
                link.close()

    def test_places_of_gone_streams_are_free_again(self):
        for _ in range(3):
            for _ in range(STREAMS_MAX * 2 // 3):
                self.stream_when_free().close()


if __name__ == "__main__":
    unittest.main()
