// Match, Scanner and Template objects. A Match owns its marks; a Scanner moves under its Lock.
#include "memory/collector.h"
#include "memory/heap.h"
#include "modules/_sre/pattern.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/generic_alias.h"
#include "object/int.h"
#include "object/memoryview.h"
#include "object/protocol.h"
#include "object/text_slice.h"
#include "object/tuple.h"
#include "thread/lock.h"

namespace imugi::sre {

Owned make_match(Thread& thread, Pattern& pattern, Value string, const Search& search, Index begin,
                 Index end) {
    Type* type = match_class.get(thread);
    auto* match = type ? allocate<Match>(thread, *type) : nullptr;
    if (!match) return {};
    Ref<Match> result = Ref<Match>::adopt(match);
    match->groups = pattern.groups + 1;
    match->marks = static_cast<Index*>(array_allocate(sizeof(Index) * 2 * match->groups));
    if (!match->marks) return raise_memory_error(thread);
    match->marks[0] = search.start;
    match->marks[1] = search.position;
    for (uint32_t i = 0; i < pattern.groups; i++) {
        Index from = search.marks[i * 2], to = search.marks[i * 2 + 1];
        bool took_part = from >= 0 && to >= from;
        match->marks[2 + i * 2] = took_part ? from : -1;
        match->marks[3 + i * 2] = took_part ? to : -1;
    }
    match->begin = begin;
    match->end = end;
    match->last_index = search.last_index;
    match->string.init(Owned::share(string));
    match->pattern.init(Owned::share(pattern));
    track(match);
    return std::move(result);
}

Index group_number(Thread& thread, Pattern& pattern, Value key, uint32_t groups) {
    Index number = -1;
    if (has_index(key)) {
        Result<Index> index = to_ssize(thread, key);
        if (!index) return -1;
        number = *index;
    } else {
        Owned found = dict_get(thread, pattern.group_index.as<Dict>(), key);
        if (!found) {
            // An unhashable key is no group's name.
            if (!clear_exception_if(thread, exc::TypeError)) return -1;
        } else if (!found.is_nothing() && found.value().is_small_int()) {
            number = found.value().small_int();
        }
    }
    if (number >= 0 && number < static_cast<Index>(groups)) return number;
    (void)static_cast<bool>(raise(thread, exc::IndexError, "no such group"));
    return -1;
}

namespace {

Index number_of(Thread& thread, Match& self, Value key) {
    return group_number(thread, self.pattern.as<Pattern>(), key, self.groups);
}

// Text of the group; `missing` when it took no part.
Owned text_of(Thread& thread, Match& self, Index group, Value missing) {
    Index begin = self.marks[group * 2], end = self.marks[group * 2 + 1];
    if (begin < 0) return Owned::share(missing);
    Subject subject(thread);
    TRY(subject.load(self.string.borrow(), nullptr));
    // A buffer may have got shorter.
    if (end > subject.length()) end = subject.length();
    if (begin > end) begin = end;
    return subject.slice(begin, end);
}

Owned group_by_key(Thread& thread, Match& self, Value key) {
    Index number = number_of(thread, self, key);
    return number < 0 ? Owned() : text_of(thread, self, number, none());
}

Owned group(Thread& thread, Match& self, Args keys) {
    if (keys.count == 0) return text_of(thread, self, 0, none());
    if (keys.count == 1) return group_by_key(thread, self, keys[0]);
    Ref<Tuple> tuple = TRY(make_tuple_blank(thread, keys.count));
    for (size_t i = 0; i < keys.count; i++)
        tuple->items[i].init(TRY(group_by_key(thread, self, keys[i])));
    track(tuple.get());
    return std::move(tuple);
}

Owned slot_subscript(Thread& thread, Value self, Value key) {
    return group_by_key(thread, self.as<Match>(), key);
}

Owned groups(Thread& thread, Match& self, Value missing) {
    Ref<Tuple> tuple = TRY(make_tuple_blank(thread, self.groups - 1));
    for (uint32_t i = 1; i < self.groups; i++)
        tuple->items[i - 1].init(TRY(text_of(thread, self, i, missing)));
    if (self.groups > 1) track(tuple.get());
    return std::move(tuple);
}

Owned groupdict(Thread& thread, Match& self, Value missing) {
    Ref<Dict> result = TRY(make_dict(thread));
    size_t position = 0;
    Owned name, number;
    Dict& names = self.pattern.as<Pattern>().group_index.as<Dict>();
    while (dict_next(thread, names, &position, &name, &number)) {
        Index index = number_of(thread, self, name);
        if (index < 0) return {};
        TRY(dict_set(thread, *result, name, TRY(text_of(thread, self, index, missing))));
    }
    return std::move(result);
}

// The group argument of start(), end() and span(): 0 when missing.
Index place(Thread& thread, Match& self, Value key) {
    return key ? number_of(thread, self, key) : 0;
}
Owned start(Thread& thread, Match& self, Value key) {
    Index index = place(thread, self, key);
    return index < 0 ? Owned() : Owned::small_int(self.marks[index * 2]);
}
Owned end(Thread& thread, Match& self, Value key) {
    Index index = place(thread, self, key);
    return index < 0 ? Owned() : Owned::small_int(self.marks[index * 2 + 1]);
}
Owned span_of(Thread& thread, Match& self, Index index) {
    return make_tuple(thread, Value::small_int(self.marks[index * 2]),
                      Value::small_int(self.marks[index * 2 + 1]));
}
Owned span(Thread& thread, Match& self, Value key) {
    Index index = place(thread, self, key);
    return index < 0 ? Owned() : span_of(thread, self, index);
}

Owned expand(Thread& thread, Match& self, Value text) {
    Owned replacement = TRY(compile_template(thread, self.pattern.as<Pattern>(), text));
    if (!template_class.is_exact(replacement)) return replacement;
    Subject subject(thread);
    TRY(subject.load(self.string.borrow(), nullptr));
    return expand_template(thread, replacement.as<Template>(), subject, self.marks[0],
                           self.marks[1], self.marks + 2, self.groups - 1);
}

Owned copy(Thread&, Match& self) {
    return Owned::share(self);
}
Owned deepcopy(Thread&, Match& self, Value) {
    return Owned::share(self);
}
Owned class_getitem(Thread& thread, Type& type, Value item) {
    return make_generic_alias(thread, Value::of(type), item);
}

// --- attributes ---

Owned get_string(Thread&, Value self) {
    return self.as<Match>().string.share();
}
Owned get_re(Thread&, Value self) {
    return self.as<Match>().pattern.share();
}
Owned get_pos(Thread&, Value self) {
    return Owned::small_int(self.as<Match>().begin);
}
Owned get_endpos(Thread&, Value self) {
    return Owned::small_int(self.as<Match>().end);
}
Owned get_last_index(Thread&, Value self) {
    Index index = self.as<Match>().last_index;
    return index < 0 ? Owned::share(none()) : Owned::small_int(index);
}
Owned get_last_group(Thread&, Value self) {
    Match& match = self.as<Match>();
    Tuple& names = match.pattern.as<Pattern>().index_group.as<Tuple>();
    auto index = static_cast<size_t>(match.last_index);
    if (match.last_index < 0 || index >= names.size) return Owned::share(none());
    return Owned::share(names[index]);
}
Owned get_regs(Thread& thread, Value self) {
    Match& match = self.as<Match>();
    {
        Lock guard(thread, match);
        if (!match.regs.is_empty()) return match.regs.share();
    }
    Ref<Tuple> tuple = TRY(make_tuple_blank(thread, match.groups));
    for (uint32_t i = 0; i < match.groups; i++)
        tuple->items[i].init(TRY(span_of(thread, match, i)));
    track(tuple.get());
    Lock guard(thread, match);
    if (match.regs.is_empty()) match.regs.init(tuple.share());
    return match.regs.share();
}

Owned match_repr(Thread& thread, Value self) {
    Match& match = self.as<Match>();
    Owned text = TRY(text_of(thread, match, 0, none()));
    return format(thread, "<{} object; span=({}, {}), match={}>", type_full_name_of(self),
                  match.marks[0], match.marks[1], repr_of(text));
}

void match_fields(Object* self, FieldVisitor& visitor) {
    auto& match = *static_cast<Match*>(self);
    visitor.visit(match.string);
    visitor.visit(match.pattern);
    visitor.visit(match.regs);
}
void match_release(Object* self) {
    array_free(static_cast<Match*>(self)->marks);
}

const MethodRow match_rows[] = {
    {"group", "(self, /, *args) -> None", fn<group>,
     "group([group1, ...]) -> text of the groups, by number or name; without any, of the match."},
    {"groups", "(self, /, default=None)", fn<groups>, "A tuple of the texts of all groups."},
    {"groupdict", "(self, /, default=None)", fn<groupdict>, "A dict of the named groups' texts."},
    {"start", "(self, group=<unrepresentable>, /) -> ($self, group=0, /)", fn<start>,
     "Where the group begins."},
    {"end", "(self, group=<unrepresentable>, /) -> ($self, group=0, /)", fn<end>,
     "Where the group ends."},
    {"span", "(self, group=<unrepresentable>, /) -> ($self, group=0, /)", fn<span>,
     "Where the group begins and ends."},
    {"expand", "(self, /, template)", fn<expand>, "The template filled in, as sub() does it."},
    {"__copy__", "(self, /)", fn<copy>},
    {"__deepcopy__", "(self, memo, /)", fn<deepcopy>},
    {"__class_getitem__", "(type, item, /)", fn<class_getitem>, "See PEP 585", kMethodClass},
    {},
};
const GetSetRow match_attributes[] = {
    computed_member("string", get_string, nullptr, "The text that was searched."),
    computed_member("re", get_re, nullptr, "The pattern."),
    computed_member("pos", get_pos, nullptr, "Where the search was allowed to begin."),
    computed_member("endpos", get_endpos, nullptr, "Where the search had to end."),
    {"lastindex", get_last_index, nullptr, "Number of the last group that matched."},
    {"lastgroup", get_last_group, nullptr, "Name of the last group that matched."},
    {"regs", get_regs, nullptr, "Spans of all groups."},
    {},
};
const TypeSpec match_spec = {
    .name = "re.Match",
    .doc =
        "The result of re.match() and re.search().\nMatch objects always have a boolean value "
        "of True.",
    .size = sizeof(Match),
    .flags = kTypeTracked | kTypeNoInstantiate,
    .slots = {.repr = match_repr,
              .fields = match_fields,
              .release = match_release,
              .subscript = slot_subscript},
    .methods = match_rows,
    .getsets = match_attributes,
};

// --- Scanner ---

Owned scan(Thread& thread, Scanner& self, bool searching) {
    Pattern& pattern = self.pattern.as<Pattern>();
    Value string = self.string.borrow();
    Subject subject(thread);
    TRY(subject.load(string, &pattern));
    Search search(thread, pattern.code, pattern.groups);
    Index position;
    {
        Lock guard(thread, self);
        position = self.position;
        search.must_advance = self.must_advance;
    }
    if (position < 0) return Owned::share(none());
    Index last = self.end < subject.length() ? self.end : subject.length();
    TRY(begin_search(thread, search, subject, position, last));
    Found found = searching ? search.search() : search.match(false);
    if (found == Found::kError) return {};
    Owned result = Owned::share(none());
    if (found == Found::kYes)
        result = TRY(make_match(thread, pattern, string, search, position, search.end));
    Lock guard(thread, self);
    if (found == Found::kNo) {
        self.position = -1;
    } else {
        self.must_advance = search.position == search.start;
        self.position = search.position;
    }
    return result;
}

Owned scanner_match(Thread& thread, Scanner& self) {
    return scan(thread, self, false);
}
Owned scanner_search(Thread& thread, Scanner& self) {
    return scan(thread, self, true);
}
Owned get_scanner_pattern(Thread&, Value self) {
    return self.as<Scanner>().pattern.share();
}
void scanner_fields(Object* self, FieldVisitor& visitor) {
    visitor.visit(static_cast<Scanner*>(self)->pattern);
    visitor.visit(static_cast<Scanner*>(self)->string);
    visitor.visit(static_cast<Scanner*>(self)->pinned);
}
const MethodRow scanner_rows[] = {
    {"match", "(self, /)", fn<scanner_match>},
    {"search", "(self, /)", fn<scanner_search>},
    {},
};
const GetSetRow scanner_attributes[] = {
    computed_member("pattern", get_scanner_pattern, nullptr, "The pattern."),
    {},
};
const TypeSpec scanner_spec = {
    .name = "_sre.SRE_Scanner",
    .size = sizeof(Scanner),
    .flags = kTypeTracked | kTypeNoInstantiate,
    .slots = {.fields = scanner_fields},
    .methods = scanner_rows,
    .getsets = scanner_attributes,
};

// --- Template ---

void template_fields(Object* self, FieldVisitor& visitor) {
    visitor.visit(static_cast<Template*>(self)->literal);
    visitor.visit(static_cast<Template*>(self)->literals);
}
void template_release(Object* self) {
    array_free(static_cast<Template*>(self)->indexes);
}
const TypeSpec template_spec = {
    .name = "_sre.SRE_Template",
    .size = sizeof(Template),
    .flags = kTypeTracked | kTypeNoInstantiate,
    .slots = {.fields = template_fields, .release = template_release},
};

}  // namespace

NativeClass match_class(match_spec);
NativeClass scanner_class(scanner_spec);
NativeClass template_class(template_spec);

Owned make_scanner(Thread& thread, Pattern& pattern, Value string, Index pos, Index endpos) {
    Subject subject(thread);
    TRY(subject.load(string, &pattern));
    Owned pinned;
    if (subject.is_bytes() && !is_exact_bytes(string))
        pinned = TRY(make_memoryview(thread, string));
    Type* type = scanner_class.get(thread);
    auto* scanner = type ? allocate<Scanner>(thread, *type) : nullptr;
    if (!scanner) return {};
    Index length = subject.length();
    scanner->position = pos < 0 ? 0 : pos > length ? length : pos;
    scanner->end = endpos < 0 ? 0 : endpos > length ? length : endpos;
    scanner->pattern.init(Owned::share(pattern));
    scanner->string.init(Owned::share(string));
    if (pinned) scanner->pinned.init(std::move(pinned));
    track(scanner);
    return Owned::adopt(scanner);
}

Owned compile_template(Thread& thread, Pattern& pattern, Value text) {
    Ref<Str> name = TRY(make_str(thread, "re"));
    Owned module = TRY(import_module(thread, *name));
    Owned function = TRY(get_attribute(thread, module, ID(_compile_template)));
    Owned compiled = TRY(call(thread, function, Value::of(pattern), text));
    if (is_str(compiled) || is_bytes(compiled) || template_class.is_exact(compiled))
        return compiled;
    return raise(thread, exc::RuntimeError,
                 "the result of compiling a replacement string is {}, "
                 "not Template",
                 type_name_of(compiled));
}

Owned expand_template(Thread& thread, Template& replacement, const Subject& subject,
                      Index match_begin, Index match_end, const Index* marks, uint32_t groups) {
    StrBuilder text(thread);
    BytesBuilder bytes(thread);
    bool is_bytes = subject.is_bytes();
    auto add = [&](Value literal) -> bool {
        if (is_none(literal)) return true;
        if (is_str(literal) && !is_bytes) return text.append(literal.as<Str>());
        if (!imugi::is_bytes(literal) || !is_bytes)
            return raise(thread, exc::TypeError, "sequence item 0: expected {}, {} found",
                         is_bytes ? "a bytes-like object" : "str instance", type_name_of(literal));
        return bytes.append(literal.as<Bytes>().data(), literal.as<Bytes>().size);
    };
    TRY(add(replacement.literal.borrow()));
    for (size_t i = 0; i < replacement.count; i++) {
        Index group = replacement.indexes[i];
        if (group > static_cast<Index>(groups))
            return raise(thread, exc::IndexError, "no such group");
        Index begin, end;
        if (group == 0) {
            begin = match_begin;
            end = match_end;
        } else {
            begin = marks[(group - 1) * 2];
            end = marks[(group - 1) * 2 + 1];
        }
        if (begin >= 0 && end >= begin && end <= subject.length()) {
            if (is_bytes)
                TRY(bytes.append(static_cast<const uint8_t*>(subject.data()) + begin,
                                 static_cast<size_t>(end - begin)));
            else
                TRY(text.append(subject.string().as<Str>(), static_cast<size_t>(begin),
                                static_cast<size_t>(end)));
        }
        TRY(add(replacement.literals.as<Tuple>()[i]));
    }
    if (is_bytes) return bytes.finish();
    return text.finish();
}

}  // namespace imugi::sre
