// UTF-8, UTF-16, UTF-32, Latin-1 and ASCII: fast paths over src/base, error handling by Decoder and
// Encoder. Text is immutable; input bytes are held by the caller.
#include "base/utf8.h"
#include "object/codecs.h"
#include "object/errors.h"

namespace imugi {

namespace {

template <class Unit>
Ref<Str> make_wide(Thread& thread, const uint8_t* data, size_t size, ByteOrder order,
                   const DecodeScan& scan) {
    if (scan.code_points == 0) return empty_str();
    Ref<Str> s = TRY(make_str_blank(thread, scan.code_points, scan.width));
    void* out = str_blank_data(*s);
    auto decode = [&](auto* units) {
        if constexpr (sizeof(Unit) == 2)
            utf16_decode(units, data, size, order);
        else
            utf32_decode(units, data, size, order);
    };
    if (s->unit() == 1)
        decode(static_cast<uint8_t*>(out));
    else if (s->unit() == 2)
        decode(static_cast<uint16_t*>(out));
    else
        decode(static_cast<uint32_t*>(out));
    if (s->length() == 1) return make_str_from_char(thread, (*s)[0]);
    return s;
}

}  // namespace

Owned decode_utf8_partial(Thread& thread, const uint8_t* data, size_t size, const char* errors,
                          size_t* consumed) {
    bool final = consumed == nullptr;
    DecodeScan scan = utf8_scan(data, size, Surrogates::reject, final);
    if (scan.status == CodecStatus::ok || scan.status == CodecStatus::incomplete) {
        if (consumed) *consumed = scan.consumed;
        return make_str_from_utf8_scan(thread, data, scan.consumed, scan);
    }
    Decoder decoder(thread, "utf-8", data, size, errors);
    for (;;) {
        const uint8_t* at = decoder.data + decoder.at;
        scan = utf8_scan(at, decoder.size - decoder.at, Surrogates::reject, final);
        TRY(decoder.out.append_utf8(reinterpret_cast<const char*>(at), scan.consumed));
        decoder.at += scan.consumed;
        if (scan.status == CodecStatus::ok || scan.status == CodecStatus::incomplete) break;
        TRY(decoder.error(decoder.at, decoder.at + scan.error_size, codec_reason(scan.status)));
    }
    if (consumed) *consumed = decoder.at;
    return decoder.out.finish();
}

Owned decode_utf8(Thread& thread, const char* bytes, size_t size, const char* errors) {
    return decode_utf8_partial(thread, reinterpret_cast<const uint8_t*>(bytes), size, errors,
                               nullptr);
}

Ref<Str> decode_fs(Thread& thread, const char* bytes, size_t size) {
    return Ref<Str>::adopt(decode_utf8(thread, bytes, size, "surrogateescape"));
}

Owned decode_latin1(Thread& thread, const uint8_t* data, size_t size) {
    return make_str_from_units(thread, data, 1, size);
}

Owned decode_ascii(Thread& thread, const uint8_t* data, size_t size, const char* errors) {
    if (ascii_prefix(data, size) == size) return make_str_from_units(thread, data, 1, size);
    Decoder decoder(thread, "ascii", data, size, errors);
    while (decoder.at < decoder.size) {
        const uint8_t* at = decoder.data + decoder.at;
        size_t run = ascii_prefix(at, decoder.size - decoder.at);
        TRY(decoder.out.append(reinterpret_cast<const char*>(at), run));
        decoder.at += run;
        if (decoder.at < decoder.size)
            TRY(decoder.error(decoder.at, decoder.at + 1, "ordinal not in range(128)"));
    }
    return decoder.out.finish();
}

namespace {

// UTF-16 (Unit uint16_t) and UTF-32 alike.
template <class Unit>
Owned decode_wide(Thread& thread, const uint8_t* data, size_t size, const char* errors, int* order,
                  size_t* consumed) {
    constexpr bool is16 = sizeof(Unit) == 2;
    bool final = consumed == nullptr;
    size_t skipped = 0;
    ByteOrder byte_order = *order > 0 ? ByteOrder::big : ByteOrder::little;
    if (*order == 0) {
        ByteOrderMark mark = is16 ? utf16_mark(data, size) : utf32_mark(data, size);
        skipped = mark.size;
        byte_order = mark.size ? mark.order : native_order;
        if (mark.size) *order = byte_order == ByteOrder::big ? 1 : -1;
    }
    bool big = byte_order == ByteOrder::big;
    const char* name = is16 ? (big ? "utf-16-be" : "utf-16-le") : (big ? "utf-32-be" : "utf-32-le");
    auto scan_at = [&](const uint8_t* at, size_t left) {
        return is16 ? utf16_scan(at, left, byte_order, Surrogates::reject, final)
                    : utf32_scan(at, left, byte_order, Surrogates::reject, final);
    };
    DecodeScan scan = scan_at(data + skipped, size - skipped);
    if (scan.status == CodecStatus::ok || scan.status == CodecStatus::incomplete) {
        if (consumed) *consumed = skipped + scan.consumed;
        return make_wide<Unit>(thread, data + skipped, scan.consumed, byte_order, scan);
    }
    Decoder decoder(thread, name, data, size, errors);
    decoder.at = skipped;
    for (;;) {
        const uint8_t* at = decoder.data + decoder.at;
        scan = scan_at(at, decoder.size - decoder.at);
        Ref<Str> part = TRY(make_wide<Unit>(thread, at, scan.consumed, byte_order, scan));
        TRY(decoder.out.append(*part));
        decoder.at += scan.consumed;
        if (scan.status == CodecStatus::ok || scan.status == CodecStatus::incomplete) break;
        TRY(decoder.error(decoder.at, decoder.at + scan.error_size, codec_reason(scan.status)));
    }
    if (consumed) *consumed = decoder.at;
    return decoder.out.finish();
}

// How a codec of Unicode puts text: scan for what it cannot say, encode the rest.
struct Utf8Codec {
    static constexpr size_t unit = 1;
    static constexpr bool ascii_replacements = true;
    static constexpr const char* reason = "surrogates not allowed";
    template <class Unit>
    static EncodeScan scan(const Unit* units, size_t size, const void*) {
        return utf8_encode_scan(units, size, Surrogates::reject);
    }
    template <class Unit>
    static void encode(uint8_t* out, const Unit* units, size_t size, const void*) {
        utf8_encode(out, units, size);
    }
    static size_t error_end(const Str& s, size_t start) {
        while (start < s.length() && is_surrogate(s[start])) start++;
        return start;
    }
};
struct Utf16Codec : Utf8Codec {
    static constexpr size_t unit = 2;
    template <class Unit>
    static EncodeScan scan(const Unit* units, size_t size, const void*) {
        return utf16_encode_scan(units, size, Surrogates::reject);
    }
    template <class Unit>
    static void encode(uint8_t* out, const Unit* units, size_t size, const void* order) {
        utf16_encode(out, units, size, *static_cast<const ByteOrder*>(order));
    }
    static size_t error_end(const Str&, size_t start) { return start + 1; }
};
struct Utf32Codec : Utf16Codec {
    static constexpr size_t unit = 4;
    template <class Unit>
    static EncodeScan scan(const Unit* units, size_t size, const void*) {
        return utf32_encode_scan(units, size, Surrogates::reject);
    }
    template <class Unit>
    static void encode(uint8_t* out, const Unit* units, size_t size, const void* order) {
        utf32_encode(out, units, size, *static_cast<const ByteOrder*>(order));
    }
};
template <uint32_t limit>
struct NarrowCodec {
    static constexpr size_t unit = 1;
    static constexpr bool ascii_replacements = false;
    static constexpr const char* reason =
        limit == max_ascii ? "ordinal not in range(128)" : "ordinal not in range(256)";
    template <class Unit>
    static EncodeScan scan(const Unit* units, size_t size, const void*) {
        size_t stop = first_above(units, size, limit);
        return {stop, stop};
    }
    template <class Unit>
    static void encode(uint8_t* out, const Unit* units, size_t size, const void*) {
        copy_units(out, units, size);
    }
    static size_t error_end(const Str& s, size_t start) {
        return visit_units(s, [&](const auto* units) {
            return end_of_run_above(units, s.length(), start, limit);
        });
    }
};

// Appends the encodable run of `s` from `at` on; gives its end.
template <class Codec>
bool put_run(Encoder& encoder, const Str& s, size_t at, size_t* stop) {
    return visit_units(s, [&](const auto* units) {
        EncodeScan scan = Codec::scan(units + at, s.length() - at, encoder.context);
        if (!encoder.out.reserve(scan.bytes)) return false;
        Codec::encode(encoder.out.end(), units + at, scan.stop, encoder.context);
        encoder.out.advance(scan.bytes);
        *stop = at + scan.stop;
        return true;
    });
}

template <class Codec>
Put put_text(Encoder& encoder, const Str& s) {
    if (Codec::ascii_replacements && !s.is_ascii()) return Put::kImpossible;
    size_t stop, before = encoder.out.size();
    if (!put_run<Codec>(encoder, s, 0, &stop)) return Put::kRaised;
    if (stop == s.length()) return Put::kDone;
    encoder.out.truncate(before);
    return Put::kImpossible;
}

template <class Codec>
Owned encode_with(Thread& thread, const char* name, Str& s, const char* errors,
                  const ByteOrder* order = nullptr, bool mark = false) {
    if (!mark) {
        // Mostly all of it can be said: straight into the result.
        Owned whole = visit_units(s, [&](const auto* units) -> Owned {
            EncodeScan scan = Codec::scan(units, s.length(), order);
            if (scan.stop != s.length()) return Owned::nothing();
            Ref<Bytes> bytes = TRY(make_bytes_blank(thread, scan.bytes));
            Codec::encode(bytes_blank_data(*bytes), units, s.length(), order);
            if (scan.bytes == 1) return make_byte(thread, bytes->data()[0]);
            return std::move(bytes);
        });
        if (!whole.is_nothing()) return whole;
    }
    Encoder encoder(thread, name, s, errors, put_text<Codec>);
    encoder.context = order;
    encoder.unit = Codec::unit;
    if (mark) {
        Ref<Str> bom = TRY(make_str_from_char(thread, 0xFEFF));
        size_t stop;
        TRY(put_run<Codec>(encoder, *bom, 0, &stop));
    }
    for (;;) {
        size_t stop;
        TRY(put_run<Codec>(encoder, s, encoder.at, &stop));
        encoder.at = stop;
        if (stop == s.length()) break;
        TRY(encoder.error(stop, Codec::error_end(s, stop), Codec::reason));
    }
    return encoder.out.finish();
}

}  // namespace

Owned decode_utf16(Thread& thread, const uint8_t* data, size_t size, const char* errors, int* order,
                   size_t* consumed) {
    return decode_wide<uint16_t>(thread, data, size, errors, order, consumed);
}
Owned decode_utf32(Thread& thread, const uint8_t* data, size_t size, const char* errors, int* order,
                   size_t* consumed) {
    return decode_wide<uint32_t>(thread, data, size, errors, order, consumed);
}

Owned encode_utf8(Thread& thread, Str& s, const char* errors) {
    if (s.is_ascii() && s.length() != 1) return make_bytes(thread, s.data(), s.length());
    return encode_with<Utf8Codec>(thread, "utf-8", s, errors);
}
Owned encode_latin1(Thread& thread, Str& s, const char* errors) {
    if (s.unit() == 1) return make_bytes(thread, s.data(), s.length());
    return encode_with<NarrowCodec<max_latin1>>(thread, "latin-1", s, errors);
}
Owned encode_ascii(Thread& thread, Str& s, const char* errors) {
    if (s.is_ascii()) return make_bytes(thread, s.data(), s.length());
    return encode_with<NarrowCodec<max_ascii>>(thread, "ascii", s, errors);
}
Owned encode_utf16(Thread& thread, Str& s, const char* errors, int order) {
    ByteOrder byte_order = order > 0 ? ByteOrder::big : ByteOrder::little;
    const char* name = order == 0 ? "utf-16" : order < 0 ? "utf-16-le" : "utf-16-be";
    return encode_with<Utf16Codec>(thread, name, s, errors, &byte_order, order == 0);
}
Owned encode_utf32(Thread& thread, Str& s, const char* errors, int order) {
    ByteOrder byte_order = order > 0 ? ByteOrder::big : ByteOrder::little;
    const char* name = order == 0 ? "utf-32" : order < 0 ? "utf-32-le" : "utf-32-be";
    return encode_with<Utf32Codec>(thread, name, s, errors, &byte_order, order == 0);
}

}  // namespace imugi
