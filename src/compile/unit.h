// Unit: the code object being generated for one scope.
#pragma once

#include "compile/instruction.h"
#include "compile/symtable.h"
#include "object/code.h"

namespace imugi::compile {

struct LocalVariable {
    ast::IdentifierRef name;
    uint8_t kind;  // LocalKind bits
};

// An enclosing construct that break, continue and return have to leave.
struct Block {
    enum Kind : uint8_t {
        kWhile,
        kFor,          // the iterator is temp(depth), the index behind it
        kAsyncFor,     // the iterator is temp(depth)
        kTry,          // handlers only: nothing to do but to leave the range
        kFinally,      // `finalbody` has to run
        kHandler,      // exception being handled: previous one in temp(depth + 1); `name` to unbind
        kFinallyEnd,   // likewise, the exception kept in temp(depth)
        kStarHandler,  // except*: leaving is a SyntaxError
        kWith,         // exit method in temp(depth), temp(depth + 1)
        kAsyncWith,
        kPending,  // a value in temp(depth) that waits for a clean-up's end to be returned
    };
    Kind kind;
    uint32_t depth;    // temporaries below belong to what is around
    uint32_t handler;  // in force around the construct
    Label break_label, continue_label;
    const ast::Sequence<ast::StmtNode*>* finalbody = nullptr;
    ast::IdentifierRef name = nullptr;
    ast::Position position{};
};

// A comprehension that runs in this frame: its variables have registers of their own.
struct InlinedScope {
    Scope* scope;
    PointerMap<Reg>* registers;
};

struct DeferredAnnotation {
    ast::AnnAssign* node;
    int32_t conditional;  // index in __conditional_annotations__; -1: always there
};

struct Unit {
    Scope& scope;
    Unit* parent;
    Vec<Instruction> code;
    Vec<uint32_t> labels;  // index of the instruction; [0] is unused
    Vec<Handler> handlers;
    Vec<LocalVariable> locals;
    Vec<ast::IdentifierRef> free_names;
    PointerMap<Reg> registers;  // of the scope's own locals and cells, by mangled name
    PointerMap<Reg> free_registers;
    Vec<InlinedScope> inlined;
    Vec<Reg> spare_locals;    // of inlined comprehensions that are done, to be used again
    Vec<uint32_t> constants;  // of the pool
    PointerMap<uint32_t> constant_index;
    Vec<ast::IdentifierRef> names;
    PointerMap<uint32_t> name_index;
    Vec<Block> blocks;
    Vec<ast::IdentifierRef> static_attributes;
    Vec<DeferredAnnotation> annotations;
    PointerMap<int32_t> annotation_index;  // AnnAssign -> conditional index
    ast::IdentifierRef name;
    Ref<Str> qualname;
    uint32_t depth = 0, max_depth = 0;
    uint32_t handler = 0;
    uint32_t flags = 0;
    uint32_t argument_count = 0, positional_only = 0, keyword_only = 0;
    int32_t first_line = 1;
    bool is_async = false;  // await is allowed

    Unit(Arena& arena, Scope& its_scope, Unit* outer)
        : scope(its_scope),
          parent(outer),
          code(arena),
          labels(arena),
          handlers(arena),
          locals(arena),
          free_names(arena),
          registers(arena),
          free_registers(arena),
          inlined(arena),
          spare_locals(arena),
          constants(arena),
          constant_index(arena),
          names(arena),
          name_index(arena),
          blocks(arena),
          static_attributes(arena),
          annotations(arena),
          annotation_index(arena),
          name(its_scope.name) {}
};

// Lays the unit out as a Code: drops what cannot run, leaves out the checks of locals that are
// surely bound, encodes. Empty with an exception set.
Ref<Code> assemble(CompileContext& context, Unit& unit, const class ConstantPool& pool);

// The steps of assemble() that rewrite the instruction list (flow.cpp).
[[nodiscard]] bool optimize_flow(CompileContext& context, Unit& unit);

}  // namespace imugi::compile
