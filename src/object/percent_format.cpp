// The % operator of str and bytes: printf-style directives with Python's conversions.
//
// One implementation: bytes are formatted as Latin-1 text. The format is immutable or pinned by the
// caller; conversions run Python.
#include <climits>

#include "base/float_text.h"
#include "memory/heap.h"
#include "object/buffer.h"
#include "object/bytes.h"
#include "object/call.h"
#include "object/float.h"
#include "object/int.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/text_slice.h"
#include "object/tuple.h"

namespace imugi {

namespace {

struct Directive {
    bool left = false, plus = false, space = false, alternate = false, zero = false;
    Index width = -1, precision = -1;
    uint32_t code = 0;
    Owned value;  // the mapping's item; empty: the next argument
};

class PercentFormatter {
  public:
    PercentFormatter(Thread& thread, Str& format, Value arguments, bool bytes)
        : thread_(thread), format_(format), arguments_(arguments), bytes_(bytes), out_(thread) {
        if (is_tuple(arguments)) {
            tuple_ = &arguments.as<Tuple>();
        } else {
            bool text =
                is_str(arguments) || (bytes && (is_bytes(arguments) || is_bytearray(arguments)));
            is_mapping_ = !text && type_of(arguments).slots.subscript != nullptr;
        }
    }

    Ref<Str> run() {
        size_t end = format_.length();
        while (at_ < end) {
            Index found = str_find_char(format_, '%', at_, end);
            size_t stop = found < 0 ? end : static_cast<size_t>(found);
            if (at_ == 0 && stop == end) whole_ = Ref<Str>::share(format_);
            TRY(out_.append(format_, at_, stop));
            if (stop == end) break;
            directive_ = stop;
            at_ = stop + 1;
            Directive directive;
            TRY(read(directive));
            TRY(put(directive));
        }
        if (!is_mapping_ && used_ < count())
            return raise(thread_, exc::TypeError,
                         bytes_ ? "not all arguments converted during bytes formatting"
                                : "not all arguments converted during string formatting");
        if (whole_ && whole_->length() == out_.length()) return std::move(whole_);
        return out_.finish();
    }

  private:
    size_t count() const { return tuple_ ? tuple_->size : 1; }

    Owned next_argument() {
        if (used_ < count()) {
            size_t i = used_++;
            return Owned::share(tuple_ ? (*tuple_)[i] : arguments_);
        }
        return raise(thread_, exc::TypeError, "not enough arguments for format string");
    }

    bool at_end() const { return at_ >= format_.length(); }
    Raised incomplete() { return raise(thread_, exc::ValueError, "incomplete format"); }

    // --- reading a directive ---

    bool read_key(Directive& directive) {
        if (!is_mapping_) return raise(thread_, exc::TypeError, "format requires a mapping");
        size_t begin = ++at_;
        for (int depth = 1; depth > 0; at_++) {
            if (at_end()) return raise(thread_, exc::ValueError, "incomplete format key");
            if (format_[at_] == '(') depth++;
            if (format_[at_] == ')') depth--;
        }
        Ref<Str> key = TRY(str_substring(thread_, format_, begin, at_ - 1));
        Owned looked_up = key.share();
        if (bytes_) looked_up = TRY(make_bytes(thread_, key->data1(), key->length()));
        directive.value = TRY(get_item(thread_, arguments_, looked_up));
        return true;
    }

    // A number or '*'; -1 when there is none.
    bool read_size(Index* out, const char* too_big, bool is_width, Directive& directive) {
        if (!at_end() && format_[at_] == '*') {
            at_++;
            Owned value = TRY(next_argument());
            if (!is_int(value)) return raise(thread_, exc::TypeError, "* wants int");
            int64_t n;
            if (!int_fits_int64(value, &n) || (!is_width && (n > INT_MAX || n < INT_MIN)))
                return raise(thread_, exc::OverflowError,
                             is_width ? "Python int too large to convert to C ssize_t"
                                      : "Python int too large to convert to C int");
            if (is_width && n < 0) {
                directive.left = true;
                n = -n;
            }
            *out = n < 0 ? 0 : n;
            return true;
        }
        Index value = 0;
        bool any = false;
        while (!at_end() && format_[at_] - '0' < 10) {
            if (value > ((is_width ? Index{PTRDIFF_MAX} : Index{INT_MAX}) -
                         static_cast<Index>(format_[at_] - '0')) /
                            10)
                return raise(thread_, exc::ValueError, "{}", too_big);
            value = value * 10 + static_cast<Index>(format_[at_++] - '0');
            any = true;
        }
        if (any || !is_width) *out = value;
        return true;
    }

    bool read(Directive& directive) {
        if (!at_end() && format_[at_] == '(') TRY(read_key(directive));
        for (; !at_end(); at_++) {
            uint32_t c = format_[at_];
            if (c == '-')
                directive.left = true;
            else if (c == '+')
                directive.plus = true;
            else if (c == ' ')
                directive.space = true;
            else if (c == '#')
                directive.alternate = true;
            else if (c == '0')
                directive.zero = true;
            else
                break;
        }
        TRY(read_size(&directive.width, "width too big", true, directive));
        if (!at_end() && format_[at_] == '.') {
            at_++;
            TRY(read_size(&directive.precision, bytes_ ? "prec too big" : "precision too big",
                          false, directive));
        }
        if (!at_end() && (format_[at_] == 'h' || format_[at_] == 'l' || format_[at_] == 'L')) at_++;
        if (at_end()) return incomplete();
        directive.code = format_[at_++];
        return true;
    }

    // --- writing one ---

    bool put(Directive& directive) {
        if (directive.code == '%' && at_ - directive_ == 2) return out_.append(uint32_t{'%'});
        if (directive.code == '%') return unsupported(directive);
        Owned value = directive.value ? std::move(directive.value) : next_argument();
        if (!value) return false;
        switch (directive.code) {
            case 's':
            case 'b':
            case 'r':
            case 'a':
                if (directive.code == 'b' && !bytes_) break;
                return put_text(directive, value);
            case 'c':
                return put_character(directive, value);
            case 'd':
            case 'i':
            case 'u':
            case 'o':
            case 'x':
            case 'X':
                return put_int(directive, value);
            case 'e':
            case 'E':
            case 'f':
            case 'F':
            case 'g':
            case 'G':
                return put_float(directive, value);
            default:
                break;
        }
        return unsupported(directive);
    }

    Raised unsupported(const Directive& directive) {
        char shown[16] = {};
        if (directive.code >= 32 && directive.code < 127)
            shown[0] = static_cast<char>(directive.code);
        else
            shown[0] = '?';
        char hex[16];
        snprintf(hex, sizeof hex, "0x%x", directive.code);
        return raise(thread_, exc::ValueError, "unsupported format character '{}' ({}) at index {}",
                     shown, hex, static_cast<int64_t>(at_ - 1));
    }

    Owned bytes_text(Value value) {
        Ref<Bytes> bytes;
        if (is_bytes(value)) {
            bytes = Ref<Bytes>::share(value.as<Bytes>());
        } else if (has_buffer(value)) {
            bytes = TRY(bytes_from_object(thread_, value));
        } else {
            Owned made = TRY(call_special(thread_, value, ID(__bytes__)));
            if (made.is_nothing())
                return raise(thread_, exc::TypeError,
                             "%b requires a bytes-like object, or an object that implements "
                             "__bytes__, not '{}'",
                             type_name_of(value));
            if (!is_bytes(made))
                return raise(thread_, exc::TypeError, "__bytes__ returned non-bytes (type {})",
                             type_name_of(made));
            bytes = Ref<Bytes>::adopt(std::move(made));
        }
        return make_str_from_units(thread_, bytes->data(), 1, bytes->size);
    }

    bool put_text(const Directive& directive, Value value) {
        Owned text;
        if (directive.code == 'a' || (bytes_ && directive.code == 'r'))
            text = ascii(thread_, value);
        else if (directive.code == 'r')
            text = repr(thread_, value);
        else
            text = bytes_ ? bytes_text(value) : str(thread_, value);
        if (!text) return false;
        Str& s = text.as<Str>();
        size_t length = s.length();
        if (directive.precision >= 0 && static_cast<size_t>(directive.precision) < length)
            length = static_cast<size_t>(directive.precision);
        else if (out_.length() == 0 && is_exact_str(text))
            whole_ = Ref<Str>::share(s);
        return put_padded(directive, s, length);
    }

    bool put_padded(const Directive& directive, const Str& s, size_t length) {
        size_t width = directive.width < 0 ? 0 : static_cast<size_t>(directive.width);
        size_t padding = width > length ? width - length : 0;
        if (!directive.left) TRY(out_.append_repeated(' ', padding));
        TRY(out_.append(s, 0, length));
        return !directive.left || out_.append_repeated(' ', padding);
    }

    bool put_character(const Directive& directive, Value value) {
        uint32_t limit = bytes_ ? 0xFF : 0x10FFFF;
        uint32_t c;
        if (bytes_ && (is_bytes(value) || is_bytearray(value))) {
            Ref<Bytes> bytes = TRY(bytes_from_object(thread_, value));
            if (bytes->size != 1)
                return raise(thread_, exc::TypeError,
                             "%c requires an integer in range(256) or a single byte, not a {} "
                             "object of length {}",
                             is_bytes(value) ? "bytes" : "bytearray",
                             static_cast<int64_t>(bytes->size));
            c = bytes->data()[0];
        } else if (!bytes_ && is_str(value)) {
            Str& s = value.as<Str>();
            if (s.length() != 1)
                return raise(thread_, exc::TypeError,
                             "%c requires an int or a unicode character, not a string of length {}",
                             static_cast<int64_t>(s.length()));
            c = s[0];
        } else if (has_index(value)) {
            Owned number = TRY(to_index(thread_, value));
            int64_t n;
            if (!int_fits_int64(number, &n) || n < 0 || n > int64_t{limit})
                return raise(thread_, exc::OverflowError,
                             bytes_ ? "%c arg not in range(256)" : "%c arg not in range(0x110000)");
            c = static_cast<uint32_t>(n);
        } else {
            return raise(thread_, exc::TypeError,
                         bytes_ ? "%c requires an integer in range(256) or a single byte, not {}"
                                : "%c requires an int or a unicode character, not {}",
                         type_name_of(value));
        }
        Ref<Str> s = TRY(make_str_from_char(thread_, c));
        return put_padded(directive, *s, 1);
    }

    // Sign, prefix, and digits with zeros or spaces to the width.
    bool put_number(const Directive& directive, char sign, const char* prefix, const char* digits,
                    size_t size, size_t zeros) {
        size_t length = (sign != 0) + strlen(prefix) + size + zeros;
        size_t width = directive.width < 0 ? 0 : static_cast<size_t>(directive.width);
        size_t padding = width > length ? width - length : 0;
        if (!directive.left && !directive.zero) TRY(out_.append_repeated(' ', padding));
        if (sign) TRY(out_.append(static_cast<uint32_t>(sign)));
        TRY(out_.append(prefix));
        if (!directive.left && directive.zero) TRY(out_.append_repeated('0', padding));
        TRY(out_.append_repeated('0', zeros));
        TRY(out_.append(digits, size));
        return !directive.left || out_.append_repeated(' ', padding);
    }

    char sign_of(const Directive& directive, bool negative) const {
        return negative ? '-' : directive.plus ? '+' : directive.space ? ' ' : 0;
    }

    Owned integer_of(const Directive& directive, Value value) {
        bool decimal = directive.code == 'd' || directive.code == 'i' || directive.code == 'u';
        const Slots& slots = type_of(value).slots;
        bool number = is_int(value) || slots.index || slots.to_int || slots.to_float;
        Owned result;
        if (number) {
            if (is_int(value)) return Owned::share(value);
            result = decimal ? to_int(thread_, value) : to_index(thread_, value);
            if (result) return result;
            if (!clear_exception_if(thread_, exc::TypeError)) return {};
        }
        return raise(thread_, exc::TypeError,
                     decimal ? "%{} format: a real number is required, not {}"
                             : "%{} format: an integer is required, not {}",
                     static_cast<char>(directive.code), type_name_of(value));
    }

    bool put_int(const Directive& directive, Value value) {
        Owned number = TRY(integer_of(directive, value));
        int base = directive.code == 'o' ? 8 : (directive.code | 32) == 'x' ? 16 : 10;
        Owned digits = TRY(int_to_str(thread_, number, base));
        Str& s = digits.as<Str>();
        bool negative = s[0] == '-';
        size_t size = s.length() - negative;
        auto* text = reinterpret_cast<const char*>(s.data1()) + negative;
        const char* prefix = "";
        if (directive.alternate)
            prefix = directive.code == 'o'   ? "0o"
                     : directive.code == 'x' ? "0x"
                     : directive.code == 'X' ? "0X"
                                             : "";
        auto least = static_cast<size_t>(directive.precision < 0 ? 0 : directive.precision);
        size_t zeros = least > size ? least - size : 0;
        if (zeros > INT_MAX) return raise(thread_, exc::OverflowError, "precision too large");
        if (directive.code != 'X')
            return put_number(directive, sign_of(directive, negative), prefix, text, size, zeros);
        Owned upper = TRY(call_method(thread_, digits, ID(upper)));
        text = reinterpret_cast<const char*>(upper.as<Str>().data1()) + negative;
        return put_number(directive, sign_of(directive, negative), prefix, text, size, zeros);
    }

    bool put_float(const Directive& directive, Value value) {
        Result<double> number = to_double(thread_, value);
        if (!number) {
            if (bytes_ && exception_matches(thread_, exc::TypeError)) {
                clear_exception(thread_);
                return raise(thread_, exc::TypeError, "float argument required, not {}",
                             type_name_of(value));
            }
            return false;
        }
        FloatSpec spec;
        spec.code = static_cast<char>(directive.code);
        spec.alternate = directive.alternate;
        spec.precision = directive.precision < 0 ? 6 : static_cast<size_t>(directive.precision);
        size_t room = format_float_room(*number, spec) + 1;
        char local[512];
        char* text = room <= sizeof local ? local : static_cast<char*>(array_allocate(room));
        if (!text) return raise_memory_error(thread_);
        size_t size = format_float(text, *number, spec);
        bool negative = *text == '-';
        bool ok = put_number(directive, sign_of(directive, negative), "", text + negative,
                             size - negative, 0);
        if (text != local) array_free(text);
        return ok;
    }

    Thread& thread_;
    Str& format_;
    Value arguments_;
    Tuple* tuple_ = nullptr;
    bool bytes_, is_mapping_ = false;
    size_t at_ = 0, used_ = 0;
    size_t directive_ = 0;  // where the one being read begins
    StrBuilder out_;
    Ref<Str> whole_;  // the result, when nothing else is put behind this text
};

}  // namespace

Owned str_format_percent(Thread& thread, Str& format, Value arguments) {
    PercentFormatter formatter(thread, format, arguments, false);
    return formatter.run();
}

Ref<Bytes> bytes_format_percent(Thread& thread, const uint8_t* format, size_t size,
                                Value arguments) {
    Ref<Str> text = TRY(make_str_from_units(thread, format, 1, size));
    PercentFormatter formatter(thread, *text, arguments, true);
    Ref<Str> result = TRY(formatter.run());
    return make_bytes(thread, result->data1(), result->length());
}

}  // namespace imugi
