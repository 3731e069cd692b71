"""What the GIL is about, in four small programs: counts, lost updates, computing, waiting."""

import os
import sys

sys.path.insert(1, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import cpu_bound
import interpreter
import io_bound
import lost_update
import refcounts


def main():
    print(interpreter.name(), "with", interpreter.processors(), "processors")
    for program in (refcounts, lost_update, cpu_bound, io_bound):
        print()
        print("===", program.__name__)
        program.main()


if __name__ == "__main__":
    main()
