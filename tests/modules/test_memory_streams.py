"""io.StringIO and io.BytesIO where they have nothing to give."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import io
import support
from support import equal, raises


def behind_the_end(stream, nothing):
    """An empty stream has no memory yet: its position may lie behind it all the same."""
    stream.seek(4)
    equal((stream.read(), stream.read(3), stream.readline(), stream.readlines(), list(stream), stream.tell()), (nothing, nothing, nothing, [], [], 4))
    raises(StopIteration, lambda: next(stream))
    equal(stream.getvalue(), nothing)


def test_reading_behind_the_end_of_text():
    for newline in ("\n", None, "", "\r", "\r\n"):
        behind_the_end(io.StringIO(newline=newline), "")
    stream = io.StringIO("ab")
    stream.seek(3)
    equal((stream.readline(), stream.write("c"), stream.getvalue()), ("", 1, "ab\0c"))


def test_reading_behind_the_end_of_bytes():
    stream = io.BytesIO()
    behind_the_end(stream, b"")
    target = bytearray(b"xy")
    equal((stream.readinto(target), stream.read1(), target), (0, b"", b"xy"))
    equal((stream.write(b"c"), stream.getvalue()), (1, b"\0\0\0\0c"))


if __name__ == "__main__":
    support.run(globals())
