# time limit: 120
"""Code objects that were changed at random, by code.replace() and in marshal data, are refused or run: nothing crashes.

IMUGI_MADE_UP_SEEDS=count and IMUGI_MADE_UP_FIRST=seed for more than the usual seconds; each seed is some sixty programs."""

import os
import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import builtins, marshal, random, signal, subprocess, tempfile, types

import support
from support import check, equal, raises

IMUGI = sys.implementation.name == "imugi"

PROGRAMS = [
    """
def f(a, b=2, *c, k=1, **d):
    x = a + b
    for i in range(3):
        x += i
        if x > 5: continue
        y = [j * x for j in c]
        while k < 3:
            k += 1
    try:
        z = {k: v for k, v in d.items()}
    except ValueError as e:
        z = e
    finally:
        w = (x, *y)
    return w, z
f.__defaults__ = (1, 2)
""",
    """
def f(a=1, b=2):
    def g(q=a):
        nonlocal b
        b += q
        return lambda: (a, b, [lambda: z for z in (a, b)])
    class C:
        z = b
        n: int = 3
        def m(self): return super().__repr__(), a, __class__
    class D(C, metaclass=type):
        def m(self): return super().m(), [super(D, self).m() for _ in 'a']
    g()
    del b
    b = 4
    return g()(), C().m(), D().m(), C.z
""",
    """
def f(a=None):
    with open('/dev/null') as h, open('/dev/null') as k:
        try:
            try:
                raise KeyError(1)
            except TypeError:
                pass
        except* KeyError as g: pass
        except* (OSError, ValueError): a = 1
        match [1, 2, {'a': 3}]:
            case [x, *y, {'a': q, **r}]: return x, y, q, r
            case int(real=z) | (z): return z
    try:
        raise ValueError from None
    except ValueError as e:
        try: raise
        finally: pass
    return f'{a!r:>{5}} {h}'
""",
    """
def f(a=3):
    class A:
        async def __aenter__(self): return self
        async def __aexit__(self, *e): return True
        def __aiter__(self): return self
        async def __anext__(self):
            nonlocal a
            a += 1
            if a > 9: raise StopAsyncIteration
            return a
    def gen():
        x = yield 1
        try:
            y = yield from (i for i in range(a))
        except GeneratorExit:
            y = 2
            raise
        return y
    async def agen():
        for i in range(2):
            yield i
        await A().__anext__()
        yield 5
    async def co():
        async with A() as p:
            async for i in p: await p.__anext__()
            else: a
        return [i async for i in agen()] + [i for i in gen()]
    g = gen()
    return list(g), co, gen, agen().asend(None)
""",
    """
def f(a=5, b='s'):
    x = [1, 2, 3]; x[1:2] = [a]; del x[0]
    t = (*x, a)
    s = {*x, a}
    d = {**{'a': 1}, 'b': 2, **dict(c=1)}
    print(*x, sep=b, file=open('/dev/null', 'w'), **{})
    l = b.join(map(str, x)).upper(*[], **{})
    assert a, b
    a, *r = t
    (p, q), v = (1, 2), 3
    import os.path as p
    from os import sep
    x[0] += 1
    c = a < 3 < 5 if a else not b
    return x[0:1], s, d, l, r, p, not a, -a, ~3, a is b, a in x, sep, t"{a!r} {b:>{5}}", a and b or c, lambda *a, k=t: k
""",
    """
def f(a=1):
    type X[T: int, *Ts, **P] = list[T]
    def g[T = str](x: T, y: 'a' = 3) -> a: return x
    class H[T]:
        x: T
        def m(self): return T
    global made
    made = g
    def late():
        try:
            return never
        except NameError:
            never = 1
        del never
        return never
    return X.__value__, g(1), H().m(), late, g.__annotations__, made
""",
]
MODULE = """
import sys
from os.path import *
x: int = 1
y = [i for i in range(x)]
class C:
    z = x
    w = [z for q in y]
    def m(self): return __class__
try: del x
except NameError: pass
for x in y: print
"""


def nested(code, r):
    """One of the codes within, changed in place of itself."""
    places = [i for i, k in enumerate(code.co_consts) if isinstance(k, types.CodeType)]
    if places and r.random() < 0.5:
        constants = list(code.co_consts)
        i = r.choice(places)
        constants[i] = nested(constants[i], r)
        return code.replace(co_consts=tuple(constants))
    return changed(code, r)


def changed_bytes(data, r, word):
    b = bytearray(data)
    for _ in range(r.choice((1, 1, 1, 2, 3))):
        i = r.randrange(len(b))
        how = r.randrange(5)
        if how == 0:
            b[i] ^= 1 << r.randrange(8)
        elif how == 1:
            b[i] = r.randrange(256)
        elif how == 2:
            i &= -word
            j = r.randrange(len(b)) & -word
            b[i:i + word] = b[j:j + word]
        elif how == 3:
            b[i] = (b[i] + r.choice((1, -1, 2, -2))) & 255
        else:
            i &= -word
            b[i:i + word], b[i + word:i + 2 * word] = b[i + word:i + 2 * word], b[i:i + word]
    return bytes(b)


def changed(code, r):
    how = r.randrange(16)
    if how == 0 and code.co_exceptiontable:
        return code.replace(co_exceptiontable=changed_bytes(code.co_exceptiontable, r, 4))
    if how == 1:
        return code.replace(co_flags=code.co_flags ^ r.choice((1, 2, 4, 8, 16, 32, 128, 256, 512, 1 << 26)))
    if how == 2:
        return code.replace(co_stacksize=max(0, code.co_stacksize + r.choice((-2, -1, 1, 300))))
    if how == 3:
        constants = list(code.co_consts)
        if constants:
            constants[r.randrange(len(constants))] = r.choice(constants + [(), [], ("a",), "s", None, 1, 1 << 70, f_code])
        return code.replace(co_consts=tuple(constants))
    if how == 4:
        part = r.choice(("co_names", "co_varnames", "co_freevars", "co_cellvars"))
        names = list(getattr(code, part))
        r.shuffle(names)
        return code.replace(**{part: tuple(names[:r.choice((-1, 100, 100))])})
    if how == 5:
        part = r.choice(("co_argcount", "co_kwonlyargcount", "co_posonlyargcount", "co_nlocals"))
        return code.replace(**{part: max(0, getattr(code, part) + r.choice((1, -1)))})
    if how in (6, 7):
        try:
            made = marshal.loads(changed_bytes(marshal.dumps(code), r, 4))
        except MemoryError:
            return code
        if isinstance(made, types.CodeType):
            return made
    return code.replace(co_code=changed_bytes(code.co_code, r, 4))


def f_code():
    pass


f_code = f_code.__code__


def use(value, r, depth=0):
    """Calls, iterates and shows what a program gave."""
    if depth > 3:
        return
    try:
        repr(value)
        if isinstance(value, (tuple, list)):
            for item in value:
                use(item, r, depth + 1)
        elif hasattr(value, "send"):
            names = getattr(value, "gi_frame", None) or getattr(value, "cr_frame", None)
            if names:
                names = names.f_locals
                for key in list(names):
                    if r.random() < 0.3:
                        names[key] = 1
            value.send(None)
            if r.random() < 0.5:
                value.throw(ValueError)
            value.close()
        elif isinstance(value, types.FunctionType):
            use(value(), r, depth + 1)
    except BaseException:
        pass


def tracer(r):
    def trace(frame, event, argument):
        frame.f_trace_opcodes = r.random() < 0.5
        if r.random() < 0.2:
            dict(frame.f_locals)
        if event == "line" and r.random() < 0.2:
            try:
                frame.f_lineno += r.choice((-2, -1, 1, 2, 5))
            except ValueError:
                pass
        return trace
    return trace


armed = False


def guarded(work, *arguments):
    """For a short time at most, whatever it raises."""
    global armed
    try:
        try:
            armed = True
            signal.setitimer(signal.ITIMER_REAL, 0.1, 0.1)
            work(*arguments)
        finally:
            armed = False
    except BaseException:
        pass
    armed = False
    signal.setitimer(signal.ITIMER_REAL, 0)
    sys.settrace(None)


def run_one(programs, r):
    source = r.randrange(len(programs) + 1)
    function = programs[source] if source < len(programs) else None
    code = nested(function.__code__ if function else compile(MODULE, "made-up", "exec"), r)
    names = {"__builtins__": builtins, "__name__": "made_up"}
    way = r.randrange(10)
    if r.random() < 0.1:
        sys.settrace(tracer(r))
    if not function or way == 0:
        exec(code, names)
    elif way == 1:
        use(__build_class__(types.FunctionType(code, names), "C"), r)
    else:
        use(types.FunctionType(code, names, "f", function.__defaults__)(), r)


def run_seeds(first, count):
    def late(*_):
        if armed:
            raise TimeoutError
    signal.signal(signal.SIGALRM, late)
    sys.setrecursionlimit(300)
    mark, shown = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(shown, 1)
    import warnings
    warnings.simplefilter("ignore")
    sys.unraisablehook = lambda *_: None
    programs = []
    for source in PROGRAMS:
        names = {}
        exec(source, names)
        programs.append(names["f"])
    for seed in range(first, first + count):
        os.write(mark, b"%d\n" % seed)
        r = random.Random(seed)
        for _ in range(60):
            guarded(run_one, programs, r)
    os.write(mark, b"done\n")


def test_seeds():
    if not IMUGI:
        support.skip("CPython trusts its bytecode")
    first = int(os.environ.get("IMUGI_MADE_UP_FIRST", 1))
    count = int(os.environ.get("IMUGI_MADE_UP_SEEDS", 12))
    while count > 0:
        step = min(count, 100)
        # Some of them write files.
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run([sys.executable, os.path.abspath(__file__), "--seeds", str(first), str(step)],
                                  stdin=subprocess.DEVNULL, capture_output=True, timeout=100 + step * 10, cwd=folder)
        lines = done.stdout.split()
        check(done.returncode == 0 and lines[-1:] == [b"done"],
              "seed %r: exit status %d: %s" % (lines[-1:], done.returncode, done.stderr[-2000:].decode(errors="replace")))
        first, count = first + step, count - step


def test_parameters_without_arguments():
    """Code with parameters that runs without arguments."""
    def body(a): return a.b
    raises(TypeError, exec, body.__code__, contains="missing 1 required positional argument: 'a'")
    raises(TypeError, eval, (lambda *, k: k).__code__, contains="missing 1 required keyword-only argument: 'k'")
    equal(eval((lambda *a, **k: (a, k)).__code__), ((), {}))
    raises(TypeError, __build_class__, body, "C", contains="missing 1 required positional argument: 'a'")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--seeds"]:
        run_seeds(int(sys.argv[2]), int(sys.argv[3]))
    else:
        support.run(globals())
