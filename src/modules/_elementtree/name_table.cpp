// The names of a document, made once each.
#include "memory/array.h"
#include "modules/_elementtree/parser.h"
#include "object/text_hash.h"

namespace imugi::etree {

namespace {

// expat joins namespace and name by "}"; Python has them as {namespace}name.
Owned name_in_python(Thread& thread, const char* raw, size_t size) {
    if (!memchr(raw, '}', size)) return make_str(thread, raw, size);
    StrBuilder out(thread);
    TRY(out.append("{") && out.append_utf8(raw, size));
    return out.finish();
}

}  // namespace

NameTable::Name& NameTable::place_of(const char* raw, size_t size, int64_t hash) {
    for (auto at = static_cast<size_t>(hash);; at++) {
        Name& name = names_[at & (capacity_ - 1)];
        if (!name.raw || (name.hash == hash && name.size == size && !memcmp(name.raw, raw, size)))
            return name;
    }
}

bool NameTable::grow() {
    constexpr size_t kFewest = 32;
    size_t old_capacity = capacity_, capacity = capacity_ ? capacity_ * 2 : kFewest;
    auto* bigger = static_cast<Name*>(array_allocate_zeroed(capacity * sizeof(Name)));
    if (!bigger) return false;
    Name* old = names_;
    names_ = bigger;
    capacity_ = capacity;
    for (size_t i = 0; i < old_capacity; i++)
        if (old[i].raw)
            memcpy(static_cast<void*>(&place_of(old[i].raw, old[i].size, old[i].hash)), &old[i],
                   sizeof(Name));
    array_free(old);
    return true;
}

Owned NameTable::find_or_make(Thread& thread, const char* raw) {
    size_t size = strlen(raw);
    int64_t hash = hash_text(raw, size);
    if (capacity_) {
        Name& name = place_of(raw, size, hash);
        if (name.raw) return name.text.share();
    }
    Owned text = TRY(name_in_python(thread, raw, size));
    if (2 * count_ >= capacity_ && !grow()) return raise_memory_error(thread);
    auto* copy = static_cast<char*>(array_allocate(size + 1));
    if (!copy) return raise_memory_error(thread);
    memcpy(copy, raw, size + 1);
    Name& name = place_of(raw, size, hash);
    name.hash = hash;
    name.size = size;
    name.text.init(text.share());
    name.raw = copy;
    count_++;
    return text;
}

void NameTable::visit(FieldVisitor& visitor) {
    for (size_t i = 0; i < capacity_; i++)
        if (names_[i].raw) visitor.visit(names_[i].text);
}

void NameTable::release() {
    for (size_t i = 0; i < capacity_; i++) array_free(names_[i].raw);
    array_free(names_);
}

}  // namespace imugi::etree
