"""mro() that changes __bases__ while bases are being changed, in one thread and in several."""

import sys
import threading

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import check, equal, raises


def test_mro_sets_own_bases():
    steps = []
    class Meta(type):
        def mro(cls):
            if cls.__mro__ is None and not steps:
                steps.append(1)
                cls.__bases__ += ()
            return type.mro(cls)
    class A(metaclass=Meta):
        pass
    equal(A.__mro__, (A, object))
    equal(object.__subclasses__().count(A), 1)


def test_mro_sets_bases_of_base():
    steps = []
    class Meta(type):
        def mro(cls):
            if cls.__mro__ is not None and cls.__name__ == "B" and len(steps) < 10:
                steps.append(1)
                A.__bases__ += ()
            return type.mro(cls)
    class A(metaclass=Meta):
        pass
    class B(A):
        pass
    B.__bases__ += ()
    equal(B.__mro__, (B, A, object))
    equal(A.__subclasses__(), [B])


def test_no_cycle():
    ready = []
    class Meta(type):
        def mro(cls):
            if ready:
                if cls.__name__ == "B1":
                    B2.__bases__ = (B1,)
                if cls.__name__ == "B2":
                    B1.__bases__ = (B2,)
            return type.mro(cls)
    class A(metaclass=Meta):
        pass
    class B1(A):
        pass
    class B2(A):
        pass
    ready.append(1)
    raises(TypeError, setattr, B1, "__bases__", (A,), message="a __bases__ item causes an inheritance cycle")


def test_inner_change_wins():
    ready = []
    class Meta(type):
        def mro(cls):
            if ready and cls.__name__ == "C":
                ready.clear()
                C.__bases__ = (B2,)
            return type.mro(cls)
    class A(metaclass=Meta):
        pass
    class B1(A):
        pass
    class B2(A):
        pass
    class C(A):
        pass
    ready.append(1)
    C.__bases__ = (B1,)
    B1.__bases__ = (C,)
    equal(C.__bases__, (B2,))
    equal(B2.__subclasses__(), [C])
    equal(B1.__subclasses__(), [])
    equal(C.__subclasses__(), [B1])
    equal(B1.__mro__, (B1, C, B2, A, object))


def test_error_leaves_the_old():
    class Error(Exception):
        pass
    fail = []
    class Meta(type):
        def mro(cls):
            if fail and cls.__name__ == "D":
                raise Error
            return type.mro(cls)
    class A(metaclass=Meta):
        pass
    class B(metaclass=Meta):
        pass
    class C(A):
        pass
    class D(C):
        pass
    fail.append(1)
    raises(Error, setattr, C, "__bases__", (B,))
    equal((C.__bases__, C.__mro__), ((A,), (C, A, object)))
    equal((A.__subclasses__(), B.__subclasses__()), ([C], []))


def test_threads_never_make_a_cycle():
    class A: pass
    class B: pass
    class P(A): pass
    class Q(A): pass
    def turn(one, other):
        for _ in range(300):
            for bases in ((other,), (A,), (B,), (A, B)):
                try:
                    one.__bases__ = bases
                except TypeError:
                    pass
                one.__mro__, one.__subclasses__(), issubclass(one, other)
    threads = [threading.Thread(target=turn, args=pair) for pair in ((P, Q), (Q, P))]
    for t in threads: t.start()
    for t in threads: t.join()
    check(not (issubclass(P, Q) and issubclass(Q, P)))
    for one in (P, Q):
        equal(one.__mro__[0], one)
        for base in one.__bases__:
            equal(base.__subclasses__().count(one), 1)


support.run(globals())
