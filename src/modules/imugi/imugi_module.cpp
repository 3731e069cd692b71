// imugi: what this runtime has beyond Python: the GIL as a switch (imugi.gil is the Python face in
// lib/imugi).
#include "object/errors.h"
#include "object/int.h"
#include "object/native.h"
#include "thread/gil.h"

namespace imugi {

namespace {

Owned set_gil(Thread& thread, bool enabled) {
    bool before = gil_enabled();
    set_gil_enabled(thread, enabled);
    return Owned::share(boolean(before));
}
Owned gil_is_enabled(Thread&) {
    return Owned::share(boolean(gil_enabled()));
}
Owned handovers(Thread& thread) {
    return make_int_unsigned(thread, gil_handovers());
}

const MethodRow rows[] = {
    {"set_gil", "(enabled, /)", fn<set_gil>,
     "Turn the GIL on or off for the process; the state before is returned."},
    {"gil_enabled", "()", fn<gil_is_enabled>, "Whether the GIL is on."},
    {"gil_handovers", "()", fn<handovers>,
     "How often the GIL went from one thread to another on request."},
    {},
};

ModuleSpec spec{"_imugi", "Native half of the module imugi.", rows};

}  // namespace

}  // namespace imugi
