// types.MappingProxyType: a read-only view of a mapping.
#pragma once

#include "object/type.h"

namespace imugi {

struct MappingProxy : Object {
    Slot mapping;  // immutable
};
Owned make_mappingproxy(Thread& thread, Value mapping);

}  // namespace imugi
