"""Lines that are typed: editing, history and completion for input(), cmd, pdb and the plain prompt.

CPython binds GNU readline or libedit. This is the standard library's own editor, _pyrepl, under readline's names:
nothing to link, and one history for the prompt and for what runs there. Key bindings are the editor's, fixed; of
an init file only `set history-size` counts. Where the terminal cannot be
used for editing, history and settings work all the same and input() reads plain lines.
"""

import os
import sys

__all__ = [
    "add_history", "append_history_file", "backend", "clear_history", "get_begidx", "get_completer",
    "get_completer_delims", "get_completion_type", "get_current_history_length", "get_endidx",
    "get_history_item", "get_history_length", "get_line_buffer", "insert_text", "parse_and_bind",
    "read_history_file", "read_init_file", "redisplay", "remove_history_item", "replace_history_item",
    "set_auto_history", "set_completer", "set_completer_delims", "set_completion_display_matches_hook",
    "set_history_length", "set_pre_input_hook", "set_startup_hook", "write_history_file",
]

backend = "readline"
# Of GNU readline, the one whose behaviour this resembles; programs ask to work around older ones.
_READLINE_VERSION = _READLINE_RUNTIME_VERSION = 0x0802
_READLINE_LIBRARY_VERSION = "8.2"

_early = []  # history from before the editor
_completer = None
_delimiters = " \t\n`~!@#$%^&*()-=+[{]}\\|;:'\",<>/?"
_history_length = -1
_history_limit = -1
_auto_history = True
_startup_hook = None
_pre_input_hook = None


class _NoModules:
    """At input() nobody types import statements."""

    def get_completions(self, line):
        return None


def _editor():
    """_pyrepl's readline if it has begun to edit, else None: it takes long to load, and it imports this module."""
    module = sys.modules.get("_pyrepl.readline")
    wrapper = getattr(module, "_wrapper", None)
    return None if wrapper is None or wrapper.reader is None else wrapper


def _start():
    """An editor and its reader; None where the terminal does not do."""
    global _completer
    completer = _completer
    from _pyrepl import readline as module, historical_reader

    _completer = completer  # rlcompleter, imported on the way, has put in its own
    try:
        reader = module._wrapper.get_reader()
    except module._error:
        return None
    historical_reader.should_auto_add_history = _auto_history
    reader.history[:0] = _early
    _early.clear()
    return module._wrapper, reader


def _history():
    editor = _editor()
    return _early if editor is None else editor.reader.history


def _trim():
    history = _history()
    if 0 <= _history_limit < len(history):
        del history[:len(history) - _history_limit]


def _before_editing():
    for hook in (_startup_hook, _pre_input_hook):
        if hook is not None:
            hook()


def _edit(prompt):
    """A line from the terminal, without its end; None where the terminal does not do."""
    started = _start()
    if started is None:
        return None
    editor, reader = started
    config = editor.config
    saved = reader.can_colorize, config.module_completer, config.readline_completer, config.completer_delims
    reader.can_colorize, config.module_completer = False, _NoModules()
    config.readline_completer, config.completer_delims = _completer, frozenset(_delimiters)
    reader.ps1 = prompt
    try:
        return reader.readline(startup_hook=_before_editing)
    finally:
        _trim()
        reader.can_colorize, config.module_completer, config.readline_completer, config.completer_delims = saved


# Keys and the init file.

def parse_and_bind(string, /):
    """Obeys a line of an init file: `set history-size COUNT`; the keys stay as they are."""
    global _history_limit
    if not isinstance(string, (str, bytes)):
        raise TypeError(f"parse_and_bind() argument must be str, not {type(string).__name__}")
    words = os.fsdecode(string).split()
    if words[:2] == ["set", "history-size"] and len(words) > 2:
        try:
            _history_limit = int(words[2])
        except ValueError:
            return
        _trim()


def read_init_file(filename=None, /):
    """Obeys the lines of an init file, $INPUTRC or ~/.inputrc by default."""
    if filename is None:
        filename = os.environ.get("INPUTRC") or os.path.expanduser("~/.inputrc")
    with open(filename, "rb") as file:
        for line in file:
            parse_and_bind(line)


# The line that is being edited.

def get_line_buffer():
    """The line as it is now."""
    editor = _editor()
    return "" if editor is None else editor.get_line_buffer()


def insert_text(string, /):
    """Inserts text at the cursor."""
    editor = _editor()
    if editor is not None:
        editor.insert_text(string)


def redisplay():
    """Shows the line as it is now."""
    editor = _editor()
    if editor is not None:
        editor.reader.dirty = True


def set_startup_hook(function=None, /):
    """A function without arguments, called before the prompt appears; None takes it away."""
    global _startup_hook
    _startup_hook = function
    editor = _editor()
    if editor is not None:
        editor.set_startup_hook(function)


def set_pre_input_hook(function=None, /):
    """A function without arguments, called before the first key is read; None takes it away."""
    global _pre_input_hook
    _pre_input_hook = function


# History.

def _history_file(filename):
    return os.path.expanduser("~/.history") if filename is None else os.fspath(filename)


def _write(file, lines):
    for line in lines:
        # As the prompt writes statements of several lines.
        file.write(line.replace("\n", "\r\n").encode("utf-8", "surrogateescape") + b"\n")


def read_history_file(filename=None, /):
    """Adds the lines of a file, ~/.history by default."""
    with open(_history_file(filename), "rb") as file:
        text = file.read().decode("utf-8", "surrogateescape")
    history = _history()
    for line in text.replace("\r\n", "\r").split("\n"):
        if line and line != "_HiStOrY_V2_":
            history.append(line.replace("\r", "\n"))
    _trim()


def write_history_file(filename=None, /):
    """Saves the history, at most as many lines as set_history_length() said."""
    history = _history()
    first = max(0, len(history) - _history_length) if _history_length >= 0 else 0
    with open(_history_file(filename), "wb") as file:
        _write(file, history[first:])


def append_history_file(nelements, filename=None, /):
    """Adds the last lines of the history to a file that exists."""
    if nelements < 0:
        raise ValueError("nelements must be positive")
    history = _history()
    with open(_history_file(filename), "r+b") as file:
        file.seek(0, os.SEEK_END)
        _write(file, history[max(0, len(history) - nelements):])


def get_history_length():
    """How many lines the file keeps; negative: all."""
    return _history_length


def set_history_length(length, /):
    """How many lines write_history_file() keeps; negative: all."""
    global _history_length
    _history_length = length.__index__()


def get_current_history_length():
    """How many lines the history has."""
    return len(_history())


def get_history_item(index, /):
    """The line at an index counted from 1, or None."""
    history = _history()
    return history[index - 1] if 1 <= index <= len(history) else None


def _position(position):
    if position < 0:
        raise ValueError("History index cannot be negative")
    if position >= len(_history()):
        raise ValueError(f"No history item at position {position}")
    return position


def remove_history_item(pos, /):
    """Removes the line at a position counted from 0."""
    del _history()[_position(pos)]


def replace_history_item(pos, line, /):
    """Replaces the line at a position counted from 0."""
    _history()[_position(pos)] = line.rstrip("\n")


def add_history(string, /):
    """Adds a line."""
    _history().append(string.rstrip("\n"))
    _trim()


def clear_history():
    """Removes all lines."""
    _history().clear()


def set_auto_history(enabled, /):
    """Whether lines that are read are added to the history."""
    global _auto_history
    _auto_history = bool(enabled)
    module = sys.modules.get("_pyrepl.historical_reader")
    if module is not None:
        module.should_auto_add_history = _auto_history


# Completion.

def set_completer(function=None, /):
    """function(text, state), called with state 0, 1, 2, ... until it returns no string."""
    global _completer
    _completer = function
    editor = _editor()
    if editor is not None:
        editor.set_completer(function)


def get_completer():
    """The function that completes, or None."""
    return _completer


def get_completion_type():
    """What kind of completion is attempted: 9, that of a Tab."""
    return 9


def _bounds():
    editor = _editor()
    return (0, 0) if editor is None else editor._get_idxs()


def get_begidx():
    """Where the text that is completed begins."""
    return _bounds()[0]


def get_endidx():
    """Where the text that is completed ends."""
    return _bounds()[1]


def set_completer_delims(string, /):
    """The characters that end a word for completion."""
    global _delimiters
    _delimiters = string
    editor = _editor()
    if editor is not None:
        editor.set_completer_delims(string)


def get_completer_delims():
    """The characters that end a word for completion."""
    return _delimiters


def set_completion_display_matches_hook(function=None, /):
    """Accepts a function; the editor shows its list of matches itself."""


try:
    read_init_file()
except OSError:
    pass
