#!/usr/bin/env python3
"""Run CPython's test modules on imugi and compare with the lists of known failures.

    ./x conformance --python-tests /usr/lib/python3.13 [--update] [-k PART] [MODULE...]

A module runs in a process of its own, several at once; a crash or a hang costs the test it happened in, the
rest is run again. What fails must be in tests/conformance/MODULE.txt, one line a test:

    fail NAME: reason        (or `crash`, `hang`; reasons may be edited, --update keeps them)

and what is listed must fail: an unexpected pass is an error as well. --update rewrites the lists and
docs/conformance.md. The tests that CPython itself passes are found by running them there once (the
interpreter is looked for beside DIR, or named with --reference) and kept in build/conformance.
Without --python-tests the project's own corpus is run. Works with Python 3.9 and later.
"""

import argparse
import concurrent.futures
import json
import os
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
LISTS = os.path.join(ROOT, "tests", "conformance")
TABLE = os.path.join(ROOT, "docs", "conformance.md")
DRIVER = os.path.join(ROOT, "tools", "conformance_driver.py")
MODULES = """
    test_int test_long test_float test_str test_bytes test_list test_dict test_set test_tuple test_memoryview
    test_range test_slice test_builtin test_descr test_generators test_coroutines test_asyncgen test_patma
    test_fstring test_exceptions test_scope test_with test_weakref test_gc test_sys_settrace test_thread
    test_threading test_queue test_re test_json test_struct test_itertools test_functools test_collections
    test_io test_math""".split()
BAD = ("fail", "crash", "hang")


class Run:
    """What became of a module: name -> (status, reason), in the order of the module."""

    def __init__(self):
        self.tests, self.results, self.load, self.seconds = [], {}, None, 0.0

    def count(self, *statuses):
        return sum(1 for status, _ in self.results.values() if status in statuses)


def signal_name(status):
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"signal {-status}"


def read_rows(path, offset):
    """The complete lines after OFFSET, and the offset behind them."""
    try:
        with open(path, "rb") as file:
            file.seek(offset)
            data = file.read()
    except OSError:
        return [], offset
    end = data.rfind(b"\n") + 1
    return [json.loads(line) for line in data[:end].splitlines()], offset + end


def limit_memory():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))


def one_process(command, job, folder, limit, run):
    """Start the driver once and take in its report. Returns False when it cannot go on from here."""
    job_path = os.path.join(folder, "job.json")
    with open(job_path, "w", encoding="utf-8") as file:
        json.dump(job, file)
    work = tempfile.mkdtemp(prefix="cwd-", dir=folder)
    log = open(os.path.join(folder, "log"), "w+b")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    environment.update(TMPDIR=work, PYTHONFAULTHANDLER="1")
    process = subprocess.Popen(command + [DRIVER, job_path], cwd=work, stdin=subprocess.DEVNULL, stdout=log,
                               stderr=log, env=environment, start_new_session=True, preexec_fn=limit_memory)
    offset, current, finished, progressed, last = 0, None, False, False, time.monotonic()
    hung = False
    while True:
        ended = process.poll() is not None
        rows, offset = read_rows(job["report"], offset)
        for row in rows:
            last = time.monotonic()
            if row[0] == "tests":
                run.tests = row[1]
            elif row[0] == "load":
                run.load = row[1]
                finished = True
            elif row[0] == "start":
                current, progressed = row[1], True
            elif row[0] == "end":
                run.results[row[1]] = (row[2], row[3])
                current = None
            elif row[0] in ("setup", "skipclass"):
                # "setUpClass (test.test_x.Class)": its tests get that verdict, those of a module likewise.
                where = re.search(r"\((.*)\)", row[1])
                prefix = where.group(1)[len(job["module"]) + 1:] + "." if where else ""
                prefix = "" if prefix == "." else prefix
                status = "fail" if row[0] == "setup" else "skip"
                for name in run.tests:
                    if name.startswith(prefix) and name not in run.results:
                        run.results[name] = (status, row[2])
            elif row[0] == "done":
                finished = True
        if ended:
            break
        if time.monotonic() - last > limit:
            hung = True
            break
        time.sleep(0.05)
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    status = process.wait()
    shutil.rmtree(work, ignore_errors=True)
    log.seek(0)
    tail = log.read()[-4000:].decode("utf-8", "replace")
    log.close()
    if current is not None:
        if hung:
            run.results[current] = ("hang", f"no end after {limit:g} s")
        else:
            how = signal_name(status) if status < 0 else f"exit status {status}"
            run.results[current] = ("crash", how)
        return True
    if finished and not hung and status >= 0:
        return False
    how = "hang" if hung else signal_name(status) if status < 0 else f"exit status {status}"
    if finished or all(name in run.results for name in run.tests) and run.tests:
        run.tests.append("(at exit)")
        run.results["(at exit)"] = ("hang" if hung else "crash", how)
        return False
    if not progressed:
        lines = [line for line in tail.splitlines() if line.strip()]
        run.load = f"{how}: {lines[-1] if lines else ''}"[:160]
        return False
    return True


def install(imugi, tests, folder):
    """Copy the interpreter to FOLDER with a library that has the package `test`: what the tests start with -I finds it."""
    library = subprocess.run([imugi, "-I", "-c", "import os; print(os.path.dirname(os.__file__))"], check=True,
                             stdout=subprocess.PIPE, text=True).stdout.strip()
    place = os.path.join(folder, "lib", os.path.basename(library))
    os.makedirs(place)
    os.mkdir(os.path.join(folder, "bin"))
    for name in os.listdir(library):
        os.symlink(os.path.join(library, name), os.path.join(place, name))
    os.symlink(tests, os.path.join(place, "test"))
    return shutil.copy(imugi, os.path.join(folder, "bin", os.path.basename(imugi)))


def run_module(command, module, tests, limit, only=None, list_only=False):
    """Run a module to its end, however many processes that takes."""
    run, started = Run(), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="imugi-conformance-") as folder:
        # The package alone: the rest of that standard library must not be found.
        path = os.path.join(folder, "lib")
        os.mkdir(path)
        os.symlink(tests, os.path.join(path, "test"))
        while True:
            report = os.path.join(folder, "report")
            if os.path.exists(report):
                os.remove(report)
            job = {"module": "test." + module, "path": path, "report": report, "done": sorted(run.results),
                   "only": only, "list": list_only}
            if not one_process(command, job, folder, limit, run):
                break
    if not list_only and not run.load:
        for name in run.tests:
            run.results.setdefault(name, ("fail", "did not run"))
    run.seconds = time.monotonic() - started
    return run


# ---- lists of known failures ---------------------------------------------------------------------------

LINE = re.compile(r"^(fail|crash|hang|load) (.+?)(?:: (.*))?$")


def read_list(module):
    """name -> (status, reason) of the known failures of a module."""
    known = {}
    path = os.path.join(LISTS, module + ".txt")
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            for line in file:
                if line.strip() and not line.startswith("#"):
                    match = LINE.match(line.rstrip("\n"))
                    if not match:
                        sys.exit(f"conformance: {path}: not understood: {line.rstrip()}")
                    known[match.group(2)] = (match.group(1), match.group(3) or "")
    return known


def write_list(module, run, known):
    lines = ["# Tests of CPython's " + module + " that imugi does not pass, with the reason; kept by",
             "# `./x conformance --update`. A line that no longer holds is an error as well."]
    if run.load:
        lines.append(f"load {module}: {run.load}")
    for name, (status, reason) in run.results.items():
        if status in BAD:
            old = known.get(name)
            lines.append(f"{status} {name}: {old[1] if old and old[0] == status and old[1] else reason}")
    path = os.path.join(LISTS, module + ".txt")
    if len(lines) == 2:
        if os.path.exists(path):
            os.remove(path)
        return
    os.makedirs(LISTS, exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def compare(module, run, known, partial):
    """Messages for what differs from the list."""
    messages = []
    if run.load:
        if "load" not in [status for status, _ in known.values()]:
            messages.append(f"{module} does not load: {run.load}")
        return messages
    for name, (status, reason) in run.results.items():
        if status in BAD and name not in known:
            messages.append(f"unexpected {status}: {module} {name}: {reason}")
        elif status == "pass" and name in known:
            messages.append(f"unexpected pass: {module} {name} (listed as: {' '.join(known[name])})")
        elif status in ("crash", "hang") and known[name][0] == "fail":
            messages.append(f"worse than listed: {module} {name}: {status}, {reason}")
    if not partial:
        for name in known:
            if name not in run.results:
                messages.append(f"listed, but there is no such test: {module} {name}")
    return messages


# ---- the reference -------------------------------------------------------------------------------------


def reference_interpreter(folder, named):
    """The CPython whose tests these are: given, or found beside its library."""
    if named:
        return shutil.which(named) or named
    version = re.search(r"python(3\.\d+)", folder)
    if version:
        for path in (os.path.join(folder, "..", "..", "bin", "python" + version.group(1)),
                     shutil.which("python" + version.group(1))):
            if path and os.path.exists(path):
                return os.path.normpath(path)
    return None


def reference_results(interpreter, module, tests, limit):
    """name -> status on CPython; cached, since it does not change."""
    if not interpreter:
        return None
    folder = os.path.join(ROOT, "build", "conformance")
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, f"{os.path.basename(interpreter)}-{module}.json")
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError):
        pass
    run = run_module([interpreter], module, tests, limit)
    statuses = {name: status for name, (status, _) in run.results.items()}
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(statuses, file)
    os.replace(path + ".new", path)
    return statuses


# What begins a reason that says the test is not about Python 3.14: another version, CPython's own inside.
FOREIGN = ("3.14: ", "CPython: ")


def row_of(module, run, reference, known):
    """Numbers of the table: tests CPython passes (or all), what became of them, per cent of those that count."""
    if reference:
        applicable = [name for name, status in reference.items() if status == "pass"]
    else:
        applicable = [name for name, (status, _) in run.results.items() if status != "skip"]
    passed = sum(1 for name in applicable if run.results.get(name, ("",))[0] == "pass")
    # A class that wants a module which is not there may not even be defined.
    skipped = sum(1 for name in applicable if run.results.get(name, ("" if run.load else "skip",))[0] == "skip")
    foreign = sum(1 for name in applicable if run.results.get(name, ("",))[0] == "fail"
                  and known.get(name, ("", ""))[1].startswith(FOREIGN))
    crashed = run.count("crash", "hang")
    counted = len(applicable) - skipped - foreign
    percent = 100.0 * passed / counted if counted else 100.0
    return {"module": module, "tests": len(applicable), "passed": passed, "skipped": skipped, "foreign": foreign,
            "failed": counted - passed, "crashed": crashed, "percent": percent, "load": run.load}


HEADER = """# Conformance

CPython's own test modules, run on imugi by `./x conformance --python-tests DIR`. *Tests* counts the test methods
that {reference} passes on the same machine. *Skipped* are those that want a helper module of CPython's written in C, or
say themselves that they do not apply. *Foreign* are those that fail since they test what 3.14 has changed, or CPython's
bytecode, sizes and C API; those marked as details of CPython do run. *Per cent* is passed of the tests that are neither. What
fails is listed, test by test with the reason, in `tests/conformance/`. Last written at commit {commit}.

| module | tests | passed | foreign | skipped | failed | crash or hang | per cent |
|---|---:|---:|---:|---:|---:|---:|---:|
"""


def write_table(rows, reference):
    """Rewrite docs/conformance.md; rows of modules that were not run now are kept."""
    kept = {}
    if os.path.exists(TABLE):
        with open(TABLE, encoding="utf-8") as file:
            for line in file:
                if line.startswith("| test_") and line.count("|") == HEADER.splitlines()[-1].count("|"):
                    kept[line.split("|")[1].strip()] = line
    for row in rows:
        note = f" (does not load: {row['load']})" if row["load"] else ""
        kept[row["module"]] = (f"| {row['module']} | {row['tests']} | {row['passed']} | {row['foreign']} | "
                               f"{row['skipped']} | {row['failed']}{note} | {row['crashed']} | {row['percent']:.1f} |\n")
    sums = [0] * 6
    for line in kept.values():
        for i, cell in enumerate(line.split("|")[2:8]):
            sums[i] += int(cell.split()[0])
    counted = sums[0] - sums[2] - sums[3]
    commit = subprocess.run(["git", "log", "-1", "--format=%h of %cs"], cwd=ROOT, stdout=subprocess.PIPE,
                            text=True).stdout.strip()
    with open(TABLE, "w", encoding="utf-8") as file:
        file.write(HEADER.format(commit=commit or "unknown", reference="CPython" if not reference else
                                 re.sub(r"^python", "CPython ", os.path.basename(reference))))
        file.writelines(kept[name] for name in sorted(kept))
        file.write(f"| all | {' | '.join(map(str, sums))} | {100.0 * sums[1] / max(1, counted):.1f} |\n")


def main():
    # Who runs this in the background may have it ignore Ctrl-C; tests are about that as well.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
                                     usage="./x conformance [options] [MODULE...]")
    parser.add_argument("--python-tests", metavar="DIR", help="a Lib folder with test/ in it, or that test/")
    parser.add_argument("--imugi", default=os.path.join(ROOT, "build", "release", "imugi"))
    parser.add_argument("--reference", metavar="PATH", help="the CPython these tests belong to")
    parser.add_argument("--update", action="store_true", help="rewrite the lists and docs/conformance.md")
    parser.add_argument("--limit", type=float, default=60, help="seconds a test may take (60)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("-k", action="append", metavar="PART", help="only tests whose name contains it")
    parser.add_argument("modules", nargs="*")
    options = parser.parse_args()
    if not options.python_tests:
        return subprocess.run([sys.executable, os.path.join(ROOT, "tests", "run.py"), "--preset", "release",
                               "--no-build"]).returncode
    tests = os.path.abspath(options.python_tests)
    if os.path.isdir(os.path.join(tests, "test")):
        tests = os.path.join(tests, "test")
    if not os.path.isdir(os.path.join(tests, "support")):
        sys.exit(f"conformance: {tests} is not CPython's test package")
    reference = reference_interpreter(os.path.dirname(tests), options.reference)
    if not reference:
        print("conformance: no CPython beside these tests; per cent is of the tests that were not skipped")
    modules = options.modules or MODULES
    installed = tempfile.TemporaryDirectory(prefix="imugi-installed-")
    command = [install(os.path.abspath(options.imugi), tests, installed.name)]
    printing, rows, messages, totals = threading.Lock(), [], [], [0, 0, 0]

    def one(module):
        expected = None if options.k else reference_results(reference, module, tests, options.limit)
        run = run_module(command, module, tests, options.limit, options.k)
        known = read_list(module)
        found = [] if options.update else compare(module, run, known, bool(options.k))
        if options.update and not options.k:
            write_list(module, run, known)
        row = row_of(module, run, expected, read_list(module))
        with printing:
            rows.append(row)
            messages.extend(found)
            totals[0] += run.count("pass")
            totals[1] += run.count(*BAD) + (1 if run.load else 0)
            totals[2] += run.count("skip")
            print(f"[{len(rows)}/{len(modules)}] {module}: {row['passed']} of {row['tests']} "
                  f"({row['percent']:.1f} %), {row['foreign']} foreign, {row['skipped']} skipped, {row['crashed']} crashed or hung, "
                  f"{run.seconds:.0f} s" + (f"; does not load: {run.load}" if run.load else ""), flush=True)
            if options.k:
                for name, (status, reason) in run.results.items():
                    print(f"  {status} {name}: {reason}")

    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for future in [pool.submit(one, module) for module in modules]:
            future.result()
    if options.update and not options.k:
        write_table(rows, reference)
    for message in messages:
        print(message)
    print(f"{totals[0]} tests pass, {totals[1]} do not, {totals[2]} are skipped; "
          f"{len(messages)} differences from the lists")
    return 1 if messages else 0


if __name__ == "__main__":
    sys.exit(main())
