"""Options of the command line and the variables of the environment that mean the same."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import os
import subprocess
import sysconfig
import tempfile
import support
from support import check, equal


def run(*options, status=0, **environment):
    """Both outputs of a run, as text."""
    done = subprocess.run([sys.executable, *options], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env=dict(environment, LC_ALL="C.UTF-8"))
    equal(done.returncode, status)
    return done.stdout.decode("utf-8", "surrogateescape").strip()


def flag(name, *options, **environment):
    return run(*options, "-c", f"import sys; print(sys.flags.{name})", **environment)


def test_flags():
    for letter, name in [("d", "debug"), ("B", "dont_write_bytecode"), ("E", "ignore_environment"), ("s", "no_user_site"), ("q", "quiet"),
                         ("S", "no_site")]:
        equal(flag(name, "-" + letter * 2), "1")
    equal(flag("optimize", "-OOO"), "3")
    for name, variable, expected in [("debug", "PYTHONDEBUG", "1"), ("dont_write_bytecode", "PYTHONDONTWRITEBYTECODE", "1"),
                                     ("optimize", "PYTHONOPTIMIZE", "2"), ("no_user_site", "PYTHONNOUSERSITE", "1")]:
        equal(flag(name, **{variable: "2"}), expected)
        equal(flag(name, **{variable: ""}), "0")
        equal(flag(name, **{variable: "text"}), "1")


def test_standard_input():
    done = subprocess.run([sys.executable, "-"], input="print(__name__, __file__, __cached__)", capture_output=True, text=True)
    equal((done.stdout, done.stderr, done.returncode), ("__main__ <stdin> None\n", "", 0))


def test_optimize():
    code = "def f():\n 'doc'\nassert 0; print(__debug__, f.__doc__); exec('assert 0'); print(eval('__debug__'))"
    equal(run("-O", "-c", code), "False doc\nFalse")
    equal(run("-OO", "-c", code), "False None\nFalse")
    equal(run("-c", code, PYTHONOPTIMIZE="2"), "False None\nFalse")
    check("AssertionError" in run("-c", code, status=1))
    equal(run("-O", "-c", "compile('assert 0', '', 'exec', optimize=0); exec(compile('print(__debug__)', '', 'exec', optimize=0))"), "True")
    with tempfile.TemporaryDirectory() as folder:
        for name in ("program", "imported"):
            with open(f"{folder}/{name}.py", "w") as file:
                file.write("assert 0\nprint(__name__, __debug__)\n" + ("import imported\n" if name == "program" else ""))
        equal(run("-O", f"{folder}/program.py"), "__main__ False\nimported False")
        equal(os.path.exists(f"{folder}/__pycache__/imported.{sys.implementation.cache_tag}.opt-1.pyc"), True)
        check("AssertionError" in run(f"{folder}/program.py", status=1))


def test_sys_path():
    with tempfile.TemporaryDirectory() as folder:
        folder = os.path.realpath(folder)
        with open(f"{folder}/shown.py", "w") as file:
            file.write("import sys\nprint([sys.path[0], sys.argv[0], __file__, type(__loader__).__name__])\n")
        told = [sys.executable, "-m", "shown"], [sys.executable, "-c", "import sys; print(sys.path[0] == '')"], [sys.executable, "shown.py"]
        module, command, script = [subprocess.run(each, cwd=folder, stdout=subprocess.PIPE, text=True).stdout.strip() for each in told]
        equal(module, repr([folder, f"{folder}/shown.py", f"{folder}/shown.py", "SourceFileLoader"]))
        equal(command, "True")
        equal(script, repr([folder, "shown.py", f"{folder}/shown.py", "SourceFileLoader"]))
        run("-c", f"import py_compile; py_compile.compile('{folder}/shown.py', '{folder}/compiled.pyc')")
        equal(run(f"{folder}/compiled.pyc"), repr([folder, f"{folder}/compiled.pyc", f"{folder}/compiled.pyc", "SourcelessFileLoader"]))


def test_usage():
    check("-J is reserved for Jython" in run("-J", status=2))
    check("Unknown option: -Z" in run("-Z", status=2))
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([sys.executable, "."], cwd=folder, stderr=subprocess.PIPE, text=True)
        equal((done.returncode, done.stderr.partition(": ")[2]), (1, f"can't find '__main__' module in {os.path.realpath(folder)!r}\n"))


def test_hash_randomization():
    equal(flag("hash_randomization"), "1")
    equal(flag("hash_randomization", PYTHONHASHSEED="random"), "1")
    equal(flag("hash_randomization", PYTHONHASHSEED="0"), "0")
    equal(flag("hash_randomization", "-R", PYTHONHASHSEED="0"), "1")
    equal(run("-c", "print(hash('spam'))", PYTHONHASHSEED="3"), run("-c", "print(hash('spam'))", PYTHONHASHSEED="3"))


def test_verbose():
    told = run("-v", "-c", "import colorsys")
    check("import 'colorsys' #" in told, told[-500:])
    run("-vv")


def test_cpu_count():
    code = "import os; print(os.cpu_count(), os.process_cpu_count())"
    equal(run("-X", "cpu_count=4321", "-c", code), "4321 4321")
    equal(run("-c", code, PYTHON_CPU_COUNT="1234"), "1234 1234")
    equal(run("-X", "cpu_count=5", "-c", code, PYTHON_CPU_COUNT="1234"), "5 5")
    equal(run("-X", "cpu_count=default", "-c", "import os; print(os.cpu_count())"), str(os.cpu_count()))
    for option in ("cpu_count", "cpu_count=0", "cpu_count=x"):
        equal(run("-X", option, "-c", "", status=1).splitlines()[0],
              "Fatal Python error: config_init_cpu_count: -X cpu_count=n option: n is missing or an invalid number, n must be greater than 0")


def test_frozen_modules():
    code = "import os; print(os.__spec__.loader)"
    for option, variable, loader in [(None, "on", "FrozenImporter"), (None, "off", "SourceFileLoader"), ("on", "off", "FrozenImporter"),
                                     ("off", "on", "SourceFileLoader")]:
        options = ["-X", "frozen_modules=" + option] if option else []
        told = run(*options, "-c", code, PYTHON_FROZEN_MODULES=variable)
        check(loader in told, told)
    check('bad value for option -X frozen_modules (expected "on" or "off")' in run("-X", "frozen_modules=x", "-c", "", status=1))


def test_pycache_prefix():
    code = "import sys; print(sys.pycache_prefix)"
    for variable, option, expected in [(None, None, "None"), ("foo", None, "foo"), (None, "=bar", "bar"), ("foo", "=bar", "bar"), ("foo", "=", "None"),
                                       ("foo", "", "None")]:
        options = [] if option is None else ["-X", "pycache_prefix" + option]
        equal(run(*options, "-c", code, **({"PYTHONPYCACHEPREFIX": variable} if variable else {})), expected)


def test_gil():
    if not sys.implementation.name == "imugi":
        return
    equal(flag("gil"), "None")
    equal(flag("gil", PYTHON_GIL="1"), "1")
    equal(flag("gil", "-X", "gil=0", PYTHON_GIL="1"), "0")


def test_help():
    for option in ("-h", "-?", "--help"):
        told = run(option)
        check(told.startswith("usage: ") and "PYTHONHOME" not in told and "-X dev" not in told, told)
    check("PYTHONHOME" in run("--help-env"))
    check("-X dev" in run("--help-xoptions"))
    told = run("--help-all")
    check(told.startswith("usage: ") and "PYTHONHOME" in told and "-X dev" in told, told)


def test_command():
    # A command is text: it has no coding cookie, and must be UTF-8.
    equal(run("-c", "# coding: latin1\nprint(ascii('\u00e6'))"), r"'\xe6'")
    told = run("-c", b"print('\xff')", status=1)
    equal(told.splitlines()[0], "Unable to decode the command from the command line:")
    check(told.splitlines()[-1].startswith("UnicodeEncodeError: 'utf-8' codec can't encode character '\\udcff'"), told)


def test_streams():
    code = "import sys; print(sys.stdin.encoding, sys.stdin.errors, sys.stdout.encoding, sys.stderr.errors)"
    equal(run("-c", code, PYTHONIOENCODING="latin1"), "iso8859-1 strict iso8859-1 backslashreplace")
    equal(run("-c", code, PYTHONIOENCODING="UTF-8:replace"), "utf-8 replace utf-8 backslashreplace")
    told = run("-c", "import os, sys; sys.stdout.write('x'); os.close(1)", status=120)
    equal(told.splitlines()[0], "Exception ignored on flushing sys.stdout:")


def test_places():
    equal(sysconfig.get_path("stdlib"), os.path.dirname(os.__file__))
    check(sysconfig.get_path("purelib").startswith(os.path.dirname(os.__file__)))


support.run(globals())
