// The type `type`: calling classes, attributes of classes, and what classes show of themselves.
// Reads are lock-free through lookup_in_mro; changes go through set_type_attribute.
#include "memory/heap.h"
#include "object/attribute.h"
#include "object/audit.h"
#include "object/call.h"
#include "object/descriptor.h"
#include "object/dict.h"
#include "object/generic_alias.h"
#include "object/int.h"
#include "object/list.h"
#include "object/mappingproxy.h"
#include "object/native_signature.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"
#include "object/type_parts.h"
#include "thread/lock.h"

namespace imugi {

void leave_bases(Object* class_object) {
    auto& type = *static_cast<Type*>(class_object);
    if (type.base.is_empty()) return;
    Value bases = type.bases.borrow();
    if (!bases.is_empty())
        for (size_t i = 0; i < bases.as<Tuple>().size; i++)
            if (is_type(bases.as<Tuple>()[i]))
                remove_subclass(bases.as<Tuple>()[i].as<Type>(), type);
    remove_subclass(type.base.as<Type>(), type);
}

namespace {

Type& as_type(Value v) {
    return v.as<Type>();
}

// --- making and calling ---

Owned type_make(Thread& thread, Type& given, const Arguments& arguments) {
    if (arguments.count != 3)
        return raise(thread, exc::TypeError, "type.__new__() takes exactly 3 arguments ({} given)",
                     arguments.count);
    const Type* wanted[] = {&str_type, &tuple_type, &dict_type};
    for (size_t i = 0; i < 3; i++)
        if (!is_instance_of(arguments[i], *wanted[i]))
            return raise(
                thread, exc::TypeError, "type.__new__() argument {} must be {}, not {}", i + 1,
                *wanted[i],
                is_none(arguments[i]) ? FormatArgument("None") : type_name_of(arguments[i]));
    auto& bases = arguments[1].as<Tuple>();
    for (size_t i = 0; i < bases.size; i++) {
        if (is_type(bases[i])) continue;
        bool entries = TRY(has_attribute(thread, bases[i], ID(__mro_entries__)));
        if (entries)
            return raise(thread, exc::TypeError,
                         "type() doesn't support MRO entry resolution; use types.new_class()");
    }
    Type* winner = calculate_metaclass(thread, given, bases);
    if (!winner) return {};
    // Name and doc must be text that UTF-8 has.
    size_t size;
    if (!str_utf8(thread, arguments[0].as<Str>(), &size)) return {};
    Owned doc = TRY(dict_get(thread, arguments[2].as<Dict>(), ID(__doc__)));
    if (!doc.is_nothing() && is_str(doc) && !str_utf8(thread, doc.as<Str>(), &size)) return {};
    if (winner != &given && winner->slots.make != type_make && winner->slots.make)
        return winner->slots.make(thread, *winner, arguments);
    return make_class(thread, *winner, arguments[0].as<Str>(), bases, arguments[2].as<Dict>(),
                      {arguments.values + 3, 0, arguments.names});
}

bool type_init(Thread& thread, Value self, const Arguments& arguments) {
    if (arguments.names && arguments.names->size && arguments.count == 1)
        return raise(thread, exc::TypeError, "type.__init__() takes no keyword arguments");
    if (arguments.count != 1 && arguments.count != 3)
        return raise(thread, exc::TypeError, "type.__init__() takes 1 or 3 arguments");
    return true;
}

Owned type_call(Thread& thread, Value self, const Arguments& arguments) {
    Type& type = as_type(self);
    if (&type == &type_type) {
        if (arguments.count == 1 && (!arguments.names || !arguments.names->size))
            return Owned::share(type_of(arguments[0]));
        if (arguments.count == 1)
            return raise(thread, exc::TypeError, "type() takes no keyword arguments");
        if (arguments.count != 3)
            return raise(thread, exc::TypeError, "type() takes 1 or 3 arguments");
    }
    auto make = type.slots.make;
    if (!make)
        return raise(thread, exc::TypeError, "cannot create '{}' instances",
                     type.spec ? FormatArgument(type.spec->name) : FormatArgument(type_name(type)));
    Owned object = TRY(make(thread, type, arguments));
    Type& made = type_of(object);
    if (&made != &type && !is_subtype(made, type)) return object;
    if (made.slots.init && !made.slots.init(thread, object, arguments)) return {};
    return object;
}

// --- attributes of classes ---

Owned type_get_attribute(Thread& thread, Value self, Str& given) {
    Ref<Str> holder;
    Str* name = &given;
    if (!given.is_interned()) {
        Ref<Str> exact = TRY(str_substring(thread, given, 0, given.length()));
        holder = TRY(intern(thread, std::move(exact)));
        name = holder.get();
    }
    Type& type = as_type(self);
    Owned meta = lookup_in_mro(thread, type_of(self), *name);
    auto meta_get = meta.is_nothing() ? nullptr : type_of(meta).slots.descriptor_get;
    if (meta_get && type_of(meta).slots.descriptor_set)
        return get_described(thread, meta_get, meta, self);
    Owned own = lookup_in_mro(thread, type, *name);
    if (!own.is_nothing()) {
        if (auto get = type_of(own).slots.descriptor_get) return get(thread, own, Value(), self);
        return own;
    }
    if (meta_get) return get_described(thread, meta_get, meta, self);
    if (!meta.is_nothing()) return meta;
    return raise_no_attribute(thread, self, *name);
}

bool type_set_attribute(Thread& thread, Value self, Str& given, Value value) {
    Type& type = as_type(self);
    if (type.has(kTypeImmutable))
        return raise(thread, exc::TypeError, "cannot set {} attribute of immutable type '{}'",
                     repr_of(Value::of(given)),
                     type.spec ? FormatArgument(type.spec->name) : FormatArgument(type_name(type)));
    Ref<Str> exact = TRY(str_substring(thread, given, 0, given.length()));
    Ref<Str> name = TRY(intern(thread, std::move(exact)));
    Owned meta = lookup_in_mro(thread, type_of(self), *name);
    if (!meta.is_nothing())
        if (auto set = type_of(meta).slots.descriptor_set) return set(thread, meta, self, value);
    return set_type_attribute(thread, type, *name, value);
}

Owned own_or_nothing(Thread& thread, Type& type, Str& name) {
    return dict_get(thread, type.dict.as<Dict>(), name);
}

Owned get_module(Thread& thread, Value self) {
    Type& type = as_type(self);
    // In the dict of `type` itself is the descriptor.
    if (&type != &type_type) {
        Owned module = TRY(own_or_nothing(thread, type, ID(__module__)));
        // A native class whose instances have a __module__ keeps the descriptor there.
        if (!module.is_nothing() && (!type.spec || is_str(module))) return module;
    }
    if (!type.spec) return raise_attribute_error(thread, self, ID(__module__), "__module__");
    const char* dot = strrchr(type.spec->name, '.');
    if (!dot) return intern(thread, "builtins");
    Ref<Str> name =
        TRY(make_str(thread, type.spec->name, static_cast<size_t>(dot - type.spec->name)));
    return intern(thread, std::move(name));
}

Owned type_repr(Thread& thread, Value self) {
    Type& type = as_type(self);
    Owned module = get_module(thread, self);
    if (!module) clear_exception(thread);
    Owned qualname = read_locked(thread, type, type.qualname);
    if (module && is_str(module) && !str_equal(module.as<Str>(), "builtins"))
        return format(thread, "<class '{}.{}'>", module, qualname);
    return format(thread, "<class '{}'>", qualname);
}

Owned type_or(Thread& thread, Value left, Value right) {
    return union_of(thread, left, right);
}

void type_fields(Object* object, FieldVisitor& visitor) {
    auto& type = *static_cast<Type*>(object);
    // What its bases know of it goes before the bases do.
    if (visitor.destroying) leave_bases(object);
    visitor.visit(type.name);
    visitor.visit(type.qualname);
    visitor.visit(type.bases);
    visitor.visit(type.dict);
    visitor.visit(type.module_object);
    visitor.visit(type.slot_names);
    // Instances that die with their class still ask for its mro and base: these go last.
    visitor.visit(type.mro);
    visitor.visit(type.base);
}

void type_release(Object* object) {
    auto& type = *static_cast<Type*>(object);
    release_shapes(type);
    array_free(type.subclasses);
    type.subclasses = nullptr;
}

// --- getsets ---

bool check_settable(Thread& thread, Type& type, Value value, const char* name) {
    if (type.has(kTypeImmutable))
        return raise(thread, exc::TypeError, "cannot set '{}' attribute of immutable type '{}'",
                     name, type);
    if (value.is_empty())
        return raise(thread, exc::TypeError, "cannot delete '{}' attribute of immutable type '{}'",
                     name, type);
    TRY(audit(thread, "object.__setattr__", Value::of(type), name, value));
    return true;
}

Owned get_name(Thread& thread, Value self) {
    return read_locked(thread, as_type(self), as_type(self).name);
}
bool set_name(Thread& thread, Value self, Value value) {
    Type& type = as_type(self);
    TRY(check_settable(thread, type, value, "__name__"));
    if (!is_str(value))
        return raise(thread, exc::TypeError, "can only assign string to {}.__name__, not '{}'",
                     type, type_name_of(value));
    size_t size;
    if (!str_utf8(thread, value.as<Str>(), &size)) return false;
    for (size_t i = 0; i < value.as<Str>().length(); i++)
        if (value.as<Str>()[i] == 0)
            return raise(thread, exc::ValueError, "type name must not contain null characters");
    // Old names are borrowed by messages that are being made: they stay with the process, so they
    // must not need a class that dies.
    Ref<Str> name = TRY(str_substring(thread, value.as<Str>(), 0, value.as<Str>().length()));
    Owned old = type.name.exchange(std::move(name));
    if (old.value().is_object()) make_immortal(old.value().object());
    return true;
}
Owned get_qualname(Thread& thread, Value self) {
    return read_locked(thread, as_type(self), as_type(self).qualname);
}
bool set_qualname(Thread& thread, Value self, Value value) {
    Type& type = as_type(self);
    TRY(check_settable(thread, type, value, "__qualname__"));
    if (!is_str(value))
        return raise(thread, exc::TypeError, "can only assign string to {}.__qualname__, not '{}'",
                     type, type_name_of(value));
    Owned old;
    Lock guard(thread, type);
    old = type.qualname.exchange(Owned::share(value));
    return true;
}
bool set_module(Thread& thread, Value self, Value value) {
    TRY(check_settable(thread, as_type(self), value, "__module__"));
    // The line was one of the other module.
    auto& dict = as_type(self).dict.as<Dict>();
    TRY(dict_delete(thread, dict, Value::of(ID(__firstlineno__))));
    return set_type_attribute(thread, as_type(self), ID(__module__), value);
}
Owned get_bases(Thread& thread, Value self) {
    return read_locked(thread, as_type(self), as_type(self).bases);
}
bool set_bases_attribute(Thread& thread, Value self, Value value) {
    return set_bases(thread, as_type(self), value);
}
Owned get_mro(Thread& thread, Value self) {
    Owned mro = read_locked(thread, as_type(self), as_type(self).mro);
    return mro ? std::move(mro) : Owned::share(none());
}
Owned get_base(Thread& thread, Value self) {
    Owned base = read_locked(thread, as_type(self), as_type(self).base);
    return base ? std::move(base) : Owned::share(none());
}
Owned get_dict(Thread& thread, Value self) {
    return make_mappingproxy(thread, as_type(self).dict.borrow());
}
Owned get_doc(Thread& thread, Value self) {
    const TypeSpec* spec = as_type(self).spec;
    if (spec && spec->doc) return make_str(thread, spec->doc);
    Owned doc = TRY(own_or_nothing(thread, as_type(self), ID(__doc__)));
    if (doc.is_nothing()) return Owned::share(none());
    if (auto get = type_of(doc).slots.descriptor_get) return get(thread, doc, Value(), self);
    return doc;
}
bool set_doc(Thread& thread, Value self, Value value) {
    TRY(check_settable(thread, as_type(self), value, "__doc__"));
    return set_type_attribute(thread, as_type(self), ID(__doc__), value);
}
// What a docstring that begins "Name(...)\n--\n\n" says; None for any other.
Owned signature_in_doc(Thread& thread, Type& type) {
    Owned doc = TRY(own_or_nothing(thread, type, ID(__doc__)));
    if (!is_str(doc)) return Owned::share(none());
    Str& text = doc.as<Str>();
    Str& name = type_name(type);
    size_t begin = name.length();
    Ref<Str> mark = TRY(make_str(thread, ")\n--\n\n"));
    Ref<Str> blank = TRY(make_str(thread, "\n\n"));
    Index end = str_find(text, *mark, begin, text.length());
    if (end < 0 || text[begin] != '(' || str_find(text, name, 0, begin) != 0 ||
        str_find(text, *blank, begin, static_cast<size_t>(end)) >= 0)
        return Owned::share(none());
    return str_substring(thread, text, begin, static_cast<size_t>(end) + 1);
}

Owned get_text_signature(Thread& thread, Value self) {
    const TypeSpec* spec = as_type(self).spec;
    if (!spec) return signature_in_doc(thread, as_type(self));
    if (!spec->signature) return Owned::share(none());
    return make_str(thread, spec->signature);
}
Owned get_abstract(Thread& thread, Value self) {
    Owned found = Owned::nothing();
    if (&as_type(self) != &type_type)
        found = TRY(own_or_nothing(thread, as_type(self), ID(__abstractmethods__)));
    if (found.is_nothing())
        return raise_attribute_error(thread, self, ID(__abstractmethods__),
                                     "type object '{}' has no attribute '__abstractmethods__'",
                                     as_type(self));
    return found;
}
bool set_abstract(Thread& thread, Value self, Value value) {
    Type& type = as_type(self);
    bool abstract = false;
    if (!value.is_empty()) abstract = TRY(is_true(thread, value));
    TRY(set_type_attribute(thread, type, ID(__abstractmethods__), value));
    if (abstract)
        type.type_flags.fetch_or(kTypeAbstract, std::memory_order_relaxed);
    else
        type.type_flags.fetch_and(~uint32_t{kTypeAbstract}, std::memory_order_relaxed);
    return true;
}

// --- annotations (PEP 649, PEP 749) ---

Owned descriptor_value(Thread& thread, Owned found, Value self) {
    if (auto get = type_of(found).slots.descriptor_get) return get(thread, found, Value(), self);
    return found;
}

Owned get_annotate(Thread& thread, Value self) {
    Type& type = as_type(self);
    if (!type.has(kTypeHeap))
        return raise_attribute_error(thread, self, ID(__annotate__),
                                     "type object '{}' has no attribute '__annotate__'", type);
    for (Str* name : {&ID(__annotate_func__), &ID(__annotate__)}) {
        Owned found = TRY(own_or_nothing(thread, type, *name));
        if (!found.is_nothing()) return descriptor_value(thread, std::move(found), self);
    }
    return Owned::share(none());
}

bool drop_annotations_cache(Thread& thread, Type& type) {
    Owned found = TRY(own_or_nothing(thread, type, ID(__annotations_cache__)));
    return found.is_nothing() ||
           set_type_attribute(thread, type, ID(__annotations_cache__), Value());
}

bool set_annotate(Thread& thread, Value self, Value value) {
    Type& type = as_type(self);
    if (value.is_empty())
        return raise(thread, exc::TypeError, "cannot delete __annotate__ attribute");
    if (type.has(kTypeImmutable))
        return raise(thread, exc::TypeError,
                     "cannot set '__annotate__' attribute of immutable type '{}'", type);
    if (!is_none(value) && !is_callable(value))
        return raise(thread, exc::TypeError, "__annotate__ must be callable or None");
    TRY(set_type_attribute(thread, type, ID(__annotate_func__), value));
    return is_none(value) || drop_annotations_cache(thread, type);
}

Owned get_annotations(Thread& thread, Value self) {
    Type& type = as_type(self);
    if (!type.has(kTypeHeap))
        return raise_attribute_error(thread, self, ID(__annotations__),
                                     "type object '{}' has no attribute '__annotations__'", type);
    for (Str* name : {&ID(__annotations__), &ID(__annotations_cache__)}) {
        Owned found = TRY(own_or_nothing(thread, type, *name));
        if (!found.is_nothing()) return descriptor_value(thread, std::move(found), self);
    }
    Owned annotate = TRY(get_attribute(thread, self, ID(__annotate__)));
    Owned annotations;
    if (is_callable(annotate)) {
        Owned format_number = Owned::small_int(1);
        annotations = TRY(call(thread, annotate, format_number));
        if (!is_dict(annotations))
            return raise(thread, exc::TypeError, "{}.__annotate__() must return a dict, not {}",
                         type, type_name_of(annotations));
    } else {
        annotations = TRY(make_dict(thread));
    }
    TRY(set_type_attribute(thread, type, ID(__annotations_cache__), annotations));
    return annotations;
}

bool set_annotations(Thread& thread, Value self, Value value) {
    Type& type = as_type(self);
    if (type.has(kTypeImmutable))
        return raise(thread, exc::TypeError,
                     "cannot set '__annotations__' attribute of immutable type '{}'", type);
    Owned plain = TRY(own_or_nothing(thread, type, ID(__annotations__)));
    Owned cached = TRY(own_or_nothing(thread, type, ID(__annotations_cache__)));
    if (value.is_empty()) {
        if (plain.is_nothing() && cached.is_nothing())
            return raise_attribute_error(thread, self, ID(__annotations__), "__annotations__");
        if (!plain.is_nothing())
            TRY(set_type_attribute(thread, type, ID(__annotations__), Value()));
        if (!cached.is_nothing()) TRY(drop_annotations_cache(thread, type));
    } else {
        TRY(set_type_attribute(thread, type,
                               plain.is_nothing() ? ID(__annotations_cache__) : ID(__annotations__),
                               value));
    }
    for (Str* name : {&ID(__annotate_func__), &ID(__annotate__)}) {
        Owned found = TRY(own_or_nothing(thread, type, *name));
        if (!found.is_nothing()) TRY(set_type_attribute(thread, type, *name, Value()));
    }
    return true;
}

Owned get_type_params(Thread& thread, Value self) {
    Owned found = Owned::nothing();
    if (&as_type(self) != &type_type)
        found = TRY(own_or_nothing(thread, as_type(self), ID(__type_params__)));
    return found.is_nothing() ? Owned(empty_tuple()) : std::move(found);
}
bool set_type_params(Thread& thread, Value self, Value value) {
    TRY(check_settable(thread, as_type(self), value, "__type_params__"));
    return set_type_attribute(thread, as_type(self), ID(__type_params__), value);
}

// --- numbers that CPython's introspection shows ---

Owned get_basicsize(Thread& thread, Value self) {
    return make_int(thread, as_type(self).instance_size);
}
Owned get_itemsize(Thread& thread, Value self) {
    return make_int(thread, as_type(self).item_size);
}
Owned get_dictoffset(Thread& thread, Value self) {
    return Owned::small_int(as_type(self).has(kTypeHasDict) ? -1 : 0);
}
Owned get_weakrefoffset(Thread& thread, Value self) {
    return Owned::small_int(as_type(self).has(kTypeHasWeakrefs) ? -32 : 0);
}
Owned get_flags(Thread& thread, Value self) {
    static constexpr struct {
        uint32_t mine;
        int theirs;
    } map[] = {
        {kTypeHeap, 9},      {kTypeBase, 10},      {kTypeReady, 12},
        {kTypeTracked, 14},  {kTypeImmutable, 8},  {kTypeNoInstantiate, 7},
        {kTypeSequence, 5},  {kTypeMapping, 6},    {kTypeMethodDescriptor, 17},
        {kTypeAbstract, 20}, {kTypeMatchSelf, 22}, {kTypeIsInt, 24},
        {kTypeIsList, 25},   {kTypeIsTuple, 26},   {kTypeIsBytes, 27},
        {kTypeIsStr, 28},    {kTypeIsDict, 29},    {kTypeIsException, 30},
        {kTypeIsType, 31},
    };
    int64_t flags = 0;
    for (auto& row : map)
        if (as_type(self).has(static_cast<TypeFlag>(row.mine))) flags |= int64_t{1} << row.theirs;
    // CPython makes it at run time, which is what copyreg asks for.
    if (&as_type(self) == &typing_generic_type) flags |= int64_t{1} << 9;
    return make_int(thread, flags);
}

const GetSetRow type_getsets[] = {
    {"__name__", get_name, set_name},
    {"__qualname__", get_qualname, set_qualname},
    {"__bases__", get_bases, set_bases_attribute},
    {"__mro__", get_mro},
    computed_member("__base__", get_base),
    {"__module__", get_module, set_module},
    {"__abstractmethods__", get_abstract, set_abstract},
    {"__dict__", get_dict},
    {"__doc__", get_doc, set_doc},
    {"__text_signature__", get_text_signature},
    {"__annotations__", get_annotations, set_annotations},
    {"__annotate__", get_annotate, set_annotate},
    {"__type_params__", get_type_params, set_type_params},
    computed_member("__basicsize__", get_basicsize),
    computed_member("__itemsize__", get_itemsize),
    computed_member("__flags__", get_flags),
    computed_member("__dictoffset__", get_dictoffset),
    computed_member("__weakrefoffset__", get_weakrefoffset),
    {},
};

// --- methods ---

Owned type_mro(Thread& thread, Type& self) {
    Owned bases = self.bases.share();
    Ref<Tuple> mro = TRY(compute_mro(thread, self, bases.as<Tuple>()));
    return to_list(thread, mro);
}
Owned type_subclasses(Thread& thread, Type& self) {
    return list_subclasses(thread, self);
}
Owned type_prepare(Thread& thread, Type& cls, Args args, Kwargs kwds) {
    return make_dict(thread);
}
Result<bool> type_instancecheck(Thread& thread, Type& self, Value instance) {
    return plain_is_instance(thread, instance, Value::of(self));
}
Result<bool> type_subclasscheck(Thread& thread, Type& self, Value subclass) {
    return plain_is_subclass(thread, subclass, Value::of(self));
}
bool merge_class_dict(Thread& thread, Dict& into, Value cls) {
    Owned dict = get_attribute_or_nothing(thread, cls, ID(__dict__));
    if (!dict) return false;
    if (!dict.is_nothing()) TRY(dict_update(thread, into, dict));
    Owned bases = get_attribute_or_nothing(thread, cls, ID(__bases__));
    if (!bases) return false;
    if (!is_tuple(bases)) return true;
    for (size_t i = 0; i < bases.as<Tuple>().size; i++)
        TRY(merge_class_dict(thread, into, bases.as<Tuple>()[i]));
    return true;
}
Owned type_dir(Thread& thread, Type& self) {
    Ref<Dict> names = TRY(make_dict(thread));
    TRY(merge_class_dict(thread, *names, Value::of(self)));
    return dict_keys(thread, *names);
}
Owned type_sizeof(Thread& thread, Type& self) {
    return make_int(thread, static_cast<int64_t>(sizeof(Type)));
}

const MethodRow type_methods[] = {
    {"mro", "(self, /)", fn<type_mro>, "Return a type's method resolution order."},
    {"__subclasses__", "(self, /)", fn<type_subclasses>, "Return a list of immediate subclasses."},
    {"__prepare__", "(cls, /, *args, **kwds) -> ($cls, name, bases, /, **kwds)", fn<type_prepare>,
     "Create the namespace for the class statement", kMethodClass},
    {"__instancecheck__", "(self, instance, /)", fn<type_instancecheck>,
     "Check if an object is an instance."},
    {"__subclasscheck__", "(self, subclass, /)", fn<type_subclasscheck>,
     "Check if a class is a subclass."},
    {"__dir__", "(self, /)", fn<type_dir>, "Specialized __dir__ implementation for types."},
    {"__sizeof__", "(self, /)", fn<type_sizeof>, "Return memory consumption of the type object."},
    {},
};

}  // namespace

Owned read_locked(Thread& thread, const Object& object, const Slot& slot) {
    SlotRead read = read_slot(slot.word());
    if (!read.retry) return std::move(read.value);
    Lock guard(thread, object);
    return share_locked(slot.word());
}

bool merge_class_names(Thread& thread, Dict& into, Value cls) {
    return merge_class_dict(thread, into, cls);
}

Type type_type;
const TypeSpec type_type_spec = {
    .name = "type",
    .doc = "type(object) -> the object's type\ntype(name, bases, dict, **kwds) -> a new type",
    .size = sizeof(Type),
    .flags =
        kTypeBase | kTypeTracked | kTypeHasWeakrefs | kTypeIsType | kTypeDisallowedSubclassLayout,
    .slots = {.repr = type_repr,
              .call = type_call,
              .get_attribute = type_get_attribute,
              .set_attribute = type_set_attribute,
              .make = type_make,
              .init = type_init,
              .fields = type_fields,
              .release = type_release,
              .bit_or = type_or},
    .methods = type_methods,
    .getsets = type_getsets,
};

}  // namespace imugi
