"""The Mandelbrot set: complex numbers, and the same by pairs of floats."""

import harness


def by_complex(c, limit):
    z = 0j
    for i in range(limit):
        z = z * z + c
        if abs(z) > 2.0:
            return i
    return limit


def by_floats(cr, ci, limit):
    x = y = 0.0
    for i in range(limit):
        xx = x * x
        yy = y * y
        if xx + yy > 4.0:
            return i
        y = 2.0 * x * y + ci
        x = xx - yy + cr
    return limit


def run(scale):
    width, height, limit = 270, 200, 100 * scale
    checksum = 0
    for row in range(height):
        ci = row / height * 2.0 - 1.0
        for column in range(width):
            cr = column / width * 3.0 - 2.0
            checksum = harness.mix(checksum, by_complex(complex(cr, ci), limit))
            checksum = harness.mix(checksum, by_floats(cr, ci, limit))
    return checksum


if __name__ == "__main__":
    harness.main(run)
