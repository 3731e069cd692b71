// What compile(..., PyCF_OPTIMIZED_AST) does to a tree: __debug__ becomes its value, docstrings go
// under -OO, and the signed and complex numbers of patterns become constants.
#include "compile/constants.h"
#include "compile/syntax_tree.h"

namespace imugi::compile {
namespace {

using ast::ExprNode;
using ast::Kind;
using ast::Node;

class TreeOptimizer {
  public:
    explicit TreeOptimizer(CompileContext& context) : c_(context) {}

    bool run(ast::ModNode& root) { return visit(&root); }

  private:
    // All fields of a node, whatever it is: nodes are replaced in their place.
    bool visit(Node* node) {
        TRY(c_.check_stack());
        strip_docstring(node);
        const ast::NodeInfo& info = ast::node_info(node->kind);
        for (int i = 0; i < info.field_count; i++) {
            const ast::FieldInfo& field = info.fields[i];
            if (field.type != ast::FieldType::Node) continue;
            char* place = reinterpret_cast<char*>(node) + field.offset;
            if (field.arity == ast::Arity::One || field.arity == ast::Arity::Optional) {
                TRY(visit_slot(reinterpret_cast<Node**>(place)));
                continue;
            }
            auto& sequence = *reinterpret_cast<ast::Sequence<Node*>*>(place);
            for (uint32_t k = 0; k < sequence.size; k++) TRY(visit_slot(&sequence.data[k]));
        }
        return true;
    }

    bool visit_slot(Node** slot) {
        Node* node = *slot;
        if (!node) return true;
        if (auto* value = node->if_is<ast::MatchValue>()) {
            TRY(fold_number(&value->value));
            return true;
        }
        if (auto* mapping = node->if_is<ast::MatchMapping>())
            for (ExprNode*& key : mapping->keys) TRY(fold_number(&key));
        if (auto* name = node->if_is<ast::Name>()) {
            if (name->id == c_.known.debug && name->ctx == ast::Context::Load) {
                ast::ConstantValue value;
                value.kind = c_.optimize == 0 ? ast::ConstantKind::True : ast::ConstantKind::False;
                *slot = c_.arena.make<ast::Constant>(name->position, value, std::string_view());
                return *slot || c_.no_memory();
            }
            return true;
        }
        return visit(node);
    }

    void strip_docstring(Node* node) {
        if (c_.optimize < 2) return;
        ast::Sequence<ast::StmtNode*>* body = nullptr;
        if (auto* it = node->if_is<ast::Module>()) body = &it->body;
        if (auto* it = node->if_is<ast::FunctionDef>()) body = &it->body;
        if (auto* it = node->if_is<ast::AsyncFunctionDef>()) body = &it->body;
        if (auto* it = node->if_is<ast::ClassDef>()) body = &it->body;
        if (!body || body->empty()) return;
        auto* statement = (*body)[0]->if_is<ast::Expr>();
        auto* text = statement ? statement->value->if_is<ast::Constant>() : nullptr;
        if (!text || text->value.kind != ast::ConstantKind::Str) return;
        if (body->size == 1) {
            // Something has to stand there.
            if (auto* pass = c_.arena.make<ast::Pass>(statement->position)) (*body)[0] = pass;
            return;
        }
        body->data++;
        body->size--;
    }

    // -1, 1+2j, -1-2j
    bool fold_number(ExprNode** slot) {
        ExprNode* node = *slot;
        ast::ConstantValue folded;
        if (auto* unary = node->if_is<ast::UnaryOp>()) {
            if (!negated(unary, &folded)) return true;
        } else if (auto* sum = node->if_is<ast::BinOp>()) {
            ast::ConstantValue left;
            auto* unary_left = sum->left->if_is<ast::UnaryOp>();
            auto* plain_left = sum->left->if_is<ast::Constant>();
            auto* right = sum->right->if_is<ast::Constant>();
            if (!right || right->value.kind != ast::ConstantKind::Complex) return true;
            if (unary_left) {
                if (!negated(unary_left, &left)) return true;
            } else if (plain_left) {
                left = plain_left->value;
            } else {
                return true;
            }
            double real = left.number;
            if (left.kind == ast::ConstantKind::Int) {
                real = 0;
                bool minus = !left.text.empty() && left.text[0] == '-';
                for (char ch : left.text.substr(minus)) {
                    int digit = ch <= '9' ? ch - '0' : (ch | 32) - 'a' + 10;
                    real = real * left.base + digit;
                }
                if (minus) real = -real;
            }
            folded.kind = ast::ConstantKind::Complex;
            bool plus = sum->op == ast::Operator::Add;
            folded.real = plus ? real + right->value.real : real - right->value.real;
            folded.number = plus ? right->value.number : -right->value.number;
        } else {
            return true;
        }
        *slot = c_.arena.make<ast::Constant>(node->position, folded, std::string_view());
        return *slot || c_.no_memory();
    }

    bool negated(ast::UnaryOp* unary, ast::ConstantValue* out) {
        auto* constant = unary->operand->if_is<ast::Constant>();
        if (!constant || unary->op != ast::UnaryOperator::USub) return false;
        *out = constant->value;
        switch (out->kind) {
            case ast::ConstantKind::Int: {
                auto* text = static_cast<char*>(c_.arena.allocate(out->text.size() + 1, 1));
                if (!text) return false;
                text[0] = '-';
                memcpy(text + 1, out->text.data(), out->text.size());
                bool zero = out->text.find_first_not_of('0') == std::string_view::npos;
                if (!zero) out->text = {text, out->text.size() + 1};
                return true;
            }
            case ast::ConstantKind::Float:
                out->number = -out->number;
                return true;
            case ast::ConstantKind::Complex:
                out->real = -out->real;
                out->number = -out->number;
                return true;
            default:
                return false;
        }
    }

    CompileContext& c_;
};

}  // namespace

bool optimize_tree(CompileContext& context, ast::ModNode& root) {
    return TreeOptimizer(context).run(root);
}

}  // namespace imugi::compile
