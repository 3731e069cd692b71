// ID(name): the interned str of a fixed name, collected at link time: each use of a name
// instantiates one slot that registers itself before main; init_names() interns them all when the
// runtime starts. Immortal from then on.
#pragma once

#include <cstddef>

#include "object/fwd.h"

namespace imugi {

struct NameSlot {
    Str* str = nullptr;
    const char* text;
    NameSlot* next;

    static NameSlot* first;
    explicit NameSlot(const char* t) : text(t), next(first) { first = this; }
};

template <size_t n>
struct NameText {
    char text[n];
    consteval NameText(const char (&source)[n]) {
        for (size_t i = 0; i < n; i++) text[i] = source[i];
    }
};

template <NameText text>
inline NameSlot name_slot{text.text};

bool init_names(Thread& thread);

}  // namespace imugi

#define ID(name) (*::imugi::name_slot<#name>.str)
