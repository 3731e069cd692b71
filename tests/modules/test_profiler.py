"""cProfile: calls and times, by caller as well."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import cProfile
import threading

import support
from support import check, equal, raises


def counts(profile):
    """name -> (calls, recursive calls, {callee: calls})."""
    def name(code): return code if isinstance(code, str) else code.co_name
    return {name(row.code): (row.callcount, row.reccallcount, {name(call.code): call.callcount for call in row.calls or ()})
            for row in profile.getstats()}


def recurse(n): return recurse(n - 1) if n else len([])


def items():
    yield 1
    yield 2


def total(): return sum(items())


def test_counts():
    profile = cProfile.Profile()
    profile.enable()
    recurse(3)
    total()
    profile.disable()
    seen = counts(profile)
    equal(seen["recurse"], (4, 3, {"recurse": 3, "<built-in method builtins.len>": 1}))
    equal(seen["items"][0], 3)
    equal(seen["total"], (1, 0, {"<built-in method builtins.sum>": 1}))
    profile.clear()
    equal(profile.getstats(), [])


def test_timer():
    ticks = iter(range(1000))
    profile = cProfile.Profile(lambda: next(ticks), 0.5, builtins=False)
    profile.enable(builtins=False)
    recurse(0)
    profile.disable()
    row = next(row for row in profile.getstats() if row.code is recurse.__code__)
    equal((row.callcount, row.inlinetime), (1, 0.5))


def test_one_at_a_time():
    first, second = cProfile.Profile(), cProfile.Profile()
    first.enable()
    try:
        raises(ValueError, second.enable, message="Another profiling tool is already active")
    finally:
        first.disable()
    second.enable()
    second.disable()


def test_threads():
    profile = cProfile.Profile()
    def work():
        for _ in range(200): recurse(2)
    threads = [threading.Thread(target=work) for _ in range(3)]
    profile.enable()
    for thread in threads: thread.start()
    recurse(0)
    for _ in range(20): profile.getstats()
    for thread in threads: thread.join()
    profile.disable()
    check(counts(profile)["recurse"][0] >= 1)


support.run(globals())
