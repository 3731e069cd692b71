// The type `object`: what every class inherits. Holds no state; attribute storage is
// attribute.cpp's.
#include "memory/collector.h"
#include "object/attribute.h"
#include "object/audit.h"
#include "object/call.h"
#include "object/descriptor.h"
#include "object/dict.h"
#include "object/int.h"
#include "object/list.h"
#include "object/module.h"
#include "object/native.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"
#include "object/type_parts.h"
#include "object/typevar.h"
#include "thread/lock.h"

namespace imugi {

namespace {

bool object_init(Thread& thread, Value self, const Arguments& arguments);

bool has_excess(const Arguments& arguments) {
    return arguments.count || (arguments.names && arguments.names->size);
}

Owned raise_abstract(Thread& thread, Type& type) {
    Owned names = TRY(get_attribute(thread, Value::of(type), ID(__abstractmethods__)));
    Ref<List> sorted = TRY(to_list(thread, names));
    TRY(list_sort_values(thread, *sorted, Value(), false));
    Index count = list_size(*sorted);
    StrBuilder out(thread);
    for (Index i = 0; i < count; i++) {
        Owned name = list_item(thread, *sorted, i);
        TRY(out.append(i ? ", '" : "'"));
        Owned text = TRY(str(thread, name));
        TRY(out.append(text.as<Str>()) && out.append("'"));
    }
    Ref<Str> text = TRY(out.finish());
    return raise(thread, exc::TypeError,
                 "Can't instantiate abstract class {} without an implementation for abstract "
                 "method{} {}",
                 type, count > 1 ? "s" : "", *text);
}

}  // namespace

Owned make_plain_object(Thread& thread, Type& type, const Arguments& arguments) {
    if (has_excess(arguments)) {
        if (type.slots.make != make_plain_object)
            return raise(thread, exc::TypeError,
                         "object.__new__() takes exactly one argument (the type to instantiate)");
        if (type.slots.init == object_init)
            return raise(thread, exc::TypeError, "{}() takes no arguments", type);
    }
    if (type.has(kTypeAbstract)) return raise_abstract(thread, type);
    Object* object = allocate_object(thread, type);
    if (!object) return {};
    if (type.has(kTypeTracked)) track(object);
    return Owned::adopt(object);
}

namespace {

bool object_init(Thread& thread, Value self, const Arguments& arguments) {
    if (!has_excess(arguments)) return true;
    Type& type = type_of(self);
    if (type.slots.init != object_init)
        return raise(thread, exc::TypeError,
                     "object.__init__() takes exactly one argument (the instance to initialize)");
    if (type.slots.make == make_plain_object)
        return raise(thread, exc::TypeError,
                     "{}.__init__() takes exactly one argument (the instance to initialize)", type);
    return true;
}

Owned object_repr(Thread& thread, Value self) {
    Ref<Type> type = share_type(self);
    Owned module = get_attribute_or_nothing(thread, type, ID(__module__));
    if (!module) return {};
    Owned qualname = TRY(get_attribute(thread, type, ID(__qualname__)));
    if (is_str(module) && !str_equal(module.as<Str>(), "builtins"))
        return format(thread, "<{}.{} object at {}>", module, qualname, address_of(self));
    return format(thread, "<{} object at {}>", *type, address_of(self));
}

Owned object_str(Thread& thread, Value self) {
    return repr(thread, self);
}

Result<int64_t> object_hash(Thread& thread, Value self) {
    auto n = static_cast<int64_t>(std::rotr(self.identity(), 4));
    return n == -1 ? -2 : n;
}

Owned object_compare(Thread& thread, Value left, Value right, CompareOp op) {
    if (op == CompareOp::kEq)
        return Owned::share(same(left, right) ? boolean(true) : not_implemented());
    if (op != CompareOp::kNe) return Owned::share(not_implemented());
    auto equal = type_of(left).slots.compare;
    if (!equal) return Owned::share(not_implemented());
    Owned result = TRY(equal(thread, left, right, CompareOp::kEq));
    if (is_not_implemented(result)) return result;
    bool truth = TRY(is_true(thread, result));
    return Owned::share(boolean(!truth));
}

// --- __class__ ---

Owned get_class(Thread& thread, Value self) {
    return Owned::share(type_of(self));
}

bool set_class(Thread& thread, Value self, Value value) {
    if (value.is_empty()) return raise(thread, exc::TypeError, "can't delete __class__ attribute");
    if (!is_type(value))
        return raise(thread, exc::TypeError, "__class__ must be set to a class, not '{}' object",
                     type_name_of(value));
    TRY(audit(thread, "object.__setattr__", self, "__class__", value));
    Type& wanted = value.as<Type>();
    Ref<Type> held = share_type(self);
    Type& current = *held;
    if (&wanted == &current) return true;
    bool modules = is_subtype(wanted, module_type) && is_subtype(current, module_type);
    if (!modules && (wanted.has(kTypeImmutable) || current.has(kTypeImmutable)))
        return raise(thread, exc::TypeError,
                     "__class__ assignment only supported for mutable types or ModuleType "
                     "subclasses");
    if (!self.is_object() || !same_layout(wanted, current))
        return raise(thread, exc::TypeError,
                     "__class__ assignment: '{}' object layout differs from '{}'", wanted, current);
    Object* object = self.object();
    // In dict mode an object's layout says nothing of the names its class has seen.
    if (current.has(kTypeHasDict)) {
        Owned dict = TRY(materialize_dict(thread, object));
        Slot* from = attribute_storage(object, current);
        if (attribute_storage(object, wanted) != from)
            return raise(thread, exc::TypeError,
                         "__class__ assignment: '{}' object layout differs from '{}'", wanted,
                         current);
    }
    Lock guard(thread, *object);
    Shape* shape = wanted.has(kTypeHasDict) ? wanted.dict_shape : wanted.root_shape;
    object->shape_index.store(shape->index(), std::memory_order_release);
    return true;
}

// --- pickling ---

// The attributes of __slots__ that are set, as a dict; nothing when there is none.
Owned slot_state(Thread& thread, Value self, Value names) {
    if (!is_list(names)) return Owned::nothing();
    Ref<Dict> state = TRY(make_dict(thread));
    for (Index i = 0; i < list_size(names.as<List>()); i++) {
        Owned name = list_item(thread, names.as<List>(), i);
        if (!is_str(name)) continue;
        Owned value = TRY(get_attribute_or_nothing(thread, self, name.as<Str>()));
        if (!value.is_nothing()) TRY(dict_set(thread, *state, name, std::move(value)));
    }
    return dict_size(*state) ? Owned(std::move(state)) : Owned::nothing();
}

Owned default_state(Thread& thread, Value self, bool required) {
    Ref<Type> held = share_type(self);
    Type& type = *held;
    if (required && type.item_size)
        return raise(thread, exc::TypeError, "cannot pickle '{}' object", type);
    Owned state = TRY(get_attribute_or_nothing(thread, self, ID(__dict__)));
    if (state.is_nothing() || (is_exact_dict(state) && dict_size(state.as<Dict>()) == 0))
        state = Owned::share(none());
    if (required && type.size - (type.size - type.slots_offset) > sizeof(Object) &&
        !is_subtype(type, module_type))
        return raise(thread, exc::TypeError, "cannot pickle '{}' object", type);
    Owned copyreg = TRY(import_module(thread, ID(copyreg)));
    Owned names = TRY(call_method(thread, copyreg, ID(_slotnames), Value::of(type)));
    Owned slots = TRY(slot_state(thread, self, names));
    if (slots.is_nothing()) return state;
    return make_tuple(thread, state.value(), slots.value());
}

Owned object_getstate(Thread& thread, Value self) {
    return default_state(thread, self, false);
}

// obj.__getstate__(), or the default with a check that nothing would be lost.
Owned get_state(Thread& thread, Value self, bool required) {
    Owned own = TRY(get_attribute(thread, self, ID(__getstate__)));
    if (has_shape(own, k_native_function_shape) &&
        own.as<NativeFunction>().row->entry.thunk == fn<object_getstate>.thunk)
        return default_state(thread, self, required);
    return call(thread, own);
}

Owned reduce_by_new(Thread& thread, Value self) {
    Ref<Type> held = share_type(self);
    Type& type = *held;
    if (!type.slots.make) return raise(thread, exc::TypeError, "cannot pickle '{}' object", type);
    Owned args, kwargs;
    // Looked up on the class: __getattr__ is not asked.
    Owned both = TRY(call_special(thread, self, ID(__getnewargs_ex__)));
    if (!both.is_nothing()) {
        if (!is_tuple(both))
            return raise(thread, exc::TypeError,
                         "__getnewargs_ex__ should return a tuple, not '{}'", type_name_of(both));
        if (both.as<Tuple>().size != 2)
            return raise(thread, exc::ValueError,
                         "__getnewargs_ex__ should return a tuple of length 2, not {}",
                         both.as<Tuple>().size);
        args = Owned::share(both.as<Tuple>()[0]);
        kwargs = Owned::share(both.as<Tuple>()[1]);
        if (!is_tuple(args))
            return raise(thread, exc::TypeError,
                         "first item of the tuple returned by __getnewargs_ex__ must be a tuple, "
                         "not '{}'",
                         type_name_of(args));
        if (!is_dict(kwargs))
            return raise(thread, exc::TypeError,
                         "second item of the tuple returned by __getnewargs_ex__ must be a dict, "
                         "not '{}'",
                         type_name_of(kwargs));
    } else {
        Owned given = TRY(call_special(thread, self, ID(__getnewargs__)));
        if (!given.is_nothing()) {
            args = std::move(given);
            if (!is_tuple(args))
                return raise(thread, exc::TypeError,
                             "__getnewargs__ should return a tuple, not '{}'", type_name_of(args));
        }
    }
    bool has_args = static_cast<bool>(args);
    Owned copyreg = TRY(import_module(thread, ID(copyreg)));
    Owned maker, maker_args;
    if (!kwargs || dict_size(kwargs.as<Dict>()) == 0) {
        maker = TRY(get_attribute(thread, copyreg, ID(__newobj__)));
        size_t count = has_args ? args.as<Tuple>().size : 0;
        Ref<Tuple> all = TRY(make_tuple_blank(thread, count + 1));
        all->items[0].init(Owned::share(type));
        for (size_t i = 0; i < count; i++)
            all->items[i + 1].init(Owned::share(args.as<Tuple>()[i]));
        maker_args = std::move(all);
    } else {
        maker = TRY(get_attribute(thread, copyreg, ID(__newobj_ex__)));
        maker_args = TRY(make_tuple(thread, Value::of(type), args.value(), kwargs.value()));
    }
    bool is_container = is_list(self) || is_dict(self);
    Owned state = TRY(get_state(thread, self, !has_args && !is_container));
    Owned list_items = Owned::share(none()), dict_items = Owned::share(none());
    if (is_list(self)) list_items = TRY(iterate(thread, self));
    if (is_dict(self)) {
        Owned items = TRY(call_method(thread, self, ID(items)));
        dict_items = TRY(iterate(thread, items));
    }
    return make_tuple(thread, maker.value(), maker_args.value(), state.value(), list_items.value(),
                      dict_items.value());
}

Owned common_reduce(Thread& thread, Value self, int protocol) {
    if (protocol >= 2) return reduce_by_new(thread, self);
    Owned copyreg = TRY(import_module(thread, ID(copyreg)));
    Owned number = Owned::small_int(protocol);
    return call_method(thread, copyreg, ID(_reduce_ex), self, number);
}

Owned object_reduce(Thread& thread, Value self) {
    return common_reduce(thread, self, 0);
}

Owned object_reduce_ex(Thread& thread, Value self, int protocol) {
    Owned inherited = lookup_in_mro(thread, object_type, ID(__reduce__));
    Owned mine = lookup_in_mro(thread, type_of(self), ID(__reduce__));
    if (!mine.is_nothing() && !same(mine, inherited))
        return call_method(thread, self, ID(__reduce__));
    Owned own = TRY(get_attribute_or_nothing(thread, self, ID(__reduce__)));
    if (!own.is_nothing()) {
        bool native = has_shape(own, k_native_function_shape) &&
                      own.as<NativeFunction>().row->entry.thunk == fn<object_reduce>.thunk;
        if (!native) return call(thread, own);
    }
    return common_reduce(thread, self, protocol);
}

// --- other methods ---

Owned object_format(Thread& thread, Value self, Str& format_spec) {
    if (format_spec.length() > 0)
        return raise(thread, exc::TypeError, "unsupported format string passed to {}.__format__",
                     type_name_of(self));
    return str(thread, self);
}

Owned object_sizeof(Thread& thread, Value self) {
    if (!self.is_object()) return Owned::small_int(8);
    Type& type = type_of(self);
    int64_t size = type.instance_size, item_size = type.item_size;
    if (item_size) {
        auto count = length(thread, self);
        if (count)
            size += *count * item_size;
        else
            clear_exception(thread);
    }
    return make_int(thread, size);
}

Owned object_dir(Thread& thread, Value self) {
    Owned dict = TRY(get_attribute_or_nothing(thread, self, ID(__dict__)));
    Ref<Dict> names = TRY(is_dict(dict) ? dict_copy(thread, dict.as<Dict>()) : make_dict(thread));
    Owned cls = TRY(get_attribute_or_nothing(thread, self, ID(__class__)));
    if (!cls.is_nothing()) TRY(merge_class_names(thread, *names, cls));
    return dict_keys(thread, *names);
}

Owned object_init_subclass(Thread& thread, Type& cls) {
    return Owned::share(none());
}

Owned object_subclasshook(Thread& thread, Type& cls, Value object) {
    return Owned::share(not_implemented());
}

const MethodRow object_methods[] = {
    {"__reduce_ex__", "(self, protocol, /)", fn<object_reduce_ex>, "Helper for pickle."},
    {"__reduce__", "(self, /)", fn<object_reduce>, "Helper for pickle."},
    {"__getstate__", "(self, /)", fn<object_getstate>, "Helper for pickle."},
    {"__subclasshook__", "(cls, object, /)", fn<object_subclasshook>,
     "Abstract classes can override this to customize issubclass().\n\n"
     "This is invoked early on by abc.ABCMeta.__subclasscheck__().\n"
     "It should return True, False or NotImplemented.  If it returns\n"
     "NotImplemented, the normal algorithm is used.  Otherwise, it\n"
     "overrides the normal algorithm (and the outcome is cached).",
     kMethodClass},
    {"__init_subclass__", "(cls, /)", fn<object_init_subclass>,
     "This method is called when a class is subclassed.\n\n"
     "The default implementation does nothing. It may be\n"
     "overridden to extend subclasses.",
     kMethodClass},
    {"__format__", "(self, format_spec, /)", fn<object_format>,
     "Default object formatter.\n\nReturn str(self) if format_spec is empty. Raise TypeError "
     "otherwise."},
    {"__sizeof__", "(self, /)", fn<object_sizeof>, "Size of object in memory, in bytes."},
    {"__dir__", "(self, /)", fn<object_dir>, "Default dir() implementation."},
    {},
};
const GetSetRow object_getsets[] = {
    {"__class__", get_class, set_class, "the object's class"},
    {},
};

}  // namespace

Type object_type;
const TypeSpec object_type_spec = {
    .name = "object",
    .doc =
        "The base class of the class hierarchy.\n\nWhen called, it accepts no arguments and "
        "returns a new featureless\ninstance that has no instance attributes and cannot be "
        "given any.\n",
    .size = sizeof(Object),
    .flags = kTypeBase,
    .slots = {.repr = object_repr,
              .str = object_str,
              .hash = object_hash,
              .get_attribute = generic_get_attribute,
              .set_attribute = generic_set_attribute,
              .compare = object_compare,
              .make = make_plain_object,
              .init = object_init},
    .methods = object_methods,
    .getsets = object_getsets,
    .signature = "()",
};

}  // namespace imugi
