// string.templatelib's Template and Interpolation (PEP 750). Immutable.
#include "memory/collector.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/generic_alias.h"
#include "object/module.h"
#include "object/native.h"
#include "object/pickling.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"
#include "object/value_buffer.h"
#include "object/vm_support.h"

namespace imugi {

struct Template : Object {
    Slot strings;         // tuple, one longer than the next
    Slot interpolations;  // tuple
};
IMUGI_BUILTIN_TYPE_BY_OBJECT(Template, template_type);

struct Interpolation : Object {
    Slot value, expression, conversion, format_spec;
};
IMUGI_BUILTIN_TYPE_BY_OBJECT(Interpolation, interpolation_type);

// Strings that are not empty, and interpolations, in turn.
struct TemplateIterator : Object {
    Slot source;
    std::atomic<uint32_t> at;  // strings are even places
};

namespace {

Template& as_template(Value v) {
    return v.as<Template>();
}
Interpolation& as_interpolation(Value v) {
    return v.as<Interpolation>();
}

// --- Interpolation ---

Owned interpolation_make(Thread& thread, Type& type, const Arguments& arguments) {
    Value out[4];
    TRY(bind_arguments(thread, "Interpolation",
                       "(value, expression='', conversion=None, format_spec='')", arguments, out,
                       4));
    if (!is_str(out[1]))
        return raise(thread, exc::TypeError,
                     "Interpolation() argument 'expression' must be str, not {}",
                     type_name_of(out[1]));
    if (!is_none(out[2])) {
        if (!is_str(out[2]))
            return raise(thread, exc::TypeError,
                         "Interpolation() argument 'conversion' must be str, not {}",
                         type_name_of(out[2]));
        auto& conversion = out[2].as<Str>();
        if (conversion.length() != 1 ||
            (conversion[0] != 's' && conversion[0] != 'a' && conversion[0] != 'r'))
            return raise(thread, exc::ValueError,
                         "Interpolation() argument 'conversion' must be one of 's', 'a' or 'r'");
    }
    if (!is_str(out[3]))
        return raise(thread, exc::TypeError,
                     "Interpolation() argument 'format_spec' must be str, not {}",
                     type_name_of(out[3]));
    auto* made = allocate<Interpolation>(thread, type);
    if (!made) return {};
    made->value.init(Owned::share(out[0]));
    made->expression.init(Owned::share(out[1]));
    made->conversion.init(Owned::share(out[2]));
    made->format_spec.init(Owned::share(out[3]));
    track(made);
    return Owned::adopt(made);
}
Owned interpolation_repr(Thread& thread, Value self) {
    auto& i = as_interpolation(self);
    return format(thread, "{}({}, {}, {}, {})", type_name(type_of(self)), repr_of(i.value.borrow()),
                  repr_of(i.expression.borrow()), repr_of(i.conversion.borrow()),
                  repr_of(i.format_spec.borrow()));
}
void interpolation_fields(Object* object, FieldVisitor& visitor) {
    auto& i = *static_cast<Interpolation*>(object);
    visitor.visit(i.value);
    visitor.visit(i.expression);
    visitor.visit(i.conversion);
    visitor.visit(i.format_spec);
}
Owned interpolation_reduce(Thread& thread, Interpolation& self) {
    Ref<Tuple> arguments = TRY(make_tuple(thread, self.value.borrow(), self.expression.borrow(),
                                          self.conversion.borrow(), self.format_spec.borrow()));
    return make_tuple(thread, Value::of(type_of(Value::of(self))), arguments.value());
}
Owned get_match_args(Thread& thread) {
    Owned a = Owned::share(ID(value)), b = Owned::share(ID(expression));
    Owned c = Owned::share(ID(conversion)), d = Owned::share(ID(format_spec));
    return make_tuple(thread, a.value(), b.value(), c.value(), d.value());
}
const MethodRow interpolation_methods[] = {
    {"__class_getitem__", "(cls, item, /)", fn<class_getitem>, "See PEP 585", kMethodClass},
    {"__reduce__", "(self, /)", fn<interpolation_reduce>, nullptr},
    {},
};
const MemberRow interpolation_members[] = {
    {"value", MemberKind::kObject, offsetof(Interpolation, value), true, "Value"},
    {"expression", MemberKind::kObject, offsetof(Interpolation, expression), true, "Expression"},
    {"conversion", MemberKind::kObject, offsetof(Interpolation, conversion), true, "Conversion"},
    {"format_spec", MemberKind::kObject, offsetof(Interpolation, format_spec), true,
     "Format specifier"},
    {},
};

// --- Template ---

Owned make_from_tuples(Thread& thread, Type& type, Value strings, Value interpolations) {
    auto* made = allocate<Template>(thread, type);
    if (!made) return {};
    made->strings.init(Owned::share(strings));
    made->interpolations.init(Owned::share(interpolations));
    track(made);
    return Owned::adopt(made);
}

// Strings that stand side by side are one; between interpolations there is always a string.
Owned template_make(Thread& thread, Type& type, const Arguments& arguments) {
    if (arguments.names && arguments.names->size)
        return raise(thread, exc::TypeError, "Template.__new__ only accepts *args arguments");
    ValueBuffer strings(thread), interpolations(thread);
    Owned last = empty_str();
    for (uint32_t i = 0; i < arguments.count; i++) {
        if (is_str(arguments[i])) {
            last = TRY(str_concat(thread, last.as<Str>(), arguments[i].as<Str>()));
        } else if (has_shape(arguments[i], k_interpolation_shape)) {
            TRY(strings.append(std::move(last)));
            last = empty_str();
            TRY(interpolations.append(Owned::share(arguments[i])));
        } else {
            return raise(
                thread, exc::TypeError,
                "Template.__new__ *args need to be of type 'str' or 'Interpolation', got {}",
                type_name_of(arguments[i]));
        }
    }
    TRY(strings.append(std::move(last)));
    Ref<Tuple> string_tuple = TRY(strings.to_tuple());
    Ref<Tuple> interpolation_tuple = TRY(interpolations.to_tuple());
    return make_from_tuples(thread, type, string_tuple, interpolation_tuple);
}

Owned template_repr(Thread& thread, Value self) {
    auto& t = as_template(self);
    return format(thread, "{}(strings={}, interpolations={})", type_name(type_of(self)),
                  repr_of(t.strings.borrow()), repr_of(t.interpolations.borrow()));
}

Owned template_concat(Thread& thread, Value left, Value right) {
    if (!has_shape(left, k_template_shape) || !has_shape(right, k_template_shape))
        return raise(thread, exc::TypeError,
                     "can only concatenate string.templatelib.Template (not \"{}\") to "
                     "string.templatelib.Template",
                     type_name_of(has_shape(left, k_template_shape) ? right : left));
    auto& a = as_template(left).strings.as<Tuple>();
    auto& b = as_template(right).strings.as<Tuple>();
    ValueBuffer strings(thread);
    for (size_t i = 0; i + 1 < a.size; i++) TRY(strings.append(Owned::share(a[i])));
    TRY(strings.append(TRY(str_concat(thread, a[a.size - 1].as<Str>(), b[0].as<Str>()))));
    for (size_t i = 1; i < b.size; i++) TRY(strings.append(Owned::share(b[i])));
    Ref<Tuple> all_strings = TRY(strings.to_tuple());
    Ref<Tuple> all = TRY(tuple_concat(thread, as_template(left).interpolations.as<Tuple>(),
                                      as_template(right).interpolations.as<Tuple>()));
    return make_from_tuples(thread, template_type, all_strings, all);
}

Owned template_iter(Thread& thread, Value self) {
    auto* iterator = allocate<TemplateIterator>(thread, template_iterator_type);
    if (!iterator) return {};
    iterator->source.init(Owned::share(self));
    track(iterator);
    return Owned::adopt(iterator);
}

void template_fields(Object* object, FieldVisitor& visitor) {
    visitor.visit(static_cast<Template*>(object)->strings);
    visitor.visit(static_cast<Template*>(object)->interpolations);
}

Owned template_reduce(Thread& thread, Template& self) {
    Owned maker =
        TRY(module_attribute(thread, *name_slot<"string.templatelib">.str, ID(_template_unpickle)));
    Ref<Tuple> arguments =
        TRY(make_tuple(thread, self.strings.borrow(), self.interpolations.borrow()));
    return make_tuple(thread, maker.value(), arguments.value());
}

Owned get_values(Thread& thread, Value self) {
    auto& interpolations = as_template(self).interpolations.as<Tuple>();
    Ref<Tuple> values = TRY(make_tuple_blank(thread, interpolations.size));
    for (size_t i = 0; i < interpolations.size; i++)
        values->items[i].init(as_interpolation(interpolations[i]).value.share());
    track(values.get());
    return values;
}

const MethodRow template_methods[] = {
    {"__reduce__", "(self, /)", fn<template_reduce>, nullptr},
    {},
};
const MemberRow template_members[] = {
    {"strings", MemberKind::kObject, offsetof(Template, strings), true, "Strings"},
    {"interpolations", MemberKind::kObject, offsetof(Template, interpolations), true,
     "Interpolations"},
    {},
};
const GetSetRow template_getsets[] = {
    {"values", get_values, nullptr, "Values of interpolations"},
    {},
};

// --- iterator ---

Owned iterator_self(Thread& thread, Value self) {
    return Owned::share(self);
}
Owned iterator_next(Thread& thread, Value self) {
    auto& iterator = self.as<TemplateIterator>();
    auto& source = as_template(iterator.source.borrow());
    auto& strings = source.strings.as<Tuple>();
    auto& interpolations = source.interpolations.as<Tuple>();
    for (;;) {
        uint32_t at = iterator.at.fetch_add(1, std::memory_order_relaxed);
        if (at / 2 >= strings.size || (at % 2 && at / 2 >= interpolations.size)) {
            iterator.at.fetch_sub(1, std::memory_order_relaxed);
            return Owned::nothing();
        }
        if (at % 2) return Owned::share(interpolations[at / 2]);
        if (strings[at / 2].as<Str>().length()) return Owned::share(strings[at / 2]);
    }
}
void iterator_fields(Object* object, FieldVisitor& visitor) {
    visitor.visit(static_cast<TemplateIterator*>(object)->source);
}

}  // namespace

Owned make_template(Thread& thread, Tuple& strings, Tuple& interpolations) {
    return make_from_tuples(thread, template_type, Value::of(strings), Value::of(interpolations));
}

Owned make_interpolation(Thread& thread, Value value, Str& expression, char conversion,
                         Value spec) {
    auto* made = allocate<Interpolation>(thread, interpolation_type);
    if (!made) return {};
    Owned result = Owned::adopt(made);
    made->value.init(Owned::share(value));
    made->expression.init(Owned::share(expression));
    made->conversion.init(conversion ? Owned(TRY(make_str(thread, &conversion, 1)))
                                     : Owned::share(none()));
    made->format_spec.init(spec.is_empty() ? Owned(empty_str()) : Owned::share(spec));
    track(made);
    return result;
}

bool init_templates(Thread& thread) {
    // Class attributes that are no methods.
    Owned names = TRY(get_match_args(thread));
    make_immortal(names.value().object());
    return set_type_attribute(thread, interpolation_type, ID(__match_args__), names);
}

Type template_type;
const TypeSpec template_type_spec = {
    .name = "string.templatelib.Template",
    .doc = "Template object",
    .size = sizeof(Template),
    .flags = kTypeTracked,
    .slots = {.repr = template_repr,
              .iter = template_iter,
              .make = template_make,
              .fields = template_fields,
              .concat = template_concat},
    .methods = template_methods,
    .members = template_members,
    .getsets = template_getsets,
};

Type interpolation_type;
const TypeSpec interpolation_type_spec = {
    .name = "string.templatelib.Interpolation",
    .doc = "Interpolation object",
    .size = sizeof(Interpolation),
    .flags = kTypeTracked,
    .slots = {.repr = interpolation_repr,
              .make = interpolation_make,
              .fields = interpolation_fields},
    .methods = interpolation_methods,
    .members = interpolation_members,
    .signature = "(value, expression='', conversion=None, format_spec='')",
};

Type template_iterator_type;
const TypeSpec template_iterator_type_spec = {
    .name = "string.templatelib.TemplateIter",
    .doc = "Template iterator object",
    .size = sizeof(TemplateIterator),
    .flags = kTypeTracked | kTypeNoInstantiate,
    .slots = {.iter = iterator_self, .next = iterator_next, .fields = iterator_fields},
};

}  // namespace imugi
