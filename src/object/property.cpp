// property. Functions are read lock-free; __init__ replaces them under the object's Lock.
#include "memory/collector.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/function.h"
#include "object/native.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"
#include "thread/lock.h"

namespace imugi {

struct Property : Object {
    Slot getter, setter, deleter;  // empty for none
    Slot doc;                      // empty for none
    Slot name;                     // str set by __set_name__ or __name__; empty for none
    std::atomic<bool> getter_doc;  // doc is the getter's
};
IMUGI_BUILTIN_TYPE_BY_OBJECT(Property, property_type);

namespace {

Property& as_property(Value v) {
    return v.as<Property>();
}

Owned read(Thread& thread, Property& p, Slot& slot) {
    return read_locked(thread, p, slot);
}

void replace(Thread& thread, Property& p, Slot& slot, Owned value) {
    Owned old;
    Lock guard(thread, p);
    old = slot.exchange(std::move(value));
}

Owned unless_none(Value v) {
    return v.is_empty() || is_none(v) ? Owned() : Owned::share(v);
}

Owned property_make(Thread& thread, Type& type, const Arguments& arguments) {
    auto* p = allocate<Property>(thread, type);
    if (!p) return {};
    track(p);
    return Owned::adopt(p);
}

bool property_init(Thread& thread, Value self, const Arguments& arguments) {
    Value out[4];
    TRY(bind_arguments(thread, "property", "(fget=None, fset=None, fdel=None, doc=None)", arguments,
                       out, 4));
    Property& p = as_property(self);
    if (!p.getter.is_empty()) forget_class_attributes();
    replace(thread, p, p.getter, unless_none(out[0]));
    replace(thread, p, p.setter, unless_none(out[1]));
    replace(thread, p, p.deleter, unless_none(out[2]));
    replace(thread, p, p.name, Owned());
    p.getter_doc.store(false, std::memory_order_relaxed);
    Owned doc = unless_none(out[3]);
    if (!doc && !is_none(out[0])) {
        Owned found = TRY(get_attribute_or_nothing(thread, out[0], ID(__doc__)));
        if (!found.is_nothing() && !is_none(found)) {
            doc = std::move(found);
            p.getter_doc.store(true, std::memory_order_relaxed);
        }
    }
    if (&type_of(self) == &property_type) {
        replace(thread, p, p.doc, std::move(doc));
        return true;
    }
    // A subclass keeps its doc with the instance, so that it does not hide behind the class's.
    replace(thread, p, p.doc, doc ? doc.share() : Owned());
    if (!doc) doc = Owned::share(none());
    if (set_attribute(thread, self, ID(__doc__), doc)) return true;
    // Where instances have no room for it, a doc that was given is dropped; one that the getter has
    // is missed.
    return !p.getter_doc.load(std::memory_order_relaxed) &&
           clear_exception_if(thread, exc::AttributeError);
}

Owned name_of(Thread& thread, Property& p) {
    Owned name = read(thread, p, p.name);
    if (name) return name;
    Owned getter = read(thread, p, p.getter);
    if (!getter) return Owned::nothing();
    return get_attribute_or_nothing(thread, getter, ID(__name__));
}

Raised raise_missing(Thread& thread, Value self, Value instance, const char* what) {
    Owned name = name_of(thread, as_property(self));
    if (!name) return {};
    Owned qualname = get_attribute(thread, share_type(instance), ID(__qualname__));
    if (!qualname) return {};
    if (!name.is_nothing())
        return raise(thread, exc::AttributeError, "property {} of {} object has no {}",
                     repr_of(name), repr_of(qualname), what);
    return raise(thread, exc::AttributeError, "property of {} object has no {}", repr_of(qualname),
                 what);
}

Owned property_get(Thread& thread, Value self, Value instance, Value owner) {
    if (instance.is_empty() || is_none(instance)) return Owned::share(self);
    Owned getter = read(thread, as_property(self), as_property(self).getter);
    if (!getter) return raise_missing(thread, self, instance, "getter");
    return call(thread, getter, instance);
}

bool property_set(Thread& thread, Value self, Value instance, Value value) {
    Property& p = as_property(self);
    bool deleting = value.is_empty();
    Owned function = read(thread, p, deleting ? p.deleter : p.setter);
    if (!function) return raise_missing(thread, self, instance, deleting ? "deleter" : "setter");
    Owned result =
        deleting ? call(thread, function, instance) : call(thread, function, instance, value);
    return static_cast<bool>(result);
}

void property_fields(Object* object, FieldVisitor& visitor) {
    auto& p = *static_cast<Property*>(object);
    for (Slot* slot : {&p.getter, &p.setter, &p.deleter, &p.doc, &p.name}) visitor.visit(*slot);
}

// A copy with one function replaced; a doc that came from the getter is looked up again.
Owned copy_with(Thread& thread, Property& p, Value getter, Value setter, Value deleter) {
    Owned functions[] = {unless_none(getter), unless_none(setter), unless_none(deleter)};
    bool getter_doc = p.getter_doc.load(std::memory_order_relaxed);
    Slot* slots[] = {&p.getter, &p.setter, &p.deleter};
    for (int i = 0; i < 3; i++)
        if (!functions[i]) functions[i] = read(thread, p, *slots[i]);
    Owned doc = getter_doc && functions[0] ? Owned() : read(thread, p, p.doc);
    Value values[] = {functions[0] ? functions[0].value() : none(),
                      functions[1] ? functions[1].value() : none(),
                      functions[2] ? functions[2].value() : none(), doc ? doc.value() : none()};
    Owned copy = TRY(call(thread, share_type(Value::of(p)), Arguments{values, 4, nullptr}));
    if (is_instance_of(copy, property_type))
        replace(thread, as_property(copy), as_property(copy).name, read(thread, p, p.name));
    return copy;
}

Owned property_getter(Thread& thread, Property& self, Value object) {
    return copy_with(thread, self, object, Value(), Value());
}
Owned property_setter(Thread& thread, Property& self, Value object) {
    return copy_with(thread, self, Value(), object, Value());
}
Owned property_deleter(Thread& thread, Property& self, Value object) {
    return copy_with(thread, self, Value(), Value(), object);
}
Owned property_set_name(Thread& thread, Property& self, Args args) {
    if (args.count != 2)
        return raise(thread, exc::TypeError,
                     "__set_name__() takes 2 positional arguments but {} "
                     "were given",
                     args.count);
    replace(thread, self, self.name, Owned::share(args[1]));
    return Owned::share(none());
}

Owned get_name(Thread& thread, Value self) {
    Owned name = TRY(name_of(thread, as_property(self)));
    if (!name.is_nothing()) return name;
    return raise_attribute_error(thread, self, ID(__name__),
                                 "'{}' object has no attribute '__name__'", type_name_of(self));
}
bool set_name(Thread& thread, Value self, Value value) {
    replace(thread, as_property(self), as_property(self).name,
            value.is_empty() ? Owned() : Owned::share(value));
    return true;
}
Owned get_abstract(Thread& thread, Value self) {
    Property& p = as_property(self);
    for (Slot* slot : {&p.getter, &p.setter, &p.deleter}) {
        Owned function = read(thread, p, *slot);
        if (!function) continue;
        Owned flag = TRY(get_attribute_or_nothing(thread, function, ID(__isabstractmethod__)));
        if (flag.is_nothing()) continue;
        bool abstract = TRY(is_true(thread, flag));
        if (abstract) return Owned::share(boolean(true));
    }
    return Owned::share(boolean(false));
}

const MethodRow property_methods[] = {
    {"getter", "(self, object, /)", fn<property_getter>,
     "Descriptor to obtain a copy of the property with a different getter."},
    {"setter", "(self, object, /)", fn<property_setter>,
     "Descriptor to obtain a copy of the property with a different setter."},
    {"deleter", "(self, object, /)", fn<property_deleter>,
     "Descriptor to obtain a copy of the property with a different deleter."},
    {"__set_name__", "(self, /, *args) -> ($self, owner, name, /)", fn<property_set_name>,
     "__set_name__(owner, name)\n\nMethod to set name of a property."},
    {},
};
const MemberRow property_members[] = {
    {"fget", MemberKind::kObject, offsetof(Property, getter), true},
    {"fset", MemberKind::kObject, offsetof(Property, setter), true},
    {"fdel", MemberKind::kObject, offsetof(Property, deleter), true},
    {"__doc__", MemberKind::kObject, offsetof(Property, doc), false},
    {},
};
const GetSetRow property_getsets[] = {
    {"__name__", get_name, set_name},
    {"__isabstractmethod__", get_abstract},
    {},
};

}  // namespace

Owned property_getter(Value property) {
    if (!has_shape(property, k_property_shape)) return {};
    Value getter = property.as<Property>().getter.borrow();
    return is_python_function(getter) ? Owned::share(getter) : Owned();
}

Type property_type;
const TypeSpec property_type_spec = {
    .name = "property",
    .doc =
        "Property attribute.\n\n  fget\n    function to be used for getting an attribute value\n  "
        "fset\n    function to be used for setting an attribute value\n  fdel\n    function to be "
        "used for del'ing an attribute\n  doc\n    docstring\n\nTypical use is to define a managed "
        "attribute x:\n\nclass C(object):\n    def getx(self): return self._x\n    def setx(self, "
        "value): self._x = value\n    def delx(self): del self._x\n    x = property(getx, setx, "
        "delx, \"I'm the 'x' property.\")\n\nDecorators make defining new properties or modifying "
        "existing ones easy:\n\nclass C(object):\n    @property\n    def x(self):\n        \"I am "
        "the 'x' property.\"\n        return self._x\n    @x.setter\n    def x(self, value):\n    "
        "    self._x = value\n    @x.deleter\n    def x(self):\n        del self._x",
    .size = sizeof(Property),
    .flags = kTypeBase | kTypeTracked,
    .slots = {.descriptor_get = property_get,
              .descriptor_set = property_set,
              .make = property_make,
              .init = property_init,
              .fields = property_fields},
    .methods = property_methods,
    .members = property_members,
    .getsets = property_getsets,
    .signature = "(fget=None, fset=None, fdel=None, doc=None)",
};

}  // namespace imugi
