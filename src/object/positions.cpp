// Packing and reading tables of source positions. Works on the caller's memory alone.
#include "object/positions.h"

namespace imugi {

namespace {

uint8_t* pack_number(uint8_t* at, uint32_t n) {
    for (; n >= 128; n >>= 7) *at++ = static_cast<uint8_t>(n | 128);
    *at++ = static_cast<uint8_t>(n);
    return at;
}

// Differences are taken modulo 2**32, as the reader adds them.
uint8_t* pack_difference(uint8_t* at, int32_t to, int32_t from) {
    uint32_t n = static_cast<uint32_t>(to) - static_cast<uint32_t>(from);
    return pack_number(at, n << 1 ^ (0 - (n >> 31)));
}

int32_t sum(int32_t a, int32_t b) {
    return static_cast<int32_t>(static_cast<uint32_t>(a) + static_cast<uint32_t>(b));
}

}  // namespace

uint8_t* pack_position(uint8_t* at, const PositionEntry& previous, const PositionEntry& entry) {
    uint32_t words = entry.word - previous.word;
    uint8_t head = words < kWordsFollow ? static_cast<uint8_t>(words) : kWordsFollow;
    if (entry.line != previous.line) head |= kLineMoves;
    if (entry.end_line != entry.line) head |= kSpansLines;
    bool columns = entry.column != -1 || entry.end_column != -1;
    if (!columns) head |= kNoColumns;
    *at++ = head;
    if (words >= kWordsFollow) at = pack_number(at, words);
    if (head & kLineMoves) at = pack_difference(at, entry.line, previous.line);
    if (head & kSpansLines) at = pack_difference(at, entry.end_line, entry.line);
    if (columns) {
        at = pack_number(at, static_cast<uint32_t>(entry.column));
        at = pack_difference(at, entry.end_column, entry.column);
    }
    return at;
}

uint32_t PositionReader::number() {
    uint32_t n = 0;
    for (int shift = 0; shift < 35; shift += 7) {
        if (at_ == end_) break;
        uint8_t byte = *at_++;
        n |= uint32_t{byte & 127u} << shift;
        if (byte < 128) return n;
    }
    failed_ = true;
    return 0;
}

int32_t PositionReader::signed_number() {
    uint32_t n = number();
    return static_cast<int32_t>(n >> 1 ^ (0 - (n & 1)));
}

bool PositionReader::next() {
    if (at_ == end_ || failed_) return false;
    uint8_t head = *at_++;
    uint32_t words = head & kWordsFollow;
    entry_.word += words == kWordsFollow ? number() : words;
    if (head & kLineMoves) entry_.line = sum(entry_.line, signed_number());
    entry_.end_line = entry_.line;
    if (head & kSpansLines) entry_.end_line = sum(entry_.line, signed_number());
    entry_.column = entry_.end_column = -1;
    if (!(head & kNoColumns)) {
        entry_.column = static_cast<int32_t>(number());
        entry_.end_column = sum(entry_.column, signed_number());
    }
    return !failed_;
}

bool count_positions(const uint8_t* table, uint32_t bytes, uint32_t* count) {
    PositionReader reader(table, bytes, 0);
    for (*count = 0; reader.next();) ++*count;
    return !reader.failed();
}

PositionReader reader_near(const Code& code, uint32_t word) {
    uint32_t low = 0,
             high = code.position_count ? (code.position_count - 1) / kPositionsPerMark : 0;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (code.marks[middle].word <= word)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? PositionReader(code, code.marks[low - 1]) : PositionReader(code);
}

bool find_position(const Code& code, uint32_t word, PositionEntry* out) {
    bool found = false;
    PositionReader reader = reader_near(code, word);
    while (reader.next() && reader.entry().word <= word) {
        *out = reader.entry();
        found = true;
    }
    return found;
}

int32_t find_line(const Code& code, uint32_t word) {
    PositionEntry entry;
    return find_position(code, word, &entry) ? entry.line : 0;
}

}  // namespace imugi
