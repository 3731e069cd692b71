// Struct sequences: their types, made once each, and the methods that all of them have.
#include "object/struct_sequence.h"

#include <cstddef>

#include "memory/array.h"
#include "memory/collector.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/errors.h"
#include "object/native.h"
#include "object/protocol.h"
#include "object/str.h"

namespace imugi {

namespace {

// What a struct sequence type has besides its TypeSpec; found from the type through the spec's
// address.
struct FieldTable {
    TypeSpec type_spec;
    const StructSequenceSpec* spec;
    MemberRow members[1];  // one a named field, and the end
};

const StructSequenceSpec& spec_of(const Type& type) {
    const Type* at = &type;
    while (!at->spec) at = &at->base.as<Type>();
    return *reinterpret_cast<const FieldTable*>(at->spec)->spec;
}

void sequence_fields(Object* self, FieldVisitor& visitor) {
    auto& tuple = *static_cast<Tuple*>(self);
    visitor.visit(tuple.items, spec_of(*self->shape()->type).count);
}

Owned sequence_repr(Thread& thread, Value self) {
    const StructSequenceSpec& spec = spec_of(type_of(self));
    Tuple& tuple = self.as<Tuple>();
    StrBuilder text(thread);
    Owned name = type_full_name(thread, type_of(self));
    if (!name || !text.append(name.as<Str>()) || !text.append("(")) return {};
    for (uint32_t i = 0; i < spec.visible; i++) {
        if (i && !text.append(", ")) return {};
        if (spec.fields[i].name && (!text.append(spec.fields[i].name) || !text.append("=")))
            return {};
        Owned shown = repr(thread, tuple[i]);
        if (!shown || !text.append(shown.as<Str>())) return {};
    }
    if (!text.append(")")) return {};
    return text.finish().owned();
}

Owned sequence_make(Thread& thread, Type& type, const Arguments& arguments) {
    const StructSequenceSpec& spec = spec_of(type);
    Value bound[2];
    if (!bind_arguments(thread, spec.name, "(sequence, dict=<unrepresentable>)", arguments, bound,
                        2))
        return {};
    Ref<Tuple> given = to_tuple(thread, bound[0]);
    if (!given) {
        if (clear_exception_if(thread, exc::TypeError))
            return raise(thread, exc::TypeError, "constructor requires a sequence");
        return {};
    }
    bool has_dict = !bound[1].is_empty();
    if (has_dict && !is_dict(bound[1]))
        return raise(thread, exc::TypeError, "{}() takes a dict as second arg, if any", spec.name);
    long length = static_cast<long>(given->size);
    bool exact = spec.visible == spec.count;
    if (exact && given->size != spec.visible)
        return raise(thread, exc::TypeError, "{}() takes a {}-sequence ({}-sequence given)",
                     spec.name, static_cast<long>(spec.visible), length);
    if (given->size < spec.visible)
        return raise(thread, exc::TypeError,
                     "{}() takes an at least {}-sequence ({}-sequence given)", spec.name,
                     static_cast<long>(spec.visible), length);
    if (given->size > spec.count)
        return raise(thread, exc::TypeError,
                     "{}() takes an at most {}-sequence ({}-sequence given)", spec.name,
                     static_cast<long>(spec.count), length);
    Ref<Tuple> made = make_struct_sequence(thread, type);
    if (!made) return {};
    Index taken = 0;
    for (uint32_t i = 0; i < spec.count; i++) {
        Owned value = Owned::share(none());
        if (i < given->size) {
            value = Owned::share((*given)[i]);
        } else if (has_dict && spec.fields[i].name) {
            Ref<Str> name = make_str(thread, spec.fields[i].name);
            if (!name) return {};
            Owned found = dict_get(thread, bound[1].as<Dict>(), name.value());
            if (!found) return {};
            if (!found.is_nothing()) {
                value = std::move(found);
                taken++;
            }
        }
        made->items[i].init(std::move(value));
    }
    track(made.get());
    if (has_dict && dict_size(bound[1].as<Dict>()) > taken)
        return raise(thread, exc::TypeError, "{}() got duplicate or unexpected field name(s)",
                     spec.name);
    return std::move(made).owned();
}

// The fields beyond the tuple, as a dict.
Ref<Dict> hidden_fields(Thread& thread, Value self) {
    const StructSequenceSpec& spec = spec_of(type_of(self));
    Ref<Dict> dict = make_dict(thread);
    for (uint32_t i = spec.visible; dict && i < spec.count; i++) {
        if (!spec.fields[i].name) continue;
        Ref<Str> name = intern(thread, spec.fields[i].name);
        if (!name || !dict_set(thread, *dict, name, self.as<Tuple>()[i])) return {};
    }
    return dict;
}

Owned sequence_reduce(Thread& thread, Value self) {
    Ref<Tuple> visible = make_tuple(thread, reinterpret_cast<const Value*>(self.as<Tuple>().items),
                                    spec_of(type_of(self)).visible);
    Ref<Dict> hidden = hidden_fields(thread, self);
    if (!visible || !hidden) return {};
    Ref<Tuple> arguments = make_tuple(thread, visible, hidden);
    if (!arguments) return {};
    return make_tuple(thread, Value::of(type_of(self)), arguments).owned();
}

Owned sequence_replace(Thread& thread, Value self, Kwargs changes) {
    const StructSequenceSpec& spec = spec_of(type_of(self));
    for (uint32_t i = 0; i < spec.visible; i++)
        if (!spec.fields[i].name)
            return raise(thread, exc::TypeError,
                         "__replace__() is not supported for {} because it has unnamed field(s)",
                         spec.name);
    Ref<Tuple> made = make_struct_sequence(thread, type_of(self));
    if (!made) return {};
    size_t used = 0;
    for (uint32_t i = 0; i < spec.count; i++) {
        Value value = self.as<Tuple>()[i];
        for (size_t k = 0; k < changes.count; k++)
            if (spec.fields[i].name && str_equal(changes.names[k].as<Str>(), spec.fields[i].name)) {
                value = changes.values[k];
                used++;
            }
        made->items[i].init(Owned::share(value));
    }
    if (used != changes.count) {
        StrBuilder unknown(thread);
        bool first = true;
        for (size_t k = 0; k < changes.count; k++) {
            bool known = false;
            for (uint32_t i = 0; i < spec.count; i++)
                known = known || (spec.fields[i].name &&
                                  str_equal(changes.names[k].as<Str>(), spec.fields[i].name));
            if (known) continue;
            Owned quoted = repr(thread, changes.names[k]);
            if (!quoted || (!first && !unknown.append(", ")) || !unknown.append(quoted.as<Str>()))
                return {};
            first = false;
        }
        Ref<Str> list = unknown.finish();
        if (!list) return {};
        return raise(thread, exc::TypeError, "Got unexpected field name(s): [{}]", *list);
    }
    track(made.get());
    return std::move(made).owned();
}

const MethodRow sequence_methods[] = {
    {"__reduce__", "(self, /)", fn<sequence_reduce>, nullptr},
    {"__replace__", "(self, /, **changes)", fn<sequence_replace>,
     "Return a copy of the structure with new values for the specified fields."},
    {},
};

bool add_counts(Thread& thread, Type& type, const StructSequenceSpec& spec) {
    uint32_t unnamed = 0;
    for (uint32_t i = 0; i < spec.count; i++) unnamed += !spec.fields[i].name;
    Dict& dict = type.dict.as<Dict>();
    size_t named = 0;
    for (uint32_t i = 0; i < spec.visible; i++) named += spec.fields[i].name != nullptr;
    Ref<Tuple> names = make_tuple_blank(thread, named);
    if (!names) return false;
    size_t at = 0;
    for (uint32_t i = 0; i < spec.visible; i++) {
        if (!spec.fields[i].name) continue;
        Ref<Str> name = intern(thread, spec.fields[i].name);
        if (!name) return false;
        names->items[at++].init(std::move(name).owned());
    }
    return dict_set(thread, dict, Value::of(ID(n_sequence_fields)),
                    Value::small_int(spec.visible)) &&
           dict_set(thread, dict, Value::of(ID(n_fields)), Value::small_int(spec.count)) &&
           dict_set(thread, dict, Value::of(ID(n_unnamed_fields)), Value::small_int(unnamed)) &&
           dict_set(thread, dict, Value::of(ID(__match_args__)), names);
}

}  // namespace

Ref<Type> make_struct_sequence_type(Thread& thread, const StructSequenceSpec& spec,
                                    Module* module) {
    void* memory = array_allocate_zeroed(sizeof(FieldTable) + (spec.count + 1) * sizeof(MemberRow));
    if (!memory) return raise_memory_error(thread);
    auto* table = static_cast<FieldTable*>(memory);
    table->spec = &spec;
    MemberRow* row = table->members;
    for (uint32_t i = 0; i < spec.count; i++) {
        if (!spec.fields[i].name) continue;
        *row++ = {spec.fields[i].name, MemberKind::kObject,
                  static_cast<uint32_t>(offsetof(Tuple, items) + i * sizeof(Slot)), true,
                  spec.fields[i].doc};
    }
    *row = {};
    table->type_spec.name = spec.name;
    table->type_spec.doc = spec.doc;
    table->type_spec.size = offsetof(Tuple, items);
    table->type_spec.item_size = sizeof(Slot);
    table->type_spec.flags =
        kTypeTracked |
        (strncmp(spec.name, "sys.", 4) == 0 ? 0u : static_cast<uint32_t>(kTypeHeap)) |
        (spec.instantiable ? 0u : static_cast<uint32_t>(kTypeNoInstantiate));
    table->type_spec.slots.repr = sequence_repr;
    if (spec.instantiable) table->type_spec.slots.make = sequence_make;
    table->type_spec.slots.fields = sequence_fields;
    table->type_spec.methods = sequence_methods;
    table->type_spec.members = table->members;
    table->type_spec.signature = "(iterable=(), /)";
    Ref<Type> type = make_native_type(thread, table->type_spec, module, &tuple_type);
    if (!type || !add_counts(thread, *type, spec)) return {};
    return type;
}

Ref<Tuple> make_struct_sequence(Thread& thread, Type& type) {
    const StructSequenceSpec& spec = spec_of(type);
    auto* made = allocate<Tuple>(thread, type, spec.count * sizeof(Slot));
    if (!made) return {};
    made->size = spec.visible;
    return Ref<Tuple>::adopt(made);
}

}  // namespace imugi
