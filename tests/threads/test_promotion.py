"""Objects that other threads read again and again lose their counts in registers: they still die, in time."""

import gc
import sys
import threading
import time
import weakref

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
import together
from support import check, equal, is_
from together import Stop, run


class Node:
    def __init__(self, number):
        self.number = number
        self.items = [number, number + 1]
        self.name = "node %d" % number


def living():
    gc.collect()
    return sum(type(thing) is Node for thing in gc.get_objects())


def read_all(nodes, rounds):
    total = 0
    for _ in range(rounds):
        for node in nodes:
            for item in node.items:
                total += item
            total += len(node.name)
    return total


def test_readers_of_one_structure():
    nodes = [Node(i) for i in range(300)]
    expected = read_all(nodes, 40)
    equal(run(*[lambda: read_all(nodes, 40)] * 4), [expected] * 4)
    del nodes
    equal(living(), 0)


def test_replaced_under_readers():
    nodes = [Node(i) for i in range(200)]
    stop = Stop()
    def read():
        while not stop:
            for place, node in enumerate(nodes):
                if node.number != place or node.items != [place, place + 1] or not node.name.endswith(str(place)):
                    stop.failed = True
                    return False
        return True
    def replace():
        while not stop:
            for place in range(len(nodes)):
                nodes[place] = Node(place)
        return True
    equal(run(read, read, replace), [True] * 3)
    equal(living(), 200)


def test_waiting_objects_stay_few():
    nodes = [Node(i) for i in range(50)]
    stop = Stop()
    most = [0]
    def replace():
        while not stop:
            for place in range(len(nodes)):
                nodes[place] = Node(place)
    def count():
        while not stop:
            most[0] = max(most[0], sum(type(thing) is Node for thing in gc.get_objects()))
    run(lambda: [read_all(nodes, 1) for _ in iter(lambda: bool(stop), True)], replace, count)
    check(most[0] < 5000, most[0])
    equal(living(), 50)


def promoted(make):
    """An object that this thread did not make and has read often, alone in a list."""
    holder = []
    def fill():
        holder.append(make())
    maker = threading.Thread(target=fill)
    maker.start()
    maker.join()
    for _ in range(200):
        holder[0]
    return holder


def test_a_variable_keeps_it():
    holder = promoted(lambda: Node(5))
    node = holder[0]
    holder.clear()
    for _ in range(3):
        gc.collect()
        [Node(i) for i in range(100)]
    equal((node.number, node.items, node.name), (5, [5, 6], "node 5"))
    del node
    equal(living(), 0)


def test_a_loop_keeps_it():
    holder = promoted(lambda: [Node(i) for i in range(4)])
    seen = []
    for node in holder[0]:
        holder.clear()
        gc.collect()
        seen.append(node.number)
    equal(seen, [0, 1, 2, 3])
    del node
    equal(living(), 0)


def test_a_generator_keeps_it():
    holder = promoted(lambda: [Node(i) for i in range(4)])
    def walk():
        only = holder[0]
        for node in holder[0]:
            yield node.number
        yield len(only)
    numbers = walk()
    equal(next(numbers), 0)
    holder.clear()
    for _ in range(3):
        gc.collect()
        [Node(i) for i in range(100)]
    equal(list(numbers), [1, 2, 3, 4])
    del numbers
    equal(living(), 0)


def test_a_frame_and_a_closure_keep_it():
    holder = promoted(lambda: Node(7))
    def locals_of():
        node = holder[0]
        return sys._getframe(), lambda: node
    frame, closure = locals_of()
    holder.clear()
    gc.collect()
    equal(closure().number, 7)
    equal(frame.f_locals["node"].number, 7)
    del frame, closure
    equal(living(), 0)


def test_in_a_cycle():
    holder = promoted(lambda: Node(9))
    holder[0].itself = holder[0]
    holder.clear()
    equal(living(), 0)


def test_held_by_another_that_waits():
    """Each of a chain comes to wait when the one before it goes; a collection sees them all go, and the cycle behind them."""
    def chain(length):
        last = Node(0)
        last.items.append(last)
        first = last
        for number in range(length):
            node = Node(number)
            node.next, first = first, node
        def read():
            for _ in range(2000):
                node = first
                for _ in range(length):
                    node = node.next
        run(read, read)
        return first, weakref.ref(last)
    for _ in range(10):
        first, reference = chain(5)
        gc.collect()
        del first
        gc.collect()
        is_(reference(), None)


def test_what_it_holds_is_prompt():
    """A few that go one after the other, without a collection: each is looked for at once."""
    class Holder:
        pass
    def make():
        holder = Holder()
        holder.held = Node(1)
        def read():
            for _ in range(1000):
                holder.held
        run(read, read)
        return holder, weakref.ref(holder.held)
    enabled = gc.isenabled()
    gc.disable()
    try:
        for _ in range(5):
            first, first_held = make()
            second, second_held = make()
            time.sleep(0.1)
            del first
            for _ in range(20):
                pass
            is_(first_held(), None)
            del second
            for _ in range(20):
                pass
            is_(second_held(), None)
    finally:
        if enabled:
            gc.enable()


def test_finalizers_stay_prompt():
    died = []
    class Final:
        def __del__(self):
            died.append(1)
    holder = promoted(Final)
    holder.clear()
    for _ in range(100):
        pass
    equal(died, [1])


support.run(globals())
