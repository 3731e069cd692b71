// sys.monitoring (PEP 669): the functions; what they set is kept and acted upon by
// vm/instrument.h, whose mutex protects it.
#include "modules/sys/sys.h"
#include "object/audit.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/errors.h"
#include "object/int.h"
#include "object/interpreter.h"
#include "object/native.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"
#include "thread/lock.h"
#include "vm/instrument.h"

namespace imugi {

namespace {

constexpr uint32_t bit(int event) {
    return uint32_t{1} << event;
}
constexpr uint32_t kBranches = bit(kEventBranchLeft) | bit(kEventBranchRight);
constexpr uint32_t kAfterCalls = bit(kEventCReturn) | bit(kEventCRaise);
const char* const event_names[kMonitoringEvents] = {"PY_START",
                                                    "PY_RESUME",
                                                    "PY_RETURN",
                                                    "PY_YIELD",
                                                    "CALL",
                                                    "LINE",
                                                    "INSTRUCTION",
                                                    "JUMP",
                                                    "BRANCH_LEFT",
                                                    "BRANCH_RIGHT",
                                                    "STOP_ITERATION",
                                                    "RAISE",
                                                    "EXCEPTION_HANDLED",
                                                    "PY_UNWIND",
                                                    "PY_THROW",
                                                    "RERAISE",
                                                    "C_RETURN",
                                                    "C_RAISE",
                                                    "BRANCH"};

bool check_tool(Thread& thread, int tool, bool in_use = false) {
    if (tool < 0 || tool >= kUserTools)
        return raise(thread, exc::ValueError, "invalid tool {} (must be between 0 and 5)", tool);
    if (in_use && monitoring.names[tool].is_empty())
        return raise(thread, exc::ValueError, "tool {} is not in use", tool);
    return true;
}

Owned use_tool_id(Thread& thread, int tool, Value name) {
    TRY(check_tool(thread, tool));
    if (!is_str(name)) return raise(thread, exc::ValueError, "tool name must be a str");
    bool taken;
    {
        MutexGuard guard(monitoring.mutex);
        taken = !monitoring.names[tool].is_empty();
        if (!taken) monitoring.names[tool].init(Owned::share(name));
    }
    if (taken) return raise(thread, exc::ValueError, "tool {} is already in use", tool);
    return Owned::share(none());
}

// No callbacks and no events, neither global nor of single codes.
bool clear(Thread& thread, int tool) {
    for (Slot& callback : monitoring.callbacks[tool]) Owned dropped = callback.take();
    return clear_tool_events(thread, tool);
}
Owned clear_tool_id(Thread& thread, int tool) {
    TRY(check_tool(thread, tool));
    if (!monitoring.names[tool].is_empty()) TRY(clear(thread, tool));
    return Owned::share(none());
}
Owned free_tool_id(Thread& thread, int tool) {
    TRY(check_tool(thread, tool));
    if (!monitoring.names[tool].is_empty()) TRY(clear(thread, tool));
    Owned name;
    MutexGuard guard(monitoring.mutex);
    name = monitoring.names[tool].take();
    return Owned::share(none());
}
Owned get_tool(Thread& thread, int tool) {
    TRY(check_tool(thread, tool));
    MutexGuard guard(monitoring.mutex);
    Slot& name = monitoring.names[tool];
    return name.is_empty() ? Owned::share(none()) : name.share();
}

Owned exchange_callback(int tool, int event, Value function) {
    MutexGuard guard(monitoring.mutex);
    return monitoring.callbacks[tool][event].exchange(is_none(function) ? Owned()
                                                                        : Owned::share(function));
}

Owned register_callback(Thread& thread, int tool, int event, Value function) {
    TRY(check_tool(thread, tool));
    if (event <= 0 || (event & (event - 1)) != 0)
        return raise(thread, exc::ValueError,
                     "The callback can only be set for one event at a time");
    int index = __builtin_ctz(static_cast<unsigned>(event));
    if (index >= kMonitoringEvents)
        return raise(thread, exc::ValueError, "invalid event {}", event);
    TRY(audit(thread, "sys.monitoring.register_callback", function));
    Owned old;
    if (index == kEventBranch) {
        old = exchange_callback(tool, kEventBranchLeft, function);
        Owned right = exchange_callback(tool, kEventBranchRight, function);
        monitoring.branch_callback[tool].store(!is_none(function), std::memory_order_relaxed);
    } else {
        if (bit(index) & kBranches)
            monitoring.branch_callback[tool].store(false, std::memory_order_relaxed);
        old = exchange_callback(tool, index, function);
    }
    return old ? std::move(old) : Owned::share(none());
}

// The set as it is kept: BRANCH stands for both sides; C_RETURN and C_RAISE come with CALL.
bool normalize(Thread& thread, uint32_t* events) {
    if (*events & kAfterCalls) {
        constexpr uint32_t all = kAfterCalls | bit(kEventCall);
        if ((*events & all) != all)
            return raise(thread, exc::ValueError,
                         "cannot set C_RETURN or C_RAISE events independently");
        *events &= ~kAfterCalls;
    }
    if (*events & bit(kEventBranch)) *events = (*events & ~bit(kEventBranch)) | kBranches;
    return true;
}

Ref<Str> hexadecimal(Thread& thread, int number) {
    char text[16];
    snprintf(text, sizeof text, "0x%x", static_cast<unsigned>(number));
    return make_str(thread, text);
}

Owned get_events(Thread& thread, int tool) {
    TRY(check_tool(thread, tool));
    return Owned::small_int(monitoring.events[tool].load(std::memory_order_relaxed));
}
Owned set_events(Thread& thread, int tool, int events) {
    TRY(check_tool(thread, tool));
    if (events < 0 || events >= 1 << kMonitoringEvents) {
        Ref<Str> shown = TRY(hexadecimal(thread, events));
        return raise(thread, exc::ValueError, "invalid event set {}", *shown);
    }
    auto set = static_cast<uint32_t>(events);
    TRY(normalize(thread, &set));
    TRY(check_tool(thread, tool, true));
    TRY(set_monitoring_events(thread, tool, set));
    return Owned::share(none());
}
Owned get_local_events(Thread& thread, int tool, Value code) {
    if (!has_shape(code, k_code_shape))
        return raise(thread, exc::TypeError, "code must be a code object");
    TRY(check_tool(thread, tool));
    return Owned::small_int(local_monitoring_events(code.as<Code>(), tool));
}
Owned set_local_events(Thread& thread, int tool, Value code, int events) {
    if (!has_shape(code, k_code_shape))
        return raise(thread, exc::TypeError, "code must be a code object");
    TRY(check_tool(thread, tool));
    auto set = static_cast<uint32_t>(events);
    TRY(normalize(thread, &set));
    if (events < 0 || set >= bit(kLocalEvents)) {
        Ref<Str> shown = TRY(hexadecimal(thread, events));
        return raise(thread, exc::ValueError, "invalid local event set {}", *shown);
    }
    TRY(check_tool(thread, tool, true));
    TRY(set_local_monitoring_events(thread, tool, code.as<Code>(), set));
    return Owned::share(none());
}
Owned restart_events(Thread& thread) {
    TRY(restart_monitoring_events(thread));
    return Owned::share(none());
}
// {event: the tools that have it globally}, of events that any has.
Owned all_events(Thread& thread) {
    Ref<Dict> result = TRY(make_dict(thread));
    for (int event = 0; event < kMonitoringEvents; event++) {
        uint8_t tools = global_tools(event);
        if (!tools) continue;
        Ref<Str> name = TRY(intern(thread, event_names[event]));
        TRY(dict_set(thread, *result, name, Value::small_int(tools)));
    }
    return result;
}

const MethodRow rows[] = {
    {"use_tool_id", "(tool_id, name, /)", fn<use_tool_id>, nullptr},
    {"clear_tool_id", "(tool_id, /)", fn<clear_tool_id>, nullptr},
    {"free_tool_id", "(tool_id, /)", fn<free_tool_id>, nullptr},
    {"get_tool", "(tool_id, /)", fn<get_tool>, nullptr},
    {"register_callback", "(tool_id, event, func, /)", fn<register_callback>, nullptr},
    {"get_events", "(tool_id, /)", fn<get_events>, nullptr},
    {"set_events", "(tool_id, event_set, /)", fn<set_events>, nullptr},
    {"get_local_events", "(tool_id, code, /)", fn<get_local_events>, nullptr},
    {"set_local_events", "(tool_id, code, event_set, /)", fn<set_local_events>, nullptr},
    {"restart_events", "()", fn<restart_events>, nullptr},
    {"_all_events", "()", fn<all_events>, nullptr},
    {},
};

}  // namespace

bool add_monitoring(Thread& thread, Module& sys) {
    Ref<Str> name = TRY(intern(thread, "sys.monitoring"));
    Ref<Module> module = TRY(make_module(thread, *name));
    for (const MethodRow* row = rows; row->name; row++) {
        Ref<NativeFunction> function = TRY(make_native_function(thread, *row, module, name));
        TRY(module_set(thread, *module, row->name, std::move(function).owned()));
    }
    Ref<Dict> events = TRY(make_dict(thread));
    for (int i = 0; i < kMonitoringEvents; i++) {
        Ref<Str> event = TRY(intern(thread, event_names[i]));
        TRY(dict_set(thread, *events, event, Value::small_int(int64_t{1} << i)));
    }
    TRY(dict_set(thread, *events, Value::of(ID(NO_EVENTS)), Value::small_int(0)));
    Ref<Tuple> nothing = empty_tuple();
    Owned namespace_ =
        TRY(call_with(thread, Value::of(simple_namespace_type), *nothing, events.get()));
    TRY(module_set(thread, *module, "events", std::move(namespace_)));
    Owned disable = TRY(call(thread, Value::of(object_type)));
    Owned missing = TRY(call(thread, Value::of(object_type)));
    monitoring.disable.init(disable.share());
    monitoring.missing.init(missing.share());
    TRY(module_set(thread, *module, "DISABLE", std::move(disable)));
    TRY(module_set(thread, *module, "MISSING", std::move(missing)));
    struct {
        const char* name;
        int id;
    } tools[] = {{"DEBUGGER_ID", 0}, {"COVERAGE_ID", 1}, {"PROFILER_ID", 2}, {"OPTIMIZER_ID", 5}};
    for (auto& tool : tools) TRY(module_set(thread, *module, tool.name, Value::small_int(tool.id)));
    TRY(dict_set(thread, module_dict(sys), Value::of(ID(monitoring)), module.value()));
    return true;
}

}  // namespace imugi
