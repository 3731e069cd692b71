// sys.monitoring (PEP 669): tools, events and callbacks as the interpreter's tools know them.
//
// The tables are the interpreter's, under `lock`. The interpreter does not yet raise events: what
// is registered here is kept and told, not called.
#include "modules/sys/sys.h"
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

namespace imugi {

namespace {

constexpr int kTools = 6;
constexpr int kEvents = 19;
constexpr int kLocalEvents = (1 << 11) - 1;  // those that single code objects can have
const char* const event_names[kEvents] = {"PY_START",
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

RuntimeMutex mutex;
Slot tool_names[kTools];
Slot callbacks[kTools][kEvents];
int global_events[kTools];
Slot local_events[kTools];  // Dict: code -> events

bool check_tool(Thread& thread, int tool, bool in_use = true) {
    if (tool < 0 || tool >= kTools)
        return raise(thread, exc::ValueError, "invalid tool {} (must be between 0 and 5)", tool);
    if (in_use && tool_names[tool].is_empty())
        return raise(thread, exc::ValueError, "tool {} is not in use", tool);
    return true;
}

Owned use_tool_id(Thread& thread, int tool, Value name) {
    TRY(check_tool(thread, tool, false));
    if (!is_str(name)) return raise(thread, exc::ValueError, "tool name must be a str");
    MutexGuard guard(mutex);
    if (!tool_names[tool].is_empty())
        return raise(thread, exc::ValueError, "tool {} is already in use", tool);
    tool_names[tool].init(Owned::share(name));
    return Owned::share(none());
}

void clear(Thread& thread, int tool) {
    global_events[tool] = 0;
    Owned dropped = local_events[tool].take();
    for (Slot& callback : callbacks[tool]) dropped = callback.take();
}
Owned clear_tool_id(Thread& thread, int tool) {
    TRY(check_tool(thread, tool, false));
    if (!tool_names[tool].is_empty()) clear(thread, tool);
    return Owned::share(none());
}
Owned free_tool_id(Thread& thread, int tool) {
    TRY(check_tool(thread, tool, false));
    clear(thread, tool);
    Owned name = tool_names[tool].take();
    return Owned::share(none());
}
Owned get_tool(Thread& thread, int tool) {
    TRY(check_tool(thread, tool, false));
    return tool_names[tool].is_empty() ? Owned::share(none()) : tool_names[tool].share();
}

Owned register_callback(Thread& thread, int tool, int event, Value function) {
    TRY(check_tool(thread, tool, false));
    if (event <= 0 || (event & (event - 1)) != 0)
        return raise(thread, exc::ValueError,
                     "The callback can only be set for one event at a time");
    int index = __builtin_ctz(static_cast<unsigned>(event));
    if (index >= kEvents) return raise(thread, exc::ValueError, "invalid event {}", event);
    Owned old =
        callbacks[tool][index].exchange(is_none(function) ? Owned() : Owned::share(function));
    return old ? std::move(old) : Owned::share(none());
}

Owned get_events(Thread& thread, int tool) {
    TRY(check_tool(thread, tool));
    return Owned::small_int(global_events[tool]);
}
Owned set_events(Thread& thread, int tool, int events) {
    TRY(check_tool(thread, tool));
    if (events < 0 || events >= 1 << kEvents)
        return raise(thread, exc::ValueError, "invalid event set 0x{}", events);
    global_events[tool] = events;
    return Owned::share(none());
}
Owned get_local_events(Thread& thread, int tool, Value code) {
    TRY(check_tool(thread, tool));
    if (!has_shape(code, k_code_shape))
        return raise(thread, exc::TypeError, "code must be a code object");
    if (local_events[tool].is_empty()) return Owned::small_int(0);
    Owned events = TRY(dict_get(thread, local_events[tool].as<Dict>(), code));
    return events.is_nothing() ? Owned::small_int(0) : std::move(events);
}
Owned set_local_events(Thread& thread, int tool, Value code, int events) {
    TRY(check_tool(thread, tool));
    if (!has_shape(code, k_code_shape))
        return raise(thread, exc::TypeError, "code must be a code object");
    if (events < 0 || (events & ~kLocalEvents))
        return raise(thread, exc::ValueError, "invalid local event set 0x{}", events);
    if (local_events[tool].is_empty()) local_events[tool].init(make_dict(thread).owned());
    TRY(dict_set(thread, local_events[tool].as<Dict>(), code, Value::small_int(events)));
    return Owned::share(none());
}
Owned restart_events(Thread&) {
    return Owned::share(none());
}
Owned all_events(Thread& thread) {
    return make_dict(thread).owned();
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
    for (int i = 0; i < kEvents; i++) {
        Ref<Str> event = TRY(intern(thread, event_names[i]));
        TRY(dict_set(thread, *events, event, Value::small_int(int64_t{1} << i)));
    }
    TRY(dict_set(thread, *events, Value::of(ID(NO_EVENTS)), Value::small_int(0)));
    Ref<Tuple> nothing = empty_tuple();
    Owned namespace_ =
        TRY(call_with(thread, Value::of(simple_namespace_type), *nothing, events.get()));
    TRY(module_set(thread, *module, "events", std::move(namespace_)));
    TRY(module_set(thread, *module, "DISABLE", call(thread, Value::of(object_type))));
    TRY(module_set(thread, *module, "MISSING", call(thread, Value::of(object_type))));
    struct {
        const char* name;
        int id;
    } tools[] = {{"DEBUGGER_ID", 0}, {"COVERAGE_ID", 1}, {"PROFILER_ID", 2}, {"OPTIMIZER_ID", 5}};
    for (auto& tool : tools) TRY(module_set(thread, *module, tool.name, Value::small_int(tool.id)));
    TRY(dict_set(thread, module_dict(sys), Value::of(ID(monitoring)), module.value()));
    return true;
}

}  // namespace imugi
