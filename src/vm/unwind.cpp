// Exceptions leave an instruction here: traceback entry, range table, frames popped until a handler
// or an entry frame is found.
#include "object/exception.h"
#include "vm/call.h"
#include "vm/dispatch.h"
#include "vm/generator.h"
#include "vm/instrument.h"
#include "vm/traceback.h"

namespace imugi {

static OP_FUNCTION(op_handle);

// The innermost range that covers the word; null for none.
static const ExceptionRange* find_range(const Code& code, uint32_t word) {
    for (uint32_t i = code.range_count; i-- > 0;) {
        const ExceptionRange& range = code.ranges[i];
        if (range.start <= word && word < range.end) return &range;
    }
    return nullptr;
}

OP_FUNCTION(op_unwind) {
    SAVE();
    note_traceback(thread, *frame);
    if (IMUGI_UNLIKELY(is_watching(thread))) report_raise(thread, *frame);
    IMUGI_MUSTTAIL return op_handle(OP_ARGUMENTS);
}

OP_FUNCTION(op_find_handler) {
    if (IMUGI_UNLIKELY(is_watching(thread)))
        report_reraise(thread, *frame, static_cast<uint32_t>(pc - frame->code->words));
    IMUGI_MUSTTAIL return op_handle(OP_ARGUMENTS);
}

// The frame's handler takes the pending exception, or the frame ends.
static OP_FUNCTION(op_handle) {
    const Code& code = *frame->code;
    const ExceptionRange* range = find_range(code, static_cast<uint32_t>(pc - code.words));
    if (range) {
        if (IMUGI_UNLIKELY(is_watching(thread))) report_handled(thread, *frame, range->handler);
        discard_range(r, range->depth, code.register_count - range->depth);
        r[range->depth] = thread.exception;
        thread.exception = 0;
        pc = code.words + range->handler;
        NEXT_DROPPED(0);
    }
    if (IMUGI_UNLIKELY(is_watching(thread))) report_unwind(thread, *frame);
    uint8_t flags = frame->flags;
    if (flags & kFrameGenerator)
        generator_leave(thread, frame, kGeneratorFinished);
    else
        pop_frame(thread, frame);
    if (flags & kFrameEntry) return 0;
    frame = thread.frame;
    r = frame->registers;
    pc = frame->pc;
    IMUGI_MUSTTAIL return op_unwind(OP_ARGUMENTS);
}

}  // namespace imugi
