// The binascii module: bytes as text and back, over src/base/binary_text. No state of its own;
// arguments' memory is pinned by their buffers.
#include "base/binary_text.h"
#include "memory/heap.h"
#include "modules/native_class.h"
#include "object/buffer.h"
#include "object/bytes_methods.h"
#include "object/dict.h"
#include "object/exception.h"
#include "object/int.h"
#include "object/module.h"
#include "object/protocol.h"
#include "object/str.h"

namespace imugi {

namespace {

NativeException error_class("binascii.Error", exc::ValueError);
NativeException incomplete_class("binascii.Incomplete", exc::Exception);

// Bytes or an ASCII str.
class AsciiArgument {
  public:
    explicit AsciiArgument(Thread& thread) : thread_(thread), buffer_(thread) {}
    [[nodiscard]] bool load(Value value) {
        if (is_str(value)) {
            Str& s = value.as<Str>();
            if (!s.is_ascii())
                return raise(thread_, exc::ValueError,
                             "string argument should contain only ASCII characters");
            span_ = {s.data1(), s.length()};
            return true;
        }
        if (!has_buffer(value))
            return raise(thread_, exc::TypeError,
                         "argument should be bytes, buffer or ASCII string, not '{}'",
                         type_name_of(value));
        TRY(buffer_.get(value));
        span_ = {buffer_.data(), buffer_.size()};
        return true;
    }
    const uint8_t* data() const { return span_.data; }
    size_t size() const { return span_.size; }

  private:
    Thread& thread_;
    StableBuffer buffer_;
    ByteSpan span_;
};

bool too_large(size_t size) {
    return size > PTRDIFF_MAX / 8;
}

Owned a2b_hex(Thread& thread, Value text) {
    AsciiArgument argument(thread);
    TRY(argument.load(text));
    if (argument.size() % 2 != 0)
        return raise(thread, error_class.type(thread), "Odd-length string");
    Ref<Bytes> bytes = TRY(make_bytes_blank(thread, argument.size() / 2));
    size_t bad;
    if (!hex_decode(bytes_blank_data(*bytes), argument.data(), argument.size(), &bad))
        return raise(thread, error_class.type(thread), "Non-hexadecimal digit found");
    return make_bytes(thread, bytes->data(), bytes->size);
}

Owned b2a_hex(Thread& thread, Value data, Value separator, int group) {
    Buffer buffer(thread);
    TRY(buffer.get(data));
    Owned text = TRY(bytes_hex(thread, {buffer.data(), buffer.size()}, separator, group));
    return make_bytes(thread, text.as<Str>().data1(), text.as<Str>().length());
}

Owned a2b_base64(Thread& thread, Value data, bool strict) {
    AsciiArgument argument(thread);
    TRY(argument.load(data));
    if (too_large(argument.size())) return raise_memory_error(thread);
    Ref<Bytes> bytes = TRY(make_bytes_blank(thread, (argument.size() + 3) / 4 * 3));
    Base64Decoded decoded =
        base64_decode(bytes_blank_data(*bytes), argument.data(), argument.size(), strict);
    if (decoded.status == Base64Status::one_character_over) {
        char message[160];
        snprintf(message, sizeof message,
                 "Invalid base64-encoded string: number of data characters (%zu) cannot be 1 more "
                 "than a multiple of 4",
                 decoded.characters);
        return raise(thread, error_class.type(thread), "{}", message);
    }
    if (decoded.status != Base64Status::ok)
        return raise(thread, error_class.type(thread), "{}", base64_message(decoded.status));
    if (bytes->size == 0) return empty_bytes();
    return bytes_truncate(thread, std::move(bytes), decoded.size);
}

Owned b2a_base64(Thread& thread, Value data, bool newline) {
    Buffer buffer(thread);
    TRY(buffer.get(data));
    if (too_large(buffer.size()))
        return raise(thread, error_class.type(thread), "Too much data for base64 line");
    size_t size = base64_encoded_size(buffer.size());
    Ref<Bytes> bytes = TRY(make_bytes_blank(thread, size + newline));
    if (size + newline == 0) return empty_bytes();
    char* end = base64_encode(reinterpret_cast<char*>(bytes_blank_data(*bytes)), buffer.data(),
                              buffer.size());
    if (newline) *end = '\n';
    if (bytes->size == 1) return make_byte(thread, bytes->data()[0]);
    return std::move(bytes);
}

Owned a2b_uu(Thread& thread, Value data) {
    AsciiArgument argument(thread);
    TRY(argument.load(data));
    size_t size = uu_decoded_size(argument.data(), argument.size());
    Ref<Bytes> bytes = TRY(make_bytes_blank(thread, size));
    uint8_t nothing;
    UuStatus status =
        uu_decode(size ? bytes_blank_data(*bytes) : &nothing, argument.data(), argument.size());
    if (status != UuStatus::ok)
        return raise(thread, error_class.type(thread),
                     status == UuStatus::illegal_character ? "Illegal char" : "Trailing garbage");
    return make_bytes(thread, bytes->data(), bytes->size);
}

Owned b2a_uu(Thread& thread, Value data, bool backtick) {
    StableBuffer buffer(thread);
    TRY(buffer.get(data));
    if (buffer.size() > uu_most_bytes)
        return raise(thread, error_class.type(thread), "At most 45 bytes at once");
    Ref<Bytes> bytes = TRY(make_bytes_blank(thread, uu_encoded_size(buffer.size())));
    uu_encode(reinterpret_cast<char*>(bytes_blank_data(*bytes)), buffer.data(), buffer.size(),
              backtick);
    return std::move(bytes);
}

Owned a2b_qp(Thread& thread, Value data, bool header) {
    AsciiArgument argument(thread);
    TRY(argument.load(data));
    BytesBuilder builder(thread);
    TRY(builder.reserve(argument.size()));
    builder.advance(qp_decode(builder.end(), argument.data(), argument.size(), header));
    return builder.finish();
}

Owned b2a_qp(Thread& thread, Value data, bool quotetabs, bool istext, bool header) {
    StableBuffer buffer(thread);
    TRY(buffer.get(data));
    QpOptions options{quotetabs, istext, header};
    BytesBuilder builder(thread);
    TRY(builder.reserve(qp_encode(nullptr, buffer.data(), buffer.size(), options)));
    builder.advance(qp_encode(builder.end(), buffer.data(), buffer.size(), options));
    return builder.finish();
}

Result<uint32_t> checksum_start(Thread& thread, Value value) {
    Owned number = TRY(to_index(thread, value));
    return static_cast<uint32_t>(int_to_uint64_mask(number));
}

Owned crc_hqx_function(Thread& thread, Value data, Value crc) {
    Buffer buffer(thread);
    TRY(buffer.get(data));
    uint32_t start = TRY(checksum_start(thread, crc));
    return Owned::small_int(
        crc_hqx(buffer.data(), buffer.size(), static_cast<uint16_t>(start & 0xFFFF)));
}

Owned crc32_function(Thread& thread, Value data, Value crc) {
    Buffer buffer(thread);
    TRY(buffer.get(data));
    uint32_t start = TRY(checksum_start(thread, crc));
    return Owned::small_int(crc32_of(buffer.data(), buffer.size(), start));
}

const MethodRow functions[] = {
    {"a2b_uu", "(data, /)", fn<a2b_uu>, "Decodes a line of uuencoded data."},
    {"b2a_uu", "(data, /, *, backtick=False)", fn<b2a_uu>, "Uuencodes a line of data."},
    {"a2b_base64", "(data, /, *, strict_mode=False)", fn<a2b_base64>,
     "Decodes a line of base64 data.\n\nstrict_mode: data that is not valid base64 raises."},
    {"b2a_base64", "(data, /, *, newline=True)", fn<b2a_base64>, "Encodes data as base64."},
    {"a2b_hex", "(hexstr, /)", fn<a2b_hex>, "The bytes that pairs of hexadecimal digits mean."},
    {"b2a_hex", "(data, sep=<unrepresentable>, bytes_per_sep=1)", fn<b2a_hex>,
     "Hexadecimal digits of the data, as bytes."},
    {"hexlify", "(data, sep=<unrepresentable>, bytes_per_sep=1)", fn<b2a_hex>,
     "Hexadecimal digits of the data, as bytes."},
    {"unhexlify", "(hexstr, /)", fn<a2b_hex>, "The bytes that pairs of hexadecimal digits mean."},
    {"crc_hqx", "(data, crc, /)", fn<crc_hqx_function>, "CRC-CCITT, going on from crc."},
    {"crc32", "(data, crc=0, /)", fn<crc32_function>, "CRC-32, going on from crc."},
    {"a2b_qp", "(data, header=False)", fn<a2b_qp>, "Decodes quoted-printable data."},
    {"b2a_qp", "(data, quotetabs=False, istext=True, header=False)", fn<b2a_qp>,
     "Encodes data as quoted-printable.\n\nquotetabs: spaces and tabs inside lines too; istext "
     "false: line ends too;\nheader: spaces as underscores."},
    {},
};

bool execute(Thread& thread, Module& module) {
    return error_class.add_to(thread, module) && incomplete_class.add_to(thread, module);
}

ModuleSpec binascii_module("binascii", "Conversion between binary data and ASCII", functions,
                           execute);

}  // namespace

}  // namespace imugi
