// The module _lzma over liblzma. See modules/codec_stream.h for what protects a stream.
#include "modules/_lzma/lzma.h"

#include "modules/codec_stream.h"
#include "modules/constants.h"
#include "modules/native_class.h"
#include "object/int.h"
#include "object/module.h"
#include "object/native.h"
#include "object/protocol.h"

namespace imugi {

namespace xz {

using namespace codecs;

struct Compressor : Object {
    lzma_stream stream;
    bool flushed;  // under `busy`
    std::atomic<uint32_t> busy;
};
struct Decompressor : Decoder {
    lzma_stream stream;
    std::atomic<int> check;
};

extern const TypeSpec compressor_spec, decompressor_spec;
constinit SharedType compressor_class(compressor_spec), decompressor_class(decompressor_spec);

}  // namespace xz

IMUGI_SHARED_TYPE(xz::Compressor, xz::compressor_class);
IMUGI_SHARED_TYPE(xz::Decompressor, xz::decompressor_class);

namespace xz {

namespace {

NativeException error_class("_lzma.LZMAError", exc::Exception, "Call to liblzma failed.");

enum Format { kAuto, kXz, kAlone, kRaw };
constexpr int kCheckUnknown = LZMA_CHECK_ID_MAX + 1;

void* allocate_for_lzma(void*, size_t count, size_t size) {
    size_t bytes;
    return __builtin_mul_overflow(count, size, &bytes) ? nullptr : array_allocate(bytes);
}
void free_for_lzma(void*, void* memory) {
    array_free(memory);
}
const lzma_allocator allocator = {allocate_for_lzma, free_for_lzma, nullptr};

const char* text_of(lzma_ret code) {
    switch (code) {
        case LZMA_UNSUPPORTED_CHECK:
            return "Unsupported integrity check";
        case LZMA_MEMLIMIT_ERROR:
            return "Memory usage limit exceeded";
        case LZMA_FORMAT_ERROR:
            return "Input format not supported by decoder";
        case LZMA_OPTIONS_ERROR:
            return "Invalid or unsupported options";
        case LZMA_DATA_ERROR:
            return "Corrupt input data";
        case LZMA_BUF_ERROR:
            return "Insufficient buffer space";
        case LZMA_PROG_ERROR:
            return "Internal error";
        default:
            return nullptr;
    }
}

// One call of liblzma.
lzma_ret run(lzma_stream& stream, Step& at, lzma_action action) {
    stream.next_in = at.input;
    stream.avail_in = at.input_left;
    stream.next_out = at.output;
    stream.avail_out = at.output_left;
    lzma_ret code = lzma_code(&stream, action);
    at.input = stream.next_in;
    at.input_left = stream.avail_in;
    at.output = stream.next_out;
    at.output_left = stream.avail_out;
    return code;
}

Owned raise_code(Thread& thread, lzma_ret code) {
    (void)check_code(thread, code);
    return {};
}

// --- compressor ---

Owned run_compressor(Thread& thread, Compressor& self, const uint8_t* data, size_t size,
                     lzma_action action) {
    lzma_ret code = LZMA_OK;
    return compress(
        thread, data, size, action == LZMA_FINISH,
        [&](Step& at) {
            code = run(self.stream, at, action);
            if (code == LZMA_STREAM_END) return kEnd;
            if (code == LZMA_OK || (code == LZMA_BUF_ERROR && at.input_left == 0)) return kGoOn;
            return kFailed;
        },
        [&] { return raise_code(thread, code); });
}

Owned compressor_compress(Thread& thread, Compressor& self, Value data) {
    Buffer buffer(thread);
    TRY(buffer.get(data));
    ExclusiveUse use(thread, self.busy);
    if (self.flushed) return raise(thread, exc::ValueError, "Compressor has been flushed");
    return run_compressor(thread, self, buffer.data(), buffer.size(), LZMA_RUN);
}

Owned compressor_flush(Thread& thread, Compressor& self) {
    ExclusiveUse use(thread, self.busy);
    if (self.flushed) return raise(thread, exc::ValueError, "Repeated call to flush()");
    self.flushed = true;
    return run_compressor(thread, self, nullptr, 0, LZMA_FINISH);
}

bool open_compressor(Thread& thread, Compressor& self, int format, int check, uint32_t preset,
                     Value filters) {
    lzma_stream* stream = &self.stream;
    lzma_ret code;
    FilterChain chain;
    if (!is_none(filters)) TRY(chain.load(thread, filters));
    switch (format) {
        case kXz:
            code =
                is_none(filters)
                    ? lzma_easy_encoder(stream, preset, static_cast<lzma_check>(check))
                    : lzma_stream_encoder(stream, chain.filters(), static_cast<lzma_check>(check));
            break;
        case kAlone: {
            lzma_options_lzma options;
            if (is_none(filters)) {
                if (lzma_lzma_preset(&options, preset))
                    return raise(thread, error_type(thread), "Invalid compression preset: {}",
                                 static_cast<int64_t>(preset));
                code = lzma_alone_encoder(stream, &options);
            } else if (chain.filters()[0].id == LZMA_FILTER_LZMA1 &&
                       chain.filters()[1].id == LZMA_VLI_UNKNOWN) {
                code = lzma_alone_encoder(
                    stream, static_cast<lzma_options_lzma*>(chain.filters()[0].options));
            } else {
                return raise(
                    thread, exc::ValueError,
                    "Invalid filter chain for FORMAT_ALONE - must be a single LZMA1 filter");
            }
            break;
        }
        case kRaw:
            if (is_none(filters))
                return raise(thread, exc::ValueError, "Must specify filters for FORMAT_RAW");
            code = lzma_raw_encoder(stream, chain.filters());
            break;
        default:
            return raise(thread, exc::ValueError, "Invalid container format: {}", format);
    }
    return check_code(thread, code);
}

Owned compressor_make(Thread& thread, Type& type, const Arguments& arguments) {
    Value values[4];
    TRY(bind_arguments(thread, "LZMACompressor", "(format=1, check=-1, preset=None, filters=None)",
                       arguments, values, 4));
    int format = TRY(convert_int(thread, values[0]));
    int check = TRY(convert_int(thread, values[1]));
    if (!is_none(values[2]) && !is_none(values[3]))
        return raise(thread, exc::ValueError, "Cannot specify both preset and filter chain");
    uint32_t preset = kDefaultPreset;
    if (!is_none(values[2])) {
        uint64_t n = TRY(to_uint64(thread, values[2]));
        if (n > UINT32_MAX)
            return raise(thread, exc::OverflowError, "Value too large for uint32_t type");
        preset = static_cast<uint32_t>(n);
    }
    if (format != kXz && check != -1 && check != LZMA_CHECK_NONE)
        return raise(thread, exc::ValueError, "Integrity checks are only supported by FORMAT_XZ");
    if (check == -1) check = LZMA_CHECK_CRC64;
    auto* self = allocate<Compressor>(thread, type);
    if (!self) return {};
    Owned result = Owned::adopt(self);
    self->stream.allocator = &allocator;
    TRY(open_compressor(thread, *self, format, check, preset, values[3]));
    return result;
}

void compressor_release(Object* object) {
    lzma_end(&static_cast<Compressor*>(object)->stream);
}

// --- decompressor ---

Owned decompressor_decompress(Thread& thread, Decompressor& self, Value data, Index max_length) {
    Buffer buffer(thread);
    TRY(buffer.get(data));
    ExclusiveUse use(thread, self.busy);
    lzma_ret code = LZMA_OK;
    return decompress(
        thread, self, buffer, max_length,
        [&](Step& at) {
            code = run(self.stream, at, LZMA_RUN);
            if (code == LZMA_GET_CHECK || code == LZMA_NO_CHECK) {
                self.check = lzma_get_check(&self.stream);
                code = LZMA_OK;
            }
            if (code == LZMA_STREAM_END) return kEnd;
            // No progress is no mistake: the input has ended, or the room has.
            return code == LZMA_OK || code == LZMA_BUF_ERROR ? kGoOn : kFailed;
        },
        [&] { return raise_code(thread, code); });
}

bool open_decompressor(Thread& thread, Decompressor& self, int format, uint64_t limit,
                       Value filters) {
    constexpr uint32_t kFlags = LZMA_TELL_ANY_CHECK | LZMA_TELL_NO_CHECK;
    lzma_stream* stream = &self.stream;
    switch (format) {
        case kAuto:
            return check_code(thread, lzma_auto_decoder(stream, limit, kFlags));
        case kXz:
            return check_code(thread, lzma_stream_decoder(stream, limit, kFlags));
        case kAlone:
            self.check = LZMA_CHECK_NONE;
            return check_code(thread, lzma_alone_decoder(stream, limit));
        case kRaw: {
            self.check = LZMA_CHECK_NONE;
            FilterChain chain;
            TRY(chain.load(thread, filters));
            return check_code(thread, lzma_raw_decoder(stream, chain.filters()));
        }
        default:
            return raise(thread, exc::ValueError, "Invalid container format: {}", format);
    }
}

Owned decompressor_make(Thread& thread, Type& type, const Arguments& arguments) {
    Value values[3];
    TRY(bind_arguments(thread, "LZMADecompressor", "(format=0, memlimit=None, filters=None)",
                       arguments, values, 3));
    int format = TRY(convert_int(thread, values[0]));
    uint64_t limit = UINT64_MAX;
    if (!is_none(values[1])) {
        if (format == kRaw)
            return raise(thread, exc::ValueError, "Cannot specify memory limit with FORMAT_RAW");
        limit = TRY(to_uint64(thread, values[1]));
    }
    if (format == kRaw && is_none(values[2]))
        return raise(thread, exc::ValueError, "Must specify filters for FORMAT_RAW");
    if (format != kRaw && !is_none(values[2]))
        return raise(thread, exc::ValueError, "Cannot specify filters except with FORMAT_RAW");
    auto* self = allocate<Decompressor>(thread, type);
    if (!self) return {};
    Owned result = Owned::adopt(self);
    self->stream.allocator = &allocator;
    self->check = kCheckUnknown;
    TRY(init_decoder(thread, *self));
    TRY(open_decompressor(thread, *self, format, limit, values[2]));
    return result;
}

void decompressor_release(Object* object) {
    lzma_end(&static_cast<Decompressor*>(object)->stream);
    release_pending(object);
}

Owned get_check(Thread&, Value self) {
    return Owned::small_int(self.as<Decompressor>().check);
}

// --- module ---

Owned is_check_supported(Thread& thread, Value, int check_id) {
    return Owned::share(boolean(lzma_check_is_supported(static_cast<lzma_check>(check_id))));
}

const MethodRow functions[] = {
    {"is_check_supported", "(module, check_id, /)", fn<is_check_supported>,
     "Whether liblzma knows the integrity check."},
    {"_encode_filter_properties", "(module, filter, /)", fn<encode_properties>,
     "The options of a filter as bytes."},
    {"_decode_filter_properties", "(module, filter_id, encoded_props, /)", fn<decode_properties>,
     "A dict of the options that the bytes describe."},
    {},
};

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
    {"check", get_check, nullptr, "The integrity check of the stream, CHECK_UNKNOWN at first."},
    {"eof", get_at_end, nullptr, "Whether the end of the stream was reached."},
    {"needs_input", get_needs_input, nullptr, "Whether more output needs more input."},
    {"unused_data", get_unused_data, nullptr, "What came behind the end of the stream."},
    {},
};

constexpr IntConstant kConstants[] = {
    {"FORMAT_AUTO", kAuto},
    {"FORMAT_XZ", kXz},
    {"FORMAT_ALONE", kAlone},
    {"FORMAT_RAW", kRaw},
    {"CHECK_NONE", LZMA_CHECK_NONE},
    {"CHECK_CRC32", LZMA_CHECK_CRC32},
    {"CHECK_CRC64", LZMA_CHECK_CRC64},
    {"CHECK_SHA256", LZMA_CHECK_SHA256},
    {"CHECK_ID_MAX", LZMA_CHECK_ID_MAX},
    {"CHECK_UNKNOWN", kCheckUnknown},
    {"FILTER_LZMA1", LZMA_FILTER_LZMA1},
    {"FILTER_LZMA2", LZMA_FILTER_LZMA2},
    {"FILTER_DELTA", LZMA_FILTER_DELTA},
    {"FILTER_X86", LZMA_FILTER_X86},
    {"FILTER_IA64", LZMA_FILTER_IA64},
    {"FILTER_ARM", LZMA_FILTER_ARM},
    {"FILTER_ARMTHUMB", LZMA_FILTER_ARMTHUMB},
    {"FILTER_SPARC", LZMA_FILTER_SPARC},
    {"FILTER_POWERPC", LZMA_FILTER_POWERPC},
    {"MF_HC3", LZMA_MF_HC3},
    {"MF_HC4", LZMA_MF_HC4},
    {"MF_BT2", LZMA_MF_BT2},
    {"MF_BT3", LZMA_MF_BT3},
    {"MF_BT4", LZMA_MF_BT4},
    {"MODE_FAST", LZMA_MODE_FAST},
    {"MODE_NORMAL", LZMA_MODE_NORMAL},
    {"PRESET_DEFAULT", LZMA_PRESET_DEFAULT},
    {"PRESET_EXTREME", LZMA_PRESET_EXTREME},
};

bool execute(Thread& thread, Module& module) {
    TRY(add_int_constants(thread, module, kConstants));
    return error_class.add_to(thread, module) && compressor_class.add_to(thread, module) &&
           decompressor_class.add_to(thread, module);
}

ModuleSpec spec("_lzma", nullptr, functions, execute);

}  // namespace

Type& error_type(Thread& thread) {
    return error_class.type(thread);
}

bool check_code(Thread& thread, lzma_ret code) {
    if (code == LZMA_OK || code == LZMA_STREAM_END || code == LZMA_GET_CHECK ||
        code == LZMA_NO_CHECK)
        return true;
    if (code == LZMA_MEM_ERROR) return raise_memory_error(thread);
    const char* text = text_of(code);
    if (!text)
        return raise(thread, error_type(thread), "Unrecognized error from liblzma: {}",
                     static_cast<int>(code));
    return raise(thread, error_type(thread), "{}", text);
}

const TypeSpec compressor_spec = {
    .name = "_lzma.LZMACompressor",
    .doc =
        "A compressor for data that comes in pieces.\n\n"
        "format is FORMAT_XZ, FORMAT_ALONE or FORMAT_RAW; check an integrity check of\n"
        "FORMAT_XZ; preset (0 to 9, with PRESET_EXTREME or without) or filters, a sequence\n"
        "of dicts, tells how to compress.",
    .size = sizeof(Compressor),
    .slots = {.make = compressor_make, .release = compressor_release},
    .methods = compressor_rows,
    .signature = "(format=1, check=-1, preset=None, filters=None)",
};
const TypeSpec decompressor_spec = {
    .name = "_lzma.LZMADecompressor",
    .doc =
        "A decompressor for data that comes in pieces.\n\n"
        "format is FORMAT_AUTO or one of the formats; memlimit the most memory to be used;\n"
        "filters the chain of a raw stream.",
    .size = sizeof(Decompressor),
    .slots = {.make = decompressor_make, .fields = decoder_fields, .release = decompressor_release},
    .methods = decompressor_rows,
    .getsets = decompressor_attributes,
    .signature = "(format=0, memlimit=None, filters=None)",
};

}  // namespace xz

}  // namespace imugi
