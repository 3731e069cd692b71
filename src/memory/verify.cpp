// Counts: what is found in fields and registers may not exceed an object's count (somebody dropped
// what was not theirs), and no word may point to a dead block. C++ frames hold counts that cannot
// be seen from here, so counts may be larger. Lost drops show as objects that are left at the end
// (sys.getallocatedblocks).
//
// Protection: runs with the world stopped.
#include "memory/verify.h"

#include <stdio.h>
#include <stdlib.h>

#include "memory/fields.h"
#include "memory/heap.h"
#include "memory/merge.h"
#include "memory/refcount.h"

namespace imugi {

bool verify_enabled = false;
void (*verify_roots)(void (*visit)(void* context, uint64_t word), void* context);

namespace {

// Where the word at hand was found: an object's field, or else a place of the runtime's.
const Object* holder;
const char* place;

[[noreturn]] void complain(const char* what, const Object* object, uint32_t count, int32_t left) {
    fprintf(stderr,
            "imugi: verify: %s: object %p of shape %u, count %u, %d references unexplained\n", what,
            static_cast<const void*>(object), object->shape_index.load(std::memory_order_relaxed),
            count, left);
    char name[128];
    if (holder) describe_type_of(holder, name, sizeof(name));
    fprintf(stderr, "imugi: verify: found in %s\n", holder ? name : place);
    abort();
}

bool is_dead(const Object* object) {
    return object->shape_index.load(std::memory_order_relaxed) == 0 ||
           object->shared.load(std::memory_order_relaxed) == kSharedDead;
}

void explain(uint64_t word) {
    Value value = Value::from_bits(word);
    if (!value.is_object()) return;
    Object* object = value.object();
    if (object->has_flag(kImmortal)) return;
    if (is_dead(object)) complain("a word refers to a freed block", object, 0, 0);
    if (value.is_owning()) side_word(object)--;
}

void count_object(void*, Object* object) {
    if (!object->has_flag(kImmortal)) side_word(object) += reference_count(object);
}

// An object under construction has not published its fields yet.
void explain_fields(void*, Object* object) {
    holder = object;
    FieldVisitor visitor{[](FieldVisitor&, std::atomic<uint64_t>& word) {
        explain(word.load(std::memory_order_relaxed));
    }};
    visit_fields(object, visitor);
}

void check_object(void*, Object* object) {
    if (object->has_flag(kImmortal)) return;
    auto left = static_cast<int32_t>(side_word(object));
    if (left < 0) complain("more references than counts", object, reference_count(object), left);
}

void report_left(void* context, Object* object) {
    if (object->has_flag(kImmortal)) return;
    auto left = static_cast<int32_t>(side_word(object));
    // What has no reference and is nobody's to reclaim was forgotten.
    bool forgotten = reference_count(object) == 0 && !object->has_flag(kDeferred);
    if (left <= 0 && !forgotten) return;
    ++*static_cast<size_t*>(context);
    char name[128];
    describe_type_of(object, name, sizeof(name));
    fprintf(stderr, "imugi: verify: left: %s object %p, count %u, %d references unexplained\n",
            name, static_cast<const void*>(object), reference_count(object), left);
}

// False when memory is short.
bool explain_counts() {
    merge_all_heaps();
    verify_pages();
    if (!begin_side_words()) return false;
    walk_objects(count_object, nullptr);
    walk_objects(explain_fields, nullptr);
    holder = nullptr;
    place = "a frame or a thread";
    if (verify_roots) verify_roots([](void*, uint64_t word) { explain(word); }, nullptr);
    place = "the runtime";
    visit_runtime_words([](void*, uint64_t word) { explain(word); }, nullptr);
    for (KnownSlots* known = KnownSlots::all; known; known = known->next)
        for (size_t i = 0; i < known->count; i++) explain(known->slots[i].borrow().bits());
    place = "the counts";
    walk_objects(check_object, nullptr);
    return true;
}

}  // namespace

void verify_heap() {
    if (explain_counts()) end_side_words();
}

void verify_no_leaks() {
    if (!explain_counts()) return;
    size_t left = 0;
    walk_objects(report_left, &left);
    end_side_words();
    if (left) abort();
}

}  // namespace imugi
