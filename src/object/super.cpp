// super objects. Their fields are set once by __init__; lookups walk the mro lock-free.
#include "object/super.h"

#include "memory/collector.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/descriptor.h"
#include "object/native.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"
#include "thread/lock.h"

namespace imugi {

namespace {

// An mro() of a metaclass's own may leave out the class itself.
bool derives_from(Thread& thread, Type& type, Type& base) {
    if (&type != &base) return is_subtype(type, base);
    Owned mro = read_locked(thread, type, type.mro);
    if (!mro) return true;
    auto& types = mro.as<Tuple>();
    for (size_t i = 0; i < types.size; i++)
        if (types[i].object() == &base) return true;
    return false;
}

// The class whose mro is searched: object itself if it is a subclass of type, else its class.
Owned check_object(Thread& thread, Type& type, Value object) {
    if (is_type(object) && derives_from(thread, object.as<Type>(), type))
        return Owned::share(object);
    if (is_instance_of(object, type)) return Owned::share(type_of(object));
    Owned claimed = TRY(get_attribute_or_nothing(thread, object, ID(__class__)));
    if (is_type(claimed) && derives_from(thread, claimed.as<Type>(), type)) return claimed;
    bool of_type = is_type(object);
    return raise(thread, exc::TypeError,
                 "super(type, obj): obj ({} {}) is not an instance or subtype of type ({}).",
                 of_type ? "type" : "instance of",
                 of_type ? type_name(object.as<Type>()) : type_name(type_of(object)), type);
}

// Nothing when no class behind `type` has the name.
Owned look_behind(Thread& thread, Type& type, Value object, Type& start, Str& name, bool* bound) {
    if (bound) *bound = true;
    Owned mro = read_locked(thread, start, start.mro);
    if (!mro) return Owned::nothing();
    auto& types = mro.as<Tuple>();
    size_t i = 0;
    while (i < types.size && types[i].object() != &type) i++;
    for (i++; i < types.size; i++) {
        Owned found = TRY(dict_get_own(thread, types[i].as<Type>(), name));
        if (found.is_nothing()) continue;
        if (bound && !same(object, Value::of(start)) && type_of(found).has(kTypeMethodDescriptor)) {
            *bound = false;
            return found;
        }
        auto get = type_of(found).slots.descriptor_get;
        if (!get) return found;
        bool on_class = same(object, Value::of(start));
        return get(thread, found, on_class ? Value() : object, Value::of(start));
    }
    return Owned::nothing();
}

Owned super_make(Thread& thread, Type& type, const Arguments& arguments) {
    auto* super = allocate<Super>(thread, type);
    if (!super) return {};
    track(super);
    return Owned::adopt(super);
}

bool super_init(Thread& thread, Value self, const Arguments& arguments) {
    TRY(reject_keywords(thread, "super", arguments));
    TRY(check_positional(thread, "super()", arguments, 0, 2));
    Owned type, object;
    if (arguments.count == 0) {
        if (!find_super_arguments)
            return raise(thread, exc::RuntimeError, "super(): no current frame");
        TRY(find_super_arguments(thread, &type, &object));
    } else {
        type = Owned::share(arguments[0]);
        if (arguments.count == 2 && !is_none(arguments[1])) object = Owned::share(arguments[1]);
    }
    if (!is_type(type))
        return raise(thread, exc::TypeError, "super() argument 1 must be a type, not {}",
                     type_name_of(type));
    Owned object_type;
    if (object) object_type = TRY(check_object(thread, type.as<Type>(), object));
    auto& super = self.as<Super>();
    Lock guard(thread, super);
    type = super.type.exchange(std::move(type));
    object = super.object.exchange(std::move(object));
    object_type = super.object_type.exchange(std::move(object_type));
    return true;
}

Owned super_repr(Thread& thread, Value self) {
    auto& super = self.as<Super>();
    Owned type = read_locked(thread, super, super.type);
    Owned object_type = read_locked(thread, super, super.object_type);
    FormatArgument name =
        type ? FormatArgument(type_name(type.as<Type>())) : FormatArgument("NULL");
    if (object_type)
        return format(thread, "<super: <class '{}'>, <{} object>>", name,
                      type_name(object_type.as<Type>()));
    return format(thread, "<super: <class '{}'>, NULL>", name);
}

Owned super_get_attribute(Thread& thread, Value self, Str& name) {
    auto& super = self.as<Super>();
    Owned object_type = read_locked(thread, super, super.object_type);
    // super().__class__ is what it says on the super object itself.
    if (object_type && !str_equal(name, "__class__")) {
        Owned type = read_locked(thread, super, super.type);
        Owned object = read_locked(thread, super, super.object);
        Owned found = TRY(
            look_behind(thread, type.as<Type>(), object, object_type.as<Type>(), name, nullptr));
        if (!found.is_nothing()) return found;
    }
    return generic_get_attribute(thread, self, name);
}

Owned super_get(Thread& thread, Value self, Value instance, Value owner) {
    auto& super = self.as<Super>();
    if (instance.is_empty() || is_none(instance) || !super.object.is_empty())
        return Owned::share(self);
    Owned type = read_locked(thread, super, super.type);
    return call(thread, share_type(self), type, instance);
}

void super_fields(Object* object, FieldVisitor& visitor) {
    auto& super = *static_cast<Super*>(object);
    visitor.visit(super.type);
    visitor.visit(super.object);
    visitor.visit(super.object_type);
}

const MemberRow super_members[] = {
    {"__thisclass__", MemberKind::kObject, offsetof(Super, type), true,
     "the class invoking super()"},
    {"__self__", MemberKind::kObject, offsetof(Super, object), true,
     "the instance invoking super(); may be None"},
    {"__self_class__", MemberKind::kObject, offsetof(Super, object_type), true,
     "the type of the instance invoking super(); may be None"},
    {},
};

}  // namespace

Owned super_lookup(Thread& thread, Type& type, Value object, Str& name, bool* bound) {
    Owned object_type = TRY(check_object(thread, type, object));
    if (!str_equal(name, "__class__")) {
        Owned found = look_behind(thread, type, object, object_type.as<Type>(), name, bound);
        if (!found || !found.is_nothing()) return found;
    }
    if (bound) *bound = true;
    Owned super = TRY(call(thread, Value::of(super_type), Value::of(type), object));
    return generic_get_attribute(thread, super, name);
}

Type super_type;
const TypeSpec super_type_spec = {
    .name = "super",
    .doc =
        "super() -> same as super(__class__, <first argument>)\nsuper(type) -> unbound super "
        "object\nsuper(type, obj) -> bound super object; requires isinstance(obj, type)\n"
        "super(type, type2) -> bound super object; requires issubclass(type2, type)\nTypical use "
        "to call a cooperative superclass method:\nclass C(B):\n    def meth(self, arg):\n        "
        "super().meth(arg)\nThis works for class methods too:\nclass C(B):\n    @classmethod\n    "
        "def cmeth(cls, arg):\n        super().cmeth(arg)\n",
    .size = sizeof(Super),
    .flags = kTypeBase | kTypeTracked,
    .slots = {.repr = super_repr,
              .get_attribute = super_get_attribute,
              .descriptor_get = super_get,
              .make = super_make,
              .init = super_init,
              .fields = super_fields},
    .members = super_members,
};

}  // namespace imugi
