// What the proxies share with weakref.ref.
#pragma once

#include "object/weakref.h"

namespace imugi {

void weakref_fields(Object* object, FieldVisitor& visitor);
void weakref_release(Object* object);

}  // namespace imugi
