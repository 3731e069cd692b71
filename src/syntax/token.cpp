// Tables of token names and texts, and the perfect-enough lookup of keywords: by length and first
// letter.
#include "syntax/token.h"

namespace imugi::syntax {
namespace {

struct Row {
    const char* name;
    std::string_view text;
};

const Row ROWS[] = {
    {"ENDMARKER", ""},
    {"NAME", ""},
    {"NUMBER", ""},
    {"STRING", ""},
    {"NEWLINE", ""},
    {"INDENT", ""},
    {"DEDENT", ""},
#define X(name, text) {#name, text},
    IMUGI_OPERATOR_TOKENS(X)
#undef X
        {"OP", ""},
    {"TYPE_IGNORE", ""},
    {"TYPE_COMMENT", ""},
    {"SOFT_KEYWORD", ""},
    {"FSTRING_START", ""},
    {"FSTRING_MIDDLE", ""},
    {"FSTRING_END", ""},
    {"TSTRING_START", ""},
    {"TSTRING_MIDDLE", ""},
    {"TSTRING_END", ""},
    {"COMMENT", ""},
    {"NL", ""},
#define X(name, text) {"NAME", text},
    IMUGI_KEYWORD_TOKENS(X)
#undef X
        {"ERRORTOKEN", ""},
};
static_assert(sizeof(ROWS) / sizeof(Row) == TOKEN_KIND_COUNT);

// For each first letter the keywords that begin with it, in order of the enum.
TokenKind find(std::string_view text, TokenKind first, TokenKind last) {
    for (int kind = int(first); kind <= int(last); kind++) {
        if (ROWS[kind].text == text) return TokenKind(kind);
    }
    return TokenKind::NAME;
}

}  // namespace

const char* token_type_name(TokenKind kind) {
    return ROWS[int(kind)].name;
}
std::string_view token_text(TokenKind kind) {
    return ROWS[int(kind)].text;
}

TokenKind keyword_kind(std::string_view text) {
    using enum TokenKind;
    if (text.size() < 2 || text.size() > 8) return NAME;
    switch (text[0]) {
        case 'F':
            return find(text, KwFalse, KwFalse);
        case 'N':
            return find(text, KwNone, KwNone);
        case 'T':
            return find(text, KwTrue, KwTrue);
        case 'a':
            return find(text, KwAnd, KwAwait);
        case 'b':
            return find(text, KwBreak, KwBreak);
        case 'c':
            return find(text, KwClass, KwContinue);
        case 'd':
            return find(text, KwDef, KwDel);
        case 'e':
            return find(text, KwElif, KwExcept);
        case 'f':
            return find(text, KwFinally, KwFrom);
        case 'g':
            return find(text, KwGlobal, KwGlobal);
        case 'i':
            return find(text, KwIf, KwIs);
        case 'l':
            return find(text, KwLambda, KwLambda);
        case 'n':
            return find(text, KwNonlocal, KwNot);
        case 'o':
            return find(text, KwOr, KwOr);
        case 'p':
            return find(text, KwPass, KwPass);
        case 'r':
            return find(text, KwRaise, KwReturn);
        case 't':
            return find(text, KwTry, KwTry);
        case 'w':
            return find(text, KwWhile, KwWith);
        case 'y':
            return find(text, KwYield, KwYield);
        default:
            return NAME;
    }
}

}  // namespace imugi::syntax
