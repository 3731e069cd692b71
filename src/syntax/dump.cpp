// Dumping by the field table, and the repr()s that dumps hold. No state.
#include "syntax/dump.h"

#include <cmath>
#include <cstdio>

#include "base/float_text.h"
#include "syntax/unicode.h"

namespace imugi::syntax {

using namespace ast;

namespace {

class Dumper {
  public:
    Dumper(bool attributes, WriteFunction write, void* context)
        : attributes_(attributes), write_(write), context_(context) {}

    void node(Node* node);

  private:
    void put(std::string_view text) { write_(context_, text); }
    void number(int32_t value) {
        char buffer[16];
        put({buffer, size_t(snprintf(buffer, sizeof buffer, "%d", value))});
    }
    template <typename T, typename F>
    void list(const char* at, F&& element) {
        put("[");
        bool first = true;
        for (T item : *reinterpret_cast<const Sequence<T>*>(at)) {
            if (!first) put(", ");
            first = false;
            element(item);
        }
        put("]");
    }
    void value(const FieldInfo& field, const char* at);
    static bool is_left_out(Node* node, const FieldInfo& field, const char* at);

    bool attributes_;
    WriteFunction write_;
    void* context_;
    uintptr_t stack_limit_ = uintptr_t(__builtin_frame_address(0)) - 4 * 1024 * 1024;
};

bool Dumper::is_left_out(Node* node, const FieldInfo& field, const char* at) {
    if (field.arity == Arity::List || field.arity == Arity::ListOfOptional) {
        return reinterpret_cast<const Sequence<void*>*>(at)->empty();
    }
    switch (field.type) {
        case FieldType::Node:
        case FieldType::Identifier:
            return *reinterpret_cast<void* const*>(at) == nullptr;
        case FieldType::String:
            return !reinterpret_cast<const std::string_view*>(at)->data();
        default:
            return false;
    }
}

void Dumper::value(const FieldInfo& field, const char* at) {
    bool is_list = field.arity == Arity::List || field.arity == Arity::ListOfOptional;
    switch (field.type) {
        case FieldType::Node:
            if (is_list) {
                list<Node*>(at, [&](Node* item) { item ? node(item) : put("None"); });
            } else {
                node(*reinterpret_cast<Node* const*>(at));
            }
            break;
        case FieldType::Choice: {
            auto one = [&](uint8_t choice) {
                put(category_info(field.category).choices[choice]);
                put("()");
            };
            if (is_list) {
                list<uint8_t>(at, one);
            } else {
                one(*reinterpret_cast<const uint8_t*>(at));
            }
            break;
        }
        case FieldType::Identifier: {
            auto one = [&](IdentifierRef id) { write_text_repr(id->text(), write_, context_); };
            if (is_list) {
                list<IdentifierRef>(at, one);
            } else {
                one(*reinterpret_cast<const IdentifierRef*>(at));
            }
            break;
        }
        case FieldType::String:
            write_text_repr(*reinterpret_cast<const std::string_view*>(at), write_, context_);
            break;
        case FieldType::Constant:
            write_constant(*reinterpret_cast<const ConstantValue*>(at), write_, context_);
            break;
        case FieldType::Int:
            number(*reinterpret_cast<const int32_t*>(at));
            break;
    }
}

void Dumper::node(Node* node) {
    // A chain of a hundred thousand operators is a tree as deep.
    if (uintptr_t(__builtin_frame_address(0)) < stack_limit_) return put("<nested too deeply>");
    const NodeInfo& info = node_info(node->kind);
    put(info.name);
    put("(");
    bool first = true;
    auto name = [&](const char* text) {
        if (!first) put(", ");
        first = false;
        put(text);
        put("=");
    };
    for (int i = 0; i < info.field_count; i++) {
        const FieldInfo& field = info.fields[i];
        const char* at = reinterpret_cast<const char*>(node) + field.offset;
        if (is_left_out(node, field, at)) continue;
        name(field.name);
        value(field, at);
    }
    if (attributes_ && info.located) {
        const Position& position = static_cast<LocatedNode*>(node)->position;
        name("lineno");
        number(position.line);
        name("col_offset");
        number(position.column);
        name("end_lineno");
        number(position.end_line);
        name("end_col_offset");
        number(position.end_column);
    }
    put(")");
}

// Digits of any base to decimal, by schoolbook division; dumps need no more.
void write_int(const ConstantValue& value, WriteFunction write, void* context) {
    std::string_view digits = value.text;
    if (value.base == 10) {
        while (digits.size() > 1 && digits[0] == '0') digits.remove_prefix(1);
        write(context, digits);
        return;
    }
    size_t capacity = digits.size() / 4 + 2;
    auto* parts = static_cast<uint32_t*>(calloc(capacity, sizeof(uint32_t)));
    if (!parts) return;
    size_t count = 1;
    for (char c : digits) {
        uint64_t carry = uint64_t(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
        for (size_t i = 0; i < count; i++) {
            carry += uint64_t(parts[i]) * value.base;
            parts[i] = uint32_t(carry % 1000000000);
            carry /= 1000000000;
        }
        if (carry) parts[count++] = uint32_t(carry);
    }
    char buffer[16];
    for (size_t i = count; i-- > 0;) {
        int size = snprintf(buffer, sizeof buffer, i + 1 == count ? "%u" : "%09u", parts[i]);
        write(context, {buffer, size_t(size)});
    }
    free(parts);
}

}  // namespace

void write_float_repr(double number, WriteFunction write, void* context) {
    char text[float_repr_room];
    write(context, {text, float_repr(text, number)});
}

void write_text_repr(std::string_view text, WriteFunction write, void* context) {
    bool single = text.find('\'') != text.npos;
    char quote = single && text.find('"') == text.npos ? '"' : '\'';
    write(context, {&quote, 1});
    const char* at = text.data();
    const char* end = at + text.size();
    char buffer[16];
    while (at < end) {
        const char* before = at;
        uint32_t c = read_utf8(at, end);
        if (c == uint32_t(quote) || c == '\\') {
            buffer[0] = '\\';
            buffer[1] = char(c);
            write(context, {buffer, 2});
        } else if (c == '\n') {
            write(context, "\\n");
        } else if (c == '\r') {
            write(context, "\\r");
        } else if (c == '\t') {
            write(context, "\\t");
        } else if (is_printable(c)) {
            write(context, {before, size_t(at - before)});
        } else {
            const char* form = c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x";
            write(context, {buffer, size_t(snprintf(buffer, sizeof buffer, form, c))});
        }
    }
    write(context, {&quote, 1});
}

void write_bytes_repr(std::string_view text, WriteFunction write, void* context) {
    bool single = text.find('\'') != text.npos;
    char quote = single && text.find('"') == text.npos ? '"' : '\'';
    write(context, "b");
    write(context, {&quote, 1});
    char buffer[16];
    for (char byte : text) {
        uint8_t c = uint8_t(byte);
        if (byte == quote || c == '\\') {
            buffer[0] = '\\';
            buffer[1] = byte;
            write(context, {buffer, 2});
        } else if (c == '\n') {
            write(context, "\\n");
        } else if (c == '\r') {
            write(context, "\\r");
        } else if (c == '\t') {
            write(context, "\\t");
        } else if (c >= 32 && c < 127) {
            write(context, {&byte, 1});
        } else {
            write(context, {buffer, size_t(snprintf(buffer, sizeof buffer, "\\x%02x", c))});
        }
    }
    write(context, {&quote, 1});
}

void write_constant(const ConstantValue& value, WriteFunction write, void* context) {
    auto items = [&](const char* open, const char* close, const char* close_one) {
        write(context, open);
        bool first = true;
        for (const ConstantValue& item : value.items) {
            if (!first) write(context, ", ");
            first = false;
            write_constant(item, write, context);
        }
        write(context, value.items.size == 1 ? close_one : close);
    };
    // A complex number's part: a whole one without its ".0".
    auto part = [&](double number) {
        struct Sink {
            char text[48];
            size_t size;
        } sink{{}, 0};
        write_float_repr(
            number,
            [](void* to, std::string_view piece) {
                auto* sink = static_cast<Sink*>(to);
                memcpy(sink->text + sink->size, piece.data(), piece.size());
                sink->size += piece.size();
            },
            &sink);
        std::string_view text(sink.text, sink.size);
        if (text.ends_with(".0")) text.remove_suffix(2);
        write(context, text);
    };
    switch (value.kind) {
        case ConstantKind::None:
            write(context, "None");
            break;
        case ConstantKind::True:
            write(context, "True");
            break;
        case ConstantKind::False:
            write(context, "False");
            break;
        case ConstantKind::Ellipsis:
            write(context, "Ellipsis");
            break;
        case ConstantKind::Int:
            write_int(value, write, context);
            break;
        case ConstantKind::Float:
            write_float_repr(value.number, write, context);
            break;
        case ConstantKind::Complex:
            if (value.real == 0 && !std::signbit(value.real)) {
                part(value.number);
                write(context, "j");
                break;
            }
            write(context, "(");
            part(value.real);
            if (!std::signbit(value.number)) write(context, "+");
            part(value.number);
            write(context, "j)");
            break;
        case ConstantKind::Str:
            write_text_repr(value.text, write, context);
            break;
        case ConstantKind::Bytes:
            write_bytes_repr(value.text, write, context);
            break;
        case ConstantKind::Tuple:
            items("(", ")", ",)");
            break;
        case ConstantKind::FrozenSet:
            items(value.items.empty() ? "frozenset(" : "frozenset({",
                  value.items.empty() ? ")" : "})", "})");
            break;
    }
}

void dump_ast(Node* node, bool attributes, WriteFunction write, void* context) {
    Dumper(attributes, write, context).node(node);
}

}  // namespace imugi::syntax
