"""Closures, lambdas, decorators and partial application."""

import functools

import harness


def adder(n):
    return lambda x: x + n


def accumulator():
    total = 0

    def add(x):
        nonlocal total
        total += x
        return total
    return add


def compose(*functions):
    def composed(x):
        for function in functions:
            x = function(x)
        return x
    return composed


def counted(function):
    calls = 0

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        nonlocal calls
        calls += 1
        return function(*args, **kwargs)
    wrapper.calls = lambda: calls
    return wrapper


@counted
def step(x, y=1):
    return (x * 3 + y) % 1000003


@functools.lru_cache(maxsize=256)
def remembered(n):
    return n * n


def run(scale):
    chain = compose(adder(1), adder(2), lambda x: x * 2 % 65537, adder(-3))
    add = accumulator()
    power = functools.partial(pow, 3)
    x = 1
    for i in range(400000 * scale):
        x = chain(x)
        add(x)
        x = step(x, y=i)
        x += remembered(i % 300)
        if i % 16 == 0:
            x = functools.reduce(lambda a, b: a ^ b, map(adder(i), range(8)), x)
            x += power(i % 8)
    return x, add(0), step.calls()


if __name__ == "__main__":
    harness.main(run)
