// The instruction set of compiled regular expressions, as Lib/re/_constants.py numbers it.
#pragma once

#include <cstdint>

namespace imugi::sre {

inline constexpr uint32_t kMagic = 20230612;
inline constexpr uint32_t kMaxRepeat = 0xFFFFFFFF;
inline constexpr uint32_t kMaxGroups = 0x3FFFFFFF;

enum Opcode : uint32_t {
    kFailure,
    kSuccess,
    kAny,
    kAnyAll,
    kAssert,
    kAssertNot,
    kAt,
    kBranch,
    kCategory,
    kCharset,
    kBigCharset,
    kGroupRef,
    kGroupRefExists,
    kIn,
    kInfo,
    kJump,
    kLiteral,
    kMark,
    kMaxUntil,
    kMinUntil,
    kNotLiteral,
    kNegate,
    kRange,
    kRepeat,
    kRepeatOne,
    kSubpattern,
    kMinRepeatOne,
    kAtomicGroup,
    kPossessiveRepeat,
    kPossessiveRepeatOne,
    kGroupRefIgnore,
    kInIgnore,
    kLiteralIgnore,
    kNotLiteralIgnore,
    kGroupRefLocIgnore,
    kInLocIgnore,
    kLiteralLocIgnore,
    kNotLiteralLocIgnore,
    kGroupRefUniIgnore,
    kInUniIgnore,
    kLiteralUniIgnore,
    kNotLiteralUniIgnore,
    kRangeUniIgnore,
};

enum At : uint32_t {
    kAtBeginning,
    kAtBeginningLine,
    kAtBeginningString,
    kAtBoundary,
    kAtNonBoundary,
    kAtEnd,
    kAtEndLine,
    kAtEndString,
    kAtLocBoundary,
    kAtLocNonBoundary,
    kAtUniBoundary,
    kAtUniNonBoundary,
    kAtCount,
};

enum Category : uint32_t {
    kDigit,
    kNotDigit,
    kSpace,
    kNotSpace,
    kWord,
    kNotWord,
    kLineBreak,
    kNotLineBreak,
    kLocWord,
    kLocNotWord,
    kUniDigit,
    kUniNotDigit,
    kUniSpace,
    kUniNotSpace,
    kUniWord,
    kUniNotWord,
    kUniLineBreak,
    kUniNotLineBreak,
    kCategoryCount,
};

enum InfoFlag : uint32_t { kInfoPrefix = 1, kInfoLiteral = 2, kInfoCharset = 4 };

enum PatternFlag : uint32_t {
    kFlagIgnoreCase = 2,
    kFlagLocale = 4,
    kFlagMultiline = 8,
    kFlagDotAll = 16,
    kFlagUnicode = 32,
    kFlagVerbose = 64,
    kFlagDebug = 128,
    kFlagAscii = 256,
};

}  // namespace imugi::sre
