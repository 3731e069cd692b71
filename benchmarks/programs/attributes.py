"""Attributes read, written, computed and inherited: dict-like and slotted instances, properties."""

import harness


class Base:
    kind = 1

    def __init__(self, a):
        self.a = a
        self.b = a + 1


class Derived(Base):
    def __init__(self, a, c):
        super().__init__(a)
        self.c = c
        self.total = 0

    @property
    def both(self):
        return self.a + self.b


class Slotted:
    __slots__ = ("left", "right")

    def __init__(self, left, right):
        self.left = left
        self.right = right


class Lazy:
    def __init__(self, number):
        self.number = number

    def __getattr__(self, name):
        value = self.number * 2
        setattr(self, name, value)
        return value


def instances(count):
    thing = Derived(1, 2)
    for i in range(count):
        thing.total += thing.a + thing.b * thing.c + thing.kind
        thing.a = thing.b
        thing.b = i & 15
    return thing.total


def slots(count):
    pair = Slotted(0, 1)
    for _ in range(count):
        pair.left, pair.right = pair.right, (pair.left + pair.right) % 1000003
    return pair.left


def computed(count):
    total = 0
    thing = Derived(1, 2)
    for i in range(count):
        thing.a = i
        total += thing.both
    return total


def mixed(count):
    """Objects of several classes meet at the same place in the program."""
    things = [Base(1), Derived(2, 3), Slotted(4, 5), Lazy(6)]
    total = 0
    for i in range(count):
        thing = things[i & 3]
        if i & 3 < 2:
            total += thing.a
        elif i & 3 == 2:
            total += thing.left
        else:
            total += thing.extra
    return total


def made(count):
    return sum(Derived(i, 1).b for i in range(count))


def run(scale):
    checksum = 0
    for i in range(2 * scale):
        checksum = harness.mix(checksum, instances(700000 + i))
        checksum = harness.mix(checksum, slots(500000 + i))
        checksum = harness.mix(checksum, computed(400000 + i))
        checksum = harness.mix(checksum, mixed(500000 + i))
        checksum = harness.mix(checksum, made(150000 + i))
    return checksum


if __name__ == "__main__":
    harness.main(run)
