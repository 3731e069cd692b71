// The struct of BufferedReader, BufferedWriter and BufferedRandom: one buffer in front of a raw
// stream, which at any time holds either bytes read ahead or bytes to be written.
#pragma once

#include "modules/_io/io.h"

namespace imugi::io {

enum class BufferedState : uint8_t { kUninitialised, kOpen, kDetached };

// Everything but `raw` is guarded by `mutex`; `raw` is replaced by detach() and __init__() only,
// under it and the Lock, so that either is enough for reading.
struct Buffered : Object {
    Slot raw;
    IoMutex mutex;
    std::atomic<BufferedState> state;
    std::atomic<bool> readable, writable, finalizing;
    bool plain;    // exact FileIO behind an exact buffered type: no Python methods in between
    bool writing;  // what the buffer holds
    char* data;
    size_t size;
    size_t begin, end;  // unread bytes, or bytes to be written
    int64_t position;   // of the raw stream; -1: unknown
};

[[nodiscard]] bool check_initialised(Thread& thread, Buffered& self);
[[nodiscard]] bool check_buffered_open(Thread& thread, Buffered& self, const char* message);
// The raw stream for calls that the mutex does not guard.
Owned raw_of(Thread& thread, Buffered& self);

// What every method starts with. False with an exception: the thread has the mutex already, or
// there is no raw stream (any more).
class [[nodiscard]] BufferedGuard {
  public:
    BufferedGuard(Thread& thread, Buffered& self, bool initialising = false)
        : self_(self), taken_(self.mutex.lock(thread)) {
        if (!taken_) {
            (void)raise(thread, exc::RuntimeError, "reentrant call inside {}",
                        repr_of(Value::of(self)));
        } else if (!initialising && !check_initialised(thread, self)) {
            taken_ = false;
            self_.mutex.unlock();
        }
    }
    ~BufferedGuard() {
        if (taken_) self_.mutex.unlock();
    }
    BufferedGuard(const BufferedGuard&) = delete;
    explicit operator bool() const { return taken_; }

  private:
    Buffered& self_;
    bool taken_;
};

// With the guard held. Writes what waits; BlockingIOError when the raw stream would block.
[[nodiscard]] bool flush_writes(Thread& thread, Buffered& self);
// Gives up read-ahead, moving the raw stream back to where the reader is.
[[nodiscard]] bool rewind_reads(Thread& thread, Buffered& self);
// Raw position; -1 with an exception.
int64_t raw_tell(Thread& thread, Buffered& self);
int64_t raw_seek(Thread& thread, Buffered& self, int64_t offset, int whence);
// -1: an exception, -2: it would block.
Index raw_read(Thread& thread, Buffered& self, char* data, size_t size);
Index raw_write(Thread& thread, Buffered& self, const char* data, size_t size);

Owned reader_read(Thread& thread, Buffered& self, Value size);
Owned reader_read1(Thread& thread, Buffered& self, Value size);
Owned reader_readinto(Thread& thread, Buffered& self, Value target);
Owned reader_readinto1(Thread& thread, Buffered& self, Value target);
Owned reader_readline(Thread& thread, Buffered& self, Value size);
Owned reader_peek(Thread& thread, Buffered& self, Index size);
Owned reader_next(Thread& thread, Value self);
Owned writer_write(Thread& thread, Buffered& self, Value data);

Raised raise_would_block(Thread& thread, const char* message, Index written);

}  // namespace imugi::io

namespace imugi {
template <>
struct BuiltinTypeOf<io::Buffered> {
    static Type& type() { return io::buffered_reader.type(); }
    static bool check(Value value) {
        return io::buffered_reader.is_instance(value) || io::buffered_writer.is_instance(value) ||
               io::buffered_random.is_instance(value);
    }
};
}  // namespace imugi
