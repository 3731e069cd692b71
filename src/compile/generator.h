// Generator: turns the statements and expressions of a tree into instructions.
//
// An expression's value is an Operand: a constant not loaded yet, a local read in place, or a
// temporary. Temporaries are used as a stack (unit().depth). Failure is sticky: once an exception
// is set everything returns at once, and the result is thrown away at the end.
#pragma once

#include "compile/constants.h"
#include "compile/unit.h"
#include "object/protocol.h"

namespace imugi::compile {

struct Operand {
    enum Kind : uint8_t { kNone, kConstant, kRegister };
    Kind kind = kNone;
    uint32_t index = 0;  // of the pool, or a Reg

    bool is_constant() const { return kind == kConstant; }
    bool is_local() const { return kind == kRegister && !is_temp(index); }
};

// What a name means at a place.
struct NameRef {
    enum Kind : uint8_t {
        kFast,
        kCell,
        kGlobal,
        kName,
        kClassCell,     // class body: the namespace, else the free variable
        kDictOrGlobal,  // annotation scope in a class
        kDictOrCell,
    };
    Kind kind;
    Reg reg;
    ast::IdentifierRef name;  // mangled
};

class Generator {
  public:
    Generator(CompileContext& context, SymbolTable& symbols)
        : c_(context),
          thread_(context.thread),
          known_(context.known),
          symbols_(symbols),
          pool_(context.thread) {}

    // Code of the whole tree; empty with an exception set.
    Ref<Code> module(ast::ModNode& root);

  private:
    using Position = ast::Position;
    using Identifier = ast::IdentifierRef;
    template <class T>
    using List = const ast::Sequence<T>;

    // --- the unit being generated (generator.cpp) ---
    Unit& unit() { return *unit_; }
    // Starts and ends the code of a scope; leave_unit gives the Code as an index of the pool.
    void enter_unit(Unit& unit, Identifier name, int first_line);
    void enter_type_params_unit(Unit& unit, Identifier owner, int first_line);
    uint32_t leave_unit();
    Ref<Code> finish_unit();
    void set_qualname();
    void add_parameter(Identifier name);
    void start_code(const Position& at);

    Instruction& emit(const Position& at, Opcode op, uint32_t a = 0, uint32_t b = 0,
                      uint32_t c = 0);
    void emit_jump(const Position& at, Opcode op, Label target, uint32_t a = 0, uint32_t b = 0,
                   uint32_t c = 0);
    Label new_label();
    void place(Label label);
    uint32_t push_handler(Label label, uint32_t depth);  // gives the one before
    Reg push_temp();
    // The destination of a result: the wanted register, or a new temporary.
    Reg out(Reg wanted) { return wanted == kAnyReg ? push_temp() : wanted; }
    Operand in(Reg reg) { return {Operand::kRegister, reg}; }
    void release(uint32_t depth) { unit_->depth = depth; }

    // --- constants and names ---
    Operand constant(Owned value);
    Operand constant(Value value) { return constant(Owned::share(value)); }
    template <class T>
    Operand constant(Ref<T> value) {
        return constant(Owned(std::move(value)));
    }
    Operand literal(const ast::ConstantValue& value);
    Operand name_constant(Identifier name);
    Value value_of(Operand operand) { return pool_[operand.index]; }
    uint32_t constant_number(uint32_t pool_index);
    uint32_t name_number(Identifier name);
    void load_constant(const Position& at, uint32_t pool_index, Reg dest);
    // A register that holds the operand.
    Reg reg_of(const Position& at, Operand operand);
    void move(const Position& at, Operand operand, Reg dest);
    Operand finish(const Position& at, Operand operand, Reg wanted);

    NameRef resolve(Identifier name);
    Operand load_name(const Position& at, Identifier name, Reg wanted);
    void store_name(const Position& at, Identifier name, Operand value);
    void delete_name(const Position& at, Identifier name, bool silent);
    // The register of a local that can be assigned to directly; kAnyReg for other names.
    Reg local_of(Identifier name);
    Reg new_local(Identifier name, uint8_t kind);
    Reg closure_register(Identifier mangled);

    // --- expressions (generate_expr.cpp) ---
    Operand expr(ast::ExprNode* node, Reg wanted = kAnyReg);
    Operand expr_inner(ast::ExprNode* node, Reg wanted);
    void expr_to(ast::ExprNode* node, Reg dest);
    Reg expr_in_new_temp(ast::ExprNode* node);
    // As expr(), safe against rebinding by what is evaluated before the use.
    Operand guarded(ast::ExprNode* node, ast::ExprNode* before_use);
    bool may_rebind(ast::ExprNode* node, Reg local);
    bool may_suspend(ast::ExprNode* node);
    void discard(ast::ExprNode* node);
    Operand binary(const Position& at, ast::ExprNode* left, ast::Operator op, ast::ExprNode* right,
                   Reg wanted);
    Operand arithmetic(const Position& at, ast::Operator op, Operand left, Operand right,
                       uint32_t depth, Reg wanted, bool in_place);
    Operand unary(ast::UnaryOp& node, Reg wanted);
    Operand bool_op(ast::BoolOp& node, Reg wanted);
    Operand if_expr(ast::IfExp& node, Reg wanted);
    Operand compare(ast::Compare& node, Reg wanted);
    Reg compare_once(const Position& at, ast::CompareOperator op, Reg left, Reg right, Reg dest);
    Operand attribute(ast::Attribute& node, Reg wanted);
    Operand subscript(ast::Subscript& node, Reg wanted);
    Operand slice(ast::Slice& node, Reg wanted);
    bool is_plain_slice(ast::ExprNode* node);
    Operand named_expr(ast::NamedExpr& node, Reg wanted);
    Operand lambda(ast::Lambda& node, Reg wanted);
    Operand yield(ast::Yield& node, Reg wanted);
    Operand yield_from(ast::YieldFrom& node, Reg wanted);
    Operand await(ast::Await& node, Reg wanted);
    // Runs the awaitable iterator in the top temporary; its result goes to `dest`.
    void delegate(const Position& at, Reg iterator, Reg dest, bool awaiting);
    Operand joined_str(ast::JoinedStr& node, Reg wanted);
    Operand formatted_value(ast::FormattedValue& node, Reg wanted);
    Operand template_str(ast::TemplateStr& node, Reg wanted);
    // Jumps to `target` when the truth of the expression is `when`, else falls through.
    void jump_if(ast::ExprNode* node, Label target, bool when);
    void jump_if_compare(ast::Compare& node, Label target, bool when);
    void jump_if_once(const Position& at, ast::CompareOperator op, Operand left, Operand right,
                      Label target, bool when);
    void attribute_position(ast::Attribute& node, Position* at);

    // --- displays and calls (generate_call.cpp) ---
    Operand tuple_display(const Position& at, List<ast::ExprNode*>& items, Reg wanted);
    Operand list_display(const Position& at, List<ast::ExprNode*>& items, Reg wanted);
    Operand set_display(const Position& at, List<ast::ExprNode*>& items, Reg wanted);
    Operand dict_display(ast::Dict& node, Reg wanted);
    // The items as a list or set under construction in a new temporary.
    Reg build_up(const Position& at, List<ast::ExprNode*>& items, bool set, bool call);
    Operand fold_items(List<ast::ExprNode*>& items, bool frozenset);
    Operand fold_container(ast::ExprNode* node);
    Operand call(ast::Call& node, Reg wanted);
    bool load_super(ast::Call& node);
    bool is_super_call(ast::Call& node);
    void argument(ast::ExprNode* node, List<ast::ExprNode*>& args, uint32_t index,
                  List<ast::Keyword*>& keywords, uint32_t keyword);
    // Arguments behind what is on the temporaries already; gives the names' constant or kFailed.
    uint32_t arguments(ast::Call& node, uint32_t* count);
    Operand call_ex(const Position& at, uint32_t callable_depth, List<ast::ExprNode*>& args,
                    List<ast::Keyword*>& keywords, Reg wanted, uint32_t given = 0);
    bool check_duplicate_keywords(List<ast::Keyword*>& keywords);
    bool check_caller(ast::ExprNode* func);
    bool check_subscripter(ast::ExprNode* value);
    bool check_index(ast::ExprNode* value, ast::ExprNode* index);
    bool check_compare(ast::Compare& node);
    bool warn(const Position& at, Ref<Str> message);

    // --- comprehensions (generate_comprehension.cpp) ---
    Operand comprehension(ast::ExprNode& node, ComprehensionKind kind, Identifier name,
                          List<ast::Comprehension*>& generators, ast::ExprNode* element,
                          ast::ExprNode* value, Reg wanted);
    Operand inlined_comprehension(ast::ExprNode& node, Scope& scope, ComprehensionKind kind,
                                  List<ast::Comprehension*>& generators, ast::ExprNode* element,
                                  ast::ExprNode* value, Reg wanted);
    void comprehension_loop(ast::ExprNode& node, ComprehensionKind kind,
                            List<ast::Comprehension*>& generators, uint32_t index,
                            ast::ExprNode* element, ast::ExprNode* value, Reg result,
                            bool iterator_ready);
    void comprehension_element(ast::ExprNode& node, ComprehensionKind kind, ast::ExprNode* element,
                               ast::ExprNode* value, Reg result);

    // --- statements (generate_stmt.cpp) ---
    static constexpr uint32_t kLoopRegisters = 2;
    Reg begin_loop(const Position& at, Reg source);
    void body(List<ast::StmtNode*>& list, uint32_t skip = 0);
    void stmt(ast::StmtNode* node);
    void assign(ast::Assign& node);
    bool assign_in_parallel(ast::ExprNode* target, ast::ExprNode* value, const Position& at);
    // Stores an operand (a temporary is consumed) into a target.
    void store(ast::ExprNode* target, Operand value);
    void store_unpacked(const Position& at, List<ast::ExprNode*>& targets, Operand value);
    void aug_assign(ast::AugAssign& node);
    void ann_assign(ast::AnnAssign& node);
    void check_annotated_target(ast::ExprNode* node);
    void delete_target(ast::ExprNode* target);
    void return_statement(ast::Return& node);
    void if_statement(ast::If& node);
    void while_statement(ast::While& node);
    void for_statement(ast::For& node);
    void async_for(ast::AsyncFor& node);
    void break_or_continue(ast::StmtNode& node, bool is_break);
    void assert_statement(ast::Assert& node);
    void raise_statement(ast::Raise& node);
    void import(ast::Import& node);
    void import_from(ast::ImportFrom& node);
    void expr_statement(ast::Expr& node);
    bool push_block(const Block& block);
    // Leaves the innermost blocks down to `count`, emitting what each needs. The handler in force
    // is then the one outside; the caller puts back the one given when it has emitted the way out.
    uint32_t unwind_to(uint32_t count, Position* at, const Block* pending = nullptr);
    void unwind(const Block& block, Position* at);

    // --- try and with (generate_try.cpp) ---
    void try_statement(ast::Try& node);
    bool guarded_body(const ast::Position& at, const ast::Sequence<ast::StmtNode*>& tried,
                      const ast::Sequence<ast::StmtNode*>& orelse, Label handler, Label end);
    void try_except(ast::Try& node);
    void try_star(ast::TryStar& node);
    void try_star_except(ast::TryStar& node);
    template <class Body>
    void try_finally(List<ast::StmtNode*>& finalbody, Body&& guarded_body);
    void with_statement(List<ast::WithItem*>& items, uint32_t index,
                        List<ast::StmtNode*>& with_body, const Position& at, bool is_async);
    void call_exit(const Block& block);
    void handler_body(ast::ExceptHandler& handler, uint32_t depth, uint32_t outer, Label end);
    // Exception landing in temp(depth + 2): restores the handled one, unbinds the name, re-raises.
    void handler_cleanup(Label label, uint32_t depth, Identifier name);
    void unbind(const Position& at, Identifier name);

    // --- match (generate_match.cpp) ---
    struct Capture {
        Identifier name;
        Reg reg;
        Position position;
    };
    // One pattern (or alternative) being matched. All its temporaries, from `depth` up, live until
    // it has succeeded; `fail[n]` is where to go when n of them are live.
    struct PatternState {
        uint32_t depth;
        Vec<Label> fail;
        Vec<Capture> captures;
        bool may_be_irrefutable;  // nothing comes after this pattern that it would hide
        PatternState(Arena& arena, uint32_t d, bool last)
            : depth(d), fail(arena), captures(arena), may_be_irrefutable(last) {}
    };
    void match_statement(ast::Match& node);
    void pattern(ast::PatternNode* node, Reg subject, PatternState& state);
    void pattern_sequence(ast::MatchSequence& node, Reg subject, PatternState& state);
    void pattern_mapping(ast::MatchMapping& node, Reg subject, PatternState& state);
    void pattern_class(ast::MatchClass& node, Reg subject, PatternState& state);
    void pattern_or(ast::MatchOr& node, Reg subject, PatternState& state);
    void pattern_capture(const Position& at, Identifier name, Reg subject, PatternState& state);
    // Where to jump when the pattern fails with the temporaries in use now.
    Label fail_label(PatternState& state);
    void place_fail_labels(const Position& at, PatternState& state);
    void drop_pattern(const Position& at, PatternState& state);
    // The register itself if it is a local, a copy of it if it is a temporary.
    Reg kept(const Position& at, Reg reg);
    void sub_patterns(List<ast::PatternNode*>& patterns, uint32_t first, PatternState& state);
    bool check_capture(const Position& at, Identifier name, PatternState& state);

    // --- functions, classes, type parameters, annotations (generate_function.cpp, _class.cpp) ---
    void function_def(ast::StmtNode& node, Identifier name, ast::Arguments& args,
                      List<ast::StmtNode*>& body, List<ast::ExprNode*>& decorators,
                      ast::ExprNode* returns, List<ast::TypeParamNode*>& type_params,
                      bool is_async);
    uint32_t function_code(ast::StmtNode& node, Identifier name, ast::Arguments& args,
                           List<ast::StmtNode*>& body, int first_line, bool is_async);
    void declare_parameters(ast::Arguments& args);
    // Loads defaults into new temporaries; gives the flags of MAKE_FUNCTION.
    uint32_t default_arguments(const Position& at, ast::Arguments& args);
    uint32_t signature_annotations(ast::StmtNode& node, ast::Arguments& args,
                                   ast::ExprNode* returns);
    void annotation_item(Identifier name, ast::ExprNode* annotation, Reg dict);
    // A function of the code, its attributes lie from temporary `first`.
    void make_function(const Position& at, uint32_t code, Scope& scope, uint32_t flags,
                       uint32_t first, Reg dest, bool may_defer);
    void begin_annotation_scope(Unit& unit, Identifier name, const Position& at);
    void apply_decorators(List<ast::ExprNode*>& decorators);
    void load_type_params(List<ast::TypeParamNode*>& type_params, const Position& at, Reg dest);
    void type_param_part(Identifier name, ast::ExprNode* value, const void* key, bool starred,
                         Reg dest);
    void class_def(ast::ClassDef& node);
    uint32_t class_code(ast::ClassDef& node, int first_line);
    void class_call(ast::ClassDef& node, uint32_t code, Reg generic_base, Reg wanted);
    void type_alias(ast::TypeAlias& node);
    void type_alias_value(ast::TypeAlias& node, Reg type_params, Reg dest);
    void collect_annotations(List<ast::StmtNode*>& list, bool conditional);
    void deferred_annotations(const Position& at, Identifier stored_as);
    void module_body(List<ast::StmtNode*>& list, const Position& at);
    void docstring(List<ast::StmtNode*>& list, uint32_t* skip);
    void return_none(const Position& at);
    Owned annotation_text(ast::ExprNode* node);
    void note_static_attribute(ast::Attribute& node);

    // --- errors ---
    bool failed() const { return failed_; }
    void fail() { failed_ = true; }
    template <class... A>
    void error(const Position& at, const char* text, const A&... arguments) {
        if (failed_) return;
        (void)c_.error(at, text, arguments...);
        failed_ = true;
    }

    CompileContext& c_;
    Thread& thread_;
    const KnownNames& known_;
    SymbolTable& symbols_;
    ConstantPool pool_;
    Unit* unit_ = nullptr;
    Instruction scratch_{};
    bool failed_ = false;
    uint32_t quiet_ = 0;  // > 0: this code is generated a second time, warnings were given
};

// Source text of an expression, as `from __future__ import annotations` keeps it.
Owned unparse(CompileContext& context, ast::ExprNode& node);

}  // namespace imugi::compile
