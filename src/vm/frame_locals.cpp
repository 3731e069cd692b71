// The proxy's methods. Variables are read and written by frame_object.cpp, which stops the world
// where they are another thread's; entries that are no variables are under the frame's Lock.
#include "vm/frame_locals.h"

#include "memory/collector.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/errors.h"
#include "object/list.h"
#include "object/native.h"
#include "object/protocol.h"
#include "object/repr_guard.h"
#include "object/str.h"
#include "thread/lock.h"

namespace imugi {

IMUGI_BUILTIN_TYPE_BY_OBJECT(FrameLocalsProxy, frame_locals_proxy_type);

static FrameObject& frame_of(Value self) {
    return self.as<FrameLocalsProxy>().frame.as<FrameObject>();
}

Owned make_frame_locals_proxy(Thread& thread, FrameObject& frame) {
    auto* proxy = allocate<FrameLocalsProxy>(thread, frame_locals_proxy_type);
    if (!proxy) return {};
    proxy->frame.init(Owned::share(frame));
    track(proxy);
    return Owned::adopt(proxy);
}

// The dict of names that are no variables, made on demand.
static Owned extra_dict(Thread& thread, FrameObject& frame, bool make) {
    Lock guard(thread, frame);
    if (frame.extra.is_empty()) {
        if (!make) return Owned::nothing();
        Ref<Dict> dict = make_dict(thread);
        if (!dict) return {};
        frame.extra.init(std::move(dict).owned());
    }
    return frame.extra.share();
}

bool park_frame_value(Thread& thread, FrameObject& frame, Owned value) {
    Owned parked;
    {
        Lock guard(thread, frame);
        if (frame.parked.is_empty()) {
            Ref<List> list = make_list(thread);
            if (!list) return false;
            if (frame.parked.is_empty()) frame.parked.init(std::move(list).owned());
        }
        parked = frame.parked.share();
    }
    return list_append(thread, parked.as<List>(), std::move(value));
}

// Whether `key` says the name of a variable: a str, or anything with its hash that is equal.
static Result<bool> is_name(Thread& thread, Value key, int64_t key_hash, Str& name) {
    if (is_exact_str(key)) return str_equal(name, key.as<Str>());
    Result<int64_t> name_hash = hash(thread, Value::of(name));
    if (!name_hash) return failure;
    if (*name_hash != key_hash) return false;
    return equals(thread, Value::of(name), key);
}

// Index of the variable called `key`, or -1. Of several, the bound one of the innermost
// comprehension, else the function's own.
static bool find_variable(Thread& thread, FrameObject& frame, Value key, int* found) {
    *found = -1;
    int64_t key_hash = TRY(hash(thread, key));
    for (uint32_t i = 0; i < frame_variable_count(frame); i++) {
        bool equal = TRY(is_name(thread, key, key_hash, frame_variable_name(frame, i)));
        if (!equal) continue;
        bool is_other = *found >= 0 || frame_variable_hidden(frame, i);
        if (is_other) {
            Owned value = TRY(frame_variable(thread, frame, i));
            if (value.is_nothing()) continue;
        }
        *found = static_cast<int>(i);
    }
    return true;
}

static bool add_extra(Thread& thread, FrameObject& frame, Dict& into) {
    Owned extra = extra_dict(thread, frame, false);
    if (extra.is_nothing()) return true;
    size_t position = 0;
    Owned key, value;
    while (dict_next(thread, extra.as<Dict>(), &position, &key, &value))
        if (!dict_set(thread, into, key, value.value())) return false;
    return true;
}

static Owned bound_variables(Thread& thread, FrameObject& frame) {
    Ref<Dict> dict = make_dict(thread);
    if (!dict) return {};
    for (uint32_t i = 0; i < frame_variable_count(frame); i++) {
        Owned value = frame_variable(thread, frame, i);
        if (!value) return {};
        if (!value.is_nothing() &&
            !dict_set(thread, *dict, Value::of(frame_variable_name(frame, i)), std::move(value)))
            return {};
    }
    if (!add_extra(thread, frame, *dict)) return {};
    return std::move(dict).owned();
}

bool has_hidden_variables(Thread& thread, FrameObject& frame) {
    for (uint32_t i = 0; i < frame_variable_count(frame); i++) {
        if (!frame_variable_hidden(frame, i)) continue;
        Owned value = frame_variable(thread, frame, i);
        if (value && !value.is_nothing()) return true;
    }
    return false;
}

Owned frame_locals_snapshot(Thread& thread, FrameObject& frame) {
    return bound_variables(thread, frame);
}

static Owned proxy_dict(Thread& thread, Value self) {
    return bound_variables(thread, frame_of(self));
}

// The value, nothing when there is none.
static Owned proxy_lookup(Thread& thread, Value self, Value key) {
    FrameObject& frame = frame_of(self);
    int i;
    if (!find_variable(thread, frame, key, &i)) return {};
    if (i >= 0) {
        Owned value = frame_variable(thread, frame, static_cast<uint32_t>(i));
        if (!value.is_nothing()) return value;
    }
    Owned extra = extra_dict(thread, frame, false);
    if (extra.is_nothing()) return extra;
    return dict_get(thread, extra.as<Dict>(), key);
}

static Owned proxy_subscript(Thread& thread, Value self, Value key) {
    Owned value = proxy_lookup(thread, self, key);
    if (value.is_nothing())
        return raise(thread, exc::KeyError, "local variable '{}' is not defined", key);
    return value;
}

static bool proxy_assign(Thread& thread, Value self, Value key, Value value) {
    FrameObject& frame = frame_of(self);
    int i;
    TRY(find_variable(thread, frame, key, &i));
    if (value.is_empty()) {
        if (i >= 0)
            return raise(thread, exc::ValueError,
                         "cannot remove local variables from FrameLocalsProxy");
        Owned extra = extra_dict(thread, frame, false);
        if (extra.is_nothing()) return raise_key_error(thread, key);
        bool deleted = TRY(dict_delete(thread, extra.as<Dict>(), key));
        return deleted || raise_key_error(thread, key);
    }
    if (i >= 0) return set_frame_variable(thread, frame, static_cast<uint32_t>(i), value);
    Owned extra = extra_dict(thread, frame, true);
    return extra && dict_set(thread, extra.as<Dict>(), key, value);
}

static Result<Index> proxy_length(Thread& thread, Value self) {
    Owned dict = proxy_dict(thread, self);
    if (!dict) return failure;
    return dict_size(dict.as<Dict>());
}
static Result<bool> proxy_contains(Thread& thread, Value self, Value key) {
    Owned value = proxy_lookup(thread, self, key);
    if (!value) return failure;
    return !value.is_nothing();
}
static Owned proxy_iter(Thread& thread, Value self) {
    Owned dict = proxy_dict(thread, self);
    if (!dict) return {};
    Ref<List> keys = dict_keys(thread, dict.as<Dict>());
    if (!keys) return {};
    return iterate(thread, keys);
}
static Owned proxy_repr(Thread& thread, Value self) {
    // Proxies of one frame are as good as one.
    ReprGuard guard(frame_of(self));
    if (guard.is_recursive()) return make_str(thread, "{...}");
    Owned dict = proxy_dict(thread, self);
    return dict ? repr(thread, dict) : Owned();
}
static Owned proxy_compare(Thread& thread, Value self, Value other, CompareOp op) {
    if (op != CompareOp::kEq && op != CompareOp::kNe) return Owned::share(not_implemented());
    bool proxy = has_shape(other, k_frame_locals_proxy_shape);
    if (!proxy && !is_dict(other)) return Owned::share(not_implemented());
    Owned left = proxy_dict(thread, self);
    if (!left) return {};
    Owned right = proxy ? proxy_dict(thread, other) : Owned::share(other);
    if (!right) return {};
    return compare(thread, left, right, op);
}
static Owned proxy_or(Thread& thread, Value left, Value right) {
    auto is_mapping = [](Value v) {
        return is_dict(v) || has_shape(v, k_frame_locals_proxy_shape);
    };
    if (!is_mapping(left) || !is_mapping(right)) return Owned::share(not_implemented());
    Ref<Dict> merged = make_dict(thread);
    for (Value side : {left, right}) {
        if (!merged) return {};
        Owned dict = is_dict(side) ? Owned::share(side) : proxy_dict(thread, side);
        if (!dict || !dict_update(thread, *merged, dict)) return {};
    }
    return std::move(merged).owned();
}
static bool proxy_update_from(Thread& thread, Value self, Value other) {
    Ref<Dict> items = make_dict(thread);
    if (!items || !dict_update(thread, *items, other)) return false;
    size_t position = 0;
    Owned key, value;
    while (dict_next(thread, *items, &position, &key, &value))
        if (!proxy_assign(thread, self, key, value)) return false;
    return true;
}
static Owned proxy_inplace_or(Thread& thread, Value self, Value other) {
    return proxy_update_from(thread, self, other) ? Owned::share(self) : Owned();
}
static void proxy_fields(Object* self, FieldVisitor& visitor) {
    visitor.visit(static_cast<FrameLocalsProxy*>(self)->frame);
}

static Owned proxy_make(Thread& thread, Type&, const Arguments& arguments) {
    if (!reject_keywords(thread, "FrameLocalsProxy", arguments)) return {};
    if (arguments.count != 1)
        return raise(thread, exc::TypeError, "FrameLocalsProxy expected 1 argument, got {}",
                     static_cast<long>(arguments.count));
    if (!has_shape(arguments[0], k_frame_shape))
        return raise(thread, exc::TypeError, "expect frame, not {}", type_name_of(arguments[0]));
    return make_frame_locals_proxy(thread, arguments[0].as<FrameObject>());
}

static Owned method_get(Thread& thread, Value self, Value key, Value otherwise) {
    Owned value = proxy_lookup(thread, self, key);
    return value.is_nothing() ? Owned::share(otherwise) : std::move(value);
}
static Owned method_set_default(Thread& thread, Value self, Value key, Value otherwise) {
    Owned value = proxy_lookup(thread, self, key);
    if (!value.is_nothing()) return value;
    return proxy_assign(thread, self, key, otherwise) ? Owned::share(otherwise) : Owned();
}
static Owned method_pop(Thread& thread, Value self, Value key, Value otherwise) {
    FrameObject& frame = frame_of(self);
    int i;
    TRY(find_variable(thread, frame, key, &i));
    if (i >= 0)
        return raise(thread, exc::ValueError,
                     "cannot remove local variables from FrameLocalsProxy");
    Owned extra = extra_dict(thread, frame, false);
    Owned value = extra.is_nothing() ? Owned::nothing() : dict_pop(thread, extra.as<Dict>(), key);
    if (!value.is_nothing()) return value;
    if (otherwise.is_empty()) return raise_key_error(thread, key);
    return Owned::share(otherwise);
}
static Owned method_keys(Thread& thread, Value self) {
    Owned dict = proxy_dict(thread, self);
    return dict ? dict_keys(thread, dict.as<Dict>()).owned() : Owned();
}
static Owned method_values(Thread& thread, Value self) {
    Owned dict = proxy_dict(thread, self);
    return dict ? dict_values(thread, dict.as<Dict>()).owned() : Owned();
}
static Owned method_items(Thread& thread, Value self) {
    Owned dict = proxy_dict(thread, self);
    return dict ? dict_items(thread, dict.as<Dict>()).owned() : Owned();
}
static bool method_update(Thread& thread, Value self, Value other) {
    return proxy_update_from(thread, self, other);
}
static Owned method_reversed(Thread& thread, Value self) {
    Owned keys = method_keys(thread, self);
    if (!keys) return {};
    Owned result = call_method(thread, keys, ID(reverse));
    return result ? std::move(keys) : Owned();
}

static const MethodRow proxy_methods[] = {
    {"__contains__", "(self, key, /)", fn<proxy_contains>, nullptr},
    {"copy", "(self, /)", fn<proxy_dict>, nullptr},
    {"get", "(self, key, default=None, /)", fn<method_get>, nullptr},
    {"items", "(self, /)", fn<method_items>, nullptr},
    {"keys", "(self, /)", fn<method_keys>, nullptr},
    {"pop", "(self, key, default=<unrepresentable>, /)", fn<method_pop>, nullptr},
    {"setdefault", "(self, key, default=None, /)", fn<method_set_default>, nullptr},
    {"update", "(self, other, /)", fn<method_update>, nullptr},
    {"values", "(self, /)", fn<method_values>, nullptr},
    {"__reversed__", "(self, /)", fn<method_reversed>, nullptr},
    {},
};

Type frame_locals_proxy_type;
const TypeSpec frame_locals_proxy_type_spec = {
    .name = "FrameLocalsProxy",
    .size = sizeof(FrameLocalsProxy),
    .flags = kTypeTracked | kTypeImmutable | kTypeMapping,
    .slots = {.repr = proxy_repr,
              .get_attribute = generic_get_attribute,
              .compare = proxy_compare,
              .iter = proxy_iter,
              .make = proxy_make,
              .fields = proxy_fields,
              .bit_or = proxy_or,
              .inplace_or = proxy_inplace_or,
              .contains = proxy_contains,
              .length = proxy_length,
              .subscript = proxy_subscript,
              .assign_subscript = proxy_assign},
    .methods = proxy_methods,
};

}  // namespace imugi
