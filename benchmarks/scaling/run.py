"""How threads scale: rows on T threads against one, on imugi and on any number of others.

    ./x bench --scaling --python python3.13
    ./x bench --scaling --python python3.13 -k lock --threads 2,4,8
    ./x bench --scaling --list

A row that only reads what is shared (threaded_rows.py) is told as speed-up: the time of one thread
times T over the time of T threads that do as much each; beside it stands C, what native threads
gained in the same rounds, and how many rounds were made to get the quiet ones that count: those in
which the native threads just before and after were not slowed down by whoever shares the machine.
A row that writes one object or hands over is told as throughput against each other interpreter. All
are measured in turn, round by round; the figures are medians of the rounds' ratios. Needs Python
3.9 or later.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(1, os.path.join(ROOT, "examples"))

import timing
from threaded_rows import ROWS, WRITES

# Of what native threads gain, a row that shares nothing it writes has to gain as much.
ENOUGH = 0.93
# More threads than processors must not cost more than this against two threads.
CROWDED = 0.9
# Native threads that take this times their best at most were not disturbed.
QUIET = 1.06
# Disturbed rounds are made again, until there are so many times as many as asked for.
MOST_ROUNDS = 4


class Failed(Exception):
    """A row did not run in an interpreter."""


class Child:
    """A row being measured in one interpreter."""

    def __init__(self, interpreter, row, threads, options):
        self.process = subprocess.Popen(
            [interpreter, os.path.join(HERE, "child.py"), row.name, str(threads),
             str(options.seconds)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        answer = self.read()
        self.count = answer["count"]

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            raise Failed("exit code %s" % self.process.wait())
        return json.loads(line)

    def pair(self):
        """Returns the seconds for the work on one thread (None if it takes several), and on all."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        answer = self.read()
        return answer["alone"], answer["together"]

    def end(self):
        self.process.stdin.close()
        self.process.wait()


class Outcome:
    """The figures of one row on some threads, for all interpreters."""

    def __init__(self, row, threads):
        self.row = row
        self.threads = threads
        self.gains = []        # for each interpreter its speed-up, or None
        self.throughput = []   # for each other interpreter: how many times as much imugi gets done
        self.native = None
        self.rounds = None     # how many were made to choose from

    def of_native(self):
        return self.gains[0] / self.native if self.gains[0] and self.native else None

    def complaint(self, two_threads):
        """What is wrong with it, or None. `two_threads` is its outcome on two."""
        if self.row.kind == WRITES:
            least = 2.0 if self.row.overlaps else 1.0
            if self.throughput and min(self.throughput) < least:
                return "below %.1f times the throughput" % least
        elif two_threads is None:
            if self.native and self.of_native() < ENOUGH:
                return "below %.2f of what native threads gain" % ENOUGH
        elif self.gains[0] < two_threads.gains[0] * CROWDED:
            return "below %.1f of two threads' speed-up" % CROWDED
        return None

    def as_json(self):
        return {"row": self.row.name, "kind": self.row.kind, "overlaps": self.row.overlaps,
                "threads": self.threads, "native": self.native, "gains": self.gains,
                "throughput": self.throughput, "rounds": self.rounds}


def disturbance(native_pairs, best):
    """How many times as long as at best the native threads took."""
    return max(seconds / least for pair in native_pairs for seconds, least in zip(pair, best))


def quiet_rounds(rounds, measurements, calibrate, workers, seconds):
    """Makes rounds until so many were quiet; takes the least disturbed when there are too few.

    Returns a list of results for each measurement, what native threads gained in those rounds, and
    how many were made.
    """
    native = timing.Native(calibrate, workers, seconds)
    made = []  # (native pairs before and after, results)
    try:
        before = native.pair()
        while len(made) < rounds * MOST_ROUNDS:
            results = [measure() for measure in measurements]
            after = native.pair()
            made.append(((before, after), results))
            before = after
            best = [min(times) for times in zip(*(pair for pairs, _ in made for pair in pairs))]
            made.sort(key=lambda one: disturbance(one[0], best))
            if len(made) >= rounds and disturbance(made[rounds - 1][0], best) <= QUIET:
                break
    finally:
        native.end()
    chosen = made[:rounds]
    gains = [sum(alone for alone, _ in pairs) / sum(together for _, together in pairs)
             for pairs, _ in chosen]
    return [list(own) for own in zip(*(results for _, results in chosen))], gains, len(made)


def measure(row, threads, interpreters, options):
    children = []
    outcome = Outcome(row, threads)
    try:
        for interpreter in interpreters:
            children.append(Child(interpreter, row, threads, options))
        pairs = [child.pair for child in children]
        if row.kind == WRITES:
            figures, _ = timing.in_turn(options.rounds, pairs)
        else:
            figures, gains, outcome.rounds = quiet_rounds(
                options.rounds, pairs, options.calibrate, min(threads, os.cpu_count()),
                options.seconds)
            outcome.native = timing.median(gains)
    finally:
        for child in children:
            child.end()
    for pairs in figures:
        outcome.gains.append(timing.median(alone / together for alone, together in pairs)
                             if row.kind != WRITES else None)
    speeds = [[child.count / together for _, together in pairs]
              for child, pairs in zip(children, figures)]
    outcome.throughput = [timing.median_ratio(speeds[0], other) for other in speeds[1:]]
    return outcome


def label(interpreter):
    probe = ("import sys; print(sys.implementation.name, '%d.%d' % sys.version_info[:2], "
             "'t' if not getattr(sys, '_is_gil_enabled', lambda: True)() else '', sep='')")
    answer = subprocess.run([interpreter, "-c", probe], stdout=subprocess.PIPE, text=True)
    return answer.stdout.strip() or os.path.basename(interpreter)


def head(labels):
    line = "%-24s %2s %6s %6s" % ("row", "T", "rounds", "C")
    for name in labels:
        line += " %13s" % name
    line += " %6s" % "of C"
    for name in labels[1:]:
        line += " %18s" % ("speed/" + name)
    return line


def number(value, width, decimals=2):
    return " %*s" % (width, "-" if value is None else "%.*f" % (decimals, value))


def line_of(outcome, complaint):
    line = "%-24s %2d" % (outcome.row.name, outcome.threads)
    line += number(outcome.rounds, 6, 0)
    line += number(outcome.native, 6)
    for gain in outcome.gains:
        line += number(gain, 13)
    line += number(outcome.of_native(), 6)
    for ratio in outcome.throughput:
        line += number(ratio, 18)
    return line + ("   " + complaint if complaint else "")


def run_row(row, interpreters, options):
    """Prints the row's lines; returns its outcomes and how many of them complain."""
    outcomes, bad, two = [], 0, None
    for threads in options.threads:
        try:
            outcome = measure(row, threads, interpreters, options)
        except Failed as error:
            print("%-24s %2d failed: %s" % (row.name, threads, error), flush=True)
            bad += 1
            continue
        complaint = outcome.complaint(two)
        if threads == 2:
            two = outcome
        bad += complaint is not None
        outcomes.append(outcome)
        print(line_of(outcome, complaint), flush=True)
    return outcomes, bad


def thread_counts(text):
    return [int(part) for part in text.split(",")]


def arguments():
    build = os.path.join(ROOT, "build", "release")
    parser = argparse.ArgumentParser(prog="./x bench --scaling", description=__doc__.split("\n")[0])
    parser.add_argument("--imugi", default=os.path.join(build, "imugi"), metavar="PATH",
                        help="the interpreter to judge (default: the release build)")
    parser.add_argument("--python", action="append", default=[], metavar="PATH",
                        help="an interpreter to compare with; may be repeated")
    parser.add_argument("-k", action="append", default=[], metavar="PART",
                        help="only rows whose name contains it; may be repeated")
    parser.add_argument("--kind", choices=("reads", "splits", "writes"), help="only rows of a kind")
    parser.add_argument("--threads", type=thread_counts, default=[2], metavar="N,N",
                        help="numbers of threads (default 2)")
    parser.add_argument("--rounds", type=int, default=15, metavar="N", help="default 15")
    parser.add_argument("--seconds", type=float, default=0.05, metavar="S",
                        help="for one thread's work in a round (default 0.05)")
    parser.add_argument("--calibrate", default=os.path.join(build, "imugi-calibrate"),
                        metavar="PROGRAM", help="what tells the gain of native threads")
    parser.add_argument("--json", metavar="FILE", help="write every figure there")
    parser.add_argument("--list", action="store_true", help="list the rows and end")
    return parser.parse_args()


def main():
    options = arguments()
    rows = [row for row in ROWS.values()
            if (not options.k or any(part in row.name for part in options.k))
            and options.kind in (None, row.kind)]
    if options.list:
        for row in rows:
            print("%-24s %s%s" % (row.name, row.kind, ", overlaps" if row.overlaps else ""))
        return 0
    if not rows:
        sys.exit("run.py: no row is called that; see --list")
    interpreters = []
    for path in [options.imugi] + options.python:
        found = shutil.which(path)
        if not found:
            sys.exit("run.py: there is no interpreter %s" % os.path.normpath(path))
        interpreters.append(os.path.abspath(found))
    if not shutil.which(options.calibrate):
        sys.exit("run.py: there is no program %s" % options.calibrate)
    print(head([label(interpreter) for interpreter in interpreters]))
    outcomes, bad = [], 0
    for row in rows:
        own, complaints = run_row(row, interpreters, options)
        outcomes += own
        bad += complaints
    print("%d of %d lines are below what is asked" % (bad, len(rows) * len(options.threads)))
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump([outcome.as_json() for outcome in outcomes], file, indent=1)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
