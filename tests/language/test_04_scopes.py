"""Scopes: local, enclosing, global, class and comprehension scopes, cells, and their errors."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import check, equal, execute, is_, raises, raises_code

x = "module"


def test_reading():
    def local():
        x = "local"
        return x
    def outer():
        x = "outer"
        def inner():
            return x
        return inner
    equal(local(), "local")
    equal(outer()(), "outer")
    def reads_global():
        return x
    equal(reads_global(), "module")
    def reads_builtin():
        return len
    is_(reads_builtin(), len)


def test_unbound():
    def before():
        y
        y = 1
    raises(UnboundLocalError, before,
           message="cannot access local variable 'y' where it is not associated with a value")
    def branch(flag):
        if flag:
            y = 1
        return y
    equal(branch(True), 1)
    raises(UnboundLocalError, branch, False)
    def outer():
        def inner():
            return y
        if False:
            y = 1
        return inner
    raises(NameError, outer(),
           message="cannot access free variable 'y' where it is not associated with a value in enclosing scope")
    def missing():
        return no_such_name
    error = raises(NameError, missing, message="name 'no_such_name' is not defined")
    equal(error.name, "no_such_name")
    def loop():
        for i in ():
            pass
        return i
    raises(UnboundLocalError, loop)
    def after_except():
        e = 1
        try:
            raise ValueError
        except ValueError as e:
            pass
        return e
    raises(UnboundLocalError, after_except)
    def shadow():
        len(x)
        x = 1
    raises(UnboundLocalError, shadow)


def test_nonlocal():
    def counter():
        n = 0
        def up():
            nonlocal n
            n += 1
            return n
        def get():
            return n
        return up, get
    up, get = counter()
    up(); up()
    equal(get(), 2)
    up2, get2 = counter()
    equal(get2(), 0)

    def levels():
        a = 1
        def middle():
            def inner():
                nonlocal a
                a += 10
            inner()
            return a
        return middle(), a
    equal(levels(), (11, 11))

    def deleted():
        a = 1
        def remove():
            nonlocal a
            del a
        def read():
            return a
        def put():
            nonlocal a
            a = 5
        return remove, read, put
    remove, read, put = deleted()
    equal(read(), 1)
    remove()
    raises(NameError, read)
    raises(NameError, remove,
           message="cannot access free variable 'a' where it is not associated with a value in enclosing scope")
    put()
    equal(read(), 5)
    def several():
        a = b = 0
        def f():
            nonlocal a, b
            a, b = 1, 2
        f()
        return a, b
    equal(several(), (1, 2))


def test_global():
    names = execute("""
n = 0
def f():
    global n, m
    n += 1
    m = n * 2
    def g():
        return n
    return g()
def h():
    n = "local"
    def inner():
        global n
        n = "changed"
    inner()
    return n
r = f()
s = h()
def d():
    global m
    del m
""")
    equal((names["r"], names["m"], names["n"], names["s"]), (1, 2, "changed", "local"))
    names["d"]()
    check("m" not in names)
    names = execute("""
x = "g"
def f():
    x = "f"
    class C:
        global x
        y = x
        x = "set by class"
    return C.y, x, hasattr(C, "x")
r = f()
""")
    equal(names["r"], ("g", "f", False))
    equal(names["x"], "set by class")


def test_class_scope():
    names = execute("""
x = "global"
class A:
    x = "class"
    y = x
    def f(self):
        return x
    z = [x for _ in range(1)]
    w = [v for v in x]
r = A.y, A().f(), A.z, A.w[0]
""")
    equal(names["r"], ("class", "global", ["global"], "c"))

    def outer():
        v = "outer"
        class B:
            a = v
            v = "class"
            b = v
            def f(self):
                return v
        return B.a, B.b, B().f()
    raises(NameError, lambda: execute("class B:\n  a = vv\n  vv = 1"))
    # A name both free and bound in a class body is looked up in the class first.
    names = execute("""
v = "global"
def outer():
    v = "outer"
    class B:
        a = v
        def f(self): return v
    return B.a, B().f()
r = outer()
def other():
    v = "outer"
    class B:
        v = v + "!"
        w = v
    return B.v, B.w
try:
    s = other()
except NameError as e:
    s = str(e)
""")
    equal(names["r"], ("outer", "outer"))
    equal(names["s"], ("global!", "global!"))

    def nested():
        n = 1
        class C:
            nonlocal n
            n = 2
        return n, hasattr(C, "n")
    equal(nested(), (2, False))
    class D:
        total = 0
        for i in range(4):
            total += i
        del i
    equal(D.total, 6)
    check(not hasattr(D, "i"))
    class E:
        locals()["dynamic"] = 7
    equal(E.dynamic, 7)


def test_class_cell():
    class A:
        def f(self):
            return __class__
        def g(self):
            return lambda: __class__
    is_(A().f(), A)
    is_(A().g()(), A)
    class B(A):
        pass
    is_(B().f(), A)


def test_private_names():
    class A:
        __x = 1
        def get(self):
            return self.__x
        def set(self, __v):
            self.__y = __v
            return self.__y
        __z__ = 3
        _single = 4
        class __Inner:
            pass
        def inner(self):
            return self.__Inner
    equal(A._A__x, 1)
    equal(A().get(), 1)
    a = A()
    equal(a.set(5), 5)
    equal(a.__dict__, {"_A__y": 5})
    equal(A.__z__, 3)
    is_(a.inner(), A._A__Inner)
    class _Under:
        __v = 2
    equal(_Under._Under__v, 2)
    class __:
        __v = 3
    equal(getattr(__, "__v"), 3)
    names = execute("class A:\n def f(self):\n  global __g\n  __g = 1\nA().f()")
    equal(names["_A__g"], 1)
    class K:
        def f(self, **kw):
            return kw
        def g(self):
            return self.f(__k=1)
    equal(K().g(), {"__k": 1})


def test_comprehension_scope():
    i = "outer"
    equal([i for i in range(3)], [0, 1, 2])
    equal(i, "outer")
    equal({i: i for i in "ab"}, {"a": "a", "b": "b"})
    equal({i for i in (1,)}, {1})
    equal(list(i for i in "z"), ["z"])
    equal(i, "outer")
    functions = [lambda: j for j in range(3)]
    equal([f() for f in functions], [2, 2, 2])
    functions = [(lambda j=j: j) for j in range(3)]
    equal([f() for f in functions], [0, 1, 2])
    y = 1
    equal([y for _ in range(1) for y in (5,)], [5])
    equal(y, 1)
    equal([[k + l for k in range(2)] for l in range(2)], [[0, 1], [1, 2]])
    # The outermost iterable is evaluated outside.
    def outermost():
        z = [z for z in z]
    raises(UnboundLocalError, outermost)
    def local_named():
        [last := n for n in range(4)]
        return last
    equal(local_named(), 3)
    def closure():
        items = [(lambda: n) for n in range(2)]
        n = 10
        return [f() for f in items], n
    equal(closure(), ([1, 1], 10))


def test_cells():
    def outer():
        a = 1
        def inner():
            return a
        return inner
    f = outer()
    cell = f.__closure__[0]
    equal(cell.cell_contents, 1)
    cell.cell_contents = 2
    equal(f(), 2)
    del cell.cell_contents
    raises(NameError, f)
    raises(ValueError, lambda: cell.cell_contents, message=("Cell is empty", "cell is empty"))
    Cell = type(cell)
    equal(Cell(3).cell_contents, 3)
    check(Cell(1) == Cell(1))
    check(Cell(1) < Cell(2))
    check(Cell() != Cell(1))
    raises(ValueError, lambda: Cell().cell_contents)
    check(repr(Cell()).startswith("<cell at 0x"))
    check(": int object at 0x" in repr(Cell(1)))
    equal(f.__code__.co_freevars, ("a",))
    equal(outer.__code__.co_cellvars, ("a",))
    def parameters(a, b):
        def g():
            return a, b
        a += 1
        return g
    equal(parameters(1, 2)(), (2, 2))
    def loop():
        fs = []
        for i in range(3):
            def g():
                return i
            fs.append(g)
        return [g() for g in fs]
    equal(loop(), [2, 2, 2])
    def self_reference():
        def fact(n):
            return 1 if n == 0 else n * fact(n - 1)
        return fact
    equal(self_reference()(5), 120)


def test_locals_and_globals():
    def f(a):
        b = 2
        names = locals()
        names["c"] = 3
        a = 10
        return names, locals()
    first, second = f(1)
    equal(first, {"a": 1, "b": 2, "c": 3})
    equal({k: second[k] for k in ("a", "b")}, {"a": 10, "b": 2})
    is_(globals()["x"], x)
    is_(globals(), globals())
    class C:
        names = sorted(k for k in locals() if not k.startswith("_"))
        z = 1
        also = sorted(k for k in locals() if not k.startswith("_"))
    check("z" in C.also)
    def free():
        v = 1
        def inner():
            v
            return locals()
        return inner()
    equal(free(), {"v": 1})
    equal(eval("locals()", {"a": 1}, {"b": 2}), {"b": 2})


def test_exec_scopes():
    ns = {}
    exec("a = 1\ndef f(): return a", ns)
    equal(ns["f"](), 1)
    ns["a"] = 2
    equal(ns["f"](), 2)
    outer, inner = {"v": 1}, {}
    exec("w = v\nv = 5", outer, inner)
    equal(inner, {"w": 1, "v": 5})
    equal(outer["v"], 1)
    raises(NameError, exec, "def f(): return q\nq = 1\nf()", {}, {})
    def local():
        y = 1
        exec("y = 2")
        return y
    equal(local(), 1)
    equal(eval("x + y", {"x": 1}, {"y": 2}), 3)
    class Mapping(dict):
        def __missing__(self, key):
            return key.upper()
    equal(eval("abc", {}, Mapping()), "ABC")
    check("__builtins__" in ns)
    raises(NameError, eval, "len", {"__builtins__": {}})
    equal(eval("len", {"__builtins__": {"len": 5}}), 5)
    equal(eval("y", {"__builtins__": {"y": 7}}), 7)


def test_builtins_shadowed():
    names = execute("""
def before(): return len([])
a = before()
len = lambda x: 42
b = before()
del len
c = before()
""")
    equal((names["a"], names["b"], names["c"]), (0, 42, 0))
    import builtins
    builtins.made_up_name = 5
    try:
        equal(made_up_name, 5)
    finally:
        del builtins.made_up_name
    raises(NameError, lambda: made_up_name)


def test_syntax():
    for source, message in (
        ("nonlocal x", "nonlocal declaration not allowed at module level"),
        ("def f():\n nonlocal zz", "no binding for nonlocal 'zz' found"),
        ("def f():\n x = 1\n global x", "name 'x' is assigned to before global declaration"),
        ("def f():\n print(x)\n global x", "name 'x' is used prior to global declaration"),
        ("def g():\n x = 1\n def f():\n  x = 2\n  nonlocal x", "name 'x' is assigned to before nonlocal declaration"),
        ("def g():\n x = 1\n def f():\n  nonlocal x\n  global x", "name 'x' is nonlocal and global"),
        ("x: int\nglobal x", "annotated name 'x' can't be global"),
        ("[x := 1 for x in y]", "assignment expression cannot rebind comprehension iteration variable 'x'"),
        ("[1 for x in (y := z)]", "assignment expression cannot be used in a comprehension iterable expression"),
        ("class A:\n [y := x for x in z]", "assignment expression within a comprehension cannot be used in a class body"),
        ("def f():\n from os import *", "import * only allowed at module level"),
        ("class A:\n nonlocal x", "no binding for nonlocal 'x' found"),
    ):
        raises_code(SyntaxError, source, contains=message)


def test_builtins_are_inherited():
    import builtins
    given = {"None": None, "exec": exec, "len": len}
    scope = {"__builtins__": given, "type": type}
    exec("def f(): pass\ng = type(f)(f.__code__, {})\ninner = {}\nexec('n = len([])', inner)", scope)
    check(scope["f"].__builtins__ is given)
    check(scope["g"].__builtins__ is given)
    check(scope["inner"]["__builtins__"] is given)
    scope = {}
    exec("", scope)
    check(scope["__builtins__"] is vars(builtins))
    check(support.__builtins__ is vars(builtins))

support.run(globals())
