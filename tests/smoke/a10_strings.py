s = "Hello, World"
print(s.upper(), s.lower(), s[0], s[-1], s[2:5], s[::-1], len(s), "World" in s, s.find("o"), s.replace("l", "L"))
print(s.split(", "), "-".join(["a", "b"]), "  x ".strip() + "|", "a,b".partition(","), s.startswith("He"), "x" * 3)
print("%s %d %r %5.2f %x|%-4s|%04d" % ("s", 3, "r", 3.14159, 255, "ab", 7))
print("{} {1} {name}".replace("{1} ", "").format(1, name=2), "{:>5}|{:<5}|{:^5}|{:05d}|{:,}".format("a", "b", "c", 42, 1234567))
name = "you"; w = 10
print(f"{name} {name!r} {1 + 1} {w:>{5}} {3.14159:.2f} {{}} {w=} {name[0]}")
print("é", "\u20ac", "\U0001f600", "a\tb\\n", 'single"', r"\n", "con" "cat", """triple
line""")
print(ord("a"), chr(8364), repr("\n\t\x00é"), ascii("é"), "ß".upper(), "a" < "b", "abc" == "ab" + "c")
print("a b  c".split(), "a b".title(), "abc".isalpha(), "12".isdigit(), "x".center(5, "*"), "7".zfill(3))
print("é€😀".encode(), "é€😀".encode().decode(), len("é€😀"), b"\xff\x00a".hex(), bytes([1, 2]))
print("a\nb\r\nc".splitlines(), "aXbX".rsplit("X", 1), "abc".translate({97: "z"}), "Aa".swapcase())
t = ""
for i in range(5):
    t += str(i)
print(t)
