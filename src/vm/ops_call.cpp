// Calls, returns, generators. See dispatch.h for the rules of the loop.
//
// The callable's register is emptied when a frame is pushed: the frame takes its word over.
#include "compile/opcode.h"
#include "object/descriptor.h"
#include "object/function.h"
#include "object/list.h"
#include "object/native_call.h"
#include "object/tuple.h"
#include "vm/attribute_cache.h"
#include "vm/call.h"
#include "vm/constructor.h"
#include "vm/dispatch.h"
#include "vm/generator.h"
#include "vm/instrument.h"
#include "vm/quick_items.h"
#include "vm/slow.h"

namespace imugi {

OP_FUNCTION(op_enter) {
    frame = thread.frame;
    r = frame->registers;
    pc = frame->pc;
    DISPATCH();
}

// Completes `count` positional words with the last defaults, where they alone are missing.
static bool fill_defaults(Function& function, const Code& code, uint64_t* words, uint32_t count) {
    if (count >= code.argument_count || code.keyword_only_count ||
        (code.flags & (kCodeVarArgs | kCodeVarKeywords)))
        return false;
    uint32_t missing = code.argument_count - count;
    uint64_t defaults = load_slot_bits(function.defaults.word());
    Value value = Value::from_bits(defaults);
    bool enough = is_exact_tuple(value) && value.as<Tuple>().size >= missing;
    if (enough) {
        Tuple& tuple = value.as<Tuple>();
        for (uint32_t i = 0; i < missing; i++)
            words[count + i] = share_bits(tuple[tuple.size - missing + i].bits());
    }
    drop_bits(defaults);
    return enough;
}

// Pushes a frame for `function` with `count` words from `words`, of which the last are named, in
// the window there. Function word taken over.
static Frame* push_call(Thread& thread, uint64_t function_word, uint64_t* words, uint32_t count,
                        Tuple* names) {
    Function& function = Value::from_bits(function_word).as<Function>();
    Code& code = *static_cast<Code*>(function.code.borrow().object());
    uint64_t* window = thread.frame->generator ? thread.registers_top : words;
    if (IMUGI_LIKELY(!names && takes_exactly(code, count))) {
        if (IMUGI_UNLIKELY(window != words)) {
            if (window + count > thread.registers_end) {
                discard_range(words, 0, count);
                drop_bits(function_word);
                raise_memory_error(thread);
                return nullptr;
            }
            for (uint32_t i = 0; i < count; i++) {
                window[i] = words[i];
                words[i] = 0;
            }
        }
        return push_frame(thread, function_word, function, code, window);
    }
    if (!names && window == words && fill_defaults(function, code, words, count))
        return push_frame(thread, function_word, function, code, window);
    // The words move out of the way of the window that binding fills.
    uint64_t* moved =
        (thread.registers_top > window ? thread.registers_top : window) + code.register_count;
    if (moved + count > thread.registers_end) {
        discard_range(words, 0, count);
        drop_bits(function_word);
        raise_memory_error(thread);
        return nullptr;
    }
    for (uint32_t i = 0; i < count; i++) {
        moved[i] = words[i];
        words[i] = 0;
    }
    uint64_t* top = thread.registers_top;
    thread.registers_top = moved + count;
    bool ok = bind_parameters(thread, function, code, window, moved, count, names);
    thread.registers_top = top;
    if (!ok) {
        drop_bits(function_word);
        return nullptr;
    }
    return push_frame(thread, function_word, function, code, window);
}

// The getter that a LOAD_ATTR site has cached for the object in register `b`: its frame with the
// object as argument, consumed if it is a temporary. Null when there is none, or with *failed set.
Frame* push_getter(Thread& thread, Frame* frame, uint64_t* r, uint32_t b,
                   const std::atomic<uint64_t>& cache, bool* failed) {
    uint64_t owner = r[b];
    if (!Value::from_bits(owner).is_object()) return nullptr;
    Object* object = Value::from_bits(owner).object();
    const AttributeRecord* record =
        find_record(cache.load(std::memory_order_acquire),  // pairs with publish_cache
                    object->shape_index.load(std::memory_order_acquire));
    if (!record || record->kind != RecordKind::kGetter ||
        record->version != object->shape()->type->version.load(std::memory_order_acquire) ||
        thread.registers_top >= thread.registers_end)
        return nullptr;
    uint64_t getter = share_bits(record->value.load(std::memory_order_relaxed));
    uint64_t* words = thread.registers_top;
    if (is_temporary(frame, b))
        r[b] = 0;
    else if (Value::from_bits(owner).is_owning())
        owner |= Value::kLentBit;
    words[0] = owner;
    Frame* callee = push_call(thread, getter, words, 1, nullptr);
    *failed = callee == nullptr;
    return callee;
}

static IMUGI_ALWAYS_INLINE bool is_function(uint64_t bits) {
    return is_python_function(Value::from_bits(bits));
}

// A call of a plain class, if it is one: pushes its __init__, or gives in *result the object, when
// there is nothing to run (0: exception). False when the call must take the general way.
static bool begin_construction(Thread& thread, uint64_t* words, uint32_t count, Tuple* names,
                               std::atomic<uint64_t>& cache, Frame** frame, uint64_t* result) {
    Type& type = Value::from_bits(words[-1]).as<Type>();
    const ConstructorRecord* record = constructor_record(type, cache);
    if (IMUGI_UNLIKELY(!record)) {
        fill_constructor(thread, type, cache);
        return false;
    }
    uint64_t init = record->value.load(std::memory_order_relaxed);
    if (type_of(Value::of(type)).slots.call != type_type.slots.call || (init == 0 && count != 0))
        return false;
    init = share_bits(init);
    uint64_t object = make_instance(thread, type).release();
    uint64_t callable = std::exchange(words[-1], 0);
    if (IMUGI_UNLIKELY(object == 0)) {
        discard_range(words, 0, count);
        drop_bits(init);
    } else if (init == 0) {
        *result = object;
    } else {
        words[-1] = object | Value::kLentBit;
        *frame = push_call(thread, init, words - 1, count + 1, names);
        if (IMUGI_LIKELY(*frame != nullptr)) {
            (*frame)->flags = kFrameConstructor;
            (*frame)->constructed = object;
        } else {
            drop_bits(object);
        }
    }
    drop_bits(callable);
    return true;
}

// `callable` at words[-1], `count` words behind it. A frame is pushed, or *result holds the outcome
// (0: exception).
static IMUGI_NOINLINE Frame* begin_call(Thread& thread, uint64_t* words, uint32_t count,
                                        Tuple* names, std::atomic<uint64_t>& cache,
                                        uint64_t* result) {
    uint64_t callable = words[-1];
    *result = 0;
    if (is_function(callable)) {
        words[-1] = 0;
        return push_call(thread, callable, words, count, names);
    }
    Value value = Value::from_bits(callable);
    if (has_shape(value, k_bound_method_shape)) {
        BoundMethod& method = value.as<BoundMethod>();
        Value function = method.function.borrow();
        if (is_python_function(function)) {
            // self takes the callable's place.
            uint64_t function_word = share_bits(function.bits());
            words[-1] = share_bits(method.self.borrow().bits());
            drop_bits(callable);
            return push_call(thread, function_word, words - 1, count + 1, names);
        }
    }
    auto* argv = reinterpret_cast<const Value*>(words);
    if (is_type(value)) {
        Frame* frame = nullptr;
        if (begin_construction(thread, words, count, names, cache, &frame, result)) return frame;
    }
    uint32_t keywords = names ? static_cast<uint32_t>(names->size) : 0;
    *result = slow_call(thread, value, Arguments{argv, count - keywords, names});
    discard_range(words - 1, 0, count + 1);
    return nullptr;
}

// As begin_call for LOAD_METHOD's pair: words[-2] the callable, words[-1] self or empty.
static IMUGI_NOINLINE Frame* begin_method_call(Thread& thread, uint64_t* words, uint32_t count,
                                               Tuple* names, std::atomic<uint64_t>& cache,
                                               uint64_t* result) {
    if (words[-1] == 0) {
        words[-1] = words[-2];
        words[-2] = 0;
        return begin_call(thread, words, count, names, cache, result);
    }
    return begin_call(thread, words - 1, count + 1, names, cache, result);
}

#define FINISH_CALL(begin, length)                        \
    do {                                                  \
        SAVE();                                           \
        uint64_t result_;                                 \
        Frame* callee_ = begin;                           \
        if (IMUGI_LIKELY(callee_ != nullptr)) {           \
            callee_->result_register = D::a(word);        \
            callee_->resume_words = (length);             \
            IMUGI_MUSTTAIL return op_enter(OP_ARGUMENTS); \
        }                                                 \
        if (IMUGI_UNLIKELY(result_ == 0)) RAISE();        \
        set_register(r, D::a(word), result_);             \
        NEXT_DROPPED(length);                             \
    } while (0)

template <class D, bool method>
static IMUGI_NOINLINE OP_FUNCTION(op_general_call) {
    uint32_t b = D::b(word), c = D::c(word);
    std::atomic<uint64_t>& cache = frame->caches[EXTRA(1)];
    FINISH_CALL(method ? begin_method_call(thread, r + b + 2, c, nullptr, cache, &result_)
                       : begin_call(thread, r + b + 1, c, nullptr, cache, &result_),
                2);
}

template <class D, bool method>
static IMUGI_NOINLINE OP_FUNCTION(op_call_native) {
    uint32_t b = D::b(word), c = D::c(word);
    uint32_t first = b + 1, count = c;
    if (method) r[first] == 0 ? first++ : count++;
    SAVE();
    uint64_t result;
    if (IMUGI_UNLIKELY(!call_native_directly(
            thread, value_at(r, b), reinterpret_cast<const Value*>(r + first), count, &result)))
        IMUGI_MUSTTAIL return op_general_call<D, method>(OP_ARGUMENTS);
    if (IMUGI_UNLIKELY(result == 0)) RAISE();
    discard_range(r, b, c + 1 + method);
    set_register(r, D::a(word), result);
    NEXT_DROPPED(2);
}

template <class D>
static IMUGI_NOINLINE OP_FUNCTION(op_call_own_method) {
    uint32_t b = D::b(word), c = D::c(word);
    auto* argv = reinterpret_cast<const Value*>(r + b + 1);
    NativeThunk thunk =
        own_method_thunk(thread, value_at(r, b).as<MethodDescriptor>(), argv, c + 1);
    if (IMUGI_UNLIKELY(!thunk)) {
        IMUGI_MUSTTAIL return op_call_native<D, true>(OP_ARGUMENTS);
    }
    SAVE();
    uint64_t result = thunk(thread, argv).release();
    if (IMUGI_UNLIKELY(result == 0)) RAISE();
    discard_range(r, b, c + 2);
    set_register(r, D::a(word), result);
    NEXT_DROPPED(2);
}

// A Python function called with just the words it takes, from a frame on the stack: the window is
// where they are. Else on to the function that knows the kind of callable.
#define CALL_BY_KIND(method, words_index, count)                                                  \
    Value callable_ = value_at(r, b);                                                             \
    uint32_t shape_ = callable_.is_object()                                                       \
                          ? callable_.object()->shape_index.load(std::memory_order_relaxed)       \
                          : 0;                                                                    \
    if (IMUGI_LIKELY(shape_ == k_function_shape)) {                                               \
        Function& function_ = callable_.as<Function>();                                           \
        Code& code_ = *static_cast<Code*>(function_.code.borrow().object());                      \
        uint64_t* window_ = r + (words_index);                                                    \
        if (IMUGI_UNLIKELY(frame->generator != nullptr || !takes_exactly(code_, count) ||         \
                           !has_room(thread, code_, window_) || !(code_.flags & kCodeOptimized))) \
            IMUGI_MUSTTAIL return op_general_call<D, method>(OP_ARGUMENTS);                       \
        SAVE();                                                                                   \
        r[b] = 0;                                                                                 \
        frame = fill_frame(thread, callable_.bits(), function_, code_, window_);                  \
        frame->result_register = D::a(word);                                                      \
        frame->resume_words = 2;                                                                  \
        r = window_;                                                                              \
        pc = code_.words;                                                                         \
        DISPATCH();                                                                               \
    }                                                                                             \
    if (method && IMUGI_LIKELY(shape_ == k_method_descriptor_shape && r[b + 1] != 0))             \
        IMUGI_MUSTTAIL return op_call_own_method<D>(OP_ARGUMENTS);                                \
    if (IMUGI_LIKELY(shape_ == k_method_descriptor_shape || shape_ == k_native_function_shape))   \
        IMUGI_MUSTTAIL return op_call_native<D, method>(OP_ARGUMENTS);                            \
    IMUGI_MUSTTAIL return op_general_call<D, method>(OP_ARGUMENTS)

DEFINE_OP(CALL) {
    uint32_t b = D::b(word);
    CALL_BY_KIND(false, b + 1, D::c(word));
}

DEFINE_OP(CALL_METHOD) {
    uint32_t b = D::b(word);
    // Without self the arguments stand one further; they move where no window has them.
    uint32_t has_self = r[b + 1] != 0;
    CALL_BY_KIND(true, b + 2 - has_self, D::c(word) + has_self);
}

DEFINE_OP(CALL_KW) {
    uint32_t b = D::b(word), c = D::c(word);
    Tuple* names = &frame->constants[EXTRA(2)].as<Tuple>();
    FINISH_CALL(begin_call(thread, r + b + 1, c, names, frame->caches[EXTRA(1)], &result_), 3);
}

DEFINE_OP(CALL_METHOD_KW) {
    uint32_t b = D::b(word), c = D::c(word);
    Tuple* names = &frame->constants[EXTRA(2)].as<Tuple>();
    FINISH_CALL(begin_method_call(thread, r + b + 2, c, names, frame->caches[EXTRA(1)], &result_),
                3);
}

DEFINE_OP(CALL_EX) {
    SAVE();
    uint32_t b = D::b(word), c = D::c(word);
    uint64_t bits = slow_call_ex(thread, r, b, c != 0);
    if (bits == 0) RAISE();
    set_register(r, D::a(word), bits);
    NEXT_DROPPED(1);
}

DEFINE_OP(CALL_INTRINSIC) {
    SAVE();
    uint64_t bits = slow_call_intrinsic(thread, frame, r, D::b(word), D::c(word));
    if (bits == 0) RAISE();
    set_register(r, D::a(word), bits);
    NEXT_DROPPED(1);
}

DEFINE_OP(MAKE_FUNCTION) {
    SAVE();
    uint64_t bits = slow_make_function(thread, frame, r, D::b(word), EXTRA(1), EXTRA(2));
    if (bits == 0) RAISE();
    set_register(r, D::a(word), bits);
    NEXT_DROPPED(3);
}

// --- returns ---

// The frame below goes on with a value.
#define RESUME_CALLER(callee, value_bits)           \
    do {                                            \
        uint64_t resumed_ = (value_bits);           \
        uint32_t into_ = (callee)->result_register; \
        uint32_t length_ = (callee)->resume_words;  \
        frame = thread.frame;                       \
        r = frame->registers;                       \
        pc = frame->pc;                             \
        SET_NEXT(into_, resumed_, length_);         \
    } while (0)

OP_FUNCTION(op_return_value) {
    uint64_t value = thread.return_bits;
    thread.return_bits = 0;
    uint8_t flags = frame->flags;
    if (IMUGI_UNLIKELY(flags & kFrameGenerator)) {
        generator_leave(thread, frame, kGeneratorFinished);
        if (flags & kFrameEntry) {
            thread.generator_returned = true;
            return value;
        }
        // FOR_ITER and SEND take their jump; the first drops the value and the iterator.
        Frame* callee = frame;
        frame = thread.frame;
        r = frame->registers;
        pc = frame->pc;
        if (flags & kFrameForIter) {
            drop_bits(value);
            IMUGI_MUSTTAIL return op_for_iter_exhausted(OP_ARGUMENTS);
        }
        set_register(r, callee->result_register, value);
        JUMP_BY(2);
    }
    uint64_t constructed = std::exchange(frame->constructed, 0);
    pop_frame(thread, frame);
    if (flags & kFrameEntry) return value;
    if (flags & kFrameConstructor) {
        if (IMUGI_UNLIKELY(!is_none(Value::from_bits(value)))) {
            frame = thread.frame;
            r = frame->registers;
            pc = frame->pc;
            slow_bad_init_result(thread, value, constructed);
            RAISE();
        }
        value = constructed;
    }
    RESUME_CALLER(frame, value);
}

// A plain function's frame ends with thread.return_bits, an owned value or one that stays; locals
// may have been dropped before.
static IMUGI_NOINLINE OP_FUNCTION(op_leave_frame) {
    Frame* callee = frame;
    for (uint32_t i = 0; i < callee->first_temporary; i++) drop_bits(std::exchange(r[i], 0));
    uint64_t function_word = callee->function_word;
    thread.frame = callee->previous;
    thread.frames_top = callee;
    thread.registers_top = callee->saved_top;
    thread.recursion_depth--;
    drop_bits(function_word);
    uint64_t value = std::exchange(thread.return_bits, 0);
    frame = thread.frame;
    r = frame->registers;
    pc = frame->pc;
    set_register(r, callee->result_register, value);
    NEXT_DROPPED(callee->resume_words);
}

#define LEAVE_FRAME(value_bits)                                          \
    do {                                                                 \
        uint64_t leaving_ = (value_bits);                                \
        Frame* callee_ = frame;                                          \
        for (uint32_t i = 0, n = callee_->first_temporary; i < n; i++) { \
            if (IMUGI_UNLIKELY(!quick_drop(r[i]))) {                     \
                thread.return_bits = leaving_;                           \
                IMUGI_MUSTTAIL return op_leave_frame(OP_ARGUMENTS);      \
            }                                                            \
            r[i] = 0;                                                    \
        }                                                                \
        if (IMUGI_UNLIKELY(!quick_drop(callee_->function_word))) {       \
            thread.return_bits = leaving_;                               \
            IMUGI_MUSTTAIL return op_leave_frame(OP_ARGUMENTS);          \
        }                                                                \
        thread.frame = callee_->previous;                                \
        thread.frames_top = callee_;                                     \
        thread.registers_top = callee_->saved_top;                       \
        thread.recursion_depth--;                                        \
        RESUME_CALLER(callee_, leaving_);                                \
    } while (0)

GENERAL_OP(op_general_return) {
    uint32_t a = D::a(word);
    uint64_t bits = std::exchange(r[a], 0);
    if (Value::from_bits(bits).is_lent()) bits = share_bits(bits);
    if (frame->flags == 0 && frame->object == nullptr && frame->namespace_word == 0) {
        thread.return_bits = bits;
        IMUGI_MUSTTAIL return op_leave_frame(OP_ARGUMENTS);
    }
    SAVE();
    if (frame->object && Value::from_bits(bits).is_owning()) set_register(r, a, share_bits(bits));
    // An entry frame's result leaves the registers: no lent words.
    if (Value::from_bits(bits).is_lent()) bits = Owned::share(Value::from_bits(bits)).release();
    thread.return_bits = bits;
    IMUGI_MUSTTAIL return op_return_value(OP_ARGUMENTS);
}

DEFINE_OP(RETURN) {
    uint32_t a = D::a(word);
    uint64_t bits = r[a];
    // The frame dies: a local's word may go with the value. A lent one must go too, since the
    // register may be one of the caller's, where the collector would find it.
    if (IMUGI_UNLIKELY(frame->flags != 0 || frame->object != nullptr || frame->namespace_word != 0))
        GENERAL(op_general_return);
    if (Value::from_bits(bits).is_lent()) {
        bits = quick_share(bits);
        if (IMUGI_UNLIKELY(bits == 0)) GENERAL(op_general_return);
    }
    r[a] = 0;
    LEAVE_FRAME(bits);
}

static IMUGI_NOINLINE OP_FUNCTION(op_return_none) {
    SAVE();
    thread.return_bits = none().bits();
    IMUGI_MUSTTAIL return op_return_value(OP_ARGUMENTS);
}

DEFINE_OP(RETURN_NONE) {
    if (IMUGI_UNLIKELY((frame->flags & ~kFrameConstructor) || frame->object != nullptr ||
                       frame->namespace_word != 0))
        IMUGI_MUSTTAIL return op_return_none(OP_ARGUMENTS);
    LEAVE_FRAME(frame->flags == 0 ? none().bits() : std::exchange(frame->constructed, 0));
}

// --- generators ---

// Bytecode that was made up yields outside a generator.
static OP_FUNCTION(op_misplaced) {
    SAVE();
    raise(thread, exc::SystemError, "misplaced instruction of a generator");
    RAISE();
}

// An __init__ that has got the code of a generator since the class was looked at.
static OP_FUNCTION(op_generator_as_init) {
    frame->pc = pc + 1;
    uint64_t constructed = std::exchange(frame->constructed, 0);
    frame->flags = 0;
    uint64_t bits = make_generator(thread, frame).release();
    frame = thread.frame;
    r = frame->registers;
    pc = frame->pc;
    if (IMUGI_LIKELY(bits != 0))
        slow_bad_init_result(thread, bits, constructed);
    else
        drop_bits(constructed);
    RAISE();
}

DEFINE_OP(RETURN_GENERATOR) {
    if (IMUGI_UNLIKELY(frame->generator)) IMUGI_MUSTTAIL return op_misplaced(OP_ARGUMENTS);
    if (IMUGI_UNLIKELY(frame->flags & kFrameConstructor))
        IMUGI_MUSTTAIL return op_generator_as_init(OP_ARGUMENTS);
    frame->pc = pc + 1;
    uint8_t flags = frame->flags;
    Frame* callee = frame;
    uint64_t bits = make_generator(thread, frame).release();
    if (IMUGI_UNLIKELY(bits == 0)) {
        SAVE();
        RAISE();
    }
    if (flags & kFrameEntry) return bits;
    RESUME_CALLER(callee, bits);
}

// The generator's frame hands a value to whoever resumed it. The value is in thread.return_bits.
static OP_FUNCTION(op_yield_value) {
    uint64_t value = thread.return_bits;
    thread.return_bits = 0;
    SAVE();
    uint8_t flags = frame->flags;
    Frame* callee = frame;
    generator_leave(thread, frame, kGeneratorSuspended);
    if (flags & kFrameEntry) {
        thread.generator_returned = false;
        return value;
    }
    RESUME_CALLER(callee, value);
}

DEFINE_OP(YIELD) {
    if (IMUGI_UNLIKELY(!frame->generator)) IMUGI_MUSTTAIL return op_misplaced(OP_ARGUMENTS);
    thread.return_bits = consume_bits(frame, r, D::b(word));
    frame->generator->sent_register = D::a(word);
    frame->generator->delegate_register = 0;
    if (frame->code->flags & kCodeAsyncGenerator) {
        SAVE();
        thread.return_bits = wrap_async_value(thread, thread.return_bits);
        if (thread.return_bits == 0) RAISE();
    }
    IMUGI_MUSTTAIL return op_yield_value(OP_ARGUMENTS);
}

DEFINE_OP(YIELD_AWAIT) {
    if (IMUGI_UNLIKELY(!frame->generator)) IMUGI_MUSTTAIL return op_misplaced(OP_ARGUMENTS);
    thread.return_bits = consume_bits(frame, r, D::b(word));
    frame->generator->sent_register = D::a(word);
    frame->generator->delegate_register = D::c(word) + 1;
    IMUGI_MUSTTAIL return op_yield_value(OP_ARGUMENTS);
}

DEFINE_OP(SEND) {
    SAVE();
    uint32_t b = D::b(word), c = D::c(word);
    Value iterator = value_at(r, b);
    if (has_shape(iterator, k_generator_shape) || has_shape(iterator, k_coroutine_shape)) {
        Generator& generator = iterator.as<Generator>();
        bool exhausted = false;
        if (!generator_enter(thread, generator, consume_bits(frame, r, c), kFrameSend,
                             &exhausted)) {
            if (!exhausted) RAISE();
            set_register(r, D::a(word), none().bits());
            JUMP_BY(2);
        }
        generator.frame.result_register = D::a(word);
        generator.frame.resume_words = 2;
        IMUGI_MUSTTAIL return op_enter(OP_ARGUMENTS);
    }
    bool returned = false;
    uint64_t bits = slow_send(thread, iterator, value_at(r, c), &returned);
    if (bits == 0) RAISE();
    discard(frame, r, c);
    set_register(r, D::a(word), bits);
    if (returned) JUMP_BY(2);
    NEXT_DROPPED(2);
}

DEFINE_OP(CLEANUP_THROW) {
    SAVE();
    uint32_t b = D::b(word), c = D::c(word);
    uint64_t bits = slow_stop_iteration_value(thread, value_at(r, c));
    if (bits == 0) {
        // Not a StopIteration: goes on as it is.
        slow_set_pending(thread, consume(frame, r, c));
        IMUGI_MUSTTAIL return op_find_handler(OP_ARGUMENTS);
    }
    discard(frame, r, c);
    discard(frame, r, b);
    set_register(r, D::a(word), bits);
    JUMP_BY(2);
}

DEFINE_OP(END_SEND) {
    uint32_t a = D::a(word), b = D::b(word), c = D::c(word);
    uint64_t bits = consume_bits(frame, r, c);
    discard(frame, r, b);
    set_register(r, a, bits);
    NEXT_DROPPED(1);
}

GENERAL_OP(op_general_resume) {
    SAVE();
    bool changed = false;
    if (!safepoint_slow(thread)) RAISE();
    if (is_watching(thread) && !trace_safepoint(thread, *frame, &changed)) RAISE();
    if (changed) DISPATCH();
    NEXT(1);
}

DEFINE_OP(RESUME) {
    if (IMUGI_UNLIKELY(thread.breaker.load(std::memory_order_relaxed) != 0))
        GENERAL(op_general_resume);
    NEXT(1);
}

}  // namespace imugi
