"""Perform operations on builtin types and write down what came of each; run by tools/audit.py.

    audit_worker.py targets                     the names of what can be called, one JSON list
    audit_worker.py run OPERATIONS REPORT START  each line of OPERATIONS a JSON list [target, [value, ...],
                                                {keyword: value}], by index; a line of REPORT for each

Runs on any Python from 3.11 and says the same on each, as far as they agree: addresses and hashes are masked,
iterators are shown by what they yield, and so is what became of a changed first argument.
"""

import builtins
import json
import operator
import os
import re
import resource
import signal
import sys
import types

ADDRESS = re.compile(r"(?<= at )0x[0-9a-fA-F]+")
SECONDS = 0.3


# ---- values --------------------------------------------------------------------------------------------


class Plain:
    def __repr__(self):
        return "Plain()"


class Boom(Exception):
    pass


class Hostile:
    """Every special method raises."""

    def _boom(self, *args):
        raise Boom("hostile")

    __index__ = __int__ = __float__ = __complex__ = __eq__ = __lt__ = __gt__ = __hash__ = __iter__ = _boom
    __len__ = __bool__ = __str__ = __format__ = __next__ = __getitem__ = __contains__ = __bytes__ = _boom
    __add__ = __radd__ = __mul__ = __rmul__ = __mod__ = __rmod__ = __call__ = __round__ = __trunc__ = _boom

    def __repr__(self):
        return "Hostile()"


class WrongKinds:
    """Every conversion gives something of the wrong type."""

    __index__ = __int__ = lambda self: "1"
    __float__ = __complex__ = __trunc__ = lambda self: "1.0"
    __len__ = __length_hint__ = lambda self: "2"
    __bool__ = lambda self: 2
    __iter__ = __hash__ = __str__ = __bytes__ = lambda self: 3.5
    __format__ = lambda self, spec: 5
    __eq__ = lambda self, other: "yes"
    __lt__ = __gt__ = lambda self, other: []
    __repr__ = lambda self: "WrongKinds()"


class Index:
    def __init__(self, value):
        self.value = value

    def __index__(self):
        return self.value

    def __repr__(self):
        return "Index(%r)" % (self.value,)


class Real:
    def __float__(self):
        return 2.5

    def __repr__(self):
        return "Real()"


class Complex:
    def __complex__(self):
        return 1 + 2j

    def __repr__(self):
        return "Complex()"


class Reflected:
    """Answers every operator from both sides."""

    def __repr__(self):
        return "Reflected()"


for _name in "add sub mul truediv floordiv mod pow lshift rshift and or xor matmul divmod".split():
    setattr(Reflected, "__%s__" % _name, lambda self, other, n=_name: (n, type(other).__name__))
    setattr(Reflected, "__r%s__" % _name, lambda self, other, n=_name: ("r" + n, type(other).__name__))


class AllEqual:
    def __eq__(self, other):
        return True

    def __hash__(self):
        return 1

    def __repr__(self):
        return "AllEqual()"


class BadIter:
    """Yields twice, then raises."""

    def __iter__(self):
        yield 1
        yield 2
        raise Boom("iter")

    def __repr__(self):
        return "BadIter()"


class OldSequence:
    def __getitem__(self, i):
        if i > 3:
            raise IndexError
        return i * 10

    def __len__(self):
        return 4

    def __repr__(self):
        return "OldSequence()"


class Mapping:
    def keys(self):
        return ["a", "b"]

    def __getitem__(self, key):
        return key + key

    def __repr__(self):
        return "Mapping()"


class NegativeLength:
    def __len__(self):
        return -1

    def __length_hint__(self):
        return -1

    def __iter__(self):
        return iter((1, 2))

    def __repr__(self):
        return "NegativeLength()"


class HugeLength:
    def __len__(self):
        return 2**62

    def __iter__(self):
        return iter((1, 2))

    def __repr__(self):
        return "HugeLength()"


class Subclass:
    """Instances of subclasses, with the repr of the base."""


for _base in (int, float, complex, str, bytes, bytearray, list, tuple, dict, set, frozenset):
    setattr(Subclass, _base.__name__, type("My" + _base.__name__, (_base,), {"__module__": "m"}))


class Formatted:
    def __format__(self, spec):
        return "<%s>" % spec

    def __repr__(self):
        return "Formatted()"


def generate(*items):
    yield from items


VALUES = """
None; True; False; NotImplemented; ...; 0; 1; -1; 2; 3; 5; 7; 8; 10; 16; 36; 37; -5; 97; 127; 128; 255; 256; 1000; -129
65536; 0x10ffff; 0x110000; 0xd800; 2**31-1; 2**31; -2**31; -2**31-1; 2**32; 2**53+1; 2**62; 2**62-1; -2**62; 2**63-1; 2**63
-2**63; -2**63-1; 2**64; 2**70; -2**70; 10**30; 3**100; 0.0; -0.0; 1.0; -1.5; 0.1; 2.5; 3.7; 1e16; 1e22; 1e308; -1e308
5e-324; 2.0**62; 2.0**63; float("inf"); float("-inf"); float("nan"); 123456.789; 1j; 0j; 2-3j; complex(-0.0, -0.0)
complex("inf+nanj"); 1.5+2.25j; ""; "a"; "A"; "abc"; "ABC"; "aBc dEf"; "  x\\t\\n"; "123"; " -7 "; "1_000"; "0x1f"
"1.5"; "inf"; "nan"; "1e5"; "1+2j"; "é"; "ß"; "ŉ"; "ﬁx"; "Ǆ"; "İ"; "ς"; "ΑΣ"; "\\ud800"; "\\U0001F600"; "a\\U00010400b"; "٣"; "²"
"½"; "日本語"; "a,b,,c"; "line1\\nline2\\r\\nline3\\x0b\\x1c\\u2028x"; "{}"; "{0!r:>5}"; "{a}"; "{"; "%s"; "%d"; "%5.2f|"; "%c"; "%x"
"%(a)s"; "%"; "%*d"; "%r %s"; ">10"; "^7.3f"; ",d"; "_x"; "#o"; "+.2e"; "08.3f"; "s"; "d"; "n"; "%"; "c"; "z.1f"; "=+5"; "x"
"utf-8"; "ascii"; "latin-1"; "utf-16"; "strict"; "ignore"; "replace"; "nope"; "backslashreplace"; "abc" * 10; "a" * 100; "x\\0y"
"__class__"; "__name__"; "real"; "append"; "keys"; "key"; "reverse"; "1 + 1"; b""; b"a"; b"abc"; b"ABC"; b" x\\t"; b"123"; b"\\xff\\xfe"
b"\\0"; b"a,b,,c"; b"%s"; b"%d"; b"%b|"; b"l1\\nl2\\r\\nl3"; b"0aFF"; b"caf\\xc3\\xa9"; b"x" * 100; bytes(range(256))
bytearray(b""); bytearray(b"a"); bytearray(b"abc"); bytearray(b"12 34"); bytearray(range(10)); memoryview(b"abc"); memoryview(b"")
memoryview(bytearray(b"xyz")); memoryview(b"abcdefgh").cast("I"); memoryview(b"abcdefgh").cast("B", [2, 4]); memoryview(b"abcd")[::2]
memoryview(b"12345678").cast("d"); []; [1]; [3, 1, 2]; ["b", "a"]; [1, "a"]; [None]; [[1], [2]]; [1, 2.0, True]; list(range(10)); [0.1] * 3
[2**70, -2**70, 0]; [(1, 2), (3, 4)]; [float("nan")]; ["ab", "cd"]; [b"x", b"y"]; [1, 2, 3, 4, 5, 6, 7, 8][::-1]
(); (1,); (1, 2); (1, 2, 3); ("a", "b"); ("a", 1); ([],); (int, str); (0, 255); ("abc",); (b"a", b"x"); (1, (2, (3,))); (None, None)
{}; {"a": 1}; {1: 2}; {"a": 1, "b": 2}; {97: "x"}; {97: None, 98: 99}; {1: [1]}; {(1, 2): 3}; {"__class__": 1}; {i: i for i in range(5)}
set(); {1}; {1, 2, 3}; {2, 3, 4}; {()}; frozenset(); frozenset({1}); frozenset({1, 2}); range(0); range(5); range(10, 0, -3)
range(2**70); range(-5, 2**64, 2**62); range(1); slice(None); slice(1); slice(1, 3); slice(None, None, -1); slice(-2, 100, 2)
slice(None, None, 0); slice("a"); slice(2**70); slice(5, 0, -2); slice(Index(1), Hostile()); int; str; list; dict; type; object; bool; float
bytes; tuple; set; complex; Exception; ValueError; BaseException; Plain; Boom; len; abs; print; [].append; "".join; int.__add__
(1).__add__; ord; lambda *a, **k: (a, k); lambda x: x; lambda x, y: x + y; lambda: 1 / 0; operator.lt; object(); Plain(); Hostile()
WrongKinds(); Index(0); Index(2); Index(-1); Index(2**70); Index(Subclass.int(3)); Real(); Complex(); Reflected(); AllEqual(); BadIter()
OldSequence(); Mapping(); NegativeLength(); HugeLength(); Formatted(); Subclass.int(3); Subclass.int(2**70); Subclass.float(1.5)
Subclass.complex(1j); Subclass.str("abc"); Subclass.str("12"); Subclass.bytes(b"abc"); Subclass.bytearray(b"abc")
Subclass.list([1, 2]); Subclass.tuple((1, 2)); Subclass.dict({"a": 1}); Subclass.set({1, 2}); Subclass.frozenset({1, 2})
Subclass.int; Subclass.str; Subclass.list; iter([]); iter([1, 2, 3]); iter("abc"); iter((3, 2, 1)); iter({1: 2}); iter({1})
iter(range(3)); iter(b"ab"); iter(bytearray(b"ab")); generate(); generate(1, 2, 3); generate("a", "b"); map(str, [1, 2]); zip("ab", [1, 2])
enumerate("ab"); filter(None, [0, 1, 2]); reversed([1, 2]); reversed({1: 2}); {"a": 1}.keys(); {"a": 1}.values(); {"a": 1}.items()
{1: 1, 2: 2}.keys(); iter(int, 0); iter(OldSequence()); list[int]; int | str; types.SimpleNamespace(a=1); types.MappingProxyType({"a": 1})
property(len); staticmethod(len); classmethod(len); ValueError("bad"); KeyError("k"); OSError(2, "msg", "file"); StopIteration(5)
ExceptionGroup("g", [ValueError(1), TypeError(2)]); UnicodeDecodeError("utf-8", b"abc", 1, 2, "why"); SyntaxError("m", ("f", 1, 2, "t"))
UnicodeEncodeError("ascii", "abc", 0, 5, "r"); ImportError("no", name="n", path="p"); super(Subclass.int, Subclass.int(1))
""".replace("\n", ";").split(";")
VALUES = [text.strip() for text in VALUES if text.strip()]
FACTORIES = [eval("lambda: " + text) if not text.startswith("lambda") else eval("lambda: (%s)" % text) for text in VALUES]


# ---- what is called ------------------------------------------------------------------------------------

SKIPPED_FUNCTIONS = set("""input breakpoint exit quit help license credits copyright open id __import__ __build_class__ globals
    locals vars dir exec print aiter anext compile eval""".split())
SKIPPED_METHODS = set("""__dir__ __sizeof__ __init_subclass__ __subclasshook__ __class__ __doc__ __del__ __reduce_ex__ __reduce__
    __getstate__ __getnewargs__ __subclasses__ __setstate__
    __flags__ __basicsize__ __dictoffset__ __weakrefoffset__ __itemsize__ __dict__ __alloc__""".split())


def subscript_set(a, k, v):
    a[k] = v
    return a


def subscript_delete(a, k):
    del a[k]
    return a


def unpack_two(a):
    x, y = a
    return x, y


def unpack_star(a):
    x, *y = a
    return x, y


def compare_chain(a, b, c):
    return a < b <= c


def slice_get(a, i, j, k):
    return a[i:j:k]


def slice_set(a, i, j, v):
    a[i:j] = v
    return a


def slice_delete(a, i, j):
    del a[i:j]
    return a


def slice_step_set(a, k, v):
    a[::k] = v
    return a


def formatted(a, spec):
    return f"{a:{spec}}"


def attribute(a, name):
    return getattr(a, name)


def call_star(f, a):
    return f(*a)


def call_keywords(f, a):
    return f(**a)


def merge_display(a, b):
    return {**a, **b}


def list_display(a, b):
    return [*a, *b]


def iterate(a):
    return [x for x, _ in zip(iter(a), range(20))]


def conversion(a):
    return f"{a!s}|{a!r}|{a!a}"


OPERATORS = {name: getattr(operator, name) for name in """add sub mul truediv floordiv mod pow lshift rshift and_ or_ xor matmul lt
    le eq ne gt ge getitem contains neg pos invert not_ truth index iadd isub imul imod ior iand ixor ilshift irshift itruediv
    ifloordiv ipow concat length_hint""".split()}
for _function in (subscript_set, subscript_delete, unpack_two, unpack_star, compare_chain, slice_get, slice_set, slice_delete,
                  slice_step_set, formatted, attribute, call_star, call_keywords, merge_display, list_display, iterate, conversion):
    OPERATORS[_function.__name__] = _function
ARITY = {"neg": 1, "pos": 1, "invert": 1, "not_": 1, "truth": 1, "index": 1, "unpack_two": 1, "unpack_star": 1, "iterate": 1,
         "conversion": 1, "length_hint": 1, "subscript_set": 3, "compare_chain": 3, "slice_get": 4, "slice_set": 4,
         "slice_delete": 3, "slice_step_set": 3}


def type_table():
    found = {name: value for name, value in vars(builtins).items()
             if isinstance(value, type) and not name.startswith("_")}
    for expression in ("iter([])", "iter(())", "iter('')", "iter(b'')", "iter(bytearray())", "iter(range(1))", "iter(range(2**70))",
                       "iter(set())", "iter({})", "{}.keys()", "{}.values()", "{}.items()", "iter(int, 0)", "iter(OldSequence())",
                       "list[int]", "int | str", "types.SimpleNamespace()", "types.MappingProxyType({})", "reversed([])",
                       "generate()", "len", "[].append", "int.__add__", "(1).__add__", "str.join"):
        kind = type(eval(expression))
        # Named differently by versions.
        found.setdefault({"UnionType": "Union"}.get(kind.__name__, kind.__name__), kind)
    return found


def target_table():
    """name -> (function, arity or None, name of the type its first argument should have or None)."""
    table = {}
    for name, function in OPERATORS.items():
        table["operator " + name] = (function, ARITY.get(name, 2), None)
    for name, value in vars(builtins).items():
        if callable(value) and not isinstance(value, type) and name not in SKIPPED_FUNCTIONS:
            table[name] = (value, None, None)
    for name, kind in type_table().items():
        if name in vars(builtins):
            table[name] = (kind, None, None)
        for method in dir(kind):
            if method in SKIPPED_METHODS:
                continue
            # What is inherited is tried on the class that has it.
            shared = {object, BaseException} - {kind}
            if method == "__getattribute__" and kind is not object:
                continue
            owner = next(base for base in kind.__mro__ + (type,) if method in vars(base))
            if owner in shared or issubclass(kind, BaseException) and owner is not kind:
                continue
            try:
                value = getattr(kind, method)
            except AttributeError:
                continue
            if callable(value) and not isinstance(value, type):
                table[name + "." + method] = (value, None, name)
            elif not callable(value):
                table[name + ".." + method] = ((lambda a, m=method: getattr(a, m)), 1, name)
    return table


def find_target(name):
    """One that another Python's table has: this one may have inherited it."""
    kind, _, member = name.partition(".")
    if not member.startswith("."):
        return getattr(type_table().get(kind), member, None)
    return lambda a: getattr(a, member[1:])


# ---- what came of it -----------------------------------------------------------------------------------


def shorten(text):
    text = ADDRESS.sub("0x", text)
    return text if len(text) <= 240 else "%s...(%d)" % (text[:240], len(text))


def show(value, depth=0):
    kind = type(value)
    name = kind.__name__
    if depth < 3:
        if kind in (list, tuple):
            return "%s(%s%s)" % (name, ", ".join(show(item, depth + 1) for item in value[:12]),
                                 "" if len(value) <= 12 else "...%d" % len(value))
        if isinstance(value, (set, frozenset)) and len(value) <= 40:
            return "%s{%s}" % (name, ", ".join(sorted(show(item, depth + 1) for item in value)))
        if hasattr(kind, "__next__") and kind.__module__ in ("builtins", "__main__"):
            items = []
            try:
                for item in value:
                    items.append(show(item, depth + 1))
                    if len(items) == 12:
                        break
            except Exception as error:
                items.append("! %s: %s" % (type(error).__name__, error))
            return "%s[%s]" % (name, ", ".join(items))
    if kind is float:
        return "float " + float.__repr__(value)
    return shorten("%s %r" % (name, value))


class Timeout(BaseException):
    pass


performing = False


def alarm(*ignored):
    # Python runs a handler some steps after its signal: the operation may be over.
    if performing:
        raise Timeout


def perform(function, arguments, keywords, masked):
    global performing
    try:
        performing = True
        first = arguments[0] if arguments else None
        signal.setitimer(signal.ITIMER_REAL, SECONDS)
        try:
            result = function(*arguments, **keywords)
            text = "= " + ("(%s)" % type(result).__name__ if masked else show(result))
        except Exception as error:
            notes = getattr(error, "__notes__", None)
            text = "! %s: %s" % (type(error).__name__, shorten(str(error))) + (" %r" % notes if notes else "")
        if type(first) in (list, dict, set, bytearray) or type(first).__name__ in ("Mylist", "Mydict", "Myset", "Mybytearray"):
            text += " -> " + show(first)
        return text
    except Timeout:
        return "timeout"
    except MemoryError:
        return "! MemoryError"
    except Exception as error:
        return "! cannot be shown: %s: %s" % (type(error).__name__, error)
    finally:
        performing = False
        signal.setitimer(signal.ITIMER_REAL, 0)


def instances(table):
    """type name -> indices of the values that are instances of it."""
    kinds = {kind: name for name, kind in table.items()}
    found = {}
    for i, factory in enumerate(FACTORIES):
        for base in type(factory()).__mro__:
            if base in kinds and base is not object:
                found.setdefault(kinds[base], []).append(i)
    return found


def main():
    if sys.argv[1] == "targets":
        table = target_table()
        rows = [[name, entry[1], entry[2]] for name, entry in table.items()]
        json.dump({"targets": rows, "values": VALUES, "instances": instances(type_table())}, sys.stdout)
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
    signal.signal(signal.SIGALRM, alarm)
    sys.setrecursionlimit(400)
    import warnings
    warnings.simplefilter("ignore")
    table = target_table()
    with open(sys.argv[2], encoding="utf-8") as file:
        operations = file.read().splitlines()
    report = os.open(sys.argv[3], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    pending = []
    for number in range(int(sys.argv[4]), len(operations)):
        name, values, keywords = json.loads(operations[number])
        os.pwrite(report_mark, b"%10d" % number, 0)
        function = table[name][0] if name in table else find_target(name)
        if function is None:
            text = "missing"
        else:
            masked = "hash" in name
            try:
                text = perform(function, [FACTORIES[i]() for i in values],
                               {key: FACTORIES[i]() for key, i in keywords.items()}, masked)
            except Timeout:
                text = "timeout"
        pending.append(json.dumps([number, text]))
        if len(pending) >= 200:
            os.write(report, ("\n".join(pending) + "\n").encode())
            pending.clear()
    os.write(report, ("\n".join(pending) + "\n").encode())


report_mark = None
if __name__ == "__main__":
    if sys.argv[1] == "run":
        report_mark = os.open(sys.argv[3] + ".at", os.O_WRONLY | os.O_CREAT, 0o644)
    main()
