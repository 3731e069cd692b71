"""dir() and signatures of every builtin type and function contain CPython 3.13's, kept in surface.txt.

surface.txt is written by a CPython: python3.13 tests/builtins/test_surface.py --rebaseline
"""

import builtins
import inspect
import sys
import types

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import NEW, fail

FACTS = __file__.rpartition("/")[0] + "/surface.txt"
# Exceptions that have something of their own; the others are as BaseException.
EXCEPTIONS = """BaseException BaseExceptionGroup ExceptionGroup AttributeError ImportError KeyError NameError OSError StopIteration
    SyntaxError SystemExit UnicodeDecodeError UnicodeEncodeError UnicodeTranslateError""".split()
TYPES = """AsyncGeneratorType BuiltinFunctionType CellType ClassMethodDescriptorType CodeType CoroutineType EllipsisType FrameType
    FunctionType GeneratorType GenericAlias GetSetDescriptorType MappingProxyType MemberDescriptorType MethodDescriptorType MethodType
    MethodWrapperType ModuleType NoneType NotImplementedType SimpleNamespace TracebackType UnionType WrapperDescriptorType""".split()
INSTANCES = {
    "dict_keys": "{}.keys()", "dict_values": "{}.values()", "dict_items": "{}.items()", "list_iterator": "iter([])",
    "tuple_iterator": "iter(())", "str_iterator": "iter('\\u1234')", "str_ascii_iterator": "iter('')",
    "bytes_iterator": "iter(b'')", "bytearray_iterator": "iter(bytearray())", "range_iterator": "iter(range(1))",
    "longrange_iterator": "iter(range(2**70))", "set_iterator": "iter(set())", "dict_keyiterator": "iter({})",
    "dict_valueiterator": "iter({}.values())", "dict_itemiterator": "iter({}.items())",
    "dict_reversekeyiterator": "reversed({})", "list_reverseiterator": "reversed([])", "callable_iterator": "iter(int, 0)",
    "memory_iterator": "iter(memoryview(b''))",
}
# What 3.14 changed: parameters got names, map() a keyword.
NEWER = {
    "__setstate__": "(self, state, /)", "add_note": "(self, note, /)", "with_traceback": "(self, tb, /)",
    "derive": "(self, excs, /)", "split": "(self, matcher_value, /)", "subgroup": "(self, matcher_value, /)",
}


def signature(value):
    try:
        return str(inspect.signature(value))
    except (TypeError, ValueError):
        return "none"


def kinds():
    found = {}
    for name in dir(builtins):
        value = getattr(builtins, name)
        if isinstance(value, type) and (not issubclass(value, BaseException) or name in EXCEPTIONS):
            found[name] = value
    for name in TYPES:
        found["types." + name] = getattr(types, name)
    for name, expression in INSTANCES.items():
        found[name] = type(eval(expression))
    return found


def facts():
    """Lines "name dir = ...", "name.method = signature | text signature", "function = ..."."""
    lines = {}
    for name in dir(builtins):
        value = getattr(builtins, name)
        if callable(value) and not isinstance(value, type) and type(value) is type(len):
            lines[name] = "%s | %r" % (signature(value), value.__text_signature__)
    for name, kind in kinds().items():
        lines[name + " dir"] = " ".join(sorted(dir(kind)))
        lines[name] = signature(kind)
        for method in dir(kind):
            value = getattr(kind, method, None)
            if callable(value) and not isinstance(value, type):
                lines[name + "." + method] = "%s | %r" % (signature(value), getattr(value, "__text_signature__", None))
    return lines


def expected():
    with open(FACTS) as file:
        for line in file:
            if not line.startswith("#"):
                yield line.rstrip("\n").split(" = ", 1)


def test_surface():
    found, problems = facts(), []
    for name, fact in expected():
        kind, _, method = name.partition(".")
        if name.endswith(" dir"):
            missing = set(fact.split()) - set(found[name].split())
            if missing:
                problems.append("%s lacks %s" % (name, sorted(missing)))
        elif NEW and method in NEWER and kind in EXCEPTIONS:
            if found.get(name, "").split(" | ")[0] != NEWER[method]:
                problems.append("%s is %s" % (name, found.get(name)))
        elif NEW and name == "map":
            if found[name] != "(function, iterable, /, *iterables, strict=False)":
                problems.append("map is %s" % found[name])
        elif found.get(name) != fact:
            problems.append("%s is %s, expected %s" % (name, found.get(name), fact))
    if problems:
        fail("\n".join(problems))


if __name__ == "__main__" and sys.argv[1:] == ["--rebaseline"]:
    with open(FACTS, "w") as file:
        file.write("# Written by test_surface.py --rebaseline on CPython %d.%d.\n" % sys.version_info[:2])
        file.writelines("%s = %s\n" % row for row in sorted(facts().items()))
else:
    support.run(globals())
