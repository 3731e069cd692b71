"""Measures one row in the interpreter that runs this: `child.py ROW THREADS SECONDS`.

Chooses how often the row goes round so that one thread takes about SECONDS, tells it, and then for
every line that comes in makes a pair of runs: by one thread, the main one, which made all that is
shared, and by THREADS new ones. Answers with lines of JSON.
"""

import json
import sys
import threading
import time

from threaded_rows import READS, ROWS, SPLITS, WRITES


def run_threads(functions, count):
    """The time that threads need for one function each."""
    threads = [threading.Thread(target=function, args=(count,)) for function in functions]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - start


class Measured:
    """A row on some threads. `alone` is None where one thread could not do it."""

    def __init__(self, row, threads):
        self.row = row
        self.threads = threads

    def pair(self, count):
        function, threads = self.row.function, self.threads
        if self.row.kind == READS:
            alone = self.time_one(function, count)
            return alone * threads, run_threads([function] * threads, count)
        if self.row.kind == SPLITS:
            return self.time_one(function, 1, count), self.time_one(function, threads, count)
        return None, run_threads(function(threads), count)

    @staticmethod
    def time_one(function, *arguments):
        start = time.perf_counter()
        function(*arguments)
        return time.perf_counter() - start

    def trial(self, count):
        """Seconds of one thread for the count: the best of three, as the machine may be busy."""
        if self.row.kind == WRITES:
            return min(self.pair(count)[1] for _ in range(3)) / self.threads
        if self.row.kind == SPLITS:
            return min(self.time_one(self.row.function, 1, count) for _ in range(3))
        return min(self.time_one(self.row.function, count) for _ in range(3))

    def choose_count(self, seconds):
        count = 64
        while True:
            needed = self.trial(count)
            if needed >= seconds / 4:
                return max(1, int(count * min(4, seconds / needed)))
            count *= 4 if needed < seconds / 20 else 2


def main():
    name, threads, seconds = sys.argv[1:]
    measured = Measured(ROWS[name], int(threads))
    count = measured.choose_count(float(seconds))
    print(json.dumps({"count": count, "name": "%s %d.%d.%d" % (
        (sys.implementation.name,) + tuple(sys.version_info[:3]))}), flush=True)
    for _ in sys.stdin:
        alone, together = measured.pair(count)
        print(json.dumps({"alone": alone, "together": together}), flush=True)


if __name__ == "__main__":
    main()
