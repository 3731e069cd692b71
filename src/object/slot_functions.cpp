// Slots of classes whose special methods are written in Python. Nothing is held across the calls.
#include "object/slot_functions.h"

#include "object/attribute.h"
#include "object/buffer.h"
#include "object/descriptor.h"
#include "object/errors.h"
#include "object/int.h"
#include "object/memoryview.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"
#include "object/unhashable.h"
#include "object/value_buffer.h"

namespace imugi {

namespace {

constexpr struct {
    Str& (*name)();
} compare_names[] = {
    {[]() -> Str& { return ID(__lt__); }}, {[]() -> Str& { return ID(__le__); }},
    {[]() -> Str& { return ID(__eq__); }}, {[]() -> Str& { return ID(__ne__); }},
    {[]() -> Str& { return ID(__gt__); }}, {[]() -> Str& { return ID(__ge__); }},
};

// The special method, or None where a class says that it has none.
bool is_disabled(Thread& thread, Value self, Str& name) {
    Owned method = lookup_in_mro(thread, type_of(self), name);
    return is_none(method);
}

bool drop_result(Owned result) {
    return static_cast<bool>(result);
}

}  // namespace

Owned call_required(Thread& thread, Value self, Str& name, const Arguments& arguments) {
    Owned result = call_special_with(thread, self, name, arguments);
    if (result.is_nothing()) return raise_value(thread, exc::AttributeError, Value::of(name));
    return result;
}

Owned call_or_not_implemented(Thread& thread, Value self, Str& name, Value argument) {
    Owned result = call_special_with(thread, self, name, {&argument, 1, nullptr});
    if (result.is_nothing()) return Owned::share(not_implemented());
    return result;
}

bool reflected_is_overloaded(Thread& thread, Value left, Value right, Str& reflected) {
    Owned theirs = lookup_in_mro(thread, type_of(right), reflected);
    if (theirs.is_nothing()) return false;
    Owned mine = lookup_in_mro(thread, type_of(left), reflected);
    return mine.is_nothing() || !same(mine, theirs);
}

Owned slot_power(Thread& thread, Value base, Value exponent, Value modulus) {
    if (modulus.is_empty() || is_none(modulus)) {
        Type& left_type = type_of(base);
        Type& right_type = type_of(exponent);
        bool try_right = &left_type != &right_type && right_type.slots.power == slot_power;
        if (left_type.slots.power == slot_power) {
            if (try_right && is_subtype(right_type, left_type) &&
                reflected_is_overloaded(thread, base, exponent, ID(__rpow__))) {
                Owned result = call_or_not_implemented(thread, exponent, ID(__rpow__), base);
                if (!result || !is_not_implemented(result)) return result;
                try_right = false;
            }
            Owned result = call_or_not_implemented(thread, base, ID(__pow__), exponent);
            if (!result || !is_not_implemented(result) || &left_type == &right_type) return result;
        }
        if (try_right) return call_or_not_implemented(thread, exponent, ID(__rpow__), base);
        return Owned::share(not_implemented());
    }
    if (type_of(base).slots.power == slot_power) {
        Value values[] = {exponent, modulus};
        Owned result = call_special_with(thread, base, ID(__pow__), {values, 2, nullptr});
        return result.is_nothing() ? Owned::share(not_implemented()) : std::move(result);
    }
    if (type_of(exponent).slots.power == slot_power) {
        Value values[] = {base, modulus};
        Owned result = call_special_with(thread, exponent, ID(__rpow__), {values, 2, nullptr});
        return result.is_nothing() ? Owned::share(not_implemented()) : std::move(result);
    }
    return Owned::share(not_implemented());
}

Owned slot_inplace_power(Thread& thread, Value base, Value exponent, Value modulus) {
    return call_or_not_implemented(thread, base, ID(__ipow__), exponent);
}

Result<bool> slot_bool(Thread& thread, Value self) {
    Owned result = call_special(thread, self, ID(__bool__));
    if (!result) return failure;
    if (result.is_nothing()) return true;
    if (!has_shape(result, k_bool_shape))
        return raise(thread, exc::TypeError, "__bool__ should return bool, returned {}",
                     type_name_of(result));
    return same(result, boolean(true));
}

Result<Index> slot_length(Thread& thread, Value self) {
    Owned result = call_required(thread, self, ID(__len__), {});
    if (!result) return failure;
    Owned number = TRY(to_index(thread, result));
    if (int_sign(number) < 0) return raise(thread, exc::ValueError, "__len__() should return >= 0");
    int64_t n;
    if (!int_fits_int64(number, &n))
        return raise(thread, exc::OverflowError, "cannot fit '{}' into an index-sized integer",
                     type_name_of(number));
    return n;
}

Owned slot_subscript(Thread& thread, Value self, Value key) {
    return call_required(thread, self, ID(__getitem__), {&key, 1, nullptr});
}

bool slot_assign_subscript(Thread& thread, Value self, Value key, Value value) {
    Value values[] = {key, value};
    if (value.is_empty())
        return drop_result(call_required(thread, self, ID(__delitem__), {values, 1, nullptr}));
    return drop_result(call_required(thread, self, ID(__setitem__), {values, 2, nullptr}));
}

Owned slot_item(Thread& thread, Value self, Index index) {
    Owned number = TRY(make_int(thread, index));
    return slot_subscript(thread, self, number);
}

bool slot_assign_item(Thread& thread, Value self, Index index, Value value) {
    Owned number = TRY(make_int(thread, index));
    return slot_assign_subscript(thread, self, number, value);
}

Result<bool> slot_contains(Thread& thread, Value self, Value element) {
    if (is_disabled(thread, self, ID(__contains__)))
        return raise(thread, exc::TypeError, "'{}' object is not a container", type_name_of(self));
    Owned result = call_special(thread, self, ID(__contains__), element);
    if (!result) return failure;
    if (result.is_nothing()) return contains_by_iteration(thread, self, element);
    return is_true(thread, result);
}

Owned slot_repr(Thread& thread, Value self) {
    return call_required(thread, self, ID(__repr__), {});
}

Result<int64_t> slot_hash(Thread& thread, Value self) {
    if (is_disabled(thread, self, ID(__hash__))) return unhashable(thread, self);
    Owned result = call_special(thread, self, ID(__hash__));
    if (!result) return failure;
    if (result.is_nothing()) return unhashable(thread, self);
    if (!is_int(result))
        return raise(thread, exc::TypeError, "__hash__ method should return an integer");
    int64_t n;
    if (!int_fits_int64(result, &n)) n = int_hash(result);
    return n == -1 ? -2 : n;
}

Owned slot_call(Thread& thread, Value self, const Arguments& arguments) {
    if (!check_native_stack(thread, " while calling a Python object")) return {};
    Owned result = call_special_with(thread, self, ID(__call__), arguments);
    if (result.is_nothing()) return raise_not_callable(thread, self);
    return result;
}

Owned slot_get_attribute(Thread& thread, Value self, Str& name) {
    Value argument = Value::of(name);
    return call_required(thread, self, ID(__getattribute__), {&argument, 1, nullptr});
}

Owned slot_get_attribute_hook(Thread& thread, Value self, Str& name) {
    Type& type = type_of(self);
    Owned getter = lookup_in_mro(thread, type, ID(__getattribute__));
    Owned result;
    bool native = has_shape(getter, k_slot_wrapper_shape);
    void* function = native ? getter.as<SlotWrapper>().function : nullptr;
    if (function == reinterpret_cast<void*>(generic_get_attribute)) {
        result = generic_get_attribute_or_nothing(thread, self, name);
        if (result && !result.is_nothing()) return result;
    } else if (native) {
        result = reinterpret_cast<Owned (*)(Thread&, Value, Str&)>(function)(thread, self, name);
    } else {
        Value argument = Value::of(name);
        result = call_required(thread, self, ID(__getattribute__), {&argument, 1, nullptr});
    }
    if (result && !result.is_nothing()) return result;
    if (!result && !clear_exception_if(thread, exc::AttributeError)) return {};
    Value argument = Value::of(name);
    result = call_special_with(thread, self, ID(__getattr__), {&argument, 1, nullptr});
    if (result.is_nothing()) return raise_no_attribute(thread, self, name);
    return result;
}

bool slot_set_attribute(Thread& thread, Value self, Str& name, Value value) {
    Value values[] = {Value::of(name), value};
    if (value.is_empty())
        return drop_result(call_required(thread, self, ID(__delattr__), {values, 1, nullptr}));
    return drop_result(call_required(thread, self, ID(__setattr__), {values, 2, nullptr}));
}

Owned slot_compare(Thread& thread, Value self, Value other, CompareOp op) {
    // A method that cannot be had, as when it is a property that raises, is none.
    bool bound;
    Owned method =
        get_special_method(thread, self, compare_names[static_cast<int>(op)].name(), &bound);
    if (!method) clear_exception(thread);
    if (!method || method.is_nothing()) return Owned::share(not_implemented());
    if (bound) return call(thread, method, {&other, 1, nullptr});
    return call_with_first(thread, method, self, {&other, 1, nullptr});
}

Owned slot_iter(Thread& thread, Value self) {
    if (is_disabled(thread, self, ID(__iter__))) return raise_not_iterable(thread, self);
    Owned result = call_special(thread, self, ID(__iter__));
    if (result.is_nothing()) return raise_not_iterable(thread, self);
    return result;
}

Owned slot_next(Thread& thread, Value self) {
    Owned result = call_required(thread, self, ID(__next__), {});
    if (result || !exception_matches(thread, exc::StopIteration)) return result;
    // Without a value it is the plain end; with one it is for next() and `yield from` to see.
    Owned stop = take_exception(thread);
    Slot& carried = stop.as<StopIterationError>().value;
    if (carried.is_empty() || is_none(carried.borrow())) return Owned::nothing();
    set_exception(thread, std::move(stop));
    return {};
}

Owned slot_descriptor_get(Thread& thread, Value self, Value instance, Value owner) {
    Value values[] = {instance.is_empty() ? none() : instance, owner.is_empty() ? none() : owner};
    // What cannot be called with a descriptor's arguments is a plain attribute.
    Owned result = call_special_with(thread, self, ID(__get__), {values, 2, nullptr});
    return result.is_nothing() ? Owned::share(self) : std::move(result);
}

bool slot_descriptor_set(Thread& thread, Value self, Value instance, Value value) {
    Value values[] = {instance, value};
    if (value.is_empty())
        return drop_result(call_required(thread, self, ID(__delete__), {values, 1, nullptr}));
    return drop_result(call_required(thread, self, ID(__set__), {values, 2, nullptr}));
}

Owned slot_make(Thread& thread, Type& type, const Arguments& arguments) {
    Owned maker = TRY(get_attribute(thread, Value::of(type), ID(__new__)));
    return call_with_first(thread, maker, Value::of(type), arguments);
}

bool slot_init(Thread& thread, Value self, const Arguments& arguments) {
    Owned result = call_required(thread, self, ID(__init__), arguments);
    if (!result) return false;
    if (is_none(result)) return true;
    return raise(thread, exc::TypeError, "__init__() should return None, not '{}'",
                 type_name_of(result));
}

void slot_finalize(Thread& thread, Value self) {
    SavedException saved(thread);
    bool bound;
    Owned method = get_special_method(thread, self, ID(__del__), &bound);
    if (!method) return report_unraisable(thread, self);
    if (method.is_nothing()) return;
    Owned result = bound ? call(thread, method) : call(thread, method, self);
    if (!result) report_unraisable(thread, method, "Exception ignored while calling deallocator");
}

bool slot_get_buffer(Thread& thread, Value self, BufferView& view, int flags) {
    return python_get_buffer(thread, self, view, flags);
}
void slot_release_buffer(Thread& thread, Value self, BufferView& view) {
    python_release_native(thread, self, view);
}

}  // namespace imugi
