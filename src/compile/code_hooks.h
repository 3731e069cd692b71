// Gives code objects (object/code.h) what only the compiler knows about instructions.
#pragma once

namespace imugi::compile {

void install_code_hooks();

}  // namespace imugi::compile
