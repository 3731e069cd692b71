"""str: every method, widths, slicing, encodings, comparison, errors."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import NEW, check, equal, is_, raises, raises_code, same

# One string for each storage width.
WIDTHS = ["abc", "ab\xe9", "ab\u20ac", "ab\U0001f600"]


def test_construction():
    equal(str(), "")
    equal(str(5), "5")
    equal(str(b"abc", "ascii"), "abc")
    equal(str(b"\xc3\xa9", "utf-8"), "\xe9")
    equal(str(b"a\xff", errors="replace"), "a\ufffd")
    equal(str(b"a"), "b'a'")
    equal(str(object="x"), "x")
    raises(TypeError, str, "a", "utf-8", message="decoding str is not supported")
    raises(TypeError, str, 5, "utf-8", message="decoding to str: need a bytes-like object, int found")
    raises(UnicodeDecodeError, str, b"\xff", "utf-8", message="'utf-8' codec can't decode byte 0xff in position 0: invalid start byte")
    raises(LookupError, str, b"a", "no-such-codec", message="unknown encoding: no-such-codec")
    raises(TypeError, str, 1, 2, 3, 4)
    class S(str):
        pass
    is_(type(S("a")), S)
    is_(type(str(S("a"))), str)


def test_repr():
    for s, r in (("", "''"), ("a", "'a'"), ("'", '"\'"'), ('"', "'\"'"), ("'\"", "'\\'\"'"), ("\n\r\t\\", "'\\n\\r\\t\\\\'"),
                 ("\0\x1b\x7f", "'\\x00\\x1b\\x7f'"), ("\xe9", "'\xe9'"), ("\x80\xa0\xad", "'\\x80\\xa0\\xad'"), ("\u20ac", "'\u20ac'"),
                 ("\u200b\ufeff", "'\\u200b\\ufeff'"), ("\ud800", "'\\ud800'"), ("\U0001f600", "'\U0001f600'"), ("\U000e0001", "'\\U000e0001'"),
                 ("\u0378", "'\\u0378'"), ("\uffff", "'\\uffff'")):
        equal(repr(s), r)
    equal(ascii("a\xe9\u20ac\U0001f600'"), '"a\\xe9\\u20ac\\U0001f600\'"')


def test_literals():
    equal("\x41\u0041\U00000041\101\N{LATIN CAPITAL LETTER A}", "AAAAA")
    equal(len("a\
b"), 2)
    equal(r"\n", "\\n")
    equal("\0", chr(0))
    equal("\08", "\x008")
    equal("\377", "\xff")
    equal(u"a", "a")
    equal("a" 'b' """c""", "abc")
    equal(len("\U0010ffff"), 1)
    equal("\a\b\f\n\r\t\v", "\x07\x08\x0c\n\r\t\x0b")


def test_index_and_slice():
    for s in WIDTHS:
        equal(s[0], "a")
        equal(s[-1], s[2])
        equal(s[2:], s[2])
        equal(s[::-1], s[2] + "ba")
        equal(s[1:100], s[1:])
        equal(s[:], s)
        equal(s[2:1], "")
        equal(s[::2], "a" + s[2])
        equal("".join(s[i] for i in range(3)), s)
    raises(IndexError, lambda: "abc"[3], message="string index out of range")
    raises(IndexError, lambda: "abc"[-4], message="string index out of range")
    raises(TypeError, lambda: "abc"["a"], message="string indices must be integers, not 'str'")
    raises(TypeError, lambda: "abc"[1.0], message="string indices must be integers, not 'float'")
    raises(TypeError, lambda: "abc"[::"a"], message="slice indices must be integers or None or have an __index__ method")
    raises(ValueError, lambda: "abc"[::0], message="slice step cannot be zero")
    def put(): "abc"[0] = "x"
    raises(TypeError, put, message="'str' object does not support item assignment")
    def remove(): del "abc"[0]
    raises(TypeError, remove, message="'str' object doesn't support item deletion")
    s = "ab\u20ac"
    equal(s[:2].isascii(), True)
    equal(s[:2], "ab")
    equal(hash(s[:2]), hash("ab"))


def test_concatenation_and_repetition():
    for a in WIDTHS:
        for b in WIDTHS:
            equal(len(a + b), 6)
            equal((a + b)[3:], b)
            equal((a + b)[:3], a)
        equal(a * 3, a + a + a)
        equal(a * 0, "")
        equal(a * -1, "")
        equal(2 * a, a + a)
        equal(a + "", a)
    equal("\u20ac" * 1000, "".join(["\u20ac"] * 1000))
    raises(TypeError, lambda: "a" + 1, message='can only concatenate str (not "int") to str')
    raises(TypeError, lambda: "a" + b"b", message='can only concatenate str (not "bytes") to str')
    raises(TypeError, lambda: 1 + "a", message="unsupported operand type(s) for +: 'int' and 'str'")
    s = ""
    for i in range(1000):
        s += chr(97 + i % 26)
    equal(len(s), 1000)
    t = s
    s += "!"
    equal(len(t), 1000)


def test_comparison():
    check("a" < "b" < "ba" and "" < "a" and "a" <= "a" and "b" > "a")
    check("abc" == "ab" + "c" and "a" != "A")
    check("\xe9" > "z" and "\u20ac" > "\xe9" and "\U0001f600" > "\uffff")
    check("ab\xe9" < "ab\u20ac" < "ab\U0001f600")
    is_("a" == 1, False)
    raises(TypeError, lambda: "a" < 1, message="'<' not supported between instances of 'str' and 'int'")
    equal(max("b", "a", "c"), "c")
    equal(sorted("hello"), ["e", "h", "l", "l", "o"])
    check("a" in "abc" and "bc" in "abc" and "" in "abc" and "ac" not in "abc")
    check("\u20ac" in "a\u20acb" and "\u20ac" not in "abc" and "\U0001f600" not in "a\u20ac")
    raises(TypeError, lambda: 1 in "a", message="'in <string>' requires string as left operand, not int")


def test_find():
    s = "hello hello"
    same((s.find("l"), s.find("lo"), s.find("x"), s.find(""), s.find("l", 4), s.find("l", 4, 6), s.find("hello", -5), s.find("", 11), s.find("", 12)),
         (2, 3, -1, 0, 8, -1, 6, 11, -1))
    same((s.rfind("l"), s.rfind("hello"), s.rfind("x"), s.rfind(""), s.rfind("l", 0, 5)), (9, 6, -1, 11, 3))
    same((s.index("o"), s.rindex("o")), (4, 10))
    same((s.count("l"), s.count("ll"), s.count(""), s.count("x"), s.count("l", 3), "aaaa".count("aa")), (4, 2, 12, 0, 3, 2))
    raises(ValueError, s.index, "x", message="substring not found")
    raises(ValueError, s.rindex, "x", message="substring not found")
    raises(TypeError, s.find, 5, message="find() argument 1 must be str, not int" if NEW else ("must be str, not int", "find() argument 1 must be str, not int"))
    raises(TypeError, s.find, message="find expected at least 1 argument, got 0")
    raises(TypeError, s.count, 1)
    long = "a" * 1000 + "b" + "a" * 1000 + "\u20ac"
    same((long.find("ab"), long.find("aab"), long.rfind("ba"), long.find("\u20ac"), long.count("a"), long.find("a" * 1001)),
         (999, 998, 1000, 2001, 2000, -1))
    for w in WIDTHS:
        t = "x" * 50 + w + "y" * 50 + w
        same((t.find(w), t.rfind(w), t.count(w), t.find(w[2])), (50, 103, 2, 52))
    equal("abc".find("c", None, None), 2)
    equal("abc".find("a", -100), 0)
    raises(TypeError, "abc".find, "a", "b", message="slice indices must be integers or None or have an __index__ method")


def test_startswith():
    s = "hello"
    check(s.startswith("he") and s.startswith("") and not s.startswith("el") and s.startswith("el", 1) and s.startswith(("x", "h")))
    check(s.endswith("lo") and s.endswith("") and not s.endswith("he") and s.endswith("ell", 0, 4) and s.endswith(("x", "o")))
    check(not s.startswith(()) and s.startswith("", 5) and not s.startswith("", 6))
    raises(TypeError, s.startswith, 1, message="startswith first arg must be str or a tuple of str, not int")
    raises(TypeError, s.endswith, 1, message="endswith first arg must be str or a tuple of str, not int")
    raises(TypeError, s.startswith, (1,), message="tuple for startswith must only contain str, not int")
    equal((s.removeprefix("he"), s.removeprefix("x"), s.removesuffix("lo"), s.removesuffix("x"), s.removesuffix("")), ("llo", "hello", "hel", "hello", "hello"))


def test_replace():
    same(("aXbX".replace("X", "yy"), "aXbX".replace("X", "", 1), "abc".replace("", "-"), "abc".replace("", "-", 2), "".replace("", "x"), "".replace("a", "x")),
         ("ayybyy", "abX", "-a-b-c-", "-a-bc", "x", ""))
    same(("aaa".replace("a", "b", 0), "aaa".replace("a", "b", -1), "aaa".replace("aa", "b"), "abc".replace("b", "\u20ac"), "a\u20acc".replace("\u20ac", "b")),
         ("aaa", "bbb", "ba", "a\u20acc", "abc"))
    equal("abab".replace("a", "x", count=1), "xbab")
    raises(TypeError, "a".replace, "a", message="replace() takes at least 2 positional arguments (1 given)")
    raises(TypeError, "a".replace, 1, "b", message="replace() argument 1 must be str, not int")
    equal(("x" * 100).replace("x", "yz"), "yz" * 100)
    equal("a.b.c".replace(".", "::"), "a::b::c")


def test_split():
    same(("a b  c".split(), "".split(), "   ".split(), " a ".split(), "a,b,,c".split(","), ",".split(","), "".split(",")),
         (["a", "b", "c"], [], [], ["a"], ["a", "b", "", "c"], ["", ""], [""]))
    same(("a b c".split(None, 1), "a b c ".split(maxsplit=1), "a,b,c".split(",", 1), "a--b--c".split("--"), "a b".split(" ", 0), " a b ".split(None, 0)),
         (["a", "b c"], ["a", "b c "], ["a", "b,c"], ["a", "b", "c"], ["a b"], ["a b "]))
    same(("a b c".rsplit(None, 1), "a,b,c".rsplit(",", 1), "a b  c ".rsplit(), " a b c".rsplit(maxsplit=1), "aXXbXXc".rsplit("XX", 1)),
         (["a b", "c"], ["a,b", "c"], ["a", "b", "c"], [" a b", "c"], ["aXXb", "c"]))
    same("a\u2003b\xa0c\u3000d\x1ce".split(), ["a", "b", "c", "d", "e"])
    raises(ValueError, "a".split, "", message="empty separator")
    raises(TypeError, "a".split, 1, message="must be str or None, not int")
    same("a\nb\r\nc\rd\x0be\x0cf\x1cg\x85h\u2028i\n".splitlines(), ["a", "b", "c", "d", "e", "f", "g", "h", "i"])
    same(("a\nb\n".splitlines(True), "".splitlines(), "\n".splitlines(), "a".splitlines(), "a\r\n\r\nb".splitlines(keepends=True)),
         (["a\n", "b\n"], [], [""], ["a"], ["a\r\n", "\r\n", "b"]))
    same(("a=b=c".partition("="), "abc".partition("="), "a=b=c".rpartition("="), "abc".rpartition("=")),
         (("a", "=", "b=c"), ("abc", "", ""), ("a=b", "=", "c"), ("", "", "abc")))
    raises(ValueError, "a".partition, "", message="empty separator")
    raises(TypeError, "a".partition, 1)
    for w in WIDTHS:
        equal((w + "," + w).split(","), [w, w])


def test_join():
    same((",".join([]), ",".join(["a"]), ",".join(["a", "b"]), "".join(("a", "b", "c")), ", ".join("abc"), "-".join(x for x in "ab"), "\u20ac".join(["a", "\U0001f600"])),
         ("", "a", "a,b", "abc", "a, b, c", "a-b", "a\u20ac\U0001f600"))
    s = "solo"
    is_("".join([s]), s)
    raises(TypeError, ",".join, ["a", 1], message="sequence item 1: expected str instance, int found")
    raises(TypeError, ",".join, [b"a"], message="sequence item 0: expected str instance, bytes found")
    raises(TypeError, ",".join, 5, message="can only join an iterable")
    equal(",".join({"k": 1}), "k")


def test_strip():
    same(("  a b ".strip(), "  a".lstrip(), "a  ".rstrip(), "xxaxx".strip("x"), "abcba".strip("ab"), "\t\n\x0b a\u2003\xa0".strip(), "".strip(), "   ".strip(), "a".strip("")),
         ("a b", "a", "a", "a", "c", "a", "", "", "a"))
    same(("xxa".lstrip("x"), "axx".rstrip("x"), "\u20aca\u20ac".strip("\u20ac"), " a ".strip(None)), ("a", "a", "a", "a"))
    raises(TypeError, "a".strip, 1, message="strip arg must be None or str")
    raises(TypeError, "a".lstrip, 1, message="lstrip arg must be None or str")


def test_case():
    same(("aBc".upper(), "aBc".lower(), "aBc".swapcase(), "hello wORLD".capitalize(), "hello wORLD it's".title(), "Stra\xdfe".casefold()),
         ("ABC", "abc", "AbC", "Hello world", "Hello World It'S", "strasse"))
    same(("\xdf".upper(), "\ufb01".upper(), "\u0130".lower(), "\u03a3".lower(), "A\u03a3".lower(), "\u01c5".upper(), "\u01c6".title(), "\xff".upper(), "\xb5".upper(), "\U00010400".lower()),
         ("SS", "FI", "i\u0307", "\u03c3", "a\u03c2", "\u01c4", "\u01c5", "\u0178", "\u039c", "\U00010428"))
    same(("\xe9t\xe9".title(), "\ufb01x".capitalize(), "ab2cd".title()), ("\xc9t\xe9", "Fix", "Ab2Cd"))


def test_predicates():
    def flags(s):
        return "".join(name[0] if f(s) else "." for name, f in (("alnum", str.isalnum), ("Lpha", str.isalpha), ("0ascii", str.isascii), ("decimal", str.isdecimal),
                       ("1digit", str.isdigit), ("identifier", str.isidentifier), ("lower", str.islower), ("numeric", str.isnumeric),
                       ("printable", str.isprintable), ("space", str.isspace), ("title", str.istitle), ("upper", str.isupper)))
    for s, expected in (("", "..0.....p..."), ("a", "aL0..il.p..."), ("A", "aL0..i..p.tu"), ("1", "a.0d1..np..."), (" ", "..0.....ps.."),
                        ("\xb2", "a...1..np..."), ("\xbd", "a......np..."), ("\u0663", "a..d1..np..."), ("a1", "a.0..il.p..."), ("Ab", "aL0..i..p.t."),
                        ("\n", "..0......s.."), ("_", "..0..i..p..."), ("\u20ac", "........p..."), ("\xe9", "aL...il.p..."), ("a b", "..0...l.p..."),
                        ("\u4e00", "aL...i.np..."), ("\u01c5", "aL...i..p.t."), ("\u2167", "a....i.np.tu"), ("1a", "a.0...l.p..."), ("\xa0", ".........s..")):
        equal((s, flags(s)), (s, expected))


def test_padding():
    same(("a".center(5), "a".center(4), "ab".center(5), "ab".center(5, "*"), "a".ljust(3) + "|", "a".rjust(3), "a".rjust(3, "-"), "abc".center(2)),
         ("  a  ", " a  ", "  ab ", "**ab*", "a  |", "  a", "--a", "abc"))
    same(("5".zfill(3), "-5".zfill(4), "+5".zfill(4), "abc".zfill(2), "".zfill(2), "--5".zfill(5)), ("005", "-005", "+005", "abc", "00", "-00-5"))
    raises(TypeError, "a".center, 5, "ab", message="The fill character must be exactly one character long")
    raises(TypeError, "a".center, "5", message="'str' object cannot be interpreted as an integer")
    equal("a".center(3, "\u20ac"), "\u20aca\u20ac")
    same(("a\tb".expandtabs(), "a\tb".expandtabs(4), "\t".expandtabs(0), "ab\tc\nd\te".expandtabs(tabsize=4)), ("a       b", "a   b", "", "ab  c\nd   e"))


def test_translate():
    equal(("ab-" * 400).translate({97: "x", 98: "y"}), "xy-" * 400)
    equal(("ab" * 300 + "c").translate({97: None, 98: "bb", 99: "\u20ac"}), "bb" * 300 + "\u20ac")
    same(("abc".translate({97: "x", 98: None, 99: 100}), "abc".translate({}), "abc".translate(str.maketrans("ab", "xy")), "abc".translate(str.maketrans("a", "z", "c"))),
         ("xd", "abc", "xyc", "zb"))
    same((str.maketrans({"a": "1", 98: None}), str.maketrans("ab", "cd", "e")), ({97: "1", 98: None}, {97: 99, 98: 100, 101: None}))
    raises(ValueError, str.maketrans, "a", "bc", message="the first two maketrans arguments must have equal length")
    raises(ValueError, str.maketrans, {"ab": 1}, message="string keys in translate table must be of length 1")
    raises(TypeError, str.maketrans, 1, message="if you give only one argument to maketrans it must be a dict")
    raises(TypeError, "a".translate, {97: 1.5}, message="character mapping must return integer, None or str")
    class T:
        def __getitem__(self, k): raise LookupError
    equal("abc".translate(T()), "abc")
    equal("a\u20ac".translate({0x20ac: "euro"}), "aeuro")


def test_percent_format():
    same(("%s" % 5, "%s %s" % (1, 2), "%(a)s %(b)r" % {"a": 1, "b": "x"}, "%%", "%5s|%-5s|" % ("a", "b"), "%.2s" % "abc", "%c%c" % (65, "B"), "%a" % "\xe9"),
         ("5", "1 2", "1 'x'", "%%", "    a|b    |", "ab", "AB", "'\\xe9'"))
    same(("%*d" % (5, 3), "%-*d|" % (4, 3), "%.*f" % (2, 1.5), "%(a)5d" % {"a": 1}, "%s" % (1,), "%s" % [1, 2], "a%%b" % ()),
         ("    3", "3   |", "1.50", "    1", "1", "[1, 2]", "a%b"))
    raises(TypeError, lambda: "%s %s" % 1, message="not enough arguments for format string")
    raises(TypeError, lambda: "%s" % (1, 2), message="not all arguments converted during string formatting")
    raises(TypeError, lambda: "a" % 1, message="not all arguments converted during string formatting")
    raises(TypeError, lambda: "%d" % "a", message="%d format: a real number is required, not str")
    raises(TypeError, lambda: "%(a)s" % 5, message="format requires a mapping")
    raises(KeyError, lambda: "%(a)s" % {})
    raises(ValueError, lambda: "%" % (), message="incomplete format")
    raises(ValueError, lambda: "%z" % 1, message="unsupported format character 'z' (0x7a) at index 1")
    raises(TypeError, lambda: "%c" % "ab", contains="%c requires")
    raises(OverflowError, lambda: "%c" % 0x110000, message="%c arg not in range(0x110000)")
    raises(ValueError, lambda: "%(a" % {}, message="incomplete format key")
    raises(TypeError, lambda: "%*d" % ("a", 1), message="* wants int")
    equal("%s" % {}, "{}")
    class M:
        def __getitem__(self, k): return k * 2
    equal("%(ab)s" % M(), "abab")


def test_format_method():
    same(("{}".format(1), "{} {}".format(1, 2), "{1}{0}".format("a", "b"), "{a}{b}".format(a=1, b=2), "{0}{x}".format(5, x=6), "{{}}".format(), "{:>5}".format("a")),
         ("1", "1 2", "ba", "12", "56", "{}", "    a"))
    same(("{0[1]}".format([1, 2]), "{0[k]}".format({"k": 3}), "{0.real}".format(5), "{a[0].imag}".format(a=[1j]), "{!r}".format("a"), "{!s:>4}".format("b"), "{:{}}".format("x", 4), "{:{w}.{p}}".format(1.2345, w=6, p=3), "{0!a}".format("\xe9")),
         ("2", "3", "5", "1.0", "'a'", "   b", "x   ", "  1.23", "'\\xe9'"))
    raises(IndexError, "{}{}".format, 1, message="Replacement index 1 out of range for positional args tuple")
    raises(KeyError, "{a}".format, message="'a'")
    raises(ValueError, "{".format, message="Single '{' encountered in format string")
    raises(ValueError, "}".format, message="Single '}' encountered in format string")
    raises(ValueError, "{0}{}".format, 1, 2, message="cannot switch from manual field specification to automatic field numbering")
    raises(ValueError, "{}{0}".format, 1, 2, message="cannot switch from automatic field numbering to manual field specification")
    raises(ValueError, "{!x}".format, 1, message="Unknown conversion specifier x")
    raises(ValueError, "{0".format, 1, message="expected '}' before end of string")
    raises(ValueError, "{!}".format, 1, message=("unmatched '{' in format spec", "end of string while looking for conversion specifier", "expected ':' after conversion specifier", "Unknown conversion specifier '}'"))
    raises(AttributeError, "{0.x}".format, 5)
    raises(ValueError, "{0.}".format, 5, message="Empty attribute in format string")
    raises(ValueError, "{0[}".format, 5, message="expected '}' before end of string")
    same(("{a}".format_map({"a": 1}),), ("1",))
    class D(dict):
        def __missing__(self, k): return "<" + k + ">"
    equal("{x}{y}".format_map(D(x=1)), "1<y>")
    equal("{:d}".format(True), "1")


def test_format_spec():
    for v, spec, text in (("a", "", "a"), ("a", "5", "a    "), ("a", ">5", "    a"), ("a", "^5", "  a  "), ("abc", ".2", "ab"), ("a", "*<3", "a**"), ("abc", "5.1", "a    "), ("a", "s", "a"), ("a", "05", "a0000")):
        equal(format(v, spec), text)
    for spec, message in (("d", "Unknown format code 'd' for object of type 'str'"), ("+", "Sign not allowed in string format specifier"), ("=5", "'=' alignment not allowed in string format specifier"),
                          (",", "Cannot specify ',' with 's'."), ("#", "Alternate form (#) not allowed in string format specifier"), ("5x", "Unknown format code 'x' for object of type 'str'"),
                          ("5.x", "Format specifier missing precision"), (" ", "Space not allowed in string format specifier")):
        raises(ValueError, format, "a", spec, message=message)
    raises(TypeError, format, "a", 5, message="format() argument 2 must be str, not int")


def test_encode():
    same(("a\xe9\u20ac\U0001f600".encode(), "a\xe9".encode("latin-1"), "a".encode("ascii"), "a\u20ac".encode("utf-16-le"), "a".encode("utf-16"), "a".encode("utf-32-be"), "a\xe9".encode("utf-8-sig")),
         (b"a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", b"a\xe9", b"a", b"a\x00\xac\x20", b"\xff\xfea\x00", b"\x00\x00\x00a", b"\xef\xbb\xbfa\xc3\xa9"))
    e = "a\xe9\u20acb"
    same((e.encode("ascii", "ignore"), e.encode("ascii", "replace"), e.encode("ascii", "backslashreplace"), e.encode("ascii", "xmlcharrefreplace"), e.encode("ascii", "namereplace")),
         (b"ab", b"a??b", b"a\\xe9\\u20acb", b"a&#233;&#8364;b", b"a\\N{LATIN SMALL LETTER E WITH ACUTE}\\N{EURO SIGN}b"))
    raises(UnicodeEncodeError, e.encode, "ascii", message="'ascii' codec can't encode characters in position 1-2: ordinal not in range(128)")
    raises(UnicodeEncodeError, "\u20ac".encode, "latin-1", message="'latin-1' codec can't encode character '\\u20ac' in position 0: ordinal not in range(256)")
    raises(UnicodeEncodeError, "\ud800".encode, message="'utf-8' codec can't encode character '\\ud800' in position 0: surrogates not allowed")
    same(("\ud800".encode("utf-8", "surrogatepass"), b"\xff".decode("utf-8", "surrogateescape"), "\udcff".encode("utf-8", "surrogateescape")), (b"\xed\xa0\x80", "\udcff", b"\xff"))
    raises(LookupError, "a".encode, "zzz", message="unknown encoding: zzz")
    raises(LookupError, "\xe9".encode, "ascii", "zzz", message="unknown error handler name 'zzz'")
    same((b"\xff\xfea\x00".decode("utf-16"), b"a\xc3\xa9".decode(), b"\xe9".decode("latin-1"), b"a\xffb".decode("utf-8", "replace"), b"a\xffb".decode("ascii", "backslashreplace")),
         ("a", "a\xe9", "\xe9", "a\ufffdb", "a\\xffb"))
    for data, message in ((b"\xc3", "unexpected end of data"), (b"\xc3a", "invalid continuation byte"), (b"\xe2\x82", "unexpected end of data"), (b"\xed\xa0\x80", "invalid continuation byte"), (b"\xf5\x80", "invalid start byte"), (b"\xc0\x80", "invalid start byte")):
        raises(UnicodeDecodeError, data.decode, contains=message)
    equal("a\u20ac".encode("cp1252"), b"a\x80")
    equal("h\xe9".encode("utf-7"), b"h+AOk-")
    equal("\xfc.de".encode("idna"), b"xn--tda.de")
    equal("a\n".encode("unicode_escape"), b"a\\n")
    equal(b"\\u20ac".decode("unicode_escape"), "\u20ac")


def test_hash_and_interning():
    equal(hash("abc"), hash("ab" + "c"))
    equal(hash("a\u20ac"[:1]), hash("a"))
    equal({"a": 1}["a"], 1)
    is_(sys.intern("some" + "thing"), sys.intern("something"))
    raises(TypeError, sys.intern, 5)
    class S(str): pass
    raises(TypeError, sys.intern, S("a"), message="can't intern S")


def test_chr_ord():
    for n in (0, 65, 127, 128, 255, 256, 0x20ac, 0xd800, 0xffff, 0x10000, 0x10ffff):
        equal(ord(chr(n)), n)
    raises(ValueError, chr, -1, message="chr() arg not in range(0x110000)")
    raises(ValueError, chr, 0x110000, message="chr() arg not in range(0x110000)")
    raises(TypeError, ord, "ab", message="ord() expected a character, but string of length 2 found")
    raises(TypeError, ord, 5, message="ord() expected string of length 1, but int found")
    equal(ord(b"a"), 97)
    raises(TypeError, chr, 1.5, message="'float' object cannot be interpreted as an integer")


def test_iteration():
    for w in WIDTHS:
        equal(list(w), [w[0], w[1], w[2]])
        equal("".join(reversed(w)), w[::-1])
        equal(tuple(enumerate(w))[2], (2, w[2]))
    it = iter("ab")
    equal(it.__length_hint__(), 2)
    next(it)
    equal(it.__reduce__()[2], 1)
    it.__setstate__(0)
    equal(list(it), ["a", "b"])
    equal(type(iter("a")).__name__ in ("str_iterator", "str_ascii_iterator"), True)


def test_argument_errors():
    raises(TypeError, "a".upper, 1, message="str.upper() takes no arguments (1 given)")
    raises(TypeError, lambda: "a".upper(x=1), message="str.upper() takes no keyword arguments")
    raises(TypeError, "a".join, message="str.join() takes exactly one argument (0 given)")
    raises(TypeError, "a".split, 1, 2, 3, message="split() takes at most 2 arguments (3 given)")
    raises(TypeError, "a".center, message="center expected at least 1 argument, got 0")
    raises(TypeError, "a".encode, 1, message="encode() argument 'encoding' must be str, not int")
    raises(TypeError, "a".zfill, message="str.zfill() takes exactly one argument (0 given)")
    raises(AttributeError, lambda: "a".nothing, message="'str' object has no attribute 'nothing'")
    raises(TypeError, "a".startswith, message="startswith expected at least 1 argument, got 0" if not NEW else ("startswith expected at least 1 argument, got 0", "startswith() takes at least 1 argument (0 given)"))


def test_subclass():
    class S(str):
        def __str__(self): return "str of S"
    s = S("abc")
    is_(type(s + "d"), str)
    is_(type(s[:]), str)
    is_(type(s.strip()), str)
    equal(str(s), "str of S")
    equal("%s" % s, "str of S")
    equal(f"{s}", "str of S")
    equal(f"{s:>4}", " abc")
    equal("".join([s]), "abc")
    equal({s: 1}["abc"], 1)
    equal(len(s), 3)
    s.x = 1
    equal(s.x, 1)
    equal(s.__getnewargs__(), ("abc",))


def test_unicode_names():
    import unicodedata
    equal(unicodedata.name("\u20ac"), "EURO SIGN")
    equal(unicodedata.lookup("EURO SIGN"), "\u20ac")
    equal(unicodedata.normalize("NFD", "\xe9"), "e\u0301")
    equal(unicodedata.normalize("NFC", "e\u0301"), "\xe9")
    equal(unicodedata.category("A"), "Lu")
    # A few sequences of characters have a name as well, though not for \N{} and not in the old data.
    equal(unicodedata.lookup("KEYCAP DIGIT ONE"), "1\ufe0f\u20e3")
    equal(unicodedata.lookup("katakana letter ainu p"), "\u31f7\u309a")
    raises(KeyError, unicodedata.ucd_3_2_0.lookup, "KEYCAP DIGIT ONE")
    raises_code(SyntaxError, "'\\N{KEYCAP DIGIT ONE}'", contains="unknown Unicode character name")


def test_size():
    class Sub(str):
        pass
    for make in (str, Sub):
        sizes = [sys.getsizeof(make(text)) for text in ("", "a", "a" * 100, "\xe9" * 1000, "\u20ac" * 2000, "\U0001f600" * 3000)]
        equal(sizes, sorted(sizes))
        check(sizes[-1] >= 12000)


support.run(globals())
