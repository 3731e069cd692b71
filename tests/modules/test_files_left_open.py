"""What was written to a file that nobody closed is not lost, however the file object dies."""

import gc
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import equal


def written(program, text):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "file")
        subprocess.run([sys.executable, "-c", "import sys\npath = sys.argv[1]\n" + program, path], check=True)
        with open(path) as file:
            equal(file.read(), text)


def test_global_at_exit():
    written("f = open(path, 'w')\nf.write('text')", "text")
    written("f = open(path, 'wb')\nf.write(b'text')", "text")
    written("import io\nf = io.BufferedRandom(io.FileIO(path, 'w+'))\nf.write(b'text')", "text")


def test_attribute_at_exit():
    written("class A:\n    def __init__(self):\n        self.f = open(path, 'w')\n        self.f.write('text')\na = A()\na.self = a", "text")


def test_global_of_a_function_that_the_library_holds():
    for keep in ("import codecs; codecs.register_error('mine', lambda error: None)",
                 "import codecs; codecs.register(lambda name: None)",
                 "import signal; signal.signal(signal.SIGUSR1, lambda *ignored: None)",
                 "sys.excepthook = lambda *ignored: None",
                 "import gc; gc.callbacks.append(lambda *ignored: None)",
                 "import copyreg; copyreg.pickle(type('A', (), {}), lambda ignored: None)"):
        written(keep + "\nf = open(path, 'w')\nf.write('text')", "text")


def test_in_a_cycle():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "file")
        for mode, text in (("w", "text"), ("wb", b"text")):
            file = open(path, mode)
            file.write(text)
            cycle = [file]
            cycle.append(cycle)
            del file, cycle
            gc.collect()
            with open(path) as again:
                equal(again.read(), "text")


support.run(globals())
