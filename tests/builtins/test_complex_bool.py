"""complex, bool, None, NotImplemented, Ellipsis."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import NEW, check, equal, is_, raises, same

INF, NAN = float("inf"), float("nan")


def test_complex_arithmetic():
    same((1 + 2j) + (3 - 1j), 4 + 1j)
    same((1 + 2j) * (3 - 1j), 5 + 5j)
    same((1 + 2j) / (1 + 1j), 1.5 + 0.5j)
    same((1 + 2j) - 1, 2j)
    same(2 * 3j, 6j)
    same(-(1 + 2j), -1 - 2j)
    same(+(1j), 1j)
    same(abs(3 + 4j), 5.0)
    same((1j) ** 2, -1 + 0j)
    same((1 + 1j) ** 3, -2 + 2j)
    same((2 + 0j) ** -1, 0.5 + 0j)
    same(0j ** 0, 1 + 0j)
    raises(ZeroDivisionError, lambda: 1j / 0)
    raises(ZeroDivisionError, lambda: 0j ** -1)
    check(1 + 0j == 1 and 1j != 1 and 1j == 1j)
    raises(TypeError, lambda: 1j < 2j, message="'<' not supported between instances of 'complex' and 'complex'")
    raises(TypeError, lambda: 1j // 2, message="unsupported operand type(s) for //: 'complex' and 'int'")
    raises(TypeError, lambda: 1j % 2, message="unsupported operand type(s) for %: 'complex' and 'int'")
    raises(TypeError, divmod, 1j, 2)
    raises(TypeError, int, 1j)
    raises(TypeError, float, 1j)


def test_complex_construction():
    same((complex(), complex(1), complex(1, 2), complex(1.5, -2), complex("1+2j"), complex(" -1.5e3j ").imag),
         (0j, 1 + 0j, 1 + 2j, 1.5 - 2j, 1 + 2j, -1500.0))
    same((complex("j"), complex("-j"), complex("1"), complex("(1+2j)"), complex("inf"), complex("1e-5-2e5J")),
         (1j, complex("-1j"), 1 + 0j, 1 + 2j, complex(INF, 0), 1e-5 - 2e5j))
    same(complex(real=1, imag=2), 1 + 2j)
    if not NEW:
        same(complex(1j, 2), 3j)
    for text in ("", "a", "1+", "1 + 2j", "1+2", "1j+2", "jj", "(1", "1+2jj"):
        raises(ValueError, complex, text, message="complex() arg is a malformed string")
    raises(TypeError, complex, "1", 2)
    raises(TypeError, complex, 1, "2")
    raises(TypeError, complex, [])
    class C:
        def __complex__(self): return 1 + 2j
    same(complex(C()), 1 + 2j)
    class F:
        def __float__(self): return 2.5
    same(complex(F()), 2.5 + 0j)


def test_complex_text():
    for v, text in ((1 + 2j, "(1+2j)"), (2j, "2j"), (-2j, "(-0-2j)"), (complex(1, -0.0), "(1-0j)"),
                    (complex(0.0, -1), "-1j"), (complex(-0.0, 1), "(-0+1j)"), (0j, "0j"), (1.5 + 2.25j, "(1.5+2.25j)"),
                    (complex(INF, NAN), "(inf+nanj)"), (complex(0, INF), "infj"), (1e20 + 1e-7j, "(1e+20+1e-07j)")):
        equal(repr(v), text)
        equal(str(v), text)
    equal(format(1 + 2j, ".2f"), "1.00+2.00j")
    equal(format(1 + 2j, ">12"), "      (1+2j)")
    equal(format(1.5 + 2j, ""), "(1.5+2j)")
    equal(format(1 + 2j, "e"), "1.000000e+00+2.000000e+00j")
    raises(ValueError, format, 1j, "d", message="Unknown format code 'd' for object of type 'complex'")
    raises(ValueError, format, 1j, "=10", message="'=' alignment flag is not allowed in complex format specifier")
    raises(ValueError, format, 1j, "010", message="Zero padding is not allowed in complex format specifier")


def test_complex_attributes():
    z = 3 - 4j
    same((z.real, z.imag, z.conjugate()), (3.0, -4.0, 3 + 4j))
    def assign(): z.real = 1
    raises(AttributeError, assign, message=("readonly attribute", "attribute 'real' of 'complex' objects is not writable"))
    equal(hash(1 + 0j), hash(1))
    equal(hash(1 + 2j), hash(1) + sys.hash_info.imag * hash(2))
    check(bool(1j) and not bool(0j))
    equal(z.__getnewargs__(), (3.0, -4.0))
    import cmath
    same(cmath.sqrt(-1), 1j)


def test_bool():
    is_(bool(), False)
    is_(bool(5), True)
    same((True + 1, True * 3, -True), (2, 3, -1))
    is_(True & False, False)
    is_(True | False, True)
    is_(True ^ True, False)
    same((True & 1, 1 | True, True ^ 2), (1, 1, 3))
    equal(repr(True), "True")
    equal(str(False), "False")
    equal(format(True), "True")
    equal(format(True, "d"), "1")
    equal("%d %s" % (True, False), "1 False")
    equal(hash(True), 1)
    equal(int(True), 1)
    equal(float(True), 1.0)
    check(isinstance(True, int) and issubclass(bool, int))
    equal([10, 20][True], 20)
    equal("ab" * True, "ab")
    raises(TypeError, bool, 1, 2, message="bool expected at most 1 argument, got 2")
    raises(TypeError, lambda: bool(x=1), message="bool() takes no keyword arguments")
    equal(True.real, 1)
    is_(type(True.real), int)
    equal(True.bit_length(), 1)
    is_(bool.from_bytes(b"\x00", "big"), False)
    check(sum([True, True, False]) == 2)
    is_(not True, False)
    is_(True == 1, True)


def test_none():
    is_(None, None)
    equal(repr(None), "None")
    check(not None)
    is_(type(None)(), None)
    raises(TypeError, type(None), 1, message="NoneType takes no arguments")
    raises(TypeError, lambda: None + 1, message="unsupported operand type(s) for +: 'NoneType' and 'int'")
    raises(TypeError, lambda: None < None, message="'<' not supported between instances of 'NoneType' and 'NoneType'")
    check(None == None and None != 0 and not None == False)
    equal(type(None).__name__, "NoneType")
    def assign(): None.x = 1
    raises(AttributeError, assign)
    equal(hash(None), hash(None))
    check((None).__eq__(1) is NotImplemented)


def test_not_implemented_and_ellipsis():
    equal(repr(NotImplemented), "NotImplemented")
    is_(type(NotImplemented)(), NotImplemented)
    if NEW:
        raises(TypeError, bool, NotImplemented, message="NotImplemented should not be used in a boolean context")
    equal(repr(...), "Ellipsis")
    is_(..., Ellipsis)
    is_(type(...)(), ...)
    check(...)
    equal(type(...).__name__, "ellipsis")
    import pickle, copy
    for value in (None, ..., NotImplemented, True):
        is_(copy.copy(value), value)
        is_(copy.deepcopy(value), value)
        is_(pickle.loads(pickle.dumps(value)), value)


support.run(globals())
