# time limit: 180
"""Threads call whatever an object has, `__init__` and `__setstate__` too, with whatever arguments. Nothing may crash or hang."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import warnings
import array, ast, bz2, codecs, collections, contextvars, copy, csv, datetime, decimal, functools, gc, hashlib, io, itertools, json, lzma, operator, pickle, re, string, struct, traceback, types, weakref, zlib
import xml.etree.ElementTree as ElementTree
from xml.parsers import expat

import support
import together
from together import torture

warnings.simplefilter("ignore")
sys.unraisablehook = lambda unraisable: None  # callbacks that are no functions

# What does not end, sleeps, or changes more than the object.
SPARED = {"__imul__", "__mul__", "__rmul__", "__lshift__", "__rlshift__", "__pow__", "__rpow__", "zfill", "ljust", "rjust", "center", "__init_subclass__", "__subclasshook__", "mro", "dump", "clear_frames"}
USES = [repr, str, list, tuple, len, bool, hash, iter, next, copy.copy, pickle.dumps, memoryview, bytes, gc.get_referents, sys.getsizeof, traceback.format_exception, dict, set, sorted, vars, dir, weakref.ref, int, json.dumps,
        lambda it: it == it, lambda it: it < it, lambda it: 1 in it, lambda it: it(), lambda it: it(1), lambda it: it[0], lambda it: it["a"], lambda it: "%s %r" % (it, it), lambda it: list(zip(it, range(4)))]


class Plain:
    def __init__(self):
        self.a = 1

    def method(self):
        return 1


class Slots:
    __slots__ = ("a", "b", "__weakref__")


def function(a=1, *b, c=2, **d):
    return a


def closure():
    x = 1
    return lambda: x


def raised(body):
    try:
        exec(body, {})
    except Exception as error:
        return error


def made_class():
    class Base:
        x = 1
        p = property(lambda self: self.x)
    return type("Made", (Base,), {})


KEPT, VARIABLE = Plain(), contextvars.ContextVar("variable", default=0)


def arguments(chance, it):
    """Up to three, the object itself among them."""
    values = [None, 0, 1, -1, 5, 100, 1.5, "", "a", "utf-8", "strict", b"", b"abc", bytearray(b"xyz"), [1, 2], (), (1, 2), {"a": 1}, set(), it, function, closure().__code__, object(), io.BytesIO(b"q"), slice(0, 3), lambda *a, **k: None, range(3), memoryview(b"abc")]
    return [chance.choice(values) for _ in range(chance.choice((0, 0, 1, 1, 1, 2, 2, 3)))]


def anything_goes(*makers):
    if sys.implementation.name != "imugi":
        support.skip("CPython 3.13 crashes")
    for make in makers:
        box = [make()]
        names = [name for name in {*dir(type(box[0])), *dir(box[0]), "__init__", "__setstate__", "__reduce_ex__"} if name not in SPARED]
        names.sort()

        def renew(chance):
            box[0] = make()

        def begin_again(chance):
            it = box[0]
            type(it).__init__(it, *arguments(chance, it))

        def call(chance):
            # One that has been multiplied by 100 again and again takes gigabytes.
            if sys.getsizeof(box[0]) > 1 << 16:
                renew(chance)
            it = box[0]
            member = getattr(it, chance.choice(names))
            result = member(*arguments(chance, it)) if callable(member) else member
            if chance.random() < 0.1:
                repr(result)
            if isinstance(result, types.CoroutineType):
                result.close()

        def store(chance):
            it, name = box[0], chance.choice(names)
            # A class that is its own __new__ calls itself with one argument more each time, which takes gigabytes.
            if name != "__new__":
                setattr(it, name, (arguments(chance, it) or [it])[0])

        def delete(chance):
            if chance.random() < 0.2:
                delattr(box[0], chance.choice(names))

        torture([call] * 12 + [lambda chance: chance.choice(USES)(box[0])] * 6 + [store, store, begin_again, renew, delete],
                seconds=together.SECONDS / 4, accept=(Exception,))


def test_containers():
    anything_goes(lambda: list(range(10)), lambda: dict.fromkeys("abcdef", 1), lambda: set(range(10)), lambda: frozenset(range(9)), lambda: bytearray(b"hello world"), lambda: memoryview(bytearray(b"hello world")), lambda: (1, [2], "x"), lambda: collections.deque(range(9), 12),
                  lambda: collections.OrderedDict.fromkeys("abc"), lambda: collections.defaultdict(list, a=[1]), lambda: types.SimpleNamespace(a=1, b=2), lambda: types.MappingProxyType({"a": 1}), lambda: array.array("i", range(20)), lambda: {"a": 1}.keys(), lambda: {"a": 1}.items(), lambda: weakref.WeakKeyDictionary({KEPT: 1}))


def test_functions_and_classes():
    anything_goes(Plain, Slots, made_class, closure, lambda: types.FunctionType(function.__code__, {}, "name", (1,)), lambda: Plain().method, lambda: closure().__code__, lambda: closure().__closure__[0], lambda: property(lambda self: 1), lambda: classmethod(function), lambda: staticmethod(function),
                  lambda: super(collections.Counter, collections.Counter()), lambda: types.ModuleType("made"), lambda: functools.partial(function, 1, c=2), lambda: functools.lru_cache(4)(function), lambda: weakref.ref(KEPT), lambda: weakref.proxy(KEPT), lambda: list[int], lambda: int | str, lambda: operator.itemgetter(0, 1), lambda: operator.methodcaller("method"))


def test_exceptions():
    anything_goes(lambda: raised("1 / 0"), lambda: raised("b'a\\xff'.decode()"), lambda: raised("'a\\udc80'.encode()"), lambda: raised("a b c"), lambda: raised("raise ExceptionGroup('g', [ValueError(1), ExceptionGroup('h', [TypeError(2)])])"), lambda: FileNotFoundError(2, "text", "file"),
                  lambda: ImportError("text", name="n", path="p"), lambda: StopIteration(3), lambda: AttributeError("text", name="n", obj=[]), lambda: KeyError(1), lambda: raised("1 / 0").__traceback__)


def test_iterators():
    anything_goes(lambda: enumerate("abc" * 99), lambda: zip("abc" * 99, range(999)), lambda: map(str, range(999)), lambda: filter(None, range(999)), lambda: reversed(list(range(999))), lambda: iter(range(999)), lambda: itertools.chain("abc" * 99, [1] * 99), lambda: itertools.tee(iter(range(999)))[0], lambda: itertools.groupby("aabbcc" * 99),
                  lambda: itertools.accumulate(range(999)), lambda: itertools.product("abc", repeat=4), lambda: itertools.permutations(range(6), 3), lambda: itertools.zip_longest(range(9), range(99)), lambda: itertools.batched(range(999), 3), lambda: itertools.pairwise(range(999)), lambda: itertools.islice(range(999), 2, None, 3), lambda: iter(dict.fromkeys(range(99))), lambda: iter(collections.OrderedDict.fromkeys(range(99)).items()), lambda: iter(collections.deque(range(99))), lambda: iter(bytearray(999)))


def test_streams_and_codecs():
    anything_goes(lambda: io.StringIO("a\nb\n" * 20), lambda: io.BytesIO(b"a\nb\n" * 20), lambda: io.TextIOWrapper(io.BytesIO(b"a\r\nb\n" * 30), newline=None), lambda: io.BufferedReader(io.BytesIO(b"abc" * 99)), lambda: io.BufferedWriter(io.BytesIO()), lambda: io.BufferedRandom(io.BytesIO(b"abc" * 99)), lambda: io.IncrementalNewlineDecoder(None, True), lambda: codecs.getincrementaldecoder("utf-16")(),
                  lambda: codecs.getincrementaldecoder("shift_jis")(), lambda: csv.reader(["a,b", '"c,d",e'] * 99), lambda: csv.writer(io.StringIO()), lambda: json.JSONDecoder(), lambda: pickle.Pickler(io.BytesIO()), lambda: pickle.Unpickler(io.BytesIO(pickle.dumps([1, {"a": (1, 2)}]) * 40)),
                  lambda: hashlib.sha256(b"x"), lambda: hashlib.blake2b(b"x"), zlib.compressobj, zlib.decompressobj, bz2.BZ2Compressor, bz2.BZ2Decompressor, lzma.LZMADecompressor, lambda: struct.Struct("<hi"), lambda: struct.iter_unpack("<h", bytearray(400)))


def test_trees_texts_and_times():
    anything_goes(lambda: ElementTree.fromstring("<a x='1'><b>t</b><c/>u<d><e/></d></a>"), lambda: ElementTree.fromstring("<a><b/></a>").iter(), ElementTree.TreeBuilder, ElementTree.XMLParser, expat.ParserCreate, lambda: ast.parse("def f(a, b=1):\n  return a + b\n"), lambda: re.compile("(?P<x>a)|(b)"), lambda: re.match("(?P<x>a)(b)?", "ab"), lambda: re.compile("a|b").scanner("abab" * 50),
                  lambda: VARIABLE, contextvars.copy_context, lambda: datetime.datetime(2024, 1, 2), lambda: datetime.timedelta(1, 2), lambda: decimal.Decimal("1.5"), lambda: decimal.Context(prec=5), lambda: string.Template("$a"), lambda: "h\u20acllo", lambda: b"hello", lambda: 1 << 300)


support.run(globals())
