// Making classes: metaclass, base layout, __slots__, namespace, mro, __set_name__,
// __init_subclass__. The new type is private until it joins its bases' subclasses; after that it
// changes under the type mutex.
#include "memory/collector.h"
#include "memory/heap.h"
#include "object/attribute.h"
#include "object/audit.h"
#include "object/call.h"
#include "object/descriptor.h"
#include "object/dict.h"
#include "object/function.h"
#include "object/list.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"
#include "object/type_parts.h"
#include "object/weakref.h"
#include "thread/lock.h"

namespace imugi {

namespace {

constexpr uint16_t kMaxInlineSlots = 30;
constexpr uint16_t kDefaultInlineSlots = 4;

size_t align8(size_t n) {
    return (n + 7) & ~size_t{7};
}

// --- bases ---

// The nearest type that adds fields of its own to the instances.
const Type& solid_base(const Type& type) {
    const Type* at = &type;
    while (!at->base.is_empty()) {
        const Type& base = at->base.as<Type>();
        if (at->size != base.size || at->item_size != base.item_size ||
            at->end_members != base.end_members)
            return *at;
        at = &base;
    }
    return *at;
}

Type* best_base(Thread& thread, Tuple& bases) {
    Type* winner = nullptr;
    const Type* winner_solid = nullptr;
    for (size_t i = 0; i < bases.size; i++) {
        if (!is_type(bases[i])) return raise(thread, exc::TypeError, "bases must be types");
        Type& base = bases[i].as<Type>();
        if (!base.has(kTypeBase))
            return raise(thread, exc::TypeError, "type '{}' is not an acceptable base type", base);
        const Type& solid = solid_base(base);
        if (!winner || is_subtype(solid, *winner_solid)) {
            if (!winner || &solid != winner_solid) {
                winner = &base;
                winner_solid = &solid;
            }
        } else if (!is_subtype(*winner_solid, solid)) {
            return raise(thread, exc::TypeError, "multiple bases have instance lay-out conflict");
        }
    }
    return winner;
}

// --- __slots__ ---

struct SlotPlan {
    Ref<List> names;  // mangled, sorted; null for none
    bool add_dict = false;
    bool add_weakrefs = false;
};

bool has_own_dict(Thread& thread, Type& base) {
    if (base.has(kTypeHasDict)) return true;
    return !find_in_mro(thread, base, ID(__dict__)).is_nothing();
}

// __name in a class becomes _Class__name.
Ref<Str> mangle(Thread& thread, Str& class_name, Str& name) {
    size_t length = name.length();
    if (length < 2 || name[0] != '_' || name[1] != '_' ||
        (length > 3 && name[length - 1] == '_' && name[length - 2] == '_'))
        return Ref<Str>::share(name);
    size_t skip = 0;
    while (skip < class_name.length() && class_name[skip] == '_') skip++;
    if (skip == class_name.length()) return Ref<Str>::share(name);
    StrBuilder out(thread);
    TRY(out.append("_") && out.append(class_name, skip, class_name.length()) && out.append(name));
    return intern(thread, out.finish());
}

bool plan_slot(Thread& thread, Type& base, Str& class_name, Dict& namespace_, Value item,
               bool may_add_dict, bool may_add_weakrefs, SlotPlan& plan) {
    if (!is_str(item))
        return raise(thread, exc::TypeError, "__slots__ items must be strings, not '{}'",
                     type_name_of(item));
    Owned valid = TRY(call_method(thread, item, ID(isidentifier)));
    if (!same(valid, boolean(true)))
        return raise(thread, exc::TypeError, "__slots__ must be identifiers");
    auto& name = item.as<Str>();
    if (str_equal(name, "__dict__")) {
        if (!may_add_dict || plan.add_dict)
            return raise(thread, exc::TypeError, "__dict__ slot disallowed: we already got one");
        plan.add_dict = true;
        return true;
    }
    if (str_equal(name, "__weakref__")) {
        if (!may_add_weakrefs || plan.add_weakrefs)
            return raise(thread, exc::TypeError, "__weakref__ slot disallowed: we already got one");
        plan.add_weakrefs = true;
        return true;
    }
    Ref<Str> mangled = TRY(mangle(thread, class_name, name));
    bool reserved = str_equal(*mangled, "__qualname__") || str_equal(*mangled, "__classcell__") ||
                    str_equal(*mangled, "__classdictcell__");
    if (!reserved && TRY(dict_contains(thread, namespace_, mangled)))
        return raise(thread, exc::ValueError, "{} in __slots__ conflicts with class variable",
                     repr_of(mangled));
    return list_append(thread, *plan.names, std::move(mangled).owned());
}

bool plan_slots(Thread& thread, Type& base, Tuple& bases, Str& class_name, Dict& namespace_,
                SlotPlan& plan) {
    bool may_add_dict = !has_own_dict(thread, base);
    bool may_add_weakrefs = !base.has(kTypeHasWeakrefs);
    Owned slots = TRY(dict_get(thread, namespace_, ID(__slots__)));
    if (slots.is_nothing()) {
        plan.add_dict = may_add_dict;
        plan.add_weakrefs = may_add_weakrefs && base.item_size == 0;
        return true;
    }
    Ref<Tuple> items;
    if (is_str(slots))
        items = TRY(make_tuple(thread, slots.value()));
    else
        items = TRY(to_tuple(thread, slots));
    if (items->size > 0 && base.has(kTypeDisallowedSubclassLayout))
        return raise(thread, exc::TypeError, "nonempty __slots__ not supported for subtype of '{}'",
                     base);
    plan.names = TRY(make_list(thread, items->size));
    for (size_t i = 0; i < items->size; i++)
        TRY(plan_slot(thread, base, class_name, namespace_, (*items)[i], may_add_dict,
                      may_add_weakrefs, plan));
    TRY(list_sort_values(thread, *plan.names, Value(), false));
    // Other bases may bring a dict or weak references along.
    for (size_t i = 0; i < bases.size; i++) {
        Type& other = bases[i].as<Type>();
        if (&other == &base) continue;
        if (may_add_dict && !plan.add_dict && other.has(kTypeHasDict)) plan.add_dict = true;
        if (may_add_weakrefs && !plan.add_weakrefs && other.has(kTypeHasWeakrefs))
            plan.add_weakrefs = true;
    }
    return true;
}

// --- layout ---

uint16_t choose_inline_slots(Thread& thread, const Type& base, Dict& namespace_) {
    size_t expected = 0;
    Owned known = dict_get(thread, namespace_, ID(__static_attributes__));
    if (!known) clear_exception(thread);
    if (known && is_tuple(known)) expected = known.as<Tuple>().size;
    size_t total = base.inline_slots + expected;
    if (expected == 0 && base.inline_slots == 0 && &base == &object_type)
        total = kDefaultInlineSlots;
    return static_cast<uint16_t>(total < kMaxInlineSlots ? total : kMaxInlineSlots);
}

bool lay_out(Thread& thread, Type& type, const Type& base, const SlotPlan& plan, Dict& namespace_) {
    size_t count = plan.names ? static_cast<size_t>(list_size(*plan.names)) : 0;
    bool at_end = base.item_size != 0 || base.has(kTypeIsStr);
    type.item_size = base.item_size;
    type.end_members = base.end_members;
    if (at_end) {
        type.size = type.slots_offset = base.size;
        type.end_members += static_cast<uint32_t>(count);
        if (count) type.slots.fields = visit_end_members;
    } else {
        type.slots_offset = base.slots_offset == base.size
                                ? static_cast<uint32_t>(align8(base.size))
                                : base.slots_offset;
        type.size = static_cast<uint32_t>(align8(base.size) + count * sizeof(Slot));
    }
    type.attributes_offset = 0;
    type.instance_size = type.size + type.end_members * sizeof(Slot);
    if (type.has(kTypeHasDict)) {
        if (!at_end && type.size >= kAttributesAtEnd)
            return raise(thread, exc::OverflowError, "too many __slots__");
        type.inline_slots = choose_inline_slots(thread, base, namespace_);
        type.attributes_offset = at_end ? kAttributesAtEnd : static_cast<uint16_t>(type.size);
        type.instance_size += (1 + type.inline_slots) * sizeof(Slot);
    }
    if (at_end) type.instance_size = static_cast<uint32_t>(align8(type.instance_size));
    type.root_shape = make_root_shape(type);
    if (type.has(kTypeHasDict)) type.dict_shape = make_dict_shape(type);
    if (!type.root_shape || (type.has(kTypeHasDict) && !type.dict_shape))
        return raise_memory_error(thread);
    return true;
}

// --- the namespace ---

// The __dict__ of a native base that has one of its own kind (classes, modules, functions);
// nothing for others.
Owned native_dict_descriptor(Thread& thread, Value self) {
    for (const Type* type = &type_of(self); !type->base.is_empty(); type = &type->base.as<Type>()) {
        if (!type->spec) continue;
        Owned found = TRY(dict_get(thread, type->dict.borrow().as<Dict>(), ID(__dict__)));
        if (found.is_nothing()) continue;
        // The descriptor of a plain instance __dict__ would ask here again.
        if (&type_of(found) == &getset_descriptor_type &&
            found.as<GetSetDescriptor>().row == &instance_dict_row)
            continue;
        return found;
    }
    return Owned::nothing();
}

Owned get_instance_dict(Thread& thread, Value self) {
    Owned native = TRY(native_dict_descriptor(thread, self));
    if (!native.is_nothing())
        if (auto get = type_of(native).slots.descriptor_get)
            return get_described(thread, get, native, self);
    return instance_dict(thread, self.object());
}
bool set_instance_dict_attribute(Thread& thread, Value self, Value value) {
    Owned native = TRY(native_dict_descriptor(thread, self));
    if (!native.is_nothing())
        if (auto set = type_of(native).slots.descriptor_set)
            return set(thread, native, self, value);
    return set_instance_dict(thread, self.object(), value);
}
}  // namespace

const GetSetRow instance_dict_row = {"__dict__", get_instance_dict, set_instance_dict_attribute,
                                     "dictionary for instance variables"};

namespace {

Owned get_weakref(Thread& thread, Value self) {
    return first_weakref(thread, self.object());
}
const GetSetRow weakref_row = {"__weakref__", get_weakref, nullptr,
                               "list of weak references to the object"};

bool put_if_missing(Thread& thread, Dict& dict, Str& name, Value value) {
    if (TRY(dict_contains(thread, dict, Value::of(name)))) return true;
    return dict_set(thread, dict, Value::of(name), value);
}

bool wrap_function(Thread& thread, Dict& dict, Str& name, Type& wrapper) {
    Owned found = TRY(dict_get(thread, dict, name));
    if (found.is_nothing() || &type_of(found) != &function_type) return true;
    Owned wrapped = TRY(call(thread, Value::of(wrapper), found));
    return dict_set(thread, dict, Value::of(name), std::move(wrapped));
}

bool add_members(Thread& thread, Type& type, const Type& base, const SlotPlan& plan, Dict& dict) {
    if (!plan.names) return true;
    size_t count = static_cast<size_t>(list_size(*plan.names));
    bool at_end = base.item_size != 0 || base.has(kTypeIsStr);
    auto offset = at_end ? -static_cast<int32_t>(type.end_members * sizeof(Slot))
                         : static_cast<int32_t>(align8(base.size));
    Ref<Tuple> names = TRY(make_tuple_blank(thread, count));
    for (size_t i = 0; i < count; i++) {
        Owned name = list_item(thread, *plan.names, static_cast<Index>(i));
        Owned member = TRY(make_member_descriptor(thread, type, nullptr, name.as<Str>(),
                                                  offset + static_cast<int32_t>(i * sizeof(Slot))));
        TRY(dict_set(thread, dict, name, std::move(member)));
        names->items[i].init(std::move(name));
    }
    type.slot_names.init(std::move(names));
    return true;
}

bool fill_namespace(Thread& thread, Type& type, const Type& base, const SlotPlan& plan,
                    Dict& dict) {
    if (!TRY(dict_contains(thread, dict, Value::of(ID(__module__)))) && find_caller_globals) {
        Owned globals = find_caller_globals(thread);
        if (!globals) clear_exception(thread);
        if (globals && is_dict(globals)) {
            Owned module = TRY(dict_get(thread, globals.as<Dict>(), ID(__name__)));
            if (!module.is_nothing())
                TRY(dict_set(thread, dict, Value::of(ID(__module__)), std::move(module)));
        }
    }
    Owned qualname = TRY(dict_pop(thread, dict, Value::of(ID(__qualname__))));
    if (qualname.is_nothing()) {
        type.qualname.init(type.name.share());
    } else {
        if (!is_str(qualname))
            return raise(thread, exc::TypeError, "type __qualname__ must be a str, not {}",
                         type_name_of(qualname));
        type.qualname.init(std::move(qualname));
    }
    TRY(wrap_function(thread, dict, ID(__new__), staticmethod_type));
    TRY(wrap_function(thread, dict, ID(__init_subclass__), classmethod_type));
    TRY(wrap_function(thread, dict, ID(__class_getitem__), classmethod_type));
    TRY(add_members(thread, type, base, plan, dict));
    if (plan.add_dict) {
        Owned row = TRY(make_getset_descriptor(thread, type, instance_dict_row));
        TRY(put_if_missing(thread, dict, ID(__dict__), row));
    }
    if (plan.add_weakrefs) {
        Owned row = TRY(make_getset_descriptor(thread, type, weakref_row));
        TRY(put_if_missing(thread, dict, ID(__weakref__), row));
    }
    TRY(put_if_missing(thread, dict, ID(__doc__), none()));
    if (TRY(dict_contains(thread, dict, Value::of(ID(__eq__)))))
        TRY(put_if_missing(thread, dict, ID(__hash__), none()));
    return true;
}

// The cells through which __class__ and the class's annotation scopes see the new class.
struct ClassCells {
    Owned of_class, of_dict;  // nothing when there is none
};

bool take_cells(Thread& thread, Dict& dict, ClassCells& cells) {
    auto take = [&](Str& name, Owned& out) {
        out = dict_pop(thread, dict, Value::of(name));
        if (!out) return false;
        if (out.is_nothing() || has_shape(out, k_cell_shape)) return true;
        return static_cast<bool>(raise(thread, exc::TypeError, "{} must be a nonlocal cell, not {}",
                                       name, repr_of(share_type(out))));
    };
    return take(ID(__classcell__), cells.of_class) && take(ID(__classdictcell__), cells.of_dict);
}

void fill_cells(Thread& thread, Type& type, Dict& dict, ClassCells& cells) {
    if (!cells.of_class.is_nothing())
        store_cell(thread, cells.of_class.as<Cell>(), Value::of(type));
    if (!cells.of_dict.is_nothing()) store_cell(thread, cells.of_dict.as<Cell>(), Value::of(dict));
}

// Names that are no strings can be in a class's dict, but nothing finds them.
bool warn_of_odd_names(Thread& thread, Dict& dict, Str& class_name) {
    size_t position = 0;
    Owned key, value;
    while (dict_next(thread, dict, &position, &key, &value))
        if (!is_str(key))
            return warn(thread, exc::RuntimeWarning, 1,
                        format(thread, "non-string key in the __dict__ of class {}", class_name));
    return true;
}

bool call_set_names(Thread& thread, Type& type, Dict& snapshot) {
    size_t position = 0;
    Owned key, value;
    while (dict_next(thread, snapshot, &position, &key, &value)) {
        bool bound;
        Owned method = TRY(get_special_method(thread, value, ID(__set_name__), &bound));
        if (method.is_nothing()) continue;
        Value values[] = {value, Value::of(type), key};
        Owned result = bound ? call(thread, method, Arguments{values + 1, 2, nullptr})
                             : call(thread, method, Arguments{values, 3, nullptr});
        if (result) continue;
        Owned error = take_exception(thread);
        Ref<Str> note = format(thread, "Error calling __set_name__ on '{}' instance {} in '{}'",
                               type_name_of(value), repr_of(key), type_name(type));
        if (!note) return false;
        Owned noted = call_method(thread, error, ID(add_note), note.value());
        if (!noted) return false;
        set_exception(thread, std::move(error));
        return false;
    }
    return true;
}

bool call_init_subclass(Thread& thread, Type& type, const Arguments& keywords) {
    Owned super = TRY(call(thread, Value::of(super_type), Value::of(type), Value::of(type)));
    Owned hook = TRY(get_attribute(thread, super, ID(__init_subclass__)));
    return static_cast<bool>(call(thread, hook, keywords));
}

// Whether the mro is what the metaclass's own mro() says rather than C3's.
Ref<Tuple> find_mro(Thread& thread, Type& type, Tuple& bases) {
    Owned method = lookup_in_mro(thread, type_of(Value::of(type)), ID(mro));
    bool native = has_shape(method, k_method_descriptor_shape);
    if (native) return compute_mro(thread, type, bases);
    Owned result = TRY(call_special(thread, Value::of(type), ID(mro)));
    Ref<Tuple> mro = TRY(to_tuple(thread, result));
    const Type& solid = solid_base(type);
    for (size_t i = 0; i < mro->size; i++) {
        if (!is_type((*mro)[i]))
            return raise(thread, exc::TypeError, "mro() returned a non-class ('{}')",
                         type_name_of((*mro)[i]));
        if (!is_subtype(solid, solid_base((*mro)[i].as<Type>())))
            return raise(thread, exc::TypeError,
                         "mro() returned base with unsuitable layout ('{}')",
                         type_name_of((*mro)[i]));
    }
    return mro;
}

void drop_tuple(void* pointer) {
    Owned dropped = Owned::adopt(static_cast<Object*>(pointer));
}

// Readers walk mros without counting them: an old one stays for a grace period.
void replace_mro(Type& type, Owned mro) {
    Owned old = type.mro.exchange(std::move(mro));
    Value value = Value::from_bits(old.release());
    if (value.is_owning()) retire(value.object(), 64, drop_tuple);
}

}  // namespace

Type* calculate_metaclass(Thread& thread, Type& first, Tuple& bases) {
    Type* winner = &first;
    for (size_t i = 0; i < bases.size; i++) {
        Type& candidate = type_of(bases[i]);
        if (is_subtype(*winner, candidate)) continue;
        if (is_subtype(candidate, *winner)) {
            winner = &candidate;
            continue;
        }
        return raise(thread, exc::TypeError,
                     "metaclass conflict: the metaclass of a derived class must be a (non-strict) "
                     "subclass of the metaclasses of all its bases");
    }
    return winner;
}

Owned make_class(Thread& thread, Type& metatype, Str& name, Tuple& given_bases, Dict& namespace_,
                 const Arguments& keywords) {
    Ref<Tuple> bases = given_bases.size ? Ref<Tuple>::share(given_bases)
                                        : TRY(make_tuple(thread, Value::of(object_type)));
    Type* base = best_base(thread, *bases);
    if (!base) return {};
    for (size_t i = 0; i < name.length(); i++)
        if (name[i] == 0)
            return raise(thread, exc::ValueError, "type name must not contain null characters");
    Ref<Dict> dict = TRY(dict_copy(thread, namespace_));
    TRY(warn_of_odd_names(thread, *dict, name));
    ClassCells cells;
    SlotPlan plan;
    TRY(plan_slots(thread, *base, *bases, name, *dict, plan));
    TRY(take_cells(thread, *dict, cells));

    Type* type = allocate<Type>(thread, metatype);
    if (!type) return {};
    Owned result = Owned::adopt(type);
    uint32_t inherited = base->type_flags.load(std::memory_order_relaxed) &
                         (kTypeHasDict | kTypeHasWeakrefs | kTypeMatchSelf | kTypeSubclassMask |
                          kTypeDisallowedSubclassLayout);
    for (size_t i = 0; i < bases->size; i++) {
        uint32_t collection = (*bases)[i].as<Type>().type_flags.load(std::memory_order_relaxed) &
                              (kTypeSequence | kTypeMapping);
        if (!(inherited & (kTypeSequence | kTypeMapping))) inherited |= collection;
    }
    uint32_t flags = inherited | kTypeHeap | kTypeBase | kTypeTracked;
    if (plan.add_dict) flags |= kTypeHasDict;
    if (plan.add_weakrefs) flags |= kTypeHasWeakrefs;
    type->type_flags.store(flags, std::memory_order_relaxed);
    type->slots = base->slots;
    type->slots.finalize = nullptr;
    // Exact: a name that is replaced stays with the process, without needing a class of its own.
    type->name.init(TRY(str_substring(thread, name, 0, name.length())));
    type->base.init(Owned::share(*base));
    type->bases.init(bases.share());
    type->dict.init(dict.share());
    // Slots of the base that no name stands for stay; a native finalizer too.
    if (base->spec) type->slots.finalize = base->slots.finalize;
    TRY(lay_out(thread, *type, *base, plan, *dict));
    TRY(fill_namespace(thread, *type, *base, plan, *dict));
    make_deferred(type);
    track(type);
    // A metaclass's mro() may call functions of the class.
    fill_cells(thread, *type, *dict, cells);
    Ref<Tuple> mro = TRY(find_mro(thread, *type, *bases));
    bool based;  // mro() has set __bases__, and so made the mro
    {
        MutexGuard guard(type_mutex);
        based = !type->mro.is_empty();
        if (!based) type->mro.init(std::move(mro));
        update_slots(thread, *type, nullptr);
        type->type_flags.fetch_or(kTypeReady, std::memory_order_release);
    }
    for (size_t i = 0; i < bases->size && !based; i++) {
        // A metaclass's mro() may have tried to set __bases__ in vain.
        if (&metatype != &type_type) remove_subclass((*bases)[i].as<Type>(), *type);
        add_subclass(thread, (*bases)[i].as<Type>(), *type);
    }
    Ref<Dict> snapshot = TRY(dict_copy(thread, *dict));
    TRY(call_set_names(thread, *type, *snapshot));
    TRY(call_init_subclass(thread, *type, keywords));
    return result;
}

// --- changing bases ---
//
// A metaclass's mro() may change bases in turn, and so may other threads. The graph of `bases` is
// checked and changed under the type mutex and so never has a cycle; whoever finds that somebody
// else was faster leaves the newer state alone.

namespace {

// Whether `target` is among the bases of `from`, theirs, and so on; mros may be out of date. Under
// the type mutex. True also when memory is short.
bool is_ancestor(const Type& from, const Type& target) {
    size_t count = 1, capacity = 64;
    auto* seen = static_cast<const Type**>(array_allocate(capacity * sizeof(Type*)));
    if (!seen) return true;
    seen[0] = &from;
    bool found = false;
    auto visit = [&](const Type& type) {
        found = found || &type == &target;
        for (size_t i = 0; i < count; i++)
            if (seen[i] == &type) return;
        if (count == capacity) {
            void* grown = array_reallocate(seen, capacity * 2 * sizeof(Type*));
            if (!grown) {
                found = true;
                return;
            }
            seen = static_cast<const Type**>(grown);
            capacity *= 2;
        }
        seen[count++] = &type;
    };
    found = &from == &target;
    for (size_t at = 0; at < count && !found; at++) {
        const Type& type = *seen[at];
        if (!type.base.is_empty()) visit(type.base.as<Type>());
        Value bases = type.bases.borrow();
        if (bases.is_empty()) continue;
        auto& tuple = bases.as<Tuple>();
        for (size_t i = 0; i < tuple.size && !found; i++) visit(tuple[i].as<Type>());
    }
    array_free(seen);
    return found;
}

// New mros for the type and the classes below it. `done` gets, for each that was replaced, the
// class, its old mro and its new one.
bool remake_mros(Thread& thread, Type& type, List& done) {
    for (;;) {
        Owned bases = read_locked(thread, type, type.bases);
        Owned before = read_locked(thread, type, type.mro);
        Ref<Tuple> mro = TRY(find_mro(thread, type, bases.as<Tuple>()));
        Ref<Tuple> record =
            TRY(make_tuple(thread, Value::of(type), before ? before.value() : none(), mro.value()));
        {
            MutexGuard guard(type_mutex);
            // mro() has set the bases itself, or another thread did: that one's mro is the newer.
            if (!same(type.mro.borrow(), before)) {
                if (same(type.bases.borrow(), bases)) return true;
                continue;
            }
            invalidate_versions(type);
            replace_mro(type, std::move(mro));
        }
        TRY(list_append(thread, done, std::move(record)));
        break;
    }
    Ref<List> below = TRY(list_subclasses(thread, type));
    for (Index i = 0; i < list_size(*below); i++) {
        Owned item = list_item(thread, *below, i);
        if (is_type(item)) TRY(remake_mros(thread, item.as<Type>(), done));
    }
    return true;
}

// Puts the old mros back where the new ones still stand. Runs no Python.
void undo_mros(Thread& thread, List& done) {
    for (Index i = list_size(done); i-- > 0;) {
        Owned item = list_item(thread, done, i);
        auto& record = item.as<Tuple>();
        auto& type = record[0].as<Type>();
        Owned old = is_none(record[1]) ? Owned() : Owned::share(record[1]);
        MutexGuard guard(type_mutex);
        if (!same(type.mro.borrow(), record[2])) continue;
        invalidate_versions(type);
        replace_mro(type, std::move(old));
    }
}

// Under the type mutex: what the bases know of their subclasses is what the classes say of their
// bases, so that neither has a cycle. The old bases come back.
Owned replace_bases(Thread& thread, Type& type, Owned bases) {
    Owned old = type.bases.exchange(std::move(bases));
    auto& now = type.bases.as<Tuple>();
    for (Tuple* tuple : {&old.as<Tuple>(), &now})
        for (size_t i = 0; i < tuple->size; i++) remove_subclass((*tuple)[i].as<Type>(), type);
    for (size_t i = 0; i < now.size; i++) add_subclass(thread, now[i].as<Type>(), type);
    return old;
}

bool has_fitting_layout(const Type& type, const Type& base, const Type& old_base) {
    const Type& solid = solid_base(base);
    const Type& old_solid = solid_base(old_base);
    if (&solid != &old_solid && !same_layout(solid, old_solid)) return false;
    // What the bases' instances have besides must be the class's own.
    return base.has(kTypeHasDict) == old_base.has(kTypeHasDict) ||
           (type.has(kTypeHasDict) && type.has(kTypeHasWeakrefs));
}

}  // namespace

bool set_bases(Thread& thread, Type& type, Value value) {
    if (type.has(kTypeImmutable) || !type.has(kTypeHeap))
        return raise(thread, exc::TypeError,
                     "cannot set '__bases__' attribute of immutable type '{}'", type);
    if (value.is_empty())
        return raise(thread, exc::TypeError, "cannot delete '__bases__' attribute of type '{}'",
                     type);
    TRY(audit(thread, "object.__setattr__", Value::of(type), "__bases__", value));
    if (!is_tuple(value))
        return raise(thread, exc::TypeError, "can only assign tuple to {}.__bases__, not {}", type,
                     type_name_of(value));
    auto& bases = value.as<Tuple>();
    if (bases.size == 0)
        return raise(thread, exc::TypeError,
                     "can only assign non-empty tuple to {}.__bases__, not ()", type);
    for (size_t i = 0; i < bases.size; i++) {
        if (!is_type(bases[i]))
            return raise(thread, exc::TypeError, "{}.__bases__ must be tuple of classes, not '{}'",
                         type, type_name_of(bases[i]));
    }
    Type* base = best_base(thread, bases);
    if (!base) return false;
    Owned old_bases, old_base;
    bool fits, cycle = false;
    {
        MutexGuard guard(type_mutex);
        fits = has_fitting_layout(type, *base, type.base.as<Type>());
        for (size_t i = 0; fits && i < bases.size && !cycle; i++)
            cycle = is_ancestor(bases[i].as<Type>(), type);
        if (fits && !cycle) {
            old_bases = replace_bases(thread, type, Owned::share(value));
            old_base = type.base.exchange(Owned::share(*base));
        }
    }
    if (!fits) {
        Owned held = read_locked(thread, type, type.base);
        return raise(thread, exc::TypeError,
                     "__bases__ assignment: '{}' object layout differs from '{}'", *base,
                     held.as<Type>());
    }
    if (cycle) return raise(thread, exc::TypeError, "a __bases__ item causes an inheritance cycle");
    Ref<List> done = make_list(thread);
    bool ok = done && remake_mros(thread, type, *done);
    if (!ok) {
        SavedException saved(thread);
        Owned a, b;
        MutexGuard guard(type_mutex);
        if (same(type.bases.borrow(), value)) {
            a = replace_bases(thread, type, old_bases.share());
            b = type.base.exchange(old_base.share());
        }
    }
    if (!ok && done) {
        SavedException saved(thread);
        undo_mros(thread, *done);
    }
    type_modified(thread, type, nullptr);
    return ok;
}

bool same_layout(const Type& a, const Type& b) {
    if (&a == &b) return true;
    if (a.size != b.size || a.item_size != b.item_size || a.end_members != b.end_members ||
        a.slots_offset != b.slots_offset || a.has(kTypeHasDict) != b.has(kTypeHasDict) ||
        a.has(kTypeHasWeakrefs) != b.has(kTypeHasWeakrefs))
        return false;
    if ((a.attributes_offset == kAttributesAtEnd) != (b.attributes_offset == kAttributesAtEnd))
        return false;
    const Type& solid_a = solid_base(a);
    const Type& solid_b = solid_base(b);
    if (&solid_a == &solid_b) return true;
    // Two classes that add the same __slots__ to the same base.
    if (solid_a.spec || solid_b.spec) return false;
    if (!same(solid_a.base.borrow(), solid_b.base.borrow())) return false;
    Value names_a = solid_a.slot_names.borrow(), names_b = solid_b.slot_names.borrow();
    if (names_a.is_empty() || names_b.is_empty()) return false;
    auto& x = names_a.as<Tuple>();
    auto& y = names_b.as<Tuple>();
    if (x.size != y.size) return false;
    for (size_t i = 0; i < x.size; i++)
        if (!str_equal(x[i].as<Str>(), y[i].as<Str>())) return false;
    return true;
}

}  // namespace imugi
