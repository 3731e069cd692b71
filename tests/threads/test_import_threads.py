"""Imports by several threads: circular ones, failing ones, the same one; and while a process forks."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import importlib
import os
import tempfile
import threading
import time

import support
from support import check, equal, raises
import together


class Folder:
    """A folder of modules on sys.path; they are forgotten afterwards."""

    def __init__(self, **sources):
        self.sources = sources

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        for name, text in self.sources.items():
            with open(os.path.join(self.folder.name, name + ".py"), "w") as file:
                file.write(text)
        sys.path.insert(0, self.folder.name)
        importlib.invalidate_caches()
        return self

    def __exit__(self, *exc):
        sys.path.remove(self.folder.name)
        for name in self.sources:
            sys.modules.pop(name, None)
        self.folder.cleanup()


def test_once_for_all():
    with Folder(slow_one="import time, builtins\nbuiltins.slow_one_runs = getattr(builtins, 'slow_one_runs', 0) + 1\ntime.sleep(0.05)\nvalue = 7\n"):
        def body(number):
            import slow_one
            from slow_one import value
            return slow_one.value + value
        equal(together.for_each(8, body), [14] * 8)
        import builtins
        equal(builtins.slow_one_runs, 1)
        del builtins.slow_one_runs


def test_circular_in_two_threads():
    """Each waits for the other: one of them goes on with a module that is half done."""
    sources = {
        "circle_a": "import time\ntime.sleep(%s)\nx = 1\nimport circle_c",
        "circle_b": "import time\ntime.sleep(%s)\nx = 2\nimport circle_d",
        "circle_c": "import circle_b",
        "circle_d": "import circle_a",
    }
    for delay in [0] * 10 + [0.02]:
        with Folder(**{name: text % delay if "%s" in text else text for name, text in sources.items()}):
            def a():
                import circle_a
                return circle_a.x
            def b():
                import circle_b
                return circle_b.x
            equal(together.run(a, b), [1, 2])


def test_waits_for_a_failure():
    """Who waited for an import that failed tries by himself."""
    if sys.implementation.name == "cpython":
        support.skip("gives the half-made module out")
    with Folder(fails_late="import time\ntime.sleep(0.03)\nraise ValueError('no')\n"):
        def body(number):
            try:
                import fails_late
            except ValueError as error:
                return str(error)
            return "imported"
        equal(together.for_each(4, body), ["no"] * 4)
        check("fails_late" not in sys.modules)


def test_relative_and_dotted():
    import email.mime.text
    def body(number):
        space = {"__package__": "email.mime", "__name__": "email.mime.x", "__builtins__": __builtins__}
        exec("from . import text\nfrom .. import message\nfrom .text import MIMEText\nimport email.mime.text as t", space)
        check(space["t"] is space["text"] is sys.modules["email.mime.text"])
        check(space["message"] is sys.modules["email.message"])
        check(__import__("email.mime.text").__name__ == "email")
        check(__import__("text", space, None, (), 1).__name__ == "email.mime.text")
        check(__import__("mime.text", {"__package__": "email", "__name__": "email"}, None, (), 1).__name__ == "email.mime")
    together.for_each(4, body)
    raises(ImportError, lambda: __import__("x", {"__name__": "m", "__package__": ""}, None, (), 1),
           message="attempted relative import with no known parent package")
    raises(ValueError, lambda: __import__(""), message="Empty module name")


def test_fork_waits_for_the_import_lock():
    if not hasattr(os, "fork"):
        support.skip("no fork")
    import _imp
    locked = threading.Event()
    def importer():
        _imp.acquire_lock()
        sys.modules["import_threads_fake"] = "half"
        locked.set()
        time.sleep(0.05)
        sys.modules["import_threads_fake"] = "whole"
        _imp.release_lock()
    thread = threading.Thread(target=importer)
    thread.start()
    locked.wait()
    pid = together.fork()
    if pid == 0:
        os._exit(0 if __import__("import_threads_fake") == "whole" and not _imp.lock_held() else 1)
    equal(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 0)
    thread.join()
    check(not _imp.lock_held())
    del sys.modules["import_threads_fake"]


support.run(globals())
