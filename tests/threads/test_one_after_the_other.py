"""What two threads do to one container at once could have been done one after the other.

Each thread has a few operations of docs/threads.md; their results, and what the container holds in the end, must be
those of some order in which one thread alone does them all: an operation that is not one step shows as an outcome
that no order explains.
"""
# time limit: 120

import itertools
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import support
import together
from support import Failure

from array import array
from collections import OrderedDict, deque
from queue import Empty, SimpleQueue

LENGTH = 3  # operations of a thread: 20 orders
BATCH = 50  # containers between two looks at the clock
REFUSALS = (IndexError, KeyError, ValueError, Empty)
ORDERS = [[place in first for place in range(2 * LENGTH)] for first in itertools.combinations(range(2 * LENGTH), LENGTH)]


def outcome(operation, container):
    """What the operation gives, so that it can be compared and nobody changes it any more."""
    try:
        result = operation(container)
    except REFUSALS as error:
        return type(error).__name__
    if result is container:
        return "itself"
    return contents(result)


def contents(value):
    if isinstance(value, dict):
        return (type(value).__name__, tuple(value.items()))
    if isinstance(value, (set, frozenset)):
        return (type(value).__name__, tuple(sorted(value)))
    if isinstance(value, (list, tuple, deque, bytearray, bytes, array)):
        return (type(value).__name__, tuple(value))
    if isinstance(value, SimpleQueue):
        left = []
        while not value.empty():
            left.append(value.get_nowait())
        return ("SimpleQueue", tuple(left))
    return value


def explained(make, scripts, results, final):
    """Whether some order of the operations gives these results and contents."""
    for order in ORDERS:
        container, places = make(), [0, 0]
        for is_first in order:
            thread = 0 if is_first else 1
            place = places[thread]
            if outcome(scripts[thread][place], container) != results[thread][place]:
                break
            places[thread] += 1
        else:
            if contents(container) == final:
                return True
    return False


def check_all(make, steps, bulk="", looks=""):
    """`make` gives a new container, the same each time; operations are lines of Python, see table().

    `looks` read one item or the length, for which no lock is taken: they may find `bulk`, what changes many items, half
    done, and do not meet it. `steps` are all the others.
    """
    check_orders(make, table(steps) + table(bulk))
    if looks:
        check_orders(make, table(steps) + table(looks))


def check_orders(make, operations):
    stop = together.Stop()
    chance = random.Random(together.SEED)
    met = 0
    while not stop:
        scripts = [[[chance.choice(operations) for _ in range(LENGTH)] for _ in range(BATCH)] for _ in range(2)]
        containers = [make() for _ in range(BATCH)]
        arrived = [0, 0]
        results = [[], []]

        def work(me):
            try:
                for number, container in enumerate(containers):
                    script = [function for _, function in scripts[me][number]]
                    arrived[me] = number + 1
                    while arrived[1 - me] <= number:
                        pass
                    results[me].append([outcome(function, container) for function in script])
            finally:
                arrived[me] = BATCH

        together.for_each(2, work)
        for number, container in enumerate(containers):
            pair = [[function for _, function in scripts[me][number]] for me in range(2)]
            got, final = [results[me][number] for me in range(2)], contents(container)
            if not explained(make, pair, got, final):
                told = ["; ".join("%s: %r" % (name, result) for (name, _), result in zip(scripts[me][number], got[me])) for me in range(2)]
                raise Failure("no order explains it (IMUGI_TORTURE_SEED=%d)\none thread: %s\nother: %s\nleft: %r" % (together.SEED, *told, final))
            met += 1
    support.check(met >= BATCH)


def table(text):
    """Lines of Python, `x` being the container, as operations; what is no expression gives None."""
    operations = []
    for line in text.strip().splitlines():
        line = line.strip()
        try:
            code = compile(line, line, "eval")
        except SyntaxError:
            code = compile("def operation(x):\n  " + line, line, "exec")
            space = {"deque": deque, "array": array, "OrderedDict": OrderedDict}
            exec(code, space)
            operations.append((line, space["operation"]))
        else:
            space = {"deque": deque, "array": array, "OrderedDict": OrderedDict}
            operations.append((line, eval("lambda x: " + line, space)))
    return operations


def test_list():
    check_all(lambda: [3, 1, 2], """
        x.append(7)
        x.pop()
        x.copy()
        list(x)
        tuple(x)
        sorted(x)
        x[1:3]
        x[::2]
        x[0] = 4
        x[-1] = 5
        del x[-1]
        x + [1]
        x * 2
    """, """
        x.extend((8, 9))
        x.extend([8, 9])
        x.insert(1, 5)
        x.insert(-1, 6)
        x.pop(0)
        x.remove(1)
        x.reverse()
        x.sort()
        x.clear()
        x[1:2] = [6, 6, 6]
        x[:] = [1, 2]
        x[::2] = [0] * len(range(0, 3, 2))
        del x[0]
        del x[0:2]
        x += [9]
        x *= 2
        x.__iadd__(x)
    """, """
        x[0]
        x[-1]
        x[2]
        len(x)
    """)


def test_list_searches():
    check_all(lambda: [3, 1, 2], """
        x.append(7)
        x.extend([8, 9])
        x.insert(1, 5)
        x.pop()
        x.pop(0)
        x.remove(1)
        x.reverse()
        x.sort()
        x.clear()
        x[1:2] = [6, 6, 6]
        x.index(2)
        x.count(1)
        2 in x
        x == [3, 1, 2]
    """)


def test_dict():
    check_all(lambda: {"a": 1, "b": 2, "c": 3}, """
        x["d"] = 4
        x["a"] = 5
        del x["b"]
        x.pop("a")
        x.pop("d", None)
        x.popitem()
        x.setdefault("d", 6)
        x.setdefault("a", 7)
        x.copy()
        dict(x)
        list(x)
        tuple(x)
        {**x}
        list(x.items())
        list(x.values())
        x | {"a": 0}
        {"a": 0} | x
        dict.fromkeys(x)
    """, """
        x.update({"a": 8, "e": 9})
        x.update(a=10, f=11)
        x |= {"b": 0, "g": 1}
        x.clear()
    """, """
        x["a"]
        x.get("c")
        x.get("d", 0)
        "d" in x
        len(x)
    """)


def test_dict_that_grows():
    check_all(lambda: dict.fromkeys(range(5)), """
        x.setdefault(30, 3)
        x.pop(0, None)
        x.pop(4, None)
        x[9] = 4
        x[10] = 5
        x[11] = 5
        x[12] = 5
        x.popitem()
        x.copy()
        list(x.items())
    """, """
        x.update(dict.fromkeys(range(3, 12), 1))
        x.update({20: 2, 21: 2, 22: 2, 23: 2, 24: 2, 25: 2})
        x.clear()
    """, """
        len(x)
        10 in x
        x.get(9)
    """)


def test_set():
    check_all(lambda: {1, 2, 3}, """
        x.add(4)
        x.add(1)
        x.discard(2)
        x.remove(3)
        x.remove(4)
        x.pop()
        x | {5}
        x & {1, 5}
        x - {1}
        x ^ {1}
        {1, 5} | x
        x.copy()
        set(x)
        frozenset(x)
    """, """
        x.update({5, 6})
        x.update([7, 8])
        x.difference_update({1, 5})
        x.intersection_update({2, 3, 5})
        x.symmetric_difference_update({1, 9})
        x |= {10}
        x &= {1, 2, 10}
        x -= {2}
        x ^= {2, 3}
        x.clear()
    """, """
        len(x)
        4 in x
    """)


def test_set_comparisons():
    check_all(lambda: {1, 2, 3}, """
        x.add(4)
        x.discard(2)
        x.update([7, 8])
        x ^= {2, 3}
        x.clear()
        x.isdisjoint({4, 5})
        x.issubset({1, 2, 3, 4})
        x.issuperset([1, 2])
        x.intersection([1, 2, 9])
        x == {1, 2, 3}
        x <= {1, 2, 3, 4}
    """)


def test_set_that_grows():
    check_all(lambda: set(range(4)), """
        x.add(30)
        x.add(31)
        x.add(32)
        x.discard(0)
        x.discard(3)
        x.pop()
        x.copy()
    """, """
        x.update({20, 21, 22, 23, 24, 25})
        x.update(list(range(3, 12)))
        x ^= {1, 30, 31, 32, 33, 34}
        x.clear()
    """, """
        len(x)
        31 in x
    """)


def test_deque():
    steps = """
        x.append(7)
        x.appendleft(8)
        x.pop()
        x.popleft()
        x.copy()
        x[0] = 4
    """
    bulk = """
        x.extend((9, 10))
        x.extendleft((11, 12))
        x.rotate(1)
        x.rotate(-2)
        x.reverse()
        x.remove(2)
        x.index(2)
        x.count(1)
        2 in x
        del x[0]
        x += [9]
        x.clear()
    """
    looks = """
        len(x)
        x[0]
        x[-1]
    """
    check_all(lambda: deque([3, 1, 2]), steps + "x.insert(1, 5)", bulk, looks)
    check_all(lambda: deque([3, 1, 2], maxlen=4), steps, bulk, looks)


def test_ordered_dict():
    check_all(lambda: OrderedDict(a=1, b=2, c=3), """
        x["d"] = 4
        x["a"] = 5
        del x["b"]
        x.pop("a")
        x.pop("d", None)
        x.popitem()
        x.popitem(last=False)
        x.setdefault("d", 6)
        x.move_to_end("a")
        x.move_to_end("c", last=False)
        x.copy()
    """, """
        x.update({"a": 8, "e": 9})
    """, """
        x["a"]
        len(x)
        "d" in x
    """)


def test_bytearray():
    check_all(lambda: bytearray(b"abc"), """
        x.append(100)
        x.extend(b"ef")
        x.insert(1, 103)
        x.pop()
        x.pop(0)
        x.remove(98)
        x.reverse()
        x.copy()
        x.clear()
        bytes(x)
        x[0]
        x[0] = 104
        x[1:2] = b"ijk"
        x[1:3]
        del x[0]
        x += b"l"
        x *= 2
        x.find(b"c")
        x.count(b"a")
        x.upper()
        x.replace(b"a", b"mm")
        98 in x
        x == b"abc"
        x + b"n"
    """)


def test_array():
    check_all(lambda: array("i", [3, 1, 2]), """
        x.append(7)
        x.extend(array("i", [8, 9]))
        x.insert(1, 5)
        x.pop()
        x.pop(0)
        x.remove(1)
        x.index(2)
        x.count(1)
        x.reverse()
        x.tolist()
        x.tobytes()
        2 in x
        x[0]
        x[0] = 4
        x[1:2] = array("i", [6, 6, 6])
        x[1:3]
        del x[0]
        x += array("i", [9])
        x *= 2
    """)


def test_simple_queue():
    def make():
        queue = SimpleQueue()
        queue.put(0)
        return queue
    check_all(make, """
        x.put(1)
        x.put(2)
        x.get_nowait()
        x.get(timeout=0)
    """)


support.run(globals())
