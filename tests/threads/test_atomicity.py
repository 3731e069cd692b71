"""One test for each row of the atomicity table in docs/threads.md: threads meet in one object and an
invariant that only whole operations keep is checked.
"""
# time limit: 120

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import support
from support import check, equal
from racing import each, race

import itertools
from collections import deque

THREADS = 4  # as in racing.each
ROUNDS = 1000
ROWS = {}


def row(name):
    def keep(function):
        ROWS[name] = function
        return function
    return keep


def watch(change, look):
    """One thread changes ROUNDS times, the others look meanwhile."""
    finished = []

    def writer():
        try:
            for number in range(ROUNDS):
                change(number)
        finally:
            finished.append(True)

    def reader():
        while True:
            look()
            if finished:
                return

    race(writer, *[reader] * (THREADS - 1))


def drain(take, empty):
    """Every thread takes until it is told that nothing is left; returns all that was taken, sorted."""
    taken = [[] for _ in range(THREADS)]

    def body(number):
        mine = taken[number]
        while True:
            try:
                mine.append(take())
            except empty:
                return

    race(*each(body))
    return sorted(itertools.chain.from_iterable(taken))


FIRST, SECOND = list(range(50)), list(range(100, 150))
TOTAL = THREADS * ROUNDS


def either(get):
    """A look that must see one of the two whole contents."""
    def look():
        seen = get()
        check(seen == FIRST or seen == SECOND, "half of each: %r" % (seen,))
    return look


# ---- list


def slots_of_list():
    items = [(index, 0) for index in range(8)]

    def change(number):
        for index in range(8):
            items[index] = (index, number)

    def look():
        for index in range(8):
            equal(items[index][0], index)
    watch(change, look)


@row("list get item")
def list_get():
    slots_of_list()


@row("list set item")
def list_set():
    items = [None] * TOTAL

    def body(number):
        for index in range(number, TOTAL, THREADS):
            items[index] = (number, index)
    race(*each(body))
    for index, item in enumerate(items):
        equal(item, (index % THREADS, index))


@row("list delete item")
def list_delete():
    items = list(range(TOTAL))

    def body(number):
        for _ in range(ROUNDS):
            del items[0]
    race(*each(body))
    equal(items, [])


@row("list append")
def list_append():
    items = []

    def body(number):
        for index in range(ROUNDS):
            items.append(number * ROUNDS + index)
    race(*each(body))
    equal(sorted(items), list(range(TOTAL)))


@row("list extend")
def list_extend():
    items = []

    def body(number):
        part = [number] * 10
        for _ in range(ROUNDS // 4):
            items.extend(part)
    race(*each(body))
    equal(len(items), THREADS * (ROUNDS // 4) * 10)
    for start in range(0, len(items), 10):
        equal(len(set(items[start:start + 10])), 1)


@row("list insert")
def list_insert():
    items = []

    def body(number):
        for index in range(ROUNDS):
            items.insert(0, number * ROUNDS + index)
    race(*each(body))
    equal(sorted(items), list(range(TOTAL)))


@row("list pop")
def list_pop():
    items = list(range(TOTAL))
    equal(drain(items.pop, IndexError), list(range(TOTAL)))


@row("list remove")
def list_remove():
    items = list(range(TOTAL))

    def body(number):
        for value in range(number, TOTAL, THREADS):
            items.remove(value)
    race(*each(body))
    equal(items, [])


def shifted(look_for):
    items = FIRST.copy()

    def change(number):
        items.insert(0, None)
        items.pop(0)
    watch(change, lambda: look_for(items))


@row("list index")
def list_index():
    shifted(lambda items: check(items.index(42) in (42, 43)))


@row("list contains")
def list_contains():
    shifted(lambda items: check(42 in items))


@row("list count")
def list_count():
    items = [1, 2] * 50
    watch(lambda number: items.reverse(), lambda: equal(items.count(1), 50))


@row("list sort")
def list_sort():
    items = SECOND + FIRST

    def change(number):
        items.sort(reverse=number % 2 == 0)

    def look():
        seen = items.copy()
        equal(len(seen), 100)
        equal(len(set(seen)), 100)
    watch(change, look)


@row("list reverse")
def list_reverse():
    items = FIRST.copy()
    backwards = FIRST[::-1]
    watch(lambda number: items.reverse(), lambda: check(items.copy() in (FIRST, backwards)))


def replaced(get_of):
    items = FIRST.copy()

    def change(number):
        items[:] = SECOND if number % 2 else FIRST
    watch(change, either(lambda: get_of(items)))


@row("list copy")
def list_copy():
    replaced(lambda items: items.copy())


@row("list slice")
def list_slice():
    replaced(lambda items: items[0:50])


@row("list assign slice")
def list_assign_slice():
    items = FIRST.copy()

    def body(number):
        mine = FIRST if number % 2 else SECOND
        for _ in range(ROUNDS):
            items[:] = mine
            either(items.copy)()
    race(*each(body))


@row("list list(x)")
def list_list():
    replaced(list)


@row("list tuple(x)")
def list_tuple():
    replaced(lambda items: list(tuple(items)))


@row("list unpack")
def list_unpack():
    short, long = [0, 0], [0] * 10

    def change(number):
        short[:] = [number] * 2
        long[:] = [number] * 10

    def look():
        a, b = short
        check(a == b, "half of each: %r" % ((a, b),))
        first, *rest = short
        check([first] == rest, "half of each: %r" % ((first, rest),))
        a, b, c, d, e, f, g, h, i, j = long
        check(a == j and b == i and c == h and d == g and e == f, "half of each")
    watch(change, look)


@row("list clear")
def list_clear():
    items = []

    def change(number):
        items.extend(FIRST)
        items.clear()
    watch(change, lambda: check(items.copy() in ([], FIRST)))


# ---- dict


@row("dict get item")
def dict_get():
    items = {index: (index, 0) for index in range(8)}

    def change(number):
        for index in range(8):
            items[index] = (index, number)

    def look():
        for index in range(8):
            equal(items[index][0], index)
    watch(change, look)


@row("dict set item")
def dict_set():
    items = {}

    def body(number):
        for index in range(ROUNDS):
            items["%d-%d" % (number, index)] = index
    race(*each(body))
    equal(len(items), TOTAL)
    for number in range(THREADS):
        for index in range(ROUNDS):
            equal(items["%d-%d" % (number, index)], index)


@row("dict delete item")
def dict_delete():
    items = {index: index for index in range(TOTAL)}

    def body(number):
        for index in range(number, TOTAL, THREADS):
            del items[index]
    race(*each(body))
    equal(items, {})


@row("dict pop")
def dict_pop():
    items = {index: index for index in range(ROUNDS)}
    taken = [[] for _ in range(THREADS)]

    def body(number):
        for index in range(ROUNDS):
            value = items.pop(index, None)
            if value is not None:
                taken[number].append(value)
    race(*each(body))
    equal(sorted(itertools.chain.from_iterable(taken)), list(range(ROUNDS)))


@row("dict popitem")
def dict_popitem():
    items = {index: -index for index in range(TOTAL)}
    equal(drain(items.popitem, KeyError), [(index, -index) for index in range(TOTAL)])


@row("dict setdefault")
def dict_setdefault():
    items = {}
    seen = [[] for _ in range(THREADS)]

    def body(number):
        for index in range(ROUNDS):
            seen[number].append(items.setdefault(index, [number]))
    race(*each(body))
    for index in range(ROUNDS):
        for number in range(THREADS):
            check(seen[number][index] is items[index], "two defaults for one key")


def updated(values_of):
    items = dict.fromkeys(range(30), 0)

    def change(number):
        items.update(dict.fromkeys(range(30), number))
    watch(change, lambda: equal(len(set(values_of(items))), 1))


@row("dict update")
def dict_update():
    updated(lambda items: items.copy().values())


@row("dict copy")
def dict_copy():
    updated(lambda items: items.copy().values())


@row("dict dict(d)")
def dict_dict():
    updated(lambda items: dict(items).values())


@row("dict contains")
def dict_contains():
    items = {"here": 1}

    def change(number):
        for index in range(20):
            items[index] = number
        for index in range(20):
            del items[index]
    watch(change, lambda: check("here" in items))


def filled(look_of):
    items = {}
    keys = list(range(30))

    def change(number):
        items.update(dict.fromkeys(keys))
        items.clear()
    watch(change, lambda: check(look_of(items) in ([], keys)))


@row("dict list(d)")
def dict_list():
    filled(list)


@row("dict clear")
def dict_clear():
    filled(lambda items: list(items.copy()))


# ---- set


@row("set add")
def set_add():
    items = set()

    def body(number):
        for index in range(ROUNDS):
            items.add(number * ROUNDS + index)
    race(*each(body))
    equal(items, set(range(TOTAL)))


@row("set discard")
def set_discard():
    items = set(range(TOTAL))

    def body(number):
        for index in range(TOTAL):
            items.discard(index)
    race(*each(body))
    equal(items, set())


@row("set remove")
def set_remove():
    items = set(range(TOTAL))

    def body(number):
        for index in range(number, TOTAL, THREADS):
            items.remove(index)
    race(*each(body))
    equal(items, set())


@row("set pop")
def set_pop():
    items = set(range(TOTAL))
    equal(drain(items.pop, KeyError), list(range(TOTAL)))


def filled_set(look_of):
    whole = frozenset(FIRST)
    items = set()

    def change(number):
        items.update(whole)
        items.clear()
    watch(change, lambda: check(look_of(items) in (frozenset(), whole)))


@row("set update")
def set_update():
    filled_set(lambda items: items.copy())


@row("set copy")
def set_copy():
    filled_set(lambda items: items.copy())


@row("set union")
def set_union():
    filled_set(lambda items: items.union(()))


@row("set intersection")
def set_intersection():
    whole = set(FIRST)
    filled_set(lambda items: items & whole)


@row("set difference")
def set_difference():
    nothing = set()
    filled_set(lambda items: items - nothing)


@row("set contains")
def set_contains():
    items = {"here"}

    def change(number):
        for index in range(20):
            items.add(index)
        for index in range(20):
            items.remove(index)
    watch(change, lambda: check("here" in items))


# ---- deque


def deque_filled(add):
    def body(number):
        for index in range(ROUNDS):
            add(number * ROUNDS + index)
    race(*each(body))


@row("deque append")
def deque_append():
    items = deque()
    deque_filled(items.append)
    equal(sorted(items), list(range(TOTAL)))


@row("deque appendleft")
def deque_appendleft():
    items = deque()
    deque_filled(items.appendleft)
    equal(sorted(items), list(range(TOTAL)))


@row("deque pop")
def deque_pop():
    equal(drain(deque(range(TOTAL)).pop, IndexError), list(range(TOTAL)))


@row("deque popleft")
def deque_popleft():
    equal(drain(deque(range(TOTAL)).popleft, IndexError), list(range(TOTAL)))


@row("deque extend")
def deque_extend():
    items = deque()

    def body(number):
        part = [number] * 10
        for _ in range(ROUNDS // 4):
            items.extend(part)
    race(*each(body))
    flat = list(items)
    equal(len(flat), THREADS * (ROUNDS // 4) * 10)
    for start in range(0, len(flat), 10):
        equal(len(set(flat[start:start + 10])), 1)


@row("deque rotate")
def deque_rotate():
    items = deque(FIRST)

    def look():
        seen = list(items.copy())
        first = seen[0]
        equal(seen, FIRST[first:] + FIRST[:first])
    watch(lambda number: items.rotate(1), look)


# ---- iterators


@row("iterator next of list")
def next_list():
    equal(drain(iter(list(range(TOTAL))).__next__, StopIteration), list(range(TOTAL)))


@row("iterator next of range")
def next_range():
    equal(drain(iter(range(TOTAL)).__next__, StopIteration), list(range(TOTAL)))


@row("iterator next of itertools.count")
def next_count():
    counter = itertools.count()
    taken = []

    def body(number):
        mine = [next(counter) for _ in range(ROUNDS)]
        taken.append(mine)
    race(*each(body))
    equal(sorted(itertools.chain.from_iterable(taken)), list(range(TOTAL)))


@row("iterator next of enumerate")
def next_enumerate():
    pairs = drain(enumerate(range(TOTAL)).__next__, StopIteration)
    equal(pairs, [(index, index) for index in range(TOTAL)])


@row("iterator next of zip")
def next_zip():
    pairs = drain(zip(range(TOTAL), range(TOTAL)).__next__, StopIteration)
    equal(pairs, [(index, index) for index in range(TOTAL)])


# ---- attributes


class Thing:
    pass


@row("object get attribute")
def attribute_get():
    thing = Thing()
    thing.a, thing.b = ("a", 0), ("b", 0)

    def change(number):
        thing.a = ("a", number)
        thing.b = ("b", number)

    def look():
        equal(thing.a[0], "a")
        equal(thing.b[0], "b")
    watch(change, look)


@row("object set attribute")
def attribute_set():
    thing = Thing()

    def body(number):
        for index in range(50):
            setattr(thing, "x%d_%d" % (number, index), index)
    race(*each(body))
    equal(len(thing.__dict__), THREADS * 50)
    for number in range(THREADS):
        for index in range(50):
            equal(getattr(thing, "x%d_%d" % (number, index)), index)


@row("object delete attribute")
def attribute_delete():
    thing = Thing()
    for number in range(THREADS):
        for index in range(50):
            setattr(thing, "x%d_%d" % (number, index), index)

    def body(number):
        for index in range(50):
            delattr(thing, "x%d_%d" % (number, index))
    race(*each(body))
    equal(vars(thing), {})


# ---- bytearray


@row("bytearray append")
def bytearray_append():
    items = bytearray()

    def body(number):
        for _ in range(ROUNDS):
            items.append(number)
    race(*each(body))
    for number in range(THREADS):
        equal(items.count(number), ROUNDS)


@row("bytearray extend")
def bytearray_extend():
    items = bytearray()

    def body(number):
        part = bytes([number]) * 10
        for _ in range(ROUNDS // 4):
            items.extend(part)
    race(*each(body))
    equal(len(items), THREADS * (ROUNDS // 4) * 10)
    for start in range(0, len(items), 10):
        equal(len(set(items[start:start + 10])), 1)


# ---- the table


def test_every_row_has_a_test():
    page = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "threads.md")
    rows, inside = [], False
    with open(page, encoding="utf-8") as file:
        for line in file:
            if line.startswith("| type | atomic operation"):
                inside = True
            elif inside and line.startswith("|---"):
                pass
            elif inside and line.startswith("|"):
                cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
                rows.append(cells[0] + " " + cells[1])
            else:
                inside = False
    equal(sorted(rows), sorted(ROWS))


for name, function in ROWS.items():
    globals()["test_" + "".join(c if c.isalnum() else "_" for c in name)] = function

interval = sys.getswitchinterval()
sys.setswitchinterval(1e-5)
try:
    support.run(globals())
finally:
    sys.setswitchinterval(interval)
