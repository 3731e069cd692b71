// Element: making, its words, attributes and plain methods. See elementtree.h for what protects it.
#include "memory/collector.h"
#include "modules/_elementtree/elementtree.h"
#include "object/call.h"
#include "object/iteration.h"
#include "object/protocol.h"
#include "object/repr_guard.h"
#include "object/tuple.h"
#include "thread/lock.h"

namespace imugi::etree {

Owned replace_and_give(Thread& thread, Object& object, Slot& slot, Owned value) {
    Lock guard(thread, object);
    return slot.exchange(std::move(value));
}

void replace(Thread& thread, Object& object, Slot& slot, Owned value) {
    Owned old = replace_and_give(thread, object, slot, std::move(value));
}

Owned word_of(Thread& thread, const Element& self, const Slot& slot) {
    Owned word = read_locked(thread, self, slot);
    return word ? std::move(word) : Owned::share(none());
}

bool check_element(Thread& thread, Value value) {
    return is_element(value) ||
           raise(thread, exc::TypeError, "expected an Element, not \"{}\"", type_name_of(value));
}

// --- making ---

namespace {

Owned element_make(Thread& thread, Type& type, const Arguments&) {
    return make_element(thread, type, none(), {});
}

// The dict of a new element: a copy of `given`, else of the keyword `attrib`, and the other
// keywords. Empty when there is nothing to keep.
template <class NameAt, class ValueAt>
bool gather_attributes(Thread& thread, Value given, size_t count, NameAt name_at, ValueAt value_at,
                       Owned* out) {
    size_t skip = count;
    for (size_t i = 0; given.is_empty() && i < count; i++)
        if (str_equal(name_at(i).template as<Str>(), "attrib")) skip = i;
    if (skip < count) {
        given = value_at(skip);
        if (!is_dict(given))
            return raise(thread, exc::TypeError, "attrib must be dict, not {}",
                         type_name_of(given));
    }
    if (given.is_empty() && count == 0) return true;
    Ref<Dict> attributes =
        given.is_empty() ? make_dict(thread, count) : dict_copy(thread, given.as<Dict>());
    if (!attributes) return false;
    for (size_t i = 0; i < count; i++)
        if (i != skip) TRY(dict_set(thread, *attributes, name_at(i), value_at(i)));
    if (dict_size(*attributes) > 0) *out = std::move(attributes).owned();
    return true;
}

bool check_dict(Thread& thread, const char* function, int position, Value value) {
    return is_dict(value) || raise(thread, exc::TypeError, "{}() argument {} must be dict, not {}",
                                   function, position, type_name_of(value));
}

bool check_count(Thread& thread, const char* function, size_t count, size_t least, size_t most) {
    if (count >= least && count <= most) return true;
    size_t bound = count < least ? least : most;
    return raise(thread, exc::TypeError, "{}() takes at {} {} argument{} ({} given)", function,
                 count < least ? "least" : "most", bound, bound == 1 ? "" : "s", count);
}

bool element_init(Thread& thread, Value value, const Arguments& arguments) {
    TRY(check_count(thread, "Element", arguments.count, 1, 2));
    Value given = arguments.count > 1 ? arguments[1] : Value();
    if (!given.is_empty()) TRY(check_dict(thread, "Element", 2, given));
    Owned attributes;
    TRY(gather_attributes(
        thread, given, arguments.names ? arguments.names->size : 0,
        [&](size_t i) { return (*arguments.names)[i]; },
        [&](size_t i) { return arguments[arguments.count + i]; }, &attributes));
    auto& self = value.as<Element>();
    Owned tag = Owned::share(arguments[0]);
    Owned text = Owned::share(none()), tail = Owned::share(none()), children;
    Lock guard(thread, self);
    tag = self.tag.exchange(std::move(tag));
    text = self.text.exchange(std::move(text));
    tail = self.tail.exchange(std::move(tail));
    attributes = self.attributes.exchange(std::move(attributes));
    children = self.children.take();
    return true;
}

void element_fields(Object* object, FieldVisitor& visitor) {
    auto& self = static_cast<Element&>(*object);
    visitor.visit(self.tag);
    visitor.visit(self.text);
    visitor.visit(self.tail);
    visitor.visit(self.attributes);
    visitor.visit(self.children);
}

}  // namespace

Owned make_element(Thread& thread, Type& type, Value tag, Owned attributes) {
    auto* self = allocate<Element>(thread, type);
    if (!self) return {};
    self->tag.init(Owned::share(tag));
    self->text.init(Owned::share(none()));
    self->tail.init(Owned::share(none()));
    if (attributes) self->attributes.init(std::move(attributes));
    track(self);
    return Owned::adopt(self);
}

Owned sub_element(Thread& thread, Args arguments, Kwargs names) {
    TRY(check_count(thread, "SubElement", arguments.count, 2, 3));
    Value parent = arguments[0];
    if (!is_element(parent))
        return raise(thread, exc::TypeError,
                     "SubElement() argument 1 must be xml.etree.ElementTree.Element, not {}",
                     type_name_of(parent));
    Value given = arguments.count > 2 ? arguments[2] : Value();
    if (!given.is_empty()) TRY(check_dict(thread, "SubElement", 3, given));
    Owned attributes;
    TRY(gather_attributes(
        thread, given, names.count, [&](size_t i) { return names.names[i]; },
        [&](size_t i) { return names.values[i]; }, &attributes));
    Owned child =
        TRY(make_element(thread, *state_of(parent).element, arguments[1], std::move(attributes)));
    TRY(add_child(thread, parent.as<Element>(), child));
    return child;
}

// --- children and attributes ---

Owned own_children(Thread& thread, Element& self) {
    Owned children = children_of(thread, self);
    if (children) return children;
    Owned made = TRY(make_list(thread));
    Lock guard(thread, self);
    if (self.children.is_empty()) (void)self.children.exchange(made.share());
    return self.children.share();
}

Owned own_attributes(Thread& thread, Element& self) {
    Owned attributes = read_locked(thread, self, self.attributes);
    if (attributes) return attributes;
    Owned made = TRY(make_dict(thread));
    Lock guard(thread, self);
    if (self.attributes.is_empty()) (void)self.attributes.exchange(made.share());
    return self.attributes.share();
}

bool add_child(Thread& thread, Element& self, Value child) {
    TRY(check_element(thread, child));
    Owned children = TRY(own_children(thread, self));
    return list_append(thread, children.as<List>(), Owned::share(child));
}

namespace {

bool check_argument(Thread& thread, const char* function, const char* which, Value value) {
    return is_element(value) ||
           raise(thread, exc::TypeError,
                 "{}() argument{} must be xml.etree.ElementTree.Element, not {}", function, which,
                 type_name_of(value));
}

bool element_append(Thread& thread, Element& self, Value child) {
    TRY(check_argument(thread, "append", " 1", child));
    return add_child(thread, self, child);
}
bool element_insert_checked(Thread& thread, Element& self, Index index, Value child) {
    TRY(check_argument(thread, "insert", " 2", child));
    return element_insert(thread, self, index, child);
}
bool element_remove_checked(Thread& thread, Element& self, Value child) {
    TRY(check_argument(thread, "remove", "", child));
    return element_remove(thread, self, child);
}

Owned element_clear(Thread& thread, Element& self) {
    Owned text = Owned::share(none()), tail = Owned::share(none()), attributes, children;
    {
        Lock guard(thread, self);
        attributes = self.attributes.take();
        children = self.children.take();
        text = self.text.exchange(std::move(text));
        tail = self.tail.exchange(std::move(tail));
    }
    return Owned::share(none());
}

Owned element_get(Thread& thread, Element& self, Value key, Value otherwise) {
    Owned attributes = read_locked(thread, self, self.attributes);
    if (!attributes) return Owned::share(otherwise);
    Owned found = TRY(dict_get(thread, attributes.as<Dict>(), key));
    return found.is_nothing() ? Owned::share(otherwise) : std::move(found);
}
bool element_set(Thread& thread, Element& self, Value key, Value value) {
    Owned attributes = TRY(own_attributes(thread, self));
    return dict_set(thread, attributes.as<Dict>(), key, value);
}
Owned element_keys(Thread& thread, Element& self) {
    Owned attributes = read_locked(thread, self, self.attributes);
    return attributes ? dict_keys(thread, attributes.as<Dict>()) : make_list(thread);
}
Owned element_items(Thread& thread, Element& self) {
    Owned attributes = read_locked(thread, self, self.attributes);
    return attributes ? dict_items(thread, attributes.as<Dict>()) : make_list(thread);
}

Owned element_make_element(Thread& thread, Element& self, Value tag, Value attributes) {
    TRY(check_dict(thread, "makeelement", 2, attributes));
    Ref<Dict> copy = TRY(dict_copy(thread, attributes.as<Dict>()));
    Type& type = *state_of(Value::of(self)).element;
    return make_element(thread, type, tag,
                        dict_size(*copy) > 0 ? std::move(copy).owned() : Owned());
}

// --- the slots ---

Owned element_repr(Thread& thread, Value value) {
    auto& self = value.as<Element>();
    Owned tag = word_of(thread, self, self.tag);
    ReprGuard guard(self);
    if (guard.is_recursive())
        return raise(thread, exc::RuntimeError, "reentrant call inside {}.__repr__",
                     type_full_name_of(value));
    return format(thread, "<Element {} at {}>", repr_of(tag), address_of(value));
}

Result<Index> element_length(Thread& thread, Value value) {
    Owned children = children_of(thread, value.as<Element>());
    return children ? list_size(children.as<List>()) : Index{0};
}

Result<bool> element_boolean(Thread& thread, Value value) {
    TRY(warn(thread, exc::DeprecationWarning, 1,
             format(thread,
                    "Testing an element's truth value will always return True in future versions.  "
                    "Use specific 'len(elem)' or 'elem is not None' test instead.")));
    return TRY(element_length(thread, value)) != 0;
}

// --- words ---

template <Slot Element::* slot>
Owned get_word(Thread& thread, Value value) {
    auto& self = value.as<Element>();
    return word_of(thread, self, self.*slot);
}
bool check_kept(Thread& thread, Value value) {
    return !value.is_empty() ||
           raise(thread, exc::AttributeError, "can't delete element attribute");
}
template <Slot Element::* slot>
bool set_word(Thread& thread, Value self, Value value) {
    TRY(check_kept(thread, value));
    replace(thread, self.as<Element>(), self.as<Element>().*slot, Owned::share(value));
    return true;
}
Owned get_attributes(Thread& thread, Value self) {
    return own_attributes(thread, self.as<Element>());
}
bool set_attributes(Thread& thread, Value self, Value value) {
    TRY(check_kept(thread, value));
    if (!is_dict(value))
        return raise(thread, exc::TypeError, "attrib must be dict, not {}", type_name_of(value));
    replace(thread, self.as<Element>(), self.as<Element>().attributes, Owned::share(value));
    return true;
}

const GetSetRow getsets[] = {
    {"tag", get_word<&Element::tag>, set_word<&Element::tag>,
     "A string identifying what kind of data this element represents"},
    {"text", get_word<&Element::text>, set_word<&Element::text>,
     "A string of text directly after the start tag, or None"},
    {"tail", get_word<&Element::tail>, set_word<&Element::tail>,
     "A string of text directly after the end tag, or None"},
    {"attrib", get_attributes, set_attributes, "A dictionary containing the element's attributes"},
    {},
};

const MethodRow rows[] = {
    {"clear", "(self, /)", fn<element_clear>},
    {"get", "(self, /, key, default=None)", fn<element_get>},
    {"set", "(self, key, value, /)", fn<element_set>},
    {"find", "(self, /, path, namespaces=None)", fn<element_find>},
    {"findtext", "(self, /, path, default=None, namespaces=None)", fn<element_find_text>},
    {"findall", "(self, /, path, namespaces=None)", fn<element_find_all>},
    {"append", "(self, subelement, /)", fn<element_append>},
    {"extend", "(self, elements, /)", fn<element_extend>},
    {"insert", "(self, index, subelement, /)", fn<element_insert_checked>},
    {"remove", "(self, subelement, /)", fn<element_remove_checked>},
    {"iter", "(self, /, tag=None)", fn<element_iter>},
    {"itertext", "(self, /)", fn<element_iter_text>},
    {"iterfind", "(self, /, path, namespaces=None)", fn<element_find_iter>},
    {"items", "(self, /)", fn<element_items>},
    {"keys", "(self, /)", fn<element_keys>},
    {"makeelement", "(self, tag, attrib, /)", fn<element_make_element>},
    {"__copy__", "(self, /)", fn<element_copy>},
    {"__deepcopy__", "(self, memo, /)", fn<element_deep_copy>},
    {"__getstate__", "(self, /)", fn<element_get_state>},
    {"__setstate__", "(self, state, /)", fn<element_set_state>},
    {},
};

}  // namespace

const TypeSpec element_spec = {
    .name = "xml.etree.ElementTree.Element",
    .size = sizeof(Element),
    .flags = kTypeBase | kTypeTracked | kTypeHasWeakrefs | kTypeImmutable,
    .slots = {.repr = element_repr,
              .make = element_make,
              .init = element_init,
              .fields = element_fields,
              .boolean = element_boolean,
              .sequence_length = element_length,
              .item = element_item,
              .length = element_length,
              .subscript = element_subscript,
              .assign_subscript = element_assign_subscript},
    .methods = rows,
    .getsets = getsets,
};

}  // namespace imugi::etree
