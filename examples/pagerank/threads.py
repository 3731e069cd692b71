"""PageRank on a pool of threads: the rows in chunks, partial results merged under a lock.

Each worker keeps its chunk from the first iteration to the last, so that the rows stay in its
processor's cache; at a barrier the workers wait for each other between iterations.
"""

import threading
from concurrent.futures import ThreadPoolExecutor

from rows import Rows


class Merge:
    """What the workers share: the results of the last iteration to read, this one's to add to.

    The lock makes each merge whole whoever comes first; what an iteration reads is not replaced
    before all have come to the barrier.
    """

    def __init__(self, graph, settings, workers):
        self.graph = graph
        self.settings = settings
        self.parts = []  # of this iteration: (start, shares, change, dangling)
        self.pieces = []  # of the last one: (start, shares)
        self.dangling = 0.0
        self.iteration = -1  # the state before the first step is merged as well
        self.finished = False
        self.lock = threading.Lock()
        self.barrier = threading.Barrier(workers, action=self.turn)

    def add(self, rows):
        with self.lock:
            self.parts.append((rows.start, rows.shares, rows.change, rows.dangling))

    def turn(self):
        """Ends an iteration; called by the worker that comes last to the barrier."""
        # In the order of the rows, not of arrival, so that every run gives the same bits.
        parts = sorted(self.parts)
        self.parts = []
        self.pieces = [(start, shares) for start, shares, change, dangling in parts]
        self.dangling = sum(dangling for start, shares, change, dangling in parts)
        change = sum(change for start, shares, change, dangling in parts)
        self.iteration += 1
        self.finished = self.settings.finished(self.iteration, change)


def work(merge, start, stop):
    """All iterations over the rows start .. stop-1; returns their scores."""
    try:
        rows = Rows(merge.graph, start, stop)
        shares = [0.0] * rows.nodes
        while True:
            merge.add(rows)
            merge.barrier.wait()
            if merge.finished:
                return rows.scores
            for start, piece in merge.pieces:
                shares[start:start + len(piece)] = piece
            rows.step(merge.settings.damping, shares, merge.dangling)
    except BaseException:
        merge.barrier.abort()  # the others would wait for ever
        raise


def pagerank(graph, settings, workers=2):
    """Returns the scores and the number of iterations."""
    chunks = graph.chunks(workers)
    merge = Merge(graph, settings, len(chunks))
    scores = []
    with ThreadPoolExecutor(max_workers=workers) as pool:
        for future in [pool.submit(work, merge, start, stop) for start, stop in chunks]:
            scores += future.result()
    return scores, merge.iteration
