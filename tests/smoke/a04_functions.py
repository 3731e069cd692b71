def plain(a, b):
    return a + b

def defaults(a, b=2, *args, c=3, **kwargs):
    return a, b, args, c, kwargs

def only(a, /, b, *, c):
    return a, b, c

def fact(n):
    return 1 if n < 2 else n * fact(n - 1)

def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)

print(plain(1, 2), plain(b=1, a=2))
print(defaults(1))
print(defaults(1, 5, 6, 7, c=8, d=9))
print(defaults(*[1, 2, 3], **{"c": 4, "z": 5}))
print(only(1, 2, c=3), only(1, b=2, c=3))
print(fact(20), fact(30))
print(fib(15))
print((lambda x, y=2: x * y)(4))
print(plain.__name__, defaults.__defaults__, defaults.__kwdefaults__)

def nothing():
    pass

print(nothing())

def swap(a, b): return b, a
print(swap(1, 2))
for call in ("plain(1)", "plain(1, 2, 3)", "plain(1, 2, c=3)", "plain(1, a=2)", "only(a=1, b=2, c=3)", "only(1, 2)"):
    try:
        eval(call)
    except TypeError as error:
        print(error)
