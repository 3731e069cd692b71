"""PageRank on a pool of processes, the way round the GIL: no sharing, everything is sent."""

import multiprocessing

from rows import base_score, begin, step

own_graph = None


def take_graph(graph):
    """Runs once in each worker: keeps its copy of the graph."""
    global own_graph
    own_graph = graph


def work(task):
    start, stop, base, damping, scores, shares = task
    part = step(own_graph, start, stop, base, damping, scores, shares)
    return part.scores, part.shares, part.change, part.dangling


def pagerank(graph, settings, workers=2):
    """Returns the scores and the number of iterations."""
    scores, shares, dangling = begin(graph)
    chunks = graph.chunks(workers)
    iteration = 0
    with multiprocessing.Pool(workers, take_graph, (graph,)) as pool:
        while True:
            base = base_score(graph, settings.damping, dangling)
            tasks = [(start, stop, base, settings.damping, scores, shares)
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
            if settings.finished(iteration, change):
                return scores, iteration
