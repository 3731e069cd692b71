// Addresses between Python and the system, waiting on sockets, and their errors. No state.
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <netdb.h>
#include <poll.h>
#include <time.h>

#include <climits>
#include <cmath>
#include <cstddef>
#include <cstring>

#include "modules/_socket/socket.h"
#include "object/buffer.h"
#include "object/call.h"
#include "object/float.h"
#include "object/protocol.h"
#include "object/tuple.h"

namespace imugi::sockets {

constinit NativeException gai_error{"socket.gaierror", exc::OSError};
constinit NativeException host_error{"socket.herror", exc::OSError};
std::atomic<int64_t> default_timeout{-1};

static Owned raise_coded(Thread& thread, Type& type, int code, const char* text) {
    Ref<Str> message = TRY(make_str(thread, text));
    const Value values[] = {Value::small_int(code), message.value()};
    Owned error = TRY(call(thread, Value::of(type), Arguments{values, 2, nullptr}));
    raise_exception(thread, std::move(error));
    return {};
}

Owned raise_gai_error(Thread& thread, int code) {
    if (code == EAI_SYSTEM) return posix::fail(thread);
    return raise_coded(thread, gai_error.type(thread), code, gai_strerror(code));
}
Owned raise_host_error(Thread& thread, int code) {
    return raise_coded(thread, host_error.type(thread), code, hstrerror(code));
}

// --- waiting ---

int64_t monotonic_now() {
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return int64_t{now.tv_sec} * 1000000000 + now.tv_nsec;
}

Result<int64_t> load_timeout(Thread& thread, Value value) {
    if (is_none(value)) return int64_t{-1};
    double seconds = TRY(to_double(thread, value));
    if (std::isnan(seconds))
        return raise(thread, exc::ValueError, "Invalid value NaN (not a number)");
    if (seconds < 0) return raise(thread, exc::ValueError, "Timeout value out of range");
    double nanoseconds = std::ceil(seconds * 1e9);
    if (!(nanoseconds < 0x1p63))
        return raise(thread, exc::OverflowError, "timeout doesn't fit into C timeval");
    return static_cast<int64_t>(nanoseconds);
}

int wait_ready(Thread& thread, int fd, bool writing, int64_t timeout) {
    int64_t until = timeout < 0 ? 0 : monotonic_now() + timeout;
    for (;;) {
        pollfd entry = {fd, static_cast<short>(writing ? POLLOUT : POLLIN), 0};
        int wait = -1;
        if (timeout >= 0) {
            int64_t left = until - monotonic_now();
            left = left < 0 ? 0 : (left + 999999) / 1000000;
            wait = left > INT_MAX ? INT_MAX : static_cast<int>(left);
        }
        int found = posix::blocking(thread, [&] { return poll(&entry, 1, wait); });
        if (found >= 0) return found > 0;
        if (errno != EINTR) return (void)posix::fail(thread), -1;
        if (!safepoint(thread)) return -1;
    }
}

int64_t run(Thread& thread, Socket& socket, bool writing, int64_t timeout,
            int64_t (*call)(void* context, int fd), void* context) {
    int64_t until = timeout > 0 ? monotonic_now() + timeout : 0;
    for (;;) {
        int fd = socket.fd.load(std::memory_order_relaxed);
        if (timeout > 0) {
            int64_t left = until - monotonic_now();
            int ready = left < 0 ? 0 : wait_ready(thread, fd, writing, left);
            if (ready < 0) return -1;
            if (ready == 0) {
                (void)raise(thread, exc::TimeoutError, "timed out");
                return -1;
            }
        }
        int64_t result = posix::blocking(thread, [&] { return call(context, fd); });
        if (result >= 0) return result;
        if (errno == EINTR) {
            if (!safepoint(thread)) return -1;
            continue;
        }
        // Another thread took what was ready.
        if (timeout > 0 && (errno == EWOULDBLOCK || errno == EAGAIN)) continue;
        return (void)posix::fail(thread), -1;
    }
}

// --- names to addresses ---

bool resolve_host(Thread& thread, const char* name, int family, Address* address, socklen_t* size) {
    memset(address, 0, sizeof *address);
    if (family == AF_INET) {
        address->in.sin_family = AF_INET;
        *size = sizeof address->in;
        if (name[0] == 0) return address->in.sin_addr.s_addr = INADDR_ANY, true;
        if (strcmp(name, "<broadcast>") == 0 || strcmp(name, "255.255.255.255") == 0)
            return address->in.sin_addr.s_addr = INADDR_BROADCAST, true;
        if (inet_pton(AF_INET, name, &address->in.sin_addr) == 1) return true;
    } else if (family == AF_INET6) {
        address->in6.sin6_family = AF_INET6;
        *size = sizeof address->in6;
        if (name[0] == 0) return address->in6.sin6_addr = in6addr_any, true;
        if (!strchr(name, '%') && inet_pton(AF_INET6, name, &address->in6.sin6_addr) == 1)
            return true;
    }
    if (strcmp(name, "<broadcast>") == 0)
        return raise(thread, exc::OSError, "address family mismatched");
    addrinfo hints{}, *found = nullptr;
    hints.ai_family = family;
    if (name[0] == 0) {
        hints.ai_flags = AI_PASSIVE;
        hints.ai_socktype = SOCK_DGRAM;
    }
    int error = posix::blocking(thread, [&] {
        return getaddrinfo(name[0] ? name : nullptr, name[0] ? nullptr : "0", &hints, &found);
    });
    if (error) {
        Owned raised = raise_gai_error(thread, error);
        return false;
    }
    *size = found->ai_addrlen < sizeof *address ? found->ai_addrlen : sizeof *address;
    memcpy(address, found->ai_addr, *size);
    freeaddrinfo(found);
    return true;
}

// A host argument as text: str in IDNA, or bytes.
static bool host_text(Thread& thread, Value value, Ref<Bytes>* text) {
    Owned bytes;
    if (is_str(value)) {
        bytes = value.as<Str>().is_ascii() ? str_encode(thread, value.as<Str>(), "ascii", nullptr)
                                           : str_encode(thread, value.as<Str>(), "idna", nullptr);
        if (!bytes) return false;
    } else if (is_bytes(value)) {
        bytes = Owned::share(value);
    } else if (is_bytearray(value)) {
        bytes = TRY(bytes_from_object(thread, value)).owned();
    } else {
        return raise(thread, exc::TypeError, "str, bytes or bytearray expected, not {}",
                     type_name_of(value));
    }
    if (strlen(bytes.as<Bytes>().text()) != bytes.as<Bytes>().size)
        return raise(thread, exc::TypeError, "host name must not contain null character");
    *text = Ref<Bytes>::adopt(std::move(bytes));
    return true;
}

static bool load_port(Thread& thread, Value value, const char* function, uint16_t* port) {
    int64_t number = TRY(to_int64(thread, value));
    if (number < 0 || number > 0xffff)
        return raise(thread, exc::OverflowError, "{}(): port must be 0-65535.", function);
    *port = htons(static_cast<uint16_t>(number));
    return true;
}

static bool load_unix(Thread& thread, Value value, Address* address, socklen_t* size) {
    Owned path;
    if (is_str(value)) {
        path = str_encode(thread, value.as<Str>(), "utf-8", "surrogateescape");
    } else {
        path = TRY(bytes_from_object(thread, value)).owned();
    }
    if (!path) return false;
    auto& bytes = path.as<Bytes>();
    // A leading NUL is Linux's abstract name space; other paths end with one.
    bool abstract = bytes.size == 0 || bytes.data()[0] == 0;
    if (bytes.size + !abstract > sizeof address->un.sun_path)
        return raise(thread, exc::OSError, "AF_UNIX path too long");
    memset(address, 0, sizeof *address);
    address->un.sun_family = AF_UNIX;
    memcpy(address->un.sun_path, bytes.data(), bytes.size);
    *size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + bytes.size + !abstract);
    return true;
}

static bool load_number(Thread& thread, Value value, uint32_t* out) {
    Owned index = TRY(to_index(thread, value));
    *out = static_cast<uint32_t>(int_to_uint64_mask(index));
    return true;
}

bool load_address(Thread& thread, int family, int, Value value, const char* function,
                  Address* address, socklen_t* size) {
    if (family == AF_UNIX) return load_unix(thread, value, address, size);
    const char* family_name = family == AF_INET      ? "AF_INET"
                              : family == AF_INET6   ? "AF_INET6"
                              : family == AF_NETLINK ? "AF_NETLINK"
                              : family == AF_PACKET  ? "AF_PACKET"
                                                     : nullptr;
    if (!family_name) return raise(thread, exc::OSError, "{}(): bad family", function);
    if (!is_tuple(value))
        return raise(thread, exc::TypeError, "{}(): {} address must be tuple, not {}", function,
                     family_name, type_name_of(value));
    auto& tuple = value.as<Tuple>();
    if (family == AF_INET) {
        if (tuple.size != 2)
            return raise(thread, exc::TypeError, "AF_INET address must be a pair (host, port)");
        Ref<Bytes> host;
        TRY(host_text(thread, tuple[0], &host));
        uint16_t port;
        TRY(load_port(thread, tuple[1], function, &port));
        TRY(resolve_host(thread, host->text(), AF_INET, address, size));
        address->in.sin_port = port;
        return true;
    }
    if (family == AF_INET6) {
        if (tuple.size < 2 || tuple.size > 4)
            return raise(thread, exc::TypeError,
                         "AF_INET6 address must be a tuple (host, port[, flowinfo[, scopeid]])");
        Ref<Bytes> host;
        TRY(host_text(thread, tuple[0], &host));
        uint16_t port;
        uint32_t flow = 0, scope = 0;
        TRY(load_port(thread, tuple[1], function, &port));
        if (tuple.size > 2) TRY(load_number(thread, tuple[2], &flow));
        if (tuple.size > 3) TRY(load_number(thread, tuple[3], &scope));
        if (flow > 0xfffff)
            return raise(thread, exc::OverflowError, "{}(): flowinfo must be 0-1048575.", function);
        TRY(resolve_host(thread, host->text(), AF_INET6, address, size));
        address->in6.sin6_port = port;
        address->in6.sin6_flowinfo = htonl(flow);
        if (tuple.size > 3) address->in6.sin6_scope_id = scope;
        return true;
    }
    memset(address, 0, sizeof *address);
    if (family == AF_NETLINK) {
        auto* netlink = reinterpret_cast<sockaddr_nl*>(address);
        uint32_t pid, groups;
        if (tuple.size != 2)
            return raise(thread, exc::TypeError, "AF_NETLINK address must be a pair (pid, groups)");
        TRY(load_number(thread, tuple[0], &pid));
        TRY(load_number(thread, tuple[1], &groups));
        netlink->nl_family = AF_NETLINK;
        netlink->nl_pid = pid;
        netlink->nl_groups = groups;
        *size = sizeof *netlink;
        return true;
    }
    auto* packet = reinterpret_cast<sockaddr_ll*>(address);
    if (tuple.size < 2 || tuple.size > 5 || !is_str(tuple[0]))
        return raise(thread, exc::TypeError,
                     "AF_PACKET address must be a tuple of two to five elements");
    const char* name = str_utf8(thread, tuple[0].as<Str>());
    if (!name) return false;
    uint32_t numbers[3] = {0, 0, 0};
    for (size_t i = 1; i < tuple.size && i < 4; i++)
        TRY(load_number(thread, tuple[i], &numbers[i - 1]));
    unsigned index = if_nametoindex(name);
    if (index == 0) return posix::fail(thread);
    packet->sll_family = AF_PACKET;
    packet->sll_protocol = htons(static_cast<uint16_t>(numbers[0]));
    packet->sll_ifindex = static_cast<int>(index);
    packet->sll_pkttype = static_cast<uint8_t>(numbers[1]);
    packet->sll_hatype = static_cast<uint16_t>(numbers[2]);
    if (tuple.size == 5) {
        Buffer hardware(thread);
        TRY(hardware.get(tuple[4]));
        if (hardware.size() > 8)
            return raise(thread, exc::ValueError, "hardware address must be 8 bytes or less");
        memcpy(packet->sll_addr, hardware.data(), hardware.size());
        packet->sll_halen = static_cast<uint8_t>(hardware.size());
    }
    *size = sizeof *packet;
    return true;
}

// --- addresses to Python ---

Owned make_host(Thread& thread, const sockaddr* address, socklen_t size) {
    char text[NI_MAXHOST];
    int error = getnameinfo(address, size, text, sizeof text, nullptr, 0, NI_NUMERICHOST);
    if (error) return raise_gai_error(thread, error);
    return make_str(thread, text);
}

static Owned make_unix(Thread& thread, const Address& address, socklen_t size) {
    size_t header = offsetof(sockaddr_un, sun_path);
    if (size <= header) return make_str(thread, "");
    const char* path = address.un.sun_path;
    size_t length = size - header;
    if (path[0] == 0) return make_bytes(thread, path, length);
    return decode_fs(thread, path, strnlen(path, length));
}

Owned make_address(Thread& thread, const Address& address, socklen_t size) {
    if (size == 0) return Owned::share(none());
    switch (address.any.sa_family) {
        case AF_INET: {
            char text[INET_ADDRSTRLEN];
            inet_ntop(AF_INET, &address.in.sin_addr, text, sizeof text);
            Ref<Str> host = TRY(make_str(thread, text));
            return make_tuple(thread, host, Value::small_int(ntohs(address.in.sin_port)));
        }
        case AF_INET6: {
            Owned host = TRY(make_host(thread, &address.any, size));
            return make_tuple(thread, host, Value::small_int(ntohs(address.in6.sin6_port)),
                              Value::small_int(ntohl(address.in6.sin6_flowinfo)),
                              Value::small_int(address.in6.sin6_scope_id));
        }
        case AF_UNIX:
            return make_unix(thread, address, size);
        case AF_NETLINK: {
            auto* netlink = reinterpret_cast<const sockaddr_nl*>(&address);
            return make_tuple(thread, Value::small_int(netlink->nl_pid),
                              Value::small_int(netlink->nl_groups));
        }
        case AF_PACKET: {
            auto* packet = reinterpret_cast<const sockaddr_ll*>(&address);
            char name[IF_NAMESIZE] = "";
            if (packet->sll_ifindex)
                if_indextoname(static_cast<unsigned>(packet->sll_ifindex), name);
            Ref<Str> interface = TRY(decode_fs(thread, name));
            Ref<Bytes> hardware = TRY(make_bytes(thread, packet->sll_addr, packet->sll_halen));
            return make_tuple(thread, interface, Value::small_int(ntohs(packet->sll_protocol)),
                              Value::small_int(packet->sll_pkttype),
                              Value::small_int(packet->sll_hatype), hardware);
        }
        default: {
            Ref<Bytes> data =
                TRY(make_bytes(thread, address.any.sa_data, size - offsetof(sockaddr, sa_data)));
            return make_tuple(thread, Value::small_int(address.any.sa_family), data);
        }
    }
}

}  // namespace imugi::sockets
