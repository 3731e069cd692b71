"""Many short-lived trees of small tuples and of objects: the allocator's bread."""

import harness


class Node:
    def __init__(self, left, right):
        self.left = left
        self.right = right


def tuples(depth):
    if depth == 0:
        return None, None
    return tuples(depth - 1), tuples(depth - 1)


def count_tuples(tree):
    left, right = tree
    return 1 if left is None else 1 + count_tuples(left) + count_tuples(right)


def objects(depth):
    if depth == 0:
        return Node(None, None)
    return Node(objects(depth - 1), objects(depth - 1))


def count_objects(tree):
    if tree.left is None:
        return 1
    return 1 + count_objects(tree.left) + count_objects(tree.right)


def run(scale):
    kept = tuples(12), objects(12)
    checksum = 0
    for depth in range(4, 13, 2):
        for _ in range((1 << (18 - depth)) * scale // 2):
            checksum = harness.mix(checksum, count_tuples(tuples(depth)))
            checksum = harness.mix(checksum, count_objects(objects(depth)))
    return checksum, count_tuples(kept[0]), count_objects(kept[1])


if __name__ == "__main__":
    harness.main(run)
