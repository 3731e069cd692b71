// The module _posixshmem: shared memory by name. One system call each; no state.
#include <fcntl.h>
#include <sys/mman.h>

#include "modules/posix/posix.h"
#include "object/codecs.h"
#include "object/module.h"
#include "object/protocol.h"
#include "object/str.h"

namespace imugi {

namespace {

const char* load_name(Thread& thread, Value path) {
    if (!is_str(path)) {
        (void)raise(thread, exc::TypeError, "argument 'path' must be str, not {}",
                    type_name_of(path));
        return nullptr;
    }
    return name_text(thread, path.as<Str>());
}

Owned shm_open_function(Thread& thread, Value, Value path, int flags, int mode) {
    const char* name = load_name(thread, path);
    if (!name) return {};
    int fd =
        posix::retried(thread, [&] { return shm_open(name, flags, static_cast<mode_t>(mode)); });
    if (fd < 0) return posix::fail(thread, path);
    return Owned::small_int(fd);
}

Owned shm_unlink_function(Thread& thread, Value, Value path) {
    const char* name = load_name(thread, path);
    if (!name) return {};
    return posix::done(thread, posix::retried(thread, [&] { return shm_unlink(name); }), path);
}

const MethodRow functions[] = {
    {"shm_open", "(module, /, path, flags, mode=511)", fn<shm_open_function>,
     "Opens a shared memory object and returns its file descriptor."},
    {"shm_unlink", "(module, /, path)", fn<shm_unlink_function>,
     "Removes the name of a shared memory object."},
    {},
};

ModuleSpec spec("_posixshmem", "POSIX shared memory.", functions);

}  // namespace

}  // namespace imugi
