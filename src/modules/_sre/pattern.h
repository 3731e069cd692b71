// Pattern, Match and Scanner objects of the _sre module.
#pragma once

#include "modules/_sre/matcher.h"
#include "modules/native_class.h"
#include "object/buffer.h"
#include "object/bytes.h"

namespace imugi::sre {

// A compiled regular expression; immutable.
struct Pattern : Object {
    Slot pattern;      // str, bytes or None
    Slot group_index;  // dict: name -> number
    Slot index_group;  // tuple: number -> name or None
    uint32_t flags;
    uint32_t groups;
    int8_t is_bytes;  // -1: unknown, the pattern is None
    size_t code_size;
    uint32_t* code;
};

// A match; immutable but for `regs`, made on demand under the Lock.
struct Match : Object {
    Slot string;       // what was searched
    Slot pattern;      // Pattern
    Slot regs;         // tuple of spans; empty until asked for
    Index begin, end;  // pos and endpos
    Index last_index;
    uint32_t groups;  // the whole match counts as group 0
    Index* marks;     // begin and end of each group
};

// A place in a text from which searches go on; moved under the Lock.
struct Scanner : Object {
    Slot pattern, string;
    Slot pinned;  // a memoryview of a string that could be resized; empty for str and bytes
    Index position, end;
    bool must_advance;
};

// A replacement text with group references; immutable.
struct Template : Object {
    Slot literal;   // text in front
    Slot literals;  // tuple: text behind each reference, None for ''
    size_t count;
    Index* indexes;
};

extern NativeClass pattern_class, match_class, scanner_class, template_class;

// The text of a search: a str held, or a buffer pinned.
class Subject {
  public:
    explicit Subject(Thread& thread) : thread_(thread), buffer_(thread) {}
    // TypeError unless it is text of the pattern's kind; pattern may be null.
    [[nodiscard]] bool load(Value string, const Pattern* pattern);
    const void* data() const { return data_; }
    unsigned unit() const { return unit_; }
    Index length() const { return length_; }
    bool is_bytes() const { return is_bytes_; }
    // string[begin:end] as str or bytes.
    Owned slice(Index begin, Index end) const;
    Value string() const { return string_; }

  private:
    Thread& thread_;
    Buffer buffer_;
    Value string_;
    const void* data_ = nullptr;
    unsigned unit_ = 1;
    Index length_ = 0;
    bool is_bytes_ = false;
};

// Clamps pos and endpos, and makes the search ready.
[[nodiscard]] bool begin_search(Thread& thread, Search& search, const Subject& subject, Index pos,
                                Index endpos);
Owned make_match(Thread& thread, Pattern& pattern, Value string, const Search& search, Index begin,
                 Index end);
Owned make_scanner(Thread& thread, Pattern& pattern, Value string, Index pos, Index endpos);
// The text of a template, for a match with these marks.
Owned expand_template(Thread& thread, Template& replacement, const Subject& subject,
                      Index match_begin, Index match_end, const Index* marks, uint32_t groups);
// re._compile_template(pattern, text): a str or bytes, or a Template.
Owned compile_template(Thread& thread, Pattern& pattern, Value text);
// Number of a group given by number or name; -1 with IndexError.
Index group_number(Thread& thread, Pattern& pattern, Value key, uint32_t groups);

}  // namespace imugi::sre

namespace imugi {
IMUGI_NATIVE_CLASS(sre::Pattern, sre::pattern_class);
IMUGI_NATIVE_CLASS(sre::Match, sre::match_class);
IMUGI_NATIVE_CLASS(sre::Scanner, sre::scanner_class);
}  // namespace imugi
