"""import in all its forms, modules, packages, __main__, and how imports fail."""

import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import check, equal, is_, raises, raises_code

FILES = {
    "imtest_one.py": "value = 1\n_private = 2\ndef f(): return __name__\n",
    "imtest_all.py": "__all__ = ['a', '_b']\na, _b, c = 1, 2, 3\n",
    "imtest_bad_all.py": "__all__ = ['missing']\n",
    "imtest_error.py": "x = 1\n1 / 0\n",
    "imtest_syntax.py": "a b\n",
    "imtest_getattr.py": "def __getattr__(name):\n    if name == 'dynamic': return 'made'\n    raise AttributeError(name)\n",
    "imtest_pkg/__init__.py": "init = True\nfrom . import sub\nfrom .sub import deep\n",
    "imtest_pkg/sub.py": "from .inner.leaf import deep\nname = __name__, __package__\n",
    "imtest_pkg/lazy.py": "loaded = True\n",
    "imtest_pkg/inner/__init__.py": "",
    "imtest_pkg/inner/leaf.py": "deep = 'deep'\nfrom .. import init as seen\nimport imtest_pkg.inner as me\n",
    "imtest_pkg/__main__.py": "print('main of package', __name__, __package__)\n",
    "imtest_space/part.py": "where = 'namespace package'\n",
    "imtest_circle_a.py": "import imtest_circle_b\nx = 1\nfrom imtest_circle_b import y\n",
    "imtest_circle_b.py": "import imtest_circle_a\ny = 2\nhas_x = hasattr(imtest_circle_a, 'x')\n",
    "imtest_circle_c.py": "from imtest_circle_d import q\n",
    "imtest_circle_d.py": "from imtest_circle_c import p\n",
    "imtest_replaced.py": "import sys\nsys.modules[__name__] = 'replacement'\n",
    "imtest_future.py": "'doc'\nfrom __future__ import annotations\nx: undefined = 1\n",
    "imtest_script.py": "import sys\nprint(__name__, sys.argv[1:], __file__.endswith('imtest_script.py'), __spec__)\n",
}

folder = None


def setup():
    global folder
    if folder is None:
        folder = tempfile.mkdtemp(prefix="imugi-imports-")
        for name, text in FILES.items():
            path = os.path.join(folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w") as file:
                file.write(text)
        sys.path.insert(0, folder)


def test_plain():
    setup()
    import imtest_one
    equal((imtest_one.value, imtest_one.f(), imtest_one.__name__), (1, "imtest_one", "imtest_one"))
    is_(sys.modules["imtest_one"], imtest_one)
    import imtest_one as one, sys as system
    is_(one, imtest_one)
    from imtest_one import value, f as function
    equal((value, function()), (1, "imtest_one"))
    equal((imtest_one.__file__, imtest_one.__package__, imtest_one.__spec__.name, imtest_one.__doc__), (os.path.join(folder, "imtest_one.py"), "", "imtest_one", None))
    check(imtest_one.__loader__ is imtest_one.__spec__.loader)
    check(repr(imtest_one).startswith("<module 'imtest_one' from '"))
    sys.modules["imtest_one"] = "replaced"
    import imtest_one
    equal(imtest_one, "replaced")
    del sys.modules["imtest_one"]
    import imtest_one
    check(imtest_one is not one)
    import imtest_replaced
    equal(imtest_replaced, "replacement")


def test_star():
    setup()
    ns = support.execute("from imtest_one import *")
    check("value" in ns and "f" in ns and "_private" not in ns)
    ns = support.execute("from imtest_all import *")
    check("a" in ns and "_b" in ns and "c" not in ns)
    raises_code(AttributeError, "from imtest_bad_all import *", message="module 'imtest_bad_all' has no attribute 'missing'")


def test_packages():
    setup()
    import imtest_pkg
    check(imtest_pkg.init and imtest_pkg.deep == "deep")
    import imtest_pkg.sub
    equal(imtest_pkg.sub.name, ("imtest_pkg.sub", "imtest_pkg"))
    import imtest_pkg.inner.leaf as leaf
    equal((leaf.deep, leaf.seen), ("deep", True))
    from imtest_pkg import lazy
    check(lazy.loaded)
    from imtest_pkg.inner import leaf as again
    is_(again, leaf)
    equal(imtest_pkg.__path__, [os.path.join(folder, "imtest_pkg")])
    equal(imtest_pkg.__package__, "imtest_pkg")
    import imtest_space.part
    equal(imtest_space.part.where, "namespace package")
    check(imtest_space.__file__ is None if hasattr(imtest_space, "__file__") else True)


def test_errors():
    setup()
    error = raises_code(ModuleNotFoundError, "import imtest_missing", message="No module named 'imtest_missing'")
    equal((error.name, error.path), ("imtest_missing", None))
    raises_code(ModuleNotFoundError, "import imtest_one.sub", message="No module named 'imtest_one.sub'; 'imtest_one' is not a package")
    raises_code(ModuleNotFoundError, "import imtest_pkg.zzz", message="No module named 'imtest_pkg.zzz'")
    error = raises_code(ImportError, "from imtest_one import zzz", message="cannot import name 'zzz' from 'imtest_one' (%s)" % os.path.join(folder, "imtest_one.py"))
    equal((error.name, error.name_from), ("imtest_one", "zzz"))
    raises_code(ZeroDivisionError, "import imtest_error")
    check("imtest_error" not in sys.modules)
    error = raises_code(SyntaxError, "import imtest_syntax")
    equal((error.filename, error.lineno), (os.path.join(folder, "imtest_syntax.py"), 1))
    raises_code(ImportError, "from . import x", {"__name__": "alone", "__package__": ""}, message="attempted relative import with no known parent package")
    raises_code(ImportError, "from .. import x", {"__name__": "imtest_pkg.z", "__package__": "imtest_pkg"}, message="attempted relative import beyond top-level package")
    sys.modules["imtest_blocked"] = None
    raises_code(ModuleNotFoundError, "import imtest_blocked", message="import of imtest_blocked halted; None in sys.modules")


class Spec:
    def __init__(self, parent):
        self.parent = parent


def relative(globals, level=1):
    """What `from . import sub` in such globals gives, and the warnings it comes with."""
    import warnings
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        try:
            module = __import__("sub", globals, {}, ("name",), level)
            result = module.__name__
        except Exception as error:
            result = type(error), error.args[0]
    return result, [(each.category, str(each.message), each.filename == __file__) for each in seen]


def test_package_of_globals():
    setup()
    guessed = [(ImportWarning, "can't resolve package from __spec__ or __package__, falling back on __name__ and __path__", True)]
    differs = [(DeprecationWarning, "__package__ != __spec__.parent", True)]
    sub, no_name = "imtest_pkg.sub", (KeyError, "'__name__' not in globals")
    no_parent = ImportError, "attempted relative import with no known parent package"
    beyond = ImportError, "attempted relative import beyond top-level package"
    equal(relative({}), (no_name, guessed))
    equal(relative({"__package__": None, "__spec__": None}), (no_name, guessed))
    equal(relative({"__name__": 1}), ((TypeError, "__name__ must be a string"), guessed))
    equal(relative({"__name__": "alone"}), (no_parent, guessed))
    equal(relative({"__name__": "imtest_pkg.other"}), (sub, guessed))
    equal(relative({"__name__": "imtest_pkg", "__path__": None}), (sub, guessed))
    equal(relative({"__name__": "imtest_pkg.inner.leaf"}, 2), (sub, guessed))
    equal(relative({"__name__": "imtest_pkg.inner.leaf"}, 3), (beyond, guessed))
    equal(relative({"__package__": "imtest_pkg", "__name__": 1}), (sub, []))
    equal(relative({"__package__": "imtest_pkg", "__spec__": Spec("imtest_pkg")}), (sub, []))
    equal(relative({"__package__": "imtest_pkg", "__spec__": Spec("other")}), (sub, differs))
    equal(relative({"__package__": ""}), (no_parent, []))
    equal(relative({"__package__": 1, "__spec__": 1}), ((TypeError, "package must be a string"), []))
    equal(relative({"__package__": "imtest_pkg", "__spec__": 1}), ((AttributeError, "'int' object has no attribute 'parent'"), []))
    equal(relative({"__spec__": Spec("imtest_pkg")}), (sub, []))
    equal(relative({"__spec__": Spec(None)}), ((TypeError, "__spec__.parent must be a string"), []))
    equal(relative(None), ((TypeError, "globals must be a dict"), []))
    equal(relative([]), ((TypeError, "globals must be a dict"), []))
    raises_code(KeyError, "from . import *", {}, message='"\'__name__\' not in globals"')
    raises(ValueError, lambda: __import__(".imtest_one"))


def test_circles():
    setup()
    import imtest_circle_a
    equal((imtest_circle_a.y, sys.modules["imtest_circle_b"].has_x), (2, False))
    raises_code(ImportError, "import imtest_circle_c", contains="cannot import name 'p' from partially initialized module 'imtest_circle_c' (most likely due to a circular import)")


def test_module_getattr():
    setup()
    import imtest_getattr
    equal(imtest_getattr.dynamic, "made")
    from imtest_getattr import dynamic
    equal(dynamic, "made")
    raises(AttributeError, lambda: imtest_getattr.other)
    raises_code(ImportError, "from imtest_getattr import other")


def test_hooks():
    setup()
    import builtins
    calls = []
    old = builtins.__import__
    def hook(name, globals=None, locals=None, fromlist=(), level=0):
        calls.append((name, fromlist, level))
        return old(name, globals, locals, fromlist, level)
    builtins.__import__ = hook
    try:
        import os.path
        from sys import path, argv
        import os.path as p
    finally:
        builtins.__import__ = old
    equal(calls, [("os.path", None, 0), ("sys", ("path", "argv"), 0), ("os.path", None, 0)])
    import importlib.abc
    import importlib.util
    class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
        def find_spec(self, name, path, target=None):
            if name == "imtest_virtual":
                return importlib.util.spec_from_loader(name, self)
        def create_module(self, spec): return None
        def exec_module(self, module): module.made = "by finder"
    finder = Finder()
    sys.meta_path.insert(0, finder)
    try:
        import imtest_virtual
        equal(imtest_virtual.made, "by finder")
    finally:
        sys.meta_path.remove(finder)
    import importlib
    is_(importlib.import_module("os.path"), os.path)
    check(importlib.util.find_spec("imtest_pkg.lazy").name == "imtest_pkg.lazy")


def test_reload():
    setup()
    import importlib
    import imtest_one
    imtest_one.value = 99
    is_(importlib.reload(imtest_one), imtest_one)
    equal(imtest_one.value, 1)


def output(*arguments, expect=0, **more):
    done = subprocess.run([sys.executable, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, cwd=folder, timeout=60, **more)
    equal((done.returncode, done.stdout.decode()) if done.returncode != expect else expect, expect)
    return done.stdout.decode()


def test_command_line():
    setup()
    equal(output("imtest_script.py", "a", "-b"), "__main__ ['a', '-b'] True None\n")
    check(output("-m", "imtest_script", "x").startswith("__main__ ['x'] True ModuleSpec(name='imtest_script'"))
    equal(output("-m", "imtest_pkg"), "main of package __main__ imtest_pkg\n")
    equal(output("-c", "import sys; print(__name__, sys.argv)", "q"), "__main__ ['-c', 'q']\n")
    check("No module named imtest_nope" in output("-m", "imtest_nope", expect=1))
    where = os.path.realpath(folder)
    check("can't open file '%s/no_such_script.py'" % where in output("no_such_script.py", expect=2))
    with open(os.path.join(folder, "imtest_where.py"), "w") as script:
        script.write("import sys\nprint(__file__, sys.argv[0], (lambda: 0).__code__.co_filename)\n")
    for given in ("imtest_where.py", "./imtest_where.py"):
        equal(output(given), "%s/%s %s %s/%s\n" % (where, given, given, where, given))
    check("ZeroDivisionError: division by zero" in output("-c", "1/0", expect=1))
    equal(output("-c", "import sys; sys.exit(5)", expect=5), "")
    equal(output("-c", "import sys; sys.exit('message')", expect=1), "message\n")
    equal(output("-c", "import sys; sys.exit((7,))", expect=7), "")
    equal(output("-c", "import sys; sys.exit(SystemExit(8))", expect=8), "")
    equal(output("-c", "import sys; sys.excepthook(1, '1', 1)"), "TypeError: print_exception(): Exception expected for value, str found\n")
    # What a program leaves in sys is finalized when nobody can be told of its mistakes.
    equal(output("-c", "import sys\nclass C:\n def __del__(self, f=int): f('x')\nsys.x = C()"), "")
    equal(output("-c", "raise SystemExit", expect=0), "")
    os.mkdir(os.path.join(folder, "app"))
    with open(os.path.join(folder, "app", "__main__.py"), "w") as file:
        file.write("import helper\nprint(helper.x)\n")
    with open(os.path.join(folder, "app", "helper.py"), "w") as file:
        file.write("x = 'from the folder'\n")
    equal(output("app"), "from the folder\n")
    equal(subprocess.run([sys.executable, "-"], input=b"print('stdin')", stdout=subprocess.PIPE, timeout=60).stdout, b"stdin\n")


def test_bytecode_cache():
    setup()
    import importlib.util
    source = os.path.join(folder, "imtest_one.py")
    cached = importlib.util.cache_from_source(source)
    check(cached.startswith(os.path.join(folder, "__pycache__")) and cached.endswith(".pyc"))
    equal(importlib.util.source_from_cache(cached), source)
    equal(output("-c", "import imtest_one; print(imtest_one.value)"), "1\n")
    with open(source, "w") as file:
        file.write("value = 'rewritten'\n")
    equal(output("-c", "import imtest_one; print(imtest_one.value)"), "rewritten\n")
    with open(source, "w") as file:
        file.write(FILES["imtest_one.py"])


def test_zz_teardown():
    setup()
    sys.path.remove(folder)
    shutil.rmtree(folder)


support.run(globals())
