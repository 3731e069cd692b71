// The _csv module: dialects, and readers and writers of delimited text.
//
// Dialects are immutable. A reader parses a record within one call, so calls share only the
// iterator and the line count; a writer keeps nothing between calls. The registry of dialects is a
// dict of the module, the field limit its state.
#include "memory/collector.h"
#include "memory/heap.h"
#include "modules/constants.h"
#include "modules/native_class.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/int.h"
#include "object/iterators.h"
#include "object/list.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"

namespace imugi {

namespace {

enum Quoting : int { kMinimal, kAll, kNonNumeric, kNone, kStrings, kNotNull };

constexpr uint32_t kNotSet = UINT32_MAX;

struct Dialect : Object {
    uint32_t delimiter, quote, escape;  // kNotSet: None
    int quoting;
    bool double_quote, skip_initial_space, strict;
    Slot line_terminator;  // Str
};

struct CsvState {
    std::atomic<Index> field_limit{131072};
};

NativeException error_class("_csv.Error", exc::Exception);
extern NativeClass dialect_class;

// The module that this interpreter imported.
Owned this_module(Thread& thread) {
    Ref<Str> name = TRY(make_str(thread, "_csv"));
    return import_module(thread, *name);
}
Index field_limit(Thread& thread) {
    Owned module = this_module(thread);
    if (!module || !has_shape(module, k_module_shape) || !module.as<Module>().state) {
        clear_exception(thread);
        return 131072;
    }
    return static_cast<CsvState*>(module.as<Module>().state)
        ->field_limit.load(std::memory_order_relaxed);
}
Owned registry(Thread& thread) {
    Owned module = TRY(this_module(thread));
    return get_attribute(thread, module, ID(_dialects));
}
Owned registered_dialect(Thread& thread, Value name) {
    Owned dialects = TRY(registry(thread));
    Owned found = TRY(dict_get(thread, dialects.as<Dict>(), name));
    if (found.is_nothing()) return raise(thread, error_class.type(thread), "unknown dialect");
    return found;
}

// --- dialects ---

bool read_character(Thread& thread, const char* name, Value value, uint32_t otherwise,
                    bool may_be_none, uint32_t* out) {
    *out = otherwise;
    if (!value) return true;
    *out = kNotSet;
    if (may_be_none && is_none(value)) return true;
    const char* alternative = may_be_none ? " or None" : "";
    if (!is_str(value))
        return raise(thread, exc::TypeError, "\"{}\" must be a unicode character{}, not {}", name,
                     alternative, type_name_of(value));
    Str& s = value.as<Str>();
    if (s.length() != 1)
        return raise(thread, exc::TypeError,
                     "\"{}\" must be a unicode character{}, not a string of length {}", name,
                     alternative, static_cast<int64_t>(s.length()));
    *out = s[0];
    return true;
}

bool read_flag(Thread& thread, Value value, bool otherwise, bool* out) {
    *out = otherwise;
    if (value) *out = TRY(is_true(thread, value));
    return true;
}

bool read_quoting(Thread& thread, Value value, int* out) {
    *out = kMinimal;
    if (!value) return true;
    int64_t n;
    if (!is_exact_int(value))
        return raise(thread, exc::TypeError, "\"quoting\" must be an integer, not {}",
                     type_name_of(value));
    if (!int_fits_int64(value, &n) || n < kMinimal || n > kNotNull)
        return raise(thread, exc::TypeError, "bad \"quoting\" value");
    *out = static_cast<int>(n);
    return true;
}

bool check_character(Thread& thread, const char* name, uint32_t c, const Dialect& dialect,
                     bool allow_space) {
    Str& terminator = dialect.line_terminator.as<Str>();
    if (c == kNotSet) return true;
    if (c == '\r' || c == '\n' || (c == ' ' && !allow_space) ||
        str_find_char(terminator, c, 0, terminator.length()) >= 0)
        return raise(thread, exc::ValueError, "bad {} value", name);
    return true;
}
bool check_different(Thread& thread, const char* first, const char* second, uint32_t a,
                     uint32_t b) {
    if (a == b && a != kNotSet)
        return raise(thread, exc::ValueError, "bad {} or {} value", first, second);
    return true;
}

constexpr const char* kDialectSignature =
    "(dialect=<unrepresentable>, delimiter=<unrepresentable>, doublequote=<unrepresentable>, "
    "escapechar=<unrepresentable>, lineterminator=<unrepresentable>, quotechar=<unrepresentable>, "
    "quoting=<unrepresentable>, skipinitialspace=<unrepresentable>, strict=<unrepresentable>)";
constexpr size_t kDialectParameters = 9;

Owned make_dialect(Thread& thread, Type& type, const Arguments& arguments) {
    Value bound[kDialectParameters];
    TRY(bind_arguments(thread, "Dialect", kDialectSignature, arguments, bound, kDialectParameters));
    Owned base;
    if (bound[0] && !is_none(bound[0])) {
        base = Owned::share(bound[0]);
        if (is_str(base)) base = TRY(registered_dialect(thread, base));
        bool plain = true;
        for (size_t i = 1; i < kDialectParameters; i++) plain &= bound[i].is_empty();
        if (plain && dialect_class.is_instance(base)) return base;
    }
    // What is not given comes from the base's attributes.
    Owned values[kDialectParameters];
    Str* names[] = {nullptr,         &ID(delimiter),        &ID(doublequote),
                    &ID(escapechar), &ID(lineterminator),   &ID(quotechar),
                    &ID(quoting),    &ID(skipinitialspace), &ID(strict)};
    for (size_t i = 1; i < kDialectParameters; i++) {
        if (bound[i]) {
            values[i] = Owned::share(bound[i]);
        } else if (base) {
            Owned found = get_attribute_or_nothing(thread, base, *names[i]);
            if (!found)
                clear_exception(thread);
            else if (!found.is_nothing())
                values[i] = std::move(found);
        }
    }
    auto* dialect = allocate<Dialect>(thread, type);
    if (!dialect) return {};
    Ref<Dialect> result = Ref<Dialect>::adopt(dialect);
    TRY(read_character(thread, "delimiter", values[1], ',', false, &dialect->delimiter));
    TRY(read_flag(thread, values[2], true, &dialect->double_quote));
    TRY(read_character(thread, "escapechar", values[3], kNotSet, true, &dialect->escape));
    if (values[4] && !is_str(values[4]))
        return raise(thread, exc::TypeError, "\"lineterminator\" must be a string, not {}",
                     type_name_of(values[4]));
    dialect->line_terminator.init(values[4] ? values[4].share()
                                            : Owned(TRY(make_str(thread, "\r\n"))));
    TRY(read_character(thread, "quotechar", values[5], '"', true, &dialect->quote));
    TRY(read_quoting(thread, values[6], &dialect->quoting));
    TRY(read_flag(thread, values[7], false, &dialect->skip_initial_space));
    TRY(read_flag(thread, values[8], false, &dialect->strict));
    if (values[5] && is_none(values[5]) && !values[6]) dialect->quoting = kNone;
    if (dialect->quoting != kNone && dialect->quote == kNotSet)
        return raise(thread, exc::TypeError, "quotechar must be set if quoting enabled");
    bool space = !dialect->skip_initial_space;
    TRY(check_character(thread, "delimiter", dialect->delimiter, *dialect, true));
    TRY(check_character(thread, "escapechar", dialect->escape, *dialect, space));
    TRY(check_character(thread, "quotechar", dialect->quote, *dialect, space));
    TRY(check_different(thread, "delimiter", "escapechar", dialect->delimiter, dialect->escape));
    TRY(check_different(thread, "delimiter", "quotechar", dialect->delimiter, dialect->quote));
    TRY(check_different(thread, "escapechar", "quotechar", dialect->escape, dialect->quote));
    track(dialect);
    return std::move(result);
}

Owned character(Thread& thread, uint32_t c) {
    if (c == kNotSet) return Owned::share(none());
    return make_str_from_char(thread, c);
}
Owned get_delimiter(Thread& thread, Value self) {
    return character(thread, self.as<Dialect>().delimiter);
}
Owned get_quotechar(Thread& thread, Value self) {
    return character(thread, self.as<Dialect>().quote);
}
Owned get_escapechar(Thread& thread, Value self) {
    return character(thread, self.as<Dialect>().escape);
}
Owned get_quoting(Thread&, Value self) {
    return Owned::small_int(self.as<Dialect>().quoting);
}
Owned get_lineterminator(Thread&, Value self) {
    return self.as<Dialect>().line_terminator.share();
}
Owned get_doublequote(Thread&, Value self) {
    return Owned::share(boolean(self.as<Dialect>().double_quote));
}
Owned get_skipinitialspace(Thread&, Value self) {
    return Owned::share(boolean(self.as<Dialect>().skip_initial_space));
}
Owned get_strict(Thread&, Value self) {
    return Owned::share(boolean(self.as<Dialect>().strict));
}
Owned refuse_pickling(Thread& thread, Value self) {
    return raise(thread, exc::TypeError, "cannot pickle '{}' instances", type_name_of(self));
}
Owned refuse_pickling_ex(Thread& thread, Value self, Value) {
    return refuse_pickling(thread, self);
}
void dialect_fields(Object* self, FieldVisitor& visitor) {
    visitor.visit(static_cast<Dialect*>(self)->line_terminator);
}

const MethodRow dialect_rows[] = {
    {"__reduce__", "(self, /)", fn<refuse_pickling>},
    {"__reduce_ex__", "(self, protocol, /)", fn<refuse_pickling_ex>},
    {},
};
const GetSetRow dialect_attributes[] = {
    {"delimiter", get_delimiter},
    {"escapechar", get_escapechar},
    {"lineterminator", get_lineterminator},
    {"quotechar", get_quotechar},
    {"quoting", get_quoting},
    {"skipinitialspace", get_skipinitialspace},
    {"doublequote", get_doublequote},
    {"strict", get_strict},
    {},
};
const TypeSpec dialect_spec = {
    .name = "_csv.Dialect",
    .doc = "CSV dialect\n\nThe Dialect type records CSV dialect options.",
    .size = sizeof(Dialect),
    .flags = kTypeBase | kTypeTracked,
    .slots = {.make = make_dialect, .fields = dialect_fields},
    .methods = dialect_rows,
    .getsets = dialect_attributes,
};
NativeClass dialect_class(dialect_spec);

// Dialect(dialect, **options) for reader(), writer() and register_dialect().
Owned dialect_from(Thread& thread, Value dialect, Kwargs options) {
    Type* type = dialect_class.get(thread);
    static constexpr const char* kOptions[] = {"delimiter",        "doublequote", "escapechar",
                                               "lineterminator",   "quotechar",   "quoting",
                                               "skipinitialspace", "strict"};
    for (size_t i = 0; i < options.count; i++) {
        bool known = false;
        for (const char* option : kOptions) known |= str_equal(options.names[i].as<Str>(), option);
        if (!known)
            return raise(thread, exc::TypeError,
                         "this function got an unexpected keyword argument '{}'", options.names[i]);
    }
    Ref<Tuple> names = TRY(make_tuple(thread, options.names, options.count));
    size_t count = options.count + 1;
    auto* values = static_cast<Value*>(array_allocate(count * sizeof(Value)));
    if (!type || !values) return raise_memory_error(thread);
    values[0] = dialect ? dialect : none();
    for (size_t i = 0; i < options.count; i++) values[1 + i] = options.values[i];
    Owned made = call(thread, Value::of(type), Arguments{values, 1, names.get()});
    array_free(values);
    return made;
}

// --- reading ---

struct Reader : Object {
    Slot input;    // iterator
    Slot dialect;  // Dialect
    std::atomic<Index> line_number;
};

constexpr uint32_t kEndOfLine = UINT32_MAX - 1;

class RecordParser {
  public:
    RecordParser(Thread& thread, const Dialect& dialect, Index limit)
        : thread_(thread), dialect_(dialect), limit_(static_cast<size_t>(limit)) {}
    ~RecordParser() { array_free(field_); }
    RecordParser(const RecordParser&) = delete;

    bool begin() {
        fields_ = TRY(make_list(thread_));
        return true;
    }
    bool is_at_start() const { return state_ == State::kStartRecord; }
    bool has_unfinished() const { return size_ != 0 || state_ == State::kInQuoted; }
    Ref<List> take() { return std::move(fields_); }

    bool feed(uint32_t c) {
        bool line_end = c == '\n' || c == '\r' || c == kEndOfLine;
        switch (state_) {
            case State::kStartRecord:
                if (c == kEndOfLine) return true;
                if (line_end) {
                    state_ = State::kEatLineEnd;
                    return true;
                }
                state_ = State::kStartField;
                [[fallthrough]];
            case State::kStartField:
                unquoted_ = true;
                if (line_end) return end_record(c);
                if (c == dialect_.quote && dialect_.quoting != kNone) {
                    unquoted_ = false;
                    state_ = State::kInQuoted;
                } else if (c == dialect_.escape) {
                    state_ = State::kEscaped;
                } else if (c == ' ' && dialect_.skip_initial_space) {
                    return true;
                } else if (c == dialect_.delimiter) {
                    return save();
                } else {
                    state_ = State::kInField;
                    return add(c);
                }
                return true;
            case State::kEscaped:
                state_ = c == '\n' || c == '\r' ? State::kAfterEscapedLineEnd : State::kInField;
                return add(c == kEndOfLine ? uint32_t{'\n'} : c);
            case State::kAfterEscapedLineEnd:
                if (c == kEndOfLine) return true;
                [[fallthrough]];
            case State::kInField:
                if (line_end) return end_record(c);
                if (c == dialect_.escape) {
                    state_ = State::kEscaped;
                    return true;
                }
                if (c == dialect_.delimiter) {
                    state_ = State::kStartField;
                    return save();
                }
                state_ = State::kInField;
                return add(c);
            case State::kInQuoted:
                if (c == kEndOfLine) return true;
                if (c == dialect_.escape) {
                    state_ = State::kEscapedInQuoted;
                    return true;
                }
                if (c == dialect_.quote && dialect_.quoting != kNone) {
                    state_ = dialect_.double_quote ? State::kQuoteInQuoted : State::kInField;
                    return true;
                }
                return add(c);
            case State::kEscapedInQuoted:
                state_ = State::kInQuoted;
                return add(c == kEndOfLine ? uint32_t{'\n'} : c);
            case State::kQuoteInQuoted:
                return after_quote(c, line_end);
            case State::kEatLineEnd:
                if (c == kEndOfLine) {
                    state_ = State::kStartRecord;
                    return true;
                }
                if (line_end) return true;
                return raise(thread_, error_class.type(thread_),
                             "new-line character seen in unquoted field - do you need to open the "
                             "file with newline=''?");
        }
        return true;
    }

    bool save() {
        Ref<Str> text = TRY(make_str_from_units(thread_, field_, 4, size_));
        bool empty = size_ == 0;
        size_ = 0;
        int quoting = dialect_.quoting;
        Owned value;
        if (unquoted_ && empty && (quoting == kNotNull || quoting == kStrings))
            value = Owned::share(none());
        else if (unquoted_ && !empty && (quoting == kNonNumeric || quoting == kStrings))
            value = TRY(to_float(thread_, text));
        else
            value = std::move(text);
        return list_append(thread_, *fields_, std::move(value));
    }

  private:
    enum class State : uint8_t {
        kStartRecord,
        kStartField,
        kEscaped,
        kInField,
        kInQuoted,
        kEscapedInQuoted,
        kQuoteInQuoted,
        kEatLineEnd,
        kAfterEscapedLineEnd,
    };

    bool after_quote(uint32_t c, bool line_end) {
        if (dialect_.quoting != kNone && c == dialect_.quote) {
            state_ = State::kInQuoted;
            return add(c);
        }
        if (c == dialect_.delimiter) {
            state_ = State::kStartField;
            return save();
        }
        if (line_end) return end_record(c);
        if (!dialect_.strict) {
            state_ = State::kInField;
            return add(c);
        }
        Ref<Str> delimiter = TRY(make_str_from_char(thread_, dialect_.delimiter));
        Ref<Str> quote = TRY(make_str_from_char(thread_, dialect_.quote));
        return raise(thread_, error_class.type(thread_), "'{}' expected after '{}'", *delimiter,
                     *quote);
    }
    bool end_record(uint32_t c) {
        state_ = c == kEndOfLine ? State::kStartRecord : State::kEatLineEnd;
        return save();
    }
    bool add(uint32_t c) {
        if (size_ >= limit_)
            return raise(thread_, error_class.type(thread_), "field larger than field limit ({})",
                         static_cast<int64_t>(limit_));
        if (size_ == capacity_) {
            size_t capacity = capacity_ ? capacity_ * 2 : 256;
            void* grown = array_reallocate(field_, capacity * sizeof(uint32_t));
            if (!grown) return raise_memory_error(thread_);
            field_ = static_cast<uint32_t*>(grown);
            capacity_ = capacity;
        }
        field_[size_++] = c;
        return true;
    }

    Thread& thread_;
    const Dialect& dialect_;
    size_t limit_;
    Ref<List> fields_;
    State state_ = State::kStartRecord;
    bool unquoted_ = false;
    uint32_t* field_ = nullptr;
    size_t size_ = 0, capacity_ = 0;
};

Owned reader_next(Thread& thread, Value self) {
    Reader& reader = self.as<Reader>();
    Dialect& dialect = reader.dialect.as<Dialect>();
    RecordParser parser(thread, dialect, field_limit(thread));
    TRY(parser.begin());
    // A reference of its own: an iterator that has one alone takes no lock, and others read, too.
    Owned input = reader.input.share();
    do {
        Owned line = TRY(next(thread, input));
        if (line.is_nothing()) {
            if (!parser.has_unfinished()) return line;
            if (dialect.strict)
                return raise(thread, error_class.type(thread), "unexpected end of data");
            TRY(parser.save());
            break;
        }
        if (!is_str(line))
            return raise(thread, error_class.type(thread),
                         "iterator should return strings, not {} (the file should be opened in "
                         "text mode)",
                         type_name_of(line));
        reader.line_number.fetch_add(1, std::memory_order_relaxed);
        Str& text = line.as<Str>();
        for (size_t i = 0; i < text.length(); i++) TRY(parser.feed(text[i]));
        TRY(parser.feed(kEndOfLine));
    } while (!parser.is_at_start());
    return parser.take();
}

Owned get_reader_dialect(Thread&, Value self) {
    return self.as<Reader>().dialect.share();
}
Owned get_line_num(Thread&, Value self) {
    return Owned::small_int(self.as<Reader>().line_number.load(std::memory_order_relaxed));
}
void reader_fields(Object* self, FieldVisitor& visitor) {
    visitor.visit(static_cast<Reader*>(self)->input);
    visitor.visit(static_cast<Reader*>(self)->dialect);
}
const GetSetRow reader_attributes[] = {
    {"dialect", get_reader_dialect},
    {"line_num", get_line_num},
    {},
};
const TypeSpec reader_spec = {
    .name = "_csv.reader",
    .doc =
        "CSV reader\n\nReader objects are responsible for reading and parsing tabular data in "
        "CSV format.",
    .size = sizeof(Reader),
    .flags = kTypeTracked | kTypeNoInstantiate,
    .slots = {.iter = iterator_self, .next = reader_next, .fields = reader_fields},
    .getsets = reader_attributes,
};
NativeClass reader_class(reader_spec);

Owned reader(Thread& thread, Value iterable, Value dialect, Kwargs options) {
    Owned input = TRY(iterate(thread, iterable));
    Owned made = TRY(dialect_from(thread, dialect, options));
    Type* type = reader_class.get(thread);
    auto* result = type ? allocate<Reader>(thread, *type) : nullptr;
    if (!result) return {};
    result->input.init(std::move(input));
    result->dialect.init(std::move(made));
    track(result);
    return Owned::adopt(result);
}

// --- writing ---

struct Writer : Object {
    Slot write;    // the file's method
    Slot dialect;  // Dialect
};

class RecordWriter {
  public:
    RecordWriter(Thread& thread, const Dialect& dialect)
        : thread_(thread),
          dialect_(dialect),
          terminator_(dialect.line_terminator.as<Str>()),
          out_(thread) {}

    bool add(Value field) {
        bool null = is_none(field);
        bool quoted = false;
        const Slots& slots = type_of(field).slots;
        bool number = is_int(field) || slots.to_int || slots.to_float || slots.index;
        switch (dialect_.quoting) {
            case kNonNumeric:
                quoted = !number;
                break;
            case kAll:
                quoted = true;
                break;
            case kStrings:
                quoted = is_str(field);
                break;
            case kNotNull:
                quoted = !null;
                break;
            default:
                break;
        }
        Owned text = null ? Owned(empty_str()) : str(thread_, field);
        if (!text) return false;
        last_null_ = null;
        return append(text.as<Str>(), quoted, null);
    }

    Owned finish() {
        if (fields_ > 0 && out_.length() == 0) {
            // A line of nothing would be no record.
            if (dialect_.quoting == kNone ||
                (last_null_ && (dialect_.quoting == kStrings || dialect_.quoting == kNotNull)))
                return raise(thread_, error_class.type(thread_),
                             "single empty field record must be quoted");
            fields_--;
            TRY(append(*empty_str(), true, false));
        }
        TRY(out_.append(terminator_));
        return out_.finish();
    }

  private:
    // Whether `c` must be marked; quotes may do.
    bool is_special(uint32_t c) const {
        return c == dialect_.delimiter || c == dialect_.escape || c == dialect_.quote ||
               c == '\n' || c == '\r' ||
               str_find_char(terminator_, c, 0, terminator_.length()) >= 0;
    }
    // Whether it needs the escape character in front; doubled quotes are *doubled.
    bool wants_escape(uint32_t c, bool* doubled) const {
        *doubled = false;
        if (dialect_.quoting == kNone) return true;
        if (c == dialect_.quote) {
            *doubled = dialect_.double_quote;
            return !dialect_.double_quote;
        }
        return c == dialect_.escape;
    }

    bool append(const Str& text, bool quoted, bool null) {
        if (fields_ > 0) TRY(out_.append(dialect_.delimiter));
        for (size_t i = 0; i < text.length() && !quoted; i++) {
            bool doubled;
            quoted = is_special(text[i]) && !wants_escape(text[i], &doubled);
        }
        if (text.length() == 0 && dialect_.delimiter == ' ' && dialect_.skip_initial_space) {
            if (dialect_.quoting == kNone ||
                (null && (dialect_.quoting == kStrings || dialect_.quoting == kNotNull)))
                return raise(thread_, error_class.type(thread_),
                             "empty field must be quoted if delimiter is a space and "
                             "skipinitialspace is true");
            quoted = true;
        }
        if (quoted) TRY(out_.append(dialect_.quote));
        for (size_t i = 0; i < text.length(); i++) {
            uint32_t c = text[i];
            if (is_special(c)) {
                bool doubled;
                if (wants_escape(c, &doubled)) {
                    if (dialect_.escape == kNotSet)
                        return raise(thread_, error_class.type(thread_),
                                     "need to escape, but no escapechar set");
                    TRY(out_.append(dialect_.escape));
                } else if (doubled) {
                    TRY(out_.append(c));
                }
            }
            TRY(out_.append(c));
        }
        if (quoted) TRY(out_.append(dialect_.quote));
        fields_++;
        return true;
    }

    Thread& thread_;
    const Dialect& dialect_;
    Str& terminator_;
    StrBuilder out_;
    size_t fields_ = 0;
    bool last_null_ = false;
};

Owned write_row(Thread& thread, Writer& self, Value row) {
    Owned iterator = iterate(thread, row);
    if (!iterator) {
        if (!clear_exception_if(thread, exc::TypeError)) return {};
        return raise(thread, error_class.type(thread), "iterable expected, not {}",
                     type_name_of(row));
    }
    RecordWriter record(thread, self.dialect.as<Dialect>());
    for (;;) {
        Owned field = TRY(next(thread, iterator));
        if (field.is_nothing()) break;
        TRY(record.add(field));
    }
    Owned text = TRY(record.finish());
    return call(thread, self.write.borrow(), text);
}

bool write_rows(Thread& thread, Writer& self, Value rows) {
    Owned iterator = TRY(iterate(thread, rows));
    for (;;) {
        Owned row = TRY(next(thread, iterator));
        if (row.is_nothing()) return true;
        Owned written = TRY(write_row(thread, self, row));
    }
}

Owned get_writer_dialect(Thread&, Value self) {
    return self.as<Writer>().dialect.share();
}
void writer_fields(Object* self, FieldVisitor& visitor) {
    visitor.visit(static_cast<Writer*>(self)->write);
    visitor.visit(static_cast<Writer*>(self)->dialect);
}

extern NativeClass writer_class;

}  // namespace

IMUGI_NATIVE_CLASS(Writer, writer_class);

namespace {

const MethodRow writer_rows[] = {
    {"writerow", "(self, object, /)", fn<write_row>, "Writes one record, an iterable of fields."},
    {"writerows", "(self, object, /)", fn<write_rows>, "Writes the records of an iterable."},
    {},
};
const GetSetRow writer_attributes[] = {
    {"dialect", get_writer_dialect},
    {},
};
const TypeSpec writer_spec = {
    .name = "_csv.writer",
    .doc =
        "CSV writer\n\nWriter objects are responsible for generating tabular data in CSV format "
        "from sequence input.",
    .size = sizeof(Writer),
    .flags = kTypeTracked | kTypeNoInstantiate,
    .slots = {.fields = writer_fields},
    .methods = writer_rows,
    .getsets = writer_attributes,
};
NativeClass writer_class(writer_spec);

Owned writer(Thread& thread, Value file, Value dialect, Kwargs options) {
    Owned write = get_attribute(thread, file, ID(write));
    if (!write || !is_callable(write)) {
        if (!write && !clear_exception_if(thread, exc::AttributeError)) return {};
        return raise(thread, exc::TypeError, "argument 1 must have a \"write\" method");
    }
    Owned made = TRY(dialect_from(thread, dialect, options));
    Type* type = writer_class.get(thread);
    auto* result = type ? allocate<Writer>(thread, *type) : nullptr;
    if (!result) return {};
    result->write.init(std::move(write));
    result->dialect.init(std::move(made));
    track(result);
    return Owned::adopt(result);
}

// --- the registry ---

bool register_dialect(Thread& thread, Value name, Value dialect, Kwargs options) {
    if (!is_str(name)) return raise(thread, exc::TypeError, "dialect name must be a string");
    Owned made = TRY(dialect_from(thread, dialect, options));
    Owned dialects = TRY(registry(thread));
    return dict_set(thread, dialects.as<Dict>(), name, std::move(made));
}
bool unregister_dialect(Thread& thread, Value name) {
    Owned dialects = TRY(registry(thread));
    if (!TRY(dict_delete(thread, dialects.as<Dict>(), name)))
        return raise(thread, error_class.type(thread), "unknown dialect");
    return true;
}
Owned get_dialect(Thread& thread, Value name) {
    return registered_dialect(thread, name);
}
Owned list_dialects(Thread& thread) {
    Owned dialects = TRY(registry(thread));
    return dict_keys(thread, dialects.as<Dict>());
}
Owned field_size_limit(Thread& thread, Value new_limit) {
    Owned module = TRY(this_module(thread));
    auto* state = static_cast<CsvState*>(module.as<Module>().state);
    Index old = state->field_limit.load(std::memory_order_relaxed);
    if (new_limit) {
        if (!is_exact_int(new_limit))
            return raise(thread, exc::TypeError, "limit must be an integer");
        int64_t limit = TRY(int_to_int64(thread, new_limit));
        state->field_limit.store(limit, std::memory_order_relaxed);
    }
    return make_int(thread, old);
}

const MethodRow functions[] = {
    {"reader", "(iterable, /, dialect=<unrepresentable>, **fmtparams)", fn<reader>,
     "An iterator over the records of lines of text; each is a list of fields."},
    {"writer", "(fileobj, /, dialect=<unrepresentable>, **fmtparams)", fn<writer>,
     "A writer of records to an object with a write() method."},
    {"register_dialect", "(name, /, dialect=<unrepresentable>, **fmtparams)", fn<register_dialect>,
     "Gives a dialect a name."},
    {"unregister_dialect", "(name)", fn<unregister_dialect>, "Forgets the dialect of that name."},
    {"get_dialect", "(name)", fn<get_dialect>, "The dialect of that name."},
    {"list_dialects", "()", fn<list_dialects>, "The names of all dialects."},
    {"field_size_limit", "(new_limit=<unrepresentable>)", fn<field_size_limit>,
     "The longest field that readers accept; sets it when a number is given."},
    {},
};

bool execute(Thread& thread, Module& module) {
    auto* memory = array_allocate(sizeof(CsvState));
    if (!memory) return raise_memory_error(thread);
    module.state = new (memory) CsvState();
    module.free_state = [](void* state) { array_free(state); };
    static constexpr IntConstant constants[] = {
        {"QUOTE_MINIMAL", kMinimal}, {"QUOTE_ALL", kAll},         {"QUOTE_NONNUMERIC", kNonNumeric},
        {"QUOTE_NONE", kNone},       {"QUOTE_STRINGS", kStrings}, {"QUOTE_NOTNULL", kNotNull}};
    TRY(add_int_constants(thread, module, constants));
    Ref<Dict> dialects = TRY(make_dict(thread));
    TRY(module_set(thread, module, "_dialects", std::move(dialects).owned()));
    return dialect_class.add_to(thread, module) && error_class.add_to(thread, module) &&
           module_set(thread, module, "Reader", Value::of(reader_class.get(thread))) &&
           module_set(thread, module, "Writer", Value::of(writer_class.get(thread)));
}

ModuleSpec csv_module("_csv", "CSV parsing and writing.", functions, execute);

}  // namespace

}  // namespace imugi
