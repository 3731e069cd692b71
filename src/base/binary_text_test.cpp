// Outcomes of CPython 3.13's binascii.
#include "base/binary_text.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

using namespace imugi;

namespace {

const uint8_t* bytes(const std::string& text) {
    return reinterpret_cast<const uint8_t*>(text.data());
}

std::string separated(const std::string& data, int64_t group) {
    std::string out(hex_separated_size(data.size(), group), '?');
    hex_encode_separated(out.data(), bytes(data), data.size(), ':', group);
    return out;
}

std::string base64(const std::string& text, bool strict) {
    std::vector<uint8_t> out((text.size() + 3) / 4 * 3);
    Base64Decoded decoded = base64_decode(out.data(), bytes(text), text.size(), strict);
    if (decoded.status != Base64Status::ok) return base64_message(decoded.status);
    return std::string(out.begin(), out.begin() + static_cast<long>(decoded.size));
}

std::string uu(const std::string& data, bool backtick) {
    std::string out(uu_encoded_size(data.size()), '?');
    uu_encode(out.data(), bytes(data), data.size(), backtick);
    return out;
}

std::string qp(const std::string& data, QpOptions options) {
    std::string out(qp_encode(nullptr, bytes(data), data.size(), options), '?');
    qp_encode(reinterpret_cast<uint8_t*>(out.data()), bytes(data), data.size(), options);
    return out;
}

}  // namespace

TEST(BinaryText, Hexadecimal) {
    EXPECT_EQ(separated("abcde", 2), "61:6263:6465");
    EXPECT_EQ(separated("abcde", -2), "6162:6364:65");
    EXPECT_EQ(separated("abc", 0), "616263");
    EXPECT_EQ(separated("", 1), "");
    uint8_t out[4];
    size_t bad = 0;
    EXPECT_TRUE(hex_decode(out, bytes("00fFA0"), 6, &bad));
    EXPECT_EQ(out[1], 0xff);
    EXPECT_FALSE(hex_decode(out, bytes("00fg"), 4, &bad));
    EXPECT_EQ(bad, 3u);
}

TEST(BinaryText, Base64) {
    for (size_t size = 0; size < 20; ++size) {
        std::string data(size, '\xfb'), text(base64_encoded_size(size), '?');
        EXPECT_EQ(base64_encode(text.data(), bytes(data), size), text.data() + text.size());
        EXPECT_EQ(base64(text, true), data);
        EXPECT_EQ(base64(text + "\n", false), data);
    }
    struct Row {
        const char *text, *loose, *strict;
    };
    const Row rows[] = {
        {"YWI", "Incorrect padding", "Incorrect padding"},
        {"=YWJj", "abc", "Leading padding not allowed"},
        {"YWJj=", "abc", "Excess padding not allowed"},
        {"YWI=YWI=", "ab", "Excess data after padding"},
        {"YW=I=", "ab", "Discontinuous padding not allowed"},
        {"YW I=", "ab", "Only base64 data is allowed"},
        {"YQ==", "a", "a"},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(base64(row.text, false), row.loose) << row.text;
        EXPECT_EQ(base64(row.text, true), row.strict) << row.text;
    }
    uint8_t out[9];
    EXPECT_EQ(base64_decode(out, bytes("YWJjY"), 5, false).characters, 5u);
}

TEST(BinaryText, Uuencode) {
    EXPECT_EQ(uu("ab", false), "\"86( \n");
    EXPECT_EQ(uu("a", true), "!80``\n");
    EXPECT_EQ(uu("", true), "`\n");
    uint8_t out[64];
    EXPECT_EQ(uu_decoded_size(bytes("#86)C\n"), 6), 3u);
    EXPECT_EQ(uu_decode(out, bytes("#86)C\n"), 6), UuStatus::ok);
    EXPECT_EQ(std::string(out, out + 3), "abc");
    EXPECT_EQ(uu_decode(out, bytes("#86)C8"), 6), UuStatus::trailing_garbage);
    EXPECT_EQ(uu_decode(out, bytes("#ab"), 3), UuStatus::illegal_character);
    EXPECT_EQ(uu_decoded_size(nullptr, 0), 32u);
}

TEST(BinaryText, QuotedPrintable) {
    EXPECT_EQ(qp("a=b \n.\n", {false, true, false}), "a=3Db=20\n=2E\n");
    EXPECT_EQ(qp("a b_", {false, true, true}), "a_b=5F");
    EXPECT_EQ(qp("\r\n", {false, false, false}), "=0D=0A");
    EXPECT_EQ(qp(std::string(80, 'x'), {false, true, false}),
              std::string(75, 'x') + "=\n" + "xxxxx");
    uint8_t out[16];
    EXPECT_EQ(std::string(out, out + qp_decode(out, bytes("a=\r\nb=3D_=zz"), 12, true)), "ab= =zz");
}

TEST(BinaryText, Checksums) {
    EXPECT_EQ(crc_hqx(bytes("123456789"), 9, 0), 12739);
    EXPECT_EQ(crc32_of(bytes("123456789"), 9, 0), 0xcbf43926u);
}
