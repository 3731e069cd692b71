// What the files of the _io module share: the types, the checks, the raw calls of FileIO.
#pragma once

#include "modules/_io/io_lock.h"
#include "modules/shared_type.h"
#include "object/errors.h"
#include "object/native.h"

namespace imugi::io {

inline constexpr Index kDefaultBufferSize = 131072;

extern SharedType io_base, raw_io_base, buffered_io_base, text_io_base;
extern SharedType file_io, bytes_io, bytes_io_buffer, string_io;
extern SharedType buffered_reader, buffered_writer, buffered_random, buffered_pair;
extern SharedType newline_decoder, text_io_wrapper;

// io.UnsupportedOperation(message)
Raised raise_unsupported(Thread& thread, const char* message);
Raised raise_closed(Thread& thread);  // "I/O operation on closed file."
// Calls object.method() and gives its truth.
Result<bool> ask(Thread& thread, Value object, Str& method);
Result<bool> is_closed(Thread& thread, Value file);
// Raises unless object.method() is true; `message` for io.UnsupportedOperation.
[[nodiscard]] bool check_able(Thread& thread, Value file, Str& method, const char* message);
// An optional size: None or missing is -1.
Result<Index> size_argument(Thread& thread, Value value);
// A file offset: an int of 64 bits.
Result<int64_t> offset_argument(Thread& thread, Value value);
// Raises the second exception with the first as its context.
void chain_pending(Thread& thread, Owned first);

// A native instance without its fields set; its finalizer is io_finalize.
template <class T>
Owned make_blank(Thread& thread, Type& type) {
    T* object = allocate<T>(thread, type);
    if (!object) return {};
    return Owned::adopt(object);
}
void io_finalize(Thread& thread, Value self);

// FileIO's descriptor calls for buffered files. -1: an exception, -2: it would block.
struct FileIO;
Index file_read(Thread& thread, Value file, void* data, size_t size);
Index file_write(Thread& thread, Value file, const void* data, size_t size);

extern const TypeSpec io_base_spec, raw_io_base_spec, buffered_io_base_spec, text_io_base_spec;
extern const TypeSpec file_io_spec, bytes_io_spec, bytes_io_buffer_spec, string_io_spec;
extern const TypeSpec buffered_reader_spec, buffered_writer_spec, buffered_random_spec,
    buffered_pair_spec;
extern const TypeSpec newline_decoder_spec, text_io_wrapper_spec;

inline constexpr uint32_t kFileTypeFlags =
    kTypeBase | kTypeTracked | kTypeHasDict | kTypeHasWeakrefs | kTypeImmutable;

// Line ends found, as IncrementalNewlineDecoder and TextIOWrapper tell them.
enum LineEnd : uint8_t { kSeenCR = 1, kSeenLF = 2, kSeenCRLF = 4 };
Owned line_ends_seen(Thread& thread, unsigned seen);
// Where the line that starts at `start` ends (behind its newline), or -1; *consumed up to where
// the text was searched without finding one.
Index find_line_end(const Str& text, size_t start, size_t end, bool translated, bool universal,
                    const Str* newline);
// EncodingWarning when -X warn_default_encoding asks for it.
[[nodiscard]] bool warn_default_encoding(Thread& thread, int stack_level);
// A newline= argument: None, '', '\n', '\r' or '\r\n'.
[[nodiscard]] bool check_newline(Thread& thread, Value newline);

}  // namespace imugi::io
