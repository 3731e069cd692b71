// sys.settrace and sys.setprofile: how their functions are called. A thread's functions belong to
// that thread; a frame's local function is in its object, under the object's Lock.
#include "compile/opcode.h"
#include "object/call.h"
#include "object/errors.h"
#include "object/exception.h"
#include "object/positions.h"
#include "object/str.h"
#include "object/tuple.h"
#include "thread/lock.h"
#include "vm/frame_object.h"
#include "vm/instrument.h"

namespace imugi {

// The function given, with events off meanwhile.
static Owned call_watching(Thread& thread, Value function, FrameObject& object, Str& what,
                           Value argument, int event) {
    Owned held = Owned::share(function);
    int32_t outer = std::exchange(thread.trace_event, event);
    bool was_reported = std::exchange(object.is_reported, true);
    thread.tracing++;
    Owned result = call(thread, held, Value::of(object), Value::of(what), argument);
    thread.tracing--;
    object.is_reported = was_reported;
    thread.trace_event = outer;
    return result;
}

static Owned local_trace(Thread& thread, FrameObject& object) {
    Lock guard(thread, object);
    return object.trace.share();
}

bool call_trace_function(Thread& thread, Frame& frame, Str& what, Value argument,
                         MonitoringEvent event) {
    if (!thread.trace_function || thread.tracing) return true;
    bool is_call = &what == &ID(call);
    if (!is_call && !frame.object) return true;
    Ref<FrameObject> object = frame_object(thread, frame);
    if (!object) return false;
    Owned function = is_call ? Owned::share(Value::from_bits(thread.trace_function))
                             : local_trace(thread, *object);
    if (!function) return true;
    Owned result = call_watching(thread, function, *object, what, argument, event);
    Owned old;
    if (result && is_none(result)) return true;
    if (!result) {
        Owned exception = take_exception(thread);
        set_trace_function(thread, Value());
        set_exception(thread, std::move(exception));
    }
    bool ok = static_cast<bool>(result);
    Lock guard(thread, *object);
    old = object->trace.exchange(std::move(result));
    return ok;
}

bool call_profile_function(Thread& thread, Frame& frame, Str& what, Value argument) {
    if (!thread.profile_function || thread.tracing) return true;
    Ref<FrameObject> object = frame_object(thread, frame);
    if (!object) return false;
    Owned result = call_watching(thread, Value::from_bits(thread.profile_function), *object, what,
                                 argument, kEventCall);
    if (result) return true;
    Owned exception = take_exception(thread);
    set_profile_function(thread, Value());
    set_exception(thread, std::move(exception));
    return false;
}

bool trace_line(Thread& thread, Frame& frame) {
    if (!frame.object || !frame.object->trace_lines.load(std::memory_order_relaxed)) return true;
    return call_trace_function(thread, frame, ID(line), none(), kEventLine);
}

bool trace_opcode(Thread& thread, Frame& frame) {
    if (!frame.object || !frame.object->trace_opcodes.load(std::memory_order_relaxed)) return true;
    return call_trace_function(thread, frame, ID(opcode), none(), kEventInstruction);
}

void trace_exception(Thread& thread, Frame& frame) {
    Owned exception = take_exception(thread);
    Owned traceback = exception.as<Exception>().traceback.share();
    Ref<Tuple> triple = make_tuple(thread, Value::of(type_of(exception)), exception.value(),
                                   traceback ? traceback.value() : none());
    if (triple && call_trace_function(thread, frame, ID(exception), triple, kEventRaise))
        set_exception(thread, std::move(exception));
}

// --- exceptions on their way ---

// Those that watch every exception, called with the pending one; it stays unless a callback fails.
static void tell(Thread& thread, Frame& frame, int event, uint32_t word) {
    uint8_t tools = global_tools(event);
    if (!tools || thread.tracing) return;
    Owned exception = take_exception(thread);
    const Value arguments[] = {Value::of(*frame.code), Value::small_int(int64_t{word} * 4),
                               exception.value()};
    if (report(thread, *frame.code, event, tools, Arguments{arguments, 3, nullptr}, nullptr))
        set_exception(thread, std::move(exception));
}
static uint32_t word_of(const Frame& frame) {
    return static_cast<uint32_t>(frame.pc - frame.code->words);
}

void report_raise(Thread& thread, Frame& frame) {
    if (thread.tracing || (frame.code->flags & kCodeNoMonitoringEvents)) return;
    if (thread.trace_function) trace_exception(thread, frame);
    tell(thread, frame, kEventRaise, word_of(frame));
}

void report_reraise(Thread& thread, Frame& frame, uint32_t word) {
    if (thread.tracing) return;
    const uint32_t* words = pristine_words(*frame.code);
    constexpr uint32_t original_place = 1;
    if (frame.object && (words[word] & 0xFF) == static_cast<uint32_t>(Opcode::RERAISE) &&
        words[word] >> 16 == original_place)
        frame.pc = frame.code->words + frame.object->instruction;
    tell(thread, frame, kEventReraise, word);
}

void report_throw(Thread& thread, Frame& frame) {
    if (thread.tracing) return;
    bool changed;
    Owned exception = take_exception(thread);
    if (!bring_up_to_date(thread, *frame.code, &changed) ||
        !call_trace_function(thread, frame, ID(call), none(), kEventThrow) ||
        !call_profile_function(thread, frame, ID(call), none()))
        return;
    set_exception(thread, std::move(exception));
    tell(thread, frame, kEventThrow, word_of(frame));
}

void report_unwind(Thread& thread, Frame& frame) {
    if (thread.tracing || (frame.code->flags & kCodeNoMonitoringEvents)) return;
    Owned exception = take_exception(thread);
    if (!call_trace_function(thread, frame, ID(return), none(), kEventUnwind)) {
        // The exception of the trace function goes on instead.
        exception = take_exception(thread);
    }
    if (!call_profile_function(thread, frame, ID(return), none()))
        exception = take_exception(thread);
    set_exception(thread, std::move(exception));
    tell(thread, frame, kEventUnwind, word_of(frame));
}

void report_handled(Thread& thread, Frame& frame, uint32_t word) {
    if (thread.tracing) return;
    int32_t line = find_line(*frame.code, word);
    frame.last_line =
        line == find_line(*frame.code, word_of(frame)) ? static_cast<uint32_t>(line) : 0;
    if (frame.object) frame.object->instruction = static_cast<int32_t>(word_of(frame));
    tell(thread, frame, kEventExceptionHandled, word);
}

}  // namespace imugi
