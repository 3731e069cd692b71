"""Operators and the special methods behind them: dispatch, reflection, fallbacks, messages."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import check, equal, is_, raises

BINARY = {
    "add": "+", "sub": "-", "mul": "*", "truediv": "/", "floordiv": "//", "mod": "%",
    "pow": "**", "lshift": "<<", "rshift": ">>", "and": "&", "or": "|", "xor": "^", "matmul": "@",
}
COMPARISONS = {"lt": "<", "le": "<=", "eq": "==", "ne": "!=", "gt": ">", "ge": ">="}


def run(operator, a, b):
    return eval("a %s b" % operator, {"a": a, "b": b})


def test_binary():
    namespace = {}
    for name in BINARY:
        namespace["__%s__" % name] = lambda self, other, name=name: (name, other)
        namespace["__r%s__" % name] = lambda self, other, name=name: ("r" + name, other)
        namespace["__i%s__" % name] = lambda self, other, name=name: ("i" + name, other)
    A = type("A", (), namespace)
    for name, operator in BINARY.items():
        equal(run(operator, A(), 1), (name, 1))
        equal(run(operator, 1, A()), ("r" + name, 1))
        scope = {"x": A()}
        exec("x %s= 5" % operator, scope)
        equal(scope["x"], ("i" + name, 5))


def test_binary_errors():
    class A: pass
    for name, operator in BINARY.items():
        shown = "** or pow()" if name == "pow" else operator
        raises(TypeError, run, operator, A(), 1,
               message="unsupported operand type(s) for %s: 'A' and 'int'" % shown)
        if name not in ("mod", "mul"):
            raises(TypeError, run, operator, "a", A())
    raises(TypeError, run, "+", 1, "a", message="unsupported operand type(s) for +: 'int' and 'str'")
    raises(TypeError, run, "+", "a", 1, message='can only concatenate str (not "int") to str')
    raises(TypeError, run, "+", [], 1, message='can only concatenate list (not "int") to list')
    raises(TypeError, run, "+", (), 1, message='can only concatenate tuple (not "int") to tuple')
    raises(TypeError, run, "+", b"", "", message="can't concat str to bytes")
    raises(TypeError, run, "*", "a", "b", message="can't multiply sequence by non-int of type 'str'")
    raises(TypeError, run, "*", [], 1.5, message="can't multiply sequence by non-int of type 'float'")
    raises(TypeError, run, "-", "a", "b", message="unsupported operand type(s) for -: 'str' and 'str'")
    raises(TypeError, run, "<<", 1.0, 1, message="unsupported operand type(s) for <<: 'float' and 'int'")
    raises(TypeError, run, "|", {}, 1, message="unsupported operand type(s) for |: 'dict' and 'int'")


def test_not_implemented():
    log = []
    class A:
        def __add__(self, other):
            log.append("A.add")
            return NotImplemented
    class B:
        def __radd__(self, other):
            log.append("B.radd")
            return "B"
    equal(A() + B(), "B")
    equal(log, ["A.add", "B.radd"])
    log.clear()
    raises(TypeError, lambda: A() + A())
    equal(log, ["A.add"])


def test_subclass_priority():
    class A:
        def __add__(self, other): return "A.add"
        def __radd__(self, other): return "A.radd"
        def __lt__(self, other): return "A.lt"
        def __gt__(self, other): return "A.gt"
    class B(A):
        def __radd__(self, other): return "B.radd"
        def __gt__(self, other): return "B.gt"
    class C(A): pass
    equal(A() + B(), "B.radd")
    equal(A() + C(), "A.add")
    equal(B() + A(), "A.add")
    equal(A() < B(), "B.gt")
    class I(int):
        def __radd__(self, other): return "I.radd"
        def __rsub__(self, other): return "I.rsub"
    equal(1 + I(2), "I.radd")
    equal(1 - I(2), "I.rsub")
    equal(I(1) + 1, 2)


def test_comparisons():
    A = type("A", (), {"__%s__" % n: (lambda self, other, n=n: (n, other)) for n in COMPARISONS})
    for name, operator in COMPARISONS.items():
        equal(run(operator, A(), 1), (name, 1))
    reflected = {"lt": "gt", "le": "ge", "eq": "eq", "ne": "ne", "gt": "lt", "ge": "le"}
    for name, operator in COMPARISONS.items():
        equal(run(operator, 1, A()), (reflected[name], 1))
    class B: pass
    b, c = B(), B()
    check(b == b and b != c and not b == c and not b != b)
    for operator in ("<", "<=", ">", ">="):
        raises(TypeError, run, operator, b, c,
               message="'%s' not supported between instances of 'B' and 'B'" % operator)
        raises(TypeError, run, operator, 1, "a",
               message="'%s' not supported between instances of 'int' and 'str'" % operator)
        raises(TypeError, run, operator, None, 1,
               message="'%s' not supported between instances of 'NoneType' and 'int'" % operator)
        raises(TypeError, run, operator, 1j, 1j,
               message="'%s' not supported between instances of 'complex' and 'complex'" % operator)
    class E:
        def __eq__(self, other): return NotImplemented
    e = E()
    check(e == e and not e == E() and e != 5)
    class N:
        def __eq__(self, other): return True
    check(not N() != 5)
    class O:
        def __eq__(self, other): return []
    equal(O() == 1, [])
    check((O() != 1) is True)


def test_chained_comparisons():
    log = []
    class V:
        def __init__(self, n): self.n = n; log.append(n)
        def __lt__(self, other): log.append((self.n, other.n)); return self.n < other.n
    check(V(1) < V(2) < V(3))
    equal(log, [1, 2, (1, 2), 3, (2, 3)])
    log.clear()
    check(not (V(2) < V(1) < V(5)))
    equal(log, [2, 1, (2, 1)])
    check(1 < 2 > 1 != 5 in [5] and not 1 in [2] == 3)
    check(1 == 1.0 == True is True)
    check("a" < "b" < "c" <= "c")


def test_unary():
    class A:
        def __neg__(self): return "neg"
        def __pos__(self): return "pos"
        def __invert__(self): return "invert"
        def __abs__(self): return "abs"
    equal((-A(), +A(), ~A(), abs(A())), ("neg", "pos", "invert", "abs"))
    class B: pass
    raises(TypeError, lambda: -B(), message="bad operand type for unary -: 'B'")
    raises(TypeError, lambda: +B(), message="bad operand type for unary +: 'B'")
    raises(TypeError, lambda: ~B(), message="bad operand type for unary ~: 'B'")
    raises(TypeError, lambda: ~1.5, message="bad operand type for unary ~: 'float'")
    raises(TypeError, lambda: -"a", message="bad operand type for unary -: 'str'")
    raises(TypeError, abs, B(), message="bad operand type for abs(): 'B'")


def test_conversions():
    class A:
        def __int__(self): return 1
        def __float__(self): return 2.5
        def __complex__(self): return 3j
        def __index__(self): return 4
        def __bool__(self): return False
        def __str__(self): return "str"
        def __repr__(self): return "repr"
        def __bytes__(self): return b"bytes"
        def __format__(self, spec): return "format:" + spec
        def __hash__(self): return 7
        def __round__(self, n=None): return "round", n
        def __trunc__(self): return 8
        def __floor__(self): return 9
        def __ceil__(self): return 10
        def __divmod__(self, other): return "divmod", other
        def __rdivmod__(self, other): return "rdivmod", other
        def __pow__(self, other, mod=None): return "pow", other, mod
        def __sizeof__(self): return 123
    a = A()
    equal((int(a), float(a), complex(a), bool(a), str(a), repr(a), bytes(a), hash(a)),
          (1, 2.5, 3j, False, "str", "repr", b"bytes", 7))
    equal((format(a), format(a, "x"), f"{a:>5}", f"{a}", f"{a!r}", f"{a!s:5}"), ("format:", "format:x", "format:>5", "format:", "repr", "str  "))
    equal((round(a), round(a, 2), divmod(a, 3), divmod(3, a), pow(a, 2), pow(a, 2, 5)),
          (("round", None), ("round", 2), ("divmod", 3), ("rdivmod", 3), ("pow", 2, None), ("pow", 2, 5)))
    import math, operator
    equal((math.trunc(a), math.floor(a), math.ceil(a), operator.index(a)), (8, 9, 10, 4))
    equal(([0, 1, 2, 3, "four"][a], "abcdef"[a:], range(10)[a], bin(a), hex(a), chr(a), [0] * a),
          ("four", "ef", 4, "0b100", "0x4", "\x04", [0] * 4))
    class Index:
        def __index__(self): return 3
    equal((int(Index()), float(Index()), complex(Index())), (3, 3.0, 3 + 0j))


def test_conversion_errors():
    class A:
        def __int__(self): return "1"
        def __float__(self): return 1
        def __index__(self): return 1.0
        def __str__(self): return 1
        def __repr__(self): return None
        def __hash__(self): return "x"
        def __len__(self): return "x"
        def __bytes__(self): return ""
        def __format__(self, spec): return 1
        def __bool__(self): return 2
        def __complex__(self): return 1
    a = A()
    raises(TypeError, int, a, message="__int__ returned non-int (type str)")
    raises(TypeError, float, a, message="A.__float__ returned non-float (type int)")
    raises(TypeError, str, a, message="__str__ returned non-string (type int)")
    raises(TypeError, repr, a, message="__repr__ returned non-string (type NoneType)")
    raises(TypeError, hash, a, message="__hash__ method should return an integer")
    raises(TypeError, len, a, message="'str' object cannot be interpreted as an integer")
    raises(TypeError, bytes, a, message="__bytes__ returned non-bytes (type str)")
    raises(TypeError, format, a, message="__format__ must return a str, not int")
    raises(TypeError, bool, a, message="__bool__ should return bool, returned int")
    raises(TypeError, complex, a, message=("__complex__ returned non-complex (type int)", "A.__complex__() must return a complex, not int"))
    import operator
    raises(TypeError, operator.index, a, message="__index__ returned non-int (type float)")
    class B: pass
    raises(TypeError, int, B(), message="int() argument must be a string, a bytes-like object or a real number, not 'B'")
    raises(TypeError, float, B(), message="float() argument must be a string or a real number, not 'B'")
    raises(TypeError, len, B(), message="object of type 'B' has no len()")
    raises(TypeError, lambda: [1][B()], message="list indices must be integers or slices, not B")
    raises(TypeError, lambda: [1][B():], message="slice indices must be integers or None or have an __index__ method")
    raises(TypeError, operator.index, B(), message="'B' object cannot be interpreted as an integer")
    raises(TypeError, bytes, B(), message="cannot convert 'B' object to bytes")
    class H:
        __hash__ = None
    raises(TypeError, hash, H(), message="unhashable type: 'H'")
    class E:
        def __eq__(self, other): return True
    raises(TypeError, hash, E(), message="unhashable type: 'E'")
    is_(E.__hash__, None)


def test_hash_values():
    class A:
        def __init__(self, v): self.v = v
        def __hash__(self): return self.v
    for v in (0, 1, -2, 2 ** 61 - 2):
        equal(hash(A(v)), v)
    equal(hash(A(-1)), -2)
    equal(hash(A(2 ** 64 + 5)), hash(2 ** 64 + 5))


def test_container():
    class A:
        def __len__(self): return 3
        def __getitem__(self, key): return key
        def __setitem__(self, key, value): self.set = key, value
        def __delitem__(self, key): self.deleted = key
        def __contains__(self, x): return x == 1
        def __iter__(self): return iter("xyz")
        def __reversed__(self): return iter("zyx")
        def __length_hint__(self): return 9
    a = A()
    equal((len(a), a[1], a["k"], a[1:2], a[1:2, 3], a[...], a[()], a[1,]),
          (3, 1, "k", slice(1, 2, None), (slice(1, 2), 3), ..., (), (1,)))
    equal((a[::], a[1::2], a[:-1]), (slice(None, None, None), slice(1, None, 2), slice(None, -1, None)))
    a[5] = 6
    equal(a.set, (5, 6))
    a[1:2] = "s"
    equal(a.set, (slice(1, 2, None), "s"))
    del a[7]
    equal(a.deleted, 7)
    check(1 in a and 2 not in a)
    equal((list(a), list(reversed(a)), [*a], tuple(a)), (["x", "y", "z"], ["z", "y", "x"], ["x", "y", "z"], ("x", "y", "z")))
    class B: pass
    raises(TypeError, lambda: B()[1], message="'B' object is not subscriptable")
    def put(): B()[1] = 2
    def remove(): del B()[1]
    raises(TypeError, put, message="'B' object does not support item assignment")
    raises(TypeError, remove, message="'B' object doesn't support item deletion")
    raises(TypeError, lambda: 1 in B(), message="argument of type 'B' is not iterable"
           if not support.NEW else ("argument of type 'B' is not a container or iterable", "argument of type 'B' is not iterable"))
    raises(TypeError, iter, B(), message="'B' object is not iterable")
    raises(TypeError, reversed, B(), message="'B' object is not reversible")


def test_container_fallbacks():
    class Seq:
        def __len__(self): return 4
        def __getitem__(self, i):
            if i >= 4: raise IndexError
            return i * i
    s = Seq()
    equal(list(s), [0, 1, 4, 9])
    equal(list(reversed(s)), [9, 4, 1, 0])
    check(9 in s and 5 not in s)
    class It:
        def __iter__(self): return iter([1, 2, 3])
    check(2 in It() and 7 not in It())
    class No:
        __contains__ = None
        def __iter__(self): return iter([1])
    raises(TypeError, lambda: 1 in No(), message="'No' object is not a container")
    class Truthy:
        def __contains__(self, x): return "yes" if x else []
    check((1 in Truthy()) is True and (0 in Truthy()) is False)
    class Same:
        def __eq__(self, other): return False
    x = Same()
    check(x in [x] and x in (x,) and x in iter([x]))


def test_call():
    class A:
        def __call__(self, *a, **k): return a, k
    equal(A()(1, x=2), ((1,), {"x": 2}))
    check(callable(A()) and not callable(5) and callable(A) and callable(len))
    class B: pass
    b = B()
    B.__call__ = A()
    equal(b(3), ((3,), {}))


def test_context_and_format():
    class A: pass
    raises(TypeError, format, A(), "x", message="unsupported format string passed to A.__format__")
    check(format(A()).startswith("<"))
    raises(TypeError, format, None, "5")


def test_inplace_fallback():
    class A:
        def __add__(self, other): return "add"
    x = A()
    x += 1
    equal(x, "add")
    class B:
        def __radd__(self, other): return "radd"
    y = 5
    y += B()
    equal(y, "radd")
    class C:
        def __iadd__(self, other): return NotImplemented
    z = C()
    def f():
        nonlocal z
        z += 1
    raises(TypeError, f, message="unsupported operand type(s) for +=: 'C' and 'int'")
    class D:
        def __isub__(self, other):
            return self
    d = e = D()
    d -= 1
    is_(d, e)


def test_pow():
    class A:
        def __rpow__(self, other, mod=None): return "rpow", other
    equal(2 ** A(), ("rpow", 2))
    raises(TypeError, pow, "a", 1, message="unsupported operand type(s) for ** or pow(): 'str' and 'int'")
    raises(TypeError, pow, 1, 2, "a", message="unsupported operand type(s) for ** or pow(): 'int', 'int', 'str'")


def test_length_hint():
    import operator
    class A:
        def __init__(self, hint): self.hint = hint
        def __length_hint__(self): return self.hint
        def __iter__(self): return iter([1, 2])
    equal(operator.length_hint(A(5)), 5)
    equal(operator.length_hint(A(NotImplemented), 3), 3)
    equal(list(A(100)), [1, 2])
    raises(ValueError, list, A(-1), message="__length_hint__() should return >= 0")
    raises(TypeError, list, A("x"), message="__length_hint__ must be an integer, not str")


def test_errors_pass_through():
    class Boom(Exception): pass
    def boom(self, *args): raise Boom
    names = ["add", "radd", "eq", "lt", "len", "getitem", "setitem", "delitem", "contains", "iter",
             "call", "neg", "bool", "hash", "str", "repr", "int", "float", "index", "getattr",
             "setattr", "delattr", "enter", "next", "format", "bytes", "reversed"]
    A = type("A", (), {"__%s__" % name: boom for name in names})
    a = A()
    def put(): a[0] = 1
    def remove(): del a[0]
    def setattribute(): a.x = 1
    def delattribute(): del a.x
    for f in (lambda: a + 1, lambda: 1 + a, lambda: a == 1, lambda: a < 1, lambda: len(a), lambda: a[0],
              put, remove, lambda: 1 in a, lambda: list(a), lambda: a(), lambda: -a, lambda: not a,
              lambda: hash(a), lambda: str(a), lambda: repr(a), lambda: int(a), lambda: float(a),
              lambda: [1][a], lambda: a.missing, setattribute, delattribute, lambda: f"{a}",
              lambda: bytes(a), lambda: reversed(a), lambda: {a: 1}, lambda: {a}, lambda: [2] == [a],
              lambda: a in [1], lambda: sorted([a, a]), lambda: max(a, a), lambda: [1].index(a),
              lambda: 1 if a else 2, lambda: a and 1, lambda: "%s" % a, lambda: print(a), lambda: [*a],
              lambda: {1: 1}.get(a), lambda: range(a), lambda: next(a), lambda: (1,) < (a,)):
        raises(Boom, f)


def test_item_methods_that_go():
    """__getitem__ is deleted after an iterator was made, or while the index is computed."""
    import bisect
    class A:
        def __getitem__(self, i): return [1, 2, 3][i]
        def __len__(self): return 3
    forward, backward = iter(A()), reversed(A())
    equal((next(forward), next(backward)), (1, 3))
    del A.__getitem__
    raises(TypeError, next, forward, message="'A' object does not support indexing")
    raises(TypeError, next, backward, message="'A' object does not support indexing")
    raises(TypeError, bisect.bisect, A(), 2)


support.run(globals())
