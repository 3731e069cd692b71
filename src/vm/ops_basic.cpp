// Moves, constants, cells, names, tests and jumps. See dispatch.h for the rules of the loop.
#include "object/dict.h"
#include "vm/dispatch.h"
#include "vm/instrument.h"
#include "vm/slow.h"

namespace imugi {

DEFINE_OP(NOP) {
    NEXT(1);
}

DEFINE_OP(WIDE) {
    uint64_t high = word >> 8;
    pc++;
    word = pc->load(std::memory_order_relaxed) | high << 32;
    IMUGI_MUSTTAIL return wide_handlers[word & 0xFF](OP_ARGUMENTS);
}

GENERAL_OP(op_general_move) {
    uint32_t a = D::a(word), b = D::b(word);
    uint64_t bits = take_register(frame, r, b);
    set_register(r, a, bits);
    NEXT_DROPPED(1);
}

DEFINE_OP(MOVE) {
    uint32_t b = D::b(word);
    uint64_t bits = r[b];
    if (is_temporary(frame, b)) {
        r[b] = 0;
    } else {
        bits = quick_share(bits);
        if (IMUGI_UNLIKELY(bits == 0)) GENERAL(op_general_move);
    }
    SET_NEXT(D::a(word), bits, 1);
}

GENERAL_OP(op_general_copy) {
    set_register(r, D::a(word), share_bits(r[D::b(word)]));
    NEXT_DROPPED(1);
}

DEFINE_OP(COPY) {
    uint64_t bits = quick_share(r[D::b(word)]);
    if (IMUGI_UNLIKELY(bits == 0)) GENERAL(op_general_copy);
    SET_NEXT(D::a(word), bits, 1);
}

DEFINE_OP(LEND) {
    uint64_t bits = r[D::b(word)];
    r[D::a(word)] = Value::from_bits(bits).is_owning() ? bits | Value::kLentBit : bits;
    NEXT(1);
}

DEFINE_OP(LOAD_CONST) {
    uint64_t bits = frame->constants[D::d(word)].word().load(std::memory_order_relaxed);
    if ((bits & 7) == 0) bits |= Value::kLentBit;
    SET_NEXT(D::a(word), bits, 1);
}

DEFINE_OP(LOAD_INT) {
    SET_NEXT(D::a(word), Value::small_int(D::signed_d(word)).bits(), 1);
}

DEFINE_OP(LOAD_NONE) {
    SET_NEXT(D::a(word), none().bits(), 1);
}

DEFINE_OP(LOAD_TRUE) {
    SET_NEXT(D::a(word), boolean(true).bits(), 1);
}

DEFINE_OP(LOAD_FALSE) {
    SET_NEXT(D::a(word), boolean(false).bits(), 1);
}

DEFINE_OP(DROP) {
    uint32_t a = D::a(word);
    uint64_t bits = r[a];
    r[a] = 0;
    pc++;
    DROP_DISPATCH(bits);
}

GENERAL_OP(op_unbound_local) {
    SAVE();
    raise_unbound(thread, frame, D::a(word));
    RAISE();
}

DEFINE_OP(CHECK_LOCAL) {
    if (IMUGI_UNLIKELY(r[D::a(word)] == 0)) GENERAL(op_unbound_local);
    NEXT(1);
}

DEFINE_OP(DELETE_LOCAL) {
    uint32_t a = D::a(word);
    uint64_t bits = r[a];
    if (IMUGI_UNLIKELY(bits == 0)) GENERAL(op_unbound_local);
    r[a] = 0;
    pc++;
    DROP_DISPATCH(bits);
}

DEFINE_OP(CLEAR_LOCAL) {
    uint32_t a = D::a(word);
    uint64_t bits = r[a];
    r[a] = 0;
    pc++;
    DROP_DISPATCH(bits);
}

DEFINE_OP(MOVE_UNBOUND) {
    uint32_t a = D::a(word), b = D::b(word);
    uint64_t old = r[a];
    r[a] = r[b];
    r[b] = 0;
    pc++;
    DROP_DISPATCH(old);
}

// --- cells ---

DEFINE_OP(MAKE_CELL) {
    SAVE();
    if (!slow_make_cell(thread, r, D::a(word))) RAISE();
    NEXT(1);
}

static IMUGI_ALWAYS_INLINE const std::atomic<uint64_t>& cell_word(const uint64_t* r, uint32_t b) {
    return static_cast<Cell*>(value_at(r, b).object())->content.word();
}

GENERAL_OP(op_general_load_cell) {
    uint64_t bits = load_slot_bits(cell_word(r, D::b(word)));
    if (IMUGI_UNLIKELY(bits == 0)) {
        SAVE();
        bits = slow_load_cell(thread, frame, D::b(word));
        if (bits == 0) RAISE();
    }
    set_register(r, D::a(word), bits);
    NEXT_DROPPED(1);
}

DEFINE_OP(LOAD_CELL) {
    uint64_t bits = quick_load_slot(cell_word(r, D::b(word)));
    if (IMUGI_UNLIKELY(bits == 0)) GENERAL(op_general_load_cell);
    SET_NEXT(D::a(word), bits, 1);
}

DEFINE_OP(STORE_CELL) {
    slow_store_cell(thread, frame, r, D::a(word), D::b(word));
    NEXT_DROPPED(1);
}

DEFINE_OP(DELETE_CELL) {
    SAVE();
    if (!slow_delete_cell(thread, frame, D::a(word))) RAISE();
    NEXT_DROPPED(1);
}

DEFINE_OP(LOAD_CELL_OR_NAME) {
    SAVE();
    uint64_t bits = slow_load_cell_or_name(thread, frame, D::b(word), EXTRA(1));
    if (bits == 0) RAISE();
    set_register(r, D::a(word), bits);
    NEXT_DROPPED(2);
}

// --- names ---

// The slot that a LOAD_GLOBAL site has cached; null when there is none (any more). A cache word is
// keys version << 32 | offset of the value; or a BuiltinRecord + 2 (slow_names.cpp).
static IMUGI_ALWAYS_INLINE const std::atomic<uint64_t>* cached_global(
    const Frame* frame, const std::atomic<uint64_t>& cache) {
    uint64_t cached = cache.load(std::memory_order_acquire);  // pairs with publish
    if (IMUGI_UNLIKELY(cached == 0)) return nullptr;
    Dict* dict = frame->globals;
    uint32_t version = static_cast<uint32_t>(cached >> 32);
    auto offset = static_cast<uint32_t>(cached);
    if (cached & 2) {
        const BuiltinRecord& record = *reinterpret_cast<const BuiltinRecord*>(cached - 2);
        if (dict->table.load(std::memory_order_acquire)
                ->keys_version.load(std::memory_order_relaxed) != record.globals_version)
            return nullptr;
        dict = frame->builtins;
        version = record.builtins_version;
        offset = record.offset;
    }
    DictTable* table = dict->table.load(std::memory_order_acquire);
    if (IMUGI_UNLIKELY(table->keys_version.load(std::memory_order_relaxed) != version))
        return nullptr;
    return &table->value_at(offset);
}

GENERAL_OP(op_general_load_global) {
    const std::atomic<uint64_t>* slot = cached_global(frame, frame->caches[EXTRA(1)]);
    uint64_t bits = slot ? load_slot_bits(*slot) : 0;
    if (IMUGI_UNLIKELY(bits == 0)) {
        SAVE();
        bits = slow_load_global(thread, frame, D::d(word), frame->caches[EXTRA(1)]);
        if (bits == 0) RAISE();
    }
    set_register(r, D::a(word), bits);
    NEXT_DROPPED(2);
}

DEFINE_OP(LOAD_GLOBAL) {
    const std::atomic<uint64_t>* slot = cached_global(frame, frame->caches[EXTRA(1)]);
    if (IMUGI_UNLIKELY(slot == nullptr)) GENERAL(op_general_load_global);
    uint64_t bits = quick_load_slot(*slot);
    if (IMUGI_UNLIKELY(bits == 0)) GENERAL(op_general_load_global);
    SET_NEXT(D::a(word), bits, 2);
}

DEFINE_OP(STORE_GLOBAL) {
    SAVE();
    if (!slow_store_global(thread, frame, r, D::a(word), D::d(word))) RAISE();
    NEXT_DROPPED(1);
}

DEFINE_OP(DELETE_GLOBAL) {
    SAVE();
    if (!slow_delete_global(thread, frame, D::d(word))) RAISE();
    NEXT_DROPPED(1);
}

DEFINE_OP(LOAD_NAME) {
    // Module scope: the namespace is the globals, so the global's cache serves.
    if (frame->namespace_word == reinterpret_cast<uint64_t>(frame->globals)) {
        IMUGI_MUSTTAIL return op_LOAD_GLOBAL<D>(OP_ARGUMENTS);
    }
    SAVE();
    uint64_t bits = slow_load_name(thread, frame, D::d(word));
    if (bits == 0) RAISE();
    set_register(r, D::a(word), bits);
    NEXT_DROPPED(2);
}

DEFINE_OP(STORE_NAME) {
    SAVE();
    if (!slow_store_name(thread, frame, r, D::a(word), D::d(word))) RAISE();
    NEXT_DROPPED(1);
}

DEFINE_OP(DELETE_NAME) {
    SAVE();
    if (!slow_delete_name(thread, frame, D::d(word))) RAISE();
    NEXT_DROPPED(1);
}

DEFINE_OP(LOAD_FROM_DICT_OR_GLOBAL) {
    SAVE();
    uint64_t bits = slow_load_from_dict(thread, frame, r, D::b(word), EXTRA(1), -1);
    if (bits == 0) RAISE();
    discard(frame, r, D::b(word));
    set_register(r, D::a(word), bits);
    NEXT_DROPPED(2);
}

DEFINE_OP(LOAD_FROM_DICT_OR_CELL) {
    SAVE();
    uint64_t bits =
        slow_load_from_dict(thread, frame, r, D::b(word), EXTRA(1), static_cast<int>(D::c(word)));
    if (bits == 0) RAISE();
    discard(frame, r, D::b(word));
    set_register(r, D::a(word), bits);
    NEXT_DROPPED(2);
}

DEFINE_OP(LOAD_LOCALS) {
    set_register(r, D::a(word), share_bits(frame->namespace_word));
    NEXT(1);
}

DEFINE_OP(LOAD_BUILD_CLASS) {
    SAVE();
    uint64_t bits = slow_load_build_class(thread, frame);
    if (bits == 0) RAISE();
    set_register(r, D::a(word), bits);
    NEXT(1);
}

DEFINE_OP(LOAD_COMMON_CONSTANT) {
    Type& type = D::b(word) == 0 ? exc::AssertionError : exc::NotImplementedError;
    set_register(r, D::a(word), Value::of(type).bits());
    NEXT(1);
}

// --- tests and jumps ---

// Truth of the common values; kOther asks slow_is_true.
enum class Truth { kFalse, kTrue, kOther };
static IMUGI_ALWAYS_INLINE Truth quick_truth(uint64_t bits) {
    if (bits == boolean(true).bits()) return Truth::kTrue;
    if (bits == boolean(false).bits() || bits == none().bits()) return Truth::kFalse;
    if (bits & 1) return bits == 1 ? Truth::kFalse : Truth::kTrue;
    if ((bits & 3) == 2) return bits == 2 ? Truth::kFalse : Truth::kTrue;
    return Truth::kOther;
}

// The truth of register `i`; `slow` finds it where it takes a call, -1 on error.
#define TRUTH_BY(i, result, slow)    \
    int result;                      \
    switch (quick_truth(r[i])) {     \
        case Truth::kFalse:          \
            result = 0;              \
            break;                   \
        case Truth::kTrue:           \
            result = 1;              \
            break;                   \
        default:                     \
            SAVE();                  \
            result = slow;           \
            if (result < 0) RAISE(); \
    }
#define TRUTH_OF(i, result) TRUTH_BY(i, result, slow_truth(thread, frame, r, i))  // consumed
#define TRUTH_KEPT(i, result) TRUTH_BY(i, result, slow_truth_kept(thread, r[i]))

template <class D, bool wanted>
static IMUGI_NOINLINE OP_FUNCTION(op_general_jump) {
    SAVE();
    int truth = slow_truth(thread, frame, r, D::a(word));
    if (truth < 0) RAISE();
    pc += truth == wanted ? 2 + static_cast<int32_t>(EXTRA(1)) : 2;
    NEXT_DROPPED(0);
}

#define JUMP_IF_TRUTH(wanted)                                               \
    switch (quick_truth(r[D::a(word)])) {                                   \
        case (wanted) ? Truth::kTrue:                                       \
            Truth::kFalse : JUMP_BY(2);                                     \
        case (wanted) ? Truth::kFalse:                                      \
            Truth::kTrue : NEXT(2);                                         \
        default:                                                            \
            IMUGI_MUSTTAIL return op_general_jump<D, wanted>(OP_ARGUMENTS); \
    }

DEFINE_OP(JUMP_IF_TRUE){JUMP_IF_TRUTH(true)}

DEFINE_OP(JUMP_IF_FALSE){JUMP_IF_TRUTH(false)}

DEFINE_OP(JUMP_IF_TRUE_OR_DROP) {
    uint32_t a = D::a(word);
    TRUTH_KEPT(a, truth);
    if (truth) JUMP_BY(2);
    discard(frame, r, a);
    NEXT_DROPPED(2);
}

DEFINE_OP(JUMP_IF_FALSE_OR_DROP) {
    uint32_t a = D::a(word);
    TRUTH_KEPT(a, truth);
    if (!truth) JUMP_BY(2);
    discard(frame, r, a);
    NEXT_DROPPED(2);
}

DEFINE_OP(NOT) {
    TRUTH_OF(D::b(word), truth);
    set_register(r, D::a(word), boolean(!truth).bits());
    NEXT_DROPPED(1);
}

DEFINE_OP(TO_BOOL) {
    TRUTH_OF(D::b(word), truth);
    set_register(r, D::a(word), boolean(truth).bits());
    NEXT_DROPPED(1);
}

DEFINE_OP(JUMP) {
    JUMP_BY(2);
}

GENERAL_OP(op_general_jump_back) {
    SAVE();
    bool changed = false;
    if (!safepoint_slow(thread)) RAISE();
    if (is_watching(thread) && !trace_safepoint(thread, *frame, &changed)) RAISE();
    if (changed) DISPATCH();
    JUMP_BY(2);
}

DEFINE_OP(JUMP_BACK) {
    if (IMUGI_UNLIKELY(thread.breaker.load(std::memory_order_relaxed) != 0))
        GENERAL(op_general_jump_back);
    JUMP_BY(2);
}

#define JUMP_IF_NONENESS(wanted)                                   \
    uint32_t a = D::a(word);                                       \
    uint64_t bits = r[a];                                          \
    bool is = is_none(Value::from_bits(bits));                     \
    pc += is == (wanted) ? 2 + static_cast<int32_t>(EXTRA(1)) : 2; \
    if (is_temporary(frame, a)) {                                  \
        r[a] = 0;                                                  \
        DROP_DISPATCH(bits);                                       \
    }                                                              \
    DISPATCH()

DEFINE_OP(JUMP_IF_NONE) {
    JUMP_IF_NONENESS(true);
}

DEFINE_OP(JUMP_IF_NOT_NONE) {
    JUMP_IF_NONENESS(false);
}

DEFINE_OP(JUMP_IF_UNBOUND) {
    if (r[D::a(word)] == 0) JUMP_BY(2);
    NEXT(2);
}

DEFINE_OP(IS) {
    bool is = same(value_at(r, D::b(word)), value_at(r, D::c(word)));
    discard(frame, r, D::b(word));
    discard(frame, r, D::c(word));
    set_register(r, D::a(word), boolean(is).bits());
    NEXT_DROPPED(1);
}

DEFINE_OP(IS_NOT) {
    bool is = same(value_at(r, D::b(word)), value_at(r, D::c(word)));
    discard(frame, r, D::b(word));
    discard(frame, r, D::c(word));
    set_register(r, D::a(word), boolean(!is).bits());
    NEXT_DROPPED(1);
}

DEFINE_OP(JUMP_IF_IS) {
    bool is = same(value_at(r, D::a(word)), value_at(r, D::b(word)));
    discard(frame, r, D::a(word));
    discard(frame, r, D::b(word));
    if (is == (D::c(word) != 0)) JUMP_BY(2);
    NEXT_DROPPED(2);
}

DEFINE_OP(CONTAINS) {
    SAVE();
    int result = slow_contains(thread, frame, r, D::b(word), D::c(word));
    if (result < 0) RAISE();
    set_register(r, D::a(word), boolean(result).bits());
    NEXT_DROPPED(2);
}

DEFINE_OP(NOT_CONTAINS) {
    SAVE();
    int result = slow_contains(thread, frame, r, D::b(word), D::c(word));
    if (result < 0) RAISE();
    set_register(r, D::a(word), boolean(!result).bits());
    NEXT_DROPPED(2);
}

DEFINE_OP(JUMP_IF_IN) {
    SAVE();
    int result = slow_contains(thread, frame, r, D::a(word), D::b(word));
    if (result < 0) RAISE();
    if (result == static_cast<int>(D::c(word))) JUMP_BY(3);
    NEXT_DROPPED(3);
}

}  // namespace imugi
