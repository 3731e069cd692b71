"""Life and death of objects: counts, finalizers, weak references, the cycle collector."""

import gc
import sys
import weakref

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import check, equal, is_, raises


class Node:
    def __init__(self, name="", log=None):
        self.name, self.log = name, log

    def __del__(self):
        if self.log is not None:
            self.log.append(self.name)


def test_prompt():
    log = []
    n = Node("a", log)
    del n
    equal(log, ["a"])
    Node("b", log)
    equal(log[-1], "b")
    def f(x):
        equal(len(log), 2)
    f(Node("c", log))
    equal(log[-1], "c")
    x = Node("d", log)
    x = None
    equal(log[-1], "d")
    items = [Node(str(i), log) for i in range(3)]
    items = None
    equal(sorted(log[-3:]), ["0", "1", "2"])
    def returns(): return Node("r", log)
    returns()
    equal(log[-1], "r")
    y = (Node("t", log), 1)
    y = y[1]
    equal(log[-1], "t")
    for z in [Node("loop", log)]:
        pass
    del z
    equal(log[-1], "loop")
    def exc():
        v = Node("exc", log)
        raise ValueError
    try:
        exc()
    except ValueError:
        pass
    equal(log[-1], "exc")
    lambda v=Node("default", log): v
    equal(log[-1], "default")
    def closure():
        v = Node("cell", log)
        return lambda: v
    c = closure()
    check(log[-1] != "cell")
    del c
    equal(log[-1], "cell")
    def gen():
        v = Node("gen", log)
        yield v
    g = gen()
    next(g)
    del g
    equal(log[-1], "gen")
    def args(*a, **k): pass
    args(Node("star", log), k=Node("kw", log))
    equal(sorted(log[-2:]), ["kw", "star"])
    str(Node("temp", log))
    equal(log[-1], "temp")
    Node("attr", log).name
    equal(log[-1], "attr")


def test_getrefcount():
    def body():
        a = []
        base = sys.getrefcount(a)
        b = a
        equal(sys.getrefcount(a) - base, 1)
        c = [a, a, {"k": a}]
        equal(sys.getrefcount(a) - base, 4)
        del b
        c.clear()
        equal(sys.getrefcount(a) - base, 0)
    body()
    check(sys.getrefcount(None) > 1000)


def test_functions_dropped_again_and_again():
    source = "\n".join("def f%d(): pass" % i for i in range(300))
    def round():
        names = {}
        exec(source, names)
        names.clear()
        gc.collect()
        return sys.getallocatedblocks()
    round()
    before = round()
    for _ in range(3):
        after = round()
    check(after - before < 100, (before, after))


def test_order_of_attributes():
    log = []
    class Parent:
        def __init__(self): self.child = Node("child", log)
        def __del__(self): log.append("parent")
    Parent()
    equal(log, ["parent", "child"])


def test_resurrection():
    log, kept = [], []
    class R:
        def __del__(self):
            log.append("del")
            kept.append(self)
    r = R()
    r.x = 5
    w = weakref.ref(r)
    del r
    equal(log, ["del"])
    equal(kept[0].x, 5)
    is_(w(), kept[0])
    kept.clear()
    equal(log, ["del"])
    is_(w(), None)


def test_exception_in_del():
    caught = []
    old = sys.unraisablehook
    sys.unraisablehook = lambda info: caught.append((info.exc_type, str(info.exc_value)))
    try:
        class D:
            def __del__(self): raise ValueError("in del")
        D()
    finally:
        sys.unraisablehook = old
    equal(caught, [(ValueError, "in del")])


def test_weakref():
    log = []
    n = Node()
    r = weakref.ref(n)
    is_(r(), n)
    is_(weakref.ref(n), r)
    r2 = weakref.ref(n, lambda ref: log.append(ref))
    check(r2 is not r and r == r2 and hash(r) == hash(n))
    equal(weakref.getweakrefcount(n), 2)
    check(set(map(id, weakref.getweakrefs(n))) == {id(r), id(r2)})
    check(repr(r).startswith("<weakref at 0x") and "; to 'Node' at 0x" in repr(r))
    del n
    is_(r(), None)
    equal(len(log), 1)
    is_(log[0], r2)
    check("; dead>" in repr(r))
    check(r != weakref.ref(Node()) and r == r)
    raises(TypeError, weakref.ref, 5, message="cannot create weak reference to 'int' object")
    raises(TypeError, weakref.ref, [], message="cannot create weak reference to 'list' object")
    raises(TypeError, hash, weakref.ref(Node()), message="weak object has gone away")
    class R(weakref.ref):
        def __init__(self, o, cb=None, tag=None):
            super().__init__(o, cb)
            self.tag = tag
        def __new__(cls, o, cb=None, tag=None): return super().__new__(cls, o, cb)
    n = Node()
    s = R(n, tag="t")
    equal((s.tag, s() is n), ("t", True))
    def func(): pass
    is_(weakref.ref(func)(), func)
    is_(weakref.ref(Node)(), Node)
    is_(weakref.ref({1}.__class__)(), set)
    is_(r.__callback__, None)


def test_weakref_order_with_del():
    log = []
    class D:
        def __del__(self): log.append(("del", ref() is not None))
    d = D()
    ref = weakref.ref(d, lambda r: log.append("callback"))
    del d
    equal(log, [("del", True), "callback"])


def test_proxy():
    n = Node("p")
    n.items = [1, 2]
    p = weakref.proxy(n)
    equal((p.name, p.items), ("p", [1, 2]))
    p.name = "q"
    equal(n.name, "q")
    is_(weakref.proxy(n), p)
    class C:
        def __call__(self, x): return x + 1
        def __len__(self): return 3
        def __add__(self, o): return "add"
        def __getitem__(self, k): return k
        def __bool__(self): return False
        def __str__(self): return "C!"
    c = C()
    q = weakref.proxy(c)
    equal((q(1), len(q), q + 1, q["k"], bool(q), str(q)), (2, 3, "add", "k", False, "C!"))
    del c
    raises(ReferenceError, lambda: len(q), message="weakly-referenced object no longer exists")
    raises(TypeError, hash, p, message=("unhashable type: 'weakref.ProxyType'", "unhashable type: 'weakproxy'", "unhashable type: 'ProxyType'"))
    del n
    raises(ReferenceError, lambda: p.name, message="weakly-referenced object no longer exists")


def test_weak_containers():
    d = weakref.WeakValueDictionary()
    k = weakref.WeakKeyDictionary()
    s = weakref.WeakSet()
    n, m = Node("n"), Node("m")
    d["n"], d["m"] = n, m
    k[n], k[m] = 1, 2
    s.add(n)
    equal((len(d), len(k), len(s)), (2, 2, 1))
    del n
    equal((sorted(d), len(k), len(s)), (["m"], 1, 0))
    log = []
    f = weakref.finalize(m, log.append, "finalized")
    check(f.alive)
    del m
    equal(log, ["finalized"])
    check(not f.alive)
    class A:
        def m(self): return "called"
    a = A()
    w = weakref.WeakMethod(a.m)
    equal(w()(), "called")
    del a
    is_(w(), None)


def test_cycles():
    gc.collect()
    log = []
    a, b = Node("a", log), Node("b", log)
    a.other, b.other = b, a
    r = weakref.ref(a)
    del a, b
    check(r() is not None)
    check(gc.collect() >= 2)
    is_(r(), None)
    equal(sorted(log), ["a", "b"])
    l = []
    l.append(l)
    del l
    check(gc.collect() >= 1)
    d = {}
    d["self"] = d
    t = ([],)
    t[0].append(t)
    def f(): return f
    class C: pass
    C.me = C()
    g = (x for x in ())
    n = Node("frame", log)
    n.gen = (n for _ in [0])
    del d, t, f, C, g, n
    check(gc.collect() >= 6)
    equal(log[-1], "frame")


def test_cycles_through_instances_of_any_type():
    """An instance of a subclass may hold anything, whatever its base is."""
    import gc, weakref
    for base in (int, float, complex, str, bytes, bytearray, tuple, list, dict, set, frozenset, Exception):
        class Sub(base):
            pass
        class Mark:
            pass
        x = Sub()
        check(gc.is_tracked(x), base.__name__)
        x.me, x.mark = x, Mark()
        mark = weakref.ref(x.mark)
        del x
        gc.collect()
        check(mark() is None, base.__name__)


def test_dict_of_native_instances():
    from ast import Or
    node = Or()
    equal(node.__dict__, {})
    node.x = 1
    equal(node.__dict__, {"x": 1})
    class Sub(Or):
        pass
    equal(Sub().__dict__, {})


def test_modules_at_exit():
    """What a module's cycles keep is finalised at the end, as what its globals are."""
    import os, subprocess, sys, tempfile
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "at_exit_module.py"), "w") as file:
            file.write("class C:\n def __del__(self): print('deleted', self.name)\n"
                       "cycle = [C()]\ncycle[0].name = 'cycle'\ncycle.append(cycle)\nplain = C()\nplain.name = 'plain'\n")
        done = subprocess.run([sys.executable, "-c", "import sys; sys.path.insert(0, %r); import at_exit_module" % folder],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60)
        equal(done.stderr, "")
        equal(sorted(done.stdout.splitlines()), ["deleted cycle", "deleted plain"])


def test_cycle_with_resurrection():
    log, kept = [], []
    class R:
        def __del__(self):
            log.append(self.name)
            if self.name == "a":
                kept.append(self)
    a, b = R(), R()
    a.name, b.name = "a", "b"
    a.o, b.o = b, a
    wa = weakref.ref(a)
    del a, b
    gc.collect()
    equal(sorted(log), ["a", "b"])
    equal(kept[0].o.name, "b")
    kept.clear()
    gc.collect()
    equal(sorted(log), ["a", "b"])


def test_gc_module():
    check(gc.isenabled())
    gc.disable()
    check(not gc.isenabled())
    gc.enable()
    equal(len(gc.get_threshold()), 3)
    equal(len(gc.get_count()), 3)
    equal(len(gc.get_stats()), 3)
    a = [1]
    b = [a]
    check(any(x is b for x in gc.get_referrers(a)))
    check(any(x is a for x in gc.get_referents(b)))
    check(gc.is_tracked([]) and not gc.is_tracked(5))
    check(any(x is b for x in gc.get_objects()))
    gc.freeze()
    check(gc.get_freeze_count() >= 0)
    gc.unfreeze()
    log = []
    def callback(phase, info): log.append((phase, sorted(info)))
    gc.callbacks.append(callback)
    try:
        gc.collect()
    finally:
        gc.callbacks.remove(callback)
    equal(log, [("start", ["collected", "generation", "uncollectable"]), ("stop", ["collected", "generation", "uncollectable"])])
    raises(ValueError, gc.collect, 7, message="invalid generation")
    equal(gc.garbage, [])
    check(not gc.is_finalized(Node()))
    equal(gc.collect(0) >= 0, True)


def test_automatic_collection():
    log = []
    class C:
        def __del__(self): log.append(1)
    n = 0
    while not log and n < 2000000:
        c = C()
        c.me = c
        n += 1
    check(log, "the collector never ran by itself")


def test_deep_nests():
    for make in (lambda x: [x], lambda x: (x,), lambda x: {1: x}, lambda x: Link(x), lambda x: iter([x]), lambda x: (lambda: x)):
        x = None
        for _ in range(50000):
            x = make(x)
        del x


class Link:
    def __init__(self, next):
        self.next = next


def test_frames_keep_nothing():
    refs = []
    def f():
        n = Node()
        refs.append(weakref.ref(n))
        try:
            raise ValueError
        except ValueError as e:
            kept = e
    f()
    gc.collect()
    is_(refs[0](), None)


def test_leaks():
    """Work repeated must not grow the number of live objects."""
    class T:
        __slots__ = ("x",)
    def work():
        a = [T() for _ in range(100)]
        for t in a: t.x = a
        d = {i: str(i) for i in range(100)}
        def g():
            yield from d
        list(g())
        try:
            1 / 0
        except ZeroDivisionError:
            pass
        type("X", (), {"f": lambda self: self})().f()
        eval("[i for i in range(3)]")
        "%s %d" % ("a", 1)
        return sorted(map(str, d.values()))
    for _ in range(3):
        work()
    gc.collect()
    before = len(gc.get_objects())
    for _ in range(20):
        work()
    gc.collect()
    after = len(gc.get_objects())
    check(after - before < 50, "%d objects more" % (after - before))


def test_callbacks_of_references_in_garbage():
    """Only the callbacks of references that live on are called."""
    called = []
    class Node:
        pass
    def make():
        a, b = Node(), Node()
        a.other, b.other = b, a
        a.reference = weakref.ref(b, lambda r: called.append("inner"))
        return weakref.ref(a, lambda r: called.append("outer"))
    reference = make()
    gc.collect()
    equal((called, reference()), (["outer"], None))


def test_cycles_through_subclasses():
    import array, ast, random, struct
    class Dies:
        def __del__(self):
            gone.append(1)
    for base, args in ((int, (5,)), (int, (1 << 100,)), (float, (1.5,)), (complex, (1,)), (str, ("a",)),
                       (bytes, (b"a",)), (tuple, ()), (array.array, ("i",)), (random.Random, ()),
                       (struct.Struct, ("i",)), (ast.Pass, ())):
        gone = []
        class Sub(base):
            pass
        x = Sub(*args)
        x.itself, x.dies = x, Dies()
        del x
        gc.collect()
        check(gone == [1], base)


def test_call_sites_keep_nothing():
    # What an instruction has found in a class, it may remember, but no longer than to a collection.
    def load(cls):
        cls.f = lambda: cls
        cls.f
    def method(cls):
        cls.m = lambda self: cls
        cls().m()
    def instance(cls):
        cls.one = cls()
        cls.one.__dict__
    def closure(cls):
        inner = lambda: cls
        inner()
    for use in (load, method, instance, closure):
        class Used:
            pass
        reference = weakref.ref(Used)
        use(Used)
        del Used
        gc.collect()
        # The comprehension makes the frame larger than what the calls leave behind.
        check(reference() is None, [use for one in (1, 2, 3)])


def test_references_to_many():
    nodes = [Node(str(i)) for i in range(20000)]
    references = [weakref.ref(node) for node in nodes]
    calls = []
    watched = [weakref.ref(node, calls.append) for node in nodes[:9000]]
    check(all(map(lambda reference, node: reference() is node, references, nodes)))
    check(all(weakref.getweakrefs(node) == [first, second]
              for node, first, second in zip(nodes, references, watched)))
    del nodes[::2]
    equal([reference() is None for reference in references[:6]], [True, False] * 3)
    equal(sum(reference() is None for reference in references), 10000)
    equal(len(calls), 4500)
    del watched, references[1000:]
    equal([weakref.getweakrefcount(node) for node in (nodes[0], nodes[499], nodes[500])], [1, 1, 0])
    nodes.clear()
    equal(sum(reference() is None for reference in references), 1000)


def test_callbacks_at_exit():
    """The last collection that gc.callbacks hear of finds the program's globals whole."""
    import subprocess
    program = """
import gc
class Node: pass
node = Node()
node.itself = node
log = []
def callback(phase, info):
    log.append(phase)
gc.callbacks.append(callback)
"""
    done = subprocess.run([sys.executable, "-c", program], stderr=subprocess.PIPE, text=True)
    equal((done.returncode, done.stderr), (0, ""))


support.run(globals())
