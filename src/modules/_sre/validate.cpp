// Checks code given to _sre.compile(), which anybody can call: the matcher trusts what passes here.
// Every jump must stay inside its part, groups must exist, and each construct end as the compiler
// ends it.
#include "modules/_sre/matcher.h"
#include "modules/_sre/opcodes.h"
#include "object/errors.h"

namespace imugi::sre {

namespace {

class Validator {
  public:
    Validator(Thread& thread, const uint32_t* code, uint32_t groups)
        : thread_(thread), code_(code), groups_(groups) {}

    // Instructions from `at` up to `end` exactly.
    bool program(size_t at, size_t end) {
        if (!stack_is_ample(thread_)) return false;
        while (at < end)
            if (!instruction(&at, end)) return false;
        return at == end;
    }

  private:
    bool has(size_t at, size_t words, size_t end) const { return at <= end && end - at >= words; }

    // The word at `at` is a distance from itself: where it leads, inside the part.
    bool jump(size_t at, size_t end, size_t* target) const {
        if (!has(at, 1, end)) return false;
        uint32_t skip = code_[at];
        if (skip == 0 || skip > end - at) return false;
        *target = at + skip;
        return true;
    }

    bool charset(size_t at, size_t end) const {
        // The last word is the end mark, and only that.
        while (at < end) {
            switch (code_[at++]) {
                case kFailure:
                    return at == end;
                case kNegate:
                    break;
                case kLiteral:
                    if (!has(at, 1, end)) return false;
                    at++;
                    break;
                case kRange:
                case kRangeUniIgnore:
                    if (!has(at, 2, end)) return false;
                    at += 2;
                    break;
                case kCharset:
                    if (!has(at, 8, end)) return false;
                    at += 8;
                    break;
                case kCategory:
                    if (!has(at, 1, end) || code_[at] >= kCategoryCount) return false;
                    at++;
                    break;
                case kBigCharset: {
                    if (!has(at, 65, end)) return false;
                    uint32_t blocks = code_[at++];
                    auto* map = reinterpret_cast<const uint8_t*>(code_ + at);
                    for (int i = 0; i < 256; i++)
                        if (map[i] >= blocks) return false;
                    at += 64;
                    if (blocks > 256 || !has(at, size_t{blocks} * 8, end)) return false;
                    at += size_t{blocks} * 8;
                    break;
                }
                default:
                    return false;
            }
        }
        return false;
    }

    // One instruction that matches a single character, and the end mark behind it.
    bool single(size_t at, size_t end) {
        if (!has(at, 2, end) || code_[end - 1] != kSuccess) return false;
        switch (code_[at]) {
            case kFailure:
            case kAny:
            case kAnyAll:
                return at + 2 == end;
            case kLiteral:
            case kNotLiteral:
            case kLiteralIgnore:
            case kNotLiteralIgnore:
            case kLiteralUniIgnore:
            case kNotLiteralUniIgnore:
            case kLiteralLocIgnore:
            case kNotLiteralLocIgnore:
                return at + 3 == end;
            case kIn:
            case kInIgnore:
            case kInUniIgnore:
            case kInLocIgnore: {
                size_t next = at;
                return instruction(&next, end) && next + 1 == end;
            }
            default:
                return false;
        }
    }

    bool repeat_bounds(size_t at, size_t end) const {
        return has(at, 3, end) && code_[at + 1] <= code_[at + 2];
    }

    bool info(size_t at, size_t end) const {
        if (!has(at, 3, end)) return false;
        uint32_t flags = code_[at];
        if (flags & ~uint32_t{kInfoPrefix | kInfoLiteral | kInfoCharset}) return false;
        if ((flags & kInfoPrefix) && (flags & kInfoCharset)) return false;
        if ((flags & kInfoLiteral) && !(flags & kInfoPrefix)) return false;
        at += 3;
        if (flags & kInfoPrefix) {
            if (!has(at, 2, end)) return false;
            uint32_t size = code_[at], skip = code_[at + 1];
            at += 2;
            return size != 0 && skip <= size && size <= (end - at) / 2 &&
                   at + size_t{size} * 2 == end;
        }
        if (flags & kInfoCharset) return charset(at, end);
        return at == end;
    }

    bool branch(size_t* at, size_t end) {
        size_t target = 0, skip = *at;
        for (;;) {
            if (!has(skip, 1, end)) return false;
            if (code_[skip] == 0) break;
            size_t next;
            if (!jump(skip, end, &next) || next - skip < 3) return false;
            // Ends with a jump behind the whole branch, the same for all.
            if (code_[next - 2] != kJump) return false;
            size_t behind;
            if (!jump(next - 1, end, &behind)) return false;
            if (target == 0) target = behind;
            if (behind != target || !program(skip + 1, next - 2)) return false;
            skip = next;
        }
        if (target != 0 && target != skip + 1) return false;
        *at = skip + 1;
        return true;
    }

    bool conditional(size_t* at, size_t end) {
        // group, skip, yes [, JUMP, skip, no]
        if (!has(*at, 2, end) || code_[*at] >= groups_) return false;
        size_t target;
        if (code_[*at + 1] < 2 || code_[*at + 1] > end - *at) return false;
        target = *at + code_[*at + 1];
        size_t yes = *at + 2;
        if (target < yes) return false;
        size_t behind;
        if (target - yes >= 2 && code_[target - 2] == kJump && target - 1 < end &&
            code_[target - 1] != 0 && code_[target - 1] <= end - (target - 1)) {
            behind = target - 1 + code_[target - 1];
            if (behind >= target && program(yes, target - 2) && program(target, behind)) {
                *at = behind;
                return true;
            }
        }
        if (!program(yes, target)) return false;
        *at = target;
        return true;
    }

    bool instruction(size_t* at, size_t end) {
        uint32_t op = code_[(*at)++];
        size_t target;
        switch (op) {
            case kMark:
                if (!has(*at, 1, end) || code_[*at] >= groups_ * 2) return false;
                ++*at;
                return true;
            case kLiteral:
            case kNotLiteral:
            case kLiteralIgnore:
            case kNotLiteralIgnore:
            case kLiteralUniIgnore:
            case kNotLiteralUniIgnore:
            case kLiteralLocIgnore:
            case kNotLiteralLocIgnore:
                if (!has(*at, 1, end)) return false;
                ++*at;
                return true;
            case kSuccess:
            case kFailure:
            case kAny:
            case kAnyAll:
                return op != kSuccess || *at == end;
            case kAt:
                if (!has(*at, 1, end) || code_[*at] >= kAtCount) return false;
                ++*at;
                return true;
            case kCategory:
                if (!has(*at, 1, end) || code_[*at] >= kCategoryCount) return false;
                ++*at;
                return true;
            case kIn:
            case kInIgnore:
            case kInUniIgnore:
            case kInLocIgnore:
                if (!jump(*at, end, &target) || !charset(*at + 1, target)) return false;
                *at = target;
                return true;
            case kInfo:
                if (!jump(*at, end, &target) || !info(*at + 1, target)) return false;
                *at = target;
                return true;
            case kBranch:
                return branch(at, end);
            case kRepeatOne:
            case kMinRepeatOne:
            case kPossessiveRepeatOne:
                if (!repeat_bounds(*at, end) || !jump(*at, end, &target) || target < *at + 3 ||
                    !single(*at + 3, target))
                    return false;
                *at = target;
                return true;
            case kRepeat:
            case kPossessiveRepeat:
                if (!repeat_bounds(*at, end) || !jump(*at, end, &target) || target < *at + 3 ||
                    target >= end || !program(*at + 3, target))
                    return false;
                if (op == kPossessiveRepeat
                        ? code_[target] != kSuccess
                        : code_[target] != kMaxUntil && code_[target] != kMinUntil)
                    return false;
                *at = target + 1;
                return true;
            case kAtomicGroup:
                if (!jump(*at, end, &target) || target < *at + 2 || code_[target - 1] != kSuccess ||
                    !program(*at + 1, target - 1))
                    return false;
                *at = target;
                return true;
            case kAssert:
            case kAssertNot:
                if (!jump(*at, end, &target) || target < *at + 3 || code_[target - 1] != kSuccess ||
                    code_[*at + 1] > 0x7FFFFFFF || !program(*at + 2, target - 1))
                    return false;
                *at = target;
                return true;
            case kGroupRef:
            case kGroupRefIgnore:
            case kGroupRefUniIgnore:
            case kGroupRefLocIgnore:
                if (!has(*at, 1, end) || code_[*at] >= groups_) return false;
                ++*at;
                return true;
            case kGroupRefExists:
                return conditional(at, end);
            default:
                return false;
        }
    }

    Thread& thread_;
    const uint32_t* code_;
    uint32_t groups_;
};

}  // namespace

bool is_valid_code(Thread& thread, const uint32_t* code, size_t size, uint32_t groups) {
    if (groups > kMaxGroups || size == 0 || code[size - 1] != kSuccess) return false;
    return Validator(thread, code, groups).program(0, size - 1);
}

}  // namespace imugi::sre
