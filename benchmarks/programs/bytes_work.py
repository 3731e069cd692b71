"""Bytes and bytearrays: slicing, searching, run-length coding, base64 by hand, memoryviews."""

import harness

ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def run_lengths(data):
    out = bytearray()
    place = 0
    while place < len(data):
        value = data[place]
        length = 1
        while place + length < len(data) and length < 255 and data[place + length] == value:
            length += 1
        out.append(length)
        out.append(value)
        place += length
    return bytes(out)


def expanded(data):
    return b"".join(data[i + 1:i + 2] * data[i] for i in range(0, len(data), 2))


def base64(data):
    out = bytearray()
    for i in range(0, len(data) - 2, 3):
        word = data[i] << 16 | data[i + 1] << 8 | data[i + 2]
        out += bytes((ALPHABET[word >> 18], ALPHABET[word >> 12 & 63],
                      ALPHABET[word >> 6 & 63], ALPHABET[word & 63]))
    return out


def histogram(view):
    counts = [0] * 256
    for byte in view:
        counts[byte] += 1
    return counts


def run(scale):
    checksum = 0
    for i in range(150 * scale):
        data = b"".join(bytes([n & 127]) * (n % 11) for n in range(i, 1500))
        packed = run_lengths(data)
        assert expanded(packed) == data
        checksum = harness.mix(checksum, len(packed))
        checksum = harness.mix(checksum, harness.text_sum(bytes(base64(data)[-300:])))
        checksum = harness.mix(checksum, max(histogram(memoryview(data)[100:])))
        checksum = harness.mix(checksum, data.count(b"\x07\x07") + data.find(b"~" * 6))
        checksum = harness.mix(checksum, len(data.replace(b"\x05", b"five").split(b"five")))
        checksum = harness.mix(checksum, len(data.hex()) + len(data.translate(ALPHABET * 4)))
    return checksum


if __name__ == "__main__":
    harness.main(run)
