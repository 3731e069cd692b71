// How a broken invariant ends the process.
#include "base/platform.h"

#include <cstdio>
#include <cstdlib>

namespace imugi {

void fatal(const char* file, int line, const char* message) {
    fprintf(stderr, "Fatal imugi error: %s:%d: %s\n", file, line, message);
    fflush(stderr);
    abort();
}

}  // namespace imugi
