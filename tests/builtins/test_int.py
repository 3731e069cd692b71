"""int: arithmetic of every size against slower ways, conversions, methods, errors."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import NEW, check, equal, is_, raises

EDGES = [0, 1, 2, 3, 7, 10, 255, 256, 2 ** 15, 2 ** 16 - 1, 2 ** 30 - 1, 2 ** 30, 2 ** 31 - 1, 2 ** 31,
         2 ** 32 - 1, 2 ** 32, 2 ** 53, 2 ** 60, 2 ** 61 - 1, 2 ** 62 - 1, 2 ** 62, 2 ** 62 + 1, 2 ** 63 - 1,
         2 ** 63, 2 ** 63 + 1, 2 ** 64 - 1, 2 ** 64, 2 ** 64 + 1, 2 ** 65, 2 ** 100, 2 ** 127, 2 ** 128 - 1,
         2 ** 200 + 12345, 10 ** 30, 3 ** 150, 10 ** 100 - 1]
EDGES += [-n for n in EDGES[1:]]
LIMB = 2 ** 15


def limbs(n):
    """Digits of abs(n) in base 2**15, by shifts of one limb only."""
    n = abs(n)
    out = []
    while n:
        out.append(n % LIMB)
        n //= LIMB
    return out


def slow_product(a, b):
    total = 0
    for i, x in enumerate(limbs(a)):
        row = 0
        for j, y in enumerate(limbs(b)):
            row += (x * y) << (15 * j)
        total += row << (15 * i)
    return -total if (a < 0) != (b < 0) else total


def test_ring_laws():
    for a in EDGES:
        equal(a + 0, a)
        equal(a - a, 0)
        equal(a * 1, a)
        equal(-(-a), a)
        equal(a + a, a * 2)
        equal(~a, -a - 1)
        for b in EDGES:
            equal(a + b, b + a)
            equal(a + b - b, a)
            equal(a * b, b * a)
            equal((a + b) * (a - b), a * a - b * b)
            equal(a - b, -(b - a))
            equal(a == b, not a != b)
            equal(a < b, b > a)
            equal(a <= b, not a > b)


def test_products():
    for a in EDGES[::3]:
        for b in EDGES[::4]:
            equal(a * b, slow_product(a, b))


def test_division():
    for a in EDGES:
        for b in EDGES:
            if not b:
                continue
            q, r = divmod(a, b)
            equal(q, a // b)
            equal(r, a % b)
            equal(q * b + r, a)
            check(0 <= r < b if b > 0 else b < r <= 0)
    for a, b, q, r in ((7, 2, 3, 1), (-7, 2, -4, 1), (7, -2, -4, -1), (-7, -2, 3, -1), (0, 5, 0, 0),
                       (-1, 10 ** 30, -1, 10 ** 30 - 1), (1, -10 ** 30, -1, 1 - 10 ** 30)):
        equal(divmod(a, b), (q, r))
    equal(-2 ** 62 // -1, 2 ** 62)
    equal(-2 ** 63 // -1, 2 ** 63)
    raises(ZeroDivisionError, divmod, 1, 0)
    raises(ZeroDivisionError, lambda: 10 ** 50 // 0)
    raises(ZeroDivisionError, lambda: 10 ** 50 % 0)


def test_true_division():
    equal(1 / 2, 0.5)
    equal(6 / 3, 2.0)
    equal(10 ** 400 / 10 ** 399, 10.0)
    equal((2 ** 53 + 1) / 1, 9007199254740992.0)
    equal((2 ** 54 + 3) / 2, 9007199254740994.0)
    equal(1 / 10 ** 400, 0.0)
    equal(-1 / 3, -0.3333333333333333)
    raises(OverflowError, lambda: 10 ** 400 / 1, message="integer division result too large for a float")
    raises(ZeroDivisionError, lambda: 1 / 0, message="division by zero")
    equal(3 ** 200 / 3 ** 199, 3.0)
    equal(0 / 5, 0.0)
    equal(str(0 / -5), "-0.0")


def test_power():
    for b in (-3, -1, 0, 1, 2, 3, 10, 2 ** 31, -2 ** 64):
        n = 1
        for e in range(40):
            equal(b ** e, n)
            n *= b
    equal(2 ** -1, 0.5)
    equal((-2) ** -3, -0.125)
    equal(0 ** 0, 1)
    raises(ZeroDivisionError, lambda: 0 ** -1)
    equal(pow(3, 100, 7), 3 ** 100 % 7)
    equal(pow(-3, 5, 7), (-3) ** 5 % 7)
    equal(pow(3, 5, -7), 3 ** 5 % -7)
    equal(pow(2, 10 ** 20, 1000003), pow(2, 10 ** 20 % 1000002, 1000003))
    equal(pow(3, -1, 7), 5)
    equal(pow(38, -1, 97) * 38 % 97, 1)
    equal(pow(10 ** 30 + 1, 10 ** 10, 10 ** 20 + 7), pow((10 ** 30 + 1) % (10 ** 20 + 7), 10 ** 10, 10 ** 20 + 7))
    raises(ValueError, pow, 2, -1, 4, message="base is not invertible for the given modulus")
    raises(ValueError, pow, 2, 3, 0, message="pow() 3rd argument cannot be 0")
    equal(pow(5, 0, 1), 0)
    equal(pow(2, 3, mod=5), 3)
    raises(TypeError, pow, 2, 3, 1.5)
    raises(TypeError, pow, 2.0, 3, 5, message="pow() 3rd argument not allowed unless all arguments are integers")


def test_shifts():
    for a in EDGES:
        for n in (0, 1, 2, 15, 29, 30, 31, 32, 61, 62, 63, 64, 65, 100):
            equal(a << n, a * 2 ** n)
            equal(a >> n, a // 2 ** n)
    equal(1 >> 10 ** 30, 0)
    equal(-1 >> 10 ** 30, -1)
    equal(0 << 10 ** 30, 0)
    raises(ValueError, lambda: 1 << -1, message="negative shift count")
    raises(ValueError, lambda: 1 >> -1, message="negative shift count")
    for huge in (1 << 40, 10 ** 30):
        try:
            1 << huge
        except (MemoryError, OverflowError):
            pass
        else:
            support.fail("a shift by %d worked" % huge)


def bits(n, width):
    return [(n >> i) % 2 for i in range(width)]


def test_bit_operators():
    for a in EDGES[::2]:
        for b in EDGES[::3]:
            width = 700
            x, y = bits(a, width), bits(b, width)
            equal(bits(a & b, width), [p & q for p, q in zip(x, y)])
            equal(bits(a | b, width), [p | q for p, q in zip(x, y)])
            equal(bits(a ^ b, width), [p ^ q for p, q in zip(x, y)])
    equal(-1 & 2 ** 100, 2 ** 100)
    equal(-2 ** 100 | 5, -2 ** 100 + 5)
    equal(-1 ^ -1, 0)


def test_text():
    for a in EDGES:
        equal(int(str(a)), a)
        equal(int(repr(a)), a)
        equal(int(hex(a), 16), a)
        equal(int(oct(a), 8), a)
        equal(int(bin(a), 2), a)
        equal(int(hex(a), 0), a)
        equal(eval(repr(a)), a)
    equal(str(2 ** 100), "1267650600228229401496703205376")
    equal(str(-10 ** 25), "-10000000000000000000000000")
    equal((hex(255), hex(-255), oct(8), bin(5), bin(-5), hex(0)), ("0xff", "-0xff", "0o10", "0b101", "-0b101", "0x0"))
    equal(hex(2 ** 100), "0x10000000000000000000000000")


def test_parsing():
    for text, base, value in (("  12 ", 10, 12), ("-5", 10, -5), ("+7", 10, 7), ("1_000", 10, 1000), ("0x1F", 16, 31),
                              ("0X1f", 0, 31), ("0b101", 0, 5), ("0o17", 0, 15), ("z", 36, 35), ("ZZ", 36, 1295),
                              ("0", 0, 0), ("00", 0, 0), ("-0b1", 0, -1), ("\n12\t", 10, 12), ("٣", 10, 3),
                              ("१२", 10, 12), ("0_0", 0, 0), ("0x_f", 0, 15), ("012", 10, 12), ("0b1", 2, 1)):
        equal(int(text, base), value)
    equal(int(b"12"), 12)
    equal(int(bytearray(b"-3")), -3)
    equal(int(b"ff", 16), 255)
    for text in ("", " ", "a", "1.5", "1__0", "_1", "1_", "- 1", "+-1", "0x", "1 2", "0x1f", "\0", "1\0"):
        raises(ValueError, int, text, message="invalid literal for int() with base 10: %r" % text)
    for text, base in (("012", 0), ("0b2", 0), ("2", 2), ("9", 8), ("g", 16), ("0b", 2), ("0x_", 0)):
        raises(ValueError, int, text, base, message="invalid literal for int() with base %d: %r" % (base, text))
    raises(ValueError, int, b"a\xff", contains="invalid literal for int() with base 10: b'a\\xff'")
    for base in (1, -1, 37, 100):
        raises(ValueError, int, "1", base, message="int() base must be >= 2 and <= 36, or 0")
    raises(TypeError, int, 1, 10, message="int() can't convert non-string with explicit base")
    raises(TypeError, lambda: int(base=10), message="int() missing string argument")
    equal(int(), 0)
    equal(int("10", base=2), 2)
    raises(TypeError, int, 1, 2, 3, message="int expected at most 2 arguments, got 3")
    raises(TypeError, lambda: int(x=1), contains="keyword argument")
    big = "9" * 4301
    raises(ValueError, int, big, message="Exceeds the limit (4300 digits) for integer string conversion: value has 4301 digits; use sys.set_int_max_str_digits() to increase the limit")
    raises(ValueError, str, 10 ** 4300, message="Exceeds the limit (4300 digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit")
    # A character that is no digit, wherever it stands, is what is told.
    for at in (0, 1, 7, 8, 9, 15, 4000, 4299, 4300):
        for other in "/:\0x\u00b2\u0100":
            raises(ValueError, int, big[:at] + other + big[at:], contains="invalid literal")
    old = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        equal(int(big) + 1, 10 ** 4301)
        equal(len(str(10 ** 6000)), 6001)
        n = 7 ** 5000
        equal(int(str(n)), n)
    finally:
        sys.set_int_max_str_digits(old)
    equal(int("f" * 5000, 16), 16 ** 5000 - 1)


def test_conversions():
    equal(int(2.9), 2)
    equal(int(-2.9), -2)
    equal(int(1e20), 100000000000000000000)
    equal(int(2.0 ** 100), 2 ** 100)
    equal(float(2 ** 53 + 1), 9007199254740992.0)
    equal(float(2 ** 53 + 3), 9007199254740996.0)
    equal(float(10 ** 22), 1e22)
    equal(float(-2 ** 1000), -1.0715086071862673e+301)
    raises(OverflowError, float, 2 ** 1024, message="int too large to convert to float")
    equal(float(2 ** 1024 - 2 ** 971), 1.7976931348623157e+308)
    class I(int):
        pass
    equal(int(I(5)), 5)
    is_(type(int(I(5))), int)
    class T:
        def __trunc__(self): return 5
    if NEW:
        raises(TypeError, int, T())
    equal(complex(5), 5 + 0j)
    is_(bool(0), False)
    is_(bool(10 ** 50), True)


def test_comparisons_with_floats():
    check(1 == 1.0 and 2 ** 53 == 2.0 ** 53)
    check(2 ** 53 + 1 != 2.0 ** 53)
    check(2 ** 53 + 1 > 2.0 ** 53)
    check(10 ** 400 > 1e308 and 10 ** 400 < float("inf") and -10 ** 400 > float("-inf"))
    check(not 1 < float("nan") and not 1 == float("nan") and 1 != float("nan"))
    check(10 ** 16 + 1 != 1e16)
    check(3 < 3.5 and not 4 < 3.5 and 3.5 < 4)
    check(1 == 1 + 0j and 1 != 1j)
    check(True == 1 and False < 1)
    equal({1: "a", 1.0: "b", True: "c"}, {1: "c"})


def test_hash():
    modulus = sys.hash_info.modulus
    for n in EDGES:
        expected = abs(n) % modulus
        if n < 0:
            expected = -expected
        equal(hash(n), -2 if expected == -1 else expected)
    equal(hash(-1), -2)
    equal(hash(2 ** 61 - 1), 0)
    equal(hash(10.0), hash(10))
    equal(hash(2 ** 500), hash(2.0 ** 500))


def test_methods():
    for a in EDGES:
        n = abs(a)
        length = 0
        while n >> length:
            length += 1
        equal(a.bit_length(), length)
        equal(a.bit_count(), bin(a).count("1"))
        equal(a.conjugate(), a)
        equal((a.real, a.imag, a.numerator, a.denominator), (a, 0, a, 1))
        equal(a.as_integer_ratio(), (a, 1))
        is_(a.is_integer(), True)
        equal(a.__index__(), a)
        equal(a.__trunc__(), a)
        size = (a.bit_length() + 8) // 8
        for order in ("little", "big"):
            data = a.to_bytes(size, order, signed=True)
            equal(int.from_bytes(data, order, signed=True), a)
            if a >= 0:
                data = a.to_bytes(size, order)
                equal(int.from_bytes(data, order), a)
        equal(abs(a), a if a >= 0 else -a)
        equal(+a, a)
    equal((1000).to_bytes(2, "big"), b"\x03\xe8")
    equal((5).to_bytes(), b"\x05")
    equal((0).to_bytes(0, "big"), b"")
    equal(int.from_bytes([1, 2]), 258)
    equal(int.from_bytes(b""), 0)
    equal(int.from_bytes(b"\xff\x00", byteorder="little", signed=False), 255)
    raises(OverflowError, (256).to_bytes, 1, "big", message="int too big to convert")
    raises(OverflowError, (-1).to_bytes, 1, "big", message="can't convert negative int to unsigned")
    raises(OverflowError, (128).to_bytes, 1, "big", signed=True)
    raises(ValueError, (1).to_bytes, 1, "middle", message="byteorder must be either 'little' or 'big'")
    raises(ValueError, (1).to_bytes, -1, "big", message="length argument must be non-negative")
    raises(TypeError, int.from_bytes, "a", "big", contains="cannot convert 'str' object to bytes")
    equal((5).__sizeof__() > 0, True)


def test_round():
    equal(round(5), 5)
    for n, d, value in ((15, -1, 20), (25, -1, 20), (-15, -1, -20), (12345, -2, 12300), (12350, -2, 12400),
                        (5, 3, 5), (0, -5, 0), (999, -3, 1000), (10 ** 30 + 5, -1, 10 ** 30)):
        equal(round(n, d), value)
    equal(round(5, None), 5)
    raises(TypeError, round, 5, 1.5, message="'float' object cannot be interpreted as an integer")
    import math
    equal((math.floor(5), math.ceil(5), math.trunc(5)), (5, 5, 5))


def test_format():
    for spec, value, text in (("", 5, "5"), ("d", -5, "-5"), ("5", 42, "   42"), ("<5", 42, "42   "), ("^6", 42, "  42  "),
                              ("05", 42, "00042"), ("05", -42, "-0042"), ("+", 5, "+5"), (" ", 5, " 5"), ("x", 255, "ff"),
                              ("X", 255, "FF"), ("#x", 255, "0xff"), ("#X", 255, "0XFF"), ("b", 5, "101"), ("#b", 5, "0b101"),
                              ("o", 8, "10"), ("#o", 8, "0o10"), (",", 1234567, "1,234,567"), ("_", 1234567, "1_234_567"),
                              ("_x", 0x12345678, "1234_5678"), ("_b", 300, "1_0010_1100"), ("c", 65, "A"), ("c", 0x20ac, "\u20ac"),
                              ("e", 1234, "1.234000e+03"), ("f", 5, "5.000000"), (".2f", 5, "5.00"), ("g", 1000000, "1e+06"),
                              ("%", 1, "100.000000%"), ("n", 1234, "1234"), ("*>6", 5, "*****5"), ("=+6", 5, "+    5"),
                              ("0=6", -5, "-00005"), ("010,", 1234, "00,001,234"), ("#010x", 255, "0x000000ff"),
                              (">10,", 10 ** 6, " 1,000,000"), ("é^5", 1, "éé1éé"), (",", 10 ** 20, "100,000,000,000,000,000,000")):
        equal(format(value, spec), text)
    for spec, message in ((".2d", "Precision not allowed in integer format specifier"),
                          ("s", "Unknown format code 's' for object of type 'int'"),
                          (",x", "Cannot specify ',' with 'x'."), ("+c", "Sign not allowed with integer format specifier 'c'"),
                          ("#c", "Alternate form (#) not allowed with integer format specifier 'c'"),
                          (",_", "Cannot specify both ',' and '_'."), ("_c", "Cannot specify '_' with 'c'.")):
        raises(ValueError, format, 5, spec, message=message)
    raises(OverflowError, format, -1, "c", message="%c arg not in range(0x110000)")
    equal("%d %i %u %x %X %o %5d|%-5d|%05d %+d % d" % (1, 2, 3, 255, 255, 8, 4, 5, 6, 7, 8),
          "1 2 3 ff FF 10     4|5    |00006 +7  8")
    equal("%#x %#o %.3d %5.3d" % (255, 8, 5, 5), "0xff 0o10 005   005")
    equal("%d" % 3.99, "3")
    raises(TypeError, lambda: "%x" % 3.5, message="%x format: an integer is required, not float")
    raises(TypeError, lambda: "%d" % "a", message="%d format: a real number is required, not str")


def test_subclass():
    class I(int):
        def __repr__(self): return "I"
    a = I(5)
    is_(type(a + 1), int)
    is_(type(-a), int)
    equal(a + a, 10)
    is_(type(I("7")), I)
    is_(type(I.from_bytes(b"\x05", "big")), I)
    equal("%d" % a, "5")
    equal(str(I(3)), "I")
    equal(f"{a:3}", "  5")
    big = I(2 ** 100)
    equal(big * 2, 2 ** 101)
    equal(hash(big), hash(2 ** 100))
    is_(I(True).__class__, I)


def test_identity_of_values():
    a = 5
    is_(a, 5)
    x = 10 ** 3
    is_(x, x)
    check(id(7) == id(7))


def test_operators_with_other_types():
    is_((5).__add__(1.0), NotImplemented)
    is_((5).__lt__("a"), NotImplemented)
    is_((5).__eq__(5.0), NotImplemented)
    equal((5).__eq__(5), True)
    equal((5).__rsub__(3), -2)
    equal((5).__divmod__(3), (1, 2))
    equal((5).__pow__(2, 7), 4)
    equal((0).__bool__(), False)
    raises(TypeError, lambda: 5 + "a", message="unsupported operand type(s) for +: 'int' and 'str'")
    raises(TypeError, lambda: 5 & 1.0, message="unsupported operand type(s) for &: 'int' and 'float'")
    equal(5 + 1.5, 6.5)
    equal(True + True, 2)
    equal(3 * "ab", "ababab")
    raises(OverflowError, lambda: "ab" * 10 ** 30)
    raises(OverflowError, lambda: [1][10 ** 30:1][0:10 ** 30] or range(10 ** 30).__len__(), message="Python int too large to convert to C ssize_t")


def test_large_arithmetic():
    n = 1
    for i in range(1, 301):
        n *= i
    m = n
    for i in range(300, 0, -1):
        equal(m % i, 0)
        m //= i
    equal(m, 1)
    a, b = 3 ** 2000, 7 ** 1500
    equal((a * b) // a, b)
    equal((a * b) % b, 0)
    equal((a + b) ** 2, a * a + 2 * a * b + b * b)
    import math
    r = math.isqrt(a)
    check(r * r <= a < (r + 1) ** 2)
    equal(math.gcd(a * 12, b * 18), 18)


# Powers and texts so long that they are computed step by step.
def test_long_operations():
    sys.set_int_max_str_digits(0)
    try:
        n = 10 ** 1300000
        equal(str(n - 1), "9" * 1300000)
        equal(str(-n), "-1" + "0" * 1300000)
        check(int("7" * 1300000) == (n - 1) // 9 * 7)
        check(int("-" + "0" * 1200000 + "12") == -12)
    finally:
        sys.set_int_max_str_digits(4300)
    for base, exponent in ((3, 2000000), (-7, 1000001), (12345678901234567890123, 30000), (2, 10 ** 7)):
        check(base ** exponent == base ** (exponent // 2) * base ** (exponent - exponent // 2))
    m = 3 ** 100000 + 2
    for exponent in (1, 2, 3, 12345, 2 ** 70 + 5):
        expected, power, e = 1, 5 ** 60000 % m, exponent
        while e:
            if e & 1:
                expected = expected * power % m
            power = power * power % m
            e >>= 1
        check(pow(5 ** 60000, exponent, m) == expected)
        check(pow(5 ** 60000, exponent, -m) == expected - m)
    equal(pow(5, 0, m), 1)


support.run(globals())
