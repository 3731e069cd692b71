"""Runs the test scripts of a folder (or all) under an interpreter, each in its own process.

    tests/run.py                                  everything under build/release/imugi
    tests/run.py language builtins/test_int.py    these only
    tests/run.py --python python3.13 threads
    tests/run.py --options="-X gil=1"             options for the interpreter
"""

import argparse
import os
import shlex
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDERS = ("language", "builtins", "threads", "robust")


def scripts(names):
    found = []
    for name in names or FOLDERS:
        path = name if os.path.exists(name) else os.path.join(HERE, name)
        if os.path.isdir(path):
            found += sorted(os.path.join(path, file) for file in os.listdir(path)
                            if file.startswith("test_") and file.endswith(".py"))
        elif os.path.exists(path):
            found.append(path)
        else:
            sys.exit("run.py: there is no test %s" % name)
    return found


def run(command, path, timeout):
    """Returns (passed, seconds, output)."""
    start = time.perf_counter()
    try:
        done = subprocess.run(command + [path], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=timeout)
        text = done.stdout.decode(errors="replace")
        ok = done.returncode == 0
        if done.returncode < 0:
            text += "killed by signal %d\n" % -done.returncode
    except subprocess.TimeoutExpired as error:
        text = (error.stdout or b"").decode(errors="replace") + "no end after %d s\n" % timeout
        ok = False
    return ok, time.perf_counter() - start, text


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("tests", nargs="*", metavar="FOLDER|FILE")
    parser.add_argument("--python", default=os.path.join(HERE, "..", "build", "release", "imugi"))
    parser.add_argument("--options", default="", help="for the interpreter, as one string")
    parser.add_argument("--timeout", type=int, default=120, metavar="S", help="for each script")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--quiet", action="store_true", help="only the summary lines of failures")
    options = parser.parse_args()
    python = shutil.which(options.python)
    if not python:
        sys.exit("run.py: there is no interpreter %s" % os.path.normpath(options.python))
    command = [os.path.abspath(python)] + shlex.split(options.options)
    paths = scripts(options.tests)
    failed = []
    with ThreadPoolExecutor(options.jobs) as pool:
        for path, (ok, seconds, text) in zip(
                paths, pool.map(lambda path: run(command, path, options.timeout), paths)):
            lines = text.strip().splitlines() or [""]
            name = os.path.relpath(path, HERE)
            print("%-4s %-40s %6.1f s  %s" % ("ok" if ok else "FAIL", name, seconds, lines[-1]),
                  flush=True)
            if not ok:
                failed.append(name)
                if options.quiet:
                    lines = [line for line in lines if line.startswith("FAILED")]
                print("\n".join("    " + line for line in lines))
    print("%d of %d scripts passed" % (len(paths) - len(failed), len(paths)))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
