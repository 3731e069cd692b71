"""Sets: membership, algebra, and sets as states of a search."""

import harness


def primes(limit):
    composite = set()
    found = []
    for n in range(2, limit):
        if n not in composite:
            found.append(n)
            composite.update(range(n * n, limit, n))
    return sum(found)


def algebra(count):
    multiples = [set(range(0, count, n)) for n in range(2, 12)]
    total = 0
    for a in multiples:
        for b in multiples:
            total += len(a & b) + len(a | b) - len(a - b) + len(a ^ b)
    return total


def life(generations):
    """Conway's game on a set of cells."""
    cells = {(1, 0), (3, 1), (0, 2), (1, 2), (4, 2), (5, 2), (6, 2)}
    for _ in range(generations):
        counts = {}
        for x, y in cells:
            for dx in (-1, 0, 1):
                for dy in (-1, 0, 1):
                    if dx or dy:
                        place = x + dx, y + dy
                        counts[place] = counts.get(place, 0) + 1
        cells = {place for place, count in counts.items()
                 if count == 3 or count == 2 and place in cells}
    return len(cells)


def words(count):
    seen = set()
    again = 0
    for i in range(count):
        word = str(i * i % 10007)
        if word in seen:
            again += 1
        else:
            seen.add(word)
        if i % 1000 == 0:
            seen.discard(word)
    return again


def run(scale):
    checksum = 0
    for i in range(12 * scale):
        checksum = harness.mix(checksum, primes(60000 + i))
        checksum = harness.mix(checksum, algebra(2000 + i))
        checksum = harness.mix(checksum, life(120 + i))
        checksum = harness.mix(checksum, words(50000 + i))
    return checksum


if __name__ == "__main__":
    harness.main(run)
