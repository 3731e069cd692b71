// Code objects: making, attributes, positions. Immutable for Python; see code.h.
#include "object/code.h"

#include <cstring>

#include "memory/collector.h"
#include "memory/heap.h"
#include "object/bytes.h"
#include "object/call.h"
#include "object/code_replace.h"
#include "object/dict.h"
#include "object/int.h"
#include "object/list.h"
#include "object/native.h"
#include "object/positions.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"
#include "thread/grace.h"

namespace imugi {

IMUGI_BUILTIN_TYPE_BY_OBJECT(Code, code_type);

// Steps through the positions of a code: co_lines() and co_positions(). A step is private to the
// iterator; racing callers of next() each get some step.
struct LineIterator : Object {
    Slot code;
    std::atomic<uint32_t> at;  // word, or half word for positions, to go on from
};
IMUGI_BUILTIN_TYPE_BY_OBJECT(LineIterator, line_iterator_type);

namespace {

std::atomic<uint32_t> last_version{0};

Code& as_code(Value v) {
    return v.as<Code>();
}

size_t mark_count(const CodeParts& parts) {
    return parts.position_count ? (parts.position_count - 1) / kPositionsPerMark : 0;
}

void make_marks(PositionMark* marks, const CodeParts& parts) {
    PositionReader reader(parts.positions, parts.position_bytes, parts.first_line);
    uint32_t offset = 0, word = 0;
    int32_t line = 0;
    for (uint32_t i = 0; i < parts.position_count && reader.next(); i++) {
        if (i && i % kPositionsPerMark == 0) *marks++ = {reader.entry().word, offset, word, line};
        offset = reader.offset();
        word = reader.entry().word;
        line = reader.entry().line;
    }
}

// The arrays, in one block: what needs the larger alignment comes first.
bool make_arrays(Code& code, const CodeParts& parts) {
    size_t marks = mark_count(parts);
    size_t bytes = parts.cache_count * sizeof(uint64_t) + parts.word_count * sizeof(uint32_t) +
                   parts.range_count * sizeof(ExceptionRange) + marks * sizeof(PositionMark) +
                   (parts.static_positions ? 0 : parts.position_bytes);
    auto* at = static_cast<char*>(array_allocate(bytes ? bytes : 1));
    if (!at) return false;
    auto take = [&at](size_t size, const void* from) {
        void* place = at;
        at += size;
        if (size && from) memcpy(place, from, size);
        return place;
    };
    void* caches = take(parts.cache_count * sizeof(uint64_t), nullptr);
    memset(caches, 0, parts.cache_count * sizeof(uint64_t));
    code.caches = static_cast<std::atomic<uint64_t>*>(caches);
    code.words =
        static_cast<std::atomic<uint32_t>*>(take(parts.word_count * sizeof(uint32_t), parts.words));
    code.ranges = static_cast<ExceptionRange*>(
        take(parts.range_count * sizeof(ExceptionRange), parts.ranges));
    auto* mark_array = static_cast<PositionMark*>(take(marks * sizeof(PositionMark), nullptr));
    if (marks) make_marks(mark_array, parts);
    code.marks = mark_array;
    code.positions = parts.static_positions
                         ? parts.positions
                         : static_cast<uint8_t*>(take(parts.position_bytes, parts.positions));
    return true;
}

}  // namespace

const uint32_t* pristine_words(const Code& code) {
    // Acquire: the copy. Pairs with make_table (vm/instrument.cpp).
    const uint32_t* original = code.original_words.load(std::memory_order_acquire);
    return original ? original : reinterpret_cast<const uint32_t*>(code.words);
}

CodeParts parts_of(const Code& code) {
    return {pristine_words(code),
            code.ranges,
            code.positions,
            code.word_count,
            code.cache_count,
            code.range_count,
            code.position_count,
            code.position_bytes,
            false,
            code.flags,
            code.argument_count,
            code.positional_only_count,
            code.keyword_only_count,
            code.local_count,
            code.free_count,
            code.register_count,
            code.first_line,
            &code.constants.as<Tuple>(),
            &code.names.as<Tuple>(),
            &code.local_names.as<Tuple>(),
            &code.free_names.as<Tuple>(),
            &code.cell_names.as<Tuple>(),
            &code.local_kinds.as<Bytes>(),
            &code.filename.as<Str>(),
            &code.name.as<Str>(),
            &code.qualname.as<Str>()};
}

// Calls `use` again when the words were overwritten meanwhile.
template <class Use>
static void with_pristine_words(const Code& code, Use use) {
    for (const uint32_t* words = nullptr; words != pristine_words(code);) {
        words = pristine_words(code);
        use(words);
    }
}

static bool same_words(const Code& a, const Code& b) {
    bool same;
    with_pristine_words(a, [&](const uint32_t* x) {
        with_pristine_words(b, [&](const uint32_t* y) {
            same = memcmp(x, y, a.word_count * sizeof(uint32_t)) == 0;
        });
    });
    return same;
}

// The collector has to see through constants to the codes in them: else each collection would free
// but the outermost of nested codes.
static void track_constants(Tuple& constants) {
    if (constants.has_flag(kTracked) || constants.has_flag(kImmortal)) return;
    for (size_t i = 0; i < constants.size; i++) {
        if (!has_shape(constants[i], k_code_shape)) continue;
        track(&constants);
        return;
    }
}

Ref<Code> make_code(Thread& thread, const CodeParts& parts) {
    auto* code = allocate<Code>(thread, code_type);
    if (!code) return {};
    Ref<Code> result = Ref<Code>::adopt(code);
    if (!make_arrays(*code, parts)) return raise_memory_error(thread);
    code->position_bytes = parts.position_bytes;
    code->word_count = parts.word_count;
    code->cache_count = parts.cache_count;
    code->range_count = parts.range_count;
    code->position_count = parts.position_count;
    code->flags = parts.flags;
    code->argument_count = parts.argument_count;
    code->positional_only_count = parts.positional_only_count;
    code->keyword_only_count = parts.keyword_only_count;
    code->local_count = parts.local_count;
    code->free_count = parts.free_count;
    code->first_temporary = parts.local_count + parts.free_count;
    code->register_count = parts.register_count;
    code->first_line = parts.first_line;
    code->version = last_version.fetch_add(1, std::memory_order_relaxed) + 1;
    code->constants.init(Owned::share(*parts.constants));
    code->names.init(Owned::share(*parts.names));
    code->local_names.init(Owned::share(*parts.local_names));
    code->local_kinds.init(Owned::share(*parts.local_kinds));
    code->free_names.init(Owned::share(*parts.free_names));
    code->cell_names.init(Owned::share(*parts.cell_names));
    code->filename.init(Owned::share(*parts.filename));
    code->name.init(Owned::share(*parts.name));
    code->qualname.init(Owned::share(*parts.qualname));
    track_constants(code->constants.as<Tuple>());
    track(code);
    make_deferred(code);
    return result;
}

static void free_records(CacheRecord* record) {
    while (record) {
        Owned value = Owned::adopt(record->value.exchange(0, std::memory_order_relaxed));
        array_free(std::exchange(record, record->next));
    }
}

void publish_cache(std::atomic<uint64_t>& cache, uint64_t entry) {
    uint64_t old = cache.exchange(entry, std::memory_order_acq_rel);  // pairs with the readers
    if (CacheRecord* record = cache_record(old))
        retire(record, sizeof(CacheRecord),
               [](void* pointer) { free_records(static_cast<CacheRecord*>(pointer)); });
}

namespace {

void code_fields(Object* object, FieldVisitor& visitor) {
    auto& c = *static_cast<Code*>(object);
    for (Slot* slot : {&c.constants, &c.names, &c.local_names, &c.local_kinds, &c.free_names,
                       &c.cell_names, &c.filename, &c.name, &c.qualname})
        visitor.visit(*slot);
    for (uint32_t i = 0; c.caches && i < c.cache_count; i++)
        for (auto* record = cache_record(c.caches[i].load(std::memory_order_acquire)); record;
             record = record->next)
            visitor.visit(record->value);
}

void code_release(Object* object) {
    auto& c = *static_cast<Code*>(object);
    for (uint32_t i = 0; c.caches && i < c.cache_count; i++)
        free_records(cache_record(c.caches[i].load(std::memory_order_acquire)));
    array_free(c.caches);
    array_free(c.instrumentation.load(std::memory_order_relaxed));
    array_free(const_cast<uint32_t*>(c.original_words.load(std::memory_order_relaxed)));
}

Owned code_repr(Thread& thread, Value self) {
    Code& code = as_code(self);
    return format(thread, "<code object {} at {}, file \"{}\", line {}>", code.name.borrow(),
                  address_of(self), code.filename.borrow(), code.first_line ? code.first_line : -1);
}

// --- equality: names, numbers, instructions and constants with their types ---

Result<bool> same_constant(Thread& thread, Value a, Value b) {
    if (same(a, b)) return true;
    if (&type_of(a) != &type_of(b)) return false;
    if (is_exact_tuple(a)) {
        auto& x = a.as<Tuple>();
        auto& y = b.as<Tuple>();
        if (x.size != y.size) return false;
        for (size_t i = 0; i < x.size; i++)
            if (!TRY(same_constant(thread, x[i], y[i]))) return false;
        return true;
    }
    if (is_float(a)) {
        // 0.0 and -0.0 are equal, but not as constants.
        Owned x = repr(thread, a);
        Owned y = repr(thread, b);
        if (!x || !y) return failure;
        return str_equal(x.as<Str>(), y.as<Str>());
    }
    return equals(thread, a, b);
}

Owned code_compare(Thread& thread, Value left, Value right, CompareOp op) {
    if ((op != CompareOp::kEq && op != CompareOp::kNe) || !has_shape(right, k_code_shape))
        return Owned::share(not_implemented());
    Code& a = as_code(left);
    Code& b = as_code(right);
    bool equal = a.argument_count == b.argument_count &&
                 a.positional_only_count == b.positional_only_count &&
                 a.keyword_only_count == b.keyword_only_count && a.flags == b.flags &&
                 a.first_line == b.first_line && a.word_count == b.word_count &&
                 a.position_bytes == b.position_bytes && a.range_count == b.range_count;
    equal = equal && same_words(a, b) && memcmp(a.positions, b.positions, a.position_bytes) == 0 &&
            memcmp(a.ranges, b.ranges, a.range_count * sizeof(ExceptionRange)) == 0;
    Slot Code::* fields[] = {&Code::constants,  &Code::names, &Code::local_names, &Code::free_names,
                             &Code::cell_names, &Code::name,  &Code::qualname};
    for (auto field : fields)
        if (equal) equal = TRY(same_constant(thread, (a.*field).borrow(), (b.*field).borrow()));
    return Owned::share(boolean(equal == (op == CompareOp::kEq)));
}

Result<int64_t> code_hash(Thread& thread, Value self) {
    Code& code = as_code(self);
    uint64_t h = 20221211;
    auto mix = [&h](uint64_t n) { h = (h ^ n) * 1000003; };
    mix(static_cast<uint64_t>(str_hash(code.name.as<Str>())));
    mix(code.argument_count);
    mix(code.keyword_only_count);
    mix(code.flags);
    mix(static_cast<uint64_t>(code.first_line));
    uint64_t before = h;
    with_pristine_words(code, [&](const uint32_t* words) {
        h = before;
        for (uint32_t i = 0; i < code.word_count; i++) mix(words[i]);
    });
    auto n = static_cast<int64_t>(h);
    return n == -1 ? -2 : n;
}

// --- attributes ---

#define NUMBER(getter, expression)                                 \
    Owned getter(Thread& thread, Value self) {                     \
        Code& code = as_code(self);                                \
        return make_int(thread, static_cast<int64_t>(expression)); \
    }
NUMBER(get_argcount, code.argument_count)
NUMBER(get_posonlyargcount, code.positional_only_count)
NUMBER(get_kwonlyargcount, code.keyword_only_count)
NUMBER(get_stacksize, code.register_count - code.first_temporary)
NUMBER(get_flags, code.flags)
NUMBER(get_firstlineno, code.first_line)
#undef NUMBER
#define FIELD(getter, field)                   \
    Owned getter(Thread& thread, Value self) { \
        return as_code(self).field.share();    \
    }
FIELD(get_consts, constants)
FIELD(get_names, names)
FIELD(get_freevars, free_names)
FIELD(get_cellvars, cell_names)
FIELD(get_filename, filename)
FIELD(get_name, name)
FIELD(get_qualname, qualname)
#undef FIELD

// Names of the arguments and plain locals, without cells that are not arguments.
Owned get_varnames(Thread& thread, Value self) {
    Code& code = as_code(self);
    auto& names = code.local_names.as<Tuple>();
    auto& kinds = code.local_kinds.as<Bytes>();
    Ref<List> result = TRY(make_list(thread, names.size));
    Ref<Dict> seen = TRY(make_dict(thread));
    for (size_t i = 0; i < names.size && i < kinds.size; i++) {
        uint8_t kind = kinds.data()[i];
        bool only_cell = (kind & kLocalCell) && i >= code.parameter_count();
        if (!(kind & kLocalPlain) || (kind & kLocalHidden) || only_cell) continue;
        // A comprehension's variable may have the name of one of the function's.
        Owned known = TRY(dict_get(thread, *seen, names[i]));
        if (!known.is_nothing()) continue;
        TRY(dict_set(thread, *seen, names[i], names[i]));
        TRY(list_append(thread, *result, Owned::share(names[i])));
    }
    return list_to_tuple(thread, *result);
}
Owned get_nlocals(Thread& thread, Value self) {
    Owned names = TRY(get_varnames(thread, self));
    return make_int(thread, static_cast<int64_t>(names.as<Tuple>().size));
}
Owned get_code(Thread& thread, Value self) {
    Code& code = as_code(self);
    Ref<Bytes> bytes = TRY(make_bytes_blank(thread, code.word_count * sizeof(uint32_t)));
    with_pristine_words(code, [&](const uint32_t* words) {
        memcpy(bytes_blank_data(*bytes), words, code.word_count * sizeof(uint32_t));
    });
    return bytes;
}
Owned get_linetable(Thread& thread, Value self) {
    Code& code = as_code(self);
    return make_bytes(thread, code.positions, code.position_bytes);
}
Owned get_exceptiontable(Thread& thread, Value self) {
    Code& code = as_code(self);
    return make_bytes(thread, code.ranges, code.range_count * sizeof(ExceptionRange));
}

bool read_only(Thread& thread, Value self, Value value) {
    return raise(thread, exc::AttributeError, "readonly attribute");
}

// The table that line numbers came from before 3.10, made of co_lines(): pairs of a step in bytes
// and a step in lines.
Owned get_lnotab(Thread& thread, Value self) {
    TRY(warn(thread, exc::DeprecationWarning, 1,
             make_str(thread, "co_lnotab is deprecated, use co_lines instead.")));
    Owned lines = TRY(call_method(thread, self, ID(co_lines)));
    BytesBuilder table(thread);
    int64_t at = 0, line = as_code(self).first_line;
    auto add = [&](int64_t bytes, int64_t step) {
        return table.append(static_cast<uint8_t>(bytes)) &&
               table.append(static_cast<uint8_t>(step));
    };
    for (;;) {
        Owned row = TRY(next(thread, lines));
        if (row.is_nothing()) break;
        Value start = row.as<Tuple>()[0], given = row.as<Tuple>()[2];
        if (is_none(given) || given.small_int() == line) continue;
        int64_t bytes = start.small_int() - at, step = given.small_int() - line;
        for (; bytes > 255; bytes -= 255) TRY(add(255, 0));
        for (; step > 127; step -= 127, bytes = 0) TRY(add(bytes, 127));
        for (; step < -128; step += 128, bytes = 0) TRY(add(bytes, -128));
        TRY(add(bytes, step));
        at = start.small_int();
        line = given.small_int();
    }
    return table.finish();
}

const GetSetRow code_getsets[] = {
    {"co_lnotab", get_lnotab},
    computed_member("co_argcount", get_argcount, read_only),
    computed_member("co_posonlyargcount", get_posonlyargcount, read_only),
    computed_member("co_kwonlyargcount", get_kwonlyargcount, read_only),
    computed_member("co_nlocals", get_nlocals),
    computed_member("co_stacksize", get_stacksize, read_only),
    computed_member("co_flags", get_flags, read_only),
    {"co_code", get_code},
    computed_member("co_consts", get_consts, read_only),
    computed_member("co_names", get_names, read_only),
    {"co_varnames", get_varnames},
    {"co_freevars", get_freevars},
    {"co_cellvars", get_cellvars},
    computed_member("co_filename", get_filename, read_only),
    computed_member("co_name", get_name, read_only),
    computed_member("co_qualname", get_qualname, read_only),
    computed_member("co_firstlineno", get_firstlineno, read_only),
    computed_member("co_linetable", get_linetable, read_only),
    computed_member("co_exceptiontable", get_exceptiontable, read_only),
    {"_co_code_adaptive", get_code},
    {},
};

// --- positions ---

Owned make_line_iterator(Thread& thread, Code& code, Type& type) {
    auto* iterator = allocate<LineIterator>(thread, type);
    if (!iterator) return {};
    iterator->code.init(Owned::share(code));
    track(iterator);
    return Owned::adopt(iterator);
}
Owned code_lines(Thread& thread, Code& self) {
    return make_line_iterator(thread, self, line_iterator_type);
}
Owned code_positions(Thread& thread, Code& self) {
    return make_line_iterator(thread, self, positions_iterator_type);
}
Owned code_branches(Thread& thread, Code& self) {
    return code_hooks.branches(thread, self);
}
Owned varname_from_oparg(Thread& thread, Code& self, int oparg) {
    Value lists[] = {self.local_names.borrow(), self.free_names.borrow()};
    auto index = static_cast<size_t>(oparg);
    for (Value names : lists) {
        if (oparg >= 0 && index < names.as<Tuple>().size)
            return Owned::share(names.as<Tuple>()[index]);
        index -= names.as<Tuple>().size;
    }
    return raise(thread, exc::IndexError, "tuple index out of range");
}

void line_fields(Object* object, FieldVisitor& visitor) {
    visitor.visit(static_cast<LineIterator*>(object)->code);
}
Owned line_self(Thread& thread, Value self) {
    return Owned::share(self);
}
// Instructions are counted in bytes, as co_code is: four a word.
Owned line_next(Thread& thread, Value self) {
    auto& iterator = self.as<LineIterator>();
    Code& code = iterator.code.as<Code>();
    uint32_t start = iterator.at.load(std::memory_order_relaxed);
    if (start >= code.word_count) return Owned::nothing();
    PositionEntry entry;
    int32_t line = find_position(code, start, &entry) ? entry.line : 0;
    uint32_t stop = code.word_count;
    for (PositionReader reader = reader_near(code, start); reader.next();)
        if (reader.entry().word > start && reader.entry().line != line) {
            stop = reader.entry().word;
            break;
        }
    iterator.at.store(stop, std::memory_order_relaxed);
    Owned a = Owned::small_int(int64_t{start} * 4), b = Owned::small_int(int64_t{stop} * 4);
    Owned c = line > 0 ? Owned::small_int(line) : Owned::share(none());
    return make_tuple(thread, a.value(), b.value(), c.value());
}
Owned number_or_none(int32_t n, int32_t least) {
    return n >= least ? Owned::small_int(n) : Owned::share(none());
}
// One step for every two bytes of co_code, as users of tb_lasti count: two a word.
Owned positions_next(Thread& thread, Value self) {
    auto& iterator = self.as<LineIterator>();
    Code& code = iterator.code.as<Code>();
    // One for each two bytes of co_code, as traceback.py counts.
    uint32_t at = iterator.at.fetch_add(1, std::memory_order_relaxed);
    if (at / 2 >= code.word_count) {
        iterator.at.store(code.word_count * 2, std::memory_order_relaxed);
        return Owned::nothing();
    }
    PositionEntry entry;
    if (!find_position(code, at / 2, &entry)) entry = {0, 0, 0, -1, -1};
    Owned line = number_or_none(entry.line, 1), end_line = number_or_none(entry.end_line, 1);
    Owned column = number_or_none(entry.column, 0), end = number_or_none(entry.end_column, 0);
    return make_tuple(thread, line.value(), end_line.value(), column.value(), end.value());
}

Owned code_replace_row(Thread& thread, Value self, Kwargs changes) {
    Ref<Tuple> names = TRY(make_tuple(thread, changes.names, changes.count));
    return code_replace(thread, as_code(self), {changes.values, 0, names.get()});
}

Owned code_sizeof(Thread& thread, Code& self) {
    return make_int(thread,
                    static_cast<int64_t>(sizeof(Code) + self.word_count * sizeof(uint32_t) +
                                         self.cache_count * sizeof(uint64_t) + self.position_bytes +
                                         self.range_count * sizeof(ExceptionRange)));
}

const MethodRow code_methods[] = {
    {"co_lines", "(self, /)", fn<code_lines>, nullptr},
    {"co_positions", "(self, /)", fn<code_positions>, nullptr},
    {"co_branches", "(self, /)", fn<code_branches>, nullptr},
    {"_varname_from_oparg", "(self, /, oparg)", fn<varname_from_oparg>,
     "(internal-only) Return the local variable name for the given oparg.\n\nWARNING: this method "
     "is for internal use only and may change or go away."},
    {"replace", "(self, /, **changes)", fn<code_replace_row>,
     "Return a copy of the code object with new values for the specified fields."},
    {"__replace__", "(self, /, **changes)", fn<code_replace_row>, "The same as replace()."},
    {"__sizeof__", "(self, /)", fn<code_sizeof>, nullptr},
    {},
};

}  // namespace

Type code_type;
const TypeSpec code_type_spec = {
    .name = "code",
    .doc = "Create a code object.  Not for mere mortals.",
    .size = sizeof(Code),
    .flags = kTypeTracked | kTypeHasWeakrefs,
    .slots = {.repr = code_repr,
              .hash = code_hash,
              .compare = code_compare,
              .make = code_make,
              .fields = code_fields,
              .release = code_release},
    .methods = code_methods,
    .getsets = code_getsets,
    .signature =
        "(argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize,\n     flags, "
        "codestring, constants, names, varnames, filename, name,\n     qualname, "
        "firstlineno, linetable, exceptiontable, freevars=(),\n     cellvars=(), /)",
};

Type line_iterator_type;
const TypeSpec line_iterator_type_spec = {
    .name = "line_iterator",
    .size = sizeof(LineIterator),
    .flags = kTypeTracked | kTypeNoInstantiate,
    .slots = {.iter = line_self, .next = line_next, .fields = line_fields},
};

Type positions_iterator_type;
const TypeSpec positions_iterator_type_spec = {
    .name = "positions_iterator",
    .size = sizeof(LineIterator),
    .flags = kTypeTracked | kTypeNoInstantiate,
    .slots = {.iter = line_self, .next = positions_next, .fields = line_fields},
};

}  // namespace imugi
