"""Reading time zone files (TZif, RFC 9636) and finding them in the package tzdata."""

import struct


class ZoneInfoNotFoundError(KeyError):
    """Raised when a time zone of that key is not found."""


def load_tzdata(key):
    """The data of a key in the package tzdata, as an open binary file."""
    from importlib import resources

    folder, _, name = key.rpartition("/")
    package = ".".join(["tzdata.zoneinfo", *folder.split("/")]) if folder else "tzdata.zoneinfo"
    try:
        return resources.files(package).joinpath(name).open("rb")
    except (ImportError, FileNotFoundError, UnicodeEncodeError, NotADirectoryError, IsADirectoryError,
            PermissionError, ValueError):
        # All these mean that there is no such file or that it is none of tzdata's.
        raise ZoneInfoNotFoundError(f"No time zone found with key {key}") from None


_HEADER = struct.Struct(">4sc15x6l")


def _read(file, size):
    data = file.read(size)
    if len(data) != size:
        raise ValueError("Invalid TZif file: it ends too early")
    return data


def _read_header(file):
    header = file.read(_HEADER.size)
    if header[:4] != b"TZif":
        raise ValueError("Invalid TZif file: magic not found")
    if len(header) != _HEADER.size:
        raise ValueError("Invalid TZif file: it ends too early")
    _, version, *counts = _HEADER.unpack(header)
    return (0 if version == b"\0" else int(version), *counts)


def load_data(file):
    """Parses a TZif file.

    Gives the indices of the transitions' types, the transitions' times in seconds since 1970, for each type its
    offset from UTC, whether it is daylight saving time and its abbreviation; and the rule for later times (bytes),
    None when there is none.
    """
    version, is_ut, is_std, leaps, times, types, characters = _read_header(file)
    time_size, time_code = 4, "l"
    if version >= 2:
        # The first block is for old readers; the second has times of 64 bits.
        _read(file, times * 5 + types * 6 + characters + leaps * 8 + is_std + is_ut)
        _, is_ut, is_std, leaps, times, types, characters = _read_header(file)
        time_size, time_code = 8, "q"
    transitions = struct.unpack(f">{times}{time_code}", _read(file, times * time_size))
    indices = tuple(_read(file, times))
    rows = tuple(struct.iter_unpack(">lbb", _read(file, types * 6)))
    names = _read(file, characters)
    if any(index >= types for index in indices):
        raise ValueError("Invalid TZif file: a transition's type does not exist")

    def name_at(start):
        return names[start:names.index(b"\0", start)].decode()

    offsets = tuple(row[0] for row in rows)
    is_dst = tuple(row[1] for row in rows)
    abbreviations = tuple(name_at(row[2]) for row in rows)
    rule = None
    if version >= 2:
        _read(file, leaps * 12 + is_std + is_ut)
        if file.read(1) != b"\n":
            raise ValueError("Invalid TZif file: the footer is missing")
        rule = file.readline().rstrip(b"\n")
    return indices, transitions, offsets, is_dst, abbreviations, rule
