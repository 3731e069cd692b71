// The command line and environment, as CPython reads them.
#pragma once

#include "object/config.h"

namespace imugi {

// What to do after reading the options.
enum class OptionsResult { kRun, kDone, kUsageError };
// Prints help or version itself (kDone), or a usage error (exit status 2).
OptionsResult read_options(int argc, char** argv, Config& config);
void find_places(const Config& config);
// Sets the process's locale from the environment, and config.utf8_mode where nobody chose (-1)
// (locale.cpp).
void settle_locale(Config& config);

}  // namespace imugi
