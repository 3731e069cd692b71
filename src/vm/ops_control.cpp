// Exceptions, with, iteration protocols, imports. See dispatch.h for the rules of the loop.
#include "object/tuple.h"
#include "vm/dispatch.h"
#include "vm/slow.h"

namespace imugi {

DEFINE_OP(RAISE) {
    SAVE();
    uint32_t a = D::a(word);
    slow_raise(thread, value_at(r, a), Value());
    discard(frame, r, a);
    RAISE();
}

DEFINE_OP(RAISE_FROM) {
    SAVE();
    uint32_t a = D::a(word), b = D::b(word);
    slow_raise(thread, value_at(r, a), value_at(r, b));
    discard(frame, r, a);
    discard(frame, r, b);
    RAISE();
}

DEFINE_OP(RERAISE_HANDLED) {
    SAVE();
    if (!slow_reraise_handled(thread)) RAISE();
    IMUGI_MUSTTAIL return op_find_handler(OP_ARGUMENTS);
}

DEFINE_OP(RERAISE) {
    SAVE();
    // After a clean-up the frame stands where the exception was raised.
    if (D::b(word)) slow_restore_position(*frame, value_at(r, D::a(word)));
    slow_set_pending(thread, consume(frame, r, D::a(word)));
    IMUGI_MUSTTAIL return op_find_handler(OP_ARGUMENTS);
}

// The word of the handled exception moves into the thread's state and, saved, into a register; no
// Owned is held here.
DEFINE_OP(PUSH_HANDLED) {
    uint64_t saved = slow_push_handled(thread, r[D::b(word)]);
    set_register(r, D::a(word), saved);
    NEXT(1);
}

DEFINE_OP(POP_HANDLED) {
    uint32_t a = D::a(word);
    uint64_t saved = r[a];
    r[a] = 0;
    slow_pop_handled(thread, saved);
    NEXT_DROPPED(1);
}

DEFINE_OP(MATCH_EXCEPTION) {
    SAVE();
    int matches = slow_match_exception(thread, value_at(r, D::b(word)), value_at(r, D::c(word)));
    if (matches < 0) RAISE();
    discard(frame, r, D::c(word));
    set_register(r, D::a(word), boolean(matches).bits());
    NEXT_DROPPED(1);
}

DEFINE_OP(MATCH_EXCEPTION_GROUP) {
    SAVE();
    uint64_t bits = slow_match_exception_group(thread, r, D::b(word), value_at(r, D::c(word)));
    if (bits == 0) RAISE();
    discard(frame, r, D::c(word));
    set_register(r, D::a(word), bits);
    NEXT_DROPPED(1);
}

DEFINE_OP(PREPARE_RERAISE_STAR) {
    SAVE();
    uint64_t bits =
        slow_prepare_reraise_star(thread, value_at(r, D::b(word)), value_at(r, D::c(word)));
    if (bits == 0) RAISE();
    discard(frame, r, D::c(word));
    discard(frame, r, D::b(word));
    set_register(r, D::a(word), bits);
    NEXT_DROPPED(1);
}

DEFINE_OP(WITH_EXCEPT_START) {
    SAVE();
    uint32_t b = D::b(word);
    uint64_t bits = slow_with_except_start(thread, value_at(r, b), value_at(r, b + 1));
    if (bits == 0) RAISE();
    set_register(r, D::a(word), bits);
    NEXT_DROPPED(1);
}

// --- iteration ---

#define CONVERT_OP(NAME, expression, finish) \
    DEFINE_OP(NAME) {                        \
        SAVE();                              \
        uint32_t b = D::b(word);             \
        Value value = value_at(r, b);        \
        uint64_t bits = (expression);        \
        if (bits == 0) RAISE();              \
        finish;                              \
        set_register(r, D::a(word), bits);   \
        NEXT_DROPPED(1);                     \
    }
CONVERT_OP(GET_ITER, slow_iterate(thread, value), discard(frame, r, b))
CONVERT_OP(GET_YIELD_FROM_ITER, slow_get_yield_from_iter(thread, frame, value),
           discard(frame, r, b))
CONVERT_OP(GET_AWAITABLE, slow_get_awaitable(thread, value, D::c(word)), discard(frame, r, b))
CONVERT_OP(GET_AITER, slow_get_aiter(thread, value), discard(frame, r, b))
CONVERT_OP(GET_ANEXT, slow_get_anext(thread, value), )

DEFINE_OP(END_ASYNC_FOR) {
    SAVE();
    uint32_t a = D::a(word), b = D::b(word);
    if (!is_instance_of(value_at(r, a), exc::StopAsyncIteration)) {
        slow_set_pending(thread, consume(frame, r, a));
        IMUGI_MUSTTAIL return op_find_handler(OP_ARGUMENTS);
    }
    discard(frame, r, a);
    discard(frame, r, b);
    NEXT_DROPPED(1);
}

// --- imports and namespaces ---

DEFINE_OP(IMPORT_NAME) {
    SAVE();
    uint64_t bits = slow_import_name(thread, frame, r, D::b(word), D::c(word));
    if (bits == 0) RAISE();
    set_register(r, D::a(word), bits);
    NEXT_DROPPED(1);
}

DEFINE_OP(IMPORT_FROM) {
    SAVE();
    uint64_t bits = slow_import_from(thread, value_at(r, D::b(word)), name_of(frame, D::c(word)));
    if (bits == 0) RAISE();
    set_register(r, D::a(word), bits);
    NEXT_DROPPED(1);
}

DEFINE_OP(SETUP_ANNOTATIONS) {
    SAVE();
    if (!slow_setup_annotations(thread, frame)) RAISE();
    NEXT(1);
}

}  // namespace imugi
