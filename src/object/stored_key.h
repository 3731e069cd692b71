// Comparing a key with one that stands in a table which others may be changing.
//
// The stored key is looked at only while it cannot be freed: under the Lock, if it is immortal or
// this thread's own, or once a count was taken and the table is seen to be the container's still.
#pragma once

#include "memory/refcount.h"
#include "object/str.h"

namespace imugi {

// The hash of the commonest keys without a call; false for the rest.
IMUGI_ALWAYS_INLINE bool quick_hash(Value key, int64_t* hash) {
    if (is_exact_str(key)) {
        *hash = str_hash(key.as<Str>());
        return true;
    }
    constexpr int64_t kModulus = (int64_t{1} << 61) - 1;  // of the hash of numbers
    if (!key.is_small_int()) return false;
    int64_t n = key.small_int();
    *hash = n == -1 ? -2 : n;
    return n > -kModulus && n < kModulus;
}

enum class Verdict : uint8_t { kNo, kYes, kAskUser, kLock };

// `bits` was read from `word`, is not `key` itself, and has the same hash.
template <class Table>
Verdict compare_stored_key(const std::atomic<uint64_t>& word, uint64_t bits,
                           const std::atomic<Table*>& current, const Table* table, Value key,
                           bool locked) {
    Value other = Value::from_bits(bits);
    if (!other.is_object())
        return key.is_small_int() && other.is_small_int() ? Verdict::kNo : Verdict::kAskUser;
    if (!is_exact_str(key) || !is_exact_str(other)) return Verdict::kAskUser;
    auto& text = key.as<Str>();
    Object* object = other.object();
    if (locked || object->has_flag(kImmortal) ||
        object->owner.load(std::memory_order_relaxed) == current_heap_id)
        return str_equal(text, *static_cast<Str*>(object)) ? Verdict::kYes : Verdict::kNo;
    if (!try_incref(object)) return Verdict::kLock;
    Verdict verdict = Verdict::kLock;
    // Both acquire: the key was not replaced, and not moved to another table and dropped there.
    if (word.load(std::memory_order_acquire) == bits &&
        current.load(std::memory_order_acquire) == table)
        verdict = str_equal(text, *static_cast<Str*>(object)) ? Verdict::kYes : Verdict::kNo;
    decref(object);  // lint: allow ownership: undoes the try_incref above
    return verdict;
}

}  // namespace imugi
