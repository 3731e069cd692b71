// Any bytes through the tokenizer, in both of its manners: it must end, and its tokens must lie
// within the text.
#include <cstdlib>

#include "syntax/source_encoding.h"
#include "syntax/token_stream.h"

using namespace imugi;
using namespace imugi::syntax;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    std::string_view source(reinterpret_cast<const char*>(data), size);
    (void)find_source_encoding(source);
    (void)find_utf8_problem(source);
    if (source.find('\0') != source.npos) return 0;
    for (bool extra : {false, true}) {
        Arena arena;
        Tokenizer tokenizer(source, {.extra_tokens = extra, .type_comments = true}, arena);
        Token token;
        size_t count = 0;
        while (tokenizer.next(token)) {
            if (token.end > tokenizer.text().size() || token.start > token.end) abort();
            if (token.kind == TokenKind::ENDMARKER) break;
            if (count++ > 4 * size + 400) abort();
        }
        Arena other;
        TokenStream stream(source, extra, other);
        TextToken text;
        while (stream.next(text) && text.type != 0) {
        }
    }
    return 0;
}
