"""The prompt that reads its statements from a pipe: what -i shows, line by line."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import os
import subprocess
import tempfile
import support
from support import check, equal


def session(text, *options, **environment):
    """Exit status and everything that was written."""
    environment = {**{k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}, "TERM": "dumb", "NO_COLOR": "1", **environment}
    done = subprocess.run([sys.executable, "-q", "-i", *options], input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          env=environment)
    return done.returncode, done.stdout


def test_statements():
    equal(session("1+1\nif 1:\n  print('a')\n\nx = '''b\nc'''\nx\n_\n"), (0, ">>> 2\n>>> ... ... a\n>>> ... >>> 'b\\nc'\n>>> 'b\\nc'\n>>> \n"))


def test_errors():
    status, text = session("def f(n):\n  return 1 / n\n\nf(0)\nx =\n  1\n1\n")
    equal((status, text.splitlines()), (0, [
        ">>> ... ... >>> Traceback (most recent call last):",
        '  File "<stdin>", line 1, in <module>',
        "    f(0)",
        "    ~^^^",
        '  File "<stdin>", line 2, in f',
        "    return 1 / n",
        "           ~~^~~",
        "ZeroDivisionError: division by zero",
        '>>>   File "<stdin>", line 1',
        "    x =",
        "       ^",
        "SyntaxError: invalid syntax",
        '>>>   File "<stdin>", line 1',
        "    1",
        "IndentationError: unexpected indent",
        ">>> 1",
        ">>> "]))


def test_end():
    equal(session("raise SystemExit(5)\nprint('never')\n"), (5, ">>> "))
    equal(session("import sys; sys.ps1 = 'next: '\nsys.ps2\n"), (0, ">>> next: '... '\nnext: \n"))


def test_input_that_ends_within_a_statement():
    equal(session("x = 1\nx"), (0, ">>> >>> ... \n1\n>>> \n"))
    equal(session("if 1:\n  print(5)\n"), (0, ">>> ... ... \n5\n>>> \n"))
    equal(session("x = (1,\n2"), (0, """>>> ... ... 
  File "<stdin>", line 1
    x = (1,
        ^
SyntaxError: '(' was never closed
>>> 
"""))
    equal(session("try:\n  print(5)\n"), (0, """>>> ... ... 
  File "<stdin>", line 2
    print(5)
            ^
SyntaxError: expected 'except' or 'finally' block
>>> 
"""))
    equal(session("1 / 0"), (0, """>>> ... 
Traceback (most recent call last):
  File "<stdin>", line 1, in <module>
    1 / 0
    ~~^~~
ZeroDivisionError: division by zero
>>> 
"""))


def test_lines_of_late_errors():
    status, text = session("def f(x, x): pass\n\ndef g():\n  nonlocal y\n\n")
    lines = [line.lstrip(">. ") for line in text.splitlines()]
    equal([line for line in lines if line and not line.startswith(("File", "SyntaxError: dup"))],
          ["def f(x, x): pass", "^", "nonlocal y", "^^^^^^^^^^", "SyntaxError: no binding for nonlocal 'y' found"])


def test_input_that_cannot_be_read():
    for code in ("import os; os.close(0)", "import sys; sys.stdin.close()"):
        status, text = session(code + "\n")
        equal((status, text.strip().split("\n")[0]), (0, ">>> >>>"))


def test_sources_are_kept():
    equal(session("def f():\n  return 3\n\nimport inspect; print(inspect.getsource(f))\n"), (0, ">>> ... ... >>> def f():\n  return 3\n\n>>> \n"))


def test_frames_begin_with_the_statement():
    status, text = session("import traceback; print(len(traceback.extract_stack()))\n")
    equal((status, text), (0, ">>> 1\n>>> \n"))


def test_startup_and_script():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "first.py")
        with open(path, "w") as file:
            file.write("first = __name__\n")
        equal(session("first\n", PYTHONSTARTUP=path), (0, ">>> '__main__'\n>>> \n"))
        equal(session("first\n", path), (0, ">>> '__main__'\n>>> \n"))
        status, text = session("1\n", PYTHONSTARTUP=path + "x")
        check(status == 0 and text.startswith("Could not open PYTHONSTARTUP\n") and text.endswith(">>> 1\n>>> \n"))


support.run(globals())
