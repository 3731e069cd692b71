// The _socket module put together.
#include "object/module.h"
#include "modules/_socket/constants.h"
#include "modules/_socket/socket.h"

namespace imugi::sockets {

namespace {

bool execute(Thread& thread, Module& module) {
    TRY(add_int_constants(thread, module, socket_constants));
    TRY(module_set(thread, module, "has_ipv6", boolean(true)));
    TRY(module_set(thread, module, "error", Value::of(exc::OSError)));
    TRY(module_set(thread, module, "timeout", Value::of(exc::TimeoutError)));
    TRY(gai_error.add_to(thread, module) && host_error.add_to(thread, module));
    TRY(socket_class.add_to(thread, module));
    return module_set(thread, module, "SocketType", Value::of(socket_class.get(thread)));
}

ModuleSpec spec{"_socket",
                "Implementation module for socket operations.\n\n"
                "See the socket module for documentation.",
                name_functions, execute};

}  // namespace

}  // namespace imugi::sockets
