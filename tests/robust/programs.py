"""Programs that ask for too much, each in a process of its own, and what they have to end with."""

import os
import resource
import subprocess
import sys
import tempfile

import support
from support import check, equal

IMUGI = sys.implementation.name == "imugi"
SANITIZED = any("/%s/" % preset in sys.executable for preset in ("asan", "tsan"))
# Processor time that any of them may take. What passes on the clock says nothing on a busy machine.
SECONDS = 600 if SANITIZED else 60


def limits(address_space=None, seconds=SECONDS):
    """What a child does before it becomes the program; `address_space` is in KiB as in ulimit -v."""

    def prepare():
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if address_space:
            resource.setrlimit(resource.RLIMIT_AS, (address_space << 10, address_space << 10))

    return prepare


def run(source, *, limit=None, stdin=b"", arguments=None, options=(), **more):
    """Returns (exit code, stdout, stderr) of a program; `limit` is its address space in KiB."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "program.py")
        with open(path, "wb") as file:
            file.write(source if isinstance(source, bytes) else source.encode())
        command = [sys.executable, *options, path] + (arguments or [])
        done = subprocess.run(command, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              preexec_fn=limits(limit), **more)
    return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")


def indented(source):
    return "".join("    " + line + "\n" for line in source.splitlines())


def expect(source, *names, **more):
    """The program catches one of these exceptions, its memory is given back, and it lives on."""
    program = (
        "import sys\ndef program():\n%stry:\n    program()\nexcept (%s) as e:\n    caught = type(e).__name__\n"
        "else:\n    caught = 'nothing'\nassert sum(range(10)) == 45\nprint(caught, 'alive')\n"
        % (indented(source), ", ".join(names)))
    code, out, err = run(program, **more)
    check(code == 0 and out.split()[1:] == ["alive"] and not err,
          "%r: %r" % (source, (code, out[-200:], err[-500:])))
    check(out.split()[0] in names, "got %r for %r" % (out, source))


def expect_fine(source, **more):
    """The program runs to its end and says nothing but `fine`, which is added."""
    equal((source,) + run(source + "\nprint('fine')\n", **more), (source, 0, "fine\n", ""))


def skip_with_sanitizer():
    """Their shadow memory does not fit in any address space that one would set as a limit."""
    if SANITIZED:
        support.skip("no limit of memory under a sanitizer")
