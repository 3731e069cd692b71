"""Comprehensions and displays: list, set, dict, nested, filters, unpacking, evaluation order."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import check, equal, raises, raises_code


def test_lists():
    equal([x for x in range(3)], [0, 1, 2])
    equal([x * y for x in range(3) for y in range(3)], [0, 0, 0, 0, 1, 2, 0, 2, 4])
    equal([(x, y) for x in range(3) if x for y in range(x) if y % 2 == 0], [(1, 0), (2, 0)])
    equal([[y for y in range(x)] for x in range(3)], [[], [0], [0, 1]])
    equal([x for x, in [(1,), (2,)]], [1, 2])
    equal([a + b for a, (b, *_) in [(1, (2, 3)), (4, (5,))]], [3, 9])
    equal([x for x in [1, 2, 3] if x > 1 if x < 3], [2])
    equal([lambda: x for x in range(2)][0](), 1)
    equal([x for x in (lambda: [7])()], [7])
    equal([x if x else "zero" for x in range(2)], ["zero", 1])
    equal([x for x in range(5) if not x % 2 or x == 3], [0, 2, 3, 4])
    class T: pass
    t = T()
    equal([t.a for t.a in range(2)], [0, 1])
    d = {}
    [0 for d["k"] in range(3)]
    equal(d, {"k": 2})


def test_sets_and_dicts():
    equal({x % 3 for x in range(10)}, {0, 1, 2})
    equal({x: x * x for x in range(3)}, {0: 0, 1: 1, 2: 4})
    equal({k: v for k, v in {"a": 1}.items()}, {"a": 1})
    equal({x: y for x in "ab" for y in range(2)}, {"a": 1, "b": 1})
    equal({(x, y): x for x in range(2) for y in range(2) if x}, {(1, 0): 1, (1, 1): 1})
    log = []
    def see(x):
        log.append(x)
        return x
    {see("k"): see("v") for _ in range(1)}
    {see(1): see(2), see(3): see(4)}
    equal(log, ["k", "v", 1, 2, 3, 4])
    raises(TypeError, lambda: {[] for _ in range(1)})
    raises(TypeError, lambda: {[]: 1 for _ in range(1)})


def test_displays():
    equal([], list())
    equal([1, 2, 3,], [1, 2, 3])
    equal((1,), tuple([1]))
    equal({1, 1, 1.0, True}, {1})
    equal({1: "a", 1.0: "b", True: "c"}, {1: "c"})
    equal(list({1: "a", 1.0: "b"})[0].__class__, int)
    equal([*range(2), *"ab", *[], 5], [0, 1, "a", "b", 5])
    equal((*range(2), 3), (0, 1, 3))
    equal({*[1, 2], 2, 3}, {1, 2, 3})
    equal({**{"a": 1}, "b": 2, **{"a": 3}}, {"a": 3, "b": 2})
    equal(list({**{"a": 1}, "b": 2, **{"a": 3}}), ["a", "b"])
    x = 1, *[2]
    equal(x, (1, 2))
    raises(TypeError, lambda: [*5], message="Value after * must be an iterable, not int")
    raises(TypeError, lambda: (*None, 1), message="Value after * must be an iterable, not NoneType")
    raises(TypeError, lambda: {*5}, message=("'int' object is not iterable", "Value after * must be an iterable, not int"))
    raises(TypeError, lambda: {**5}, message="'int' object is not a mapping")
    for i in 1, 2:
        pass
    for i in *[3], 4:
        pass
    equal(i, 4)
    big = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] * 100
    equal(len([*big, *big]), 2000)


def test_scopes():
    x = "outer"
    y = [x for x in "ab"]
    equal((x, y), ("outer", ["a", "b"]))
    def f():
        return [i for i in range(2)], "i" in locals()
    equal(f(), ([0, 1], False))
    def g(n):
        return [[n * m for m in range(n)] for n in range(n)]
    equal(g(3), [[], [0], [0, 2]])
    def h():
        z = 10
        a = [z + i for i in range(2)]
        b = {z: z for z in range(2)}
        return a, b, z
    equal(h(), ([10, 11], {0: 0, 1: 1}, 10))
    class C:
        items = [1, 2]
        doubled = [i * 2 for i in items]
    equal(C.doubled, [2, 4])
    raises(NameError, lambda: support.execute("class C:\n a = 1\n b = [a for _ in range(1)]"))
    def shadow(x):
        a = [x for x in range(x)]
        return a, x
    equal(shadow(3), ([0, 1, 2], 3))
    def error():
        try:
            [1 / x for x in (1, 0)]
        except ZeroDivisionError:
            return x
    equal(error(), "outer")
    def unbound():
        [q for q in range(3)]
        return q
    raises(NameError, unbound)
    def restored():
        v = 5
        try:
            [v for v in [1, 2, 1 / 0]]
        except ZeroDivisionError:
            pass
        try:
            [v / 0 for v in [1]]
        except ZeroDivisionError:
            pass
        return v
    equal(restored(), 5)
    def cells():
        v = "cell"
        fs = [lambda: v for v in range(2)]
        def get(): return v
        return [f() for f in fs], get()
    equal(cells(), ([1, 1], "cell"))
    def in_locals():
        a = 1
        return [sorted(locals()) for b in range(1)]
    check("b" in in_locals()[0])


def test_generators_inside():
    equal(list(sum(y for y in range(x)) for x in range(4)), [0, 0, 1, 3])
    def g():
        yield from (x for x in range(2))
    equal([*g(), *g()], [0, 1, 0, 1])


def test_large():
    equal(len([x for x in range(100000)]), 100000)
    equal(len({x for x in range(10000)}), 10000)
    equal(len({x: x for x in range(10000)}), 10000)
    deep = 0
    source = "[" * 60 + "]" * 60
    value = eval(source)
    while value:
        value = value[0]
        deep += 1
    equal(deep, 59)


def test_slices():
    class S:
        def __getitem__(self, key): return key
    s = S()
    equal(s[1:2], slice(1, 2, None))
    equal(s[::], slice(None, None, None))
    equal(s[1:2, ::3], (slice(1, 2, None), slice(None, None, 3)))
    equal(s[*range(2), 5], (0, 1, 5))
    equal(s[*"ab"], ("a", "b"))
    equal(s[x := 3], 3)
    equal(x, 3)
    equal(s[...], ...)
    equal(s[1:2,], (slice(1, 2),))
    items = list(range(10))
    equal(items[2:5], [2, 3, 4])
    equal(items[-3:], [7, 8, 9])
    equal(items[::-3], [9, 6, 3, 0])
    equal(items[8:2:-2], [8, 6, 4])
    equal(items[100:], [])
    equal(items[:-100], [])
    a, b = 1, 3
    equal(items[a:b], [1, 2])
    equal(items[a + 1:b * 2], [2, 3, 4, 5])


def test_syntax():
    for source, message in (
        ("[*x for x in y]", "iterable unpacking cannot be used in comprehension"),
        ("{**x for x in y}", "dict unpacking cannot be used in dict comprehension"),
        ("[x, y for x in z]", "did you forget parentheses around the comprehension target?"),
        ("[x for x in y, z]", "invalid syntax"),
        ("[x for 1 in y]", "cannot assign to literal"),
        ("[x for x() in y]", "cannot assign to function call"),
        ("{1: 2, 3}", "':' expected after dictionary key"),
        ("{1:}", "expression expected after dictionary key and ':'"),
        ("{1: *x}", "cannot use a starred expression in a dictionary value"),
        ("[1, 2", "'[' was never closed"),
        ("(1, 2]", "closing parenthesis ']' does not match opening parenthesis '('"),
        ("1, 2)", "unmatched ')'"),
        ("*x", "can't use starred expression here"),
        ("(*x)", "cannot use starred expression here"),
        ("[x y]", "invalid syntax. Perhaps you forgot a comma?"),
        ("x = [1 2]", "invalid syntax. Perhaps you forgot a comma?"),
    ):
        raises_code(SyntaxError, source, contains=message)


def test_symbol_tables():
    """Those that run in the frame around them have their names there."""
    import symtable
    def functions(table):
        return [child for child in table.get_children() if "annotation" not in str(child.get_type()).lower()]
    table = symtable.symtable("[i for i in a if (lambda: i)()]\n(g for g in b)\n{k: [j for j in k] for k in c}", "f", "exec")
    equal(sorted(symbol.get_name() for symbol in table.get_symbols()), ["a", "b", "c", "i", "j", "k"])
    equal([child.get_name() for child in functions(table)], ["lambda", "genexpr"])
    first = functions(table)[1].lookup(".0")
    equal((first.is_parameter(), first.is_referenced()), (True, False))
    table = functions(symtable.symtable("def f(a):\n def g(): return [a for _ in a]\n", "f", "exec"))[0]
    equal(functions(table)[0].lookup("a").is_referenced(), True)
    table = functions(symtable.symtable("class C:\n def f(self): super()\n", "f", "exec"))[0]
    equal("__class__" in table.get_identifiers(), False)


def test_frame_locals():
    """Those of a comprehension that runs in a module or class are its variables alone; .0 is the argument of an expression."""
    import sys
    scope = {"sys": sys}
    exec("a = 1\nr = [(locals(), sys._getframe().f_locals['x']) for x in [7]]\np = [sys._getframe().f_locals for x in [7]][0]", scope)
    equal(scope["r"], [({"x": 7}, 7)])
    equal("x" in scope["p"], False)
    exec("class C:\n a = 1\n r = [sorted(k for k in locals() if k != '__classdict__') for x in [7]]", scope)
    equal(scope["C"].r, [["x"]])
    generator = (x for x in (1, 2))
    equal(list(generator.gi_frame.f_locals), [".0"])
    next(generator)
    frame = generator.gi_frame
    equal(list(frame.f_locals), [".0", "x"])
    equal(next(frame.f_locals[".0"]), 2)
    equal(list(generator), [])


support.run(globals())
