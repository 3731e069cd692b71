// make_scanner: json text to objects. A scanner is immutable; hooks run Python, the text is held.
#include "base/float_text.h"
#include "memory/collector.h"
#include "modules/_json/json_module.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/float.h"
#include "object/int.h"
#include "object/list.h"
#include "object/protocol.h"
#include "object/tuple.h"
#include "thread/safepoint.h"

namespace imugi {

namespace {

struct Scanner : Object {
    bool strict;
    Slot object_hook, object_pairs_hook, parse_float, parse_int, parse_constant;
};

void fields(Object* self, FieldVisitor& visitor) {
    auto& scanner = *static_cast<Scanner*>(self);
    for (Slot* slot : {&scanner.object_hook, &scanner.object_pairs_hook, &scanner.parse_float,
                       &scanner.parse_int, &scanner.parse_constant})
        visitor.visit(*slot);
}

class Scan {
  public:
    Scan(Thread& thread, Scanner& scanner, Str& text)
        : thread_(thread), scanner_(scanner), text_(text), length_(text.length()) {}

    bool begin() {
        keys_ = TRY(make_dict(thread_));
        return true;
    }

    // The value at `at`, which moves behind it. StopIteration(at) when there is none.
    Owned value(size_t* at) {
        size_t start = *at;
        if (start >= length_) return stop(start);
        uint32_t c = text_[start];
        switch (c) {
            case '"':
                return json_scan_string(thread_, text_, start + 1, scanner_.strict, at);
            case '{':
                if (!check_native_stack(thread_,
                                        " while decoding a JSON object from a unicode string"))
                    return {};
                *at = start + 1;
                return object(at);
            case '[':
                if (!check_native_stack(thread_,
                                        " while decoding a JSON array from a unicode string"))
                    return {};
                *at = start + 1;
                return array(at);
            case 'n':
                if (take(at, "null")) return Owned::share(none());
                break;
            case 't':
                if (take(at, "true")) return Owned::share(boolean(true));
                break;
            case 'f':
                if (take(at, "false")) return Owned::share(boolean(false));
                break;
            case 'N':
                if (take(at, "NaN")) return constant("NaN");
                break;
            case 'I':
                if (take(at, "Infinity")) return constant("Infinity");
                break;
            case '-':
                if (take(at, "-Infinity")) return constant("-Infinity");
                break;
            default:
                break;
        }
        return number(at);
    }

  private:
    Owned stop(size_t at) {
        return raise_stop_iteration(thread_, Value::small_int(static_cast<int64_t>(at)));
    }
    Owned fail(const char* message, size_t at) {
        return raise_decode_failure(thread_, message, text_, static_cast<Index>(at));
    }

    bool take(size_t* at, const char* word) {
        size_t size = strlen(word);
        if (length_ - *at < size) return false;
        for (size_t i = 0; i < size; i++)
            if (text_[*at + i] != static_cast<unsigned char>(word[i])) return false;
        *at += size;
        return true;
    }
    void skip_space(size_t* at) const {
        while (*at < length_) {
            uint32_t c = text_[*at];
            if (c != ' ' && c != '\t' && c != '\n' && c != '\r') break;
            ++*at;
        }
    }
    uint32_t peek(size_t at) const { return at < length_ ? text_[at] : 0; }
    bool is_at(size_t at, char c) const {
        return at < length_ && text_[at] == static_cast<unsigned char>(c);
    }

    Owned constant(const char* name) {
        Ref<Str> text = TRY(make_str(thread_, name));
        return call(thread_, scanner_.parse_constant.borrow(), text);
    }

    static bool is_digit(uint32_t c) { return c - '0' < 10; }

    Owned number(size_t* at) {
        size_t start = *at, i = start;
        bool negative = is_at(i, '-');
        i += negative;
        if (is_digit(peek(i)) && peek(i) != '0') {
            while (is_digit(peek(i))) i++;
        } else if (is_at(i, '0')) {
            i++;
        } else {
            return stop(start);
        }
        size_t whole_end = i;
        bool real = false;
        if (is_at(i, '.') && is_digit(peek(i + 1))) {
            real = true;
            i += 2;
            while (is_digit(peek(i))) i++;
        }
        if (peek(i) == 'e' || peek(i) == 'E') {
            size_t k = i + 1;
            if (peek(k) == '+' || peek(k) == '-') k++;
            if (is_digit(peek(k))) {
                while (is_digit(peek(k))) k++;
                i = k;
                real = true;
            }
        }
        *at = i;
        Value parser = real ? scanner_.parse_float.borrow() : scanner_.parse_int.borrow();
        bool builtin = same(parser, Value::of(real ? &float_type : &int_type));
        if (builtin && !real && whole_end - start <= 18) {
            int64_t n = 0;
            for (size_t k = start + negative; k < i; k++) n = n * 10 + (text_[k] - '0');
            return make_int(thread_, negative ? -n : n);
        }
        char local[64];
        if (builtin && real && i - start < sizeof local) {
            for (size_t k = start; k < i; k++) local[k - start] = static_cast<char>(text_[k]);
            double number;
            if (parse_float_prefix(&number, local, i - start) == i - start)
                return make_float(thread_, number);
        }
        Ref<Str> part = TRY(str_substring(thread_, text_, start, i));
        return call(thread_, parser, part);
    }

    Owned array(size_t* at) {
        Ref<List> list = TRY(make_list(thread_));
        skip_space(at);
        if (is_at(*at, ']')) {
            ++*at;
            return std::move(list);
        }
        for (;;) {
            TRY(list_append(thread_, *list, TRY(element(at))));
            skip_space(at);
            if (is_at(*at, ']')) break;
            if (!is_at(*at, ',')) return fail("Expecting ',' delimiter", *at);
            size_t comma = (*at)++;
            skip_space(at);
            if (is_at(*at, ']')) return fail("Illegal trailing comma before end of array", comma);
        }
        ++*at;
        return std::move(list);
    }

    // A value inside an array or object: a missing one is an error of the text.
    Owned element(size_t* at) {
        if (!safepoint(thread_)) return {};
        return value(at);
    }

    Owned object(size_t* at) {
        bool pairs = !is_none(scanner_.object_pairs_hook.borrow());
        Ref<List> list;
        Ref<Dict> dict;
        if (pairs)
            list = TRY(make_list(thread_));
        else
            dict = TRY(make_dict(thread_));
        skip_space(at);
        if (!is_at(*at, '}')) {
            for (;;) {
                if (!is_at(*at, '"'))
                    return fail("Expecting property name enclosed in double quotes", *at);
                Owned key = TRY(json_scan_string(thread_, text_, *at + 1, scanner_.strict, at));
                // The same key again is the same object.
                key = TRY(dict_set_default(thread_, *keys_, key, key));
                skip_space(at);
                if (!is_at(*at, ':')) return fail("Expecting ':' delimiter", *at);
                ++*at;
                skip_space(at);
                Owned item = TRY(element(at));
                if (pairs)
                    TRY(list_append(thread_, *list, TRY(make_tuple(thread_, key, item))));
                else
                    TRY(dict_set(thread_, *dict, key, std::move(item)));
                skip_space(at);
                if (is_at(*at, '}')) break;
                if (!is_at(*at, ',')) return fail("Expecting ',' delimiter", *at);
                size_t comma = (*at)++;
                skip_space(at);
                if (is_at(*at, '}'))
                    return fail("Illegal trailing comma before end of object", comma);
            }
        }
        ++*at;
        if (pairs) return call(thread_, scanner_.object_pairs_hook.borrow(), list);
        Value hook = scanner_.object_hook.borrow();
        if (!is_none(hook)) return call(thread_, hook, dict);
        return std::move(dict);
    }

    Thread& thread_;
    Scanner& scanner_;
    Str& text_;
    size_t length_;
    Ref<Dict> keys_;
};

Owned scanner_call(Thread& thread, Value self, const Arguments& arguments) {
    Value bound[2];
    TRY(bind_arguments(thread, "scan_once", "(string, idx)", arguments, bound, 2));
    if (!is_str(bound[0]))
        return raise(thread, exc::TypeError, "first argument must be a string, not {}",
                     type_name_of(bound[0]));
    Index index = TRY(to_ssize(thread, bound[1], exc::OverflowError));
    if (index < 0) return raise(thread, exc::ValueError, "idx cannot be negative");
    Scan scan(thread, self.as<Scanner>(), bound[0].as<Str>());
    TRY(scan.begin());
    auto at = static_cast<size_t>(index);
    Owned value = TRY(scan.value(&at));
    return make_tuple(thread, value, Value::small_int(static_cast<int64_t>(at)));
}

Owned scanner_make(Thread& thread, Type& type, const Arguments& arguments) {
    Value context;
    TRY(bind_arguments(thread, "make_scanner", "(context)", arguments, &context, 1));
    auto* scanner = allocate<Scanner>(thread, type);
    if (!scanner) return {};
    Ref<Scanner> result = Ref<Scanner>::adopt(scanner);
    Owned strict = TRY(get_attribute(thread, context, ID(strict)));
    scanner->strict = TRY(is_true(thread, strict));
    scanner->object_hook.init(TRY(get_attribute(thread, context, ID(object_hook))));
    scanner->object_pairs_hook.init(TRY(get_attribute(thread, context, ID(object_pairs_hook))));
    scanner->parse_float.init(TRY(get_attribute(thread, context, ID(parse_float))));
    scanner->parse_int.init(TRY(get_attribute(thread, context, ID(parse_int))));
    scanner->parse_constant.init(TRY(get_attribute(thread, context, ID(parse_constant))));
    track(scanner);
    return std::move(result);
}

const MemberRow members[] = {
    {"strict", MemberKind::kBool, offsetof(Scanner, strict)},
    {"object_hook", MemberKind::kObject, offsetof(Scanner, object_hook)},
    {"object_pairs_hook", MemberKind::kObject, offsetof(Scanner, object_pairs_hook)},
    {"parse_float", MemberKind::kObject, offsetof(Scanner, parse_float)},
    {"parse_int", MemberKind::kObject, offsetof(Scanner, parse_int)},
    {"parse_constant", MemberKind::kObject, offsetof(Scanner, parse_constant)},
    {},
};
const TypeSpec spec = {
    .name = "_json.make_scanner",
    .doc = "JSON scanner object",
    .size = sizeof(Scanner),
    .flags = kTypeBase | kTypeTracked,
    .slots = {.call = scanner_call, .make = scanner_make, .fields = fields},
    .members = members,
};

}  // namespace

NativeClass scanner_class(spec);

}  // namespace imugi
