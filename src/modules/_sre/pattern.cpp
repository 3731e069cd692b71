// Pattern: the methods of compiled regular expressions. Immutable; a search pins its text, and
// replacement functions run Python between matches.
#include "modules/_sre/pattern.h"

#include "memory/collector.h"
#include "memory/heap.h"
#include "modules/_sre/opcodes.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/generic_alias.h"
#include "object/int.h"
#include "object/interpreter.h"
#include "object/list.h"
#include "object/protocol.h"
#include "object/text_slice.h"
#include "object/tuple.h"

namespace imugi::sre {

// --- texts ---

bool Subject::load(Value string, const Pattern* pattern) {
    string_ = string;
    if (is_str(string)) {
        Str& s = string.as<Str>();
        data_ = s.data();
        unit_ = s.unit();
        length_ = static_cast<Index>(s.length());
    } else {
        if (!has_buffer(string))
            return raise(thread_, exc::TypeError, "expected string or bytes-like object, got '{}'",
                         type_name_of(string));
        TRY(buffer_.get(string));
        static const uint8_t nothing = 0;
        data_ = buffer_.data() ? buffer_.data() : &nothing;
        length_ = static_cast<Index>(buffer_.size());
        is_bytes_ = true;
    }
    if (pattern && pattern->is_bytes >= 0 && (pattern->is_bytes != 0) != is_bytes_)
        return raise(thread_, exc::TypeError,
                     is_bytes_ ? "cannot use a string pattern on a bytes-like object"
                               : "cannot use a bytes pattern on a string-like object");
    return true;
}

Owned Subject::slice(Index begin, Index end) const {
    auto from = static_cast<size_t>(begin), to = static_cast<size_t>(end);
    if (!is_bytes_) return str_substring(thread_, string_.as<Str>(), from, to);
    if (is_exact_bytes(string_) && from == 0 && end == length_) return Owned::share(string_);
    return make_bytes(thread_, static_cast<const uint8_t*>(data_) + from, to - from);
}

bool begin_search(Thread& thread, Search& search, const Subject& subject, Index pos, Index endpos) {
    Index length = subject.length();
    if (pos < 0) pos = 0;
    if (pos > length) pos = length;
    if (endpos < 0) endpos = 0;
    if (endpos > length) endpos = length;
    return search.begin(subject.data(), subject.unit(), pos, endpos);
}

namespace {

// --- searching ---

enum class How : uint8_t { kMatch, kFullMatch, kSearch };

Owned find_one(Thread& thread, Pattern& self, Value string, Index pos, Index endpos, How how) {
    Subject subject(thread);
    TRY(subject.load(string, &self));
    Search search(thread, self.code, self.groups);
    TRY(begin_search(thread, search, subject, pos, endpos));
    Index begin = search.start;
    Found found = how == How::kSearch ? search.search() : search.match(how == How::kFullMatch);
    if (found == Found::kError) return {};
    if (found == Found::kNo) return Owned::share(none());
    return make_match(thread, self, string, search, begin, search.end);
}

Owned match(Thread& thread, Pattern& self, Value string, Index pos, Index endpos) {
    return find_one(thread, self, string, pos, endpos, How::kMatch);
}
Owned fullmatch(Thread& thread, Pattern& self, Value string, Index pos, Index endpos) {
    return find_one(thread, self, string, pos, endpos, How::kFullMatch);
}
Owned search_method(Thread& thread, Pattern& self, Value string, Index pos, Index endpos) {
    return find_one(thread, self, string, pos, endpos, How::kSearch);
}

// The text of group `group` of the search's match; `missing` when it took no part.
Owned group_text(const Subject& subject, const Search& search, uint32_t group, Value missing) {
    if (group == 0) return subject.slice(search.start, search.position);
    Index begin = search.marks[(group - 1) * 2], end = search.marks[(group - 1) * 2 + 1];
    if (begin < 0 || end < begin) return Owned::share(missing);
    return subject.slice(begin, end);
}

Owned findall(Thread& thread, Pattern& self, Value string, Index pos, Index endpos) {
    Subject subject(thread);
    TRY(subject.load(string, &self));
    Search search(thread, self.code, self.groups);
    TRY(begin_search(thread, search, subject, pos, endpos));
    Ref<List> list = TRY(make_list(thread));
    Owned empty = TRY(subject.is_bytes() ? Owned(empty_bytes()) : Owned(empty_str()));
    while (search.start <= search.end) {
        Found found = search.search();
        if (found == Found::kError) return {};
        if (found == Found::kNo) break;
        Owned item;
        if (self.groups < 2) {
            item = TRY(group_text(subject, search, self.groups, empty));
        } else {
            Ref<Tuple> tuple = TRY(make_tuple_blank(thread, self.groups));
            for (uint32_t i = 0; i < self.groups; i++)
                tuple->items[i].init(TRY(group_text(subject, search, i + 1, empty)));
            track(tuple.get());
            item = std::move(tuple);
        }
        TRY(list_append(thread, *list, std::move(item)));
        search.advance();
    }
    return std::move(list);
}

Owned split(Thread& thread, Pattern& self, Value string, Index maxsplit) {
    Subject subject(thread);
    TRY(subject.load(string, &self));
    Search search(thread, self.code, self.groups);
    TRY(begin_search(thread, search, subject, 0, PTRDIFF_MAX));
    Ref<List> list = TRY(make_list(thread));
    Index last = 0;
    for (Index n = 0; maxsplit <= 0 || n < maxsplit; n++) {
        if (maxsplit < 0) break;
        Found found = search.search();
        if (found == Found::kError) return {};
        if (found == Found::kNo) break;
        TRY(list_append(thread, *list, TRY(subject.slice(last, search.start))));
        for (uint32_t i = 0; i < self.groups; i++)
            TRY(list_append(thread, *list, TRY(group_text(subject, search, i + 1, none()))));
        last = search.position;
        search.advance();
    }
    TRY(list_append(thread, *list, TRY(subject.slice(last, subject.length()))));
    return std::move(list);
}

// --- replacing ---

// Puts the pieces of a replaced text together: a str, or bytes.
class Pieces {
  public:
    Pieces(Thread& thread, const Subject& subject)
        : thread_(thread), subject_(subject), text_(thread), bytes_(thread) {}

    bool add_slice(Index begin, Index end) {
        if (begin == end) return true;
        count_++;
        if (!subject_.is_bytes())
            return text_.append(subject_.string().as<Str>(), static_cast<size_t>(begin),
                                static_cast<size_t>(end));
        return bytes_.append(static_cast<const uint8_t*>(subject_.data()) + begin,
                             static_cast<size_t>(end - begin));
    }
    bool add(Value item) {
        int64_t number = count_++;
        if (!subject_.is_bytes()) {
            if (is_str(item)) return text_.append(item.as<Str>());
            return raise(thread_, exc::TypeError,
                         "sequence item {}: expected str instance, {} found", number,
                         type_name_of(item));
        }
        if (!has_buffer(item))
            return raise(thread_, exc::TypeError,
                         "sequence item {}: expected a bytes-like object, {} found", number,
                         type_name_of(item));
        Buffer buffer(thread_);
        TRY(buffer.get(item));
        return bytes_.append(buffer.data(), buffer.size());
    }
    Owned finish() {
        if (subject_.is_bytes()) return bytes_.finish();
        return text_.finish();
    }

  private:
    Thread& thread_;
    const Subject& subject_;
    StrBuilder text_;
    BytesBuilder bytes_;
    int64_t count_ = 0;
};

bool has_backslash(Value text) {
    if (is_str(text)) {
        Str& s = text.as<Str>();
        return str_find_char(s, '\\', 0, s.length()) >= 0;
    }
    Bytes& bytes = text.as<Bytes>();
    return bytes.size != 0 && memchr(bytes.data(), '\\', bytes.size);
}

Owned substitute(Thread& thread, Pattern& self, Value replacement, Value string, Index count,
                 bool with_count) {
    Subject subject(thread);
    TRY(subject.load(string, &self));
    Owned filter = Owned::share(replacement);
    bool calls = is_callable(replacement);
    if (!calls) {
        Owned literal = TRY(has_buffer(replacement) ? Owned(bytes_from_object(thread, replacement))
                                                    : Owned::share(replacement));
        bool plain = (is_str(literal) || is_bytes(literal)) && !has_backslash(literal);
        if (!plain) filter = TRY(compile_template(thread, self, replacement));
    }
    bool is_template = !calls && template_class.is_exact(filter);
    Search search(thread, self.code, self.groups);
    TRY(begin_search(thread, search, subject, 0, PTRDIFF_MAX));
    Pieces pieces(thread, subject);
    Index last = 0, made = 0;
    while (count == 0 || made < count) {
        if (count < 0) break;
        Found found = search.search();
        if (found == Found::kError) return {};
        if (found == Found::kNo) break;
        TRY(pieces.add_slice(last, search.start));
        if (calls || is_template) {
            Owned item;
            if (calls) {
                Owned match = TRY(make_match(thread, self, string, search, 0, search.end));
                item = TRY(call(thread, filter, match));
            } else {
                item = TRY(expand_template(thread, filter.as<Template>(), subject, search.start,
                                           search.position, search.marks, self.groups));
            }
            if (!is_none(item)) TRY(pieces.add(item));
        } else {
            TRY(pieces.add(filter));
        }
        last = search.position;
        made++;
        search.advance();
    }
    Owned result;
    if (made == 0) {
        result = TRY(subject.slice(0, subject.length()));
    } else {
        TRY(pieces.add_slice(last, subject.length()));
        result = TRY(pieces.finish());
    }
    if (!with_count) return result;
    return make_tuple(thread, result, Value::small_int(made));
}

Owned sub(Thread& thread, Pattern& self, Value repl, Value string, Index count) {
    return substitute(thread, self, repl, string, count, false);
}
Owned subn(Thread& thread, Pattern& self, Value repl, Value string, Index count) {
    return substitute(thread, self, repl, string, count, true);
}

// --- the rest ---

Owned scanner(Thread& thread, Pattern& self, Value string, Index pos, Index endpos) {
    return make_scanner(thread, self, string, pos, endpos);
}
Owned finditer(Thread& thread, Pattern& self, Value string, Index pos, Index endpos) {
    Owned scanner = TRY(make_scanner(thread, self, string, pos, endpos));
    Owned search = TRY(get_attribute(thread, scanner, ID(search)));
    Owned iter = TRY(dict_get(thread, interpreter_of(thread).builtins_dict.as<Dict>(), ID(iter)));
    return call(thread, iter, search, none());
}
Owned copy(Thread&, Pattern& self) {
    return Owned::share(self);
}
Owned deepcopy(Thread&, Pattern& self, Value) {
    return Owned::share(self);
}
Owned class_getitem(Thread& thread, Type& type, Value item) {
    return make_generic_alias(thread, Value::of(type), item);
}

Owned get_pattern(Thread&, Value self) {
    return self.as<Pattern>().pattern.share();
}
Owned get_flags(Thread&, Value self) {
    return Owned::small_int(self.as<Pattern>().flags);
}
Owned get_groups(Thread&, Value self) {
    return Owned::small_int(self.as<Pattern>().groups);
}
Owned get_group_index(Thread& thread, Value self) {
    return call(thread, Value::of(&mappingproxy_type), self.as<Pattern>().group_index.borrow());
}

Owned slot_repr(Thread& thread, Value self) {
    static constexpr struct {
        const char* name;
        uint32_t flag;
    } names[] = {{"re.IGNORECASE", kFlagIgnoreCase}, {"re.LOCALE", kFlagLocale},
                 {"re.MULTILINE", kFlagMultiline},   {"re.DOTALL", kFlagDotAll},
                 {"re.UNICODE", kFlagUnicode},       {"re.VERBOSE", kFlagVerbose},
                 {"re.DEBUG", kFlagDebug},           {"re.ASCII", kFlagAscii}};
    Pattern& pattern = self.as<Pattern>();
    uint32_t flags = pattern.flags;
    // What every str pattern has goes unsaid.
    if (pattern.is_bytes == 0 &&
        (flags & (kFlagLocale | kFlagUnicode | kFlagAscii)) == kFlagUnicode)
        flags &= ~uint32_t{kFlagUnicode};
    Owned text = TRY(repr(thread, pattern.pattern.borrow()));
    StrBuilder out(thread);
    TRY(out.append("re.compile("));
    Str& shown = text.as<Str>();
    TRY(out.append(shown, 0, shown.length() < 200 ? shown.length() : 200));
    const char* separator = ", ";
    for (auto& row : names) {
        if (!(flags & row.flag)) continue;
        TRY(out.append(separator));
        TRY(out.append(row.name));
        flags &= ~row.flag;
        separator = "|";
    }
    if (flags) {
        char hex[16];
        snprintf(hex, sizeof hex, "0x%x", flags);
        TRY(out.append(separator));
        TRY(out.append(hex));
    }
    TRY(out.append(")"));
    return out.finish();
}

Owned slot_compare(Thread& thread, Value self, Value other, CompareOp op) {
    if ((op != CompareOp::kEq && op != CompareOp::kNe) || !pattern_class.is_exact(other))
        return Owned::share(not_implemented());
    Pattern& a = self.as<Pattern>();
    Pattern& b = other.as<Pattern>();
    bool equal = same(self, other);
    if (!equal)
        equal = a.flags == b.flags && a.is_bytes == b.is_bytes && a.code_size == b.code_size &&
                memcmp(a.code, b.code, a.code_size * sizeof(uint32_t)) == 0 &&
                TRY(equals(thread, a.pattern.borrow(), b.pattern.borrow()));
    return Owned::share(boolean(equal == (op == CompareOp::kEq)));
}

Result<int64_t> slot_hash(Thread& thread, Value self) {
    Pattern& pattern = self.as<Pattern>();
    int64_t result = TRY(hash(thread, pattern.pattern.borrow()));
    uint64_t mixed = 14695981039346656037u;
    for (size_t i = 0; i < pattern.code_size; i++)
        mixed = (mixed ^ pattern.code[i]) * 1099511628211u;
    mixed ^= static_cast<uint64_t>(result) ^ pattern.flags ^
             static_cast<uint64_t>(pattern.is_bytes) ^ pattern.groups;
    result = static_cast<int64_t>(mixed);
    return result == -1 ? -2 : result;
}

void fields(Object* self, FieldVisitor& visitor) {
    auto& pattern = *static_cast<Pattern*>(self);
    visitor.visit(pattern.pattern);
    visitor.visit(pattern.group_index);
    visitor.visit(pattern.index_group);
}
void release(Object* self) {
    array_free(static_cast<Pattern*>(self)->code);
}

constexpr const char* kFind = "(self, /, string, pos=0, endpos=9223372036854775807)";
const MethodRow rows[] = {
    {"match", kFind, fn<match>, "A match at the beginning of the string, or None."},
    {"fullmatch", kFind, fn<fullmatch>, "A match of the whole string, or None."},
    {"search", kFind, fn<search_method>, "The first match in the string, or None."},
    {"findall", kFind, fn<findall>,
     "A list of all matches that do not overlap: texts, or what the groups matched."},
    {"finditer", kFind, fn<finditer>, "An iterator over all matches that do not overlap."},
    {"scanner", kFind, fn<scanner>},
    {"split", "(self, /, string, maxsplit=0)", fn<split>, "The parts between matches."},
    {"sub", "(self, /, repl, string, count=0)", fn<sub>, "The string with matches replaced."},
    {"subn", "(self, /, repl, string, count=0)", fn<subn>,
     "The string with matches replaced, and how many there were."},
    {"__copy__", "(self, /)", fn<copy>},
    {"__deepcopy__", "(self, memo, /)", fn<deepcopy>},
    {"__class_getitem__", "(type, item, /)", fn<class_getitem>, "See PEP 585", kMethodClass},
    {},
};
const GetSetRow attributes[] = {
    computed_member("pattern", get_pattern, nullptr, "The text that it was compiled from."),
    computed_member("flags", get_flags, nullptr, "The flags, those in the pattern included."),
    computed_member("groups", get_groups, nullptr, "Number of groups."),
    {"groupindex", get_group_index, nullptr, "Numbers of named groups."},
    {},
};
const TypeSpec spec = {
    .name = "re.Pattern",
    .doc = "Compiled regular expression object.",
    .size = sizeof(Pattern),
    .flags = kTypeTracked | kTypeNoInstantiate | kTypeHasWeakrefs,
    .slots = {.repr = slot_repr,
              .hash = slot_hash,
              .compare = slot_compare,
              .fields = fields,
              .release = release},
    .methods = rows,
    .getsets = attributes,
};

}  // namespace

NativeClass pattern_class(spec);

}  // namespace imugi::sre
