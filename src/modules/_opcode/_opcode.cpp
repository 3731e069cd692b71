// The module _opcode: what Lib/dis.py and Lib/opcode.py ask about the instruction set.
#include "compile/disassemble.h"
#include "compile/opcode.h"
#include "object/dict.h"
#include "object/list.h"
#include "object/module.h"
#include "object/native.h"
#include "object/str.h"
#include "object/tuple.h"

namespace imugi {
namespace {

bool is_valid(int64_t opcode) {
    return opcode >= 0 && opcode < static_cast<int64_t>(kOpcodeCount);
}

template <bool (*test)(Opcode)>
Owned has_property(Thread&, int opcode) {
    return Owned::share(boolean(is_valid(opcode) && test(static_cast<Opcode>(opcode))));
}

bool has_letter(Opcode op, char letter) {
    const OpcodeInfo& info = opcode_info(op);
    if (info.operands[1] == 'D' && info.operands[3] == letter) return true;
    for (const char* at = info.operands; *at; at++)
        if (*at == letter && info.operands[1] != 'D') return true;
    for (const char* at = info.words; *at; at++)
        if (*at == letter) return true;
    return false;
}
bool always(Opcode) {
    return true;
}
bool never(Opcode) {
    return false;
}
bool takes_constant(Opcode op) {
    return has_letter(op, 'k');
}
bool takes_name(Opcode op) {
    return has_letter(op, 'n');
}
bool jumps(Opcode op) {
    return is_jump(op);
}
bool takes_local(Opcode op) {
    return has_letter(op, 'l');
}

Owned get_intrinsic1_descs(Thread& thread) {
    Ref<List> names = TRY(make_list(thread));
#define INTRINSIC(name, arguments, doc) \
    TRY(list_append(thread, *names, TRY(intern(thread, #name))));
#define SPECIAL(name, method)
#include "compile/intrinsics.def"
#undef INTRINSIC
#undef SPECIAL
    return names;
}

Owned get_intrinsic2_descs(Thread& thread) {
    return make_list(thread);
}

Owned get_special_method_names(Thread& thread) {
    Ref<List> names = TRY(make_list(thread));
#define INTRINSIC(name, arguments, doc)
#define SPECIAL(name, method) TRY(list_append(thread, *names, TRY(intern(thread, #method))));
#include "compile/intrinsics.def"
#undef INTRINSIC
#undef SPECIAL
    return names;
}

// (name, operands, extra words, doc) of every instruction, by number.
Owned get_instructions(Thread& thread) {
    Ref<List> list = TRY(make_list(thread, kOpcodeCount));
    for (const OpcodeInfo& info : kOpcodes) {
        Ref<Str> name = TRY(intern(thread, info.name));
        Ref<Str> operands = TRY(make_str(thread, info.operands));
        Ref<Str> words = TRY(make_str(thread, info.words));
        Ref<Str> doc = TRY(make_str(thread, info.doc));
        TRY(list_append(thread, *list, TRY(make_tuple(thread, name, operands, words, doc))));
    }
    return list;
}

Owned disassemble(Thread& thread, Value code) {
    if (!has_shape(code, k_code_shape))
        return raise(thread, exc::TypeError, "disassemble() argument must be a code object");
    return compile::disassemble(thread, code.as<Code>());
}

// The operators of BINARY_CONST and INPLACE by number, each with its symbol.
Owned get_nb_ops(Thread& thread) {
    static constexpr const char* operators[][2] = {
        {"NB_ADD", "+"},         {"NB_SUBTRACT", "-"},
        {"NB_MULTIPLY", "*"},    {"NB_MATRIX_MULTIPLY", "@"},
        {"NB_TRUE_DIVIDE", "/"}, {"NB_FLOOR_DIVIDE", "//"},
        {"NB_REMAINDER", "%"},   {"NB_POWER", "**"},
        {"NB_LSHIFT", "<<"},     {"NB_RSHIFT", ">>"},
        {"NB_AND", "&"},         {"NB_OR", "|"},
        {"NB_XOR", "^"}};
    Ref<List> list = TRY(make_list(thread));
    for (auto& row : operators) {
        Ref<Str> name = TRY(intern(thread, row[0]));
        Ref<Str> symbol = TRY(intern(thread, row[1]));
        TRY(list_append(thread, *list, TRY(make_tuple(thread, name, symbol))));
    }
    return list;
}

// There is no stack: every instruction works on registers.
Owned stack_effect(Thread& thread, int opcode, Value oparg, Value jump) {
    if (opcode < 0 || opcode >= static_cast<int>(kOpcodeCount))
        return raise(thread, exc::ValueError, "invalid opcode or oparg");
    return Owned::small_int(0);
}

// No code is made for pieces of a function.
Owned get_executor(Thread& thread, Value code, int offset) {
    return raise(thread, exc::RuntimeError, "Executors are not available in this build");
}

Owned get_specialization_stats(Thread& thread) {
    return Owned::share(none());
}

const MethodRow functions[] = {
    {"get_executor", "(*, code, offset)", fn<get_executor>,
     "Return the executor object at offset in code if exists, None otherwise."},
    {"get_specialization_stats", "()", fn<get_specialization_stats>,
     "Return the specialization stats"},
    {"stack_effect", "(opcode, oparg=None, /, *, jump=None)", fn<stack_effect>,
     "Compute the stack effect of the opcode: none, as instructions work on registers."},
    {"get_nb_ops", "()", fn<get_nb_ops>, "Return array of symbols of binary ops."},
    {"is_valid", "(opcode)", fn<has_property<always>>, "Return True if opcode is valid."},
    {"has_arg", "(opcode)", fn<has_property<always>>, "Return True if the opcode has operands."},
    {"has_const", "(opcode)", fn<has_property<takes_constant>>,
     "Return True if the opcode accesses a constant."},
    {"has_name", "(opcode)", fn<has_property<takes_name>>,
     "Return True if the opcode accesses an attribute by name."},
    {"has_jump", "(opcode)", fn<has_property<jumps>>,
     "Return True if the opcode has a jump target."},
    {"has_free", "(opcode)", fn<has_property<never>>,
     "Return True if the opcode accesses a free variable only."},
    {"has_local", "(opcode)", fn<has_property<takes_local>>,
     "Return True if the opcode accesses a local variable only."},
    {"has_exc", "(opcode)", fn<has_property<never>>,
     "Return True if the opcode sets an exception handler."},
    {"get_intrinsic1_descs", "()", fn<get_intrinsic1_descs>,
     "Return a list of names of the intrinsics."},
    {"get_intrinsic2_descs", "()", fn<get_intrinsic2_descs>,
     "Return a list of names of the binary intrinsics."},
    {"get_special_method_names", "()", fn<get_special_method_names>,
     "Return a list of special method names."},
    {"get_instructions", "()", fn<get_instructions>,
     "Return (name, operands, extra words, doc) of every instruction, by number."},
    {"disassemble", "(code, /)", fn<disassemble>, "Return the text of a code's instructions."},
    {}};

bool execute(Thread& thread, Module& module) {
    return module_set(thread, module, "ENABLE_SPECIALIZATION", boolean(true)) &&
           module_set(thread, module, "ENABLE_SPECIALIZATION_FT", boolean(true));
}

ModuleSpec spec("_opcode", "The instruction set.", functions, execute);

}  // namespace
}  // namespace imugi
