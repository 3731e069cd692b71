# time limit: 600
# not under: asan tsan
"""Programs that ask for too much: each ends with the right exception or message, never a crash.

Run as `python test_exhaustion.py`; each program runs in a process of its own.
"""

import os
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import check, equal


def run(source, *, limit=None, stdin=b"", timeout=100, arguments=None, **more):
    """Returns (exit code, stdout, stderr) of a program; `limit` is ulimit -v in KiB."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "program.py")
        with open(path, "wb") as file:
            file.write(source if isinstance(source, bytes) else source.encode())
        command = [sys.executable, path] + (arguments or [])
        if limit:
            command = ["bash", "-c", "ulimit -v %d; exec \"$@\"" % limit, "bash"] + command
        done = subprocess.run(command, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=timeout, **more)
    return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")


def expect(source, *names, **more):
    """The program prints the name of one of these exceptions that it has caught, and lives on."""
    body = "".join("    " + line + "\n" for line in source.splitlines())
    program = "import sys\ntry:\n%sexcept (%s) as e:\n    print(type(e).__name__)\nelse:\n    print('nothing')\nassert sum(range(10)) == 45\nprint('alive')\n" % (body, ", ".join(names))
    code, out, err = run(program, **more)
    equal((code, out.split()[-1:], err[-500:]), (0, ["alive"], ""))
    check(out.split()[0] in names, "got %r for %r" % (out, source))


IMUGI = sys.implementation.name == "imugi"


def expect_freed(source, *names, **more):
    """Like expect(), for a program whose memory must be given back before it can go on."""
    body = "".join("    " + line + "\n" for line in source.splitlines())
    program = "def program():\n%stry:\n    program()\nexcept (%s) as e:\n    caught = type(e).__name__\nprint(caught, 'alive')\n" % (body, ", ".join(names))
    code, out, err = run(program, **more)
    check(code == 0 and out.split()[0] in names, "%r: %r" % (source, (code, out, err[-500:])))


def test_infinite_recursion():
    for source in (
        "def f(): f()\nf()",
        "def f(): return 1 + f()\nf()",
        "class A:\n  def __getattr__(self, n): return getattr(self, n)\nA().x",
        "class A:\n  def __getattribute__(self, n): return getattr(self, n)\nA().x",
        "class A:\n  def __eq__(self, o): return self == o\nA() == A()",
        "class A:\n  def __repr__(self): return repr(self)\nrepr(A())",
        "class A:\n  def __str__(self): return '%s' % self\nstr(A())",
        "class A:\n  def __format__(self, s): return f'{self}'\nf'{A()}'",
        "class A:\n  def __hash__(self): return hash(self)\nhash(A())",
        "class A:\n  def __bool__(self): return bool(self)\nbool(A())",
        "class A:\n  def __len__(self): return len(self)\nlen(A())",
        "class A:\n  def __iter__(self): return iter(self)\niter(A())",
        "class A:\n  def __next__(self): return next(self)\nnext(A())",
        "class A:\n  def __call__(self): return self()\nA()()",
        "class A:\n  def __add__(self, o): return self + o\nA() + 1",
        "class A:\n  def __lt__(self, o): return self < o\nsorted([A(), A()])",
        "class A:\n  def __contains__(self, o): return o in self\n1 in A()",
        "class A:\n  def __getitem__(self, i): return self[i]\nA()[0]",
        "class A:\n  def __setattr__(self, n, v): self.x = v\nA().x = 1",
        "class A:\n  def __init__(self): A()\nA()",
        "class A:\n  def __new__(cls): return cls()\nA()",
        "class A:\n  @property\n  def p(self): return self.p\nA().p",
        "class A:\n  def __get__(self, o, t): return o.d\nclass B: d = A()\nB().d",
        "class A:\n  def __missing__(self, k): return self[k]\nclass D(A, dict): pass\nD()[1]",
        "class A(type):\n  def __instancecheck__(s, o): return isinstance(o, s)\nclass B(metaclass=A): pass\nisinstance(1, B)",
        "class A:\n  def __enter__(self):\n    with self: pass\n  def __exit__(self, *a): pass\nwith A(): pass",
        "def g():\n  yield from g()\nnext(g())",
        "def g():\n  for x in g(): yield x\nnext(g())",
        "f = lambda: f()\nf()",
        "async def c(): await c()\nc().send(None)",
        "def f(*a): f(*a)\nf()",
        "def f(**k): f(**k)\nf()",
        "from functools import partial\ndef f(): g()\ng = partial(f)\ng()",
        "def f(x): return list(map(f, [x]))\nf(1)",
        "def f(x): return max([1, 2], key=f)\nf(1)",
        "def f(x): [1, 2].sort(key=f)\nf(1)",
        "def f(x): return sum(f(y) for y in [x])\nf(1)",
        "def f(): exec('f()')\nf()",
        "def f(): eval('f()')\nf()",
        "def f():\n  class A: x = f()\nf()",
        "import re\ndef f(m): return re.sub('a', f, 'a')\nf(1)",
        "def f():\n  try:\n    f()\n  except KeyError:\n    pass\nf()",
        "import json\na = []\na.append(a)\nd = []\nfor _ in range(100000): d = [d]\njson.dumps(d)",
        "a = []\nfor _ in range(100000): a = [a]\nb = []\nfor _ in range(100000): b = [b]\na == b",
        "a = []\nfor _ in range(100000): a = [a]\nrepr(a)",
        "a = {}\nfor _ in range(100000): a = {1: a}\nrepr(a)",
        "import copy\na = []\nfor _ in range(100000): a = [a]\ncopy.deepcopy(a)",
        "isinstance(1, tuple)\nt = int\nfor _ in range(100000): t = (t,)\nisinstance('', t)",
    ):
        expect(source, "RecursionError")


def test_deep_but_fine():
    for source in (
        "a = []\nfor _ in range(1000000): a = [a]\ndel a\nprint('nothing')",
        "a = None\nfor _ in range(1000000): a = (a,)\ndel a\nprint('nothing')",
        "a = None\nfor _ in range(300000): a = {1: a}\ndel a\nprint('nothing')",
        "class A: pass\na = None\nfor _ in range(300000):\n  b = A()\n  b.next = a\n  a = b\ndel a, b\nprint('nothing')",
        "def g(x):\n  yield x\na = None\nfor _ in range(100000): a = g(a)\ndel a\nprint('nothing')",
        "a = None\nfor _ in range(100000): a = (lambda x: lambda: x)(a)\ndel a\nprint('nothing')",
        "a = iter([])\nfor _ in range(100000): a = iter([a])\ndel a\nprint('nothing')",
        "e = None\nfor _ in range(100000):\n  n = ValueError()\n  n.__context__ = e\n  e = n\ndel e, n\nprint('nothing')",
    ):
        code, out, err = run(source)
        equal((code, out, err), (0, "nothing\n", ""))


def test_recursion_limit_raised():
    if not IMUGI:
        support.skip("CPython does not survive this")
    expect("sys.setrecursionlimit(10 ** 9)\ndef f(): return f()\nf()", "RecursionError", "MemoryError", limit=4000000)
    expect("sys.setrecursionlimit(10 ** 9)\nclass A:\n  def __repr__(self): return repr(self)\nrepr(A())", "RecursionError", "MemoryError", limit=4000000)
    expect("sys.setrecursionlimit(10 ** 9)\ndef g():\n  yield from g()\nnext(g())", "RecursionError", "MemoryError", limit=4000000)


def test_memory():
    for source in (
        "bytearray(1 << 60)", "bytes(1 << 60)", "'a' * (1 << 60)", "[None] * (1 << 58)", "(None,) * (1 << 58)", "1 << (1 << 40)", "bytearray(b'x') * (1 << 60)", "'%*d' % (1 << 60, 5)",
        "a = [1]\nwhile True: a += a", "a = 'x'\nwhile True: a += a", "a = b'x'\nwhile True: a += a", "a = 1 << 30\nwhile True: a *= a", "d = {}\ni = 0\nwhile True:\n  d[i] = bytearray(1000)\n  i += 1",
        "a = []\nwhile True: a.append(bytearray(100000))", "s = set()\ni = 0\nwhile True:\n  s.add((i, i, i, i))\n  i += 1", "a = ()\nwhile True: a = (a, bytearray(1000000))", "class A: pass\na = A()\ni = 0\nwhile True:\n  setattr(a, 'x%d' % i, bytearray(10000))\n  i += 1",
        "x = []\nx.extend(iter(int, 1))", "list(iter(int, 1))", "''.join(iter(str, 1))", "x = 'a' * (1 << 28)\n[x.replace('a', x) for _ in range(9)]", "format(1, '1000000000000')", "'a'.center(1 << 50)", "memoryview(bytearray(1 << 60))", "import array\narray.array('d', [0.0]) * (1 << 58)",
        "from collections import deque\nd = deque()\nwhile True: d.append(bytearray(100000))", "range(1 << 62).__len__() and list(range(1 << 62))",
    ):
        expect_freed(source, "MemoryError", "OverflowError", limit=4000000 if "a += a" in source else 2000000)


def test_start_up_under_a_limit():
    equal(run("print('fine')", limit=4000000)[:2], (0, "fine\n"))


def test_interrupt():
    import time
    loops = ["while True: pass", "import time\ntime.sleep(100)", "import threading\nthreading.Event().wait()", "input()", "'a' * 10 in ['b'] * 10\nlist(map(lambda x: [y for y in range(10 ** 9)], [1]))"]
    if IMUGI:
        # Loops inside native functions.
        loops += [
            "sum(iter(int, 1))", "[x for x in iter(int, 1) if x]", "10 ** 10 ** 8", "sorted(range(10 ** 9), key=lambda x: -x)", "any(iter(int, 1))", "max(range(10 ** 10))", "set(range(10 ** 9))", "1.5 in range(10 ** 10)", "1 in iter(int, 1)",
            "','.join(iter(str, 1))", "bytes(iter(int, 1))", "a, *b = iter(int, 1)", "list(filter(None, iter(int, 1)))", "import itertools\nsum(itertools.count())", "import itertools\nlist(itertools.count())",
            "import itertools\nnext(itertools.islice(itertools.count(), 10 ** 12, None))", "from collections import deque\ndeque(iter(int, 1), maxlen=1)", "import array\narray.array('i', iter(int, 1))", "import re\nre.match('(a+)+b', 'a' * 50)", "import threading\nlock = threading.Lock()\nlock.acquire()\nlock.acquire()",
            "sys.set_int_max_str_digits(0)\nstr(1 << (1 << 26))", "while True: pow(3 ** 200000, 5 ** 2000, 7 ** 200000)",
        ]
    for source in loops:
        program = "import signal, sys\nsignal.signal(signal.SIGINT, signal.default_int_handler)\nprint('ready', flush=True)\ntry:\n" + "".join("    %s\n" % line for line in source.splitlines()) + "except KeyboardInterrupt:\n    print('interrupted')\n"
        process = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            equal(process.stdout.readline(), b"ready\n")
            time.sleep(0.2)
            process.send_signal(signal.SIGINT)
            if "10 ** 8" in source or "sorted" in source:
                process.wait(60)
            out, err = process.communicate(timeout=60)
            equal((source, out, err, process.returncode), (source, b"interrupted\n", b"", 0))
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()


def test_uncaught_interrupt():
    process = subprocess.Popen([sys.executable, "-c", "import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\nprint(1, flush=True)\nwhile True: pass"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    equal((process.returncode, err.decode().splitlines()[-1]), (-signal.SIGINT, "KeyboardInterrupt"))


def test_closed_streams():
    def closed(descriptors):
        return subprocess.run(["bash", "-c", "exec \"$@\" " + descriptors, "bash", sys.executable, "-c", "import sys\nprint('x')\nsys.stderr and sys.stderr.write('e')\nsys.exit(3)"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    equal(closed(">&-").returncode, 3)
    equal(closed("2>&-").returncode, 3)
    equal(closed("<&-").returncode, 3)
    equal(closed("<&- >&- 2>&-").returncode, 3)
    done = subprocess.run([sys.executable, "-c", "print('x')"], stdout=open("/dev/full", "w"), stderr=subprocess.PIPE, timeout=60)
    check(done.returncode in (1, 120) and b"No space left on device" in done.stderr)
    process = subprocess.Popen([sys.executable, "-c", "for _ in range(100000): print('xxxxxxxxxxxxxxxxxxx')"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    check(process.wait(60) in (1, 120) and b"BrokenPipeError" in err)


def test_bad_sources():
    check("No such file" in subprocess.run([sys.executable, "/no/such/file.py"], stderr=subprocess.PIPE, timeout=60).stderr.decode())
    for source in (b"\xff\xfe\x00", b"\x00\x01\x02", bytes(range(256)) * 100, b"\x7fELF" + bytes(1000), b"'\xff'"):
        code, out, err = run(source)
        equal((code, out), (1, ""))
        check("SyntaxError" in err, err)
    code, out, err = run("x = " + "(" * 100000)
    equal(code, 1)
    check("SyntaxError" in err or "MemoryError" in err or "RecursionError" in err)
    for part in ("(", "[", "{", "-", "not ", "lambda: ", "~", "f(", "a[", "x if y else ", "await ", "*", "a.b(", "1+(", "{1:", "f'{"):
        code, out, err = run("x = " + part * 100000, timeout=100)
        check(code == 1 and ("Error" in err), "%r: %s %s" % (part, code, err[-200:]))
    code, out, err = run("\n".join(" " * n + "if 1:" for n in range(3000)))
    check(code == 1 and "IndentationError" in err)


def test_hostile_marshal():
    import marshal
    import random
    chance = random.Random(3)
    base = bytearray(marshal.dumps([1, 2.5, "a", b"b", (None, True), {"k": [1]}, 10 ** 50, compile("a = 1", "f", "exec")]))
    program = "import marshal, sys\ndata = sys.stdin.buffer.read()\nwhile data:\n  n = int.from_bytes(data[:4], 'big')\n  part, data = data[4:4 + n], data[4 + n:]\n  try:\n    marshal.loads(part)\n  except (ValueError, EOFError, TypeError, MemoryError, KeyError, OverflowError, RecursionError):\n    pass\nprint('alive')\n"
    parts = []
    for _ in range(2000):
        bad = bytearray(base)
        for _ in range(chance.randrange(1, 4)):
            bad[chance.randrange(len(bad))] = chance.randrange(256)
        parts.append(bytes(bad[:chance.randrange(1, len(bad) + 1)]))
    parts += [b"[" + b"\xff\xff\xff\x7f", b"(" * 100000, b"[\x01\x00\x00\x00" * 100000, b"<\x01\x00\x00\x00" * 10000, b"s\xff\xff\xff\x7fa", b"{" * 100000]
    code, out, err = run(program, stdin=b"".join(len(part).to_bytes(4, "big") + part for part in parts), limit=8000000)
    equal((code, out, err[-300:]), (0, "alive\n", ""))


support.run(globals())
