// The dispatch tables, and the continuations that belong to no instruction. See dispatch.h for the
// rules of the loop.
#include "vm/dispatch.h"

namespace imugi {

OP_FUNCTION(op_run_dying) {
    SAVE();
    drain_dying(thread);
    DISPATCH();
}

OP_FUNCTION(op_drop_word) {
    drop_bits(word);
    NEXT_DROPPED(0);
}

template <class D>
OP_FUNCTION(op_set_used) {
    set_register(r, D::a(word), std::exchange(thread.return_bits, 0));
    discard(frame, r, D::b(word));
    NEXT_DROPPED(2);
}
template OP_FUNCTION(op_set_used<Narrow>);
template OP_FUNCTION(op_set_used<Wide>);

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
