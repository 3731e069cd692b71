# time limit: 300
"""Data that lies about itself: an exception each time, and the program lives on."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from programs import IMUGI, SANITIZED, run
from support import equal

LIMIT = None if SANITIZED else 8000000
HOSTILE = ("import random, sys\nchance = random.Random(%d)\ndef damaged(data, cut=True):\n  data = bytearray(data)\n"
           "  for _ in range(chance.randrange(1, 4)): data[chance.randrange(len(data))] = chance.randrange(256)\n"
           "  return bytes(data[:chance.randrange(1, len(data) + 1)] if cut and chance.random() < 0.5 else data)\n")


def survives(source, seed=3):
    equal(run(HOSTILE % seed + source + "\nprint('alive')\n", limit=LIMIT), (0, "alive\n", ""))


def test_marshal():
    survives(
        "import marshal\nbase = marshal.dumps([1, 2.5, 'a', b'b', (None, True), {'k': [1]}, 10 ** 50, compile('a = 1', 'f', 'exec')])\n"
        "parts = [damaged(base) for _ in range(2000)]\n"
        "parts += [b'[' + b'\\xff\\xff\\xff\\x7f', b'(' * 100000, b'[\\x01\\x00\\x00\\x00' * 100000, b'<\\x01\\x00\\x00\\x00' * 10000,\n"
        "          b's\\xff\\xff\\xff\\x7fa', b'{' * 100000] + [bytes(chance.randrange(256) for _ in range(20)) for _ in range(2000)]\n"
        "for part in parts:\n  try: marshal.loads(part)\n"
        "  except (ValueError, EOFError, TypeError, MemoryError, KeyError, OverflowError, RecursionError): pass\n")


def test_code_in_marshal():
    if not IMUGI:
        support.skip("CPython trusts code in marshal data")
    # What can be read at all is checked: running it gives an exception or a result.
    survives(
        "import marshal\nsource = '''\ndef f(a, b=2, *c, d=4, **e):\n  x = [i * a for i in range(3) if i]\n"
        "  try:\n    return x[b] + (lambda: a)()\n  except IndexError as error:\n    raise ValueError from error\n  finally:\n    del x\n"
        "class C:\n  def g(self): yield from (1, 2)\nlist(C().g())\ntry: f(1)\nexcept ValueError: pass\n'''\n"
        "base = marshal.dumps(compile(source, 'f', 'exec'))\n"
        "for i in range(3000):\n  try: marshal.loads(damaged(base))\n  except Exception: pass\n")


def test_pickle():
    survives(
        "import pickle, io\nclass Safe(pickle.Unpickler):\n  def find_class(self, module, name):\n"
        "    if module == 'builtins' and name in ('complex', 'set', 'range', 'slice'): return getattr(__import__(module), name)\n"
        "    raise pickle.UnpicklingError(name)\n"
        "for protocol in range(6):\n  base = pickle.dumps([1, 2.5, 'a' * 300, b'b', (None, True), {'k': [1]}, {1, 2}, 10 ** 50, 3j, range(3)], protocol)\n"
        "  for i in range(500):\n    try: Safe(io.BytesIO(damaged(base))).load()\n    except MemoryError: pass\n    except Exception: pass\n"
        "for part in (b'(' * 1000000, b']' * 1000000 + b'.', b'N' + b'\\x85' * 1000000 + b'.', b'\\x80\\x04\\x8d' + b'\\xff' * 7 + b'\\x7f',\n"
        "             b'r\\xff\\xff\\xff\\x7f', b'N.' , b'0', b'1', b'2', b'a', b'e', b's', b'u', b't', b'R', b'b', b'\\x81', b'\\x93'):\n"
        "  try: pickle.loads(part)\n  except Exception: pass\n")


def test_code_replace():
    survives(
        "def f(a, b=1, *c):\n  try:\n    return [x for x in c if x > a]\n  finally:\n    b = lambda: a\n"
        "code = f.__code__\nnames = [n for n in dir(code) if n.startswith('co_')]\nvalues = [0, -1, 1 << 31, 1 << 70, (), ('a',), (1,), b'', b'abc', 'x', None, code]\n"
        "for name in names:\n  for value in values + [-1 - chance.randrange(1 << 20)]:\n    try: code.replace(**{name: value})\n"
        "    except Exception: pass\n" + (
        "for i in range(300):\n  try: code.replace(co_code=damaged(code.co_code))\n  except Exception: pass\n"
        "  try: code.replace(co_exceptiontable=damaged(code.co_exceptiontable))\n  except Exception: pass\n"
        "  try: code.replace(co_linetable=damaged(code.co_linetable)).co_positions()\n  except Exception: pass\n" if IMUGI else ""))


def test_fields_of_syntax_trees():
    survives(
        "import ast, warnings\nwarnings.simplefilter('ignore')\nclass Node(ast.AST): pass\n"
        "for fields in ((1,), [None, 'a'], 'ab', 5, {1: 2}, (Node,)):\n  Node._fields = fields\n"
        "  for use in (repr, ast.dump, lambda node: node.__reduce__(), lambda node: Node(1), lambda node: compile(node, 'f', 'eval')):\n"
        "    try: use(Node.__new__(Node))\n    except (TypeError, AttributeError): pass\n")


def test_texts():
    survives(
        "import json, re, struct, warnings\nwarnings.simplefilter('ignore')\n"
        "base = b'{\"a\": [1, 2.5e10, \"x\\\\u0041\\\\n\", null, true, {\"b\": []}]}'\n"
        "pattern = b'(?P<a>x+)(?:y|[^z-]*?){1,3}(?=b)(?P=a)\\\\\\\\b(?<!c)$'\n"
        "for i in range(2000):\n  try: json.loads(damaged(base))\n  except ValueError: pass\n"
        "  try: re.compile(damaged(pattern).decode('latin-1')).search('xxyybxx' * 3)\n  except (re.error, OverflowError, RecursionError): pass\n"
        "  try: struct.unpack(damaged(b'<3i2s?dq5x').decode('latin-1'), bytes(40))\n  except (struct.error, UnicodeError, MemoryError): pass\n")


def test_pyc():
    """A compiled file cut off or changed anywhere: refused, written anew, or wrong in what it does and no worse."""
    survives(
        "import importlib.util, os, signal, tempfile, warnings\nsys.dont_write_bytecode = False\nwarnings.simplefilter('ignore')\n"
        "def late(*args): raise TimeoutError\nsignal.signal(signal.SIGALRM, late)\n"
        "with tempfile.TemporaryDirectory() as folder:\n  path = os.path.join(folder, 'victim.py')\n"
        "  open(path, 'w').write('def f(x):\\n  return [x, 1.5, \"text\"]\\nvalue = f(2)\\n')\n  sys.path.insert(0, folder)\n"
        "  import victim\n  compiled = importlib.util.cache_from_source(path)\n  good = open(compiled, 'rb').read()\n"
        "  def attempt(data):\n    open(compiled, 'wb').write(data)\n    sys.modules.pop('victim', None)\n    signal.alarm(5)\n    try: import victim\n"
        "    except Exception: pass\n"
        "  for n in range(0, len(good), 3): attempt(good[:n])\n"
        + ("  for n in range(0, len(good), 2): attempt(good[:n] + bytes([good[n] ^ 1 << n % 8]) + good[n + 1:])\n" if IMUGI else ""))


support.run(globals())
