// Growing the table of saved objects: at least half of its places stay free.
#include "modules/_pickle/memo.h"

#include <bit>

#include "memory/array.h"
#include "object/errors.h"

namespace imugi::pickle {

SaveMemo::~SaveMemo() {
    array_free(places_);
}

bool SaveMemo::grow() {
    constexpr size_t kFewest = 32;
    size_t places = mask_ ? (mask_ + 1) * 4 : kFewest;
    if (size() >= UINT32_MAX - 1) return raise_memory_error(thread_);
    auto* bigger = static_cast<uint32_t*>(array_allocate_zeroed(places * sizeof(uint32_t)));
    if (!bigger) return raise_memory_error(thread_);
    array_free(places_);
    places_ = bigger;
    mask_ = places - 1;
    shift_ = std::countl_zero(places) + 1;
    for (size_t i = 0; i < size(); i++) place(objects_[i], static_cast<uint32_t>(i + 1));
    return true;
}

}  // namespace imugi::pickle
