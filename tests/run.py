#!/usr/bin/env python3
"""Run the tests: the unit tests (GoogleTest), the scripts tests/**/test_*.py and the golden files.

    tests/run.py                       release in full, then a seeded slice with the GIL on
    tests/run.py --all                 every test in every configuration; goes on where it was stopped
    tests/run.py --preset asan -k gc   the tests whose name contains `gc` in one preset
    tests/run.py --python python3.13   the same corpus on another interpreter
    tests/run.py --rebaseline          rewrite the golden files (NAME.out beside NAME.py)

A script is one process; its closing line `N passed, N failed[, N skipped]` is what counts, its exit status
otherwise. Lines among its first ten may say: `# time limit: SECONDS`, `# options: --dump-bytecode` (for the
interpreter), `# exits: STATUS` (golden files), `# imugi only`, `# not under: tsan` (words of a configuration).
Known failures are lines of tests/known.txt: a failure that is not there fails the run, and with --all so does a
pass that is there.
The last line printed is `N passed, N failed[, N skipped]`. Needs Python 3.9 and nothing else.
"""

import argparse
import concurrent.futures
import difflib
import fnmatch
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TESTS = os.path.join(ROOT, "tests")
STATE = os.path.join(ROOT, "build", "test-state.json")
KNOWN = os.path.join(TESTS, "known.txt")
CLOSING = re.compile(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$", re.M)
TIME_LIMIT = 60
SLOWER = {"release": 1, "dev": 2, "asan": 5, "tsan": 10}

# Configuration: preset, extra environment, seconds of its slice in a plain run (None: in full).
CONFIGURATIONS = {
    "release": ("release", {}, None),
    "release-gil": ("release", {"PYTHON_GIL": "1"}, 60),
    "asan": ("asan", {"IMUGI_VERIFY": "1"}, 150),
    "tsan": ("tsan", {}, 150),
}
SANITIZERS = {
    "ASAN_OPTIONS": "detect_leaks=0:allocator_may_return_null=1:detect_stack_use_after_return=0:handle_abort=1",
    "UBSAN_OPTIONS": "print_stacktrace=1",
    "TSAN_OPTIONS": "allocator_may_return_null=1:halt_on_error=0:exitcode=66:die_after_fork=0",
}


# A plain run's configurations.
PLAIN = ["release", "release-gil", "asan", "tsan"]


class Job:
    """One process to run: a script, a golden file, or one suite of the unit tests."""

    def __init__(self, name, kind, path):
        self.name, self.kind, self.path = name, kind, path
        self.limit, self.options, self.status, self.only, self.excluded = TIME_LIMIT, [], 0, False, []
        if path:
            self.read_head(path)

    def read_head(self, path):
        with open(path, encoding="utf-8", errors="replace") as file:
            head = [line for line, _ in zip(file, range(10))]
        for line in head:
            key, _, value = line.strip().lstrip("# ").partition(":")
            if not line.startswith("#"):
                continue
            if key == "time limit":
                self.limit = float(value)
            elif key == "options":
                self.options = value.split()
            elif key == "exits":
                self.status = int(value)
            elif key == "imugi only":
                self.only = True
            elif key == "not under":
                self.excluded += value.split()


class Outcome:
    def __init__(self, passed=0, failed=0, skipped=0, report=""):
        self.passed, self.failed, self.skipped, self.report = passed, failed, skipped, report
        self.names, self.unknown, self.seconds = set(), [], 0.0


class Known:
    """tests/known.txt: lines `KIND CONFIGURATION NAME TEST: reason`.

    KIND is `fail` (must fail), `sometimes` (may fail) or `skip` (is not run: it hangs or takes the machine
    along). CONFIGURATION, NAME and TEST are patterns; TEST is the function's name, or `(script)` for a
    program that ends without its closing line, `(race)` for a report of the thread sanitizer.
    """

    LINE = re.compile(r"^(fail|sometimes|skip) (\S+) (\S+) (\S+): (.+)$")

    def __init__(self, configuration, strict=True):
        self.entries, self.strict = [], strict
        if os.path.exists(KNOWN):
            with open(KNOWN, encoding="utf-8") as file:
                for line in file:
                    if line.strip() and not line.startswith("#"):
                        match = self.LINE.match(line.strip())
                        if not match:
                            sys.exit(f"tests/known.txt: not understood: {line.strip()}")
                        if fnmatch.fnmatchcase(configuration, match.group(2)):
                            self.entries.append(match.groups())

    def skips(self, name):
        return any(kind == "skip" and fnmatch.fnmatchcase(name, pattern) for kind, _, pattern, _, _ in self.entries)

    def covers(self, name, test):
        return any(kind != "skip" and fnmatch.fnmatchcase(name, pattern) and fnmatch.fnmatchcase(test, part)
                   for kind, _, pattern, part, _ in self.entries)

    def must_fail(self, name):
        return [test for kind, _, pattern, test, _ in self.entries
                if kind == "fail" and pattern == name and "*" not in test]

    def judge(self, job, outcome):
        """Take what is known out of an outcome's failures, and put in what passed against the list."""
        names = outcome.names or ({"(script)"} if outcome.failed else set())
        unknown = sorted(test for test in names if not self.covers(job.name, test))
        if self.strict and "(script)" not in names:
            for test in self.must_fail(job.name):
                if test not in names:
                    unknown.append(test)
                    outcome.report += f"{test} passes, but tests/known.txt says that it fails: remove the line\n"
        outcome.skipped += sum(1 for test in names if test not in unknown)
        outcome.failed = len(unknown)
        outcome.unknown = unknown


class Progress:
    """One line that is rewritten on a terminal; a line every ten seconds elsewhere."""

    def __init__(self):
        self.terminal = sys.stdout.isatty()
        self.last = 0.0

    def show(self, text, force=False):
        if self.terminal:
            print("\r\033[K" + text[:shutil.get_terminal_size().columns - 1], end="", flush=True)
        elif force or time.monotonic() - self.last >= 10:
            self.last = time.monotonic()
            print(text, flush=True)

    def write(self, text):
        print(("\r\033[K" if self.terminal else "") + text, flush=True)


def say(text):
    print(text, flush=True)


def scripts():
    """Jobs of every script and golden file under tests/."""
    jobs = []
    for base, folders, names in os.walk(TESTS):
        folders[:] = sorted(f for f in folders if f != "__pycache__")
        relative = os.path.relpath(base, TESTS)
        if relative.split(os.sep)[0] in ("tools", "conformance", "fuzz"):
            continue
        for name in sorted(names):
            path = os.path.join(base, name)
            if not name.endswith(".py"):
                continue
            label = os.path.normpath(os.path.join(relative, name[:-3]))
            if os.path.exists(path[:-3] + ".out"):
                jobs.append(Job(label, "golden", path))
            elif name.startswith("test_"):
                jobs.append(Job(label, "script", path))
    return jobs


def tool_tests():
    """Tests of the project's tools; they run on the Python that runs this file."""
    folder = os.path.join(TESTS, "tools")
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    return [Job("tools/" + n[:-3], "script", os.path.join(folder, n)) for n in names
            if n.startswith("test_") and n.endswith(".py")]


def unit_suites(binary, environment):
    """One job for each suite of the GoogleTest program."""
    listing = subprocess.run([binary, "--gtest_list_tests"], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
                             env=environment, text=True, timeout=120)
    suites = [line.split("#")[0].strip() for line in listing.stdout.splitlines()
              if line and not line.startswith((" ", "Running"))]
    jobs = []
    for suite in suites:
        job = Job("unit/" + suite.rstrip("."), "unit", None)
        job.options = ["--gtest_filter=" + suite + "*", "--gtest_brief=0", "--gtest_color=no"]
        jobs.append(job)
    return jobs


def run_process(command, environment, limit, address_space=None):
    """(status or None after the time limit, stdout, stderr) of a process in a session of its own."""

    def prepare():
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if address_space:
            resource.setrlimit(resource.RLIMIT_AS, (address_space, address_space))

    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               env=environment, cwd=ROOT, start_new_session=True, preexec_fn=prepare)
    try:
        out, err = process.communicate(timeout=limit)
        status = process.returncode
    except subprocess.TimeoutExpired:
        status = None
    finally:
        # Whatever the test started and left behind goes as well.
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    if status is None:
        try:
            out, err = process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            out, err = b"", b"(a child of the test keeps its output open)"
    return status, out.decode("utf-8", "replace"), err.decode("utf-8", "replace")


def how_it_ended(status, limit):
    if status is None:
        return f"no end after {limit:g} s"
    if status < 0:
        try:
            return "killed by " + signal.Signals(-status).name
        except ValueError:
            return f"killed by signal {-status}"
    return f"exit status {status}"


class Runner:
    def __init__(self, options, interpreter, slower, environment, address_space, known=None):
        self.options, self.known, self.patient = options, known, True
        self.interpreter, self.slower = interpreter, slower
        self.environment, self.address_space = environment, address_space

    def run(self, job):
        started = time.monotonic()
        # In a slice no single program may use up the time of many.
        limit = job.limit * self.slower if self.patient else min(job.limit * self.slower, 240)
        command = ([self.interpreter["unit"]] + job.options if job.kind == "unit" else
                   [self.interpreter["python"]] + job.options + [os.path.relpath(job.path, ROOT)])
        status, out, err = run_process(command, self.environment, limit, self.address_space)
        if job.kind == "golden":
            outcome = self.judge_golden(job, status, out, err, limit)
        elif job.kind == "unit":
            outcome = self.judge_unit(status, out, err, limit)
        else:
            outcome = self.judge_script(status, out, err, limit)
        if job.kind == "script" and outcome.failed and CLOSING.search(out):
            outcome.names = set(re.findall(r"^FAILED (\S+)$", out, re.M))
        if "WARNING: ThreadSanitizer" in err:
            outcome.report = outcome.report or out + err
            outcome.names.add("(race)")
            outcome.failed = max(outcome.failed, 1)
        if self.known and self.known.entries:
            self.known.judge(job, outcome)
        outcome.seconds = time.monotonic() - started
        if outcome.failed:
            outcome.report = f"FAILED {job.name}: $ {' '.join(command)}\n{outcome.report.rstrip()}\n"
        return outcome

    def judge_script(self, status, out, err, limit):
        lines = [line for line in out.splitlines() if line.strip()]
        match = CLOSING.match(lines[-1]) if lines else None
        if not match:
            if status == 0:
                return Outcome(passed=1)
            return Outcome(failed=1, report=out + err + how_it_ended(status, limit))
        passed, failed, skipped = (int(group or 0) for group in match.groups())
        if status != 0 and not failed:
            failed = 1
        report = out + err + how_it_ended(status, limit) if failed else ""
        return Outcome(passed, failed, skipped, report)

    def judge_unit(self, status, out, err, limit):
        passed = len(re.findall(r"^\[       OK \]", out, re.M))
        failed = len(set(re.findall(r"^\[  FAILED  \] (\S+?)(?:,.*)? \(\d+ ms\)$", out, re.M)))
        skipped = len(set(re.findall(r"^\[  SKIPPED \] (\S+) \(\d+ ms\)$", out, re.M)))
        if status != 0 and not failed:
            failed = 1
        return Outcome(passed, failed, skipped, out + err + how_it_ended(status, limit) if failed else "")

    def judge_golden(self, job, status, out, err, limit):
        path = job.path[:-3] + ".out"
        if status != job.status:
            return Outcome(failed=1, report=out + err + how_it_ended(status, limit))
        with open(path, encoding="utf-8") as file:
            expected = file.read()
        if out == expected:
            return Outcome(passed=1)
        if self.options.rebaseline:
            with open(path, "w", encoding="utf-8") as file:
                file.write(out)
            return Outcome(passed=1)
        difference = difflib.unified_diff(expected.splitlines(True), out.splitlines(True), "expected", "got")
        return Outcome(failed=1, report="".join(difference))


class State:
    """What passed before, by configuration: makes --all resumable."""

    def __init__(self, enabled):
        self.enabled = enabled
        self.rows = {}
        if enabled:
            try:
                with open(STATE, encoding="utf-8") as file:
                    self.rows = json.load(file)
            except (OSError, ValueError):
                pass

    def open(self, name, binary):
        """The rows of a configuration, emptied when the binary is another one."""
        info = os.stat(binary)
        mark = f"{info.st_size}-{info.st_mtime_ns}"
        row = self.rows.get(name)
        if not row or row["binary"] != mark:
            row = self.rows[name] = {"binary": mark, "passed": {}}
        return row["passed"]

    def save(self):
        if self.enabled:
            os.makedirs(os.path.dirname(STATE), exist_ok=True)
            with open(STATE + ".new", "w", encoding="utf-8") as file:
                json.dump(self.rows, file)
            os.replace(STATE + ".new", STATE)


def file_mark(job):
    return os.stat(job.path).st_mtime_ns if job.path else 0


def run_jobs(name, jobs, runner, options, budget, passed_before, state):
    """Run JOBS, at most BUDGET seconds of them; returns their total."""
    total, progress, started = Outcome(), Progress(), time.monotonic()
    total.learned = []
    counted = threading.Lock()
    done = reused = left = 0
    pending = []
    for job in jobs:
        before = passed_before.get(job.name)
        if before and before[0] == file_mark(job):
            total.passed += before[1]
            total.skipped += before[2]
            reused += 1
        else:
            pending.append(job)

    def one(job):
        nonlocal done, left
        if budget is not None and time.monotonic() - started > budget:
            with counted:
                left += 1
            return
        outcome = runner.run(job)
        with counted:
            done += 1
            total.passed += outcome.passed
            total.failed += outcome.failed
            total.skipped += outcome.skipped
            if outcome.failed:
                total.learned += [(job.name, test, reason_of(test, outcome.report)) for test in outcome.unknown
                                  or outcome.names or {"(script)"}]
                total.report += outcome.report
                progress.write(f"[{name}] {outcome.report}")
            elif state.enabled:
                passed_before[job.name] = [file_mark(job), outcome.passed, outcome.skipped]
                if done % 50 == 0:
                    state.save()
            if options.verbose:
                progress.write(f"[{name}] {job.name}: {outcome.seconds:.1f} s")
            progress.show(f"[{name}] {done}/{len(pending)} run, {total.passed} tests passed, "
                          f"{total.failed} failed: {job.name}")

    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        futures = [pool.submit(one, job) for job in pending]
        try:
            for future in futures:
                future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            state.save()
            raise
    state.save()
    note = f", {reused} from before" if reused else ""
    note += f", {left} left out (a slice)" if left else ""
    seconds = time.monotonic() - started
    progress.write(f"[{name}] {done} programs{note} in {seconds:.0f} s: {total.passed} passed, {total.failed} failed")
    return total


def build(preset, targets):
    """./x build; True when it succeeded."""
    return subprocess.run([os.path.join(ROOT, "x"), "build", preset] + targets, cwd=ROOT).returncode == 0


def base_environment(scratch, seed):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "GTEST_"))}
    environment.update(SANITIZERS, TMPDIR=scratch, LC_ALL="C.UTF-8", PYTHONPATH=TESTS,
                       PYTHONHASHSEED=str(seed % 4294967296))
    suppressions = os.path.join(TESTS, "tsan.supp")
    if os.path.exists(suppressions):
        environment["TSAN_OPTIONS"] += ":suppressions=" + suppressions
    return environment


def run_configuration(name, options, state, scratch, everything):
    preset, extra, budget = CONFIGURATIONS[name]
    total = Outcome()
    if not everything and time.monotonic() > options.deadline:
        say(f"[{name}] left out: {options.minutes} minutes are over")
        return total
    has_interpreter = os.path.exists(os.path.join(ROOT, "src", "cli", "main.cpp"))
    # Link-time optimisation makes a second program expensive: the unit tests' homes are the sanitizers.
    with_units = has_units() and not extra and (preset != "release" or options.all)
    if options.no_build:
        with_units = with_units and os.path.exists(os.path.join(ROOT, "build", preset, "imugi_unit_tests"))
    targets = (["imugi", "stdlib"] if has_interpreter else []) + (["imugi_unit_tests"] if with_units else [])
    if not targets:
        return total
    if not options.no_build and not build(preset, targets):
        total.failed, total.report = 1, f"[{name}] the build failed\n"
        return total
    folder = os.path.join(ROOT, "build", preset)
    interpreter = {"python": os.path.join(folder, "imugi"), "unit": os.path.join(folder, "imugi_unit_tests")}
    environment = dict(base_environment(scratch, options.seed), **extra)
    jobs = []
    if has_interpreter:
        jobs += [job for job in scripts() if not any(word in name.split("-") for word in job.excluded)]
    if with_units:
        jobs = unit_suites(interpreter["unit"], environment) + jobs
    known = Known(name, strict=options.all)
    excused = [job for job in jobs if known.skips(job.name) and matches(job, options)]
    jobs = [job for job in jobs if matches(job, options) and job not in excused]
    if not jobs:
        return total
    if budget is not None and not everything:
        units = [job for job in jobs if job.kind == "unit"]
        others = [job for job in jobs if job.kind != "unit"]
        random.Random(f"{options.seed} {name}").shuffle(others)
        jobs = units + others
    else:
        budget = None
    if not everything:
        remaining = options.deadline - time.monotonic()
        budget = remaining if budget is None else min(budget, remaining)
    address_space = None if preset in ("asan", "tsan") else 8 << 30
    runner = Runner(options, interpreter, SLOWER[preset], environment, address_space, known)
    runner.patient = everything
    binary = interpreter["python"] if has_interpreter else interpreter["unit"]
    before = state.open(name, binary) if state.enabled else {}
    total = run_jobs(name, jobs, runner, options, budget, before, state)
    total.skipped += len(excused)
    if options.learn:
        learn(name, total)
    return total


def learn(configuration, total):
    """Append the failures of a run to tests/known.txt."""
    with open(KNOWN, "a", encoding="utf-8") as file:
        for name, test, reason in sorted(set(total.learned)):
            file.write(f"fail {configuration} {name} {test}: {reason}\n")


def reason_of(test, report):
    """The line of the report that tells best why TEST failed."""
    lines = [line.strip() for line in report.splitlines() if line.strip()]
    start = next((i for i, line in enumerate(lines) if line == "FAILED " + test), None)
    if start is None:
        return lines[-1][:120] if lines else "no output"
    end = next((i for i in range(start + 1, len(lines)) if lines[i].startswith("FAILED ")
                or CLOSING.match(lines[i])), len(lines))
    return lines[max(start, end - 1)][:120]


def has_units():
    return any(name.endswith("_test.cpp") for _, _, names in os.walk(os.path.join(ROOT, "src")) for name in names)


def matches(job, options):
    return not options.k or any(part in job.name for part in options.k)


def run_on_python(options, scratch):
    """The corpus on another interpreter, for comparison."""
    jobs = [job for job in scripts() if not job.only and matches(job, options)]
    for job in jobs:
        job.options = []
    path = shutil.which(options.python) or options.python
    runner = Runner(options, {"python": path}, 1, base_environment(scratch, options.seed), None)
    return run_jobs(os.path.basename(path), jobs, runner, options, None, {}, State(False))


def run_tools(options, scratch):
    jobs = [job for job in tool_tests() if matches(job, options)]
    if not jobs:
        return Outcome()
    runner = Runner(options, {"python": sys.executable}, 1, base_environment(scratch, options.seed), None)
    return run_jobs("tools", jobs, runner, options, None, {}, State(False))


def main():
    # Who runs this in the background may have it ignore Ctrl-C; tests are about that as well.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
                                     usage="./x test [options]")
    parser.add_argument("--all", action="store_true", help="every test in every configuration, resumable")
    parser.add_argument("-k", metavar="PATTERN", action="append", help="only tests whose name contains it")
    parser.add_argument("--preset", "--configuration", action="append", choices=CONFIGURATIONS, default=None,
                        help="only this configuration, in full (may be repeated)")
    parser.add_argument("--python", metavar="PATH", help="run the scripts on this interpreter instead")
    parser.add_argument("--rebaseline", action="store_true", help="rewrite the golden files that differ")
    parser.add_argument("--seed", type=int, help="of the slices; random unless given")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--minutes", type=float, default=38, help="of a plain run; what is left then is left out")
    parser.add_argument("--learn", action="store_true", help="append the failures to tests/known.txt")
    parser.add_argument("--no-build", action="store_true", help="use the programs as they are")
    parser.add_argument("-v", "--verbose", action="store_true", help="a line for each program")
    options = parser.parse_args()
    if options.seed is None:
        options.seed = random.SystemRandom().randrange(1 << 31)

    totals, started = [], time.monotonic()
    options.deadline = started + 60 * options.minutes
    scratch = tempfile.mkdtemp(prefix="imugi-tests-")
    try:
        if options.python:
            totals.append(run_on_python(options, scratch))
        else:
            say(f"seed {options.seed}")
            everything = options.all or bool(options.preset)
            state = State(options.all)
            if not options.preset:
                totals.append(run_tools(options, scratch))
            for name in options.preset or (CONFIGURATIONS if options.all else PLAIN):
                totals.append(run_configuration(name, options, state, scratch, everything))
    except KeyboardInterrupt:
        say("\nstopped")
        return 130
    finally:
        shutil.rmtree(scratch, ignore_errors=True)

    failures = [total.report for total in totals if total.failed]
    if failures:
        say("\n======== failures ========\n" + "\n".join(failures))
    passed, failed, skipped = (sum(getattr(t, key) for t in totals) for key in ("passed", "failed", "skipped"))
    say(f"{time.monotonic() - started:.0f} s, seed {options.seed}")
    say(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    # A run in which nothing was executed proves nothing.
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
