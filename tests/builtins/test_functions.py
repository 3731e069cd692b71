"""The builtin functions, one by one."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import check, equal, is_, raises, same


def test_abs_divmod_pow_round():
    same((abs(-5), abs(-1.5), abs(3 + 4j), abs(True), divmod(7, 2), divmod(-7, 2.0), pow(2, 3), pow(2, -1), pow(2, 3, 5), round(2.5), round(2.567, 2)), (5, 1.5, 5.0, 1, (3, 1), (-4.0, 1.0), 8, 0.5, 3, 2, 2.57))
    raises(TypeError, abs, message="abs() takes exactly one argument (0 given)")
    raises(TypeError, abs, "a", message="bad operand type for abs(): 'str'")
    raises(TypeError, divmod, 1, "a", message="unsupported operand type(s) for divmod(): 'int' and 'str'")
    raises(TypeError, divmod, 1, message="divmod expected 2 arguments, got 1")
    raises(TypeError, pow, 2, message="pow() missing required argument 'exp' (pos 2)")
    raises(TypeError, round, "a", message="type str doesn't define __round__ method")
    same(round(number=2.5, ndigits=0), 2.0)
    equal(pow(base=2, exp=3), 8)


def test_all_any():
    same((all([]), any([]), all([1, 0]), any([0, 1]), all(iter([1, 2])), any({0: 1})), (True, False, False, True, True, False))
    it = iter([1, 0, 2])
    all(it)
    equal(next(it), 2)
    raises(TypeError, all, 5, message="'int' object is not iterable")
    raises(TypeError, any, message="any() takes exactly one argument (0 given)")


def test_ascii_bin_hex_oct_chr_ord_format():
    same((ascii("\xe9"), bin(-5), hex(255), oct(8), chr(97), ord("a"), format(5, "03d"), format("a")), ("'\\xe9'", "-0b101", "0xff", "0o10", "a", 97, "005", "a"))
    for f in (bin, hex, oct, chr):
        raises(TypeError, f, 1.5, message="'float' object cannot be interpreted as an integer")
        raises(TypeError, f, message="%s() takes exactly one argument (0 given)" % f.__name__)


def test_callable_id_hash_len():
    check(callable(len) and callable(int) and callable(lambda: 0) and not callable(5))
    a = []
    check(id(a) == id(a) and id(a) != id([]) and isinstance(id(a), int))
    equal(len("abc"), 3)
    raises(TypeError, len, 5, message="object of type 'int' has no len()")
    class L:
        def __init__(self, n): self.n = n
        def __len__(self): return self.n
    equal(len(L(5)), 5)
    raises(ValueError, len, L(-1), message="__len__() should return >= 0")
    raises(OverflowError, len, L(10 ** 30), message="cannot fit 'int' into an index-sized integer")
    raises(TypeError, len, L("a"), message="'str' object cannot be interpreted as an integer")


def test_attributes():
    class A:
        x = 1
    a = A()
    same((getattr(a, "x"), getattr(a, "y", 5), hasattr(a, "x"), hasattr(a, "y")), (1, 5, True, False))
    setattr(a, "y", 2)
    equal(a.y, 2)
    delattr(a, "y")
    check(not hasattr(a, "y"))
    raises(AttributeError, getattr, a, "y", message="'A' object has no attribute 'y'")
    raises(AttributeError, delattr, a, "y", message="'A' object has no attribute 'y'")
    raises(TypeError, getattr, a, message="getattr expected at least 2 arguments, got 1")
    raises(TypeError, getattr, a, 1, message="attribute name must be string, not 'int'")
    raises(TypeError, hasattr, a, 1, message="attribute name must be string, not 'int'")
    raises(TypeError, setattr, a, "x", message="setattr expected 3 arguments, got 2")
    class B:
        @property
        def p(self): raise ValueError
    raises(ValueError, hasattr, B(), "p")
    setattr(a, "not an identifier", 3)
    equal(getattr(a, "not an identifier"), 3)


def test_dir_vars():
    class A:
        x = 1
        def f(self): pass
    a = A()
    a.y = 2
    check({"x", "f", "y", "__class__", "__init__"} <= set(dir(a)))
    check({"x", "f", "mro"} - set(dir(A)) == {"mro"})
    check(dir(a) == sorted(dir(a)))
    def local():
        z = w = 1
        return dir(), sorted(vars())
    equal(local(), (["w", "z"], ["w", "z"]))
    equal(vars(a), {"y": 2})
    check("x" in vars(A))
    raises(TypeError, vars, 5, message="vars() argument must have __dict__ attribute")
    class D:
        def __dir__(self): return 5
    raises(TypeError, dir, D(), message="'int' object is not iterable")
    check("append" in dir(list) and "sep" not in dir(print) and "path" in dir(sys))


def test_eval_exec_compile():
    same((eval("1 + 2"), eval(" 1"), eval("x", {"x": 5}), eval("x", {"x": 5}, {"x": 6}), eval(b"2"), eval("[y for y in (1,)]")), (3, 1, 5, 6, 2, [1]))
    ns = {}
    is_(exec("a = 1; b = 2", ns), None)
    equal((ns["a"], ns["b"]), (1, 2))
    code = compile("a + 1", "<test>", "eval")
    equal(eval(code, {"a": 2}), 3)
    equal(code.co_filename, "<test>")
    code = compile("a = 5\nb = a", "f", "exec")
    exec(code, ns)
    equal(ns["b"], 5)
    code = compile("1 + 1", "<stdin>", "single")
    old = sys.displayhook
    shown = []
    sys.displayhook = shown.append
    try:
        exec(code)
    finally:
        sys.displayhook = old
    equal(shown, [2])
    raises(SyntaxError, eval, "a = 1")
    raises(SyntaxError, eval, "")
    raises(TypeError, eval, 5, message="eval() arg 1 must be a string, bytes or code object")
    raises(TypeError, exec, 5, message="exec() arg 1 must be a string, bytes or code object")
    raises(TypeError, eval, "1", 5, message=("globals must be a dict", "eval() globals must be a dict, not int"))
    raises(TypeError, exec, "1", {}, 5, contains="must be a mapping or None, not int")
    raises(ValueError, compile, "1", "f", "bad", message="compile() mode must be 'exec', 'eval' or 'single'")
    raises(SyntaxError, compile, "a b", "f", "exec", message="invalid syntax (f, line 1)")
    raises(SyntaxError, eval, "1\0", message="source code string cannot contain null bytes")
    ns = {}
    exec("def f(): return __name__", ns)
    equal(ns["f"](), "builtins")
    exec("x = 1", globals=(g := {}))
    equal(g["x"], 1)
    def outer():
        v = 1
        def inner(): return v
        return inner
    raises(TypeError, exec, outer().__code__, message="code object requires a closure of exactly length 1")
    cells = (type(outer().__closure__[0])(7),)
    exec(outer().__code__, closure=cells)
    tree = compile("1 + 2", "f", "eval", 0x400)
    equal(eval(compile(tree, "f", "eval")), 3)
    n = {"__builtins__": {}}
    raises(NameError, eval, "len", n)


def test_globals_locals():
    is_(globals()["test_globals_locals"], test_globals_locals)
    def f(a):
        b = 2
        return locals()
    equal(f(1), {"a": 1, "b": 2})
    x = 5
    equal(locals()["x"], 5)


def test_input_print():
    import io
    out = io.StringIO()
    print("a", 1, None, sep="-", end="!", file=out)
    print(file=out)
    print(*"ab", file=out, flush=True)
    equal(out.getvalue(), "a-1-None!\na b\n")
    raises(TypeError, print, 1, sep=5, message="sep must be None or a string, not int")
    raises(TypeError, print, 1, end=5, message="end must be None or a string, not int")
    raises(TypeError, print, 1, zzz=5, message="print() got an unexpected keyword argument 'zzz'")
    raises(AttributeError, print, 1, file=5, message="'int' object has no attribute 'write'")
    old_in, old_out = sys.stdin, sys.stdout
    sys.stdin, sys.stdout = io.StringIO("line one\nlast"), io.StringIO()
    try:
        first, second = input("prompt> "), input()
        prompt = sys.stdout.getvalue()
        try:
            input()
            ended = False
        except EOFError as error:
            ended = str(error)
    finally:
        sys.stdin, sys.stdout = old_in, old_out
    same((first, second, prompt, ended), ("line one", "last", "prompt> ", "EOF when reading a line"))


def test_isinstance():
    check(isinstance(5, int) and isinstance(True, int) and not isinstance(5, str) and isinstance(5, (str, int)) and isinstance(5, (str, (float, (int,)))) and isinstance(5, int | str) and isinstance(None, int | None) and issubclass(bool, int) and issubclass(int, (str, object)) and issubclass(int, int | str))
    raises(TypeError, isinstance, 5, message="isinstance expected 2 arguments, got 1")
    raises(TypeError, isinstance, 5, "int", message="isinstance() arg 2 must be a type, a tuple of types, or a union")
    raises(TypeError, issubclass, 5, int, message="issubclass() arg 1 must be a class")
    check(not isinstance(5, ()))


def test_max_min():
    same((max(1, 3, 2), min([3, 1, 2]), max("abc"), max([1, -5], key=abs), min(1, 2, key=lambda x: -x), max([], default=7), min([1], default=7), max([2.0, 2]), min(2, 2.0), max([[1], [2]])), (3, 1, "c", -5, 2, 7, 1, 2.0, 2, [2]))
    raises(ValueError, max, [], message="max() iterable argument is empty")
    raises(ValueError, min, [], message="min() iterable argument is empty")
    raises(TypeError, max, message="max expected at least 1 argument, got 0")
    raises(TypeError, max, 5, message="'int' object is not iterable")
    raises(TypeError, max, 1, "a", message="'>' not supported between instances of 'str' and 'int'")
    raises(TypeError, min, 1, "a", message="'<' not supported between instances of 'str' and 'int'")
    raises(TypeError, max, 1, 2, default=3, message="Cannot specify a default for max() with multiple positional arguments")
    raises(TypeError, max, 1, 2, zzz=3, contains="unexpected keyword argument 'zzz'")
    equal(max([1, 2], key=None), 2)
    first, second = [1], [1]
    is_(max(first, second), first)
    is_(min(first, second), first)


def test_object():
    a = object()
    check(a == a and a != object() and hash(a) == hash(a))
    check(repr(a).startswith("<object object at 0x"))
    raises(TypeError, object, 1, message="object() takes no arguments")
    def assign(): a.x = 1
    raises(AttributeError, assign, message="'object' object has no attribute 'x' and no __dict__ for setting new attributes")
    equal(a.__reduce_ex__(2)[0].__name__, "__newobj__")
    equal(a.__sizeof__(), object.__sizeof__(a))
    equal(sorted(object.__dict__) == sorted(vars(object)), True)
    is_(a.__init__(), None)
    equal(a.__format__(""), str(a))
    check(a.__eq__(5) is NotImplemented and a.__lt__(5) is NotImplemented)
    equal(object.__init_subclass__(), None)
    is_(object.__subclasshook__(5), NotImplemented)


def test_open():
    raises(FileNotFoundError, open, "/no/such/file")
    raises(ValueError, open, "x", "zz", message="invalid mode: 'zz'")
    raises(TypeError, open, [], contains="expected str, bytes or os.PathLike object, not list")


def test_repr_str():
    same((repr(1), repr("a"), repr([1, "a"]), str([1, "a"]), str("a"), repr(None), repr(int), repr(len)), ("1", "'a'", "[1, 'a']", "[1, 'a']", "a", "None", "<class 'int'>", "<built-in function len>"))


def test_sum_of_many():
    equal((sum(b""), sum(b"", -1), sum(b"\xff" * 100000), sum(b"ab", 2**62 - 1), sum(b"ab", 0.5)),
          (0, -1, 25500000, 2**62 + 194, 195.5))
    for kind in (list, tuple):
        equal(sum(kind([1] * 40000)), 40000)
        equal(sum(kind([True, False, True])), 2)
        equal(sum(kind([1, True, 2.5, True])), 5.5)
        equal(sum(kind([2**62 - 1, True, True])), 2**62 + 1)
        equal(sum(kind([1] * 16384 + [0.5] + [2] * 20000)), 56384.5)
        equal(sum(kind([2**62 - 1] * 5)), 5 * (2**62 - 1))
        equal(sum(kind([2**61] * 3 + [-2**61] * 3 + [7]), 2**62), 2**62 + 7)
        equal(sum(kind([1, True, 2.5]), -1), 3.5)
        raises(TypeError, sum, kind([1, 2, "a"]), message="unsupported operand type(s) for +: 'int' and 'str'")
    shrinking = [1, 2, 3, 4]
    class Shrinks:
        def __radd__(self, left):
            del shrinking[3:]
            return left + 10
    shrinking[1] = Shrinks()
    equal(sum(shrinking), 14)


def test_sum():
    same((sum([1, 2, 3]), sum([]), sum([0.1] * 10), sum([1, 2.5]), sum([[1], [2]], []), sum(range(101)), sum([1], 10), sum([1, 2], start=5), sum([1j, 2]), sum([True, True]), sum([10 ** 30, 1]), sum((), 5)), (6, 0, 1.0, 3.5, [1, 2], 5050, 11, 8, 2 + 1j, 2, 10 ** 30 + 1, 5))
    raises(TypeError, sum, ["a"], message="unsupported operand type(s) for +: 'int' and 'str'")
    raises(TypeError, sum, ["a"], "", message="sum() can't sum strings [use ''.join(seq) instead]")
    raises(TypeError, sum, [b"a"], b"", message="sum() can't sum bytes [use b''.join(seq) instead]")
    raises(TypeError, sum, [bytearray()], bytearray(), message="sum() can't sum bytearray [use b''.join(seq) instead]")
    raises(TypeError, sum, 5, message="'int' object is not iterable")
    equal(sum([2 ** 62, 2 ** 62, -2 ** 62]), 2 ** 62)
    class A:
        def __radd__(self, other): return "radd"
    equal(sum([A()]), "radd")
    equal(sum([1e100, 1.0, -1e100]), 1.0)
    equal(str(sum([-0.0, -0.0])), "0.0")
    equal(sum([float("inf"), 1]), float("inf"))


def test_import():
    is_(__import__("sys"), sys)
    equal(__import__("os.path").__name__, "os")
    check(__import__("os.path", fromlist=["join"]).__name__.endswith("path"))
    raises(ModuleNotFoundError, __import__, "no_such_module_here", message="No module named 'no_such_module_here'")
    raises(ValueError, __import__, "", message="Empty module name")


def test_breakpoint_and_build_class():
    called = []
    old = sys.breakpointhook
    sys.breakpointhook = lambda *a, **k: called.append((a, k))
    try:
        breakpoint(1, x=2)
    finally:
        sys.breakpointhook = old
    equal(called, [((1,), {"x": 2})])
    raises(TypeError, __build_class__, message="__build_class__: not enough arguments")
    raises(TypeError, __build_class__, 5, "name", message="__build_class__: func must be a function")
    C = __build_class__(lambda: None, "C")
    equal(C.__name__, "C")


def test_names():
    import builtins
    expected = """abs aiter all anext any ascii bin bool breakpoint bytearray bytes callable chr classmethod compile complex
    copyright credits delattr dict dir divmod enumerate eval exec exit filter float format frozenset getattr globals hasattr hash
    help hex id input int isinstance issubclass iter len license list locals map max memoryview min next object oct open ord pow
    print property quit range repr reversed round set setattr slice sorted staticmethod str sum super tuple type vars zip
    __import__ __build_class__ __debug__ True False None Ellipsis NotImplemented""".split()
    missing = [name for name in expected if not hasattr(builtins, name)]
    equal(missing, [])
    is_(__debug__, True)


def test_suggestions_of_calls():
    import copy, itertools
    raises(TypeError, lambda: copy(1), message="'module' object is not callable. Did you mean: 'copy.copy(...)'?")
    raises(TypeError, lambda: itertools(1), message="'module' object is not callable")
    raises(TypeError, lambda: "a".split(maxsplt=1),
           message="split() got an unexpected keyword argument 'maxsplt'. Did you mean 'maxsplit'?")
    raises(TypeError, lambda: print(1, flus=True),
           message="print() got an unexpected keyword argument 'flus'. Did you mean 'flush'?")
    raises(TypeError, lambda: min(0, default=1, key=2, foo=3),
           message="min() takes at most 2 keyword arguments (3 given)")

support.run(globals())
