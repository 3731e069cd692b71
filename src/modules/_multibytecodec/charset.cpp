// Making the tables: iconv() is asked for each sequence of a set once, the differences are applied
// and the result turned round. Threads may make the same set at the same time; the first to publish
// it wins.
#include "modules/_multibytecodec/charset.h"

#include <errno.h>
#include <iconv.h>

#include <atomic>
#include <cstring>

#include "memory/heap.h"
#include "object/errors.h"
#include "thread/lock.h"

namespace imugi::mbc {

namespace {

struct Source {
    const char* name;               // iconv's
    uint8_t prefix;                 // a byte before each sequence; 0 for none
    uint8_t first_lead, last_lead;  // 0: sequences of one byte
    uint8_t first_trail, last_trail;
    uint8_t mask;  // flipped in both bytes of a code
    bool has_pairs;
};

const Source sources[] = {
    {"EUC-CN", 0, 0xA1, 0xFE, 0xA1, 0xFE, 0x80, false},
    {"GBK", 0, 0x81, 0xFE, 0x40, 0xFE, 0, false},
    {"GB18030", 0, 0x81, 0xFE, 0x40, 0xFE, 0, false},
    {"BIG5", 0, 0x81, 0xFE, 0x40, 0xFE, 0, false},
    {"BIG5", 0, 0x81, 0xFE, 0x40, 0xFE, 0, false},
    {"BIG5-HKSCS", 0, 0x81, 0xFE, 0x40, 0xFE, 0, true},
    {"EUC-JP", 0, 0xA1, 0xFE, 0xA1, 0xFE, 0x80, false},
    {"EUC-JP", 0x8F, 0xA1, 0xFE, 0xA1, 0xFE, 0x80, false},
    {"EUC-JISX0213", 0, 0xA1, 0xFE, 0xA1, 0xFE, 0x80, true},
    {"EUC-JISX0213", 0x8F, 0xA1, 0xFE, 0xA1, 0xFE, 0x80, false},
    {"CP932", 0, 0x81, 0xFC, 0x40, 0xFC, 0, false},
    {"EUC-KR", 0, 0xA1, 0xFE, 0xA1, 0xFE, 0x80, false},
    {"UHC", 0, 0x81, 0xFE, 0x41, 0xFE, 0, false},
    {"JOHAB", 0, 0x84, 0xF9, 0x31, 0xFE, 0, false},
    {"ISO-8859-7", 0, 0, 0, 0xA0, 0xFF, 0, false},
};
static_assert(sizeof sources / sizeof *sources == static_cast<size_t>(CharsetId::kCount));

std::atomic<const Charset*> charsets[static_cast<size_t>(CharsetId::kCount)];

enum class Outcome : uint8_t { kMade, kUnknown, kNoMemory };

}  // namespace

bool Charset::begins_pair(uint32_t c) const {
    for (size_t i = 0; i < pair_count_; i++)
        if (pairs_[i].first == c) return true;
    return false;
}

uint16_t Charset::encode_pair(uint32_t first, uint32_t second) const {
    for (size_t i = 0; i < pair_count_; i++)
        if (pairs_[i].first == first && pairs_[i].second == second) return pairs_[i].code;
    return 0;
}

uint32_t Charset::unmapped_below(uint32_t c) const {
    uint32_t mapped = mapped_before_[c >> 8];
    for (uint32_t i = c & ~0xFFu; i < c; i++) mapped += encode(i) != 0;
    return c - 0x80 - mapped;
}

// Runs detached: it touches no object.
class CharsetBuilder {
  public:
    explicit CharsetBuilder(CharsetId id) : id_(id), source_(sources[static_cast<size_t>(id)]) {}
    ~CharsetBuilder() { discard(made_); }
    CharsetBuilder(const CharsetBuilder&) = delete;

    Outcome build() {
        made_ = static_cast<Charset*>(array_allocate_zeroed(sizeof(Charset)));
        if (!made_) return Outcome::kNoMemory;
        iconv_t converter = iconv_open("UTF-32LE", source_.name);
        if (converter == reinterpret_cast<iconv_t>(-1))
            return errno == ENOMEM ? Outcome::kNoMemory : Outcome::kUnknown;
        bool ok = ask(converter);
        iconv_close(converter);
        if (!ok || !apply_differences() || !turn_round()) return Outcome::kNoMemory;
        return Outcome::kMade;
    }
    Charset* take() {
        Charset* made = made_;
        made_ = nullptr;
        return made;
    }
    static void discard(Charset* set) {
        if (!set) return;
        for (uint32_t* row : set->rows_) array_free(row);
        for (uint16_t* page : set->pages_) array_free(page);
        array_free(set);
    }

  private:
    bool ask(iconv_t converter) {
        for (unsigned lead = source_.first_lead; lead <= source_.last_lead; lead++)
            for (unsigned trail = source_.first_trail; trail <= source_.last_trail; trail++)
                if (!ask_one(converter, lead, trail)) return false;
        return true;
    }
    bool ask_one(iconv_t converter, unsigned lead, unsigned trail) {
        char sequence[3];
        size_t left = 0;
        if (source_.prefix) sequence[left++] = static_cast<char>(source_.prefix);
        if (lead) sequence[left++] = static_cast<char>(lead);
        sequence[left++] = static_cast<char>(trail);
        char* in = sequence;
        uint32_t points[4];
        char* out = reinterpret_cast<char*>(points);
        size_t room = sizeof points;
        // A converter may keep a character back that could begin a pair; and must forget what
        // went wrong.
        bool whole = iconv(converter, &in, &left, &out, &room) == 0 && left == 0;
        iconv(converter, nullptr, nullptr, &out, &room);
        size_t count = (sizeof points - room) / sizeof *points;
        if (!whole || count == 0) return true;
        unsigned code = (lead << 8 | trail) ^ (lead ? source_.mask * 0x101u : 0);
        if (count == 1) return put(code, points[0]);
        // Otherwise two characters of one byte each.
        if (!source_.has_pairs || count != 2 || points[0] < 0x80 || points[1] < 0x80) return true;
        if (made_->pair_count_ == Charset::kMostPairs) return true;
        made_->pairs_[made_->pair_count_] = {points[0], points[1], static_cast<uint16_t>(code)};
        return put(code, Charset::kIsPair | static_cast<uint32_t>(made_->pair_count_++));
    }
    bool put(unsigned code, uint32_t entry) {
        uint32_t*& row = made_->rows_[code >> 8];
        if (!row) row = static_cast<uint32_t*>(array_allocate_zeroed(256 * sizeof *row));
        if (!row) return false;
        row[code & 0xFF] = entry;
        return true;
    }
    bool put_encoding(uint32_t point, unsigned code) {
        if (point >= Charset::kPages * 256) return true;
        uint16_t*& page = made_->pages_[point >> 8];
        if (!page) page = static_cast<uint16_t*>(array_allocate_zeroed(256 * sizeof *page));
        if (!page) return false;
        page[point & 0xFF] = static_cast<uint16_t>(code);
        return true;
    }
    bool apply_differences() {
        for (size_t i = 0; i < decode_difference_count; i++) {
            const DecodeDifference& row = decode_differences[i];
            if (row.id != id_) continue;
            for (unsigned j = 0; j < row.count; j++)
                if (!put(row.code + j, row.point ? row.point + j : 0)) return false;
        }
        return true;
    }
    bool turn_round() {
        for (unsigned code = 0; code < 0x10000; code++) {
            uint32_t point = made_->decode(code >> 8, code & 0xFF);
            if (point == 0 || point & Charset::kIsPair || made_->encode(point) != 0) continue;
            if (!put_encoding(point, code)) return false;
        }
        for (size_t i = 0; i < encode_difference_count; i++) {
            const EncodeDifference& row = encode_differences[i];
            if (row.id == id_ && !put_encoding(row.point, row.code)) return false;
        }
        uint16_t mapped = 0;
        for (unsigned page = 0; page <= 256; page++) {
            made_->mapped_before_[page] = mapped;
            for (unsigned i = 0; page < 256 && i < 256; i++)
                mapped = static_cast<uint16_t>(mapped + (made_->encode(page << 8 | i) != 0));
        }
        return true;
    }

    CharsetId id_;
    const Source& source_;
    Charset* made_ = nullptr;
};

const Charset* charset(Thread& thread, CharsetId id) {
    std::atomic<const Charset*>& place = charsets[static_cast<size_t>(id)];
    // Pairs with the release below.
    if (const Charset* made = place.load(std::memory_order_acquire)) return made;
    CharsetBuilder builder(id);
    Outcome outcome;
    {
        Detached detached(thread);
        outcome = builder.build();
    }
    if (outcome == Outcome::kNoMemory) return raise_memory_error(thread);
    if (outcome == Outcome::kUnknown)
        return raise(thread, exc::LookupError, "the C library lacks the character set {}",
                     sources[static_cast<size_t>(id)].name);
    Charset* made = builder.take();
    const Charset* expected = nullptr;
    // Release: who reads the pointer sees the tables.
    if (place.compare_exchange_strong(expected, made, std::memory_order_acq_rel,
                                      std::memory_order_acquire))
        return made;
    CharsetBuilder::discard(made);
    return expected;
}

const Charset& ready_charset(CharsetId id) {
    return *charsets[static_cast<size_t>(id)].load(std::memory_order_acquire);
}

}  // namespace imugi::mbc
