// Paths as Python passes them (str, bytes, os.PathLike) as bytes of the file system encoding.
#pragma once

#include "object/bytes.h"
#include "object/errors.h"

namespace imugi {

// os.fspath(): str or bytes; TypeError otherwise.
Owned fs_path(Thread& thread, Value path);
// Without NUL: ValueError "embedded null byte".
Ref<Bytes> fs_encode_path(Thread& thread, Value path);
// A str, or bytes if `like_bytes`.
Owned fs_decode_path(Thread& thread, const char* text, size_t size, bool like_bytes = false);

}  // namespace imugi
