// What the files of the type object share; private to them.
#pragma once

#include "object/type.h"
#include "thread/grace.h"

namespace imugi {

// Installed by vm: the globals of the calling Python frame; nothing when there is none.
extern Owned (*find_caller_globals)(Thread& thread);
[[nodiscard]] bool set_bases(Thread& thread, Type& type, Value value);
// Whether instances of one may become instances of the other (__class__ assignment).
bool same_layout(const Type& a, const Type& b);

// Names of a class and its bases into a dict, as dir() wants them.
[[nodiscard]] bool merge_class_names(Thread& thread, Dict& into, Value cls);

}  // namespace imugi
