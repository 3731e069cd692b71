"""A Go player on a 9 x 9 board that chooses its moves by random games (Monte Carlo tree search)."""

import math
import random

import harness

SIZE = 9
EMPTY, BLACK, WHITE = 0, 1, 2
PASS = -1
KOMI = 7.5


def neighbours_of(point):
    y, x = divmod(point, SIZE)
    around = []
    if y > 0:
        around.append(point - SIZE)
    if y < SIZE - 1:
        around.append(point + SIZE)
    if x > 0:
        around.append(point - 1)
    if x < SIZE - 1:
        around.append(point + 1)
    return around


NEIGHBOURS = [neighbours_of(point) for point in range(SIZE * SIZE)]


class Board:
    def __init__(self):
        self.stones = [EMPTY] * (SIZE * SIZE)
        self.ko = None
        self.turn = BLACK
        self.passes = 0
        self.moves = 0

    def copy(self):
        other = Board.__new__(Board)
        other.stones = self.stones[:]
        other.ko = self.ko
        other.turn = self.turn
        other.passes = self.passes
        other.moves = self.moves
        return other

    def group(self, point):
        """The stones connected to a point, and whether the group has a liberty."""
        stones = self.stones
        colour = stones[point]
        members = {point}
        waiting = [point]
        while waiting:
            for near in NEIGHBOURS[waiting.pop()]:
                there = stones[near]
                if there == EMPTY:
                    return None
                if there == colour and near not in members:
                    members.add(near)
                    waiting.append(near)
        return members

    def own_eye(self, point, colour):
        for near in NEIGHBOURS[point]:
            if self.stones[near] != colour:
                return False
        return True

    def play(self, point):
        """Plays for whose turn it is; False if the move is not allowed."""
        colour = self.turn
        other = 3 - colour
        if point == PASS:
            self.passes += 1
            self.ko = None
        else:
            if self.stones[point] != EMPTY or point == self.ko:
                return False
            self.stones[point] = colour
            captured = []
            for near in NEIGHBOURS[point]:
                if self.stones[near] == other:
                    dead = self.group(near)
                    if dead:
                        captured.extend(dead)
                        for stone in dead:
                            self.stones[stone] = EMPTY
            if not captured and self.group(point):
                self.stones[point] = EMPTY
                return False
            self.ko = captured[0] if len(captured) == 1 else None
            self.passes = 0
        self.turn = other
        self.moves += 1
        return True

    def over(self):
        return self.passes >= 2 or self.moves > SIZE * SIZE * 3

    def score(self):
        """Black's points less white's, by area."""
        total = -KOMI
        for point, colour in enumerate(self.stones):
            if colour == EMPTY:
                around = {self.stones[near] for near in NEIGHBOURS[point]}
                around.discard(EMPTY)
                if len(around) == 1:
                    colour = around.pop()
            if colour == BLACK:
                total += 1
            elif colour == WHITE:
                total -= 1
        return total


def random_game(board, chance):
    empty = [point for point, colour in enumerate(board.stones) if colour == EMPTY]
    while not board.over():
        played = False
        for _ in range(8):
            if not empty:
                break
            place = int(chance.random() * len(empty))
            point = empty[place]
            if board.stones[point] != EMPTY:
                empty[place] = empty[-1]
                empty.pop()
                continue
            if not board.own_eye(point, board.turn) and board.play(point):
                played = True
                break
        if not played:
            empty = [point for point, colour in enumerate(board.stones) if colour == EMPTY]
            board.play(PASS)
    return board.score()


class Node:
    def __init__(self, board, move, parent):
        self.move = move
        self.parent = parent
        self.children = []
        self.untried = [p for p, colour in enumerate(board.stones) if colour == EMPTY] + [PASS]
        self.colour = 3 - board.turn
        self.wins = 0
        self.visits = 0

    def best(self):
        log = math.log(self.visits)
        return max(self.children,
                   key=lambda n: n.wins / n.visits + math.sqrt(2.0 * log / n.visits))


def choose(board, games, chance):
    root = Node(board, None, None)
    for _ in range(games):
        node = root
        state = board.copy()
        while not node.untried and node.children:
            node = node.best()
            state.play(node.move)
        while node.untried:
            move = node.untried.pop(int(chance.random() * len(node.untried)))
            if state.play(move):
                child = Node(state, move, node)
                node.children.append(child)
                node = child
                break
        winner = BLACK if random_game(state, chance) > 0 else WHITE
        while node is not None:
            node.visits += 1
            if node.colour == winner:
                node.wins += 1
            node = node.parent
    return max(root.children, key=lambda n: n.visits).move


def run(scale):
    chance = random.Random(7)
    board = Board()
    checksum = 0
    for _ in range(22 * scale):
        move = choose(board, 60, chance)
        board.play(move)
        checksum = harness.mix(checksum, move + 1)
    return checksum


if __name__ == "__main__":
    harness.main(run)
