"""Integer arithmetic on 32 bits: a hash, a random generator, a block cipher, CRCs."""

import harness

MASK = 0xFFFFFFFF


def crc_table():
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ 0xEDB88320 if byte & 1 else byte >> 1
        table.append(byte)
    return table


TABLE = crc_table()


def crc(data):
    value = MASK
    for byte in data:
        value = TABLE[(value ^ byte) & 255] ^ value >> 8
    return value ^ MASK


def encipher(left, right, key):
    """XTEA, 32 rounds."""
    total = 0
    for _ in range(32):
        left = left + ((right << 4 ^ right >> 5) + right ^ total + key[total & 3]) & MASK
        total = total + 0x9E3779B9 & MASK
        right = right + ((left << 4 ^ left >> 5) + left ^ total + key[total >> 11 & 3]) & MASK
    return left, right


def xorshift(state, count):
    for _ in range(count):
        state ^= state << 13 & MASK
        state ^= state >> 17
        state ^= state << 5 & MASK
    return state


def hash_text(data):
    value = 2166136261
    for byte in data:
        value = (value ^ byte) * 16777619 & MASK
    return value


def run(scale):
    data = bytes(range(256)) * 20
    checksum = 0
    left, right = 1, 2
    for i in range(100 * scale):
        checksum = harness.mix(checksum, crc(data))
        checksum = harness.mix(checksum, hash_text(data))
        checksum = harness.mix(checksum, xorshift(i + 1, 8000))
        for _ in range(60):
            left, right = encipher(left, right, (1, 22, 333, 4444))
        checksum = harness.mix(checksum, left ^ right)
        checksum = harness.mix(checksum, sum(n.bit_count() for n in range(i, 3000)))
    return checksum


if __name__ == "__main__":
    harness.main(run)
