"""PageRank on one thread."""

from rows import Rows


def pagerank(graph, settings, workers=1):
    """Returns the scores and the number of iterations. `workers` is there for the other models."""
    rows = Rows(graph)
    iteration = 0
    while not settings.finished(iteration, rows.change):
        rows.step(settings.damping, rows.shares, rows.dangling)
        iteration += 1
    return rows.scores, iteration
