#!/usr/bin/env python3
"""The functions that programs need, which the linker lays side by side: fewer pages are touched, and mapped.

    tools/startup_order.py --gather [INTERPRETER]       rewrites cmake/startup.order (build/release/imugi; needs
                                                        valgrind): what `-c pass` runs, the hot ones of it last, then
                                                        what else is hot, the smoke tests run, the profile has seen
    tools/startup_order.py --resolve PROGRAM OUTPUT     the list with the names as they are in PROGRAM: link-time
                                                        optimisation adds hashes to local ones

A name that is in no program any more does no harm, so the list need not follow every change; renew it now and then.
"""

import bisect
import collections
import glob
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ORDER = os.path.join(ROOT, "cmake", "startup.order")
PROFILE = os.path.join(ROOT, "cmake", "imugi.profdata")
# A function one of whose blocks ran so often in the benchmark programs is hot.
HOT = 200_000


def output_of(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True).stdout


def symbols(program):
    """(address, name) of each function, in order."""
    rows = (line.split() for line in output_of("nm", "-n", "--defined-only", program).splitlines())
    return [(int(row[0], 16), row[2]) for row in rows if len(row) == 3 and row[1] in "tTwW"]


def plain(name):
    return re.sub(r"\.llvm\.\d+", "", name)


def executed(command, own):
    """Those of the program's own functions that the command runs, by their mangled names."""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "callgrind.out")
        subprocess.run(["valgrind", "-q", "--tool=callgrind", "--dump-instr=yes", f"--callgrind-out-file={out}",
                        *command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                       check=False)
        starts = [address for address, _ in own]
        end = starts[-1]
        found, address = set(), 0
        with open(out) as file:
            for match in re.finditer(r"^(?:0x([0-9a-f]+)|([+-]\d+)|\*) ", file.read(), re.MULTILINE):
                address = int(match[1], 16) if match[1] else address + int(match[2] or 0)
                if starts[0] <= address < end:
                    found.add(bisect.bisect_right(starts, address) - 1)
        return {plain(own[index][1]) for index in found}


def profiled():
    """How often the busiest block of each function ran when the profile was taken."""
    counts, name = {}, ""
    for line in output_of("llvm-profdata-19", "show", "--all-functions", "--counts", PROFILE).splitlines():
        if line.startswith("  ") and line[2] != " ":
            name = line.strip().rstrip(":").rpartition(";")[2]
        elif "Block counts:" in line or "Function count:" in line:
            counts[name] = max([counts.get(name, 0), *map(int, re.findall(r"\d+", line))])
    return counts


def gather(interpreter):
    # Without line tables, which valgrind may not understand; in the same folder, from which it finds its library.
    bare = interpreter + "-bare"
    subprocess.run(["strip", "-g", "-o", bare, interpreter], check=True)
    own = symbols(bare)
    try:
        first = executed([bare, "-c", "pass"], own)
        smoke = collections.Counter()
        for path in sorted(glob.glob(os.path.join(ROOT, "tests", "smoke", "*.py"))):
            smoke.update(executed([bare, path], own))
    finally:
        os.remove(bare)
    counts = profiled()
    there = {plain(name) for _, name in own}
    hot = {name for name, count in counts.items() if count >= HOT} & there
    seen = {name for name, count in counts.items() if count} & there
    groups = [first - hot, first & hot, hot - first, smoke.keys() - first - hot, seen - smoke.keys() - first - hot]
    with open(ORDER, "w") as file:
        for group in groups:
            # What many programs run comes first.
            file.writelines(name + "\n" for name in sorted(group, key=lambda name: (-smoke[name], name)))
    print(f"{os.path.relpath(ORDER, ROOT)}: {', '.join(str(len(group)) for group in groups)} functions")


def resolve(program, output):
    known = {}
    for _, name in symbols(program):
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
