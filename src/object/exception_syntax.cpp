// SyntaxError and its subclasses. Fields are written under the object's Lock.
#include <cstring>

#include "object/exception_parts.h"
#include "object/int.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"

namespace imugi {

namespace {

bool syntax_error_init(Thread& thread, Value self, const Arguments& arguments) {
    TRY(exception_init(thread, self, arguments));
    auto& error = self.as<SyntaxFailure>();
    if (arguments.count >= 1)
        write_field(thread, &error, error.message, Owned::share(arguments[0]));
    if (arguments.count != 2) return true;
    Ref<Tuple> info = TRY(to_tuple(thread, arguments[1]));
    if (info->size < 4)
        return raise(thread, exc::TypeError, "function takes at least 4 arguments ({} given)",
                     info->size);
    if (info->size > 7)
        return raise(thread, exc::TypeError, "function takes at most 7 arguments ({} given)",
                     info->size);
    if (info->size == 5)
        return raise(thread, exc::TypeError,
                     "end_offset must be provided when end_lineno is provided");
    Slot* slots[] = {&error.filename,   &error.lineno,     &error.offset,  &error.text,
                     &error.end_lineno, &error.end_offset, &error.metadata};
    for (size_t i = 0; i < 7; i++)
        write_field(thread, &error, *slots[i],
                    i < info->size ? Owned::share((*info)[i])
                                   : (i == 4 || i == 5 ? Owned::share(none()) : Owned()));
    return true;
}

// The last part of a path.
Ref<Str> base_name(Thread& thread, Str& path) {
    size_t start = path.length();
    while (start > 0 && path[start - 1] != '/') start--;
    return str_substring(thread, path, start, path.length());
}

Owned syntax_error_str(Thread& thread, Value self) {
    auto& error = self.as<SyntaxFailure>();
    Owned message = read_field(thread, &error, error.message);
    Owned filename = read_field(thread, &error, error.filename);
    Owned line = read_field(thread, &error, error.lineno);
    Value shown = message ? message.value() : none();
    bool has_line = line && is_exact_int(line);
    if (filename && is_str(filename)) {
        Ref<Str> name = TRY(base_name(thread, filename.as<Str>()));
        if (has_line) return format(thread, "{} ({}, line {})", shown, *name, line);
        return format(thread, "{} ({})", shown, *name);
    }
    if (has_line) return format(thread, "{} (line {})", shown, line);
    return str(thread, shown);
}

const MemberRow syntax_error_members[] = {
    {"msg", MemberKind::kObject, offsetof(SyntaxFailure, message), false, "exception msg"},
    {"filename", MemberKind::kObject, offsetof(SyntaxFailure, filename), false,
     "exception filename"},
    {"lineno", MemberKind::kObject, offsetof(SyntaxFailure, lineno), false, "exception lineno"},
    {"offset", MemberKind::kObject, offsetof(SyntaxFailure, offset), false, "exception offset"},
    {"text", MemberKind::kObject, offsetof(SyntaxFailure, text), false, "exception text"},
    {"end_lineno", MemberKind::kObject, offsetof(SyntaxFailure, end_lineno), false,
     "exception end lineno"},
    {"end_offset", MemberKind::kObject, offsetof(SyntaxFailure, end_offset), false,
     "exception end offset"},
    {"print_file_and_line", MemberKind::kObject, offsetof(SyntaxFailure, print_file_and_line),
     false, "exception print_file_and_line"},
    {"_metadata", MemberKind::kObject, offsetof(SyntaxFailure, metadata), false,
     "exception private metadata"},
    {},
};

}  // namespace

void customize_syntax_errors(Type& type, TypeSpec& spec) {
    if (&type != &exc::SyntaxError) return;
    spec.slots.init = syntax_error_init;
    spec.slots.str = syntax_error_str;
    spec.slots.fields = visit_exception<9>;
    spec.members = syntax_error_members;
}

}  // namespace imugi
