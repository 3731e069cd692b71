// struct: any format over any bytes; what was unpacked packs to what unpacks equal.
#include "cli/fuzz_runtime.h"

using namespace imugi;

static const char kSource[] = R"(
import struct

def target(data):
    form, _, rest = data.partition(b"\n")
    try:
        layout = struct.Struct(form)
    except (struct.error, UnicodeDecodeError):
        return
    assert layout.size == struct.calcsize(form)
    if layout.size > 1 << 16:
        return
    rest = (rest + bytes(layout.size))[:max(layout.size, len(rest) // 2)]
    try:
        values = layout.unpack_from(rest)
    except struct.error:
        return
    packed = layout.pack(*values)
    assert len(packed) == layout.size
    again = layout.unpack(packed)
    assert repr(again) == repr(values) or b"p" in form, (form, values, again)
    room = bytearray(layout.size + 3)
    layout.pack_into(room, 3, *values)
    assert room[3:] == packed
    try:
        list(layout.iter_unpack(rest))
    except struct.error:
        pass
    if values:
        for wrong in (None, -1, 1 << 70, 1e300, b"x" * 300, "x"):
            try:
                layout.pack(*values[:-1], wrong)
            except (struct.error, OverflowError):
                pass
)";

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static PythonTarget target(kSource);
    target.run(data, size);
    return 0;
}
