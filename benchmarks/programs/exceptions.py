"""Exceptions raised, passed through frames, caught by kind, chained; try blocks that cost nothing."""

import harness


class Problem(Exception):
    pass


class Worse(Problem):
    def __init__(self, code):
        super().__init__("code %d" % code)
        self.code = code


def quiet(count):
    total = 0
    for i in range(count):
        try:
            total += i & 3
        except ValueError:
            total = -1
        finally:
            total += 1
    return total


def thrower(depth, code):
    if depth == 0:
        raise Worse(code) if code & 1 else Problem("even")
    try:
        thrower(depth - 1, code)
    finally:
        thrower.unwound += 1


thrower.unwound = 0


def caught(count):
    total = 0
    for i in range(count):
        try:
            thrower(i & 7, i)
        except Worse as error:
            total += error.code
        except Problem:
            total += 1
    return total


def builtin(count):
    table, items, missing = {}, [], 0
    for i in range(count):
        try:
            table[i]
        except KeyError:
            missing += 1
        try:
            items[i]
        except (IndexError, TypeError):
            missing += 1
        try:
            int("x%d" % i)
        except ValueError as error:
            missing += len(error.args)
        try:
            None.attribute
        except AttributeError:
            missing += 1
    return missing


def chained(count):
    total = 0
    for i in range(count):
        try:
            try:
                [][i]
            except IndexError as error:
                raise Problem("outer") from error
        except Problem as error:
            total += isinstance(error.__cause__, IndexError)
    return total


def stopped(count):
    """Iterators that end by StopIteration."""
    total = 0
    for i in range(count):
        source = iter(range(i % 3))
        while True:
            try:
                total += next(source) + 1
            except StopIteration:
                break
    return total


def run(scale):
    return (quiet(600000 * scale), caught(60000 * scale), thrower.unwound, builtin(90000 * scale),
            chained(50000 * scale), stopped(80000 * scale))


if __name__ == "__main__":
    harness.main(run)
