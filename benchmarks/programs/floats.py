"""Many points with float attributes: made, normalised and compared."""

from math import cos, sin, sqrt

import harness


class Point:
    __slots__ = ("x", "y", "z")

    def __init__(self, i):
        x = sin(i)
        self.x = x
        self.y = cos(i) * 3
        self.z = x * x / 2

    def normalise(self):
        x, y, z = self.x, self.y, self.z
        length = sqrt(x * x + y * y + z * z)
        self.x /= length
        self.y /= length
        self.z /= length

    def most(self, other):
        self.x = self.x if self.x > other.x else other.x
        self.y = self.y if self.y > other.y else other.y
        self.z = self.z if self.z > other.z else other.z
        return self


def run(scale):
    result = None
    for _ in range(10 * scale):
        points = [Point(float(i)) for i in range(60000)]
        for point in points:
            point.normalise()
        result = points[0]
        for point in points[1:]:
            result = result.most(point)
    return "%.9f %.9f %.9f" % (result.x, result.y, result.z)


if __name__ == "__main__":
    harness.main(run)
