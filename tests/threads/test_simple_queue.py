"""queue.SimpleQueue between many threads: every item once, in its producer's order, nobody left asleep."""

import gc
import queue
import sys
import threading
import time
import weakref

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import check, equal, raises
from together import run

COUNT = 3000


def passed_on(producers, consumers, pause=None):
    """What each consumer got, in order."""
    items = queue.SimpleQueue()

    def produce(number):
        for i in range(COUNT):
            items.put((number, i))
            if pause and i % 64 == 0:
                time.sleep(pause)

    def consume():
        mine = []
        while (item := items.get()) is not None:
            mine.append(item)
        items.put(None)
        return mine

    ended = []

    def producer(number):
        def body():
            produce(number)
            ended.append(number)
            if len(ended) == producers:
                items.put(None)
        return body

    results = run(*[producer(n) for n in range(producers)], *[consume] * consumers)
    equal(items.get(), None)
    return results[producers:]


def checked(producers, consumers, pause=None):
    results = passed_on(producers, consumers, pause)
    for mine in results:
        for number in range(producers):
            order = [i for n, i in mine if n == number]
            equal(order, sorted(order))
    whole = sorted(item for mine in results for item in mine)
    equal(whole, [(n, i) for n in range(producers) for i in range(COUNT)])


def test_one_item_for_each():
    """Who waits for one item and then for no more gets it, also when two put at once."""
    for _ in range(400):
        items = queue.SimpleQueue()

        def produce():
            for _ in range(3):
                items.put(1)
        consumers = [threading.Thread(target=items.get, daemon=True) for _ in range(6)]
        for consumer in consumers:
            consumer.start()
        time.sleep(0.0005)
        run(produce, produce)
        for consumer in consumers:
            consumer.join(60)
            check(not consumer.is_alive(), "left asleep")


def test_one_to_one():
    checked(1, 1)


def test_many_to_one():
    checked(4, 1)


def test_many_to_many():
    checked(3, 4)


def test_consumers_that_sleep():
    """Who parks is woken for every item."""
    checked(2, 4, 0.0005)


def test_one_item_at_a_time():
    there, back = queue.SimpleQueue(), queue.SimpleQueue()

    def ping():
        for i in range(COUNT):
            there.put(i)
            equal(back.get(), i)

    def pong():
        for _ in range(COUNT):
            back.put(there.get())
    run(ping, pong)


def test_timeouts():
    """Waiting that ends by itself takes no item from others."""
    items = queue.SimpleQueue()
    got = []

    def impatient():
        for _ in range(200):
            try:
                item = items.get(timeout=0.0003)
            except queue.Empty:
                continue
            if item is None:  # the end, which the patient one waits for
                items.put(None)
                return
            got.append(item)

    def patient():
        while (item := items.get()) is not None:
            got.append(item)

    def produce():
        for i in range(400):
            items.put(i)
            time.sleep(0.0001)
        items.put(None)
    run(impatient, impatient, patient, produce)
    while not items.empty():
        got.append(items.get())
    equal(sorted(item for item in got if item is not None), list(range(400)))


def test_size_and_order_in_one_thread():
    items = queue.SimpleQueue()
    equal(items.qsize(), 0)
    check(items.empty())
    expected, taken = [], []
    for i in range(1000):
        items.put(i)
        if i % 3 == 0:
            taken.append(items.get_nowait())
        equal(items.qsize(), i + 1 - len(taken))
    check(not items.empty())
    while not items.empty():
        taken.append(items.get())
    equal(taken, list(range(1000)))
    raises(queue.Empty, items.get_nowait)
    raises(queue.Empty, lambda: items.get(timeout=0.001))


def test_items_die_with_the_queue():
    class Thing:
        pass
    items = queue.SimpleQueue()
    things = [Thing() for _ in range(20)]
    refs = [weakref.ref(thing) for thing in things]
    for thing in things:
        items.put(thing)
    items.get()
    items.put(items)
    del things, thing, items
    gc.collect()
    equal([ref() for ref in refs], [None] * 20)


support.run(globals())
