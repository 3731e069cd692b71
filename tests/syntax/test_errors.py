"""SyntaxErrors word for word and place for place: the cases of errors.txt.

`--rebaseline` writes the file anew with what the running interpreter says, for the cases of its version.
"""

import sys

HERE = __file__.rpartition("/")[0]
sys.path.insert(0, HERE + "/..")

import support

GOLDEN = HERE + "/errors.txt"


def read():
    head, cases = [], []
    with open(GOLDEN, encoding="utf-8") as file:
        for line in file:
            if line.startswith("#"):
                head.append(line)
                continue
            (key, expected), = eval("{" + line + "}").items()
            cases.append((key, expected))
    return head, cases


def outcome(source, mode):
    try:
        compile(source, "f", mode)
    except SyntaxError as error:
        return (type(error).__name__, error.msg, error.lineno, error.offset, error.end_lineno, error.end_offset,
                error.text)
    return None


def test_errors():
    wrong = []
    for (since, mode, source), expected in read()[1]:
        if sys.version_info < (3, since):
            continue
        actual = outcome(source, mode)
        if actual != expected:
            wrong.append("%r: got %r, expected %r" % (source, actual, expected))
    support.check(not wrong, "%d differ\n" % len(wrong) + "\n".join(wrong[:20]))


def rebaseline():
    head, cases = read()
    with open(GOLDEN, "w", encoding="utf-8") as file:
        file.writelines(head)
        for key, expected in cases:
            if sys.version_info >= (3, key[0]):
                expected = outcome(key[2], key[1]) or expected
            file.write("%r: %r\n" % (key, expected))


if "--rebaseline" in sys.argv:
    rebaseline()
else:
    support.run(globals())
