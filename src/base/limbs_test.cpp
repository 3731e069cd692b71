// Figures from CPython 3.13; numbers are written in base 16 and compared in it.
#include "base/limbs.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

using namespace imugi::limbs;

namespace {

struct Number {
    std::vector<Limb> limbs;
    bool negative = false;

    explicit Number(std::string text, unsigned base = 16) {
        if (text[0] == '-') {
            negative = true;
            text = text.substr(1);
        }
        std::vector<uint8_t> values(text.size());
        size_t count = read_digits(values.data(), text.data(), text.size(), base);
        EXPECT_GT(count, 0u) << text;
        limbs.resize(from_digits_room(count, base));
        limbs.resize(from_digits(limbs.data(), values.data(), count, base));
    }
    Number(std::vector<Limb> data, SignedSize size)
        : limbs(std::move(data)), negative(size.negative) {
        EXPECT_FALSE(size.failed());
        limbs.resize(size.size);
    }

    Signed get() const { return {limbs.data(), limbs.size(), negative}; }
    View view() const { return {limbs.data(), limbs.size()}; }
    std::string text(unsigned base = 16) const {
        std::string out(to_text_room(view(), base), '?');
        out.resize(to_text(out.data(), view(), base));
        return negative ? "-" + out : out;
    }
};

Number made(std::vector<Limb> room, size_t size) {
    return Number(std::move(room), {size, false});
}
std::vector<Limb> room(size_t size) {
    return std::vector<Limb>(size);
}

Number add(const Number& a, const Number& b) {
    auto out = room(std::max(a.limbs.size(), b.limbs.size()) + 1);
    auto size = add_signed(out.data(), a.get(), b.get());
    return Number(out, size);
}

[[maybe_unused]] Number multiply(const Number& a, const Number& b) {
    auto out = room(a.limbs.size() + b.limbs.size());
    auto size = multiply(out.data(), a.view(), b.view());
    return made(out, size);
}

Number power(const Number& a, uint64_t exponent) {
    auto out = room(power_room(a.view(), exponent));
    auto size = power(out.data(), a.view(), exponent);
    return made(out, size);
}

std::string bit_text(Bitwise operation, const char* a, const char* b) {
    Number x(a), y(b);
    auto out = room(std::max(x.limbs.size(), y.limbs.size()) + 1);
    auto size = bitwise(out.data(), operation, x.get(), y.get());
    return Number(out, size).text();
}

std::string shifted(const char* a, uint64_t bits) {
    Number x(a);
    auto out = room(x.limbs.size() + 1);
    auto size = shift_right(out.data(), x.get(), bits);
    return Number(out, size).text();
}

}  // namespace

TEST(Limbs, AddsWithSigns) {
    EXPECT_EQ(add(Number("ffffffffffffffff"), Number("1")).text(), "10000000000000000");
    EXPECT_EQ(add(Number("10000000000000000"), Number("-1")).text(), "ffffffffffffffff");
    EXPECT_EQ(add(Number("-5"), Number("5")).text(), "0");
    EXPECT_EQ(add(Number("-5"), Number("3")).text(), "-2");
}

TEST(Limbs, FloorDivision) {
    struct Row {
        const char *a, *b, *quotient, *remainder;
    };
    const Row rows[] = {
        {"7", "2", "3", "1"},
        {"-7", "2", "-4", "1"},
        {"7", "-2", "-4", "-1"},
        {"-7", "-2", "3", "-1"},
        {"5", "-10000000000000000", "-1", "-fffffffffffffffb"},
        {"-fffffffffffffffffffffffffffffffffff", "100000000000000000000", "-1000000000000000", "1"},
        {"123456789abcdef0123456789abcdef0123456789", "fedcba9876543210f",
         "1249249249249237ed797829", "cad97a64bf0ef1422"},
    };
    for (const Row& row : rows) {
        Number a(row.a), b(row.b);
        auto q = room(a.limbs.size() + 2), r = room(b.limbs.size() + 1);
        SignedSize q_size, r_size;
        ASSERT_TRUE(floor_divide(q.data(), &q_size, r.data(), &r_size, a.get(), b.get()));
        EXPECT_EQ(Number(q, q_size).text(), row.quotient) << row.a;
        EXPECT_EQ(Number(r, r_size).text(), row.remainder) << row.a;
        ASSERT_TRUE(floor_divide(q.data(), &q_size, nullptr, nullptr, a.get(), b.get()));
        EXPECT_EQ(Number(q, q_size).text(), row.quotient) << row.a;
        ASSERT_TRUE(floor_divide(nullptr, nullptr, r.data(), &r_size, a.get(), b.get()));
        EXPECT_EQ(Number(r, r_size).text(), row.remainder) << row.a;
    }
}

TEST(Limbs, ShiftsRoundDown) {
    EXPECT_EQ(shifted("-1", 100), "-1");
    EXPECT_EQ(shifted("1", 100), "0");
    EXPECT_EQ(shifted("-10000000000000000", 64), "-1");
    EXPECT_EQ(shifted("-10000000000000001", 64), "-2");
    EXPECT_EQ(shifted("-ffffffffffffffffffffffffffffffff", 64), "-10000000000000000");
}

TEST(Limbs, BitwiseOfNegatives) {
    EXPECT_EQ(bit_text(Bitwise::and_, "-1", "123456789abcdef012345"), "123456789abcdef012345");
    EXPECT_EQ(bit_text(Bitwise::and_, "-10000000000000000", "-ffffffffffffffff"),
              "-10000000000000000");
    EXPECT_EQ(bit_text(Bitwise::and_, "-8000000000000000", "-7fffffffffffffff"),
              "-8000000000000000");
    EXPECT_EQ(bit_text(Bitwise::and_, "-8000000000000001", "-ffffffffffffffff"),
              "-ffffffffffffffff");
    EXPECT_EQ(bit_text(Bitwise::or_, "-100000000000000000000", "ff"), "-ffffffffffffffffff01");
    EXPECT_EQ(bit_text(Bitwise::xor_, "-1", "ffffffffffffffff"), "-10000000000000000");
}

TEST(Limbs, PowersAndRoots) {
    EXPECT_EQ(power(Number("10", 10), 40).text(10), "1" + std::string(40, '0'));
    EXPECT_EQ(power(Number("3"), 100).text(10), "515377520732011331036461129765621272702107522001");
    EXPECT_EQ(power(Number("0"), 0).text(), "1");
    EXPECT_EQ(power_room(Number("7").view(), UINT64_MAX), no_memory);

    Number square = power(Number("123456789abcdef123456789"), 2);
    bool exact = false;
    auto out = room((square.limbs.size() + 1) / 2);
    size_t size = isqrt(out.data(), square.view(), &exact);
    EXPECT_TRUE(exact);
    EXPECT_EQ(made(out, size).text(), "123456789abcdef123456789");

    Number modulus("170141183460469231731687303715884105727", 10), base("3"), exponent("ffffffff");
    auto rest = room(2);
    size = power_mod(rest.data(), base.view(), exponent.view(), modulus.view());
    EXPECT_EQ(made(rest, size).text(10), "19454869154414578218323237505172140533");
    EXPECT_EQ(inverse_mod(rest.data(), &size, base.view(), modulus.view()), Inverse::found);
    EXPECT_EQ(made(rest, size).text(10), "113427455640312821154458202477256070485");
    Number six("6"), nine("9");
    EXPECT_EQ(inverse_mod(rest.data(), &size, six.view(), nine.view()), Inverse::none);
}

TEST(Limbs, TextRoundTripsInEveryBase) {
    Number big = add(power(Number("7"), 2000), Number("1"));
    for (unsigned base = 2; base <= 36; ++base) {
        EXPECT_EQ(Number(big.text(base), base).text(), big.text()) << base;
    }
    EXPECT_EQ(Number("1_000_000", 10).text(10), "1000000");
    uint8_t values[16];
    EXPECT_EQ(read_digits(values, "1__0", 4, 10), 0u);
    EXPECT_EQ(read_digits(values, "_1", 2, 10), 0u);
    EXPECT_EQ(read_digits(values, "1_", 2, 10), 0u);
    EXPECT_EQ(read_digits(values, "12", 2, 2), 0u);
}

TEST(Limbs, Bytes) {
    uint8_t out[9];
    EXPECT_EQ(to_bytes(out, 1, Number("-80").get(), false, true), ToBytes::ok);
    EXPECT_EQ(out[0], 0x80);
    EXPECT_EQ(to_bytes(out, 1, Number("80").get(), false, true), ToBytes::too_big);
    EXPECT_EQ(to_bytes(out, 1, Number("-1").get(), false, false), ToBytes::negative);
    EXPECT_EQ(to_bytes(out, 9, Number("-10000000000000000").get(), false, true), ToBytes::ok);
    EXPECT_EQ(out[0], 0xff);
    EXPECT_EQ(out[8], 0);
    auto limbs = room(2);
    auto size = from_bytes(limbs.data(), out, 9, false, true);
    EXPECT_EQ(Number(limbs, size).text(), "-10000000000000000");
}

TEST(Limbs, Doubles) {
    double value = 0;
    EXPECT_TRUE(to_double(Number("9007199254740993", 10).get(), &value));
    EXPECT_EQ(value, 9007199254740992.0);
    EXPECT_TRUE(to_double(Number("-9007199254740995", 10).get(), &value));
    EXPECT_EQ(value, -9007199254740996.0);
    EXPECT_TRUE(to_double(Number("10000000000000800000000000000000000001").get(), &value));
    EXPECT_EQ(value, 0x1.00000000000010p+148);
    EXPECT_FALSE(to_double(power(Number("2"), 1024).get(), &value));
    EXPECT_EQ(true_divide(&value, Number("1").get(), Number("3").get()), Quotient::ok);
    EXPECT_EQ(value, 1.0 / 3.0);
    Number big = power(Number("10", 10), 400);
    EXPECT_EQ(true_divide(&value, big.get(), Number("3").get()), Quotient::overflow);
    EXPECT_EQ(true_divide(&value, Number("-5").get(), power(Number("2"), 1076).get()),
              Quotient::ok);
    EXPECT_EQ(value, -0x1p-1074);
    EXPECT_EQ(true_divide(&value, Number("1").get(), power(Number("2"), 1075).get()), Quotient::ok);
    EXPECT_EQ(value, 0.0);
    EXPECT_EQ(compare_double(Number("9007199254740993", 10).get(), 9007199254740992.0), 1);
    EXPECT_EQ(compare_double(Number("-1").get(), -1.5), 1);
    EXPECT_EQ(compare_double(big.get(), 1e308), 1);
}

TEST(Limbs, Hash) {
    EXPECT_EQ(hash(Number("-1").get()), -2);
    EXPECT_EQ(hash(Number("1fffffffffffffff").get()), 0);
    EXPECT_EQ(hash(power(Number("10", 10), 100).get()), 910685213754167845);
    EXPECT_EQ(hash(Number("-123456789012345678901234567890", 10).get()), -248789772095949448);
}

#if !defined(__SANITIZE_ADDRESS__) && !__has_feature(address_sanitizer) && \
    !__has_feature(thread_sanitizer)
TEST(Limbs, FailedAllocationInsideGmpIsReported) {
    // Operands and room are there, but not the scratch space of a multiplication of eight million
    // limbs.
    size_t count = size_t{1} << 23;
    std::vector<Limb> a(count, 7), out(2 * count);
    unsigned long pages = 0;
    FILE* statm = fopen("/proc/self/statm", "r");
    ASSERT_EQ(fscanf(statm, "%lu", &pages), 1);
    fclose(statm);
    rlimit old{};
    getrlimit(RLIMIT_AS, &old);
    rlimit tight = old;
    tight.rlim_cur = pages * 4096 + (32 << 20);
    setrlimit(RLIMIT_AS, &tight);
    size_t size = multiply(out.data(), {a.data(), count}, {a.data(), count});
    setrlimit(RLIMIT_AS, &old);
    EXPECT_EQ(size, no_memory);
    Number small = multiply(power(Number("3"), 9000), power(Number("5"), 9000));
    EXPECT_EQ(small.text(), power(Number("f"), 9000).text());
}
#endif
