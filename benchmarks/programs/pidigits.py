"""Digits of pi by an unbounded spigot: arithmetic on large ints."""

import harness


def digits():
    """Gibbons' streaming algorithm."""
    q, r, t, k, n, length = 1, 0, 1, 1, 3, 3
    while True:
        if 4 * q + r - t < n * t:
            yield n
            q, r, n = 10 * q, 10 * (r - n * t), 10 * (3 * q + r) // t - 10 * n
        else:
            q, r, t, k, n, length = (q * k, (2 * q + r) * length, t * length, k + 1,
                                     (q * (7 * k + 2) + r * length) // (t * length), length + 2)


def run(scale):
    checksum = 0
    source = digits()
    for _ in range(3200 * scale):
        checksum = harness.mix(checksum, next(source))
    return checksum


if __name__ == "__main__":
    harness.main(run)
