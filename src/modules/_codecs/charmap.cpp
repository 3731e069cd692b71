// Character maps: codecs of one byte a character, by a table or any mapping. Mappings run Python.
#include "modules/_codecs/codecs_module.h"
#include "object/dict.h"
#include "object/int.h"
#include "object/protocol.h"

namespace imugi {

namespace {

constexpr const char* kUndefined = "character maps to <undefined>";

// mapping[key]; nothing when it has none, says None, or raises LookupError.
Owned look_up(Thread& thread, Value mapping, uint32_t key) {
    Owned value;
    if (is_exact_dict(mapping)) {
        value = TRY(dict_get(thread, mapping.as<Dict>(), Value::small_int(key)));
    } else {
        value = get_item(thread, mapping, Value::small_int(key));
        if (!value) {
            if (!clear_exception_if(thread, exc::LookupError)) return {};
            return Owned::nothing();
        }
    }
    if (!value.is_nothing() && is_none(value)) return Owned::nothing();
    return value;
}

bool decode_by_table(Decoder& decoder, Str& table) {
    while (decoder.at < decoder.size) {
        uint8_t byte = decoder.data[decoder.at];
        uint32_t c = byte < table.length() ? table[byte] : 0xFFFE;
        if (c == 0xFFFE) {
            TRY(decoder.error(decoder.at, decoder.at + 1, kUndefined));
            continue;
        }
        decoder.at++;
        TRY(decoder.out.append(c));
    }
    return true;
}

bool decode_by_mapping(Thread& thread, Decoder& decoder, Value mapping) {
    while (decoder.at < decoder.size) {
        Owned value = TRY(look_up(thread, mapping, decoder.data[decoder.at]));
        if (!value.is_nothing() && is_int(value)) {
            int64_t c;
            if (!int_fits_int64(value, &c) || c < 0 || c > int64_t{max_code_point})
                return raise(thread, exc::TypeError,
                             "character mapping must be in range(0x110000)");
            if (c == 0xFFFE)
                value = Owned::nothing();
            else
                TRY(decoder.out.append(static_cast<uint32_t>(c)));
        } else if (!value.is_nothing() && is_str(value)) {
            Str& s = value.as<Str>();
            if (s.length() == 1 && s[0] == 0xFFFE)
                value = Owned::nothing();
            else
                TRY(decoder.out.append(s));
        } else if (!value.is_nothing()) {
            return raise(thread, exc::TypeError,
                         "character mapping must return integer, None or str");
        }
        if (value.is_nothing())
            TRY(decoder.error(decoder.at, decoder.at + 1, kUndefined));
        else
            decoder.at++;
    }
    return true;
}

// Appends what the mapping has for `c`.
Put put_mapped(Encoder& encoder, Value mapping, uint32_t c) {
    Thread& thread = encoder.thread();
    Owned value = look_up(thread, mapping, c);
    if (!value) return Put::kRaised;
    if (value.is_nothing()) return Put::kImpossible;
    bool ok;
    if (is_int(value)) {
        int64_t byte;
        if (!int_fits_int64(value, &byte) || byte < 0 || byte > 255)
            ok = raise(thread, exc::TypeError, "character mapping must be in range(256)");
        else
            ok = encoder.out.append(static_cast<uint8_t>(byte));
    } else if (is_bytes(value)) {
        ok = encoder.out.append(value.as<Bytes>().data(), value.as<Bytes>().size);
    } else {
        ok = raise(thread, exc::TypeError,
                   "character mapping must return integer, bytes or None, not {}",
                   type_name_of(value));
    }
    return ok ? Put::kDone : Put::kRaised;
}

Put put_text(Encoder& encoder, const Str& s) {
    Value mapping = *static_cast<const Value*>(encoder.context);
    size_t before = encoder.out.size();
    for (size_t i = 0; i < s.length(); i++) {
        Put put = put_mapped(encoder, mapping, s[i]);
        if (put == Put::kDone) continue;
        if (put == Put::kImpossible) encoder.out.truncate(before);
        return put;
    }
    return Put::kDone;
}

// The end of the run of characters, from `start` on, that the mapping lacks; SIZE_MAX when raised.
size_t end_of_unmapped(Encoder& encoder, Value mapping, size_t start) {
    size_t end = start + 1;
    for (; end < encoder.text.length(); end++) {
        Owned value = look_up(encoder.thread(), mapping, encoder.text[end]);
        if (!value) return SIZE_MAX;
        if (!value.is_nothing()) break;
    }
    return end;
}

}  // namespace

Owned decode_charmap(Thread& thread, const uint8_t* data, size_t size, const char* errors,
                     Value mapping) {
    if (is_none(mapping)) return decode_latin1(thread, data, size);
    Decoder decoder(thread, "charmap", data, size, errors);
    if (is_exact_str(mapping))
        TRY(decode_by_table(decoder, mapping.as<Str>()));
    else
        TRY(decode_by_mapping(thread, decoder, mapping));
    return decoder.out.finish();
}

Owned encode_charmap(Thread& thread, Str& s, const char* errors, Value mapping) {
    if (is_none(mapping)) return encode_latin1(thread, s, errors);
    Encoder encoder(thread, "charmap", s, errors, put_text);
    encoder.context = &mapping;
    while (encoder.at < s.length()) {
        Put put = put_mapped(encoder, mapping, s[encoder.at]);
        if (put == Put::kRaised) return {};
        if (put == Put::kDone) {
            encoder.at++;
            continue;
        }
        size_t end = end_of_unmapped(encoder, mapping, encoder.at);
        if (end == SIZE_MAX) return {};
        TRY(encoder.error(encoder.at, end, kUndefined));
    }
    return encoder.out.finish();
}

Owned build_charmap(Thread& thread, Str& decoding) {
    Ref<Dict> table = TRY(make_dict(thread, decoding.length()));
    size_t count = decoding.length() < 256 ? decoding.length() : 256;
    for (size_t i = 0; i < count; i++) {
        if (decoding[i] == 0xFFFE) continue;
        TRY(dict_set(thread, *table, Value::small_int(decoding[i]),
                     Owned::small_int(static_cast<int64_t>(i))));
    }
    return std::move(table);
}

}  // namespace imugi
