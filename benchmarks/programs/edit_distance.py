"""Dynamic programming over strings: edit distances and longest common subsequences."""

import harness


def distance(a, b):
    previous = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        current = [i]
        for j, y in enumerate(b, 1):
            cost = previous[j - 1] + (x != y)
            if previous[j] + 1 < cost:
                cost = previous[j] + 1
            if current[j - 1] + 1 < cost:
                cost = current[j - 1] + 1
            current.append(cost)
        previous = current
    return previous[-1]


def common(a, b):
    rows = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in range(len(a)):
        for j in range(len(b)):
            if a[i] == b[j]:
                rows[i + 1][j + 1] = rows[i][j] + 1
            else:
                rows[i + 1][j + 1] = max(rows[i][j + 1], rows[i + 1][j])
    return rows[-1][-1]


def text(length, seed):
    letters = []
    for _ in range(length):
        seed = seed * 1103515245 + 12345 & 0x7FFFFFFF
        letters.append("abcdefgh"[seed >> 16 & 7])
    return "".join(letters)


def run(scale):
    checksum = 0
    for i in range(8 * scale):
        a, b = text(400, i), text(420, i + 100)
        checksum = harness.mix(checksum, distance(a, b))
        checksum = harness.mix(checksum, common(a, b))
    return checksum


if __name__ == "__main__":
    harness.main(run)
