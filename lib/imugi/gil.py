"""The global interpreter lock as a switch, also while threads run.

enable() and disable() stop all threads for a moment; enabled() tells the state. As a context manager,
``with imugi.gil.held():`` runs a block with the GIL on and restores the state afterwards.
"""

import contextlib

import _imugi

__all__ = ["enable", "disable", "enabled", "held", "released", "handovers"]


def enable():
    """Turn the GIL on: one thread at a time runs Python code."""
    _imugi.set_gil(True)


def disable():
    """Turn the GIL off: threads run on all cores."""
    _imugi.set_gil(False)


def enabled():
    """Whether the GIL is on; agrees with sys._is_gil_enabled()."""
    return _imugi.gil_enabled()


def handovers():
    """How many times, since the start, a thread gave the GIL up because another asked for it."""
    return _imugi.gil_handovers()


@contextlib.contextmanager
def _switched(on):
    before = _imugi.set_gil(on)
    try:
        yield
    finally:
        _imugi.set_gil(before)


def held():
    """A context manager in which the GIL is on."""
    return _switched(True)


def released():
    """A context manager in which the GIL is off."""
    return _switched(False)
