// The generator's base: units, emitting, constants, what names mean.
#include "compile/generator.h"

#include "object/int.h"
#include "object/tuple.h"

namespace imugi::compile {

using ast::IdentifierRef;

// --- units ---

void Generator::enter_unit(Unit& unit, IdentifierRef name, int first_line) {
    unit_ = &unit;
    unit.name = name;
    unit.first_line = first_line;
    unit.handlers.push({});
    unit.labels.push(0);
    if (failed()) return;
    Scope& scope = unit.scope;
    unit.flags = c_.future_flags & kFutureMask;
    if (scope.is_function_like()) unit.flags |= kCodeOptimized | kCodeNewLocals;
    if (scope.is_function_like() && scope.nested) unit.flags |= kCodeNested;
    if (scope.var_args) unit.flags |= kCodeVarArgs;
    if (scope.var_keywords) unit.flags |= kCodeVarKeywords;
    if (scope.is_function_like()) {
        if (scope.generator && scope.coroutine)
            unit.flags |= kCodeAsyncGenerator;
        else if (scope.generator)
            unit.flags |= kCodeGenerator;
        else if (scope.coroutine)
            unit.flags |= kCodeCoroutine;
        if (scope.method) unit.flags |= kCodeMethod;
    } else if (scope.coroutine && c_.top_level_await) {
        unit.flags |= kCodeCoroutine;
    }
    // A comprehension that awaits makes no coroutine of the plain function around: that is an
    // error.
    unit.is_async = scope.is_async_def ||
                    (scope.comprehension != ComprehensionKind::kNone && scope.coroutine) ||
                    (!scope.is_function_like() && (unit.flags & kCodeCoroutine));
    for (auto& entry : scope.symbols) {
        bool is_free = entry.value.scope == NameScope::kFree || (entry.value.flags & kDefFreeClass);
        if (is_free) unit.free_names.push(static_cast<IdentifierRef>(entry.key));
    }
    // Sorted, so that code does not depend on the order of uses.
    for (uint32_t i = 1; i < unit.free_names.size(); i++) {
        IdentifierRef moved = unit.free_names[i];
        uint32_t at = i;
        for (; at > 0 && moved->text() < unit.free_names[at - 1]->text(); at--)
            unit.free_names[at] = unit.free_names[at - 1];
        unit.free_names[at] = moved;
    }
    for (uint32_t i = 0; i < unit.free_names.size(); i++)
        unit.free_registers.add(unit.free_names[i], kFreeBase + i);
    set_qualname();
}

void Generator::enter_type_params_unit(Unit& unit, IdentifierRef owner, int first_line) {
    Ref<Str> shown = str_of(thread_, owner);
    Ref<Str> text = shown ? format(thread_, "<generic parameters of {}>", *shown) : Ref<Str>();
    const char* utf8 = text ? str_utf8(thread_, *text) : nullptr;
    IdentifierRef name = utf8 ? c_.intern(utf8) : nullptr;
    if (!name) fail();
    enter_unit(unit, name ? name : owner, first_line);
}

void Generator::set_qualname() {
    Unit& unit = *unit_;
    Ref<Str> name = str_of(thread_, unit.name);
    if (!name) return fail();
    Unit* parent = unit.parent;
    if (parent && parent->scope.kind == ScopeKind::kTypeParameters) parent = parent->parent;
    if (!parent || !parent->parent) {
        unit.qualname = std::move(name);
        return;
    }
    Scope& scope = unit.scope;
    bool is_definition = scope.kind == ScopeKind::kClass ||
                         (scope.kind == ScopeKind::kFunction && !scope.is_lambda &&
                          scope.comprehension == ComprehensionKind::kNone);
    if (is_definition) {
        IdentifierRef mangled = mangle_in(c_, parent->scope, unit.name);
        if (mangled && parent->scope.scope_of(mangled) == NameScope::kGlobalExplicit) {
            unit.qualname = std::move(name);
            return;
        }
    }
    bool in_function = parent->scope.kind == ScopeKind::kFunction &&
                       parent->scope.comprehension == ComprehensionKind::kNone;
    unit.qualname =
        format(thread_, in_function ? "{}.<locals>.{}" : "{}.{}", *parent->qualname, *name);
    if (!unit.qualname) fail();
}

Reg Generator::new_local(IdentifierRef name, uint8_t kind) {
    unit_->locals.push({name, kind});
    return unit_->locals.size() - 1;
}

void Generator::add_parameter(IdentifierRef name) {
    IdentifierRef mangled = mangle_in(c_, unit_->scope, name);
    if (!mangled) return;
    uint8_t kind = kLocalPlain | kLocalArgument;
    if (unit_->scope.scope_of(mangled) == NameScope::kCell) kind |= kLocalCell;
    unit_->registers.add(mangled, new_local(mangled, kind));
}

// Emits what every code begins with. Parameters are declared before.
void Generator::start_code(const ast::Position& at) {
    Unit& unit = *unit_;
    Scope& scope = unit.scope;
    const ast::Position start{unit.first_line, 0, unit.first_line, 0};
    bool suspends = unit.flags & (kCodeGenerator | kCodeCoroutine | kCodeAsyncGenerator);
    if (suspends) emit(start, Opcode::RETURN_GENERATOR);
    auto add_cell = [&](IdentifierRef name) {
        if (!unit.registers.find(name))
            unit.registers.add(name, new_local(name, kLocalPlain | kLocalCell));
        emit(kNowhere, Opcode::MAKE_CELL, *unit.registers.find(name));
    };
    if (scope.kind == ScopeKind::kClass) {
        if (scope.needs_class_cell) add_cell(known_.class_);
        if (scope.needs_classdict) add_cell(known_.classdict);
        if (scope.has_conditional_annotations) add_cell(known_.conditional_annotations);
    } else if (scope.is_function_like()) {
        for (auto& entry : scope.symbols)
            if (entry.value.scope == NameScope::kCell)
                add_cell(static_cast<IdentifierRef>(entry.key));
    }
    if (suspends) {
        // StopIteration that leaves the body becomes RuntimeError.
        push_handler(new_label(), 0);
    }
    emit(start, Opcode::RESUME, 0);
}

Ref<Code> Generator::finish_unit() {
    Unit& unit = *unit_;
    if (unit.flags & (kCodeGenerator | kCodeCoroutine | kCodeAsyncGenerator)) {
        unit.handler = 0;
        if (!failed() && unit.handlers.size() > 1) {
            place(unit.handlers[1].label);
            release(0);
            Reg exception = push_temp();
            emit(kNowhere, Opcode::CALL_INTRINSIC, exception, exception,
                 static_cast<uint32_t>(Intrinsic::STOP_ITERATION_ERROR));
            emit(kNowhere, Opcode::RERAISE, exception, 1);
        }
    }
    Ref<Code> code;
    if (!failed() && c_.arena.failed()) {
        (void)c_.no_memory();
        fail();
    }
    if (!failed()) {
        code = assemble(c_, unit, pool_);
        if (!code) fail();
    }
    unit_ = unit.parent;
    return code;
}

uint32_t Generator::leave_unit() {
    Ref<Code> code = finish_unit();
    if (!code) return 0;
    uint32_t index = pool_.add(std::move(code));
    if (index == ConstantPool::kFailed) {
        fail();
        return 0;
    }
    return index;
}

// --- emitting ---

Instruction& Generator::emit(const ast::Position& at, Opcode op, uint32_t a, uint32_t b,
                             uint32_t c) {
    Unit& unit = *unit_;
    if (failed() || !unit.code.push({op, a, b, c, {0, 0}, {}, unit.handler, at}))
        return scratch_ = Instruction{};
    // An empty range of temporaries has a first one too.
    const char* kinds = opcode_info(op).operands;
    const uint32_t operands[] = {a, b, c};
    for (int i = 0; i < 3 && kinds[i] != 'D'; i++) {
        bool is_register = kinds[i] == 'd' || kinds[i] == 'r';
        if (is_register && is_temp(operands[i]) && unit.max_depth <= (operands[i] & ~kTempBase))
            unit.max_depth = (operands[i] & ~kTempBase) + 1;
    }
    return unit.code.back();
}

void Generator::emit_jump(const ast::Position& at, Opcode op, Label target, uint32_t a, uint32_t b,
                          uint32_t c) {
    emit(at, op, a, b, c).target = target;
}

Label Generator::new_label() {
    if (!unit_->labels.push(0)) return {};
    return {unit_->labels.size() - 1};
}

void Generator::place(Label label) {
    if (label.index < unit_->labels.size()) unit_->labels[label.index] = unit_->code.size();
}

uint32_t Generator::push_handler(Label label, uint32_t depth) {
    uint32_t before = unit_->handler;
    if (unit_->handlers.push({label, depth})) unit_->handler = unit_->handlers.size() - 1;
    return before;
}

Reg Generator::push_temp() {
    Unit& unit = *unit_;
    Reg reg = temp(unit.depth++);
    if (unit.depth > unit.max_depth) unit.max_depth = unit.depth;
    return reg;
}

// --- constants ---

Operand Generator::constant(Owned value) {
    if (!value) fail();
    if (failed()) return {};
    uint32_t index = pool_.add(std::move(value));
    if (index == ConstantPool::kFailed) {
        fail();
        return {};
    }
    return {Operand::kConstant, index};
}

Operand Generator::literal(const ast::ConstantValue& value) {
    if (failed()) return {};
    return constant(make_literal(thread_, value));
}

Operand Generator::name_constant(IdentifierRef name) {
    if (failed()) return {};
    return constant(str_of(thread_, name));
}

uint32_t Generator::constant_number(uint32_t pool_index) {
    Unit& unit = *unit_;
    const void* key = reinterpret_cast<const void*>(uintptr_t{pool_index} + 1);
    if (uint32_t* found = unit.constant_index.find(key)) return *found;
    uint32_t number = unit.constants.size();
    unit.constants.push(pool_index);
    unit.constant_index.add(key, number);
    return number;
}

uint32_t Generator::name_number(IdentifierRef name) {
    Unit& unit = *unit_;
    if (uint32_t* found = unit.name_index.find(name)) return *found;
    uint32_t number = unit.names.size();
    unit.names.push(name);
    unit.name_index.add(name, number);
    return number;
}

void Generator::load_constant(const ast::Position& at, uint32_t pool_index, Reg dest) {
    if (failed()) return;
    Value value = pool_[pool_index];
    if (is_none(value)) {
        emit(at, Opcode::LOAD_NONE, dest);
    } else if (same(value, boolean(true))) {
        emit(at, Opcode::LOAD_TRUE, dest);
    } else if (same(value, boolean(false))) {
        emit(at, Opcode::LOAD_FALSE, dest);
    } else if (value.is_small_int() && value.small_int() >= INT16_MIN &&
               value.small_int() <= INT16_MAX) {
        emit(at, Opcode::LOAD_INT, dest, static_cast<uint32_t>(value.small_int()));
    } else {
        emit(at, Opcode::LOAD_CONST, dest, constant_number(pool_index));
    }
}

Reg Generator::reg_of(const ast::Position& at, Operand operand) {
    if (operand.kind == Operand::kRegister) return operand.index;
    Reg reg = push_temp();
    if (operand.is_constant()) load_constant(at, operand.index, reg);
    return reg;
}

void Generator::move(const ast::Position& at, Operand operand, Reg dest) {
    if (operand.is_constant())
        load_constant(at, operand.index, dest);
    else if (operand.index != dest)
        emit(at, Opcode::MOVE, dest, operand.index);
}

// Puts an operand where it is wanted, if anywhere.
Operand Generator::finish(const ast::Position& at, Operand operand, Reg wanted) {
    if (wanted == kAnyReg || failed()) return operand;
    move(at, operand, wanted);
    return in(wanted);
}

// --- names ---

NameRef Generator::resolve(IdentifierRef name) {
    Unit& unit = *unit_;
    IdentifierRef mangled = mangle_in(c_, unit.scope, name);
    if (!mangled) {
        if (!failed()) (void)c_.no_memory();
        fail();
        return {NameRef::kGlobal, 0, name};
    }
    bool module = unit.scope.kind == ScopeKind::kModule;
    bool from_inside = false;
    for (uint32_t i = unit.inlined.size(); i-- > 0;) {
        InlinedScope& inner = unit.inlined[i];
        switch (inner.scope->scope_of(mangled)) {
            case NameScope::kLocal:
            case NameScope::kCell: {
                bool cell = inner.scope->scope_of(mangled) == NameScope::kCell;
                Reg* found = inner.registers->find(mangled);
                return {cell ? NameRef::kCell : NameRef::kFast, found ? *found : 0, mangled};
            }
            case NameScope::kFree:
                from_inside = true;
                continue;
            case NameScope::kGlobalExplicit:
                return {NameRef::kGlobal, 0, mangled};
            default:
                return {module ? NameRef::kName : NameRef::kGlobal, 0, mangled};
        }
    }
    Scope& scope = unit.scope;
    Reg* free_register = unit.free_registers.find(mangled);
    if (from_inside && !scope.is_function_like() && free_register)
        return {NameRef::kCell, *free_register, mangled};
    switch (scope.scope_of(mangled)) {
        case NameScope::kLocal: {
            if (!scope.is_function_like()) return {NameRef::kName, 0, mangled};
            Reg* found = unit.registers.find(mangled);
            if (found) return {NameRef::kFast, *found, mangled};
            Reg made = new_local(mangled, kLocalPlain);
            unit.registers.add(mangled, made);
            return {NameRef::kFast, made, mangled};
        }
        case NameScope::kCell: {
            if (!scope.is_function_like()) return {NameRef::kName, 0, mangled};
            Reg* found = unit.registers.find(mangled);
            return {NameRef::kCell, found ? *found : 0, mangled};
        }
        case NameScope::kFree: {
            Reg reg = free_register ? *free_register : 0;
            if (scope.kind == ScopeKind::kClass) return {NameRef::kClassCell, reg, mangled};
            return {scope.can_see_class_scope ? NameRef::kDictOrCell : NameRef::kCell, reg,
                    mangled};
        }
        case NameScope::kGlobalExplicit:
            return {NameRef::kGlobal, 0, mangled};
        default:
            if (!scope.is_function_like()) return {NameRef::kName, 0, mangled};
            return {scope.can_see_class_scope ? NameRef::kDictOrGlobal : NameRef::kGlobal, 0,
                    mangled};
    }
}

Operand Generator::load_name(const ast::Position& at, IdentifierRef name, Reg wanted) {
    NameRef ref = resolve(name);
    if (failed()) return {};
    switch (ref.kind) {
        case NameRef::kFast:
            emit(at, Opcode::CHECK_LOCAL, ref.reg);
            return finish(at, in(ref.reg), wanted);
        case NameRef::kCell: {
            Reg d = out(wanted);
            emit(at, Opcode::LOAD_CELL, d, ref.reg);
            return in(d);
        }
        case NameRef::kGlobal: {
            Reg d = out(wanted);
            emit(at, Opcode::LOAD_GLOBAL, d, name_number(ref.name));
            return in(d);
        }
        case NameRef::kName: {
            Reg d = out(wanted);
            emit(at, Opcode::LOAD_NAME, d, name_number(ref.name));
            return in(d);
        }
        case NameRef::kClassCell: {
            Reg d = out(wanted);
            emit(at, Opcode::LOAD_CELL_OR_NAME, d, ref.reg).words[0] = name_number(ref.name);
            return in(d);
        }
        case NameRef::kDictOrGlobal:
        case NameRef::kDictOrCell: {
            uint32_t depth = unit_->depth;
            Reg dict = push_temp();
            emit(at, Opcode::LOAD_CELL, dict, closure_register(known_.classdict));
            release(depth);
            Reg d = out(wanted);
            bool global = ref.kind == NameRef::kDictOrGlobal;
            emit(at, global ? Opcode::LOAD_FROM_DICT_OR_GLOBAL : Opcode::LOAD_FROM_DICT_OR_CELL, d,
                 dict, global ? 0 : ref.reg)
                .words[0] = name_number(ref.name);
            return in(d);
        }
    }
    return {};
}

Reg Generator::local_of(IdentifierRef name) {
    NameRef ref = resolve(name);
    return ref.kind == NameRef::kFast ? ref.reg : kAnyReg;
}

void Generator::store_name(const ast::Position& at, IdentifierRef name, Operand value) {
    NameRef ref = resolve(name);
    if (failed()) return;
    switch (ref.kind) {
        case NameRef::kFast:
            return move(at, value, ref.reg);
        case NameRef::kCell:
        case NameRef::kClassCell:
        case NameRef::kDictOrCell:
            emit(at, Opcode::STORE_CELL, ref.reg, reg_of(at, value));
            return;
        case NameRef::kGlobal:
        case NameRef::kDictOrGlobal:
            emit(at, Opcode::STORE_GLOBAL, reg_of(at, value), name_number(ref.name));
            return;
        case NameRef::kName:
            emit(at, Opcode::STORE_NAME, reg_of(at, value), name_number(ref.name));
            return;
    }
}

void Generator::delete_name(const ast::Position& at, IdentifierRef name, bool silent) {
    NameRef ref = resolve(name);
    if (failed()) return;
    switch (ref.kind) {
        case NameRef::kFast:
            emit(at, silent ? Opcode::CLEAR_LOCAL : Opcode::DELETE_LOCAL, ref.reg);
            return;
        case NameRef::kCell:
        case NameRef::kClassCell:
        case NameRef::kDictOrCell:
            emit(at, Opcode::DELETE_CELL, ref.reg);
            return;
        case NameRef::kGlobal:
        case NameRef::kDictOrGlobal:
            emit(at, Opcode::DELETE_GLOBAL, 0, name_number(ref.name));
            return;
        case NameRef::kName:
            emit(at, Opcode::DELETE_NAME, 0, name_number(ref.name));
            return;
    }
}

// The register that holds the cell which an inner function captures.
Reg Generator::closure_register(IdentifierRef mangled) {
    Unit& unit = *unit_;
    for (uint32_t i = unit.inlined.size(); i-- > 0;) {
        InlinedScope& inner = unit.inlined[i];
        if (inner.scope->scope_of(mangled) != NameScope::kCell) continue;
        if (Reg* found = inner.registers->find(mangled)) return *found;
    }
    bool implicit = unit.scope.kind == ScopeKind::kClass &&
                    (mangled == known_.class_ || mangled == known_.classdict ||
                     mangled == known_.conditional_annotations);
    if (implicit || unit.scope.scope_of(mangled) == NameScope::kCell)
        if (Reg* found = unit.registers.find(mangled)) return *found;
    if (Reg* found = unit.free_registers.find(mangled)) return *found;
    if (!failed()) {
        raise(thread_, exc::SystemError, "compiler: no cell for '{}'",
              str_of(thread_, mangled).value());
        fail();
    }
    return 0;
}

// --- the whole ---

Ref<Code> Generator::module(ast::ModNode& root) {
    Unit unit(c_.arena, symbols_.top(), nullptr);
    enter_unit(unit, known_.module_code, 1);
    const ast::Position start{1, 0, 1, 0};
    start_code(start);
    if (auto* module = root.if_is<ast::Module>()) {
        module_body(module->body, start);
    } else if (auto* interactive = root.if_is<ast::Interactive>()) {
        module_body(interactive->body, start);
    } else if (auto* expression = root.if_is<ast::Expression>()) {
        uint32_t depth = unit.depth;
        Operand value = expr(expression->body);
        if (!failed()) {
            const ast::Position& at = expression->body->position;
            Reg reg = reg_of(at, value);
            release(depth);
            emit(at, Opcode::RETURN, reg);
        }
    }
    return finish_unit();
}

}  // namespace imugi::compile
