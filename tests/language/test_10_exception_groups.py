"""Exception groups and except*."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import check, equal, is_, raises, raises_code


def test_construction():
    e = ExceptionGroup("m", [ValueError(1), TypeError(2)])
    equal(e.message, "m")
    equal([repr(x) for x in e.exceptions], ["ValueError(1)", "TypeError(2)"])
    is_(type(e.exceptions), tuple)
    equal(str(e), "m (2 sub-exceptions)")
    equal(str(ExceptionGroup("m", [ValueError()])), "m (1 sub-exception)")
    equal(repr(e), "ExceptionGroup('m', [ValueError(1), TypeError(2)])")
    equal(e.args[0], "m")
    is_(type(BaseExceptionGroup("m", [ValueError()])), ExceptionGroup)
    is_(type(BaseExceptionGroup("m", [KeyboardInterrupt()])), BaseExceptionGroup)
    raises(TypeError, ExceptionGroup, "m", [KeyboardInterrupt()], message="Cannot nest BaseExceptions in an ExceptionGroup")
    raises(ValueError, ExceptionGroup, "m", [], message="second argument (exceptions) must be a non-empty sequence")
    raises(TypeError, ExceptionGroup, "m", 5, message="second argument (exceptions) must be a sequence")
    raises(ValueError, ExceptionGroup, "m", [5], message="Item 0 of second argument (exceptions) is not an exception")
    raises(TypeError, ExceptionGroup, 1, [ValueError()], message=("argument 1 must be str, not int", "BaseExceptionGroup.__new__() argument 1 must be str, not int"))
    raises(TypeError, ExceptionGroup, "m", message=("function takes exactly 2 arguments (1 given)", "BaseExceptionGroup.__new__() takes exactly 2 arguments (1 given)"))
    check(issubclass(ExceptionGroup, Exception))
    is_(ExceptionGroup[int].__origin__, ExceptionGroup)


def tree():
    return ExceptionGroup("root", [
        ValueError(1), ExceptionGroup("inner", [TypeError(2), ValueError(3)]), OSError(4)])


def test_subgroup_split():
    e = tree()
    s = e.subgroup(ValueError)
    equal(repr(s), "ExceptionGroup('root', [ValueError(1), ExceptionGroup('inner', [ValueError(3)])])")
    is_(e.subgroup(KeyError), None)
    is_(e.subgroup(Exception), e)
    match, rest = e.split((TypeError, OSError))
    equal(repr(match), "ExceptionGroup('root', [ExceptionGroup('inner', [TypeError(2)]), OSError(4)])")
    equal(repr(rest), "ExceptionGroup('root', [ValueError(1), ExceptionGroup('inner', [ValueError(3)])])")
    match, rest = e.split(lambda x: isinstance(x, ExceptionGroup) and x.message == "inner")
    equal(repr(match), "ExceptionGroup('root', [ExceptionGroup('inner', [TypeError(2), ValueError(3)])])")
    is_(e.split(KeyError)[0], None)
    equal(repr(e.split(KeyError)[1]), repr(e))
    is_(e.split(ExceptionGroup)[0], e)
    e.__cause__ = KeyError("c")
    e.add_note("n")
    s = e.subgroup(ValueError)
    is_(s.__cause__, e.__cause__)
    equal(s.__notes__, ["n"])
    is_(s.__traceback__, e.__traceback__)
    raises(TypeError, e.subgroup, 5, contains="an exception type")
    class Mine(ExceptionGroup):
        def derive(self, excs):
            return Mine(self.message, excs)
    m = Mine("mine", [ValueError(1), KeyError(2)])
    is_(type(m.subgroup(KeyError)), Mine)
    equal(m.derive([OSError()]).message, "mine")


def test_except_star():
    def run(error):
        log = []
        try:
            try:
                raise error
            except* ValueError as g:
                log.append(("v", [repr(x) for x in flat(g)]))
            except* (TypeError, OSError) as g:
                log.append(("to", [repr(x) for x in flat(g)]))
            else:
                log.append("else")
            finally:
                log.append("finally")
        except BaseException as rest:
            log.append(("rest", repr(rest)))
        return log
    equal(run(tree()), [("v", ["ValueError(1)", "ValueError(3)"]), ("to", ["TypeError(2)", "OSError(4)"]), "finally"])
    equal(run(ValueError(9)), [("v", ["ValueError(9)"]), "finally"])
    equal(run(KeyError(1)), ["finally", ("rest", "KeyError(1)")])
    equal(run(ExceptionGroup("g", [KeyError(1), ValueError(2)])),
          [("v", ["ValueError(2)"]), "finally", ("rest", "ExceptionGroup('g', [KeyError(1)])")])


def flat(group):
    for e in group.exceptions:
        if isinstance(e, BaseExceptionGroup):
            yield from flat(e)
        else:
            yield e


def test_no_exception():
    log = []
    try:
        log.append("try")
    except* ValueError:
        log.append("never")
    else:
        log.append("else")
    finally:
        log.append("finally")
    equal(log, ["try", "else", "finally"])


def test_raise_in_handler():
    def f():
        try:
            raise ExceptionGroup("g", [ValueError(1), TypeError(2), OSError(3)])
        except* ValueError:
            raise KeyError("a")
        except* TypeError:
            raise IndexError("b")
    e = raises(ExceptionGroup, f)
    equal(e.message, "")
    equal([repr(x) for x in e.exceptions], ["KeyError('a')", "IndexError('b')", "ExceptionGroup('g', [OSError(3)])"])
    def g():
        try:
            raise ExceptionGroup("g", [ValueError(1), TypeError(2)])
        except* ValueError:
            raise
    e = raises(ExceptionGroup, g)
    equal(repr(e), "ExceptionGroup('g', [ValueError(1), TypeError(2)])")
    def h():
        try:
            raise ValueError(1)
        except* ValueError:
            raise
    e = raises(ExceptionGroup, h)
    equal((e.message, repr(list(e.exceptions))), ("", "[ValueError(1)]"))
    def i():
        try:
            raise ExceptionGroup("g", [ValueError(1)])
        except* ValueError:
            raise KeyError("only")
    # A single new exception with nothing left over needs no group.
    e = raises(KeyError, i)
    check(isinstance(e.__context__, ExceptionGroup))


def test_name_and_state():
    try:
        raise ExceptionGroup("g", [ValueError(1)])
    except* ValueError as e:
        is_(sys.exception(), e)
    is_(sys.exception(), None)
    check("e" not in locals())


def test_bad_match():
    def f():
        try:
            raise ValueError
        except* 5:
            pass
    raises(TypeError, f, message="catching classes that do not inherit from BaseException is not allowed")
    def g():
        try:
            raise ValueError
        except* ExceptionGroup:
            pass
    raises(TypeError, g, message="catching ExceptionGroup with except* is not allowed. Use except instead.")


def test_syntax():
    for source, message in (
        ("try: pass\nexcept* ValueError: pass\nexcept KeyError: pass", "cannot have both 'except' and 'except*' on the same 'try'"),
        ("try: pass\nexcept*: pass", "expected one or more exception types"),
        ("for x in y:\n try: pass\n except* A: break", "'break', 'continue' and 'return' cannot appear in an except* block"),
        ("for x in y:\n try: pass\n except* A: continue", "'break', 'continue' and 'return' cannot appear in an except* block"),
        ("def f():\n try: pass\n except* A: return", "'break', 'continue' and 'return' cannot appear in an except* block"),
    ):
        raises_code(SyntaxError, source, contains=message)
    def f():
        for x in range(2):
            try:
                raise ValueError
            except* ValueError:
                for y in range(3):
                    break
        return y
    equal(f(), 0)


support.run(globals())
