// The matcher: runs compiled patterns over text of 1, 2 or 4-byte units by backtracking.
//
// It does not recurse: choices and what they undo are on a stack of its own that grows from the
// heap (MemoryError when that fails), and it polls safepoints, so no pattern overflows or hangs for
// good. One search belongs to one thread; the text is held or pinned by its owner.
#pragma once

#include "object/str.h"

namespace imugi::sre {

struct Choice;

enum class Found : uint8_t { kNo, kYes, kError };

// One search in one text. The marks are those of the last match.
class Search {
  public:
    Search(Thread& thread, const uint32_t* code, uint32_t groups)
        : thread_(thread), code_(code), groups_(groups) {}
    ~Search();
    Search(const Search&) = delete;

    // False with MemoryError.
    [[nodiscard]] bool begin(const void* text, unsigned unit, Index start, Index end);

    Found match(bool whole);  // at `start`; whole: up to the end
    Found search();           // at `start` or later
    // After a match: the next search starts at its end, and is not the same empty match again.
    void advance() {
        must_advance = position == start;
        start = position;
    }

    Index start = 0;     // where the search begins; after it: where the match began
    Index position = 0;  // where the match ended
    Index end = 0;
    Index last_index = -1;  // last group closed, from 1; -1: none
    bool must_advance = false;
    Index* marks = nullptr;  // begin and end of each group, -1 when it did not match
    uint32_t groups() const { return groups_; }
    const void* text() const { return text_; }
    unsigned unit() const { return unit_; }

  private:
    template <class Unit>
    friend class Matcher;
    template <class Unit>
    Found search_units();
    template <class Unit>
    Found match_units(Index at, bool whole);
    bool grow();

    Thread& thread_;
    const uint32_t* code_;
    uint32_t groups_;
    const void* text_ = nullptr;
    unsigned unit_ = 1;
    Choice* stack_ = nullptr;
    size_t capacity_ = 0;
    Index local_marks_[20];
};

// Whether `code` is a program that the matcher may run for a pattern of so many groups.
bool is_valid_code(Thread& thread, const uint32_t* code, size_t size, uint32_t groups);

}  // namespace imugi::sre
