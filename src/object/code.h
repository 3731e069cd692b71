// Code: compiled source. Immutable for Python; instruction words and caches are specialised in
// place (whole-word relaxed stores; cache words release/acquire), the same for all threads.
#pragma once

#include "object/type.h"

namespace imugi {

// While an instruction in [start, end) raises: temporaries from `depth` up are dropped, the
// exception goes to register `depth`, control to `handler`. Word indexes. Sorted by start; inner
// ranges come after outer ones that contain them, the last match wins.
struct ExceptionRange {
    uint32_t start, end, handler, depth;
};

// Source position of the instruction whose first word is at `word` up to the next entry's. Lines
// from 1 (0: none), columns in UTF-8 bytes from 0, -1: unknown. Packed in tables: see positions.h.
struct PositionEntry {
    uint32_t word;
    int32_t line, end_line;
    int32_t column, end_column;
};
struct PositionMark {  // a place in a packed table from which entries can be read
    uint32_t word;     // of the entry there
    uint32_t offset;
    uint32_t word_before;  // the entry before it
    int32_t line_before;
};
inline constexpr uint32_t kPositionsPerMark = 64;

enum CodeFlag : uint32_t {  // co_flags as CPython numbers them
    kCodeOptimized = 1,
    kCodeNewLocals = 2,
    kCodeVarArgs = 4,
    kCodeVarKeywords = 8,
    kCodeNested = 16,
    kCodeGenerator = 0x20,
    kCodeCoroutine = 0x80,
    kCodeIterableCoroutine = 0x100,
    kCodeAsyncGenerator = 0x200,
    kCodeFutureBarryAsBdfl = 0x400000,
    kCodeFutureAnnotations = 0x1000000,
    kCodeNoMonitoringEvents = 0x2000000,
    kCodeHasDocstring = 0x4000000,
    kCodeMethod = 0x8000000,
};

// What a word of an inline cache refers to when its bit 1 is set (bit 0 is free). Immutable but for
// the value, which the collector clears in dead code; allocated as an array, retired when replaced.
struct CacheRecord {
    std::atomic<uint64_t> value;  // owning word, a lent one of an object that stays, or 0
    CacheRecord* next = nullptr;  // where an instruction has met several cases
};
inline CacheRecord* cache_record(uint64_t cache) {
    return cache & 2 ? reinterpret_cast<CacheRecord*>(cache & ~uint64_t{3}) : nullptr;
}
// Replaces a word of a cache; a record it referred to is retired.
void publish_cache(std::atomic<uint64_t>& cache, uint64_t entry);

struct Code : Object {
    // One block of memory holds caches, words, ranges, marks and positions, in this order.
    std::atomic<uint32_t>* words;
    std::atomic<uint64_t>* caches;  // zero at first; each instruction's own format
    // The words as compiled, once some have been overwritten; null before. See pristine_words().
    std::atomic<const uint32_t*> original_words;
    const ExceptionRange* ranges;
    const PositionMark* marks;  // of the entries kPositionsPerMark, 2 * kPositionsPerMark ...
    const uint8_t* positions;   // packed; in the block, or read-only data of the program
    uint32_t word_count, cache_count, range_count, position_count;
    uint32_t position_bytes;
    uint32_t flags;
    uint32_t argument_count;  // positional, positional-only included
    uint32_t positional_only_count;
    uint32_t keyword_only_count;
    // Registers: arguments (positional, keyword-only, *args, **kwargs), other locals, free
    // variables' cells, temporaries.
    uint32_t local_count;      // arguments and locals (cells included, in their local's register)
    uint32_t free_count;       // free variables, registers local_count ...
    uint32_t first_temporary;  // local_count + free_count
    uint32_t register_count;
    int32_t first_line;
    uint32_t version;              // for caches; unique
    std::atomic<uint32_t> warmth;  // calls and loops, for a compiler to come
    std::atomic<struct Instrumentation*> instrumentation;  // vm/instrument.h; null: never watched
    Slot constants;                                        // tuple
    Slot names;                                            // tuple of interned str
    Slot local_names;  // tuple of str: locals in register order, hidden ones (inlined
                       // comprehension) included
    Slot local_kinds;  // bytes: one LocalKind a register up to first_temporary
    Slot free_names;   // tuple
    Slot cell_names;   // tuple: locals that are cells
    Slot filename, name, qualname;

    uint32_t parameter_count() const {
        return argument_count + keyword_only_count + !!(flags & kCodeVarArgs) +
               !!(flags & kCodeVarKeywords);
    }
};
enum LocalKind : uint8_t {
    kLocalPlain = 0x20,
    kLocalCell = 0x40,
    kLocalFree = 0x80,
    kLocalHidden = 0x10,   // an inlined comprehension's, of a class or module
    kLocalInlined = 0x08,  // an inlined comprehension's, of a function
    kLocalArgument = 0x02
};

// What the compiler (and marshal) hand over; arrays are copied. Null fields of names are not
// allowed.
struct CodeParts {
    const uint32_t* words;
    const ExceptionRange* ranges;
    const uint8_t* positions;  // packed and sound
    uint32_t word_count, cache_count, range_count, position_count, position_bytes;
    bool static_positions;  // `positions` outlives the code: not copied
    uint32_t flags, argument_count, positional_only_count, keyword_only_count;
    uint32_t local_count, free_count, register_count;
    int32_t first_line;
    Tuple *constants, *names, *local_names, *free_names, *cell_names;
    Bytes* local_kinds;
    Str *filename, *name, *qualname;
};
Ref<Code> make_code(Thread& thread, const CodeParts& parts);
// What the compiler knows about instructions; installed when the runtime starts.
struct CodeHooks {
    const char* (*find_fault)(const CodeParts& code, uint32_t* word);  // null: sound
    uint32_t (*count_caches)(const uint32_t* words, uint32_t count);
    Owned (*branches)(Thread& thread, Code& code);  // co_branches()
};
extern CodeHooks code_hooks;
// The parts of a code as they are; they live as long as it does.
CodeParts parts_of(const Code& code);
// The words as compiled. They are right if, once they are read, this still gives the same.
const uint32_t* pristine_words(const Code& code);

}  // namespace imugi
