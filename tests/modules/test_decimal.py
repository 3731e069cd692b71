"""decimal: arithmetic, rounding, contexts and signals, text, and numbers that no memory could hold."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import decimal
import fractions
import pickle
import threading

import support
from decimal import Context, Decimal as D, localcontext
from support import check, equal, raises, same


def test_arithmetic():
    same((D(1) / 3, D("1.10") + 2, D(7) // D(-2), D(-7) % 3, divmod(D(7), 2), -D("0.0"), abs(D(-3)), +D("1E+5")),
         (D("0.3333333333333333333333333333"), D("3.10"), D("-3"), D("-1"), (D("3"), D("1")), D("0.0"), D("3"), D("1E+5")))
    same((D(2).sqrt(), D(2).exp(), D(3).ln(), D(1000).log10(), D(3).log10()),
         (D("1.414213562373095048801688724"), D("7.389056098930650227230427461"),
          D("1.098612288668109691395245237"), D("3"), D("0.4771212547196624372950279033")))
    same((D(2) ** D("0.5"), D("2.00") ** 3, D(7) ** -3, D("1.00") ** 100, pow(D(3), 200, 13), D(4) ** D("0.5")),
         (D("1.414213562373095048801688724"), D("8.000000"), D("0.002915451895043731778425655977"),
          D("1.000000000000000000000000000"), D("9"), D("2.000000000000000000000000000")))
    same((D("1.2345").quantize(D("0.01")), D("2.5").to_integral_value(), round(D("2.675"), 2), round(D("3.5")), int(D("-3.9"))),
         (D("1.23"), D("2"), D("2.68"), 4, -3))
    raises(TypeError, lambda: D(1) + 1.0, message="unsupported operand type(s) for +: 'decimal.Decimal' and 'float'")


def test_comparison_and_hash():
    check(D("0.5") == 0.5 == fractions.Fraction(1, 2) and D(2) < 2.5 and D("1E+400") > 10 ** 399)
    for number in ("0.5", "-1", "123456789012345678901234567890", "1E+100", "1E-30"):
        equal(hash(D(number)), hash(fractions.Fraction(number)))
    check(D("nan") != D("nan"))
    raises(decimal.InvalidOperation, lambda: D("nan") < 1)


def test_text():
    for text in ("0", "-0.00", "1E+3", "1.5E-10", "0.000001", "1E-7", "NaN123", "-sNaN", "Infinity", "123456789012345678901.5"):
        equal(str(D(text)), text)
    equal(str(D(" 1_000.50\n")), "1000.50")
    equal(D("123E+1").to_eng_string(), "1.23E+3")
    raises(decimal.InvalidOperation, D, "1 1", message="[<class 'decimal.ConversionSyntax'>]")
    same([format(D("-1234567.891"), spec) for spec in ("", ",.2f", "e", ".3g", "+015.1f", "%", "*>12.0f", "#.0f")],
         ["-1234567.891", "-1,234,567.89", "-1.234567891e+6", "-1.23e+6", "-000001234567.9", "-123456789.1%", "****-1234568", "-1234568."])
    same((D("1.50").as_tuple(), D("1.50").as_integer_ratio(), D.from_float(0.1)),
         (decimal.DecimalTuple(0, (1, 5, 0), -2), (3, 2), D("0.1000000000000000055511151231257827021181583404541015625")))


def test_contexts():
    with localcontext(prec=5, rounding=decimal.ROUND_DOWN) as context:
        same((D(2) / 3, context.flags[decimal.Inexact]), (D("0.66666"), True))
    equal(decimal.getcontext().prec, 28)
    with localcontext(Context(traps=[])) as context:
        same((D(1) / 0, D("x"), context.flags[decimal.DivisionByZero]), (D("Infinity"), D("NaN"), True))
    raises(decimal.DivisionByZero, lambda: D(1) / 0, message="[<class 'decimal.DivisionByZero'>]")
    check(issubclass(decimal.DivisionByZero, ZeroDivisionError))
    raises(ValueError, Context, prec=0, message="valid range for prec is [1, MAX_PREC]")
    context = pickle.loads(pickle.dumps(Context(prec=7, Emax=9)))
    same((context.prec, context.Emax), (7, 9))
    same(pickle.loads(pickle.dumps(D("1.20"))), D("1.20"))


def test_threads():
    results = []
    def work(precision):
        decimal.setcontext(Context(prec=precision))
        total = D(0)
        for i in range(1, 200):
            total += D(1) / i
        results.append((precision, len(str(total))))
    threads = [threading.Thread(target=work, args=(p,)) for p in (10, 20, 30, 40)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    equal(sorted(results), [(10, 11), (20, 21), (30, 31), (40, 41)])


def test_beyond_memory():
    huge = Context(prec=decimal.MAX_PREC, Emax=decimal.MAX_EMAX, Emin=decimal.MIN_EMIN)
    for work in (lambda: int(D("1e1000000000000")), lambda: huge.divide(1, 3), lambda: huge.sqrt(2),
                 lambda: huge.add(D("1e999999999999"), 1), lambda: format(D("1e999999999999"), "f")):
        raises(MemoryError, work)
    same((huge.divide(1, 4), huge.sqrt(4), D("1e999999999999999") > 5), (D("0.25"), D("2"), True))
    raises(decimal.InvalidOperation, lambda: D("1e1000000000") % 7)


support.run(globals())
