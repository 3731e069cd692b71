// The table of interned identifiers: open addressing, linear probing, at most half full.
#include "syntax/names.h"

namespace imugi::syntax {
namespace {

uint32_t hash_text(std::string_view text) {
    uint32_t hash = 2166136261u;
    for (unsigned char byte : text) hash = (hash ^ byte) * 16777619u;
    return hash ^ (hash >> 15);
}

}  // namespace

ast::IdentifierRef NameTable::intern(std::string_view text) {
    if (count_ * 2 >= capacity_ && !grow()) return nullptr;
    uint32_t hash = hash_text(text);
    uint32_t index = hash & (capacity_ - 1);
    while (ast::IdentifierRef found = slots_[index]) {
        if (found->hash == hash && found->text() == text) return found;
        index = (index + 1) & (capacity_ - 1);
    }
    const char* data = arena_.copy(text.data(), text.size());
    if (!data) return nullptr;
    auto* made = arena_.make<ast::Identifier>(data, uint32_t(text.size()), hash);
    if (!made) return nullptr;
    slots_[index] = made;
    count_++;
    return made;
}

bool NameTable::grow() {
    uint32_t capacity = capacity_ ? capacity_ * 2 : 256;
    auto* slots = arena_.make_array<ast::IdentifierRef>(capacity);
    if (!slots) return false;
    for (uint32_t i = 0; i < capacity; i++) slots[i] = nullptr;
    for (uint32_t i = 0; i < capacity_; i++) {
        if (!slots_[i]) continue;
        uint32_t index = slots_[i]->hash & (capacity - 1);
        while (slots[index]) index = (index + 1) & (capacity - 1);
        slots[index] = slots_[i];
    }
    slots_ = slots;
    capacity_ = capacity;
    return true;
}

}  // namespace imugi::syntax
