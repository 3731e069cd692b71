// A runtime for fuzz targets, started once a process. One thread.
#pragma once

#include <stdio.h>
#include <stdlib.h>

#include "cli/failure.h"
#include "cli/options.h"
#include "cli/startup.h"
#include "compile/compile.h"
#include "object/bytes.h"
#include "object/call.h"
#include "object/config.h"
#include "object/dict.h"
#include "object/errors.h"
#include "object/interpreter.h"
#include "object/module.h"
#include "object/names.h"
#include "object/str.h"
#include "thread/safepoint.h"
#include "vm/call.h"

namespace imugi {

inline Thread& fuzz_thread() {
    static Thread* thread = [] {
        static Config config;
        config.no_site = 1;
        config.program_name = "fuzz";
        find_places(config);
        Thread* started = start_runtime(config);
        if (!started) abort();
        return started;
    }();
    return *thread;
}

// What an input leaves behind: finalizers, requests of the collector, an exception.
inline void end_input(Thread& thread) {
    clear_exception(thread);
    if (!safepoint(thread)) clear_exception(thread);
}

// Runs `target(data)` of a Python source with every input. The source catches what may be raised:
// what it lets through is a finding.
class PythonTarget {
  public:
    explicit PythonTarget(const char* source) {
        Thread& thread = fuzz_thread();
        Ref<Str> name = make_str(thread, "target");
        Ref<Module> module = make_module(thread, *name);
        Ref<Code> code = compile::compile_text(thread, source, *name, {});
        Dict& globals = module_dict(*module);
        Interpreter& interpreter = interpreter_of(thread);
        if (!code ||
            !dict_set(thread, globals, Value::of(ID(__builtins__)), interpreter.builtins.borrow()))
            fail(thread);
        Owned result = run_code(thread, *code, globals, interpreter.builtins_dict.as<Dict>(),
                                Value::of(globals), Value());
        if (!result) fail(thread);
        function_ = dict_get(thread, globals, *name);
        module_ = std::move(module).owned();
    }
    void run(const uint8_t* data, size_t size) {
        Thread& thread = fuzz_thread();
        Ref<Bytes> bytes = make_bytes(thread, data, size);
        Owned result = bytes ? call(thread, function_, bytes) : Owned();
        if (!result && !exception_matches(thread, exc::MemoryError)) fail(thread);
        result = Owned();
        end_input(thread);
    }

  private:
    [[noreturn]] static void fail(Thread& thread) {
        report_failure(thread);
        fflush(nullptr);
        abort();
    }

    Owned module_, function_;
};

}  // namespace imugi
