// "Did you mean": the candidate nearest to a wrong name.
#pragma once

#include "object/list.h"
#include "object/str.h"

namespace imugi {

// The str of `candidates` within the edit distance that is worth suggesting; nothing when there is
// none.
Owned suggest_name(Thread& thread, List& candidates, Str& wrong);

}  // namespace imugi
