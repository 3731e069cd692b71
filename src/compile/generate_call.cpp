// Displays and calls.
#include "compile/generator.h"
#include "object/set.h"
#include "object/tuple.h"

namespace imugi::compile {

using ast::ExprNode;
using ast::Kind;

namespace {

// More values than this go through a list or dict under construction, to keep frames small.
constexpr uint32_t kMaxInRegisters = 30;

bool any_starred(const ast::Sequence<ExprNode*>& items) {
    for (ExprNode* item : items)
        if (item->is<ast::Starred>()) return true;
    return false;
}

// Whether the expression may turn out a constant, so that it is worth trying.
bool looks_constant(ExprNode* node) {
    switch (node->kind) {
        case Kind::Constant:
            return true;
        case Kind::UnaryOp:
            return looks_constant(node->as<ast::UnaryOp>()->operand);
        case Kind::BinOp: {
            // Long chains lean to the left.
            auto* it = node->as<ast::BinOp>();
            return it->right->is<ast::Constant>() && looks_constant(it->left);
        }
        case Kind::Tuple:
            for (ExprNode* item : node->as<ast::Tuple>()->elts)
                if (!looks_constant(item)) return false;
            return true;
        default:
            return false;
    }
}

}  // namespace

// --- displays ---

// The items as a constant tuple or frozenset, if all of them are constants.
Operand Generator::fold_items(const ast::Sequence<ExprNode*>& items, bool frozenset) {
    if (failed()) return {};
    for (ExprNode* item : items)
        if (!looks_constant(item)) return {};
    uint32_t code_size = unit_->code.size(), depth = unit_->depth;
    Vec<uint32_t> values(c_.arena);
    for (ExprNode* item : items) {
        Operand value = expr(item);
        if (failed()) return {};
        if (!value.is_constant()) {
            unit_->code.truncate(code_size);
            release(depth);
            return {};
        }
        values.push(value.index);
    }
    if (values.size() != items.size) return {};
    if (frozenset) {
        Ref<Set> set = make_set(thread_, frozenset_type);
        for (uint32_t value : values)
            if (!set || !set_add(thread_, *set, pool_[value])) return fail(), Operand{};
        return constant(std::move(set));
    }
    Ref<Tuple> tuple = make_tuple_blank(thread_, values.size());
    if (!tuple) return fail(), Operand{};
    for (uint32_t i = 0; i < values.size(); i++)
        tuple->items[i].init(Owned::share(pool_[values[i]]));
    return constant(std::move(tuple));
}

// A display that is only looked into (`x in [1, 2]`, `for x in [1, 2]`) can be a constant.
Operand Generator::fold_container(ExprNode* node) {
    if (auto* list = node->if_is<ast::List>())
        return any_starred(list->elts) ? Operand{} : fold_items(list->elts, false);
    if (auto* set = node->if_is<ast::Set>())
        return any_starred(set->elts) ? Operand{} : fold_items(set->elts, true);
    return {};
}

Reg Generator::build_up(const ast::Position& at, const ast::Sequence<ExprNode*>& items, bool set,
                        bool) {
    uint32_t depth = unit_->depth, leading = 0;
    if (items.size <= kMaxInRegisters)
        while (leading < items.size && !items[leading]->is<ast::Starred>()) leading++;
    for (uint32_t i = 0; i < leading; i++) expr_in_new_temp(items[i]);
    release(depth);
    Reg built = push_temp();
    emit(at, set ? Opcode::BUILD_SET : Opcode::BUILD_LIST, built, built, leading);
    for (uint32_t i = leading; i < items.size; i++) {
        auto* starred = items[i]->if_is<ast::Starred>();
        Operand value = expr(starred ? starred->value : items[i]);
        Reg r = reg_of(at, value);
        if (starred && set)
            emit(at, Opcode::SET_UPDATE, built, r);
        else if (starred)
            emit(at, Opcode::LIST_EXTEND, built, r, 1);
        else
            emit(at, set ? Opcode::SET_ADD : Opcode::LIST_APPEND, built, r);
        release(depth + 1);
    }
    return built;
}

Operand Generator::tuple_display(const ast::Position& at, const ast::Sequence<ExprNode*>& items,
                                 Reg wanted) {
    uint32_t depth = unit_->depth;
    bool starred = any_starred(items);
    if (!starred) {
        Operand folded = fold_items(items, false);
        if (folded.kind != Operand::kNone || failed()) return folded;
    }
    if (starred || items.size > kMaxInRegisters) {
        Reg list = build_up(at, items, false, false);
        release(depth);
        Reg d = out(wanted);
        emit(at, Opcode::LIST_TO_TUPLE, d, list);
        return in(d);
    }
    for (ExprNode* item : items) expr_in_new_temp(item);
    release(depth);
    Reg d = out(wanted);
    emit(at, Opcode::BUILD_TUPLE, d, temp(depth), items.size);
    return in(d);
}

Operand Generator::list_display(const ast::Position& at, const ast::Sequence<ExprNode*>& items,
                                Reg wanted) {
    uint32_t depth = unit_->depth;
    bool starred = any_starred(items);
    if (!starred && items.size >= 3) {
        Operand folded = fold_items(items, false);
        if (failed()) return {};
        if (folded.is_constant()) {
            Reg list = push_temp();
            emit(at, Opcode::BUILD_LIST, list, list, 0);
            emit(at, Opcode::LIST_EXTEND, list, reg_of(at, folded), 0);
            return in(list);
        }
    }
    if (starred || items.size > kMaxInRegisters) return in(build_up(at, items, false, false));
    for (ExprNode* item : items) expr_in_new_temp(item);
    release(depth);
    Reg d = out(wanted);
    emit(at, Opcode::BUILD_LIST, d, temp(depth), items.size);
    return in(d);
}

Operand Generator::set_display(const ast::Position& at, const ast::Sequence<ExprNode*>& items,
                               Reg wanted) {
    uint32_t depth = unit_->depth;
    bool starred = any_starred(items);
    if (!starred && items.size >= 3) {
        Operand folded = fold_items(items, true);
        if (failed()) return {};
        if (folded.is_constant()) {
            Reg set = push_temp();
            emit(at, Opcode::BUILD_SET, set, set, 0);
            emit(at, Opcode::SET_UPDATE, set, reg_of(at, folded));
            return in(set);
        }
    }
    if (starred || items.size > kMaxInRegisters) return in(build_up(at, items, true, false));
    for (ExprNode* item : items) expr_in_new_temp(item);
    release(depth);
    Reg d = out(wanted);
    emit(at, Opcode::BUILD_SET, d, temp(depth), items.size);
    return in(d);
}

Operand Generator::dict_display(ast::Dict& node, Reg wanted) {
    constexpr uint32_t kMaxPairs = kMaxInRegisters / 2;
    const ast::Position& at = node.position;
    uint32_t depth = unit_->depth, count = node.keys.size, leading = 0;
    while (leading < count && leading < kMaxPairs && node.keys[leading]) leading++;
    for (uint32_t i = 0; i < leading; i++) {
        expr_in_new_temp(node.keys[i]);
        expr_in_new_temp(node.values[i]);
    }
    release(depth);
    if (leading == count) {
        Reg d = out(wanted);
        emit(at, Opcode::BUILD_DICT, d, temp(depth), count);
        return in(d);
    }
    Reg dict = push_temp();
    emit(at, Opcode::BUILD_DICT, dict, dict, leading);
    for (uint32_t i = leading; i < count; i++) {
        if (node.keys[i]) {
            Reg key = expr_in_new_temp(node.keys[i]);
            expr_in_new_temp(node.values[i]);
            emit(at, Opcode::DICT_ADD, dict, key);
        } else {
            Operand mapping = expr(node.values[i]);
            emit(at, Opcode::DICT_UPDATE, dict, reg_of(at, mapping));
        }
        release(depth + 1);
    }
    return in(dict);
}

// --- calls ---

bool Generator::check_duplicate_keywords(const ast::Sequence<ast::Keyword*>& keywords) {
    for (uint32_t i = 1; i < keywords.size; i++) {
        ast::IdentifierRef name = keywords[i]->arg;
        if (!name) continue;
        for (uint32_t j = 0; j < i; j++)
            if (keywords[j]->arg == name) {
                error(keywords[i]->position, "keyword argument repeated: {}",
                      str_of(thread_, name).value());
                return false;
            }
    }
    return true;
}

// One positional argument (or the callable) into a new temporary. A local is lent when it surely
// stays bound until the call.
void Generator::argument(ExprNode* node, const ast::Sequence<ExprNode*>& args, uint32_t index,
                         const ast::Sequence<ast::Keyword*>& keywords, uint32_t keyword) {
    Reg dest = temp(unit_->depth);
    Operand value = expr(node);
    if (failed()) return;
    if (value.is_constant()) {
        load_constant(node->position, value.index, dest);
        push_temp();
        return;
    }
    if (!value.is_local()) return;
    bool stays = true;
    auto look = [&](ExprNode* later) {
        stays = stays && !may_rebind(later, value.index) && !may_suspend(later);
    };
    for (uint32_t i = index; i < args.size && stays; i++) look(args[i]);
    for (uint32_t i = keyword; i < keywords.size && stays; i++) look(keywords[i]->value);
    emit(node->position, stays ? Opcode::LEND : Opcode::MOVE, dest, value.index);
    push_temp();
}

// Loads plain arguments; gives the constant of the keywords' names (kFailed: no keywords).
uint32_t Generator::arguments(ast::Call& node, uint32_t* count) {
    for (uint32_t i = 0; i < node.args.size; i++)
        argument(node.args[i], node.args, i + 1, node.keywords, 0);
    *count = node.args.size + node.keywords.size;
    if (node.keywords.empty()) return ConstantPool::kFailed;
    for (uint32_t i = 0; i < node.keywords.size; i++)
        argument(node.keywords[i]->value, node.args, node.args.size, node.keywords, i + 1);
    Ref<Tuple> names = make_tuple_blank(thread_, node.keywords.size);
    for (uint32_t i = 0; names && i < node.keywords.size; i++) {
        Ref<Str> name = str_of(thread_, node.keywords[i]->arg);
        if (!name) names = {};
        if (names) names->items[i].init(std::move(name));
    }
    Operand constant_names = constant(std::move(names));
    return failed() ? 0 : constant_number(constant_names.index);
}

Operand Generator::call(ast::Call& node, Reg wanted) {
    if (!check_caller(node.func) || !check_duplicate_keywords(node.keywords)) return {};
    uint32_t depth = unit_->depth, count = 0;
    ast::Position at = node.position;
    bool plain =
        node.args.size + node.keywords.size * 2 <= kMaxInRegisters && !any_starred(node.args);
    for (ast::Keyword* keyword : node.keywords) plain = plain && keyword->arg;
    auto* method = node.func->if_is<ast::Attribute>();
    if (plain && method) {
        ast::IdentifierRef name = mangle_in(c_, unit_->scope, method->attr);
        if (!name) return fail(), Operand{};
        ast::Position load_at = method->position;
        attribute_position(*method, &load_at);
        attribute_position(*method, &at);
        auto* super = method->value->if_is<ast::Call>();
        Reg bound = temp(depth);
        if (super && is_super_call(*super) && load_super(*super)) {
            emit(method->position, Opcode::LOAD_SUPER_METHOD, bound, bound, name_number(name))
                .words[0] = super->args.size;
            emit(load_at, Opcode::NOP);
        } else {
            if (failed()) return {};
            Operand object = expr(method->value);
            bool stays = true;
            if (object.is_local()) {
                auto look = [&](ExprNode* later) {
                    stays = stays && !may_rebind(later, object.index) && !may_suspend(later);
                };
                for (ExprNode* arg : node.args) look(arg);
                for (ast::Keyword* keyword : node.keywords) look(keyword->value);
            }
            Reg r = reg_of(method->value->position, object);
            if (!stays) {
                emit(method->value->position, Opcode::MOVE, bound, r);
                r = bound;
            }
            emit(load_at, Opcode::LOAD_METHOD, bound, r, name_number(name));
        }
        release(depth);
        push_temp();
        push_temp();
        uint32_t names = arguments(node, &count);
        release(depth);
        Reg d = out(wanted);
        if (names == ConstantPool::kFailed)
            emit(at, Opcode::CALL_METHOD, d, bound, count);
        else
            emit(at, Opcode::CALL_METHOD_KW, d, bound, count).words[0] = names;
        return in(d);
    }
    argument(node.func, node.args, 0, node.keywords, 0);
    if (!plain) return call_ex(at, depth, node.args, node.keywords, wanted);
    uint32_t names = arguments(node, &count);
    release(depth);
    Reg d = out(wanted);
    if (names == ConstantPool::kFailed)
        emit(at, Opcode::CALL, d, temp(depth), count);
    else
        emit(at, Opcode::CALL_KW, d, temp(depth), count).words[0] = names;
    return in(d);
}

// A call with stars, or with many arguments. The callable is in temp(callable_depth), `given`
// positional arguments follow it already.
Operand Generator::call_ex(const ast::Position& at, uint32_t callable_depth,
                           const ast::Sequence<ExprNode*>& args,
                           const ast::Sequence<ast::Keyword*>& keywords, Reg wanted,
                           uint32_t given) {
    uint32_t first = callable_depth + 1;
    if (given == 0 && args.size == 1 && args[0]->is<ast::Starred>()) {
        expr_in_new_temp(args[0]->as<ast::Starred>()->value);
    } else if (given == 0) {
        Reg list = build_up(at, args, false, true);
        emit(at, Opcode::LIST_TO_TUPLE, list, list);
    } else {
        release(first);
        Reg list = push_temp();
        emit(at, Opcode::BUILD_LIST, list, list, given);
        for (ExprNode* arg : args) {
            auto* starred = arg->if_is<ast::Starred>();
            Operand value = expr(starred ? starred->value : arg);
            Reg r = reg_of(at, value);
            if (starred)
                emit(at, Opcode::LIST_EXTEND, list, r, 1);
            else
                emit(at, Opcode::LIST_APPEND, list, r);
            release(first + 1);
        }
        emit(at, Opcode::LIST_TO_TUPLE, list, list);
    }
    release(first + 1);
    if (!keywords.empty()) {
        Reg dict = push_temp(), callable = temp(callable_depth);
        uint32_t i = 0;
        // Names up to the first ** make the dict; the rest is merged, to notice duplicates.
        emit(at, Opcode::BUILD_DICT, dict, dict, 0);
        bool merged = false;
        for (; i < keywords.size; i++) {
            ast::Keyword& keyword = *keywords[i];
            if (!keyword.arg) {
                Operand mapping = expr(keyword.value);
                emit(at, Opcode::DICT_MERGE, dict, reg_of(at, mapping), callable);
                merged = true;
            } else {
                Reg part = temp(unit_->depth);
                if (merged) push_temp();
                Operand name = name_constant(keyword.arg);
                Reg key = push_temp();
                move(at, name, key);
                expr_in_new_temp(keyword.value);
                if (merged) {
                    emit(at, Opcode::BUILD_DICT, part, key, 1);
                    emit(at, Opcode::DICT_MERGE, dict, part, callable);
                } else {
                    emit(at, Opcode::DICT_ADD, dict, key);
                }
            }
            release(first + 2);
        }
    }
    release(callable_depth);
    Reg d = out(wanted);
    emit(at, Opcode::CALL_EX, d, temp(callable_depth), !keywords.empty());
    return in(d);
}

// --- super() ---

bool Generator::is_super_call(ast::Call& node) {
    auto* name = node.func->if_is<ast::Name>();
    if (!name || name->id != known_.super || !node.keywords.empty()) return false;
    if (resolve(known_.super).kind != NameRef::kGlobal) return false;
    if (symbols_.top().symbols.find(known_.super) &&
        (symbols_.top().symbols.find(known_.super)->flags & (kDefBound | kDefGlobal)))
        return false;
    if (node.args.size == 2) return !any_starred(node.args);
    if (!node.args.empty()) return false;
    if (!unit_->scope.is_function_like() || unit_->argument_count == 0) return false;
    return resolve(known_.class_).kind == NameRef::kCell;
}

// Loads `super`, class and object into three new temporaries.
bool Generator::load_super(ast::Call& node) {
    const ast::Position& at = node.func->position;
    load_name(at, known_.super, temp(unit_->depth));
    push_temp();
    if (node.args.size == 2) {
        expr_in_new_temp(node.args[0]);
        expr_in_new_temp(node.args[1]);
    } else {
        load_name(node.position, known_.class_, temp(unit_->depth));
        push_temp();
        Reg self = push_temp();
        const LocalVariable& first = unit_->locals[0];
        if (first.kind & kLocalCell) {
            emit(node.position, Opcode::LOAD_CELL, self, 0);
        } else {
            emit(node.position, Opcode::CHECK_LOCAL, 0);
            emit(node.position, Opcode::MOVE, self, 0);
        }
    }
    return !failed();
}

// --- warnings about what cannot work ---

bool Generator::warn(const ast::Position& at, Ref<Str> message) {
    if (!message) return fail(), false;
    if (quiet_) return true;
    if (!c_.warn(at, std::move(message))) return fail(), false;
    return true;
}

namespace {

// Type name of an expression whose type shows; null otherwise.
const char* evident_type(ExprNode* node) {
    switch (node->kind) {
        case Kind::Tuple:
            return "tuple";
        case Kind::List:
        case Kind::ListComp:
            return "list";
        case Kind::Dict:
        case Kind::DictComp:
            return "dict";
        case Kind::Set:
        case Kind::SetComp:
            return "set";
        case Kind::GeneratorExp:
            return "generator";
        case Kind::Lambda:
            return "function";
        case Kind::TemplateStr:
            return "string.templatelib.Template";
        case Kind::Interpolation:
            return "string.templatelib.Interpolation";
        case Kind::JoinedStr:
        case Kind::FormattedValue:
            return "str";
        case Kind::Constant:
            switch (node->as<ast::Constant>()->value.kind) {
                case ast::ConstantKind::None:
                    return "NoneType";
                case ast::ConstantKind::True:
                case ast::ConstantKind::False:
                    return "bool";
                case ast::ConstantKind::Ellipsis:
                    return "ellipsis";
                case ast::ConstantKind::Int:
                    return "int";
                case ast::ConstantKind::Float:
                    return "float";
                case ast::ConstantKind::Complex:
                    return "complex";
                case ast::ConstantKind::Str:
                    return "str";
                case ast::ConstantKind::Bytes:
                    return "bytes";
                case ast::ConstantKind::Tuple:
                    return "tuple";
                case ast::ConstantKind::FrozenSet:
                    return "frozenset";
            }
            return nullptr;
        default:
            return nullptr;
    }
}

// A literal that `is` should not be used with.
const char* odd_identity(ExprNode* node) {
    if (node->is<ast::Tuple>()) {
        return looks_constant(node) ? "tuple" : nullptr;
    }
    auto* constant = node->if_is<ast::Constant>();
    if (!constant) return nullptr;
    switch (constant->value.kind) {
        case ast::ConstantKind::None:
        case ast::ConstantKind::True:
        case ast::ConstantKind::False:
        case ast::ConstantKind::Ellipsis:
            return nullptr;
        default:
            return evident_type(node);
    }
}

}  // namespace

bool Generator::check_caller(ExprNode* func) {
    auto* name = func->if_is<ast::Name>();
    if (name && name->id == known_.debug)
        return warn(func->position,
                    format(thread_, "'bool' object is not callable; perhaps you missed a comma?"));
    switch (func->kind) {
        case Kind::Constant:
        case Kind::Tuple:
        case Kind::List:
        case Kind::ListComp:
        case Kind::Dict:
        case Kind::DictComp:
        case Kind::Set:
        case Kind::SetComp:
        case Kind::GeneratorExp:
        case Kind::JoinedStr:
        case Kind::TemplateStr:
        case Kind::FormattedValue:
        case Kind::Interpolation:
            return warn(func->position,
                        format(thread_, "'{}' object is not callable; perhaps you missed a comma?",
                               evident_type(func)));
        default:
            return true;
    }
}

bool Generator::check_subscripter(ExprNode* value) {
    if (auto* constant = value->if_is<ast::Constant>()) {
        switch (constant->value.kind) {
            case ast::ConstantKind::Str:
            case ast::ConstantKind::Bytes:
            case ast::ConstantKind::Tuple:
                return true;
            default:
                break;
        }
    } else {
        switch (value->kind) {
            case Kind::Set:
            case Kind::SetComp:
            case Kind::GeneratorExp:
            case Kind::TemplateStr:
            case Kind::Interpolation:
            case Kind::Lambda:
                break;
            default:
                return true;
        }
    }
    return warn(value->position,
                format(thread_, "'{}' object is not subscriptable; perhaps you missed a comma?",
                       evident_type(value)));
}

bool Generator::check_index(ExprNode* value, ExprNode* index) {
    const char* index_type = evident_type(index);
    if (!index_type || !strcmp(index_type, "int") || !strcmp(index_type, "bool")) return true;
    switch (value->kind) {
        case Kind::Constant: {
            ast::ConstantKind kind = value->as<ast::Constant>()->value.kind;
            if (kind != ast::ConstantKind::Str && kind != ast::ConstantKind::Bytes &&
                kind != ast::ConstantKind::Tuple)
                return true;
            break;
        }
        case Kind::Tuple:
        case Kind::List:
        case Kind::ListComp:
        case Kind::JoinedStr:
        case Kind::FormattedValue:
            break;
        default:
            return true;
    }
    return warn(value->position,
                format(thread_,
                       "{} indices must be integers or slices, not {}; perhaps you missed a comma?",
                       evident_type(value), index_type));
}

bool Generator::check_compare(ast::Compare& node) {
    const char* left = odd_identity(node.left);
    for (uint32_t i = 0; i < node.ops.size; i++) {
        const char* right = odd_identity(node.comparators[i]);
        bool is = node.ops[i] == ast::CompareOperator::Is;
        const char* shown = left ? left : right;
        if ((is || node.ops[i] == ast::CompareOperator::IsNot) && shown) {
            return warn(
                node.position,
                is ? format(thread_, "\"is\" with '{}' literal. Did you mean \"==\"?", shown)
                   : format(thread_, "\"is not\" with '{}' literal. Did you mean \"!=\"?", shown));
        }
        left = right;
    }
    return true;
}

}  // namespace imugi::compile
