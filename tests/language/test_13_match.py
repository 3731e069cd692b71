"""The match statement: every kind of pattern, binding, order, errors."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import check, equal, raises, raises_code


class Point:
    __match_args__ = ("x", "y")

    def __init__(self, x, y):
        self.x = x
        self.y = y


def test_literals():
    def f(v):
        match v:
            case 0: return "zero"
            case -1: return "minus one"
            case 1.5: return "float"
            case 2 + 3j: return "complex"
            case -1 - 2j: return "negative complex"
            case "s": return "str"
            case "a" "b": return "joined"
            case b"b": return "bytes"
            case None: return "none"
            case True: return "true"
            case False: return "false"
        return "nothing"
    equal([f(v) for v in (0, -1, 1.5, 2 + 3j, -1 - 2j, "s", "ab", b"b", None)],
          ["zero", "minus one", "float", "complex", "negative complex", "str", "joined", "bytes", "none"])
    equal(f(True), "true")
    equal(f(False), "zero")
    equal(f(0.0), "zero")
    equal(f(5), "nothing")
    class E:
        def __eq__(self, other): return other == "s"
    equal(f(E()), "str")
    def only(v):
        match v:
            case True: return "yes"
            case None: return "none"
            case _: return "no"
    equal([only(1), only(True), only(0)], ["no", "yes", "no"])


def test_capture_and_wildcard():
    match 5:
        case x:
            pass
    equal(x, 5)
    match 6:
        case _:
            pass
    check("_" not in locals())
    match (1, 2):
        case a, _:
            pass
    equal(a, 1)
    match 3:
        case 4: n = "no"
        case m if m > 5: n = "big"
        case m: n = "small"
    equal((m, n), (3, "small"))


def test_or_and_as():
    def f(v):
        match v:
            case 1 | 2 | 3 as n: return "low", n
            case [("a" | "b") as letter, _]: return letter
            case {"k": int() | float() as n}: return n
            case (str() as s) | [str() as s]: return s
        return None
    equal([f(2), f(["b", 5]), f({"k": 2.5}), f("q"), f(["w"]), f(9)], [("low", 2), "b", 2.5, "q", "w", None])


def test_value_patterns():
    class K:
        A = 1
        class Inner:
            B = "b"
    def f(v):
        match v:
            case K.A: return "A"
            case K.Inner.B: return "B"
            case sys.maxsize: return "max"
    equal([f(1), f("b"), f(sys.maxsize), f(0)], ["A", "B", "max", None])
    def missing(v):
        match v:
            case K.nothing: pass
    raises(AttributeError, missing, 1)


def test_sequences():
    def f(v):
        match v:
            case []: return "empty"
            case [x]: return "one", x
            case [x, y]: return "two", x, y
            case [first, *rest] if first == 0: return "zero", rest
            case (1, *middle, 9): return "1..9", middle
            case [*_, "end"]: return "end"
            case [[a, b], c, *_]: return "nested", a, b, c
            case [*all]: return "many", all
            case _: return "no"
    equal(f([]), "empty")
    equal(f(()), "empty")
    equal(f([1]), ("one", 1))
    equal(f((1, 2)), ("two", 1, 2))
    equal(f([0, 1, 2]), ("zero", [1, 2]))
    equal(f([1, 2, 3, 9]), ("1..9", [2, 3]))
    equal(f([5, 6, "end"]), "end")
    equal(f([(1, 2), 3, 4]), ("nested", 1, 2, 3))
    equal(f(range(3)), ("zero", [1, 2]))
    equal(f([7, 8, 7]), ("many", [7, 8, 7]))
    equal([f("ab"), f(b"ab"), f(bytearray(b"ab")), f({1, 2}), f({1: 2}), f(iter([1])), f(5)], ["no"] * 7)
    from collections import deque
    import array
    equal(f(deque([1])), ("one", 1))
    equal(f(memoryview(b"a")), ("one", 97))
    equal(f(array.array("i", [4, 5])), ("two", 4, 5))
    match [1, 2, 3]:
        case [1, *_, 3] as whole:
            equal(whole, [1, 2, 3])
    match 1, 2:
        case 1, x:
            equal(x, 2)
    match [1],:
        case [y],:
            equal(y, 1)
    import collections.abc
    class Seq(collections.abc.Sequence):
        def __len__(self): return 2
        def __getitem__(self, i): return (0, 10)[i]
    equal(f(Seq()), ("two", 0, 10))


def test_mappings():
    def f(v):
        match v:
            case {"a": 1, "b": x}: return "ab", x
            case {"t": [p, q]}: return "t", p, q
            case {1: x, **rest}: return "rest", x, rest
            case {-1: "neg"}: return "neg"
            case {}: return "mapping"
            case _: return "no"
    equal(f({"a": 1, "b": 2, "c": 3}), ("ab", 2))
    equal(f({"t": (4, 5)}), ("t", 4, 5))
    equal(f({1: "one", 2: "two"}), ("rest", "one", {2: "two"}))
    equal(f({-1: "neg"}), "neg")
    equal(f({"z": 1}), "mapping")
    equal(f({}), "mapping")
    equal(f([1]), "no")
    from collections import defaultdict
    d = defaultdict(list)
    equal(f(d), "mapping")
    equal(len(d), 0)
    import types
    equal(f(types.MappingProxyType({"a": 1, "b": 0})), ("ab", 0))
    class K: key = "dyn"
    match {"dyn": 5}:
        case {K.key: v}: equal(v, 5)
    def duplicate():
        class T: a = b = "same"
        match {"same": 1, "other": 2}:
            case {T.a: 1, T.b: 2}: pass
    raises(ValueError, duplicate, message="mapping pattern checks duplicate key ('same')")
    match {None: 1, True: 2}:
        case {None: a, True: b}: equal((a, b), (1, 2))


def test_classes():
    def f(v):
        match v:
            case Point(0, 0): return "origin"
            case Point(0, y=y): return "y axis", y
            case Point(x=x, y=0): return "x axis", x
            case Point(Point() as p, _): return "nested", p.x
            case Point(): return "point"
            case str(s): return "str", s
            case int(n) | float(n): return "number", n
            case list([a, b]): return "list", a, b
            case dict(d): return "dict", d
            case object(__doc__=None): return "no doc"
            case type(): return "type"
            case _: return "no"
    equal(f(Point(0, 0)), "origin")
    equal(f(Point(0, 3)), ("y axis", 3))
    equal(f(Point(3, 0)), ("x axis", 3))
    equal(f(Point(Point(7, 1), 5)), ("nested", 7))
    equal(f(Point(1, 1)), "point")
    equal(f("s"), ("str", "s"))
    equal(f(True), ("number", True))
    equal(f(2.5), ("number", 2.5))
    equal(f([1, 2]), ("list", 1, 2))
    equal(f({1: 2}), ("dict", {1: 2}))
    for kind, value in ((bool, True), (bytearray, bytearray(b"a")), (bytes, b"a"), (dict, {}), (float, 1.0),
                        (frozenset, frozenset()), (int, 3), (list, []), (set, {1}), (str, ""), (tuple, (1,))):
        match value:
            case kind(x): pass
        equal(x, value)
    class Missing:
        __match_args__ = ("gone",)
    match Missing():
        case Missing(x): support.fail()
        case _: pass
    class Sub(Point): pass
    equal(f(Sub(0, 0)), "origin")


def test_class_errors():
    class None_: pass
    def no_args(v):
        match v:
            case None_(1): pass
    raises(TypeError, no_args, None_(), message="None_() accepts 0 positional sub-patterns (1 given)")
    def too_many(v):
        match v:
            case Point(1, 2, 3): pass
    raises(TypeError, too_many, Point(1, 2), message="Point() accepts 2 positional sub-patterns (3 given)")
    def int_two(v):
        match v:
            case int(1, 2): pass
    raises(TypeError, int_two, 5, message="int() accepts 1 positional sub-pattern (2 given)")
    class Bad:
        __match_args__ = ["x"]
    def bad(v):
        match v:
            case Bad(1): pass
    raises(TypeError, bad, Bad(), message="Bad.__match_args__ must be a tuple (got list)")
    class Bad2:
        __match_args__ = (5,)
    def bad2(v):
        match v:
            case Bad2(1): pass
    raises(TypeError, bad2, Bad2(), message="__match_args__ elements must be strings (got int)")
    def twice(v):
        match v:
            case Point(1, x=1): pass
    raises(TypeError, twice, Point(1, 1), message="Point() got multiple sub-patterns for attribute 'x'")
    not_a_type = 5
    def nontype(v):
        match v:
            case not_a_type(): pass
    raises(TypeError, nontype, 1, message="called match pattern must be a class")


def test_guards():
    log = []
    def see(x):
        log.append(x)
        return x
    match see("subject"):
        case x if see(False): pass
        case y if see(x): log.append("taken")
        case _ if see("never"): pass
    equal(log, ["subject", False, "subject", "taken"])
    equal(y, "subject")


def test_no_match_and_fallthrough():
    x = "before"
    match 5:
        case 6: x = "six"
    equal(x, "before")
    def f(v):
        match v:
            case [1, x, 2]: return "a"
            case [1, *x]: return "b", x
    equal(f([1, 5, 3]), ("b", [5, 3]))


def test_soft_keywords():
    match = case = type = _ = 5
    equal(match + case + type + _, 20)
    match, case = 1, 2
    def case(match): return match
    equal(case(match=3), 3)
    match = [0]
    match[0] = 1
    match = {"a": 1}
    match["a"]
    match = print
    class match: case = 1
    match.case = 2
    match = -5
    match -1
    match * 2
    match: int = 3
    equal(match, 3)


def test_evaluation_once():
    class Counting:
        def __init__(self): self.lens = 0
        def __len__(self): self.lens += 1; return 2
        def __getitem__(self, i): return (0, 1)[i]
    import collections.abc
    collections.abc.Sequence.register(Counting)
    c = Counting()
    match c:
        case [1, 2]: support.fail()
        case [0, 1]: pass
    check(c.lens >= 1)
    class P:
        gets = 0
        @property
        def x(self): P.gets += 1; return 5
    match P():
        case P(x=5): pass
    equal(P.gets, 1)


def test_syntax():
    for source, message in (
        ("match x:\n case a: pass\n case b: pass", "name capture 'a' makes remaining patterns unreachable"),
        ("match x:\n case _: pass\n case 1: pass", "wildcard makes remaining patterns unreachable"),
        ("match x:\n case a | 1: pass", "name capture 'a' makes remaining patterns unreachable"),
        ("match x:\n case [1] | [a]: pass\n case 2: pass", "alternative patterns bind different names"),
        ("match x:\n case [a, a]: pass", "multiple assignments to name 'a' in pattern"),
        ("match x:\n case [*a, *b]: pass", "multiple starred expressions in sequence pattern" if support.NEW else "multiple starred names in sequence pattern"),
        ("match x:\n case {**r, 'a': 1}: pass", ""),
        ("match x:\n case {'a': 1, 'a': 2}: pass", "mapping pattern checks duplicate key ('a')"),
        ("match x:\n case P(a=1, a=2): pass", "attribute name repeated in class pattern: a"),
        ("match x:\n case P(a=1, 2): pass", "positional patterns follow keyword patterns"),
        ("match x:\n case 1 as _: pass", "cannot use '_' as a target"),
        ("match x:\n case 1 as a.b: pass", "cannot use attribute as pattern target" if support.NEW else "invalid syntax"),
        ("match x:\n case 1 + 1: pass", "imaginary number required in complex literal"),
        ("match x:\n case 1j + 1j: pass", "real number required in complex literal"),
        ("match x:\n case f'a': pass", "patterns may only match literals and attribute lookups"),
        ("match x\n case 1: pass", "expected ':'"),
        ("match x:\n case 1\n  pass", "expected ':'"),
    ):
        raises_code(SyntaxError, source, contains=message)


support.run(globals())
