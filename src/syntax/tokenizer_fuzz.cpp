// Fuzz target: any bytes through the tokenizer, in each of its modes. The first byte picks the
// mode.
#include "syntax/tokenizer.h"

using namespace imugi;
using namespace imugi::syntax;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size == 0) return 0;
    TokenizerOptions options;
    options.extra_tokens = data[0] & 1;
    options.type_comments = data[0] & 2;
    options.add_newline = !(data[0] & 4);
    std::string_view source(reinterpret_cast<const char*>(data + 1), size - 1);
    if (source.find('\0') != std::string_view::npos) return 0;
    Arena arena;
    Tokenizer tokenizer(source, options, arena);
    Token token;
    // Each token takes at least a byte, but for indentation, ends and what is supplied.
    for (size_t i = 0; i < 3 * size + 1000; i++) {
        if (!tokenizer.next(token)) {
            if (!tokenizer.has_error()) __builtin_trap();
            return 0;
        }
        if (token.end < token.start || token.end > tokenizer.text().size()) __builtin_trap();
        if (token.kind == TokenKind::ENDMARKER) return 0;
    }
    __builtin_trap();
}
