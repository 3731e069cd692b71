"""How examples and benchmarks measure on machines that are never quiet.

What is compared is measured in turn, round by round, and the median of the rounds' ratios is told:
what shakes the machine shakes both sides. What threads gain is shown beside what the threads of a
native program gain at that moment.
"""

import os
import subprocess

CALIBRATE = os.path.join("build", "release", "imugi-calibrate")


def median(numbers):
    """The middle of some numbers. (The module `statistics` loads decimal and fractions for it.)"""
    numbers = sorted(numbers)
    middle = len(numbers) // 2
    return numbers[middle] if len(numbers) % 2 else (numbers[middle - 1] + numbers[middle]) / 2


def median_ratio(above, below):
    """Of two lists of figures, taken round by round."""
    return median(a / b for a, b in zip(above, below))


class Native:
    """A native program that tells what its threads need, and gain, whenever it is asked.

    `seconds` is about how long each thread works.
    """

    def __init__(self, program, workers, seconds=0.05):
        steps = int(seconds * 1e9)
        self.process = subprocess.Popen([program, str(workers), "0", str(steps)], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def pair(self):
        """Seconds that one thread needs for the work of all of them, and that they need."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        alone, together = self.process.stdout.readline().split()
        return float(alone), float(together)

    def gain(self):
        """What `workers` threads gain on this machine at this moment."""
        alone, together = self.pair()
        return alone / together

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def in_turn(rounds, measurements, calibrate=None, workers=2, seconds=0.05):
    """Calls each of the functions once a round. Returns a list of results for each of them.

    Beside it what native threads gained in each round: nothing without a program to `calibrate`.
    """
    results = [[] for _ in measurements]
    native = Native(calibrate, workers, seconds) if calibrate else None
    gains = []
    try:
        for _ in range(rounds):
            for measure, own in zip(measurements, results):
                own.append(measure())
            if native:
                gains.append(native.gain())
    finally:
        if native:
            native.end()
    return results, gains
