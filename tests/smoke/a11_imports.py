import sys
import math as m
from operator import add, itemgetter as getter
import os.path
print(m.floor(2.7), m.sqrt(16.0), add(1, 2), getter(1)("ab"))
print(os.path.join("a", "b"), sys.version_info[0], "sys" in sys.modules)
try:
    import no_such_module
except ModuleNotFoundError as error:
    print(error, error.name)
try:
    from math import no_such_name
except ImportError as error:
    print(str(error).split(" (")[0])
import collections, functools
print(collections.Counter("abca").most_common(1), functools.reduce(add, [1, 2, 3]))
print(__name__)
