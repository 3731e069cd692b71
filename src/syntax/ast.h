// The abstract syntax tree: plain structs in an Arena, told apart by `kind`, cast down with
// as<T>(). The nodes themselves are generated from ast.nodes (see tools/gen_ast.py) into
// ast_nodes.h. A tree belongs to one thread at a time. Nothing here knows of Python objects.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/arena.h"

namespace imugi::ast {

// Lines count from 1, columns are UTF-8 byte offsets from 0, as in the `ast` module.
struct Position {
    int32_t line = 0;
    int32_t column = 0;
    int32_t end_line = 0;
    int32_t end_column = 0;
};

// A name, interned in its NameTable: equal names are the same pointer. The text is NFKC UTF-8.
struct Identifier {
    const char* data;
    uint32_t size;
    uint32_t hash;

    std::string_view text() const { return {data, size}; }
};
using IdentifierRef = const Identifier*;

// A list in the arena. Its length is fixed, its elements may be replaced.
template <typename T>
struct Sequence {
    T* data = nullptr;
    uint32_t size = 0;

    T* begin() const { return data; }
    T* end() const { return data + size; }
    T& operator[](size_t index) const {
        assert(index < size);
        return data[index];
    }
    T& back() const { return (*this)[size - 1]; }
    bool empty() const { return size == 0; }
};

enum class ConstantKind : uint8_t {
    None,
    True,
    False,
    Ellipsis,
    Int,      // `text`: digits in `base`, neither prefix nor underscores; no sign but from unparsed
              // trees
    Float,    // `number`
    Complex,  // `number` is the imaginary part, `real` the real one (0 from the parser)
    Str,      // `text`: UTF-8, lone surrogates as three bytes (WTF-8)
    Bytes,    // `text`
    Tuple,    // `items`; never from the parser, only from trees that were built by hand
    FrozenSet,  // `items`; likewise
};

struct ConstantValue {
    ConstantKind kind = ConstantKind::None;
    uint8_t base = 10;
    double number = 0;
    double real = 0;
    std::string_view text{};
    Sequence<ConstantValue> items{};
};

enum class Kind : uint8_t;

struct Node {
    Kind kind;

    explicit Node(Kind kind) : kind(kind) {}

    template <typename T>
    bool is() const {
        return kind == T::KIND;
    }
    template <typename T>
    T* as() {
        assert(kind == T::KIND);
        return static_cast<T*>(this);
    }
    template <typename T>
    const T* as() const {
        assert(kind == T::KIND);
        return static_cast<const T*>(this);
    }
    template <typename T>
    T* if_is() {
        return kind == T::KIND ? static_cast<T*>(this) : nullptr;
    }
};

struct LocatedNode : Node {
    Position position;

    LocatedNode(Kind kind, const Position& position) : Node(kind), position(position) {}
};

// ---- The description of the nodes, for `_ast`, ast.dump and conversions ----

enum class FieldType : uint8_t { Node, Choice, Identifier, String, Constant, Int };
enum class Arity : uint8_t { One, Optional, List, ListOfOptional };
enum class Category : uint8_t;  // the sums, products and choices of ast.nodes

// `offset` is where the field lies in the struct, as: Node -> Node*, Choice -> uint8_t,
// Identifier -> IdentifierRef, String -> std::string_view (data() == nullptr is None),
// Constant -> ConstantValue, Int -> int32_t; lists are a Sequence of those.
struct FieldInfo {
    const char* name;
    FieldType type;
    Arity arity;
    Category category;  // for Node and Choice
    uint16_t offset;
};

struct NodeInfo {
    const char* name;
    Category category;
    bool located;
    uint8_t field_count;
    uint16_t size;
    const FieldInfo* fields;
};

enum class CategoryForm : uint8_t { Sum, Product, Choice };

struct CategoryInfo {
    const char* name;
    CategoryForm form;
    bool located;
    uint8_t first;  // Sum, Product: the first Kind; Choice: 0
    uint8_t count;
    const char* const* choices;  // Choice: the names of the values
};

}  // namespace imugi::ast

#include "syntax/ast_nodes.h"
