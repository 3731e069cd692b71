// What the files of the module _lzma share: errors and filter chains.
#pragma once

#include <lzma.h>

#include "object/type.h"

namespace imugi::xz {

// LZMAError (or MemoryError) for a code of liblzma.
[[nodiscard]] bool check_code(Thread& thread, lzma_ret code);
Type& error_type(Thread& thread);

// Filters with their options, as liblzma wants them; ends with LZMA_VLI_UNKNOWN.
class FilterChain {
  public:
    FilterChain() { filters_[0].id = LZMA_VLI_UNKNOWN; }
    ~FilterChain();
    FilterChain(const FilterChain&) = delete;
    // From a sequence of dicts. Runs Python.
    [[nodiscard]] bool load(Thread& thread, Value specs);
    [[nodiscard]] bool load_one(Thread& thread, Value spec);
    const lzma_filter* filters() const { return filters_; }

  private:
    lzma_filter filters_[LZMA_FILTERS_MAX + 1];
    size_t count_ = 0;
};
Owned encode_properties(Thread& thread, Value module, Value filter);
Owned decode_properties(Thread& thread, Value module, Value filter_id, Value encoded_props);

inline constexpr uint32_t kDefaultPreset = LZMA_PRESET_DEFAULT;

}  // namespace imugi::xz
