"""PageRank on one thread."""

from rows import base_score, begin, step


def pagerank(graph, settings, workers=1):
    """Returns the scores and the number of iterations. `workers` is there for the other models."""
    scores, shares, dangling = begin(graph)
    iteration = 0
    while True:
        base = base_score(graph, settings.damping, dangling)
        part = step(graph, 0, len(graph), base, settings.damping, scores, shares)
        scores, shares, dangling = part.scores, part.shares, part.dangling
        iteration += 1
        if settings.finished(iteration, part.change):
            return scores, iteration
