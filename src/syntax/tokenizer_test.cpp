// Tokens of small sources, written as "KIND:text ...", and the tokenizer's own errors.
#include "syntax/tokenizer.h"

#include <gtest/gtest.h>

#include <string>

#include "syntax/token_stream.h"

namespace imugi::syntax {
namespace {

std::string tokens(std::string_view source, TokenizerOptions options = {}) {
    Arena arena;
    auto* tokenizer = arena.make<Tokenizer>(source, options, arena);
    std::string result;
    Token token;
    do {
        if (!tokenizer->next(token))
            return result + "ERROR:" + std::string(tokenizer->error().message);
        result += token_type_name(token.kind);
        std::string_view text = tokenizer->text(token);
        if (!text.empty() && text != "\n") result += ":" + std::string(text);
        result += " ";
    } while (token.kind != TokenKind::ENDMARKER);
    return result;
}

TEST(Tokenizer, Indentation) {
    EXPECT_EQ(
        tokens("if x:\n  y\n\n# c\nz"),
        "NAME:if NAME:x COLON:: NEWLINE INDENT NAME:y NEWLINE DEDENT NAME:z NEWLINE ENDMARKER ");
    EXPECT_EQ(tokens("if 1:\n    a\n  b\n"),
              "NAME:if NUMBER:1 COLON:: NEWLINE INDENT NAME:a NEWLINE "
              "ERROR:unindent does not match any outer indentation level");
    EXPECT_EQ(tokens("if 1:\n        a\n\tb\n"),
              "NAME:if NUMBER:1 COLON:: NEWLINE INDENT NAME:a NEWLINE "
              "ERROR:inconsistent use of tabs and spaces in indentation");
    EXPECT_EQ(tokens("\f  \n\\\n  x"), "INDENT NAME:x NEWLINE DEDENT ENDMARKER ");
}

TEST(Tokenizer, Numbers) {
    EXPECT_EQ(
        tokens("0x_fF 0o17 0b1 1_0 .5 1e-3 2.J 00"),
        "NUMBER:0x_fF NUMBER:0o17 NUMBER:0b1 NUMBER:1_0 NUMBER:.5 NUMBER:1e-3 NUMBER:2.J NUMBER:00 "
        "NEWLINE ENDMARKER ");
    EXPECT_EQ(tokens("1__0"), "ERROR:invalid decimal literal");
    EXPECT_EQ(tokens("0o8"), "ERROR:invalid digit '8' in octal literal");
    EXPECT_EQ(tokens("1ex"), "ERROR:invalid decimal literal");
    EXPECT_EQ(tokens("1jx"), "ERROR:invalid imaginary literal");
}

TEST(Tokenizer, FormatStrings) {
    EXPECT_EQ(
        tokens("f'a{{{x!r:>{w}}'"),
        "FSTRING_START:f' FSTRING_MIDDLE:a{ LBRACE:{ NAME:x EXCLAMATION:! NAME:r COLON:: "
        "FSTRING_MIDDLE:> LBRACE:{ NAME:w RBRACE:} FSTRING_MIDDLE RBRACE:} FSTRING_END:' NEWLINE "
        "ENDMARKER ");
    EXPECT_EQ(
        tokens("rt'''\\{a}'''"),
        "TSTRING_START:rt''' TSTRING_MIDDLE:\\ LBRACE:{ NAME:a RBRACE:} TSTRING_END:''' NEWLINE "
        "ENDMARKER ");
    EXPECT_EQ(tokens("f'\\N{DASH}'"),
              "FSTRING_START:f' FSTRING_MIDDLE:\\N{DASH} FSTRING_END:' NEWLINE ENDMARKER ");
    EXPECT_EQ(tokens("f'{f\"{1}\"}'").substr(0, 42), "FSTRING_START:f' LBRACE:{ FSTRING_START:f\"");
    EXPECT_EQ(tokens("f'}'"),
              "FSTRING_START:f' FSTRING_MIDDLE ERROR:f-string: single '}' is not allowed");
    EXPECT_EQ(tokens("bf''"), "ERROR:'b' and 'f' prefixes are incompatible");
}

TEST(Tokenizer, NamesBeyondAscii) {
    EXPECT_EQ(tokens("é_1"), "NAME:é_1 NEWLINE ENDMARKER ");
    EXPECT_EQ(tokens("a\xc2\xa0"), "ERROR:invalid non-printable character U+00A0");
    EXPECT_EQ(tokens("€"), "ERROR:invalid character '€' (U+20AC)");
    EXPECT_EQ(tokens("\xff"),
              "ERROR:(unicode error) 'utf-8' codec can't decode byte 0xff in position 0: invalid "
              "start byte");
}

TEST(Tokenizer, LinesJoinAndBracketsMatch) {
    EXPECT_EQ(tokens("(a\n\\\n)"), "LPAR:( NAME:a RPAR:) NEWLINE ENDMARKER ");
    EXPECT_EQ(
        tokens("(\n]"),
        "LPAR:( ERROR:closing parenthesis ']' does not match opening parenthesis '(' on line 1");
    EXPECT_EQ(tokens("a \\ b"),
              "NAME:a ERROR:unexpected character after line continuation character");
    EXPECT_EQ(tokens(std::string(201, '(')).substr(200 * 7), "ERROR:too many nested parentheses");
}

TEST(Tokenizer, CarriageReturns) {
    EXPECT_EQ(tokens("'''a\r\nb'''\rc"), "STRING:'''a\nb''' NEWLINE NAME:c NEWLINE ENDMARKER ");
}

TEST(Tokenizer, ExtraTokens) {
    EXPECT_EQ(tokens("x # c\n\n# d", {.extra_tokens = true}),
              "NAME:x COMMENT:# c NEWLINE NL COMMENT:# d NL ENDMARKER ");
}

TEST(TokenStream, CountsCharactersAndGivesLines) {
    Arena arena;
    TokenStream stream("é = 'ß'", true, arena);
    TextToken token;
    ASSERT_TRUE(stream.next(token));
    EXPECT_EQ(token.text, "é");
    EXPECT_EQ(token.end_column, 1);
    EXPECT_EQ(token.source, "é = 'ß'");
    ASSERT_TRUE(stream.next(token));
    EXPECT_EQ(token.type, 55);  // OP
    ASSERT_TRUE(stream.next(token));
    EXPECT_EQ(token.column, 4);
    EXPECT_EQ(token.end_column, 7);
    ASSERT_TRUE(stream.next(token));
    EXPECT_EQ(token.type, 4);  // NEWLINE, which the source lacks
    EXPECT_EQ(token.text, "");
}

}  // namespace
}  // namespace imugi::syntax
