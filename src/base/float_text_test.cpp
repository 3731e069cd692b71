// Figures from CPython 3.13.
#include "base/float_text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

using namespace imugi;

namespace {

std::string repr(double value) {
    char out[float_repr_room];
    return std::string(out, float_repr(out, value));
}

std::string hex(double value) {
    char out[float_hex_room];
    return std::string(out, float_hex(out, value));
}

// The specification as Python's format() takes it: [sign][z][#][.precision]code.
std::string format(double value, const std::string& text) {
    FloatSpec spec;
    size_t i = 0;
    if (text[i] == '+' || text[i] == ' ') spec.sign = text[i++];
    if (text[i] == 'z') spec.no_minus_zero = text[i++] == 'z';
    if (text[i] == '#') spec.alternate = text[i++] == '#';
    if (text[i] == '.') spec.precision = strtoul(text.c_str() + i + 1, nullptr, 10);
    spec.code = text.back();
    std::vector<char> out(format_float_room(value, spec));
    return std::string(out.data(), format_float(out.data(), value, spec));
}

std::string parsed(const std::string& text) {
    double value = 0;
    if (parse_float(&value, text.data(), text.size()) != FloatText::ok) return "invalid";
    return repr(value);
}

std::string parsed_hex(const std::string& text) {
    double value = 0;
    FloatText outcome = parse_float_hex(&value, text.data(), text.size());
    if (outcome == FloatText::overflow) return "overflow";
    return outcome == FloatText::ok ? repr(value) : "invalid";
}

std::string rounded(double value, int64_t digits) {
    double out = 0;
    return round_float(&out, value, digits) ? repr(out) : "overflow";
}

}  // namespace

TEST(FloatText, Repr) {
    EXPECT_EQ(repr(1), "1.0");
    EXPECT_EQ(repr(-0.0), "-0.0");
    EXPECT_EQ(repr(0.1), "0.1");
    EXPECT_EQ(repr(1e16), "1e+16");
    EXPECT_EQ(repr(9999999999999998), "9999999999999998.0");
    EXPECT_EQ(repr(1e-4), "0.0001");
    EXPECT_EQ(repr(1e-5), "1e-05");
    EXPECT_EQ(repr(5e-324), "5e-324");
    EXPECT_EQ(repr(1.7976931348623157e308), "1.7976931348623157e+308");
    EXPECT_EQ(repr(-HUGE_VAL), "-inf");
    EXPECT_EQ(repr(-NAN), "nan");
}

TEST(FloatText, Format) {
    EXPECT_EQ(format(2.5, ".0f"), "2");
    EXPECT_EQ(format(2.5, "#.0f"), "2.");
    EXPECT_EQ(format(0.125, ".2f"), "0.12");
    EXPECT_EQ(format(-0.004, ".2f"), "-0.00");
    EXPECT_EQ(format(-0.004, "z.2f"), "0.00");
    EXPECT_EQ(format(-0.004, "+z.2f"), "+0.00");
    EXPECT_EQ(format(1e22, ".3f"), "10000000000000000000000.000");
    EXPECT_EQ(format(0.5, ".3%"), "50.000%");
    EXPECT_EQ(format(1e308, ".6%"), "inf%");
    EXPECT_EQ(format(1234567, ".6g"), "1.23457e+06");
    EXPECT_EQ(format(123456, ".6g"), "123456");
    EXPECT_EQ(format(0.00001234, ".6g"), "1.234e-05");
    EXPECT_EQ(format(1, "#.6g"), "1.00000");
    EXPECT_EQ(format(0, "#.3g"), "0.00");
    EXPECT_EQ(format(1e100, ".0e"), "1e+100");
    EXPECT_EQ(format(12345, " .2E"), " 1.23E+04");
    EXPECT_EQ(format(NAN, "+.2G"), "+NAN");
    std::string tiny = format(5e-324, ".1100f");
    EXPECT_EQ(tiny.size(), 1102u);
    EXPECT_EQ(tiny.substr(1070), "26562500000000000000000000000000");
    EXPECT_EQ(format(0.1, ".60e"),
              "1.000000000000000055511151231257827021181583404541015625000000e-01");
}

TEST(FloatText, Parse) {
    EXPECT_EQ(parsed("1_000.5"), "1000.5");
    EXPECT_EQ(parsed(".5e-1_0"), "5e-11");
    EXPECT_EQ(parsed("+5."), "5.0");
    EXPECT_EQ(parsed("-Infinity"), "-inf");
    EXPECT_EQ(parsed("1e400"), "inf");
    EXPECT_EQ(parsed("-1e-99999999999999999999"), "-0.0");
    EXPECT_EQ(parsed("0e99999999999999999999"), "0.0");
    EXPECT_EQ(parsed("0." + std::string(400, '0') + "1e401"), "1.0");
    EXPECT_EQ(parsed("2.4703282292062328e-324"), "5e-324");
    for (const char* bad :
         {"", ".", "1__0", "_1", "1_", "1_.5", "1e", "1e_1", "0x1p1", "+-1", "infi", "1 "}) {
        EXPECT_EQ(parsed(bad), "invalid") << bad;
    }
    double value = 0;
    EXPECT_EQ(parse_float_prefix(&value, "1.5e+x", 6), 3u);
    EXPECT_EQ(parse_float_prefix(&value, "-infinite", 9), 4u);
    EXPECT_EQ(parse_float_prefix(&value, "-", 1), 0u);
}

TEST(FloatText, Hex) {
    EXPECT_EQ(hex(3.5), "0x1.c000000000000p+1");
    EXPECT_EQ(hex(-0.0), "-0x0.0p+0");
    EXPECT_EQ(hex(5e-324), "0x0.0000000000001p-1022");
    EXPECT_EQ(parsed_hex("0x1.921fb54442d18p+1"), "3.141592653589793");
    EXPECT_EQ(parsed_hex("-.8P1"), "-1.0");
    EXPECT_EQ(parsed_hex("0x1.00000000000008p0"), "1.0");
    EXPECT_EQ(parsed_hex("0x1.000000000000080000000001p0"), "1.0000000000000002");
    EXPECT_EQ(parsed_hex("0x1p-1075"), "0.0");
    EXPECT_EQ(parsed_hex("0x1p1024"), "overflow");
    EXPECT_EQ(parsed_hex("0x1p"), "invalid");
    EXPECT_EQ(parsed_hex("0x"), "invalid");
    EXPECT_EQ(parsed_hex("nan"), "nan");
}

TEST(FloatText, Round) {
    EXPECT_EQ(rounded(2.675, 2), "2.67");
    EXPECT_EQ(rounded(0.5, 0), "0.0");
    EXPECT_EQ(rounded(25, -1), "20.0");
    EXPECT_EQ(rounded(-5, -1), "-0.0");
    EXPECT_EQ(rounded(50.00001, -2), "100.0");
    EXPECT_EQ(rounded(1e22, 300), "1e+22");
    EXPECT_EQ(rounded(1.7976931348623157e308, -308), "overflow");
    EXPECT_EQ(rounded(1.5e300, -400), "0.0");
    uint64_t mantissa = 0;
    int exponent = 0;
    float_parts(-0.75, &mantissa, &exponent);
    EXPECT_EQ(mantissa, 3u);
    EXPECT_EQ(exponent, -2);
}
