"""Dense matrices as lists of lists: products, determinants of fractions in ints."""

import harness


def matrix(size, seed):
    return [[(i * 31 + j * 17 + seed) % 23 - 11 for j in range(size)] for i in range(size)]


def product(a, b):
    columns = list(zip(*b))
    return [[sum(x * y for x, y in zip(row, column)) for column in columns] for row in a]


def product_in_place(a, b):
    size = len(a)
    result = [[0.0] * size for _ in range(size)]
    for i in range(size):
        row, target = a[i], result[i]
        for k in range(size):
            factor = row[k]
            other = b[k]
            for j in range(size):
                target[j] += factor * other[j]
    return result


def determinant(a):
    """Bareiss' elimination without fractions."""
    a = [row[:] for row in a]
    size = len(a)
    sign, previous = 1, 1
    for k in range(size - 1):
        if a[k][k] == 0:
            for i in range(k + 1, size):
                if a[i][k]:
                    a[k], a[i] = a[i], a[k]
                    sign = -sign
                    break
            else:
                return 0
        for i in range(k + 1, size):
            for j in range(k + 1, size):
                a[i][j] = (a[i][j] * a[k][k] - a[i][k] * a[k][j]) // previous
        previous = a[k][k]
    return sign * a[-1][-1]


def run(scale):
    checksum = 0
    for i in range(2 * scale):
        a, b = matrix(130, i), matrix(130, i + 5)
        checksum = harness.mix(checksum, sum(map(sum, product(a, b))))
        checksum = harness.mix(checksum, int(product_in_place(a, b)[77][77]))
        for n in range(6, 30, 2):
            checksum = harness.mix(checksum, determinant([[((r + 2) ** (c % 5) + n) % 97 for c in range(n)]
                                                          for r in range(n)]))
    return checksum


if __name__ == "__main__":
    harness.main(run)
