"""Assignment in all its forms: targets, unpacking, augmented, named expressions, del."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import NEW, equal, execute, is_, raises, raises_code


class Log:
    """Records what is done to it, in order."""

    def __init__(self, entries, name="log"):
        self.__dict__["entries"] = entries
        self.__dict__["name"] = name

    def __setattr__(self, name, value):
        self.entries.append((self.name, "set", name, value))

    def __delattr__(self, name):
        self.entries.append((self.name, "del", name))

    def __getitem__(self, key):
        self.entries.append((self.name, "get", key))
        return 10

    def __setitem__(self, key, value):
        self.entries.append((self.name, "put", key, value))

    def __delitem__(self, key):
        self.entries.append((self.name, "delitem", key))


def test_simple():
    a = 1
    b = c = a
    equal((a, b, c), (1, 1, 1))
    x = y = []
    is_(x, y)
    a, b = b, a
    a, b, c = 1, 2, 3
    c, a, b = a, b, c
    equal((a, b, c), (2, 3, 1))
    (d) = 4
    [e] = [5]
    (f,) = (6,)
    equal((d, e, f), (4, 5, 6))


def test_unpacking_sources():
    a, b = [1, 2]
    equal((a, b), (1, 2))
    a, b = "xy"
    equal((a, b), ("x", "y"))
    a, b = {1: 2, 3: 4}
    equal((a, b), (1, 3))
    a, b = (n for n in (5, 6))
    equal((a, b), (5, 6))
    a, b = range(2)
    equal((a, b), (0, 1))
    a, b = map(str, (1, 2))
    equal((a, b), ("1", "2"))
    (a, [b, (c, d)]), e = (1, [2, (3, 4)]), 5
    equal((a, b, c, d, e), (1, 2, 3, 4, 5))
    () = ()
    [] = ""


def test_starred():
    a, *b = 1, 2, 3
    equal((a, b), (1, [2, 3]))
    *a, b = 1, 2, 3
    equal((a, b), ([1, 2], 3))
    a, *b, c = 1, 2
    equal((a, b, c), (1, [], 2))
    a, *b, c, d = range(6)
    equal((a, b, c, d), (0, [1, 2, 3], 4, 5))
    *a, = "abc"
    equal(a, ["a", "b", "c"])
    [*a] = (n for n in range(3))
    equal(a, [0, 1, 2])
    (a, *b), *c = "xyz", 1, 2
    equal((a, b, c), ("x", ["y", "z"], [1, 2]))
    for first, *rest in [(1, 2, 3), "ab"]:
        pass
    equal((first, rest), ("a", ["b"]))
    class T:
        pass
    t = T()
    t.x, *t.y = 1, 2, 3
    equal((t.x, t.y), (1, [2, 3]))
    items = [0, 0]
    items[0], *items[1:] = 7, 8, 9
    equal(items, [7, 8, 9])


def test_unpacking_errors():
    def two(value):
        a, b = value
    def many(value):
        a, *b, c = value
    more = "too many values to unpack (expected 2, got 3)" if NEW else "too many values to unpack (expected 2)"
    raises(ValueError, two, (1, 2, 3), message=more)
    raises(ValueError, two, [1, 2, 3], message=more)
    raises(ValueError, two, {1: 1, 2: 2, 3: 3}, message=more)
    raises(ValueError, two, iter([1, 2, 3]), message="too many values to unpack (expected 2)")
    raises(ValueError, two, "a", message="not enough values to unpack (expected 2, got 1)")
    raises(ValueError, two, [], message="not enough values to unpack (expected 2, got 0)")
    raises(ValueError, two, iter([1]), message="not enough values to unpack (expected 2, got 1)")
    raises(ValueError, many, [1], message="not enough values to unpack (expected at least 2, got 1)")
    raises(TypeError, two, 5, message="cannot unpack non-iterable int object")
    raises(TypeError, two, None, message="cannot unpack non-iterable NoneType object")

    class Bad:
        def __iter__(self):
            return 5
    raises(TypeError, two, Bad(), message="iter() returned non-iterator of type 'int'")

    class Worse:
        def __iter__(self):
            raise KeyError("inside")
    raises(KeyError, two, Worse())

    class Sequence:
        def __getitem__(self, i):
            if i > 1:
                raise IndexError
            return i * 10
    a, b = Sequence()
    equal((a, b), (0, 10))


def test_unpacking_order():
    log = []

    def at(name):
        log.append(name)
        return Log(log, name)

    def value(name):
        log.append(name)
        return name
    at("a").x, at("b")[value("key")] = value("one"), value("two")
    equal(log, ["one", "two", "a", ("a", "set", "x", "one"), "b", "key", ("b", "put", "key", "two")])
    log.clear()
    at("a").x = at("b").y = value("v")
    equal(log, ["v", "a", ("a", "set", "x", "v"), "b", ("b", "set", "y", "v")])
    # A target that appears twice, and one that depends on an earlier one.
    i = 0
    items = [5, 6, 7]
    i, items[i] = 2, 9
    equal((i, items), (2, [5, 6, 9]))


def test_partial_unpacking():
    # What was taken from an iterator before the failure is gone.
    source = iter(range(10))
    def three():
        a, b, c = source
    raises(ValueError, three)
    equal(next(source), 4)


def test_augmented_operators():
    x = 7
    x += 3
    equal(x, 10)
    x -= 4
    equal(x, 6)
    x *= 7
    equal(x, 42)
    x /= 4
    equal(x, 10.5)
    x //= 2
    equal(x, 5.0)
    x = 17
    x %= 10
    equal(x, 7)
    x **= 3
    equal(x, 343)
    x <<= 2
    equal(x, 1372)
    x >>= 1
    equal(x, 686)
    x &= 0xFF
    equal(x, 174)
    x |= 0x100
    equal(x, 430)
    x ^= 0x1FF
    equal(x, 81)

    class M:
        def __matmul__(self, other):
            return ("matmul", other)
    m = M()
    m @= 3
    equal(m, ("matmul", 3))


def test_augmented_in_place():
    a = b = [1]
    a += [2]
    is_(a, b)
    equal(b, [1, 2])
    a *= 2
    equal(b, [1, 2, 1, 2])
    t = u = (1,)
    t += (2,)
    equal((t, u), ((1, 2), (1,)))
    s = z = {1}
    s |= {2}
    is_(s, z)
    d = e = {}
    d |= {"k": 1}
    is_(d, e)
    lists = ([1],)
    def grow():
        lists[0] += [2]
    raises(TypeError, grow, message="'tuple' object does not support item assignment")
    equal(lists, ([1, 2],))


def test_augmented_order():
    log = []

    def at():
        log.append("object")
        return Log(log)

    def key():
        log.append("key")
        return "k"

    def value():
        log.append("value")
        return 1
    at()[key()] += value()
    equal(log, ["object", "key", ("log", "get", "k"), "value", ("log", "put", "k", 11)])

    class Fallback:
        def __init__(self, v):
            self.v = v

        def __add__(self, other):
            return Fallback(self.v + other)

        def __iadd__(self, other):
            return NotImplemented
    f = Fallback(1)
    f += 5
    equal(f.v, 6)
    raises_code(TypeError, "x = 1\nx += 'a'",
                message="unsupported operand type(s) for +=: 'int' and 'str'")
    raises_code(TypeError, "x = []\nx -= 1",
                message="unsupported operand type(s) for -=: 'list' and 'int'")
    raises_code(TypeError, "x = []\nx += 1", message="'int' object is not iterable")
    raises_code(TypeError, "x = 2\nx **= 'a'",
                message="unsupported operand type(s) for **=: 'int' and 'str'")
    raises_code(NameError, "y += 1", message="name 'y' is not defined")


def test_named_expression():
    if (n := len("abc")) > 2:
        equal(n, 3)
    equal([y := 5, y * 2], [5, 10])
    data = [1, 2, 3, 4]
    equal([double for v in data if (double := v * 2) > 4], [6, 8])
    equal(double, 8)
    total = 0
    equal([total := total + v for v in data], [1, 3, 6, 10])
    equal(total, 10)
    def f(x):
        return x
    equal(f(z := 3) + z, 6)
    while chunk := data[:2]:
        del data[:2]
    equal(chunk, [])
    x = 1
    equal(x + (x := 10) + x, 21)
    equal((lambda: (w := 4) + w)(), 8)


def test_del():
    a = b = 1
    del a
    raises(NameError, lambda: eval("a", {}), message="name 'a' is not defined")
    def unbound():
        x = 1
        del x
        return x
    raises(UnboundLocalError, unbound,
           message="cannot access local variable 'x' where it is not associated with a value")
    def again():
        x = 1
        del x
        del x
    raises(UnboundLocalError, again,
           message="cannot access local variable 'x' where it is not associated with a value")
    items = [1, 2, 3, 4, 5]
    del items[0], items[-1]
    equal(items, [2, 3, 4])
    del items[1:]
    equal(items, [2])
    table = {"a": 1, "b": 2}
    del table["a"]
    equal(table, {"b": 2})
    class T:
        pass
    t = T()
    t.x = 1
    del t.x
    raises(AttributeError, lambda: t.x, message="'T' object has no attribute 'x'")
    def gone():
        del t.x
    raises(AttributeError, gone, message="'T' object has no attribute 'x'")
    c = d = e = 1
    del (c, [d, e])
    raises_code(NameError, "del nothing", message="name 'nothing' is not defined")
    log = []
    del Log(log).x, Log(log)[3]
    equal(log, [("log", "del", "x"), ("log", "delitem", 3)])
    # Deleted while the object is still used by the statement.
    v = [1]
    def use(x):
        nonlocal v
        del v
        return x
    equal(use(v), [1])


def test_annotated():
    x: int = 1
    equal(x, 1)
    y: undefined_name_is_fine_in_functions
    def f():
        z: int
        return z
    raises(UnboundLocalError, f)
    ns = execute("a: int = 3\n(b): str = 'q'\nclass T:\n  c: float = 1.5\nt = T()\nt.d: int = 4")
    equal((ns["a"], ns["b"], ns["T"].c, ns["t"].d), (3, "q", 1.5, 4))


def test_value_outlives_rebinding():
    x = [1, 2, 3]
    x = x[0], x
    equal(x, (1, [1, 2, 3]))
    def swap(a, b):
        a, b = b, a
        return a, b
    equal(swap(1, 2), (2, 1))
    x = y = 5
    x, y, x = 1, 2, 3
    equal((x, y), (3, 2))


def test_loop_targets():
    class T:
        pass
    t = T()
    for t.x in range(3):
        pass
    equal(t.x, 2)
    items = [0]
    for items[0] in "ab":
        pass
    equal(items, ["b"])
    for i, (j, k) in enumerate([(1, 2), (3, 4)]):
        pass
    equal((i, j, k), (1, 3, 4))
    for i in []:
        pass
    equal(i, 1)


def test_bad_targets():
    for source, message in (
        ("f() = 1", "cannot assign to function call here. Maybe you meant '==' instead of '='?"),
        ("1 = x", "cannot assign to literal here. Maybe you meant '==' instead of '='?"),
        ("None = 1", "cannot assign to None"),
        ("True = 1", "cannot assign to True"),
        ("x + 1 = 2", "cannot assign to expression here. Maybe you meant '==' instead of '='?"),
        ("(x := 1) = 2", "cannot assign to named expression here. Maybe you meant '==' instead of '='?"),
        ("[x, 1] = 2", "cannot assign to literal"),
        ("x, f() = 1, 2", "cannot assign to function call"),
        ("*x = 1", "starred assignment target must be in a list or tuple"),
        ("*a, *b = x", "multiple starred expressions in assignment"),
        ("f() += 1", "'function call' is an illegal expression for augmented assignment"),
        ("(a, b) += 1", "'tuple' is an illegal expression for augmented assignment"),
        ("del f()", "cannot delete function call"),
        ("del 1", "cannot delete literal"),
        ("del *a, b", "cannot delete starred"),
        ("(a, b): int", "only single target (not tuple) can be annotated"),
        ("[a]: int", "only single target (not list) can be annotated"),
        ("f(): int", "illegal target for annotation"),
        ("__debug__ = 1", "cannot assign to __debug__"),
        ("x := 1", "invalid syntax"),
        ("lambda: (yield) = 1", "cannot assign to lambda"),
    ):
        raises_code(SyntaxError, source, contains=message)


support.run(globals())
