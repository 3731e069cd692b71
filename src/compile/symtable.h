// The symbol table: for every scope of a module what each name in it means.
//
// Built in two passes over one tree: the first collects bindings and uses (symtable.cpp), the
// second resolves them against the enclosing scopes (symtable_resolve.cpp). Lives in the arena of
// the compilation.
#pragma once

#include "compile/context.h"
#include "compile/vec.h"

namespace imugi::compile {

enum SymbolFlag : uint16_t {  // the numbers that the symtable module knows
    kDefGlobal = 1,
    kDefLocal = 2,
    kDefParam = 4,
    kDefNonlocal = 8,
    kUse = 16,
    kDefFreeClass = 64,
    kDefImport = 128,
    kDefAnnotation = 256,
    kDefCompIter = 512,
    kDefTypeParam = 1024,
    kDefCompCell = 2048,
    kDefBound = kDefLocal | kDefParam | kDefImport | kDefTypeParam,
};

enum class NameScope : uint8_t {
    kUnknown,
    kLocal,
    kGlobalExplicit,
    kGlobalImplicit,
    kFree,
    kCell,
};

struct Symbol {
    uint16_t flags = 0;
    NameScope scope = NameScope::kUnknown;
};

enum class ScopeKind : uint8_t {
    kFunction,
    kClass,
    kModule,
    kAnnotation,
    kTypeAlias,
    kTypeParameters,
    kTypeVariable,
};

enum class ComprehensionKind : uint8_t { kNone, kList, kDict, kSet, kGenerator };

struct Directive {
    ast::IdentifierRef name;
    ast::Position position;
};

struct Scope {
    ScopeKind kind;
    ComprehensionKind comprehension = ComprehensionKind::kNone;
    ast::IdentifierRef name;
    const void* key;  // the node (or its field) that makes the scope
    Scope* parent;
    ast::Position position;
    PointerMap<Symbol> symbols;  // by mangled name, in order of appearance
    Vec<ast::IdentifierRef> parameters;
    Vec<Scope*> children;
    Vec<Directive> directives;     // global and nonlocal statements
    Scope* annotations = nullptr;  // the annotation scope of this module's or class's variables
    ast::IdentifierRef private_name = nullptr;
    PointerMap<char>* mangled_names = nullptr;  // when set, only these are mangled
    const char* annotation_place = nullptr;     // for messages of what is not allowed in here
    bool nested = false;
    bool generator = false;
    bool coroutine = false;
    bool is_async_def = false;
    bool is_lambda = false;
    bool var_args = false;
    bool var_keywords = false;
    bool returns_value = false;
    bool needs_class_cell = false;
    bool needs_classdict = false;
    bool inlined = false;  // a comprehension that runs in its parent's frame
    bool comp_iter_target = false;
    int comp_iter_expr = 0;
    bool can_see_class_scope = false;
    bool in_conditional_block = false;
    bool has_conditional_annotations = false;
    bool annotations_used = false;
    bool unevaluated_annotation = false;
    bool has_docstring = false;
    bool method = false;
    bool has_walrus = false;  // a := somewhere in this frame, inlined comprehensions included

    Scope(Arena& arena, ScopeKind scope_kind, ast::IdentifierRef scope_name, const void* scope_key,
          Scope* outer, const ast::Position& where)
        : kind(scope_kind),
          name(scope_name),
          key(scope_key),
          parent(outer),
          position(where),
          symbols(arena),
          parameters(arena),
          children(arena),
          directives(arena) {}

    bool is_function_like() const {
        return kind != ScopeKind::kClass && kind != ScopeKind::kModule;
    }
    NameScope scope_of(ast::IdentifierRef mangled) const {
        const Symbol* symbol = symbols.find(mangled);
        return symbol ? symbol->scope : NameScope::kUnknown;
    }
};

class SymbolTable {
  public:
    explicit SymbolTable(CompileContext& context) : context_(context), by_key_(context.arena) {}

    [[nodiscard]] bool build(ast::ModNode& root);
    Scope& top() const { return *top_; }
    // The scope of a node; every node that makes one has it.
    Scope& scope_of(const void* key) const { return **by_key_.find(key); }
    Scope* find_scope(const void* key) const {
        Scope* const* found = by_key_.find(key);
        return found ? *found : nullptr;
    }

  private:
    friend class SymbolCollector;
    [[nodiscard]] bool resolve(Scope& scope);
    [[nodiscard]] bool resolve_name(Scope& scope, ast::IdentifierRef name, Symbol& symbol);
    [[nodiscard]] bool resolve_outwards(Scope& scope, ast::IdentifierRef name, bool* found,
                                        bool* type_parameter);
    Raised error_at_directive(Scope& scope, ast::IdentifierRef name, const char* text);

    CompileContext& context_;
    PointerMap<Scope*> by_key_;
    Scope* top_ = nullptr;
};

// `__name` in class C is `_C__name`. Gives the name itself where mangling does not apply, null when
// memory is short.
ast::IdentifierRef mangle(CompileContext& context, ast::IdentifierRef class_name,
                          ast::IdentifierRef name);
// As `name` is spelled in this scope.
ast::IdentifierRef mangle_in(CompileContext& context, const Scope& scope, ast::IdentifierRef name);

// Keys of the scopes that a node makes beside its own.
inline const void* type_params_key(const void* node) {
    return static_cast<const char*>(node) + 1;
}
inline const void* annotations_key(const void* node) {
    return static_cast<const char*>(node) + 2;
}
inline const void* default_key(const void* node) {
    return static_cast<const char*>(node) + 3;
}

}  // namespace imugi::compile
