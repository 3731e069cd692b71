// Regular expressions: pattern and text from the input, or the compiled form itself, which the
// module must not trust. Short texts: backtracking is exponential.
#include "cli/fuzz_runtime.h"

using namespace imugi;

static const char kSource[] = R"(
import re, _sre

def compiled(data):
    code = [int.from_bytes(data[i:i + 2], 'little') for i in range(4, len(data) - 1, 2)]
    try:
        pattern = _sre.compile(None, data[0] & 0x1FF, code, data[1] & 7, {}, (None,) * ((data[1] & 7) + 1))
    except (RuntimeError, ValueError, OverflowError, TypeError):
        return
    for text in ("", "ab", "aab\n"):
        try:
            pattern.match(text)
            pattern.search(text)
        except (RuntimeError, RecursionError, ValueError):
            pass

def target(data):
    if len(data) < 4:
        return
    if data[3] & 1:
        return compiled(data)
    flags = data[0] & (re.I | re.M | re.S | re.X | re.A)
    pattern, _, text = data[2:66].partition(b"\0")
    text = text[:14]
    if not data[1] & 1:
        pattern, text = pattern.decode("latin-1"), text.decode("latin-1")
    try:
        pattern = re.compile(pattern, flags)
    except (re.error, OverflowError, RecursionError, ValueError):
        return
    pattern.match(text)
    pattern.fullmatch(text)
    found = [m.span() for m in pattern.finditer(text)]
    assert all(0 <= a <= b <= len(text) for a, b in found)
    pattern.split(text)
    try:
        pattern.sub(text[:3], text)
    except (re.error, IndexError):
        pass
    re.purge()
)";

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static PythonTarget target(kSource);
    target.run(data, size);
    return 0;
}
