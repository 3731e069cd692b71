#!/usr/bin/env python3
"""Compare imugi's front end with a CPython's: trees with all positions, and errors word for word.

usage: PYTHON compare_ast.py IMUGI_SYNTAX PATH...

PYTHON is the CPython to compare with (3.13; what 3.14 changed is in CHANGED below), IMUGI_SYNTAX the tool
of a dev build, each PATH a source file or a folder. Also takes `--snippets FILE`: a JSON list of [source, mode], and
`--mutate COUNT SEED PATH...`: top-level statements of the sources with one small mistake each.
"""
import ast
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import tokenize
import warnings

# What 3.14 says or accepts, and 3.13 does not.
CHANGED = re.compile("|".join([
    "prefixes are incompatible",
    "t-string",
    "multiple exception types must be parenthesized",         # PEP 758
    "cannot use .* as (import|pattern) target",
    "cannot use except.? statement with",
    "Is this intended to be part of the string",
    "but statement is given",
    "'elif' block follows an 'else' block",
    "newlines are not allowed in format specifiers",
]))


# Further modes: what they are to compile(), and flags.
MODES = {
    "type_comments": ("exec", ast.PyCF_TYPE_COMMENTS),
    "incomplete": ("single", 0x4000 | 0x200),  # as codeop: PyCF_ALLOW_INCOMPLETE_INPUT, PyCF_DONT_IMPLY_DEDENT
}


def expected(source, mode):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if mode.startswith("version"):
                tree = ast.parse(source, feature_version=(3, int(mode[7:])))
            else:
                kind, flags = MODES.get(mode, (mode, 0))
                tree = compile(source, "<compare>", kind, ast.PyCF_ONLY_AST | flags)
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


EXTRAS = ("( ) [ ] { } , : ; . ... = == := + - * ** / // @ -> ! != < ~ | & ^ % += lambda if else elif for in not is and or "
          "await async def class with as try except finally raise from import return yield del global nonlocal assert "
          "pass break continue None True x print match case type _ 0 1.5 0x 'a' b'a' f'{x}' f'{' \" ''' # \\ \n \t $ ? é").split(" ")


def mutants(count, seed, mode, paths):
    choose = random.Random(seed)
    pieces = []
    for name, source in sources(paths):
        if len(source) > 200000:
            continue
        try:
            tree = ast.parse(source)
        except SyntaxError:
            continue
        lines = source.splitlines(keepends=True)
        for node in tree.body:
            piece = "".join(lines[node.lineno - 1:node.end_lineno])
            if 3 < len(piece) < 2500 and "\r" not in piece and "\f" not in piece:
                pieces.append((f"{name}:{node.lineno}", piece))
    for number in range(count):
        name, piece = choose.choice(pieces)
        words = re.findall(r"\w+|\s+|[^\w\s]", piece)
        at = choose.randrange(len(words))
        how = choose.randrange(6)
        if how == 0:
            del words[at]
        elif how == 1:
            words.insert(at, words[choose.randrange(len(words))])
        elif how == 2:
            words[at] = choose.choice(EXTRAS)
        elif how == 3:
            words.insert(at, " " + choose.choice(EXTRAS) + " ")
        elif how == 4:
            other = choose.randrange(len(words))
            words[at], words[other] = words[other], words[at]
        else:
            del words[at:]
        yield f"snippet {number} ({name})", "".join(words), mode


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
    elif arguments[0] == "--mutate":
        cases = mutants(int(arguments[1]), int(arguments[2]), mode, arguments[3:])
    else:
        cases = ((name, source, mode) for name, source in sources(arguments))
    good = bad = changed = 0
    for name, source, mode in cases:
        want, got = expected(source, mode), tool.answer(source, mode)
        if want != got and (CHANGED.search(want[:200]) or CHANGED.search(got[:200])):
            changed += 1
            continue
        if want == got or plain(want) == plain(got):
            good += 1
            continue
        bad += 1
        print(f"{name}:\n{first_difference(want, got)}")
        if name.startswith("snippet"):
            print("  source:  " + repr(source[:200]))
    print(f"{good} agree, {changed} differ as 3.14 does, {bad} differ")
    os.unlink(tool.file.name)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
