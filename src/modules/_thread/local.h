// thread-local data: _thread._local.
#pragma once

#include "modules/native_class.h"

namespace imugi {
extern NativeClass local_class;
}  // namespace imugi
