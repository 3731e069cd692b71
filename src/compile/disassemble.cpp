// The disassembler. Registers show as local names, `t` numbers are temporaries.
#include "compile/disassemble.h"

#include <cstdio>

#include "compile/opcode.h"
#include "object/positions.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"

namespace imugi::compile {
namespace {

class Disassembler {
  public:
    Disassembler(Thread& thread, StrBuilder& out) : thread_(thread), out_(out) {}

    bool code(const Code& code) {
        TRY(text("code "));
        TRY(out_.append(code.qualname.as<Str>()));
        TRY(formatted(" (line %d, %u registers", code.first_line, code.register_count));
        TRY(names(", locals", code.local_names.as<Tuple>()));
        TRY(names(", free", code.free_names.as<Tuple>()));
        TRY(text(")\n"));
        int32_t line = 0;
        for (uint32_t at = 0; at < code.word_count;) {
            if (int32_t here = find_line(code, at); here && here != line) {
                line = here;
                TRY(formatted("%5d", line));
            } else {
                TRY(text("     "));
            }
            TRY(formatted(" %4u  ", at));
            TRY(instruction(code, &at));
            TRY(text("\n"));
        }
        for (uint32_t i = 0; i < code.range_count; i++) {
            const ExceptionRange& range = code.ranges[i];
            TRY(formatted("  except %u..%u -> %u, t%u\n", range.start, range.end, range.handler,
                          range.depth - code.first_temporary));
        }
        Tuple& constants = code.constants.as<Tuple>();
        for (size_t i = 0; i < constants.size; i++) {
            if (!has_shape(constants[i], k_code_shape)) continue;
            if (!check_native_stack(thread_)) return false;
            TRY(text("\n"));
            TRY(this->code(constants[i].as<Code>()));
        }
        return true;
    }

  private:
    bool text(const char* ascii) { return out_.append(ascii); }
    template <class... A>
    bool formatted(const char* format, A... arguments) {
        char buffer[128];
        snprintf(buffer, sizeof buffer, format, arguments...);
        return out_.append(buffer);
    }
    bool names(const char* title, Tuple& tuple) {
        if (tuple.size == 0) return true;
        TRY(text(title));
        for (size_t i = 0; i < tuple.size; i++) {
            TRY(text(" "));
            TRY(out_.append(tuple[i].as<Str>()));
        }
        return true;
    }

    bool show_register(const Code& code, uint32_t reg) {
        if (reg < code.local_count) return out_.append(code.local_names.as<Tuple>()[reg].as<Str>());
        if (reg < code.first_temporary)
            return text("^") &&
                   out_.append(code.free_names.as<Tuple>()[reg - code.local_count].as<Str>());
        return formatted("t%u", reg - code.first_temporary);
    }
    bool show_constant(const Code& code, uint32_t index) {
        Tuple& constants = code.constants.as<Tuple>();
        if (index >= constants.size) return text("?");
        Value value = constants[index];
        if (has_shape(value, k_code_shape)) {
            return text("<code ") && out_.append(value.as<Code>().qualname.as<Str>()) && text(">");
        }
        Owned shown = repr(thread_, value);
        return shown && out_.append(shown.as<Str>());
    }
    bool show_name(const Code& code, uint32_t index) {
        Tuple& all = code.names.as<Tuple>();
        return index < all.size ? out_.append(all[index].as<Str>()) : text("?");
    }
    bool show(const Code& code, char kind, uint32_t value) {
        switch (kind) {
            case 'd':
            case 'r':
            case 'l':
                return show_register(code, value);
            case 'k':
                return show_constant(code, value);
            case 'n':
                return show_name(code, value);
            case 'i':
                return formatted("%d", static_cast<int32_t>(value));
            default:
                return formatted("%u", value);
        }
    }

    bool instruction(const Code& code, uint32_t* at) {
        const uint32_t* words = pristine_words(code);
        auto word_at = [&](uint32_t index) { return words[index]; };
        uint32_t wide = 0, word = word_at(*at);
        bool is_wide = (word & 0xFF) == static_cast<uint32_t>(Opcode::WIDE);
        if (is_wide) {
            wide = word;
            word = word_at(++*at);
        }
        auto op = static_cast<Opcode>(word & 0xFF);
        if ((word & 0xFF) >= kOpcodeCount) {
            ++*at;
            return formatted("<%u>", word & 0xFF);
        }
        const OpcodeInfo& info = opcode_info(op);
        uint32_t operands[3];
        for (int i = 0; i < 3; i++)
            operands[i] = (word >> (8 + 8 * i) & 0xFF) | (wide >> (8 + 8 * i) & 0xFF) << 8;
        TRY(formatted("%-22s", info.name));
        bool first = true;
        auto separator = [&] { return std::exchange(first, false) ? true : text(", "); };
        for (int i = 0; i < 3; i++) {
            char kind = info.operands[i];
            if (kind == '_') continue;
            TRY(separator());
            if (kind == 'D') {
                uint32_t value =
                    is_wide ? operands[1] | operands[2] << 16 : operands[1] | operands[2] << 8;
                if (info.operands[3] == 'i' && !is_wide)
                    value = static_cast<uint32_t>(static_cast<int16_t>(value));
                TRY(show(code, info.operands[3], value));
                break;
            }
            TRY(show(code, kind, operands[i]));
        }
        uint32_t next = *at + opcode_length(op);
        for (const char* kind = info.words; *kind; kind++) {
            uint32_t value = word_at(++*at);
            if (*kind == 'x') continue;
            TRY(separator());
            if (*kind == 'j')
                TRY(formatted("-> %u", next + value));
            else if (*kind == 'b')
                TRY(formatted("op %u", value & 0xFF));
            else
                TRY(show(code, *kind, value));
        }
        *at = next;
        return true;
    }

    Thread& thread_;
    StrBuilder& out_;
};

}  // namespace

Owned disassemble(Thread& thread, const Code& code) {
    StrBuilder out(thread);
    if (!Disassembler(thread, out).code(code)) return {};
    return out.finish();
}

}  // namespace imugi::compile
