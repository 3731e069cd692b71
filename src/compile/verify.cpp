// Abstract interpretation of a code's instructions: follows every path with the set of what each
// register may hold and of what is lent from where, and checks each use against it. Linear but for
// loops, whose states are merged until they stand. A code that passes cannot harm the interpreter,
// whoever made it.
#include "compile/verify.h"

#include "base/arena.h"
#include "compile/opcode.h"
#include "compile/vec.h"
#include "object/bytes.h"
#include "object/str.h"
#include "object/tuple.h"

namespace imugi::compile {
namespace {

// What a register may hold: TemporaryState's bits, where kLive is any value of which nothing is
// known, and some kinds of values that instructions rely on.
using State = uint16_t;
constexpr State kEmpty = kTemporaryEmpty;  // of a temporary: 0 or an immediate left behind
constexpr State kLive = kTemporaryLive;
constexpr State kCell = 64;  // a Cell, in a local that frames know as one
constexpr State kList = 128, kDict = 256, kTuple = 512, kStr = 1024;
constexpr State kKinds = kLive | kCell | kList | kDict | kTuple | kStr;
constexpr State kEither = kEmpty | kLive;
constexpr State kSaved = kEither | kTemporaryHandled;  // what PUSH_HANDLED leaves

// From which local a temporary is lent: its number + 1.
constexpr uint16_t kLentFromSeveral = 0xFFFF;

constexpr uint8_t kIntrinsicArguments[] = {
#define INTRINSIC(name, arguments, doc) arguments,
#define SPECIAL(name, method)
#include "compile/intrinsics.def"
#undef INTRINSIC
#undef SPECIAL
};

struct Decoded {
    Opcode op;
    bool wide;
    uint32_t a, b, c, d;
    uint32_t next;          // word behind
    const uint32_t* words;  // extra words
    uint32_t target;        // of a jump
};

// Whether the instruction works on the namespace, which functions lack.
bool needs_namespace(const Decoded& it) {
    switch (it.op) {
        case Opcode::LOAD_NAME:
        case Opcode::STORE_NAME:
        case Opcode::DELETE_NAME:
        case Opcode::LOAD_LOCALS:
        case Opcode::LOAD_CELL_OR_NAME:
        case Opcode::SETUP_ANNOTATIONS:
            return true;
        case Opcode::CALL_INTRINSIC:
            return it.c == static_cast<uint32_t>(Intrinsic::IMPORT_STAR);
        default:
            return false;
    }
}

State kind_of_constant(Value value) {
    return is_exact_tuple(value) ? kTuple : is_exact_str(value) ? kStr : kLive;
}

class Verifier {
  public:
    explicit Verifier(const CodeParts& code)
        : code_(code), starts_(arena_), block_of_(arena_), work_(arena_), touched_(arena_) {}

    uint32_t where = 0;  // word of the fault

    const char* run() {
        registers_ = code_.register_count;
        first_temp_ = code_.local_count + code_.free_count;
        if (registers_ < first_temp_) return "register count below the locals";
        if (registers_ > UINT16_MAX) return "too many registers";
        if (code_.local_kinds->size != first_temp_) return "kinds of locals do not fit";
        for (uint32_t i = code_.local_count; i < first_temp_; i++)
            if (!is_cell_kind(i)) return "a free variable that is no cell";
        temps_ = registers_ - first_temp_;
        if (code_.word_count == 0) return "no instructions";
        if (!starts_.resize(code_.word_count + 1, 0)) return kTooLarge;
        if (const char* fault = scan()) return fault;
        where = 0;
        if (const char* fault = check_ranges()) return fault;
        return follow();
    }

    // Behind a successful run(): the temporaries before the instruction at `word`.
    bool temporaries_before(uint32_t word, uint8_t* states) {
        if (word >= code_.word_count || !starts_[word]) return false;
        uint32_t at = word;
        while (at && !block_of_[at]) at--;
        if (!block_of_[at] || !blocks_[block_of_[at] - 1]) return false;
        enter(at);
        in_range_ = false;
        for (Decoded it; at < word; at = it.next) {
            (void)decode(at, &it);
            (void)execute(it);
            if (ends_flow(it.op)) return false;
        }
        for (uint32_t i = 0; i < temps_; i++) {
            State state = state_[first_temp_ + i];
            states[i] = static_cast<uint8_t>((state & ~kKinds & 0xFF) |
                                             (state & kKinds ? kTemporaryLive : 0));
        }
        return true;
    }

  private:
    static constexpr const char* kTooLarge = "too large to be checked";

    bool decode(uint32_t at, Decoded* out) {
        uint32_t wide_a = 0, wide_b = 0, wide_c = 0, word = code_.words[at];
        out->wide = (word & 0xFF) == static_cast<uint32_t>(Opcode::WIDE);
        if (out->wide) {
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
        out->d = out->wide ? out->b | out->c << 16 : out->b | out->c << 8;
        out->words = code_.words + at + 1;
        out->next = at + opcode_length(out->op);
        if (out->next > code_.word_count) return false;
        if (is_jump(out->op)) out->target = out->next + out->words[opcode_length(out->op) - 2];
        return true;
    }

    // --- first walk: instruction boundaries and static operands ---

    const char* scan() {
        Decoded it;
        next_cache_ = 0;
        for (uint32_t at = 0; at < code_.word_count; at = it.next) {
            where = at;
            starts_[at] = 1;
            if (!decode(at, &it)) return "undecodable instruction";
            const char* fault = check_operands(it);
            if (!fault) fault = check_words(it);
            if (!fault) fault = check_special(it, at);
            if (fault) return fault;
        }
        return nullptr;
    }

    const char* check_operands(const Decoded& it) {
        const OpcodeInfo& info = opcode_info(it.op);
        uint32_t values[] = {it.a, it.b, it.c};
        for (int i = 0; i < 3; i++) {
            char kind = info.operands[i];
            if (kind == 'D') {
                if (info.operands[3] == 'k' && it.d >= code_.constants->size)
                    return "constant out of range";
                if (info.operands[3] == 'n' && it.d >= code_.names->size)
                    return "name out of range";
                break;
            }
            if ((kind == 'd' || kind == 'r' || kind == 'l') && values[i] >= registers_)
                return "register out of range";
            if (kind == 'l' && values[i] >= first_temp_ && it.op != Opcode::JUMP_IF_UNBOUND)
                return "a temporary where a local is expected";
            if (kind == 'k' && values[i] >= code_.constants->size) return "constant out of range";
            if (kind == 'n' && values[i] >= code_.names->size) return "name out of range";
        }
        return nullptr;
    }

    const char* check_words(const Decoded& it) {
        const uint32_t* word = it.words;
        for (const char* kind = opcode_info(it.op).words; *kind; kind++, word++) {
            switch (*kind) {
                case 'x':
                    if (const char* fault = take_cache(*word)) return fault;
                    break;
                case 'b':
                    if (const char* fault = take_cache(*word >> 8)) return fault;
                    if ((*word & 0xFF) > 12) return "no such operator";
                    break;
                case 'k':
                    if (*word >= code_.constants->size) return "constant out of range";
                    break;
                case 'n':
                    if (*word >= code_.names->size) return "name out of range";
                    break;
                default:
                    break;
            }
        }
        return nullptr;
    }

    // Each instruction has a cache of its own: formats differ.
    const char* take_cache(uint32_t index) {
        if (index >= code_.cache_count) return "cache out of range";
        if (index < next_cache_) return "a cache of two instructions";
        next_cache_ = index + 1;
        return nullptr;
    }

    const char* check_special(const Decoded& it, uint32_t at) {
        if ((code_.flags & kCodeOptimized) && needs_namespace(it))
            return "a function has no namespace";
        switch (it.op) {
            case Opcode::MAKE_FUNCTION:
                if (!has_shape((*code_.constants)[it.words[0]], k_code_shape))
                    return "a function's constant is no code";
                break;
            case Opcode::CALL_KW:
            case Opcode::CALL_METHOD_KW:
                return check_keyword_names(it.words[1], it.c);
            case Opcode::MATCH_CLASS:
                if (it.words[1] > UINT16_MAX) return "too many positional patterns";
                return check_keyword_names(it.words[0], UINT32_MAX);
            case Opcode::UNPACK_EX:
                if (it.words[0] > registers_) return "range of registers out of bounds";
                break;
            case Opcode::CALL_INTRINSIC:
                if (it.c >= sizeof kIntrinsicArguments) return "no such intrinsic";
                break;
            case Opcode::LOAD_SPECIAL:
                if (it.c > 3) return "no such special method";
                break;
            case Opcode::BUILD_SLICE:
                if (it.c != 2 && it.c != 3) return "a slice has two or three parts";
                break;
            case Opcode::CALL_EX:
                if (it.c > 1) return "no such form of call";
                break;
            case Opcode::FOR_ITER:
                // When the loop ends the interpreter looks at the word before.
                if (!it.wide && at && registers_ > 256 &&
                    (code_.words[at - 1] & 0xFF) == static_cast<uint32_t>(Opcode::WIDE))
                    return "a loop behind what looks like WIDE";
                break;
            default:
                break;
        }
        return nullptr;
    }

    const char* check_keyword_names(uint32_t index, uint32_t most) {
        Value names = (*code_.constants)[index];
        if (!is_exact_tuple(names)) return "keyword names are no tuple";
        Tuple& tuple = names.as<Tuple>();
        for (size_t i = 0; i < tuple.size; i++)
            if (!is_exact_str(tuple[i])) return "keyword names are no strs";
        return tuple.size > most ? "more keyword names than arguments" : nullptr;
    }

    const char* check_ranges() {
        uint32_t before = 0;
        for (uint32_t i = 0; i < code_.range_count; i++) {
            const ExceptionRange& range = code_.ranges[i];
            if (range.start < before || range.end < range.start || range.end > code_.word_count)
                return "exception range out of order";
            before = range.end;
            if (!starts_[range.start] || (range.end < code_.word_count && !starts_[range.end]))
                return "exception range within an instruction";
            if (range.handler >= code_.word_count || !starts_[range.handler])
                return "handler is no instruction";
            if (range.handler < range.end) goes_back_ = true;
            if (range.depth < first_temp_ || range.depth >= registers_)
                return "handler depth out of range";
        }
        return nullptr;
    }

    // --- second walk: along the control flow, one state a block ---

    struct Block {
        State* states;   // of registers
        uint16_t* lent;  // of temporaries
        bool waits;      // in work_
    };

    bool mark_blocks(const char** fault) {
        Decoded it;
        if (!block_of_.resize(code_.word_count + 1, 0)) return false;
        block_of_[0] = 1;
        for (uint32_t at = 0; at < code_.word_count; at = it.next) {
            (void)decode(at, &it);
            if (is_jump(it.op)) {
                where = at;
                if (it.target >= code_.word_count || !starts_[it.target])
                    *fault = "jump to no instruction";
                if (*fault) return true;
                if (it.op != Opcode::JUMP_BACK && it.target <= at) goes_back_ = true;
                block_of_[it.target] = block_of_[it.next] = 1;
            }
            if (ends_flow(it.op)) block_of_[it.next] = 1;
        }
        for (uint32_t i = 0; i < code_.range_count; i++) block_of_[code_.ranges[i].handler] = 1;
        for (uint32_t& block : block_of_)
            if (block) block = ++block_count_;
        blocks_ = arena_.make_array<Block*>(block_count_);
        if (blocks_) memset(blocks_, 0, block_count_ * sizeof(Block*));
        return blocks_;
    }

    // A walk in depth: where it is in a block, and what comes next there.
    struct Visit {
        uint32_t first, at;
        const ExceptionRange* range;
        uint8_t stage;
    };

    // Every cycle has a JUMP_BACK, which polls.
    const char* check_cycles() {
        enum Color : uint8_t { kNew, kOpen, kDone };
        Vec<uint8_t> colors(arena_);
        Vec<Visit> path(arena_);
        if (!colors.resize(block_count_ + 1, kNew) || !path.push({0, 0, nullptr, 0}))
            return kTooLarge;
        colors[block_of_[0]] = kOpen;
        while (!path.empty()) {
            Visit& visit = path.back();
            where = visit.at;
            uint32_t next = UINT32_MAX;
            Decoded it;
            bool decoded = visit.at < code_.word_count && decode(visit.at, &it);
            if (!decoded) return "control leaves the code";
            const ExceptionRange* range = range_at(visit.at);
            switch (visit.stage++) {
                case 0:
                    if (range && range != visit.range) next = range->handler;
                    visit.range = range;
                    break;
                case 1:
                    if (is_jump(it.op) && it.op != Opcode::JUMP_BACK) next = it.target;
                    break;
                case 2:
                    if (ends_flow(it.op)) break;
                    visit.at = it.next;
                    if (block_of_[visit.at])
                        next = visit.at;
                    else
                        visit.stage = 0;
                    break;
                default:
                    colors[block_of_[visit.first]] = kDone;
                    path.pop();
                    continue;
            }
            if (next == UINT32_MAX) continue;
            if (next >= code_.word_count) return "control leaves the code";
            uint8_t& color = colors[block_of_[next]];
            if (color == kOpen) return "a loop that does not poll";
            if (color == kNew) {
                color = kOpen;
                if (!path.push({next, next, nullptr, 0})) return kTooLarge;
            }
        }
        return nullptr;
    }

    const char* follow() {
        const char* fault = nullptr;
        if (!mark_blocks(&fault)) return kTooLarge;
        if (!fault && goes_back_) fault = check_cycles();
        if (fault) return fault;
        state_ = arena_.make_array<State>(registers_ + 1);
        lent_ = arena_.make_array<uint16_t>(temps_ + 1);
        if (!state_ || !lent_) return kTooLarge;
        memset(lent_, 0, temps_ * sizeof(uint16_t));
        uint32_t parameters = code_.argument_count + code_.keyword_only_count +
                              !!(code_.flags & kCodeVarArgs) + !!(code_.flags & kCodeVarKeywords);
        for (uint32_t i = 0; i < registers_; i++)
            state_[i] = i < parameters                              ? kLive
                        : i >= code_.local_count && i < first_temp_ ? kCell
                                                                    : kEmpty;
        if (!flow_to(0)) return kTooLarge;
        while (!work_.empty()) {
            uint32_t at = work_.back();
            work_.pop();
            if (const char* found = follow_block(at)) return found;
        }
        return nullptr;
    }

    const char* follow_block(uint32_t at) {
        Decoded it;
        enter(at);
        const ExceptionRange* range = nullptr;
        for (bool first = true;; first = false) {
            if (at >= code_.word_count) return "control leaves the code";
            if (!first && block_of_[at]) return flow_to(at) ? nullptr : kTooLarge;
            (void)decode(at, &it);
            where = at;
            const ExceptionRange* here = range_at(at);
            if (here && here != range && !flow_to_handler(*here)) return kTooLarge;
            range = here;
            (void)touched_.resize(0, {});
            in_range_ = range;
            if (const char* fault = execute(it)) return fault;
            if (range && !touch_handler(*range)) return kTooLarge;
            if (ends_flow(it.op)) return nullptr;
            at = it.next;
        }
    }

    const ExceptionRange* range_at(uint32_t word) {
        for (uint32_t low = 0, high = code_.range_count; low < high;) {
            uint32_t middle = (low + high) / 2;
            const ExceptionRange& range = code_.ranges[middle];
            if (word < range.start)
                high = middle;
            else if (word >= range.end)
                low = middle + 1;
            else
                return &range;
        }
        return nullptr;
    }

    void enter(uint32_t word) {
        Block& block = *blocks_[block_of_[word] - 1];
        block.waits = false;
        memcpy(state_, block.states, registers_ * sizeof(State));
        memcpy(lent_, block.lent, temps_ * sizeof(uint16_t));
        lent_count_ = 0;
        for (uint32_t i = 0; i < temps_; i++) lent_count_ += lent_[i] != 0;
    }

    Block* block_at(uint32_t word, bool* made) {
        Block*& block = blocks_[block_of_[word] - 1];
        if (block) return block;
        constexpr size_t kMostMemory = 256 << 20;
        memory_ += (size_t{registers_} + temps_) * sizeof(State);
        if (memory_ > kMostMemory) return nullptr;
        auto* states = arena_.make_array<State>(registers_ + 1);
        auto* lent = arena_.make_array<uint16_t>(temps_ + 1);
        Block* next = states && lent ? arena_.make_array<Block>(1) : nullptr;
        if (!next) return nullptr;
        memset(states, 0, registers_ * sizeof(State));
        memset(lent, 0, temps_ * sizeof(uint16_t));
        *made = true;
        *next = {states, lent, false};
        return block = next;
    }

    static bool merge(State& into, State from) {
        State merged = into | from;
        return std::exchange(into, merged) != merged;
    }
    static bool merge_lent(uint16_t& into, uint16_t from) {
        if (!from || into == from || into == kLentFromSeveral) return false;
        into = into ? kLentFromSeveral : from;
        return true;
    }

    bool wait(Block& block, uint32_t word) {
        return std::exchange(block.waits, true) || work_.push(word);
    }

    // Merges the current state into that of a block; false without memory.
    bool flow_to(uint32_t word) {
        bool changed = false;
        Block* block = block_at(word, &changed);
        if (!block) return false;
        for (uint32_t i = 0; i < registers_; i++) changed |= merge(block->states[i], state_[i]);
        if (lent_count_)
            for (uint32_t i = 0; i < temps_; i++) changed |= merge_lent(block->lent[i], lent_[i]);
        return !changed || wait(*block, word);
    }

    bool flow_to_handler(const ExceptionRange& range) {
        bool changed = false;
        Block* block = block_at(range.handler, &changed);
        if (!block) return false;
        for (uint32_t i = 0; i < registers_; i++)
            changed |= merge(block->states[i], i < range.depth    ? state_[i]
                                               : i == range.depth ? kLive | kTemporaryException
                                                                  : kEmpty);
        for (uint32_t i = 0; lent_count_ && i < range.depth - first_temp_; i++)
            changed |= merge_lent(block->lent[i], lent_[i]);
        return !changed || wait(*block, range.handler);
    }

    // The same for what an instruction has changed, and on its way there.
    bool touch_handler(const ExceptionRange& range) {
        Block& block = *blocks_[block_of_[range.handler] - 1];
        bool changed = false;
        for (uint32_t i = 0; i < touched_.size(); i++) {
            uint32_t reg = touched_[i].reg;
            if (reg >= range.depth) continue;
            changed |= merge(block.states[reg], touched_[i].state);
            if (reg >= first_temp_)
                changed |= merge_lent(block.lent[reg - first_temp_], lent_[reg - first_temp_]);
        }
        return !changed || wait(block, range.handler);
    }

    void jump_to(uint32_t word) {
        if (!flow_to(word)) fault_ = kTooLarge;
    }

    // --- the effect of one instruction ---

    bool is_temporary(uint32_t reg) const { return reg >= first_temp_; }

    void put(uint32_t reg, State state, uint16_t lent) {
        if (in_range_) {
            if (!touched_.push({reg, state})) fault_ = kTooLarge;
        }
        state_[reg] = state;
        if (!is_temporary(reg)) return;
        uint16_t& word = lent_[reg - first_temp_];
        lent_count_ += (lent != 0) - (word != 0);
        word = lent;
    }
    uint16_t lent_of(uint32_t reg) const {
        return is_temporary(reg) ? lent_[reg - first_temp_] : 0;
    }

    // A source; consumed unless kept.
    void use(uint32_t reg, bool keep = false) {
        if (reg >= registers_)
            fault_ = "register out of range";
        else if (state_[reg] & kEmpty)
            fault_ = is_temporary(reg) ? "read of a temporary that may be empty"
                                       : "read of a local that may be unbound";
        else if (!keep && is_temporary(reg))
            put(reg, kEmpty, 0);
    }
    void use_kept(uint32_t reg) { use(reg, true); }
    // A source of which the instruction takes the kind for granted.
    void use_kind(uint32_t reg, State kind, bool keep = false) {
        if (reg < registers_ && (state_[reg] & kKinds & ~kind))
            fault_ = "an operand may be of another type";
        use(reg, keep);
    }
    // A temporary that may be empty.
    void use_any(uint32_t reg, bool keep = false) {
        if (reg >= registers_)
            fault_ = "register out of range";
        else if (require_temporary(reg) && !keep)
            put(reg, kEmpty, 0);
    }
    void use_range(uint32_t reg, uint64_t count) {
        if (reg + count > registers_ || (count && !is_temporary(reg))) {
            fault_ = "range of registers out of bounds";
            return;
        }
        for (uint32_t i = 0; i < count; i++) use(reg + i);
    }
    void use_cell(uint32_t reg) {
        if (is_temporary(reg))
            fault_ = "a temporary where a local is expected";
        else if (state_[reg] != kCell)
            fault_ = "a local that may be no cell";
    }
    bool require_temporary(uint32_t reg) {
        if (!is_temporary(reg)) fault_ = "a local where a temporary is expected";
        return is_temporary(reg);
    }
    // A callee's registers, or others that are written without a look, begin there.
    void require_free(uint32_t reg, uint32_t end) {
        for (; reg < end; reg++)
            if (state_[reg] & kKinds) fault_ = "a live temporary is written over";
    }

    void set(uint32_t reg, State state = kLive, uint16_t lent = 0) {
        if (reg >= registers_)
            fault_ = "register out of range";
        else if (is_temporary(reg))
            put(reg, state, lent);
        else if (lent)
            fault_ = "a lent value in a local";
        else
            set_local(reg, state);
    }
    bool is_cell_kind(uint32_t local) const {
        return code_.local_kinds->data()[local] & (kLocalCell | kLocalFree);
    }
    // What is lent must not lose its owner. Frames write to locals, cells excepted.
    void set_local(uint32_t reg, State state) {
        for (uint32_t i = 0; lent_count_ && i < temps_; i++)
            if (lent_[i] == reg + 1 || lent_[i] == kLentFromSeveral)
                fault_ = "a local changes that is lent to a temporary";
        State others = kKinds & ~(is_cell_kind(reg) ? kCell : 0);
        put(reg,
            static_cast<State>((state & (kEmpty | kCell) & ~others) | (state & others ? kLive : 0)),
            0);
    }
    // A destination that is written without a look at what it held.
    void set_fresh(uint32_t reg, State state = kLive, uint16_t lent = 0) {
        if (reg >= registers_) {
            fault_ = "register out of range";
        } else if (require_temporary(reg)) {
            require_free(reg, reg + 1);
            put(reg, state, lent);
        }
    }
    // From which local a word comes that is lent on, or moves if it is a temporary's.
    uint16_t lender(uint32_t reg) const {
        if (is_temporary(reg)) return lent_of(reg);
        return static_cast<uint16_t>(reg + 1 < kLentFromSeveral ? reg + 1 : kLentFromSeveral);
    }
    void bound(uint32_t reg) {
        State state = state_[reg] == kEmpty ? kLive : state_[reg] & ~kEmpty;
        if (!is_temporary(reg)) put(reg, state, 0);
    }

    // d, d+1 as LOAD_METHOD leaves them.
    void set_method(uint32_t reg, uint16_t lent, State kind = 0) {
        set_fresh(reg, kLive | kind);
        set_fresh(reg + 1, kEither | kind, lent);
    }

    const char* execute(const Decoded& it) {
        fault_ = nullptr;
        uint32_t a = it.a, b = it.b, c = it.c;
        switch (it.op) {
            case Opcode::MOVE: {
                State kinds = state_[b] & kKinds;
                uint16_t lent = lent_of(b);
                use(b);
                set(a, kinds, lent);
                break;
            }
            case Opcode::COPY: {
                State kinds = state_[b] & kKinds;
                use_kept(b);
                set(a, kinds);
                break;
            }
            case Opcode::GET_ANEXT:
            case Opcode::MATCH_MAPPING:
            case Opcode::MATCH_SEQUENCE:
            case Opcode::GET_LENGTH:
            case Opcode::IMPORT_FROM:
                use_kept(b);
                set(a);
                break;
            case Opcode::LEND:
                if (is_temporary(b)) return "a temporary where a local is expected";
                use(b);
                set_fresh(a, kLive, lender(b));
                break;
            case Opcode::LOAD_CONST:
                set(a, kind_of_constant((*code_.constants)[it.d]));
                break;
            case Opcode::LOAD_CELL:
            case Opcode::LOAD_CELL_OR_NAME:
                use_cell(b);
                set(a);
                break;
            case Opcode::STORE_CELL:
                use_cell(a);
                use(b);
                break;
            case Opcode::DELETE_CELL:
                use_cell(a);
                break;
            case Opcode::LOAD_FROM_DICT_OR_CELL:
                use(b);
                use_cell(c);
                set(a);
                break;
            case Opcode::CHECK_LOCAL:
                bound(a);
                break;
            case Opcode::DELETE_LOCAL:
            case Opcode::CLEAR_LOCAL:
                set_local(a, kEmpty);
                break;
            case Opcode::MAKE_CELL:
                set_local(a, kCell);
                break;
            case Opcode::DROP:
                use_any(a);
                break;
            case Opcode::POP_HANDLED:
                if (require_temporary(a) && state_[a] != kSaved)
                    return "an exception is restored that was not saved";
                use_any(a);
                break;
            case Opcode::MOVE_UNBOUND: {
                if (a == b) return "a register is moved to itself";
                State state = state_[b] & (kKinds | kEmpty);
                uint16_t lent = lent_of(b);
                if (is_temporary(b))
                    put(b, kEmpty, 0);
                else
                    set_local(b, kEmpty);
                // An empty temporary may hold an immediate.
                if (is_temporary(b) && !is_temporary(a) && (state & kEmpty)) state |= kLive;
                set(a, state, lent);
                break;
            }
            case Opcode::LOAD_METHOD: {
                uint16_t lent = lender(b);
                use(b);
                set_method(a, lent);
                break;
            }
            case Opcode::LOAD_SUPER_ATTR:
                use_range(b, 3);
                set(a);
                break;
            case Opcode::LOAD_SUPER_METHOD: {
                uint16_t lent = b + 2 < registers_ ? lent_of(b + 2) : 0;
                use_range(b, 3);
                set_method(a, lent);
                break;
            }
            case Opcode::LOAD_SPECIAL:
                use_kept(b);
                set_method(a, 0, kTemporaryExit);
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
                if (!require_temporary(b)) break;
                use(b);
                set_fresh(b + 1, kEmpty);
                jump_to(it.target);
                put(b, kLive | kTemporaryIterator, 0);
                set(a);
                break;
            case Opcode::BEGIN_LOOP: {
                uint16_t lent = lent_of(b);
                require_temporary(a);
                use(b);
                set(a, kLive | kTemporaryIterator, lent);
                set_fresh(a + 1, kEmpty);
                break;
            }
            case Opcode::GET_ITER:
            case Opcode::GET_AITER:
                use(b);
                set(a, kLive | kTemporaryIterator);
                break;
            case Opcode::JUMP_IF_TRUE_OR_DROP:
            case Opcode::JUMP_IF_FALSE_OR_DROP:
                use_kept(a);
                jump_to(it.target);
                use(a);
                break;
            case Opcode::JUMP_IF_UNBOUND:
                jump_to(it.target);
                bound(a);
                break;
            case Opcode::BUILD_TUPLE:
            case Opcode::BUILD_LIST:
                use_range(b, c);
                set(a, it.op == Opcode::BUILD_LIST ? kList : kTuple);
                break;
            case Opcode::BUILD_SET:
            case Opcode::BUILD_SLICE:
                use_range(b, c);
                set(a);
                break;
            case Opcode::BUILD_STRING:
                for (uint32_t i = b; i < b + c && i < registers_; i++)
                    if (state_[i] & kKinds & ~kStr) return "an operand may be of another type";
                use_range(b, c);
                set(a, kStr);
                break;
            case Opcode::BUILD_DICT:
                use_range(b, uint64_t{c} * 2);
                set(a, kDict);
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
                use_kept(a);
                use(b);
                break;
            case Opcode::DICT_ADD:
                use_kept(a);
                use_range(b, 2);
                break;
            case Opcode::DICT_MERGE:
                use_kept(a);
                use(b);
                use_kept(c);
                break;
            case Opcode::LIST_TO_TUPLE:
                require_temporary(b);
                use_kind(b, kList);
                set(a, kTuple);
                break;
            case Opcode::UNPACK:
            case Opcode::UNPACK_EX: {
                uint64_t count = c;
                if (it.op == Opcode::UNPACK_EX) count += 1 + uint64_t{it.words[0]};
                use(b);
                if (!is_temporary(a) || a + count > registers_)
                    return "range of registers out of bounds";
                for (uint32_t i = 0; i < count; i++) set(a + i);
                break;
            }
            case Opcode::FORMAT_VALUE:
                use(b);
                set(a, kStr);
                break;
            case Opcode::FORMAT_WITH_SPEC:
                use_range(b, 2);
                set(a, kStr);
                break;
            case Opcode::IMPORT_NAME:
                use_range(b, 2);
                set(a);
                break;
            case Opcode::CALL:
            case Opcode::CALL_KW:
                use_range(b, uint64_t{c} + 1);
                require_free(b, registers_);
                set(a);
                break;
            case Opcode::CALL_METHOD:
            case Opcode::CALL_METHOD_KW:
                if (!require_temporary(b)) break;
                use(b);
                use_any(b + 1);
                use_range(b + 2, c);
                require_free(b, registers_);
                set(a);
                break;
            case Opcode::CALL_EX:
                if (c && b + 2 < registers_ && (state_[b + 2] & kKinds & ~kDict))
                    return "an operand may be of another type";
                use_range(b, uint64_t{2} + c);
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
                for (uint32_t i = first_temp_; i < registers_; i++)
                    if (state_[i] & kKinds) return "a temporary is live at a return";
                break;
            case Opcode::SEND:
                use_kept(b);
                use(c);
                set(a);
                jump_to(it.target);
                break;
            case Opcode::YIELD_AWAIT:
                use_kept(c);
                use(b);
                set(a);
                break;
            case Opcode::CLEANUP_THROW:
                use(b);
                use(c);
                set(a);
                jump_to(it.target);
                break;
            case Opcode::PUSH_HANDLED:
                use_kept(b);
                require_temporary(a);
                set(a, kSaved);
                break;
            case Opcode::MATCH_EXCEPTION:
            case Opcode::MATCH_CLASS:
                use_kept(b);
                use(c);
                set(a);
                break;
            case Opcode::MATCH_EXCEPTION_GROUP:
                if (!require_temporary(b)) break;
                use_kept(b);
                use(c);
                put(b, kLive, 0);
                set(a);
                break;
            case Opcode::WITH_EXCEPT_START:
                use_kept(b);
                use_any(b + 1, true);
                set(a);
                break;
            case Opcode::MATCH_KEYS:
                use_kept(b);
                use_kind(c, kTuple, true);
                set(a);
                break;
            default: {
                const char* kinds = opcode_info(it.op).operands;
                if (kinds[0] == 'r') use(a);
                if (kinds[1] == 'r') use(b);
                if (kinds[1] != 'D' && kinds[2] == 'r') use(c);
                if (kinds[0] == 'd') set(a);
                if (is_jump(it.op)) jump_to(it.target);
            }
        }
        return fault_;
    }

    struct Touch {
        uint32_t reg;
        State state;
    };

    const CodeParts& code_;
    Arena arena_;
    Vec<uint8_t> starts_;
    Vec<uint32_t> block_of_;  // by word: number of the block that begins there, 0: none
    Vec<uint32_t> work_;
    Block** blocks_ = nullptr;  // null: not reached
    State* state_ = nullptr;
    uint16_t* lent_ = nullptr;
    uint32_t lent_count_ = 0;
    Vec<Touch> touched_;  // by the instruction at hand, in a range
    bool in_range_ = false;
    uint32_t registers_ = 0, first_temp_ = 0, temps_ = 0, next_cache_ = 0;
    uint32_t block_count_ = 0;
    bool goes_back_ = false;  // by something else than JUMP_BACK
    size_t memory_ = 0;
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
