// attrgetter, itemgetter and methodcaller: callables that remember what to fetch. Immutable.
#include "memory/collector.h"
#include "memory/heap.h"
#include "modules/_operator/operator.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/list.h"
#include "object/protocol.h"
#include "object/repr_guard.h"
#include "object/slice.h"
#include "object/str.h"
#include "object/tuple.h"
#include "object/value_buffer.h"

namespace imugi::operators {

struct Getter : Object {
    Slot wanted;  // tuple of items, or of attribute names as given
    Slot paths;   // attrgetter: for each name a str, or a tuple of str for a dotted one
};
struct MethodCaller : Object {
    Slot name;      // str, interned
    Slot args;      // tuple
    Slot keywords;  // dict; empty for none
};

}  // namespace imugi::operators

namespace imugi {
template <>
struct BuiltinTypeOf<operators::Getter> {
    static Type& type() { return object_type; }
    static bool check(Value value) {
        return is_instance_of_spec(value, operators::itemgetter_spec) ||
               is_instance_of_spec(value, operators::attrgetter_spec);
    }
};
IMUGI_MODULE_TYPE(operators::MethodCaller, operators::methodcaller_spec);
}  // namespace imugi

namespace imugi::operators {

namespace {

void getter_fields(Object* self, FieldVisitor& visitor) {
    visitor.visit(static_cast<Getter*>(self)->wanted);
    visitor.visit(static_cast<Getter*>(self)->paths);
}

// What f(object) is given: exactly one positional argument.
bool check_operand(Thread& thread, const char* name, const Arguments& arguments) {
    if (arguments.names != nullptr && arguments.names->size != 0)
        return raise(thread, exc::TypeError, "{}() takes no keyword arguments", name);
    if (arguments.count != 1)
        return raise(thread, exc::TypeError, "{} expected 1 argument, got {}", name,
                     arguments.count);
    return true;
}

Owned getter_repr(Thread& thread, Value value) {
    auto& self = value.as<Getter>();
    ReprGuard guard(self);
    Owned name = TRY(type_full_name(thread, type_of(value)));
    if (guard.is_recursive()) return format(thread, "{}(...)", name);
    auto& wanted = self.wanted.as<Tuple>();
    StrBuilder text(thread);
    TRY(text.append(name.as<Str>()));
    TRY(text.append('('));
    for (size_t i = 0; i < wanted.size; i++) {
        if (i != 0) TRY(text.append(", "));
        Owned shown = TRY(repr(thread, wanted[i]));
        TRY(text.append(shown.as<Str>()));
    }
    TRY(text.append(')'));
    return text.finish();
}

Owned getter_reduce(Thread& thread, Getter& self) {
    return make_tuple(thread, Value::of(type_of(Value::of(self))), self.wanted.borrow());
}

// --- itemgetter ---

Owned itemgetter_make(Thread& thread, Type& type, const Arguments& arguments) {
    TRY(reject_keywords(thread, "itemgetter", arguments));
    if (arguments.count == 0)
        return raise(thread, exc::TypeError, "itemgetter expected 1 argument, got 0");
    Ref<Tuple> wanted = TRY(make_tuple(thread, arguments.values, arguments.count));
    auto* self = allocate<Getter>(thread, type);
    if (self == nullptr) return {};
    self->wanted.init(std::move(wanted));
    track(self);
    return Owned::adopt(self);
}

Owned fetch_item(Thread& thread, Value object, Value key) {
    if (key.is_small_int() && key.small_int() >= 0) {
        Index index = key.small_int();
        if (is_exact_tuple(object) && static_cast<size_t>(index) < object.as<Tuple>().size)
            return object.as<Tuple>().items[index].share();
        if (is_exact_list(object)) {
            Owned item = list_item(thread, object.as<List>(), index);
            if (!item.is_nothing()) return item;
        }
    }
    return get_item(thread, object, key);
}

Owned itemgetter_call(Thread& thread, Value value, const Arguments& arguments) {
    TRY(check_operand(thread, "itemgetter", arguments));
    auto& wanted = value.as<Getter>().wanted.as<Tuple>();
    if (wanted.size == 1) return fetch_item(thread, arguments[0], wanted[0]);
    Ref<Tuple> result = TRY(make_tuple_blank(thread, wanted.size));
    for (size_t i = 0; i < wanted.size; i++)
        result->items[i].init(TRY(fetch_item(thread, arguments[0], wanted[i])));
    track(result.get());
    return result;
}

// --- attrgetter ---

// A str as it is, interned; "a.b" as a tuple of its parts.
Owned split_path(Thread& thread, Str& name) {
    ValueBuffer parts(thread);
    size_t start = 0;
    for (size_t i = 0; i <= name.length(); i++) {
        if (i != name.length() && name[i] != '.') continue;
        Ref<Str> part = TRY(str_substring(thread, name, start, i));
        TRY(parts.append(TRY(intern(thread, std::move(part)))));
        start = i + 1;
    }
    if (parts.size() == 1) return Owned::share(parts[0]);
    return parts.to_tuple();
}

Owned attrgetter_make(Thread& thread, Type& type, const Arguments& arguments) {
    TRY(reject_keywords(thread, "attrgetter", arguments));
    if (arguments.count == 0)
        return raise(thread, exc::TypeError, "attrgetter expected 1 argument, got 0");
    ValueBuffer paths(thread);
    for (uint32_t i = 0; i < arguments.count; i++) {
        if (!is_str(arguments[i]))
            return raise(thread, exc::TypeError, "attribute name must be a string");
        TRY(paths.append(TRY(split_path(thread, arguments[i].as<Str>()))));
    }
    Ref<Tuple> wanted = TRY(make_tuple(thread, arguments.values, arguments.count));
    Ref<Tuple> split = TRY(paths.to_tuple());
    auto* self = allocate<Getter>(thread, type);
    if (self == nullptr) return {};
    self->wanted.init(std::move(wanted));
    self->paths.init(std::move(split));
    track(self);
    return Owned::adopt(self);
}

Owned fetch_path(Thread& thread, Value object, Value path) {
    if (is_str(path)) return get_attribute(thread, object, path.as<Str>());
    auto& parts = path.as<Tuple>();
    Owned at = Owned::share(object);
    for (size_t i = 0; i < parts.size; i++) at = TRY(get_attribute(thread, at, parts[i].as<Str>()));
    return at;
}

Owned attrgetter_call(Thread& thread, Value value, const Arguments& arguments) {
    TRY(check_operand(thread, "attrgetter", arguments));
    auto& paths = value.as<Getter>().paths.as<Tuple>();
    if (paths.size == 1) return fetch_path(thread, arguments[0], paths[0]);
    Ref<Tuple> result = TRY(make_tuple_blank(thread, paths.size));
    for (size_t i = 0; i < paths.size; i++)
        result->items[i].init(TRY(fetch_path(thread, arguments[0], paths[i])));
    track(result.get());
    return result;
}

// --- methodcaller ---

void methodcaller_fields(Object* object, FieldVisitor& visitor) {
    auto* self = static_cast<MethodCaller*>(object);
    visitor.visit(self->name);
    visitor.visit(self->args);
    visitor.visit(self->keywords);
}

Owned methodcaller_make(Thread& thread, Type& type, const Arguments& arguments) {
    if (arguments.count == 0)
        return raise(thread, exc::TypeError,
                     "methodcaller needs at least one argument, the method name");
    if (!is_str(arguments[0])) return raise(thread, exc::TypeError, "method name must be a string");
    Ref<Str> name = TRY(intern(thread, Ref<Str>::share(arguments[0].as<Str>())));
    Ref<Tuple> args = TRY(make_tuple(thread, arguments.values + 1, arguments.count - 1));
    Ref<Dict> keywords;
    size_t named = arguments.names != nullptr ? arguments.names->size : 0;
    if (named != 0) {
        keywords = TRY(make_dict(thread, named));
        for (size_t i = 0; i < named; i++)
            TRY(dict_set(thread, *keywords, (*arguments.names)[i], arguments[arguments.count + i]));
    }
    auto* self = allocate<MethodCaller>(thread, type);
    if (self == nullptr) return {};
    self->name.init(std::move(name));
    self->args.init(std::move(args));
    if (keywords) self->keywords.init(std::move(keywords));
    track(self);
    return Owned::adopt(self);
}

Owned methodcaller_call(Thread& thread, Value value, const Arguments& arguments) {
    TRY(check_operand(thread, "methodcaller", arguments));
    auto& self = value.as<MethodCaller>();
    auto& args = self.args.as<Tuple>();
    auto& name = self.name.as<Str>();
    if (!self.keywords.is_empty()) {
        Owned method = TRY(get_attribute(thread, arguments[0], name));
        return call_with(thread, method, args, &self.keywords.as<Dict>());
    }
    constexpr size_t kFew = 8;
    if (args.size <= kFew) {
        Value values[kFew];
        for (size_t i = 0; i < args.size; i++) values[i] = args[i];
        return call_method_with(thread, arguments[0], name,
                                Arguments{values, static_cast<uint32_t>(args.size), nullptr});
    }
    Owned method = TRY(get_attribute(thread, arguments[0], name));
    return call_with(thread, method, args, nullptr);
}

Owned methodcaller_repr(Thread& thread, Value value) {
    auto& self = value.as<MethodCaller>();
    ReprGuard guard(self);
    Owned type_name = TRY(type_full_name(thread, type_of(value)));
    if (guard.is_recursive()) return format(thread, "{}(...)", type_name);
    StrBuilder text(thread);
    TRY(text.append(type_name.as<Str>()));
    TRY(text.append('('));
    Owned shown = TRY(repr(thread, self.name.borrow()));
    TRY(text.append(shown.as<Str>()));
    auto& args = self.args.as<Tuple>();
    for (size_t i = 0; i < args.size; i++) {
        TRY(text.append(", "));
        shown = TRY(repr(thread, args[i]));
        TRY(text.append(shown.as<Str>()));
    }
    if (!self.keywords.is_empty()) {
        size_t position = 0;
        Owned key, item;
        while (dict_next(thread, self.keywords.as<Dict>(), &position, &key, &item)) {
            shown = TRY(repr(thread, item));
            Ref<Str> pair = TRY(format(thread, ", {}={}", key, shown));
            TRY(text.append(*pair));
        }
    }
    TRY(text.append(')'));
    return text.finish();
}

Owned methodcaller_reduce(Thread& thread, MethodCaller& self) {
    Ref<Type> type = share_type(Value::of(self));
    Ref<Tuple> name = TRY(make_tuple(thread, self.name.borrow()));
    if (self.keywords.is_empty()) {
        Ref<Tuple> arguments = TRY(tuple_concat(thread, *name, self.args.as<Tuple>()));
        return make_tuple(thread, type, arguments);
    }
    Ref<Str> functools = TRY(make_str(thread, "functools"));
    Owned module = TRY(import_module(thread, *functools));
    Owned partial = TRY(get_attribute(thread, module, ID(partial)));
    Ref<Tuple> positional = TRY(make_tuple(thread, type, self.name.borrow()));
    Owned constructor = TRY(call_with(thread, partial, *positional, &self.keywords.as<Dict>()));
    return make_tuple(thread, constructor, self.args.borrow());
}

Owned call_signature(Thread& thread, Value) {
    return make_str(thread, "(obj, /)");
}

// What inspect.signature() of an instance shows.
const GetSetRow signature_getsets[] = {{"__text_signature__", call_signature}, {}};

const MethodRow getter_rows[] = {
    {"__reduce__", "(self, /)", fn<getter_reduce>, "Return state information for pickling"},
    {},
};
const MethodRow methodcaller_rows[] = {
    {"__reduce__", "(self, /)", fn<methodcaller_reduce>, "Return state information for pickling"},
    {},
};

}  // namespace

const TypeSpec itemgetter_spec = {
    .name = "operator.itemgetter",
    .doc =
        "Return a callable object that fetches the given item(s) from its operand.\n"
        "After f = itemgetter(2), the call f(r) returns r[2].\n"
        "After g = itemgetter(2, 5, 3), the call g(r) returns (r[2], r[5], r[3])",
    .size = sizeof(Getter),
    .flags = kTypeBase | kTypeTracked,
    .slots = {.repr = getter_repr,
              .call = itemgetter_call,
              .make = itemgetter_make,
              .fields = getter_fields},
    .methods = getter_rows,
    .getsets = signature_getsets,
    .signature = "(item, /, *items)",
};

const TypeSpec attrgetter_spec = {
    .name = "operator.attrgetter",
    .doc =
        "Return a callable object that fetches the given attribute(s) from its operand.\n"
        "After f = attrgetter('name'), the call f(r) returns r.name.\n"
        "After g = attrgetter('name', 'date'), the call g(r) returns (r.name, r.date).\n"
        "After h = attrgetter('name.first', 'name.last'), the call h(r) returns\n"
        "(r.name.first, r.name.last).",
    .size = sizeof(Getter),
    .flags = kTypeBase | kTypeTracked,
    .slots = {.repr = getter_repr,
              .call = attrgetter_call,
              .make = attrgetter_make,
              .fields = getter_fields},
    .methods = getter_rows,
    .getsets = signature_getsets,
    .signature = "(attr, /, *attrs)",
};

const TypeSpec methodcaller_spec = {
    .name = "operator.methodcaller",
    .doc =
        "Return a callable object that calls the given method on its operand.\n"
        "After f = methodcaller('name'), the call f(r) returns r.name().\n"
        "After g = methodcaller('name', 'date', foo=1), the call g(r) returns\n"
        "r.name('date', foo=1).",
    .size = sizeof(MethodCaller),
    .flags = kTypeBase | kTypeTracked,
    .slots = {.repr = methodcaller_repr,
              .call = methodcaller_call,
              .make = methodcaller_make,
              .fields = methodcaller_fields},
    .methods = methodcaller_rows,
    .getsets = signature_getsets,
    .signature = "(name, /, *args, **kwargs)",
};

}  // namespace imugi::operators
