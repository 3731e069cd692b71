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

    void visit(std::atomic<uint64_t>& word) { visit_word(*this, word); }
    void visit(Slot& slot) { visit_word(*this, slot.word()); }
    void visit(Slot* slots, size_t count) {
        for (size_t i = 0; i < count; i++) visit_word(*this, slots[i].word());
    }
};

}  // namespace imugi
