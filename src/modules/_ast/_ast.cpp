// The module _ast: the classes of syntax trees, and the flags of compile().
#include "compile/syntax_tree.h"
#include "object/module.h"
#include "object/native.h"

namespace imugi {
namespace {

bool execute(Thread& thread, Module& module) {
    Tuple* tuple = compile::syntax_types(thread);
    if (!tuple) return false;
    compile::SyntaxTypes types(*tuple);
    TRY(module_set(thread, module, "AST", Value::of(types.base())));
    for (int c = 0; c < ast::CATEGORY_COUNT; c++) {
        auto category = static_cast<ast::Category>(c);
        const ast::CategoryInfo& info = ast::category_info(category);
        TRY(module_set(thread, module, info.name, Value::of(types.category(category))));
        if (info.form != ast::CategoryForm::Choice) continue;
        for (uint8_t i = 0; i < info.count; i++) {
            Type& type = type_of(types.choice(category, i));
            TRY(module_set(thread, module, info.choices[i], Value::of(type)));
        }
    }
    for (int k = 0; k < ast::KIND_COUNT; k++) {
        auto kind = static_cast<ast::Kind>(k);
        TRY(module_set(thread, module, ast::node_info(kind).name, Value::of(types.kind(kind))));
    }
    auto flag = [&](const char* name, uint32_t value) {
        return module_set(thread, module, name, Value::small_int(value));
    };
    return flag("PyCF_ALLOW_TOP_LEVEL_AWAIT", compile::kAllowTopLevelAwait) &&
           flag("PyCF_ONLY_AST", compile::kOnlyAst) &&
           flag("PyCF_TYPE_COMMENTS", compile::kTypeComments) &&
           flag("PyCF_OPTIMIZED_AST", compile::kOptimizedAst);
}

ModuleSpec spec("_ast", nullptr, nullptr, execute);

}  // namespace
}  // namespace imugi
