// The command `imugi`.
#include <stdio.h>
#include <unistd.h>

#include "cli/options.h"
#include "cli/startup.h"

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
    }
    if (config.show_version) {
        printf("Python 3.14.2%s\n",
               config.show_version > 1 ? " (imugi) [Clang " __clang_version__ "]" : "");
        return 0;
    }
    find_places(config);
    Thread* thread = start_runtime(config);
    if (!thread) return 1;
    int status = run_main(*thread);
    status = stop_runtime(*thread, status);
    fflush(stdout);
    // Daemon threads may still run: leave without unwinding what they use.
    _exit(status);
}
