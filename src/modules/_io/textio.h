// The struct of TextIOWrapper and what its files share.
#pragma once

#include "modules/_io/io.h"
#include "object/bytes.h"
#include "object/str.h"

namespace imugi::io {

// Encodings that need no encoder object.
enum class DirectCodec : uint8_t { kNone, kUtf8, kAscii, kLatin1 };

enum class TextState : uint8_t { kUninitialised, kOpen, kDetached };

// All but the mutex is guarded by it (IoGuard in every method; re-entrance allowed, since codecs
// and buffers may be written in Python).
struct TextIO : Object {
    Slot buffer;
    Slot encoding, errors;  // str
    Slot encoder, decoder;  // None when there is none
    Slot read_newline;      // str or None
    Slot write_newline;     // str or empty: "\n" stays
    Slot decoded;           // str: read and not yet given out; empty for none
    Slot snapshot;          // (decoder flags, bytes) at the start of `decoded`; or empty
    IoMutex mutex;
    std::atomic<TextState> state;
    DirectCodec direct;
    bool read_universal, read_translate, write_translate;
    bool seekable, has_read1, start_of_stream;
    std::atomic<bool> telling;  // iteration forbids tell(); written without the mutex too
    std::atomic<bool> line_buffering, write_through;  // read without the mutex too
    std::atomic<bool> finalizing;
    std::atomic<size_t> chunk_size;  // written without the mutex too
    size_t used;                     // characters of `decoded` given out
    double ratio;                    // bytes a character, of the last chunk
    char* pending;                   // encoded, not yet written to the buffer
    size_t pending_size, pending_capacity;
};

[[nodiscard]] bool check_attached(Thread& thread, TextIO& self);
[[nodiscard]] bool check_text_open(Thread& thread, TextIO& self);
[[nodiscard]] bool write_pending(Thread& thread, TextIO& self);
void forget_decoded(TextIO& self);
[[nodiscard]] bool set_decoded(TextIO& self, Owned text);
// One more chunk from the buffer: 1, at the end: 0, an exception: -1.
int read_chunk(Thread& thread, TextIO& self, size_t hint);
[[nodiscard]] bool flush_text(Thread& thread, TextIO& self);

Owned text_read(Thread& thread, TextIO& self, Value size);
Owned text_readline(Thread& thread, TextIO& self, Index size);
Owned text_write(Thread& thread, TextIO& self, Str& text);
Owned text_tell(Thread& thread, TextIO& self);
Owned text_seek(Thread& thread, TextIO& self, Value cookie, int whence);

}  // namespace imugi::io

namespace imugi {
IMUGI_SHARED_TYPE(io::TextIO, io::text_io_wrapper);
}
