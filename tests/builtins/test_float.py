"""float: arithmetic, text, parsing, rounding, methods, special values."""

import math
import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import NEW, check, equal, is_, raises, same

INF = float("inf")
NAN = float("nan")
TINY = 5e-324
HUGE = 1.7976931348623157e+308
VALUES = [0.0, -0.0, 1.0, -1.0, 0.1, 1.5, 2.5, 3.14159, 1e10, 1e16, 1e17, 1e22, 1e23, 1e100, 1e300, 1e-5, 1e-4, 1e-100,
          1e-300, TINY, HUGE, 2.2250738585072014e-308, 123456789.123456789, 9007199254740993.0, 0.3, 1 / 3, 2 / 3, INF, -INF]


def test_arithmetic():
    same((1.5 + 2, 2 - 1.5, 1.5 * 2, 3 / 2.0, 7.5 // 2, 7.5 % 2, 2.0 ** 3), (3.5, 0.5, 3.0, 1.5, 3.0, 1.5, 8.0))
    same((-7.5 // 2, -7.5 % 2, 7.5 // -2, 7.5 % -2), (-4.0, 0.5, -4.0, -0.5))
    same(divmod(-7.5, 2), (-4.0, 0.5))
    same((0.0 + -0.0, -0.0 + -0.0, 0.0 - 0.0, -0.0 - 0.0, 0.0 * -1, -0.0), (0.0, -0.0, 0.0, -0.0, -0.0, -0.0))
    same((INF + 1, INF - INF, INF * 0, INF * -1, 1 / INF, -1 / INF), (INF, NAN, NAN, -INF, 0.0, -0.0))
    same((INF // 1, 5.0 % INF, -5.0 % INF, 5.0 // INF, -5.0 // INF), (NAN, 5.0, INF, 0.0, -1.0))
    same((0.0 % 5, -0.0 % 5, 0.0 % -5), (0.0, 0.0, -0.0))
    for f in (lambda: 1.0 / 0, lambda: 1.0 // 0, lambda: 1.0 % 0, lambda: divmod(1.0, 0.0), lambda: 0.0 / 0.0):
        raises(ZeroDivisionError, f)
    same((2.0 ** 0.5, 2.0 ** -1, 0.0 ** 0, INF ** 0, NAN ** 0, 1.0 ** NAN, INF ** -1, (-INF) ** 3, (-INF) ** -3, 0.0 ** INF),
         (1.4142135623730951, 0.5, 1.0, 1.0, 1.0, 1.0, 0.0, -INF, -0.0, 0.0))
    same(((-8.0) ** 2, (-8.0) ** 3), (64.0, -512.0))
    check(isinstance((-8.0) ** 0.5, complex))
    raises(ZeroDivisionError, lambda: 0.0 ** -1)
    raises(OverflowError, lambda: 1e200 ** 2)
    same(1e308 * 10, INF)
    same(TINY / 2, 0.0)
    raises(OverflowError, lambda: 1.5 + 10 ** 400, message="int too large to convert to float")
    same((1.5).__radd__(2), 3.5)
    is_((1.5).__add__("a"), NotImplemented)


def test_comparisons():
    check(0.0 == -0.0 and not NAN == NAN and NAN != NAN)
    for v in VALUES:
        check(v == v and v <= v and v >= v and not v != v and not v < v)
        check(not v < NAN and not v > NAN and not v == NAN and not v <= NAN)
    check(sorted([3.5, -INF, 1.0, INF, -1.0]) == [-INF, -1.0, 1.0, 3.5, INF])
    check([NAN] == [NAN] or True)
    n = NAN
    check(n in [n] and [n] == [n])
    check(1.5 > 1 and 1 < 1.5 and 1e16 == 10 ** 16)
    check(1.5 != "a" and not 1.5 == None)


def test_repr():
    for v, text in ((0.0, "0.0"), (-0.0, "-0.0"), (1.0, "1.0"), (0.1, "0.1"), (1e15, "1000000000000000.0"), (1e16, "1e+16"),
                    (1e22, "1e+22"), (123456789012345680.0, "1.2345678901234568e+17"), (0.0001, "0.0001"), (0.00001, "1e-05"),
                    (1.5e-7, "1.5e-07"), (TINY, "5e-324"), (HUGE, "1.7976931348623157e+308"), (INF, "inf"), (-INF, "-inf"),
                    (NAN, "nan"), (1 / 3, "0.3333333333333333"), (0.1 + 0.2, "0.30000000000000004"), (100.0, "100.0"),
                    (1e100, "1e+100"), (12345.678, "12345.678"), (9007199254740993.0, "9007199254740992.0"), (5e-320, "5e-320")):
        equal(repr(v), text)
        equal(str(v), text)
    for v in VALUES:
        same(float(repr(v)), v)


def test_parsing():
    for text, v in (("1", 1.0), (" 1.5 ", 1.5), ("-1.5e3", -1500.0), ("+.5", 0.5), ("5.", 5.0), ("1e5", 1e5), ("1E-5", 1e-5),
                    ("inf", INF), ("-Infinity", -INF), ("nan", NAN), ("1_000.5", 1000.5), ("1e1_0", 1e10), ("٣.٥", 3.5),
                    ("0x1p3", None), ("1e400", INF), ("1e-400", 0.0), ("-0", -0.0), ("\t1\n", 1.0), ("NaN", NAN), ("+inf", INF),
                    ("123456789012345678901234567890", 1.2345678901234568e+29), ("2.2250738585072011e-308", 2.225073858507201e-308),
                    ("9007199254740993", 9007199254740992.0), ("1.7976931348623159e308", INF)):
        if v is None:
            raises(ValueError, float, text)
        else:
            same(float(text), v)
    same(float(b"1.5"), 1.5)
    same(float(bytearray(b"1.5")), 1.5)
    same(float(), 0.0)
    for text in ("", " ", "a", "1.5.5", "1e", "e5", "_1", "1_", "1__0", "1_.5", "1._5", "--1", "1 2", "inf1", ".", "1\0", "0x1"):
        raises(ValueError, float, text, message="could not convert string to float: %r" % text)
    raises(ValueError, float, b"a", message="could not convert string to float: b'a'")
    raises(TypeError, float, [], message="float() argument must be a string or a real number, not 'list'")
    raises(TypeError, float, 1, 2, message="float expected at most 1 argument, got 2")
    raises(TypeError, lambda: float(x=1), message="float() takes no keyword arguments")


def test_methods():
    same((1.5).is_integer(), False)
    same((2.0).is_integer(), True)
    same((INF.is_integer(), NAN.is_integer()), (False, False))
    same((0.75).as_integer_ratio(), (3, 4))
    same((-2.5).as_integer_ratio(), (-5, 2))
    same((0.0).as_integer_ratio(), (0, 1))
    same((1e300).as_integer_ratio()[1], 1)
    raises(OverflowError, INF.as_integer_ratio, message="cannot convert Infinity to integer ratio")
    raises(ValueError, NAN.as_integer_ratio, message="cannot convert NaN to integer ratio")
    for v, text in ((1.0, "0x1.0000000000000p+0"), (0.1, "0x1.999999999999ap-4"), (-3.5, "-0x1.c000000000000p+1"),
                    (0.0, "0x0.0p+0"), (-0.0, "-0x0.0p+0"), (INF, "inf"), (NAN, "nan"), (TINY, "0x0.0000000000001p-1022"),
                    (HUGE, "0x1.fffffffffffffp+1023")):
        equal(v.hex(), text)
        same(float.fromhex(text), v)
    same(float.fromhex("0x.8"), 0.5)
    same(float.fromhex("1.8p1"), 3.0)
    same(float.fromhex(" -0xA "), -10.0)
    raises(ValueError, float.fromhex, "zz", message="invalid hexadecimal floating-point string")
    raises(OverflowError, float.fromhex, "0x1p1024", message="hexadecimal value too large to represent as a float")
    same((1.5).conjugate(), 1.5)
    same(((1.5).real, (1.5).imag), (1.5, 0.0))
    same(((2.7).__trunc__(), (2.7).__floor__(), (2.2).__ceil__(), (-2.7).__floor__(), (-2.7).__ceil__()), (2, 2, 3, -3, -2))
    same((int(2.7), int(-2.7), int(1e18), int(1e25)), (2, -2, 10 ** 18, 10000000000000000905969664))
    raises(OverflowError, int, INF, message="cannot convert float infinity to integer")
    raises(ValueError, int, NAN, message="cannot convert float NaN to integer")
    same((abs(-1.5), -(1.5), +(1.5), abs(-0.0), bool(0.0), bool(NAN), bool(-0.0)), (1.5, -1.5, 1.5, 0.0, False, True, False))
    equal(float.__getformat__("double"), "IEEE, little-endian")
    if NEW:
        same(float.from_number(5), 5.0)
        raises(TypeError, float.from_number, "5")


def test_round():
    for v, n, r in ((2.5, None, 2), (3.5, None, 4), (-2.5, None, -2), (2.675, 2, 2.67), (1e22, None, 10 ** 22), (1234.567, -2, 1200.0),
                    (0.5, None, 0), (1.5, 0, 2.0), (2.5, 0, 2.0), (1.005, 2, 1.0), (5e15, 3, 5e15), (1e300, 5, 1e300), (0.15, 1, 0.1),
                    (1e-320, 5, 0.0), (-0.4, 0, -0.0), (12345.6789, 3, 12345.679), (55.0, -2, 100.0), (1e308, -309, 0.0)):
        same(round(v) if n is None else round(v, n), r)
    raises(OverflowError, round, INF, message="cannot convert float infinity to integer")
    raises(ValueError, round, NAN, message="cannot convert float NaN to integer")
    same((round(INF, 2), round(NAN, 2)), (INF, NAN))
    raises(OverflowError, round, HUGE, -308, message="rounded value too large to represent")
    raises(TypeError, round, 1.5, "a")


def test_hash():
    for n in (0, 1, 2, -1, 10 ** 10, 2 ** 60, 2 ** 100, -2 ** 200):
        equal(hash(float(n)), hash(int(float(n))))
    equal(hash(0.5), (2 ** 60))
    equal(hash(INF), 314159)
    equal(hash(-INF), -314159)
    equal(hash(-1.0), -2)
    equal(hash(0.0), hash(-0.0))
    from fractions import Fraction
    for v in (0.1, 1.5, 1e-10, 123.456, TINY):
        equal(hash(v), hash(Fraction(v)))
    n = NAN
    equal(hash(n), hash(n))


def test_format():
    for v, spec, text in ((3.14159, "", "3.14159"), (3.0, "", "3.0"), (3.14159, ".2f", "3.14"), (3.14159, "10.3f", "     3.142"),
                          (3.14159, "<10.1f", "3.1       "), (3.14159, "+.1f", "+3.1"), (-3.1, " .1f", "-3.1"), (3.1, " .1f", " 3.1"),
                          (1234567.891, ",.2f", "1,234,567.89"), (1234567.891, "_.1f", "1_234_567.9"), (0.5, "%", "50.000000%"),
                          (0.1234, ".1%", "12.3%"), (1e10, "e", "1.000000e+10"), (1.5e-7, ".3E", "1.500E-07"), (1e10, "g", "1e+10"),
                          (123456.0, "g", "123456"), (1234567.0, "g", "1.23457e+06"), (0.00001234, "g", "1.234e-05"), (1.0, "g", "1"),
                          (1.0, "#g", "1.00000"), (1e5, ".3g", "1e+05"), (3.0, "#.0f", "3."), (INF, "f", "inf"), (NAN, "F", "NAN"),
                          (-INF, "10.2f", "      -inf"), (INF, "010", "0000000inf"), (3.7, "010.2f", "0000003.70"), (-3.7, "010.2f", "-000003.70"),
                          (1e16, "", "1e+16"), (1e15, "n", "1e+15"), (2.5, ".0f", "2"), (3.5, ".0f", "4"), (1.0, ".3", "1.0"),
                          (1234.5, ".2", "1.2e+03"), (12345678.9, ".10", "12345678.9"), (-0.0, ".1f", "-0.0"), (-0.0, "z.1f", "0.0"),
                          (-0.04, "z.1f", "0.0"), (0.1, ".20f", "0.10000000000000000555"), (1e300, ".0f", str(int(1e300))), (5e-324, ".3e", "4.941e-324"),
                          (1.5, "*^9", "***1.5***"), (1.5, "=+8", "+    1.5"), (0.0, "e", "0.000000e+00"), (100.0, ".3g", "100"), (9.9999, ".3g", "10")):
        equal(format(v, spec), text)
    for spec, message in (("d", "Unknown format code 'd' for object of type 'float'"), ("x", "Unknown format code 'x' for object of type 'float'"),
                          (".", "Format specifier missing precision"), ("s", "Unknown format code 's' for object of type 'float'")):
        raises(ValueError, format, 1.5, spec, message=message)
    equal("%f %.2f %e %g %5.1f|%-8.3f|%+f %G %08.2f" % (1.5, 2.345, 1e5, 1e-5, 2.25, 3.14159, 1.0, 1e-10, -3.14159),
          "1.500000 2.35 1.000000e+05 1e-05   2.2|3.142   |+1.000000 1E-10 -0003.14" if "%.2f" % 2.345 == "2.35" else
          "1.500000 2.35 1.000000e+05 1e-05   2.2|3.142   |+1.000000 1E-10 -0003.14".replace("2.35", "%.2f" % 2.345))
    equal("%s %r %a" % (1.5, 2.5, 3.5), "1.5 2.5 3.5")
    equal("%.0f %#.0f %g %f" % (0.5, 1.0, INF, NAN), "0 1. inf nan")
    raises(TypeError, lambda: "%f" % "a", message="must be real number, not str")


def test_identity():
    a = 1.5
    is_(a, a)
    b = NAN
    is_(b, b)
    check(id(a) == id(a))
    d = {0.0: "zero"}
    equal(d[-0.0], "zero")
    equal(d[0], "zero")


def test_info():
    i = sys.float_info
    same((i.max, i.min, i.epsilon, i.dig, i.mant_dig, i.max_exp, i.min_exp, i.max_10_exp, i.min_10_exp, i.radix),
         (HUGE, 2.2250738585072014e-308, 2.220446049250313e-16, 15, 53, 1024, -1021, 308, -307, 2))


def test_subclass():
    class F(float):
        pass
    f = F("1.5")
    is_(type(f), F)
    is_(type(f + 1), float)
    same(f * 2, 3.0)
    f.x = 1
    same(F.fromhex("0x1p1"), F(2.0))
    is_(type(F.fromhex("0x1p1")), F)
    class G:
        def __float__(self): return F(2.5)
    import warnings
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        same(float(G()), 2.5)


def test_math():
    same((math.sqrt(2), math.pi, math.e, math.sin(0), math.floor(2.5), math.ceil(2.5), math.fsum([0.1] * 10)),
         (1.4142135623730951, 3.141592653589793, 2.718281828459045, 0.0, 2, 3, 1.0))
    check(math.isnan(NAN) and math.isinf(INF) and math.isclose(0.1 + 0.2, 0.3))
    same(math.copysign(1, -0.0), -1.0)
    same(math.frexp(8.0), (0.5, 4))
    same(math.modf(-2.5), (-0.5, -2.0))
    same((math.nextafter(1.0, 2.0), math.ulp(1.0)), (1.0000000000000002, 2.220446049250313e-16))
    raises(ValueError, math.sqrt, -1)
    raises(OverflowError, math.exp, 1000, message="math range error")


def test_format_of_subclasses():
    class F(float):
        def __str__(self):
            return "own"
    class C(complex):
        def __str__(self):
            return "own"
    equal(f"{F(2.5)}", "own")
    equal(format(F(2.5), ".2f"), "2.50")
    equal("{}".format(C(1)), "own")

support.run(globals())
