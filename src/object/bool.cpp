// bool: the two static ints True and False.
#include <cstddef>

#include "object/int.h"
#include "object/int_slots.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/str.h"

namespace imugi {

Int true_object{true}, false_object{false};

Value boolean(bool b) {
    return Value::of(b ? &true_object : &false_object);
}

namespace {

bool is_bool(Value value) {
    return has_shape(value, k_bool_shape);
}
bool truth(Value value) {
    return same(value, Value::of(&true_object));
}

Owned bool_repr(Thread&, Value self) {
    return Owned::share(truth(self) ? ID(True) : ID(False));
}

Owned bool_make(Thread& thread, Type&, const Arguments& arguments) {
    TRY(check_positional(thread, "bool", arguments, 0, 1));
    if (arguments.count == 0) return Owned::share(boolean(false));
    return Owned::share(boolean(TRY(is_true(thread, arguments[0]))));
}

Owned bool_and(Thread& thread, Value left, Value right) {
    if (!is_bool(left) || !is_bool(right)) return int_slots::bit_and(thread, left, right);
    return Owned::share(boolean(truth(left) && truth(right)));
}

Owned bool_or(Thread& thread, Value left, Value right) {
    if (!is_bool(left) || !is_bool(right)) return int_slots::bit_or(thread, left, right);
    return Owned::share(boolean(truth(left) || truth(right)));
}

Owned bool_xor(Thread& thread, Value left, Value right) {
    if (!is_bool(left) || !is_bool(right)) return int_slots::bit_xor(thread, left, right);
    return Owned::share(boolean(truth(left) != truth(right)));
}

Owned bool_invert(Thread& thread, Value self) {
    TRY(warn(thread, exc::DeprecationWarning, 1,
             make_str(thread,
                      "Bitwise inversion '~' on bool is deprecated and will be removed in Python "
                      "3.16. This returns the bitwise inversion of the underlying int object and "
                      "is usually not what you expect from negating a bool. Use the 'not' "
                      "operator for boolean negation or ~int(x) if you really want the bitwise "
                      "inversion of the underlying int.")));
    return int_slots::invert(thread, self);
}

}  // namespace

Type bool_type;
const TypeSpec bool_type_spec = {
    .name = "bool",
    .doc =
        "Returns True when the argument is true, False otherwise.\n"
        "The builtins True and False are the only two instances of the class bool.\n"
        "The class bool is a subclass of the class int, and cannot be subclassed.",
    .base = &int_type,
    .size = offsetof(Int, limbs),
    .item_size = sizeof(uint64_t),
    .flags = kTypeIsInt | kTypeMatchSelf,
    .slots = {.repr = bool_repr,
              .make = bool_make,
              .invert = bool_invert,
              .bit_and = bool_and,
              .bit_xor = bool_xor,
              .bit_or = bool_or},
    .signature = "(object=False, /)",
};

}  // namespace imugi
