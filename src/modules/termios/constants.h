// Numbers of <termios.h> and <sys/ioctl.h> that the termios module names; those that the system
// lacks are left out. The table ends with a row without a name.
#pragma once

#include <cstdint>

namespace imugi {

struct TerminalConstant {
    const char* name = nullptr;
    int64_t value = 0;
};
extern const TerminalConstant terminal_constants[];

}  // namespace imugi
