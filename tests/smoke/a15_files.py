import os, tempfile, io
path = os.path.join(tempfile.gettempdir(), "imugi_smoke_%d.txt" % os.getpid())
with open(path, "w", encoding="utf-8") as f:
    print(f.write("line one\nzwölf\n"))
    f.writelines(["a\n", "b"])
with open(path, encoding="utf-8") as f:
    for line in f:
        print(repr(line))
with open(path, "rb") as f:
    print(f.read(10), f.tell(), f.seek(0), len(f.read()))
print(os.path.exists(path), os.path.getsize(path))
os.remove(path)
b = io.StringIO(); print("into", "memory", file=b); print(repr(b.getvalue()))
try:
    open(path)
except FileNotFoundError as error:
    print(error.errno, error.strerror, error.filename == path)
