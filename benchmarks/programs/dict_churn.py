"""Dicts that grow, shrink and are counted with: int, str and tuple keys."""

import harness


def count_words(count):
    words = ["word%d" % (i * i % 251) for i in range(500)]
    totals = {}
    for i in range(count):
        word = words[i % 500]
        totals[word] = totals.get(word, 0) + i
    return sum(totals.values()) + len(totals)


def window(count, width):
    """A window that slides over ints: one key comes, one goes."""
    table = {}
    total = 0
    for i in range(count):
        table[i * 7] = i
        if i >= width:
            total += table.pop((i - width) * 7)
    return total + len(table)


def grid(size):
    cells = {}
    for y in range(size):
        for x in range(size):
            cells[x, y] = x * y
    total = 0
    for (x, y), value in cells.items():
        if (x + 1, y) in cells:
            total += cells[x + 1, y] - value
    return total


def groups(count):
    by_rest = {}
    for i in range(count):
        by_rest.setdefault(i % 313, []).append(i)
    merged = {**by_rest, "all": [count]}
    merged.update({key: value[:3] for key, value in by_rest.items() if key % 2})
    return sum(len(value) for value in merged.values())


def run(scale):
    checksum = 0
    for i in range(12 * scale):
        checksum = harness.mix(checksum, count_words(100000 + i))
        checksum = harness.mix(checksum, window(100000 + i, 1000))
        checksum = harness.mix(checksum, grid(150 + i))
        checksum = harness.mix(checksum, groups(60000 + i))
    return checksum


if __name__ == "__main__":
    harness.main(run)
