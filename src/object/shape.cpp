// Shapes: allocation in the reserved region, transitions and attribute lookup.
//
// Readers take no lock: table entries are published by a release store of the name, tables are
// replaced whole and retired. Writers of one shape's transitions hold its lock; the region's
// allocation has a mutex.
#include "object/shape.h"

#include "memory/heap.h"
#include "memory/verify.h"
#include "object/str.h"
#include "thread/grace.h"
#include "thread/lock.h"

namespace imugi {

// Open addressing by the name's address. `value` is written before `name`.
struct ShapeTable {
    uint32_t mask;
    uint32_t used;  // under the shape's lock
    struct Entry {
        std::atomic<const Str*> name;
        std::atomic<uintptr_t> value;
    };
    Entry* entries() { return reinterpret_cast<Entry*>(this + 1); }
};

namespace {

constexpr uint32_t kWalkedAttributes = 6;  // shapes up to this size are searched by walking

LeafMutex region_mutex;
uint32_t next_index = builtin_shape_index(kBuiltinTypeCount);  // under region_mutex
Shape* free_shapes = nullptr;  // linked by `parent`, under region_mutex

uint32_t hash_address(const Str* name) {
    return static_cast<uint32_t>((reinterpret_cast<uintptr_t>(name) >> 4) * 0x9E3779B97F4A7C15u >>
                                 32);
}

ShapeTable* make_table(uint32_t capacity) {
    auto* table = static_cast<ShapeTable*>(
        array_allocate_zeroed(sizeof(ShapeTable) + capacity * sizeof(ShapeTable::Entry)));
    if (table) table->mask = capacity - 1;
    return table;
}

void free_table(void* table) {
    array_free(table);
}

ShapeTable::Entry* find_entry(ShapeTable& table, const Str* name) {
    for (uint32_t i = hash_address(name);; i++) {
        ShapeTable::Entry& entry = table.entries()[i & table.mask];
        const Str* found = entry.name.load(std::memory_order_acquire);  // pairs with put_entry
        if (found == name) return &entry;
        if (!found) return nullptr;
    }
}

void put_entry(ShapeTable& table, const Str* name, uintptr_t value) {
    uint32_t i = hash_address(name);
    while (table.entries()[i & table.mask].name.load(std::memory_order_relaxed)) i++;
    ShapeTable::Entry& entry = table.entries()[i & table.mask];
    entry.value.store(value, std::memory_order_relaxed);
    entry.name.store(name, std::memory_order_release);  // pairs with find_entry
    table.used++;
}

Shape* allocate_shape(Type& type, uint32_t index) {
    MutexGuard guard(region_mutex);
    Shape* shape = nullptr;
    if (index) {
        shape = reinterpret_cast<Shape*>(shape_region + uint64_t{index} * kShapeUnit);
    } else if (free_shapes) {
        shape = free_shapes;
        free_shapes = shape->parent;
    } else {
        if ((uint64_t{next_index} + kShapeUnitsPerShape) * kShapeUnit > kShapeRegionBytes)
            return nullptr;
        shape = reinterpret_cast<Shape*>(shape_region + uint64_t{next_index} * kShapeUnit);
        next_index += kShapeUnitsPerShape;
    }
    shape->type = &type;
    shape->parent = nullptr;
    shape->name = nullptr;
    shape->count = 0;
    shape->inline_slots = type.inline_slots;
    shape->dict_mode = false;
    shape->lock.store(0, std::memory_order_relaxed);
    shape->lookup.store(nullptr, std::memory_order_relaxed);
    shape->transitions.store(nullptr, std::memory_order_relaxed);
    return shape;
}

void recycle_shape(void* pointer) {
    auto* shape = static_cast<Shape*>(pointer);
    array_free(shape->lookup.load(std::memory_order_relaxed));
    array_free(shape->transitions.load(std::memory_order_relaxed));
    Owned name = Owned::adopt(static_cast<Object*>(shape->name));
    MutexGuard guard(region_mutex);
    shape->type = nullptr;
    shape->name = nullptr;
    shape->parent = free_shapes;
    free_shapes = shape;
}

void release_tree(Shape* shape) {
    if (ShapeTable* table = shape->transitions.load(std::memory_order_acquire)) {
        for (uint32_t i = 0; i <= table->mask; i++)
            if (table->entries()[i].name.load(std::memory_order_relaxed))
                release_tree(reinterpret_cast<Shape*>(
                    table->entries()[i].value.load(std::memory_order_relaxed)));
    }
    retire(shape, sizeof(Shape), recycle_shape);
}

// Null when memory is short: the caller walks instead.
ShapeTable* lookup_table(const Shape& shape) {
    auto& place = const_cast<Shape&>(shape).lookup;
    ShapeTable* table = place.load(std::memory_order_acquire);
    if (table) return table;
    uint32_t capacity = 16;
    while (capacity < shape.count * 2) capacity *= 2;
    table = make_table(capacity);
    if (!table) return nullptr;
    for (const Shape* at = &shape; at->name; at = at->parent)
        put_entry(*table, at->name, at->count);
    ShapeTable* other = nullptr;
    if (place.compare_exchange_strong(other, table, std::memory_order_acq_rel)) return table;
    array_free(table);
    return other;
}

}  // namespace

int find_attribute(const Shape& shape, const Str& name) {
    if (shape.count > kWalkedAttributes) {
        if (ShapeTable* table = lookup_table(shape)) {
            ShapeTable::Entry* entry = find_entry(*table, &name);
            return entry ? static_cast<int>(entry->value.load(std::memory_order_relaxed)) - 1 : -1;
        }
    }
    for (const Shape* at = &shape; at->name; at = at->parent)
        if (at->name == &name) return static_cast<int>(at->count) - 1;
    return -1;
}

Shape* add_attribute(Thread& thread, Shape& shape, Str& name) {
    if (ShapeTable* table = shape.transitions.load(std::memory_order_acquire))
        if (ShapeTable::Entry* entry = find_entry(*table, &name))
            return reinterpret_cast<Shape*>(entry->value.load(std::memory_order_relaxed));
    Type& type = *shape.type;
    if (shape.count >= kMaxShapeAttributes ||
        type.shape_count.load(std::memory_order_relaxed) >= kMaxShapesPerType)
        return nullptr;
    Lock guard(thread, shape);
    ShapeTable* table = shape.transitions.load(std::memory_order_acquire);
    if (table)
        if (ShapeTable::Entry* entry = find_entry(*table, &name))
            return reinterpret_cast<Shape*>(entry->value.load(std::memory_order_relaxed));
    if (!table || table->used * 2 > table->mask) {
        ShapeTable* bigger = make_table(table ? (table->mask + 1) * 2 : 4);
        if (!bigger) return nullptr;
        if (table) {
            for (uint32_t i = 0; i <= table->mask; i++) {
                ShapeTable::Entry& entry = table->entries()[i];
                if (const Str* old = entry.name.load(std::memory_order_relaxed))
                    put_entry(*bigger, old, entry.value.load(std::memory_order_relaxed));
            }
        }
        shape.transitions.store(bigger, std::memory_order_release);
        if (table)
            retire(table, sizeof(ShapeTable) + (table->mask + 1) * sizeof(ShapeTable::Entry),
                   free_table);
        table = bigger;
    }
    Shape* child = allocate_shape(type, 0);
    if (!child) return nullptr;
    type.shape_count.fetch_add(1, std::memory_order_relaxed);
    child->parent = &shape;
    child->name = static_cast<Str*>(Value::from_bits(Owned::share(name).release()).object());
    child->count = shape.count + 1;
    put_entry(*table, &name, reinterpret_cast<uintptr_t>(child));
    uint16_t hint = type.inline_hint.load(std::memory_order_relaxed);
    if (child->count > hint)
        type.inline_hint.store(static_cast<uint16_t>(child->count), std::memory_order_relaxed);
    return child;
}

Str* attribute_name(const Shape& shape, uint32_t index) {
    const Shape* at = &shape;
    while (at->count > index + 1) at = at->parent;
    return at->name;
}

Shape* make_root_shape(Type& type, uint32_t index) {
    return allocate_shape(type, index);
}

Shape* make_dict_shape(Type& type) {
    Shape* shape = allocate_shape(type, 0);
    if (shape) shape->dict_mode = true;
    return shape;
}

void visit_shape_names(void (*visit)(void* context, uint64_t word), void* context) {
    for (uint32_t index = kShapeUnitsPerShape; index < next_index; index += kShapeUnitsPerShape) {
        auto* shape = reinterpret_cast<Shape*>(shape_region + uint64_t{index} * kShapeUnit);
        if (!shape->name) continue;
        bool owned = !shape->name->has_flag(kImmortal);
        if (owned) visit(context, reinterpret_cast<uint64_t>(shape->name));
    }
}

void release_shapes(Type& type) {
    if (type.root_shape) release_tree(type.root_shape);
    if (type.dict_shape) release_tree(type.dict_shape);
    type.root_shape = type.dict_shape = nullptr;
    // The indexes will be used again.
    layout_epoch.fetch_add(1, std::memory_order_acq_rel);  // pairs with the attribute caches
}

}  // namespace imugi
