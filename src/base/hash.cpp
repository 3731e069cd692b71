// See hash.h. SipHash: Aumasson and Bernstein, 2012, with one compression and three finalisation
// rounds.
#include "base/hash.h"

#include <bit>
#include <cmath>
#include <cstring>

#include "base/float_text.h"
#include "base/random.h"

namespace imugi {
namespace {

struct SipState {
    uint64_t a, b, c, d;

    void round() {
        a += b;
        c += d;
        b = std::rotl(b, 13) ^ a;
        d = std::rotl(d, 16) ^ c;
        a = std::rotl(a, 32);
        c += b;
        a += d;
        b = std::rotl(b, 17) ^ c;
        d = std::rotl(d, 21) ^ a;
        c = std::rotl(c, 32);
    }
};

}  // namespace

bool parse_hash_seed(HashSeed* out, const char* text) {
    *out = {true, 0};
    if (text == nullptr || *text == '\0' || strcmp(text, "random") == 0) return true;
    uint64_t value = 0;
    for (; *text != '\0'; ++text) {
        if (*text < '0' || *text > '9') return false;
        value = value * 10 + static_cast<unsigned>(*text - '0');
        if (value > UINT32_MAX) return false;
    }
    *out = {false, static_cast<uint32_t>(value)};
    return true;
}

HashKey hash_key_from_seed(uint32_t seed) {
    if (seed == 0) return {0, 0};
    // A linear congruential generator, one byte a step.
    uint8_t bytes[16];
    uint32_t state = seed;
    for (uint8_t& byte : bytes) {
        state = state * 214013u + 2531011u;
        byte = static_cast<uint8_t>(state >> 16);
    }
    HashKey key;
    memcpy(&key, bytes, sizeof key);
    return key;
}

bool random_hash_key(HashKey* out) {
    return os_entropy(out, sizeof *out);
}

uint64_t siphash13(HashKey key, const void* data, size_t size) {
    auto* bytes = static_cast<const uint8_t*>(data);
    SipState state{key.low ^ 0x736f6d6570736575u, key.high ^ 0x646f72616e646f6du,
                   key.low ^ 0x6c7967656e657261u, key.high ^ 0x7465646279746573u};
    const uint8_t* words_end = bytes + (size & ~size_t{7});
    for (; bytes < words_end; bytes += 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        state.d ^= word;
        state.round();
        state.a ^= word;
    }
    uint64_t last = uint64_t{size} << 56;
    for (size_t i = 0; i < (size & 7); ++i) last |= uint64_t{bytes[i]} << (8 * i);
    state.d ^= last;
    state.round();
    state.a ^= last;
    state.c ^= 0xff;
    state.round();
    state.round();
    state.round();
    return state.a ^ state.b ^ state.c ^ state.d;
}

int64_t hash_double(double value) {
    if (std::isinf(value)) return value > 0 ? hash_infinity : -hash_infinity;
    uint64_t mantissa = 0;
    int exponent = 0;
    float_parts(value, &mantissa, &exponent);
    // mantissa * 2**exponent modulo 2**61 - 1: multiplying by two is a rotation in 61 bits.
    int turn = exponent % 61;
    if (turn < 0) turn += 61;
    uint64_t modulus = (uint64_t{1} << 61) - 1;
    uint64_t bits = (mantissa << turn & modulus) | mantissa >> (61 - turn);
    auto hash = static_cast<int64_t>(bits);
    return as_hash(static_cast<uint64_t>(value < 0 ? -hash : hash));
}

}  // namespace imugi
