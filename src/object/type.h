// Type: a class, builtin or made by a class statement. Slots are modelled on CPython's, so that a C
// API can be laid over them.
//
// Fields set by init_type() are immutable. `dict` content, `bases`, `mro`, slots and flags change
// under the type lock (one RuntimeMutex of the process) with a new version; lock-free readers check
// the version after reading. Slots are read with relaxed loads: a reader sees the old or the new
// function, both callable.
#pragma once

#include "base/result.h"
#include "memory/fields.h"
#include "object/fwd.h"
#include "object/shape.h"

namespace imugi {

enum class CompareOp : uint8_t { kLt, kLe, kEq, kNe, kGt, kGe };

// Arguments of a call: `count` positional values, then one value per name in `names` (a tuple of
// str; null for none). All borrowed for the duration of the call.
struct Arguments {
    const Value* values = nullptr;
    uint32_t count = 0;
    Tuple* names = nullptr;

    Value operator[](size_t i) const { return values[i]; }
    Arguments positional() const { return {values, count, nullptr}; }
};

struct BufferView;  // object/buffer.h

using UnaryFn = Owned (*)(Thread&, Value self);
using BinaryFn = Owned (*)(Thread&, Value left, Value right);  // may give NotImplemented
using TernaryFn = Owned (*)(Thread&, Value base, Value exponent, Value modulus);
using PredicateFn = Result<bool> (*)(Thread&, Value self);
using LengthFn = Result<Index> (*)(Thread&, Value self);
using ItemFn = Owned (*)(Thread&, Value self, Index index);
using AssignItemFn = bool (*)(Thread&, Value self, Index index,
                              Value value);                              // empty value: delete
using AssignFn = bool (*)(Thread&, Value self, Value key, Value value);  // empty value: delete
// An empty instance: on the class.
using DescriptorGetFn = Owned (*)(Thread&, Value self, Value instance, Value owner);

// One pointer a slot; null when the type does not have it. Inherited when the type is made ready.
struct Slots {
    UnaryFn repr, str;
    Result<int64_t> (*hash)(Thread&, Value self);
    Owned (*call)(Thread&, Value self, const Arguments& arguments);
    Owned (*get_attribute)(Thread&, Value self, Str& name);
    bool (*set_attribute)(Thread&, Value self, Str& name, Value value);  // empty value: delete
    Owned (*compare)(Thread&, Value self, Value other, CompareOp op);    // may give NotImplemented
    UnaryFn iter;
    UnaryFn next;  // nothing when exhausted
    DescriptorGetFn descriptor_get;
    bool (*descriptor_set)(Thread&, Value self, Value instance,
                           Value value);                             // empty value: delete
    Owned (*make)(Thread&, Type& type, const Arguments& arguments);  // __new__
    bool (*init)(Thread&, Value self, const Arguments& arguments);
    void (*finalize)(Thread&,
                     Value self);  // __del__, runs Python; errors are reported as unraisable
    // Memory: owned words (once for all uses), and freeing of tables behind the object; neither
    // runs Python.
    void (*fields)(Object* self, FieldVisitor& visitor);
    void (*release)(Object* self);
    // Asynchronous.
    UnaryFn await, async_iter, async_next;
    // What a step of iteration with a value gives: like next, or the value of StopIteration through
    // `result` (send).
    Owned (*send)(Thread&, Value self, Value value, bool* returned);
    // Numbers.
    BinaryFn add, subtract, multiply, remainder, divmod;
    TernaryFn power;
    UnaryFn negative, positive, absolute;
    PredicateFn boolean;
    UnaryFn invert;
    BinaryFn left_shift, right_shift, bit_and, bit_xor, bit_or;
    UnaryFn to_int, to_float;
    BinaryFn inplace_add, inplace_subtract, inplace_multiply, inplace_remainder;
    TernaryFn inplace_power;
    BinaryFn inplace_left_shift, inplace_right_shift, inplace_and, inplace_xor, inplace_or;
    BinaryFn floor_divide, true_divide, inplace_floor_divide, inplace_true_divide;
    UnaryFn index;
    BinaryFn matrix_multiply, inplace_matrix_multiply;
    // Sequences. Indexes given to `item` are already made non-negative where the type has a length.
    LengthFn sequence_length;
    BinaryFn concat;
    ItemFn repeat;
    ItemFn item;
    AssignItemFn assign_item;
    Result<bool> (*contains)(Thread&, Value self, Value element);
    BinaryFn inplace_concat;
    ItemFn inplace_repeat;
    // Mappings.
    LengthFn length;
    BinaryFn subscript;
    AssignFn assign_subscript;
    // Buffers.
    bool (*get_buffer)(Thread&, Value self, BufferView& view, int flags);
    void (*release_buffer)(Thread&, Value self, BufferView& view);
};

struct MethodRow;  // object/native.h
struct MemberRow;
struct GetSetRow;

enum TypeFlag : uint32_t {
    kTypeHeap = 1 << 0,           // made at run time by a class statement or a module
    kTypeBase = 1 << 1,           // may be subclassed
    kTypeImmutable = 1 << 2,      // attributes cannot be set
    kTypeNoInstantiate = 1 << 3,  // "cannot create 'X' instances"
    kTypeTracked = 1 << 4,        // instances take part in cycles
    kTypeHasDict = 1 << 5,        // instances have attribute storage
    kTypeHasWeakrefs = 1 << 6,    // instances can be weakly referenced
    kTypeAbstract = 1 << 7,       // has abstract methods
    kTypeMethodDescriptor =
        1 << 8,              // instances are unbound methods: o.m(x) may call type.m(o, x) directly
    kTypeSequence = 1 << 9,  // match: sequence pattern
    kTypeMapping = 1 << 10,  // match: mapping pattern
    kTypeMatchSelf = 1 << 11,  // match: single positional sub-pattern matches the subject itself
    kTypeReady = 1 << 12,
    kTypeHasFinalizer = 1 << 13,
    kTypeDisallowedSubclassLayout =
        1 << 14,  // variable-sized: __slots__ not allowed when non-empty (int, tuple, bytes)
    // Quick subclass tests.
    kTypeIsInt = 1 << 20,
    kTypeIsFloat = 1 << 21,
    kTypeIsStr = 1 << 22,
    kTypeIsBytes = 1 << 23,
    kTypeIsList = 1 << 24,
    kTypeIsTuple = 1 << 25,
    kTypeIsDict = 1 << 26,
    kTypeIsSet = 1 << 27,
    kTypeIsException = 1 << 28,
    kTypeIsType = 1 << 29,
    kTypeIsBytearray = 1 << 30,
    kTypeIsFrozenset = 1u << 31,
    kTypeSubclassMask = 0xFFF00000u,
};

// The constant description of a builtin type.
struct TypeSpec {
    const char* name;  // "list", or "module.Name"
    const char* doc = nullptr;
    Type* base = nullptr;    // null: object
    uint32_t size = 0;       // sizeof the struct; variable part not included
    uint32_t item_size = 0;  // bytes per item of a variable-sized type (__itemsize__)
    uint32_t flags = 0;
    Slots slots = {};
    const MethodRow* methods = nullptr;  // ends with a row whose name is null
    const MemberRow* members = nullptr;
    const GetSetRow* getsets = nullptr;
    const char* signature = nullptr;  // of the constructor, as Python text: "(iterable=(), /)"
};

// Type::attributes_offset of types whose instances vary in size: the storage is the end of the
// instance's block. Such attributes have no fixed offset to cache.
inline constexpr uint16_t kAttributesAtEnd = 0xFFFF;

struct Type : Object {
    Slots slots;
    std::atomic<uint32_t> type_flags;
    std::atomic<uint32_t> version;  // 0: not cacheable
    uint32_t size;  // bytes of the fixed part, __slots__ included, attribute storage not
    uint32_t item_size;
    uint32_t slots_offset;  // where the words of __slots__ begin; equal to size when there are none
    uint16_t attributes_offset;  // bytes; 0: no attribute storage; kAttributesAtEnd
    uint16_t inline_slots;
    std::atomic<uint16_t> inline_hint;  // how many attributes instances were seen to have
    uint32_t instance_size;             // bytes to allocate for an instance without variable part
    Shape* root_shape;
    Shape* dict_shape;     // null: no attribute storage
    const TypeSpec* spec;  // null for heap types
    Slot name;             // str, __name__
    Slot qualname;         // str
    Slot base;             // Type; empty for object
    Slot bases;            // tuple
    Slot mro;              // tuple
    Slot dict;             // Dict
    Slot module_object;    // Module that defined it natively; empty otherwise
    Slot slot_names;       // tuple of __slots__ members made here, mangled; empty for none
    uint32_t end_members;  // words of __slots__ at the block's end, where instances vary in size
    struct SubclassList* subclasses;     // borrowed, under the subclass lock (type.cpp)
    std::atomic<uint32_t> shape_count;   // shapes made for instances, against the cap
    std::atomic<uint64_t> init_version;  // for the interpreter's specialisation of instantiation

    bool has(TypeFlag flag) const { return type_flags.load(std::memory_order_relaxed) & flag; }
};

// Type of any Value.
inline Type& type_of(Value value) {
    if (value.is_small_int()) return int_type;
    if (value.is_immediate_float()) return float_type;
    return *value.object()->shape()->type;
}
// The same, to keep: type_of is good until Python runs or a lock is waited for, since the object
// may then get another __class__ and its old one die.
inline Ref<Type> share_type(Value value) {
    return Ref<Type>::share(type_of(value));
}
bool is_subtype(const Type& type, const Type& base);
inline bool is_instance_of(Value value, const Type& type) {
    Type& actual = type_of(value);
    return &actual == &type || is_subtype(actual, type);
}
inline bool has_type_flag(Value value, TypeFlag flag) {
    return type_of(value).has(flag);
}
inline bool is_int(Value v) {
    return v.is_small_int() || (v.is_object() && has_type_flag(v, kTypeIsInt));
}
inline bool is_float(Value v) {
    return v.is_immediate_float() || (v.is_object() && has_type_flag(v, kTypeIsFloat));
}
inline bool is_str(Value v) {
    return v.is_object() && has_type_flag(v, kTypeIsStr);
}
inline bool is_bytes(Value v) {
    return v.is_object() && has_type_flag(v, kTypeIsBytes);
}
inline bool is_bytearray(Value v) {
    return v.is_object() && has_type_flag(v, kTypeIsBytearray);
}
inline bool is_list(Value v) {
    return v.is_object() && has_type_flag(v, kTypeIsList);
}
inline bool is_tuple(Value v) {
    return v.is_object() && has_type_flag(v, kTypeIsTuple);
}
inline bool is_dict(Value v) {
    return v.is_object() && has_type_flag(v, kTypeIsDict);
}
inline bool is_any_set(Value v) {
    return v.is_object() && (type_of(v).type_flags.load(std::memory_order_relaxed) &
                             (kTypeIsSet | kTypeIsFrozenset));
}
inline bool is_exception(Value v) {
    return v.is_object() && has_type_flag(v, kTypeIsException);
}
inline bool is_type(Value v) {
    return v.is_object() && has_type_flag(v, kTypeIsType);
}

// Makes a builtin type ready from its spec: mro, inherited slots, dict with descriptors. At
// start-up.
bool init_type(Thread& thread, Type& type, const TypeSpec& spec);
// A type that a native module defines: heap allocated, immutable unless flags say otherwise.
// `module` may be null.
Ref<Type> make_native_type(Thread& thread, const TypeSpec& spec, Module* module,
                           Type* base = nullptr);
// class statement: type(name, bases, namespace) without calling metaclass code. Runs Python
// (__set_name__, __init_subclass__).
Owned make_class(Thread& thread, Type& metatype, Str& name, Tuple& bases, Dict& namespace_,
                 const Arguments& keywords);
// The most derived metaclass of the bases, or TypeError.
Type* calculate_metaclass(Thread& thread, Type& winner, Tuple& bases);

// Attribute of the type found along the mro, no descriptor protocol. Nothing when there is none;
// never raises, runs no Python.
Owned lookup_in_mro(Thread& thread, Type& type, Str& name);
// The same for the interpreter: also gives the type version that the answer holds for (0: do not
// cache).
Owned lookup_in_mro(Thread& thread, Type& type, Str& name, uint32_t* version);
// Assigns a version if the type may have one.
uint32_t type_version(Type& type);
// After a change of the dict, bases or mro: new versions here and below, slots recomputed for
// `name` (null: all).
void type_modified(Thread& thread, Type& type, Str* name);
// After a change of what some class attribute means (a property made anew): no cache may go on.
void forget_class_attributes();

Str& type_name(const Type& type);  // __name__; kept by the type until renamed
// Sets or deletes (empty value) an attribute of the class itself, as type.__setattr__ does once
// descriptors and immutability are dealt with.
[[nodiscard]] bool set_type_attribute(Thread& thread, Type& type, Str& name, Value value);
// Frees the thread's method cache (the end of the thread, or before a leak check).
void release_method_cache(Thread& thread);
// "module.qualname" or "qualname" for builtins, as messages print it.
Owned type_full_name(Thread& thread, Type& type);

// Allocates an instance with all fields zero, not yet tracked; `items` of item_size bytes for
// variable-sized types. MemoryError on failure.
Object* allocate_object(Thread& thread, Type& type, size_t extra_bytes = 0);
template <class T>
T* allocate(Thread& thread, Type& type, size_t extra_bytes = 0) {
    return static_cast<T*>(allocate_object(thread, type, extra_bytes));
}

}  // namespace imugi
