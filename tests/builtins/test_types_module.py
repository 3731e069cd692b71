"""Generic aliases, unions, SimpleNamespace, modules, code objects, and the names in `types`."""

import sys
import types

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import NEW, check, equal, is_, raises, same


def test_generic_alias():
    a = list[int]
    is_(a.__origin__, list)
    equal((a.__args__, a.__parameters__, repr(a)), ((int,), (), "list[int]"))
    equal(repr(dict[str, list[int]]), "dict[str, list[int]]")
    equal(repr(tuple[int, ...]), "tuple[int, ...]")
    equal(repr(tuple[()]), "tuple[()]")
    check(list[int] == list[int] and list[int] != list[str] and hash(list[int]) == hash(list[int]))
    equal(list[int]([1, 2]), [1, 2])
    equal(dict[str, int](a=1), {"a": 1})
    is_(type(list[int]()), list)
    check(isinstance(a, types.GenericAlias) and type(a) is types.GenericAlias)
    raises(TypeError, isinstance, [], list[int], message="isinstance() argument 2 cannot be a parameterized generic")
    raises(TypeError, issubclass, list, list[int], message="issubclass() argument 2 cannot be a parameterized generic")
    import typing
    T = typing.TypeVar("T")
    b = dict[str, T]
    equal(b.__parameters__, (T,))
    equal(b[int], dict[str, int])
    raises(TypeError, lambda: list[int][str], message="list[int] is not a generic class")
    equal(list[T][int], list[int])
    check(list[int].append is not None)
    star, = tuple[int]
    equal(repr(star), "*tuple[int]")
    class L(list[int]): pass
    equal((L.__bases__, L.__orig_bases__), ((list,), (list[int],)))
    equal(types.GenericAlias(int, (str,)).__args__, (str,))
    for kind in (tuple, set, frozenset, type, enumerate):
        is_(kind[int].__origin__, kind)
    raises(TypeError, lambda: int[str], message="type 'int' is not subscriptable")


def test_union():
    u = int | str
    equal((repr(u), u.__args__), ("int | str", (int, str)))
    check(u == str | int and hash(u) == hash(str | int) and int | int == int)
    check(isinstance(5, u) and issubclass(str, u) and not isinstance(1.5, u))
    equal(repr(int | None), "int | None")
    equal((int | None).__args__, (int, type(None)))
    equal(repr(int | list[str]), "int | list[str]")
    equal((int | str | int).__args__, (int, str))
    raises(TypeError, lambda: int | 5, message="unsupported operand type(s) for |: 'type' and 'int'")
    raises(TypeError, isinstance, 1.5, int | list[str], message="isinstance() argument 2 cannot be a parameterized generic")
    is_(type(u), types.UnionType)
    import typing
    T = typing.TypeVar("T")
    equal((list[T] | int)[str], list[str] | int)
    if NEW:
        is_(types.UnionType, typing.Union)
        equal(typing.Optional[int], int | None)


def test_simple_namespace():
    n = types.SimpleNamespace(a=1, b="x")
    equal((n.a, n.b, repr(n)), (1, "x", "namespace(a=1, b='x')"))
    n.c = 3
    del n.a
    equal(vars(n), {"b": "x", "c": 3})
    check(n == types.SimpleNamespace(b="x", c=3) and n != types.SimpleNamespace())
    if sys.version_info >= (3, 13):
        equal(types.SimpleNamespace({"a": 1}, b=2), types.SimpleNamespace(a=1, b=2))
    raises(TypeError, types.SimpleNamespace, 1, 2)
    n.me = n
    check("namespace(...)" in repr(n))


def test_module():
    m = types.ModuleType("m", "doc")
    same((m.__name__, m.__doc__, m.__package__, m.__loader__, m.__spec__, repr(m)), ("m", "doc", None, None, None, "<module 'm'>"))
    m.x = 1
    equal(m.__dict__["x"], 1)
    raises(AttributeError, lambda: m.nothing, message="module 'm' has no attribute 'nothing'")
    m.__getattr__ = lambda name: name * 2
    equal(m.ab, "abab")
    m.__dir__ = lambda: ["b", "a"]
    equal(dir(m), ["a", "b"])
    raises(TypeError, types.ModuleType, message=("module() missing required argument 'name' (pos 1)", "ModuleType() missing required argument 'name' (pos 1)"))
    def assign(): m.__dict__ = {}
    raises(AttributeError, assign, message="readonly attribute")
    class M(types.ModuleType):
        @property
        def p(self): return 5
    equal(M("z").p, 5)
    m.__class__ = M
    equal(m.p, 5)


def test_code():
    def f(a, /, b=1, *args, c, **kw):
        x = a
        def g(): return x
        return g
    c = f.__code__
    same((c.co_name, c.co_qualname, c.co_argcount, c.co_posonlyargcount, c.co_kwonlyargcount, c.co_nlocals, c.co_cellvars, c.co_freevars, c.co_filename == __file__), ("f", "test_code.<locals>.f", 2, 1, 1, 6, ("x",), (), True))
    equal(set(c.co_varnames), {"a", "b", "c", "args", "kw", "g"} | ({"x"} if "x" in c.co_varnames else set()))
    check(c.co_firstlineno > 0 and c.co_consts is not None and isinstance(c.co_code, bytes) and isinstance(c.co_names, tuple) and c.co_stacksize >= 0)
    check(c == c and hash(c) == hash(c) and c.replace(co_name="renamed").co_name == "renamed")
    check(repr(c).startswith("<code object f at 0x"))
    lines = list(c.co_lines())
    check(all(len(l) == 3 for l in lines))
    check(len(list(c.co_positions())) > 0)
    equal(c.co_flags & 0x0C, 0x0C)
    def attribute(): c.co_name = "x"
    raises(AttributeError, attribute, message="readonly attribute")
    h = types.FunctionType(c.replace(co_name="h"), globals(), "h", (1,), f.__closure__)
    check(callable(h))


def test_method_and_cell_types():
    class A:
        def f(self): return self
    check(isinstance(A().f, types.MethodType) and isinstance(A.f, types.FunctionType) and isinstance(len, types.BuiltinFunctionType) and isinstance([].append, types.BuiltinMethodType) and isinstance(str.join, types.MethodDescriptorType) and isinstance(object.__init__, types.WrapperDescriptorType) and isinstance((5).__add__, types.MethodWrapperType) and isinstance(int.__dict__["real"], types.GetSetDescriptorType) and isinstance(dict.__dict__["fromkeys"], types.ClassMethodDescriptorType))
    is_(types.NoneType, type(None))
    is_(types.EllipsisType, type(...))
    is_(types.NotImplementedType, type(NotImplemented))
    check(isinstance(sys, types.ModuleType) and isinstance(A.__dict__, types.MappingProxyType))
    def g(): yield
    check(isinstance(g(), types.GeneratorType) and isinstance(types.CellType(1), types.CellType))


def test_new_class():
    C = types.new_class("C", (), {}, lambda ns: ns.update(x=1))
    equal((C.__name__, C.x), ("C", 1))
    equal(types.resolve_bases((list[int],)), (list,))


def test_frame():
    def f():
        x = 1
        frame = sys._getframe()
        return frame
    fr = f()
    equal((fr.f_code.co_name, dict(fr.f_locals)["x"], fr.f_globals is globals(), fr.f_lineno > 0), ("f", 1, True, True))
    def outer(): return inner()
    def inner(): return sys._getframe(1).f_code.co_name, sys._getframe().f_back.f_back.f_code.co_name
    equal(outer(), ("outer", "test_frame"))
    def write():
        y = 1
        sys._getframe().f_locals["y"] = 2
        return y
    if sys.version_info >= (3, 13):
        equal(write(), 2)
    raises(ValueError, sys._getframe, 10 ** 6, message="call stack is not deep enough")
    check(repr(fr).startswith("<frame at 0x"))
    fr.clear()
    equal(dict(fr.f_locals).get("x"), None)


def test_module_and_doc_of_native_classes():
    # Their instances have a __module__ and a __doc__ too.
    for kind in (types.FunctionType, types.BuiltinFunctionType, types.MethodType):
        equal(kind.__module__, "builtins")
    check(types.FunctionType.__doc__.startswith("Create a function object."))
    equal(types.MethodType.__doc__, "Create a bound instance method object.")


def test_attributes_by_the_functions_of_object():
    """What a module or a class keeps in a dict of its own is found there."""
    get, set_, delete = object.__getattribute__, object.__setattr__, object.__delattr__

    class Kind(types.ModuleType):
        shared = 5

    for module in types.ModuleType("m", "docs"), Kind("m", "docs"):
        equal((get(module, "__name__"), get(module, "__doc__")), ("m", "docs"))
        set_(module, "x", 1)
        equal((module.x, get(module, "x")), (1, 1))
        delete(module, "x")
        name = type(module).__name__
        for function in get, delete:
            raises(AttributeError, function, module, "x",
                   message="'%s' object has no attribute 'x'" % name)
    equal(get(Kind("m"), "shared"), 5)

    class Plain:
        a = 1
    equal(get(Plain, "a"), 1)
    raises(AttributeError, get, Plain, "b", message="'type' object has no attribute 'b'")
    raises(AttributeError, get, int, "real", message="'type' object has no attribute 'real'")
    raises(TypeError, set_, Plain, "a", 2, message="can't apply this __setattr__ to type object")


def test_self_of_native_functions():
    is_(str.maketrans.__self__, None)
    is_(dict.fromkeys.__self__, dict)
    equal([].append.__self__, [])


support.run(globals())
