// The Mersenne Twister MT19937 (Matsumoto and Nishimura, 1998) as Python's random module uses it,
// and the operating system's entropy. A generator is plain memory: the object that holds it locks
// it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace imugi {

class MersenneTwister {
  public:
    static constexpr size_t state_size = 624;

    // Seeds with 32-bit words, least significant first: the magnitude of an integer seed. `count`
    // is at least 1.
    void seed(const uint32_t* words, size_t count);
    [[nodiscard]] uint32_t next();
    // In [0, 1) with 53 random bits.
    [[nodiscard]] double next_double();
    // getrandbits(bits): (bits + 31) / 32 words, least significant first.
    void fill_bits(uint32_t* words, uint64_t bits);

    // getstate() and setstate(): the words, then the index (0 to 624).
    uint32_t state[state_size];
    uint32_t index;

  private:
    void seed_word(uint32_t seed);
    void refill();
};

// Fills memory from getrandom(2). May wait, early after the machine's boot. False: errno says why.
[[nodiscard]] bool os_entropy(void* out, size_t size);

}  // namespace imugi
