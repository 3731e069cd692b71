// Types of native modules that need no module state: made at first use, immortal, shared by the
// process. The pointer is published by compare-and-swap; a racing maker's type stays unused.
#pragma once

#include <cstring>

#include "object/exception.h"
#include "object/module.h"
#include "object/native.h"

namespace imugi {

class NativeClass {
  public:
    constexpr NativeClass(const TypeSpec& spec, Type* base = nullptr) : spec_(spec), base_(base) {}

    // Null with an exception.
    Type* get(Thread& thread) {
        // Pairs with the release below.
        if (Type* type = type_.load(std::memory_order_acquire)) return type;
        Ref<Type> made = make_native_type(thread, spec_, nullptr, base_);
        if (!made) return nullptr;
        Type* type = made.get();
        (void)made.release();  // native types are immortal
        Type* expected = nullptr;
        return type_.compare_exchange_strong(expected, type, std::memory_order_acq_rel,
                                             std::memory_order_acquire)
                   ? type
                   : expected;
    }
    [[nodiscard]] bool add_to(Thread& thread, Module& module) {
        Type* type = get(thread);
        const char* dot = strrchr(spec_.name, '.');
        return type && module_set(thread, module, dot ? dot + 1 : spec_.name, Value::of(type));
    }
    bool is_exact(Value value) const {
        return value.is_object() && &type_of(value) == type_.load(std::memory_order_relaxed);
    }
    // Also instances of subclasses.
    bool is_instance(Value value) const {
        Type* type = type_.load(std::memory_order_relaxed);
        return type && is_instance_of(value, *type);
    }

  private:
    const TypeSpec& spec_;
    Type* base_;
    std::atomic<Type*> type_{nullptr};
};

// An exception class of a native module: the layout of its base.
class NativeException {
  public:
    constexpr NativeException(const char* name, Type& base, const char* doc = nullptr)
        : spec_{.name = name,
                .doc = doc,
                .base = &base,
                .flags = kTypeHeap | kTypeBase | kTypeTracked | kTypeHasDict | kTypeHasWeakrefs |
                         kTypeIsException},
          base_(base),
          class_(spec_, &base) {}

    // The base when memory is too short for the class.
    Type& type(Thread& thread) {
        if (Type* type = class_.get(thread)) return *type;
        clear_exception(thread);
        return base_;
    }
    [[nodiscard]] bool add_to(Thread& thread, Module& module) {
        return class_.add_to(thread, module);
    }

  private:
    TypeSpec spec_;
    Type& base_;
    NativeClass class_;
};

// `T&` parameters of the methods of a class: the method descriptor has checked `self` already.
#define IMUGI_NATIVE_CLASS(Struct, native_class)    \
    template <>                                     \
    struct BuiltinTypeOf<Struct> {                  \
        static Type& type() {                       \
            return object_type;                     \
        }                                           \
        static bool check(Value value) {            \
            return native_class.is_instance(value); \
        }                                           \
    }

}  // namespace imugi
