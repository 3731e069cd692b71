// Writing objects in marshal's format.
#include <algorithm>
#include <cstdlib>

#include "compile/marshal.h"
#include "memory/array.h"
#include "memory/refcount.h"
#include "object/buffer.h"
#include "object/code.h"
#include "object/complex.h"
#include "object/dict.h"
#include "object/errors.h"
#include "object/float.h"
#include "object/int.h"
#include "object/list.h"
#include "object/set.h"
#include "object/slice.h"
#include "object/str.h"
#include "object/tuple.h"

namespace imugi::compile {
namespace {

constexpr int kMaxDepth = 2000;

class Writer {
  public:
    Writer(Thread& thread, int version, bool allow_code)
        : thread_(thread), out_(thread), version_(version), allow_code_(allow_code) {}
    ~Writer() { free(refs_); }

    Ref<Bytes> run(Value value) {
        if (!object(value)) return {};
        return out_.finish();
    }

  private:
    // --- bytes ---
    bool byte(uint8_t b) { return out_.append(b); }
    bool u16(uint32_t n) { return byte(n & 255) && byte(n >> 8 & 255); }
    bool u32(uint32_t n) { return u16(n & 0xFFFF) && u16(n >> 16); }
    bool u64(uint64_t n) {
        return u32(static_cast<uint32_t>(n)) && u32(static_cast<uint32_t>(n >> 32));
    }
    bool real(double d) { return u64(std::bit_cast<uint64_t>(d)); }
    bool size(size_t n) {
        if (n > INT32_MAX) return raise(thread_, exc::ValueError, "unmarshallable object");
        return u32(static_cast<uint32_t>(n));
    }
    // Numbers that are mostly small: 7 bits a byte, sign lowest.
    bool varint(int64_t n) {
        uint64_t bits = static_cast<uint64_t>(n) << 1 ^ static_cast<uint64_t>(n >> 63);
        for (; bits >= 128; bits >>= 7)
            if (!byte(static_cast<uint8_t>(bits | 128))) return false;
        return byte(static_cast<uint8_t>(bits));
    }
    bool counted_text(const char* text, size_t length) {
        return byte(static_cast<uint8_t>(length)) && out_.append(text, length);
    }

    // --- references: an object that was written before is named by its number ---
    struct Ref_ {
        uint64_t identity;
        uint32_t number;
    };
    bool remember(Value value, bool* written) {
        *written = false;
        flag_ = 0;
        if (version_ < 3) return true;
        if (ref_count_ * 2 >= ref_capacity_ && !grow()) return false;
        uint32_t mask = ref_capacity_ - 1;
        uint64_t identity = value.identity();
        uint32_t at = static_cast<uint32_t>((identity >> 4) * 0x9E3779B9u) & mask;
        for (; refs_[at].identity; at = (at + 1) & mask) {
            if (refs_[at].identity != identity) continue;
            *written = true;
            return byte(kTagRef) && u32(refs_[at].number);
        }
        refs_[at] = {identity, ref_count_++};
        flag_ = kTagHasRef;
        return true;
    }
    bool grow() {
        uint32_t capacity = ref_capacity_ ? ref_capacity_ * 2 : 64;
        auto* refs = static_cast<Ref_*>(calloc(capacity, sizeof(Ref_)));
        if (!refs) return raise_memory_error(thread_);
        for (uint32_t i = 0; i < ref_capacity_; i++) {
            if (!refs_[i].identity) continue;
            uint32_t at = static_cast<uint32_t>((refs_[i].identity >> 4) * 0x9E3779B9u);
            while (refs[at & (capacity - 1)].identity) at++;
            refs[at & (capacity - 1)] = refs_[i];
        }
        free(refs_);
        refs_ = refs;
        ref_capacity_ = capacity;
        return true;
    }
    bool tag(uint8_t t) { return byte(t | flag_); }

    // --- objects ---
    bool object(Value value) {
        if (depth_ >= kMaxDepth || !stack_is_ample(thread_))
            return raise(thread_, exc::ValueError, "object too deeply nested to marshal");
        depth_++;
        bool ok = dispatch(value);
        depth_--;
        return ok;
    }

    bool dispatch(Value value) {
        if (is_none(value)) return byte(kTagNone);
        if (same(value, ellipsis())) return byte(kTagEllipsis);
        if (same(value, boolean(false))) return byte(kTagFalse);
        if (same(value, boolean(true))) return byte(kTagTrue);
        if (same(value, Value::of(exc::StopIteration))) return byte(kTagStopIteration);
        bool written;
        if (!remember(value, &written)) return false;
        if (written) return true;
        if (is_exact_int(value)) return integer(value);
        if (is_exact_float(value)) return floating(float_number(value));
        if (has_shape(value, k_complex_shape)) return complex(value.as<Complex>());
        if (is_exact_bytes(value)) {
            Bytes& bytes = value.as<Bytes>();
            return tag(kTagBytes) && size(bytes.size) && out_.append(bytes.data(), bytes.size);
        }
        if (is_exact_str(value)) return text(value.as<Str>());
        if (is_exact_tuple(value)) return tuple(value.as<Tuple>());
        if (is_exact_list(value)) return list(value.as<List>());
        if (is_exact_dict(value)) return dict(value.as<Dict>());
        if (has_shape(value, k_set_shape)) return set(value.as<Set>(), kTagSet);
        if (has_shape(value, k_frozenset_shape)) return set(value.as<Set>(), kTagFrozenSet);
        if (has_shape(value, k_code_shape)) {
            if (!allow_code_)
                return raise(thread_, exc::ValueError, "marshalling code objects is disallowed");
            return code(value.as<Code>());
        }
        if (has_shape(value, k_slice_shape)) {
            if (version_ < 5 && !in_code_)
                return raise(thread_, exc::ValueError, "unmarshallable object");
            auto& slice = value.as<Slice>();
            return tag(kTagSlice) && object(slice.start.borrow()) && object(slice.stop.borrow()) &&
                   object(slice.step.borrow());
        }
        if (has_buffer(value)) {
            Buffer buffer(thread_);
            if (!buffer.get(value)) {
                clear_exception(thread_);
                return raise(thread_, exc::ValueError, "unmarshallable object");
            }
            return tag(kTagBytes) && size(buffer.size()) &&
                   out_.append(buffer.data(), buffer.size());
        }
        return raise(thread_, exc::ValueError, "unmarshallable object");
    }

    bool integer(Value value) {
        int64_t n;
        if (int_fits_int64(value, &n) && n == static_cast<int32_t>(n))
            return tag(kTagInt) && u32(static_cast<uint32_t>(n));
        // Digits of 15 bits.
        IntView view(value);
        size_t bits = int_bit_length(value), digits = (bits + 14) / 15;
        if (digits > INT32_MAX) return raise(thread_, exc::ValueError, "unmarshallable object");
        auto count = static_cast<int32_t>(digits);
        if (!tag(kTagLong) || !u32(static_cast<uint32_t>(view.negative ? -count : count)))
            return false;
        for (size_t i = 0; i < digits; i++) {
            size_t bit = i * 15, limb = bit / 64, shift = bit % 64;
            uint64_t digit = view.limbs[limb] >> shift;
            if (shift > 49 && limb + 1 < view.size) digit |= view.limbs[limb + 1] << (64 - shift);
            if (!u16(digit & 0x7FFF)) return false;
        }
        return true;
    }

    bool float_text(double d) {
        Owned shown = float_repr_text(thread_, d);
        if (!shown) return false;
        size_t length;
        const char* utf8 = str_utf8(thread_, shown.as<Str>(), &length);
        return utf8 && counted_text(utf8, length);
    }
    bool floating(double d) {
        if (version_ > 1) return tag(kTagBinaryFloat) && real(d);
        return tag(kTagFloat) && float_text(d);
    }
    bool complex(Complex& c) {
        if (version_ > 1) return tag(kTagBinaryComplex) && real(c.real) && real(c.imaginary);
        return tag(kTagComplex) && float_text(c.real) && float_text(c.imaginary);
    }

    bool text(Str& s) {
        bool interned = s.is_interned() && version_ >= 1;
        if (version_ >= 4 && s.is_ascii()) {
            bool is_short = s.length() < 256;
            if (is_short) {
                if (!tag(interned ? kTagShortAsciiInterned : kTagShortAscii) ||
                    !byte(static_cast<uint8_t>(s.length())))
                    return false;
            } else if (!tag(interned ? kTagAsciiInterned : kTagAscii) || !size(s.length())) {
                return false;
            }
            return out_.append(s.data(), s.length());
        }
        Owned encoded = str_encode(thread_, s, "utf-8", "surrogatepass");
        if (!encoded) return false;
        Bytes& bytes = encoded.as<Bytes>();
        return tag(interned && version_ >= 3 ? kTagInterned : kTagStr) && size(bytes.size) &&
               out_.append(bytes.data(), bytes.size);
    }

    bool tuple(Tuple& t) {
        if (version_ >= 4 && t.size < 256) {
            if (!tag(kTagSmallTuple) || !byte(static_cast<uint8_t>(t.size))) return false;
        } else if (!tag(kTagTuple) || !size(t.size)) {
            return false;
        }
        for (size_t i = 0; i < t.size; i++)
            if (!object(t[i])) return false;
        return true;
    }

    bool list(List& items) {
        Owned copy = list_slice(thread_, items, 0, list_size(items));
        if (!copy) return false;
        List& fixed = copy.as<List>();
        Index count = list_size(fixed);
        if (!tag(kTagList) || !size(static_cast<size_t>(count))) return false;
        for (Index i = 0; i < count; i++) {
            Owned item = list_item(thread_, fixed, i);
            if (!item || !object(item)) return false;
        }
        return true;
    }

    bool dict(Dict& d) {
        if (!tag(kTagDict)) return false;
        size_t position = 0;
        Owned key, value;
        while (dict_next(thread_, d, &position, &key, &value))
            if (!object(key) || !object(value)) return false;
        return byte(kTagNull);
    }

    // The order of a set is no property of it: elements are written in that of their encodings.
    bool set(Set& s, uint8_t kind) {
        if (!tag(kind)) return false;
        Ref<List> elements = make_list(thread_);
        if (!elements) return false;
        Ref<List> encodings = make_list(thread_);
        if (!encodings) return false;
        size_t position = 0;
        Owned element;
        while (set_next(thread_, s, &position, &element)) {
            Ref<Bytes> encoded = marshal_dumps(thread_, element, version_, allow_code_);
            if (!encoded) return false;
            Ref<Tuple> pair = make_tuple(thread_, encoded, element);
            if (!pair || !list_append(thread_, *encodings, std::move(pair))) return false;
        }
        Index count = list_size(*encodings);
        auto* order =
            static_cast<Tuple**>(calloc(count ? static_cast<size_t>(count) : 1, sizeof(Tuple*)));
        if (!order) return raise_memory_error(thread_);
        for (Index i = 0; i < count; i++) {
            Owned pair = list_item(thread_, *encodings, i);
            order[i] = static_cast<Tuple*>(pair.value().object());  // kept by the list
        }
        std::sort(order, order + count, [](Tuple* a, Tuple* b) {
            Bytes &x = (*a)[0].as<Bytes>(), &y = (*b)[0].as<Bytes>();
            int difference = memcmp(x.data(), y.data(), x.size < y.size ? x.size : y.size);
            return difference ? difference < 0 : x.size < y.size;
        });
        bool ok = size(static_cast<size_t>(count));
        for (Index i = 0; i < count && ok; i++) ok = object((*order[i])[1]);
        free(order);
        return ok;
    }

    bool code(const Code& c) {
        const uint32_t* words = pristine_words(c);
        if (!tag(kTagCode) || !byte(kCodeFormat)) return false;
        for (uint32_t n : {c.flags, c.argument_count, c.positional_only_count, c.keyword_only_count,
                           c.local_count, c.free_count, c.register_count, c.cache_count,
                           c.word_count, c.range_count, c.position_count, c.position_bytes})
            if (!varint(n)) return false;
        if (!varint(c.first_line)) return false;
        for (uint32_t i = 0; i < c.word_count; i++)
            if (!u32(words[i])) return false;
        for (uint32_t i = 0; i < c.range_count; i++) {
            const ExceptionRange& range = c.ranges[i];
            if (!varint(range.start) || !varint(range.end) || !varint(range.handler) ||
                !varint(range.depth))
                return false;
        }
        if (!out_.append(c.positions, c.position_bytes)) return false;
        bool outer = std::exchange(in_code_, true);
        for (const Slot* slot : {&c.constants, &c.names, &c.local_names, &c.free_names,
                                 &c.cell_names, &c.local_kinds, &c.filename, &c.name, &c.qualname})
            if (!object(slot->borrow())) return false;
        in_code_ = outer;
        return true;
    }

    Thread& thread_;
    BytesBuilder out_;
    int version_;
    bool allow_code_;
    int depth_ = 0;
    uint8_t flag_ = 0;
    bool in_code_ = false;  // constants may be of any kind, whatever the version
    Ref_* refs_ = nullptr;
    uint32_t ref_count_ = 0, ref_capacity_ = 0;
};

}  // namespace

Ref<Bytes> marshal_dumps(Thread& thread, Value value, int version, bool allow_code) {
    return Writer(thread, version, allow_code).run(value);
}

}  // namespace imugi::compile
