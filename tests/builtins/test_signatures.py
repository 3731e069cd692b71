"""What inspect.signature() gives for builtins that CPython describes in part or not at all, and for docstrings of classes."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import inspect
import support
from support import check, equal, is_, raises


def test_types_without_one():
    import collections
    import re
    import typing
    import weakref
    for callable in [weakref.ref, typing.TypeVar, typing.ParamSpec, typing.TypeVarTuple, typing.ParamSpecArgs, typing.Generic.__class_getitem__,
                     collections.OrderedDict.update, re.Match.group]:
        is_(callable.__text_signature__, None)
        raises(ValueError, inspect.signature, callable)


def test_defaults_that_cannot_be_read():
    import collections
    import faulthandler
    import os
    import warnings
    for callable in [faulthandler.enable, faulthandler.dump_traceback, faulthandler.register, os.chmod, warnings.warn, collections.deque.index]:
        check(callable.__text_signature__)
        raises(ValueError, inspect.signature, callable)
    check("file=sys.stderr" in faulthandler.dump_traceback.__text_signature__)


def test_named_constants():
    import io
    equal(io.BufferedReader.__text_signature__, "(raw, buffer_size=DEFAULT_BUFFER_SIZE)")
    equal(str(inspect.signature(io.BufferedReader)), f"(raw, buffer_size={io.DEFAULT_BUFFER_SIZE})")


def test_local():
    import threading
    equal(str(inspect.signature(threading.local)), "()")


def test_docstring_of_a_class():
    class Reader:
        """Reader(raw, size=3)\n--\n\nText."""
    equal(Reader.__text_signature__, "(raw, size=3)")

    class Sub(Reader):
        "Text."
    is_(Sub.__text_signature__, None)
    for doc in ["Other(raw)\n--\n\n", "Doc", "Doc(a)", "Doc(a\n\n)\n--\n\n", "Doc (a)\n--\n\n", None, 3]:
        is_(type("Doc", (), {"__doc__": doc}).__text_signature__, None)


support.run(globals())
