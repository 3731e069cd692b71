"""The with statement: protocol, order, swallowing, several managers, lookups on the type."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import NEW, equal, is_, raises, raises_code


class M:
    def __init__(self, log, name, swallow=False):
        self.log, self.name, self.swallow = log, name, swallow

    def __enter__(self):
        self.log.append("enter " + self.name)
        return self.name

    def __exit__(self, kind, value, traceback):
        self.log.append("exit %s %s" % (self.name, kind.__name__ if kind else None))
        return self.swallow


def test_basic():
    log = []
    with M(log, "a") as x:
        log.append(x)
    equal(log, ["enter a", "a", "exit a None"])
    log.clear()
    with M(log, "a"), M(log, "b") as y:
        log.append(y)
    equal(log, ["enter a", "enter b", "b", "exit b None", "exit a None"])
    log.clear()
    with (M(log, "a") as x, M(log, "b") as y,):
        pass
    equal((x, y), ("a", "b"))
    with (M(log, "c")):
        pass
    with (M(log, "d"), M(log, "e")):
        pass
    with (M(log, "f")) as x, (M(log, "g")):
        pass
    class T: pass
    t = T()
    with M(log, "h") as t.x:
        pass
    equal(t.x, "h")
    items = [0]
    with M(log, "i") as items[0]:
        pass
    equal(items, ["i"])
    class Pair:
        def __enter__(self): return 1, (2, 3)
        def __exit__(self, *a): pass
    with Pair() as (a, (b, c)):
        pass
    equal((a, b, c), (1, 2, 3))
    with Pair() as [a, *b]:
        pass
    equal(b, [(2, 3)])


def test_exceptions():
    log = []
    with M(log, "a", True):
        raise KeyError
    equal(log, ["enter a", "exit a KeyError"])
    def through():
        with M(log, "b", False):
            raise KeyError("k")
    raises(KeyError, through)
    log.clear()
    with M(log, "outer"), M(log, "inner", True):
        raise ValueError
    equal(log, ["enter outer", "enter inner", "exit inner ValueError", "exit outer None"])
    class Replace:
        def __enter__(self): pass
        def __exit__(self, *a): raise IndexError("new")
    def replaced():
        with Replace():
            raise KeyError("old")
    e = raises(IndexError, replaced)
    equal(repr(e.__context__), "KeyError('old')")
    class Details:
        def __enter__(self): pass
        def __exit__(self, kind, value, tb):
            self.all = kind, value, tb
            is_(sys.exception(), value)
            return 1
    d = Details()
    with d:
        raise KeyError("x")
    is_(d.all[0], KeyError)
    equal(d.all[1].args, ("x",))
    is_(d.all[2].tb_frame.f_code.co_name, "test_exceptions")
    class Enter:
        def __enter__(self): raise ValueError("enter")
        def __exit__(self, *a): log.append("never")
    log.clear()
    def enters():
        with M(log, "first"), Enter():
            log.append("never")
    raises(ValueError, enters)
    equal(log, ["enter first", "exit first ValueError"])
    class Truth:
        def __enter__(self): pass
        def __exit__(self, *a):
            class B:
                def __bool__(self): raise KeyError("bool")
            return B()
    def truth():
        with Truth():
            raise ValueError
    raises(KeyError, truth)


def test_control_flow():
    log = []
    def f():
        with M(log, "r"):
            return "value"
    equal(f(), "value")
    for i in range(3):
        with M(log, "l%d" % i):
            if i == 0:
                continue
            break
    equal(log, ["enter r", "exit r None", "enter l0", "exit l0 None", "enter l1", "exit l1 None"])
    def g():
        with M(log, "g"):
            yield 1
    it = g()
    next(it)
    it.close()
    equal(log[-1], "exit g GeneratorExit")
    def swallowed():
        with M(log, "s", True):
            raise KeyError
            return "no"
        return "after"
    equal(swallowed(), "after")
    def in_loop():
        n = 0
        while True:
            with M([], "", True):
                n += 1
                if n < 5:
                    raise KeyError
                return n
    equal(in_loop(), 5)


def test_lookup():
    class A: pass
    def use(x):
        with x:
            pass
    raises(TypeError, use, A(), contains="object does not support the context manager protocol")
    class NoExit:
        def __enter__(self): support.fail("entered")
    raises(TypeError, use, NoExit(), contains="object does not support the context manager protocol (missed __exit__ method)")
    a = A()
    a.__enter__ = a.__exit__ = lambda *args: None
    raises(TypeError, use, a)
    log = []
    class Order:
        @property
        def __enter__(self):
            log.append("get enter")
            return lambda: log.append("enter")
        @property
        def __exit__(self):
            log.append("get exit")
            return lambda *a: log.append("exit")
    with Order():
        pass
    equal(log[2:], ["enter", "exit"])
    # Python 3.14 looks for __exit__ first.
    equal(log[:2], ["get exit", "get enter"] if NEW else ["get enter", "get exit"])


def test_contextlib():
    import contextlib
    log = []
    @contextlib.contextmanager
    def manager(name):
        log.append("in " + name)
        try:
            yield name
        except KeyError:
            log.append("swallowed")
        finally:
            log.append("out " + name)
    with manager("a") as a:
        raise KeyError
    equal((a, log), ("a", ["in a", "swallowed", "out a"]))
    with contextlib.suppress(ValueError):
        int("x")
    with contextlib.ExitStack() as stack:
        stack.enter_context(manager("b"))
        stack.callback(log.append, "callback")
    equal(log[-2:], ["callback", "out b"])
    with contextlib.nullcontext(5) as five:
        equal(five, 5)
    import io
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        print("captured")
    equal(out.getvalue(), "captured\n")


def test_nested_deep():
    log = []
    source = "with " + ", ".join("M(log, str(%d))" % i for i in range(15)) + ":\n pass"
    exec(source, {"M": M, "log": log})
    equal(len(log), 30)
    equal(log[15], "exit 14 None")


def test_syntax():
    for source, message in (
        ("with x as 1: pass", "cannot assign to literal"),
        ("with x as f(): pass", "cannot assign to function call"),
        ("with x as a, y as (b, 1): pass", "cannot assign to literal"),
        ("with x", "expected ':'"),
        ("with: pass", "invalid syntax"),
    ):
        raises_code(SyntaxError, source, contains=message)


support.run(globals())
