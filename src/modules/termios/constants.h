// Numbers of <termios.h> and <sys/ioctl.h> that the termios module names; those that the system
// lacks are left out.
#pragma once

#include "modules/constants.h"

namespace imugi {

extern const std::span<const IntConstant> terminal_constants;

}  // namespace imugi
