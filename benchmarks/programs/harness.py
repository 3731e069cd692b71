"""Runs one program as a script: `python nbody.py [SCALE]` prints checksum, seconds, peak memory."""

import sys
import time


def main(run):
    scale = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    start = time.perf_counter()
    checksum = run(scale)
    seconds = time.perf_counter() - start
    print("checksum", checksum)
    print("seconds %.6f" % seconds)
    print("memory %d" % peak_memory())


def peak_memory():
    """The most memory this process has held, in KiB.

    Not from getrusage(): that figure is inherited from the process which started this one.
    """
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    return 0


def mix(checksum, number):
    """Folds one more number into a checksum of 32 bits."""
    return (checksum * 31 + number) & 0xFFFFFFFF


def text_sum(text):
    """A checksum of a string or bytes that needs no library."""
    total = len(text)
    for unit in text if isinstance(text, bytes) else map(ord, text):
        total = (total * 31 + unit) & 0xFFFFFFFF
    return total
