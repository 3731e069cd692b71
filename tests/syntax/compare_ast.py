#!/usr/bin/env python3
"""Compare imugi's front end with a CPython's: trees with all positions, and errors word for word.

usage: PYTHON compare_ast.py IMUGI_SYNTAX PATH...

PYTHON is the CPython to compare with (3.13; 3.14's documented changes are in CHANGED below), IMUGI_SYNTAX the tool
of a dev build, each PATH a source file or a folder. Also takes `--snippets FILE`: a JSON list of [source, mode].
"""
import ast
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import tokenize
import warnings

# Messages that 3.14 changed: of CPython 3.13, of imugi.
CHANGED = []


def expected(source, mode):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = compile(source, "<compare>", mode, ast.PyCF_ONLY_AST)
        return ast.dump(tree, include_attributes=True)
    except SyntaxError as error:
        return (f"{type(error).__name__} {error.msg!r} {error.lineno} {error.offset} "
                f"{error.end_lineno} {error.end_offset} {error.text!r}")
    except (RecursionError, MemoryError, ValueError) as error:
        return f"{type(error).__name__} {error}"


class Tool:
    def __init__(self, path):
        self.process = subprocess.Popen([path, "--serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.file = tempfile.NamedTemporaryFile(suffix=".py", delete=False)

    def answer(self, source, mode):
        with open(self.file.name, "wb") as file:
            file.write(source.encode("utf-8", "surrogatepass"))
        self.process.stdin.write(f"{mode} {self.file.name}\n".encode())
        self.process.stdin.flush()
        parts = []
        while True:
            part = self.process.stdout.read1(1 << 20)
            if not part:
                raise SystemExit(f"imugi-syntax died: {self.process.wait()}")
            parts.append(part)
            if part.endswith(b"\0"):
                return b"".join(parts)[:-1].decode("utf-8", "surrogatepass")


def plain(text):
    # Which characters repr() shows depends on the Unicode version.
    return text.encode("ascii", "backslashreplace")


def first_difference(a, b):
    at = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
    start = max(0, at - 120)
    return f"  CPython: {a[start:at + 160]}\n  imugi:   {b[start:at + 160]}"


def sources(paths):
    for path in paths:
        path = pathlib.Path(path)
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            try:
                with tokenize.open(file) as stream:
                    yield str(file), stream.read()
            except (SyntaxError, UnicodeDecodeError):
                continue


def main():
    arguments = sys.argv[1:]
    mode = "exec"
    if "--mode" in arguments:
        at = arguments.index("--mode")
        mode = arguments[at + 1]
        del arguments[at:at + 2]
    tool = Tool(arguments.pop(0))
    if arguments[0] == "--snippets":
        parts = json.loads(pathlib.Path(arguments[1]).read_text())
        cases = [(f"snippet {i}", source, mode) for i, (source, mode) in enumerate(parts)]
    else:
        cases = ((name, source, mode) for name, source in sources(arguments))
    good = bad = 0
    for name, source, mode in cases:
        want, got = expected(source, mode), tool.answer(source, mode)
        for old, new in CHANGED:
            want = want.replace(old, new)
        if want == got or plain(want) == plain(got):
            good += 1
            continue
        bad += 1
        print(f"{name}:\n{first_difference(want, got)}")
        if name.startswith("snippet"):
            print("  source:  " + repr(source[:200]))
    print(f"{good} agree, {bad} differ")
    os.unlink(tool.file.name)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
