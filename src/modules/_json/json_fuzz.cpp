// JSON: any text gives an error or a value that survives being written and read again.
#include "cli/fuzz_runtime.h"

using namespace imugi;

static const char kSource[] = R"(
import json

def target(data):
    text = data[1:].decode("utf-8", "surrogateescape")
    strict = not (data and data[0] & 1)
    try:
        value = json.loads(text, strict=strict)
    except (json.JSONDecodeError, RecursionError):
        return
    except ValueError as e:
        assert "Exceeds the limit" in str(e), e
        return
    try:
        again = json.dumps(value, ensure_ascii=bool(data[0] & 2), indent=1 if data[0] & 4 else None,
                           sort_keys=bool(data[0] & 8))
    except ValueError as e:
        assert "Exceeds the limit" in str(e), e
        return
    other = json.loads(again)
    # Two halves of a surrogate pair, once written as escapes, come back as one character.
    assert value == other or "NaN" in again or "\\ud" in again, (value, again)
)";

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static PythonTarget target(kSource);
    target.run(data, size);
    return 0;
}
