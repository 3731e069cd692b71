"""The spectral norm of an infinite matrix, by the power method: float sums in comprehensions."""

import harness


def element(i, j):
    return 1.0 / ((i + j) * (i + j + 1) // 2 + i + 1)


def times(vector):
    size = range(len(vector))
    return [sum(element(i, j) * vector[j] for j in size) for i in size]


def transposed_times(vector):
    size = range(len(vector))
    result = []
    for i in size:
        total = 0.0
        for j in size:
            total += element(j, i) * vector[j]
        result.append(total)
    return result


def run(scale):
    u = [1.0] * (270 * scale)
    for _ in range(10):
        v = transposed_times(times(u))
        u = transposed_times(times(v))
    top = sum(a * b for a, b in zip(u, v))
    bottom = sum(b * b for b in v)
    return "%.9f" % (top / bottom) ** 0.5


if __name__ == "__main__":
    harness.main(run)
