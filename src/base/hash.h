// Python's hash functions over plain memory: SipHash-1-3 for text, the modular hash of numbers, the
// mixing of tuples and frozensets. Pure functions; the key is made once at start-up, before there
// are threads.
#pragma once

#include <cstddef>
#include <cstdint>

namespace imugi {

struct HashKey {
    uint64_t low;
    uint64_t high;
};

// What PYTHONHASHSEED asks for.
struct HashSeed {
    bool random;    // unset, empty or "random"
    uint32_t seed;  // 0: hashing without a key
};
// False: neither "random" nor an integer in [0, 4294967295].
[[nodiscard]] bool parse_hash_seed(HashSeed* out, const char* text);
// The key that CPython derives from the same seed, so that hashes agree with its own.
HashKey hash_key_from_seed(uint32_t seed);
// From the operating system. False: it has no entropy to give.
[[nodiscard]] bool random_hash_key(HashKey* out);

[[nodiscard]] uint64_t siphash13(HashKey key, const void* data, size_t size);

// -1 reports an error from tp_hash, so no hash is -1.
inline int64_t as_hash(uint64_t bits) {
    auto value = static_cast<int64_t>(bits);
    return value == -1 ? -2 : value;
}

// str and bytes, over the units as they are stored.
[[nodiscard]] inline int64_t hash_bytes(HashKey key, const void* data, size_t size) {
    return size == 0 ? 0 : as_hash(siphash13(key, data, size));
}

inline constexpr int64_t hash_infinity = 314159;
// NaN hashes by identity, which is the caller's to do.
[[nodiscard]] int64_t hash_double(double value);

inline int64_t hash_complex(int64_t real, int64_t imaginary) {
    return as_hash(static_cast<uint64_t>(real) +
                   uint64_t{1000003} * static_cast<uint64_t>(imaginary));
}

// Objects are 16-byte aligned: the low bits say nothing, so they go to the top.
inline int64_t hash_pointer(const void* pointer) {
    auto bits = reinterpret_cast<uintptr_t>(pointer);
    return as_hash(bits >> 4 | bits << 60);
}

// The hash of a sequence from its items' hashes (xxHash's rounds).
class TupleHash {
  public:
    void add(int64_t item) {
        state_ += static_cast<uint64_t>(item) * prime2;
        state_ = state_ << 31 | state_ >> 33;
        state_ *= prime1;
    }
    [[nodiscard]] int64_t finish(size_t count) const {
        uint64_t bits = state_ + (count ^ (prime5 ^ 3527539u));
        return bits == UINT64_MAX ? 1546275796 : static_cast<int64_t>(bits);
    }

  private:
    static constexpr uint64_t prime1 = 11400714785074694791u;
    static constexpr uint64_t prime2 = 14029467366897019727u;
    static constexpr uint64_t prime5 = 2870177450012600261u;
    uint64_t state_ = prime5;
};

// The hash of a frozenset: independent of the order of its items.
class FrozensetHash {
  public:
    void add(int64_t item) {
        auto bits = static_cast<uint64_t>(item);
        state_ ^= (bits ^ 89869747u ^ bits << 16) * 3644798167u;
    }
    [[nodiscard]] int64_t finish(size_t count) const {
        uint64_t bits = state_ ^ (uint64_t{count} + 1) * 1927868237u;
        bits ^= bits >> 11 ^ bits >> 25;
        bits = bits * 69069u + 907133923u;
        return bits == UINT64_MAX ? 590923713 : static_cast<int64_t>(bits);
    }

  private:
    uint64_t state_ = 0;
};

}  // namespace imugi
