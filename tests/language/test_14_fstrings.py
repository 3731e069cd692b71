"""f-strings: expressions, conversions, specs, nesting, the debug form, quotes, errors."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import ast

import support
from support import check, equal, raises, raises_code


def test_basic():
    x, name = 5, "you"
    equal(f"", "")
    equal(f"plain", "plain")
    equal(f"{x}", "5")
    equal(f"a{x}b{name}c", "a5byouc")
    equal(f"{{}}", "{}")
    equal(f"{{{x}}}", "{5}")
    equal(f"{x + 1}{x * 2}", "610")
    equal(f"{'nested'}", "nested")
    equal(f'{"nested"}', "nested")
    equal(f"{ x }", "5")
    equal(f"{x}" "{x}" f"{x}", "5{x}5")
    equal("a" f"{x}" 'b', "a5b")
    equal(f"{x,}", "(5,)")
    equal(f"{x, 1}", "(5, 1)")
    equal(F"{x}", "5")
    equal(f"\n\t\x41\u20ac\N{BULLET}", "\n\tA\u20ac\u2022")
    equal(rf"\n{x}\d", "\\n5\\d")
    equal(fr"\{x}", "\\5")
    equal(Rf"{x}\\", "5\\\\")
    equal(f"""a
{x}
b""", "a\n5\nb")
    equal(f'{x!r:>{3}}', "  5")


def test_conversions():
    class A:
        def __str__(self): return "str"
        def __repr__(self): return "répr"
        def __format__(self, spec): return "<" + spec + ">"
    a = A()
    equal(f"{a}", "<>")
    equal(f"{a!s}", "str")
    equal(f"{a!r}", "répr")
    equal(f"{a!a}", "r\\xe9pr")
    equal(f"{a:spec}", "<spec>")
    equal(f"{a!s:>5}", "  str")
    equal(f"{a!r:<6}|", "répr  |")
    equal(f"{'a' != 'b'}", "True")
    equal(f"{a != 5}", "True")
    equal(f"{3!r}", "3")


def test_specs():
    x, w, p, n = 3.14159, 10, 3, 255
    equal(f"{x:.2f}", "3.14")
    equal(f"{x:{w}.{p}}", "      3.14")
    equal(f"{x:{'>'}{w}}", "   3.14159")
    equal(f"{n:#x} {n:08b} {n:,} {n:+d}", "0xff 11111111 255 +255")
    equal(f"{'a':*^5}", "**a**")
    equal(f"{n:{'#' + 'x'}}", "0xff")
    equal(f"{n:{w}{'d'}}", "       255")
    equal(f"{n!s:{w}}", "255       ")
    equal(f"{1:{'{'}>5}", "{{{{1")
    import datetime
    equal(f"{datetime.date(2024, 1, 2):%Y/%m/%d}", "2024/01/02")
    equal(f"{x:{w}.{p + 1}f}", "    3.1416")
    equal(f"{n:{f'{w}'}}", "       255")
    raises(ValueError, lambda: f"{5:5zd}", message="Invalid format specifier '5zd' for object of type 'int'")
    raises(ValueError, lambda: f"{'a':d}", message="Unknown format code 'd' for object of type 'str'")


def test_debug():
    x = 5
    equal(f"{x=}", "x=5")
    equal(f"{x = }", "x = 5")
    equal(f"{x=!s}", "x=5")
    equal(f"{'a'=}", "'a'='a'")
    equal(f"{x=:>4}", "x=   5")
    equal(f"{x + 1 = }", "x + 1 = 6")
    equal(f"{x=!r:^5}", "x=  5  ")
    equal(f"{ x= }", " x= 5")
    equal(f"{x==5}", "True")
    equal(f"{(x:=7)=}", "(x:=7)=7")
    equal(f"{x
=}", "x\n=7")


def test_expressions():
    d = {"k": 1, "q": [1, 2]}
    items = [1, 2, 3]
    equal(f"{d['k']}", "1")
    equal(f"{d["k"]}", "1")
    equal(f"{items[1:]}", "[2, 3]")
    equal(f"{[i * 2 for i in items]}", "[2, 4, 6]")
    equal(f"{ {1: 2}[1] }", "2")
    equal(f"{ {i for i in (1,)} }", "{1}")
    equal(f"{(lambda v: v + 1)(2)}", "3")
    equal(f"{'yes' if items else 'no'}", "yes")
    equal(f"{'a' 'b'}", "ab")
    equal(f"{f'{f"{1 + 1}"}'}", "2")
    equal(f"{"\n".join(['a', 'b'])}", "a\nb")
    equal(f"{'\\'}", "\\")
    equal(f"{# a comment
    1}", "1")
    equal(f"{items!r}", "[1, 2, 3]")
    equal(f"{max(*items)}", "3")
    equal(f"{(x := 3)}", "3")
    equal(f"{ (lambda: 1)() }", "1")
    equal(f"{*items,}", "(1, 2, 3)")
    equal(f"{1 if True else 2:>3}", "  1")
    equal(f"{not 1}", "False")
    equal(f"{3 < 4}", "True")
    def g():
        r = f"{yield 1}"
        yield r
    it = g()
    next(it)
    equal(it.send("sent"), "sent")


def test_evaluation():
    log = []
    def see(x):
        log.append(x)
        return x
    f"{see(1)}{see(2):{see(3)}}{see(4)}"
    equal(log, [1, 2, 3, 4])
    def local():
        y = 3
        return [f"{y}{i}" for i in range(2)]
    equal(local(), ["30", "31"])
    class C:
        v = 1
        s = f"{v}"
    equal(C.s, "1")


def test_str_subclass_and_types():
    class S(str):
        pass
    equal(type(f"{S('a')}"), str)
    equal(f"{None}{True}{1.0}{1j}{b'a'}{...}", "NoneTrue1.01jb'a'Ellipsis")
    raises(TypeError, lambda: f"{[]:5}", message="unsupported format string passed to list.__format__")
    class Bad:
        def __format__(self, spec): return 5
    raises(TypeError, lambda: f"{Bad()}", message="__format__ must return a str, not int")


def test_no_docstring():
    def f():
        f"not a doc"
    check(f.__doc__ is None)


def test_syntax():
    for source, message in (
        ("f'{'", "f-string: expecting '}'"),
        ("f'}'", "f-string: single '}' is not allowed"),
        ("f'{}'", "f-string: valid expression required before '}'"),
        ("f'{ }'", "f-string: valid expression required before '}'"),
        ("f'{!r}'", "f-string: valid expression required before '!'"),
        ("f'{=}'", "f-string: valid expression required before '='"),
        ("f'{:x}'", "f-string: valid expression required before ':'"),
        ("f'{a!x}'", "f-string: invalid conversion character 'x': expected 's', 'r', or 'a'"),
        ("f'{a!}'", "f-string: missing conversion character"),
        ("f'{a b}'", "invalid syntax. Perhaps you forgot a comma?"),
        ("f'{a $ b}'", "f-string: expecting '=', or '!', or ':', or '}'"),
        ("f'{lambda x: 1}'", "f-string: lambda expressions are not allowed without parentheses"),
        ("f'abc", "unterminated f-string literal (detected at line 1)"),
        ("f'''abc", "unterminated triple-quoted f-string literal (detected at line 1)"),
        ("f'{a)}'", "f-string: unmatched ')'"),
        ("f'{a' + 1", "f-string: expecting '}'"),
        ("f'{import x}'", "f-string: expecting a valid expression after '{'"),
    ):
        raises_code(SyntaxError, source, {"a": 1}, contains=message)


def test_backslash_before_a_brace_warns_once():
    import warnings
    for source, count in ((r"f'\{{'", 1), (r"f'\{6}'", 1), (r"f'a\}}b'", 1), (r"f'\{{\{{'", 2), (r"f'x\{{ \d'", 2)):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            compile(source, "test", "eval")
        equal((source, len(caught)), (source, count))


def test_parts_of_made_up_trees():
    def value(*parts):
        tree = ast.parse("0", mode="eval")
        tree.body = ast.JoinedStr(list(parts))
        return eval(compile(ast.fix_missing_locations(tree), "<tree>", "eval"), {"x": "ex", "n": 3})

    def name(name):
        return ast.Name(name, ast.Load())

    equal(value(ast.Constant("a"), name("x"), ast.Constant("b")), "aexb")
    equal(value(ast.Constant("a"), ast.JoinedStr([ast.FormattedValue(name("n"), -1), ast.Constant("c")])), "a3c")
    equal(value(name("n")), 3)
    raises(TypeError, value, ast.Constant("a"), name("n"), message="sequence item 1: expected str instance, int found")
    raises(TypeError, value, ast.Constant("a"), ast.Constant(5), message="sequence item 1: expected str instance, int found")
    raises(TypeError, value, ast.Constant("a"), ast.JoinedStr([ast.Constant(5)]), message="sequence item 1: expected str instance, int found")


support.run(globals())
