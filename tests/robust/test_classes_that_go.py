"""Methods that give the object they are called on another class; nothing then keeps the one that had them."""

import copy
import gc
import operator
import sys
import weakref

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

from support import check, equal, raises, run


class Plain:
    pass


def leaving(base=Plain, **results):
    """An object of a class of its own, whose methods leave it and give these results; and a reference to the class."""
    def make(name, result):
        def method(self, *args):
            object.__setattr__(self, "__class__", type("After", (base,), {}))
            gc.collect()
            for number in range(20):
                type("Filler%d" % number, (base,), {})
            if isinstance(result, BaseException):
                raise result
            return result
        return method
    class_ = type("Before", (base,), {name: make(name, result) for name, result in results.items()})
    return class_(), weakref.ref(class_)


def outcome(operation, **results):
    subject, class_ = leaving(**results)
    result = operation(subject)
    equal(type(subject).__name__, "After")
    gc.collect()
    check(class_() is None)
    return result


def refused(message, operation, kind=TypeError, **results):
    raises(kind, lambda: outcome(operation, **results), contains=message)


def test_operators():
    for name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "lshift", "rshift", "and", "or", "xor", "matmul"):
        apply = getattr(operator, name if name not in ("and", "or") else name + "_")
        inplace = getattr(operator, "i" + name)
        plain, reflected, changing = "__%s__" % name, "__r%s__" % name, "__i%s__" % name
        equal(outcome(lambda x: apply(x, 1), **{plain: 5}), 5)
        equal(outcome(lambda x: apply(1, x), **{reflected: 6}), 6)
        equal(outcome(lambda x: inplace(x, 1), **{changing: 7}), 7)
        refused("'After' and 'int'", lambda x: apply(x, 1), **{plain: NotImplemented})
        refused("'int' and 'After'", lambda x: apply(1, x), **{reflected: NotImplemented})
        refused("'After' and 'int'", lambda x: inplace(x, 1), **{changing: NotImplemented})
        refused("'After' and 'After'", lambda x: apply(x, x), **{plain: NotImplemented})
    equal(outcome(lambda x: pow(x, 2, 3), __pow__=9), 9)
    equal(outcome(lambda x: divmod(1, x), __rdivmod__=(1, 2)), (1, 2))
    for name, value in (("neg", 1), ("pos", 2), ("abs", 3), ("invert", 4), ("index", 5)):
        equal(outcome(getattr(operator, name), **{"__%s__" % name: value}), value)


def test_comparisons():
    for name in ("lt", "le", "gt", "ge"):
        apply = getattr(operator, name)
        refused("not supported between instances of 'After' and 'int'", lambda x: apply(x, 1),
                **{"__%s__" % name: NotImplemented})
        refused("not supported between instances of 'After' and 'After'", lambda x: apply(x, x),
                **{"__%s__" % name: NotImplemented})
    equal(outcome(lambda x: x == x, __eq__=NotImplemented), True)
    equal(outcome(lambda x: x == 1, __eq__=NotImplemented), False)
    equal(outcome(lambda x: x != 1, __ne__=NotImplemented), True)
    equal(outcome(lambda x: x in [1, x, 3], __eq__=NotImplemented), True)
    # Both operands; and a class derived from the other's, which is asked first.
    left, right = leaving(__lt__=NotImplemented)[0], leaving(__gt__=NotImplemented)[0]
    raises(TypeError, lambda: left < right, contains="instances of 'After' and 'After'")
    refused("instances of 'Plain' and 'After'", lambda x: Plain() < x, __gt__=NotImplemented)
    refused("'<' not supported", lambda x: sorted([x, 1, 2]), __gt__=NotImplemented)
    refused("'>' not supported", lambda x: max(1, x, 2), __gt__=NotImplemented)


def test_conversions():
    equal(outcome(lambda x: "%s %r" % (x, 1), __str__="s"), "s 1")
    equal(outcome(lambda x: f"{x:>3}", __format__="f"), "f")
    equal(outcome(lambda x: [1, 2, 3][x], __index__=1), 2)
    for convert, name, result in (
            (repr, "__repr__", "r"), (str, "__str__", "s"), (bytes, "__bytes__", b"b"), (hash, "__hash__", 5), (bool, "__bool__", False),
            (int, "__int__", 3), (float, "__float__", 2.5), (complex, "__complex__", 1j), (operator.index, "__index__", 2), (len, "__len__", 2)):
        equal(outcome(convert, **{name: result}), result)
        refused("", convert, **{name: []})


def test_containers():
    equal(outcome(operator.length_hint, __length_hint__=2), 2)
    equal(outcome(lambda x: list(reversed(x)), __reversed__=iter([1])), [1])
    equal(outcome(lambda x: x[1], __getitem__=3), 3)
    equal(outcome(lambda x: 1 in x, __contains__=True), True)
    equal(outcome(list, __iter__=iter([1, 2])), [1, 2])
    equal(outcome(list, __getitem__=IndexError()), [])
    equal(outcome(lambda x: 1 in x, __getitem__=IndexError()), False)
    refused("'After' object is not an iterator", lambda x: [next(x), next(x)], __next__=1)
    refused("not subscriptable", lambda x: [x[0], x[0]], __getitem__=1)


def test_attributes():
    equal(outcome(lambda x: x.name, __getattr__=1), 1)
    equal(outcome(lambda x: x.name, __getattribute__=2), 2)
    outcome(lambda x: setattr(x, "name", 1), __setattr__=None)
    outcome(lambda x: delattr(x, "name"), __delattr__=None)
    equal(outcome(dir, __dir__=["b", "a"]), ["a", "b"])
    equal(outcome(lambda x: x(), __call__=3), 3)
    refused("name", lambda x: x.name, kind=AttributeError, __getattr__=AttributeError("name"))


def test_descriptors():
    def holder(x):
        return type("Holder", (), {"of": x})
    equal(outcome(lambda x: holder(x)().of, __get__=4), 4)
    equal(outcome(lambda x: holder(x).of, __get__=5), 5)
    outcome(lambda x: setattr(holder(x)(), "of", 1), __set__=None)
    outcome(lambda x: delattr(holder(x)(), "of"), __delete__=None)
    # The class that __get__ is told of goes meanwhile.

    class Descriptor:
        def __get__(self, instance, owner):
            instance.__class__ = Plain
            gc.collect()
            return owner.__name__
    instance = holder(Descriptor())()
    equal(instance.of, "Holder")
    instance = type("Child", (holder(Descriptor()),), {})()
    equal(getattr(instance, "of"), "Child")
    equal(type(instance), Plain)


def test_copies():
    equal(outcome(copy.copy, __copy__=1), 1)
    equal(outcome(copy.deepcopy, __deepcopy__=1), 1)
    equal(outcome(sys.getsizeof, __sizeof__=80) >= 80, True)


def test_statements():
    def match(x):
        match x:
            case [1, 2]:
                return "sequence"
            case Plain(a=1):
                return "plain"

    def unpack(x):
        first, *rest = x
        return first, rest

    def drive(coroutine):
        try:
            coroutine.send(None)
        except StopIteration as end:
            return end.value

    async def wait(x):
        return await x

    async def steps(x):
        async for value in x:
            return value
    equal(outcome(unpack, __iter__=iter("abc")), ("a", ["b", "c"]))
    equal(outcome(lambda x: [*x], __iter__=iter("ab")), ["a", "b"])
    equal(outcome(match, __getattr__=1), "plain")
    equal(outcome(lambda x: drive(wait(x)), __await__=iter([])), None)
    refused("that does not implement __anext__: Plain", lambda x: drive(steps(x)), __aiter__=Plain())


def test_frozen_instances():
    subject = Plain()
    gc.freeze()
    try:
        subject.__class__ = type("After", (Plain,), {"name": "after"})
        gc.collect()
        for number in range(50):
            type("Filler%d" % number, (Plain,), {"name": "filler"})
        equal(subject.name, "after")
    finally:
        gc.unfreeze()


def test_classes_of_classes():
    equal(outcome(lambda x: isinstance(1, x), __instancecheck__=True), True)
    equal(outcome(lambda x: issubclass(int, x), __subclasscheck__=False), False)
    after = type("AfterMeta", (type,), {})

    def leave(cls):
        cls.__class__ = after
        gc.collect()
        return cls.__name__
    class_ = type("Meta", (type,), {"__call__": leave, "property": property(leave)})("Class", (), {})
    equal(class_(), "Class")
    equal(type(class_), after)
    class_ = type("Meta", (type,), {"property": property(leave)})("Class", (), {})
    equal(class_.property, "Class")
    equal(type(class_), after)


run(globals())
