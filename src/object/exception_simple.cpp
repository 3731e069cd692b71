// Exceptions with a field or two: StopIteration, SystemExit, KeyError, AttributeError, NameError,
// ImportError. Fields are written under the object's Lock.
#include "object/attribute.h"
#include "object/dict.h"
#include "object/exception_parts.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"

namespace imugi {

namespace {

Owned share_or_empty(Value value) {
    return value.is_empty() ? Owned() : Owned::share(value);
}

// --- StopIteration, SystemExit ---

bool stop_iteration_init(Thread& thread, Value self, const Arguments& arguments) {
    TRY(exception_init(thread, self, arguments));
    write_field(thread, self.object(), self.as<StopIterationError>().value,
                Owned::share(arguments.count ? arguments[0] : none()));
    return true;
}

bool system_exit_init(Thread& thread, Value self, const Arguments& arguments) {
    TRY(exception_init(thread, self, arguments));
    Owned code = Owned::share(none());
    if (arguments.count == 1) code = Owned::share(arguments[0]);
    if (arguments.count > 1) code = TRY(make_tuple(thread, arguments.values, arguments.count));
    write_field(thread, self.object(), self.as<SystemExitError>().code, std::move(code));
    return true;
}

// A KeyError's only argument is shown by its repr, so that '' can be seen.
Owned key_error_str(Thread& thread, Value self) {
    Owned args = read_field(thread, self.object(), self.as<Exception>().args);
    if (args && args.as<Tuple>().size == 1) return repr(thread, args.as<Tuple>()[0]);
    return exception_str(thread, self);
}

// --- keyword-only fields ---

// Sets args from the positional arguments and binds the keywords by a signature of keyword-only
// parameters.
bool init_with_keywords(Thread& thread, Value self, const char* name, const char* signature,
                        const Arguments& arguments, Value* out, size_t count) {
    TRY(set_args(thread, self, {arguments.values, arguments.count, nullptr}));
    return bind_arguments(thread, name, signature,
                          {arguments.values + arguments.count, 0, arguments.names}, out, count);
}

bool attribute_error_init(Thread& thread, Value self, const Arguments& arguments) {
    Value out[2];
    TRY(init_with_keywords(thread, self, "AttributeError",
                           "(*, name=<unrepresentable>, obj=<unrepresentable>)", arguments, out,
                           2));
    auto& error = self.as<AttributeLookupError>();
    write_field(thread, &error, error.name, share_or_empty(out[0]));
    write_field(thread, &error, error.object, share_or_empty(out[1]));
    return true;
}

bool name_error_init(Thread& thread, Value self, const Arguments& arguments) {
    Value out[1];
    TRY(init_with_keywords(thread, self, "NameError", "(*, name=<unrepresentable>)", arguments, out,
                           1));
    auto& error = self.as<NameLookupError>();
    write_field(thread, &error, error.name, share_or_empty(out[0]));
    return true;
}

bool import_error_init(Thread& thread, Value self, const Arguments& arguments) {
    Value out[3];
    TRY(init_with_keywords(
        thread, self, "ImportError",
        "(*, name=<unrepresentable>, path=<unrepresentable>, name_from=<unrepresentable>)",
        arguments, out, 3));
    auto& error = self.as<ImportFailure>();
    write_field(thread, &error, error.name, share_or_empty(out[0]));
    write_field(thread, &error, error.path, share_or_empty(out[1]));
    write_field(thread, &error, error.name_from, share_or_empty(out[2]));
    write_field(thread, &error, error.message,
                arguments.count == 1 ? Owned::share(arguments[0]) : Owned());
    return true;
}

Owned import_error_str(Thread& thread, Value self) {
    auto& error = self.as<ImportFailure>();
    Owned message = read_field(thread, &error, error.message);
    if (message && is_exact_str(message)) return message;
    return exception_str(thread, self);
}

bool add_state(Thread& thread, Dict& state, Str& name, Owned value) {
    return !value || dict_set(thread, state, Value::of(name), std::move(value));
}

Ref<Dict> state_copy(Thread& thread, Object* self) {
    Owned state = TRY(exception_state(thread, self));
    return is_none(state) ? make_dict(thread) : dict_copy(thread, state.as<Dict>());
}

Owned import_error_reduce(Thread& thread, ImportFailure& self) {
    Owned args = read_field(thread, &self, self.args);
    Ref<Dict> state = TRY(state_copy(thread, &self));
    TRY(add_state(thread, *state, ID(name), read_field(thread, &self, self.name)));
    TRY(add_state(thread, *state, ID(path), read_field(thread, &self, self.path)));
    TRY(add_state(thread, *state, ID(name_from), read_field(thread, &self, self.name_from)));
    Value type = Value::of(type_of(Value::of(self)));
    if (dict_size(*state) == 0) return make_tuple(thread, type, args.value());
    return make_tuple(thread, type, args.value(), state.value());
}

Owned attribute_error_getstate(Thread& thread, AttributeLookupError& self) {
    Ref<Dict> state = TRY(state_copy(thread, &self));
    TRY(add_state(thread, *state, ID(name), read_field(thread, &self, self.name)));
    TRY(add_state(thread, *state, ID(args), read_field(thread, &self, self.args)));
    return state;
}

Owned attribute_error_reduce(Thread& thread, AttributeLookupError& self) {
    Owned args = read_field(thread, &self, self.args);
    Owned state = TRY(attribute_error_getstate(thread, self));
    return make_tuple(thread, Value::of(type_of(Value::of(self))), args.value(), state.value());
}

const MemberRow stop_iteration_members[] = {
    {"value", MemberKind::kObject, offsetof(StopIterationError, value), false,
     "generator return value"},
    {},
};
const MemberRow system_exit_members[] = {
    {"code", MemberKind::kObject, offsetof(SystemExitError, code), false, "exception code"},
    {},
};
const MemberRow attribute_error_members[] = {
    {"name", MemberKind::kObject, offsetof(AttributeLookupError, name), false, "attribute name"},
    {"obj", MemberKind::kObject, offsetof(AttributeLookupError, object), false, "object"},
    {},
};
const MemberRow name_error_members[] = {
    {"name", MemberKind::kObject, offsetof(NameLookupError, name), false, "name"},
    {},
};
const MemberRow import_error_members[] = {
    {"msg", MemberKind::kObject, offsetof(ImportFailure, message), false, "exception message"},
    {"name", MemberKind::kObject, offsetof(ImportFailure, name), false, "module name"},
    {"path", MemberKind::kObject, offsetof(ImportFailure, path), false, "module path"},
    {"name_from", MemberKind::kObject, offsetof(ImportFailure, name_from), false,
     "name imported from module"},
    {},
};
const MethodRow import_error_methods[] = {
    {"__reduce__", "(self, /)", fn<import_error_reduce>, nullptr},
    {},
};
const MethodRow attribute_error_methods[] = {
    {"__reduce__", "(self, /)", fn<attribute_error_reduce>, nullptr},
    {"__getstate__", "(self, /)", fn<attribute_error_getstate>, nullptr},
    {},
};

}  // namespace

void customize_simple_errors(Type& type, TypeSpec& spec) {
    if (&type == &exc::StopIteration) {
        spec.slots.init = stop_iteration_init;
        spec.slots.fields = visit_exception<1>;
        spec.members = stop_iteration_members;
    } else if (&type == &exc::SystemExit) {
        spec.slots.init = system_exit_init;
        spec.slots.fields = visit_exception<1>;
        spec.members = system_exit_members;
    } else if (&type == &exc::KeyError) {
        spec.slots.str = key_error_str;
    } else if (&type == &exc::AttributeError) {
        spec.slots.str = exception_str;
        spec.slots.init = attribute_error_init;
        spec.slots.fields = visit_exception<2>;
        spec.members = attribute_error_members;
        spec.methods = attribute_error_methods;
    } else if (&type == &exc::NameError || &type == &exc::UnboundLocalError) {
        spec.slots.init = name_error_init;
        if (&type == &exc::NameError) {
            spec.slots.str = exception_str;
            spec.slots.fields = visit_exception<1>;
            spec.members = name_error_members;
        }
    } else if (&type == &exc::ImportError || &type == &exc::ModuleNotFoundError) {
        spec.slots.init = import_error_init;
        if (&type == &exc::ImportError) {
            spec.slots.fields = visit_exception<4>;
            spec.slots.str = import_error_str;
            spec.members = import_error_members;
            spec.methods = import_error_methods;
        }
    }
}

}  // namespace imugi
