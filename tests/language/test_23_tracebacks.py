"""Tracebacks as they are printed: lines, markers, chains, groups, notes, recursion, syntax errors."""

import sys
import traceback

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import NEW, check, equal, is_, raises


def formatted(function, *arguments):
    try:
        function(*arguments)
    except BaseException as error:
        lines = traceback.format_exception(error)
    else:
        support.fail("no exception")
    text = "".join(lines)
    here = __file__
    out = []
    for line in text.splitlines():
        if here in line:
            name = line.rpartition(" in ")[2]
            out.append("  File in " + name)
        else:
            out.append(line)
    return out


def divide(a, b):
    return a / b


def test_plain():
    def f():
        divide(1, 0)
    equal(formatted(f)[-6:], [
        "    divide(1, 0)",
        "    ~~~~~~^^^^^^",
        "  File in divide",
        "    return a / b",
        "           ~~^~~",
        "ZeroDivisionError: division by zero"])


def markers(source):
    """The source line and the marker line under the innermost frame of a failing expression."""
    import linecache
    name = "<markers %d>" % len(linecache.cache)
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    code = compile(source, name, "exec")
    try:
        exec(code, {})
    except Exception as error:
        lines = "".join(traceback.format_tb(error.__traceback__)).splitlines()
    at = max(i for i, line in enumerate(lines) if name in line)
    return [line[4:] for line in lines[at + 1:]]


def test_markers():
    for source, expected in (
        ("x = 1 + 'a'\n", ["x = 1 + 'a'", "    ~~^~~~~"]),
        ("x = {}['k']\n", ["x = {}['k']", "    ~~^^^^^"]),
        ("x = None.attr\n", ["x = None.attr", "    ^^^^^^^^^"]),
        ("x = undefined\n", ["x = undefined", "    ^^^^^^^^^"]),
        ("y = (1 + 2 / 0)\n", ["y = (1 + 2 / 0)", "         ~~^~~"]),
        ("f = len\nf(5)\n", ["f(5)", "~^^^"]),
        ("[1, 2][5]\n", ["[1, 2][5]", "~~~~~~^^^"]),
        ("raise ValueError('x')\n", ["raise ValueError('x')"]),
        ("assert 1 == 2, 'no'\n", ["assert 1 == 2, 'no'", "       ^^^^^^"]),
        ("x = -'a'\n", ["x = -'a'", "    ^^^^"]),
        ("a, b = 1\n", ["a, b = 1", "^^^^"]),
        ("x = 1 < 'a'\n", ["x = 1 < 'a'", "    ^^^^^^^"]),
        ("int('x', base=10)\n", ["int('x', base=10)", "~~~^^^^^^^^^^^^^^"]),
        ("import nothing_here\n", ["import nothing_here"]),
        ("del undefined_name\n", ["del undefined_name", "    ^^^^^^^^^^^^^^"]),
        ("for i in 5: pass\n", ["for i in 5: pass", "         ^"]),
        ("x = [1 / n for n in (1, 0)]\n", ["x = [1 / n for n in (1, 0)]", "     ~~^~~"]),
        ("with 5: pass\n", ["with 5: pass", "     ^"]),
        ("d = {}\nd[1][2] = 3\n", ["d[1][2] = 3", "~^^^"]),
    ):
        equal((source, markers(source)), (source, expected))


def test_chained():
    def cause():
        try:
            divide(1, 0)
        except ZeroDivisionError as e:
            raise KeyError("k") from e
    lines = formatted(cause)
    check("The above exception was the direct cause of the following exception:" in lines)
    equal(lines[-1], "KeyError: 'k'")
    def context():
        try:
            divide(1, 0)
        except ZeroDivisionError:
            raise KeyError("k")
    check("During handling of the above exception, another exception occurred:" in formatted(context))
    def none():
        try:
            divide(1, 0)
        except ZeroDivisionError:
            raise KeyError("k") from None
    equal(sum("ZeroDivision" in line for line in formatted(none)), 0)


def test_notes_and_names():
    def f():
        e = ValueError("message")
        e.add_note("first\nsecond")
        raise e
    equal(formatted(f)[-3:], ["ValueError: message", "first", "second"])
    class Custom(Exception):
        pass
    def g():
        raise Custom("a", 1)
    equal(formatted(g)[-1], "test_notes_and_names.<locals>.Custom: ('a', 1)")
    def h():
        raise ValueError
    equal(formatted(h)[-1], "ValueError")
    class Bad(Exception):
        def __str__(self): raise KeyError
    def i():
        raise Bad
    check(formatted(i)[-1].endswith("Bad: <exception str() failed>"))


def test_groups():
    def f():
        raise ExceptionGroup("group", [ValueError(1), ExceptionGroup("inner", [TypeError(2)])])
    lines = formatted(f)
    for expected in ("  | ExceptionGroup: group (2 sub-exceptions)", "  +-+---------------- 1 ----------------", "    | ValueError: 1", "    +---------------- 2 ----------------", "    | ExceptionGroup: inner (1 sub-exception)", "    +-+---------------- 1 ----------------", "      | TypeError: 2", "      +------------------------------------"):
        check(expected in lines, "%r is missing in %r" % (expected, lines))


def test_recursion():
    def f(n): return f(n + 1)
    lines = formatted(f, 0)
    check(any("more times]" in line for line in lines))
    check(lines[-1].startswith("RecursionError: maximum recursion depth exceeded"))
    check(len(lines) < 40)


def test_syntax_error():
    def f():
        compile("x = (1,\n y z)", "file.py", "exec")
    lines = formatted(f)
    check('  File "file.py", line 2' in lines or '  File "file.py", line 1' in lines)
    equal(lines[-1], "SyntaxError: invalid syntax. Perhaps you forgot a comma?")


def test_suggestions():
    class A:
        colour = 1
    def attribute(): A().color
    equal(formatted(attribute)[-1], "AttributeError: 'A' object has no attribute 'color'. Did you mean: 'colour'?")
    def name():
        value = 1
        return valeu
    equal(formatted(name)[-1], "NameError: name 'valeu' is not defined. Did you mean: 'value'?")
    def imports():
        from collections import OrderedDcit
    check("Did you mean: 'OrderedDict'?" in formatted(imports)[-1])
    def stdlib(): return subprocess.run
    check(formatted(stdlib)[-1].endswith("Did you forget to import 'subprocess'?"))
    def method(): return [].appendd
    check("Did you mean: 'append'?" in formatted(method)[-1])


def test_uncaught():
    import subprocess
    source = "def f():\n    return 1 / 0\nf()\n"
    done = subprocess.run([sys.executable, "-c", source], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    equal((done.returncode, done.stdout), (1, b""))
    lines = done.stderr.decode().splitlines()
    equal(lines[0], "Traceback (most recent call last):")
    equal(lines[1], '  File "<string>", line 3, in <module>')
    check('  File "<string>", line 2, in f' in lines)
    equal(lines[-1], "ZeroDivisionError: division by zero")


def test_line_numbers():
    source = "\n\ndef f(\n    a,\n    b=1,\n):\n    x = (a +\n         b)\n    return [\n        1,\n        x /\n        0,\n    ]\nf(1)\n"
    try:
        exec(compile(source, "lines", "exec"), {})
    except ZeroDivisionError as e:
        tb = e.__traceback__.tb_next
        equal(tb.tb_lineno, 14)
        equal(tb.tb_next.tb_lineno, 11)
    def lines():
        first = sys._getframe().f_lineno
        second = (
            sys._getframe().f_lineno)
        return second - first
    equal(lines(), 2)
    code = compile("a = 1\n\n\nb = [\n f(2),\n 3]\nif a:\n  c\n", "f", "exec")
    check({1, 5, 7, 8} <= {line for _, _, line in code.co_lines() if line})


# A table of positions that is read from places in its midst.
def test_line_numbers_far_on():
    source = "def f(n):\n" + "".join(f"  if n == {i}:\n    raise ValueError({i})\n" for i in range(300))
    names = {}
    exec(compile(source, "far", "exec"), names)
    for i in (0, 1, 31, 32, 33, 63, 64, 150, 299):
        try:
            names["f"](i)
        except ValueError as e:
            equal(e.__traceback__.tb_next.tb_lineno, 3 + 2 * i)
    lines = [line for _, _, line in names["f"].__code__.co_lines() if line]
    equal(sorted(set(lines)), list(range(1, 602)))
    ends = [end for _, end, _, _ in names["f"].__code__.co_positions()]
    check(max(end for end in ends if end) == 601)


def test_made_traceback():
    import types
    frame = sys._getframe()
    made = types.TracebackType(None, frame, 1, 2)
    equal((made.tb_lasti, made.tb_lineno, made.tb_next), (1, 2, None))
    is_(made.tb_frame, frame)
    raises(TypeError, types.TracebackType, None, frame, "no", 2)
    raises(TypeError, types.TracebackType, None, frame, 1, "no")


def test_misspelt_keywords():
    if not support.NEW:
        return
    import traceback
    def told(source):
        try:
            compile(source, "<no such file>", "exec")
        except SyntaxError as error:
            equal(error.msg[:14], "invalid syntax")
            return traceback.format_exception_only(error)[-1].removeprefix("SyntaxError: invalid syntax").strip()
    for source, meant in (("fro x in y: pass", "for"), ("x = 1\nwhille True: pass", "while"), ("imporrt os", "import"), ("if x: pass\nesle: pass", "else"),
                          ("for x im y: pass", "in"), ("x = lamda: 1", "lambda"), ("if a adn b: pass", "and"), ("asycn def f(): pass", "async")):
        equal((source, told(source)), (source, f". Did you mean '{meant}'?"))
    equal(told("pas s"), "")
    raised = raises(SyntaxError, compile, "a = 1; b = 2\nif a:\n    c\n    d d\n", "f", "exec")
    equal(raised._metadata, (3, 4, "a = 1; b = 2\nif a:\n    c\n    d d\n"))
    import _suggestions
    equal(_suggestions._generate_suggestions(["popen", "open"], "nope"), "popen")
    equal(_suggestions._generate_suggestions(["a"], "zzzz"), None)
    raises(TypeError, _suggestions._generate_suggestions, ["a", 1], "b", message="all elements in 'candidates' must be strings")
    raises(TypeError, _suggestions._generate_suggestions, (), "b", message="candidates must be a list")


def test_wrong_handlers():
    import traceback
    def told(source):
        try:
            exec(compile(source, "<handlers>", "exec"))
        except TypeError as error:
            code = error.__traceback__.tb_next
            positions = list(code.tb_frame.f_code.co_positions())[code.tb_lasti // 2]
            return positions
    # The whole handler is meant.
    equal(told("try: 1/0\nexcept 5:\n    pass\n"), (2, 3, 0, 8))
    equal(told("try: 1/0\nexcept* 5:\n    pass\n"), (2, 3, 0, 8))


support.run(globals())
