"""One PageRank step for a range of rows: the part that all models share, and that costs the time.

A node's score is what its linking nodes give it, each an equal share of its own score to every
node it links to; with probability 1 - damping the surfer goes anywhere, and so does all of the
score of nodes that link nowhere.
"""

from operator import mul


class Settings:
    """When to stop: after a number of iterations, or when the scores change less than a tolerance."""

    def __init__(self, damping=0.85, tolerance=1e-10, iterations=None):
        self.damping = damping
        self.tolerance = tolerance
        self.iterations = iterations

    def finished(self, iteration, change):
        if self.iterations is not None:
            return iteration >= self.iterations
        return change < self.tolerance or iteration >= 1000


class Part:
    """A chunk's results: its rows' scores and shares, how much they changed, what dangles."""

    __slots__ = ("scores", "shares", "change", "dangling")

    def __init__(self, scores, shares, change, dangling):
        self.scores = scores
        self.shares = shares
        self.change = change
        self.dangling = dangling


def step(graph, start, stop, base, damping, scores, shares):
    """The new scores of the rows start .. stop-1.

    base    what every node gets from surfers who jump anywhere
    shares  for each node its score divided by the number of its out-edges
    """
    incoming = graph.incoming
    inverse = graph.inverse
    dangles = graph.dangling
    new_scores = []
    new_shares = []
    change = 0.0
    dangling = 0.0
    for row in range(start, stop):
        total = 0.0
        for source in incoming[row]:
            total += shares[source]
        score = base + damping * total
        change += abs(score - scores[row])
        dangling += score * dangles[row]
        new_scores.append(score)
        new_shares.append(score * inverse[row])
    return Part(new_scores, new_shares, change, dangling)


def begin(graph):
    """Scores, shares and dangling score before the first step: every node is worth the same."""
    scores = [1.0 / len(graph)] * len(graph)
    shares = list(map(mul, scores, graph.inverse))
    dangling = sum(map(mul, scores, graph.dangling))
    return scores, shares, dangling


def base_score(graph, damping, dangling):
    return (1.0 - damping + damping * dangling) / len(graph)
