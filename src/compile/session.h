// Session: everything that lives as long as one compilation; and its steps.
#pragma once

#include "compile/compile.h"
#include "compile/context.h"
#include "object/interpreter.h"

namespace imugi::compile {

// A source as UTF-8; `kept` holds it when it had to be converted.
struct Source {
    std::string_view text;
    Owned kept;
};

struct Session {
    Arena arena;
    syntax::NameTable names{arena};
    CompileContext context;

    Session(Thread& thread, Str& filename, const CompileOptions& options)
        : context{thread, arena, names, filename} {
        context.optimize = options.optimize >= 0
                               ? options.optimize
                               : default_optimization.load(std::memory_order_relaxed);
        context.future_flags = options.flags & kFutureMask;
        context.interactive = options.mode == syntax::Mode::Single;
        context.top_level_await = options.flags & kAllowTopLevelAwait;
    }
    [[nodiscard]] bool init() { return context.known.init(names) || context.no_memory(); }
};

[[nodiscard]] bool decode_source(Thread& thread, std::string_view bytes, Str& filename,
                                 uint32_t flags, Source* out);
// Null with an exception set.
ast::ModNode* parse_source(Session& session, std::string_view text, const CompileOptions& options);
Ref<Code> generate(Session& session, ast::ModNode& root);

}  // namespace imugi::compile
