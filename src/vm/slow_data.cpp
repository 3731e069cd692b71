// Items, displays, unpacking, formatting and class patterns behind the opcode functions.
#include "memory/collector.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/dict_table.h"
#include "object/list.h"
#include "object/list_edit.h"
#include "object/set.h"
#include "object/slice.h"
#include "object/str.h"
#include "object/tuple.h"
#include "object/value_buffer.h"
#include "object/vm_support.h"
#include "thread/lock.h"
#include "vm/quick_items.h"
#include "vm/registers.h"
#include "vm/slow.h"

namespace imugi {

// --- attributes of other kinds ---

uint64_t slow_load_super(Thread& thread, Frame* frame, uint64_t* r, uint32_t base,
                         uint32_t name_index, uint32_t written, bool* bound) {
    Str& name = frame->code->names.as<Tuple>()[name_index].as<Str>();
    Value type = value_at(r, base);
    Value cls = value_at(r, base + 1), self = value_at(r, base + 2);
    if (bound) *bound = true;
    if (same(type, Value::of(super_type)) && is_type(cls))
        return super_lookup(thread, cls.as<Type>(), self, name, bound).release();
    Owned object = written ? call(thread, type, cls, self) : call(thread, type);
    if (!object) return 0;
    return get_attribute(thread, object, name).release();
}

static Str& special_name(uint32_t which) {
    switch (which) {
        case 0:
            return ID(__enter__);
        case 1:
            return ID(__exit__);
        case 2:
            return ID(__aenter__);
        default:
            return ID(__aexit__);
    }
}

uint64_t slow_load_special(Thread& thread, Value owner, uint32_t which, bool* bound) {
    Owned method = get_special_method(thread, owner, special_name(which), bound);
    if (!method.is_nothing()) return method.release();
    bool async = which >= 2;
    Str& other = special_name(which ^ 2);
    bool has_other = !lookup_in_mro(thread, type_of(owner), other).is_nothing();
    if (async)
        raise(thread, exc::TypeError,
              has_other ? "'{}' object does not support the asynchronous context manager protocol "
                          "(missed {} method) but it supports the context manager protocol. Did "
                          "you mean to use 'with'?"
                        : "'{}' object does not support the asynchronous context manager protocol "
                          "(missed {} method)",
              type_full_name_of(owner), special_name(which));
    else
        raise(thread, exc::TypeError,
              has_other
                  ? "'{}' object does not support the context manager protocol (missed {} method) "
                    "but it supports the asynchronous context manager protocol. Did you mean to "
                    "use 'async with'?"
                  : "'{}' object does not support the context manager protocol (missed {} method)",
              type_full_name_of(owner), special_name(which));
    return 0;
}

// --- items ---

// dict[key] where it can be told without asking any object, as a register word: what many threads
// read takes no count. 0: ask dict_get.
static uint64_t quick_dict_item(Thread& thread, Dict& dict, Value key) {
    if (!key.is_small_int() && !is_exact_str(key)) return 0;
    Result<int64_t> hashed = hash(thread, key);
    if (!hashed) return 0;
    mark_reader(&dict);
    DictTable* table = dict.table.load(std::memory_order_acquire);
    DictProbe probe(key, *hashed);
    Index entry = probe.find(dict, *table, false);
    if (entry < 0) return 0;
    uint64_t bits = load_slot_bits(table->entries()[entry].value);
    if (dict.table.load(std::memory_order_acquire) == table) return bits;
    drop_bits(bits);
    return 0;
}

uint64_t slow_get_item(Thread& thread, Value container, Value key) {
    if (is_exact_dict(container)) {
        if (uint64_t bits = quick_dict_item(thread, container.as<Dict>(), key)) return bits;
        Owned value = dict_get(thread, container.as<Dict>(), key);
        if (value.is_nothing()) {
            raise_key_error(thread, key);
            return 0;
        }
        return value.release();
    }
    if (key.is_small_int() && is_exact_str(container)) {
        Str& text = container.as<Str>();
        int64_t index = key.small_int();
        if (index < 0) index += static_cast<int64_t>(text.length());
        if (static_cast<uint64_t>(index) < text.length())
            return make_str_from_char(thread, text[static_cast<size_t>(index)]).release();
    }
    return get_item(thread, container, key).release();
}

bool slow_set_item(Thread& thread, Frame* frame, uint64_t* r, uint32_t a, uint32_t b, uint32_t c) {
    Value container = value_at(r, a), key = value_at(r, b);
    if (is_exact_dict(container)) {
        if (!dict_set(thread, container.as<Dict>(), key, Owned::share(value_at(r, c))))
            return false;
    } else if (is_exact_list(container) && key.is_small_int() && key.small_int() >= 0) {
        if (!list_set_item(thread, container.as<List>(), key.small_int(),
                           Owned::share(value_at(r, c))))
            return false;
    } else if (!set_item(thread, container, key, value_at(r, c))) {
        return false;
    }
    discard(frame, r, c);
    discard(frame, r, b);
    discard(frame, r, a);
    return true;
}

// A bound that counts from the beginning; None leaves *bound alone.
static bool slice_bound(Value value, int64_t* bound) {
    if (is_none(value)) return true;
    if (!value.is_small_int() || value.small_int() < 0) return false;
    *bound = value.small_int();
    return true;
}

uint64_t slow_get_slice(Thread& thread, Value container, Value begin, Value end) {
    int64_t from = 0, to = PTRDIFF_MAX;
    if (is_exact_list(container) && slice_bound(begin, &from) && slice_bound(end, &to))
        return list_slice(thread, container.as<List>(), from, to).release();
    from = 0, to = PTRDIFF_MAX;
    if (is_exact_str(container) && slice_bound(begin, &from) && slice_bound(end, &to)) {
        Str& text = container.as<Str>();
        auto length = static_cast<int64_t>(text.length());
        if (to > length) to = length;
        if (from > to) from = to;
        return str_substring(thread, text, from, to).release();
    }
    Owned slice = make_slice(thread, begin, end, none()).owned();
    if (!slice) return 0;
    return get_item(thread, container, slice).release();
}

bool slow_set_slice(Thread& thread, Value container, Value begin, Value end, Value value) {
    int64_t from = 0, to = PTRDIFF_MAX;
    if (is_exact_list(container) && (is_exact_list(value) || is_exact_tuple(value)) &&
        slice_bound(begin, &from) && slice_bound(end, &to))
        return list_assign_slice(thread, container.as<List>(), from, to, value);
    Owned slice = make_slice(thread, begin, end, none()).owned();
    return slice && set_item(thread, container, slice, value);
}

// --- displays ---

uint64_t slow_build_tuple(Thread& thread, uint64_t* r, uint32_t b, uint32_t count) {
    if (count == 0) return empty_tuple().release();
    Ref<Tuple> tuple = make_tuple_blank(thread, count);
    if (!tuple) return 0;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t bits = r[b + i];
        r[b + i] = 0;
        tuple->items[i].init(own_moved(bits));
    }
    track(tuple.get());
    return tuple.release();
}

uint64_t slow_build_list(Thread& thread, uint64_t* r, uint32_t b, uint32_t count) {
    if (count == 0) return make_list(thread).release();
    ValueBuffer values(thread);
    if (!values.reserve(count)) return 0;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t bits = r[b + i];
        r[b + i] = 0;
        if (!values.append(own_moved(bits))) return 0;
    }
    return values.to_list().release();
}

uint64_t slow_build_set(Thread& thread, uint64_t* r, uint32_t b, uint32_t count) {
    Ref<Set> set = make_set(thread);
    if (!set) return 0;
    for (uint32_t i = 0; i < count; i++)
        if (!set_add(thread, *set, value_at(r, b + i))) return 0;
    discard_range(r, b, count);
    return set.release();
}

uint64_t slow_build_dict(Thread& thread, uint64_t* r, uint32_t b, uint32_t pairs) {
    Ref<Dict> dict = make_dict(thread, pairs);
    if (!dict) return 0;
    for (uint32_t i = 0; i < pairs; i++)
        if (!dict_set(thread, *dict, value_at(r, b + 2 * i), value_at(r, b + 2 * i + 1))) return 0;
    discard_range(r, b, 2 * pairs);
    return dict.release();
}

uint64_t slow_build_string(Thread& thread, uint64_t* r, uint32_t b, uint32_t count) {
    Owned text = str_join_values(thread, reinterpret_cast<const Value*>(r + b), count);
    if (!text) return 0;
    discard_range(r, b, count);
    return text.release();
}

uint64_t slow_build_slice(Thread& thread, uint64_t* r, uint32_t b, uint32_t count) {
    Owned slice = make_slice(thread, value_at(r, b), value_at(r, b + 1),
                             count == 3 ? value_at(r, b + 2) : none())
                      .owned();
    if (!slice) return 0;
    discard_range(r, b, count);
    return slice.release();
}

// Whether a Template can be made of them, which code that was made up may miss.
static bool fits_template(Value strings, Value interpolations) {
    if (!is_exact_tuple(strings) || !is_exact_tuple(interpolations)) return false;
    Tuple &texts = strings.as<Tuple>(), &parts = interpolations.as<Tuple>();
    bool fits = texts.size == parts.size + 1;
    for (size_t i = 0; fits && i < texts.size; i++) fits = is_str(texts[i]);
    for (size_t i = 0; fits && i < parts.size; i++)
        fits = has_shape(parts[i], k_interpolation_shape);
    return fits;
}

uint64_t slow_build_template(Thread& thread, Frame* frame, uint64_t* r, uint32_t b, uint32_t c) {
    if (!fits_template(value_at(r, b), value_at(r, c))) {
        raise(thread, exc::SystemError, "bytecode makes a template of parts that do not fit");
        return 0;
    }
    Owned made = make_template(thread, value_at(r, b).as<Tuple>(), value_at(r, c).as<Tuple>());
    if (!made) return 0;
    discard(frame, r, b);
    discard(frame, r, c);
    return made.release();
}

uint64_t slow_build_interpolation(Thread& thread, uint64_t* r, uint32_t b, uint32_t flags) {
    static const char conversions[] = {0, 's', 'r', 'a'};
    bool has_spec = flags & 1;
    if (!is_str(value_at(r, b + 1)) || (has_spec && !is_str(value_at(r, b + 2)))) {
        raise(thread, exc::SystemError, "bytecode makes an interpolation of what is no str");
        return 0;
    }
    Owned made =
        make_interpolation(thread, value_at(r, b), value_at(r, b + 1).as<Str>(),
                           conversions[flags >> 2 & 3], has_spec ? value_at(r, b + 2) : Value());
    if (!made) return 0;
    discard_range(r, b, has_spec ? 3 : 2);
    return made.release();
}

static Owned convert(Thread& thread, Value value, uint32_t conversion) {
    switch (conversion) {
        case 1:
            return str(thread, value);
        case 2:
            return repr(thread, value);
        case 3:
            return ascii(thread, value);
        default:
            return Owned::share(value);
    }
}

uint64_t slow_format_value(Thread& thread, Frame* frame, uint64_t* r, uint32_t b,
                           uint32_t conversion) {
    Owned value = convert(thread, value_at(r, b), conversion);
    if (!value) return 0;
    if (!is_exact_str(value)) {
        value = format_value(thread, value, Value());
        if (!value) return 0;
    }
    discard(frame, r, b);
    return value.release();
}

uint64_t slow_format_with_spec(Thread& thread, uint64_t* r, uint32_t b, uint32_t conversion) {
    Owned value = convert(thread, value_at(r, b), conversion);
    if (!value) return 0;
    value = format_value(thread, value, value_at(r, b + 1));
    if (!value) return 0;
    discard_range(r, b, 2);
    return value.release();
}

uint64_t slow_list_to_tuple(Thread& thread, uint64_t* r, uint32_t b) {
    Owned tuple = list_to_tuple(thread, value_at(r, b).as<List>()).owned();
    if (!tuple) return 0;
    discard_range(r, b, 1);
    return tuple.release();
}

// Bytecode from a file that was damaged, or made up, may be well formed and yet add to what is no
// such container.
static bool is_mutable_set(Value value) {
    return value.is_object() && has_type_flag(value, kTypeIsSet);
}
static bool bad_target(Thread& thread, const char* kind) {
    return raise(thread, exc::SystemError, "bytecode adds to what is no {}", kind);
}

bool slow_list_append(Thread& thread, Frame* frame, uint64_t* r, uint32_t a, uint32_t b) {
    if (IMUGI_UNLIKELY(!is_list(value_at(r, a)))) return bad_target(thread, "list");
    return list_append(thread, value_at(r, a).as<List>(), consume(frame, r, b));
}

bool slow_set_add(Thread& thread, Frame* frame, uint64_t* r, uint32_t a, uint32_t b) {
    if (IMUGI_UNLIKELY(!is_mutable_set(value_at(r, a)))) return bad_target(thread, "set");
    if (!set_add(thread, value_at(r, a).as<Set>(), value_at(r, b))) return false;
    discard(frame, r, b);
    return true;
}

bool slow_dict_add(Thread& thread, uint64_t* r, uint32_t a, uint32_t b) {
    if (IMUGI_UNLIKELY(!is_dict(value_at(r, a)))) return bad_target(thread, "dict");
    if (!dict_set(thread, value_at(r, a).as<Dict>(), value_at(r, b), value_at(r, b + 1)))
        return false;
    discard_range(r, b, 2);
    return true;
}

bool slow_list_extend(Thread& thread, Frame* frame, uint64_t* r, uint32_t a, uint32_t b,
                      uint32_t star) {
    Value iterable = value_at(r, b);
    if (!is_list(value_at(r, a))) return bad_target(thread, "list");
    if (!list_extend(thread, value_at(r, a).as<List>(), iterable)) {
        Type& type = type_of(iterable);
        if (star && !type.slots.iter && !type.slots.item &&
            clear_exception_if(thread, exc::TypeError))
            return raise(thread, exc::TypeError, "Value after * must be an iterable, not {}",
                         type_name_of(iterable));
        return false;
    }
    discard(frame, r, b);
    return true;
}

bool slow_set_update(Thread& thread, Frame* frame, uint64_t* r, uint32_t a, uint32_t b) {
    if (!is_mutable_set(value_at(r, a))) return bad_target(thread, "set");
    if (!set_update(thread, value_at(r, a).as<Set>(), value_at(r, b))) return false;
    discard(frame, r, b);
    return true;
}

bool slow_dict_update(Thread& thread, Frame* frame, uint64_t* r, uint32_t a, uint32_t b) {
    Value mapping = value_at(r, b);
    if (!is_dict(value_at(r, a))) return bad_target(thread, "dict");
    if (!is_dict(mapping)) {
        Owned keys = get_attribute_or_nothing(thread, mapping, ID(keys));
        if (!keys) return false;
        if (keys.is_nothing())
            return raise(thread, exc::TypeError, "'{}' object is not a mapping",
                         type_name_of(mapping));
    }
    if (!dict_update(thread, value_at(r, a).as<Dict>(), mapping)) return false;
    discard(frame, r, b);
    return true;
}

// "module.f" or "f" with brackets, as messages about calls name a callable.
Owned callable_text(Thread& thread, Value callable) {
    Owned name = get_attribute_or_nothing(thread, callable, ID(__qualname__));
    if (!name) return {};
    if (name.is_nothing()) return str(thread, callable);
    Owned module = get_attribute_or_nothing(thread, callable, ID(__module__));
    if (!module) return {};
    if (!module.is_nothing() && is_str(module) && !str_equal(module.as<Str>(), "builtins"))
        return format(thread, "{}.{}()", module, name).owned();
    return format(thread, "{}()", name).owned();
}

// One item of `f(**mapping)`; a name that is there already is an error of the call.
static bool merge_item(Thread& thread, Dict& into, Value key, Value value, Value callable) {
    bool present = TRY(dict_contains(thread, into, key));
    if (!present) return dict_set(thread, into, key, value);
    Owned name = TRY(callable_text(thread, callable));
    return raise(thread, exc::TypeError, "{} got multiple values for keyword argument '{}'", name,
                 key);
}

static bool merge_mapping(Thread& thread, Dict& into, Value mapping, Value keys, Value callable) {
    Owned listed = TRY(call(thread, keys));
    Owned iterator = TRY(iterate(thread, listed));
    for (;;) {
        Owned key = TRY(next(thread, iterator));
        if (key.is_nothing()) return true;
        Owned value = TRY(get_item(thread, mapping, key));
        TRY(merge_item(thread, into, key, value, callable));
    }
}

bool slow_dict_merge(Thread& thread, Frame* frame, uint64_t* r, uint32_t a, uint32_t b,
                     uint32_t callable) {
    if (!is_dict(value_at(r, a))) return bad_target(thread, "dict");
    Dict& into = value_at(r, a).as<Dict>();
    Value mapping = value_at(r, b), function = value_at(r, callable);
    if (is_dict(mapping) && type_of(mapping).slots.iter == dict_type.slots.iter) {
        size_t position = 0;
        Owned key, value;
        while (dict_next(thread, mapping.as<Dict>(), &position, &key, &value))
            TRY(merge_item(thread, into, key, value, function));
    } else {
        Owned keys = TRY(get_attribute_or_nothing(thread, mapping, ID(keys)));
        if (keys.is_nothing()) {
            Owned name = TRY(callable_text(thread, function));
            return raise(thread, exc::TypeError, "{} argument after ** must be a mapping, not {}",
                         name, type_name_of(mapping));
        }
        TRY(merge_mapping(thread, into, mapping, keys, function));
    }
    discard(frame, r, b);
    return true;
}

// --- unpacking ---

static bool raise_cannot_unpack(Thread& thread, Value value) {
    Type& type = type_of(value);
    if (!type.slots.iter && !type.slots.item && clear_exception_if(thread, exc::TypeError))
        raise(thread, exc::TypeError, "cannot unpack non-iterable {} object", type_name_of(value));
    return false;
}

static bool raise_too_many(Thread& thread, Value value, uint32_t expected) {
    if (is_exact_list(value) || is_exact_tuple(value) || is_exact_dict(value)) {
        Result<Index> got = length(thread, value);
        if (!got) return false;
        if (*got > static_cast<Index>(expected))
            return raise(thread, exc::ValueError, "too many values to unpack (expected {}, got {})",
                         expected, *got);
    }
    return raise(thread, exc::ValueError, "too many values to unpack (expected {})", expected);
}

// The items of a short list of just this size, in register `b`, into others, all as they were at
// one time; false when it is not.
static bool unpack_list(Thread& thread, List& list, const Frame* frame, uint64_t* r, uint32_t a,
                        uint32_t b, uint32_t count) {
    constexpr uint32_t kMost = 8;
    if (count > kMost || list_size(list) != static_cast<Index>(count)) return false;
    uint64_t words[kMost];
    {
        Lock guard(thread, list);
        if (list.size.load(std::memory_order_relaxed) != static_cast<Index>(count)) return false;
        ListItems* array = list.array.load(std::memory_order_relaxed);
        for (uint32_t i = 0; i < count; i++) words[i] = array->items[i].share().release();
    }
    discard(frame, r, b);
    for (uint32_t i = 0; i < count; i++) set_register(r, a + i, words[i]);
    return true;
}

bool slow_unpack(Thread& thread, Frame* frame, uint64_t* r, uint32_t a, uint32_t b,
                 uint32_t count) {
    Value whole = value_at(r, b);
    if (is_exact_tuple(whole) && whole.as<Tuple>().size == count) {
        Tuple& tuple = whole.as<Tuple>();
        Owned held = consume(frame, r, b);
        // A tuple that dies here gives its items away.
        bool dies = held.value().is_owning() && is_unique(&tuple);
        for (uint32_t i = 0; i < count; i++)
            set_register(r, a + i,
                         dies ? tuple.items[i].take().release() : share_bits(tuple[i].bits()));
        return true;
    }
    Owned source;
    if (is_exact_list(whole)) {
        if (unpack_list(thread, whole.as<List>(), frame, r, a, b, count)) return true;
        Ref<Tuple> items = list_to_tuple(thread, whole.as<List>());
        if (!items) return false;
        source = std::move(items).owned();
    } else {
        source = Owned::share(whole);
    }
    Ref<List> items = make_list(thread, count);
    if (!items) return false;
    Owned iterator = iterate(thread, source);
    if (!iterator) return raise_cannot_unpack(thread, source);
    for (uint32_t i = 0;; i++) {
        Owned item = next(thread, iterator);
        if (!item) return false;
        if (item.is_nothing()) {
            if (i == count) break;
            return raise(thread, exc::ValueError,
                         "not enough values to unpack (expected {}, got {})", count, i);
        }
        if (i == count) return raise_too_many(thread, source, count);
        if (!list_append(thread, *items, std::move(item))) return false;
    }
    discard(frame, r, b);
    for (uint32_t i = 0; i < count; i++)
        set_register(r, a + i, list_item(thread, *items, i).release());
    return true;
}

bool slow_unpack_ex(Thread& thread, Frame* frame, uint64_t* r, uint32_t a, uint32_t b,
                    uint32_t before, uint32_t after) {
    Owned source = Owned::share(value_at(r, b));
    Ref<List> items;
    if (is_exact_list(source)) {
        items = Ref<List>::adopt(list_slice(thread, source.as<List>(), 0, PTRDIFF_MAX));
    } else {
        Owned iterator = iterate(thread, source);
        if (!iterator) return raise_cannot_unpack(thread, source);
        items = to_list(thread, iterator);
    }
    if (!items) return false;
    Index size = list_size(*items);
    if (size < static_cast<Index>(before + after))
        return raise(thread, exc::ValueError,
                     "not enough values to unpack (expected at least {}, got {})", before + after,
                     size);
    Owned rest = list_slice(thread, *items, before, size - static_cast<Index>(after));
    if (!rest) return false;
    discard(frame, r, b);
    for (uint32_t i = 0; i < before; i++)
        set_register(r, a + i, list_item(thread, *items, i).release());
    set_register(r, a + before, rest.release());
    for (uint32_t i = 0; i < after; i++)
        set_register(r, a + before + 1 + i,
                     list_item(thread, *items, size - static_cast<Index>(after - i)).release());
    return true;
}

// --- patterns ---

uint64_t slow_length(Thread& thread, Value value) {
    Result<Index> size = length(thread, value);
    return size ? Value::small_int(*size).bits() : 0;
}

uint64_t slow_match_keys(Thread& thread, Value subject, Value keys_value) {
    Tuple& keys = keys_value.as<Tuple>();
    Ref<Tuple> values = make_tuple_blank(thread, keys.size);
    if (!values) return 0;
    Owned get;
    Owned missing;
    Ref<Set> seen = make_set(thread);
    if (!seen) return 0;
    if (keys.size) {
        get = get_attribute(thread, subject, ID(get));
        if (!get) return 0;
        missing = call(thread, Value::of(object_type));
        if (!missing) return 0;
    }
    for (size_t i = 0; i < keys.size; i++) {
        Result<bool> twice = set_contains(thread, *seen, keys[i]);
        if (!twice || !set_add(thread, *seen, keys[i])) return 0;
        if (*twice) {
            raise(thread, exc::ValueError, "mapping pattern checks duplicate key ({})",
                  repr_of(keys[i]));
            return 0;
        }
        Owned value = call(thread, get, keys[i], missing);
        if (!value) return 0;
        if (same(value, missing)) return none().bits();
        values->items[i].init(std::move(value));
    }
    track(values.get());
    return values.release();
}

// One attribute of a class pattern; nothing when the subject lacks it.
static Owned match_attribute(Thread& thread, Value subject, Type& cls, Str& name, Set& seen) {
    Result<bool> twice = set_contains(thread, seen, Value::of(name));
    if (!twice) return {};
    if (*twice)
        return raise(thread, exc::TypeError, "{}() got multiple sub-patterns for attribute {}", cls,
                     repr_of(Value::of(name)));
    if (!set_add(thread, seen, Value::of(name))) return {};
    return get_attribute_or_nothing(thread, subject, name);
}

uint64_t slow_match_class(Thread& thread, Frame* frame, Value subject, Value cls_value,
                          uint32_t names_index, uint32_t positional) {
    if (!is_type(cls_value)) {
        raise(thread, exc::TypeError, "called match pattern must be a class");
        return 0;
    }
    Type& cls = cls_value.as<Type>();
    Tuple& keywords = frame->constants[names_index].as<Tuple>();
    Result<bool> matches = is_instance(thread, subject, cls_value);
    if (!matches) return 0;
    if (!*matches) return none().bits();
    Ref<Set> seen = make_set(thread);
    Ref<Tuple> values = make_tuple_blank(thread, positional + keywords.size);
    if (!seen || !values) return 0;
    if (positional) {
        Owned match_args = get_attribute_or_nothing(thread, cls_value, ID(__match_args__));
        if (!match_args) return 0;
        bool self = false;
        if (match_args.is_nothing()) {
            match_args = empty_tuple().owned();
            self = cls.has(kTypeMatchSelf);
        } else if (!is_exact_tuple(match_args)) {
            raise(thread, exc::TypeError, "{}.__match_args__ must be a tuple (got {})", cls,
                  type_name_of(match_args));
            return 0;
        }
        Tuple& names = match_args.as<Tuple>();
        size_t allowed = self ? 1 : names.size;
        if (allowed < positional) {
            raise(thread, exc::TypeError, "{}() accepts {} positional sub-pattern{} ({} given)",
                  cls, static_cast<long>(allowed), allowed == 1 ? "" : "s", positional);
            return 0;
        }
        if (self) {
            values->items[0].init(Owned::share(subject));
        } else {
            for (uint32_t i = 0; i < positional; i++) {
                if (!is_exact_str(names[i])) {
                    raise(thread, exc::TypeError,
                          "__match_args__ elements must be strings (got {})",
                          type_name_of(names[i]));
                    return 0;
                }
                Owned value = match_attribute(thread, subject, cls, names[i].as<Str>(), *seen);
                if (!value) return 0;
                if (value.is_nothing()) return none().bits();
                values->items[i].init(std::move(value));
            }
        }
    }
    for (size_t i = 0; i < keywords.size; i++) {
        Owned value = match_attribute(thread, subject, cls, keywords[i].as<Str>(), *seen);
        if (!value) return 0;
        if (value.is_nothing()) return none().bits();
        values->items[positional + i].init(std::move(value));
    }
    track(values.get());
    return values.release();
}

}  // namespace imugi
