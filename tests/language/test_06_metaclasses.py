"""Metaclasses: creation, preparation, calls, conflicts, attributes."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import check, equal, is_, raises


def test_order():
    log = []
    class M(type):
        @classmethod
        def __prepare__(mcls, name, bases, **kw):
            log.append(("prepare", name, kw))
            return {"prepared": True}
        def __new__(mcls, name, bases, ns, **kw):
            log.append(("new", name, kw))
            return super().__new__(mcls, name, bases, ns)
        def __init__(cls, name, bases, ns, **kw):
            log.append(("init", name, kw))
            super().__init__(name, bases, ns)
        def __call__(cls, *args):
            log.append(("call", args))
            return super().__call__(*args)
    class A(metaclass=M, k=1):
        log.append("body")
        def __init__(self, x): self.x = x
    equal(log, [("prepare", "A", {"k": 1}), "body", ("new", "A", {"k": 1}), ("init", "A", {"k": 1})])
    check(A.prepared)
    is_(type(A), M)
    log.clear()
    equal(A(3).x, 3)
    equal(log, [("call", (3,))])
    log.clear()
    class B(A):
        pass
    equal([entry[0] for entry in log], ["prepare", "new", "init"])
    is_(type(B), M)


def test_inheritance_and_conflict():
    class M1(type): pass
    class M2(type): pass
    class M3(M1, M2): pass
    class A(metaclass=M1): pass
    class B(metaclass=M2): pass
    def conflict():
        class C(A, B): pass
    raises(TypeError, conflict, message="metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of all its bases")
    class C(A, B, metaclass=M3): pass
    is_(type(C), M3)
    class D(C): pass
    is_(type(D), M3)


def test_callable_metaclass():
    def make(name, bases, ns, **kw):
        return name, bases, sorted(k for k in ns if not k.startswith("__")), kw
    class A(int, metaclass=make, z=1):
        x = 1
    equal(A, ("A", (int,), ["x"], {"z": 1}))


def test_prepare_mapping():
    class Recorder(dict):
        def __init__(self):
            super().__init__()
            self.names = []
        def __setitem__(self, key, value):
            self.names.append(key)
            super().__setitem__(key, value)
        def __missing__(self, key):
            if key.startswith("auto_"):
                return key[5:]
            raise KeyError(key)
    class M(type):
        @classmethod
        def __prepare__(mcls, name, bases):
            return Recorder()
        def __new__(mcls, name, bases, ns):
            cls = super().__new__(mcls, name, bases, dict(ns))
            cls.order = [n for n in ns.names if not n.startswith("__")]
            return cls
    class A(metaclass=M):
        b = 1
        a = auto_word
        b = 2
        def f(self): pass
    equal(A.order, ["b", "a", "b", "f"])
    equal(A.a, "word")
    class Bad(type):
        @classmethod
        def __prepare__(mcls, name, bases):
            return 5
    def use():
        class B(metaclass=Bad): pass
    raises(TypeError, use, message="Bad.__prepare__() must return a mapping, not int")


def test_attributes_on_metaclass():
    class M(type):
        x = "meta"
        y = "meta y"
        @property
        def p(cls): return cls.__name__
        def method(cls): return cls
        def __getattr__(cls, name): return "missing " + name
        def __len__(cls): return 7
        def __getitem__(cls, key): return key
        def __iter__(cls): return iter("abc")
        def __contains__(cls, x): return x == 1
        def __add__(cls, other): return "sum"
        def __eq__(cls, other): return cls is other
        def __hash__(cls): return 3
        def __repr__(cls): return "<M " + cls.__name__ + ">"
        def __bool__(cls): return False
    class A(metaclass=M):
        y = "class y"
    equal((A.x, A.y, A.p, A.zzz), ("meta", "class y", "A", "missing zzz"))
    is_(A.method(), A)
    equal((len(A), A[3], list(A), 1 in A, A + 1, repr(A), bool(A)), (7, 3, ["a", "b", "c"], True, "sum", "<M A>", False))
    raises(AttributeError, lambda: A().x)
    equal(hash(A), 3)
    def assign():
        A.p = 1
    raises(AttributeError, assign, contains="property 'p' of 'test_attributes_on_metaclass.<locals>.M' object has no setter")


def test_singleton_and_registry():
    class Registry(type):
        known = {}
        def __init__(cls, name, bases, ns):
            super().__init__(name, bases, ns)
            cls.known[name] = cls
    class Base(metaclass=Registry): pass
    class One(Base): pass
    equal(sorted(Registry.known), ["Base", "One"])
    class Single(type):
        def __call__(cls):
            if "instance" not in cls.__dict__:
                cls.instance = super().__call__()
            return cls.instance
    class S(metaclass=Single): pass
    is_(S(), S())


def test_custom_mro():
    class M(type):
        def mro(cls):
            return [cls, Extra, object]
    class Extra:
        v = "extra"
    class A(metaclass=M): pass
    equal(A.v, "extra")
    equal(A.__mro__, (A, Extra, object))


def test_classcell():
    class M(type):
        def __new__(mcls, name, bases, ns):
            ns.pop("__classcell__", None)
            return super().__new__(mcls, name, bases, ns)
    def use():
        class A(metaclass=M):
            def f(self): return __class__
    raises(RuntimeError, use, contains="__class__ not set defining 'A' as <class")


def test_metaclass_of_metaclass():
    class MM(type): pass
    class M(type, metaclass=MM): pass
    class A(metaclass=M): pass
    is_(type(type(A)), MM)
    check(isinstance(A, M) and isinstance(M, MM))


def test_abstract():
    import abc
    class A(abc.ABC):
        @abc.abstractmethod
        def f(self): pass
        @property
        @abc.abstractmethod
        def p(self): pass
    raises(TypeError, A, message="Can't instantiate abstract class A without an implementation for abstract methods 'f', 'p'")
    class B(A):
        def f(self): return 1
    raises(TypeError, B, message="Can't instantiate abstract class B without an implementation for abstract method 'p'")
    class C(B):
        p = 2
    equal(C().f(), 1)
    class V: pass
    A.register(V)
    check(issubclass(V, A) and isinstance(V(), A))


def test_class_outside_its_own_mro():
    class B:
        pass
    class M(type):
        def mro(cls):
            return (B, object)
    raises(TypeError, M, "A", (), {},
           message="super(type, obj): obj (type A) is not an instance or subtype of type (A).")


def test_class_cell_is_there_for_mro():
    class Meta(type):
        def mro(cls):
            seen.append(cls.__dict__["f"]())
            return super().mro()
    seen = []
    class A(metaclass=Meta):
        def f():
            return __class__
    equal(seen, [A])

support.run(globals())
