"""PageRank over a random graph: lists of lists of ints, float sums."""

import random

import harness


def graph(nodes, seed):
    chance = random.Random(seed)
    outgoing = [[chance.randrange(nodes) for _ in range(chance.randrange(1, 10))]
                for _ in range(nodes)]
    incoming = [[] for _ in range(nodes)]
    for source, targets in enumerate(outgoing):
        for target in targets:
            incoming[target].append(source)
    return incoming, [len(targets) for targets in outgoing]


def run(scale):
    nodes = 15000
    incoming, degrees = graph(nodes, 5)
    scores = [1.0 / nodes] * nodes
    for _ in range(75 * scale):
        shares = [score / degree for score, degree in zip(scores, degrees)]
        new_scores = []
        for sources in incoming:
            total = 0.0
            for source in sources:
                total += shares[source]
            new_scores.append(0.15 / nodes + 0.85 * total)
        scores = new_scores
    best = max(range(nodes), key=scores.__getitem__)
    return "%d %.9e" % (best, scores[best])


if __name__ == "__main__":
    harness.main(run)
