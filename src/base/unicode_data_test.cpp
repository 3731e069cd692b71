// Figures from CPython 3.13, and from the Unicode Character Database 16.0 for what is later.
#include "base/unicode_data.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

using namespace imugi::unicode;

namespace {

using Text = std::u32string;

Text mapped(size_t (*map)(uint32_t*, uint32_t), uint32_t c) {
    uint32_t out[most_case_expansion];
    size_t count = map(out, c);
    return Text(out, out + count);
}

std::string name_of(uint32_t c) {
    char out[name_room];
    return std::string(out, name(out, c));
}

std::string decomposition_of(uint32_t c) {
    char out[decomposition_room];
    return std::string(out, decomposition(out, c));
}

uint32_t find(const std::string& name) {
    uint32_t c = 0;
    return lookup(name.data(), name.size(), &c) ? c : 0xffffffff;
}

Text normalized(Form form, const Text& text) {
    std::vector<uint32_t> in(text.begin(), text.end());
    std::vector<uint32_t> out(normalize_room(form, in.data(), in.size()));
    size_t size = normalize(form, out.data(), in.data(), in.size());
    return Text(out.begin(), out.begin() + static_cast<long>(size));
}

}  // namespace

TEST(UnicodeData, Latin1TableAgreesWithIcu) {
    for (uint32_t c = 0; c < 256; ++c) {
        // Line breaks and the printable space are Python's own and not asked of ICU.
        unsigned mask = c == ' ' ? line_break | printable : line_break;
        EXPECT_EQ(flags(c) & ~mask, detail::flags_from_icu(c) & ~mask) << c;
    }
    EXPECT_TRUE(is_printable(' '));
    EXPECT_TRUE(is_line_break(0x1c) && is_line_break(0x85) && !is_line_break(0x1f));
}

TEST(UnicodeData, Predicates) {
    EXPECT_TRUE(is_alpha(0x4e2d) && !is_upper(0x4e2d) && is_xid_start(0x4e2d));
    EXPECT_TRUE(is_digit(0x2460) && !is_decimal(0x2460));
    EXPECT_TRUE(is_numeric(0x216b) && !is_digit(0x216b));
    EXPECT_TRUE(is_decimal(0x0663) && decimal_value(0x0663) == 3);
    EXPECT_TRUE(is_title(0x1c5) && !is_upper(0x1c5) && !is_lower(0x1c5) && is_cased(0x1c5));
    EXPECT_TRUE(is_space(0x3000) && is_space(0x2029) && is_line_break(0x2028) && !is_space(0x200b));
    EXPECT_TRUE(!is_printable(0xd800) && !is_printable(0x10ffff) && is_printable(0x1f40d));
    EXPECT_TRUE(is_case_ignorable(0x2019) && is_xid_continue(0x30fb));
    double value = 0;
    EXPECT_TRUE(numeric_value(0x0f33, &value));
    EXPECT_EQ(value, -0.5);
    EXPECT_EQ(digit_value(0x00b2), 2);
}

TEST(UnicodeData, CaseMappings) {
    EXPECT_EQ(mapped(to_upper, 0xdf), U"SS");
    EXPECT_EQ(mapped(to_title, 0xdf), U"Ss");
    EXPECT_EQ(mapped(to_casefold, 0x1e9e), U"ss");
    EXPECT_EQ(mapped(to_lower, 0x130), U"i\u0307");
    EXPECT_EQ(mapped(to_upper, 0x149), U"\u02bcN");
    EXPECT_EQ(mapped(to_upper, 0x1fb2), U"\u1fba\u0399");
    EXPECT_EQ(mapped(to_title, 0x1fb2), U"\u1fba\u0345");
    EXPECT_EQ(mapped(to_title, 0xfb03), U"Ffi");
    EXPECT_EQ(mapped(to_title, 0x1c4), U"\u01c5");
    EXPECT_EQ(mapped(to_casefold, 0x13a0), U"\u13a0");
    EXPECT_EQ(mapped(to_casefold, 0xab70), U"\u13a0");
    EXPECT_EQ(mapped(to_upper, 0xff), U"\u0178");
    EXPECT_TRUE(!(flags(0x4e2d) & (lower_changes | upper_changes | fold_changes)));
}

TEST(UnicodeData, Properties) {
    EXPECT_STREQ(category('a'), "Ll");
    EXPECT_STREQ(category(0xe000), "Co");
    EXPECT_STREQ(bidirectional(0x5d0), "R");
    EXPECT_STREQ(bidirectional(0x378), "");
    EXPECT_STREQ(east_asian_width(0xff21), "F");
    EXPECT_EQ(combining(0x301), 230);
    EXPECT_TRUE(is_mirrored('('));
    EXPECT_EQ(decomposition_of(0xa8), "<compat> 0020 0308");
    EXPECT_EQ(decomposition_of(0xe9), "0065 0301");
    EXPECT_EQ(decomposition_of(0xac00), "");
    EXPECT_TRUE(assigned_in_3_2('a') && !assigned_in_3_2(0x1f40d) && !assigned_in_3_2(0xfdd0));
}

TEST(UnicodeData, Names) {
    EXPECT_EQ(name_of(0x1f40d), "SNAKE");
    EXPECT_EQ(name_of(0xac01), "HANGUL SYLLABLE GAG");
    EXPECT_EQ(name_of(0x4e00), "CJK UNIFIED IDEOGRAPH-4E00");
    EXPECT_EQ(name_of(10), "");
    EXPECT_EQ(find("snake"), 0x1f40du);
    EXPECT_EQ(find("LINE FEED"), 10u);
    EXPECT_EQ(find("nbsp"), 0xa0u);
    EXPECT_EQ(find("VS17"), 0xe0100u);
    EXPECT_EQ(find("LATIN SMALL LETTER GHA"), 0x1a3u);
    uint32_t sequence[most_sequence];
    EXPECT_EQ(lookup_sequence("keycap digit one", 16, sequence), 3u);
    EXPECT_EQ(sequence[2], 0x20e3u);
    EXPECT_EQ(lookup_sequence("SNAKE", 5, sequence), 0u);
    EXPECT_EQ(find("no such thing"), 0xffffffffu);
    EXPECT_EQ(find(std::string(5000, 'A')), 0xffffffffu);
}

TEST(UnicodeData, Normalization) {
    EXPECT_EQ(normalized(Form::nfc, U"e\u0301\u0323"), U"\u1eb9\u0301");
    EXPECT_EQ(normalized(Form::nfd, U"\uac01"), U"\u1100\u1161\u11a8");
    EXPECT_EQ(normalized(Form::nfc, U"\u1100\u1161\u11a8"), U"\uac01");
    EXPECT_EQ(normalized(Form::nfkc, U"\ufb01\u2460"), U"fi1");
    EXPECT_EQ(normalized(Form::nfkd, U"\ufdfa").size(), 18u);
    EXPECT_EQ(normalized(Form::nfc, U"\u0958"), U"\u0915\u093c");
    EXPECT_EQ(normalized(Form::nfc, U"\xd800\u0301"), U"\xd800\u0301");
    Text hostile(300000, U'\u0301');  // sorted one by one, this would take minutes
    for (size_t i = 1; i < hostile.size(); i += 2) hostile[i] = U'\u0323';
    Text sorted = normalized(Form::nfd, hostile);
    EXPECT_EQ(sorted, Text(150000, U'\u0323') + Text(150000, U'\u0301'));
    const uint32_t plain[] = {'a', 0xe9}, mark[] = {'e', 0x301}, excluded[] = {0x958};
    EXPECT_EQ(quick_check(Form::nfc, plain, 2), QuickCheck::yes);
    EXPECT_EQ(quick_check(Form::nfd, plain, 2), QuickCheck::no);
    EXPECT_EQ(quick_check(Form::nfc, mark, 2), QuickCheck::maybe);
    EXPECT_EQ(quick_check(Form::nfc, excluded, 1), QuickCheck::no);
}

TEST(UnicodeData, HasUnicode16) {
    EXPECT_STREQ(unidata_version(), "16.0.0");
    EXPECT_EQ(mapped(to_lower, 0xa7dc), U"\u019b");
    EXPECT_EQ(mapped(to_upper, 0x264), U"\ua7cb");
    EXPECT_EQ(mapped(to_casefold, 0x10d50), U"\U00010d70");
    EXPECT_TRUE(is_alpha(0x2ebf0) && decimal_value(0x1ccf7) == 7 && is_numeric(0x4e24));
    EXPECT_EQ(combining(0x897), 230);
    EXPECT_EQ(decomposition_of(0x1ccd6), "<font> 0041");
    EXPECT_EQ(name_of(0x13460), "EGYPTIAN HIEROGLYPH-13460");
    EXPECT_EQ(find("egyptian hieroglyph-143fa"), 0x143fau);
    EXPECT_EQ(find("Garay Capital Letter A"), 0x10d50u);
    EXPECT_EQ(normalized(Form::nfd, U"\U00016d6a"), U"\U00016d63\U00016d67\U00016d67");
    EXPECT_EQ(normalized(Form::nfc, U"\U00016d63\U00016d67\U00016d67"), U"\U00016d6a");
    EXPECT_EQ(normalized(Form::nfkc, U"\U0001ccf3"), U"3");
    EXPECT_EQ(normalized(Form::nfkd, U"\U0001d6c1"), U"\u2207");
}

TEST(UnicodeData, PagesAreMadeByAnyThread) {
    std::vector<std::thread> threads;
    std::atomic<size_t> wrong{0};
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (uint32_t c = 0x20000; c < 0x30000; ++c) {
                if (flags(c) != detail::flags_from_icu(c)) ++wrong;
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(wrong, 0u);
}
