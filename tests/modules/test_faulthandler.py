"""faulthandler: tracebacks on request, on signals, after a time, on faults."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import os
import re
import signal
import subprocess
import tempfile

import support
from support import check, equal, raises

import faulthandler


def dumped(function):
    with tempfile.TemporaryFile("w+") as file:
        function(file)
        file.seek(0)
        return file.read()


def lines_of(text):
    """(line, function) of each frame."""
    return re.findall(r'  File ".*", line (\d+) in (\S+)', text)


def test_dump():
    def inner(file): faulthandler.dump_traceback(file, all_threads=False)
    text = dumped(inner)
    check(text.startswith("Stack (most recent call first):\n"))
    equal([name for _, name in lines_of(text)][:3], ["inner", "dumped", "test_dump"])
    text = dumped(lambda file: faulthandler.dump_traceback(file))
    check(re.match(r"Current thread 0x[0-9a-f]+.* \(most recent call first\):\n", text))


def test_signal():
    def on_signal(file):
        faulthandler.register(signal.SIGUSR1, file, all_threads=False)
        os.kill(os.getpid(), signal.SIGUSR1)
        check(faulthandler.unregister(signal.SIGUSR1))
    equal([name for _, name in lines_of(dumped(on_signal))][:2], ["on_signal", "dumped"])
    check(not faulthandler.unregister(signal.SIGUSR1))
    raises(RuntimeError, faulthandler.register, signal.SIGSEGV, message="signal 11 cannot be registered, use enable() instead")
    raises(ValueError, faulthandler.register, 1000, message="signal number out of range")


def test_later():
    import time
    def wait(file):
        faulthandler.dump_traceback_later(0.05, file=file)
        for _ in range(300):
            time.sleep(0.1)
            if os.fstat(file.fileno()).st_size:
                break
        faulthandler.cancel_dump_traceback_later()
    text = dumped(wait)
    check(text.startswith("Timeout (0:00:00.050000)!\n"), text)
    check("wait" in [name for _, name in lines_of(text)], text)
    raises(ValueError, faulthandler.dump_traceback_later, 0, message="timeout must be greater than 0")


def test_fault():
    program = "import faulthandler\ndef f(): faulthandler._sigsegv()\nf()"
    # A sanitizer shall leave the signal alone.
    environment = dict(os.environ, ASAN_OPTIONS="handle_segv=0:detect_leaks=0", TSAN_OPTIONS="handle_segv=0")
    done = subprocess.run([sys.executable, "-X", "faulthandler", "-c", program], stderr=subprocess.PIPE, env=environment)
    equal(done.returncode, -signal.SIGSEGV)
    text = done.stderr.decode()
    check(text.startswith("Fatal Python error: Segmentation fault\n\n"), text)
    equal(lines_of(text)[:2], [("2", "f"), ("3", "<module>")])


def test_closed_error_stream():
    program = "import faulthandler, sys; print(sys.stderr, faulthandler.is_enabled())"
    done = subprocess.run([sys.executable, "-X", "faulthandler", "-c", program], stdout=subprocess.PIPE, preexec_fn=lambda: os.close(2))
    equal((done.returncode, done.stdout), (0, b"None True\n"))


support.run(globals())
