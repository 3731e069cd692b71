// What the files of the _socket module share: the socket object, addresses, waiting.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "modules/native_class.h"
#include "modules/posix/posix.h"
#include "object/str.h"

namespace imugi::sockets {

// All fields are atomics; the kernel orders what threads do with the descriptor.
struct Socket : Object {
    std::atomic<int> fd;
    std::atomic<int> family, type, protocol;
    std::atomic<int64_t> timeout;  // nanoseconds; -1: block for ever, 0: never
};

extern NativeClass socket_class;
extern NativeException gai_error, host_error;
extern std::atomic<int64_t> default_timeout;

union Address {
    sockaddr any;
    sockaddr_in in;
    sockaddr_in6 in6;
    sockaddr_un un;
    sockaddr_storage storage;
};

Owned raise_gai_error(Thread& thread, int code);
Owned raise_host_error(Thread& thread, int code);

// A Python address for this family as the system's. `function` names the caller in messages.
[[nodiscard]] bool load_address(Thread& thread, int family, int protocol, Value value,
                                const char* function, Address* address, socklen_t* size);
// The reverse; None for no address.
Owned make_address(Thread& thread, const Address& address, socklen_t size);
Owned make_host(Thread& thread, const sockaddr* address, socklen_t size);
// Resolves a host name, "" and "<broadcast>" included.
[[nodiscard]] bool resolve_host(Thread& thread, const char* name, int family, Address* address,
                                socklen_t* size);

// A timeout argument: None is -1.
Result<int64_t> load_timeout(Thread& thread, Value value);
int64_t monotonic_now();

// Waits until the descriptor is ready and runs `call` (which gives -1 with errno), again as long
// as it would block. -1 with an exception set; `error` instead of one when not null.
int64_t run(Thread& thread, Socket& socket, bool writing, int64_t timeout,
            int64_t (*call)(void* context, int fd), void* context);

template <class F>
int64_t transfer(Thread& thread, Socket& socket, bool writing, int64_t timeout, F f) {
    return run(
        thread, socket, writing, timeout,
        [](void* context, int fd) -> int64_t { return (*static_cast<F*>(context))(fd); }, &f);
}
// 1: ready, 0: timed out, -1: an exception.
int wait_ready(Thread& thread, int fd, bool writing, int64_t timeout);

extern const MethodRow socket_methods[], name_functions[];

}  // namespace imugi::sockets

namespace imugi {
IMUGI_NATIVE_CLASS(sockets::Socket, sockets::socket_class);
}
