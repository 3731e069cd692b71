"""Programs for older Pythons: names that 3.12 to 3.14 have removed, brought back before the program starts.

    python -m imugi.older -m pytest tests
    python -m imugi.older program.py

Debian 12 packages many libraries as they were for Python 3.11. What they miss most: ast.Num, Str, Bytes,
NameConstant and Ellipsis, pkgutil.find_loader() and get_loader(), the module cgi's parse_header().
"""

import ast
import pkgutil
import sys
import types


class _ConstantKind(type):
    def __instancecheck__(cls, node):
        return isinstance(node, ast.Constant) and cls._holds(node.value)


def _constant(name, holds):
    def make(cls, *values, **fields):
        for field in ("n", "s"):
            if field in fields:
                fields["value"] = fields.pop(field)
        if not values:
            fields.setdefault("value", ...)
        fields.pop("ctx", None)
        return ast.Constant(*values, **fields)

    return _ConstantKind(name, (ast.AST,), {"_fields": ("value",), "_holds": staticmethod(holds), "__new__": make})


def _value(node):
    return node.value


def _set_value(node, value):
    node.value = value


def _bring_back_ast():
    kinds = {
        "Num": lambda value: type(value) in (int, float, complex),
        "Str": lambda value: type(value) is str,
        "Bytes": lambda value: type(value) is bytes,
        "NameConstant": lambda value: value is None or type(value) is bool,
        "Ellipsis": lambda value: value is ...,
    }
    for name, holds in kinds.items():
        setattr(ast, name, _constant(name, holds))
    ast.Constant.n = ast.Constant.s = property(_value, _set_value)


def _bring_back_loaders():
    from importlib.util import find_spec

    def find_loader(fullname):
        """The loader of a module that could be imported, or None."""
        spec = find_spec(fullname)
        return spec.loader if spec else None

    def get_loader(module_or_name):
        """The loader of a module, given itself or its name, or None."""
        module = sys.modules.get(module_or_name, module_or_name)
        if isinstance(module, str):
            return find_loader(module)
        spec = getattr(module, "__spec__", None)
        return getattr(module, "__loader__", None) or (spec.loader if spec else None)

    pkgutil.find_loader = find_loader
    pkgutil.get_loader = get_loader


def _bring_back_cgi():
    from email.message import Message

    def parse_header(line):
        """A header's main value, and a dict of its parameters."""
        message = Message()
        message["Content-Type"] = line
        (value, _), *parameters = message.get_params()
        return value, dict(parameters)

    cgi = types.ModuleType("cgi", "What is left of cgi: parse_header().")
    cgi.parse_header = parse_header
    sys.modules["cgi"] = cgi


def bring_back():
    """Adds the names, once and for all of this process."""
    if not hasattr(ast, "Str"):
        _bring_back_ast()
    if not hasattr(pkgutil, "get_loader"):
        _bring_back_loaders()
    try:
        import cgi
    except ImportError:
        _bring_back_cgi()


def main(arguments):
    import runpy

    if not arguments or arguments == ["-m"]:
        sys.exit("usage: python -m imugi.older (-m MODULE | FILE) [ARGUMENT...]")
    bring_back()
    if arguments[0] == "-m":
        sys.argv[:] = arguments[1:]
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    else:
        import os

        sys.argv[:] = arguments
        sys.path[0] = os.path.dirname(os.path.abspath(arguments[0]))
        runpy.run_path(arguments[0], run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1:])
