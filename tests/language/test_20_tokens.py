"""Literals, indentation, continuation, comments, names, encodings: what the tokenizer decides."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import NEW, check, equal, execute, raises, raises_code, same


def test_numbers():
    same((0, 00, 1_000, 0x1F, 0XfF, 0b11, 0B1_0, 0o17, 0O7, 0x_f), (0, 0, 1000, 31, 255, 3, 2, 15, 7, 15))
    same((1., .5, 1.5, 1e3, 1E-3, 1.e2, .5e+1, 1_0.0_1, 00.5, 09.5, 1e1_0), (1.0, 0.5, 1.5, 1000.0, 0.001, 100.0, 5.0, 10.01, 0.5, 9.5, 1e10))
    same((1j, 1.5J, .5j, 1e3j, 0j, 00j), (1j, 1.5j, 0.5j, 1000j, 0j, 0j))
    equal(123456789012345678901234567890, 10 ** 29 * 1 + 23456789012345678901234567890)
    for source, message in (
        ("012", "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers"),
        ("1__0", "invalid decimal literal"), ("1_", "invalid decimal literal"), ("0x", "invalid hexadecimal literal"), ("0xg", "invalid hexadecimal literal"),
        ("0b2", "invalid digit '2' in binary literal"), ("0b", "invalid binary literal"), ("0o8", "invalid digit '8' in octal literal"), ("0b1_", "invalid binary literal"),
        ("1e", "invalid decimal literal"), ("1.5abc", "invalid decimal literal"), ("1a", "invalid decimal literal"), ("0x1z", "invalid hexadecimal literal"), ("1_a", "invalid decimal literal"),
        ("1.e", "invalid decimal literal"), ("1jx", "invalid imaginary literal"),
    ):
        raises_code(SyntaxError, source, contains=message)


def test_strings():
    same(("a", 'a', """a""", '''a''', r"\a", R'\a', u"a", U"a", b"a", B"a", br"\a", rb"\a", Rb"\a", f"a", "a" "b"), ("a",) * 4 + ("\\a", "\\a", "a", "a", b"a", b"a", b"\\a", b"\\a", b"\\a", "a", "ab"))
    equal("""a
b""", "a\nb")
    equal("a\
b", "ab")
    equal('\'\"\\\a\b\f\n\r\t\v\0\x41\101\u0041\U00000041\N{DIGIT ONE}', "'\"\\\x07\x08\x0c\x0a\x0d\x09\x0b\x00AAAA1")
    equal('''it's "quoted"''', "it's \"quoted\"")
    equal(len('''''' "" ''''''), 0)
    for source, message in (
        ("'abc", "unterminated string literal (detected at line 1)"), ("'''abc", "unterminated triple-quoted string literal (detected at line 1)"),
        ("'\\x4'", "(unicode error) 'unicodeescape' codec can't decode bytes in position 0-2: truncated \\xXX escape"),
        ("'\\u12'", "(unicode error) 'unicodeescape' codec can't decode bytes in position 0-3: truncated \\uXXXX escape"),
        ("'\\U00110000'", "(unicode error) 'unicodeescape' codec can't decode bytes in position 0-9: illegal Unicode character"),
        ("'\\N{no such name}'", "(unicode error) 'unicodeescape' codec can't decode bytes in position 0-15: unknown Unicode character name"),
        ("'\\N'", "malformed \\N character escape"),
        ("b'\\x4'", "(value error) invalid \\x escape at position 0"), ("b'\xe9'", "bytes can only contain ASCII literal characters"),
        ("'a' b'b'", "cannot mix bytes and nonbytes literals"), ("ur'a'", "'u' and 'r' prefixes are incompatible" if support.NEW else "invalid syntax"),
        ("bu'a'", "'u' and 'b' prefixes are incompatible" if support.NEW else "invalid syntax"),
    ):
        raises_code(SyntaxError, source, contains=message)


def test_invalid_escape_warns():
    import warnings
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        equal(eval(r"'\d'"), "\\d")
        equal(eval(r"b'\d'"), b"\\d")
        equal(eval(r"'\400'"), "\u0100")
    equal([w.category for w in caught], [SyntaxWarning] * 3)
    check("invalid escape sequence" in str(caught[0].message))
    check("invalid octal escape sequence" in str(caught[2].message))


def test_other_warnings():
    import warnings
    for source, part in (("x is 1", '"is" with \'int\' literal. Did you mean "=="?'), ("x is not 'a'", '"is not" with \'str\' literal. Did you mean "!="?'),
                         ("assert (x, 'm')", "assertion is always true, perhaps remove parentheses?"), ("[1][x, 2]", "list indices must be integers or slices, not tuple; perhaps you missed a comma?"),
                         ("1()", "'int' object is not callable; perhaps you missed a comma?"), ("'a'[1.5]", "str indices must be integers or slices, not float; perhaps you missed a comma?"), ("1in x", "invalid decimal literal")):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            compile(source, "f", "exec")
        check(caught and part in str(caught[0].message), "%r: %r" % (source, [str(w.message) for w in caught]))


def test_layout():
    names = execute("if 1:\n  a = 1\n  if a:\n        b = 2\n  c = 3\nd = 4\n")
    equal([names[k] for k in "abcd"], [1, 2, 3, 4])
    names = execute("if 1: a = 1; b = 2;\nc = (1 +\n  2\n# comment\n\n + 3)\nd = [1,\n2,\n]\n")
    equal([names[k] for k in "abcd"], [1, 2, 6, [1, 2]])
    names = execute("a = 1 + \\\n 2\nif a == 3 and \\\n   True:\n  b = 1")
    equal(names["b"], 1)
    names = execute("if 1:\n\ta = 1\n\n\t# comment\n  # odd comment\n\tb = 2")
    equal(names["b"], 2)
    execute("")
    execute("\n\n# only a comment")
    execute("\x0cx = 1")
    execute("x = 1 # no newline at the end")
    equal(execute("a = 1\r\nb = 2\r\n")["b"], 2)
    equal(execute("a = 1\rb = 2\r")["b"], 2)
    for source, kind, message in (
        (" a = 1", IndentationError, "unexpected indent"), ("if 1:\na = 1", IndentationError, "expected an indented block after 'if' statement on line 1"),
        ("if 1:\n  a\n b", IndentationError, "unindent does not match any outer indentation level"), ("if 1:\n\ta\n        b", TabError, "inconsistent use of tabs and spaces in indentation"),
        ("a = 1\n  b = 2", IndentationError, "unexpected indent"), ("a = \\", SyntaxError, "unexpected EOF while parsing"), ("a \\ b", SyntaxError, "unexpected character after line continuation character"),
        ("a = 5 $ 3", SyntaxError, "invalid syntax"), ("a?", SyntaxError, "invalid syntax"), ("x = \u201cquoted\u201d", SyntaxError, "invalid character '\u201c' (U+201C)"), ("a\xa0= 1", SyntaxError, "invalid non-printable character U+00A0"),
        ("(", SyntaxError, "'(' was never closed"), (")", SyntaxError, "unmatched ')'"), ("(]", SyntaxError, "closing parenthesis ']' does not match opening parenthesis '('"), ("(\n]", SyntaxError, "closing parenthesis ']' does not match opening parenthesis '(' on line 1"),
        ("while 1:", IndentationError, "expected an indented block after 'while' statement on line 1"), ("class A:", IndentationError, "expected an indented block after class definition on line 1"), ("try:\nx", IndentationError, "expected an indented block after 'try' statement on line 1"),
        ("for x in y:\n", IndentationError, "expected an indented block after 'for' statement on line 1"), ("with x:\n", IndentationError, "expected an indented block after 'with' statement on line 1"), ("if 1:\n a\nelse:\nb", IndentationError, "expected an indented block after 'else' statement on line 3"),
    ):
        raises_code(kind, source, contains=message)


def test_names():
    names = execute("\xe9t\xe9 = 1\n\u03b1\u03b2 = 2\n_x1 = 3\n\u540d = 4\n\ufb01 = 5\n\u212b = 6")
    equal((names["\xe9t\xe9"], names["\u03b1\u03b2"], names["_x1"], names["\u540d"], names["fi"], names["\xc5"]), (1, 2, 3, 4, 5, 6))
    for source in ("1a = 1", "a-b = 1", "\u20ac = 1", "a\u00b2 = 1"):
        raises_code(SyntaxError, source)
    for keyword in "False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield".split():
        raises_code(SyntaxError, keyword + " = 1")
    execute("match = case = type = _ = 1")
    execute("print = 5; exec = 1")


def test_encoding():
    equal(eval(b"'\xc3\xa9'"), "\xe9")
    equal(eval(b"# -*- coding: latin-1 -*-\n'\xe9'"), "\xe9")
    equal(eval(b"# coding=utf-8\n'\xc3\xa9'"), "\xe9")
    equal(eval(b"\xef\xbb\xbf'\xc3\xa9'"), "\xe9")
    raises_code(SyntaxError, b"'\xff'")
    raises_code(SyntaxError, b"# coding: no-such\n1", contains="unknown encoding: no-such")
    raises_code(SyntaxError, b"\xef\xbb\xbf# coding: latin-1\n1", contains="with BOM")
    raises_code(SyntaxError, "a\0b", contains="source code string cannot contain null bytes")


def test_operators_and_precedence():
    for source, value in (("1 + 2 * 3", 7), ("(1 + 2) * 3", 9), ("2 ** 3 ** 2", 512), ("-2 ** 2", -4), ("2 ** -1", 0.5), ("not 1 == 2", True), ("1 + 1 << 2", 8), ("1 | 2 ^ 3 & 4", 3), ("1 < 2 == 2", True), ("~1 + 1", -1), ("- - 1", 1), ("not not 1", True),
                          ("1 if 0 else 2 if 0 else 3", 3), ("lambda: 1 if 1 else 2", None), ("1, 2 + 3, 4", (1, 5, 4)), ("1 or 2 and 3", 1), ("10 - 5 - 2", 3), ("100 / 10 / 2", 5.0), ("7 // 2 * 2", 6), ("2 * 3 % 4", 2), ("1 in [1] == True", False), ("True == (1 in [1])", True), ("3 - -2", 5),
                          ("'a' 'b' * 2", "abab"), ("1 .real", 1), ("1..real", 1.0), ("[1, 2][0]", 1), ("{1: 2}[1]", 2), ("(lambda x: x)(3)", 3), ("not 0 in [1]", True), ("0 not in [1]", True), ("1 is not None", True), ("5 & 3 == 1", True), ("await_ if 0 else 1", 1)):
        result = eval(source)
        if value is not None:
            equal(result, value)


def test_statements_that_are_wrong():
    for source, message in (
        ("x = ", "invalid syntax"), ("print 1", "Missing parentheses in call to 'print'. Did you mean print(...)?"), ("exec 'a'", "Missing parentheses in call to 'exec'. Did you mean exec(...)?"),
        ("a b", "invalid syntax"), ("if x = 1: pass", "invalid syntax. Maybe you meant '==' or ':=' instead of '='?"), ("if x", "expected ':'"), ("for x y in z: pass", "invalid syntax"), ("for x in: pass", "invalid syntax"), ("else: pass", "invalid syntax"), ("elif x: pass", "invalid syntax"),
        ("class 1: pass", "invalid syntax"), ("def 1(): pass", "invalid syntax"), ("import", "Expected one or more names after 'import'" if sys.version_info >= (3, 13) else "invalid syntax"), ("import a.b as c.d", "cannot use attribute as import target" if NEW else "invalid syntax"), ("import a as b; x y", "invalid syntax"), ("from . import *, a", ""), ("from a import", "Expected one or more names after 'import'"), ("from a import (", "'(' was never closed"), ("from a import b,", "trailing comma not allowed without surrounding parentheses"),
        ("return", "'return' outside function"), ("a = 1 2", "invalid syntax"), ("f(a b)", "invalid syntax. Perhaps you forgot a comma?"), ("{'a' 1}", "invalid syntax"), ("x += += 1", "invalid syntax"), ("def f(x=): pass", "expected default value expression"), ("a = yield = 1", "assignment to yield expression not possible"), ("1 = 2 = 3", "cannot assign to literal"), ("a, 1 = 2", "cannot assign to literal"),
        ("with open(x) as f, : pass", "invalid syntax"), ("assert", "invalid syntax"), ("del", "invalid syntax"), ("raise from x", ""), ("global", "invalid syntax"), ("nonlocal 1", "invalid syntax"), ("@\ndef f(): pass", "invalid syntax"), ("async x", "invalid syntax"), ("not", "invalid syntax"), ("a if b", "expected 'else' after 'if' expression"), ("a if b else", ""), ("x is", "invalid syntax"), ("a !", "invalid syntax"), ("a <> b", "invalid syntax"), ("a++", "invalid syntax"), ("::", "invalid syntax"), ("...a", "invalid syntax"), ("a.1", "invalid syntax"), ("a..b", "invalid syntax"),
        ("from __future__ import nonsense", "future feature nonsense is not defined"), ("x = 1\nfrom __future__ import annotations", "from __future__ imports must occur at the beginning of the file"), ("from __future__ import braces", "not a chance"), ("try: pass\nfinally: pass\nexcept: pass", "invalid syntax"),
    ):
        raises_code(SyntaxError, source, contains=message)


def test_positions():
    for source, expected in (("a = $", (1, 5)), ("x = 1\ny = (", (2, 5)), ("def f(:\n pass", (1, 7)), ("1 = x", (1, 1)), ("a\n  b", (2, 2)), ("f(a=1, 2)", (1, 9)), ("'abc", (1, 1))):
        error = raises_code(SyntaxError if source != "a\n  b" else IndentationError, source)
        equal((source, error.lineno, error.offset), (source,) + expected)
        equal(error.filename, "<string>")
    error = raises_code(SyntaxError, "x = f(a b)")
    equal((error.text.rstrip(), error.lineno, error.offset, error.end_lineno, error.end_offset), ("x = f(a b)", 1, 7, 1, 10))


def test_limits():
    for source in ("(" * 1000 + ")" * 1000, "[" * 100000, "-" * 100000 + "1", "not " * 50000 + "1", "a" + ".b" * 200000, "x = " + "(" * 300, "lambda: " * 50000 + "1", "a" + "[0]" * 100000, "f" + "()" * 100000, "1" + "+1" * 100000, "if 1:\n" * 10, "{" * 100000, "a = " * 100000 + "1", "x" + " if y else x" * 50000, "*" * 1000 + "a", "~" * 100000 + "1", "await " * 1000 + "x", "f'" + "{" * 1000 + "'", "class A: " * 1000):
        try:
            compile(source, "f", "exec")
        except (SyntaxError, RecursionError, MemoryError):
            pass
    source = "".join(" " * i + "if 1:\n" for i in range(101)) + " " * 101 + "pass"
    raises_code(IndentationError, source, contains="too many levels of indentation")
    equal(eval("+".join(["1"] * 5000)), 5000)
    equal(len(eval("[" + "1," * 50000 + "]")), 50000)
    equal(eval("(" * 100 + "1" + ")" * 100), 1)


def test_shared_tokenizer():
    """Several threads take the tokens of one iterator: each comes once."""
    if sys.implementation.name == "cpython":
        support.skip("loses some")
    import io, threading, time
    from _tokenize import TokenizerIter
    class Slow(io.StringIO):
        def readline(self, *a):
            time.sleep(0.002)
            return super().readline(*a)
    for source in ("for _ in a:\n  pass", "x = 1\nif x:\n  y\nz\n", "a"):
        expected = sorted(map(repr, TokenizerIter(io.StringIO(source).readline, extra_tokens=False)))
        tokens = TokenizerIter(Slow(source).readline, extra_tokens=False)
        got = []
        def take():
            for token in tokens:
                got.append(repr(token))
        threads = [threading.Thread(target=take) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        equal(sorted(got), expected)
    equal([t[1:] for t in TokenizerIter(io.StringIO("if a:\n  b").readline, extra_tokens=False)][-3:],
          [("", (2, 3), (2, 3), "  b"), ("", (2, -1), (2, -1), "  b"), ("", (2, -1), (2, -1), "  b")])


def test_tokenize_errors():
    import io, tokenize
    def last(source):
        try:
            for token in tokenize.generate_tokens(io.StringIO(source).readline):
                pass
        except (tokenize.TokenError, SyntaxError) as error:
            return error
    equal(last("x = 1\ny = 'a\0b'\n").args, ("source code cannot contain null bytes", (2, 0)))
    equal(last("x\n'''\n\0 '''\n").args, ("source code cannot contain null bytes", (3, 0)))
    equal(last("ab \\\n").args, ("unexpected EOF in multi-line statement", (1, 5)))
    equal(last("a\n\u00e9\\").args, ("unexpected EOF in multi-line statement", (2, 4)))
    equal(last("(").args, ("unexpected EOF in multi-line statement", (1, 0)))
    equal(last("a\n\\\n").args, ("unexpected EOF in multi-line statement", (2, 0)))
    equal(last("x = f'{[a\n").args, ("unexpected EOF in multi-line statement", (1, 10)))
    error = last("if x:\n    a\n  b\n")
    equal((type(error), error.lineno, error.offset, error.end_lineno, error.end_offset), (IndentationError, 3, 4, None, None))


def test_columns_of_invalid_bytes():
    for source, column in ((b"def f\xa7g(): pass\n", 6), (b"x = 1\nab\xed\xa0\x80c\n", 4), (b"ab\xf3cd\n", 3)):
        error = raises(SyntaxError, compile, source, "f", "exec", contains="(unicode error) 'utf-8' codec can't decode byte")
        equal(error.offset, column)
    # Beside an escape the run of bytes that are not ASCII is decoded by itself.
    raises(SyntaxError, compile, b"'abc\\n\xe4\xbdz'", "f", "exec", message="(unicode error) 'utf-8' codec can't decode bytes in position 0-1: unexpected end of data (f, line 1)")
    raises(SyntaxError, compile, b"'abc\xff'", "f", "exec", message="(unicode error) 'utf-8' codec can't decode byte 0xff in position 3: invalid start byte (f, line 1)")


def test_carriage_returns():
    import io, tokenize
    def tokens(lines):
        return [(tokenize.tok_name[t.type], t.string, t.start, t.end) for t in tokenize.generate_tokens(iter(lines).__next__)]
    equal(tokens(["x\r"]), [("NAME", "x", (1, 0), (1, 1)), ("NEWLINE", "\r", (1, 1), (1, 3)), ("ENDMARKER", "", (2, 0), (2, 0))])
    equal(tokens(["\r"]), [("NL", "", (1, 0), (1, 2)), ("ENDMARKER", "", (2, 0), (2, 0))])
    # Each text that readline() gives is a line, even without its newline.
    equal([(name, place) for name, _, place, _ in tokens(["x", "y"])], [("NAME", (1, 0)), ("NEWLINE", (1, 1)), ("NAME", (2, 0)), ("NEWLINE", (2, 1)), ("ENDMARKER", (3, 0))])


def test_warnings_beside_errors():
    import warnings
    for source, count in (('x = a.c"\\[")', 1), ('print "\\["', 0), ('a "\\["', 0)):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            raises(SyntaxError, compile, source, "f", "exec")
        equal((source, len(caught)), (source, count))


def test_declared_encodings():
    # The last newline is supplied before the bytes are decoded.
    raises(SyntaxError, compile, b"# coding: utf-16\n\xc3a", "f", "exec", contains="invalid character")
    equal(compile(b"# coding: latin-1\rx = '\xe9'\r", "f", "exec").co_consts[0], "\xe9")


support.run(globals())
