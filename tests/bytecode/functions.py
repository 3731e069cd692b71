# options: --dump-bytecode
# imugi only
def outer(a, /, b=1, *args, c: int = 2, **kwargs):
    def inner():
        nonlocal b
        b += a
        return b
    return inner(*args, key=c, **kwargs)


class Counter[T]:
    start: int = 0

    def step(self, n):
        super().step(n)
        self.count = self.count + n
        return self
