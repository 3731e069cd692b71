// The _io module: open() and its kin, and the module's content. No state of its own.
#include "object/module.h"
#include "modules/_io/io.h"
#include "modules/_io/newlines.h"
#include "modules/fs_path.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/int.h"
#include "object/interpreter.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"

namespace imugi {

namespace io {

bool warn_default_encoding(Thread& thread, int stack_level) {
    Owned flags = TRY(dict_get(thread, interpreter_of(thread).sys_dict.as<Dict>(), ID(flags)));
    if (flags.is_nothing()) return true;
    Owned wants = TRY(get_attribute_or_nothing(thread, flags, ID(warn_default_encoding)));
    if (wants.is_nothing() || !TRY(is_true(thread, wants))) return true;
    return warn(thread, exc::EncodingWarning, stack_level,
                make_str(thread, "'encoding' argument not specified"));
}

namespace {

struct OpenMode {
    bool creating = false, reading = false, writing = false, appending = false, updating = false;
    bool text = false, binary = false;
};

bool parse_mode(Thread& thread, Str& mode, OpenMode* out) {
    for (size_t i = 0; i < mode.length(); i++) {
        uint32_t c = mode[i];
        bool* flag = c == 'x'   ? &out->creating
                     : c == 'r' ? &out->reading
                     : c == 'w' ? &out->writing
                     : c == 'a' ? &out->appending
                     : c == '+' ? &out->updating
                     : c == 't' ? &out->text
                     : c == 'b' ? &out->binary
                                : nullptr;
        if (!flag || *flag)
            return raise(thread, exc::ValueError, "invalid mode: {}", repr_of(Value::of(mode)));
        *flag = true;
    }
    if (out->text && out->binary)
        return raise(thread, exc::ValueError, "can't have text and binary mode at once");
    if (out->creating + out->reading + out->writing + out->appending != 1)
        return raise(thread, exc::ValueError,
                     "must have exactly one of create/read/write/append mode");
    return true;
}

bool check_binary(Thread& thread, const OpenMode& mode, Value encoding, Value errors,
                  Value newline) {
    if (!mode.binary) return true;
    const char* what = !is_none(encoding)  ? "an encoding"
                       : !is_none(errors)  ? "an errors"
                       : !is_none(newline) ? "a newline"
                                           : nullptr;
    if (!what) return true;
    return raise(thread, exc::ValueError, "binary mode doesn't take {} argument", what);
}

// Closes a half-made stream; the pending exception stays.
Owned give_up(Thread& thread, Value stream) {
    Owned error = take_exception(thread);
    Owned closed = call_method(thread, stream, ID(close));
    chain_pending(thread, std::move(error));
    return {};
}

Owned io_open(Thread& thread, Value module, Value file, Str& mode_text, int buffering,
              Value encoding, Value errors, Value newline, Value closefd, Value opener) {
    OpenMode mode;
    TRY(parse_mode(thread, mode_text, &mode));
    TRY(check_binary(thread, mode, encoding, errors, newline));
    Owned path = is_int(file) ? Owned::share(file) : fs_path(thread, file);
    if (!path) return {};
    if (mode.binary && buffering == 1)
        TRY(warn(thread, exc::RuntimeWarning, 1,
                 make_str(thread,
                          "line buffering (buffering=1) isn't supported in binary mode, "
                          "the default buffer size will be used")));
    char raw_mode[4];
    size_t n = 0;
    raw_mode[n++] = mode.creating ? 'x' : mode.reading ? 'r' : mode.writing ? 'w' : 'a';
    if (mode.updating) raw_mode[n++] = '+';
    Ref<Str> raw_text = TRY(make_str(thread, raw_mode, n));
    Owned raw = TRY(call(thread, Value::of(file_io.type()), path, raw_text, closefd, opener));
    Owned stream = raw.share();
    bool line_buffering = false;
    if (buffering < 0 || (buffering == 1 && !mode.binary)) {
        Owned is_terminal = call_method(thread, raw, ID(_isatty_open_only));
        if (!is_terminal) return give_up(thread, stream);
        bool terminal = same(is_terminal, boolean(true));
        line_buffering = buffering == 1 || terminal;
        buffering = -1;
    } else if (buffering == 1) {
        buffering = -1;
    }
    if (buffering == 0) {
        if (mode.binary) return stream;
        (void)raise(thread, exc::ValueError, "can't have unbuffered text I/O");
        return give_up(thread, stream);
    }
    if (buffering < 0) {
        Owned block = get_attribute(thread, raw, ID(_blksize));
        if (!block) return give_up(thread, stream);
        int64_t size = block.value().is_small_int() ? block.value().small_int() : 0;
        buffering = static_cast<int>(size > kDefaultBufferSize ? (size < 8388608 ? size : 8388608)
                                                               : kDefaultBufferSize);
    }
    SharedType& buffered = mode.updating   ? buffered_random
                           : !mode.reading ? buffered_writer
                                           : buffered_reader;
    Owned buffer = call(thread, Value::of(buffered.type()), raw, Value::small_int(buffering));
    if (!buffer) return give_up(thread, stream);
    if (mode.binary) return buffer;
    stream = buffer.share();
    Owned wrapper = call(thread, Value::of(text_io_wrapper.type()), buffer, encoding, errors,
                         newline, boolean(line_buffering));
    if (!wrapper) return give_up(thread, stream);
    if (!set_attribute(thread, wrapper, ID(mode), Value::of(mode_text)))
        return give_up(thread, wrapper);
    return wrapper;
}

Owned io_open_code(Thread& thread, Value module, Value path) {
    if (!is_str(path))
        return raise(thread, exc::TypeError, "open_code() argument 'path' must be str, not {}",
                     type_name_of(path));
    Owned open = TRY(get_attribute(thread, module, ID(open)));
    Ref<Str> mode = TRY(make_str(thread, "rb"));
    return call(thread, open, path, mode);
}

Owned io_text_encoding(Thread& thread, Value module, Value encoding, int stack_level) {
    if (!encoding.is_empty() && !is_none(encoding)) return Owned::share(encoding);
    TRY(warn_default_encoding(thread, stack_level));
    Owned flags = TRY(dict_get(thread, interpreter_of(thread).sys_dict.as<Dict>(), ID(flags)));
    if (!flags.is_nothing()) {
        Owned utf8 = TRY(get_attribute_or_nothing(thread, flags, ID(utf8_mode)));
        if (!utf8.is_nothing() && TRY(is_true(thread, utf8))) return Owned::share(ID_UTF8);
    }
    return make_str(thread, "locale");
}

const MethodRow functions[] = {
    {"open",
     "(module, /, file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, "
     "closefd=True, opener=None) -> ($module, /, file, mode='r', buffering=-1, encoding=None,\n    "
     " "
     "errors=None, newline=None, closefd=True, opener=None)",
     fn<io_open>,
     "Open file and return a stream.  Raise OSError upon failure.\n\n"
     "file is either a text or byte string giving the name (and the path\n"
     "if the file isn't in the current working directory) of the file to\n"
     "be opened or an integer file descriptor of the file to be\n"
     "wrapped. (If a file descriptor is given, it is closed when the\n"
     "returned I/O object is closed, unless closefd is set to False.)\n\n"
     "mode is an optional string that specifies the mode in which the file\n"
     "is opened. It defaults to 'r' which means open for reading in text\n"
     "mode.  Other common values are 'w' for writing (truncating the file if\n"
     "it already exists), 'x' for creating and writing to a new file, and\n"
     "'a' for appending (which on some Unix systems, means that all writes\n"
     "append to the end of the file regardless of the current seek position).\n"
     "In text mode, if encoding is not specified the encoding used is platform\n"
     "dependent: locale.getencoding() is called to get the current locale encoding.\n"
     "(For reading and writing raw bytes use binary mode and leave encoding\n"
     "unspecified.)"},
    {"text_encoding", "(module, encoding, stacklevel=2, /)", fn<io_text_encoding>,
     "A helper function to choose the text encoding.\n\n"
     "When encoding is not None, this function returns it.\n"
     "Otherwise, this function returns the default text encoding\n"
     "(i.e. \"locale\" or \"utf-8\" depends on UTF-8 mode).\n\n"
     "This function emits an EncodingWarning if encoding is None and\n"
     "sys.flags.warn_default_encoding is true.\n\n"
     "This can be used in APIs with an encoding=None parameter.\n"
     "However, please consider using encoding=\"utf-8\" for new APIs."},
    {"open_code", "(module, /, path)", fn<io_open_code>,
     "Opens the provided file with the intent to import the contents.\n\n"
     "This may perform extra validation beyond open(), but is otherwise interchangeable\n"
     "with calling open(path, 'rb')."},
    {},
};

bool add_type(Thread& thread, Module& module, SharedType& shared, const char* name) {
    Type* type = shared.make(thread);
    return type && module_set(thread, module, name, Value::of(type));
}

bool execute(Thread& thread, Module& module) {
    TRY(module_set(thread, module, "DEFAULT_BUFFER_SIZE", Value::small_int(kDefaultBufferSize)));
    TRY(module_set(thread, module, "BlockingIOError", Value::of(exc::BlockingIOError)));
    Ref<Str> name = TRY(make_str(thread, "UnsupportedOperation"));
    Ref<Tuple> bases = TRY(make_tuple(thread, Value::of(exc::OSError), Value::of(exc::ValueError)));
    Ref<Dict> dict = TRY(make_dict(thread));
    Ref<Str> home = TRY(make_str(thread, "io"));
    TRY(dict_set(thread, *dict, Value::of(ID(__module__)), home.value()));
    TRY(module_set(thread, module, "UnsupportedOperation",
                   call(thread, Value::of(type_type), name, bases, dict)));
    struct Entry {
        SharedType& type;
        const char* name;
    };
    const Entry entries[] = {
        {io_base, "_IOBase"},
        {raw_io_base, "_RawIOBase"},
        {buffered_io_base, "_BufferedIOBase"},
        {text_io_base, "_TextIOBase"},
        {file_io, "FileIO"},
        {bytes_io, "BytesIO"},
        {bytes_io_buffer, "_BytesIOBuffer"},
        {buffered_reader, "BufferedReader"},
        {buffered_writer, "BufferedWriter"},
        {buffered_random, "BufferedRandom"},
        {buffered_pair, "BufferedRWPair"},
        {newline_decoder, "IncrementalNewlineDecoder"},
        {string_io, "StringIO"},
        {text_io_wrapper, "TextIOWrapper"},
    };
    for (const Entry& entry : entries) TRY(add_type(thread, module, entry.type, entry.name));
    return true;
}

ModuleSpec spec{"_io",
                "The io module provides the Python interfaces to stream handling. The\n"
                "builtin open function is defined in this module.",
                functions, execute};

}  // namespace

}  // namespace io

}  // namespace imugi
