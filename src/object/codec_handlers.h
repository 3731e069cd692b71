// The built-in error handlers as Python functions, and surrogates as bytes of UTF-8, 16 and 32.
#pragma once

#include "object/codecs.h"

namespace imugi {

// The eight standard handlers into the dict of error handlers.
[[nodiscard]] bool add_standard_handlers(Thread& thread, Dict& handlers);

// For 'surrogatepass': a surrogate's bytes under `encoding`; 0 when it is no Unicode encoding.
size_t surrogate_bytes(const char* encoding, uint32_t c, uint8_t out[4]);
// The surrogate whose bytes begin at `start`. False when there is none.
bool surrogate_at(const char* encoding, const uint8_t* data, size_t size, size_t start, uint32_t* c,
                  size_t* width);

}  // namespace imugi
