"""One PageRank step for a range of rows: the part that all models share, and that costs the time.

A node's score is what its linking nodes give it, each an equal share of its own score to every
node it links to; with probability 1 - damping the surfer goes anywhere, and so does all of the
score of nodes that link nowhere.
"""


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


class Rows:
    """The rows start .. stop-1 of a graph, and what is known of them after the last step.

    scores    of these rows
    shares    each row's score divided by the number of its out-edges
    change    how much the last step changed the scores, all together
    dangling  the score of rows that link nowhere
    """

    def __init__(self, graph, start=0, stop=None):
        self.nodes = len(graph)
        self.start = start
        self.incoming = graph.incoming[start:stop]
        self.inverse = graph.inverse[start:stop]
        self.dangles = graph.dangling[start:stop]
        # Before the first step every node is worth the same.
        score = 1.0 / self.nodes
        self.scores = [score] * len(self.incoming)
        self.shares = [score * inverse for inverse in self.inverse]
        self.change = 1.0
        self.dangling = score * sum(self.dangles)

    def step(self, damping, shares, dangling):
        """The next scores, from the shares of all nodes and the score of all that dangle."""
        base = (1.0 - damping + damping * dangling) / self.nodes
        incoming = self.incoming
        inverse = self.inverse
        dangles = self.dangles
        scores = self.scores
        new_scores = []
        new_shares = []
        change = 0.0
        dangling = 0.0
        for row in range(len(incoming)):
            total = 0.0
            for source in incoming[row]:
                total += shares[source]
            score = base + damping * total
            change += abs(score - scores[row])
            dangling += score * dangles[row]
            new_scores.append(score)
            new_shares.append(score * inverse[row])
        self.scores = new_scores
        self.shares = new_shares
        self.change = change
        self.dangling = dangling
