def f(kind):
    try:
        if kind == 0:
            return "returned"
        if kind == 1:
            raise ValueError("bad value")
        if kind == 2:
            1 / 0
        if kind == 3:
            [][1]
        if kind == 4:
            {}["k"]
        if kind == 5:
            int("x")
        if kind == 6:
            None.x
        if kind == 7:
            None + 1
    except ValueError as error:
        return "value", str(error), error.args
    except (ZeroDivisionError, IndexError) as error:
        return type(error).__name__, str(error)
    except Exception as error:
        return "other", repr(error)
    else:
        return "else"
    finally:
        print("finally", kind)

for kind in range(9):
    print(f(kind))

try:
    try:
        raise KeyError("inner")
    except KeyError as inner:
        raise RuntimeError("outer") from inner
except RuntimeError as outer:
    print(repr(outer), repr(outer.__cause__), outer.__suppress_context__)

try:
    try:
        raise KeyError("inner")
    finally:
        print("cleanup")
except KeyError as e:
    print("got", e)
try:
    e
except NameError:
    print("e is gone")

class Mine(Exception):
    def __init__(self, code):
        super().__init__(code)
        self.code = code
try:
    raise Mine(7)
except Mine as m:
    print(m.code, m.args, m)

def loop():
    for i in range(3):
        try:
            continue
        finally:
            print("f", i)
    while True:
        try:
            break
        finally:
            print("broke")
loop()
try:
    assert False, "why"
except AssertionError as error:
    print(repr(error))

class Manager:
    def __init__(self, swallow): self.swallow = swallow
    def __enter__(self):
        print("enter"); return self
    def __exit__(self, kind, value, tb):
        print("exit", kind and kind.__name__, value)
        return self.swallow
with Manager(True) as m:
    raise ValueError("swallowed")
with Manager(False), Manager(False):
    print("body")
try:
    with Manager(False):
        raise ValueError("through")
except ValueError as error:
    print(error)
try:
    raise ExceptionGroup("g", [ValueError(1), TypeError(2)])
except* ValueError as g:
    print(repr(g))
except* TypeError as g:
    print(g.exceptions)
