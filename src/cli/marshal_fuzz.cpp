// Any bytes through marshal: an error, or an object that can be stored again. Code among it has
// passed the verifier, so it must bear being looked at.
#include "cli/fuzz_runtime.h"
#include "compile/disassemble.h"
#include "compile/marshal.h"

using namespace imugi;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    Thread& thread = fuzz_thread();
    Owned value = compile::marshal_loads(thread, data, size);
    if (value) {
        if (has_shape(value, k_code_shape)) (void)compile::disassemble(thread, value.as<Code>());
        clear_exception(thread);
        (void)compile::marshal_dumps(thread, value);
    }
    value = Owned();
    end_input(thread);
    return 0;
}
