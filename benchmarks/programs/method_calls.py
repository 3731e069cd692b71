"""Calls of all kinds: functions, methods, class and static methods, super, *args, keywords."""

import harness


class Counter:
    made = 0

    def __init__(self):
        self.value = 0

    def add(self, by):
        self.value += by
        return self

    def add_with_default(self, by=1, times=1):
        self.value += by * times

    @classmethod
    def make(cls):
        cls.made += 1
        return cls()

    @staticmethod
    def double(number):
        return number * 2

    def __call__(self, number):
        return self.value + number


class Limited(Counter):
    def add(self, by):
        super().add(by)
        if self.value > 1000:
            self.value -= 1000
        return self


def plain(a, b, c):
    return a + b - c


def keywords(a, *, b=2, c=3):
    return a * b - c


def starred(*args, **kwargs):
    return len(args) + len(kwargs)


def recursion(n):
    return 1 if n < 2 else recursion(n - 1) + recursion(n - 2)


def run(scale):
    total = 0
    counter, limited = Counter(), Limited()
    bound = limited.add
    for i in range(280000 * scale):
        total += plain(i, 2, 3)
        total += keywords(i, c=1)
        total += starred(i, i, key=i)
        counter.add(1).add(2)
        limited.add(3)
        bound(4)
        counter.add_with_default()
        counter.add_with_default(2, times=3)
        total += Counter.double(i)
        total += counter(i)
        if not i & 7:
            total += Limited.make().value
    total += recursion(24)
    return total, counter.value, limited.value


if __name__ == "__main__":
    harness.main(run)
