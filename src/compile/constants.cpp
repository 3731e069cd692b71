// Constants of a compilation and folding of operators on them.
#include "compile/constants.h"

#include <cstdlib>

#include "object/bytes.h"
#include "object/code.h"
#include "object/complex.h"
#include "object/float.h"
#include "object/int.h"
#include "object/protocol.h"
#include "object/set.h"
#include "object/slice.h"
#include "object/str.h"
#include "object/tuple.h"

namespace imugi::compile {
namespace {

uint64_t mix(uint64_t hash, uint64_t more) {
    hash = (hash ^ more) * 0x9E3779B97F4A7C15u;
    return hash ^ (hash >> 29);
}

uint64_t hash_text(uint64_t hash, const void* data, size_t size) {
    auto* bytes = static_cast<const uint8_t*>(data);
    for (size_t i = 0; i < size; i++) hash = (hash ^ bytes[i]) * 0x100000001B3u;
    return mix(hash, size);
}

// Hash that tells apart what identical_constants() tells apart, mostly.
uint64_t constant_hash(Thread& thread, Value value) {
    if (!value.is_object()) return mix(1, value.bits());
    if (is_exact_str(value)) {
        Str& s = value.as<Str>();
        return hash_text(2, s.data(), s.length() * s.unit());
    }
    if (is_exact_bytes(value)) {
        Bytes& b = value.as<Bytes>();
        return hash_text(3, b.data(), b.size);
    }
    if (is_exact_float(value)) return mix(4, std::bit_cast<uint64_t>(float_number(value)));
    if (has_shape(value, k_complex_shape)) {
        auto& c = value.as<Complex>();
        return mix(mix(5, std::bit_cast<uint64_t>(c.real)), std::bit_cast<uint64_t>(c.imaginary));
    }
    if (is_exact_int(value)) {
        Int& n = value.as<Int>();
        uint64_t hash = mix(6, static_cast<uint64_t>(n.signed_size));
        size_t size = static_cast<size_t>(std::abs(n.signed_size));
        for (size_t i = 0; i < size; i++) hash = mix(hash, n.limbs[i]);
        return hash;
    }
    if (is_exact_tuple(value)) {
        Tuple& tuple = value.as<Tuple>();
        uint64_t hash = mix(7, tuple.size);
        for (size_t i = 0; i < tuple.size; i++) hash = mix(hash, constant_hash(thread, tuple[i]));
        return hash;
    }
    if (has_shape(value, k_frozenset_shape)) {
        // Order of iteration is no property of the value.
        uint64_t hash = 0;
        size_t position = 0;
        Owned element;
        while (set_next(thread, value.as<Set>(), &position, &element))
            hash += constant_hash(thread, element);
        return mix(8, hash);
    }
    if (has_shape(value, k_slice_shape)) {
        auto& slice = value.as<Slice>();
        return mix(mix(mix(9, constant_hash(thread, slice.start.borrow())),
                       constant_hash(thread, slice.stop.borrow())),
                   constant_hash(thread, slice.step.borrow()));
    }
    return mix(10, value.identity());
}

bool identical_constants(Thread& thread, Value a, Value b) {
    if (same(a, b)) return true;
    if (!a.is_object() || !b.is_object()) return false;
    if (&type_of(a) != &type_of(b)) return false;
    if (is_exact_str(a)) return str_equal(a.as<Str>(), b.as<Str>());
    if (is_exact_bytes(a)) {
        Bytes &x = a.as<Bytes>(), &y = b.as<Bytes>();
        return x.size == y.size && memcmp(x.data(), y.data(), x.size) == 0;
    }
    if (is_exact_float(a))
        return std::bit_cast<uint64_t>(float_number(a)) == std::bit_cast<uint64_t>(float_number(b));
    if (has_shape(a, k_complex_shape)) {
        auto &x = a.as<Complex>(), &y = b.as<Complex>();
        return std::bit_cast<uint64_t>(x.real) == std::bit_cast<uint64_t>(y.real) &&
               std::bit_cast<uint64_t>(x.imaginary) == std::bit_cast<uint64_t>(y.imaginary);
    }
    if (is_exact_int(a)) return int_compare(a, b) == 0;
    if (is_exact_tuple(a)) {
        Tuple &x = a.as<Tuple>(), &y = b.as<Tuple>();
        if (x.size != y.size) return false;
        for (size_t i = 0; i < x.size; i++)
            if (!identical_constants(thread, x[i], y[i])) return false;
        return true;
    }
    if (has_shape(a, k_frozenset_shape)) {
        Set &x = a.as<Set>(), &y = b.as<Set>();
        if (set_size(x) != set_size(y)) return false;
        size_t at = 0;
        Owned element;
        while (set_next(thread, x, &at, &element)) {
            bool found = false;
            size_t other_at = 0;
            Owned other;
            while (!found && set_next(thread, y, &other_at, &other))
                found = identical_constants(thread, element, other);
            if (!found) return false;
        }
        return true;
    }
    if (has_shape(a, k_slice_shape)) {
        auto &x = a.as<Slice>(), &y = b.as<Slice>();
        return identical_constants(thread, x.start.borrow(), y.start.borrow()) &&
               identical_constants(thread, x.stop.borrow(), y.stop.borrow()) &&
               identical_constants(thread, x.step.borrow(), y.step.borrow());
    }
    return false;
}

bool looks_like_name(std::string_view text) {
    for (char ch : text)
        if (!(ch >= 'a' && ch <= 'z') && !(ch >= 'A' && ch <= 'Z') && !(ch >= '0' && ch <= '9') &&
            ch != '_')
            return false;
    return true;
}

}  // namespace

ConstantPool::~ConstantPool() {
    for (uint32_t i = 0; i < count_; i++) (void)Owned::adopt(words_[i]);
    free(words_);
    free(hashes_);
    free(index_);
}

bool ConstantPool::grow() {
    uint32_t capacity = capacity_ ? capacity_ * 2 : 64;
    auto* words = static_cast<uint64_t*>(realloc(words_, capacity * sizeof(uint64_t)));
    if (words) words_ = words;
    auto* hashes = static_cast<uint64_t*>(realloc(hashes_, capacity * sizeof(uint64_t)));
    if (hashes) hashes_ = hashes;
    auto* index = static_cast<uint32_t*>(calloc(size_t{capacity} * 2, sizeof(uint32_t)));
    if (!words || !hashes || !index) {
        free(index);
        return raise_memory_error(thread_);
    }
    free(index_);
    index_ = index;
    capacity_ = capacity;
    uint32_t mask = capacity * 2 - 1;
    for (uint32_t i = 0; i < count_; i++) {
        uint32_t at = static_cast<uint32_t>(hashes_[i]) & mask;
        while (index_[at]) at = (at + 1) & mask;
        index_[at] = i + 1;
    }
    return true;
}

uint32_t ConstantPool::add(Owned value) {
    if (!value) return kFailed;
    if (count_ == capacity_ && !grow()) return kFailed;
    uint64_t hash = constant_hash(thread_, value);
    uint32_t mask = capacity_ * 2 - 1;
    uint32_t at = static_cast<uint32_t>(hash) & mask;
    for (; index_[at]; at = (at + 1) & mask) {
        uint32_t found = index_[at] - 1;
        if (hashes_[found] == hash &&
            identical_constants(thread_, Value::from_bits(words_[found]), value))
            return found;
    }
    words_[count_] = value.release();
    hashes_[count_] = hash;
    index_[at] = ++count_;
    return count_ - 1;
}

Owned make_literal(Thread& thread, const ast::ConstantValue& literal) {
    switch (literal.kind) {
        case ast::ConstantKind::None:
            return Owned::share(none());
        case ast::ConstantKind::True:
            return Owned::share(boolean(true));
        case ast::ConstantKind::False:
            return Owned::share(boolean(false));
        case ast::ConstantKind::Ellipsis:
            return Owned::share(ellipsis());
        case ast::ConstantKind::Int: {
            const char* text = literal.text.data();
            size_t size = literal.text.size();
            if (size <= 15 && literal.base == 10) {
                bool negative = size && text[0] == '-';
                int64_t n = 0;
                for (size_t i = negative; i < size; i++) n = n * 10 + (text[i] - '0');
                return Owned::small_int(negative ? -n : n);
            }
            return make_int_from_text(thread, text, size, literal.base, none());
        }
        case ast::ConstantKind::Float:
            return make_float(thread, literal.number);
        case ast::ConstantKind::Complex:
            return make_complex(thread, literal.real, literal.number);
        case ast::ConstantKind::Str: {
            Ref<Str> text = make_str(thread, literal.text.data(), literal.text.size());
            if (text && looks_like_name(literal.text)) return intern(thread, std::move(text));
            return text;
        }
        case ast::ConstantKind::Bytes:
            return make_bytes(thread, literal.text.data(), literal.text.size());
        case ast::ConstantKind::Tuple: {
            Ref<Tuple> tuple = make_tuple_blank(thread, literal.items.size);
            if (!tuple) return {};
            for (uint32_t i = 0; i < literal.items.size; i++) {
                Owned item = make_literal(thread, literal.items[i]);
                if (!item) return {};
                tuple->items[i].init(std::move(item));
            }
            return tuple;
        }
        case ast::ConstantKind::FrozenSet: {
            Ref<Set> set = make_set(thread, frozenset_type);
            if (!set) return {};
            for (const ast::ConstantValue& part : literal.items) {
                Owned item = make_literal(thread, part);
                if (!item || !set_add(thread, *set, item)) return {};
            }
            return set;
        }
    }
    return {};
}

// --- folding ---

namespace {

constexpr size_t kMaxIntBits = 128;
constexpr size_t kMaxSequence = 256;  // items of a repeated tuple
constexpr size_t kMaxText = 4096;     // characters of a repeated str or bytes
constexpr size_t kMaxNestedItems = 1024;

bool is_number(Value value) {
    return is_int(value) || is_float(value) || has_shape(value, k_complex_shape);
}

Owned attempt(Thread& thread, Owned result) {
    if (result) return result;
    // The operation will raise when the program runs; that is the time to tell.
    if (exception_matches(thread, exc::MemoryError) ||
        exception_matches(thread, exc::KeyboardInterrupt))
        return {};
    clear_exception(thread);
    return Owned::nothing();
}

// Items of a tuple constant, those of tuples in it included; too many: kMaxNestedItems + 1.
size_t nested_items(Value value) {
    if (!is_exact_tuple(value)) return 1;
    Tuple& tuple = value.as<Tuple>();
    size_t sum = tuple.size;
    for (size_t i = 0; i < tuple.size && sum <= kMaxNestedItems; i++)
        if (is_exact_tuple(tuple[i])) sum += nested_items(tuple[i]);
    return sum;
}

bool repeat_is_small(Value sequence, Value count) {
    int64_t n;
    if (!int_fits_int64(count, &n)) return false;
    if (n < 0) return true;
    size_t size, limit;
    if (is_exact_tuple(sequence)) {
        size = nested_items(sequence);
        limit = kMaxSequence;
    } else if (is_exact_str(sequence)) {
        size = sequence.as<Str>().length();
        limit = kMaxText;
    } else {
        size = sequence.as<Bytes>().size;
        limit = kMaxText;
    }
    return size == 0 || static_cast<uint64_t>(n) <= limit / size;
}

bool is_sequence(Value value) {
    return is_exact_tuple(value) || is_exact_str(value) || is_exact_bytes(value);
}

// Whether the result stays small enough to be kept as a constant.
bool result_is_small(ast::Operator op, Value left, Value right) {
    bool ints = is_int(left) && is_int(right);
    switch (op) {
        case ast::Operator::Mult:
            if (ints) return int_bit_length(left) + int_bit_length(right) <= kMaxIntBits;
            if (is_sequence(left) && is_int(right)) return repeat_is_small(left, right);
            if (is_sequence(right) && is_int(left)) return repeat_is_small(right, left);
            return true;
        case ast::Operator::Pow: {
            int64_t exponent;
            if (!ints || int_sign(right) <= 0) return true;
            return int_fits_int64(right, &exponent) && exponent <= 128 &&
                   int_bit_length(left) * static_cast<size_t>(exponent) <= kMaxIntBits;
        }
        case ast::Operator::LShift: {
            int64_t shift;
            if (!ints || int_sign(right) <= 0 || int_sign(left) == 0) return true;
            return int_fits_int64(right, &shift) && shift <= int64_t{kMaxIntBits} &&
                   int_bit_length(left) + static_cast<size_t>(shift) <= kMaxIntBits;
        }
        case ast::Operator::Add:
            if (is_exact_tuple(left) && is_exact_tuple(right))
                return left.as<Tuple>().size + right.as<Tuple>().size <= kMaxSequence;
            return true;
        default:
            return true;
    }
}

}  // namespace

Owned fold_binary(Thread& thread, ast::Operator op, Value left, Value right) {
    bool numbers = is_number(left) && is_number(right);
    bool sequences = (op == ast::Operator::Add && is_sequence(left) && is_sequence(right)) ||
                     (op == ast::Operator::Mult && ((is_sequence(left) && is_int(right)) ||
                                                    (is_int(left) && is_sequence(right))));
    if (!numbers && !sequences) return Owned::nothing();
    if (op == ast::Operator::MatMult || !result_is_small(op, left, right)) return Owned::nothing();
    static constexpr BinaryOp kOps[] = {
        BinaryOp::kAdd,        BinaryOp::kSubtract,  BinaryOp::kMultiply, BinaryOp::kMatrixMultiply,
        BinaryOp::kTrueDivide, BinaryOp::kRemainder, BinaryOp::kPower,    BinaryOp::kLeftShift,
        BinaryOp::kRightShift, BinaryOp::kOr,        BinaryOp::kXor,      BinaryOp::kAnd,
        BinaryOp::kFloorDivide};
    return attempt(thread, binary_op(thread, kOps[static_cast<int>(op)], left, right));
}

Owned fold_unary(Thread& thread, ast::UnaryOperator op, Value operand) {
    switch (op) {
        case ast::UnaryOperator::Invert:
            // ~True is deprecated: the warning belongs to run time.
            if (!is_exact_int(operand)) return Owned::nothing();
            return attempt(thread, invert(thread, operand));
        case ast::UnaryOperator::USub:
            if (!is_number(operand)) return Owned::nothing();
            return attempt(thread, negative(thread, operand));
        case ast::UnaryOperator::UAdd:
            if (!is_number(operand)) return Owned::nothing();
            return attempt(thread, positive(thread, operand));
        case ast::UnaryOperator::Not: {
            Result<bool> truth = is_true(thread, operand);
            if (!truth) return {};
            return Owned::share(boolean(!*truth));
        }
    }
    return Owned::nothing();
}

Owned fold_subscript(Thread& thread, Value container, Value key) {
    if (!is_sequence(container)) return Owned::nothing();
    if (!is_int(key) && !has_shape(key, k_slice_shape)) return Owned::nothing();
    return attempt(thread, get_item(thread, container, key));
}

}  // namespace imugi::compile
