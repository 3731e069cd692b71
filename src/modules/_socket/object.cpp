// The socket object: making, connecting, sending and receiving. Fields are atomics; calls that may
// wait run detached.
#include "modules/_socket/socket.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstring>

#include "memory/collector.h"
#include "object/attribute.h"
#include "object/audit.h"
#include "object/buffer.h"
#include "object/call.h"
#include "object/exception.h"
#include "object/float.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/tuple.h"

namespace imugi::sockets {

extern const TypeSpec socket_spec;
constinit NativeClass socket_class{socket_spec};

namespace {

int descriptor(Socket& self) {
    return self.fd.load(std::memory_order_relaxed);
}
int64_t timeout_of(Socket& self) {
    return self.timeout.load(std::memory_order_relaxed);
}

int set_blocking(int fd, bool blocks) {
    int value = !blocks;
    return ioctl(fd, FIONBIO, &value);
}

// --- making ---

Owned socket_make(Thread& thread, Type& type, const Arguments&) {
    auto* self = allocate<Socket>(thread, type);
    if (!self) return {};
    self->fd.store(-1, std::memory_order_relaxed);
    self->timeout.store(default_timeout.load(std::memory_order_relaxed), std::memory_order_relaxed);
    if (type.has(kTypeTracked)) track(self);
    return Owned::adopt(self);
}

Result<int> option_of(int fd, int option) {
    int value = 0;
    socklen_t size = sizeof value;
    if (getsockopt(fd, SOL_SOCKET, option, &value, &size) < 0) return failure;
    return value;
}

// A descriptor that somebody else made.
bool adopt_descriptor(Thread& thread, int fd, int* family, int* type, int* protocol) {
    Address address;
    socklen_t size = sizeof address;
    if (getsockname(fd, &address.any, &size) < 0) {
        if (*family == -1 || errno == EBADF || errno == ENOTSOCK) return posix::fail(thread);
    } else if (*family == -1) {
        *family = address.any.sa_family;
    }
    auto fill = [&](int* field, int option) -> bool {
        if (*field != -1) return true;
        auto value = option_of(fd, option);
        if (!value) return posix::fail(thread);
        *field = *value;
        return true;
    };
    return fill(type, SO_TYPE) && fill(protocol, SO_PROTOCOL);
}

bool socket_init(Thread& thread, Value self_value, const Arguments& arguments) {
    auto& self = self_value.as<Socket>();
    Value bound[4];
    TRY(bind_arguments(thread, "socket", "(family=-1, type=-1, proto=-1, fileno=None)", arguments,
                       bound, 4));
    int numbers[3];
    for (size_t i = 0; i < 3; i++) {
        int64_t n = TRY(to_int64(thread, bound[i]));
        if (n > INT32_MAX || n < INT32_MIN)
            return raise(thread, exc::OverflowError, "signed integer is greater than maximum");
        numbers[i] = static_cast<int>(n);
    }
    int family = numbers[0], type = numbers[1], protocol = numbers[2];
    TRY(audit(thread, "socket.__new__", self_value, family, type, protocol));
    int fd;
    if (!is_none(bound[3])) {
        if (is_float(bound[3]))
            return raise(thread, exc::TypeError, "integer argument expected, got float");
        int64_t n = TRY(to_int64(thread, bound[3]));
        if (n < 0) return raise(thread, exc::ValueError, "negative file descriptor");
        fd = static_cast<int>(n);
        TRY(adopt_descriptor(thread, fd, &family, &type, &protocol));
    } else {
        if (family == -1) family = AF_INET;
        if (type == -1) type = SOCK_STREAM;
        if (protocol == -1) protocol = 0;
        fd = posix::blocking(thread, [&] { return socket(family, type | SOCK_CLOEXEC, protocol); });
        if (fd < 0) return posix::fail(thread);
    }
    self.family = family;
    self.type = type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC);
    self.protocol = protocol;
    int64_t timeout = default_timeout.load(std::memory_order_relaxed);
    if (type & SOCK_NONBLOCK)
        timeout = 0;
    else if (timeout >= 0 && set_blocking(fd, false) < 0)
        return posix::fail(thread);
    self.timeout = timeout;
    self.fd = fd;
    return true;
}

void socket_finalize(Thread& thread, Value self_value) {
    auto& self = self_value.as<Socket>();
    if (descriptor(self) < 0) return;
    SavedException saved(thread);
    if (!warn(thread, exc::ResourceWarning, 1,
              format(thread, "unclosed {}", repr_of(self_value)))) {
        if (exception_matches(thread, exc::Warning))
            report_unraisable(thread, self_value);
        else
            clear_exception(thread);
    }
    int fd = self.fd.exchange(-1, std::memory_order_relaxed);
    if (fd >= 0) posix::blocking(thread, [&] { return close(fd); });
}

Owned socket_repr(Thread& thread, Value self_value) {
    auto& self = self_value.as<Socket>();
    return format(thread, "<socket object, fd={}, family={}, type={}, proto={}>", descriptor(self),
                  self.family.load(std::memory_order_relaxed),
                  self.type.load(std::memory_order_relaxed),
                  self.protocol.load(std::memory_order_relaxed));
}

// --- connecting ---

Owned socket_accept(Thread& thread, Socket& self) {
    Address address;
    socklen_t size = 0;
    int64_t fd = transfer(thread, self, false, timeout_of(self), [&](int listener) -> int64_t {
        size = sizeof address;
        return accept4(listener, &address.any, &size, SOCK_CLOEXEC);
    });
    if (fd < 0) return {};
    Owned peer = make_address(thread, address, size);
    if (!peer) {
        close(static_cast<int>(fd));
        return {};
    }
    return make_tuple(thread, Value::small_int(fd), peer);
}

Owned socket_bind(Thread& thread, Socket& self, Value value) {
    Address address;
    socklen_t size;
    TRY(load_address(thread, self.family, self.protocol, value, "bind", &address, &size));
    TRY(audit(thread, "socket.bind", Value::of(self), value));
    return posix::done(thread, posix::blocking(thread, [&] {
                           return bind(descriptor(self), &address.any, size);
                       }));
}

// 0 or an errno; -1: an exception.
int connect_to(Thread& thread, Socket& self, const Address& address, socklen_t size) {
    int fd = descriptor(self);
    int result = posix::blocking(thread, [&] { return connect(fd, &address.any, size); });
    if (result == 0) return 0;
    int error = errno;
    bool wait = false;
    if (error == EINTR) {
        // The connection goes on being made.
        if (!safepoint(thread)) return -1;
        wait = timeout_of(self) != 0;
    } else {
        wait = error == EINPROGRESS && timeout_of(self) > 0;
    }
    if (!wait) return error;
    int ready = wait_ready(thread, fd, true, timeout_of(self));
    if (ready < 0) return -1;
    if (ready == 0) return EWOULDBLOCK;
    auto state = option_of(fd, SO_ERROR);
    return state ? *state : errno;
}

Owned socket_connect(Thread& thread, Socket& self, Value value) {
    Address address;
    socklen_t size;
    TRY(load_address(thread, self.family, self.protocol, value, "connect", &address, &size));
    TRY(audit(thread, "socket.connect", Value::of(self), value));
    int error = connect_to(thread, self, address, size);
    if (error < 0) return {};
    if (error == EWOULDBLOCK && timeout_of(self) > 0)
        return raise(thread, exc::TimeoutError, "timed out");
    if (error) return raise_os_error(thread, error);
    return Owned::share(none());
}

Owned socket_connect_ex(Thread& thread, Socket& self, Value value) {
    Address address;
    socklen_t size;
    TRY(load_address(thread, self.family, self.protocol, value, "connect_ex", &address, &size));
    TRY(audit(thread, "socket.connect", Value::of(self), value));
    int error = connect_to(thread, self, address, size);
    if (error < 0) return {};
    return Owned::small_int(error);
}

Owned socket_listen(Thread& thread, Socket& self, Value backlog_value) {
    int64_t backlog = SOMAXCONN < 128 ? SOMAXCONN : 128;
    if (!backlog_value.is_empty()) backlog = TRY(to_int64(thread, backlog_value));
    if (backlog < 0) backlog = 0;
    return posix::done(thread, posix::blocking(thread, [&] {
                           return listen(descriptor(self), static_cast<int>(backlog));
                       }));
}

Owned socket_shutdown(Thread& thread, Socket& self, int how) {
    return posix::done(thread,
                       posix::blocking(thread, [&] { return shutdown(descriptor(self), how); }));
}

Owned socket_close(Thread& thread, Socket& self) {
    int fd = self.fd.exchange(-1, std::memory_order_relaxed);
    if (fd < 0) return Owned::share(none());
    int result = posix::blocking(thread, [&] { return close(fd); });
    // The peer has gone already: closed all the same.
    if (result < 0 && errno == ECONNRESET) result = 0;
    return posix::done(thread, result);
}

Owned socket_detach(Thread&, Socket& self) {
    return Owned::small_int(self.fd.exchange(-1, std::memory_order_relaxed));
}
Owned socket_fileno(Thread&, Socket& self) {
    return Owned::small_int(descriptor(self));
}

Owned socket_getsockname(Thread& thread, Socket& self) {
    Address address;
    socklen_t size = sizeof address;
    memset(&address, 0, sizeof address);
    if (getsockname(descriptor(self), &address.any, &size) < 0) return posix::fail(thread);
    return make_address(thread, address, size);
}
Owned socket_getpeername(Thread& thread, Socket& self) {
    Address address;
    socklen_t size = sizeof address;
    memset(&address, 0, sizeof address);
    if (getpeername(descriptor(self), &address.any, &size) < 0) return posix::fail(thread);
    return make_address(thread, address, size);
}

// --- timeouts and options ---

Owned set_timeout(Thread& thread, Socket& self, int64_t timeout) {
    self.timeout = timeout;
    if (set_blocking(descriptor(self), timeout < 0) < 0) return posix::fail(thread);
    return Owned::share(none());
}
Owned socket_settimeout(Thread& thread, Socket& self, Value value) {
    int64_t timeout = TRY(load_timeout(thread, value));
    return set_timeout(thread, self, timeout);
}
Owned socket_setblocking(Thread& thread, Socket& self, bool blocks) {
    return set_timeout(thread, self, blocks ? -1 : 0);
}
Owned make_timeout(Thread& thread, int64_t timeout) {
    if (timeout < 0) return Owned::share(none());
    return make_float(thread, static_cast<double>(timeout) / 1e9);
}
Owned socket_gettimeout(Thread& thread, Socket& self) {
    return make_timeout(thread, timeout_of(self));
}
Owned socket_getblocking(Thread&, Socket& self) {
    return Owned::share(boolean(timeout_of(self) != 0));
}
Owned get_timeout(Thread& thread, Value self) {
    return make_timeout(thread, timeout_of(self.as<Socket>()));
}

Owned socket_setsockopt(Thread& thread, Socket& self, int level, int name, Value value,
                        Value length) {
    int fd = descriptor(self);
    if (!length.is_empty()) {
        if (!is_none(value))
            return raise(thread, exc::TypeError, "socket option should be None, not {}",
                         type_name_of(value));
        int64_t size = TRY(to_int64(thread, length));
        return posix::done(thread,
                           setsockopt(fd, level, name, nullptr, static_cast<socklen_t>(size)));
    }
    if (is_int(value)) {
        int64_t wide = TRY(to_int64(thread, value));
        if (wide > INT32_MAX || wide < INT32_MIN)
            return raise(thread, exc::OverflowError, "signed integer is greater than maximum");
        int number = static_cast<int>(wide);
        return posix::done(thread, setsockopt(fd, level, name, &number, sizeof number));
    }
    if (is_none(value))
        return raise(thread, exc::TypeError,
                     "setsockopt() requires 4 arguments when the third argument is None");
    Buffer buffer(thread);
    TRY(buffer.get(value));
    return posix::done(
        thread, setsockopt(fd, level, name, buffer.data(), static_cast<socklen_t>(buffer.size())));
}

Owned socket_getsockopt(Thread& thread, Socket& self, int level, int name, int length) {
    int fd = descriptor(self);
    if (length == 0) {
        int value = 0;
        socklen_t size = sizeof value;
        if (getsockopt(fd, level, name, &value, &size) < 0) return posix::fail(thread);
        return Owned::small_int(value);
    }
    if (length < 0 || length > 1024)
        return raise(thread, exc::OSError, "getsockopt buflen out of range");
    char data[1024];
    auto size = static_cast<socklen_t>(length);
    if (getsockopt(fd, level, name, data, &size) < 0) return posix::fail(thread);
    return make_bytes(thread, data, size);
}

// --- sending and receiving ---

Owned socket_recv(Thread& thread, Socket& self, Index size, int flags) {
    if (size < 0) return raise(thread, exc::ValueError, "negative buffersize in recv");
    Ref<Bytes> bytes = TRY(make_bytes_blank(thread, static_cast<size_t>(size)));
    uint8_t* data = bytes_blank_data(*bytes);
    int64_t n = transfer(thread, self, false, timeout_of(self), [&](int fd) -> int64_t {
        return recv(fd, data, static_cast<size_t>(size), flags);
    });
    if (n < 0) return {};
    return bytes_truncate(thread, std::move(bytes), static_cast<size_t>(n));
}

// How much of the buffer recv_into() may fill.
Result<size_t> wanted_size(Thread& thread, const Buffer& buffer, Index asked,
                           const char* function) {
    if (asked < 0) return raise(thread, exc::ValueError, "negative buffersize in {}", function);
    if (asked == 0) return buffer.size();
    if (static_cast<size_t>(asked) > buffer.size())
        return raise(thread, exc::ValueError,
                     function[4] == '_' ? "buffer too small for requested bytes"
                                        : "nbytes is greater than the length of the buffer");
    return static_cast<size_t>(asked);
}

Owned socket_recv_into(Thread& thread, Socket& self, Value target, Index asked, int flags) {
    Buffer buffer(thread);
    TRY(buffer.get(target, kBufferWritable));
    size_t size = TRY(wanted_size(thread, buffer, asked, "recv_into"));
    if (size == 0) return Owned::small_int(0);
    int64_t n = transfer(thread, self, false, timeout_of(self),
                         [&](int fd) -> int64_t { return recv(fd, buffer.data(), size, flags); });
    if (n < 0) return {};
    return Owned::small_int(n);
}

int64_t receive_from(Thread& thread, Socket& self, void* data, size_t size, int flags,
                     Owned* sender) {
    Address address;
    socklen_t address_size = 0;
    memset(&address, 0, sizeof address);
    int64_t n = transfer(thread, self, false, timeout_of(self), [&](int fd) -> int64_t {
        address_size = sizeof address;
        return recvfrom(fd, data, size, flags, &address.any, &address_size);
    });
    if (n < 0) return -1;
    *sender = make_address(thread, address, address_size);
    return *sender ? n : -1;
}

Owned socket_recvfrom(Thread& thread, Socket& self, Index size, int flags) {
    if (size < 0) return raise(thread, exc::ValueError, "negative buffersize in recvfrom");
    Ref<Bytes> bytes = TRY(make_bytes_blank(thread, static_cast<size_t>(size)));
    Owned sender;
    int64_t n = receive_from(thread, self, bytes_blank_data(*bytes), static_cast<size_t>(size),
                             flags, &sender);
    if (n < 0) return {};
    Ref<Bytes> data = TRY(bytes_truncate(thread, std::move(bytes), static_cast<size_t>(n)));
    return make_tuple(thread, data, sender);
}

Owned socket_recvfrom_into(Thread& thread, Socket& self, Value target, Index asked, int flags) {
    Buffer buffer(thread);
    TRY(buffer.get(target, kBufferWritable));
    size_t size = TRY(wanted_size(thread, buffer, asked, "recvfrom_into"));
    Owned sender;
    int64_t n = receive_from(thread, self, buffer.data(), size, flags, &sender);
    if (n < 0) return {};
    return make_tuple(thread, Value::small_int(n), sender);
}

Owned socket_send(Thread& thread, Socket& self, Value data, int flags) {
    Buffer buffer(thread);
    TRY(buffer.get(data));
    int64_t n = transfer(thread, self, true, timeout_of(self), [&](int fd) -> int64_t {
        return send(fd, buffer.data(), buffer.size(), flags | MSG_NOSIGNAL);
    });
    if (n < 0) return {};
    return Owned::small_int(n);
}

Owned socket_sendall(Thread& thread, Socket& self, Value data, int flags) {
    Buffer buffer(thread);
    TRY(buffer.get(data));
    // The time limit holds for the whole.
    int64_t timeout = timeout_of(self);
    int64_t until = timeout > 0 ? monotonic_now() + timeout : 0;
    size_t done = 0;
    do {
        int64_t left = timeout;
        if (timeout > 0) {
            left = until - monotonic_now();
            if (left <= 0) return raise(thread, exc::TimeoutError, "timed out");
        }
        int64_t n = transfer(thread, self, true, left, [&](int fd) -> int64_t {
            return send(fd, buffer.data() + done, buffer.size() - done, flags | MSG_NOSIGNAL);
        });
        if (n < 0) return {};
        done += static_cast<size_t>(n);
        TRY(safepoint(thread));
    } while (done < buffer.size());
    return Owned::share(none());
}

Owned socket_sendto(Thread& thread, Socket& self, Value data, Value second, Value third) {
    Buffer buffer(thread);
    TRY(buffer.get(data));
    int flags = 0;
    Value target = second;
    if (!third.is_empty()) {
        flags = static_cast<int>(TRY(to_int64(thread, second)));
        target = third;
    }
    Address address;
    socklen_t size;
    TRY(load_address(thread, self.family, self.protocol, target, "sendto", &address, &size));
    TRY(audit(thread, "socket.sendto", Value::of(self), target));
    int64_t n = transfer(thread, self, true, timeout_of(self), [&](int fd) -> int64_t {
        return sendto(fd, buffer.data(), buffer.size(), flags | MSG_NOSIGNAL, &address.any, size);
    });
    if (n < 0) return {};
    return Owned::small_int(n);
}

Owned get_family(Thread&, Value self) {
    return Owned::small_int(self.as<Socket>().family.load(std::memory_order_relaxed));
}
Owned get_type(Thread&, Value self) {
    return Owned::small_int(self.as<Socket>().type.load(std::memory_order_relaxed));
}
Owned get_protocol(Thread&, Value self) {
    return Owned::small_int(self.as<Socket>().protocol.load(std::memory_order_relaxed));
}

const GetSetRow socket_getsets[] = {
    {"family", get_family, nullptr, "the socket family"},
    {"type", get_type, nullptr, "the socket type"},
    {"proto", get_protocol, nullptr, "the socket protocol"},
    {"timeout", get_timeout, nullptr, "the socket timeout"},
    {},
};

}  // namespace

Owned socket_recvmsg(Thread& thread, Socket& self, Index size, Index ancillary_size, int flags);
Owned socket_recvmsg_into(Thread& thread, Socket& self, Value buffers, Index ancillary_size,
                          int flags);
Owned socket_sendmsg(Thread& thread, Socket& self, Value buffers, Value ancillary, int flags,
                     Value address);

const MethodRow socket_methods[] = {
    {"_accept", "(self, /)", fn<socket_accept>,
     "_accept() -> (integer, address info)\n\n"
     "Wait for an incoming connection.  Return a new socket file descriptor\n"
     "representing the connection, and the address of the client.\n"
     "For IP sockets, the address info is a pair (hostaddr, port)."},
    {"bind", "(self, object, /)", fn<socket_bind>,
     "bind(address)\n\n"
     "Bind the socket to a local address.  For IP sockets, the address is a\n"
     "pair (host, port); the host must refer to the local host. For raw packet\n"
     "sockets the address is a tuple (ifname, proto [,pkttype [,hatype [,addr]]])"},
    {"close", "(self, /)", fn<socket_close>,
     "close()\n\nClose the socket.  It cannot be used after this call."},
    {"connect", "(self, object, /)", fn<socket_connect>,
     "connect(address)\n\n"
     "Connect the socket to a remote address.  For IP sockets, the address\n"
     "is a pair (host, port)."},
    {"connect_ex", "(self, object, /)", fn<socket_connect_ex>,
     "connect_ex(address) -> errno\n\n"
     "This is like connect(address), but returns an error code (the errno value)\n"
     "instead of raising an exception when an error occurs."},
    {"detach", "(self, /)", fn<socket_detach>,
     "detach()\n\n"
     "Close the socket object without closing the underlying file descriptor.\n"
     "The object cannot be used after this call, but the file descriptor\n"
     "can be reused for other purposes.  The file descriptor is returned."},
    {"fileno", "(self, /)", fn<socket_fileno>,
     "fileno() -> integer\n\nReturn the integer file descriptor of the socket."},
    {"getpeername", "(self, /)", fn<socket_getpeername>,
     "getpeername() -> address info\n\n"
     "Return the address of the remote endpoint.  For IP sockets, the address\n"
     "info is a pair (hostaddr, port)."},
    {"getsockname", "(self, /)", fn<socket_getsockname>,
     "getsockname() -> address info\n\n"
     "Return the address of the local endpoint. The format depends on the\n"
     "address family. For IPv4 sockets, the address info is a pair\n"
     "(hostaddr, port). For IPv6 sockets, the address info is a 4-tuple\n"
     "(hostaddr, port, flowinfo, scope_id)."},
    {"getsockopt", "(self, level, option, buffersize=0, /)", fn<socket_getsockopt>,
     "getsockopt(level, option[, buffersize]) -> value\n\n"
     "Get a socket option.  See the Unix manual for level and option.\n"
     "If a nonzero buffersize argument is given, the return value is a\n"
     "string of that length; otherwise it is an integer."},
    {"setsockopt", "(self, level, option, value, optlen=<unrepresentable>, /)",
     fn<socket_setsockopt>,
     "setsockopt(level, option, value: int)\n"
     "setsockopt(level, option, value: buffer)\n"
     "setsockopt(level, option, None, optlen: int)\n\n"
     "Set a socket option.  See the Unix manual for level and option.\n"
     "The value argument can either be an integer, a string buffer, or\n"
     "None, optlen."},
    {"gettimeout", "(self, /)", fn<socket_gettimeout>,
     "gettimeout() -> timeout\n\n"
     "Returns the timeout in seconds (float) associated with socket\n"
     "operations. A timeout of None indicates that timeouts on socket\n"
     "operations are disabled."},
    {"settimeout", "(self, object, /)", fn<socket_settimeout>,
     "settimeout(timeout)\n\n"
     "Set a timeout on socket operations.  'timeout' can be a float,\n"
     "giving in seconds, or None.  Setting a timeout of None disables\n"
     "the timeout feature and is equivalent to setblocking(1).\n"
     "Setting a timeout of zero is the same as setblocking(0)."},
    {"setblocking", "(self, object, /)", fn<socket_setblocking>,
     "setblocking(flag)\n\n"
     "Set the socket to blocking (flag is true) or non-blocking (false).\n"
     "setblocking(True) is equivalent to settimeout(None);\n"
     "setblocking(False) is equivalent to settimeout(0.0)."},
    {"getblocking", "(self, /)", fn<socket_getblocking>,
     "getblocking()\n\n"
     "Returns True if socket is in blocking mode, or False if it\n"
     "is in non-blocking mode."},
    {"listen", "(self, backlog=<unrepresentable>, /)", fn<socket_listen>,
     "listen([backlog])\n\n"
     "Enable a server to accept connections.  If backlog is specified, it must be\n"
     "at least 0 (if it is lower, it is set to 0); it specifies the number of\n"
     "unaccepted connections that the system will allow before refusing new\n"
     "connections. If not specified, a default reasonable value is chosen."},
    {"recv", "(self, buffersize, flags=0, /)", fn<socket_recv>,
     "recv(buffersize[, flags]) -> data\n\n"
     "Receive up to buffersize bytes from the socket.  For the optional flags\n"
     "argument, see the Unix manual.  When no data is available, block until\n"
     "at least one byte is available or until the remote end is closed.  When\n"
     "the remote end is closed and all data is read, return the empty string."},
    {"recv_into", "(self, /, buffer, nbytes=0, flags=0)", fn<socket_recv_into>,
     "recv_into(buffer, [nbytes[, flags]]) -> nbytes_read\n\n"
     "A version of recv() that stores its data into a buffer rather than creating\n"
     "a new string.  Receive up to buffersize bytes from the socket.  If buffersize\n"
     "is not specified (or 0), receive up to the size available in the given buffer.\n\n"
     "See recv() for documentation about the flags."},
    {"recvfrom", "(self, buffersize, flags=0, /)", fn<socket_recvfrom>,
     "recvfrom(buffersize[, flags]) -> (data, address info)\n\n"
     "Like recv(buffersize, flags) but also return the sender's address info."},
    {"recvfrom_into", "(self, /, buffer, nbytes=0, flags=0)", fn<socket_recvfrom_into>,
     "recvfrom_into(buffer[, nbytes[, flags]]) -> (nbytes, address info)\n\n"
     "Like recv_into(buffer[, nbytes[, flags]]) but also return the sender's address info."},
    {"send", "(self, data, flags=0, /)", fn<socket_send>,
     "send(data[, flags]) -> count\n\n"
     "Send a data string to the socket.  For the optional flags\n"
     "argument, see the Unix manual.  Return the number of bytes\n"
     "sent; this may be less than len(data) if the network is busy."},
    {"sendall", "(self, data, flags=0, /)", fn<socket_sendall>,
     "sendall(data[, flags])\n\n"
     "Send a data string to the socket.  For the optional flags\n"
     "argument, see the Unix manual.  This calls send() repeatedly\n"
     "until all data is sent.  If an error occurs, it's impossible\n"
     "to tell how much data has been sent."},
    {"sendto", "(self, data, flags_or_address, address=<unrepresentable>, /)", fn<socket_sendto>,
     "sendto(data[, flags], address) -> count\n\n"
     "Like send(data, flags) but allows specifying the destination address.\n"
     "For IP sockets, the address is a pair (hostaddr, port)."},
    {"shutdown", "(self, object, /)", fn<socket_shutdown>,
     "shutdown(flag)\n\n"
     "Shut down the reading side of the socket (flag == SHUT_RD), the writing side\n"
     "of the socket (flag == SHUT_WR), or both ends (flag == SHUT_RDWR)."},
    {"recvmsg", "(self, bufsize, ancbufsize=0, flags=0, /)", fn<socket_recvmsg>,
     "recvmsg(bufsize[, ancbufsize[, flags]]) -> (data, ancdata, msg_flags, address)\n\n"
     "Receive normal data (up to bufsize bytes) and ancillary data from the\n"
     "socket."},
    {"recvmsg_into", "(self, buffers, ancbufsize=0, flags=0, /)", fn<socket_recvmsg_into>,
     "recvmsg_into(buffers[, ancbufsize[, flags]]) -> (nbytes, ancdata, msg_flags, address)\n\n"
     "Receive normal data and ancillary data from the socket, scattering the\n"
     "non-ancillary data into a series of buffers."},
    {"sendmsg", "(self, buffers, ancdata=(), flags=0, address=None, /)", fn<socket_sendmsg>,
     "sendmsg(buffers[, ancdata[, flags[, address]]]) -> count\n\n"
     "Send normal and ancillary data to the socket, gathering the\n"
     "non-ancillary data from a series of buffers and concatenating it into\n"
     "a single message."},
    {},
};

const TypeSpec socket_spec = {
    .name = "_socket.socket",
    .doc =
        "socket(family=AF_INET, type=SOCK_STREAM, proto=0) -> socket object\n"
        "socket(family=-1, type=-1, proto=-1, fileno=None) -> socket object\n\n"
        "Open a socket of the given type.  The family argument specifies the\n"
        "address family; it defaults to AF_INET.  The type argument specifies\n"
        "whether this is a stream (SOCK_STREAM, this is the default)\n"
        "or datagram (SOCK_DGRAM) socket.  The protocol argument defaults to 0,\n"
        "specifying the default protocol.  Keyword arguments are accepted.\n"
        "The socket is created as non-inheritable.\n\n"
        "When a fileno is passed in, family, type and proto are auto-detected,\n"
        "unless they are explicitly set.\n\n"
        "A socket object represents one endpoint of a network connection.",
    .size = sizeof(Socket),
    .flags = kTypeBase | kTypeImmutable,
    .slots = {.repr = socket_repr,
              .make = socket_make,
              .init = socket_init,
              .finalize = socket_finalize},
    .methods = socket_methods,
    .getsets = socket_getsets,
};

}  // namespace imugi::sockets
