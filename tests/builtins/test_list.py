"""list: methods, slices, sorting, comparison, growth, and lists that change while they are used."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import check, equal, is_, raises, same


def test_long_lists_compared():
    ones = [1] * 40000
    equal(ones == [1] * 40000, True)
    equal(ones == [1] * 39999 + [2], False)
    equal(ones < [1] * 16384 + [2] * 23616, True)
    equal([1, 2.0, True] * 9000 == [True, 2, 1.0] * 9000, True)
    nan = float("nan")
    equal([nan] * 3 == [nan] * 3, True)
    equal((["a", [], 0] * 3, [[]] * 2, [7] * 0, [1, 2] * -1), (["a", [], 0, "a", [], 0, "a", [], 0], [[], []], [], []))
    shared = [[]] * 2
    shared[0].append(1)
    equal(shared, [[1], [1]])


def test_construction():
    same((list(), list("ab"), list((1, 2)), list({1: 2}), list(range(3)), list(x for x in "z"), [1, [2]]), ([], ["a", "b"], [1, 2], [1], [0, 1, 2], ["z"], [1, [2]]))
    raises(TypeError, list, 5, message="'int' object is not iterable")
    raises(TypeError, list, 1, 2, message="list expected at most 1 argument, got 2")
    raises(TypeError, lambda: list(x=1), message="list() takes no keyword arguments")
    a = [1, 2]
    check(list(a) == a and list(a) is not a)
    a.__init__("xy")
    equal(a, ["x", "y"])
    class L(list):
        def __init__(self, *args, tag=None):
            super().__init__(*args)
            self.tag = tag
    l = L([1], tag="t")
    equal((list(l), l.tag), ([1], "t"))


def test_methods():
    a = [3, 1, 2]
    is_(a.append(4), None)
    a.extend([5, 6])
    a.extend("x")
    a.insert(0, "first")
    a.insert(-1, "before last")
    a.insert(100, "end")
    a.insert(-100, "start")
    equal(a, ["start", "first", 3, 1, 2, 4, 5, 6, "before last", "x", "end"])
    same((a.pop(), a.pop(0), a.pop(-2), a.index(1), a.count(3)), ("end", "start", "before last", 2, 1))
    a.remove("x")
    a.reverse()
    equal(a, [6, 5, 4, 2, 1, 3, "first"])
    b = a.copy()
    check(b == a and b is not a)
    a.clear()
    equal(a, [])
    raises(IndexError, a.pop, message="pop from empty list")
    raises(IndexError, [1].pop, 5, message="pop index out of range")
    raises(ValueError, a.remove, 1, message="list.remove(x): x not in list")
    raises(TypeError, a.insert, "a", 1, message="'str' object cannot be interpreted as an integer")
    raises(TypeError, a.extend, 5, message="'int' object is not iterable")
    same(([1, 2, 1].index(1, 1), [1, 2, 1].index(1, -1), [1, 2, 1].index(2, 0, 2)), (2, 2, 1))
    raises(ValueError, [1].index, 2)
    raises(ValueError, [1, 2].index, 1, 1)
    a = [1, 2]
    a.extend(a)
    equal(a, [1, 2, 1, 2])
    a += (3,)
    a += "b"
    equal(a[-2:], [3, "b"])
    a *= 2
    equal(len(a), 12)
    a *= 0
    equal(a, [])
    raises(TypeError, [].append, message="list.append() takes exactly one argument (0 given)")
    raises(TypeError, [].copy, 1, message="list.copy() takes no arguments (1 given)")


def test_indexing():
    a = list(range(10))
    same((a[0], a[-1], a[True], a[2:4], a[::-3], a[-3:], a[:-8], a[5:2], a[100:], a[-100:2], a[::100]), (0, 9, 1, [2, 3], [9, 6, 3, 0], [7, 8, 9], [0, 1], [], [], [0, 1], [0]))
    raises(IndexError, lambda: a[10], message="list index out of range")
    raises(IndexError, lambda: a[-11], message="list index out of range")
    raises(IndexError, lambda: a[10 ** 30], message="cannot fit 'int' into an index-sized integer")
    raises(TypeError, lambda: a["a"], message="list indices must be integers or slices, not str")
    raises(TypeError, lambda: a[1.0], message="list indices must be integers or slices, not float")
    raises(TypeError, lambda: a[None], message="list indices must be integers or slices, not NoneType")
    raises(TypeError, lambda: a[1, 2], message="list indices must be integers or slices, not tuple")
    raises(ValueError, lambda: a[::0], message="slice step cannot be zero")
    def put(i): a[i] = 0
    def remove(i): del a[i]
    raises(IndexError, put, 10, message="list assignment index out of range")
    raises(IndexError, remove, 10, message="list assignment index out of range")
    raises(TypeError, put, "a", message="list indices must be integers or slices, not str")
    same((a[10 ** 30:], a[:10 ** 30][:2]), ([], [0, 1]))


def test_slice_assignment():
    a = list(range(5))
    a[1:3] = "xyz"
    equal(a, [0, "x", "y", "z", 3, 4])
    a[:0] = [9]
    a[len(a):] = [8]
    a[2:2] = (7,)
    equal(a, [9, 0, 7, "x", "y", "z", 3, 4, 8])
    a[::2] = range(5)
    equal(a, [0, 0, 1, "x", 2, "z", 3, 4, 4])
    a[::-1] = range(9)
    equal(a, [8, 7, 6, 5, 4, 3, 2, 1, 0])
    del a[::3]
    equal(a, [7, 6, 4, 3, 1, 0])
    del a[-2:]
    del a[3:1]
    equal(a, [7, 6, 4, 3])
    del a[::-2]
    equal(a, [7, 4])
    a[1:1] = a
    equal(a, [7, 7, 4, 4])
    a[:] = a[::-1]
    equal(a, [4, 4, 7, 7])
    a[:] = []
    equal(a, [])
    def extended(): [1, 2, 3][::2] = [1]
    raises(ValueError, extended, message="attempt to assign sequence of size 1 to extended slice of size 2")
    def wrong(): [1, 2, 3][:1] = 5
    raises(TypeError, wrong, message=("can only assign an iterable", "must assign iterable to extended slice"))
    def wrong2(): [1, 2, 3][::2] = 5
    raises(TypeError, wrong2, message="must assign iterable to extended slice")
    a = list(range(20))
    del a[::2], a[::-1][:0]
    b = [0] * 5
    b[1:4] = (x for x in range(10))
    equal(b, [0, *range(10), 0])


def test_operators():
    same(([1] + [2], [1] * 3, 3 * [1], [1] * -1, [] + []), ([1, 2], [1, 1, 1], [1, 1, 1], [], []))
    a = [[]] * 2
    a[0].append(1)
    equal(a, [[1], [1]])
    raises(TypeError, lambda: [1] + (2,), message='can only concatenate list (not "tuple") to list')
    raises(TypeError, lambda: [1] * "a", message="can't multiply sequence by non-int of type 'str'")
    raises(MemoryError, lambda: [1] * (sys.maxsize // 2))
    check([1, 2] == [1, 2] and [1] != [2] and [1] < [2] and [1] < [1, 0] and [2] > [1, 5] and [] <= [] and [1, "a"] < [2, 3] and [1, 2] >= [1])
    raises(TypeError, lambda: [1] < ["a"], message="'<' not supported between instances of 'int' and 'str'")
    raises(TypeError, lambda: [1] < (1,), message="'<' not supported between instances of 'list' and 'tuple'")
    check([1] != (1,))
    check(2 in [1, 2] and 3 not in [1, 2])
    raises(TypeError, hash, [], message="unhashable type: 'list'")
    equal(repr([1, "a", [None]]), "[1, 'a', [None]]")
    r = [1]
    r.append(r)
    equal(repr(r), "[1, [...]]")
    same((list(reversed([1, 2, 3])), len([1] * 100), bool([]), bool([0])), ([3, 2, 1], 100, False, True))
    class C:
        def __radd__(self, other): return "radd"
        def __rmul__(self, other): return "rmul"
    equal([] + C(), "radd")
    equal([] * C(), "rmul")


def test_sort():
    import random
    chance = random.Random(1)
    for n in (0, 1, 2, 10, 33, 64, 100, 1000, 5000):
        for make in (lambda i: chance.randrange(1000), lambda i: i, lambda i: -i, lambda i: i % 7, lambda i: float(chance.random()),
                     lambda i: str(chance.randrange(100)), lambda i: (chance.randrange(5), chance.randrange(5)), lambda i: 10 ** 20 * chance.randrange(9)):
            a = [make(i) for i in range(n)]
            b = sorted(a)
            check(all(not b[i + 1] < b[i] for i in range(n - 1)))
            equal(len(b), n)
            c = a[:]
            is_(c.sort(), None)
            equal(c, b)
            c.sort(reverse=True)
            equal(c, sorted(a, reverse=True))
    pairs = [(chance.randrange(10), i) for i in range(500)]
    s = sorted(pairs, key=lambda p: p[0])
    check(all(s[i] < s[i + 1] for i in range(499)))
    s = sorted(pairs, key=lambda p: p[0], reverse=True)
    check(all(s[i][0] > s[i + 1][0] or s[i][0] == s[i + 1][0] and s[i][1] < s[i + 1][1] for i in range(499)))
    same((sorted([3, 1.5, True]), sorted("bca"), sorted({2: 0, 1: 0}), sorted([(2, "a"), (1, "b")]), sorted(["b", "A", "c"], key=str.lower)), ([True, 1.5, 3], ["a", "b", "c"], [1, 2], [(1, "b"), (2, "a")], ["A", "b", "c"]))
    raises(TypeError, sorted, [1, "a"], message="'<' not supported between instances of 'str' and 'int'")
    raises(TypeError, [1].sort, lambda x: x, message=("sort() takes no positional arguments", "sort() takes no positional arguments (1 given)"))
    raises(TypeError, sorted, message="sorted expected 1 argument, got 0")
    raises(TypeError, sorted, [1], 5, message="sorted expected 1 argument, got 2")
    class X:
        def __init__(self, n): self.n = n
        def __lt__(self, other): return self.n < other.n
    equal([x.n for x in sorted([X(3), X(1), X(2)])], [1, 2, 3])
    class Boom:
        def __lt__(self, other): raise KeyError
    a = [Boom(), Boom(), Boom()]
    raises(KeyError, a.sort)
    equal(len(a), 3)
    b = [3, 2, 1]
    def key(x):
        b.append(x)
        return x
    raises(ValueError, lambda: b.sort(key=key), message="list modified during sort")
    equal(sorted([1, 2, 3], key=lambda x: -x), [3, 2, 1])
    equal(sorted([3, 1, 2], key=None, reverse=False), [1, 2, 3])
    raises(ZeroDivisionError, lambda: [1, 2].sort(key=lambda x: 1 / 0))
    nan = float("nan")
    equal(len(sorted([nan, 1.0, nan, 0.0])), 4)
    seen = []
    c = [2, 1]
    c.sort(key=lambda x: (seen.append(len(c)), x)[1])
    equal(seen, [0, 0])


def test_changed_by_comparison():
    class Clear:
        def __init__(self, target): self.target = target
        def __eq__(self, other):
            self.target.clear()
            return False
        __hash__ = None
    a = []
    a += [Clear(a), 1, 2, 3]
    check(5 not in a)
    a = []
    a += [Clear(a), 1]
    raises(ValueError, a.index, 5)
    a = []
    a += [Clear(a), 1]
    raises(ValueError, a.remove, 5)
    a = []
    a += [Clear(a), 1]
    equal(a.count(5), 0)
    a = []
    a += [Clear(a), 1]
    check(not a == [1, 2] and a == [])
    class Grow:
        def __init__(self, target): self.target = target
        def __eq__(self, other):
            if len(self.target) < 50: self.target.append(0)
            return False
    a = []
    a.append(Grow(a))
    check(5 not in a)
    check(len(a) >= 2)
    class Shrink:
        def __repr__(self):
            b.clear()
            return "shrink"
    b = [Shrink(), 1, 2]
    equal(repr(b), "[shrink]")


def test_changed_by_iteration():
    a = [1, 2, 3]
    def source():
        a.clear()
        yield 9
        a.append(8)
        yield 7
    a[:] = source()
    equal(a, [9, 7])
    a = [1]
    def adding():
        for i in range(3):
            a.append("g%d" % i)
            yield i
    a.extend(adding())
    equal(a, [1, "g0", 0, "g1", 1, "g2", 2])
    a = [0, 1]
    for i, x in enumerate(a):
        if i < 5:
            a.append(x)
    equal(len(a), 7)
    it = iter([1, 2, 3])
    equal([x + next(it) for x in it if x == 1], [3])


def test_iterators():
    it = iter([1, 2, 3])
    equal(it.__length_hint__(), 3)
    equal(next(it), 1)
    equal(it.__length_hint__(), 2)
    f, args, state = it.__reduce__()
    equal((args, state), (([1, 2, 3],), 1))
    it.__setstate__(2)
    equal(list(it), [3])
    equal(next(it, "end"), "end")
    a = [1]
    it = iter(a)
    next(it)
    equal(next(it, None), None)
    a.append(2)
    equal(next(it, "exhausted for good"), "exhausted for good")
    r = reversed([1, 2])
    equal((r.__length_hint__(), list(r), list(r)), (2, [2, 1], []))
    equal((type(iter([])).__name__, type(reversed([])).__name__), ("list_iterator", "list_reverseiterator"))
    b = [1, 2, 3]
    r = reversed(b)
    del b[1:]
    equal(list(r), [])


def test_del_runs_finalizers_outside():
    log = []
    class D:
        def __init__(self, target): self.target = target
        def __del__(self): log.append(len(self.target))
    a = []
    a.extend([D(a), D(a)])
    del a[0]
    equal(log, [1])
    a.clear()
    equal(log, [1, 0])
    a.append(D(a))
    a[0] = None
    equal(log[-1], 1)
    a[:] = [D(a), 1]
    a[:] = [5]
    equal(log[-1], 1)
    a.append(D(a))
    a.pop()
    equal(log[-1], 1)


def test_growth():
    a = []
    for i in range(100000):
        a.append(i)
    equal(a[::10000], list(range(0, 100000, 10000)))
    while len(a) > 5:
        a.pop()
    equal(a, [0, 1, 2, 3, 4])
    for i in range(1000):
        a.insert(0, i)
    equal(a[0], 999)
    for i in range(1000):
        a.pop(0)
    equal(a, [0, 1, 2, 3, 4])
    check([0].__sizeof__() <= [0, 1, 2].__sizeof__())
    try:
        [0] * (1 << 50)
    except MemoryError:
        pass


def test_deep():
    a = []
    for _ in range(200000):
        a = [a]
    del a


def test_subclass():
    class L(list):
        def append(self, x): super().append(x * 2)
        def __getitem__(self, i): return "item"
        def __len__(self): return 42
        def __iter__(self): return iter("xyz")
    l = L([1, 2])
    l.append(5)
    same((l[0], len(l), list(l), l == [1, 2, 10], l + [1], sorted(l)), ("item", 42, ["x", "y", "z"], True, [1, 2, 10, 1], ["x", "y", "z"]))
    equal([*l], ["x", "y", "z"])
    def star(*a): return a
    equal(star(*l), ("x", "y", "z"))
    is_(type(L([1])[:]), str)
    class S(list):
        __slots__ = ("x",)
    s = S()
    s.x = 1
    raises(AttributeError, setattr, s, "y", 1)
    is_(type(list.copy(L([1]))), list)


support.run(globals())
