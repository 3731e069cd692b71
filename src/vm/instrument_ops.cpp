// INSTRUMENTED: reports what is watched at an instruction, then has it done.
//
// Calls of native functions and branches are carried out here, since there is something to report
// behind them; everything else goes to the function of the original instruction.
#include "object/call.h"
#include "object/errors.h"
#include "object/exception_parts.h"
#include "object/int.h"
#include "object/native.h"
#include "object/tuple.h"
#include "vm/dispatch.h"
#include "vm/frame_object.h"
#include "vm/generator.h"
#include "vm/instrument.h"
#include "vm/slow.h"

namespace imugi {

namespace {

struct Operands {
    Opcode op;
    uint32_t a, b, c;
    uint32_t inner;  // the word behind WIDE
    uint32_t next;   // first word of the instruction behind
    const uint32_t* extra;
};

Operands decode(const Code& code, uint32_t at) {
    const uint32_t* words = pristine_words(code);
    uint32_t word = words[at], high = 0;
    if ((word & 0xFF) == static_cast<uint32_t>(Opcode::WIDE)) {
        high = word;
        word = words[++at];
    }
    Operands it;
    it.op = static_cast<Opcode>(word & 0xFF);
    it.a = (word >> 8 & 0xFF) | (high >> 8 & 0xFF) << 8;
    it.b = (word >> 16 & 0xFF) | (high >> 16 & 0xFF) << 8;
    it.c = (word >> 24 & 0xFF) | (high >> 24 & 0xFF) << 8;
    it.inner = at;
    it.next = at + opcode_length(it.op);
    it.extra = words + at + 1;
    return it;
}

constexpr uint8_t kTraceBit = 1 << kTraceTool, kProfileBit = 1 << kProfileTool;

// One visit of a watched instruction.
class Visit {
  public:
    Visit(Thread& thread, Frame& frame, Instrumentation& table)
        : thread_(thread), frame_(frame), code_(*frame.code), table_(table) {
        move_to(word_index());
    }

    NextStep run() {
        if (!line_and_instruction()) return NextStep::kRaise;
        if (frame_.pc != code_.words + at_) {
            // The trace function has jumped: the new place has been reported by that.
            move_to(word_index());
            if (!has_marker()) return NextStep::kContinue;
        }
        if (site_->flags & kSiteLeavesMark) frame_.last_line = static_cast<uint32_t>(site_->line);
        return own_event();
    }

  private:
    uint32_t word_index() const { return static_cast<uint32_t>(frame_.pc - code_.words); }
    void move_to(uint32_t at) {
        at_ = at;
        site_ = &table_.sites[at];
    }
    bool has_marker() const {
        return (code_.words[at_].load(std::memory_order_relaxed) & 0xFF) ==
               static_cast<uint32_t>(Opcode::INSTRUMENTED);
    }
    static uint8_t load(const std::atomic<uint8_t>& tools) {
        return tools.load(std::memory_order_relaxed);
    }
    static Value offset_of(uint32_t word) { return Value::small_int(int64_t{word} * 4); }

    template <class... A>
    bool tell(int event, uint8_t tools, std::atomic<uint8_t>* site_tools, const A&... more) {
        if (!(tools & ((1 << kUserTools) - 1))) return true;
        const Value arguments[] = {Value::of(code_), static_cast<Value>(more)...};
        return report(thread_, code_, event, tools, Arguments{arguments, 1 + sizeof...(A), nullptr},
                      site_tools);
    }

    // --- lines and instructions ---

    bool line_and_instruction() {
        if (site_->flags & kSiteLine) {
            bool from_same = (site_->flags & kSiteSameLine) &&
                             frame_.last_line == static_cast<uint32_t>(site_->line);
            frame_.last_line = 0;
            if (uint8_t tools = load(site_->lines); tools && !from_same && !line(tools))
                return false;
        }
        uint8_t tools = load(site_->instructions);
        if (!tools) return true;
        if ((tools & kTraceBit) && thread_.trace_function && !trace_opcode(thread_, frame_))
            return false;
        return tell(kEventInstruction, tools, &site_->instructions, offset_of(at_));
    }

    bool line(uint8_t tools) {
        if ((tools & kTraceBit) && thread_.trace_function && !trace_line(thread_, frame_))
            return false;
        return tell(kEventLine, tools, &site_->lines, Value::small_int(site_->line));
    }

    // --- what the instruction itself is ---

    NextStep own_event() {
        uint8_t tools = load(site_->event[0]);
        switch (site_->kind) {
            case kEventStart:
            case kEventResume:
                return tools && !entered(tools) ? NextStep::kRaise : NextStep::kOriginal;
            case kEventReturn:
            case kEventYield:
                if (tools && !leaving(tools)) return NextStep::kRaise;
                // A jump from there is made at once: nothing is yielded.
                return word_index() == at_ ? NextStep::kOriginal : NextStep::kContinue;
            case kEventJump:
                return tools ? jump(tools) : NextStep::kOriginal;
            case kEventStopIteration:
                return delegation(tools);
            case kEventCall:
                return tools ? call_step(tools) : NextStep::kOriginal;
            case kEventBranchLeft:
                if (tools | load(site_->event[1]) | load(site_->stop) || is_watching(thread_))
                    return branch();
                return NextStep::kOriginal;
            default:
                return NextStep::kOriginal;
        }
    }

    bool entered(uint8_t tools) {
        bool is_start = site_->kind == kEventStart;
        if ((tools & kTraceBit) && thread_.trace_function &&
            !call_trace_function(thread_, frame_, ID(call), none(),
                                 is_start ? kEventStart : kEventResume))
            return false;
        if ((tools & kProfileBit) && thread_.profile_function &&
            !call_profile_function(thread_, frame_, ID(call), none()))
            return false;
        return tell(site_->kind, tools, &site_->event[0], offset_of(at_));
    }

    bool leaving(uint8_t tools) {
        Operands it = decode(code_, at_);
        uint32_t source = it.op == Opcode::RETURN ? it.a : it.b;
        Owned value = Owned::share(
            it.op == Opcode::RETURN_NONE ? none() : Value::from_bits(frame_.registers[source]));
        if ((tools & kTraceBit) && thread_.trace_function &&
            !call_trace_function(thread_, frame_, ID(return), value,
                                 static_cast<MonitoringEvent>(site_->kind)))
            return false;
        if ((tools & kProfileBit) && thread_.profile_function &&
            !call_profile_function(thread_, frame_, ID(return), value))
            return false;
        return tell(site_->kind, tools, &site_->event[0], offset_of(at_), value.value());
    }

    NextStep jump(uint8_t tools) {
        Operands it = decode(code_, at_);
        uint32_t target = it.next + it.extra[0];
        // A loop in one line: each round is a line event.
        if ((tools & kTraceBit) && thread_.trace_function && target <= at_ &&
            table_.sites[target].line == site_->line) {
            if (!trace_line(thread_, frame_)) return NextStep::kRaise;
            if (word_index() != at_) return NextStep::kContinue;
        }
        if (!tell(kEventJump, tools, &site_->event[0], offset_of(at_), offset_of(target)))
            return NextStep::kRaise;
        return NextStep::kOriginal;
    }

    // --- generators that end ---

    static bool is_generator(Value value) {
        return has_shape(value, k_generator_shape) || has_shape(value, k_coroutine_shape);
    }

    bool stop_iteration(uint8_t tools, std::atomic<uint8_t>* site_tools, Value value) {
        raise_stop_iteration(thread_, value);
        // A loop's end without a value is no news to a trace function, a delegate's is.
        if ((tools & kTraceBit) && thread_.trace_function &&
            (site_->kind == kEventStopIteration || !is_none(value))) {
            trace_exception(thread_, frame_);
            if (!exception_matches(thread_, exc::StopIteration)) return false;
        }
        Owned exception = take_exception(thread_);
        return tell(kEventStopIteration, tools, site_tools, offset_of(at_), exception.value());
    }

    NextStep delegation(uint8_t tools) {
        Operands it = decode(code_, at_);
        if (it.op == Opcode::SEND) return is_watching(thread_) ? send(it) : NextStep::kOriginal;
        return tools && !delegate_ended(it, tools) ? NextStep::kRaise : NextStep::kOriginal;
    }

    // A step of an iterator that is no generator: its StopIteration is an exception that is raised.
    NextStep send(const Operands& it) {
        uint64_t* r = frame_.registers;
        Value iterator = value_at(r, it.b);
        if (is_generator(iterator)) return NextStep::kOriginal;
        bool returned = false;
        uint64_t bits = slow_send(thread_, iterator, value_at(r, it.c), &returned);
        if (!bits) return NextStep::kRaise;
        discard(&frame_, r, it.c);
        set_register(r, it.a, bits);
        if (returned) {
            raise_stop_iteration(thread_, value_at(r, it.a));
            report_raise(thread_, frame_);
            if (!clear_exception_if(thread_, exc::StopIteration)) return NextStep::kRaise;
        }
        frame_.pc = code_.words + it.next + (returned ? it.extra[0] : 0);
        return NextStep::kContinue;
    }

    bool delegate_ended(const Operands& it, uint8_t tools) {
        const uint64_t* r = frame_.registers;
        if (!is_generator(Value::from_bits(r[it.b]))) return true;
        Owned value = Owned::share(Value::from_bits(r[it.c]));
        return stop_iteration(tools, &site_->event[0], value);
    }

    // --- branches ---

    NextStep branch() {
        Operands it = decode(code_, at_);
        int taken = it.op == Opcode::FOR_ITER ? step_loop(it) : decide(it);
        if (taken == kOther) return NextStep::kOriginal;
        if (taken < 0) return NextStep::kRaise;
        uint32_t to = taken ? it.next + it.extra[opcode_length(it.op) - 2] : it.next;
        std::atomic<uint8_t>& site_tools = taken ? site_->event[1] : site_->event[0];
        int event = taken ? kEventBranchRight : kEventBranchLeft;
        uint8_t tools = load(site_tools);
        if (tools && !tell(event, tools, &site_tools, offset_of(at_), offset_of(to)))
            return NextStep::kRaise;
        if (site_->line != table_.sites[to].line) frame_.last_line = 0;
        frame_.pc = code_.words + to;
        return NextStep::kContinue;
    }

    static constexpr int kOther = 2;

    // Whether the conditional jump is taken; its operands are consumed. -1: exception.
    int decide(const Operands& it) {
        uint64_t* r = frame_.registers;
        auto compared = [&](CompareOp op) {
            int result = slow_compare_truth(thread_, &frame_, r, op, it.a, it.b);
            return result < 0 ? -1 : static_cast<int>(result == static_cast<int>(it.c));
        };
        auto dropped = [&](int keep_if, int truth) {
            if (truth >= 0 && truth != keep_if) discard(&frame_, r, it.a);
            return truth;
        };
        int truth;
        switch (it.op) {
            case Opcode::JUMP_IF_TRUE:
                return slow_truth(thread_, &frame_, r, it.a);
            case Opcode::JUMP_IF_FALSE:
                truth = slow_truth(thread_, &frame_, r, it.a);
                return truth < 0 ? -1 : !truth;
            case Opcode::JUMP_IF_TRUE_OR_DROP:
                return dropped(1, slow_truth_kept(thread_, r[it.a]));
            case Opcode::JUMP_IF_FALSE_OR_DROP:
                truth = dropped(0, slow_truth_kept(thread_, r[it.a]));
                return truth < 0 ? -1 : !truth;
            case Opcode::JUMP_IF_NONE:
            case Opcode::JUMP_IF_NOT_NONE:
                truth = is_none(value_at(r, it.a)) == (it.op == Opcode::JUMP_IF_NONE);
                discard(&frame_, r, it.a);
                return truth;
            case Opcode::JUMP_IF_IS:
                truth = same(value_at(r, it.a), value_at(r, it.b)) == (it.c != 0);
                discard(&frame_, r, it.a);
                discard(&frame_, r, it.b);
                return truth;
            case Opcode::JUMP_IF_IN:
                truth = slow_contains(thread_, &frame_, r, it.a, it.b);
                return truth < 0 ? -1 : truth == static_cast<int>(it.c);
            case Opcode::JUMP_IF_LT:
                return compared(CompareOp::kLt);
            case Opcode::JUMP_IF_LE:
                return compared(CompareOp::kLe);
            case Opcode::JUMP_IF_EQ:
                return compared(CompareOp::kEq);
            case Opcode::JUMP_IF_NE:
                return compared(CompareOp::kNe);
            case Opcode::JUMP_IF_GT:
                return compared(CompareOp::kGt);
            case Opcode::JUMP_IF_GE:
                return compared(CompareOp::kGe);
            default:
                return kOther;
        }
    }

    static Owned stopped_with(Owned exception) {
        Slot& value = exception.as<StopIterationError>().value;
        return value.is_empty() ? Owned::share(none()) : value.share();
    }

    // FOR_ITER: 1 when the iterator has ended (it is dropped), 0 with the item in its register.
    int step_loop(const Operands& it) {
        uint64_t* r = frame_.registers;
        Value iterator = value_at(r, it.b);
        UnaryFn step = type_of(iterator).slots.next;
        Owned item =
            step ? step(thread_, iterator) : Owned::adopt(slow_loop_next(thread_, &r[it.b]));
        bool ended = item.is_nothing() || (!item && exception_matches(thread_, exc::StopIteration));
        if (ended && is_generator(iterator)) {
            // It returned: the exception is not really raised.
            Owned value = item ? Owned::share(none()) : stopped_with(take_exception(thread_));
            uint8_t tools = load(site_->stop);
            if (tools && !stop_iteration(tools, &site_->stop, value)) return -1;
            item = Owned::nothing();
        }
        if (!item) {
            if (!exception_matches(thread_, exc::StopIteration)) return -1;
            if (is_watching(thread_)) report_raise(thread_, frame_);
            if (!clear_exception_if(thread_, exc::StopIteration)) return -1;
            item = Owned::nothing();
        }
        if (item.is_nothing()) {
            discard(&frame_, r, it.b);
            return 1;
        }
        set_register(r, it.a, item.release());
        return 0;
    }

    // --- calls ---

    // Attributes of its own give a function another shape.
    static bool is_function(Value value) { return &type_of(value) == &function_type; }

    struct CallShape {
        Value callable;
        uint32_t begin, count;  // registers of the arguments, self included
        Tuple* names;
    };

    CallShape shape_of(const Operands& it) {
        const uint64_t* r = frame_.registers;
        CallShape shape{value_at(r, it.b), it.b + 1, it.c, nullptr};
        if (it.op == Opcode::CALL_METHOD || it.op == Opcode::CALL_METHOD_KW) {
            bool has_self = r[it.b + 1] != 0;
            shape.begin = has_self ? it.b + 1 : it.b + 2;
            shape.count = it.c + has_self;
        }
        if (it.op == Opcode::CALL_KW || it.op == Opcode::CALL_METHOD_KW)
            shape.names = &frame_.constants[it.extra[1]].as<Tuple>();
        return shape;
    }

    Owned first_argument(const Operands& it, const CallShape& shape) {
        Value missing = monitoring.missing.borrow();
        const uint64_t* r = frame_.registers;
        if (it.op == Opcode::LOAD_SUPER_ATTR || it.op == Opcode::LOAD_SUPER_METHOD)
            return Owned::share(it.extra[1] ? value_at(r, it.b + 1) : missing);
        if (it.op == Opcode::CALL_EX) {
            Value given = value_at(r, it.b + 1);
            bool has = is_exact_tuple(given) && given.as<Tuple>().size > 0;
            return Owned::share(has ? given.as<Tuple>()[0] : missing);
        }
        return Owned::share(shape.count ? value_at(r, shape.begin) : missing);
    }

    NextStep call_step(uint8_t tools) {
        Operands it = decode(code_, at_);
        bool is_super = it.op == Opcode::LOAD_SUPER_ATTR || it.op == Opcode::LOAD_SUPER_METHOD;
        CallShape shape = shape_of(it);
        Owned callable = Owned::share(shape.callable);
        Owned first = first_argument(it, shape);
        bool is_python = is_function(callable);
        if (has_shape(callable, k_bound_method_shape)) {
            // Its parts are what is called.
            Owned method = std::move(callable);
            callable = method.as<BoundMethod>().function.share();
            first = method.as<BoundMethod>().self.share();
            is_python = is_function(callable);
        }
        if (!tell(kEventCall, tools, &site_->event[0], offset_of(at_), callable.value(),
                  first.value()))
            return NextStep::kRaise;
        if (is_python) return NextStep::kOriginal;
        Owned shown = is_super ? Owned() : profiled(tools, callable, first);
        if (shown && !call_profile_function(thread_, frame_, ID(c_call), shown))
            return NextStep::kRaise;
        if (!carry_out(it, shape)) {
            if (shown) {
                Owned exception = take_exception(thread_);
                if (call_profile_function(thread_, frame_, ID(c_exception), shown))
                    set_exception(thread_, std::move(exception));
            }
            after_call(kEventCRaise, callable, first);
            return NextStep::kRaise;
        }
        if (shown && !call_profile_function(thread_, frame_, ID(c_return), shown))
            return NextStep::kRaise;
        if (!after_call(kEventCReturn, callable, first)) return NextStep::kRaise;
        frame_.pc = code_.words + it.next;
        return NextStep::kContinue;
    }

    // The function as c_call and its kin show it: builtin functions and methods bound to what they
    // are called on. Empty for others, or when nobody profiles.
    Owned profiled(uint8_t tools, Value callable, Value first) {
        if (!(tools & kProfileBit) || !thread_.profile_function) return {};
        if (has_shape(callable, k_native_function_shape)) return Owned::share(callable);
        if (!has_shape(callable, k_method_descriptor_shape) ||
            same(first, monitoring.missing.borrow()))
            return {};
        Owned bound =
            get_described(thread_, type_of(callable).slots.descriptor_get, callable, first);
        if (!bound) clear_exception(thread_);
        return bound;
    }

    // C_RETURN and C_RAISE come with CALL.
    bool after_call(int event, Value callable, Value first) {
        uint8_t tools = load(site_->event[0]);  // as the call has left them
        Owned exception = take_exception(thread_);
        if (!tell(event, tools, nullptr, offset_of(at_), callable, first)) return false;
        if (exception) set_exception(thread_, std::move(exception));
        return true;
    }

    bool carry_out(const Operands& it, const CallShape& shape) {
        uint64_t* r = frame_.registers;
        uint64_t result;
        if (it.op == Opcode::LOAD_SUPER_ATTR || it.op == Opcode::LOAD_SUPER_METHOD)
            return load_super(it);
        if (it.op == Opcode::CALL_EX) {
            result = slow_call_ex(thread_, r, it.b, it.c != 0);
        } else {
            uint32_t keywords = shape.names ? static_cast<uint32_t>(shape.names->size) : 0;
            auto* words = reinterpret_cast<const Value*>(r + shape.begin);
            result = slow_call(thread_, shape.callable,
                               Arguments{words, shape.count - keywords, shape.names});
            discard_range(r, it.b, shape.begin + shape.count - it.b);
        }
        if (!result) return false;
        set_register(r, it.a, result);
        return true;
    }

    bool load_super(const Operands& it) {
        uint64_t* r = frame_.registers;
        bool method = it.op == Opcode::LOAD_SUPER_METHOD, bound = false;
        uint64_t bits = slow_load_super(thread_, &frame_, r, it.b, it.c, it.extra[1],
                                        method ? &bound : nullptr);
        if (!bits) return false;
        uint64_t self = std::exchange(r[it.b + 2], 0);
        discard_range(r, it.b, 2);
        if (!method || bound) drop_bits(std::exchange(self, 0));
        set_register(r, it.a, bits);
        if (method) r[it.a + 1] = self;
        return true;
    }

    Thread& thread_;
    Frame& frame_;
    Code& code_;
    Instrumentation& table_;
    uint32_t at_ = 0;
    Site* site_ = nullptr;
};

}  // namespace

NextStep instrumented_step(Thread& thread, Frame& frame) {
    // Acquire: pairs with make_table; the sites are filled.
    Instrumentation* table = frame.code->instrumentation.load(std::memory_order_acquire);
    if (!table || thread.tracing) return NextStep::kOriginal;
    // What is no longer wanted goes away, and what is new comes, before anything is reported.
    bool changed = false;
    if (!bring_up_to_date(thread, *frame.code, &changed)) return NextStep::kRaise;
    if (changed) return NextStep::kContinue;
    return Visit(thread, frame, *table).run();
}

DEFINE_OP(INSTRUMENTED) {
    SAVE();
    NextStep next = instrumented_step(thread, *frame);
    if (next == NextStep::kRaise) RAISE();
    pc = frame->pc;
    if (next == NextStep::kContinue) NEXT_DROPPED(0);
    word = original_word(*frame->code, pc);
    // The code was never watched: the word is not one that the compiler makes.
    if (IMUGI_UNLIKELY((word & 0xFF) == static_cast<uint32_t>(Opcode::INSTRUMENTED))) NEXT(1);
    IMUGI_MUSTTAIL return narrow_handlers[word & 0xFF](OP_ARGUMENTS);
}

}  // namespace imugi
