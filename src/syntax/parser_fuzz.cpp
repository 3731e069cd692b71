// Fuzz target: any bytes through the parser, in each mode. A tree or an error comes back, never
// neither.
#include "syntax/names.h"
#include "syntax/parser.h"

using namespace imugi;
using namespace imugi::syntax;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size == 0) return 0;
    ParseOptions options;
    options.mode = static_cast<Mode>(data[0] & 3);
    options.type_comments = data[0] & 4;
    options.allow_incomplete_input = data[0] & 8;
    options.dont_imply_dedent = data[0] & 16;
    options.barry_as_bdfl = data[0] & 32;
    std::string_view source(reinterpret_cast<const char*>(data + 1), size - 1);
    Arena arena;
    NameTable names(arena);
    ParseResult result = parse(source, options, arena, names);
    if (!result.root && result.error.kind == ErrorKind::None) __builtin_trap();
    return 0;
}
