"""enumerate, zip, map, filter, reversed, iter, next, and how iterators end."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import NEW, check, equal, is_, raises, same


class Failing:
    def __init__(self, after, error):
        self.after, self.error = after, error

    def __iter__(self):
        return self

    def __next__(self):
        if self.after == 0:
            raise self.error
        self.after -= 1
        return self.after


def test_enumerate():
    same((list(enumerate("ab")), list(enumerate([], 5)), list(enumerate("a", -1)), list(enumerate("ab", start=10)), list(enumerate(iterable="a", start=1))), ([(0, "a"), (1, "b")], [], [(-1, "a")], [(10, "a"), (11, "b")], [(1, "a")]))
    big = sys.maxsize
    equal([i for i, _ in enumerate("abc", big - 1)], [big - 1, big, big + 1])
    equal([i for i, _ in enumerate("ab", 10 ** 30)], [10 ** 30, 10 ** 30 + 1])
    it = enumerate("ab")
    is_(iter(it), it)
    a, b = next(it), next(it)
    equal((a, b), ((0, "a"), (1, "b")))
    raises(StopIteration, next, it)
    raises(TypeError, enumerate, 5, message="'int' object is not iterable")
    raises(TypeError, enumerate, message="enumerate() missing required argument 'iterable'")
    raises(TypeError, enumerate, "a", "b", message="'str' object cannot be interpreted as an integer")
    raises(KeyError, list, enumerate(Failing(2, KeyError)))
    kept = []
    for pair in enumerate("abc"):
        kept.append(pair)
    equal(kept, [(0, "a"), (1, "b"), (2, "c")])
    is_(enumerate[int].__origin__, enumerate)


def test_zip():
    same((list(zip()), list(zip("ab")), list(zip("ab", [1, 2, 3])), list(zip("abc", [1])), list(zip("ab", "cd", "ef"))), ([], [("a",), ("b",)], [("a", 1), ("b", 2)], [("a", 1)], [("a", "c", "e"), ("b", "d", "f")]))
    kept = list(zip(range(3), range(3)))
    equal(kept, [(0, 0), (1, 1), (2, 2)])
    first = iter([1, 2, 3])
    list(zip(first, [1]))
    equal(next(first), 3)
    equal(list(zip("ab", "cd", strict=True)), [("a", "c"), ("b", "d")])
    raises(ValueError, list, zip("ab", "c", strict=True), message="zip() argument 2 is shorter than argument 1")
    raises(ValueError, list, zip("a", "bc", strict=True), message="zip() argument 2 is longer than argument 1")
    raises(ValueError, list, zip("a", "b", "cd", strict=True), message="zip() argument 3 is longer than arguments 1-2")
    raises(ValueError, list, zip("ab", "bc", "d", strict=True), message="zip() argument 3 is shorter than arguments 1-2")
    raises(TypeError, zip, 5, message=("zip argument #1 must support iteration", "'int' object is not iterable"))
    raises(TypeError, lambda: zip(x=1), message=("'x' is an invalid keyword argument for zip()", "zip() got an unexpected keyword argument 'x'"))
    raises(KeyError, list, zip("abcde", Failing(1, KeyError)))
    equal(list(zip(*[(1, 2), (3, 4)])), [(1, 3), (2, 4)])


def test_map():
    same((list(map(str, [1, 2])), list(map(lambda a, b: a + b, [1, 2], [10, 20, 30])), list(map(None.__class__, []))), (["1", "2"], [11, 22], []))
    raises(TypeError, map, message="map() must have at least two arguments.")
    raises(TypeError, map, str, message="map() must have at least two arguments.")
    raises(TypeError, map, str, 5, message="'int' object is not iterable")
    raises(TypeError, list, map(5, [1]), message="'int' object is not callable")
    raises(ZeroDivisionError, list, map(lambda x: 1 / x, [0]))
    log = []
    m = map(log.append, [1, 2])
    equal(log, [])
    next(m)
    equal(log, [1])
    def stop(x):
        if x == 2:
            raise StopIteration
        return x
    equal(list(map(stop, [1, 2, 3])), [1])
    if NEW:
        equal(list(map(lambda a, b: a + b, "ab", "cd", strict=True)), ["ac", "bd"])
        raises(ValueError, list, map(max, [1], [1, 2], strict=True), message="map() argument 2 is longer than argument 1")
    equal(list(map(int, "123")), [1, 2, 3])
    equal(sum(map(len, ["a", "bb"])), 3)


def test_filter():
    same((list(filter(None, [0, 1, "", "a"])), list(filter(lambda x: x > 1, [1, 2, 3])), list(filter(bool, [])), list(filter(str.isalpha, "a1b"))), ([1, "a"], [2, 3], [], ["a", "b"]))
    raises(TypeError, filter, None, message="filter expected 2 arguments, got 1")
    raises(TypeError, filter, None, 5, message="'int' object is not iterable")
    raises(TypeError, list, filter(5, [1]), message="'int' object is not callable")
    it = filter(None, [1])
    is_(iter(it), it)


def test_reversed():
    same((list(reversed([1, 2])), list(reversed("ab")), list(reversed(range(3))), list(reversed({1: 0, 2: 0})), list(reversed(()))), ([2, 1], ["b", "a"], [2, 1, 0], [2, 1], []))
    raises(TypeError, reversed, {1}, message="'set' object is not reversible")
    raises(TypeError, reversed, 5, message="'int' object is not reversible")
    raises(TypeError, reversed, iter([]), message="'list_iterator' object is not reversible")
    class S:
        def __len__(self): return 3
        def __getitem__(self, i): return i
    r = reversed(S())
    equal((r.__length_hint__(), list(r)), (3, [2, 1, 0]))
    class N:
        __reversed__ = None
        def __len__(self): return 1
        def __getitem__(self, i): return i
    raises(TypeError, reversed, N(), message="'N' object is not reversible")
    class R:
        def __reversed__(self): return "anything"
    equal(reversed(R()), "anything")


def test_iter_and_next():
    it = iter([1])
    same((next(it), next(it, "d")), (1, "d"))
    raises(StopIteration, next, it)
    raises(TypeError, next, [], message="'list' object is not an iterator")
    raises(TypeError, iter, 5, message="'int' object is not iterable")
    raises(TypeError, iter, message="iter expected at least 1 argument, got 0")
    raises(TypeError, next, message="next expected at least 1 argument, got 0")
    values = iter([1, 2, 3, 0, 4])
    equal(list(iter(lambda: next(values), 0)), [1, 2, 3])
    raises(TypeError, iter, 5, 0, message="iter(v, w): v must be callable")
    def boom():
        raise StopIteration
    equal(list(iter(boom, None)), [])
    ci = iter(lambda: 1, 1)
    equal(list(ci), [])
    equal(type(ci).__name__, "callable_iterator")
    class Old:
        def __getitem__(self, i):
            if i > 2: raise StopIteration if i > 5 else IndexError
            return i
    equal(list(iter(Old())), [0, 1, 2])
    equal(type(iter(Old())).__name__, "iterator")
    class Bad:
        def __iter__(self): return 5
    raises(TypeError, iter, Bad(), message="iter() returned non-iterator of type 'int'")
    raises(KeyError, next, Failing(0, KeyError))
    equal(next(Failing(0, StopIteration), "default"), "default")


def test_exhausted_stays_exhausted():
    for it in (iter([]), iter(()), iter(""), iter(b""), iter({}), iter(set()), iter(range(0)), enumerate([]), zip(), zip([]), map(str, []), filter(None, []), reversed([]), iter({}.values()), iter({}.items()), (x for x in ()), iter(bytearray()), iter(memoryview(b""))):
        raises(StopIteration, next, it)
        raises(StopIteration, next, it)
        equal(list(it), [])
        is_(iter(it), it)


def test_consumers():
    def g():
        yield 3
        yield 1
        yield 2
    same((list(g()), tuple(g()), set(g()), sorted(g()), sum(g()), max(g()), min(g()), any(g()), all(g()), dict(enumerate(g())), "".join(map(str, g())), [*g()], (*g(),), {*g()}, bytes(g()), frozenset(g())), ([3, 1, 2], (3, 1, 2), {1, 2, 3}, [1, 2, 3], 6, 3, 1, True, True, {0: 3, 1: 1, 2: 2}, "312", [3, 1, 2], (3, 1, 2), {1, 2, 3}, b"\x03\x01\x02", frozenset({1, 2, 3})))
    for consume in (list, tuple, set, sorted, sum, max, min, all, dict, bytes, frozenset, "".join, bytearray, lambda x: [*x], lambda x: dict.fromkeys(x), lambda x: 5 in x, lambda x: [].extend(x)):
        raises(KeyError, consume, Failing(0, KeyError))
    check(2 in g() and 9 not in g())
    it = g()
    check(1 in it)
    equal(list(it), [2])


def test_itertools():
    import itertools as t
    same((list(t.chain("a", [1])), list(t.islice(t.count(5), 3)), list(t.islice("abcdef", 1, 5, 2)), list(t.accumulate([1, 2, 3])), list(t.repeat("x", 2)), list(t.islice(t.cycle("ab"), 5))), (["a", 1], [5, 6, 7], ["b", "d"], [1, 3, 6], ["x", "x"], ["a", "b", "a", "b", "a"]))
    same((list(t.product("ab", [1, 2])), list(t.permutations([1, 2, 3], 2)), list(t.combinations("abc", 2)), list(t.combinations_with_replacement("ab", 2))), ([("a", 1), ("a", 2), ("b", 1), ("b", 2)], [(1, 2), (1, 3), (2, 1), (2, 3), (3, 1), (3, 2)], [("a", "b"), ("a", "c"), ("b", "c")], [("a", "a"), ("a", "b"), ("b", "b")]))
    same((list(t.takewhile(lambda x: x < 3, [1, 2, 3, 1])), list(t.dropwhile(lambda x: x < 3, [1, 3, 1])), list(t.filterfalse(None, [0, 1])), list(t.compress("abc", [1, 0, 1])), list(t.starmap(pow, [(2, 3)])), list(t.zip_longest("ab", "c", fillvalue="-")), list(t.pairwise([1, 2, 3])), list(t.batched("abc", 2))), ([1, 2], [3, 1], [0], ["a", "c"], [8], [("a", "c"), ("b", "-")], [(1, 2), (2, 3)], [("a", "b"), ("c",)]))
    equal([(k, list(g)) for k, g in t.groupby("aabc")], [("a", ["a", "a"]), ("b", ["b"]), ("c", ["c"])])
    a, b = t.tee([1, 2])
    equal((list(a), list(b)), ([1, 2], [1, 2]))


def test_reduce_asks_the_builtins_of_the_frame():
    import types
    code = compile("x.__reduce__()", "test", "eval")
    for make in [lambda: iter([1, 2]), lambda: iter((1, 2)), lambda: iter("ab"), lambda: iter(b"ab"), lambda: iter(range(3))]:
        raises(AttributeError, eval, code, {"__builtins__": types.MappingProxyType({}), "x": make()}, message="iter")
        equal(eval(code, {"__builtins__": types.MappingProxyType({"iter": 7}), "x": make()})[0], 7)
    done = reversed([1])
    list(done)
    equal(done.__reduce__(), (reversed, ([],)))


def test_reduce_of_what_is_used_up_meanwhile():
    import builtins
    for source in ["xyz", [1, 2], (1, 2), b"ab"]:
        iterator = iter(source)

        class Name:
            def __hash__(self):
                return hash("iter")

            def __eq__(self, other):
                list(iterator)
                return other == "iter"
        function = builtins.__dict__.pop("iter")
        builtins.__dict__[Name()] = function
        try:
            result = iterator.__reduce__()
        finally:
            key = [key for key in builtins.__dict__ if type(key) is Name][0]
            del builtins.__dict__[key]
            builtins.__dict__["iter"] = function
        equal(result[0], function)
        equal(len(result[1][0]), 0)


support.run(globals())
