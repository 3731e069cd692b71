# time limit: 240
"""Threads that reach into each other's frames, classes, modules and the runtime itself. Nothing may crash or hang."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import abc, asyncio, dataclasses, enum, gc, importlib, os, random, signal, subprocess, tempfile, threading, time, traceback, types, typing, warnings, weakref

import support
from support import check, equal
import together
from together import SEED, any_of, torture

warnings.simplefilter("ignore")
RACES = (RuntimeError, ValueError, IndexError, KeyError, TypeError, StopIteration, AttributeError, NameError, UnboundLocalError)
IMUGI = sys.implementation.name == "imugi"


def test_locals_of_running_frames():
    """f_locals of another thread's frame: read, written, iterated, compared, while the frame runs and ends."""
    frames, generators, coroutines = [None] * 4, [None] * 4, []
    def numbers():
        total, text = 0, "x"
        for i in range(30):
            total, text = total + i, text + "y"
            yield total
    def work(c):
        a, b = 0, []
        def inner():
            nonlocal a
            a += 1
            return a
        place = c.randrange(4)
        frames[place] = sys._getframe()
        for i in range(20):
            a = i
            b.append(inner())
            x = [y for y in b if y]
        del b
        return a
    def run_generator(c):
        generator = generators[c.randrange(4)] = numbers()
        return list(generator)
    def look(c):
        frame = c.choice(frames)
        names = frame.f_locals
        dict(names), list(names.items()), len(names), repr(names), names.get("b"), "a" in names, names == {}, names.copy(), names | {"q": 1}, list(reversed(names))
        frame.f_lineno, frame.f_back, frame.f_lasti, frame.f_globals, frame.f_builtins, repr(frame), frame.f_trace
    def write(c):
        names = c.choice(frames).f_locals
        names[c.choice(["a", "i", "x", "new"])] = c.choice([1, 5, [1]])
        names.update(i=3, other=4)
        names.setdefault("third", 1), names.pop("new", 0)
    def look_generator(c):
        generator = c.choice(generators)
        dict(generator.gi_frame.f_locals), generator.gi_running, generator.gi_suspended, generator.gi_yieldfrom, repr(generator), generator.gi_frame.f_back
        generator.gi_frame.f_locals["total"] = 5
    def clear(c):
        c.choice(frames).clear()
    def current(c):
        for frame in sys._current_frames().values():
            while frame is not None:
                dict(frame.f_locals), frame.f_code.co_name
                frame = frame.f_back
    def failing(c):
        value = c.random()
        try:
            work(c)
            1 / 0
        except ZeroDivisionError as e:
            return traceback.extract_tb(e.__traceback__), e.__traceback__.tb_frame.f_locals["value"]
    torture([work, work, work, run_generator, run_generator, look, look, write, look_generator, clear, current, failing, lambda c: sys._current_exceptions(), lambda c: traceback.extract_stack()], accept=RACES)


def test_generators_of_all_kinds():
    async def coroutine():
        await asyncio.sleep(0)
        return 5
    async def async_numbers():
        for i in range(10):
            yield i
    @types.coroutine
    def old(n):
        for i in range(n):
            yield i
    def delegating(n):
        if n:
            yield from delegating(n - 1)
        yield n
    makers = [coroutine, async_numbers, lambda: old(5), lambda: delegating(6), lambda: (x * y for x in range(4) for y in range(4)), lambda: coroutine().__await__(), lambda: async_numbers().__anext__(), lambda: async_numbers().asend(None), lambda: async_numbers().aclose(), lambda: async_numbers().athrow(KeyError)]
    box = [coroutine()]
    def renew(c): box[0] = c.choice(makers)()
    def step(c):
        thing = box[0]
        return thing.send(None) if hasattr(thing, "send") else thing.__anext__().send(None)
    torture([step, step, renew, lambda c: next(box[0]), lambda c: box[0].throw(KeyError("x")), lambda c: box[0].close(), lambda c: box[0].cr_frame, lambda c: box[0].cr_await, lambda c: box[0].ag_running, lambda c: repr(box[0]), lambda c: box[0].gi_yieldfrom, lambda c: box[0].__name__, lambda c: setattr(box[0], "__name__", "n"), lambda c: asyncio.run(coroutine()) if c.random() < 0.02 else None],
            accept=RACES + (StopAsyncIteration, GeneratorExit))


def test_classes_that_change_under_their_instances():
    class Meta(type):
        def __call__(cls, *a): return super().__call__(*a)
    class Base:
        def f(self): return 1
        def __repr__(self): return "base"
    class Other:
        def f(self): return 2
    class A(Base, metaclass=Meta):
        x = 1
        @property
        def p(self): return self.f()
    class B(Other, metaclass=Meta):
        x = 2
    class Slots:
        __slots__ = ("a", "b", "__dict__", "__weakref__")
    instances = [A() for _ in range(5)] + [B()]
    slots = Slots()
    names = {"__len__": lambda s: 3, "__eq__": lambda s, o: True, "__hash__": lambda s: 7, "__add__": lambda s, o: 1, "__getattr__": lambda s, n: n, "__call__": lambda s: 4, "__iter__": lambda s: iter([1]), "__contains__": lambda s, x: True, "__bool__": lambda s: False, "__getitem__": lambda s, i: [1, 2][i], "__lt__": lambda s, o: True, "__enter__": lambda s: s, "__exit__": lambda s, *a: None, "__del__": lambda s: None, "__setattr__": object.__setattr__, "__getattribute__": object.__getattribute__, "__str__": lambda s: "s", "__format__": lambda s, f: "f", "__index__": lambda s: 1, "__int__": lambda s: 1, "x": 5, "f": lambda s: 9, "__init__": lambda s, *a: None, "__new__": lambda cls, *a: object.__new__(cls), "__set_name__": None, "__class_getitem__": classmethod(lambda cls, i: i)}
    order = list(names)
    def alter(c):
        name = c.choice(order)
        setattr(c.choice([A, Base, B]), name, names[name])
    def restore(c):
        name = c.choice(order)
        cls = c.choice([A, Base, B])
        if name != "f":
            delattr(cls, name)
    def bases(c):
        A.__bases__ = c.choice([(Base,), (Other,), (Base, Other), (Other, Base)])
    def one(c): return c.choice(instances)
    torture([alter, alter, restore, restore, bases,
             lambda c: one(c).f(), lambda c: one(c).x, lambda c: one(c).p, lambda c: len(one(c)), lambda c: one(c) == one(c), lambda c: hash(one(c)), lambda c: one(c) + 1, lambda c: one(c).missing, lambda c: one(c)(), lambda c: list(one(c)), lambda c: 1 in one(c), lambda c: bool(one(c)), lambda c: one(c)[1], lambda c: one(c) < one(c), lambda c: f"{one(c)}{one(c)!r:>5}", lambda c: range(one(c)), lambda c: int(one(c)), lambda c: A(), lambda c: B[1],
             lambda c: setattr(one(c), "attr%d" % c.randrange(20), 1), lambda c: setattr(one(c), "__class__", c.choice([A, B])), lambda c: setattr(one(c), "__dict__", {"x": 3}), lambda c: vars(one(c)).clear() if c.random() < 0.1 else None, lambda c: instances.__setitem__(c.randrange(5), A()), lambda c: super(A, one(c)).f(), lambda c: isinstance(one(c), (Base, Other)), lambda c: A.__mro__, lambda c: A.mro(), lambda c: Base.__subclasses__(), lambda c: dir(one(c)), lambda c: vars(A).copy(),
             lambda c: setattr(A, "__name__", "N%d" % c.randrange(5)), lambda c: repr(A), lambda c: setattr(A, "__doc__", "d"), lambda c: setattr(A, "__module__", "m"), lambda c: A.__annotations__, lambda c: setattr(A, "__annotations__", {"q": int}), lambda c: setattr(A, "__abstractmethods__", frozenset()), lambda c: type("Sub", (A,), {"y": 1})().f(), lambda c: types.new_class("Sub2", (B, A)), lambda c: setattr(slots, "a", c.random()), lambda c: slots.a, lambda c: delattr(slots, "a"), lambda c: weakref.ref(slots), lambda c: setattr(slots, "z", 1), lambda c: (lambda s: s.b)(slots)],
            accept=RACES)


def test_instances_whose_classes_die():
    class Base:
        pass

    def leaving(result):
        def method(self, *arguments):
            self.__class__ = type("After", (Base,), {})
            return result
        return method
    methods = {"__index__": leaving(1), "__eq__": leaving(NotImplemented), "__lt__": leaving(NotImplemented), "__add__": leaving(NotImplemented), "__call__": leaving(2), "__getattr__": leaving(3), "__repr__": leaving("r"), "__len__": leaving(4), "__iter__": leaving(()), "p": property(leaving(5)), "m": leaving(6)}

    def fresh(c):
        return type("Before", (Base,), {name: method for name, method in methods.items() if c.random() < 0.5})
    shared = [fresh(random.Random(SEED))() for _ in range(4)]
    def one(c): return c.choice(shared)
    def leave(c): one(c).__class__ = fresh(c)
    def collect(c):
        if c.random() < 0.1:
            gc.collect()
    torture([leave, leave, leave, collect,
             lambda c: range(one(c)), lambda c: one(c) == one(c), lambda c: one(c) < one(c), lambda c: one(c) + 1, lambda c: one(c)(), lambda c: one(c).missing, lambda c: repr(one(c)), lambda c: len(one(c)), lambda c: [*one(c)], lambda c: one(c).p, lambda c: one(c).m(), lambda c: one(c).m, lambda c: hash(one(c)),
             lambda c: setattr(one(c), "attr%d" % c.randrange(9), 1), lambda c: delattr(one(c), "attr%d" % c.randrange(9)), lambda c: vars(one(c)), lambda c: setattr(one(c), "__dict__", {}), lambda c: one(c).__reduce_ex__(2), lambda c: isinstance(one(c), Base), lambda c: dir(one(c)), lambda c: Base.__subclasses__(), lambda c: shared.__setitem__(c.randrange(4), fresh(c)())],
            accept=RACES)


def test_dataclasses_enums_and_abcs():
    class Abstract(abc.ABC):
        @abc.abstractmethod
        def f(self): pass
    @dataclasses.dataclass
    class Point:
        x: int = 0
        y: list = dataclasses.field(default_factory=list)
    class Color(enum.Enum):
        RED = 1
        BLUE = 2
    @typing.runtime_checkable
    class Proto(typing.Protocol):
        def f(self): ...
    T = typing.TypeVar("T")
    class Generic(typing.Generic[T]): pass
    point = Point()
    torture([lambda c: Abstract.register(type("R", (), {})), lambda c: isinstance(1, Abstract), lambda c: issubclass(type("Q", (Abstract,), {}), Abstract), lambda c: Point(c.random()), lambda c: dataclasses.asdict(point), lambda c: dataclasses.replace(point, x=1), lambda c: point == Point(), lambda c: repr(point), lambda c: setattr(point, "x", c.random()), lambda c: point.y.append(1) if len(point.y) < 30 else point.y.clear(), lambda c: dataclasses.make_dataclass("M", ["a", "b"])(1, 2),
             lambda c: Color(c.randrange(1, 4)), lambda c: Color["RED"], lambda c: list(Color), lambda c: enum.Enum("E", "A B"), lambda c: isinstance(point, Proto), lambda c: Generic[int], lambda c: Generic[c.choice([int, str, list[int]])](), lambda c: typing.get_type_hints(Point), lambda c: typing.NamedTuple("N", [("a", int)])(1), lambda c: typing.Optional[Point], lambda c: Abstract()], accept=RACES)


def test_modules():
    with tempfile.TemporaryDirectory() as folder:
        for name, text in {"torture_a": "import torture_b\nx = 1\ndef f(): return torture_b.y", "torture_b": "import torture_a\ny = 2\ndef __getattr__(name): return name", "torture_bad": "import torture_a\n1/0", "torture_lazy": "import time\ntime.sleep(0.001)\nz = 3"}.items():
            with open(os.path.join(folder, name + ".py"), "w") as file:
                file.write(text)
        sys.path.insert(0, folder)
        sys.dont_write_bytecode, written = True, sys.dont_write_bytecode
        names = ["torture_a", "torture_b", "torture_bad", "torture_lazy", "json.decoder", "collections.abc"]
        module = types.ModuleType("shared")
        try:
            torture([lambda c: __import__(c.choice(names)), lambda c: importlib.import_module(c.choice(names)), lambda c: sys.modules.pop(c.choice(names[:4]), None), lambda c: importlib.reload(sys.modules[c.choice(names[:4])]), lambda c: exec("from torture_a import x, f\nfrom torture_b import anything\nf()", {}), lambda c: sys.modules["torture_a"].f(), lambda c: list(sys.modules), lambda c: sys.modules.copy(),
                     lambda c: setattr(module, "n%d" % c.randrange(20), c.random()), lambda c: getattr(module, "n%d" % c.randrange(20)), lambda c: delattr(module, "n%d" % c.randrange(20)), lambda c: dir(module), lambda c: module.__dict__.clear() if c.random() < 0.02 else None, lambda c: setattr(module, "__getattr__", lambda n: 1), lambda c: delattr(module, "__getattr__"), lambda c: repr(module), lambda c: setattr(module, "__class__", types.ModuleType), lambda c: setattr(sys.modules["torture_b"], "y", c.random()), lambda c: sys.path.append(sys.path.pop()), lambda c: importlib.invalidate_caches(), lambda c: importlib.util.find_spec(c.choice(names))],
                    accept=RACES + (ImportError, ZeroDivisionError))
        finally:
            sys.path.remove(folder)
            sys.dont_write_bytecode = written
            for name in names[:4]:
                sys.modules.pop(name, None)


def test_collector_and_callbacks():
    class Node:
        def __init__(self): self.me = self
        def __del__(self):
            if random.random() < 0.05:
                saved.append(self)
    saved, refs, live = [], [], weakref.WeakSet()
    proxies = []
    def callback(ref):
        refs.append(weakref.ref(Node())) if len(refs) < 50 else refs.clear()
    def make(c):
        node = Node()
        refs.append(weakref.ref(node, callback))
        live.add(node)
        weakref.finalize(node, saved.append, 1)
        proxies.append(weakref.proxy(node))
        if len(proxies) > 20:
            del proxies[:10]
    thresholds = gc.get_threshold()
    try:
        torture([make, make, make, lambda c: gc.collect(c.randrange(3)) if c.random() < 0.1 else None, lambda c: gc.get_referrers(saved) if c.random() < 0.01 else None, lambda c: gc.get_referents(saved, refs), lambda c: gc.freeze() if c.random() < 0.05 else gc.unfreeze(), lambda c: gc.set_threshold(c.choice([100, 2000])), lambda c: gc.disable() if c.random() < 0.3 else gc.enable(), lambda c: gc.is_tracked(saved), lambda c: gc.get_stats(), lambda c: list(live), lambda c: len(live), lambda c: saved.clear() if len(saved) > 50 else None, lambda c: [r() for r in refs], lambda c: any_of(c, proxies).me, lambda c: weakref.getweakrefs(any_of(c, saved)), lambda c: sys.getrefcount(saved), lambda c: gc.get_objects(1) if c.random() < 0.01 else None],
                accept=RACES + (ReferenceError,))
    finally:
        gc.enable()
        gc.unfreeze()
        gc.set_threshold(*thresholds)


def test_weak_references_in_garbage():
    kinds = [int, str, float, list]
    kept = set()
    def make(c):
        cycle = [weakref.ref(c.choice(kinds)), {weakref.ref(c.choice(kinds))}]
        cycle.append(cycle)
    torture([make, make, lambda c: gc.collect(0) if c.random() < 0.1 else None, lambda c: kept.add(weakref.ref(c.choice(kinds))), lambda c: kept.clear(), lambda c: weakref.ref(c.choice(kinds)) in kept, lambda c: [r().__name__ for r in kept], lambda c: kept.pop()],
            accept=RACES)


def test_all_objects_during_collections():
    class Base: pass
    def make(c):
        for _ in range(20):
            type("Short", (Base,), {"f": lambda self: __class__, "__slots__": ("a",)})().a = []
    def look(c):
        for found in gc.get_objects()[-300:]:
            if isinstance(found, type):
                found.__mro__, found.__bases__, found.__name__, dict(found.__dict__), found.mro()
            found.__class__.__mro__, gc.get_referents(found)
    torture([make, make, make, lambda c: gc.collect(), look, lambda c: Base.__subclasses__()], accept=RACES)


def test_tracing_everywhere():
    seen = []
    def tracer(frame, event, arg):
        seen.append(event)
        if len(seen) > 500:
            del seen[:]
        return tracer if random.random() < 0.7 else None
    def profiler(frame, event, arg): seen.append(event)
    monitoring = sys.monitoring
    tool = 3
    monitoring.use_tool_id(tool, "torture")
    def work(c):
        total = 0
        for i in range(10):
            try:
                total += [x for x in range(i)][-1]
            except IndexError:
                pass
        return (lambda: total)()
    def events(c):
        monitoring.register_callback(tool, monitoring.events.LINE, c.choice([None, lambda *a: None, lambda *a: monitoring.DISABLE]))
        monitoring.set_events(tool, c.choice([0, monitoring.events.LINE, monitoring.events.CALL | monitoring.events.PY_START]))
        monitoring.set_local_events(tool, work.__code__, c.choice([0, monitoring.events.LINE]))
        monitoring.restart_events()
    try:
        torture([work] * 8 + [lambda c: threading.settrace_all_threads(c.choice([tracer, None])), lambda c: sys.settrace(c.choice([tracer, None])), lambda c: threading.setprofile_all_threads(c.choice([profiler, None])), lambda c: sys.setprofile(c.choice([profiler, None])), events, lambda c: sys._getframe().f_code.co_positions(), lambda c: setattr(sys._getframe(), "f_trace_opcodes", c.random() < 0.5)], accept=RACES)
    finally:
        threading.settrace_all_threads(None)
        threading.setprofile_all_threads(None)
        threading.settrace(None)
        threading.setprofile(None)
        monitoring.set_events(tool, 0)
        monitoring.free_tool_id(tool)


def test_signals():
    if not hasattr(signal, "setitimer"):
        support.skip("no timers")
    hits = []
    old = signal.signal(signal.SIGALRM, lambda *a: hits.append(len(threading.enumerate())))
    signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
    try:
        torture([lambda c: sum(range(c.randrange(500))), lambda c: time.sleep(0.0001), lambda c: [str(i) for i in range(50)], lambda c: threading.Thread(target=len, args=("",)).start(), lambda c: gc.collect() if c.random() < 0.01 else None, lambda c: signal.getsignal(signal.SIGALRM)], accept=RACES)
        for _ in range(50):
            signal.raise_signal(signal.SIGALRM)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)
    check(len(hits) >= 50)


def test_forks():
    if not hasattr(os, "fork"):
        support.skip("no fork")
    shared, lock = {"a": 1}, threading.Lock()
    def fork(c):
        with gate:
            pid = os.fork()
            if pid == 0:
                try:
                    gc.collect()
                    thread = threading.Thread(target=shared.update, args=({"b": 2},))
                    thread.start()
                    thread.join()
                    import colorsys
                    os._exit(0 if shared["b"] == 2 and threading.active_count() == 1 else 3)
                except BaseException:
                    os._exit(4)
            end = time.monotonic() + 30
            while True:
                done, status = os.waitpid(pid, os.WNOHANG)
                if done:
                    break
                if time.monotonic() > end:
                    os.kill(pid, signal.SIGABRT)
                    os.waitpid(pid, 0)
                    raise support.Failure("a forked child hangs")
                time.sleep(0.001)
            if status:
                raise support.Failure("a forked child ends with %d" % os.waitstatus_to_exitcode(status))
    gate = threading.Lock()
    def locked(c):
        with lock:
            shared[c.randrange(50)] = [c.random()]
    torture([locked, locked, lambda c: list(shared.values()), lambda c: gc.collect() if c.random() < 0.05 else None, lambda c: [object() for _ in range(50)], fork, lambda c: threading.Thread(target=len, args=("",)).start(), lambda c: __import__("json")], accept=RACES, seconds=together.SECONDS * 2)


EXITING = """
import sys, threading, time, random, gc, weakref, os
sys.path.insert(0, %r)
random.seed(%d)
class Node:
    def __init__(self): self.me = self
    def __del__(self): pass
shared = {i: [i] for i in range(50)}
local = threading.local()
lock = threading.RLock()
def spin():
    while True:
        shared[random.randrange(50)] = [Node(), str(random.random())]
        local.x = Node()
        sorted(map(id, list(shared.values())))
def wait():
    while True:
        with lock:
            time.sleep(random.random() / 2000)
def files():
    while True:
        with open(__file__ if "__file__" in globals() else "/dev/null", "rb") as f:
            f.read(50)
def make():
    while True:
        t = threading.Thread(target=len, args=("",), daemon=random.random() < 0.5)
        try:
            t.start()
        except RuntimeError:
            return
def collect():
    while True:
        gc.collect()
        time.sleep(0.001)
def imports():
    while True:
        for name in ("colorsys", "textwrap", "string"):
            sys.modules.pop(name, None)
            __import__(name)
def generate():
    while True:
        list(x for x in range(100))
        try:
            raise ValueError
        except ValueError as e:
            str(e)
for body in [spin, wait, files, make, collect, imports, generate] * %d:
    threading.Thread(target=body, daemon=True).start()
time.sleep(random.random() / 20)
"""


def test_exits_with_daemon_threads():
    """The process ends, with its status, whatever daemon threads are at."""
    endings = ["", "sys.exit(0)", "threading.Thread(target=time.sleep, args=(0.01,)).start()", "import atexit; atexit.register(gc.collect)", "keep = [Node() for _ in range(100)]"]
    chance = random.Random(SEED)
    for _ in range(3):
        source = EXITING % (os.path.dirname(os.__file__), chance.randrange(10 ** 6), 1) + chance.choice(endings)
        done = subprocess.run([sys.executable, "-c", source], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60)
        if IMUGI:
            equal((done.returncode, done.stderr), (0, ""))


def counting(threads, rounds, switch):
    """Counts under a lock, atomically and by messages, on threads, while `switch` is called over and over; the counts must be right."""
    import itertools, queue
    lock, table, items, counter, simple = threading.Lock(), {"locked": 0}, [], itertools.count(), queue.SimpleQueue()
    things = set()
    ended = [0]
    def body(number):
        for i in range(rounds):
            with lock:
                table["locked"] += 1
            items.append(i)
            next(counter)
            things.add((number, i))
            simple.put(i)
            table[number] = [object() for _ in range(3)]
            len([x for x in range(10)])
        with lock:
            ended[0] += 1
    workers = [threading.Thread(target=body, args=(n,)) for n in range(threads)]
    for worker in workers:
        worker.start()
    calls = 0
    while ended[0] < threads or calls < 100:
        switch()
        calls += 1
    for worker in workers:
        worker.join(60)
        check(not worker.is_alive(), "a thread hangs")
    total = threads * rounds
    equal((table["locked"], len(items), next(counter), len(things), simple.qsize()), (total,) * 5)
    return calls


def test_switching_the_gil():
    if not IMUGI:
        support.skip("no switch")
    import imugi
    before = imugi.gil.enabled()
    state = [before]
    def switch():
        state[0] = not state[0]
        imugi.gil.enable() if state[0] else imugi.gil.disable()
        equal(imugi.gil.enabled(), state[0])
        equal(sys._is_gil_enabled(), state[0])
    try:
        counting(8, 500, switch)
        # From several threads at once, too.
        torture([lambda c: imugi.gil.enable(), lambda c: imugi.gil.disable(), lambda c: sum(range(100)), lambda c: gc.collect() if c.random() < 0.02 else None, lambda c: time.sleep(0), lambda c: imugi.gil.enabled()])
    finally:
        imugi.gil.enable() if before else imugi.gil.disable()
    equal(imugi.gil.enabled(), before)


support.run(globals())
