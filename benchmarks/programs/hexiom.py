"""A solver for puzzles on a hexagonal board: numbered tiles say how many neighbours they have.

Backtracking with pruning: sets, lists and dicts of small ints.
"""

import harness


class Hexagon:
    """Cells of a board of the given edge length, and each cell's neighbours."""

    def __init__(self, edge):
        radius = edge - 1
        places = [(q, r) for r in range(-radius, radius + 1)
                  for q in range(max(-radius, -r - radius), min(radius, -r + radius) + 1)]
        self.places = places
        number = {place: i for i, place in enumerate(places)}
        self.links = []
        for q, r in places:
            around = [(q + 1, r), (q - 1, r), (q, r + 1), (q, r - 1), (q + 1, r - 1), (q - 1, r + 1)]
            self.links.append([number[place] for place in around if place in number])


class Solver:
    def __init__(self, board, tiles, limit):
        self.board = board
        self.left = dict(tiles)
        self.cells = [None] * len(board.places)
        self.order = sorted(range(len(board.places)), key=self.eccentricity)
        self.nodes = 0
        self.solutions = 0
        self.limit = limit

    def eccentricity(self, cell):
        q, r = self.board.places[cell]
        return -max(abs(q), abs(r), abs(q + r)), cell

    def fits(self, cell):
        """Whether a cell's tile can still have (or has) the right number of neighbours."""
        tile = self.cells[cell]
        if tile is None or tile == 0 and self.cells[cell] is None:
            return True
        if tile < 0:
            return True
        full = unknown = 0
        for near in self.board.links[cell]:
            there = self.cells[near]
            if there is None:
                unknown += 1
            elif there >= 0:
                full += 1
        return full <= tile <= full + unknown

    def place(self, depth):
        self.nodes += 1
        if depth == len(self.order):
            self.solutions += 1
            return self.nodes >= self.limit
        if self.nodes >= self.limit:
            return True
        cell = self.order[depth]
        for tile in sorted(self.left, reverse=True):
            if not self.left[tile]:
                continue
            self.cells[cell] = tile
            self.left[tile] -= 1
            if self.fits(cell) and all(self.fits(near) for near in self.board.links[cell]):
                if self.place(depth + 1):
                    return True
            self.left[tile] += 1
            self.cells[cell] = None
        return False


def tiles_of(board, filled):
    """The multiset of tiles that a filled board needs; -1 stands for an empty cell."""
    tiles = {}
    for cell, links in enumerate(board.links):
        tile = sum(near in filled for near in links) if cell in filled else -1
        tiles[tile] = tiles.get(tile, 0) + 1
    return tiles


def run(scale):
    checksum = 0
    for edge, step in ((3, 3), (3, 4), (4, 3), (4, 5)):
        board = Hexagon(edge)
        filled = {cell for cell in range(len(board.places)) if cell * 7 % 11 % step}
        solver = Solver(board, tiles_of(board, filled), 28000 * scale)
        solver.place(0)
        checksum = harness.mix(checksum, solver.nodes)
        checksum = harness.mix(checksum, solver.solutions)
    return checksum


if __name__ == "__main__":
    harness.main(run)
