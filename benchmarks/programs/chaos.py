"""A fractal drawn by the chaos game over B-spline curves."""

import random

import harness


class Point:
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x = x
        self.y = y

    def mixed(self, other, share):
        return Point(self.x + (other.x - self.x) * share, self.y + (other.y - self.y) * share)

    def distance(self, other):
        return ((self.x - other.x) ** 2 + (self.y - other.y) ** 2) ** 0.5


class Spline:
    """A B-spline by de Boor's scheme of repeated mixing."""

    def __init__(self, points, degree=3):
        self.points = points
        self.degree = degree
        inner = len(points) - degree
        self.knots = [0] * degree + list(range(inner + 1)) + [inner] * degree
        self.domain = inner

    def __call__(self, t):
        degree = self.degree
        span = min(int(t), self.domain - 1) + degree
        knots = self.knots
        work = [self.points[span - degree + i] for i in range(degree + 1)]
        for level in range(1, degree + 1):
            for i in range(degree, level - 1, -1):
                low = knots[span - degree + i]
                high = knots[span + 1 + i - level]
                work[i] = work[i - 1].mixed(work[i], (t - low) / (high - low))
        return work[degree]


class Game:
    def __init__(self, splines):
        self.splines = splines
        self.lengths = [self.length(spline) for spline in splines]
        self.total = sum(self.lengths)

    def length(self, spline, parts=100):
        points = [spline(spline.domain * i / parts) for i in range(parts)]
        return sum(a.distance(b) for a, b in zip(points, points[1:]))

    def transform(self, point, chance):
        number = chance.random() * self.total
        for spline, length in zip(self.splines, self.lengths):
            if number < length:
                break
            number -= length
        t = point.x * spline.domain
        curve = spline(t)
        step = 1e-3 if t + 1e-3 < spline.domain else -1e-3
        ahead = spline(t + step)
        dx, dy = ahead.x - curve.x, ahead.y - curve.y
        size = (dx * dx + dy * dy) ** 0.5 or 1.0
        offset = (point.y - 0.5) * 0.4
        return Point(min(max(curve.x + dy / size * offset, 0.0), 0.999999),
                     min(max(curve.y - dx / size * offset, 0.0), 0.999999))


def run(scale):
    chance = random.Random(1234)
    curves = []
    for shape in ([(0.1, 0.2), (0.3, 0.9), (0.5, 0.6), (0.8, 0.9), (0.9, 0.1)],
                  [(0.2, 0.5), (0.4, 0.1), (0.7, 0.4), (0.6, 0.8), (0.3, 0.7), (0.2, 0.6)],
                  [(0.9, 0.8), (0.7, 0.7), (0.6, 0.2), (0.4, 0.3)]):
        curves.append(Spline([Point(x, y) for x, y in shape]))
    game = Game(curves)
    size = 128
    image = [[0] * size for _ in range(size)]
    point = Point(0.5, 0.5)
    for _ in range(60000 * scale):
        point = game.transform(point, chance)
        image[int(point.y * size)][int(point.x * size)] += 1
    checksum = 0
    for row in image:
        checksum = harness.mix(checksum, sum(1 for cell in row if cell))
        checksum = harness.mix(checksum, max(row))
    return checksum


if __name__ == "__main__":
    harness.main(run)
