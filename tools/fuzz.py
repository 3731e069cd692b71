#!/usr/bin/env python3
"""Run the libFuzzer targets that the preset `fuzz` built (every file NAME_fuzz.cpp in src/ is one).

    tools/fuzz.py [--seconds N] [TARGET...]

Seeds: tests/fuzz/TARGET/ and, for what reads Python source, small files of the standard library. The corpus
grows in build/fuzz/corpus/TARGET; an input that crashed stays in build/fuzz/findings. Exit status 1 on any.
"""

import argparse
import concurrent.futures
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.path.join(ROOT, "build", "fuzz")
READS_SOURCE = ("tokenizer", "parser", "compiler")


def seeds(target):
    """Files that show the fuzzer what valid input looks like."""
    found = []
    folder = os.path.join(ROOT, "tests", "fuzz", target)
    if os.path.isdir(folder):
        found += [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
    if any(word in target for word in READS_SOURCE):
        for top in (os.path.join(ROOT, "tests"), os.path.join(ROOT, "build", "stdlib", "lib", "python3.14t")):
            for base, folders, names in os.walk(top):
                folders.sort()
                paths = [os.path.join(base, name) for name in sorted(names) if name.endswith(".py")]
                found += [path for path in paths if os.path.getsize(path) < 4000]
    return found[:400]


def fuzz(target, seconds):
    corpus = os.path.join(BUILD, "corpus", target)
    findings = os.path.join(BUILD, "findings", target)
    os.makedirs(corpus, exist_ok=True)
    os.makedirs(findings, exist_ok=True)
    for path in seeds(target):
        copy = os.path.join(corpus, "seed-" + os.path.relpath(path, ROOT).replace(os.sep, "-")[-100:])
        if not os.path.exists(copy):
            with open(path, "rb") as source, open(copy, "wb") as file:
                # The first byte of what reads source picks a mode: 0 is a whole file.
                file.write((b"\0" if path.endswith(".py") else b"") + source.read())
    environment = dict(os.environ, ASAN_OPTIONS="detect_leaks=0:allocator_may_return_null=1",
                       UBSAN_OPTIONS="print_stacktrace=1")
    log = os.path.join(BUILD, f"fuzz_{target}.log")
    with open(log, "wb") as file:
        status = subprocess.run(
            [os.path.join(BUILD, "fuzz_" + target), corpus, f"-max_total_time={seconds}", "-timeout=20",
             "-rss_limit_mb=4000", "-max_len=4096", "-print_final_stats=1", f"-artifact_prefix={findings}/"],
            stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT, env=environment, cwd=BUILD).returncode
    with open(log, encoding="utf-8", errors="replace") as file:
        lines = file.read().splitlines()
    runs = next((line.split()[-1] for line in lines if "number_of_executed_units" in line), "?")
    return status, runs, lines


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0], usage="./x fuzz [--seconds N] [TARGET...]")
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("targets", nargs="*")
    options = parser.parse_args()
    built = sorted(name[5:] for name in os.listdir(BUILD) if name.startswith("fuzz_") and "." not in name)
    targets = options.targets or built
    unknown = set(targets) - set(built)
    if unknown or not targets:
        sys.exit(f"fuzz: no such target: {', '.join(sorted(unknown))}; there are: {', '.join(built) or 'none'}")
    print(f"fuzz: {len(targets)} targets, {options.seconds} s each, {options.jobs} at once", flush=True)
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        running = {pool.submit(fuzz, target, options.seconds): target for target in targets}
        for future in concurrent.futures.as_completed(running):
            status, runs, lines = future.result()
            verdict = "no finding" if status == 0 else "FOUND SOMETHING"
            print(f"fuzz: {running[future]}: {runs} runs, {verdict}", flush=True)
            if status:
                failed += 1
                print("\n".join(lines[-60:]), flush=True)
    print(f"{len(targets) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
