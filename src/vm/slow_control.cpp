// Exceptions, with, intrinsics and the protocols of iteration and awaiting behind the opcode
// functions.
#include "object/call.h"
#include "object/dict.h"
#include "object/exception.h"
#include "object/function.h"
#include "object/int.h"
#include "object/interpreter.h"
#include "object/list.h"
#include "object/native.h"
#include "object/range.h"
#include "object/str.h"
#include "object/tuple.h"
#include "object/vm_support.h"
#include "thread/lock.h"
#include "vm/frame_object.h"
#include "vm/generator.h"
#include "vm/registers.h"
#include "vm/slow.h"
#include "vm/traceback.h"

namespace imugi {

// --- raising ---

// An instance from what `raise` was given: a class is called.
static Owned to_exception(Thread& thread, Value given, const char* message) {
    if (is_type(given) && is_subtype(given.as<Type>(), exc::BaseException)) {
        Owned made = call(thread, given);
        if (made && !is_exception(made))
            return raise(thread, exc::TypeError,
                         "calling {} should have returned an instance of BaseException, not {}",
                         repr_of(given), type_full_name_of(made));
        return made;
    }
    if (is_exception(given)) return Owned::share(given);
    return raise(thread, exc::TypeError, message);
}

void slow_raise(Thread& thread, Value given, Value cause) {
    Owned exception = to_exception(thread, given, "exceptions must derive from BaseException");
    if (!exception) return;
    if (!cause.is_empty()) {
        Owned from;
        if (!is_none(cause)) {
            from = to_exception(thread, cause, "exception causes must derive from BaseException");
            if (!from) return;
        }
        if (!set_attribute(thread, exception, ID(__cause__), from ? from.value() : none())) return;
    }
    raise_exception(thread, std::move(exception));
}

bool slow_reraise_handled(Thread& thread) {
    Value handled = handled_exception(thread);
    if (handled.is_empty())
        return raise(thread, exc::RuntimeError, "No active exception to reraise");
    set_exception(thread, Owned::share(handled));
    return true;
}

void slow_restore_position(Frame& frame, Value exception) {
    Owned head;
    if (!is_exception(exception)) return;
    {
        Lock guard(current_thread(), *exception.object());
        head = exception.as<Exception>().traceback.share();
    }
    if (!head || !frame.object) return;
    auto& entry = head.as<Traceback>();
    if (entry.frame.borrow().object() == frame.object &&
        static_cast<uint32_t>(entry.word()) < frame.code->word_count)
        frame.pc = frame.code->words + entry.word();
}

uint64_t slow_push_handled(Thread& thread, uint64_t exception_bits) {
    uint64_t saved = thread.exc_state->value;
    Value exception = Value::from_bits(exception_bits);
    thread.exc_state->value = is_exception(exception) ? Owned::share(exception).release() : 0;
    return saved;
}

void slow_pop_handled(Thread& thread, uint64_t saved_bits) {
    bool sound = saved_bits == 0 || is_exception(Value::from_bits(saved_bits));
    drop_bits(std::exchange(thread.exc_state->value, sound ? saved_bits : 0));
    if (!sound) drop_bits(saved_bits);
}

void slow_set_pending(Thread& thread, Owned exception) {
    if (is_exception(exception))
        set_exception(thread, std::move(exception));
    else
        raise(thread, exc::SystemError, "bytecode raises what is no exception");
}

// --- matching ---

static constexpr const char* kNotAnExceptionClass =
    "catching classes that do not inherit from BaseException is not allowed";

static bool is_exception_class(Value value) {
    return is_type(value) && is_subtype(value.as<Type>(), exc::BaseException);
}

int slow_match_exception(Thread& thread, Value exception, Value types) {
    Type& actual = type_of(exception);
    if (is_exception_class(types)) return is_subtype(actual, types.as<Type>());
    if (!is_tuple(types)) {
        raise(thread, exc::TypeError, kNotAnExceptionClass);
        return -1;
    }
    Tuple& tuple = types.as<Tuple>();
    for (size_t i = 0; i < tuple.size; i++)
        if (!is_exception_class(tuple[i])) {
            raise(thread, exc::TypeError, kNotAnExceptionClass);
            return -1;
        }
    for (size_t i = 0; i < tuple.size; i++)
        if (is_subtype(actual, tuple[i].as<Type>())) return 1;
    return 0;
}

static bool check_star_types(Thread& thread, Value types) {
    auto check = [&](Value type) {
        if (!is_exception_class(type))
            return static_cast<bool>(raise(thread, exc::TypeError, kNotAnExceptionClass));
        if (is_subtype(type.as<Type>(), exc::BaseExceptionGroup))
            return static_cast<bool>(
                raise(thread, exc::TypeError,
                      "catching ExceptionGroup with except* is not allowed. Use except instead."));
        return true;
    };
    if (!is_tuple(types)) return check(types);
    for (size_t i = 0; i < types.as<Tuple>().size; i++)
        if (!check(types.as<Tuple>()[i])) return false;
    return true;
}

uint64_t slow_match_exception_group(Thread& thread, uint64_t* r, uint32_t b, Value types) {
    if (!check_star_types(thread, types)) return 0;
    Value exception = value_at(r, b);
    if (!is_exception(exception)) return none().bits();
    int whole = slow_match_exception(thread, exception, types);
    if (whole < 0) return 0;
    Owned matched = Owned::share(none()), rest = Owned::share(none());
    if (whole) {
        matched = Owned::share(exception);
        if (!is_instance_of(exception, exc::BaseExceptionGroup)) {
            // A naked exception is wrapped, with the traceback it has so far.
            Ref<Tuple> one = make_tuple(thread, exception);
            Ref<Str> text = make_str(thread, "");
            if (!one || !text) return 0;
            matched = call(thread, Value::of(exception_group_type()), text, one);
            if (!matched) return 0;
        }
    } else if (is_instance_of(exception, exc::BaseExceptionGroup)) {
        Owned pair = call_method(thread, exception, ID(split), types);
        if (!pair) return 0;
        if (!is_tuple(pair)) {
            raise(thread, exc::TypeError, "{}.split must return a tuple, not {}",
                  type_name_of(exception), type_name_of(pair));
            return 0;
        }
        if (pair.as<Tuple>().size < 2) {
            raise(thread, exc::TypeError, "{}.split must return a 2-tuple, got tuple of size {}",
                  type_name_of(exception), static_cast<long>(pair.as<Tuple>().size));
            return 0;
        }
        matched = Owned::share(pair.as<Tuple>()[0]);
        rest = Owned::share(pair.as<Tuple>()[1]);
    } else {
        return none().bits();
    }
    set_register(r, b, rest.release());
    // What matched is the handled exception of the clause.
    if (!is_none(matched))
        drop_bits(std::exchange(thread.exc_state->value, matched.share().release()));
    return matched.release();
}

// Well formed bytecode may still be made up: operands of these instructions are looked at.
static uint64_t bad_operand(Thread& thread) {
    raise(thread, exc::SystemError, "bytecode has an operand of a wrong type");
    return 0;
}

uint64_t slow_prepare_reraise_star(Thread& thread, Value original, Value raised) {
    if (!is_exact_list(raised)) return bad_operand(thread);
    return prepare_reraise_star(thread, original, raised.as<List>()).release();
}

uint64_t slow_with_except_start(Thread& thread, Value exit, Value self) {
    Value exception = handled_exception(thread);
    if (exception.is_empty()) {
        raise(thread, exc::SystemError, "bytecode ends a block that no exception left");
        return 0;
    }
    Owned held = Owned::share(exception);
    Owned traceback = get_attribute(thread, held, ID(__traceback__));
    if (!traceback) return 0;
    Ref<Type> type = share_type(held);
    if (self.is_empty()) return call(thread, exit, type, held, traceback).release();
    return call(thread, exit, self, type, held, traceback).release();
}

// --- iteration and awaiting ---

uint64_t slow_iterate(Thread& thread, Value iterable) {
    return iterate(thread, iterable).release();
}

uint64_t slow_next(Thread& thread, Value iterator) {
    UnaryFn step = type_of(iterator).slots.next;
    if (IMUGI_LIKELY(step != nullptr)) {
        Owned value = step(thread, iterator);
        if (!value && clear_exception_if(thread, exc::StopIteration))
            return Value::nothing().bits();
        return value.release();
    }
    return next(thread, iterator).release();
}

uint64_t slow_loop_item(Thread& thread, Value container, int64_t index) {
    if (index < 0) return Value::nothing().bits();
    if (is_exact_list(container))
        return list_item(thread, container.as<List>(), static_cast<Index>(index)).release();
    if (is_exact_tuple(container)) {
        auto& tuple = container.as<Tuple>();
        return static_cast<uint64_t>(index) < tuple.size
                   ? Owned::share(tuple[static_cast<size_t>(index)]).release()
                   : Value::nothing().bits();
    }
    auto& range = container.as<Range>();
    Value length = range.length.borrow();
    if (length.is_small_int() && index >= length.small_int()) return Value::nothing().bits();
    Owned offset = int_multiply(thread, Value::small_int(index), range.step.borrow());
    return offset ? int_add(thread, range.start.borrow(), offset).release() : 0;
}

uint64_t slow_loop_next(Thread& thread, uint64_t* words) {
    Value iterator = Value::from_bits(words[0]), index = Value::from_bits(words[1]);
    if (!index.is_small_int() || !is_stepped_by_index(iterator)) return slow_next(thread, iterator);
    uint64_t bits = slow_loop_item(thread, iterator, index.small_int());
    if (bits) words[1] = Value::small_int(index.small_int() + 1).bits();
    return bits;
}

uint64_t slow_send(Thread& thread, Value iterator, Value value, bool* returned) {
    Type& type = type_of(iterator);
    *returned = false;
    Owned result;
    if (type.slots.send) return type.slots.send(thread, iterator, value, returned).release();
    if (is_none(value) && type.slots.next) {
        result = type.slots.next(thread, iterator);
        if (result.is_nothing()) {
            *returned = true;
            return none().bits();
        }
    } else {
        result = call_method(thread, iterator, ID(send), value);
    }
    if (result) return result.release();
    if (!exception_matches(thread, exc::StopIteration)) return 0;
    Owned stop = take_exception(thread);
    *returned = true;
    Slot& carried = stop.as<StopIterationError>().value;
    return carried.is_empty() ? none().bits() : carried.share().release();
}

uint64_t slow_stop_iteration_value(Thread&, Value exception) {
    if (!is_instance_of(exception, exc::StopIteration)) return 0;
    Slot& carried = exception.as<StopIterationError>().value;
    return carried.is_empty() ? none().bits() : carried.share().release();
}

uint64_t slow_get_yield_from_iter(Thread& thread, Frame* frame, Value iterable) {
    if (has_shape(iterable, k_coroutine_shape)) {
        if (!(frame->code->flags & (kCodeCoroutine | kCodeIterableCoroutine))) {
            raise(thread, exc::TypeError,
                  "cannot 'yield from' a coroutine object in a non-coroutine generator");
            return 0;
        }
        return Owned::share(iterable).release();
    }
    if (has_shape(iterable, k_generator_shape)) return Owned::share(iterable).release();
    return iterate(thread, iterable).release();
}

static bool is_iterable_coroutine(Value value) {
    return has_shape(value, k_generator_shape) &&
           (value.as<Generator>().frame.code->flags & kCodeIterableCoroutine);
}

uint64_t slow_get_awaitable(Thread& thread, Value awaitable, uint32_t context) {
    if (has_shape(awaitable, k_coroutine_shape)) {
        if (generator_delegate(thread, awaitable.as<Generator>())) {
            raise(thread, exc::RuntimeError, "coroutine is being awaited already");
            return 0;
        }
        return Owned::share(awaitable).release();
    }
    if (is_iterable_coroutine(awaitable)) return Owned::share(awaitable).release();
    Type& type = type_of(awaitable);
    if (!type.slots.await) {
        const char* text = context == 1   ? "'async with' received an object from __aenter__ that "
                                            "does not implement __await__: {}"
                           : context == 2 ? "'async with' received an object from __aexit__ that "
                                            "does not implement __await__: {}"
                                          : "'{}' object can't be awaited";
        raise(thread, exc::TypeError, text, type_name_of(awaitable));
        return 0;
    }
    Owned iterator = type.slots.await(thread, awaitable);
    if (!iterator) return 0;
    if (has_shape(iterator, k_coroutine_shape) || is_iterable_coroutine(iterator)) {
        raise(thread, exc::TypeError, "__await__() returned a coroutine");
        return 0;
    }
    if (!is_iterator(iterator)) {
        raise(thread, exc::TypeError, "__await__() returned non-iterator of type '{}'",
              type_name_of(iterator));
        return 0;
    }
    return iterator.release();
}

uint64_t slow_get_aiter(Thread& thread, Value iterable) {
    Type& type = type_of(iterable);
    if (!type.slots.async_iter) {
        raise(thread, exc::TypeError,
              "'async for' requires an object with __aiter__ method, got {}",
              type_full_name_of(iterable));
        return 0;
    }
    Owned iterator = type.slots.async_iter(thread, iterable);
    if (!iterator) return 0;
    if (!type_of(iterator).slots.async_next) {
        raise(thread, exc::TypeError,
              "'async for' received an object from __aiter__ that does not implement __anext__: {}",
              type_full_name_of(iterator));
        return 0;
    }
    return iterator.release();
}

uint64_t slow_get_anext(Thread& thread, Value iterator) {
    Type& type = type_of(iterator);
    if (!type.slots.async_next) {
        raise(thread, exc::TypeError,
              "'async for' requires an iterator with __anext__ method, got {}",
              type_full_name_of(iterator));
        return 0;
    }
    Owned awaitable = type.slots.async_next(thread, iterator);
    if (!awaitable || &type == &async_generator_type) return awaitable.release();
    uint64_t result = slow_get_awaitable(thread, awaitable, 0);
    if (result == 0) {
        Owned cause = take_exception(thread);
        Ref<Str> text = format(thread, "'async for' received an invalid object from __anext__: {}",
                               type_full_name_of(awaitable));
        set_exception(thread, std::move(cause));
        if (text) raise_from_pending(thread, exc::TypeError, std::move(text));
    }
    return result;
}

// --- calls with unpacked arguments ---

uint64_t slow_call_ex(Thread& thread, uint64_t* r, uint32_t b, bool keywords) {
    Value given = value_at(r, b + 1);
    Owned args;
    if (is_exact_tuple(given)) {
        args = Owned::share(given);
    } else {
        if (!type_of(given).slots.iter && !type_of(given).slots.item) {
            Owned name = callable_text(thread, value_at(r, b));
            if (name)
                raise(thread, exc::TypeError, "{} argument after * must be an iterable, not {}",
                      name, type_name_of(given));
            return 0;
        }
        args = to_tuple(thread, given).owned();
        if (!args) return 0;
    }
    Dict* dict = keywords ? &value_at(r, b + 2).as<Dict>() : nullptr;
    Owned result = call_with(thread, value_at(r, b), args.as<Tuple>(),
                             dict && dict_size(*dict) ? dict : nullptr);
    if (!result) return 0;
    discard_range(r, b, keywords ? 3 : 2);
    return result.release();
}

// --- intrinsics ---

static Owned stop_iteration_error(Thread& thread, Frame* frame, Value exception) {
    uint32_t flags = frame->code->flags;
    const char* message = nullptr;
    if (is_instance_of(exception, exc::StopIteration))
        message = flags & kCodeAsyncGenerator ? "async generator raised StopIteration"
                  : flags & kCodeCoroutine    ? "coroutine raised StopIteration"
                                              : "generator raised StopIteration";
    else if ((flags & kCodeAsyncGenerator) && is_instance_of(exception, exc::StopAsyncIteration))
        message = "async generator raised StopAsyncIteration";
    if (!message) return Owned::share(exception);
    Ref<Str> text = make_str(thread, message);
    if (!text) return {};
    Owned error = call(thread, Value::of(exc::RuntimeError), text);
    if (!error || !set_attribute(thread, error, ID(__cause__), exception) ||
        !set_attribute(thread, error, ID(__context__), exception))
        return {};
    return error;
}

static Owned display(Thread& thread, Value value) {
    Owned hook = dict_get(thread, interpreter_of(thread).sys_dict.as<Dict>(), ID(displayhook));
    if (hook.is_nothing()) return raise(thread, exc::RuntimeError, "lost sys.displayhook");
    return hook ? call(thread, hook, value) : Owned();
}

static bool fits_intrinsic(Intrinsic which, const uint64_t* r, uint32_t b) {
    Value first = value_at(r, b);
    switch (which) {
        case Intrinsic::TYPEVAR:
        case Intrinsic::TYPEVAR_WITH_BOUND:
        case Intrinsic::TYPEVAR_WITH_CONSTRAINTS:
        case Intrinsic::PARAMSPEC:
        case Intrinsic::TYPEVARTUPLE:
            return is_str(first);
        case Intrinsic::SET_TYPEPARAM_DEFAULT:
            return is_instance_of(first, typevar_type) || is_instance_of(first, paramspec_type) ||
                   is_instance_of(first, typevartuple_type);
        case Intrinsic::SET_FUNCTION_TYPE_PARAMS:
            return is_python_function(first) && is_exact_tuple(value_at(r, b + 1));
        case Intrinsic::SUBSCRIPT_GENERIC:
            return is_exact_tuple(first);
        case Intrinsic::TYPEALIAS: {
            if (!is_exact_tuple(first) || first.as<Tuple>().size != 3) return false;
            Value parameters = first.as<Tuple>()[1];
            return is_str(first.as<Tuple>()[0]) &&
                   (is_none(parameters) || is_exact_tuple(parameters));
        }
        default:
            return true;
    }
}

static Owned intrinsic(Thread& thread, Frame* frame, uint64_t* r, uint32_t b, Intrinsic which) {
    Value first = value_at(r, b);
    if (!fits_intrinsic(which, r, b)) {
        bad_operand(thread);
        return {};
    }
    switch (which) {
        case Intrinsic::PRINT:
            return display(thread, first);
        case Intrinsic::IMPORT_STAR:
            return slow_import_star(thread, frame, first) ? Owned::share(none()) : Owned();
        case Intrinsic::STOP_ITERATION_ERROR:
            return stop_iteration_error(thread, frame, first);
        case Intrinsic::ASYNC_GEN_WRAP:
            return Owned::adopt(wrap_async_value(thread, Owned::share(first).release()));
        case Intrinsic::TYPEVAR:
            return make_typevar(thread, first, Value(), Value());
        case Intrinsic::TYPEVAR_WITH_BOUND:
            return make_typevar(thread, first, value_at(r, b + 1), Value());
        case Intrinsic::TYPEVAR_WITH_CONSTRAINTS:
            return make_typevar(thread, first, Value(), value_at(r, b + 1));
        case Intrinsic::PARAMSPEC:
            return make_paramspec(thread, first);
        case Intrinsic::TYPEVARTUPLE:
            return make_typevartuple(thread, first);
        case Intrinsic::SET_TYPEPARAM_DEFAULT:
            return set_typeparam_default(thread, first, value_at(r, b + 1));
        case Intrinsic::SET_FUNCTION_TYPE_PARAMS: {
            Owned old =
                first.as<Function>().type_parameters.exchange(Owned::share(value_at(r, b + 1)));
            return Owned::share(first);
        }
        case Intrinsic::SUBSCRIPT_GENERIC:
            return subscript_generic(thread, first);
        case Intrinsic::TYPEALIAS: {
            Tuple& parts = first.as<Tuple>();
            return make_type_alias(thread, parts[0], parts[1], parts[2]);
        }
        case Intrinsic::UNARY_STAR_TUPLE:
            return to_tuple(thread, first).owned();
    }
    return raise(thread, exc::SystemError, "bad intrinsic");
}

uint64_t slow_call_intrinsic(Thread& thread, Frame* frame, uint64_t* r, uint32_t b,
                             uint32_t which) {
    static constexpr uint8_t arities[] = {
#define INTRINSIC(NAME, arguments, doc) arguments,
#define SPECIAL(NAME, method)
#include "compile/intrinsics.def"
#undef INTRINSIC
#undef SPECIAL
    };
    Owned result = intrinsic(thread, frame, r, b, static_cast<Intrinsic>(which));
    if (!result) return 0;
    for (uint32_t i = 0; i < arities[which]; i++) discard(frame, r, b + i);
    return result.release();
}

}  // namespace imugi
