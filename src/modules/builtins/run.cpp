// builtins that run code or look at the caller's frame: exec, eval, compile, __import__,
// __build_class__, globals, locals, input, breakpoint.
#include <unistd.h>

#include "compile/compile.h"
#include "modules/builtins/builtins.h"
#include "modules/builtins/import.h"
#include "object/audit.h"
#include "object/buffer.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/errors.h"
#include "object/function.h"
#include "object/interpreter.h"
#include "object/list.h"
#include "object/module.h"
#include "object/native.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"
#include "vm/call.h"
#include "vm/frame.h"

namespace imugi {

namespace {

// --- exec, eval, compile ---

// The dict of builtins that code with these globals sees.
Owned builtins_for(Thread& thread, Dict& globals) {
    Owned builtins = TRY(dict_get(thread, globals, ID(__builtins__)));
    if (builtins.is_nothing()) return interpreter_of(thread).builtins_dict.share();
    if (has_shape(builtins, k_module_shape))
        return Owned::share(module_dict(builtins.as<Module>()));
    if (is_dict(builtins)) return builtins;
    // Frames look builtins up in a dict: another mapping is copied.
    if (!type_of(builtins).slots.subscript)
        return raise(thread, exc::TypeError, "'{}' object is not subscriptable",
                     type_name_of(builtins));
    return call(thread, Value::of(dict_type), builtins);
}

// What code without __builtins__ sees is what its caller does, as a dict.
bool add_builtins(Thread& thread, Dict& globals) {
    if (TRY(dict_contains(thread, globals, Value::of(ID(__builtins__))))) return true;
    Dict* around = thread.frame ? thread.frame->builtins : nullptr;
    Owned builtins = around ? Owned::share(*around) : interpreter_of(thread).builtins_dict.share();
    return dict_set(thread, globals, Value::of(ID(__builtins__)), std::move(builtins));
}

// Globals and locals of exec and eval: given ones checked, else those of the caller.
bool resolve_scopes(Thread& thread, const char* function, Value globals, Value locals,
                    Owned* out_globals, Owned* out_locals) {
    if (!is_none(globals) && !is_dict(globals))
        return raise(thread, exc::TypeError,
                     strcmp(function, "eval") == 0 && !is_none(locals)
                         ? "globals must be a real dict; try eval(code, {{}}, mapping)"
                     : strcmp(function, "eval") == 0 ? "globals must be a dict"
                                                     : "exec() globals must be a dict, not {}",
                     type_name_of(globals));
    if (!is_none(locals) && !type_of(locals).slots.subscript)
        return raise(thread, exc::TypeError,
                     strcmp(function, "eval") == 0 ? "locals must be a mapping"
                                                   : "locals must be a mapping or None, not {}",
                     type_name_of(locals));
    if (is_none(globals)) {
        Frame* frame = python_frame(thread);
        if (!frame) return raise(thread, exc::SystemError, "globals and locals cannot be NULL");
        *out_globals = Owned::share(*frame->globals);
        *out_locals = is_none(locals) ? frame_locals(thread, *frame) : Owned::share(locals);
    } else {
        *out_globals = Owned::share(globals);
        *out_locals = Owned::share(is_none(locals) ? globals : locals);
    }
    return *out_globals && *out_locals && add_builtins(thread, out_globals->as<Dict>());
}

Owned run_in_scopes(Thread& thread, Code& code, Value globals, Value locals, Value closure) {
    Owned builtins = TRY(builtins_for(thread, globals.as<Dict>()));
    return run_code(thread, code, globals.as<Dict>(), builtins.as<Dict>(), locals, closure);
}

Owned to_code(Thread& thread, Value source, syntax::Mode mode, const char* function) {
    if (!is_str(source) && !is_bytes(source) && !has_buffer(source))
        return raise(thread, exc::TypeError, "{}() arg 1 must be a string, bytes or code object",
                     function);
    compile::CompileOptions options;
    options.mode = mode;
    options.flags = compile::inherited_flags(thread);
    Ref<Str> filename = TRY(intern(thread, "<string>"));
    return compile::compile_source(thread, source, *filename, options);
}

Owned builtin_exec(Thread& thread, Value source, Value globals, Value locals, Value closure) {
    Owned scope, names;
    TRY(resolve_scopes(thread, "exec", globals, locals, &scope, &names));
    Owned code = has_shape(source, k_code_shape)
                     ? Owned::share(source)
                     : to_code(thread, source, syntax::Mode::Exec, "exec");
    if (!code) return {};
    uint32_t free = code.as<Code>().free_count;
    bool given = !is_none(closure);
    if (free == 0 && given)
        return raise(thread, exc::TypeError, "cannot use a closure with this code object");
    if (free) {
        bool fits = given && is_exact_tuple(closure) && closure.as<Tuple>().size == free;
        for (size_t i = 0; fits && i < free; i++)
            fits = has_shape(closure.as<Tuple>()[i], k_cell_shape);
        if (!given)
            return raise(thread, exc::TypeError,
                         "code object requires a closure of exactly length {}", free);
        if (!fits)
            return raise(thread, exc::TypeError,
                         "code object requires a closure of exactly length {}", free);
    }
    TRY(audit(thread, "exec", code));
    Owned result = TRY(run_in_scopes(thread, code.as<Code>(), scope, names, closure));
    return Owned::share(none());
}

Owned builtin_eval(Thread& thread, Value source, Value globals, Value locals) {
    Owned scope, names;
    TRY(resolve_scopes(thread, "eval", globals, locals, &scope, &names));
    Owned code;
    if (has_shape(source, k_code_shape)) {
        code = Owned::share(source);
        if (code.as<Code>().free_count)
            return raise(thread, exc::TypeError,
                         "code object passed to eval() may not contain free variables");
    } else if (is_str(source)) {
        // Leading blanks are no indentation here.
        Str& text = source.as<Str>();
        size_t skip = 0;
        while (skip < text.length() && (text[skip] == ' ' || text[skip] == '\t')) skip++;
        Ref<Str> stripped = TRY(str_substring(thread, text, skip, text.length()));
        code = TRY(to_code(thread, stripped, syntax::Mode::Eval, "eval"));
    } else {
        code = TRY(to_code(thread, source, syntax::Mode::Eval, "eval"));
    }
    TRY(audit(thread, "exec", code));
    return run_in_scopes(thread, code.as<Code>(), scope, names, Value());
}

// --- import ---

Owned builtin_import(Thread& thread, Value name, Value globals, Value locals, Value fromlist,
                     int level) {
    return import_name(thread, name, globals, fromlist, level);
}

// --- classes ---

// Bases after __mro_entries__; *changed when any was replaced.
Ref<Tuple> resolve_bases(Thread& thread, const Value* bases, size_t count, bool* changed) {
    Ref<List> resolved = TRY(make_list(thread, count));
    Ref<Tuple> original = TRY(make_tuple(thread, bases, count));
    *changed = false;
    for (size_t i = 0; i < count; i++) {
        if (is_type(bases[i])) {
            TRY(list_append(thread, *resolved, Owned::share(bases[i])));
            continue;
        }
        Owned entries = TRY(get_attribute_or_nothing(thread, bases[i], ID(__mro_entries__)));
        if (entries.is_nothing()) {
            TRY(list_append(thread, *resolved, Owned::share(bases[i])));
            continue;
        }
        Owned replacement = TRY(call(thread, entries, original));
        if (!is_tuple(replacement))
            return raise(thread, exc::TypeError, "__mro_entries__ must return a tuple");
        *changed = true;
        TRY(list_extend(thread, *resolved, replacement));
    }
    return list_to_tuple(thread, *resolved);
}

Owned builtin_build_class(Thread& thread, Args args, Kwargs keywords) {
    if (args.count < 2)
        return raise(thread, exc::TypeError, "__build_class__: not enough arguments");
    Value function = args[0], name = args[1];
    Args bases{args.values + 2, args.count - 2};
    if (!has_shape(function, k_function_shape))
        return raise(thread, exc::TypeError, "__build_class__: func must be a function");
    if (!is_str(name))
        return raise(thread, exc::TypeError, "__build_class__: name is not a string");
    bool changed;
    Ref<Tuple> resolved = TRY(resolve_bases(thread, bases.values, bases.count, &changed));
    // The keywords without `metaclass`, as names and values side by side.
    Ref<Dict> rest = TRY(make_dict(thread));
    Owned metaclass = Owned::nothing();
    for (size_t i = 0; i < keywords.count; i++) {
        if (str_equal(keywords.names[i].as<Str>(), "metaclass"))
            metaclass = Owned::share(keywords.values[i]);
        else
            TRY(dict_set(thread, *rest, keywords.names[i], keywords.values[i]));
    }
    if (metaclass.is_nothing())
        metaclass = Owned::share(resolved->size ? Value::of(type_of((*resolved)[0]))
                                                : Value::of(type_type));
    if (is_type(metaclass)) {
        Type* winner = calculate_metaclass(thread, metaclass.as<Type>(), *resolved);
        if (!winner) return {};
        metaclass = Owned::share(*winner);
    }
    Ref<Tuple> prepare_arguments = TRY(make_tuple(thread, name, resolved));
    Owned prepare = TRY(get_attribute_or_nothing(thread, metaclass, ID(__prepare__)));
    Owned names;
    if (prepare.is_nothing())
        names = make_dict(thread).owned();
    else
        names = call_with(thread, prepare, *prepare_arguments, rest.get());
    if (!names) return {};
    if (!type_of(names).slots.subscript) {
        if (is_type(metaclass))
            return raise(thread, exc::TypeError, "{}.__prepare__() must return a mapping, not {}",
                         metaclass.as<Type>(), type_name_of(names));
        return raise(thread, exc::TypeError,
                     "<metaclass>.__prepare__() must return a mapping, not {}",
                     type_name_of(names));
    }
    Owned cell = TRY(run_class_body(thread, function.as<Function>(), names));
    if (changed) {
        Ref<Tuple> original = TRY(make_tuple(thread, bases.values, bases.count));
        TRY(set_item(thread, names, Value::of(ID(__orig_bases__)), original));
    }
    Ref<Tuple> arguments = TRY(make_tuple(thread, name, resolved, names));
    Owned made = TRY(call_with(thread, metaclass, *arguments, rest.get()));
    if (is_type(made) && has_shape(cell, k_cell_shape)) {
        Owned inside = TRY(cell_load(thread, cell.as<Cell>()));
        if (inside.is_nothing())
            return raise(thread, exc::RuntimeError,
                         "__class__ not set defining {} as {}. Was __classcell__ propagated to "
                         "type.__new__?",
                         repr_of(name), repr_of(made));
        if (!same(inside, made))
            return raise(thread, exc::TypeError, "__class__ set to {} defining {} as {}",
                         repr_of(inside), repr_of(name), repr_of(made));
    }
    return made;
}

// --- the caller's frame ---

Owned builtin_globals(Thread& thread) {
    Frame* frame = python_frame(thread);
    return frame ? Owned::share(*frame->globals) : Owned::share(none());
}

Owned builtin_locals(Thread& thread) {
    Frame* frame = python_frame(thread);
    if (!frame) return raise(thread, exc::SystemError, "frame does not exist");
    return frame_locals(thread, *frame);
}

Owned builtin_breakpoint(Thread& thread, Args args, Kwargs kwargs) {
    Owned hook = dict_get(thread, interpreter_of(thread).sys_dict.as<Dict>(), ID(breakpointhook));
    if (hook.is_nothing()) return raise(thread, exc::RuntimeError, "lost sys.breakpointhook");
    TRY(audit(thread, "builtins.breakpoint", hook));
    Ref<Tuple> positional = TRY(make_tuple(thread, args.values, args.count));
    Ref<Dict> named = TRY(make_dict(thread));
    for (size_t i = 0; i < kwargs.count; i++)
        TRY(dict_set(thread, *named, kwargs.names[i], kwargs.values[i]));
    return call_with(thread, hook, *positional, named.get());
}

Owned stream_of(Thread& thread, Str& name) {
    Owned stream = dict_get(thread, interpreter_of(thread).sys_dict.as<Dict>(), name);
    if (stream.is_nothing() || is_none(stream))
        return raise(thread, exc::RuntimeError, "input(): lost sys.{}", name);
    return stream;
}

bool is_terminal(Thread& thread, Value stream, int64_t descriptor) {
    Owned number = call_method(thread, stream, ID(fileno));
    if (!number) clear_exception(thread);
    return number && same(number, Value::small_int(descriptor)) && isatty(int(descriptor));
}

// The module `readline` edits lines, once it has been imported. Nothing: it does not, or not here.
Owned edited_line(Thread& thread, Value in, Value out, Value prompt) {
    Owned modules = interpreter_of(thread).modules.share();
    if (!is_dict(modules)) return Owned::nothing();
    Owned editor = TRY(dict_get(thread, modules.as<Dict>(), ID(readline)));
    if (editor.is_nothing() || is_none(editor)) return Owned::nothing();
    if (!is_terminal(thread, in, 0) || !is_terminal(thread, out, 1)) return Owned::nothing();
    Owned edit = TRY(get_attribute_or_nothing(thread, editor, ID(_edit)));
    if (edit.is_nothing()) return edit;
    Owned text = prompt.is_empty() ? Owned(empty_str()) : TRY(str(thread, prompt));
    Owned line = call(thread, edit, text);
    if (line) return is_str(line) ? std::move(line) : Owned::nothing();
    if (!exception_matches(thread, exc::KeyboardInterrupt) &&
        !exception_matches(thread, exc::EOFError))
        return {};
    // The user's keys: not an error of the library's, whose frames would be shown.
    Owned error = take_exception(thread);
    if (set_attribute(thread, error, ID(__traceback__), none()))
        set_exception(thread, std::move(error));
    return {};
}

Owned builtin_input(Thread& thread, Value prompt) {
    Owned in = TRY(stream_of(thread, ID(stdin)));
    Owned out = TRY(stream_of(thread, ID(stdout)));
    Owned error = TRY(stream_of(thread, ID(stderr)));
    Owned flushed = call_method(thread, error, ID(flush));
    if (!flushed) clear_exception(thread);
    TRY(audit(thread, "builtins.input", prompt));
    Owned edited = TRY(edited_line(thread, in, out, prompt));
    if (!edited.is_nothing()) {
        TRY(audit(thread, "builtins.input/result", edited));
        return edited;
    }
    if (!prompt.is_empty()) {
        Owned text = TRY(str(thread, prompt));
        Owned written = TRY(call_method(thread, out, ID(write), text));
    }
    flushed = call_method(thread, out, ID(flush));
    if (!flushed) clear_exception(thread);
    Owned line = TRY(call_method(thread, in, ID(readline)));
    if (!is_str(line))
        return raise(thread, exc::TypeError, "object.readline() returned non-string");
    Str& text = line.as<Str>();
    if (text.length() == 0) return raise(thread, exc::EOFError, "EOF when reading a line");
    size_t end = text.length();
    if (text[end - 1] == '\n') end--;
    Ref<Str> result = TRY(str_substring(thread, text, 0, end));
    TRY(audit(thread, "builtins.input/result", result));
    return std::move(result).owned();
}

}  // namespace

const MethodRow builtin_run_rows[] = {
    {"exec", "(source, /, globals=None, locals=None, *, closure=None)", fn<builtin_exec>,
     "Execute the given source in the context of globals and locals."},
    {"eval", "(source, /, globals=None, locals=None)", fn<builtin_eval>,
     "Evaluate the given source in the context of globals and locals."},
    {"__import__",
     "(name, globals=None, locals=None, fromlist=(), level=0) -> ($module, /, name, globals=None, "
     "locals=None, fromlist=(),\n           level=0)",
     fn<builtin_import>, "Import a module."},
    {"__build_class__", "(*args, **kwds) -> None", fn<builtin_build_class>,
     "__build_class__(func, name, /, *bases, [metaclass], **kwds) -> class\n\nInternal helper "
     "function used by the class statement."},
    {"globals", "()", fn<builtin_globals>,
     "Return the dictionary containing the current scope's global variables."},
    {"locals", "()", fn<builtin_locals>,
     "Return a dictionary containing the current scope's local variables."},
    {"breakpoint", "(*args, **kws)", fn<builtin_breakpoint>,
     "Call sys.breakpointhook(*args, **kws)."},
    {"input", "(prompt=<unrepresentable>, /) -> ($module, prompt='', /)", fn<builtin_input>,
     "Read a string from standard input.  The trailing newline is stripped."},
    {},
};

}  // namespace imugi
