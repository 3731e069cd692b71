// The objects of _elementtree. An element's words are read without a lock and replaced under its
// Lock; its children are a list of its own, never given out, with what lists promise to threads.
// All that is done between two calls of Python may find another thread's changes.
#pragma once

#include "modules/native_types.h"
#include "object/dict.h"
#include "object/list.h"
#include "object/str.h"

namespace imugi::etree {

extern const TypeSpec element_spec, element_iterator_spec, tree_builder_spec, parser_spec;

struct Element : Object {
    Slot tag, text, tail;
    Slot attributes;  // dict; empty: none yet
    Slot children;    // List; empty: none yet
};

// Of a module object. Words other than the factories are set by the import and stay.
struct State {
    Type *element, *element_iterator, *tree_builder;
    Slot find, find_text, find_all, find_iter;  // of xml.etree.ElementPath
    Slot deep_copy;
    Slot parse_error;                  // class
    Slot comment_factory, pi_factory;  // under the module's Lock
};

inline bool is_element(Value value) {
    return is_instance_of_spec(value, element_spec);
}
inline bool is_exact_element(Value value) {
    return value.is_object() && type_of(value).spec == &element_spec;
}
inline State& state_of(Type& type, const TypeSpec& spec) {
    return state_of_type<State>(type, spec);
}
inline State& state_of(Value element) {
    return state_of(type_of(element), element_spec);
}

// Puts a value into a slot, and drops the old one once the Lock is gone.
void replace(Thread& thread, Object& object, Slot& slot, Owned value);
Owned replace_and_give(Thread& thread, Object& object, Slot& slot, Owned value);

// --- element.cpp ---
// `attributes`: a dict for the element to keep; empty for none.
Owned make_element(Thread& thread, Type& type, Value tag, Owned attributes);
// Checks that the child is an element.
[[nodiscard]] bool add_child(Thread& thread, Element& self, Value child);
[[nodiscard]] bool check_element(Thread& thread, Value value);
// The list of children; empty (and no exception) when there is none yet.
inline Owned children_of(Thread& thread, const Element& self) {
    return read_locked(thread, self, self.children);
}
// The list of children, made if need be.
Owned own_children(Thread& thread, Element& self);
Owned own_attributes(Thread& thread, Element& self);
// Child by number; nothing beyond the last.
inline Owned child_at(Thread& thread, const Element& self, Index at) {
    Owned children = children_of(thread, self);
    return children ? list_item(thread, children.as<List>(), at) : Owned::nothing();
}
// None when the slot is empty.
Owned word_of(Thread& thread, const Element& self, const Slot& slot);
Owned sub_element(Thread& thread, Args arguments, Kwargs names);

// --- element_find.cpp ---
Owned element_find(Thread& thread, Element& self, Value path, Value namespaces);
Owned element_find_text(Thread& thread, Element& self, Value path, Value otherwise,
                        Value namespaces);
Owned element_find_all(Thread& thread, Element& self, Value path, Value namespaces);
Owned element_find_iter(Thread& thread, Element& self, Value path, Value namespaces);

// --- element_copy.cpp ---
Owned element_copy(Thread& thread, Element& self);
Owned element_deep_copy(Thread& thread, Element& self, Value memo);
Owned element_get_state(Thread& thread, Element& self);
bool element_set_state(Thread& thread, Element& self, Value state);

// --- element_items.cpp ---
Owned element_item(Thread& thread, Value self, Index index);
Owned element_subscript(Thread& thread, Value self, Value key);
bool element_assign_subscript(Thread& thread, Value self, Value key, Value value);
bool element_extend(Thread& thread, Element& self, Value elements);
bool element_insert(Thread& thread, Element& self, Index index, Value child);
bool element_remove(Thread& thread, Element& self, Value child);

// --- element_iterator.cpp ---
Owned element_iter(Thread& thread, Element& self, Value tag);
Owned element_iter_text(Thread& thread, Element& self);

// --- tree_builder.cpp ---
enum Event : uint8_t {
    kStartEvent,
    kEndEvent,
    kStartNamespaceEvent,
    kEndNamespaceEvent,
    kCommentEvent,
    kInstructionEvent,
    kEventCount
};

// Its words are read and changed under its Lock.
struct TreeBuilder : Object {
    Slot root;
    Slot current;                               // the innermost open element
    Slot last;                                  // gets text
    Slot tail_of;                               // gets text as its tail instead, unless empty
    Slot text;                                  // what came since the last tag; empty for nothing
    Slot pieces;                                // List: all of it, when it came in pieces
    Slot factory, comment_factory, pi_factory;  // empty for none
    Slot report;                                // append method for events; empty for none
    Slot events[kEventCount];                   // their names; empty when not asked for
    Slot* open;                                 // elements around the current one, None outermost
    size_t open_count, open_capacity;
    std::atomic<bool> insert_comments, insert_pis;
};

inline bool is_exact_builder(Value value) {
    return value.is_object() && type_of(value).spec == &tree_builder_spec;
}
Owned make_builder(Thread& thread, Type& type);
// Empty attributes: none.
Owned builder_start(Thread& thread, TreeBuilder& self, Value tag, Owned attributes);
Owned builder_end(Thread& thread, TreeBuilder& self);
[[nodiscard]] bool builder_data(Thread& thread, TreeBuilder& self, Value data);
Owned builder_comment(Thread& thread, TreeBuilder& self, Value text);
Owned builder_pi(Thread& thread, TreeBuilder& self, Value target, Value text);
// Appends (name of the event, value) to what takes the events, if somebody asked for it.
[[nodiscard]] bool builder_report(Thread& thread, TreeBuilder& self, Event event, Value value);
Owned builder_close(Thread& thread, TreeBuilder& self);

}  // namespace imugi::etree

namespace imugi {
IMUGI_MODULE_TYPE(etree::Element, etree::element_spec);
IMUGI_MODULE_TYPE(etree::TreeBuilder, etree::tree_builder_spec);
}  // namespace imugi
