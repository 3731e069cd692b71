// The locale of the process as start-up leaves it, and the UTF-8 mode that follows from it (PEP
// 538, PEP 540). Before the runtime starts: one thread.
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/options.h"

namespace imugi {

namespace {

// The locale without a name, whose encoding is ASCII.
bool is_legacy() {
    const char* name = setlocale(LC_CTYPE, nullptr);
    return name && (strcmp(name, "C") == 0 || strcmp(name, "POSIX") == 0);
}

// LC_CTYPE becomes one with UTF-8, for this process and for those it starts.
bool coerce(bool warn) {
    const char* all = getenv("LC_ALL");
    if (all && *all) return false;
    static constexpr const char* targets[] = {"C.UTF-8", "C.utf8", "UTF-8"};
    for (const char* target : targets) {
        if (!setlocale(LC_CTYPE, target)) continue;
        if (!*nl_langinfo(CODESET)) continue;
        if (setenv("LC_CTYPE", target, 1) != 0) return false;
        if (warn)
            fprintf(stderr,
                    "Python detected LC_CTYPE=C: LC_CTYPE coerced to %s (set another locale or "
                    "PYTHONCOERCECLOCALE=0 to disable this locale coercion behavior).\n",
                    target);
        return true;
    }
    setlocale(LC_CTYPE, "C");
    return false;
}

}  // namespace

void settle_locale(Config& config) {
    setlocale(LC_CTYPE, "");
    bool legacy = is_legacy();
    if (config.utf8_mode < 0) config.utf8_mode = legacy;
    if (!legacy) return;
    const char* wanted = config.ignore_environment ? nullptr : getenv("PYTHONCOERCECLOCALE");
    bool warn = wanted && strcmp(wanted, "warn") == 0;
    if (wanted && strcmp(wanted, "0") == 0) return;
    if (!coerce(warn) && warn)
        fputs(
            "Python runtime initialized with LC_CTYPE=C (a locale with default ASCII encoding), "
            "which may cause Unicode compatibility problems. Using C.UTF-8, C.utf8, or UTF-8 (if "
            "available) as alternative Unicode-compatible locales is recommended.\n",
            stderr);
}

}  // namespace imugi
