// weakref.proxy: every operation is the referent's, which is held while it runs.
#include "object/weakref_proxy.h"

#include "object/attribute.h"
#include "object/call.h"
#include "object/native.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/unhashable.h"

namespace imugi {

namespace {

bool is_proxy(Value v) {
    return has_shape(v, k_weak_proxy_shape) || has_shape(v, k_weak_callable_proxy_shape);
}

// The referent, or the value itself when it is no proxy. ReferenceError when it has died.
Owned real(Thread& thread, Value v) {
    if (!is_proxy(v)) return Owned::share(v);
    Owned object = weakref_get(v.as<WeakRef>());
    if (!object.is_nothing()) return object;
    return raise(thread, exc::ReferenceError, "weakly-referenced object no longer exists");
}

template <Owned (*operation)(Thread&, Value)>
Owned unary(Thread& thread, Value self) {
    Owned object = TRY(real(thread, self));
    return operation(thread, object);
}
template <BinaryOp op>
Owned binary(Thread& thread, Value left, Value right) {
    Owned a = TRY(real(thread, left));
    Owned b = TRY(real(thread, right));
    return binary_op(thread, op, a, b);
}
template <BinaryOp op>
Owned inplace(Thread& thread, Value left, Value right) {
    Owned a = TRY(real(thread, left));
    Owned b = TRY(real(thread, right));
    return inplace_op(thread, op, a, b);
}
Owned proxy_divmod(Thread& thread, Value left, Value right) {
    Owned a = TRY(real(thread, left));
    Owned b = TRY(real(thread, right));
    return divmod(thread, a, b);
}
Owned proxy_power(Thread& thread, Value base, Value exponent, Value modulus) {
    Owned a = TRY(real(thread, base));
    Owned b = TRY(real(thread, exponent));
    Owned c = TRY(real(thread, modulus));
    return power(thread, a, b, c);
}
Owned proxy_inplace_power(Thread& thread, Value base, Value exponent, Value modulus) {
    Owned a = TRY(real(thread, base));
    Owned b = TRY(real(thread, exponent));
    return inplace_op(thread, BinaryOp::kPower, a, b);
}
Owned to_int_operation(Thread& thread, Value value) {
    return call(thread, Value::of(int_type), value);
}
Owned to_float_operation(Thread& thread, Value value) {
    return call(thread, Value::of(float_type), value);
}

Owned proxy_repr(Thread& thread, Value self) {
    Owned object = weakref_get(self.as<WeakRef>());
    if (object.is_nothing()) return format(thread, "<weakproxy at {}; dead>", address_of(self));
    return format(thread, "<weakproxy at {}; to '{}' at {}>", address_of(self),
                  type_full_name_of(object), address_of(object));
}
Owned proxy_call(Thread& thread, Value self, const Arguments& arguments) {
    Owned object = TRY(real(thread, self));
    return call(thread, object, arguments);
}
Owned proxy_get_attribute(Thread& thread, Value self, Str& name) {
    Owned object = TRY(real(thread, self));
    return get_attribute(thread, object, name);
}
bool proxy_set_attribute(Thread& thread, Value self, Str& name, Value value) {
    Owned object = TRY(real(thread, self));
    return set_attribute(thread, object, name, value);
}
Owned proxy_compare(Thread& thread, Value left, Value right, CompareOp op) {
    Owned a = TRY(real(thread, left));
    Owned b = TRY(real(thread, right));
    return compare(thread, a, b, op);
}
Owned proxy_iter(Thread& thread, Value self) {
    Owned object = TRY(real(thread, self));
    return iterate(thread, object);
}
Owned proxy_next(Thread& thread, Value self) {
    Owned object = TRY(real(thread, self));
    if (!is_iterator(object))
        return raise(thread, exc::TypeError, "Weakref proxy referenced a non-iterator '{}' object",
                     type_name_of(object));
    return next(thread, object);
}
Result<bool> proxy_boolean(Thread& thread, Value self) {
    Owned object = TRY(real(thread, self));
    return is_true(thread, object);
}
Result<bool> proxy_contains(Thread& thread, Value self, Value element) {
    Owned object = TRY(real(thread, self));
    return contains(thread, object, element);
}
Result<Index> proxy_length(Thread& thread, Value self) {
    Owned object = TRY(real(thread, self));
    return length(thread, object);
}
Owned proxy_subscript(Thread& thread, Value self, Value key) {
    Owned object = TRY(real(thread, self));
    return get_item(thread, object, key);
}
bool proxy_assign(Thread& thread, Value self, Value key, Value value) {
    Owned object = TRY(real(thread, self));
    if (value.is_empty()) return delete_item(thread, object, key);
    return set_item(thread, object, key, value);
}
template <NameText name>
Owned by_name(Thread& thread, Value self) {
    Owned object = TRY(real(thread, self));
    return call_method(thread, object, *name_slot<name>.str);
}

const MethodRow proxy_methods[] = {
    {"__bytes__", "(self, /)", fn<by_name<"__bytes__">>, nullptr},
    {"__reversed__", "(self, /)", fn<by_name<"__reversed__">>, nullptr},
    {},
};

constexpr Slots slots_of(bool callable) {
    Slots s = {};
    s.repr = proxy_repr;
    s.str = unary<str>;
    s.hash = unhashable;
    s.call = callable ? proxy_call : nullptr;
    s.get_attribute = proxy_get_attribute;
    s.set_attribute = proxy_set_attribute;
    s.compare = proxy_compare;
    s.iter = proxy_iter;
    s.next = proxy_next;
    s.fields = weakref_fields;
    s.release = weakref_release;
    s.add = binary<BinaryOp::kAdd>;
    s.subtract = binary<BinaryOp::kSubtract>;
    s.multiply = binary<BinaryOp::kMultiply>;
    s.remainder = binary<BinaryOp::kRemainder>;
    s.divmod = proxy_divmod;
    s.power = proxy_power;
    s.negative = unary<negative>;
    s.positive = unary<positive>;
    s.absolute = unary<absolute>;
    s.boolean = proxy_boolean;
    s.invert = unary<invert>;
    s.left_shift = binary<BinaryOp::kLeftShift>;
    s.right_shift = binary<BinaryOp::kRightShift>;
    s.bit_and = binary<BinaryOp::kAnd>;
    s.bit_xor = binary<BinaryOp::kXor>;
    s.bit_or = binary<BinaryOp::kOr>;
    s.to_int = unary<to_int_operation>;
    s.to_float = unary<to_float_operation>;
    s.inplace_add = inplace<BinaryOp::kAdd>;
    s.inplace_subtract = inplace<BinaryOp::kSubtract>;
    s.inplace_multiply = inplace<BinaryOp::kMultiply>;
    s.inplace_remainder = inplace<BinaryOp::kRemainder>;
    s.inplace_power = proxy_inplace_power;
    s.inplace_left_shift = inplace<BinaryOp::kLeftShift>;
    s.inplace_right_shift = inplace<BinaryOp::kRightShift>;
    s.inplace_and = inplace<BinaryOp::kAnd>;
    s.inplace_xor = inplace<BinaryOp::kXor>;
    s.inplace_or = inplace<BinaryOp::kOr>;
    s.floor_divide = binary<BinaryOp::kFloorDivide>;
    s.true_divide = binary<BinaryOp::kTrueDivide>;
    s.inplace_floor_divide = inplace<BinaryOp::kFloorDivide>;
    s.inplace_true_divide = inplace<BinaryOp::kTrueDivide>;
    s.index = unary<to_index>;
    s.matrix_multiply = binary<BinaryOp::kMatrixMultiply>;
    s.inplace_matrix_multiply = inplace<BinaryOp::kMatrixMultiply>;
    s.contains = proxy_contains;
    s.length = proxy_length;
    s.subscript = proxy_subscript;
    s.assign_subscript = proxy_assign;
    return s;
}

}  // namespace

Type weak_proxy_type;
const TypeSpec weak_proxy_type_spec = {
    .name = "weakref.ProxyType",
    .size = sizeof(WeakRef),
    .flags = kTypeTracked | kTypeNoInstantiate,
    .slots = slots_of(false),
    .methods = proxy_methods,
};

Type weak_callable_proxy_type;
const TypeSpec weak_callable_proxy_type_spec = {
    .name = "weakref.CallableProxyType",
    .size = sizeof(WeakRef),
    .flags = kTypeTracked | kTypeNoInstantiate,
    .slots = slots_of(true),
    .methods = proxy_methods,
};

}  // namespace imugi
