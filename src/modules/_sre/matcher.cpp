// See matcher.h. The rules of the stack:
//   - a choice is an entry that matching can go on from when what follows fails;
//   - every change of a mark or of a repeat's state pushes an entry that takes it back;
//   - a barrier opens an assertion, atomic group or possessive round. kSuccess inside removes the
//     choices above it, keeping what undoes changes; `barrier_` is the innermost one.
#include "modules/_sre/matcher.h"

#include "base/text_search.h"
#include "memory/heap.h"
#include "modules/_sre/characters.h"
#include "object/errors.h"
#include "thread/safepoint.h"

namespace imugi::sre {

enum class Kind : uint8_t {
    // Choices.
    kBranch,        // the next alternative at `pc`
    kRepeatOne,     // one fewer than `count` of the item of the repeat at `pc`
    kMinRepeatOne,  // one more
    kMaxTail,       // leave the repeat
    kMinBody,       // one more round of the repeat
    // What undoes changes.
    kMark,     // marks[index] = value, last_index = count
    kRound,    // the current repeat's count and last position
    kCurrent,  // the current repeat; `count` repeats were there before, -1: no new one
    // Barriers.
    kAssert,
    kAssertNot,
    kAtomic,
    kPossessive,
};

// `pc` is an index into the code.
struct Choice {
    Kind kind;
    uint32_t pc;
    Index position;
    Index count;
    uint64_t extra;  // a repeat's or barrier's index on the stack
};

constexpr uint64_t kNone = UINT64_MAX;

// A repeat in progress is an entry too: kRepeatRecord entries are never choices.
struct RepeatRecord {
    uint32_t pc;     // of the REPEAT's operands
    uint32_t count;  // rounds begun
    Index last;      // where the last round began, -1: none
    uint64_t outer;  // the repeat around it
};

Search::~Search() {
    array_free(stack_);
    if (marks != local_marks_) array_free(marks);
}

bool Search::begin(const void* text, unsigned unit, Index from, Index to) {
    text_ = text;
    unit_ = unit;
    start = position = from;
    end = to;
    marks = local_marks_;
    if (groups_ * 2 > std::size(local_marks_)) {
        marks = static_cast<Index*>(array_allocate(sizeof(Index) * 2 * groups_));
        if (!marks) return raise_memory_error(thread_);
    }
    return true;
}

bool Search::grow() {
    size_t capacity = capacity_ ? capacity_ * 2 : 64;
    void* grown = array_reallocate(stack_, capacity * sizeof(Choice));
    if (!grown) return raise_memory_error(thread_);
    stack_ = static_cast<Choice*>(grown);
    capacity_ = capacity;
    return true;
}

template <class Unit>
class Matcher {
  public:
    Matcher(Search& search, bool whole)
        : search_(search),
          text_(static_cast<const Unit*>(search.text_)),
          code_(search.code_),
          end_(search.end),
          whole_(whole) {}
    ~Matcher() { array_free(repeats_); }
    Matcher(const Matcher&) = delete;

    Found run(Index start) {
        start_ = position_ = start;
        search_.last_index = -1;
        for (uint32_t i = 0; i < search_.groups_ * 2; i++) search_.marks[i] = -1;
        pc_ = 0;
        top_ = 0;
        repeat_count_ = 0;
        current_ = barrier_ = kNone;
        for (;;) {
            switch (step()) {
                case Step::kGo:
                    break;
                case Step::kFail:
                    if (!backtrack()) return failed_ ? Found::kError : Found::kNo;
                    break;
                case Step::kMatched:
                    search_.position = position_;
                    search_.start = start_;
                    return Found::kYes;
                case Step::kError:
                    return Found::kError;
            }
        }
    }

  private:
    enum class Step : uint8_t { kGo, kFail, kMatched, kError };

    // --- the stack ---

    bool push(Kind kind, uint32_t pc, Index position, Index count, uint64_t extra) {
        if (IMUGI_UNLIKELY(top_ == search_.capacity_) && !search_.grow()) return false;
        search_.stack_[top_++] = {kind, pc, position, count, extra};
        return true;
    }
    Choice& entry(uint64_t index) { return search_.stack_[index]; }

    bool set_mark(uint32_t index, Index value) {
        if (!push(Kind::kMark, index, search_.marks[index], search_.last_index, 0)) return false;
        search_.marks[index] = value;
        if (index & 1) search_.last_index = static_cast<Index>(index / 2 + 1);
        return true;
    }

    bool set_current(uint64_t repeat, Index before = -1) {
        if (!push(Kind::kCurrent, 0, 0, before, current_)) return false;
        current_ = repeat;
        return true;
    }
    bool set_round(uint32_t count, Index last) {
        RepeatRecord& record = repeats_[current_];
        if (!push(Kind::kRound, record.count, record.last, 0, current_)) return false;
        record.count = count;
        record.last = last;
        return true;
    }

    // Takes back one change; false when the entry is none.
    bool undo(const Choice& c) {
        switch (c.kind) {
            case Kind::kMark:
                search_.marks[c.pc] = c.position;
                search_.last_index = c.count;
                return true;
            case Kind::kRound:
                repeats_[c.extra].count = c.pc;
                repeats_[c.extra].last = c.position;
                return true;
            case Kind::kCurrent:
                current_ = c.extra;
                if (c.count >= 0) repeat_count_ = static_cast<size_t>(c.count);
                return true;
            default:
                return false;
        }
    }

    // The body of the barrier has matched: no way back into it, but changes can be undone.
    void cut() {
        uint64_t from = barrier_, to = from;
        barrier_ = entry(from).extra;
        for (uint64_t i = from + 1; i < top_; i++) {
            Kind kind = entry(i).kind;
            if (kind == Kind::kMark || kind == Kind::kRound || kind == Kind::kCurrent)
                entry(to++) = entry(i);
        }
        top_ = to;
    }

    bool open_barrier(Kind kind, uint32_t pc, Index count) {
        if (!push(kind, pc, position_, count, barrier_)) return false;
        barrier_ = top_ - 1;
        return true;
    }

    // --- going back ---

    // To the last choice; false when there is none, or (failed_) memory is short or an exception
    // came.
    bool backtrack() {
        if (!poll()) return false;
        while (top_ > 0) {
            Choice c = entry(--top_);
            if (undo(c)) continue;
            switch (c.kind) {
                case Kind::kBranch:
                    position_ = c.position;
                    if (next_alternative(c.pc)) return true;
                    break;
                case Kind::kRepeatOne:
                    if (give_back(c)) return true;
                    break;
                case Kind::kMinRepeatOne:
                    if (take_more(c)) return true;
                    break;
                case Kind::kMaxTail:
                    position_ = c.position;
                    pc_ = c.pc;
                    if (!set_current(repeats_[c.extra].outer)) return fail_for_good();
                    return true;
                case Kind::kMinBody:
                    if (another_round(c)) return true;
                    break;
                case Kind::kAssertNot:
                    barrier_ = c.extra;
                    position_ = c.position;
                    pc_ = c.pc;
                    return true;
                case Kind::kPossessive:
                    barrier_ = c.extra;
                    if (c.count < static_cast<Index>(code_[c.pc + 1])) break;
                    position_ = c.position;
                    pc_ = c.pc + code_[c.pc] + 1;
                    return true;
                default:
                    barrier_ = c.extra;
                    break;
            }
            if (failed_) return false;
        }
        return false;
    }
    bool fail_for_good() {
        failed_ = true;
        return false;
    }
    bool poll() {
        if (IMUGI_LIKELY(--budget_ > 0)) return true;
        budget_ = kBudget;
        return safepoint(search_.thread_) || fail_for_good();
    }

    // --- single characters ---

    bool matches_one(uint32_t pc, uint32_t c) const {
        const uint32_t* at = code_ + pc;
        switch (at[0]) {
            case kAny:
                return c != '\n';
            case kAnyAll:
                return true;
            case kLiteral:
                return c == at[1];
            case kNotLiteral:
                return c != at[1];
            case kLiteralIgnore:
                return lower_ascii(c) == at[1];
            case kNotLiteralIgnore:
                return lower_ascii(c) != at[1];
            case kLiteralUniIgnore:
                return lower_unicode(c) == at[1];
            case kNotLiteralUniIgnore:
                return lower_unicode(c) != at[1];
            case kLiteralLocIgnore:
                return same_locale(at[1], c);
            case kNotLiteralLocIgnore:
                return !same_locale(at[1], c);
            case kIn:
                return in_set(at + 2, c);
            case kInIgnore:
                return in_set(at + 2, lower_ascii(c));
            case kInUniIgnore:
                return in_set(at + 2, lower_unicode(c));
            case kInLocIgnore:
                return in_set_locale(at + 2, c);
            case kCategory:
                return in_category(at[1], c);
            default:
                return false;
        }
    }

    // How many of the characters from position_ on are the item's, at most `most`.
    Index count_items(uint32_t pc, Index most) {
        Index left = end_ - position_;
        if (most > left) most = left;
        const Unit* begin = text_ + position_;
        const Unit* at = begin;
        const Unit* stop = begin + most;
        switch (code_[pc]) {
            case kAnyAll:
                return most;
            case kAny: {
                size_t found = find_unit(begin, static_cast<size_t>(most), static_cast<Unit>('\n'));
                return found == not_found ? most : static_cast<Index>(found);
            }
            case kLiteral:
                while (at < stop && *at == code_[pc + 1]) at++;
                break;
            case kNotLiteral:
                while (at < stop && *at != code_[pc + 1]) at++;
                break;
            case kIn: {
                const uint32_t* set = code_ + pc + 2;
                // Mostly one bitmap or one class.
                if (set[0] == kCharset && set[9] == kFailure) {
                    while (at < stop && *at < 256 && set[1 + (*at >> 5)] >> (*at & 31) & 1) at++;
                } else {
                    while (at < stop && in_set(set, *at)) at++;
                }
                break;
            }
            default:
                while (at < stop && matches_one(pc, *at)) at++;
        }
        return at - begin;
    }

    // --- repeats of one character ---

    // Fewer of them, as long as what follows could match.
    bool give_back(const Choice& c) {
        const uint32_t* at = code_ + c.pc;  // skip, min, max, item
        Index least = static_cast<Index>(at[1]);
        Index count = c.count;
        uint32_t tail = c.pc + at[0];
        if (code_[tail] == kLiteral) {
            // Where the literal that follows stands.
            uint32_t wanted = code_[tail + 1];
            for (; count >= least; count--) {
                Index here = c.position + count;
                if (here < end_ && text_[here] == wanted) break;
            }
        }
        if (count < least) return false;
        position_ = c.position + count;
        pc_ = tail;
        if (count > least && !push(Kind::kRepeatOne, c.pc, c.position, count - 1, 0))
            return fail_for_good();
        return true;
    }

    bool take_more(const Choice& c) {
        const uint32_t* at = code_ + c.pc;
        if (c.position >= end_ || !matches_one(c.pc + 3, text_[c.position])) return false;
        position_ = c.position + 1;
        pc_ = c.pc + at[0];
        uint32_t most = at[2];
        if ((most == kMaxRepeat || c.count + 1 < static_cast<Index>(most)) &&
            !push(Kind::kMinRepeatOne, c.pc, position_, c.count + 1, 0))
            return fail_for_good();
        return true;
    }

    static Index limit(uint32_t most) { return most == kMaxRepeat ? PTRDIFF_MAX : Index{most}; }

    Step repeat_one(uint32_t pc) {
        const uint32_t* at = code_ + pc;
        auto least = static_cast<Index>(at[1]);
        if (end_ - position_ < least) return Step::kFail;
        Index count = count_items(pc + 3, limit(at[2]));
        if (count < least) return Step::kFail;
        Choice all{Kind::kRepeatOne, pc, position_, count, 0};
        if (give_back(all)) return Step::kGo;
        return failed_ ? Step::kError : Step::kFail;
    }

    Step min_repeat_one(uint32_t pc) {
        const uint32_t* at = code_ + pc;
        auto least = static_cast<Index>(at[1]);
        if (end_ - position_ < least) return Step::kFail;
        if (least > 0) {
            if (count_items(pc + 3, least) < least) return Step::kFail;
            position_ += least;
        }
        pc_ = pc + at[0];
        if (limit(at[2]) > least && !push(Kind::kMinRepeatOne, pc, position_, least, 0))
            return Step::kError;
        return Step::kGo;
    }

    Step possessive_repeat_one(uint32_t pc) {
        const uint32_t* at = code_ + pc;
        auto least = static_cast<Index>(at[1]);
        if (end_ - position_ < least) return Step::kFail;
        Index count = count_items(pc + 3, limit(at[2]));
        if (count < least) return Step::kFail;
        position_ += count;
        pc_ = pc + at[0];
        return Step::kGo;
    }

    // --- general repeats ---

    Step begin_repeat(uint32_t pc) {
        // A record stays, as choices in it may come back, until its making is undone.
        if (repeat_count_ == repeat_capacity_) {
            size_t capacity = repeat_capacity_ ? repeat_capacity_ * 2 : 16;
            void* grown = array_reallocate(repeats_, capacity * sizeof(RepeatRecord));
            if (!grown) {
                (void)static_cast<bool>(raise_memory_error(search_.thread_));
                return Step::kError;
            }
            repeats_ = static_cast<RepeatRecord*>(grown);
            repeat_capacity_ = capacity;
        }
        repeats_[repeat_count_] = {pc, UINT32_MAX, -1, current_};
        if (!set_current(repeat_count_, static_cast<Index>(repeat_count_))) return Step::kError;
        repeat_count_++;
        pc_ = pc + code_[pc];  // its UNTIL decides whether there is a first round
        return Step::kGo;
    }

    Step until(bool greedy) {
        RepeatRecord record = repeats_[current_];
        const uint32_t* at = code_ + record.pc;
        uint32_t count = record.count + 1;  // rounds so far
        uint32_t body = record.pc + 3, tail = pc_;
        if (count < at[1]) {
            if (!set_round(count, record.last)) return Step::kError;
            pc_ = body;
            return Step::kGo;
        }
        if (greedy) {
            bool more = (at[2] == kMaxRepeat || count < at[2]) && position_ != record.last;
            if (!more) {
                if (!set_current(record.outer)) return Step::kError;
                pc_ = tail;
                return Step::kGo;
            }
            if (!push(Kind::kMaxTail, tail, position_, 0, current_) || !set_round(count, position_))
                return Step::kError;
            pc_ = body;
            return Step::kGo;
        }
        if (!push(Kind::kMinBody, count, position_, 0, current_) || !set_current(record.outer))
            return Step::kError;
        pc_ = tail;
        return Step::kGo;
    }

    bool another_round(const Choice& c) {
        RepeatRecord record = repeats_[c.extra];
        const uint32_t* at = code_ + record.pc;
        if ((at[2] != kMaxRepeat && c.pc >= at[2]) || c.position == record.last) return false;
        position_ = c.position;
        if (current_ != c.extra && !set_current(c.extra)) return fail_for_good();
        if (!set_round(c.pc, position_)) return fail_for_good();
        pc_ = record.pc + 3;
        return true;
    }

    // --- branches ---

    // Tries the alternative whose skip word is at `at`, or a later one.
    bool next_alternative(uint32_t at) {
        for (; code_[at] != 0; at += code_[at]) {
            uint32_t first = at + 1;
            if (code_[first] == kLiteral &&
                (position_ >= end_ || text_[position_] != code_[first + 1]))
                continue;
            if (code_[first] == kIn &&
                (position_ >= end_ || !in_set(code_ + first + 2, text_[position_])))
                continue;
            uint32_t next = at + code_[at];
            if (code_[next] != 0 && !push(Kind::kBranch, next, position_, 0, 0))
                return fail_for_good();
            pc_ = first;
            return true;
        }
        return false;
    }

    // --- places and references ---

    template <class IsWord>
    bool at_boundary(IsWord is_word) const {
        bool before = position_ > 0 && is_word(text_[position_ - 1]);
        bool after = position_ < end_ && is_word(text_[position_]);
        return before != after;
    }
    bool is_at(uint32_t place) const {
        switch (place) {
            case kAtBeginning:
            case kAtBeginningString:
                return position_ == 0;
            case kAtBeginningLine:
                return position_ == 0 || text_[position_ - 1] == '\n';
            case kAtEnd:
                return position_ == end_ || (position_ + 1 == end_ && text_[position_] == '\n');
            case kAtEndLine:
                return position_ == end_ || text_[position_] == '\n';
            case kAtEndString:
                return position_ == end_;
            case kAtBoundary:
                return at_boundary(is_word_ascii);
            case kAtNonBoundary:
                return !at_boundary(is_word_ascii);
            case kAtLocBoundary:
                return at_boundary(is_word_locale);
            case kAtLocNonBoundary:
                return !at_boundary(is_word_locale);
            case kAtUniBoundary:
                return at_boundary(is_word_unicode);
            case kAtUniNonBoundary:
                return !at_boundary(is_word_unicode);
            default:
                return false;
        }
    }

    template <class Same>
    bool matches_group(uint32_t group, Same same_character) {
        Index from = search_.marks[group * 2], to = search_.marks[group * 2 + 1];
        if (from < 0 || to < from || to - from > end_ - position_) return false;
        for (; from < to; from++, position_++)
            if (!same_character(text_[from], text_[position_])) return false;
        return true;
    }

    // --- the instruction at pc_ ---

    Step one(uint32_t size) {
        if (position_ >= end_ || !matches_one(pc_, text_[position_])) return Step::kFail;
        position_++;
        pc_ += size;
        return Step::kGo;
    }

    Step success() {
        if (barrier_ == kNone) {
            if ((whole_ && position_ != end_) ||
                (search_.must_advance && position_ == search_.start && start_ == search_.start))
                return Step::kFail;
            return Step::kMatched;
        }
        Choice c = entry(barrier_);
        switch (c.kind) {
            case Kind::kAssert:
                cut();
                position_ = c.position;
                pc_ = c.pc;
                return Step::kGo;
            case Kind::kAssertNot: {
                uint64_t floor = barrier_;
                while (top_ > floor + 1) undo(entry(--top_));
                top_ = floor;
                barrier_ = c.extra;
                return Step::kFail;
            }
            case Kind::kAtomic:
                cut();
                pc_ = c.pc;
                return Step::kGo;
            default:
                return possessive_round(c);
        }
    }

    Step possessive_round(const Choice& c) {
        cut();
        Index count = c.count + 1;
        const uint32_t* at = code_ + c.pc;
        bool more =
            count < static_cast<Index>(at[1]) || (count < limit(at[2]) && position_ != c.position);
        if (!more) {
            pc_ = c.pc + at[0] + 1;
            return Step::kGo;
        }
        if (!open_barrier(Kind::kPossessive, c.pc, count)) return Step::kError;
        pc_ = c.pc + 3;
        return Step::kGo;
    }

    Step assertion(bool positive) {
        uint32_t operands = pc_ + 1;
        uint32_t tail = operands + code_[operands];
        auto back = static_cast<Index>(code_[operands + 1]);
        if (position_ < back) {
            if (positive) return Step::kFail;
            pc_ = tail;
            return Step::kGo;
        }
        if (!open_barrier(positive ? Kind::kAssert : Kind::kAssertNot, tail, 0))
            return Step::kError;
        position_ -= back;
        pc_ = operands + 2;
        return Step::kGo;
    }

    Step literal_run() {
        // Literals mostly come in rows.
        do {
            if (position_ >= end_ || text_[position_] != code_[pc_ + 1]) return Step::kFail;
            position_++;
            pc_ += 2;
        } while (code_[pc_] == kLiteral);
        return Step::kGo;
    }

    Step step() {
        switch (code_[pc_]) {
            case kFailure:
                return Step::kFail;
            case kSuccess:
                return success();
            case kLiteral:
                return literal_run();
            case kAny:
            case kAnyAll:
                return one(1);
            case kNotLiteral:
            case kLiteralIgnore:
            case kNotLiteralIgnore:
            case kLiteralUniIgnore:
            case kNotLiteralUniIgnore:
            case kLiteralLocIgnore:
            case kNotLiteralLocIgnore:
            case kCategory:
                return one(2);
            case kIn:
            case kInIgnore:
            case kInUniIgnore:
            case kInLocIgnore:
                return one(1 + code_[pc_ + 1]);
            case kMark:
                if (!set_mark(code_[pc_ + 1], position_)) return Step::kError;
                pc_ += 2;
                return Step::kGo;
            case kAt:
                if (!is_at(code_[pc_ + 1])) return Step::kFail;
                pc_ += 2;
                return Step::kGo;
            case kJump:
                pc_ += 1 + code_[pc_ + 1];
                return Step::kGo;
            case kInfo:
                pc_ += 1 + code_[pc_ + 1];
                return Step::kGo;
            case kBranch:
                if (next_alternative(pc_ + 1)) return Step::kGo;
                return failed_ ? Step::kError : Step::kFail;
            case kRepeatOne:
                return repeat_one(pc_ + 1);
            case kMinRepeatOne:
                return min_repeat_one(pc_ + 1);
            case kPossessiveRepeatOne:
                return possessive_repeat_one(pc_ + 1);
            case kRepeat:
                return begin_repeat(pc_ + 1);
            case kMaxUntil:
                if (!poll()) return Step::kError;
                pc_++;
                return until(true);
            case kMinUntil:
                if (!poll()) return Step::kError;
                pc_++;
                return until(false);
            case kPossessiveRepeat:
                return begin_possessive(pc_ + 1);
            case kAtomicGroup:
                if (!open_barrier(Kind::kAtomic, pc_ + 1 + code_[pc_ + 1], 0)) return Step::kError;
                pc_ += 2;
                return Step::kGo;
            case kAssert:
                return assertion(true);
            case kAssertNot:
                return assertion(false);
            case kGroupRef:
                return reference([](uint32_t a, uint32_t b) { return a == b; });
            case kGroupRefIgnore:
                return reference(
                    [](uint32_t a, uint32_t b) { return lower_ascii(a) == lower_ascii(b); });
            case kGroupRefUniIgnore:
                return reference(
                    [](uint32_t a, uint32_t b) { return lower_unicode(a) == lower_unicode(b); });
            case kGroupRefLocIgnore:
                return reference(
                    [](uint32_t a, uint32_t b) { return lower_locale(a) == lower_locale(b); });
            case kGroupRefExists: {
                uint32_t group = code_[pc_ + 1];
                Index from = search_.marks[group * 2], to = search_.marks[group * 2 + 1];
                pc_ += from >= 0 && to >= from ? 3 : 1 + code_[pc_ + 2];
                return Step::kGo;
            }
            default:
                return Step::kFail;
        }
    }

    template <class Same>
    Step reference(Same same_character) {
        if (!matches_group(code_[pc_ + 1], same_character)) return Step::kFail;
        pc_ += 2;
        return Step::kGo;
    }

    Step begin_possessive(uint32_t pc) {
        if (limit(code_[pc + 2]) == 0) {
            pc_ = pc + code_[pc] + 1;
            return Step::kGo;
        }
        if (!open_barrier(Kind::kPossessive, pc, 0)) return Step::kError;
        pc_ = pc + 3;
        return Step::kGo;
    }

    static constexpr int kBudget = 20000;

    Search& search_;
    const Unit* text_;
    const uint32_t* code_;
    Index end_, start_ = 0, position_ = 0;
    bool whole_, failed_ = false;
    uint32_t pc_ = 0;
    size_t top_ = 0;
    int budget_ = kBudget;
    RepeatRecord* repeats_ = nullptr;
    size_t repeat_count_ = 0, repeat_capacity_ = 0;
    uint64_t current_ = kNone, barrier_ = kNone;
};

template <class Unit>
Found Search::match_units(Index at, bool whole) {
    Matcher<Unit> matcher(*this, whole);
    return matcher.run(at);
}

Found Search::match(bool whole) {
    if (start > end) return Found::kNo;
    switch (unit_) {
        case 1:
            return match_units<uint8_t>(start, whole);
        case 2:
            return match_units<uint16_t>(start, whole);
        default:
            return match_units<uint32_t>(start, whole);
    }
}

namespace {

// A literal prefix in units of the text; false when it cannot occur.
template <class Unit>
bool narrow_prefix(const uint32_t* prefix, size_t size, Unit* out) {
    for (size_t i = 0; i < size; i++) {
        if (prefix[i] > static_cast<Unit>(~Unit{0})) return false;
        out[i] = static_cast<Unit>(prefix[i]);
    }
    return true;
}

}  // namespace

template <class Unit>
Found Search::search_units() {
    constexpr size_t kLongestPrefix = 64;
    auto* units = static_cast<const Unit*>(text_);
    Unit prefix[kLongestPrefix];
    size_t prefix_size = 0;
    const uint32_t* set = nullptr;
    Index least = 0;
    if (code_[0] == kInfo) {
        least = static_cast<Index>(code_[3]);
        if (code_[2] & kInfoPrefix) {
            prefix_size = code_[5] < kLongestPrefix ? code_[5] : kLongestPrefix;
            if (!narrow_prefix(code_ + 7, prefix_size, prefix)) return Found::kNo;
        } else if (code_[2] & kInfoCharset) {
            set = code_ + 5;
        }
    }
    Matcher<Unit> matcher(*this, false);
    Index first = start;
    uint32_t begin = code_[0] == kInfo ? 1 + code_[1] : 0;
    // What is bound to the beginning is nowhere else.
    if (code_[begin] == kAt &&
        (code_[begin + 1] == kAtBeginning || code_[begin + 1] == kAtBeginningString))
        return matcher.run(first);
    for (Index at = first; at <= end - least; at++) {
        if (prefix_size != 0) {
            size_t found =
                find_text(units + at, static_cast<size_t>(end - at), prefix, prefix_size);
            if (found == not_found) return Found::kNo;
            at += static_cast<Index>(found);
        } else if (set) {
            while (at < end && !in_set(set, units[at])) at++;
            if (at >= end) return Found::kNo;
        }
        Found found = matcher.run(at);
        if (found != Found::kNo) {
            must_advance = false;
            return found;
        }
        if (((at - first) & 0x3FFF) == 0x3FFF && !safepoint(thread_)) return Found::kError;
    }
    return Found::kNo;
}

Found Search::search() {
    if (start > end) return Found::kNo;
    switch (unit_) {
        case 1:
            return search_units<uint8_t>();
        case 2:
            return search_units<uint16_t>();
        default:
            return search_units<uint32_t>();
    }
}

}  // namespace imugi::sre
