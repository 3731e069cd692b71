x = 0
while x < 5:
    x += 1
    if x == 2:
        continue
    if x == 4:
        break
    print("while", x)
else:
    print("not reached")
for i in range(3):
    print("for", i)
else:
    print("else")
if x == 1:
    print("one")
elif x == 4:
    print("four")
else:
    print("other")
print("yes" if x else "no")
print(0 or "b", 1 and "c", None or 0 or [], 1 and 2 and 3)
total = 0
for i in range(10):
    for j in range(10):
        if j > i:
            break
        total += i * j
print(total)
pass
assert x == 4, "message"
a = b = 3
a, b = b, a + 1
print(a, b)
(c, d), *e = (1, 2), 3, 4
print(c, d, e)
first, *rest = "abc"
print(first, rest)
del a
try:
    a
except NameError as error:
    print(error)
