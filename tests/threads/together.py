"""Running functions on threads at once, for as long as IMUGI_TORTURE_SECONDS says (default 0.3).

IMUGI_TORTURE_THREADS is how many torture() uses; with IMUGI_TORTURE_SWITCH one more switches the GIL on and off all the while.
"""

import atexit
import os
import random
import sys
import threading
import time
import warnings

SECONDS = float(os.environ.get("IMUGI_TORTURE_SECONDS", "0.3"))
SEED = int(os.environ.get("IMUGI_TORTURE_SEED", "1"))
THREADS = int(os.environ.get("IMUGI_TORTURE_THREADS", "0"))
SWITCH = bool(os.environ.get("IMUGI_TORTURE_SWITCH"))
switches = 0


class Stop:
    """Tells threads when their time is up."""

    def __init__(self, seconds=None):
        self.end = time.monotonic() + (SECONDS if seconds is None else seconds)
        self.failed = False

    def __bool__(self):
        return self.failed or time.monotonic() >= self.end


def run(*functions):
    """Calls each function in a thread of its own, all starting together.

    Returns their results; the first exception of any of them is raised here.
    """
    results = [None] * len(functions)
    errors = []
    start = threading.Barrier(len(functions))

    def body(place, function):
        start.wait()
        try:
            results[place] = function()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=body, args=(place, function))
               for place, function in enumerate(functions)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
            if thread.is_alive():
                raise RuntimeError("a thread has not ended after two minutes")
    finally:
        sys.setswitchinterval(interval)
    if errors:
        raise errors[0]
    return results


def watched(change, look, readers=2):
    """Calls change(number) over and over while others look."""
    stop = Stop()

    def write():
        number = 0
        try:
            while not stop:
                number += 1
                change(number)
        finally:
            stop.failed = True

    def read():
        try:
            while not stop:
                look()
        except BaseException:
            stop.failed = True
            raise
    run(write, *[read] * readers)


def for_each(count, function, *arguments):
    """Runs function(number, *arguments) on `count` threads at once."""
    return run(*[(lambda number=number: function(number, *arguments)) for number in range(count)])


def switch_gil(stop):
    """Switches the GIL on and off until the time is up, and leaves it as it was."""
    global switches
    import imugi
    before = imugi.gil.enabled()
    try:
        while not stop:
            imugi.gil.enable()
            imugi.gil.disable()
            switches += 2
            time.sleep(0)
    except BaseException:
        stop.failed = True
        raise
    finally:
        imugi.gil.enable() if before else imugi.gil.disable()


if SWITCH:
    process = os.getpid()
    atexit.register(lambda: process == os.getpid() and print("the GIL was switched", switches, "times"))


def torture(operations, threads=4, seconds=None, accept=()):
    """Threads call randomly chosen operations until the time is up.

    Each operation gets a random.Random of its thread. Exceptions of the kinds in `accept` are what
    a race may lead to; any other ends the test. Returns how many calls were made.
    """
    stop = Stop(seconds)

    def body(number):
        chance = random.Random(SEED * 1000 + number)
        calls = 0
        try:
            while not stop:
                for _ in range(20):
                    operation = operations[int(chance.random() * len(operations))]
                    try:
                        operation(chance)
                    except accept:
                        pass
                    calls += 1
        except BaseException:
            stop.failed = True
            sys.stdout.write("seeds: IMUGI_TORTURE_SEED=%d IMUGI_CHAOS=%s\n" % (SEED, os.environ.get("IMUGI_CHAOS", "")))
            raise
        return calls

    count = THREADS or threads
    bodies = [lambda number=number: body(number) for number in range(count)]
    return sum(run(*bodies, *([lambda: switch_gil(stop)] if SWITCH else []))[:count])


def any_of(chance, items):
    """One of a list that others may empty: IndexError then.

    random.choice() asks for the length twice, and seeks a number below 0 for ever if it came to 0.
    """
    return items[int(chance.random() * len(items))]


def fork():
    """os.fork() without the warning that there are other threads."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return os.fork()
