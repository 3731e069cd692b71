// The arguments of constructors, and the checks that all who make a date or a time share.
#include "modules/_datetime/datetime.h"
#include "object/int.h"
#include "object/protocol.h"
#include "object/tuple.h"

namespace imugi::datetimes {

namespace {

Raised raise_too_many(Thread& thread, const FieldNames& fields, size_t given, size_t most,
                      const char* kind) {
    return raise(thread, exc::TypeError, "{}{} takes at most {} {}argument{} ({} given)",
                 fields.function, fields.parentheses, most, kind, most == 1 ? "" : "s", given);
}

int field_named(const FieldNames& fields, const Str& name) {
    for (int i = 0; i < fields.count; i++)
        if (str_equal(name, fields.names[i])) return i;
    return -1;
}

// The constructors without a name for messages, whose required arguments are ints, convert as they
// go: what is wrong with those in front is told first.
bool raise_missing(Thread& thread, const FieldNames& fields, const Value* given, int missing) {
    int ignored;
    for (int i = 0; !*fields.parentheses && i < missing; i++)
        TRY(load_int(thread, given[i], &ignored));
    return raise(thread, exc::TypeError, "{}{} missing required argument '{}' (pos {})",
                 fields.function, fields.parentheses, fields.names[missing], missing + 1);
}

Raised raise_unexpected(Thread& thread, const FieldNames& fields, const Str& name) {
    return raise(thread, exc::TypeError, "{}{} got an unexpected keyword argument '{}'",
                 *fields.parentheses ? fields.function : "this function", fields.parentheses, name);
}

}  // namespace

bool bind_fields(Thread& thread, const FieldNames& fields, const Arguments& arguments, Value* out) {
    size_t given = arguments.count, keywords = arguments.names ? arguments.names->size : 0;
    if (given + keywords > fields.count)
        return raise_too_many(thread, fields, given + keywords, fields.count,
                              given == 0 ? "keyword " : "");
    if (given > fields.positional)
        return raise_too_many(thread, fields, given, fields.positional, "positional ");
    for (size_t i = 0; i < fields.count; i++) out[i] = i < given ? arguments[i] : Value();
    const Str* unexpected = nullptr;
    int twice = -1;
    for (size_t k = 0; k < keywords; k++) {
        auto& name = (*arguments.names)[k].as<Str>();
        int at = field_named(fields, name);
        if (at < 0) {
            if (!unexpected) unexpected = &name;
        } else if (out[at].is_empty()) {
            out[at] = arguments[given + k];
        } else if (twice < 0) {
            twice = at;
        }
    }
    for (int i = 0; i < fields.required; i++)
        if (out[i].is_empty()) return raise_missing(thread, fields, out, i);
    if (twice >= 0)
        return raise(thread, exc::TypeError,
                     "argument for {}{} given by name ('{}') and position ({})", fields.function,
                     fields.parentheses, fields.names[twice], twice + 1);
    if (unexpected) return raise_unexpected(thread, fields, *unexpected);
    return true;
}

bool load_int(Thread& thread, Value value, int* out) {
    int64_t n;
    if (IMUGI_LIKELY(value.is_small_int())) {
        n = value.small_int();
    } else {
        Owned index = TRY(to_index(thread, value));
        if (!int_fits_int64(index, &n))
            return raise(thread, exc::OverflowError, "Python int too large to convert to C long");
    }
    if (n > INT32_MAX)
        return raise(thread, exc::OverflowError, "signed integer is greater than maximum");
    if (n < INT32_MIN)
        return raise(thread, exc::OverflowError, "signed integer is less than minimum");
    *out = static_cast<int>(n);
    return true;
}

bool load_ints_if_given(Thread& thread, const Value* values, std::initializer_list<int*> out) {
    for (int* field : out) TRY(load_int_if_given(thread, *values++, field));
    return true;
}

bool check_date(Thread& thread, CalendarDate date) {
    if (date.year < kMinYear || date.year > kMaxYear)
        return raise(thread, exc::ValueError, "year must be in {}..{}, not {}", kMinYear, kMaxYear,
                     date.year);
    if (date.month < 1 || date.month > 12)
        return raise(thread, exc::ValueError, "month must be in 1..12, not {}", date.month);
    int last = days_in_month(date.year, date.month);
    if (date.day < 1 || date.day > last)
        return raise(thread, exc::ValueError,
                     "day {} must be in range 1..{} for month {} in year {}", date.day, last,
                     date.month, date.year);
    return true;
}

bool check_clock(Thread& thread, Clock clock, int fold) {
    auto check = [&](const char* name, int value, int most) -> bool {
        if (value >= 0 && value <= most) return true;
        return raise(thread, exc::ValueError, "{} must be in 0..{}, not {}", name, most, value);
    };
    if (!check("hour", clock.hour, 23) || !check("minute", clock.minute, 59) ||
        !check("second", clock.second, 59) || !check("microsecond", clock.microsecond, 999999))
        return false;
    if (fold == 0 || fold == 1) return true;
    return raise(thread, exc::ValueError, "fold must be either 0 or 1, not {}", fold);
}

bool check_tzinfo(Thread& thread, Value tzinfo) {
    if (is_none(tzinfo) || timezone_class.is_exact(tzinfo) || tzinfo_class.is_instance(tzinfo))
        return true;
    return raise(thread, exc::TypeError,
                 "tzinfo argument must be None or of a tzinfo subclass, not type '{}'",
                 type_name_of(tzinfo));
}

Raised raise_wrong_argument(Thread& thread, const char* function, int position,
                            const char* expected, Value value) {
    if (is_none(value))
        return raise(thread, exc::TypeError, "{}() argument {} must be {}, not None", function,
                     position, expected);
    return raise(thread, exc::TypeError, "{}() argument {} must be {}, not {}", function, position,
                 expected, type_name_of(value));
}

bool check_str(Thread& thread, const char* function, int position, Value value) {
    return is_str(value) || raise_wrong_argument(thread, function, position, "str", value);
}

FormatArgument type_in_repr(const Type& type) {
    if (type.spec) return type.spec->name;
    return type;
}

}  // namespace imugi::datetimes
