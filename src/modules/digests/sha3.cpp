// The module _sha3: SHA-3 and SHAKE (FIPS 202). The state of an object is used under its Lock; long
// input is taken detached by way of a copy of the state.
#include <bit>
#include <cstring>

#include "memory/array.h"
#include "modules/digests/update.h"
#include "modules/shared_type.h"
#include "object/buffer.h"
#include "object/bytes.h"
#include "object/int.h"
#include "object/module.h"
#include "object/str.h"
#include "thread/lock.h"

namespace imugi {

namespace sha3 {

struct Kind {
    const char* name;
    uint16_t rate;         // bytes taken between permutations
    uint16_t digest_size;  // 0 for SHAKE, which gives any number of bytes
    uint8_t padding;
};
constexpr Kind kKinds[] = {
    {"sha3_224", 144, 28, 0x06}, {"sha3_256", 136, 32, 0x06}, {"sha3_384", 104, 48, 0x06},
    {"sha3_512", 72, 64, 0x06},  {"shake_128", 168, 0, 0x1F}, {"shake_256", 136, 0, 0x1F},
};
constexpr size_t kKindCount = 6;

void permute(uint64_t* a) {
    constexpr uint64_t kRound[24] = {
        0x0000000000000001, 0x0000000000008082, 0x800000000000808A, 0x8000000080008000,
        0x000000000000808B, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
        0x000000000000008A, 0x0000000000000088, 0x0000000080008009, 0x000000008000000A,
        0x000000008000808B, 0x800000000000008B, 0x8000000000008089, 0x8000000000008003,
        0x8000000000008002, 0x8000000000000080, 0x000000000000800A, 0x800000008000000A,
        0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008};
    // The lanes in the order of the rho and pi steps, and their rotations.
    constexpr int kLane[24] = {10, 7,  11, 17, 18, 3, 5,  16, 8,  21, 24, 4,
                               15, 23, 19, 13, 12, 2, 20, 14, 22, 9,  6,  1};
    constexpr int kRotation[24] = {1,  3,  6,  10, 15, 21, 28, 36, 45, 55, 2,  14,
                                   27, 41, 56, 8,  25, 43, 62, 18, 39, 61, 20, 44};
    for (uint64_t constant : kRound) {
        uint64_t column[5];
        for (int x = 0; x < 5; x++) column[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
        for (int x = 0; x < 5; x++) {
            uint64_t mix = column[(x + 4) % 5] ^ std::rotl(column[(x + 1) % 5], 1);
            for (int y = 0; y < 25; y += 5) a[x + y] ^= mix;
        }
        uint64_t carried = a[1];
        for (int i = 0; i < 24; i++) {
            uint64_t next = a[kLane[i]];
            a[kLane[i]] = std::rotl(carried, kRotation[i]);
            carried = next;
        }
        for (int y = 0; y < 25; y += 5) {
            uint64_t row[5];
            memcpy(row, a + y, sizeof row);
            for (int x = 0; x < 5; x++) a[y + x] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5]);
        }
        a[0] ^= constant;
    }
}

struct State {
    uint64_t lanes[25];
    uint16_t filled;  // bytes of the current block
    const Kind* kind;

    void take(const uint8_t* data, size_t size) {
        auto* bytes = reinterpret_cast<uint8_t*>(lanes);  // little-endian, as the standard counts
        for (size_t i = 0; i < size; i++) {
            bytes[filled++] ^= data[i];
            if (filled == kind->rate) {
                permute(lanes);
                filled = 0;
            }
        }
    }
    // The state itself is used up.
    void give(uint8_t* out, size_t size) {
        auto* bytes = reinterpret_cast<uint8_t*>(lanes);
        bytes[filled] ^= kind->padding;
        bytes[kind->rate - 1] ^= 0x80;
        while (size != 0) {
            permute(lanes);
            size_t part = size < kind->rate ? size : kind->rate;
            memcpy(out, bytes, part);
            out += part;
            size -= part;
        }
    }
};

struct Hash : Object {
    State state;
};

extern const TypeSpec specs[kKindCount];
constinit SharedType classes[kKindCount] = {SharedType(specs[0]), SharedType(specs[1]),
                                            SharedType(specs[2]), SharedType(specs[3]),
                                            SharedType(specs[4]), SharedType(specs[5])};

}  // namespace sha3

template <>
struct BuiltinTypeOf<sha3::Hash> {
    static Type& type() { return object_type; }
    static bool check(Value value) {
        for (SharedType& shared : sha3::classes)
            if (shared.is_instance(value)) return true;
        return false;
    }
};

namespace sha3 {

namespace {

template <size_t index>
Owned make(Thread& thread, Type& type, const Arguments& arguments) {
    Value values[3];
    TRY(bind_arguments(
        thread, kKinds[index].name,
        "(data=<unrepresentable>, *, usedforsecurity=True, string=<unrepresentable>)", arguments,
        values, 3));
    bool both = !values[0].is_empty() && !values[2].is_empty();
    if (both && !is_none(values[2]))
        return raise(thread, exc::TypeError, "'data' and 'string' are mutually exclusive");
    auto* self = allocate<Hash>(thread, type);
    if (!self) return {};
    Owned result = Owned::adopt(self);
    self->state.kind = &kKinds[index];
    Value data = values[0].is_empty() ? values[2] : values[0];
    if (!data.is_empty() && !is_none(data)) TRY(update(thread, *self, data));
    return result;
}

Owned copy(Thread& thread, Hash& self) {
    auto* other = allocate<Hash>(thread, type_of(Value::of(self)));
    if (!other) return {};
    Lock guard(thread, self);
    other->state = self.state;
    return Owned::adopt(other);
}

State snapshot(Thread& thread, Hash& self) {
    Lock guard(thread, self);
    return self.state;
}

Ref<Bytes> give(Thread& thread, Hash& self, size_t size) {
    Ref<Bytes> result = TRY(make_bytes_blank(thread, size));
    State state = snapshot(thread, self);
    state.give(const_cast<uint8_t*>(result->data()), size);
    return result;
}

Owned to_hex(Thread& thread, const Bytes& bytes) {
    StrBuilder builder(thread);
    TRY(builder.reserve(bytes.size * 2));
    for (size_t i = 0; i < bytes.size; i++) {
        TRY(builder.append("0123456789abcdef"[bytes.data()[i] >> 4]));
        TRY(builder.append("0123456789abcdef"[bytes.data()[i] & 15]));
    }
    return builder.finish();
}

Owned digest(Thread& thread, Hash& self) {
    return give(thread, self, self.state.kind->digest_size);
}
Owned hexdigest(Thread& thread, Hash& self) {
    Ref<Bytes> bytes = TRY(give(thread, self, self.state.kind->digest_size));
    return to_hex(thread, *bytes);
}

bool check_length(Thread& thread, Index length) {
    if (length < 0) return raise(thread, exc::ValueError, "value must be positive");
    if (length >= Index{1} << 29) return raise(thread, exc::ValueError, "length is too large");
    return true;
}
Owned shake_digest(Thread& thread, Hash& self, Index length) {
    TRY(check_length(thread, length));
    return give(thread, self, static_cast<size_t>(length));
}
Owned shake_hexdigest(Thread& thread, Hash& self, Index length) {
    TRY(check_length(thread, length));
    Ref<Bytes> bytes = TRY(give(thread, self, static_cast<size_t>(length)));
    return to_hex(thread, *bytes);
}

const Kind& kind_of(Value self) {
    return *self.as<Hash>().state.kind;
}
Owned get_block_size(Thread&, Value self) {
    return Owned::small_int(kind_of(self).rate);
}
Owned get_digest_size(Thread&, Value self) {
    return Owned::small_int(kind_of(self).digest_size);
}
Owned get_name(Thread& thread, Value self) {
    return make_str(thread, kind_of(self).name);
}
Owned get_rate(Thread&, Value self) {
    return Owned::small_int(kind_of(self).rate * 8);
}
Owned get_capacity(Thread&, Value self) {
    return Owned::small_int(1600 - kind_of(self).rate * 8);
}
Owned get_suffix(Thread& thread, Value self) {
    return make_bytes(thread, &kind_of(self).padding, 1);
}

const GetSetRow getsets[] = {
    {"block_size", get_block_size},
    {"digest_size", get_digest_size},
    {"name", get_name},
    {"_rate_bits", get_rate},
    {"_capacity_bits", get_capacity},
    {"_suffix", get_suffix},
    {},
};
constexpr const char* kCopyDoc = "Return a copy of the hash object.";
constexpr const char* kUpdateDoc =
    "Update this hash object's state with the provided bytes-like object.";
const MethodRow hash_rows[] = {
    {"copy", "(self, /)", fn<copy>, kCopyDoc},
    {"digest", "(self, /)", fn<digest>, "Return the digest value as a bytes object."},
    {"hexdigest", "(self, /)", fn<hexdigest>,
     "Return the digest value as a string of hexadecimal digits."},
    {"update", "(self, data, /)", fn<update<Hash>>, kUpdateDoc},
    {},
};
const MethodRow shake_rows[] = {
    {"copy", "(self, /)", fn<copy>, kCopyDoc},
    {"digest", "(self, /, length)", fn<shake_digest>, "Return the digest value as a bytes object."},
    {"hexdigest", "(self, /, length)", fn<shake_hexdigest>,
     "Return the digest value as a string of hexadecimal digits."},
    {"update", "(self, data, /)", fn<update<Hash>>, kUpdateDoc},
    {},
};

template <size_t index>
constexpr TypeSpec spec_of(const char* name) {
    return {.name = name,
            .size = sizeof(Hash),
            .slots = {.make = make<index>},
            .methods = kKinds[index].digest_size ? hash_rows : shake_rows,
            .getsets = getsets,
            .signature = "(data=b'', *, usedforsecurity=True, string=None)"};
}

bool execute(Thread& thread, Module& module) {
    for (size_t i = 0; i < kKindCount; i++) {
        Type* type = classes[i].make(thread);
        if (!type || !module_set(thread, module, kKinds[i].name, Value::of(type))) return false;
    }
    return module_set(thread, module, "implementation", make_str(thread, "imugi").owned());
}

ModuleSpec module_spec("_sha3", nullptr, nullptr, execute);

}  // namespace

const TypeSpec specs[kKindCount] = {spec_of<0>("_sha3.sha3_224"),  spec_of<1>("_sha3.sha3_256"),
                                    spec_of<2>("_sha3.sha3_384"),  spec_of<3>("_sha3.sha3_512"),
                                    spec_of<4>("_sha3.shake_128"), spec_of<5>("_sha3.shake_256")};

}  // namespace sha3

}  // namespace imugi
