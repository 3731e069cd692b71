class Animal:
    legs = 4
    def __init__(self, name):
        self.name = name
    def speak(self):
        return self.name + " makes a sound"
    def __repr__(self):
        return f"<{type(self).__name__} {self.name}>"

class Dog(Animal):
    def speak(self):
        return super().speak() + ": woof"
    @property
    def loud(self):
        return self.name.upper()
    @staticmethod
    def kind():
        return "dog"
    @classmethod
    def make(cls, *args):
        return cls(*args)

d = Dog("rex")
print(d, d.legs, d.speak(), d.loud, Dog.kind(), Dog.make("tom"))
d.legs = 3
print(d.legs, Dog.legs, isinstance(d, Animal), issubclass(Dog, Animal), isinstance(3, (str, int)))
print(Dog.__mro__)
print(hasattr(d, "x"), getattr(d, "x", None), d.__dict__)
try:
    d.missing
except AttributeError as error:
    print(error)

class Vec:
    __slots__ = ("x", "y")
    def __init__(self, x, y):
        self.x, self.y = x, y
    def __add__(self, other):
        return Vec(self.x + other.x, self.y + other.y)
    def __eq__(self, other):
        return self.x == other.x and self.y == other.y
    def __hash__(self):
        return hash((self.x, self.y))
    def __len__(self):
        return 2
    def __getitem__(self, i):
        return (self.x, self.y)[i]
    def __call__(self, k):
        return Vec(self.x * k, self.y * k)
    def __str__(self):
        return "(%d, %d)" % (self.x, self.y)
    def __contains__(self, v):
        return v == self.x or v == self.y
    def __bool__(self):
        return self.x != 0

v = Vec(1, 2) + Vec(3, 4)
print(v, v == Vec(4, 6), len(v), v[0], list(v), v(2), 6 in v, bool(v), {v: 1}[Vec(4, 6)])
try:
    v.z = 1
except AttributeError as error:
    print(error)

class Meta(type):
    def __new__(mcls, name, bases, ns, **kw):
        cls = super().__new__(mcls, name, bases, ns)
        cls.tag = kw.get("tag")
        return cls
    def __init__(cls, name, bases, ns, **kw):
        super().__init__(name, bases, ns)

class Tagged(metaclass=Meta, tag="t"):
    pass
print(Tagged.tag, type(Tagged).__name__)
class A:
    def f(self): return "A"
class B(A):
    def f(self): return "B" + super().f()
class C(A):
    def f(self): return "C" + super().f()
class D(B, C):
    def f(self): return "D" + super().f()
print(D().f(), [c.__name__ for c in D.__mro__])
