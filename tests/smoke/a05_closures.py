def counter():
    n = 0
    def step(by=1):
        nonlocal n
        n += by
        return n
    return step

c = counter()
print(c(), c(), c(5))
d = counter()
print(d(), c())

def adders():
    return [lambda x, i=i: x + i for i in range(3)], [lambda: i for i in range(3)]

a, b = adders()
print([f(10) for f in a], [f() for f in b])

g = 1
def set_global():
    global g
    g = 2
set_global()
print(g)

def decorate(prefix):
    def wrap(f):
        def inner(*args, **kwargs):
            return prefix + str(f(*args, **kwargs))
        return inner
    return wrap

@decorate("> ")
@decorate("# ")
def hello(name):
    return "hello " + name
print(hello("you"))

def outer(x):
    class Inner:
        y = x
        def get(self):
            return x
    return Inner
print(outer(3).y, outer(4)().get())

def unbound():
    print(later)
    later = 1
try:
    unbound()
except UnboundLocalError as error:
    print(error)
