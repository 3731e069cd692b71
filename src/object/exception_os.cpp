// OSError and its subclasses, chosen by errno. Fields are written under the object's Lock.
#include <cerrno>

#include "memory/collector.h"
#include "object/complex.h"
#include "object/exception_parts.h"
#include "object/int.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"

namespace imugi {

namespace {

Type* subclass_of_errno(int64_t number) {
    switch (number) {
        case EAGAIN:
        case EALREADY:
        case EINPROGRESS:
            return &exc::BlockingIOError;
        case EPIPE:
        case ESHUTDOWN:
            return &exc::BrokenPipeError;
        case ECHILD:
            return &exc::ChildProcessError;
        case ECONNABORTED:
            return &exc::ConnectionAbortedError;
        case ECONNREFUSED:
            return &exc::ConnectionRefusedError;
        case ECONNRESET:
            return &exc::ConnectionResetError;
        case EEXIST:
            return &exc::FileExistsError;
        case ENOENT:
            return &exc::FileNotFoundError;
        case EINTR:
            return &exc::InterruptedError;
        case EISDIR:
            return &exc::IsADirectoryError;
        case ENOTDIR:
            return &exc::NotADirectoryError;
        case EACCES:
        case EPERM:
            return &exc::PermissionError;
        case ESRCH:
            return &exc::ProcessLookupError;
        case ETIMEDOUT:
            return &exc::TimeoutError;
        default:
            return nullptr;
    }
}

Owned os_error_make(Thread& thread, Type& type, const Arguments& arguments);
bool os_error_init(Thread& thread, Value self, const Arguments& arguments);

// The fields are set by __new__, unless a class has its own __init__ and leaves __new__ alone: its
// __init__ may then pass other arguments on.
bool init_sets_fields(const Type& type) {
    return type.slots.init != os_error_init && type.slots.make == os_error_make;
}

bool set_fields(Thread& thread, Value self, const Arguments& arguments) {
    auto& error = self.as<OSFailure>();
    uint32_t count = arguments.count;
    Arguments kept = {arguments.values, count, nullptr};
    if (count >= 2 && count <= 5) {
        Value filename = count >= 3 ? arguments[2] : Value();
        Value filename2 = count == 5 ? arguments[4] : Value();
        bool has_filename = !filename.is_empty() && !is_none(filename);
        if (has_filename) {
            if (&type_of(self) == &exc::BlockingIOError &&
                (type_of(filename).slots.index || type_of(filename).slots.to_int ||
                 type_of(filename).slots.to_float || is_complex(filename))) {
                Index written = TRY(to_ssize(thread, filename, exc::ValueError));
                error.characters_written.store(written, std::memory_order_relaxed);
            } else {
                write_field(thread, &error, error.filename, Owned::share(filename));
                if (!filename2.is_empty() && !is_none(filename2))
                    write_field(thread, &error, error.filename2, Owned::share(filename2));
                kept.count = 2;
            }
        }
        write_field(thread, &error, error.number, Owned::share(arguments[0]));
        write_field(thread, &error, error.message, Owned::share(arguments[1]));
    }
    return set_args(thread, self, kept);
}

bool reject(Thread& thread, const Type& type, const Arguments& arguments) {
    if (!arguments.names || !arguments.names->size) return true;
    return raise(thread, exc::TypeError, "{}() takes no keyword arguments", type);
}

Owned os_error_make(Thread& thread, Type& given, const Arguments& arguments) {
    Type* type = &given;
    if (!init_sets_fields(given)) {
        TRY(reject(thread, given, arguments));
        if (type == &exc::OSError && arguments.count >= 2 && arguments.count <= 5 &&
            is_int(arguments[0])) {
            int64_t number;
            if (int_fits_int64(arguments[0], &number))
                if (Type* found = subclass_of_errno(number)) type = found;
        }
    }
    auto* error = allocate<OSFailure>(thread, *type);
    if (!error) return {};
    Owned result = Owned::adopt(error);
    error->characters_written.store(-1, std::memory_order_relaxed);
    error->args.init(empty_tuple());
    track(error);
    if (!init_sets_fields(given)) TRY(set_fields(thread, result, arguments));
    return result;
}

bool os_error_init(Thread& thread, Value self, const Arguments& arguments) {
    if (!init_sets_fields(type_of(self))) return true;
    TRY(reject(thread, type_of(self), arguments));
    return set_fields(thread, self, arguments);
}

Owned os_error_str(Thread& thread, Value self) {
    auto& error = self.as<OSFailure>();
    Owned number = read_field(thread, &error, error.number);
    Owned message = read_field(thread, &error, error.message);
    Owned filename = read_field(thread, &error, error.filename);
    Owned filename2 = read_field(thread, &error, error.filename2);
    Value shown_number = number ? number.value() : none();
    Value shown_message = message ? message.value() : none();
    if (filename && filename2)
        return format(thread, "[Errno {}] {}: {} -> {}", shown_number, shown_message,
                      repr_of(filename), repr_of(filename2));
    if (filename)
        return format(thread, "[Errno {}] {}: {}", shown_number, shown_message, repr_of(filename));
    if (number && message) return format(thread, "[Errno {}] {}", shown_number, shown_message);
    return exception_str(thread, self);
}

Owned os_error_reduce(Thread& thread, OSFailure& self) {
    Owned args = read_field(thread, &self, self.args);
    Owned filename = read_field(thread, &self, self.filename);
    auto& tuple = args.as<Tuple>();
    if (tuple.size == 2 && filename) {
        Owned filename2 = read_field(thread, &self, self.filename2);
        args = filename2 ? TRY(make_tuple(thread, tuple[0], tuple[1], filename.value(), none(),
                                          filename2.value()))
                         : TRY(make_tuple(thread, tuple[0], tuple[1], filename.value()));
    }
    Owned state = TRY(exception_state(thread, &self));
    Value type = Value::of(type_of(Value::of(self)));
    if (is_none(state)) return make_tuple(thread, type, args.value());
    return make_tuple(thread, type, args.value(), state.value());
}

Owned get_characters_written(Thread& thread, Value self) {
    Index written = self.as<OSFailure>().characters_written.load(std::memory_order_relaxed);
    if (written == -1)
        return raise_attribute_error(thread, self, ID(characters_written), "characters_written");
    return make_int(thread, written);
}
bool set_characters_written(Thread& thread, Value self, Value value) {
    auto& error = self.as<OSFailure>();
    if (value.is_empty()) {
        if (error.characters_written.load(std::memory_order_relaxed) == -1)
            return raise_attribute_error(thread, self, ID(characters_written),
                                         "characters_written");
        error.characters_written.store(-1, std::memory_order_relaxed);
        return true;
    }
    Index written = TRY(to_ssize(thread, value, exc::ValueError));
    error.characters_written.store(written, std::memory_order_relaxed);
    return true;
}

const MemberRow os_error_members[] = {
    {"errno", MemberKind::kObject, offsetof(OSFailure, number), false, "POSIX exception code"},
    {"strerror", MemberKind::kObject, offsetof(OSFailure, message), false, "exception strerror"},
    {"filename", MemberKind::kObject, offsetof(OSFailure, filename), false, "exception filename"},
    {"filename2", MemberKind::kObject, offsetof(OSFailure, filename2), false,
     "second exception filename"},
    {},
};
const MethodRow os_error_methods[] = {
    {"__reduce__", "(self, /)", fn<os_error_reduce>, nullptr},
    {},
};
const GetSetRow os_error_getsets[] = {
    {"characters_written", get_characters_written, set_characters_written},
    {},
};

}  // namespace

void customize_os_errors(Type& type, TypeSpec& spec) {
    if (&type != &exc::OSError) return;
    spec.slots.make = os_error_make;
    spec.slots.init = os_error_init;
    spec.slots.str = os_error_str;
    spec.slots.fields = visit_exception<4>;
    spec.methods = os_error_methods;
    spec.members = os_error_members;
    spec.getsets = os_error_getsets;
}

}  // namespace imugi
