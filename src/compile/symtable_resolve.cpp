// Second pass of the symbol table: decides for every name of every scope whether it is local, a
// cell, free or global, by looking outwards through the enclosing scopes.
//
// Comprehensions that run in their parent's frame are looked through: a name they take from it is
// no capture, so that it makes no cell.
#include "compile/symtable.h"

namespace imugi::compile {
namespace {

// The scope whose frame runs this one.
Scope& frame_of(Scope& scope) {
    Scope* frame = &scope;
    while (frame->inlined) frame = frame->parent;
    return *frame;
}

}  // namespace

Raised SymbolTable::error_at_directive(Scope& scope, ast::IdentifierRef name, const char* text) {
    ast::Position position = scope.position;
    for (Directive& directive : scope.directives)
        if (directive.name == name) {
            position = directive.position;
            break;
        }
    Ref<Str> shown = str_of(context_.thread, name);
    if (!shown) return {};
    return context_.error(position, text, *shown);
}

// Looks for a binding of `name` in the functions (and, for the implicit cells, classes) around
// `scope`; marks it as captured and the scopes in between as passing it on.
bool SymbolTable::resolve_outwards(Scope& scope, ast::IdentifierRef name, bool* found,
                                   bool* type_parameter) {
    const KnownNames& known = context_.known;
    bool implicit =
        name == known.class_ || name == known.classdict || name == known.conditional_annotations;
    Scope& frame = frame_of(scope);
    Scope* owner = nullptr;
    *found = false;
    for (Scope* outer = scope.parent; outer; outer = outer->parent) {
        if (outer->kind == ScopeKind::kModule) return true;
        if (outer->kind == ScopeKind::kClass) {
            if (!implicit) continue;
            // In an inlined comprehension the class itself is not in reach.
            if (&frame == outer) return true;
            bool* flag = name == known.class_      ? &outer->needs_class_cell
                         : name == known.classdict ? &outer->needs_classdict
                                                   : nullptr;
            if (!flag && !outer->has_conditional_annotations) continue;
            if (flag) *flag = true;
            owner = outer;
            break;
        }
        const Symbol* symbol = outer->symbols.find(name);
        if (!symbol) continue;
        if (symbol->flags & kDefGlobal) return true;
        if ((symbol->flags & kDefBound) && !(symbol->flags & kDefNonlocal)) {
            owner = outer;
            *type_parameter = symbol->flags & kDefTypeParam;
            break;
        }
    }
    if (!owner) return true;
    *found = true;
    bool captured = &frame != &frame_of(*owner);
    if (captured) {
        Symbol* symbol = owner->symbols.find_or_add(name, Symbol{});
        if (!symbol) return context_.no_memory();
        if (owner->kind != ScopeKind::kClass) {
            symbol->scope = NameScope::kCell;
            if (owner->inlined) symbol->flags |= kDefCompCell;
        }
    }
    for (Scope* between = scope.parent; between != owner; between = between->parent) {
        Symbol* symbol = between->symbols.find_or_add(name, Symbol{0, NameScope::kFree});
        if (!symbol) return context_.no_memory();
        // A class binds the name for itself but hands on the one from outside.
        if (symbol->scope != NameScope::kFree) symbol->flags |= kDefFreeClass;
    }
    return true;
}

bool SymbolTable::resolve_name(Scope& scope, ast::IdentifierRef name, Symbol& symbol) {
    bool found = false, type_parameter = false;
    if (symbol.flags & kDefGlobal) {
        if (symbol.flags & kDefNonlocal)
            return error_at_directive(scope, name, "name '{}' is nonlocal and global");
        symbol.scope = NameScope::kGlobalExplicit;
        return true;
    }
    if (symbol.flags & kDefNonlocal) {
        TRY(resolve_outwards(scope, name, &found, &type_parameter));
        if (!found) return error_at_directive(scope, name, "no binding for nonlocal '{}' found");
        if (type_parameter)
            return error_at_directive(scope, name,
                                      "nonlocal binding not allowed for type parameter '{}'");
        if (Symbol* now = scope.symbols.find(name)) now->scope = NameScope::kFree;
        return true;
    }
    if (symbol.flags & kDefBound) {
        symbol.scope = NameScope::kLocal;
        return true;
    }
    if (scope.can_see_class_scope) {
        Scope* around = scope.parent;
        while (around && around->can_see_class_scope) around = around->parent;
        const Symbol* in_class =
            around && around->kind == ScopeKind::kClass ? around->symbols.find(name) : nullptr;
        if (in_class) {
            if (in_class->flags & kDefGlobal) {
                symbol.scope = NameScope::kGlobalExplicit;
                return true;
            }
            if ((in_class->flags & kDefBound) && !(in_class->flags & kDefNonlocal)) {
                symbol.scope = NameScope::kGlobalImplicit;
                return true;
            }
        }
    }
    TRY(resolve_outwards(scope, name, &found, &type_parameter));
    if (Symbol* now = scope.symbols.find(name))
        now->scope = found ? NameScope::kFree : NameScope::kGlobalImplicit;
    return true;
}

bool SymbolTable::resolve(Scope& scope) {
    TRY(context_.check_stack());
    // Later entries are those that inner scopes pass through here; they are resolved already.
    uint32_t count = scope.symbols.size();
    for (uint32_t i = 0; i < count; i++) {
        auto& entry = scope.symbols[i];
        if (entry.value.scope != NameScope::kUnknown) continue;
        TRY(resolve_name(scope, static_cast<ast::IdentifierRef>(entry.key), entry.value));
    }
    for (Scope* child : scope.children) TRY(resolve(*child));
    return true;
}

}  // namespace imugi::compile
