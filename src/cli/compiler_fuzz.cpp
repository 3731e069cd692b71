// Any text through parser and compiler: an error, or code that the verifier accepts (checked where
// it is made), that can be shown, and that comes back equal from marshal.
#include "cli/fuzz_runtime.h"
#include "compile/disassemble.h"
#include "compile/marshal.h"
#include "object/protocol.h"

using namespace imugi;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size == 0) return 0;
    Thread& thread = fuzz_thread();
    compile::CompileOptions options;
    options.mode = syntax::Mode(data[0] & 3);
    options.optimize = data[0] >> 2 & 3;
    if (options.optimize == 3) options.optimize = -1;
    if (data[0] & 16) options.flags |= compile::kAllowTopLevelAwait;
    if (data[0] & 32) options.flags |= kCodeFutureAnnotations;
    if (data[0] & 64) options.flags |= compile::kDontImplyDedent;
    std::string_view source(reinterpret_cast<const char*>(data) + 1, size - 1);
    Ref<Str> filename = make_str(thread, "fuzz");
    Owned made = compile::compile_text(thread, source, *filename, options).owned();
    if (!made && exception_matches(thread, exc::SystemError)) {
        report_failure(thread);  // the verifier's complaint
        abort();
    }
    if (made && has_shape(made, k_code_shape)) {
        Owned shown = compile::disassemble(thread, made.as<Code>());
        Ref<Bytes> stored = compile::marshal_dumps(thread, made);
        Owned back =
            stored ? compile::marshal_loads(thread, stored->data(), stored->size) : Owned();
        bool equal = true;
        if (back)
            if (auto result = equals(thread, back, made)) equal = *result;
        if (!back || !shown || !equal) {
            if (has_exception(thread)) report_failure(thread);
            abort();
        }
    }
    made = Owned();
    end_input(thread);
    return 0;
}
