// Uuencode and quoted-printable of binary_text.h.
#include <cstring>

#include "base/binary_text.h"

namespace imugi {
namespace {

constexpr size_t qp_line = 76;
constexpr char upper_hex[] = "0123456789ABCDEF";

// Counts when there is no buffer.
class QpWriter {
  public:
    explicit QpWriter(uint8_t* out) : out_(out) {}

    void put(uint8_t byte) {
        if (out_ != nullptr) out_[size_] = byte;
        last_ = byte;
        ++size_;
    }
    void put_quoted(uint8_t byte) {
        put('=');
        put(static_cast<uint8_t>(upper_hex[byte >> 4]));
        put(static_cast<uint8_t>(upper_hex[byte & 15]));
    }
    void put_newline(bool crlf) {
        if (crlf) put('\r');
        put('\n');
    }
    // Replaces white space at the end of the line by its code.
    void protect_end() {
        if (size_ == 0 || (last_ != ' ' && last_ != '\t')) return;
        --size_;
        put_quoted(last_);
    }
    size_t size() const { return size_; }

  private:
    uint8_t* out_;
    size_t size_ = 0;
    uint8_t last_ = 0;
};

bool must_quote(const uint8_t* data, size_t i, size_t size, size_t column, QpOptions options) {
    uint8_t c = data[i];
    bool last = i + 1 == size;
    if (c > 126 || c == '=' || (options.header && c == '_')) return true;
    if (c == '.' && column == 0) {
        // A lone dot ends an SMTP message.
        return last || data[i + 1] == '\n' || data[i + 1] == '\r' || data[i + 1] == 0;
    }
    if (c == '\r' || c == '\n') return !options.is_text;
    if (c == '\t' || c == ' ') return last || options.quote_tabs;
    return c < 33;
}

}  // namespace

size_t uu_encoded_size(size_t size) {
    return 2 + (size + 2) / 3 * 4;
}

void uu_encode(char* out, const uint8_t* data, size_t size, bool backtick) {
    auto put = [&](uint32_t bits) {
        *out++ = bits == 0 && backtick ? '`' : static_cast<char>(' ' + bits);
    };
    put(static_cast<uint32_t>(size));
    for (size_t i = 0; i < size; i += 3) {
        uint32_t bits = uint32_t{data[i]} << 16;
        if (i + 1 < size) bits |= uint32_t{data[i + 1]} << 8;
        if (i + 2 < size) bits |= data[i + 2];
        for (int shift = 18; shift >= 0; shift -= 6) put(bits >> shift & 63);
    }
    *out = '\n';
}

size_t uu_decoded_size(const uint8_t* text, size_t size) {
    // A missing length character counts as NUL.
    uint32_t lead = size == 0 ? 0 : text[0];
    return (lead - ' ') & 63;
}

UuStatus uu_decode(uint8_t* out, const uint8_t* text, size_t size) {
    size_t wanted = uu_decoded_size(text, size);
    size_t i = size == 0 ? 0 : 1;
    uint32_t bits = 0;
    unsigned have = 0;
    while (wanted > 0) {
        // Mail programs strip spaces, that is zeros, from the end of lines.
        uint32_t value = 0;
        if (i < size && text[i] != '\n' && text[i] != '\r') {
            if (text[i] < ' ' || text[i] > ' ' + 64) return UuStatus::illegal_character;
            value = (text[i] - ' ') & 63u;
        }
        ++i;
        bits = bits << 6 | value;
        have += 6;
        if (have >= 8) {
            have -= 8;
            *out++ = static_cast<uint8_t>(bits >> have);
            --wanted;
        }
    }
    for (; i < size; ++i) {
        if (text[i] != ' ' && text[i] != '`' && text[i] != '\n' && text[i] != '\r')
            return UuStatus::trailing_garbage;
    }
    return UuStatus::ok;
}

size_t qp_decode(uint8_t* out, const uint8_t* text, size_t size, bool header) {
    size_t to = 0;
    for (size_t i = 0; i < size;) {
        uint8_t c = text[i++];
        if (c != '=') {
            out[to++] = header && c == '_' ? ' ' : c;
            continue;
        }
        if (i == size) break;
        if (text[i] == '\n' || text[i] == '\r') {
            // A soft line break swallows the rest of its line.
            while (i < size && text[i] != '\n') ++i;
            if (i < size) ++i;
        } else if (text[i] == '=') {
            out[to++] = '=';
            ++i;
        } else if (i + 1 < size && hex_digit_value(text[i]) >= 0 &&
                   hex_digit_value(text[i + 1]) >= 0) {
            out[to++] =
                static_cast<uint8_t>(hex_digit_value(text[i]) << 4 | hex_digit_value(text[i + 1]));
            i += 2;
        } else {
            out[to++] = '=';
        }
    }
    return to;
}

size_t qp_encode(uint8_t* out, const uint8_t* data, size_t size, QpOptions options) {
    QpWriter writer(out);
    auto* newline = size == 0 ? nullptr : static_cast<const uint8_t*>(memchr(data, '\n', size));
    bool crlf = newline != nullptr && newline > data && newline[-1] == '\r';
    size_t column = 0;
    auto soft_break = [&] {
        writer.put('=');
        writer.put_newline(crlf);
        column = 0;
    };
    for (size_t i = 0; i < size;) {
        uint8_t c = data[i];
        if (must_quote(data, i, size, column, options)) {
            if (column + 3 >= qp_line) soft_break();
            writer.put_quoted(c);
            column += 3;
            ++i;
            continue;
        }
        bool pair = c == '\r' && i + 1 < size && data[i + 1] == '\n';
        if (options.is_text && (c == '\n' || pair)) {
            writer.protect_end();
            writer.put_newline(crlf);
            column = 0;
            i += pair ? 2 : 1;
            continue;
        }
        if (i + 1 != size && data[i + 1] != '\n' && column + 1 >= qp_line) soft_break();
        writer.put(options.header && c == ' ' ? '_' : c);
        ++column;
        ++i;
    }
    return writer.size();
}

}  // namespace imugi
