"""The instruction set of this interpreter's code objects, for dis and its users.

Instructions are 32-bit words `op | a << 8 | b << 16 | c << 24`, some with further words behind; see
dis.get_instructions().
"""

import _opcode

__all__ = ["cmp_op", "stack_effect", "hascompare", "opname", "opmap",
           "HAVE_ARGUMENT", "EXTENDED_ARG", "hasarg", "hasconst", "hasname",
           "hasjump", "hasjrel", "hasjabs", "hasfree", "haslocal", "hasexc"]

_instructions = _opcode.get_instructions()

opname = [row[0] for row in _instructions]
opmap = {name: number for number, name in enumerate(opname)}
# CPython's names, which programs look up to tell whether a frame stands at a yield, as Twisted does.
opmap.update(RETURN_VALUE=opmap["RETURN"], YIELD_VALUE=opmap["YIELD"])

HAVE_ARGUMENT = 0
EXTENDED_ARG = opmap["WIDE"]

cmp_op = ('<', '<=', '==', '!=', '>', '>=')

_numbers = range(len(opname))
hasarg = [op for op in _numbers if _opcode.has_arg(op)]
hasconst = [op for op in _numbers if _opcode.has_const(op)]
hasname = [op for op in _numbers if _opcode.has_name(op)]
hasjump = [op for op in _numbers if _opcode.has_jump(op)]
hasjrel = hasjump
hasjabs = []
hasfree = [op for op in _numbers if _opcode.has_free(op)]
haslocal = [op for op in _numbers if _opcode.has_local(op)]
hasexc = [op for op in _numbers if _opcode.has_exc(op)]
hascompare = [op for op in _numbers if opname[op].startswith("COMPARE_")]

_intrinsic_1_descs = _opcode.get_intrinsic1_descs()
_intrinsic_2_descs = _opcode.get_intrinsic2_descs()
_special_method_names = _opcode.get_special_method_names()
_common_constants = [AssertionError, NotImplementedError]
_nb_ops = [("NB_" + name.upper(), sign) for name, sign in (
    ("add", "+"), ("subtract", "-"), ("multiply", "*"), ("matrix_multiply", "@"),
    ("true_divide", "/"), ("floor_divide", "//"), ("remainder", "%"), ("power", "**"),
    ("lshift", "<<"), ("rshift", ">>"), ("and", "&"), ("or", "|"), ("xor", "^"))]
_specialized_opmap = {}
_specializations = {}
_inline_cache_entries = {}


def stack_effect(opcode, oparg=None, /, *, jump=None):
    """Instructions work on registers: none changes a stack."""
    if not _opcode.is_valid(opcode):
        raise ValueError("invalid opcode or oparg")
    if jump not in (None, True, False):
        raise ValueError("stack_effect: jump must be False, True or None")
    return 0
