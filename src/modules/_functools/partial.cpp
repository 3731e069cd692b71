// functools.partial and its Placeholder. __setstate__ replaces the fields of a partial object, so
// each is read with a reference of one's own.
#include "memory/collector.h"
#include "modules/_functools/functools.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/function.h"
#include "object/pickling.h"
#include "object/protocol.h"
#include "object/repr_guard.h"
#include "object/stepping.h"
#include "object/str.h"
#include "object/tuple.h"
#include "object/value_buffer.h"

namespace imugi::functools {

struct Partial : Object {
    Slot function;
    Slot args;      // tuple, Placeholders among them
    Slot keywords;  // dict
};

}  // namespace imugi::functools

namespace imugi {
IMUGI_MODULE_TYPE(functools::Partial, functools::partial_spec);
}

namespace imugi::functools {

namespace {

void partial_fields(Object* object, FieldVisitor& visitor) {
    auto* self = static_cast<Partial*>(object);
    visitor.visit(self->function);
    visitor.visit(self->args);
    visitor.visit(self->keywords);
}

Value placeholder_of(Value partial) {
    return Value::of(state_of_type<State>(type_of(partial), partial_spec).placeholder);
}

size_t count_placeholders(Tuple& args, Value placeholder) {
    size_t count = 0;
    for (size_t i = 0; i < args.size; i++) count += same(args[i], placeholder);
    return count;
}

// The stored arguments with their Placeholders filled from `given`, and the rest of these behind.
bool merge(Thread& thread, Tuple& stored, Value placeholder, const Value* given, size_t count,
           ValueBuffer& out) {
    size_t taken = 0;
    TRY(out.reserve(stored.size + count));
    for (size_t i = 0; i < stored.size; i++) {
        bool fill = same(stored[i], placeholder) && taken < count;
        TRY(out.append(Owned::share(fill ? given[taken++] : stored[i])));
    }
    for (; taken < count; taken++) TRY(out.append(Owned::share(given[taken])));
    return true;
}

Owned partial_make(Thread& thread, Type& type, const Arguments& arguments) {
    if (arguments.count == 0)
        return raise(thread, exc::TypeError, "type 'partial' takes at least one argument");
    if (!is_callable(arguments[0]))
        return raise(thread, exc::TypeError, "the first argument must be callable");
    auto& state = state_of_type<State>(type, partial_spec);
    Value placeholder = Value::of(state.placeholder);
    size_t named = arguments.names != nullptr ? arguments.names->size : 0;
    if (arguments.count > 1 && same(arguments[arguments.count - 1], placeholder))
        return raise(thread, exc::TypeError, "trailing Placeholders are not allowed");
    for (size_t i = 0; i < named; i++)
        if (same(arguments[arguments.count + i], placeholder))
            return raise(thread, exc::TypeError,
                         "Placeholder cannot be passed as a keyword argument");
    Owned function = Owned::share(arguments[0]);
    Ref<Tuple> args;
    Ref<Dict> keywords;
    const Value* given = arguments.values + 1;
    size_t count = arguments.count - 1;
    // A partial of a partial is made one, unless it has attributes of its own.
    Type& inner_type = type_of(function);
    if (inner_type.spec == &partial_spec && type.spec == &partial_spec) {
        auto& inner = function.as<Partial>();
        Owned inner_args = load_field(thread, inner, inner.args);
        Owned inner_keywords = load_field(thread, inner, inner.keywords);
        Owned inner_function = load_field(thread, inner, inner.function);
        ValueBuffer merged(thread);
        TRY(merge(thread, inner_args.as<Tuple>(), placeholder, given, count, merged));
        args = TRY(merged.to_tuple());
        keywords = TRY(dict_copy(thread, inner_keywords.as<Dict>()));
        function = std::move(inner_function);
    } else {
        args = TRY(make_tuple(thread, given, count));
        keywords = TRY(make_dict(thread));
    }
    for (size_t i = 0; i < named; i++)
        TRY(dict_set(thread, *keywords, (*arguments.names)[i], arguments[arguments.count + i]));
    auto* self = allocate<Partial>(thread, type);
    if (self == nullptr) return {};
    self->function.init(std::move(function));
    self->args.init(std::move(args));
    self->keywords.init(std::move(keywords));
    track(self);
    return Owned::adopt(self);
}

// Values and names of the call: the stored keywords, overridden by the given ones, behind `values`.
Ref<Tuple> merge_keywords(Thread& thread, Dict& stored, const Arguments& given,
                          ValueBuffer& values) {
    Ref<Dict> merged = TRY(dict_copy(thread, stored));
    size_t named = given.names != nullptr ? given.names->size : 0;
    for (size_t i = 0; i < named; i++)
        TRY(dict_set(thread, *merged, (*given.names)[i], given[given.count + i]));
    ValueBuffer names(thread);
    size_t position = 0;
    Owned key, value;
    while (dict_next(thread, *merged, &position, &key, &value)) {
        if (!is_str(key)) return raise(thread, exc::TypeError, "keywords must be strings");
        TRY(names.append(std::move(key)));
        TRY(values.append(std::move(value)));
    }
    return names.to_tuple();
}

Owned partial_call(Thread& thread, Value value, const Arguments& given) {
    auto& self = value.as<Partial>();
    Owned function = load_field(thread, self, self.function);
    Owned held_args = load_field(thread, self, self.args);
    Owned keywords = load_field(thread, self, self.keywords);
    auto& args = held_args.as<Tuple>();
    Value placeholder = placeholder_of(value);
    size_t wanted = count_placeholders(args, placeholder);
    if (given.count < wanted)
        return raise(thread, exc::TypeError,
                     "missing positional arguments in 'partial' call; expected at least {}, got {}",
                     wanted, given.count);
    size_t named = given.names != nullptr ? given.names->size : 0;
    bool plain = dict_size(keywords.as<Dict>()) == 0;
    constexpr size_t kFew = 12;
    if (plain && wanted == 0 && args.size + given.count + named <= kFew) {
        Value values[kFew];
        size_t count = 0;
        for (size_t i = 0; i < args.size; i++) values[count++] = args[i];
        for (size_t i = 0; i < given.count + named; i++) values[count++] = given[i];
        return call(thread, function,
                    Arguments{values, static_cast<uint32_t>(args.size + given.count), given.names});
    }
    ValueBuffer values(thread);
    TRY(merge(thread, args, placeholder, given.values, given.count, values));
    auto positional = static_cast<uint32_t>(values.size());
    Ref<Tuple> names;
    if (!plain) {
        names = TRY(merge_keywords(thread, keywords.as<Dict>(), given, values));
    } else if (named != 0) {
        names = Ref<Tuple>::share(*given.names);
        for (size_t i = 0; i < named; i++) TRY(values.append(Owned::share(given[given.count + i])));
    }
    auto* words = reinterpret_cast<const Value*>(values.slots());
    bool any_names = names && names->size != 0;
    return call(thread, function, Arguments{words, positional, any_names ? names.get() : nullptr});
}

Owned partial_get(Thread& thread, Value self, Value instance, Value) {
    if (instance.is_empty() || is_none(instance)) return Owned::share(self);
    return make_bound_method(thread, self, instance);
}

Owned partial_repr(Thread& thread, Value value) {
    auto& self = value.as<Partial>();
    Owned name = TRY(type_full_name(thread, type_of(value)));
    ReprGuard guard(self);
    if (guard.is_recursive()) return make_str(thread, "...");
    Owned function = load_field(thread, self, self.function);
    Owned args = load_field(thread, self, self.args);
    Owned keywords = load_field(thread, self, self.keywords);
    StrBuilder text(thread);
    TRY(text.append(name.as<Str>()));
    TRY(text.append('('));
    Owned shown = TRY(repr(thread, function));
    TRY(text.append(shown.as<Str>()));
    for (size_t i = 0; i < args.as<Tuple>().size; i++) {
        TRY(text.append(", "));
        shown = TRY(repr(thread, args.as<Tuple>()[i]));
        TRY(text.append(shown.as<Str>()));
    }
    size_t position = 0;
    Owned key, item;
    while (dict_next(thread, keywords.as<Dict>(), &position, &key, &item)) {
        shown = TRY(repr(thread, item));
        Ref<Str> pair = TRY(format(thread, ", {}={}", key, shown));
        TRY(text.append(*pair));
    }
    TRY(text.append(')'));
    return text.finish();
}

Owned partial_reduce(Thread& thread, Partial& self) {
    Owned function = load_field(thread, self, self.function);
    Owned args = load_field(thread, self, self.args);
    Owned keywords = load_field(thread, self, self.keywords);
    Owned attributes = TRY(call_getstate(thread, Value::of(self)));
    Ref<Tuple> constructor = TRY(make_tuple(thread, function));
    Ref<Tuple> state = TRY(make_tuple(thread, function, args, keywords, attributes));
    return make_tuple(thread, Value::of(type_of(Value::of(self))), constructor, state);
}

bool partial_setstate(Thread& thread, Partial& self, Value state) {
    auto invalid = [&]() -> bool { return raise(thread, exc::TypeError, "invalid partial state"); };
    if (!is_tuple(state) || state.as<Tuple>().size != 4) return invalid();
    auto& parts = state.as<Tuple>();
    if (!is_callable(parts[0]) || !is_tuple(parts[1])) return invalid();
    if (!is_none(parts[2]) && !is_dict(parts[2])) return invalid();
    Value placeholder = placeholder_of(Value::of(self));
    auto& given = parts[1].as<Tuple>();
    if (given.size != 0 && same(given[given.size - 1], placeholder))
        return raise(thread, exc::TypeError, "trailing Placeholders are not allowed");
    Ref<Tuple> args = TRY(tuple_from(thread, parts[1]));
    Owned keywords;
    if (is_none(parts[2])) {
        keywords = TRY(make_dict(thread));
    } else if (is_exact_dict(parts[2])) {
        keywords = Owned::share(parts[2]);
    } else {
        keywords = TRY(dict_copy(thread, parts[2].as<Dict>()));
    }
    if (!is_none(parts[3])) {
        TRY(set_instance_dict(thread, &self, parts[3]));
    } else {
        Ref<Dict> none_left = TRY(make_dict(thread));
        TRY(set_instance_dict(thread, &self, none_left));
    }
    Owned old_function = swap_field(thread, self, self.function, Owned::share(parts[0]));
    Owned old_args = swap_field(thread, self, self.args, std::move(args));
    Owned old_keywords = swap_field(thread, self, self.keywords, std::move(keywords));
    return true;
}

template <Slot Partial::* field>
Owned get_field(Thread& thread, Value value) {
    auto& self = value.as<Partial>();
    return load_field(thread, self, self.*field);
}

const MethodRow partial_rows[] = {
    {"__reduce__", "(self, /)", fn<partial_reduce>},
    {"__setstate__", "(self, object, /)", fn<partial_setstate>},
    {"__class_getitem__", "(type, object, /)", fn<class_getitem>, "See PEP 585", kMethodClass},
    {},
};
const GetSetRow partial_getsets[] = {
    kInstanceDictRow,
    {"func", get_field<&Partial::function>, nullptr,
     "function object to use in future partial calls"},
    {"args", get_field<&Partial::args>, nullptr, "tuple of arguments to future partial calls"},
    {"keywords", get_field<&Partial::keywords>, nullptr,
     "dictionary of keyword arguments to future partial calls"},
    {},
};

// --- Placeholder ---

Owned placeholder_make(Thread& thread, Type& type, const Arguments& arguments) {
    size_t named = arguments.names != nullptr ? arguments.names->size : 0;
    if (arguments.count != 0 || named != 0)
        return raise(thread, exc::TypeError, "_PlaceholderType takes no arguments");
    return Owned::share(*state_of_type<State>(type, placeholder_spec).placeholder);
}

Owned placeholder_repr(Thread& thread, Value) {
    return make_str(thread, "Placeholder");
}

Owned placeholder_reduce(Thread& thread, Value) {
    return make_str(thread, "Placeholder");
}

const MethodRow placeholder_rows[] = {
    {"__reduce__", "(self, /)", fn<placeholder_reduce>},
    {},
};

}  // namespace

const TypeSpec partial_spec = {
    .name = "functools.partial",
    .doc = "Create a new function with partial application of the given arguments and keywords.",
    .size = sizeof(Partial),
    .flags = kTypeBase | kTypeTracked | kTypeHasDict | kTypeHasWeakrefs | kTypeMethodDescriptor,
    .slots = {.repr = partial_repr,
              .call = partial_call,
              .descriptor_get = partial_get,
              .make = partial_make,
              .fields = partial_fields},
    .methods = partial_rows,
    .getsets = partial_getsets,
    .signature = "(func, /, *args, **keywords)",
};

const TypeSpec placeholder_spec = {
    .name = "functools._PlaceholderType",
    .doc =
        "The type of the Placeholder singleton.\n\n"
        "Used as a placeholder for partial arguments.",
    .size = sizeof(Object),
    .slots = {.repr = placeholder_repr, .make = placeholder_make},
    .methods = placeholder_rows,
};

}  // namespace imugi::functools
