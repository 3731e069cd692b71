// What code objects ask about their instructions; installed when the runtime starts.
#include "compile/code_hooks.h"

#include "compile/opcode.h"
#include "compile/verify.h"
#include "object/list.h"
#include "object/protocol.h"
#include "object/tuple.h"

namespace imugi::compile {
namespace {

struct Step {
    Opcode op;
    uint32_t next;
    const uint32_t* extra;
};

// False where the words end or are none of ours.
bool decode(const uint32_t* words, uint32_t count, uint32_t at, Step* out) {
    if (at < count && (words[at] & 0xFF) == static_cast<uint32_t>(Opcode::WIDE)) at++;
    if (at >= count || (words[at] & 0xFF) >= kOpcodeCount) return false;
    out->op = static_cast<Opcode>(words[at] & 0xFF);
    out->next = at + opcode_length(out->op);
    out->extra = words + at + 1;
    return out->next <= count;
}

uint32_t count_caches(const uint32_t* words, uint32_t count) {
    uint32_t caches = 0;
    Step it;
    for (uint32_t at = 0; decode(words, count, at, &it); at = it.next) {
        const uint32_t* extra = it.extra;
        for (const char* kind = opcode_info(it.op).words; *kind; kind++, extra++) {
            uint32_t index = *kind == 'x' ? *extra : *kind == 'b' ? *extra >> 8 : UINT32_MAX;
            if (index < count && index >= caches) caches = index + 1;
        }
    }
    return caches;
}

bool branches_here(Opcode op) {
    switch (op) {
        case Opcode::JUMP:
        case Opcode::JUMP_BACK:
        case Opcode::JUMP_IF_UNBOUND:
        case Opcode::SEND:
        case Opcode::CLEANUP_THROW:
            return false;
        default:
            return is_jump(op);
    }
}

// (branch, where it goes when it is not taken, where when it is), counted in bytes as co_code is.
Owned branches(Thread& thread, Code& code) {
    Ref<List> list = TRY(make_list(thread));
    const uint32_t* words = pristine_words(code);
    Step it;
    for (uint32_t at = 0; decode(words, code.word_count, at, &it); at = it.next) {
        if (!branches_here(it.op)) continue;
        uint32_t target = it.next + it.extra[opcode_length(it.op) - 2];
        Ref<Tuple> row = TRY(make_tuple(thread, Value::small_int(int64_t{at} * 4),
                                        Value::small_int(int64_t{it.next} * 4),
                                        Value::small_int(int64_t{target} * 4)));
        TRY(list_append(thread, *list, std::move(row)));
    }
    return iterate(thread, list);
}

}  // namespace

void install_code_hooks() {
    code_hooks = {find_fault, count_caches, branches};
}

}  // namespace imugi::compile
