#!/usr/bin/env python3
"""Run the scripts of tests/threads over and over, each time with another seed and with scheduling perturbed.

    ./x torture --minutes 20 --preset tsan
    ./x torture --seed 1234 --rounds 1 -k runtime     what failed with that seed, again

A failure prints the script, the seed and the end of its output; all of it is in build/torture. The seed is that of the
threads' choices (IMUGI_TORTURE_SEED) and of the perturbation (IMUGI_CHAOS), which repeats a failure often, though
not always: the machine has its say too. Exit status 1 when anything failed. Needs Python 3.9 and nothing else.
"""

import argparse
import glob
import os
import random
import re
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "tests"))
import run as corpus  # noqa: E402  (the sanitizers' options are written down there)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
                                     usage="./x torture [options]")
    parser.add_argument("--preset", default="release", choices=["release", "dev", "asan", "tsan"])
    parser.add_argument("--minutes", type=float, default=2)
    parser.add_argument("--rounds", type=int, help="end after so many seeds")
    parser.add_argument("--seed", type=int, help="of the first round (random)")
    parser.add_argument("--seconds", type=float, default=0.3, help="that each test lasts")
    parser.add_argument("--threads", type=int, help="that each test uses (as the test says)")
    parser.add_argument("--switch", action="store_true", help="switch the GIL on and off meanwhile, all the time")
    parser.add_argument("-k", default="", metavar="PART", help="only scripts with this in their name")
    parser.add_argument("--no-build", action="store_true")
    options = parser.parse_args()
    if not options.no_build and not corpus.build(options.preset, ["imugi"]):
        return 1
    program = os.path.join(ROOT, "build", options.preset, "imugi")
    logs = os.path.join(ROOT, "build", "torture")
    os.makedirs(logs, exist_ok=True)
    # What no sanitizer may slow down measures something, which perturbed scheduling would falsify.
    scripts = [path for path in sorted(glob.glob(os.path.join(ROOT, "tests", "threads", "test_*.py")))
               if options.k in path and not corpus.Job(path, "script", path).excluded]
    seed = random.randrange(1, 10 ** 6) if options.seed is None else options.seed
    end, failures, runs = time.monotonic() + options.minutes * 60, 0, 0
    first, switches = seed, 0
    while time.monotonic() < end and (options.rounds is None or seed - first < options.rounds):
        for script in scripts:
            environment = corpus.base_environment("/tmp", seed)
            environment.update(IMUGI_TORTURE_SEED=str(seed), IMUGI_CHAOS=str(seed),
                               IMUGI_TORTURE_SECONDS=str(options.seconds))
            if options.threads:
                environment.update(IMUGI_TORTURE_THREADS=str(options.threads))
            if options.switch:
                environment.update(IMUGI_TORTURE_SWITCH="1")
            name = os.path.basename(script)[:-3]
            log = os.path.join(logs, f"{options.preset}-{name}-{seed}")
            with open(log, "wb") as output:
                try:
                    status = subprocess.run([program, "-X", "faulthandler", script], stdin=subprocess.DEVNULL, stdout=output,
                                            stderr=output, env=environment, timeout=300 + 300 * options.seconds).returncode
                except subprocess.TimeoutExpired:
                    status = "no end"
            runs += 1
            with open(log, errors="replace") as text:
                switches += sum(map(int, re.findall(r"^the GIL was switched (\d+) times", text.read(), re.M)))
            if status == 0:
                os.remove(log)
                continue
            failures += 1
            with open(log, errors="replace") as text:
                tail = "".join(text.readlines()[-15:])
            print(f"torture: {name} failed ({status}) with seed {seed}: {log}\n{tail}", flush=True)
            print(f"  again: ./x torture --preset {options.preset} --seed {seed} --rounds 1 -k {name}", flush=True)
        seed += 1
    switched = f", the GIL switched {switches} times" if options.switch else ""
    print(f"torture: {options.preset}: {runs} runs, seeds {first} to {seed - 1}, {failures} failed{switched}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
