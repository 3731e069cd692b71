"""Audit events (PEP 578): what native code tells the hooks of sys.addaudithook(), and with which arguments."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import _thread
import array
import encodings.idna
import gc
import io
import marshal
import mmap
import os
import socket
import tempfile
import time
import types
import support
from support import equal, raises

events = []
watched = False


def hook(event, arguments):
    if watched:
        events.append((event, arguments))


def seen(function, *arguments):
    """The events of one call, without those that concern the watching."""
    global watched
    events.clear()
    watched = True
    try:
        function(*arguments)
    except OSError:
        pass
    finally:
        watched = False
    return list(events)


sys.addaudithook(hook)


def test_events_of_programs():
    equal(seen(sys.audit, "mine", 1, None), [("mine", (1, None))])
    raises(TypeError, sys.audit, 1, message="expected str for argument 'event', not int")
    equal(any(isinstance(each, list) and hook in each for each in gc.get_objects()), False)


def test_files():
    # A descriptor of a folder is -1 when there is none.
    folder = tempfile.mkdtemp()
    os.chdir(folder)
    equal(seen(lambda: open("a", "w").close()), [("open", ("a", "w", os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC))])
    equal(seen(lambda: open("nope", "rb")), [("open", ("nope", "r", os.O_RDONLY | os.O_CLOEXEC))])
    equal(seen(lambda: os.close(os.open("a", os.O_RDONLY))), [("open", ("a", None, os.O_RDONLY | os.O_CLOEXEC))])
    for function, arguments, event, told in [
            (os.chmod, ("a", 0o600), "os.chmod", ("a", 0o600, -1)), (os.link, ("a", "b"), "os.link", ("a", "b", -1, -1)),
            (os.rename, ("b", "c"), "os.rename", ("b", "c", -1, -1)), (os.replace, ("c", "d"), "os.rename", ("c", "d", -1, -1)),
            (os.symlink, ("a", "s"), "os.symlink", ("a", "s", -1)), (os.remove, ("s",), "os.remove", ("s", -1)),
            (os.unlink, ("d",), "os.remove", ("d", -1)), (os.mkdir, ("x",), "os.mkdir", ("x", 0o777, -1)),
            (os.rmdir, ("x",), "os.rmdir", ("x", -1)), (os.listdir, (), "os.listdir", (None,)), (os.listdir, (".",), "os.listdir", (".",)),
            (os.chdir, (".",), "os.chdir", (".",)), (os.truncate, ("a", 3), "os.truncate", ("a", 3)),
            (os.utime, ("a", (1, 2)), "os.utime", ("a", (1, 2), None, -1)), (os.putenv, ("Q", "1"), "os.putenv", (b"Q", b"1")),
            (os.unsetenv, ("Q",), "os.unsetenv", (b"Q",)), (os.kill, (os.getpid(), 0), "os.kill", (os.getpid(), 0)),
            (os.system, ("true",), "os.system", (b"true",)), (os.getxattr, ("a", "user.x"), "os.getxattr", ("a", "user.x")),
            (os.execv, ("/nonexistent", ["a"]), "os.exec", ("/nonexistent", ["a"], None)), (time.sleep, (0,), "time.sleep", (0,)),
            (marshal.dumps, (1,), "marshal.dumps", (1, marshal.version)), (marshal.loads, (marshal.dumps(1),), "marshal.loads", (marshal.dumps(1),)),
            (array.array, ("i",), "array.__new__", ("i", None)), (gc.get_referents, (1, 2), "gc.get_referents", ((1, 2),)),
            (id, (folder,), "builtins.id", (id(folder),)), (mmap.mmap, (-1, 10), "mmap.__new__", (-1, 10, 0, 0)),
            (socket.gethostname, (), "socket.gethostname", ()), (socket.gethostbyname, ("127.0.0.1",), "socket.gethostbyname", ("127.0.0.1",)),
            (socket.getservbyport, (80,), "socket.getservbyport", (80, None)), (sys.settrace, (None,), "sys.settrace", ()),
            (sys._current_frames, (), "sys._current_frames", ()), (sys._getframemodulename, (0,), "sys._getframemodulename", (0,))]:
        equal(seen(function, *arguments), [(event, told)])


def test_code():
    global watched
    equal(seen(lambda: compile("1", "f", "eval")), [("compile", (b"1", "f"))])
    code = compile("1", "f", "eval")
    equal(seen(eval, code), [("exec", (code,))])
    equal(seen(exec, code), [("exec", (code,))])
    equal([event for event, told in seen(lambda: eval("1"))], ["compile", "exec"])
    try:
        events.clear()
        watched = True
        import no_such_module_here
    except ImportError:
        watched = False
    equal(events[0], ("import", ("no_such_module_here", None, sys.path, sys.meta_path, sys.path_hooks)))


def function(a=1, *, b=2):
    return a


def generator():
    yield 1


class Base:
    pass


class A(Base):
    pass


class B(Base):
    pass


# Attributes that lead into the interpreter.
def test_attributes():
    running = generator()
    for subject, name in [(function, "__code__"), (function, "__defaults__"), (function, "__kwdefaults__"), (running, "gi_frame"),
                          (running, "gi_code"), (sys._getframe(), "f_code")]:
        equal(seen(getattr, subject, name), [("object.__getattr__", (subject, name))])
    equal(seen(getattr, function, "__name__"), [])
    equal(seen(setattr, function, "__defaults__", (3,)), [("object.__setattr__", (function, "__defaults__", (3,)))])
    equal(seen(delattr, function, "__kwdefaults__"), [("object.__delattr__", (function, "__kwdefaults__"))])
    one = A()
    equal(seen(setattr, one, "__class__", B), [("object.__setattr__", (one, "__class__", B))])
    equal(seen(setattr, A, "__name__", "C"), [("object.__setattr__", (A, "__name__", "C"))])
    equal(seen(setattr, A, "__bases__", (B,)), [("object.__setattr__", (A, "__bases__", (B,)))])
    equal(seen(setattr, A, "x", 1), [])
    code = compile("1", "f", "eval")
    equal(seen(types.FunctionType, code, {})[0], ("function.__new__", (code,)))
    equal([event for event, told in seen(lambda: code.replace(co_name="q"))], ["code.__new__"])


def test_sockets_and_threads():
    with socket.socket() as opened:
        equal(seen(opened.bind, ("127.0.0.1", 0)), [("socket.bind", (opened, ("127.0.0.1", 0)))])
        equal(seen(opened.connect, ("127.0.0.1", 1)), [("socket.connect", (opened, ("127.0.0.1", 1)))])
    equal([event for event, told in seen(lambda: socket.socket().close())], ["socket.__new__"])
    equal(seen(_thread.start_new_thread, time.time, ())[0], ("_thread.start_new_thread", (time.time, (), None)))


forbidden = None


def refuse(event, arguments):
    if event == forbidden:
        raise RuntimeError(event)


# A hook that raises stops what was asked, and decides whether others may be added.
def test_refusal():
    global forbidden
    sys.addaudithook(refuse)
    forbidden = "os.listdir"
    raises(RuntimeError, os.listdir, message="os.listdir")
    forbidden = "sys.addaudithook"
    added = []
    sys.addaudithook(lambda event, arguments: added.append(event))
    forbidden = None
    os.listdir()
    equal(added, [])


# Hooks are not traced, unless they say so.
def traced_lines(marked):
    lines = []

    def another(event, arguments):
        return event

    if marked:
        another.__cantrace__ = True
    sys.addaudithook(another)

    def trace(frame, event, argument):
        lines.append(frame.f_code.co_name)
        return trace

    sys.settrace(trace)
    sys.audit("mine")
    sys.settrace(None)
    return "another" in lines


def test_hooks_and_tracing():
    equal(traced_lines(False), False)
    equal(traced_lines(True), True)


support.run(globals())
