"""What datetime takes its classes from: the Python implementation, as a module of its own.

CPython has the same classes in C under this name; programs and tests that ask for `_datetime` find it here.
"""

from importlib.machinery import PathFinder as _PathFinder

_spec = _PathFinder.find_spec("_pydatetime")
exec(_spec.loader.get_code(_spec.name), globals())
del _PathFinder, _spec
