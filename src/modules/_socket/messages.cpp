// sendmsg() and recvmsg(): scattered buffers and ancillary data. Works on memory of its own.
#include <sys/uio.h>
#include <unistd.h>

#include <climits>
#include <cstring>

#include "memory/array.h"
#include "modules/_socket/socket.h"
#include "modules/posix/buffer_vectors.h"
#include "object/audit.h"
#include "object/buffer.h"
#include "object/list.h"
#include "object/protocol.h"
#include "object/tuple.h"

namespace imugi::sockets {

namespace {

struct Memory {
    char* data = nullptr;
    ~Memory() { array_free(data); }
    bool reserve(Thread& thread, size_t size) {
        data = static_cast<char*>(array_allocate_zeroed(size ? size : 1));
        return data || raise_memory_error(thread);
    }
};

// The list of (level, type, data); descriptors in what cannot be shown are closed.
Owned make_ancillary(Thread& thread, msghdr& message) {
    Ref<List> list = TRY(make_list(thread));
    for (cmsghdr* item = CMSG_FIRSTHDR(&message); item; item = CMSG_NXTHDR(&message, item)) {
        auto* begin = reinterpret_cast<uint8_t*>(CMSG_DATA(item));
        auto* end = static_cast<uint8_t*>(message.msg_control) + message.msg_controllen;
        size_t size = item->cmsg_len - CMSG_LEN(0);
        if (begin > end) break;
        if (size > static_cast<size_t>(end - begin)) size = static_cast<size_t>(end - begin);
        Ref<Bytes> data = TRY(make_bytes(thread, begin, size));
        TRY(list_append(thread, *list,
                        make_tuple(thread, Value::small_int(item->cmsg_level),
                                   Value::small_int(item->cmsg_type), data)
                            .owned()));
    }
    return list;
}

void close_received_descriptors(msghdr& message) {
    for (cmsghdr* item = CMSG_FIRSTHDR(&message); item; item = CMSG_NXTHDR(&message, item)) {
        if (item->cmsg_level != SOL_SOCKET || item->cmsg_type != SCM_RIGHTS) continue;
        size_t count = (item->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(item) + i * sizeof fd, sizeof fd);
            close(fd);
        }
    }
}

// The common part: fills `vectors`; the tuple behind the first item.
bool receive(Thread& thread, Socket& self, iovec* vectors, size_t count, Index ancillary_size,
             int flags, int64_t* received, Owned* ancillary, int* message_flags, Owned* sender) {
    if (ancillary_size < 0 || static_cast<size_t>(ancillary_size) > INT_MAX)
        return raise(thread, exc::ValueError, "invalid ancillary data buffer length");
    Memory control;
    TRY(control.reserve(thread, static_cast<size_t>(ancillary_size)));
    Address address;
    memset(&address, 0, sizeof address);
    msghdr message{};
    int64_t n = transfer(thread, self, false, self.timeout.load(std::memory_order_relaxed),
                         [&](int fd) -> int64_t {
                             message.msg_name = &address;
                             message.msg_namelen = sizeof address;
                             message.msg_iov = vectors;
                             message.msg_iovlen = count;
                             message.msg_control = ancillary_size ? control.data : nullptr;
                             message.msg_controllen = static_cast<size_t>(ancillary_size);
                             return recvmsg(fd, &message, flags | MSG_CMSG_CLOEXEC);
                         });
    if (n < 0) return false;
    *received = n;
    *message_flags = message.msg_flags & ~MSG_CMSG_CLOEXEC;
    *ancillary = make_ancillary(thread, message);
    if (*ancillary) *sender = make_address(thread, address, message.msg_namelen);
    if (*ancillary && *sender) return true;
    close_received_descriptors(message);
    return false;
}

}  // namespace

Owned socket_recvmsg(Thread& thread, Socket& self, Index size, Index ancillary_size, int flags) {
    if (size < 0) return raise(thread, exc::ValueError, "negative buffer size in recvmsg()");
    Ref<Bytes> bytes = TRY(make_bytes_blank(thread, static_cast<size_t>(size)));
    iovec vector = {bytes_blank_data(*bytes), static_cast<size_t>(size)};
    int64_t n;
    int message_flags;
    Owned ancillary, sender;
    TRY(receive(thread, self, &vector, 1, ancillary_size, flags, &n, &ancillary, &message_flags,
                &sender));
    Ref<Bytes> data = TRY(bytes_truncate(thread, std::move(bytes), static_cast<size_t>(n)));
    return make_tuple(thread, data, ancillary, Value::small_int(message_flags), sender);
}

Owned socket_recvmsg_into(Thread& thread, Socket& self, Value buffers, Index ancillary_size,
                          int flags) {
    posix::BufferVectors pieces(thread);
    TRY(pieces.load(buffers, kBufferWritable, "recvmsg_into() argument 1 must be an iterable"));
    int64_t n;
    int message_flags;
    Owned ancillary, sender;
    TRY(receive(thread, self, pieces.data(), pieces.count(), ancillary_size, flags, &n, &ancillary,
                &message_flags, &sender));
    return make_tuple(thread, Value::small_int(n), ancillary, Value::small_int(message_flags),
                      sender);
}

Owned socket_sendmsg(Thread& thread, Socket& self, Value buffers, Value ancillary, int flags,
                     Value target) {
    posix::BufferVectors pieces(thread);
    TRY(pieces.load(buffers, kBufferSimple, "sendmsg() argument 1 must be an iterable"));
    Owned items = fast_sequence(thread, ancillary, "sendmsg() argument 2 must be an iterable");
    if (!items) return {};
    Ref<Tuple> list = TRY(to_tuple(thread, items));
    // The headers' room first, then their content.
    size_t room = 0;
    for (size_t i = 0; i < list->size; i++) {
        Value item = (*list)[i];
        if (!is_tuple(item) || item.as<Tuple>().size != 3)
            return raise(thread, exc::TypeError,
                         "[sendmsg() ancillary data items must be tuples of three elements]");
        Buffer data(thread);
        TRY(data.get(item.as<Tuple>()[2]));
        room += CMSG_SPACE(data.size());
    }
    Memory control;
    TRY(control.reserve(thread, room));
    msghdr message{};
    message.msg_control = room ? control.data : nullptr;
    message.msg_controllen = room;
    cmsghdr* header = room ? CMSG_FIRSTHDR(&message) : nullptr;
    for (size_t i = 0; i < list->size; i++) {
        auto& item = (*list)[i].as<Tuple>();
        int64_t level = TRY(to_int64(thread, item[0]));
        int64_t type = TRY(to_int64(thread, item[1]));
        Buffer data(thread);
        TRY(data.get(item[2]));
        size_t used = static_cast<size_t>(reinterpret_cast<char*>(header) - control.data);
        if (!header || used + CMSG_SPACE(data.size()) > room)
            return raise(thread, exc::RuntimeError, "ancillary data changed while being sent");
        header->cmsg_level = static_cast<int>(level);
        header->cmsg_type = static_cast<int>(type);
        header->cmsg_len = CMSG_LEN(data.size());
        memcpy(CMSG_DATA(header), data.data(), data.size());
        header = reinterpret_cast<cmsghdr*>(control.data + used + CMSG_SPACE(data.size()));
    }
    Address address;
    socklen_t size = 0;
    if (!is_none(target)) {
        TRY(load_address(thread, self.family, self.protocol, target, "sendmsg", &address, &size));
        message.msg_name = &address;
        message.msg_namelen = size;
    }
    TRY(audit(thread, "socket.sendmsg", Value::of(self), target));
    message.msg_iov = pieces.data();
    message.msg_iovlen = pieces.count();
    int64_t n =
        transfer(thread, self, true, self.timeout.load(std::memory_order_relaxed),
                 [&](int fd) -> int64_t { return sendmsg(fd, &message, flags | MSG_NOSIGNAL); });
    if (n < 0) return {};
    return Owned::small_int(n);
}

}  // namespace imugi::sockets
