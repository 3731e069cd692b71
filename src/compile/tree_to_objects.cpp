// The C++ AST as Python objects.
#include "compile/constants.h"
#include "compile/syntax_tree.h"
#include "memory/collector.h"
#include "object/attribute.h"
#include "object/list.h"
#include "object/names.h"

namespace imugi::compile {
namespace {

using ast::Arity;
using ast::FieldType;

class ObjectMaker {
  public:
    ObjectMaker(Thread& thread, Tuple& types) : thread_(thread), types_(types) {}

    Owned node(const ast::Node* node) {
        if (!node) return Owned::share(none());
        if (!check_native_stack(thread_, " during ast construction")) return {};
        const ast::NodeInfo& info = ast::node_info(node->kind);
        Object* object = allocate_object(thread_, types_.kind(node->kind));
        if (!object) return {};
        Owned result = Owned::adopt(object);
        for (int i = 0; i < info.field_count; i++) {
            Owned value = field(node, info.fields[i]);
            if (!value || !store(object, info.fields[i].name, value)) return {};
        }
        if (info.located && !locate(object, static_cast<const ast::LocatedNode*>(node)->position))
            return {};
        track(object);
        return result;
    }

  private:
    bool store(Object* object, const char* name, Value value) {
        Ref<Str> text = intern(thread_, name);
        return text && store_own_attribute(thread_, object, *text, value);
    }

    bool locate(Object* object, const ast::Position& at) {
        auto number = [](int32_t n) { return Value::small_int(n); };
        return store_own_attribute(thread_, object, ID(lineno), number(at.line)) &&
               store_own_attribute(thread_, object, ID(col_offset), number(at.column)) &&
               store_own_attribute(thread_, object, ID(end_lineno), number(at.end_line)) &&
               store_own_attribute(thread_, object, ID(end_col_offset), number(at.end_column));
    }

    Owned field(const ast::Node* owner, const ast::FieldInfo& info) {
        const char* place = reinterpret_cast<const char*>(owner) + info.offset;
        if (info.arity == Arity::One || info.arity == Arity::Optional) return item(place, info);
        // All sequences are laid out alike.
        auto& sequence = *reinterpret_cast<const ast::Sequence<char>*>(place);
        Ref<List> list = make_list(thread_, sequence.size);
        if (!list) return {};
        size_t size = info.type == FieldType::Choice     ? 1
                      : info.type == FieldType::Constant ? sizeof(ast::ConstantValue)
                      : info.type == FieldType::String   ? sizeof(std::string_view)
                      : info.type == FieldType::Int      ? sizeof(int32_t)
                                                         : sizeof(void*);
        for (uint32_t i = 0; i < sequence.size; i++) {
            Owned value = item(sequence.data + i * size, info);
            if (!value || !list_append(thread_, *list, std::move(value))) return {};
        }
        return list;
    }

    Owned item(const char* place, const ast::FieldInfo& info) {
        switch (info.type) {
            case FieldType::Node:
                return node(*reinterpret_cast<const ast::Node* const*>(place));
            case FieldType::Choice:
                return Owned::share(
                    types_.choice(info.category, *reinterpret_cast<const uint8_t*>(place)));
            case FieldType::Identifier: {
                auto name = *reinterpret_cast<const ast::IdentifierRef*>(place);
                return name ? Owned(str_of(thread_, name)) : Owned::share(none());
            }
            case FieldType::String: {
                auto text = *reinterpret_cast<const std::string_view*>(place);
                if (!text.data()) return Owned::share(none());
                return make_str(thread_, text.data(), text.size());
            }
            case FieldType::Constant:
                return make_literal(thread_, *reinterpret_cast<const ast::ConstantValue*>(place));
            case FieldType::Int:
                return Owned::small_int(*reinterpret_cast<const int32_t*>(place));
        }
        return {};
    }

    Thread& thread_;
    SyntaxTypes types_;
};

}  // namespace

Owned tree_to_objects(Thread& thread, ast::ModNode& root) {
    Tuple* types = syntax_types(thread);
    if (!types) return {};
    return ObjectMaker(thread, *types).node(&root);
}

}  // namespace imugi::compile
