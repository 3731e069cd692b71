// Module objects. The dict is immutable as a slot; its content is the dict's affair.
#include "object/module.h"

#include "memory/collector.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/int.h"
#include "object/interpreter.h"
#include "object/list.h"
#include "object/native.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"

namespace imugi {

IMUGI_BUILTIN_TYPE_BY_OBJECT(Module, module_type);

namespace {

Module& as_module(Value v) {
    return v.as<Module>();
}

Owned module_make(Thread& thread, Type& type, const Arguments& arguments) {
    auto* module = allocate<Module>(thread, type);
    if (!module) return {};
    Owned result = Owned::adopt(module);
    module->dict.init(TRY(make_dict(thread)));
    track(module);
    return result;
}

bool set_defaults(Thread& thread, Module& module, Value name, Value doc) {
    auto& dict = module_dict(module);
    return dict_set(thread, dict, Value::of(ID(__name__)), name) &&
           dict_set(thread, dict, Value::of(ID(__doc__)), doc) &&
           dict_set(thread, dict, Value::of(ID(__package__)), none()) &&
           dict_set(thread, dict, Value::of(ID(__loader__)), none()) &&
           dict_set(thread, dict, Value::of(ID(__spec__)), none());
}

bool module_init(Thread& thread, Value self, const Arguments& arguments) {
    Value out[2];
    TRY(bind_arguments(thread, "module", "(name, doc=None)", arguments, out, 2));
    if (!is_str(out[0]))
        return raise(thread, exc::TypeError, "module() argument 'name' must be str, not {}",
                     is_none(out[0]) ? FormatArgument("None") : type_name_of(out[0]));
    return set_defaults(thread, as_module(self), out[0], out[1]);
}

Owned module_repr(Thread& thread, Value self) {
    Value importlib = interpreter_of(thread).importlib.borrow();
    if (!importlib.is_empty()) return call_method(thread, importlib, ID(_module_repr), self);
    Owned name = TRY(dict_get(thread, module_dict(as_module(self)), ID(__name__)));
    return format(thread, "<module {}>", repr_of(name.is_nothing() ? none() : name.value()));
}

Owned entry(Thread& thread, Module& module, Str& name) {
    return dict_get(thread, module_dict(module), name);
}

// True when a spec says that the module is being initialised.
Result<bool> is_initializing(Thread& thread, Module& module) {
    Owned spec = entry(thread, module, ID(__spec__));
    if (!spec) return failure;
    if (spec.is_nothing() || is_none(spec)) return false;
    Owned flag = get_attribute_or_nothing(thread, spec, ID(_initializing));
    if (!flag) return failure;
    if (flag.is_nothing()) return false;
    return is_true(thread, flag);
}

Owned raise_missing(Thread& thread, Module& module, Str& name) {
    Value self = Value::of(module);
    Owned module_name = TRY(entry(thread, module, ID(__name__)));
    if (!is_str(module_name))
        return raise_attribute_error(thread, self, name, "module has no attribute '{}'", name);
    // The spec may be a module that misses the flag in turn: this one.
    TRY(check_native_stack(thread));
    bool initializing = TRY(is_initializing(thread, module));
    if (initializing)
        return raise_attribute_error(thread, self, name,
                                     "partially initialized module '{}' has no attribute '{}' "
                                     "(most likely due to a circular "
                                     "import)",
                                     module_name, name);
    return raise_attribute_error(thread, self, name, "module '{}' has no attribute '{}'",
                                 module_name, name);
}

Owned module_get_attribute(Thread& thread, Value self, Str& name) {
    Module& module = as_module(self);
    Type& type = type_of(self);
    Owned attribute = Owned::nothing();
    if (name.is_interned() || is_exact_str(Value::of(name)))
        attribute = lookup_in_mro(thread, type, name);
    auto get = attribute.is_nothing() ? nullptr : type_of(attribute).slots.descriptor_get;
    if (get && type_of(attribute).slots.descriptor_set)
        return get_described(thread, get, attribute, self);
    Owned own = entry(thread, module, name);
    if (!own || !own.is_nothing()) return own;
    if (get) return get_described(thread, get, attribute, self);
    if (!attribute.is_nothing()) return attribute;
    Owned hook = TRY(entry(thread, module, ID(__getattr__)));
    if (!hook.is_nothing()) return call(thread, hook, Value::of(name));
    return raise_missing(thread, module, name);
}

void module_fields(Object* object, FieldVisitor& visitor) {
    auto& module = *static_cast<Module*>(object);
    visitor.visit(module.dict);
    if (module.state && module.state_fields) module.state_fields(module.state, visitor);
}

void module_release(Object* object) {
    auto& module = *static_cast<Module*>(object);
    if (module.state && module.free_state) module.free_state(module.state);
    module.state = nullptr;
}

Owned module_dir(Thread& thread, Module& self) {
    Owned dict = TRY(get_attribute(thread, Value::of(self), ID(__dict__)));
    if (!is_dict(dict))
        return raise(thread, exc::TypeError, "<module>.__dict__ is not a dictionary");
    Owned hook = TRY(dict_get(thread, dict.as<Dict>(), ID(__dir__)));
    if (!hook.is_nothing()) return call(thread, hook);
    return dict_keys(thread, dict.as<Dict>());
}

// --- annotations ---

Owned get_annotate(Thread& thread, Value self) {
    Owned found = TRY(entry(thread, as_module(self), ID(__annotate__)));
    return found.is_nothing() ? Owned::share(none()) : std::move(found);
}
bool set_annotate(Thread& thread, Value self, Value value) {
    if (value.is_empty())
        return raise(thread, exc::TypeError, "cannot delete __annotate__ attribute");
    if (!is_none(value) && !is_callable(value))
        return raise(thread, exc::TypeError, "__annotate__ must be callable or None");
    auto& dict = module_dict(as_module(self));
    TRY(dict_set(thread, dict, Value::of(ID(__annotate__)), value));
    if (!is_none(value)) {
        auto deleted = dict_delete(thread, dict, Value::of(ID(__annotations__)));
        if (!deleted) return false;
    }
    return true;
}
Owned get_annotations(Thread& thread, Value self) {
    Module& module = as_module(self);
    Owned found = TRY(entry(thread, module, ID(__annotations__)));
    if (!found.is_nothing()) return found;
    Owned annotate = TRY(entry(thread, module, ID(__annotate__)));
    Owned annotations;
    if (!annotate.is_nothing() && is_callable(annotate)) {
        Owned format_number = Owned::small_int(1);
        annotations = TRY(call(thread, annotate, format_number));
        if (!is_dict(annotations))
            return raise(thread, exc::TypeError, "__annotate__() must return a dict, not {}",
                         type_name_of(annotations));
    } else {
        annotations = TRY(make_dict(thread));
    }
    // The spec may be a module that misses the flag in turn: this one.
    TRY(check_native_stack(thread));
    bool initializing = TRY(is_initializing(thread, module));
    if (!initializing)
        TRY(dict_set(thread, module_dict(module), Value::of(ID(__annotations__)),
                     annotations.value()));
    return annotations;
}
bool set_annotations(Thread& thread, Value self, Value value) {
    auto& dict = module_dict(as_module(self));
    if (!value.is_empty()) {
        TRY(dict_set(thread, dict, Value::of(ID(__annotations__)), value));
    } else {
        bool found = TRY(dict_delete(thread, dict, Value::of(ID(__annotations__))));
        if (!found)
            return raise_attribute_error(thread, self, ID(__annotations__), "__annotations__");
    }
    auto deleted = dict_delete(thread, dict, Value::of(ID(__annotate__)));
    return static_cast<bool>(deleted);
}

}  // namespace

static const MethodRow module_methods[] = {
    {"__dir__", "(self, /)", fn<module_dir>, "__dir__() -> list\nspecialized dir() implementation"},
    {},
};
static const MemberRow module_members[] = {
    {"__dict__", MemberKind::kObject, offsetof(Module, dict), true},
    {},
};
static const GetSetRow module_getsets[] = {
    {"__annotations__", get_annotations, set_annotations},
    {"__annotate__", get_annotate, set_annotate},
    {},
};

Type module_type;
const TypeSpec module_type_spec = {
    .name = "module",
    .doc =
        "Create a module object.\n\nThe name must be a string; the optional docstring can have "
        "any type.",
    .size = sizeof(Module),
    .flags = kTypeBase | kTypeTracked | kTypeHasWeakrefs,
    .slots = {.repr = module_repr,
              .get_attribute = module_get_attribute,
              .set_attribute = generic_set_attribute,
              .make = module_make,
              .init = module_init,
              .fields = module_fields,
              .release = module_release},
    .methods = module_methods,
    .members = module_members,
    .getsets = module_getsets,
    .signature = "(name, doc=None)",
};

Dict& module_dict(Module& module) {
    return module.dict.as<Dict>();
}

Ref<Module> make_module(Thread& thread, Str& name) {
    Owned module = TRY(module_make(thread, module_type, {}));
    TRY(set_defaults(thread, module.as<Module>(), Value::of(name), none()));
    make_deferred(module.value().object());
    return Ref<Module>::adopt(std::move(module));
}

bool module_set(Thread& thread, Module& module, const char* name, Value value) {
    return module_set(thread, module, name, Owned::share(value));
}

bool module_set(Thread& thread, Module& module, const char* name, Owned value) {
    if (!value) return false;
    Ref<Str> key = TRY(intern(thread, name));
    return dict_set(thread, module_dict(module), key, std::move(value));
}

Type* module_add_type(Thread& thread, Module& module, const TypeSpec& spec, Type* base) {
    Ref<Type> type = make_native_type(thread, spec, &module, base);
    if (!type) return nullptr;
    Type* result = type.get();
    const char* dot = strrchr(spec.name, '.');
    if (!module_set(thread, module, dot ? dot + 1 : spec.name, std::move(type).owned()))
        return nullptr;
    return result;
}

Owned import_module(Thread& thread, Str& name) {
    Interpreter& interpreter = interpreter_of(thread);
    if (!interpreter.modules.is_empty()) {
        Owned modules = interpreter.modules.share();
        Owned found = TRY(dict_get(thread, modules.as<Dict>(), Value::of(name)));
        if (!found.is_nothing() && !is_none(found)) return found;
    }
    Owned importer = TRY(get_attribute(thread, interpreter.builtins.borrow(), ID(__import__)));
    // A non-empty list of names makes __import__ give the module itself, not its package.
    Ref<Tuple> names = TRY(make_tuple(thread, Value::of(ID(__name__))));
    Owned level = Owned::small_int(0);
    return call(thread, importer, Value::of(name), none(), none(), names.value(), level);
}

Owned module_attribute(Thread& thread, Str& module, Str& name) {
    Owned found = TRY(import_module(thread, module));
    return get_attribute(thread, found, name);
}

}  // namespace imugi
