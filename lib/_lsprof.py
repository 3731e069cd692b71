"""The profiler behind cProfile: times of functions and of their calls of one another, by sys.monitoring."""

import sys
from _thread import get_ident
from time import perf_counter

_monitoring = sys.monitoring
_TOOL = _monitoring.PROFILER_ID


class _Row(tuple):
    """A tuple whose items have names."""

    __slots__ = ()

    code = property(lambda self: self[0])
    callcount = property(lambda self: self[1])
    reccallcount = property(lambda self: self[2])
    totaltime = property(lambda self: self[3])
    inlinetime = property(lambda self: self[4])

    def __repr__(self):
        fields = ", ".join("%s=%r" % pair for pair in zip(self._names, self))
        return "%s(%s)" % (type(self).__name__, fields)


class profiler_subentry(_Row):
    __slots__ = ()
    _names = ("code", "callcount", "reccallcount", "totaltime", "inlinetime")


class profiler_entry(_Row):
    __slots__ = ()
    _names = profiler_subentry._names + ("calls",)
    calls = property(lambda self: self[5])


class _Times:
    """What is known of a function, or of the calls of it by one other."""

    __slots__ = ("calls", "recursive", "total", "inline", "depth", "callees")

    def __init__(self):
        self.calls = self.recursive = self.depth = 0
        self.total = self.inline = 0
        self.callees = {}

    def leave(self, total, inline):
        self.depth -= 1
        if self.depth:
            self.recursive += 1
        else:
            self.total += total
        self.inline += inline
        self.calls += 1


class Profiler:
    """Profiler(timer=None, timeunit=0.0, subcalls=True, builtins=True)

    Collects statistics of the functions that run between enable() and disable(). A timer of one's
    own gives numbers; when they are integers, timeunit tells how many seconds one is.
    """

    def __init__(self, timer=None, timeunit=0.0, subcalls=True, builtins=True):
        self._timer = timer or perf_counter
        self._unit = timeunit if timer is not None and timeunit > 0 else 1
        self._subcalls, self._builtins = bool(subcalls), bool(builtins)
        self._enabled = False
        self._functions = {}
        self._stacks = {}  # thread: [function, its times, as a callee of the one below, start, time of its callees]

    def enable(self, subcalls=None, builtins=None):
        """Start collecting profiling information."""
        if subcalls is not None:
            self._subcalls = bool(subcalls)
        if builtins is not None:
            self._builtins = bool(builtins)
        if self._enabled:
            return
        if _monitoring.get_tool(_TOOL) is not None:
            raise ValueError("Another profiling tool is already active")
        _monitoring.use_tool_id(_TOOL, "cProfile")
        self._enabled = True
        events = _monitoring.events
        enter, leave = self._enter, self._leave
        wanted = 0
        for event in (events.PY_START, events.PY_RESUME, events.PY_THROW):
            _monitoring.register_callback(_TOOL, event, enter)
            wanted |= event
        for event in (events.PY_RETURN, events.PY_YIELD, events.PY_UNWIND):
            _monitoring.register_callback(_TOOL, event, leave)
            wanted |= event
        if self._builtins:
            _monitoring.register_callback(_TOOL, events.CALL, self._call)
            for event in (events.C_RETURN, events.C_RAISE):
                _monitoring.register_callback(_TOOL, event, self._called)
                wanted |= event
            wanted |= events.CALL
        _monitoring.set_events(_TOOL, wanted)

    def disable(self):
        """Stop collecting profiling information."""
        if not self._enabled:
            return
        self._enabled = False
        _monitoring.set_events(_TOOL, 0)
        _monitoring.free_tool_id(_TOOL)
        for stack in self._stacks.values():
            while stack:
                self._pop(stack)
        self._stacks.clear()

    def clear(self):
        """Clear all profiling information collected so far."""
        self._functions.clear()
        self._stacks.clear()

    def getstats(self):
        """List of profiler_entry: code, callcount, reccallcount, totaltime, inlinetime, calls.

        calls is a list of profiler_subentry or None; times are in seconds.
        """
        unit = self._unit
        def row(kind, function, times, *more):
            return kind((function, times.calls, times.recursive, times.total * unit,
                         times.inline * unit) + more)
        entries = []
        for function, times in self._functions.items():
            if not times.calls:
                continue
            callees = [row(profiler_subentry, callee, each)
                       for callee, each in times.callees.items() if each.calls]
            entries.append(row(profiler_entry, function, times, callees or None))
        return entries

    # --- events ---

    def _push(self, function):
        ident = get_ident()
        stack = self._stacks.get(ident)
        if stack is None:
            stack = self._stacks[ident] = []
        times = self._functions.get(function)
        if times is None:
            times = self._functions[function] = _Times()
        times.depth += 1
        called = None
        if self._subcalls and stack:
            callees = stack[-1][1].callees
            called = callees.get(function)
            if called is None:
                called = callees[function] = _Times()
            called.depth += 1
        stack.append([function, times, called, self._timer(), 0])

    def _pop(self, stack):
        function, times, called, start, inner = stack.pop()
        total = self._timer() - start
        if stack:
            stack[-1][4] += total
        times.leave(total, total - inner)
        if called is not None:
            called.leave(total, total - inner)

    def _enter(self, code, *rest):
        self._push(code)

    def _leave(self, code, *rest):
        stack = self._stacks.get(get_ident())
        if stack and stack[-1][0] is code:
            self._pop(stack)

    def _call(self, code, offset, callable, first):
        function = _builtin(callable, first)
        if function is not None:
            self._push(function)

    def _called(self, code, offset, callable, first):
        stack = self._stacks.get(get_ident())
        if stack and stack[-1][0] == _builtin(callable, first):
            self._pop(stack)


_Builtin, _Method = type(len), type(list.append)


def _builtin(callable, first):
    """What stands for a native function: its text; None for anything else."""
    kind = type(callable)
    if kind is _Method:
        return "<method '%s' of '%s' objects>" % (callable.__name__, callable.__objclass__.__name__)
    if kind is not _Builtin:
        return None
    owner = callable.__self__
    if owner is None or type(owner) is type(sys):
        module = callable.__module__
        return "<built-in method %s>" % (module + "." + callable.__name__ if module
                                         else callable.__name__)
    if isinstance(owner, type):
        return "<built-in method %s>" % callable.__name__
    return "<method '%s' of '%s' objects>" % (callable.__name__, type(owner).__name__)
