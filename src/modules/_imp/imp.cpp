// _imp: what importlib asks of the runtime: builtin modules, frozen modules, the import lock,
// source hashes.
//
// The import lock is one recursive lock of the process; importlib holds it only around its own
// tables.
#include "modules/_imp/import_lock.h"

#include "base/hash.h"
#include "compile/compile.h"
#include "object/buffer.h"
#include "object/bytes.h"
#include "object/code.h"
#include "object/config.h"
#include "object/dict.h"
#include "object/errors.h"
#include "object/int.h"
#include "object/interpreter.h"
#include "object/list.h"
#include "object/module.h"
#include "object/native_module.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"
#include "thread/parking_lot.h"
#include "vm/call.h"
#include "vm/frozen.h"

namespace imugi {

namespace {

// Changes with the format of marshalled code.
constexpr uint32_t kCodeFormat = 14004;

// Of the instruction set: caches made for another one are not read.
constexpr uint32_t fingerprint(uint32_t seed) {
    for (const char* text : {
#define OP(NAME, operands, words, doc) #NAME " " operands " " words ";",
#include "compile/opcodes.def"
#undef OP
         })
        for (; *text; text++) seed = (seed ^ static_cast<uint8_t>(*text)) * 16777619u;
    return (seed ^ seed >> 16) & 0xFFFF;
}
constexpr int64_t kBytecodeMagic = 0x0A0D0000 | fingerprint(kCodeFormat);

// --- the import lock ---

std::atomic<uint64_t> lock_owner{0};  // thread id; 0: free
uint32_t lock_depth;                  // of the owner

}  // namespace

void acquire_import_lock(Thread& thread) {
    if (lock_owner.load(std::memory_order_relaxed) == thread.id) {
        lock_depth++;
        return;
    }
    uint64_t free = 0;
    while (!lock_owner.compare_exchange_strong(free, thread.id, std::memory_order_acquire)) {
        Detached detached(thread);
        park(&lock_owner, free, 8, -1);
        free = 0;
    }
    lock_depth = 1;
}

bool release_import_lock(Thread& thread) {
    if (lock_owner.load(std::memory_order_relaxed) != thread.id) return false;
    if (--lock_depth == 0) {
        lock_owner.store(0, std::memory_order_release);  // pairs with acquire_import_lock
        unpark_one(&lock_owner);
    }
    return true;
}

namespace {

Owned imp_acquire_lock(Thread& thread) {
    acquire_import_lock(thread);
    return Owned::share(none());
}

Owned imp_release_lock(Thread& thread) {
    if (!release_import_lock(thread))
        return raise(thread, exc::RuntimeError, "not holding the import lock");
    return Owned::share(none());
}

Owned imp_lock_held(Thread&) {
    return Owned::share(boolean(lock_owner.load(std::memory_order_relaxed) != 0));
}

// --- builtin modules ---

ModuleSpec* find_spec(const Str& name) {
    for (ModuleSpec* spec = ModuleSpec::first; spec; spec = spec->next)
        if (str_equal(name, spec->name)) return spec;
    return nullptr;
}

Owned imp_is_builtin(Thread& thread, Str& name) {
    if (!find_spec(name)) return Owned::small_int(0);
    bool kept = str_equal(name, "sys") || str_equal(name, "builtins");
    return Owned::small_int(kept ? -1 : 1);
}

Owned imp_create_builtin(Thread& thread, Value spec) {
    Owned name = TRY(get_attribute(thread, spec, ID(name)));
    if (!is_str(name))
        return raise(thread, exc::TypeError, "name must be string, not {}", type_name_of(name));
    Interpreter& interpreter = interpreter_of(thread);
    for (Slot* kept : {&interpreter.sys, &interpreter.builtins})
        if (!kept->is_empty() &&
            str_equal(name.as<Str>(), kept == &interpreter.sys ? "sys" : "builtins"))
            return kept->share();
    ModuleSpec* found = find_spec(name.as<Str>());
    if (!found) return Owned::share(none());
    return create_native_module(thread, *found).owned();
}

Owned imp_exec_builtin(Thread& thread, Value module) {
    if (!has_shape(module, k_module_shape) && !is_instance_of(module, module_type))
        return Owned::small_int(0);
    if (!execute_native_module(thread, module.as<Module>())) return {};
    return Owned::small_int(0);
}

Owned imp_create_dynamic(Thread& thread, Value spec, Value) {
    Owned name = TRY(get_attribute(thread, spec, ID(name)));
    return raise(thread, exc::ImportError, "extension modules for CPython cannot be loaded: {}",
                 repr_of(name));
}
Owned imp_exec_dynamic(Thread&, Value) {
    return Owned::small_int(0);
}
Owned imp_extension_suffixes(Thread& thread) {
    return make_list(thread).owned();
}

// --- frozen modules ---

Owned frozen_code(Thread& thread, Str& name) {
    const FrozenModule* found = find_frozen(thread, name);
    if (!found)
        return raise(thread, exc::ImportError, "No such frozen object named {}", Value::of(name));
    return load_frozen(thread, *found);
}

Owned imp_find_frozen(Thread& thread, Str& name, bool withdata) {
    const FrozenModule* found = find_frozen(thread, name);
    if (!found) return Owned::share(none());
    Owned data = Owned::share(none());
    if (withdata) data = TRY(frozen_code(thread, name));
    Ref<Str> original = TRY(make_str(thread, found->original_name));
    return make_tuple(thread, data, boolean(found->is_package), original).owned();
}
Owned imp_get_frozen_object(Thread& thread, Str& name, Value) {
    return frozen_code(thread, name);
}
Owned imp_is_frozen(Thread& thread, Str& name) {
    return Owned::share(boolean(find_frozen(thread, name) != nullptr));
}
Owned imp_is_frozen_package(Thread& thread, Str& name) {
    const FrozenModule* found = find_frozen(thread, name);
    if (!found)
        return raise(thread, exc::ImportError, "No such frozen object named {}", Value::of(name));
    return Owned::share(boolean(found->is_package));
}
Owned imp_frozen_module_names(Thread& thread) {
    Ref<List> names = TRY(make_list(thread));
    for (const FrozenModule* module = frozen_modules; module->name; module++) {
        Ref<Str> name = TRY(make_str(thread, module->name));
        TRY(list_append(thread, *names, std::move(name).owned()));
    }
    return std::move(names).owned();
}
Owned imp_init_frozen(Thread& thread, Str& name) {
    Owned code = TRY(frozen_code(thread, name));
    return run_frozen(thread, name, code.as<Code>());
}
Owned imp_override_frozen(Thread&, int override) {
    frozen_override.store(override, std::memory_order_relaxed);
    return Owned::share(none());
}
// Whether modules not made for it load in an isolated interpreter: there are no extension modules.
Owned imp_override_check(Thread&, int) {
    return Owned::small_int(0);
}

// --- others ---

// Also in the code objects among the constants.
void rename_code(Thread& thread, Code& code, Str& path) {
    Owned old = code.filename.exchange(Owned::share(path));
    Tuple& constants = code.constants.as<Tuple>();
    for (size_t i = 0; i < constants.size; i++)
        if (has_shape(constants[i], k_code_shape))
            rename_code(thread, constants[i].as<Code>(), path);
}

Owned imp_fix_co_filename(Thread& thread, Value code, Str& path) {
    if (!has_shape(code, k_code_shape))
        return raise(thread, exc::TypeError, "expected code, got {}", type_name_of(code));
    rename_code(thread, code.as<Code>(), path);
    return Owned::share(none());
}

// SipHash of a source, as hash-based .pyc files carry it.
Owned imp_source_hash(Thread& thread, Value key, Value source) {
    uint64_t number = TRY(int_to_uint64(thread, key));
    Buffer text(thread);
    TRY(text.get(source));
    uint64_t hash = siphash13({number, 0}, text.data(), text.size());
    return make_bytes(thread, &hash, sizeof(hash)).owned();
}

const MethodRow rows[] = {
    {"acquire_lock", "()", fn<imp_acquire_lock>,
     "Acquires the interpreter's import lock for the current thread."},
    {"release_lock", "()", fn<imp_release_lock>, "Release the interpreter's import lock."},
    {"lock_held", "()", fn<imp_lock_held>,
     "Return True if the import lock is currently held, else False."},
    {"is_builtin", "(name, /)", fn<imp_is_builtin>,
     "Returns True if the module name corresponds to a built-in module."},
    {"create_builtin", "(spec, /)", fn<imp_create_builtin>, "Create an extension module."},
    {"exec_builtin", "(mod, /)", fn<imp_exec_builtin>, "Initialize a built-in module."},
    {"create_dynamic", "(spec, file=None, /)", fn<imp_create_dynamic>,
     "Create an extension module."},
    {"exec_dynamic", "(mod, /)", fn<imp_exec_dynamic>, "Initialize an extension module."},
    {"extension_suffixes", "()", fn<imp_extension_suffixes>,
     "Returns the list of file suffixes used to identify extension modules."},
    {"find_frozen", "(name, /, *, withdata=False)", fn<imp_find_frozen>,
     "Return info about the corresponding frozen module (if there is one) or None."},
    {"get_frozen_object", "(name, data=None, /)", fn<imp_get_frozen_object>,
     "Create a code object for a frozen module."},
    {"init_frozen", "(name, /)", fn<imp_init_frozen>, "Initializes a frozen module."},
    {"is_frozen", "(name, /)", fn<imp_is_frozen>,
     "Returns True if the module name corresponds to a frozen module."},
    {"is_frozen_package", "(name, /)", fn<imp_is_frozen_package>,
     "Returns True if the module name is of a frozen package."},
    {"_frozen_module_names", "()", fn<imp_frozen_module_names>,
     "Returns the list of available frozen modules."},
    {"_override_frozen_modules_for_tests", "(override, /)", fn<imp_override_frozen>,
     "(internal-only) Override PyConfig.use_frozen_modules."},
    {"_override_multi_interp_extensions_check", "(override, /)", fn<imp_override_check>,
     "(internal-only) Override PyInterpreterConfig.check_multi_interp_extensions."},
    {"_fix_co_filename", "(code, path, /)", fn<imp_fix_co_filename>,
     "Changes code.co_filename to specify the passed-in path."},
    {"source_hash", "(key, source)", fn<imp_source_hash>, nullptr},
    {},
};

bool execute(Thread& thread, Module& module) {
    const Config& config = *interpreter_of(thread).config;
    Ref<Str> mode = TRY(make_str(thread, config.check_hash_pycs_mode));
    TRY(module_set(thread, module, "check_hash_based_pycs", std::move(mode).owned()));
    return module_set(thread, module, "pyc_magic_number_token", make_int(thread, kBytecodeMagic));
}

ModuleSpec spec{"_imp", "(Extremely) low-level import machinery bits as used by importlib.", rows,
                execute};

}  // namespace

}  // namespace imugi
