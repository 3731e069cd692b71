// Instance attributes: lookup with the descriptor protocol, attribute storage by shapes, __dict__.
//
// Storage is read lock-free (shape, slot, shape again) and written under the object's Lock.
#pragma once

#include "object/type.h"

namespace imugi {

// getattr(object, name) with __getattribute__ / __getattr__. Runs Python. Name is interned or not.
Owned get_attribute(Thread& thread, Value object, Str& name);
// Nothing instead of AttributeError.
Owned get_attribute_or_nothing(Thread& thread, Value object, Str& name);
[[nodiscard]] bool set_attribute(Thread& thread, Value object, Str& name, Value value);
[[nodiscard]] bool delete_attribute(Thread& thread, Value object, Str& name);
Result<bool> has_attribute(Thread& thread, Value object, Str& name);

// object.__getattribute__ and __setattr__ (slots of most types).
Owned generic_get_attribute(Thread& thread, Value object, Str& name);
Owned generic_get_attribute_or_nothing(Thread& thread, Value object, Str& name);
// What `get`, the __get__ of a descriptor found in the object's class, gives for the object.
Owned get_described(Thread& thread, DescriptorGetFn get, Value descriptor, Value object);
bool generic_set_attribute(Thread& thread, Value object, Str& name, Value value);

// Method lookup for a call: if the attribute is an unbound method of the type, gives it with *bound
// = false (pass the object first), else the attribute's value with *bound = true.
Owned get_method(Thread& thread, Value object, Str& name, bool* bound);
// Special method of the type, unbound; nothing when missing. *bound as above (descriptors are
// applied).
Owned get_special_method(Thread& thread, Value object, Str& name, bool* bound);

// A slot of an object that others may change: shared, lock-free when it can be.
Owned read_locked(Thread& thread, const Object& object, const Slot& slot);

// Raw storage, no descriptors. Nothing when missing.
Owned load_own_attribute(Thread& thread, Object* object, Str& name);
[[nodiscard]] bool store_own_attribute(Thread& thread, Object* object, Str& name, Value value);
Result<bool> delete_own_attribute(Thread& thread, Object* object,
                                  Str& name);  // false: was not there

// The object's __dict__, made real on demand (dict mode from then on). AttributeError when it has
// none.
Owned instance_dict(Thread& thread, Object* object);
bool set_instance_dict(Thread& thread, Object* object, Value dict);
// Visits the attribute storage, for `fields` slots of types with kTypeHasDict: called by the
// generic code, not by types.
void visit_attributes(Object* object, FieldVisitor& visitor);
void release_attributes(Object* object);

// Address of the attribute storage (word 0: overflow or dict) of a type that has one.
Slot* attribute_storage_at_end(Object* object, const Type& type);
inline Slot* attribute_storage(Object* object, const Type& type) {
    if (IMUGI_UNLIKELY(type.attributes_offset == kAttributesAtEnd))
        return attribute_storage_at_end(object, type);
    return reinterpret_cast<Slot*>(reinterpret_cast<char*>(object) + type.attributes_offset);
}
// Word 0 as overflow array: its address has bit 0 set, so that to visitors it is an immediate and a
// racing reader can tell it from a Dict. Null when the word is something else.
inline Slot* overflow_slots(uint64_t word) {
    return word & 1 ? reinterpret_cast<Slot*>(word - 1) : nullptr;
}
// Replaces the object's shape storage by a real dict; what __class__ assignment needs too.
Owned materialize_dict(Thread& thread, Object* object);

}  // namespace imugi
