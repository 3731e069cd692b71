// Struct sequence types of native modules, made once for the process.
#pragma once

#include <cstring>

#include "object/module.h"
#include "object/struct_sequence.h"

namespace imugi {

// A struct sequence type, made at first use, immortal and shared by all interpreters.
class SharedStruct {
  public:
    explicit constexpr SharedStruct(const StructSequenceSpec& spec) : spec_(spec) {}
    // Null with an exception.
    Type* get(Thread& thread) {
        if (Type* type = type_.load(std::memory_order_acquire)) return type;
        Ref<Type> made = make_struct_sequence_type(thread, spec_, nullptr);
        if (!made) return nullptr;
        Type& type = made.value().as<Type>();
        make_immortal(&type);
        Type* expected = nullptr;
        // Release: pairs with the acquire above.
        return type_.compare_exchange_strong(expected, &type, std::memory_order_acq_rel) ? &type
                                                                                         : expected;
    }
    [[nodiscard]] bool add_to(Thread& thread, Module& module) {
        Type* type = get(thread);
        const char* dot = strrchr(spec_.name, '.');
        return type && module_set(thread, module, dot ? dot + 1 : spec_.name, Value::of(type));
    }

  private:
    const StructSequenceSpec& spec_;
    std::atomic<Type*> type_{nullptr};
};

}  // namespace imugi
