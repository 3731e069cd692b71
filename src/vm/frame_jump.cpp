// Assigning to f_lineno: the frame goes on at another line.
//
// Only from a trace function of the frame's own thread, at a line event: then the interpreter reads
// frame.pc again. Temporaries that the new place does not have are dropped; it must not need
// others.
#include "compile/opcode.h"
#include "compile/verify.h"
#include "memory/array.h"
#include "object/errors.h"
#include "vm/frame_object.h"
#include "vm/instrument.h"
#include "vm/registers.h"
#include "vm/slow.h"

namespace imugi {

namespace {

using namespace compile;

// Lines and temporaries of the places that matter to one jump.
class Jump {
  public:
    Jump(Thread& thread, Frame& frame, Instrumentation& table)
        : thread_(thread), frame_(frame), code_(*frame.code), table_(table) {
        temporaries_ = code_.register_count - code_.first_temporary;
    }
    ~Jump() {
        array_free(places_);
        array_free(states_);
    }

    bool run(int line) {
        if (line < code_.first_line)
            return raise(thread_, exc::ValueError, "line {} comes before the current code block",
                         line);
        int32_t target_line = line_not_before(line);
        if (!target_line)
            return raise(thread_, exc::ValueError, "line {} comes after the current code block",
                         line);
        if (!find_places(target_line)) return raise_memory_error(thread_);
        auto** rows = static_cast<uint8_t**>(array_allocate((count_ + 1) * sizeof(uint8_t*)));
        if (!rows) return raise_memory_error(thread_);
        for (uint32_t i = 0; i < count_; i++) rows[i] = row(i);
        bool sound = compile::temporaries_before(parts_of(code_), places_, count_, rows);
        array_free(rows);
        if (!sound || !is_reached(0))
            return raise(thread_, exc::ValueError, "can't jump from unreachable code");
        uint32_t best = 0;
        const char* why = nullptr;
        for (uint32_t i = 1; i < count_; i++) {
            const char* fault = incompatible(i);
            if (!fault && (!best || depth_of(i) > depth_of(best))) best = i;
            if (fault && (!why || is_reached(i))) why = fault;
        }
        if (!best)
            return raise(thread_, exc::ValueError, "{}",
                         why ? why : "cannot find bytecode for specified line");
        if (!bind_locals()) return false;
        leave(best);
        frame_.pc = code_.words + places_[best];
        frame_.last_line = 0;
        return true;
    }

  private:
    uint8_t* row(uint32_t place) { return states_ + size_t{place} * (temporaries_ + 1); }
    bool is_reached(uint32_t place) { return temporaries_ == 0 || row(place)[0] != 0; }

    int32_t line_not_before(int line) {
        int32_t best = 0;
        for (uint32_t at = 0; at < code_.word_count; at++) {
            const Site& site = table_.sites[at];
            if ((site.flags & kSiteLine) && site.line >= line && (!best || site.line < best))
                best = site.line;
        }
        return best;
    }

    // Where the frame is, and where the line begins.
    bool find_places(int32_t line) {
        uint32_t most = 2;
        for (uint32_t at = 0; at < code_.word_count; at++) most += is_start(at, line);
        places_ = static_cast<uint32_t*>(array_allocate(most * sizeof(uint32_t)));
        states_ = static_cast<uint8_t*>(array_allocate_zeroed(size_t{most} * (temporaries_ + 1)));
        if (!places_ || !states_) return false;
        places_[count_++] = static_cast<uint32_t>(frame_.pc - code_.words);
        for (uint32_t at = 0; at < code_.word_count; at++)
            if (is_start(at, line)) places_[count_++] = at;
        return true;
    }
    bool is_start(uint32_t at, int32_t line) const {
        return (table_.sites[at].flags & kSiteLine) && table_.sites[at].line == line;
    }

    uint32_t depth_of(uint32_t place) {
        uint32_t depth = 0;
        for (uint32_t i = 0; i < temporaries_; i++)
            if (row(place)[i] & kTemporaryLive) depth = i + 1;
        return depth;
    }

    // Why control cannot go on at a place with what there is; null if it can.
    const char* incompatible(uint32_t place) {
        if (!is_reached(place)) return "can't jump into an unreachable code";
        constexpr uint8_t kinds =
            kTemporaryIterator | kTemporaryException | kTemporaryHandled | kTemporaryExit;
        for (uint32_t i = temporaries_; i-- > 0;) {
            uint8_t now = row(0)[i], then = row(place)[i];
            if (!(then & kTemporaryLive)) continue;
            // Without a kind it is a part of some expression.
            bool has = (now & kTemporaryLive) && (then & kinds) && (now & kinds) == (then & kinds);
            if (has) continue;
            // What is innermost there says where it is.
            if (then & (kTemporaryException | kTemporaryHandled))
                return "can't jump into an 'except' block as there's no exception";
            if (then & kTemporaryIterator) return "can't jump into the body of a for loop";
            return "incompatible stacks";
        }
        return nullptr;
    }

    // The code there may take for granted that locals are bound.
    bool bind_locals() {
        uint32_t unbound = 0;
        for (uint32_t i = 0; i < code_.local_count; i++) unbound += frame_.registers[i] == 0;
        if (!unbound) return true;
        Ref<Str> text = format(thread_, "assigning None to {} unbound local{}", unbound,
                               unbound == 1 ? "" : "s");
        if (!text || !warn(thread_, exc::RuntimeWarning, 0, std::move(text))) return false;
        for (uint32_t i = 0; i < code_.local_count; i++)
            if (frame_.registers[i] == 0) frame_.registers[i] = none().bits();
        return true;
    }

    void leave(uint32_t place) {
        for (uint32_t i = temporaries_; i-- > 0;) {
            if (row(place)[i] & kTemporaryLive) continue;
            // The index of a loop that goes on stands behind what it goes over.
            bool index = i > 0 && (row(place)[i - 1] & kTemporaryIterator) &&
                         (row(0)[i - 1] & kTemporaryIterator) && !(row(0)[i] & kTemporaryLive);
            if (index) continue;
            uint64_t bits = std::exchange(frame_.registers[code_.first_temporary + i], 0);
            if (row(0)[i] & kTemporaryHandled)
                slow_pop_handled(thread_, bits);
            else
                drop_bits(bits);
        }
    }

    Thread& thread_;
    Frame& frame_;
    Code& code_;
    Instrumentation& table_;
    uint32_t temporaries_;
    uint32_t* places_ = nullptr;  // [0]: where the frame is
    uint8_t* states_ = nullptr;
    uint32_t count_ = 0;
};

}  // namespace

bool jump_to_line(Thread& thread, FrameObject& object, int line) {
    Frame* frame = object.frame.load(std::memory_order_acquire);
    if (!frame || thread.trace_event < 0 || !object.is_reported)
        return raise(thread, exc::ValueError, "f_lineno can only be set in a trace function");
    switch (thread.trace_event) {
        case kEventLine:
        case kEventInstruction:
        case kEventYield:
            break;
        case kEventStart:
            return raise(thread, exc::ValueError,
                         "can't jump from the 'call' trace event of a new frame");
        case kEventCall:
        case kEventCReturn:
            return raise(thread, exc::ValueError, "can't jump during a call");
        default:
            return raise(thread, exc::ValueError, "can only jump from a 'line' trace event");
    }
    Instrumentation* table = frame->code->instrumentation.load(std::memory_order_acquire);
    if (!table)
        return raise(thread, exc::ValueError, "f_lineno can only be set in a trace function");
    return Jump(thread, *frame, *table).run(line);
}

}  // namespace imugi
