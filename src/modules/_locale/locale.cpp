// The module _locale: the process's C locale. setlocale() and what reads its tables are under one
// mutex of the process; text is copied out before it is let go.
#include <libintl.h>

#include <clocale>
#include <cstring>
#include <cwchar>

#include "memory/heap.h"
#include "modules/_locale/constants.h"
#include "modules/fs_path.h"
#include "object/bytes.h"
#include "object/call.h"
#include "object/codecs.h"
#include "object/dict.h"
#include "object/list.h"
#include "object/module.h"
#include "object/native.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"
#include "thread/lock.h"

namespace imugi {

namespace {

RuntimeMutex mutex;

// The module's Error, which is a subclass of Exception made with the module.
Raised raise_error(Thread& thread, Value module, const char* text) {
    Owned type = get_attribute(thread, module, ID(Error));
    if (!type) return {};
    return raise(thread, type.as<Type>(), "{}", text);
}

// Text of the locale: its multibyte encoding, bytes that are none escaped.
Owned decode(Thread& thread, const char* text) {
    return decode_fs(thread, text).owned();
}

// The text of an argument; null with an exception.
const char* text_of(Thread& thread, Value value, const char* name) {
    if (!is_str(value)) {
        (void)raise(thread, exc::TypeError, "{} must be str, not {}", name, type_name_of(value));
        return nullptr;
    }
    return name_text(thread, value.as<Str>());
}

Owned setlocale_function(Thread& thread, Value module, int category, Value locale) {
    const char* wanted = nullptr;
    if (!locale.is_empty() && !is_none(locale)) {
        wanted = text_of(thread, locale, "setlocale() argument 2");
        if (!wanted) return {};
    }
    char copy[512];
    bool known;
    {
        MutexGuard guard(mutex);
        const char* now = setlocale(category, wanted);
        known = now != nullptr;
        if (known) snprintf(copy, sizeof copy, "%s", now);
    }
    if (!known)
        return raise_error(thread, module,
                           wanted ? "unsupported locale setting" : "locale query failed");
    return decode(thread, copy);
}

// Sizes of groups as a list, with the 0 or CHAR_MAX that ends it.
Ref<List> grouping_list(Thread& thread, const char* sizes) {
    Ref<List> list = TRY(make_list(thread));
    if (!*sizes) return list;
    size_t i = 0;
    for (; sizes[i] != 0 && sizes[i] != CHAR_MAX; i++)
        TRY(list_append(thread, *list, Owned::small_int(sizes[i])));
    TRY(list_append(thread, *list, Owned::small_int(sizes[i])));
    return list;
}

struct Copied {
    char text[9][64];
    char grouping[2][16];
    char numbers[8];
};

Owned localeconv_function(Thread& thread, Value) {
    Copied copied;
    {
        MutexGuard guard(mutex);
        const lconv& now = *localeconv();
        const char* texts[] = {now.decimal_point,   now.thousands_sep,     now.int_curr_symbol,
                               now.currency_symbol, now.mon_decimal_point, now.mon_thousands_sep,
                               now.positive_sign,   now.negative_sign};
        for (size_t i = 0; i < 8; i++)
            snprintf(copied.text[i], sizeof copied.text[i], "%s", texts[i]);
        snprintf(copied.grouping[0], sizeof copied.grouping[0], "%s", now.grouping);
        snprintf(copied.grouping[1], sizeof copied.grouping[1], "%s", now.mon_grouping);
        const char numbers[] = {now.int_frac_digits, now.frac_digits,   now.p_cs_precedes,
                                now.p_sep_by_space,  now.n_cs_precedes, now.n_sep_by_space,
                                now.p_sign_posn,     now.n_sign_posn};
        memcpy(copied.numbers, numbers, sizeof numbers);
    }
    constexpr const char* kTexts[] = {"decimal_point",   "thousands_sep",     "int_curr_symbol",
                                      "currency_symbol", "mon_decimal_point", "mon_thousands_sep",
                                      "positive_sign",   "negative_sign"};
    constexpr const char* kGroupings[] = {"grouping", "mon_grouping"};
    constexpr const char* kNumbers[] = {"int_frac_digits", "frac_digits",   "p_cs_precedes",
                                        "p_sep_by_space",  "n_cs_precedes", "n_sep_by_space",
                                        "p_sign_posn",     "n_sign_posn"};
    Ref<Dict> result = TRY(make_dict(thread));
    auto put = [&](const char* name, Owned value) {
        Ref<Str> key = intern(thread, name);
        return value && key && dict_set(thread, *result, key.value(), std::move(value));
    };
    for (size_t i = 0; i < 8; i++) TRY(put(kTexts[i], decode(thread, copied.text[i])));
    for (size_t i = 0; i < 2; i++)
        TRY(put(kGroupings[i], grouping_list(thread, copied.grouping[i])));
    for (size_t i = 0; i < 8; i++) TRY(put(kNumbers[i], Owned::small_int(copied.numbers[i])));
    return result;
}

Owned nl_langinfo_function(Thread& thread, Value, int key) {
    for (const IntConstant& item : kLanguageItems) {
        if (item.value != key) continue;
        char copy[512];
        {
            MutexGuard guard(mutex);
            const char* text = nl_langinfo(key);
            snprintf(copy, sizeof copy, "%s", text ? text : "");
        }
        return decode(thread, copy);
    }
    return raise(thread, exc::ValueError, "unsupported langinfo constant");
}

// A str as wide characters with a NUL; null with an exception.
class Wide {
  public:
    ~Wide() { array_free(text_); }
    bool load(Thread& thread, Value value, const char* function) {
        if (!is_str(value))
            return raise(thread, exc::TypeError, "{} argument must be str, not {}", function,
                         type_name_of(value));
        Str& s = value.as<Str>();
        text_ = static_cast<wchar_t*>(array_allocate((s.length() + 1) * sizeof(wchar_t)));
        if (!text_) return raise_memory_error(thread);
        for (size_t i = 0; i < s.length(); i++) {
            text_[i] = static_cast<wchar_t>(s[i]);
            if (!text_[i]) return raise(thread, exc::ValueError, "embedded null character");
        }
        text_[s.length()] = 0;
        return true;
    }
    const wchar_t* text() const { return text_; }

  private:
    wchar_t* text_ = nullptr;
};

Owned strcoll_function(Thread& thread, Value, Value os1, Value os2) {
    Wide left, right;
    TRY(left.load(thread, os1, "strcoll()"));
    TRY(right.load(thread, os2, "strcoll()"));
    return Owned::small_int(wcscoll(left.text(), right.text()));
}

Owned strxfrm_function(Thread& thread, Value, Value string) {
    Wide source;
    TRY(source.load(thread, string, "strxfrm()"));
    size_t room = wcslen(source.text()) + 1;
    for (;;) {
        auto* out = static_cast<wchar_t*>(array_allocate(room * sizeof(wchar_t)));
        if (!out) return raise_memory_error(thread);
        errno = 0;
        size_t size = wcsxfrm(out, source.text(), room);
        if (size < room && errno == 0) {
            Ref<Str> result = make_str_from_units(thread, out, sizeof(wchar_t), size);
            array_free(out);
            return result;
        }
        array_free(out);
        if (errno != 0 && errno != ERANGE) return raise_os_error(thread, errno);
        // The locale may change in between: try as often as it takes.
        room = size + 1;
    }
}

Owned getencoding(Thread& thread, Value) {
    return make_str(thread, nl_langinfo(CODESET));
}

// --- messages ---

Owned gettext_function(Thread& thread, Value, Value msg) {
    const char* text = text_of(thread, msg, "gettext() argument");
    return text ? decode(thread, gettext(text)) : Owned();
}
Owned dgettext_function(Thread& thread, Value, Value domain, Value msg) {
    const char* name = nullptr;
    if (!is_none(domain) && !(name = text_of(thread, domain, "dgettext() argument 1"))) return {};
    const char* text = text_of(thread, msg, "dgettext() argument 2");
    return text ? decode(thread, dgettext(name, text)) : Owned();
}
Owned dcgettext_function(Thread& thread, Value, Value domain, Value msg, int category) {
    const char* name = nullptr;
    if (!is_none(domain) && !(name = text_of(thread, domain, "dcgettext() argument 1"))) return {};
    const char* text = text_of(thread, msg, "dcgettext() argument 2");
    return text ? decode(thread, dcgettext(name, text, category)) : Owned();
}
Owned textdomain_function(Thread& thread, Value, Value domain) {
    const char* name = nullptr;
    if (!is_none(domain) && !(name = text_of(thread, domain, "textdomain() argument"))) return {};
    const char* now = textdomain(name);
    if (!now) return raise_os_error(thread, errno);
    return decode(thread, now);
}
Owned bindtextdomain_function(Thread& thread, Value module, Value domain, Value dir) {
    const char* name = text_of(thread, domain, "bindtextdomain() argument 1");
    if (!name) return {};
    if (!*name) return raise_error(thread, module, "domain must be a non-empty string");
    const char* where = nullptr;
    if (!is_none(dir) && !(where = text_of(thread, dir, "bindtextdomain() argument 2"))) return {};
    const char* now = bindtextdomain(name, where);
    if (!now) return raise_os_error(thread, errno);
    return decode(thread, now);
}
Owned bind_codeset(Thread& thread, Value, Value domain, Value codeset) {
    const char* name = text_of(thread, domain, "bind_textdomain_codeset() argument 1");
    if (!name) return {};
    const char* wanted = nullptr;
    if (!is_none(codeset) &&
        !(wanted = text_of(thread, codeset, "bind_textdomain_codeset() argument 2")))
        return {};
    const char* now = bind_textdomain_codeset(name, wanted);
    return now ? decode(thread, now) : Owned::share(none());
}

const MethodRow functions[] = {
    {"setlocale", "(module, category, locale=None, /)", fn<setlocale_function>,
     "Sets or, without a locale, queries the locale of a category."},
    {"localeconv", "(module, /)", fn<localeconv_function>,
     "The locale's conventions for numbers and money, as a dict."},
    {"strcoll", "(module, os1, os2, /)", fn<strcoll_function>,
     "Compares two strings by the locale: negative, zero or positive."},
    {"strxfrm", "(module, string, /)", fn<strxfrm_function>,
     "A string that compares plainly as the given one does by the locale."},
    {"nl_langinfo", "(module, key, /)", fn<nl_langinfo_function>,
     "The value of one item of the locale."},
    {"getencoding", "(module, /)", fn<getencoding>, "The encoding of the current locale."},
    {"gettext", "(module, msg, /)", fn<gettext_function>,
     "The translation of a message in the current domain."},
    {"dgettext", "(module, domain, msg, /)", fn<dgettext_function>,
     "The translation of a message in a domain."},
    {"dcgettext", "(module, domain, msg, category, /)", fn<dcgettext_function>,
     "The translation of a message in a domain and a category."},
    {"textdomain", "(module, domain, /)", fn<textdomain_function>,
     "Sets the current domain and returns it."},
    {"bindtextdomain", "(module, domain, dir, /)", fn<bindtextdomain_function>,
     "Binds a domain to a folder of translations."},
    {"bind_textdomain_codeset", "(module, domain, codeset, /)", fn<bind_codeset>,
     "Binds a domain to an encoding."},
    {},
};

bool execute(Thread& thread, Module& module) {
    TRY(add_int_constants(thread, module, kLanguageItems));
    TRY(add_int_constants(thread, module, kLocaleConstants));
    // A class of its own to each interpreter, as a class statement makes it.
    Ref<Str> name = TRY(make_str(thread, "Error")), home = TRY(make_str(thread, "locale"));
    Ref<Tuple> bases = TRY(make_tuple(thread, Value::of(exc::Exception)));
    Ref<Dict> dict = TRY(make_dict(thread));
    TRY(dict_set(thread, *dict, Value::of(ID(__module__)), home.value()));
    return module_set(thread, module, "Error",
                      call(thread, Value::of(type_type), name, bases, dict));
}

ModuleSpec spec("_locale", "Support for POSIX locales.", functions, execute);

}  // namespace

}  // namespace imugi
