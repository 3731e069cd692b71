#!/usr/bin/env python3
"""Compare imugi's syntax trees with CPython's, node by node and position by position.

    tools/compare_ast.py --python python3.13 [--imugi build/release/imugi] [FILE or FOLDER...]

For every source (default: the standard library) that the CPython can parse,
ast.dump(ast.parse(source), include_attributes=True) must be the same text. Sources that CPython 3.13 rejects
because they use 3.14's syntax are counted and named. Prints the first difference of each file.
"""

import argparse
import concurrent.futures
import json
import os
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# Runs on both interpreters: one JSON line for each file, a digest unless the whole text is wanted.
DUMPER = r"""
import ast, hashlib, json, sys, warnings
warnings.simplefilter("ignore")
sys.setrecursionlimit(20000)
whole = sys.argv[2] == "whole"
with open(sys.argv[1], encoding="utf-8") as listing:
    paths = json.load(listing)
for path in paths:
    with open(path, "rb") as file:
        source = file.read()
    try:
        text = ast.dump(ast.parse(source), include_attributes=True)
        row = [path, text if whole else hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(), None]
    except (SyntaxError, ValueError) as error:
        row = [path, None, type(error).__name__ + ": " + str(error)]
    print(json.dumps(row), flush=True)
"""

# Documented differences between the trees of CPython 3.13 and 3.14, as replacements on 3.13's text: none known to
# concern ast.parse of sources that both accept.
CHANGES = ()


def sources(paths):
    found = []
    for path in paths:
        if os.path.isfile(path):
            found.append(path)
        for base, folders, names in os.walk(path):
            folders[:] = sorted(f for f in folders if f != "__pycache__")
            found += [os.path.join(base, name) for name in sorted(names) if name.endswith(".py")]
    return found


def dump(interpreter, paths, whole=False):
    """path -> (text or digest, error); files after a crash are absent."""
    with tempfile.TemporaryDirectory() as folder:
        script, listing = os.path.join(folder, "dumper.py"), os.path.join(folder, "paths.json")
        with open(script, "w", encoding="utf-8") as file:
            file.write(DUMPER)
        with open(listing, "w", encoding="utf-8") as file:
            json.dump(paths, file)
        done = subprocess.run([interpreter, script, listing, "whole" if whole else "digest"], text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[")]
    if done.returncode:
        sys.stderr.write(f"{interpreter}: exit status {done.returncode}\n{done.stderr[-2000:]}")
    return {path: (text, error) for path, text, error in rows}


def difference(ours, theirs):
    """The surroundings of the first character that differs."""
    at = next((i for i, (a, b) in enumerate(zip(ours, theirs)) if a != b), min(len(ours), len(theirs)))
    start = max(0, at - 120)
    return f"    imugi:   ...{ours[start:at + 160]}\n    CPython: ...{theirs[start:at + 160]}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", default="python3.13")
    parser.add_argument("--imugi", default=os.path.join(ROOT, "build", "release", "imugi"))
    parser.add_argument("paths", nargs="*")
    options = parser.parse_args()
    python = shutil.which(options.python)
    if not python:
        sys.exit(f"compare_ast: no interpreter {options.python}")
    paths = sources(options.paths or [os.path.join(ROOT, "build", "stdlib", "lib", "python3.14t")])
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        ours, theirs = pool.map(lambda interpreter: dump(interpreter, paths), (options.imugi, python))
    passed = failed = skipped = 0
    for path in paths:
        text, error = theirs.get(path, (None, "no answer"))
        mine, my_error = ours.get(path, (None, "no answer: it crashed here or before"))
        if text is None:
            skipped += 1
            print(f"not CPython's: {path}: {error}; imugi: {my_error or 'accepts it'}")
        elif text == mine:
            passed += 1
        else:
            wanted = dump(python, [path], whole=True)[path][0]
            for old, new in CHANGES:
                wanted = wanted.replace(old, new)
            got = dump(options.imugi, [path], whole=True).get(path, (None, "it crashed"))
            if got[0] == wanted:
                passed += 1
                continue
            failed += 1
            print(f"differs: {path}\n" + (difference(got[0], wanted) if got[0] else f"    imugi: {got[1]}"), flush=True)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
