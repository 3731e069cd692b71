"""webbrowser: commands that open an address, with a command of the test's own as the browser."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import os
import subprocess
import tempfile
import support
from support import equal, raises

FOLDER = tempfile.mkdtemp()
TOLD = os.path.join(FOLDER, "told")


def run(code, **environment):
    environment = {"PATH": os.environ["PATH"], **environment}
    done = subprocess.run([sys.executable, *code], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.stdout.strip()


def opened():
    with open(TOLD) as file:
        text = file.read()
    os.remove(TOLD)
    return text


def test_command():
    # A command of $BROWSER: %s is the address, and it is waited for.
    command = f"sh -c 'echo opened \"$0\" > {TOLD}' %s"
    equal(run(["-c", "import webbrowser; print(webbrowser.open('http://a.b/?c=1'))"], BROWSER=command), "True")
    equal(opened(), "opened http://a.b/?c=1\n")
    equal(run(["-m", "webbrowser", "-t", "http://d.e"], BROWSER=command), "\a")
    equal(opened(), "opened http://d.e\n")


def test_none():
    equal(run(["-c", "import webbrowser; print(webbrowser.open('http://a.b'))"], PATH=FOLDER), "False")


def test_register():
    import webbrowser

    class Recorder(webbrowser.BaseBrowser):
        def open(self, url, new=0, autoraise=True):
            self.calls = getattr(self, "calls", []) + [(url, new, autoraise)]
            return True

    one = Recorder("recorder")
    webbrowser.register("Recorder", None, one, preferred=True)
    equal(webbrowser.get("recorder") is one, True)
    equal(webbrowser.get() is one, True)
    equal([webbrowser.open("a"), webbrowser.open_new("b"), webbrowser.open_new_tab("c")], [True, True, True])
    equal(one.calls, [("a", 0, True), ("b", 1, True), ("c", 2, True)])
    raises(webbrowser.Error, webbrowser.get, "no-such-browser", message="could not locate runnable browser")
    equal(webbrowser.get("true %s &").open("x") in (True, False), True)


support.run(globals())
