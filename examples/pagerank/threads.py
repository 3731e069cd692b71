"""PageRank on a pool of threads: the rows in chunks, partial results merged under a lock."""

import threading
from concurrent.futures import ThreadPoolExecutor

from rows import base_score, begin, step


class Merge:
    """Collects one iteration's parts. The lock makes each merge whole whoever comes first."""

    def __init__(self, graph):
        self.lock = threading.Lock()
        self.scores = [0.0] * len(graph)
        self.shares = [0.0] * len(graph)
        self.sums = []

    def add(self, start, stop, part):
        with self.lock:
            self.scores[start:stop] = part.scores
            self.shares[start:stop] = part.shares
            self.sums.append((start, part.change, part.dangling))

    def totals(self):
        """Sums in the order of the rows, not of arrival, so that every run gives the same bits."""
        self.sums.sort()
        change = sum(part[1] for part in self.sums)
        dangling = sum(part[2] for part in self.sums)
        return change, dangling


def work(graph, start, stop, base, damping, scores, shares, merge):
    merge.add(start, stop, step(graph, start, stop, base, damping, scores, shares))


def pagerank(graph, settings, workers=2):
    """Returns the scores and the number of iterations."""
    scores, shares, dangling = begin(graph)
    chunks = graph.chunks(workers)
    iteration = 0
    with ThreadPoolExecutor(max_workers=workers) as pool:
        while True:
            base = base_score(graph, settings.damping, dangling)
            merge = Merge(graph)
            futures = [
                pool.submit(work, graph, start, stop, base, settings.damping,
                            scores, shares, merge)
                for start, stop in chunks
            ]
            for future in futures:
                future.result()
            scores, shares = merge.scores, merge.shares
            change, dangling = merge.totals()
            iteration += 1
            if settings.finished(iteration, change):
                return scores, iteration
