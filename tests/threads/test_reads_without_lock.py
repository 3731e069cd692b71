"""Reads that take no lock, of what other threads change meanwhile."""

import functools
import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import check, equal
from together import Stop, for_each, run


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


class Equal:
    """Compared by Python code, and dies promptly."""
    def __init__(self, n):
        self.n = n

    def __eq__(self, other):
        return self.n == other.n

    __hash__ = None


def test_search_in_a_list_that_is_reversed():
    """What is always there is always found, what never is never."""
    for make in (int, str, lambda n: (n,), Equal):
        items = [make(n) for n in range(20)]
        first, last, none = make(0), make(19), make(-1)

        def change(number):
            items.reverse()
            if number % 8 == 0:
                items.append(make(50))
                items.insert(3, make(51))
                items.remove(make(50))
                del items[items.index(make(51))]
            if number % 64 == 0:
                items[5:5] = [make(n) for n in range(60, 100)]
                del items[5:45]

        def look():
            # User code that is asked sees the items at several times.
            if make in (int, str):
                check(first in items and last in items)
                check(items.index(first) >= 0)
            check(none not in items)
            items.count(last)
        watched(change, look)


def test_search_in_a_list_whose_items_die():
    items = [str(n) + "x" for n in range(50)]

    def change(number):
        for i in range(50):
            items[i] = str(number + i) + "x"
        if number % 8 == 0:
            items.extend([str(n) for n in range(200)])
            del items[50:]

    def look():
        check("no" not in items)
        check("75" + "y" not in items)
        check(None not in items)
        "7x" in items
    watched(change, look)


def test_position_found():
    """index() gives a place where the item was."""
    items = list(range(100))

    def change(number):
        items.append(1000)
        items.pop()
        items[50] = 50

    def look():
        for n in (0, 50, 99):
            equal(items.index(n), n)
        equal(items.index(60, 10), 60)
        try:
            items.index(60, 0, 60)
        except ValueError:
            pass
        else:
            check(False)
    watched(change, look)


def test_cached_calls():
    for size in (1, 3, 8, None):
        calls = []

        @functools.lru_cache(maxsize=size)
        def twice(n):
            calls.append(n)
            return str(n) * 2

        def body(number):
            for i in range(3000):
                n = i // 50 % 6 if number % 2 else i % 6
                equal(twice(n), str(n) * 2)
        for_each(4, body)
        info = twice.cache_info()
        equal(info.hits + info.misses, 12000)
        equal(info.misses, len(calls))
        check(info.currsize <= 6 if size is None else info.currsize == min(size, 6), info)


def test_cached_call_while_the_cache_is_cleared():
    @functools.lru_cache
    def pair(n):
        return [n, n]

    def change(number):
        pair.cache_clear()
        pair(number)

    def look():
        for n in (1, 1, 2, 2):
            equal(pair(n), [n, n])
    watched(change, look)


support.run(globals())
