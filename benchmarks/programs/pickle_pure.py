"""The standard library's pickle in its pure-Python form: bytes, dispatch tables, memo dicts."""

import io
import pickle

import harness


class Record:
    def __init__(self, number):
        self.number = number
        self.children = []


def data(count):
    records = [Record(i) for i in range(20)]
    for record in records[1:]:
        record.children.append(records[0])
    return {
        "ints": list(range(-count, count * 100, 7)),
        "floats": [i / 8 for i in range(count)],
        "strings": ["text %d" % (i % 50) for i in range(count)],
        "nested": [{"key": (i, str(i)), "flag": None if i % 2 else True} for i in range(count)],
        "bytes": [bytes([i % 256]) * 3 for i in range(count)],
        "set": {i * i for i in range(count)},
        "records": records,
    }


def run(scale):
    checksum = 0
    things = data(300)
    for i in range(22 * scale):
        for protocol in (2, 4):
            file = io.BytesIO()
            pickle._Pickler(file, protocol).dump(things)
            packed = file.getvalue()
            loaded = pickle._Unpickler(io.BytesIO(packed)).load()
            checksum = harness.mix(checksum, len(packed))
            checksum = harness.mix(checksum, sum(loaded["ints"]) + len(loaded["set"]))
            assert loaded["records"][3].children[0] is loaded["records"][0]
    return checksum


# The class is pickled by reference to this module, which is __main__ when run as a script.
if __name__ == "__main__":
    harness.main(run)
