"""Generators: send, throw, close, delegation, state, lifetime."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import check, equal, is_, raises, raises_code


def test_basic():
    def g():
        yield 1
        yield 2
        return 3
    it = g()
    is_(iter(it), it)
    equal((next(it), next(it)), (1, 2))
    error = raises(StopIteration, next, it)
    equal(error.value, 3)
    error = raises(StopIteration, next, it)
    is_(error.value, None)
    equal(list(g()), [1, 2])
    def empty():
        return
        yield
    equal(list(empty()), [])
    log = []
    def lazy():
        log.append("started")
        yield
    l = lazy()
    equal(log, [])
    next(l)
    equal(log, ["started"])
    def bare():
        x = yield
        return x
    b = bare()
    is_(next(b), None)
    equal(raises(StopIteration, b.send, 5).value, 5)


def test_send():
    def g():
        got = []
        while len(got) < 3:
            got.append((yield len(got)))
        return got
    it = g()
    raises(TypeError, it.send, 1, message="can't send non-None value to a just-started generator")
    equal(it.send(None), 0)
    equal(it.send("a"), 1)
    equal(next(it), 2)
    equal(raises(StopIteration, it.send, "c").value, ["a", None, "c"])
    raises(StopIteration, it.send, 1)
    def echo():
        x = yield 0
        while True:
            x = yield x
    e = echo()
    next(e)
    for i in range(100):
        equal(e.send(i), i)
    def expression():
        total = (yield 1) + (yield 2)
        yield total
    e = expression()
    next(e)
    equal(e.send(10), 2)
    equal(e.send(20), 30)


def test_throw():
    def g():
        while True:
            try:
                yield "value"
            except ValueError as e:
                yield "caught " + str(e)
    it = g()
    next(it)
    equal(it.throw(ValueError("a")), "caught a")
    equal(next(it), "value")
    equal(it.throw(ValueError), "caught ")
    next(it)
    raises(KeyError, it.throw, KeyError("k"))
    raises(StopIteration, next, it)
    raises(KeyError, g().throw, KeyError)
    fresh = g()
    raises(ValueError, fresh.throw, ValueError("early"))
    raises(StopIteration, next, fresh)
    raises(TypeError, g().throw, 5, message="exceptions must be classes or instances deriving from BaseException, not int")
    done = g()
    done.close()
    raises(KeyError, done.throw, KeyError("after"))


def test_close():
    log = []
    def g():
        try:
            yield 1
        except GeneratorExit:
            log.append("exit")
            raise
        finally:
            log.append("finally")
    it = g()
    next(it)
    is_(it.close(), None)
    equal(log, ["exit", "finally"])
    is_(it.close(), None)
    raises(StopIteration, next, it)
    g().close()
    equal(len(log), 2)
    def ignores():
        try:
            yield 1
        except GeneratorExit:
            yield 2
    it = ignores()
    next(it)
    raises(RuntimeError, it.close, message="generator ignored GeneratorExit")
    def returns():
        try:
            yield 1
        except GeneratorExit:
            return 5
    it = returns()
    next(it)
    equal(it.close(), 5)
    def raising():
        try:
            yield 1
        finally:
            raise KeyError("in close")
    it = raising()
    next(it)
    raises(KeyError, it.close)
    log.clear()
    it = g()
    next(it)
    del it
    equal(log, ["exit", "finally"])


def test_stop_iteration_inside():
    def g():
        yield 1
        raise StopIteration("x")
    it = g()
    next(it)
    error = raises(RuntimeError, next, it, message="generator raised StopIteration")
    equal(repr(error.__cause__), "StopIteration('x')")
    def h():
        yield next(iter([]))
    raises(RuntimeError, list, h())


def test_yield_from():
    def inner():
        got = yield 1
        log.append(got)
        try:
            yield 2
        except ValueError:
            log.append("inner caught")
            yield 3
        return "result"
    def outer():
        result = yield from inner()
        log.append(result)
        yield from [4, 5]
        yield from (x for x in "a")
        return "end"
    log = []
    it = outer()
    equal(next(it), 1)
    equal(it.send("sent"), 2)
    equal(it.throw(ValueError()), 3)
    equal(list(it), [4, 5, "a"])
    equal(log, ["sent", "inner caught", "result"])
    raises(TypeError, lambda: list(bad()), message="'int' object is not iterable")
    class Iter:
        def __init__(self): self.n = 0
        def __iter__(self): return self
        def __next__(self):
            self.n += 1
            if self.n == 3:
                raise StopIteration("from class")
            return self.n
    def use():
        r = yield from Iter()
        yield r
    equal(list(use()), [1, 2, "from class"])
    it = use()
    next(it)
    raises(AttributeError, it.send, 5, message="'Iter' object has no attribute 'send'")
    it = use()
    next(it)
    raises(KeyError, it.throw, KeyError())
    class Full:
        def __iter__(self): return self
        def __next__(self): return "next"
        def send(self, v): return "send", v
        def throw(self, e, *rest): return "throw", type(e).__name__
        def close(self): log.append("closed")
    def deleg(): yield from Full()
    it = deleg()
    equal(next(it), "next")
    equal(it.send(3), ("send", 3))
    equal(it.throw(ValueError("x")), ("throw", "ValueError"))
    it.close()
    equal(log[-1], "closed")
    def nest(n):
        if n:
            yield n
            yield from nest(n - 1)
    equal(list(nest(100)), list(range(100, 0, -1)))


def bad():
    yield from 5


def test_yield_from_close():
    log = []
    def inner():
        try:
            yield 1
        finally:
            log.append("inner")
    def outer():
        try:
            yield from inner()
        finally:
            log.append("outer")
    it = outer()
    next(it)
    it.close()
    equal(log, ["inner", "outer"])
    log.clear()
    it = outer()
    next(it)
    raises(KeyError, it.throw, KeyError)
    equal(log, ["inner", "outer"])


def test_reentrancy():
    def g():
        yield next(it)
    it = g()
    raises(ValueError, next, it, message="generator already executing")
    def h():
        try:
            it2.close()
        except ValueError as e:
            yield str(e)
    it2 = h()
    equal(next(it2), "generator already executing")


def test_attributes():
    def g(a):
        b = a
        yield b
        yield from inner()
    def inner():
        yield 7
    it = g(5)
    equal(it.__name__, "g")
    equal(it.__qualname__, "test_attributes.<locals>.g")
    is_(it.gi_code, g.__code__)
    is_(it.gi_running, False)
    is_(it.gi_suspended, False)
    is_(it.gi_yieldfrom, None)
    equal(dict(it.gi_frame.f_locals), {"a": 5, "inner": inner})
    next(it)
    is_(it.gi_suspended, True)
    equal(it.gi_frame.f_locals["b"], 5)
    next(it)
    equal(it.gi_yieldfrom.__name__, "inner")
    list(it)
    is_(it.gi_frame, None)
    is_(it.gi_suspended, False)
    check(repr(it).startswith("<generator object test_attributes.<locals>.g at 0x"))
    it.__name__ = "renamed"
    equal(it.__name__, "renamed")
    def running():
        yield it3.gi_running
    it3 = running()
    is_(next(it3), True)
    equal(type(it).__name__, "generator")
    raises(TypeError, type(it), message="cannot create 'generator' instances")
    expression = (x for x in [])
    equal(expression.__name__, "<genexpr>")
    check(expression.__qualname__.endswith("<locals>.<genexpr>"))


def test_frame_lifetime():
    log = []
    class D:
        def __init__(self, n): self.n = n
        def __del__(self): log.append(self.n)
    def g():
        d = D("local")
        yield 1
        yield 2
    it = g()
    next(it)
    equal(log, [])
    del it
    equal(log, ["local"])
    it = g()
    equal(list(it), [1, 2])
    equal(log, ["local", "local"])
    del log[:]
    def arg(d):
        yield
    it = arg(D("argument"))
    del it
    equal(log, ["argument"])


def test_generator_expressions():
    equal(sum(x * x for x in range(4)), 14)
    equal(list((x, y) for x in range(2) for y in range(x)), [(1, 0)])
    equal(list(x for x in range(10) if x % 2 if x > 4), [5, 7, 9])
    log = []
    def source():
        log.append("outer iterable")
        return [1, 2]
    it = (log.append(x) for x in source())
    equal(log, ["outer iterable"])
    list(it)
    equal(log, ["outer iterable", 1, 2])
    raises(TypeError, lambda: (x for x in 5))
    n = 10
    it = (n + x for x in range(2))
    n = 20
    equal(list(it), [20, 21])
    def f(g): return list(g)
    equal(f(x for x in "ab"), ["a", "b"])


def test_in_finally_and_with():
    class M:
        def __enter__(self): log.append("in")
        def __exit__(self, *a): log.append("out")
    def g():
        with M():
            for i in range(3):
                try:
                    yield i
                finally:
                    log.append("f%d" % i)
    log = []
    for x in g():
        if x == 1:
            break
    equal(log, ["in", "f0", "f1", "out"])


def test_exception_state():
    def g():
        try:
            yield 1
        except ValueError:
            is_(type(sys.exception()), ValueError)
            yield 2
            is_(type(sys.exception()), ValueError)
            yield 3
    it = g()
    next(it)
    equal(it.throw(ValueError("in")), 2)
    is_(sys.exception(), None)
    try:
        raise KeyError
    except KeyError:
        equal(next(it), 3)
        is_(type(sys.exception()), KeyError)
    def context():
        try:
            yield
        finally:
            raise KeyError("new")
    it = context()
    next(it)
    try:
        it.throw(ValueError("old"))
    except KeyError as e:
        equal(repr(e.__context__), "ValueError('old')")


def test_many_at_once():
    def count(n):
        for i in range(n):
            yield i
    many = [count(10) for _ in range(1000)]
    total = 0
    for _ in range(10):
        for it in many:
            total += next(it)
    equal(total, 45000)
    def chain(n):
        it = iter([1])
        for _ in range(n):
            it = (x + 1 for x in it)
        return it
    equal(next(chain(300)), 301)


def test_recursion_error():
    def g():
        yield from g()
    raises(RecursionError, next, g())
    def h(n):
        for x in h(n + 1):
            yield x
    raises(RecursionError, next, h(0))


def test_loop_control():
    def primes():
        n, found = 2, []
        while True:
            if all(n % p for p in found):
                found.append(n)
                yield n
            n += 1
    it = primes()
    equal([next(it) for _ in range(6)], [2, 3, 5, 7, 11, 13])
    def flatten(x):
        for item in x:
            if isinstance(item, list):
                yield from flatten(item)
            else:
                yield item
    equal(list(flatten([1, [2, [3, [4]], 5], []])), [1, 2, 3, 4, 5])
    a, b, *c = flatten([[1], 2, 3, 4])
    equal((a, b, c), (1, 2, [3, 4]))


def test_syntax():
    def f():
        x = yield
        y = yield x
        z = [(yield 1), (yield 2)]
        return (yield)
    g = f()
    equal([next(g) for _ in range(5)], [None, None, 1, 2, None])
    def lam():
        return (lambda: (yield 5))
    equal(list(lam()()), [5])
    def star():
        yield 1, *[2, 3]
    equal(list(star()), [(1, 2, 3)])
    for source in ("[(yield 1) for x in y]", "def f(): [(yield 1) for x in y]"):
        raises_code(SyntaxError, source, contains="'yield' inside list comprehension")
    raises_code(SyntaxError, "def f(): ((yield 1) for x in y)", contains="'yield' inside generator expression")
    raises_code(SyntaxError, "class A: yield", contains="'yield' outside function")


def test_code_outlives_its_function():
    import gc
    def make():
        names = {}
        exec("def g():\n    yield 1\n    yield 2", names)
        return names["g"]()
    ended, suspended = make(), make()
    equal(list(ended), [1, 2])
    equal(next(suspended), 1)
    gc.collect()
    equal(ended.gi_code.co_name, "g")
    equal(ended.gi_frame, None)
    equal(list(suspended), [2])
    def first():
        yield 1
        yield 2
    def other():
        yield 3
    running = first()
    next(running)
    first.__code__ = other.__code__
    gc.collect()
    equal(list(running), [2])
    equal(running.gi_code.co_name, "first")
    del ended, suspended, running, first
    gc.collect()


support.run(globals())
