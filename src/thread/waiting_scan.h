// Objects that wait for a scan of all registers (memory/promotion.h): a thread that attaches asks
// whether one is due.
#pragma once

#include <atomic>

namespace imugi {

extern std::atomic<bool> scan_awaited;

}  // namespace imugi
