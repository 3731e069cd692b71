"""Coroutines and asynchronous generators, driven by hand: await, async for, async with."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import check, equal, is_, raises, raises_code


class Pause:
    """Awaiting it yields a value to the driver and gives back what the driver sends."""

    def __init__(self, value=None):
        self.value = value

    def __await__(self):
        return (yield self.value)


def drive(coroutine, sends=()):
    """Runs to the end; returns (what was yielded, the result)."""
    yielded = []
    sends = iter(sends)
    value = None
    while True:
        try:
            yielded.append(coroutine.send(value))
        except StopIteration as stop:
            return yielded, stop.value
        value = next(sends, None)


def test_basic():
    async def f():
        return 1
    c = f()
    equal(type(c).__name__, "coroutine")
    equal(drive(c), ([], 1))
    raises(RuntimeError, c.send, None, message="cannot reuse already awaited coroutine")
    async def g():
        return await f() + await f()
    equal(drive(g()), ([], 2))
    async def h():
        x = await Pause("a")
        y = await Pause("b")
        return x, y
    equal(drive(h(), [1, 2]), (["a", "b"], (1, 2)))
    raises(TypeError, lambda: iter(closed(f())), message="'coroutine' object is not iterable")
    raises(TypeError, lambda: [x for x in closed(f())])


def closed(c):
    c.close()
    return c


def test_awaitables():
    async def wait(x):
        return await x
    raises(TypeError, lambda: drive(wait(5)), message=
           "object int can't be used in 'await' expression" if not support.NEW else
           ("object int can't be used in 'await' expression", "'int' object can't be awaited"))
    class Bad:
        def __await__(self): return 5
    raises(TypeError, lambda: drive(wait(Bad())), message=("__await__() returned non-iterator of type 'int'", "test_awaitables.<locals>.Bad.__await__() must return an iterator, not int"))
    class CoroAwait:
        def __await__(self):
            async def c(): pass
            self.c = c()
            return self.c
    b = CoroAwait()
    raises(TypeError, lambda: drive(wait(b)), message="__await__() returned a coroutine")
    b.c.close()
    class It:
        def __await__(self): return iter(["x", "y"])
    equal(drive(wait(It())), (["x", "y"], None))
    async def inner():
        await Pause(1)
        return "r"
    equal(drive(wait(inner())), ([1], "r"))
    w = inner().__await__()
    equal(next(w), 1)
    equal(raises(StopIteration, next, w).value, "r")
    import types
    @types.coroutine
    def old():
        x = yield "old"
        return x
    equal(drive(wait(old()), [7]), (["old"], 7))


def test_throw_close():
    log = []
    async def f():
        try:
            await Pause("p")
        except ValueError as e:
            log.append(str(e))
            return "handled"
        finally:
            log.append("finally")
    c = f()
    c.send(None)
    equal(raises(StopIteration, c.throw, ValueError("v")).value, "handled")
    equal(log, ["v", "finally"])
    log.clear()
    c = f()
    c.send(None)
    c.close()
    equal(log, ["finally"])
    c = f()
    c.close()
    c = f()
    raises(KeyError, c.throw, KeyError)
    async def ignores():
        try:
            await Pause()
        except GeneratorExit:
            await Pause()
    c = ignores()
    c.send(None)
    raises(RuntimeError, c.close, message="coroutine ignored GeneratorExit")
    c = f()
    raises(TypeError, c.send, 1, message="can't send non-None value to a just-started coroutine")
    c.close()
    async def stop():
        raise StopIteration
    raises(RuntimeError, lambda: drive(stop()), message="coroutine raised StopIteration")
    async def twice(c):
        await c
    inner = f()
    one = twice(inner)
    one.send(None)
    two = twice(inner)
    raises(RuntimeError, two.send, None, message="coroutine is being awaited already")
    one.close()


def test_never_awaited():
    import warnings
    async def f(): pass
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        f()
    equal(len(caught), 1)
    is_(caught[0].category, RuntimeWarning)
    equal(str(caught[0].message), "coroutine 'test_never_awaited.<locals>.f' was never awaited")


def test_attributes():
    async def f():
        await Pause()
    c = f()
    equal((c.__name__, c.__qualname__), ("f", "test_attributes.<locals>.f"))
    is_(c.cr_code, f.__code__)
    is_(c.cr_running, False)
    is_(c.cr_await, None)
    check(c.cr_frame is not None)
    c.send(None)
    check(c.cr_await is not None)
    is_(c.cr_suspended, True)
    c.close()
    is_(c.cr_frame, None)
    check(f.__code__.co_flags & 0x80)
    check(repr(c).startswith("<coroutine object test_attributes.<locals>.f at 0x"))


def test_async_for():
    class Range:
        def __init__(self, n): self.n, self.i = n, 0
        def __aiter__(self): return self
        async def __anext__(self):
            if self.i == self.n:
                raise StopAsyncIteration
            self.i += 1
            await Pause(self.i)
            return self.i
    async def f(n):
        seen = []
        async for x in Range(n):
            if x == 3:
                continue
            if x == 5:
                break
            seen.append(x)
        else:
            seen.append("else")
        return seen
    equal(drive(f(4)), ([1, 2, 3, 4], [1, 2, 4, "else"]))
    equal(drive(f(9))[1], [1, 2, 4])
    async def over(x):
        async for _ in x:
            pass
    raises(TypeError, lambda: drive(over(5)), message="'async for' requires an object with __aiter__ method, got int")
    class NoNext:
        def __aiter__(self): return 5
    raises(TypeError, lambda: drive(over(NoNext())), message="'async for' received an object from __aiter__ that does not implement __anext__: int")
    class BadNext:
        def __aiter__(self): return self
        def __anext__(self): return 5
    raises(TypeError, lambda: drive(over(BadNext())), message="'async for' received an invalid object from __anext__: int")
    class Raising:
        def __aiter__(self): return self
        async def __anext__(self): raise KeyError("n")
    raises(KeyError, lambda: drive(over(Raising())))
    async def comprehensions():
        a = [x async for x in Range(3)]
        b = {x async for x in Range(3) if x > 1}
        c = {x: -x async for x in Range(2)}
        d = [y for x in [1, 2] async for y in Range(x)]
        e = [await one(x) for x in range(3)]
        g = (x async for x in Range(2))
        f = [x async for x in g]
        return a, b, c, d, e, f
    async def one(x): return x * 10
    equal(drive(comprehensions())[1], ([1, 2, 3], {2, 3}, {1: -1, 2: -2}, [1, 1, 2], [0, 10, 20], [1, 2]))


def test_async_with():
    log = []
    class M:
        def __init__(self, n, swallow=False): self.n, self.swallow = n, swallow
        async def __aenter__(self):
            await Pause("enter")
            log.append("enter %s" % self.n)
            return self.n
        async def __aexit__(self, kind, value, tb):
            await Pause("exit")
            log.append("exit %s %s" % (self.n, kind and kind.__name__))
            return self.swallow
    async def f():
        async with M(1) as a, M(2) as b:
            log.append((a, b))
        async with M(3, True):
            raise KeyError
        async with (M(4), M(5),):
            return "r"
    yielded, result = drive(f())
    equal(result, "r")
    equal(log, ["enter 1", "enter 2", (1, 2), "exit 2 None", "exit 1 None", "enter 3", "exit 3 KeyError",
                "enter 4", "enter 5", "exit 5 None", "exit 4 None"])
    async def g(x):
        async with x:
            pass
    raises(TypeError, lambda: drive(g(5)), contains="object does not support the asynchronous context manager protocol")
    async def raising():
        async with M(6):
            raise ValueError("v")
    raises(ValueError, lambda: drive(raising()))


def test_async_generators():
    log = []
    async def g(n):
        try:
            for i in range(n):
                got = yield i
                if got:
                    log.append(got)
                await Pause("p%d" % i)
        finally:
            log.append("finally")
    async def use():
        return [x async for x in g(3)]
    equal(drive(use()), (["p0", "p1", "p2"], [0, 1, 2]))
    equal(log, ["finally"])
    async def manual():
        a = g(3)
        equal(await a.__anext__(), 0)
        equal(await a.asend("sent"), 1)
        equal(await anext(a), 2)
        await a.aclose()
        try:
            await a.__anext__()
        except StopAsyncIteration:
            return "stopped"
    equal(drive(manual())[1], "stopped")
    check("sent" in log)
    async def throwing():
        async def h():
            try:
                yield 1
            except ValueError:
                yield "caught"
        a = h()
        await anext(a)
        result = await a.athrow(ValueError("x"))
        await a.aclose()
        return result
    equal(drive(throwing())[1], "caught")
    async def default():
        async def empty():
            return
            yield
        return await anext(empty(), "default")
    equal(drive(default())[1], "default")
    a = g(1)
    equal(type(a).__name__, "async_generator")
    is_(a.__aiter__(), a)
    is_(a.ag_running, False)
    is_(a.ag_code, g.__code__)
    check(repr(a).startswith("<async_generator object test_async_generators.<locals>.g at 0x"))
    step = a.asend(1)
    raises(TypeError, step.send, None, message="can't send non-None value to a just-started async generator")
    step.close()
    async def stop():
        yield 1
        raise StopAsyncIteration
    async def run():
        async for _ in stop():
            pass
    raises(RuntimeError, lambda: drive(run()), message="async generator raised StopAsyncIteration")
    async def ignoring():
        try:
            yield 1
        except GeneratorExit:
            yield 2
    async def close():
        a = ignoring()
        await anext(a)
        await a.aclose()
    raises(RuntimeError, lambda: drive(close()), message="async generator ignored GeneratorExit")


def test_async_generator_hooks():
    log = []
    def first(gen): log.append("first")
    def final(gen): log.append("final")
    old = sys.get_asyncgen_hooks()
    sys.set_asyncgen_hooks(firstiter=first, finalizer=final)
    try:
        equal(tuple(sys.get_asyncgen_hooks()), (first, final))
        async def g():
            yield 1
            yield 2
        async def use():
            a = g()
            await anext(a)
        drive(use())
        equal(log, ["first", "final"])
    finally:
        sys.set_asyncgen_hooks(*old)


def test_aiter_anext():
    raises(TypeError, aiter, 5, message=("'int' object is not an async iterable", "aiter() argument must be an asynchronous iterable, not int"))
    raises(TypeError, anext, 5, message=("'int' object is not an async iterator", "anext() argument must be an asynchronous iterator, not int"))
    async def g(): yield 1
    a = g()
    is_(aiter(a), a)


def test_asyncio():
    try:
        import asyncio
    except ImportError as error:
        support.skip("no asyncio: %s" % error)
    async def work(n):
        await asyncio.sleep(0)
        return n * n
    async def main():
        return await asyncio.gather(*(work(n) for n in range(5)))
    equal(asyncio.run(main()), [0, 1, 4, 9, 16])


def test_syntax():
    for source, message in (
        ("async def f():\n yield 1\n return 2", "'return' with value in async generator"),
        ("async def f():\n yield from []", "'yield from' inside async function"),
        ("def f():\n return [x async for x in y]", "asynchronous comprehension outside of an asynchronous function"),
        ("[await x for x in y]", "outside"),
    ):
        raises_code(SyntaxError, source, contains=message)
    async def lam():
        f = lambda: 5
        return f()
    equal(drive(lam())[1], 5)
    # async and await cannot be names.
    raises_code(SyntaxError, "async = 1")
    raises_code(SyntaxError, "await = 1")


support.run(globals())
