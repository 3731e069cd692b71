// The import statement's function: quick for modules that are there, else importlib's.
#pragma once

#include "object/type.h"

namespace imugi {

Owned import_name(Thread& thread, Value name, Value globals, Value fromlist, int level);

}  // namespace imugi
