"""if, while, for, break, continue, else, pass, assert, return through finally."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import check, equal, is_, raises, raises_code


class Truth:
    """Counts how often its truth is asked for."""

    def __init__(self, value):
        self.value = value
        self.asked = 0

    def __bool__(self):
        self.asked += 1
        return self.value


class Sized:
    def __init__(self, size):
        self.size = size

    def __len__(self):
        return self.size


def test_truth():
    for value in (False, None, 0, 0.0, -0.0, 0j, "", b"", (), [], {}, set(), frozenset(), range(0),
                  bytearray(), Sized(0)):
        if value:
            support.fail("%r is true" % (value,))
        is_(not value, True)
        is_(bool(value), False)
    for value in (True, 1, -1, 0.1, float("nan"), 1j, " ", b"\0", (0,), [0], {0: 0}, {0}, range(1),
                  object(), int, len, Sized(3), ...):
        if not value:
            support.fail("%r is false" % (value,))
        is_(bool(value), True)
    yes, no = Truth(True), Truth(False)
    if yes:
        pass
    while no:
        pass
    equal((yes.asked, no.asked), (1, 1))
    is_(yes and no, no)
    is_(no and yes, no)
    is_(no or yes, yes)
    equal((yes.asked, no.asked), (2, 3))
    check(not (not yes))

    class Bad:
        def __bool__(self):
            return 1
    raises(TypeError, bool, Bad(), message="__bool__ should return bool, returned int")
    class Negative:
        def __len__(self):
            return -1
    raises(ValueError, bool, Negative(), message="__len__() should return >= 0")


def test_if():
    def f(x):
        if x == 0:
            return "zero"
        elif x == 1:
            return "one"
        elif x == 2: return "two"
        else:
            return "many"
    equal([f(x) for x in range(4)], ["zero", "one", "two", "many"])
    if 0: support.fail()
    if 1: x = 1; y = 2
    equal((x, y), (1, 2))


def test_while():
    n = 5
    seen = []
    while n:
        n -= 1
        if n == 3:
            continue
        seen.append(n)
    else:
        seen.append("else")
    equal(seen, [4, 2, 1, 0, "else"])
    while True:
        if n > 3:
            break
        n += 1
    else:
        support.fail("else after break")
    equal(n, 4)
    while 0:
        support.fail()
    else:
        n = 9
    equal(n, 9)


def test_for():
    seen = []
    for a in (1, 2):
        for b in "xy":
            if b == "y" and a == 1:
                break
            seen.append((a, b))
        else:
            seen.append(a)
    equal(seen, [(1, "x"), (2, "x"), (2, "y"), 2])
    for i in range(10):
        if i % 2:
            continue
        if i > 5:
            break
    equal(i, 6)
    raises(TypeError, lambda: [None for x in 5], message="'int' object is not iterable")

    class Iterator:
        def __init__(self):
            self.n = 0

        def __iter__(self):
            return self

        def __next__(self):
            self.n += 1
            if self.n > 3:
                raise StopIteration("end")
            return self.n
    equal([x for x in Iterator()], [1, 2, 3])

    class Old:
        def __getitem__(self, i):
            if i == 3:
                raise IndexError
            return i
    equal([x for x in Old()], [0, 1, 2])

    class Broken:
        def __iter__(self):
            return self

        def __next__(self):
            raise ValueError("next")
    def loop(source):
        for x in source:
            pass
    raises(ValueError, loop, Broken(), message="next")
    class NotIterator:
        def __iter__(self):
            return object()
    raises(TypeError, loop, NotIterator(), message="iter() returned non-iterator of type 'object'")
    class NoIter:
        __iter__ = None
    raises(TypeError, loop, NoIter(), message="'NoIter' object is not iterable")


def test_list_changed_while_iterated():
    items = [1, 2, 3]
    seen = []
    for x in items:
        seen.append(x)
        if len(items) < 6:
            items.append(x * 10)
    equal(seen, [1, 2, 3, 10, 20, 30])
    items = [1, 2, 3, 4]
    seen = []
    for x in items:
        seen.append(x)
        items.remove(x)
    equal(seen, [1, 3])

    def loop(container, change):
        for x in container:
            change(x)
    table = {1: 1, 2: 2}
    raises(RuntimeError, loop, table, lambda x: table.update({x + 10: 1}),
           message="dictionary changed size during iteration")
    things = {1, 2}
    raises(RuntimeError, loop, things, lambda x: things.add(x + 10),
           message="Set changed size during iteration")
    table = {1: 1, 2: 2}
    def replace(key):
        del table[key]
        table[key + 10] = 1
    raises(RuntimeError, loop, table, replace, message="dictionary keys changed during iteration")


def test_break_and_finally():
    log = []
    def f(kind):
        for i in range(3):
            try:
                log.append(i)
                if kind == "break":
                    break
                if kind == "continue":
                    continue
                if kind == "return":
                    return "returned"
                if kind == "raise":
                    raise KeyError(kind)
            finally:
                log.append("finally")
        else:
            log.append("else")
        return "end"
    equal(f("break"), "end")
    equal(log, [0, "finally"])
    log.clear()
    equal(f("continue"), "end")
    equal(log, [0, "finally", 1, "finally", 2, "finally", "else"])
    log.clear()
    equal(f("return"), "returned")
    equal(log, [0, "finally"])
    log.clear()
    raises(KeyError, f, "raise")
    equal(log, [0, "finally"])
    log.clear()
    equal(f("none"), "end")
    equal(log[-1], "else")


def test_nested_finally():
    log = []
    def f():
        try:
            try:
                return log.append("value") or "inner"
            finally:
                log.append(1)
        finally:
            log.append(2)
    equal(f(), "inner")
    equal(log, ["value", 1, 2])

    def override():
        for _ in range(2):
            try:
                1 / 0
            finally:
                break
        return "swallowed"
    def replaced():
        try:
            return 1
        finally:
            return 2
    import warnings
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        names = {}
        exec("""
def override():
    for _ in range(2):
        try:
            1 / 0
        finally:
            break
    return "swallowed"
def replaced():
    try:
        return 1
    finally:
        return 2
def carried():
    n = 0
    while True:
        n += 1
        try:
            1 / 0
        finally:
            if n < 3:
                continue
            return n
""", names)
    equal(names["override"](), "swallowed")
    equal(names["replaced"](), 2)
    equal(names["carried"](), 3)


def test_assert():
    assert 1
    def f(*args):
        assert False, args[0]
    raises(AssertionError, f, "why", message="why")
    def g():
        assert 0
    error = raises(AssertionError, g)
    equal(error.args, ())
    def h():
        assert (), (1, 2)
    equal(raises(AssertionError, h).args, ((1, 2),))
    called = []
    assert True, called.append(1)
    equal(called, [])


def test_conditional_expression():
    log = []
    def see(x):
        log.append(x)
        return x
    equal(see("a") if see(1) else see("b"), "a")
    equal(see("a") if see(0) else see("b"), "b")
    equal(log, [1, "a", 0, "b"])
    equal([x if x > 1 else -x if x else "zero" for x in (0, 1, 2)], ["zero", -1, 2])


def test_boolean_values():
    equal(1 and 2, 2)
    equal(0 and 2, 0)
    equal("" or "x", "x")
    equal(None or 0 or [], [])
    equal(1 and 2 or 3, 2)
    equal(1 and 0 or 3, 3)
    equal(not 1 or 2, 2)
    is_(not [] and True, True)
    log = []
    def see(x):
        log.append(x)
        return x
    see(0) and see(1)
    see(1) or see(2)
    (see(0) or see(3)) and see(4)
    if see(5) and not see(0) or see(6):
        pass
    equal(log, [0, 1, 0, 3, 4, 5, 0])


def test_dead_code():
    def f():
        return 1
        return 2
    equal(f(), 1)
    def g():
        while True:
            return 3
    equal(g(), 3)
    def h():
        if False:
            yield
    equal(list(h()), [])


def test_misplaced():
    for source, message in (
        ("break", "'break' outside loop"),
        ("continue", "'continue' not properly in loop"),
        ("return 1", "'return' outside function"),
        ("yield 1", "'yield' outside function"),
        ("await x", "'await' outside function"),
        ("def f():\n await x", "'await' outside async function"),
        ("def f():\n async for x in y: pass", "'async for' outside async function"),
        ("def f():\n async with x: pass", "'async with' outside async function"),
        ("class A:\n return 1", "'return' outside function"),
        ("for x in y:\n def f():\n  break", "'break' outside loop"),
        ("async def f():\n yield 1\n return 2", "'return' with value in async generator"),
        ("async def f():\n yield from x", "'yield from' inside async function"),
    ):
        raises_code(SyntaxError, source, message=None, contains=message)


def test_many_nested_blocks():
    def f():
        n = 0
        for a in range(2):
            for b in range(2):
                for c in range(2):
                    for d in range(2):
                        for e in range(2):
                            for g in range(2):
                                for h in range(2):
                                    for i in range(2):
                                        try:
                                            n += 1
                                        finally:
                                            n += 1
        return n
    equal(f(), 512)
    source = "".join(" " * i + "for a in (1,):\n" for i in range(20)) + " " * 20 + "pass"
    exec(source)
    source = "".join(" " * i + "for a in (1,):\n" for i in range(45)) + " " * 45 + "pass"
    raises_code(SyntaxError, source, contains="too many statically nested blocks")


def test_finally_that_leaves_a_return():
    import warnings
    scope = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec("""if 1:
            def broken(x):
                while True:
                    try: return x + 1
                    finally: break
            def goes_on(x):
                for i in (1, 2):
                    try: return [x]
                    finally: continue
                return i
            def nested(x):
                for count in [0, 1]:
                    for other in [10, 20]:
                        try: return count + other
                        finally:
                            if x: break
                return "end", count, other
            def inner(x):
                for a in (1,):
                    try: return [x]
                    finally:
                        for b in (1, 2):
                            try: return (x,)
                            finally: break
            def replaced(x):
                try: return [x]
                finally: return 7
            """, scope)
    equal(scope["broken"](1), None)
    equal(scope["goes_on"](1), 2)
    equal((scope["nested"](False), scope["nested"](True)), (10, ("end", 1, 10)))
    equal(scope["inner"](1), [1])
    equal(scope["replaced"](1), 7)

support.run(globals())
