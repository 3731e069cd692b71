"""The GIL that can be switched on: what says so, and that programs behave under both."""
# imugi only

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import support
from support import check, equal

import subprocess

SHOW = "import sys; print(sys._is_gil_enabled())"
RACE = """
import sys, threading
count = 0
def body():
    global count
    for _ in range(200000):
        count += 1
threads = [threading.Thread(target=body) for _ in range(2)]
sys.setswitchinterval(1e-6)
for thread in threads: thread.start()
for thread in threads: thread.join()
print(0 < count <= 400000)
"""


def run(arguments, gil=None):
    environment = {k: v for k, v in os.environ.items() if k != "PYTHON_GIL"}
    if gil is not None:
        environment["PYTHON_GIL"] = gil
    done = subprocess.run([sys.executable] + arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, env=environment, timeout=60)
    return done.returncode, done.stdout.strip(), done.stderr.strip()


def test_off_by_default():
    equal(run(["-c", SHOW]), (0, "False", ""))


def test_option():
    equal(run(["-X", "gil=1", "-c", SHOW]), (0, "True", ""))
    equal(run(["-X", "gil=0", "-c", SHOW]), (0, "False", ""))


def test_environment():
    equal(run(["-c", SHOW], "1"), (0, "True", ""))
    equal(run(["-c", SHOW], "0"), (0, "False", ""))
    equal(run(["-X", "gil=0", "-c", SHOW], "1"), (0, "False", ""))


def test_bad_value():
    status, out, err = run(["-X", "gil=2", "-c", SHOW])
    check(status != 0 and out == "", "accepted")
    check("gil" in err, err)


def test_races_under_both():
    for arguments in (["-X", "gil=1"], ["-X", "gil=0"]):
        equal(run(arguments + ["-c", RACE]), (0, "True", ""))


support.run(globals())
