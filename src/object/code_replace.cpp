// code.replace() and types.CodeType(): code objects out of parts that Python gives.
//
// Registers are numbered by the order of names, so a new list of names of the old length renames,
// another length lays the registers out anew. What comes of it must pass the verifier.
#include "object/code_replace.h"
#include "object/audit.h"

#include <cstring>

#include "memory/array.h"
#include "object/bytes.h"
#include "object/code.h"
#include "object/dict.h"
#include "object/list.h"
#include "object/native.h"
#include "object/native_signature.h"
#include "object/native_thunk.h"
#include "object/positions.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"

namespace imugi {

CodeHooks code_hooks;

namespace {

// In the order of replace()'s signature.
enum Part {
    kArgumentCount,
    kPositionalOnlyCount,
    kKeywordOnlyCount,
    kLocalCountPart,
    kStackSize,
    kFlags,
    kFirstLine,
    kWords,
    kConstants,
    kNames,
    kVarNames,
    kFreeNames,
    kCellNames,
    kFileName,
    kName,
    kQualName,
    kLineTable,
    kExceptionTable,
    kParts
};
constexpr const char* part_names[kParts] = {
    "co_argcount", "co_posonlyargcount", "co_kwonlyargcount", "co_nlocals",  "co_stacksize",
    "co_flags",    "co_firstlineno",     "co_code",           "co_consts",   "co_names",
    "co_varnames", "co_freevars",        "co_cellvars",       "co_filename", "co_name",
    "co_qualname", "co_linetable",       "co_exceptiontable"};

constexpr const char* replace_signature =
    "(*, co_argcount=<unrepresentable>, co_posonlyargcount=<unrepresentable>, "
    "co_kwonlyargcount=<unrepresentable>, co_nlocals=<unrepresentable>, "
    "co_stacksize=<unrepresentable>, co_flags=<unrepresentable>, "
    "co_firstlineno=<unrepresentable>, co_code=<unrepresentable>, co_consts=<unrepresentable>, "
    "co_names=<unrepresentable>, co_varnames=<unrepresentable>, co_freevars=<unrepresentable>, "
    "co_cellvars=<unrepresentable>, co_filename=<unrepresentable>, co_name=<unrepresentable>, "
    "co_qualname=<unrepresentable>, co_linetable=<unrepresentable>, "
    "co_exceptiontable=<unrepresentable>)";

constexpr const char* make_signature =
    "(argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize, flags, codestring, constants, "
    "names, varnames, filename, name, qualname, firstlineno, linetable, exceptiontable, "
    "freevars=(), cellvars=(), /)";

// Collects the parts of the new code; owns what it makes on the way.
class Maker {
  public:
    Maker(Thread& thread, const Value* given) : thread_(thread), given_(given) {}
    ~Maker() { array_free(ranges_); }

    // `old` is null when all parts are given.
    Owned run(Code* old) {
        if (old) parts_ = parts_of(*old);
        uint32_t stack_size = old ? old->register_count - old->first_temporary : 0;
        auto first_line = static_cast<uint32_t>(parts_.first_line);
        TRY(number(kArgumentCount, &parts_.argument_count));
        TRY(number(kPositionalOnlyCount, &parts_.positional_only_count));
        TRY(number(kKeywordOnlyCount, &parts_.keyword_only_count));
        TRY(number(kStackSize, &stack_size));
        TRY(number(kFlags, &parts_.flags));
        TRY(number(kFirstLine, &first_line));
        parts_.first_line = static_cast<int32_t>(first_line);
        TRY(object(kConstants, tuple_type, &parts_.constants));
        TRY(object(kNames, tuple_type, &parts_.names) && strs(*parts_.names));
        TRY(object(kFileName, str_type, &parts_.filename));
        TRY(object(kName, str_type, &parts_.name));
        TRY(object(kQualName, str_type, &parts_.qualname));
        TRY(words() && tables() && variables(old));
        TRY(audit(thread_, "code.__new__", given_[kWords], Value::of(parts_.filename),
                  Value::of(parts_.name), parts_.argument_count, parts_.positional_only_count,
                  parts_.keyword_only_count, parts_.local_count, stack_size, parts_.flags));
        uint64_t registers = uint64_t{parts_.local_count} + parts_.free_count + stack_size;
        if (registers > UINT16_MAX)
            return raise(thread_, exc::OverflowError, "code: co_stacksize is too large");
        parts_.register_count = static_cast<uint32_t>(registers);
        TRY(check());
        return make_code(thread_, parts_);
    }

  private:
    bool has(Part part) const { return !given_[part].is_empty(); }

    bool number(Part part, uint32_t* out) {
        if (!has(part)) return true;
        int n = TRY(convert_int(thread_, given_[part]));
        if (n < 0)
            return raise(thread_, exc::ValueError, "code: {} must not be negative",
                         part_names[part] + 3);
        *out = static_cast<uint32_t>(n);
        return true;
    }

    template <class T>
    bool object(Part part, const Type& type, T** out) {
        if (!has(part)) return true;
        if (!is_instance_of(given_[part], type))
            return raise(thread_, exc::TypeError, "replace() argument '{}' must be {}, not {}",
                         part_names[part], type, type_name_of(given_[part]));
        *out = &given_[part].as<T>();
        return true;
    }

    bool strs(const Tuple& names) {
        for (size_t i = 0; i < names.size; i++)
            if (!is_exact_str(names[i]))
                return raise(thread_, exc::TypeError,
                             "name tuples must contain only strings, not '{}'",
                             type_name_of(names[i]));
        return true;
    }

    bool words() {
        if (!has(kWords)) return true;
        Bytes* bytes = nullptr;
        TRY(object(kWords, bytes_type, &bytes));
        if (bytes->size == 0 || bytes->size % sizeof(uint32_t) || bytes->size > UINT32_MAX)
            return raise(thread_, exc::ValueError, "code: co_code is malformed");
        // Words are read with their natural alignment.
        words_ = TRY(make_bytes(thread_, bytes->data(), bytes->size));
        parts_.words = reinterpret_cast<const uint32_t*>(words_->data());
        parts_.word_count = static_cast<uint32_t>(bytes->size / sizeof(uint32_t));
        parts_.cache_count = code_hooks.count_caches(parts_.words, parts_.word_count);
        return true;
    }

    bool tables() {
        Bytes* table = nullptr;
        TRY(object(kLineTable, bytes_type, &table));
        if (table) {
            // One that is none of ours says nothing about lines.
            auto bytes = static_cast<uint32_t>(table->size);
            uint32_t count;
            bool ours = table->size <= UINT32_MAX && count_positions(table->data(), bytes, &count);
            parts_.positions = table->data();
            parts_.position_count = ours ? count : 0;
            parts_.position_bytes = ours ? bytes : 0;
        }
        Bytes* ranges = nullptr;
        TRY(object(kExceptionTable, bytes_type, &ranges));
        if (!ranges) return true;
        if (ranges->size % sizeof(ExceptionRange) || ranges->size > UINT32_MAX)
            return raise(thread_, exc::ValueError, "code: co_exceptiontable is malformed");
        ranges_ = static_cast<ExceptionRange*>(array_allocate(ranges->size + 1));
        if (!ranges_) return raise_memory_error(thread_);
        memcpy(ranges_, ranges->data(), ranges->size);
        parts_.ranges = ranges_;
        parts_.range_count = static_cast<uint32_t>(ranges->size / sizeof(ExceptionRange));
        return true;
    }

    // --- names of variables ---

    bool variables(Code* old) {
        Tuple *var_names = nullptr, *free_names = nullptr, *cell_names = nullptr;
        TRY(object(kVarNames, tuple_type, &var_names));
        TRY(object(kFreeNames, tuple_type, &free_names));
        TRY(object(kCellNames, tuple_type, &cell_names));
        for (Tuple* names : {var_names, free_names, cell_names})
            if (names) TRY(strs(*names));
        Owned old_var_names;
        if (old) {
            old_var_names = TRY(get_attribute(thread_, Value::of(*old), ID(co_varnames)));
            uint32_t nlocals = static_cast<uint32_t>(old_var_names.as<Tuple>().size);
            TRY(number(kLocalCountPart, &nlocals));
            if (nlocals != (var_names ? var_names : &old_var_names.as<Tuple>())->size)
                return raise(thread_, exc::ValueError, "code: co_nlocals != len(co_varnames)");
        } else {
            uint32_t nlocals = 0;
            TRY(number(kLocalCountPart, &nlocals));
            if (nlocals != var_names->size)
                return raise(thread_, exc::ValueError, "code: co_nlocals != len(co_varnames)");
        }
        if (!var_names && !free_names && !cell_names) return true;
        if (old) {
            auto same_size = [](Tuple* given, Tuple* known) {
                return !given || given->size == known->size;
            };
            if (same_size(var_names, &old_var_names.as<Tuple>()) &&
                same_size(free_names, parts_.free_names) &&
                same_size(cell_names, parts_.cell_names))
                return rename(old_var_names.as<Tuple>(), var_names, free_names, cell_names);
            if (!var_names) var_names = &old_var_names.as<Tuple>();
            if (!free_names) free_names = parts_.free_names;
            if (!cell_names) cell_names = parts_.cell_names;
            var_names_ = Ref<Tuple>::share(*var_names);
            var_names = var_names_.get();
        }
        return lay_out(*var_names, *free_names, *cell_names);
    }

    static Value replaced(Tuple& from, Tuple* to, Value name) {
        for (size_t i = 0; to && i < from.size; i++)
            if (same(from[i], name) || str_equal(from[i].as<Str>(), name.as<Str>()))
                return (*to)[i];
        return name;
    }

    bool rename(Tuple& old_var_names, Tuple* var_names, Tuple* free_names, Tuple* cell_names) {
        Tuple& locals = *parts_.local_names;
        local_names_ = TRY(make_tuple_blank(thread_, locals.size));
        for (size_t i = 0; i < locals.size; i++) {
            Value name = replaced(old_var_names, var_names, locals[i]);
            if (same(name, locals[i])) name = replaced(*parts_.cell_names, cell_names, name);
            local_names_->items[i].init(Owned::share(name));
        }
        parts_.local_names = local_names_.get();
        if (free_names) parts_.free_names = free_names;
        if (cell_names) parts_.cell_names = cell_names;
        return true;
    }

    static bool is_among(const Tuple& names, Value name) {
        for (size_t i = 0; i < names.size; i++)
            if (str_equal(names[i].as<Str>(), name.as<Str>())) return true;
        return false;
    }

    // Arguments and locals, then the cells that are neither, then free variables.
    bool lay_out(Tuple& var_names, Tuple& free_names, Tuple& cell_names) {
        size_t cells = 0;
        for (size_t i = 0; i < cell_names.size; i++) cells += !is_among(var_names, cell_names[i]);
        size_t locals = var_names.size + cells;
        local_names_ = TRY(make_tuple_blank(thread_, locals));
        kinds_ = TRY(make_bytes_blank(thread_, locals + free_names.size));
        uint8_t* kinds = bytes_blank_data(*kinds_);
        uint64_t parameters = uint64_t{parts_.argument_count} + parts_.keyword_only_count +
                              !!(parts_.flags & kCodeVarArgs) + !!(parts_.flags & kCodeVarKeywords);
        size_t at = 0;
        for (; at < var_names.size; at++) {
            kinds[at] = kLocalPlain | (at < parameters ? kLocalArgument : 0) |
                        (is_among(cell_names, var_names[at]) ? kLocalCell : 0);
            local_names_->items[at].init(Owned::share(var_names[at]));
        }
        for (size_t i = 0; i < cell_names.size; i++) {
            if (is_among(var_names, cell_names[i])) continue;
            kinds[at] = kLocalPlain | kLocalCell;
            local_names_->items[at++].init(Owned::share(cell_names[i]));
        }
        for (size_t i = 0; i < free_names.size; i++) kinds[at++] = kLocalFree | kLocalPlain;
        parts_.local_names = local_names_.get();
        parts_.local_kinds = kinds_.get();
        parts_.free_names = &free_names;
        parts_.cell_names = &cell_names;
        parts_.local_count = static_cast<uint32_t>(locals);
        parts_.free_count = static_cast<uint32_t>(free_names.size);
        return true;
    }

    bool check() {
        uint64_t parameters = uint64_t{parts_.argument_count} + parts_.keyword_only_count +
                              !!(parts_.flags & kCodeVarArgs) + !!(parts_.flags & kCodeVarKeywords);
        if (parameters > parts_.local_count)
            return raise(thread_, exc::ValueError, "code: co_varnames is too small");
        if (parts_.positional_only_count > parts_.argument_count)
            return raise(thread_, exc::ValueError,
                         "code: co_posonlyargcount is greater than co_argcount");
        if ((parts_.flags & kCodeHasDocstring) &&
            !(parts_.constants->size && is_exact_str((*parts_.constants)[0])))
            parts_.flags &= ~kCodeHasDocstring;
        uint32_t word;
        const char* fault = code_hooks.find_fault(parts_, &word);
        return !fault || raise(thread_, exc::ValueError, "code: word {}: {}", word, fault);
    }

    Thread& thread_;
    const Value* given_;
    CodeParts parts_{};
    Ref<Bytes> words_, kinds_;
    Ref<Tuple> local_names_, var_names_;
    ExceptionRange* ranges_ = nullptr;
};

}  // namespace

Owned code_replace(Thread& thread, Code& code, const Arguments& changes) {
    Value given[kParts];
    TRY(bind_arguments(thread, "replace", replace_signature, changes, given, kParts));
    return Maker(thread, given).run(&code);
}

Owned code_make(Thread& thread, Type&, const Arguments& arguments) {
    // Where each argument stands among the parts.
    static constexpr Part order[kParts] = {kArgumentCount,
                                           kPositionalOnlyCount,
                                           kKeywordOnlyCount,
                                           kLocalCountPart,
                                           kStackSize,
                                           kFlags,
                                           kWords,
                                           kConstants,
                                           kNames,
                                           kVarNames,
                                           kFileName,
                                           kName,
                                           kQualName,
                                           kFirstLine,
                                           kLineTable,
                                           kExceptionTable,
                                           kFreeNames,
                                           kCellNames};
    Value bound[kParts], given[kParts];
    TRY(bind_arguments(thread, "code", make_signature, arguments, bound, kParts));
    for (int i = 0; i < kParts; i++) given[order[i]] = bound[i];
    return Maker(thread, given).run(nullptr);
}

}  // namespace imugi
