// The kinds of tokens and the token itself. Names are those of Lib/token.py; keywords have kinds of
// their own (they are NAME tokens to Python code, see token_type_name).
#pragma once

#include <cstdint>
#include <string_view>

namespace imugi::syntax {

// Operators: kind, text.
#define IMUGI_OPERATOR_TOKENS(X) \
    X(LPAR, "(")                 \
    X(RPAR, ")")                 \
    X(LSQB, "[")                 \
    X(RSQB, "]")                 \
    X(COLON, ":")                \
    X(COMMA, ",")                \
    X(SEMI, ";")                 \
    X(PLUS, "+")                 \
    X(MINUS, "-")                \
    X(STAR, "*")                 \
    X(SLASH, "/")                \
    X(VBAR, "|")                 \
    X(AMPER, "&")                \
    X(LESS, "<")                 \
    X(GREATER, ">")              \
    X(EQUAL, "=")                \
    X(DOT, ".")                  \
    X(PERCENT, "%")              \
    X(LBRACE, "{")               \
    X(RBRACE, "}")               \
    X(EQEQUAL, "==")             \
    X(NOTEQUAL, "!=")            \
    X(LESSEQUAL, "<=")           \
    X(GREATEREQUAL, ">=")        \
    X(TILDE, "~")                \
    X(CIRCUMFLEX, "^")           \
    X(LEFTSHIFT, "<<")           \
    X(RIGHTSHIFT, ">>")          \
    X(DOUBLESTAR, "**")          \
    X(PLUSEQUAL, "+=")           \
    X(MINEQUAL, "-=")            \
    X(STAREQUAL, "*=")           \
    X(SLASHEQUAL, "/=")          \
    X(PERCENTEQUAL, "%=")        \
    X(AMPEREQUAL, "&=")          \
    X(VBAREQUAL, "|=")           \
    X(CIRCUMFLEXEQUAL, "^=")     \
    X(LEFTSHIFTEQUAL, "<<=")     \
    X(RIGHTSHIFTEQUAL, ">>=")    \
    X(DOUBLESTAREQUAL, "**=")    \
    X(DOUBLESLASH, "//")         \
    X(DOUBLESLASHEQUAL, "//=")   \
    X(AT, "@")                   \
    X(ATEQUAL, "@=")             \
    X(RARROW, "->")              \
    X(ELLIPSIS, "...")           \
    X(COLONEQUAL, ":=")          \
    X(EXCLAMATION, "!")

#define IMUGI_KEYWORD_TOKENS(X) \
    X(KwFalse, "False")         \
    X(KwNone, "None")           \
    X(KwTrue, "True")           \
    X(KwAnd, "and")             \
    X(KwAs, "as")               \
    X(KwAssert, "assert")       \
    X(KwAsync, "async")         \
    X(KwAwait, "await")         \
    X(KwBreak, "break")         \
    X(KwClass, "class")         \
    X(KwContinue, "continue")   \
    X(KwDef, "def")             \
    X(KwDel, "del")             \
    X(KwElif, "elif")           \
    X(KwElse, "else")           \
    X(KwExcept, "except")       \
    X(KwFinally, "finally")     \
    X(KwFor, "for")             \
    X(KwFrom, "from")           \
    X(KwGlobal, "global")       \
    X(KwIf, "if")               \
    X(KwImport, "import")       \
    X(KwIn, "in")               \
    X(KwIs, "is")               \
    X(KwLambda, "lambda")       \
    X(KwNonlocal, "nonlocal")   \
    X(KwNot, "not")             \
    X(KwOr, "or")               \
    X(KwPass, "pass")           \
    X(KwRaise, "raise")         \
    X(KwReturn, "return")       \
    X(KwTry, "try")             \
    X(KwWhile, "while")         \
    X(KwWith, "with")           \
    X(KwYield, "yield")

// In the order of Lib/token.py's numbers, as far as those go.
enum class TokenKind : uint8_t {
    ENDMARKER,
    NAME,
    NUMBER,
    STRING,
    NEWLINE,
    INDENT,
    DEDENT,
#define X(name, text) name,
    IMUGI_OPERATOR_TOKENS(X)
#undef X
        OP,  // a character that is no operator, such as `$`: always a syntax error
    TYPE_IGNORE,
    TYPE_COMMENT,
    SOFT_KEYWORD,  // only a number of Lib/token.py's
    FSTRING_START,
    FSTRING_MIDDLE,
    FSTRING_END,
    TSTRING_START,
    TSTRING_MIDDLE,
    TSTRING_END,
    COMMENT,
    NL,
#define X(name, text) name,
    IMUGI_KEYWORD_TOKENS(X)
#undef X
        ERRORTOKEN,
};
constexpr int TOKEN_KIND_COUNT = int(TokenKind::ERRORTOKEN) + 1;

constexpr bool is_keyword(TokenKind kind) {
    return kind >= TokenKind::KwFalse && kind <= TokenKind::KwYield;
}

struct Token {
    TokenKind kind = TokenKind::ENDMARKER;
    uint8_t level = 0;     // how many brackets are open behind it
    bool doubled = false;  // f-string text: ends in one brace of `{{` or `}}`
    int32_t line = 0;      // from 1
    int32_t column = -1;   // bytes; -1: it has no text (INDENT, DEDENT, ENDMARKER)
    int32_t end_line = 0;
    int32_t end_column = -1;
    uint32_t start = 0;  // byte offsets in Tokenizer::text()
    uint32_t end = 0;
};

// "NAME", "LPAR", ...: the name in Lib/token.py of the token's exact type.
const char* token_type_name(TokenKind kind);
// The fixed text of operators and keywords, "" for the others.
std::string_view token_text(TokenKind kind);
// The keyword's kind, or NAME.
TokenKind keyword_kind(std::string_view text);

}  // namespace imugi::syntax
