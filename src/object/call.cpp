// Calls: dispatch to the callable's slot, with arguments rearranged where needed. What is dying is
// drained before Python code runs.
#include "object/call.h"

#include "object/native_call.h"

#include "memory/heap.h"
#include "object/attribute.h"
#include "object/dict.h"
#include "object/errors.h"
#include "object/function.h"
#include "object/native.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"

namespace imugi {

namespace {

// A copy of arguments with one more in front, on the stack when it is small.
class Prepended {
  public:
    Prepended(Value first, const Arguments& arguments) {
        size_t total = arguments.count + (arguments.names ? arguments.names->size : 0) + 1;
        words_ =
            total <= kLocal ? local_ : static_cast<Value*>(array_allocate(total * sizeof(Value)));
        if (!words_) return;
        words_[0] = first;
        if (total > 1)
            memcpy(static_cast<void*>(words_ + 1), arguments.values, (total - 1) * sizeof(Value));
        arguments_ = {words_, arguments.count + 1, arguments.names};
    }
    ~Prepended() {
        if (words_ != local_) array_free(words_);
    }
    Prepended(const Prepended&) = delete;
    explicit operator bool() const { return words_; }
    const Arguments& arguments() const { return arguments_; }

  private:
    static constexpr size_t kLocal = 10;
    Value local_[kLocal];
    Value* words_;
    Arguments arguments_;
};

}  // namespace

Owned call(Thread& thread, Value callable, const Arguments& arguments) {
    if (IMUGI_UNLIKELY(has_dying(thread))) drain_dying(thread);
    if (IMUGI_LIKELY(callable.is_object())) {
        uint32_t shape = callable.object()->shape_index.load(std::memory_order_relaxed);
        if (shape == k_function_shape)
            return run_function(thread, callable.as<Function>(), arguments);
        uint64_t result;
        if ((shape == k_native_function_shape || shape == k_method_descriptor_shape) &&
            !arguments.names &&
            call_native_directly(thread, callable, arguments.values, arguments.count, &result))
            return Owned::adopt(result);
    }
    auto slot = type_of(callable).slots.call;
    if (IMUGI_UNLIKELY(!slot)) return raise_not_callable(thread, callable);
    if (IMUGI_UNLIKELY(!check_native_stack(thread, ""))) return {};
    return slot(thread, callable, arguments);
}

Owned call_with_first(Thread& thread, Value callable, Value first, const Arguments& arguments) {
    Prepended all(first, arguments);
    if (!all) return raise_memory_error(thread);
    return call(thread, callable, all.arguments());
}

Owned call_with(Thread& thread, Value callable, Tuple& args, Dict* kwargs) {
    size_t keywords = kwargs ? static_cast<size_t>(dict_size(*kwargs)) : 0;
    if (IMUGI_UNLIKELY(!type_of(callable).slots.call)) return raise_not_callable(thread, callable);
    if (!keywords)
        return call(thread, callable,
                    Arguments{reinterpret_cast<const Value*>(args.items),
                              static_cast<uint32_t>(args.size), nullptr});
    Ref<Tuple> names = TRY(make_tuple_blank(thread, keywords));
    Ref<Tuple> values = TRY(make_tuple_blank(thread, args.size + keywords));
    for (size_t i = 0; i < args.size; i++) values->items[i].init(Owned::share(args[i]));
    size_t position = 0, count = 0;
    Owned key, value;
    while (count < keywords && dict_next(thread, *kwargs, &position, &key, &value)) {
        if (!is_str(key)) return raise(thread, exc::TypeError, "keywords must be strings");
        names->items[count].init(std::move(key));
        values->items[args.size + count++].init(std::move(value));
    }
    if (count != keywords)
        return raise(thread, exc::RuntimeError, "dictionary changed size during iteration");
    return call(thread, callable,
                Arguments{reinterpret_cast<const Value*>(values->items),
                          static_cast<uint32_t>(args.size), names.get()});
}

Owned call_method_with(Thread& thread, Value object, Str& name, const Arguments& arguments) {
    bool bound;
    Owned method = TRY(get_method(thread, object, name, &bound));
    if (bound) return call(thread, method, arguments);
    return call_with_first(thread, method, object, arguments);
}

Owned call_special_with(Thread& thread, Value object, Str& name, const Arguments& arguments) {
    bool bound;
    Owned method = get_special_method(thread, object, name, &bound);
    if (!method || method.is_nothing()) return method;
    if (bound) return call(thread, method, arguments);
    return call_with_first(thread, method, object, arguments);
}

}  // namespace imugi
