// FieldVisitor: how the collector, the destructor and gc.get_referents see the owned words of an
// object.
//
// A type describes its owned fields once, in its `fields` slot: one function that calls
// `visitor.visit(word)` for every owned word. Destruction takes each word out and drops it; the
// collector only looks.
#pragma once

#include "memory/slot.h"

namespace imugi {

struct FieldVisitor {
    void (*visit_word)(FieldVisitor& visitor, std::atomic<uint64_t>& word);
    // True while destroying or clearing: the function may skip what only destruction concerns.
    bool destroying = false;
    // Small ints, floats and empty words as well as references.
    bool sees_immediates = false;
    // Only drops: what nobody else sees needs no call a word.
    bool dropping = false;

    IMUGI_ALWAYS_INLINE void visit(std::atomic<uint64_t>& word) {
        uint64_t bits = word.load(std::memory_order_relaxed);
        if (Value::from_bits(bits).is_object() || sees_immediates) visit_word(*this, word);
    }
    // Of a dead object.
    static void drop_words(Slot* slots, size_t count);
    void visit(Slot& slot) { visit(slot.word()); }
    void visit(Slot* slots, size_t count) {
        if (dropping) return drop_words(slots, count);
        for (size_t i = 0; i < count; i++) visit(slots[i].word());
    }
};

// Defined by the object layer, which knows the types.
void visit_fields(Object* object, FieldVisitor& visitor);
void release_payload(Object* object);  // frees tables behind a dead object
// The Type of an instance as an object (a reference that no count stands for).
Object* type_object_of(const Object* object);
// 0 for what is no class; classes die after their instances, those of a higher rank first.
int class_rank(const Object* object);
// Takes a class out of what its bases know of their subclasses: nobody finds it any more.
void leave_bases(Object* class_object);
// Nothing but memory: text and numbers of the exact builtin types, without flags.
bool is_leaf(const Object* object);
bool needs_finalizer(const Object* object);  // has one that has not run
void run_finalizer(Thread& thread, Object* object);
// Weak references to a dying object: whether any has a callback; clearing them, callbacks ignored;
// clearing and calling them (runs Python).
bool has_weakref_callbacks(const Object* object);
void clear_weakrefs(Object* object);
void clear_and_call_weakrefs(Thread& thread, Object* object);

}  // namespace imugi
