// On which processor a new thread begins.
#include "thread/processors.h"

namespace imugi {

Processors stay_here(int64_t others) {
    Processors processors;
    processors.narrowed = false;
    if (sched_getaffinity(0, sizeof processors.allowed, &processors.allowed) != 0)
        return processors;
    int count = CPU_COUNT(&processors.allowed);
    if (count < 2 || others % count != count - 1) return processors;
    int here = sched_getcpu();
    if (here < 0 || here >= CPU_SETSIZE) return processors;
    cpu_set_t only;
    CPU_ZERO(&only);
    CPU_SET(here, &only);
    processors.narrowed = sched_setaffinity(0, sizeof only, &only) == 0;
    return processors;
}

void run_anywhere(const Processors& processors) {
    if (processors.narrowed) sched_setaffinity(0, sizeof processors.allowed, &processors.allowed);
}

}  // namespace imugi
