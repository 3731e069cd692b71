// Tables of source positions, packed: an entry takes about three bytes.
//
// An entry is a byte `words | kLineMoves | kSpansLines | kNoColumns`, where words (0 .. 6, 7: a
// number follows) is the distance from the entry before; then, as the bits tell, numbers for: line
// less the line before, end line less line, column, end column less column. Numbers have seven bits
// a byte, least first; signed ones in zigzag. Immutable data, read by anybody.
#pragma once

#include "object/code.h"

namespace imugi {

inline constexpr uint8_t kWordsFollow = 7;
inline constexpr uint8_t kLineMoves = 8;
inline constexpr uint8_t kSpansLines = 16;
inline constexpr uint8_t kNoColumns = 32;  // both unknown
inline constexpr size_t kLargestPosition = 1 + 5 * 5;

// Reads entry after entry. A table that is not sound ends early.
class PositionReader {
  public:
    PositionReader(const uint8_t* table, uint32_t bytes, int32_t first_line)
        : begin_(table), at_(table), end_(table + bytes) {
        entry_ = {0, first_line, first_line, -1, -1};
    }
    explicit PositionReader(const Code& code)
        : PositionReader(code.positions, code.position_bytes, code.first_line) {}
    // From a mark on.
    PositionReader(const Code& code, const PositionMark& mark) : PositionReader(code) {
        at_ += mark.offset;
        entry_.word = mark.word_before;
        entry_.line = mark.line_before;
    }
    // False at the end.
    bool next();
    const PositionEntry& entry() const { return entry_; }
    uint32_t offset() const { return static_cast<uint32_t>(at_ - begin_); }
    bool failed() const { return failed_; }

  private:
    uint32_t number();
    int32_t signed_number();

    const uint8_t *begin_, *at_, *end_;
    PositionEntry entry_;
    bool failed_ = false;
};

// Appends an entry behind `previous` to the table; there is room for kLargestPosition bytes. Gives
// the new end. The first entry's previous has word 0 and the code's first line.
uint8_t* pack_position(uint8_t* at, const PositionEntry& previous, const PositionEntry& entry);
// Entries of a table; false when it is not sound.
[[nodiscard]] bool count_positions(const uint8_t* table, uint32_t bytes, uint32_t* count);
// A reader that begins no later than the entry of a word.
PositionReader reader_near(const Code& code, uint32_t word);
// Position of the instruction at a word index; false when the table has none.
[[nodiscard]] bool find_position(const Code& code, uint32_t word, PositionEntry* out);

// Its line, 0 when there is none.
int32_t find_line(const Code& code, uint32_t word);

}  // namespace imugi
