// Names, cells and imports behind the opcode functions.
#include "memory/array.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/function.h"
#include "object/interpreter.h"
#include "object/list.h"
#include "object/module.h"
#include "object/str.h"
#include "object/tuple.h"
#include "thread/grace.h"
#include "thread/lock.h"
#include "vm/registers.h"
#include "vm/slow.h"

namespace imugi {

Str& name_of(Frame* frame, uint32_t index) {
    return frame->code->names.as<Tuple>()[index].as<Str>();
}
static Tuple& local_names(Frame* frame) {
    return frame->code->local_names.as<Tuple>();
}

// Name of a register: a local or, behind them, a free variable.
static Str& register_name(Frame* frame, uint32_t local, bool* is_free) {
    Code& code = *frame->code;
    *is_free = local >= code.local_count;
    return (*is_free ? code.free_names.as<Tuple>()[local - code.local_count]
                     : local_names(frame)[local])
        .as<Str>();
}

static Raised raise_name_error(Thread& thread, Ref<Str> message, Str& name) {
    if (!message) return {};
    Owned exception = call(thread, Value::of(exc::NameError), message.value());
    if (!exception) return {};
    if (!set_attribute(thread, exception, ID(name), Value::of(name))) return {};
    raise_exception(thread, std::move(exception));
    return {};
}

static Raised raise_undefined(Thread& thread, Str& name) {
    return raise_name_error(thread, format(thread, "name '{}' is not defined", name), name);
}

void raise_unbound(Thread& thread, Frame* frame, uint32_t local) {
    bool is_free;
    Str& name = register_name(frame, local, &is_free);
    if (is_free)
        raise_name_error(thread,
                         format(thread,
                                "cannot access free variable '{}' where it is not associated with "
                                "a value in enclosing scope",
                                name),
                         name);
    else
        // Without the name: no other is suggested.
        (void)raise(thread, exc::UnboundLocalError,
                    "cannot access local variable '{}' where it is not associated with a value",
                    name);
}

// --- cells ---

bool slow_make_cell(Thread& thread, uint64_t* r, uint32_t local) {
    Ref<Cell> cell = make_cell(thread, Value::from_bits(r[local]));
    if (!cell) return false;
    set_register(r, local, std::move(cell).owned().release());
    return true;
}

uint64_t slow_load_cell(Thread& thread, Frame* frame, uint32_t local) {
    Owned value = cell_load(thread, value_at(frame->registers, local).as<Cell>());
    if (value.is_nothing()) {
        raise_unbound(thread, frame, local);
        return 0;
    }
    return value.release();
}

void slow_store_cell(Thread& thread, Frame* frame, uint64_t* r, uint32_t cell_register,
                     uint32_t value_register) {
    Cell& cell = value_at(r, cell_register).as<Cell>();
    Owned value = consume(frame, r, value_register);
    Owned old;
    {
        Lock guard(thread, cell);
        old = cell.content.exchange(std::move(value));
    }
}

bool slow_delete_cell(Thread& thread, Frame* frame, uint32_t local) {
    Cell& cell = value_at(frame->registers, local).as<Cell>();
    Owned old;
    {
        Lock guard(thread, cell);
        old = cell.content.take();
    }
    if (!old) raise_unbound(thread, frame, local);
    return static_cast<bool>(old);
}

// The namespace's value of a name: nothing when it has none.
static Owned namespace_get(Thread& thread, Value mapping, Str& name) {
    if (is_exact_dict(mapping)) return dict_get(thread, mapping.as<Dict>(), name);
    Owned value = get_item(thread, mapping, Value::of(name));
    if (!value && clear_exception_if(thread, exc::KeyError)) return Owned::nothing();
    return value;
}

uint64_t slow_load_cell_or_name(Thread& thread, Frame* frame, uint32_t local, uint32_t name) {
    Owned value =
        namespace_get(thread, Value::from_bits(frame->namespace_word), name_of(frame, name));
    if (!value.is_nothing()) return value.release();
    return slow_load_cell(thread, frame, local);
}

// --- globals ---

static void cache_global(Thread& thread, Frame* frame, Str& name, std::atomic<uint64_t>& cache) {
    uint32_t version = 0;
    Index offset = dict_value_offset(thread, *frame->globals, name, &version);
    if (offset >= 0) {
        if (version) publish_cache(cache, uint64_t{version} << 32 | static_cast<uint64_t>(offset));
        return;
    }
    uint32_t globals_version = dict_keys_version(thread, *frame->globals);
    uint32_t builtins_version = 0;
    offset = dict_value_offset(thread, *frame->builtins, name, &builtins_version);
    if (offset < 0 || !globals_version || !builtins_version) return;
    void* memory = array_allocate(sizeof(BuiltinRecord));
    if (!memory) return;
    auto* record = new (memory)
        BuiltinRecord{{0}, globals_version, builtins_version, static_cast<uint32_t>(offset)};
    publish_cache(cache, reinterpret_cast<uint64_t>(record) | 2);
}

static Owned load_global(Thread& thread, Frame* frame, Str& name) {
    Owned value = namespace_get(thread, Value::of(frame->globals), name);
    if (!value.is_nothing()) return value;
    value = namespace_get(thread, Value::of(frame->builtins), name);
    if (value.is_nothing()) return raise_undefined(thread, name);
    return value;
}

uint64_t slow_load_global(Thread& thread, Frame* frame, uint32_t name_index,
                          std::atomic<uint64_t>& cache) {
    Str& name = name_of(frame, name_index);
    if (is_exact_dict(Value::of(frame->globals)) && is_exact_dict(Value::of(frame->builtins)))
        cache_global(thread, frame, name, cache);
    return load_global(thread, frame, name).release();
}

bool slow_store_global(Thread& thread, Frame* frame, uint64_t* r, uint32_t value, uint32_t name) {
    if (!dict_set(thread, *frame->globals, Value::of(name_of(frame, name)), value_at(r, value)))
        return false;
    discard(frame, r, value);
    return true;
}

bool slow_delete_global(Thread& thread, Frame* frame, uint32_t name_index) {
    Str& name = name_of(frame, name_index);
    Result<bool> deleted = dict_delete(thread, *frame->globals, Value::of(name));
    if (!deleted) return false;
    return *deleted || raise_undefined(thread, name);
}

uint64_t slow_load_name(Thread& thread, Frame* frame, uint32_t name_index) {
    Str& name = name_of(frame, name_index);
    Owned value = namespace_get(thread, Value::from_bits(frame->namespace_word), name);
    if (!value.is_nothing()) return value.release();
    return load_global(thread, frame, name).release();
}

bool slow_store_name(Thread& thread, Frame* frame, uint64_t* r, uint32_t value,
                     uint32_t name_index) {
    Value mapping = Value::from_bits(frame->namespace_word);
    Value name = Value::of(name_of(frame, name_index));
    if (mapping.is_empty())
        return raise(thread, exc::SystemError, "no locals found when storing {}", repr_of(name));
    bool ok = is_exact_dict(mapping)
                  ? dict_set(thread, mapping.as<Dict>(), name, value_at(r, value))
                  : set_item(thread, mapping, name, value_at(r, value));
    if (!ok) return false;
    discard(frame, r, value);
    return true;
}

bool slow_delete_name(Thread& thread, Frame* frame, uint32_t name_index) {
    Value mapping = Value::from_bits(frame->namespace_word);
    Str& name = name_of(frame, name_index);
    if (mapping.is_empty())
        return raise(thread, exc::SystemError, "no locals when deleting {}",
                     repr_of(Value::of(name)));
    if (delete_item(thread, mapping, Value::of(name))) return true;
    if (!clear_exception_if(thread, exc::KeyError)) return false;
    return raise_undefined(thread, name);
}

uint64_t slow_load_from_dict(Thread& thread, Frame* frame, uint64_t* r, uint32_t mapping,
                             uint32_t name_index, int cell) {
    Str& name = name_of(frame, name_index);
    Owned value = namespace_get(thread, value_at(r, mapping), name);
    if (!value.is_nothing()) return value.release();
    if (cell >= 0) return slow_load_cell(thread, frame, static_cast<uint32_t>(cell));
    return load_global(thread, frame, name).release();
}

uint64_t slow_load_build_class(Thread& thread, Frame* frame) {
    Owned value = namespace_get(thread, Value::of(frame->builtins), ID(__build_class__));
    if (value.is_nothing()) {
        raise(thread, exc::NameError, "__build_class__ not found");
        return 0;
    }
    return value.release();
}

bool slow_setup_annotations(Thread& thread, Frame* frame) {
    Value mapping = Value::from_bits(frame->namespace_word);
    Owned annotations = namespace_get(thread, mapping, ID(__annotations__));
    if (!annotations) return false;
    if (!annotations.is_nothing()) return true;
    Ref<Dict> made = make_dict(thread);
    return made && set_item(thread, mapping, Value::of(ID(__annotations__)), made);
}

// --- imports ---

uint64_t slow_import_name(Thread& thread, Frame* frame, uint64_t* r, uint32_t level,
                          uint32_t name_index) {
    Owned import = namespace_get(thread, Value::of(frame->builtins), ID(__import__));
    if (!import) return 0;
    if (import.is_nothing()) {
        raise(thread, exc::ImportError, "__import__ not found");
        return 0;
    }
    Value scope = frame->namespace_word ? Value::from_bits(frame->namespace_word) : none();
    Owned module =
        call(thread, import, Value::of(name_of(frame, name_index)), Value::of(frame->globals),
             scope, value_at(r, level + 1), value_at(r, level));
    if (!module) return 0;
    discard_range(r, level, 2);
    return module.release();
}

static Owned module_name(Thread& thread, Value module) {
    Owned name = get_attribute_or_nothing(thread, module, ID(__name__));
    if (name && !name.is_nothing() && !is_str(name)) return Owned::nothing();
    return name;
}

// `from m import name` failed: says where m came from, and whether it is only half initialised.
static void raise_cannot_import(Thread& thread, Value module, Value package, Str& name) {
    Owned shown = package.is_nothing() ? Owned(intern(thread, "<unknown module name>"))
                                       : Owned::share(package);
    if (!shown) return;
    Owned origin = Owned::nothing();
    Owned spec = get_attribute_or_nothing(thread, module, ID(__spec__));
    if (!spec) return;
    bool initializing = false;
    if (!spec.is_nothing() && !is_none(spec)) {
        Owned flag = get_attribute_or_nothing(thread, spec, ID(_initializing));
        if (!flag) return;
        if (!flag.is_nothing()) {
            Result<bool> truth = is_true(thread, flag);
            if (!truth) return;
            initializing = *truth;
        }
    }
    origin = get_attribute_or_nothing(thread, module, ID(__file__));
    if (!origin) return;
    bool known = !origin.is_nothing() && is_str(origin);
    Ref<Str> message;
    if (initializing && known)
        message = format(thread,
                         "cannot import name {} from partially initialized module {} (most likely "
                         "due to a circular import) ({})",
                         repr_of(Value::of(name)), repr_of(shown), origin);
    else if (initializing)
        message = format(thread,
                         "cannot import name {} from partially initialized module {} (most likely "
                         "due to a circular import) (unknown location)",
                         repr_of(Value::of(name)), repr_of(shown));
    else if (known)
        message = format(thread, "cannot import name {} from {} ({})", repr_of(Value::of(name)),
                         repr_of(shown), origin);
    else
        message = format(thread, "cannot import name {} from {} (unknown location)",
                         repr_of(Value::of(name)), repr_of(shown));
    if (!message) return;
    Owned exception = call(thread, Value::of(exc::ImportError), message.value());
    if (!exception) return;
    ImportFailure& failure = exception.as<ImportFailure>();
    Owned dropped = failure.name.exchange(std::move(shown));
    dropped = failure.path.exchange(known ? std::move(origin) : Owned::share(none()));
    dropped = failure.name_from.exchange(Owned::share(name));
    raise_exception(thread, std::move(exception));
}

uint64_t slow_import_from(Thread& thread, Value module, Str& name) {
    Owned value = get_attribute_or_nothing(thread, module, name);
    if (!value.is_nothing()) return value.release();
    // A submodule of a package that is still being imported stands in sys.modules only.
    Owned package = module_name(thread, module);
    if (!package) return 0;
    if (!package.is_nothing()) {
        Ref<Str> full = format(thread, "{}.{}", package, name);
        if (!full) return 0;
        value = get_item(thread, interpreter_of(thread).modules.borrow(), full);
        if (value) return value.release();
        if (!clear_exception_if(thread, exc::KeyError)) return 0;
    }
    raise_cannot_import(thread, module, package, name);
    return 0;
}

bool slow_import_star(Thread& thread, Frame* frame, Value module) {
    Value scope = Value::from_bits(frame->namespace_word);
    Owned names = get_attribute_or_nothing(thread, module, ID(__all__));
    if (!names) return false;
    bool skip_private = names.is_nothing();
    if (skip_private) {
        Owned dict = get_attribute_or_nothing(thread, module, ID(__dict__));
        if (!dict) return false;
        if (dict.is_nothing())
            return raise(thread, exc::ImportError,
                         "from-import-* object has no __dict__ and no __all__");
        names = call_method(thread, dict, ID(keys));
        if (!names) return false;
        names = to_list(thread, names).owned();
        if (!names) return false;
    }
    for (Index i = 0;; i++) {
        Owned position = Owned::small_int(i);
        Owned name = get_item(thread, names, position);
        if (!name) return clear_exception_if(thread, exc::IndexError);
        if (!is_str(name)) {
            Owned where = module_name(thread, module);
            if (!where) return false;
            return raise(thread, exc::TypeError,
                         skip_private ? "Key in {}.__dict__ must be str, not {}"
                                      : "Item in {}.__all__ must be str, not {}",
                         where, type_name_of(name));
        }
        Str& text = name.as<Str>();
        if (skip_private && text.length() && text[0] == '_') continue;
        Owned value = get_attribute(thread, module, text);
        if (!value) return false;
        bool ok = is_exact_dict(scope) ? dict_set(thread, scope.as<Dict>(), name, value.value())
                                       : set_item(thread, scope, name, value);
        if (!ok) return false;
    }
}

}  // namespace imugi
