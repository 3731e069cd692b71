// Pickler: objects to a stream of opcodes. What a dump needs while it runs is a Saver on the C++
// stack, so that dumps of one Pickler by several threads share nothing but its memo, a dict.
#include <bit>
#include <cstdio>

#include "memory/collector.h"
#include "modules/_pickle/memo.h"
#include "modules/_pickle/pickle_module.h"
#include "object/call.h"
#include "object/codecs.h"
#include "object/dict.h"
#include "object/float.h"
#include "object/function.h"
#include "object/int.h"
#include "object/list.h"
#include "object/memoryview.h"
#include "object/protocol.h"
#include "object/set.h"
#include "object/str.h"
#include "object/tuple.h"
#include "thread/lock.h"
#include "thread/safepoint.h"

namespace imugi::pickle {

namespace {

constexpr size_t kFrameTarget = 64 * 1024;
constexpr size_t kFrameLeast = 4;
constexpr size_t kFrameHeader = 9;
constexpr size_t kBatch = 1000;

Owned persistent_id(Thread&, Pickler&, Value) {
    return Owned::share(none());
}

// Adds "when serializing X ..." to the exception that is set.
template <class... A>
bool note(Thread& thread, const char* text, const A&... arguments) {
    Owned exception = take_exception(thread);
    Ref<Str> line = format(thread, text, arguments...);
    Owned added = line ? call_method(thread, exception, ID(add_note), line) : Owned();
    if (!added) clear_exception(thread);
    set_exception(thread, std::move(exception));
    return false;
}

class Saver {
  public:
    Saver(Thread& thread, Pickler* pickler, int protocol, bool fix_imports)
        : thread_(thread),
          pickler_(pickler),
          out_(thread),
          table_(thread),
          protocol_(protocol),
          binary_(protocol >= 1),
          fix_imports_(fix_imports && protocol < 3) {}

    Owned write, buffer_callback;  // `write` empty: everything stays here
    Owned memo;                    // a Pickler's
    bool fast = false;

    bool prepare() {
        dispatch_ = TRY(library(thread_, "copyreg", ID(dispatch_table)));
        if (!pickler_) return true;
        Value self = Value::of(*pickler_);
        Owned method = TRY(get_attribute(thread_, self, ID(persistent_id)));
        if (!is_base_method(method)) persistent_ = std::move(method);
        Owned reducer = TRY(get_attribute_or_nothing(thread_, self, ID(reducer_override)));
        if (!reducer.is_nothing()) reducer_ = std::move(reducer);
        Owned table = TRY(get_attribute_or_nothing(thread_, self, ID(dispatch_table)));
        if (!table.is_nothing()) {
            dispatch_ = std::move(table);
            own_dispatch_ = true;
        }
        return true;
    }

    bool dump(Value object) {
        if (protocol_ >= 2) TRY(put(kProto) && put(static_cast<uint8_t>(protocol_)));
        framing_ = protocol_ >= 4;
        TRY(save(object));
        TRY(put(kStop));
        TRY(close_frame());
        return !write || flush();
    }
    Ref<Bytes> finish() { return out_.finish(); }

  private:
    static bool is_base_method(Value method) {
        return &type_of(method) == &native_function_type &&
               method.as<NativeFunction>().row->entry.thunk == fn<persistent_id>.thunk;
    }

    // --- output ---

    bool open_frame() {
        if (!framing_ || in_frame_) return true;
        in_frame_ = true;
        frame_start_ = out_.size();
        return out_.append_repeated(0, kFrameHeader);
    }
    bool put(uint8_t byte) { return open_frame() && out_.append(byte); }
    bool put(const void* data, size_t size) { return open_frame() && out_.append(data, size); }
    bool put_text(const char* text) { return put(text, strlen(text)); }
    template <class T>
    bool put_number(T n) {
        return put(&n, sizeof n);
    }
    bool close_frame() {
        if (!in_frame_) return true;
        in_frame_ = false;
        size_t size = out_.size() - frame_start_ - kFrameHeader;
        uint8_t* at = out_.end() - size - kFrameHeader;
        if (size >= kFrameLeast) {
            uint64_t n = size;
            at[0] = kFrame;
            memcpy(at + 1, &n, sizeof n);
        } else {
            memmove(at, at + kFrameHeader, size);
            out_.truncate(out_.size() - kFrameHeader);
        }
        return true;
    }
    bool flush() {
        if (out_.size() == 0) return true;
        Ref<Bytes> data = TRY(make_bytes(thread_, out_.data(), out_.size()));
        out_.truncate(0);
        (void)TRY(call(thread_, write, data));
        return true;
    }
    // Before an opcode: a long frame ends.
    bool boundary() {
        if (!in_frame_ || out_.size() - frame_start_ - kFrameHeader < kFrameTarget) return true;
        TRY(close_frame());
        return !write || flush();
    }
    // Data of any size; much of it goes outside of frames, and past the buffer.
    bool put_data(const uint8_t* header, size_t header_size, const void* data, size_t size,
                  Value whole) {
        bool large = size >= kFrameTarget;
        bool framing = framing_;
        if (large) {
            TRY(close_frame());
            framing_ = false;
        }
        TRY(put(header, header_size));
        if (large && write) {
            TRY(flush());
            Owned payload = whole ? Owned::share(whole) : make_bytes(thread_, data, size).owned();
            if (!payload) return false;
            (void)TRY(call(thread_, write, payload));
        } else {
            TRY(put(data, size));
        }
        framing_ = framing;
        return true;
    }

    // --- the memo ---

    Owned identity(Value object) { return make_int_unsigned(thread_, object.identity()); }
    // The index of what was saved before; nothing when it was not.
    Owned remembered(Value object) {
        if (!memo) {
            int64_t number = table_.find(object);
            return number < 0 ? Owned::nothing() : Owned::small_int(number);
        }
        Owned id = TRY(identity(object));
        Owned entry = TRY(dict_get(thread_, memo.as<Dict>(), id));
        if (entry.is_nothing()) return entry;
        return Owned::share(entry.as<Tuple>()[0]);
    }
    bool put_get(Value index) {
        int64_t n;
        if (!int_fits_int64(index, &n)) return false;
        char text[32];
        if (!binary_) {
            snprintf(text, sizeof text, "%c%ld\n", kGet, n);
            return put_text(text);
        }
        if (n < 256) return put(kBinGet) && put(static_cast<uint8_t>(n));
        return put(kLongBinGet) && put_number(static_cast<uint32_t>(n));
    }
    bool memoize_in_dict(Value object, int64_t n) {
        Owned id = TRY(identity(object));
        Ref<Tuple> entry = TRY(make_tuple(thread_, Value::small_int(n), object));
        return dict_set(thread_, memo.as<Dict>(), id, std::move(entry).owned());
    }
    bool memoize(Value object) {
        if (fast) return true;
        int64_t n = memo ? dict_size(memo.as<Dict>()) : static_cast<int64_t>(table_.size());
        TRY(memo ? memoize_in_dict(object, n) : table_.add(object));
        if (protocol_ >= 4) return put(kMemoize);
        if (!binary_) {
            char text[32];
            snprintf(text, sizeof text, "%c%ld\n", kPut, n);
            return put_text(text);
        }
        if (n < 256) return put(kBinPut) && put(static_cast<uint8_t>(n));
        return put(kLongBinPut) && put_number(static_cast<uint32_t>(n));
    }

    // --- objects ---

    bool save(Value object, bool ask_persistent = true) {
        TRY(boundary());
        if (ask_persistent && persistent_) {
            Owned id = TRY(call(thread_, persistent_, object));
            if (!is_none(id)) return save_persistent(id);
        }
        const Type& type = type_of(object);
        if (is_none(object)) return put(kNone);
        if (&type == &bool_type) return save_bool(same(object, boolean(true)));
        if (is_exact_int(object)) return save_int(object);
        if (is_exact_float(object)) return save_float(object);
        Owned known = TRY(remembered(object));
        if (!known.is_nothing()) return put_get(known);
        if (&type == &bytes_type) return save_bytes(object);
        if (&type == &str_type) return save_str(object);
        if (!check_native_stack(thread_, " while pickling an object")) return false;
        TRY(safepoint(thread_));
        if (&type == &dict_type) return save_dict(object);
        if (&type == &set_type) return save_set(object);
        if (&type == &frozenset_type) return save_frozenset(object);
        if (&type == &list_type) return save_list(object);
        if (&type == &tuple_type) return save_tuple(object);
        if (&type == &bytearray_type) return save_bytearray(object);
        if (buffer_class.is_exact(object)) return save_buffer(object);
        Owned reduced = Owned::share(not_implemented());
        if (reducer_) reduced = TRY(call(thread_, reducer_, object));
        if (is_not_implemented(reduced)) {
            if (&type == &type_type) return save_type(object);
            if (is_python_function(object)) return save_global(object, Value());
            Owned reduce = find_reduce(object);
            if (!reduce) return false;
            if (!reduce.is_nothing()) {
                reduced = TRY(call(thread_, reduce, object));
            } else if (is_type(object)) {
                return save_global(object, Value());
            } else {
                reduced = TRY(reduce_by_method(object));
            }
        }
        if (is_str(reduced)) return save_global(object, reduced);
        if (save_reduced(object, reduced)) return true;
        return note(thread_, "when serializing {} object", type_full_name_of(object));
    }

    bool save_reduced(Value object, Value reduced) {
        if (!is_tuple(reduced))
            return raise(thread_, pickling_error(thread_),
                         "__reduce__ must return a string or tuple, not {}",
                         type_full_name_of(reduced));
        size_t size = reduced.as<Tuple>().size;
        if (size < 2 || size > 6)
            return raise(thread_, pickling_error(thread_),
                         "tuple returned by __reduce__ must contain 2 through 6 elements");
        return save_reduce(reduced.as<Tuple>(), object);
    }

    // From the dispatch table; nothing when the type is not there.
    Owned find_reduce(Value object) {
        Ref<Type> type = share_type(object);
        if (is_dict(dispatch_) && !own_dispatch_)
            return dict_get(thread_, dispatch_.as<Dict>(), type);
        Owned found = get_item(thread_, dispatch_, type);
        if (!found && clear_exception_if(thread_, exc::KeyError)) return Owned::nothing();
        return found;
    }
    Owned reduce_by_method(Value object) {
        Owned method = TRY(get_attribute_or_nothing(thread_, object, ID(__reduce_ex__)));
        if (!method.is_nothing()) return call(thread_, method, Value::small_int(protocol_));
        method = TRY(get_attribute_or_nothing(thread_, object, ID(__reduce__)));
        if (!method.is_nothing()) return call(thread_, method);
        return raise(thread_, pickling_error(thread_), "Can't pickle {} object",
                     type_full_name_of(object));
    }

    bool save_persistent(Value id) {
        if (binary_) return save(id, false) && put(kBinPersId);
        Owned text = TRY(str(thread_, id));
        if (!text.as<Str>().is_ascii())
            return raise(thread_, pickling_error(thread_),
                         "persistent IDs in protocol 0 must be ASCII strings");
        return put(kPersId) && put(text.as<Str>().data(), text.as<Str>().length()) && put('\n');
    }

    bool save_bool(bool value) {
        if (protocol_ >= 2) return put(value ? kNewTrue : kNewFalse);
        return put_text(value ? "I01\n" : "I00\n");
    }

    bool save_int(Value object) {
        int64_t n;
        bool fits = int_fits_int64(object, &n) && n >= INT32_MIN && n <= INT32_MAX;
        if (fits && binary_) {
            if (n >= 0 && n <= 0xff) return put(kBinInt1) && put(static_cast<uint8_t>(n));
            if (n >= 0 && n <= 0xffff) return put(kBinInt2) && put_number(static_cast<uint16_t>(n));
            return put(kBinInt) && put_number(static_cast<int32_t>(n));
        }
        if (protocol_ >= 2) {
            // Two's complement in as few bytes as hold the sign.
            size_t size = int_sign(object) == 0 ? 0 : int_bit_length(object) / 8 + 1;
            Ref<Bytes> bytes = TRY(make_bytes_blank(thread_, size));
            TRY(int_to_bytes(thread_, object, bytes_blank_data(*bytes), size, true, true));
            const uint8_t* data = bytes->data();
            if (size > 1 && data[size - 1] == 0xff && (data[size - 2] & 0x80)) size--;
            if (size < 256)
                return put(kLong1) && put(static_cast<uint8_t>(size)) && put(data, size);
            if (size > INT32_MAX)
                return raise(thread_, exc::OverflowError, "int too large to pickle");
            return put(kLong4) && put_number(static_cast<int32_t>(size)) && put(data, size);
        }
        Owned text = TRY(repr(thread_, object));
        auto& digits = text.as<Str>();
        return put(fits ? kInt : kLong) && put(digits.data(), digits.length()) &&
               put_text(fits ? "\n" : "L\n");
    }

    bool save_float(Value object) {
        double d = float_number(object);
        if (binary_)
            return put(kBinFloat) && put_number(__builtin_bswap64(std::bit_cast<uint64_t>(d)));
        Owned text = TRY(float_repr_text(thread_, d));
        return put(kFloat) && put(text.as<Str>().data(), text.as<Str>().length()) && put('\n');
    }

    bool put_bytes(const void* data, size_t size, Value whole) {
        uint8_t header[9];
        if (size <= 0xff) {
            header[0] = kShortBinBytes;
            header[1] = static_cast<uint8_t>(size);
            return put_data(header, 2, data, size, whole);
        }
        uint64_t n = size;
        memcpy(header + 1, &n, 8);
        bool wide = size > UINT32_MAX;
        if (wide && protocol_ < 4)
            return raise(thread_, exc::OverflowError,
                         "serializing a bytes object larger than 4 GiB requires pickle protocol 4 "
                         "or higher");
        header[0] = wide ? kBinBytes8 : kBinBytes;
        return put_data(header, wide ? 9 : 5, data, size, whole);
    }
    bool put_bytearray(const void* data, size_t size, Value whole) {
        uint8_t header[9];
        uint64_t n = size;
        header[0] = kByteArray8;
        memcpy(header + 1, &n, 8);
        return put_data(header, 9, data, size, whole);
    }
    bool call_reduce(Value function, Owned argument, Value object) {
        if (!argument) return false;
        Ref<Tuple> arguments =
            argument.is_nothing() ? empty_tuple() : make_tuple(thread_, argument.value());
        if (!arguments) return false;
        Ref<Tuple> reduced = TRY(make_tuple(thread_, function, arguments));
        return save_reduce(*reduced, object);
    }

    bool save_bytes(Value object) {
        auto& bytes = object.as<Bytes>();
        if (protocol_ >= 3) return put_bytes(bytes.data(), bytes.size, object) && memoize(object);
        if (bytes.size == 0) return call_reduce(Value::of(bytes_type), Owned::nothing(), object);
        Owned text = TRY(decode_latin1(thread_, bytes.data(), bytes.size));
        Ref<Str> name = TRY(intern(thread_, "latin1"));
        Owned encode = TRY(library(thread_, "codecs", ID(encode)));
        Ref<Tuple> arguments = TRY(make_tuple(thread_, text.value(), name.value()));
        Ref<Tuple> reduced = TRY(make_tuple(thread_, encode.value(), arguments.value()));
        return save_reduce(*reduced, object);
    }

    bool save_bytearray(Value object) {
        Buffer buffer(thread_);
        TRY(buffer.get(object));
        if (protocol_ >= 5)
            return put_bytearray(buffer.data(), buffer.size(), object) && memoize(object);
        if (buffer.size() == 0)
            return call_reduce(Value::of(bytearray_type), Owned::nothing(), object);
        Owned bytes = make_bytes(thread_, buffer.data(), buffer.size()).owned();
        return call_reduce(Value::of(bytearray_type), std::move(bytes), object);
    }

    bool save_buffer(Value object) {
        if (protocol_ < 5)
            return raise(thread_, pickling_error(thread_),
                         "PickleBuffer can only be pickled with protocol >= 5");
        Buffer buffer(thread_);
        if (!buffer.get(object, kBufferFullRo)) return false;
        if (!is_contiguous(buffer.view(), 'A'))
            return raise(thread_, pickling_error(thread_),
                         "PickleBuffer can not be pickled when pointing to a non-contiguous "
                         "buffer");
        bool in_band = true;
        if (buffer_callback) {
            Owned answer = TRY(call(thread_, buffer_callback, object));
            in_band = TRY(is_true(thread_, answer));
        }
        bool read_only = buffer.view().read_only;
        if (!in_band) return put(kNextBuffer) && (!read_only || put(kReadOnlyBuffer));
        bool saved = read_only ? put_bytes(buffer.data(), buffer.size(), Value())
                               : put_bytearray(buffer.data(), buffer.size(), Value());
        return saved && memoize(object);
    }

    bool save_str(Value object) {
        auto& text = object.as<Str>();
        if (!binary_) return save_raw_str(object);
        if (text.is_ascii()) return put_str(text.data1(), text.length(), Value(), object);
        Owned encoded = TRY(encode_utf8(thread_, text, "surrogatepass"));
        auto& bytes = encoded.as<Bytes>();
        return put_str(bytes.data(), bytes.size, encoded, object);
    }
    bool put_str(const uint8_t* data, uint64_t n, Value whole, Value object) {
        uint8_t header[9];
        if (n <= 0xff && protocol_ >= 4) {
            header[0] = kShortBinUnicode;
            header[1] = static_cast<uint8_t>(n);
            TRY(put_data(header, 2, data, n, whole));
        } else {
            bool wide = n > UINT32_MAX;
            if (wide && protocol_ < 4)
                return raise(thread_, exc::OverflowError,
                             "serializing a string larger than 4 GiB requires pickle protocol 4 or "
                             "higher");
            header[0] = wide ? kBinUnicode8 : kBinUnicode;
            memcpy(header + 1, &n, 8);
            TRY(put_data(header, wide ? 9 : 5, data, n, whole));
        }
        return memoize(object);
    }
    // raw-unicode-escape, and escaped what would break a line.
    bool save_raw_str(Value object) {
        auto& text = object.as<Str>();
        TRY(put(kUnicode));
        for (size_t i = 0; i < text.length(); i++) {
            uint32_t c = text[i];
            char escaped[16];
            if (c > 0xffff) {
                snprintf(escaped, sizeof escaped, "\\U%08x", c);
                TRY(put_text(escaped));
            } else if (c > 0xff || c == '\\' || c == 0 || c == '\n' || c == '\r' || c == 0x1a) {
                snprintf(escaped, sizeof escaped, "\\u%04x", c);
                TRY(put_text(escaped));
            } else {
                TRY(put(static_cast<uint8_t>(c)));
            }
        }
        return put('\n') && memoize(object);
    }

    bool item_note(Value object, size_t i) {
        return note(thread_, "when serializing {} item {}", type_full_name_of(object),
                    static_cast<int64_t>(i));
    }

    bool save_tuple(Value object) {
        auto& tuple = object.as<Tuple>();
        size_t n = tuple.size;
        if (n == 0) return binary_ ? put(kEmptyTuple) : put(kMark) && put(kTuple);
        bool small = n <= 3 && protocol_ >= 2;
        if (!small) TRY(put(kMark));
        for (size_t i = 0; i < n; i++)
            if (!save(tuple[i])) return item_note(object, i);
        // Saving the items may have saved the tuple: it is recursive, and lies in the memo.
        Owned known = TRY(remembered(object));
        if (!known.is_nothing()) {
            if (binary_ && !small) {
                TRY(put(kPopMark));
            } else {
                for (size_t i = 0; i < n + !small; i++) TRY(put(kPop));
            }
            return put_get(known);
        }
        static constexpr uint8_t kSized[] = {0, kTuple1, kTuple2, kTuple3};
        return put(small ? kSized[n] : static_cast<uint8_t>(kTuple)) && memoize(object);
    }

    bool save_list(Value object) {
        if (binary_)
            TRY(put(kEmptyList));
        else
            TRY(put(kMark) && put(kList));
        TRY(memoize(object));
        auto& list = object.as<List>();
        // In batches of what is there when its turn comes: the list may change.
        for (Index start = 0; start < list_size(list);) {
            Index end = list_size(list);
            if (binary_ && end - start > static_cast<Index>(kBatch)) end = start + kBatch;
            bool batch = binary_ && end - start > 1;
            if (batch) TRY(put(kMark));
            for (Index i = start; i < end; i++) {
                Owned item = TRY(list_item(thread_, list, i));
                if (item.is_nothing())
                    return raise(thread_, exc::RuntimeError, "list changed size during iteration");
                if (!save(item)) return item_note(object, static_cast<size_t>(i));
                if (!batch) TRY(put(kAppend));
            }
            if (batch) TRY(put(kAppends));
            start = end;
        }
        return true;
    }

    // Items of the fourth element of a reduction.
    bool save_appends(Value iterable, Value object) {
        Owned iterator = TRY(iterate(thread_, iterable));
        size_t i = 0;
        for (Owned first; !first.is_nothing();) {
            first = TRY(next(thread_, iterator));
            if (first.is_nothing()) break;
            Owned second = binary_ ? next(thread_, iterator) : Owned::nothing();
            if (!second) return false;
            bool batch = !second.is_nothing();
            if (batch) TRY(put(kMark));
            for (size_t n = 1;; n++) {
                if (!save(first)) return item_note(object, i);
                i++;
                if (second.is_nothing()) break;
                first = std::move(second);
                second = n + 1 < kBatch ? next(thread_, iterator) : Owned::nothing();
                if (!second) return false;
            }
            TRY(put(batch ? kAppends : kAppend));
        }
        return true;
    }

    bool save_pair(Value key, Value value, Value object) {
        TRY(save(key));
        if (save(value)) return true;
        return note(thread_, "when serializing {} item {}", type_full_name_of(object),
                    repr_of(key));
    }

    bool save_dict(Value object) {
        if (binary_)
            TRY(put(kEmptyDict));
        else
            TRY(put(kMark) && put(kDict));
        TRY(memoize(object));
        auto& dict = object.as<Dict>();
        Index size = dict_size(dict);
        size_t position = 0;
        for (Index left = size; left > 0;) {
            Index batch = left < static_cast<Index>(kBatch) ? left : static_cast<Index>(kBatch);
            bool many = binary_ && batch > 1;
            if (many) TRY(put(kMark));
            for (Index i = 0; i < batch; i++) {
                Owned key, value;
                if (!dict_next(thread_, dict, &position, &key, &value) || dict_size(dict) != size)
                    return raise(thread_, exc::RuntimeError,
                                 "dictionary changed size during iteration");
                TRY(save_pair(key, value, object));
                if (!many) TRY(put(kSetItem));
            }
            if (many) TRY(put(kSetItems));
            left -= batch;
        }
        return true;
    }

    // Items of the fifth element of a reduction.
    bool save_set_items(Value iterable, Value object) {
        Owned iterator = TRY(iterate(thread_, iterable));
        for (;;) {
            Owned first = TRY(next(thread_, iterator));
            if (first.is_nothing()) return true;
            Owned second = binary_ ? next(thread_, iterator) : Owned::nothing();
            if (!second) return false;
            bool many = !second.is_nothing();
            if (many) TRY(put(kMark));
            for (size_t n = 1;; n++) {
                if (!is_tuple(first) || first.as<Tuple>().size != 2)
                    return raise(thread_, exc::TypeError,
                                 "dict items iterator must return 2-tuples");
                TRY(save_pair(first.as<Tuple>()[0], first.as<Tuple>()[1], object));
                if (second.is_nothing()) break;
                first = std::move(second);
                second = n + 1 < kBatch ? next(thread_, iterator) : Owned::nothing();
                if (!second) return false;
            }
            TRY(put(many ? kSetItems : kSetItem));
        }
    }

    bool element_note(Value object) {
        return note(thread_, "when serializing {} element", type_full_name_of(object));
    }

    bool save_set(Value object) {
        if (protocol_ < 4)
            return call_reduce(Value::of(set_type), to_list(thread_, object).owned(), object);
        TRY(put(kEmptySet));
        TRY(memoize(object));
        auto& set = object.as<Set>();
        Index size = set_size(set);
        size_t position = 0;
        for (Index left = size; left > 0;) {
            TRY(put(kMark));
            Index batch = left < static_cast<Index>(kBatch) ? left : static_cast<Index>(kBatch);
            for (Index i = 0; i < batch; i++) {
                Owned element;
                if (!set_next(thread_, set, &position, &element) || set_size(set) != size)
                    return raise(thread_, exc::RuntimeError, "set changed size during iteration");
                if (!save(element)) return element_note(object);
            }
            TRY(put(kAddItems));
            left -= batch;
        }
        return true;
    }

    bool save_frozenset(Value object) {
        if (protocol_ < 4)
            return call_reduce(Value::of(frozenset_type), to_list(thread_, object).owned(), object);
        TRY(put(kMark));
        size_t position = 0;
        for (;;) {
            Owned element;
            if (!set_next(thread_, object.as<Set>(), &position, &element)) break;
            if (!save(element)) return element_note(object);
        }
        Owned known = TRY(remembered(object));
        if (!known.is_nothing()) return put(kPopMark) && put_get(known);
        return put(kFrozenSet) && memoize(object);
    }

    bool save_type(Value object) {
        for (Value singleton : {none(), not_implemented(), ellipsis()})
            if (same(object, Value::of(type_of(singleton))))
                return call_reduce(Value::of(type_type), Owned::share(singleton), object);
        return save_global(object, Value());
    }

    // --- globals ---

    // The module that has the object under that name.
    Owned module_name(Value object, Value name) {
        Owned whichmodule = TRY(library(thread_, "pickle", ID(whichmodule)));
        return call(thread_, whichmodule, object, name);
    }

    bool save_global(Value object, Value given) {
        Owned name = given ? Owned::share(given)
                           : get_attribute_or_nothing(thread_, object, ID(__qualname__));
        if (!name) return false;
        if (name.is_nothing() || is_none(name))
            name = TRY(get_attribute(thread_, object, ID(__name__)));
        Owned module = TRY(module_name(object, name));
        if (protocol_ >= 2) {
            Owned registry = TRY(library(thread_, "copyreg", ID(_extension_registry)));
            Ref<Tuple> key = TRY(make_tuple(thread_, module.value(), name.value()));
            Owned code = TRY(dict_get(thread_, registry.as<Dict>(), key));
            if (!code.is_nothing()) return put_extension(object, code);
        }
        if (protocol_ >= 4)
            return save(module) && save(name) && put(kStackGlobal) && memoize(object);
        if (!is_str(name))
            return raise(thread_, exc::TypeError, "name must be a string, not {}",
                         type_full_name_of(name));
        auto& path = name.as<Str>();
        Index dot = str_find_char(path, '.', 0, path.length());
        if (dot < 0) return put_global(module, name) && memoize(object);
        // Before protocol 4 a dotted name is getattr(getattr(...), ...).
        Ref<Str> separator = TRY(make_str(thread_, "."));
        Owned parts = TRY(call_method(thread_, name, ID(split), separator));
        auto& list = parts.as<List>();
        Owned getter = TRY(library(thread_, "builtins", ID(getattr)));
        for (Index i = 1; i < list_size(list); i++)
            TRY(save(getter) && (protocol_ >= 2 || put(kMark)));
        Owned first = TRY(list_item(thread_, list, 0));
        TRY(put_global(module, first));
        for (Index i = 1; i < list_size(list); i++) {
            Owned part = TRY(list_item(thread_, list, i));
            TRY(save(part) && put(protocol_ < 2 ? kTuple : kTuple2) && put(kReduce));
        }
        return memoize(object);
    }

    bool put_extension(Value object, Value given) {
        int64_t code;
        if (!is_int(given) || !int_fits_int64(given, &code))
            return raise(thread_, pickling_error(thread_),
                         "Can't pickle {}: extension code {} isn't an integer", repr_of(object),
                         repr_of(given));
        if (code <= 0 || code > 0x7fffffff)
            return raise(thread_, exc::RuntimeError, "extension code {} is out of range", code);
        if (code <= 0xff) return put(kExt1) && put(static_cast<uint8_t>(code));
        if (code <= 0xffff) return put(kExt2) && put_number(static_cast<uint16_t>(code));
        return put(kExt4) && put_number(static_cast<int32_t>(code));
    }

    // Renames to Python 2's names.
    bool map_back(Owned* module, Owned* name) {
        Owned names = TRY(library(thread_, "_compat_pickle", ID(REVERSE_NAME_MAPPING)));
        Ref<Tuple> key = TRY(make_tuple(thread_, module->value(), name->value()));
        Owned pair = TRY(dict_get(thread_, names.as<Dict>(), key));
        if (!pair.is_nothing()) {
            *module = Owned::share(pair.as<Tuple>()[0]);
            *name = Owned::share(pair.as<Tuple>()[1]);
            return true;
        }
        Owned imports = TRY(library(thread_, "_compat_pickle", ID(REVERSE_IMPORT_MAPPING)));
        Owned other = TRY(dict_get(thread_, imports.as<Dict>(), *module));
        if (!other.is_nothing()) *module = std::move(other);
        return true;
    }
    bool put_identifier(Value text, const char* what) {
        if (!is_str(text))
            return raise(thread_, exc::TypeError, "{} must be a string, not {}", what,
                         type_full_name_of(text));
        Owned encoded = protocol_ >= 3 ? encode_utf8(thread_, text.as<Str>(), "strict")
                                       : encode_ascii(thread_, text.as<Str>(), "strict");
        if (!encoded) {
            if (!clear_exception_if(thread_, exc::UnicodeEncodeError)) return false;
            return raise(thread_, pickling_error(thread_),
                         "can't pickle {} identifier {} using pickle protocol {}", what,
                         repr_of(text), protocol_);
        }
        return put(encoded.as<Bytes>().data(), encoded.as<Bytes>().size) && put('\n');
    }
    bool put_global(Value module, Value name) {
        Owned shown_module = Owned::share(module), shown_name = Owned::share(name);
        if (fix_imports_) TRY(map_back(&shown_module, &shown_name));
        return put(kGlobal) && put_identifier(shown_module, "module") &&
               put_identifier(shown_name, "global");
    }

    // --- reductions ---

    bool part_note(Value object, const char* what) {
        return note(thread_, "when serializing {} {}", type_full_name_of(object), what);
    }
    bool check_class(Value cls, Value object, const char* function) {
        bool has_new = TRY(has_attribute(thread_, cls, ID(__new__)));
        if (!has_new)
            return raise(thread_, pickling_error(thread_), "first argument to {}() has no __new__",
                         function);
        Owned real = TRY(get_attribute(thread_, object, ID(__class__)));
        if (!same(real, cls))
            return raise(thread_, pickling_error(thread_),
                         "first argument to {}() must be {}, not {}", function, repr_of(real),
                         repr_of(cls));
        return true;
    }

    bool save_new(Tuple& arguments, Value object) {
        if (arguments.size == 0) return raise(thread_, exc::IndexError, "tuple index out of range");
        TRY(check_class(arguments[0], object, "__newobj__"));
        Ref<Tuple> rest =
            TRY(tuple_slice(thread_, arguments, 1, static_cast<Index>(arguments.size)));
        if (!save(arguments[0])) return part_note(object, "class");
        if (!save(rest)) return part_note(object, "__new__ arguments");
        return put(kNewObj);
    }
    bool save_new_ex(Tuple& arguments, Value object) {
        if (arguments.size != 3)
            return raise(thread_, pickling_error(thread_),
                         "__newobj_ex__ expected 3 arguments, got {}",
                         static_cast<int64_t>(arguments.size));
        Value cls = arguments[0];
        TRY(check_class(cls, object, "__newobj_ex__"));
        if (!is_tuple(arguments[1]))
            return raise(thread_, pickling_error(thread_),
                         "second argument to __newobj_ex__() must be a tuple, not {}",
                         type_full_name_of(arguments[1]));
        if (!is_dict(arguments[2]))
            return raise(thread_, pickling_error(thread_),
                         "third argument to __newobj_ex__() must be a dict, not {}",
                         type_full_name_of(arguments[2]));
        if (protocol_ >= 4) {
            if (!save(cls)) return part_note(object, "class");
            if (!save(arguments[1]) || !save(arguments[2]))
                return part_note(object, "__new__ arguments");
            return put(kNewObjEx);
        }
        // partial(cls.__new__, cls, *args, **kwargs)()
        Owned maker = TRY(get_attribute(thread_, cls, ID(__new__)));
        Owned partial = TRY(library(thread_, "functools", ID(partial)));
        Ref<Tuple> first = TRY(make_tuple(thread_, maker.value(), cls));
        Ref<Tuple> all = TRY(tuple_concat(thread_, *first, arguments[1].as<Tuple>()));
        Owned function = TRY(call_with(thread_, partial, *all, &arguments[2].as<Dict>()));
        if (!save(function)) return part_note(object, "reconstructor");
        return put(binary_ ? kEmptyTuple : kMark) && (binary_ || put(kTuple)) && put(kReduce);
    }

    bool save_reduce(Tuple& reduced, Value object) {
        Value function = reduced[0], arguments = reduced[1];
        auto part = [&](size_t i) { return reduced.size > i ? reduced[i] : none(); };
        if (!is_callable(function))
            return raise(thread_, pickling_error(thread_),
                         "first item of the tuple returned by __reduce__ must be callable, not {}",
                         type_full_name_of(function));
        if (!is_tuple(arguments))
            return raise(thread_, pickling_error(thread_),
                         "second item of the tuple returned by __reduce__ must be a tuple, not {}",
                         type_full_name_of(arguments));
        if (!is_none(part(3)) && !is_iterator(part(3)))
            return raise(thread_, pickling_error(thread_),
                         "fourth item of the tuple returned by __reduce__ must be an iterator, not "
                         "{}",
                         type_full_name_of(part(3)));
        if (!is_none(part(4)) && !is_iterator(part(4)))
            return raise(thread_, pickling_error(thread_),
                         "fifth item of the tuple returned by __reduce__ must be an iterator, not "
                         "{}",
                         type_full_name_of(part(4)));
        Owned name = Owned::nothing();
        if (protocol_ >= 2) name = TRY(get_attribute_or_nothing(thread_, function, ID(__name__)));
        bool named = !name.is_nothing() && is_str(name);
        if (named && str_equal(name.as<Str>(), "__newobj_ex__")) {
            TRY(save_new_ex(arguments.as<Tuple>(), object));
        } else if (named && str_equal(name.as<Str>(), "__newobj__")) {
            TRY(save_new(arguments.as<Tuple>(), object));
        } else {
            if (!save(function)) return part_note(object, "reconstructor");
            if (!save(arguments)) return part_note(object, "reconstructor arguments");
            TRY(put(kReduce));
        }
        Owned known = TRY(remembered(object));
        if (!known.is_nothing())
            TRY(put(kPop) && put_get(known));
        else
            TRY(memoize(object));
        if (!is_none(part(3))) TRY(save_appends(part(3), object));
        if (!is_none(part(4))) TRY(save_set_items(part(4), object));
        if (is_none(part(2))) return true;
        if (is_none(part(5))) {
            if (!save(part(2))) return part_note(object, "state");
            return put(kBuild);
        }
        if (!is_callable(part(5)))
            return raise(thread_, pickling_error(thread_),
                         "sixth item of the tuple returned by __reduce__ must be callable, not {}",
                         type_full_name_of(part(5)));
        if (!save(part(5))) return part_note(object, "state setter");
        TRY(save(object));
        if (!save(part(2))) return part_note(object, "state");
        return put(kTuple2) && put(kReduce) && put(kPop);
    }

    Thread& thread_;
    Pickler* pickler_;  // null for dump() and dumps()
    BytesBuilder out_;
    SaveMemo table_;  // without a Pickler
    size_t frame_start_ = 0;
    bool framing_ = false, in_frame_ = false;
    int protocol_;
    bool binary_, fix_imports_;
    bool own_dispatch_ = false;
    Owned dispatch_, persistent_, reducer_;
};

bool read_protocol(Thread& thread, Value given, Value callback, int* out) {
    *out = kDefaultProtocol;
    if (given && !is_none(given)) {
        *out = TRY(convert_int(thread, given));
        if (*out < 0)
            *out = kHighestProtocol;
        else if (*out > kHighestProtocol)
            return raise(thread, exc::ValueError, "pickle protocol must be <= {}",
                         kHighestProtocol);
    }
    if (callback && !is_none(callback) && *out < 5)
        return raise(thread, exc::ValueError, "buffer_callback needs protocol >= 5");
    return true;
}

Owned write_method(Thread& thread, Value file) {
    Owned write = TRY(get_attribute_or_nothing(thread, file, ID(write)));
    if (write.is_nothing())
        return raise(thread, exc::TypeError, "file must have a 'write' attribute");
    return write;
}

// --- the class ---

Owned pickler_make(Thread& thread, Type& type, const Arguments&) {
    auto* pickler = allocate<Pickler>(thread, type);
    if (!pickler) return {};
    Ref<Pickler> result = Ref<Pickler>::adopt(pickler);
    pickler->memo.init(TRY(make_dict(thread)));
    track(pickler);
    return std::move(result);
}

bool pickler_init(Thread& thread, Value self, const Arguments& arguments) {
    Value bound[4];
    TRY(bind_arguments(thread, "Pickler",
                       "(file, protocol=None, fix_imports=True, buffer_callback=None)", arguments,
                       bound, 4));
    int protocol;
    TRY(read_protocol(thread, bound[1], bound[3], &protocol));
    bool fix_imports = TRY(is_true(thread, bound[2]));
    Owned write = TRY(write_method(thread, bound[0]));
    Owned callback = is_none(bound[3]) ? Owned() : Owned::share(bound[3]);
    Owned memo = TRY(make_dict(thread));
    auto& pickler = self.as<Pickler>();
    Lock guard(thread, pickler);
    pickler.protocol.store(protocol, std::memory_order_relaxed);
    pickler.fast.store(0, std::memory_order_relaxed);
    pickler.fix_imports.store(fix_imports, std::memory_order_relaxed);
    write = pickler.write.exchange(std::move(write));
    callback = pickler.buffer_callback.exchange(std::move(callback));
    memo = pickler.memo.exchange(std::move(memo));
    return true;
}

Owned pickler_dump(Thread& thread, Pickler& self, Value object) {
    Saver saver(thread, &self, self.protocol.load(std::memory_order_relaxed),
                self.fix_imports.load(std::memory_order_relaxed));
    saver.write = read_locked(thread, self, self.write);
    if (!saver.write)
        return raise(thread, pickling_error(thread),
                     "Pickler.__init__() was not called by {}.__init__()",
                     type_name_of(Value::of(self)));
    saver.buffer_callback = read_locked(thread, self, self.buffer_callback);
    saver.memo = read_locked(thread, self, self.memo);
    saver.fast = self.fast.load(std::memory_order_relaxed) != 0;
    TRY(saver.prepare());
    TRY(saver.dump(object));
    return Owned::share(none());
}

Owned clear_memo(Thread& thread, Pickler& self) {
    Owned memo = read_locked(thread, self, self.memo);
    dict_clear(thread, memo.as<Dict>());
    return Owned::share(none());
}

Owned get_memo(Thread& thread, Value self) {
    return read_locked(thread, self.as<Pickler>(), self.as<Pickler>().memo);
}
bool set_memo(Thread& thread, Value self, Value value) {
    if (value.is_empty())
        return raise(thread, exc::TypeError, "attribute deletion is not supported");
    if (!is_dict(value))
        return raise(thread, exc::TypeError,
                     "'memo' attribute must be a PicklerMemoProxy object or dict, not {}",
                     type_name_of(value));
    Ref<Dict> copy = TRY(make_dict(thread));
    size_t position = 0;
    Owned key, item;
    while (dict_next(thread, value.as<Dict>(), &position, &key, &item)) {
        if (!is_tuple(item) || item.as<Tuple>().size != 2 || !is_int(item.as<Tuple>()[0]))
            return raise(thread, exc::TypeError, "'memo' values must be 2-item tuples");
        // By the object's own identity, wherever it is now.
        Owned id = TRY(make_int_unsigned(thread, item.as<Tuple>()[1].identity()));
        TRY(dict_set(thread, *copy, id, std::move(item)));
    }
    auto& pickler = self.as<Pickler>();
    Owned memo = std::move(copy).owned();
    Lock guard(thread, pickler);
    memo = pickler.memo.exchange(std::move(memo));
    return true;
}
Owned get_fast(Thread&, Value self) {
    return Owned::small_int(self.as<Pickler>().fast.load(std::memory_order_relaxed));
}
bool set_fast(Thread& thread, Value self, Value value) {
    if (value.is_empty())
        return raise(thread, exc::TypeError, "can't delete numeric/char attribute");
    int fast = TRY(convert_int(thread, value));
    self.as<Pickler>().fast.store(fast, std::memory_order_relaxed);
    return true;
}
Owned get_bin(Thread&, Value self) {
    return Owned::small_int(self.as<Pickler>().protocol.load(std::memory_order_relaxed) >= 1);
}

void pickler_fields(Object* self, FieldVisitor& visitor) {
    auto& pickler = *static_cast<Pickler*>(self);
    visitor.visit(pickler.write);
    visitor.visit(pickler.buffer_callback);
    visitor.visit(pickler.memo);
}

const MethodRow pickler_methods[] = {
    {"dump", "(self, obj, /)", fn<pickler_dump>,
     "Write a pickled representation of the given object to the open file."},
    {"clear_memo", "(self, /)", fn<clear_memo>,
     "Clears the pickler's \"memo\".\n\nIt remembers which objects the pickler has already seen, "
     "so "
     "that shared or\nrecursive objects are pickled by reference and not by value."},
    {"persistent_id", "(self, obj, /)", fn<persistent_id>, nullptr},
    {},
};
const GetSetRow pickler_getsets[] = {
    {"memo", get_memo, set_memo},
    {"fast", get_fast, set_fast},
    {"bin", get_bin, nullptr},
    {},
};

const TypeSpec pickler_spec = {
    .name = "_pickle.Pickler",
    .doc = "This takes a binary file for writing a pickle data stream.",
    .size = sizeof(Pickler),
    .flags = kTypeBase | kTypeTracked | kTypeHasDict | kTypeHasWeakrefs,
    .slots = {.make = pickler_make, .init = pickler_init, .fields = pickler_fields},
    .methods = pickler_methods,
    .getsets = pickler_getsets,
    .signature = "(file, protocol=None, fix_imports=True, buffer_callback=None)",
};

}  // namespace

NativeClass pickler_class(pickler_spec);

Owned dump(Thread& thread, Value object, Value file, Value protocol, bool fix_imports,
           Value buffer_callback) {
    int number;
    TRY(read_protocol(thread, protocol, buffer_callback, &number));
    Saver saver(thread, nullptr, number, fix_imports);
    saver.write = TRY(write_method(thread, file));
    if (!is_none(buffer_callback)) saver.buffer_callback = Owned::share(buffer_callback);
    TRY(saver.prepare());
    TRY(saver.dump(object));
    return Owned::share(none());
}

Owned dumps(Thread& thread, Value object, Value protocol, bool fix_imports, Value buffer_callback) {
    int number;
    TRY(read_protocol(thread, protocol, buffer_callback, &number));
    Saver saver(thread, nullptr, number, fix_imports);
    if (!is_none(buffer_callback)) saver.buffer_callback = Owned::share(buffer_callback);
    TRY(saver.prepare());
    TRY(saver.dump(object));
    return saver.finish();
}

}  // namespace imugi::pickle
