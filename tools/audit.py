#!/usr/bin/env python3
"""Compare the builtin types and functions of imugi with a CPython's, operation by operation.

    ./x audit --python PATH [--imugi PATH] [--count N] [--seed N] [--restart] [-k PART] [--show N]

Random calls (seeded) of every method, operator, conversion and builtin function with values from a pool of telling
ones (tools/audit_worker.py) run on both interpreters in worker processes of limited memory and time; result, or
exception and its text, must agree. A worker that dies or hangs costs one operation. What may differ is in
tests/audit/known.txt, one line each: TARGET | REFERENCE | IMUGI | REASON, the first three shell patterns.

State is kept in build/audit: a run that was stopped goes on where it was; --restart begins anew. Differences
are printed grouped, with an example each. Exit status 1 when there are any that are not known.
"""

import argparse
import concurrent.futures
import fnmatch
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WORKER = os.path.join(ROOT, "tools", "audit_worker.py")
KNOWN = os.path.join(ROOT, "tests", "audit", "known.txt")
BATCH = 5000
STALL = 5.0  # seconds without progress after which a worker counts as hung

# Operations that make huge results of huge numbers: only small ones are used, mostly.
GROWING = ("pow", "lshift", "mul", "ljust", "rjust", "center", "zfill", "expandtabs", "bytes", "bytearray", "round", "format",
           "range", "sum", "list", "tuple", "set", "frozenset", "sorted", "dict", "max", "min", "all", "any", "to_bytes", "resize",
           "index", "count", "contains", "length_hint", "remove")
KEYWORDS = {"int": ["base"], "str": ["encoding", "errors", "object"], "bytes": ["encoding", "errors", "source"],
            "bytearray": ["encoding", "errors", "source"], "sorted": ["key", "reverse"], "list.sort": ["key", "reverse"],
            "max": ["key", "default"], "min": ["key", "default"], "sum": ["start"], "enumerate": ["start"], "zip": ["strict"],
            "map": ["strict"], "complex": ["real", "imag"], "round": ["ndigits"], "pow": ["mod", "exp"],
            "split": ["sep", "maxsplit"], "rsplit": ["sep", "maxsplit"], "splitlines": ["keepends"], "expandtabs": ["tabsize"],
            "encode": ["encoding", "errors"], "decode": ["encoding", "errors"], "hex": ["sep", "bytes_per_sep"],
            "to_bytes": ["length", "byteorder", "signed"], "from_bytes": ["byteorder", "signed"], "replace": ["count"],
            "property": ["fget", "doc"], "memoryview": ["object"], "cast": ["format", "shape"], "tobytes": ["order"],
            "translate": ["delete"], "update": ["a"], "dict": ["a", "b"], "format": ["a", "b"], "ImportError": ["name", "path"],
            "AttributeError": ["name", "obj"], "NameError": ["name"], "type": ["metaclass", "x"]}


# What 3.14 says where 3.13 said otherwise: the reference's text is rewritten before the comparison.
NEWER = [(re.compile(pattern), replacement) for pattern, replacement in (
    (r"types\.UnionType", "typing.Union"),
    (r"\bUnionType\b", "Union"),
    (r"^! ZeroDivisionError: (integer division or modulo|integer modulo|float modulo|float floor division|float divmod\(\)|"
     r"complex division|modulo|float division) by zero", "! ZeroDivisionError: division by zero"),
    (r"cannot use '[^']*' as a (?:dict key|set element) \((unhashable type: '[\w.]+'|__hash__ method should return an integer)\)", r"\1"),
    (r"ValueError: .* is not in list(?= -> |$)", "ValueError: list.index(x): x not in list"),
    (r"float divmod\(\)(?= -> |$)", "division by zero"),
    (r"ZeroDivisionError: 0\.0 (to a negative or complex power)", r"ZeroDivisionError: zero \1"),
    (r"ZeroDivisionError: 0\.0 cannot be raised to a negative power", "ZeroDivisionError: zero to a negative power"),
)]


def modern(text):
    for pattern, replacement in NEWER:
        text = pattern.sub(replacement, text)
    return text


def environment():
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    kept.update(PYTHONHASHSEED="0", LC_ALL="C.UTF-8", TZ="UTC")
    return kept


def run_worker(command, operations, folder, name):
    """The texts of all operations on one interpreter."""
    path = os.path.join(folder, "operations")
    report = os.path.join(folder, name)
    results = [None] * len(operations)
    start = 0
    while start < len(operations):
        for old in (report, report + ".at"):
            if os.path.exists(old):
                os.remove(old)
        with open(os.path.join(folder, name + ".log"), "wb") as log:
            process = subprocess.Popen(command + [WORKER, "run", path, report, str(start)], stdin=subprocess.DEVNULL,
                                       stdout=log, stderr=log, env=environment(), start_new_session=True, cwd=folder)
        last, at = time.monotonic(), -1
        while process.poll() is None:
            time.sleep(0.05)
            now = mark(report)
            if now != at:
                at, last = now, time.monotonic()
            elif time.monotonic() - last > STALL:
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
            redo = run_range(command, operations, folder, name, missing, at)
            results[missing:at] = redo
            start = at + 1
    return results


def run_range(command, operations, folder, name, first, last):
    """Operations first..last-1 again, without the one that ended the process."""
    inner = tempfile.mkdtemp(dir=folder)
    with open(os.path.join(inner, "operations"), "w", encoding="utf-8") as file:
        file.writelines(json.dumps(operation) + "\n" for operation in operations[first:last])
    return run_worker(command, operations[first:last], inner, name)


def mark(report):
    try:
        with open(report + ".at", "rb") as file:
            return int(file.read(10) or b"-1")
    except (OSError, ValueError):
        return -1


def make_operations(seed, batch, count, surface, part):
    """The operations of a batch: the same for the same seed."""
    rng = random.Random(f"{seed}:{batch}")
    targets = [row for row in surface["targets"] if not part or part in row[0]]
    values, instances = surface["values"], surface["instances"]
    everything = range(len(values))
    small = [i for i in everything if not re.search(r"\d{6}|\*\*|e\d|Huge|int, 0|Subclass.int\(2|Index\(2\*", values[i])]
    made = []
    for _ in range(count):
        name, arity, owner = rng.choice(targets)
        tail = name.split(".")[-1].split()[-1]
        growing = any(word in tail for word in GROWING)
        pool = small if growing and rng.random() < 0.97 else everything
        if arity is None:
            arity = rng.choice((0, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4))
            if owner and rng.random() < 0.98:
                arity = max(arity, 1)
        arguments = [rng.choice(pool) for _ in range(arity)]
        own = [i for i in instances.get(owner, ()) if i in set(pool)] if owner else None
        if own and arguments and rng.random() < 0.95:
            arguments[0] = rng.choice(own)
            # Arguments of the same kind tell most.
            for i in range(1, len(arguments)):
                if rng.random() < 0.3:
                    arguments[i] = rng.choice(own)
        elif not owner and name.startswith("operator") and len(arguments) > 1 and rng.random() < 0.4:
            kind = rng.choice(list(instances))
            arguments[rng.randrange(2)] = rng.choice(instances[kind])
        keywords = {}
        known = KEYWORDS.get(name) or KEYWORDS.get(tail)
        if known and rng.random() < 0.3 or rng.random() < 0.02:
            keywords[rng.choice(known or ["key", "x"])] = rng.choice(pool)
        made.append([name, arguments, keywords])
    return made


def describe(operation, values):
    name, arguments, keywords = operation
    parts = [values[i] for i in arguments] + [f"{key}={values[i]}" for key, i in keywords.items()]
    return f"{name}({', '.join(parts)})"


def read_known():
    known = []
    if os.path.exists(KNOWN):
        with open(KNOWN, encoding="utf-8") as file:
            for line in file:
                if line.strip() and not line.startswith("#"):
                    parts = [part.strip() for part in line.split(" | ")]
                    if len(parts) != 4:
                        sys.exit(f"audit: {KNOWN}: not understood: {line.rstrip()}")
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


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
                                     usage="./x audit --python PATH [options]")
    parser.add_argument("--python", required=True, metavar="PATH", help="the CPython to compare with")
    parser.add_argument("--imugi", default=os.path.join(ROOT, "build", "release", "imugi"))
    parser.add_argument("--count", type=int, default=1_000_000, help="operations (1000000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--restart", action="store_true", help="forget what was done before")
    parser.add_argument("--show", type=int, default=400, help="groups of differences to print (400)")
    parser.add_argument("-k", metavar="PART", default="", help="only targets whose name contains it")
    options = parser.parse_args()
    folder = os.path.join(ROOT, "build", "audit")
    os.makedirs(folder, exist_ok=True)
    surface = json.loads(subprocess.run([options.python, WORKER, "targets"], check=True, capture_output=True,
                                        env=environment()).stdout)
    state_path = os.path.join(folder, f"state-{options.seed}-{options.k or 'all'}.json".replace("/", "_"))
    state = {"batches": 0, "operations": 0, "differences": []}
    if os.path.exists(state_path) and not options.restart:
        with open(state_path, encoding="utf-8") as file:
            state = json.load(file)
        print(f"audit: going on after {state['operations']} operations", flush=True)
    commands = [[os.path.abspath(options.python)], [os.path.abspath(options.imugi)]]
    started = time.monotonic()
    while state["operations"] < options.count:
        batch = min(BATCH, options.count - state["operations"])
        operations = make_operations(options.seed, state["batches"], batch, surface, options.k)
        with tempfile.TemporaryDirectory(prefix="imugi-audit-") as work:
            with open(os.path.join(work, "operations"), "w", encoding="utf-8") as file:
                file.writelines(json.dumps(operation) + "\n" for operation in operations)
            with concurrent.futures.ThreadPoolExecutor(2) as pool:
                left, right = pool.map(lambda at: run_worker(commands[at], operations, work, f"report{at}"), (0, 1))
        for operation, a, b in zip(operations, left, right):
            a, b = modern(a), modern(b)
            if a != b and "timeout" not in (a, b) and not (str(a).startswith(("hang", "crash")) or a.startswith("! MemoryError")):
                state["differences"].append([operation[0], describe(operation, surface["values"]), str(a), str(b)])
        state["batches"] += 1
        state["operations"] += batch
        with open(state_path + ".new", "w", encoding="utf-8") as file:
            json.dump(state, file)
        os.replace(state_path + ".new", state_path)
        print(f"\r{state['operations']} of {options.count} operations, {len(state['differences'])} differ, "
              f"{time.monotonic() - started:.0f} s ", end="" if sys.stdout.isatty() else "\n", flush=True)
    known, groups, explained = read_known(), {}, 0
    for target, example, left, right in state["differences"]:
        if is_known(known, target, left, right):
            explained += 1
            continue
        group = groups.setdefault((target.split(".")[-1], generic(left), generic(right)), [0, example, left, right])
        group[0] += 1
    print()
    for (target, _, _), (count, example, left, right) in sorted(groups.items())[:options.show]:
        print(f"{count:5} {example}\n        reference {left}\n        imugi     {right}")
    total = sum(group[0] for group in groups.values())
    print(f"{state['operations']} operations: {total} differ in {len(groups)} ways; {explained} differ as known")
    return 1 if groups else 0


if __name__ == "__main__":
    sys.exit(main())
