#!/usr/bin/env python3
"""The functions that every program needs, which the linker lays side by side: fewer pages are touched, and mapped.

    tools/startup_order.py --gather [INTERPRETER]       rewrites cmake/startup.order (build/release/imugi; needs
                                                        valgrind): what `-c pass` runs, then what the smoke tests run
    tools/startup_order.py --resolve PROGRAM OUTPUT     the list with the names as they are in PROGRAM: link-time
                                                        optimisation adds hashes to local ones

A name that is in no program any more does no harm, so the list need not follow every change; renew it now and then.
"""

import glob
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ORDER = os.path.join(ROOT, "cmake", "startup.order")


def symbols(program):
    listing = subprocess.run(["nm", "--defined-only", program], stdout=subprocess.PIPE, text=True, check=True).stdout
    return [line.split()[-1] for line in listing.splitlines()]


def plain(name):
    return name.partition(".llvm.")[0].partition("'")[0]


def executed(command, own):
    """Those of the program's own functions that the command runs, by their mangled names."""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "callgrind.out")
        subprocess.run(["valgrind", "-q", "--tool=callgrind", "--demangle=no", f"--callgrind-out-file={out}", *command],
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        with open(out) as file:
            names = re.findall(r"^c?fn=\(\d+\) (\w[\w.']+)", file.read(), re.MULTILINE)
    return {plain(name) for name in names} & own


def gather(interpreter):
    # Without line tables, which valgrind may not understand; in the same folder, from which it finds its library.
    bare = interpreter + "-bare"
    subprocess.run(["strip", "-g", "-o", bare, interpreter], check=True)
    own = set(map(plain, symbols(bare)))
    try:
        first = executed([bare, "-c", "pass"], own)
        second = set()
        for path in sorted(glob.glob(os.path.join(ROOT, "tests", "smoke", "*.py"))):
            second |= executed([bare, path], own)
    finally:
        os.remove(bare)
    with open(ORDER, "w") as file:
        file.writelines(name + "\n" for name in sorted(first) + sorted(second - first))
    print(f"{len(first)} functions of start-up, {len(second - first)} others: {os.path.relpath(ORDER, ROOT)}")


def resolve(program, output):
    known = {}
    for name in symbols(program):
        known.setdefault(plain(name), []).append(name)
    with open(ORDER) as file, open(output, "w") as out:
        for line in file:
            out.writelines(name + "\n" for name in known.get(line.strip(), ()))


def main():
    if sys.argv[1:2] == ["--gather"]:
        gather(sys.argv[2] if len(sys.argv) > 2 else os.path.join(ROOT, "build", "release", "imugi"))
    elif sys.argv[1:2] == ["--resolve"] and len(sys.argv) == 4:
        resolve(sys.argv[2], sys.argv[3])
    else:
        sys.exit(__doc__)


main()
