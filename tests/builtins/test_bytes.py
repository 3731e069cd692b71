"""bytes, bytearray and memoryview: what they share with str, and what is theirs."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import check, equal, is_, raises, same

BOTH = (bytes, bytearray)


def test_construction():
    for T in BOTH:
        same((T(), T(3), T(b"ab"), T([1, 2]), T("a\xe9", "utf-8"), T(range(3)), T(x for x in (65,)), T(memoryview(b"q")), T("a", encoding="ascii", errors="strict")),
             tuple(map(T, (b"", b"\0\0\0", b"ab", b"\x01\x02", b"a\xc3\xa9", b"\0\x01\x02", b"A", b"q", b"a"))))
        raises(TypeError, T, "a", message="string argument without an encoding")
        raises(ValueError, T, [256], message="bytes must be in range(0, 256)" if T is bytes else "byte must be in range(0, 256)")
        raises(ValueError, T, [-1])
        raises(TypeError, T, ["a"], message="'str' object cannot be interpreted as an integer")
        raises(ValueError, T, -1, message="negative count")
        raises(TypeError, T, 1.5, message="cannot convert 'float' object to bytes" if T is bytes else "cannot convert 'float' object to bytearray")
        raises(TypeError, T, 5, "utf-8", message="encoding without a string argument")
        class I:
            def __index__(self): return 2
        equal(T(I()), T(2))
        equal(T.fromhex("61 62\n63"), T(b"abc"))
        equal(T.fromhex(""), T())
        raises(ValueError, T.fromhex, "6", message=("non-hexadecimal number found in fromhex() arg at position 1", "fromhex() arg must contain an even number of hexadecimal digits"))
        raises(ValueError, T.fromhex, "zz", message="non-hexadecimal number found in fromhex() arg at position 0")
    class B:
        def __bytes__(self): return b"from method"
    equal(bytes(B()), b"from method")
    raises((MemoryError, OverflowError)[0], bytearray, 1 << 60)


def test_repr():
    for value, text in ((b"", "b''"), (b"abc", "b'abc'"), (b"'", 'b"\'"'), (b"\"'", "b'\"\\''"), (b"\n\r\t\\\0\x7f\xff", "b'\\n\\r\\t\\\\\\x00\\x7f\\xff'")):
        equal(repr(value), text)
        equal(str(value), text)
        if b"'" not in value:
            equal(repr(bytearray(value)), "bytearray(%s)" % text)
    equal(b"\x41\101\n\
B", b"AA\nB")
    equal(rb"\n", b"\\n")
    equal(b"a" b"b", b"ab")


def test_index_and_slice():
    for T in BOTH:
        v = T(b"hello")
        same((v[0], v[-1], v[1:3], v[::-1], v[::2], v[10:], len(v)), (104, 111, T(b"el"), T(b"olleh"), T(b"hlo"), T(b""), 5))
        raises(IndexError, lambda: v[5], message="index out of range" if T is bytes else "bytearray index out of range")
        raises(TypeError, lambda: v["a"], message="byte indices must be integers or slices, not str" if T is bytes else "bytearray indices must be integers or slices, not str")
        same(list(v), [104, 101, 108, 108, 111])
        check(104 in v and b"ell" in v and b"" in v and 1 not in v and b"x" not in v)
        raises(ValueError, lambda: 256 in v, message="byte must be in range(0, 256)")
        raises(TypeError, lambda: "a" in v, message="a bytes-like object is required, not 'str'")


def test_operators():
    for T in BOTH:
        a = T(b"ab")
        same((a + b"c", a * 2, 2 * a, a * 0, a + T(b"")), (T(b"abc"), T(b"abab"), T(b"abab"), T(b""), T(b"ab")))
        check(a == b"ab" and a != b"ac" and a < b"b" and a <= b"ab" and a > b"aa" and a == bytearray(b"ab") and a == memoryview(b"ab"))
        check(a != "ab" and not a == 5)
        raises(TypeError, lambda: a < "b", contains="'<' not supported between instances of")
        raises(TypeError, lambda: a + "c", message="can't concat str to %s" % T.__name__)
        raises(TypeError, lambda: a * "c")
    is_(type(b"a" + bytearray(b"b")), bytes)
    is_(type(bytearray(b"a") + b"b"), bytearray)
    equal(hash(b"abc"), hash(b"ab" + b"c"))
    raises(TypeError, hash, bytearray(), message="unhashable type: 'bytearray'")
    same((b"%d %s %b %a %x %c" % (1, b"a", b"b", "\xe9", 255, 65), bytearray(b"%s") % b"q", b"%5.1f" % 2.25), (b"1 a b '\\xe9' ff A", bytearray(b"q"), b"  2.2"))
    raises(TypeError, lambda: b"%s" % "a", message="%b requires a bytes-like object, or an object that implements __bytes__, not 'str'")


def test_searching():
    for T in BOTH:
        s = T(b"hello hello")
        same((s.find(b"l"), s.find(108), s.rfind(b"l"), s.find(b"x"), s.index(b"o"), s.rindex(b"o"), s.count(b"l"), s.count(108), s.count(b"ll"), s.find(b"l", 4), s.find(b"")),
             (2, 2, 9, -1, 4, 10, 4, 4, 2, 8, 0))
        raises(ValueError, s.index, b"x", message="subsection not found")
        raises(TypeError, s.find, "a", message="argument should be integer or bytes-like object, not 'str'")
        raises(ValueError, s.find, 256, message="byte must be in range(0, 256)")
        check(s.startswith(b"he") and s.startswith((b"x", b"h")) and s.endswith(b"lo") and not s.endswith(b"x"))
        raises(TypeError, s.startswith, "h", message="startswith first arg must be bytes or a tuple of bytes, not str")
        same((s.removeprefix(b"hello"), s.removesuffix(b"lo")), (T(b" hello"), T(b"hello hel")))


def test_splitting():
    for T in BOTH:
        w = lambda *parts: [T(p) for p in parts]
        same((T(b"a b  c").split(), T(b"a,b").split(b","), T(b"a b c").rsplit(None, 1), T(b"a\nb\r\nc").splitlines(), T(b"a\nb").splitlines(True)),
             (w(b"a", b"b", b"c"), w(b"a", b"b"), w(b"a b", b"c"), w(b"a", b"b", b"c"), w(b"a\n", b"b")))
        same((T(b"a=b=c").partition(b"="), T(b"a=b=c").rpartition(b"="), T(b"abc").partition(b"=")), ((T(b"a"), T(b"="), T(b"b=c")), (T(b"a=b"), T(b"="), T(b"c")), (T(b"abc"), T(b""), T(b""))))
        raises(ValueError, T(b"a").split, b"", message="empty separator")
        raises(TypeError, T(b"a").split, "", message="a bytes-like object is required, not 'str'")
        same((T(b",").join([b"a", bytearray(b"b"), memoryview(b"c")]), T(b"").join([])), (T(b"a,b,c"), T(b"")))
        raises(TypeError, T(b",").join, ["a"], message="sequence item 0: expected a bytes-like object, str found")
        same((T(b"  a ").strip(), T(b"xax").strip(b"x"), T(b" a").lstrip(), T(b"a ").rstrip()), (T(b"a"), T(b"a"), T(b"a"), T(b"a")))


def test_transforming():
    for T in BOTH:
        same((T(b"aBc\xe9").upper(), T(b"aBc").lower(), T(b"aBc").swapcase(), T(b"hello World").title(), T(b"hELLO").capitalize()), tuple(map(T, (b"ABC\xe9", b"abc", b"AbC", b"Hello World", b"Hello"))))
        same((T(b"a").center(3), T(b"a").ljust(3, b"-"), T(b"a").rjust(3), T(b"-5").zfill(4), T(b"a\tb").expandtabs(4)), tuple(map(T, (b" a ", b"a--", b"  a", b"-005", b"a   b"))))
        same((T(b"abab").replace(b"a", b"xx"), T(b"abab").replace(b"a", b"", 1), T(b"ab").replace(b"", b"-")), tuple(map(T, (b"xxbxxb", b"bab", b"-a-b-"))))
        table = bytes.maketrans(b"ab", b"xy")
        same((T(b"abc").translate(table), T(b"abc").translate(None, b"b"), T(b"abc").translate(table, delete=b"a")), tuple(map(T, (b"xyc", b"ac", b"yc"))))
        raises(ValueError, T(b"a").translate, b"short", message="translation table must be 256 characters long")
        raises(ValueError, T.maketrans, b"a", b"bc", message="maketrans arguments must have same length")
        check(T(b"ab").isalpha() and T(b"a1").isalnum() and T(b"12").isdigit() and T(b"a b").islower() and T(b"AB").isupper() and T(b" \n").isspace() and T(b"Ab").istitle() and T(b"a").isascii() and not T(b"\xe9").isascii() and not T(b"").isalpha())
        same((T(b"\x01\xab").hex(), T(b"\x01\x02\x03").hex(":"), T(b"\x01\x02\x03").hex("-", 2), T(b"\x01\x02\x03").hex("-", -2), T(b"").hex()), ("01ab", "01:02:03", "01-0203", "0102-03", ""))
        same((T(b"a\xc3\xa9").decode(), T(b"\xe9").decode("latin-1"), T(b"a\xff").decode("ascii", "ignore")), ("a\xe9", "\xe9", "a"))
        raises(UnicodeDecodeError, T(b"\xff").decode, message="'utf-8' codec can't decode byte 0xff in position 0: invalid start byte")


def test_bytearray_mutation():
    b = bytearray(b"abc")
    b[0] = 65
    b[-1:] = b"xyz"
    equal(b, bytearray(b"Abxyz"))
    b.append(33)
    b.extend(b"12")
    b.extend([51, 52])
    b.insert(0, 32)
    equal(b, bytearray(b" Abxyz!1234"))
    equal(b.pop(), 52)
    equal(b.pop(0), 32)
    b.remove(33)
    b.reverse()
    equal(b, bytearray(b"321zyxbA"))
    del b[0], b[-1]
    del b[::2]
    equal(b, bytearray(b"1yb"))
    b += b"++"
    b *= 2
    equal(b, bytearray(b"1yb++1yb++"))
    b[1:3] = []
    b[::2] = b"ABCD"
    equal(b, bytearray(b"A+B1CbD+"))
    c = b.copy()
    check(c == b and c is not b)
    b.clear()
    equal(b, bytearray())
    raises(IndexError, b.pop, message="pop from empty bytearray")
    def put(v):
        bytearray(b"a")[0] = v
    raises(ValueError, put, 256, message="byte must be in range(0, 256)")
    raises(TypeError, put, "a", message="'str' object cannot be interpreted as an integer")
    raises(ValueError, bytearray(b"a").remove, 5, message="value not found in bytearray")
    raises(TypeError, bytearray().extend, "a", message="expected iterable of integers; got: 'str'")
    raises(ValueError, bytearray().append, 256, message="byte must be in range(0, 256)")
    def step(): bytearray(b"abcd")[::2] = b"x"
    raises(ValueError, step, message="attempt to assign bytes of size 1 to extended slice of size 2")
    x = bytearray(b"abc")
    x[:] = x
    x[1:1] = x
    equal(x, bytearray(b"aabcbc"))
    x = bytearray(10)
    for i in range(1000):
        x.append(i & 255)
    equal(len(x), 1010)
    del x[:1000]
    equal(len(x), 10)


def test_export_lock():
    b = bytearray(b"abc")
    m = memoryview(b)
    raises(BufferError, b.append, 1, message="Existing exports of data: object cannot be re-sized")
    raises(BufferError, b.clear)
    raises(BufferError, b.pop)
    b[0] = 65
    equal(bytes(m), b"Abc")
    m.release()
    b.append(1)
    equal(len(b), 4)


def test_bytes_immutable():
    def put(): b"a"[0] = 1
    raises(TypeError, put, message="'bytes' object does not support item assignment")
    def remove(): del b"a"[0]
    raises(TypeError, remove, message="'bytes' object doesn't support item deletion")
    x = b"abc"
    is_(bytes(x), x)
    is_(x[:], x)
    class S(bytes): pass
    is_(type(S(b"a")), S)
    is_(type(S(b"a") + b"b"), bytes)


def test_memoryview():
    m = memoryview(b"hello")
    same((m[0], m[-1], bytes(m[1:3]), m.tobytes(), m.tolist(), len(m), m.nbytes, m.itemsize, m.format, m.ndim, m.shape, m.strides, m.readonly, m.suboffsets, m.contiguous, m.c_contiguous),
         (104, 111, b"el", b"hello", [104, 101, 108, 108, 111], 5, 5, 1, "B", 1, (5,), (1,), True, (), True, True))
    is_(m.obj.__class__, bytes)
    same(bytes(m[::2]), b"hlo")
    same(m[::2].strides, (2,))
    check(not m[::2].c_contiguous)
    same(m[::-1].tobytes(), b"olleh")
    def put(): m[0] = 1
    raises(TypeError, put, message="cannot modify read-only memory")
    check(m == b"hello" and m != b"x" and m[1:] == memoryview(b"ello"))
    equal(hash(m), hash(b"hello"))
    b = bytearray(b"abcdef")
    w = memoryview(b)
    w[0] = 65
    w[2:4] = b"XY"
    equal(b, bytearray(b"AbXYef"))
    def resize(): w[0:2] = b"x"
    raises(ValueError, resize, message="memoryview assignment: lvalue and rvalue have different structures")
    raises(ValueError, hash, w, message="cannot hash writable memoryview object")
    c = w.cast("H")
    same((c.format, c.itemsize, len(c), c[0]), ("H", 2, 3, 65 + 98 * 256))
    c[1] = 0
    equal(b, bytearray(b"Ab\0\0ef"))
    g = memoryview(bytes(range(6))).cast("B", (2, 3))
    same((g.tolist(), g.shape, g.ndim, g[1, 2]), ([[0, 1, 2], [3, 4, 5]], (2, 3), 2, 5))
    raises(NotImplementedError, lambda: g[0], message="multi-dimensional sub-views are not implemented")
    raises(TypeError, memoryview, "a", message="memoryview: a bytes-like object is required, not 'str'")
    raises(IndexError, lambda: m[9], message="index out of bounds on dimension 1")
    raises(TypeError, lambda: m["a"], message="memoryview: invalid slice key")
    raises(TypeError, memoryview(b"abc").cast, "H", message="memoryview: length is not a multiple of itemsize")
    with memoryview(b"abc") as v:
        equal(bytes(v), b"abc")
    raises(ValueError, lambda: v[0], message="operation forbidden on released memoryview object")
    check(repr(m).startswith("<memory at 0x"))
    check(repr(v).startswith("<released memory at 0x"))
    equal(m.hex(), "68656c6c6f")
    r = memoryview(bytearray(b"a")).toreadonly()
    check(r.readonly)
    import array
    a = array.array("i", [1, 2, 3])
    same((memoryview(a).tolist(), memoryview(a).format, memoryview(a).itemsize), ([1, 2, 3], "i", 4))
    memoryview(a)[1] = -5
    equal(a[1], -5)
    check(104 in m)
    equal(list(reversed(memoryview(b"ab"))), [98, 97])
    import struct
    same(memoryview(struct.pack("3d", 1.5, 2, 3)).cast("d").tolist(), [1.5, 2.0, 3.0])


def test_array():
    import array
    a = array.array("i", [1, 2, 3])
    a.append(4)
    a.extend([5])
    same((a, len(a), a[0], a[1:3], a.typecode, a.itemsize, list(a), a.tolist(), a.index(3), a.count(2), a.pop()), (array.array("i", [1, 2, 3, 4]), 5, 1, array.array("i", [2, 3]), "i", 4, [1, 2, 3, 4, 5], [1, 2, 3, 4, 5], 2, 1, 5))
    raises(OverflowError, a.append, 2 ** 40)
    raises(TypeError, a.append, "a")
    equal(array.array("d", [1.5]).tobytes(), b"\0\0\0\0\0\0\xf8?")


def test_hex():
    for size in (0, 1, 2, 3, 100, 1000):
        data = bytes(i * 7 & 255 for i in range(size))
        equal(bytes.fromhex(data.hex()), data)
        equal(bytes.fromhex(data.hex().upper()), data)
        equal(bytes(bytearray.fromhex(data.hex(" "))), data)
    for text, place in (("0g", 1), ("g0", 0), ("0\xe9", 1), ("\xe900", 0), ("00 zz", 3), ("000000g0", 6),
                        ("00\u0663\u0663", 2)):
        raises(ValueError, bytes.fromhex, text,
               message="non-hexadecimal number found in fromhex() arg at position %d" % place)


def test_iterator():
    for kind in (bytes, bytearray):
        iterator = iter(kind(b"abc"))
        equal(next(iterator), 97)
        equal(list(iterator), [98, 99])
        equal((list(iterator), next(iterator, None)), ([], None))
    grown = bytearray(b"ab")
    iterator = iter(grown)
    next(iterator)
    grown.append(99)
    equal(list(iterator), [98, 99])


support.run(globals())
