// Config: what the command line and the environment ask for. Filled by the cli layer (or an
// embedder) before start-up, constant afterwards.
#pragma once

#include <cstddef>
#include <cstdint>

namespace imugi {

struct TextList {
    const char** items = nullptr;
    size_t count = 0;
};

struct Config {
    // sys.flags
    int debug = 0, inspect = 0, interactive = 0, optimize = 0, dont_write_bytecode = 0;
    int no_user_site = 0, no_site = 0, ignore_environment = 0, verbose = 0, bytes_warning = 0,
        quiet = 0;
    int isolated = 0, dev_mode = 0, utf8_mode = 1, safe_path = 0, warn_default_encoding = 0;
    int int_max_str_digits = 4300;
    int gil = 0;             // 1: start with the GIL
    bool gil_given = false;  // by -X gil or PYTHON_GIL
    int cpu_count = -1;      // what os.cpu_count() tells; -1: the truth
    int thread_inherit_context = 1;
    int context_aware_warnings = 1;
    int buffered_stdio = 1;
    int show_version = 0;  // 1: -V, 2: -VV
    int import_time = 0;
    int no_debug_ranges = 0;
    int faulthandler = 0;
    int frozen_modules = 1;
    int skip_first_line = 0;  // -x
    uint64_t hash_seed = 0;
    bool use_hash_seed = false;  // PYTHONHASHSEED is a number
    bool random_hash = false;    // -R: and yet not
    int tracemalloc = 0;
    // What to run: at most one of the three.
    const char* command = nullptr;  // -c
    const char* module = nullptr;   // -m
    const char* file =
        nullptr;         // script, folder or zip; null with no command and module: standard input
    TextList arguments;  // sys.argv[1:]
    TextList original_arguments;  // sys.orig_argv
    TextList warning_options;     // -W
    TextList x_options;           // -X, "name" or "name=value"
    const char* program_name = nullptr;
    const char* home = nullptr;            // PYTHONHOME
    const char* python_path = nullptr;     // PYTHONPATH
    const char* stdio_encoding = nullptr;  // PYTHONIOENCODING
    const char* pycache_prefix = nullptr;
    const char* check_hash_pycs_mode = "default";
    const char* platform_library_dir = "lib";
    bool dump_bytecode = false;  // show the program's instructions, do not run it
};

// Places derived at start-up, decoded with the file system encoding; kept for the process's life.
struct Places {
    char executable[4096];
    char base_executable[4096];  // what a virtual environment was made with
    char prefix[4096];
    char base_prefix[4096];
    char stdlib[4096];  // .../lib/python3.14t
};
extern Places places;

}  // namespace imugi
