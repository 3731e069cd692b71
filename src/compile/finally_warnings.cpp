// PEP 765: a return, break or continue that leaves a finally block swallows exceptions; it is
// warned of once for each, before code is generated (which may happen several times for the block).
#include "compile/context.h"

namespace imugi::compile {

using ast::Kind;
using ast::Node;
using ast::StmtNode;

namespace {

class FinallyWalker {
  public:
    explicit FinallyWalker(CompileContext& context) : context_(context) {}

    bool body(const ast::Sequence<StmtNode*>& list, bool in_finally, bool in_loop) {
        for (StmtNode* statement : list) TRY(stmt(*statement, in_finally, in_loop));
        return true;
    }

  private:
    bool warn(StmtNode& node, const char* word) {
        return context_.warn(node.position, "'{}' in a 'finally' block", word);
    }

    bool handlers(const ast::Sequence<ast::ExceptHandlerNode*>& list, bool in_finally,
                  bool in_loop) {
        for (ast::ExceptHandlerNode* handler : list)
            TRY(body(handler->as<ast::ExceptHandler>()->body, in_finally, in_loop));
        return true;
    }

    // `in_finally`: a return here leaves a finally block; `in_loop`: break and continue do not.
    bool stmt(StmtNode& node, bool in_finally, bool in_loop) {
        TRY(context_.check_stack());
        switch (node.kind) {
            case Kind::Return:
                return !in_finally || warn(node, "return");
            case Kind::Break:
                return !in_finally || in_loop || warn(node, "break");
            case Kind::Continue:
                return !in_finally || in_loop || warn(node, "continue");
            case Kind::FunctionDef:
                return body(node.as<ast::FunctionDef>()->body, false, false);
            case Kind::AsyncFunctionDef:
                return body(node.as<ast::AsyncFunctionDef>()->body, false, false);
            case Kind::ClassDef:
                return body(node.as<ast::ClassDef>()->body, false, false);
            case Kind::For: {
                auto& it = *node.as<ast::For>();
                return body(it.body, in_finally, true) && body(it.orelse, in_finally, in_loop);
            }
            case Kind::AsyncFor: {
                auto& it = *node.as<ast::AsyncFor>();
                return body(it.body, in_finally, true) && body(it.orelse, in_finally, in_loop);
            }
            case Kind::While: {
                auto& it = *node.as<ast::While>();
                return body(it.body, in_finally, true) && body(it.orelse, in_finally, in_loop);
            }
            case Kind::If: {
                auto& it = *node.as<ast::If>();
                return body(it.body, in_finally, in_loop) && body(it.orelse, in_finally, in_loop);
            }
            case Kind::With:
                return body(node.as<ast::With>()->body, in_finally, in_loop);
            case Kind::AsyncWith:
                return body(node.as<ast::AsyncWith>()->body, in_finally, in_loop);
            case Kind::Match:
                for (ast::MatchCase* item : node.as<ast::Match>()->cases)
                    TRY(body(item->body, in_finally, in_loop));
                return true;
            case Kind::Try: {
                auto& it = *node.as<ast::Try>();
                return body(it.body, in_finally, in_loop) &&
                       handlers(it.handlers, in_finally, in_loop) &&
                       body(it.orelse, in_finally, in_loop) && body(it.finalbody, true, false);
            }
            case Kind::TryStar: {
                auto& it = *node.as<ast::TryStar>();
                return body(it.body, in_finally, in_loop) &&
                       handlers(it.handlers, in_finally, in_loop) &&
                       body(it.orelse, in_finally, in_loop) && body(it.finalbody, true, false);
            }
            default:
                return true;
        }
    }

    CompileContext& context_;
};

}  // namespace

bool warn_about_finally(CompileContext& context, ast::ModNode& root) {
    FinallyWalker walker(context);
    if (auto* module = root.if_is<ast::Module>()) return walker.body(module->body, false, false);
    if (auto* interactive = root.if_is<ast::Interactive>())
        return walker.body(interactive->body, false, false);
    return true;
}

}  // namespace imugi::compile
