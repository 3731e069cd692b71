// The module _blake2: BLAKE2b and BLAKE2s (RFC 7693) with key, salt, personalisation and the
// parameters of tree hashing (the BLAKE2 paper, section 2.8). The state of an object is used under
// its Lock.
#include <bit>
#include <cstring>

#include "modules/digests/update.h"
#include "modules/shared_type.h"
#include "object/buffer.h"
#include "object/bytes.h"
#include "object/int.h"
#include "object/module.h"
#include "object/protocol.h"
#include "object/str.h"
#include "thread/lock.h"

namespace imugi {

namespace blake2 {

constexpr uint8_t kSigma[10][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
    {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
    {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
    {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
    {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
};

struct WordsOf64 {
    using Word = uint64_t;
    static constexpr int kRounds = 12, kRotations[4] = {32, 24, 16, 63};
    static constexpr Word kStart[8] = {0x6A09E667F3BCC908, 0xBB67AE8584CAA73B, 0x3C6EF372FE94F82B,
                                       0xA54FF53A5F1D36F1, 0x510E527FADE682D1, 0x9B05688C2B3E6C1F,
                                       0x1F83D9ABFB41BD6B, 0x5BE0CD19137E2179};
    static constexpr const char *kName = "blake2b", *kFullName = "_blake2.blake2b";
    static constexpr uint64_t kMostNodeOffset = UINT64_MAX;
};
struct WordsOf32 {
    using Word = uint32_t;
    static constexpr int kRounds = 10, kRotations[4] = {16, 12, 8, 7};
    static constexpr Word kStart[8] = {0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A,
                                       0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19};
    static constexpr const char *kName = "blake2s", *kFullName = "_blake2.blake2s";
    static constexpr uint64_t kMostNodeOffset = (uint64_t{1} << 48) - 1;
};

template <class Kind>
struct State {
    using Word = typename Kind::Word;
    static constexpr size_t kBlock = sizeof(Word) * 16, kMostDigest = sizeof(Word) * 8;

    Word chain[8];
    Word total[2];
    uint8_t block[kBlock];
    uint8_t filled, digest_size;
    bool last_node;

    void compress(bool last) {
        Word v[16], m[16];
        memcpy(m, block, sizeof m);
        for (int i = 0; i < 8; i++) {
            v[i] = chain[i];
            v[i + 8] = Kind::kStart[i];
        }
        v[12] ^= total[0];
        v[13] ^= total[1];
        if (last) v[14] = ~v[14];
        if (last && last_node) v[15] = ~v[15];
        for (int round = 0; round < Kind::kRounds; round++) {
            const uint8_t* order = kSigma[round % 10];
            auto mix = [&](int a, int b, int c, int d, int i) {
                v[a] += v[b] + m[order[i]];
                v[d] = std::rotr(v[d] ^ v[a], Kind::kRotations[0]);
                v[c] += v[d];
                v[b] = std::rotr(v[b] ^ v[c], Kind::kRotations[1]);
                v[a] += v[b] + m[order[i + 1]];
                v[d] = std::rotr(v[d] ^ v[a], Kind::kRotations[2]);
                v[c] += v[d];
                v[b] = std::rotr(v[b] ^ v[c], Kind::kRotations[3]);
            };
            for (int i = 0; i < 4; i++) mix(i, i + 4, i + 8, i + 12, 2 * i);
            for (int i = 0; i < 4; i++)
                mix(i, (i + 1) % 4 + 4, (i + 2) % 4 + 8, (i + 3) % 4 + 12, 8 + 2 * i);
        }
        for (int i = 0; i < 8; i++) chain[i] ^= v[i] ^ v[i + 8];
    }
    void count(size_t bytes) {
        total[0] += static_cast<Word>(bytes);
        if (total[0] < bytes) total[1]++;
    }
    // A full block waits until it is known not to be the last.
    void take(const uint8_t* data, size_t size) {
        while (size != 0) {
            if (filled == kBlock) {
                count(kBlock);
                compress(false);
                filled = 0;
            }
            size_t part = kBlock - filled < size ? kBlock - filled : size;
            memcpy(block + filled, data, part);
            filled = static_cast<uint8_t>(filled + part);
            data += part;
            size -= part;
        }
    }
    void give(uint8_t* out) {
        count(filled);
        memset(block + filled, 0, kBlock - filled);
        compress(true);
        memcpy(out, chain, digest_size);
    }
};

template <class Kind>
struct Hash : Object {
    State<Kind> state;
};

template <class Kind>
extern const TypeSpec spec;
template <class Kind>
constinit SharedType class_of(spec<Kind>);

}  // namespace blake2

template <class Kind>
struct BuiltinTypeOf<blake2::Hash<Kind>> {
    static Type& type() { return blake2::class_of<Kind>.type(); }
    static bool check(Value value) { return blake2::class_of<Kind>.is_instance(value); }
};

namespace blake2 {

namespace {

// A parameter of tree hashing within its bounds.
bool read_number(Thread& thread, Value value, const char* name, uint64_t least, uint64_t most,
                 uint64_t* out) {
    Owned number = TRY(to_index(thread, value));
    if (int_sign(number) < 0) {
        if (most > UINT8_MAX) return raise(thread, exc::ValueError, "value must be positive");
    } else {
        IntView view(number);
        *out = view.size == 0 ? 0 : view.limbs[0];
        if (view.size <= 1 && *out >= least && *out <= most) return true;
        if (most > INT32_MAX) return raise(thread, exc::OverflowError, "{} is too large", name);
    }
    return raise(thread, exc::ValueError, "{} must be between {} and {}", name,
                 static_cast<int64_t>(least), static_cast<int64_t>(most));
}

bool read_text(Thread& thread, Value value, const char* name, uint8_t* out, size_t most) {
    if (value.is_empty()) return true;
    Buffer buffer(thread);
    TRY(buffer.get(value));
    if (buffer.size() > most)
        return raise(thread, exc::ValueError, "maximum {} length is {} bytes", name,
                     static_cast<int64_t>(most));
    if (buffer.size()) memcpy(out, buffer.data(), buffer.size());
    return true;
}

template <class Kind>
Owned make(Thread& thread, Type& type, const Arguments& arguments) {
    using Word = typename Kind::Word;
    constexpr size_t kMost = State<Kind>::kMostDigest, kText = sizeof(Word) * 2;
    enum {
        kData,
        kDigestSize,
        kKey,
        kSalt,
        kPerson,
        kFanout,
        kDepth,
        kLeafSize,
        kNodeOffset,
        kNodeDepth,
        kInnerSize,
        kLastNode,
        kUsedForSecurity,
        kString,
        kCount
    };
    Value values[kCount];
    TRY(bind_arguments(thread, Kind::kName,
                       kMost == 64 ? "(data=<unrepresentable>, *, digest_size=64, "
                                     "key=<unrepresentable>, salt=<unrepresentable>, "
                                     "person=<unrepresentable>, fanout=1, depth=1, leaf_size=0, "
                                     "node_offset=0, node_depth=0, inner_size=0, last_node=False, "
                                     "usedforsecurity=True, string=<unrepresentable>)"
                                   : "(data=<unrepresentable>, *, digest_size=32, "
                                     "key=<unrepresentable>, salt=<unrepresentable>, "
                                     "person=<unrepresentable>, fanout=1, depth=1, leaf_size=0, "
                                     "node_offset=0, node_depth=0, inner_size=0, last_node=False, "
                                     "usedforsecurity=True, string=<unrepresentable>)",
                       arguments, values, kCount));
    uint64_t digest_size, fanout, depth, leaf_size, node_offset, node_depth, inner_size;
    TRY(read_number(thread, values[kDigestSize], "digest_size", 1, kMost, &digest_size));
    TRY(read_number(thread, values[kFanout], "fanout", 0, 255, &fanout));
    TRY(read_number(thread, values[kDepth], "depth", 1, 255, &depth));
    TRY(read_number(thread, values[kLeafSize], "leaf_size", 0, UINT32_MAX, &leaf_size));
    TRY(read_number(thread, values[kNodeOffset], "node_offset", 0, Kind::kMostNodeOffset,
                    &node_offset));
    TRY(read_number(thread, values[kNodeDepth], "node_depth", 0, 255, &node_depth));
    TRY(read_number(thread, values[kInnerSize], "inner_size", 0, kMost, &inner_size));
    uint8_t key[State<Kind>::kBlock] = {};
    size_t key_size = 0;
    if (!values[kKey].is_empty()) {
        Buffer buffer(thread);
        TRY(buffer.get(values[kKey]));
        key_size = buffer.size();
        if (key_size > kMost)
            return raise(thread, exc::ValueError, "maximum key length is {} bytes",
                         static_cast<int64_t>(kMost));
        if (key_size) memcpy(key, buffer.data(), key_size);
    }
    // The parameter block, little-endian. Words 2 and 3 differ between the two in where the parts
    // of the node's place lie.
    uint8_t block[sizeof(Word) * 8] = {};
    block[0] = static_cast<uint8_t>(digest_size);
    block[1] = static_cast<uint8_t>(key_size);
    block[2] = static_cast<uint8_t>(fanout);
    block[3] = static_cast<uint8_t>(depth);
    memcpy(block + 4, &leaf_size, 4);
    constexpr size_t kOffsetBytes = sizeof(Word) == 8 ? 8 : 6;
    memcpy(block + 8, &node_offset, kOffsetBytes);
    block[8 + kOffsetBytes] = static_cast<uint8_t>(node_depth);
    block[9 + kOffsetBytes] = static_cast<uint8_t>(inner_size);
    TRY(read_text(thread, values[kSalt], "salt", block + sizeof block - 2 * kText, kText));
    TRY(read_text(thread, values[kPerson], "person", block + sizeof block - kText, kText));
    bool last_node = TRY(is_true(thread, values[kLastNode]));
    bool both = !values[kData].is_empty() && !values[kString].is_empty();
    if (both && !is_none(values[kString]))
        return raise(thread, exc::TypeError, "'data' and 'string' are mutually exclusive");
    auto* self = allocate<Hash<Kind>>(thread, type);
    if (!self) return {};
    Owned result = Owned::adopt(self);
    auto& state = self->state;
    memcpy(state.chain, block, sizeof block);
    for (int i = 0; i < 8; i++) state.chain[i] ^= Kind::kStart[i];
    state.digest_size = static_cast<uint8_t>(digest_size);
    state.last_node = last_node;
    if (key_size) state.take(key, sizeof key);
    Value data = values[kData].is_empty() ? values[kString] : values[kData];
    if (!data.is_empty() && !is_none(data)) TRY(update(thread, *self, data));
    return result;
}

template <class Kind>
Owned copy(Thread& thread, Hash<Kind>& self) {
    auto* other = allocate<Hash<Kind>>(thread, type_of(Value::of(self)));
    if (!other) return {};
    Lock guard(thread, self);
    other->state = self.state;
    return Owned::adopt(other);
}

template <class Kind>
size_t finish(Thread& thread, Hash<Kind>& self, uint8_t* out) {
    State<Kind> state;
    {
        Lock guard(thread, self);
        state = self.state;
    }
    state.give(out);
    return state.digest_size;
}

template <class Kind>
Owned digest(Thread& thread, Hash<Kind>& self) {
    uint8_t bytes[64];
    size_t size = finish(thread, self, bytes);
    return make_bytes(thread, bytes, size);
}
template <class Kind>
Owned hexdigest(Thread& thread, Hash<Kind>& self) {
    uint8_t bytes[64];
    char text[128];
    size_t size = finish(thread, self, bytes);
    for (size_t i = 0; i < size; i++) {
        text[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
        text[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
    }
    return make_str(thread, text, size * 2);
}

template <class Kind>
Owned get_name(Thread& thread, Value) {
    return make_str(thread, Kind::kName);
}
template <class Kind>
Owned get_block_size(Thread&, Value) {
    return Owned::small_int(State<Kind>::kBlock);
}
template <class Kind>
Owned get_digest_size(Thread&, Value self) {
    return Owned::small_int(self.as<Hash<Kind>>().state.digest_size);
}

template <class Kind>
const MethodRow rows[] = {
    {"copy", "(self, /)", fn<copy<Kind>>, "Return a copy of the hash object."},
    {"digest", "(self, /)", fn<digest<Kind>>, "Return the digest value as a bytes object."},
    {"hexdigest", "(self, /)", fn<hexdigest<Kind>>,
     "Return the digest value as a string of hexadecimal digits."},
    {"update", "(self, data, /)", fn<update<Hash<Kind>>>,
     "Update this hash object's state with the provided bytes-like object."},
    {},
};
template <class Kind>
const GetSetRow getsets[] = {
    {"name", get_name<Kind>},
    {"block_size", get_block_size<Kind>},
    {"digest_size", get_digest_size<Kind>},
    {},
};

template <class Kind>
bool add(Thread& thread, Module& module) {
    using Word = typename Kind::Word;
    Type* type = class_of<Kind>.make(thread);
    if (!type) return false;
    struct Limit {
        const char* name;
        size_t value;
    };
    const Limit limits[] = {{"SALT_SIZE", sizeof(Word) * 2},
                            {"PERSON_SIZE", sizeof(Word) * 2},
                            {"MAX_KEY_SIZE", sizeof(Word) * 8},
                            {"MAX_DIGEST_SIZE", sizeof(Word) * 8}};
    for (const Limit& limit : limits) {
        Ref<Str> name = TRY(intern(thread, limit.name));
        TRY(set_type_attribute(thread, *type, *name,
                               Value::small_int(static_cast<int64_t>(limit.value))));
        char constant[40];
        snprintf(constant, sizeof constant, "%s_%s", sizeof(Word) == 8 ? "BLAKE2B" : "BLAKE2S",
                 limit.name);
        TRY(module_set(thread, module, constant,
                       Value::small_int(static_cast<int64_t>(limit.value))));
    }
    return module_set(thread, module, Kind::kName, Value::of(type));
}

bool execute(Thread& thread, Module& module) {
    return add<WordsOf64>(thread, module) && add<WordsOf32>(thread, module) &&
           module_set(thread, module, "_GIL_MINSIZE", Value::small_int(2048));
}

ModuleSpec module_spec("_blake2", "_blake2 provides BLAKE2b and BLAKE2s.", nullptr, execute);

}  // namespace

template <class Kind>
const TypeSpec spec = {
    .name = Kind::kFullName,
    .doc = "Return a new BLAKE2 hash object.",
    .size = sizeof(Hash<Kind>),
    .flags = kTypeBase,
    .slots = {.make = make<Kind>},
    .methods = rows<Kind>,
    .getsets = getsets<Kind>,
    .signature =
        "(data=b'', *, digest_size=64, key=b'', salt=b'', person=b'', fanout=1, "
        "depth=1, leaf_size=0, node_offset=0, node_depth=0, inner_size=0, "
        "last_node=False, usedforsecurity=True, string=None)",
};

}  // namespace blake2

}  // namespace imugi
