"""Exceptions: raising, catching, chaining, unwinding order, attributes, tracebacks."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import check, equal, is_, raises, raises_code


def test_matching():
    def kind(error):
        try:
            raise error
        except KeyError:
            return "key"
        except (ValueError, TypeError):
            return "value or type"
        except LookupError as e:
            return "lookup", e.args
        except Exception:
            return "exception"
        except:
            return "anything"
    equal(kind(KeyError(1)), "key")
    equal(kind(ValueError), "value or type")
    equal(kind(UnicodeDecodeError("u", b"", 0, 1, "r")), "value or type")
    equal(kind(IndexError(2)), ("lookup", (2,)))
    equal(kind(RuntimeError()), "exception")
    equal(kind(KeyboardInterrupt()), "anything")
    def nested():
        try:
            raise OSError
        except (KeyError, IndexError, OSError):
            return "found"
    equal(nested(), "found")
    def wrong():
        try:
            raise ValueError
        except "text":
            pass
    raises(TypeError, wrong, message="catching classes that do not inherit from BaseException is not allowed")
    def wrong_in_tuple():
        try:
            raise ValueError
        except (KeyError, 5):
            pass
    raises(TypeError, wrong_in_tuple, message="catching classes that do not inherit from BaseException is not allowed")
    def not_reached():
        try:
            pass
        except 5:
            pass
        return "fine"
    equal(not_reached(), "fine")


def test_clause_expressions():
    log = []
    def see(x):
        log.append(x.__name__)
        return x
    try:
        raise IndexError
    except see(KeyError):
        pass
    except see(LookupError):
        pass
    except see(ValueError):
        pass
    equal(log, ["KeyError", "LookupError"])


def test_else_finally():
    def f(action):
        log = []
        try:
            log.append("try")
            if action == "raise":
                raise ValueError
        except ValueError:
            log.append("except")
        else:
            log.append("else")
        finally:
            log.append("finally")
        return log
    equal(f("raise"), ["try", "except", "finally"])
    equal(f("none"), ["try", "else", "finally"])
    def from_else():
        log = []
        try:
            try:
                pass
            except ValueError:
                log.append("never")
            else:
                raise ValueError
            finally:
                log.append("finally")
        except ValueError:
            log.append("outer")
        return log
    equal(from_else(), ["finally", "outer"])
    def from_except():
        log = []
        try:
            try:
                1 / 0
            except ZeroDivisionError:
                raise KeyError
            except KeyError:
                log.append("never")
            finally:
                log.append("finally")
        except KeyError:
            log.append("outer")
        return log
    equal(from_except(), ["finally", "outer"])


def test_name_is_deleted():
    def f():
        try:
            raise ValueError
        except ValueError as e:
            pass
        return e
    raises(UnboundLocalError, f)
    def g():
        try:
            raise ValueError
        except ValueError as e:
            del e
        return "fine"
    equal(g(), "fine")
    def h():
        try:
            raise ValueError
        except ValueError as e:
            e = 5
        return e
    raises(UnboundLocalError, h)
    def early():
        for _ in range(1):
            try:
                raise ValueError("x")
            except ValueError as e:
                kept = e
                break
        try:
            e
        except UnboundLocalError:
            return str(kept)
    equal(early(), "x")


def test_raise_forms():
    raises(ValueError, lambda: (_ for _ in ()).throw(ValueError))
    def cls(): raise ValueError
    def inst(): raise ValueError("a", 1)
    equal(raises(ValueError, cls).args, ())
    equal(raises(ValueError, inst).args, ("a", 1))
    raises_code(TypeError, "raise 5", message="exceptions must derive from BaseException")
    raises_code(TypeError, "raise int", message="exceptions must derive from BaseException")
    raises_code(TypeError, "raise ValueError from 5", message="exception causes must derive from BaseException")
    raises_code(RuntimeError, "raise", message="No active exception to reraise")
    class Odd(Exception):
        def __new__(cls): return 5
    def odd(): raise Odd
    raises(TypeError, odd, message="calling <class '__main__.test_raise_forms.<locals>.Odd'> should have returned an instance of BaseException, not " + ("int" if support.NEW else "<class 'int'>"))
    class Fails(Exception):
        def __init__(self): raise KeyError("init")
    def fails(): raise Fails
    raises(KeyError, fails)
    def reraise():
        try:
            raise ValueError("first")
        except ValueError:
            try:
                raise KeyError("second")
            except KeyError:
                pass
            raise
    raises(ValueError, reraise, message="first")
    def deeper():
        def inner(): raise
        try:
            raise ValueError("x")
        except ValueError:
            inner()
    raises(ValueError, deeper, message="x")


def test_chaining():
    def implicit():
        try:
            raise ValueError("a")
        except ValueError:
            raise KeyError("b")
    e = raises(KeyError, implicit)
    equal(repr(e.__context__), "ValueError('a')")
    is_(e.__cause__, None)
    is_(e.__suppress_context__, False)
    def explicit():
        try:
            raise ValueError("a")
        except ValueError as error:
            raise KeyError("b") from error
    e = raises(KeyError, explicit)
    is_(e.__cause__, e.__context__)
    check(e.__suppress_context__)
    def none():
        try:
            raise ValueError("a")
        except ValueError:
            raise KeyError("b") from None
    e = raises(KeyError, none)
    is_(e.__cause__, None)
    equal(repr(e.__context__), "ValueError('a')")
    check(e.__suppress_context__)
    def from_class():
        raise KeyError from ValueError
    e = raises(KeyError, from_class)
    is_(type(e.__cause__), ValueError)
    def three():
        try:
            try:
                raise ValueError(1)
            except ValueError:
                raise KeyError(2)
        except KeyError:
            raise IndexError(3)
    e = raises(IndexError, three)
    equal(repr(e.__context__.__context__), "ValueError(1)")
    def in_finally():
        try:
            raise ValueError(1)
        finally:
            raise KeyError(2)
    e = raises(KeyError, in_finally)
    equal(repr(e.__context__), "ValueError(1)")
    def no_self_cycle():
        try:
            raise ValueError(1)
        except ValueError as error:
            try:
                raise KeyError(2)
            except KeyError:
                raise error
    e = raises(ValueError, no_self_cycle)
    equal(repr(e.__context__), "KeyError(2)")
    is_(e.__context__.__context__, None)
    def after():
        try:
            raise ValueError
        except ValueError:
            pass
        raise KeyError
    is_(raises(KeyError, after).__context__, None)
    e = ValueError()
    def bad(): e.__cause__ = 5
    raises(TypeError, bad, message="exception cause must be None or derive from BaseException")
    def worse(): e.__context__ = 5
    raises(TypeError, worse, message="exception context must be None or derive from BaseException")


def test_exc_info():
    is_(sys.exception(), None)
    equal(sys.exc_info(), (None, None, None))
    try:
        raise ValueError("a")
    except ValueError as e:
        is_(sys.exception(), e)
        equal(sys.exc_info()[:2], (ValueError, e))
        is_(sys.exc_info()[2], e.__traceback__)
        try:
            raise KeyError("b")
        except KeyError as k:
            is_(sys.exception(), k)
        is_(sys.exception(), e)
        def inner():
            return sys.exception()
        is_(inner(), e)
    is_(sys.exception(), None)
    def generator():
        yield sys.exception()
        try:
            raise KeyError
        except KeyError:
            yield sys.exception()
            yield sys.exception()
        yield sys.exception()
    g = generator()
    is_(next(g), None)
    try:
        raise ValueError
    except ValueError as v:
        is_(type(next(g)), KeyError)
        is_(sys.exception(), v)
        is_(type(next(g)), KeyError)
        is_(next(g), v)
    def f():
        try:
            raise ValueError
        except ValueError:
            return 5
    f()
    is_(sys.exception(), None)
    for _ in range(2):
        try:
            raise ValueError
        except ValueError:
            continue
    is_(sys.exception(), None)


def test_unwinding_order():
    log = []
    class M:
        def __init__(self, n): self.n = n
        def __enter__(self): log.append("enter %d" % self.n)
        def __exit__(self, *a): log.append("exit %d" % self.n)
    class D:
        def __del__(self): log.append("del")
    def f():
        d = D()
        with M(1):
            try:
                with M(2), M(3):
                    raise KeyError
            finally:
                log.append("finally")
    try:
        f()
    except KeyError:
        log.append("caught")
    equal(log, ["enter 1", "enter 2", "enter 3", "exit 3", "exit 2", "finally", "exit 1", "caught", "del"])


def test_traceback():
    def f():
        g()
    def g():
        raise ValueError
    try:
        f()
    except ValueError as e:
        tb = e.__traceback__
    names = []
    while tb:
        names.append((tb.tb_frame.f_code.co_name, tb.tb_lineno - tb.tb_frame.f_code.co_firstlineno))
        tb = tb.tb_next
    equal([n for n, _ in names], ["test_traceback", "f", "g"])
    equal(names[1][1], 1)
    equal(names[2][1], 1)
    e = ValueError()
    is_(e.__traceback__, None)
    try:
        raise e
    except ValueError:
        first = e.__traceback__
    try:
        raise e
    except ValueError:
        is_(e.__traceback__.tb_next, first)
    def bad(): e.__traceback__ = 5
    raises(TypeError, bad, message="__traceback__ must be a traceback or None")
    is_(e.with_traceback(None), e)
    is_(e.__traceback__, None)
    import types
    t = types.TracebackType(None, sys._getframe(), 0, 7)
    equal((t.tb_next, t.tb_lasti, t.tb_lineno), (None, 0, 7))
    e.__traceback__ = t
    is_(e.__traceback__, t)
    def loop(): t.tb_next = t
    raises(ValueError, loop, message="traceback loop detected")


def test_base_exception():
    e = BaseException(1, "a")
    equal(e.args, (1, "a"))
    equal(str(e), "(1, 'a')")
    equal(repr(e), "BaseException(1, 'a')")
    equal(str(BaseException()), "")
    equal(str(BaseException("x")), "x")
    equal(repr(BaseException("x")), "BaseException('x')")
    e.args = [1, 2]
    equal(e.args, (1, 2))
    def bad(): e.args = 5
    raises(TypeError, bad, message="'int' object is not iterable")
    e.x = 1
    equal(e.__dict__, {"x": 1})
    raises(TypeError, lambda: BaseException(x=1), message="BaseException() takes no keyword arguments")
    e.add_note("n1")
    e.add_note("n2")
    equal(e.__notes__, ["n1", "n2"])
    raises(TypeError, e.add_note, 5, message=("note must be a str, not 'int'", "add_note() argument must be str, not int"))
    import pickle, copy
    c = copy.copy(e)
    equal((c.args, c.x), ((1, 2), 1))
    class Custom(Exception):
        def __str__(self): return "custom!"
    equal(str(Custom(1)), "custom!")
    equal(repr(Custom(1)), "Custom(1)")


def test_specific():
    equal(str(KeyError("k")), "'k'")
    equal(str(KeyError("a", "b")), "('a', 'b')")
    e = StopIteration(5)
    equal(e.value, 5)
    is_(StopIteration().value, None)
    e = SystemExit(3)
    equal(e.code, 3)
    equal(SystemExit(1, 2).code, (1, 2))
    is_(SystemExit().code, None)
    e = OSError(2, "No such file", "name")
    is_(type(e), FileNotFoundError)
    equal((e.errno, e.strerror, e.filename, e.filename2), (2, "No such file", "name", None))
    equal(str(e), "[Errno 2] No such file: 'name'")
    equal(e.args, (2, "No such file"))
    equal(str(OSError(2, "m", "a", None, "b")), "[Errno 2] m: 'a' -> 'b'")
    equal(str(OSError(99999, "m")), "[Errno 99999] m")
    equal(str(OSError("only")), "only")
    for number, kind in ((17, FileExistsError), (13, PermissionError), (1, PermissionError),
                         (11, BlockingIOError), (32, BrokenPipeError), (10, ChildProcessError),
                         (111, ConnectionRefusedError), (104, ConnectionResetError),
                         (103, ConnectionAbortedError), (4, InterruptedError), (21, IsADirectoryError),
                         (20, NotADirectoryError), (3, ProcessLookupError), (110, TimeoutError)):
        is_(type(OSError(number, "x")), kind)
    is_(IOError, OSError)
    is_(EnvironmentError, OSError)
    e = UnicodeDecodeError("utf-8", b"ab\xff", 2, 3, "why")
    equal((e.encoding, e.object, e.start, e.end, e.reason), ("utf-8", b"ab\xff", 2, 3, "why"))
    equal(str(e), "'utf-8' codec can't decode byte 0xff in position 2: why")
    equal(str(UnicodeDecodeError("u", b"abcd", 1, 3, "why")), "'u' codec can't decode bytes in position 1-2: why")
    equal(str(UnicodeEncodeError("u", "a\xe9", 1, 2, "why")), "'u' codec can't encode character '\\xe9' in position 1: why")
    equal(str(UnicodeEncodeError("u", "a\u20ac", 1, 2, "why")), "'u' codec can't encode character '\\u20ac' in position 1: why")
    equal(str(UnicodeEncodeError("u", "a\U0001f600", 1, 2, "why")), "'u' codec can't encode character '\\U0001f600' in position 1: why")
    equal(str(UnicodeTranslateError("ab", 0, 2, "why")), "can't translate characters in position 0-1: why")
    e = ImportError("m", name="n", path="p", name_from="f")
    equal((e.msg, e.name, e.path), ("m", "n", "p"))
    raises(TypeError, lambda: ImportError("m", z=1), message=("'z' is an invalid keyword argument for ImportError", "ImportError() got an unexpected keyword argument 'z'"))
    e = AttributeError("m", name="n", obj=5)
    equal((e.name, e.obj), ("n", 5))
    e = NameError("m", name="n")
    equal(e.name, "n")
    e = SyntaxError("msg", ("f.py", 3, 5, "text", 3, 8))
    equal((e.msg, e.filename, e.lineno, e.offset, e.text, e.end_lineno, e.end_offset),
          ("msg", "f.py", 3, 5, "text", 3, 8))
    equal(str(e), "msg (f.py, line 3)")
    equal(str(SyntaxError("m")), "m")


def test_hierarchy():
    pairs = [(SystemExit, BaseException), (KeyboardInterrupt, BaseException), (GeneratorExit, BaseException),
             (Exception, BaseException), (BaseExceptionGroup, BaseException), (StopIteration, Exception),
             (StopAsyncIteration, Exception), (ArithmeticError, Exception), (FloatingPointError, ArithmeticError),
             (OverflowError, ArithmeticError), (ZeroDivisionError, ArithmeticError), (AssertionError, Exception),
             (AttributeError, Exception), (BufferError, Exception), (EOFError, Exception), (ImportError, Exception),
             (ModuleNotFoundError, ImportError), (LookupError, Exception), (IndexError, LookupError),
             (KeyError, LookupError), (MemoryError, Exception), (NameError, Exception), (UnboundLocalError, NameError),
             (OSError, Exception), (ConnectionError, OSError), (BrokenPipeError, ConnectionError),
             (ReferenceError, Exception), (RuntimeError, Exception), (NotImplementedError, RuntimeError),
             (RecursionError, RuntimeError), (PythonFinalizationError, RuntimeError), (SyntaxError, Exception),
             (IndentationError, SyntaxError), (TabError, IndentationError), (SystemError, Exception),
             (TypeError, Exception), (ValueError, Exception), (UnicodeError, ValueError),
             (UnicodeDecodeError, UnicodeError), (Warning, Exception), (DeprecationWarning, Warning),
             (UserWarning, Warning), (EncodingWarning, Warning), (ResourceWarning, Warning)]
    for kind, base in pairs:
        equal(kind.__base__, base)
    equal(ExceptionGroup.__bases__, (BaseExceptionGroup, Exception))


def test_builtin_messages():
    raises(ZeroDivisionError, lambda: 1 / 0, message="division by zero")
    raises(ZeroDivisionError, lambda: 1 // 0, contains="by zero")
    raises(ZeroDivisionError, lambda: 1 % 0, contains="by zero")
    raises(ZeroDivisionError, lambda: 1.0 / 0, contains="division by zero")
    raises(IndexError, lambda: [][0], message="list index out of range")
    raises(IndexError, lambda: ()[0], message="tuple index out of range")
    raises(IndexError, lambda: ""[0], message="string index out of range")
    raises(IndexError, lambda: b""[0], message="index out of range")
    raises(IndexError, [].pop, message="pop from empty list")
    raises(KeyError, {}.pop, "k", message="'k'")
    raises(KeyError, {}.popitem, message="'popitem(): dictionary is empty'")
    raises(KeyError, set().pop, message="'pop from an empty set'")
    raises(KeyError, set().remove, 1, message="1")
    raises(ValueError, [].remove, 1, message="list.remove(x): x not in list")
    raises(ValueError, [].index, 1, message="1 is not in list" if not support.NEW else ("1 is not in list", "list.index(x): x not in list"))
    raises(ValueError, ().index, 1, message="tuple.index(x): x not in tuple")
    raises(ValueError, "".index, "a", message="substring not found")
    raises(TypeError, lambda: {}[[]], message=("unhashable type: 'list'", "cannot use 'list' as a dict key (unhashable type: 'list')"))
    raises(TypeError, lambda: {[]}, message=("unhashable type: 'list'", "cannot use 'list' as a set element (unhashable type: 'list')"))
    raises(TypeError, int, [], message="int() argument must be a string, a bytes-like object or a real number, not 'list'")
    raises(ValueError, int, "a", message="invalid literal for int() with base 10: 'a'")
    raises(ValueError, float, "a", message="could not convert string to float: 'a'")
    raises(OverflowError, lambda: 10.0 ** 400, contains="Numerical result out of range")
    raises(OverflowError, float, 10 ** 400, message="int too large to convert to float")
    raises(OverflowError, int, float("inf"), message="cannot convert float infinity to integer")
    raises(ValueError, int, float("nan"), message="cannot convert float NaN to integer")
    raises(TypeError, lambda: None[0], message="'NoneType' object is not subscriptable")
    raises(TypeError, len, 5, message="object of type 'int' has no len()")
    raises(AttributeError, lambda: (5).x, message="'int' object has no attribute 'x'")
    raises(AttributeError, lambda: None.x, message="'NoneType' object has no attribute 'x'")
    raises(AttributeError, lambda: sys.nothing_here, message="module 'sys' has no attribute 'nothing_here'")


def test_exception_in_handler_frees():
    import weakref
    class T: pass
    def f():
        t = T()
        r = weakref.ref(t)
        try:
            raise ValueError
        except ValueError:
            pass
        return r
    is_(f()(), None)
    refs = []
    def g():
        t = T()
        refs.append(weakref.ref(t))
        raise ValueError
    try:
        g()
    except ValueError:
        pass
    is_(refs[0](), None)


def test_many_handlers():
    def f(n):
        try:
            if n == 0:
                raise ValueError("bottom")
            f(n - 1)
        except ValueError as e:
            e.add_note(str(n))
            raise
    e = raises(ValueError, f, 50)
    equal(len(e.__notes__), 51)
    total = 0
    for i in range(1000):
        try:
            if i % 2:
                raise KeyError(i)
            total += 1
        except KeyError as k:
            total += k.args[0]
    equal(total, 500 + sum(range(1, 1000, 2)))


def test_recursion_in_special_methods():
    class A:
        def __getattr__(self, name): return getattr(self, name + "x")
    raises(RecursionError, lambda: A().a)
    class B:
        def __eq__(self, other): return self == other
    raises(RecursionError, lambda: B() == B())
    class C:
        def __repr__(self): return repr(self)
    raises(RecursionError, repr, C())
    class D:
        def __add__(self, other): return self + other
    raises(RecursionError, lambda: D() + 1)
    class E:
        def __iter__(self): return iter(self)
    raises(RecursionError, iter, E())
    class F:
        def __len__(self): return len(self)
    raises(RecursionError, len, F())
    class G:
        def __call__(self): return self()
    raises(RecursionError, G())
    class H:
        def __hash__(self): return hash(self)
    raises(RecursionError, hash, H())
    a = []
    for _ in range(100000):
        a = [a]
    raises(RecursionError, repr, a)
    b = []
    for _ in range(100000):
        b = [b]
    raises(RecursionError, lambda: a == b)
    del a, b


def test_pep758():
    if not support.NEW:
        support.skip("except A, B without parentheses is Python 3.14's")
    ns = support.execute("""
def f(e):
    try:
        raise e
    except KeyError, IndexError:
        return "lookup"
    except ValueError:
        return "value"
r = f(KeyError()), f(IndexError()), f(ValueError())
""")
    equal(ns["r"], ("lookup", "lookup", "value"))
    raises_code(SyntaxError, "try: pass\nexcept A, B as c: pass",
                contains="multiple exception types must be parenthesized when using 'as'")


def test_syntax():
    for source, message in (
        ("try: pass", "expected 'except' or 'finally' block"),
        ("try: pass\nexcept: pass\nexcept ValueError: pass", "default 'except:' must be last"),
        ("try: pass\nelse: pass", "expected 'except' or 'finally' block"),
        ("try: pass\nexcept ValueError as x.y: pass", "cannot use except statement with attribute" if support.NEW else "invalid syntax"),
        ("raise a from", "invalid syntax"),
        ("try\n pass", "expected ':'"),
    ):
        raises_code(SyntaxError, source, contains=message)


support.run(globals())
