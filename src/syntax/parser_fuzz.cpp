// Any text through the parser in all modes: a tree that can be dumped, or an error with a message.
#include <cstdlib>

#include "syntax/dump.h"
#include "syntax/names.h"
#include "syntax/parser.h"
#include "syntax/unparse.h"

using namespace imugi;
using namespace imugi::syntax;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size == 0) return 0;
    ParseOptions options;
    options.mode = Mode(data[0] & 3);
    options.type_comments = data[0] & 4;
    options.allow_incomplete_input = data[0] & 8;
    options.barry_as_bdfl = data[0] & 16;
    if (data[0] & 32) options.feature_version = 5;
    std::string_view source(reinterpret_cast<const char*>(data) + 1, size - 1);
    Arena arena;
    NameTable names(arena);
    ParseResult result = parse(source, options, arena, names);
    if (!result.root) {
        if (result.error.kind == ErrorKind::None || result.error.message.empty()) abort();
        return 0;
    }
    size_t length = 0;
    auto count = [](void* to, std::string_view text) { *static_cast<size_t*>(to) += text.size(); };
    dump_ast(result.root, true, count, &length);
    if (auto* expression = result.root->if_is<ast::Expression>()) {
        (void)unparse(expression->body, arena);
    }
    return 0;
}
