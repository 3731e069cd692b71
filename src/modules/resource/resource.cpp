// The resource module: limits and usage of the process. One system call each; no state.
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>

#include "memory/collector.h"
#include "modules/constants.h"
#include "modules/shared_struct.h"
#include "object/audit.h"
#include "object/float.h"
#include "object/int.h"
#include "object/native.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"

namespace imugi {

namespace {

const StructField fields[] = {
    {"ru_utime", "user time used"},
    {"ru_stime", "system time used"},
    {"ru_maxrss", "max. resident set size"},
    {"ru_ixrss", "shared memory size"},
    {"ru_idrss", "unshared data size"},
    {"ru_isrss", "unshared stack size"},
    {"ru_minflt", "page faults not requiring I/O"},
    {"ru_majflt", "page faults requiring I/O"},
    {"ru_nswap", "number of swap outs"},
    {"ru_inblock", "block input operations"},
    {"ru_oublock", "block output operations"},
    {"ru_msgsnd", "IPC messages sent"},
    {"ru_msgrcv", "IPC messages received"},
    {"ru_nsignals", "signals received"},
    {"ru_nvcsw", "voluntary context switches"},
    {"ru_nivcsw", "involuntary context switches"},
};
const StructSequenceSpec usage_spec = {
    "resource.struct_rusage",
    "struct_rusage: Result from getrusage.\n\n"
    "This object may be accessed either as a tuple of\n"
    "    (utime,stime,maxrss,ixrss,idrss,isrss,minflt,majflt,\n"
    "    nswap,inblock,oublock,msgsnd,msgrcv,nsignals,nvcsw,nivcsw)\n"
    "or via the attributes ru_utime, ru_stime, ru_maxrss, and so on.",
    fields, 16, 16};
SharedStruct usage_type{usage_spec};

Owned resource_getrusage(Thread& thread, Value, int who) {
    rusage usage;
    if (getrusage(static_cast<__rusage_who_t>(who), &usage) < 0) {
        if (errno == EINVAL) return raise(thread, exc::ValueError, "invalid who parameter");
        return raise_os_error(thread, errno);
    }
    Type* type = usage_type.get(thread);
    if (!type) return {};
    Ref<Tuple> tuple = TRY(make_struct_sequence(thread, *type));
    const timeval times[] = {usage.ru_utime, usage.ru_stime};
    for (size_t i = 0; i < 2; i++)
        tuple->items[i].init(
            TRY(make_float(thread, static_cast<double>(times[i].tv_sec) +
                                       1e-6 * static_cast<double>(times[i].tv_usec))));
    const long counts[] = {usage.ru_maxrss,  usage.ru_ixrss,  usage.ru_idrss,  usage.ru_isrss,
                           usage.ru_minflt,  usage.ru_majflt, usage.ru_nswap,  usage.ru_inblock,
                           usage.ru_oublock, usage.ru_msgsnd, usage.ru_msgrcv, usage.ru_nsignals,
                           usage.ru_nvcsw,   usage.ru_nivcsw};
    for (size_t i = 0; i < 14; i++) tuple->items[i + 2].init(TRY(make_int(thread, counts[i])));
    track(tuple.get());
    return tuple;
}

// RLIM_INFINITY shows as -1.
Owned make_limits(Thread& thread, const rlimit& limits) {
    Owned soft = TRY(make_int(thread, static_cast<int64_t>(limits.rlim_cur)));
    Owned hard = TRY(make_int(thread, static_cast<int64_t>(limits.rlim_max)));
    return make_tuple(thread, soft, hard);
}

bool load_limits(Thread& thread, Value value, rlimit* limits) {
    Ref<Tuple> pair = TRY(to_tuple(thread, value));
    if (pair->size != 2) return raise(thread, exc::ValueError, "expected a tuple of 2 integers");
    int64_t soft = TRY(to_int64(thread, (*pair)[0]));
    int64_t hard = TRY(to_int64(thread, (*pair)[1]));
    *limits = {static_cast<rlim_t>(soft), static_cast<rlim_t>(hard)};
    return true;
}

bool check_resource(Thread& thread, int resource) {
    if (resource >= 0 && resource < RLIM_NLIMITS) return true;
    return raise(thread, exc::ValueError, "invalid resource specified");
}

Raised raise_limit_error(Thread& thread) {
    if (errno == EINVAL)
        return raise(thread, exc::ValueError, "current limit exceeds maximum limit");
    if (errno == EPERM) return raise(thread, exc::ValueError, "not allowed to raise maximum limit");
    return raise_os_error(thread, errno);
}

Owned resource_getrlimit(Thread& thread, Value, int resource) {
    TRY(check_resource(thread, resource));
    rlimit limits;
    if (getrlimit(static_cast<__rlimit_resource_t>(resource), &limits) < 0)
        return raise_os_error(thread, errno);
    return make_limits(thread, limits);
}

Owned resource_setrlimit(Thread& thread, Value, int resource, Value value) {
    TRY(check_resource(thread, resource));
    rlimit limits;
    TRY(load_limits(thread, value, &limits));
    TRY(audit(thread, "resource.setrlimit", resource, value));
    if (setrlimit(static_cast<__rlimit_resource_t>(resource), &limits) < 0)
        return raise_limit_error(thread);
    return Owned::share(none());
}

Owned resource_prlimit(Thread& thread, Value, int pid, int resource, Value value) {
    TRY(check_resource(thread, resource));
    rlimit limits, old;
    bool set = !is_none(value);
    TRY(audit(thread, "resource.prlimit", pid, resource, value));
    if (set) TRY(load_limits(thread, value, &limits));
    if (prlimit(pid, static_cast<__rlimit_resource>(resource), set ? &limits : nullptr, &old) < 0) {
        if (errno == EINVAL)
            return raise(thread, exc::ValueError, "current limit exceeds maximum limit");
        return raise_os_error(thread, errno);
    }
    return make_limits(thread, old);
}

Owned resource_getpagesize(Thread&, Value) {
    return Owned::small_int(getpagesize());
}

const MethodRow functions[] = {
    {"getrusage", "(module, who, /)", fn<resource_getrusage>},
    {"getrlimit", "(module, resource, /)", fn<resource_getrlimit>},
    {"prlimit", "(module, pid, resource, limits=None, /)", fn<resource_prlimit>},
    {"setrlimit", "(module, resource, limits, /)", fn<resource_setrlimit>},
    {"getpagesize", "(module, /)", fn<resource_getpagesize>},
    {},
};

#define NAME(constant) {#constant, static_cast<int64_t>(constant)}
const IntConstant constants[] = {
    NAME(RLIMIT_CPU),  NAME(RLIMIT_FSIZE),    NAME(RLIMIT_DATA),    NAME(RLIMIT_STACK),
    NAME(RLIMIT_CORE), NAME(RLIMIT_NOFILE),   NAME(RLIMIT_OFILE),   NAME(RLIMIT_AS),
    NAME(RLIMIT_RSS),  NAME(RLIMIT_NPROC),    NAME(RLIMIT_MEMLOCK), NAME(RLIMIT_MSGQUEUE),
    NAME(RLIMIT_NICE), NAME(RLIMIT_RTPRIO),   NAME(RLIMIT_RTTIME),  NAME(RLIMIT_SIGPENDING),
    NAME(RUSAGE_SELF), NAME(RUSAGE_CHILDREN), NAME(RUSAGE_THREAD),  NAME(RLIM_INFINITY),
};
#undef NAME

bool execute(Thread& thread, Module& module) {
    TRY(add_int_constants(thread, module, constants));
    TRY(module_set(thread, module, "error", Value::of(exc::OSError)));
    return usage_type.add_to(thread, module);
}

ModuleSpec spec{"resource", nullptr, functions, execute};

}  // namespace

}  // namespace imugi
