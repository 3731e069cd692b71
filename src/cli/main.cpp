// The command `imugi`.
#include <stdio.h>
#include <unistd.h>

#include "cli/options.h"
#include "cli/startup.h"

#ifdef __LLVM_INSTR_PROFILE_GENERATE
// The counters of a build made with -fprofile-generate, otherwise written by exit().
extern "C" int __llvm_profile_write_file(void);
#endif

int main(int argc, char** argv) {
    using namespace imugi;
    static Config config;
    switch (read_options(argc, argv, config)) {
        case OptionsResult::kRun:
            break;
        case OptionsResult::kDone:
            return 0;
        case OptionsResult::kUsageError:
            return 2;
        case OptionsResult::kFatal:
            return 1;
    }
    if (config.show_version) {
        printf("Python 3.14.2%s\n",
               config.show_version > 1 ? " (imugi) [Clang " __clang_version__ "]" : "");
        return 0;
    }
    settle_locale(config);
    find_places(config);
    Thread* thread = start_runtime(config);
    if (!thread) return 1;
    int status = run_main(*thread);
    status = stop_runtime(*thread, status);
    fflush(stdout);
    // Daemon threads may still run: leave without unwinding what they use.
#ifdef __LLVM_INSTR_PROFILE_GENERATE
    __llvm_profile_write_file();
#endif
    _exit(status);
}
