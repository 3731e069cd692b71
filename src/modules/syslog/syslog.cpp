// The syslog module. The identity that libc keeps is a bytes object held here; opening and closing
// are under one mutex of the process, as libc's log is the process's.
#include <syslog.h>

#include "modules/constants.h"
#include "object/audit.h"
#include "object/bytes.h"
#include "object/codecs.h"
#include "object/fwd.h"
#include "object/interpreter.h"
#include "object/list.h"
#include "object/module.h"
#include "object/native.h"
#include "object/protocol.h"
#include "object/str.h"
#include "thread/lock.h"

namespace imugi {

namespace {

RuntimeMutex mutex;
char identity[256];  // under the mutex; libc keeps a pointer to it
bool is_open;        // under the mutex

// The base name of sys.argv[0], or nothing.
bool default_identity(Thread& thread, char* out, size_t size) {
    *out = 0;
    Owned arguments = TRY(module_attribute(thread, ID(sys), ID(argv)));
    if (!is_list(arguments)) return true;
    Owned script = list_item(thread, arguments.as<List>(), 0);
    if (script.is_nothing() || !is_str(script)) return true;
    const char* text = str_utf8(thread, script.as<Str>());
    if (!text) return clear_exception(thread), true;
    const char* slash = strrchr(text, '/');
    snprintf(out, size, "%s", slash ? slash + 1 : text);
    return true;
}

bool open_log(Thread& thread, Value ident, int option, int facility) {
    char text[sizeof identity];
    if (ident.is_empty() || is_none(ident)) {
        TRY(default_identity(thread, text, sizeof text));
    } else {
        if (!is_str(ident))
            return raise(thread, exc::TypeError, "openlog() argument 1 must be str, not {}",
                         type_name_of(ident));
        const char* utf8 = str_utf8(thread, ident.as<Str>());
        if (!utf8) return false;
        snprintf(text, sizeof text, "%s", utf8);
    }
    TRY(audit(thread, "syslog.openlog", *text ? text : nullptr, option, facility));
    MutexGuard guard(mutex);
    memcpy(identity, text, sizeof text);
    openlog(*identity ? identity : nullptr, option, facility);
    is_open = true;
    return true;
}

bool openlog_function(Thread& thread, Value, Value ident, int option, int facility) {
    return open_log(thread, ident, option, facility);
}

// syslog([priority,] message)
bool syslog_function(Thread& thread, Value, Args arguments) {
    if (arguments.count < 1 || arguments.count > 2)
        return raise(thread, exc::TypeError, "syslog.syslog requires 1 to 2 arguments");
    int priority = LOG_INFO;
    if (arguments.count == 2) priority = TRY(convert_int(thread, arguments[0]));
    Value message = arguments[arguments.count - 1];
    if (!is_str(message))
        return raise(thread, exc::TypeError, "argument {} must be str, not {}",
                     static_cast<int64_t>(arguments.count), type_name_of(message));
    const char* text = name_text(thread, message.as<Str>());
    if (!text) return false;
    TRY(audit(thread, "syslog.syslog", priority, message));
    bool open;
    {
        MutexGuard guard(mutex);
        open = is_open;
    }
    if (!open) TRY(open_log(thread, Value(), 0, LOG_USER));
    Detached detached(thread);
    syslog(priority, "%s", text);
    return true;
}

bool closelog_function(Thread& thread, Value) {
    TRY(audit(thread, "syslog.closelog"));
    MutexGuard guard(mutex);
    if (is_open) closelog();
    is_open = false;
    return true;
}

Owned setlogmask_function(Thread& thread, Value, int maskpri) {
    TRY(audit(thread, "syslog.setlogmask", maskpri));
    return Owned::small_int(setlogmask(maskpri));
}
Owned log_mask(Thread&, Value, int pri) {
    return Owned::small_int(LOG_MASK(pri));
}
Owned log_upto(Thread&, Value, int pri) {
    return Owned::small_int(LOG_UPTO(pri));
}

const MethodRow functions[] = {
    {"openlog", "(module, /, ident=<unrepresentable>, logoption=0, facility=8)",
     fn<openlog_function>, "Sets options of the messages to come."},
    {"closelog", "(module, /)", fn<closelog_function>, "Closes the log and resets its options."},
    {"syslog", "(module, /, *args)", fn<syslog_function>,
     "syslog([priority=LOG_INFO,] message)\n\nSends a message to the system's logger."},
    {"setlogmask", "(module, maskpri, /)", fn<setlogmask_function>,
     "Sets which priorities are sent, and returns the mask as it was."},
    {"LOG_MASK", "(module, pri, /)", fn<log_mask>, "The mask of one priority."},
    {"LOG_UPTO", "(module, pri, /)", fn<log_upto>, "The mask of a priority and all more urgent."},
    {},
};

constexpr IntConstant kConstants[] = {
    {"LOG_EMERG", LOG_EMERG},   {"LOG_ALERT", LOG_ALERT},     {"LOG_CRIT", LOG_CRIT},
    {"LOG_ERR", LOG_ERR},       {"LOG_WARNING", LOG_WARNING}, {"LOG_NOTICE", LOG_NOTICE},
    {"LOG_INFO", LOG_INFO},     {"LOG_DEBUG", LOG_DEBUG},     {"LOG_PID", LOG_PID},
    {"LOG_CONS", LOG_CONS},     {"LOG_NDELAY", LOG_NDELAY},   {"LOG_ODELAY", LOG_ODELAY},
    {"LOG_NOWAIT", LOG_NOWAIT}, {"LOG_PERROR", LOG_PERROR},   {"LOG_KERN", LOG_KERN},
    {"LOG_USER", LOG_USER},     {"LOG_MAIL", LOG_MAIL},       {"LOG_DAEMON", LOG_DAEMON},
    {"LOG_AUTH", LOG_AUTH},     {"LOG_LPR", LOG_LPR},         {"LOG_LOCAL0", LOG_LOCAL0},
    {"LOG_LOCAL1", LOG_LOCAL1}, {"LOG_LOCAL2", LOG_LOCAL2},   {"LOG_LOCAL3", LOG_LOCAL3},
    {"LOG_LOCAL4", LOG_LOCAL4}, {"LOG_LOCAL5", LOG_LOCAL5},   {"LOG_LOCAL6", LOG_LOCAL6},
    {"LOG_LOCAL7", LOG_LOCAL7}, {"LOG_SYSLOG", LOG_SYSLOG},   {"LOG_CRON", LOG_CRON},
    {"LOG_UUCP", LOG_UUCP},     {"LOG_NEWS", LOG_NEWS},       {"LOG_AUTHPRIV", LOG_AUTHPRIV},
    {"LOG_FTP", LOG_FTP},
};

bool execute(Thread& thread, Module& module) {
    return add_int_constants(thread, module, kConstants);
}

ModuleSpec spec("syslog", "The system's log.", functions, execute);

}  // namespace

}  // namespace imugi
