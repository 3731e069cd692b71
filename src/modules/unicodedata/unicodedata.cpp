// The unicodedata module, over src/base/unicode_data.h. Pure functions of immutable tables.
//
// The functions of the module are those of its UCD objects: ucd_3_2_0 answers for Unicode 3.2,
// which IDNA and stringprep are about.
#include "base/unicode_data.h"

#include "memory/heap.h"
#include "modules/native_class.h"
#include "object/float.h"
#include "object/int.h"
#include "object/str.h"

namespace imugi {

namespace {

struct Database : Object {
    bool old;  // Unicode 3.2
};

// Whether the answers are for Unicode 3.2: self is a UCD object.
bool is_old(Value self) {
    return self.as<Database>().old;
}

bool one_character(Thread& thread, const char* function, Value value, uint32_t* c) {
    // Functions with a default count their arguments in the message.
    bool counted = strcmp(function, "decimal") == 0 || strcmp(function, "digit") == 0 ||
                   strcmp(function, "numeric") == 0 || strcmp(function, "name") == 0;
    const char* which = counted ? " 1" : "";
    if (!is_str(value))
        return raise(thread, exc::TypeError, "{}() argument{} must be a unicode character, not {}",
                     function, which, type_name_of(value));
    Str& s = value.as<Str>();
    if (s.length() != 1)
        return raise(thread, exc::TypeError,
                     "{}(): argument{} must be a unicode character, not a string of length {}",
                     function, which, static_cast<int64_t>(s.length()));
    *c = s[0];
    return true;
}

bool unassigned(Value self, uint32_t c) {
    return is_old(self) && !unicode::assigned_in_3_2(c);
}

Owned or_default(Thread& thread, Value otherwise, const char* message) {
    if (otherwise) return Owned::share(otherwise);
    return raise(thread, exc::ValueError, "{}", message);
}

Owned digit_by(Thread& thread, Value self, Value chr, Value otherwise, const char* function,
               int (*value_of)(uint32_t c), const char* missing) {
    uint32_t c;
    TRY(one_character(thread, function, chr, &c));
    int value = unassigned(self, c) ? -1 : value_of(c);
    if (value < 0) return or_default(thread, otherwise, missing);
    return Owned::small_int(value);
}
Owned decimal(Thread& thread, Value self, Value chr, Value otherwise) {
    return digit_by(thread, self, chr, otherwise, "decimal", unicode::decimal_value,
                    "not a decimal");
}
Owned digit(Thread& thread, Value self, Value chr, Value otherwise) {
    return digit_by(thread, self, chr, otherwise, "digit", unicode::digit_value, "not a digit");
}
Owned numeric(Thread& thread, Value self, Value chr, Value otherwise) {
    uint32_t c;
    TRY(one_character(thread, "numeric", chr, &c));
    double value;
    if (unassigned(self, c) || !unicode::numeric_value(c, &value))
        return or_default(thread, otherwise, "not a numeric character");
    return make_float(thread, value);
}
Owned category(Thread& thread, Value self, Value chr) {
    uint32_t c;
    TRY(one_character(thread, "category", chr, &c));
    return make_str(thread, unassigned(self, c) ? "Cn" : unicode::category(c));
}
Owned bidirectional(Thread& thread, Value self, Value chr) {
    uint32_t c;
    TRY(one_character(thread, "bidirectional", chr, &c));
    return make_str(thread, unassigned(self, c) ? "" : unicode::bidirectional(c));
}
Owned combining(Thread& thread, Value self, Value chr) {
    uint32_t c;
    TRY(one_character(thread, "combining", chr, &c));
    return Owned::small_int(unassigned(self, c) ? 0 : unicode::combining(c));
}
Owned mirrored(Thread& thread, Value self, Value chr) {
    uint32_t c;
    TRY(one_character(thread, "mirrored", chr, &c));
    return Owned::small_int(!unassigned(self, c) && unicode::is_mirrored(c));
}
Owned east_asian_width(Thread& thread, Value self, Value chr) {
    uint32_t c;
    TRY(one_character(thread, "east_asian_width", chr, &c));
    return make_str(thread, unassigned(self, c) ? "N" : unicode::east_asian_width(c));
}
Owned decomposition(Thread& thread, Value self, Value chr) {
    uint32_t c;
    TRY(one_character(thread, "decomposition", chr, &c));
    if (unassigned(self, c)) return empty_str();
    char text[unicode::decomposition_room];
    return make_str(thread, text, unicode::decomposition(text, c));
}
Owned name(Thread& thread, Value self, Value chr, Value otherwise) {
    uint32_t c;
    TRY(one_character(thread, "name", chr, &c));
    char text[unicode::name_room];
    size_t size = unassigned(self, c) ? 0 : unicode::name(text, c);
    if (size == 0) return or_default(thread, otherwise, "no such name");
    return make_str(thread, text, size);
}

Owned lookup(Thread& thread, Value self, Str& wanted) {
    size_t size;
    const char* text = str_utf8(thread, wanted, &size);
    if (!text) return {};
    if (size > 256) return raise(thread, exc::KeyError, "name too long");
    uint32_t c;
    if (unicode::lookup(text, size, &c) && !unassigned(self, c))
        return make_str_from_char(thread, c);
    uint32_t sequence[unicode::most_sequence];
    size_t count = is_old(self) ? 0 : unicode::lookup_sequence(text, size, sequence);
    if (count == 0) return raise(thread, exc::KeyError, "undefined character name '{}'", wanted);
    return make_str_from_units(thread, sequence, sizeof(uint32_t), count);
}

bool form_of(Thread& thread, Str& name, unicode::Form* form) {
    static constexpr struct {
        const char* name;
        unicode::Form form;
    } forms[] = {{"NFC", unicode::Form::nfc},
                 {"NFD", unicode::Form::nfd},
                 {"NFKC", unicode::Form::nfkc},
                 {"NFKD", unicode::Form::nfkd}};
    for (auto& row : forms)
        if (str_equal(name, row.name)) return *form = row.form, true;
    return raise(thread, exc::ValueError, "invalid normalization form");
}

Ref<Str> normalized(Thread& thread, unicode::Form form, Str& text) {
    return visit_units(text, [&](const auto* units) -> Ref<Str> {
        if (unicode::quick_check(form, units, text.length()) == unicode::QuickCheck::yes)
            return exact_str(thread, text);
        size_t room = unicode::normalize_room(form, units, text.length());
        auto* out = static_cast<uint32_t*>(array_allocate(room * sizeof(uint32_t) + 1));
        if (!out) return raise_memory_error(thread);
        size_t size = unicode::normalize(form, out, units, text.length());
        Ref<Str> result = make_str_from_units(thread, out, 4, size);
        array_free(out);
        return result;
    });
}

Owned normalize(Thread& thread, Value, Str& form_name, Str& text) {
    unicode::Form form;
    TRY(form_of(thread, form_name, &form));
    if (text.is_ascii()) return exact_str(thread, text);
    return normalized(thread, form, text);
}
Result<bool> is_normalized(Thread& thread, Value, Str& form_name, Str& text) {
    unicode::Form form;
    TRY(form_of(thread, form_name, &form));
    if (text.is_ascii()) return true;
    Ref<Str> result = TRY(normalized(thread, form, text));
    return str_equal(*result, text);
}

Owned get_version(Thread& thread, Value self) {
    return make_str(thread, is_old(self) ? "3.2.0" : unicode::unidata_version());
}

// The rows of the UCD type; the module's functions are its bound methods.
const MethodRow methods[] = {
    {"decimal", "(self, chr, default=<unrepresentable>, /)", fn<decimal>,
     "The decimal value of a character."},
    {"digit", "(self, chr, default=<unrepresentable>, /)", fn<digit>,
     "The digit value of a character."},
    {"numeric", "(self, chr, default=<unrepresentable>, /)", fn<numeric>,
     "The numeric value of a character, as a float."},
    {"category", "(self, chr, /)", fn<category>, "The general category of a character."},
    {"bidirectional", "(self, chr, /)", fn<bidirectional>, "The bidirectional class, or ''."},
    {"combining", "(self, chr, /)", fn<combining>, "The canonical combining class, 0 for none."},
    {"mirrored", "(self, chr, /)", fn<mirrored>, "1 if it is mirrored in right-to-left text."},
    {"east_asian_width", "(self, chr, /)", fn<east_asian_width>, "The East Asian width."},
    {"decomposition", "(self, chr, /)", fn<decomposition>, "The decomposition mapping, or ''."},
    {"name", "(self, chr, default=<unrepresentable>, /)", fn<name>, "The name of a character."},
    {"lookup", "(self, name, /)", fn<lookup>, "The character of that name. KeyError when none."},
    {"is_normalized", "(self, form, unistr, /)", fn<is_normalized>,
     "Whether the string is in the normal form: 'NFC', 'NFD', 'NFKC' or 'NFKD'."},
    {"normalize", "(self, form, unistr, /)", fn<normalize>,
     "The string in the normal form: 'NFC', 'NFD', 'NFKC' or 'NFKD'."},
    {},
};
const GetSetRow attributes[] = {
    {"unidata_version", get_version, nullptr, "Version of Unicode."},
    {},
};
const TypeSpec spec = {
    .name = "unicodedata.UCD",
    .size = sizeof(Database),
    .flags = kTypeNoInstantiate,
    .methods = methods,
    .getsets = attributes,
};
NativeClass ucd_class(spec);

Owned make_database(Thread& thread, bool old) {
    Type* type = ucd_class.get(thread);
    auto* database = type ? allocate<Database>(thread, *type) : nullptr;
    if (!database) return {};
    database->old = old;
    return Owned::adopt(database);
}

bool execute(Thread& thread, Module& module) {
    Owned current = TRY(make_database(thread, false));
    Owned module_name = TRY(make_str(thread, "unicodedata"));
    for (const MethodRow* row = methods; row->name; row++) {
        Ref<NativeFunction> function =
            TRY(make_native_function(thread, *row, current, module_name));
        function->defining_type = ucd_class.get(thread);
        TRY(module_set(thread, module, row->name, function.value()));
    }
    TRY(module_set(thread, module, "ucd_3_2_0", make_database(thread, true)));
    TRY(module_set(thread, module, "unidata_version",
                   Owned(make_str(thread, unicode::unidata_version()))));
    return ucd_class.add_to(thread, module);
}

ModuleSpec unicodedata_module("unicodedata",
                              "Properties of all Unicode characters, from the Unicode Character "
                              "Database.",
                              nullptr, execute);

}  // namespace

}  // namespace imugi
