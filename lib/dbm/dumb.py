"""A database of three plain files: NAME.dat with the values, NAME.dir with a line for each key, NAME.bak.

The line says where a value lies: 'key', (position, size). Values begin at multiples of 512 bytes and are
overwritten in place when the new one fits the same blocks. Not safe for several writers.
"""

import ast
import collections.abc
import io
import os

__all__ = ["error", "open"]

_BLOCK = 512

error = OSError


class _Database(collections.abc.MutableMapping):
    def __init__(self, name, mode, flag="c"):
        name = os.fsencode(name)
        self._mode = mode
        self._readonly = flag == "r"
        self._dir, self._dat, self._bak = name + b".dir", name + b".dat", name + b".bak"
        self._modified = False
        self._index = {}
        self._make(flag)
        self._read()

    def _make(self, flag):
        if flag == "n":
            for path in (self._dat, self._bak, self._dir):
                try:
                    os.remove(path)
                except OSError:
                    pass
        try:
            io.open(self._dat, "r", encoding="Latin-1").close()
        except OSError:
            if flag not in ("c", "n"):
                raise
            with io.open(self._dat, "w", encoding="Latin-1"):
                os.chmod(self._dat, self._mode)

    def _read(self):
        try:
            file = io.open(self._dir, "r", encoding="Latin-1")
        except OSError:
            self._modified = not self._readonly
            return
        with file:
            for line in file:
                key, place = ast.literal_eval(line.rstrip())
                self._index[key.encode("Latin-1")] = place

    def _commit(self):
        if self._index is None or not self._modified:
            return
        for action in (lambda: os.unlink(self._bak), lambda: os.rename(self._dir, self._bak)):
            try:
                action()
            except OSError:
                pass
        with io.open(self._dir, "w", encoding="Latin-1") as file:
            os.chmod(self._dir, self._mode)
            for key, place in self._index.items():
                file.write("%r, %r\n" % (key.decode("Latin-1"), place))
        self._modified = False

    sync = _commit

    def _check(self):
        if self._index is None:
            raise error("DBM object has already been closed")

    def _check_writable(self):
        self._check()
        if self._readonly:
            raise error("The database is opened for reading only")

    @staticmethod
    def _bytes(value, what="keys"):
        if isinstance(value, str):
            return value.encode("utf-8")
        if not isinstance(value, (bytes, bytearray)):
            raise TypeError("%s must be bytes or strings" % what)
        return bytes(value)

    def __getitem__(self, key):
        self._check()
        position, size = self._index[self._bytes(key)]
        with io.open(self._dat, "rb") as file:
            file.seek(position)
            return file.read(size)

    def __setitem__(self, key, value):
        self._check_writable()
        key, value = self._bytes(key), self._bytes(value, "values")
        self._modified = True
        place = self._index.get(key)
        with io.open(self._dat, "rb+") as file:
            if place and -(-place[1] // _BLOCK) >= -(-len(value) // _BLOCK):
                position = place[0]
                file.seek(position)
            else:
                end = file.seek(0, 2)
                position = -(-end // _BLOCK) * _BLOCK
                file.write(b"\0" * (position - end))
            file.write(value)
        new = key not in self._index
        self._index[key] = (position, len(value))
        if new:
            with io.open(self._dir, "a", encoding="Latin-1") as file:
                os.chmod(self._dir, self._mode)
                file.write("%r, %r\n" % (key.decode("Latin-1"), (position, len(value))))

    def __delitem__(self, key):
        self._check_writable()
        del self._index[self._bytes(key)]
        self._modified = True
        self._commit()

    def keys(self):
        self._check()
        return list(self._index)

    def items(self):
        self._check()
        return [(key, self[key]) for key in self._index]

    def __contains__(self, key):
        self._check()
        return self._bytes(key) in self._index

    def __iter__(self):
        self._check()
        return iter(self._index)

    def __len__(self):
        self._check()
        return len(self._index)

    def close(self):
        try:
            self._commit()
        finally:
            self._index = None

    __del__ = close

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.close()


def open(file, flag="c", mode=0o666):
    """Open the database at path `file`; the flags are those of dbm.open(), 'c' unless told."""
    if flag not in ("r", "w", "c", "n"):
        raise ValueError("Flag must be one of 'r', 'w', 'c', or 'n'")
    umask = os.umask(0)
    os.umask(umask)
    return _Database(file, mode & ~umask, flag=flag)
