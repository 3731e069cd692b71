// What the files of the posix module share: path arguments, system calls, errors.
#pragma once

#include <cerrno>

#include "modules/fs_path.h"
#include "object/int.h"
#include "object/native.h"
#include "thread/safepoint.h"

namespace imugi::posix {

// A path argument: bytes for the system, or a file descriptor where that is allowed.
struct PathArgument {
    Ref<Bytes> bytes;
    int fd = -1;
    Value object;           // as passed, for error messages; empty for a missing path
    bool as_bytes = false;  // results are wanted as bytes

    const char* text() const { return bytes ? bytes->text() : "."; }
    bool is_fd() const { return fd >= 0; }
};

// `function` names the caller in messages. `nullable`: None stands for ".".
[[nodiscard]] bool load_path(Thread& thread, Value value, const char* function, PathArgument* path,
                             bool allow_fd = false, bool nullable = false,
                             const char* argument = "path");
// A dir_fd argument: AT_FDCWD for None.
Result<int> load_dir_fd(Thread& thread, Value value);
// An open file: an int or something with fileno().
Result<int> load_fd(Thread& thread, Value value);
Result<int64_t> load_offset(Thread& thread, Value value);
Result<uint32_t> load_id(Thread& thread, Value value, const char* kind);  // uid, gid; -1 allowed
Owned make_id(Thread& thread, uint32_t id);

// OSError of errno, unless a signal handler has raised already.
Raised fail(Thread& thread, Value name = Value(), Value second = Value());

// Calls `f` detached; errno is kept.
template <class F>
auto blocking(Thread& thread, F f) {
    decltype(f()) result;
    int error;
    {
        Detached detached(thread);
        result = f();
        error = errno;
    }
    errno = error;
    return result;
}

// The same again while signals interrupt it and their handlers do not raise.
template <class F>
auto retried(Thread& thread, F f) {
    for (;;) {
        auto result = blocking(thread, f);
        if (result != static_cast<decltype(result)>(-1) || errno != EINTR) return result;
        if (!safepoint(thread)) return result;
    }
}

// A dir_fd as audit hooks are told it.
int audited_dir(int dir_fd);

// None, or OSError.
inline Owned done(Thread& thread, int result, Value name = Value(), Value second = Value()) {
    if (result < 0) return fail(thread, name, second);
    return Owned::share(none());
}
inline Owned number(Thread& thread, int64_t result) {
    if (result < 0) return fail(thread);
    return make_int(thread, result);
}

extern const MethodRow path_functions[], file_functions[], stat_functions[], directory_functions[],
    process_functions[], spawn_functions[], identity_functions[], system_functions[],
    entry_functions[], terminal_functions[];
[[nodiscard]] bool add_constants(Thread& thread, Module& module);
Owned current_environ(Thread& thread);  // a fresh dict of the process's environment
[[nodiscard]] bool add_stat_types(Thread& thread, Module& module);
[[nodiscard]] bool add_directory_types(Thread& thread, Module& module);
[[nodiscard]] bool add_process_types(Thread& thread, Module& module);
[[nodiscard]] bool add_system_types(Thread& thread, Module& module);
Owned stat_at(Thread& thread, int dir_fd, const char* path, bool follow, Value shown);

}  // namespace imugi::posix

namespace imugi {
// For _posixsubprocess: hooks of os.register_at_fork around a fork that the caller makes.
void run_before_fork_hooks(Thread& thread);
void run_after_fork_hooks(Thread& thread, bool child);
}  // namespace imugi
