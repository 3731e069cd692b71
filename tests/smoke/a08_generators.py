def count(n):
    i = 0
    while i < n:
        got = yield i
        if got:
            print("got", got)
        i += 1
    return "done"

print(list(count(3)))
g = count(5)
print(next(g), g.send("x"), next(g))
g.close()
try:
    next(g)
except StopIteration:
    print("stopped")

def delegate():
    result = yield from count(2)
    print("result", result)
    yield from "ab"
print(list(delegate()))

def cleanup():
    try:
        yield 1
        yield 2
    except KeyError:
        yield "caught"
    finally:
        print("cleanup")
g = cleanup()
next(g)
print(g.throw(KeyError))
g.close()
print(sum(x * x for x in range(5)), [x for x in range(10) if x % 3 == 0])
print({x: x * x for x in range(3)}, {x % 2 for x in range(5)})
print([(x, y) for x in range(2) for y in range(2)])
def fib():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b
from itertools import islice
print(list(islice(fib(), 10)))
print(dict(zip("ab", (1, 2))), list(enumerate("ab", 1)), list(map(str, [1, 2])), list(filter(None, [0, 1])))
print(sorted([3, 1, 2], reverse=True), list(reversed([1, 2, 3])), any([0, 1]), all([]))

async def co(x):
    return x + 1
async def main():
    return await co(1) + await co(2)
try:
    main().send(None)
except StopIteration as stop:
    print(stop.value)
