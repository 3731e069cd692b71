// UTF-8, UTF-16 and UTF-32; positions and reasons as CPython 3.13 reports them.
#include "base/utf8.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/utf16_32.h"

using namespace imugi;

namespace {

const uint8_t* bytes(const std::string& text) {
    return reinterpret_cast<const uint8_t*>(text.data());
}

std::string described(const DecodeScan& scan) {
    if (scan.status == CodecStatus::ok) return "ok";
    if (scan.status == CodecStatus::incomplete)
        return "incomplete " + std::to_string(scan.consumed);
    return std::to_string(scan.consumed) + "-" + std::to_string(scan.consumed + scan.error_size) +
           " " + codec_reason(scan.status);
}

std::string utf8(const std::string& text, Surrogates surrogates = Surrogates::reject,
                 bool final = true) {
    return described(utf8_scan(bytes(text), text.size(), surrogates, final));
}

std::string utf16(const std::string& text, Surrogates surrogates = Surrogates::reject,
                  bool final = true) {
    return described(utf16_scan(bytes(text), text.size(), ByteOrder::little, surrogates, final));
}

std::string utf32(const std::string& text, Surrogates surrogates = Surrogates::reject) {
    return described(utf32_scan(bytes(text), text.size(), ByteOrder::little, surrogates, true));
}

}  // namespace

TEST(Utf8, ReportsErrorsAsCPython) {
    using namespace std::string_literals;
    struct Row {
        std::string text, outcome;
    };
    const Row rows[] = {
        {"", "ok"},
        {"plain \xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\x8d", "ok"},
        {"\x80", "0-1 invalid start byte"},
        {"\xc0\x80", "0-1 invalid start byte"},
        {"\xf5", "0-1 invalid start byte"},
        {"aa\xc2", "2-3 unexpected end of data"},
        {"\xc2"s + "A", "0-1 invalid continuation byte"},
        {"\xe0\x80\x80", "0-1 invalid continuation byte"},
        {"\xe1\x80", "0-2 unexpected end of data"},
        {"\xe1\x80"s + "A", "0-2 invalid continuation byte"},
        {"\xed\xa0\x80", "0-1 invalid continuation byte"},
        {"\xed", "0-1 unexpected end of data"},
        {"\xf0\x80", "0-1 invalid continuation byte"},
        {"\xf0\x90\x80", "0-3 unexpected end of data"},
        {"\xf0\x90\x80"s + "A", "0-3 invalid continuation byte"},
        {"\xf4\x90\x80\x80", "0-1 invalid continuation byte"},
    };
    for (const Row& row : rows) EXPECT_EQ(utf8(row.text), row.outcome) << row.text;
    EXPECT_EQ(utf8("\xed\xa0\x80", Surrogates::pass), "ok");
    EXPECT_EQ(utf8("a\xe1\x80", Surrogates::reject, false), "incomplete 1");
    EXPECT_EQ(utf8("\xed\xa0", Surrogates::reject, false), "incomplete 0");
    EXPECT_EQ(utf8("\xed\xa0", Surrogates::reject, true), "0-1 invalid continuation byte");
}

TEST(Utf8, FindsTheWidth) {
    auto width = [](const std::string& text) { return utf8_scan(bytes(text), text.size()).width; };
    EXPECT_EQ(width(std::string(40, 'x')), max_ascii);
    EXPECT_EQ(width("x\xc3\xbf"), max_latin1);
    EXPECT_EQ(width("\xc4\x80"), max_bmp);
    EXPECT_EQ(width("\xef\xbf\xbf"), max_bmp);
    EXPECT_EQ(width("\xef\xbf\xbf\xf0\x90\x80\x80\xc3\xa9"), max_code_point);
    const uint16_t units[] = {1, 2, 0x100};
    EXPECT_EQ(width_class(units, 2), max_ascii);
    EXPECT_EQ(width_class(units, 3), max_bmp);
}

TEST(Utf8, RoundTripsEveryCodePoint) {
    std::vector<uint32_t> all;
    for (uint32_t c = 0; c <= max_code_point; ++c) all.push_back(c);
    EXPECT_EQ(utf8_encode_scan(all.data(), all.size(), Surrogates::reject).stop, 0xd800u);
    EXPECT_EQ(end_of_surrogates(all.data(), all.size(), 0xd800), 0xe000u);
    EncodeScan scan = utf8_encode_scan(all.data(), all.size(), Surrogates::pass);
    std::vector<uint8_t> text(scan.bytes);
    EXPECT_EQ(utf8_encode(text.data(), all.data(), all.size()), text.data() + text.size());
    DecodeScan decoded = utf8_scan(text.data(), text.size(), Surrogates::pass);
    ASSERT_EQ(decoded.code_points, all.size());
    std::vector<uint32_t> back(all.size());
    utf8_decode(back.data(), text.data(), text.size());
    EXPECT_EQ(back, all);
}

TEST(Utf16, ReportsErrorsAsCPython) {
    using namespace std::string_literals;
    EXPECT_EQ(utf16("A\0"s), "ok");
    EXPECT_EQ(utf16("A"), "0-1 truncated data");
    EXPECT_EQ(utf16("\0\xd8"s), "0-2 unexpected end of data");
    EXPECT_EQ(utf16("\0\xd8"s + "A"), "0-3 unexpected end of data");
    EXPECT_EQ(utf16("\0\xd8"s + "A\0"s), "0-2 illegal UTF-16 surrogate");
    EXPECT_EQ(utf16("\0\xdc"s), "0-2 illegal encoding");
    EXPECT_EQ(utf16("\0\xd8\0\xdc\1"s), "4-5 truncated data");
    EXPECT_EQ(utf16("\0\xd8"s, Surrogates::pass), "ok");
    EXPECT_EQ(utf16("A\0\0\xd8"s, Surrogates::reject, false), "incomplete 2");
    EXPECT_EQ(utf32("A\0\0"s), "0-3 truncated data");
    EXPECT_EQ(utf32("A\0\0\0\0\xd8\0\0"s),
              "4-8 code point in surrogate code point range(0xd800, 0xe000)");
    EXPECT_EQ(utf32("\0\0\x11\0"s), "0-4 code point not in range(0x110000)");
    EXPECT_EQ(utf16_mark(bytes("\xfe\xff"), 2).order, ByteOrder::big);
    EXPECT_EQ(utf32_mark(bytes("\xff\xfe\0\0"s), 4).size, 4u);
}

TEST(Utf16, RoundTripsInBothOrders) {
    const std::vector<uint32_t> text = {'a', 0xe9, 0x20ac, 0x1f40d, 0xffff, 0x10ffff};
    for (ByteOrder order : {ByteOrder::little, ByteOrder::big}) {
        EncodeScan scan = utf16_encode_scan(text.data(), text.size(), Surrogates::reject);
        EXPECT_EQ(scan.bytes, 16u);
        std::vector<uint8_t> out(scan.bytes);
        utf16_encode(out.data(), text.data(), text.size(), order);
        DecodeScan decoded = utf16_scan(out.data(), out.size(), order, Surrogates::reject, true);
        EXPECT_EQ(decoded.code_points, text.size());
        EXPECT_EQ(decoded.width, max_code_point);
        std::vector<uint32_t> back(text.size());
        utf16_decode(back.data(), out.data(), out.size(), order);
        EXPECT_EQ(back, text);
        out.resize(utf32_encode_scan(text.data(), text.size(), Surrogates::reject).bytes);
        utf32_encode(out.data(), text.data(), text.size(), order);
        utf32_decode(back.data(), out.data(), out.size(), order);
        EXPECT_EQ(back, text);
    }
}
