// _local: each thread has a dict of its own for it, kept in the thread's `dict` under a key object
// of the local.  The values that threads still hold for a local that died go when those threads
// end.
//
// A thread's dict is touched by that thread only.
#include "modules/_thread/local.h"

#include "memory/collector.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/errors.h"
#include "object/int.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"

namespace imugi {

namespace {

struct LocalObject : Object {
    Slot key;     // an int, unique in the process; immutable
    Slot args;    // tuple, for __init__ in each thread
    Slot kwargs;  // Dict; empty for none
};
std::atomic<int64_t> next_key{1};

LocalObject& local_of(Value self) {
    return self.as<LocalObject>();
}

// This thread's dict of the local; __init__ is called when it is made.
Owned own_dict(Thread& thread, Value self) {
    if (!thread.dict) {
        Ref<Dict> made = TRY(make_dict(thread));
        thread.dict = std::move(made).owned().release();
    }
    Dict& all = Value::from_bits(thread.dict).as<Dict>();
    LocalObject& local = local_of(self);
    Owned dict = TRY(dict_get(thread, all, local.key.borrow()));
    if (!dict.is_nothing()) return dict;
    Ref<Dict> made = TRY(make_dict(thread));
    TRY(dict_set(thread, all, local.key.borrow(), made.value()));
    auto init = type_of(self).slots.init;
    if (init && init != object_type.slots.init) {
        Owned method = TRY(get_attribute(thread, self, ID(__init__)));
        Dict* kwargs = local.kwargs.is_empty() ? nullptr : &local.kwargs.as<Dict>();
        Owned result = call_with(thread, method, local.args.as<Tuple>(), kwargs);
        if (!result) {
            SavedException saved(thread);
            Result<bool> removed = dict_delete(thread, all, local.key.borrow());
            (void)removed;
            return {};
        }
    }
    return std::move(made).owned();
}

Owned local_get(Thread& thread, Value self, Str& name) {
    Owned dict = TRY(own_dict(thread, self));
    if (str_equal(name, "__dict__")) return dict;
    // Data descriptors of the class, then the thread's values, then the rest of the class.
    Owned in_type = lookup_in_mro(thread, type_of(self), name);
    if (!in_type.is_nothing() && type_of(in_type).slots.descriptor_set &&
        type_of(in_type).slots.descriptor_get)
        return type_of(in_type).slots.descriptor_get(thread, in_type, self,
                                                     Value::of(type_of(self)));
    Owned value = TRY(dict_get(thread, dict.as<Dict>(), Value::of(name)));
    if (!value.is_nothing()) return value;
    return generic_get_attribute(thread, self, name);
}

bool local_set(Thread& thread, Value self, Str& name, Value value) {
    if (str_equal(name, "__dict__"))
        return raise(thread, exc::AttributeError, "'{}' object attribute '__dict__' is read-only",
                     type_name_of(self));
    Owned dict = TRY(own_dict(thread, self));
    Owned in_type = lookup_in_mro(thread, type_of(self), name);
    if (!in_type.is_nothing() && type_of(in_type).slots.descriptor_set)
        return type_of(in_type).slots.descriptor_set(thread, in_type, self, value);
    if (!value.is_empty()) return dict_set(thread, dict.as<Dict>(), Value::of(name), value);
    bool deleted = TRY(dict_delete(thread, dict.as<Dict>(), Value::of(name)));
    return deleted || raise_no_attribute(thread, self, name);
}

Owned local_make(Thread& thread, Type& type, Arguments arguments) {
    size_t keywords = arguments.names ? arguments.names->size : 0;
    if ((arguments.count || keywords) && type.slots.init == object_type.slots.init)
        return raise(thread, exc::TypeError, "Initialization arguments are not supported");
    auto* made = allocate<LocalObject>(thread, type);
    if (!made) return {};
    Owned result = Owned::adopt(made);
    made->key.init(make_int(thread, next_key.fetch_add(1, std::memory_order_relaxed)));
    Ref<Tuple> args = TRY(make_tuple(thread, arguments.values, arguments.count));
    made->args.init(std::move(args).owned());
    if (keywords) {
        Ref<Dict> kwargs = TRY(make_dict(thread));
        for (size_t i = 0; i < keywords; i++)
            TRY(dict_set(thread, *kwargs, (*arguments.names)[i], arguments[arguments.count + i]));
        made->kwargs.init(std::move(kwargs).owned());
    }
    // The maker's dict is there at once: its __init__ is called by the type.
    if (!thread.dict) {
        Ref<Dict> all = TRY(make_dict(thread));
        thread.dict = std::move(all).owned().release();
    }
    Ref<Dict> dict = TRY(make_dict(thread));
    TRY(dict_set(thread, Value::from_bits(thread.dict).as<Dict>(), made->key.borrow(),
                 dict.value()));
    track(made);
    return result;
}

void local_fields(Object* self, FieldVisitor& visitor) {
    auto& local = *static_cast<LocalObject*>(self);
    visitor.visit(local.args);
    visitor.visit(local.kwargs);
    visitor.visit(local.key);
}

const TypeSpec local_spec = {
    .name = "_thread._local",
    .doc = "Thread-local data",
    .size = sizeof(LocalObject),
    .flags = kTypeBase | kTypeTracked | kTypeHasWeakrefs,
    .slots = {.get_attribute = local_get,
              .set_attribute = local_set,
              .make = local_make,
              .fields = local_fields},
};

}  // namespace

NativeClass local_class(local_spec);

}  // namespace imugi
