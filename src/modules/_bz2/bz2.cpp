// The module _bz2 over libbz2. See modules/codec_stream.h for what protects a stream.
#include <bzlib.h>

#include <climits>

#include "modules/codec_stream.h"
#include "object/int.h"
#include "object/module.h"
#include "object/native.h"

namespace imugi {

namespace bz2 {

using namespace codecs;

struct Compressor : Object {
    bz_stream stream;
    bool open;
    bool flushed;  // under `busy`
    std::atomic<uint32_t> busy;
};
struct Decompressor : Decoder {
    bz_stream stream;
    bool open;
};

extern const TypeSpec compressor_spec, decompressor_spec;
constinit SharedType compressor_class(compressor_spec), decompressor_class(decompressor_spec);

}  // namespace bz2

IMUGI_SHARED_TYPE(bz2::Compressor, bz2::compressor_class);
IMUGI_SHARED_TYPE(bz2::Decompressor, bz2::decompressor_class);

namespace bz2 {

namespace {

void* allocate_for_bz2(void*, int count, int size) {
    return array_allocate(static_cast<size_t>(count) * static_cast<size_t>(size));
}
void free_for_bz2(void*, void* memory) {
    array_free(memory);
}
void init_stream(bz_stream& stream) {
    stream.bzalloc = allocate_for_bz2;
    stream.bzfree = free_for_bz2;
}

Raised raise_code(Thread& thread, int code) {
    switch (code) {
        case BZ_PARAM_ERROR:
            return raise(thread, exc::ValueError,
                         "Internal error - invalid parameters passed to libbzip2");
        case BZ_MEM_ERROR:
            return raise_memory_error(thread);
        case BZ_DATA_ERROR:
        case BZ_DATA_ERROR_MAGIC:
            return raise(thread, exc::OSError, "Invalid data stream");
        case BZ_IO_ERROR:
            return raise(thread, exc::OSError, "Unknown I/O error");
        case BZ_UNEXPECTED_EOF:
            return raise(thread, exc::EOFError,
                         "Compressed file ended before the logical end-of-stream was detected");
        case BZ_SEQUENCE_ERROR:
            return raise(thread, exc::RuntimeError,
                         "Internal error - Invalid sequence of commands sent to libbzip2");
        default:
            return raise(thread, exc::OSError, "Unrecognized error from libbzip2: {}", code);
    }
}

// One call of libbz2, which counts in 32 bits.
template <class Call>
int run(bz_stream& stream, Step& at, bool* whole, Call&& call) {
    unsigned input = at.input_left < UINT_MAX ? static_cast<unsigned>(at.input_left) : UINT_MAX;
    unsigned output = at.output_left < UINT_MAX ? static_cast<unsigned>(at.output_left) : UINT_MAX;
    *whole = input == at.input_left;
    stream.next_in = const_cast<char*>(reinterpret_cast<const char*>(at.input));
    stream.avail_in = input;
    stream.next_out = reinterpret_cast<char*>(at.output);
    stream.avail_out = output;
    int code = call(*whole);
    at.input += input - stream.avail_in;
    at.input_left -= input - stream.avail_in;
    at.output += output - stream.avail_out;
    at.output_left -= output - stream.avail_out;
    return code;
}

Owned run_compressor(Thread& thread, Compressor& self, const uint8_t* data, size_t size,
                     bool finish) {
    int code = BZ_OK;
    return compress(
        thread, data, size, finish,
        [&](Step& at) {
            bool whole;
            code = run(self.stream, at, &whole, [&](bool all) {
                // BZ_RUN without input is a mistake in libbz2's eyes.
                return BZ2_bzCompress(&self.stream, finish && all ? BZ_FINISH : BZ_RUN);
            });
            if (code == BZ_STREAM_END) return kEnd;
            return code == BZ_RUN_OK || code == BZ_FINISH_OK ? kGoOn : kFailed;
        },
        [&] { return raise_code(thread, code); });
}

Owned compressor_compress(Thread& thread, Compressor& self, Value data) {
    Buffer buffer(thread);
    TRY(buffer.get(data));
    ExclusiveUse use(thread, self.busy);
    if (self.flushed) return raise(thread, exc::ValueError, "Compressor has been flushed");
    if (buffer.size() == 0) return make_bytes(thread, nullptr, 0);
    return run_compressor(thread, self, buffer.data(), buffer.size(), false);
}

Owned compressor_flush(Thread& thread, Compressor& self) {
    ExclusiveUse use(thread, self.busy);
    if (self.flushed) return raise(thread, exc::ValueError, "Repeated call to flush()");
    self.flushed = true;
    return run_compressor(thread, self, nullptr, 0, true);
}

Owned compressor_make(Thread& thread, Type& type, const Arguments& arguments) {
    Value values[1];
    TRY(bind_arguments(thread, "BZ2Compressor", "(compresslevel=9, /)", arguments, values, 1));
    int level = TRY(convert_int(thread, values[0]));
    if (level < 1 || level > 9)
        return raise(thread, exc::ValueError, "compresslevel must be between 1 and 9");
    auto* self = allocate<Compressor>(thread, type);
    if (!self) return {};
    Owned result = Owned::adopt(self);
    init_stream(self->stream);
    int code = BZ2_bzCompressInit(&self->stream, level, 0, 0);
    if (code != BZ_OK) return raise_code(thread, code);
    self->open = true;
    return result;
}

void compressor_release(Object* object) {
    auto* self = static_cast<Compressor*>(object);
    if (self->open) BZ2_bzCompressEnd(&self->stream);
}

Owned decompressor_decompress(Thread& thread, Decompressor& self, Value data, Index max_length) {
    Buffer buffer(thread);
    TRY(buffer.get(data));
    ExclusiveUse use(thread, self.busy);
    int code = BZ_OK;
    return decompress(
        thread, self, buffer, max_length,
        [&](Step& at) {
            bool whole;
            code =
                run(self.stream, at, &whole, [&](bool) { return BZ2_bzDecompress(&self.stream); });
            if (code == BZ_STREAM_END) return kEnd;
            return code == BZ_OK ? kGoOn : kFailed;
        },
        [&] { return raise_code(thread, code); });
}

Owned decompressor_make(Thread& thread, Type& type, const Arguments& arguments) {
    TRY(reject_keywords(thread, "BZ2Decompressor", arguments) &&
        check_positional(thread, "BZ2Decompressor", arguments, 0, 0));
    auto* self = allocate<Decompressor>(thread, type);
    if (!self) return {};
    Owned result = Owned::adopt(self);
    init_stream(self->stream);
    TRY(init_decoder(thread, *self));
    int code = BZ2_bzDecompressInit(&self->stream, 0, 0);
    if (code != BZ_OK) return raise_code(thread, code);
    self->open = true;
    return result;
}

void decompressor_release(Object* object) {
    auto* self = static_cast<Decompressor*>(object);
    if (self->open) BZ2_bzDecompressEnd(&self->stream);
    release_pending(object);
}

const MethodRow compressor_rows[] = {
    {"compress", "(self, data, /)", fn<compressor_compress>,
     "Takes more data; returns what compressed bytes are ready."},
    {"flush", "(self, /)", fn<compressor_flush>,
     "Ends the stream and returns the rest; the compressor cannot be used afterwards."},
    {},
};
const MethodRow decompressor_rows[] = {
    {"decompress", "(self, /, data, max_length=-1)", fn<decompressor_decompress>,
     "Decompresses data into bytes, at most max_length unless that is negative;\n"
     "input that was not got to is kept for the next call."},
    {},
};
const GetSetRow decompressor_attributes[] = {
    {"eof", get_at_end, nullptr, "Whether the end of the stream was reached."},
    {"unused_data", get_unused_data, nullptr, "What came behind the end of the stream."},
    {"needs_input", get_needs_input, nullptr, "Whether more output needs more input."},
    {},
};

bool execute(Thread& thread, Module& module) {
    return compressor_class.add_to(thread, module) && decompressor_class.add_to(thread, module);
}

ModuleSpec spec("_bz2", nullptr, nullptr, execute);

}  // namespace

const TypeSpec compressor_spec = {
    .name = "_bz2.BZ2Compressor",
    .doc =
        "A compressor for data that comes in pieces.\n\n"
        "  compresslevel\n    From 1 (fast) to 9 (small).",
    .size = sizeof(Compressor),
    .slots = {.make = compressor_make, .release = compressor_release},
    .methods = compressor_rows,
    .signature = "(compresslevel=9, /)",
};
const TypeSpec decompressor_spec = {
    .name = "_bz2.BZ2Decompressor",
    .doc = "A decompressor for data that comes in pieces.",
    .size = sizeof(Decompressor),
    .slots = {.make = decompressor_make, .fields = decoder_fields, .release = decompressor_release},
    .methods = decompressor_rows,
    .getsets = decompressor_attributes,
    .signature = "()",
};

}  // namespace bz2

}  // namespace imugi
