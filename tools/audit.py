#!/usr/bin/env python3
"""Compare imugi with a CPython: operations on builtin types and functions, and programs whole and damaged.

    ./x audit --python PATH [--only values|programs] [--imugi PATH] [--count N] [--programs N] [--seed N] [--restart]
              [-k PART] [--show N]

Values: random calls (seeded) of every method, operator, conversion and builtin function with values from a pool of
telling ones (tools/audit_worker.py) run on both interpreters in worker processes of limited memory and time; result, or
exception and its text, must agree. Programs: tools/audit_programs.py. A worker that dies or hangs costs one operation.
What may differ is in tests/audit/, one line each: TARGET | REFERENCE | IMUGI | REASON, the first three shell patterns.

State is kept in build/audit: a run that was stopped goes on where it was; --restart begins anew. Differences
are printed grouped, with an example each. Exit status 1 when there are any that are not known.
"""

import argparse
import concurrent.futures
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time

import audit_programs
from audit_run import ROOT, environment, generic, is_known, load_state, progress, read_known, run_worker, save_state

WORKER = os.path.join(ROOT, "tools", "audit_worker.py")
KNOWN = os.path.join(ROOT, "tests", "audit", "known.txt")
BATCH = 5000

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


def audit_values(options, folder):
    surface = json.loads(subprocess.run([options.python, WORKER, "targets"], check=True, capture_output=True,
                                        env=environment()).stdout)
    state_path = os.path.join(folder, f"state-{options.seed}-{options.k or 'all'}.json".replace("/", "_"))
    state = load_state(state_path, options.restart)
    commands = [[os.path.abspath(options.python)], [os.path.abspath(options.imugi)]]
    started = time.monotonic()
    while state["operations"] < options.count:
        batch = min(BATCH, options.count - state["operations"])
        operations = make_operations(options.seed, state["batches"], batch, surface, options.k)
        with tempfile.TemporaryDirectory(prefix="imugi-audit-") as work:
            with open(os.path.join(work, "operations"), "w", encoding="utf-8") as file:
                file.writelines(json.dumps(operation) + "\n" for operation in operations)
            with concurrent.futures.ThreadPoolExecutor(2) as pool:
                left, right = pool.map(lambda at: run_worker(commands[at], WORKER, operations, work, f"report{at}"), (0, 1))
        for operation, a, b in zip(operations, left, right):
            a, b = modern(a), modern(b)
            if a != b and "timeout" not in (a, b) and not (str(a).startswith(("hang", "crash")) or a.startswith("! MemoryError")):
                state["differences"].append([operation[0], describe(operation, surface["values"]), str(a), str(b)])
        state["batches"] += 1
        state["operations"] += batch
        save_state(state_path, state)
        progress(state, options.count, started)
    known, groups, explained = read_known(KNOWN), {}, 0
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
    print(f"{state['operations']} operations: {total} differ in {len(groups)} ways; {explained} differ as known", flush=True)
    return not groups


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
                                     usage="./x audit --python PATH [options]")
    parser.add_argument("--python", required=True, metavar="PATH", help="the CPython to compare with")
    parser.add_argument("--imugi", default=os.path.join(ROOT, "build", "release", "imugi"))
    parser.add_argument("--only", choices=("values", "programs"), help="one of the two audits")
    parser.add_argument("--count", type=int, default=1_000_000, help="operations on values (1000000)")
    parser.add_argument("--programs", type=int, default=100_000, help="damaged programs (100000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--restart", action="store_true", help="forget what was done before")
    parser.add_argument("--show", type=int, default=400, help="groups of differences to print (400)")
    parser.add_argument("-k", metavar="PART", default="", help="only targets, or sources, whose name contains it")
    options = parser.parse_args()
    folder = os.path.join(ROOT, "build", "audit")
    os.makedirs(folder, exist_ok=True)
    good = True
    if options.only != "programs":
        good = audit_values(options, folder)
    if options.only != "values":
        good = audit_programs.audit(options, folder) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
