// What the front end has to say about a source: one error and any number of warnings.
// Texts lie in the arena of the parse.
#pragma once

#include <cstdint>
#include <string_view>

namespace imugi::syntax {

enum class ErrorKind : uint8_t {
    None,
    Syntax,       // SyntaxError
    Indentation,  // IndentationError
    Tab,          // TabError
    Incomplete,   // _IncompleteInputError, only with allow_incomplete_input
    Memory,       // MemoryError: out of memory, or nested too deeply (then with a message)
    Value,        // ValueError, as for a source with null bytes
};

// Positions as the SyntaxError object shows them: lines and columns count from 1, columns in
// characters. end_line 0 and end_column 0 stand for the same attributes of CPython's.
struct Error {
    ErrorKind kind = ErrorKind::None;
    std::string_view message{};
    int32_t line = 0;
    int32_t column = 0;
    int32_t end_line = 0;
    int32_t end_column = 0;
    std::string_view text{};  // the source line, with its newline; data() == nullptr: None

    explicit operator bool() const { return kind != ErrorKind::None; }
};

struct Warning {
    std::string_view message;
    std::string_view error_message;  // of the SyntaxError that it becomes when warnings are errors
    int32_t line;
    int32_t column;  // of what it is about, from 1, in characters
    int32_t end_line;
    int32_t end_column;
    bool deprecation;  // DeprecationWarning rather than SyntaxWarning
    Warning* next;
};

struct WarningList {
    Warning* first = nullptr;
    Warning* last = nullptr;
};

}  // namespace imugi::syntax
