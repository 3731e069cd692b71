"""Copies of lists that other threads change: as the list was at one time, and no reference lost."""

import gc
import heapq
import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import check, equal
from together import watched


class Number:
    """An object that is no immediate, and dies promptly."""
    def __init__(self, n):
        self.n = n


def test_items_stored_one_after_the_other():
    """An item never is older than one that was stored after it."""
    for make in (int, Number, lambda number: (number,)):
        items = [make(0)] * 8

        def change(number):
            new = make(number)
            for i in range(8):
                items[i] = new

        def value(item):
            return item if isinstance(item, int) else item[0] if isinstance(item, tuple) else item.n

        def look():
            for seen in (items[:], items[2:7], list(items), [*items], items.copy()):
                numbers = [value(item) for item in seen]
                check(numbers == sorted(numbers, reverse=True), numbers)
                check(numbers[0] - numbers[-1] <= 1, numbers)
        watched(change, look)


def test_items_that_move():
    items = [Number(i) for i in range(12)]
    everything = list(range(12))

    def change(number):
        kind = number % 6
        if kind == 0:
            items.reverse()
        elif kind == 1:
            items.sort(key=lambda item: -item.n)
        elif kind == 2:
            items[3], items[4] = items[4], items[3]
            items.sort(key=lambda item: item.n)
        elif kind == 3:
            items[:] = items[6:] + items[:6]
        elif kind == 4:
            items.insert(0, None)
            del items[0]
        else:
            items.append(None)
            items.pop()

    def look():
        seen = [item.n for item in items[:] if item]
        # Sorting with a key takes the items out; a swap by two stores shows one of them twice.
        check(not seen or len(set(seen)) >= 11, seen)
        check(set(seen) <= set(everything))
    watched(change, look)


def test_slices_deleted_and_assigned():
    items = list(range(100))

    def change(number):
        del items[1:100:3]
        items[:] = range(100)
        del items[50:]
        items.extend(range(50, 100))

    def look():
        seen = tuple(items)
        check(len(seen) in (100, 67, 50), len(seen))
        equal(list(seen), sorted(seen))
    watched(change, look)


def test_heap():
    items = [(i,) for i in range(32)]

    def change(number):
        heapq.heappush(items, (number % 50,))
        heapq.heappop(items)
        heapq.heapreplace(items, (number % 50,))

    def look():
        seen = items[:]
        check(31 <= len(seen) <= 33)
        check(all(isinstance(item, tuple) for item in seen))
    watched(change, look)


def test_copies_of_a_growing_list():
    items = []

    def change(number):
        items.append((len(items),))
        if len(items) > 3000:
            items.clear()

    def look():
        seen = items[:]
        check(all(item == (i,) for i, item in enumerate(seen)))
    watched(change, look)


def test_references_are_given_back():
    """What was counted for a copy that was thrown away is dropped."""
    alive = []

    class Counted:
        def __init__(self):
            alive.append(1)

        def __del__(self):
            alive.pop()

    items = [Counted() for _ in range(6)]

    def change(number):
        items[number % 6] = Counted()

    def look():
        equal(len(items[:]), 6)
        equal(len(list(items)), 6)
    watched(change, look)
    for _ in range(100):
        pass
    gc.collect()
    equal(len(alive), 6)


def test_copies_of_a_dict():
    """A value never is older than one that was stored after it."""
    for make in (int, Number):
        numbers = dict.fromkeys("abcdefgh", make(0))

        def change(number):
            new = make(number)
            for name in "abcdefgh":
                numbers[name] = new
            if number % 16 == 0:
                numbers["new"] = new
                del numbers["new"]
            if number % 256 == 0:
                items = list(numbers.items())
                numbers.clear()
                numbers.update(items)

        def look():
            for seen in (numbers.copy(), dict(numbers), {**numbers}):
                seen.pop("new", None)
                values = [item if make is int else item.n for item in seen.values()]
                # It is filled again in one step or in several.
                check(values == sorted(values, reverse=True), values)
                check(list(seen) == list("abcdefgh")[:len(seen)], seen)
        watched(change, look)


support.run(globals())
