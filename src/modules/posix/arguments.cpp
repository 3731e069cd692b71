// Arguments of the posix functions, and their errors. No state.
#include <fcntl.h>

#include "modules/posix/posix.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/exception.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/str.h"

namespace imugi::posix {

Raised fail(Thread& thread, Value name, Value second) {
    if (has_exception(thread)) return {};
    return raise_os_error(thread, errno, name, second);
}

static Result<int> fd_of_int(Thread& thread, Value value) {
    int64_t n;
    if (!int_fits_int64(value, &n) || n > INT32_MAX || n < INT32_MIN)
        return raise(
            thread, exc::OverflowError,
            int_sign(value) > 0 ? "fd is greater than maximum" : "fd is less than minimum");
    return static_cast<int>(n);
}

bool load_path(Thread& thread, Value value, const char* function, PathArgument* path, bool allow_fd,
               bool nullable, const char* argument) {
    path->object = value;
    if (is_none(value) && nullable) {
        path->object = Value();
        return true;
    }
    if (allow_fd && !is_str(value) && !is_bytes(value) &&
        (is_int(value) || type_of(value).slots.index)) {
        if (has_shape(value, k_bool_shape))
            TRY(warn(thread, exc::RuntimeWarning, 1,
                     make_str(thread, "bool is used as a file descriptor")));
        Owned index = TRY(to_index(thread, value));
        path->fd = TRY(fd_of_int(thread, index));
        path->object = Value();
        if (path->fd < 0) {
            errno = EBADF;
            return fail(thread);
        }
        return true;
    }
    path->as_bytes = is_bytes(value);
    Owned text;
    if (is_str(value) || is_bytes(value)) {
        text = Owned::share(value);
    } else {
        Owned method = lookup_in_mro(thread, type_of(value), ID(__fspath__));
        bool is_path = !method.is_nothing() && !is_none(method);
        text = is_path ? call_special(thread, value, ID(__fspath__)) : Owned::nothing();
        if (!text) return false;
        if (text.is_nothing())
            return raise(thread, exc::TypeError, "{}: {} should be {}, not {}", function, argument,
                         allow_fd && nullable ? "string, bytes, os.PathLike, integer or None"
                         : allow_fd           ? "string, bytes, os.PathLike or integer"
                         : nullable           ? "string, bytes, os.PathLike or None"
                                              : "string, bytes or os.PathLike",
                         type_name_of(value));
        if (!is_str(text) && !is_bytes(text))
            return raise(thread, exc::TypeError,
                         "expected {}.__fspath__() to return str or bytes, not {}",
                         type_name_of(value), type_name_of(text));
        path->as_bytes = is_bytes(text);
    }
    if (is_str(text)) text = TRY(str_encode(thread, text.as<Str>(), "utf-8", "surrogateescape"));
    auto& bytes = text.as<Bytes>();
    if (memchr(bytes.data(), 0, bytes.size))
        return raise(thread, exc::ValueError, "{}: embedded null character in {}", function,
                     argument);
    path->bytes = Ref<Bytes>::adopt(std::move(text));
    return true;
}

Result<int> load_dir_fd(Thread& thread, Value value) {
    if (value.is_empty() || is_none(value)) return AT_FDCWD;
    if (!is_int(value) && !type_of(value).slots.index)
        return raise(thread, exc::TypeError, "argument should be integer or None, not {}",
                     type_name_of(value));
    if (has_shape(value, k_bool_shape))
        TRY(warn(thread, exc::RuntimeWarning, 1,
                 make_str(thread, "bool is used as a file descriptor")));
    Owned index = TRY(to_index(thread, value));
    return fd_of_int(thread, index);
}

int audited_dir(int dir_fd) {
    return dir_fd == AT_FDCWD ? -1 : dir_fd;
}

Result<int> load_fd(Thread& thread, Value value) {
    int64_t n;
    if (is_int(value)) {
        if (has_shape(value, k_bool_shape))
            TRY(warn(thread, exc::RuntimeWarning, 1,
                     make_str(thread, "bool is used as a file descriptor")));
        if (!int_fits_int64(value, &n) || n > INT32_MAX || n < INT32_MIN)
            return raise(thread, exc::OverflowError, "Python int too large to convert to C int");
    } else {
        Owned method = TRY(get_attribute_or_nothing(thread, value, ID(fileno)));
        if (method.is_nothing())
            return raise(thread, exc::TypeError,
                         "argument must be an int, or have a fileno() method.");
        Owned result = TRY(call(thread, method));
        if (!is_int(result))
            return raise(thread, exc::TypeError, "fileno() returned a non-integer");
        if (!int_fits_int64(result, &n) || n > INT32_MAX || n < INT32_MIN)
            return raise(thread, exc::OverflowError, "Python int too large to convert to C int");
    }
    if (n < 0)
        return raise(thread, exc::ValueError, "file descriptor cannot be a negative integer ({})",
                     n);
    return static_cast<int>(n);
}

Result<int64_t> load_offset(Thread& thread, Value value) {
    if (is_float(value))
        return raise(thread, exc::TypeError, "'float' object cannot be interpreted as an integer");
    return to_int64(thread, value);
}

Result<uint32_t> load_id(Thread& thread, Value value, const char* kind) {
    if (!is_int(value) && !type_of(value).slots.index)
        return raise(thread, exc::TypeError, "{} should be integer, not {}", kind,
                     type_name_of(value));
    Owned index = TRY(to_index(thread, value));
    int64_t n;
    if (!int_fits_int64(index, &n) || n > UINT32_MAX)
        return raise(thread, exc::OverflowError, "{} is {} than {}", kind,
                     int_sign(index) > 0 ? "greater" : "less",
                     int_sign(index) > 0 ? "maximum" : "minimum");
    if (n < -1) return raise(thread, exc::OverflowError, "{} is less than minimum", kind);
    return static_cast<uint32_t>(n);
}

Owned make_id(Thread& thread, uint32_t id) {
    return Owned::small_int(id == UINT32_MAX ? -1 : static_cast<int64_t>(id));
}

}  // namespace imugi::posix
