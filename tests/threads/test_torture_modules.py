# time limit: 180
"""Threads that share objects of the library that keep a state: parsers, decoders, picklers, sockets; and exceptions, functions and lists that change while they are used."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import bisect, bz2, codecs, copy, csv, functools, gc, heapq, inspect, io, json, lzma, pickle, select, socket, traceback, types, warnings, zlib
import xml.etree.ElementTree as ElementTree
import xml.parsers.expat as expat

import support
from together import torture

warnings.simplefilter("ignore")


class Box:
    """What the threads share; one of them puts in something new now and then."""


def test_expat():
    box = Box()
    def renew(c):
        parser = expat.ParserCreate()
        parser.StartElementHandler = lambda *a: None
        box.parser = parser
    renew(None)
    torture([renew, lambda c: box.parser.Parse("<a>"), lambda c: box.parser.Parse('<b x="1"/>text'), lambda c: box.parser.Parse("</a>", c.random() < 0.5), lambda c: setattr(box.parser, "CharacterDataHandler", c.choice([None, len, lambda d: box.parser.Parse("<c/>")])), lambda c: box.parser.CurrentLineNumber, lambda c: box.parser.GetInputContext(), lambda c: setattr(box.parser, "buffer_text", c.random() < 0.5),
             lambda c: setattr(box.parser, "StartElementHandler", c.choice([None, lambda *a: gc.collect(0)]))], accept=Exception)


def test_elements():
    root, box = ElementTree.Element("root"), Box()
    def add(c):
        if len(root) > 40:
            root.clear()
        ElementTree.SubElement(root, "x", a="1").text = "t"
    def renew(c):
        parser = ElementTree.XMLParser()
        box.parser = parser
    box.parser, box.steps = ElementTree.XMLParser(), root.iter()
    torture([add, add, lambda c: root.remove(root[0]), lambda c: root.clear() if c.random() < 0.1 else None, lambda c: list(root.iter()), lambda c: ElementTree.tostring(root), lambda c: root.find("x"), lambda c: root.findall(".//x"), lambda c: root.set("k", str(c.random())), lambda c: root.attrib.clear(), lambda c: setattr(root, "attrib", {"z": "1"}), lambda c: root.items(), lambda c: setattr(root, "text", c.choice([None, "x", [1]])),
             lambda c: copy.deepcopy(root), lambda c: pickle.dumps(root), lambda c: root.insert(0, ElementTree.Element("y")), lambda c: root.extend(list(root)[:2]), lambda c: root.__setitem__(slice(0, 3), [ElementTree.Element("q")]), lambda c: root.__delitem__(slice(None, None, 2)), lambda c: "".join(root.itertext()), lambda c: setattr(box, "steps", root.iter()), lambda c: next(box.steps), lambda c: next(box.steps), lambda c: root[-1],
             renew, lambda c: box.parser.feed("<a><b/>"), lambda c: box.parser.feed("</a>"), lambda c: box.parser.close()], accept=Exception)


def test_rows_and_numbers_in_text():
    box, out = Box(), io.StringIO()
    shared = {"a": [1, 2, {"b": 3}]}
    writer, encoder = csv.writer(out), json.JSONEncoder()
    def renew(c): box.rows = csv.reader(["a,\"b", "c\",d", "e"] * 20)
    def hook(pairs):
        shared["a"].append(pairs) if len(shared["a"]) < 40 else shared["a"].clear()
        return pairs
    decoder = json.JSONDecoder(object_hook=hook)
    renew(None)
    torture([renew, lambda c: next(box.rows), lambda c: next(box.rows), lambda c: box.rows.line_num, lambda c: box.rows.dialect, lambda c: writer.writerow([1, 'a"b', None]), lambda c: writer.writerows([[1], [2]]), lambda c: out.truncate(0), lambda c: csv.register_dialect("d%d" % c.randrange(5), delimiter="|"), lambda c: csv.unregister_dialect("d%d" % c.randrange(5)), lambda c: csv.list_dialects(), lambda c: list(csv.reader(["x" * 50], "d1")),
             lambda c: decoder.decode('{"a":{"b":{}},"\\u1234":[1.5,null]}'), lambda c: encoder.encode(shared), lambda c: list(encoder.iterencode(shared)), lambda c: shared.__setitem__("k%d" % c.randrange(30), [c.random()]), lambda c: shared.pop("k%d" % c.randrange(30), None), lambda c: json.dumps(shared, indent=1, sort_keys=True), lambda c: setattr(encoder, "default", lambda o: 1)], accept=Exception)


def test_decoders_and_decompressors():
    utf8, utf16 = codecs.getincrementaldecoder("utf-8")(), codecs.getincrementalencoder("utf-16")()
    gb, shift = codecs.getincrementaldecoder("gb18030")(), codecs.getincrementalencoder("iso2022_jp")()
    lines, box = io.IncrementalNewlineDecoder(utf8, True), Box()
    packed, smaller, smallest = zlib.compress(b"x" * 5000), bz2.compress(b"x" * 5000), lzma.compress(b"y" * 3000)
    def renew(c): box.z, box.d, box.b, box.e, box.l = zlib.compressobj(), zlib.decompressobj(), bz2.BZ2Compressor(), bz2.BZ2Decompressor(), lzma.LZMADecompressor()
    renew(None)
    torture([lambda c: utf8.decode(b"\xe2\x82"), lambda c: utf8.decode(b"\xac"), lambda c: utf8.reset(), lambda c: utf8.getstate(), lambda c: utf16.encode("abc"), lambda c: utf16.setstate(0), lambda c: gb.decode(b"\x81"), lambda c: gb.decode(b"\x30\x81\x30"), lambda c: gb.getstate(), lambda c: gb.reset(), lambda c: lines.decode(b"a\r"), lambda c: lines.newlines, lambda c: lines.reset(), lambda c: shift.encode("\u3042"), lambda c: shift.encode("a", True), lambda c: shift.reset(),
             lambda c: codecs.register_error("of_threads%d" % c.randrange(5), codecs.ignore_errors), lambda c: "\ud800".encode("utf-8", "of_threads1"), renew, lambda c: box.z.compress(b"abc" * 500), lambda c: box.z.flush(c.choice([2, 4])), lambda c: box.z.copy().flush(), lambda c: box.d.decompress(packed[:20], 10), lambda c: box.d.decompress(box.d.unconsumed_tail), lambda c: box.d.copy(), lambda c: box.d.flush(),
             lambda c: box.b.compress(b"a" * 1000), lambda c: box.b.flush(), lambda c: box.e.decompress(smaller[:c.randrange(1, 30)], 5), lambda c: box.e.needs_input, lambda c: box.l.decompress(smallest[:c.randrange(40)], 7)], accept=Exception)


def test_picklers():
    box, shared = Box(), {"a": [1, 2, {3}], "b": bytearray(b"zz")}
    def renew(c): box.file, box.unpickler = io.BytesIO(), pickle.Unpickler(io.BytesIO(pickle.dumps([1, {"a": (2, 3)}] * 5))); box.pickler = pickle.Pickler(box.file)
    class Forgetful:
        def __reduce__(self):
            box.pickler.clear_memo()
            return int, ()
    renew(None)
    torture([renew, lambda c: box.pickler.dump(shared), lambda c: box.pickler.dump([Forgetful()]), lambda c: box.pickler.clear_memo(), lambda c: box.pickler.memo, lambda c: setattr(box.pickler, "memo", {}), lambda c: setattr(box.pickler, "memo", box.pickler.memo.copy()), lambda c: box.unpickler.load(), lambda c: box.unpickler.memo, lambda c: setattr(box.unpickler, "memo", {0: 1}), lambda c: pickle.loads(pickle.dumps(shared)),
             lambda c: shared["a"].append(1) if len(shared["a"]) < 30 else shared["a"].clear(), lambda c: shared.__setitem__(c.randrange(20), c.random()), lambda c: shared.pop(c.randrange(20), None), lambda c: setattr(box.pickler, "persistent_id", lambda o: None), lambda c: setattr(box.pickler, "dispatch_table", {}), lambda c: box.file.getbuffer(), lambda c: box.file.truncate(0)], accept=Exception)


def test_sockets():
    box, polled, watched = Box(), select.poll(), select.epoll()
    def renew(c):
        one, other = socket.socketpair()
        one.setblocking(False)
        other.setblocking(False)
        box.one, box.other = one, other
    renew(None)
    # No close(): the descriptor of another thread's read would be another's.
    torture([renew, lambda c: box.one.send(b"x"), lambda c: box.other.recv(10), lambda c: box.other.recv_into(bytearray(9)), lambda c: box.one.fileno(), lambda c: box.one.settimeout(c.choice([0, 0.001])), lambda c: select.select([box.one], [], [], 0), lambda c: watched.register(box.one, 1), lambda c: watched.poll(0), lambda c: watched.unregister(box.one), lambda c: polled.register(box.one), lambda c: polled.poll(0), lambda c: polled.unregister(box.one),
             lambda c: box.one.getsockname(), lambda c: repr(box.one), lambda c: box.one.shutdown(2), lambda c: box.other.sendmsg([b"q", b"r"])], accept=Exception)
    watched.close()


def test_exceptions_that_others_change():
    first, second = ValueError("x"), KeyError("y")
    group = ExceptionGroup("group", [first, second])
    def chain(c):
        try:
            try:
                raise first
            except ValueError:
                raise second
        except KeyError as error:
            error.__traceback__.tb_next
    def cause(c):
        try:
            raise second from first
        except KeyError:
            pass
    def star(c):
        try:
            raise group
        except* ValueError:
            pass
        except* KeyError:
            pass
    def splice(c):
        try:
            raise first
        except ValueError as error:
            error.__traceback__.tb_next = c.choice([None, second.__traceback__])
    torture([chain, chain, cause, star, splice, lambda c: setattr(first, "__traceback__", second.__traceback__), lambda c: setattr(first, "__context__", c.choice([None, second])), lambda c: setattr(second, "__context__", c.choice([None, first])), lambda c: setattr(first, "__cause__", c.choice([None, second])), lambda c: setattr(first, "args", (c.random(),)), lambda c: repr(first), lambda c: first.add_note("n"), lambda c: delattr(first, "__notes__"),
             lambda c: traceback.format_exception_only(first), lambda c: first.__setstate__({"k": 1}), lambda c: copy.copy(first), lambda c: group.split(ValueError), lambda c: group.subgroup(lambda x: True), lambda c: group.derive([first]), lambda c: first.with_traceback(None), lambda c: second.with_traceback(None), lambda c: first.__init__(1, 2)], accept=Exception)


def test_functions_that_others_change():
    def plain(a, b=1, *, c=2): return a, b, c
    def starred(x, *rest, **named): return x
    def generator(a, b=1, *, c=2):
        yield a
    def make(n):
        def inner(a): return n + a
        return inner
    inner, codes = make(1), [plain.__code__, starred.__code__, generator.__code__]
    torture([lambda c: plain(1), lambda c: plain(1, 2), lambda c: plain(1, c=3), lambda c: plain(*[1], **{"c": 1}), lambda c: setattr(plain, "__code__", c.choice(codes)), lambda c: setattr(plain, "__defaults__", c.choice([None, (1,), (1, 2)])), lambda c: setattr(plain, "__kwdefaults__", c.choice([None, {"c": [1]}, {}])), lambda c: plain.__kwdefaults__.update(c=5), lambda c: plain.__kwdefaults__.clear(), lambda c: setattr(plain, "__annotate__", lambda x: {}),
             lambda c: plain.__annotations__, lambda c: inspect.signature(plain), lambda c: setattr(plain, "__dict__", {}), lambda c: inner.__closure__[0].cell_contents, lambda c: setattr(inner.__closure__[0], "cell_contents", c.randrange(9)), lambda c: delattr(inner.__closure__[0], "cell_contents"), lambda c: inner(1), lambda c: setattr(inner, "__code__", make(2).__code__), lambda c: types.FunctionType(plain.__code__, {}, "n", (1,)), lambda c: functools.partial(plain, 1)(), lambda c: list(plain(1))], accept=Exception)


def test_comparisons_that_change_the_list():
    items = [3, 1, 2] * 10
    class Greedy:
        def __init__(self, value): self.value = value
        def __lt__(self, other):
            items.append(1) if len(items) < 60 else items.clear()
            return self.value < other.value
        def __eq__(self, other):
            items.append(Greedy(1)) if len(items) < 60 else items.clear()
            return False
        __hash__ = None
    torture([lambda c: items.sort(key=lambda x: (items.append(Greedy(2)), 1)[1]), lambda c: items.sort(key=id), lambda c: items.sort(), lambda c: sorted(items, key=id), lambda c: items.extend([Greedy(i) for i in range(5)]), lambda c: items.clear() if c.random() < 0.3 else None, lambda c: heapq.heappush(items, c.randrange(9)), lambda c: heapq.heappop(items), lambda c: heapq.heapify(items), lambda c: heapq.heapreplace(items, 1), lambda c: list(heapq.merge(items, items)),
             lambda c: bisect.insort(items, Greedy(1)), lambda c: items.index(Greedy(1)), lambda c: Greedy(1) in items, lambda c: items == [Greedy(1)] * 5, lambda c: items < [Greedy(1)] * 5, lambda c: min(items), lambda c: items.count(Greedy(2)), lambda c: items.remove(Greedy(1)), lambda c: heapq.nsmallest(3, items)], accept=Exception)


support.run(globals())
