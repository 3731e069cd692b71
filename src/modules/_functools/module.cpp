// The module _functools: reduce, cmp_to_key with its key objects, and the types.
#include "memory/collector.h"
#include "memory/heap.h"
#include "modules/_functools/functools.h"
#include "object/call.h"
#include "object/iteration.h"
#include "object/protocol.h"
#include "object/str.h"
#include "thread/lock.h"

namespace imugi::functools {

// A key made by cmp_to_key's result; without an object it is that result itself. Immutable but for
// `object`, which Python may set.
struct KeyWrapper : Object {
    Slot compare;
    Slot object;
};

namespace {

void key_fields(Object* object, FieldVisitor& visitor) {
    visitor.visit(static_cast<KeyWrapper*>(object)->compare);
    visitor.visit(static_cast<KeyWrapper*>(object)->object);
}

Owned make_key(Thread& thread, Type& type, Value compare, Value object) {
    auto* key = allocate<KeyWrapper>(thread, type);
    if (key == nullptr) return {};
    key->compare.init(Owned::share(compare));
    if (!object.is_empty()) key->object.init(Owned::share(object));
    track(key);
    return Owned::adopt(key);
}

Owned key_call(Thread& thread, Value value, const Arguments& arguments) {
    Value object;
    TRY(bind_arguments(thread, "K", "(obj)", arguments, &object, 1));
    return make_key(thread, type_of(value), value.as<KeyWrapper>().compare.borrow(), object);
}

Owned key_object(Thread& thread, Value value) {
    auto& self = value.as<KeyWrapper>();
    Lock guard(thread, self);
    return self.object.share();
}

Owned key_compare(Thread& thread, Value self, Value other, CompareOp op) {
    if (&type_of(self) != &type_of(other))
        return raise(thread, exc::TypeError, "other argument must be K instance");
    Owned left = key_object(thread, self);
    Owned right = key_object(thread, other);
    if (!left || !right) return raise(thread, exc::AttributeError, "object");
    Owned order = TRY(call(thread, self.as<KeyWrapper>().compare.borrow(), left, right));
    return compare(thread, order, Value::small_int(0), op);
}

Owned get_object(Thread& thread, Value self) {
    Owned object = key_object(thread, self);
    return object ? std::move(object) : Owned::share(none());
}

bool set_object(Thread& thread, Value value, Value object) {
    auto& self = value.as<KeyWrapper>();
    Owned old;
    Lock guard(thread, self);
    old = self.object.exchange(object.is_empty() ? Owned() : Owned::share(object));
    return true;
}

Owned key_signature(Thread& thread, Value) {
    return make_str(thread, "(obj)");
}

const GetSetRow key_getsets[] = {
    {"__text_signature__", key_signature},
    {"obj", get_object, set_object, "Value wrapped by a key function."},
    {},
};

Owned reduce(Thread& thread, Value function, Value iterable, Value initial) {
    Iteration iterator(thread, iterable);
    if (!iterator) {
        if (!clear_exception_if(thread, exc::TypeError)) return {};
        return raise(thread, exc::TypeError, "reduce() arg 2 must support iteration");
    }
    Owned result = initial.is_empty() ? Owned() : Owned::share(initial);
    for (;;) {
        Owned item = TRY(next(thread, iterator));
        if (item.is_nothing()) break;
        result = result ? TRY(call(thread, function, result, item)) : std::move(item);
    }
    if (!result)
        return raise(thread, exc::TypeError, "reduce() of empty iterable with no initial value");
    return result;
}

const MethodRow functions[] = {
    {"reduce", "(function, iterable, /, initial=<unrepresentable>)", fn<reduce>,
     "Apply a function of two arguments cumulatively to the items of an iterable, from left to "
     "right.\n\n"
     "This effectively reduces the iterable to a single value.  If initial is present,\n"
     "it is placed before the items of the iterable in the calculation, and serves as\n"
     "a default when the iterable is empty.\n\n"
     "For example, reduce(lambda x, y: x+y, [1, 2, 3, 4, 5])\n"
     "calculates ((((1 + 2) + 3) + 4) + 5)."},
    {"cmp_to_key", "(module, /, mycmp)", fn<cmp_to_key>,
     "Convert a cmp= function into a key= function.\n\n"
     "  mycmp\n    Function that compares two objects."},
    {},
};

// A plain object that lives as long as the process.
Object* make_singleton(Thread& thread, Type& type) {
    Object* object = allocate_object(thread, type);
    if (object != nullptr) make_immortal(object);
    return object;
}

bool execute(Thread& thread, Module& module) {
    auto* state = make_module_state<State>(thread, module);
    if (!state) return false;
    state->placeholder_type = module_add_type(thread, module, placeholder_spec);
    if (state->placeholder_type == nullptr) return false;
    state->placeholder = make_singleton(thread, *state->placeholder_type);
    if (state->placeholder == nullptr) return false;
    state->keyword_mark = make_singleton(thread, object_type);
    if (state->keyword_mark == nullptr) return false;
    Ref<Type> key_wrapper = TRY(make_native_type(thread, key_wrapper_spec, &module));
    state->key_wrapper = key_wrapper.get();
    return module_set(thread, module, "Placeholder", Value::of(state->placeholder)) &&
           module_add_type(thread, module, partial_spec) != nullptr &&
           module_add_type(thread, module, lru_cache_spec) != nullptr;
}

ModuleSpec spec("_functools", "Tools that operate on functions.", functions, execute);

}  // namespace

Owned cmp_to_key(Thread& thread, Value module, Value mycmp) {
    auto& state = module_state<State>(module.as<Module>());
    return make_key(thread, *state.key_wrapper, mycmp, Value());
}

const TypeSpec key_wrapper_spec = {
    .name = "functools.KeyWrapper",
    .size = sizeof(KeyWrapper),
    .flags = kTypeTracked | kTypeNoInstantiate,
    .slots = {.call = key_call, .compare = key_compare, .fields = key_fields},
    .getsets = key_getsets,
    .signature = "(obj)",
};

}  // namespace imugi::functools
