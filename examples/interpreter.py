"""What the examples ask of the interpreter they run on: its name, and its global lock (GIL).

imugi can switch the GIL on and off while a program runs, through its module `imugi`.
Elsewhere the GIL is what it is, and is only reported.
"""

import contextlib
import os
import sys

try:
    from imugi import gil
except ImportError:
    gil = None


def name():
    version = ".".join(str(part) for part in sys.version_info[:3])
    return "%s %s" % (sys.implementation.name, version)


def processors():
    """The number of processors this process may use."""
    count = getattr(os, "process_cpu_count", None)
    return (count() if count else len(os.sched_getaffinity(0))) or 1


def gil_enabled():
    if gil is not None:
        return gil.enabled()
    return getattr(sys, "_is_gil_enabled", lambda: True)()


def gil_modes():
    """The modes a measurement can choose from: off and on, or the only one there is."""
    return [False, True] if gil is not None else [gil_enabled()]


@contextlib.contextmanager
def gil_mode(wanted):
    """Runs the body with the GIL on (True) or off (False)."""
    before = gil_enabled()
    if wanted != before:
        if gil is None:
            raise RuntimeError("this interpreter cannot switch its GIL while it runs")
        switch(wanted)
    try:
        yield
    finally:
        if wanted != before:
            switch(before)


def switch(on):
    if on:
        gil.enable()
    else:
        gil.disable()


def handovers():
    """How often the GIL has gone from one thread to another, where the interpreter counts it."""
    count = getattr(gil, "handovers", None)
    return count() if count else None


def on_off(enabled):
    return "on" if enabled else "off"
