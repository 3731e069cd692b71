// Loops. See dispatch.h for the rules of the interpreter.
//
// A loop over an exact list, tuple or range needs no iterator object: its register holds the
// container itself and the one behind it the index of the next item, a small int. Otherwise the
// first holds an iterator and the second nothing.
//
// A list in such a register is the running thread's or marked for readers without its lock: from
// BEGIN_LOOP on, and in a generator that another thread goes on with from generator_enter on.
#include "object/list.h"
#include "object/range.h"
#include "object/tuple.h"
#include "vm/dispatch.h"
#include "vm/generator.h"
#include "vm/quick_items.h"
#include "vm/slow.h"

namespace imugi {

DEFINE_OP(BEGIN_LOOP) {
    uint32_t a = D::a(word), b = D::b(word);
    Value value = value_at(r, b);
    if (IMUGI_LIKELY(is_stepped_by_index(value))) {
        if (has_shape(value, k_list_shape)) mark_reader(value.object());
        set_register(r, a, take_register(frame, r, b));
        r[a + 1] = Value::small_int(0).bits();
        NEXT_DROPPED(1);
    }
    SAVE();
    uint64_t bits = slow_iterate(thread, value);
    if (bits == 0) RAISE();
    discard(frame, r, b);
    set_register(r, a, bits);
    r[a + 1] = 0;
    NEXT_DROPPED(1);
}

// Item number `index` of what is stepped by index, as a register word; 0: ask slow_loop_item.
static IMUGI_ALWAYS_INLINE uint64_t quick_loop_item(Thread& thread, Value container,
                                                    int64_t index) {
    switch (container.object()->shape_index.load(std::memory_order_relaxed)) {
        case k_list_shape:
            return quick_marked_list_item(thread, container.as<List>(),
                                          static_cast<uint64_t>(index));
        case k_range_shape: {
            auto& range = container.as<Range>();
            Value start = range.start.borrow(), step = range.step.borrow();
            Value stop = range.length.borrow();
            if (IMUGI_UNLIKELY(!(start.bits() & step.bits() & stop.bits() & 1))) return 0;
            if (IMUGI_UNLIKELY(static_cast<uint64_t>(index) >=
                               static_cast<uint64_t>(stop.small_int())))
                return 0;
            return Value::small_int(start.small_int() + index * step.small_int()).bits();
        }
        case k_tuple_shape: {
            auto& tuple = container.as<Tuple>();
            if (IMUGI_UNLIKELY(static_cast<uint64_t>(index) >= tuple.size)) return 0;
            return quick_share(tuple[static_cast<size_t>(index)].bits());
        }
        default:
            return 0;
    }
}

// The next item of the common iterators when nobody else has them, as a register word; 0: ask
// slow_next.
static IMUGI_ALWAYS_INLINE uint64_t quick_next(Thread& thread, Value value) {
    if (IMUGI_UNLIKELY(!value.is_object() || !is_unique(value.object()))) return 0;
    switch (value.object()->shape_index.load(std::memory_order_relaxed)) {
        case k_range_iterator_shape: {
            auto& iterator = value.as<RangeIterator>();
            int64_t index = iterator.index.load(std::memory_order_relaxed);
            if (index >= iterator.length) return Value::nothing().bits();
            int64_t item = iterator.start + index * iterator.step;
            if (IMUGI_UNLIKELY(!Value::fits_small_int(item))) return 0;
            iterator.index.store(index + 1, std::memory_order_relaxed);
            return Value::small_int(item).bits();
        }
        case k_list_iterator_shape: {
            auto& iterator = value.as<ListIterator>();
            Value list = iterator.list.borrow();
            if (list.is_empty()) return Value::nothing().bits();
            Index index = iterator.index.load(std::memory_order_relaxed);
            if (IMUGI_UNLIKELY(index < 0)) return 0;
            uint64_t bits = quick_list_item(thread, list.as<List>(), static_cast<uint64_t>(index));
            if (bits) iterator.index.store(index + 1, std::memory_order_relaxed);
            return bits;
        }
        case k_tuple_iterator_shape: {
            auto& iterator = value.as<TupleIterator>();
            Value tuple = iterator.tuple.borrow();
            if (tuple.is_empty()) return Value::nothing().bits();
            size_t index = iterator.index.load(std::memory_order_relaxed);
            if (index >= tuple.as<Tuple>().size) return 0;
            uint64_t bits = quick_share(tuple.as<Tuple>()[index].bits());
            if (bits) iterator.index.store(index + 1, std::memory_order_relaxed);
            return bits;
        }
        default:
            return 0;
    }
}

GENERAL_OP(op_for_iter_generator) {
    SAVE();
    Generator& generator = value_at(r, D::b(word)).template as<Generator>();
    bool exhausted = false;
    if (!generator_enter(thread, generator, none().bits(), kFrameForIter, &exhausted)) {
        if (!exhausted) RAISE();
        IMUGI_MUSTTAIL return op_for_iter_exhausted(OP_ARGUMENTS);
    }
    generator.frame.result_register = D::a(word);
    generator.frame.resume_words = 3;
    IMUGI_MUSTTAIL return op_enter(OP_ARGUMENTS);
}

GENERAL_OP(op_general_for_iter) {
    SAVE();
    drop_bits(std::exchange(thread.return_bits, 0));  // what quick_list_item had to give up
    uint32_t b = D::b(word);
    Value iterator = value_at(r, b), index = value_at(r, b + 1);
    uint64_t bits;
    if (index.is_small_int() && is_stepped_by_index(iterator)) {
        bits = slow_loop_item(thread, iterator, index.small_int());
        if (IMUGI_UNLIKELY(bits == 0)) RAISE();
        r[b + 1] = index.bits() + 2;
    } else {
        bits = slow_next(thread, iterator);
        if (IMUGI_UNLIKELY(bits == 0)) RAISE();
    }
    if (IMUGI_UNLIKELY(bits == Value::nothing().bits())) {
        IMUGI_MUSTTAIL return op_for_iter_exhausted(OP_ARGUMENTS);
    }
    set_register(r, D::a(word), bits);
    NEXT_DROPPED(3);
}

DEFINE_OP(FOR_ITER) {
    uint32_t b = D::b(word);
    Value iterator = value_at(r, b);
    Value index = value_at(r, b + 1);
    if (IMUGI_UNLIKELY(!iterator.is_object())) GENERAL(op_general_for_iter);
    uint64_t bits;
    if (IMUGI_LIKELY(index.is_small_int())) {
        bits = quick_loop_item(thread, iterator, index.small_int());
        if (IMUGI_UNLIKELY(bits == 0)) GENERAL(op_general_for_iter);
        r[b + 1] = index.bits() + 2;
    } else {
        if (has_shape(iterator, k_generator_shape)) GENERAL(op_for_iter_generator);
        bits = quick_next(thread, iterator);
        if (IMUGI_UNLIKELY(bits == 0)) GENERAL(op_general_for_iter);
        if (IMUGI_UNLIKELY(bits == Value::nothing().bits())) {
            SAVE();
            IMUGI_MUSTTAIL return op_for_iter_exhausted(OP_ARGUMENTS);
        }
    }
    SET_NEXT(D::a(word), bits, 3);
}

// At a FOR_ITER whose iterator has ended.
OP_FUNCTION(op_for_iter_exhausted) {
    // The words in place may be instrumented.
    uint32_t b = Narrow::b(original_word(*frame->code, pc));
    uint32_t before = original_word(*frame->code, pc - 1);
    if ((before & 0xFF) == static_cast<uint32_t>(Opcode::WIDE) && frame->code->register_count > 256)
        b |= before >> 8 & 0xFF00;
    uint64_t iterator = r[b];
    r[b] = 0;
    drop_bits(iterator);
    pc += 3 + static_cast<int32_t>(pc[2].load(std::memory_order_relaxed));
    if (IMUGI_UNLIKELY(has_dying(thread))) IMUGI_MUSTTAIL return op_run_dying(OP_ARGUMENTS);
    DISPATCH();
}

}  // namespace imugi
