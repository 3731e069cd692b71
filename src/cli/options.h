// The command line and environment, as CPython reads them.
#pragma once

#include <cstdio>

#include "object/config.h"

namespace imugi {

// What to do after reading the options.
enum class OptionsResult { kRun, kDone, kUsageError, kFatal };
// Prints help or version itself (kDone), or a usage error (exit status 2) or a
// value that makes no sense (1).
OptionsResult read_options(int argc, char** argv, Config& config);
// --help and its kin (help.cpp).
enum class HelpParts { kOptions, kVariables, kXOptions, kAll };
void print_help(const char* program, HelpParts parts);
void print_usage(FILE* out, const char* program);
void find_places(const Config& config);
// Sets the process's locale from the environment, and config.utf8_mode where nobody chose (-1)
// (locale.cpp).
void settle_locale(Config& config);

}  // namespace imugi
