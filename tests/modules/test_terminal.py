# time limit: 400
"""The prompt on a terminal: editing, history, search, completion, paste, Ctrl-C, Ctrl-D, colour, what may be switched off."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import os
import pty
import re
import select
import signal
import tempfile
import time
import support
from support import check, equal, skip

UP, DOWN, TAB, ENTER, HOME, END, PASTE, PASTED = "\x1bOA", "\x1bOB", "\t", "\r", "\x01", "\x05", "\x1b[200~", "\x1b[201~"
F3 = "\x1bOR"
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b[()][0-9A-B]|\x1b[=>78]|\x1b\[[?][0-9;]*[hl]")
SECONDS = 60


class Terminal:
    """An interpreter behind a terminal. What it has written since the last wait() is `seen`; `all` is everything."""

    def __init__(self, *options, prompt=">>> ", **environment):
        environment = {**{k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "NO_COLOR", "FORCE_COLOR"))},
                       "TERM": "xterm", "NO_COLOR": "1", "PYTHON_HISTORY": os.devnull, "COLUMNS": "80", "LINES": "24", **environment}
        environment = {key: value for key, value in environment.items() if value is not None}
        try:
            self.pid, self.fd = pty.fork()
        except OSError as error:  # a container without /dev/pts
            skip("no terminals here: %s" % error)
        if not self.pid:
            os.execve(sys.executable, [sys.executable, *options], environment)
        self.seen = self.all = ""
        self.status = None
        if prompt:
            self.wait(prompt)

    def read(self, deadline):
        ready, _, _ = select.select([self.fd], [], [], max(0, deadline - time.monotonic()))
        if not ready:
            raise TimeoutError(self.all)
        try:
            data = os.read(self.fd, 65536)
        except OSError:  # the other end is closed
            data = b""
        self.seen += data.decode("utf-8", "replace")
        self.all += data.decode("utf-8", "replace")
        return bool(data)

    def wait(self, text):
        """Reads until `text` has been written, escape sequences and returns aside; gives what came before."""
        deadline = time.monotonic() + SECONDS
        while True:
            plain = ESCAPES.sub("", self.seen).replace("\r", "")
            if text in plain:
                before, _, self.seen = plain.partition(text)
                return before
            if not self.read(deadline):
                raise EOFError(self.all)

    def type(self, text):
        os.write(self.fd, text.encode())

    def line(self, text, answer):
        """Types a line; waits for `answer` on a line of its own, then for the next prompt."""
        self.type(text + ENTER)
        self.wait("\n" + answer + "\n" if answer else "\n")
        self.wait(">>> ")

    def end(self):
        """Reads to the end; the exit status."""
        deadline = time.monotonic() + SECONDS
        while self.read(deadline):
            pass
        return self.close()

    def close(self):
        if self.status is None:
            os.close(self.fd)
            self.status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.status

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            self.close()


def test_statements_and_end():
    with Terminal("-q") as prompt:
        prompt.line("40 + 2", "42")
        prompt.line("_ * 2", "84")
        prompt.type("\x04")
        equal(prompt.end(), 0)


def test_several_lines():
    with Terminal("-q") as prompt:
        prompt.type("def f(x):" + ENTER)
        prompt.wait("... ")
        prompt.type("return x * 6" + ENTER)  # the prompt indents
        prompt.wait("... ")
        prompt.type(ENTER)
        prompt.wait(">>> ")
        prompt.line("f(7)", "42")
        # The definition comes back whole, and is edited in the middle.
        prompt.type(UP + UP)
        prompt.wait("return x * 6")
        prompt.type(UP + UP + END + "\x7f\x7f" + ", y):")
        prompt.type(DOWN + END + " + y" + ENTER)
        prompt.wait("... ")
        prompt.type(ENTER)
        prompt.wait(">>> ")
        prompt.line("f(7, 8)", "50")


def test_editing_keys():
    with Terminal("-q") as prompt:
        prompt.line("bc'" + HOME + "'a", "'abc'")
        prompt.line("'one two'\x17\x19", "'one two'")
        prompt.line("1 + 1" + HOME + "\x0b" + "'cut' + '\x19'", "'cut1 + 1'")
        prompt.line("'é漢😀'\x1bOD\x7f!", "'é漢!'")


def test_history():
    with tempfile.TemporaryDirectory() as folder:
        history = os.path.join(folder, "history")
        with Terminal("-q", PYTHON_HISTORY=history) as prompt:
            prompt.line("value = 20 + 1", "")
            prompt.line("value * 2", "42")
            prompt.line(UP, "42")
            prompt.type("\x12lue =")
            prompt.wait("r-search")
            prompt.type(ENTER)
            prompt.wait(">>> value = 20 + 1")
            prompt.type(END + "9" + ENTER)
            prompt.wait(">>> ")
            prompt.line("value", "39")
            prompt.type("exit" + ENTER)
            equal(prompt.end(), 0)
        with open(history) as file:
            text = file.read()
        check("value = 20 + 1\nvalue * 2\n" in text and "\nvalue = 20 + 19\n" in text, text)
        with Terminal("-q", PYTHON_HISTORY=history) as prompt:
            prompt.line("value = 7", "")
            prompt.type("\x12e *")
            prompt.wait("value * 2")
            prompt.type(ENTER)
            prompt.wait(">>> value * 2")
            prompt.line("", "14")


def test_completion():
    with Terminal("-q") as prompt:
        prompt.line("import os", "")
        prompt.type("os.path.isab" + TAB)
        prompt.wait("isabs(")
        prompt.type("'/x')" + ENTER)
        prompt.wait("\nTrue\n")
        prompt.wait(">>> ")
        prompt.type("os.getp" + TAB + TAB)
        text = prompt.wait("getppid")
        check("getpgid" in text and "getpid" in text)


def test_paste():
    with Terminal("-q") as prompt:
        prompt.type(PASTE + "def g(n):\n    if n:\n\n        return n * 2\n    return 0\n\nprint(g(21), g(0))\n" + PASTED)
        prompt.wait("g(0))")
        prompt.wait("... ")
        prompt.type(ENTER)
        prompt.wait("\n42 0\n")
        prompt.wait(">>> ")
        prompt.type(F3)
        prompt.wait("(paste) ")
        prompt.type("if 1:\n    print('six')\n\n    print('seven')\n")
        prompt.wait("seven')")
        prompt.wait("(paste) ")
        prompt.type(F3)
        prompt.wait("... ")
        prompt.type(ENTER)
        prompt.wait("\nsix\nseven\n")


def test_interrupt():
    with Terminal("-q") as prompt:
        prompt.type("1 + 2 +")
        prompt.wait("+ 2 +")
        prompt.type("\x03")
        prompt.wait("KeyboardInterrupt")
        prompt.wait(">>> ")
        prompt.type("import time; print('fell', 'asleep'); time.sleep(1000)" + ENTER)
        prompt.wait("\nfell asleep\n")
        prompt.type("\x03")
        prompt.wait("\nKeyboardInterrupt\n")
        prompt.wait(">>> ")
        prompt.type("def never():" + ENTER)
        prompt.wait("... ")
        prompt.type("\x03")
        prompt.wait("KeyboardInterrupt")
        prompt.wait(">>> ")
        prompt.line("6 * 7", "42")


def test_colour():
    for environment, coloured in [({"NO_COLOR": None}, True), ({}, False), ({"PYTHON_COLORS": "1"}, True), ({"NO_COLOR": None, "PYTHON_COLORS": "0"}, False)]:
        with Terminal("-q", **environment) as prompt:
            prompt.type("1/0" + ENTER)
            prompt.wait("ZeroDivisionError: division by zero")
            equal("\x1b[1;35m>>> " in prompt.all, coloured)
            equal("\x1b[1;35mZeroDivisionError\x1b[0m: \x1b[35mdivision by zero\x1b[0m" in prompt.all, coloured)


def test_input():
    with Terminal("-q") as prompt:
        prompt.type("text = input('say: ')" + ENTER)
        prompt.wait("\nsay: ")
        prompt.type("hellx\x7fo" + ENTER)
        prompt.wait(">>> ")
        prompt.line("text", "'hello'")


def test_ways_out():
    for text, status in [("exit", 0), ("quit()", 0), ("exit(0)", 0)]:
        with Terminal("-q") as prompt:
            prompt.type(text + ENTER)
            equal(prompt.end(), status)


def test_plain_prompt():
    for environment in [{"PYTHON_BASIC_REPL": "1"}, {"TERM": "dumb"}]:
        with Terminal("-q", **environment) as prompt:
            check("can't use pyrepl" in prompt.all or environment != {"TERM": "dumb"})
            prompt.line("40 + 2", "42")
            prompt.type("1/0" + ENTER)
            prompt.wait("    1/0\n    ~^~\nZeroDivisionError: division by zero\n")
            prompt.wait(">>> ")
            if environment != {"TERM": "dumb"}:
                prompt.type("\x03")
                prompt.wait("KeyboardInterrupt\n")
                prompt.wait(">>> ")
            prompt.type("\x04")
            equal(prompt.end(), 0)


def test_banner():
    with Terminal() as prompt:
        check(prompt.all.startswith(f"Python {sys.version} on linux\r\n"))
        check('Type "help", "copyright", "credits" or "license" for more information.\r\n' in prompt.all)
    with Terminal("-S") as prompt:
        check("Type" not in prompt.all)
    for options in (["-q"], ["-i", "-c", "word = 'se' + 'en'"]):
        with Terminal(*options) as prompt:
            check("Python" not in prompt.all)
    with Terminal("-i", "-c", "word = 'se' + 'en'; 1/0") as prompt:
        check("ZeroDivisionError: division by zero" in prompt.all)
        prompt.line("word", "'seen'")


def test_other_prompts():
    with Terminal("-m", "asyncio") as prompt:
        prompt.wait(">>> ")  # after its import of asyncio
        prompt.line("await asyncio.sleep(0, 'slept')", "'slept'")
        prompt.line("import time; mark = 4", "")
        prompt.line("async def f(): return mark + 38\r", "")
        prompt.line("await f()", "42")
        prompt.type("\x04")
        prompt.wait("exiting asyncio REPL...")
        equal(prompt.end(), 0)
    with Terminal("-q", "-m", "code") as prompt:
        prompt.line("40 + 2", "42")
    with Terminal("-q") as prompt:
        prompt.type("def f(a):" + ENTER + "breakpoint()" + ENTER + "return a * 2" + ENTER + ENTER)
        prompt.wait(">>> ")
        prompt.type("f(21)" + ENTER)
        prompt.wait("(Pdb) ")
        prompt.type("p a + 1" + ENTER)
        prompt.wait("\n22\n")
        prompt.wait("(Pdb) ")
        prompt.type("continue" + ENTER)
        prompt.wait("\n42\n")


def test_readline():
    """What an import of readline does for input(), the plain prompt, pdb and cmd."""
    program = """
import cmd, readline
readline.set_startup_hook(lambda: readline.insert_text('in'))
print([input('1? ')])
readline.set_startup_hook()
print([input('2? ')], readline.get_history_item(1))
class Shell(cmd.Cmd):
    prompt = '3? '
    def do_greet(self, line):
        print('hi', [line])
        return True
Shell().cmdloop()
try:
    input('4? ')
except KeyboardInterrupt as error:
    print(['interrupted', error.__traceback__.tb_next])
def f(value):
    breakpoint()
    return value
f(20)
"""
    with Terminal("-c", program, prompt="1? in") as terminal:
        terminal.type("side" + ENTER)
        terminal.wait("\n['inside']\n")
        terminal.wait("2? ")
        terminal.type(UP + "s" + HOME + "x" + ENTER)
        terminal.wait("\n['xinsides'] inside\n")
        terminal.wait("3? ")
        terminal.type("gre" + TAB)
        terminal.wait("eet")
        terminal.type(" you" + ENTER)
        terminal.wait("\nhi ['you']\n")
        terminal.wait("4? ")
        terminal.type("abc")
        terminal.wait("abc")
        terminal.type("\x03")
        terminal.wait("['interrupted', None]\n")
        terminal.wait("(Pdb) ")
        terminal.type("p value + 1" + ENTER)
        terminal.wait("\n21\n")
        terminal.wait("(Pdb) ")
        terminal.type(UP + "0" + ENTER)
        terminal.wait("\n30\n")
        terminal.wait("(Pdb) ")
        terminal.type("p val" + TAB)
        terminal.wait("ue")
        terminal.type(" * 2" + ENTER)
        terminal.wait("\n40\n")
        terminal.wait("(Pdb) ")
        terminal.type("continue" + ENTER)
        equal(terminal.end(), 0)
    with Terminal("-q", PYTHON_BASIC_REPL="1") as prompt:
        prompt.line("40 + 1\x7f2", "42")
        prompt.type(UP + HOME + "1" + ENTER)
        prompt.wait("\n142\n")
        prompt.wait(">>> ")
        prompt.type("(1," + ENTER)
        prompt.wait("... ")
        prompt.type("2)" + ENTER)
        prompt.wait("\n(1, 2)\n")


support.run(globals())
