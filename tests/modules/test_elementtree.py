"""xml.etree.ElementTree: elements as sequences, parsers and their targets, events, copies, threads."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import copy
import gc
import io
import pickle
import threading
import weakref
import xml.etree.ElementTree as ET

import support
from support import check, equal, is_, raises, same

TEXT = '<a xmlns:n="u" k="v">one<b>two</b>three<n:c n:d="4"/><!-- no -->four<?pi data?></a>'


def outline(root):
    return [(e.tag, e.attrib, e.text, e.tail) for e in root.iter()]


def test_parsing():
    root = ET.fromstring(TEXT)
    same(outline(root), [("a", {"k": "v"}, "one", None), ("b", {}, "two", "three"), ("{u}c", {"{u}d": "4"}, None, "four")])
    same(outline(ET.fromstring(TEXT.encode("utf-16"))), outline(root))
    same(outline(ET.parse(io.StringIO(TEXT)).getroot()), outline(root))
    same(outline(ET.parse(io.BytesIO(TEXT.encode())).getroot()), outline(root))
    parser = ET.XMLParser()
    for i in range(len(TEXT)): parser.feed(TEXT[i])
    same(outline(parser.close()), outline(root))
    same(ET.fromstring("<a>" + "x\n" * 50000 + "</a>").text, "x\n" * 50000)
    same(ET.fromstring("<ä ö='ü'>\U0001F600</ä>").attrib, {"ö": "ü"})


def test_errors():
    for text, code, position in (("<a>", 3, (1, 3)), ("<a></b>", 7, (1, 5)), ("", 3, (1, 0)), ("<a/><b/>", 9, (1, 4)), ("<a>&x;</a>", 11, (1, 3))):
        try: ET.fromstring(text)
        except ET.ParseError as error: same((error.code, error.position), (code, position))
        else: check(False)
    raises(ET.ParseError, ET.fromstring, "<!DOCTYPE a SYSTEM 'x'><a>&x;</a>", message="undefined entity &x;: line 1, column 26")
    raises(ValueError, ET.XMLParser.__new__(ET.XMLParser).feed, "x", message="XMLParser.__init__() wasn't called")
    raises(UnicodeEncodeError, ET.fromstring, "<a>\ud800</a>")
    raises(TypeError, ET.XMLParser().feed, 1)
    parser = ET.XMLParser()
    parser.entity["x"] = "known"
    parser.feed("<!DOCTYPE a SYSTEM 'x'><a>&x;</a>")
    same(parser.close().text, "known")


class Target:
    def __init__(self): self.seen = []
    def start(self, tag, attributes): self.seen.append(("start", tag, attributes))
    def end(self, tag): self.seen.append(("end", tag))
    def data(self, text): self.seen.append(("data", text))
    def comment(self, text): self.seen.append(("comment", text))
    def pi(self, target, text): self.seen.append(("pi", target, text))
    def start_ns(self, prefix, uri): self.seen.append(("start_ns", prefix, uri))
    def end_ns(self, prefix): self.seen.append(("end_ns", prefix))
    def doctype(self, *parts): self.seen.append(("doctype",) + parts)
    def close(self): return self.seen


def test_targets():
    parser = ET.XMLParser(target=Target())
    parser.feed("<!DOCTYPE a SYSTEM 'x'>" + TEXT)
    same(parser.close(), [("doctype", "a", None, "x"), ("start_ns", "n", "u"), ("start", "a", {"k": "v"}), ("data", "one"), ("start", "b", {}),
         ("data", "two"), ("end", "b"), ("data", "three"), ("start", "{u}c", {"{u}d": "4"}), ("end", "{u}c"), ("comment", " no "),
         ("data", "four"), ("pi", "pi", "data"), ("end", "a"), ("end_ns", "n")])
    same(ET.XMLParser(target=object()).feed("<a>b</a>"), None)

    class Broken(Target):
        def data(self, text): raise KeyError(text)

    raises(KeyError, ET.XMLParser(target=Broken()).feed, TEXT)

    class Again(Target):
        def end(self, tag): parser.feed("x")

    if sys.implementation.name == "imugi":  # others do what they will
        parser = ET.XMLParser(target=Again())
        raises(RuntimeError, parser.feed, TEXT)


def test_builder():
    builder = ET.TreeBuilder(insert_comments=True, insert_pis=True)
    root = builder.start("a", {"k": "v"})
    for text in "xyz": builder.data(text)
    builder.comment("note")
    builder.data("tail")
    inner = builder.start("b", {})
    is_(builder.end("b"), inner)
    builder.data("end")
    builder.pi("p", "q")
    is_(builder.end("a"), root)
    is_(builder.close(), root)
    same(ET.tostring(root), b'<a k="v">xyz<!--note-->tail<b />end<?p q?></a>')
    raises(IndexError, builder.end, "a")
    raises(TypeError, builder.start, "a", 1)

    class Own(ET.Element):
        pass

    parser = ET.XMLParser(target=ET.TreeBuilder(element_factory=Own))
    parser.feed("<a><b>text</b></a>")
    made = parser.close()
    check(type(made) is type(made[0]) is Own and made[0].text == "text")
    plain = ET.TreeBuilder(element_factory=lambda tag, attributes: Plain())
    plain.start("a", {}), plain.data("b"), plain.data("c"), plain.end("a"), plain.data("d"), plain.data("e")


class Plain:
    text = tail = None


def test_events():
    pull = ET.XMLPullParser(("start", "end", "start-ns", "end-ns", "comment", "pi"))
    pull.feed(TEXT)
    same([(event, value if event in ("start-ns", "end-ns") else value.tag) for event, value in pull.read_events() if event not in ("comment", "pi")],
         [("start-ns", ("n", "u")), ("start", "a"), ("start", "b"), ("end", "b"), ("start", "{u}c"), ("end", "{u}c"), ("end", "a"), ("end-ns", None)])
    same([element.tag for _, element in ET.iterparse(io.BytesIO(TEXT.encode()))], ["b", "{u}c", "a"])
    raises(ValueError, ET.XMLPullParser, ["no"], message="unknown event 'no'")


def test_sequence():
    root = ET.Element("a", {"x": "1"}, y="2")
    same(root.attrib, {"x": "1", "y": "2"})
    same(ET.Element("a", attrib={"x": "1"}, y="2").attrib, {"x": "1", "y": "2"})
    parts = [ET.SubElement(root, "b%d" % i) for i in range(6)]
    same((len(root), list(root), root[1:3], root[-1]), (6, parts, parts[1:3], parts[5]))
    del root[0], root[::2]
    same(list(root), [parts[2], parts[4]])
    root[:] = parts[:3]
    root[1:2] = parts[3:]
    same(list(root), [parts[0]] + parts[3:] + [parts[2]])
    root.insert(-1, parts[1])
    root.remove(parts[3])
    same(list(root), [parts[0], parts[4], parts[5], parts[1], parts[2]])
    raises(ValueError, root.remove, parts[3])
    raises(IndexError, lambda: root[9], message="child index out of range")
    raises(TypeError, root.append, "x", message="append() argument 1 must be xml.etree.ElementTree.Element, not str")
    raises(TypeError, root.extend, [parts[0], 1], message='expected an Element, not "int"')
    raises(ValueError, root.__setitem__, slice(0, 4, 2), parts[:1])
    raises(TypeError, lambda: root["a"], message="element indices must be integers")
    root.clear()
    same((len(root), root.attrib, root.text), (0, {}, None))
    raises(AttributeError, delattr, root, "tag")


def test_finding():
    root = ET.fromstring("<a><b>1</b><c><b>2</b></c><b/>x</a>")
    same((root.find("b").text, root.findtext("b"), root.findtext("z", 5), root.find("z")), ("1", "1", 5, None))
    same(([e.text for e in root.findall("b")], [e.text for e in root.iter("b")]), (["1", None], ["1", "2", None]))
    same(([e.text for e in root.findall(".//b")], [e.text for e in root.iterfind("c/b")]), (["1", "2", None], ["2"]))
    same((list(root.itertext()), [e.tag for e in root.iter("*")]), (["1", "2", "x"], ["a", "b", "c", "b", "b"]))
    walk = root.iter()
    next(walk)
    root.clear()
    same(list(walk), [])


def test_copies():
    root = ET.fromstring(TEXT)
    for made in (copy.deepcopy(root), pickle.loads(pickle.dumps(root))):
        check(made is not root and made[0] is not root[0])
        same(outline(made), outline(root))
    shallow = copy.copy(root)
    check(shallow[0] is root[0] and shallow.text == "one")
    other = ET.Element.__new__(ET.Element)
    other.__setstate__({"tag": "t", "text": "x", "_children": [root]})
    same((other.tag, other.text, other.tail, other.attrib, other[0]), ("t", "x", None, {}, root))
    raises(TypeError, other.__setstate__, {"tag": "t", "_children": [1]})
    raises(TypeError, other.__setstate__, {})


class Equal:
    def __init__(self, root): self.root = root
    def __eq__(self, other):
        self.root.clear()
        return False
    __hash__ = None


def test_changes_while_looking():
    if sys.implementation.name != "imugi": support.skip("other Pythons crash")
    root = ET.Element("a")
    for _ in range(5): ET.SubElement(root, Equal(root))
    same(root.find("x"), None)
    for _ in range(5): ET.SubElement(root, "b")
    found = []
    for child in root:
        found.append(child)
        root.remove(child)
    same(len(found), 3)


def test_collection():
    class Own(ET.Element):
        pass

    root = Own("a")
    root.append(root)
    gone = weakref.ref(root)
    del root
    gc.collect()
    is_(gone(), None)
    deep = inner = ET.Element("a")
    for _ in range(100000): inner = ET.SubElement(inner, "b")
    del deep, inner


def test_threads_share_an_element():
    root = ET.Element("a")

    def work(number):
        for i in range(300):
            child = ET.SubElement(root, "b", n=str(number))
            root.set("k%d" % i, "v")
            root.text = "t%d" % i
            list(root.iter("b")), root.find("b"), root.findall("c"), len(root), root.items()
            if i % 3 == 0: root.remove(child)
            if i % 50 == 49: copy.copy(root), root[1:3]

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    equal(len(root), 4 * 200)
    equal(len(root.attrib), 300)


def test_threads_share_a_parser():
    parser, builder, walk = ET.XMLParser(), ET.TreeBuilder(), None
    parser.feed("<a>")
    builder.start("a", {})
    walk = ET.fromstring("<a>" + "<b><c/></b>" * 2000 + "</a>").iter()
    seen = []

    def work():
        for i in range(200):
            parser.feed("<b k='v'>text</b>")
            builder.data("x")
            try: builder.start("b", {}), builder.end("b")
            except (IndexError, ET.ParseError): pass
        seen.extend(walk)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    parser.feed("</a>")
    equal(len(parser.close()), 800)
    equal((len(seen), len(set(map(id, seen)))), (4001, 4001))


support.run(globals())
