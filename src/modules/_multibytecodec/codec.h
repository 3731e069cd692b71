// A codec of an East Asian encoding: a constant description with the functions that take one
// character, and the loops and error handling that all of them share. State is the caller's, so
// codecs are used by any number of threads.
#pragma once

#include <span>

#include "modules/_multibytecodec/charset.h"
#include "object/bytes.h"
#include "object/str.h"

namespace imugi::mbc {

// What a stateful encoding remembers, as getstate() shows it.
struct State {
    uint8_t bytes[8];
};

// How a step over one character ends: how many units it took, or one of these, or minus the
// number of units that are illegal.
inline constexpr int kTooFew = 0;
inline constexpr int kRaised = -1000;

struct Codec {
    // Encodes the character (or pair) at `at`. `flush`: nothing comes behind the text.
    using EncodeStep = int (*)(const Codec&, State&, const Str& text, size_t at, bool flush,
                               BytesBuilder& out);
    using DecodeStep = int (*)(const Codec&, State&, const uint8_t* in, size_t left,
                               StrBuilder& out);
    const char* name;
    const char* module;  // where getcodec() knows it
    EncodeStep encode;
    DecodeStep decode;
    // Back to the initial state at the end of a text; null: there is no state.
    bool (*finish_encoding)(const Codec&, State&, BytesBuilder& out) = nullptr;
    void (*reset_decoding)(State&) = nullptr;
    State encoding_start = {}, decoding_start = {};
    const void* details = nullptr;  // the family's own
    std::span<const CharsetId> charsets = {};
};

// The codec of that name and module with its tables made. Null with LookupError.
const Codec* find_codec(Thread& thread, const char* module, const Str& name);

// Encodes from *at on. Without `flush` a character that could begin a pair is left at the end.
[[nodiscard]] bool encode_text(Thread& thread, const Codec& codec, State& state, const Str& text,
                               size_t* at, const char* errors, bool flush, bool reset,
                               BytesBuilder& out);
// Decodes from *at on as far as there are whole characters; `final`: the rest is an error.
[[nodiscard]] bool decode_text(Thread& thread, const Codec& codec, State& state,
                               const uint8_t* data, size_t size, size_t* at, const char* errors,
                               bool final, StrBuilder& out);
// What decode_text() left at the end of the input is an error.
[[nodiscard]] bool decode_incomplete(Thread& thread, const Codec& codec, const uint8_t* data,
                                     size_t size, size_t* at, const char* errors, StrBuilder& out);

// --- for the steps ---
inline int put(BytesBuilder& out, unsigned byte, int taken = 1) {
    return out.append(static_cast<uint8_t>(byte)) ? taken : kRaised;
}
inline int put_code(BytesBuilder& out, unsigned code, int taken = 1) {
    return out.append(static_cast<uint8_t>(code >> 8)) && out.append(static_cast<uint8_t>(code))
               ? taken
               : kRaised;
}
inline int put_point(StrBuilder& out, uint32_t point, int taken) {
    return out.append(point) ? taken : kRaised;
}
// A charset's entry that is not 0.
inline int put_entry(StrBuilder& out, const Charset& set, uint32_t entry, int taken) {
    if (!(entry & Charset::kIsPair)) return put_point(out, entry, taken);
    const Pair& pair = set.pair(entry);
    return out.append(pair.first) && out.append(pair.second) ? taken : kRaised;
}

// The code of the character at `at`, which may be half of a pair: how many characters it takes, or
// kTooFew. *code 0: none.
int find_pair_code(const Charset& set, const Str& text, size_t at, bool flush, uint16_t* code);

// One family of codecs a file: its codecs, ended by one without name.
extern const Codec double_byte_codecs[];
extern const Codec gb18030_codecs[];
extern const Codec hz_codecs[];
extern const Codec japanese_codecs[];
extern const Codec korean_codecs[];
extern const Codec iso2022_codecs[];

// --- JIS X 0213, of the year 2000 or 2004 ---
enum class Jis0213 : uint8_t { k2000, k2004 };
// Entry of the first plane, code point of the second; 0: none.
uint32_t decode_jis0213(Jis0213 edition, unsigned plane, unsigned first, unsigned second);
// The plane and code of a character that is no pair. 0: none, or, with a code, one of a later
// edition only.
unsigned encode_jis0213(Jis0213 edition, uint32_t c, uint16_t* code);

}  // namespace imugi::mbc
