"""An expression language: a tokenizer over characters, a parser and an evaluator of tuples."""

import harness

OPERATORS = {"+": 1, "-": 1, "*": 2, "/": 2, "%": 2}


def tokens(text):
    place = 0
    while place < len(text):
        letter = text[place]
        if letter.isspace():
            place += 1
        elif letter.isdigit():
            start = place
            while place < len(text) and text[place].isdigit():
                place += 1
            yield "number", int(text[start:place])
        elif letter.isalpha():
            start = place
            while place < len(text) and text[place].isalnum():
                place += 1
            yield "name", text[start:place]
        else:
            place += 1
            yield "symbol", letter
    yield "end", None


class Parser:
    def __init__(self, text):
        self.tokens = list(tokens(text))
        self.place = 0

    def next(self):
        token = self.tokens[self.place]
        self.place += 1
        return token

    def peek(self):
        return self.tokens[self.place][1]

    def expression(self, least=1):
        left = self.atom()
        while OPERATORS.get(self.peek(), 0) >= least:
            _, operator = self.next()
            left = operator, left, self.expression(OPERATORS[operator] + 1)
        return left

    def atom(self):
        kind, value = self.next()
        if kind == "symbol" and value == "(":
            inner = self.expression()
            assert self.next()[1] == ")"
            return inner
        if kind == "symbol" and value == "-":
            return "neg", self.atom()
        return kind, value


def evaluate(tree, names):
    match tree:
        case ("number", value):
            return value
        case ("name", name):
            return names[name]
        case ("neg", inner):
            return -evaluate(inner, names)
        case ("+", left, right):
            return evaluate(left, names) + evaluate(right, names)
        case ("-", left, right):
            return evaluate(left, names) - evaluate(right, names)
        case ("*", left, right):
            return evaluate(left, names) * evaluate(right, names) % 1000003
        case ("/", left, right):
            return evaluate(left, names) // (evaluate(right, names) or 1)
        case (operator, left, right) if operator == "%":
            return evaluate(left, names) % (evaluate(right, names) or 7)
    raise SyntaxError(tree)


def run(scale):
    names = {"x": 3, "y": 11, "long1": 12345}
    sources = ["1 + 2 * 3", "(x + y) * (x - y) % 97 - -4", "long1 / (7 + x * 2) * 10 - 4 % 3",
               "((((x))))", "1+2+3+4+5+6+7+8+9*10*11*12/13-14", "-(x*x*x) + y % (2 + x) * long1"]
    checksum = 0
    for i in range(6000 * scale):
        names["x"] = i
        for source in sources:
            tree = Parser(source).expression()
            for _ in range(3):
                checksum = harness.mix(checksum, evaluate(tree, names))
    return checksum


if __name__ == "__main__":
    harness.main(run)
