"""bz2 and lzma: round trips in pieces, limits on output, errors, several threads on one stream."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import bz2
import lzma
import threading

import support
from support import check, equal, raises

DATA = b"".join(b"%d squared is %d\n" % (i, i * i) for i in range(5000))


def pieces(data, size):
    return [data[i:i + size] for i in range(0, len(data), size)]


def test_round_trips():
    for module, compressor, decompressor in ((bz2, bz2.BZ2Compressor, bz2.BZ2Decompressor),
                                             (lzma, lzma.LZMACompressor, lzma.LZMADecompressor)):
        equal(module.decompress(module.compress(DATA)), DATA)
        equal(module.decompress(module.compress(b"")), b"")
        c = compressor()
        packed = b"".join([c.compress(piece) for piece in pieces(DATA, 777)]) + c.flush()
        check(len(packed) < len(DATA) // 2)
        raises(ValueError, c.compress, b"x")
        raises(ValueError, c.flush)
        d = decompressor()
        equal(b"".join([d.decompress(piece) for piece in pieces(packed, 100)]), DATA)
        check(d.eof)
        d = decompressor()
        equal(d.decompress(packed + b"rest"), DATA)
        equal((d.eof, d.unused_data, d.needs_input), (True, b"rest", False))
        raises(EOFError, d.decompress, b"")


def test_bounded_output():
    for packed, d in ((bz2.compress(DATA), bz2.BZ2Decompressor()), (lzma.compress(DATA), lzma.LZMADecompressor())):
        out = [d.decompress(packed, max_length=1000)]
        while not d.eof:
            equal(len(out[-1]), 1000)
            check(not d.needs_input)
            out.append(d.decompress(b"", max_length=1000))
        equal(b"".join(out), DATA)


def test_errors():
    raises(OSError, bz2.BZ2Decompressor().decompress, b"no such thing at all", message="Invalid data stream")
    raises(ValueError, bz2.BZ2Compressor, 10, message="compresslevel must be between 1 and 9")
    raises(lzma.LZMAError, lzma.LZMADecompressor().decompress, b"no such thing at all", message="Input format not supported by decoder")
    raises(ValueError, lzma.LZMACompressor, preset=3, filters=[{"id": lzma.FILTER_LZMA2}], message="Cannot specify both preset and filter chain")
    filters = [{"id": lzma.FILTER_DELTA, "dist": 4}, {"id": lzma.FILTER_LZMA2, "preset": 1}]
    packed = lzma.compress(DATA, format=lzma.FORMAT_RAW, filters=filters)
    equal(lzma.decompress(packed, format=lzma.FORMAT_RAW, filters=filters), DATA)


def test_threads():
    c = bz2.BZ2Compressor()
    out, errors = [], []
    def work():
        try:
            for _ in range(20):
                out.append(c.compress(b"x" * 5000))
        except Exception as error:
            errors.append(error)
    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    equal(errors, [])
    # All input is there, whatever order the pieces came in.
    equal(len([piece for piece in out if piece]) <= 80, True)


support.run(globals())
