// A type that a native module makes at run time, once for the process: immutable and immortal, so
// all interpreters share it. Made by whoever asks first; racing makers agree on one.
#pragma once

#include <atomic>
#include <cstring>

#include "memory/refcount.h"
#include "object/module.h"
#include "object/native.h"

namespace imugi {

class SharedType {
  public:
    explicit constexpr SharedType(const TypeSpec& spec, SharedType* base = nullptr,
                                  Type* builtin_base = nullptr)
        : spec_(spec), base_(base), builtin_base_(builtin_base) {}

    // Null with an exception set.
    Type* make(Thread& thread) {
        if (Type* type = type_.load(std::memory_order_acquire)) return type;
        Type* base = builtin_base_;
        if (base_ && !(base = base_->make(thread))) return nullptr;
        Ref<Type> made = make_native_type(thread, spec_, nullptr, base);
        if (!made) return nullptr;
        Type& type = made.value().as<Type>();
        make_immortal(&type);
        Type* expected = nullptr;
        // Release: pairs with the acquire of readers, who see the type ready.
        if (!type_.compare_exchange_strong(expected, &type, std::memory_order_acq_rel))
            return expected;
        return &type;
    }
    // Under the last part of its name.
    [[nodiscard]] bool add_to(Thread& thread, Module& module) {
        Type* type = make(thread);
        const char* dot = strrchr(spec_.name, '.');
        return type && module_set(thread, module, dot ? dot + 1 : spec_.name, Value::of(type));
    }
    // The type exists: an instance, or its module, does.
    Type& type() const { return *type_.load(std::memory_order_acquire); }
    bool is_instance(Value value) const {
        Type* type = type_.load(std::memory_order_acquire);
        return type && is_instance_of(value, *type);
    }
    bool is_exact(Value value) const {
        return value.is_object() && &type_of(value) == type_.load(std::memory_order_acquire);
    }

  private:
    const TypeSpec& spec_;
    SharedType* base_;
    Type* builtin_base_;
    std::atomic<Type*> type_{nullptr};
};

#define IMUGI_SHARED_TYPE(Struct, shared)     \
    template <>                               \
    struct BuiltinTypeOf<Struct> {            \
        static Type& type() {                 \
            return shared.type();             \
        }                                     \
        static bool check(Value value) {      \
            return shared.is_instance(value); \
        }                                     \
    }

}  // namespace imugi
