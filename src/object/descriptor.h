// Descriptors that native types put in their dicts, and the table that ties special method names to
// slots. All fields are immutable once made; the signature is parsed once and published by
// compare-and-swap.
#pragma once

#include "object/native.h"

namespace imugi {

struct NativeSignature;

// A method of a native type, unbound; also the class methods (classmethod_descriptor).
struct MethodDescriptor : Object {
    Type* type;  // where it was defined
    const MethodRow* row;
    std::atomic<NativeSignature*> signature;
    Slot name;      // str
    Slot qualname;  // str, made on demand; empty until then
};

struct MemberDescriptor : Object {
    Type* type;
    const MemberRow* row;       // null for a word of __slots__
    const GetSetRow* computed;  // of kind kComputed; else null
    int32_t offset;             // from the object; negative: from the end of its block
    MemberKind kind;
    bool read_only;
    Slot name;
    Slot owner;  // keeps a class made at run time; empty for native types
};

struct GetSetDescriptor : Object {
    Type* type;
    const GetSetRow* row;
    Slot name;
};

// The getter of an exact property that is a Function; else empty, with no exception.
Owned property_getter(Value property);
// The callable of an exact staticmethod; else empty, with no exception.
Owned static_method_callable(Thread& thread, Value wrapper);

// How a slot's function is called with Python arguments.
enum class WrapKind : uint8_t {
    kNone,
    kUnary,
    kBinary,
    kBinaryReflected,
    kTernary,
    kTernaryReflected,
    kInplaceTernary,
    kPredicate,
    kLength,
    kIndexArgument,
    kItem,
    kSetItem,
    kDeleteItem,
    kContains,
    kAssign,
    kDeleteKey,
    kCompareLt,
    kCompareLe,
    kCompareEq,
    kCompareNe,
    kCompareGt,
    kCompareGe,
    kHash,
    kCall,
    kGetAttribute,
    kSetAttribute,
    kDeleteAttribute,
    kNext,
    kDescriptorGet,
    kDescriptorSet,
    kDescriptorDelete,
    kInit,
    kFinalize,
    kBuffer,
    kReleaseBuffer
};

// A row of the table of special methods: `generic` is what a class that defines the method in
// Python gets in the slot (null: the slot is never set from Python).
struct SlotDef {
    const char* name;
    uint16_t offset;  // in Slots
    WrapKind wrap;
    void* generic;
    const char* doc;
    const char* signature;  // __text_signature__, null for none
    Str* str;               // interned, set at start-up like what follows
    bool first;             // of the rows with this slot
    uint8_t next;           // row with this slot, 0 for none
};
extern SlotDef slot_defs[];
extern const size_t slot_def_count;
void link_slot_rows();
inline void*& slot_at(Slots& slots, size_t offset) {
    return *reinterpret_cast<void**>(reinterpret_cast<char*>(&slots) + offset);
}

struct SlotWrapper : Object {
    Type* type;
    const SlotDef* def;
    void* function;
};
struct MethodWrapper : Object {
    Slot wrapper;  // SlotWrapper
    Slot self;
};

Owned make_staticmethod(Thread& thread, Value function);
Owned make_method_descriptor(Thread& thread, Type& type, const MethodRow& row);
Owned make_member_descriptor(Thread& thread, Type& type, const MemberRow* row, Str& name,
                             int32_t offset);
Owned make_getset_descriptor(Thread& thread, Type& type, const GetSetRow& row);
Owned make_slot_wrapper(Thread& thread, Type& type, const SlotDef& def, void* function);
Owned call_slot_wrapper(Thread& thread, SlotWrapper& wrapper, Value self,
                        const Arguments& arguments);

// A call of an unbound method where self is arguments[0]; the interpreter's way.
// The builtin __new__ of a type (its slot `make`).
Owned make_new_function(Thread& thread, Type& type);
// The type whose builtin __new__ the value is; null when it is something else.
Type* type_of_new_function(Value value);
Ref<NativeFunction> bind_native_method(Thread& thread, const MethodDescriptor& descriptor,
                                       Value self);
Owned call_method_descriptor(Thread& thread, Value self, const Arguments& arguments);

// --- type.cpp ---
// Interns the names of slot_defs.
bool init_slot_defs(Thread& thread);
// Layout, flags and slots of a builtin type; no allocation but its shapes. Bases first.
bool prepare_type(Type& type, const TypeSpec& spec, uint32_t shape_index);
// Recomputes the slots of a class from its mro: those that `name` is about (null: all), for its
// subclasses too. Under the type mutex.
void update_slots(Thread& thread, Type& type, Str* name);
void inherit_slots(Type& type, const Type& base);
// The type's own dict only; nothing when missing.
Owned dict_get_own(Thread& thread, Type& type, Str& name);
// Looks along the mro without the cache.
Owned find_in_mro(Thread& thread, Type& type, Str& name);
extern class RuntimeMutex type_mutex;
void add_subclass(Thread& thread, Type& base, Type& type);
void remove_subclass(Type& base, Type& type);
Ref<List> list_subclasses(Thread& thread, Type& type);
// New versions for the type and all below. Under the type mutex.
void invalidate_versions(Type& type);
// The row __dict__ of instances with attributes.
extern const GetSetRow instance_dict_row;
// --- mro.cpp ---
// C3 linearisation of the bases with type first; TypeError on conflict.
Ref<Tuple> compute_mro(Thread& thread, Type& type, Tuple& bases);

// `fields` of classes with __slots__ whose instances vary in size.
void visit_end_members(Object* object, FieldVisitor& visitor);

}  // namespace imugi
