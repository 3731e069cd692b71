// An element as a sequence of its children: items and slices, extend, insert, remove.
#include "modules/_elementtree/elementtree.h"
#include "object/iteration.h"
#include "object/protocol.h"
#include "object/slice.h"
#include "object/value_buffer.h"
#include "thread/lock.h"

namespace imugi::etree {

namespace {

// What must be an int; negative ones count from the end.
Result<Index> load_index(Thread& thread, Value key, Index size) {
    if (!key.is_small_int() && !type_of(key).slots.index)
        return raise(thread, exc::TypeError, "element indices must be integers");
    Index index = TRY(to_ssize(thread, key));
    return index < 0 ? index + size : index;
}

// The elements that an iterable gives, as a list.
Ref<List> load_elements(Thread& thread, Value iterable, const char* message) {
    Owned iterator = iterate(thread, iterable);
    if (!iterator) {
        if (!clear_exception_if(thread, exc::TypeError)) return {};
        return raise(thread, exc::TypeError, message);
    }
    ValueBuffer elements(thread);
    TRY(elements.extend(iterator));
    for (size_t i = 0; i < elements.size(); i++) TRY(check_element(thread, elements[i]));
    return elements.to_list();
}

}  // namespace

Owned element_item(Thread& thread, Value self, Index index) {
    Owned child = index >= 0 ? child_at(thread, self.as<Element>(), index) : Owned::nothing();
    if (!child.is_nothing()) return child;
    return raise(thread, exc::IndexError, "child index out of range");
}

Owned element_subscript(Thread& thread, Value value, Value key) {
    Owned children = children_of(thread, value.as<Element>());
    if (is_slice(key)) {
        if (!children) children = TRY(make_list(thread));
        return get_item(thread, children, key);
    }
    Index size = children ? list_size(children.as<List>()) : 0;
    Index index = TRY(load_index(thread, key, size));
    return element_item(thread, value, index);
}

bool element_assign_subscript(Thread& thread, Value value, Value key, Value given) {
    auto& self = value.as<Element>();
    bool deletes = given.is_empty();
    if (is_slice(key)) {
        Ref<List> elements;
        if (!deletes)
            elements = TRY(load_elements(thread, given, "assignment expects an iterable"));
        Owned children = TRY(own_children(thread, self));
        return deletes ? delete_item(thread, children, key)
                       : set_item(thread, children, key, elements);
    }
    Owned children = TRY(own_children(thread, self));
    Index size = list_size(children.as<List>());
    Index index = TRY(load_index(thread, key, size));
    if (index < 0 || index >= size)
        return raise(thread, exc::IndexError, "child assignment index out of range");
    if (deletes) return delete_item(thread, children, Value::small_int(index));
    TRY(check_element(thread, given));
    return list_set_item(thread, children.as<List>(), index, Owned::share(given));
}

bool element_extend(Thread& thread, Element& self, Value elements) {
    Ref<List> list = TRY(load_elements(thread, elements, "'elements' must be an iterable"));
    Owned children = TRY(own_children(thread, self));
    return list_extend(thread, children.as<List>(), list);
}

bool element_insert(Thread& thread, Element& self, Index index, Value child) {
    Owned children = TRY(own_children(thread, self));
    auto& list = children.as<List>();
    if (index < 0) index += list_size(list);
    return list_insert_at(thread, list, index < 0 ? 0 : index, Owned::share(child));
}

// The child itself if it is there, else the first that is equal.
bool element_remove(Thread& thread, Element& self, Value child) {
    Owned children = children_of(thread, self);
    if (children) {
        auto& list = children.as<List>();
        Owned taken = TRY(list_take(thread, list, child));
        for (Index i = 0; taken.is_nothing(); i++) {
            Owned item = TRY(list_item(thread, list, i));
            if (item.is_nothing()) break;
            // Comparing runs Python, and other threads their own.
            if (TRY(compare_bool(thread, item, child, CompareOp::kEq)))
                taken = TRY(list_take(thread, list, item));
        }
        if (!taken.is_nothing()) return true;
    }
    return raise(thread, exc::ValueError, "Element.remove(x): element not found");
}

}  // namespace imugi::etree
