"""help(): texts on objects, keywords and topics."""

import io
import pydoc
import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import check, equal


def told(request):
    output = io.StringIO()
    pydoc.Helper(io.StringIO(), output).help(request)
    return output.getvalue()


def test_keywords_and_topics():
    check(told("if").startswith('The "if" statement\n******************\n'))
    check("conditional execution" in told("if"))
    check("lambda_expr" in told("lambda"))
    check(told("NUMBERS").startswith("Numeric literals\n"))
    for word in "try", "yield", "None", "OPERATORS", "SPECIALMETHODS":
        check(len(told(word)) > 200, word)
    check("False               class" in told("keywords"))


def test_objects():
    check(told("len").startswith("Help on built-in function len in module builtins:\n\nlen(obj, /)\n"))
    check("\n |  append(self, object, /)\n |      Append object to the end of the list.\n" in told("list"))
    check("\nNAME\n    bisect - Bisection algorithms.\n" in told("bisect"))

    class Shape:
        """Has corners."""

        def corners(self, least: int = 3) -> int:
            """How many."""

        @property
        def area(self):
            """Of the plane."""

    text = pydoc.render_doc(Shape, renderer=pydoc.plaintext)
    equal(text.split("\n")[0].split(" in module ")[0], "Python Library Documentation: class Shape")
    for line in (" |  Has corners.", " |  corners(self, least: int = 3) -> int", " |      How many.",
                 " |  Readonly properties defined here:", " |      Of the plane."):
        check("\n" + line + "\n" in text, line)


def test_what_is_not_there():
    check(told("no_such_thing").startswith("No Python documentation found for 'no_such_thing'.\n"))


support.run(globals())
