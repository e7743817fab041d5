#!/usr/bin/env python3
"""The command line as a person meets it: help, mistakes, bad files, pipes that end, terminals."""

import os
import pty
import shutil
import signal
import subprocess
import threading
import time

import numpy as np

from meter import BLONDEL, main, run
from waveforms import Signal, bytes_s24, counts, sample, write_comtrade, write_csv, write_wav

RAW = "raw:-,format=s24,rate=8000,channels=U1;I1,u-full-scale=400,i-full-scale=40"


def stream(seconds):
    frames = sample([Signal({1: (230, 0)}), Signal({1: (10, -60)})], 50, 8000, seconds)
    return bytes_s24(counts(frames, [400.0, 40.0]))


def commands():
    """The names that `blondel help` lists."""
    text = run("help").out
    block = text.split("Commands:\n")[1].split("\n\n")[0]
    return [line.split()[0] for line in block.splitlines()]


def one_line(check, label, result, status, *parts):
    check.true(f"{label}: exit status {result.status}, not {status}", result.status == status)
    check.true(f"{label}: not one line: {result.err!r}",
               result.err.count("\n") == 1 and result.err.startswith("blondel: "))
    check.true(f"{label}: prints results: {result.out[:80]!r}", result.out == "")
    for part in parts:
        check.true(f"{label}: {result.err!r} does not say {part!r}", part in result.err)


def test_welcome_and_help(check, _folder):
    welcome = run()
    check.true("status 0", welcome.status == 0 and welcome.err == "")
    tries = [line for line in welcome.out.splitlines() if line.startswith("  blondel ")]
    check.true("three things to try", len(tries) == 3)
    check.true("version", run("--version").out.startswith("blondel "))
    check.true("measure is listed", "measure" in commands())
    for line in tries:
        check.true(f"{line}: is a command", line.split()[1] in commands())
    for name in commands():
        result = run(name, "--help")
        check.true(f"{name} --help works", result.status == 0)
        check.true(f"{name} --help begins with examples",
                   result.out.splitlines()[2] == "Examples:"
                   and result.out.splitlines()[3].startswith("  "))
        check.true(f"help {name} is the same", run("help", name).out == result.out)
        for line in result.out.splitlines():
            check.true(f"{name}: wider than a screen: {line!r}", len(line) <= 100)


def test_wrong_usage(check, _folder):
    one_line(check, "unknown command", run("mesure"), 2, "did you mean measure?")
    one_line(check, "unknown command", run("qqqq"), 2, "blondel help lists them")
    one_line(check, "no file", run("measure"), 2, "usage: blondel measure FILE")
    one_line(check, "unknown option", run("measure", "a", "--harmonic"), 2,
             "did you mean --harmonics?")
    one_line(check, "no value", run("measure", "a", "--wiring"), 2, "--wiring needs a value")
    one_line(check, "two files", run("measure", "a", "b"), 2, '"b"')
    one_line(check, "short option", run("measure", "-f", "a"), 2, "two dashes")
    one_line(check, "bad wiring", run("measure", "a", "--wiring", "5p"), 2, "--wiring 5p")
    one_line(check, "bad format", run("measure", "a", "--format=yaml"), 2, "text, json, csv")
    data = stream(0.5)
    one_line(check, "bad map", run("measure", RAW, "--map", "U1=9", data=data), 2, "9")
    one_line(check, "bad invert", run("measure", RAW, "--invert", "I5", data=data), 2, "I5")
    one_line(check, "huge from", run("measure", RAW, "--from", "1e300", data=data), 1, "--from")
    one_line(check, "huge nominal", run("measure", RAW, "--nominal", "1e300,50", data=data), 2,
             "--nominal")
    one_line(check, "bad circuits", run("measure", RAW, "--circuits", "a", data=data), 2, "NAME")


def bad_files(folder):
    """Name of a file and what its error must say."""
    frames = sample([Signal({1: (230, 0)}), Signal({1: (10, 0)})], 50, 6400, 0.5)
    channels = [("U1", "V", 1, 1, "P"), ("I1", "A", 1, 1, "P")]

    def comtrade(name):
        path = os.path.join(folder, name)
        write_comtrade(path, channels, frames, 6400, 50)
        return path

    def text(name, content):
        path = os.path.join(folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(content)
        return path

    yield os.path.join(folder, "nowhere.csv"), "nowhere.csv"
    yield folder, folder
    yield text("empty.csv", ""), "empty.csv"
    yield text("noise.bin", "\x01\x02 nothing of ours"), "noise.bin"
    yield text("words.csv", "time [s],U1 [V],I1 [A]\n0,1,2\n0.001,one,2\n"), "words.csv:3"
    path = comtrade("lost")
    os.remove(path + ".dat")
    yield path + ".cfg", "lost"
    path = comtrade("lying")
    with open(path + ".cfg", encoding="ascii") as file:
        lines = file.read()
    with open(path + ".cfg", "w", encoding="ascii") as file:
        file.write(lines.replace("I1,,,A,1,", "I1,,,A,abc,"))
    yield path + ".cfg", "lying.cfg:4"
    wide = os.path.join(folder, "wide.csv")
    with open(wide, "w", encoding="utf-16") as file:
        file.write("time [s],U1 [V],I1 [A]\n0,1,2\n0.001,1,2\n")
    yield wide, "UTF-8"
    wav = os.path.join(folder, "short.wav")
    write_wav(wav, counts(frames, [400.0, 40.0]), 6400)
    yield wav, "channels="
    with open(wav, "r+b") as file:
        file.truncate(30)
    yield wav, "short.wav"
    only_current = os.path.join(folder, "current.csv")
    write_csv(only_current, ["I1 [A]"], frames[:, 1:], 6400)
    yield only_current, "current.csv"
    brief = os.path.join(folder, "brief.csv")
    write_csv(brief, ["U1 [V]", "I1 [A]"], frames[:40], 6400)
    yield brief, "too short"
    slow = os.path.join(folder, "slow.csv")
    write_csv(slow, ["U1 [V]", "I1 [A]"], frames[::20], 320)
    yield slow, "6.4 samples a cycle"


def test_bad_files(check, folder):
    """One clear line, exit status 1, no result."""
    for path, part in bad_files(folder):
        one_line(check, os.path.basename(path), run("measure", path), 1, part)
    one_line(check, "no option of raw", run("measure", "raw:-", data=b""), 1, "rate=")
    one_line(check, "empty pipe", run("measure", RAW, data=b""), 1, "nothing to measure")


def halves(folder):
    """(words, data) of recordings of two seconds that break off in the middle."""
    frames = sample([Signal({1: (230, 0)}), Signal({1: (10, -30)})], 50.02, 6400, 2.0)
    integers = counts(frames, [400.0, 40.0])
    scales = ["--map", "U1=1,I1=2", "--u-full-scale", "400", "--i-full-scale", "40"]
    table = os.path.join(folder, "half.csv")
    write_csv(table, ["U1 [V]", "I1 [A]"], frames, 6400)
    wav = os.path.join(folder, "half.wav")
    write_wav(wav, integers, 6400)
    comtrade = os.path.join(folder, "half")
    write_comtrade(comtrade, [("U1", "V", 1, 1, "P"), ("I1", "A", 1, 1, "P")], frames, 6400, 50)
    for path in (table, wav, comtrade + ".dat"):
        os.truncate(path, os.path.getsize(path) // 2 + 1)
    data = bytes_s24(integers)
    yield [table], None
    yield [wav, *scales], None
    yield [comtrade + ".cfg"], None
    yield [RAW.replace("rate=8000", "rate=6400")], data[:len(data) // 2 + 1]


def test_a_broken_off_recording_is_summed_up(check, folder):
    """The figures of what is there, marked; then one line of complaint and exit status 1."""
    for words, data in halves(folder):
        name = os.path.basename(words[0])[:12]
        result = run("measure", *words, "--format", "json", "--quiet", data=data)
        check.true(f"{name}: status {result.status}", result.status == 1)
        check.true(f"{name}: {result.err}", result.err.count("\n") == 1 and
                   "cut short" in result.err)
        summary = result.summary()
        check.true(f"{name} is marked", summary["truncated"] is True)
        check.near(f"{name} length_s", summary["length_s"], 1, 0.05)
        check.near(f"{name} u", summary["u"][0], 230, 0.01)
        text = run("measure", *words, "--quiet", data=data)
        check.true(f"{name}: text says it", "breaks off" in text.out and text.status == 1)
        table = run("measure", *words, "--quiet", "--format", "csv", data=data)
        check.true(f"{name}: csv says it", "truncated" in table.out.splitlines()[-1])
    whole = run("measure", "sim:grid,duration=0.5", "--format", "json", "--quiet")
    check.true("a whole one is not marked", whole.summary()["truncated"] is False)


def test_damage_never_crashes(check, folder):
    """Bytes knocked out of good files: a result or one line, never a signal."""
    rng = np.random.default_rng(7)
    frames = sample([Signal({1: (230, 0)}), Signal({1: (10, 0)})], 50, 6400, 0.3)
    path = os.path.join(folder, "a")
    write_comtrade(path, [("U1", "V", 1, 1, "P"), ("I1", "A", 1, 1, "P")], frames, 6400, 50)
    write_wav(path + ".wav", counts(frames, [400.0, 40.0]), 6400)
    for name, spec in ((".cfg", ".cfg"), (".dat", ".cfg"),
                       (".wav", ".wav,channels=U1;I1,u-full-scale=400,i-full-scale=40")):
        with open(path + name, "rb") as file:
            good = file.read()
        for k in range(25):
            bad = bytearray(good)
            for at in rng.integers(0, min(len(bad), 400), 3):
                bad[at] = rng.integers(0, 256)
            bad = bad[:rng.integers(1, len(bad))] if k % 2 else bad
            with open(path + name, "wb") as file:
                file.write(bad)
            result = run("measure", path + spec, "--format", "json", "--quiet")
            check.true(f"{name} {k}: status {result.status}", result.status in (0, 1))
            lines = result.err.count("\n")
            check.true(f"{name} {k}: {lines} lines", lines == (1 if result.status else 0))
        with open(path + name, "wb") as file:
            file.write(good)


def test_broken_pipe(check, _folder):
    """A reader that has seen enough is no error."""
    done = subprocess.run(["bash", "-c", f"set -o pipefail; '{BLONDEL}' measure '{RAW}' --format "
                           "json --quiet | head -n 2"], input=stream(60), capture_output=True,
                          check=False)
    check.true("two lines", done.stdout.count(b"\n") == 2)
    check.true(f"quiet: {done.stderr!r}", done.stderr == b"")
    full = subprocess.run(["bash", "-c", f"'{BLONDEL}' help > /dev/full"], capture_output=True,
                          check=False)
    check.true("a full disk is an error", full.returncode == 1 and b"cannot write" in full.stderr)


def on_terminal(words, data=None, env=None, results=None, close_results=False):
    """Runs with stderr on a terminal, and stdout too unless `results` is a file; returns what the
    terminal showed and the exit status."""
    master, slave = pty.openpty()
    process = subprocess.Popen([BLONDEL, *words], stdin=subprocess.PIPE, stdout=results or slave,
                               stderr=slave, env={**os.environ, "TERM": "xterm", **(env or {})})
    os.close(slave)
    if close_results:
        results.close()  # its reader's end is the program's end
    writer = os.fork()
    if writer == 0:  # feeds the pipe while the parent reads the terminal
        os.close(master)
        try:
            process.stdin.write(data or b"")
            process.stdin.close()
        except BrokenPipeError:
            pass
        os._exit(0)
    process.stdin.close()
    shown = b""
    while True:
        try:
            piece = os.read(master, 65536)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    os.close(master)
    os.waitpid(writer, 0)
    return shown.decode(), process.wait()


def test_colour(check, _folder):
    data = stream(0.5)
    check.true("colour on a terminal", "\x1b[1m" in on_terminal(["measure", RAW], data,
                                                                {"NO_COLOR": ""})[0])
    check.true("NO_COLOR", "\x1b[1m" not in on_terminal(["measure", RAW], data,
                                                        {"NO_COLOR": "1"})[0])
    check.true("dumb terminal", "\x1b[1m" not in on_terminal(["measure", RAW], data,
                                                             {"TERM": "dumb", "NO_COLOR": ""})[0])


def read_slowly(descriptor, seconds):
    """Reads to the end; for the first `seconds` no more than a page every 20 ms."""
    end = time.monotonic() + seconds
    while os.read(descriptor, 4096 if time.monotonic() < end else 1 << 20):
        if time.monotonic() < end:
            time.sleep(0.02)
    os.close(descriptor)


def test_progress(check, folder):
    """A long file shows how much, how fast, how long still, and leaves no trace in the table."""
    path = os.path.join(folder, "long.raw")
    piece = stream(60)
    with open(path, "wb") as file:
        for _ in range(30):
            file.write(piece)
    words = ["measure", RAW.replace("raw:-", f"raw:{path}"), "--format", "csv"]
    # A reader that takes its time, so that no machine is too fast for a bar to be needed.
    reader, writer = os.pipe()
    slow = threading.Thread(target=read_slowly, args=(reader, 2.0))
    slow.start()
    with os.fdopen(writer, "wb") as results:
        shown, status = on_terminal(words, results=results, close_results=True)
    slow.join()
    check.true("status 0", status == 0)
    bars = [part for part in shown.split("\r") if part.startswith("[")]
    check.true("a bar is shown", len(bars) > 3)
    check.true(f"it tells all: {bars[-1]!r}",
               all(word in bars[-1] for word in ("%", "M frames/s", "x real time", "left")))
    percents = [float(bar.split("]")[1].split("%")[0]) for bar in bars]
    check.true("it is wiped away", shown.endswith("\r\x1b[K"))
    check.true("it grows", percents == sorted(percents) and percents[-1] > percents[0])
    piped = run("measure", words[1], "--to", "2", "--format", "csv")
    check.true("none in a pipe", "frames/s" not in piped.err)


def test_memory_is_flat(check, _folder):
    """Ten times the recording takes no more memory."""
    def peak_kb(minutes):
        process = subprocess.Popen([BLONDEL, "measure", RAW, "--format", "json", "--quiet"],
                                   stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        piece = stream(60)
        for _ in range(minutes):
            process.stdin.write(piece)
        process.stdin.flush()
        with open(f"/proc/{process.pid}/status", encoding="ascii") as file:
            peak = [line for line in file if line.startswith("VmHWM")][0].split()[1]
        process.stdin.close()
        check.true("status 0", process.wait() == 0)
        return int(peak)

    small, large = peak_kb(1), peak_kb(10)
    # A sanitizer keeps some blocks back; nine minutes of samples would be megabytes.
    check.true(f"{small} kB, then {large} kB", large < small + 1024)


def test_interrupt(check, _folder):
    """Ctrl-C on a live source: the windows so far and their summary, exit status 0."""
    process = subprocess.Popen([BLONDEL, "measure", RAW, "--format", "json", "--quiet"],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
    process.stdin.write(stream(2.1))
    process.stdin.flush()
    first = process.stdout.readline()  # a live source is not buffered
    check.true("the first window comes at once", first.startswith(b'{"t":0,'))
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    process.wait(timeout=20)  # although the pipe stays open and silent
    out, err = process.stdout.read(), process.stderr.read()
    check.true(f"status {process.returncode} {err!r}", process.returncode == 0 and err == b"")
    check.true("a summary", b'"summary":true' in out.splitlines()[-1])


def test_completion(check, _folder):
    script = f'eval "$("{BLONDEL}" completion bash)"; COMP_CWORD={{}}; COMP_WORDS=({{}}); ' \
        '_blondel; echo "${{COMPREPLY[*]}}"'

    def complete(*words):
        line = " ".join(words)
        done = subprocess.run(["bash", "-c", script.format(len(words) - 1, line)],
                              capture_output=True, check=False)
        return done.stdout.decode().split()

    check.true("commands", complete("blondel", "mea") == ["measure"])
    check.true("options", complete("blondel", "measure", "--har") == ["--harmonics"])
    check.true("help", "measure" in complete("blondel", "help", "''"))
    one_line(check, "another shell", run("completion", "fish"), 2, "fish")


def test_man_page(check, folder):
    page = run("man").out
    for name in commands():
        check.true(f"{name} has its section", f".SS blondel {name}" in page)
    check.true("options are there", "\\-\\-wiring" in page)
    if shutil.which("groff"):
        path = os.path.join(folder, "blondel.1")
        with open(path, "w", encoding="utf-8") as file:
            file.write(page)
        done = subprocess.run(["groff", "-man", "-Tascii", "-ww", path], capture_output=True,
                              check=False)
        check.true(f"groff has no complaint: {done.stderr[:300]!r}",
                   done.returncode == 0 and done.stderr == b"")


if __name__ == "__main__":
    main(globals())
