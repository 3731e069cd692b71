"""Files that work like dicts of bytes, in the one format that needs no library: dbm.dumb.

    with dbm.open("cache", "c") as db:
        db["hello"] = "there"

whichdb() also recognises what gdbm, ndbm and SQLite write, but open() raises for those.
"""

import importlib
import io
import os
import struct

__all__ = ["open", "whichdb", "error"]


class error(Exception):
    pass


_names = ["dbm.sqlite3", "dbm.gnu", "dbm.ndbm", "dbm.dumb"]
_modules = {}
error = (error, OSError)


def _module(name):
    if name not in _modules:
        _modules[name] = importlib.import_module(name)
    return _modules[name]


def open(file, flag="r", mode=0o666):
    """Open the database at path `file`.

    flag: 'r' for reading an existing one, 'w' for reading and writing it, 'c' to make it if need be,
    'n' to begin anew. mode: the file's, when it is made.
    """
    found = whichdb(file) if "n" not in flag else None
    if found is None:
        if "c" not in flag and "n" not in flag:
            raise error[0]("db file doesn't exist; use 'c' or 'n' flag to create a new db")
        found = "dbm.dumb"
    elif found == "":
        raise error[0]("db type could not be determined")
    try:
        module = _module(found)
    except ImportError:
        raise error[0]("db type is {0}, but the module is not available".format(found)) from None
    return module.open(file, flag, mode)


def whichdb(filename):
    """The name of the module that the database is for; '' when it is of no known kind, None without one."""
    filename = os.fsencode(filename)
    try:
        with io.open(filename + b".pag", "rb"), io.open(filename + b".dir", "rb"):
            return "dbm.ndbm"
    except OSError:
        pass
    try:
        size = os.stat(filename + b".dat").st_size
        with io.open(filename + b".dir", "rb") as directory:
            if directory.read(1) in (b"'", b'"') or size == 0:
                return "dbm.dumb"
    except OSError:
        pass
    try:
        with io.open(filename, "rb") as file:
            start = file.read(16)
    except OSError:
        return None
    if start == b"SQLite format 3\0":
        return "dbm.sqlite3"
    if len(start) < 4:
        return ""
    magic, = struct.unpack("=l", start[:4])
    return "dbm.gnu" if magic & 0xFFFFFFFF in (0x13579ACE, 0x13579ACD, 0x13579ACF) else ""
