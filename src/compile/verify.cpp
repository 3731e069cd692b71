// Abstract interpretation of a code's instructions: follows every path with the state of each
// temporary (empty, live, or either) and checks each use against it.
#include "compile/verify.h"

#include "base/arena.h"
#include "compile/opcode.h"
#include "compile/vec.h"
#include "object/str.h"
#include "object/tuple.h"

namespace imugi::compile {
namespace {

constexpr uint8_t kEmpty = kTemporaryEmpty, kLive = kTemporaryLive, kEither = kEmpty | kLive;

constexpr uint8_t kIntrinsicArguments[] = {
#define INTRINSIC(name, arguments, doc) arguments,
#define SPECIAL(name, method)
#include "compile/intrinsics.def"
#undef INTRINSIC
#undef SPECIAL
};

struct Decoded {
    Opcode op;
    uint32_t a, b, c, d;
    uint32_t next;          // word behind
    const uint32_t* words;  // extra words
    uint32_t target;        // of a jump
};

class Verifier {
  public:
    explicit Verifier(const CodeParts& code)
        : code_(code), starts_(arena_), block_of_(arena_), work_(arena_) {}

    uint32_t where = 0;  // word of the fault

    const char* run() {
        first_temp_ = code_.local_count + code_.free_count;
        if (code_.register_count < first_temp_) return "register count below the locals";
        temps_ = code_.register_count - first_temp_;
        if (code_.word_count == 0) return "no instructions";
        if (!starts_.resize(code_.word_count + 1, 0)) return nullptr;
        if (const char* fault = scan()) return fault;
        if (const char* fault = check_ranges()) return fault;
        return follow();
    }

    // Behind a successful run(): the temporaries before the instruction at `word`.
    bool temporaries_before(uint32_t word, uint8_t* states) {
        if (word >= code_.word_count || !starts_[word] || !states_) return false;
        uint32_t at = word;
        while (at && !block_of_[at]) at--;
        if (!block_of_[at] || !block_state(at)[temps_]) return false;
        memcpy(state_, block_state(at), stride_);
        for (Decoded it; at < word; at = it.next) {
            (void)decode(at, &it);
            (void)execute(it);
            if (ends_flow(it.op)) return false;
        }
        memcpy(states, state_, temps_);
        return true;
    }

  private:
    bool decode(uint32_t at, Decoded* out) {
        uint32_t wide_a = 0, wide_b = 0, wide_c = 0, word = code_.words[at];
        bool wide = (word & 0xFF) == static_cast<uint32_t>(Opcode::WIDE);
        if (wide) {
            wide_a = (word >> 8 & 0xFF) << 8;
            wide_b = (word >> 16 & 0xFF) << 8;
            wide_c = (word >> 24) << 8;
            if (++at >= code_.word_count) return false;
            word = code_.words[at];
        }
        if ((word & 0xFF) >= kOpcodeCount) return false;
        out->op = static_cast<Opcode>(word & 0xFF);
        if (out->op == Opcode::WIDE || out->op == Opcode::INSTRUMENTED) return false;
        out->a = (word >> 8 & 0xFF) | wide_a;
        out->b = (word >> 16 & 0xFF) | wide_b;
        out->c = (word >> 24) | wide_c;
        out->d = wide ? out->b | out->c << 16 : out->b | out->c << 8;
        out->words = code_.words + at + 1;
        out->next = at + opcode_length(out->op);
        if (out->next > code_.word_count) return false;
        if (is_jump(out->op)) out->target = out->next + out->words[opcode_length(out->op) - 2];
        return true;
    }

    bool is_register(uint32_t reg) { return reg < code_.register_count; }
    bool is_name(uint32_t index) { return index < code_.names->size; }

    // First walk: instruction boundaries and static operands.
    const char* scan() {
        Decoded it;
        for (uint32_t at = 0; at < code_.word_count; at = it.next) {
            starts_[at] = 1;
            if (!decode(at, &it)) return "undecodable instruction";
            const OpcodeInfo& info = opcode_info(it.op);
            uint32_t values[] = {it.a, it.b, it.c};
            for (int i = 0; i < 3; i++) {
                char kind = info.operands[i];
                if (kind == 'D') {
                    if (info.operands[3] == 'k' && it.d >= code_.constants->size)
                        return "constant out of range";
                    if (info.operands[3] == 'n' && !is_name(it.d)) return "name out of range";
                    break;
                }
                if ((kind == 'd' || kind == 'r' || kind == 'l') && !is_register(values[i]))
                    return "register out of range";
                if (kind == 'l' && values[i] >= first_temp_ && it.op != Opcode::JUMP_IF_UNBOUND)
                    return "a temporary where a local is expected";
                if (kind == 'k' && values[i] >= code_.constants->size)
                    return "constant out of range";
                if (kind == 'n' && !is_name(values[i])) return "name out of range";
            }
            const uint32_t* word = it.words;
            for (const char* kind = info.words; *kind; kind++, word++) {
                if (*kind == 'x' && *word >= code_.cache_count) return "cache out of range";
                if (*kind == 'b' && (*word >> 8) >= code_.cache_count) return "cache out of range";
                if (*kind == 'b' && (*word & 0xFF) > 12) return "no such operator";
                if (*kind == 'k' && *word >= code_.constants->size) return "constant out of range";
                if (*kind == 'n' && !is_name(*word)) return "name out of range";
            }
            if (it.op == Opcode::MAKE_FUNCTION &&
                !has_shape((*code_.constants)[it.words[0]], k_code_shape))
                return "a function's constant is no code";
            bool names_tuple = it.op == Opcode::CALL_KW || it.op == Opcode::CALL_METHOD_KW ||
                               it.op == Opcode::MATCH_CLASS;
            if (names_tuple) {
                uint32_t index = it.words[it.op == Opcode::MATCH_CLASS ? 0 : 1];
                Value names = (*code_.constants)[index];
                if (!is_exact_tuple(names)) return "keyword names are no tuple";
                Tuple& tuple = names.as<Tuple>();
                for (size_t i = 0; i < tuple.size; i++)
                    if (!is_exact_str(tuple[i])) return "keyword names are no strs";
                if (it.op != Opcode::MATCH_CLASS && tuple.size > it.c)
                    return "more keyword names than arguments";
            }
            if (it.op == Opcode::CALL_INTRINSIC && it.c >= sizeof kIntrinsicArguments)
                return "no such intrinsic";
            if (it.op == Opcode::LOAD_SPECIAL && it.c > 3) return "no such special method";
        }
        return nullptr;
    }

    const char* check_ranges() {
        uint32_t before = 0;
        for (uint32_t i = 0; i < code_.range_count; i++) {
            const ExceptionRange& range = code_.ranges[i];
            if (range.start < before || range.end < range.start || range.end > code_.word_count)
                return "exception range out of order";
            before = range.start;
            if (range.handler >= code_.word_count || !starts_[range.handler])
                return "handler is no instruction";
            if (range.depth < first_temp_ || range.depth >= code_.register_count)
                return "handler depth out of range";
        }
        return nullptr;
    }

    // Second walk: along the control flow, one state a block.
    const char* follow() {
        Decoded it;
        if (!block_of_.resize(code_.word_count + 1, 0)) return nullptr;
        block_of_[0] = 1;
        for (uint32_t at = 0; at < code_.word_count; at = it.next) {
            (void)decode(at, &it);
            if (is_jump(it.op)) {
                if (it.target >= code_.word_count || !starts_[it.target])
                    return "jump to no instruction";
                block_of_[it.target] = block_of_[it.next] = 1;
            }
            if (ends_flow(it.op)) block_of_[it.next] = 1;
        }
        for (uint32_t i = 0; i < code_.range_count; i++) block_of_[code_.ranges[i].handler] = 1;
        uint32_t blocks = 0;
        for (uint32_t& block : block_of_)
            if (block) block = ++blocks;
        constexpr size_t kMostMemory = 32 << 20;
        stride_ = temps_ + 1;
        if (size_t{blocks} * stride_ > kMostMemory) return nullptr;
        states_ = arena_.make_array<uint8_t>(size_t{blocks} * stride_);
        state_ = arena_.make_array<uint8_t>(stride_);
        before_ = arena_.make_array<uint8_t>(stride_);
        if (!states_ || !state_ || !before_) return nullptr;
        memset(states_, 0, size_t{blocks} * stride_);
        memset(state_, kEmpty, stride_);
        flow_to(0);
        while (!work_.empty()) {
            uint32_t at = work_.back();
            work_.pop();
            memcpy(state_, block_state(at), stride_);
            for (bool first = true;; first = false) {
                if (at >= code_.word_count) return "control leaves the code";
                if (!first && block_of_[at]) {
                    flow_to(at);
                    break;
                }
                (void)decode(at, &it);
                memcpy(before_, state_, stride_);
                if (const char* fault = execute(it)) {
                    where = at;
                    return fault;
                }
                flow_to_handler(at);
                if (ends_flow(it.op)) break;
                at = it.next;
            }
        }
        return nullptr;
    }

    uint8_t* block_state(uint32_t word) { return states_ + size_t{block_of_[word] - 1} * stride_; }

    // Merges the current state into that of a block; the last byte tells that it was reached.
    void flow_to(uint32_t word) {
        uint8_t* state = block_state(word);
        bool changed = !state[temps_];
        state[temps_] = 1;
        for (uint32_t i = 0; i < temps_; i++) {
            uint8_t merged = state[i] | state_[i];
            changed |= merged != state[i];
            state[i] = merged;
        }
        if (changed) work_.push(word);
    }

    void flow_to_handler(uint32_t word) {
        const ExceptionRange* range = nullptr;
        for (uint32_t low = 0, high = code_.range_count; low < high;) {
            uint32_t middle = (low + high) / 2;
            if (code_.ranges[middle].start <= word) {
                range = &code_.ranges[middle];
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        if (!range || word >= range->end) return;
        uint8_t* saved = arena_.make_array<uint8_t>(stride_);
        if (!saved) return;
        memcpy(saved, state_, stride_);
        uint32_t depth = range->depth - first_temp_;
        for (uint32_t i = 0; i < temps_; i++)
            state_[i] = i < depth    ? (state_[i] | before_[i])
                        : i == depth ? (kLive | kTemporaryException)
                                     : kEmpty;
        flow_to(range->handler);
        memcpy(state_, saved, stride_);
    }

    // --- the effect of one instruction ---
    uint8_t* cell(uint32_t reg) {
        return reg >= first_temp_ && reg < code_.register_count ? &state_[reg - first_temp_]
                                                                : nullptr;
    }
    // A source; consumed unless kept.
    void use(uint32_t reg, bool keep = false) {
        if (uint8_t* state = cell(reg)) {
            if (*state & kEmpty) fault_ = "read of a temporary that may be empty";
            if (!keep) *state = kEmpty;
        } else if (reg >= code_.register_count) {
            fault_ = "register out of range";
        }
    }
    void use_any(uint32_t reg, bool keep = false) {
        if (uint8_t* state = cell(reg)) {
            if (!keep) *state = kEmpty;
        } else if (reg >= code_.register_count) {
            fault_ = "register out of range";
        }
    }
    void use_range(uint32_t reg, uint64_t count) {
        if (reg + count > code_.register_count || (count && reg < first_temp_)) {
            fault_ = "range of registers out of bounds";
            return;
        }
        for (uint32_t i = 0; i < count; i++) use(reg + i);
    }
    void set(uint32_t reg, uint8_t state = kLive) {
        if (reg >= code_.register_count)
            fault_ = "register out of range";
        else if (uint8_t* now = cell(reg))
            *now = state;
    }
    void require_local(uint32_t reg) {
        if (reg >= first_temp_) fault_ = "a temporary where a local is expected";
    }

    const char* execute(const Decoded& it) {
        fault_ = nullptr;
        uint32_t a = it.a, b = it.b, c = it.c;
        switch (it.op) {
            case Opcode::COPY:
            case Opcode::GET_ANEXT:
            case Opcode::MATCH_MAPPING:
            case Opcode::MATCH_SEQUENCE:
            case Opcode::GET_LENGTH:
            case Opcode::IMPORT_FROM:
                use(b, true);
                set(a);
                break;
            case Opcode::LEND:
            case Opcode::LOAD_CELL:
                require_local(b);
                set(a);
                break;
            case Opcode::STORE_CELL:
                require_local(a);
                use(b);
                break;
            case Opcode::DELETE_CELL:
                require_local(a);
                break;
            case Opcode::LOAD_CELL_OR_NAME:
                require_local(b);
                set(a);
                break;
            case Opcode::LOAD_FROM_DICT_OR_CELL:
                use(b);
                require_local(c);
                set(a);
                break;
            case Opcode::DROP:
            case Opcode::POP_HANDLED:
                use_any(a);
                break;
            case Opcode::MOVE_UNBOUND: {
                // The first local may be the iterator of a generator expression.
                uint8_t state = cell(b) ? *cell(b) : b == 0 ? kLive : kEither;
                use_any(b);
                set(a, state);
                break;
            }
            case Opcode::LOAD_METHOD:
                use(b);
                set(a);
                set(a + 1, kEither);
                break;
            case Opcode::LOAD_SUPER_ATTR:
                use_range(b, 3);
                set(a);
                break;
            case Opcode::LOAD_SUPER_METHOD:
                use_range(b, 3);
                set(a);
                set(a + 1, kEither);
                break;
            case Opcode::LOAD_SPECIAL:
                use(b, true);
                set(a, kLive | kTemporaryExit);
                set(a + 1, kEither | kTemporaryExit);
                break;
            case Opcode::GET_SLICE:
                use(b);
                use_range(c, 2);
                set(a);
                break;
            case Opcode::SET_SLICE:
                use(a);
                use_range(b, 2);
                use(c);
                break;
            case Opcode::FOR_ITER:
                use(b);
                set(b + 1, kEmpty);
                flow_to(it.target);
                set(b, kLive | kTemporaryIterator);
                set(a);
                break;
            case Opcode::BEGIN_LOOP:
                use(b);
                set(a, kLive | kTemporaryIterator);
                set(a + 1, kEmpty);
                break;
            case Opcode::GET_ITER:
            case Opcode::GET_AITER:
                use(b);
                set(a, kLive | kTemporaryIterator);
                break;
            case Opcode::JUMP_IF_TRUE_OR_DROP:
            case Opcode::JUMP_IF_FALSE_OR_DROP:
                use(a, true);
                flow_to(it.target);
                use(a);
                break;
            case Opcode::JUMP_IF_UNBOUND:
                flow_to(it.target);
                break;
            case Opcode::END_ASYNC_FOR:
                use(a);
                use(b);
                break;
            case Opcode::BUILD_TUPLE:
            case Opcode::BUILD_LIST:
            case Opcode::BUILD_SET:
            case Opcode::BUILD_STRING:
                use_range(b, c);
                set(a);
                break;
            case Opcode::BUILD_SLICE:
                if (c != 2 && c != 3) return "a slice has two or three parts";
                use_range(b, c);
                set(a);
                break;
            case Opcode::BUILD_DICT:
                use_range(b, uint64_t{c} * 2);
                set(a);
                break;
            case Opcode::BUILD_INTERPOLATION:
                use_range(b, 2 + (c & 1));
                set(a);
                break;
            case Opcode::LIST_APPEND:
            case Opcode::SET_ADD:
            case Opcode::LIST_EXTEND:
            case Opcode::SET_UPDATE:
            case Opcode::DICT_UPDATE:
                use(a, true);
                use(b);
                break;
            case Opcode::DICT_ADD:
                use(a, true);
                use_range(b, 2);
                break;
            case Opcode::DICT_MERGE:
                use(a, true);
                use(b);
                use(c, true);
                break;
            case Opcode::UNPACK:
            case Opcode::UNPACK_EX: {
                uint64_t count = c;
                if (it.op == Opcode::UNPACK_EX) count += 1 + uint64_t{it.words[0]};
                use(b);
                if (a < first_temp_ || a + count > code_.register_count)
                    return "range of registers out of bounds";
                for (uint32_t i = 0; i < count; i++) set(a + i);
                break;
            }
            case Opcode::FORMAT_WITH_SPEC:
            case Opcode::IMPORT_NAME:
                use_range(b, 2);
                set(a);
                break;
            case Opcode::CALL:
            case Opcode::CALL_KW:
                use_range(b, uint64_t{c} + 1);
                set(a);
                break;
            case Opcode::CALL_METHOD:
            case Opcode::CALL_METHOD_KW:
                if (b < first_temp_) return "range of registers out of bounds";
                use(b);
                use_any(b + 1);
                use_range(b + 2, c);
                set(a);
                break;
            case Opcode::CALL_EX:
                use_range(b, uint64_t{2} + (c & 1));
                set(a);
                break;
            case Opcode::CALL_INTRINSIC:
                use_range(b, kIntrinsicArguments[c]);
                set(a);
                break;
            case Opcode::MAKE_FUNCTION:
                use_range(b, static_cast<uint32_t>(std::popcount(it.words[1] & 47)));
                set(a);
                break;
            case Opcode::RETURN:
            case Opcode::RETURN_NONE:
                if (it.op == Opcode::RETURN) use(a);
                for (uint32_t i = 0; i < temps_; i++)
                    if (state_[i] != kEmpty) return "a temporary is live at a return";
                break;
            case Opcode::SEND:
                use(b, true);
                use(c);
                set(a);
                flow_to(it.target);
                break;
            case Opcode::YIELD_AWAIT:
                use(c, true);
                use(b);
                set(a);
                break;
            case Opcode::CLEANUP_THROW:
                use(b);
                use(c);
                set(a);
                flow_to(it.target);
                break;
            case Opcode::PUSH_HANDLED:
                use(b, true);
                set(a, kEither | kTemporaryHandled);
                break;
            case Opcode::MATCH_EXCEPTION:
                use(b, true);
                use(c);
                set(a);
                break;
            case Opcode::MATCH_EXCEPTION_GROUP:
                use(b, true);
                use(c);
                set(a);
                break;
            case Opcode::WITH_EXCEPT_START:
                use(b, true);
                use_any(b + 1, true);
                set(a);
                break;
            case Opcode::MATCH_KEYS:
                use(b, true);
                use(c, true);
                set(a);
                break;
            case Opcode::MATCH_CLASS:
                use(b, true);
                use(c);
                set(a);
                break;
            default: {
                const char* kinds = opcode_info(it.op).operands;
                if (kinds[0] == 'r') use(a);
                if (kinds[1] == 'r') use(b);
                if (kinds[1] != 'D' && kinds[2] == 'r') use(c);
                if (kinds[0] == 'd') set(a);
                if (is_jump(it.op)) flow_to(it.target);
            }
        }
        return fault_;
    }

    const CodeParts& code_;
    Arena arena_;
    Vec<uint8_t> starts_;
    Vec<uint32_t> block_of_;  // by word: number of the block that begins there, 0: none
    Vec<uint32_t> work_;
    uint8_t *states_ = nullptr, *state_ = nullptr, *before_ = nullptr;
    uint32_t first_temp_ = 0, temps_ = 0;
    size_t stride_ = 0;
    const char* fault_ = nullptr;
};

}  // namespace

const char* find_fault(const CodeParts& code, uint32_t* word) {
    Verifier verifier(code);
    const char* fault = verifier.run();
    *word = verifier.where;
    return fault;
}

bool temporaries_before(const CodeParts& code, const uint32_t* words, uint32_t count,
                        uint8_t* const* states) {
    Verifier verifier(code);
    if (verifier.run()) return false;
    for (uint32_t i = 0; i < count; i++)
        if (!verifier.temporaries_before(words[i], states[i])) states[i][0] = 0;
    return true;
}

}  // namespace imugi::compile
