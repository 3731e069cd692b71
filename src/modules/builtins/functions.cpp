// Builtin functions that need only the object layer.
#include <algorithm>
#include <optional>

#include <stdio.h>

#include "modules/builtins/builtins.h"
#include "object/audit.h"
#include "object/bytes.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/errors.h"
#include "object/float.h"
#include "object/int.h"
#include "object/interpreter.h"
#include "object/iteration.h"
#include "object/iterators.h"
#include "object/list.h"
#include "object/module.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"
#include "thread/safepoint.h"
#include "vm/frame.h"

namespace imugi {

namespace {

Owned builtin_abs(Thread& thread, Value x) {
    return absolute(thread, x);
}

Result<bool> all_or_any(Thread& thread, Value iterable, bool stop_at) {
    Iteration iterator(thread, iterable);
    if (!iterator) return failure;
    for (;;) {
        Owned item = next(thread, iterator);
        if (!item) return failure;
        if (item.is_nothing()) return !stop_at;
        Result<bool> truth = is_true(thread, item);
        if (!truth) return failure;
        if (*truth == stop_at) return stop_at;
    }
}
Result<bool> builtin_all(Thread& thread, Value iterable) {
    return all_or_any(thread, iterable, false);
}
Result<bool> builtin_any(Thread& thread, Value iterable) {
    return all_or_any(thread, iterable, true);
}
Owned builtin_ascii(Thread& thread, Value obj) {
    return ascii(thread, obj);
}

Owned in_base(Thread& thread, Value number, int base, const char* prefix) {
    Owned integer = TRY(to_index(thread, number));
    Owned digits = TRY(int_to_str(thread, integer, base));
    Str& text = digits.as<Str>();
    bool negative = text[0] == '-';
    StrBuilder out(thread);
    TRY(!negative || out.append("-"));
    TRY(out.append(prefix));
    TRY(out.append(text, negative, text.length()));
    return out.finish().owned();
}
Owned builtin_bin(Thread& thread, Value number) {
    return in_base(thread, number, 2, "0b");
}
Owned builtin_oct(Thread& thread, Value number) {
    return in_base(thread, number, 8, "0o");
}
Owned builtin_hex(Thread& thread, Value number) {
    return in_base(thread, number, 16, "0x");
}

Result<bool> builtin_callable(Thread&, Value obj) {
    return is_callable(obj);
}

Owned builtin_chr(Thread& thread, Value i) {
    Owned integer = TRY(to_index(thread, i));
    int64_t code;
    if (!int_fits_int64(integer, &code) || code < 0 || code > 0x10FFFF)
        return raise(thread, exc::ValueError, "chr() arg not in range(0x110000)");
    return make_str_from_char(thread, static_cast<uint32_t>(code)).owned();
}

Owned builtin_ord(Thread& thread, Value c) {
    size_t length;
    if (is_str(c)) {
        length = c.as<Str>().length();
        if (length == 1) return Owned::small_int(c.as<Str>()[0]);
    } else if (is_bytes(c) || is_bytearray(c)) {
        Index size = TRY(imugi::length(thread, c));
        length = static_cast<size_t>(size);
        if (length == 1) return get_item(thread, c, Value::small_int(0));
    } else {
        return raise(thread, exc::TypeError, "ord() expected string of length 1, but {} found",
                     type_name_of(c));
    }
    return raise(thread, exc::TypeError,
                 "ord() expected a character, but string of length {} found",
                 static_cast<long>(length));
}

// --- attributes ---

bool check_name(Thread& thread, Value name) {
    return is_str(name) || raise(thread, exc::TypeError, "attribute name must be string, not '{}'",
                                 type_name_of(name));
}
Owned builtin_getattr(Thread& thread, Value object, Value name, Value otherwise) {
    TRY(check_name(thread, name));
    if (otherwise.is_empty()) return get_attribute(thread, object, name.as<Str>());
    Owned value = get_attribute_or_nothing(thread, object, name.as<Str>());
    return value.is_nothing() ? Owned::share(otherwise) : std::move(value);
}
Result<bool> builtin_hasattr(Thread& thread, Value obj, Value name) {
    if (!check_name(thread, name)) return failure;
    return has_attribute(thread, obj, name.as<Str>());
}
bool builtin_setattr(Thread& thread, Value obj, Value name, Value value) {
    return check_name(thread, name) && set_attribute(thread, obj, name.as<Str>(), value);
}
bool builtin_delattr(Thread& thread, Value obj, Value name) {
    return check_name(thread, name) && delete_attribute(thread, obj, name.as<Str>());
}
Owned builtin_vars(Thread& thread, Value object) {
    if (object.is_empty()) {
        Frame* frame = python_frame(thread);
        return frame ? frame_locals(thread, *frame)
                     : Owned(raise(thread, exc::SystemError, "frame does not exist"));
    }
    Owned dict = get_attribute_or_nothing(thread, object, ID(__dict__));
    if (dict.is_nothing())
        return raise(thread, exc::TypeError, "vars() argument must have __dict__ attribute");
    return dict;
}
Owned builtin_dir(Thread& thread, Value object) {
    if (!object.is_empty()) return dir(thread, object);
    Frame* frame = python_frame(thread);
    if (!frame) return raise(thread, exc::SystemError, "frame does not exist");
    Owned locals = TRY(frame_locals(thread, *frame));
    Owned keys = TRY(call_method(thread, locals, ID(keys)));
    Ref<List> names = TRY(to_list(thread, keys));
    TRY(list_sort_values(thread, *names, none(), false));
    return std::move(names).owned();
}

Owned builtin_divmod(Thread& thread, Value x, Value y) {
    return divmod(thread, x, y);
}
Owned builtin_pow(Thread& thread, Value base, Value exp, Value mod) {
    return power(thread, base, exp, mod);
}
Owned builtin_format(Thread& thread, Value value, Value spec) {
    if (!is_str(spec))
        return raise(thread, exc::TypeError, "format() argument 2 must be str, not {}",
                     type_name_of(spec));
    return format_value(thread, value, spec);
}
Owned builtin_hash(Thread& thread, Value obj) {
    int64_t value = TRY(hash(thread, obj));
    return make_int(thread, value);
}
Owned builtin_id(Thread& thread, Value obj) {
    // Equal immediates are one object; addresses are even, immediates' words are not multiples
    // of 8.
    Owned id = TRY(make_int_unsigned(thread, obj.identity()));
    TRY(audit(thread, "builtins.id", id));
    return id;
}
Result<bool> builtin_isinstance(Thread& thread, Value obj, Value cls) {
    return is_instance(thread, obj, cls);
}
Result<bool> builtin_issubclass(Thread& thread, Value cls, Value bases) {
    return is_subclass(thread, cls, bases);
}

// --- iteration ---

Owned builtin_iter(Thread& thread, Value object, Value sentinel) {
    if (sentinel.is_empty()) return iterate(thread, object);
    if (!is_callable(object))
        return raise(thread, exc::TypeError, "iter(v, w): v must be callable");
    return make_call_iterator(thread, object, sentinel);
}
Owned builtin_next(Thread& thread, Value iterator, Value otherwise) {
    if (!is_iterator(iterator))
        return raise(thread, exc::TypeError, "'{}' object is not an iterator",
                     type_name_of(iterator));
    Owned value = next_or_stop(thread, iterator);
    if (!value) {
        if (otherwise.is_empty() || !clear_exception_if(thread, exc::StopIteration)) return {};
        return Owned::share(otherwise);
    }
    if (!value.is_nothing()) return value;
    if (!otherwise.is_empty()) return Owned::share(otherwise);
    return raise_stop_iteration(thread);
}
Owned builtin_aiter(Thread& thread, Value iterable) {
    UnaryFn slot = type_of(iterable).slots.async_iter;
    if (!slot)
        return raise(thread, exc::TypeError, "'{}' object is not an async iterable",
                     type_name_of(iterable));
    Owned iterator = TRY(slot(thread, iterable));
    if (!type_of(iterator).slots.async_next)
        return raise(thread, exc::TypeError, "aiter() returned not an async iterator of type '{}'",
                     type_name_of(iterator));
    return iterator;
}
Owned builtin_anext(Thread& thread, Value iterator, Value otherwise) {
    UnaryFn slot = type_of(iterator).slots.async_next;
    if (!slot)
        return raise(thread, exc::TypeError, "'{}' object is not an async iterator",
                     type_name_of(iterator));
    Owned awaitable = TRY(slot(thread, iterator));
    if (otherwise.is_empty()) return awaitable;
    Owned module = TRY(import_module(thread, ID(_imugi_anext)));
    return call_method(thread, module, ID(anext_with_default), awaitable, otherwise);
}
Owned builtin_len(Thread& thread, Value obj) {
    Index size = TRY(length(thread, obj));
    return make_int(thread, size);
}

Owned builtin_sorted(Thread& thread, Args args, Kwargs keywords) {
    if (args.count != 1)
        return raise(thread, exc::TypeError, "sorted expected 1 argument, got {}", args.count);
    Ref<List> list = TRY(to_list(thread, args[0]));
    Value out[2] = {none(), boolean(false)};
    if (keywords.count) {
        Ref<Tuple> names = TRY(make_tuple(thread, keywords.names, keywords.count));
        TRY(bind_arguments(thread, "sort", "(*, key=None, reverse=False)",
                           {keywords.values, 0, names.get()}, out, 2));
    }
    bool reverse = TRY(is_true(thread, out[1]));
    TRY(list_sort_values(thread, *list, out[0], reverse));
    return std::move(list).owned();
}

// Adds small ints of an exact list or tuple from `begin` on to `total`, up to a bound; returns how
// many.
Index add_small_ints(Value iterable, Index begin, int64_t* total) {
    const Slot* items;
    Index end = begin + 16384;
    if (is_exact_tuple(iterable)) {
        auto& tuple = iterable.as<Tuple>();
        items = tuple.items;
        end = std::min(end, static_cast<Index>(tuple.size));
    } else {
        auto& list = iterable.as<List>();
        mark_reader(&list);
        ListItems* array = list.array.load(std::memory_order_acquire);
        if (!array) return 0;
        items = array->items;
        end = std::min({end, list_size(list), static_cast<Index>(array->capacity)});
    }
    Index i = begin;
    for (int64_t sum = *total; i < end; i++) {
        Value item = items[i].borrow();
        if (!item.is_small_int() || __builtin_add_overflow(sum, item.small_int(), &sum)) break;
        *total = sum;
    }
    return i > begin ? i - begin : 0;
}

// An iterator over the rest of an exact list or tuple.
Owned iterate_from(Thread& thread, Value iterable, Index begin) {
    if (is_exact_tuple(iterable)) {
        Owned iterator = TRY(make_tuple_iterator(thread, iterable.as<Tuple>()));
        iterator.as<TupleIterator>().index.store(static_cast<size_t>(begin),
                                                 std::memory_order_relaxed);
        return iterator;
    }
    Owned iterator = TRY(make_list_iterator(thread, iterable.as<List>()));
    iterator.as<ListIterator>().index.store(begin, std::memory_order_relaxed);
    return iterator;
}

// A small int's number, or a bool's: how many are true is often counted so.
bool small_number(Value value, int64_t* n) {
    if (value.is_small_int())
        *n = value.small_int();
    else if (same(value, boolean(true)))
        *n = 1;
    else if (same(value, boolean(false)))
        *n = 0;
    else
        return false;
    return true;
}

// Bytes are too small, and a size too short, for 64 bits to overflow.
Owned sum_bytes(Thread& thread, const Bytes& bytes, int64_t total) {
    constexpr size_t kStep = 65536;
    for (size_t i = 0; i < bytes.size;) {
        size_t end = std::min(bytes.size, i + kStep);
        for (; i < end; i++) total += bytes.data()[i];
        TRY(poll_step(thread, SIZE_MAX));
    }
    return make_int(thread, total);
}

// Floats summed with the error carried along (Neumaier).
struct CompensatedSum {
    double sum = 0, error = 0;
    void add(double x) {
        double next_sum = sum + x;
        if (__builtin_fabs(sum) >= __builtin_fabs(x))
            error += (sum - next_sum) + x;
        else
            error += (x - next_sum) + sum;
        sum = next_sum;
    }
    double result() const { return error != 0 && __builtin_isfinite(error) ? sum + error : sum; }
};

Owned builtin_sum(Thread& thread, Value iterable, Value start) {
    if (start.is_small_int() && is_exact_bytes(iterable))
        return sum_bytes(thread, iterable.as<Bytes>(), start.small_int());
    Index done = 0;
    int64_t small_total = 0;
    if (start.is_small_int() && (is_exact_list(iterable) || is_exact_tuple(iterable))) {
        small_total = start.small_int();
        while (Index more = add_small_ints(iterable, done, &small_total)) {
            done += more;
            TRY(poll_step(thread, SIZE_MAX));
        }
    }
    Owned rest;
    if (done) rest = TRY(iterate_from(thread, iterable, done));
    Iteration iterator(thread, done ? rest.value() : iterable);
    if (!iterator) return {};
    if (is_str(start))
        return raise(thread, exc::TypeError, "sum() can't sum strings [use ''.join(seq) instead]");
    if (is_bytes(start))
        return raise(thread, exc::TypeError, "sum() can't sum bytes [use b''.join(seq) instead]");
    if (is_bytearray(start))
        return raise(thread, exc::TypeError,
                     "sum() can't sum bytearray [use b''.join(seq) instead]");
    Owned total = done ? TRY(make_int(thread, small_total)) : Owned::share(start);
    Owned item;
    CompensatedSum sum;
    bool floating = false;  // from the first float on
    for (;;) {
        item = next(thread, iterator);
        if (!item) return {};
        bool ended = item.is_nothing();
        if (floating) {
            double x = 0;
            bool is_number = !ended && is_exact_float(item);
            if (is_number) x = float_number(item);
            int64_t n;
            if (!ended && !is_number && is_exact_int(item) && int_fits_int64(item, &n)) {
                x = static_cast<double>(n);
                is_number = true;
            }
            if (is_number) {
                sum.add(x);
                continue;
            }
            total = TRY(make_float(thread, sum.result()));
            floating = false;
        }
        if (ended) return total;
        if (is_exact_float(total)) {
            bool number =
                is_exact_float(item) || (is_exact_int(item) && item.value().is_small_int());
            if (number) {
                sum = {float_number(total), 0};
                floating = true;
                double x = is_exact_float(item) ? float_number(item)
                                                : static_cast<double>(item.value().small_int());
                sum.add(x);
                continue;
            }
        }
        int64_t n;
        if (total.value().is_small_int() && small_number(item, &n) &&
            !__builtin_add_overflow(total.value().small_int(), n, &n) && Value::fits_small_int(n))
            total = Owned::small_int(n);
        else
            total = TRY(binary_op(thread, BinaryOp::kAdd, total, item));
    }
}

// --- min and max ---

Owned extreme(Thread& thread, Args args, Kwargs keywords, const char* name, CompareOp op) {
    Value key = none(), otherwise;
    if (keywords.count > 2)
        return raise(thread, exc::TypeError, "{}() takes at most 2 keyword arguments ({} given)",
                     name, keywords.count);
    for (size_t i = 0; i < keywords.count; i++) {
        Str& keyword = keywords.names[i].as<Str>();
        if (str_equal(keyword, "key"))
            key = keywords.values[i];
        else if (str_equal(keyword, "default"))
            otherwise = keywords.values[i];
        else
            return raise(thread, exc::TypeError, "{}() got an unexpected keyword argument '{}'",
                         name, keyword);
    }
    if (args.count == 0)
        return raise(thread, exc::TypeError, "{} expected at least 1 argument, got 0", name);
    bool many = args.count > 1;
    if (many && !otherwise.is_empty())
        return raise(thread, exc::TypeError,
                     "Cannot specify a default for {}() with multiple positional arguments", name);
    std::optional<Iteration> iterator;
    if (!many && !iterator.emplace(thread, args[0])) return {};
    Owned best, best_key;
    for (size_t i = 0;; i++) {
        Owned item;
        if (many) {
            if (i == args.count) break;
            item = Owned::share(args[i]);
        } else {
            item = TRY(next(thread, *iterator));
            if (item.is_nothing()) break;
        }
        Owned item_key;
        if (!is_none(key)) item_key = TRY(call(thread, key, item));
        if (best) {
            Value left = item_key ? item_key.value() : item.value();
            Value right = item_key ? best_key.value() : best.value();
            if (left.is_small_int() && right.is_small_int()) {
                int64_t x = left.small_int(), y = right.small_int();
                if (op == CompareOp::kLt ? x >= y : x <= y) continue;
                best = std::move(item);
                best_key = std::move(item_key);
                continue;
            }
            Owned better = TRY(compare(thread, left, right, op));
            bool replace = TRY(is_true(thread, better));
            if (!replace) continue;
        }
        best = std::move(item);
        best_key = std::move(item_key);
    }
    if (best) return best;
    if (!otherwise.is_empty()) return Owned::share(otherwise);
    return raise(thread, exc::ValueError, "{}() iterable argument is empty", name);
}
Owned builtin_min(Thread& thread, Args args, Kwargs keywords) {
    return extreme(thread, args, keywords, "min", CompareOp::kLt);
}
Owned builtin_max(Thread& thread, Args args, Kwargs keywords) {
    return extreme(thread, args, keywords, "max", CompareOp::kGt);
}

// --- text ---

Owned builtin_repr(Thread& thread, Value obj) {
    return repr(thread, obj);
}

Owned builtin_round(Thread& thread, Value number, Value digits) {
    Owned result = is_none(digits) ? call_special(thread, number, ID(__round__))
                                   : call_special(thread, number, ID(__round__), digits);
    if (result.is_nothing())
        return raise(thread, exc::TypeError, "type {} doesn't define __round__ method",
                     type_name_of(number));
    return result;
}

Owned print_option(Thread& thread, Value given, const char* name, const char* otherwise) {
    if (given.is_empty() || is_none(given)) return make_str(thread, otherwise).owned();
    if (!is_str(given))
        return raise(thread, exc::TypeError, "{} must be None or a string, not {}", name,
                     type_name_of(given));
    return Owned::share(given);
}

Owned builtin_print(Thread& thread, Args args, Value sep, Value end, Value file, bool flush) {
    Owned stream = Owned::share(file);
    if (is_none(file)) {
        stream = TRY(dict_get(thread, interpreter_of(thread).sys_dict.as<Dict>(), ID(stdout)));
        if (stream.is_nothing()) return raise(thread, exc::RuntimeError, "lost sys.stdout");
        if (is_none(stream)) return Owned::share(none());
    }
    Owned separator = TRY(print_option(thread, sep, "sep", " "));
    Owned ending = TRY(print_option(thread, end, "end", "\n"));
    for (size_t i = 0; i < args.count; i++) {
        if (i) {
            Owned written = TRY(call_method(thread, stream, ID(write), separator));
        }
        Owned text = TRY(str(thread, args[i]));
        Owned written = TRY(call_method(thread, stream, ID(write), text));
    }
    Owned written = TRY(call_method(thread, stream, ID(write), ending));
    if (flush) {
        Owned flushed = TRY(call_method(thread, stream, ID(flush)));
    }
    return Owned::share(none());
}

}  // namespace

const MethodRow builtin_function_rows[] = {
    {"abs", "(x, /)", fn<builtin_abs>, "Return the absolute value of the argument."},
    {"aiter", "(async_iterable, /)", fn<builtin_aiter>,
     "Return an AsyncIterator for an AsyncIterable object."},
    {"all", "(iterable, /)", fn<builtin_all>,
     "Return True if bool(x) is True for all values x in the iterable.\n\nIf the iterable is "
     "empty, return True."},
    {"anext", "(aiterator, default=<unrepresentable>, /)", fn<builtin_anext>,
     "Return the next item from the async iterator.\n\nIf default is given and the async iterator "
     "is exhausted,\nit is returned instead of raising StopAsyncIteration."},
    {"any", "(iterable, /)", fn<builtin_any>,
     "Return True if bool(x) is True for any x in the iterable.\n\nIf the iterable is empty, "
     "return False."},
    {"ascii", "(obj, /)", fn<builtin_ascii>, "Return an ASCII-only representation of an object."},
    {"bin", "(number, /)", fn<builtin_bin>,
     "Return the binary representation of an integer.\n\n   >>> bin(2796202)\n   "
     "'0b1010101010101010101010'"},
    {"callable", "(obj, /)", fn<builtin_callable>,
     "Return whether the object is callable (i.e., some kind of function).\n\nNote that classes "
     "are callable, as are instances of classes with a\n__call__() method."},
    {"chr", "(i, /)", fn<builtin_chr>,
     "Return a Unicode string of one character with ordinal i; 0 <= i <= 0x10ffff."},
    {"delattr", "(obj, name, /)", fn<builtin_delattr>,
     "Deletes the named attribute from the given object.\n\ndelattr(x, 'y') is equivalent to ``del "
     "x.y``"},
    {"dir", "(object=<unrepresentable>, /) -> None", fn<builtin_dir>,
     "dir([object]) -> list of strings\n\nThe names that an object's attributes have, in "
     "alphabetical "
     "order; without an object,\nthe names in the calling scope."},
    {"divmod", "(x, y, /)", fn<builtin_divmod>,
     "Return the tuple (x//y, x%y).  Invariant: div*y + mod == x."},
    {"format", "(value, format_spec='', /)", fn<builtin_format>,
     "Return type(value).__format__(value, format_spec)\n\nMany built-in types implement "
     "format_spec according to the\nFormat Specification Mini-language. See "
     "help('FORMATTING')\nfor details."},
    {"getattr", "(object, name, default=<unrepresentable>, /) -> None", fn<builtin_getattr>,
     "getattr(object, name[, default]) -> value\n\nThe attribute of that name: getattr(x, 'y') is "
     "x.y. When there is none, the\ndefault if one is given, else AttributeError."},
    {"hasattr", "(obj, name, /)", fn<builtin_hasattr>,
     "Return whether the object has an attribute with the given name.\n\nThis is done by calling "
     "getattr(obj, name) and catching AttributeError."},
    {"hash", "(obj, /)", fn<builtin_hash>,
     "Return the hash value for the given object.\n\nTwo objects that compare equal must also have "
     "the same hash value, but the\nreverse is not necessarily true."},
    {"hex", "(number, /)", fn<builtin_hex>,
     "Return the hexadecimal representation of an integer.\n\n   >>> hex(12648430)\n   '0xc0ffee'"},
    {"id", "(obj, /)", fn<builtin_id>,
     "Return the identity of an object.\n\nThis is guaranteed to be unique among simultaneously "
     "existing objects.\n(CPython uses the object's memory address.)"},
    {"isinstance", "(obj, class_or_tuple, /)", fn<builtin_isinstance>,
     "Return whether an object is an instance of a class or of a subclass thereof."},
    {"issubclass", "(cls, class_or_tuple, /)", fn<builtin_issubclass>,
     "Return whether 'cls' is derived from another class or is the same class."},
    {"iter", "(object, sentinel=<unrepresentable>, /) -> None", fn<builtin_iter>,
     "iter(iterable) -> iterator\niter(callable, sentinel) -> iterator\n\nAn iterator over what an "
     "iterable has, or one that calls the callable until it\nreturns the sentinel."},
    {"len", "(obj, /)", fn<builtin_len>, "Return the number of items in a container."},
    {"max", "(*args, **kwargs) -> None", fn<builtin_max>,
     "max(iterable, *[, default=obj, key=func]) -> value\nmax(arg1, arg2, *args, *[, key=func]) -> "
     "value\n\nThe biggest item of an iterable, the default when it is empty; or the biggest\n"
     "of two or more arguments."},
    {"min", "(*args, **kwargs) -> None", fn<builtin_min>,
     "min(iterable, *[, default=obj, key=func]) -> value\nmin(arg1, arg2, *args, *[, key=func]) -> "
     "value\n\nThe smallest item of an iterable, the default when it is empty; or the smallest\n"
     "of two or more arguments."},
    {"next", "(iterator, default=<unrepresentable>, /) -> None", fn<builtin_next>,
     "next(iterator[, default])\n\nThe iterator's next item; at its end the default if one is "
     "given, else\nStopIteration."},
    {"oct", "(number, /)", fn<builtin_oct>,
     "Return the octal representation of an integer.\n\n   >>> oct(342391)\n   '0o1234567'"},
    {"ord", "(c, /)", fn<builtin_ord>, "Return the ordinal value of a character."},
    {"pow", "(base, exp, mod=None)", fn<builtin_pow>,
     "Equivalent to base**exp with 2 arguments or base**exp % mod with 3 arguments."},
    {"print", "(*args, sep=' ', end='\\n', file=None, flush=False)", fn<builtin_print>,
     "Prints the values to a stream, or to sys.stdout by default.\n\n  sep\n    what stands "
     "between values, a space by default\n  end\n    what follows the last one, a newline by "
     "default\n  file\n    the stream, an object with a write() method; sys.stdout by default\n  "
     "flush\n    whether to flush the stream afterwards"},
    {"repr", "(obj, /)", fn<builtin_repr>,
     "Return the canonical string representation of the object.\n\nFor many object types, "
     "including most builtins, eval(repr(obj)) == obj."},
    {"round", "(number, ndigits=None)", fn<builtin_round>,
     "Round a number to a given precision in decimal digits."},
    {"setattr", "(obj, name, value, /)", fn<builtin_setattr>,
     "Sets the named attribute on the given object to the specified value.\n\nsetattr(x, 'y', v) "
     "is equivalent to ``x.y = v``"},
    {"sorted", "(*args, **kwargs) -> ($module, iterable, /, *, key=None, reverse=False)",
     fn<builtin_sorted>,
     "Return a new list containing all items from the iterable in ascending order."},
    {"sum", "(iterable, /, start=0)", fn<builtin_sum>,
     "Return the sum of a 'start' value (default: 0) plus an iterable of numbers"},
    {"vars", "(object=<unrepresentable>, /) -> None", fn<builtin_vars>,
     "vars([object]) -> dictionary\n\nThe __dict__ of an object; without one, what locals() "
     "gives."},
    {},
};

}  // namespace imugi
