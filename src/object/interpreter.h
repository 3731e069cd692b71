// Interpreter: all state that Python code of one interpreter can change. Runtime: what the process
// shares.
//
// Fields that are Slots are set during start-up or under `lock`; import state belongs to importlib
// in Python.
#pragma once

#include "object/type.h"
#include "thread/lock.h"

namespace imugi {

struct Config;  // cli/config.h: options and environment, parsed

struct Interpreter {
    uint64_t id = 0;
    mutable std::atomic<uint8_t> lock{0};
    Slot modules;          // dict: sys.modules
    Slot builtins;         // Module
    Slot builtins_dict;    // Dict
    Slot sys;              // Module
    Slot sys_dict;         // Dict
    Slot importlib;        // module importlib._bootstrap
    Slot import_function;  // builtins.__import__ at start, to recognise the unchanged one
    Slot codec_search_path, codec_cache, codec_errors;  // list, dict, dict
    Slot warnings_filters, warnings_default_action, warnings_once_registry;
    Slot warnings_context, warnings_lock;  // ContextVar, RLock
    Slot ast_types;          // tuple, see compile/syntax_tree.h; empty until the first use
    Slot at_exit;            // list of (function, args, kwargs)
    Slot audit_hooks;        // tuple of callables, see object/audit.h; empty until the first
    Slot main_thread_error;  // unused word
    RuntimeMutex threads_mutex;
    Thread* threads = nullptr;  // all Threads of this interpreter, under threads_mutex
    Thread* main_thread = nullptr;
    std::atomic<uint64_t> warnings_version{0};
    std::atomic<int> int_max_str_digits{4300};
    std::atomic<int> recursion_limit{1000};
    std::atomic<bool> finalizing{false};
    std::atomic<Thread*> finalizing_thread{nullptr};
    std::atomic<uint32_t> trace_generation{0};
    const Config* config = nullptr;
    struct Monitoring* monitoring = nullptr;  // sys.monitoring's tools and callbacks (vm)
    Interpreter* next = nullptr;
};

extern Interpreter main_interpreter;
inline Interpreter& interpreter_of(Thread& thread) {
    return *thread.interpreter;
}

// Types, exceptions, names, singletons: process-wide, once. False with a message on stderr when
// memory is short.
[[nodiscard]] bool init_objects(Thread& thread);

}  // namespace imugi
