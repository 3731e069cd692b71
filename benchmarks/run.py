"""Runs the benchmark programs on imugi and on other interpreters, in turn, and compares.

    benchmarks/run.py --python python3.13 --python python3.11
    benchmarks/run.py -k json -k regex --repeat 9 --json results.json
    benchmarks/run.py --instructions               instructions instead of seconds (callgrind, perf)

Each program prints a checksum, which must be the same everywhere. Rounds go over all interpreters
before they begin again, so that a noisy machine is unfair to none. Needs Python 3.11 or later.
"""

import argparse
import json
import math
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAMS = os.path.join(HERE, "programs")
STARTUP = "startup"


class Failed(Exception):
    """A program did not run, or not as it should."""


class Measurement:
    """What one interpreter needed for one program, round by round."""

    def __init__(self):
        self.figures = []
        self.memory = []
        self.checksum = None
        self.error = None

    def best(self, how):
        return min(self.figures) if how == "best" else statistics.median(self.figures)

    def peak(self):
        known = [memory for memory in self.memory if memory]
        return statistics.median(known) if known else None


def program_names():
    names = sorted(name[:-3] for name in os.listdir(PROGRAMS)
                   if name.endswith(".py") and name != "harness.py")
    return names + [STARTUP]


def command(interpreter, name, scale):
    if name == STARTUP:
        return [interpreter, "-c", "pass"]
    return [interpreter, os.path.join(PROGRAMS, name + ".py"), str(scale)]


# Start-up's memory: the same measure as the harness takes.
STARTUP_MEMORY = "print([line for line in open('/proc/self/status') if line.startswith('VmHWM')])"


def child(arguments, timeout):
    """Runs a command; returns its output, its seconds and what it said on stderr."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.perf_counter()
        process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        # A blocking wait: Popen.wait(timeout) would poll, and round start-up times up.
        guard = threading.Timer(timeout, process.kill)
        guard.start()
        process.wait()
        seconds = time.perf_counter() - start
        guard.cancel()
        out.seek(0)
        err.seek(0)
        text, complaint = out.read().decode(errors="replace"), err.read().decode(errors="replace")
    if seconds >= timeout:
        raise Failed("no end after %d s" % timeout)
    if process.returncode != 0:
        lines = complaint.strip().splitlines() or ["nothing said"]
        raise Failed("exit code %d: %s" % (process.returncode, lines[-1]))
    return text, seconds, complaint


def run_timed(interpreter, name, options):
    """Returns (seconds, memory, checksum)."""
    if name == STARTUP:
        # Start-up takes milliseconds: a round is the median of several.
        arguments = command(interpreter, name, 1)
        several = [child(arguments, options.timeout)[1] for _ in range(10)]
        text, _, _ = child([interpreter, "-c", STARTUP_MEMORY], options.timeout)
        found = re.search(r"VmHWM:\D*(\d+)", text)
        return statistics.median(several), int(found[1]) if found else None, ""
    text, _, _ = child(command(interpreter, name, options.scale), options.timeout)
    found = re.search(r"checksum (.*)\nseconds ([\d.]+)\nmemory (\d+)", text)
    if not found:
        raise Failed("printed no checksum")
    return float(found[2]), int(found[3]), found[1]


def instruction_counter():
    """`perf` where the processor's counters may be read, else `callgrind`, else None."""
    if shutil.which("perf"):
        probe = subprocess.run(["perf", "stat", "-x,", "-e", "instructions:u", "true"],
                               capture_output=True, text=True)
        if probe.returncode == 0 and re.search(r"^\d+", probe.stderr, re.MULTILINE):
            return "perf"
    return "callgrind" if shutil.which("valgrind") else None


def run_counted(interpreter, name, options, counter):
    """Returns (instructions, None, checksum), start-up included."""
    program = command(interpreter, name, options.scale)
    if counter == "perf":
        program = ["perf", "stat", "-x,", "-e", "instructions:u"] + program
        text, _, complaint = child(program, options.timeout)
        found = re.search(r"^(\d+),.*instructions", complaint, re.MULTILINE)
    else:
        program = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"] + program
        text, _, complaint = child(program, options.timeout)
        found = re.search(r"Collected : (\d+)", complaint)
    if not found:
        raise Failed("%s counted nothing" % counter)
    checksum = re.search(r"checksum (.*)", text)
    return int(found[1]), None, checksum[1] if checksum else ""


def geometric_mean(numbers):
    return math.exp(sum(map(math.log, numbers)) / len(numbers)) if numbers else float("nan")


def label(path):
    """A short name for an interpreter's column."""
    probe = "import sys; print(sys.implementation.name, '%d.%d.%d' % sys.version_info[:3])"
    try:
        answer = subprocess.run([path, "-c", probe], capture_output=True, text=True, timeout=60)
        name = answer.stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        name = ""
    return name or os.path.basename(path)


class Comparison:
    def __init__(self, interpreters, names, options):
        self.interpreters = interpreters
        self.labels = [label(path) for path in interpreters]
        self.names = names
        self.options = options
        self.counter = instruction_counter() if options.instructions else None
        if options.instructions and not self.counter:
            sys.exit("run.py: neither perf nor valgrind is there to count instructions; "
                     "install valgrind")
        self.table = {(path, name): Measurement() for path in interpreters for name in names}

    def measure(self):
        for name in self.names:
            for _ in range(self.options.repeat):
                for path in self.interpreters:
                    self.run(path, name)
            self.print_row(name)

    def run(self, path, name):
        entry = self.table[path, name]
        if entry.error:
            return
        try:
            if self.counter:
                figure, memory, checksum = run_counted(path, name, self.options, self.counter)
            else:
                figure, memory, checksum = run_timed(path, name, self.options)
            if entry.checksum not in (None, checksum):
                raise Failed("checksum %s, before %s" % (checksum, entry.checksum))
            entry.checksum = checksum
            entry.figures.append(figure)
            entry.memory.append(memory)
        except (Failed, OSError) as error:
            entry.error = str(error)

    def print_head(self):
        unit = "instructions, millions" if self.counter else "seconds"
        print("%s, %s of %d; ratios: how many times as fast as the other"
              % (unit, self.options.statistic, self.options.repeat))
        line = "%-18s" % "program"
        for name in self.labels:
            line += " %15s" % name
        for name in self.labels[1:]:
            line += " %15s" % ("vs " + name)
        for name in self.labels[1:]:
            line += " %15s" % "memory"
        print(line)

    def figure(self, path, name):
        entry = self.table[path, name]
        return None if entry.error or not entry.figures else entry.best(self.options.statistic)

    def ratio(self, other, name):
        own, theirs = self.figure(self.interpreters[0], name), self.figure(other, name)
        return theirs / own if own and theirs else None

    def memory_ratio(self, other, name):
        """Own peak memory over the other's."""
        own = self.table[self.interpreters[0], name].peak()
        theirs = self.table[other, name].peak()
        return own / theirs if own and theirs else None

    def print_row(self, name):
        line = "%-18s" % name
        for path in self.interpreters:
            figure = self.figure(path, name)
            if figure is None:
                line += " %15s" % "failed"
            elif self.counter:
                line += " %15.1f" % (figure / 1e6)
            else:
                line += " %15.4f" % figure
        for ratio in (self.ratio, self.memory_ratio):
            for path in self.interpreters[1:]:
                value = ratio(path, name)
                line += " %15s" % ("-" if value is None else "%.2f" % value)
        print(line, flush=True)
        for path, text in zip(self.interpreters, self.labels):
            if self.table[path, name].error:
                print("    %s: %s" % (text, self.table[path, name].error))
        checksums = {self.table[path, name].checksum for path in self.interpreters
                     if not self.table[path, name].error}
        if len(checksums) > 1:
            print("    CHECKSUMS DIFFER: %s" % sorted(map(str, checksums)))

    def print_summary(self):
        for path, text in zip(self.interpreters[1:], self.labels[1:]):
            rows = [name for name in self.names if name != STARTUP]
            speed = {name: self.ratio(path, name) for name in rows}
            speed = {name: value for name, value in speed.items() if value}
            if not speed:
                continue
            worst = min(speed, key=speed.get)
            print("against %s over %d programs: geometric mean %.2f, worst %s %.2f" % (
                text, len(speed), geometric_mean(list(speed.values())), worst, speed[worst]))
            memory = {name: self.memory_ratio(path, name) for name in speed}
            memory = {name: value for name, value in memory.items() if value}
            if memory:
                largest = max(memory, key=memory.get)
                print("    peak memory: geometric mean %.2f of its, worst %s %.2f" % (
                    geometric_mean(list(memory.values())), largest, memory[largest]))
            if STARTUP in self.names and self.ratio(path, STARTUP):
                print("    start-up: %.2f of its time" % (1 / self.ratio(path, STARTUP)))

    def failures(self):
        bad = [name for (path, name), entry in self.table.items() if entry.error]
        for name in self.names:
            if len({self.table[path, name].checksum for path in self.interpreters
                    if not self.table[path, name].error}) > 1:
                bad.append(name)
        return bad

    def as_json(self):
        return {
            "unit": "instructions" if self.counter else "seconds",
            "repeat": self.options.repeat,
            "scale": self.options.scale,
            "interpreters": [{"path": path, "name": text}
                             for path, text in zip(self.interpreters, self.labels)],
            "programs": {
                name: [{"figures": entry.figures, "memory_kib": entry.memory,
                        "checksum": entry.checksum, "error": entry.error}
                       for entry in (self.table[path, name] for path in self.interpreters)]
                for name in self.names
            },
        }


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--imugi", default=os.path.join(HERE, "..", "build", "release", "imugi"),
                        metavar="PATH", help="the interpreter to judge (default: the release build)")
    parser.add_argument("--python", action="append", default=[], metavar="PATH",
                        help="an interpreter to compare with; may be repeated")
    parser.add_argument("-k", action="append", default=[], metavar="PART",
                        help="only programs whose name contains it; may be repeated")
    parser.add_argument("--repeat", type=int, default=5, metavar="N", help="rounds (default 5)")
    parser.add_argument("--scale", type=int, default=1, metavar="N", help="how much work each does")
    parser.add_argument("--statistic", choices=("best", "median"), default="best",
                        help="of the rounds (default best)")
    parser.add_argument("--instructions", action="store_true", help="count instructions")
    parser.add_argument("--timeout", type=int, default=300, metavar="S", help="for one run")
    parser.add_argument("--json", metavar="FILE", help="write every figure there")
    parser.add_argument("--list", action="store_true", help="list the programs and end")
    return parser.parse_args()


def main():
    options = arguments()
    names = [name for name in program_names()
             if not options.k or any(part in name for part in options.k)]
    if options.list:
        print("\n".join(names))
        return 0
    if not names:
        sys.exit("run.py: no program is called that; see --list")
    interpreters = []
    for path in [options.imugi] + options.python:
        found = shutil.which(path)
        if not found:
            sys.exit("run.py: there is no interpreter %s" % os.path.normpath(path))
        interpreters.append(os.path.abspath(found))
    comparison = Comparison(interpreters, names, options)
    comparison.print_head()
    comparison.measure()
    comparison.print_summary()
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(comparison.as_json(), file, indent=1)
    bad = comparison.failures()
    if bad:
        print("failed: %s" % ", ".join(sorted(set(bad))))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
