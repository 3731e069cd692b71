"""The audit of programs: sources of the standard library, whole and damaged, compiled by imugi and by a CPython.

Used by ./x audit. Every source of the reference's library as it is, then pieces of them with one mistake each (a token
dropped, doubled, swapped, replaced, a line cut, an indent changed, an encoding broken), made alike on both sides by
tools/audit_programs_worker.py. Compared: whether they compile, or the error's type, text, position and line; warnings;
syntax tree with positions; symbol tables; tokens. Differences are grouped by what differs, with an example each; what may
differ is in tests/audit/known_programs.txt, where TARGET is ASPECT KIND PATH.
"""

import concurrent.futures
import difflib
import json
import os
import random
import re
import subprocess
import tempfile
import time

from audit_run import ROOT, generic, is_known, load_state, progress, read_known, run_worker, save_state

WORKER = os.path.join(ROOT, "tools", "audit_programs_worker.py")
KNOWN = os.path.join(ROOT, "tests", "audit", "known_programs.txt")
BATCH = 1000
ASPECTS = ("compile", "warnings", "tree", "symbols", "tokens")

# What 3.14 says where 3.13 said otherwise: the reference's text is rewritten before the comparison.
NEWER = [(re.compile(pattern), replacement) for pattern, replacement in (
    (r"invalid escape sequence '(\\[^']*|\\')'", r'"\1" is an invalid escape sequence. Such sequences will not work in the future. '
     r'Did you mean "\\\1"? A raw string is also an option.'),
    (r"duplicate argument '", "duplicate parameter '"),
    (r"invalid octal escape sequence '(\\[^']*)'", r'"\1" is an invalid octal escape sequence. Such sequences will not work in the future. '
     r'Did you mean "\\\1"? A raw string is also an option.'),
)]


def modern(text):
    for pattern, replacement in NEWER:
        text = pattern.sub(replacement, text)
    return text


def library(python):
    """The reference's own sources, in order."""
    where = subprocess.run([python, "-c", "import os; print(os.path.dirname(os.__file__))"], check=True, capture_output=True, text=True)
    found = []
    for base, folders, names in os.walk(where.stdout.strip()):
        folders[:] = sorted(name for name in folders if name not in ("__pycache__", "site-packages"))
        found += [os.path.join(base, name) for name in sorted(names) if name.endswith(".py")]
    return found


def perform(commands, operations):
    """What both interpreters say of a list of operations."""
    with tempfile.TemporaryDirectory(prefix="imugi-audit-") as work:
        with open(os.path.join(work, "operations"), "w", encoding="utf-8") as file:
            file.writelines(json.dumps(operation) + "\n" for operation in operations)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            return pool.map(lambda at: run_worker(commands[at], WORKER, operations, work, f"report{at}"), (0, 1))


# 3.13.0 gives the line where the literal begins.
ESCAPE_LINE = re.compile(r'(SyntaxWarning|DeprecationWarning) \d+ (?="\\[^"]*" is an invalid)')


def same_place(left, right):
    """The same error at the same place, its text cut elsewhere: 3.14 has often read further when it complains."""
    where_left, _, text_left = left.rpartition(" | ")
    where_right, _, text_right = right.rpartition(" | ")
    shorter, longer = sorted((text_left.strip("'\" "), text_right.strip("'\" ")), key=len)
    return where_left == where_right and shorter.removesuffix("\\n") in longer


def compare(left, right):
    """(aspect, reference, imugi) of the first aspect that differs, or None; None too where only one knows t-strings."""
    if isinstance(left, str):
        return None
    if isinstance(right, str):
        return "compile", str(left["compile"]), right
    if left["digest"] != right["digest"]:
        return "damage", left["digest"], right["digest"]
    if left["templates"] != right["templates"]:
        return None
    for aspect in ASPECTS:
        a, b = modern(str(left.get(aspect))), str(right.get(aspect))
        if aspect == "warnings":
            a, b = ESCAPE_LINE.sub(r"\1 ", a), ESCAPE_LINE.sub(r"\1 ", b)
        if a != b and not (aspect == "symbols" and "None" in (a, b)) and not (aspect == "compile" and same_place(a, b)):
            return aspect, a, b
    return None


def example(commands, path, seed, aspect):
    """What differs, in full, for a reader."""
    left, right = perform(commands, [[path, seed, True]])
    if isinstance(left[0], str) or isinstance(right[0], str):
        return ""
    a, b = str(left[0].get(aspect)), str(right[0].get(aspect))
    if aspect in ("tokens", "symbols"):
        lines = [line for line in difflib.unified_diff(a.split("\n"), b.split("\n"), lineterm="", n=1)][3:9]
        return "\n".join("        " + line for line in lines)
    at = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
    return f"        ...{a[max(0, at - 100):at + 120]}\n        ...{b[max(0, at - 100):at + 120]}"


def audit(options, folder):
    python, imugi = os.path.abspath(options.python), os.path.abspath(options.imugi)
    commands = [[python], [imugi]]
    paths = [path for path in library(python) if options.k in path]
    state_path = os.path.join(folder, f"programs-{options.seed}-{options.k or 'all'}.json".replace("/", "_"))
    state = load_state(state_path, options.restart)
    count = len(paths) + options.programs
    started = time.monotonic()
    while state["operations"] < count:
        first = state["operations"]
        choose = random.Random(f"{options.seed}:{first}")
        operations = []
        for number in range(first, min(first + (BATCH if first >= len(paths) else 100), count)):
            # Pieces of few files at a time: a worker keeps the files it has read.
            operations.append([paths[number], None, False] if number < len(paths)
                              else [choose.choice(paths), options.seed * 10_000_000 + number, False])
        operations.sort(key=lambda row: row[0])
        left, right = perform(commands, operations)
        for operation, a, b in zip(operations, left, right):
            found = compare(a, b)
            if found:
                state["differences"].append([operation[0], operation[1], a["kind"], *found])
        state["operations"] += len(operations)
        save_state(state_path, state)
        progress(state, count, started)
    known, groups, explained = read_known(KNOWN), {}, 0
    for path, seed, kind, aspect, left, right in state["differences"]:
        if is_known(known, f"{aspect} {kind} {path}", left, right):
            explained += 1
            continue
        same = aspect in ("tree", "symbols", "tokens") and re.match("[0-9a-f]{16}", left) and re.match("[0-9a-f]{16}", right)
        key = (aspect, kind) if same else (aspect, generic(left.split(" | ")[0]), generic(right.split(" | ")[0]))
        groups.setdefault(key, []).append((path, seed, left, right))
    print()
    for key, members in sorted(groups.items(), key=lambda item: -len(item[1]))[:options.show]:
        path, seed, left, right = members[0]
        print(f"{len(members):5} {key[0]} {os.path.basename(path)}, seed {seed}\n        reference {left}\n        imugi     {right}")
        if key[0] in ("tree", "symbols", "tokens"):
            print(example(commands, path, seed, key[0]))
    total = sum(len(members) for members in groups.values())
    print(f"{state['operations']} programs: {total} differ in {len(groups)} ways; {explained} differ as known", flush=True)
    return not groups
