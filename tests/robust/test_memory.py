# time limit: 600
# not under: asan tsan
"""Programs that ask for more memory than there is end with MemoryError and live on."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from programs import expect, expect_fine

# KiB, as in ulimit -v.
SMALL, LARGE = 1000000, 4000000


def test_one_request():
    for source in (
        "bytearray(1 << 60)", "bytes(1 << 60)", "'a' * (1 << 60)", "[None] * (1 << 58)", "(None,) * (1 << 58)",
        "1 << (1 << 40)", "bytearray(b'x') * (1 << 60)", "'%*d' % (1 << 60, 5)", "format(1, '1000000000000')",
        "'a'.center(1 << 50)", "'a'.zfill(1 << 60)", "memoryview(bytearray(1 << 60))", "list(range(1 << 62))",
        "import array\narray.array('d', [0.0]) * (1 << 58)", "(5).to_bytes(1 << 60)",
        "from collections import deque\ndeque([1]) * (1 << 60)", "import itertools\nitertools.product([1], repeat=1 << 60)",
        "import io\nb = io.BytesIO()\nb.seek(1 << 60)\nb.write(b'a')",
        "x = 'a' * (1 << 28)\n[x.replace('a', x) for _ in range(9)]",
        "class A:\n  def __len__(s): return 1 << 60\n  def __getitem__(s, i): return i\nlist(A())",
    ):
        expect(source, "MemoryError", "OverflowError", limit=SMALL)


def test_doubled():
    for source in ("a = [1]\nwhile True: a += a", "a = (1,)\nwhile True: a += a", "a = 'x'\nwhile True: a += a",
                   "a = b'x'\nwhile True: a += a", "a = bytearray(b'x')\nwhile True: a += a"):
        expect(source, "MemoryError", "OverflowError", limit=LARGE)
    expect("a = 1 << 30\nwhile True: a *= a", "MemoryError", limit=SMALL)


def test_filled():
    for source in (
        "a = []\nwhile True: a.append(bytearray(100000))",
        "a = ()\nwhile True: a = (a, bytearray(1000000))",
        "d = {}\ni = 0\nwhile True:\n  d[i] = bytearray(1000)\n  i += 1",
        "s = set()\ni = 0\nwhile True:\n  s.add((i, i, i, i))\n  i += 1",
        "class A: pass\na = A()\ni = 0\nwhile True:\n  setattr(a, 'x%d' % i, bytearray(10000))\n  i += 1",
        "from collections import deque\nd = deque()\nwhile True: d.append(bytearray(100000))",
        "x = []\nx.extend(iter(int, 1))", "list(iter(int, 1))", "''.join(iter(str, 1))", "b''.join(iter(bytes, 1))",
        "import array\na = array.array('i')\na.extend(iter(int, 1))",
        "from collections import deque\ndeque(iter(int, 1))",
        "import io\nf = io.StringIO()\nwhile True: f.write('abc' * 10000)",
        "a = None\nwhile True: a = [a]",
    ):
        expect(source, "MemoryError", limit=SMALL)


def test_threads():
    expect_fine(
        "import threading\ndef work(i):\n  ready.wait()\n  try:\n    a = []\n    while True: a.append(bytearray(100000))\n"
        "  except MemoryError:\n    del a\n    caught[i] = True\ncaught = [False] * 4\nready = threading.Barrier(4)\n"
        "threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]\nfor t in threads: t.start()\n"
        "for t in threads: t.join()\nassert all(caught), caught", limit=SMALL)


def test_start_up_under_a_limit():
    for limit in (LARGE, SMALL, 500000):
        expect_fine("import threading, json, re", limit=limit)


support.run(globals())
