"""readline away from a terminal: history, its files, settings. What it does on one: test_terminal.py."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import os
import readline
import tempfile
import support
from support import check, equal, raises


def lines():
    return [readline.get_history_item(i + 1) for i in range(readline.get_current_history_length())]


def test_history():
    readline.clear_history()
    equal((lines(), readline.get_history_item(1)), ([], None))
    for line in ("first", "second", "third"):
        readline.add_history(line)
    equal(lines(), ["first", "second", "third"])
    readline.replace_history_item(1, "other")
    readline.remove_history_item(0)
    equal(lines(), ["other", "third"])
    raises(ValueError, readline.remove_history_item, -1, message="History index cannot be negative")
    raises(ValueError, readline.remove_history_item, 2, message="No history item at position 2")
    raises(ValueError, readline.replace_history_item, 9, "x", message="No history item at position 9")
    readline.clear_history()
    equal(lines(), [])


def test_files():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "history")
        readline.clear_history()
        for line in ("one", "two é", "three"):
            readline.add_history(line)
        readline.write_history_file(path)
        readline.clear_history()
        readline.read_history_file(path)
        equal(lines(), ["one", "two é", "three"])
        readline.add_history("four")
        readline.append_history_file(1, path)
        readline.set_history_length(2)
        equal(readline.get_history_length(), 2)
        readline.read_history_file(path)
        check(lines()[-4:] == ["one", "two é", "three", "four"] or lines() == ["three", "four"])
        readline.write_history_file(path)
        readline.set_history_length(-1)
        readline.clear_history()
        readline.read_history_file(path)
        equal(lines(), ["three", "four"])
        raises(FileNotFoundError, readline.read_history_file, os.path.join(folder, "none"))
        raises(FileNotFoundError, readline.append_history_file, 1, os.path.join(folder, "none"))
    readline.clear_history()


def test_settings():
    def complete(text, state):
        return None

    equal(readline.get_completer(), None)
    readline.set_completer(complete)
    check(readline.get_completer() is complete)
    readline.set_completer()
    equal(readline.get_completer(), None)
    readline.set_completer_delims(" \t")
    equal(readline.get_completer_delims(), " \t")
    equal((readline.get_line_buffer(), readline.get_begidx(), readline.get_endidx()), ("", 0, 0))
    readline.parse_and_bind("tab: complete")
    readline.set_startup_hook(None)
    readline.set_pre_input_hook()
    readline.set_completion_display_matches_hook()
    readline.set_auto_history(True)
    check(readline.backend in ("readline", "editline"))
    raises(FileNotFoundError, readline.read_init_file, "/no/such/file")


def test_size_by_init_file():
    if readline.backend != "readline":
        support.skip("another syntax")
    readline.clear_history()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "init")
        with open(path, "w") as file:
            file.write("# a comment\nset history-size 2\n")
        readline.read_init_file(path)
    for line in ("one", "two", "three"):
        readline.add_history(line)
    equal(readline.get_current_history_length(), 2)


support.run(globals())
