// Formatting by directives: those that the C library cannot know (%f, %z, %:z, %Z) or gets wrong
// for years before 1000 are replaced here, the rest is time.strftime's. And strptime, which is
// Python's own.
#include "modules/_datetime/datetime.h"
#include "object/call.h"
#include "object/int.h"
#include "object/module.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/tuple.h"

namespace imugi::datetimes {

namespace {

Owned call_strftime(Thread& thread, Value format, Value time_tuple) {
    Owned function = TRY(module_attribute(thread, ID(time), ID(strftime)));
    return call(thread, function, format, time_tuple);
}

// A format with its directives replaced, as far as they are replaced here.
class FormatRewriter {
  public:
    FormatRewriter(Thread& thread, Value object, Str& format, Value time_tuple)
        : thread_(thread), object_(object), format_(format), tuple_(time_tuple), out_(thread) {}

    Owned run() {
        size_t length = format_.length(), copied = 0;
        for (size_t at = 0; at < length;) {
            Index percent = str_find_char(format_, '%', at, length);
            if (percent < 0) break;
            at = static_cast<size_t>(percent);
            TRY(out_.append(format_, copied, at));
            copied = at;
            size_t used = 0;
            TRY(replace(at, &used));
            at += used ? used : 2;
            if (used) copied = at;
        }
        if (copied == 0) return Owned::share(Value::of(format_));
        TRY(out_.append(format_, copied, length));
        return out_.finish();
    }

  private:
    uint32_t char_at(size_t at) const { return at < format_.length() ? format_[at] : 0; }

    // *used: how many characters of the format the replacement stands for; 0 for none.
    bool replace(size_t at, size_t* used) {
        *used = 2;
        switch (char_at(at + 1)) {
            case 'f':
                return add_microseconds();
            case 'z':
                return add_offset("");
            case 'Z':
                return add_zone_name();
            case ':':
                *used = char_at(at + 2) == 'z' ? 3 : 0;
                return !*used || add_offset(":");
            case 'Y':
            case 'G':
            case 'C':
            case 'F':
                return add_early_year(char_at(at + 1), used);
            default:
                *used = 0;
                return true;
        }
    }

    Value tzinfo() const {
        if (is_datetime(object_)) return or_none(object_.as<DateTime>().tzinfo);
        if (time_class.is_instance(object_)) return or_none(object_.as<Time>().tzinfo);
        return none();
    }
    // What the time zone's methods are asked about.
    Value moment() const { return is_datetime(object_) ? object_ : none(); }

    bool add_microseconds() {
        int micros = 0;
        if (is_datetime(object_)) micros = object_.as<DateTime>().microsecond;
        if (time_class.is_instance(object_)) micros = object_.as<Time>().microsecond;
        char text[16];
        int size = snprintf(text, sizeof text, "%06d", micros);
        return out_.append(text, static_cast<size_t>(size));
    }

    bool add_offset(const char* separator) {
        if (is_none(tzinfo())) return true;
        Offset offset = TRY(utc_offset(thread_, tzinfo(), moment()));
        if (!offset.known) return true;
        Owned text = TRY(offset_text(thread_, offset.micros, separator));
        return out_.append(text.as<Str>());
    }

    bool add_zone_name() {
        Owned name = TRY(call_tzname(thread_, tzinfo(), moment()));
        if (is_none(name)) return true;
        // What the C library gets to see is no directive.
        Ref<Str> percent = TRY(make_str_from_char(thread_, '%'));
        Ref<Str> escaped = TRY(make_str(thread_, "%%"));
        Owned text = TRY(call_method(thread_, name, ID(replace), percent, escaped));
        if (!is_str(text))
            return raise(thread_, exc::TypeError, "tzname.replace() did not return a string");
        return out_.append(text.as<Str>());
    }

    bool tuple_field(int index, int* out) {
        Owned item = TRY(get_item(thread_, tuple_, Value::small_int(index)));
        return load_int(thread_, item, out);
    }

    // The C library writes years before 1000 without zeros in front.
    bool add_early_year(uint32_t directive, size_t* used) {
        int year;
        TRY(tuple_field(0, &year));
        if (year >= 1000) {
            *used = 0;
            return true;
        }
        if (directive == 'G') TRY(load_iso_year(&year));
        char text[32];
        int size = directive == 'C' ? snprintf(text, sizeof text, "%02d", year / 100)
                                    : snprintf(text, sizeof text, "%04d", year);
        TRY(out_.append(text, static_cast<size_t>(size)));
        if (directive != 'F') return true;
        int month, day;
        TRY(tuple_field(1, &month));
        TRY(tuple_field(2, &day));
        size = snprintf(text, sizeof text, "-%02d-%02d", month, day);
        return out_.append(text, static_cast<size_t>(size));
    }

    bool load_iso_year(int* year) {
        Ref<Str> directive = TRY(make_str(thread_, "%G"));
        Owned text = TRY(call_strftime(thread_, directive, tuple_));
        Owned number = TRY(call(thread_, Value::of(int_type), text));
        return load_int(thread_, number, year);
    }

    Thread& thread_;
    Value object_;
    Str& format_;
    Value tuple_;
    StrBuilder out_;
};

}  // namespace

Owned format_by_tuple(Thread& thread, Value object, Str& format, Value time_tuple) {
    FormatRewriter rewriter(thread, object, format, time_tuple);
    Owned plain = TRY(rewriter.run());
    return call_strftime(thread, plain, time_tuple);
}

Owned format_by_specification(Thread& thread, Value self, Value specification) {
    TRY(check_str(thread, "__format__", 1, specification));
    if (specification.as<Str>().length() == 0) return str(thread, self);
    return call_method(thread, self, ID(strftime), specification);
}

Owned make_time_tuple(Thread& thread, CalendarDate date, Clock clock, int dst) {
    Owned type = TRY(module_attribute(thread, ID(time), ID(struct_time)));
    int day_of_year = days_before_month(date.year, date.month) + date.day;
    Ref<Tuple> fields = TRY(make_tuple(
        thread, Value::small_int(date.year), Value::small_int(date.month),
        Value::small_int(date.day), Value::small_int(clock.hour), Value::small_int(clock.minute),
        Value::small_int(clock.second), Value::small_int(weekday_of(date)),
        Value::small_int(day_of_year), Value::small_int(dst)));
    return call(thread, type, fields);
}

Owned parse_by_format(Thread& thread, Type& type, Value text, Value format, Str& function) {
    TRY(check_str(thread, "strptime", 1, text));
    TRY(check_str(thread, "strptime", 2, format));
    Owned parse = TRY(module_attribute(thread, ID(_strptime), function));
    return call(thread, parse, Value::of(type), text, format);
}

}  // namespace imugi::datetimes
