// imugi-syntax: looks into the front end from the command line; for tests and for the curious.
//   imugi-syntax [--mode exec|eval|single|func_type] --dump-ast FILE...
//   imugi-syntax --dump-tokens FILE...
//   imugi-syntax --unparse FILE     the annotations `x: ...` as PEP 563 has them
//   imugi-syntax --serve        reads lines of paths, answers each with a dump or an error and a
//   NUL byte imugi-syntax --time FILE... parses each and prints megabytes a second
// The files must be UTF-8; a byte order mark is skipped.
#include <chrono>
#include <cstdio>
#include <cstring>

#include "syntax/dump.h"
#include "syntax/names.h"
#include "syntax/parser.h"
#include "syntax/token_stream.h"
#include "syntax/tokenizer.h"
#include "syntax/unparse.h"

namespace {

using namespace imugi;
using namespace imugi::syntax;

void write_out(void* file, std::string_view text) {
    fwrite(text.data(), 1, text.size(), static_cast<FILE*>(file));
}

bool read_file(const char* path, char*& data, size_t& size) {
    FILE* file = fopen(path, "rb");
    if (!file) {
        perror(path);
        return false;
    }
    fseek(file, 0, SEEK_END);
    size = size_t(ftell(file));
    rewind(file);
    data = static_cast<char*>(malloc(size + 1));
    size = fread(data, 1, size, file);
    fclose(file);
    return true;
}

std::string_view skip_mark(const char* data, size_t size) {
    std::string_view text(data, size);
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    return text;
}

const char* error_name(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::Indentation:
            return "IndentationError";
        case ErrorKind::Tab:
            return "TabError";
        case ErrorKind::Incomplete:
            return "_IncompleteInputError";
        case ErrorKind::Memory:
            return "MemoryError";
        default:
            return "SyntaxError";
    }
}

void print_error(const Error& error) {
    printf("%s ", error_name(error.kind));
    write_text_repr(error.message, write_out, stdout);
    printf(" %d %d %d %d ", error.line, error.column, error.end_line, error.end_column);
    if (error.text.data()) {
        write_text_repr(error.text, write_out, stdout);
    } else {
        printf("None");
    }
}

void dump_tree(std::string_view source, const ParseOptions& options, bool warnings) {
    Arena arena;
    NameTable names(arena);
    ParseResult result = parse(source, options, arena, names);
    if (warnings) {
        for (Warning* it = result.warnings.first; it; it = it->next) {
            printf("%d:%d: ", it->line, it->column);
            write_out(stdout, it->message);
            printf("\n");
        }
    }
    if (result.root) {
        dump_ast(result.root, true, write_out, stdout);
    } else {
        print_error(result.error);
    }
}

void dump_tokens(std::string_view source, bool extra) {
    Arena arena;
    TokenizerOptions options;
    options.extra_tokens = extra;
    auto* tokenizer = arena.make<Tokenizer>(source, options, arena);
    Token token;
    do {
        if (!tokenizer->next(token)) {
            print_error(tokenizer->error());
            printf("\n");
            return;
        }
        printf("%d,%d-%d,%d:\t%s\t", token.line, token.column, token.end_line, token.end_column,
               token_type_name(token.kind));
        write_text_repr(tokenizer->text(token), write_out, stdout);
        printf("\n");
    } while (token.kind != TokenKind::ENDMARKER);
}

// As the tuples that `_tokenize.TokenizerIter` gives.
void dump_text_tokens(std::string_view source, bool extra) {
    Arena arena;
    TokenStream stream(source, extra, arena);
    TextToken token;
    do {
        if (!stream.next(token)) {
            print_error(stream.error());
            return;
        }
        printf("(%d, ", token.type);
        write_text_repr(token.text, write_out, stdout);
        printf(", (%d, %d), (%d, %d), ", token.line, token.column, token.end_line,
               token.end_column);
        write_text_repr(token.source, write_out, stdout);
        printf(")\n");
    } while (token.type != 0);
}

// Each annotation of the file as PEP 563 stores it, a line each.
void unparse_annotations(std::string_view source) {
    Arena arena;
    NameTable names(arena);
    ParseResult result = parse(source, {}, arena, names);
    if (!result.root) return print_error(result.error);
    for (ast::StmtNode* statement : result.root->as<ast::Module>()->body) {
        auto* it = statement->if_is<ast::AnnAssign>();
        if (!it) continue;
        write_out(stdout, unparse(it->annotation, arena).text);
        printf("\n");
    }
}

// One request a line: MODE PATH.
void serve() {
    char line[4096];
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = 0;
        char* path = strchr(line, ' ');
        if (!path) break;
        *path++ = 0;
        ParseOptions options;
        options.mode = !strcmp(line, "eval")     ? Mode::Eval
                       : !strcmp(line, "single") ? Mode::Single
                                                 : Mode::Exec;
        char* data = nullptr;
        size_t size = 0;
        if (!read_file(path, data, size)) break;
        if (!strcmp(line, "tokens")) {
            dump_text_tokens({data, size}, true);
        } else {
            options.type_comments = !strcmp(line, "type_comments");
            if (!strcmp(line, "func_type")) options.mode = Mode::FuncType;
            if (!strncmp(line, "version", 7)) options.feature_version = atoi(line + 7);
            options.allow_incomplete_input = !strcmp(line, "incomplete");
            if (options.allow_incomplete_input) {
                options.mode = Mode::Single;
                options.dont_imply_dedent = true;
            }
            dump_tree({data, size}, options, false);
        }
        free(data);
        putchar(0);
        fflush(stdout);
    }
}

}  // namespace

int main(int argc, char** argv) {
    ParseOptions options;
    const char* action = "--dump-ast";
    size_t total = 0;
    auto begin = std::chrono::steady_clock::now();
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--mode") && i + 1 < argc) {
            const char* mode = argv[++i];
            options.mode = !strcmp(mode, "eval")        ? Mode::Eval
                           : !strcmp(mode, "single")    ? Mode::Single
                           : !strcmp(mode, "func_type") ? Mode::FuncType
                                                        : Mode::Exec;
        } else if (!strcmp(argv[i], "--type-comments")) {
            options.type_comments = true;
        } else if (!strcmp(argv[i], "--serve")) {
            serve();
        } else if (!strncmp(argv[i], "--", 2)) {
            action = argv[i];
        } else {
            char* data = nullptr;
            size_t size = 0;
            if (!read_file(argv[i], data, size)) return 1;
            std::string_view source = skip_mark(data, size);
            total += size;
            if (!strcmp(action, "--dump-tokens")) {
                dump_tokens(source, false);
            } else if (!strcmp(action, "--dump-all-tokens")) {
                dump_tokens(source, true);
            } else if (!strcmp(action, "--unparse")) {
                unparse_annotations(source);
            } else if (!strcmp(action, "--time")) {
                Arena arena;
                NameTable names(arena);
                (void)parse(source, options, arena, names);
            } else {
                dump_tree(source, options, true);
                printf("\n");
            }
            free(data);
        }
    }
    if (!strcmp(action, "--time")) {
        std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
        printf("%.2f MB in %.3f s: %.1f MB/s\n", double(total) / 1e6, seconds.count(),
               double(total) / 1e6 / seconds.count());
    }
    return 0;
}
