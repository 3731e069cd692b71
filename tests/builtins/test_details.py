"""Orders of checks, wordings and odd results of builtin types, as ./x audit found them to matter."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import operator
import support
from support import check, equal, is_, raises


class Hostile:
    def __index__(self):
        raise ZeroDivisionError
    __iter__ = __len__ = __index__


class Huge:
    def __len__(self):
        return 2**62 + 1


class MyStr(str):
    pass


class MyInt(int):
    pass


def test_lengths():
    equal(len(Huge()), 2**62 + 1)
    equal(len(range(sys.maxsize)), sys.maxsize)
    import bisect
    equal(bisect.bisect_left(range(sys.maxsize - 1), sys.maxsize - 3), sys.maxsize - 3)
    raises(OverflowError, len, range(2**70), message="Python int too large to convert to C ssize_t")


def test_argument_counts():
    raises(TypeError, sorted, message="sorted expected 1 argument, got 0")
    raises(TypeError, sorted, [], 1, message="sorted expected 1 argument, got 2")
    raises(TypeError, lambda: sorted([], foo=1), message=("sort() got an unexpected keyword argument 'foo'",))
    raises(TypeError, __build_class__, message="__build_class__: not enough arguments")
    raises(TypeError, int.__pow__, 1, message=" expected at least 1 argument, got 0")
    raises(TypeError, [].__imul__, message=" expected 1 argument, got 0")
    raises(TypeError, [].__len__, 1, message="expected 0 arguments, got 1")
    raises(TypeError, {}.__setitem__, 1, message=" expected 2 arguments, got 1")
    raises(TypeError, memoryview, b"", b"", message="memoryview() takes at most 1 argument (2 given)")
    raises(TypeError, super, 1, 2, 3, message="super() expected at most 2 arguments, got 3")
    raises(TypeError, SyntaxError, "m", (1,), message="function takes at least 4 arguments (1 given)")
    raises(TypeError, ExceptionGroup, 1, [], message="BaseExceptionGroup.__new__() argument 1 must be str, not int")
    raises(TypeError, (1).__format__, 1, message="__format__() argument must be str, not int")
    raises(TypeError, float.fromhex, 1.5, message="bad argument type for built-in operation")
    raises(TypeError, lambda: type("a", x=1), message="type() takes no keyword arguments")


def test_type_names():
    import collections, types
    raises(TypeError, lambda: collections.deque() @ 1, message="unsupported operand type(s) for @: 'collections.deque' and 'int'")
    raises(TypeError, lambda: types.SimpleNamespace() @ 1, message="unsupported operand type(s) for @: 'types.SimpleNamespace' and 'int'")
    raises(TypeError, lambda: [][list[int]], message="list indices must be integers or slices, not types.GenericAlias")
    import binascii
    equal(repr(binascii.Error(1)), "Error(1)")
    equal(type.__module__, "builtins")
    equal(repr(list[type]), "list[type]")
    equal(repr(int | type), "int | type")
    raises(TypeError, object.__new__, type("L", (list,), {}), message="object.__new__(L) is not safe, use L.__new__()")
    raises(UnicodeEncodeError, type, "\udc80", (), {})
    raises(UnicodeEncodeError, type, "T", (), {"__doc__": "\udc80"})
    raises(TypeError, int.__setattr__, int, "a", 1, message="can't apply this __setattr__ to type object")
    raises(TypeError, type.__setattr__, int, 5, 1, message="cannot set 5 attribute of immutable type 'int'")


def test_orders():
    raises(TypeError, b"abc".find, "x", "y", message="slice indices must be integers or None or have an __index__ method")
    raises(TypeError, b"abc".replace, 1, b"", "x", message="a bytes-like object is required, not 'int'")
    raises(TypeError, b"abc".hex, 5, "x", message="'str' object cannot be interpreted as an integer")
    raises(OverflowError, b"abc".hex, ":", 2**40, message="Python int too large to convert to C int")
    raises(TypeError, operator.contains, bytearray(), Hostile(), message="a bytes-like object is required, not 'Hostile'")
    array = bytearray(b"abc")
    raises(TypeError, array.__init__, 1.5)
    equal(array, bytearray())
    array = bytearray(b"abc")
    raises(TypeError, array.__init__, "a", 5)
    equal(array, bytearray(b"abc"))
    raises(TypeError, operator.setitem, array, slice("a"), "b", message="slice indices must be integers or None or have an __index__ method")
    raises(ValueError, "x".encode, "utf-8\0", message="embedded null character")
    equal(b"".decode("no such codec"), "")


def test_deletion():
    class C:
        pass
    raises(TypeError, operator.delitem, (1,), 0, message="'tuple' object doesn't support item deletion")
    raises(TypeError, operator.delitem, (1,), "a", message="'tuple' object does not support item deletion")
    raises(TypeError, operator.delitem, 5, 0, message="'int' object does not support item deletion")
    raises(TypeError, operator.delitem, C(), 0, message="'C' object doesn't support item deletion")
    raises(IndexError, operator.delitem, "a", 2**70, message="cannot fit 'int' into an index-sized integer")


def test_results():
    class MyBytes(bytes):
        pass
    text, data = MyStr("abc"), MyBytes(b"abc")
    is_(text.partition("x")[0], text)
    is_(text.rpartition("x")[2], text)
    is_(data.partition(b"x")[0], data)
    equal(type(iter(text)).__name__, "str_iterator")
    equal({1, 2}.intersection(range(2**70)), {1, 2})
    raises(TypeError, operator.imul, MyInt(2), "ab", message="unsupported operand type(s) for *=: 'MyInt' and 'str'")
    equal(operator.imul(2, "ab"), "abab")
    raises(TypeError, operator.concat, range(0), (), message="'range' object can't be concatenated")
    raises(TypeError, "".join, 5, message="can only join an iterable")
    raises(TypeError, operator.countOf, 5, 1, message="argument of type 'int' is not iterable")
    raises(IndexError, operator.setitem, "a", 2**70, 1, message="cannot fit 'int' into an index-sized integer")
    import itertools
    raises(ValueError, itertools.islice, "a", "b", message="Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.")
    import math
    equal(math.sumprod((-5, -5, 10), (1.5, 4611686018427387904, 2305843009213693952)), 0.0)


def test_buffers_of_classes():
    log = []

    class Lender(bytearray):
        def __buffer__(self, flags):
            return super().__buffer__(flags)

        def __release_buffer__(self, view):
            log.append(view.tobytes())
            raises(ValueError, memoryview, view, message="cannot create new view on restricted memoryview")
            super().__release_buffer__(view)

    lender = Lender(b"hello")
    with memoryview(lender) as view:
        equal(view.tobytes(), b"hello")
        raises(BufferError, lender.clear)
    equal(log, [b"hello"])
    lender.clear()
    raises(TypeError, b"".__buffer__, "a", message="'str' object cannot be interpreted as an integer")
    raises(TypeError, bytearray().__release_buffer__, 1, message="expected a memoryview object")
    raises(ValueError, bytearray().__release_buffer__, memoryview(b""), message="memoryview's buffer is not this object")
    view = memoryview(bytearray(b"xyz"))

    class Releaser:
        def __index__(self):
            view.release()
            return 2
    equal(view[:Releaser()].tobytes(), b"xy")


def test_symmetric_difference_of_odd_elements():
    class Odd:
        def __init__(self, n):
            self.n = n

        def __hash__(self):
            return self.n & 1

        def __eq__(self, other):
            return False
    for n in range(30):
        left = {Odd(i) for i in range(n)}
        right = {Odd(i) for i in range(10)}
        left ^= right
        equal(len(left), n + 10)


def test_structures():
    import time
    raises(TypeError, time.struct_time, "123456789", {"tm_year": 0}, message="time.struct_time() got duplicate or unexpected field name(s)")
    raises(TypeError, time.struct_time, "123456789", None, message="time.struct_time() takes a dict as second arg, if any")
    import os
    equal(len(os.stat_result.__match_args__), 7)


def test_format_returns_the_text_itself():
    text = "".join(["ab", "cde"])
    for result in ["%s" % text, "%.5s" % text, "%5s" % text, text % (), "{}".format(text), "{0:.9s}".format(text),
                   "{:5}".format(text), text.format()]:
        is_(result, text)
    equal("%.3s%s" % (text, "xy"), "abcxy")
    equal("{:{}}{}".format("a", "2", "b"), "a b")
    equal("{:.3}{}".format(text, "xy"), "abcxy")


def test_keyword_that_equals_another():
    class Sly(str):
        def __eq__(self, other):
            return True

        def __hash__(self):
            return str.__hash__(self) ^ 3
    raises(TypeError, lambda: print(0, **{Sly("foo"): ","}), message="invalid keyword argument for print()")
    raises(TypeError, lambda: round(1.75, **{Sly("foo"): 1}), message="invalid keyword argument for round()")


def test_bytearray_grows_while_it_is_filled():
    array = bytearray()

    def items():
        for i in range(5):
            yield i
            equal(list(array), list(range(i + 1)))
    array.__init__(items())
    equal(array, bytearray(range(5)))
    raises(ValueError, array.__init__, iter([1, 2, 256]))
    equal(array, bytearray(b"\1\2"))


def test_deque_whose_class_makes_something_else():
    from collections import deque

    class Strange(deque):
        pass
    strange = Strange()
    Strange.__new__ = lambda cls, *args, **kw: [42]
    for call in [lambda: strange * 42, lambda: strange + deque([1]), strange.copy]:
        raises(TypeError, call, message="Strange() must return a deque, not list")


def test_too_many_digits():
    limit = sys.get_int_max_str_digits()
    text = "7" * (limit + 1)
    for given in [text, "-" + text, " " + text, text.encode(), "0" * len(text)]:
        raises(ValueError, int, given, message=f"Exceeds the limit ({limit} digits) for integer string conversion: value has {limit + 1} digits; "
               "use sys.set_int_max_str_digits() to increase the limit")
    check(raises(ValueError, int, text + "x"))


def test_setting_what_has_no_place():
    class Slots:
        __slots__ = ("a",)

    class Own(Slots):
        __slots__ = ()

        def __setattr__(self, name, value):
            object.__setattr__(self, name, value)
    for make, end in [(Slots, " and no __dict__ for setting new attributes"), (Own, "")]:
        raises(AttributeError, setattr, make(), "b", 1, message=f"'{make.__name__}' object has no attribute 'b'{end}")


def test_template_of_a_subclass():
    class Text(str):
        pass
    text = Text("abc")
    for made in (text.format(), text.format_map({}), text % (), text % {}):
        check(made is text)
    check(type(Text("{}").format("a")) is str and type(Text("a%s") % "b") is str)


def test_complaints_about_calls():
    raises(TypeError, lambda: enumerate(start=1), message="'start' is an invalid keyword argument for enumerate()" if sys.version_info >= (3, 13) else None)
    raises(TypeError, lambda callee=[]: callee(**{1: 2}), message="'list' object is not callable")
    raises(TypeError, lambda: str(1, 2, 3, 4), message="str expected at most 3 arguments, got 4")
    raises(TypeError, lambda: str(1, 2, 3, 4, object=1), message="str() takes at most 3 arguments (5 given)")
    raises(TypeError, NameError.__str__, 1, message="descriptor '__str__' requires a 'NameError' object but received a 'int'")


def test_texts_of_complaints():
    raises(ValueError, int, bytearray(b"x y"), message="invalid literal for int() with base 10: b'x y'")
    raises(ValueError, str, b"", "x\0y", message="embedded null character")
    raises(ValueError, b"".decode, "x\0y", errors="\0", message="embedded null character")
    class Number(float):
        pass
    raises(ValueError, format, Number(1), "d", message="Unknown format code 'd' for object of type 'Number'")
    raises(ValueError, format, Number(1), ".1.2", message="Invalid format specifier '.1.2' for object of type 'Number'")
    array = bytearray(b"abc")
    raises(TypeError, array.__setitem__, slice(0, 1), None, message="cannot convert 'NoneType' object to bytearray")
    raises(TypeError, array.__setitem__, slice(0, 1), 1j, message="can assign only bytes, buffers, or iterables of ints in range(0, 256)")
    array.extend("")
    equal(array, bytearray(b"abc"))


support.run(globals())
