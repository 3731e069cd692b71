// The match statement.
//
// A pattern keeps every value it takes out of the subject in a temporary until it has succeeded as
// a whole; then the captured ones are bound to their names and all are dropped. On failure at any
// point the ones taken so far are dropped on the way to the next case.
#include "compile/generator.h"
#include "object/int.h"
#include "object/tuple.h"

namespace imugi::compile {

using ast::IdentifierRef;
using ast::Kind;
using ast::PatternNode;

namespace {

bool is_wildcard(PatternNode* node) {
    auto* as = node->if_is<ast::MatchAs>();
    return as && !as->name;
}

bool is_star_wildcard(PatternNode* node) {
    auto* star = node->if_is<ast::MatchStar>();
    return star && !star->name;
}

// Names that a pattern binds, in order.
void collect_captures(PatternNode* node, Vec<IdentifierRef>& names) {
    switch (node->kind) {
        case Kind::MatchStar:
            if (IdentifierRef name = node->as<ast::MatchStar>()->name) names.push(name);
            return;
        case Kind::MatchAs: {
            auto& it = *node->as<ast::MatchAs>();
            if (it.pattern) collect_captures(it.pattern, names);
            if (it.name) names.push(it.name);
            return;
        }
        case Kind::MatchSequence:
            for (PatternNode* item : node->as<ast::MatchSequence>()->patterns)
                collect_captures(item, names);
            return;
        case Kind::MatchMapping: {
            auto& it = *node->as<ast::MatchMapping>();
            for (PatternNode* item : it.patterns) collect_captures(item, names);
            if (it.rest) names.push(it.rest);
            return;
        }
        case Kind::MatchClass: {
            auto& it = *node->as<ast::MatchClass>();
            for (PatternNode* item : it.patterns) collect_captures(item, names);
            for (PatternNode* item : it.kwd_patterns) collect_captures(item, names);
            return;
        }
        case Kind::MatchOr:
            collect_captures(node->as<ast::MatchOr>()->patterns[0], names);
            return;
        default:
            return;
    }
}

}  // namespace

Label Generator::fail_label(PatternState& state) {
    uint32_t live = unit_->depth - state.depth;
    while (state.fail.size() <= live && !failed() && !c_.arena.failed())
        state.fail.push(new_label());
    return live < state.fail.size() ? state.fail[live] : Label{};
}

// Drops what a failed pattern had taken; control goes on behind.
void Generator::place_fail_labels(const ast::Position& at, PatternState& state) {
    for (uint32_t live = state.fail.size(); live-- > 0;) {
        place(state.fail[live]);
        if (live) emit(at, Opcode::DROP, temp(state.depth + live - 1));
    }
}

void Generator::drop_pattern(const ast::Position& at, PatternState& state) {
    while (unit_->depth > state.depth) emit(at, Opcode::DROP, temp(--unit_->depth));
}

Reg Generator::kept(const ast::Position& at, Reg reg) {
    if (!is_temp(reg)) return reg;
    Reg copy = push_temp();
    emit(at, Opcode::COPY, copy, reg);
    return copy;
}

bool Generator::check_capture(const ast::Position& at, IdentifierRef name, PatternState& state) {
    for (Capture& capture : state.captures) {
        if (capture.name != name) continue;
        error(at, "multiple assignments to name '{}' in pattern", str_of(thread_, name).value());
        return false;
    }
    return true;
}

void Generator::pattern_capture(const ast::Position& at, IdentifierRef name, Reg subject,
                                PatternState& state) {
    if (check_capture(at, name, state)) state.captures.push({name, subject, at});
}

void Generator::pattern(PatternNode* node, Reg subject, PatternState& state) {
    if (failed()) return;
    if (!c_.check_stack()) return fail();
    const ast::Position& at = node->position;
    uint32_t depth = unit_->depth;
    switch (node->kind) {
        case Kind::MatchValue: {
            ast::ExprNode* value = node->as<ast::MatchValue>()->value;
            if (value->is<ast::JoinedStr>() || value->is<ast::TemplateStr>())
                return error(at, "patterns may only match literals and attribute lookups");
            Reg left = kept(at, subject);
            Operand right = expr(value);
            Reg r = reg_of(at, right);
            release(depth);
            emit_jump(at, Opcode::JUMP_IF_EQ, fail_label(state), left, r, 0);
            return;
        }
        case Kind::MatchSingleton: {
            Operand value = literal(node->as<ast::MatchSingleton>()->value);
            if (failed()) return;
            Reg left = kept(at, subject);
            if (is_none(value_of(value))) {
                release(depth);
                emit_jump(at, Opcode::JUMP_IF_NOT_NONE, fail_label(state), left);
                return;
            }
            Reg r = reg_of(at, value);
            release(depth);
            emit_jump(at, Opcode::JUMP_IF_IS, fail_label(state), left, r, 0);
            return;
        }
        case Kind::MatchSequence:
            return pattern_sequence(*node->as<ast::MatchSequence>(), subject, state);
        case Kind::MatchMapping:
            return pattern_mapping(*node->as<ast::MatchMapping>(), subject, state);
        case Kind::MatchClass:
            return pattern_class(*node->as<ast::MatchClass>(), subject, state);
        case Kind::MatchStar:
            if (IdentifierRef name = node->as<ast::MatchStar>()->name)
                pattern_capture(at, name, subject, state);
            return;
        case Kind::MatchAs: {
            auto& it = *node->as<ast::MatchAs>();
            if (!it.pattern && !state.may_be_irrefutable) {
                if (!it.name) return error(at, "wildcard makes remaining patterns unreachable");
                return error(at, "name capture '{}' makes remaining patterns unreachable",
                             str_of(thread_, it.name).value());
            }
            if (it.pattern) pattern(it.pattern, subject, state);
            if (it.name) pattern_capture(at, it.name, subject, state);
            return;
        }
        case Kind::MatchOr:
            return pattern_or(*node->as<ast::MatchOr>(), subject, state);
        default:
            return error(at, "unknown pattern");
    }
}

// Matches patterns against consecutive temporaries.
void Generator::sub_patterns(const ast::Sequence<PatternNode*>& patterns, uint32_t first,
                             PatternState& state) {
    bool outer = std::exchange(state.may_be_irrefutable, true);
    for (uint32_t i = 0; i < patterns.size; i++)
        if (!is_wildcard(patterns[i])) pattern(patterns[i], temp(first + i), state);
    state.may_be_irrefutable = outer;
}

void Generator::pattern_sequence(ast::MatchSequence& node, Reg subject, PatternState& state) {
    const ast::Position& at = node.position;
    uint32_t size = node.patterns.size, star = size, depth = unit_->depth;
    bool only_wildcards = true, star_is_wildcard = false;
    for (uint32_t i = 0; i < size; i++) {
        PatternNode* item = node.patterns[i];
        if (item->is<ast::MatchStar>()) {
            if (star != size) return error(at, "multiple starred expressions in sequence pattern");
            star = i;
            star_is_wildcard = is_star_wildcard(item);
        }
        only_wildcards = only_wildcards && (is_wildcard(item) || is_star_wildcard(item));
    }
    bool starred = star != size;
    Label fail_here = fail_label(state);
    Reg test = push_temp();
    emit(at, Opcode::MATCH_SEQUENCE, test, subject);
    emit_jump(at, Opcode::JUMP_IF_FALSE, fail_here, test);
    if (!starred || size > 1) {
        Operand wanted = constant(Owned::small_int(starred ? size - 1 : size));
        emit(at, Opcode::GET_LENGTH, test, subject);
        emit_jump(at, starred ? Opcode::JUMP_IF_GE : Opcode::JUMP_IF_EQ, fail_here, test,
                  reg_of(at, wanted), 0);
    }
    release(depth);
    if (only_wildcards) return;
    if (starred && star_is_wildcard) {
        // Only the items that are looked at are taken out.
        for (uint32_t i = 0; i < size; i++) {
            if (i == star || is_wildcard(node.patterns[i])) continue;
            uint32_t before = unit_->depth;
            Reg container = kept(at, subject), key;
            if (i < star) {
                key = reg_of(at, constant(Owned::small_int(i)));
            } else {
                key = push_temp();
                emit(at, Opcode::GET_LENGTH, key, subject);
                Operand back = constant(Owned::small_int(size - i));
                emit(at, Opcode::SUBTRACT, key, key, reg_of(at, back));
            }
            release(before);
            Reg item = push_temp();
            emit(at, Opcode::GET_ITEM, item, container, key);
            bool outer = std::exchange(state.may_be_irrefutable, true);
            pattern(node.patterns[i], item, state);
            state.may_be_irrefutable = outer;
        }
        return;
    }
    Reg source = kept(at, subject);
    release(depth);
    for (uint32_t i = 0; i < size; i++) push_temp();
    if (size > 30000) return error(at, "too many expressions in star-unpacking sequence pattern");
    if (starred)
        emit(at, Opcode::UNPACK_EX, temp(depth), source, star).words[0] = size - star - 1;
    else
        emit(at, Opcode::UNPACK, temp(depth), source, size);
    sub_patterns(node.patterns, depth, state);
}

void Generator::pattern_mapping(ast::MatchMapping& node, Reg subject, PatternState& state) {
    const ast::Position& at = node.position;
    uint32_t size = node.keys.size, depth = unit_->depth;
    if (node.patterns.size != size)
        return error(at, "keys ({}) / patterns ({}) length mismatch in mapping pattern", size,
                     node.patterns.size);
    if (size > 10000) return error(at, "too many sub-patterns in mapping pattern");
    Label fail_here = fail_label(state);
    Reg test = push_temp();
    emit(at, Opcode::MATCH_MAPPING, test, subject);
    emit_jump(at, Opcode::JUMP_IF_FALSE, fail_here, test);
    release(depth);
    if (size == 0 && !node.rest) return;
    if (size) {
        test = push_temp();
        emit(at, Opcode::GET_LENGTH, test, subject);
        Operand least = constant(Owned::small_int(size));
        emit_jump(at, Opcode::JUMP_IF_GE, fail_here, test, reg_of(at, least), 0);
        release(depth);
    }
    Vec<uint32_t> seen(c_.arena);
    for (ast::ExprNode* key : node.keys) {
        if (key->is<ast::Attribute>()) continue;
        uint32_t code_size = unit_->code.size(), before = unit_->depth;
        Operand value = expr(key);
        if (failed()) return;
        if (!value.is_constant() || key->is<ast::JoinedStr>())
            return error(at, "mapping pattern keys may only match literals and attribute lookups");
        unit_->code.truncate(code_size);
        release(before);
        for (uint32_t other : seen) {
            Result<bool> equal = equals(thread_, pool_[other], value_of(value));
            if (!equal) return fail();
            if (*equal)
                return error(at, "mapping pattern checks duplicate key ({})",
                             repr_of(value_of(value)));
        }
        seen.push(value.index);
    }
    Reg keys = temp(unit_->depth);
    Operand key_tuple = tuple_display(at, node.keys, keys);
    move(at, key_tuple, keys);
    release(depth);
    push_temp();
    Reg values = push_temp();
    emit(at, Opcode::MATCH_KEYS, values, subject, keys);
    Label unmatched = fail_label(state);
    Reg copy = push_temp();
    emit(at, Opcode::COPY, copy, values);
    emit_jump(at, Opcode::JUMP_IF_NONE, unmatched, copy);
    release(depth + 2);
    // From here on: keys, the rest (if wanted), then the values.
    uint32_t first = unit_->depth;
    if (node.rest) {
        Reg rest = push_temp();
        emit(at, Opcode::BUILD_DICT, rest, rest, 0);
        Reg all = kept(at, subject);
        emit(at, Opcode::DICT_UPDATE, rest, all);
        release(first + 1);
        Reg key_copy = push_temp();
        emit(at, Opcode::COPY, key_copy, keys);
        release(first + 1);
        for (uint32_t i = 0; i < size; i++) push_temp();
        if (size) {
            emit(at, Opcode::UNPACK, key_copy, key_copy, size);
        } else {
            push_temp();
            emit(at, Opcode::DROP, key_copy);
        }
        for (uint32_t i = size; i-- > 0;) {
            Reg dict = push_temp();
            emit(at, Opcode::COPY, dict, rest);
            emit(at, Opcode::DELETE_ITEM, dict, temp(first + 1 + i));
            release(first + 1 + i);
        }
        release(first + 1);
        first++;
    }
    Reg source = push_temp();
    emit(at, Opcode::MOVE, source, values);
    release(first);
    for (uint32_t i = 0; i < size; i++) push_temp();
    if (size == 0) {
        push_temp();
        emit(at, Opcode::DROP, source);
        release(first);
    } else {
        emit(at, Opcode::UNPACK, temp(first), source, size);
    }
    sub_patterns(node.patterns, first, state);
    if (node.rest) pattern_capture(at, node.rest, temp(first - 1), state);
}

void Generator::pattern_class(ast::MatchClass& node, Reg subject, PatternState& state) {
    const ast::Position& at = node.position;
    uint32_t positional = node.patterns.size, keywords = node.kwd_attrs.size;
    uint32_t count = positional + keywords, depth = unit_->depth;
    if (node.kwd_patterns.size != keywords)
        return error(at, "kwd_attrs ({}) / kwd_patterns ({}) length mismatch in class pattern",
                     keywords, node.kwd_patterns.size);
    if (count > 10000) return error(at, "too many sub-patterns in class pattern");
    for (uint32_t i = 0; i < keywords; i++)
        for (uint32_t j = i + 1; j < keywords; j++)
            if (node.kwd_attrs[i] == node.kwd_attrs[j])
                return error(node.kwd_patterns[j]->position,
                             "attribute name repeated in class pattern: {}",
                             str_of(thread_, node.kwd_attrs[i]).value());
    Ref<Tuple> names = make_tuple_blank(thread_, keywords);
    for (uint32_t i = 0; names && i < keywords; i++) {
        Ref<Str> name = str_of(thread_, node.kwd_attrs[i]);
        if (name)
            names->items[i].init(std::move(name));
        else
            names = {};
    }
    Operand names_constant = constant(std::move(names));
    if (failed()) return;
    Operand cls = expr(node.cls);
    Reg c = reg_of(at, cls);
    release(depth);
    Reg values = push_temp();
    Instruction& match = emit(at, Opcode::MATCH_CLASS, values, subject, c);
    match.words[0] = constant_number(names_constant.index);
    match.words[1] = positional;
    Label unmatched = fail_label(state);
    Reg copy = push_temp();
    emit(at, Opcode::COPY, copy, values);
    emit_jump(at, Opcode::JUMP_IF_NONE, unmatched, copy);
    release(depth);
    for (uint32_t i = 0; i < count; i++) push_temp();
    if (count == 0) {
        emit(at, Opcode::DROP, values);
        return;
    }
    emit(at, Opcode::UNPACK, values, values, count);
    sub_patterns(node.patterns, depth, state);
    sub_patterns(node.kwd_patterns, depth + positional, state);
}

void Generator::pattern_or(ast::MatchOr& node, Reg subject, PatternState& state) {
    const ast::Position& at = node.position;
    Vec<IdentifierRef> names(c_.arena);
    collect_captures(node.patterns[0], names);
    // What the alternative binds ends in these, whichever it was.
    uint32_t results = unit_->depth;
    for (uint32_t i = 0; i < names.size(); i++) push_temp();
    uint32_t depth = unit_->depth;
    Label done = new_label();
    for (uint32_t i = 0; i < node.patterns.size && !failed(); i++) {
        PatternNode* alternative = node.patterns[i];
        bool last = i + 1 == node.patterns.size;
        PatternState inner(c_.arena, depth, last && state.may_be_irrefutable);
        pattern(alternative, subject, inner);
        if (failed()) return;
        bool same_names = inner.captures.size() == names.size();
        for (uint32_t n = 0; n < names.size() && same_names; n++) {
            Capture* found = nullptr;
            for (Capture& capture : inner.captures)
                if (capture.name == names[n]) found = &capture;
            same_names = found;
            if (found)
                emit(at, is_temp(found->reg) ? Opcode::COPY : Opcode::MOVE, temp(results + n),
                     found->reg);
        }
        if (!same_names) return error(at, "alternative patterns bind different names");
        drop_pattern(at, inner);
        emit_jump(at, Opcode::JUMP, done);
        place_fail_labels(at, inner);
        release(depth);
    }
    // No alternative matched. The results are still empty.
    release(results);
    emit_jump(at, Opcode::JUMP, fail_label(state));
    place(done);
    release(depth);
    for (uint32_t n = 0; n < names.size(); n++)
        pattern_capture(at, names[n], temp(results + n), state);
}

void Generator::match_statement(ast::Match& node) {
    uint32_t depth = unit_->depth;
    Label end = new_label();
    Operand value = expr(node.subject);
    if (failed()) return;
    const ast::Position& subject_at = node.subject->position;
    // A local can be looked at where it is, unless a name bound on the way may be the local itself.
    bool in_place = value.is_local();
    for (ast::MatchCase* item : node.cases) {
        Vec<IdentifierRef> names(c_.arena);
        collect_captures(item->pattern, names);
        in_place = in_place && !item->guard && names.empty();
    }
    Reg subject = value.index;
    if (!in_place) {
        subject = temp(depth);
        move(subject_at, value, subject);
        release(depth);
        push_temp();
    }
    bool open = true;  // whether control can get behind the last case
    for (uint32_t i = 0; i < node.cases.size && !failed(); i++) {
        ast::MatchCase& item = *node.cases[i];
        const ast::Position& at = item.pattern->position;
        bool last = i + 1 == node.cases.size;
        uint32_t base = unit_->depth;
        PatternState state(c_.arena, base, last || item.guard);
        pattern(item.pattern, subject, state);
        if (failed()) return;
        for (Capture& capture : state.captures) {
            uint32_t before = unit_->depth;
            store_name(capture.position, capture.name, in(kept(capture.position, capture.reg)));
            release(before);
        }
        drop_pattern(at, state);
        if (item.guard) jump_if(item.guard, fail_label(state), false);
        if (!in_place) emit(at, Opcode::DROP, subject);
        release(depth);
        body(item.body);
        emit_jump(kNowhere, Opcode::JUMP, end);
        open = !state.fail.empty();
        place_fail_labels(at, state);
        release(base);
    }
    if (open && !in_place) emit(kNowhere, Opcode::DROP, subject);
    release(depth);
    place(end);
}

}  // namespace imugi::compile
