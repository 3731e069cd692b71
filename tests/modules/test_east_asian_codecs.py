"""Codecs of East Asian multibyte encodings: whole mappings, state, errors and their handlers, streams, threads."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import codecs
import io
import threading
import zlib

import _codecs_cn
import _codecs_jp
import _multibytecodec
import support
from support import check, equal, is_, raises, same

# Sums of what all rows of two bytes decode to, and of what all code points encode to.
SUMS = {
    "gb2312": (0x484B42E7, 0xCA1EBFFF),
    "gbk": (0xDCECA73D, 0xBAF2DEEC),
    "gb18030": (0x0B33D86A, 0xC5D516B5),
    "hz": (0x31B18D95, 0x882B1D4F),
    "big5hkscs": (0xFE4EB075, 0xECC54B88),
    "big5": (0x0D40C479, 0x0A84401E),
    "cp950": (0xA16C7D41, 0x7B631227),
    "shift_jis": (0x21C9C171, 0x42F6C114),
    "cp932": (0x35D6C536, 0x347BD902),
    "euc_jp": (0x990D0910, 0x8458B892),
    "shift_jis_2004": (0x393846AC, 0x81239BBA),
    "shift_jisx0213": (0xBA896083, 0xDCF66BEE),
    "euc_jis_2004": (0x9FEE1EA2, 0x0EA90DE6),
    "euc_jisx0213": (0xAF84CB50, 0x08E68A9D),
    "euc_kr": (0x6B6615E7, 0xBFC977CE),
    "cp949": (0xA3E5CD99, 0x57C2E27F),
    "johab": (0xFC5DE350, 0x021EE5AD),
    "iso2022_jp": (0xA7DDD66D, 0x79E3A9E8),
    "iso2022_jp_1": (0x101D7D40, 0x9BC9E471),
    "iso2022_jp_2": (0x2C5B8F77, 0x46642085),
    "iso2022_jp_2004": (0x741AD0AA, 0x87C14058),
    "iso2022_jp_3": (0x22F55A58, 0xF00C21E1),
    "iso2022_jp_ext": (0xE40AED05, 0x2683312E),
    "iso2022_kr": (0x8E0994A3, 0xAE23A7C0),
}
# What has to stand before two bytes for them to be read in one of the encoding's character sets.
SHIFTS = {
    "hz": ("~{",),
    "iso2022_kr": ("\x1b$)C\x0e",),
    "iso2022_jp": ("\x1b$@", "\x1b$B", "\x1b(J"),
    "iso2022_jp_1": ("\x1b$B", "\x1b$(D"),
    "iso2022_jp_2": ("\x1b$B", "\x1b$(D", "\x1b$(C", "\x1b$A", "\x1b.A\x1bN", "\x1b.F\x1bN"),
    "iso2022_jp_2004": ("\x1b$B", "\x1b$(Q", "\x1b$(P"),
    "iso2022_jp_3": ("\x1b$B", "\x1b$(O", "\x1b$(P"),
    "iso2022_jp_ext": ("\x1b$B", "\x1b(I"),
}


def rows(name):
    """The bytes of each row, in which nothing wrong takes anything with it."""
    for shift in SHIFTS.get(name, ("",)):
        shift = shift.encode()
        for lead in range(0x21 if shift else 0x80, 0x7F if shift else 0x100):
            first = shift + bytes((lead,))
            yield b"".join(first + bytes((trail,)) + b"\n" for trail in range(0x21, 0x7F if shift else 0x100))
    if name.startswith("euc_j"):
        for row in range(0xA1, 0xFF): yield b"".join(bytes((0x8F, row, cell, 10)) for cell in range(0xA1, 0xFF))
    if name == "gb18030":
        for a in b"\x81\x82\x83\x84\x90\xe3":
            for b in range(0x30, 0x3A):
                yield b"".join(bytes((a, b, c, d)) for c in range(0x81, 0xFF) for d in range(0x30, 0x3A))


def sums(name):
    decoded = 0
    for row in rows(name):
        decoded = zlib.crc32(row.decode(name, "replace").encode("utf-8", "surrogatepass"), decoded)
    points = [*range(0xD7F0, 0xD810), *range(0xD7F0), *range(0xE000, 0x30000), *range(0xF0000, 0x110000, 257)]
    encoded = zlib.crc32("".join(map(chr, points)).encode(name, "replace"))
    for c in "\u304b\u30c8\xe6\u02e9\u02e5\xca\xea":
        for mark in "\u309a\u0300\u02e5\u02e9\u0304\u030c":
            encoded = zlib.crc32((c + mark + c).encode(name, "replace"), encoded)
    return decoded, encoded


def test_mappings():
    for name, expected in SUMS.items():
        same((name, sums(name)), (name, expected))


def test_examples():
    for name, text, data in (("gbk", "漢字", b"\x9dh\xd7\xd6"), ("gb18030", "\uac00\xac\U00012345", b"\x827\xcf5\x810\x851\x907\x959"),
                             ("hz", "a中~\n", b"a~{VP~}~~\n"), ("big5hkscs", "\xca\u0304\xca", b"\x88b\x88f"), ("cp932", "①ｱ\x80", b"\x87@\xb1\x80"),
                             ("euc_jp", "漢ｱ丂", b"\xb4\xc1\x8e\xb1\x8f\xb0\xa1"), ("shift_jis_2004", "か\u309aか\\", b"\x82\xf5\x82\xa9\x81\x5f"),
                             ("euc_kr", "가갂", b"\xb0\xa1\xa4\xd4\xa4\xa1\xa4\xbf\xa4\xa2"), ("johab", "가", b"\x88a"),
                             ("iso2022_jp", "a漢¥", b"a\x1b$B4A\x1b(J\\\x1b(B"), ("iso2022_kr", "가\na", b"\x1b$)C\x0e0!\x0f\na"),
                             ("iso2022_jp_2", "漢가", b"\x1b$B4A\x1b$(C0!\x1b(B"), ("iso2022_jp_ext", "ｱ", b"\x1b(I1\x1b(B"), ("iso2022_jp_3", "丂", b"\x1b$(P!\"\x1b(B")):
        equal(text.encode(name), data)
        equal(data.decode(name), text)
    equal(b"\x1b(B:hu4:unit\x1b.A\x1bNi".decode("iso2022_jp_2"), ":hu4:unit\xe9")


def outcome(function, *arguments):
    try: return function(*arguments)
    except UnicodeError as error: return error.start, error.end, error.reason


def test_positions():
    for name, data, expected in (("gbk", b"a\xff\xff", (1, 2, "illegal multibyte sequence")), ("gbk", b"a\xc6", (1, 2, "incomplete multibyte sequence")),
                                 ("gb18030", b"\x81\x30\x81", (0, 3, "incomplete multibyte sequence")), ("euc_kr", b"\xa4\xd4a" + 5 * b"\xa4", (0, 1, "illegal multibyte sequence")),
                                 ("shift_jisx0213", b"\x87\x9f", (0, 2, "illegal multibyte sequence")), ("iso2022_jp", b"\x1b$(X0", (0, 4, "illegal multibyte sequence")),
                                 ("iso2022_jp", b"\x1b$B~~", (3, 5, "illegal multibyte sequence")), ("iso2022_jp", b"\x1b$", (0, 2, "incomplete multibyte sequence")),
                                 ("hz", b"~{V\n", (2, 3, "illegal multibyte sequence"))):
        same(outcome(data.decode, name), expected)
    same(outcome("ab\uac00c".encode, "gbk"), (2, 3, "illegal multibyte sequence"))


def test_handlers():
    text, data = "ab\udeee漢\udcffc", b"ab\xff\xff"
    for mode, encoded, decoded in (("ignore", b"ab\x1b$B4A\x1b(Bc", "ab"), ("replace", b"ab?\x1b$B4A\x1b(B?c", "ab\ufffd\ufffd"),
                                   ("backslashreplace", b"ab\\udeee\x1b$B4A\x1b(B\\udcffc", "ab\\xff\\xff"), ("xmlcharrefreplace", b"ab&#57070;\x1b$B4A\x1b(B&#56575;c", TypeError),
                                   ("surrogateescape", UnicodeEncodeError, "ab\udcff\udcff"), ("east.none", LookupError, LookupError)):
        if isinstance(encoded, bytes): equal(text.encode("iso2022_jp", mode), encoded)
        else: raises(encoded, text.encode, "iso2022_jp", mode)
        if isinstance(decoded, str): equal(data.decode("gbk", mode), decoded)
        else: raises(decoded, data.decode, "gbk", mode)


def test_registered_handlers():
    answer = None
    codecs.register_error("east.test", lambda error: answer(error))
    answer = lambda error: ("漢", error.end)
    equal("a\udeeeb\udeee".encode("iso2022_jp", "east.test"), b"a\x1b$B4A\x1b(Bb\x1b$B4A\x1b(B")
    answer = lambda error: (b"\xff", error.end)
    equal("a\udeeeb".encode("gbk", "east.test"), b"a\xffb")
    raises(TypeError, b"a\xff\xff".decode, "gbk", "east.test", message="decoding error handler must return (str, int) tuple")
    for position, shown in ((-100, -97), (100, 100), (2 ** 70, -1)):
        answer = lambda error: ("x", position)
        raises(IndexError, "a\udeeeb".encode, "gbk", "east.test", message="position %d from error handler out of bounds" % shown)
        raises(IndexError, b"a\xff\xff".decode, "gbk", "east.test", message="position %d from error handler out of bounds" % shown)
    for wrong in (None, ("x",), ["x", 1], ("x", None), (5, 1)):
        answer = lambda error: wrong
        raises(TypeError, "\udeee".encode, "gbk", "east.test", message="encoding error handler must return (str, int) tuple")
    # Back to the beginning three times; what stands for a character lacks in the encoding itself.
    left = [3]

    def back(error):
        left[0] -= 1
        return ("R", 0) if left[0] >= 0 else ("T", error.end)

    answer = back
    equal("ab\udeeec".encode("gbk", "east.test"), b"abRabRabRabTc")
    answer = lambda error: ("\uac00", error.end)
    same(outcome("ab\udeee".encode, "gbk", "east.test"), (0, 1, "illegal multibyte sequence"))


def test_encoder_state():
    encoder = codecs.getincrementalencoder("euc_jis_2004")()
    equal(encoder.encode("か"), b"")
    equal(encoder.getstate(), int.from_bytes(b"\x03\xe3\x81\x8b", "little"))
    raises(UnicodeEncodeError, encoder.encode, "\u0123")
    equal(encoder.encode("\u309aか"), b"\xa4\xf7")
    equal(encoder.encode("", True), b"\xa4\xab")
    encoder = codecs.getincrementalencoder("iso2022_jp")("ignore")
    equal(encoder.encode("漢"), b"\x1b$B4A")
    state = encoder.getstate()
    equal(state, 0x42C200)
    equal(encoder.encode("\uac00", True), b"\x1b(B")
    encoder.setstate(state)
    equal(encoder.encode("字"), b";z")
    is_(encoder.reset(), None)
    equal(encoder.encode("字"), b"\x1b$B;z")
    raises(OverflowError, encoder.setstate, -1, message="can't convert negative int to unsigned")
    raises(OverflowError, encoder.setstate, 2 ** 136, message="int too big to convert")
    raises(UnicodeError, encoder.setstate, 9, message="pending buffer too large")
    raises(UnicodeDecodeError, encoder.setstate, 0xFF01)
    raises(TypeError, encoder.setstate, "x", message="setstate() argument must be int, not str")
    encoder.setstate(int.from_bytes(b"\x08abcdefgh", "little"))
    equal(encoder.encode(5), b"\x1b(Babcdefgh5")


def test_decoder_state():
    decoder = codecs.getincrementaldecoder("gbk")()
    equal(decoder.decode(b"a\xc6"), "a")
    same(decoder.getstate(), (b"\xc6", 0))
    raises(UnicodeDecodeError, decoder.decode, b"", True)
    equal(decoder.decode(b"\xd4\xc6"), "圃")
    raises(UnicodeDecodeError, decoder.decode, b" ")
    same(decoder.getstate(), (b"", 0))
    decoder.setstate((b"abc", 123456789))
    same(decoder.getstate(), (b"abc", 123456789))
    for state in (123, ("x", 0), (b"x", "x"), (b"x",), [b"x", 0]): raises(TypeError, decoder.setstate, state)
    raises(UnicodeDecodeError, decoder.setstate, (b"123456789", 0), contains="pending buffer too large")
    decoder = codecs.getincrementaldecoder("iso2022_jp")()
    equal(decoder.decode(b"\x1b$"), "")
    equal(decoder.decode(b"B4"), "")
    same(decoder.getstate(), (b"4", 0x4242C2))
    equal(decoder.decode(b"A\n"), "漢\n")
    is_(decoder.reset(), None)
    equal(decoder.decode(b"4A"), "4A")


def test_any_state():
    if sys.implementation.name == "cpython": support.skip("CPython believes what a state says, and may crash")
    for name in ("iso2022_jp", "iso2022_jp_2", "iso2022_jp_3", "iso2022_kr", "hz"):
        decoder = codecs.getincrementaldecoder(name)("replace")
        for mark in range(256):
            for flag in range(4):
                decoder.setstate((b"", mark * 0x010101 | flag << 32))
                check(isinstance(decoder.decode(b"!!\x1bN!!\n\x0e!!\n", True), str))


def test_errors_attribute():
    encoder = codecs.getincrementalencoder("gbk")()
    equal(encoder.errors, "strict")
    raises(UnicodeEncodeError, encoder.encode, "\uac00")
    encoder.errors = "ignore"
    equal(encoder.encode("\uac00"), b"")
    with_number = lambda: setattr(encoder, "errors", 5)
    raises(TypeError, with_number, message="errors must be a string")
    raises(AttributeError, delattr, encoder, "errors", message="cannot delete attribute")


class Source:
    def __init__(self, *pieces): self.pieces, self.sizes = list(pieces), []

    def read(self, *size):
        self.sizes.append(size)
        return self.pieces.pop(0)


def test_streams():
    source = Source(b"\xc6", b"\xd4", b"")
    reader = codecs.getreader("gbk")(source)
    equal(reader.read(2), "圃")
    same(source.sizes, [(2,), (1,)])
    is_(reader.stream, source)
    equal(codecs.getreader("gbk")(io.BytesIO(b"a\nb\xc6\xd4\n")).readlines(), ["a\n", "b圃\n"])
    equal(codecs.getreader("gbk")(io.BytesIO(b"a\nb")).readline(), "a\n")
    raises(UnicodeDecodeError, codecs.getreader("gbk")(Source(b"\xc6", b"")).read, 1)
    raises(TypeError, codecs.getreader("gbk")(Source("x")).read, message="stream function returned a non-bytes object (str)")
    raises(TypeError, codecs.getreader("gbk")(Source()).read, "x", message="arg 1 must be an integer")
    target = io.BytesIO()
    writer = codecs.getwriter("euc_jisx0213")(target)
    writer.writelines(["aか", 5, "か"])
    equal(target.getvalue(), b"a\xa4\xab5")
    writer.reset()
    equal(target.getvalue(), b"a\xa4\xab5\xa4\xab")
    raises(TypeError, writer.writelines, 5, message="arg must be a sequence object")
    with io.TextIOWrapper(io.BytesIO(), "iso2022_jp") as file:
        file.write("漢字\n字")
        file.seek(0)
        equal(file.read(), "漢字\n字")
        equal(file.buffer.getvalue(), b"\x1b$B4A;z\x1b(B\n\x1b$B;z")


def test_modules():
    raises(LookupError, _codecs_cn.getcodec, "euc_kr", message="no such codec is supported.")
    raises(TypeError, _codecs_cn.getcodec, 5, message="encoding name must be a string.")
    raises(ValueError, _multibytecodec.__create_codec, 5, message="argument type invalid")
    raises(AttributeError, _multibytecodec.MultibyteIncrementalEncoder)
    raises(AttributeError, _multibytecodec.MultibyteStreamReader, None)
    raises(TypeError, type("C", (_multibytecodec.MultibyteIncrementalDecoder,), {"codec": 5}), message="codec is unexpected type")
    codec = _codecs_jp.getcodec("euc_jp")
    raises(TypeError, type(codec))
    same(codec.encode("漢", errors=None), (b"\xb4\xc1", 1))
    same(codec.decode(bytearray(b"\xb4\xc1")), ("漢", 2))
    raises(TypeError, codec.encode, "x", 5, message="encode() argument 'errors' must be str or None, not int")
    raises(TypeError, codec.decode, "x", message="a bytes-like object is required, not 'str'")


def test_threads():
    text = "漢字か\u309aか" * 50
    shared = codecs.getincrementalencoder("euc_jisx0213")()
    wrong = []

    def work(name):
        for _ in range(20):
            if text.encode(name).decode(name) != text: wrong.append(name)
            shared.encode(text)
            shared.setstate(shared.getstate())

    threads = [threading.Thread(target=work, args=(name,)) for name in ("euc_jis_2004", "shift_jisx0213", "iso2022_jp_3", "iso2022_jp_2004")]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    same(wrong, [])


support.run(globals())
