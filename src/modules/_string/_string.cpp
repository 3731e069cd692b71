// The _string module: str.format's parser for string.Formatter. Iterators are per object; steps of
// racing threads are serialised by the iterator's Lock.
#include "memory/collector.h"
#include "modules/native_class.h"
#include "object/format_spec.h"
#include "object/protocol.h"
#include "object/tuple.h"
#include "thread/lock.h"

namespace imugi {

namespace {

struct FormatIterator : Object {
    size_t position;  // under the Lock
    Slot text;        // Str; immutable
};

void fields(Object* self, FieldVisitor& visitor) {
    visitor.visit(static_cast<FormatIterator*>(self)->text);
}
Owned self_of(Thread&, Value self) {
    return Owned::share(self);
}

// (literal, field name, specifier, conversion) of each step.
Owned next_field(Thread& thread, Value self) {
    auto& iterator = self.as<FormatIterator>();
    Str& text = iterator.text.as<Str>();
    FormatField field;
    {
        Lock guard(thread, iterator);
        size_t position = iterator.position;
        int step = next_format_field(thread, text, &position, text.length(), &field);
        if (step < 0) return {};
        if (step == 0) return Owned::nothing();
        iterator.position = position;
    }
    Ref<Str> literal = TRY(str_substring(thread, text, field.literal_begin, field.literal_end));
    if (!field.has_field) return make_tuple(thread, literal, none(), none(), none());
    Ref<Str> name = TRY(str_substring(thread, text, field.name_begin, field.name_end));
    Ref<Str> spec = TRY(str_substring(thread, text, field.spec_begin, field.spec_end));
    Owned conversion = Owned::share(none());
    if (field.conversion) conversion = TRY(make_str_from_char(thread, field.conversion));
    return make_tuple(thread, literal, name, spec, conversion);
}

// (is attribute, name or index) of each part of a field name.
Owned next_part(Thread& thread, Value self) {
    auto& iterator = self.as<FormatIterator>();
    Str& text = iterator.text.as<Str>();
    FieldPart part;
    {
        Lock guard(thread, iterator);
        size_t position = iterator.position;
        int step = next_field_part(thread, text, &position, text.length(), &part);
        if (step < 0) return {};
        if (step == 0) return Owned::nothing();
        iterator.position = position;
    }
    Owned key = part.index >= 0 ? Owned::small_int(part.index)
                                : Owned(str_substring(thread, text, part.begin, part.end));
    if (!key) return {};
    return make_tuple(thread, boolean(part.is_attribute), key);
}

const TypeSpec formatter_iterator_spec = {
    .name = "_string.formatteriterator",
    .size = sizeof(FormatIterator),
    .flags = kTypeNoInstantiate | kTypeImmutable,
    .slots = {.iter = self_of, .next = next_field, .fields = fields},
};
const TypeSpec field_name_iterator_spec = {
    .name = "_string.fieldnameiterator",
    .size = sizeof(FormatIterator),
    .flags = kTypeNoInstantiate | kTypeImmutable,
    .slots = {.iter = self_of, .next = next_part, .fields = fields},
};

NativeClass formatter_iterator(formatter_iterator_spec);
NativeClass field_name_iterator(field_name_iterator_spec);

Owned make_iterator(Thread& thread, NativeClass& native_class, Str& text, size_t position) {
    Type* type = native_class.get(thread);
    auto* iterator = type ? allocate<FormatIterator>(thread, *type) : nullptr;
    if (!iterator) return {};
    iterator->position = position;
    iterator->text.init(Owned::share(text));
    return Owned::adopt(iterator);
}

Owned formatter_parser(Thread& thread, Value object) {
    if (!is_str(object))
        return raise(thread, exc::TypeError, "expected str, got {}", type_name_of(object));
    return make_iterator(thread, formatter_iterator, object.as<Str>(), 0);
}

Owned formatter_field_name_split(Thread& thread, Value object) {
    if (!is_str(object))
        return raise(thread, exc::TypeError, "expected str, got {}", type_name_of(object));
    Str& text = object.as<Str>();
    size_t end;
    Index index;
    TRY(field_name_first(thread, text, 0, text.length(), &end, &index));
    Owned first = index >= 0 ? Owned::small_int(index) : Owned(str_substring(thread, text, 0, end));
    if (!first) return {};
    Owned rest = TRY(make_iterator(thread, field_name_iterator, text, end));
    return make_tuple(thread, first, rest);
}

const MethodRow functions[] = {
    {"formatter_field_name_split", "(object, /)", fn<formatter_field_name_split>,
     "The first part of a field name, and an iterator over the others."},
    {"formatter_parser", "(object, /)", fn<formatter_parser>,
     "An iterator over the literal text and the fields of a format."},
    {},
};

ModuleSpec string_module("_string", "string helper module", functions);

}  // namespace

}  // namespace imugi
