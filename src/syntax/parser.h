// Source text to AST. parse() never runs Python, never throws and never overflows the C++ stack:
// what it cannot accept comes back as an Error that says what CPython's exception would say.
// Each call is independent; any number may run at once on different arenas.
#pragma once

#include <cstdint>
#include <string_view>

#include "syntax/ast.h"
#include "syntax/error.h"

namespace imugi::syntax {

class NameTable;

enum class Mode : uint8_t {
    Exec,      // a file: Module
    Eval,      // one expression: Expression
    Single,    // one interactive statement: Interactive
    FuncType,  // `(int, str) -> bool`: FunctionType
};

struct ParseOptions {
    Mode mode = Mode::Exec;
    bool type_comments = false;           // PyCF_TYPE_COMMENTS
    bool barry_as_bdfl = false;           // `from __future__ import barry_as_FLUFL`: <> for !=
    bool allow_incomplete_input = false;  // PyCF_ALLOW_INCOMPLETE_INPUT: see ErrorKind::Incomplete
    bool dont_imply_dedent = false;       // PyCF_DONT_IMPLY_DEDENT
    int feature_version = 14;             // minor version whose grammar is asked for (ast.parse)
    int max_int_digits = 4300;            // sys.set_int_max_str_digits; 0 for no limit
    // The lowest address the parser may use of this thread's stack; 0 takes a modest share of it.
    uintptr_t stack_limit = 0;
};

struct ParseResult {
    ast::ModNode* root = nullptr;  // nullptr: `error` says why
    Error error;
    // Where the last whole statement begins, from 1 and from 0 (0, 0 before the first).
    int32_t last_line = 0;
    int32_t last_column = 0;
    WarningList warnings;  // SyntaxWarnings, in order of the source, also beside an error
};

// `source` is UTF-8 without BOM (lone surrogates and invalid bytes are reported as CPython does)
// and must stay as long as the result is used. The tree, names and texts are allocated in `arena`.
ParseResult parse(std::string_view source, const ParseOptions& options, Arena& arena,
                  NameTable& names);

}  // namespace imugi::syntax
