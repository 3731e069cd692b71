"""Objects that their maker goes on changing while other threads begin to: no change is lost."""
# time limit: 120

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import support
from support import equal
from racing import race

import threading
import time

ROUNDS = 300
CHANGES = 200


def make_and_change(make, change, check, rounds=ROUNDS, pause=0.0):
    """A thread makes objects and changes each of them while two others do the same to it."""
    made = [None] * rounds
    gate = threading.Barrier(3)

    def maker():
        for number in range(rounds):
            own = made[number] = make()
            gate.wait()
            for _ in range(CHANGES):
                change(own)
            gate.wait()
            check(own, 3 * CHANGES)
            if pause:
                time.sleep(pause)

    def other():
        for number in range(rounds):
            gate.wait()
            theirs = made[number]
            for _ in range(CHANGES):
                change(theirs)
            gate.wait()
    race(maker, other, other)


def test_lists():
    make_and_change(list, lambda items: items.append(None), lambda items, count: equal(len(items), count))


def test_lists_now_and_then():
    """So seldom that each object is looked at for itself, next to others that stay their maker's."""
    make_and_change(list, lambda items: items.append(None), lambda items, count: equal(len(items), count),
                    rounds=60, pause=0.002)


def test_dicts():
    def change(items):
        items.setdefault(threading.get_ident(), []).append(None)

    def check(items, count):
        equal(sum(map(len, items.values())), count)
    make_and_change(dict, change, check)


def test_attributes():
    class Counter:
        def __init__(self):
            self.made_by = threading.get_ident()

    def change(counter):
        name = "of_%d" % threading.get_ident()
        setattr(counter, name, getattr(counter, name, 0) + 1)

    def check(counter, count):
        equal(sum(value for name, value in vars(counter).items() if name.startswith("of_")), count)
    make_and_change(Counter, change, check)


def test_generators():
    """A generator is resumed by one thread at a time; each value comes out once."""
    def numbers():
        number = 0
        while True:
            yield number
            number += 1
    taken = []

    def change(generator):
        while True:
            try:
                taken.append(next(generator))
                return
            except ValueError:
                pass

    def check(generator, count):
        equal(sorted(taken), list(range(count)))
        taken.clear()
    make_and_change(numbers, change, check, rounds=60)


support.run(globals())
