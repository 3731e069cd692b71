"""threading.local: whose values there are, and when they go."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import gc
import os
import threading
import weakref

import support
from support import check, equal, raises
import together


class Thing:
    pass


def in_thread(function):
    result = []
    thread = threading.Thread(target=lambda: result.append(function()))
    thread.start()
    thread.join(30)
    return result[0]


def collected(reference):
    for _ in range(3):
        gc.collect()
    return reference() is None


def test_each_thread_has_its_own():
    local = threading.local()
    local.x = "main"
    def body(number):
        check(not hasattr(local, "x"))
        local.x = number
        for _ in range(1000):
            equal(local.x, number)
        return local.__dict__
    together.for_each(8, body)
    equal(local.x, "main")
    equal(local.__dict__, {"x": "main"})


def test_more_locals_than_a_cache_holds():
    locals_ = [threading.local() for _ in range(300)]
    def body(number):
        for i, local in enumerate(locals_):
            local.value = (number, i)
        for i, local in enumerate(locals_):
            equal(local.value, (number, i))
    together.for_each(4, body)
    check(not hasattr(locals_[7], "value"))


def test_init_in_each_thread():
    calls = []
    class L(threading.local):
        def __init__(self, a, b=0):
            calls.append(threading.get_ident())
            self.sum = a + b
    local = L(1, b=2)
    equal(local.sum, 3)
    equal(in_thread(lambda: local.sum), 3)
    equal(len(calls), 2)
    class Fails(threading.local):
        def __init__(self):
            if threading.current_thread() is not threading.main_thread():
                raise ValueError("not here")
    bad = Fails()
    def attempt():
        for _ in range(2):
            raises(ValueError, lambda: bad.x, message="not here")
        return True
    check(in_thread(attempt))


def test_values_die_with_their_thread():
    local = threading.local()
    def body():
        local.thing = Thing()
        return weakref.ref(local.thing)
    reference = in_thread(body)
    check(collected(reference))


def test_values_of_all_threads_die_with_the_local():
    local = threading.local()
    references, go, done = [], threading.Event(), threading.Barrier(4)
    boxes = [[local] for _ in range(3)]
    def body(box):
        local = box.pop()
        local.thing = Thing()
        references.append(weakref.ref(local.thing))
        del local
        done.wait()
        go.wait(30)
    threads = [threading.Thread(target=body, args=(box,)) for box in boxes]
    for thread in threads:
        thread.start()
    done.wait()
    del local
    for reference in references:
        check(collected(reference), "a value outlives its local")
    go.set()
    for thread in threads:
        thread.join(30)


def test_cycle_through_a_local():
    thing = Thing()
    thing.local = threading.local()
    thing.local.thing = thing
    reference = weakref.ref(thing)
    del thing
    check(collected(reference))


def test_finalizers_that_use_the_local():
    local = threading.local()
    class Again:
        def __init__(self, left):
            self.left = left
        def __del__(self):
            seen.append(self.left)
            if self.left:
                local.thing = Again(self.left - 1)
    seen = []
    def body():
        local.thing = Again(3)
    in_thread(body)
    check(3 in seen)


def test_locals_come_and_go_among_threads():
    shared = [threading.local() for _ in range(4)]
    together.torture([
        lambda c: setattr(c.choice(shared), "x", [c.random()]), lambda c: getattr(c.choice(shared), "x", None),
        lambda c: shared.__setitem__(c.randrange(4), threading.local()), lambda c: c.choice(shared).__dict__.clear(),
        lambda c: setattr(shared[0], "me", shared[0]), lambda c: gc.collect() if c.random() < 0.01 else None,
    ])


def test_after_fork():
    if not hasattr(os, "fork"):
        support.skip("no fork")
    local = threading.local()
    local.x = "mine"
    ready, go = threading.Event(), threading.Event()
    def body():
        local.x = "theirs"
        ready.set()
        go.wait(30)
    thread = threading.Thread(target=body)
    thread.start()
    ready.wait()
    pid = together.fork()
    if pid == 0:
        good = local.x == "mine" and not thread.is_alive()
        again = in_thread(lambda: hasattr(local, "x"))
        os._exit(0 if good and again is False else 1)
    equal(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 0)
    go.set()
    thread.join(30)


support.run(globals())
