// CompileContext: what every step of one compilation shares; and how the steps report errors.
// Belongs to the compiling thread.
#pragma once

#include "object/bytes.h"
#include "object/errors.h"
#include "object/str.h"
#include "syntax/ast.h"
#include "syntax/names.h"

namespace imugi::compile {

// Names that the language itself uses, interned in the compilation's NameTable.
#define IMUGI_COMPILE_NAMES(N)                                \
    N(class_, "__class__")                                    \
    N(classdict, "__classdict__")                             \
    N(classdictcell, "__classdictcell__")                     \
    N(classcell, "__classcell__")                             \
    N(conditional_annotations, "__conditional_annotations__") \
    N(annotations, "__annotations__")                         \
    N(annotate, "__annotate__")                               \
    N(annotate_func, "__annotate_func__")                     \
    N(debug, "__debug__")                                     \
    N(doc, "__doc__")                                         \
    N(module, "__module__")                                   \
    N(name, "__name__")                                       \
    N(qualname, "__qualname__")                               \
    N(firstlineno, "__firstlineno__")                         \
    N(static_attributes, "__static_attributes__")             \
    N(type_params, "__type_params__")                         \
    N(future, "__future__")                                   \
    N(super, "super")                                         \
    N(self, "self")                                           \
    N(top, "top")                                             \
    N(join, "join")                                           \
    N(lambda, "lambda")                                       \
    N(lambda_code, "<lambda>")                                \
    N(module_code, "<module>")                                \
    N(listcomp, "listcomp")                                   \
    N(setcomp, "setcomp")                                     \
    N(dictcomp, "dictcomp")                                   \
    N(genexpr, "genexpr")                                     \
    N(listcomp_code, "<listcomp>")                            \
    N(setcomp_code, "<setcomp>")                              \
    N(dictcomp_code, "<dictcomp>")                            \
    N(genexpr_code, "<genexpr>")                              \
    N(dot_zero, ".0")                                         \
    N(dot_format, ".format")                                  \
    N(dot_type_params, ".type_params")                        \
    N(dot_generic_base, ".generic_base")                      \
    N(dot_defaults, ".defaults")                              \
    N(dot_kwdefaults, ".kwdefaults")

struct KnownNames {
#define NAME(field, text) ast::IdentifierRef field;
    IMUGI_COMPILE_NAMES(NAME)
#undef NAME
    [[nodiscard]] bool init(syntax::NameTable& names);
};

enum FutureFlag : uint32_t {  // numbered as CPython's co_flags
    kFutureDivision = 0x20000,
    kFutureAbsoluteImport = 0x40000,
    kFutureWithStatement = 0x80000,
    kFuturePrintFunction = 0x100000,
    kFutureUnicodeLiterals = 0x200000,
    kFutureBarryAsBdfl = 0x400000,
    kFutureGeneratorStop = 0x800000,
    kFutureAnnotations = 0x1000000,
    kFutureMask = 0x1FE0000,
};

struct CompileContext {
    Thread& thread;
    Arena& arena;
    syntax::NameTable& names;
    Str& filename;
    KnownNames known{};
    uint32_t future_flags = 0;
    ast::Position future_position{};
    int optimize = 0;
    bool top_level_await = false;
    bool interactive = false;

    bool has_future(FutureFlag flag) const { return future_flags & flag; }
    [[nodiscard]] ast::IdentifierRef intern(std::string_view text);
    // SyntaxError at a place of this source, with the line of the file when it can be read.
    Raised error(const ast::Position& position, Ref<Str> message);
    template <class... A>
    Raised error(const ast::Position& position, const char* text, const A&... arguments) {
        return error(position, format(thread, text, arguments...));
    }
    // A SyntaxWarning (or DeprecationWarning); one that the filters make an error becomes a
    // SyntaxError.
    [[nodiscard]] bool warn(const ast::Position& position, Ref<Str> message,
                            Type& category = exc::SyntaxWarning);
    template <class... A>
    [[nodiscard]] bool warn(const ast::Position& position, const char* text,
                            const A&... arguments) {
        return warn(position, format(thread, text, arguments...));
    }
    [[nodiscard]] bool no_memory() {
        raise_memory_error(thread);
        return false;
    }
    [[nodiscard]] bool check_stack() {
        return stack_is_ample(thread) || check_native_stack(thread, " during compilation");
    }
};

// An Identifier as a message's argument needs a str.
Ref<Str> str_of(Thread& thread, ast::IdentifierRef name);

// A warning through warnings.warn_explicit.
[[nodiscard]] bool warn_syntax(CompileContext& context, const ast::Position& position,
                               Ref<Str> message, Type& category);

// Warns of return, break and continue that leave a finally block (PEP 765).
[[nodiscard]] bool warn_about_finally(CompileContext& context, ast::ModNode& root);

// Collects `from __future__` features of a module's beginning into context.future_flags; errors for
// unknown ones.
[[nodiscard]] bool read_future_features(CompileContext& context, ast::ModNode& root);

}  // namespace imugi::compile
