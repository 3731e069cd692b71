// Instrumentation: how tracing, profiling and sys.monitoring (PEP 669) see code run.
//
// A code object that somebody watches gets a table with one Site for each word, and its watched
// instructions are overwritten by INSTRUMENTED, whose function (instrument_ops.cpp) reports and
// then does what stood there. Code that nobody watches is not touched. `monitoring.mutex` protects
// the tables of tools and every change of sites; running threads read the sites without it.
// docs/decisions/008-tracing-by-instrumented-words.md tells the whole story.
#pragma once

#include "object/code.h"
#include "thread/lock.h"
#include "vm/frame.h"

namespace imugi {

enum MonitoringEvent : uint8_t {
    kEventStart,
    kEventResume,
    kEventReturn,
    kEventYield,
    kEventCall,
    kEventLine,
    kEventInstruction,
    kEventJump,
    kEventBranchLeft,
    kEventBranchRight,
    kEventStopIteration,
    kEventRaise,  // from here on: not at single places of a code
    kEventExceptionHandled,
    kEventUnwind,
    kEventThrow,
    kEventReraise,
    kEventCReturn,
    kEventCRaise,
    kEventBranch,
    kMonitoringEvents,
    kNoEvent = 0xFF
};
inline constexpr int kLocalEvents = kEventRaise;
inline constexpr int kUserTools = 6, kProfileTool = 6, kTraceTool = 7, kMonitoringTools = 8;

enum SiteFlag : uint8_t {
    kSiteLine = 1,       // control may come here from another line
    kSiteSameLine = 2,   // ... and from the same: see Frame::last_line
    kSiteLeavesMark = 4  // may go on to such a place on the same line: sets Frame::last_line
};

// What is watched at one instruction: a bit for each tool.
struct Site {
    int32_t line;  // 0: none
    uint8_t kind;  // the MonitoringEvent of the instruction itself (BranchLeft for both)
    uint8_t flags;
    std::atomic<uint8_t> event[2];  // of `kind`; of a branch: left, right
    std::atomic<uint8_t> stop, lines, instructions;
};

// Allocated as one array, freed with its code.
struct Instrumentation {
    std::atomic<uint32_t> version;  // Monitoring::version that the sites reflect
    uint32_t restarts;              // Monitoring::restarts likewise
    std::atomic<uint8_t> watched;   // by kProfileTool, kTraceTool: threads that profile or trace
                                    // have run the code
    uint32_t local_events[kMonitoringTools];
    uint32_t cleared[kUserTools];       // Monitoring::cleared that local_events reflect
    uint32_t active[kMonitoringTools];  // event sets that the sites reflect
    Site sites[1];
};

// sys.monitoring's tables.
struct Monitoring {
    RuntimeMutex mutex;
    Slot names[kUserTools];
    Slot callbacks[kUserTools][kMonitoringEvents];
    // The callbacks of both branches were given as BRANCH's.
    std::atomic<bool> branch_callback[kUserTools];
    std::atomic<uint32_t> events[kUserTools];  // global event sets
    std::atomic<uint32_t> version{1};          // changes with any of these
    std::atomic<uint32_t> restarts{0};
    uint32_t cleared[kUserTools];  // how often the tool's local events were cleared everywhere
    std::atomic<int> tracing_threads{0}, profiling_threads{0};
    Slot disable, missing;  // sentinels, set once at start-up
};
extern Monitoring monitoring;

// --- settings ---
[[nodiscard]] bool set_monitoring_events(Thread& thread, int tool, uint32_t events);
[[nodiscard]] bool set_local_monitoring_events(Thread& thread, int tool, Code& code,
                                               uint32_t events);
uint32_t local_monitoring_events(const Code& code, int tool);
// No events any more, global or local.
[[nodiscard]] bool clear_tool_events(Thread& thread, int tool);
[[nodiscard]] bool restart_monitoring_events(Thread& thread);
// The calling thread's functions of sys.settrace and sys.setprofile; None or empty for none.
void set_trace_function(Thread& thread, Value function);
void set_profile_function(Thread& thread, Value function);
// Those of all threads of the interpreter; applied.
[[nodiscard]] bool set_function_everywhere(Thread& thread, bool is_trace, Value function);
// Behind these: everything the calling thread runs is watched as the settings say.
[[nodiscard]] bool apply_trace_settings(Thread& thread);
// f_trace_opcodes was set on a frame of the code.
[[nodiscard]] bool watch_opcodes(Thread& thread, Code& code);

// --- for the interpreter ---
// At function entries, resumptions and back jumps while kBreakTrace is set. *changed: the words of
// frame's code are others now.
[[nodiscard]] bool trace_safepoint(Thread& thread, Frame& frame, bool* changed);
IMUGI_ALWAYS_INLINE bool is_watching(const Thread& thread) {
    return thread.breaker.load(std::memory_order_relaxed) & kBreakTrace;
}
// An exception passes: events of the frame, which may replace the exception.
void report_raise(Thread& thread, Frame& frame);
void report_reraise(Thread& thread, Frame& frame, uint32_t word);
void report_throw(Thread& thread, Frame& frame);
void report_unwind(Thread& thread, Frame& frame);
// The handler at `word` takes the exception.
void report_handled(Thread& thread, Frame& frame, uint32_t word);

// What INSTRUMENTED does next.
enum class NextStep { kOriginal, kContinue, kRaise };
// Reports what is watched at frame.pc. kContinue: go on at frame.pc, which may have moved.
NextStep instrumented_step(Thread& thread, Frame& frame);

// --- between the files ---
// Calls the tools that watch `event`, arguments as the callback gets them. Bits of tools that
// answer DISABLE are cleared in *site_tools. False with an exception.
[[nodiscard]] bool report(Thread& thread, Code& code, int event, uint8_t tools,
                          const Arguments& arguments, std::atomic<uint8_t>* site_tools);
// The tools whose global event sets have `event`.
uint8_t global_tools(int event);
// A tool does not want a place any more.
void disable_site(Code& code, std::atomic<uint8_t>& tools, int tool);
[[nodiscard]] bool bring_up_to_date(Thread& thread, Code& code, bool* changed);

// --- trace.cpp: sys.settrace and sys.setprofile ---
// `what` is the event's name; `argument` the third argument.
[[nodiscard]] bool call_trace_function(Thread& thread, Frame& frame, Str& what, Value argument,
                                       MonitoringEvent event);
[[nodiscard]] bool call_profile_function(Thread& thread, Frame& frame, Str& what, Value argument);
[[nodiscard]] bool trace_line(Thread& thread, Frame& frame);
[[nodiscard]] bool trace_opcode(Thread& thread, Frame& frame);
// The pending exception, which stays unless the trace function fails.
void trace_exception(Thread& thread, Frame& frame);

// --- frame_jump.cpp ---
// f_lineno = line, from a trace function.
[[nodiscard]] bool jump_to_line(Thread& thread, FrameObject& object, int line);

}  // namespace imugi
