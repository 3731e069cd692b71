"""Classes: bodies, instances, inheritance, the method resolution order, super, hooks."""

import sys
import warnings

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import check, equal, is_, raises, raises_code


def test_body():
    log = []
    class A:
        "doc"
        log.append("body")
        x = 1
        y = x + 1
        if y > 1:
            z = "yes"
        def f(self):
            return self.x
    equal(log, ["body"])
    equal((A.x, A.y, A.z, A.__doc__, A.__name__), (1, 2, "yes", "doc", "A"))
    equal(A.__qualname__, "test_body.<locals>.A")
    equal(A.__module__, "__main__")
    equal(A.__bases__, (object,))
    is_(type(A), type)
    a = A()
    is_(type(a), A)
    is_(a.__class__, A)
    equal(a.f(), 1)
    equal(repr(A), "<class '__main__.test_body.<locals>.A'>")
    check(repr(a).startswith("<__main__.test_body.<locals>.A object at 0x"))
    class B: pass
    is_(B.__doc__, None)
    equal(sorted(k for k in A.__dict__ if not k.startswith("_")), ["f", "x", "y", "z"])
    check("__dict__" in A.__dict__ and "__weakref__" in A.__dict__)
    raises(AttributeError, lambda: A.nothing,
           message="type object 'A' has no attribute 'nothing'")


def test_firstlineno_and_static_attributes():
    class A:
        def f(self):
            self.one = 1
            self.two, self.three = 2, 3
            self.four += 1
        def g(this):
            this.five = 5
            other.six = 6
    equal(sorted(A.__static_attributes__), ["four", "one", "three", "two"] if support.NEW else ["one", "three", "two"])
    check(isinstance(A.__firstlineno__, int))


def test_instances():
    class A:
        shared = []
        def __init__(self, v):
            self.v = v
    a, b = A(1), A(2)
    equal((a.v, b.v), (1, 2))
    a.shared.append(1)
    equal(b.shared, [1])
    a.shared = "own"
    equal((a.shared, b.shared), ("own", [1]))
    equal(a.__dict__, {"v": 1, "shared": "own"})
    del a.shared
    equal(a.shared, [1])
    a.__dict__["w"] = 3
    equal(a.w, 3)
    a.__dict__ = {"n": 1}
    equal(a.n, 1)
    raises(AttributeError, lambda: a.v, message="'A' object has no attribute 'v'")
    def bad():
        a.__dict__ = 5
    raises(TypeError, bad, message="__dict__ must be set to a dictionary, not a 'int'")
    del a.__dict__
    equal(a.__dict__, {})
    error = raises(AttributeError, lambda: a.zz)
    equal(error.name, "zz")
    is_(error.obj, a)
    for i in range(100):
        setattr(a, "attr%d" % i, i)
    equal(sum(getattr(a, "attr%d" % i) for i in range(100)), 4950)
    equal(list(a.__dict__)[:2], ["attr0", "attr1"])
    equal(vars(a) is a.__dict__, True)


def test_init():
    class A:
        def __init__(self, a, b=2, *c, d, **e):
            self.all = a, b, c, d, e
    equal(A(1, d=4).all, (1, 2, (), 4, {}))
    equal(A(1, 5, 6, d=4, z=0).all, (1, 5, (6,), 4, {"z": 0}))
    class B:
        def __init__(self):
            return 5
    raises(TypeError, B, message="__init__() should return None, not 'int'")

    def generator(self):
        yield 1
    async def coroutine(self):
        pass
    def make():
        return B()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # code of another kind, a coroutine that is never awaited
        for function in (generator, coroutine):
            B.__init__.__code__ = (lambda self: None).__code__
            for i in range(30):
                equal(type(make()), B)
            B.__init__.__code__ = function.__code__
            raises(TypeError, make, message="__init__() should return None, not '%s'" % function.__name__)
    class C:
        pass
    raises(TypeError, C, 1, message="C() takes no arguments")
    raises(TypeError, lambda: C(x=1), message="C() takes no arguments")
    raises(TypeError, object, 1, message="object() takes no arguments")
    class D:
        def __new__(cls, *args):
            self = super().__new__(cls)
            self.args = args
            return self
    equal(D(1, 2).args, (1, 2))
    class E:
        def __new__(cls):
            return 42
        def __init__(self):
            support.fail("not called")
    equal(E(), 42)
    class F(int):
        def __new__(cls, v):
            return super().__new__(cls, v * 2)
        def __init__(self, v):
            self.original = v
    equal(int(F(4)), 8)
    equal(F(4).original, 4)
    raises(TypeError, object.__new__, int, contains="object.__new__(int) is not safe, use int.__new__()")
    raises(TypeError, object.__new__, 5, message="object.__new__(X): X is not a type object (int)")
    class G:
        def __new__(cls, x):
            return object.__new__(cls, x)
    raises(TypeError, G, 1, message="object.__new__() takes exactly one argument (the type to instantiate)")
    class H(A):
        def __init__(self):
            A.__init__(self, 1, d=0)
    equal(H().all[0], 1)


def test_inheritance():
    class A:
        def f(self): return "A.f"
        def g(self): return "A.g " + self.f()
    class B(A):
        def f(self): return "B.f"
    equal(B().g(), "A.g B.f")
    check(issubclass(B, A) and not issubclass(A, B))
    check(isinstance(B(), A) and isinstance(B(), object))
    equal(A.__subclasses__(), [B])
    class L(list):
        def total(self):
            return sum(self)
    l = L([1, 2])
    l.append(3)
    equal(l.total(), 6)
    l.x = 1
    equal(l.__dict__, {"x": 1})
    is_(type(l + [1]), list)
    class S(str):
        pass
    s = S("abc")
    equal(s + "d", "abcd")
    is_(type(s.upper()), str)
    class D(dict):
        def __missing__(self, k):
            return k * 2
    equal(D()["a"], "aa")
    raises(KeyError, lambda: dict()["a"])
    equal(D().get("a"), None)
    class E(Exception):
        pass
    check(issubclass(E, BaseException))
    for base in (bool, type(None), type(...), range, slice, type(lambda: 0), memoryview):
        raises(TypeError, type, "X", (base,), {},
               message="type '%s' is not an acceptable base type" % base.__name__)
    raises_code(TypeError, "class X(int, str): pass",
                message="multiple bases have instance lay-out conflict")
    raises_code(TypeError, "class A: pass\nclass X(A, A): pass", message="duplicate base class A")


def test_mro():
    class O: pass
    class A(O): pass
    class B(O): pass
    class C(A, B): pass
    equal([c.__name__ for c in C.__mro__], ["C", "A", "B", "O", "object"])
    equal(C.mro(), list(C.__mro__))
    class D(B): pass
    class E(C, D): pass
    equal([c.__name__ for c in E.__mro__], ["E", "C", "A", "D", "B", "O", "object"])
    def conflict():
        class X(A, B): pass
        class Y(B, A): pass
        class Z(X, Y): pass
    raises(TypeError, conflict, contains="Cannot create a consistent method resolution order (MRO) for bases A, B")
    def wrong():
        class Z(object, A): pass
    raises(TypeError, wrong, contains="Cannot create a consistent method resolution order (MRO) for bases object, A")


def test_super():
    class A:
        def f(self): return ["A"]
        @classmethod
        def c(cls): return [cls.__name__]
        @staticmethod
        def s(): return "s"
        x = 1
    class B(A):
        def f(self): return ["B"] + super().f()
        @classmethod
        def c(cls): return ["B"] + super().c()
        def parts(self):
            return super().x, super().s()
    class C(A):
        def f(self): return ["C"] + super().f()
    class D(B, C):
        def f(self): return ["D"] + super().f()
        def explicit(self):
            return super(B, self).f()
        def comprehension(self):
            return [super(D, self).f() for _ in range(1)][0]
        def nested(self):
            def inner(me):
                return super().f()
            return inner(self)
    d = D()
    equal(d.f(), ["D", "B", "C", "A"])
    equal(d.explicit(), ["C", "A"])
    equal(D.c(), ["B", "D"])
    equal(d.parts(), (1, "s"))
    equal(d.comprehension(), ["B", "C", "A"])
    equal(d.nested(), ["B", "C", "A"])
    equal(super(B, D).f(d), ["C", "A"])
    s = super(B, d)
    is_(s.__thisclass__, B)
    is_(s.__self__, d)
    is_(s.__self_class__, D)
    check(repr(s).startswith("<super: <class 'B'>, <D object>>"))
    raises(AttributeError, lambda: super(D, d).missing, message="'super' object has no attribute 'missing'")
    raises(TypeError, super, D, 5,
           message="super(type, obj): obj (instance of int) is not an instance or subtype of type (D).")
    def no_arguments():
        super()
    raises(RuntimeError, no_arguments, message="super(): no arguments")
    def no_cell(self):
        super()
    raises(RuntimeError, no_cell, 1, message="super(): __class__ cell not found")
    class P:
        def f(self):
            del self
            super()
    raises(RuntimeError, P().f, message="super(): arg[0] deleted")
    class Setter(A):
        def g(self):
            super().y = 5
    raises(AttributeError, Setter().g)
    unbound = super(B)
    is_(unbound.__self__, None)
    equal(unbound.__get__(d, D).f(), ["C", "A"])


def test_init_subclass():
    log = []
    class Base:
        def __init_subclass__(cls, /, tag=None, **kw):
            super().__init_subclass__(**kw)
            cls.tag = tag
            log.append(cls.__name__)
    class A(Base, tag="a"):
        pass
    class B(A):
        pass
    equal(log, ["A", "B"])
    equal((A.tag, B.tag), ("a", None))
    raises(TypeError, lambda: type("C", (Base,), {}, wrong=1),
           contains=".__init_subclass__() takes no keyword arguments")
    def plain():
        class D(x=1):
            pass
    raises(TypeError, plain, message="test_init_subclass.<locals>.plain.<locals>.D.__init_subclass__() takes no keyword arguments")


def test_set_name():
    log = []
    class Descriptor:
        def __set_name__(self, owner, name):
            log.append((owner.__name__, name))
            self.name = name
    class A:
        x = Descriptor()
        y = Descriptor()
    equal(log, [("A", "x"), ("A", "y")])
    A.z = Descriptor()
    equal(len(log), 2)
    class Bad:
        def __set_name__(self, owner, name):
            raise KeyError("boom")
    def make():
        class B:
            v = Bad()
    error = raises(KeyError, make)
    equal(error.__notes__, ["Error calling __set_name__ on 'Bad' instance 'v' in 'B'"])


def test_class_getitem():
    class A:
        def __class_getitem__(cls, key):
            return cls.__name__, key
    equal(A[int], ("A", int))
    equal(A[1, 2], ("A", (1, 2)))
    class B:
        pass
    raises(TypeError, lambda: B[int], message="type 'B' is not subscriptable")
    raises(TypeError, lambda: B()[1], message="'B' object is not subscriptable")


def test_mro_entries():
    class Fake:
        def __init__(self, base):
            self.base = base
        def __mro_entries__(self, bases):
            return (self.base,)
    class R: pass
    fake = Fake(R)
    class A(fake):
        pass
    equal(A.__bases__, (R,))
    equal(A.__orig_bases__, (fake,))
    class G(list[int]):
        pass
    equal(G.__bases__, (list,))
    equal(G.__orig_bases__, (list[int],))
    raises(TypeError, type, "X", (fake,), {},
           contains="type() doesn't support MRO entry resolution; use types.new_class()")


def test_type_call():
    A = type("A", (), {"x": 1, "f": lambda self: self.x})
    equal(A().f(), 1)
    is_(type(5), int)
    raises(TypeError, type, message="type() takes 1 or 3 arguments")
    raises(TypeError, type, 1, 2, message="type() takes 1 or 3 arguments")
    raises(TypeError, type, 1, (), {}, message="type.__new__() argument 1 must be str, not int")
    raises(TypeError, type, "A", [], {}, message="type.__new__() argument 2 must be tuple, not list")
    raises(TypeError, type, "A", (), 5, message="type.__new__() argument 3 must be dict, not int")
    raises(ValueError, type, "A\0", (), {}, message="type name must not contain null characters")
    ns = {"x": 1}
    B = type("B", (), ns)
    ns["y"] = 2
    check(not hasattr(B, "y"))
    equal(B.__qualname__, "B")
    equal(type("C", (), {"__qualname__": "q.C"}).__qualname__, "q.C")
    raises(TypeError, type, "D", (), {"__qualname__": 5},
           message="type __qualname__ must be a str, not int")


def test_type_attributes():
    class A: pass
    A.__name__ = "B"
    equal(A.__name__, "B")
    def name(value):
        A.__name__ = value
    raises(TypeError, name, 5, message="can only assign string to B.__name__, not 'int'")
    A.__qualname__ = "X.Y"
    equal(repr(A), "<class '__main__.X.Y'>")
    A.__module__ = "m"
    equal(repr(A), "<class 'm.X.Y'>")
    A.__doc__ = "new doc"
    equal(A.__doc__, "new doc")
    def on_int():
        int.x = 1
    raises(TypeError, on_int, message="cannot set 'x' attribute of immutable type 'int'")
    def del_int():
        del int.real
    raises(TypeError, del_int, message="cannot set 'real' attribute of immutable type 'int'")
    class C: pass
    class D(C): pass
    class E:
        v = "E"
    class F: pass
    class G(F): pass
    G.__bases__ = (E,)
    equal(G().v, "E")
    equal(F.__subclasses__(), [])
    def bad():
        G.__bases__ = ()
    raises(TypeError, bad, message="can only assign non-empty tuple to G.__bases__, not ()")
    def cyclic():
        C.__bases__ = (D,)
    raises(TypeError, cyclic, message="a __bases__ item causes an inheritance cycle")
    equal(int.__base__, object)
    is_(object.__base__, None)
    is_(bool.__base__, int)
    equal(A.__basicsize__ > 0, True)
    equal(int.__itemsize__ >= 0, True)
    check(type.__dict__["__mro__"])


def test_class_assignment():
    class A:
        def f(self): return "A"
    class B:
        def f(self): return "B"
    a = A()
    a.x = 1
    a.__class__ = B
    equal((a.f(), a.x), ("B", 1))
    def to_int():
        a.__class__ = int
    raises(TypeError, to_int, contains="__class__ assignment only supported for mutable types or ModuleType subclasses")
    def to_value():
        a.__class__ = 5
    raises(TypeError, to_value, message="__class__ must be set to a class, not 'int' object")
    class S:
        __slots__ = ("x",)
    def to_slots():
        a.__class__ = S
    raises(TypeError, to_slots, contains="__class__ assignment: 'S' object layout differs from 'B'")


def test_methods_changed_at_run_time():
    class A:
        def f(self): return 1
    class B(A):
        pass
    b = B()
    def call():
        return b.f()
    equal([call() for _ in range(20)], [1] * 20)
    A.f = lambda self: 2
    equal(call(), 2)
    B.f = lambda self: 3
    equal(call(), 3)
    b.f = lambda: 4
    equal(call(), 4)
    del b.f
    equal(call(), 3)
    del B.f
    equal(call(), 2)
    B.__bases__ = (type("C", (), {"f": lambda self: 5}),)
    equal(call(), 5)
    class D:
        pass
    def add(x, y):
        return x + y
    for _ in range(10):
        raises(TypeError, add, D(), 1)
    D.__add__ = lambda self, other: "added"
    equal(add(D(), 1), "added")
    del D.__add__
    raises(TypeError, add, D(), 1)


def test_getattr_hooks():
    log = []
    class A:
        x = 1
        def __getattr__(self, name):
            log.append(name)
            if name == "missing":
                raise AttributeError("custom")
            return name * 2
    a = A()
    equal(a.x, 1)
    equal(a.yy, "yyyy")
    equal(log, ["yy"])
    raises(AttributeError, lambda: a.missing, message="custom")
    check(not hasattr(a, "missing"))
    equal(getattr(a, "missing", 5), 5)
    class B:
        def __getattribute__(self, name):
            if name == "secret":
                raise AttributeError(name)
            return object.__getattribute__(self, name)
        def __getattr__(self, name):
            return "fallback " + name
        v = 7
    equal((B().v, B().secret), (7, "fallback secret"))
    class C:
        def __setattr__(self, name, value):
            object.__setattr__(self, name, value * 2)
        def __delattr__(self, name):
            object.__setattr__(self, name, "deleted")
    c = C()
    c.x = 2
    equal(c.x, 4)
    del c.x
    equal(c.x, "deleted")
    class D:
        def __dir__(self):
            return ["b", "a"]
    equal(dir(D()), ["a", "b"])
    class E:
        @property
        def p(self):
            raise AttributeError("in property")
        def __getattr__(self, name):
            return "got " + name
    equal(E().p, "got p")
    raises(TypeError, getattr, a, 5, message="attribute name must be string, not 'int'")
    raises(TypeError, setattr, a, 5, 1, message="attribute name must be string, not 'int'")
    raises(AttributeError, setattr, 5, "x", 1, message="'int' object has no attribute 'x' and no __dict__ for setting new attributes")
    raises(AttributeError, setattr, 5, "real", 1, message="attribute 'real' of 'int' objects is not writable")
    raises(AttributeError, delattr, object(), "x", contains="'object' object has no attribute 'x'")


def test_finalizer():
    log = []
    class A:
        def __init__(self, n): self.n = n
        def __del__(self): log.append(self.n)
    a = A(1)
    del a
    equal(log, [1])
    a = A(2)
    a = A(3)
    equal(log, [1, 2])
    def f():
        b = A(4)
        return 5
    f()
    equal(log, [1, 2, 4])
    [A(5)]
    equal(log[-1], 5)
    kept = []
    class Risen:
        def __del__(self):
            log.append("risen")
            kept.append(self)
    r = Risen()
    del r
    equal(len(kept), 1)
    kept.clear()
    equal(log.count("risen"), 1)
    items = [A(10), A(11)]
    del items[0]
    equal(log[-1], 10)
    items.clear()
    equal(log[-1], 11)
    d = {"k": A(12)}
    d["k"] = None
    equal(log[-1], 12)


def test_instancecheck():
    class M(type):
        def __instancecheck__(cls, obj):
            return obj == 5
        def __subclasscheck__(cls, sub):
            return sub is int
    class A(metaclass=M):
        pass
    check(isinstance(5, A) and not isinstance(6, A))
    check(isinstance(A(), A))
    check(issubclass(int, A) and not issubclass(str, A))
    check(isinstance(5, (str, A)))
    check(isinstance(5, int | str))
    raises(TypeError, isinstance, 5, 5,
           message="isinstance() arg 2 must be a type, a tuple of types, or a union")
    raises(TypeError, issubclass, 5, int, message="issubclass() arg 1 must be a class")
    raises(TypeError, issubclass, int, 5,
           message="issubclass() arg 2 must be a class, a tuple of classes, or a union")
    raises(TypeError, isinstance, 5, list[int],
           message="isinstance() argument 2 cannot be a parameterized generic")
    class Proxy:
        @property
        def __class__(self):
            return int
    check(isinstance(Proxy(), int))
    is_(type(Proxy()), Proxy)


def test_layouts():
    class L(list):
        pass
    raises(TypeError, setattr, L, "__bases__", (dict,))
    class Slots:
        __slots__ = ("a", "b")
    class Same:
        __slots__ = ("b", "a")
    class Weak(Slots):
        __slots__ = ("__weakref__",)
    class DeepA(Slots):
        __slots__ = ("c",)
    class DeepB(Same):
        __slots__ = ("c",)
    x = Slots()
    x.a = 1
    x.__class__ = Same
    equal(x.a, 1)
    raises(TypeError, setattr, x, "__class__", Weak)
    raises(TypeError, setattr, DeepA(), "__class__", DeepB)


def test_dict_of_native_instances():
    import ast, io
    for x in (io.BytesIO(), io.StringIO(), io.RawIOBase(), ast.AST()):
        equal(x.__dict__, {})
        x.attribute = 1
        equal(x.__dict__, {"attribute": 1})


def test_methods_that_cannot_be_had():
    def fail(self):
        raise AttributeError("booh")
    class E:
        __eq__ = property(fail)
        __lt__ = property(fail)
    check((E() == E()) is False)
    raises(TypeError, lambda: E() < E())


def test_attribute_errors_know_their_object():
    class A:
        def __getattr__(self, name):
            raise AttributeError()
        @property
        def broken(self):
            raise AttributeError("inside")
    a = A()
    for read in (lambda: a.missing, lambda: getattr(a, "missing")):
        try:
            read()
        except AttributeError as error:
            equal(error.name, "missing")
            is_(error.obj, a)


def test_generic_leaves_construction_alone():
    import pickle
    from typing import Generic, TypeVar
    T = TypeVar("T")
    class A(Generic[T]):
        pass
    class B:
        def __new__(cls, arg):
            made = super().__new__(cls)
            made.arg = arg
            return made
    class C(A, B):
        pass
    equal(C("x").arg, "x")
    check("__new__" not in Generic.__dict__)
    equal(A().__reduce_ex__(1)[1][1], object)


def test_static_attributes():
    class A:
        def f(self):
            self.z = self.a = self.m = 1
    equal(A.__static_attributes__, ("a", "m", "z"))


def test_class_assigned_to_a_smaller_object():
    class Roomy:
        pass
    class Small:
        def __init__(self):
            self.only = []
    class Dying:
        def __del__(self):
            self.__class__ = Roomy
    for _ in range(100):
        x = Small()
        x.__class__ = Roomy
        x.a, x.b, x.c = 1, 2, 3
        equal(vars(x), {"only": [], "a": 1, "b": 2, "c": 3})
        del x
        Dying()

support.run(globals())
