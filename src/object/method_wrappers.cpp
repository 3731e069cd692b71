// staticmethod and classmethod. The callable is read lock-free; __init__ replaces it under the
// object's Lock.
#include "memory/collector.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/descriptor.h"
#include "object/dict.h"
#include "object/function.h"
#include "object/pickling.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"
#include "thread/lock.h"

namespace imugi {

struct StaticMethod : Object {
    Slot callable;
};
struct ClassMethod : Object {
    Slot callable;
};

namespace {

Owned callable_of(Thread& thread, Value self) {
    return read_locked(thread, *self.object(), self.as<StaticMethod>().callable);
}

Owned wrapper_make(Thread& thread, Type& type, const Arguments& arguments) {
    auto* wrapper = allocate<StaticMethod>(thread, type);
    if (!wrapper) return {};
    wrapper->callable.init(Owned::share(none()));
    track(wrapper);
    return Owned::adopt(wrapper);
}

// What the function says of itself shows on the wrapper too.
bool copy_attributes(Thread& thread, Value self, Value callable) {
    for (Str* name : {&ID(__module__), &ID(__name__), &ID(__qualname__), &ID(__doc__)}) {
        Owned value = TRY(get_attribute_or_nothing(thread, callable, *name));
        if (value.is_nothing()) continue;
        TRY(store_own_attribute(thread, self.object(), *name, value));
    }
    return true;
}

bool wrapper_init(Thread& thread, Value self, const Arguments& arguments) {
    bool is_static = is_instance_of(self, staticmethod_type);
    TRY(check_positional(thread, is_static ? "staticmethod" : "classmethod", arguments, 1, 1));
    Owned own = Owned::share(arguments[0]), old;
    {
        Lock guard(thread, *self.object());
        old = self.as<StaticMethod>().callable.exchange(std::move(own));
    }
    if (!is_none(old)) forget_class_attributes();
    return copy_attributes(thread, self, arguments[0]);
}

Owned static_get(Thread& thread, Value self, Value instance, Value owner) {
    return callable_of(thread, self);
}
Owned static_call(Thread& thread, Value self, const Arguments& arguments) {
    Owned callable = callable_of(thread, self);
    return call(thread, callable, arguments);
}
Owned class_get(Thread& thread, Value self, Value instance, Value owner) {
    Owned callable = callable_of(thread, self);
    Value type = owner.is_empty() || is_none(owner) ? Value::of(type_of(instance)) : owner;
    return make_bound_method(thread, callable, type);
}

Owned static_repr(Thread& thread, Value self) {
    Owned callable = callable_of(thread, self);
    return format(thread, "<staticmethod({})>", repr_of(callable));
}
Owned class_repr(Thread& thread, Value self) {
    Owned callable = callable_of(thread, self);
    return format(thread, "<classmethod({})>", repr_of(callable));
}

void wrapper_fields(Object* object, FieldVisitor& visitor) {
    visitor.visit(static_cast<StaticMethod*>(object)->callable);
}

Owned get_callable(Thread& thread, Value self) {
    return callable_of(thread, self);
}
Owned get_abstract(Thread& thread, Value self) {
    Owned callable = callable_of(thread, self);
    Owned flag = TRY(get_attribute_or_nothing(thread, callable, ID(__isabstractmethod__)));
    if (flag.is_nothing()) return Owned::share(boolean(false));
    bool abstract = TRY(is_true(thread, flag));
    return Owned::share(boolean(abstract));
}
Owned get_dict(Thread& thread, Value self) {
    return instance_dict(thread, self.object());
}
bool set_dict(Thread& thread, Value self, Value value) {
    return set_instance_dict(thread, self.object(), value);
}

// Annotations are asked of the function when they are wanted, and kept.
Owned from_function(Thread& thread, Value self, Str& name) {
    Owned own = TRY(load_own_attribute(thread, self.object(), name));
    if (!own.is_nothing()) return own;
    Owned callable = callable_of(thread, self);
    Owned value = TRY(get_attribute(thread, callable, name));
    TRY(store_own_attribute(thread, self.object(), name, value));
    return value;
}
bool keep(Thread& thread, Value self, Str& name, Value value) {
    if (!value.is_empty()) return store_own_attribute(thread, self.object(), name, value);
    bool found = TRY(delete_own_attribute(thread, self.object(), name));
    if (found) return true;
    return raise_no_attribute(thread, self, name);
}
Owned get_annotations(Thread& thread, Value self) {
    return from_function(thread, self, ID(__annotations__));
}
bool set_annotations(Thread& thread, Value self, Value value) {
    return keep(thread, self, ID(__annotations__), value);
}
Owned get_annotate(Thread& thread, Value self) {
    return from_function(thread, self, ID(__annotate__));
}
bool set_annotate(Thread& thread, Value self, Value value) {
    return keep(thread, self, ID(__annotate__), value);
}

const GetSetRow wrapper_getsets[] = {
    computed_member("__func__", get_callable),
    computed_member("__wrapped__", get_callable),
    {"__isabstractmethod__", get_abstract},
    {"__dict__", get_dict, set_dict},
    {"__annotations__", get_annotations, set_annotations},
    {"__annotate__", get_annotate, set_annotate},
    {},
};
const MethodRow wrapper_methods[] = {
    {"__class_getitem__", "(cls, object, /)", fn<class_getitem>, "See PEP 585", kMethodClass},
    {},
};

}  // namespace

Owned static_method_callable(Thread& thread, Value wrapper) {
    return has_shape(wrapper, k_staticmethod_shape) ? callable_of(thread, wrapper) : Owned();
}

Owned make_staticmethod(Thread& thread, Value function) {
    Owned wrapper = TRY(wrapper_make(thread, staticmethod_type, {}));
    Owned old = wrapper.as<StaticMethod>().callable.exchange(Owned::share(function));
    return wrapper;
}

Type staticmethod_type;
const TypeSpec staticmethod_type_spec = {
    .name = "staticmethod",
    .doc =
        "Convert a function to be a static method.\n\nA static method does not receive an implicit "
        "first argument.\nTo declare a static method, use this idiom:\n\n     class C:\n         "
        "@staticmethod\n         def f(arg1, arg2, argN):\n             ...\n\nIt can be called "
        "either on the class (e.g. C.f()) or on an instance\n(e.g. C().f()). Both the class and "
        "the instance are ignored, and\nneither is passed implicitly as the first argument to the "
        "method.\n\nStatic methods in Python are similar to those found in Java or C++.\nFor a "
        "more "
        "advanced concept, see the classmethod builtin.",
    .size = sizeof(StaticMethod),
    .flags = kTypeBase | kTypeTracked | kTypeHasDict,
    .slots = {.repr = static_repr,
              .call = static_call,
              .descriptor_get = static_get,
              .make = wrapper_make,
              .init = wrapper_init,
              .fields = wrapper_fields},
    .methods = wrapper_methods,
    .getsets = wrapper_getsets,
    .signature = "(function, /)",
};

Type classmethod_type;
const TypeSpec classmethod_type_spec = {
    .name = "classmethod",
    .doc =
        "Convert a function to be a class method.\n\nA class method receives the class as implicit "
        "first argument,\njust like an instance method receives the instance.\nTo declare a class "
        "method, use this idiom:\n\n  class C:\n      @classmethod\n      def f(cls, arg1, arg2, "
        "argN):\n          ...\n\nIt can be called either on the class (e.g. C.f()) or on an "
        "instance\n(e.g. C().f()).  The instance is ignored except for its class.\nIf a class "
        "method is called for a derived class, the derived class\nobject is passed as the implied "
        "first argument.\n\nClass methods are different than C++ or Java static methods.\nIf you "
        "want "
        "those, see the staticmethod builtin.",
    .size = sizeof(ClassMethod),
    .flags = kTypeBase | kTypeTracked | kTypeHasDict,
    .slots = {.repr = class_repr,
              .descriptor_get = class_get,
              .make = wrapper_make,
              .init = wrapper_init,
              .fields = wrapper_fields},
    .methods = wrapper_methods,
    .getsets = wrapper_getsets,
    .signature = "(function, /)",
};

}  // namespace imugi
