// Copying and pickling elements.
#include "modules/_elementtree/elementtree.h"
#include "object/call.h"
#include "object/int.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/value_buffer.h"
#include "thread/lock.h"

namespace imugi::etree {

namespace {

// Text and tail of one become those of the other.
bool copy_texts(Thread& thread, Element& from, Element& to) {
    replace(thread, to, to.text, word_of(thread, from, from.text));
    replace(thread, to, to.tail, word_of(thread, from, from.tail));
    return true;
}

bool is_unchanging(Value value) {
    return is_none(value) || is_exact_str(value);
}

Owned deep(Thread& thread, const State& state, Value value, Value memo) {
    if (is_unchanging(value)) return Owned::share(value);
    if (is_exact_element(value)) return element_deep_copy(thread, value.as<Element>(), memo);
    return call(thread, state.deep_copy.borrow(), value, memo);
}

// Most attributes are texts only: then a copy of the dict will do.
Owned deep_attributes(Thread& thread, const State& state, Element& self, Value memo) {
    Owned attributes = read_locked(thread, self, self.attributes);
    if (!attributes || !is_exact_dict(attributes))
        return attributes ? call(thread, state.deep_copy.borrow(), attributes, memo)
                          : std::move(attributes);
    size_t position = 0;
    Owned key, value;
    while (dict_next(thread, attributes.as<Dict>(), &position, &key, &value))
        if (!is_unchanging(key) || !is_unchanging(value))
            return call(thread, state.deep_copy.borrow(), attributes, memo);
    return dict_copy(thread, attributes.as<Dict>());
}

}  // namespace

// Shares the dict of attributes, as CPython's does.
Owned element_copy(Thread& thread, Element& self) {
    Owned tag = word_of(thread, self, self.tag);
    Owned made = TRY(make_element(thread, *state_of(Value::of(self)).element, tag,
                                  read_locked(thread, self, self.attributes)));
    auto& copy = made.as<Element>();
    TRY(copy_texts(thread, self, copy));
    if (Owned children = children_of(thread, self)) {
        Owned list = TRY(list_from(thread, children));
        replace(thread, copy, copy.children, std::move(list));
    }
    return made;
}

Owned element_deep_copy(Thread& thread, Element& self, Value memo) {
    if (!is_dict(memo))
        return raise(thread, exc::TypeError, "__deepcopy__() argument must be dict, not {}",
                     type_name_of(memo));
    TRY(check_native_stack(thread, " while copying an element"));
    const State& state = state_of(Value::of(self));
    Owned own_tag = word_of(thread, self, self.tag);
    Owned tag = TRY(deep(thread, state, own_tag, memo));
    Owned attributes = deep_attributes(thread, state, self, memo);
    if (!attributes && has_exception(thread)) return {};
    Owned made = TRY(make_element(thread, *state.element, tag, std::move(attributes)));
    auto& copy = made.as<Element>();
    Owned text = word_of(thread, self, self.text), tail = word_of(thread, self, self.tail);
    replace(thread, copy, copy.text, TRY(deep(thread, state, text, memo)));
    replace(thread, copy, copy.tail, TRY(deep(thread, state, tail, memo)));
    for (Index i = 0;; i++) {
        Owned child = TRY(child_at(thread, self, i));
        if (child.is_nothing()) break;
        Owned its_copy = TRY(deep(thread, state, child, memo));
        TRY(add_child(thread, copy, its_copy));
    }
    Owned id = TRY(make_int_unsigned(thread, Value::of(self).identity()));
    TRY(dict_set(thread, memo.as<Dict>(), id, made.share()));
    return made;
}

Owned element_get_state(Thread& thread, Element& self) {
    Owned children = children_of(thread, self);
    children = TRY(children ? list_from(thread, children) : make_list(thread));
    Owned attributes = read_locked(thread, self, self.attributes);
    if (!attributes) attributes = TRY(make_dict(thread));
    Owned tag = word_of(thread, self, self.tag), text = word_of(thread, self, self.text),
          tail = word_of(thread, self, self.tail);
    Ref<Dict> state = TRY(make_dict(thread, 5));
    TRY(dict_set(thread, *state, Value::of(ID(tag)), std::move(tag)));
    TRY(dict_set(thread, *state, Value::of(ID(_children)), std::move(children)));
    TRY(dict_set(thread, *state, Value::of(ID(attrib)), std::move(attributes)));
    TRY(dict_set(thread, *state, Value::of(ID(text)), std::move(text)));
    TRY(dict_set(thread, *state, Value::of(ID(tail)), std::move(tail)));
    return std::move(state);
}

namespace {

bool check_keys(Thread& thread, Dict& state) {
    size_t position = 0;
    Owned key, value;
    while (dict_next(thread, state, &position, &key, &value)) {
        if (!is_str(key)) return raise(thread, exc::TypeError, "keywords must be strings");
        bool known = false;
        for (const char* name : {"tag", "attrib", "text", "tail", "_children"})
            known |= str_equal(key.as<Str>(), name);
        if (!known)
            return raise(thread, exc::TypeError,
                         "this function got an unexpected keyword argument '{}'", key);
    }
    return true;
}

// A value of the state; empty when it is not there. False with an exception.
bool load_part(Thread& thread, Dict& state, Str& name, Owned* out) {
    Owned found = TRY(dict_get(thread, state, name));
    if (!found.is_nothing()) *out = std::move(found);
    return true;
}

Owned checked_children(Thread& thread, Value given) {
    if (!is_list(given)) return raise(thread, exc::TypeError, "'_children' is not a list");
    Ref<List> copy = TRY(list_from(thread, given));
    for (Index i = 0; i < list_size(*copy); i++) {
        Owned child = TRY(list_item(thread, *copy, i));
        if (!child.is_nothing()) TRY(check_element(thread, child));
    }
    return std::move(copy);
}

}  // namespace

bool element_set_state(Thread& thread, Element& self, Value value) {
    if (!is_exact_dict(value))
        return raise(thread, exc::TypeError, "Don't know how to unpickle \"{}\" as an Element",
                     repr_of(value));
    auto& state = value.as<Dict>();
    TRY(check_keys(thread, state));
    Owned tag, text, tail, children, attributes;
    TRY(load_part(thread, state, ID(tag), &tag) && load_part(thread, state, ID(text), &text) &&
        load_part(thread, state, ID(tail), &tail) &&
        load_part(thread, state, ID(_children), &children) &&
        load_part(thread, state, ID(attrib), &attributes));
    if (!tag) return raise(thread, exc::TypeError, "tag may not be NULL");
    if (children) children = TRY(checked_children(thread, children));
    if (attributes && !is_dict(attributes)) attributes = Owned();
    if (!text) text = Owned::share(none());
    if (!tail) tail = Owned::share(none());
    Lock guard(thread, self);
    tag = self.tag.exchange(std::move(tag));
    text = self.text.exchange(std::move(text));
    tail = self.tail.exchange(std::move(tail));
    children = self.children.exchange(std::move(children));
    attributes = self.attributes.exchange(std::move(attributes));
    return true;
}

}  // namespace imugi::etree
