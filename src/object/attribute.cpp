// Attribute access: the descriptor protocol over types, and attribute storage by shapes.
//
// Storage is read without a lock (shape, slot, shape again), and changed under the object's Lock. A
// shape only ever grows by one attribute, loses its last, or turns to dict mode for good, so an
// unchanged shape means that a slot still belongs to the same name.
#include "object/attribute.h"

#include "memory/heap.h"
#include "object/call.h"
#include "object/descriptor.h"
#include "object/dict.h"
#include "object/function.h"
#include "object/module.h"
#include "object/native.h"
#include "object/overflow.h"
#include "object/protocol.h"
#include "object/str.h"
#include "thread/grace.h"
#include "thread/lock.h"

namespace imugi {

namespace {

Shape& shape_at(uint32_t index) {
    return *reinterpret_cast<Shape*>(shape_region + uint64_t{index} * kShapeUnit);
}

// For so many attributes beyond the inline slots. With the word that says it, a power of two.
uint32_t capacity_for(uint32_t count) {
    if (count == 0) return 0;
    uint32_t capacity = 3;
    while (capacity < count) capacity = capacity * 2 + 1;
    return capacity;
}

Slot* allocate_overflow(uint32_t capacity) {
    auto* slots = static_cast<Slot*>(array_allocate_zeroed((1 + size_t{capacity}) * sizeof(Slot)));
    if (!slots) return nullptr;
    slots->word().store(capacity, std::memory_order_relaxed);
    return slots + 1;
}

void copy_slots(Slot* to, const Slot* from, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        to[i].word().store(from[i].word().load(std::memory_order_relaxed),
                           std::memory_order_relaxed);
}

// The slot of attribute `index`; null when a racing change is seen.
Slot* slot_of(Slot* storage, const Shape& shape, uint32_t index) {
    if (index < shape.inline_slots) return storage + 1 + index;
    return overflow_slot_at(storage, index - shape.inline_slots);
}

// An interned name equal to `name`, owned by `holder` if it had to be made.
Str* interned(Thread& thread, Str& name, Ref<Str>& holder) {
    if (IMUGI_LIKELY(name.is_interned())) return &name;
    Ref<Str> exact = is_exact_str(Value::of(name)) ? Ref<Str>::share(name)
                                                   : str_substring(thread, name, 0, name.length());
    if (!exact) return nullptr;
    holder = intern(thread, std::move(exact));
    return holder.get();
}

void free_overflow(Slot* slots) {
    if (slots) array_free(slots - 1);
}

// Of an object that has none or another one now.
void discard_overflow(Object* object, Slot* slots) {
    if (slots && needs_grace(object))
        retire(slots - 1, (1 + size_t{overflow_capacity(slots)}) * sizeof(Slot), array_free);
    else
        free_overflow(slots);
}

}  // namespace

Slot* attribute_storage_at_end(Object* object, const Type& type) {
    size_t bytes = (1 + size_t{type.inline_slots} + type.end_members) * sizeof(Slot);
    return reinterpret_cast<Slot*>(reinterpret_cast<char*>(object) + heap_block_size(object) -
                                   bytes);
}

// --- raw storage ---

Owned load_own_attribute(Thread& thread, Object* object, Str& given) {
    Ref<Str> holder;
    Str* name = interned(thread, given, holder);
    if (!name) return {};
    for (int attempt = 0;; attempt++) {
        uint32_t shape_index = object->shape_index.load(std::memory_order_acquire);
        Shape& shape = shape_at(shape_index);
        Type& type = *shape.type;
        if (type.attributes_offset == 0) return Owned::nothing();
        Slot* storage = attribute_storage(object, type);
        if (shape.dict_mode) {
            SlotRead read = read_slot(storage[0].word());
            if (read.retry || !read.value || !read.value.value().is_object()) {
                Lock guard(thread, *object);
                read.value = share_locked(storage[0].word());
            }
            if (!read.value || !read.value.value().is_object()) continue;
            return dict_get(thread, read.value.as<Dict>(), *name);
        }
        int index = find_attribute(shape, *name);
        if (index < 0) return Owned::nothing();
        mark_reader(object);
        if (attempt == 0) {
            Slot* slot = slot_of(storage, shape, static_cast<uint32_t>(index));
            if (!slot) continue;
            SlotRead read = read_slot(slot->word());
            if (!read.retry && read.value &&
                object->shape_index.load(std::memory_order_acquire) == shape_index &&
                slot_of(storage, shape, static_cast<uint32_t>(index)) == slot)
                return std::move(read.value);
        }
        Ref<Type> held = Ref<Type>::share(type);  // its shapes: indexes of the dead are used again
        Lock guard(thread, *object);
        if (object->shape_index.load(std::memory_order_relaxed) != shape_index) continue;
        Slot* slot = slot_of(storage, shape, static_cast<uint32_t>(index));
        return share_locked(slot->word());
    }
}

namespace {

// Adds an attribute by moving from `shape` to `next`. False when the object has changed meanwhile;
// `value` is then untouched. *failed: memory is short.
bool add_slot(Thread& thread, Object* object, Shape& shape, Shape& next, Owned& value,
              bool* failed) {
    Type& type = *shape.type;
    uint32_t index = next.count - 1;
    Slot* fresh = nullptr;
    uint32_t used = 0;
    if (index >= shape.inline_slots) {
        used = index - shape.inline_slots;
        if (capacity_for(used + 1) != capacity_for(used)) {
            fresh = allocate_overflow(capacity_for(used + 1));
            if (!fresh) {
                *failed = true;
                return false;
            }
        }
    }
    Slot* old = nullptr;
    bool done = false;
    {
        Lock guard(thread, *object);
        if (object->shape_index.load(std::memory_order_relaxed) == shape.index()) {
            Slot* storage = attribute_storage(object, type);
            if (fresh) {
                old = overflow_slots(storage[0].word().load(std::memory_order_relaxed));
                if (old) copy_slots(fresh, old, used);
                storage[0].word().exchange(reinterpret_cast<uint64_t>(fresh) + 1,
                                           std::memory_order_seq_cst);  // pairs with mark_reader
                fresh = nullptr;
            }
            slot_of(storage, next, index)->word().store(value.release(), std::memory_order_release);
            object->shape_index.store(next.index(), std::memory_order_release);
            done = true;
        }
    }
    free_overflow(fresh);
    discard_overflow(object, old);
    return done;
}

}  // namespace

bool store_own_attribute(Thread& thread, Object* object, Str& given, Value value) {
    Ref<Str> holder;
    Str* name = interned(thread, given, holder);
    if (!name) return false;
    Owned own = Owned::share(value);
    for (;;) {
        uint32_t shape_index = object->shape_index.load(std::memory_order_acquire);
        Shape& shape = shape_at(shape_index);
        Ref<Type> held = Ref<Type>::share(*shape.type);
        if (shape.dict_mode) {
            Owned dict = TRY(instance_dict(thread, object));
            return dict_set(thread, dict.as<Dict>(), Value::of(name), std::move(own));
        }
        int index = find_attribute(shape, *name);
        if (index >= 0) {
            Owned old;
            {
                Lock guard(thread, *object);
                if (object->shape_index.load(std::memory_order_relaxed) != shape_index) continue;
                Slot* storage = attribute_storage(object, *shape.type);
                old =
                    slot_of(storage, shape, static_cast<uint32_t>(index))->exchange(std::move(own));
            }
            return true;
        }
        Shape* next = add_attribute(thread, shape, *name);
        if (!next) {
            if (!materialize_dict(thread, object)) return {};
            continue;
        }
        bool failed = false;
        if (add_slot(thread, object, shape, *next, own, &failed)) return true;
        if (failed) return raise_memory_error(thread);
    }
}

namespace {

// Under the object's lock: an array of the capacity that `used` slots need, if they need less than
// before. What is returned has been replaced.
Slot* shrink_overflow(Slot* storage, uint32_t used) {
    uint32_t needed = capacity_for(used);
    if (needed == capacity_for(used + 1)) return nullptr;
    Slot* slots = overflow_slots(storage[0].word().load(std::memory_order_relaxed));
    Slot* smaller = nullptr;
    if (needed) {
        smaller = allocate_overflow(needed);
        if (!smaller) return nullptr;  // the larger one will do
        copy_slots(smaller, slots, used);
    }
    storage[0].word().exchange(smaller ? reinterpret_cast<uint64_t>(smaller) + 1 : 0,
                               std::memory_order_seq_cst);  // pairs with mark_reader
    return slots;
}

}  // namespace

Result<bool> delete_own_attribute(Thread& thread, Object* object, Str& given) {
    Ref<Str> holder;
    Str* name = interned(thread, given, holder);
    if (!name) return failure;
    for (;;) {
        uint32_t shape_index = object->shape_index.load(std::memory_order_acquire);
        Shape& shape = shape_at(shape_index);
        Ref<Type> held = Ref<Type>::share(*shape.type);
        if (shape.dict_mode) {
            Owned dict = TRY(instance_dict(thread, object));
            return dict_delete(thread, dict.as<Dict>(), Value::of(name));
        }
        int index = find_attribute(shape, *name);
        if (index < 0) return false;
        if (static_cast<uint32_t>(index) + 1 != shape.count) {
            if (!materialize_dict(thread, object)) return {};
            continue;
        }
        Owned old;
        Slot* overflow = nullptr;
        {
            Lock guard(thread, *object);
            if (object->shape_index.load(std::memory_order_relaxed) != shape_index) continue;
            Slot* storage = attribute_storage(object, *shape.type);
            object->shape_index.store(shape.parent->index(), std::memory_order_release);
            old = slot_of(storage, shape, static_cast<uint32_t>(index))->take();
            if (static_cast<uint32_t>(index) >= shape.inline_slots)
                overflow =
                    shrink_overflow(storage, static_cast<uint32_t>(index) - shape.inline_slots);
        }
        discard_overflow(object, overflow);
        return true;
    }
}

Owned materialize_dict(Thread& thread, Object* object) {
    for (;;) {
        uint32_t shape_index = object->shape_index.load(std::memory_order_acquire);
        Shape& shape = shape_at(shape_index);
        Type& type = *shape.type;
        Ref<Type> held = Ref<Type>::share(type);
        Slot* storage = attribute_storage(object, type);
        if (shape.dict_mode) {
            SlotRead read = read_slot(storage[0].word());
            if (!read.retry && read.value && read.value.value().is_object())
                return std::move(read.value);
            Lock guard(thread, *object);
            Owned dict = share_locked(storage[0].word());
            if (dict && dict.value().is_object()) return dict;
            continue;
        }
        uint32_t count = shape.count;
        Ref<Dict> dict = TRY(make_dict(thread, count));
        uint64_t seen[kMaxShapeAttributes];
        bool stale = false;
        for (uint32_t i = 0; i < count && !stale; i++) {
            Owned value;
            {
                Lock guard(thread, *object);
                if (object->shape_index.load(std::memory_order_relaxed) != shape_index) {
                    stale = true;
                    break;
                }
                value = share_locked(slot_of(storage, shape, i)->word());
            }
            seen[i] = value.value().identity();
            TRY(dict_set(thread, *dict, Value::of(attribute_name(shape, i)), std::move(value)));
        }
        if (stale) continue;
        if (!type.dict_shape) return raise_memory_error(thread);
        uint64_t words[kMaxShapeAttributes];
        Slot* overflow;
        Owned result = dict.share();
        {
            Lock guard(thread, *object);
            if (object->shape_index.load(std::memory_order_relaxed) != shape_index) continue;
            for (uint32_t i = 0; i < count && !stale; i++)
                stale = slot_of(storage, shape, i)->borrow().identity() != seen[i];
            if (stale) continue;
            overflow = overflow_slots(storage[0].word().load(std::memory_order_relaxed));
            object->shape_index.store(type.dict_shape->index(), std::memory_order_release);
            for (uint32_t i = 0; i < count; i++)
                words[i] =
                    slot_of(storage, shape, i)->word().exchange(0, std::memory_order_acq_rel);
            storage[0].word().exchange(std::move(dict).owned().release(),
                                       std::memory_order_seq_cst);  // pairs with mark_reader
        }
        for (uint32_t i = 0; i < count; i++) Owned::adopt(uint64_t{words[i]}) = Owned();
        discard_overflow(object, overflow);
        return result;
    }
}

Owned instance_dict(Thread& thread, Object* object) {
    Type& type = *object->shape()->type;
    if (type.attributes_offset == 0)
        return raise(thread, exc::AttributeError, "'{}' object has no attribute '__dict__'", type);
    return materialize_dict(thread, object);
}

bool set_instance_dict(Thread& thread, Object* object, Value dict) {
    if (!dict.is_empty() && !is_dict(dict))
        return raise(thread, exc::TypeError, "__dict__ must be set to a dictionary, not a '{}'",
                     type_name_of(dict));
    Owned fresh = dict.is_empty() ? Owned(TRY(make_dict(thread))) : Owned::share(dict);
    Owned old = TRY(instance_dict(thread, object));
    {
        Lock guard(thread, *object);
        Type& type = *object->shape()->type;
        old = attribute_storage(object, type)[0].exchange(std::move(fresh));
    }
    return true;
}

void visit_attributes(Object* object, FieldVisitor& visitor) {
    Shape& shape = *object->shape();
    Type& type = *shape.type;
    if (type.attributes_offset == 0) return;
    Slot* storage = attribute_storage(object, type);
    // The address of the overflow array is no reference: it stays for release_attributes.
    Slot* overflow = overflow_slots(storage[0].word().load(std::memory_order_acquire));
    if (!overflow)
        visitor.visit(storage[0]);
    else if (shape.count > shape.inline_slots)
        visitor.visit(overflow, shape.count - shape.inline_slots);
    // With a dict they are empty; and an object that got another __class__ may not have as many.
    if (!shape.dict_mode) visitor.visit(storage + 1, type.inline_slots);
}

void release_attributes(Object* object) {
    Shape& shape = *object->shape();
    Type& type = *shape.type;
    if (type.attributes_offset == 0) return;
    Slot* storage = attribute_storage(object, type);
    discard_overflow(object,
                     overflow_slots(storage[0].word().exchange(0, std::memory_order_seq_cst)));
}

// --- the descriptor protocol ---

namespace {

// What modules and classes made at run time have instead of attribute storage.
Owned dict_of_namespace(Value object) {
    if (is_instance_of(object, module_type)) return Owned::share(module_dict(object.as<Module>()));
    if (is_type(object) && object.as<Type>().has(kTypeHeap) && !object.as<Type>().spec)
        return object.as<Type>().dict.share();
    return {};
}

// __dict__ and __weakref__ of a class made at run time. They suit every object that has had the
// class, also when another thread assigns __class__ just now; so nothing is checked again.
const GetSetRow* own_getset(Value descriptor) {
    if (!has_shape(descriptor, k_getset_descriptor_shape)) return nullptr;
    auto& getset = descriptor.as<GetSetDescriptor>();
    return getset.type->has(kTypeHeap) && !getset.type->spec ? getset.row : nullptr;
}

}  // namespace

Owned get_described(Thread& thread, DescriptorGetFn get, Value descriptor, Value object) {
    Ref<Type> owner = share_type(object);
    return get(thread, descriptor, object, Value::of(*owner));
}

Owned generic_get_attribute_or_nothing(Thread& thread, Value object, Str& given) {
    Ref<Str> holder;
    Str* name = interned(thread, given, holder);
    if (!name) return {};
    Type& type = type_of(object);
    Owned attribute = lookup_in_mro(thread, type, *name);
    auto get = attribute.is_nothing() ? nullptr : type_of(attribute).slots.descriptor_get;
    if (get && type_of(attribute).slots.descriptor_set) {
        const GetSetRow* row = own_getset(attribute);
        // A getter may ask the next object of a chain for the same.
        if (row && row->get) return check_native_stack(thread) ? row->get(thread, object) : Owned();
        return get_described(thread, get, attribute, object);
    }
    if (object.is_object() && type.attributes_offset != 0) {
        Owned own = load_own_attribute(thread, object.object(), *name);
        if (!own.is_nothing()) return own;
    } else if (Owned dict = dict_of_namespace(object)) {
        Owned own = dict_get(thread, dict.as<Dict>(), *name);
        if (!own.is_nothing()) return own;
    }
    if (get) return get_described(thread, get, attribute, object);
    return attribute;
}

Owned generic_get_attribute(Thread& thread, Value object, Str& name) {
    Owned result = generic_get_attribute_or_nothing(thread, object, name);
    if (result.is_nothing())
        return raise_attribute_error(thread, object, name, "'{}' object has no attribute '{}'",
                                     type_name_of(object), name);
    return result;
}

static bool set_in_module(Thread& thread, Value module, Str& name, Value value) {
    Dict& dict = module_dict(module.as<Module>());
    if (!value.is_empty()) return dict_set(thread, dict, Value::of(name), value);
    bool found = TRY(dict_delete(thread, dict, Value::of(name)));
    return found || raise_no_attribute(thread, module, name);
}

bool generic_set_attribute(Thread& thread, Value object, Str& given, Value value) {
    Ref<Str> holder;
    Str* name = interned(thread, given, holder);
    if (!name) return false;
    Type& type = type_of(object);
    Owned attribute = lookup_in_mro(thread, type, *name);
    if (!attribute.is_nothing()) {
        if (auto set = type_of(attribute).slots.descriptor_set) {
            const GetSetRow* row = own_getset(attribute);
            if (row && row->set) return row->set(thread, object, value);
            return set(thread, attribute, object, value);
        }
    }
    if (!object.is_object() || type.attributes_offset == 0) {
        if (is_instance_of(object, module_type)) return set_in_module(thread, object, *name, value);
        if (attribute.is_nothing()) {
            // A class with a __setattr__ of its own may store elsewhere.
            bool plain = type.slots.set_attribute == generic_set_attribute;
            return raise_attribute_error(
                thread, object, *name,
                plain ? "'{}' object has no attribute '{}' and no __dict__ for setting new "
                        "attributes"
                      : "'{}' object has no attribute '{}'",
                type, *name);
        }
        return raise_attribute_error(thread, object, *name,
                                     "'{}' object attribute '{}' is read-only", type, *name);
    }
    if (!value.is_empty()) return store_own_attribute(thread, object.object(), *name, value);
    bool found = TRY(delete_own_attribute(thread, object.object(), *name));
    if (!found) return raise_no_attribute(thread, object, *name);
    return true;
}

Owned get_attribute(Thread& thread, Value object, Str& name) {
    Owned (*get)(Thread&, Value, Str&) = type_of(object).slots.get_attribute;
    if (IMUGI_UNLIKELY(!get)) return raise_no_attribute(thread, object, name);
    Owned result = get(thread, object, name);
    if (IMUGI_UNLIKELY(!result)) complete_attribute_error(thread, object, name);
    return result;
}

Owned get_attribute_or_nothing(Thread& thread, Value object, Str& name) {
    auto get = type_of(object).slots.get_attribute;
    if (get == generic_get_attribute) {
        Owned result = generic_get_attribute_or_nothing(thread, object, name);
        if (!result && clear_exception_if(thread, exc::AttributeError)) return Owned::nothing();
        return result;
    }
    Owned result = get_attribute(thread, object, name);
    if (!result && clear_exception_if(thread, exc::AttributeError)) return Owned::nothing();
    return result;
}

bool set_attribute(Thread& thread, Value object, Str& given, Value value) {
    Ref<Str> holder;
    Str* name = interned(thread, given, holder);
    if (!name) return false;
    Type& type = type_of(object);
    if (auto set = type.slots.set_attribute) return set(thread, object, *name, value);
    return raise(thread, exc::TypeError, "'{}' object has {} ({} .{})", type,
                 type.slots.get_attribute ? "only read-only attributes" : "no attributes",
                 value.is_empty() ? "del" : "assign to", *name);
}

bool delete_attribute(Thread& thread, Value object, Str& name) {
    return set_attribute(thread, object, name, Value());
}

Result<bool> has_attribute(Thread& thread, Value object, Str& name) {
    Owned found = get_attribute_or_nothing(thread, object, name);
    if (!found) return failure;
    return !found.is_nothing();
}

Owned get_method(Thread& thread, Value object, Str& given, bool* bound) {
    *bound = true;
    Type& type = type_of(object);
    if (type.slots.get_attribute != generic_get_attribute)
        return get_attribute(thread, object, given);
    Ref<Str> holder;
    Str* name = interned(thread, given, holder);
    if (!name) return {};
    Owned attribute = lookup_in_mro(thread, type, *name);
    bool is_method = false;
    auto get = attribute.is_nothing() ? nullptr : type_of(attribute).slots.descriptor_get;
    if (get) {
        is_method = type_of(attribute).has(kTypeMethodDescriptor);
        if (!is_method && type_of(attribute).slots.descriptor_set)
            return get_described(thread, get, attribute, object);
    }
    if (object.is_object() && type.attributes_offset != 0) {
        Owned own = load_own_attribute(thread, object.object(), *name);
        if (!own.is_nothing()) return own;
    }
    if (is_method) {
        *bound = false;
        return attribute;
    }
    if (get) return get_described(thread, get, attribute, object);
    if (attribute.is_nothing()) return raise_no_attribute(thread, object, *name);
    return attribute;
}

Owned get_special_method(Thread& thread, Value object, Str& name, bool* bound) {
    *bound = true;
    Type& type = type_of(object);
    Owned attribute = lookup_in_mro(thread, type, name);
    if (attribute.is_nothing()) return attribute;
    Type& kind = type_of(attribute);
    if (kind.has(kTypeMethodDescriptor)) {
        *bound = false;
        return attribute;
    }
    if (kind.slots.descriptor_get)
        return get_described(thread, kind.slots.descriptor_get, attribute, object);
    return attribute;
}

}  // namespace imugi
