"""The locale at start-up: LC_CTYPE of the C locale becomes one with UTF-8, and the UTF-8 mode that goes with it."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import subprocess
import support
from support import equal

PROGRAM = """
import locale, os, sys
print(sys.flags.utf8_mode, os.environ.get("LC_CTYPE"), locale.setlocale(locale.LC_CTYPE), locale.getencoding(), open("/dev/null").encoding)
"""


def run(*options, **environment):
    done = subprocess.run([sys.executable, *options, "-c", PROGRAM], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment)
    return done.stdout.strip()


COERCED = "1 C.UTF-8 C.UTF-8 UTF-8 utf-8"
PLAIN = "1 None C ANSI_X3.4-1968 utf-8"


def test_locales():
    equal(run(), COERCED)
    equal(run(LANG="C"), COERCED)
    equal(run(LC_CTYPE="C"), COERCED)
    equal(run(LC_ALL="", LANG="POSIX"), COERCED)
    equal(run(LC_ALL="C"), PLAIN)
    equal(run(LC_ALL="no_SUCH"), PLAIN)
    equal(run(PYTHONCOERCECLOCALE="0"), PLAIN)
    equal(run("-E", PYTHONCOERCECLOCALE="0"), COERCED)
    equal(run(LC_ALL="C.UTF-8"), "0 None C.UTF-8 UTF-8 UTF-8")
    equal(run(LANG="C.UTF-8", PYTHONUTF8="1"), "1 None C.UTF-8 UTF-8 utf-8")
    equal(run("-X", "utf8", LANG="C.UTF-8", PYTHONUTF8="0"), "1 None C.UTF-8 UTF-8 utf-8")
    equal(run("-X", "utf8=0", PYTHONUTF8="1"), "0 C.UTF-8 C.UTF-8 UTF-8 UTF-8")
    equal(run(PYTHONCOERCECLOCALE="warn").splitlines()[0],
          "Python detected LC_CTYPE=C: LC_CTYPE coerced to C.UTF-8 (set another locale or PYTHONCOERCECLOCALE=0 to disable this locale "
          "coercion behavior).")
    equal(run(PYTHONCOERCECLOCALE="warn", LC_ALL="C").splitlines()[0],
          "Python runtime initialized with LC_CTYPE=C (a locale with default ASCII encoding), which may cause Unicode compatibility "
          "problems. Using C.UTF-8, C.utf8, or UTF-8 (if available) as alternative Unicode-compatible locales is recommended.")


support.run(globals())
