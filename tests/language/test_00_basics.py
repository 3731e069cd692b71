"""The first steps: only print, assert, ints, strings compared, functions. Needs no import.

Everything else in this corpus builds on what is checked here.
"""


def truth():
    assert True
    assert not False
    assert 1
    assert not 0
    assert None is None
    assert not None
    assert "a" and not ""
    assert True is not False


def integers():
    assert 1 + 1 == 2
    assert 5 - 7 == -2
    assert 6 * 7 == 42
    assert 7 // 2 == 3 and -7 // 2 == -4 and 7 // -2 == -4 and -7 // -2 == 3
    assert 7 % 3 == 1 and -7 % 3 == 2 and 7 % -3 == -2 and -7 % -3 == -1
    assert 2 ** 10 == 1024
    assert -2 ** 2 == -4 and (-2) ** 2 == 4
    assert 1 << 4 == 16 and 256 >> 4 == 16 and -1 >> 3 == -1
    assert 12 & 10 == 8 and 12 | 3 == 15 and 12 ^ 10 == 6 and ~0 == -1
    assert 0x10 == 16 and 0b101 == 5 and 0o17 == 15 and 1_000 == 1000
    assert 1 < 2 and 2 > 1 and 1 <= 1 and 1 >= 1 and 1 != 2
    assert 1 < 2 < 3 and not 1 < 3 < 2
    assert +5 == 5 and -(-5) == 5
    big = 4611686018427387903
    assert big + 1 == 4611686018427387904
    assert big + 1 - 1 == big
    assert -big - 2 == -4611686018427387905
    assert big * big == 21267647932558653957237540927630737409
    assert 3037000500 * 3037000500 == 9223372037000250000
    assert 2 ** 64 == 18446744073709551616
    assert 2 ** 64 >> 60 == 16 and 1 << 64 == 2 ** 64
    assert 10 ** 30 // 10 ** 20 == 10 ** 10 and 10 ** 30 % 7 == 1
    assert -2 ** 63 == -9223372036854775808


def floats():
    assert 0.5 + 0.25 == 0.75
    assert 1 / 4 == 0.25
    assert 1.5 * 2 == 3
    assert 7.0 // 2 == 3.0 and -7.5 % 2 == 0.5
    assert 2.0 ** 3 == 8.0 and 4 ** 0.5 == 2.0
    assert 1e3 == 1000.0 and 1.5e-3 == 0.0015
    assert 0.1 + 0.2 != 0.3
    assert -0.0 == 0.0
    assert 1e308 * 10 == 1e309


def names():
    a = 1
    b = a
    a = 2
    assert a == 2 and b == 1
    a, b = b, a
    assert a == 1 and b == 2
    c = d = a + b
    assert c == 3 and d == 3
    c += 1
    c -= 2
    c *= 10
    c //= 3
    c **= 2
    c %= 7
    c |= 8
    c &= 12
    c ^= 5
    c <<= 3
    c >>= 1
    assert c == 52, c


def branches():
    def sign(n):
        if n < 0:
            return "minus"
        elif n == 0:
            return "zero"
        else:
            return "plus"
    assert sign(-3) == "minus" and sign(0) == "zero" and sign(9) == "plus"
    assert (1 if True else 2) == 1 and (1 if False else 2) == 2
    assert (0 or 5) == 5 and (3 or 5) == 3 and (0 and 5) == 0 and (3 and 5) == 5
    assert (not 3) is False


def loops():
    i = 0
    total = 0
    while i < 10:
        i += 1
        if i == 3:
            continue
        if i == 7:
            break
        total += i
    else:
        total = -1
    assert total == 1 + 2 + 4 + 5 + 6
    while i > 0:
        i -= 1
    else:
        total = -1
    assert total == -1
    total = 0
    for i in range(5):
        for j in range(5):
            if j > i:
                break
            total += 1
    assert total == 15
    assert i == 4 and j == 4
    for i in range(0):
        assert False
    else:
        total = 0
    assert total == 0


def functions():
    def add(a, b):
        return a + b

    def nothing():
        pass

    def fact(n):
        if n < 2:
            return 1
        return n * fact(n - 1)

    def even(n):
        return True if n == 0 else odd(n - 1)

    def odd(n):
        return False if n == 0 else even(n - 1)

    def defaults(a, b=10, c=20):
        return a * 100 + b + c

    assert add(1, 2) == 3 and add("a", "b") == "ab"
    assert nothing() is None
    assert fact(5) == 120
    assert fact(25) == 15511210043330985984000000
    assert even(10) and not even(11)
    assert defaults(1) == 130 and defaults(1, 2) == 122 and defaults(1, c=2) == 112
    assert defaults(b=0, a=1, c=0) == 100
    assert (lambda x: x + 1)(1) == 2

    def twice(f, x):
        return f(f(x))
    assert twice(lambda n: n * 3, 2) == 18

    def fib(n):
        return n if n < 2 else fib(n - 1) + fib(n - 2)
    assert fib(16) == 987

    def star(*args, **kwargs):
        return args, kwargs
    args, kwargs = star(1, 2, x=3)
    assert args == (1, 2) and kwargs == {"x": 3}
    assert star(*(1, 2), *[3], **{"y": 4}) == ((1, 2, 3), {"y": 4})


def closures():
    def make(n):
        def get():
            return n

        def put(value):
            nonlocal n
            n = value
        return get, put
    get, put = make(1)
    other, _ = make(5)
    put(2)
    assert get() == 2 and other() == 5


seen = 0


def bump():
    global seen
    seen += 1


def globals_work():
    bump()
    bump()
    assert seen == 2


def containers():
    items = [1, 2, 3]
    items.append(4)
    assert items == [1, 2, 3, 4] and items[0] == 1 and items[-1] == 4
    items[0] = 9
    assert items[0] == 9
    assert (1, 2)[1] == 2 and () == () and (1,) != (2,)
    table = {"a": 1, 2: "two"}
    table["b"] = 3
    assert table["a"] == 1 and table[2] == "two" and table["b"] == 3
    assert "a" in table and "z" not in table
    total = 0
    for item in items:
        total += item
    assert total == 18
    keys = []
    for key in table:
        keys.append(key)
    assert keys == ["a", 2, "b"]
    assert "abc"[1] == "b" and "a" + "b" == "ab" and "ab" * 2 == "abab"
    one, (two, *rest) = 1, [2, 3, 4]
    assert one == 1 and two == 2 and rest == [3, 4]


def exceptions():
    caught = 0
    try:
        1 // 0
    except ZeroDivisionError:
        caught += 1
    try:
        raise ValueError("x")
    except (TypeError, ValueError) as error:
        assert error.args == ("x",)
        caught += 1
    finally:
        caught += 1
    try:
        pass
    except ValueError:
        caught = -1
    else:
        caught += 1
    assert caught == 4

    def late():
        try:
            return 1
        finally:
            items.append("late")
    items = []
    assert late() == 1 and items == ["late"]


def classes():
    class Empty:
        pass

    class Point:
        dimension = 2

        def __init__(self, x, y):
            self.x = x
            self.y = y

        def sum(self):
            return self.x + self.y

    class Point3(Point):
        dimension = 3

        def __init__(self, x, y, z):
            super().__init__(x, y)
            self.z = z

        def sum(self):
            return super().sum() + self.z

    e = Empty()
    e.a = 5
    assert e.a == 5
    p = Point(1, 2)
    assert p.x == 1 and p.sum() == 3 and p.dimension == 2
    q = Point3(1, 2, 3)
    assert q.sum() == 6 and q.dimension == 3
    assert isinstance(q, Point) and not isinstance(p, Point3)
    method = q.sum
    q.z = 10
    assert method() == 13


def strings():
    name = "world"
    assert f"hello {name}" == "hello world"
    assert f"{1 + 1}{name!r}{3:>4}" == "2'world'   3"
    assert "%s-%d" % ("a", 5) == "a-5"
    assert str(12) == "12" and repr("q") == "'q'" and int("12") == 12
    assert len("abc") == 3


def generators():
    def count(n):
        i = 0
        while i < n:
            yield i
            i += 1
    assert list(count(3)) == [0, 1, 2]
    assert [x * x for x in range(4)] == [0, 1, 4, 9]
    assert sum(x for x in count(5)) == 10


steps = [truth, integers, floats, names, branches, loops, functions, closures, globals_work,
         containers, exceptions, classes, strings, generators]
for step in steps:
    print("step", step.__name__)
    step()
print(str(len(steps)) + " passed, 0 failed")
