// `from __future__ import ...` at the beginning of a module.
#include "compile/context.h"

namespace imugi::compile {

namespace {

struct Feature {
    const char* name;
    uint32_t flag;  // 0: accepted, without effect
};
constexpr Feature kFeatures[] = {
    {"nested_scopes", 0},    {"generators", 0},
    {"division", 0},         {"absolute_import", 0},
    {"with_statement", 0},   {"print_function", 0},
    {"unicode_literals", 0}, {"barry_as_FLUFL", kFutureBarryAsBdfl},
    {"generator_stop", 0},   {"annotations", kFutureAnnotations},
};

bool add_feature(CompileContext& context, ast::ImportFrom& statement, ast::Alias& item) {
    std::string_view name = item.name->text();
    for (const Feature& feature : kFeatures) {
        if (name != feature.name) continue;
        context.future_flags |= feature.flag;
        return true;
    }
    if (name == "braces") return context.error(statement.position, "not a chance");
    Ref<Str> shown = str_of(context.thread, item.name);
    return shown && context.error(statement.position, "future feature {} is not defined", *shown);
}

}  // namespace

bool read_future_features(CompileContext& context, ast::ModNode& root) {
    const ast::Sequence<ast::StmtNode*>* body = nullptr;
    if (auto* module = root.if_is<ast::Module>()) body = &module->body;
    if (auto* interactive = root.if_is<ast::Interactive>()) body = &interactive->body;
    if (!body) return true;
    bool docstring_allowed = true, done = false;
    int32_t line = 0;
    for (ast::StmtNode* statement : *body) {
        // Statements that share a line are looked at together.
        if (done && statement->position.line > line) return true;
        line = statement->position.line;
        auto* import = statement->if_is<ast::ImportFrom>();
        if (import && import->module == context.known.future && import->level <= 0) {
            if (done)
                return context.error(
                    statement->position,
                    "from __future__ imports must occur at the beginning of the file");
            for (ast::Alias* item : import->names) TRY(add_feature(context, *import, *item));
            context.future_position = statement->position;
            docstring_allowed = false;
            continue;
        }
        auto* expression = statement->if_is<ast::Expr>();
        auto* constant = expression ? expression->value->if_is<ast::Constant>() : nullptr;
        if (docstring_allowed && constant && constant->value.kind == ast::ConstantKind::Str)
            docstring_allowed = false;
        else
            done = true;
    }
    return true;
}

}  // namespace imugi::compile
