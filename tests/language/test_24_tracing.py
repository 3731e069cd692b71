"""sys.settrace, sys.setprofile, sys.monitoring, f_lineno, f_locals: what watches a program run."""

import sys
import threading

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import check, equal, is_, raises


def lines_of(function, *arguments, keep=("call", "line", "return", "exception")):
    """The events of the function's own code, lines counted from its `def`."""
    events = []
    def trace(frame, event, argument):
        if frame.f_code is not function.__code__:
            return None
        if event in keep:
            events.append((frame.f_lineno - function.__code__.co_firstlineno, event))
        return trace
    old = sys.gettrace()
    sys.settrace(trace)
    try:
        function(*arguments)
    except ValueError:
        pass
    finally:
        sys.settrace(old)
    return events


def only_lines(function, *arguments):
    return [line for line, event in lines_of(function, *arguments) if event == "line"]


def test_lines():
    def loop(n):
        x = 0
        for i in range(n):
            if i % 2:
                x += i
            else:
                x -= 1
        return x
    equal(lines_of(loop, 2)[0], (0, "call"))
    equal(lines_of(loop, 2)[-1], (7, "return"))
    equal(only_lines(loop, 2), [1, 2, 3, 6, 2, 3, 4, 2, 7])
    def statements():
        try:
            pass
        finally:
            while True:
                break
        if 0:
            pass
        "text"
        x = [i
             for i in (1, 2)]
        return (
            x)
    equal(only_lines(statements)[:8], [1, 2, 4, 5, 6, 8, 10, 9])
    def one_line():
        for x in 1, 2, 3: pass
    equal(only_lines(one_line), [1, 1, 1, 1])
    def ends_in_if(x):
        if x:
            x = 1
    equal(lines_of(ends_in_if, 0), [(0, "call"), (1, "line"), (1, "return")])
    equal(lines_of(ends_in_if, 1), [(0, "call"), (1, "line"), (2, "line"), (2, "return")])


def test_exceptions():
    def raising():
        try:
            raise ValueError(1)
        except KeyError:
            pass
        finally:
            x = 1
    equal(lines_of(raising), [(0, "call"), (1, "line"), (2, "line"), (2, "exception"), (3, "line"),
                              (6, "line"), (6, "return")])
    seen = []
    def trace(frame, event, argument):
        if event == "exception":
            seen.append((argument[0], str(argument[1]), argument[2] is not None))
        return trace
    def f():
        try:
            int("x")
        except ValueError:
            pass
    sys.settrace(trace)
    f()
    sys.settrace(None)
    equal(seen, [(ValueError, "invalid literal for int() with base 10: 'x'", True)])


def test_generators():
    def consume():
        for x in make():
            pass
    def make():
        yield 1
        yield 2
    equal([e for _, e in lines_of(make)], [])
    equal(lines_of(consume), [(0, "call"), (1, "line"), (2, "line"), (1, "line"), (2, "line"),
                              (1, "line"), (1, "return")])
    events = []
    def trace(frame, event, argument):
        if frame.f_code is make.__code__:
            events.append((event, argument))
        return trace
    sys.settrace(trace)
    list(make())
    sys.settrace(None)
    equal([e for e in events if e[0] != "line"],
          [("call", None), ("return", 1), ("call", None), ("return", 2), ("call", None),
           ("return", None)])


def test_failing_trace_function():
    def trace(frame, event, argument):
        if event == "line":
            raise RuntimeError("stop")
        return trace
    def f():
        x = 1
    caught = None
    sys.settrace(trace)
    try:
        f()
    except RuntimeError as error:
        caught = error
    is_(sys.gettrace(), None)
    equal(str(caught), "stop")


def test_opcodes():
    count = [0]
    def trace(frame, event, argument):
        if event == "call":
            frame.f_trace_opcodes = True
            frame.f_trace_lines = False
        elif event == "line":
            count[0] += 1000
        elif event == "opcode":
            count[0] += 1
        return trace
    def f():
        x = 1
        return x + 1
    sys.settrace(trace)
    f()
    sys.settrace(None)
    check(count[0] < 100, count)
    if sys.implementation.name == "imugi":  # CPython 3.13.0 has none in such a short function
        check(count[0] >= 2, count)


def test_profile():
    events = []
    def profile(frame, event, argument):
        if frame.f_code is f.__code__:
            name = getattr(argument, "__name__", argument) if event[:2] == "c_" else None
            events.append((event, name))
    def f():
        g()
        [].append(1)
        try:
            int("x")
            len(5)
        except (ValueError, TypeError):
            pass
    def g():
        pass
    sys.setprofile(profile)
    f()
    sys.setprofile(None)
    equal(events, [("call", None), ("c_call", "append"), ("c_return", "append"), ("return", None)])
    def h():
        try:
            len(5)
        except TypeError:
            pass
    f = h
    events.clear()
    sys.setprofile(profile)
    f()
    sys.setprofile(None)
    equal(events, [("call", None), ("c_call", "len"), ("c_exception", "len"), ("return", None)])


def jump(function, at, to, log):
    first = function.__code__.co_firstlineno
    done = []
    def trace(frame, event, argument):
        if frame.f_code is function.__code__ and event == "line" and not done:
            if frame.f_lineno == first + at:
                done.append(1)
                frame.f_lineno = first + to
        return trace
    sys.settrace(trace)
    try:
        function(log)
    finally:
        sys.settrace(None)
    return log


def test_jumps():
    def plain(log):
        log.append(1)
        log.append(2)
        log.append(3)
    equal(jump(plain, 2, 3, []), [1, 3])
    equal(jump(plain, 3, 1, []), [1, 2, 1, 2, 3])
    def loops(log):
        for i in 1, 2:
            log.append(i)
            try:
                log.append(10)
            finally:
                log.append(11)
        log.append(3)
    equal(jump(loops, 2, 7, []), [3])
    equal(jump(loops, 4, 7, []), [1, 3])
    raises(ValueError, jump, loops, 7, 2, [], message="can't jump into the body of a for loop")
    def within(log):
        for i in (1, 2):
            for j in [3, 4]:
                log.append(i * j)
                log.append("jumped over")
                log.append("-")
    equal(jump(within, 4, 5, []), [3, "-", 4, "jumped over", "-", 6, "jumped over", "-", 8, "jumped over", "-"])
    def handlers(log):
        try:
            raise KeyError
        except KeyError:
            log.append(4)
            log.append(5)
        log.append(sys.exception())
    equal(jump(handlers, 5, 6, []), [4, None])
    raises(ValueError, jump, handlers, 6, 4, [],
           message="can't jump into an 'except' block as there's no exception")
    raises(ValueError, jump, plain, 2, 100, [],
           contains="comes after the current code block")
    def outside():
        sys._getframe().f_lineno = 1
    raises(ValueError, outside, message="f_lineno can only be set in a trace function")


def test_one_thread_only():
    seen = set()
    def trace(frame, event, argument):
        seen.add(threading.get_ident())
        return trace
    def work():
        total = 0
        for i in range(200):
            total += i
        return total
    go, stop = threading.Event(), []
    def other():
        go.wait()
        while not stop:
            work()
    thread = threading.Thread(target=other)
    thread.start()
    go.set()
    for _ in range(20):
        sys.settrace(trace)
        equal(work(), 19900)
        sys.settrace(None)
    stop.append(1)
    thread.join()
    equal(seen, {threading.get_ident()})


def test_all_threads():
    seen = set()
    def trace(frame, event, argument):
        if frame.f_code is work.__code__:
            seen.add(threading.get_ident())
        return trace
    def work():
        pass
    ready, stop = threading.Event(), threading.Event()
    def other():
        ready.set()
        while not stop.is_set():
            work()
    thread = threading.Thread(target=other)
    thread.start()
    ready.wait()
    threading.settrace_all_threads(trace)
    work()
    for _ in range(1000):
        if thread.ident in seen:
            break
        stop.wait(0.01)
    threading.settrace_all_threads(None)
    stop.set()
    thread.join()
    equal(seen, {threading.get_ident(), thread.ident})


M = sys.monitoring
E = M.events
TOOL = 3


def watch(events, function, **callbacks):
    """Runs the function with callbacks for the events named."""
    M.use_tool_id(TOOL, "test")
    try:
        for name, callback in callbacks.items():
            M.register_callback(TOOL, getattr(E, name), callback)
        M.set_events(TOOL, events)
        function()
    finally:
        M.set_events(TOOL, 0)
        M.free_tool_id(TOOL)


def test_monitoring():
    def callee(x):
        return x
    def function():
        callee(5)
        len("abc")
    log = []
    watch(E.PY_START | E.PY_RETURN | E.CALL | E.C_RETURN | E.C_RAISE, function,
          PY_START=lambda code, offset: log.append(("start", code.co_name)),
          PY_RETURN=lambda code, offset, value: log.append(("return", value)),
          CALL=lambda code, offset, called, first: log.append(("call", called.__name__, first)),
          C_RETURN=lambda code, offset, called, first: log.append(("c_return", called.__name__)))
    # set_events() and the call of it that ends the watch belong to watch().
    equal(log[:9], [("call", "function", M.MISSING), ("start", "function"), ("call", "callee", 5),
                    ("start", "callee"), ("return", 5), ("call", "len", "abc"),
                    ("c_return", "len"), ("return", None), ("call", "set_events", TOOL)])


def test_monitoring_disable():
    def function():
        for i in range(5):
            x = i
    first = function.__code__.co_firstlineno
    counts = {}
    def line(code, number):
        if code is function.__code__:
            counts[number - first] = counts.get(number - first, 0) + 1
            if number - first == 2:
                return M.DISABLE
    watch(E.LINE, function, LINE=line)
    equal(counts, {1: 6, 2: 1})
    counts.clear()
    def twice():
        M.restart_events()
        function()
        M.restart_events()
        function()
    watch(E.LINE, twice, LINE=line)
    equal(counts, {1: 12, 2: 2})


def test_monitoring_local():
    def watched():
        return 1
    def other():
        return 2
    log = []
    M.use_tool_id(TOOL, "test")
    M.register_callback(TOOL, E.PY_START, lambda code, offset: log.append(code.co_name))
    M.set_local_events(TOOL, watched.__code__, E.PY_START)
    equal(M.get_local_events(TOOL, watched.__code__), E.PY_START)
    watched()
    other()
    M.set_local_events(TOOL, watched.__code__, 0)
    watched()
    M.free_tool_id(TOOL)
    equal(log, ["watched"])


def test_monitoring_exceptions():
    def function():
        try:
            {}[1]
        except KeyError:
            pass
    log = []
    watch(E.RAISE | E.EXCEPTION_HANDLED, function,
          RAISE=lambda code, offset, error: log.append(("raise", type(error))),
          EXCEPTION_HANDLED=lambda code, offset, error: log.append(("handled", type(error))))
    equal(log, [("raise", KeyError), ("handled", KeyError)])
    def bad():
        watch(E.RAISE, function, RAISE=lambda *arguments: M.DISABLE)
    raises(ValueError, bad, contains="Cannot disable RAISE events")


def test_monitoring_errors():
    raises(ValueError, M.use_tool_id, 9, "x", message="invalid tool 9 (must be between 0 and 5)")
    raises(ValueError, M.set_events, TOOL, 1, message="tool 3 is not in use")
    raises(ValueError, M.register_callback, TOOL, 3, None,
           message="The callback can only be set for one event at a time")
    equal(M._all_events(), {})


def test_frame_locals():
    def function(x):
        view = sys._getframe().f_locals
        view["x"] = 2
        view["other"] = 3
        inner = [sys._getframe().f_locals["y"] for y in (7,)]
        return x, view["other"], inner, "y" in view, repr(view).count("{...}")
    equal(function(1), (2, 3, [7], False, 1))
    def unhashable():
        sys._getframe().f_locals[[]]
    raises(TypeError, unhashable)


def test_code_from_parts():
    def old(a):
        return a + 1
    def other(a):
        return a * 3
    code = old.__code__
    run = type(old)
    equal(run(code.replace(co_varnames=("z",), co_name="new"), {})(z=3), 4)
    equal(run(code.replace(co_code=other.__code__.co_code, co_consts=other.__code__.co_consts,
                           co_stacksize=other.__code__.co_stacksize), {})(4), 12)
    copy = type(code)(code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount,
                      code.co_nlocals, code.co_stacksize, code.co_flags, code.co_code,
                      code.co_consts, code.co_names, code.co_varnames, code.co_filename,
                      code.co_name, code.co_qualname, code.co_firstlineno, code.co_linetable,
                      code.co_exceptiontable, code.co_freevars, code.co_cellvars)
    equal(copy, code)
    equal(run(copy, {})(1), 2)
    raises(ValueError, code.replace, co_nlocals=4, message="code: co_nlocals != len(co_varnames)")
    raises(ValueError, code.replace, co_argcount=5, message="code: co_varnames is too small")
    if sys.implementation.name == "imugi":  # others run what they are given
        raises(ValueError, code.replace, co_code=b"abcd" * 3)
    def branch(x):
        if x:
            return 1
    if hasattr(code, "co_branches"):
        equal(len(list(branch.__code__.co_branches())), 1)


def test_cprofile():
    import cProfile
    def callee(n):
        return n and callee(n - 1)
    def function():
        callee(2)
        callee(0)
        [].append(1)
    profile = cProfile.Profile()
    profile.runcall(function)
    rows = {getattr(row.code, "co_name", row.code): row for row in profile.getstats()}
    equal((rows["callee"].callcount, rows["callee"].reccallcount), (4, 2))
    equal(rows["<method 'append' of 'list' objects>"].callcount, 1)
    calls = {getattr(row.code, "co_name", row.code): row.callcount
             for row in rows["function"].calls}
    equal(calls, {"callee": 2, "<method 'append' of 'list' objects>": 1})
    check(rows["function"].totaltime >= rows["function"].inlinetime >= 0)


def test_super_by_another_name():
    calls = []
    class Fake:
        def __init__(self, *arguments):
            calls.append(arguments)
        method = lambda self: "fake"
    names = {"super": Fake}
    exec("class A:\n"
         "    def short(self): return super().method()\n"
         "    def long(self): return super(A, self).method()\n", names)
    a = names["A"]()
    equal((a.short(), a.long()), ("fake", "fake"))
    equal(calls, [(), (names["A"], a)])


def test_generator_closed_in_finally_returns_there():
    def generator():
        try:
            yield True
        finally:
            pass
    def function():
        any(generator())
    events = []
    def trace(frame, event, argument):
        events.append((frame.f_code.co_name, frame.f_lineno - generator.__code__.co_firstlineno, event))
        return trace
    sys.settrace(trace)
    function()
    sys.settrace(None)
    equal([event for event in events if event[0] == "generator"][-3:],
          [("generator", 2, "exception"), ("generator", 4, "line"), ("generator", 4, "return")])


support.run(globals())
