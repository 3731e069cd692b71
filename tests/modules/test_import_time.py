"""-X importtime: a line for each import, those within it before it."""

import re
import subprocess
import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import check, equal


def lines(option, program):
    done = subprocess.run([sys.executable, "-X", option, "-c", program], stderr=subprocess.PIPE, text=True, check=True)
    return done.stderr.splitlines()


def test_times():
    told = lines("importtime", "import csv")
    equal(told[0], "import time: self [us] | cumulative | imported package")
    inner = re.fullmatch(r"import time: +(\d+) \| +(\d+) \|   _csv", told[-2])
    outer = re.fullmatch(r"import time: +(\d+) \| +(\d+) \| csv", told[-1])
    check(inner and outer, told[-2:])
    check(int(outer[2]) >= int(outer[1]) + int(inner[2]), told[-2:])


support.run(globals())
