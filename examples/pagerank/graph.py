"""A directed graph in the form PageRank wants: for each node, who links to it."""

from bisect import bisect_left
from itertools import accumulate, pairwise


class Graph:
    """Nodes are 0 .. len-1. Read-only once built, and so shared by threads without a lock.

    incoming  for each node the list of the nodes that link to it
    inverse   for each node 1 / (number of its out-edges), 0.0 for a dangling one
    dangling  for each node 1.0 if it has no out-edge, else 0.0
    work      how much the rows before each row are to do, counted in edges and rows
    """

    def __init__(self, outgoing, names=None):
        self.names = names
        self.edges = sum(len(targets) for targets in outgoing)
        self.inverse = [1.0 / len(targets) if targets else 0.0 for targets in outgoing]
        self.dangling = [0.0 if targets else 1.0 for targets in outgoing]
        self.incoming = [[] for _ in outgoing]
        for source, targets in enumerate(outgoing):
            for target in targets:
                self.incoming[target].append(source)
        self.work = list(accumulate((len(sources) + 1 for sources in self.incoming), initial=0))

    @classmethod
    def from_edges(cls, edges, names=()):
        """From pairs of names; nodes are numbered as they come, those of `names` first.

        An edge that is given twice counts once.
        """
        numbers = {name: number for number, name in enumerate(names)}
        outgoing = [{} for _ in numbers]
        for source, target in edges:
            for name in (source, target):
                if name not in numbers:
                    numbers[name] = len(numbers)
                    outgoing.append({})
            outgoing[numbers[source]][numbers[target]] = None
        return cls([list(targets) for targets in outgoing], list(numbers))

    def __len__(self):
        return len(self.incoming)

    def name(self, node):
        return str(node) if self.names is None else self.names[node]

    def chunks(self, count):
        """Splits the rows into at most `count` ranges (start, stop) of about equal work."""
        total = self.work[-1]
        bounds = {bisect_left(self.work, total * part / count) for part in range(count + 1)}
        return list(pairwise(sorted(bounds)))
