// The table of special methods, in the order in which a native type's dict gets them; how wrappers
// call slots; how classes made at run time get theirs. Slots are single words: readers see the old
// or the new function.
#include <cstddef>

#include <optional>

#include "object/attribute.h"
#include "object/descriptor.h"
#include "object/dict.h"
#include "object/int.h"
#include "object/item_index.h"
#include "object/list.h"
#include "object/memoryview.h"
#include "object/protocol.h"
#include "object/slot_functions.h"
#include "object/str.h"
#include "object/tuple.h"
#include "object/unhashable.h"
#include "thread/safepoint.h"

namespace imugi {

#define GENERIC(function) reinterpret_cast<void*>(function)
#define SLOT(name, slot, wrap, generic, signature, doc) \
    {name, offsetof(Slots, slot), WrapKind::wrap, generic, doc, signature, nullptr}
#define BINARY(op, slot, symbol)                                                   \
    SLOT("__" #op "__", slot, kBinary,                                             \
         GENERIC((&slot_binary<"__" #op "__", "__r" #op "__", &Slots::slot>)),     \
         "($self, value, /)", "Return self" symbol "value."),                      \
        SLOT("__r" #op "__", slot, kBinaryReflected,                               \
             GENERIC((&slot_binary<"__" #op "__", "__r" #op "__", &Slots::slot>)), \
             "($self, value, /)", "Return value" symbol "self.")
#define INPLACE(op, slot, symbol)                                                 \
    SLOT("__i" #op "__", slot, kBinary, GENERIC((&slot_inplace<"__i" #op "__">)), \
         "($self, value, /)", "Return self" symbol "=value.")
#define UNARY(name, slot, doc) \
    SLOT(name, slot, kUnary, GENERIC((&slot_unary<name>)), "($self, /)", doc)

SlotDef slot_defs[] = {
    SLOT("__getattribute__", get_attribute, kGetAttribute, GENERIC(slot_get_attribute),
         "($self, name, /)", "Return getattr(self, name)."),
    SLOT("__getattr__", get_attribute, kNone, GENERIC(slot_get_attribute_hook), nullptr, nullptr),
    SLOT("__setattr__", set_attribute, kSetAttribute, GENERIC(slot_set_attribute),
         "($self, name, value, /)", "Implement setattr(self, name, value)."),
    SLOT("__delattr__", set_attribute, kDeleteAttribute, GENERIC(slot_set_attribute),
         "($self, name, /)", "Implement delattr(self, name)."),
    SLOT("__repr__", repr, kUnary, GENERIC(slot_repr), "($self, /)", "Return repr(self)."),
    SLOT("__hash__", hash, kHash, GENERIC(slot_hash), "($self, /)", "Return hash(self)."),
    SLOT("__call__", call, kCall, GENERIC(slot_call), "($self, /, *args, **kwargs)",
         "Call self as a function."),
    UNARY("__str__", str, "Return str(self)."),
    SLOT("__lt__", compare, kCompareLt, GENERIC(slot_compare), "($self, value, /)",
         "Return self<value."),
    SLOT("__le__", compare, kCompareLe, GENERIC(slot_compare), "($self, value, /)",
         "Return self<=value."),
    SLOT("__eq__", compare, kCompareEq, GENERIC(slot_compare), "($self, value, /)",
         "Return self==value."),
    SLOT("__ne__", compare, kCompareNe, GENERIC(slot_compare), "($self, value, /)",
         "Return self!=value."),
    SLOT("__gt__", compare, kCompareGt, GENERIC(slot_compare), "($self, value, /)",
         "Return self>value."),
    SLOT("__ge__", compare, kCompareGe, GENERIC(slot_compare), "($self, value, /)",
         "Return self>=value."),
    SLOT("__iter__", iter, kUnary, GENERIC(slot_iter), "($self, /)", "Implement iter(self)."),
    SLOT("__next__", next, kNext, GENERIC(slot_next), "($self, /)", "Implement next(self)."),
    SLOT("__get__", descriptor_get, kDescriptorGet, GENERIC(slot_descriptor_get),
         "($self, instance, owner=None, /)",
         "Return an attribute of instance, which is of type owner."),
    SLOT("__set__", descriptor_set, kDescriptorSet, GENERIC(slot_descriptor_set),
         "($self, instance, value, /)", "Set an attribute of instance to value."),
    SLOT("__delete__", descriptor_set, kDescriptorDelete, GENERIC(slot_descriptor_set),
         "($self, instance, /)", "Delete an attribute of instance."),
    SLOT("__init__", init, kInit, GENERIC(slot_init), "($self, /, *args, **kwargs)",
         "Initialize self.  See help(type(self)) for accurate signature."),
    SLOT("__new__", make, kNone, GENERIC(slot_make), nullptr, nullptr),
    SLOT("__del__", finalize, kFinalize, GENERIC(slot_finalize), "($self, /)",
         "Called when the instance is about to be destroyed."),
    SLOT("__buffer__", get_buffer, kBuffer, GENERIC(slot_get_buffer), "($self, flags, /)",
         "Return a buffer object that exposes the underlying memory of the object."),
    SLOT("__release_buffer__", release_buffer, kReleaseBuffer, GENERIC(slot_release_buffer),
         "($self, buffer, /)",
         "Release the buffer object that exposes the underlying memory of the object."),
    UNARY("__await__", await, "Return an iterator to be used in await expression."),
    UNARY("__aiter__", async_iter, "Return an awaitable, that resolves in asynchronous iterator."),
    UNARY("__anext__", async_next, "Return a value or raise StopAsyncIteration."),
    BINARY(add, add, "+"),
    BINARY(sub, subtract, "-"),
    BINARY(mul, multiply, "*"),
    BINARY(mod, remainder, "%"),
    SLOT("__divmod__", divmod, kBinary,
         GENERIC((&slot_binary<"__divmod__", "__rdivmod__", &Slots::divmod>)), "($self, value, /)",
         "Return divmod(self, value)."),
    SLOT("__rdivmod__", divmod, kBinaryReflected,
         GENERIC((&slot_binary<"__divmod__", "__rdivmod__", &Slots::divmod>)), "($self, value, /)",
         "Return divmod(value, self)."),
    SLOT("__pow__", power, kTernary, GENERIC(slot_power), "($self, value, mod=None, /)",
         "Return pow(self, value, mod)."),
    SLOT("__rpow__", power, kTernaryReflected, GENERIC(slot_power), "($self, value, mod=None, /)",
         "Return pow(value, self, mod)."),
    UNARY("__neg__", negative, "-self"),
    UNARY("__pos__", positive, "+self"),
    UNARY("__abs__", absolute, "abs(self)"),
    SLOT("__bool__", boolean, kPredicate, GENERIC(slot_bool), "($self, /)",
         "True if self else False"),
    UNARY("__invert__", invert, "~self"),
    BINARY(lshift, left_shift, "<<"),
    BINARY(rshift, right_shift, ">>"),
    BINARY(and, bit_and, "&"),
    BINARY(xor, bit_xor, "^"),
    BINARY(or, bit_or, "|"),
    UNARY("__int__", to_int, "int(self)"),
    UNARY("__float__", to_float, "float(self)"),
    INPLACE(add, inplace_add, "+"),
    INPLACE(sub, inplace_subtract, "-"),
    INPLACE(mul, inplace_multiply, "*"),
    INPLACE(mod, inplace_remainder, "%"),
    SLOT("__ipow__", inplace_power, kInplaceTernary, GENERIC(slot_inplace_power),
         "($self, value, /)", "Return self**=value."),
    INPLACE(lshift, inplace_left_shift, "<<"),
    INPLACE(rshift, inplace_right_shift, ">>"),
    INPLACE(and, inplace_and, "&"),
    INPLACE(xor, inplace_xor, "^"),
    INPLACE(or, inplace_or, "|"),
    BINARY(floordiv, floor_divide, "//"),
    BINARY(truediv, true_divide, "/"),
    INPLACE(floordiv, inplace_floor_divide, "//"),
    INPLACE(truediv, inplace_true_divide, "/"),
    SLOT("__index__", index, kUnary, GENERIC((&slot_unary<"__index__">)), "($self, /)",
         "Return self converted to an integer, if self is suitable for use as an index into a "
         "list."),
    BINARY(matmul, matrix_multiply, "@"),
    INPLACE(matmul, inplace_matrix_multiply, "@"),
    SLOT("__len__", length, kLength, GENERIC(slot_length), "($self, /)", "Return len(self)."),
    SLOT("__getitem__", subscript, kBinary, GENERIC(slot_subscript), "($self, key, /)",
         "Return self[key]."),
    SLOT("__setitem__", assign_subscript, kAssign, GENERIC(slot_assign_subscript),
         "($self, key, value, /)", "Set self[key] to value."),
    SLOT("__delitem__", assign_subscript, kDeleteKey, GENERIC(slot_assign_subscript),
         "($self, key, /)", "Delete self[key]."),
    SLOT("__len__", sequence_length, kLength, GENERIC(slot_length), "($self, /)",
         "Return len(self)."),
    SLOT("__add__", concat, kBinary, nullptr, "($self, value, /)", "Return self+value."),
    SLOT("__mul__", repeat, kIndexArgument, nullptr, "($self, value, /)", "Return self*value."),
    SLOT("__rmul__", repeat, kIndexArgument, nullptr, "($self, value, /)", "Return value*self."),
    SLOT("__getitem__", item, kItem, GENERIC(slot_item), "($self, key, /)", "Return self[key]."),
    SLOT("__setitem__", assign_item, kSetItem, GENERIC(slot_assign_item), "($self, key, value, /)",
         "Set self[key] to value."),
    SLOT("__delitem__", assign_item, kDeleteItem, GENERIC(slot_assign_item), "($self, key, /)",
         "Delete self[key]."),
    SLOT("__contains__", contains, kContains, GENERIC(slot_contains), "($self, key, /)",
         "Return bool(key in self)."),
    SLOT("__iadd__", inplace_concat, kBinary, nullptr, "($self, value, /)",
         "Implement self+=value."),
    SLOT("__imul__", inplace_repeat, kIndexArgument, nullptr, "($self, value, /)",
         "Implement self*=value."),
};
const size_t slot_def_count = sizeof(slot_defs) / sizeof(slot_defs[0]);

// --- wrappers ---

namespace {

bool check_count(Thread& thread, const Arguments& arguments, size_t wanted) {
    if (arguments.count == wanted) return true;
    return raise(thread, exc::TypeError, "expected {} argument{}, got {}", wanted,
                 wanted == 1 ? "" : "s", arguments.count);
}
// Where CPython unpacks a tuple for a function without a name, a blank is left of it.
bool check_unpacked(Thread& thread, const Arguments& arguments, size_t least, size_t most) {
    if (arguments.count >= least && arguments.count <= most) return true;
    bool few = arguments.count < least;
    size_t bound = few ? least : most;
    return raise(thread, exc::TypeError, " expected {}{} argument{}, got {}",
                 least == most ? ""
                 : few         ? "at least "
                               : "at most ",
                 bound, bound == 1 ? "" : "s", arguments.count);
}

// A view that the object's own type made goes back.
Owned release_view(Thread& thread, Value self, Value given) {
    if (!has_shape(given, k_memoryview_shape))
        return raise(thread, exc::TypeError, "expected a memoryview object");
    auto& view = given.as<MemoryView>();
    Value exporter = view.managed.as<ManagedBuffer>().buffer.owner.value();
    if (!exporter) return Owned::share(none());
    if (!same(exporter, self))
        return raise(thread, exc::ValueError, "memoryview's buffer is not this object");
    if (view.released.load(std::memory_order_relaxed))
        return raise(thread, exc::ValueError, "memoryview's buffer has already been released");
    return call_method(thread, given, ID(release));
}

Owned get_view(Thread& thread, Value self, Value given, decltype(Slots::get_buffer) get) {
    Index flags = TRY(to_ssize(thread, given, exc::OverflowError));
    if (flags > INT32_MAX) return raise(thread, exc::OverflowError, "buffer flags too large");
    return make_memoryview_by(thread, self, static_cast<int>(flags), get);
}

// object.__setattr__(int, ...) and the like must not get round a native type's own rules.
bool check_set_attribute(Thread& thread, Value self, void* function, const char* what) {
    const Type* type = &type_of(self);
    while (type->slots.set_attribute == slot_set_attribute && !type->base.is_empty())
        type = &type->base.as<Type>();
    if (reinterpret_cast<void*>(type->slots.set_attribute) == function) return true;
    // A class between may have a native function of its own that calls this one.
    for (const Type* at = type; !at->base.is_empty(); at = &at->base.as<Type>())
        if (at->spec && reinterpret_cast<void*>(at->slots.set_attribute) != function)
            return raise(thread, exc::TypeError, "can't apply this {} to {} object", what, *type);
    return true;
}

Owned done(bool ok) {
    return ok ? Owned::share(none()) : Owned();
}

template <class F>
F as(void* function) {
    return reinterpret_cast<F>(function);
}

}  // namespace

Owned call_slot_wrapper(Thread& thread, SlotWrapper& wrapper, Value self, const Arguments& a) {
    void* f = wrapper.function;
    WrapKind kind = wrapper.def->wrap;
    if (kind == WrapKind::kCall) return as<decltype(Slots::call)>(f)(thread, self, a);
    if (kind == WrapKind::kInit) return done(as<decltype(Slots::init)>(f)(thread, self, a));
    if (a.names && a.names->size)
        return raise(thread, exc::TypeError, "wrapper {}() takes no keyword arguments",
                     *wrapper.def->str);
    switch (kind) {
        case WrapKind::kUnary:
            TRY(check_count(thread, a, 0));
            return as<UnaryFn>(f)(thread, self);
        case WrapKind::kBinary:
            TRY(check_count(thread, a, 1));
            return as<BinaryFn>(f)(thread, self, a[0]);
        case WrapKind::kBinaryReflected:
            TRY(check_count(thread, a, 1));
            return as<BinaryFn>(f)(thread, a[0], self);
        case WrapKind::kTernary:
        case WrapKind::kInplaceTernary:
            TRY(check_unpacked(thread, a, 1, 2));
            return as<TernaryFn>(f)(thread, self, a[0], a.count > 1 ? a[1] : none());
        case WrapKind::kTernaryReflected:
            TRY(check_unpacked(thread, a, 1, 2));
            return as<TernaryFn>(f)(thread, a[0], self, a.count > 1 ? a[1] : none());
        case WrapKind::kPredicate: {
            TRY(check_count(thread, a, 0));
            bool result = TRY(as<PredicateFn>(f)(thread, self));
            return Owned::share(boolean(result));
        }
        case WrapKind::kLength: {
            TRY(check_count(thread, a, 0));
            Index result = TRY(as<LengthFn>(f)(thread, self));
            return make_int(thread, result);
        }
        case WrapKind::kIndexArgument: {
            TRY(check_unpacked(thread, a, 1, 1));
            Index n = TRY(to_ssize(thread, a[0], exc::OverflowError));
            return as<ItemFn>(f)(thread, self, n);
        }
        case WrapKind::kItem: {
            TRY(check_count(thread, a, 1));
            Index n = TRY(item_index(thread, self, a[0]));
            return as<ItemFn>(f)(thread, self, n);
        }
        case WrapKind::kSetItem: {
            TRY(check_unpacked(thread, a, 2, 2));
            Index n = TRY(item_index(thread, self, a[0]));
            return done(as<AssignItemFn>(f)(thread, self, n, a[1]));
        }
        case WrapKind::kDeleteItem: {
            TRY(check_count(thread, a, 1));
            Index n = TRY(item_index(thread, self, a[0]));
            return done(as<AssignItemFn>(f)(thread, self, n, Value()));
        }
        case WrapKind::kContains: {
            TRY(check_count(thread, a, 1));
            bool result = TRY(as<decltype(Slots::contains)>(f)(thread, self, a[0]));
            return Owned::share(boolean(result));
        }
        case WrapKind::kAssign:
            TRY(check_unpacked(thread, a, 2, 2));
            return done(as<AssignFn>(f)(thread, self, a[0], a[1]));
        case WrapKind::kDeleteKey:
            TRY(check_count(thread, a, 1));
            return done(as<AssignFn>(f)(thread, self, a[0], Value()));
        case WrapKind::kCompareLt:
        case WrapKind::kCompareLe:
        case WrapKind::kCompareEq:
        case WrapKind::kCompareNe:
        case WrapKind::kCompareGt:
        case WrapKind::kCompareGe: {
            TRY(check_count(thread, a, 1));
            auto op = static_cast<CompareOp>(static_cast<int>(kind) -
                                             static_cast<int>(WrapKind::kCompareLt));
            return as<decltype(Slots::compare)>(f)(thread, self, a[0], op);
        }
        case WrapKind::kHash: {
            TRY(check_count(thread, a, 0));
            int64_t h = TRY(as<decltype(Slots::hash)>(f)(thread, self));
            return make_int(thread, h);
        }
        case WrapKind::kGetAttribute:
        case WrapKind::kSetAttribute:
        case WrapKind::kDeleteAttribute: {
            bool set = kind == WrapKind::kSetAttribute;
            if (set)
                TRY(check_unpacked(thread, a, 2, 2));
            else
                TRY(check_count(thread, a, 1));
            if (kind != WrapKind::kGetAttribute) {
                TRY(check_set_attribute(thread, self, f, set ? "__setattr__" : "__delattr__"));
                if (!is_str(a[0]) && is_type(self) && self.as<Type>().has(kTypeImmutable))
                    return raise(thread, exc::TypeError,
                                 "cannot set {} attribute of immutable type '{}'", repr_of(a[0]),
                                 self.as<Type>());
            }
            if (!is_str(a[0]))
                return raise(thread, exc::TypeError, "attribute name must be string, not '{}'",
                             type_name_of(a[0]));
            auto& name = a[0].as<Str>();
            if (kind == WrapKind::kGetAttribute)
                return as<decltype(Slots::get_attribute)>(f)(thread, self, name);
            return done(
                as<decltype(Slots::set_attribute)>(f)(thread, self, name, set ? a[1] : Value()));
        }
        case WrapKind::kNext: {
            TRY(check_count(thread, a, 0));
            Owned result = as<UnaryFn>(f)(thread, self);
            if (result.is_nothing()) return raise_stop_iteration(thread);
            return result;
        }
        case WrapKind::kDescriptorGet: {
            TRY(check_unpacked(thread, a, 1, 2));
            Value instance = is_none(a[0]) ? Value() : a[0];
            Value owner = a.count < 2 || is_none(a[1]) ? Value() : a[1];
            if (instance.is_empty() && owner.is_empty())
                return raise(thread, exc::TypeError, "__get__(None, None) is invalid");
            return as<decltype(Slots::descriptor_get)>(f)(thread, self, instance, owner);
        }
        case WrapKind::kDescriptorSet:
            TRY(check_unpacked(thread, a, 2, 2));
            return done(as<decltype(Slots::descriptor_set)>(f)(thread, self, a[0], a[1]));
        case WrapKind::kDescriptorDelete:
            TRY(check_count(thread, a, 1));
            return done(as<decltype(Slots::descriptor_set)>(f)(thread, self, a[0], Value()));
        case WrapKind::kFinalize:
            TRY(check_count(thread, a, 0));
            as<decltype(Slots::finalize)>(f)(thread, self);
            return Owned::share(none());
        case WrapKind::kBuffer:
            TRY(check_unpacked(thread, a, 1, 1));
            return get_view(thread, self, a[0], as<decltype(Slots::get_buffer)>(f));
        case WrapKind::kReleaseBuffer: {
            TRY(check_unpacked(thread, a, 1, 1));
            return release_view(thread, self, a[0]);
        }
        default:
            return raise(thread, exc::SystemError, "slot cannot be called");
    }
}

// --- the slots of classes made at run time ---

namespace {

bool is_native_same(Thread& thread, Type& type, Value found, const SlotDef& def, void** function) {
    if (has_shape(found, k_slot_wrapper_shape)) {
        auto& wrapper = found.as<SlotWrapper>();
        if (wrapper.def != &def || !is_subtype(type, *wrapper.type)) return false;
        *function = wrapper.function;
        return true;
    }
    if (has_shape(found, k_method_descriptor_shape)) {
        auto& method = found.as<MethodDescriptor>();
        if (!is_subtype(type, *method.type) || &method.name.as<Str>() != def.str) return false;
        *function = slot_at(method.type->slots, def.offset);
        return *function != nullptr;
    }
    return false;
}

// A native method that this name's other slot stands for: list.__add__ is `concat`, not `add`.
bool is_of_other_slot(Type& type, Value found, const SlotDef& def) {
    if (has_shape(found, k_slot_wrapper_shape)) {
        auto& wrapper = found.as<SlotWrapper>();
        return wrapper.def->offset != def.offset && wrapper.def->str == def.str &&
               is_subtype(type, *wrapper.type);
    }
    return has_shape(found, k_method_descriptor_shape) &&
           &found.as<MethodDescriptor>().name.as<Str>() == def.str &&
           is_subtype(type, *found.as<MethodDescriptor>().type);
}

// What a class with this mro gets in a slot: `first` is the slot's first row.
void* slot_value(Thread& thread, Type& type, size_t first) {
    void* specific = nullptr;
    void* generic = nullptr;
    bool use_generic = false;
    size_t offset = slot_defs[first].offset;
    size_t i = first;
    do {
        const SlotDef& def = slot_defs[i];
        Owned found = find_in_mro(thread, type, *def.str);
        if (found.is_nothing()) continue;
        void* function = nullptr;
        if (offset == offsetof(Slots, make)) {
            if (Type* native = type_of_new_function(found)) {
                specific = reinterpret_cast<void*>(native->slots.make);
                continue;
            }
        } else if (offset == offsetof(Slots, hash) && is_none(found)) {
            specific = reinterpret_cast<void*>(unhashable);
            continue;
        } else if (is_native_same(thread, type, found, def, &function)) {
            if (!specific || specific == function) {
                specific = function;
                continue;
            }
        } else if (is_of_other_slot(type, found, def)) {
            // tuple.__getitem__ is its `subscript`; its `item` goes with it.
            if (has_shape(found, k_slot_wrapper_shape) && !specific)
                specific = slot_at(found.as<SlotWrapper>().type->slots, offset);
            continue;
        }
        use_generic = true;
        if (def.generic) generic = def.generic;
    } while ((i = slot_defs[i].next) != 0);
    return specific && !use_generic ? specific : generic;
}

void set_slot(Thread& thread, Type& type, size_t offset, void* value) {
    void*& place = slot_at(type.slots, offset);
    if (place != value) {
        // Slots are read plainly everywhere: they change while nobody reads.
        std::optional<StopTheWorld> stopped;
        if (type.has(kTypeReady)) stopped.emplace(thread);
        place = value;
    }
    if (offset == offsetof(Slots, finalize)) {
        if (value)
            type.type_flags.fetch_or(kTypeHasFinalizer, std::memory_order_relaxed);
        else
            type.type_flags.fetch_and(~uint32_t{kTypeHasFinalizer}, std::memory_order_relaxed);
    }
}

constexpr size_t kSlotWords = sizeof(Slots) / sizeof(void*);

bool is_python_class(const Type& type) {
    return type.has(kTypeHeap) && !type.spec;
}

// What a class gets in the slots that its own names say nothing about, if one other type tells it
// all: the next in its mro, with the rest of the mro for its own. Null if there is none; a native
// type may lack what its names would give to a class. Under the type mutex.
Slots* inherited_slots(Thread& thread, Type& type) {
    if (type.mro.is_empty()) return nullptr;
    auto& mro = type.mro.as<Tuple>();
    if (mro.size < 2 || mro[0].object() != &type) return nullptr;
    Type& next = mro[1].as<Type>();
    if (&next == &object_type) {
        static Slots of_object;
        static bool known = false;
        if (!known)
            for (size_t i = 0; i < slot_def_count; i++)
                if (slot_defs[i].first)
                    slot_at(of_object, slot_defs[i].offset) = slot_value(thread, object_type, i);
        known = true;
        return mro.size == 2 ? &of_object : nullptr;
    }
    if (!is_python_class(next) || next.mro.is_empty()) return nullptr;
    auto& rest = next.mro.as<Tuple>();
    if (rest.size + 1 != mro.size) return nullptr;
    for (size_t i = 0; i < rest.size; i++)
        if (rest[i].object() != mro[i + 1].object()) return nullptr;
    return &next.slots;
}

// Marks the slots that names in the class's own dict stand for. False if that cannot be told.
bool mark_own_slots(Thread& thread, Type& type, bool (&marks)[kSlotWords]) {
    size_t position = 0;
    Owned key, value;
    while (dict_next(thread, type.dict.as<Dict>(), &position, &key, &value)) {
        // Other keys may equal anything.
        if (!is_exact_str(key)) return false;
        Str& name = key.as<Str>();
        if (name.length() < 5 || name[0] != '_' || name[1] != '_') continue;
        for (size_t i = 0; i < slot_def_count; i++)
            if (slot_defs[i].str == &name ||
                (!name.is_interned() && str_equal(*slot_defs[i].str, name)))
                marks[slot_defs[i].offset / sizeof(void*)] = true;
    }
    return true;
}

void update_all_slots(Thread& thread, Type& type) {
    bool own[kSlotWords] = {};
    Slots* inherited = inherited_slots(thread, type);
    if (inherited && !mark_own_slots(thread, type, own)) inherited = nullptr;
    for (size_t i = 0; i < slot_def_count; i++) {
        if (!slot_defs[i].first) continue;
        size_t offset = slot_defs[i].offset;
        bool as_inherited = inherited && !own[offset / sizeof(void*)];
        set_slot(thread, type, offset,
                 as_inherited ? slot_at(*inherited, offset) : slot_value(thread, type, i));
    }
}

// False if the name is no special method's.
bool update_slots_of(Thread& thread, Type& type, Str& name) {
    bool concerned = false;
    for (size_t i = 0; i < slot_def_count; i++) {
        if (slot_defs[i].str != &name && !str_equal(*slot_defs[i].str, name)) continue;
        concerned = true;
        size_t first = i;
        while (slot_defs[first].offset != slot_defs[i].offset || !slot_defs[first].first) first--;
        set_slot(thread, type, slot_defs[i].offset, slot_value(thread, type, first));
    }
    return concerned;
}

bool has_own(Thread& thread, Type& type, Str& name) {
    Owned found = dict_get_own(thread, type, name);
    return found && !found.is_nothing();
}

}  // namespace

void link_slot_rows() {
    static_assert(sizeof(slot_defs) / sizeof(slot_defs[0]) < 256);
    for (size_t i = slot_def_count; i-- > 0;) {
        slot_defs[i].first = true;
        for (size_t j = i + 1; j < slot_def_count; j++) {
            if (slot_defs[j].offset != slot_defs[i].offset) continue;
            slot_defs[j].first = false;
            slot_defs[i].next = static_cast<uint8_t>(j);
            break;
        }
    }
}

void update_slots(Thread& thread, Type& type, Str* name) {
    if (is_python_class(type)) {
        if (!name)
            update_all_slots(thread, type);
        else if (!update_slots_of(thread, type, *name))
            return;
    }
    Ref<List> below = list_subclasses(thread, type);
    if (!below) return clear_exception(thread);
    for (Index i = 0; i < list_size(*below); i++) {
        Owned item = list_item(thread, *below, i);
        if (!is_type(item)) continue;
        if (name && has_own(thread, item.as<Type>(), *name)) continue;
        update_slots(thread, item.as<Type>(), name);
    }
}

}  // namespace imugi
