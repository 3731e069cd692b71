// The system and the environment: variables, configuration values, host name, load, terminals.
// setenv() is not safe against getenv() of other threads, so a mutex orders our own.
#include <fcntl.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

#include <cstdlib>
#include <cstring>

#include "memory/collector.h"
#include "modules/posix/names.h"
#include "modules/posix/posix.h"
#include "modules/posix/state.h"
#include "object/attribute.h"
#include "object/audit.h"
#include "object/config.h"
#include "object/dict.h"
#include "object/exception.h"
#include "object/float.h"
#include "object/interpreter.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"
#include "thread/lock.h"

namespace imugi::posix {

namespace {

RuntimeMutex environment_mutex;

Owned posix_putenv(Thread& thread, Value, Value name_value, Value value) {
    Ref<Bytes> name = TRY(fs_encode_path(thread, name_value));
    Ref<Bytes> text = TRY(fs_encode_path(thread, value));
    if (memchr(name->data(), '=', name->size))
        return raise(thread, exc::ValueError, "illegal environment variable name");
    TRY(audit(thread, "os.putenv", name, text));
    MutexGuard guard(environment_mutex);
    return done(thread, setenv(name->text(), text->text(), 1));
}
Owned posix_unsetenv(Thread& thread, Value, Value name_value) {
    Ref<Bytes> name = TRY(fs_encode_path(thread, name_value));
    TRY(audit(thread, "os.unsetenv", name));
    MutexGuard guard(environment_mutex);
    return done(thread, unsetenv(name->text()));
}
Owned posix_create_environ(Thread& thread, Value) {
    return current_environ(thread);
}

Owned posix_strerror(Thread& thread, Value, int code) {
    char room[256];
    return decode_fs(thread, strerror_r(code, room, sizeof room));
}

// A configuration name: an int, or a str of the table.
Result<int> load_name(Thread& thread, Value value, const ConfigName* names, size_t count) {
    if (is_int(value)) {
        int64_t n = TRY(to_int64(thread, value));
        return static_cast<int>(n);
    }
    if (!is_str(value))
        return raise(thread, exc::TypeError, "configuration names must be strings or integers");
    for (size_t i = 0; i < count; i++)
        if (str_equal(value.as<Str>(), names[i].name)) return names[i].value;
    return raise(thread, exc::ValueError, "unrecognized configuration name");
}

Owned posix_sysconf(Thread& thread, Value, Value name_value) {
    int name = TRY(load_name(thread, name_value, sysconf_names, sysconf_name_count));
    errno = 0;
    long value = sysconf(name);
    if (value == -1 && errno) return fail(thread);
    return make_int(thread, value);
}
Owned posix_confstr(Thread& thread, Value, Value name_value) {
    int name = TRY(load_name(thread, name_value, confstr_names, confstr_name_count));
    char room[1024];
    errno = 0;
    size_t size = confstr(name, room, sizeof room);
    if (size == 0) {
        if (errno) return fail(thread);
        return Owned::share(none());
    }
    return decode_fs(thread, room, (size > sizeof room ? sizeof room : size) - 1);
}
Owned posix_pathconf(Thread& thread, Value, Value path_value, Value name_value) {
    PathArgument path;
    TRY(load_path(thread, path_value, "pathconf", &path, true));
    int name = TRY(load_name(thread, name_value, pathconf_names, pathconf_name_count));
    errno = 0;
    long value = path.is_fd() ? fpathconf(path.fd, name) : pathconf(path.text(), name);
    if (value == -1 && errno) return fail(thread, path.object);
    return make_int(thread, value);
}
Owned posix_fpathconf(Thread& thread, Value, Value fd_value, Value name_value) {
    int fd = TRY(load_fd(thread, fd_value));
    int name = TRY(load_name(thread, name_value, pathconf_names, pathconf_name_count));
    errno = 0;
    long value = fpathconf(fd, name);
    if (value == -1 && errno) return fail(thread);
    return make_int(thread, value);
}

const StructField uname_fields[] = {
    {"sysname", "operating system name"},
    {"nodename", "name of machine on network (implementation-defined)"},
    {"release", "operating system release"},
    {"version", "operating system version"},
    {"machine", "hardware identifier"},
};
const StructSequenceSpec uname_spec = {
    "posix.uname_result",
    "uname_result: Result from os.uname().\n\n"
    "This object may be accessed either as a tuple of\n"
    "  (sysname, nodename, release, version, machine),\n"
    "or via the attributes sysname, nodename, release, version, and machine.\n\n"
    "See os.uname for more information.",
    uname_fields, 5, 5};
const StructField size_fields[] = {
    {"columns", "width of the terminal window in characters"},
    {"lines", "height of the terminal window in characters"},
};
const StructSequenceSpec size_spec = {
    "os.terminal_size", "A tuple of (columns, lines) for holding terminal window size", size_fields,
    2, 2};
SharedStruct uname_type{uname_spec}, size_type{size_spec};

Owned posix_uname(Thread& thread, Value) {
    utsname name;
    if (uname(&name) < 0) return fail(thread);
    Type* type = uname_type.get(thread);
    if (!type) return {};
    Ref<Tuple> tuple = TRY(make_struct_sequence(thread, *type));
    const char* const parts[] = {name.sysname, name.nodename, name.release, name.version,
                                 name.machine};
    for (size_t i = 0; i < 5; i++) tuple->items[i].init(TRY(decode_fs(thread, parts[i])).owned());
    track(tuple.get());
    return tuple;
}

Owned posix_getloadavg(Thread& thread, Value) {
    double load[3];
    if (getloadavg(load, 3) != 3)
        return raise(thread, exc::OSError, "Load averages are unobtainable");
    Ref<Tuple> tuple = TRY(make_tuple_blank(thread, 3));
    for (size_t i = 0; i < 3; i++) tuple->items[i].init(TRY(make_float(thread, load[i])));
    track(tuple.get());
    return tuple;
}

Owned posix_cpu_count(Thread& thread, Value) {
    int wanted = interpreter_of(thread).config->cpu_count;
    long count = wanted > 0 ? wanted : sysconf(_SC_NPROCESSORS_ONLN);
    return count < 1 ? Owned::share(none()) : Owned::small_int(count);
}

// --- terminals ---

Owned posix_get_terminal_size(Thread& thread, Value, Value fd_value) {
    int fd = STDOUT_FILENO;
    if (!fd_value.is_empty()) fd = static_cast<int>(TRY(to_int64(thread, fd_value)));
    winsize size;
    if (ioctl(fd, TIOCGWINSZ, &size) < 0) return fail(thread);
    Type* type = size_type.get(thread);
    if (!type) return {};
    Ref<Tuple> tuple = TRY(make_struct_sequence(thread, *type));
    tuple->items[0].init(Owned::small_int(size.ws_col));
    tuple->items[1].init(Owned::small_int(size.ws_row));
    track(tuple.get());
    return tuple;
}

Owned posix_ctermid(Thread& thread, Value) {
    char name[L_ctermid];
    return decode_fs(thread, ctermid(name));
}
Owned posix_ttyname(Thread& thread, Value, int fd) {
    char name[256];
    int error = ttyname_r(fd, name, sizeof name);
    if (error) return raise_os_error(thread, error);
    return decode_fs(thread, name);
}
Owned posix_tcgetpgrp(Thread& thread, Value, int fd) {
    return number(thread, tcgetpgrp(fd));
}
Owned posix_tcsetpgrp(Thread& thread, Value, int fd, int group) {
    return done(thread, tcsetpgrp(fd, group));
}

bool set_close_on_exec(int fd) {
    int flags = fcntl(fd, F_GETFD);
    return flags >= 0 && fcntl(fd, F_SETFD, flags | FD_CLOEXEC) >= 0;
}

Owned posix_openpty(Thread& thread, Value) {
    int master, slave;
    if (blocking(thread, [&] { return openpty(&master, &slave, nullptr, nullptr, nullptr); }) < 0)
        return fail(thread);
    if (!set_close_on_exec(master) || !set_close_on_exec(slave)) {
        int error = errno;
        close(master);
        close(slave);
        return raise_os_error(thread, error);
    }
    return make_tuple(thread, Value::small_int(master), Value::small_int(slave));
}
Owned posix_login_tty(Thread& thread, Value, Value fd_value) {
    int fd = TRY(load_fd(thread, fd_value));
    return done(thread, login_tty(fd));
}
Owned posix_posix_openpt(Thread& thread, Value, int flags) {
    return number(thread, posix_openpt(flags | O_CLOEXEC));
}
Owned posix_grantpt(Thread& thread, Value, Value fd_value) {
    int fd = TRY(load_fd(thread, fd_value));
    return done(thread, grantpt(fd));
}
Owned posix_unlockpt(Thread& thread, Value, Value fd_value) {
    int fd = TRY(load_fd(thread, fd_value));
    return done(thread, unlockpt(fd));
}
Owned posix_ptsname(Thread& thread, Value, Value fd_value) {
    int fd = TRY(load_fd(thread, fd_value));
    char name[256];
    int error = ptsname_r(fd, name, sizeof name);
    if (error) return raise_os_error(thread, error);
    return decode_fs(thread, name);
}
Owned posix_device_encoding(Thread& thread, Value, int fd) {
    if (blocking(thread, [&] { return isatty(fd); }) != 1) return Owned::share(none());
    return make_str(thread, "utf-8");
}

Owned posix_inputhook(Thread&, Value) {
    return Owned::share(none());
}
Owned posix_is_inputhook_installed(Thread&, Value) {
    return Owned::share(boolean(false));
}

}  // namespace

bool add_system_types(Thread& thread, Module& module) {
    return uname_type.add_to(thread, module) && size_type.add_to(thread, module);
}

const MethodRow system_functions[] = {
    {"putenv", "(module, name, value, /)", fn<posix_putenv>,
     "Change or add an environment variable."},
    {"unsetenv", "(module, name, /)", fn<posix_unsetenv>, "Delete an environment variable."},
    {"_create_environ", "(module, /)", fn<posix_create_environ>,
     "Create the environment dictionary."},
    {"strerror", "(module, code, /)", fn<posix_strerror>,
     "Translate an error code to a message string."},
    {"sysconf", "(module, name, /)", fn<posix_sysconf>,
     "Return an integer-valued system configuration variable."},
    {"confstr", "(module, name, /)", fn<posix_confstr>,
     "Return a string-valued system configuration variable."},
    {"pathconf", "(module, /, path, name)", fn<posix_pathconf>,
     "Return the configuration limit name for the file or directory path."},
    {"fpathconf", "(module, fd, name, /)", fn<posix_fpathconf>,
     "Return the configuration limit name for the file descriptor fd."},
    {"uname", "(module, /)", fn<posix_uname>,
     "Return an object identifying the current operating system.\n\n"
     "The object behaves like a named tuple with the following fields:\n"
     "  (sysname, nodename, release, version, machine)"},
    {"getloadavg", "(module, /)", fn<posix_getloadavg>,
     "Return average recent system load information."},
    {"cpu_count", "(module, /)", fn<posix_cpu_count>,
     "Return the number of logical CPUs in the system.\n\n"
     "Return None if indeterminable."},
    {"_inputhook", "(module, /)", fn<posix_inputhook>,
     "Calls PyOS_CallInputHook droppong the GIL first"},
    {"_is_inputhook_installed", "(module, /)", fn<posix_is_inputhook_installed>,
     "Checks if PyOS_CallInputHook is set"},
    {},
};

const MethodRow terminal_functions[] = {
    {"get_terminal_size", "(module, fd=<unrepresentable>, /)", fn<posix_get_terminal_size>,
     "Return the size of the terminal window as (columns, lines).\n\n"
     "The optional argument fd (default standard output) specifies\n"
     "which file descriptor should be queried.\n\n"
     "If the file descriptor is not connected to a terminal, an OSError\n"
     "is thrown.\n\n"
     "This function will only be defined if an implementation is\n"
     "available for this system.\n\n"
     "shutil.get_terminal_size is the high-level function which should\n"
     "normally be used, os.get_terminal_size is the low-level implementation."},
    {"ctermid", "(module, /)", fn<posix_ctermid>,
     "Return the name of the controlling terminal for this process."},
    {"ttyname", "(module, fd, /)", fn<posix_ttyname>,
     "Return the name of the terminal device connected to 'fd'."},
    {"tcgetpgrp", "(module, fd, /)", fn<posix_tcgetpgrp>,
     "Return the process group associated with the terminal specified by fd."},
    {"tcsetpgrp", "(module, fd, pgid, /)", fn<posix_tcsetpgrp>,
     "Set the process group associated with the terminal specified by fd."},
    {"openpty", "(module, /)", fn<posix_openpty>,
     "Open a pseudo-terminal.\n\n"
     "Return a tuple of (master_fd, slave_fd) containing open file descriptors\n"
     "for both the master and slave ends."},
    {"login_tty", "(module, fd, /)", fn<posix_login_tty>,
     "Prepare the tty of which fd is a file descriptor for a new login session."},
    {"posix_openpt", "(module, oflag, /)", fn<posix_posix_openpt>,
     "Open and return a file descriptor for a master pseudo-terminal device."},
    {"grantpt", "(module, fd, /)", fn<posix_grantpt>,
     "Grant access to the slave pseudo-terminal device."},
    {"unlockpt", "(module, fd, /)", fn<posix_unlockpt>,
     "Unlock a pseudo-terminal master/slave pair."},
    {"ptsname", "(module, fd, /)", fn<posix_ptsname>,
     "Return the name of the slave pseudo-terminal device."},
    {"device_encoding", "(module, /, fd)", fn<posix_device_encoding>,
     "Return a string describing the encoding of a terminal's file descriptor.\n\n"
     "The file descriptor must be attached to a terminal.\n"
     "If the device is not a terminal, return None."},
    {},
};

}  // namespace imugi::posix
