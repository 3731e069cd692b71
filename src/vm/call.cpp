// Frames: pushing, binding of arguments, running, popping.
//
// A frame and its registers belong to the thread that runs it.
#include "vm/call.h"

#include "compile/opcode.h"
#include "memory/array.h"
#include "object/dict.h"
#include "object/interpreter.h"
#include "object/list.h"
#include "object/str.h"
#include "object/suggestions.h"
#include "object/tuple.h"
#include "vm/dispatch.h"
#include "vm/generator.h"
#include "vm/slow.h"

namespace imugi {

bool check_depth(Thread& thread, Frame* frame, uint64_t* registers_end) {
    if (IMUGI_UNLIKELY(thread.recursion_depth >= thread.recursion_limit)) {
        // Making the exception may itself call Python.
        thread.recursion_limit += 50;
        raise(thread, exc::RecursionError, "maximum recursion depth exceeded");
        thread.recursion_limit -= 50;
        return false;
    }
    if (IMUGI_UNLIKELY(registers_end > thread.registers_end || frame + 1 > thread.frames_end)) {
        raise_memory_error(thread);
        return false;
    }
    return true;
}

void pop_frame(Thread& thread, Frame* frame) {
    if (IMUGI_UNLIKELY(frame->object != nullptr)) detach_frame_object(thread, *frame);
    uint64_t* r = frame->registers;
    discard_range(r, 0, frame->code->register_count);
    thread.frame = frame->previous;
    thread.recursion_depth--;
    if (!(frame->flags & kFrameGenerator)) {
        thread.frames_top = frame;
        thread.registers_top = frame->saved_top;
    }
    drop_bits(frame->namespace_word);
    drop_bits(frame->globals_word);
    drop_bits(frame->builtins_word);
    drop_bits(frame->function_word);
    drop_bits(frame->constructed);
    frame->namespace_word = frame->globals_word = frame->builtins_word = frame->function_word = 0;
    frame->constructed = 0;
}

// --- binding ---

namespace {
void drop_words(uint64_t* words, uint32_t count) {
    discard_range(words, 0, count);
}

Str& parameter_name(Code& code, uint32_t i) {
    return code.local_names.as<Tuple>()[i].as<Str>();
}

Str& function_qualname(Function& function) {
    return function.qualname.as<Str>();
}

// "'a', 'b' and 'c'" of the parameters whose window word is empty, in [begin, end).
Ref<Str> missing_names(Thread& thread, Code& code, const uint64_t* window, uint32_t begin,
                       uint32_t end, uint32_t total) {
    StrBuilder text(thread);
    uint32_t seen = 0;
    for (uint32_t i = begin; i < end; i++) {
        if (window[i]) continue;
        seen++;
        if (seen > 1 && !text.append(seen < total ? ", " : total == 2 ? " and " : ", and "))
            return {};
        Owned quoted = repr(thread, Value::of(parameter_name(code, i)));
        if (!quoted || !text.append(quoted.as<Str>())) return {};
    }
    return text.finish();
}

bool raise_missing(Thread& thread, Function& function, Code& code, const uint64_t* window,
                   uint32_t begin, uint32_t end, const char* kind) {
    uint32_t total = 0;
    for (uint32_t i = begin; i < end; i++) total += window[i] == 0;
    Ref<Str> names = missing_names(thread, code, window, begin, end, total);
    if (!names) return false;
    return raise(thread, exc::TypeError, "{}() missing {} required {} argument{}: {}",
                 function_qualname(function), total, kind, total == 1 ? "" : "s", *names);
}

bool raise_too_many(Thread& thread, Function& function, Code& code, const uint64_t* window,
                    uint32_t given, uint32_t defaults) {
    uint32_t least = code.argument_count - defaults;
    uint32_t keyword_only_given = 0;
    for (uint32_t i = 0; i < code.keyword_only_count; i++)
        keyword_only_given += window[code.argument_count + i] != 0;
    Ref<Str> takes = defaults ? format(thread, "from {} to {}", least, code.argument_count)
                              : format(thread, "{}", code.argument_count);
    if (!takes) return false;
    bool plural = defaults || code.argument_count != 1;
    if (keyword_only_given)
        return raise(thread, exc::TypeError,
                     "{}() takes {} positional argument{} but {} positional argument{} (and {} "
                     "keyword-only argument{}) were given",
                     function_qualname(function), *takes, plural ? "s" : "", given,
                     given == 1 ? "" : "s", keyword_only_given, keyword_only_given == 1 ? "" : "s");
    return raise(thread, exc::TypeError, "{}() takes {} positional argument{} but {} {} given",
                 function_qualname(function), *takes, plural ? "s" : "", given,
                 given == 1 ? "was" : "were");
}

// The parameter that a keyword names, or -1; positional-only ones do not count.
int find_parameter(Code& code, Str& name) {
    uint32_t end = code.argument_count + code.keyword_only_count;
    for (uint32_t i = code.positional_only_count; i < end; i++)
        if (&parameter_name(code, i) == &name) return static_cast<int>(i);
    for (uint32_t i = code.positional_only_count; i < end; i++)
        if (str_equal(parameter_name(code, i), name)) return static_cast<int>(i);
    return -1;
}

// Positional-only parameters passed by keyword get a message of their own.
bool raise_unexpected_keyword(Thread& thread, Function& function, Code& code, Tuple& names,
                              Str& name) {
    StrBuilder wrong(thread);
    uint32_t count = 0;
    for (uint32_t i = 0; i < code.positional_only_count; i++)
        for (size_t k = 0; k < names.size; k++)
            if (str_equal(parameter_name(code, i), names[k].as<Str>())) {
                if ((count++ && !wrong.append(", ")) || !wrong.append(parameter_name(code, i)))
                    return false;
            }
    if (count) {
        Ref<Str> list = wrong.finish();
        if (!list) return false;
        return raise(thread, exc::TypeError,
                     "{}() got some positional-only arguments passed as keyword arguments: '{}'",
                     function_qualname(function), *list);
    }
    Ref<List> candidates = make_list(thread);
    if (!candidates) return false;
    for (uint32_t i = code.positional_only_count; i < code.argument_count + code.keyword_only_count;
         i++)
        if (!list_append(thread, *candidates, Owned::share(parameter_name(code, i)))) return false;
    Owned suggestion = suggest_name(thread, *candidates, name);
    if (!suggestion) return false;
    if (!suggestion.is_nothing())
        return raise(thread, exc::TypeError,
                     "{}() got an unexpected keyword argument '{}'. Did you mean '{}'?",
                     function_qualname(function), name, suggestion);
    return raise(thread, exc::TypeError, "{}() got an unexpected keyword argument '{}'",
                 function_qualname(function), name);
}

bool bind_keywords(Thread& thread, Function& function, Code& code, uint64_t* window,
                   uint64_t* values, Tuple& names, Dict* extra) {
    for (size_t k = 0; k < names.size; k++) {
        Value key = names[k];
        if (!is_str(key))
            return raise(thread, exc::TypeError, "{}() keywords must be strings",
                         function_qualname(function));
        Str& name = key.as<Str>();
        int at = find_parameter(code, name);
        if (at >= 0) {
            if (window[at])
                return raise(thread, exc::TypeError, "{}() got multiple values for argument '{}'",
                             function_qualname(function), name);
            window[at] = values[k];
            values[k] = 0;
        } else if (extra) {
            if (!dict_set(thread, *extra, key, Owned::share(Value::from_bits(values[k]))))
                return false;
        } else {
            return raise_unexpected_keyword(thread, function, code, names, name);
        }
    }
    return true;
}

bool fill_defaults(Thread& thread, Function& function, Code& code, uint64_t* window,
                   uint32_t given) {
    if (given < code.argument_count) {
        SlotRead read = read_slot(function.defaults.word());
        Owned held;
        if (read.retry) {
            Lock guard(thread, function);
            held = function.defaults.share();
        } else {
            held = std::move(read.value);
        }
        uint32_t count = held ? static_cast<uint32_t>(held.as<Tuple>().size) : 0;
        if (count > code.argument_count) count = code.argument_count;
        uint32_t least = code.argument_count - count;
        for (uint32_t i = given; i < least; i++)
            if (!window[i])
                return raise_missing(thread, function, code, window, 0, least, "positional");
        for (uint32_t i = given > least ? given : least; i < code.argument_count; i++)
            if (!window[i]) window[i] = share_bits(held.as<Tuple>()[i - least].bits());
    }
    bool missing = false;
    Owned defaults = code.keyword_only_count
                         ? read_locked(thread, function, function.keyword_defaults)
                         : Owned();
    for (uint32_t i = 0; i < code.keyword_only_count; i++) {
        uint32_t at = code.argument_count + i;
        if (window[at]) continue;
        if (defaults) {
            Owned value = dict_get(thread, defaults.as<Dict>(), parameter_name(code, at));
            if (!value) return false;
            if (!value.is_nothing()) {
                window[at] = value.release();
                continue;
            }
        }
        missing = true;
    }
    return !missing || raise_missing(thread, function, code, window, code.argument_count,
                                     code.argument_count + code.keyword_only_count, "keyword-only");
}

bool bind(Thread& thread, Function& function, Code& code, uint64_t* window, uint64_t* words,
          uint32_t count, Tuple* names) {
    uint32_t keywords = names ? static_cast<uint32_t>(names->size) : 0;
    uint32_t positional = count - keywords;
    uint32_t taken = positional < code.argument_count ? positional : code.argument_count;
    for (uint32_t i = 0; i < taken; i++) {
        window[i] = words[i];
        words[i] = 0;
    }
    uint32_t next = code.argument_count + code.keyword_only_count;
    if (code.flags & kCodeVarArgs) {
        uint32_t extra = positional - taken;
        uint64_t tuple =
            extra ? slow_build_tuple(thread, words, taken, extra) : empty_tuple().release();
        if (!tuple) return false;
        window[next++] = tuple;
    }
    Ref<Dict> extra;
    if (code.flags & kCodeVarKeywords) {
        extra = make_dict(thread);
        if (!extra) return false;
        window[next] = Owned::share(extra.value()).release();
    }
    if (keywords &&
        !bind_keywords(thread, function, code, window, words + positional, *names, extra.get()))
        return false;
    if (positional > code.argument_count && !(code.flags & kCodeVarArgs)) {
        uint32_t defaults = function.defaults.is_empty()
                                ? 0
                                : static_cast<uint32_t>(function.defaults.as<Tuple>().size);
        return raise_too_many(thread, function, code, window, positional, defaults);
    }
    return fill_defaults(thread, function, code, window, taken);
}
}  // namespace

bool bind_parameters(Thread& thread, Function& function, Code& code, uint64_t* window,
                     uint64_t* words, uint32_t count, Tuple* names) {
    uint32_t parameters = code.parameter_count();
    for (uint32_t i = 0; i < parameters; i++) window[i] = 0;
    bool ok = bind(thread, function, code, window, words, count, names);
    drop_words(words, count);
    if (!ok) drop_words(window, parameters);
    return ok;
}

// --- running ---

Owned run(Thread& thread, Frame* frame) {
    if (!check_native_stack(thread)) {
        pop_frame(thread, frame);
        return {};
    }
    frame->flags |= kFrameEntry;
    const Word* pc = frame->pc;
    return Owned::adopt(op_enter(thread, frame, pc, frame->registers, 0));
}

namespace {
// Arguments copied into words above `window` so that binding can take them from there.
Owned run_bound(Thread& thread, Function& function, const Arguments& arguments) {
    Code& code = function.code.as<Code>();
    uint64_t* window = thread.registers_top;
    uint32_t keywords = arguments.names ? static_cast<uint32_t>(arguments.names->size) : 0;
    uint32_t count = arguments.count + keywords;
    if (window + code.register_count + count > thread.registers_end)
        return raise_memory_error(thread);
    if (!keywords && takes_exactly(code, count)) {
        for (uint32_t i = 0; i < count; i++) {
            Value value = arguments[i];
            window[i] = value.is_owning() ? value.bits() | Value::kLentBit : value.bits();
        }
    } else {
        uint64_t* words = window + code.register_count;
        for (uint32_t i = 0; i < count; i++) {
            Value value = arguments[i];
            words[i] = value.is_owning() ? value.bits() | Value::kLentBit : value.bits();
        }
        // Binding may run code (defaults' equality does not, but messages do): keep the words below
        // its frames.
        thread.registers_top = words + count;
        bool ok = bind_parameters(thread, function, code, window, words, count, arguments.names);
        thread.registers_top = window;
        if (!ok) return {};
    }
    Frame* frame = push_frame(thread, Value::of(function).bits(), function, code, window);
    if (!frame) return {};
    return run(thread, frame);
}
}  // namespace

static bool closure_fits(Value closure, const Code& code) {
    if (!is_exact_tuple(closure)) return false;
    Tuple& cells = closure.as<Tuple>();
    if (cells.size != code.free_count) return false;
    for (size_t i = 0; i < cells.size; i++)
        if (!has_shape(cells[i], k_cell_shape)) return false;
    return true;
}

// The parameters of code that runs without arguments.
static bool bind_nothing(Thread& thread, Function& function, uint64_t* window) {
    Code& code = function.code.as<Code>();
    uint64_t* top = std::exchange(thread.registers_top, window + code.register_count);
    bool ok = bind_parameters(thread, function, code, window, thread.registers_top, 0, nullptr);
    thread.registers_top = top;
    return ok;
}

Owned run_code(Thread& thread, Code& code, Dict& globals, Dict& builtins, Value names,
               Value closure) {
    uint64_t* window = thread.registers_top;
    Frame* frame = thread.frames_top;
    if (!check_depth(thread, frame, window + code.register_count)) return {};
    if (code.free_count && !closure_fits(closure, code))
        return raise(thread, exc::TypeError, "code object requires a closure of exactly length {}",
                     code.free_count);
    if (code.parameter_count()) {
        Ref<Function> function = TRY(make_function(thread, code, globals, code.name.borrow()));
        TRY(bind_nothing(thread, *function, window));
    }
    for (uint32_t i = code.parameter_count(); i < code.first_temporary; i++) window[i] = 0;
    if (code.free_count) {
        Tuple& cells = closure.as<Tuple>();
        for (uint32_t i = 0; i < code.free_count; i++)
            window[code.local_count + i] = Owned::share(cells[i]).release();
    }
    *frame = Frame{};
    frame->previous = thread.frame;
    frame->registers = window;
    frame->saved_top = window;
    frame->pc = code.words;
    frame->code = &code;
    frame->constants = code.constants.as<Tuple>().items;
    frame->caches = code.caches;
    frame->function_word = Owned::share(code).release();
    frame->globals = &globals;
    frame->builtins = &builtins;
    // Their cached entries are read without a lock.
    mark_shared(&globals);
    mark_shared(&builtins);
    frame->globals_word = Owned::share(globals).release();
    frame->builtins_word = Owned::share(builtins).release();
    // A function's code keeps its variables in registers, whatever namespace exec() is given.
    frame->namespace_word = code.flags & kCodeOptimized ? 0 : Owned::share(names).release();
    frame->first_temporary = code.first_temporary;
    thread.frames_top = frame + 1;
    thread.registers_top = window + code.register_count;
    thread.recursion_depth++;
    thread.frame = frame;
    return run(thread, frame);
}

Owned run_class_body(Thread& thread, Function& function, Value names) {
    Code& code = function.code.as<Code>();
    uint64_t* window = thread.registers_top;
    if (window + code.register_count > thread.registers_end) return raise_memory_error(thread);
    if (code.parameter_count() && !bind_nothing(thread, function, window)) return {};
    Frame* frame = push_frame(thread, Value::of(function).bits(), function, code, window);
    if (!frame) return {};
    drop_bits(std::exchange(frame->namespace_word, Owned::share(names).release()));
    return run(thread, frame);
}

Owned (*run_function)(Thread& thread, Function& function, const Arguments& arguments) = run_bound;

void slow_bad_init_result(Thread& thread, uint64_t result, uint64_t constructed) {
    Owned value = Owned::adopt(result), object = Owned::adopt(constructed);
    raise(thread, exc::TypeError, "__init__() should return None, not '{}'", type_name_of(value));
}

uint64_t slow_call(Thread& thread, Value callable, const Arguments& arguments) {
    return call(thread, callable, arguments).release();
}

uint64_t slow_make_function(Thread& thread, Frame* frame, uint64_t* r, uint32_t b,
                            uint32_t code_index, uint32_t flags) {
    Code& code = frame->constants[code_index].as<Code>();
    Ref<Function> function = make_function(thread, code, *frame->globals, code.qualname.borrow());
    if (!function) return 0;
    uint32_t at = b;
    // Well formed bytecode may still be made up: what a call relies on is looked at.
    for (uint32_t flag : {1u, 2u, 4u, 32u, 8u}) {
        if (!(flags & flag)) continue;
        Value part = value_at(r, at++);
        bool sound = flag == 1                 ? is_exact_tuple(part)
                     : flag == 2 || flag == 32 ? is_dict(part)
                     : flag == 8               ? closure_fits(part, code)
                                               : true;
        if (!sound) {
            raise(thread, exc::SystemError, "bytecode makes a function of parts that do not fit");
            return 0;
        }
    }
    if (!(flags & 8) && code.free_count != 0) {
        raise(thread, exc::SystemError, "bytecode makes a function without its closure");
        return 0;
    }
    at = b;
    auto take = [&](uint32_t flag, Slot& slot) {
        if (!(flags & flag)) return;
        Owned old = slot.exchange(consume(frame, r, at++));
    };
    take(1, function->defaults);
    take(2, function->keyword_defaults);
    take(4, function->annotate);
    take(32, function->annotations);
    take(8, function->closure);
    if (flags & 16) make_deferred(function.get());
    return function.release();
}

}  // namespace imugi
