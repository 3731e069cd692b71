// From source text or a tree to Code: what compile(), exec(), eval(), importlib and the command
// line use. SyntaxErrors are raised as Python exceptions with all their attributes.
#pragma once

#include <string_view>

#include "object/code.h"
#include "syntax/parser.h"

namespace imugi::compile {

enum CompilerFlag : uint32_t {  // as CPython numbers them (PyCF_*)
    kSourceIsUtf8 = 0x100,
    kDontImplyDedent = 0x200,
    kOnlyAst = 0x400,
    kIgnoreCookie = 0x800,
    kTypeComments = 0x1000,
    kAllowTopLevelAwait = 0x2000,
    kAllowIncompleteInput = 0x4000,
    kOptimizedAst = 0x8000 | kOnlyAst,
    kFlagsMask = 0x1FE0000,  // __future__ features
};

struct Scope;

// sys.flags.optimize; set at start-up.
extern std::atomic<int> default_optimization;

struct CompileOptions {
    syntax::Mode mode = syntax::Mode::Exec;
    uint32_t flags = 0;  // CompilerFlag and co_flags of __future__ features
    int optimize = -1;   // -1: as the interpreter was started
    int feature_version = 14;
    bool from_file = false;  // which can be read again: an error need not keep the text
};

// `source` as it stands in a file (coding declaration or BOM respected unless kSourceIsUtf8).
Ref<Code> compile_text(Thread& thread, std::string_view source, Str& filename,
                       const CompileOptions& options);
// The AST as Python objects.
Owned parse_text(Thread& thread, std::string_view source, Str& filename,
                 const CompileOptions& options);
// An AST made of Python objects.
Ref<Code> compile_tree(Thread& thread, Value tree, Str& filename, const CompileOptions& options);

// The builtin compile(): source is a str, bytes-like, or an AST; the result a Code or an AST.
Owned compile_source(Thread& thread, Value source, Str& filename, const CompileOptions& options);

// Builds the symbol table of a source and shows it to `visit`.
[[nodiscard]] bool build_symbol_table(Thread& thread, std::string_view source, Str& filename,
                                      const CompileOptions& options,
                                      bool (*visit)(Thread& thread, Scope& top, void* argument),
                                      void* argument);

// The text of a source that is a str or bytes-like, kept by `held` or the source; a str's cookie is
// ignored (`flags`). `message` for the TypeError of anything else.
[[nodiscard]] bool load_source(Thread& thread, Value source, const char* message, uint32_t* flags,
                               Owned* held, std::string_view* text);
// SyntaxError for null bytes.
[[nodiscard]] bool check_no_nulls(Thread& thread, std::string_view text);

// Raises what the parser reports.
bool raise_syntax_error(Thread& thread, const syntax::Error& error, Str& filename);

// __future__ flags of the code that is running.
uint32_t inherited_flags(Thread& thread);

}  // namespace imugi::compile
