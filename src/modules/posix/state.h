// The module's own state.
#pragma once

#include "modules/shared_struct.h"

namespace imugi::posix {

// Lists of callables, in the order they were registered.
struct PosixState {
    Slot before_fork, after_in_child, after_in_parent;
};

}  // namespace imugi::posix
