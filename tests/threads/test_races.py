"""Racy programs: whatever the threads do to one object, the process survives and the object stays whole.

Nothing is asserted about who wins; exceptions that a lost race explains are part of it.
"""
# time limit: 180

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import support
from support import check, equal
from racing import each, race, tolerating

import array
import csv
import functools
import gc
import random
import time
import weakref
from collections import OrderedDict, deque

ROUNDS = 300
LOST = (IndexError, KeyError, ValueError, AttributeError, TypeError, RuntimeError, StopIteration, BufferError,
        ReferenceError)


def hammer(operations, rounds=ROUNDS, threads=4):
    """Each thread calls the operations in an order of its own."""
    def body(number):
        choose = random.Random(number)
        for _ in range(rounds):
            tolerating(LOST, choose.choice(operations))
    race(*each(body, threads))


def test_list():
    items = [[n] for n in range(10)]

    def grow():
        items.extend([[1], [2], [3]])

    def shrink():
        del items[5:]

    def iterate():
        for item in items:
            item.append
    hammer([grow, shrink, iterate, items.pop, items.reverse, items.clear, items.copy,
            lambda: items.sort(key=len), lambda: items.insert(2, []), lambda: items[3], lambda: items[-1],
            lambda: items.__setitem__(0, [0]), lambda: items.__setitem__(slice(1, 4), [[1], [2]]),
            lambda: items * 2, lambda: items + items, lambda: repr(items), lambda: items == items.copy(),
            lambda: [x for x in items], lambda: sum(len(x) for x in items), lambda: items.__iadd__([[9]]),
            lambda: list(reversed(items)), lambda: items.index([1]), lambda: items.remove([2])])
    check(type(items) is list)
    for item in items:
        check(type(item) is list)


def test_dict():
    items = {n: [n] for n in range(10)}

    def iterate():
        for key, value in items.items():
            value.append

    def fill():
        for n in range(40):
            items[n] = [n]
    hammer([fill, iterate, items.clear, items.copy, items.popitem, lambda: items.pop(3), lambda: items.get(4),
            lambda: items.setdefault(5, []), lambda: items.update({n: [n] for n in range(20)}),
            lambda: items[7], lambda: items.__delitem__(2), lambda: list(items), lambda: repr(items),
            lambda: items == items.copy(), lambda: dict(items), lambda: {**items}, lambda: items | items,
            lambda: sorted(items), lambda: "x" in items, lambda: items.__setitem__("x", []),
            lambda: list(items.values()), lambda: next(iter(items.keys())), lambda: next(reversed(items))])
    for key, value in items.items():
        check(type(value) is list)
    equal(len(list(items)), len(items))


def test_set():
    items = set(range(10))
    hammer([items.clear, items.copy, items.pop, lambda: items.add("x"), lambda: items.discard("x"),
            lambda: items.update(range(40)), lambda: items.difference_update(range(20)), lambda: list(items),
            lambda: items & {1, 2}, lambda: items | {1, 2}, lambda: items ^ {1, 2}, lambda: items <= {1},
            lambda: items.intersection_update(range(30)), lambda: repr(items), lambda: 3 in items,
            lambda: frozenset(items), lambda: sum(1 for _ in items)])
    equal(len(list(items)), len(items))


def test_other_containers():
    items, ordered, data = deque(range(10), 50), OrderedDict.fromkeys(range(10)), bytearray(b"0123456789")
    hammer([items.clear, items.pop, items.popleft, lambda: items.append(1), lambda: items.extendleft(range(5)),
            lambda: items.rotate(2), lambda: list(items), lambda: items[0], lambda: items.__delitem__(0),
            lambda: items.insert(1, 2), lambda: items.remove(1), lambda: repr(items), lambda: items.reverse(),
            lambda: ordered.move_to_end(3), lambda: ordered.popitem(), lambda: ordered.update({1: 2, 3: 4}),
            lambda: list(ordered), lambda: ordered.__delitem__(1), lambda: ordered.clear(),
            lambda: data.append(1), lambda: data.extend(b"abc"), lambda: data.pop(), lambda: data.clear(),
            lambda: bytes(data), lambda: memoryview(data)[1:3].tobytes(), lambda: data.__delitem__(slice(0, 2)),
            lambda: data.find(b"b"), lambda: data.replace(b"a", b"bb"), lambda: data.decode("latin-1")])


def test_iterators():
    made = []

    def start():
        made[:] = [iter([1, 2, 3] * 10), iter(range(30)), enumerate("abc" * 10), zip("abc" * 9, range(27)),
                   map(str, range(30)), filter(None, range(30)), reversed([1, 2, 3] * 9), iter({1: 2, 3: 4}),
                   iter("text" * 5), (n for n in range(30))]

    def step():
        for iterator in made.copy():
            tolerating(LOST, lambda: next(iterator))
    start()
    hammer([start, step, step, step])


class Plain:
    value = 0

    def method(self):
        return self.value


class Slots:
    __slots__ = ("a", "b")


def test_instances():
    plain, slots = Plain(), Slots()

    def many():
        for n in range(30):
            setattr(plain, "x%d" % n, n)

    def few():
        for n in range(30):
            tolerating(LOST, lambda: delattr(plain, "x%d" % n))

    def put_dict():
        plain.__dict__ = {"value": 7}

    hammer([many, few, put_dict, lambda: plain.__dict__, lambda: vars(plain).update(value=3), plain.method,
            lambda: setattr(plain, "value", [1]), lambda: delattr(plain, "value"), lambda: dir(plain),
            lambda: vars(plain).clear(), lambda: vars(plain).copy(), lambda: getattr(plain, "x3"),
            lambda: setattr(slots, "a", [1]), lambda: delattr(slots, "a"), lambda: slots.a,
            lambda: setattr(slots, "b", slots.a), lambda: hasattr(plain, "nothing")])


def test_stores_through_the_cache():
    """One site stores into a shared instance whose layout others change, and nothing lands elsewhere."""
    class Point:
        def __init__(self):
            self.x, self.y = ["x"], ["y"]

    class Slotted:
        __slots__ = ("x", "y")

    point, slotted = Point(), Slotted()
    slotted.x, slotted.y = ["x"], ["y"]

    def store():
        for thing in point, slotted:
            for n in range(20):
                thing.x = ["x", n]
                thing.y = ["y", n]

    def change():
        del point.x
        point.z = 1
        point.x = ["x"]
        del point.z, slotted.x
    hammer([store, store, change, lambda: vars(point).update(y=["y"]), lambda: vars(point).pop("x", None)], 200)
    store()
    for thing in point, slotted:
        equal((thing.x[0], thing.y[0]), ("x", "y"))


def test_the_first_store_of_a_site():
    """While its cache is filled another thread gives the object one more attribute."""
    text = "def store(it):\n    it.x = 1\n"
    for count in (0, 1, 3, 4, 5, 6, 7, 8):
        class Made:
            def __init__(self):
                for number in range(count):
                    setattr(self, "a%d" % number, number)
                self.x = 0
        made = [Made() for _ in range(ROUNDS)]
        turn = [0]

        def stores():
            for at, it in enumerate(made):
                names = {}
                exec(text, names)
                turn[0] = at + 1
                names["store"](it)
                fresh = Made()
                names["store"](fresh)
                check(not hasattr(fresh, "b"))
                fresh.c = 2
                equal(fresh.c, 2)

        def adds():
            for at, it in enumerate(made):
                while turn[0] <= at:
                    pass
                it.b = 5
        race(stores, adds)
        for it in made:
            equal((it.x, it.b), (1, 5))


def test_attributes_come_and_go():
    """Attributes beyond those that lie in the object itself, whose array grows and shrinks under readers."""
    class Wide:
        pass
    it = Wide()
    names = ["a%d" % number for number in range(40)]
    for name in names[:10]:
        setattr(it, name, name)
    end = time.monotonic() + 1.5

    def change():
        chance = random.Random(1)
        count = 10
        while time.monotonic() < end:
            goal = chance.randrange(1, len(names))
            for at in range(count, goal):
                setattr(it, names[at], names[at])
            for at in reversed(range(goal, count)):
                delattr(it, names[at])
            count = goal

    def read_named():
        while time.monotonic() < end:
            for name in names:
                equal(getattr(it, name, name), name)

    def read_at_sites():
        sites = [eval("lambda: it.%s" % name, {"it": it}) for name in names]
        while time.monotonic() < end:
            for name, site in zip(names, sites):
                try:
                    equal(site(), name)
                except AttributeError:
                    pass
    race(change, read_named, read_at_sites)


def test_owner_stores_while_others_change_the_layout():
    """A new object's owner stores in it all the while, others put other attributes where his were."""
    class Made:
        pass
    box = [None]
    end = time.monotonic() + 1.5

    def own():
        while time.monotonic() < end:
            it = Made()
            it.a = ["a"]
            it.x = ["x"]
            box[0] = it
            for number in range(60):
                it.a = ["a"]
                it.x = ["x"]

    def change():
        while time.monotonic() < end:
            if (it := box[0]) is None:
                continue
            try:
                del it.x
                it.y = ["y"]
                it.z = ["z"]
            except AttributeError:
                pass
            for name in "axyz":
                equal(getattr(it, name, [name]), [name])
            check("a" in vars(it))
    race(own, change, change)


def test_iterators_used_up_by_two():
    """Who comes to the end lets go of what he went through, while another begins to."""
    kinds = [lambda: iter("".join(["text", str(time.monotonic())])), lambda: iter(bytes(30)), lambda: iter(bytearray(30)),
             lambda: iter(array.array("i", range(20)))]
    box = [None]
    end = time.monotonic() + 1.5

    def use(it):
        for _ in it:
            pass

    def own():
        while time.monotonic() < end:
            for make in kinds:
                box[0] = it = make()
                use(it)

    def other():
        while time.monotonic() < end:
            if (it := box[0]) is not None:
                tolerating((StopIteration,), lambda: next(it))
                it.__reduce__()
                use(it)
    race(own, other)


def test_partials_change_under_calls():
    call = functools.partial(max, 1)

    def change():
        call.__setstate__((min, (5,), {"default": 3}, {}))
        call.__setstate__((max, (1,), {}, {}))

    def use():
        for n in range(20):
            check(call(n, 2) in (n, 0, 1, 2, 5))
    hammer([use, use, change, lambda: repr(call), lambda: call.func, lambda: call.args])


def test_types_change_under_use():
    class Base:
        def method(self):
            return 1

    class Other:
        def method(self):
            return 2

    class Derived(Base):
        attribute = 5

    thing = Derived()

    def use():
        for _ in range(20):
            check(thing.method() in (1, 2, 3))
            thing.attribute

    def rebase():
        Derived.__bases__ = (Other,)
        Derived.__bases__ = (Base,)

    def patch():
        Derived.method = lambda self: 3
        del Derived.method

    def become():
        thing.__class__ = Other
        thing.__class__ = Derived
    hammer([use, use, use, rebase, patch, become, lambda: setattr(Derived, "attribute", property(lambda self: 6)),
            lambda: setattr(Derived, "attribute", 7), lambda: setattr(Base, "__len__", lambda self: 4),
            lambda: len(thing), lambda: delattr(Base, "__len__"), lambda: isinstance(thing, Base),
            lambda: Base.__subclasses__(), lambda: Derived.__mro__, lambda: type("New", (Derived,), {})()])


counter = 0


def test_globals_cells_and_functions():
    cell = [0]

    def outer():
        captured = 0

        def increase():
            nonlocal captured
            captured += 1
            captured = [captured][0]

        def forget():
            nonlocal captured
            captured = 0
        return increase, forget
    increase, forget = outer()

    def change_global():
        global counter
        counter = [1]
        counter = 5

    def target(a, b=1):
        return a + b

    def other(a, b=2):
        return a - b

    def swap():
        target.__code__, other.__code__ = other.__code__, target.__code__

    hammer([increase, forget, change_global, lambda: counter, lambda: globals().copy(), swap,
            lambda: target(3), lambda: other(4), lambda: setattr(target, "__defaults__", (9,)),
            lambda: setattr(target, "__kwdefaults__", None), lambda: setattr(target, "attribute", [1]),
            lambda: globals().__setitem__("fresh_name", cell), lambda: globals().pop("fresh_name"),
            lambda: len, lambda: increase.__closure__[0].cell_contents])


def test_generators_meet():
    def numbers():
        try:
            while True:
                yield [1]
        finally:
            cell.append(1)
    cell = []
    made = [numbers()]

    def fresh():
        made[0] = numbers()
    hammer([fresh, lambda: next(made[0]), lambda: next(made[0]), lambda: made[0].send(None), lambda: made[0].close(),
            lambda: made[0].throw(ValueError), lambda: made[0].gi_frame, lambda: made[0].gi_running])


def test_frames_are_looked_at():
    def body(number):
        local = [number]
        for index in range(ROUNDS):
            local = [index]
        return local

    def look():
        for frame in sys._current_frames().values():
            while frame is not None:
                frame.f_lineno
                dict(frame.f_locals)
                frame = frame.f_back
    hammer([lambda: body(1), lambda: body(2), look], 60)


def test_collector_meanwhile():
    class Node:
        def __init__(self):
            self.me = self
            self.data = [self]

    kept = deque(maxlen=50)

    def make():
        kept.append(Node())

    hammer([make, make, make, make, lambda: kept[0].data.append(kept[-1]), lambda: gc.collect(0),
            lambda: gc.get_count(), lambda: gc.get_objects()[-1:] and None], 150)
    hammer([make, lambda: gc.collect()], 20)
    kept.clear()
    gc.collect()


def test_weak_references():
    class Node:
        pass

    kept, references = deque(maxlen=20), deque(maxlen=40)
    mapping, group = weakref.WeakValueDictionary(), weakref.WeakSet()
    dead = []

    def make():
        node = Node()
        kept.append(node)
        references.append(weakref.ref(node, dead.append))
        mapping[random.randrange(50)] = node
        group.add(node)

    def look():
        for reference in list(references):
            node = reference()
            check(node is None or type(node) is Node)
    hammer([make, make, look, lambda: kept.popleft(), lambda: mapping.get(7), lambda: len(group),
            lambda: list(mapping.items()), lambda: [node for node in group], lambda: weakref.ref(kept[0]) is None])


def test_strings_and_numbers():
    shared = {"text": "", "number": 1}

    def grow():
        shared["text"] += "ab"
        if len(shared["text"]) > 5000:
            shared["text"] = ""

    def multiply():
        shared["number"] *= 3
        if shared["number"] > 1 << 4000:
            shared["number"] = 1
    hammer([grow, grow, multiply, multiply, lambda: hash(shared["text"]), lambda: shared["text"].encode(),
            lambda: str(shared["number"]), lambda: shared["text"].upper(), lambda: shared["number"] % 7,
            lambda: sys.intern(shared["text"][:4]), lambda: "%s" % shared, lambda: shared["text"].split("a")], 600)
    equal(shared["text"].replace("ab", ""), "")


def test_exceptions_shared():
    error = ValueError("shared")

    def throw():
        try:
            raise error
        except ValueError as caught:
            caught.add_note("x")
            caught.__notes__.clear()

    def chain():
        try:
            try:
                raise error
            except ValueError:
                raise KeyError("second")
        except KeyError:
            pass
    hammer([throw, chain, lambda: error.with_traceback(None), lambda: repr(error), lambda: error.__traceback__])


def test_what_a_generator_delegates_to():
    """Others look while its maker steps: they see an iterator that it delegates to, or None."""
    class Steps:
        def __init__(self):
            self.left = 3

        def __iter__(self):
            return self

        def __next__(self):
            self.left -= 1
            if self.left < 0:
                raise StopIteration
            return self.left

    def delegating():
        while True:
            yield from Steps()

    box, done = [delegating()], []

    def maker():
        try:
            for _ in range(20):
                generator = delegating()
                box[0] = generator
                for _ in range(800):
                    tolerating((ValueError,), lambda: check(next(generator) in range(3)))
        finally:
            done.append(True)

    def look():
        while not done:
            generator = box[0]
            for _ in range(100):
                iterator = generator.gi_yieldfrom
                check(iterator is None or type(iterator) is Steps)
    race(maker, look, look)


def test_one_reader_of_csv():
    """Each row comes once, from a list's iterator that the reader alone holds, in its maker's thread too."""
    rounds, length = 60, 300
    seen, readers = [], [None] * rounds

    def read(reader):
        seen.extend([int(row[0]) for row in reader])

    def maker():
        for at in range(rounds):
            readers[at] = csv.reader([f"{at * length + n},0" for n in range(length)])
            read(readers[at])

    def other():
        for at in range(rounds):
            while readers[at] is None:
                time.sleep(0)
            read(readers[at])
    race(maker, other, other)
    equal(sorted(seen), list(range(rounds * length)))


def test_imports_meet():
    names = ["colorsys", "graphlib", "sched", "textwrap", "calendar", "shlex"]

    def load():
        for name in names:
            check(hasattr(__import__(name), "__name__"))

    def unload():
        for name in names:
            sys.modules.pop(name, None)
    race(*each(lambda number: load()))
    unload()
    race(*each(lambda number: load()))


support.run(globals())
