# time limit: 600
"""SIGINT ends whatever runs, in good time; the handler's exception comes out once and everything else goes on."""

import signal
import subprocess
import sys
import time

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from programs import IMUGI, SANITIZED, indented, limits
from support import check, equal

WAIT = 300  # on the clock: the machine may be busy with much else


def interrupt(source, setup="", alarm=False):
    """The program has to end with the exception. `alarm`: the kernel gives it the signal, after a fifth of a second whatever else the machine does:
    for those whose memory grows meanwhile. (Their modules are loaded before: what importlib calls must not swallow the signal.)"""
    imports = [line for line in source.split("\n") if line.startswith(("import ", "from "))]
    source = "\n".join(line for line in source.split("\n") if line not in imports)
    start = "signal.signal(signal.SIGALRM, signal.default_int_handler)\n" if alarm else ""
    program = (
        "import signal, sys\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n%s%s\n%s\ntry:\n"
        "    print('ready', flush=True)\n%s%sexcept KeyboardInterrupt:\n    print('interrupted')\n" % (
            start, "\n".join(imports), setup, "    signal.setitimer(signal.ITIMER_REAL, 0.2)\n" * alarm, indented(source)))
    process = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, preexec_fn=limits(8 << 20 if "san/" not in sys.executable else None))
    try:
        equal((source, process.stdout.readline()), (source, b"ready\n"))
        if not alarm:
            time.sleep(0.2)
            process.send_signal(signal.SIGINT)
        # The pipe of standard input stays open: input() waits for the signal, not for the end of the file.
        out = process.stdout.read()
        process.wait(WAIT)
        equal((source, out, process.stderr.read(), process.returncode), (source, b"interrupted\n", b"", 0))
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            stream.close()


def test_waiting():
    for source in (
        "import time\ntime.sleep(1000)", "import threading\nthreading.Event().wait()", "input()", "sys.stdin.read()",
        "import threading\nlock = threading.Lock()\nlock.acquire()\nlock.acquire()", "import queue\nqueue.Queue().get()",
        "import queue\nqueue.SimpleQueue().get()", "import select\nselect.select([], [], [])", "signal.pause()",
        "import os\nr, w = os.pipe()\nos.read(r, 1)", "import subprocess\nsubprocess.run(['sleep', '1000'])",
        "import socket\na, b = socket.socketpair()\na.recv(1)",
        "import threading, time\nt = threading.Thread(target=time.sleep, args=(1000,), daemon=True)\nt.start()\nt.join()",
    ):
        interrupt(source)


def test_just_before_a_sleep():
    """A signal that comes between the last look for one and the system call is not overslept."""
    previous = signal.signal(signal.SIGALRM, signal.default_int_handler)
    rounds = 300 if SANITIZED else 3000
    try:
        for number in range(rounds):
            slept = False
            try:
                signal.setitimer(signal.ITIMER_REAL, (number % 200 + 1) / 1_000_000)
                time.sleep(20)
                slept = True
            except KeyboardInterrupt:
                pass
            check(not slept)
    finally:
        signal.signal(signal.SIGALRM, previous)


def test_python():
    for source in ("while True: pass", "for x in iter(int, 1): pass", "def f():\n  try: pass\n  finally: f2()\ndef f2():\n  while True: pass\nf()",
                   "class A:\n  def __enter__(s): return s\n  def __exit__(s, *a): pass\nwhile True:\n  with A(): pass"):
        interrupt(source)


def test_native_loops():
    if not IMUGI:
        support.skip("CPython is deaf in many of these")
    for source in (
        "list(map(lambda x: [y for y in range(10 ** 9)], [1]))",
        "sum(iter(int, 1))", "[x for x in iter(int, 1) if x]", "any(iter(int, 1))", "max(range(10 ** 10))", "1.5 in range(10 ** 10)",
        "1 in iter(int, 1)", "a, *b = iter(int, 1)", "list(filter(None, iter(int, 1)))", "','.join(iter(str, 1))",
        "bytes(iter(int, 1))", "sorted(range(10 ** 9), key=lambda x: -x)", "set(range(10 ** 9))",
        "import itertools\nsum(itertools.count())", "import itertools\nlist(itertools.count())",
        "import itertools\nnext(itertools.islice(itertools.count(), 10 ** 12, None))",
        "import itertools\nnext(itertools.chain.from_iterable(itertools.repeat(())))",
        "import itertools\nnext(itertools.dropwhile(bool, itertools.repeat(1)))",
        "from collections import deque\ndeque(iter(int, 1), maxlen=1)", "import array\narray.array('i', iter(int, 1))",
        "import re\nre.match('(a+)+b', 'a' * 50)", "import re\nwhile True: re.search('(?:a|b)*c', 'ab' * 10 ** 4)",
        "while True: pow(3 ** 200000, 5 ** 2000, 7 ** 200000)",
    ):
        interrupt(source, alarm=True)


def test_big_numbers():
    if not IMUGI:
        support.skip("CPython is deaf in these")
    interrupt("10 ** 10 ** 8")
    interrupt("str(1 << (1 << 26))", "sys.set_int_max_str_digits(0)")


def test_long_sequences():
    if not IMUGI:
        support.skip("CPython is deaf in many of these")
    # The sanitizers take ten to fifty times as long for an item.
    long, shorter = (10 ** 6, 10 ** 6) if SANITIZED else (3 * 10 ** 7, 10 ** 7)
    items = "items = [None] * %d" % long
    for source, setup in (
        ("while True: items.count(5)", items), ("while True: 5 in items", items), ("while True: items == other", items + "\nother = items[:]"),
        ("while True: ''.join(items)", "items = ['a'] * %d" % shorter), ("while True: items.count(5)", "items = (None,) * %d" % long),
        ("while True: sorted(items)", "items = [i * 7919 % 1000003 for i in range(10 ** 6)]"), ("while True: sum(items)", "items = [1] * %d" % shorter),
        ("while True: set(items)", "items = [1] * %d" % shorter), ("while True: repr(items)", "items = [1] * %d" % shorter),
    ):
        interrupt(source, setup)


def test_uncaught():
    process = subprocess.Popen([sys.executable, "-c", "import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\nprint(1, flush=True)\nwhile True: pass"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=WAIT)
    equal((process.returncode, err.decode().splitlines()[-1]), (-signal.SIGINT, "KeyboardInterrupt"))


def test_any_time():
    """While modules are loaded, objects finalized, blocks entered and left: the exception, or a report that it was ignored."""
    program = (
        "import gc, signal, sys\nsignal.signal(signal.SIGINT, signal.default_int_handler)\nclass Block:\n"
        "  def __enter__(self): return self\n  def __exit__(self, *a): pass\n  def __del__(self): pass\n"
        "def gen():\n  try:\n    while True: yield 1\n  finally: Block()\nprint('ready', flush=True)\ntry:\n  while True:\n"
        "    with Block() as b: b.x = [b]\n    g = gen()\n    next(g)\n    del g\n    gc.collect()\n"
        "    sys.modules.pop('colorsys', None)\n    import colorsys\n    exec('x = 1\\n' * 50)\nexcept KeyboardInterrupt:\n  print('interrupted')\n")
    for i in range(20):
        process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        equal(process.stdout.readline(), b"ready\n")
        # In __del__ the exception is reported and swallowed: again until it arrives elsewhere.
        out = b""
        time.sleep(0.001 * (i * 7 % 40))
        for _ in range(1000):
            process.send_signal(signal.SIGINT)
            try:
                process.wait(0.05)
                break
            except subprocess.TimeoutExpired:
                pass
        out, err = process.communicate(timeout=WAIT)
        check(process.returncode in (0, -signal.SIGINT, 1), (process.returncode, out, err))
        check(process.returncode or out == b"interrupted\n", (process.returncode, out, err))
        check(not err or b"KeyboardInterrupt" in err or b"ignored" in err, err)


def test_end():
    """When nothing can be called any more a signal has its default effect."""
    program = "import os, signal\nclass Late:\n  def __del__(self, kill=os.kill, pid=os.getpid()): kill(pid, 2)\nlate = Late()\nlate.self = late\n"
    done = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=WAIT)
    equal((done.returncode, done.stdout, done.stderr), (-signal.SIGINT, b"", b""))


support.run(globals())
