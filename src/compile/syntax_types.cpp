// The classes of AST nodes: AST itself is native, the others are made as class statements would
// make them, from the description of the nodes.
#include "compile/opcode.h"
#include "compile/syntax_tree.h"
#include "memory/collector.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/generic_alias.h"
#include "object/interpreter.h"
#include "object/list.h"
#include "object/native.h"
#include "object/protocol.h"
#include "object/set.h"

namespace imugi::compile {

using ast::Arity;
using ast::Category;
using ast::CategoryForm;
using ast::FieldType;
using ast::Kind;

namespace {

// --- instances ---

Owned fields_of(Thread& thread, Value node) {
    Owned fields = TRY(get_attribute_or_nothing(thread, node, ID(_fields)));
    if (fields.is_nothing()) return empty_tuple();
    return to_tuple(thread, fields);
}

bool deprecated(Thread& thread, Ref<Str> message) {
    return message && warn(thread, exc::DeprecationWarning, 1, std::move(message));
}

// Gives a field that was left out its default, or warns.
bool default_field(Thread& thread, Value self, Str& name) {
    Ref<Type> type = share_type(self);
    Owned types = TRY(get_attribute_or_nothing(thread, type, ID(_field_types)));
    Owned field_type = Owned::nothing();
    if (is_dict(types)) field_type = TRY(dict_get(thread, types.as<Dict>(), Value::of(name)));
    if (field_type.is_nothing()) {
        if (is_dict(types))
            return deprecated(
                thread, format(thread,
                               "Field '{}' is missing from {}._field_types. This will become an "
                               "error in Python 3.15.",
                               name, type_full_name_of(self)));
        return true;
    }
    if (has_shape(field_type, k_union_shape)) return true;  // None, from the class
    if (has_shape(field_type, k_generic_alias_shape)) {
        Ref<List> list = TRY(make_list(thread));
        return set_attribute(thread, self, name, list);
    }
    Tuple* tuple = syntax_types(thread);
    if (!tuple) return false;
    SyntaxTypes all(*tuple);
    if (same(field_type, Value::of(all.category(Category::ExprContext))))
        return set_attribute(thread, self, name, all.choice(Category::ExprContext, 0));
    return deprecated(thread,
                      format(thread,
                             "{}.__init__ missing 1 required positional argument: '{}'. This will "
                             "become an error in Python 3.15.",
                             type_name(*type), name));
}

bool node_init(Thread& thread, Value self, const Arguments& arguments) {
    Owned fields = fields_of(thread, self);
    if (!fields) return false;
    Tuple& names = fields.as<Tuple>();
    Ref<Type> type = share_type(self);
    if (arguments.count > names.size)
        return raise(thread, exc::TypeError,
                     "{} constructor takes at most {} positional argument{}", type_name(*type),
                     names.size, names.size == 1 ? "" : "s");
    Ref<Set> given = TRY(make_set(thread));
    for (uint32_t i = 0; i < arguments.count; i++) {
        if (!is_str(names[i])) return raise(thread, exc::TypeError, "field name must be a str");
        TRY(set_attribute(thread, self, names[i].as<Str>(), arguments[i]));
        TRY(set_add(thread, *given, names[i]));
    }
    size_t keywords = arguments.names ? arguments.names->size : 0;
    for (size_t i = 0; i < keywords; i++) {
        Value name = (*arguments.names)[i];
        bool is_field = false;
        for (size_t f = 0; f < names.size && !is_field; f++)
            is_field = TRY(equals(thread, names[f], name));
        if (is_field) {
            if (TRY(set_contains(thread, *given, name)))
                return raise(thread, exc::TypeError, "{} got multiple values for argument '{}'",
                             type_name(*type), name);
            TRY(set_add(thread, *given, name));
        } else {
            Owned attributes = TRY(get_attribute_or_nothing(thread, type, ID(_attributes)));
            bool known = false;
            if (!attributes.is_nothing()) known = TRY(contains(thread, attributes, name));
            if (!known)
                TRY(deprecated(
                    thread,
                    format(thread,
                           "{}.__init__ got an unexpected keyword argument '{}'. Support for "
                           "arbitrary keyword arguments is deprecated and will be removed in "
                           "Python 3.15.",
                           type_name(*type), name)));
        }
        TRY(set_attribute(thread, self, name.as<Str>(), arguments[arguments.count + i]));
    }
    for (size_t i = 0; i < names.size; i++) {
        if (!is_str(names[i])) continue;
        if (!TRY(set_contains(thread, *given, names[i])))
            TRY(default_field(thread, self, names[i].as<Str>()));
    }
    return true;
}

Owned node_make(Thread& thread, Type& type, const Arguments&) {
    Object* object = allocate_object(thread, type);
    if (!object) return {};
    track(object);
    return Owned::adopt(object);
}

// (type, None for each of the leading fields, all attributes): what __init__ would warn about is
// given, but the node is there before its fields, whose links may lead back to it.
Owned node_reduce(Thread& thread, Value self) {
    Owned dict = TRY(get_attribute_or_nothing(thread, self, ID(__dict__)));
    if (!is_dict(dict)) return make_tuple(thread, Value::of(type_of(self)), empty_tuple());
    Ref<Dict> state = TRY(dict_copy(thread, dict.as<Dict>()));
    Owned fields = TRY(fields_of(thread, self));
    Ref<List> leading = TRY(make_list(thread));
    for (size_t i = 0; i < fields.as<Tuple>().size; i++) {
        if (!TRY(dict_contains(thread, *state, fields.as<Tuple>()[i]))) break;
        TRY(list_append(thread, *leading, Owned::share(none())));
    }
    Ref<Tuple> arguments = TRY(list_to_tuple(thread, *leading));
    return make_tuple(thread, Value::of(type_of(self)), arguments, state);
}

Owned node_replace(Thread& thread, Value self, Kwargs changes) {
    Owned fields = TRY(fields_of(thread, self));
    Owned attributes = TRY(get_attribute_or_nothing(thread, share_type(self), ID(_attributes)));
    Ref<Tuple> extra = attributes.is_nothing() ? empty_tuple() : to_tuple(thread, attributes);
    if (!extra) return {};
    Ref<Dict> values = TRY(make_dict(thread));
    for (Tuple* names : {&fields.as<Tuple>(), extra.get()}) {
        for (size_t i = 0; i < names->size; i++) {
            if (!is_str((*names)[i])) continue;
            Owned value = TRY(get_attribute_or_nothing(thread, self, (*names)[i].as<Str>()));
            if (!value.is_nothing()) TRY(dict_set(thread, *values, (*names)[i], std::move(value)));
        }
    }
    for (size_t i = 0; i < changes.count; i++) {
        bool known = TRY(contains(thread, fields, changes.names[i])) ||
                     TRY(contains(thread, extra, changes.names[i]));
        if (!known)
            return raise(thread, exc::TypeError,
                         "{}.__replace__ got an unexpected keyword argument '{}'.",
                         type_name(type_of(self)), changes.names[i]);
        TRY(dict_set(thread, *values, changes.names[i], changes.values[i]));
    }
    Ref<Tuple> none_given = empty_tuple();
    return call_with(thread, share_type(self), *none_given, values.get());
}

bool append_repr(Thread& thread, StrBuilder& out, Value value, int depth);

bool append_list_repr(Thread& thread, StrBuilder& out, Value sequence, int depth) {
    bool list = is_list(sequence);
    Ref<Tuple> items = TRY(to_tuple(thread, sequence));
    TRY(out.append(list ? "[" : "("));
    for (size_t i = 0; i < items->size; i++) {
        // Of long lists the ends.
        if (i == 1 && items->size > 2) {
            TRY(out.append(", ..."));
            i = items->size - 1;
        }
        if (i) TRY(out.append(", "));
        TRY(append_repr(thread, out, (*items)[i], depth));
    }
    return out.append(list ? "]" : ")");
}

bool append_repr(Thread& thread, StrBuilder& out, Value value, int depth) {
    TRY(check_native_stack(thread, " during  ast construction"));
    Result<bool> node = is_syntax_tree(thread, value);
    if (!node) return false;
    if (is_exact_list(value) || is_exact_tuple(value))
        return append_list_repr(thread, out, value, depth);
    if (!*node) {
        Owned text = TRY(repr(thread, value));
        return out.append(text.as<Str>());
    }
    TRY(out.append(type_name(type_of(value))));
    Owned fields = TRY(fields_of(thread, value));
    Tuple& names = fields.as<Tuple>();
    if (names.size && depth <= 0) return out.append("(...)");
    TRY(out.append("("));
    bool first = true;
    for (size_t i = 0; i < names.size; i++) {
        if (!is_str(names[i]))
            return raise(thread, exc::TypeError, "attribute name must be string, not '{}'",
                         type_name_of(names[i]));
        Owned field = TRY(get_attribute_or_nothing(thread, value, names[i].as<Str>()));
        if (field.is_nothing()) continue;
        if (!first) TRY(out.append(", "));
        first = false;
        TRY(out.append(names[i].as<Str>()));
        TRY(out.append("="));
        TRY(append_repr(thread, out, field, depth - 1));
    }
    return out.append(")");
}

Owned node_repr(Thread& thread, Value self) {
    constexpr int kDepth = 3;
    StrBuilder out(thread);
    TRY(append_repr(thread, out, self, kDepth));
    return out.finish();
}

const MethodRow node_methods[] = {
    {"__reduce__", "(self, /)", fn<node_reduce>, nullptr},
    {"__replace__", "(self, /, **fields)", fn<node_replace>,
     "Return a copy of the AST node with new values for the specified fields."},
    {}};

const TypeSpec node_spec = {
    .name = "ast.AST",
    .size = sizeof(Object),
    .flags = kTypeBase | kTypeTracked | kTypeHasDict | kTypeHasWeakrefs,
    .slots = {.repr = node_repr, .make = node_make, .init = node_init},
    .methods = node_methods,
};

// --- the classes ---

const char* field_type_name(const ast::FieldInfo& field) {
    switch (field.type) {
        case FieldType::Node:
        case FieldType::Choice:
            return ast::category_info(field.category).name;
        case FieldType::Identifier:
            return "identifier";
        case FieldType::String:
            return "string";
        case FieldType::Constant:
            return "constant";
        case FieldType::Int:
            return "int";
    }
    return "";
}

bool append_signature(StrBuilder& out, const ast::NodeInfo& info) {
    TRY(out.append(info.name));
    for (int i = 0; i < info.field_count; i++) {
        const ast::FieldInfo& field = info.fields[i];
        TRY(out.append(i ? ", " : "("));
        TRY(out.append(field_type_name(field)));
        if (field.arity == Arity::Optional) TRY(out.append("?"));
        if (field.arity == Arity::List) TRY(out.append("*"));
        if (field.arity == Arity::ListOfOptional) TRY(out.append("?*"));
        TRY(out.append(" "));
        TRY(out.append(field.name));
    }
    return info.field_count == 0 || out.append(")");
}

class TypeMaker {
  public:
    explicit TypeMaker(Thread& thread) : thread_(thread) {}

    Ref<Tuple> make() {
        size_t choices = 0;
        for (int c = 0; c < ast::CATEGORY_COUNT; c++) {
            const ast::CategoryInfo& info = ast::category_info(static_cast<Category>(c));
            if (info.form == CategoryForm::Choice) choices += info.count;
        }
        tuple_ = make_tuple_blank(thread_, 1 + ast::CATEGORY_COUNT + ast::KIND_COUNT + choices);
        if (!tuple_ || !make_base()) return {};
        for (int c = 0; c < ast::CATEGORY_COUNT; c++) TRY(make_category(static_cast<Category>(c)));
        for (int k = 0; k < ast::KIND_COUNT; k++) TRY(make_kind(static_cast<Kind>(k)));
        size_t at = 1 + ast::CATEGORY_COUNT + ast::KIND_COUNT;
        for (int c = 0; c < ast::CATEGORY_COUNT; c++)
            TRY(make_choices(static_cast<Category>(c), &at));
        for (int k = 0; k < ast::KIND_COUNT; k++) TRY(add_field_types(static_cast<Kind>(k)));
        return std::move(tuple_);
    }

  private:
    Type& type_at(size_t index) { return (*tuple_)[index].as<Type>(); }
    Type& category_type(Category c) { return type_at(1 + static_cast<size_t>(c)); }

    bool make_base() {
        Ref<Type> type = TRY(make_native_type(thread_, node_spec, nullptr));
        Ref<Tuple> none_yet = empty_tuple();
        for (const char* name : {"_fields", "__match_args__", "_attributes"}) {
            Ref<Str> text = TRY(intern(thread_, name));
            TRY(dict_set(thread_, type->dict.as<Dict>(), text, none_yet.value()));
        }
        Ref<Dict> types = TRY(make_dict(thread_));
        TRY(dict_set(thread_, type->dict.as<Dict>(), Value::of(ID(_field_types)), types.value()));
        type_modified(thread_, *type, nullptr);
        tuple_->items[0].init(std::move(type));
        return true;
    }

    Owned make_class(const char* name, Value base, Dict& namespace_) {
        Ref<Str> text = TRY(intern(thread_, name));
        TRY(dict_set(thread_, namespace_, Value::of(ID(__module__)), Value::of(ID(ast))));
        Ref<Tuple> bases = TRY(make_tuple(thread_, base));
        return call(thread_, Value::of(type_type), text, bases, Value::of(namespace_));
    }

    Ref<Tuple> attribute_names(bool located) {
        if (!located) return empty_tuple();
        return make_tuple(thread_, Value::of(ID(lineno)), Value::of(ID(col_offset)),
                          Value::of(ID(end_lineno)), Value::of(ID(end_col_offset)));
    }

    bool set_location(Dict& namespace_, bool located) {
        Ref<Tuple> names = TRY(attribute_names(located));
        TRY(dict_set(thread_, namespace_, Value::of(ID(_attributes)), names.value()));
        if (!located) return true;
        return dict_set(thread_, namespace_, Value::of(ID(end_lineno)), none()) &&
               dict_set(thread_, namespace_, Value::of(ID(end_col_offset)), none());
    }

    bool make_category(Category c) {
        const ast::CategoryInfo& info = ast::category_info(c);
        Ref<Dict> namespace_ = TRY(make_dict(thread_));
        Slot& slot = tuple_->items[1 + static_cast<size_t>(c)];
        if (info.form == CategoryForm::Product) {
            auto kind = static_cast<Kind>(info.first);
            TRY(fill_kind(kind, *namespace_));
            TRY(set_location(*namespace_, info.located));
            Owned type = TRY(make_class(info.name, (*tuple_)[0], *namespace_));
            slot.init(std::move(type));
            return true;
        }
        StrBuilder doc(thread_);
        TRY(doc.append(info.name));
        for (int i = 0; i < info.count; i++) {
            TRY(doc.append(i == 0 ? " = " : info.form == CategoryForm::Sum ? "" : " | "));
            if (info.form == CategoryForm::Choice) {
                TRY(doc.append(info.choices[i]));
                continue;
            }
            if (i) {
                TRY(doc.append("\n") && doc.append_repeated(' ', strlen(info.name)));
                TRY(doc.append(" | "));
            }
            TRY(append_signature(doc, ast::node_info(static_cast<Kind>(info.first + i))));
        }
        Ref<Str> text = TRY(doc.finish());
        TRY(dict_set(thread_, *namespace_, Value::of(ID(__doc__)), text.value()));
        TRY(set_location(*namespace_, info.located));
        Owned type = TRY(make_class(info.name, (*tuple_)[0], *namespace_));
        slot.init(std::move(type));
        return true;
    }

    bool fill_kind(Kind kind, Dict& namespace_) {
        const ast::NodeInfo& info = ast::node_info(kind);
        StrBuilder doc(thread_);
        TRY(append_signature(doc, info));
        Ref<Str> text = TRY(doc.finish());
        TRY(dict_set(thread_, namespace_, Value::of(ID(__doc__)), text.value()));
        Ref<Tuple> fields = TRY(make_tuple_blank(thread_, info.field_count));
        for (int i = 0; i < info.field_count; i++) {
            Ref<Str> name = TRY(intern(thread_, info.fields[i].name));
            if (info.fields[i].arity == Arity::Optional)
                TRY(dict_set(thread_, namespace_, name, none()));
            fields->items[i].init(std::move(name));
        }
        TRY(dict_set(thread_, namespace_, Value::of(ID(_fields)), fields.value()));
        return dict_set(thread_, namespace_, Value::of(ID(__match_args__)), fields.value());
    }

    bool make_kind(Kind kind) {
        const ast::NodeInfo& info = ast::node_info(kind);
        Slot& slot = tuple_->items[1 + ast::CATEGORY_COUNT + static_cast<size_t>(kind)];
        if (ast::category_info(info.category).form == CategoryForm::Product) {
            slot.init(Owned::share(Value::of(category_type(info.category))));
            return true;
        }
        Ref<Dict> namespace_ = TRY(make_dict(thread_));
        TRY(fill_kind(kind, *namespace_));
        Owned type =
            TRY(make_class(info.name, Value::of(category_type(info.category)), *namespace_));
        slot.init(std::move(type));
        return true;
    }

    bool make_choices(Category c, size_t* at) {
        const ast::CategoryInfo& info = ast::category_info(c);
        if (info.form != CategoryForm::Choice) return true;
        for (int i = 0; i < info.count; i++) {
            Ref<Dict> namespace_ = TRY(make_dict(thread_));
            Ref<Str> doc = TRY(make_str(thread_, info.choices[i]));
            TRY(dict_set(thread_, *namespace_, Value::of(ID(__doc__)), doc.value()));
            Ref<Tuple> no_fields = empty_tuple();
            TRY(dict_set(thread_, *namespace_, Value::of(ID(_fields)), no_fields.value()));
            TRY(dict_set(thread_, *namespace_, Value::of(ID(__match_args__)), no_fields.value()));
            Ref<Dict> types = TRY(make_dict(thread_));
            TRY(dict_set(thread_, *namespace_, Value::of(ID(_field_types)), types.value()));
            Owned type = TRY(make_class(info.choices[i], Value::of(category_type(c)), *namespace_));
            Object* instance = allocate_object(thread_, type.as<Type>());
            if (!instance) return false;
            track(instance);
            tuple_->items[(*at)++].init(Owned::adopt(instance));
        }
        return true;
    }

    Owned type_of_field(const ast::FieldInfo& field) {
        Value item;
        switch (field.type) {
            case FieldType::Node:
            case FieldType::Choice:
                item = Value::of(category_type(field.category));
                break;
            case FieldType::Int:
                item = Value::of(int_type);
                break;
            case FieldType::Constant:
                item = Value::of(object_type);
                break;
            default:
                item = Value::of(str_type);
        }
        switch (field.arity) {
            case Arity::Optional:
                return union_of(thread_, item, none());
            case Arity::List:
            case Arity::ListOfOptional:
                return make_generic_alias(thread_, Value::of(list_type), item);
            default:
                return Owned::share(item);
        }
    }

    bool add_field_types(Kind kind) {
        const ast::NodeInfo& info = ast::node_info(kind);
        Ref<Dict> types = TRY(make_dict(thread_));
        for (int i = 0; i < info.field_count; i++) {
            Ref<Str> name = TRY(intern(thread_, info.fields[i].name));
            Owned type = TRY(type_of_field(info.fields[i]));
            TRY(dict_set(thread_, *types, name, std::move(type)));
        }
        Type& type = type_at(1 + ast::CATEGORY_COUNT + static_cast<size_t>(kind));
        return set_attribute(thread_, Value::of(type), ID(_field_types), types);
    }

    Thread& thread_;
    Ref<Tuple> tuple_;
};

}  // namespace

Value SyntaxTypes::choice(Category category, uint8_t number) const {
    size_t at = 1 + ast::CATEGORY_COUNT + ast::KIND_COUNT;
    for (int c = 0; c < static_cast<int>(category); c++) {
        const ast::CategoryInfo& info = ast::category_info(static_cast<Category>(c));
        if (info.form == CategoryForm::Choice) at += info.count;
    }
    return tuple_[at + number];
}

Tuple* syntax_types(Thread& thread) {
    Interpreter& interpreter = interpreter_of(thread);
    if (interpreter.ast_types.is_empty()) {
        Ref<Tuple> made = TypeMaker(thread).make();
        if (!made) return nullptr;
        // Another thread may have been faster: its classes count, ours go.
        Value word = made.value();
        uint64_t expected = 0;
        Owned shared = Owned::share(word);
        if (interpreter.ast_types.word().compare_exchange_strong(expected, shared.value().bits(),
                                                                 std::memory_order_acq_rel,
                                                                 std::memory_order_acquire))
            (void)shared.release();
    }
    return &interpreter.ast_types.as<Tuple>();
}

Result<bool> is_syntax_tree(Thread& thread, Value value) {
    Interpreter& interpreter = interpreter_of(thread);
    // Without classes there are no instances.
    if (interpreter.ast_types.is_empty()) return false;
    return is_instance_of(value, SyntaxTypes(interpreter.ast_types.as<Tuple>()).base());
}

}  // namespace imugi::compile
