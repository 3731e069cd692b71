// The tokenizer's numbers: all bases, underscores, fractions, exponents, and what may stand behind
// them.
#include "syntax/tokenizer.h"

namespace imugi::syntax {
namespace {

bool is_digit(int c) {
    return c >= '0' && c <= '9';
}
bool is_name_part(int c) {
    return unsigned((c | 32) - 'a') < 26 || c == '_' || is_digit(c) || c >= 128;
}
int digit_value(int c) {
    if (is_digit(c)) return c - '0';
    unsigned letter = unsigned((c | 32) - 'a');
    return letter < 6 ? int(letter) + 10 : 99;
}

}  // namespace

// Whether `word` is what comes next, as a whole word.
bool Tokenizer::follows(const char* word) {
    const char* at = cursor_;
    while (*word) {
        if (*at++ != *word++) return false;
    }
    return !is_name_part(uint8_t(*at));
}

// A keyword right behind a number is warned of, any other name is an error.
bool Tokenizer::check_number_end(int& c, const char* what) {
    if (options_.extra_tokens) return true;
    bool keyword = false;
    switch (c) {
        case 'a':
            keyword = follows("nd");
            break;
        case 'e':
            keyword = follows("lse");
            break;
        case 'f':
            keyword = follows("or");
            break;
        case 'i':
            keyword = *cursor_ == 'f' || *cursor_ == 'n' || *cursor_ == 's';
            break;
        case 'o':
            keyword = follows("r");
            break;
        case 'n':
            keyword = follows("ot");
            break;
        default:
            break;
    }
    if (keyword) {
        unread(c);
        std::string_view message = format("invalid %s literal", what);
        int32_t column = int32_t(start_ - line_start_);
        warn(message, message, line_, column + 1, line_, int32_t(cursor_ - line_start_) + 1);
        c = read();
        return true;
    }
    if (c >= 0 && c < 128 && is_name_part(c)) {
        unread(c);
        return fail(format("invalid %s literal", what));
    }
    return true;
}

// Digits and single underscores between them; `c` becomes what stands behind.
bool Tokenizer::read_decimal_tail(int& c) {
    for (;;) {
        do {
            c = read();
        } while (is_digit(c));
        if (c != '_') return true;
        c = read();
        if (!is_digit(c)) {
            unread(c);
            return fail("invalid decimal literal");
        }
    }
}

bool Tokenizer::read_based_digits(int& c, int base, const char* what) {
    c = read();
    do {
        if (c == '_') c = read();
        if (digit_value(c) >= base) {
            if (is_digit(c)) return fail(format("invalid digit '%c' in %s literal", c, what));
            unread(c);
            return fail(format("invalid %s literal", what));
        }
        do {
            c = read();
        } while (digit_value(c) < base);
    } while (c == '_');
    if (is_digit(c)) return fail(format("invalid digit '%c' in %s literal", c, what));
    return check_number_end(c, what);
}

bool Tokenizer::read_number(Token& token, int c) {
    const char* zeros_end = nullptr;
    if (c == '0') {
        c = read();
        int lower = c | 32;
        if (lower == 'x' || lower == 'o' || lower == 'b') {
            int base = lower == 'x' ? 16 : lower == 'o' ? 8 : 2;
            const char* what = lower == 'x' ? "hexadecimal" : lower == 'o' ? "octal" : "binary";
            if (!read_based_digits(c, base, what)) return false;
            unread(c);
            return finish(token, TokenKind::NUMBER);
        }
        for (;;) {
            if (c == '_') {
                c = read();
                if (!is_digit(c)) {
                    unread(c);
                    return fail("invalid decimal literal");
                }
            }
            if (c != '0') break;
            c = read();
        }
        if (is_digit(c)) {
            zeros_end = cursor_;
            if (!read_decimal_tail(c)) return false;
        }
    } else if (c != '.') {
        if (!read_decimal_tail(c)) return false;
    }
    bool floating = false;
    if (c == '.') {
        floating = true;
        c = read();
        if (is_digit(c) && !read_decimal_tail(c)) return false;
    }
    if (c == 'e' || c == 'E') {
        int e = c;
        c = read();
        if (c == '+' || c == '-') {
            c = read();
            if (!is_digit(c)) {
                unread(c);
                return fail("invalid decimal literal");
            }
        } else if (!is_digit(c)) {
            unread(c);
            if (!check_number_end(e, "decimal")) return false;
            unread(e);
            return finish(token, TokenKind::NUMBER);
        }
        floating = true;
        if (!read_decimal_tail(c)) return false;
    }
    if (c == 'j' || c == 'J') {
        c = read();
        if (!check_number_end(c, "imaginary")) return false;
    } else if (zeros_end && !floating && !options_.extra_tokens) {
        unread(c);
        return fail_range(
            "leading zeros in decimal integer literals are not permitted; "
            "use an 0o prefix for octal integers",
            int32_t(start_ + 1 - line_start_), int32_t(zeros_end - line_start_));
    } else if (!check_number_end(c, "decimal")) {
        return false;
    }
    unread(c);
    return finish(token, TokenKind::NUMBER);
}

}  // namespace imugi::syntax
