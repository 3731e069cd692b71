// str.maketrans and str.translate. The table's own code may run between two characters; the text is
// immutable and held.
#include "base/text_units.h"
#include "object/dict.h"
#include "object/int.h"
#include "object/protocol.h"
#include "object/str_methods.h"

namespace imugi {

namespace {

Owned maketrans_from_dict(Thread& thread, Value mapping) {
    if (!is_dict(mapping))
        return raise(thread, exc::TypeError,
                     "if you give only one argument to maketrans it must be a dict");
    Ref<Dict> table = TRY(make_dict(thread));
    size_t position = 0;
    Owned key, value;
    while (dict_next(thread, mapping.as<Dict>(), &position, &key, &value)) {
        if (is_str(key)) {
            Str& character = key.as<Str>();
            if (character.length() != 1)
                return raise(thread, exc::ValueError,
                             "string keys in translate table must be of length 1");
            TRY(dict_set(thread, *table, Value::small_int(character[0]), std::move(value)));
        } else if (is_int(key)) {
            TRY(dict_set(thread, *table, key, std::move(value)));
        } else {
            return raise(thread, exc::TypeError,
                         "keys in translate table must be strings or integers");
        }
    }
    return std::move(table);
}

// What the table says of `c`: appended. `kept` tells that it says nothing.
bool translate_one(Thread& thread, StrBuilder& builder, Value table, uint32_t c) {
    Owned key = Owned::small_int(c);
    Owned target;
    if (is_exact_dict(table)) {
        target = TRY(dict_get(thread, table.as<Dict>(), key));
        if (target.is_nothing()) return builder.append(c);
    } else {
        target = get_item(thread, table, key);
        if (!target) return clear_exception_if(thread, exc::LookupError) && builder.append(c);
    }
    if (is_none(target)) return true;
    if (is_str(target)) return builder.append(target.as<Str>());
    if (!is_int(target))
        return raise(thread, exc::TypeError, "character mapping must return integer, None or str");
    int64_t code;
    if (!int_fits_int64(target, &code) || code < 0 || code > int64_t{max_code_point})
        return raise(thread, exc::ValueError, "character mapping must be in range(0x110000)");
    return builder.append(static_cast<uint32_t>(code));
}

}  // namespace

Owned str_maketrans(Thread& thread, Value x, Value y, Value z) {
    if (!y) return maketrans_from_dict(thread, x);
    if (!is_str(y))
        return raise(thread, exc::TypeError, "maketrans() argument 2 must be str, not {}",
                     is_none(y) ? FormatArgument("None") : type_name_of(y));
    if (z && !is_str(z))
        return raise(thread, exc::TypeError, "maketrans() argument 3 must be str, not {}",
                     is_none(z) ? FormatArgument("None") : type_name_of(z));
    if (!is_str(x))
        return raise(thread, exc::TypeError,
                     "first maketrans argument must be a string if there is a second argument");
    Str& from = x.as<Str>();
    Str& to = y.as<Str>();
    if (from.length() != to.length())
        return raise(thread, exc::ValueError,
                     "the first two maketrans arguments must have equal length");
    Ref<Dict> table = TRY(make_dict(thread));
    for (size_t i = 0; i < from.length(); i++)
        TRY(dict_set(thread, *table, Value::small_int(from[i]), Owned::small_int(to[i])));
    if (z) {
        Str& deleted = z.as<Str>();
        for (size_t i = 0; i < deleted.length(); i++)
            TRY(dict_set(thread, *table, Value::small_int(deleted[i]), none()));
    }
    return std::move(table);
}

Owned str_translate(Thread& thread, Str& self, Value table) {
    if (self.length() == 0) return exact_str(thread, self);
    StrBuilder builder(thread);
    TRY(builder.reserve(self.length()));
    if (!self.is_ascii() || !is_exact_dict(table)) {
        for (size_t i = 0; i < self.length(); i++)
            TRY(translate_one(thread, builder, table, self[i]));
        return builder.finish();
    }
    // ASCII with a plain dict: each character is looked up once.
    constexpr uint8_t kUnknown = 0xFF, kOther = 0xFE;
    uint8_t seen[128];
    memset(seen, kUnknown, sizeof seen);
    const uint8_t* text = self.data1();
    char run[256];
    size_t pending = 0;
    auto flush = [&] { return builder.append(run, std::exchange(pending, 0)); };
    for (size_t i = 0; i < self.length(); i++) {
        uint8_t c = text[i];
        if (IMUGI_LIKELY(seen[c] < 128)) {
            run[pending++] = static_cast<char>(seen[c]);
            if (pending == sizeof run) TRY(flush());
            continue;
        }
        TRY(flush());
        size_t before = builder.length();
        TRY(translate_one(thread, builder, table, c));
        if (seen[c] == kUnknown) {
            seen[c] = kOther;
            Owned target = TRY(dict_get(thread, table.as<Dict>(), Value::small_int(c)));
            if (target.is_nothing() && builder.length() == before + 1)
                seen[c] = static_cast<uint8_t>(c);
            else if (target.value().is_small_int() && target.value().small_int() >= 0 &&
                     target.value().small_int() < 128)
                seen[c] = static_cast<uint8_t>(target.value().small_int());
        }
    }
    TRY(flush());
    return builder.finish();
}

}  // namespace imugi
