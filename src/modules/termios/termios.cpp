// The termios module: control of terminals. One system call each; no state.
#include <termios.h>

#include <sys/ioctl.h>

#include <cstring>

#include "modules/native_class.h"
#include "modules/posix/posix.h"
#include "modules/termios/constants.h"
#include "object/bytes.h"
#include "object/call.h"
#include "object/list.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"

namespace imugi {

namespace {

NativeException error_class("termios.error", exc::Exception);

// termios.error(number, text), which is no OSError; or what a signal handler has raised.
Owned fail(Thread& thread, int number) {
    if (has_exception(thread)) return {};
    Ref<Str> text = TRY(make_str(thread, strerror(number)));
    Owned error =
        TRY(call(thread, Value::of(error_class.type(thread)), Value::small_int(number), text));
    raise_exception(thread, std::move(error));
    return {};
}

Owned done(Thread& thread, int result) {
    return result < 0 ? fail(thread, errno) : Owned::share(none());
}

Owned tcgetattr_function(Thread& thread, Value, Value file) {
    int fd = TRY(posix::load_fd(thread, file));
    termios mode;
    if (posix::blocking(thread, [&] { return tcgetattr(fd, &mode); }) < 0)
        return fail(thread, errno);
    Ref<List> characters = TRY(make_list(thread, NCCS));
    bool canonical = mode.c_lflag & ICANON;
    for (int i = 0; i < NCCS; i++) {
        // Outside canonical mode two of them are numbers.
        bool number = !canonical && (i == VMIN || i == VTIME);
        Owned item =
            number ? Owned::small_int(mode.c_cc[i]) : make_bytes(thread, &mode.c_cc[i], 1).owned();
        if (!item || !list_append(thread, *characters, std::move(item))) return {};
    }
    const tcflag_t numbers[] = {mode.c_iflag, mode.c_oflag,       mode.c_cflag,
                                mode.c_lflag, cfgetispeed(&mode), cfgetospeed(&mode)};
    Ref<List> result = TRY(make_list(thread, 7));
    for (tcflag_t number : numbers)
        TRY(list_append(thread, *result, Owned::small_int(static_cast<int64_t>(number))));
    TRY(list_append(thread, *result, std::move(characters)));
    return result;
}

bool load_mode(Thread& thread, Value attributes, termios* mode) {
    if (!is_list(attributes) || list_size(attributes.as<List>()) != 7)
        return raise(thread, exc::TypeError, "tcsetattr, arg 3: must be 7 element list");
    List& list = attributes.as<List>();
    tcflag_t numbers[6];
    for (Index i = 0; i < 6; i++) {
        Owned item = list_item(thread, list, i);
        if (item.is_nothing())
            return raise(thread, exc::TypeError, "tcsetattr, arg 3: must be 7 element list");
        numbers[i] = static_cast<tcflag_t>(TRY(to_int64(thread, item)));
    }
    mode->c_iflag = numbers[0];
    mode->c_oflag = numbers[1];
    mode->c_cflag = numbers[2];
    mode->c_lflag = numbers[3];
    Owned characters = list_item(thread, list, 6);
    if (characters.is_nothing() || !is_list(characters) || list_size(characters.as<List>()) != NCCS)
        return raise(thread, exc::TypeError, "tcsetattr: attributes[6] must be {} element list",
                     NCCS);
    for (int i = 0; i < NCCS; i++) {
        Owned item = list_item(thread, characters.as<List>(), i);
        if (!item.is_nothing() && is_bytes(item) && item.as<Bytes>().size == 1)
            mode->c_cc[i] = item.as<Bytes>().data()[0];
        else if (!item.is_nothing() && is_int(item))
            mode->c_cc[i] = static_cast<cc_t>(TRY(to_int64(thread, item)));
        else
            return raise(thread, exc::TypeError,
                         "tcsetattr: elements of attributes must be characters or integers");
    }
    if (cfsetispeed(mode, numbers[4]) < 0 || cfsetospeed(mode, numbers[5]) < 0)
        return static_cast<bool>(fail(thread, errno));
    return true;
}

Owned tcsetattr_function(Thread& thread, Value, Value file, int when, Value attributes) {
    int fd = TRY(posix::load_fd(thread, file));
    // Settings that the list does not speak of stay as they are.
    termios mode;
    if (posix::blocking(thread, [&] { return tcgetattr(fd, &mode); }) < 0)
        return fail(thread, errno);
    TRY(load_mode(thread, attributes, &mode));
    return done(thread, posix::blocking(thread, [&] { return tcsetattr(fd, when, &mode); }));
}

Owned tcsendbreak_function(Thread& thread, Value, Value file, int duration) {
    int fd = TRY(posix::load_fd(thread, file));
    return done(thread, posix::blocking(thread, [&] { return tcsendbreak(fd, duration); }));
}
Owned tcdrain_function(Thread& thread, Value, Value file) {
    int fd = TRY(posix::load_fd(thread, file));
    return done(thread, posix::blocking(thread, [&] { return tcdrain(fd); }));
}
Owned tcflush_function(Thread& thread, Value, Value file, int queue) {
    int fd = TRY(posix::load_fd(thread, file));
    return done(thread, posix::blocking(thread, [&] { return tcflush(fd, queue); }));
}
Owned tcflow_function(Thread& thread, Value, Value file, int action) {
    int fd = TRY(posix::load_fd(thread, file));
    return done(thread, posix::blocking(thread, [&] { return tcflow(fd, action); }));
}

Owned tcgetwinsize(Thread& thread, Value, Value file) {
    int fd = TRY(posix::load_fd(thread, file));
    winsize size;
    if (ioctl(fd, TIOCGWINSZ, &size) < 0) return fail(thread, errno);
    return make_tuple(thread, Value::small_int(size.ws_row), Value::small_int(size.ws_col)).owned();
}

Owned tcsetwinsize(Thread& thread, Value, Value file, Value winsize_value) {
    int fd = TRY(posix::load_fd(thread, file));
    if (!is_tuple(winsize_value) && !is_list(winsize_value))
        return raise(thread, exc::TypeError, "tcsetwinsize, arg 2: must be a two-item sequence");
    Ref<Tuple> pair = TRY(to_tuple(thread, winsize_value));
    if (pair->size != 2)
        return raise(thread, exc::TypeError, "tcsetwinsize, arg 2: must be a two-item sequence");
    int64_t rows = TRY(to_int64(thread, (*pair)[0])), columns = TRY(to_int64(thread, (*pair)[1]));
    winsize size;
    if (ioctl(fd, TIOCGWINSZ, &size) < 0) return fail(thread, errno);
    size.ws_row = static_cast<unsigned short>(rows);
    size.ws_col = static_cast<unsigned short>(columns);
    if (size.ws_row != rows || size.ws_col != columns)
        return raise(thread, exc::OverflowError, "winsize value(s) out of range.");
    return done(thread, ioctl(fd, TIOCSWINSZ, &size));
}

const MethodRow functions[] = {
    {"tcgetattr", "(module, fd, /)", fn<tcgetattr_function>,
     "The settings of a terminal: [iflag, oflag, cflag, lflag, ispeed, ospeed, cc].\n\n"
     "cc is a list of the special characters; those at VMIN and VTIME are numbers outside\n"
     "canonical mode."},
    {"tcsetattr", "(module, fd, when, attributes, /)", fn<tcsetattr_function>,
     "Changes the settings of a terminal to a list such as tcgetattr() returns.\n\n"
     "when is TCSANOW, TCSADRAIN or TCSAFLUSH."},
    {"tcsendbreak", "(module, fd, duration, /)", fn<tcsendbreak_function>, "Sends a break."},
    {"tcdrain", "(module, fd, /)", fn<tcdrain_function>, "Waits until all output is written."},
    {"tcflush", "(module, fd, queue, /)", fn<tcflush_function>,
     "Discards queued data: TCIFLUSH, TCOFLUSH or TCIOFLUSH."},
    {"tcflow", "(module, fd, action, /)", fn<tcflow_function>,
     "Stops or starts output or input: TCOOFF, TCOON, TCIOFF, TCION."},
    {"tcgetwinsize", "(module, fd, /)", fn<tcgetwinsize>, "The window's size: (rows, columns)."},
    {"tcsetwinsize", "(module, fd, winsize, /)", fn<tcsetwinsize>,
     "Changes the window's size to (rows, columns)."},
    {},
};

bool execute(Thread& thread, Module& module) {
    TRY(add_int_constants(thread, module, terminal_constants));
    return error_class.add_to(thread, module);
}

ModuleSpec spec("termios", "Control of terminals, as the system's <termios.h> has it.", functions,
                execute);

}  // namespace

}  // namespace imugi
