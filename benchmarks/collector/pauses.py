"""What the cycle collector costs two threads that run: `pauses.py [OBJECTS]`, on any interpreter.

Two threads share each phase's work: they make OBJECTS (ten million) objects that stay, then half as
many that go at once and a tenth as many that are cyclic garbage; in the end one works while the other asks
for three collections. Each thread notes the longest time between two of its steps. Prints for each
phase the seconds it took and the longest pause.
"""

import gc
import sys
import threading
import time

clock = time.perf_counter


class Node:
    """Garbage that refers to itself."""

    def __init__(self):
        self.me = self


class Worker:
    """One of the two threads: calls step() so many times, and notes the longest."""

    def __init__(self, step, count):
        self.step = step
        self.count = count
        self.longest = 0.0
        self.thread = threading.Thread(target=self.work)

    def work(self):
        step, longest, before = self.step, 0.0, clock()
        for i in range(self.count):
            step(i)
            now = clock()
            if now - before > longest:
                longest = now - before
            before = now
        self.longest = longest


class Collecting(Worker):
    """Its own steps are collections: what counts is how long the other thread waits."""

    def work(self):
        super().work()
        self.longest = 0.0


def phase(name, *workers):
    start = clock()
    for worker in workers:
        worker.thread.start()
    for worker in workers:
        worker.thread.join()
    seconds = clock() - start
    longest = max(worker.longest for worker in workers)
    print("%-8s %7.2f s, longest pause %7.1f ms" % (name, seconds, longest * 1e3), flush=True)
    return seconds, longest


def keeper(kept):
    """Steps that keep a list each."""
    return lambda i: kept.append([i])


def short_lived(i):
    pair = [[i], {}]
    pair[0].append(pair[1])


def cyclic(i):
    Node()


def collecting(i):
    gc.collect()
    time.sleep(0.02)


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    kept = [], []
    phases = [phase("grow", *[Worker(keeper(part), count // 2) for part in kept]),
              phase("churn", *[Worker(short_lived, count // 4) for _ in kept]),
              phase("cycles", *[Worker(cyclic, count // 20) for _ in kept])]
    phases.append(phase("collect", Worker(short_lived, count // 10), Collecting(collecting, 3)))
    print("all      %7.2f s, longest pause %7.1f ms" % (
        sum(seconds for seconds, _ in phases), max(longest for _, longest in phases) * 1e3))
    assert sum(map(len, kept)) == count // 2 * 2


if __name__ == "__main__":
    main()
