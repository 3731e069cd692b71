"""Descriptors, properties, slots, class and static methods: attribute access in detail."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import check, equal, is_, raises, raises_code


def test_precedence():
    class Data:
        def __get__(self, obj, cls=None): return "data get"
        def __set__(self, obj, value): obj.__dict__["set"] = value
        def __delete__(self, obj): obj.__dict__["deleted"] = True
    class NonData:
        def __get__(self, obj, cls=None): return "nondata", obj is None, cls.__name__
    class SetOnly:
        def __set__(self, obj, value): obj.__dict__["so"] = value
    class A:
        d = Data()
        n = NonData()
        so = SetOnly()
    a = A()
    equal(a.d, "data get")
    a.__dict__["d"] = "in dict"
    equal(a.d, "data get")
    a.d = 5
    equal(a.__dict__["set"], 5)
    del a.d
    check(a.__dict__["deleted"])
    equal(a.n, ("nondata", False, "A"))
    equal(A.n, ("nondata", True, "A"))
    a.__dict__["n"] = "in dict"
    equal(a.n, "in dict")
    check(isinstance(a.so, SetOnly))
    a.so = 9
    equal(a.so, 9)
    equal(A.__dict__["n"].__class__, NonData)
    def remove():
        del a.so
    raises(AttributeError, remove, message="__delete__")
    A.d = "replaced"
    equal(A.d, "replaced")
    a.d = 3
    equal(a.d, 3)


def test_descriptor_on_instance_is_inert():
    class D:
        def __get__(self, obj, cls): return "got"
    class A: pass
    a = A()
    a.x = D()
    check(isinstance(a.x, D))


def test_property():
    class A:
        def __init__(self): self._x = 1
        @property
        def x(self):
            "the doc"
            return self._x
        @x.setter
        def x(self, value): self._x = value
        @x.deleter
        def x(self): self._x = None
        @property
        def only(self): return 1
        w = property(None, lambda self, v: setattr(self, "_w", v))
    a = A()
    equal(a.x, 1)
    a.x = 2
    equal(a.x, 2)
    del a.x
    is_(a.x, None)
    equal(A.x.__doc__, "the doc")
    check(isinstance(A.x, property))
    equal(A.x.__name__, "x")
    def set_only(): a.only = 1
    def del_only(): del a.only
    raises(AttributeError, set_only, message="property 'only' of 'test_property.<locals>.A' object has no setter")
    raises(AttributeError, del_only, message="property 'only' of 'test_property.<locals>.A' object has no deleter")
    raises(AttributeError, lambda: a.w, contains="of 'test_property.<locals>.A' object has no getter")
    p = property(lambda self: 1, doc="given")
    equal(p.__doc__, "given")
    is_(p.fset, None)
    is_(p.getter(len).fget, len)
    class Sub(A):
        @A.x.getter
        def x(self): return "sub"
    s = Sub()
    equal(s.x, "sub")
    s.x = 4
    equal(s._x, 4)
    equal(property().__get__(None, A).__class__, property)
    class P(property): pass
    class B:
        @P
        def v(self): "v doc"; return 3
    equal(B().v, 3)
    equal(B.v.__doc__, "v doc")


def test_classmethod_staticmethod():
    class A:
        @classmethod
        def c(cls, x): "cdoc"; return cls, x
        @staticmethod
        def s(x): return x
    class B(A): pass
    equal(A.c(1), (A, 1))
    equal(B().c(2), (B, 2))
    equal((A.s(1), A().s(2)), (1, 2))
    check(isinstance(A.__dict__["c"], classmethod))
    check(isinstance(A.__dict__["s"], staticmethod))
    is_(A.c.__self__, A)
    equal(A.__dict__["c"].__func__.__name__, "c")
    equal(A.__dict__["c"].__name__, "c")
    equal(A.__dict__["c"].__doc__, "cdoc")
    equal(A.__dict__["s"](7), 7)
    raises(TypeError, A.__dict__["c"], message="'classmethod' object is not callable")
    check(hasattr(A.__dict__["s"], "__wrapped__"))
    raises(TypeError, classmethod, message="classmethod expected 1 argument, got 0")
    raises(TypeError, staticmethod, message="staticmethod expected 1 argument, got 0")
    check(repr(staticmethod(len)).startswith("<staticmethod(<built-in function len>)>"))
    class C:
        d = classmethod(lambda cls: cls)
    is_(C().d(), C)
    d = classmethod(len)
    d.extra = 1
    equal(d.extra, 1)


def test_slots():
    class A:
        __slots__ = ("x", "y")
    a = A()
    a.x = 1
    equal(a.x, 1)
    raises(AttributeError, lambda: a.y, message="'test_slots.<locals>.A' object has no attribute 'y'")
    def z(): a.z = 1
    raises(AttributeError, z, message="'A' object has no attribute 'z' and no __dict__ for setting new attributes")
    check(not hasattr(a, "__dict__"))
    del a.x
    raises(AttributeError, lambda: a.x)
    def again(): del a.x
    raises(AttributeError, again)
    equal(A.__slots__, ("x", "y"))
    equal(type(A.x).__name__, "member_descriptor")
    equal(repr(A.x), "<member 'x' of 'A' objects>")
    is_(A.x.__objclass__, A)
    A.x.__set__(a, 5)
    equal(A.x.__get__(a), 5)
    raises(TypeError, A.x.__get__, 5, contains="descriptor 'x' for 'A' objects doesn't apply to a 'int' object")
    class B(A): pass
    b = B()
    b.x = 1
    b.free = 2
    equal(b.__dict__, {"free": 2})
    class C(A):
        __slots__ = ("z", "__dict__")
    c = C()
    c.x, c.z, c.w = 1, 2, 3
    equal((c.x, c.z, c.__dict__), (1, 2, {"w": 3}))
    class D:
        __slots__ = "single"
    D().single = 1
    class E:
        __slots__ = ["__weakref__"]
    import weakref
    e = E()
    is_(weakref.ref(e)(), e)
    raises(TypeError, weakref.ref, a, message="cannot create weak reference to 'A' object")
    class F:
        __slots__ = {"x": "doc of x"}
    equal(F.__slots__, {"x": "doc of x"})
    class G:
        __slots__ = ("__private",)
        def set(self): self.__private = 1; return self._G__private
    equal(G().set(), 1)


def test_slots_errors():
    for source, kind, message in (
        ("class A:\n __slots__ = ('x',)\n x = 1", ValueError, "'x' in __slots__ conflicts with class variable"),
        ("class A:\n __slots__ = (1,)", TypeError, "__slots__ items must be strings, not 'int'"),
        ("class A:\n __slots__ = ('a b',)", TypeError, "__slots__ must be identifiers"),
        ("class A:\n __slots__ = ('__dict__', '__dict__')", TypeError, "__dict__ slot disallowed: we already got one"),
        ("class A(int):\n __slots__ = ('x',)", TypeError, "nonempty __slots__ not supported for subtype of 'int'"),
        ("class A:\n __slots__ = ('a',)\nclass B:\n __slots__ = ('b',)\nclass C(A, B): pass",
         TypeError, "multiple bases have instance lay-out conflict"),
    ):
        raises_code(kind, source, message=message)
    class A(int):
        __slots__ = ()
    def x(): A(1).x = 1
    raises(AttributeError, x)


def test_functions_are_descriptors():
    def f(self, x): return self, x
    bound = f.__get__(5)
    equal(bound(2), (5, 2))
    is_(f.__get__(None, int), f)
    class A: pass
    A.f = f
    a = A()
    equal(a.f(1), (a, 1))
    a.g = f
    equal(a.g(1, 2), (1, 2))
    A.l = len
    equal(A.l("abc"), 3)
    equal(A().l("abc"), 3)


def test_builtin_descriptors():
    equal(str.upper("a"), "A")
    raises(TypeError, str.upper, 5, message="descriptor 'upper' for 'str' objects doesn't apply to a 'int' object")
    raises(TypeError, str.upper, message="unbound method str.upper() needs an argument")
    equal(type(str.upper).__name__, "method_descriptor")
    equal(repr(str.upper), "<method 'upper' of 'str' objects>")
    equal(type(int.__add__).__name__, "wrapper_descriptor")
    equal(repr(int.__add__), "<slot wrapper '__add__' of 'int' objects>")
    equal(type((5).__add__).__name__, "method-wrapper")
    equal((5).__add__(3), 8)
    is_((5).__add__("a"), NotImplemented)
    raises(TypeError, int.__add__, "a", 1, message="descriptor '__add__' requires a 'int' object but received a 'str'")
    equal(type(int.real).__name__, "getset_descriptor")
    equal(type(dict.__dict__["fromkeys"]).__name__, "classmethod_descriptor")
    is_([].append.__self__.__class__, list)
    equal([].append.__name__, "append")
    equal([].append.__qualname__, "list.append")
    check(repr([].append).startswith("<built-in method append of list object at 0x"))
    equal(repr(len), "<built-in function len>")
    equal(len.__module__, "builtins")
    equal(str.upper.__objclass__, str)
    raises(TypeError, (5).__add__, message="expected 1 argument, got 0")
    raises(TypeError, "".upper, 1, message="str.upper() takes no arguments (1 given)")
    raises(TypeError, [].append, message="list.append() takes exactly one argument (0 given)")
    raises(TypeError, [].append, 1, 2, message="list.append() takes exactly one argument (2 given)")
    raises(TypeError, lambda: [].append(x=1), message="list.append() takes no keyword arguments")
    raises(TypeError, len, message="len() takes exactly one argument (0 given)")
    raises(TypeError, [].insert, 1, message="insert expected 2 arguments, got 1")
    raises(TypeError, [].pop, 1, 2, message="pop expected at most 1 argument, got 2")


def test_lookup_on_type_not_instance():
    class A:
        def __len__(self): return 1
    a = A()
    a.__len__ = lambda: 99
    equal(len(a), 1)
    class B: pass
    b = B()
    b.__add__ = lambda other: 5
    raises(TypeError, lambda: b + 1)
    b.__call__ = lambda: 5
    raises(TypeError, lambda: b())
    b.__getattr__ = lambda name: 5
    raises(AttributeError, lambda: b.zz)


def test_descriptor_special_methods():
    class CallD:
        def __get__(self, obj, cls): return lambda *args: ("called", args)
    class A:
        __len__ = property(lambda self: lambda: 42)
        __getitem__ = CallD()
    equal(len(A()), 42)
    equal(A()[3], ("called", (3,)))


def test_kinds_of_builtin_descriptors():
    import re, types
    for member in (complex.real, vars(type)["__base__"], types.CodeType.co_consts, types.FunctionType.__closure__, staticmethod.__func__, re.Pattern.flags,
                   types.TracebackType.tb_frame, types.FrameType.f_trace_lines):
        equal(type(member).__name__, "member_descriptor")
    for getset in (int.real, types.FunctionType.__code__, types.FrameType.f_locals, types.CodeType.co_varnames):
        equal(type(getset).__name__, "getset_descriptor")
    raises(AttributeError, complex.real.__set__, 1j, 2, message="readonly attribute")


def test_store_that_ends_in_another_layout():
    """A store adds two attributes, or another one than its own; the next object of the kind gets only what is stored."""
    for count in range(20):
        class C:
            pass

        class Going:
            def __set__(self, it, value):
                del C.x
                it.x = value
                it.b = 1

        def store(it, value):
            it.x = value

        one, two, three = objects = C(), C(), C()
        for it in objects:
            for number in range(count):
                setattr(it, "a%d" % number, number)
        one.x = two.x = 0
        for it, expected in (one, {"x": 5, "b": 1}), (two, {"x": 5}), (three, {"x": 5}):
            if it is not two:
                C.x = Going() if it is one else 0
            store(it, 5)
            equal({name: value for name, value in vars(it).items() if name in "xb"}, expected)
            equal(hasattr(it, "b"), "b" in expected)
            it.c = 3
            equal(it.c, 3)


support.run(globals())
