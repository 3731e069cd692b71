"""PageRank on a pool of threads: the rows in chunks, partial results merged under a lock.

Each worker keeps its chunk from the first iteration to the last, so that the rows stay in its
processor's cache; at a barrier the workers wait for each other between iterations.
"""

import threading
from concurrent.futures import ThreadPoolExecutor

from rows import base_score, begin, step


class Merge:
    """What the workers share: the last iteration's results to read, this one's to add to.

    The lock makes each merge whole whoever comes first; what an iteration reads is not written
    before all have passed the barrier.
    """

    def __init__(self, graph, settings, workers):
        self.graph = graph
        self.settings = settings
        self.scores, self.shares, dangling = begin(graph)
        self.base = base_score(graph, settings.damping, dangling)
        self.new_scores = list(self.scores)
        self.new_shares = list(self.shares)
        self.sums = []
        self.iteration = 0
        self.finished = False
        self.lock = threading.Lock()
        self.barrier = threading.Barrier(workers, action=self.turn)

    def add(self, start, stop, part):
        with self.lock:
            self.new_scores[start:stop] = part.scores
            self.new_shares[start:stop] = part.shares
            self.sums.append((start, part.change, part.dangling))

    def turn(self):
        """Ends an iteration; called by the worker that comes last to the barrier."""
        # In the order of the rows, not of arrival, so that every run gives the same bits.
        self.sums.sort()
        change = sum(part[1] for part in self.sums)
        dangling = sum(part[2] for part in self.sums)
        self.sums.clear()
        self.base = base_score(self.graph, self.settings.damping, dangling)
        self.scores, self.new_scores = self.new_scores, self.scores
        self.shares, self.new_shares = self.new_shares, self.shares
        self.iteration += 1
        self.finished = self.settings.finished(self.iteration, change)


def work(merge, start, stop):
    """All iterations over the rows start .. stop-1."""
    try:
        while not merge.finished:
            part = step(merge.graph, start, stop, merge.base, merge.settings.damping,
                        merge.scores, merge.shares)
            merge.add(start, stop, part)
            merge.barrier.wait()
    except BaseException:
        merge.barrier.abort()  # the others would wait for ever
        raise


def pagerank(graph, settings, workers=2):
    """Returns the scores and the number of iterations."""
    chunks = graph.chunks(workers)
    merge = Merge(graph, settings, len(chunks))
    with ThreadPoolExecutor(max_workers=workers) as pool:
        futures = [pool.submit(work, merge, start, stop) for start, stop in chunks]
        for future in futures:
            future.result()
    return merge.scores, merge.iteration
