"""Disassembler of this interpreter's register code."""

import collections
import io
import sys
import types

from opcode import *
from opcode import __all__ as _opcodes_all
from opcode import _instructions, _nb_ops, _intrinsic_1_descs, _special_method_names

__all__ = ["code_info", "dis", "disassemble", "distb", "disco",
           "findlinestarts", "findlabels", "show_code",
           "get_instructions", "Instruction", "Bytecode"] + _opcodes_all

_have_code = (types.MethodType, types.FunctionType, types.CodeType, classmethod, staticmethod, type)
_WIDE = opmap["WIDE"]

COMPILER_FLAG_NAMES = {
    1: "OPTIMIZED",
    2: "NEWLOCALS",
    4: "VARARGS",
    8: "VARKEYWORDS",
    16: "NESTED",
    32: "GENERATOR",
    64: "NOFREE",
    128: "COROUTINE",
    256: "ITERABLE_COROUTINE",
    512: "ASYNC_GENERATOR",
    0x4000000: "HAS_DOCSTRING",
    0x8000000: "METHOD",
}


def _try_compile(source, name):
    try:
        return compile(source, name, "eval")
    except SyntaxError:
        return compile(source, name, "exec")


def dis(x=None, *, file=None, depth=None, show_caches=False, adaptive=False,
        show_offsets=False, show_positions=False):
    """Disassemble classes, methods, functions, and other compiled objects.

    With no argument, disassemble the last traceback.
    """
    if x is None:
        distb(file=file)
        return
    x = _code_within(x)
    if hasattr(x, "__dict__"):
        for name, member in sorted(x.__dict__.items()):
            if isinstance(member, _have_code):
                print("Disassembly of %s:" % name, file=file)
                try:
                    dis(member, file=file, depth=depth)
                except TypeError as msg:
                    print("Sorry:", msg, file=file)
                print(file=file)
    elif hasattr(x, "co_code"):
        _disassemble_recursive(x, file=file, depth=depth)
    elif isinstance(x, str):
        _disassemble_recursive(_try_compile(x, "<dis>"), file=file, depth=depth)
    else:
        raise TypeError("don't know how to disassemble %s objects" % type(x).__name__)


def distb(tb=None, *, file=None, show_caches=False, adaptive=False,
          show_offsets=False, show_positions=False):
    """Disassemble a traceback (default: last traceback)."""
    if tb is None:
        try:
            tb = sys.last_exc.__traceback__ if hasattr(sys, "last_exc") else sys.last_traceback
        except AttributeError:
            raise RuntimeError("no last traceback to disassemble") from None
    while tb.tb_next:
        tb = tb.tb_next
    disassemble(tb.tb_frame.f_code, tb.tb_lasti, file=file)


def pretty_flags(flags):
    """Return pretty representation of code flags."""
    names = []
    for bit in range(32):
        flag = 1 << bit
        if flags & flag:
            names.append(COMPILER_FLAG_NAMES.get(flag, hex(flag)))
            flags ^= flag
            if not flags:
                break
    else:
        names.append(hex(flags))
    return ", ".join(names)


def _code_within(x):
    """The code of a function, method, generator or coroutine; x if it is none."""
    x = getattr(x, "__func__", x)
    for name in ("__code__", "gi_code", "ag_code", "cr_code"):
        if hasattr(x, name):
            return getattr(x, name)
    return x


def _get_code_object(x):
    x = _code_within(x)
    if isinstance(x, str):
        x = _try_compile(x, "<disassembly>")
    if hasattr(x, "co_code"):
        return x
    raise TypeError("don't know how to disassemble %s objects" % type(x).__name__)


def code_info(x):
    """Formatted details of methods, functions, or code."""
    co = _get_code_object(x)
    lines = ["Name:              %s" % co.co_name,
             "Filename:          %s" % co.co_filename,
             "Argument count:    %s" % co.co_argcount,
             "Positional-only arguments: %s" % co.co_posonlyargcount,
             "Kw-only arguments: %s" % co.co_kwonlyargcount,
             "Number of locals:  %s" % co.co_nlocals,
             "Stack size:        %s" % co.co_stacksize,
             "Flags:             %s" % pretty_flags(co.co_flags)]
    for title, values in (("Constants", enumerate(map(repr, co.co_consts))),
                          ("Names", enumerate(co.co_names)),
                          ("Variable names", enumerate(co.co_varnames)),
                          ("Free variables", enumerate(co.co_freevars)),
                          ("Cell variables", enumerate(co.co_cellvars))):
        values = list(values)
        if values:
            lines.append("%s:" % title)
            lines += ["%4d: %s" % item for item in values]
    return "\n".join(lines)


def show_code(co, *, file=None):
    """Print details of methods, functions, or code to *file* (default: stdout)."""
    print(code_info(co), file=file)


Positions = collections.namedtuple(
    "Positions", ["lineno", "end_lineno", "col_offset", "end_col_offset"], defaults=[None] * 4)

_Instruction = collections.namedtuple(
    "_Instruction",
    ["opname", "opcode", "arg", "argval", "argrepr", "offset", "start_offset", "starts_line",
     "line_number", "label", "positions", "cache_info"],
    defaults=[None, None, None])


class Instruction(_Instruction):
    """Details for an operation.

    `arg` is the tuple of the operands and further words; `argval` what stands out among them: the
    constant, the name, the target of a jump, else the tuple; `argrepr` all of them as text.
    """

    @property
    def baseopname(self):
        return self.opname

    @property
    def baseopcode(self):
        return self.opcode

    @property
    def oparg(self):
        return self.arg

    @property
    def jump_target(self):
        return self.argval if self.opcode in hasjump else None

    @property
    def is_jump_target(self):
        return self.label is not None

    @property
    def cache_offset(self):
        return self.offset + 4

    @property
    def end_offset(self):
        return self.offset + 4 * (1 + len(_instructions[self.opcode][2]))

    def __str__(self):
        return "%-24s %s" % (self.opname, self.argrepr)


def _signed(value, bits):
    return value - (1 << bits) if value >> (bits - 1) else value


def _words_of(co):
    code = co.co_code
    return [int.from_bytes(code[i:i + 4], "little") for i in range(0, len(code), 4)]


def _decode(words):
    """Yields (first word, opcode, operands as (kind, value), index behind)."""
    at = 0
    while at < len(words):
        start = at
        word = words[at]
        wide = 0
        is_wide = word & 255 == _WIDE
        if is_wide:
            wide = word
            at += 1
            word = words[at]
        op = word & 255
        _, operands, extra, _ = _instructions[op]
        fields = [(word >> shift & 255) | (wide >> shift & 255) << 8 for shift in (8, 16, 24)]
        found = []
        for i, kind in enumerate(operands[:3]):
            if kind == "D":
                kind = operands[3]
                if is_wide:
                    value = fields[1] | fields[2] << 16
                    bits = 32
                else:
                    value = fields[1] | fields[2] << 8
                    bits = 16
                found.append((kind, _signed(value, bits) if kind == "i" else value))
                break
            if kind != "_":
                found.append((kind, fields[i]))
        after = at + 1 + len(extra)
        for kind, value in zip(extra, words[at + 1:after]):
            if kind == "j":
                value = after + _signed(value, 32)
            found.append((kind, value))
        yield start, op, found, after
        at = after



def get_instructions(x, *, first_line=None, show_caches=None, adaptive=False):
    """Iterator for the opcodes in methods, functions or code."""
    co = _get_code_object(x)
    words = _words_of(co)
    decoded = list(_decode(words))
    labels = {}
    for _, op, operands, _ in decoded:
        for kind, value in operands:
            if kind == "j":
                labels.setdefault(value, None)
    for number, target in enumerate(sorted(labels), 1):
        labels[target] = number
    positions = list(co.co_positions())
    line_offset = 0 if first_line is None else first_line - co.co_firstlineno
    previous = None
    for start, op, operands, _ in decoded:
        shown = []
        argval = None
        for kind, value in operands:
            if kind == "k" and value < len(co.co_consts):
                argval = co.co_consts[value]
                shown.append(repr(argval))
            elif kind == "n" and value < len(co.co_names):
                argval = co.co_names[value]
                shown.append(argval)
            elif kind == "j":
                argval = value * 4
                shown.append("to L%d" % labels[value])
            elif kind in "drl":
                shown.append("r%d" % value)
            elif kind == "b":
                shown.append(_nb_ops[value & 255][1])
            elif kind != "x":
                shown.append(str(value))
        if argval is None:
            argval = tuple(value for kind, value in operands if kind != "x")
        where = Positions(*positions[start * 2]) if start * 2 < len(positions) else Positions()
        line = where.lineno
        starts = line is not None and line != previous
        if line is not None:
            previous = line
        yield Instruction(opname[op], op, tuple(value for _, value in operands), argval,
                          ", ".join(shown), start * 4, start * 4, starts,
                          None if line is None else line + line_offset, labels.get(start), where,
                          None)


def disassemble(co, lasti=-1, *, file=None, show_caches=False, adaptive=False,
                show_offsets=False, show_positions=False):
    """Disassemble a code object."""
    for it in get_instructions(co):
        line = str(it.line_number) if it.starts_line else ""
        label = "L%d:" % it.label if it.label else ""
        mark = "-->" if it.offset == lasti else ""
        print("%5s  %-5s %3s %5d  %s" % (line, label, mark, it.offset, it), file=file)


def _disassemble_recursive(co, *, file=None, depth=None):
    disassemble(co, file=file)
    if depth is None or depth > 0:
        if depth is not None:
            depth = depth - 1
        for x in co.co_consts:
            if hasattr(x, "co_code"):
                print(file=file)
                print("Disassembly of %r:" % (x,), file=file)
                _disassemble_recursive(x, file=file, depth=depth)


disco = disassemble


def findlabels(code):
    """Offsets of the jump targets in the bytes of a code."""
    words = [int.from_bytes(code[i:i + 4], "little") for i in range(0, len(code), 4)]
    return sorted({value * 4 for _, _, operands, _ in _decode(words)
                   for kind, value in operands if kind == "j"})


def findlinestarts(code):
    """Pairs (offset, line) where lines start in the code."""
    last = False
    for start, _, line in code.co_lines():
        if line is not last:
            last = line
            yield start, line


def _find_imports(co):
    """Yields (name, level, fromlist) of the import statements."""
    constants = {}
    for it in get_instructions(co):
        name = it.opname
        if name in ("LOAD_INT", "LOAD_CONST", "LOAD_NONE"):
            constants[it.arg[0]] = (None if name == "LOAD_NONE" else
                                    it.arg[1] if name == "LOAD_INT" else it.argval)
        elif name == "IMPORT_NAME":
            base = it.arg[1]
            yield it.argval, constants.get(base, 0), constants.get(base + 1)


def _find_store_names(co):
    """Yields the names that the code stores to."""
    names = set()
    for it in get_instructions(co):
        if it.opname in ("STORE_NAME", "STORE_GLOBAL") and it.argval not in names:
            names.add(it.argval)
            yield it.argval


class Bytecode:
    """The bytecode operations of a piece of code."""

    def __init__(self, x, *, first_line=None, current_offset=None, show_caches=False,
                 adaptive=False, show_offsets=False, show_positions=False):
        self.codeobj = co = _get_code_object(x)
        self.first_line = co.co_firstlineno if first_line is None else first_line
        self._first_line = first_line
        self._original_object = x
        self.current_offset = current_offset

    def __iter__(self):
        return get_instructions(self.codeobj, first_line=self._first_line)

    def __repr__(self):
        return "{}({!r})".format(self.__class__.__name__, self._original_object)

    @classmethod
    def from_traceback(cls, tb, *, show_caches=False, adaptive=False):
        """Construct a Bytecode from the given traceback."""
        while tb.tb_next:
            tb = tb.tb_next
        return cls(tb.tb_frame.f_code, current_offset=tb.tb_lasti)

    def info(self):
        """Return formatted information about the code object."""
        return code_info(self.codeobj)

    def dis(self):
        """Return a formatted view of the bytecode operations."""
        with io.StringIO() as output:
            disassemble(self.codeobj, file=output,
                        lasti=-1 if self.current_offset is None else self.current_offset)
            return output.getvalue()


def main(args=None):
    import argparse

    parser = argparse.ArgumentParser(color=True)
    parser.add_argument("infile", nargs="?", default="-")
    args = parser.parse_args(args=args)
    if args.infile == "-":
        name = "<stdin>"
        source = sys.stdin.buffer.read()
    else:
        name = args.infile
        with open(args.infile, "rb") as infile:
            source = infile.read()
    dis(compile(source, name, "exec"))


if __name__ == "__main__":
    main()
