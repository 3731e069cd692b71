// Names and numbers of hosts, services, protocols and interfaces. The C library's look-ups that
// answer in static memory are called under a mutex.
#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <netdb.h>
#include <unistd.h>

#include <cstring>

#include "modules/_socket/socket.h"
#include "object/audit.h"
#include "object/float.h"
#include "object/list.h"
#include "object/protocol.h"
#include "object/tuple.h"
#include "thread/lock.h"

namespace imugi::sockets {

namespace {

RuntimeMutex database_mutex;

Ref<Bytes> host_bytes(Thread& thread, Value value) {
    Owned bytes;
    if (is_str(value))
        bytes = str_encode(thread, value.as<Str>(), value.as<Str>().is_ascii() ? "ascii" : "idna",
                           nullptr);
    else if (is_bytes(value))
        bytes = Owned::share(value);
    else if (is_bytearray(value))
        bytes = bytes_from_object(thread, value).owned();
    else
        return raise(thread, exc::TypeError, "str, bytes or bytearray expected, not {}",
                     type_name_of(value));
    if (!bytes) return {};
    if (strlen(bytes.as<Bytes>().text()) != bytes.as<Bytes>().size)
        return raise(thread, exc::TypeError, "host name must not contain null character");
    return Ref<Bytes>::adopt(std::move(bytes));
}

Owned socket_gethostname(Thread& thread, Value) {
    TRY(audit(thread, "socket.gethostname"));
    char name[1024];
    if (gethostname(name, sizeof name - 1) < 0) return posix::fail(thread);
    name[sizeof name - 1] = 0;
    return decode_fs(thread, name);
}
Owned socket_sethostname(Thread& thread, Value, Value value) {
    Ref<Bytes> name = TRY(fs_encode_path(thread, value));
    TRY(audit(thread, "socket.sethostname", value));
    return posix::done(thread, sethostname(name->text(), name->size));
}

Owned socket_gethostbyname(Thread& thread, Value, Value host) {
    TRY(audit(thread, "socket.gethostbyname", host));
    Ref<Bytes> name = TRY(host_bytes(thread, host));
    Address address;
    socklen_t size;
    TRY(resolve_host(thread, name->text(), AF_INET, &address, &size));
    return make_host(thread, &address.any, size);
}

// (name, aliases, addresses) of a host entry.
Owned make_host_entry(Thread& thread, const hostent& entry) {
    Ref<Str> name = TRY(decode_fs(thread, entry.h_name));
    Ref<List> aliases = TRY(make_list(thread)), addresses = TRY(make_list(thread));
    for (char** alias = entry.h_aliases; alias && *alias; alias++)
        TRY(list_append(thread, *aliases, decode_fs(thread, *alias).owned()));
    for (char** address = entry.h_addr_list; address && *address; address++) {
        char text[INET6_ADDRSTRLEN];
        inet_ntop(entry.h_addrtype, *address, text, sizeof text);
        TRY(list_append(thread, *addresses, make_str(thread, text).owned()));
    }
    return make_tuple(thread, name, aliases, addresses);
}

Owned host_entry(Thread& thread, const Address& address) {
    char room[16384];
    hostent entry, *found = nullptr;
    int error = 0;
    const void* data = address.any.sa_family == AF_INET
                           ? static_cast<const void*>(&address.in.sin_addr)
                           : &address.in6.sin6_addr;
    socklen_t size = address.any.sa_family == AF_INET ? 4 : 16;
    posix::blocking(thread, [&] {
        return gethostbyaddr_r(data, size, address.any.sa_family, &entry, room, sizeof room, &found,
                               &error);
    });
    if (!found) return raise_host_error(thread, error);
    return make_host_entry(thread, entry);
}

Owned socket_gethostbyname_ex(Thread& thread, Value, Value host) {
    TRY(audit(thread, "socket.gethostbyname", host));
    Ref<Bytes> name = TRY(host_bytes(thread, host));
    Address address;
    socklen_t size;
    TRY(resolve_host(thread, name->text(), AF_INET, &address, &size));
    char room[16384];
    hostent entry, *found = nullptr;
    int error = 0;
    posix::blocking(thread, [&] {
        return gethostbyname_r(name->text(), &entry, room, sizeof room, &found, &error);
    });
    if (!found) return raise_host_error(thread, error);
    return make_host_entry(thread, entry);
}

Owned socket_gethostbyaddr(Thread& thread, Value, Value host) {
    TRY(audit(thread, "socket.gethostbyaddr", host));
    Ref<Bytes> name = TRY(host_bytes(thread, host));
    Address address;
    socklen_t size;
    TRY(resolve_host(thread, name->text(), AF_UNSPEC, &address, &size));
    if (address.any.sa_family != AF_INET && address.any.sa_family != AF_INET6)
        return raise(thread, exc::OSError, "unsupported address family");
    return host_entry(thread, address);
}

Owned socket_getservbyname(Thread& thread, Value, Str& name, Value protocol) {
    const char* service = str_utf8(thread, name);
    if (!service) return {};
    const char* kind = nullptr;
    if (!protocol.is_empty()) {
        if (!is_str(protocol))
            return raise(thread, exc::TypeError, "getservbyname() argument 2 must be str, not {}",
                         type_name_of(protocol));
        kind = str_utf8(thread, protocol.as<Str>());
        if (!kind) return {};
    }
    TRY(audit(thread, "socket.getservbyname", Value::of(name), protocol));
    MutexGuard guard(database_mutex);
    servent* entry = getservbyname(service, kind);
    if (!entry) return raise(thread, exc::OSError, "service/proto not found");
    return Owned::small_int(ntohs(static_cast<uint16_t>(entry->s_port)));
}

Owned socket_getservbyport(Thread& thread, Value, int port, Value protocol) {
    const char* kind = nullptr;
    if (!protocol.is_empty()) {
        if (!is_str(protocol))
            return raise(thread, exc::TypeError, "getservbyport() argument 2 must be str, not {}",
                         type_name_of(protocol));
        kind = str_utf8(thread, protocol.as<Str>());
        if (!kind) return {};
    }
    if (port < 0 || port > 0xffff)
        return raise(thread, exc::OverflowError, "getservbyport: port must be 0-65535.");
    TRY(audit(thread, "socket.getservbyport", port, protocol));
    MutexGuard guard(database_mutex);
    servent* entry = getservbyport(htons(static_cast<uint16_t>(port)), kind);
    if (!entry) return raise(thread, exc::OSError, "port/proto not found");
    return make_str(thread, entry->s_name);
}

Owned socket_getprotobyname(Thread& thread, Value, Str& name) {
    const char* text = str_utf8(thread, name);
    if (!text) return {};
    MutexGuard guard(database_mutex);
    protoent* entry = getprotobyname(text);
    if (!entry) return raise(thread, exc::OSError, "protocol not found");
    return Owned::small_int(entry->p_proto);
}

Owned socket_getaddrinfo(Thread& thread, Value, Value host, Value port, int family, int type,
                         int protocol, int flags) {
    Ref<Bytes> name;
    if (!is_none(host)) {
        if (!is_str(host) && !is_bytes(host))
            return raise(thread, exc::TypeError, "getaddrinfo() argument 1 must be string or None");
        name = TRY(host_bytes(thread, host));
    }
    Ref<Bytes> service;
    if (is_int(port)) {
        Owned text = TRY(str(thread, port));
        service = Ref<Bytes>::adopt(TRY(str_encode(thread, text.as<Str>(), "utf-8", nullptr)));
    } else if (is_str(port)) {
        service = Ref<Bytes>::adopt(TRY(str_encode(thread, port.as<Str>(), "utf-8", nullptr)));
    } else if (is_bytes(port)) {
        service = Ref<Bytes>::share(port.as<Bytes>());
    } else if (!is_none(port)) {
        return raise(thread, exc::OSError, "Int or String expected");
    }
    TRY(audit(thread, "socket.getaddrinfo", host, port, family, type, protocol));
    addrinfo hints{}, *found = nullptr;
    hints.ai_family = family;
    hints.ai_socktype = type;
    hints.ai_protocol = protocol;
    hints.ai_flags = flags;
    int error = posix::blocking(thread, [&] {
        return getaddrinfo(name ? name->text() : nullptr, service ? service->text() : nullptr,
                           &hints, &found);
    });
    if (error) return raise_gai_error(thread, error);
    struct Free {
        addrinfo* list;
        ~Free() { freeaddrinfo(list); }
    } free{found};
    Ref<List> list = TRY(make_list(thread));
    for (addrinfo* at = found; at; at = at->ai_next) {
        Address address;
        socklen_t size = at->ai_addrlen < sizeof address ? at->ai_addrlen : sizeof address;
        memcpy(&address, at->ai_addr, size);
        Owned shown = TRY(make_address(thread, address, size));
        Ref<Str> canonical = TRY(decode_fs(thread, at->ai_canonname ? at->ai_canonname : ""));
        TRY(list_append(
            thread, *list,
            make_tuple(thread, Value::small_int(at->ai_family), Value::small_int(at->ai_socktype),
                       Value::small_int(at->ai_protocol), canonical, shown)
                .owned()));
    }
    return list;
}

Owned socket_getnameinfo(Thread& thread, Value, Value address_value, int flags) {
    if (!is_tuple(address_value))
        return raise(thread, exc::TypeError, "getnameinfo() argument 1 must be a tuple");
    auto& tuple = address_value.as<Tuple>();
    if (tuple.size < 2 || tuple.size > 4 || !is_str(tuple[0]))
        return raise(thread, exc::TypeError, "getnameinfo(): illegal sockaddr argument");
    int64_t port = TRY(to_int64(thread, tuple[1]));
    uint64_t flow = 0, scope = 0;
    if (tuple.size > 2) flow = TRY(to_uint64(thread, tuple[2]));
    if (tuple.size > 3) scope = TRY(to_uint64(thread, tuple[3]));
    if (flow > 0xfffff)
        return raise(thread, exc::OverflowError, "getnameinfo(): flowinfo must be 0-1048575.");
    TRY(audit(thread, "socket.getnameinfo", address_value));
    const char* host = str_utf8(thread, tuple[0].as<Str>());
    if (!host) return {};
    char service[32];
    snprintf(service, sizeof service, "%ld", static_cast<long>(port));
    addrinfo hints{}, *found = nullptr;
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_DGRAM;
    hints.ai_flags = AI_NUMERICHOST;
    int error = posix::blocking(thread, [&] { return getaddrinfo(host, service, &hints, &found); });
    if (error) return raise_gai_error(thread, error);
    struct Free {
        addrinfo* list;
        ~Free() { freeaddrinfo(list); }
    } free{found};
    if (found->ai_next)
        return raise(thread, exc::OSError, "sockaddr resolved to multiple addresses");
    if (found->ai_family == AF_INET && tuple.size != 2)
        return raise(thread, exc::OSError, "IPv4 sockaddr must be 2 tuple");
    if (found->ai_family == AF_INET6) {
        auto* in6 = reinterpret_cast<sockaddr_in6*>(found->ai_addr);
        in6->sin6_flowinfo = htonl(static_cast<uint32_t>(flow));
        in6->sin6_scope_id = static_cast<uint32_t>(scope);
    }
    char host_name[NI_MAXHOST], service_name[NI_MAXSERV];
    error = posix::blocking(thread, [&] {
        return getnameinfo(found->ai_addr, found->ai_addrlen, host_name, sizeof host_name,
                           service_name, sizeof service_name, flags);
    });
    if (error) return raise_gai_error(thread, error);
    Ref<Str> first = TRY(decode_fs(thread, host_name));
    Ref<Str> second = TRY(make_str(thread, service_name));
    return make_tuple(thread, first, second);
}

Owned socket_if_nameindex(Thread& thread, Value) {
    struct Interfaces {
        struct if_nameindex* list;
        ~Interfaces() {
            if (list) if_freenameindex(list);
        }
    } interfaces{::if_nameindex()};
    if (!interfaces.list) return posix::fail(thread);
    Ref<List> list = TRY(make_list(thread));
    for (auto* at = interfaces.list; at->if_index != 0 && at->if_name; at++) {
        Ref<Str> name = TRY(decode_fs(thread, at->if_name));
        TRY(list_append(thread, *list,
                        make_tuple(thread, Value::small_int(at->if_index), name).owned()));
    }
    return list;
}
Owned socket_if_nametoindex(Thread& thread, Value, Value name) {
    Ref<Bytes> text = TRY(fs_encode_path(thread, name));
    unsigned index = if_nametoindex(text->text());
    if (index == 0) return raise(thread, exc::OSError, "no interface with this name");
    return Owned::small_int(index);
}
Owned socket_if_indextoname(Thread& thread, Value, Value index) {
    uint64_t number = TRY(to_uint64(thread, index));
    char name[IF_NAMESIZE];
    if (number > UINT32_MAX || !if_indextoname(static_cast<unsigned>(number), name)) {
        if (number > UINT32_MAX)
            return raise(thread, exc::OverflowError,
                         "Python int too large to convert to C unsigned int");
        return posix::fail(thread);
    }
    return decode_fs(thread, name);
}

// --- packed addresses and byte order ---

Owned socket_inet_aton(Thread& thread, Value, Str& text) {
    const char* utf8 = str_utf8(thread, text);
    if (!utf8) return {};
    in_addr address;
    if (inet_aton(utf8, &address) == 0)
        return raise(thread, exc::OSError, "illegal IP address string passed to inet_aton");
    return make_bytes(thread, &address, sizeof address);
}
Owned socket_inet_ntoa(Thread& thread, Value, Value packed) {
    Ref<Bytes> bytes = TRY(bytes_from_object(thread, packed));
    if (bytes->size != sizeof(in_addr))
        return raise(thread, exc::OSError, "packed IP wrong length");
    char text[INET_ADDRSTRLEN];
    inet_ntop(AF_INET, bytes->data(), text, sizeof text);
    return make_str(thread, text);
}
Owned socket_inet_pton(Thread& thread, Value, int family, Str& text) {
    const char* utf8 = str_utf8(thread, text);
    if (!utf8) return {};
    char packed[sizeof(in6_addr)];
    int result = inet_pton(family, utf8, packed);
    if (result < 0) return posix::fail(thread);
    if (result == 0)
        return raise(thread, exc::OSError, "illegal IP address string passed to inet_pton");
    return make_bytes(thread, packed, family == AF_INET ? 4 : 16);
}
Owned socket_inet_ntop(Thread& thread, Value, int family, Value packed) {
    Ref<Bytes> bytes = TRY(bytes_from_object(thread, packed));
    if (family != AF_INET && family != AF_INET6)
        return raise(thread, exc::ValueError, "unknown address family {}", family);
    if (bytes->size != (family == AF_INET ? 4u : 16u))
        return raise(thread, exc::ValueError, "invalid length of packed IP address string");
    char text[INET6_ADDRSTRLEN];
    if (!inet_ntop(family, bytes->data(), text, sizeof text)) return posix::fail(thread);
    return make_str(thread, text);
}

Result<uint64_t> load_word(Thread& thread, Value value, uint64_t most, const char* function) {
    Owned index = TRY(to_index(thread, value));
    if (int_sign(index) < 0)
        return raise(thread, exc::OverflowError, "can't convert negative value to unsigned int");
    int64_t number;
    if (!int_fits_int64(index, &number) || static_cast<uint64_t>(number) > most)
        return raise(thread, exc::OverflowError,
                     most == 0xffff
                         ? "{}: Python int too large to convert to C 16-bit unsigned integer"
                         : "int larger than 32 bits",
                     function);
    return static_cast<uint64_t>(number);
}
Owned socket_ntohs(Thread& thread, Value, Value value) {
    uint64_t n = TRY(load_word(thread, value, 0xffff, "ntohs"));
    return Owned::small_int(ntohs(static_cast<uint16_t>(n)));
}
Owned socket_htons(Thread& thread, Value, Value value) {
    uint64_t n = TRY(load_word(thread, value, 0xffff, "htons"));
    return Owned::small_int(htons(static_cast<uint16_t>(n)));
}
Owned socket_ntohl(Thread& thread, Value, Value value) {
    uint64_t n = TRY(load_word(thread, value, 0xffffffff, "ntohl"));
    return Owned::small_int(ntohl(static_cast<uint32_t>(n)));
}
Owned socket_htonl(Thread& thread, Value, Value value) {
    uint64_t n = TRY(load_word(thread, value, 0xffffffff, "htonl"));
    return Owned::small_int(htonl(static_cast<uint32_t>(n)));
}

// --- descriptors and settings ---

Owned socket_dup(Thread& thread, Value, Value fd_value) {
    int64_t fd = TRY(to_int64(thread, fd_value));
    return posix::number(thread, fcntl(static_cast<int>(fd), F_DUPFD_CLOEXEC, 0));
}
Owned socket_close_fd(Thread& thread, Value, Value fd_value) {
    int64_t fd = TRY(to_int64(thread, fd_value));
    int result = posix::blocking(thread, [&] { return close(static_cast<int>(fd)); });
    if (result < 0 && errno == ECONNRESET) result = 0;
    return posix::done(thread, result);
}

Owned socket_socketpair(Thread& thread, Value, int family, int type, int protocol) {
    int ends[2];
    if (socketpair(family, type | SOCK_CLOEXEC, protocol, ends) < 0) return posix::fail(thread);
    Owned made[2];
    for (int i = 0; i < 2; i++) {
        Type* class_ = socket_class.get(thread);
        auto* object = class_ ? allocate<Socket>(thread, *class_) : nullptr;
        if (!object) {
            close(ends[1]);
            if (i == 0) close(ends[0]);
            return {};
        }
        object->fd = ends[i];
        object->family = family;
        object->type = type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC);
        object->protocol = protocol;
        object->timeout =
            type & SOCK_NONBLOCK ? 0 : default_timeout.load(std::memory_order_relaxed);
        made[i] = Owned::adopt(object);
    }
    return make_tuple(thread, made[0], made[1]);
}

Owned socket_getdefaulttimeout(Thread& thread, Value) {
    int64_t timeout = default_timeout.load(std::memory_order_relaxed);
    if (timeout < 0) return Owned::share(none());
    return make_float(thread, static_cast<double>(timeout) / 1e9);
}
Owned socket_setdefaulttimeout(Thread& thread, Value, Value value) {
    int64_t timeout = TRY(load_timeout(thread, value));
    default_timeout.store(timeout, std::memory_order_relaxed);
    return Owned::share(none());
}

Owned cmsg_size(Thread& thread, Index length, size_t header, const char* function) {
    if (length < 0 || static_cast<size_t>(length) > (size_t{1} << 31) - header)
        return raise(thread, exc::OverflowError, "{}() argument out of range", function);
    return Owned::nothing();
}
Owned socket_cmsg_len(Thread& thread, Value, Index length) {
    (void)TRY(cmsg_size(thread, length, CMSG_LEN(0), "CMSG_LEN"));
    return make_int_unsigned(thread, CMSG_LEN(static_cast<size_t>(length)));
}
Owned socket_cmsg_space(Thread& thread, Value, Index length) {
    (void)TRY(cmsg_size(thread, length, CMSG_SPACE(1), "CMSG_SPACE"));
    return make_int_unsigned(thread, CMSG_SPACE(static_cast<size_t>(length)));
}

}  // namespace

const MethodRow name_functions[] = {
    {"gethostname", "(module, /)", fn<socket_gethostname>,
     "gethostname() -> string\n\nReturn the current host name."},
    {"sethostname", "(module, name, /)", fn<socket_sethostname>,
     "sethostname(name)\n\nSets the hostname to name."},
    {"gethostbyname", "(module, host, /)", fn<socket_gethostbyname>,
     "gethostbyname(host) -> address\n\nReturn the IP address (a string of the form "
     "'255.255.255.255') for a host."},
    {"gethostbyname_ex", "(module, host, /)", fn<socket_gethostbyname_ex>,
     "gethostbyname_ex(host) -> (name, aliaslist, addresslist)\n\nReturn the true host name, a "
     "list of aliases, and a list of IP addresses,\nfor a host.  The host argument is a string "
     "giving a host name or IP number."},
    {"gethostbyaddr", "(module, host, /)", fn<socket_gethostbyaddr>,
     "gethostbyaddr(host) -> (name, aliaslist, addresslist)\n\nReturn the true host name, a list "
     "of aliases, and a list of IP addresses,\nfor a host.  The host argument is a string giving a "
     "host name or IP number."},
    {"getservbyname", "(module, servicename, protocolname=<unrepresentable>, /)",
     fn<socket_getservbyname>,
     "getservbyname(servicename[, protocolname]) -> integer\n\nReturn a port number from a service "
     "name and protocol name.\nThe optional protocol name, if given, should be 'tcp' or "
     "'udp',\notherwise any protocol will match."},
    {"getservbyport", "(module, port, protocolname=<unrepresentable>, /)", fn<socket_getservbyport>,
     "getservbyport(port[, protocolname]) -> string\n\nReturn the service name from a port number "
     "and protocol name.\nThe optional protocol name, if given, should be 'tcp' or "
     "'udp',\notherwise any protocol will match."},
    {"getprotobyname", "(module, name, /)", fn<socket_getprotobyname>,
     "getprotobyname(name) -> integer\n\nReturn the protocol number for the named protocol.  "
     "(Rarely used.)"},
    {"getaddrinfo", "(module, /, host, port, family=0, type=0, proto=0, flags=0)",
     fn<socket_getaddrinfo>,
     "getaddrinfo(host, port [, family, type, proto, flags])\n    -> list of (family, type, proto, "
     "canonname, sockaddr)\n\nResolve host and port into addrinfo struct."},
    {"getnameinfo", "(module, sockaddr, flags, /)", fn<socket_getnameinfo>,
     "getnameinfo(sockaddr, flags) --> (host, port)\n\nGet host and port for a sockaddr."},
    {"if_nameindex", "(module, /)", fn<socket_if_nameindex>,
     "if_nameindex()\n\nReturns a list of network interface information (index, name) tuples."},
    {"if_nametoindex", "(module, oname, /)", fn<socket_if_nametoindex>,
     "Returns the interface index corresponding to the interface name if_name."},
    {"if_indextoname", "(module, index, /)", fn<socket_if_indextoname>,
     "if_indextoname(if_index)\n\nReturns the interface name corresponding to the interface index "
     "if_index."},
    {"inet_aton", "(module, ip_addr, /)", fn<socket_inet_aton>,
     "Convert an IP address in string format (123.45.67.89) to the 32-bit packed binary format "
     "used in low-level network functions."},
    {"inet_ntoa", "(module, packed_ip, /)", fn<socket_inet_ntoa>,
     "Convert an IP address from 32-bit packed binary format to string format."},
    {"inet_pton", "(module, af, ip, /)", fn<socket_inet_pton>,
     "inet_pton(af, ip) -> packed IP address string\n\nConvert an IP address from string format to "
     "a packed string suitable\nfor use with low-level network functions."},
    {"inet_ntop", "(module, af, packed_ip, /)", fn<socket_inet_ntop>,
     "inet_ntop(af, packed_ip) -> string formatted IP address\n\nConvert a packed IP address of "
     "the given family to string format."},
    {"ntohs", "(module, x, /)", fn<socket_ntohs>,
     "Convert a 16-bit unsigned integer from network to host byte order."},
    {"ntohl", "(module, x, /)", fn<socket_ntohl>,
     "Convert a 32-bit unsigned integer from network to host byte order."},
    {"htons", "(module, x, /)", fn<socket_htons>,
     "Convert a 16-bit unsigned integer from host to network byte order."},
    {"htonl", "(module, x, /)", fn<socket_htonl>,
     "Convert a 32-bit unsigned integer from host to network byte order."},
    {"dup", "(module, fd, /)", fn<socket_dup>,
     "dup(integer) -> integer\n\nDuplicate an integer socket file descriptor.  This is like "
     "os.dup(), but for\nsockets; on some platforms os.dup() won't work for socket file "
     "descriptors."},
    {"close", "(module, fd, /)", fn<socket_close_fd>,
     "close(integer) -> None\n\nClose an integer socket file descriptor.  This is like os.close(), "
     "but for\nsockets; on some platforms os.close() won't work for socket file descriptors."},
    {"socketpair", "(module, family=1, type=1, proto=0, /)", fn<socket_socketpair>,
     "socketpair([family[, type [, proto]]]) -> (socket object, socket object)\n\nCreate a pair of "
     "socket objects from the sockets returned by the platform\nsocketpair() function.\nThe "
     "arguments are the same as for socket() except the default family is\nAF_UNIX if defined on "
     "the platform; otherwise, the default is AF_INET."},
    {"getdefaulttimeout", "(module, /)", fn<socket_getdefaulttimeout>,
     "getdefaulttimeout() -> timeout\n\nReturns the default timeout in seconds (float) for new "
     "socket objects.\nA value of None indicates that new socket objects have no timeout.\nWhen "
     "the socket module is first imported, the default is None."},
    {"setdefaulttimeout", "(module, timeout, /)", fn<socket_setdefaulttimeout>,
     "setdefaulttimeout(timeout)\n\nSet the default timeout in seconds (float) for new socket "
     "objects.\nA value of None indicates that new socket objects have no timeout.\nWhen the "
     "socket module is first imported, the default is None."},
    {"CMSG_LEN", "(module, length, /)", fn<socket_cmsg_len>,
     "CMSG_LEN(length) -> control message length\n\nReturn the total length, without trailing "
     "padding, of an ancillary\ndata item with associated data of the given length."},
    {"CMSG_SPACE", "(module, length, /)", fn<socket_cmsg_space>,
     "CMSG_SPACE(length) -> buffer size\n\nReturn the buffer size needed for recvmsg() to receive "
     "an ancillary\ndata item with associated data of the given length, along with any\ntrailing "
     "padding."},
    {},
};

}  // namespace imugi::sockets
