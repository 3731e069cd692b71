"""Runs of operations on one shared object, after which a thread keeps its lock until another wants it."""
# time limit: 120

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import support
from support import check, equal
from racing import each, race

import random
import threading
import time
from collections import deque

# More operations than a thread does before it keeps a lock.
RUN = 200


class Point:
    def __init__(self):
        self.x = 0


def test_runs_on_several_objects():
    """Threads go from one object to the next at random; nothing is lost."""
    lists = [[] for _ in range(3)]
    queues = [deque() for _ in range(3)]
    tables = [{} for _ in range(3)]
    appended = [[0] * 3 for _ in range(4)]
    balance = [[0] * 3 for _ in range(4)]

    def work(me):
        chance = random.Random(me)
        for _ in range(60):
            at = chance.randrange(3)
            length = chance.choice((1, 3, RUN, RUN * 10))
            kind = chance.randrange(3)
            if kind == 0:
                for i in range(length):
                    lists[at].append(me)
                appended[me][at] += length
            elif kind == 1:
                queue = queues[at]
                for i in range(length):
                    queue.append(me)
                    balance[me][at] += 1
                    if i & 1:
                        try:
                            queue.popleft()
                        except IndexError:
                            continue
                        balance[me][at] -= 1
            else:
                table = tables[at]
                for i in range(length):
                    table[me, i] = i
                equal(sum(1 for i in range(length) if (me, i) in table), length)

    race(*each(work))
    for at in range(3):
        equal(len(lists[at]), sum(counts[at] for counts in appended))
        for me in range(4):
            equal(lists[at].count(me), appended[me][at])
        equal(len(queues[at]), sum(counts[at] for counts in balance))


def test_attributes_of_one_object():
    point = Point()

    def work(me):
        for i in range(RUN * 50):
            point.x = me
            check(point.x in range(4))
            if i % RUN == me:
                setattr(point, f"own{me}", i)
                point.__dict__
    race(*each(work))
    check(all(hasattr(point, f"own{me}") for me in range(4)))


def test_who_keeps_a_lock_sleeps():
    items = []
    ready, done = threading.Event(), threading.Event()

    def keeper():
        for i in range(RUN):
            items.append(i)
        ready.set()
        check(done.wait(30))

    def other():
        ready.wait()
        for i in range(RUN):
            items.append(i)
        done.set()
    race(keeper, other)
    equal(len(items), 2 * RUN)


def test_who_keeps_a_lock_computes():
    """One call of a native function that takes long: others get the lock meanwhile."""
    items = []
    ready = threading.Event()
    times = []

    def keeper():
        for i in range(RUN):
            items.append(i)
        ready.set()
        pow(3, 600_000)
        times.append(time.monotonic())

    def other():
        ready.wait()
        for i in range(RUN):
            items.append(i)
        times.append(time.monotonic())
    race(keeper, other)
    equal(len(items), 2 * RUN)


def test_objects_die_whose_lock_is_kept():
    """What has their memory next is locked by nobody."""
    sources = [deque(), deque()]
    stop = []

    def maker(me):
        for _ in range(150):
            made = [[] for _ in range(8)]
            for one in made:
                for i in range(RUN // 4):
                    one.append(i)
            sources[me].append(made)
            while len(sources[me]) > 4:
                time.sleep(0)
        stop.append(me)

    def user(me):
        while len(stop) < 2 or sources[me]:
            if not sources[me]:
                time.sleep(0)
                continue
            made = sources[me].popleft()
            for one in made:
                for i in range(RUN // 4):
                    one.append(-i)
                equal(len(one), RUN // 4 * 2)
            del one, made
    race(lambda: maker(0), lambda: maker(1), lambda: user(0), lambda: user(1))


def test_user_code_in_a_section():
    items = []

    class Curious:
        def __eq__(self, other):
            items.append(1)
            return False

    items.append(Curious())

    def work(me):
        for i in range(RUN):
            items.append(2)
        for _ in range(20):
            items.index(2)
            items.count(3)
        for i in range(RUN):
            items.append(2)
    race(*each(work))
    equal(items.count(2), RUN * 2 * 4)


def test_two_objects_at_once():
    first, second = [1] * 10, [2] * 10

    def work(me):
        mine, other = (first, second) if me & 1 else (second, first)
        for _ in range(30):
            for i in range(RUN):
                mine[i % 10] = me
            mine[:10] = other
            for i in range(RUN):
                other[i % 10] = me
            check(len(mine + other) == 20)
    race(*each(work))
    equal((len(first), len(second)), (10, 10))


def test_fork_of_one_who_waits():
    """A child goes on with objects whose locks threads have that are not in it."""
    if not hasattr(os, "fork"):
        return
    items, stop = [], []

    def work():
        while not stop:
            for i in range(RUN):
                items.append(i)
            del items[:]
    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(20):
            for i in range(RUN):
                items.append(i)
            child = os.fork()
            if child == 0:
                for i in range(RUN):
                    items.append(i)
                os._exit(3)
            deadline = time.monotonic() + 30
            while True:
                pid, status = os.waitpid(child, os.WNOHANG)
                if pid:
                    break
                if time.monotonic() > deadline:
                    os.kill(child, 9)
                    os.waitpid(child, 0)
                    raise AssertionError("the child hangs")
                time.sleep(0.001)
            equal(os.waitstatus_to_exitcode(status), 3)
    finally:
        stop.append(True)
        for thread in threads:
            thread.join()


support.run(globals())
