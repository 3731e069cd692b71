a = [1, 2, 3]
a.append(4); a.insert(0, 0); a.extend((5, 6)); a += [7]
print(a, len(a), a[1], a[-1], a[1:3], a[::-1], a[::2], 3 in a, a.index(3), a.pop(), a.pop(0), a)
a[1:3] = ["x", "y", "z"]; del a[0]; a[0] = None
print(a, [1] * 3, [1] + [2], [[0] * 2 for _ in range(2)], [1, 2] < [1, 3])
a = [3, 1, 2]; a.sort(); a.reverse(); print(a, a.count(1), a.copy() == a)
t = (1, "a", None)
print(t, (), (1,), t[1], t + (2,), t * 2, len(t), hash((1, 2)) == hash((1, 2)), 1 in t)
d = {"a": 1, "b": 2}
d["c"] = 3; d.update(d=4); d |= {"e": 5}
print(d, d["a"], d.get("z"), d.get("z", 0), "a" in d, list(d), list(d.values()), list(d.items()))
print(d.pop("a"), d.setdefault("q", []), d.popitem(), len(d), {**d, "k": 0})
del d["b"]; print(d)
for k, v in d.items(): print(k, v)
s = {3, 1, 2}; s.add(4); s.discard(9); s.remove(1)
print(sorted(s), sorted(s | {9}), sorted(s & {3}), sorted(s - {3}), sorted(s ^ {3, 10}), s <= {2, 3, 4, 5}, frozenset([1]), set())
print(range(5), list(range(5, 0, -2)), range(10)[2:5], 3 in range(5), len(range(0, 100, 7)))
print(slice(1, 2), b"ab" + b"c", bytearray(b"x"), [*range(3), *"ab"], {*[1]}, (*[], 1))
x = 1, 2
print(x, [None, True, 1.5, "s", b"s", 1j])
n = [[1, [2]], {"a": (1,)}]
print(n, n[0][1][0], n[1]["a"])
r = []; r.append(r); print(r)
print(str([1, "it's"]), repr({"k": 'q"'}))
