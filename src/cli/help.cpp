// What --help and its kin print.
#include <stdio.h>

#include "cli/options.h"

namespace imugi {

static const char kOptions[] =
    "Options (and corresponding environment variables):\n"
    "-b     : issue warnings about converting bytes/bytearray to str and comparing\n"
    "         bytes/bytearray with str or bytes with int; also PYTHONBYTESWARNING=x\n"
    "         (-bb: issue errors)\n"
    "-B     : don't write .pyc files on import; also PYTHONDONTWRITEBYTECODE=x\n"
    "-c cmd : program passed in as string (terminates option list)\n"
    "-d     : turn on parser debugging output; also PYTHONDEBUG=x\n"
    "-E     : ignore PYTHON* environment variables (such as PYTHONPATH)\n"
    "-h     : print this help message and exit (also -? or --help)\n"
    "-i     : inspect interactively after running script; also PYTHONINSPECT=x\n"
    "-I     : isolate from the user's environment (implies -E, -P and -s)\n"
    "-m mod : run library module as a script (terminates option list)\n"
    "-O     : remove assert and __debug__-dependent statements; also PYTHONOPTIMIZE=x\n"
    "-OO    : do -O changes and also discard docstrings\n"
    "-P     : don't prepend a potentially unsafe path to sys.path; also PYTHONSAFEPATH\n"
    "-q     : don't print version and copyright messages on interactive startup\n"
    "-R     : turn on hash randomization; also PYTHONHASHSEED\n"
    "-s     : don't add user site directory to sys.path; also PYTHONNOUSERSITE=x\n"
    "-S     : don't imply 'import site' on initialization\n"
    "-u     : force the stdout and stderr streams to be unbuffered; also PYTHONUNBUFFERED=x\n"
    "-v     : verbose (trace import statements); also PYTHONVERBOSE=x\n"
    "-V     : print the version number and exit (also --version); -VV prints more\n"
    "-W arg : warning control; arg is action:message:category:module:lineno;\n"
    "         also PYTHONWARNINGS=arg\n"
    "-x     : skip first line of source, allowing use of non-Unix forms of #!cmd\n"
    "-X opt : set implementation-specific option\n"
    "--check-hash-based-pycs always|default|never:\n"
    "         control how imugi invalidates hash-based .pyc files\n"
    "--dump-bytecode: show the instructions of the program instead of running it\n"
    "--help-env: list the environment variables and exit\n"
    "--help-xoptions: list the -X options and exit\n"
    "--help-all: print all three and exit\n"
    "\n"
    "Arguments:\n"
    "file   : program read from script file\n"
    "-      : program read from stdin (default; interactive mode if a tty)\n"
    "arg ...: arguments passed to program in sys.argv[1:]\n";

static const char kVariables[] =
    "Environment variables (-E ignores them):\n"
    "PYTHONSTARTUP   : file that an interactive session runs first\n"
    "PYTHONPATH      : folders and archives for sys.path, separated by ':'\n"
    "PYTHONHOME      : prefix under which lib/python3.14t is looked for\n"
    "PYTHONIOENCODING: encoding[:errors] of stdin, stdout and stderr\n"
    "PYTHONHASHSEED  : 'random', or an integer in the range [0,4294967295] from which\n"
    "                  the hashes of str and bytes are computed\n"
    "PYTHONCOERCECLOCALE: 0: leave LC_CTYPE alone in the C locale; warn: tell when it\n"
    "                  is changed\n"
    "PYTHONBREAKPOINT: what breakpoint() calls; 0: nothing\n"
    "PYTHON_COLORS   : 1: colour output, 0: never\n"
    "PYTHON_HISTORY  : file of the interactive history\n"
    "\n"
    "Of the same meaning as options:\n"
    "PYTHON_CONTEXT_AWARE_WARNINGS: -X context_aware_warnings\n"
    "PYTHON_CPU_COUNT: -X cpu_count\n"
    "PYTHONDEBUG     : -d\n"
    "PYTHONDEVMODE   : -X dev\n"
    "PYTHONDONTWRITEBYTECODE: -B\n"
    "PYTHONFAULTHANDLER: -X faulthandler\n"
    "PYTHON_FROZEN_MODULES: -X frozen_modules\n"
    "PYTHON_GIL      : -X gil\n"
    "PYTHONINSPECT   : -i\n"
    "PYTHONINTMAXSTRDIGITS: -X int_max_str_digits\n"
    "PYTHONNODEBUGRANGES: -X no_debug_ranges\n"
    "PYTHONNOUSERSITE: -s\n"
    "PYTHONOPTIMIZE  : -O\n"
    "PYTHONPROFILEIMPORTTIME: -X importtime\n"
    "PYTHONPYCACHEPREFIX: -X pycache_prefix\n"
    "PYTHONSAFEPATH  : -P\n"
    "PYTHON_THREAD_INHERIT_CONTEXT: -X thread_inherit_context\n"
    "PYTHONUNBUFFERED: -u\n"
    "PYTHONUTF8      : -X utf8\n"
    "PYTHONVERBOSE   : -v\n"
    "PYTHONWARNDEFAULTENCODING: -X warn_default_encoding\n"
    "PYTHONWARNINGS  : -W, separated by ','\n";

static const char kXOptions[] =
    "Options of the implementation:\n"
    "-X context_aware_warnings=[0|1]: whether warnings.catch_warnings() concerns the\n"
    "         context that uses it, not the whole process (1)\n"
    "-X cpu_count=N: what os.cpu_count() returns; 'default': the truth\n"
    "-X dev : development mode: more warnings and checks\n"
    "-X faulthandler: tracebacks of all threads on fatal signals\n"
    "-X frozen_modules=[on|off]: whether modules that the binary contains are used\n"
    "-X gil=[0|1]: 1: start with the global interpreter lock on\n"
    "-X importtime[=2]: how long each import takes; 2: those of known modules, too\n"
    "-X int_max_str_digits=N: limit of conversions between int and str; 0: none\n"
    "-X no_debug_ranges: code objects keep lines only, no columns\n"
    "-X pycache_prefix=PATH: folder of a tree of compiled modules\n"
    "-X thread_inherit_context=[0|1]: whether threads start with a copy of the context\n"
    "         of the one that starts them (1)\n"
    "-X utf8[=0|1]: UTF-8 mode\n"
    "-X warn_default_encoding: warn when a file is opened without an encoding\n";

void print_usage(FILE* out, const char* program) {
    fprintf(out, "usage: %s [option] ... [-c cmd | -m mod | file | -] [arg] ...\n", program);
}

void print_help(const char* program, HelpParts parts) {
    if (parts != HelpParts::kVariables && parts != HelpParts::kXOptions) {
        print_usage(stdout, program);
        fputs(kOptions, stdout);
    }
    if (parts == HelpParts::kAll) fputs("\n", stdout);
    if (parts == HelpParts::kVariables || parts == HelpParts::kAll) fputs(kVariables, stdout);
    if (parts == HelpParts::kAll) fputs("\n", stdout);
    if (parts == HelpParts::kXOptions || parts == HelpParts::kAll) fputs(kXOptions, stdout);
}

}  // namespace imugi
