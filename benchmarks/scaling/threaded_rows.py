"""The rows of the scaling benchmark. Runs on every interpreter that is compared, from 3.9 on.

`@reads`     a function of a count, run by one thread and by several at once: they share what they
             read (module globals, classes, functions, constants) and write nothing of each other's.
`@splits`    a function of the number of threads and a count: fixed work that the threads divide.
`@writes`    a function of the number of threads that gives each thread its function of a count;
             they write one object or hand over to each other. With `overlaps=True` most of the work
             is outside what is handed over, so that it can run in parallel.
"""

import copy
import functools
import itertools
import math
import operator
import os
import queue
import re
import sys
import threading
from collections import deque, namedtuple
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

READS, SPLITS, WRITES = "reads", "splits", "writes"


class Row:
    def __init__(self, name, kind, function, overlaps=False):
        self.name = name
        self.kind = kind
        self.function = function
        self.overlaps = overlaps


ROWS = {}


def register(kind, function, overlaps=False):
    name = function.__name__.rstrip("_")
    ROWS[name] = Row(name, kind, function, overlaps)
    return function


def reads(function):
    return register(READS, function)


def splits(function):
    return register(SPLITS, function)


def writes(function=None, *, overlaps=False):
    if function is None:
        return lambda function: register(WRITES, function, overlaps)
    return register(WRITES, function)


# --- what is shared ---------------------------------------------------------------------------


class Point:
    """Attributes of every sort: of the instance, of the class, computed, bound."""

    kind = "plane"

    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        return self

    def __len__(self):
        return 2

    def __enter__(self):
        return self

    def __exit__(self, *details):
        return None

    @property
    def width(self):
        return self.x

    @classmethod
    def of_class(cls):
        return cls

    @staticmethod
    def alone():
        return None

    def get_x(self):
        return self.x


class Slotted:
    __slots__ = ("x",)

    def __init__(self, x):
        self.x = x


class Derived(Point):
    def get_x(self):
        return super().get_x()


@dataclass
class Data:
    x: int
    y: int


Named = namedtuple("Named", "x y")


class Typed(NamedTuple):
    x: int
    y: int


POINT = Point([1], "y")
DERIVED = Derived([1], "y")
SLOTTED = Slotted([1])
BOUND = POINT.get_x
TABLE = {"key": "value", **{str(i): [i] for i in range(100)}}
NAMES = [str(i) for i in range(100)]
NUMBERS = list(range(100))
MEMBERS = frozenset(NAMES)
NEST = {"a": [{"b": [1, "x"]}, (1, 2.5)], "c": "text"}
FLOAT = 1.5e300
TEXT = "abc" * 5
BYTES = b"abc" * 5
TUPLE = (1, "a", 2.5)
PATTERN = re.compile(r"(\w+)=(\d+)")
LOCAL = threading.local()
GET_X = operator.attrgetter("x")
CALL = operator.methodcaller("get_x")
PARTIAL = functools.partial(max, 1)


def identity(value):
    return value


def with_keywords(a, b=1, *, c=2):
    return a


# --- calls ------------------------------------------------------------------------------------


@reads
def c_function(count):
    for _ in range(count):
        math.floor(2.5)


@reads
def c_method(count):
    for _ in range(count):
        TEXT.startswith("b")


@reads
def module_function(count):
    for _ in range(count):
        identity(TEXT)


@reads
def keyword_call(count):
    for _ in range(count):
        with_keywords(TEXT, c=3)


@reads
def star_call(count):
    for _ in range(count):
        identity(*(TEXT,))


@reads
def pure_function(count):
    def fibonacci(n):
        return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)

    for _ in range(count):
        fibonacci(6)


@reads
def method(count):
    for _ in range(count):
        POINT.get_x()


@reads
def inherited_method(count):
    for _ in range(count):
        DERIVED.get_x()


@reads
def bound_method(count):
    for _ in range(count):
        BOUND()


@reads
def class_method(count):
    for _ in range(count):
        Point.of_class()


@reads
def static_method(count):
    for _ in range(count):
        Point.alone()


@reads
def method_caller(count):
    for _ in range(count):
        CALL(POINT)


@reads
def attribute_getter(count):
    for _ in range(count):
        GET_X(POINT)


@reads
def partial(count):
    for _ in range(count):
        PARTIAL(2)


@reads
def special_method(count):
    for _ in range(count):
        POINT + POINT
        len(POINT)


@reads
def context_manager(count):
    for _ in range(count):
        with POINT:
            pass


@reads
def map_with_function(count):
    for _ in range(count // 100 + 1):
        for _ in map(identity, NAMES):
            pass


@reads
def sort_by_key(count):
    for _ in range(count // 100 + 1):
        sorted(NAMES, key=len)


@reads
def closure(count):
    for _ in range(count):
        lambda: count


@reads
def generator(count):
    for _ in (n for n in range(count)):
        pass


@reads
def generator_made(count):
    def three():
        yield 1
        yield TEXT

    for _ in range(count):
        for _ in three():
            pass


@reads
def exception(count):
    for _ in range(count):
        try:
            raise ValueError("no")
        except ValueError as error:
            error


@reads
def exception_from_c(count):
    for _ in range(count):
        try:
            TABLE["no such key"]
        except KeyError:
            pass


# --- values -----------------------------------------------------------------------------------


@reads
def arithmetic(count):
    total = 0.0
    for i in range(count):
        total = (total + i * 3) * 0.5 - 7


@reads
def big_int(count):
    for _ in range(count):
        (1 << 70) + 12345678901234567890


@reads
def constants(count):
    for _ in range(count):
        a = "text"
        b = (1, "two", 3.0)
        c = 1e300
        d = 12345678901234567890


@reads
def new_object(count):
    for i in range(count):
        Point(i, TEXT)


@reads
def new_list(count):
    for i in range(count):
        [i, TEXT, NUMBERS]


@reads
def new_dict(count):
    for i in range(count):
        {"a": i, "b": TEXT}


@reads
def new_set(count):
    for i in range(count):
        {i, TEXT}


@reads
def new_dataclass(count):
    for i in range(count):
        Data(i, 2)


@reads
def new_namedtuple(count):
    for i in range(count):
        Named(i, 2)


@reads
def new_typed_tuple(count):
    for i in range(count):
        Typed(i, 2)


@reads
def comprehension(count):
    for _ in range(count // 100 + 1):
        [name for name in NAMES]


@reads
def deepcopy(count):
    for _ in range(count // 30 + 1):
        copy.deepcopy(NEST)


@reads
def format_text(count):
    for i in range(count):
        f"{TEXT} {i}"


@reads
def percent_format(count):
    for i in range(count):
        "%s %d" % (TEXT, i)


@reads
def join_text(count):
    for _ in range(count // 100 + 1):
        ",".join(NAMES)


@reads
def match_pattern(count):
    for _ in range(count // 4 + 1):
        PATTERN.match("key=123").group(2)


# --- reading ----------------------------------------------------------------------------------


@reads
def shared_dict(count):
    for _ in range(count):
        TABLE["7"]


@reads
def shared_dict_get(count):
    for _ in range(count):
        TABLE.get("7")


@reads
def shared_dict_iteration(count):
    for _ in range(count // 100 + 1):
        for _ in TABLE.items():
            pass


@reads
def shared_list(count):
    for _ in range(count):
        NAMES[5]


@reads
def shared_list_iteration(count):
    for _ in range(count // 100 + 1):
        for _ in NAMES:
            pass


@reads
def shared_list_slice(count):
    for _ in range(count):
        NAMES[5:8]


@reads
def shared_set(count):
    for _ in range(count):
        "7" in MEMBERS


@reads
def shared_nest(count):
    for _ in range(count):
        NEST["a"][0]["b"][1]


@reads
def shared_instance(count):
    for _ in range(count):
        POINT.x


@reads
def shared_slots(count):
    for _ in range(count):
        SLOTTED.x


@reads
def shared_property(count):
    for _ in range(count):
        POINT.width


@reads
def shared_class(count):
    for _ in range(count):
        Point.kind


@reads
def shared_module(count):
    for _ in range(count):
        math.pi


@reads
def shared_global(count):
    for _ in range(count):
        NAMES


def read_cell(value):
    def work(count):
        for _ in range(count):
            value

    return work


shared_cell = read_cell([1])
shared_cell.__name__ = "shared_cell"
reads(shared_cell)


@reads
def shared_float(count):
    for _ in range(count):
        FLOAT * 0.5


@reads
def shared_text(count):
    for _ in range(count):
        TEXT == "other"
        TEXT[3]


@reads
def shared_bytes(count):
    for _ in range(count):
        BYTES[3]


@reads
def shared_tuple(count):
    for _ in range(count):
        a, b, c = TUPLE


@reads
def thread_local(count):
    LOCAL.value = 1
    for _ in range(count):
        LOCAL.value


@reads
def is_instance(count):
    for _ in range(count):
        isinstance(POINT, Point)
        isinstance(TEXT, (int, str))


@reads
def get_attribute(count):
    for _ in range(count):
        getattr(POINT, "x")
        hasattr(POINT, "z")


@reads
def type_of(count):
    for _ in range(count):
        type(POINT) is Point


# --- PageRank ---------------------------------------------------------------------------------


@functools.lru_cache(maxsize=None)
def pagerank_graph():
    """Loads the example, when a row asks for it; a graph that outgrows the nearer caches."""
    examples = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "examples")
    sys.path += [os.path.join(examples, "pagerank"), examples]
    import graphs
    return graphs.random_graph(20000, 1)


@reads
def pagerank_plain(count):
    """Each thread ranks the whole of one shared graph."""
    graph = pagerank_graph()
    import rows
    import single
    single.pagerank(graph, rows.Settings(iterations=count // 20000 + 1))


@splits
def pagerank_chunked(threads, count):
    """The threads divide the graph's rows, and meet at a barrier after each iteration."""
    graph = pagerank_graph()
    import rows
    import threads as pool
    pool.pagerank(graph, rows.Settings(iterations=count // 20000 + 1), threads)


# --- one object written, or handed over -------------------------------------------------------


def some_work(amount=30):
    """A few microseconds that touch nothing shared."""
    total = 0
    for i in range(amount):
        total += i * i
    return total


@writes
def lock(threads):
    guard = threading.Lock()

    def work(count):
        for _ in range(count):
            with guard:
                pass

    return [work] * threads


@writes
def reentrant_lock(threads):
    guard = threading.RLock()

    def work(count):
        for _ in range(count):
            with guard:
                pass

    return [work] * threads


@writes(overlaps=True)
def lock_after_work(threads):
    guard = threading.Lock()

    def work(count):
        for _ in range(count):
            some_work()
            with guard:
                pass

    return [work] * threads


@writes(overlaps=True)
def fine_grained_locks(threads):
    locks = [threading.Lock() for _ in range(256)]
    balance = [100] * len(locks)

    def work(count):
        here = 1
        for step in range(count):
            here = (here * 1103515245 + 12345 + step) & 0x7fffffff
            a, b = (here >> 8) & 255, (here >> 16) & 255
            if a == b:
                continue
            with locks[min(a, b)], locks[max(a, b)]:
                balance[a] -= 1
                balance[b] += 1

    return [work] * threads


@writes
def semaphore(threads):
    permits = threading.Semaphore(max(1, threads // 2))

    def work(count):
        for _ in range(count):
            with permits:
                pass

    return [work] * threads


@writes
def condition(threads):
    """A token goes round."""
    turn = [0]
    changed = threading.Condition()

    def worker(me):
        def work(count):
            for _ in range(count):
                with changed:
                    while turn[0] != me:
                        changed.wait()
                    turn[0] = (me + 1) % threads
                    changed.notify_all()
        return work

    return [worker(me) for me in range(threads)]


@writes
def event(threads):
    """A token goes round, each thread waiting for an event of its own."""
    events = [threading.Event() for _ in range(threads)]
    events[0].set()

    def worker(me):
        mine, following = events[me], events[(me + 1) % threads]

        def work(count):
            for _ in range(count):
                mine.wait()
                mine.clear()
                following.set()
        return work

    return [worker(me) for me in range(threads)]


@writes
def barrier(threads):
    meeting = threading.Barrier(threads)

    def work(count):
        for _ in range(count):
            meeting.wait()

    return [work] * threads


@writes(overlaps=True)
def barrier_after_work(threads):
    meeting = threading.Barrier(threads)

    def work(count):
        for _ in range(count):
            some_work(1000)
            meeting.wait()

    return [work] * threads


@writes
def simple_queue_ping_pong(threads):
    """Pairs of threads send one item to and fro."""
    pairs = [(queue.SimpleQueue(), queue.SimpleQueue()) for _ in range(threads // 2)]

    def ping(there, back):
        def work(count):
            for i in range(count):
                there.put(i)
                back.get()
        return work

    def pong(there, back):
        def work(count):
            for _ in range(count):
                back.put(there.get())
        return work

    return [make(*pair) for pair in pairs for make in (ping, pong)]


def producers_and_consumers(items, threads, amount=0):
    def produce(count):
        for i in range(count):
            if amount:
                some_work(amount)
            items.put(i)

    def consume(count):
        for _ in range(count):
            items.get()
            if amount:
                some_work(amount)

    return [produce, consume] * (threads // 2)


@writes
def simple_queue(threads):
    return producers_and_consumers(queue.SimpleQueue(), threads)


@writes
def bounded_queue(threads):
    return producers_and_consumers(queue.Queue(100), threads)


@writes(overlaps=True)
def simple_queue_with_work(threads):
    return producers_and_consumers(queue.SimpleQueue(), threads, 100)


@writes(overlaps=True)
def bounded_queue_with_work(threads):
    return producers_and_consumers(queue.Queue(100), threads, 100)


@writes(overlaps=True)
def thread_pool(threads):
    """One thread submits for all; the others stand for the pool."""
    def work(count):
        with ThreadPoolExecutor(threads) as pool:
            for _ in pool.map(some_work, itertools.repeat(1000, count * threads)):
                pass

    def nothing(count):
        pass

    return [work] + [nothing] * (threads - 1)


@writes
def list_append(threads):
    items = []

    def work(count):
        for i in range(count):
            items.append(i)
        del items[:count]

    return [work] * threads


@writes
def list_item(threads):
    items = [0] * 100

    def work(count):
        for i in range(count):
            items[i % 100] = i

    return [work] * threads


@writes
def dict_item(threads):
    table = dict.fromkeys(NAMES)

    def work(count):
        for i in range(count):
            table["7"] = i

    return [work] * threads


@writes
def set_add(threads):
    members = set()

    def work(count):
        for i in range(count):
            members.add(i & 63)

    return [work] * threads


@writes
def deque_ends(threads):
    items = deque(range(10))

    def work(count):
        for i in range(count):
            items.append(i)
            items.popleft()

    return [work] * threads


@writes
def attribute(threads):
    point = Point(0, 0)

    def work(count):
        for i in range(count):
            point.x = i

    return [work] * threads


@writes
def global_name(threads):
    def work(count):
        global written
        for i in range(count):
            written = i

    return [work] * threads


@writes
def counter(threads):
    numbers = itertools.count()

    def work(count):
        for _ in range(count):
            next(numbers)

    return [work] * threads


@writes
def shared_cache(threads):
    @functools.lru_cache(maxsize=128)
    def cached(n):
        return n

    def work(count):
        for i in range(count):
            cached(i & 63)

    return [work] * threads


@writes(overlaps=True)
def results_under_lock(threads):
    """Workers add their results to one dict under a lock, as map-reduce programs do."""
    guard = threading.Lock()
    totals = {}

    def work(count):
        for i in range(count):
            value = some_work(50)
            with guard:
                totals[i & 15] = totals.get(i & 15, 0) + value

    return [work] * threads
