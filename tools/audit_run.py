"""What both audits share: workers that run a list of operations on one interpreter, and lists of known differences.

Used by tools/audit.py (values) and tools/audit_programs.py (programs).
"""

import fnmatch
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
STALL = 5.0  # seconds of processor time without progress after which a worker counts as hung
STALL_WALL = 60.0  # and of any time: it may sleep, but other work on the machine may hold it up too


def processor_seconds(pid):
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, IndexError):
        return 0.0


def environment():
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    kept.update(PYTHONHASHSEED="0", LC_ALL="C.UTF-8", TZ="UTC")
    return kept


def run_worker(command, worker, operations, folder, name):
    """What all operations gave on one interpreter; a worker that dies or hangs costs one of them."""
    path = os.path.join(folder, "operations")
    report = os.path.join(folder, name)
    results = [None] * len(operations)
    start = 0
    while start < len(operations):
        for old in (report, report + ".at"):
            if os.path.exists(old):
                os.remove(old)
        with open(os.path.join(folder, name + ".log"), "wb") as log:
            process = subprocess.Popen(command + [worker, "run", path, report, str(start)], stdin=subprocess.DEVNULL,
                                       stdout=log, stderr=log, env=environment(), start_new_session=True, cwd=folder)
        last, used, at = time.monotonic(), 0.0, -1
        while process.poll() is None:
            time.sleep(0.05)
            now = mark(report)
            if now != at:
                at, last, used = now, time.monotonic(), processor_seconds(process.pid)
            elif time.monotonic() - last > STALL_WALL or processor_seconds(process.pid) - used > STALL:
                break
        hung = process.poll() is None
        if hung:
            os.killpg(process.pid, signal.SIGKILL)
        status = process.wait()
        if os.path.exists(report):
            with open(report, encoding="utf-8") as file:
                for line in file:
                    if line.endswith("\n") and line.strip():
                        number, text = json.loads(line)
                        results[number] = text
        if not hung and status == 0:
            break
        at = mark(report)
        if at < start:
            with open(os.path.join(folder, name + ".log"), "rb") as log:
                sys.exit(f"audit: {command[0]} does not run the worker: " + log.read()[-600:].decode("utf-8", "replace"))
        # Those before it that were not reported yet are done again.
        missing = next(i for i in range(start, at + 1) if results[i] is None)
        if missing == at:
            results[at] = "hang" if hung else "crash: status %d" % status
            start = at + 1
        else:
            results[at] = "hang" if hung else "crash: status %d" % status
            redo = run_range(command, worker, operations, folder, name, missing, at)
            results[missing:at] = redo
            start = at + 1
    return results


def run_range(command, worker, operations, folder, name, first, last):
    """Operations first..last-1 again, without the one that ended the process."""
    inner = tempfile.mkdtemp(dir=folder)
    with open(os.path.join(inner, "operations"), "w", encoding="utf-8") as file:
        file.writelines(json.dumps(operation) + "\n" for operation in operations[first:last])
    return run_worker(command, worker, operations[first:last], inner, name)


def mark(report):
    try:
        with open(report + ".at", "rb") as file:
            return int(file.read(10) or b"-1")
    except (OSError, ValueError):
        return -1


def read_known(path):
    known = []
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            for line in file:
                if line.strip() and not line.startswith("#"):
                    parts = [part.strip() for part in line.split(" | ")]
                    if len(parts) != 4:
                        sys.exit(f"audit: {path}: not understood: {line.rstrip()}")
                    known.append(parts)
    return known


def is_known(known, target, left, right):
    for row in known:
        if (fnmatch.fnmatchcase(target, row[0]) and fnmatch.fnmatchcase(left, row[1]) and fnmatch.fnmatchcase(right, row[2])):
            return True
    return False


def generic(text):
    """The text without its particulars, for grouping."""
    text = re.sub(r"(, not|received a) [\w.]+", r"\1 _", text.split(" -> ")[0])
    text = re.sub(r"'[^']*'|\"[^\"]*\"", "'_'", text)
    return re.sub(r"\d+", "0", text)[:90]


def load_state(path, restart):
    state = {"batches": 0, "operations": 0, "differences": []}
    if os.path.exists(path) and not restart:
        with open(path, encoding="utf-8") as file:
            state = json.load(file)
        print(f"audit: going on after {state['operations']} operations", flush=True)
    return state


def save_state(path, state):
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(state, file)
    os.replace(path + ".new", path)


def progress(state, count, started):
    print(f"\r{state['operations']} of {count} operations, {len(state['differences'])} differ, "
          f"{time.monotonic() - started:.0f} s ", end="" if sys.stdout.isatty() else "\n", flush=True)
