"""dict: methods, order, views, iteration, resizing, keys with their own equality."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import NEW, check, equal, is_, raises, same

UNHASHABLE = ("unhashable type: 'list'", "cannot use 'list' as a dict key (unhashable type: 'list')")


def test_construction():
    same((dict(), dict(a=1), dict({"a": 1}, b=2), dict([("a", 1), ["b", 2]]), dict(["ab"]), dict(zip("ab", (1, 2))), {1: 2, **{3: 4}}), ({}, {"a": 1}, {"a": 1, "b": 2}, {"a": 1, "b": 2}, {"a": "b"}, {"a": 1, "b": 2}, {1: 2, 3: 4}))
    class M:
        def keys(self): return ["x"]
        def __getitem__(self, k): return k * 2
    same(dict(M()), {"x": "xx"})
    raises(TypeError, dict, 5, message="'int' object is not iterable")
    raises(TypeError, dict, [1], message="cannot convert dictionary update sequence element #0 to a sequence" if not NEW else ("cannot convert dictionary update sequence element #0 to a sequence", "'int' object is not iterable", "object is not iterable"))
    raises(ValueError, dict, [(1, 2, 3)], message="dictionary update sequence element #0 has length 3; 2 is required")
    raises(ValueError, dict, ["a"], message="dictionary update sequence element #0 has length 1; 2 is required")
    raises(TypeError, dict, 1, 2, message="dict expected at most 1 argument, got 2")
    same((dict.fromkeys("ab"), dict.fromkeys([1, 2], 0), dict.fromkeys([]), dict.fromkeys({1: 2}, "v")), ({"a": None, "b": None}, {1: 0, 2: 0}, {}, {1: "v"}))
    class D(dict): pass
    is_(type(D.fromkeys("a")), D)
    d = {}
    check(dict(d) == d and dict(d) is not d)
    raises(TypeError, lambda: {[]: 1}, message=UNHASHABLE)


def test_get_set_delete():
    d = {}
    d["a"] = 1
    d[1] = "one"
    d[None] = d
    d[1.0] = "still one"
    same((d["a"], d[1], d[True], len(d), list(d)), (1, "still one", "still one", 3, ["a", 1, None]))
    del d["a"]
    raises(KeyError, lambda: d["a"], message="'a'")
    def remove(): del d["a"]
    raises(KeyError, remove, message="'a'")
    raises(TypeError, lambda: d[[]], message=UNHASHABLE)
    d[(1, 2)] = "t"
    equal(d[1, 2], "t")
    error = raises(KeyError, lambda: {}[(1, 2)])
    equal(error.args, ((1, 2),))
    same(({"a": 1}.get("a"), {}.get("a"), {}.get("a", 5)), (1, None, 5))
    raises(TypeError, {}.get, [], message=UNHASHABLE)
    check("a" in {"a": 1} and "b" not in {"a": 1})
    raises(TypeError, lambda: [] in {}, message=UNHASHABLE)
    raises(TypeError, {}.get, message="get expected at least 1 argument, got 0")


def test_order():
    d = {}
    for k in "zyxab":
        d[k] = k
    d["y"] = "again"
    equal(list(d), ["z", "y", "x", "a", "b"])
    del d["y"]
    d["y"] = 1
    equal(list(d), ["z", "x", "a", "b", "y"])
    equal(d.popitem(), ("y", 1))
    equal(list(reversed(d)), ["b", "a", "x", "z"])
    equal(list(reversed(d.items())), [("b", "b"), ("a", "a"), ("x", "x"), ("z", "z")])
    equal(list(reversed(d.values())), ["b", "a", "x", "z"])
    check({"a": 1, "b": 2} == {"b": 2, "a": 1})


def test_methods():
    d = {"a": 1, "b": 2}
    same((d.pop("a"), d.pop("z", 9), d.setdefault("b", 5), d.setdefault("c"), d.setdefault("d", 7), d), (1, 9, 2, None, 7, {"b": 2, "c": None, "d": 7}))
    raises(KeyError, d.pop, "z", message="'z'")
    raises(KeyError, {}.popitem, message="'popitem(): dictionary is empty'")
    raises(TypeError, d.pop, [], message=UNHASHABLE)
    d.update({"b": 20}, e=5)
    d.update([("f", 6)])
    d.update(g=7)
    d.update()
    equal(d, {"b": 20, "c": None, "d": 7, "e": 5, "f": 6, "g": 7})
    c = d.copy()
    check(c == d and c is not d)
    d.clear()
    same((d, len(d), list(d)), ({}, 0, []))
    same(({"a": 1} | {"b": 2}, {"a": 1} | {"a": 3}), ({"a": 1, "b": 2}, {"a": 3}))
    raises(TypeError, lambda: {} | [], message="unsupported operand type(s) for |: 'dict' and 'list'")
    d = {"a": 1}
    d |= [("b", 2)]
    equal(d, {"a": 1, "b": 2})
    is_({"a": 1}.__or__(5), NotImplemented)
    raises(TypeError, d.update, 5, message="'int' object is not iterable")
    raises(TypeError, d.update, 1, 2, message="update expected at most 1 argument, got 2")
    raises(TypeError, lambda: {} < {}, message="'<' not supported between instances of 'dict' and 'dict'")
    raises(TypeError, hash, {}, message="unhashable type: 'dict'")
    d.update(d)
    equal(d, {"a": 1, "b": 2})


def test_equality_and_repr():
    check({1: 2} == {1.0: 2.0} and {1: 2} != {1: 3} and {1: 2} != {2: 2} and {} == {} and {1: 2} != [1])
    same((repr({}), repr({"a": [1], 2: {}}), str({1: "x"})), ("{}", "{'a': [1], 2: {}}", "{1: 'x'}"))
    d = {}
    d["me"] = d
    equal(repr(d), "{'me': {...}}")
    nan = float("nan")
    check({1: nan} == {1: nan} and {1: nan} != {1: float("nan")})


def test_views():
    d = {"a": 1, "b": 2}
    k, v, i = d.keys(), d.values(), d.items()
    same((list(k), list(v), list(i), len(k), len(v), len(i)), (["a", "b"], [1, 2], [("a", 1), ("b", 2)], 2, 2, 2))
    d["c"] = 3
    equal(len(k), 3)
    check("a" in k and "z" not in k and 3 in v and ("a", 1) in i and ("a", 2) not in i and "a" not in i)
    equal(k & {"a", "z"}, {"a"})
    equal(k | {"z"}, {"a", "b", "c", "z"})
    equal(k - {"a"}, {"b", "c"})
    equal(k ^ ["a", "z"], {"b", "c", "z"})
    equal(i & {("a", 1)}, {("a", 1)})
    check(k == {"a", "b", "c"} and k >= {"a"} and k > {"a"} and not k < {"a"} and k.isdisjoint({"z"}) and i == {("a", 1), ("b", 2), ("c", 3)})
    check(v != d.values())
    same((repr(k), repr(v), repr(i)), ("dict_keys(['a', 'b', 'c'])", "dict_values([1, 2, 3])", "dict_items([('a', 1), ('b', 2), ('c', 3)])"))
    equal(dict(k.mapping), d)
    equal(type(k.mapping).__name__, "mappingproxy")
    raises(TypeError, hash, k)
    raises(TypeError, lambda: k[0], message="'dict_keys' object is not subscriptable")
    it = iter(d)
    equal(it.__length_hint__(), 3)
    next(it)
    equal(list(it), ["b", "c"])
    equal((type(iter(k)).__name__, type(iter(v)).__name__, type(iter(i)).__name__), ("dict_keyiterator", "dict_valueiterator", "dict_itemiterator"))


def test_changed_while_iterated():
    def loop(d, change):
        for k in d:
            change(d)
    raises(RuntimeError, loop, {1: 1}, lambda d: d.update({len(d) + 5: 0}), message="dictionary changed size during iteration")
    raises(RuntimeError, loop, {1: 1, 2: 2}, lambda d: d.clear(), message="dictionary changed size during iteration")
    loop({1: 1}, lambda d: d.update({1: 5}))
    d = {1: 1, 2: 2}
    for k in d:
        d[k] = "changed"
    equal(d, {1: "changed", 2: "changed"})
    it = iter(d.items())
    next(it)
    d[3] = 3
    raises(RuntimeError, next, it)
    raises(RuntimeError, next, it)


def test_growth_and_shrinking():
    d = {}
    for i in range(50000):
        d[i] = -i
        if i % 3 == 0:
            d.pop(i // 2, None)
    for k, v in d.items():
        equal(v, -k)
    for k in list(d):
        del d[k]
    equal(d, {})
    for round in range(50):
        d[round] = round
        d.pop(round)
    equal(len(d), 0)
    d = {i: i for i in range(1000)}
    for i in range(990):
        d.popitem()
    equal(list(d), list(range(10)))
    for i in range(100, 2000):
        d[i] = i
    equal(len(d), 1910)


class Key:
    def __init__(self, value, code=0):
        self.value, self.code = value, code

    def __hash__(self):
        return self.code

    def __eq__(self, other):
        return isinstance(other, Key) and self.value == other.value


def test_collisions():
    d = {Key(i): i for i in range(200)}
    equal(len(d), 200)
    for i in range(200):
        equal(d[Key(i)], i)
    for i in range(0, 200, 2):
        del d[Key(i)]
    equal(len(d), 100)
    for i in range(200):
        equal(d.get(Key(i), "no"), i if i % 2 else "no")
    d = {i << 40: i for i in range(2000)}
    equal(sum(d[i << 40] for i in range(2000)), 1999000)


def test_strange_keys():
    class Boom:
        def __hash__(self): raise KeyError("hash")
    raises(KeyError, lambda: {Boom(): 1})
    class EqBoom(Key):
        def __eq__(self, other): raise ValueError("eq")
        __hash__ = Key.__hash__
    d = {Key(1): 1}
    raises(ValueError, lambda: d[EqBoom(1)])
    k = EqBoom(1)
    e = {k: 1}
    equal(e[k], 1)
    class Mutating(Key):
        def __eq__(self, other):
            target.clear()
            return False
        __hash__ = Key.__hash__
    target = {Key(1): 1, Key(2): 2}
    is_(target.get(Mutating(3)), None)
    target = {Key(1): 1}
    target[Mutating(3)] = 5
    class S(str):
        def __hash__(self): return 5
        def __eq__(self, other): return str.__eq__(self, other)
    d = {"a": 1}
    is_(d.get(S("a")), None)
    d[S("a")] = 2
    equal(len(d), 2)
    class I(int): pass
    equal({5: "a"}[I(5)], "a")
    class StrSub(str): pass
    equal({"x": 1}[StrSub("x")], 1)
    equal({StrSub("x"): 1}["x"], 1)


def test_missing():
    class D(dict):
        def __missing__(self, key): return key, "missing"
    d = D(a=1)
    same((d["a"], d["z"], d.get("z"), "z" in d), (1, ("z", "missing"), None, False))
    from collections import defaultdict, Counter, OrderedDict, ChainMap
    dd = defaultdict(list)
    dd["a"].append(1)
    same((dd, len(dd)), (defaultdict(list, {"a": [1]}), 1))
    same((Counter("aab"), Counter("aab")["z"]), (Counter({"a": 2, "b": 1}), 0))
    od = OrderedDict(a=1, b=2)
    od.move_to_end("a")
    equal(list(od), ["b", "a"])
    equal(ChainMap({"a": 1}, {"a": 2, "b": 3})["b"], 3)


def test_subclass():
    class D(dict):
        def __setitem__(self, k, v): super().__setitem__(k, v * 2)
        def __getitem__(self, k): return "got"
        def keys(self): return ["fake"]
    d = D()
    d["a"] = 1
    d.update(b=2)
    same((d["a"], dict.__getitem__(d, "a"), dict.__getitem__(d, "b"), d.get("a")), ("got", 2, 2, 2))
    # A dict's own items are copied unless __iter__ is overridden.
    equal(dict(d), {"a": 2, "b": 2})
    class I(D):
        def __iter__(self): return iter(["fake"])
    equal(dict(I(a=1)), {"fake": "got"})
    equal({**I(a=1)}, {"fake": "got"})
    equal(d.copy().__class__, dict)


def test_finalizers():
    log = []
    class V:
        def __init__(self, n): self.n = n
        def __del__(self): log.append((self.n, len(d)))
    d = {}
    d["a"] = V("first")
    d["a"] = V("second")
    equal(log, [("first", 1)])
    del d["a"]
    equal(log[-1], ("second", 0))
    d.update(b=V("b"), c=V("c"))
    d.clear()
    equal([x[0] for x in log[-2:]], ["b", "c"])
    equal(log[-1][1], 0)
    d["x"] = V("x")
    d.pop("x")
    equal(log[-1], ("x", 0))


def test_mappingproxy():
    import types
    d = {"a": 1}
    p = types.MappingProxyType(d)
    d["b"] = 2
    same((p["b"], len(p), list(p), p.get("z", 0), "a" in p, repr(p), p == {"a": 1, "b": 2}, p | {"c": 3}), (2, 2, ["a", "b"], 0, True, "mappingproxy({'a': 1, 'b': 2})", True, {"a": 1, "b": 2, "c": 3}))
    def put(): p["a"] = 2
    raises(TypeError, put, message="'mappingproxy' object does not support item assignment")
    raises(TypeError, types.MappingProxyType, 5, message="mappingproxy() argument must be a mapping, not int")


def test_deep():
    d = {}
    for _ in range(100000):
        d = {1: d}
    del d


def test_instance_dict():
    class A: pass
    a = A()
    a.x = 1
    d = a.__dict__
    d["y"] = 2
    a.z = 3
    same((d, a.y, list(vars(a))), ({"x": 1, "y": 2, "z": 3}, 2, ["x", "y", "z"]))
    del a.x
    same(list(d), ["y", "z"])
    d.clear()
    raises(AttributeError, lambda: a.y)
    a.__dict__.update(q=1)
    equal(a.q, 1)
    d = a.__dict__
    del a
    equal(d, {"q": 1})
    b = A()
    b.__dict__[5] = "int key"
    equal(vars(b), {5: "int key"})


def test_copies_of_dicts_with_a_past():
    """Copies have the items in order and are dicts of their own, whatever was done before."""
    from random import Random
    chance = Random(2)
    for size in [3, 6, 10, 30] * 60 + [400] * 5:
        first = {}
        for _ in range(size):
            key = chance.choice((chance.randrange(20), str(chance.randrange(500)), (1, chance.randrange(9))))
            kind = chance.random()
            if kind < .75:
                first[key] = kind
            elif kind < .85:
                first.pop(key, None)
            elif kind < .92 and first:
                first.popitem()
            else:
                first |= {key: 1, "x": 2}
        second, third, fourth = first.copy(), dict(first), {**first}
        equal(list(second.items()), list(first.items()))
        for key in range(20):
            equal(key in second, key in first)
        for key in list(first)[::2]:
            del second[key]
        for n in range(50):
            second[n] = third[str(n) + "y"] = n
        for n in range(50):
            equal((second[n], third[str(n) + "y"]), (n, n))
        equal(first, fourth)
        equal(list(fourth), list(first))


def test_sides_of_comparisons():
    class Side:
        def __init__(self, name): self.name = name
        def __eq__(self, other):
            seen.append(self.name + other.name)
            return True
    seen = []
    check({1: Side("l")} == {1: Side("r")})
    check(not {1: Side("l")} != {1: Side("r")})
    check((1, Side("l")) in {1: Side("r")}.items())
    equal(seen, ["lr", "lr", "rl"])


support.run(globals())
