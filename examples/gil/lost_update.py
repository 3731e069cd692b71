"""The lost update: two threads do `x += 1`, and some of the additions are gone; a Lock cures it.

`x += 1` reads x, adds, and writes x. When another thread writes between the read and the write, its
addition is lost. Without a GIL this shows at once. With a GIL threads change places only now and
then, so it takes a call between read and write (or bad luck) to see it: the GIL protects the
interpreter, not the program.
"""

import os
import sys
import threading

sys.path.insert(1, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import interpreter

x = 0
lock = threading.Lock()


def one():
    return 1


def plain(times):
    global x
    for _ in range(times):
        x += 1


def with_call(times):
    global x
    for _ in range(times):
        x += one()


def with_lock(times):
    global x
    for _ in range(times):
        with lock:
            x += one()


def run(work, times, count=2):
    """Runs `work` on `count` threads at once; returns how many additions were lost."""
    global x
    x = 0
    start = threading.Barrier(count)

    def body():
        start.wait()
        work(times)

    threads = [threading.Thread(target=body) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return count * times - x


def measure(times=200_000, tries=20):
    """Returns {(name, gil): lost}; unlocked work is tried again until something is lost."""
    results = {}
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        for gil in interpreter.gil_modes():
            with interpreter.gil_mode(gil):
                for name, work in (("x += 1", plain), ("x += one()", with_call),
                                   ("with lock: x += one()", with_lock)):
                    lost = 0
                    for _ in range(tries if work is with_call else 1):
                        lost = run(work, times)
                        if lost:
                            break
                    results[name, gil] = lost
    finally:
        sys.setswitchinterval(interval)
    return results


def main():
    print("two threads add 200000 times each")
    for (name, gil), lost in measure().items():
        print("    GIL %-3s  %-22s %7d lost" % (interpreter.on_off(gil), name, lost))
        if name.startswith("with lock"):
            assert lost == 0, "a lock must not lose updates"


if __name__ == "__main__":
    main()
