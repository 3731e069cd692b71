// The plain form needs nothing that a program may have replaced or broken: neither the traceback
// module nor linecache. Races: an exception's traceback is taken under its Lock, entries are
// immutable but for `next`.
#include "modules/sys/display_exception.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/errors.h"
#include "object/interpreter.h"
#include "object/module.h"
#include "object/positions.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"
#include "thread/lock.h"
#include "vm/frame_object.h"
#include "vm/traceback.h"

namespace imugi {

namespace {

// Line `number` of a file without what it is indented by; nothing is added when it cannot be read.
bool append_source_line(StrBuilder& out, const char* filename, int number) {
    FILE* file = fopen(filename, "r");
    if (!file) return true;
    char* line = nullptr;
    size_t room = 0;
    ssize_t size = -1;
    for (int at = 0; at < number; at++) {
        size = getline(&line, &room, file);
        if (size < 0) break;
    }
    fclose(file);
    bool good = true;
    if (size > 0) {
        const char* begin = line;
        const char* end = line + size;
        while (end > begin && isspace(static_cast<unsigned char>(end[-1]))) end--;
        while (begin < end && isspace(static_cast<unsigned char>(*begin))) begin++;
        auto length = static_cast<size_t>(end - begin);
        if (length && utf8_scan(reinterpret_cast<const uint8_t*>(begin), length).consumed == length)
            good = out.append("    ") && out.append_utf8(begin, length) && out.append("\n");
    }
    free(line);
    return good;
}

bool append_entry(Thread& thread, StrBuilder& out, Traceback& entry) {
    Code& code = entry.frame.as<FrameObject>().code.as<Code>();
    int line = entry.line.load(std::memory_order_relaxed);
    if (line < 0) line = find_line(code, static_cast<uint32_t>(entry.word()));
    TRY(out.append("  File \"") && out.append(code.filename.as<Str>()) && out.append("\", line ") &&
        out.append_int(line) && out.append(", in ") && out.append(code.name.as<Str>()) &&
        out.append("\n"));
    const char* filename = str_utf8(thread, code.filename.as<Str>());
    if (!filename) return false;
    return append_source_line(out, filename, line);
}

Owned plain_text(Thread& thread, Value value) {
    auto& exception = value.as<Exception>();
    StrBuilder out(thread);
    Owned entry;
    {
        Lock guard(thread, exception);
        entry = exception.traceback.share();
    }
    if (entry) TRY(out.append("Traceback (most recent call last):\n"));
    while (entry) {
        auto& traceback = entry.as<Traceback>();
        TRY(append_entry(thread, out, traceback));
        Owned next;
        {
            Lock guard(thread, traceback);
            next = traceback.next.share();
        }
        entry = std::move(next);
    }
    TRY(out.append(type_name(type_of(value))));
    Owned text = str(thread, value);
    if (!text) {
        clear_exception(thread);
        TRY(out.append(": <exception str() failed>"));
    } else if (text.as<Str>().length()) {
        TRY(out.append(": ") && out.append(text.as<Str>()));
    }
    TRY(out.append("\n"));
    return out.finish();
}

bool display_by_module(Thread& thread, Value exception, Value stream) {
    Owned module = TRY(import_module(thread, ID(traceback)));
    Owned used = dict_get(thread, interpreter_of(thread).sys_dict.as<Dict>(), ID(stderr));
    if (!used) return false;
    Owned shown;
    if (!used.is_nothing() && same(used, stream)) {
        shown = call_method(thread, module, ID(_print_exception_bltin), exception);
    } else {
        Owned print = TRY(get_attribute(thread, module, ID(print_exception)));
        Ref<Tuple> arguments = TRY(make_tuple(thread, exception));
        Ref<Dict> keywords = TRY(make_dict(thread));
        TRY(dict_set(thread, *keywords, Value::of(ID(file)), stream));
        shown = call_with(thread, print, *arguments, keywords.get());
    }
    return static_cast<bool>(shown);
}

}  // namespace

bool display_exception(Thread& thread, Value exception, Value stream) {
    if (display_by_module(thread, exception, stream)) return true;
    if (!is_exception(exception)) return false;
    clear_exception(thread);
    Owned text = TRY(plain_text(thread, exception));
    return static_cast<bool>(call_method(thread, stream, ID(write), text));
}

}  // namespace imugi
