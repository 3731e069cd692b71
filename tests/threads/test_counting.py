"""Operations that are one step for other threads: each row of the table in docs/threads.md.

Every test counts: when an operation were not whole, something would be lost, doubled or torn.
"""

import itertools
import sys
from collections import deque

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
import together
from support import check, equal, is_
from together import for_each, run

THREADS = 4
COUNT = 2000


def test_list_append():
    items = []
    def work(n):
        for i in range(COUNT):
            items.append((n, i))
    for_each(THREADS, work)
    equal(len(items), THREADS * COUNT)
    for n in range(THREADS):
        equal([i for m, i in items if m == n], list(range(COUNT)))


def test_list_extend():
    items = []
    def work(n):
        for i in range(COUNT // 4):
            items.extend([n] * 4)
    for_each(THREADS, work)
    equal(len(items), THREADS * COUNT)
    for i in range(0, len(items), 4):
        equal(items[i:i + 4], [items[i]] * 4)


def test_list_in_place_add_and_multiply():
    items = []
    box = [items]
    def work(n):
        mine = box[0]
        for i in range(COUNT // 4):
            mine += (n, n, n)
    for_each(THREADS, work)
    equal(len(items), THREADS * (COUNT // 4) * 3)
    for i in range(0, len(items), 3):
        equal(items[i:i + 3], [items[i]] * 3)


def test_list_insert():
    items = []
    def work(n):
        for i in range(COUNT // 4):
            items.insert(0, (n, i))
            items.insert(len(items) // 2, (n, i))
    for_each(THREADS, work)
    equal(len(items), THREADS * (COUNT // 4) * 2)
    equal(len(set(items)), THREADS * (COUNT // 4))


def test_list_pop():
    items = list(range(THREADS * COUNT))
    def work(n):
        taken = []
        while True:
            try:
                taken.append(items.pop() if n % 2 else items.pop(0))
            except IndexError:
                return taken
    taken = for_each(THREADS, work)
    equal(sorted(itertools.chain(*taken)), list(range(THREADS * COUNT)))


def test_list_remove():
    items = list(range(COUNT // 2)) * THREADS
    def work(n):
        for i in range(COUNT // 2):
            items.remove(i)
    for_each(THREADS, work)
    equal(items, [])


def test_list_set_item():
    items = [0] * 100
    def work(n):
        for i in range(COUNT):
            items[i % 100] = (n, i)
    for_each(THREADS, work)
    for place, (n, i) in enumerate(items):
        equal(i % 100, place)


def test_list_del_item():
    items = list(range(THREADS * COUNT))
    def work(n):
        for _ in range(COUNT):
            del items[-1]
    for_each(THREADS, work)
    equal(items, [])


def test_list_slices():
    """A slice that is read is one that some thread has written, never half of two."""
    items = [0] * 8
    stop = together.Stop()
    def write(n):
        values = [n] * 8
        while not stop:
            items[:] = values
    def read():
        seen = set()
        while not stop:
            part = items[:]
            check(len(part) == 8 and len(set(part)) == 1, "torn slice %r" % (part,))
            seen.add(part[0])
        return seen
    run(lambda: write(1), lambda: write(2), read, read)


def test_list_copies():
    """copy(), list(x), tuple(x), x + y, x * n and sorted(x) see the list at one moment."""
    items = [0] * 6
    stop = together.Stop()
    def write(n):
        values = [n] * 6
        while not stop:
            items[:] = values
            items.reverse()
    def read():
        while not stop:
            for copy in (items.copy(), list(items), tuple(items), items + [], items * 1, sorted(items)):
                check(len(set(copy)) == 1, "torn copy %r" % (copy,))
    run(lambda: write(1), lambda: write(2), read)


def test_list_search():
    """in, index and count while others change ends: what is always there is always found."""
    items = list(range(50))
    stop = together.Stop()
    def change(n):
        while not stop:
            items.append(1000 + n)
            items.remove(1000 + n)
    def read():
        while not stop:
            check(25 in items)
            equal(items.index(25), 25)
            equal(items.count(25), 1)
    run(lambda: change(0), lambda: change(1), read)


def test_list_reverse():
    items = list(range(101))
    turns = COUNT // 2
    def work(n):
        for _ in range(turns):
            items.reverse()
    for_each(2, work)
    equal(items, list(range(101)))


def test_list_sort():
    """While one thread sorts, others see the list whole or empty, and the sort notices changes."""
    items = [n * 7919 % 1009 for n in range(1009)]
    stop = together.Stop()
    def sort():
        while not stop:
            items.sort()
            items.sort(reverse=True)
    def read():
        while not stop:
            copy = items[:]
            check(len(copy) in (0, 1009))
    run(sort, read)
    equal(sorted(items), list(range(1009)))


def test_list_clear():
    items = []
    stop = together.Stop()
    def fill():
        while not stop:
            items.extend(range(10))
    def clear():
        while not stop:
            items.clear()
    def read():
        while not stop:
            copy = items[:]
            equal(copy, list(range(10)) * (len(copy) // 10))
    run(fill, clear, read)


def test_dict_set_and_get():
    table = {}
    def work(n):
        for i in range(COUNT):
            table[n, i] = i
            equal(table[n, i], i)
    for_each(THREADS, work)
    equal(len(table), THREADS * COUNT)
    for n in range(THREADS):
        for i in range(COUNT):
            equal(table[n, i], i)


def test_dict_same_keys():
    table = {}
    def work(n):
        for i in range(COUNT):
            table[i % 50] = (n, i)
    for_each(THREADS, work)
    equal(sorted(table), list(range(50)))
    for key, (n, i) in table.items():
        equal(i % 50, key)


def test_dict_setdefault():
    for _ in range(COUNT // 20):
        table = {}
        got = for_each(THREADS, lambda n: table.setdefault("key", object()))
        check(all(value is got[0] for value in got))
        is_(table["key"], got[0])


def test_dict_pop():
    table = {i: -i for i in range(THREADS * COUNT)}
    def work(n):
        taken = []
        for i in range(THREADS * COUNT):
            value = table.pop(i, None)
            if value is not None:
                taken.append(-value)
        return taken
    taken = for_each(THREADS, work)
    equal(sorted(itertools.chain(*taken)), list(range(THREADS * COUNT)))
    equal(table, {})


def test_dict_popitem():
    table = {i: i for i in range(THREADS * COUNT)}
    def work(n):
        taken = []
        while True:
            try:
                taken.append(table.popitem()[0])
            except KeyError:
                return taken
    taken = for_each(THREADS, work)
    equal(sorted(itertools.chain(*taken)), list(range(THREADS * COUNT)))


def test_dict_del():
    table = {i: i for i in range(COUNT)}
    def work(n):
        deleted = 0
        for i in range(COUNT):
            try:
                del table[i]
                deleted += 1
            except KeyError:
                pass
        return deleted
    equal(sum(for_each(THREADS, work)), COUNT)


def test_dict_update():
    """update() from a dict is one step: readers see all of it or nothing."""
    table = dict.fromkeys("abcdef", 0)
    stop = together.Stop()
    def write(n):
        values = dict.fromkeys("abcdef", n)
        while not stop:
            table.update(values)
    def read():
        while not stop:
            for copy in (dict(table), table.copy(), {**table}):
                check(len(set(copy.values())) == 1, "torn update %r" % (copy,))
    run(lambda: write(1), lambda: write(2), read)


def test_dict_views_as_lists():
    table = dict.fromkeys(range(20), 0)
    stop = together.Stop()
    def write(n):
        while not stop:
            table.update(dict.fromkeys(range(20), n))
    def read():
        while not stop:
            equal(list(table), list(range(20)))
            equal(len(list(table.items())), 20)
            check(len(set(list(table.values()))) == 1)
    run(lambda: write(1), lambda: write(2), read)


def test_set_operations():
    things = set()
    def add(n):
        for i in range(COUNT):
            things.add((n, i))
    for_each(THREADS, add)
    equal(len(things), THREADS * COUNT)
    def take(n):
        taken = []
        while True:
            try:
                taken.append(things.pop())
            except KeyError:
                return taken
    taken = for_each(THREADS, take)
    equal(sum(map(len, taken)), THREADS * COUNT)
    equal(len(set(itertools.chain(*taken))), THREADS * COUNT)
    numbers = set(range(COUNT))
    def remove(n):
        removed = 0
        for i in range(COUNT):
            try:
                numbers.remove(i)
                removed += 1
            except KeyError:
                pass
        return removed
    equal(sum(for_each(THREADS, remove)), COUNT)


def test_set_updates():
    """In-place algebra with sets is one step."""
    things = set()
    low, high = set(range(10)), set(range(10, 20))
    stop = together.Stop()
    def toggle(part):
        while not stop:
            things.update(part)
            things.difference_update(part)
    def read():
        while not stop:
            copy = things.copy()
            check(copy in (set(), low, high, low | high), "torn set %r" % (copy,))
    run(lambda: toggle(low), lambda: toggle(high), read)


def test_deque():
    queue = deque()
    def put(n):
        for i in range(COUNT):
            queue.append((n, i))
            queue.appendleft((n, i))
    for_each(THREADS, put)
    equal(len(queue), THREADS * COUNT * 2)
    def take(n):
        taken = 0
        while True:
            try:
                queue.pop() if n % 2 else queue.popleft()
            except IndexError:
                return taken
            taken += 1
    equal(sum(for_each(THREADS, take)), THREADS * COUNT * 2)
    limited = deque(maxlen=10)
    def push(n):
        for i in range(COUNT):
            limited.append(i)
            limited.rotate(1)
    for_each(THREADS, push)
    equal(len(limited), 10)


def test_shared_iterators():
    """next() of a builtin iterator gives each item to one thread only."""
    total = THREADS * COUNT
    data = list(range(total))
    for make in (lambda: iter(data), lambda: iter(tuple(data)), lambda: iter(range(total)),
                 lambda: iter(dict.fromkeys(data)),
                 lambda: itertools.islice(itertools.count(), total), lambda: reversed(data),
                 lambda: iter(set(data)), lambda: iter(deque(data)),
                 lambda: itertools.chain(data[:100], data[100:]),
                 lambda: itertools.chain(*(data[i:i + 4] for i in range(0, total, 4))),
                 lambda: itertools.chain.from_iterable(map(range, data, range(1, total + 1)))):
        it = make()
        def take(n):
            taken = []
            for item in it:
                taken.append(item)
            return taken
        taken = for_each(THREADS, take)
        equal(sorted(itertools.chain(*taken)), data)


def test_shared_pair_iterators():
    total = THREADS * COUNT
    for make, first in ((lambda: enumerate(range(total)), lambda pair: pair[0]), (lambda: zip(range(total), range(total)), lambda pair: pair[0]),
                        (lambda: map(int, range(total)), lambda x: x), (lambda: filter(None, range(1, total + 1)), lambda x: x - 1)):
        it = make()
        def take(n):
            taken = []
            while True:
                try:
                    taken.append(next(it))
                except StopIteration:
                    return taken
        taken = for_each(THREADS, take)
        flat = sorted(map(first, itertools.chain(*taken)))
        equal(len(set(flat)), len(flat))
        check(len(flat) <= total)


def test_count():
    counter = itertools.count()
    def work(n):
        return [next(counter) for _ in range(COUNT)]
    got = for_each(THREADS, work)
    equal(sorted(itertools.chain(*got)), list(range(THREADS * COUNT)))


def test_shared_generator():
    """A generator runs in one thread at a time; the others are told."""
    def numbers():
        for i in range(THREADS * COUNT):
            yield i
    it = numbers()
    def take(n):
        taken, refused = [], 0
        while True:
            try:
                taken.append(next(it))
            except StopIteration:
                return taken
            except ValueError as error:
                equal(str(error), "generator already executing")
                refused += 1
    taken = for_each(THREADS, take)
    equal(sorted(itertools.chain(*taken)), list(range(THREADS * COUNT)))


def test_attributes():
    class Box:
        pass
    box = Box()
    def work(n):
        for i in range(COUNT):
            setattr(box, "a%d" % (i % 40), (n, i))
            box.shared = n
    for_each(THREADS, work)
    for name, value in vars(box).items():
        if name != "shared":
            equal(value[1] % 40, int(name[1:]))
    equal(len(vars(box)), 41)
    def remove(n):
        removed = 0
        for i in range(40):
            try:
                delattr(box, "a%d" % i)
                removed += 1
            except AttributeError:
                pass
        return removed
    equal(sum(for_each(THREADS, remove)), 40)
    equal(list(vars(box)), ["shared"])


def test_bytearray():
    data = bytearray()
    def work(n):
        for i in range(COUNT):
            data.append(n)
            data.extend(bytes([n, n]))
    for_each(THREADS, work)
    equal(len(data), THREADS * COUNT * 3)
    for n in range(THREADS):
        equal(data.count(n), COUNT * 3)


def test_globals():
    namespace = globals()
    def work(n):
        for i in range(COUNT):
            namespace["made_%d_%d" % (n, i % 20)] = i
    for_each(THREADS, work)
    made = [name for name in list(namespace) if name.startswith("made_")]
    equal(len(made), THREADS * 20)
    for name in made:
        del namespace[name]


def test_lost_updates_need_a_lock():
    """x += 1 is not one step; with a lock nothing is lost."""
    import threading
    lock = threading.Lock()
    box = [0]
    def locked(n):
        for _ in range(COUNT):
            with lock:
                box[0] += 1
    for_each(THREADS, locked)
    equal(box[0], THREADS * COUNT)
    rlock = threading.RLock()
    def relocked(n):
        for _ in range(COUNT):
            with rlock, rlock:
                box[0] -= 1
    for_each(THREADS, relocked)
    equal(box[0], 0)


def test_list_equality_with_user_code():
    """Comparisons call user code; other threads may change the list meanwhile."""
    class Slow:
        def __init__(self, n): self.n = n
        def __eq__(self, other):
            for _ in range(3):
                pass
            return isinstance(other, Slow) and self.n == other.n
        __hash__ = None
    items = [Slow(i) for i in range(20)]
    stop = together.Stop()
    def change():
        while not stop:
            items.append(Slow(99))
            items.pop()
    def read():
        while not stop:
            check(Slow(5) in items)
            equal(items.index(Slow(5)), 5)
            equal(items.count(Slow(5)), 1)
    run(change, read)


def test_dict_with_user_keys():
    class Key:
        def __init__(self, n): self.n = n
        def __hash__(self): return self.n % 8
        def __eq__(self, other): return self.n == other.n
    table = {}
    for_each(2, lambda n: [table.setdefault(Key(i), i) for i in range(50)])
    equal(len(table), 50)
    table.clear()
    def work(n):
        for i in range(200):
            key = Key(n * 100000 + i)
            table[key] = i
            equal(table[Key(n * 100000 + i)], i)
            if i % 2:
                del table[key]
    for_each(2, work)
    equal(len(table), 2 * 100)


support.run(globals())
