// Docstrings lose the margin that their lines share, as inspect.cleandoc() does it, but keep blank
// lines at the end.
#include "compile/constants.h"
#include "object/exception.h"
#include "object/str.h"

namespace imugi::compile {
namespace {

// Columns of white space at the beginning; `*blank` when there is nothing else up to the line's
// end.
size_t margin_of(std::string_view text, size_t begin, bool* blank) {
    size_t at = begin;
    while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) at++;
    *blank = at == text.size() || text[at] == '\n';
    return at - begin;
}

}  // namespace

Owned clean_docstring(Thread& thread, std::string_view text) {
    StrBuilder built(thread);
    size_t line = text.find('\n');
    // Tabs make margins a matter of columns; the whole text is expanded then.
    bool tabs = text.find('\t') != std::string_view::npos;
    std::string_view source = text;
    Ref<Str> expanded;
    if (tabs) {
        StrBuilder wide(thread);
        size_t column = 0;
        for (size_t i = 0; i < text.size(); i++) {
            char ch = text[i];
            if (ch == '\t') {
                size_t spaces = 8 - column % 8;
                if (!wide.append_repeated(' ', spaces)) return {};
                column += spaces;
                continue;
            }
            size_t size = 1;
            while (i + size < text.size() && (text[i + size] & 0xC0) == 0x80) size++;
            if (!wide.append_utf8(text.data() + i, size)) return {};
            i += size - 1;
            column = ch == '\n' || ch == '\r' ? 0 : column + 1;
        }
        expanded = wide.finish();
        if (!expanded) return {};
        size_t size;
        const char* utf8 = str_utf8(thread, *expanded, &size);
        if (!utf8) {
            // Lone surrogates: left as it is.
            clear_exception(thread);
            return make_str(thread, text.data(), text.size());
        }
        source = {utf8, size};
        line = source.find('\n');
    }
    size_t margin = SIZE_MAX;
    for (size_t at = line; at != std::string_view::npos; at = source.find('\n', at + 1)) {
        bool blank;
        size_t indent = margin_of(source, at + 1, &blank);
        if (!blank && indent < margin) margin = indent;
    }
    if (margin == SIZE_MAX) margin = 0;
    size_t first = 0;
    while (first < source.size() && source[first] == ' ') first++;
    if (first == 0 && margin == 0 && !tabs) {
        Ref<Str> whole = make_str(thread, text.data(), text.size());
        return whole;
    }
    size_t end = line == std::string_view::npos ? source.size() : line;
    if (!built.append_utf8(source.data() + first, end - first)) return {};
    while (line != std::string_view::npos) {
        size_t next = source.find('\n', line + 1);
        size_t stop = next == std::string_view::npos ? source.size() : next;
        size_t begin = line + 1;
        for (size_t cut = 0; cut < margin && begin < stop && source[begin] == ' '; cut++) begin++;
        if (!built.append("\n") || !built.append_utf8(source.data() + begin, stop - begin))
            return {};
        line = next;
    }
    return built.finish();
}

}  // namespace imugi::compile
