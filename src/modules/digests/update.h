// update() of the hash objects written here; their state is under the object's Lock.
#pragma once

#include "object/buffer.h"
#include "object/errors.h"
#include "object/str.h"
#include "thread/lock.h"

namespace imugi {

template <class Hash>
[[nodiscard]] bool update(Thread& thread, Hash& self, Value data) {
    if (is_str(data))
        return raise(thread, exc::TypeError, "Strings must be encoded before hashing");
    Buffer buffer(thread);
    TRY(buffer.get(data));
    Lock guard(thread, self);
    self.state.take(buffer.data(), buffer.size());
    return true;
}

}  // namespace imugi
