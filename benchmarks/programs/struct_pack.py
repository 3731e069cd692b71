"""Records packed into bytes and back with struct."""

import struct

import harness


def run(scale):
    record = struct.Struct("<IhBxd8s")
    checksum = 0
    for i in range(55 * scale):
        packed = [record.pack(n, n % 30000 - 15000, n & 255, n * 0.25, b"name%d" % (n % 999))
                  for n in range(6000)]
        data = b"".join(packed)
        for number, small, byte, real, name in record.iter_unpack(data):
            checksum = harness.mix(checksum, number + small + byte + int(real) + len(name))
        buffer = bytearray(8 * 2000)
        for n in range(2000):
            struct.pack_into(">Hi2s", buffer, n * 8, n, -n * i, b"ab")
        for n in range(2000):
            a, b, _ = struct.unpack_from(">Hi2s", buffer, n * 8)
            checksum = harness.mix(checksum, a - b)
        for n in range(3000):
            checksum = harness.mix(checksum, struct.unpack("<f", struct.pack("<I", n * 77777))[0] > 1)
            checksum = harness.mix(checksum, len(struct.pack("!%dH" % (n % 9), *range(n % 9))))
    return checksum


if __name__ == "__main__":
    harness.main(run)
