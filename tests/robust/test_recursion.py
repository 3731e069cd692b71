# time limit: 600
# not under: tsan
"""Infinite recursion by every road ends in RecursionError, and deep nests go away.

One thread has no races; the thread sanitizer needs minutes for a deep stack.
"""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import check, equal
from programs import IMUGI, expect, expect_fine, run, skip_with_sanitizer


def test_calls():
    for source in (
        "def f(): f()\nf()",
        "def f(): return 1 + f()\nf()",
        "f = lambda: f()\nf()",
        "def f(*a): f(*a)\nf()",
        "def f(**k): f(**k)\nf()",
        "from functools import partial\ndef f(): g()\ng = partial(f)\ng()",
        "def f(x): return list(map(f, [x]))\nf(1)",
        "def f(x): return max([1, 2], key=f)\nf(1)",
        "def f(x): [1, 2].sort(key=f)\nf(1)",
        "def f(x): return sum(f(y) for y in [x])\nf(1)",
        "def f(): exec('f()', {'f': f})\nf()",
        "def f(): eval('f()', {'f': f})\nf()",
        "def f():\n  class A: x = f()\nf()",
        "import re\ndef f(m): return re.sub('a', f, 'a')\nf(1)",
        "def f():\n  try:\n    f()\n  except KeyError:\n    pass\nf()",
        "import types\nm = types.ModuleType('m')\nm.__spec__ = m\nm.x" if IMUGI else "def f(): f()\nf()",
        "import threading\nlock = threading.RLock()\ndef f():\n  with lock: f()\nf()",
    ):
        expect(source, "RecursionError")


def test_special_methods():
    for source in (
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
        "class A(type):\n  def __subclasscheck__(s, o): return issubclass(o, s)\nclass B(metaclass=A): pass\nissubclass(int, B)",
        "class A(type):\n  def __call__(s): return s()\nclass B(metaclass=A): pass\nB()",
        "class A:\n  def __enter__(self):\n    with self: pass\n  def __exit__(self, *a): pass\nwith A(): pass",
        "class A:\n  def __index__(self): return [1][self]\n[1][A()]",
        "class A: pass\na = A()\nA.__call__ = a\na()",
    ):
        expect(source, "RecursionError")


def test_generators():
    for source in (
        "def g():\n  yield from g()\nnext(g())",
        "def g():\n  for x in g(): yield x\nnext(g())",
        "async def c(): await c()\nc().send(None)",
        "async def g():\n  async for x in g(): yield x\ng().asend(None).send(None)",
        "import itertools\na = iter(())\nfor _ in range(100000): a = itertools.chain(a, ())\nnext(a)",
        "a = iter([1])\nfor _ in range(100000): a = map(abs, a)\nnext(a)",
        "a = iter([1])\nfor _ in range(100000): a = filter(None, a)\nnext(a)",
    ):
        expect(source, "RecursionError")


def test_deep_data():
    for source in (
        "import json\na = []\nfor _ in range(100000): a = [a]\njson.dumps(a)",
        "import json\njson.loads('[' * 100000)",
        "import json\njson.loads('{\"a\":' * 100000)",
        "a = []\nfor _ in range(100000): a = [a]\nb = []\nfor _ in range(100000): b = [b]\na == b",
        "a = b = ()\nfor _ in range(100000): a = (a,); b = (b,)\na < b",
        "a = {}\nb = {}\nfor _ in range(100000): a = {1: a}; b = {1: b}\na == b",
        "a = ()\nfor _ in range(100000): a = (a,)\nhash(a)",
        "a = []\nfor _ in range(100000): a = [a]\nrepr(a)",
        "a = {}\nfor _ in range(100000): a = {1: a}\nrepr(a)",
        "import copy\na = []\nfor _ in range(100000): a = [a]\ncopy.deepcopy(a)",
        "import pickle\na = []\nfor _ in range(100000): a = [a]\npickle.dumps(a)",
        "isinstance(1, tuple)\nt = int\nfor _ in range(100000): t = (t,)\nisinstance('', t)",
        "t = int\nfor _ in range(100000): t = (t,)\nissubclass(str, t)",
        "e = ValueError()\nfor _ in range(100000): e = ExceptionGroup('', [e])\ne.split(KeyError)",
    ):
        expect(source, "RecursionError")


def test_deep_but_fine():
    for source in (
        "a = []\nfor _ in range(1000000): a = [a]\ndel a",
        "a = None\nfor _ in range(1000000): a = (a,)\ndel a",
        "a = None\nfor _ in range(300000): a = {1: a}\ndel a",
        "class A: pass\na = None\nfor _ in range(300000):\n  b = A()\n  b.next = a\n  a = b\ndel a, b",
        "def g(x):\n  yield x\na = None\nfor _ in range(100000): a = g(a)\ndel a",
        "a = None\nfor _ in range(100000): a = (lambda x: lambda: x)(a)\ndel a",
        "a = iter([])\nfor _ in range(100000): a = iter([a])\ndel a",
        "a = iter([])\nfor _ in range(100000): a = map(None, a)\ndel a",
        "e = None\nfor _ in range(100000):\n  n = ValueError()\n  n.__context__ = e\n  e = n\ndel e, n",
        "class A:\n  def __del__(self): pass\na = None\nfor _ in range(100000):\n  b = A()\n  b.next = a\n  a = b\ndel a, b",
        "class A:\n  def __del__(self): pass\na = [A() for _ in range(300000)]\ndel a",
        "import weakref\nclass A: pass\ndied = []\na = [A() for _ in range(300000)]\n"
        "references = [weakref.ref(x, died.append) for x in a]\ndel a\nassert len(died) == 300000, len(died)",
        "import weakref\nclass A: pass\ndef note(r): died.append(r)\ndied = []\na = [A() for _ in range(300000)]\n"
        "references = [weakref.ref(x, note) for x in a]\ndel a\nassert len(died) == 300000, len(died)",
        "import weakref\nclass A: pass\na = [A() for _ in range(300000)]\nd = weakref.WeakKeyDictionary((x, 1) for x in a)\n"
        "del a\nassert len(d) == 0, len(d)",
    ):
        expect_fine(source)


def test_contexts():
    # Each level raises while it handles: a chain as long as the stack was deep, linked in passing.
    expect_fine(
        "import sys\nsys.setrecursionlimit(10 ** 6)\ndef f(n):\n  try:\n    raise KeyError\n  except KeyError:\n"
        "    try:\n      if n: f(n - 1)\n    finally:\n      raise ValueError\ntry:\n  f(50000)\nexcept ValueError as e:\n  n = 0\n"
        "  while e := e.__context__: n += 1\n  assert n == 100001, n")
    # One that was raised before is cut out of the chain it comes again in.
    expect_fine(
        "a, b, c = KeyError(), ValueError(), TypeError()\ntry:\n  try:\n    try:\n      raise a\n    except KeyError:\n"
        "      raise b\n  except ValueError:\n    raise c\nexcept TypeError:\n  try:\n    raise a\n  except KeyError: pass\n"
        "assert a.__context__ is c and c.__context__ is b and b.__context__ is None")


def test_long_chain_is_shown():
    """What a second of runaway recursion links must not take a minute to print."""
    code, out, err = run(
        "import sys\nerror = None\nfor number in range(%d):\n  new = ValueError(number)\n"
        "  new.__context__, error = error, new\ntry:\n  raise KeyError from error\nexcept KeyError as e:\n"
        "  raise TypeError('the last')\n" % 20000)
    lines = err.splitlines()
    equal((code, out, lines[0], lines[-1]), (1, "", "ValueError: 0", "TypeError: the last"))
    equal(lines.count("During handling of the above exception, another exception occurred:"), 20000)
    equal(lines.count("The above exception was the direct cause of the following exception:"), 1)
    check(any(line.startswith("  File ") and line.endswith("program.py\", line 9, in <module>") for line in lines))
    # A chain that goes round is as short as its round.
    code, out, err = run("a, b = KeyError(1), KeyError(2)\na.__context__, b.__context__ = b, a\nraise a")
    equal((code, out, err.splitlines()[0], err.splitlines()[-1]), (1, "", "KeyError: 2", "KeyError: 1"))


def test_limit_raised():
    if not IMUGI:
        support.skip("CPython does not survive this")
    skip_with_sanitizer()
    for source in (
        "def f(): return f()\nf()",
        "class A:\n  def __repr__(self): return repr(self)\nrepr(A())",
        "def g():\n  yield from g()\nnext(g())",
        "def g():\n  for x in g(): yield x\nnext(g())",
        "async def c(): await c()\nc().send(None)",
    ):
        expect("sys.setrecursionlimit(10 ** 9)\n" + source, "RecursionError", "MemoryError", limit=2000000)


support.run(globals())
