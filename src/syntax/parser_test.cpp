// Trees as dumps, errors as "message line:column-line:column", warnings, limits. The broad
// comparison with CPython is tests/syntax/compare_ast.py.
#include "syntax/parser.h"

#include <gtest/gtest.h>

#include <string>

#include "syntax/dump.h"
#include "syntax/names.h"
#include "syntax/unparse.h"

namespace imugi::syntax {
namespace {

void append(void* text, std::string_view piece) {
    static_cast<std::string*>(text)->append(piece);
}

std::string run(std::string_view source, ParseOptions options, bool positions) {
    Arena arena;
    NameTable names(arena);
    ParseResult result = parse(source, options, arena, names);
    std::string text;
    if (result.root) {
        dump_ast(result.root, positions, append, &text);
        return text;
    }
    const Error& error = result.error;
    char place[64];
    snprintf(place, sizeof place, " %d:%d-%d:%d", error.line, error.column, error.end_line,
             error.end_column);
    return std::string(error.message) + place;
}

std::string body(std::string_view source) {
    std::string text = run(source, {}, false);
    if (!text.starts_with("Module(body=[")) return text;
    return text.substr(13, text.size() - 15);
}
std::string value(std::string_view source) {
    std::string text = run(source, {.mode = Mode::Eval}, false);
    if (!text.starts_with("Expression(body=")) return text;
    return text.substr(16, text.size() - 17);
}
std::string error(std::string_view source) {
    return run(source, {}, false);
}

TEST(Parser, Precedence) {
    EXPECT_EQ(
        value("1 + 2 * 3"),
        "BinOp(left=Constant(value=1), op=Add(), right=BinOp(left=Constant(value=2), op=Mult(), "
        "right=Constant(value=3)))");
    EXPECT_EQ(value("-2 ** -3"),
              "UnaryOp(op=USub(), operand=BinOp(left=Constant(value=2), op=Pow(), "
              "right=UnaryOp(op=USub(), operand=Constant(value=3))))");
    EXPECT_EQ(value("a is not b not in c"),
              "Compare(left=Name(id='a', ctx=Load()), ops=[IsNot(), NotIn()], "
              "comparators=[Name(id='b', ctx=Load()), Name(id='c', ctx=Load())])");
}

TEST(Parser, Constants) {
    EXPECT_EQ(value("0xFFFF_FFFF_FFFF_FFFF_F"), "Constant(value=295147905179352825855)");
    EXPECT_EQ(value("1e400"), "Constant(value=inf)");
    EXPECT_EQ(value("1e-400"), "Constant(value=0.0)");
    EXPECT_EQ(value("1_0.5e1_0j"), "Constant(value=105000000000j)");
    EXPECT_EQ(value("u'a' 'b\\x41\\u00e9\\N{BULLET}'"), "Constant(value='abAé•', kind='u')");
    EXPECT_EQ(value("b'\\xff' rb'\\x'"), "Constant(value=b'\\xff\\\\x')");
}

TEST(Parser, FormatStrings) {
    EXPECT_EQ(
        value("f'{x = }' 'y'"),
        "JoinedStr(values=[Constant(value='x = '), FormattedValue(value=Name(id='x', ctx=Load()), "
        "conversion=114), Constant(value='y')])");
    EXPECT_EQ(value("t'{ a!s:{b}}'"),
              "TemplateStr(values=[Interpolation(value=Name(id='a', ctx=Load()), str=' a', "
              "conversion=115, "
              "format_spec=JoinedStr(values=[FormattedValue(value=Name(id='b', ctx=Load()), "
              "conversion=-1)]))])");
}

TEST(Parser, SoftKeywordsAreNames) {
    EXPECT_EQ(body("match = type = case = _"),
              "Assign(targets=[Name(id='match', ctx=Store()), Name(id='type', ctx=Store()), "
              "Name(id='case', "
              "ctx=Store())], value=Name(id='_', ctx=Load()))");
    EXPECT_EQ(
        body("match(x)\n"),
        "Expr(value=Call(func=Name(id='match', ctx=Load()), args=[Name(id='x', ctx=Load())]))");
    EXPECT_EQ(body("match (x):\n case [_, *a]: pass"),
              "Match(subject=Name(id='x', ctx=Load()), "
              "cases=[match_case(pattern=MatchSequence(patterns=[MatchAs(), MatchStar(name='a')]), "
              "body=[Pass()])])");
    EXPECT_EQ(
        body("type X[T: int = str] = T"),
        "TypeAlias(name=Name(id='X', ctx=Store()), type_params=[TypeVar(name='T', "
        "bound=Name(id='int', "
        "ctx=Load()), default_value=Name(id='str', ctx=Load()))], value=Name(id='T', ctx=Load()))");
}

TEST(Parser, NamesAreNormalised) {
    EXPECT_EQ(value("\xef\xac\x81"), "Name(id='fi', ctx=Load())");
}

TEST(Parser, Positions) {
    EXPECT_EQ(run("é = (1)\n", {}, true),
              "Module(body=[Assign(targets=[Name(id='é', ctx=Store(), lineno=1, col_offset=0, "
              "end_lineno=1, "
              "end_col_offset=2)], value=Constant(value=1, lineno=1, col_offset=6, end_lineno=1, "
              "end_col_offset=7), lineno=1, col_offset=0, end_lineno=1, end_col_offset=8)])");
}

TEST(Parser, Parameters) {
    EXPECT_EQ(
        body("def f(a, b=1, /, c=2, *d, e, g=3, **h): pass"),
        "FunctionDef(name='f', args=arguments(posonlyargs=[arg(arg='a'), arg(arg='b')], "
        "args=[arg(arg='c')], vararg=arg(arg='d'), kwonlyargs=[arg(arg='e'), arg(arg='g')], "
        "kw_defaults=[None, Constant(value=3)], kwarg=arg(arg='h'), defaults=[Constant(value=1), "
        "Constant(value=2)]), body=[Pass()])");
}

TEST(Parser, Modes) {
    EXPECT_EQ(run("(int, *str) -> bool", {.mode = Mode::FuncType}, false),
              "FunctionType(argtypes=[Name(id='int', ctx=Load()), Name(id='str', ctx=Load())], "
              "returns=Name(id='bool', ctx=Load()))");
    EXPECT_EQ(run("x = 1 # type: int\n", {.type_comments = true}, false),
              "Module(body=[Assign(targets=[Name(id='x', ctx=Store())], value=Constant(value=1), "
              "type_comment='int')])");
    EXPECT_EQ(run("a\nb", {.mode = Mode::Single}, false),
              "multiple statements found while compiling a single statement 1:2-1:3");
    ParseOptions incomplete{
        .mode = Mode::Single, .allow_incomplete_input = true, .dont_imply_dedent = true};
    EXPECT_EQ(run("if x:\n", incomplete, false).substr(0, 16), "incomplete input");
    EXPECT_EQ(run("'''", incomplete, false).substr(0, 16), "incomplete input");
    EXPECT_EQ(run("a b\n", incomplete, false), "invalid syntax 1:3-1:4");
}

TEST(Diagnosis, Messages) {
    EXPECT_EQ(error("f(a b)"), "invalid syntax. Perhaps you forgot a comma? 1:3-1:6");
    EXPECT_EQ(error("if x = 3: pass"),
              "invalid syntax. Maybe you meant '==' or ':=' instead of '='? 1:4-1:9");
    EXPECT_EQ(error("f() = 1"),
              "cannot assign to function call here. Maybe you meant '==' instead of '='? 1:1-1:4");
    EXPECT_EQ(error("for x in y\n  pass"), "expected ':' 1:11-1:12");
    EXPECT_EQ(error("x = (1\ny = 2"), "'(' was never closed 1:5-1:0");
    EXPECT_EQ(error("if 1:\nx"),
              "expected an indented block after 'if' statement on line 1 2:1-2:2");
    EXPECT_EQ(error("print 'a'"),
              "Missing parentheses in call to 'print'. Did you mean print(...)? 1:1-1:10");
    EXPECT_EQ(error("{1: 2, 3}"), "':' expected after dictionary key 1:8-1:0");
    EXPECT_EQ(error("  a"), "unexpected indent 1:2-1:-1");
    EXPECT_EQ(error("f'{a b}'"), "invalid syntax. Perhaps you forgot a comma? 1:4-1:7");
    EXPECT_EQ(error("t'{}'"), "t-string: valid expression required before '}' 1:4-1:5");
    EXPECT_EQ(error("x = 1 if 2 else pass"),
              "expected expression after 'else', but statement is given 1:17-1:21");
    EXPECT_EQ(error("t'a' 'b'"),
              "cannot mix t-string literals with string or bytes literals 1:1-1:9");
    EXPECT_EQ(error("import a as b.c"), "cannot use attribute as import target 1:13-1:16");
}

TEST(Diagnosis, LaterTokenErrorsComeFirst) {
    EXPECT_EQ(error("a b\n'''"),
              "unterminated triple-quoted string literal (detected at line 2) 2:1-2:1");
    EXPECT_EQ(error("a b\n0777"),
              "leading zeros in decimal integer literals are not permitted; use an 0o prefix for "
              "octal integers "
              "2:1-2:2");
}

TEST(Parser, WarnsOnceForEachBadEscape) {
    Arena arena;
    NameTable names(arena);
    ParseResult result = parse("x = '\\d\\e'\ny = 1if x else 2\n", {}, arena, names);
    ASSERT_TRUE(result.root);
    ASSERT_TRUE(result.warnings.first);
    EXPECT_EQ(result.warnings.first->message,
              "\"\\d\" is an invalid escape sequence. Such sequences will not work in the future. "
              "Did you mean "
              "\"\\\\d\"? A raw string is also an option.");
    ASSERT_TRUE(result.warnings.first->next);
    EXPECT_EQ(result.warnings.first->next->message, "invalid decimal literal");
    EXPECT_EQ(result.warnings.last, result.warnings.first->next);
    // Read twice: as the items of the statement, and as an expression in parentheses.
    result = parse("with ('\\d').x: pass\n", {}, arena, names);
    ASSERT_TRUE(result.root);
    EXPECT_TRUE(result.warnings.first && !result.warnings.first->next);
}

TEST(Parser, DeepSourcesAreErrorsNotCrashes) {
    auto repeat = [](const char* piece, int count) {
        std::string text;
        for (int i = 0; i < count; i++) text += piece;
        return text;
    };
    auto kind = [](const std::string& source) {
        Arena arena;
        NameTable names(arena);
        return parse(source, {}, arena, names).error.kind;
    };
    for (const char* piece : {"(", "[", "{", "f(", "f'{"}) {
        EXPECT_EQ(kind(repeat(piece, 100000)), ErrorKind::Syntax) << piece;
    }
    for (const char* piece : {"-", "not ", "lambda:", "1**", "1 if 1 else "}) {
        EXPECT_EQ(kind(repeat(piece, 100000) + "1"), ErrorKind::Memory) << piece;
    }
    for (const char* piece : {"+1", ".a", "()", "[0]", " and 1", "<1", ",1"}) {
        EXPECT_EQ(kind("a" + repeat(piece, 100000)), ErrorKind::None) << piece;
    }
    EXPECT_EQ(kind("if 1: pass\n" + repeat("elif 1: pass\n", 100000)), ErrorKind::None);
    EXPECT_EQ(kind(repeat("(", 199) + "a" + repeat(")", 199)), ErrorKind::None);
}

TEST(Unparse, Annotations) {
    auto unparsed = [](std::string_view source) {
        Arena arena;
        NameTable names(arena);
        ParseResult result = parse(source, {.mode = Mode::Eval}, arena, names);
        return std::string(unparse(result.root->as<ast::Expression>()->body, arena).text);
    };
    EXPECT_EQ(unparsed("dict[ str,(int|None) ]"), "dict[str, int | None]");
    EXPECT_EQ(unparsed("(a+b)*-c**2"), "(a + b) * -c ** 2");
    EXPECT_EQ(unparsed("f'{ {1:2}!r:>{w}}{{'"), "f'{ {1: 2}!r:>{w}}{{'");
    EXPECT_EQ(unparsed("lambda x, /, *y, z=1e999: (x, )"), "lambda x, /, *y, z=1e309: (x,)");
}

}  // namespace
}  // namespace imugi::syntax
