// UnicodeDecodeError, UnicodeEncodeError, UnicodeTranslateError. Fields are written under the
// object's Lock; positions are single words.
#include <cstdio>

#include "object/buffer.h"
#include "object/bytes.h"
#include "object/exception_parts.h"
#include "object/int.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"

namespace imugi {

namespace {

bool check_type(Thread& thread, Value value, const Type& type, int position) {
    if (is_instance_of(value, type)) return true;
    return raise(thread, exc::TypeError, "argument {} must be {}, not {}", position, type,
                 is_none(value) ? FormatArgument("None") : type_name_of(value));
}

bool check_count(Thread& thread, Value self, const Arguments& arguments, uint32_t count) {
    if (arguments.names && arguments.names->size)
        return raise(thread, exc::TypeError, "{}() takes no keyword arguments", type_of(self));
    if (arguments.count == count) return true;
    return raise(thread, exc::TypeError, "function takes exactly {} arguments ({} given)", count,
                 arguments.count);
}

bool fill(Thread& thread, Value self, Value encoding, Owned object, Value start, Value end,
          Value reason, int reason_position) {
    auto& error = self.as<UnicodeFailure>();
    Index from = TRY(convert_index(thread, start));
    Index to = TRY(convert_index(thread, end));
    TRY(check_type(thread, reason, str_type, reason_position));
    if (!encoding.is_empty()) write_field(thread, &error, error.encoding, Owned::share(encoding));
    write_field(thread, &error, error.object, std::move(object));
    write_field(thread, &error, error.reason, Owned::share(reason));
    error.start.store(from, std::memory_order_relaxed);
    error.end.store(to, std::memory_order_relaxed);
    return true;
}

bool encode_error_init(Thread& thread, Value self, const Arguments& a) {
    TRY(check_count(thread, self, a, 5));
    TRY(set_args(thread, self, a));
    TRY(check_type(thread, a[0], str_type, 1) && check_type(thread, a[1], str_type, 2));
    return fill(thread, self, a[0], Owned::share(a[1]), a[2], a[3], a[4], 5);
}

bool decode_error_init(Thread& thread, Value self, const Arguments& a) {
    TRY(check_count(thread, self, a, 5));
    TRY(set_args(thread, self, a));
    TRY(check_type(thread, a[0], str_type, 1));
    Owned object = Owned::share(a[1]);
    if (!is_bytes(object)) {
        Buffer buffer(thread);
        if (!buffer.get(object)) return false;
        object = TRY(make_bytes(thread, buffer.data(), buffer.size()));
    }
    return fill(thread, self, a[0], std::move(object), a[2], a[3], a[4], 5);
}

bool translate_error_init(Thread& thread, Value self, const Arguments& a) {
    TRY(check_count(thread, self, a, 4));
    TRY(set_args(thread, self, a));
    TRY(check_type(thread, a[0], str_type, 1));
    return fill(thread, self, Value(), Owned::share(a[0]), a[1], a[2], a[3], 4);
}

struct Parts {
    Owned encoding, object, reason;
    Index start, end;
};
Parts read_parts(Thread& thread, UnicodeFailure& error) {
    Parts parts;
    parts.encoding = read_field(thread, &error, error.encoding);
    parts.object = read_field(thread, &error, error.object);
    parts.reason = read_field(thread, &error, error.reason);
    parts.start = error.start.load(std::memory_order_relaxed);
    parts.end = error.end.load(std::memory_order_relaxed);
    return parts;
}

// "\xe4", "\u20ac" or "\U0001f600".
void escape(char* out, size_t size, uint32_t c) {
    snprintf(out, size, c <= 0xFF ? "\\x%02x" : c <= 0xFFFF ? "\\u%04x" : "\\U%08x", c);
}

Owned encode_error_str(Thread& thread, Value self) {
    Parts p = read_parts(thread, self.as<UnicodeFailure>());
    if (!p.object || !p.encoding || !p.reason) return empty_str();
    Owned encoding = TRY(str(thread, p.encoding));
    Owned reason = TRY(str(thread, p.reason));
    auto length = is_str(p.object) ? static_cast<Index>(p.object.as<Str>().length()) : 0;
    if (p.start >= 0 && p.start < length && p.end == p.start + 1) {
        char text[16];
        escape(text, sizeof text, p.object.as<Str>()[static_cast<size_t>(p.start)]);
        return format(thread, "'{}' codec can't encode character '{}' in position {}: {}", encoding,
                      static_cast<const char*>(text), p.start, reason);
    }
    return format(thread, "'{}' codec can't encode characters in position {}-{}: {}", encoding,
                  p.start, p.end - 1, reason);
}

Owned decode_error_str(Thread& thread, Value self) {
    Parts p = read_parts(thread, self.as<UnicodeFailure>());
    if (!p.object || !p.encoding || !p.reason) return empty_str();
    Owned encoding = TRY(str(thread, p.encoding));
    Owned reason = TRY(str(thread, p.reason));
    auto length = is_bytes(p.object) ? static_cast<Index>(p.object.as<Bytes>().size) : 0;
    if (p.start >= 0 && p.start < length && p.end == p.start + 1) {
        char text[8];
        snprintf(text, sizeof text, "0x%02x", p.object.as<Bytes>().data()[p.start]);
        return format(thread, "'{}' codec can't decode byte {} in position {}: {}", encoding,
                      static_cast<const char*>(text), p.start, reason);
    }
    return format(thread, "'{}' codec can't decode bytes in position {}-{}: {}", encoding, p.start,
                  p.end - 1, reason);
}

Owned translate_error_str(Thread& thread, Value self) {
    Parts p = read_parts(thread, self.as<UnicodeFailure>());
    if (!p.object || !p.reason) return empty_str();
    Owned reason = TRY(str(thread, p.reason));
    auto length = is_str(p.object) ? static_cast<Index>(p.object.as<Str>().length()) : 0;
    if (p.start >= 0 && p.start < length && p.end == p.start + 1) {
        char text[16];
        escape(text, sizeof text, p.object.as<Str>()[static_cast<size_t>(p.start)]);
        return format(thread, "can't translate character '{}' in position {}: {}",
                      static_cast<const char*>(text), p.start, reason);
    }
    return format(thread, "can't translate characters in position {}-{}: {}", p.start, p.end - 1,
                  reason);
}

const MemberRow unicode_members[] = {
    {"encoding", MemberKind::kObject, offsetof(UnicodeFailure, encoding), false,
     "exception encoding"},
    {"object", MemberKind::kObject, offsetof(UnicodeFailure, object), false, "exception object"},
    {"start", MemberKind::kIndex, offsetof(UnicodeFailure, start), false, "exception start"},
    {"end", MemberKind::kIndex, offsetof(UnicodeFailure, end), false, "exception end"},
    {"reason", MemberKind::kObject, offsetof(UnicodeFailure, reason), false, "exception reason"},
    {},
};

}  // namespace

void customize_unicode_errors(Type& type, TypeSpec& spec) {
    bool decode = &type == &exc::UnicodeDecodeError, encode = &type == &exc::UnicodeEncodeError;
    if (!decode && !encode && &type != &exc::UnicodeTranslateError) return;
    spec.slots.init = decode   ? decode_error_init
                      : encode ? encode_error_init
                               : translate_error_init;
    spec.slots.str = decode ? decode_error_str : encode ? encode_error_str : translate_error_str;
    spec.slots.fields = visit_exception<3>;
    spec.members = unicode_members;
}

}  // namespace imugi
