"""Type parameters and aliases (PEP 695, 696): scopes, laziness, objects."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import check, equal, is_, raises, raises_code


def test_functions():
    def f[T](x: T) -> T:
        return x
    equal(f(3), 3)
    T, = f.__type_params__
    equal(repr(T), "T")
    equal(T.__name__, "T")
    equal(type(T).__name__, "TypeVar")
    is_(T.__bound__, None)
    equal(T.__constraints__, ())
    is_(f.__annotations__["x"], T)
    def g[T: int, U: (str, bytes), *Ts, **P](a: T, *args: *Ts, **kw): return T, U, Ts, P
    T, U, Ts, P = g.__type_params__
    is_(T.__bound__, int)
    equal(U.__constraints__, (str, bytes))
    equal([type(x).__name__ for x in (Ts, P)], ["TypeVarTuple", "ParamSpec"])
    equal(g(1), (T, U, Ts, P))
    equal((repr(T), repr(Ts), repr(P)), ("T", "Ts", "P"))
    check(T.__infer_variance__)


def test_lazy_bounds():
    def f[T: undefined_name]():
        pass
    T, = f.__type_params__
    raises(NameError, lambda: T.__bound__, message="name 'undefined_name' is not defined")
    global undefined_name
    undefined_name = int
    try:
        is_(T.__bound__, int)
    finally:
        del undefined_name
    is_(T.__bound__, int)


def test_defaults():
    def f[T = int, *Ts = (int, str), **P = [str]](): pass
    T, Ts, P = f.__type_params__
    is_(T.__default__, int)
    equal(Ts.__default__, (int, str))
    equal(P.__default__, [str])
    check(T.has_default())
    def g[T](): pass
    import typing
    is_(g.__type_params__[0].__default__, typing.NoDefault)
    check(not g.__type_params__[0].has_default())
    raises_code(SyntaxError, "def f[T = int, U](): pass",
                contains="non-default type parameter 'U' follows default type parameter")


def test_classes():
    class A[T]:
        x: T
        def f(self, v: T) -> T: return v
        def g[U](self, v: U): return T, U
    T, = A.__type_params__
    equal(A.__parameters__, (T,))
    import typing
    equal(A.__orig_bases__, (typing.Generic[T],))
    equal([c.__name__ for c in A.__mro__], ["A", "Generic", "object"])
    equal(repr(A[int]), "__main__.test_classes.<locals>.A[int]")
    is_(A[int].__origin__, A)
    equal(A[int].__args__, (int,))
    is_(type(A[int]()), A)
    equal(A().f(3), 3)
    U, = A.g.__type_params__
    equal(A().g(1), (T, U))
    is_(A.f.__annotations__["v"], T)
    class B[K, V](A[K], dict[K, V]): pass
    equal([p.__name__ for p in B.__type_params__], ["K", "V"])
    class C[T](metaclass=type): pass
    check(C[int])
    def method_scope():
        class D[T]:
            T_alias = T
            class Inner: t = T
        return D
    D = method_scope()
    is_(D.T_alias, D.__type_params__[0])
    is_(D.Inner.t, D.__type_params__[0])


def test_alias():
    type A = int | str
    equal(A.__name__, "A")
    equal(repr(A), "A")
    equal(A.__value__, int | str)
    equal(A.__type_params__, ())
    equal(type(A).__name__, "TypeAliasType")
    type B[T] = list[T]
    T, = B.__type_params__
    equal(B.__value__, list[T])
    equal(repr(B[int]), "B[int]")
    equal(B[int].__args__, (int,))
    type Lazy = not_defined_yet
    raises(NameError, lambda: Lazy.__value__)
    type Rec = list[Rec]
    equal(Rec.__value__.__args__[0], Rec)
    class K:
        x = int
        type Inside = x
    is_(K.Inside.__value__, int)
    raises(TypeError, lambda: isinstance(1, A))
    check((A | int) is not None)
    def assign(): A.__value__ = 1
    raises(AttributeError, assign)


def test_type_is_a_soft_keyword():
    type = 5
    equal(type + 1, 6)
    type = [1]
    equal(type[0], 1)
    def type(x): return x
    equal(type (3), 3)


def test_scopes():
    T = "outer"
    def f[T](x=T) -> T:
        return T
    equal(f.__defaults__, ("outer",))
    is_(f(), f.__type_params__[0])
    equal(T, "outer")
    class A[T](str if T == "outer" else dict): pass
    check(issubclass(A, dict))
    def decorated(x): return lambda f: f
    @decorated(T)
    def g[T](): pass
    def h[T]():
        def inner(): return T
        return inner
    is_(h()(), h.__type_params__[0])
    class C[T]:
        T = 5
        def get(self): return T
    is_(C().get(), C.__type_params__[0])
    equal(C.T, 5)
    def n[T]():
        [T for T in range(2)]
        return T
    is_(n(), n.__type_params__[0])


def test_syntax():
    for source, message in (
        ("def f[T, T](): pass", "duplicate type parameter 'T'"),
        ("def f[](): pass", "Type parameter list cannot be empty"),
        ("class A[](): pass", "Type parameter list cannot be empty"),
        ("type A[] = int", "Type parameter list cannot be empty"),
        ("def f[T: (yield)](): pass", "yield expression cannot be used within a TypeVar bound"),
        ("def f[T: (x := 1)](): pass", "named expression cannot be used within a TypeVar bound"),
        ("type A = (yield)", "yield expression cannot be used within a type alias"),
        ("type A = (x := 1)", "named expression cannot be used within a type alias"),
        ("type A = (await x)", "await expression cannot be used within a type alias"),
        ("class A[T]((yield)): pass", "yield expression cannot be used within the definition of a generic"),
        ("def f[*Ts: int](): pass", "cannot use bound with TypeVarTuple"),
        ("def f[**P: int](): pass", "cannot use bound with ParamSpec"),
        ("def f[*Ts: (int, str)](): pass", "cannot use constraints with TypeVarTuple"),
        ("def f[T]():\n nonlocal T\n T = 1", "nonlocal binding not allowed for type parameter 'T'"),
    ):
        raises_code(SyntaxError, source, contains=message)


support.run(globals())
