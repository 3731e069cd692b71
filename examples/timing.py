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


def in_turn(rounds, measurements):
    """Calls each of the functions once a round. Returns a list of results for each of them."""
    results = [[] for _ in measurements]
    for _ in range(rounds):
        for measure, own in zip(measurements, results):
            own.append(measure())
    return results


def native_gain(program, workers, rounds=5, steps=None):
    """What native code gains from `workers` threads on this machine at this moment.

    The median of some rounds; `steps` is how long each thread works, in steps of about 5 ns.
    """
    command = [program, str(workers), str(rounds)] + ([str(steps)] if steps else [])
    answer = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return float(answer.stdout.split()[-1])
