// compile() in full: source text or trees, to code or trees.
#include "compile/session.h"
#include "compile/syntax_tree.h"
#include "object/audit.h"

namespace imugi::compile {

Owned parse_text(Thread& thread, std::string_view bytes, Str& filename,
                 const CompileOptions& options) {
    Source source;
    if (!decode_source(thread, bytes, filename, options.flags, &source)) return {};
    Session session(thread, filename, options);
    if (!session.init()) return {};
    ast::ModNode* root = parse_source(session, source.text, options);
    if (!root) return {};
    if ((options.flags & kOptimizedAst) == kOptimizedAst) {
        if (!read_future_features(session.context, *root) || !optimize_tree(session.context, *root))
            return {};
    }
    return tree_to_objects(thread, *root);
}

Ref<Code> compile_tree(Thread& thread, Value tree, Str& filename, const CompileOptions& options) {
    Session session(thread, filename, options);
    if (!session.init()) return {};
    ast::ModNode* root = objects_to_tree(session.context, tree, options.mode);
    if (!root) return {};
    return generate(session, *root);
}

Owned compile_source(Thread& thread, Value source, Str& filename, const CompileOptions& given) {
    CompileOptions options = given;
    bool only_ast = options.flags & kOnlyAst;
    Result<bool> is_tree = is_syntax_tree(thread, source);
    if (!is_tree) return {};
    if (*is_tree) {
        TRY(audit(thread, "compile", source, Value()));
        if (only_ast) {
            if ((options.flags & kOptimizedAst) != kOptimizedAst) return Owned::share(source);
            Session session(thread, filename, options);
            if (!session.init()) return {};
            ast::ModNode* root = objects_to_tree(session.context, source, options.mode);
            if (!root || !read_future_features(session.context, *root) ||
                !optimize_tree(session.context, *root))
                return {};
            return tree_to_objects(thread, *root);
        }
        return compile_tree(thread, source, filename, options);
    }
    Owned held;
    std::string_view text;
    TRY(load_source(thread, source, "compile() arg 1 must be a string, bytes or AST object",
                    &options.flags, &held, &text));
    if (is_audited(thread)) {
        Ref<Bytes> told = TRY(make_bytes(thread, text.data(), text.size()));
        TRY(audit(thread, "compile", told, Value::of(filename)));
    }
    TRY(check_no_nulls(thread, text));
    if (only_ast) return parse_text(thread, text, filename, options);
    return compile_text(thread, text, filename, options);
}

}  // namespace imugi::compile
