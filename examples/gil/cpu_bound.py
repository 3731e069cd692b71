"""CPU-bound work on one thread and on two, with the GIL off and on.

With the GIL on, two threads take turns and nothing is gained; what is lost goes into handing the
GIL over. With it off they run side by side.
"""

import argparse
import functools
import os
import sys
import threading
import time

sys.path.insert(1, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import interpreter
import timing


def cpu_bound_task(times):
    for i in range(times):
        _ = i * i


def one_thread(times):
    start = time.perf_counter()
    cpu_bound_task(times)
    cpu_bound_task(times)
    return time.perf_counter() - start


def two_threads(times):
    start = time.perf_counter()
    threads = [threading.Thread(target=cpu_bound_task, args=(times,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - start


class Result:
    def __init__(self, gil):
        self.gil = gil
        self.one = []
        self.two = []
        self.handovers = []

    def gain(self):
        return timing.median_ratio(self.one, self.two)


def measure(times, repeat, calibrate=None):
    """Pairs of runs, the modes interleaved; returns the results and the native gains."""
    results = [Result(gil) for gil in interpreter.gil_modes()]
    runs = [functools.partial(run_pair, result, times) for result in results]
    return results, timing.in_turn(repeat, runs, calibrate)[1]


def run_pair(result, times):
    with interpreter.gil_mode(result.gil):
        result.one.append(one_thread(times))
        before = interpreter.handovers()
        result.two.append(two_threads(times))
        after = interpreter.handovers()
    if after is not None:
        result.handovers.append(after - before)


def main(argv=()):
    parser = argparse.ArgumentParser(prog="cpu_bound", description=__doc__.split("\n")[0])
    parser.add_argument("--times", type=int, default=20_000_000, help="loops of each task")
    parser.add_argument("--repeat", type=int, default=3, help="rounds; medians are shown")
    parser.add_argument("--calibrate", nargs="?", const=timing.CALIBRATE, metavar="PROGRAM",
                        help="compare with what native threads gain")
    options = parser.parse_args(argv)
    print("two tasks of %d multiplications, median of %d" % (options.times, options.repeat))
    results, gains = measure(options.times, options.repeat, options.calibrate)
    native = timing.median(gains) if gains else None
    for result in results:
        line = "    GIL %-3s  one thread %.3f s, two threads %.3f s: %.2fx" % (
            interpreter.on_off(result.gil), timing.median(result.one),
            timing.median(result.two), result.gain())
        if native:
            line += ", %.3f of what native threads gain (%.2fx)" % (result.gain() / native, native)
        if result.handovers:
            line += ", %d hand-overs of the GIL" % timing.median(result.handovers)
        print(line)


if __name__ == "__main__":
    main(sys.argv[1:])
