"""Template strings (PEP 750, Python 3.14). As texts, since older parsers refuse them."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import equal, is_, raises, raises_code


def t(source, **names):
    if not support.NEW:
        support.skip("template strings are Python 3.14's")
    return eval(source, names)


def test_parts():
    x = t('t"hello"')
    equal(x.strings, ("hello",))
    equal(x.interpolations, ())
    equal(x.values, ())
    x = t('t"a{v}b{w}c"', v=1, w="two")
    equal(x.strings, ("a", "b", "c"))
    equal(x.values, (1, "two"))
    equal([i.expression for i in x.interpolations], ["v", "w"])
    x = t('t"{v}{v}"', v=1)
    equal(x.strings, ("", "", ""))
    x = t('t""')
    equal(x.strings, ("",))
    equal(t('t"{{}}"').strings, ("{}",))


def test_interpolation():
    i = t('t"{v!r:>5}"', v=7).interpolations[0]
    equal((i.value, i.expression, i.conversion, i.format_spec), (7, "v", "r", ">5"))
    i = t('t"{v}"', v=7).interpolations[0]
    equal((i.value, i.expression, i.conversion, i.format_spec), (7, "v", None, ""))
    i = t('t"{v + 1:{w}.{p}}"', v=7, w=5, p=2).interpolations[0]
    equal((i.value, i.expression, i.format_spec), (8, "v + 1", "5.2"))
    x = t('t"{v=}"', v=7)
    equal(x.strings, ("v=", ""))
    equal(x.interpolations[0].conversion, "r")
    x = t('t"{v = :>3}"', v=7)
    equal(x.strings, ("v = ", ""))
    equal((x.interpolations[0].conversion, x.interpolations[0].format_spec), (None, ">3"))


def test_iteration():
    x = t('t"a{v}{w}"', v=1, w=2)
    parts = list(x)
    equal([type(p).__name__ for p in parts], ["str", "Interpolation", "Interpolation"])
    equal(parts[0], "a")
    is_(type(x), type(t('t""')))


def test_concatenation():
    x = t('t"a{v}" + t"b{v}c"', v=1)
    equal(x.strings, ("a", "b", "c"))
    x = t('t"a" t"{v}b"', v=1)
    equal(x.strings, ("a", "b"))
    raises(TypeError, t, 't"a" + "b"')
    raises(TypeError, t, '"b" + t"a"')
    raises_code(SyntaxError, 't"a" "b"', contains="cannot mix t-string literals with string or bytes literals")


def test_raw_and_nested():
    equal(t('rt"\\n{v}"', v=1).strings, ("\\n", ""))
    equal(t('tr"\\d"').strings, ("\\d",))
    equal(t('t"{f\'{v}\'}"', v=3).values, ("3",))
    inner = t('t"{t\'{v}\'}"', v=3).values[0]
    equal(inner.values, (3,))


def test_types():
    Template = type(t('t""'))
    from string.templatelib import Interpolation, Template as T
    is_(T, Template)
    x = Template("a", Interpolation(1, "x", None, ""), "b", "c")
    equal(x.strings, ("a", "bc"))
    equal(Interpolation(5).expression, "")
    equal(repr(Interpolation(1, "x", "r", "f")), "Interpolation(1, 'x', 'r', 'f')")
    equal(repr(t('t"a{v}"', v=1)), "Template(strings=('a', ''), interpolations=(Interpolation(1, 'v', None, ''),))")
    raises(ValueError, Interpolation, 1, "x", "z")
    raises(TypeError, Template, 5)
    match Interpolation(1, "x", "s", ">"):
        case Interpolation(value, expression, conversion, spec):
            equal((value, expression, conversion, spec), (1, "x", "s", ">"))


def test_eager():
    log = []
    def see(x):
        log.append(x)
        return x
    t('t"{see(1)}{see(2)}"', see=see)
    equal(log, [1, 2])


support.run(globals())
