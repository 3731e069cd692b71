// See random.h.
#include "base/random.h"

#include <errno.h>
#include <sys/random.h>

namespace imugi {
namespace {

constexpr size_t n = MersenneTwister::state_size;
constexpr size_t m = 397;

uint32_t twist(uint32_t high, uint32_t low, uint32_t far) {
    uint32_t mixed = (high & 0x80000000u) | (low & 0x7fffffffu);
    return far ^ mixed >> 1 ^ ((low & 1) != 0 ? 0x9908b0dfu : 0);
}

}  // namespace

void MersenneTwister::seed_word(uint32_t seed) {
    state[0] = seed;
    for (uint32_t i = 1; i < n; ++i) {
        state[i] = 1812433253u * (state[i - 1] ^ state[i - 1] >> 30) + i;
    }
    index = n;
}

void MersenneTwister::seed(const uint32_t* words, size_t count) {
    seed_word(19650218u);
    size_t i = 1;
    size_t j = 0;
    auto previous = [&] { return state[i - 1] ^ state[i - 1] >> 30; };
    auto advance = [&] {
        if (++i == n) {
            state[0] = state[n - 1];
            i = 1;
        }
    };
    for (size_t k = n > count ? n : count; k > 0; --k) {
        state[i] = (state[i] ^ previous() * 1664525u) + words[j] + static_cast<uint32_t>(j);
        advance();
        if (++j == count) j = 0;
    }
    for (size_t k = n - 1; k > 0; --k) {
        state[i] = (state[i] ^ previous() * 1566083941u) - static_cast<uint32_t>(i);
        advance();
    }
    state[0] = 0x80000000u;
}

void MersenneTwister::refill() {
    for (size_t i = 0; i < n - m; ++i) state[i] = twist(state[i], state[i + 1], state[i + m]);
    for (size_t i = n - m; i < n - 1; ++i)
        state[i] = twist(state[i], state[i + 1], state[i + m - n]);
    state[n - 1] = twist(state[n - 1], state[0], state[m - 1]);
    index = 0;
}

uint32_t MersenneTwister::next() {
    if (index >= n) refill();
    uint32_t word = state[index++];
    word ^= word >> 11;
    word ^= word << 7 & 0x9d2c5680u;
    word ^= word << 15 & 0xefc60000u;
    return word ^ word >> 18;
}

double MersenneTwister::next_double() {
    uint32_t high = next() >> 5;
    uint32_t low = next() >> 6;
    return (high * 67108864.0 + low) * (1.0 / 9007199254740992.0);
}

void MersenneTwister::fill_bits(uint32_t* words, uint64_t bits) {
    for (; bits >= 32; bits -= 32) *words++ = next();
    if (bits != 0) *words = next() >> (32 - bits);
}

bool os_entropy(void* out, size_t size) {
    auto* at = static_cast<uint8_t*>(out);
    while (size != 0) {
        ssize_t got = getrandom(at, size, 0);
        if (got < 0) {
            if (errno == EINTR) continue;
            return false;
        }
        at += got;
        size -= static_cast<size_t>(got);
    }
    return true;
}

}  // namespace imugi
