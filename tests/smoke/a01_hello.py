print("hello")
print(1, 2, 3)
print()
print("a", "b", sep="-", end="!\n")
