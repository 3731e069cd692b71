// See dump.h.
#include "modules/faulthandler/dump.h"

#include <dlfcn.h>
#include <execinfo.h>
#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "object/interpreter.h"
#include "object/positions.h"
#include "object/str.h"
#include "vm/frame.h"

namespace imugi::faults {

namespace {

constexpr int kMostFrames = 100, kMostThreads = 100;
constexpr size_t kMostCharacters = 500;

void write_bytes(int fd, const char* text, size_t size) {
    while (size != 0) {
        ssize_t written = write(fd, text, size);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return;
        text += written;
        size -= static_cast<size_t>(written);
    }
}

// Copies memory that may be gone.
bool copy(void* out, const void* from, size_t size) {
    if (!from) return false;
    iovec here{out, size}, there{const_cast<void*>(from), size};
    ssize_t count = process_vm_readv(getpid(), &here, 1, &there, 1, 0);
    if (count == static_cast<ssize_t>(size)) return true;
    if (count >= 0 || (errno != ENOSYS && errno != EPERM)) return false;
    memcpy(out, from, size);  // the system does not let us ask
    return true;
}
template <class T>
struct Copy {
    alignas(T) char bytes[sizeof(T)];
    bool load(const void* from) { return copy(bytes, from, sizeof(T)); }
    const T* operator->() const { return reinterpret_cast<const T*>(bytes); }
};

// A str, characters beyond ASCII escaped.
void write_str(int fd, const Slot& slot) {
    Value value = slot.borrow();
    Copy<Str> s;
    if (!value.is_object() || !s.load(value.object())) return write_text(fd, "???");
    size_t length = s->length(), unit = s->unit();
    bool cut = length > kMostCharacters;
    if (cut) length = kMostCharacters;
    const char* data = reinterpret_cast<const char*>(value.object()) + sizeof(Str) +
                       (s->is_ascii() ? 0 : sizeof(void*));
    uint32_t units[kMostCharacters];
    if (s->is_external() || !copy(units, data, length * unit)) return write_text(fd, "???");
    for (size_t i = 0; i < length; i++) {
        uint32_t c = unit == 1   ? reinterpret_cast<uint8_t*>(units)[i]
                     : unit == 2 ? reinterpret_cast<uint16_t*>(units)[i]
                                 : units[i];
        char plain = static_cast<char>(c);
        if (c >= ' ' && c < 127) {
            write_bytes(fd, &plain, 1);
        } else {
            write_text(fd, c < 0x100 ? "\\x" : c < 0x10000 ? "\\u" : "\\U");
            write_number(fd, c, 16, c < 0x100 ? 2 : c < 0x10000 ? 4 : 8);
        }
    }
    if (cut) write_text(fd, "...");
}

void dump_frames(int fd, const Frame* at) {
    if (!at) return write_text(fd, "  <no Python frame>\n");
    for (int depth = 0; at; depth++) {
        if (depth == kMostFrames) return write_text(fd, "  ...\n");
        Copy<Frame> frame;
        Copy<Code> code;
        if (!frame.load(at) || !code.load(frame->code))
            return write_text(fd, "  <invalid frame>\n");
        write_text(fd, "  File ");
        if (code->filename.is_empty()) {
            write_text(fd, "???");
        } else {
            write_text(fd, "\"");
            write_str(fd, code->filename);
            write_text(fd, "\"");
        }
        write_text(fd, ", line ");
        auto place = frame->pc - code->words;
        bool sound = place >= 0 && place <= static_cast<ptrdiff_t>(code->word_count);
        int line = sound ? find_line(*frame->code, static_cast<uint32_t>(place)) : 0;
        if (line > 0)
            write_number(fd, static_cast<uint64_t>(line), 10, 1);
        else
            write_text(fd, "???");
        write_text(fd, " in ");
        write_str(fd, code->name);
        write_text(fd, "\n");
        if (frame->previous == at) return;
        at = frame->previous;
    }
}

// " [name]" as the system knows the thread.
void write_name(int fd, const Thread& thread) {
    char path[64] = "/proc/self/task/", digits[24];
    size_t count = 0, size = strlen(path);
    for (uint64_t n = thread.native_id; n; n /= 10)
        digits[count++] = static_cast<char>('0' + n % 10);
    while (count) path[size++] = digits[--count];
    memcpy(path + size, "/comm", 6);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return;
    char name[32];
    ssize_t length = read(file, name, sizeof name);
    close(file);
    if (length > 0 && name[length - 1] == '\n') length--;
    if (length <= 0) return;
    write_text(fd, " [");
    write_bytes(fd, name, static_cast<size_t>(length));
    write_text(fd, "]");
}

}  // namespace

void write_text(int fd, const char* text) {
    write_bytes(fd, text, strlen(text));
}

void write_number(int fd, uint64_t number, unsigned base, unsigned least_digits) {
    char text[32];
    char* at = text + sizeof text;
    unsigned digits = 0;
    while (number != 0 || digits < least_digits) {
        *--at = "0123456789abcdef"[number % base];
        number /= base;
        digits++;
    }
    write_bytes(fd, at, digits);
}

void dump_thread(int fd, const Thread& thread, bool is_current) {
    write_text(fd, is_current ? "Current thread 0x" : "Thread 0x");
    write_number(fd, thread.ident, 16, 16);
    write_name(fd, thread);
    write_text(fd, " (most recent call first):\n");
    dump_frames(fd, thread.frame);
}

void dump_threads(int fd, const Thread* current, bool all) {
    if (!all) {
        write_text(fd, "Stack (most recent call first):\n");
        return dump_frames(fd, current ? current->frame : nullptr);
    }
    const Interpreter& interpreter = current ? *current->interpreter : main_interpreter;
    int count = 0;
    for (const Thread* at = interpreter.threads; at; count++) {
        if (count == kMostThreads) return write_text(fd, "...\n");
        Copy<Thread> thread;
        if (!thread.load(at)) return write_text(fd, "<invalid thread>\n");
        if (count != 0) write_text(fd, "\n");
        dump_thread(fd, *thread.operator->(), at == current);
        if (thread->next == at) return;
        at = thread->next;
    }
}

void dump_native_stack(int fd) {
    constexpr int kMost = 32;
    void* frames[kMost];
    int count = backtrace(frames, kMost);
    write_text(fd, "Current thread's C stack trace (most recent call first):\n");
    for (int i = 0; i < count; i++) {
        Dl_info info;
        bool known = dladdr(frames[i], &info) != 0;
        write_text(fd, "  Binary file \"");
        write_text(fd, known && info.dli_fname ? info.dli_fname : "<unknown>");
        write_text(fd, "\"");
        if (known && info.dli_sname) {
            write_text(fd, ", at ");
            write_text(fd, info.dli_sname);
            write_text(fd, "+0x");
            write_number(fd,
                         static_cast<uint64_t>(static_cast<char*>(frames[i]) -
                                               static_cast<char*>(info.dli_saddr)),
                         16, 1);
        }
        write_text(fd, " [0x");
        write_number(fd, reinterpret_cast<uintptr_t>(frames[i]), 16, 1);
        write_text(fd, "]\n");
    }
    if (count == kMost) write_text(fd, "  <truncated rest of calls>\n");
}

}  // namespace imugi::faults
