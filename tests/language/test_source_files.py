"""Programs whose file is not what it should be: encodings, null bytes."""

import os
import subprocess
import sys
import tempfile

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import check, equal


def run_bytes(source, *options):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "t.py")
        with open(path, "wb") as file:
            file.write(source)
        done = subprocess.run([sys.executable, *options, "-X", "utf8", path], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE)
        return done.stderr.decode().replace(path, "t.py").splitlines()


def test_not_utf8():
    declared = "but no encoding declared; see https://peps.python.org/pep-0263/ for details"
    equal(run_bytes(b"x = 1\ny = '\x89'\n"),
          ["SyntaxError: Non-UTF-8 code starting with '\\x89' in file t.py on line 2, " + declared])
    equal(run_bytes(b"#\xfd\n"),
          ["SyntaxError: Non-UTF-8 code starting with '\\xfd' in file t.py on line 1, " + declared])


def test_encodings():
    equal(run_bytes(b"# coding: nope\n"), ["SyntaxError: encoding problem: nope"])
    equal(run_bytes(b"\xef\xbb\xbf# coding: latin-1\n"), ["SyntaxError: encoding problem: iso-8859-1 with BOM"])
    equal(run_bytes(b"# coding: latin-1\nassert len('\xe9\xe9') == 2\n"), [])


def test_null_bytes():
    equal(run_bytes(b"x = 1\nprint('a\0b')\n"),
          ['  File "t.py", line 2', "    print('a", "SyntaxError: source code cannot contain null bytes"])


def test_lines_alone():
    lines = run_bytes(b"def f():\n    1/0\nf()\n", "-X", "no_debug_ranges")
    check(not any("^" in line for line in lines), lines)
    equal(lines[-1], "ZeroDivisionError: division by zero")


support.run(globals())
