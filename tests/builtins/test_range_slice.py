"""range and slice."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import NEW, check, equal, raises, same

BIG = 10 ** 30


def slow(start, stop, step):
    out = []
    while start < stop if step > 0 else start > stop:
        out.append(start)
        start += step
    return out


def test_values():
    for start in (-5, 0, 3, 10):
        for stop in (-7, 0, 4, 11):
            for step in (-4, -1, 1, 2, 7):
                r = range(start, stop, step)
                expected = slow(start, stop, step)
                equal(list(r), expected)
                equal(len(r), len(expected))
                equal(list(reversed(r)), expected[::-1])
                for x in range(-12, 13):
                    equal(x in r, x in expected)
                    equal(r.count(x), expected.count(x))
                for i, x in enumerate(expected):
                    equal((r[i], r[i - len(expected)], r.index(x)), (x, x, i))
                equal(list(r[1:]), expected[1:])
                equal(list(r[::-2]), expected[::-2])
                equal(list(r[-3:2]), expected[-3:2])


def test_construction():
    same((range(5), range(1, 5), range(1, 5, 2), range(0), range(5, 1)), (range(0, 5), range(1, 5), range(1, 5, 2), range(0, 0), range(5, 1)))
    raises(ValueError, range, 1, 2, 0, message="range() arg 3 must not be zero")
    raises(TypeError, range, 1.0, message="'float' object cannot be interpreted as an integer")
    raises(TypeError, range, message="range expected at least 1 argument, got 0")
    raises(TypeError, range, 1, 2, 3, 4, message="range expected at most 3 arguments, got 4")
    raises(TypeError, lambda: range(stop=1), message="range() takes no keyword arguments")
    class I:
        def __index__(self): return 3
    equal(list(range(I())), [0, 1, 2])
    r = range(1, 2, 3)
    same((r.start, r.stop, r.step), (1, 2, 3))
    def assign(): range(3).start = 1
    raises(AttributeError, assign, message="readonly attribute")


def test_big():
    r = range(BIG, BIG + 5)
    same((list(r), r[2], r[-1], BIG + 3 in r, BIG in range(BIG), len(r)), ([BIG, BIG + 1, BIG + 2, BIG + 3, BIG + 4], BIG + 2, BIG + 4, True, False, 5))
    raises(OverflowError, len, range(BIG), message="Python int too large to convert to C ssize_t")
    check(range(BIG))
    same((range(BIG)[BIG - 1], range(BIG)[5:10], range(0, BIG, BIG - 1)[1]), (BIG - 1, range(5, 10), BIG - 1))
    it = iter(range(sys.maxsize - 1, sys.maxsize + 3))
    equal(list(it), [sys.maxsize - 1, sys.maxsize, sys.maxsize + 1, sys.maxsize + 2])
    equal(list(range(2 ** 62 - 2, 2 ** 62 + 2)), [2 ** 62 - 2, 2 ** 62 - 1, 2 ** 62, 2 ** 62 + 1])
    equal(list(range(-2 ** 63 + 1, -2 ** 63 - 2, -1)), [-2 ** 63 + 1, -2 ** 63, -2 ** 63 - 1])
    total = 0
    for x in range(-BIG, -BIG + 100):
        total += x
    equal(total, -BIG * 100 + 4950)
    check(5 in range(0, BIG, 5) and 6 not in range(0, BIG, 5))


def test_equality_and_hash():
    check(range(0) == range(5, 2) == range(3, 3, -1) and range(1, 2) == range(1, 9, 100) and range(5) != range(6) and range(3) != [0, 1, 2])
    equal(hash(range(0)), hash(range(9, 2)))
    equal(hash(range(0, 10, 3)), hash(range(0, 12, 3)))
    raises(TypeError, lambda: range(1) < range(2))
    same((repr(range(5)), repr(range(1, 5)), repr(range(1, 5, -2))), ("range(0, 5)", "range(1, 5)", "range(1, 5, -2)"))


def test_errors():
    r = range(5)
    raises(IndexError, lambda: r[5], message="range object index out of range")
    raises(IndexError, lambda: r[-6])
    raises(TypeError, lambda: r["a"], message="range indices must be integers or slices, not str")
    raises(ValueError, r.index, 9, message="9 is not in range" if not NEW else ("9 is not in range", "range.index(x): x not in range"))
    raises(ValueError, r.index, "a")
    check("a" not in r and 1.0 in r and 1.5 not in r)
    equal(r.count(1.0), 1)
    raises(TypeError, lambda: r + r)


def test_iterators():
    it = iter(range(5))
    next(it)
    equal(it.__length_hint__(), 4)
    equal(list(it), [1, 2, 3, 4])
    equal(next(it, "end"), "end")
    equal((type(iter(range(1))).__name__, type(iter(range(BIG))).__name__), ("range_iterator", "longrange_iterator"))
    it = iter(range(10, 20, 2))
    next(it)
    import pickle, copy
    equal(list(copy.copy(it)), [12, 14, 16, 18])
    equal(pickle.loads(pickle.dumps(range(1, 9, 3))), range(1, 9, 3))


def test_loops():
    total = 0
    for i in range(100000):
        total += i
    equal(total, 4999950000)
    for i in range(5):
        i = 100
    equal(i, 100)
    seen = []
    for i in range(3):
        for j in range(i):
            seen.append((i, j))
    equal(seen, [(1, 0), (2, 0), (2, 1)])


def test_slice():
    s = slice(1, 10, 2)
    same((s.start, s.stop, s.step, slice(5), slice(1, 2)), (1, 10, 2, slice(None, 5, None), slice(1, 2, None)))
    check(s == slice(1, 10, 2) and s != slice(1) and slice(1) < slice(2))
    equal(repr(slice(None, "a", [])), "slice(None, 'a', [])")
    if sys.version_info >= (3, 12):
        equal(hash(slice(1, 2)), hash(slice(1, 2)))
        raises(TypeError, hash, slice([]), message="unhashable type: 'list'")
    for args, size, expected in (((None,), 5, (0, 5, 1)), ((2,), 5, (0, 2, 1)), ((-2, None), 5, (3, 5, 1)), ((None, None, -1), 5, (4, -1, -1)), ((10, 20), 5, (5, 5, 1)),
                                 ((-10, 20, 3), 5, (0, 5, 3)), ((10, -10, -2), 5, (4, -1, -2)), ((None, None, BIG), 5, (0, 5, BIG)), ((BIG, -BIG, -BIG), 5, (4, -1, -BIG))):
        equal(slice(*args).indices(size), expected)
    raises(ValueError, slice(None, None, 0).indices, 5, message="slice step cannot be zero")
    raises(ValueError, slice(1).indices, -1, message="length should not be negative")
    raises(TypeError, slice("a").indices, 5, message="slice indices must be integers or None or have an __index__ method")
    raises(TypeError, slice, message="slice expected at least 1 argument, got 0")
    def assign(): s.start = 1
    raises(AttributeError, assign, message="readonly attribute")
    for n in (0, 1, 5):
        data = list(range(n))
        for start in (None, -7, -2, 0, 1, 3, 9):
            for stop in (None, -7, -2, 0, 1, 3, 9):
                for step in (None, -3, -1, 1, 2):
                    equal(data[start:stop:step], [data[i] for i in range(*slice(start, stop, step).indices(n))])


def test_steps_beyond_all_lengths():
    for far in (sys.maxsize, sys.maxsize - 1, 1 << 80):
        for text in ([1, 2, 3], (1, 2, 3), "123", b"123", bytearray(b"123"), memoryview(b"123")):
            equal(list(text[1::far]), list(text[1:2]))
            equal(list(text[1::-far]), list(text[1:2]))
        for text in ([1, 2, 3], bytearray(b"123")):
            text[1::far] = text[:1]
            equal(list(text), [text[0], text[0], text[2]])
            del text[1::-far]
            equal(len(text), 2)


support.run(globals())
