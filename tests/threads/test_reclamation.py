"""Counts, finalizers and weak references of objects that threads share: prompt, once, and no leak."""

import gc
import sys
import threading
import time
import weakref

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
import together
from support import check, equal, is_
from together import for_each, run

COUNT = 2000


class Counted:
    """Counts its living."""
    lock = threading.Lock()
    alive = 0
    deleted = 0

    def __init__(self):
        with Counted.lock:
            Counted.alive += 1

    def __del__(self):
        with Counted.lock:
            Counted.alive -= 1
            Counted.deleted += 1


def test_made_here_dropped_there():
    """One thread makes objects, another drops the last reference."""
    before = Counted.alive
    channel = []
    done = threading.Event()
    def make():
        for _ in range(COUNT):
            channel.append(Counted())
        done.set()
    def drop():
        while not done.is_set() or channel:
            try:
                channel.pop()
            except IndexError:
                pass
    run(make, drop, drop)
    del channel
    settle()
    equal(Counted.alive, before)


def settle():
    """What several threads have shared is freed by the owner's next safepoint."""
    for _ in range(100):
        pass
    gc.collect()


def test_shared_then_dropped_by_all():
    before = Counted.alive
    for _ in range(50):
        shared = Counted()
        for_each(4, lambda n, thing=shared: [thing for _ in range(20)])
        del shared
    settle()
    equal(Counted.alive, before)


def test_finalized_once():
    log = []
    class Once:
        def __init__(self, n): self.n = n
        def __del__(self): log.append(self.n)
    things = [Once(i) for i in range(500)]
    def drop(n):
        while True:
            try:
                things.pop()
            except IndexError:
                return
    for_each(4, drop)
    settle()
    equal(sorted(log), list(range(500)))


def test_owner_gone():
    """Objects outlive the thread that made them, and are freed all the same."""
    before = Counted.alive
    kept = []
    run(lambda: kept.extend(Counted() for _ in range(500)))
    equal(Counted.alive, before + 500)
    kept.clear()
    settle()
    equal(Counted.alive, before)


def test_owner_asleep():
    """Garbage does not wait for an owner that blocks."""
    before = Counted.alive
    things = [Counted() for _ in range(500)]
    asleep, wake = threading.Event(), threading.Event()
    box = []
    def owner():
        box.extend(Counted() for _ in range(500))
        asleep.set()
        wake.wait(30)
    def other():
        asleep.wait(30)
        try:
            box.clear()
            things.clear()
            # On a busy machine the owner may be on its way to sleep yet.
            end = time.monotonic() + 15
            settle()
            while Counted.alive > before + 500 and time.monotonic() < end:
                settle()
            left.append(Counted.alive)
        finally:
            wake.set()
    left = []
    run(owner, other)
    settle()
    equal(Counted.alive, before)
    check(left[0] <= before + 500, "%d left" % left[0])


def test_weakref_race():
    """A weak reference gives the whole object or None, while the last strong one goes."""
    for _ in range(200):
        box = [Counted()]
        ref = weakref.ref(box[0])
        def read():
            for _ in range(20):
                thing = ref()
                if thing is not None:
                    is_(type(thing), Counted)
        run(read, box.clear, read)
        settle_one(ref)


def settle_one(ref):
    for _ in range(1000):
        if ref() is None:
            return
    gc.collect()
    is_(ref(), None)


def test_weakref_callbacks():
    calls = []
    things = [Counted() for _ in range(300)]
    refs = [weakref.ref(thing, calls.append) for thing in things]
    def drop(n):
        while True:
            try:
                things.pop()
            except IndexError:
                return
    for_each(4, drop)
    settle()
    equal(len(calls), 300)
    equal(set(map(id, calls)), set(map(id, refs)))


def test_cycles_across_threads():
    before = Counted.alive
    class Node(Counted): pass
    def make(n):
        for _ in range(200):
            a, b = Node(), Node()
            a.o, b.o = b, a
    for_each(4, make)
    gc.collect()
    gc.collect()
    equal(Counted.alive, before)


def test_dict_of_dying_instance():
    class A: pass
    for _ in range(200):
        box = [A()]
        box[0].x = 5
        dicts = []
        def take():
            try:
                dicts.append(box[0].__dict__)
            except IndexError:
                pass
        run(take, box.clear, take)
        for d in dicts:
            equal(d, {"x": 5})


def test_resurrected_among_threads():
    kept = []
    class R:
        def __del__(self): kept.append(self)
    things = [R() for _ in range(200)]
    for_each(4, lambda n: [things.pop() for _ in range(50)])
    settle()
    equal(len(kept), 200)
    equal(len(set(map(id, kept))), 200)


def test_counts_after_sharing():
    thing = []
    base = sys.getrefcount(thing)
    # Not a cell: what is read from one is lent once the list is promoted, and not counted.
    holders = for_each(4, lambda n, thing=thing: [thing] * 10)
    equal(sys.getrefcount(thing) - base, 40)
    holders.clear()
    settle()
    equal(sys.getrefcount(thing) - base, 0)


def test_hot_objects():
    """Everybody reads the same function, class, instance, dict, list and string."""
    class Point:
        scale = 2
        def __init__(self, x): self.x = x
        def get(self): return self.x * self.scale
    point, table, items, text = Point(3), {"k": (1, 2)}, [(1,), (2,)], "text" * 3
    def helper(a): return a
    def work(n):
        total = 0
        for i in range(COUNT):
            total += point.get() + table["k"][1] + len(items[i & 1]) + len(helper(text))
        return total
    expected = COUNT * (6 + 2 + 1 + 12)
    equal(for_each(4, work), [expected] * 4)
    ref = weakref.ref(point)
    del point, work
    settle()
    settle_one(ref)


def test_classes_dropped_by_other_threads():
    """Deferred objects that one thread made and others dropped are freed by a collection, whole."""
    def make(channel):
        for i in range(100):
            class C:
                def method(self): return C
            channel.append([C, C.method, C(), C])
            del C
    def drop(channel):
        while channel:
            for thing in channel.pop():
                pass
    def once():
        channel = []
        make(channel)
        run(lambda: drop(channel), lambda: drop([]))
        gc.collect()
        gc.collect()
        return sys.getallocatedblocks()
    for _ in range(3):
        before = once()
    after = [once() for _ in range(4)][-1]
    check(after < before + 500, "%d blocks are left" % (after - before))


def test_thread_locals_freed():
    before = Counted.alive
    local = threading.local()
    def work(n):
        local.thing = Counted()
        return Counted.alive > before
    check(all(for_each(4, work)))
    settle()
    equal(Counted.alive, before)


def test_arguments_and_results_cross_threads():
    from concurrent.futures import ThreadPoolExecutor
    before = Counted.alive
    with ThreadPoolExecutor(4) as pool:
        futures = [pool.submit(lambda thing: thing, Counted()) for _ in range(200)]
        results = [future.result() for future in futures]
    equal(Counted.alive, before + 200)
    del futures, results
    settle()
    equal(Counted.alive, before)


def test_exceptions_cross_threads():
    from concurrent.futures import ThreadPoolExecutor
    def fail(thing):
        raise ValueError(thing)
    before = Counted.alive
    with ThreadPoolExecutor(2) as pool:
        future = pool.submit(fail, Counted())
        try:
            future.result()
        except ValueError as error:
            is_(type(error.args[0]), Counted)
    del future
    settle()
    equal(Counted.alive, before)


support.run(globals())
