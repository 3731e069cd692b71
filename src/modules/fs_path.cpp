// Paths between Python and the system: UTF-8 with surrogateescape. No state.
#include "modules/fs_path.h"

#include <cstring>

#include "object/call.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/str.h"

namespace imugi {

Owned fs_path(Thread& thread, Value path) {
    if (is_str(path) || is_bytes(path)) return Owned::share(path);
    Owned method = lookup_in_mro(thread, type_of(path), ID(__fspath__));
    // None says "no path" as well as the lack of the method.
    bool is_path = !method.is_nothing() && !is_none(method);
    Owned result = is_path ? call_special(thread, path, ID(__fspath__)) : Owned::nothing();
    if (!result) return {};
    if (result.is_nothing())
        return raise(thread, exc::TypeError, "expected str, bytes or os.PathLike object, not {}",
                     type_name_of(path));
    if (is_str(result) || is_bytes(result)) return result;
    return raise(thread, exc::TypeError, "expected {}.__fspath__() to return str or bytes, not {}",
                 type_name_of(path), type_name_of(result));
}

Ref<Bytes> fs_encode_path(Thread& thread, Value path) {
    Owned text = TRY(fs_path(thread, path));
    if (is_str(text)) text = TRY(str_encode(thread, text.as<Str>(), "utf-8", "surrogateescape"));
    auto& bytes = text.as<Bytes>();
    if (memchr(bytes.data(), 0, bytes.size))
        return raise(thread, exc::ValueError, "embedded null byte");
    return Ref<Bytes>::adopt(std::move(text));
}

Owned fs_decode_path(Thread& thread, const char* text, size_t size, bool like_bytes) {
    if (like_bytes) return make_bytes(thread, text, size);
    return decode_fs(thread, text, size);
}

}  // namespace imugi
