// Stable sorting of 64-bit words, with a parallel array of values moved along: Tim Peters' timsort
// (natural runs, galloping merges) with the powersort merge order (Munro and Wild, 2018), as
// list.sort() is described by CPython. The comparator may run Python and may fail: the sort then
// stops at once and leaves both arrays a permutation of their input. Memory: up to half the input,
// for merging; failure to get it is an outcome. The caller owns the arrays for the duration, no
// other thread sees them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace imugi {

enum class Less : int8_t { no, yes, error };
enum class SortOutcome : uint8_t { sorted, error, no_memory };

// Comparator: Less operator()(uint64_t a, uint64_t b), whether a < b. `values` may be null.
template <typename Comparator>
class Timsort {
  public:
    Timsort(uint64_t* keys, uint64_t* values, size_t size, Comparator& less)
        : keys_(keys), values_(values), size_(size), less_(less) {}
    ~Timsort() {
        if (buffer_ != local_) free(buffer_);
    }
    Timsort(const Timsort&) = delete;
    Timsort& operator=(const Timsort&) = delete;

    [[nodiscard]] SortOutcome sort() {
        size_t shortest = shortest_run();
        for (size_t at = 0; at < size_;) {
            size_t length = natural_run(at);
            if (failed()) return outcome_;
            if (length < shortest) {
                size_t wanted = size_ - at < shortest ? size_ - at : shortest;
                insertion_sort(at, length, wanted);
                if (failed()) return outcome_;
                length = wanted;
            }
            push_run(at, length);
            if (failed()) return outcome_;
            at += length;
        }
        while (run_count_ > 1 && !failed()) merge_at(run_count_ - 2);
        return outcome_;
    }

  private:
    struct Run {
        size_t start;
        size_t length;
        int power;  // of the boundary to the next run
    };

    // The powers on the stack increase, and none exceeds the bits of a size.
    static constexpr size_t most_runs = 72;
    static constexpr size_t local_words = 256;
    static constexpr size_t first_gallop = 7;

    [[nodiscard]] bool failed() const { return outcome_ != SortOutcome::sorted; }

    // False on error too: every caller looks at failed() before it acts on the answer.
    bool less(uint64_t a, uint64_t b) {
        Less answer = less_(a, b);
        if (answer == Less::error) outcome_ = SortOutcome::error;
        return answer == Less::yes;
    }

    // Between 32 and 64 such that size / run is a power of two or just under one.
    [[nodiscard]] size_t shortest_run() const {
        size_t n = size_;
        size_t odd = 0;
        while (n >= 64) {
            odd |= n & 1;
            n >>= 1;
        }
        return n + odd;
    }

    void move(size_t to, size_t from, size_t count) {
        memmove(keys_ + to, keys_ + from, count * sizeof(uint64_t));
        if (values_ != nullptr) memmove(values_ + to, values_ + from, count * sizeof(uint64_t));
    }
    void move_one(size_t to, size_t from) {
        keys_[to] = keys_[from];
        if (values_ != nullptr) values_[to] = values_[from];
    }
    void save(size_t from, size_t count) {
        memcpy(buffer_, keys_ + from, count * sizeof(uint64_t));
        if (values_ != nullptr) memcpy(buffer_ + count, values_ + from, count * sizeof(uint64_t));
        saved_ = count;
    }
    void restore(size_t to, size_t from, size_t count) {
        memcpy(keys_ + to, buffer_ + from, count * sizeof(uint64_t));
        if (values_ != nullptr) {
            memcpy(values_ + to, buffer_ + saved_ + from, count * sizeof(uint64_t));
        }
    }
    void restore_one(size_t to, size_t from) {
        keys_[to] = buffer_[from];
        if (values_ != nullptr) values_[to] = buffer_[saved_ + from];
    }

    [[nodiscard]] bool make_room(size_t count) {
        size_t words = values_ != nullptr ? 2 * count : count;
        if (words <= room_) return true;
        if (buffer_ != local_) free(buffer_);
        buffer_ = static_cast<uint64_t*>(malloc(words * sizeof(uint64_t)));
        if (buffer_ == nullptr) {
            buffer_ = local_;
            room_ = local_words;
            outcome_ = SortOutcome::no_memory;
            return false;
        }
        room_ = words;
        return true;
    }

    static void reverse_words(uint64_t* words, size_t count) {
        for (size_t i = 0, j = count; i + 1 < j; ++i) {
            --j;
            uint64_t word = words[i];
            words[i] = words[j];
            words[j] = word;
        }
    }

    // The run that begins at `start`; a strictly descending one is turned round, which keeps equals
    // in order.
    size_t natural_run(size_t start) {
        size_t end = start + 1;
        if (end == size_) return 1;
        bool descending = less(keys_[end], keys_[start]);
        if (failed()) return 0;
        for (++end; end < size_; ++end) {
            bool smaller = less(keys_[end], keys_[end - 1]);
            if (failed()) return 0;
            if (smaller != descending) break;
        }
        if (descending) {
            reverse_words(keys_ + start, end - start);
            if (values_ != nullptr) reverse_words(values_ + start, end - start);
        }
        return end - start;
    }

    // Binary insertion; the first `sorted` items are in order.
    void insertion_sort(size_t start, size_t sorted, size_t count) {
        for (size_t i = start + sorted; i < start + count; ++i) {
            uint64_t key = keys_[i];
            size_t low = start;
            size_t high = i;
            while (low < high) {
                size_t middle = low + (high - low) / 2;
                bool before = less(key, keys_[middle]);
                if (failed()) return;
                if (before) {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            uint64_t value = values_ != nullptr ? values_[i] : 0;
            move(low + 1, low, i - low);
            keys_[low] = key;
            if (values_ != nullptr) values_[low] = value;
        }
    }

    // In powersort's tree: the first bit in which the middles of two neighbouring runs, as
    // fractions of the whole array, differ.
    [[nodiscard]] int boundary_power(const Run& left, size_t right_length) const {
        size_t a = 2 * left.start + left.length;  // twice the middles
        size_t b = a + left.length + right_length;
        int power = 0;
        for (;;) {
            ++power;
            if (a >= size_) {
                a -= size_;
                b -= size_;
            } else if (b >= size_) {
                return power;
            }
            a <<= 1;
            b <<= 1;
        }
    }

    void push_run(size_t start, size_t length) {
        if (run_count_ > 0) {
            int power = boundary_power(runs_[run_count_ - 1], length);
            while (run_count_ > 1 && runs_[run_count_ - 2].power > power) {
                merge_at(run_count_ - 2);
                if (failed()) return;
            }
            runs_[run_count_ - 1].power = power;
        }
        runs_[run_count_++] = {start, length, 0};
    }

    // Merges run i with the next one, which is the last.
    void merge_at(size_t i) {
        size_t a = runs_[i].start;
        size_t a_size = runs_[i].length;
        size_t b = runs_[i + 1].start;
        size_t b_size = runs_[i + 1].length;
        runs_[i].length = a_size + b_size;
        --run_count_;
        // What is in place already at either end needs no merging.
        size_t skip = gallop_right(keys_[b], keys_ + a, a_size, 0);
        if (failed()) return;
        a += skip;
        a_size -= skip;
        if (a_size == 0) return;
        b_size = gallop_left(keys_[a + a_size - 1], keys_ + b, b_size, b_size - 1);
        if (failed() || b_size == 0) return;
        if (!make_room(a_size < b_size ? a_size : b_size)) return;
        if (a_size <= b_size) {
            merge_low(a, a_size, b, b_size);
        } else {
            merge_high(a, a_size, b, b_size);
        }
    }

    // How many of the sorted words are < key, looking outwards from `hint` in doubling steps.
    size_t gallop_left(uint64_t key, const uint64_t* words, size_t count, size_t hint) {
        size_t low = 0;
        size_t high = count;
        bool right = less(words[hint], key);
        if (failed()) return 0;
        if (right) {
            low = hint + 1;
            for (size_t step = 1; hint + step < count; step = 2 * step + 1) {
                bool more = less(words[hint + step], key);
                if (failed()) return 0;
                if (!more) {
                    high = hint + step;
                    break;
                }
                low = hint + step + 1;
            }
        } else {
            high = hint;
            for (size_t step = 1; step <= hint; step = 2 * step + 1) {
                bool enough = less(words[hint - step], key);
                if (failed()) return 0;
                if (enough) {
                    low = hint - step + 1;
                    break;
                }
                high = hint - step;
            }
        }
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            bool more = less(words[middle], key);
            if (failed()) return 0;
            if (more) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    // How many of the sorted words are <= key.
    size_t gallop_right(uint64_t key, const uint64_t* words, size_t count, size_t hint) {
        size_t low = 0;
        size_t high = count;
        bool left = less(key, words[hint]);
        if (failed()) return 0;
        if (left) {
            high = hint;
            for (size_t step = 1; step <= hint; step = 2 * step + 1) {
                bool more = less(key, words[hint - step]);
                if (failed()) return 0;
                if (!more) {
                    low = hint - step + 1;
                    break;
                }
                high = hint - step;
            }
        } else {
            low = hint + 1;
            for (size_t step = 1; hint + step < count; step = 2 * step + 1) {
                bool enough = less(key, words[hint + step]);
                if (failed()) return 0;
                if (enough) {
                    high = hint + step;
                    break;
                }
                low = hint + step + 1;
            }
        }
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            bool before = less(key, words[middle]);
            if (failed()) return 0;
            if (before) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    // A, the smaller, is set aside; the result grows from the left. Throughout, the room between
    // `to` and b is what is left of A, so leaving early means putting that back. On entry b's first
    // word belongs first, a's last one last.
    void merge_low(size_t a, size_t a_size, size_t b, size_t b_size) {
        save(a, a_size);
        size_t to = a;
        size_t at = 0;  // in the buffer
        move_one(to++, b++);
        --b_size;
        while (b_size > 0 && a_size > 1) {
            size_t a_wins = 0;
            size_t b_wins = 0;
            while (b_size > 0 && a_size > 1 && a_wins < gallop_ && b_wins < gallop_) {
                bool b_first = less(keys_[b], buffer_[at]);
                if (failed()) return restore(to, at, a_size);
                if (b_first) {
                    move_one(to++, b++);
                    --b_size;
                    ++b_wins;
                    a_wins = 0;
                } else {
                    restore_one(to++, at++);
                    --a_size;
                    ++a_wins;
                    b_wins = 0;
                }
            }
            if (b_size == 0 || a_size == 1) break;
            ++gallop_;
            do {
                if (gallop_ > 1) --gallop_;
                a_wins = gallop_right(keys_[b], buffer_ + at, a_size, 0);
                if (failed()) return restore(to, at, a_size);
                // An inconsistent comparison may claim all of A: its last word stays for the end.
                if (a_wins == a_size) a_wins = a_size - 1;
                restore(to, at, a_wins);
                to += a_wins;
                at += a_wins;
                a_size -= a_wins;
                if (a_size == 1) break;
                move_one(to++, b++);
                if (--b_size == 0) break;
                b_wins = gallop_left(buffer_[at], keys_ + b, b_size, 0);
                if (failed()) return restore(to, at, a_size);
                move(to, b, b_wins);
                to += b_wins;
                b += b_wins;
                b_size -= b_wins;
                if (b_size == 0) break;
                restore_one(to++, at++);
                if (--a_size == 1) break;
            } while (a_wins >= first_gallop || b_wins >= first_gallop);
            ++gallop_;
        }
        move(to, b, b_size);
        restore(to + b_size, at, a_size);
    }

    // The mirror image: B is set aside, the result grows from the right, and the room between a's
    // end and `end` is what is left of B. On entry a's last word belongs last, b's first one first.
    void merge_high(size_t a, size_t a_size, size_t b, size_t b_size) {
        save(b, b_size);
        size_t end = b + b_size;
        move_one(--end, a + --a_size);
        while (a_size > 0 && b_size > 1) {
            size_t a_wins = 0;
            size_t b_wins = 0;
            while (a_size > 0 && b_size > 1 && a_wins < gallop_ && b_wins < gallop_) {
                bool a_last = less(buffer_[b_size - 1], keys_[a + a_size - 1]);
                if (failed()) return restore(a + a_size, 0, b_size);
                if (a_last) {
                    move_one(--end, a + --a_size);
                    ++a_wins;
                    b_wins = 0;
                } else {
                    restore_one(--end, --b_size);
                    ++b_wins;
                    a_wins = 0;
                }
            }
            if (a_size == 0 || b_size == 1) break;
            ++gallop_;
            do {
                if (gallop_ > 1) --gallop_;
                size_t keep = gallop_right(buffer_[b_size - 1], keys_ + a, a_size, a_size - 1);
                if (failed()) return restore(a + a_size, 0, b_size);
                a_wins = a_size - keep;
                end -= a_wins;
                move(end, a + keep, a_wins);
                a_size = keep;
                if (a_size == 0) break;
                restore_one(--end, --b_size);
                if (b_size == 1) break;
                keep = gallop_left(keys_[a + a_size - 1], buffer_, b_size, b_size - 1);
                if (failed()) return restore(a + a_size, 0, b_size);
                if (keep == 0) keep = 1;
                b_wins = b_size - keep;
                end -= b_wins;
                restore(end, keep, b_wins);
                b_size = keep;
                if (b_size == 1) break;
                move_one(--end, a + --a_size);
                if (a_size == 0) break;
            } while (a_wins >= first_gallop || b_wins >= first_gallop);
            ++gallop_;
        }
        end -= a_size;
        move(end, a, a_size);
        restore(a, 0, b_size);
    }

    uint64_t* const keys_;
    uint64_t* const values_;
    const size_t size_;
    Comparator& less_;
    SortOutcome outcome_ = SortOutcome::sorted;
    size_t gallop_ = first_gallop;  // wins in a row that start a gallop; learns from the data
    size_t run_count_ = 0;
    Run runs_[most_runs];
    uint64_t* buffer_ = local_;
    size_t room_ = local_words;
    size_t saved_ = 0;
    uint64_t local_[local_words];
};

template <typename Comparator>
[[nodiscard]] SortOutcome timsort(uint64_t* keys, uint64_t* values, size_t size,
                                  Comparator&& less) {
    if (size < 2) return SortOutcome::sorted;
    Timsort<Comparator> sorter(keys, values, size, less);
    return sorter.sort();
}

}  // namespace imugi
