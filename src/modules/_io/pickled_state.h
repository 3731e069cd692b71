// The end of __setstate__ that BytesIO and StringIO share: the position, changed under the object's
// Lock, and the attributes.
#pragma once

#include "modules/_io/io.h"
#include "object/attribute.h"
#include "object/dict.h"
#include "object/protocol.h"
#include "thread/lock.h"

namespace imugi::io {

// `attributes` is the item of the state that messages call `ordinal`.
template <class T>
[[nodiscard]] bool restore(Thread& thread, T& self, Value position_value, Value attributes,
                           const char* ordinal) {
    Index position = TRY(to_ssize(thread, position_value, exc::OverflowError));
    if (position < 0) return raise(thread, exc::ValueError, "position value cannot be negative");
    {
        Lock guard(thread, self);
        self.position = static_cast<size_t>(position);
    }
    if (is_none(attributes)) return true;
    if (!is_dict(attributes))
        return raise(thread, exc::TypeError, "{} item of state should be a dict, got a {}", ordinal,
                     type_name_of(attributes));
    Owned dict = TRY(instance_dict(thread, &self));
    return dict_update(thread, dict.as<Dict>(), attributes);
}

}  // namespace imugi::io
