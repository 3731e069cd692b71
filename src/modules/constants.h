// Integers that a module has names for.
#pragma once

#include <span>

#include "object/int.h"
#include "object/module.h"

namespace imugi {

struct IntConstant {
    const char* name;
    int64_t value;
};

[[nodiscard]] inline bool add_int_constants(Thread& thread, Module& module,
                                            std::span<const IntConstant> constants) {
    for (const IntConstant& constant : constants)
        TRY(module_set(thread, module, constant.name, make_int(thread, constant.value)));
    return true;
}

}  // namespace imugi
