// Functions, bound methods and cells. Mutable fields of a function are read lock-free and written
// under its Lock.
#include "object/function.h"
#include "object/audit.h"

#include "memory/collector.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/errors.h"
#include "object/interpreter.h"
#include "object/module.h"
#include "object/native.h"
#include "object/ordering.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"
#include "object/type_parts.h"
#include "thread/lock.h"

namespace imugi {

IMUGI_BUILTIN_TYPE_BY_OBJECT(Function, function_type);
IMUGI_BUILTIN_TYPE_BY_OBJECT(BoundMethod, bound_method_type);

namespace {

Function& as_function(Value v) {
    return v.as<Function>();
}

Owned share_or_none(Owned value) {
    return value ? std::move(value) : Owned::share(none());
}

Owned builtins_of(Thread& thread, Dict& globals) {
    Owned found = TRY(dict_get(thread, globals, ID(__builtins__)));
    if (found.is_nothing()) {
        // As the code that makes the function has them.
        Owned around = find_caller_globals ? TRY(find_caller_globals(thread)) : Owned::nothing();
        if (is_dict(around) && !same(around, Value::of(globals)) &&
            TRY(dict_contains(thread, around.as<Dict>(), Value::of(ID(__builtins__)))))
            return builtins_of(thread, around.as<Dict>());
        return interpreter_of(thread).builtins_dict.share();
    }
    if (has_shape(found, k_module_shape) || is_instance_of(found, module_type))
        return found.as<Module>().dict.share();
    if (is_dict(found)) return found;
    return interpreter_of(thread).builtins_dict.share();
}

void replace(Thread& thread, Function& function, Slot& slot, Owned value) {
    Owned old;
    Lock guard(thread, function);
    old = slot.exchange(std::move(value));
}

// --- slots ---

Owned function_repr(Thread& thread, Value self) {
    Owned qualname = read_locked(thread, as_function(self), as_function(self).qualname);
    return format(thread, "<function {} at {}>", qualname, address_of(self));
}

Owned function_call(Thread& thread, Value self, const Arguments& arguments) {
    return run_function(thread, as_function(self), arguments);
}

Owned function_get(Thread& thread, Value self, Value instance, Value owner) {
    if (instance.is_empty()) return Owned::share(self);
    return make_bound_method(thread, self, instance);
}

void function_fields(Object* object, FieldVisitor& visitor) {
    auto& f = *static_cast<Function*>(object);
    for (Slot* slot :
         {&f.code, &f.globals, &f.builtins, &f.closure, &f.defaults, &f.keyword_defaults, &f.name,
          &f.qualname, &f.module, &f.doc, &f.annotations, &f.annotate, &f.type_parameters})
        visitor.visit(*slot);
}

// function(code, globals, name=None, argdefs=None, closure=None, kwdefaults=None)
Owned function_make(Thread& thread, Type& type, const Arguments& arguments) {
    Value out[6];
    TRY(bind_arguments(thread, "function",
                       "(code, globals, name=None, argdefs=None, closure=None,\n         "
                       "kwdefaults=None)",
                       arguments, out, 6));
    if (!has_shape(out[0], k_code_shape))
        return raise(thread, exc::TypeError, "function() argument 'code' must be code, not {}",
                     type_name_of(out[0]));
    if (!is_dict(out[1]))
        return raise(thread, exc::TypeError, "function() argument 'globals' must be dict, not {}",
                     type_name_of(out[1]));
    if (!is_none(out[2]) && !is_str(out[2]))
        return raise(thread, exc::TypeError, "arg 3 (name) must be None or string");
    if (!is_none(out[3]) && !is_tuple(out[3]))
        return raise(thread, exc::TypeError, "arg 4 (defaults) must be None or tuple");
    auto& code = out[0].as<Code>();
    size_t free = code.free_count;
    if (!is_tuple(out[4])) {
        if (free && is_none(out[4]))
            return raise(thread, exc::TypeError, "arg 5 (closure) must be tuple");
        if (!is_none(out[4]))
            return raise(thread, exc::TypeError, "arg 5 (closure) must be None or tuple");
    }
    if (!is_none(out[5]) && !is_dict(out[5]))
        return raise(thread, exc::TypeError, "arg 6 (kwdefaults) must be None or dict");
    size_t cells = is_tuple(out[4]) ? out[4].as<Tuple>().size : 0;
    if (cells != free)
        return raise(thread, exc::ValueError, "{} requires closure of length {}, not {}",
                     code.name.borrow(), free, cells);
    for (size_t i = 0; i < cells; i++)
        if (!has_shape(out[4].as<Tuple>()[i], k_cell_shape))
            return raise(thread, exc::TypeError, "arg 5 (closure) expected cell, found {}",
                         type_name_of(out[4].as<Tuple>()[i]));
    TRY(audit(thread, "function.__new__", out[0]));
    Ref<Function> function = TRY(make_function(thread, code, out[1].as<Dict>(), Value()));
    if (!is_none(out[2])) {
        replace(thread, *function, function->name, Owned::share(out[2]));
        replace(thread, *function, function->qualname, Owned::share(out[2]));
    }
    if (is_tuple(out[3])) replace(thread, *function, function->defaults, Owned::share(out[3]));
    if (cells) function->closure.init(Owned::share(out[4]));
    if (is_dict(out[5]))
        replace(thread, *function, function->keyword_defaults, Owned::share(out[5]));
    return function;
}

// --- getsets ---

#define READ(getter, field)                                                                    \
    Owned getter(Thread& thread, Value self) {                                                 \
        return share_or_none(read_locked(thread, as_function(self), as_function(self).field)); \
    }
// Those of a function's attributes that audit hooks are told of.
#define READ_AUDITED(getter, field, attribute)                                                 \
    Owned getter(Thread& thread, Value self) {                                                 \
        TRY(audit(thread, "object.__getattr__", self, attribute));                             \
        return share_or_none(read_locked(thread, as_function(self), as_function(self).field)); \
    }
READ_AUDITED(get_code, code, "__code__")
READ(get_globals, globals)
READ(get_builtins, builtins)
READ(get_closure, closure)
READ_AUDITED(get_defaults, defaults, "__defaults__")
READ_AUDITED(get_keyword_defaults, keyword_defaults, "__kwdefaults__")
READ(get_name, name)
READ(get_qualname, qualname)
READ(get_module, module)
READ(get_doc, doc)
#undef READ
#undef READ_AUDITED

bool audit_setting(Thread& thread, Value self, const char* name, Value value) {
    return value.is_empty() ? audit(thread, "object.__delattr__", self, name)
                            : audit(thread, "object.__setattr__", self, name, value);
}

bool set_code(Thread& thread, Value self, Value value) {
    if (value.is_empty() || !has_shape(value, k_code_shape))
        return raise(thread, exc::TypeError, "__code__ must be set to a code object");
    TRY(audit_setting(thread, self, "__code__", value));
    auto& function = as_function(self);
    size_t cells = function.closure.is_empty() ? 0 : function.closure.as<Tuple>().size;
    if (value.as<Code>().free_count != cells)
        return raise(thread, exc::ValueError,
                     "{}() requires a code object with {} free vars, not {}",
                     function.name.borrow(), cells, value.as<Code>().free_count);
    constexpr uint32_t kinds = kCodeGenerator | kCodeCoroutine | kCodeAsyncGenerator;
    Owned current = function.code.share();
    if ((current.as<Code>().flags & kinds) != (value.as<Code>().flags & kinds))
        TRY(warn(thread, exc::DeprecationWarning, 1,
                 format(thread,
                        "Assigning a code object of non-matching type is deprecated "
                        "(e.g., from a generator to a plain function)")));
    replace(thread, function, function.code, Owned::share(value));
    return true;
}
bool set_defaults(Thread& thread, Value self, Value value) {
    if (!value.is_empty() && !is_none(value) && !is_tuple(value))
        return raise(thread, exc::TypeError, "__defaults__ must be set to a tuple object");
    TRY(audit_setting(thread, self, "__defaults__", value));
    bool none_given = value.is_empty() || is_none(value);
    replace(thread, as_function(self), as_function(self).defaults,
            none_given ? Owned() : Owned::share(value));
    return true;
}
bool set_keyword_defaults(Thread& thread, Value self, Value value) {
    if (!value.is_empty() && !is_none(value) && !is_dict(value))
        return raise(thread, exc::TypeError, "__kwdefaults__ must be set to a dict object");
    TRY(audit_setting(thread, self, "__kwdefaults__", value));
    bool none_given = value.is_empty() || is_none(value);
    replace(thread, as_function(self), as_function(self).keyword_defaults,
            none_given ? Owned() : Owned::share(value));
    return true;
}
bool set_name(Thread& thread, Value self, Value value) {
    if (value.is_empty() || !is_str(value))
        return raise(thread, exc::TypeError, "__name__ must be set to a string object");
    replace(thread, as_function(self), as_function(self).name, Owned::share(value));
    return true;
}
bool set_qualname(Thread& thread, Value self, Value value) {
    if (value.is_empty() || !is_str(value))
        return raise(thread, exc::TypeError, "__qualname__ must be set to a string object");
    replace(thread, as_function(self), as_function(self).qualname, Owned::share(value));
    return true;
}
bool set_module(Thread& thread, Value self, Value value) {
    replace(thread, as_function(self), as_function(self).module,
            value.is_empty() ? Owned() : Owned::share(value));
    return true;
}
bool set_doc(Thread& thread, Value self, Value value) {
    replace(thread, as_function(self), as_function(self).doc,
            value.is_empty() ? Owned() : Owned::share(value));
    return true;
}

Owned get_annotate(Thread& thread, Value self) {
    return share_or_none(read_locked(thread, as_function(self), as_function(self).annotate));
}
bool set_annotate(Thread& thread, Value self, Value value) {
    auto& function = as_function(self);
    if (value.is_empty()) return raise(thread, exc::TypeError, "__annotate__ cannot be deleted");
    if (!is_none(value) && !is_callable(value))
        return raise(thread, exc::TypeError, "__annotate__ must be callable or None");
    replace(thread, function, function.annotate, is_none(value) ? Owned() : Owned::share(value));
    if (!is_none(value)) replace(thread, function, function.annotations, Owned());
    return true;
}
Owned get_annotations(Thread& thread, Value self) {
    auto& function = as_function(self);
    Owned known = read_locked(thread, function, function.annotations);
    if (known && is_dict(known)) return known;
    Owned annotate = read_locked(thread, function, function.annotate);
    Owned made;
    if (annotate && is_callable(annotate)) {
        Owned format_number = Owned::small_int(1);
        made = TRY(call(thread, annotate, format_number));
        if (!is_dict(made))
            return raise(thread, exc::TypeError, "__annotate__() must return a dict, not {}",
                         type_name_of(made));
    } else {
        made = TRY(make_dict(thread));
    }
    replace(thread, function, function.annotations, made.share());
    return made;
}
bool set_annotations(Thread& thread, Value self, Value value) {
    auto& function = as_function(self);
    if (!value.is_empty() && is_none(value)) value = Value();
    if (!value.is_empty() && !is_dict(value))
        return raise(thread, exc::TypeError, "__annotations__ must be set to a dict object");
    replace(thread, function, function.annotations,
            value.is_empty() ? Owned() : Owned::share(value));
    replace(thread, function, function.annotate, Owned());
    return true;
}
Owned get_type_params(Thread& thread, Value self) {
    Owned found = read_locked(thread, as_function(self), as_function(self).type_parameters);
    return found ? std::move(found) : Owned(empty_tuple());
}
bool set_type_params(Thread& thread, Value self, Value value) {
    if (value.is_empty() || !is_tuple(value))
        return raise(thread, exc::TypeError, "__type_params__ must be set to a tuple");
    replace(thread, as_function(self), as_function(self).type_parameters, Owned::share(value));
    return true;
}
Owned get_dict(Thread& thread, Value self) {
    return instance_dict(thread, self.object());
}
bool set_dict(Thread& thread, Value self, Value value) {
    if (value.is_empty()) return raise(thread, exc::TypeError, "cannot delete __dict__");
    return set_instance_dict(thread, self.object(), value);
}

bool read_only(Thread& thread, Value self, Value value) {
    return raise(thread, exc::AttributeError, "readonly attribute");
}

const GetSetRow function_getsets[] = {
    {"__code__", get_code, set_code},
    computed_member("__globals__", get_globals, read_only),
    computed_member("__builtins__", get_builtins, read_only),
    computed_member("__closure__", get_closure, read_only),
    {"__defaults__", get_defaults, set_defaults},
    {"__kwdefaults__", get_keyword_defaults, set_keyword_defaults},
    {"__name__", get_name, set_name},
    {"__qualname__", get_qualname, set_qualname},
    computed_member("__module__", get_module, set_module),
    computed_member("__doc__", get_doc, set_doc),
    {"__annotations__", get_annotations, set_annotations},
    {"__annotate__", get_annotate, set_annotate},
    {"__type_params__", get_type_params, set_type_params},
    {"__dict__", get_dict, set_dict},
    {},
};

}  // namespace

Ref<Function> make_function(Thread& thread, Code& code, Dict& globals, Value qualname) {
    auto* function = allocate<Function>(thread, function_type);
    if (!function) return {};
    Ref<Function> result = Ref<Function>::adopt(function);
    function->code.init(Owned::share(code));
    function->globals.init(Owned::share(globals));
    function->builtins.init(TRY(builtins_of(thread, globals)));
    // Frames read both without a lock, in any thread.
    mark_shared(&globals);
    mark_shared(&function->builtins.as<Dict>());
    function->name.init(code.name.share());
    function->qualname.init(qualname.is_empty() ? code.qualname.share() : Owned::share(qualname));
    Owned module = TRY(dict_get(thread, globals, ID(__name__)));
    if (!module.is_nothing()) function->module.init(std::move(module));
    auto& constants = code.constants.as<Tuple>();
    if ((code.flags & kCodeHasDocstring) && constants.size && is_str(constants[0]))
        function->doc.init(Owned::share(constants[0]));
    track(function);
    // Functions of modules and classes live long and are seen by every thread.
    bool is_lambda = code.name.as<Str>().length() > 0 && code.name.as<Str>()[0] == '<';
    if (!(code.flags & kCodeNested) && code.free_count == 0 && !is_lambda) make_deferred(function);
    return result;
}

Type function_type;
const TypeSpec function_type_spec = {
    .name = "function",
    .doc =
        "Create a function object.\n\n  code\n    a code object\n  globals\n    the globals "
        "dictionary\n  name\n    a string that overrides the name from the code object\n  "
        "argdefs\n    a tuple that specifies the default argument values\n  closure\n    a tuple "
        "that supplies the bindings for free variables\n  kwdefaults\n    a dictionary that "
        "specifies the default keyword argument values",
    .size = sizeof(Function),
    .flags = kTypeTracked | kTypeHasDict | kTypeHasWeakrefs | kTypeMethodDescriptor,
    .slots = {.repr = function_repr,
              .call = function_call,
              .descriptor_get = function_get,
              .make = function_make,
              .fields = function_fields},
    .getsets = function_getsets,
    .signature =
        "(code, globals, name=None, argdefs=None, closure=None,\n         "
        "kwdefaults=None)",
};

// --- bound methods ---

namespace {

BoundMethod& as_method(Value v) {
    return v.as<BoundMethod>();
}

Owned method_make(Thread& thread, Type& type, const Arguments& arguments) {
    TRY(reject_keywords(thread, "method", arguments));
    TRY(check_positional(thread, "method", arguments, 2, 2));
    if (!is_callable(arguments[0]))
        return raise(thread, exc::TypeError, "first argument must be callable");
    if (is_none(arguments[1])) return raise(thread, exc::TypeError, "instance must not be None");
    return make_bound_method(thread, arguments[0], arguments[1]);
}

Owned method_call(Thread& thread, Value self, const Arguments& arguments) {
    auto& method = as_method(self);
    return call_with_first(thread, method.function.borrow(), method.self.borrow(), arguments);
}

Owned method_get(Thread& thread, Value self, Value instance, Value owner) {
    return Owned::share(self);
}

Owned method_repr(Thread& thread, Value self) {
    auto& method = as_method(self);
    Owned name = TRY(get_attribute_or_nothing(thread, method.function.borrow(), ID(__qualname__)));
    if (name.is_nothing())
        name = TRY(get_attribute_or_nothing(thread, method.function.borrow(), ID(__name__)));
    return format(thread, "<bound method {} of {}>",
                  is_str(name) ? FormatArgument(name) : FormatArgument("?"),
                  repr_of(method.self.borrow()));
}

Result<int64_t> method_hash(Thread& thread, Value self) {
    auto& method = as_method(self);
    int64_t function_hash = TRY(hash(thread, method.function.borrow()));
    auto n = static_cast<int64_t>(std::rotr(method.self.borrow().identity(), 4)) ^ function_hash;
    return n == -1 ? -2 : n;
}

Owned method_compare(Thread& thread, Value left, Value right, CompareOp op) {
    if ((op != CompareOp::kEq && op != CompareOp::kNe) || !has_shape(right, k_bound_method_shape))
        return Owned::share(not_implemented());
    auto& a = as_method(left);
    auto& b = as_method(right);
    bool equal = TRY(equals(thread, a.function.borrow(), b.function.borrow()));
    equal = equal && same(a.self.borrow(), b.self.borrow());
    return Owned::share(boolean(equal == (op == CompareOp::kEq)));
}

Owned method_get_attribute(Thread& thread, Value self, Str& name) {
    Owned own = TRY(generic_get_attribute_or_nothing(thread, self, name));
    if (!own.is_nothing()) return own;
    TRY(check_native_stack(thread));
    return get_attribute(thread, as_method(self).function.borrow(), name);
}

void method_fields(Object* object, FieldVisitor& visitor) {
    visitor.visit(static_cast<BoundMethod*>(object)->function);
    visitor.visit(static_cast<BoundMethod*>(object)->self);
}

Owned get_method_doc(Thread& thread, Value self) {
    return get_attribute(thread, as_method(self).function.borrow(), ID(__doc__));
}

Owned method_reduce(Thread& thread, BoundMethod& self) {
    Owned name = TRY(get_attribute(thread, self.function.borrow(), ID(__name__)));
    Owned getter =
        TRY(get_attribute(thread, interpreter_of(thread).builtins.borrow(), ID(getattr)));
    Ref<Tuple> arguments = TRY(make_tuple(thread, self.self.borrow(), name.value()));
    return make_tuple(thread, getter.value(), arguments.value());
}

const MethodRow method_methods[] = {
    {"__reduce__", "(self, /)", fn<method_reduce>, nullptr},
    {},
};
const MemberRow method_members[] = {
    {"__func__", MemberKind::kObject, offsetof(BoundMethod, function), true,
     "the function (or other callable) implementing a method"},
    {"__self__", MemberKind::kObject, offsetof(BoundMethod, self), true,
     "the instance to which a method is bound"},
    {},
};
const GetSetRow method_getsets[] = {{"__doc__", get_method_doc}, {}};

}  // namespace

Ref<BoundMethod> make_bound_method(Thread& thread, Value function, Value self) {
    auto* method = allocate<BoundMethod>(thread, bound_method_type);
    if (!method) return {};
    method->function.init(Owned::share(function));
    method->self.init(Owned::share(self));
    track(method);
    return Ref<BoundMethod>::adopt(method);
}

Type bound_method_type;
const TypeSpec bound_method_type_spec = {
    .name = "method",
    .doc = "Create a bound instance method object.",
    .size = sizeof(BoundMethod),
    .flags = kTypeTracked | kTypeHasWeakrefs,
    .slots = {.repr = method_repr,
              .hash = method_hash,
              .call = method_call,
              .get_attribute = method_get_attribute,
              .set_attribute = generic_set_attribute,
              .compare = method_compare,
              .descriptor_get = method_get,
              .make = method_make,
              .fields = method_fields},
    .methods = method_methods,
    .members = method_members,
    .getsets = method_getsets,
    .signature = "(function, instance, /)",
};

// --- cells ---

namespace {

Owned cell_make(Thread& thread, Type& type, const Arguments& arguments) {
    TRY(check_positional(thread, "cell", arguments, 0, 1));
    return make_cell(thread, arguments.count ? arguments[0] : Value());
}

Owned cell_repr(Thread& thread, Value self) {
    Owned content = cell_load(thread, self.as<Cell>());
    if (content.is_nothing()) return format(thread, "<cell at {}: empty>", address_of(self));
    return format(thread, "<cell at {}: {} object at {}>", address_of(self), type_name_of(content),
                  address_of(content));
}

Owned cell_compare(Thread& thread, Value left, Value right, CompareOp op) {
    if (!has_shape(right, k_cell_shape)) return Owned::share(not_implemented());
    Owned a = cell_load(thread, left.as<Cell>());
    Owned b = cell_load(thread, right.as<Cell>());
    if (!a.is_nothing() && !b.is_nothing()) return compare(thread, a, b, op);
    // An empty cell is less than a full one.
    return Owned::share(boolean(holds(op, !a.is_nothing(), !b.is_nothing())));
}

void cell_fields(Object* object, FieldVisitor& visitor) {
    visitor.visit(static_cast<Cell*>(object)->content);
}

Owned get_contents(Thread& thread, Value self) {
    Owned content = cell_load(thread, self.as<Cell>());
    if (content.is_nothing()) return raise(thread, exc::ValueError, "Cell is empty");
    return content;
}
bool set_contents(Thread& thread, Value self, Value value) {
    store_cell(thread, self.as<Cell>(), value);
    return true;
}

const GetSetRow cell_getsets[] = {{"cell_contents", get_contents, set_contents}, {}};

}  // namespace

Ref<Cell> make_cell(Thread& thread, Value content) {
    auto* cell = allocate<Cell>(thread, cell_type);
    if (!cell) return {};
    if (!content.is_empty()) cell->content.init(Owned::share(content));
    track(cell);
    return Ref<Cell>::adopt(cell);
}

Owned cell_load(Thread& thread, Cell& cell) {
    Owned content = read_locked(thread, cell, cell.content);
    return content ? std::move(content) : Owned::nothing();
}

void store_cell(Thread& thread, Cell& cell, Value content) {
    Owned own = content.is_empty() ? Owned() : Owned::share(content);
    Owned old;
    Lock guard(thread, cell);
    old = cell.content.exchange(std::move(own));
}

Type cell_type;
const TypeSpec cell_type_spec = {
    .name = "cell",
    .doc =
        "Create a new cell object.\n\n  contents\n    the contents of the cell. If not specified, "
        "the cell will be empty,\n    and \n further attempts to access its cell_contents "
        "attribute will\n    raise a ValueError.",
    .size = sizeof(Cell),
    .flags = kTypeTracked,
    .slots = {.repr = cell_repr, .compare = cell_compare, .make = cell_make, .fields = cell_fields},
    .getsets = cell_getsets,
    .signature = "([contents])",
};

}  // namespace imugi
