"""PageRank on a pool of processes, the way round the GIL: no sharing, everything is sent.

The processes live as long as the pool, and each has a copy of the graph; any of them may be given
any chunk, so the scores travel with the task.
"""

import multiprocessing

from rows import Rows

own_graph = None


def take_graph(graph):
    """Runs once in each worker: keeps its copy of the graph."""
    global own_graph
    own_graph = graph


def work(task):
    start, stop, scores, damping, shares, dangling = task
    rows = Rows(own_graph, start, stop)
    rows.scores = scores
    rows.step(damping, shares, dangling)
    return rows.scores, rows.shares, rows.change, rows.dangling


def pagerank(graph, settings, workers=2):
    """Returns the scores and the number of iterations."""
    whole = Rows(graph)
    scores, shares, change, dangling = whole.scores, whole.shares, whole.change, whole.dangling
    chunks = graph.chunks(workers)
    iteration = 0
    with multiprocessing.Pool(workers, take_graph, (graph,)) as pool:
        while not settings.finished(iteration, change):
            tasks = [(start, stop, scores[start:stop], settings.damping, shares, dangling)
                     for start, stop in chunks]
            parts = pool.map(work, tasks, chunksize=1)
            scores, shares = [], []
            change = dangling = 0.0
            for part in parts:
                scores += part[0]
                shares += part[1]
                change += part[2]
                dangling += part[3]
            iteration += 1
    return scores, iteration
