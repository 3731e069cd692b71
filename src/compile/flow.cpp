// Improves a unit's instruction list before it is encoded: jumps to jumps go straight, what cannot
// be reached disappears, and so do the checks of locals that are bound on every way there.
#include "compile/unit.h"

namespace imugi::compile {
namespace {

constexpr uint32_t kNone = ~0u;

class Flow {
  public:
    Flow(CompileContext& context, Unit& unit)
        : context_(context), unit_(unit), reachable_(context.arena) {}

    bool run() {
        thread_jumps();
        if (!copy_exits() || !reachable_.resize(unit_.code.size(), 0)) return context_.no_memory();
        if (!mark_reachable() || !drop_checks()) return false;
        return (compact() && place_the_rest()) || context_.no_memory();
    }

  private:
    Instruction& at(uint32_t index) { return unit_.code[index]; }
    uint32_t target_of(const Instruction& instruction) {
        return unit_.labels[instruction.target.index];
    }
    uint32_t handler_of(const Instruction& instruction) {
        if (!instruction.handler) return kNone;
        return unit_.labels[unit_.handlers[instruction.handler].label.index];
    }

    // A NOP without a line does nothing on the way.
    bool is_blank(uint32_t index) {
        return at(index).op == Opcode::NOP && at(index).position.line < 0;
    }

    void thread_jumps() {
        uint32_t count = unit_.code.size();
        for (uint32_t i = 0; i < count; i++) {
            Instruction& jump = at(i);
            if (!is_jump(jump.op)) continue;
            for (int steps = 0; steps < 8; steps++) {
                uint32_t target = target_of(jump);
                while (target < count && is_blank(target)) target++;
                if (target >= count || at(target).op != Opcode::JUMP || target <= i) break;
                if (target_of(at(target)) <= i || at(target).position.line >= 0) break;
                jump.target = at(target).target;
            }
            // The end of a function or of a loop's body belongs to the line that control comes
            // from.
            if (jump.op != Opcode::JUMP) continue;
            uint32_t target = target_of(jump);
            while (target < count && is_blank(target)) target++;
            if (target >= count || at(target).position.line >= 0) continue;
            if (at(target).op == Opcode::RETURN_NONE) {
                jump.op = Opcode::RETURN_NONE;
                jump.handler = at(target).handler;
            } else if (at(target).op == Opcode::JUMP_BACK && target > i &&
                       target_of(at(target)) <= i) {
                jump.op = Opcode::JUMP_BACK;
                jump.target = at(target).target;
                jump.handler = at(target).handler;
            }
        }
    }

    // The end of the few instructions without a place that lead out from here; kNone if there is
    // anything else.
    uint32_t exit_end(uint32_t begin) {
        constexpr uint32_t kMost = 10;
        for (uint32_t i = begin; i < unit_.code.size() && i < begin + kMost; i++) {
            Opcode op = at(i).op;
            if (at(i).position.line >= 0) return kNone;
            if (op == Opcode::RETURN_NONE || op == Opcode::RETURN || op == Opcode::JUMP_BACK)
                return i + 1;
            if (ends_flow(op) || is_jump(op)) return kNone;
        }
        return kNone;
    }

    // The implicit return and the end of a loop's body stand on the line that control comes from: a
    // copy for each line of conditional jumps to them.
    bool copy_exits() {
        struct Copy {
            uint32_t original, label;
        };
        Vec<Copy> copies(context_.arena);
        uint32_t count = unit_.code.size();
        for (uint32_t i = 0; i < count; i++) {
            if (!is_jump(at(i).op)) continue;
            uint32_t target = target_of(at(i));
            while (target < count && is_blank(target)) target++;
            uint32_t end = target > i ? exit_end(target) : kNone;
            if (end == kNone) continue;
            uint32_t from = i;
            while (from && at(from).position.line < 0 && !ends_flow(at(from - 1).op)) from--;
            const ast::Position place = at(from).position;
            if (place.line < 0) continue;
            uint32_t label = 0;
            for (const Copy& copy : copies)
                if (copy.original == target &&
                    at(unit_.labels[copy.label]).position.line == place.line)
                    label = copy.label;
            if (!label) {
                label = unit_.labels.size();
                unit_.labels.push(unit_.code.size());
                for (uint32_t k = target; k < end; k++) {
                    Instruction copy = at(k);
                    copy.position = place;
                    unit_.code.push(copy);
                }
                copies.push({target, label});
            }
            at(i).target = Label{label};
        }
        return !context_.arena.failed();
    }

    // What has no place of its own belongs to what runs before it, if that is one line only.
    bool place_the_rest() {
        uint32_t count = unit_.code.size();
        struct Sources {
            int32_t line = 0;  // of the jumps that lead here; 0: none, -1: several
            uint32_t jump = 0;
        };
        Vec<Sources> sources(context_.arena);
        if (!sources.resize(count + 1, Sources{})) return false;
        auto add = [&](uint32_t target, int32_t line, uint32_t jump) {
            Sources& known = sources[target];
            known.line = known.line == 0 || known.line == line ? line : -1;
            known.jump = jump;
        };
        for (uint32_t i = 0; i < count; i++) {
            Instruction& it = at(i);
            if (it.position.line < 0) {
                const Sources& from = sources[i];
                bool follows = i && !ends_flow(at(i - 1).op);
                if (follows && (from.line == 0 || from.line == at(i - 1).position.line))
                    it.position = at(i - 1).position;
                else if (!follows && from.line > 0)
                    it.position = at(from.jump).position;
            }
            if (is_jump(it.op)) add(target_of(it), it.position.line > 0 ? it.position.line : -1, i);
            uint32_t handler = handler_of(it);
            if (handler != kNone) sources[handler].line = -1;
        }
        return true;
    }

    // What is reached from the start, through handlers as well or not, among the instructions
    // marked with the number before; they get `mark`.
    bool mark_reached(uint8_t mark, bool through_handlers) {
        Vec<uint32_t> work(context_.arena);
        auto visit = [&](uint32_t index) {
            if (index < unit_.code.size() && reachable_[index] == mark - 1) {
                reachable_[index] = mark;
                work.push(index);
            }
        };
        visit(0);
        while (!work.empty()) {
            uint32_t index = work.back();
            work.pop();
            Instruction& instruction = at(index);
            if (is_jump(instruction.op)) visit(target_of(instruction));
            uint32_t handler = through_handlers ? handler_of(instruction) : kNone;
            if (handler != kNone) visit(handler);
            if (!ends_flow(instruction.op)) visit(index + 1);
        }
        return !context_.arena.failed() || context_.no_memory();
    }
    bool mark_reachable() { return mark_reached(1, true); }
    // What runs without an exception.
    bool mark_warm() { return mark_reached(2, false); }
    bool is_warm(uint32_t index) { return reachable_[index] == 2; }

    // --- definite assignment ---
    bool drop_checks() {
        uint32_t count = unit_.code.size(), locals = unit_.locals.size();
        bool any = false;
        for (uint32_t i = 0; i < count && !any; i++) any = at(i).op == Opcode::CHECK_LOCAL;
        if (!any || locals == 0) return true;
        // Blocks begin at jump targets, handlers and behind jumps.
        Vec<uint32_t> block_of(context_.arena);
        if (!block_of.resize(count + 1, 0)) return context_.no_memory();
        for (uint32_t i = 0; i < count; i++) {
            if (!reachable_[i]) continue;
            Instruction& instruction = at(i);
            if (is_jump(instruction.op)) {
                block_of[target_of(instruction)] = 1;
                block_of[i + 1] = 1;
            }
            uint32_t handler = handler_of(instruction);
            if (handler != kNone) block_of[handler] = 1;
            if (ends_flow(instruction.op)) block_of[i + 1] = 1;
        }
        uint32_t blocks = 0;
        for (uint32_t i = 0; i <= count; i++) {
            if (i == 0 || block_of[i]) blocks++;
            block_of[i] = blocks - 1;
        }
        words_ = (locals + 63) / 64;
        constexpr size_t kMostMemory = 8 << 20;
        if (size_t{blocks} * words_ * sizeof(uint64_t) > kMostMemory) return true;
        bound_ = context_.arena.make_array<uint64_t>(size_t{blocks} * words_);
        auto* state = context_.arena.make_array<uint64_t>(words_);
        if (!bound_ || !state) return context_.no_memory();
        memset(bound_, 0xFF, size_t{blocks} * words_ * sizeof(uint64_t));
        memset(bound_, 0, words_ * sizeof(uint64_t));
        for (uint32_t i = 0; i < locals; i++)
            if (unit_.locals[i].kind & kLocalArgument) bound_[i / 64] |= uint64_t{1} << i % 64;
        // Runs to the fixed point: bits only ever disappear.
        for (bool changed = true; changed;) {
            changed = false;
            uint32_t i = 0;
            while (i < count) {
                uint32_t block = block_of[i], end = i;
                while (end < count && block_of[end] == block) end++;
                if (reachable_[i]) {
                    memcpy(state, &bound_[size_t{block} * words_], words_ * sizeof(uint64_t));
                    changed |= step(i, end, state, block_of, false);
                }
                i = end;
            }
        }
        for (uint32_t i = 0; i < count;) {
            uint32_t block = block_of[i], end = i;
            while (end < count && block_of[end] == block) end++;
            if (reachable_[i]) {
                memcpy(state, &bound_[size_t{block} * words_], words_ * sizeof(uint64_t));
                step(i, end, state, block_of, true);
            }
            i = end;
        }
        return true;
    }

    bool meet(uint32_t block, const uint64_t* state) {
        uint64_t* bits = &bound_[size_t{block} * words_];
        bool changed = false;
        for (uint32_t w = 0; w < words_; w++) {
            uint64_t met = bits[w] & state[w];
            changed |= met != bits[w];
            bits[w] = met;
        }
        return changed;
    }

    // Carries the state through a block; with `rewrite` takes proven checks out instead.
    bool step(uint32_t begin, uint32_t end, uint64_t* state, const Vec<uint32_t>& block_of,
              bool rewrite) {
        bool changed = false;
        uint32_t locals = unit_.locals.size();
        auto set = [&](Reg reg, bool is_bound) {
            if (reg >= locals) return;
            uint64_t bit = uint64_t{1} << reg % 64;
            if (is_bound)
                state[reg / 64] |= bit;
            else
                state[reg / 64] &= ~bit;
        };
        for (uint32_t i = begin; i < end; i++) {
            if (!reachable_[i]) break;
            Instruction& it = at(i);
            uint32_t handler = handler_of(it);
            if (handler != kNone && !rewrite) changed |= meet(block_of[handler], state);
            if (it.op == Opcode::FOR_ITER && !rewrite)
                changed |= meet(block_of[target_of(it)], state);
            switch (it.op) {
                case Opcode::CHECK_LOCAL:
                    if (rewrite && it.a < locals && (state[it.a / 64] >> it.a % 64 & 1)) {
                        it.op = Opcode::NOP;
                        it.position = kNowhere;
                    }
                    set(it.a, true);
                    break;
                case Opcode::DELETE_LOCAL:
                case Opcode::CLEAR_LOCAL:
                    set(it.a, false);
                    break;
                case Opcode::MAKE_CELL:
                    set(it.a, true);
                    break;
                default:
                    if (opcode_info(it.op).operands[0] == 'd') set(it.a, true);
            }
            if (rewrite) continue;
            if (is_jump(it.op) && it.op != Opcode::FOR_ITER)
                changed |= meet(block_of[target_of(it)], state);
            if (i + 1 == end && end < unit_.code.size() && !ends_flow(it.op))
                changed |= meet(block_of[end], state);
        }
        return changed;
    }

    // --- layout: what is left, and what only exceptions lead to behind everything else ---
    bool compact() {
        uint32_t count = unit_.code.size();
        if (!mark_warm()) return false;
        Vec<Instruction> kept(context_.arena);
        Vec<uint32_t> moved(context_.arena);
        if (!moved.resize(count + 1, 0)) return false;
        for (bool warm : {true, false}) {
            for (uint32_t i = 0; i < count; i++) {
                if (!reachable_[i] || is_warm(i) != warm) continue;
                moved[i] = kept.size();
                if (at(i).op == Opcode::JUMP && useless(i) && at(i).position.line >= 0)
                    at(i).op = Opcode::NOP;  // its line is seen
                if (!useless(i)) kept.push(at(i));
                uint32_t next = i + 1;
                if (warm || ends_flow(at(i).op) || next >= count || !is_warm(next)) continue;
                Instruction jump{Opcode::JUMP, 0, 0, 0, {0, 0}, {}, at(next).handler, kNowhere};
                jump.target = Label{unit_.labels.size()};
                unit_.labels.push(next);
                kept.push(jump);
            }
        }
        moved[count] = kept.size();
        for (uint32_t& label : unit_.labels) label = moved[label];
        unit_.code.truncate(0);
        for (const Instruction& it : kept) unit_.code.push(it);
        return !context_.arena.failed();
    }

    // The instruction that will stand behind it, kNone for one of another part.
    uint32_t neighbour(uint32_t index) {
        for (uint32_t next = index + 1; next < unit_.code.size(); next++)
            if (reachable_[next] == reachable_[index]) return next;
        return kNone;
    }

    bool useless(uint32_t index) {
        Instruction& it = at(index);
        if (it.op == Opcode::NOP) {
            if (it.position.line < 0) return true;
            // A line of its own is seen by tracing.
            uint32_t next = neighbour(index);
            while (next != kNone && is_blank(next)) next = neighbour(next);
            return next != kNone && at(next).position.line == it.position.line &&
                   falls_to(index, next);
        }
        if (it.op == Opcode::MOVE && it.a == it.b) return true;
        if (it.op != Opcode::JUMP) return false;
        uint32_t target = target_of(it);
        for (uint32_t next = neighbour(index); next != kNone && next <= target;
             next = neighbour(next)) {
            if (next == target) return true;
            if (!is_blank(next)) return false;
        }
        return false;
    }
    // Nothing of another part lies between.
    bool falls_to(uint32_t index, uint32_t next) {
        for (uint32_t i = index + 1; i < next; i++)
            if (reachable_[i] && reachable_[i] != reachable_[index]) return false;
        return true;
    }

    CompileContext& context_;
    Unit& unit_;
    Vec<uint8_t> reachable_;
    uint64_t* bound_ = nullptr;
    uint32_t words_ = 0;
};

}  // namespace

bool optimize_flow(CompileContext& context, Unit& unit) {
    return Flow(context, unit).run() && (!context.arena.failed() || context.no_memory());
}

}  // namespace imugi::compile
