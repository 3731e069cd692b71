"""User code called by a builtin operation (hashing, comparing, key functions) may block on anything: nothing deadlocks."""
# time limit: 120

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import support
from support import check, equal
from racing import each, race, tolerating

import threading
import time


class Slow:
    """Its hash and comparison take a lock that others hold meanwhile."""
    lock = threading.Lock()

    def __init__(self, value):
        self.value = value

    def __hash__(self):
        with self.lock:
            return hash(self.value)

    def __eq__(self, other):
        with self.lock:
            return isinstance(other, Slow) and self.value == other.value

    def __lt__(self, other):
        with self.lock:
            time.sleep(0)
            return self.value < other.value


def test_dict_under_a_lock():
    """One thread holds the lock and waits for the dict; the other is inside the dict and waits for the lock."""
    items = {Slow(n): n for n in range(10)}

    def inside():
        for _ in range(100):
            items.get(Slow(3))
            items[Slow(4)] = 4

    def outside():
        for _ in range(100):
            with Slow.lock:
                len(items)
                items.copy()
                items["text"] = 1
    race(inside, outside, inside, outside)
    equal(items[Slow(3)], 3)
    equal(items[Slow(4)], 4)


def test_two_containers_both_ways():
    first, second = {Slow(n): n for n in range(10)}, {Slow(n): -n for n in range(10)}

    def there():
        for _ in range(30):
            tolerating(RuntimeError, lambda: first.update(second), lambda: first == second)

    def back():
        for _ in range(30):
            tolerating(RuntimeError, lambda: second.update(first), lambda: second == first)
    race(there, back)
    a, b = list(range(100)), list(range(100))

    def extend_there():
        for _ in range(50):
            a.extend(b)
            del a[100:]

    def extend_back():
        for _ in range(50):
            b.extend(a)
            del b[100:]
    race(extend_there, extend_back)
    s, t = set(range(50)), set(range(25, 75))

    def update_there():
        for _ in range(200):
            s.update(t)

    def update_back():
        for _ in range(200):
            t.update(s)
    race(update_there, update_back)
    equal(s | t, set(range(75)))


def test_sort_with_blocking_key():
    items = list(range(50, 0, -1))

    def sort():
        for _ in range(5):
            tolerating(ValueError, lambda: items.sort(key=lambda value: (time.sleep(0), value)[1]))

    def touch():
        for _ in range(200):
            items.copy()
            time.sleep(0)
    race(sort, touch, touch)


def test_comparison_changes_the_list():
    items = []

    class Cruel:
        def __eq__(self, other):
            items.clear()
            time.sleep(0)
            return False

    def look():
        for _ in range(50):
            items.extend([1, 2, 3] * 5)
            tolerating(ValueError, lambda: items.index(Cruel()), lambda: items.remove(Cruel()))
            items.count(Cruel())
            check((Cruel() in items) in (True, False))
    race(look, look, look)


def test_finalizer_takes_a_lock():
    lock = threading.RLock()
    died = []

    class Thing:
        def __del__(self):
            with lock:
                died.append(1)
    items = {}

    def body(number):
        for index in range(200):
            with lock:
                items[number] = Thing()
            items[number] = None
    race(*each(body))
    items.clear()
    equal(len(died), 800)


def test_lock_makes_updates_whole():
    lock = threading.Lock()
    state = {"n": 0}

    def body(number):
        for _ in range(2000):
            with lock:
                state["n"] += 1
    race(*each(body))
    equal(state["n"], 8000)


def test_condition_and_event():
    condition, turn, seen = threading.Condition(), [0], []

    def body(number):
        for _ in range(25):
            with condition:
                condition.wait_for(lambda: turn[0] % 4 == number)
                seen.append(number)
                turn[0] += 1
                condition.notify_all()
    race(*each(body))
    equal(seen, [0, 1, 2, 3] * 25)


def test_locals_are_apart():
    local = threading.local()

    def body(number):
        for index in range(500):
            local.value = (number, index)
            equal(local.value, (number, index))
    race(*each(body))
    check(not hasattr(local, "value"))


support.run(globals())
