// The dict type: its slots and methods, over the operations of dict.h, which do the locking.
#include "memory/collector.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/dict_table.h"
#include "object/hashed_keys.h"
#include "object/native.h"
#include "object/pickling.h"
#include "object/protocol.h"
#include "object/repr_guard.h"
#include "object/set.h"
#include "object/tuple.h"
#include "object/unhashable.h"

namespace imugi {

namespace {

Dict& dict_of(Value value) {
    return value.as<Dict>();
}

void dict_fields(Object* self, FieldVisitor& visitor) {
    DictTable* table = static_cast<Dict*>(self)->table.load(std::memory_order_relaxed);
    size_t position = 0;
    while (DictEntry* entry = dict_next_entry(*table, &position)) {
        visitor.visit(entry->key);
        visitor.visit(entry->value);
    }
}

void dict_release(Object* self) {
    auto* dict = static_cast<Dict*>(self);
    DictTable* table = dict->table.exchange(empty_dict_table, std::memory_order_seq_cst);
    if (table == empty_dict_table) return;
    if (needs_grace(dict)) {
        retire(table, dict_table_bytes(*table), array_free);
    } else {
        array_free(table);
    }
}

// --- making ---

Owned dict_make(Thread& thread, Type& type, const Arguments&) {
    auto* dict = allocate<Dict>(thread, type);
    if (dict == nullptr) return {};
    dict->table.store(empty_dict_table, std::memory_order_relaxed);
    track(dict);
    return Owned::adopt(dict);
}

bool update_from(Thread& thread, Dict& dict, const char* function, const Value* values,
                 size_t count, const Value* names, const Value* named, size_t named_count) {
    if (count > 1)
        return raise(thread, exc::TypeError, "{} expected at most 1 argument, got {}", function,
                     count);
    if (named_count == 0) return count == 0 || dict_update(thread, dict, values[0]);
    // All of it in one step, so far as no code of the program runs.
    Ref<Dict> changes = TRY(make_dict(thread));
    bool is_plain = count == 1 && is_exact_dict(values[0]);
    if (count == 1) TRY(dict_update(thread, is_plain ? *changes : dict, values[0]));
    for (size_t i = 0; i < named_count; i++) {
        if (!is_str(names[i])) return raise(thread, exc::TypeError, "keywords must be strings");
        TRY(dict_set(thread, *changes, names[i], named[i]));
    }
    return dict_update(thread, dict, Value::of(*changes));
}

bool dict_init(Thread& thread, Value self, const Arguments& arguments) {
    TRY(update_from(thread, dict_of(self), "dict", arguments.values, arguments.count, nullptr,
                    nullptr, 0));
    if (arguments.names == nullptr) return true;
    for (size_t i = 0; i < arguments.names->size; i++) {
        Value name = (*arguments.names)[i];
        if (!is_str(name)) return raise(thread, exc::TypeError, "keywords must be strings");
        TRY(dict_set(thread, dict_of(self), name, arguments[arguments.count + i]));
    }
    return true;
}

// --- slots ---

Owned dict_repr(Thread& thread, Value self) {
    Dict& dict = dict_of(self);
    if (dict_size(dict) == 0) return make_str(thread, "{}");
    ReprGuard guard(dict);
    if (guard.is_recursive()) return make_str(thread, "{...}");
    StrBuilder text(thread);
    TRY(text.append('{'));
    Owned key, value;
    size_t position = 0;
    for (bool first = true; dict_next(thread, dict, &position, &key, &value); first = false) {
        if (!first) TRY(text.append(", "));
        Owned shown = TRY(repr(thread, key));
        TRY(text.append(shown.as<Str>()));
        TRY(text.append(": "));
        shown = TRY(repr(thread, value));
        TRY(text.append(shown.as<Str>()));
    }
    TRY(text.append('}'));
    return text.finish();
}

Owned dict_compare(Thread& thread, Value self, Value other, CompareOp op) {
    if ((op != CompareOp::kEq && op != CompareOp::kNe) || !is_dict(self) || !is_dict(other))
        return Owned::share(not_implemented());
    bool same_items = TRY(dict_equal(thread, dict_of(self), dict_of(other)));
    return Owned::share(boolean(same_items == (op == CompareOp::kEq)));
}

Result<Index> dict_length(Thread&, Value self) {
    return dict_size(dict_of(self));
}

Owned dict_subscript(Thread& thread, Value self, Value key) {
    Owned value = TRY(dict_get(thread, dict_of(self), key));
    if (IMUGI_LIKELY(!value.is_nothing())) return value;
    if (!is_exact_dict(self)) {
        value = TRY(call_special(thread, self, ID(__missing__), key));
        if (!value.is_nothing()) return value;
    }
    return raise_key_error(thread, key);
}

bool dict_assign(Thread& thread, Value self, Value key, Value value) {
    if (!value.is_empty()) return dict_set(thread, dict_of(self), key, value);
    if (TRY(dict_delete(thread, dict_of(self), key))) return true;
    return raise_key_error(thread, key);
}

Result<bool> dict_has(Thread& thread, Value self, Value key) {
    return dict_contains(thread, dict_of(self), key);
}

Owned dict_iter(Thread& thread, Value self) {
    return make_dict_iterator(thread, dict_key_iterator_type, dict_of(self));
}

Owned dict_or(Thread& thread, Value left, Value right) {
    if (!is_dict(left) || !is_dict(right)) return Owned::share(not_implemented());
    Ref<Dict> result = TRY(dict_copy(thread, dict_of(left)));
    TRY(dict_update(thread, *result, right));
    return result;
}

Owned dict_inplace_or(Thread& thread, Value self, Value other) {
    TRY(dict_update(thread, dict_of(self), other));
    return Owned::share(self);
}

// --- methods ---

Owned method_getitem(Thread& thread, Dict& self, Value key) {
    return dict_subscript(thread, Value::of(self), key);
}

Result<bool> method_contains(Thread& thread, Dict& self, Value key) {
    return dict_contains(thread, self, key);
}

Result<Index> method_sizeof(Thread& thread, Dict& self) {
    Index bytes = type_of(Value::of(self)).instance_size;
    Lock guard(thread, self);
    DictTable* table = self.table.load(std::memory_order_relaxed);
    if (table != empty_dict_table) bytes += static_cast<Index>(dict_table_bytes(*table));
    return bytes;
}

Owned method_get(Thread& thread, Dict& self, Value key, Value otherwise) {
    Owned value = TRY(dict_get(thread, self, key));
    return value.is_nothing() ? Owned::share(otherwise) : std::move(value);
}

Owned method_setdefault(Thread& thread, Dict& self, Value key, Value otherwise) {
    return dict_set_default(thread, self, key, otherwise);
}

Owned method_pop(Thread& thread, Dict& self, Value key, Value otherwise) {
    // An empty dict does not hash the key.
    Owned value = TRY(dict_size(self) == 0 ? Owned::nothing() : dict_pop(thread, self, key));
    if (!value.is_nothing()) return value;
    if (otherwise.is_empty()) return raise_key_error(thread, key);
    return Owned::share(otherwise);
}

Owned method_popitem(Thread& thread, Dict& self) {
    Owned key;
    Owned value = dict_pop_newest(thread, self, &key);
    if (value.is_nothing()) return raise(thread, exc::KeyError, "popitem(): dictionary is empty");
    return make_tuple(thread, key, value);
}

Owned method_keys(Thread& thread, Dict& self) {
    return make_dict_view(thread, dict_keys_type, self);
}
Owned method_items(Thread& thread, Dict& self) {
    return make_dict_view(thread, dict_items_type, self);
}
Owned method_values(Thread& thread, Dict& self) {
    return make_dict_view(thread, dict_values_type, self);
}

bool method_update(Thread& thread, Dict& self, Args args, Kwargs kwargs) {
    return update_from(thread, self, "update", args.values, args.count, kwargs.names, kwargs.values,
                       kwargs.count);
}

Owned method_fromkeys(Thread& thread, Type& type, Value iterable, Value value) {
    Owned made = TRY(call(thread, Value::of(type)));
    if (is_exact_dict(made)) {
        Dict& dict = dict_of(made);
        bool from_set = is_exact_set(iterable) || has_shape(iterable, k_frozenset_shape);
        if (is_exact_dict(iterable) || from_set) {
            HashedKeys keys(thread);
            TRY(from_set ? keys.copy(thread, iterable.as<Set>())
                         : keys.copy(thread, iterable.as<Dict>()));
            for (size_t i = 0; i < keys.size(); i++)
                TRY(dict_set_hashed(thread, dict, keys.key(i), keys.hash(i), Owned::share(value)));
            return made;
        }
        Owned iterator = TRY(iterate(thread, iterable));
        for (;;) {
            Owned key = TRY(next(thread, iterator));
            if (key.is_nothing()) return made;
            TRY(dict_set(thread, dict, key, value));
        }
    }
    Owned iterator = TRY(iterate(thread, iterable));
    for (;;) {
        Owned key = TRY(next(thread, iterator));
        if (key.is_nothing()) return made;
        TRY(set_item(thread, made, key, value));
    }
}

bool method_clear(Thread& thread, Dict& self) {
    dict_clear(thread, self);
    return true;
}

Ref<Dict> method_copy(Thread& thread, Dict& self) {
    return dict_copy(thread, self);
}

Owned method_reversed(Thread& thread, Dict& self) {
    return make_dict_iterator(thread, dict_reverse_key_iterator_type, self);
}

const MethodRow dict_rows[] = {
    {"__getitem__", "(self, key, /)", fn<method_getitem>, "Return self[key].", kMethodCoexist},
    {"__contains__", "(self, key, /)", fn<method_contains>,
     "True if the dictionary has the specified key, else False.", kMethodCoexist},
    {"__sizeof__", "(self, /)", fn<method_sizeof>,
     "Return the size of the dict in memory, in bytes."},
    {"get", "(self, key, default=None, /)", fn<method_get>,
     "Return the value for key if key is in the dictionary, else default."},
    {"setdefault", "(self, key, default=None, /)", fn<method_setdefault>,
     "Insert key with a value of default if key is not in the dictionary.\n\n"
     "Return the value for key if key is in the dictionary, else default."},
    {"pop", "(self, key, default=<unrepresentable>, /)", fn<method_pop>,
     "D.pop(k[,d]) -> v, remove specified key and return the corresponding value.\n\n"
     "If the key is not found, return the default if given; otherwise,\nraise a KeyError."},
    {"popitem", "(self, /)", fn<method_popitem>,
     "Remove and return a (key, value) pair as a 2-tuple.\n\n"
     "Pairs are returned in LIFO (last-in, first-out) order.\n"
     "Raises KeyError if the dict is empty."},
    {"keys", "(self, /)", fn<method_keys>,
     "Return a set-like object providing a view on the dict's keys."},
    {"items", "(self, /)", fn<method_items>,
     "Return a set-like object providing a view on the dict's items."},
    {"values", "(self, /)", fn<method_values>,
     "Return an object providing a view on the dict's values."},
    {"update", "(self, /, *args, **kwargs) -> None", fn<method_update>,
     "D.update([E, ]**F) -> None.  Update D from mapping/iterable E and F.\n"
     "If E is present and has a .keys() method, then does:  for k in E.keys(): D[k] = E[k]\n"
     "If E is present and lacks a .keys() method, then does:  for k, v in E: D[k] = v\n"
     "In either case, this is followed by: for k in F:  D[k] = F[k]"},
    {"fromkeys", "(type, iterable, value=None, /)", fn<method_fromkeys>,
     "Create a new dictionary with keys from iterable and values set to value.", kMethodClass},
    {"clear", "(self, /)", fn<method_clear>, "Remove all items from the dict."},
    {"copy", "(self, /)", fn<method_copy>, "Return a shallow copy of the dict."},
    {"__reversed__", "(self, /)", fn<method_reversed>,
     "Return a reverse iterator over the dict keys."},
    {"__class_getitem__", "(type, object, /)", fn<class_getitem>, "See PEP 585", kMethodClass},
    {},
};

}  // namespace

Type dict_type;
const TypeSpec dict_type_spec = {
    .name = "dict",
    .doc =
        "dict() -> new empty dictionary\n"
        "dict(mapping) -> new dictionary initialized from a mapping object's\n"
        "    (key, value) pairs\n"
        "dict(iterable) -> new dictionary initialized as if via:\n"
        "    d = {}\n"
        "    for k, v in iterable:\n"
        "        d[k] = v\n"
        "dict(**kwargs) -> new dictionary initialized with the name=value pairs\n"
        "    in the keyword argument list.  For example:  dict(one=1, two=2)",
    .size = sizeof(Dict),
    .flags = kTypeBase | kTypeTracked | kTypeMapping | kTypeMatchSelf | kTypeIsDict,
    .slots = {.repr = dict_repr,
              .hash = unhashable,
              .compare = dict_compare,
              .iter = dict_iter,
              .make = dict_make,
              .init = dict_init,
              .fields = dict_fields,
              .release = dict_release,
              .bit_or = dict_or,
              .inplace_or = dict_inplace_or,
              .contains = dict_has,
              .length = dict_length,
              .subscript = dict_subscript,
              .assign_subscript = dict_assign},
    .methods = dict_rows,
};

}  // namespace imugi
