"""What CPython's test modules import and another implementation, or another version, does not have.

`prepare(name)` is called by conformance_driver.py before it loads a test module. Helper modules of CPython's that
are written in C (`_testcapi` and its like) get stand-ins for the few functions that have a meaning everywhere;
using any other of their names skips the test, since it tests the C API.
"""

import importlib
import operator
import os
import re
import sys
import types
import unittest


class Missing:
    """A name of a helper module that only CPython has: whoever uses it skips the test. A class gives something that
    skips in turn, so that setUp(), after which nothing is cleaned up when it skips, gets through."""

    def __init__(self, name):
        self.name = self.__name__ = name

    def __call__(self, *args, **kwargs):
        if self.name.rpartition(".")[2][0].isupper():
            return Missing(self.name + ".object")
        raise unittest.SkipTest(f"needs {self.name}, which CPython has for its own tests")


def stand_in(name, lenient=False, **contents):
    """Install a helper module; a lenient one has every other name too, as something that cannot be used."""
    module = types.ModuleType(name)
    vars(module).update(contents)
    if lenient:
        def getter(attribute):
            if attribute.startswith("__") or attribute.endswith("_optimizer"):
                raise AttributeError(attribute)
            return Missing(f"{name}.{attribute}")
        module.__getattr__ = getter
    sys.modules[name] = module


def exception_print(error, legacy=False):
    if not isinstance(error, BaseException):
        print("TypeError: print_exception(): Exception expected for value, "
              f"{type(error).__name__} found", file=sys.stderr)
    else:
        sys.__excepthook__(type(error), error, error.__traceback__)


def traceback_print(traceback, file):
    # Without the marks under the lines, as in C.
    import traceback as module
    file.write("Traceback (most recent call last):\n")
    rows = [(row.filename, row.lineno, row.name, row.line) for row in module.extract_tb(traceback)]
    file.write("".join(module.StackSummary.from_list(rows).format()))


def recursion_depth():
    frame, depth = sys._getframe(1), 0
    while frame is not None:
        frame, depth = frame.f_back, depth + 1
    return depth


def annotation_modules():
    """Modules in test.typinganndata write to __annotations__ in their bodies, which 3.14 no longer has there;
    test_grammar, from which other modules take literals, imports them."""
    package = importlib.import_module("test.typinganndata")
    for part in ("ann_module", "ann_module3"):
        path = os.path.join(os.path.dirname(package.__file__), part + ".py")
        try:
            with open(path, encoding="utf-8") as file:
                source = re.sub(r"(?m)^( *)__annotations__\[.*$", r"\1pass", file.read())
        except OSError:
            continue
        module = types.ModuleType(package.__name__ + "." + part)
        module.__file__ = path
        try:
            exec(compile(source, path, "exec"), module.__dict__)
        except Exception:
            continue
        sys.modules[module.__name__] = module
        setattr(package, part, module)


def colours():
    """test.support of 3.13 replaces _colorize.can_colorize by a function that does not take 3.14's argument."""
    import _colorize
    from test import support

    def with_answer(answer):
        def decorate(function):
            import functools

            @functools.wraps(function)
            def wrapper(*args, **kwargs):
                old = _colorize.can_colorize
                _colorize.can_colorize = lambda **kw: answer
                saved = {name: os.environ.pop(name) for name in ("FORCE_COLOR", "NO_COLOR", "PYTHON_COLORS")
                         if name in os.environ}
                try:
                    return function(*args, **kwargs)
                finally:
                    _colorize.can_colorize = old
                    os.environ.update(saved)
            return wrapper
        return decorate

    support.force_not_colorized = with_answer(False)
    if hasattr(support, "force_colorized"):
        support.force_colorized = with_answer(True)


def details():
    """Tests marked as details of CPython run too: most of what they ask for holds here as well."""
    from test import support

    def check(**guards):
        _, default = support._parse_guards(guards)
        return guards.get("cpython", default)

    support.check_impl_detail = check


def prepare(name):
    if sys.version_info >= (3, 14):
        annotation_modules()
        try:
            colours()
        except ImportError:
            pass
    if sys.implementation.name == "cpython":
        return
    details()
    if name == "test.test_bytes":
        stand_in("_testlimitedcapi", sequence_getitem=operator.getitem, sequence_setitem=operator.setitem,
                 sequence_delitem=operator.delitem)
    elif name == "test.test_traceback":
        stand_in("_testinternalcapi", get_config=lambda: {"code_debug_ranges": 1},
                 get_recursion_depth=recursion_depth)
        stand_in("_testcapi", exception_print=exception_print, traceback_print=traceback_print)
    elif name in ("test.test_compile", "test.test_class"):
        stand_in("_testinternalcapi", lenient=True, get_config=lambda: {"code_debug_ranges": 1},
                 get_recursion_depth=recursion_depth)
    elif name == "test.test_monitoring":
        stand_in("_testcapi", lenient=True)
        stand_in("_testinternalcapi")
    elif name.startswith("test.test_importlib."):
        stand_in("_testsinglephase", __file__="_testsinglephase.so", __spec__=types.SimpleNamespace(origin=None))
    elif name == "test.test_types":
        # For one decorator it imports test_import, which wants these.
        stand_in("_testinternalcapi", lenient=True)
        stand_in("_testsinglephase", lenient=True)
        stand_in("_testmultiphase", lenient=True)
    elif name == "test.test_code":
        # Tests with numbers of CPython's instructions read them while the module loads.
        import opcode
        for key in ("COPY_FREE_VARS", "LOAD_CONST"):
            opcode.opmap.setdefault(key, 255)
        stand_in("_testinternalcapi", lenient=True, get_immortalize_deferred=lambda: False,
                 get_config=lambda: {"code_debug_ranges": 1})
