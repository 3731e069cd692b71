// Loading sets of signals.
#include "modules/posix/signal_set.h"

#include "object/exception.h"
#include "object/protocol.h"

namespace imugi::posix {

bool load_signal_set(Thread& thread, Value iterable, sigset_t* set) {
    sigemptyset(set);
    Owned iterator = TRY(iterate(thread, iterable));
    for (;;) {
        Owned item = TRY(next(thread, iterator));
        if (item.is_nothing()) return true;
        int64_t number = TRY(to_ssize_clamped(thread, item));
        if (number <= 0 || number >= NSIG)
            return raise(thread, exc::ValueError, "signal number {} out of range [1; {}]", number,
                         NSIG - 1);
        // Numbers that the C library keeps for itself are ignored.
        sigaddset(set, static_cast<int>(number));
    }
}

}  // namespace imugi::posix
