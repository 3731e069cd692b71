# time limit: 180
"""Threads that share objects of the library: containers, iterators, files, codecs, locks. Nothing may crash or hang."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import warnings
import array, bisect, collections, contextvars, copy, functools, hashlib, heapq, io, itertools, json, operator, os, pickle, random, re, struct, tempfile, threading, zlib

import support
from support import check
from together import torture

warnings.simplefilter("ignore")
RACES = (RuntimeError, ValueError, IndexError, KeyError, TypeError, StopIteration, AttributeError)


class Null:
    """Where printed text goes."""
    def write(self, text): return len(text)
    def flush(self): pass


def looks(box):
    """What one does with a container without changing it."""
    return [
        lambda c: list(box[0]), lambda c: repr(box[0]), lambda c: str(box[0]), lambda c: copy.copy(box[0]), lambda c: copy.deepcopy(box[0]),
        lambda c: pickle.dumps(box[0], c.randrange(6)), lambda c: print(box[0], file=Null()), lambda c: len(box[0]), lambda c: bool(box[0]),
        lambda c: box[0] == box[0], lambda c: box[0] != 3, lambda c: 5 in box[0], lambda c: [x for x in box[0]], lambda c: sorted(map(str, box[0])),
        lambda c: max(box[0], key=id, default=None), lambda c: "%r %s" % (box[0], 1), lambda c: sum(1 for _ in zip(box[0], range(5))), lambda c: tuple(box[0]),
        lambda c: set(map(id, box[0])), lambda c: dict.fromkeys(box[0]), lambda c: any(box[0]), lambda c: iter(box[0]).__length_hint__(), lambda c: (lambda *a: a)(*box[0]),
    ]


def test_deque():
    box = [collections.deque(range(10))]
    bounded = collections.deque(maxlen=7)
    torture(looks(box) + [
        lambda c: box[0].append(c.randrange(9)), lambda c: box[0].appendleft(1), lambda c: box[0].pop(), lambda c: box[0].popleft(), lambda c: box[0].extend([1, 2]), lambda c: box[0].extendleft([1, 2]),
        lambda c: box[0].rotate(c.randrange(-5, 5)), lambda c: box[0].insert(c.randrange(5), 3), lambda c: box[0].remove(3), lambda c: box[0].__setitem__(c.randrange(5), 8), lambda c: box[0].__delitem__(c.randrange(5)),
        lambda c: box[0].reverse(), lambda c: box[0].count(1), lambda c: box[0].index(1), lambda c: box[0].clear() if len(box[0]) > 60 else None, lambda c: bounded.extend(box[0]), lambda c: box[0].extend(bounded), lambda c: box[0].__iadd__([5]),
        lambda c: box[0] + bounded, lambda c: box[0] < bounded, lambda c: list(reversed(box[0])), lambda c: bounded.__init__("abc", c.randrange(1, 9)), lambda c: repr(bounded), lambda c: bounded.copy(), lambda c: bounded.maxlen, lambda c: box[0].extend(box[0]) if len(box[0]) < 20 else None, lambda c: box[0].__imul__(1),
    ], accept=RACES)


def test_ordered_dict():
    box = [collections.OrderedDict.fromkeys(range(10))]
    torture(looks(box) + [
        lambda c: box[0].__setitem__(c.randrange(30), 1), lambda c: box[0].pop(c.randrange(30), None), lambda c: box[0].popitem(c.random() < 0.5), lambda c: box[0].move_to_end(c.randrange(30), c.random() < 0.5), lambda c: box[0].update({1: 2, 3: 4}),
        lambda c: list(box[0].items()), lambda c: list(reversed(box[0])), lambda c: box[0].setdefault(c.randrange(30)), lambda c: box[0].clear() if c.random() < 0.05 else None, lambda c: box[0] | {1: 1}, lambda c: box[0].__ior__({2: 2}),
        lambda c: next(iter(box[0].values())), lambda c: box[0] == collections.OrderedDict(box[0]), lambda c: json.dumps(box[0]),
    ], accept=RACES)


def test_counters_and_defaults():
    counter, table = collections.Counter("abc"), collections.defaultdict(list)
    chain = collections.ChainMap(counter, table)
    torture([
        lambda c: counter.update("abcd"[c.randrange(4)]), lambda c: counter.subtract("ab"), lambda c: counter.most_common(2), lambda c: counter + counter, lambda c: list(counter.elements()), lambda c: counter.pop("a", 0), lambda c: table[c.randrange(20)].append(1),
        lambda c: table.pop(c.randrange(20), 0), lambda c: copy.copy(table), lambda c: repr(table), lambda c: dict(chain), lambda c: chain["a"], lambda c: len(chain), lambda c: chain.__setitem__("z", 1), lambda c: table.clear() if c.random() < 0.1 else None,
    ], accept=RACES)


def test_bytearray():
    box = [bytearray(b"0123456789" * 3)]
    data = box[0]
    def view(c):
        with memoryview(data) as m:
            m[c.randrange(5)] = c.randrange(256)
            m[2:5].tobytes(), m.tolist(), m == data, m[::2].tobytes(), m.hex()
            m[0:3] = b"abc"
    torture([
        lambda c: data.append(c.randrange(256)), lambda c: data.extend(b"\xc3\xa9abc"), lambda c: data.pop(), lambda c: data.insert(2, 200), lambda c: data.reverse(), lambda c: data.__setitem__(slice(1, 4), os.urandom(c.randrange(6))), lambda c: data.__delitem__(slice(0, 2)), view, view,
        lambda c: str(data, "utf-8", "replace"), lambda c: data.decode("utf-8", "ignore"), lambda c: data.decode("utf-16", "replace"), lambda c: data.decode("utf-7", "replace"), lambda c: data.decode("unicode_escape", "replace"), lambda c: data.decode("cp1252", "replace"), lambda c: data.decode("idna", "replace") if c.random() < 0.1 else None,
        lambda c: int(data), lambda c: float(data), lambda c: bytes(data), lambda c: data.split(b"a"), lambda c: data.replace(b"a", b"bcd"), lambda c: data.translate(bytes(256)), lambda c: data.hex(), lambda c: data.find(data[:2]), lambda c: data == bytes(data),
        lambda c: data.clear() if len(data) > 200 else None, lambda c: data % (), lambda c: data.__iadd__(b"q"), lambda c: list(data), lambda c: data.isalpha(), lambda c: data.upper(), lambda c: data.splitlines(),
        lambda c: b"abcabc".replace(data[:1], data), lambda c: b"".join([data, b"x", data]), lambda c: zlib.crc32(data), lambda c: zlib.decompress(zlib.compress(data)), lambda c: hashlib.sha256(data).digest(), lambda c: __import__("binascii").b2a_qp(data), lambda c: __import__("base64").b64encode(data), lambda c: struct.unpack_from("3B", data), lambda c: struct.pack_into("2B", data, 1, 2, 3), lambda c: re.findall(rb"[a-z]+", data), lambda c: re.sub(rb"a", b"b", data),
        lambda c: io.BytesIO(b"xyz").readinto(data), lambda c: data.clear() if len(data) > 200 else None, lambda c: pickle.loads(pickle.dumps(data)), lambda c: data % (), lambda c: data + data, lambda c: data.__iadd__(b"q"), lambda c: list(data), lambda c: data.isalpha(), lambda c: data.upper(), lambda c: data.join([b"1", b"2"]), lambda c: data.splitlines(), lambda c: bytes.fromhex("00" * 3) in data,
        lambda c: marshal_loads(data), lambda c: array.array("B", data), lambda c: bytearray(data).extend(data), lambda c: data.__imul__(1), lambda c: compile(data, "x", "eval") if c.random() < 0.1 else None, lambda c: pickle.loads(data),
    ], accept=RACES + (BufferError, UnicodeError, struct.error, SyntaxError, EOFError, OverflowError, zlib.error, pickle.UnpicklingError, ImportError, MemoryError))


def marshal_loads(data):
    import marshal
    return marshal.loads(data)


def test_array_and_bytesio():
    items = array.array("i", range(20))
    stream = io.BytesIO(b"line one\nline two\n" * 5)
    def look(c):
        with stream.getbuffer() as m:
            m[:2] = b"ab"
    torture([
        lambda c: items.append(c.randrange(99)), lambda c: items.pop(), lambda c: items.extend([1, 2]), lambda c: items.__setitem__(slice(0, 3), array.array("i", [1])), lambda c: items.tobytes(), lambda c: items.frombytes(b"\0" * 8), lambda c: items.tolist(), lambda c: list(items), lambda c: items.byteswap(), lambda c: items.reverse(), lambda c: sum(memoryview(items)), lambda c: items == array.array("i", [1]), lambda c: items.__delitem__(slice(5, None)) if len(items) > 60 else None, lambda c: repr(items), lambda c: items.index(1), lambda c: items.remove(1), lambda c: copy.copy(items), lambda c: pickle.dumps(items),
        look, lambda c: stream.read(5), lambda c: stream.readline(), lambda c: stream.seek(c.randrange(20)), lambda c: stream.write(b"xy"), lambda c: stream.truncate(c.randrange(50, 80)), lambda c: stream.getvalue(), lambda c: list(stream), lambda c: stream.readinto(bytearray(4)), lambda c: stream.tell(), lambda c: stream.readlines(), lambda c: pickle.dumps(stream), lambda c: stream.__setstate__((b"abc\n" * 9, 0, None)) if c.random() < 0.1 else None,
    ], accept=RACES + (BufferError, OverflowError))


def test_iterators_of_the_library():
    source, table, ring = list(range(30)), dict.fromkeys(range(20)), collections.deque(range(20))
    ordered = collections.OrderedDict(table)
    makers = [
        lambda: itertools.chain(source, table), lambda: itertools.chain.from_iterable([source, ring]), lambda: itertools.islice(source, 2, None, 3), lambda: itertools.cycle("abc"), lambda: itertools.accumulate(source), lambda: itertools.product("ab", repeat=3),
        lambda: itertools.permutations("abcd"), lambda: itertools.combinations(range(6), 3), lambda: itertools.combinations_with_replacement("abc", 2), lambda: itertools.pairwise(source), lambda: itertools.batched(source, 3), lambda: itertools.zip_longest(source, "ab"), lambda: itertools.compress(source, itertools.cycle([1, 0])),
        lambda: itertools.dropwhile(lambda x: x < 5, source), lambda: itertools.takewhile(lambda x: x < 25, source), lambda: itertools.filterfalse(lambda x: x % 2, source), lambda: itertools.starmap(pow, [(2, 3)] * 20), lambda: itertools.repeat(1, 50), lambda: itertools.count(0, 0.5), lambda: itertools.tee(source)[0], lambda: itertools.tee(iter(source), 3)[2],
        lambda: itertools.groupby(source, lambda x: x // 4), lambda: re.finditer("a.", "axayazab" * 5), lambda: struct.iter_unpack("<h", bytes(40)), lambda: iter(ring), lambda: reversed(ring), lambda: iter(ordered), lambda: iter(ordered.items()), lambda: reversed(ordered), lambda: iter(memoryview(bytes(30))), lambda: iter(bytes(30)), lambda: iter(bytearray(30)), lambda: iter(array.array("i", source)),
        lambda: iter(io.StringIO("a\nb\n" * 10)), lambda: __import__("csv").reader(["a,b", '"c', 'd",e'] * 5), lambda: iter(map(str, ring)), lambda: (x for x in source), lambda: iter(iter(source).__next__, 20), lambda: os.scandir("/usr/lib"), lambda: enumerate(ring), lambda: zip(ring, table, strict=True), lambda: contextvars.copy_context().__iter__(), lambda: iter(functools.partial(next, iter(source)), 7),
        lambda: map(operator.add, source, ring), lambda: iter("h\u00e9llo\u20ac" * 5), lambda: iter(range(10 ** 20, 10 ** 20 + 30)), lambda: reversed(range(50)), lambda: iter((1, 2, 3) * 9), lambda: reversed((1, 2) * 9), lambda: reversed(table.values()), lambda: heapq.merge(source, ring), lambda: json.JSONEncoder().iterencode(source), lambda: string_walk("a{b}{c!r:>{d}}" * 5),
    ]
    box = [iter(source)]
    def renew(c): box[0] = c.choice(makers)()
    def some(c):
        for x, _ in zip(box[0], range(4)):
            if type(x) is tuple and len(x) == 2 and hasattr(x[1], "__next__"):
                list(x[1])
    torture([some, some, lambda c: next(box[0]), renew, renew, lambda c: copy.copy(box[0]), lambda c: repr(box[0]), lambda c: box[0].__length_hint__(), lambda c: box[0].__reduce__(), lambda c: source.append(1) if len(source) < 40 else source.pop(), lambda c: ring.rotate(1), lambda c: table.__setitem__(5, 1), lambda c: ordered.move_to_end(3)], accept=RACES + (pickle.PicklingError, OSError))


def string_walk(text):
    import _string
    return _string.formatter_parser(text)


def test_files():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "file")
        with open(path, "w") as file:
            file.write("one line\nanother \u20ac line\n" * 50)
        openers = [lambda: open(path, "r+"), lambda: open(path, "rb"), lambda: open(path, "a+"), lambda: open(path, "r+b"), lambda: io.BufferedRWPair(open(path, "rb", buffering=0), open(path, "ab", buffering=0)), lambda: io.TextIOWrapper(open(path, "rb"), "utf-16", errors="replace")]
        box = [open(path, "r+")]
        def renew(c):
            old, box[0] = box[0], c.choice(openers)()
            old.close()
        def write(c):
            file = box[0]
            file.write("text" if isinstance(file, io.TextIOBase) else b"bytes")
        torture([lambda c: box[0].read(c.randrange(40)), lambda c: box[0].readline(), lambda c: next(box[0]), lambda c: [line for line, _ in zip(box[0], range(5))], write, write, lambda c: box[0].seek(c.randrange(100)), lambda c: box[0].seek(0, 2), lambda c: box[0].tell(), lambda c: box[0].flush(), renew,
                 lambda c: box[0].truncate(c.randrange(500, 900)) if c.random() < 0.1 else None, lambda c: box[0].readinto(bytearray(7)), lambda c: box[0].peek(3), lambda c: box[0].readlines(50), lambda c: box[0].close() if c.random() < 0.05 else None, lambda c: repr(box[0]), lambda c: box[0].fileno(), lambda c: box[0].detach() if c.random() < 0.02 else None, lambda c: box[0].reconfigure(encoding=c.choice(["utf-8", "latin-1"]), errors="replace"), lambda c: box[0].buffer.read1(3), lambda c: box[0].writelines(["x"] if isinstance(box[0], io.TextIOBase) else [b"x"])],
                accept=RACES + (OSError, UnicodeError, BufferError))
        try:
            box[0].close()
        except ValueError:
            pass  # detached


def test_stringio():
    stream = io.StringIO("a line\nanother\n" * 10)
    torture([lambda c: stream.read(c.randrange(9)), lambda c: stream.readline(), lambda c: stream.write("\u20ac" * c.randrange(4)), lambda c: stream.seek(c.randrange(30)), lambda c: stream.truncate(c.randrange(60, 90)), lambda c: stream.getvalue(), lambda c: list(stream), lambda c: stream.tell(), lambda c: next(stream), lambda c: stream.__getstate__(), lambda c: stream.__setstate__(("x\ny\n" * 20, "\n", 0, None)) if c.random() < 0.1 else None, lambda c: stream.newlines], accept=RACES + (OSError,))


def test_sorting_what_changes():
    class Key:
        def __init__(self, n): self.n = n
        def __lt__(self, other):
            if self.n % 17 == 0:
                items.append(Key(3)) if len(items) < 60 else None
            return self.n < other.n
    items = [Key(n % 13) for n in range(40)]
    heap, ranked = list(range(20)), list(range(20))
    chance = random.Random(3)
    torture([lambda c: items.sort(), lambda c: sorted(items), lambda c: items.append(Key(c.randrange(40))), lambda c: items.__delitem__(slice(30, None)) if len(items) > 50 else None, lambda c: items.sort(key=lambda k: -k.n, reverse=True), lambda c: min(items, key=lambda k: k.n), lambda c: items.reverse(),
             lambda c: heapq.heappush(heap, c.random()), lambda c: heapq.heappop(heap), lambda c: heapq.heapify(heap), lambda c: heapq.heappushpop(heap, c.random()), lambda c: heapq.heapreplace(heap, 1), lambda c: heapq.nlargest(3, heap), lambda c: heap.clear() if len(heap) > 90 else None,
             lambda c: bisect.insort(ranked, c.random()), lambda c: bisect.bisect(ranked, 5), lambda c: ranked.pop() if len(ranked) > 50 else None, lambda c: chance.shuffle(ranked), lambda c: chance.choice(ranked), lambda c: chance.sample(ranked, 2), lambda c: chance.getstate(), lambda c: chance.setstate(chance.getstate()), lambda c: chance.seed(4), lambda c: chance.random(), lambda c: chance.gauss(0, 1)],
            accept=RACES)


def test_nested_containers_being_copied():
    tree = {"list": [1, [2, 3]], "dict": {"a": {1, 2}}, "self": None}
    tree["self"] = tree
    torture([lambda c: copy.deepcopy(tree), lambda c: pickle.loads(pickle.dumps(tree, c.randrange(2, 6))), lambda c: repr(tree), lambda c: json.dumps(tree, default=str, check_circular=True), lambda c: tree["list"].append([c.random()]), lambda c: tree["list"].pop() if len(tree["list"]) > 10 else None, lambda c: tree["dict"]["a"].add(c.randrange(20)), lambda c: tree["dict"]["a"].clear() if len(tree["dict"]["a"]) > 15 else None,
             lambda c: tree.__setitem__("k%d" % c.randrange(9), {"x": tree["list"]}), lambda c: tree.pop("k%d" % c.randrange(9)), lambda c: pickle._dumps(tree), lambda c: __import__("pprint").pformat(tree), lambda c: tree == tree.copy(), lambda c: __import__("marshal").dumps(tree["list"])], accept=RACES + (RecursionError, pickle.PicklingError))


def test_functions_of_the_library():
    calls = []
    @functools.lru_cache(maxsize=5)
    def cached(n):
        if n == 3:
            cached.cache_clear()
        return [n]
    @functools.lru_cache(maxsize=None)
    def unbounded(n): return n
    class C:
        @functools.cached_property
        def prop(self): return object()
        @functools.singledispatchmethod
        def by_type(self, x): return 1
    partial = functools.partial(lambda *a, **k: (a, k), 1, b=2)
    shared = C()
    torture([lambda c: cached(c.randrange(9)), lambda c: cached.cache_info(), lambda c: cached.cache_clear() if c.random() < 0.1 else None, lambda c: unbounded(c.randrange(50)), lambda c: shared.prop, lambda c: shared.__dict__.pop("prop", 0), lambda c: partial(c.random()), lambda c: partial.__setstate__((dict, (), {"a": 1}, None)), lambda c: partial.__setstate__((list, ((),), {}, {})), lambda c: repr(partial),
             lambda c: C.by_type.register(c.choice([int, str, float]), lambda self, x: 2), lambda c: shared.by_type(c.choice([1, "", 2.0])), lambda c: functools.reduce(operator.add, [1, 2, 3]), lambda c: sorted([3, 1, 2], key=functools.cmp_to_key(lambda a, b: a - b)), lambda c: operator.attrgetter("prop")(shared), lambda c: pickle.dumps(partial)], accept=RACES + (pickle.PicklingError,))


def test_contexts():
    variables = [contextvars.ContextVar("v%d" % i, default=0) for i in range(5)]
    shared = contextvars.copy_context()
    tokens = []
    def inside(c):
        tokens.append((c.choice(variables), c.choice(variables).set(c.random())))
        if len(tokens) > 30:
            del tokens[:20]
    def reset(c):
        variable, token = tokens.pop()
        variable.reset(token)
    torture([lambda c: shared.run(inside, c), lambda c: contextvars.copy_context().run(inside, c), inside, reset, lambda c: shared.get(variables[0]), lambda c: list(shared.items()), lambda c: shared.copy(), lambda c: len(shared), lambda c: variables[1].get(), lambda c: variables[2] in shared, lambda c: repr(tokens[0])], accept=RACES)


def test_codecs_and_digests():
    digest, compressor = hashlib.sha256(), zlib.compressobj()
    box = [zlib.decompressobj(), __import__("codecs").getincrementaldecoder("utf-8")("replace"), __import__("codecs").getincrementaldecoder("utf-16")("replace"), struct.Struct("<2h")]
    def renew(c): box[0] = zlib.decompressobj()
    good = zlib.compress(b"some text " * 20)
    torture([lambda c: digest.update(b"abc" * 900), lambda c: digest.hexdigest(), lambda c: digest.copy(), lambda c: compressor.compress(b"xyz" * 50), lambda c: compressor.flush(zlib.Z_SYNC_FLUSH), lambda c: compressor.copy(), lambda c: box[0].decompress(good[:c.randrange(30)], 10), lambda c: box[0].flush(), lambda c: box[0].unconsumed_tail, lambda c: box[0].copy(), renew,
             lambda c: box[1].decode(b"\xe2\x82"), lambda c: box[1].reset(), lambda c: box[1].getstate(), lambda c: box[2].decode(b"\x83"), lambda c: box[3].pack(1, 2), lambda c: box[3].__init__(c.choice(["<2h", ">2i", "bb"])), lambda c: box[3].unpack(bytes(4)), lambda c: box[3].format, lambda c: list(box[3].iter_unpack(bytes(8)))], accept=RACES + (zlib.error, struct.error, UnicodeError))


def test_patterns_and_numbers():
    import decimal
    pattern = re.compile(r"(?P<word>\w+)\s(\d*)")
    context = decimal.Context(prec=10)
    scanners = [pattern.scanner("word 1 other 2 " * 9)]
    match = pattern.match("word 1")
    torture([lambda c: pattern.findall("a 1 b 2"), lambda c: pattern.sub(lambda m: m["word"], "abc 12"), lambda c: scanners[0].match(), lambda c: scanners[0].search(), lambda c: scanners.__setitem__(0, pattern.scanner("x 1 " * 9)), lambda c: match.groupdict(), lambda c: match.expand(r"\1-\2"), lambda c: re.compile("a{%d}" % c.randrange(90)), lambda c: re.purge() if c.random() < 0.05 else None,
             lambda c: context.divide(decimal.Decimal(1), decimal.Decimal(c.randrange(1, 9))), lambda c: setattr(context, "prec", c.randrange(1, 30)), lambda c: context.clear_flags(), lambda c: context.flags.copy(), lambda c: context.copy(), lambda c: context.traps.__setitem__(decimal.Inexact, False), lambda c: repr(context), lambda c: context.sqrt(decimal.Decimal(2)), lambda c: context.create_decimal("1.5"),
             lambda c: (c.getrandbits(3000) ** 3) % 10 ** 50, lambda c: str(c.getrandbits(2000)), lambda c: pow(3, c.getrandbits(60), 10 ** 9 + 7)], accept=RACES + (decimal.DecimalException,))


def test_locks():
    lock, rlock, condition, semaphore, event = threading.Lock(), threading.RLock(), threading.Condition(), threading.BoundedSemaphore(2), threading.Event()
    queues = [__import__("queue").Queue(5), __import__("queue").SimpleQueue(), __import__("queue").PriorityQueue(5)]
    empty, full = __import__("queue").Empty, __import__("queue").Full
    def with_(thing):
        def body(c):
            with thing:
                repr(thing)
        return body
    def wait(c):
        with condition:
            condition.wait(0.0001)
    def notify(c):
        with condition:
            condition.notify(c.randrange(3))
    torture([with_(lock), with_(rlock), with_(semaphore), wait, notify, notify, lambda c: event.set(), lambda c: event.clear(), lambda c: event.wait(0.0001), lambda c: lock.acquire(timeout=0.0001) and lock.release(), lambda c: lock.locked(), lambda c: rlock._is_owned(), lambda c: rlock.release(), lambda c: repr(rlock),
             lambda c: c.choice(queues).put(c.random(), timeout=0.0001), lambda c: c.choice(queues[:1] + queues[2:]).get(timeout=0.0001), lambda c: queues[1].get(timeout=0.0001), lambda c: queues[1].get_nowait(), lambda c: c.choice(queues).qsize(), lambda c: queues[0].task_done()], accept=(RuntimeError, ValueError, empty, full))
    check(not lock.locked())


support.run(globals())
