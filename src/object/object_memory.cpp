// What the memory layer asks of types: fields, release, finalizers (memory/fields.h).
#include <stdio.h>

#include "memory/fields.h"
#include "memory/verify.h"
#include "object/attribute.h"
#include "object/str.h"
#include "object/type.h"

namespace imugi {

std::atomic<uint32_t> layout_epoch{0};

static Type& type_of_object(const Object* object) {
    return *object->shape()->type;
}

void visit_fields(Object* object, FieldVisitor& visitor) {
    Type& type = type_of_object(object);
    if (type.slots.fields) type.slots.fields(object, visitor);
    for (uint32_t offset = type.slots_offset; offset < type.size; offset += sizeof(Slot))
        visitor.visit(*reinterpret_cast<Slot*>(reinterpret_cast<char*>(object) + offset));
    if (type.attributes_offset) visit_attributes(object, visitor);
}

void release_payload(Object* object) {
    Type& type = type_of_object(object);
    if (type.slots.release) type.slots.release(object);
    if (type.attributes_offset) release_attributes(object);
}

Object* type_object_of(const Object* object) {
    return &type_of_object(object);
}

int class_rank(const Object* object) {
    const Type* type = &type_of_object(object);
    if (!type->has(kTypeIsType)) return 0;
    int rank = 1;
    for (; type != &type_type; type = &type_of_object(type)) rank++;
    return rank;
}

void describe_type_of(const Object* object, char* text, size_t size) {
    const Type& type = type_of_object(object);
    if (type.spec) {
        snprintf(text, size, "%s", type.spec->name);
        return;
    }
    size_t at = 0;
    for (Value name = type.name.borrow(); !name.is_empty() && at + 1 < size; at++) {
        auto& letters = name.as<Str>();
        if (at >= letters.length()) break;
        text[at] = static_cast<char>(letters[at] < 128 ? letters[at] : '?');
    }
    text[at] = 0;
}

bool is_leaf(const Object* object) {
    if (object->flags.load(std::memory_order_relaxed) != 0) return false;
    switch (object->shape_index.load(std::memory_order_relaxed)) {
        case k_str_shape:
            return static_cast<const Str*>(object)->is_ascii();  // others have a UTF-8 cache
        case k_bytes_shape:
        case k_int_shape:
        case k_float_shape:
            return true;
        default:
            return false;
    }
}

bool needs_finalizer(const Object* object) {
    return type_of_object(object).slots.finalize && !object->has_flag(kFinalized);
}

void run_finalizer(Thread& thread, Object* object) {
    type_of_object(object).slots.finalize(thread, Value::of(object));
}

}  // namespace imugi
