"""tuple."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import check, equal, is_, raises, same


def test_all():
    same((tuple(), tuple("ab"), tuple([1]), (1,), (), 1 and (1, 2)), ((), ("a", "b"), (1,), (1,), (), (1, 2)))
    t = (1, 2, 3, 2)
    is_(tuple(t), t)
    is_(t[:], t)
    is_((), ())
    same((t[0], t[-1], t[1:3], t[::-1], t[::2], t.count(2), t.index(2), t.index(2, 2), len(t), 3 in t, 5 in t), (1, 2, (2, 3), (2, 3, 2, 1), (1, 3), 2, 1, 3, 4, True, False))
    same((t + (9,), t * 2, 2 * (1,), (1,) * 0, () + t), ((1, 2, 3, 2, 9), (1, 2, 3, 2, 1, 2, 3, 2), (1, 1), (), t))
    is_(t * 1, t)
    check((1, 2) == (1, 2) and (1,) < (2,) and (1,) < (1, 0) and (1, 2) != [1, 2] and () < (0,) and (2,) >= (1, 9))
    raises(TypeError, lambda: (1,) < ("a",))
    raises(TypeError, lambda: (1,) + [1], message='can only concatenate tuple (not "list") to tuple')
    raises(IndexError, lambda: t[9], message="tuple index out of range")
    raises(TypeError, lambda: t["a"], message="tuple indices must be integers or slices, not str")
    raises(ValueError, t.index, 9, message="tuple.index(x): x not in tuple")
    def put(): t[0] = 1
    def remove(): del t[0]
    raises(TypeError, put, message="'tuple' object does not support item assignment")
    raises(TypeError, remove, message="'tuple' object doesn't support item deletion")
    raises(TypeError, tuple, 5, message="'int' object is not iterable")
    raises(TypeError, tuple, 1, 2, message="tuple expected at most 1 argument, got 2")
    same((repr(()), repr((1,)), repr((1, "a")), repr(((),))), ("()", "(1,)", "(1, 'a')", "((),)"))
    l = []
    u = (l,)
    l.append(u)
    equal(repr(u), "([(...)],)")


def test_hash():
    equal(hash((1, 2)), hash((1, 2)))
    check(hash((1, 2)) != hash((2, 1)))
    equal(hash(()), hash(()))
    raises(TypeError, hash, ([],), message="unhashable type: 'list'")
    equal({(1, 2): "a"}[1, 2], "a")
    equal(len({hash((i, j)) for i in range(100) for j in range(100)}), 10000)


def test_iteration():
    it = iter((1, 2))
    same((it.__length_hint__(), next(it), list(it), next(it, "end")), (2, 1, [2], "end"))
    equal(list(reversed((1, 2))), [2, 1])
    a, *b = (1, 2, 3)
    equal(b, [2, 3])
    equal(type(iter(())).__name__, "tuple_iterator")


def test_subclass():
    class T(tuple):
        def __new__(cls, *args): return super().__new__(cls, args)
        @property
        def first(self): return self[0]
    t = T(1, 2)
    same((t.first, t == (1, 2), t + (3,), type(t + ()).__name__, type(t[:]).__name__, hash(t) == hash((1, 2))), (1, True, (1, 2, 3), "tuple", "tuple", True))
    t.x = 5
    equal(t.x, 5)
    equal(t.__getnewargs__(), ((1, 2),))
    from collections import namedtuple
    P = namedtuple("P", "x y")
    p = P(1, y=2)
    same((p, p.x, p._asdict(), p._replace(x=5), tuple(p), P._fields, P._make([3, 4])), (P(1, 2), 1, {"x": 1, "y": 2}, P(5, 2), (1, 2), ("x", "y"), P(3, 4)))
    equal(repr(p), "P(x=1, y=2)")


def test_deep():
    t = ()
    for _ in range(200000):
        t = (t,)
    del t
    t = ()
    for _ in range(100000):
        t = (t,)
    try:
        hash(t)
    except RecursionError:
        pass


support.run(globals())
