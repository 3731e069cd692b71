// Shape: hidden class of an object: its Type and the layout of its instance attributes.
//
// Shapes are immutable but for the transition table (under the Shape's lock) and reference-free:
// they are kept by their type. Each type has a root shape (no attributes), transitions by attribute
// name up to a cap, and one dict-mode shape whose instances keep a real dict. Shape of an object is
// read with acquire; attribute reads check it again after loading the slot.
//
// Attribute storage of an instance starts at Type::attributes_offset:
//     word 0      overflow array (its address plus 1), or in dict mode the Dict (owning word);
//                 0 for neither
//     words 1..n  inline slots, n = Type::inline_slots
#pragma once

#include "memory/object.h"
#include "object/fwd.h"

namespace imugi {

inline constexpr uint32_t kMaxShapeAttributes = 120;  // more: dict mode
inline constexpr uint32_t kMaxShapesPerType = 1000;

struct alignas(16) Shape {
    Type* type;             // null in a dead shape
    Shape* parent;          // one attribute fewer; null in roots and dict mode
    Str* name;              // the attribute this shape adds (interned, owned)
    uint32_t count;         // attributes: this one's index is count - 1
    uint16_t inline_slots;  // copied from the type
    bool dict_mode;
    mutable std::atomic<uint8_t> lock;
    std::atomic<struct ShapeTable*>
        lookup;  // name -> index for big shapes, made lazily; retired with the shape
    std::atomic<struct ShapeTable*> transitions;  // name -> child shape

    uint32_t index() const {
        return static_cast<uint32_t>((reinterpret_cast<const char*>(this) - shape_region) /
                                     kShapeUnit);
    }
};

// The root shape of builtin type number n has a fixed place, so that exact type checks compare a
// constant.
inline constexpr uint32_t kShapeUnitsPerShape = 3;
static_assert(sizeof(Shape) == kShapeUnitsPerShape * kShapeUnit);
constexpr uint32_t builtin_shape_index(uint32_t type_number) {
    return (type_number + 1) * kShapeUnitsPerShape;
}

// Changes when a class that has instances gets or loses a data descriptor or its attribute hooks,
// and when shapes die: cached places of attributes are then forgotten.
extern std::atomic<uint32_t> layout_epoch;

// Index of the attribute in the shape, or -1. `name` is interned. Lock-free.
int find_attribute(const Shape& shape, const Str& name);
// The shape with one more attribute; null when the cap is reached (go to dict mode) or memory is
// short (no exception set).
Shape* add_attribute(Thread& thread, Shape& shape, Str& name);
// Names in order of the attributes: name of attribute `index`.
Str* attribute_name(const Shape& shape, uint32_t index);
// A root shape for a new type, and its dict-mode sibling. Null when memory is short.
// index 0: the next free place; builtin types have fixed ones.
Shape* make_root_shape(Type& type, uint32_t index = 0);
Shape* make_dict_shape(Type& type);
// The type died: its shapes are reusable after a grace period.
void release_shapes(Type& type);

}  // namespace imugi
