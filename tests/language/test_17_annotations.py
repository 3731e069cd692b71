"""Annotations: where they live, when they are evaluated (PEP 649 and 749 in 3.14), what they allow."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import NEW, check, equal, execute, is_, raises, raises_code


def test_functions():
    def f(a: int, b: "str" = "x", /, *args: 1 + 1, c: list[int], **kw: None) -> dict: pass
    equal(f.__annotations__, {"a": int, "b": "str", "args": 2, "c": list[int], "kw": None, "return": dict})
    equal(list(f.__annotations__), ["a", "b", "args", "c", "kw", "return"])
    def g(): pass
    equal(g.__annotations__, {})
    g.__annotations__ = {"x": 1}
    equal(g.__annotations__, {"x": 1})
    g.__annotations__["y"] = 2
    equal(g.__annotations__["y"], 2)
    def bad(): g.__annotations__ = 5
    raises(TypeError, bad, message="__annotations__ must be set to a dict object")
    del g.__annotations__
    equal(g.__annotations__, {})
    is_(f.__annotations__, f.__annotations__)
    def star(*args: *tuple[int, ...]): pass
    equal(repr(star.__annotations__["args"]), "*tuple[int, ...]")


def test_classes_and_modules():
    class A:
        x: int
        y: str = "v"
        z: "later" = None
    equal(A.__annotations__, {"x": int, "y": str, "z": "later"})
    equal(A.y, "v")
    check(not hasattr(A, "x"))
    class B(A):
        pass
    equal(B.__annotations__, {})
    class C(A):
        w: float
    equal(C.__annotations__, {"w": float})
    namespace = execute("a: int = 1\nb: str\nc: list[int] = []")
    equal((namespace["a"], "b" in namespace), (1, False))
    if not NEW:
        equal(namespace["__annotations__"], {"a": int, "b": str, "c": list[int]})
    import types
    m = types.ModuleType("m")
    exec("a: int = 1\nb: str", m.__dict__)
    equal(m.__annotations__, {"a": int, "b": str})


def test_local_annotations_are_not_evaluated():
    def f():
        x: undefined_name
        y: also_undefined = 1
        return y
    equal(f(), 1)
    def targets():
        class T: pass
        t = T()
        t.a: int = 5
        d = {}
        d["k"]: str = "v"
        (z): int = 3
        return t.a, d, z
    equal(targets(), (5, {"k": "v"}, 3))
    log = []
    def see(x):
        log.append(x)
        return x
    def only_target():
        see([])[0]: int
    only_target()
    equal(log, [[]])


def test_deferred():
    if not NEW:
        support.skip("deferred annotations are Python 3.14's")
    def f(x: not_yet) -> also_not_yet: pass
    raises(NameError, lambda: f.__annotations__, message="name 'not_yet' is not defined")
    names = execute("def f(x: Later): pass\nclass A:\n  b: B\nclass Later: pass\nclass B: pass")
    is_(names["f"].__annotations__["x"], names["Later"])
    is_(names["A"].__annotations__["b"], names["B"])
    check(callable(names["f"].__annotate__))
    equal(names["f"].__annotate__(1), {"x": names["Later"]})
    raises(NotImplementedError, names["f"].__annotate__, 3)
    def plain(): pass
    is_(plain.__annotate__, None)
    class K:
        def g(self) -> K: pass
        x: K
    is_(K.g.__annotations__["return"], K)
    is_(K.__annotations__["x"], K)
    class S:
        v = int
        def m(self, a: v): pass
        w: v
    is_(S.m.__annotations__["a"], int)
    is_(S.__annotations__["w"], int)
    import annotationlib
    def h(a: unknown): pass
    equal(annotationlib.get_annotations(h, format=annotationlib.Format.STRING), {"a": "unknown"})
    r = annotationlib.get_annotations(h, format=annotationlib.Format.FORWARDREF)
    equal(r["a"].__forward_arg__, "unknown")
    flag = False
    ns = execute("if flag:\n  a: int\nelse:\n  b: str", flag=False)
    equal(ns["__annotate__"](1), {"b": str})


def test_future():
    names = execute("from __future__ import annotations\ndef f(x: a.b[1] + 'q', *, y: (1, 2)) -> 1 if z else -2: pass\nclass A:\n  v: no . such [ thing ]")
    equal(names["f"].__annotations__, {"x": "a.b[1] + 'q'", "y": "(1, 2)", "return": "1 if z else -2"})
    equal(names["A"].__annotations__, {"v": "no.such[thing]"})


def test_syntax():
    for source, message in (
        ("x: (yield)", "'yield' outside function" if not NEW else "yield expression cannot be used within an annotation"),
        ("def f(x: (yield)): pass", "yield expression cannot be used within an annotation" if NEW else "'yield' outside function"),
        ("def f(*a: *b, **c: *d): pass", "invalid syntax"),
        ("x, y: int", "only single target (not tuple) can be annotated"),
        ("x: int: str", "invalid syntax"),
    ):
        raises_code(SyntaxError, source, contains=message)


support.run(globals())
