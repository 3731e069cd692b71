// Doubles as text and back, exactly as Python writes and reads them: repr(), format codes, hex(),
// round(x, n). Pure functions over caller's memory, safe from any thread, independent of the C
// locale. The engine is std::to_chars/from_chars (Ryu and fast_float), which neither allocate nor
// look at the locale.
#pragma once

#include <cstddef>
#include <cstdint>

namespace imugi {

// ---- writing ----

struct FloatSpec {
    char code = 'r';             // e E f F g G % and r, the shortest text that reads back the same
    bool alternate = false;      // '#': keep the point, and g's trailing zeros
    bool add_dot_zero = false;   // "1.0" rather than "1"
    bool no_minus_zero = false;  // 'z' (PEP 682): what rounds to zero has no minus sign
    char sign = '-';             // '-', '+' or ' '
    size_t precision =
        6;  // ignored by 'r'; '%' and 'f' count digits behind the point, g all digits
};

// Bytes that format_float() needs; precisions up to 2**31 - 1.
[[nodiscard]] size_t format_float_room(double value, const FloatSpec& spec);
size_t format_float(char* out, double value, const FloatSpec& spec);

inline constexpr size_t float_repr_room = 32;
size_t float_repr(char* out, double value);  // repr(): "1.0", "1e+16", "inf", "nan"

inline constexpr size_t float_hex_room = 32;
size_t float_hex(char* out, double value);  // float.hex()

// ---- reading ---- whole ASCII text, white space already stripped

enum class FloatText : uint8_t { ok, invalid, overflow, no_memory };
// float(text): underscores between digits, inf, infinity, nan. Beyond the range: infinity, no
// error.
[[nodiscard]] FloatText parse_float(double* out, const char* text, size_t size);
// The longest prefix that is a float as the tokenizer, json and complex() need it: no underscores.
// 0: none.
[[nodiscard]] size_t parse_float_prefix(double* out, const char* text, size_t size);
[[nodiscard]] FloatText parse_float_hex(double* out, const char* text,
                                        size_t size);  // float.fromhex()

// ---- numbers ----

// round(value, digits), correctly rounded by way of the exact decimal text. False: too large for a
// double.
[[nodiscard]] bool round_float(double* out, double value, int64_t digits);
[[nodiscard]] bool float_is_integer(double value);
// A finite |value| == mantissa * 2**exponent with an odd mantissa (0 and 0 for zero).
void float_parts(double value, uint64_t* mantissa, int* exponent);

}  // namespace imugi
