"""Compile sources and damaged sources and write down what came of each; run by tools/audit_programs.py.

    audit_programs_worker.py run OPERATIONS REPORT START   each line of OPERATIONS a JSON list [path, seed, whole]

A seed of null means the file as it is; any other picks a piece of it and damages that, the same way on every Python. A
line of REPORT is [number, {"compile": ..., "tree": ..., "symbols": ..., "tokens": ..., "warnings": ...}]: digests of what
was made unless whole is true, the error's type, text and position where it was refused. Runs on any Python from 3.11.
"""

import ast
import hashlib
import io
import json
import os
import random
import re
import resource
import symtable
import sys
import tokenize
import warnings

WORD = re.compile(rb"""[rbfuRBFU]{0,2}(?:\"\"\"|'''|["'])|\d[\w.]*|\w+|[ \t]+|\\?\r?\n|\*\*=?|//=?|>>=?|<<=?|->|:=|[!<>=+*/%&|^@-]=|[^\w\s]""")
SPARE = [word.encode() for word in (
    "( ) [ ] { } , : ; . ... = == := + - * ** / // @ -> ! != < ~ | & ^ % += <> lambda if else elif for in not is and or while "
    "async await def class with as try except finally raise from import return yield del global nonlocal assert except* "
    "pass break continue None True x print exec match case type _ __debug__ 0 1.5 0x 0777 1_ 1__0 1e 5j 'a' b'a' f'{x}' f'{' f'{x!z}' "
    "f'{x:{y}}' rb'' u'' br'\\' \" ''' # \\ $ ? ` é € ½ \u00a0 \u200b \u2028 \x0c \x00 * *x **x not_in 1if 0or").split(" ")]
COOKIES = (b"# -*- coding: latin-1 -*-\n", b"# coding: utf-8\n", b"# coding=ascii\n", b"# coding: nope\n", b"#!x\n# vim: set fileencoding=cp1252 :\n",
           b"# coding: utf-16\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf# coding: latin-1\n", b"# coding: utf-8-sig\n", b"# coding: rot13\n")

# 3.14 gives annotations scopes of their own.
NEWER_SYMBOLS = ("__classdict__", "__conditional_annotations__")


# ---- damage --------------------------------------------------------------------------------------------


def piece(source, choose):
    """Some of the file's top-level statements, or (now and then) all of it."""
    lines = source.splitlines(keepends=True)
    if choose.random() < 0.02 and len(source) < 60_000:
        return source
    starts = [i for i, line in enumerate(lines) if line[:1].isalpha() or line[:1] in (b"@", b"_")] or [0]
    at = choose.randrange(len(starts))
    first = starts[at]
    later = [s for s in starts[at + 1:] if s >= first + 3] or [len(lines)]
    last = later[min(choose.choice((0, 0, 1, 2, 5)), len(later) - 1)]
    return b"".join(lines[first:min(last, first + 150)])


def indent_change(lines, choose):
    at = choose.randrange(len(lines))
    line = lines[at]
    how = choose.randrange(5)
    if how == 0:
        lines[at] = b" " + line
    elif how == 1:
        lines[at] = line[1:] if line[:1] in b" \t" else b"\t" + line
    elif how == 2:
        lines[at] = b"\t" + line.lstrip(b" ")
    elif how == 3:
        lines[at] = line.replace(b"    ", b"\t", 1)
    else:
        lines[at] = b"    " + line


def break_encoding(source, choose):
    how = choose.randrange(5)
    at = choose.randrange(len(source) + 1)
    if how == 0:
        return source[:at] + bytes([choose.randrange(128, 256)]) + source[at:]
    if how == 1:
        return choose.choice(COOKIES) + source[:at] + "é".encode() + source[at:]
    if how == 2:
        return choose.choice(COOKIES) + source
    if how == 3:
        return source[:at] + choose.choice((b"\0", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\x80", b"\xe2\x82", b"\r", b"\x1a", b"\x0c")) + source[at:]
    return source.decode("utf-8", "replace").encode("latin-1", "replace")


def damage(source, seed):
    """(kind, damaged source), the same on every Python for the same seed."""
    choose = random.Random(seed)
    source = piece(source, choose)
    kind = choose.choice(("drop", "drop", "double", "swap", "swap far", "insert", "replace", "spare", "spare", "cut line", "cut end", "end in line",
                          "indent", "indent", "encoding", "join"))
    if kind == "encoding":
        return kind, break_encoding(source, choose)
    if kind in ("indent", "cut line", "join"):
        lines = source.splitlines(keepends=True) or [b""]
        at = choose.randrange(len(lines))
        if kind == "indent":
            indent_change(lines, choose)
        elif kind == "cut line":
            del lines[at]
        else:
            lines[at] = lines[at].rstrip(b"\r\n") + choose.choice((b"", b" ", b"\\\n", b"\\", b"; "))
        return kind, b"".join(lines)
    words = WORD.findall(source) or [b"x"]
    # Blanks tell little: another word is taken when there is one.
    at = choose.randrange(len(words))
    for _ in range(3):
        if words[at].isspace():
            at = choose.randrange(len(words))
    other = choose.randrange(len(words))
    if kind == "drop":
        del words[at]
    elif kind == "double":
        words.insert(at, words[at] if choose.random() < 0.5 else words[at] + b" ")
    elif kind == "swap":
        other = min(at + 1, len(words) - 1)
        if words[other].isspace():
            other = min(at + 2, len(words) - 1)
        words[at], words[other] = words[other], words[at]
    elif kind == "swap far":
        words[at], words[other] = words[other], words[at]
    elif kind == "insert":
        words.insert(at, b" " + words[other] + b" ")
    elif kind == "replace":
        words[at] = words[other]
    elif kind == "spare":
        spare = choose.choice(SPARE)
        if choose.random() < 0.5:
            words[at] = spare
        else:
            words.insert(at, b" " + spare + b" ")
    elif kind == "cut end":
        del words[at:]
    else:
        del words[at:]
        words[-1:] = [words[-1][:1] if words else b"", b"\n"]
    return kind, b"".join(words)


# ---- what came of it -----------------------------------------------------------------------------------


def told(error):
    if isinstance(error, SyntaxError):
        return "%s: %s | %s:%s-%s:%s | %r" % (type(error).__name__, error.msg, error.lineno, error.offset, error.end_lineno,
                                             error.end_offset, error.text)
    return "%s: %s" % (type(error).__name__, error)


def digest(text, whole):
    return text if whole else hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:16]


def show_symbols(table, depth=0):
    """Every scope with its symbols, as text."""
    flags = ("referenced", "parameter", "global", "nonlocal", "declared_global", "local", "free", "imported", "assigned", "namespace", "annotated")
    yield "%s%s %s %s %s%s" % ("  " * depth, str(table.get_type()), table.get_name(), table.get_lineno(), "O" if table.is_optimized() else "",
                              "N" if table.is_nested() else "")
    for symbol in sorted(table.get_symbols(), key=lambda s: s.get_name()):
        if symbol.get_name() not in NEWER_SYMBOLS:
            yield "%s - %s %s" % ("  " * depth, symbol.get_name(), " ".join(flag for flag in flags if getattr(symbol, "is_" + flag)()))
    for child in table.get_children():
        if "annotation" not in str(child.get_type()).lower():
            yield from show_symbols(child, depth + 1)


def has_annotations(tree):
    """3.14 gives annotations a scope of their own, so symbol tables can't be compared."""
    return any(isinstance(node, ast.AnnAssign) or getattr(node, "annotation", None) or getattr(node, "returns", None)
               or getattr(node, "type_params", None) or type(node).__name__ == "TypeAlias" for node in ast.walk(tree))


def perform(source, whole):
    out = {}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        tree = None
        try:
            compile(source, "program.py", "exec", dont_inherit=True)
            out["compile"] = "accepted"
        except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError) as error:
            out["compile"] = told(error)
    out["warnings"] = "; ".join("%s %s %s" % (w.category.__name__, w.lineno, w.message) for w in caught)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(source, "program.py")
            out["tree"] = digest(ast.dump(tree, include_attributes=True), whole)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            out["tree"] = "refused" if told(error) == out["compile"] else told(error)
        if tree is not None and out["compile"] == "accepted" and not has_annotations(tree):
            try:
                out["symbols"] = digest("\n".join(show_symbols(symtable.symtable(source, "program.py", "exec"))), whole)
            except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
                out["symbols"] = told(error)
        found = []
        try:
            for token in tokenize.tokenize(io.BytesIO(source).readline):
                found.append("%s %r %s %s" % (tokenize.tok_name[token.exact_type], token.string, token.start, token.end))
        except (tokenize.TokenError, SyntaxError, ValueError, RecursionError, MemoryError) as error:
            found.append(told(error) if isinstance(error, SyntaxError) else "%s: %r" % (type(error).__name__, error.args))
        # Older versions read t-strings as a name and a string.
        out["templates"] = any(text.startswith("TSTRING_START ") for text in found)
        # The last is kept in clear: it is the error when there is one.
        out["tokens"] = ("\n".join(found) if whole else digest("\n".join(found[:-1]), False) + " " + found[-1])
    return out


def main():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
    with open(sys.argv[2], encoding="utf-8") as file:
        operations = [json.loads(line) for line in file]
    report = os.open(sys.argv[3], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    report_mark = os.open(sys.argv[3] + ".at", os.O_WRONLY | os.O_CREAT, 0o644)
    cache = {}
    for number in range(int(sys.argv[4]), len(operations)):
        path, seed, whole = operations[number]
        os.pwrite(report_mark, b"%10d" % number, 0)
        if path not in cache:
            if len(cache) > 64:
                cache.clear()
            with open(path, "rb") as file:
                cache[path] = file.read()
        source, kind = cache[path], "whole"
        if seed is not None:
            kind, source = damage(source, seed)
        row = perform(source, whole)
        row["kind"] = kind
        if whole:
            row["source"] = source.decode("utf-8", "backslashreplace")
        row["digest"] = hashlib.sha256(source).hexdigest()[:16]
        os.write(report, (json.dumps([number, row]) + "\n").encode())


if __name__ == "__main__":
    main()
