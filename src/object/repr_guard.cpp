// The chain of containers whose repr() is being written, innermost first.
#include "object/repr_guard.h"

namespace imugi {

static thread_local ReprGuard* innermost = nullptr;

ReprGuard::ReprGuard(const Object& object) : object_(&object), previous_(innermost) {
    for (ReprGuard* guard = innermost; guard != nullptr; guard = guard->previous_) {
        if (guard->object_ == object_) {
            recursive_ = true;
            break;
        }
    }
    innermost = this;
}

ReprGuard::~ReprGuard() {
    innermost = previous_;
}

}  // namespace imugi
