// Reads the file anew each time: warnings are rare. Touches nothing shared.
#include "modules/_warnings/source_line.h"

#include <cstdio>

#include "object/errors.h"
#include "object/str.h"

namespace imugi {

namespace {

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\f';
}

}  // namespace

Owned read_source_line(Thread& thread, Value filename, int64_t line) {
    const char* path = line > 0 ? str_utf8(thread, filename.as<Str>()) : nullptr;
    if (!path) {
        clear_exception(thread);
        return Owned::share(none());
    }
    FILE* file = fopen(path, "re");
    if (!file) return Owned::share(none());
    char buffer[1024];
    size_t size = 0;
    int64_t at = 1;
    for (int c; at <= line && (c = getc(file)) != EOF;) {
        if (c == '\n')
            at++;
        else if (at == line && size < sizeof(buffer))
            buffer[size++] = static_cast<char>(c);
    }
    fclose(file);
    size_t begin = 0;
    while (begin < size && is_blank(buffer[begin])) begin++;
    while (size > begin && (is_blank(buffer[size - 1]) || buffer[size - 1] == '\r')) size--;
    if (begin == size) return Owned::share(none());
    Owned text = make_str(thread, buffer + begin, size - begin).owned();
    if (text) return text;
    // Not UTF-8, or cut within a character.
    clear_exception(thread);
    return Owned::share(none());
}

}  // namespace imugi
