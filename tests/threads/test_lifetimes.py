"""Objects that several threads hold: they die once, when the last holder lets go, whoever that is."""
# time limit: 120

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import support
from support import check, equal
from racing import each, race

import gc
import queue
import threading
import time
import weakref


def settle(condition, seconds=10):
    """A shared object dies by the next safepoint of its owner: wait for that, not for ever."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.001)
    return condition()


def recorder():
    died = []

    class Thing:
        def __init__(self, name):
            self.name = name

        def __del__(self):
            died.append(self.name)
    return Thing, died


def test_last_holder_is_another_thread():
    Thing, died = recorder()
    boxes = [[Thing(n)] for n in range(100)]

    def body(number):
        for index in range(number, 100, 4):
            boxes[index].pop()
    race(*each(body))
    check(settle(lambda: len(died) == 100), "not all died")
    equal(sorted(died), list(range(100)))


def test_all_hold_all():
    Thing, died = recorder()
    things = [Thing(n) for n in range(50)]
    copies = [list(things) for _ in range(4)]
    del things

    def body(number):
        mine = copies[number]
        copies[number] = None
        while mine:
            mine.pop()
    race(*each(body))
    check(settle(lambda: len(died) == 50), "not all died")
    equal(sorted(died), list(range(50)))


def test_owner_ends_first():
    Thing, died = recorder()
    box = []

    def make():
        box.extend(Thing(n) for n in range(100))
    thread = threading.Thread(target=make)
    thread.start()
    thread.join()
    equal(died, [])
    box.clear()
    check(settle(lambda: len(died) == 100), "not all died")
    equal(sorted(died), list(range(100)))


def test_owner_sleeps():
    Thing, died = recorder()
    ready, finish, box = threading.Event(), threading.Event(), []

    def make():
        box.extend(Thing(n) for n in range(100))
        ready.set()
        finish.wait()
    thread = threading.Thread(target=make)
    thread.start()
    ready.wait()
    box.clear()
    dead = settle(lambda: len(died) == 100)
    finish.set()
    thread.join()
    check(dead, "garbage waits for its sleeping owner")


def test_handed_over():
    Thing, died = recorder()
    line = queue.Queue(10)

    def give():
        for n in range(500):
            line.put(Thing(n))
        line.put(None)

    def take():
        while line.get() is not None:
            pass
    race(give, take)
    check(settle(lambda: len(died) == 500), "not all died")
    equal(sorted(died), list(range(500)))


def test_callbacks_once():
    class Thing:
        pass

    called = []
    things = [Thing() for _ in range(100)]
    references = [weakref.ref(thing, called.append) for thing in things]
    copies = [list(things) for _ in range(4)]
    del things

    def body(number):
        mine, copies[number] = copies[number], None
        while mine:
            mine.pop()
    race(*each(body))
    check(settle(lambda: len(called) == 100), "not all callbacks came")
    equal(len(set(map(id, called))), 100)
    check(all(reference() is None for reference in references))


def test_reference_meets_death():
    class Thing:
        value = 42

    box = [Thing()]
    finished = []

    def replace():
        try:
            for _ in range(2000):
                box[0] = Thing()
        finally:
            finished.append(True)

    def look():
        while not finished:
            reference = weakref.ref(box[0])
            thing = reference()
            if thing is not None:
                equal(thing.value, 42)
    race(replace, look, look)


def test_resurrection():
    saved = []

    class Phoenix:
        def __del__(self):
            saved.append(self)

    birds = [Phoenix() for _ in range(40)]
    copies = [list(birds) for _ in range(4)]
    del birds

    def body(number):
        mine, copies[number] = copies[number], None
        mine.clear()
    race(*each(body))
    check(settle(lambda: len(saved) == 40), "not all came back")
    equal(len({id(bird) for bird in saved}), 40)
    saved.clear()
    gc.collect()
    equal(saved, [])


def test_cycles_across_threads():
    Thing, died = recorder()
    pairs = [(Thing(n), Thing(n + 1000)) for n in range(50)]

    def tie(number):
        for index in range(number, 50, 4):
            a, b = pairs[index]
            a.other, b.other = b, a
    race(*each(tie))
    pairs.clear()
    gc.collect()
    check(settle(lambda: gc.collect() is not None and len(died) == 100), "cycles are left")


support.run(globals())
