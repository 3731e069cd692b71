// The zlib module over libz. Streams are worked on detached, so that other threads run meanwhile;
// an object's stream is used by one call at a time (its `busy` word, waited for detached).
#include <zlib.h>

#include <climits>

#include "memory/collector.h"
#include "memory/heap.h"
#include "modules/constants.h"
#include "modules/native_class.h"
#include "object/buffer.h"
#include "object/bytes.h"
#include "object/int.h"
#include "object/protocol.h"
#include "object/str.h"
#include "thread/lock.h"
#include "thread/parking_lot.h"

namespace imugi {

namespace {

constexpr size_t kFirstRoom = 16384;

NativeException error_class("zlib.error", exc::Exception);

void* allocate_for_zlib(void*, unsigned count, unsigned size) {
    return array_allocate(size_t{count} * size);
}
void free_for_zlib(void*, void* memory) {
    array_free(memory);
}

Raised raise_zlib(Thread& thread, const z_stream& stream, int code, const char* what) {
    const char* text = code == Z_VERSION_ERROR ? "library version mismatch" : stream.msg;
    if (!text) {
        if (code == Z_BUF_ERROR) text = "incomplete or truncated stream";
        if (code == Z_STREAM_ERROR) text = "inconsistent stream state";
        if (code == Z_DATA_ERROR) text = "invalid input data";
    }
    if (!text) return raise(thread, error_class.type(thread), "Error {} {}", code, what);
    return raise(thread, error_class.type(thread), "Error {} {}: {}", code, what, text);
}

// A stream: the mutable part of every object here.
struct Stream : Object {
    z_stream z;
    bool open;
    bool deflating;
    bool at_end;
    bool needs_input;                   // _ZlibDecompressor
    std::atomic<uint32_t> busy;         // 1 while a call works on the stream, 2 with waiters
    Slot unused_data, unconsumed_tail;  // bytes; under the Lock
    Slot dictionary;                    // zdict bytes; empty for none; immutable
    uint8_t* pending;                   // _ZlibDecompressor: input not yet looked at
    size_t pending_size;
    int window_bits;
};

// Exclusive use of a stream, across detached work.
class Exclusive {
  public:
    Exclusive(Thread& thread, Stream& stream) : stream_(stream) {
        uint32_t expected = 0;
        if (stream.busy.compare_exchange_strong(expected, 1, std::memory_order_acquire)) return;
        Detached detached(thread);
        // Pairs with the release below.
        while (stream.busy.exchange(2, std::memory_order_acquire) != 0)
            park(&stream.busy, 2, sizeof(uint32_t), -1);
    }
    ~Exclusive() {
        if (stream_.busy.exchange(0, std::memory_order_release) == 2) unpark_all(&stream_.busy);
    }
    Exclusive(const Exclusive&) = delete;

  private:
    Stream& stream_;
};

void set_slot(Thread& thread, Stream& self, Slot& slot, Owned value) {
    Owned old;
    {
        Lock guard(thread, self);
        old = slot.exchange(std::move(value));
    }
}
Owned get_slot(Thread& thread, Stream& self, Slot& slot) {
    Lock guard(thread, self);
    return slot.share();
}

// Output of unknown size, filled by libz.
class Output {
  public:
    explicit Output(size_t first) : room_(first ? first : 1) {}
    ~Output() { array_free(data_); }
    Output(const Output&) = delete;

    // Room for more, up to `most` bytes in all; false when memory is short.
    bool offer(z_stream& z, size_t most) {
        if (size_ == capacity_) {
            size_t capacity = capacity_ ? capacity_ * 2 : room_;
            if (capacity > most) capacity = most;
            void* grown = array_reallocate(data_, capacity);
            if (!grown) return false;
            data_ = static_cast<uint8_t*>(grown);
            capacity_ = capacity;
        }
        size_t left = capacity_ - size_;
        offered_ = left < UINT_MAX ? static_cast<unsigned>(left) : UINT_MAX;
        z.next_out = data_ + size_;
        z.avail_out = offered_;
        return true;
    }
    void accept(const z_stream& z) { size_ += offered_ - z.avail_out; }
    size_t size() const { return size_; }
    Ref<Bytes> bytes(Thread& thread) { return make_bytes(thread, data_, size_); }

  private:
    uint8_t* data_ = nullptr;
    size_t size_ = 0, capacity_ = 0, room_;
    unsigned offered_ = 0;
};

constexpr int kOutOfMemory = 1000;

// Input in pieces that libz can count.
struct Input {
    const uint8_t* at;
    size_t left;
    void offer(z_stream& z) {
        unsigned piece = left < UINT_MAX ? static_cast<unsigned>(left) : UINT_MAX;
        z.next_in = const_cast<uint8_t*>(at);
        z.avail_in = piece;
        at += piece;
        left -= piece;
    }
    size_t unread(const z_stream& z) const { return left + z.avail_in; }
};

// Deflates all input; detached.
int deflate_all(z_stream& z, Input input, int mode, Output& out) {
    for (;;) {
        input.offer(z);
        int flush = input.left ? Z_NO_FLUSH : mode;
        int code;
        do {
            if (!out.offer(z, SIZE_MAX)) return kOutOfMemory;
            code = deflate(&z, flush);
            out.accept(z);
            if (code == Z_STREAM_ERROR) return code;
        } while (z.avail_out == 0);
        if (input.left == 0) return code;
    }
}

// Inflates until the input or the output's bound ends, or the stream; detached. `rest` is what was
// not read.
int inflate_some(z_stream& z, Input input, Value dictionary, size_t most, int flush, Output& out,
                 Input* rest) {
    int code = Z_OK;
    bool full = false;
    do {
        input.offer(z);
        do {
            if (out.size() >= most) {
                full = true;
                break;
            }
            if (!out.offer(z, most)) return kOutOfMemory;
            code = inflate(&z, flush);
            out.accept(z);
            if (code == Z_NEED_DICT && dictionary) {
                Bytes& bytes = dictionary.as<Bytes>();
                code = inflateSetDictionary(&z, bytes.data(), static_cast<unsigned>(bytes.size));
                if (code != Z_OK) break;
                continue;
            }
            if (code != Z_OK && code != Z_BUF_ERROR) break;
        } while (z.avail_out == 0 || (code == Z_OK && z.avail_in != 0));
    } while (!full && (code == Z_OK || code == Z_BUF_ERROR) && input.left != 0);
    *rest = {input.at - z.avail_in, input.unread(z)};
    return code;
}

bool is_memory_error(Thread& thread, int code) {
    if (code != kOutOfMemory && code != Z_MEM_ERROR) return false;
    return !static_cast<bool>(raise_memory_error(thread));
}

// --- whole buffers ---

Owned compress_bytes(Thread& thread, Value data, int level, int wbits) {
    Buffer buffer(thread);
    TRY(buffer.get(data));
    z_stream z = {};
    z.zalloc = allocate_for_zlib;
    z.zfree = free_for_zlib;
    Output out(kFirstRoom);
    int code = deflateInit2(&z, level, Z_DEFLATED, wbits, 8, Z_DEFAULT_STRATEGY);
    if (code == Z_MEM_ERROR) return raise_memory_error(thread);
    if (code == Z_STREAM_ERROR)
        return raise(thread, error_class.type(thread), "Bad compression level");
    if (code != Z_OK) return raise_zlib(thread, z, code, "while compressing data");
    {
        Detached detached(thread);
        code = deflate_all(z, {buffer.data(), buffer.size()}, Z_FINISH, out);
    }
    deflateEnd(&z);
    if (is_memory_error(thread, code)) return {};
    if (code != Z_STREAM_END) return raise_zlib(thread, z, code, "while compressing data");
    return out.bytes(thread);
}

Owned decompress_bytes(Thread& thread, Value data, int wbits, Index bufsize) {
    Buffer buffer(thread);
    TRY(buffer.get(data));
    if (bufsize < 0) return raise(thread, exc::ValueError, "bufsize must be non-negative");
    z_stream z = {};
    z.zalloc = allocate_for_zlib;
    z.zfree = free_for_zlib;
    int code = inflateInit2(&z, wbits);
    if (code == Z_MEM_ERROR) return raise_memory_error(thread);
    if (code != Z_OK) return raise_zlib(thread, z, code, "while preparing to decompress data");
    Output out(static_cast<size_t>(bufsize));
    Input rest;
    {
        Detached detached(thread);
        code = inflate_some(z, {buffer.data(), buffer.size()}, Value(), SIZE_MAX, Z_SYNC_FLUSH, out,
                            &rest);
    }
    inflateEnd(&z);
    if (is_memory_error(thread, code)) return {};
    if (code != Z_STREAM_END)
        return raise_zlib(thread, z, code == Z_OK ? Z_BUF_ERROR : code, "while decompressing data");
    return out.bytes(thread);
}

// --- objects ---

extern NativeClass compress_class, decompress_class, decompressor_class;

Stream* allocate_stream(Thread& thread, Type& type, bool deflating) {
    auto* stream = allocate<Stream>(thread, type);
    if (!stream) return nullptr;
    stream->z.zalloc = allocate_for_zlib;
    stream->z.zfree = free_for_zlib;
    stream->deflating = deflating;
    stream->unused_data.init(empty_bytes());
    stream->unconsumed_tail.init(empty_bytes());
    return stream;
}

void stream_release(Object* self) {
    auto& stream = *static_cast<Stream*>(self);
    if (stream.open) {
        if (stream.deflating)
            deflateEnd(&stream.z);
        else
            inflateEnd(&stream.z);
    }
    array_free(stream.pending);
}
void stream_fields(Object* self, FieldVisitor& visitor) {
    auto& stream = *static_cast<Stream*>(self);
    visitor.visit(stream.unused_data);
    visitor.visit(stream.unconsumed_tail);
    visitor.visit(stream.dictionary);
}

bool check_open(Thread& thread, int code, z_stream& z, const char* what) {
    if (code == Z_OK) return true;
    if (code == Z_MEM_ERROR) return raise_memory_error(thread);
    if (code == Z_STREAM_ERROR)
        return raise(thread, exc::ValueError, "Invalid initialization option");
    return raise_zlib(thread, z, code, what);
}

Owned compressobj(Thread& thread, int level, int method, int wbits, int mem_level, int strategy,
                  Value zdict) {
    Buffer dictionary(thread);
    bool has_dictionary = zdict && !is_none(zdict);
    if (has_dictionary) TRY(dictionary.get(zdict));
    Type* type = compress_class.get(thread);
    Stream* stream = type ? allocate_stream(thread, *type, true) : nullptr;
    if (!stream) return {};
    Owned result = Owned::adopt(stream);
    int code = deflateInit2(&stream->z, level, method, wbits, mem_level, strategy);
    TRY(check_open(thread, code, stream->z, "while creating compression object"));
    stream->open = true;
    if (has_dictionary) {
        code = deflateSetDictionary(&stream->z, dictionary.data(),
                                    static_cast<unsigned>(dictionary.size()));
        if (code == Z_STREAM_ERROR) return raise(thread, exc::ValueError, "Invalid dictionary");
        if (code != Z_OK) return raise(thread, exc::ValueError, "deflateSetDictionary()");
    }
    return result;
}

bool load_dictionary(Thread& thread, Stream& stream, Value zdict) {
    if (!zdict || is_none(zdict)) return true;
    if (!has_buffer(zdict))
        return raise(thread, exc::TypeError, "zdict argument must support the buffer protocol");
    Ref<Bytes> bytes = TRY(bytes_from_object(thread, zdict));
    // Raw streams say nothing of dictionaries, so it is set at once.
    if (stream.window_bits < 0 &&
        inflateSetDictionary(&stream.z, bytes->data(), static_cast<unsigned>(bytes->size)) != Z_OK)
        return raise_zlib(thread, stream.z, Z_DATA_ERROR, "while setting zdict");
    stream.dictionary.init(std::move(bytes));
    return true;
}

Owned open_inflating(Thread& thread, Type& type, int wbits, Value zdict) {
    Stream* stream = allocate_stream(thread, type, false);
    if (!stream) return {};
    Owned result = Owned::adopt(stream);
    stream->window_bits = wbits;
    stream->needs_input = true;
    TRY(check_open(thread, inflateInit2(&stream->z, wbits), stream->z,
                   "while creating decompression object"));
    stream->open = true;
    TRY(load_dictionary(thread, *stream, zdict));
    return result;
}
Owned decompressobj(Thread& thread, int wbits, Value zdict) {
    Type* type = decompress_class.get(thread);
    return type ? open_inflating(thread, *type, wbits, zdict) : Owned();
}

// --- Compress ---

Owned run_deflate(Thread& thread, Stream& self, const uint8_t* data, size_t size, int mode,
                  const char* what) {
    Exclusive exclusive(thread, self);
    if (!self.open) return raise_zlib(thread, self.z, Z_STREAM_ERROR, what);
    Output out(kFirstRoom);
    int code;
    {
        Detached detached(thread);
        code = deflate_all(self.z, {data, size}, mode, out);
        if (code == Z_STREAM_END && mode == Z_FINISH) {
            deflateEnd(&self.z);
            self.open = false;
        }
    }
    if (is_memory_error(thread, code)) return {};
    if (code != Z_OK && code != Z_BUF_ERROR && code != Z_STREAM_END)
        return raise_zlib(thread, self.z, code, what);
    return out.bytes(thread);
}

Owned compress_compress(Thread& thread, Stream& self, Value data) {
    Buffer buffer(thread);
    TRY(buffer.get(data));
    return run_deflate(thread, self, buffer.data(), buffer.size(), Z_NO_FLUSH,
                       "while compressing data");
}
Owned compress_flush(Thread& thread, Stream& self, int mode) {
    if (mode == Z_NO_FLUSH) return empty_bytes();
    return run_deflate(thread, self, nullptr, 0, mode,
                       mode == Z_FINISH ? "while finishing compression" : "while flushing");
}

Owned copy_stream(Thread& thread, Stream& self) {
    Exclusive exclusive(thread, self);
    if (!self.open) return raise(thread, exc::ValueError, "Inconsistent stream state");
    Stream* copy = allocate_stream(thread, type_of(Value::of(self)), self.deflating);
    if (!copy) return {};
    Owned result = Owned::adopt(copy);
    int code = self.deflating ? deflateCopy(&copy->z, &self.z) : inflateCopy(&copy->z, &self.z);
    if (code == Z_MEM_ERROR) return raise_memory_error(thread);
    if (code == Z_STREAM_ERROR) return raise(thread, exc::ValueError, "Inconsistent stream state");
    if (code != Z_OK) return raise_zlib(thread, self.z, code, "while copying object");
    copy->open = true;
    copy->at_end = self.at_end;
    copy->window_bits = self.window_bits;
    set_slot(thread, *copy, copy->unused_data, get_slot(thread, self, self.unused_data));
    set_slot(thread, *copy, copy->unconsumed_tail, get_slot(thread, self, self.unconsumed_tail));
    if (!self.dictionary.is_empty()) copy->dictionary.init(self.dictionary.share());
    return result;
}
Owned deepcopy_stream(Thread& thread, Stream& self, Value) {
    return copy_stream(thread, self);
}

// --- Decompress ---

// What was left of the input: the tail to be given again, or what follows the stream.
bool keep_rest(Thread& thread, Stream& self, const Input& rest, bool ended) {
    if (ended && rest.left != 0) {
        Owned old = get_slot(thread, self, self.unused_data);
        BytesBuilder builder(thread);
        TRY(builder.append(old.as<Bytes>().data(), old.as<Bytes>().size));
        TRY(builder.append(rest.at, rest.left));
        set_slot(thread, self, self.unused_data, TRY(builder.finish()));
    }
    Ref<Bytes> tail = TRY(ended ? empty_bytes() : make_bytes(thread, rest.at, rest.left));
    set_slot(thread, self, self.unconsumed_tail, std::move(tail));
    return true;
}

Owned run_inflate(Thread& thread, Stream& self, const uint8_t* data, size_t size, size_t most,
                  size_t first, int flush, const char* what) {
    Output out(first);
    Input rest{data, size};
    int code;
    {
        Detached detached(thread);
        code =
            inflate_some(self.z, {data, size}, self.dictionary.borrow(), most, flush, out, &rest);
    }
    if (is_memory_error(thread, code)) return {};
    bool ended = code == Z_STREAM_END;
    if (ended) self.at_end = true;
    TRY(keep_rest(thread, self, rest, ended));
    if (!ended && code != Z_OK && code != Z_BUF_ERROR)
        return raise_zlib(thread, self.z, code, what);
    return out.bytes(thread);
}

Owned decompress_decompress(Thread& thread, Stream& self, Value data, Index max_length) {
    if (max_length < 0) return raise(thread, exc::ValueError, "max_length must be non-negative");
    Buffer buffer(thread);
    TRY(buffer.get(data));
    Exclusive exclusive(thread, self);
    if (self.at_end) {
        TRY(keep_rest(thread, self, {buffer.data(), buffer.size()}, true));
        return empty_bytes();
    }
    size_t most = max_length ? static_cast<size_t>(max_length) : SIZE_MAX;
    return run_inflate(thread, self, buffer.data(), buffer.size(), most,
                       most < kFirstRoom ? most : kFirstRoom, Z_SYNC_FLUSH,
                       "while decompressing data");
}
Owned decompress_flush(Thread& thread, Stream& self, Index length) {
    if (length <= 0) return raise(thread, exc::ValueError, "length must be greater than zero");
    Exclusive exclusive(thread, self);
    if (self.at_end) {
        if (self.open) inflateEnd(&self.z);
        self.open = false;
        return empty_bytes();
    }
    Owned tail = get_slot(thread, self, self.unconsumed_tail);
    Bytes& bytes = tail.as<Bytes>();
    return run_inflate(thread, self, bytes.data(), bytes.size, SIZE_MAX,
                       static_cast<size_t>(length), Z_FINISH, "while finishing decompression");
}

// --- _ZlibDecompressor ---

Owned decompressor_decompress(Thread& thread, Stream& self, Value data, Index max_length) {
    Buffer buffer(thread);
    TRY(buffer.get(data));
    Exclusive exclusive(thread, self);
    if (self.at_end) return raise(thread, exc::EOFError, "End of stream already reached");
    // What was kept goes first.
    size_t size = self.pending_size + buffer.size();
    const uint8_t* input = buffer.data();
    uint8_t* joined = nullptr;
    if (self.pending_size != 0) {
        joined = static_cast<uint8_t*>(array_allocate(size));
        if (!joined) return raise_memory_error(thread);
        memcpy(joined, self.pending, self.pending_size);
        if (buffer.size()) memcpy(joined + self.pending_size, buffer.data(), buffer.size());
        input = joined;
    }
    size_t most = max_length < 0 ? SIZE_MAX : static_cast<size_t>(max_length);
    Output out(most < kFirstRoom ? most : kFirstRoom);
    Input rest{input, size};
    int code;
    {
        Detached detached(thread);
        code = inflate_some(self.z, {input, size}, self.dictionary.borrow(), most, Z_SYNC_FLUSH,
                            out, &rest);
    }
    uint8_t* kept = nullptr;
    bool ended = code == Z_STREAM_END;
    bool failed = is_memory_error(thread, code);
    if (!failed && !ended && rest.left != 0) {
        kept = static_cast<uint8_t*>(array_allocate(rest.left));
        if (kept)
            memcpy(kept, rest.at, rest.left);
        else
            failed = !static_cast<bool>(raise_memory_error(thread));
    }
    Owned unused;
    if (!failed && ended) unused = make_bytes(thread, rest.at, rest.left);
    array_free(joined);
    if (failed) return {};
    array_free(self.pending);
    self.pending = kept;
    self.pending_size = kept ? rest.left : 0;
    if (ended) {
        if (!unused) return {};
        self.at_end = true;
        self.needs_input = false;
        set_slot(thread, self, self.unused_data, std::move(unused));
    } else if (code != Z_OK && code != Z_BUF_ERROR) {
        return raise_zlib(thread, self.z, code, "while decompressing data");
    } else {
        self.needs_input = self.pending_size == 0 && out.size() < most;
    }
    return out.bytes(thread);
}
Owned decompressor_make(Thread& thread, Type& type, const Arguments& arguments) {
    Value bound[2];
    TRY(bind_arguments(thread, "_ZlibDecompressor", "(wbits=15, zdict=<unrepresentable>)",
                       arguments, bound, 2));
    int64_t wbits = TRY(to_int64(thread, bound[0]));
    return open_inflating(thread, type, static_cast<int>(wbits), bound[1]);
}

Owned get_eof(Thread&, Value self) {
    return Owned::share(boolean(self.as<Stream>().at_end));
}
Owned get_needs_input(Thread&, Value self) {
    return Owned::share(boolean(self.as<Stream>().needs_input));
}
Owned get_unused_data(Thread& thread, Value self) {
    return get_slot(thread, self.as<Stream>(), self.as<Stream>().unused_data);
}
Owned get_unconsumed_tail(Thread& thread, Value self) {
    return get_slot(thread, self.as<Stream>(), self.as<Stream>().unconsumed_tail);
}

// The methods' descriptors have checked which of the three it is.
bool is_stream(Value value) {
    return compress_class.is_instance(value) || decompress_class.is_instance(value) ||
           decompressor_class.is_instance(value);
}

}  // namespace

template <>
struct BuiltinTypeOf<Stream> {
    static Type& type() { return object_type; }
    static bool check(Value value) { return is_stream(value); }
};

namespace {

const MethodRow compress_rows[] = {
    {"compress", "(self, data, /)", fn<compress_compress>,
     "Compressed bytes of the data, as far as they are ready."},
    {"flush", "(self, mode=4, /)", fn<compress_flush>,
     "Compressed bytes of all that was held back."},
    {"copy", "(self, /)", fn<copy_stream>, "A copy of the compressor."},
    {"__copy__", "(self, /)", fn<copy_stream>},
    {"__deepcopy__", "(self, memo, /)", fn<deepcopy_stream>},
    {},
};
const MethodRow decompress_rows[] = {
    {"decompress", "(self, data, /, max_length=0)", fn<decompress_decompress>,
     "Bytes decompressed from the data, at most max_length unless that is 0."},
    {"flush", "(self, length=16384, /)", fn<decompress_flush>, "What is left, decompressed."},
    {"copy", "(self, /)", fn<copy_stream>, "A copy of the decompressor."},
    {"__copy__", "(self, /)", fn<copy_stream>},
    {"__deepcopy__", "(self, memo, /)", fn<deepcopy_stream>},
    {},
};
const GetSetRow decompress_attributes[] = {
    {"unused_data", get_unused_data},
    {"unconsumed_tail", get_unconsumed_tail},
    {"eof", get_eof},
    {},
};
const MethodRow decompressor_rows[] = {
    {"decompress", "(self, /, data, max_length=-1)", fn<decompressor_decompress>,
     "Bytes decompressed from the data, at most max_length unless that is negative;\n"
     "the rest of the input is kept for the next call."},
    {},
};
const GetSetRow decompressor_attributes[] = {
    {"eof", get_eof, nullptr, "Whether the end of the stream was reached."},
    {"unused_data", get_unused_data, nullptr, "What came behind the stream."},
    {"needs_input", get_needs_input, nullptr, "Whether more output needs more input."},
    {},
};

const TypeSpec compress_spec = {
    .name = "zlib.Compress",
    .size = sizeof(Stream),
    .flags = kTypeNoInstantiate,
    .slots = {.fields = stream_fields, .release = stream_release},
    .methods = compress_rows,
};
const TypeSpec decompress_spec = {
    .name = "zlib.Decompress",
    .size = sizeof(Stream),
    .flags = kTypeNoInstantiate,
    .slots = {.fields = stream_fields, .release = stream_release},
    .methods = decompress_rows,
    .getsets = decompress_attributes,
};
const TypeSpec decompressor_spec = {
    .name = "zlib._ZlibDecompressor",
    .doc = "A decompressor that keeps input which it has not got to.",
    .size = sizeof(Stream),
    .slots = {.make = decompressor_make, .fields = stream_fields, .release = stream_release},
    .methods = decompressor_rows,
    .getsets = decompressor_attributes,
    .signature = "(wbits=15, zdict=b'')",
};
NativeClass compress_class(compress_spec);
NativeClass decompress_class(decompress_spec);
NativeClass decompressor_class(decompressor_spec);

// --- checksums ---

using Checksum = uLong (*)(uLong, const Bytef*, z_size_t);

template <Checksum function>
Owned checksum(Thread& thread, Value data, Value start) {
    Buffer buffer(thread);
    TRY(buffer.get(data));
    Owned number = TRY(to_index(thread, start));
    auto value = static_cast<uint32_t>(int_to_uint64_mask(number));
    uLong result;
    if (buffer.size() > 5 * 1024) {
        Detached detached(thread);
        result = function(value, buffer.data(), buffer.size());
    } else {
        static const uint8_t nothing = 0;
        result = function(value, buffer.size() ? buffer.data() : &nothing, buffer.size());
    }
    return Owned::small_int(static_cast<int64_t>(result & 0xFFFFFFFF));
}

// 3.14: the checksum of two pieces joined, from those of the pieces.
template <uLong (*join)(uLong first, uLong second, z_off_t size)>
Owned combine(Thread& thread, Value first, Value second, Index size) {
    if (size < 0) return raise(thread, exc::ValueError, "length must be non-negative");
    Owned a = TRY(to_index(thread, first));
    Owned b = TRY(to_index(thread, second));
    uLong result = join(static_cast<uint32_t>(int_to_uint64_mask(a)),
                        static_cast<uint32_t>(int_to_uint64_mask(b)), size);
    return Owned::small_int(static_cast<int64_t>(result & 0xFFFFFFFF));
}

const MethodRow functions[] = {
    {"adler32", "(data, value=1, /)", fn<checksum<adler32_z>>,
     "Adler-32 checksum of the data, going on from value."},
    {"adler32_combine", "(adler1, adler2, len2, /)", fn<combine<adler32_combine>>,
     "Checksum of two pieces joined, from theirs and the second one's length."},
    {"compress", "(data, /, level=-1, wbits=15)", fn<compress_bytes>,
     "The data compressed in one piece."},
    {"compressobj", "(level=-1, method=8, wbits=15, memLevel=8, strategy=0, zdict=None)",
     fn<compressobj>, "A compressor for data that comes in pieces."},
    {"crc32", "(data, value=0, /)", fn<checksum<crc32_z>>,
     "CRC-32 checksum of the data, going on from value."},
    {"crc32_combine", "(crc1, crc2, len2, /)", fn<combine<crc32_combine>>,
     "Checksum of two pieces joined, from theirs and the second one's length."},
    {"decompress", "(data, /, wbits=15, bufsize=16384)", fn<decompress_bytes>,
     "The data decompressed in one piece."},
    {"decompressobj", "(wbits=15, zdict=<unrepresentable>)", fn<decompressobj>,
     "A decompressor for data that comes in pieces."},
    {},
};

bool execute(Thread& thread, Module& module) {
    static constexpr IntConstant constants[] = {{"MAX_WBITS", MAX_WBITS},
                                                {"DEFLATED", Z_DEFLATED},
                                                {"DEF_MEM_LEVEL", 8},
                                                {"DEF_BUF_SIZE", 16384},
                                                {"Z_NO_COMPRESSION", Z_NO_COMPRESSION},
                                                {"Z_BEST_SPEED", Z_BEST_SPEED},
                                                {"Z_BEST_COMPRESSION", Z_BEST_COMPRESSION},
                                                {"Z_DEFAULT_COMPRESSION", Z_DEFAULT_COMPRESSION},
                                                {"Z_FILTERED", Z_FILTERED},
                                                {"Z_HUFFMAN_ONLY", Z_HUFFMAN_ONLY},
                                                {"Z_RLE", Z_RLE},
                                                {"Z_FIXED", Z_FIXED},
                                                {"Z_DEFAULT_STRATEGY", Z_DEFAULT_STRATEGY},
                                                {"Z_NO_FLUSH", Z_NO_FLUSH},
                                                {"Z_PARTIAL_FLUSH", Z_PARTIAL_FLUSH},
                                                {"Z_SYNC_FLUSH", Z_SYNC_FLUSH},
                                                {"Z_FULL_FLUSH", Z_FULL_FLUSH},
                                                {"Z_FINISH", Z_FINISH},
                                                {"Z_BLOCK", Z_BLOCK},
                                                {"Z_TREES", Z_TREES}};
    TRY(add_int_constants(thread, module, constants));
    return module_set(thread, module, "ZLIB_VERSION", Owned(make_str(thread, ZLIB_VERSION))) &&
           module_set(thread, module, "ZLIB_RUNTIME_VERSION",
                      Owned(make_str(thread, zlibVersion()))) &&
           module_set(thread, module, "__version__", Owned(make_str(thread, "1.0"))) &&
           compress_class.get(thread) && decompress_class.get(thread) &&
           decompressor_class.add_to(thread, module) && error_class.add_to(thread, module);
}

ModuleSpec zlib_module("zlib", "Compression by zlib (RFC 1950 to 1952).", functions, execute);

}  // namespace

}  // namespace imugi
