// The callable types of _operator: attrgetter, itemgetter, methodcaller. Immutable.
#pragma once

#include "modules/native_types.h"

namespace imugi::operators {

extern const TypeSpec attrgetter_spec, itemgetter_spec, methodcaller_spec;

}  // namespace imugi::operators
