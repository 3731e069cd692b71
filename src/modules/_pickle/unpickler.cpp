// Unpickler: a stream of opcodes to objects. What a load needs while it runs is a Loader on the C++
// stack: the input, the stack of objects and the marks in it. Nothing in a stream is trusted.
#include <bit>

#include "memory/collector.h"
#include "memory/heap.h"
#include "modules/_pickle/pickle_module.h"
#include "object/call.h"
#include "object/codecs.h"
#include "object/dict.h"
#include "object/float.h"
#include "object/int.h"
#include "object/list.h"
#include "object/memoryview.h"
#include "object/protocol.h"
#include "object/set.h"
#include "object/str.h"
#include "object/tuple.h"
#include "object/value_buffer.h"
#include "thread/lock.h"
#include "thread/safepoint.h"

namespace imugi::pickle {

namespace {

// module.name, renamed from Python 2's when the stream is old.
Owned find_global(Thread& thread, Value given_module, Value given_name, int protocol,
                  bool fix_imports) {
    Owned module = Owned::share(given_module), name = Owned::share(given_name);
    if (!is_str(module) || !is_str(name))
        return raise(thread, exc::TypeError, "find_class() arguments must be str");
    Owned audit = TRY(library(thread, "sys", ID(audit)));
    Ref<Str> event = TRY(make_str(thread, "pickle.find_class"));
    (void)TRY(call(thread, audit, event, module, name));
    if (protocol < 3 && fix_imports) {
        Owned names = TRY(library(thread, "_compat_pickle", ID(NAME_MAPPING)));
        Ref<Tuple> key = TRY(make_tuple(thread, module.value(), name.value()));
        Owned pair = TRY(dict_get(thread, names.as<Dict>(), key));
        if (!pair.is_nothing()) {
            module = Owned::share(pair.as<Tuple>()[0]);
            name = Owned::share(pair.as<Tuple>()[1]);
        } else {
            Owned imports = TRY(library(thread, "_compat_pickle", ID(IMPORT_MAPPING)));
            Owned other = TRY(dict_get(thread, imports.as<Dict>(), module));
            if (!other.is_nothing()) module = std::move(other);
        }
    }
    // __import__ waits for a module that another thread is importing.
    Owned importer = TRY(library(thread, "builtins", ID(__import__)));
    Owned imported = TRY(call(thread, importer, module));
    Owned modules = TRY(library(thread, "sys", ID(modules)));
    Owned found = TRY(get_item(thread, modules, module));
    auto& path = name.as<Str>();
    if (protocol < 4 || str_find_char(path, '.', 0, path.length()) < 0) {
        Ref<Str> exact = TRY(str_substring(thread, path, 0, path.length()));
        Ref<Str> interned = TRY(intern(thread, std::move(exact)));
        return get_attribute(thread, found, *interned);
    }
    Owned result = dotted_attribute(thread, found, path);
    if (!result && clear_exception_if(thread, exc::AttributeError))
        return raise(thread, exc::AttributeError, "Can't resolve path {} on module {}",
                     repr_of(name), repr_of(module));
    return result;
}

Owned find_class(Thread& thread, Unpickler& self, Value module, Value name) {
    return find_global(thread, module, name, self.protocol.load(std::memory_order_relaxed),
                       self.fix_imports.load(std::memory_order_relaxed));
}
Owned persistent_load(Thread& thread, Unpickler&, Value) {
    return raise(thread, unpickling_error(thread),
                 "A load persistent id instruction was encountered, but no persistent_load "
                 "function was specified.");
}

// The objects that the stream has made so far, as owned words.
class ObjectStack {
  public:
    explicit ObjectStack(Thread& thread) : thread_(thread) {}
    ~ObjectStack() {
        truncate(0);
        array_free(words_);
        array_free(marks_);
    }
    ObjectStack(const ObjectStack&) = delete;

    size_t size() const { return size_; }
    size_t fence() const { return marked_ ? marks_[marked_ - 1] : 0; }
    bool push(Owned value) {
        if (!value) return false;
        if (size_ == capacity_) TRY(grow(&words_, &capacity_));
        words_[size_++] = value.release();
        return true;
    }
    Value operator[](size_t i) const { return Value::from_bits(words_[i]); }
    // The topmost n words, for a moment.
    const Value* top(size_t n) const { return reinterpret_cast<const Value*>(words_ + size_ - n); }
    void replace_top(Owned value) {
        Owned old = Owned::adopt(std::exchange(words_[size_ - 1], value.release()));
    }
    bool underflow() {
        return raise(thread_, unpickling_error(thread_),
                     marked_ ? "unexpected MARK found" : "unpickling stack underflow");
    }
    // Whether n objects lie above the last mark.
    bool need(size_t n) { return size_ - fence() >= n || underflow(); }
    Owned pop() {
        if (!need(1)) return {};
        return Owned::adopt(words_[--size_]);
    }
    void truncate(size_t size) {
        while (size_ > size) Owned dropped = Owned::adopt(words_[--size_]);
    }
    bool mark() {
        if (marked_ == mark_capacity_) TRY(grow(&marks_, &mark_capacity_));
        marks_[marked_++] = size_;
        return true;
    }
    // Takes the last mark away; where it was.
    bool pop_mark(size_t* at) {
        if (!marked_) return raise(thread_, unpickling_error(thread_), "could not find MARK");
        *at = marks_[--marked_];
        return true;
    }
    bool has_mark_on_top() const { return marked_ && marks_[marked_ - 1] == size_; }

  private:
    template <class T>
    bool grow(T** array, size_t* capacity) {
        size_t more = *capacity ? *capacity * 2 : 64;
        auto* bigger = static_cast<T*>(array_allocate(more * sizeof(T)));
        if (!bigger) return raise_memory_error(thread_);
        if (*capacity) memcpy(bigger, *array, *capacity * sizeof(T));
        array_free(*array);
        *array = bigger;
        *capacity = more;
        return true;
    }

    Thread& thread_;
    uint64_t* words_ = nullptr;
    size_t* marks_ = nullptr;
    size_t size_ = 0, capacity_ = 0, marked_ = 0, mark_capacity_ = 0;
};

class Loader {
  public:
    explicit Loader(Thread& thread) : thread_(thread), stack_(thread), table_(thread) {}

    // The input: a file, of which a frame is in memory, or all of it in memory.
    Owned read, readline, buffers, encoding, errors;
    Owned memo;  // an Unpickler's, else of the indices that do not follow each other
    bool fix_imports = true;
    Unpickler* unpickler = nullptr;
    const uint8_t* data = nullptr;
    size_t size = 0, at = 0;

    bool prepare() {
        if (!unpickler) return true;
        Value self = Value::of(*unpickler);
        persistent_ = TRY(get_attribute(thread_, self, ID(persistent_load)));
        finder_ = TRY(get_attribute(thread_, self, ID(find_class)));
        return true;
    }

    Owned load_object() {
        for (;;) {
            const uint8_t* code = take(1, true);
            if (!code) return {};
            if (*code == kStop) return stack_.pop();
            TRY(step(*code));
            if ((++steps_ & 255) == 0) TRY(safepoint(thread_));
        }
    }

  private:
    // --- input ---

    bool raise_truncated() {
        return raise(thread_, unpickling_error(thread_), "pickle data was truncated");
    }
    // n bytes, valid until the next call; null with an exception.
    const uint8_t* take(size_t n, bool is_opcode = false) {
        static constexpr uint8_t kNothing = 0;
        if (n == 0) return &kNothing;
        if (n <= size - at) {
            at += n;
            return data + at - n;
        }
        if (!read || at != size) {
            if (is_opcode && at == size) return raise(thread_, exc::EOFError, "Ran out of input");
            (void)raise_truncated();
            return nullptr;
        }
        Owned count = make_int(thread_, static_cast<int64_t>(n));
        Owned got = count ? call(thread_, read, count) : Owned();
        if (!got) return nullptr;
        if (!is_bytes(got))
            return raise(thread_, exc::TypeError, "read() returned non-bytes object ({})",
                         type_name_of(got));
        if (got.as<Bytes>().size < n) {
            if (is_opcode) return raise(thread_, exc::EOFError, "Ran out of input");
            (void)raise_truncated();
            return nullptr;
        }
        piece_ = std::move(got);
        return piece_.as<Bytes>().data();
    }
    // A line without its end; most must say something.
    bool take_line(const uint8_t** line, size_t* length, bool may_be_empty = false) {
        TRY(read_line(line, length));
        return may_be_empty || *length > 0 || raise_truncated();
    }
    bool read_line(const uint8_t** line, size_t* length) {
        if (at < size || !readline) {
            const void* end = memchr(data + at, '\n', size - at);
            if (!end) return raise_truncated();
            *line = data + at;
            *length = static_cast<size_t>(static_cast<const uint8_t*>(end) - *line);
            at += *length + 1;
            return true;
        }
        Owned got = TRY(call(thread_, readline));
        if (!is_bytes(got))
            return raise(thread_, exc::TypeError, "readline() returned non-bytes object ({})",
                         type_name_of(got));
        piece_ = std::move(got);
        auto& bytes = piece_.as<Bytes>();
        if (bytes.size == 0 || bytes.data()[bytes.size - 1] != '\n') return raise_truncated();
        *line = bytes.data();
        *length = bytes.size - 1;
        return true;
    }
    template <class T>
    bool take_number(T* out) {
        const uint8_t* bytes = take(sizeof(T));
        if (!bytes) return false;
        memcpy(out, bytes, sizeof(T));
        return true;
    }
    // A length of 1, 4 or 8 bytes.
    bool take_length(size_t width, size_t* out, const char* what) {
        const uint8_t* bytes = take(width);
        if (!bytes) return false;
        uint64_t n = 0;
        memcpy(&n, bytes, width);
        if (n > PTRDIFF_MAX)
            return raise(thread_, exc::OverflowError,
                         "{} exceeds system's maximum size of {} bytes", what, PTRDIFF_MAX);
        *out = n;
        return true;
    }

    // --- steps ---

    bool push(Owned value) { return stack_.push(std::move(value)); }

    bool step(uint8_t code) {
        switch (code) {
            case kNone:
                return push(Owned::share(none()));
            case kNewTrue:
                return push(Owned::share(boolean(true)));
            case kNewFalse:
                return push(Owned::share(boolean(false)));
            case kMark:
                return stack_.mark();
            case kBinInt1:
                return load_number<uint8_t>();
            case kBinInt2:
                return load_number<uint16_t>();
            case kBinInt:
                return load_number<int32_t>();
            case kInt:
                return load_int();
            case kLong:
                return load_long();
            case kLong1:
            case kLong4:
                return load_counted_long(code);
            case kFloat:
                return load_float();
            case kBinFloat: {
                uint64_t bits;
                return take_number(&bits) &&
                       push(make_float(thread_, std::bit_cast<double>(__builtin_bswap64(bits))));
            }
            case kShortBinBytes:
                return load_bytes(1);
            case kBinBytes:
                return load_bytes(4);
            case kBinBytes8:
                return load_bytes(8);
            case kByteArray8:
                return load_bytearray();
            case kNextBuffer:
                return load_next_buffer();
            case kReadOnlyBuffer:
                return load_read_only();
            case kString:
                return load_string();
            case kBinString:
                return load_binary_string(4);
            case kShortBinString:
                return load_binary_string(1);
            case kUnicode:
                return load_raw_str();
            case kShortBinUnicode:
                return load_str(1);
            case kBinUnicode:
                return load_str(4);
            case kBinUnicode8:
                return load_str(8);
            case kEmptyTuple:
                return push(empty_tuple().owned());
            case kTuple1:
                return load_small_tuple(1);
            case kTuple2:
                return load_small_tuple(2);
            case kTuple3:
                return load_small_tuple(3);
            case kTuple:
            case kList:
            case kFrozenSet:
            case kDict:
                return load_marked(code);
            case kEmptyList:
                return push(make_list(thread_).owned());
            case kEmptyDict:
                return push(make_dict(thread_).owned());
            case kEmptySet:
                return push(make_set(thread_).owned());
            case kObj:
                return load_obj();
            case kInst:
                return load_inst();
            case kNewObj:
                return load_newobj(false);
            case kNewObjEx:
                return load_newobj(true);
            case kGlobal:
                return load_global();
            case kStackGlobal:
                return load_stack_global();
            case kAppend:
                return stack_.need(2) && append_items(stack_.size() - 1);
            case kAppends: {
                size_t begin;
                return stack_.pop_mark(&begin) && append_items(begin);
            }
            case kSetItem:
                return stack_.need(3) && set_items(stack_.size() - 2);
            case kSetItems: {
                size_t begin;
                return stack_.pop_mark(&begin) && set_items(begin);
            }
            case kAddItems: {
                size_t begin;
                return stack_.pop_mark(&begin) && add_items(begin);
            }
            case kBuild:
                return load_build();
            case kDup:
                return stack_.need(1) && push(Owned::share(stack_[stack_.size() - 1]));
            case kGet:
            case kBinGet:
            case kLongBinGet:
                return load_get(code);
            case kPut:
            case kBinPut:
            case kLongBinPut:
            case kMemoize:
                return load_put(code);
            case kPop:
                return load_pop();
            case kPopMark: {
                size_t begin;
                TRY(stack_.pop_mark(&begin));
                stack_.truncate(begin);
                return true;
            }
            case kPersId:
                return load_persistent_text();
            case kBinPersId: {
                Owned id = TRY(stack_.pop());
                return load_persistent(id);
            }
            case kReduce:
                return load_reduce();
            case kExt1:
            case kExt2:
            case kExt4:
                return load_extension(code);
            case kProto: {
                uint8_t protocol;
                TRY(take_number(&protocol));
                if (protocol > kHighestProtocol)
                    return raise(thread_, exc::ValueError, "unsupported pickle protocol: {}",
                                 static_cast<int>(protocol));
                protocol_ = protocol;
                if (unpickler) unpickler->protocol.store(protocol, std::memory_order_relaxed);
                return true;
            }
            case kFrame:
                return load_frame();
            default:
                break;
        }
        char shown[8];
        if (code == 0)
            return raise(thread_, unpickling_error(thread_), "invalid load key, '\\x00'.");
        if (code >= 0x20 && code < 0x7f && code != '\'' && code != '\\')
            snprintf(shown, sizeof shown, "%c", code);
        else
            snprintf(shown, sizeof shown, "\\x%02x", code);
        return raise(thread_, unpickling_error(thread_), "invalid load key, '{}'.",
                     static_cast<const char*>(shown));
    }

    bool load_frame() {
        size_t length;
        TRY(take_length(8, &length, "FRAME length"));
        if (!read) return length <= size - at || raise_truncated();
        if (at != size)
            return raise(thread_, unpickling_error(thread_),
                         "beginning of a new frame before end of current frame");
        if (!take(length)) return false;
        // `take` reads past what is in memory into a piece: that is the frame.
        if (length) {
            frame_ = std::move(piece_);
            data = frame_.as<Bytes>().data();
            size = length;
            at = 0;
        }
        return true;
    }

    template <class T>
    bool load_number() {
        T n;
        return take_number(&n) && push(Owned::small_int(n));
    }
    bool load_int() {
        const uint8_t* line;
        size_t length;
        TRY(take_line(&line, &length));
        if (length == 2 && line[0] == '0' && (line[1] == '0' || line[1] == '1'))
            return push(Owned::share(boolean(line[1] == '1')));
        return push(number_of(line, length, 0));
    }
    Owned number_of(const uint8_t* line, size_t length, int base) {
        Owned shown = TRY(make_bytes(thread_, line, length));
        auto& bytes = shown.as<Bytes>();
        return make_int_from_text(thread_, bytes.text(), bytes.size, base, shown);
    }
    bool load_long() {
        const uint8_t* line;
        size_t length;
        TRY(take_line(&line, &length));
        if (length && line[length - 1] == 'L') length--;
        return push(number_of(line, length, 0));
    }
    bool load_counted_long(uint8_t code) {
        int32_t length;
        if (code == kLong1) {
            uint8_t n;
            TRY(take_number(&n));
            length = n;
        } else {
            TRY(take_number(&length));
        }
        if (length < 0)
            return raise(thread_, unpickling_error(thread_), "LONG pickle has negative byte count");
        const uint8_t* bytes = take(static_cast<size_t>(length));
        if (!bytes) return false;
        if (length == 0) return push(Owned::small_int(0));
        return push(int_from_bytes(thread_, bytes, static_cast<size_t>(length), true, true));
    }
    bool load_float() {
        const uint8_t* line;
        size_t length;
        TRY(take_line(&line, &length));
        Owned text = TRY(decode_latin1(thread_, line, length));
        return push(make_float_from_text(thread_, text.as<Str>()));
    }

    bool load_bytes(size_t width) {
        size_t length;
        TRY(take_length(width, &length, width == 8 ? "BINBYTES8" : "BINBYTES"));
        const uint8_t* bytes = take(length);
        return bytes && push(make_bytes(thread_, bytes, length).owned());
    }
    bool load_bytearray() {
        size_t length;
        TRY(take_length(8, &length, "BYTEARRAY8"));
        const uint8_t* bytes = take(length);
        return bytes && push(make_bytearray(thread_, bytes, length).owned());
    }
    bool load_next_buffer() {
        if (!buffers)
            return raise(thread_, unpickling_error(thread_),
                         "pickle stream refers to out-of-band data but no *buffers* argument was "
                         "given");
        Owned buffer = TRY(next(thread_, buffers));
        if (buffer.is_nothing())
            return raise(thread_, unpickling_error(thread_), "not enough out-of-band buffers");
        return push(std::move(buffer));
    }
    bool load_read_only() {
        TRY(stack_.need(1));
        Owned view = TRY(make_memoryview(thread_, stack_[stack_.size() - 1]));
        bool read_only = view.as<MemoryView>().read_only;
        if (!read_only) {
            Owned changed = TRY(call_method(thread_, view, ID(toreadonly)));
            stack_.replace_top(std::move(changed));
        }
        return release_memoryview(thread_, view.as<MemoryView>());
    }

    bool push_old_string(const void* bytes, size_t length) {
        if (str_equal(encoding.as<Str>(), "bytes"))
            return push(make_bytes(thread_, bytes, length).owned());
        Owned object = TRY(make_bytes(thread_, bytes, length));
        const char* how = name_text(thread_, encoding.as<Str>());
        const char* mode = how ? name_text(thread_, errors.as<Str>()) : nullptr;
        return mode && push(decode_object(thread_, object, how, mode));
    }
    bool load_string() {
        const uint8_t* line;
        size_t length;
        TRY(take_line(&line, &length, true));
        if (length < 2 || line[0] != line[length - 1] || (line[0] != '"' && line[0] != '\''))
            return raise(thread_, unpickling_error(thread_),
                         "the STRING opcode argument must be quoted");
        Owned raw = TRY(make_bytes(thread_, line + 1, length - 2));
        Owned decode = TRY(library(thread_, "codecs", ID(escape_decode)));
        Owned pair = TRY(call(thread_, decode, raw));
        auto& bytes = pair.as<Tuple>()[0].as<Bytes>();
        return push_old_string(bytes.data(), bytes.size);
    }
    bool load_binary_string(size_t width) {
        size_t length;
        TRY(take_length(width, &length, "BINSTRING"));
        if (width == 4 && length > INT32_MAX)
            return raise(thread_, unpickling_error(thread_),
                         "BINSTRING pickle has negative byte count");
        const uint8_t* bytes = take(length);
        return bytes && push_old_string(bytes, length);
    }
    bool load_raw_str() {
        const uint8_t* line;
        size_t length;
        TRY(take_line(&line, &length, true));
        Owned bytes = TRY(make_bytes(thread_, line, length));
        return push(decode_object(thread_, bytes, "raw-unicode-escape", "strict"));
    }
    bool load_str(size_t width) {
        size_t length;
        TRY(take_length(width, &length, width == 8 ? "BINUNICODE8" : "BINUNICODE"));
        const uint8_t* bytes = take(length);
        return bytes && push(decode_utf8_partial(thread_, bytes, length, "surrogatepass", nullptr));
    }

    bool load_small_tuple(size_t n) {
        TRY(stack_.need(n));
        Ref<Tuple> tuple = TRY(make_tuple(thread_, stack_.top(n), n));
        stack_.truncate(stack_.size() - n);
        return push(std::move(tuple).owned());
    }
    // What lies above the last mark, as one object.
    bool load_marked(uint8_t code) {
        size_t begin;
        TRY(stack_.pop_mark(&begin));
        size_t n = stack_.size() - begin;
        Owned made;
        if (code == kTuple) {
            made = make_tuple(thread_, stack_.top(n), n).owned();
        } else if (code == kDict) {
            Ref<Dict> dict = TRY(make_dict(thread_));
            if (n % 2)
                return raise(thread_, unpickling_error(thread_), "odd number of items for DICT");
            for (size_t i = begin; i < stack_.size(); i += 2)
                TRY(dict_set(thread_, *dict, stack_[i], stack_[i + 1]));
            made = std::move(dict).owned();
        } else {
            Ref<List> list = TRY(make_list_from(thread_, stack_.top(n), n));
            made = code == kList ? std::move(list).owned()
                                 : set_from(thread_, frozenset_type, list).owned();
        }
        if (!made) return false;
        stack_.truncate(begin);
        return push(std::move(made));
    }

    // --- classes and calls ---

    Owned find(Value module, Value name) {
        if (finder_) return call(thread_, finder_, module, name);
        return find_global(thread_, module, name, protocol_, fix_imports);
    }
    bool instantiate(Value cls, Tuple& arguments) {
        bool direct = arguments.size == 0 && is_type(cls);
        if (direct) {
            bool has = TRY(has_attribute(thread_, cls, ID(__getinitargs__)));
            direct = !has;
        }
        if (!direct) return push(call_with(thread_, cls, arguments, nullptr));
        return push(call_method(thread_, cls, ID(__new__), cls));
    }
    bool load_obj() {
        size_t begin;
        TRY(stack_.pop_mark(&begin));
        if (stack_.size() - begin < 1) return stack_.underflow();
        size_t n = stack_.size() - begin - 1;
        Ref<Tuple> arguments = TRY(make_tuple(thread_, stack_.top(n), n));
        Owned cls = Owned::share(stack_[begin]);
        stack_.truncate(begin);
        return instantiate(cls, *arguments);
    }
    bool take_name(Owned* out) {
        const uint8_t* line;
        size_t length;
        TRY(take_line(&line, &length));
        *out = decode_utf8_partial(thread_, line, length, "strict", nullptr);
        return static_cast<bool>(*out);
    }
    bool load_inst() {
        Owned module, name;
        TRY(take_name(&module) && take_name(&name));
        size_t begin;
        TRY(stack_.pop_mark(&begin));
        size_t n = stack_.size() - begin;
        Ref<Tuple> arguments = TRY(make_tuple(thread_, stack_.top(n), n));
        stack_.truncate(begin);
        Owned cls = TRY(find(module, name));
        return instantiate(cls, *arguments);
    }
    bool load_newobj(bool keywords) {
        Owned named = keywords ? stack_.pop() : Owned::nothing();
        if (!named) return false;
        Owned arguments = TRY(stack_.pop());
        Owned cls = TRY(stack_.pop());
        const char* what = keywords ? "NEWOBJ_EX" : "NEWOBJ";
        if (!is_type(cls))
            return raise(thread_, unpickling_error(thread_),
                         "{} class argument must be a type, not {}", what, type_name_of(cls));
        if (!is_tuple(arguments))
            return raise(thread_, unpickling_error(thread_),
                         "{} args argument must be a tuple, not {}", what, type_name_of(arguments));
        if (keywords && !is_dict(named))
            return raise(thread_, unpickling_error(thread_),
                         "{} kwargs argument must be a dict, not {}", what, type_name_of(named));
        Owned make = TRY(get_attribute(thread_, cls, ID(__new__)));
        Ref<Tuple> first = TRY(make_tuple(thread_, cls.value()));
        Ref<Tuple> all = TRY(tuple_concat(thread_, *first, arguments.as<Tuple>()));
        return push(call_with(thread_, make, *all, keywords ? &named.as<Dict>() : nullptr));
    }
    bool load_global() {
        Owned module, name;
        TRY(take_name(&module) && take_name(&name));
        return push(find(module, name));
    }
    bool load_stack_global() {
        Owned name = TRY(stack_.pop());
        Owned module = TRY(stack_.pop());
        if (!is_exact_str(name) || !is_exact_str(module))
            return raise(thread_, unpickling_error(thread_), "STACK_GLOBAL requires str");
        return push(find(module, name));
    }
    bool load_reduce() {
        Owned arguments = TRY(stack_.pop());
        Owned function = TRY(stack_.pop());
        Ref<Tuple> tuple = TRY(to_tuple(thread_, arguments));
        return push(call_with(thread_, function, *tuple, nullptr));
    }
    bool load_extension(uint8_t code) {
        int64_t number;
        if (code == kExt1) {
            uint8_t n;
            TRY(take_number(&n));
            number = n;
        } else if (code == kExt2) {
            uint16_t n;
            TRY(take_number(&n));
            number = n;
        } else {
            int32_t n;
            TRY(take_number(&n));
            number = n;
        }
        if (number <= 0)
            return raise(thread_, unpickling_error(thread_), "EXT specifies code <= 0");
        Owned key = Owned::small_int(number);
        Owned cache = TRY(library(thread_, "copyreg", ID(_extension_cache)));
        Owned known = TRY(dict_get(thread_, cache.as<Dict>(), key));
        if (!known.is_nothing()) return push(std::move(known));
        Owned registry = TRY(library(thread_, "copyreg", ID(_inverted_registry)));
        Owned pair = TRY(dict_get(thread_, registry.as<Dict>(), key));
        if (pair.is_nothing())
            return raise(thread_, exc::ValueError, "unregistered extension code {}", number);
        if (!is_tuple(pair) || pair.as<Tuple>().size != 2)
            return raise(thread_, exc::ValueError,
                         "_inverted_registry[{}] isn't a 2-tuple of strings", number);
        Owned found = TRY(find(pair.as<Tuple>()[0], pair.as<Tuple>()[1]));
        TRY(dict_set(thread_, cache.as<Dict>(), key, found.share()));
        return push(std::move(found));
    }

    bool load_persistent(Value id) {
        if (persistent_) return push(call(thread_, persistent_, id));
        return raise(thread_, unpickling_error(thread_),
                     "A load persistent id instruction was encountered, but no persistent_load "
                     "function was specified.");
    }
    bool load_persistent_text() {
        const uint8_t* line;
        size_t length;
        TRY(take_line(&line, &length, true));
        Owned id = decode_ascii(thread_, line, length, "strict");
        if (!id) {
            if (!clear_exception_if(thread_, exc::UnicodeDecodeError)) return false;
            return raise(thread_, unpickling_error(thread_),
                         "persistent IDs in protocol 0 must be ASCII strings");
        }
        return load_persistent(id);
    }

    // --- filling containers: what lies from `begin` on goes into the object below ---

    bool append_items(size_t begin) {
        if (begin < 1 || begin <= stack_.fence()) return stack_.underflow();
        if (begin == stack_.size()) return true;
        Owned target = Owned::share(stack_[begin - 1]);
        if (&type_of(target) == &list_type) {
            for (size_t i = begin; i < stack_.size(); i++)
                TRY(list_append(thread_, target.as<List>(), Owned::share(stack_[i])));
        } else {
            Owned extend = TRY(get_attribute_or_nothing(thread_, target, ID(extend)));
            size_t n = stack_.size() - begin;
            if (n > 1 && !extend.is_nothing()) {
                Ref<List> items = TRY(make_list_from(thread_, stack_.top(n), n));
                (void)TRY(call(thread_, extend, items));
            } else {
                Owned append = TRY(get_attribute(thread_, target, ID(append)));
                for (size_t i = begin; i < stack_.size(); i++) {
                    Owned item = Owned::share(stack_[i]);
                    (void)TRY(call(thread_, append, item));
                }
            }
        }
        stack_.truncate(begin);
        return true;
    }
    bool set_items(size_t begin) {
        if (begin < 1 || begin <= stack_.fence()) return stack_.underflow();
        if (begin == stack_.size()) return true;
        if ((stack_.size() - begin) % 2)
            return raise(thread_, unpickling_error(thread_), "odd number of items for SETITEMS");
        Owned target = Owned::share(stack_[begin - 1]);
        bool plain = &type_of(target) == &dict_type;
        for (size_t i = begin; i < stack_.size(); i += 2) {
            Owned key = Owned::share(stack_[i]), value = Owned::share(stack_[i + 1]);
            if (plain)
                TRY(dict_set(thread_, target.as<Dict>(), key, std::move(value)));
            else
                TRY(set_item(thread_, target, key, value));
        }
        stack_.truncate(begin);
        return true;
    }
    bool add_items(size_t begin) {
        if (begin < 1 || begin <= stack_.fence()) return stack_.underflow();
        if (begin == stack_.size()) return true;
        Owned target = Owned::share(stack_[begin - 1]);
        if (is_any_set(target) && !is_instance_of(target, frozenset_type)) {
            size_t n = stack_.size() - begin;
            Ref<List> items = TRY(make_list_from(thread_, stack_.top(n), n));
            TRY(set_update(thread_, target.as<Set>(), items));
        } else {
            Owned add = TRY(get_attribute(thread_, target, ID(add)));
            for (size_t i = begin; i < stack_.size(); i++) {
                Owned item = Owned::share(stack_[i]);
                (void)TRY(call(thread_, add, item));
            }
        }
        stack_.truncate(begin);
        return true;
    }

    bool load_build() {
        TRY(stack_.need(2));
        Owned state = TRY(stack_.pop());
        Owned object = Owned::share(stack_[stack_.size() - 1]);
        Owned setter = TRY(get_attribute_or_nothing(thread_, object, ID(__setstate__)));
        if (!setter.is_nothing()) return static_cast<bool>(call(thread_, setter, state));
        Owned slots = Owned::share(none());
        if (is_tuple(state) && state.as<Tuple>().size == 2) {
            slots = Owned::share(state.as<Tuple>()[1]);
            state = Owned::share(state.as<Tuple>()[0]);
        }
        if (!is_none(state)) {
            if (!is_dict(state))
                return raise(thread_, unpickling_error(thread_), "state is not a dictionary");
            Owned attributes = TRY(get_attribute(thread_, object, ID(__dict__)));
            TRY(copy_state(state.as<Dict>(), [&](Value key, Value value) {
                return set_item(thread_, attributes, key, value);
            }));
        }
        if (!is_none(slots)) {
            if (!is_dict(slots))
                return raise(thread_, unpickling_error(thread_), "slot state is not a dictionary");
            TRY(copy_state(slots.as<Dict>(), [&](Value key, Value value) {
                if (!is_str(key))
                    return static_cast<bool>(raise(thread_, exc::TypeError,
                                                   "attribute name must be string, not '{}'",
                                                   type_name_of(key)));
                return set_attribute(thread_, object, key.as<Str>(), value);
            }));
        }
        return true;
    }
    template <class F>
    bool copy_state(Dict& state, F store) {
        size_t position = 0;
        Owned key, value;
        while (dict_next(thread_, state, &position, &key, &value)) {
            // Names of attributes are few: share them.
            if (is_exact_str(key)) {
                key = intern(thread_, Ref<Str>::adopt(std::move(key))).owned();
                if (!key) return false;
            }
            TRY(store(key, value));
        }
        return true;
    }

    // --- the memo ---

    bool take_index(uint8_t code, Owned* out) {
        if (code == kGet || code == kPut) {
            const uint8_t* line;
            size_t length;
            TRY(take_line(&line, &length));
            *out = number_of(line, length, 10);
            return static_cast<bool>(*out);
        }
        if (code == kBinGet || code == kBinPut) {
            uint8_t n;
            TRY(take_number(&n));
            *out = Owned::small_int(n);
            return true;
        }
        uint32_t n;
        TRY(take_number(&n));
        *out = Owned::small_int(n);
        return true;
    }
    bool is_in_table(Value index, size_t* at) {
        int64_t n;
        if (!int_fits_int64(index, &n) || n < 0) return false;
        *at = static_cast<size_t>(n);
        return *at < table_.size();
    }
    size_t memo_size() const { return table_.size() + (memo ? dict_size(memo.as<Dict>()) : 0); }
    bool load_get(uint8_t code) {
        Owned index;
        TRY(take_index(code, &index));
        if (size_t at; is_in_table(index, &at)) return push(Owned::share(table_[at]));
        Owned found = memo ? dict_get(thread_, memo.as<Dict>(), index) : Owned::nothing();
        if (!found) return false;
        if (found.is_nothing())
            return raise(thread_, unpickling_error(thread_), "Memo value not found at index {}",
                         index);
        return push(std::move(found));
    }
    bool load_put(uint8_t code) {
        Owned index;
        if (code == kMemoize)
            index = Owned::small_int(static_cast<int64_t>(memo_size()));
        else
            TRY(take_index(code, &index));
        TRY(stack_.need(1));
        if (int_sign(index) < 0) return raise(thread_, exc::ValueError, "negative PUT argument");
        Owned top = Owned::share(stack_[stack_.size() - 1]);
        if (size_t at; is_in_table(index, &at)) {
            top = table_.slots()[at].exchange(std::move(top));
            return true;
        }
        if (!memo) {
            if (same(index, Value::small_int(static_cast<int64_t>(table_.size()))))
                return table_.append(std::move(top));
            memo = TRY(make_dict(thread_));
        }
        return dict_set(thread_, memo.as<Dict>(), index, std::move(top));
    }
    bool load_pop() {
        if (stack_.has_mark_on_top()) {
            size_t begin;
            return stack_.pop_mark(&begin);
        }
        TRY(stack_.need(1));
        stack_.truncate(stack_.size() - 1);
        return true;
    }

    Thread& thread_;
    ObjectStack stack_;
    ValueBuffer table_;    // the memo by index
    Owned piece_, frame_;  // bytes that `take` and load_frame have read
    Owned persistent_, finder_;
    int protocol_ = 0;
    uint32_t steps_ = 0;
};

Owned buffer_iterator(Thread& thread, Value buffers) {
    // The default stands for none.
    if (buffers.is_empty() || is_none(buffers) ||
        (is_tuple(buffers) && buffers.as<Tuple>().size == 0))
        return Owned::nothing();
    return iterate(thread, buffers);
}

bool reading_methods(Thread& thread, Value file, Owned* read, Owned* readline) {
    *read = TRY(get_attribute_or_nothing(thread, file, ID(read)));
    *readline = TRY(get_attribute_or_nothing(thread, file, ID(readline)));
    if (read->is_nothing() || readline->is_nothing())
        return raise(thread, exc::TypeError, "file must have 'read' and 'readline' attributes");
    return true;
}

// --- the class ---

Owned unpickler_make(Thread& thread, Type& type, const Arguments&) {
    auto* unpickler = allocate<Unpickler>(thread, type);
    if (!unpickler) return {};
    Ref<Unpickler> result = Ref<Unpickler>::adopt(unpickler);
    unpickler->memo.init(TRY(make_dict(thread)));
    unpickler->encoding.init(TRY(make_str(thread, "ASCII")));
    unpickler->errors.init(TRY(make_str(thread, "strict")));
    track(unpickler);
    return std::move(result);
}

bool unpickler_init(Thread& thread, Value self, const Arguments& arguments) {
    Value bound[5];
    TRY(bind_arguments(thread, "Unpickler",
                       "(file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())",
                       arguments, bound, 5));
    bool fix_imports = TRY(is_true(thread, bound[1]));
    for (int i = 2; i < 4; i++)
        if (!is_str(bound[i]))
            return raise(thread, exc::TypeError, "Unpickler() argument '{}' must be str, not {}",
                         i == 2 ? "encoding" : "errors", type_name_of(bound[i]));
    Owned read, readline;
    TRY(reading_methods(thread, bound[0], &read, &readline));
    Owned iterator = TRY(buffer_iterator(thread, bound[4]));
    if (iterator.is_nothing()) iterator = Owned();
    Owned memo = TRY(make_dict(thread));
    Owned encoding = Owned::share(bound[2]), errors = Owned::share(bound[3]);
    auto& unpickler = self.as<Unpickler>();
    Lock guard(thread, unpickler);
    unpickler.fix_imports.store(fix_imports, std::memory_order_relaxed);
    unpickler.protocol.store(0, std::memory_order_relaxed);
    read = unpickler.read.exchange(std::move(read));
    readline = unpickler.readline.exchange(std::move(readline));
    iterator = unpickler.buffers.exchange(std::move(iterator));
    memo = unpickler.memo.exchange(std::move(memo));
    encoding = unpickler.encoding.exchange(std::move(encoding));
    errors = unpickler.errors.exchange(std::move(errors));
    return true;
}

Owned unpickler_load(Thread& thread, Unpickler& self) {
    Loader loader(thread);
    loader.unpickler = &self;
    loader.read = read_locked(thread, self, self.read);
    if (!loader.read)
        return raise(thread, unpickling_error(thread),
                     "Unpickler.__init__() was not called by {}.__init__()",
                     type_name_of(Value::of(self)));
    loader.readline = read_locked(thread, self, self.readline);
    loader.buffers = read_locked(thread, self, self.buffers);
    loader.memo = read_locked(thread, self, self.memo);
    loader.encoding = read_locked(thread, self, self.encoding);
    loader.errors = read_locked(thread, self, self.errors);
    loader.fix_imports = self.fix_imports.load(std::memory_order_relaxed);
    self.protocol.store(0, std::memory_order_relaxed);
    TRY(loader.prepare());
    return loader.load_object();
}

Owned get_memo(Thread& thread, Value self) {
    return read_locked(thread, self.as<Unpickler>(), self.as<Unpickler>().memo);
}
bool set_memo(Thread& thread, Value self, Value value) {
    if (value.is_empty())
        return raise(thread, exc::TypeError, "attribute deletion is not supported");
    if (!is_dict(value))
        return raise(thread, exc::TypeError,
                     "'memo' attribute must be an UnpicklerMemoProxy object or dict, not {}",
                     type_name_of(value));
    Ref<Dict> copy = TRY(make_dict(thread));
    size_t position = 0;
    Owned key, item;
    while (dict_next(thread, value.as<Dict>(), &position, &key, &item)) {
        if (!is_int(key)) return raise(thread, exc::TypeError, "memo key must be integers");
        if (int_sign(key) < 0)
            return raise(thread, exc::ValueError, "memo key must be positive integers.");
        TRY(dict_set(thread, *copy, key, std::move(item)));
    }
    Owned memo = std::move(copy).owned();
    auto& unpickler = self.as<Unpickler>();
    Lock guard(thread, unpickler);
    memo = unpickler.memo.exchange(std::move(memo));
    return true;
}

void unpickler_fields(Object* self, FieldVisitor& visitor) {
    auto& u = *static_cast<Unpickler*>(self);
    for (Slot* slot :
         {&u.read, &u.readline, &u.readinto, &u.buffers, &u.memo, &u.encoding, &u.errors})
        visitor.visit(*slot);
}

const MethodRow unpickler_methods[] = {
    {"load", "(self, /)", fn<unpickler_load>,
     "Load a pickle.\n\nRead a pickled object representation from the open file object given in "
     "the\nconstructor, and return the reconstituted object hierarchy specified\ntherein."},
    {"find_class", "(self, module_name, global_name, /)", fn<find_class>,
     "Return an object from a specified module.\n\nIf necessary, the module will be imported. "
     "Subclasses may override this\nmethod (e.g. to restrict unpickling of arbitrary classes and\n"
     "functions)."},
    {"persistent_load", "(self, pid, /)", fn<persistent_load>, nullptr},
    {},
};
const GetSetRow unpickler_getsets[] = {
    {"memo", get_memo, set_memo},
    {},
};

const TypeSpec unpickler_spec = {
    .name = "_pickle.Unpickler",
    .doc = "This takes a binary file for reading a pickle data stream.",
    .size = sizeof(Unpickler),
    .flags = kTypeBase | kTypeTracked | kTypeHasDict | kTypeHasWeakrefs,
    .slots = {.make = unpickler_make, .init = unpickler_init, .fields = unpickler_fields},
    .methods = unpickler_methods,
    .getsets = unpickler_getsets,
    .signature =
        "(file, *, fix_imports=True, encoding='ASCII', errors='strict',\n          buffers=())",
};

}  // namespace

NativeClass unpickler_class(unpickler_spec);

Owned load(Thread& thread, Value file, bool fix_imports, Str& encoding, Str& errors,
           Value buffers) {
    Loader loader(thread);
    loader.fix_imports = fix_imports;
    loader.encoding = Owned::share(encoding);
    loader.errors = Owned::share(errors);
    TRY(reading_methods(thread, file, &loader.read, &loader.readline));
    Owned iterator = TRY(buffer_iterator(thread, buffers));
    if (!iterator.is_nothing()) loader.buffers = std::move(iterator);
    TRY(loader.prepare());
    return loader.load_object();
}

Owned loads(Thread& thread, Value data, bool fix_imports, Str& encoding, Str& errors,
            Value buffers) {
    StableBuffer buffer(thread);
    TRY(buffer.get(data));
    Loader loader(thread);
    loader.fix_imports = fix_imports;
    loader.encoding = Owned::share(encoding);
    loader.errors = Owned::share(errors);
    loader.data = buffer.data();
    loader.size = buffer.size();
    Owned iterator = TRY(buffer_iterator(thread, buffers));
    if (!iterator.is_nothing()) loader.buffers = std::move(iterator);
    TRY(loader.prepare());
    return loader.load_object();
}

}  // namespace imugi::pickle
