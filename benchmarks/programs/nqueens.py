"""Queens on a chessboard, by permutations that a generator makes, and by backtracking."""

import harness


def permutations(items):
    """All orders of a sequence, in lexicographic order of places."""
    count = len(items)
    places = list(range(count))
    cycles = list(range(count, 0, -1))
    yield tuple(items)
    while True:
        for i in reversed(range(count)):
            cycles[i] -= 1
            if cycles[i] == 0:
                places[i:] = places[i + 1:] + places[i:i + 1]
                cycles[i] = count - i
            else:
                j = cycles[i]
                places[i], places[-j] = places[-j], places[i]
                yield tuple(items[place] for place in places)
                break
        else:
            return


def by_permutations(count):
    columns = range(count)
    for order in permutations(columns):
        if (len(set(order[i] + i for i in columns)) == count
                and len(set(order[i] - i for i in columns)) == count):
            yield order


def by_backtracking(count, row=0, columns=(), sums=(), differences=()):
    if row == count:
        yield columns
        return
    for column in range(count):
        if column not in columns and row + column not in sums and row - column not in differences:
            yield from by_backtracking(count, row + 1, columns + (column,),
                                       sums + (row + column,), differences + (row - column,))


def run(scale):
    checksum = 0
    for _ in range(4 * scale):
        for order in by_permutations(8):
            checksum = harness.mix(checksum, order[0])
        for order in by_backtracking(9):
            checksum = harness.mix(checksum, order[1])
    return checksum


if __name__ == "__main__":
    harness.main(run)
