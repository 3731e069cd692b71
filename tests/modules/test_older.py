"""-m imugi.older: programs that want names which Python 3.14 no longer has."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import os
import subprocess
import tempfile
import support
from support import equal

PROGRAM = """
import ast, cgi, pkgutil, sys
node = ast.Str("text")
print(ast.dump(node), isinstance(node, ast.Str), isinstance(node, ast.Num), node.s)
print(isinstance(ast.Constant(True), ast.NameConstant), isinstance(ast.Constant(True), ast.Num), isinstance(ast.Name("x"), ast.Str))
print(ast.dump(ast.Num(n) if (n := 3) else None), ast.Num(3).n, isinstance(ast.Ellipsis(), ast.Ellipsis))
print(ast.dump(ast.NameConstant(value=False, ctx=ast.Load())), ast.dump(ast.Str(s="s", kind="u")))
print(pkgutil.get_loader("json") is not None, pkgutil.find_loader("no_such_module"), cgi.parse_header("text/html; charset=utf-8"))
print(__name__, sys.argv[1:], ast.unparse(ast.parse("x = 'a'")))
"""

LINES = ["Constant(value='text') True False text", "True False False", "Constant(value=3) 3 True",
         "Constant(value=False) Constant(value='s', kind='u')",
         "True None ('text/html', {'charset': 'utf-8'})", "__main__ ['one', '-m'] x = 'a'"]


def run(*arguments, **keywords):
    done = subprocess.run([sys.executable, "-W", "ignore", "-m", "imugi.older", *arguments], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, **keywords)
    return done.returncode, done.stdout.splitlines()


def test_file_and_module():
    if sys.implementation.name != "imugi":
        support.skip("a module of imugi's")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "program.py")
        with open(path, "w") as file:
            file.write(PROGRAM)
        equal(run(path, "one", "-m"), (0, LINES))
        equal(run("-m", "program", "one", "-m", cwd=folder), (0, LINES))
    equal(run(), (1, ["usage: python -m imugi.older (-m MODULE | FILE) [ARGUMENT...]"]))


def test_names_of_instructions():
    """Twisted tells by the instruction whether an exception was thrown into a generator."""
    import opcode

    def generator():
        yield

    suspended = generator()
    next(suspended)
    if sys.implementation.name != "imugi":
        support.skip("CPython's f_lasti is behind the yield")
    equal(suspended.gi_code.co_code[suspended.gi_frame.f_lasti], opcode.opmap["YIELD_VALUE"])
    support.check("RETURN_VALUE" in opcode.opmap)


support.run(globals())
