// The types of itertools, one file a family. Each iterator's fields are immutable or read and
// replaced by load_field and swap_field (object/stepping.h); small numbers are atomics.
#pragma once

#include "modules/native_types.h"
#include "object/iterators.h"

namespace imugi::itertools {

extern const TypeSpec accumulate_spec, batched_spec, chain_spec, combinations_spec,
    combinations_with_replacement_spec, compress_spec, count_spec, cycle_spec, dropwhile_spec,
    filterfalse_spec, groupby_spec, grouper_spec, islice_spec, pairwise_spec, permutations_spec,
    product_spec, repeat_spec, starmap_spec, takewhile_spec, tee_spec, tee_data_spec,
    zip_longest_spec;

// The module's types that its own functions make; immortal.
struct State {
    Type* chain;
    Type* grouper;
    Type* tee;
    Type* tee_data;
};

// Keywords are for subclasses with an __init__ of their own.
[[nodiscard]] bool no_keywords(Thread& thread, Type& type, const TypeSpec& spec, const char* name,
                               const Arguments& arguments);

Owned tee(Thread& thread, Value module, Value iterable, Index n);

}  // namespace imugi::itertools
