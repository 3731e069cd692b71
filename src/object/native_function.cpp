// builtin_function_or_method: functions and bound methods written in C++; and the __new__ of native
// types. Immutable but for the signature, which is published once.
#include "memory/collector.h"
#include "object/descriptor.h"
#include "object/int.h"
#include "object/interpreter.h"
#include "object/module.h"
#include "object/native_signature.h"
#include "object/protocol.h"
#include "object/slot_functions.h"
#include "object/str.h"
#include "object/tuple.h"

namespace imugi {

IMUGI_BUILTIN_TYPE_BY_OBJECT(NativeFunction, native_function_type);

namespace {

const MethodRow new_row = {
    "__new__",
    "($type, *args, **kwargs)",
    {},
    "Create and return a new object.  See help(type) for accurate signature."};

NativeFunction& as_function(Value v) {
    return v.as<NativeFunction>();
}

bool takes_self(const NativeFunction& function, const NativeSignature& signature) {
    if (function.self.is_empty()) return false;
    if (function.defining_type) return !(function.row->flags & kMethodStatic);
    return signature.first_module;
}

// T.__new__(U, ...): U must be a subtype of T, and T must be what builds U's native part.
Owned call_new(Thread& thread, Type& type, const Arguments& arguments) {
    if (arguments.count == 0)
        return raise(thread, exc::TypeError, "{}.__new__(): not enough arguments", type);
    if (!is_type(arguments[0]))
        return raise(thread, exc::TypeError, "{}.__new__(X): X is not a type object ({})", type,
                     type_name_of(arguments[0]));
    auto& wanted = arguments[0].as<Type>();
    if (!is_subtype(wanted, type))
        return raise(thread, exc::TypeError, "{}.__new__({}): {} is not a subtype of {}", type,
                     wanted, wanted, type);
    const Type* base = &wanted;
    while (base->slots.make == slot_make && !base->base.is_empty()) base = &base->base.as<Type>();
    if (base->slots.make != type.slots.make)
        return raise(thread, exc::TypeError, "{}.__new__({}) is not safe, use {}.__new__()", type,
                     wanted, *base);
    return type.slots.make(thread, wanted,
                           {arguments.values + 1, arguments.count - 1, arguments.names});
}

Owned function_call(Thread& thread, Value self, const Arguments& arguments) {
    auto& function = as_function(self);
    if (function.row->entry.thunk == nullptr)
        return call_new(thread, function.self.as<Type>(), arguments);
    const NativeSignature* signature = function.signature.load(std::memory_order_acquire);
    if (IMUGI_UNLIKELY(!signature)) {
        signature = signature_of(thread, function.row->signature);
        if (!signature) return {};
        function.signature.store(const_cast<NativeSignature*>(signature),
                                 std::memory_order_release);
    }
    // Class methods go by the name of the class they are bound to.
    Value self_value = function.self.borrow();
    const Type* owner = function.defining_type;
    if (owner && (function.row->flags & kMethodClass)) owner = &self_value.as<Type>();
    return call_row(thread, *function.row, *signature, self_value, takes_self(function, *signature),
                    arguments, owner, function.module.borrow());
}

bool shown_bound(const NativeFunction& function) {
    return !function.self.is_empty() && &type_of(function.self.borrow()) != &module_type;
}

Owned function_repr(Thread& thread, Value self) {
    auto& function = as_function(self);
    if (!shown_bound(function)) return format(thread, "<built-in function {}>", function.row->name);
    Value bound = function.self.borrow();
    return format(thread, "<built-in method {} of {} object at {}>", function.row->name,
                  type_name_of(bound), address_of(bound));
}

Result<int64_t> function_hash(Thread& thread, Value self) {
    auto& function = as_function(self);
    uint64_t h =
        function.self.borrow().identity() >> 4 ^ reinterpret_cast<uintptr_t>(function.row) >> 3;
    auto n = static_cast<int64_t>(h);
    return n == -1 ? -2 : n;
}

Owned function_compare(Thread& thread, Value left, Value right, CompareOp op) {
    if ((op != CompareOp::kEq && op != CompareOp::kNe) ||
        !is_instance_of(right, native_function_type))
        return Owned::share(not_implemented());
    auto& a = as_function(left);
    auto& b = as_function(right);
    bool equal = a.row == b.row && same(a.self.borrow(), b.self.borrow());
    return Owned::share(boolean(equal == (op == CompareOp::kEq)));
}

void function_fields(Object* object, FieldVisitor& visitor) {
    auto& function = *static_cast<NativeFunction*>(object);
    visitor.visit(function.self);
    visitor.visit(function.module);
}

Owned get_name(Thread& thread, Value self) {
    return intern(thread, as_function(self).row->name);
}

Owned get_qualname(Thread& thread, Value self) {
    auto& function = as_function(self);
    if (!shown_bound(function)) return get_name(thread, self);
    Value bound = function.self.borrow();
    Owned type = is_type(bound) ? Owned::share(bound) : Owned(share_type(bound));
    Owned qualname = TRY(get_attribute(thread, type, ID(__qualname__)));
    return format(thread, "{}.{}", qualname, function.row->name);
}

Owned get_doc(Thread& thread, Value self) {
    const char* doc = as_function(self).row->doc;
    return doc ? Owned(make_str(thread, doc)) : Owned::share(none());
}

Owned get_text_signature(Thread& thread, Value self) {
    auto& function = as_function(self);
    if (!function.row->entry.thunk) return make_str(thread, "($type, *args, **kwargs)");
    return text_signature(thread, *function.row, function.defining_type != nullptr);
}

Owned get_self(Thread& thread, Value self) {
    auto& function = as_function(self);
    // A static one has its class there, for its repr.
    if (function.self.is_empty() || (function.row->flags & kMethodStatic))
        return Owned::share(none());
    return function.self.share();
}

Owned get_module(Thread& thread, Value self) {
    auto& function = as_function(self);
    return function.module.is_empty() ? Owned::share(none()) : function.module.share();
}

Owned function_reduce(Thread& thread, NativeFunction& function) {
    Ref<Str> name = TRY(make_str(thread, function.row->name));
    if (!shown_bound(function)) return name;
    Owned getter =
        TRY(get_attribute(thread, interpreter_of(thread).builtins.borrow(), ID(getattr)));
    Ref<Tuple> arguments = TRY(make_tuple(thread, function.self.borrow(), name.value()));
    return make_tuple(thread, getter.value(), arguments.value());
}

const MethodRow function_methods[] = {
    {"__reduce__", "(self, /)", fn<function_reduce>, nullptr},
    {},
};

const GetSetRow function_getsets[] = {
    {"__doc__", get_doc},
    {"__name__", get_name},
    {"__qualname__", get_qualname},
    {"__text_signature__", get_text_signature},
    {"__self__", get_self},
    computed_member("__module__", get_module),
    {},
};

}  // namespace

Type native_function_type;
const TypeSpec native_function_type_spec = {
    .name = "builtin_function_or_method",
    .size = sizeof(NativeFunction),
    .flags = kTypeTracked | kTypeNoInstantiate | kTypeHasWeakrefs,
    .slots = {.repr = function_repr,
              .hash = function_hash,
              .call = function_call,
              .compare = function_compare,
              .fields = function_fields},
    .methods = function_methods,
    .getsets = function_getsets,
};

static Ref<NativeFunction> make_function_of(Thread& thread, const MethodRow& row, Value self,
                                            Value module, Type* defining) {
    auto* function = allocate<NativeFunction>(thread, native_function_type);
    if (!function) return {};
    function->row = &row;
    function->defining_type = defining;
    if (!self.is_empty()) function->self.init(Owned::share(self));
    if (!module.is_empty()) function->module.init(Owned::share(module));
    track(function);
    return Ref<NativeFunction>::adopt(function);
}

Ref<NativeFunction> make_native_function(Thread& thread, const MethodRow& row, Value self,
                                         Value module) {
    Ref<NativeFunction> function = TRY(make_function_of(thread, row, self, module, nullptr));
    // Functions of modules are for every thread: no counting.
    if (!self.is_empty() && &type_of(self) == &module_type) make_deferred(function.get());
    return function;
}

Ref<NativeFunction> bind_native_method(Thread& thread, const MethodDescriptor& descriptor,
                                       Value self) {
    Ref<NativeFunction> function =
        TRY(make_function_of(thread, *descriptor.row, self, Value(), descriptor.type));
    function->signature.store(descriptor.signature.load(std::memory_order_acquire),
                              std::memory_order_relaxed);
    return function;
}

Owned make_new_function(Thread& thread, Type& type) {
    return make_function_of(thread, new_row, Value::of(type), Value(), &type);
}

Type* type_of_new_function(Value value) {
    if (!has_shape(value, k_native_function_shape) || as_function(value).row != &new_row)
        return nullptr;
    return &as_function(value).self.as<Type>();
}

}  // namespace imugi
