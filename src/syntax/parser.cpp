// The way in: from a source to a tree, or to the error that Diagnosis finds.
#include "syntax/parser.h"

#include "syntax/diagnosis.h"
#include "syntax/parser_impl.h"

namespace imugi::syntax {
namespace {

// What one parse may use of the stack when the caller names no limit.
constexpr size_t STACK_SHARE = 1024 * 1024;

// After a single statement only white space and comments may follow.
bool more_follows(std::string_view rest) {
    bool comment = false;
    for (char c : rest) {
        if (c == '\n') {
            comment = false;
        } else if (c == '#') {
            comment = true;
        } else if (!comment && c != ' ' && c != '\t' && c != '\f') {
            return true;
        }
    }
    return false;
}

}  // namespace

ParseResult parse(std::string_view source, const ParseOptions& options, Arena& arena,
                  NameTable& names) {
    ParseResult result;
    if (memchr(source.data() ? source.data() : "", 0, source.size())) {
        result.error = {.kind = ErrorKind::Syntax,
                        .message = "source code string cannot contain null bytes"};
        return result;
    }
    uintptr_t stack_limit = options.stack_limit;
    if (!stack_limit) stack_limit = uintptr_t(__builtin_frame_address(0)) - STACK_SHARE;
    TokenizerOptions tokenizing;
    tokenizing.type_comments = options.type_comments;
    tokenizing.add_newline = options.mode == Mode::Exec;
    auto* tokenizer = arena.make<Tokenizer>(source, tokenizing, arena);
    if (!tokenizer) {
        result.error.kind = ErrorKind::Memory;
        return result;
    }
    TokenBuffer tokens(*tokenizer, options);
    Parser parser(tokens, options, arena, names, stack_limit);
    ast::ModNode* root = parser.parse_module();
    if (root && options.mode == Mode::Single &&
        more_follows(tokenizer->text().substr(tokenizer->offset()))) {
        root = nullptr;
        const Token& last = tokens.last();
        tokenizer->set_error(tokenizer->error_at(
            ErrorKind::Syntax, "multiple statements found while compiling a single statement",
            last.line, last.column + 1, last.end_line, last.end_column + 1));
    } else if (!root) {
        Diagnosis diagnosis(tokens, options, arena, names, stack_limit);
        diagnosis.find(parser.statement_start());
    }
    result.root = tokenizer->has_error() ? nullptr : root;
    result.error = tokenizer->error();
    result.last_line = parser.last_line();
    result.last_column = parser.last_column();
    result.warnings = tokenizer->warnings();
    return result;
}

}  // namespace imugi::syntax
