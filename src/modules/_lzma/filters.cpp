// Filter chains of _lzma: from dicts of Python to liblzma's structs and back. No state.
#include <cstring>

#include "memory/array.h"
#include "modules/_lzma/lzma.h"
#include "object/buffer.h"
#include "object/bytes.h"
#include "object/dict.h"
#include "object/int.h"
#include "object/protocol.h"
#include "object/str.h"

namespace imugi::xz {

namespace {

// Takes an item of the mapping as an unsigned number; *out stays when it is missing.
template <class T>
bool take(Thread& thread, Value spec, Str& name, T* out) {
    Owned value = get_item(thread, spec, Value::of(name));
    if (!value) return clear_exception_if(thread, exc::KeyError);
    uint64_t n = TRY(to_uint64(thread, value));
    if (n > UINT32_MAX)
        return raise(thread, exc::OverflowError, "Value too large for uint32_t type");
    *out = static_cast<T>(n);
    return true;
}

constexpr const char* kKnownLzma[] = {"id", "preset", "dict_size", "lc", "lp",
                                      "pb", "mode",   "nice_len",  "mf", "depth"};
constexpr const char* kKnownDelta[] = {"id", "dist"};
constexpr const char* kKnownBranch[] = {"id", "start_offset"};

// A mapping may have no other keys.
template <size_t n>
bool check_keys(Thread& thread, Value spec, const char* const (&known)[n], const char* kind) {
    Owned iterator = TRY(iterate(thread, spec));
    for (;;) {
        Owned key = TRY(next(thread, iterator));
        if (key.is_nothing()) return true;
        bool found = false;
        for (const char* name : known) found |= is_str(key) && str_equal(key.as<Str>(), name);
        if (!found)
            return raise(thread, exc::ValueError, "Invalid filter specifier for {} filter", kind);
    }
}

bool load_lzma(Thread& thread, Value spec, lzma_filter* out) {
    TRY(check_keys(thread, spec, kKnownLzma, "LZMA"));
    uint32_t preset = kDefaultPreset;
    TRY(take(thread, spec, ID(preset), &preset));
    auto* options =
        static_cast<lzma_options_lzma*>(array_allocate_zeroed(sizeof(lzma_options_lzma)));
    if (!options) return raise_memory_error(thread);
    out->options = options;
    if (lzma_lzma_preset(options, preset))
        return raise(thread, error_type(thread), "Invalid compression preset: {}",
                     static_cast<int64_t>(preset));
    return take(thread, spec, ID(dict_size), &options->dict_size) &&
           take(thread, spec, ID(lc), &options->lc) && take(thread, spec, ID(lp), &options->lp) &&
           take(thread, spec, ID(pb), &options->pb) &&
           take(thread, spec, ID(mode), &options->mode) &&
           take(thread, spec, ID(nice_len), &options->nice_len) &&
           take(thread, spec, ID(mf), &options->mf) &&
           take(thread, spec, ID(depth), &options->depth);
}

bool load_delta(Thread& thread, Value spec, lzma_filter* out) {
    TRY(check_keys(thread, spec, kKnownDelta, "delta"));
    auto* options =
        static_cast<lzma_options_delta*>(array_allocate_zeroed(sizeof(lzma_options_delta)));
    if (!options) return raise_memory_error(thread);
    out->options = options;
    options->type = LZMA_DELTA_TYPE_BYTE;
    options->dist = 1;
    return take(thread, spec, ID(dist), &options->dist);
}

bool load_branch(Thread& thread, Value spec, lzma_filter* out) {
    TRY(check_keys(thread, spec, kKnownBranch, "BCJ"));
    auto* options = static_cast<lzma_options_bcj*>(array_allocate_zeroed(sizeof(lzma_options_bcj)));
    if (!options) return raise_memory_error(thread);
    out->options = options;
    return take(thread, spec, ID(start_offset), &options->start_offset);
}

bool load_filter(Thread& thread, Value spec, lzma_filter* out) {
    out->options = nullptr;
    if (!is_dict(spec) && !type_of(spec).slots.subscript)
        return raise(thread, exc::TypeError, "Filter specifier must be a dict or dict-like object");
    Owned id = get_item(thread, spec, Value::of(ID(id)));
    if (!id) {
        if (!clear_exception_if(thread, exc::KeyError)) return false;
        return raise(thread, exc::ValueError, "Filter specifier must have an \"id\" entry");
    }
    out->id = TRY(to_uint64(thread, id));
    switch (out->id) {
        case LZMA_FILTER_LZMA1:
        case LZMA_FILTER_LZMA2:
            return load_lzma(thread, spec, out);
        case LZMA_FILTER_DELTA:
            return load_delta(thread, spec, out);
        case LZMA_FILTER_X86:
        case LZMA_FILTER_POWERPC:
        case LZMA_FILTER_IA64:
        case LZMA_FILTER_ARM:
        case LZMA_FILTER_ARMTHUMB:
        case LZMA_FILTER_SPARC:
            return load_branch(thread, spec, out);
        default:
            return raise(thread, exc::ValueError, "Invalid filter ID: {}",
                         static_cast<unsigned long>(out->id));
    }
}

bool put(Thread& thread, Dict& dict, Str& name, uint64_t value) {
    Owned number = TRY(make_int_unsigned(thread, value));
    return dict_set(thread, dict, Value::of(name), std::move(number));
}

}  // namespace

FilterChain::~FilterChain() {
    for (size_t i = 0; i < count_; i++) array_free(filters_[i].options);
}

bool FilterChain::load_one(Thread& thread, Value spec) {
    bool loaded = load_filter(thread, spec, &filters_[count_]);
    // What was begun is freed with the rest.
    count_++;
    filters_[count_].id = LZMA_VLI_UNKNOWN;
    return loaded;
}

bool FilterChain::load(Thread& thread, Value specs) {
    if (is_dict(specs) || !type_of(specs).slots.item)
        return raise(thread, exc::TypeError, "{} is not a sequence", type_name_of(specs));
    Index count = TRY(length(thread, specs));
    if (count > LZMA_FILTERS_MAX)
        return raise(thread, exc::ValueError, "Too many filters - liblzma supports a maximum of {}",
                     LZMA_FILTERS_MAX);
    for (Index i = 0; i < count; i++) {
        Owned spec = TRY(get_item(thread, specs, Value::small_int(i)));
        TRY(load_one(thread, spec));
    }
    return true;
}

Owned encode_properties(Thread& thread, Value, Value filter) {
    FilterChain chain;
    TRY(chain.load_one(thread, filter));
    uint32_t size;
    TRY(check_code(thread, lzma_properties_size(&size, chain.filters())));
    Ref<Bytes> result = TRY(make_bytes_blank(thread, size));
    TRY(check_code(thread,
                   lzma_properties_encode(chain.filters(), const_cast<uint8_t*>(result->data()))));
    return result;
}

Owned decode_properties(Thread& thread, Value, Value filter_id, Value encoded_props) {
    lzma_filter filter{};
    filter.id = TRY(to_uint64(thread, filter_id));
    Buffer buffer(thread);
    TRY(buffer.get(encoded_props));
    TRY(check_code(thread, lzma_properties_decode(&filter, nullptr, buffer.data(), buffer.size())));
    Ref<Dict> result = make_dict(thread);
    bool done = result && put(thread, *result, ID(id), filter.id);
    if (done && filter.options) {
        switch (filter.id) {
            case LZMA_FILTER_LZMA1: {
                auto* options = static_cast<lzma_options_lzma*>(filter.options);
                done = put(thread, *result, ID(dict_size), options->dict_size) &&
                       put(thread, *result, ID(lc), options->lc) &&
                       put(thread, *result, ID(lp), options->lp) &&
                       put(thread, *result, ID(pb), options->pb);
                break;
            }
            case LZMA_FILTER_LZMA2:
                done = put(thread, *result, ID(dict_size),
                           static_cast<lzma_options_lzma*>(filter.options)->dict_size);
                break;
            case LZMA_FILTER_DELTA:
                done = put(thread, *result, ID(dist),
                           static_cast<lzma_options_delta*>(filter.options)->dist);
                break;
            default:
                done = put(thread, *result, ID(start_offset),
                           static_cast<lzma_options_bcj*>(filter.options)->start_offset);
        }
    }
    free(filter.options);  // liblzma's own malloc
    if (!done) return {};
    return result;
}

}  // namespace imugi::xz
