// AST objects to the C++ tree that the compiler reads. Attributes are read once each; what Python
// code changes meanwhile is not seen half.
#include "compile/session.h"
#include "compile/syntax_tree.h"
#include "object/attribute.h"
#include "object/bytes.h"
#include "object/complex.h"
#include "object/float.h"
#include "object/int.h"
#include "object/list.h"
#include "object/protocol.h"
#include "object/set.h"

namespace imugi::compile {
namespace {

using ast::Arity;
using ast::Category;
using ast::CategoryForm;
using ast::FieldType;
using ast::Kind;

class TreeMaker {
  public:
    TreeMaker(CompileContext& context, Tuple& types)
        : c_(context), thread_(context.thread), types_(types) {}

    ast::Node* node(Value object, Category category) {
        if (!check_native_stack(thread_, " during  traversing 'ast' node")) return nullptr;
        Kind kind;
        if (!kind_of(object, category, &kind)) return nullptr;
        const ast::NodeInfo& info = ast::node_info(kind);
        void* place = c_.arena.allocate(info.size, alignof(std::max_align_t));
        if (!place) {
            (void)c_.no_memory();
            return nullptr;
        }
        memset(place, 0, info.size);
        auto* node = static_cast<ast::Node*>(place);
        node->kind = kind;
        if (info.located) {
            auto& at = static_cast<ast::LocatedNode*>(node)->position;
            const char* owner = ast::category_info(info.category).name;
            if (!attribute_number(object, owner, ID(lineno), true, &at.line) ||
                !attribute_number(object, owner, ID(col_offset), true, &at.column))
                return nullptr;
            at.end_line = at.line;
            at.end_column = at.column;
            if (!attribute_number(object, owner, ID(end_lineno), false, &at.end_line) ||
                !attribute_number(object, owner, ID(end_col_offset), false, &at.end_column))
                return nullptr;
        }
        for (int i = 0; i < info.field_count; i++)
            if (!field(object, info, info.fields[i], node)) return nullptr;
        return node;
    }

  private:
    bool kind_of(Value object, Category category, Kind* kind) {
        const ast::CategoryInfo& info = ast::category_info(category);
        for (int i = 0; i < info.count; i++) {
            auto candidate = static_cast<Kind>(info.first + i);
            // Exact types first: subclasses are rare.
            if (&type_of(object) == &types_.kind(candidate)) return *kind = candidate, true;
        }
        for (int i = 0; i < info.count; i++) {
            auto candidate = static_cast<Kind>(info.first + i);
            if (is_instance_of(object, types_.kind(candidate))) return *kind = candidate, true;
        }
        return raise(thread_, exc::TypeError, "expected some sort of {}, but got {}", info.name,
                     repr_of(object));
    }

    bool attribute_number(Value object, const char* owner, Str& name, bool required, int32_t* out) {
        Owned value = get_attribute_or_nothing(thread_, object, name);
        if (!value) return false;
        if (value.is_nothing()) {
            if (!required) return true;
            return raise(thread_, exc::TypeError, "required field \"{}\" missing from {}", name,
                         owner);
        }
        if (!required && is_none(value)) return true;
        return number(value, out);
    }

    bool number(Value value, int32_t* out) {
        int64_t n;
        if (!is_int(value))
            return raise(thread_, exc::ValueError, "invalid integer value: {}", repr_of(value));
        if (!int_fits_int64(value, &n) || n != static_cast<int32_t>(n))
            return raise(thread_, exc::OverflowError, "Python int too large to convert to C int");
        *out = static_cast<int32_t>(n);
        return true;
    }

    bool field(Value object, const ast::NodeInfo& owner, const ast::FieldInfo& info,
               ast::Node* node) {
        char* place = reinterpret_cast<char*>(node) + info.offset;
        Ref<Str> name = intern(thread_, info.name);
        if (!name) return false;
        Owned value = get_attribute_or_nothing(thread_, object, *name);
        if (!value) return false;
        bool list = info.arity == Arity::List || info.arity == Arity::ListOfOptional;
        if (value.is_nothing()) {
            if (list || info.arity == Arity::Optional) return true;
            // The context of an expression is Load unless told.
            if (info.type == FieldType::Choice && info.category == Category::ExprContext)
                return true;
            return raise(thread_, exc::TypeError, "required field \"{}\" missing from {}",
                         info.name, owner.name);
        }
        if (!list) return item(value, owner, info, place, info.arity == Arity::Optional);
        if (!is_list(value))
            return raise(thread_, exc::TypeError, "{} field \"{}\" must be a list, not a {}",
                         owner.name, info.name, type_name_of(value));
        List& items = value.as<List>();
        Index size = list_size(items);
        size_t item_size = info.type == FieldType::Choice       ? 1
                           : info.type == FieldType::Constant   ? sizeof(ast::ConstantValue)
                           : info.type == FieldType::Identifier ? sizeof(void*)
                           : info.type == FieldType::Node       ? sizeof(void*)
                                                                : sizeof(std::string_view);
        auto* data = static_cast<char*>(c_.arena.allocate(static_cast<size_t>(size) * item_size));
        if (!data) return c_.no_memory();
        memset(data, 0, static_cast<size_t>(size) * item_size);
        for (Index i = 0; i < size; i++) {
            Owned part = list_item(thread_, items, i);
            if (!part) return false;
            if (!part.is_nothing() &&
                !item(part, owner, info, data + static_cast<size_t>(i) * item_size, true, true))
                return false;
            if (part.is_nothing() || list_size(items) != size)
                return raise(thread_, exc::RuntimeError,
                             "{} field \"{}\" changed size during iteration", owner.name,
                             info.name);
        }
        auto& sequence = *reinterpret_cast<ast::Sequence<char>*>(place);
        sequence.data = data;
        sequence.size = static_cast<uint32_t>(size);
        return true;
    }

    bool item(Value value, const ast::NodeInfo& owner, const ast::FieldInfo& info, char* place,
              bool optional, bool in_list = false) {
        if (is_none(value) && info.type != FieldType::Constant) {
            // Lists of nodes get their Nones checked by the validation.
            if (optional && (!in_list || info.type == FieldType::Node)) return true;
            if (!in_list)
                return raise(thread_, exc::ValueError, "field '{}' is required for {}", info.name,
                             owner.name);
        }
        switch (info.type) {
            case FieldType::Node: {
                ast::Node* made = node(value, info.category);
                *reinterpret_cast<ast::Node**>(place) = made;
                return made;
            }
            case FieldType::Choice:
                return choice(value, info.category, reinterpret_cast<uint8_t*>(place));
            case FieldType::Identifier: {
                if (!is_exact_str(value))
                    return raise(thread_, exc::TypeError, "AST identifier must be of type str");
                std::string_view text;
                if (!utf8_of(value.as<Str>(), &text)) return false;
                ast::IdentifierRef name = c_.intern(text);
                *reinterpret_cast<ast::IdentifierRef*>(place) = name;
                return name || c_.no_memory();
            }
            case FieldType::String:
                if (!is_exact_str(value) && !is_exact_bytes(value))
                    return raise(thread_, exc::TypeError, "AST string must be of type str");
                if (is_exact_bytes(value))
                    return raise(thread_, exc::TypeError, "AST string must be of type str");
                return utf8_of(value.as<Str>(), reinterpret_cast<std::string_view*>(place));
            case FieldType::Constant:
                return constant(value, reinterpret_cast<ast::ConstantValue*>(place));
            case FieldType::Int:
                return number(value, reinterpret_cast<int32_t*>(place));
        }
        return false;
    }

    bool choice(Value value, Category category, uint8_t* place) {
        const ast::CategoryInfo& info = ast::category_info(category);
        for (int i = 0; i < info.count; i++) {
            Value instance = types_.choice(category, static_cast<uint8_t>(i));
            if (same(value, instance) || is_instance_of(value, type_of(instance))) {
                *place = static_cast<uint8_t>(i);
                return true;
            }
        }
        return raise(thread_, exc::TypeError, "expected some sort of {}, but got {}", info.name,
                     repr_of(value));
    }

    // UTF-8 in the arena, lone surrogates as three bytes.
    bool utf8_of(Str& text, std::string_view* out) {
        size_t bound = text.length() * 4;
        auto* data = static_cast<char*>(c_.arena.allocate(bound ? bound : 1, 1));
        if (!data) return c_.no_memory();
        size_t size = 0;
        auto put = [&](uint32_t byte) { data[size++] = static_cast<char>(byte); };
        for (size_t i = 0; i < text.length(); i++) {
            uint32_t ch = text[i];
            if (ch < 0x80) {
                put(ch);
            } else if (ch < 0x800) {
                put(0xC0 | ch >> 6);
                put(0x80 | (ch & 63));
            } else if (ch < 0x10000) {
                put(0xE0 | ch >> 12);
                put(0x80 | (ch >> 6 & 63));
                put(0x80 | (ch & 63));
            } else {
                put(0xF0 | ch >> 18);
                put(0x80 | (ch >> 12 & 63));
                put(0x80 | (ch >> 6 & 63));
                put(0x80 | (ch & 63));
            }
        }
        *out = {data, size};
        return true;
    }

    bool constant(Value value, ast::ConstantValue* out) {
        if (!check_native_stack(thread_, " during  traversing 'ast' node")) return false;
        *out = ast::ConstantValue{};
        using ast::ConstantKind;
        if (is_none(value)) {
            out->kind = ConstantKind::None;
        } else if (same(value, boolean(true))) {
            out->kind = ConstantKind::True;
        } else if (same(value, boolean(false))) {
            out->kind = ConstantKind::False;
        } else if (same(value, ellipsis())) {
            out->kind = ConstantKind::Ellipsis;
        } else if (is_exact_int(value)) {
            out->kind = ConstantKind::Int;
            out->base = 16;
            Owned digits = int_to_str(thread_, value, 16);
            return digits && utf8_of(digits.as<Str>(), &out->text);
        } else if (is_exact_float(value)) {
            out->kind = ConstantKind::Float;
            out->number = float_number(value);
        } else if (has_shape(value, k_complex_shape)) {
            out->kind = ConstantKind::Complex;
            out->real = value.as<Complex>().real;
            out->number = value.as<Complex>().imaginary;
        } else if (is_exact_str(value)) {
            out->kind = ConstantKind::Str;
            return utf8_of(value.as<Str>(), &out->text);
        } else if (is_exact_bytes(value)) {
            Bytes& bytes = value.as<Bytes>();
            char* copy = c_.arena.copy(bytes.text(), bytes.size);
            if (!copy) return c_.no_memory();
            out->kind = ConstantKind::Bytes;
            out->text = {copy, bytes.size};
        } else if (is_exact_tuple(value) || has_shape(value, k_frozenset_shape)) {
            out->kind = is_exact_tuple(value) ? ConstantKind::Tuple : ConstantKind::FrozenSet;
            Ref<Tuple> items = to_tuple(thread_, value);
            if (!items) return false;
            out->items.data = c_.arena.make_array<ast::ConstantValue>(items->size);
            if (!out->items.data) return c_.no_memory();
            out->items.size = static_cast<uint32_t>(items->size);
            for (size_t i = 0; i < items->size; i++)
                if (!constant((*items)[i], &out->items.data[i])) return false;
        } else {
            return raise(thread_, exc::TypeError, "got an invalid type in Constant: {}",
                         type_name_of(value));
        }
        return true;
    }

    CompileContext& c_;
    Thread& thread_;
    SyntaxTypes types_;
};

}  // namespace

ast::ModNode* objects_to_tree(CompileContext& context, Value tree, syntax::Mode mode) {
    Thread& thread = context.thread;
    Tuple* tuple = syntax_types(thread);
    if (!tuple) return nullptr;
    SyntaxTypes types(*tuple);
    Kind wanted = mode == syntax::Mode::Eval       ? Kind::Expression
                  : mode == syntax::Mode::Single   ? Kind::Interactive
                  : mode == syntax::Mode::FuncType ? Kind::FunctionType
                                                   : Kind::Module;
    if (!is_instance_of(tree, types.kind(wanted))) {
        raise(thread, exc::TypeError, "expected {} node, got {}", ast::node_info(wanted).name,
              type_name_of(tree));
        return nullptr;
    }
    TreeMaker maker(context, *tuple);
    ast::Node* node = maker.node(tree, Category::Mod);
    if (!node) return nullptr;
    auto* root = static_cast<ast::ModNode*>(node);
    return validate_tree(context, *root) ? root : nullptr;
}

}  // namespace imugi::compile
