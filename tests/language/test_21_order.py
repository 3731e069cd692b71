"""Evaluation order, once-ness, and what a value is when something rebinds it in between."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import check, equal, raises


class Tracer:
    def __init__(self):
        self.log = []

    def __call__(self, x):
        self.log.append(x)
        return x

    def took(self, *expected):
        equal(self.log, list(expected))
        self.log.clear()


def test_expressions():
    t = Tracer()
    t(1) + t(2) * t(3)
    t.took(1, 2, 3)
    t(1) < t(2) < t(3)
    t.took(1, 2, 3)
    t(2) < t(1) < t(3)
    t.took(2, 1)
    [t(1), t(2)], (t(3), t(4)), {t(5), t(6)}, {t(7): t(8)}
    t.took(1, 2, 3, 4, 5, 6, 7, 8)
    {1: 2}.get(t(1), t(2))
    t.took(1, 2)
    "abc"[t(0):t(2):t(1)]
    t.took(0, 2, 1)
    t("a") if t(1) else t("b")
    t.took(1, "a")
    t(0) or t(2) or t(3)
    t.took(0, 2)
    (lambda a=t("default"): t("body"))()
    t.took("default", "body")
    f"{t(1)}{t(2):{t(5)}}"
    t.took(1, 2, 5)
    t(2) ** t(3) ** t(2)
    t.took(2, 3, 2)
    not t(1), -t(2)
    t.took(1, 2)
    t(1) in [t(2)]
    t.took(1, 2)
    print(*[t(1)], t(2), sep=t(" "), **{"end": t("\n")})
    t.took(1, 2, " ", "\n")


def test_statements():
    t = Tracer()
    class Box:
        def __setitem__(self, k, v): t(("set", k, v))
        def __getitem__(self, k): return 0
        def __setattr__(self, k, v): t(("attr", k, v))
    b = Box()
    b[t("key")] = t("value")
    t.took("value", "key", ("set", "key", "value"))
    b[t("k")] += t("v1") and 1
    t.took("k", "v1", ("set", "k", 1))
    b.x = b[t(1)] = t(2)
    t.took(2, ("attr", "x", 2), 1, ("set", 1, 2))
    for b[t("i")] in [t("s")]:
        t("body")
    t.took("s", "i", ("set", "i", "s"), "body")
    @t
    def f(a=t(1), *, b: t("never in 3.14") = t(2)) -> None: pass
    check([x for x in t.log if x in (1, 2)] == [1, 2] and t.log[-1] is f)
    t.log.clear()
    class Meta(type):
        def __prepare__(name, bases, **kw): t("prepare"); return {}
    @t
    class C(t(object), metaclass=t(Meta)):
        t("body")
    equal([x for x in t.log if isinstance(x, str)], ["prepare", "body"])
    t.log.clear()
    assert t(1), t(2)
    t.took(1)
    del {t(1): 2}[t(1)]
    t.took(1, 1)
    def g():
        return t(1), t(2)
    g()
    t.took(1, 2)
    with_log = []
    raises(KeyError, lambda: {}[t("k")])
    t.took("k")


def test_left_operand_is_kept():
    x = 1
    equal(x + (x := 5), 6)
    equal(x, 5)
    y = [1]
    equal(y + (y := [2]), [1, 2])
    def f():
        a = 10
        return a - (a := 3), a
    equal(f(), (7, 3))
    def g():
        a = [1]
        def change():
            nonlocal a
            a = [9]
            return 0
        return a[change()], a
    equal(g(), (1, [9]))
    def h():
        n = 1
        def bump():
            nonlocal n
            n = 100
            return 1
        return n + bump(), n
    equal(h(), (2, 100))
    def arguments(*args): return args
    z = 1
    equal(arguments(z, (z := 2), z), (1, 2, 2))
    equal([z, (z := 3), z], [2, 3, 3])
    equal({z: (z := 4)}, {3: 4})
    w = "a"
    equal(w < (w := "b") < "c", True)
    s = "s"
    equal(f"{s}{(s := 't')}{s}", "stt")
    def attr():
        class A: v = 1
        a = A()
        return a.v + (a := type("B", (), {"v": 10})()).v + a.v
    equal(attr(), 21)
    def method():
        a = "abc"
        return a.replace((a := "a"), "x")
    equal(method(), "xbc")
    def compare():
        a = 5
        return a == (a := 6), a
    equal(compare(), (False, 6))
    def subscript():
        a = [[1], [2]]
        i = 0
        return a[i] + a[(i := 1)] + a[i]
    equal(subscript(), [1, 2, 2])


def test_unbound_at_evaluation():
    def f():
        x = 1
        def remove():
            nonlocal x
            del x
            return 1
        return x + remove()
    equal(f(), 2)
    def g():
        del_me = 1
        return [del_me, (lambda: 0)()]
    equal(g(), [1, 0])
    def late():
        try:
            return undefined + 1 / 0
        except NameError:
            return "name first"
        undefined = 1
    equal(late(), "name first")


def test_values_live_long_enough():
    log = []
    class D:
        def __init__(self, n): self.n = n
        def __del__(self): log.append(self.n)
        def use(self, *a): log.append("use"); return self
        def __add__(self, o): log.append("add"); return 1
        def __iter__(self): return iter([1])
        def __getitem__(self, k): log.append("get"); return k
    D(1).use()
    equal(log, ["use", 1])
    log.clear()
    D(1) + D(2)
    equal(log[0], "add")
    equal(sorted(log[1:]), [1, 2])
    log.clear()
    D(3)["k"]
    equal(log, ["get", 3])
    log.clear()
    x = D(4)
    x = x.use()
    equal(log, ["use"])
    del x
    equal(log, ["use", 4])
    log.clear()
    def f(d):
        d = None
        log.append("after")
    f(D(5))
    check(log in (["after", 5], [5, "after"]))
    log.clear()
    for i in D(6):
        log.append("body")
    equal(log, ["body", 6]) if log[0] == "body" else equal(log, [6, "body"])
    log.clear()
    def g():
        d = D(7)
        return "value"
    g()
    equal(log, [7])
    log.clear()
    def h():
        d = D(8)
        e = D(9)
    h()
    equal(sorted(log), [8, 9])
    log.clear()
    a = [D(1), D(2), D(3)]
    a[1] = None
    equal(log, [2])
    a = a[0]
    equal(log, [2, 3])
    del a
    equal(log, [2, 3, 1])
    log.clear()
    t = (D(1), D(2))
    u, v = t
    del t
    equal(log, [])
    u = v
    equal(log, [1])


def test_short_circuit_side_effects():
    t = Tracer()
    def f(*flags):
        return [i for i, flag in enumerate(flags) if t(flag) and (t("x") or t("never"))]
    equal(f(1, 0, 1), [0, 2])
    t.took(1, "x", 0, 1, "x")
    check(not (t(0) and t(1)))
    t.took(0)
    equal(t([]) or t("y") and t("z"), "z")
    t.took([], "y", "z")
    while t(0) or t(0):
        pass
    t.took(0, 0)
    if not t(0) and not t(0):
        t("in")
    t.took(0, 0, "in")


support.run(globals())
