// The module _symtable: the compiler's symbol table as plain objects, for Lib/symtable.py.
#include "compile/compile.h"
#include "compile/symtable.h"
#include "memory/collector.h"
#include "modules/constants.h"
#include "modules/fs_path.h"
#include "modules/native_class.h"
#include "object/attribute.h"
#include "object/dict.h"
#include "object/int.h"
#include "object/list.h"
#include "object/protocol.h"

namespace imugi {
namespace {

using compile::Scope;

Owned entry_repr(Thread& thread, Value self) {
    Owned name = TRY(get_attribute(thread, self, ID(name)));
    Owned number = TRY(get_attribute(thread, self, ID(id)));
    Owned line = TRY(get_attribute(thread, self, ID(lineno)));
    return format(thread, "<symtable entry {}({}), line {}>", name, number, line);
}

const TypeSpec entry_spec = {
    .name = "_symtable.symtable entry",
    .size = sizeof(Object),
    .flags = kTypeTracked | kTypeHasDict,
    .slots = {.repr = entry_repr},
};
NativeClass entry_class(entry_spec);

Owned make_entry(Thread& thread, Scope& scope);

// The symbols and children of a scope; those of a comprehension that runs in its frame are its own.
bool add_contents(Thread& thread, Scope& scope, bool comprehension, Dict& symbols, List& children) {
    TRY(check_native_stack(thread, " in symtable"));
    for (auto& item : scope.symbols) {
        bool unused = item.value.flags == 0 && item.value.scope == compile::NameScope::kUnknown;
        if (unused || (comprehension && (item.value.flags & compile::kDefParam))) continue;
        Ref<Str> name = TRY(compile::str_of(thread, static_cast<ast::IdentifierRef>(item.key)));
        if (comprehension) {
            // What merely passes through this frame takes the comprehension's flags.
            Owned known = TRY(dict_get(thread, symbols, *name));
            if (!known.is_nothing() && (known.value().small_int() & 0xfff)) continue;
        }
        int64_t flags = item.value.flags | static_cast<int64_t>(item.value.scope) << 12;
        // Numbers of the scopes: local 1, global explicit 2, implicit 3, free 4, cell 5.
        TRY(dict_set(thread, symbols, name, Owned::small_int(flags)));
    }
    for (Scope* child : scope.children) {
        if (child->inlined)
            TRY(add_contents(thread, *child, true, symbols, children));
        else
            TRY(list_append(thread, children, TRY(make_entry(thread, *child))));
    }
    return true;
}

Owned make_entry(Thread& thread, Scope& scope) {
    TRY(check_native_stack(thread, " in symtable"));
    Type* type = entry_class.get(thread);
    if (!type) return {};
    Object* object = allocate_object(thread, *type);
    if (!object) return {};
    Owned entry = Owned::adopt(object);
    auto set = [&](Str& name, Owned value) {
        return value && store_own_attribute(thread, object, name, value);
    };
    Ref<Dict> symbols = TRY(make_dict(thread));
    Ref<List> parameters = TRY(make_list(thread));
    for (ast::IdentifierRef name : scope.parameters)
        TRY(list_append(thread, *parameters, compile::str_of(thread, name)));
    Ref<List> children = TRY(make_list(thread));
    TRY(add_contents(thread, scope, false, *symbols, *children));
    TRY(set(ID(id), make_int(thread, static_cast<int64_t>(reinterpret_cast<intptr_t>(object)))));
    TRY(set(ID(name), compile::str_of(thread, scope.name)));
    TRY(set(ID(symbols), std::move(symbols)));
    TRY(set(ID(varnames), std::move(parameters)));
    TRY(set(ID(children), std::move(children)));
    TRY(set(ID(nested), Owned::small_int(scope.nested)));
    TRY(set(ID(type), Owned::small_int(static_cast<int64_t>(scope.kind))));
    TRY(set(ID(lineno), Owned::small_int(scope.position.line)));
    return entry;
}

Owned symtable(Thread& thread, Value source, Value filename, Str& start) {
    compile::CompileOptions options;
    if (str_equal(start, "exec"))
        options.mode = syntax::Mode::Exec;
    else if (str_equal(start, "eval"))
        options.mode = syntax::Mode::Eval;
    else if (str_equal(start, "single"))
        options.mode = syntax::Mode::Single;
    else
        return raise(thread, exc::ValueError,
                     "symtable() arg 3 must be 'exec' or 'eval' or 'single'");
    Owned path = TRY(fs_path(thread, filename));
    if (is_bytes(path)) {
        auto& bytes = path.as<Bytes>();
        path = TRY(decode_fs(thread, bytes.text(), bytes.size));
    }
    Owned held;
    std::string_view text;
    TRY(compile::load_source(thread, source, "symtable() arg 1 must be a string or bytes",
                             &options.flags, &held, &text));
    TRY(compile::check_no_nulls(thread, text));
    Owned top;
    auto visit = [](Thread& inner, Scope& scope, void* out) {
        *static_cast<Owned*>(out) = make_entry(inner, scope);
        return static_cast<bool>(*static_cast<Owned*>(out));
    };
    if (!compile::build_symbol_table(thread, text, path.as<Str>(), options, visit, &top)) return {};
    return top;
}

const MethodRow functions[] = {
    {"symtable", "(source, filename, startstr, /)", fn<symtable>,
     "Return symbol and scope dictionaries used internally by compiler."},
    {}};

bool execute(Thread& thread, Module& module) {
    static constexpr IntConstant constants[] = {
        {"USE", compile::kUse},
        {"DEF_GLOBAL", compile::kDefGlobal},
        {"DEF_NONLOCAL", compile::kDefNonlocal},
        {"DEF_LOCAL", compile::kDefLocal},
        {"DEF_PARAM", compile::kDefParam},
        {"DEF_TYPE_PARAM", compile::kDefTypeParam},
        {"DEF_FREE_CLASS", compile::kDefFreeClass},
        {"DEF_IMPORT", compile::kDefImport},
        {"DEF_BOUND", compile::kDefBound},
        {"DEF_ANNOT", compile::kDefAnnotation},
        {"DEF_COMP_ITER", compile::kDefCompIter},
        {"DEF_COMP_CELL", compile::kDefCompCell},
        {"TYPE_FUNCTION", 0},
        {"TYPE_CLASS", 1},
        {"TYPE_MODULE", 2},
        {"TYPE_ANNOTATION", 3},
        {"TYPE_TYPE_ALIAS", 4},
        {"TYPE_TYPE_PARAMETERS", 5},
        {"TYPE_TYPE_VARIABLE", 6},
        {"LOCAL", 1},
        {"GLOBAL_EXPLICIT", 2},
        {"GLOBAL_IMPLICIT", 3},
        {"FREE", 4},
        {"CELL", 5},
        {"SCOPE_OFF", 12},
        {"SCOPE_MASK", 15},
    };
    return add_int_constants(thread, module, constants);
}

ModuleSpec spec("_symtable", nullptr, functions, execute);

}  // namespace
}  // namespace imugi
