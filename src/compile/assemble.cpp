// The last step: symbolic registers become numbers, labels offsets, and the lists a Code.
#include "compile/constants.h"
#include "compile/unit.h"
#include "compile/verify.h"
#include "object/bytes.h"
#include "object/config.h"
#include "object/interpreter.h"
#include "object/positions.h"
#include "object/tuple.h"

namespace imugi::compile {
namespace {

class Assembler {
  public:
    Assembler(CompileContext& context, Unit& unit, const ConstantPool& pool)
        : context_(context),
          thread_(context.thread),
          unit_(unit),
          pool_(pool),
          words_(context.arena),
          starts_(context.arena),
          positions_(context.arena),
          last_position_{0, unit.first_line, unit.first_line, -1, -1},
          ranges_(context.arena) {
        const Config* config = interpreter_of(thread_).config;
        columns_ = !config || !config->no_debug_ranges;
    }

    Ref<Code> run() {
        locals_ = unit_.locals.size();
        free_ = unit_.free_names.size();
        registers_ = locals_ + free_ + unit_.max_depth;
        if (registers_ > UINT16_MAX) {
            raise(thread_, exc::OverflowError, "too many local variables or values in one code");
            return {};
        }
        lay_out();
        for (uint32_t i = 0; i < unit_.code.size(); i++)
            if (!encode(i)) return {};
        exception_ranges();
        if (context_.arena.failed()) {
            (void)context_.no_memory();
            return {};
        }
        return make();
    }

  private:
    uint32_t number_of(Reg reg) {
        if (is_temp(reg)) return locals_ + free_ + (reg & ~kTempBase);
        if (reg >= kFreeBase) return locals_ + (reg - kFreeBase);
        return reg;
    }

    struct Operands {
        uint32_t a, b, c;
        bool wide;
    };

    Operands operands_of(const Instruction& it) {
        const char* kinds = opcode_info(it.op).operands;
        auto value = [&](char kind, uint32_t given) {
            return kind == 'd' || kind == 'r' || kind == 'l' ? number_of(given) : given;
        };
        Operands result{value(kinds[0], it.a), 0, 0, false};
        if (kinds[1] == 'D') {
            bool is_signed = kinds[3] == 'i';
            result.wide = is_signed ? static_cast<int32_t>(it.b) != static_cast<int16_t>(it.b)
                                    : it.b > UINT16_MAX;
            result.wide = result.wide || result.a > UINT8_MAX;
            // b holds the low half, c the high one; without WIDE they are bytes.
            result.b = result.wide ? it.b & 0xFFFF : it.b & 0xFF;
            result.c = result.wide ? it.b >> 16 : it.b >> 8 & 0xFF;
            return result;
        }
        result.b = value(kinds[1], it.b);
        result.c = value(kinds[2], it.c);
        result.wide = result.a > UINT8_MAX || result.b > UINT8_MAX || result.c > UINT8_MAX;
        return result;
    }

    void lay_out() {
        uint32_t word = 0;
        for (const Instruction& it : unit_.code) {
            starts_.push(word);
            word += opcode_length(it.op) + operands_of(it).wide;
        }
        starts_.push(word);
    }

    bool encode(uint32_t index) {
        const Instruction& it = unit_.code[index];
        Operands operands = operands_of(it);
        if (operands.a > UINT16_MAX || operands.b > UINT16_MAX || operands.c > UINT16_MAX) {
            raise(thread_, exc::OverflowError, "too many names or constants in one code");
            return false;
        }
        auto word = [](Opcode op, uint32_t a, uint32_t b, uint32_t c) {
            return static_cast<uint32_t>(op) | (a & 0xFF) << 8 | (b & 0xFF) << 16 |
                   (c & 0xFF) << 24;
        };
        note_position(starts_[index], it.position);
        if (operands.wide)
            words_.push(word(Opcode::WIDE, operands.a >> 8, operands.b >> 8, operands.c >> 8));
        words_.push(word(it.op, operands.a, operands.b, operands.c));
        uint32_t given = 0;
        for (const char* kind = opcode_info(it.op).words; *kind; kind++) {
            switch (*kind) {
                case 'x':
                    words_.push(caches_++);
                    break;
                case 'b':
                    if (caches_ >= 1u << 24) {
                        raise(thread_, exc::OverflowError, "too many operations in one code");
                        return false;
                    }
                    words_.push(it.words[given++] | caches_++ << 8);
                    break;
                case 'j': {
                    uint32_t target = starts_[unit_.labels[it.target.index]];
                    words_.push(target - starts_[index + 1]);
                    break;
                }
                default:
                    words_.push(it.words[given++]);
            }
        }
        return true;
    }

    void note_position(uint32_t word, const ast::Position& at) {
        PositionEntry entry{word, at.line > 0 ? at.line : 0, at.end_line > 0 ? at.end_line : 0,
                            at.column, at.end_column};
        if (!columns_) entry = {word, entry.line, entry.line, -1, -1};
        const PositionEntry& last = last_position_;
        if (position_count_ && last.line == entry.line && last.end_line == entry.end_line &&
            last.column == entry.column && last.end_column == entry.end_column)
            return;
        uint8_t packed[kLargestPosition];
        uint8_t* end = pack_position(packed, last, entry);
        for (uint8_t* byte = packed; byte < end; byte++) positions_.push(*byte);
        position_count_++;
        last_position_ = entry;
    }

    // Each instruction knows its innermost handler: neighbours of the same one make a range.
    void exception_ranges() {
        uint32_t count = unit_.code.size();
        for (uint32_t i = 0; i < count;) {
            uint32_t handler = unit_.code[i].handler, begin = i;
            while (i < count && unit_.code[i].handler == handler) i++;
            if (!handler) continue;
            const Handler& target = unit_.handlers[handler];
            ranges_.push({starts_[begin], starts_[i], starts_[unit_.labels[target.label.index]],
                          locals_ + free_ + target.depth});
        }
    }

    Ref<Tuple> names_tuple(const Vec<ast::IdentifierRef>& names) {
        Ref<Tuple> tuple = make_tuple_blank(thread_, names.size());
        for (uint32_t i = 0; tuple && i < names.size(); i++) {
            Ref<Str> text = str_of(thread_, names[i]);
            if (!text) return {};
            tuple->items[i].init(std::move(text));
        }
        return tuple;
    }

    Ref<Code> make() {
        Vec<ast::IdentifierRef> local_names(context_.arena), cell_names(context_.arena);
        Ref<Bytes> kinds = make_bytes_blank(thread_, locals_ + free_);
        if (!kinds) return {};
        for (uint32_t i = 0; i < locals_; i++) {
            const LocalVariable& local = unit_.locals[i];
            local_names.push(local.name);
            bytes_blank_data(*kinds)[i] = local.kind;
            if (local.kind & kLocalCell) cell_names.push(local.name);
        }
        for (uint32_t i = 0; i < free_; i++)
            bytes_blank_data(*kinds)[locals_ + i] = kLocalFree | kLocalPlain;
        Ref<Tuple> constants = make_tuple_blank(thread_, unit_.constants.size());
        if (!constants) return {};
        for (uint32_t i = 0; i < unit_.constants.size(); i++)
            constants->items[i].init(Owned::share(pool_[unit_.constants[i]]));
        Ref<Tuple> names = names_tuple(unit_.names), locals = names_tuple(local_names),
                   free_names = names_tuple(unit_.free_names), cells = names_tuple(cell_names);
        Ref<Str> name = str_of(thread_, unit_.name);
        if (!names || !locals || !free_names || !cells || !name || !unit_.qualname) return {};
        if (context_.arena.failed()) {
            (void)context_.no_memory();
            return {};
        }
        CodeParts parts{};
        parts.words = words_.data();
        parts.ranges = ranges_.data();
        parts.positions = positions_.data();
        parts.word_count = words_.size();
        parts.cache_count = caches_;
        parts.range_count = ranges_.size();
        parts.position_count = position_count_;
        parts.position_bytes = positions_.size();
        parts.flags = unit_.flags;
        parts.argument_count = unit_.argument_count;
        parts.positional_only_count = unit_.positional_only;
        parts.keyword_only_count = unit_.keyword_only;
        parts.local_count = locals_;
        parts.free_count = free_;
        parts.register_count = registers_;
        parts.first_line = unit_.first_line;
        parts.constants = constants.get();
        parts.names = names.get();
        parts.local_names = locals.get();
        parts.free_names = free_names.get();
        parts.cell_names = cells.get();
        parts.local_kinds = kinds.get();
        parts.filename = &context_.filename;
        parts.name = name.get();
        parts.qualname = unit_.qualname.get();
#if IMUGI_CHECKS
        uint32_t word;
        if (const char* fault = find_fault(parts, &word)) {
            raise(thread_, exc::SystemError, "bad code for {}, word {}: {}", *unit_.qualname, word,
                  fault);
            return {};
        }
#endif
        return make_code(thread_, parts);
    }

    CompileContext& context_;
    Thread& thread_;
    Unit& unit_;
    const ConstantPool& pool_;
    Vec<uint32_t> words_;
    Vec<uint32_t> starts_;         // first word of each instruction, and the end
    Vec<uint8_t> positions_;       // packed
    PositionEntry last_position_;  // at first as readers begin
    uint32_t position_count_ = 0;
    bool columns_ = true;  // -X no_debug_ranges: lines alone
    Vec<ExceptionRange> ranges_;
    uint32_t locals_ = 0, free_ = 0, registers_ = 0, caches_ = 0;
};

}  // namespace

Ref<Code> assemble(CompileContext& context, Unit& unit, const ConstantPool& pool) {
    if (!optimize_flow(context, unit)) return {};
    return Assembler(context, unit, pool).run();
}

}  // namespace imugi::compile
