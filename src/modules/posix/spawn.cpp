// exec and posix_spawn: argument vectors and environments for a new program. No state.
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

#include <cstring>

#include "modules/posix/posix.h"
#include "modules/posix/signal_set.h"
#include "modules/posix/vectors.h"
#include "object/audit.h"
#include "object/exception.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/str.h"

namespace imugi::posix {

bool StringVector::reserve(size_t count) {
    items_ = static_cast<Ref<Bytes>*>(array_allocate_zeroed((count + 1) * sizeof(Ref<Bytes>)));
    pointers_ = static_cast<char**>(array_allocate_zeroed((count + 1) * sizeof(char*)));
    if (!items_ || !pointers_) return raise_memory_error(thread_);
    return true;
}

bool StringVector::add(Ref<Bytes> text) {
    if (!text) return false;
    pointers_[count_] = reinterpret_cast<char*>(bytes_blank_data(*text));
    new (&items_[count_++]) Ref<Bytes>(std::move(text));
    return true;
}

bool StringVector::load_arguments(Value sequence) {
    Ref<Tuple> tuple = TRY(to_tuple(thread_, sequence));
    TRY(reserve(tuple->size));
    for (size_t i = 0; i < tuple->size; i++) TRY(add(fs_encode_path(thread_, (*tuple)[i])));
    return true;
}

bool StringVector::load_environment(Value mapping) {
    Owned keys = TRY(call_method(thread_, mapping, ID(keys)));
    Ref<Tuple> names = TRY(to_tuple(thread_, keys));
    TRY(reserve(names->size));
    for (size_t i = 0; i < names->size; i++) {
        Owned value = TRY(get_item(thread_, mapping, (*names)[i]));
        Ref<Bytes> name = TRY(fs_encode_path(thread_, (*names)[i]));
        Ref<Bytes> text = TRY(fs_encode_path(thread_, value));
        if (name->size == 0 || memchr(name->data() + 1, '=', name->size - 1))
            return raise(thread_, exc::ValueError, "illegal environment variable name");
        BytesBuilder entry(thread_);
        TRY(entry.append(name->data(), name->size) && entry.append(uint8_t{'='}) &&
            entry.append(text->data(), text->size));
        TRY(add(entry.finish()));
    }
    return true;
}

namespace {

bool load_argv(Thread& thread, StringVector& vector, Value argv, const char* function) {
    if (!is_list(argv) && !is_tuple(argv))
        return raise(thread, exc::TypeError, "{}: argv must be a tuple or list", function);
    Index count = TRY(length(thread, argv));
    if (count == 0) return raise(thread, exc::ValueError, "{}: argv must not be empty", function);
    TRY(vector.load_arguments(argv));
    if (vector.data()[0][0] == 0)
        return raise(thread, exc::ValueError, "{}: argv first element cannot be empty", function);
    return true;
}

Owned posix_execv(Thread& thread, Value, Value path_value, Value argv) {
    PathArgument path;
    TRY(load_path(thread, path_value, "execv", &path));
    StringVector arguments(thread);
    if (!is_list(argv) && !is_tuple(argv))
        return raise(thread, exc::TypeError, "execv() arg 2 must be a tuple or list");
    if (TRY(length(thread, argv)) == 0)
        return raise(thread, exc::ValueError, "execv() arg 2 must not be empty");
    TRY(arguments.load_arguments(argv));
    if (arguments.data()[0][0] == 0)
        return raise(thread, exc::ValueError, "execv() arg 2 first element cannot be empty");
    TRY(audit(thread, "os.exec", path_value, argv, Value()));
    blocking(thread, [&] { return execv(path.text(), arguments.data()); });
    return fail(thread);
}

Owned posix_execve(Thread& thread, Value, Value path_value, Value argv, Value env) {
    PathArgument path;
    TRY(load_path(thread, path_value, "execve", &path, true));
    if (!is_list(argv) && !is_tuple(argv))
        return raise(thread, exc::TypeError, "execve: argv must be a tuple or list");
    StringVector arguments(thread), environment(thread);
    TRY(load_argv(thread, arguments, argv, "execve"));
    if (!type_of(env).slots.subscript || is_str(env) || is_list(env) || is_tuple(env))
        return raise(thread, exc::TypeError, "execve: environment must be a mapping object");
    TRY(environment.load_environment(env));
    TRY(audit(thread, "os.exec", path_value, argv, env));
    blocking(thread, [&] {
        return path.is_fd() ? fexecve(path.fd, arguments.data(), environment.data())
                            : execve(path.text(), arguments.data(), environment.data());
    });
    return fail(thread, path.object);
}

// RAII over the two C objects.
struct SpawnSettings {
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t actions;
    SpawnSettings() {
        posix_spawnattr_init(&attributes);
        posix_spawn_file_actions_init(&actions);
    }
    ~SpawnSettings() {
        posix_spawnattr_destroy(&attributes);
        posix_spawn_file_actions_destroy(&actions);
    }
    SpawnSettings(const SpawnSettings&) = delete;
};

bool add_action(Thread& thread, SpawnSettings& settings, Value action, StringVector& paths) {
    if (!is_tuple(action) || action.as<Tuple>().size == 0)
        return raise(thread, exc::TypeError, "Each file_actions element must be a non-empty tuple");
    auto& tuple = action.as<Tuple>();
    int64_t kind = TRY(to_int64(thread, tuple[0]));
    static constexpr size_t sizes[] = {5, 2, 3, 2};
    if (kind < 0 || kind > 3)
        return raise(thread, exc::TypeError, "Unknown file_actions identifier");
    if (tuple.size != sizes[kind])
        return raise(thread, exc::TypeError,
                     kind == 0   ? "A open file_action tuple must have 5 elements"
                     : kind == 1 ? "A close file_action tuple must have 2 elements"
                     : kind == 2 ? "A dup2 file_action tuple must have 3 elements"
                                 : "A closefrom file_action tuple must have 2 elements");
    int fd = static_cast<int>(TRY(to_int64(thread, tuple[1])));
    int error = 0;
    if (kind == 0) {
        TRY(paths.add(fs_encode_path(thread, tuple[2])));
        int64_t flags = TRY(to_int64(thread, tuple[3]));
        int64_t mode = TRY(to_int64(thread, tuple[4]));
        error =
            posix_spawn_file_actions_addopen(&settings.actions, fd, paths.last(),
                                             static_cast<int>(flags), static_cast<mode_t>(mode));
    } else if (kind == 1) {
        error = posix_spawn_file_actions_addclose(&settings.actions, fd);
    } else if (kind == 2) {
        int64_t to = TRY(to_int64(thread, tuple[2]));
        error = posix_spawn_file_actions_adddup2(&settings.actions, fd, static_cast<int>(to));
    } else {
        error = posix_spawn_file_actions_addclosefrom_np(&settings.actions, fd);
    }
    if (error) return raise_os_error(thread, error);
    return true;
}

bool fill_attributes(Thread& thread, SpawnSettings& settings, Value setpgroup, bool resetids,
                     bool setsid, Value setsigmask, Value setsigdef, Value scheduler) {
    short flags = 0;
    if (!setpgroup.is_empty() && !is_none(setpgroup)) {
        int64_t group = TRY(to_int64(thread, setpgroup));
        posix_spawnattr_setpgroup(&settings.attributes, static_cast<pid_t>(group));
        flags |= POSIX_SPAWN_SETPGROUP;
    }
    if (resetids) flags |= POSIX_SPAWN_RESETIDS;
    if (setsid) flags |= POSIX_SPAWN_SETSID;
    sigset_t set;
    if (TRY(length(thread, setsigmask)) > 0) {
        TRY(load_signal_set(thread, setsigmask, &set));
        posix_spawnattr_setsigmask(&settings.attributes, &set);
        flags |= POSIX_SPAWN_SETSIGMASK;
    }
    if (TRY(length(thread, setsigdef)) > 0) {
        TRY(load_signal_set(thread, setsigdef, &set));
        posix_spawnattr_setsigdefault(&settings.attributes, &set);
        flags |= POSIX_SPAWN_SETSIGDEF;
    }
    if (!scheduler.is_empty() && !is_none(scheduler)) {
        if (!is_tuple(scheduler) || scheduler.as<Tuple>().size != 2)
            return raise(thread, exc::TypeError, "A scheduler tuple must have two elements");
        auto& tuple = scheduler.as<Tuple>();
        if (!is_none(tuple[0])) {
            int64_t policy = TRY(to_int64(thread, tuple[0]));
            posix_spawnattr_setschedpolicy(&settings.attributes, static_cast<int>(policy));
            flags |= POSIX_SPAWN_SETSCHEDULER;
        }
        if (!is_tuple(tuple[1]) || tuple[1].as<Tuple>().size != 1)
            return raise(thread, exc::TypeError, "must have a sched_param object");
        sched_param param{};
        param.sched_priority = static_cast<int>(TRY(to_int64(thread, tuple[1].as<Tuple>()[0])));
        posix_spawnattr_setschedparam(&settings.attributes, &param);
        flags |= POSIX_SPAWN_SETSCHEDPARAM;
    }
    posix_spawnattr_setflags(&settings.attributes, flags);
    return true;
}

Owned spawn(Thread& thread, bool search, Value path_value, Value argv, Value env, Value actions,
            Value setpgroup, bool resetids, bool setsid, Value setsigmask, Value setsigdef,
            Value scheduler) {
    const char* function = search ? "posix_spawnp" : "posix_spawn";
    PathArgument path;
    TRY(load_path(thread, path_value, function, &path));
    StringVector arguments(thread), environment(thread), paths(thread);
    TRY(load_argv(thread, arguments, argv, function));
    char** variables = environ;
    if (!is_none(env)) {
        if (!type_of(env).slots.subscript || is_str(env) || is_list(env) || is_tuple(env))
            return raise(thread, exc::TypeError, "{}: environment must be a mapping object or None",
                         function);
        TRY(environment.load_environment(env));
        variables = environment.data();
    }
    SpawnSettings settings;
    if (!is_none(actions)) {
        Ref<Tuple> list = TRY(to_tuple(thread, actions));
        TRY(paths.reserve(list->size));
        for (size_t i = 0; i < list->size; i++)
            TRY(add_action(thread, settings, (*list)[i], paths));
    }
    TRY(fill_attributes(thread, settings, setpgroup, resetids, setsid, setsigmask, setsigdef,
                        scheduler));
    TRY(audit(thread, "os.posix_spawn", path_value, argv, env));
    pid_t pid;
    int error = blocking(thread, [&] {
        return (search ? posix_spawnp : ::posix_spawn)(&pid, path.text(), &settings.actions,
                                                       &settings.attributes, arguments.data(),
                                                       variables);
    });
    if (error) return raise_os_error(thread, error, path_value);
    return Owned::small_int(pid);
}

Owned posix_posix_spawn(Thread& thread, Value, Value path, Value argv, Value env, Value actions,
                        Value setpgroup, bool resetids, bool setsid, Value setsigmask,
                        Value setsigdef, Value scheduler) {
    return spawn(thread, false, path, argv, env, actions, setpgroup, resetids, setsid, setsigmask,
                 setsigdef, scheduler);
}
Owned posix_posix_spawnp(Thread& thread, Value, Value path, Value argv, Value env, Value actions,
                         Value setpgroup, bool resetids, bool setsid, Value setsigmask,
                         Value setsigdef, Value scheduler) {
    return spawn(thread, true, path, argv, env, actions, setpgroup, resetids, setsid, setsigmask,
                 setsigdef, scheduler);
}

}  // namespace

#define IMUGI_SPAWN_SIGNATURE                                                        \
    "(module, path, argv, env, /, *, file_actions=(), setpgroup=<unrepresentable>, " \
    "resetids=False, setsid=False, setsigmask=(), setsigdef=(), scheduler=<unrepresentable>)"

const MethodRow spawn_functions[] = {
    {"execv", "(module, path, argv, /)", fn<posix_execv>,
     "Execute an executable path with arguments, replacing current process.\n\n"
     "  path\n    Path of executable file.\n"
     "  argv\n    Tuple or list of strings."},
    {"execve", "(module, /, path, argv, env)", fn<posix_execve>,
     "Execute an executable path with arguments, replacing current process.\n\n"
     "  path\n    Path of executable file.\n"
     "  argv\n    Tuple or list of strings.\n"
     "  env\n    Dictionary of strings mapping to strings."},
    {"posix_spawn", IMUGI_SPAWN_SIGNATURE, fn<posix_posix_spawn>,
     "Execute the program specified by path in a new process."},
    {"posix_spawnp", IMUGI_SPAWN_SIGNATURE, fn<posix_posix_spawnp>,
     "Execute the program specified by path in a new process."},
    {},
};

}  // namespace imugi::posix
