"""pickle: the native half agrees with the Python one, and survives hostile streams."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import io
import pickle
import support
from support import check, equal, is_, raises, same

NEW = support.NEW


class Plain:
    def __init__(self, n):
        self.n = n

    def __eq__(self, other):
        return type(other) is Plain and other.n == self.n


class Listed(list):
    pass


class Slotted:
    __slots__ = ("a", "b")


def samples():
    deep = []
    deep.append(deep)
    text = "é€\U0001f600\n\\" + "x" * 300
    return [None, True, False, 0, 1, -1, 255, 256, 65535, 65536, -2**31, 2**31, 2**63, -2**100, 10**50, 0.0, -0.0, 1.5, 1e300, "", "a", text,
            b"", b"ab\xff", b"x" * 70000, bytearray(b"ba"), (), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), [], [1], list(range(1500)), {},
            {"a": 1}, {i: str(i) for i in range(1200)}, set(), {1, 2}, frozenset(), frozenset({3}), range(5), slice(1, 2), len, int, type(None),
            ..., NotImplemented, 1 + 2j, Plain, Plain(3), [Plain(1)] * 2, str.upper, ValueError("x"), Listed([1, 2])]


def test_round_trips():
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        for value in samples():
            stream = pickle.dumps(value, protocol)
            equal(stream, pickle._dumps(value, protocol))
            for loads in (pickle.loads, pickle._loads):
                result = loads(stream)
                is_(type(result), type(value))
                check(result == value or repr(result) == repr(value), (protocol, value))
            file = io.BytesIO()
            pickle.Pickler(file, protocol).dump(value)
            equal(file.getvalue(), stream)
            file.seek(0)
            result = pickle.Unpickler(file).load()
            check(result == value or repr(result) == repr(value))


def test_recursion_and_identity():
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        deep = []
        deep.append((deep,))
        copy = pickle.loads(pickle.dumps(deep, protocol))
        is_(copy[0][0], copy)
        shared = Plain(1)
        a, b = pickle.loads(pickle.dumps([shared, shared], protocol))
        is_(a, b)
        slotted = Slotted()
        slotted.a = 1
        if protocol >= 2:
            copy = pickle.loads(pickle.dumps(slotted, protocol))
            equal(copy.a, 1)
            check(not hasattr(copy, "b"))


def test_hooks():
    class Special(pickle.Pickler):
        def persistent_id(self, obj):
            return "id" if isinstance(obj, Plain) else None

        def reducer_override(self, obj):
            return (str, ("class",)) if obj is Slotted else NotImplemented

    class Back(pickle.Unpickler):
        def persistent_load(self, pid):
            return ["loaded", pid]

        def find_class(self, module, name):
            return super().find_class(module, name)

    file = io.BytesIO()
    Special(file).dump([Plain(1), Slotted, 5])
    file.seek(0)
    equal(Back(file).load(), [["loaded", "id"], "class", 5])


def test_buffers():
    data = bytearray(b"payload" * 100)
    buffers = []
    stream = pickle.dumps(pickle.PickleBuffer(data), 5, buffer_callback=buffers.append)
    check(len(stream) < 20)
    is_(pickle.loads(stream, buffers=[data]), data)
    equal(pickle.loads(pickle.dumps(pickle.PickleBuffer(data), 5)), data)
    equal(bytes(buffers[0].raw()), bytes(data))
    buffers[0].release()
    raises(ValueError, buffers[0].raw, message="operation forbidden on released PickleBuffer object")
    raises(pickle.UnpicklingError, pickle.loads, stream)


def test_hostile():
    for stream in (b"", b".", b"(", b"0.", b"1.", b"t.", b"\x85.", b"a.", b"s.", b"(u.", b"R.", b"b.", b"h\x05.", b"\x93.", b"\x8a\xff.", b"X\xff\xff\xff\xff",
                   b"\x8e\xff\xff\xff\xff\xff\xff\xff\x7f", b"\x95\xff\xff\xff\xff\xff\xff\xff\xff", b"\x80\x09.", b"\xff", b"N(", b"(e.", b"]((e.", b"q\x00.",
                   b"Q.", b"\x97.", b"\x98.", b"cos\n", b"I\n.", b"F\n.", b"S'\n.", b"o.", b"(o.", b"NN\x81.", b"\x92."):
        try:
            pickle.loads(stream)
        except Exception:
            pass
        else:
            support.fail(stream)
    raises(EOFError, pickle.loads, b"", message=("Ran out of input", ""))
    raises(pickle.PicklingError if NEW else AttributeError, pickle.dumps, lambda: 1)


def test_trees_with_links_to_the_parents():
    import ast, copy
    tree = ast.parse("def f(a):\n    if a: return [g(x) for x in a]\n    return a + 1\n")
    for node in ast.walk(tree):
        for child in ast.iter_child_nodes(node):
            child.parent = node
    copied = copy.deepcopy(tree)
    equal(ast.dump(copied), ast.dump(tree))
    for node in ast.walk(copied):
        for child in ast.iter_child_nodes(node):
            if not isinstance(child, (ast.expr_context, ast.operator)):
                check(child.parent is node)
    again = pickle.loads(pickle.dumps(tree))
    equal(ast.dump(again), ast.dump(tree))

def with_attributes():
    pass


with_attributes.mark = 1


def test_functions_with_attributes():
    for protocol in range(6):
        check(pickle.loads(pickle.dumps(with_attributes, protocol)) is with_attributes)


def test_memo():
    # Thousands of objects, all met twice.
    parts = [[str(i)] for i in range(5000)]
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        copy = pickle.loads(pickle.dumps(parts + parts, protocol))
        equal(copy, parts + parts)
        check(all(a is b for a, b in zip(copy[:5000], copy[5000:])))
    # Indices in no order, again and again, and mixed with those by count.
    same(pickle.loads(b"(]q\x05]q\x00h\x05h\x00t."), ([], [], [], []))
    one, other, last = pickle.loads(b"\x80\x04(K\x01q\x00K\x02q\x00h\x00t.")
    same((one, other, last), (1, 2, 2))
    same(pickle.loads(b"\x80\x04(K\x01q\x07K\x02\x94K\x03q\x09h\x01h\x07h\x09t."), (1, 2, 3, 2, 1, 3))
    for bad in (b"h\x00.", b"]q\x01h\x00.", b"]\x94h\x01."):
        raises(pickle.UnpicklingError, pickle.loads, bad)


support.run(globals())
