"""Archives on sys.path, and as programs."""

import os
import subprocess
import sys
import tempfile
import zipapp
import zipfile

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import check, equal


def test_path_hook():
    import zipimport
    check(zipimport.zipimporter in sys.path_hooks, sys.path_hooks)


def test_import():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "packed.zip")
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("inside_an_archive.py", "value = 5\n")
        sys.path.insert(0, path)
        try:
            import inside_an_archive
        finally:
            sys.path.remove(path)
        equal((inside_an_archive.value, type(inside_an_archive.__loader__).__name__), (5, "zipimporter"))
        equal(inside_an_archive.__file__, os.path.join(path, "inside_an_archive.py"))


def test_programs():
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, "source")
        os.mkdir(source)
        with open(os.path.join(source, "__main__.py"), "w") as file:
            file.write("print(__name__, __package__ == '')\n")
        # With a line in front that names the interpreter, and without.
        for name, line in (("plain", None), ("started", "/usr/bin/env python3")):
            path = os.path.join(folder, name)
            zipapp.create_archive(source, path, interpreter=line)
            equal(subprocess.check_output([sys.executable, path]), b"__main__ True\n")
        equal(subprocess.check_output([sys.executable, source]), b"__main__ True\n")


support.run(globals())
