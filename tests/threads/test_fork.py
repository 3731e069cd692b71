# time limit: 120
"""fork() while threads end, hold locks of the runtime and wait: the child has none of them, and can do everything."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import os
import queue
import select
import tempfile
import threading
import time
import warnings

import support
from support import equal
import together

warnings.simplefilter("ignore")
SECONDS = 60


def child(body):
    """Runs body in a forked process, which has to end by itself."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            body()
            status = 0
        finally:
            os._exit(status)
    end = time.monotonic() + SECONDS
    while True:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return equal(status, 0)
        if time.monotonic() > end:
            os.kill(pid, 9)
            os.waitpid(pid, 0)
            raise AssertionError("the child hangs")
        time.sleep(0.002)


def work(file, line):
    """Takes mutexes of many kinds, and waits for another thread."""
    for number in range(20):
        file.write("line %d\n" % number)
        os.environ["IMUGI_TEST_FORK"] = str(number)
        made = type("Made", (dict,), {"x%d" % number: number})()
        made.attribute = number
        line.put(made)
        line.get()
    file.flush()


def test_threads_that_have_ended():
    if not hasattr(os, "fork"):
        support.skip("no fork")
    for _ in range(10):
        line = queue.SimpleQueue()
        # Nobody joins them: what they did last is before the fork only because the world was stopped.
        threads = [threading.Thread(target=lambda: line.get(), daemon=True) for _ in range(4)]
        for thread in threads:
            thread.start()
        for _ in threads:
            line.put(1)
        child(lambda: together.for_each(2, lambda number: (line.put(number), line.get())))


def test_threads_at_work():
    if not hasattr(os, "fork") or sys.implementation.name == "cpython":
        support.skip("no fork, or a child that hangs at the file's lock")
    with tempfile.TemporaryFile("w") as file:
        line, stop = queue.SimpleQueue(), threading.Event()

        def busy():
            while not stop.is_set():
                work(file, line)
        threads = [threading.Thread(target=busy) for _ in range(3)]
        for thread in threads:
            thread.start()
        try:
            for _ in range(8):
                child(lambda: together.for_each(3, lambda number: work(file, queue.SimpleQueue())))
        finally:
            stop.set()
            for thread in threads:
                thread.join()


def test_file_of_a_thread_that_is_gone():
    """The child's threads meet at a file whose lock nobody in it holds."""
    if not hasattr(os, "fork"):
        support.skip("no fork")
    reader, writer = os.pipe()
    with open(writer, "wb", buffering=100) as target:
        big = threading.Thread(target=target.write, args=(bytes(100_000),))  # more than the pipe takes
        big.start()
        while not select.select([reader], [], [], 1)[0] or select.select([], [writer], [], 0)[1]:
            time.sleep(0.001)

        def body():
            got = threading.Thread(target=lambda: [os.read(reader, 1 << 16) for _ in range(3)], daemon=True)
            got.start()
            together.for_each(3, lambda number: target.write(b"x"))
        child(body)
        rest = threading.Thread(target=lambda: [None for _ in iter(lambda: os.read(reader, 1 << 16), b"")], daemon=True)
        rest.start()
        big.join()
    rest.join()
    os.close(reader)


def test_threads_that_lock_what_others_made():
    """Whoever took an object's lock, or its bias, when the process forked is not in the child."""
    if not hasattr(os, "fork"):
        support.skip("no fork")
    shown, common, stop = [[], [], []], [], threading.Event()

    def use():
        for made in list(shown):
            for one in made:
                one.append(0)
        for _ in range(200):
            common.append(0)
        del common[:100]

    def busy(me):
        long = list(range(100_000))
        while not stop.is_set():
            shown[me] = [[] for _ in range(200)]
            for _ in range(5):
                long.reverse()
                use()
    threads = [threading.Thread(target=busy, args=(me,)) for me in range(3)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(40):
            child(lambda: together.for_each(2, lambda number: use()))
            use()
    finally:
        stop.set()
        for thread in threads:
            thread.join()


support.run(globals())
