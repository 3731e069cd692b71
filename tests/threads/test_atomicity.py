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
from array import array
from collections import OrderedDict, deque
from queue import Empty, SimpleQueue

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


def extended_in_tens(items, add):
    """Every thread adds ten of its number at a time; they stay together."""
    def body(number):
        for _ in range(ROUNDS // 4):
            add(items, number)
    race(*each(body))
    equal(len(items), THREADS * (ROUNDS // 4) * 10)
    flat = list(items)
    for start in range(0, len(flat), 10):
        equal(len(set(flat[start:start + 10])), 1)


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


@row("list add in place")
def list_add_in_place():
    extended_in_tens([], lambda items, number: items.__iadd__([number] * 10))


@row("list multiply in place")
def list_multiply_in_place():
    items = [1, 2]

    def change(number):
        items.__imul__(2)
        items[:] = [1, 2]
    watch(change, lambda: check(items.copy() in ([1, 2], [1, 2, 1, 2])))


def end_moves(items, take_first=None):
    """The item at the end is the last one whatever is put in and taken out."""
    def change(number):
        items.append("last")
        if take_first:
            # As many as before, but each one place further.
            items.insert(0, 0)
            take_first()
            items.insert(0, 0)
            take_first()
        items.pop()

    def look():
        equal(items[-1], "last")
        items[-1] = "last"
        items[-len(items) // 2]
    watch(change, look)


@row("list item counted from the end")
def list_item_from_the_end():
    items = [0] * 10 + ["last"]
    end_moves(items, lambda: items.pop(0))


@row("list join of its strings")
def list_join():
    texts, parts = ["a"] * 30, [b"a"] * 30

    def change(number):
        texts[:] = ["b"] * 40 if number % 2 else ["a"] * 30
        parts[:] = [b"b"] * 40 if number % 2 else [b"a"] * 30

    def look():
        check("".join(texts) in ("a" * 30, "b" * 40))
        check(b"".join(parts) in (b"a" * 30, b"b" * 40))
    watch(change, look)


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


@row("dict or in place")
def dict_or_in_place():
    items = dict.fromkeys(range(30), 0)

    def change(number):
        items.__ior__(dict.fromkeys(range(30), number))
    watch(change, lambda: equal(len(set(items.copy().values())), 1))


@row("dict list of a view")
def dict_list_of_a_view():
    filled(lambda items: list(items.keys()))
    filled(lambda items: [key for key, value in list(items.items())])
    updated(lambda items: list(items.values()))


@row("dict fromkeys")
def dict_fromkeys():
    filled(lambda items: list(dict.fromkeys(items)))


@row("dict reversed")
def dict_reversed():
    items = dict.fromkeys(range(10))

    def look():
        equal(list(reversed(items)), list(range(9, -1, -1)))
    watch(lambda number: items.__setitem__(3, number), look)


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


@row("set clear")
def set_clear():
    filled_set(set)


@row("set symmetric difference")
def set_symmetric_difference():
    filled_set(lambda items: items ^ set())
    items = set()

    def body(number):
        mine = {(number, index) for index in range(20)}
        for _ in range(ROUNDS // 2 + 1):
            items.symmetric_difference_update(mine)
    race(*each(body))
    equal(len(items), THREADS * 20)


@row("set operators in place")
def set_operators_in_place():
    items, whole, nothing = set(), set(FIRST), set()

    def change(number):
        items.__ior__(whole)
        items.__iand__(nothing)
        items.__ixor__(whole)
        items.__isub__(whole)
    watch(change, lambda: check(items.copy() in (nothing, whole)))


@row("set update from a list")
def set_update_from_a_list():
    items, whole = set(), set(FIRST)
    sources = [FIRST, tuple(FIRST), dict.fromkeys(FIRST)]

    def change(number):
        source = sources[number % 3]
        items.update(source)
        if number % 2:
            items.difference_update(source)
        else:
            items.intersection_update(type(source)())
    watch(change, lambda: check(items.copy() in (set(), whole)))


@row("set isdisjoint")
def set_isdisjoint():
    items = set(range(1000, 1100))

    def change(number):
        items.add(1)
        items.discard(1)
    watch(change, lambda: check(items.isdisjoint(FIRST[2:])))


@row("set intersection with a list")
def set_intersection_with_a_list():
    for source in FIRST, tuple(FIRST), dict.fromkeys(FIRST):
        filled_set(lambda items: items.intersection(source))


def set_of_either(fill, look):
    """Watches a set that has the items to be looked up first or last, never both and never none."""
    items, both = set(fill) | {0}, {0, 100}
    watch(lambda number: items.symmetric_difference_update(both), lambda: look(items))


@row("set isdisjoint from a list")
def set_isdisjoint_from_a_list():
    searched = [0] + list(range(200, 300)) + [100]
    set_of_either((), lambda items: check(not items.isdisjoint(searched)))


@row("set issuperset of a list")
def set_issuperset_of_a_list():
    searched = [0] + list(range(200, 300)) + [100]
    set_of_either(range(200, 300), lambda items: check(not items.issuperset(searched)))


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


@row("deque extendleft")
def deque_extendleft():
    extended_in_tens(deque(), lambda items, number: items.extendleft([number] * 10))


@row("deque add in place")
def deque_add_in_place():
    extended_in_tens(deque(), lambda items, number: items.__iadd__([number] * 10))


@row("deque get item")
def deque_get_item():
    items = deque([0] * 10 + ["last"])
    end_moves(items, items.popleft)


@row("deque set item")
def deque_set_item():
    items = deque([0] * 10)

    def change(number):
        items.append(0)
        items.popleft()

    def look():
        items[-1] = 1
        items[-8] = 2
    watch(change, look)


@row("deque delete item")
def deque_delete_item():
    items = deque(range(TOTAL))

    def body(number):
        for _ in range(ROUNDS):
            del items[-1]
    race(*each(body))
    equal(list(items), [])


@row("deque insert")
def deque_insert():
    items = deque()

    def body(number):
        for index in range(0, ROUNDS // 2, 2):
            items.insert(3, (number, index))
            items.insert(-2, (number, index + 1))
    race(*each(body))
    equal(sorted(items), [(number, index) for number in range(THREADS) for index in range(ROUNDS // 2)])


@row("deque remove")
def deque_remove():
    items = deque(range(ROUNDS))

    def body(number):
        for value in range(number, ROUNDS, THREADS):
            items.remove(value)
    race(*each(body))
    equal(list(items), [])


@row("deque reverse")
def deque_reverse():
    items = deque(FIRST)
    backwards = FIRST[::-1]
    watch(lambda number: items.reverse(), lambda: check(list(items.copy()) in (FIRST, backwards)))


def filled_deque(look_of):
    items = deque()

    def change(number):
        items.extend(FIRST)
        items.clear()
    watch(change, lambda: check(look_of(items) in ([], FIRST)))


@row("deque clear")
def deque_clear():
    filled_deque(lambda items: list(items + deque()))


@row("deque copy")
def deque_copy():
    filled_deque(lambda items: list(items.copy()))


@row("deque count")
def deque_count():
    items = deque([1, 2] * 50)
    watch(lambda number: items.rotate(3), lambda: equal(items.count(1), 50))


@row("deque index")
def deque_index():
    items = deque([*FIRST, 99])

    def change(number):
        items.rotate(3)
        items.rotate(-3)
        items.appendleft(1)
        items.popleft()
    watch(change, lambda: items.index(99))


@row("deque contains")
def deque_contains():
    items = deque(FIRST)

    def change(number):
        items.appendleft(1)
        items.popleft()
    watch(change, lambda: check(42 in items))


# ---- OrderedDict, SimpleQueue


@row("OrderedDict set item")
def ordered_set():
    items = OrderedDict()

    def body(number):
        for index in range(ROUNDS):
            items[number, index] = index
    race(*each(body))
    equal(sorted(items), [(number, index) for number in range(THREADS) for index in range(ROUNDS)])
    equal(len(items), TOTAL)


@row("OrderedDict setdefault")
def ordered_setdefault():
    items = OrderedDict()
    seen = [[] for _ in range(THREADS)]

    def body(number):
        for index in range(ROUNDS):
            seen[number].append(items.setdefault(index, [number]))
    race(*each(body))
    for mine in seen:
        for index in range(ROUNDS):
            check(mine[index] is items[index], "two defaults for one key")


@row("OrderedDict update")
def ordered_update():
    items = OrderedDict()
    sources = [dict.fromkeys(FIRST), OrderedDict.fromkeys(FIRST)]

    def change(number):
        items.update(sources[number % 2])
        items.clear()
    watch(change, lambda: check(list(items.copy()) in ([], FIRST)))


@row("OrderedDict copy")
def ordered_copy():
    items = OrderedDict.fromkeys(FIRST)

    def change(number):
        items.move_to_end(number % 50)
        del items[0]
        items[0] = number

    def look():
        check(len(items.copy()) >= 49)
        check(len(items | {}) >= 49)
    watch(change, look)


@row("OrderedDict pop")
def ordered_pop():
    items = OrderedDict.fromkeys(range(ROUNDS))
    taken = []

    def body(number):
        for index in range(ROUNDS):
            try:
                items.pop(index)
            except KeyError:
                continue
            taken.append(index)
    race(*each(body))
    equal((sorted(taken), list(items)), (list(range(ROUNDS)), []))


@row("OrderedDict popitem")
def ordered_popitem():
    items = OrderedDict((index, -index) for index in range(TOTAL))
    equal(drain(lambda: items.popitem(last=False), KeyError), [(index, -index) for index in range(TOTAL)])
    equal(list(items), [])


@row("OrderedDict move_to_end")
def ordered_move_to_end():
    items = OrderedDict.fromkeys(FIRST)

    def body(number):
        for index in range(ROUNDS):
            items.move_to_end((index * 7 + number) % 50, last=number % 2 == 0)
    race(*each(body))
    equal(sorted(items), FIRST)
    equal(list(reversed(items)), list(items)[::-1])


@row("OrderedDict delete item")
def ordered_delete():
    items = OrderedDict.fromkeys(range(TOTAL))

    def body(number):
        for index in range(number, TOTAL, THREADS):
            del items[index]
    race(*each(body))
    equal(list(items), [])


@row("OrderedDict get item")
def ordered_get():
    items = OrderedDict((index, (index, 0)) for index in range(8))

    def change(number):
        for index in range(8):
            items[index] = (index, number)
        items.move_to_end(number % 8)

    def look():
        for index in range(8):
            equal(items[index][0], index)
    watch(change, look)


@row("SimpleQueue put")
def simple_queue_put():
    queue = SimpleQueue()

    def body(number):
        for index in range(ROUNDS):
            queue.put((number, index))
    race(*each(body))
    equal(queue.qsize(), TOTAL)
    for number in range(THREADS):
        queue.put((number, ROUNDS))
    got = [queue.get() for _ in range(TOTAL + THREADS)]
    for number in range(THREADS):
        equal([index for which, index in got if which == number], list(range(ROUNDS + 1)))


@row("SimpleQueue get")
def simple_queue_get():
    queue = SimpleQueue()
    for index in range(TOTAL):
        queue.put(index)
    equal(drain(queue.get_nowait, Empty), list(range(TOTAL)))


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


def stepped(name, make):
    """Threads that step one iterator get, together, what one thread gets: of a long one, and of many
    short ones, so that its first steps, its last and what lies between its parts are met often."""
    def body():
        equal(drain(make(NUMBERS).__next__, StopIteration), sorted(make(NUMBERS)))
        few = NUMBERS[:7]
        short = [make(few) for _ in range(ROUNDS)]
        taken = [[[] for _ in short] for _ in range(THREADS)]
        race(*each(lambda number: [mine.extend(one) for one, mine in zip(short, taken[number])]))
        expected = sorted(make(few))
        for parts in zip(*taken):
            equal(sorted(itertools.chain.from_iterable(parts)), expected)
    ROWS["iterator next of " + name] = body


def pairs_of(numbers):
    return [numbers[place:place + 2] for place in range(0, len(numbers), 2)]


NUMBERS = list(range(TOTAL))
stepped("tuple", lambda numbers: iter(tuple(numbers)))
stepped("str", lambda numbers: iter("".join(map(chr, range(256, 256 + len(numbers))))))
stepped("bytes", lambda numbers: iter(bytes(len(numbers))))
stepped("dict", lambda numbers: iter({number: number for number in numbers}.items()))
stepped("set", lambda numbers: iter(set(numbers)))
stepped("deque", lambda numbers: iter(deque(numbers)))
stepped("reversed", lambda numbers: reversed(numbers))
stepped("map", lambda numbers: map(str, numbers))
stepped("filter", lambda numbers: filter(None, numbers))
stepped("memoryview", lambda numbers: iter(memoryview(bytes(len(numbers)))))
stepped("itertools.accumulate", lambda numbers: itertools.accumulate(itertools.repeat(1, len(numbers))))
stepped("itertools.batched", lambda numbers: itertools.batched(numbers, 3))
stepped("itertools.chain", lambda numbers: itertools.chain(*pairs_of(numbers)))
stepped("itertools.compress", lambda numbers: itertools.compress(numbers, itertools.cycle([1, 0])))
stepped("itertools.cycle", lambda numbers: itertools.islice(itertools.cycle("abcd"), len(numbers)))
stepped("itertools.islice", lambda numbers: itertools.islice(numbers, 5, None, 2))
stepped("itertools.pairwise", lambda numbers: itertools.pairwise(numbers))
stepped("itertools.product", lambda numbers: itertools.product(range(len(numbers)), range(10)))
stepped("itertools.repeat", lambda numbers: itertools.repeat(7, len(numbers)))
stepped("itertools.starmap", lambda numbers: itertools.starmap(max, [(number, 0) for number in numbers]))
stepped("itertools.tee", lambda numbers: itertools.tee(numbers)[1])
stepped("itertools.zip_longest", lambda numbers: itertools.zip_longest(numbers, iter(numbers[:-2]), fillvalue=-1))


@row("iterator next of itertools.groupby")
def groupby_next():
    shared = itertools.groupby([number // 10 for number in range(10 * TOTAL)])
    check(drain(lambda: next(shared)[0], StopIteration) == list(range(TOTAL)))


@row("iterator next of a group of itertools.groupby")
def group_next():
    shared = itertools.groupby([5] * TOTAL + [6])
    group = next(shared)[1]
    check(drain(lambda: next(group), StopIteration) == [5] * TOTAL)
    equal(next(shared)[0], 6)


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


@row("bytearray add in place")
def bytearray_add_in_place():
    extended_in_tens(bytearray(), lambda items, number: items.__iadd__(bytes([number]) * 10))


@row("bytearray get item")
def bytearray_get():
    items = bytearray(10)

    def change(number):
        items.append(1)
        items.pop()

    def look():
        items[-1]
        items[-9]
    watch(change, look)


@row("bytearray set item")
def bytearray_set():
    items = bytearray(10)

    def change(number):
        items.append(1)
        del items[-1]

    def look():
        items[-1] = 3
    watch(change, look)


@row("bytearray delete item")
def bytearray_delete():
    items = bytearray(TOTAL)

    def body(number):
        for _ in range(ROUNDS):
            del items[0]
    race(*each(body))
    equal(bytes(items), b"")


@row("bytearray insert")
def bytearray_insert():
    items = bytearray()

    def body(number):
        for index in range(ROUNDS):
            items.insert(index % 2 * 5, number)
    race(*each(body))
    equal([items.count(number) for number in range(THREADS)], [ROUNDS] * THREADS)


@row("bytearray pop")
def bytearray_pop():
    equal(drain(bytearray(range(250)).pop, IndexError), list(range(250)))


@row("bytearray remove")
def bytearray_remove():
    items = bytearray(range(THREADS)) * ROUNDS

    def body(number):
        for _ in range(ROUNDS):
            items.remove(number)
    race(*each(body))
    equal(bytes(items), b"")


@row("bytearray reverse")
def bytearray_reverse():
    items = bytearray(FIRST)
    both = bytes(FIRST), bytes(FIRST)[::-1]
    watch(lambda number: items.reverse(), lambda: check(bytes(items) in both))


@row("bytearray assign slice")
def bytearray_assign_slice():
    items, ended = bytearray(b"a" * 50), bytearray(b"z")

    def change(number):
        items[:] = b"b" * 40 if number % 2 else b"a" * 50
        ended[:] = items + b"z"

    def look():
        for seen in items[:], items.copy(), items + b"", b"" + items, items * 1, items.upper(), b"".join([items]), items.decode(), items.split(b"z")[0]:
            equal(len(set(seen)), 1)
        check(items.count(b"a") in (0, 50))
        equal(items.find(b"ab"), -1)
        check(ended.endswith(b"z"))
    watch(change, look)


@row("bytearray bytes(x)")
def bytearray_bytes():
    # Reading it all exports nothing: who changes the size is not refused.
    items, same = bytearray(), bytearray()

    def change(number):
        items.extend(b"x" * 30)
        items.clear()

    def look():
        for seen in bytes(items), bytearray(items), b"".join([items]), bytearray().join([items]), b"" + items:
            check(len(seen) in (0, 30))
        check((items == same) in (False, True))
        same.__iadd__(items)
        same.clear()
    watch(change, look)


@row("bytearray clear")
def bytearray_clear():
    items = bytearray()

    def change(number):
        items.extend(b"x" * 30)
        items.clear()
    watch(change, lambda: check(len(items) in (0, 30)))


# ---- array


@row("array append")
def array_append():
    items = array("l")

    def body(number):
        for index in range(ROUNDS):
            items.append(number * ROUNDS + index)
    race(*each(body))
    equal(sorted(items), NUMBERS)


@row("array extend")
def array_extend():
    extended_in_tens(array("l"), lambda items, number: items.extend(array("l", [number] * 10)))


@row("array insert")
def array_insert():
    items = array("l", [-1])

    def body(number):
        for index in range(ROUNDS // 2):
            items.insert(0, number)
            items.insert(-1, number)
    race(*each(body))
    equal(items.pop(), -1)
    equal(sorted(items), [number for number in range(THREADS) for _ in range(ROUNDS // 2 * 2)])


@row("array pop")
def array_pop():
    equal(drain(array("l", NUMBERS).pop, IndexError), NUMBERS)


@row("array get item")
def array_get():
    items = array("l", range(10))

    def change(number):
        items.append(1)
        items.pop()

    def look():
        items[-1]
        items[-9] = 5
    watch(change, look)


@row("array assign slice")
def array_assign_slice():
    items, short, long = array("l", [1] * 30), array("l", [1] * 30), array("l", [2] * 40)

    def change(number):
        items[:] = long if number % 2 else short

    def look():
        for seen in items[:], items.tolist(), items + array("l"), items * 1, array("l", items), items.__copy__():
            equal(len(set(seen)), 1)
    watch(change, look)


def array_of_either(look):
    """Watches an array with a 7 at the one end or the other, and fifty or a hundred of 1."""
    contents = array("l", [7] + [1] * 50), array("l", [1] * 100 + [7])
    items = contents[0][:]

    def change(number):
        items[:] = contents[number % 2]
    watch(change, lambda: look(items))


@row("array count")
def array_count():
    array_of_either(lambda items: check(items.count(1) in (50, 100)))


@row("array index")
def array_index():
    array_of_either(lambda items: check(items.index(7) in (0, 100)))


@row("array contains")
def array_contains():
    array_of_either(lambda items: check(7 in items and 7.0 in items))


@row("array remove")
def array_remove():
    items = array("l", [0, 1, 2, 3] * (ROUNDS // 4))

    def body(number):
        for _ in range(ROUNDS // 4):
            items.remove(number)
    race(*each(body))
    equal(len(items), 0)


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
