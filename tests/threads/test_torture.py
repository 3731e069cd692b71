# time limit: 120
"""Threads that do anything to shared objects. Nothing may crash, hang or corrupt; errors are ours."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
import together
from support import check
from together import any_of, torture


def test_list():
    items = list(range(20))
    other = [7] * 5
    torture([
        lambda c: items.append(c.random()), lambda c: items.pop(), lambda c: items.pop(0), lambda c: items.insert(c.randrange(10), "x"),
        lambda c: items.extend(other), lambda c: items.extend(items[:3]), lambda c: items.__setitem__(c.randrange(20), object()),
        lambda c: items[c.randrange(20)], lambda c: items[c.randrange(5):c.randrange(20)], lambda c: items.__delitem__(slice(c.randrange(5), c.randrange(10))),
        lambda c: items.__setitem__(slice(2, 5), other), lambda c: items.reverse(), lambda c: items.sort(key=id), lambda c: items.clear(), lambda c: items.copy(),
        lambda c: list(items), lambda c: tuple(items), lambda c: items == other, lambda c: repr(items), lambda c: 7 in items, lambda c: items.count(7),
        lambda c: items.index(7), lambda c: items.remove(7), lambda c: [x for x in items], lambda c: len(items), lambda c: items.__iadd__([1, 2]),
        lambda c: items.__imul__(1 if len(items) > 50 else 2), lambda c: items * 2, lambda c: items + other, lambda c: list(reversed(items)), lambda c: sum(1 for _ in items),
        lambda c: items.__setitem__(slice(None, None, 2), [0] * len(items[::2])), lambda c: bool(items), lambda c: max(map(id, items)), lambda c: [*items, *items],
        lambda c: items.__setitem__(slice(None), other),
    ], accept=(IndexError, ValueError, TypeError))


def test_dict():
    table = {i: i for i in range(10)}
    torture([
        lambda c: table.__setitem__(c.randrange(40), object()), lambda c: table.pop(c.randrange(40), None), lambda c: table.get(c.randrange(40)),
        lambda c: table.__setitem__("k%d" % c.randrange(20), c.random()), lambda c: table["k%d" % c.randrange(20)], lambda c: table.popitem(), lambda c: table.setdefault(c.randrange(40), []),
        lambda c: table.update({c.randrange(40): 1, "k1": 2}), lambda c: list(table), lambda c: list(table.items()), lambda c: list(table.values()), lambda c: dict(table), lambda c: table.copy(),
        lambda c: len(table), lambda c: c.randrange(40) in table, lambda c: table.__delitem__(c.randrange(40)), lambda c: repr(table), lambda c: table == {1: 2}, lambda c: [k for k in table],
        lambda c: {**table}, lambda c: table | {1: 2}, lambda c: table.__ior__({3: 4}), lambda c: table.clear() if c.random() < 0.02 else None, lambda c: list(reversed(table)), lambda c: table.keys() & {1, 2, 3},
        lambda c: sorted(map(str, table)), lambda c: table.__setitem__((1, c.randrange(5)), 1), lambda c: table.get((1, c.randrange(5))), lambda c: dict.fromkeys(table, 0), lambda c: (lambda **k: k)(**{str(k): v for k, v in table.items()}),
    ], accept=(KeyError, RuntimeError))


def test_set():
    things = set(range(10))
    torture([
        lambda c: things.add(c.randrange(50)), lambda c: things.discard(c.randrange(50)), lambda c: things.pop(), lambda c: things.remove(c.randrange(50)), lambda c: things.update(range(c.randrange(20))),
        lambda c: things | {1}, lambda c: things & {1, 2, 3}, lambda c: things - {1}, lambda c: things ^ {1}, lambda c: sorted(things), lambda c: list(things), lambda c: frozenset(things), lambda c: things.copy(),
        lambda c: c.randrange(50) in things, lambda c: len(things), lambda c: things <= {1}, lambda c: things.intersection_update(range(40)), lambda c: things.difference_update([1, 2]), lambda c: things.symmetric_difference_update({5, 6}),
        lambda c: things.clear() if c.random() < 0.02 else None, lambda c: repr(things), lambda c: [x for x in things], lambda c: things == {1}, lambda c: things.isdisjoint({99}), lambda c: things.union([1], [2]), lambda c: things.__isub__(things) if c.random() < 0.02 else None,
    ], accept=(KeyError, RuntimeError))


def test_instances():
    class A:
        x = 1
        def method(self): return self.x
    class B:
        x = 2
        def method(self): return -self.x
    shared = A()
    def drop_dict(c):
        if c.random() < 0.1:
            shared.__dict__ = {"x": c.random()}
    torture([
        lambda c: setattr(shared, "a%d" % c.randrange(30), c.random()), lambda c: getattr(shared, "a%d" % c.randrange(30)), lambda c: delattr(shared, "a%d" % c.randrange(30)), lambda c: setattr(shared, "x", c.random()),
        lambda c: shared.x, lambda c: shared.method(), lambda c: vars(shared).copy(), lambda c: shared.__dict__.update(q=1), lambda c: shared.__dict__.pop("q", 0), drop_dict, lambda c: dir(shared), lambda c: hasattr(shared, "zz"),
        lambda c: setattr(shared, "__class__", B if c.random() < 0.5 else A), lambda c: shared.__dict__.clear() if c.random() < 0.05 else None, lambda c: repr(shared), lambda c: shared.method, lambda c: list(shared.__dict__),
    ], accept=(AttributeError, RuntimeError, KeyError))


def test_classes():
    class Base:
        def f(self): return 1
    class A(Base):
        pass
    class Other:
        def f(self): return 3
    a = A()
    def bases(c):
        A.__bases__ = (Base,) if c.random() < 0.5 else (Other,)
    torture([
        lambda c: a.f(), lambda c: a.f(), lambda c: setattr(A, "f", lambda self: 2), lambda c: delattr(A, "f"), lambda c: setattr(Base, "g%d" % c.randrange(10), c.random()), lambda c: getattr(a, "g%d" % c.randrange(10)),
        lambda c: type("T", (A,), {"x": 1})().f(), lambda c: A.__mro__, lambda c: A.__subclasses__(), bases, lambda c: isinstance(a, Base), lambda c: issubclass(A, Other), lambda c: setattr(A, "__len__", lambda self: 5), lambda c: delattr(A, "__len__"), lambda c: len(a), lambda c: dir(A), lambda c: dict(vars(A)),
    ], accept=(AttributeError, TypeError, RuntimeError))


def test_generators():
    def numbers():
        try:
            n = 0
            while True:
                got = yield n
                n += 1
                if got == "stop":
                    return
        finally:
            pass
    box = [numbers()]
    def renew(c): box[0] = numbers()
    torture([lambda c: next(box[0]), lambda c: next(box[0]), lambda c: box[0].send(None), lambda c: box[0].send("stop"), lambda c: box[0].close(), lambda c: box[0].throw(KeyError), renew, lambda c: box[0].gi_running, lambda c: box[0].gi_frame, lambda c: list(zip(range(3), box[0]))],
            accept=(StopIteration, ValueError, KeyError, TypeError))


def test_iterators():
    source = list(range(50))
    table = dict.fromkeys(range(50))
    box = [iter(source)]
    makers = [lambda: iter(source), lambda: iter(table), lambda: reversed(source), lambda: enumerate(source), lambda: zip(source, source), lambda: map(str, source), lambda: iter("abc" * 10), lambda: iter(range(100)), lambda: iter(table.items()), lambda: iter(set(source)), lambda: filter(None, source)]
    def renew(c): box[0] = c.choice(makers)()
    torture([lambda c: next(box[0]), lambda c: next(box[0], None), lambda c: list(box[0]), renew, lambda c: box[0].__length_hint__(), lambda c: [x for _, x in zip(range(5), box[0])], lambda c: source.append(1) if len(source) < 80 else source.pop(), lambda c: tuple(box[0]), lambda c: box[0].__reduce__()],
            accept=(StopIteration, AttributeError, RuntimeError, TypeError))


def test_closures_and_globals():
    cell = 0
    def bump():
        nonlocal cell
        cell += 1
        return cell
    def remove():
        nonlocal cell
        del cell
        cell = 1
    space = {"__builtins__": __builtins__}
    exec("value = 0\ndef read(): return value\ndef put(x):\n global value\n value = x\ndef remove():\n global value\n del value\n value = 1", space)
    torture([lambda c: bump(), lambda c: remove(), lambda c: space["read"](), lambda c: space["put"](c.random()), lambda c: space["remove"](), lambda c: space.update(extra=c.random()), lambda c: space.pop("extra", None)],
            accept=(NameError,))


def test_strings_and_ints():
    shared = {"text": "start", "number": 1, "parts": []}
    def add(c):
        shared["text"] += "x"
        if len(shared["text"]) > 1000:
            shared["text"] = ""
    torture([add, lambda c: shared["text"].upper().lower().split("x"), lambda c: hash(shared["text"]), lambda c: shared["text"].encode(), lambda c: shared.__setitem__("number", shared["number"] * 3 + 1 if shared["number"] < 10 ** 60 else 1), lambda c: str(shared["number"]), lambda c: f"{shared['text']}{shared['number']}", lambda c: sys.intern("name%d" % c.randrange(1000)), lambda c: "".join([shared["text"], "é", "\u20ac"])])


def test_bytearray_and_memoryview():
    data = bytearray(b"0123456789")
    def view(c):
        with memoryview(data) as m:
            bytes(m[:3])
            if len(m):
                m[0] = 65
    torture([view, lambda c: data.append(1), lambda c: data.pop(), lambda c: data.extend(b"abc"), lambda c: data[:4], lambda c: bytes(data), lambda c: data.find(b"a"), lambda c: data.__setitem__(slice(0, 2), b"xy"), lambda c: data.clear() if len(data) > 200 else None, lambda c: data.decode("latin-1"), lambda c: data + b"1", lambda c: data.replace(b"a", b"bb")],
            accept=(IndexError, BufferError, ValueError))


def test_functions():
    def f(a, b=1, *, c=2): return a, b, c
    def g(a, b=5, *, c=6): return a, b, c
    codes = [f.__code__, g.__code__]
    def swap(c): f.__code__ = c.choice(codes)
    def defaults(c): f.__defaults__ = c.choice([(1,), (2,), (3, 4)])
    torture([lambda c: f(1), lambda c: f(1, c=3), swap, defaults, lambda c: setattr(f, "x%d" % c.randrange(5), 1), lambda c: dict(f.__dict__), lambda c: setattr(f, "__kwdefaults__", {"c": c.random()}), lambda c: f.__name__, lambda c: setattr(f, "__name__", "n%d" % c.randrange(9)), lambda c: repr(f)], accept=(TypeError,))


def test_exceptions():
    shared = ValueError("shared")
    def fail(c):
        try:
            raise shared
        except ValueError as e:
            e.add_note("n") if len(getattr(e, "__notes__", ())) < 20 else e.__notes__.clear()
    def chain(c):
        try:
            try:
                raise KeyError
            except KeyError as k:
                raise shared from k
        except ValueError:
            pass
    torture([fail, chain, lambda c: shared.args, lambda c: setattr(shared, "args", (c.random(),)), lambda c: str(shared), lambda c: shared.with_traceback(None), lambda c: shared.__traceback__, lambda c: shared.__context__, lambda c: repr(shared)])


def test_frames():
    """Frames and locals of one thread, looked at by others."""
    frames = []
    def work(c):
        x = c.random()
        frames.append(sys._getframe())
        if len(frames) > 20:
            del frames[:10]
        return [y * x for y in range(5)]
    def look(c):
        frame = any_of(c, frames)
        frame.f_lineno, frame.f_code.co_name, list(frame.f_locals), frame.f_back
    torture([work, look, lambda c: sys._current_frames(), look], accept=(IndexError, RuntimeError, ValueError))


def test_code_and_types_made_at_once():
    def make(c):
        ns = {}
        exec("class C:\n x = %d\n def f(self): return [self.x for _ in range(3)]\nr = C().f()" % c.randrange(100), ns)
        return ns["r"]
    torture([make, lambda c: eval("(lambda a, b=%d: a + b)(1)" % c.randrange(9)), lambda c: compile("a = %d" % c.randrange(9), "f", "exec"), lambda c: type("X%d" % c.randrange(9), (), {})])


def test_imports():
    names = ["string", "textwrap", "bisect", "heapq", "colorsys", "keyword", "linecache", "stat", "token", "fractions"]
    def load(c):
        name = c.choice(names)
        if c.random() < 0.1:
            sys.modules.pop(name, None)
        check(__import__(name).__name__ == name)
    torture([load], accept=(ImportError, KeyError, AttributeError))


def test_recursion_everywhere():
    def down(n): return down(n + 1)
    def deep(c):
        try:
            down(0)
        except RecursionError:
            pass
    torture([deep], threads=2, seconds=together.SECONDS / 2)


def test_collector_among_threads():
    import gc
    class N: pass
    shared = []
    def cycle(c):
        a, b = N(), N()
        a.o, b.o = b, a
        shared.append(a)
        if len(shared) > 100:
            del shared[:50]
    torture([cycle, cycle, cycle, cycle, lambda c: gc.collect() if c.random() < 0.05 else None, lambda c: gc.get_count(), lambda c: shared.clear() if c.random() < 0.05 else None, lambda c: gc.get_objects() if c.random() < 0.002 else None])


def test_weakrefs():
    import weakref
    class N: pass
    strong = [N() for _ in range(10)]
    weak = weakref.WeakValueDictionary()
    keys = weakref.WeakKeyDictionary()
    refs = []
    def renew(c):
        i = c.randrange(10)
        strong[i] = n = N()
        weak[i] = n
        keys[n] = i
        refs.append(weakref.ref(n, refs.append if c.random() < 0.1 else None))
        if len(refs) > 200:
            del refs[:100]
    torture([renew, lambda c: weak.get(c.randrange(10)), lambda c: any_of(c, refs)(), lambda c: list(weak.items()), lambda c: len(keys), lambda c: list(keys), lambda c: weakref.getweakrefcount(strong[c.randrange(10)]), lambda c: weakref.ref(strong[c.randrange(10)])()],
            accept=(IndexError, TypeError, RuntimeError, KeyError))


def test_locks_of_two_objects():
    """Operations on pairs of containers in both orders cannot deadlock."""
    a, b = list(range(5)), list(range(5))
    d, e = dict.fromkeys(range(5)), dict.fromkeys(range(5))
    s, t = set(range(5)), set(range(5))
    torture([lambda c: a.extend(b), lambda c: b.extend(a), lambda c: a.__setitem__(slice(None), b[:5]), lambda c: b.__setitem__(slice(None), a[:5]), lambda c: a == b, lambda c: b < a, lambda c: d.update(e), lambda c: e.update(d), lambda c: d == e, lambda c: d | e, lambda c: s.update(t), lambda c: t.update(s), lambda c: s & t, lambda c: t - s, lambda c: s <= t,
             lambda c: a.clear() if len(a) > 1000 else None, lambda c: b.clear() if len(b) > 1000 else None], accept=(RuntimeError,))


support.run(globals())
