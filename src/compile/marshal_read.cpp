// Reading objects in marshal's format, from memory or from a file object.
#include <cstdlib>

#include "compile/marshal.h"
#include "compile/verify.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/code.h"
#include "object/complex.h"
#include "object/dict.h"
#include "object/errors.h"
#include "object/float.h"
#include "object/int.h"
#include "object/list.h"
#include "object/positions.h"
#include "object/set.h"
#include "object/slice.h"
#include "object/str.h"
#include "object/tuple.h"

namespace imugi::compile {
namespace {

constexpr int kMaxDepth = 2000;

class Reader {
  public:
    Reader(Thread& thread, const uint8_t* data, size_t size, Value file, bool allow_code,
           bool trusted = false)
        : thread_(thread),
          at_(data),
          end_(data + size),
          file_(file),
          allow_code_(allow_code),
          trusted_(trusted) {}
    ~Reader() {
        for (uint32_t i = 0; i < ref_count_; i++) (void)Owned::adopt(refs_[i]);
        free(refs_);
        free(buffer_);
    }

    Owned run() {
        Owned value = object();
        if (value && value.is_nothing())
            return raise(thread_, exc::TypeError, "NULL object in marshal data for object");
        return value;
    }

  private:
    // --- bytes ---
    // The next `size` bytes, valid until the next call; null with an exception set.
    const uint8_t* bytes(size_t size) {
        if (!file_) {
            if (size > static_cast<size_t>(end_ - at_)) {
                raise(thread_, exc::EOFError, "marshal data too short");
                return nullptr;
            }
            const uint8_t* result = at_;
            at_ += size;
            return result;
        }
        auto* grown = static_cast<uint8_t*>(realloc(buffer_, size ? size : 1));
        if (!grown) {
            raise_memory_error(thread_);
            return nullptr;
        }
        buffer_ = grown;
        if (size == 0) return buffer_;
        Ref<ByteArray> target = make_bytearray(thread_, nullptr, 0);
        Ref<Bytes> blank = target ? make_bytes_blank(thread_, size) : Ref<Bytes>();
        if (!blank) return nullptr;
        memset(bytes_blank_data(*blank), 0, size);
        target = make_bytearray(thread_, blank->data(), size);
        if (!target) return nullptr;
        Owned count = call_method(thread_, file_, ID(readinto), target.value());
        if (!count) return nullptr;
        int64_t got;
        if (!is_int(count) || !int_fits_int64(count, &got)) {
            raise(thread_, exc::ValueError, "readinto() returned no size");
            return nullptr;
        }
        if (got > static_cast<int64_t>(size)) {
            raise(thread_, exc::ValueError,
                  "read() returned too much data: {} bytes requested, {} returned", size, got);
            return nullptr;
        }
        if (got < static_cast<int64_t>(size)) {
            raise(thread_, exc::EOFError, "EOF read where not expected");
            return nullptr;
        }
        memcpy(buffer_, target->items.load(std::memory_order_acquire) + target->start, size);
        return buffer_;
    }
    bool byte(uint8_t* out) {
        const uint8_t* data = bytes(1);
        if (data) *out = *data;
        return data;
    }
    bool u32(uint32_t* out) {
        const uint8_t* data = bytes(4);
        if (data) *out = data[0] | data[1] << 8 | data[2] << 16 | uint32_t{data[3]} << 24;
        return data;
    }
    bool u64(uint64_t* out) {
        const uint8_t* data = bytes(8);
        if (!data) return false;
        *out = 0;
        for (int i = 8; i-- > 0;) *out = *out << 8 | data[i];
        return true;
    }
    bool real(double* out) {
        uint64_t bits;
        if (!u64(&bits)) return false;
        *out = std::bit_cast<double>(bits);
        return true;
    }
    bool varint(int64_t* out) {
        uint64_t bits = 0;
        for (int shift = 0;; shift += 7) {
            uint8_t b;
            if (!byte(&b)) return false;
            if (shift > 63) return bad("bad marshal data (code number)");
            bits |= uint64_t{b & 127u} << shift;
            if (b < 128) break;
        }
        *out = static_cast<int64_t>(bits >> 1 ^ (0 - (bits & 1)));
        return true;
    }
    bool unsigned_varint(uint32_t* out) {
        int64_t n;
        if (!varint(&n)) return false;
        if (n < 0 || n > UINT32_MAX) return bad("bad marshal data (code number)");
        *out = static_cast<uint32_t>(n);
        return true;
    }
    Raised bad(const char* text) { return raise(thread_, exc::ValueError, "{}", text); }
    Raised null_item(const char* where) {
        return raise(thread_, exc::TypeError, "NULL object in marshal data for {}", where);
    }
    // A count of items, each of which takes a byte at least.
    bool count(const char* error, uint32_t* out) {
        if (!u32(out)) return false;
        if (*out > INT32_MAX) return bad(error);
        if (!file_ && *out > static_cast<size_t>(end_ - at_))
            return raise(thread_, exc::EOFError, "marshal data too short");
        return true;
    }

    // --- references ---
    static constexpr uint32_t kNoRef = ~0u;
    bool reserve(bool wanted, uint32_t* number) {
        *number = kNoRef;
        if (!wanted) return true;
        if (ref_count_ == ref_capacity_) {
            uint32_t capacity = ref_capacity_ ? ref_capacity_ * 2 : 32;
            auto* refs = static_cast<uint64_t*>(realloc(refs_, capacity * sizeof(uint64_t)));
            if (!refs) return raise_memory_error(thread_);
            refs_ = refs;
            ref_capacity_ = capacity;
        }
        *number = ref_count_;
        refs_[ref_count_++] = 0;
        return true;
    }
    void resolve(uint32_t number, Value value) {
        if (number != kNoRef) refs_[number] = Owned::share(value).release();
    }
    // A leaf: remembered once made.
    Owned leaf(bool flagged, Owned value) {
        uint32_t number;
        if (!value || !reserve(flagged, &number)) return {};
        resolve(number, value);
        return value;
    }

    // --- objects; nothing stands for NULL ---
    Owned object() {
        uint8_t code;
        if (file_) {
            // Here, and only here, the end of the file has a message of its own.
            if (!byte(&code)) {
                if (!exception_matches(thread_, exc::EOFError)) return {};
                clear_exception(thread_);
                return raise(thread_, exc::EOFError, "EOF read where object expected");
            }
        } else if (at_ == end_) {
            return raise(thread_, exc::EOFError, "EOF read where object expected");
        } else {
            code = *at_++;
        }
        if (depth_ >= kMaxDepth || !stack_is_ample(thread_))
            return raise(thread_, exc::ValueError, "recursion limit exceeded");
        depth_++;
        Owned value = tagged(code & 0x7F, code & kTagHasRef);
        depth_--;
        return value;
    }
    Owned item(const char* where) {
        Owned value = object();
        if (value && value.is_nothing()) return null_item(where);
        return value;
    }

    Owned tagged(uint8_t code, bool flagged) {
        switch (code) {
            case kTagNull:
                return Owned::nothing();
            case kTagNone:
                return Owned::share(none());
            case kTagFalse:
                return Owned::share(boolean(false));
            case kTagTrue:
                return Owned::share(boolean(true));
            case kTagStopIteration:
                return Owned::share(Value::of(exc::StopIteration));
            case kTagEllipsis:
                return Owned::share(ellipsis());
            case kTagInt: {
                uint32_t n;
                if (!u32(&n)) return {};
                return leaf(flagged, Owned::small_int(static_cast<int32_t>(n)));
            }
            case kTagInt64: {
                uint64_t n;
                if (!u64(&n)) return {};
                return leaf(flagged, make_int(thread_, static_cast<int64_t>(n)));
            }
            case kTagLong:
                return leaf(flagged, big_int());
            case kTagFloat: {
                double d;
                if (!text_float(&d)) return {};
                return leaf(flagged, make_float(thread_, d));
            }
            case kTagBinaryFloat: {
                double d;
                if (!real(&d)) return {};
                return leaf(flagged, make_float(thread_, d));
            }
            case kTagComplex: {
                double a, b;
                if (!text_float(&a) || !text_float(&b)) return {};
                return leaf(flagged, make_complex(thread_, a, b));
            }
            case kTagBinaryComplex: {
                double a, b;
                if (!real(&a) || !real(&b)) return {};
                return leaf(flagged, make_complex(thread_, a, b));
            }
            case kTagBytes: {
                uint32_t size;
                if (!count("bad marshal data (bytes object size out of range)", &size)) return {};
                const uint8_t* data = bytes(size);
                if (!data) return {};
                return leaf(flagged, make_bytes(thread_, data, size));
            }
            case kTagAscii:
            case kTagAsciiInterned:
            case kTagShortAscii:
            case kTagShortAsciiInterned:
            case kTagInterned:
            case kTagStr:
                return text(code, flagged);
            case kTagSmallTuple: {
                uint8_t size;
                if (!byte(&size)) return {};
                return tuple(size, flagged);
            }
            case kTagTuple: {
                uint32_t size;
                if (!count("bad marshal data (tuple size out of range)", &size)) return {};
                return tuple(size, flagged);
            }
            case kTagList:
                return list(flagged);
            case kTagDict:
                return dict(flagged);
            case kTagSet:
            case kTagFrozenSet:
                return set(code == kTagFrozenSet, flagged);
            case kTagSlice: {
                uint32_t number;
                if (!reserve(flagged, &number)) return {};
                Owned start = item("slice"), stop, step;
                if (start) stop = item("slice");
                if (stop) step = item("slice");
                if (!step) return {};
                Owned slice = make_slice(thread_, start, stop, step);
                if (slice) resolve(number, slice);
                return slice;
            }
            case kTagRef: {
                uint32_t number;
                if (!u32(&number)) return {};
                if (number >= ref_count_ || !refs_[number])
                    return bad("bad marshal data (invalid reference)");
                return Owned::share(Value::from_bits(refs_[number]));
            }
            case kTagCode:
                if (!allow_code_)
                    return raise(thread_, exc::ValueError,
                                 "unmarshalling code objects is disallowed");
                return this->code(flagged);
            default:
                return bad("bad marshal data (unknown type code)");
        }
    }

    Owned big_int() {
        uint32_t raw;
        if (!u32(&raw)) return {};
        auto size = static_cast<int32_t>(raw);
        if (size == INT32_MIN) return bad("bad marshal data (long size out of range)");
        bool negative = size < 0;
        auto digits = static_cast<size_t>(negative ? -size : size);
        if (digits == 0) return Owned::small_int(0);
        const uint8_t* data = bytes(digits * 2);
        if (!data) return {};
        size_t limb_count = (digits * 15 + 63) / 64;
        auto* limbs = static_cast<uint64_t*>(calloc(limb_count, sizeof(uint64_t)));
        if (!limbs) return raise_memory_error(thread_);
        const char* fault = nullptr;
        for (size_t i = 0; i < digits; i++) {
            uint64_t digit = data[i * 2] | uint64_t{data[i * 2 + 1]} << 8;
            if (digit > 0x7FFF) fault = "bad marshal data (digit out of range in long)";
            if (i + 1 == digits && digit == 0) fault = "bad marshal data (unnormalized long data)";
            digit &= 0x7FFF;
            size_t bit = i * 15;
            limbs[bit / 64] |= digit << bit % 64;
            if (bit % 64 > 49 && bit / 64 + 1 < limb_count)
                limbs[bit / 64 + 1] |= digit >> (64 - bit % 64);
        }
        size_t used = limb_count;
        while (used && !limbs[used - 1]) used--;
        Owned result =
            fault ? Owned(bad(fault)) : make_int_from_limbs(thread_, negative, limbs, used);
        free(limbs);
        return result;
    }

    bool text_float(double* out) {
        uint8_t size;
        if (!byte(&size)) return false;
        const uint8_t* data = bytes(size);
        if (!data) return false;
        Owned decoded = decode_utf8(thread_, reinterpret_cast<const char*>(data), size);
        if (!decoded) return false;
        Owned number = make_float_from_text(thread_, decoded.as<Str>());
        if (!number) return false;
        *out = float_number(number);
        return true;
    }

    Owned text(uint8_t code, bool flagged) {
        bool ascii = code == kTagAscii || code == kTagAsciiInterned || code == kTagShortAscii ||
                     code == kTagShortAsciiInterned;
        bool interned =
            code == kTagAsciiInterned || code == kTagShortAsciiInterned || code == kTagInterned;
        uint32_t size;
        if (code == kTagShortAscii || code == kTagShortAsciiInterned) {
            uint8_t small;
            if (!byte(&small)) return {};
            size = small;
        } else if (!count("bad marshal data (string size out of range)", &size)) {
            return {};
        }
        const uint8_t* data = bytes(size);
        if (!data) return {};
        Owned value;
        if (ascii) {
            // Each byte is a character, whatever its value.
            value = make_str_from_units(thread_, data, 1, size);
        } else {
            value =
                decode_utf8(thread_, reinterpret_cast<const char*>(data), size, "surrogatepass");
        }
        if (value && interned) value = intern(thread_, Ref<Str>::adopt(std::move(value)));
        return leaf(flagged, std::move(value));
    }

    Owned tuple(uint32_t size, bool flagged) {
        uint32_t number;
        if (!reserve(flagged, &number)) return {};
        if (file_ && size > 4096) {
            // The size is only a claim.
            Ref<List> items = make_list(thread_);
            for (uint32_t i = 0; i < size; i++) {
                Owned value = items ? item("tuple") : Owned();
                if (!value || !list_append(thread_, *items, std::move(value))) return {};
            }
            Ref<Tuple> made = list_to_tuple(thread_, *items);
            if (made) resolve(number, made);
            return made;
        }
        Ref<Tuple> made = make_tuple_blank(thread_, size);
        if (!made) return {};
        for (uint32_t i = 0; i < size; i++) made->items[i].init(Owned::share(none()));
        // A tuple may contain itself by way of a list.
        resolve(number, made);
        for (uint32_t i = 0; i < size; i++) {
            Owned value = item("tuple");
            if (!value) return {};
            (void)made->items[i].exchange(std::move(value));
        }
        return made;
    }

    Owned list(bool flagged) {
        uint32_t size, number;
        if (!count("bad marshal data (list size out of range)", &size)) return {};
        if (!reserve(flagged, &number)) return {};
        Ref<List> made = make_list(thread_);
        if (!made) return {};
        resolve(number, made);
        for (uint32_t i = 0; i < size; i++) {
            Owned value = item("list");
            if (!value || !list_append(thread_, *made, std::move(value))) return {};
        }
        return made;
    }

    Owned dict(bool flagged) {
        uint32_t number;
        if (!reserve(flagged, &number)) return {};
        Ref<Dict> made = make_dict(thread_);
        if (!made) return {};
        resolve(number, made);
        for (;;) {
            Owned key = object();
            if (!key) return {};
            if (key.is_nothing()) return made;
            Owned value = object();
            if (!value) return {};
            if (value.is_nothing()) return made;
            if (!dict_set(thread_, *made, key, std::move(value))) return {};
        }
    }

    Owned set(bool frozen, bool flagged) {
        uint32_t size, number;
        if (!count("bad marshal data (set size out of range)", &size)) return {};
        if (!reserve(flagged, &number)) return {};
        Ref<Set> made = make_set(thread_, frozen ? frozenset_type : set_type);
        if (!made) return {};
        // A frozen one is not to be seen before it is complete.
        if (!frozen) resolve(number, made);
        for (uint32_t i = 0; i < size; i++) {
            Owned value = item("set");
            if (!value || !set_add(thread_, *made, value)) return {};
        }
        if (frozen) resolve(number, made);
        return made;
    }

    template <class T>
    T* room(uint32_t items) {
        auto* made = static_cast<T*>(malloc((items ? items : 1) * sizeof(T)));
        if (!made) raise_memory_error(thread_);
        return made;
    }

    Owned code(bool flagged) {
        uint32_t number;
        uint8_t format;
        if (!reserve(flagged, &number) || !byte(&format)) return {};
        if (format != kCodeFormat) return bad("bad marshal data (code of another version)");
        CodeParts parts{};
        for (uint32_t* n : {&parts.flags, &parts.argument_count, &parts.positional_only_count,
                            &parts.keyword_only_count, &parts.local_count, &parts.free_count,
                            &parts.register_count, &parts.cache_count, &parts.word_count,
                            &parts.range_count, &parts.position_count, &parts.position_bytes})
            if (!unsigned_varint(n)) return {};
        int64_t first_line;
        if (!varint(&first_line)) return {};
        parts.first_line = static_cast<int32_t>(first_line);
        constexpr uint32_t kMost = 1 << 26;
        size_t left = file_ ? SIZE_MAX : static_cast<size_t>(end_ - at_);
        if (parts.word_count > kMost || parts.range_count > kMost || parts.position_bytes > kMost ||
            parts.cache_count > parts.word_count || parts.word_count > left / 4 ||
            parts.range_count > left || parts.position_bytes > left ||
            parts.register_count > UINT16_MAX)
            return bad("bad marshal data (code size out of range)");
        auto* words = room<uint32_t>(parts.word_count);
        auto* ranges = words ? room<ExceptionRange>(parts.range_count) : nullptr;
        auto* positions = ranges ? room<uint8_t>(trusted_ ? 0 : parts.position_bytes) : nullptr;
        Owned result;
        if (positions && code_arrays(parts, words, ranges, positions)) result = code_rest(parts);
        free(words);
        free(ranges);
        free(positions);
        if (result) resolve(number, result);
        return result;
    }

    bool code_arrays(CodeParts& parts, uint32_t* words, ExceptionRange* ranges,
                     uint8_t* positions) {
        const uint8_t* word_bytes = bytes(size_t{parts.word_count} * sizeof(uint32_t));
        if (!word_bytes) return false;
        if (parts.word_count) memcpy(words, word_bytes, parts.word_count * sizeof(uint32_t));
        for (uint32_t i = 0; i < parts.range_count; i++) {
            ExceptionRange& range = ranges[i];
            if (!unsigned_varint(&range.start) || !unsigned_varint(&range.end) ||
                !unsigned_varint(&range.handler) || !unsigned_varint(&range.depth))
                return false;
        }
        const uint8_t* table = bytes(parts.position_bytes);
        if (!table) return false;
        parts.words = words;
        parts.ranges = ranges;
        if (trusted_) {
            parts.positions = table;
            parts.static_positions = true;
            return true;
        }
        if (parts.position_bytes) memcpy(positions, table, parts.position_bytes);
        parts.positions = positions;
        uint32_t count;
        if (!count_positions(positions, parts.position_bytes, &count) ||
            count != parts.position_count)
            return bad("bad marshal data (positions)");
        return true;
    }

    static bool all_strs(Value value) {
        if (!is_exact_tuple(value)) return false;
        Tuple& tuple = value.as<Tuple>();
        for (size_t i = 0; i < tuple.size; i++)
            if (!is_exact_str(tuple[i])) return false;
        return true;
    }

    Owned code_rest(CodeParts& parts) {
        Owned objects[9];
        for (Owned& slot : objects) {
            slot = item("code");
            if (!slot) return {};
        }
        bool sound = is_exact_tuple(objects[0]) && is_exact_bytes(objects[5]);
        for (int i = 1; i <= 4; i++) sound = sound && all_strs(objects[i]);
        for (int i = 6; i <= 8; i++) sound = sound && is_exact_str(objects[i]);
        if (!sound) return bad("bad marshal data (code parts)");
        parts.constants = &objects[0].as<Tuple>();
        parts.names = &objects[1].as<Tuple>();
        parts.local_names = &objects[2].as<Tuple>();
        parts.free_names = &objects[3].as<Tuple>();
        parts.cell_names = &objects[4].as<Tuple>();
        parts.local_kinds = &objects[5].as<Bytes>();
        parts.filename = &objects[6].as<Str>();
        parts.name = &objects[7].as<Str>();
        parts.qualname = &objects[8].as<Str>();
        uint64_t parameters = uint64_t{parts.argument_count} + parts.keyword_only_count +
                              !!(parts.flags & kCodeVarArgs) + !!(parts.flags & kCodeVarKeywords);
        bool fits = parts.local_names->size == parts.local_count &&
                    parts.free_names->size == parts.free_count &&
                    parts.local_kinds->size == parts.local_count + parts.free_count &&
                    parameters <= parts.local_count &&
                    parts.positional_only_count <= parts.argument_count &&
                    (!(parts.flags & kCodeHasDocstring) ||
                     (parts.constants->size && is_exact_str((*parts.constants)[0])));
        uint32_t word;
        if (!fits || (!trusted_ && find_fault(parts, &word)))
            return bad("bad marshal data (code is not sound)");
        return make_code(thread_, parts);
    }

    Thread& thread_;
    const uint8_t *at_, *end_;
    Value file_;  // empty: from memory
    bool allow_code_, trusted_;
    int depth_ = 0;
    uint8_t* buffer_ = nullptr;
    uint64_t* refs_ = nullptr;  // owning words; 0: not complete yet
    uint32_t ref_count_ = 0, ref_capacity_ = 0;
};

}  // namespace

Owned marshal_loads(Thread& thread, const uint8_t* data, size_t size, bool allow_code) {
    return Reader(thread, data, size, Value(), allow_code).run();
}

Owned marshal_loads_trusted(Thread& thread, const uint8_t* data, size_t size) {
    return Reader(thread, data, size, Value(), true, true).run();
}

Owned marshal_load(Thread& thread, Value file, bool allow_code) {
    // What is no binary file is told at once.
    Owned probe = call_method(thread, file, ID(read), Value::small_int(0));
    if (!probe) return {};
    if (!is_bytes(probe))
        return raise(thread, exc::TypeError, "file.read() returned not bytes but {}",
                     type_name_of(probe));
    return Reader(thread, nullptr, 0, file, allow_code).run();
}

}  // namespace imugi::compile
