// Making, resuming and ending generators. See generator.h for who may touch what.
#include "vm/generator.h"

#include "memory/collector.h"
#include "memory/promotion.h"
#include "object/call.h"
#include "object/errors.h"
#include "object/protocol.h"
#include "thread/lock.h"
#include "vm/call.h"
#include "vm/dispatch.h"
#include "vm/frame_object.h"
#include "vm/instrument.h"
#include "vm/slow.h"

namespace imugi {

static const char* kind_name(const Generator& generator) {
    uint32_t flags = generator.frame.code->flags;
    if (flags & kCodeCoroutine) return "coroutine";
    return flags & kCodeAsyncGenerator ? "async generator" : "generator";
}

Owned make_generator(Thread& thread, Frame* frame) {
    Code& code = *frame->code;
    Type& type = code.flags & kCodeCoroutine        ? coroutine_type
                 : code.flags & kCodeAsyncGenerator ? async_generator_type
                                                    : generator_type;
    auto* made = allocate<Generator>(thread, type, (code.register_count + 1) * sizeof(uint64_t));
    if (!made) return {};
    Value owner = Value::from_bits(frame->function_word);
    // Top-level await: the code of a module has no function.
    bool is_function = !has_shape(owner, k_code_shape);
    made->name.init(is_function ? owner.as<Function>().name.share() : code.name.share());
    made->qualname.init(is_function ? owner.as<Function>().qualname.share()
                                    : code.qualname.share());
    // The registers move over; what was lent by the caller is shared, as it will not stay for it.
    for (uint32_t i = 0; i < code.register_count; i++) {
        uint64_t bits = frame->registers[i];
        frame->registers[i] = 0;
        made->registers[i] = Value::from_bits(bits).is_lent()
                                 ? Owned::share(Value::from_bits(bits)).release()
                                 : bits;
    }
    made->register_count = code.register_count;
    made->frame = *frame;
    made->frame.registers = made->registers;
    made->frame.function_word = own_moved(frame->function_word).release();
    made->frame.flags = kFrameGenerator;
    made->frame.generator = made;
    made->frame.runner = current_heap_id;
    made->frame.previous = nullptr;
    if (frame->object) frame->object->frame.store(&made->frame, std::memory_order_release);
    frame->object = nullptr;
    frame->namespace_word = frame->globals_word = frame->builtins_word = frame->function_word = 0;
    frame->constructed = 0;
    pop_frame(thread, frame);
    made->state.store(kGeneratorCreated, std::memory_order_release);
    if (&type == &coroutine_type && thread.coroutine_origin_depth) {
        Owned origin = coroutine_origin(thread);
        if (!origin) return {};
        made->origin.init(std::move(origin));
    }
    // Without a handler there is no cleaning up.
    if (&type == &generator_type && code.range_count == 0)
        made->flags.store(kFinalized, std::memory_order_relaxed);
    track(made);
    return Owned::adopt(made);
}

// From *state to running; false, with what it is now, when another thread was here. A generator of
// this thread's own memory is claimed as its lock would be, by bias, else by an exchange.
static bool claim(Thread& thread, Generator& generator, uint8_t* state) {
    if (may_bias(thread, generator) && try_biased(thread, generator)) {
        uint8_t now = generator.state.load(std::memory_order_acquire);
        bool mine = now == *state;
        if (mine) generator.state.store(kGeneratorRunning, std::memory_order_relaxed);
        leave_biased(thread);
        *state = now;
        return mine;
    }
    // Acquire: the registers that the last claimer left. Pairs with generator_leave.
    return generator.state.compare_exchange_strong(
        *state, kGeneratorRunning, std::memory_order_acq_rel, std::memory_order_acquire);
}

// Another thread than before goes on with it: the lists that it loops over are no longer owned.
static IMUGI_NOINLINE void change_runner(Frame& frame) {
    frame.runner = current_heap_id;
    for (uint32_t i = 0; i < frame.code->register_count; i++) {
        Value value = Value::from_bits(frame.registers[i]);
        if (is_exact_list(value)) mark_reader(value.object());
    }
}

bool generator_enter(Thread& thread, Generator& generator, uint64_t sent, uint8_t kind,
                     bool* exhausted) {
    Owned value = Owned::adopt(sent);
    uint8_t state = generator.state.load(std::memory_order_acquire);
    do {
        if (state == kGeneratorRunning)
            return raise(thread, exc::ValueError, "{} already executing", kind_name(generator));
        if (state == kGeneratorFinished) {
            if (generator.frame.code->flags & kCodeCoroutine)
                return raise(thread, exc::RuntimeError, "cannot reuse already awaited coroutine");
            *exhausted = true;
            return false;
        }
        if (state == kGeneratorCreated && value && !is_none(value))
            return raise(thread, exc::TypeError, "can't send non-None value to a just-started {}",
                         kind_name(generator));
    } while (!claim(thread, generator, &state));
    if (thread.recursion_depth >= thread.recursion_limit) {
        generator.state.store(state, std::memory_order_release);
        thread.recursion_limit += 50;
        raise(thread, exc::RecursionError, "maximum recursion depth exceeded");
        thread.recursion_limit -= 50;
        return false;
    }
    Frame& frame = generator.frame;
    if (IMUGI_UNLIKELY(frame.runner != current_heap_id)) change_runner(frame);
    frame.previous = thread.frame;
    frame.flags = static_cast<uint8_t>(kFrameGenerator | kind);
    thread.frame = &frame;
    thread.recursion_depth++;
    generator.exc_state.previous = thread.exc_state;
    thread.exc_state = &generator.exc_state;
    if (state == kGeneratorSuspended && value) {
        set_register(frame.registers, generator.sent_register, value.release());
        frame.pc++;  // behind the yield
    }
    return true;
}

void generator_leave(Thread& thread, Frame* frame, GeneratorState state) {
    Generator& generator = *frame->generator;
    thread.exc_state = generator.exc_state.previous;
    generator.exc_state.previous = generator.exc_state.nearest = nullptr;
    if (state == kGeneratorFinished) {
        drop_bits(std::exchange(generator.exc_state.value, 0));
        pop_frame(thread, frame);
        // Nothing is left for a finalizer to do.
        if (!generator.has_flag(kFinalized)) generator.set_flag(kFinalized);
    } else {
        if (promotion_began.load(std::memory_order_relaxed))
            own_promoted_words(frame->registers, frame->code->register_count);
        thread.frame = frame->previous;
        thread.recursion_depth--;
    }
    frame->previous = nullptr;
    frame->flags = kFrameGenerator;
    generator.state.store(state, std::memory_order_release);  // pairs with generator_enter
}

// --- from C++ ---

static Step finish_step(Thread& thread, Owned value) {
    if (!value) return {StepResult::kFailed, {}};
    return {thread.generator_returned ? StepResult::kReturned : StepResult::kYielded,
            std::move(value)};
}

Step generator_send(Thread& thread, Generator& generator, Value value) {
    bool exhausted = false;
    if (!check_native_stack(thread)) return {StepResult::kFailed, {}};
    if (!generator_enter(thread, generator, Owned::share(value).release(), 0, &exhausted)) {
        if (exhausted) return {StepResult::kReturned, Owned::share(none())};
        return {StepResult::kFailed, {}};
    }
    return finish_step(thread, run(thread, &generator.frame));
}

// Enters with the pending exception and unwinds from where it stopped.
static Owned run_throwing(Thread& thread, Frame* frame) {
    frame->flags |= kFrameEntry;
    if (is_watching(thread)) report_throw(thread, *frame);
    return Owned::adopt(op_unwind(thread, frame, frame->pc, frame->registers, 0));
}

Step generator_throw_pending(Thread& thread, Generator& generator) {
    Owned exception = take_exception(thread);
    bool exhausted = false;
    if (!check_native_stack(thread)) return {StepResult::kFailed, {}};
    if (!generator_enter(thread, generator, 0, 0, &exhausted)) {
        if (exhausted) set_exception(thread, std::move(exception));
        return {StepResult::kFailed, {}};
    }
    // What the generator handles becomes the context; what its caller handles does not.
    if (generator.exc_state.value)
        raise_exception(thread, std::move(exception));
    else
        set_exception(thread, std::move(exception));
    return finish_step(thread, run_throwing(thread, &generator.frame));
}

Owned generator_delegate(Thread& thread, Generator& generator) {
    uint8_t expected = kGeneratorSuspended;
    if (generator.state.load(std::memory_order_acquire) != expected) return {};
    // Claimed while its frame is looked at: another thread may resume it.
    if (!claim(thread, generator, &expected)) return {};
    Owned delegate =
        generator.delegate_register
            ? Owned::share(value_at(generator.registers, generator.delegate_register - 1))
            : Owned();
    generator.state.store(kGeneratorSuspended, std::memory_order_release);
    return delegate;
}

namespace {

// The generator counts as running, and stands on the stack, while its delegate is called from C++.
class Delegating {
  public:
    Delegating(Thread& thread, Generator& generator) : thread_(thread), generator_(generator) {
        uint8_t expected = kGeneratorSuspended;
        claimed_ = claim(thread, generator, &expected);
        if (!claimed_) {
            raise(thread, exc::ValueError, "{} already executing", kind_name(generator));
            return;
        }
        generator.frame.previous = thread.frame;
        thread.frame = &generator.frame;
    }
    ~Delegating() {
        if (!claimed_) return;
        thread_.frame = generator_.frame.previous;
        generator_.frame.previous = nullptr;
        // Pairs with the claim of whoever resumes it next.
        generator_.state.store(kGeneratorSuspended, std::memory_order_release);
    }
    bool claimed() const { return claimed_; }

  private:
    Thread& thread_;
    Generator& generator_;
    bool claimed_;
};

}  // namespace

static bool close_iterator(Thread& thread, Value iterator) {
    if (has_shape(iterator, k_generator_shape) || has_shape(iterator, k_coroutine_shape))
        return static_cast<bool>(generator_close(thread, iterator.as<Generator>()));
    Owned close = get_attribute_or_nothing(thread, iterator, ID(close));
    if (!close) {
        report_unraisable(thread, iterator);
        return true;
    }
    if (close.is_nothing()) return true;
    Owned result = call(thread, close);
    return static_cast<bool>(result);
}

// Whether a handler of the code itself covers the place: more than the one that every generator
// has, for StopIteration.
static bool catches_exit(const Frame& frame) {
    const Code& code = *frame.code;
    auto at = static_cast<uint32_t>(frame.pc - code.words);
    const uint32_t* words = pristine_words(code);
    for (uint32_t i = 0; i < code.range_count; i++) {
        const ExceptionRange& range = code.ranges[i];
        if (at < range.start || at >= range.end) continue;
        uint32_t first = words[range.handler];
        if ((first & 0xFF) != static_cast<uint32_t>(Opcode::CALL_INTRINSIC) ||
            first >> 24 != static_cast<uint32_t>(Intrinsic::STOP_ITERATION_ERROR))
            return true;
    }
    return false;
}

// Claims the suspended generator to look at its frame; true also when another thread runs it.
static bool would_see_exit(Thread& thread, Generator& generator) {
    uint8_t expected = kGeneratorSuspended;
    if (!claim(thread, generator, &expected)) return true;
    bool sees = generator.delegate_register || catches_exit(generator.frame);
    generator.state.store(kGeneratorSuspended, std::memory_order_release);
    return sees;
}

Owned generator_close(Thread& thread, Generator& generator) {
    uint8_t state = generator.state.load(std::memory_order_acquire);
    if (state == kGeneratorFinished) return Owned::share(none());
    if (state == kGeneratorCreated) {
        // Never started: nothing to unwind.
        bool exhausted = false;
        if (!generator_enter(thread, generator, 0, 0, &exhausted))
            return exhausted ? Owned::share(none()) : Owned();
        generator_leave(thread, &generator.frame, kGeneratorFinished);
        return Owned::share(none());
    }
    if (!would_see_exit(thread, generator)) {
        // Nothing in it would see the exception.
        bool exhausted = false;
        if (!generator_enter(thread, generator, 0, 0, &exhausted))
            return exhausted ? Owned::share(none()) : Owned();
        generator_leave(thread, &generator.frame, kGeneratorFinished);
        return Owned::share(none());
    }
    bool closed = true;
    if (Owned delegate = generator_delegate(thread, generator)) {
        Delegating delegating(thread, generator);
        if (!delegating.claimed()) return {};
        closed = close_iterator(thread, delegate);
    }
    if (closed) raise_bare(thread, exc::GeneratorExit);
    Step step = generator_throw_pending(thread, generator);
    if (step.result == StepResult::kYielded)
        return raise(thread, exc::RuntimeError, "{} ignored GeneratorExit", kind_name(generator));
    if (step.result == StepResult::kReturned) return std::move(step.value);
    if (clear_exception_if(thread, exc::GeneratorExit) ||
        clear_exception_if(thread, exc::StopIteration))
        return Owned::share(none());
    return {};
}

// throw(): into the delegate first, then here.
Step generator_throw(Thread& thread, Generator& generator, Owned exception) {
    Owned delegate = generator_delegate(thread, generator);
    if (!delegate) {
        set_exception(thread, std::move(exception));
        return generator_throw_pending(thread, generator);
    }
    bool is_exit = is_instance_of(exception, exc::GeneratorExit);
    if (is_exit) {
        // Only close the delegate; the exception then is raised here.
        bool closed;
        {
            Delegating delegating(thread, generator);
            if (!delegating.claimed()) return {StepResult::kFailed, {}};
            closed = close_iterator(thread, delegate);
        }
        if (closed) set_exception(thread, std::move(exception));
        return generator_throw_pending(thread, generator);
    }
    Owned method = get_attribute_or_nothing(thread, delegate, ID(throw));
    if (method && method.is_nothing()) {
        set_exception(thread, std::move(exception));
        return generator_throw_pending(thread, generator);
    }
    Owned result;
    if (method) {
        Delegating delegating(thread, generator);
        if (!delegating.claimed()) return {StepResult::kFailed, {}};
        result = call(thread, method, exception);
    }
    if (result) return {StepResult::kYielded, std::move(result)};
    // The delegate ended: its exception (StopIteration carries the value) is handled at the
    // delegation.
    return generator_throw_pending(thread, generator);
}

}  // namespace imugi
