# imugi only
"""Each checker of the runtime finds the kind of mistake it is there for."""

import os
import subprocess
import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import check, equal

try:
    import _imugi_bugs
except ImportError:
    _imugi_bugs = None


def run(code, **environment):
    if not _imugi_bugs:
        support.skip("no assertions in this build")
    done = subprocess.run([sys.executable, "-c", "import gc, _imugi_bugs as bugs\n" + code],
                          env=dict(os.environ, **environment), capture_output=True, text=True, timeout=120)
    return done.returncode, done.stderr


def test_nothing_wrong():
    status, errors = run("x = []; x.append(x); del x; gc.collect()", IMUGI_VERIFY="1")
    equal((status, errors), (0, ""))


def test_syntax_classes_outlive_collections():
    # They are made by the first tree; nothing but the trees and a table of the runtime has them.
    status, errors = run("tree = compile('a', 'f', 'eval', 0x400); gc.collect(); print(type(tree.body.ctx))",
                         IMUGI_VERIFY="1")
    equal((status, errors), (0, ""))


def test_extra_drop():
    status, errors = run("x = []; y = [x, x]; bugs.drop_twice(x); gc.collect()", IMUGI_VERIFY="1")
    check(status != 0 and "verify: more references than counts" in errors, errors)


def test_lost_drop():
    status, errors = run("x = [1]; bugs.lose(x); del x", IMUGI_VERIFY="1")
    check(status != 0 and "verify: left: list object" in errors, errors)


def test_use_after_free():
    if "asan" not in sys.executable:
        support.skip("only under the address sanitizer")
    status, errors = run("bugs.use_after_free()")
    check(status != 0 and "AddressSanitizer: use-after-poison" in errors, errors)


def test_unlocked_write():
    if "tsan" not in sys.executable:
        support.skip("only under the thread sanitizer")
    status, errors = run("""
import threading
shared = [0]
ready = threading.Barrier(3)
def write():
    ready.wait()
    bugs.write_unlocked(shared, 3000000)
def read():
    ready.wait()
    for _ in range(10000):
        shared[0]
threads = [threading.Thread(target=work) for work in (write, write, read)]
for thread in threads: thread.start()
for thread in threads: thread.join()
""")
    check("WARNING: ThreadSanitizer: data race" in errors, errors)


support.run(globals())
