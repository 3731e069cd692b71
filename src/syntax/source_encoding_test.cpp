// Cookies, byte order marks and bytes that are no UTF-8.
#include "syntax/source_encoding.h"

#include <gtest/gtest.h>

namespace imugi::syntax {
namespace {

TEST(SourceEncoding, Cookies) {
    EXPECT_EQ(find_source_encoding("# -*- coding: cp1252 -*-\n").cookie, "cp1252");
    EXPECT_EQ(find_source_encoding("\n#coding=Latin_1-unix\r\n").cookie, "iso-8859-1");
    EXPECT_EQ(find_source_encoding("#!/bin/sh\r\n# vim: fileencoding=utf8").cookie, "utf8");
    EXPECT_TRUE(find_source_encoding("x\n# coding: cp1252").cookie.empty());
    EXPECT_TRUE(find_source_encoding("\n\n# coding: cp1252").cookie.empty());
    EXPECT_TRUE(find_source_encoding("# encoded: cp1252").cookie.empty());
    EXPECT_TRUE(find_source_encoding("").is_utf8());
}

TEST(SourceEncoding, Marks) {
    EXPECT_EQ(find_source_encoding("\xEF\xBB\xBFx").mark_size, 3u);
    EXPECT_FALSE(find_source_encoding("\xEF\xBB\xBF# coding: UTF-8-unix").has_conflict());
    EXPECT_TRUE(find_source_encoding("\xEF\xBB\xBF# coding: latin-1").has_conflict());
}

TEST(SourceEncoding, Utf8Problems) {
    EXPECT_EQ(find_utf8_problem("aé€😀").reason, nullptr);
    Utf8Problem problem = find_utf8_problem("a\nb\xff");
    EXPECT_STREQ(problem.reason, "invalid start byte");
    EXPECT_EQ(problem.start, 3u);
    EXPECT_EQ(problem.line, 2);
    EXPECT_STREQ(find_utf8_problem("\xe4").reason, "unexpected end of data");
    EXPECT_STREQ(find_utf8_problem("\xed\xa0\x80").reason, "invalid continuation byte");
    EXPECT_STREQ(find_utf8_problem("\xc0\x80").reason, "invalid start byte");
}

}  // namespace
}  // namespace imugi::syntax
