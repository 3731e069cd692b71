"""-b and -bb: comparing bytes with text, and str() of bytes, warn or raise. -W: before anybody imports `warnings`, too."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import subprocess
import support
from support import equal

PROGRAM = """
import warnings
for text in ["b'a' == 'a'", "'a' != b'a'", "bytearray() == ''", "b'' == 1", "str(b'')", "str(bytearray())", "f'{bytes()}'", "'%s' % b''", "b'' in ['']",
             "b'a' == b'a'", "repr(b'')", "str(b'', 'ascii')", "bytearray() == 1"]:
    with warnings.catch_warnings(record=True) as caught:
        try:
            eval(text)
            print([str(warning.message) for warning in caught])
        except BytesWarning as error:
            print(error)
"""

TEXTS = ["Comparison between bytes and string", "Comparison between bytes and string", "Comparison between bytearray and string",
         "Comparison between bytes and int", "str() on a bytes instance", "str() on a bytearray instance", "str() on a bytes instance",
         "str() on a bytes instance", "Comparison between bytes and string"]


def run(*options):
    done = subprocess.run([sys.executable, *options, "-c", PROGRAM], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.stdout.splitlines()


def test_off():
    equal(run(), ["[]"] * (len(TEXTS) + 4))


def test_warning():
    equal(run("-b"), [str([text]) for text in TEXTS] + ["[]"] * 4)


def test_error():
    equal(run("-bb"), TEXTS + ["[]"] * 4)


def compiled(*options):
    done = subprocess.run([sys.executable, *options, "-c", "compile('1 is 1', 'source', 'exec')"], stderr=subprocess.PIPE, text=True)
    return done.stderr.splitlines()


def test_filters_of_options():
    text = '"is" with \'int\' literal. Did you mean "=="?'
    equal(compiled()[0], "source:1: SyntaxWarning: " + text)
    equal(compiled("-W", "ignore"), [])
    equal(compiled("-Wignore::SyntaxWarning"), [])
    equal(compiled("-Werror")[-1], "SyntaxError: " + text)


support.run(globals())
