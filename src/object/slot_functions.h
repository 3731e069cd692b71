// What a class made at run time has in its slots when the method is written in Python: functions
// that look the method up and call it. All run Python.
#pragma once

#include "object/call.h"
#include "object/names.h"
#include "object/type.h"

namespace imugi {

// type(self).NAME(self, ...), or NotImplemented when the type lacks it.
Owned call_or_not_implemented(Thread& thread, Value self, Str& name, Value argument);
// Whether the right operand's reflected method is another than the left one's.
bool reflected_is_overloaded(Thread& thread, Value left, Value right, Str& reflected);

template <NameText name, NameText reflected, BinaryFn Slots::* slot>
Owned slot_binary(Thread& thread, Value left, Value right) {
    BinaryFn me = &slot_binary<name, reflected, slot>;
    Type& left_type = type_of(left);
    Type& right_type = type_of(right);
    bool try_right = &left_type != &right_type && right_type.slots.*slot == me;
    if (left_type.slots.*slot == me) {
        if (try_right && is_subtype(right_type, left_type) &&
            reflected_is_overloaded(thread, left, right, *name_slot<reflected>.str)) {
            Owned result = call_or_not_implemented(thread, right, *name_slot<reflected>.str, left);
            if (!result || !is_not_implemented(result)) return result;
            try_right = false;
        }
        Owned result = call_or_not_implemented(thread, left, *name_slot<name>.str, right);
        if (!result || !is_not_implemented(result) || &left_type == &right_type) return result;
    }
    if (try_right) return call_or_not_implemented(thread, right, *name_slot<reflected>.str, left);
    return Owned::share(not_implemented());
}

Owned call_required(Thread& thread, Value self, Str& name, const Arguments& arguments);

template <NameText name>
Owned slot_unary(Thread& thread, Value self) {
    return call_required(thread, self, *name_slot<name>.str, {});
}
template <NameText name>
Owned slot_inplace(Thread& thread, Value self, Value other) {
    return call_or_not_implemented(thread, self, *name_slot<name>.str, other);
}

Owned slot_power(Thread& thread, Value base, Value exponent, Value modulus);
Owned slot_inplace_power(Thread& thread, Value base, Value exponent, Value modulus);
Result<bool> slot_bool(Thread& thread, Value self);
Result<Index> slot_length(Thread& thread, Value self);
Owned slot_item(Thread& thread, Value self, Index index);
bool slot_assign_item(Thread& thread, Value self, Index index, Value value);
Result<bool> slot_contains(Thread& thread, Value self, Value element);
Owned slot_subscript(Thread& thread, Value self, Value key);
bool slot_assign_subscript(Thread& thread, Value self, Value key, Value value);
Owned slot_repr(Thread& thread, Value self);
Result<int64_t> slot_hash(Thread& thread, Value self);
Owned slot_call(Thread& thread, Value self, const Arguments& arguments);
Owned slot_get_attribute(Thread& thread, Value self, Str& name);
Owned slot_get_attribute_hook(Thread& thread, Value self, Str& name);
bool slot_set_attribute(Thread& thread, Value self, Str& name, Value value);
Owned slot_compare(Thread& thread, Value self, Value other, CompareOp op);
Owned slot_iter(Thread& thread, Value self);
Owned slot_next(Thread& thread, Value self);
Owned slot_descriptor_get(Thread& thread, Value self, Value instance, Value owner);
bool slot_descriptor_set(Thread& thread, Value self, Value instance, Value value);
Owned slot_make(Thread& thread, Type& type, const Arguments& arguments);
bool slot_init(Thread& thread, Value self, const Arguments& arguments);
void slot_finalize(Thread& thread, Value self);
bool slot_get_buffer(Thread& thread, Value self, BufferView& view, int flags);
void slot_release_buffer(Thread& thread, Value self, BufferView& view);

}  // namespace imugi
