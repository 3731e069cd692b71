// See prompt.h. On the main thread; the loop of the plain prompt is native, so that the frames of a
// statement begin with its own.
#include "cli/prompt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/failure.h"
#include "object/call.h"
#include "object/code.h"
#include "object/config.h"
#include "object/dict.h"
#include "object/errors.h"
#include "object/int.h"
#include "object/interpreter.h"
#include "object/module.h"
#include "object/native.h"
#include "object/protocol.h"
#include "object/str.h"
#include "vm/call.h"

namespace imugi {

namespace {

Dict& sys_of(Thread& thread) {
    return interpreter_of(thread).sys_dict.as<Dict>();
}

const char* environment(Thread& thread, const char* name) {
    if (interpreter_of(thread).config->ignore_environment) return nullptr;
    const char* value = getenv(name);
    return value && *value ? value : nullptr;
}

Owned main_module(Thread& thread) {
    return get_item(thread, interpreter_of(thread).modules.borrow(), Value::of(ID(__main__)));
}

// False: SystemExit is pending.
bool show_pending(Thread& thread) {
    if (exception_matches(thread, exc::SystemExit)) return false;
    return show_exception(thread);
}

bool set_prompt(Thread& thread, Str& name, const char* text) {
    Owned old = TRY(dict_get(thread, sys_of(thread), name));
    if (!old.is_nothing()) return true;
    Ref<Str> prompt = TRY(make_str(thread, text));
    return dict_set(thread, sys_of(thread), Value::of(name), prompt.value());
}

void write_prompt(Thread& thread, Str& name) {
    Owned out = dict_get(thread, sys_of(thread), ID(stdout));
    if (out && !out.is_nothing() && !is_none(out)) {
        Owned flushed = call_method(thread, out, ID(flush));
        if (!flushed) clear_exception(thread);
    }
    Owned prompt = dict_get(thread, sys_of(thread), name);
    Owned text;
    if (prompt && !prompt.is_nothing()) text = str(thread, prompt);
    size_t size = 0;
    const char* utf8 = text ? str_utf8(thread, text.as<Str>(), &size) : nullptr;
    if (utf8) fwrite(utf8, 1, size, stderr);
    clear_exception(thread);
    fflush(stderr);
}

class PlainPrompt {
  public:
    explicit PlainPrompt(Thread& thread) : thread_(thread) {}

    Owned run() {
        Owned codeop = TRY(import_module(thread_, ID(codeop)));
        compiler_ = TRY(call_method(thread_, codeop, ID(CommandCompiler)));
        Owned main = TRY(main_module(thread_));
        for (bool more = true; more;)
            if (!step(main, &more) && !show_pending(thread_)) return {};
        return Owned::share(none());
    }

  private:
    // Reads a statement and runs it. `more` becomes false where the input ends and there is none.
    bool step(Value main, bool* more) {
        Ref<Str> source = empty_str();
        Owned code = Owned::share(none());
        for (Str* prompt = &ID(ps1); is_none(code); prompt = &ID(ps2)) {
            Owned line = read_line(*prompt);
            if (!line) {
                if (exception_matches(thread_, exc::KeyboardInterrupt)) fputc('\n', stderr);
                return false;
            }
            bool end = is_str(line) && line.as<Str>().length() == 0;
            if (end && !edited_) fputc('\n', stderr);
            if (end && source->length() == 0) {
                *more = false;
                return true;
            }
            source = TRY(format(thread_, "{}{}", source, line));
            // A last line without an end is not run before the end has been seen.
            if (end || (*source)[source->length() - 1] == '\n') code = TRY(compiled(*source, end));
        }
        if (!has_shape(code, k_code_shape)) return true;
        TRY(remember(*source, code));
        Dict& globals = module_dict(main.as<Module>());
        Owned result = TRY(run_code(thread_, code.as<Code>(), globals,
                                    interpreter_of(thread_).builtins_dict.as<Dict>(),
                                    Value::of(globals), Value()));
        return true;
    }

    // Empty: the input has ended.
    Owned read_line(Str& prompt) {
        edited_ = false;
        Owned edited = TRY(edit_line(prompt));
        if (!edited.is_nothing()) return edited;
        write_prompt(thread_, prompt);
        Owned in = TRY(dict_get(thread_, sys_of(thread_), ID(stdin)));
        if (in.is_nothing() || is_none(in)) return Owned(empty_str());
        Owned line = call_method(thread_, in, ID(readline));
        // A stream that cannot be read, or was closed, has come to its end.
        if (!line && (clear_exception_if(thread_, exc::OSError) ||
                      clear_exception_if(thread_, exc::ValueError)))
            return Owned(empty_str());
        return line;
    }

    // By `readline`, once it has been imported. Nothing: it has not, or the terminal does not do.
    Owned edit_line(Str& prompt) {
        if (!isatty(0) || !isatty(1)) return Owned::nothing();
        Owned editor =
            TRY(dict_get(thread_, interpreter_of(thread_).modules.as<Dict>(), ID(readline)));
        if (editor.is_nothing() || is_none(editor)) return Owned::nothing();
        Owned edit = TRY(get_attribute_or_nothing(thread_, editor, ID(_edit)));
        if (edit.is_nothing()) return edit;
        Owned shown = TRY(dict_get(thread_, sys_of(thread_), prompt));
        Owned text = shown.is_nothing() ? Owned(empty_str()) : TRY(str(thread_, shown));
        Owned line = call(thread_, edit, text);
        if (line) return is_str(line) ? format(thread_, "{}\n", line).owned() : Owned::nothing();
        if (clear_exception_if(thread_, exc::EOFError)) {
            edited_ = true;
            return Owned(empty_str());
        }
        forget_traceback();
        return {};
    }

    // What went wrong at the prompt did not in the library that serves it.
    void forget_traceback() {
        Owned error = take_exception(thread_);
        if (set_attribute(thread_, error, ID(__traceback__), none()))
            set_exception(thread_, std::move(error));
    }

    // None: there is more to come. At the end of the input nothing is: half a statement is an
    // error.
    Owned compiled(Str& source, bool last) {
        Ref<Str> text = last ? TRY(format(thread_, "{}\n", source))
                             : TRY(str_substring(thread_, source, 0, source.length() - 1));
        Ref<Str> filename = TRY(make_str(thread_, "<stdin>"));
        Ref<Str> symbol = TRY(make_str(thread_, "single"));
        Owned code = call(thread_, compiler_, text, filename, symbol);
        bool half = last && code && is_none(code);
        if (half || (!code && clear_exception_if(thread_, exc::SyntaxError))) {
            // Said again for whole lines, which have an end that the mark may stand at.
            if (source[source.length() - 1] == '\n') text = Ref<Str>::share(source);
            Owned builtins = interpreter_of(thread_).builtins.share();
            code = call_method(thread_, builtins, ID(compile), text, filename, symbol);
        }
        if (!code) {
            if (exception_matches(thread_, exc::SyntaxError)) show_line(*text);
            forget_traceback();
        }
        return code;
    }

    // Errors that are found after parsing have no line of text, and no file has it.
    void show_line(Str& source) {
        Owned error = take_exception(thread_);
        if (!add_line(error, source)) clear_exception(thread_);
        set_exception(thread_, std::move(error));
    }
    bool add_line(Value error, Str& source) {
        Owned text = TRY(get_attribute(thread_, error, ID(text)));
        Owned number = TRY(get_attribute(thread_, error, ID(lineno)));
        int64_t n;
        if (!is_none(text) || !is_int(number) || !int_fits_int64(number, &n)) return true;
        Owned lines = TRY(call_method(thread_, Value::of(source), ID(splitlines), boolean(true)));
        Owned index = TRY(make_int(thread_, n - 1));
        Owned line = TRY(get_item(thread_, lines, index));
        return set_attribute(thread_, error, ID(text), line);
    }

    // Every statement has a file name of its own, by which tracebacks find its lines.
    bool remember(Str& source, Value code) {
        char name[40];
        snprintf(name, sizeof name, "<stdin-%zu>", statements_++);
        Ref<Str> unique = TRY(make_str(thread_, name));
        Ref<Str> filename = TRY(make_str(thread_, "<stdin>"));
        Owned imp = TRY(import_module(thread_, ID(_imp)));
        Owned renamed = TRY(call_method(thread_, imp, ID(_fix_co_filename), code, unique));
        Owned linecache = TRY(import_module(thread_, ID(linecache)));
        Owned registered = TRY(
            call_method(thread_, linecache, ID(_register_code), code, Value::of(source), filename));
        return true;
    }

    Thread& thread_;
    Owned compiler_;
    size_t statements_ = 0;
    bool edited_ = false;  // the end was typed to the editor, which has ended its line
};

Owned base_prompt(Thread& thread) {
    TRY(set_prompt(thread, ID(ps1), ">>> "));
    TRY(set_prompt(thread, ID(ps2), "... "));
    PlainPrompt prompt(thread);
    return prompt.run();
}

const MethodRow base_prompt_row = {"_baserepl", "()", fn<base_prompt>,
                                   "Private function for getting the base REPL"};

bool run_startup_file(Thread& thread) {
    const char* path = environment(thread, "PYTHONSTARTUP");
    if (!path) return true;
    Ref<Str> name = TRY(decode_fs(thread, path));
    Owned tokenize = TRY(import_module(thread, ID(tokenize)));
    Owned file = call_method(thread, tokenize, ID(open), name);
    if (!file) {
        fputs("Could not open PYTHONSTARTUP\n", stderr);
        return false;
    }
    Owned text = TRY(call_method(thread, file, ID(read)));
    Owned closed = TRY(call_method(thread, file, ID(close)));
    Owned builtins = interpreter_of(thread).builtins.share();
    Ref<Str> mode = TRY(make_str(thread, "exec"));
    Owned code = TRY(call_method(thread, builtins, ID(compile), text, name, mode));
    Owned main = TRY(main_module(thread));
    return static_cast<bool>(
        call_method(thread, builtins, ID(exec), code, Value::of(module_dict(main.as<Module>()))));
}

bool call_hook(Thread& thread) {
    Owned hook = TRY(dict_get(thread, sys_of(thread), ID(__interactivehook__)));
    if (hook.is_nothing()) return true;
    if (call(thread, hook)) return true;
    fputs("Failed calling sys.__interactivehook__\n", stderr);
    return false;
}

// Editing of several lines, history and colour want a terminal and the library. Nothing: it cannot
// be used.
Owned editing_prompt(Thread& thread) {
    if (!isatty(0) || environment(thread, "PYTHON_BASIC_REPL")) return Owned::nothing();
    Ref<Str> name = TRY(make_str(thread, "_pyrepl.main"));
    Owned importlib = TRY(import_module(thread, ID(importlib)));
    Owned pyrepl = TRY(call_method(thread, importlib, ID(import_module), name));
    Owned usable = TRY(get_attribute(thread, pyrepl, ID(CAN_USE_PYREPL)));
    if (!TRY(is_true(thread, usable))) {
        Owned reason = TRY(get_attribute(thread, pyrepl, ID(FAIL_REASON)));
        size_t size;
        const char* utf8 = is_str(reason) ? str_utf8(thread, reason.as<Str>(), &size) : nullptr;
        if (utf8 && size) fprintf(stderr, "%s\n", utf8);
        return Owned::nothing();
    }
    Owned main = TRY(main_module(thread));
    return call_method(thread, pyrepl, ID(interactive_console), main);
}

// After a program of -c, -m or a file its output goes on without a break.
bool greet(Thread& thread) {
    const Config& config = *interpreter_of(thread).config;
    bool after_program = config.command || config.module || config.file;
    if (config.quiet || (after_program && !config.verbose)) return true;
    Owned version = TRY(dict_get(thread, sys_of(thread), ID(version)));
    size_t size = 0;
    const char* utf8 = is_str(version) ? str_utf8(thread, version.as<Str>(), &size) : "";
    if (!utf8) return false;
    fprintf(stderr, "Python %s on linux\n", utf8);
    if (!config.no_site)
        fputs("Type \"help\", \"copyright\", \"credits\" or \"license\" for more information.\n",
              stderr);
    fflush(stderr);
    return true;
}

}  // namespace

Owned run_prompt(Thread& thread, bool startup) {
    Owned base = TRY(make_native_function(thread, base_prompt_row, Value(), Value()));
    TRY(dict_set(thread, sys_of(thread), Value::of(ID(_baserepl)), base.value()));
    TRY(greet(thread));
    if (startup && !run_startup_file(thread) && !show_pending(thread)) return {};
    if (!call_hook(thread) && !show_pending(thread)) return {};
    Owned result = editing_prompt(thread);
    if (!result && !exception_matches(thread, exc::SystemExit)) {
        if (!show_exception(thread)) return {};
        result = Owned::nothing();
    }
    return result && result.is_nothing() ? base_prompt(thread) : std::move(result);
}

}  // namespace imugi
