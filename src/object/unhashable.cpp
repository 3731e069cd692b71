// The `hash` slot of mutable builtin types, and the message about keys without a hash.
#include "object/unhashable.h"

namespace imugi {

Result<int64_t> unhashable(Thread& thread, Value self) {
    return raise(thread, exc::TypeError, "unhashable type: '{}'", type_name_of(self));
}

Raised raise_unhashable_as(Thread& thread, Value key, const char* role) {
    Owned pending = take_exception(thread);
    if (!pending || &type_of(pending) != &exc::TypeError) {
        set_exception(thread, std::move(pending));
        return {};
    }
    return raise(thread, exc::TypeError, "cannot use '{}' as a {} ({})", type_full_name_of(key),
                 role, pending);
}

}  // namespace imugi
