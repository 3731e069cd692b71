"""Functions: parameters of every kind, calls of every kind, errors in the reference's words."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import NEW, check, equal, is_, raises, raises_code


def test_parameters():
    def f(a, b=2, /, c=3, *d, e, g=7, **h):
        return a, b, c, d, e, g, h
    equal(f(1, e=5), (1, 2, 3, (), 5, 7, {}))
    equal(f(1, 9, 8, 7, 6, e=5, g=4, z=3), (1, 9, 8, (7, 6), 5, 4, {"z": 3}))
    equal(f(1, e=5, a=10, b=11), (1, 2, 3, (), 5, 7, {"a": 10, "b": 11}))
    equal(f(1, c=0, e=5), (1, 2, 0, (), 5, 7, {}))

    def none():
        pass
    is_(none(), None)
    def only_star(*, a):
        return a
    equal(only_star(a=3), 3)
    def args(*args): return args
    def kwargs(**kwargs): return kwargs
    equal(args(), ())
    equal(args(1, 2), (1, 2))
    equal(kwargs(a=1, self=2), {"a": 1, "self": 2})
    equal(list(kwargs(z=1, a=2, m=3)), ["z", "a", "m"])


def test_missing_arguments():
    def one(a): pass
    def two(a, b): pass
    def three(a, b, c): pass
    def only(*, a): pass
    def both(*, a, b): pass
    def all_three(*, a, b, c): pass
    q = "test_missing_arguments.<locals>."
    raises(TypeError, one, message=q + "one() missing 1 required positional argument: 'a'")
    raises(TypeError, two, message=q + "two() missing 2 required positional arguments: 'a' and 'b'")
    raises(TypeError, three, message=q + "three() missing 3 required positional arguments: 'a', 'b', and 'c'")
    raises(TypeError, three, 1, message=q + "three() missing 2 required positional arguments: 'b' and 'c'")
    raises(TypeError, two, b=1, message=q + "two() missing 1 required positional argument: 'a'")
    raises(TypeError, only, message=q + "only() missing 1 required keyword-only argument: 'a'")
    raises(TypeError, both, message=q + "both() missing 2 required keyword-only arguments: 'a' and 'b'")
    raises(TypeError, all_three, message=q + "all_three() missing 3 required keyword-only arguments: 'a', 'b', and 'c'")


def test_too_many_arguments():
    def zero(): pass
    def one(a): pass
    def two(a, b): pass
    def default(a, b=1): pass
    def defaults(a=1): pass
    def only(a, *, k): pass
    def only_default(a, *, k=1): pass
    q = "test_too_many_arguments.<locals>."
    raises(TypeError, zero, 1, message=q + "zero() takes 0 positional arguments but 1 was given")
    raises(TypeError, one, 1, 2, message=q + "one() takes 1 positional argument but 2 were given")
    raises(TypeError, two, 1, 2, 3, message=q + "two() takes 2 positional arguments but 3 were given")
    raises(TypeError, default, 1, 2, 3, message=q + "default() takes from 1 to 2 positional arguments but 3 were given")
    raises(TypeError, defaults, 1, 2, message=q + "defaults() takes from 0 to 1 positional arguments but 2 were given")
    raises(TypeError, only, 1, 2, k=1, message=q + "only() takes 1 positional argument but 2 positional arguments (and 1 keyword-only argument) were given")
    raises(TypeError, only_default, 1, 2, message=q + "only_default() takes 1 positional argument but 2 were given")


def test_keyword_errors():
    def f(a, b=1): pass
    def p(a, b, /, c): pass
    q = "test_keyword_errors.<locals>."
    raises(TypeError, f, 1, z=1, contains=q + "f() got an unexpected keyword argument 'z'")
    raises(TypeError, f, 1, a=1, message=q + "f() got multiple values for argument 'a'")
    raises(TypeError, p, 1, 2, 3, c=1, message=q + "p() got multiple values for argument 'c'")
    raises(TypeError, p, a=1, b=2, c=3,
           message=q + "p() got some positional-only arguments passed as keyword arguments: 'a, b'")
    raises(TypeError, p, 1, b=2, c=3,
           message=q + "p() got some positional-only arguments passed as keyword arguments: 'b'")
    raises(TypeError, lambda: f(**{1: 2}), message="keywords must be strings")
    raises(TypeError, lambda: f(*5), message="__main__." + q + "f() argument after * must be an iterable, not int")
    raises(TypeError, lambda: f(**5), message="__main__." + q + "f() argument after ** must be a mapping, not int")
    raises(TypeError, lambda: f(1, **{"a": 1}), message=q + "f() got multiple values for argument 'a'")
    raises(TypeError, lambda: f(**{"a": 1}, **{"a": 2}),
           message="__main__." + q + "f() got multiple values for keyword argument 'a'")
    raises(TypeError, lambda: f(a=1, **{"a": 2}),
           message="__main__." + q + "f() got multiple values for keyword argument 'a'")
    # A suggestion comes with a near miss.
    def spelled(colour): pass
    raises(TypeError, spelled, color=1,
           message=q + "spelled() got an unexpected keyword argument 'color'. Did you mean 'colour'?")


def test_method_errors():
    class T:
        def f(self, a): pass
        @classmethod
        def c(cls): pass
        @staticmethod
        def s(): pass
    q = "test_method_errors.<locals>.T."
    raises(TypeError, T().f, message=q + "f() missing 1 required positional argument: 'a'")
    raises(TypeError, T().f, 1, 2, message=q + "f() takes 2 positional arguments but 3 were given")
    raises(TypeError, T.f, message=q + "f() missing 2 required positional arguments: 'self' and 'a'")
    raises(TypeError, T.c, 1, message=q + "c() takes 1 positional argument but 2 were given")
    raises(TypeError, T().s, 1, message=q + "s() takes 0 positional arguments but 1 was given")
    raises(TypeError, T, 1, message="T() takes no arguments")
    class U:
        def __init__(self, a): pass
    raises(TypeError, U, message="test_method_errors.<locals>.U.__init__() missing 1 required positional argument: 'a'")
    raises(TypeError, T().__call__ if hasattr(T(), "__call__") else lambda: T()(),
           message="'T' object is not callable")


def test_not_callable():
    raises_code(TypeError, "5()", message="'int' object is not callable")
    raises(TypeError, lambda: None(), message="'NoneType' object is not callable")
    raises(TypeError, lambda: "a"(1, k=2), message="'str' object is not callable")
    raises(TypeError, lambda: [](*[1]), message="'list' object is not callable")


def test_unpacked_calls():
    def f(*args, **kwargs):
        return args, kwargs
    equal(f(*[1, 2], 3, *"ab", k=1, **{"z": 2}), ((1, 2, 3, "a", "b"), {"k": 1, "z": 2}))
    equal(f(*[], **{}), ((), {}))
    equal(f(*(x for x in range(3))), ((0, 1, 2), {}))
    equal(f(**{"a": 1}, b=2, **{"c": 3}), ((), {"a": 1, "b": 2, "c": 3}))
    class Mapping:
        def keys(self):
            return ["p", "q"]
        def __getitem__(self, key):
            return key * 2
    equal(f(**Mapping()), ((), {"p": "pp", "q": "qq"}))
    class Failing:
        def __iter__(self):
            raise KeyError("iter")
    raises(KeyError, lambda: f(*Failing()))
    equal(max(*[3, 9, 2]), 9)
    equal(dict(**{"a": 1}), {"a": 1})
    equal("{}-{x}".format(*"a", **{"x": 2}), "a-2")
    args = (1, 2)
    is_(f(*args)[0] == args, True)


def test_call_order():
    log = []
    def see(x):
        log.append(x)
        return x
    def callee(*args, **kwargs):
        log.append("called")
    def which():
        log.append("function")
        return callee
    which()(see(1), *[see(2)], see(3), k=see(4), **{see("z"): see(5)}, j=see(6))
    equal(log, ["function", 1, 2, 3, 4, "z", 5, 6, "called"])
    log.clear()
    which()(see(1), k=see(2), *[see(3)])
    equal(log, ["function", 1, 3, 2, "called"])


def test_defaults():
    log = []
    def make(n):
        log.append(n)
        return n
    def f(a=make(1), *, b=make(2)):
        return a, b
    equal(log, [1, 2])
    f(); f()
    equal(log, [1, 2])
    def grow(items=[]):
        items.append(1)
        return items
    grow()
    equal(grow(), [1, 1])
    equal(f.__defaults__, (1,))
    equal(f.__kwdefaults__, {"b": 2})
    f.__defaults__ = (10,)
    f.__kwdefaults__ = {"b": 20}
    equal(f(), (10, 20))
    f.__defaults__ = None
    raises(TypeError, f)
    equal(f(1), (1, 20))
    f.__kwdefaults__ = None
    raises(TypeError, f, 1)
    def assign():
        f.__defaults__ = 5
    raises(TypeError, assign, message="__defaults__ must be set to a tuple object")
    x = "first"
    functions = [lambda x=x: x]
    x = "second"
    equal(functions[0](), "first")


def test_decorators():
    log = []
    def deco(name):
        log.append("make " + name)
        def wrap(f):
            log.append("apply " + name)
            return f
        return wrap
    @deco("a")
    @deco("b")
    def f():
        pass
    equal(log, ["make a", "make b", "apply b", "apply a"])
    @(lambda f: 5)
    def g():
        pass
    equal(g, 5)
    @str
    class C:
        pass
    check(C.startswith("<class "))
    table = {"d": lambda f: f}
    @table["d"]
    def h():
        return 1
    equal(h(), 1)
    @(x := lambda f: f)
    def i():
        return 2
    equal(i(), 2)


def test_attributes():
    def f(a, b=1, *c, d, **e):
        "the doc"
        local = 1
        return local
    equal(f.__name__, "f")
    equal(f.__qualname__, "test_attributes.<locals>.f")
    equal(f.__doc__, "the doc")
    equal(f.__module__, "__main__")
    is_(f.__globals__, globals())
    is_(f.__closure__, None)
    equal(f.__dict__, {})
    f.x = 5
    equal(f.x, 5)
    equal(f.__dict__, {"x": 5})
    del f.x
    f.__name__ = "g"
    f.__qualname__ = "q"
    equal((f.__name__, f.__qualname__), ("g", "q"))
    def bad():
        f.__name__ = 5
    raises(TypeError, bad, message="__name__ must be set to a string object")
    code = f.__code__
    equal(code.co_argcount, 2)
    equal(code.co_kwonlyargcount, 1)
    equal(code.co_posonlyargcount, 0)
    equal(code.co_varnames, ("a", "b", "d", "c", "e", "local"))
    equal(code.co_nlocals, 6)
    equal(code.co_name, "f")
    equal(code.co_flags & 0xC, 0xC)
    equal(code.co_freevars, ())
    check(repr(f).startswith("<function q at 0x"))
    def no_doc():
        pass
    is_(no_doc.__doc__, None)
    equal((lambda: 0).__name__, "<lambda>")
    def other():
        return "other"
    f.__code__ = other.__code__
    equal(f(), "other")
    raises(AttributeError, lambda: f.missing, message="'function' object has no attribute 'missing'")


def test_function_type():
    F = type(lambda: 0)
    equal(F.__name__, "function")
    def source(a, b=2):
        return a + b + k
    k_code = source.__code__
    f = F(k_code, {"k": 100}, "made", (5,))
    equal(f.__name__, "made")
    equal(f(1), 106)
    def outer():
        x = 1
        return lambda: x
    inner = outer()
    raises(TypeError, F, inner.__code__, {}, message="arg 5 (closure) must be tuple")
    g = F(inner.__code__, {}, "g", None, inner.__closure__)
    equal(g(), 1)
    def cls():
        class Sub(F):
            pass
    raises(TypeError, cls, message="type 'function' is not an acceptable base type")


def test_lambda():
    equal((lambda: 1)(), 1)
    equal((lambda a, b=2, *c, d=4, **e: (a, b, c, d, e))(1, x=5), (1, 2, (), 4, {"x": 5}))
    equal((lambda *, k: k)(k=1), 1)
    equal((lambda a, /: a)(1), 1)
    equal((lambda x: lambda y: x + y)(1)(2), 3)
    equal([f(2) for f in [lambda x, n=n: x ** n for n in range(3)]], [1, 2, 4])
    equal((lambda: (yield))().send(None), None)


def test_recursion():
    def depth(n):
        return 0 if n == 0 else 1 + depth(n - 1)
    equal(depth(500), 500)
    def endless():
        return endless()
    error = raises(RecursionError, endless)
    check("maximum recursion depth exceeded" in str(error))
    def mutual(n):
        return n if n == 0 else other(n - 1)
    def other(n):
        return mutual(n)
    equal(mutual(300), 0)
    # After the error, everything works as before.
    equal(depth(500), 500)
    limit = sys.getrecursionlimit()
    try:
        sys.setrecursionlimit(5000)
        equal(depth(4000), 4000)
    finally:
        sys.setrecursionlimit(limit)
    raises(ValueError, sys.setrecursionlimit, 0)


def test_many_arguments():
    names = ["a%d" % i for i in range(400)]
    namespace = {}
    exec("def f(%s): return (%s)" % (", ".join(names), " + ".join(names)), namespace)
    equal(namespace["f"](*range(400)), sum(range(400)))
    equal(namespace["f"](**{name: 1 for name in names}), 400)
    exec("x = f(%s)" % ", ".join(map(str, range(400))), namespace)
    equal(namespace["x"], sum(range(400)))


def test_many_locals():
    lines = ["v%d = %d" % (i, i) for i in range(1000)]
    body = "\n ".join(lines)
    namespace = {}
    exec("def f():\n %s\n return %s" % (body, " + ".join("v%d" % i for i in range(1000))), namespace)
    equal(namespace["f"](), sum(range(1000)))


def test_return_forms():
    def a(): return
    def b(): return 1,
    def c(x): return *x, 4
    def d(): return 1, *[2, 3]
    is_(a(), None)
    equal(b(), (1,))
    equal(c([1]), (1, 4))
    equal(d(), (1, 2, 3))


def test_bound_methods():
    class T:
        def f(self, x=1):
            return self, x
    t = T()
    m = t.f
    is_(m.__self__, t)
    is_(m.__func__, T.f)
    equal(m(3), (t, 3))
    equal(m.__name__, "f")
    check(m == t.f)
    check(m is not t.f)
    check(hash(m) == hash(t.f))
    check(m != T().f)
    check(repr(m).startswith("<bound method test_bound_methods.<locals>.T.f of "))
    M = type(m)
    n = M(lambda self, *a: (self, a), 5)
    equal(n(1, 2), (5, (1, 2)))
    raises(TypeError, M, 5, 5, message="first argument must be callable")
    raises(TypeError, M, len, None)
    def assign():
        m.x = 1
    raises(AttributeError, assign)
    T.f.y = 2
    equal(m.y, 2)


def test_syntax():
    for source, message in (
        ("def f(a, a): pass", "duplicate parameter 'a' in function definition" if NEW else "duplicate argument 'a' in function definition"),
        ("def f(a=1, b): pass", "parameter without a default follows parameter with a default"),
        ("def f(*): pass", "named arguments must follow bare *"),
        ("def f(*, **k): pass", "named arguments must follow bare *"),
        ("def f(**k, a): pass", "arguments cannot follow var-keyword argument"),
        ("def f(*a, *b): pass", "* argument may appear only once"),
        ("def f(a, /, b, /): pass", "/ may appear only once"),
        ("def f(/, a): pass", "at least one argument must precede /"),
        ("def f(*a, /): pass", "/ must be ahead of *"),
        ("def f(None): pass", "invalid syntax"),
        ("f(a=1, 2)", "positional argument follows keyword argument"),
        ("f(**k, *a)", "iterable argument unpacking follows keyword argument unpacking"),
        ("f(**k, 1)", "positional argument follows keyword argument unpacking"),
        ("f(a=1, a=2)", "keyword argument repeated: a"),
        ("f(1=2)", "expression cannot contain assignment, perhaps you meant \"==\"?"),
        ("f(True=1)", "cannot assign to True"),
        ("f(x for x in y, 1)", "Generator expression must be parenthesized"),
        ("def f(x):\n global x", "name 'x' is parameter and global"),
        ("def f(x):\n nonlocal x", "name 'x' is parameter and nonlocal"),
        ("def f(x=1, /, y): pass", "parameter without a default follows parameter with a default"),
        ("def f(__debug__): pass", "cannot assign to __debug__"),
        ("def f(a, (b, c)): pass", "Function parameters cannot be parenthesized"),
        ("lambda (a): 1", "Lambda expression parameters cannot be parenthesized"),
        ("def f", "expected '('"),
        ("def f()", "expected ':'"),
        ("def f():", "expected an indented block after function definition on line 1"),
    ):
        raises_code(SyntaxError if "indented" not in message else IndentationError, source, contains=message)


support.run(globals())
