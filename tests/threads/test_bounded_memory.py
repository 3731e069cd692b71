# time limit: 180
# not under: asan tsan
"""Programs that make garbage for ever, each in its own process: the memory that they take levels off."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import os
import queue
import subprocess
import time

import support
from racing import race
from support import check, equal

# What it takes after the first part of the time, and at the end.
FRAME = """
import gc, os, queue, sys, threading, time, types
class N: pass
def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
def cycles(count):
    for _ in range(count):
        a, b = N(), N()
        a.other, b.other, a.data = b, a, [0] * 50
def on_threads(count, *functions):
    threads = [threading.Thread(target=function) for function in functions for _ in range(count)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
%s
start, first = time.monotonic(), 0
while (now := time.monotonic() - start) < %f:
    step()
    if not first and now > %f: first = resident()
last = resident()
print(first, last)
sys.stdout.flush()
os._exit(0)
"""
SECONDS = float(os.environ.get("IMUGI_MEMORY_SECONDS", "3"))
MEGABYTE = 1 << 20


def bounded(program, kept=8 * MEGABYTE):
    """`kept`: freed bytes that the allocator may hold for some seconds before it gives them back."""
    if not os.path.exists("/proc/self/statm"):
        support.skip("no /proc")
    source = FRAME % (program, SECONDS, SECONDS / 3)
    done = subprocess.run([sys.executable, "-c", source], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=SECONDS * 10 + 60)
    equal((done.returncode, done.stderr), (0, ""))
    first, last = map(int, done.stdout.split())
    check(last <= first * 1.5 + kept, "grows from %.1f to %.1f MB" % (first / MEGABYTE, last / MEGABYTE))


def test_garbage_of_a_thread_that_sleeps():
    bounded("""
def step():
    keep = [[object() for _ in range(200)] for _ in range(200)]
    def drop():
        for i in range(len(keep)): keep[i] = None
        cycles(1000)
    def sleep():
        cycles(2000)
        on_threads(1, drop)
    on_threads(1, sleep)
""", kept=40 * MEGABYTE)  # of its some 500 MB


def test_freed_by_another_thread():
    bounded("""
channel = queue.SimpleQueue()
def consume():
    while True: channel.get()
threading.Thread(target=consume, daemon=True).start()
def step():
    for _ in range(300): channel.put([object() for _ in range(100)])
    while channel.qsize() > 1000: time.sleep(0.0005)
""")


def test_tables_replaced_under_readers():
    bounded("""
shared = [{}, []]
def read():
    while True:
        table, items = shared
        for i in range(0, 5000, 7): table.get(i)
        len(items), items[:5]
for _ in range(2): threading.Thread(target=read, daemon=True).start()
def step():
    shared[0], shared[1] = {i: [i] for i in range(5000)}, list(range(5000))
    table, items = shared
    for i in range(5000, 20000): table[i] = i; items.append([i])
    table.clear(), items.clear()
""")


def test_threads_that_come_and_go():
    bounded("""
local = threading.local()
def work():
    local.things = [N() for _ in range(500)]
    table = {i: str(i) for i in range(500)}
def step(): on_threads(20, work)
""")


def test_ever_new_names():
    bounded("""
count = 0
def step():
    global count
    for _ in range(50):
        count += 1
        exec("name_%d = 1\\ndef f_%d(a_%d): return a_%d.x_%d\\nclass C_%d:\\n y_%d = 2\\n def m(self): self.z_%d = 1\\nC_%d().m()" % ((count,) * 9), {})
        setattr(N, "k%d" % count, 1), delattr(N, "k%d" % count), setattr(N(), "n%d" % count, 1), sys.intern("i%d" % count)
""")


def test_modules_and_locals_that_come_and_go():
    bounded("""
def step():
    for _ in range(50):
        module = types.ModuleType("m")
        exec("def f(): return g()\\ndef g(): return [lambda: 1 for _ in range(3)]\\nclass A:\\n def m(self): pass", module.__dict__)
        module.f()
        local = threading.local()
        local.x = local.me = local
""")


def test_nested_codes_go_at_once():
    """One collection frees functions, classes and methods that text was executed for."""
    import gc
    gc.collect()
    gc.collect()
    gc.disable()
    try:
        before = sys.getallocatedblocks()
        for i in range(300):
            exec("class A:\n class B:\n  def f(self):\n   def g(): return lambda: %d\n   return g\nA.B().f()()()" % i, {})
        gc.collect()
        left = sys.getallocatedblocks() - before
    finally:
        gc.enable()
    check(left < 1500, "%d blocks are left" % left)


def test_objects_made_here_and_dropped_there():
    """A million of them, through a queue."""
    line = queue.SimpleQueue()

    def peak():
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * 4096

    def give():
        for _ in range(200):
            while line.qsize() > 20:
                time.sleep(0.0001)
            line.put([[n] for n in range(500)])
        line.put(None)

    def take():
        while line.get() is not None:
            pass
    race(give, take)
    before = peak()
    for _ in range(3):
        race(give, take)
    grown = peak() - before
    check(grown < 40 << 20, "grew by %d MB" % (grown >> 20))


support.run(globals())
