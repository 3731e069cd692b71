// The abstract operations on objects, iterators and containers. Everything here may run Python;
// nothing is held across it but owned references.
#include "object/protocol.h"

#include "object/call.h"
#include "object/dict.h"
#include "object/generic_alias.h"
#include "object/int.h"
#include "object/item_index.h"
#include "object/list.h"
#include "object/set.h"
#include "object/str.h"
#include "object/tuple.h"
#include "object/unhashable.h"
#include "object/value_buffer.h"
#include "thread/safepoint.h"

namespace imugi {

// --- text ---

Owned repr(Thread& thread, Value value) {
    if (!check_native_stack(thread, " while getting the repr of an object")) return {};
    auto slot = type_of(value).slots.repr;
    if (!slot) return format(thread, "<{} object at {}>", type_name_of(value), address_of(value));
    Owned text = TRY(slot(thread, value));
    if (!is_str(text))
        return raise(thread, exc::TypeError, "__repr__ returned non-string (type {})",
                     type_name_of(text));
    return text;
}

Owned str(Thread& thread, Value value) {
    if (is_exact_str(value)) return Owned::share(value);
    auto slot = type_of(value).slots.str;
    if (!slot) return repr(thread, value);
    if (!check_native_stack(thread, " while getting the str of an object")) return {};
    Owned text = TRY(slot(thread, value));
    if (!is_str(text))
        return raise(thread, exc::TypeError, "__str__ returned non-string (type {})",
                     type_name_of(text));
    return text;
}

Owned ascii(Thread& thread, Value value) {
    Owned text = TRY(repr(thread, value));
    auto& source = text.as<Str>();
    if (source.is_ascii()) return text;
    StrBuilder out(thread);
    for (size_t i = 0; i < source.length(); i++) {
        uint32_t c = source[i];
        if (c < 0x80) {
            TRY(out.append(c));
            continue;
        }
        TRY(out.append(c > 0xFFFF ? "\\U" : c > 0xFF ? "\\u" : "\\x"));
        for (int shift = c > 0xFFFF ? 28 : c > 0xFF ? 12 : 4; shift >= 0; shift -= 4)
            TRY(out.append(static_cast<uint32_t>("0123456789abcdef"[c >> shift & 15])));
    }
    return out.finish();
}

Owned format_value(Thread& thread, Value value, Value spec) {
    bool plain = spec.is_empty() || (is_str(spec) && spec.as<Str>().length() == 0);
    if (plain && is_exact_str(value)) return Owned::share(value);
    if (plain && is_exact_int(value)) return str(thread, value);
    Owned empty;
    if (spec.is_empty()) {
        empty = empty_str();
        spec = empty;
    }
    Owned text = TRY(call_special(thread, value, ID(__format__), spec));
    if (text.is_nothing())
        return raise(thread, exc::TypeError, "Type {} doesn't define __format__",
                     type_name_of(value));
    if (!is_str(text))
        return raise(thread, exc::TypeError, "__format__ must return a str, not {}",
                     type_name_of(text));
    return text;
}

// --- hash and comparison ---

Result<int64_t> hash(Thread& thread, Value value) {
    auto slot = type_of(value).slots.hash;
    if (IMUGI_UNLIKELY(!slot)) return unhashable(thread, value);
    return slot(thread, value);
}

static CompareOp swapped(CompareOp op) {
    switch (op) {
        case CompareOp::kLt:
            return CompareOp::kGt;
        case CompareOp::kLe:
            return CompareOp::kGe;
        case CompareOp::kGt:
            return CompareOp::kLt;
        case CompareOp::kGe:
            return CompareOp::kLe;
        default:
            return op;
    }
}

Owned compare(Thread& thread, Value left, Value right, CompareOp op) {
    static constexpr const char* symbols[] = {"<", "<=", "==", "!=", ">", ">="};
    if (!check_native_stack(thread, " in comparison")) return {};
    // Asked anew each time: what has been called may have given the operands other classes.
    auto compare_of = [](Value value) { return type_of(value).slots.compare; };
    bool derived = &type_of(left) != &type_of(right) && is_instance_of(right, type_of(left));
    auto first = derived ? compare_of(right) : nullptr;
    if (first) {
        Owned result = first(thread, right, left, swapped(op));
        if (!result || !is_not_implemented(result)) return result;
    }
    if (auto slot = compare_of(left)) {
        Owned result = slot(thread, left, right, op);
        if (!result || !is_not_implemented(result)) return result;
    }
    if (auto slot = compare_of(right); slot && !first) {
        Owned result = slot(thread, right, left, swapped(op));
        if (!result || !is_not_implemented(result)) return result;
    }
    if (op == CompareOp::kEq) return Owned::share(boolean(same(left, right)));
    if (op == CompareOp::kNe) return Owned::share(boolean(!same(left, right)));
    return raise(thread, exc::TypeError, "'{}' not supported between instances of '{}' and '{}'",
                 symbols[static_cast<int>(op)], type_name_of(left), type_name_of(right));
}

Result<bool> compare_bool(Thread& thread, Value left, Value right, CompareOp op) {
    if (same(left, right)) {
        if (op == CompareOp::kEq) return true;
        if (op == CompareOp::kNe) return false;
    }
    Owned result = compare(thread, left, right, op);
    if (!result) return failure;
    return is_true(thread, result);
}

Result<bool> equals(Thread& thread, Value left, Value right) {
    return compare_bool(thread, left, right, CompareOp::kEq);
}

Result<bool> is_true(Thread& thread, Value value) {
    if (has_shape(value, k_bool_shape)) return same(value, boolean(true));
    if (value.is_small_int()) return value.small_int() != 0;
    if (is_none(value)) return false;
    const Slots& slots = type_of(value).slots;
    if (slots.boolean) return slots.boolean(thread, value);
    if (auto size = slots.length ? slots.length : slots.sequence_length) {
        Index n = TRY(size(thread, value));
        return n != 0;
    }
    return true;
}

bool is_callable(Value value) {
    return type_of(value).slots.call != nullptr;
}

// --- instances and subclasses ---

static Result<bool> abstract_is_subclass(Thread& thread, Value derived, Value base) {
    if (is_type(derived) && is_type(base)) return is_subtype(derived.as<Type>(), base.as<Type>());
    if (!check_native_stack(thread, " in __issubclass__")) return failure;
    if (same(derived, base)) return true;
    Owned bases = get_attribute_or_nothing(thread, derived, ID(__bases__));
    if (!bases) return failure;
    if (!is_tuple(bases)) return false;
    auto& tuple = bases.as<Tuple>();
    for (size_t i = 0; i < tuple.size; i++)
        if (TRY(abstract_is_subclass(thread, tuple[i], base))) return true;
    return false;
}

static Result<bool> check_class(Thread& thread, Value value, const char* message) {
    if (is_type(value)) return true;
    Owned bases = get_attribute_or_nothing(thread, value, ID(__bases__));
    if (!bases) return failure;
    if (is_tuple(bases)) return true;
    return raise(thread, exc::TypeError, message);
}

Result<bool> plain_is_instance(Thread& thread, Value object, Value class_) {
    if (is_type(class_)) {
        auto& type = class_.as<Type>();
        if (is_instance_of(object, type)) return true;
        Owned claimed = get_attribute_or_nothing(thread, object, ID(__class__));
        if (!claimed) return failure;
        return is_type(claimed) && &claimed.as<Type>() != &type_of(object) &&
               is_subtype(claimed.as<Type>(), type);
    }
    TRY(check_class(thread, class_,
                    "isinstance() arg 2 must be a type, a tuple of types, or a union"));
    Owned claimed = get_attribute_or_nothing(thread, object, ID(__class__));
    if (!claimed) return failure;
    if (claimed.is_nothing()) return false;
    return abstract_is_subclass(thread, claimed, class_);
}

Result<bool> plain_is_subclass(Thread& thread, Value derived, Value class_) {
    TRY(check_class(thread, derived, "issubclass() arg 1 must be a class"));
    TRY(check_class(thread, class_,
                    "issubclass() arg 2 must be a class, a tuple of classes, or a union"));
    return abstract_is_subclass(thread, derived, class_);
}

Result<bool> is_instance(Thread& thread, Value object, Value class_or_tuple) {
    if (class_or_tuple.is_object() && &type_of(object) == class_or_tuple.object()) return true;
    if (&type_of(class_or_tuple) == &type_type)
        return plain_is_instance(thread, object, class_or_tuple);
    if (!check_native_stack(thread, " in __instancecheck__")) return failure;
    if (is_tuple(class_or_tuple)) {
        auto& tuple = class_or_tuple.as<Tuple>();
        for (size_t i = 0; i < tuple.size; i++)
            if (TRY(is_instance(thread, object, tuple[i]))) return true;
        return false;
    }
    Owned result = call_special(thread, class_or_tuple, ID(__instancecheck__), object);
    if (!result) return failure;
    if (!result.is_nothing()) return is_true(thread, result);
    return plain_is_instance(thread, object, class_or_tuple);
}

Result<bool> is_subclass(Thread& thread, Value derived, Value class_or_tuple) {
    if (&type_of(class_or_tuple) == &type_type) {
        if (same(derived, class_or_tuple)) return true;
        return plain_is_subclass(thread, derived, class_or_tuple);
    }
    if (!check_native_stack(thread, " in __subclasscheck__")) return failure;
    if (is_tuple(class_or_tuple)) {
        auto& tuple = class_or_tuple.as<Tuple>();
        for (size_t i = 0; i < tuple.size; i++)
            if (TRY(is_subclass(thread, derived, tuple[i]))) return true;
        return false;
    }
    Owned result = call_special(thread, class_or_tuple, ID(__subclasscheck__), derived);
    if (!result) return failure;
    if (!result.is_nothing()) return is_true(thread, result);
    return plain_is_subclass(thread, derived, class_or_tuple);
}

Owned dir(Thread& thread, Value value) {
    Owned names = TRY(call_special(thread, value, ID(__dir__)));
    if (names.is_nothing()) return raise(thread, exc::TypeError, "object does not provide __dir__");
    Ref<List> list = TRY(to_list(thread, names));
    TRY(list_sort_values(thread, *list, Value(), false));
    return list;
}

// --- iteration ---

bool is_iterator(Value value) {
    return type_of(value).slots.next != nullptr;
}

static bool is_sequence(Value value) {
    const Type& type = type_of(value);
    return !type.has(kTypeIsDict) && (type.slots.item || type.slots.subscript);
}

Owned iterate(Thread& thread, Value iterable) {
    const Slots& slots = type_of(iterable).slots;
    if (slots.iter) {
        Owned iterator = TRY(slots.iter(thread, iterable));
        if (!is_iterator(iterator))
            return raise(thread, exc::TypeError, "iter() returned non-iterator of type '{}'",
                         type_name_of(iterator));
        return iterator;
    }
    if (slots.item && is_sequence(iterable)) return make_sequence_iterator(thread, iterable);
    return raise_not_iterable(thread, iterable);
}

Owned next_or_stop(Thread& thread, Value iterator) {
    auto slot = type_of(iterator).slots.next;
    if (IMUGI_UNLIKELY(!slot))
        return raise(thread, exc::TypeError, "'{}' object is not an iterator",
                     type_name_of(iterator));
    // An iterator over an iterator over ...
    if (!check_native_stack(thread)) return {};
    return slot(thread, iterator);
}

// Every native loop over an iterator goes by here: it is where such a loop can be interrupted.
Owned next(Thread& thread, Value iterator) {
    // Not under a Lock, which a safepoint may let go of: a step of zip() or islice() is one.
    if (!thread.critical) TRY(safepoint(thread));
    Owned value = next_or_stop(thread, iterator);
    if (!value && clear_exception_if(thread, exc::StopIteration)) return Owned::nothing();
    return value;
}

Result<Index> length_hint(Thread& thread, Value value, Index otherwise) {
    const Slots& slots = type_of(value).slots;
    if (slots.length || slots.sequence_length) {
        auto size = length(thread, value);
        if (size) return *size;
        if (!clear_exception_if(thread, exc::TypeError)) return failure;
    }
    Owned hint = call_special(thread, value, ID(__length_hint__));
    if (!hint) {
        if (clear_exception_if(thread, exc::TypeError)) return otherwise;
        return failure;
    }
    if (hint.is_nothing() || is_not_implemented(hint)) return otherwise;
    if (!is_int(hint))
        return raise(thread, exc::TypeError, "__length_hint__ must be an integer, not {}",
                     type_name_of(hint));
    int64_t n;
    if (!int_fits_int64(hint, &n))
        return raise(thread, exc::OverflowError, "Python int too large to convert to C ssize_t");
    if (n < 0) return raise(thread, exc::ValueError, "__length_hint__() should return >= 0");
    return n;
}

// --- containers ---

Result<Index> length(Thread& thread, Value value) {
    const Slots& slots = type_of(value).slots;
    if (auto size = slots.sequence_length ? slots.sequence_length : slots.length)
        return size(thread, value);
    return raise(thread, exc::TypeError, "object of type '{}' has no len()", type_name_of(value));
}

Result<Index> item_index(Thread& thread, Value container, Value key) {
    Index index = TRY(to_ssize(thread, key));
    if (index < 0 && !has_type_flag(container, kTypeCountsFromEnd))
        if (auto size = type_of(container).slots.sequence_length)
            index += TRY(size(thread, container));
    return index;
}

Owned get_item(Thread& thread, Value container, Value key) {
    const Slots& slots = type_of(container).slots;
    if (IMUGI_LIKELY(slots.subscript != nullptr)) return slots.subscript(thread, container, key);
    if (auto item = slots.item) {
        if (!key.is_small_int() && !type_of(key).slots.index)
            return raise(thread, exc::TypeError, "sequence index must be integer, not '{}'",
                         type_name_of(key));
        Index index = TRY(item_index(thread, container, key));
        return item(thread, container, index);
    }
    if (is_type(container)) {
        // type[int] gives an alias; other classes say what they support.
        if (container.object() == &type_type) return make_generic_alias(thread, container, key);
        Owned getter = TRY(get_attribute_or_nothing(thread, container, ID(__class_getitem__)));
        if (!getter.is_nothing() && !is_none(getter)) return call(thread, getter, key);
        return raise(thread, exc::TypeError, "type '{}' is not subscriptable",
                     container.as<Type>());
    }
    return raise_not_subscriptable(thread, container);
}

Owned get_sequence_item(Thread& thread, Value sequence, Index index) {
    // The class may have lost it since it was asked.
    auto item = type_of(sequence).slots.item;
    if (IMUGI_LIKELY(item != nullptr)) return item(thread, sequence, index);
    return raise(thread, exc::TypeError, "'{}' object does not support indexing",
                 type_name_of(sequence));
}

bool set_item(Thread& thread, Value container, Value key, Value value) {
    const Slots& slots = type_of(container).slots;
    if (IMUGI_LIKELY(slots.assign_subscript != nullptr))
        return slots.assign_subscript(thread, container, key, value);
    if (auto assign = slots.assign_item) {
        if (!key.is_small_int() && !type_of(key).slots.index)
            return raise(thread, exc::TypeError, "sequence index must be integer, not '{}'",
                         type_name_of(key));
        auto index = item_index(thread, container, key);
        return index && assign(thread, container, *index, value);
    }
    if ((is_int(key) || type_of(key).slots.index) && has_sequence_slots(type_of(container)))
        TRY(to_ssize(thread, key));
    return raise(thread, exc::TypeError, "'{}' object does not support item {}",
                 type_name_of(container), value.is_empty() ? "deletion" : "assignment");
}

bool has_items(Value value) {
    return !is_dict(value) && type_of(value).slots.item;
}

bool has_sequence_slots(const Type& type) {
    const Slots& s = type.slots;
    return (type.has(kTypeHeap) && !type.spec) || s.sequence_length || s.contains || s.item ||
           s.concat || s.repeat || s.assign_item;
}

bool delete_item(Thread& thread, Value container, Value key) {
    const Type& type = type_of(container);
    if (!type.slots.assign_subscript && !type.slots.assign_item) {
        bool by_index = (is_int(key) || type_of(key).slots.index) && has_sequence_slots(type);
        if (by_index) TRY(to_ssize(thread, key));
        return raise(thread, exc::TypeError,
                     by_index ? "'{}' object doesn't support item deletion"
                              : "'{}' object does not support item deletion",
                     type_name_of(container));
    }
    return set_item(thread, container, key, Value());
}

Result<bool> contains_by_iteration(Thread& thread, Value iterable, Value element) {
    Owned iterator = iterate(thread, iterable);
    if (!iterator) {
        if (clear_exception_if(thread, exc::TypeError))
            return raise(thread, exc::TypeError,
                         "argument of type '{}' is not a container or iterable",
                         type_name_of(iterable));
        return failure;
    }
    for (;;) {
        Owned item = next(thread, iterator);
        if (!item) return failure;
        if (item.is_nothing()) return false;
        if (TRY(equals(thread, item, element))) return true;
        TRY(safepoint(thread));
    }
}

Result<bool> contains(Thread& thread, Value container, Value element) {
    if (auto slot = type_of(container).slots.contains) return slot(thread, container, element);
    return contains_by_iteration(thread, container, element);
}

Ref<Tuple> to_tuple(Thread& thread, Value iterable) {
    return tuple_from(thread, iterable);
}

Ref<List> to_list(Thread& thread, Value iterable) {
    // Builtin containers as they are at one moment.
    if (is_exact_list(iterable) || is_exact_dict(iterable) || is_exact_set(iterable) ||
        is_dict_view(iterable))
        return list_from(thread, iterable);
    ValueBuffer values(thread);
    TRY(values.extend(iterable));
    return values.to_list();
}

Owned fast_sequence(Thread& thread, Value iterable, const char* message) {
    if (is_exact_list(iterable) || is_exact_tuple(iterable)) return Owned::share(iterable);
    Owned iterator = iterate(thread, iterable);
    if (!iterator) {
        if (clear_exception_if(thread, exc::TypeError))
            return raise(thread, exc::TypeError, "{}", message);
        return {};
    }
    return to_list(thread, iterator);
}

}  // namespace imugi
