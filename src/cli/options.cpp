// Reading the command line and the environment into the configuration, before there is a thread.
#include "cli/options.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

namespace imugi {

Places places;

namespace {

int fail(const char* program, const char* format, const char* what) {
    fprintf(stderr, format, what);
    print_usage(stderr, program);
    fprintf(stderr, "Try `python -h' for more information.\n");
    return 2;
}

void append(TextList& list, const char* item) {
    auto** grown = static_cast<const char**>(realloc(list.items, (list.count + 1) * sizeof(char*)));
    if (!grown) abort();
    list.items = grown;
    list.items[list.count++] = item;
}

// A variable that is set and not empty; null under -E.
const char* environment(const Config& config, const char* name) {
    if (config.ignore_environment) return nullptr;
    const char* value = getenv(name);
    return value && *value ? value : nullptr;
}

// Flags of the environment: any text is 1, a number is that many.
void raise_flag(const Config& config, const char* name, int& flag) {
    const char* value = environment(config, name);
    if (!value) return;
    int level = atoi(value);
    if (level <= 0) level = 1;
    if (level > flag) flag = level;
}

bool x_flag(const char* option, const char* name, const char** value) {
    size_t length = strlen(name);
    if (strncmp(option, name, length) != 0) return false;
    if (option[length] == 0) return *value = nullptr, true;
    if (option[length] == '=') return *value = option + length + 1, true;
    return false;
}

bool read_switch(const char* what, const char* value, int& flag, const char* messages) {
    if (value && (strcmp(value, "0") == 0 || strcmp(value, "1") == 0)) {
        flag = *value == '1';
        return true;
    }
    fprintf(stderr, "Fatal Python error: config_read: %s: %s\n", what, messages);
    return false;
}

bool read_digits(const char* value, int& digits, const char* source) {
    char* end;
    long n = strtol(value, &end, 10);
    if (*end || end == value || (n != 0 && n < 640) || n > INT_MAX) {
        fprintf(stderr,
                "Fatal Python error: config_init_int_max_str_digits: %s: invalid limit; must be >= "
                "640 or 0 for unlimited.\n",
                source);
        return false;
    }
    digits = static_cast<int>(n);
    return true;
}

bool read_gil(Config& config, const char* value) {
    config.gil_given = true;
    if (value && (strcmp(value, "0") == 0 || strcmp(value, "1") == 0)) {
        config.gil = *value == '1';
        return true;
    }
    fputs("Fatal Python error: config_read_gil: PYTHON_GIL / -X gil must be \"0\" or \"1\"\n",
          stderr);
    return false;
}

bool read_cpu_count(Config& config, const char* value) {
    if (value && strcmp(value, "default") == 0) return config.cpu_count = -1, true;
    char* end = nullptr;
    long n = value ? strtol(value, &end, 10) : 0;
    if (n < 1 || n > INT_MAX || *end) {
        fputs(
            "Fatal Python error: config_init_cpu_count: -X cpu_count=n option: n is missing or an "
            "invalid number, n must be greater than 0\n",
            stderr);
        return false;
    }
    config.cpu_count = static_cast<int>(n);
    return true;
}

bool read_frozen_modules(Config& config, const char* value, const char* source) {
    if (!*value || strcmp(value, "on") == 0) return config.frozen_modules = 1, true;
    if (strcmp(value, "off") == 0) return config.frozen_modules = 0, true;
    fprintf(stderr, "Fatal Python error: bad value for %s (expected \"on\" or \"off\")\n", source);
    return false;
}

bool apply_x_option(Config& config, const char* option) {
    const char* value;
    append(config.x_options, option);
    if (x_flag(option, "gil", &value)) return read_gil(config, value);
    if (x_flag(option, "dev", &value)) return config.dev_mode = 1, true;
    if (x_flag(option, "utf8", &value))
        return (config.utf8_mode = 1, !value) ||
               read_switch("-X utf8", value, config.utf8_mode, "invalid -X utf8 option value");
    if (x_flag(option, "importtime", &value))
        return config.import_time = value ? atoi(value) : 1, true;
    if (x_flag(option, "faulthandler", &value)) return config.faulthandler = 1, true;
    if (x_flag(option, "no_debug_ranges", &value)) return config.no_debug_ranges = 1, true;
    if (x_flag(option, "warn_default_encoding", &value))
        return config.warn_default_encoding = 1, true;
    if (x_flag(option, "int_max_str_digits", &value))
        return read_digits(value ? value : "", config.int_max_str_digits, "-X int_max_str_digits");
    if (x_flag(option, "pycache_prefix", &value))
        return config.pycache_prefix = value ? value : "", true;
    if (x_flag(option, "tracemalloc", &value))
        return config.tracemalloc = value ? atoi(value) : 1, true;
    if (x_flag(option, "thread_inherit_context", &value))
        return read_switch("-X thread_inherit_context", value, config.thread_inherit_context,
                           "must be 0 or 1");
    if (x_flag(option, "context_aware_warnings", &value))
        return read_switch("-X context_aware_warnings", value, config.context_aware_warnings,
                           "must be 0 or 1");
    if (x_flag(option, "frozen_modules", &value))
        return read_frozen_modules(config, value ? value : "", "option -X frozen_modules");
    if (x_flag(option, "cpu_count", &value)) return read_cpu_count(config, value);
    return true;
}

// A variable of the environment, unless the -X option of the same meaning was given.
const char* unless_option(const Config& config, const char* variable, const char* option) {
    const char* value;
    for (size_t i = 0; i < config.x_options.count; i++)
        if (x_flag(config.x_options.items[i], option, &value)) return nullptr;
    return environment(config, variable);
}

bool read_environment(Config& config) {
    raise_flag(config, "PYTHONDEBUG", config.debug);
    config.debug = config.debug != 0;
    raise_flag(config, "PYTHONVERBOSE", config.verbose);
    raise_flag(config, "PYTHONOPTIMIZE", config.optimize);
    raise_flag(config, "PYTHONINSPECT", config.inspect);
    config.inspect = config.inspect != 0;
    raise_flag(config, "PYTHONDONTWRITEBYTECODE", config.dont_write_bytecode);
    config.dont_write_bytecode = config.dont_write_bytecode != 0;
    raise_flag(config, "PYTHONNOUSERSITE", config.no_user_site);
    config.no_user_site = config.no_user_site != 0;
    raise_flag(config, "PYTHONSAFEPATH", config.safe_path);
    if (environment(config, "PYTHONUNBUFFERED")) config.buffered_stdio = 0;
    if (environment(config, "PYTHONDEVMODE")) config.dev_mode = 1;
    if (environment(config, "PYTHONFAULTHANDLER")) config.faulthandler = 1;
    if (environment(config, "PYTHONNODEBUGRANGES")) config.no_debug_ranges = 1;
    raise_flag(config, "PYTHONPROFILEIMPORTTIME", config.import_time);
    if (environment(config, "PYTHONWARNDEFAULTENCODING")) config.warn_default_encoding = 1;
    config.home = environment(config, "PYTHONHOME");
    config.python_path = environment(config, "PYTHONPATH");
    config.stdio_encoding = environment(config, "PYTHONIOENCODING");
    if (!config.pycache_prefix) config.pycache_prefix = environment(config, "PYTHONPYCACHEPREFIX");
    if (const char* value = unless_option(config, "PYTHON_GIL", "gil"))
        if (!read_gil(config, value)) return false;
    if (const char* value =
            unless_option(config, "PYTHON_THREAD_INHERIT_CONTEXT", "thread_inherit_context"))
        if (!read_switch("PYTHON_THREAD_INHERIT_CONTEXT", value, config.thread_inherit_context,
                         "must be 0 or 1"))
            return false;
    if (const char* value =
            unless_option(config, "PYTHON_CONTEXT_AWARE_WARNINGS", "context_aware_warnings"))
        if (!read_switch("PYTHON_CONTEXT_AWARE_WARNINGS", value, config.context_aware_warnings,
                         "must be 0 or 1"))
            return false;
    if (const char* value = unless_option(config, "PYTHONUTF8", "utf8"))
        if (!read_switch("PYTHONUTF8", value, config.utf8_mode,
                         "invalid PYTHONUTF8 environment variable value"))
            return false;
    if (const char* value = unless_option(config, "PYTHON_CPU_COUNT", "cpu_count"))
        if (!read_cpu_count(config, value)) return false;
    if (const char* value = unless_option(config, "PYTHON_FROZEN_MODULES", "frozen_modules"))
        if (!read_frozen_modules(config, value, "PYTHON_FROZEN_MODULES")) return false;
    if (const char* value = unless_option(config, "PYTHONINTMAXSTRDIGITS", "int_max_str_digits"))
        if (!read_digits(value, config.int_max_str_digits, "PYTHONINTMAXSTRDIGITS")) return false;
    if (const char* seed = environment(config, "PYTHONHASHSEED");
        seed && !config.random_hash && strcmp(seed, "random") != 0) {
        char* end;
        unsigned long number = strtoul(seed, &end, 10);
        if (*end || number > 4294967295ul || *seed == '-') {
            fprintf(stderr,
                    "Fatal Python error: config_init_hash_seed: PYTHONHASHSEED must be \"random\" "
                    "or an integer in range [0; 4294967295]\n");
            return false;
        }
        config.hash_seed = number;
        config.use_hash_seed = true;
    }
    return true;
}

// PYTHONWARNINGS come before -W.
void read_warnings(Config& config) {
    const char* value = environment(config, "PYTHONWARNINGS");
    TextList options;
    if (config.dev_mode) append(options, "default");
    if (value) {
        char* copy = strdup(value);
        for (char* part = strtok(copy, ","); part; part = strtok(nullptr, ","))
            append(options, part);
    }
    for (size_t i = 0; i < config.warning_options.count; i++)
        append(options, config.warning_options.items[i]);
    if (config.bytes_warning > 1)
        append(options, "error::BytesWarning");
    else if (config.bytes_warning)
        append(options, "default::BytesWarning");
    config.warning_options = options;
}

}  // namespace

struct HelpOption {
    const char* name;
    HelpParts parts;
};
static constexpr HelpOption help_options[] = {{"--help-env", HelpParts::kVariables},
                                              {"--help-xoptions", HelpParts::kXOptions},
                                              {"--help-all", HelpParts::kAll}};

OptionsResult read_options(int argc, char** argv, Config& config) {
    const char* program = argv[0];
    config.program_name = program;
    config.utf8_mode = -1;
    for (int i = 0; i < argc; i++) append(config.original_arguments, argv[i]);
    int at = 1;
    for (; at < argc && !config.command && !config.module; at++) {
        const char* argument = argv[at];
        if (argument[0] != '-' || argument[1] == 0) break;
        if (strcmp(argument, "--") == 0) {
            at++;
            break;
        }
        if (argument[1] == '-') {
            if (strcmp(argument, "--help") == 0) {
                print_help(program, HelpParts::kOptions);
                return OptionsResult::kDone;
            }
            for (const HelpOption& each : help_options) {
                if (strcmp(argument, each.name) != 0) continue;
                print_help(program, each.parts);
                return OptionsResult::kDone;
            }
            if (strcmp(argument, "--version") == 0) {
                config.show_version++;
            } else if (strcmp(argument, "--check-hash-based-pycs") == 0 && at + 1 < argc) {
                config.check_hash_pycs_mode = argv[++at];
            } else if (strcmp(argument, "--dump-bytecode") == 0) {
                config.dump_bytecode = true;
            } else {
                fail(program, "unknown option %s\n", argument);
                return OptionsResult::kUsageError;
            }
            continue;
        }
        for (const char* letter = argument + 1; *letter; letter++) {
            const char* value = nullptr;
            if (strchr("cmWX", *letter)) {
                value = letter[1] ? letter + 1 : at + 1 < argc ? argv[++at] : nullptr;
                if (!value) {
                    const char name[] = {*letter, 0};
                    fail(program, "Argument expected for the -%s option\n", name);
                    return OptionsResult::kUsageError;
                }
            }
            switch (*letter) {
                case 'b':
                    config.bytes_warning++;
                    break;
                case 'B':
                    config.dont_write_bytecode++;
                    break;
                case 'c':
                    config.command = value;
                    break;
                case 'd':
                    config.debug++;
                    break;
                case 'E':
                    config.ignore_environment = 1;
                    break;
                case 'h':
                case '?':
                    print_help(program, HelpParts::kOptions);
                    return OptionsResult::kDone;
                case 'i':
                    config.inspect++;
                    config.interactive = 1;
                    break;
                case 'I':
                    config.isolated = 1;
                    config.ignore_environment = 1;
                    config.no_user_site++;
                    config.safe_path++;
                    break;
                case 'm':
                    config.module = value;
                    break;
                case 'O':
                    config.optimize++;
                    break;
                case 'P':
                    config.safe_path++;
                    break;
                case 'q':
                    config.quiet = 1;
                    break;
                case 'R':
                    config.random_hash = true;
                    break;
                case 's':
                    config.no_user_site++;
                    break;
                case 'S':
                    config.no_site = 1;
                    break;
                case 'u':
                    config.buffered_stdio = 0;
                    break;
                case 'v':
                    config.verbose++;
                    break;
                case 'V':
                    config.show_version++;
                    break;
                case 'W':
                    append(config.warning_options, value);
                    break;
                case 'x':
                    config.skip_first_line = 1;
                    break;
                case 'X':
                    if (!apply_x_option(config, value)) return OptionsResult::kFatal;
                    break;
                case 'J':
                    fail(program, "-J is reserved for %s\n", "Jython");
                    return OptionsResult::kUsageError;
                default: {
                    const char name[] = {*letter, 0};
                    fail(program, "Unknown option: -%s\n", name);
                    return OptionsResult::kUsageError;
                }
            }
            if (value) break;
        }
    }
    if (config.show_version) return OptionsResult::kRun;
    if (!config.command && !config.module && at < argc) {
        config.file = argv[at++];
        if (strcmp(config.file, "-") == 0) config.file = nullptr;
    }
    for (; at < argc; at++) append(config.arguments, argv[at]);
    if (!read_environment(config)) return OptionsResult::kFatal;
    read_warnings(config);
    if (config.dev_mode) config.faulthandler = 1;
    return OptionsResult::kRun;
}

// --- places ---

static bool is_stdlib(const char* folder) {
    char landmark[4200];
    snprintf(landmark, sizeof(landmark), "%s/os.py", folder);
    struct stat status;
    return stat(landmark, &status) == 0;
}

// As the library of a Python without a GIL is called; with one it has no t.
static constexpr const char* kLibraryFolders[] = {"lib/python3.14t", "lib/python3.14"};

static bool try_prefix(const char* prefix) {
    for (const char* name : kLibraryFolders) {
        char folder[4200];
        snprintf(folder, sizeof(folder), "%s/%s", prefix, name);
        if (!is_stdlib(folder)) continue;
        char resolved[PATH_MAX];
        const char* real = realpath(prefix, resolved) ? resolved : prefix;
        snprintf(places.base_prefix, sizeof(places.base_prefix), "%s", real);
        snprintf(places.stdlib, sizeof(places.stdlib), "%.4000s/%s", real, name);
        return true;
    }
    return false;
}

// The binary that runs, as the user called it (links kept, as virtual environments need).
static void find_executable(const char* program) {
    char* out = places.executable;
    if (strchr(program, '/')) {
        if (program[0] == '/') {
            snprintf(out, sizeof(places.executable), "%s", program);
        } else {
            char folder[PATH_MAX];
            if (!getcwd(folder, sizeof(folder))) folder[0] = 0;
            while (strncmp(program, "./", 2) == 0) program += 2;
            snprintf(out, sizeof(places.executable), "%.2000s/%.2000s", folder, program);
        }
        return;
    }
    const char* path = getenv("PATH");
    for (const char* part = path; part && *part;) {
        const char* end = strchrnul(part, ':');
        snprintf(out, sizeof(places.executable), "%.*s/%s", static_cast<int>(end - part), part,
                 program);
        if (access(out, X_OK) == 0) return;
        part = *end ? end + 1 : end;
    }
    ssize_t length = readlink("/proc/self/exe", out, sizeof(places.executable) - 1);
    out[length > 0 ? length : 0] = 0;
}

// home = ... of a virtual environment's pyvenv.cfg beside the executable or above it.
static bool find_venv(char* prefix, size_t size, char* home, size_t home_size) {
    char folder[4096];
    snprintf(folder, sizeof(folder), "%s", places.executable);
    for (int level = 0; level < 2; level++) {
        char* slash = strrchr(folder, '/');
        if (!slash) return false;
        *slash = 0;
        char file[4200];
        snprintf(file, sizeof(file), "%s/pyvenv.cfg", folder);
        FILE* stream = fopen(file, "r");
        if (!stream) continue;
        char line[4096];
        home[0] = 0;
        while (fgets(line, sizeof(line), stream)) {
            char* equals = strchr(line, '=');
            if (!equals || strncmp(line, "home", 4) != 0) continue;
            char* value = equals + 1;
            while (isspace(static_cast<unsigned char>(*value))) value++;
            value[strcspn(value, "\r\n")] = 0;
            snprintf(home, home_size, "%s", value);
        }
        fclose(stream);
        snprintf(prefix, size, "%s", folder);
        return true;
    }
    return false;
}

// build/<preset>/imugi finds build/stdlib; an installed bin/imugi its own lib. Takes `path`, of the
// binary, apart.
static bool find_beside(char* path) {
    for (int level = 0; level < 2; level++) {
        char* slash = strrchr(path, '/');
        if (!slash) return false;
        *slash = 0;
        char beside[PATH_MAX + 16];
        snprintf(beside, sizeof(beside), "%s/stdlib", path);
        if (try_prefix(path) || try_prefix(beside)) return true;
    }
    return false;
}

// Of the name that the environment's one has, or that it is a link to, in its home.
static void find_base_executable(const char* home) {
    char real[PATH_MAX];
    const char* names[] = {places.executable,
                           realpath(places.executable, real) ? real : places.executable};
    for (const char* name : names) {
        const char* slash = strrchr(name, '/');
        snprintf(places.base_executable, sizeof(places.base_executable), "%.2000s/%.2000s", home,
                 slash ? slash + 1 : name);
        if (access(places.base_executable, X_OK) == 0) return;
    }
    snprintf(places.base_executable, sizeof(places.base_executable), "%s", places.executable);
}

void find_places(const Config& config) {
    find_executable(config.program_name);
    snprintf(places.base_executable, sizeof(places.base_executable), "%s", places.executable);
    char venv[4096], venv_home[4096];
    bool in_venv = !config.home && find_venv(venv, sizeof(venv), venv_home, sizeof(venv_home));
    bool found = false;
    if (config.home) found = try_prefix(config.home);
    char real[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", real, sizeof(real) - 1);
    if (!found && length > 0) {
        real[length] = 0;
        found = find_beside(real);
    }
    if (in_venv && *venv_home) {
        find_base_executable(venv_home);
        // A copy of the interpreter has its library where it was copied from.
        snprintf(real, sizeof(real), "%s", places.base_executable);
        if (!found) found = find_beside(real);
    }
    if (!found && config.home) {
        snprintf(places.base_prefix, sizeof(places.base_prefix), "%s", config.home);
        snprintf(places.stdlib, sizeof(places.stdlib), "%.4000s/%s", config.home,
                 kLibraryFolders[0]);
    }
    snprintf(places.prefix, sizeof(places.prefix), "%s", in_venv ? venv : places.base_prefix);
}

}  // namespace imugi
