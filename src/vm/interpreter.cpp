// The dispatch tables, and the continuations that belong to no instruction. See dispatch.h for the
// rules of the loop.
#include "vm/dispatch.h"

namespace imugi {

OP_FUNCTION(op_run_dying) {
    SAVE();
    drain_dying(thread);
    DISPATCH();
}

const Handler narrow_handlers[256] = {
#define OP(NAME, operands, words, doc) &op_##NAME<Narrow>,
#include "compile/opcodes.def"
#undef OP
};
const Handler wide_handlers[256] = {
#define OP(NAME, operands, words, doc) &op_##NAME<Wide>,
#include "compile/opcodes.def"
#undef OP
};

}  // namespace imugi
