"""List, set and dict comprehensions, nested and filtered, and unpacking."""

import harness


def run(scale):
    checksum = 0
    words = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta"]
    for i in range(3500 * scale):
        squares = [n * n for n in range(1000)]
        small = [n for n in squares if n % 3 == 0 and n % 4]
        pairs = [(a, b) for a in range(20) for b in range(a) if (a + b) % 2]
        table = {word: len(word) + i for word in words}
        turned = {value: key for key, value in table.items()}
        letters = {letter for word in words for letter in word}
        matrix = [[row * column for column in range(20)] for row in range(20)]
        transposed = [list(column) for column in zip(*matrix)]
        flat = [*small, *(a + b for a, b in pairs), *[cell for row in transposed for cell in row]]
        first, *middle, last = flat
        checksum = harness.mix(checksum, first + last + len(middle) + sum(turned) + len(letters))
        checksum = harness.mix(checksum, sum(n if n > 10 else -n for n in flat))
    return checksum


if __name__ == "__main__":
    harness.main(run)
