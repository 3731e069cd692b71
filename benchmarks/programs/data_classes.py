"""Records by dataclasses, named tuples and enums, with the code the library generates for them."""

import dataclasses
import enum
from collections import namedtuple

import harness


class Colour(enum.Enum):
    RED = 1
    GREEN = 2
    BLUE = 3


class Flags(enum.IntFlag):
    A = 1
    B = 2
    C = 4


@dataclasses.dataclass
class Item:
    name: str
    price: float
    count: int = 0
    tags: list = dataclasses.field(default_factory=list)

    def cost(self):
        return self.price * self.count


@dataclasses.dataclass(frozen=True, order=True)
class Version:
    major: int
    minor: int
    colour: Colour = dataclasses.field(default=Colour.RED, compare=False)


Point = namedtuple("Point", "x y", defaults=(0,))


def run(scale):
    checksum = 0
    for i in range(45 * scale):
        items = [Item("item", n * 0.5, n % 7) for n in range(2500)]
        checksum = harness.mix(checksum, int(sum(item.cost() for item in items)))
        checksum = harness.mix(checksum, items.count(items[5]))
        versions = [Version(n % 13, n % 7, Colour.BLUE) for n in range(1500)]
        checksum = harness.mix(checksum, max(versions).major + len(set(versions)))
        checksum = harness.mix(checksum, sorted(versions)[50].minor)
        points = [Point(n, y=i)._replace(x=n + 1) for n in range(800)]
        points += [Point(n) for n in range(2000)]
        checksum = harness.mix(checksum, sum(point.x + point.y for point in points))
        for n in range(1500):
            colour = Colour(n % 3 + 1)
            if colour is Colour.GREEN:
                checksum += colour.value
            checksum += Flags.B in (Flags.A | Flags(n % 8))
        checksum = harness.mix(checksum, len(dataclasses.asdict(items[3])))
    return checksum


if __name__ == "__main__":
    harness.main(run)
