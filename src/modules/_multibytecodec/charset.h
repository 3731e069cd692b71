// Character sets of one or two bytes as tables, both ways, built at first use from what the C
// library's iconv() knows and immutable from then on, so that readers take no lock.
#pragma once

#include <cstddef>
#include <cstdint>

namespace imugi {

struct Thread;

namespace mbc {

enum class CharsetId : uint8_t {
    kGb2312,
    kGbk,
    kGb18030,  // its two-byte part
    kBig5,
    kCp950,
    kBig5Hkscs,
    kJisX0208,
    kJisX0212,
    kJisX0213Plane1,
    kJisX0213Plane2,
    kCp932,
    kKsX1001,
    kCp949,
    kJohab,
    kIso8859Greek,  // part 7
    kCount,
};

// Sequences that mean two code points.
struct Pair {
    uint32_t first, second;
    uint16_t code;
};

// A code is `first byte << 8 | second byte`: of seven bits each in the sets of 94 * 94 characters,
// as they stand in the encoding otherwise. 0: none.
class Charset {
  public:
    // Decoded entries: a code point, 0 for none, or this bit and an index of a pair.
    static constexpr uint32_t kIsPair = 0x8000'0000;

    uint32_t decode(unsigned first, unsigned second) const {
        const uint32_t* row = rows_[first];
        return row ? row[second] : 0;
    }
    uint16_t encode(uint32_t c) const {
        const uint16_t* page = c < kPages * 256 ? pages_[c >> 8] : nullptr;
        return page ? page[c & 0xFF] : 0;
    }
    const Pair& pair(uint32_t entry) const { return pairs_[entry & ~kIsPair]; }
    bool begins_pair(uint32_t c) const;
    uint16_t encode_pair(uint32_t first, uint32_t second) const;
    // How many code points from 0x80 up to `c` (exclusive, in the basic plane) have no code.
    uint32_t unmapped_below(uint32_t c) const;

  private:
    friend class CharsetBuilder;
    static constexpr size_t kPages = 0x300;  // planes 0 to 2
    static constexpr size_t kMostPairs = 40;
    uint32_t* rows_[256];
    uint16_t* pages_[kPages];
    uint16_t mapped_before_[257];  // by page of the basic plane: codes of the pages before it
    Pair pairs_[kMostPairs];
    size_t pair_count_;
};

// The set, made if this is its first use. Null with LookupError when the C library lacks it.
const Charset* charset(Thread& thread, CharsetId id);
// A set that was made before.
const Charset& ready_charset(CharsetId id);

// --- where the mappings of Python's codecs are not those of the C library ---

// `count` codes from `code` on mean the code points from `point` on; 0: they mean nothing.
struct DecodeDifference {
    CharsetId id;
    uint16_t code;
    uint8_t count;
    uint16_t point;
};
// A code point with another code than the first that decodes to it.
struct EncodeDifference {
    CharsetId id;
    uint16_t point;
    uint16_t code;
};
extern const DecodeDifference decode_differences[];
extern const size_t decode_difference_count;
extern const EncodeDifference encode_differences[];
extern const size_t encode_difference_count;

}  // namespace mbc
}  // namespace imugi
