#!/usr/bin/env python3
"""Make Diagnosis's tables from src/syntax/diagnosis.grammar.

usage: gen_grammar.py diagnosis.grammar token.h diagnosis_table.h
"""
import re
import sys

LEXEME = re.compile(r"""\s*(?:
    (?P<token>'[^']*') | (?P<text>"(?:[^"\\]|\\.)*") | (?P<capture>[ab]=) | (?P<word>[A-Za-z_]\w*) |
    (?P<sign>&&|[()\[\]{}|&!~?*+.:])
)""", re.VERBOSE)

# What a capture is read as again when a place in it is wanted.
EXPRESSIONS = {"expression", "disjunction", "star_expressions", "bitwise_or", "star_named_expression",
               "starred_expression", "yield_expr", "inversion", "factor", "expression_without_invalid", "invalid_ann_assign_target"}
SHAPES = {"for_if_clauses": "Clauses", "args": "Arguments", "star_named_expressions": "ExpressionList",
          "stray_words": "Words"}


class Tables:
    def __init__(self, tokens):
        self.tokens = tokens
        self.nodes, self.alternatives, self.items, self.actions, self.words = [], [], [], [], []
        self.rules = {}

    def node(self, op, a="0", b=0):
        self.nodes.append((op, a, b))
        return len(self.nodes) - 1


class Reader:
    def __init__(self, text, tables):
        self.parts = [(m.lastgroup, m.group(m.lastgroup)) for m in LEXEME.finditer(text)]
        self.at = 0
        self.tables = tables

    def peek(self):
        return self.parts[self.at] if self.at < len(self.parts) else (None, None)

    def next(self):
        part = self.peek()
        self.at += 1
        return part

    def accept(self, sign):
        if self.peek() == ("sign", sign):
            self.at += 1
            return True
        return False

    def alternatives(self, closing):
        self.accept("|")
        found = [self.alternative(closing)]
        while self.accept("|"):
            found.append(self.alternative(closing))
        if closing:
            assert self.accept(closing), (closing, self.parts[self.at - 3:self.at + 3])
        first = len(self.tables.alternatives)
        self.tables.alternatives += found
        return first, len(found)

    def alternative(self, closing):
        items, action, invalid = [], -1, False
        while self.peek()[0] and self.peek() not in (("sign", "|"), ("sign", closing)):
            if self.accept("{"):
                action = self.action()
                break
            capture, shape = "0", "Tokens"
            if self.peek()[0] == "capture":
                capture = "1" if self.next()[1] == "a=" else "2"
                word = self.peek()[1]
                shape = "Expression" if word in EXPRESSIONS else SHAPES.get(word, "Tokens")
            word = self.peek()[1]
            invalid = not items and word.startswith("invalid_")
            items.append((self.item(), capture, shape))
        first = len(self.tables.items)
        self.tables.items += items
        return first, len(items), action, invalid and len(items) == 1

    def action(self):
        words = []
        while not self.accept("}"):
            words.append(self.next()[1])
        form, slots, message = words[0], [], '""'
        for word in words[1:]:
            if word.startswith('"'):
                message = word
            elif word in "ab":
                slots.append("0" if word == "a" else "1")
            else:
                form += "_" + word
        slots += ["0"] * (2 - len(slots)) if slots else ["-1", "-1"]
        if len(slots) == 2 and form in ("at", "named"):
            slots[1] = slots[0]
        name = "".join(part.capitalize() for part in form.split("_"))
        self.tables.actions.append((name, slots[0], slots[1], message))
        return len(self.tables.actions) - 1

    def item(self):
        tables = self.tables
        if self.accept("~"):
            return tables.node("Cut")
        if self.accept("&&"):
            return tables.node("Force", tables.tokens[self.next()[1][1:-1]])
        if self.accept("&"):
            return tables.node("And", self.atom())
        if self.accept("!"):
            return tables.node("Not", self.atom())
        atom = self.atom()
        while True:
            if self.accept("?"):
                atom = tables.node("Optional", atom)
            elif self.accept("*"):
                atom = tables.node("Repeat", atom)
            elif self.accept("+"):
                atom = tables.node("OneOrMore", atom)
            elif self.accept("."):
                element = self.atom()
                assert self.accept("+")
                atom = tables.node("Gather", element, atom)
            else:
                return atom

    def atom(self):
        tables = self.tables
        kind, word = self.next()
        if kind == "token":
            return tables.node("Token", tables.tokens[word[1:-1]])
        if kind == "text":
            tables.words.append(word)
            return tables.node("Word", len(tables.words) - 1)
        if kind == "word":
            if word == "SOFT_KEYWORD":
                return tables.node("SoftKeyword")
            if word.isupper():
                return tables.node("Token", f"int(TokenKind::{word})")
            return tables.node("Rule", f"RULE_{word}")
        assert kind == "sign" and word in "([", (kind, word)
        first, count = self.alternatives({"(": ")", "[": "]"}[word])
        group = tables.node("Group", first, count)
        return tables.node("Optional", group) if word == "[" else group


def main(grammar, token_header, output):
    tokens = {}
    for name, text in re.findall(r"X\((\w+), \"(.*?)\"\)", open(token_header).read()):
        tokens[text] = f"int(TokenKind::{name})"
    rules, name, columns = [], None, 0
    for line in open(grammar):
        line = line.rstrip()
        if line.startswith("#") or not line:
            continue
        if not line[0].isspace():
            name, _, rest = line.partition(":")
            name, _, memo = name.partition(" ")
            columns += bool(memo)
            rules.append([name, rest, columns - 1 if memo else -1])
        else:
            rules[-1][1] += " " + line
    tables = Tables(tokens)
    ends = [(name, memo, *Reader(text, tables).alternatives(None)) for name, text, memo in rules]
    out = ["// Generated by tools/gen_grammar.py from src/syntax/diagnosis.grammar.", "#pragma once", "",
           "namespace imugi::syntax {", "namespace {", "", "enum : uint16_t {"]
    out += [f"    RULE_{name}," for name, *_ in ends]
    out += ["    RULE_COUNT,", "};", f"constexpr int MEMO_COUNT = {columns};", "", "enum class Action : uint8_t {"]
    out += [f"    {name}," for name in sorted({action[0] for action in tables.actions})]
    out += ["};", "", "const GrammarRule RULES[] = {"]
    out += [f"    {{{first}, {count}, {memo}}},  // {name}" for name, memo, first, count in ends]
    out += ["};", "", "const GrammarAlternative ALTERNATIVES[] = {"]
    out += [f"    {{{first}, {count}, {str(invalid).lower()}, {action}}},"
            for first, count, action, invalid in tables.alternatives]
    out += ["};", "", "const GrammarItem ITEMS[] = {"]
    out += [f"    {{{node}, {capture}, Shape::{shape}}}," for node, capture, shape in tables.items]
    out += ["};", "", "const GrammarNode NODES[] = {"]
    out += [f"    {{Op::{op}, {a}, {b}}}," for op, a, b in tables.nodes]
    out += ["};", "", "struct GrammarAction {", "    Action form;", "    int8_t first;", "    int8_t second;",
            "    const char* message;", "};", "const GrammarAction ACTIONS[] = {"]
    out += [f"    {{Action::{name}, {a}, {b}, {message}}}," for name, a, b, message in tables.actions]
    out += ["};", "", "const char* const WORDS[] = {" + ", ".join(tables.words) + "};", "",
            "}  // namespace", "}  // namespace imugi::syntax"]
    text = "\n".join(out) + "\n"
    with open(output, "w") as file:
        file.write(text)


main(*sys.argv[1:])
