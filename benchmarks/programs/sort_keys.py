"""Sorting: plain ints, floats, strings, tuples, and by keys of several kinds."""

import operator
import random

import harness


class Person:
    def __init__(self, name, age, height):
        self.name = name
        self.age = age
        self.height = height

    def __lt__(self, other):
        return self.age < other.age


def run(scale):
    chance = random.Random(99)
    checksum = 0
    for _ in range(10 * scale):
        numbers = [chance.randrange(1000000) for _ in range(20000)]
        people = [Person("name%d" % (number % 5000), number % 90, number * 0.5)
                  for number in numbers[:8000]]
        checksum = harness.mix(checksum, sorted(numbers)[777])
        checksum = harness.mix(checksum, sorted(numbers, key=lambda n: n % 1000)[777])
        checksum = harness.mix(checksum, sorted(numbers, key=str, reverse=True)[777])
        checksum = harness.mix(checksum, int(sorted([n / 7 for n in numbers])[777]))
        people.sort(key=lambda person: (person.age, person.name))
        checksum = harness.mix(checksum, harness.text_sum(people[777].name))
        people.sort(key=operator.attrgetter("height"))
        checksum = harness.mix(checksum, people[777].age)
        people.sort()
        checksum = harness.mix(checksum, harness.text_sum(people[777].name))
        pairs = sorted((n % 100, n) for n in numbers)
        checksum = harness.mix(checksum, pairs[777][1])
        checksum = harness.mix(checksum, max(numbers, key=lambda n: n ^ 0x5555))
    return checksum


if __name__ == "__main__":
    harness.main(run)
