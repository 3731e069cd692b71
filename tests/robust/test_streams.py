# time limit: 300
"""Closed and broken streams, and sources that are no Python: a message and an exit status."""

import os
import subprocess
import sys
import tempfile

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from programs import run
from support import check, equal

WAIT = 300


def test_closed():
    program = "import sys\nprint('x')\nsys.stderr and sys.stderr.write('e')\nsys.exit(3)"
    for i in range(8):
        closed = " ".join(part for bit, part in enumerate(("<&-", ">&-", "2>&-")) if i >> bit & 1)
        done = subprocess.run(["bash", "-c", "exec \"$@\" " + closed, "bash", sys.executable, "-c", program],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=WAIT)
        equal((closed, done.returncode), (closed, 3))


def test_full_device():
    with open("/dev/full", "w") as full:
        done = subprocess.run([sys.executable, "-c", "print('x')"], stdout=full, stderr=subprocess.PIPE, timeout=WAIT)
    check(done.returncode in (1, 120) and b"No space left on device" in done.stderr, (done.returncode, done.stderr))


def test_broken_pipe():
    process = subprocess.Popen([sys.executable, "-c", "for _ in range(100000): print('xxxxxxxxxxxxxxxxxxx')"],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    check(process.wait(WAIT) in (1, 120) and b"BrokenPipeError" in err, err)


def test_no_file():
    for path, message in (("/no/such/file.py", b"No such file"), ("/", b"find '__main__' module")):
        done = subprocess.run([sys.executable, path], stderr=subprocess.PIPE, timeout=WAIT)
        check(done.returncode in (1, 2) and message in done.stderr, (path, done))
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "pipe")
        os.mkfifo(path)
        process = subprocess.Popen([sys.executable, path], stdout=subprocess.PIPE)
        with open(path, "w") as pipe:
            pipe.write("print(1 + 1)\n")
        equal(process.communicate(timeout=WAIT)[0], b"2\n")


def test_no_python():
    for source in (b"\xff\xfe\x00", b"\x00\x01\x02", bytes(range(256)) * 100, b"\x7fELF" + bytes(1000), b"'\xff'", b"x = 1\0\n",
                   b"# coding: nothing-known\n", b"\xef\xbb\xbf# coding: latin-1\n", b"# coding: utf-16\nx = 1\n", b"\xef\xbb"):
        code, out, err = run(source)
        equal((source[:20], code, out), (source[:20], 1, ""))
        check("SyntaxError" in err, err)


def test_deep_source():
    code, out, err = run("x = " + "(" * 100000)
    equal(code, 1)
    check("SyntaxError" in err or "MemoryError" in err or "RecursionError" in err, err[-300:])
    parts = ("(", "[", "{", "-", "not ", "lambda: ", "~", "f(", "a[", "x if y else ", "await ", "*", "a.b(", "1+(", "{1:", "f'{")
    program = ("for part in %r:\n  try:\n    compile('x = ' + part * 100000, 'f', 'exec')\n"
               "  except (SyntaxError, MemoryError, RecursionError): pass\n  else: print(part)\n" % (parts,))
    equal(run(program), (0, "", ""))
    wide = ("1" + "+1" * 100000, "a" + ".b" * 100000, "a" + "[0]" * 100000, "f" + "()" * 100000, "1" + "<1" * 100000, "-" * 100000 + "1",
            "(" * 100000 + ")" * 100000, "1 and " * 100000 + "1", "1," * 100000, "'a'" * 100000, "f'{1}'" * 10000)
    program = ("for source in %r:\n  try:\n    compile(source, 'f', 'eval')\n"
               "  except (SyntaxError, MemoryError, RecursionError): pass\nprint('fine')\n" % (wide,))
    equal(run(program), (0, "fine\n", ""))
    code, out, err = run("\n".join(" " * n + "if 1:" for n in range(3000)))
    check(code == 1 and "IndentationError" in err, err[-300:])


support.run(globals())
