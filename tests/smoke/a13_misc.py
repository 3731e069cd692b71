if (n := 10) > 5:
    print(n)
print([y := 1, y ** 2], y)
x: int = 3
def f(a: int, *, b: str = "x") -> bool: ...
print(x, f.__annotations__)
print(type(3), type("s"), type(None), type(print).__name__, type(f).__name__, type([].append).__name__)
print(callable(f), id(x) == id(x), isinstance(True, int), bool([]), bool("a"))
exec("z = 1 + 2")
print(z, eval("z * 2"), eval("a", {"a": 5}))
print(vars(type("T", (), {"a": 1}))["a"], sorted(dir(type("T", (), {})()))[:2])
print(sum([1, 2], 10), pow(3, 4, 5), bin(10), hex(255), oct(8), divmod(7, 2), hash("a") == hash("a"))
it = iter([1, 2])
print(next(it), next(it), next(it, "end"))
print(list(iter(iter([1, 2, 0, 3]).__next__, 0)))
import weakref, gc, sys
class T:
    def __del__(self): print("del")
t = T(); r = weakref.ref(t)
print(r() is t)
del t
print(r())
t = T(); t.me = t; del t
gc.collect()
type Alias = list[int]
print(Alias, Alias.__value__, list[int], int | None)
def ident[T](v: T) -> T: return v
print(ident(3), ident.__type_params__)
class Gen[T]: pass
print(Gen[int])
