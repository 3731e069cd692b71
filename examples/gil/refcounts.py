"""Reference counts as they rise and fall, and what is freed when.

An object lives as long as something refers to it. Its count says how many do; at zero it is freed
at once. Objects that refer to each other in a circle never get there: the collector finds those.
"""

import gc
import sys
import weakref


class Thing:
    """Says when it is freed."""

    def __init__(self, name, log):
        self.name = name
        self.log = log

    def __del__(self):
        self.log.append(self.name)
        print("    %s is freed" % self.name)


def rise_and_fall():
    """Returns the counts after each step, relative to the first."""
    print("a list, and the references to it")
    a = []
    first = sys.getrefcount(a)
    counts = [0]

    def note(step):
        counts.append(sys.getrefcount(a) - first)
        print("    %-28s %+d" % (step, counts[-1]))

    # The nested function holds `a` too, from before the first count on.
    b = a
    note("b = a")
    table = {"key": a}
    note("table = {'key': a}")
    pair = (a, a)
    note("pair = (a, a)")
    del b
    note("del b")
    table.clear()
    note("table.clear()")
    del pair
    note("del pair")
    return counts


def at_once():
    """The finalizer runs when the last name goes, not some time later."""
    print("an object with a finalizer")
    log = []
    thing = Thing("thing", log)
    other = thing
    del thing
    print("    one name is left")
    assert log == []
    del other
    assert log == ["thing"], "the object should have been freed at once"
    print("    and was freed before this line")
    return log


def only_by_the_collector():
    """Two objects that refer to each other outlive their names until the collector runs."""
    print("a cycle")
    log = []
    enabled = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        left, right = Thing("left", log), Thing("right", log)
        left.other, right.other = right, left
        watch = weakref.ref(left)
        del left, right
        assert log == [] and watch() is not None
        print("    no name is left, both are still there")
        found = gc.collect()
        print("    gc.collect() found %d objects" % found)
        assert sorted(log) == ["left", "right"] and watch() is None
    finally:
        if enabled:
            gc.enable()
    return log


def main():
    counts = rise_and_fall()
    assert counts == [0, 1, 2, 4, 3, 2, 0], counts
    at_once()
    only_by_the_collector()


if __name__ == "__main__":
    main()
