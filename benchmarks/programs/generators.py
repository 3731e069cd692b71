"""Generators: pipelines, delegation, recursion over a tree, values sent in."""

import harness


class Tree:
    def __init__(self, left, value, right):
        self.left = left
        self.value = value
        self.right = right

    def __iter__(self):
        if self.left is not None:
            yield from self.left
        yield self.value
        if self.right is not None:
            yield from self.right


def balanced(values):
    if not values:
        return None
    middle = len(values) // 2
    return Tree(balanced(values[:middle]), values[middle], balanced(values[middle + 1:]))


def numbers(count):
    i = 0
    while i < count:
        yield i
        i += 1


def squares(source):
    for n in source:
        yield n * n


def odd(source):
    return (n for n in source if n & 1)


def running_mean():
    total = count = 0
    mean = None
    while True:
        total += yield mean
        count += 1
        mean = total // count


def run(scale):
    checksum = 0
    tree = balanced(list(range(12000)))
    for i in range(15 * scale):
        checksum = harness.mix(checksum, sum(odd(squares(numbers(140000 + i)))))
        checksum = harness.mix(checksum, sum(tree))
        mean = running_mean()
        next(mean)
        for n in range(60000):
            last = mean.send(n)
        checksum = harness.mix(checksum, last)
        checksum = harness.mix(checksum, sum(a * b for a, b in zip(numbers(50000), numbers(50000))))
    return checksum


if __name__ == "__main__":
    harness.main(run)
