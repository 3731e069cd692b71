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
#include "object/int.h"
#include "object/interpreter.h"
#include "object/list.h"
#include "object/module.h"
#include "object/positions.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"
#include "thread/lock.h"
#include "thread/safepoint.h"
#include "vm/frame_object.h"
#include "vm/traceback.h"

namespace imugi {

namespace {

// A chain longer than this is written plainly at once: the traceback module makes some kilobytes
// for each exception before it writes the first, and takes fifty times as long as raising them did.
constexpr Index kLongChain = 16384;
constexpr size_t kWriteAtOnce = 1 << 16;

// Lines of source files without what they are indented by, each followed by a line's end; the last
// few that were asked for are kept, as runaway recursion shows the same ones over and over.
class SourceLines {
  public:
    // Appends nothing when the line cannot be read.
    bool append(Thread& thread, StrBuilder& out, Str& filename, int number) {
        Kept& kept = kept_[static_cast<unsigned>(number) % 8];
        if (!kept.filename || &kept.filename.as<Str>() != &filename || kept.number != number) {
            const char* name = str_utf8(thread, filename);
            if (!name) return false;
            StrBuilder line(thread);
            TRY(read(line, name, number));
            kept.text = TRY(line.finish()).owned();
            kept.filename = Owned::share(Value::of(filename));
            kept.number = number;
        }
        return out.append(kept.text.as<Str>());
    }

  private:
    struct Kept {
        Owned filename, text;
        int number = 0;
    };

    static bool read(StrBuilder& out, const char* filename, int number) {
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
            if (length &&
                utf8_scan(reinterpret_cast<const uint8_t*>(begin), length).consumed == length)
                good = out.append("    ") && out.append_utf8(begin, length) && out.append("\n");
        }
        free(line);
        return good;
    }

    Kept kept_[8];
};

int line_of(Traceback& entry) {
    int line = entry.line.load(std::memory_order_relaxed);
    if (line >= 0) return line;
    Code& code = entry.frame.as<FrameObject>().code.as<Code>();
    return find_line(code, static_cast<uint32_t>(entry.word()));
}

bool append_entry(Thread& thread, StrBuilder& out, SourceLines& lines, Code& code, int line) {
    TRY(out.append("  File \"") && out.append(code.filename.as<Str>()) && out.append("\", line ") &&
        out.append_int(line) && out.append(", in ") && out.append(code.name.as<Str>()) &&
        out.append("\n"));
    return lines.append(thread, out, code.filename.as<Str>(), line);
}

// The entries of a traceback; more than three of one place are counted only.
bool append_entries(Thread& thread, StrBuilder& out, SourceLines& lines, Owned entry) {
    Code* last_code = nullptr;
    int last_line = -1;
    int64_t times = 0;
    auto close = [&]() -> bool {
        if (times <= 3) return true;
        return out.append("  [Previous line repeated ") && out.append_int(times - 3) &&
               out.append(times > 4 ? " more times]\n" : " more time]\n");
    };
    for (int64_t polled = 0; entry; polled++) {
        auto& traceback = entry.as<Traceback>();
        Code& code = traceback.frame.as<FrameObject>().code.as<Code>();
        int line = line_of(traceback);
        if (&code != last_code || line != last_line) {
            TRY(close());
            last_code = &code;
            last_line = line;
            times = 0;
        }
        if (++times <= 3) TRY(append_entry(thread, out, lines, code, line));
        Owned next;
        {
            Lock guard(thread, traceback);
            next = traceback.next.share();
        }
        entry = std::move(next);
        if (polled % 1024 == 1023) TRY(safepoint(thread));
    }
    return close();
}

bool append_type(Thread& thread, StrBuilder& out, Value exception) {
    Ref<Type> type = share_type(exception);
    Owned module = get_attribute(thread, type, ID(__module__));
    Owned name = get_attribute(thread, type, ID(__qualname__));
    if (!module || !name || !is_str(name)) {
        clear_exception(thread);
        return out.append(type_name(*type));
    }
    bool shown = is_str(module) && !str_equal(module.as<Str>(), "builtins") &&
                 !str_equal(module.as<Str>(), "__main__");
    if (shown) TRY(out.append(module.as<Str>()) && out.append("."));
    return out.append(name.as<Str>());
}

bool append_exception(Thread& thread, StrBuilder& out, SourceLines& lines, Value value) {
    auto& exception = value.as<Exception>();
    Owned entry;
    {
        Lock guard(thread, exception);
        entry = exception.traceback.share();
    }
    if (entry) {
        TRY(out.append("Traceback (most recent call last):\n"));
        TRY(append_entries(thread, out, lines, std::move(entry)));
    }
    TRY(append_type(thread, out, value));
    Owned text = str(thread, value);
    if (!text) {
        clear_exception(thread);
        TRY(out.append(": <exception str() failed>"));
    } else if (text.as<Str>().length()) {
        TRY(out.append(": ") && out.append(text.as<Str>()));
    }
    return out.append("\n");
}

// What is shown before an exception: its cause, or its context unless that is suppressed.
Owned shown_before(Thread& thread, Value value, bool* is_cause) {
    auto& exception = value.as<Exception>();
    Lock guard(thread, exception);
    Owned before = exception.cause.share();
    *is_cause = static_cast<bool>(before);
    if (!before && !exception.suppress_context) before = exception.context.share();
    return before;
}

// A chain that leads back into itself is as short as its round.
bool chain_is_long(Thread& thread, Value exception) {
    Owned at = Owned::share(exception), passed = at.share();
    Index steps = 0, turn = 1;
    for (bool is_cause; steps <= kLongChain; steps++) {
        at = shown_before(thread, at, &is_cause);
        if (!at || same(at, passed)) return false;
        if (steps == turn) {
            passed = at.share();
            turn *= 2;
        }
    }
    return true;
}

bool write_text(Thread& thread, Value stream, StrBuilder& out) {
    Owned text = TRY(out.finish()).owned();
    return static_cast<bool>(call_method(thread, stream, ID(write), text));
}

// The exception behind those that led to it, each once.
bool write_plainly(Thread& thread, Value value, Value stream) {
    Ref<List> chain = TRY(make_list(thread));
    Ref<List> links = TRY(make_list(thread));
    Ref<Dict> seen = TRY(make_dict(thread));
    Owned at = Owned::share(value);
    for (;;) {
        TRY(list_append(thread, *chain, at.share()));
        Owned address = TRY(make_int(
            thread, static_cast<int64_t>(reinterpret_cast<intptr_t>(at.value().object()))));
        TRY(dict_set(thread, *seen, address, none()));
        bool is_cause;
        Owned before = shown_before(thread, at, &is_cause);
        if (!before) break;
        Owned its = TRY(make_int(
            thread, static_cast<int64_t>(reinterpret_cast<intptr_t>(before.value().object()))));
        if (TRY(dict_contains(thread, *seen, its))) break;
        TRY(list_append(thread, *links, Owned::share(boolean(is_cause))));
        at = std::move(before);
        if (list_size(*chain) % 256 == 0) TRY(safepoint(thread));
    }
    SourceLines lines;
    Index i = list_size(*chain) - 1;
    for (bool more = true; more;) {
        StrBuilder out(thread);
        for (; more && out.length() < kWriteAtOnce; i--) {
            Owned exception = TRY(list_item(thread, *chain, i));
            TRY(append_exception(thread, out, lines, exception));
            more = i > 0;
            if (!more) break;
            Owned is_cause = TRY(list_item(thread, *links, i - 1));
            TRY(out.append(same(is_cause, boolean(true))
                               ? "\nThe above exception was the direct cause of the following "
                                 "exception:\n\n"
                               : "\nDuring handling of the above exception, another exception "
                                 "occurred:\n\n"));
        }
        TRY(write_text(thread, stream, out));
    }
    return true;
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
    if (is_exception(exception) && chain_is_long(thread, exception))
        return write_plainly(thread, exception, stream);
    if (display_by_module(thread, exception, stream)) return true;
    clear_exception(thread);
    if (is_exception(exception)) return write_plainly(thread, exception, stream);
    Owned line = TRY(format(thread,
                            "TypeError: print_exception(): Exception expected for value, {} "
                            "found\n",
                            type_name_of(exception)))
                     .owned();
    return static_cast<bool>(call_method(thread, stream, ID(write), line));
}

}  // namespace imugi
