// Which instructions are watched: tables of sites, and the words that stand for them.
//
// See instrument.h for what protects what. A word is INSTRUMENTED when its site has anything to
// do; the pristine word stands in Code::original_words.
#include "vm/instrument.h"

#include <cstring>

#include "compile/opcode.h"
#include "memory/array.h"
#include "memory/verify.h"
#include "object/call.h"
#include "object/errors.h"
#include "object/interpreter.h"
#include "object/positions.h"
#include "thread/safepoint.h"
#include "thread/world.h"
#include "vm/frame_object.h"

namespace imugi {

Monitoring monitoring;
static KnownSlots known_names(monitoring.names, kUserTools);
static KnownSlots known_callbacks(monitoring.callbacks[0], size_t{kUserTools} * kMonitoringEvents);
static KnownSlots known_sentinels(&monitoring.disable, 2);

namespace {

constexpr uint32_t bit(int event) {
    return uint32_t{1} << event;
}
constexpr uint32_t kTraceEvents = bit(kEventStart) | bit(kEventResume) | bit(kEventReturn) |
                                  bit(kEventYield) | bit(kEventLine) | bit(kEventJump) |
                                  bit(kEventStopIteration);
constexpr uint32_t kProfileEvents =
    bit(kEventStart) | bit(kEventResume) | bit(kEventReturn) | bit(kEventYield) | bit(kEventCall);

struct Decoded {
    Opcode op;
    uint32_t next;  // first word of the instruction behind
    uint32_t target;
    bool jumps;
};

Decoded decode(const Code& code, uint32_t at) {
    const uint32_t* words = pristine_words(code);
    uint32_t word = words[at];
    if ((word & 0xFF) == static_cast<uint32_t>(Opcode::WIDE)) word = words[++at];
    Decoded it{static_cast<Opcode>(word & 0xFF), 0, 0, false};
    it.next = at + opcode_length(it.op);
    it.jumps = is_jump(it.op);
    if (it.jumps) it.target = it.next + words[it.next - 1];
    return it;
}

uint8_t kind_of(const Code& code, uint32_t at, Opcode op) {
    switch (op) {
        case Opcode::RESUME:
            return (pristine_words(code)[at] >> 8 & 0xFF) == 0 ? kEventStart : kEventResume;
        case Opcode::RETURN:
        case Opcode::RETURN_NONE:
            return kEventReturn;
        case Opcode::YIELD:
        case Opcode::YIELD_AWAIT:
            return kEventYield;
        case Opcode::CALL:
        case Opcode::CALL_METHOD:
        case Opcode::CALL_KW:
        case Opcode::CALL_METHOD_KW:
        case Opcode::CALL_EX:
        case Opcode::LOAD_SUPER_ATTR:
        case Opcode::LOAD_SUPER_METHOD:
            return kEventCall;
        case Opcode::JUMP:
            return kEventJump;
        case Opcode::JUMP_BACK: {
            // A delegation's loop is none of the program's.
            uint32_t target = decode(code, at).target;
            bool delegates = target < code.word_count && decode(code, target).op == Opcode::SEND;
            return delegates ? uint8_t{kNoEvent} : uint8_t{kEventJump};
        }
        case Opcode::END_SEND:
        case Opcode::SEND:
            return kEventStopIteration;
        case Opcode::JUMP_IF_UNBOUND:
        case Opcode::CLEANUP_THROW:
            return kNoEvent;
        default:
            return is_jump(op) ? kEventBranchLeft : kNoEvent;
    }
}

// --- sites ---

class SiteTable {
  public:
    SiteTable(const Code& code, Instrumentation& table)
        : code_(code), sites_(table.sites), count_(code.word_count) {}

    void fill() {
        for (uint32_t at = 0; at < count_;) {
            Decoded it = decode(code_, at);
            sites_[at].line = find_line(code_, at);
            sites_[at].kind = kind_of(code_, at, it.op);
            at = it.next;
        }
        for_each_edge([&](uint32_t from, uint32_t to) {
            bool same = sites_[from].line == sites_[to].line && sites_[from].kind != kEventStart;
            sites_[to].flags |= same ? kSiteSameLine : kSiteLine;
        });
        if (count_) sites_[0].flags |= kSiteLine;
        for (uint32_t i = 0; i < code_.range_count; i++)
            sites_[code_.ranges[i].handler].flags |= kSiteLine | kSiteSameLine;
        for (uint32_t at = 0; at < count_; at = decode(code_, at).next) {
            Site& site = sites_[at];
            Opcode op = decode(code_, at).op;
            // Neither starts a line: what is behind it does.
            if (site.line <= 0 || op == Opcode::RESUME || op == Opcode::RETURN_GENERATOR ||
                op == Opcode::MAKE_CELL)
                site.flags &= ~kSiteLine;
        }
        for_each_edge([&](uint32_t from, uint32_t to) {
            constexpr uint8_t both = kSiteLine | kSiteSameLine;
            if ((sites_[to].flags & both) == both && sites_[from].line == sites_[to].line &&
                sites_[from].kind != kEventStart)
                sites_[from].flags |= kSiteLeavesMark;
        });
    }

  private:
    template <class Visit>
    void for_each_edge(Visit visit) {
        for (uint32_t at = 0; at < count_;) {
            Decoded it = decode(code_, at);
            if (!ends_flow(it.op) && it.next < count_) visit(at, it.next);
            if (it.jumps && it.target < count_) visit(at, it.target);
            at = it.next;
        }
    }

    const Code& code_;
    Site* sites_;
    uint32_t count_;
};

Instrumentation* table_of(const Code& code) {
    return code.instrumentation.load(std::memory_order_acquire);  // pairs with make_table
}

// A copy of the words as compiled, before the first is overwritten.
bool keep_words(Code& code) {
    if (code.original_words.load(std::memory_order_relaxed)) return true;
    size_t bytes = code.word_count * sizeof(uint32_t);
    auto* copy = static_cast<uint32_t*>(array_allocate(bytes ? bytes : 1));
    if (!copy) return false;
    memcpy(copy, static_cast<const void*>(code.words), bytes);
    code.original_words.store(copy, std::memory_order_release);  // pairs with pristine_words
    return true;
}

// Under the mutex. Null when memory is short.
Instrumentation* make_table(Code& code) {
    if (Instrumentation* known = table_of(code)) return known;
    size_t bytes = sizeof(Instrumentation) + code.word_count * sizeof(Site);
    auto* table = static_cast<Instrumentation*>(array_allocate_zeroed(bytes));
    if (!table || !keep_words(code)) {
        array_free(table);
        return nullptr;
    }
    memcpy(table->cleared, monitoring.cleared, sizeof table->cleared);
    SiteTable(code, *table).fill();
    code.instrumentation.store(table, std::memory_order_release);  // pairs with table_of
    return table;
}

bool has_work(const Instrumentation& table, const Site& site) {
    if (site.event[0].load(std::memory_order_relaxed) |
        site.event[1].load(std::memory_order_relaxed) | site.stop.load(std::memory_order_relaxed) |
        site.lines.load(std::memory_order_relaxed) |
        site.instructions.load(std::memory_order_relaxed))
        return true;
    if (!(site.flags & kSiteLeavesMark)) return false;
    uint32_t all = 0;
    for (uint32_t events : table.active) all |= events;
    return all & bit(kEventLine);
}

// The instruction gets the word that its site asks for. True when that is another.
bool write_word(Code& code, const Instrumentation& table, uint32_t at) {
    constexpr auto mark = static_cast<uint32_t>(Opcode::INSTRUMENTED);
    bool is_marked = (code.words[at].load(std::memory_order_relaxed) & 0xFF) == mark;
    bool wanted = has_work(table, table.sites[at]);
    if (is_marked == wanted) return false;
    // Release: the sites. Pairs with the acquire load of Code::instrumentation, which is what a
    // thread reads after it has met the word.
    code.words[at].store(wanted ? mark : pristine_words(code)[at], std::memory_order_release);
    return true;
}

bool write_words(Code& code, const Instrumentation& table) {
    bool changed = false;
    for (uint32_t at = 0; at < code.word_count; at = decode(code, at).next)
        changed |= write_word(code, table, at);
    return changed;
}

void forget_cleared(Instrumentation& table) {
    for (int tool = 0; tool < kUserTools; tool++)
        if (table.cleared[tool] != monitoring.cleared[tool]) table.local_events[tool] = 0;
    memcpy(table.cleared, monitoring.cleared, sizeof table.cleared);
}

void wanted_events(const Instrumentation& table, uint32_t* wanted) {
    for (int tool = 0; tool < kUserTools; tool++)
        wanted[tool] =
            monitoring.events[tool].load(std::memory_order_relaxed) | table.local_events[tool];
    uint8_t watched = table.watched.load(std::memory_order_relaxed);
    wanted[kProfileTool] = watched & 1 << kProfileTool ? kProfileEvents : 0;
    wanted[kTraceTool] =
        (watched & 1 << kTraceTool ? kTraceEvents : 0) | table.local_events[kTraceTool];
}

// Under the mutex: makes the sites what the settings say, but for the places that tools have
// disabled since the last restart.
bool update(Code& code, Instrumentation& table) {
    forget_cleared(table);
    if (!monitoring.tracing_threads.load(std::memory_order_relaxed))
        table.watched.fetch_and(static_cast<uint8_t>(~(1 << kTraceTool)),
                                std::memory_order_relaxed);
    if (!monitoring.profiling_threads.load(std::memory_order_relaxed))
        table.watched.fetch_and(static_cast<uint8_t>(~(1 << kProfileTool)),
                                std::memory_order_relaxed);
    uint32_t wanted[kMonitoringTools];
    wanted_events(table, wanted);
    uint32_t restarts = monitoring.restarts.load(std::memory_order_relaxed);
    bool restart = table.restarts != restarts;
    if (restart || memcmp(wanted, table.active, sizeof wanted) != 0) {
        uint8_t keep[kLocalEvents] = {}, add[kLocalEvents] = {};
        for (int event = 0; event < kLocalEvents; event++)
            for (int tool = 0; tool < kMonitoringTools; tool++) {
                bool was = !restart && (table.active[tool] & bit(event));
                if (!(wanted[tool] & bit(event))) continue;
                (was ? keep : add)[event] |= 1 << tool;
            }
        auto set = [&](std::atomic<uint8_t>& tools, int event) {
            tools.store((tools.load(std::memory_order_relaxed) & keep[event]) | add[event],
                        std::memory_order_relaxed);
        };
        for (uint32_t at = 0; at < code.word_count; at = decode(code, at).next) {
            Site& site = table.sites[at];
            if (site.kind != kNoEvent) set(site.event[0], site.kind);
            if (site.kind == kEventBranchLeft) set(site.event[1], kEventBranchRight);
            if (decode(code, at).op == Opcode::FOR_ITER) set(site.stop, kEventStopIteration);
            if (site.flags & kSiteLine) set(site.lines, kEventLine);
            if (site.kind != kEventStart && site.kind != kEventResume)
                set(site.instructions, kEventInstruction);
        }
        memcpy(table.active, wanted, sizeof wanted);
        table.restarts = restarts;
    }
    table.version.store(monitoring.version.load(std::memory_order_relaxed),
                        std::memory_order_relaxed);
    return write_words(code, table);
}

uint8_t watching_tools(const Thread& thread) {
    return (thread.trace_function ? 1 << kTraceTool : 0) |
           (thread.profile_function ? 1 << kProfileTool : 0);
}

bool any_global_events() {
    for (auto& events : monitoring.events)
        if (events.load(std::memory_order_relaxed)) return true;
    return false;
}

// Under the mutex, after a change: all threads poll as the settings say, and look at their frames.
void settings_changed() {
    monitoring.version.fetch_add(1, std::memory_order_release);
    bool all = any_global_events();
    first_breaker.store(all ? kBreakTrace : 0, std::memory_order_relaxed);
    world::for_each_thread(
        [](void* context, Thread& thread) {
            if (*static_cast<bool*>(context) || thread.traces.load(std::memory_order_relaxed))
                request(thread, kBreakTrace);
            else
                clear_request(thread, kBreakTrace);
        },
        &all);
}

}  // namespace

bool bring_up_to_date(Thread& thread, Code& code, bool* changed) {
    Instrumentation* table = table_of(code);
    uint8_t tools = watching_tools(thread);
    // Acquire: pairs with settings_changed.
    uint32_t version = monitoring.version.load(std::memory_order_acquire);
    if (code.flags & kCodeNoMonitoringEvents) return true;
    if (table && table->version.load(std::memory_order_relaxed) == version &&
        (tools & ~table->watched.load(std::memory_order_relaxed)) == 0)
        return true;
    if (!table && !tools && !any_global_events()) return true;
    bool made;
    {
        MutexGuard guard(monitoring.mutex);
        table = make_table(code);
        made = table != nullptr;
        if (made) {
            table->watched.fetch_or(tools, std::memory_order_relaxed);
            if (update(code, *table)) *changed = true;
        }
    }
    return made || raise_memory_error(thread);
}

bool apply_trace_settings(Thread& thread) {
    thread.trace_version = monitoring.version.load(std::memory_order_acquire);
    bool changed = false;
    for (Frame* frame = thread.frame; frame; frame = frame->previous)
        if (!bring_up_to_date(thread, *frame->code, &changed)) return false;
    return true;
}

static bool is_marked(const Frame& frame) {
    return (frame.pc->load(std::memory_order_relaxed) & 0xFF) ==
           static_cast<uint32_t>(Opcode::INSTRUMENTED);
}

bool trace_safepoint(Thread& thread, Frame& frame, bool* changed) {
    bool was_marked = is_marked(frame), any = false;
    bool is_current = thread.trace_version == monitoring.version.load(std::memory_order_relaxed);
    if (!(is_current ? bring_up_to_date(thread, *frame.code, &any) : apply_trace_settings(thread)))
        return false;
    // What is marked already has been reported.
    *changed = !was_marked && is_marked(frame);
    return true;
}

// --- settings ---

bool set_monitoring_events(Thread& thread, int tool, uint32_t events) {
    {
        MutexGuard guard(monitoring.mutex);
        if (monitoring.events[tool].load(std::memory_order_relaxed) == events) return true;
        monitoring.events[tool].store(events, std::memory_order_relaxed);
        settings_changed();
    }
    return apply_trace_settings(thread);
}

uint32_t local_monitoring_events(const Code& code, int tool) {
    MutexGuard guard(monitoring.mutex);
    Instrumentation* table = table_of(code);
    if (table) forget_cleared(*table);
    return table ? table->local_events[tool] : 0;
}

bool set_local_monitoring_events(Thread& thread, int tool, Code& code, uint32_t events) {
    bool made = true;
    {
        MutexGuard guard(monitoring.mutex);
        Instrumentation* table = events ? make_table(code) : table_of(code);
        made = table || !events;
        if (table) forget_cleared(*table);
        if (table && table->local_events[tool] != events) {
            table->local_events[tool] = events;
            update(code, *table);
        }
    }
    return made || raise_memory_error(thread);
}

bool clear_tool_events(Thread& thread, int tool) {
    {
        MutexGuard guard(monitoring.mutex);
        monitoring.cleared[tool]++;
        monitoring.events[tool].store(0, std::memory_order_relaxed);
        settings_changed();
    }
    return apply_trace_settings(thread);
}

bool watch_opcodes(Thread& thread, Code& code) {
    return set_local_monitoring_events(thread, kTraceTool, code, bit(kEventInstruction));
}

bool restart_monitoring_events(Thread& thread) {
    {
        MutexGuard guard(monitoring.mutex);
        monitoring.restarts.fetch_add(1, std::memory_order_relaxed);
        settings_changed();
    }
    return apply_trace_settings(thread);
}

namespace {
// The thread's function of either kind; how many threads have one more now (-1, 0, 1).
int exchange_function(Thread& target, bool is_trace, Value function, Owned* old) {
    bool is_set = !function.is_empty() && !is_none(function);
    uint64_t& word = is_trace ? target.trace_function : target.profile_function;
    *old = Owned::adopt(std::exchange(word, is_set ? Owned::share(function).release() : 0));
    target.traces.store(target.trace_function || target.profile_function,
                        std::memory_order_relaxed);
    return static_cast<int>(is_set) - static_cast<int>(static_cast<bool>(*old));
}

void count_changed(bool is_trace, int more) {
    MutexGuard guard(monitoring.mutex);
    (is_trace ? monitoring.tracing_threads : monitoring.profiling_threads)
        .fetch_add(more, std::memory_order_relaxed);
    settings_changed();
}
}  // namespace

void set_trace_function(Thread& thread, Value function) {
    Owned old;
    count_changed(true, exchange_function(thread, true, function, &old));
}
void set_profile_function(Thread& thread, Value function) {
    Owned old;
    count_changed(false, exchange_function(thread, false, function, &old));
}

bool set_function_everywhere(Thread& thread, bool is_trace, Value function) {
    int more = 0;
    {
        StopTheWorld stopped(thread);
        for (Thread* each = interpreter_of(thread).threads; each; each = each->next) {
            Owned old;
            more += exchange_function(*each, is_trace, function, &old);
        }
    }
    count_changed(is_trace, more);
    return apply_trace_settings(thread);
}

// --- callbacks ---

uint8_t global_tools(int event) {
    uint8_t tools = 0;
    for (int tool = 0; tool < kUserTools; tool++)
        if (monitoring.events[tool].load(std::memory_order_relaxed) & bit(event))
            tools |= 1 << tool;
    return tools;
}

void disable_site(Code& code, std::atomic<uint8_t>& tools, int tool) {
    MutexGuard guard(monitoring.mutex);
    tools.fetch_and(static_cast<uint8_t>(~(1 << tool)), std::memory_order_relaxed);
    Instrumentation* table = table_of(code);
    auto offset = reinterpret_cast<char*>(&tools) - reinterpret_cast<char*>(table->sites);
    write_word(code, *table, static_cast<uint32_t>(static_cast<size_t>(offset) / sizeof(Site)));
}

static Owned callback_of(int tool, int event) {
    auto& word = monitoring.callbacks[tool][event].word();
    SlotRead read = read_slot(word);
    if (!read.retry) return std::move(read.value);
    MutexGuard guard(monitoring.mutex);
    return share_locked(word);
}

bool report(Thread& thread, Code& code, int event, uint8_t tools, const Arguments& arguments,
            std::atomic<uint8_t>* site_tools) {
    static constexpr const char* names[] = {"RAISE",   "EXCEPTION_HANDLED", "PY_UNWIND", "PY_THROW",
                                            "RERAISE", "C_RETURN",          "C_RAISE"};
    for (int tool = kUserTools - 1; tool >= 0; tool--) {
        if (!(tools & 1 << tool)) continue;
        Owned callback = callback_of(tool, event);
        if (!callback) continue;
        thread.tracing++;
        Owned result = call(thread, callback, arguments);
        thread.tracing--;
        if (!result) return false;
        if (!same(result, monitoring.disable.borrow())) continue;
        if (event < kLocalEvents) {
            if (site_tools) disable_site(code, *site_tools, tool);
            // What BRANCH's callback does not want it does not want either way.
            if (site_tools && (event == kEventBranchLeft || event == kEventBranchRight) &&
                monitoring.branch_callback[tool].load(std::memory_order_relaxed))
                disable_site(code, event == kEventBranchLeft ? site_tools[1] : site_tools[-1],
                             tool);
            continue;
        }
        Owned dropped = monitoring.callbacks[tool][event].take();
        return raise(thread, exc::ValueError, "Cannot disable {} events. Callback removed.",
                     names[event - kEventRaise]);
    }
    return true;
}

}  // namespace imugi
