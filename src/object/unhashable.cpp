// The `hash` slot of mutable builtin types.
#include "object/unhashable.h"

#include "object/errors.h"

namespace imugi {

Result<int64_t> unhashable(Thread& thread, Value self) {
    return raise(thread, exc::TypeError, "unhashable type: '{}'", type_name_of(self));
}

}  // namespace imugi
