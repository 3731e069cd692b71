"""Reads that take no lock, of what other threads change meanwhile."""

import array
import collections
import contextlib
import functools
import itertools
import operator
import queue
import sys
import threading
from random import Random

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import check, equal
from together import Stop, for_each, watched


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
                equal((items.count(first), items.count(last)), (1, 1))
            check(none not in items)
            equal(items.count(none), 0)
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


def test_join_of_a_list_that_changes():
    """The text is of the items of one time: a rotation, or what replaced them all."""
    digits = [str(n) for n in range(100, 130)]
    texts = {"/".join(digits[n:] + digits[:n]) for n in range(len(digits))}
    items = list(digits)
    wide = ["\u0416" * n for n in range(1, 6)] * 6
    texts.add("/".join(wide))

    def change(number):
        if number % 16 == 0:
            items[:] = wide
            items[:] = ["".join(item) for item in digits]
        items[:] = items[1:] + items[:1]

    def look():
        text = "/".join(items)
        check(text in texts, text)
    watched(change, look)
    items.append(7)
    support.raises(TypeError, "/".join, items,
                   message="sequence item 30: expected str instance, int found")


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


def change_items(items, make, most):
    """All the ways in which a sequence of numbers made by make() changes."""
    chance = Random(1)

    def change(number):
        size = len(items)
        kind = number % 16
        at = chance.randrange(size + 1)
        if size > most:
            if number % 2:
                del items[at // 2:]
            else:
                items[:] = items[:3]
        elif kind < 5:
            items.append(make(number % 100))
        elif kind == 5:
            items.insert(at, make(number % 100))
        elif kind == 6 and size:
            items.pop(at % size)
        elif kind == 7 and size:
            items.pop()
        elif kind == 8:
            items.reverse()
        elif kind == 9:
            items.extend(items[at:])
        elif kind == 10:
            del items[:at // 4]
        elif kind == 11:
            del items[at::3]
        elif kind == 12 and number % 5 == 0:
            operator.imul(items, 2)
        elif kind == 13 and number % 7 == 0:
            items.clear() if number % 2 else items.__delitem__(slice(None))
        elif size:
            items[at % size] = make(number % 100)
    return change


def look_at_items(items, is_right):
    """Indices and iteration show only numbers that were there."""
    def look():
        size = len(items)
        for at in (0, 1, size // 2, size - 1, size - 2, -1):
            try:
                item = items[at]
            except IndexError:
                continue
            check(is_right(item), item)
        for item in items:
            check(is_right(item), item)
    return look


def test_items_of_an_array():
    factors = {"b": 1, "B": 1, "H": 257, "i": 65537 * 3, "Q": (1 << 32) + 1, "d": 1.5}
    for code, factor in factors.items():
        for owner_writes in (True, False):
            right = frozenset(n * factor for n in range(100))
            items = array.array(code, [factor] * 10)
            change = change_items(items, lambda n: n * factor, 500)
            look = look_at_items(items, right.__contains__)
            if owner_writes:
                watched_here(change, look)
            else:
                watched(change, look)


def watched_here(change, look):
    """The thread that made things changes them."""
    stop = Stop(0.1)
    failures = []

    def read():
        try:
            while not stop:
                look()
        except BaseException as error:
            failures.append(error)
            stop.failed = True
    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    number = 0
    while not stop:
        number += 1
        change(number)
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def test_one_iterator_over_an_array_for_all():
    """Each item is given once."""
    items = array.array("i", range(20000))
    iterator = iter(items)
    parts = for_each(4, lambda number: list(iterator))
    equal(sorted(sum(parts, [])), list(range(20000)))
    equal(list(iterator), [])


def test_buffer_of_an_array_while_items_are_read():
    items = array.array("Q", [0] * 100)

    def change(number):
        with memoryview(items) as view:
            for i in range(100):
                view[i] = number % 1000 * ((1 << 32) + 1)
        items.append(0)
        items.pop()

    look = look_at_items(items, lambda item: item >> 32 == item & 0xFFFFFFFF)
    watched(change, look)


def test_iterators_that_others_hold_too():
    """Each item is given once, by an iterator that several threads step."""
    for sequence in (list(range(20000)), set(range(20000)), [(n,) for n in range(5000)]):
        iterator = iter(sequence)
        parts = for_each(4, lambda number: list(map(int, iterator)) if isinstance(sequence, set) else [*iterator])
        equal(sorted(sum(parts, [])), sorted(sequence))
        equal(list(iterator), [])


def test_loop_of_a_generator_that_others_go_on_with():
    """The thread whose list it is begins the loop and goes on changing the list, which nobody else has ever read."""
    def steps(values):
        for value in values:
            yield value

    begun = queue.SimpleQueue()

    def change(number):
        items = list(range(40))
        generator = steps(items) if number % 2 else (value for value in items)
        next(generator)
        begun.put(generator)
        for size in range(30):
            items.extend(range(size))
            items[:] = range(20)
        if begun.qsize() > 8:
            with contextlib.suppress(queue.Empty):
                begun.get_nowait()

    def look():
        try:
            generator = begun.get(timeout=0.05)
        except queue.Empty:
            return
        for _ in range(200):
            check(0 <= next(generator, 0) < 40)
    watched(change, look)


def test_iteration_over_a_set_that_changes():
    """Elements that were there, or the error that says that the size is another."""
    class Element:
        pass

    for make in (str, int, lambda n: Element()):
        items = {make(n) for n in range(50)}
        kinds = type(make(0))

        def change(number):
            element = make(number + 1000)
            items.add(element)
            if number % 3 == 0:
                items.add(make(-number))
                items.pop()
            items.discard(element)
            if number % 100 == 0:
                items.clear()
                items.update(make(n) for n in range(50))

        def look():
            try:
                for item in items:
                    check(type(item) is kinds)
                iterator = iter(items)
                for item in iterator:
                    check(type(item) is kinds)
            except RuntimeError as error:
                equal(str(error), "Set changed size during iteration")
        watched(change, look)


def test_iteration_by_an_iterator_with_a_name():
    """A list that others change."""
    items = [(n,) for n in range(50)]

    def change(number):
        items.append((number,))
        items[number % 20] = (number,)
        items.insert(0, (number,))
        del items[number % 50]
        if len(items) > 200:
            del items[50:]

    def look():
        iterator = iter(items)
        for item in iterator:
            check(type(item) is tuple and len(item) == 1)
        for item in itertools.chain(items, items):
            check(type(item) is tuple and len(item) == 1)
        backward = reversed(items)
        for item in backward:
            check(type(item) is tuple and len(item) == 1)
    watched(change, look)


def test_iteration_over_an_ordered_dict():
    items = collections.OrderedDict((str(n), [n]) for n in range(50))

    def change(number):
        items[str(number % 50)] = [number]
        if number % 50 == 0:
            items.move_to_end(str(number // 50 % 50))
        if number % 200 == 0:
            items["new"] = [0]
            del items["new"]

    def look():
        try:
            for name, value in items.items():
                check(type(name) is str and len(value) == 1)
            iterator = iter(items)
            for name in iterator:
                check(type(name) is str)
        except RuntimeError as error:
            check("during iteration" in str(error), error)
    watched(change, look)


def test_view_of_bytes_that_is_released():
    """An element, or the error that the view was released."""
    views = [memoryview(bytes([7]) * 5000)]

    def release(view):
        try:
            view.release()
        except BufferError:  # somebody makes a slice of it
            pass

    def change(number):
        view = memoryview(bytes([7]) * 5000)
        views[0] = view[number % 3:] if number % 2 else view
        release(view)

    def change_and_end(number):
        change(number)
        release(views[0])

    def look():
        view = views[0]
        try:
            for i in range(100):
                equal(view[i], 7)
            for item in view[:50]:
                equal(item, 7)
        except ValueError as error:
            check("released" in str(error), error)
    watched(change, look)
    watched(change_and_end, look)


def test_items_of_a_deque_that_turns():
    """An item is read whole, from a ring that turns, grows, and whose items die."""
    for make in (int, str, lambda n: (n, n)):
        items = collections.deque(make(n) for n in range(8))
        kinds = {make(n) for n in range(40)}

        def change(number):
            # Never shorter than seven items.
            items.append(make(number % 40))
            items.popleft()
            items.appendleft(make(number % 39))
            items.pop()
            if number % 8 == 0:
                items.rotate(number % 5)
                items.reverse()
                items[3] = make(number % 37)
            if number % 32 == 0:
                items.insert(4, make(number % 40))
                del items[2]
            if number % 256 == 0:
                items.extend([make(n) for n in range(40)])
                for _ in range(40):
                    items.popleft()

        def look():
            for i in (0, 3, 6):
                check(items[i] in kinds)
        watched(change, look)


def test_items_of_a_deque_whose_ends_stay():
    """What is read was at the index at one time."""
    items = collections.deque([-1, 1, 2, 3, -4])

    def change(number):
        if number % 2:
            items.rotate(2)
            items.rotate(-2)
        items.insert(2, number)
        del items[2]
        items.append(number)
        items.pop()

    def look():
        # A turn by two is a state of its own.
        check(items[0] in (-1, 3))
        check(items[1] in (1, -4))
    watched(change, look)


def test_items_of_a_deque_that_is_emptied():
    items = collections.deque()

    def change(number):
        items.extend([str(number)] * (number % 50))
        items.clear()

    def look():
        for i in (0, 20, -1):
            try:
                check(items[i].isdigit())
            except IndexError:
                pass
    watched(change, look)


support.run(globals())
